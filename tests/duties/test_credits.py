"""Who may draw on a credit: entries to its importer, to any state of its union, or to any importer at all."""

from datetime import date
from decimal import Decimal

import pytest

from footwall.batch import assess
from footwall.duties import Credit, Liability, assess_line, read_credits
from footwall.errors import Problem
from footwall.tariffs import Measure, Schedule

DAY = date(2026, 3, 2)
MEASURE = Measure(measure_id="m", role="floor", method="top_up", form="ndpr-oxide", importers=["EU", "GB", "US"], origins=["CN"],
                  currency="EUR", floor="90", valid_from=DAY)  # fmt: skip
SCHEDULE = Schedule.from_measures([MEASURE], "EUR")


def line(importer: str) -> dict[str, str]:
    """1,000 kg at 60 EUR, with the freight in it: 30,000 EUR below the floor."""
    return {"line_id": "x", "entry_date": str(DAY), "importer": importer, "origin": "CN", "form": "ndpr-oxide", "net_mass_kg": "1000",
            "customs_value": "60000", "currency": "EUR", "freight_insurance": "0", "credit_refs": "C"}  # fmt: skip


def credit(importer: str) -> Credit:
    return Credit(credit_ref="C", import_line="I", paid=Decimal(400), amount=Decimal(400), currency="EUR", importer=importer,
                  valid_from=DAY, valid_to=DAY)  # fmt: skip


@pytest.mark.parametrize(
    ("of", "importer", "may"),
    [
        ("EU", "DE", True),
        ("EU", "HR", True),
        ("EU", "GB", False),  # no state of the Union, as the facts have it
        ("EU", "US", False),
        ("DE", "DE", True),
        ("DE", "FR", False),  # a credit for one state is for no other
        ("", "FR", True),
        ("", "US", True),
    ],
)
def test_a_credit_for_a_union_is_good_in_each_of_its_states_and_nowhere_else(of: str, importer: str, may: bool) -> None:
    book = read_credits([credit(of)])
    found = assess_line(line(importer), SCHEDULE, {}, book=book)[0]
    in_a_file = assess([line(importer)], SCHEDULE, {}, credits=[credit(of)])
    if may:
        assert isinstance(found, Liability)
        assert (found.credit, found.floor_duty) == (400, 29600)
        assert in_a_file.liabilities.to_pylist()[0]["credit"] == 400
        return
    assert isinstance(found, Problem)
    assert found.code == "credit_of_another"
    assert [one["code"] for one in in_a_file.problems.to_pylist()] == ["credit_of_another"]
