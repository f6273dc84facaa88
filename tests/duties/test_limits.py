"""A minimum and a maximum: which rate was owed is told, both forms alike; rents look through the limits."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from footwall.batch import Session
from footwall.duties import DutyStep, Liability, assess_line
from footwall.tariffs import Measure, Schedule

DAY = date(2026, 3, 2)
EVERY: dict[str, Any] = {"form": "ndpr-oxide", "importers": ["DE"], "origins": ["CN"], "valid_from": date(2026, 1, 1),
                         "currency": "EUR", "per_kg": 100}  # fmt: skip


def duty(name: str, role: str = "ordinary", **more: Any) -> Measure:
    return Measure(measure_id=name, role=role, method="ad_valorem", **EVERY, **more)  # type: ignore[arg-type]


BETWEEN = duty("mfn", ad_valorem="0.12", least_specific=2, most_specific=16)
FLOOR = Measure(measure_id="floor", role="floor", method="top_up", floor=1000, parity=0, **EVERY)


def line(value: Any, mass: Any = 1000, **more: Any) -> dict[str, Any]:
    return {"line_id": "x", "entry_date": DAY, "importer": "DE", "origin": "CN", "form": "ndpr-oxide", "hs_code": "",
            "net_mass_kg": mass, "customs_value": value, "currency": "EUR"} | more  # fmt: skip


def owed(measures: list[Measure], value: Any, **more: Any) -> tuple[Liability, list[tuple[Any, ...]]]:
    """The liability by both forms of the law, and what their steps tell."""
    schedule = Schedule.from_measures(measures, currency="EUR")
    found, steps = assess_line(line(value, **more), schedule, {})
    assert isinstance(found, Liability)
    assert isinstance(steps, tuple)
    session = Session.open([line(value, **more)], schedule, {})
    assert session.prepared.left_over == 0
    told = [(one.base, one.base_amount, one.rate, one.amount) for one in steps if isinstance(one, DutyStep)]
    (row,) = session.liabilities().to_pylist()
    assert (row["ordinary_duty"], row["rent_exposed"]) == (found.ordinary_duty, found.rent_exposed)
    assert [(s["base"], s["base_amount"], s["rate"], s["amount"]) for s in session.steps().to_pylist()] == told
    return found, told


TEXT = "12 % of value, at least 2 EUR/100 kg, at most 16 EUR/100 kg"


@pytest.mark.parametrize(
    ("value", "amount", "base", "taken_on", "told"),
    [
        ("1000", "120.00", "V", "1000", TEXT),
        ("100", "20.00", "m", "1000", f"{TEXT}: the minimum is owed"),
        ("2000", "160.00", "m", "1000", f"{TEXT}: the maximum is owed"),
        ("166.66", "20.00", "m", "1000", f"{TEXT}: the minimum is owed"),
        ("166.67", "20.00", "V", "166.67", TEXT),
        ("1333.33", "160.00", "V", "1333.33", TEXT),
        ("1333.34", "160.00", "m", "1000", f"{TEXT}: the maximum is owed"),
    ],
)
def test_the_step_tells_which_rate_was_owed(value: str, amount: str, base: str, taken_on: str, told: str) -> None:
    found, steps = owed([BETWEEN], value)
    assert str(found.ordinary_duty) == amount
    assert steps == [(base, Decimal(taken_on), told, Decimal(amount))]


def test_a_compound_limit_is_a_sum_and_taken_on_the_value() -> None:
    compound = duty("mfn", ad_valorem="0.2", most_ad_valorem="0.05", most_specific=10)
    found, steps = owed([compound], "1000")
    assert str(found.ordinary_duty) == "150.00"
    assert steps[0][:3] == (
        "V",
        Decimal(1000),
        "20 % of value, at most 5 % of value + 10 EUR/100 kg: the maximum is owed",
    )


def test_an_additional_duty_has_its_limits_too() -> None:
    found, steps = owed([BETWEEN, duty("extra", "additional", ad_valorem="0.5", most_specific=1)], "1000")
    assert (str(found.ordinary_duty), str(found.additional_duty)) == ("120.00", "10.00")
    assert [step[0] for step in steps] == ["V", "m"]


@pytest.mark.parametrize(
    ("measure", "invoice"),
    [
        # 1,000 kg and a floor of 10,000: the invoice that, with its ordinary duty, reaches it.
        (BETWEEN, "9840.00"),  # 12 % would be 1,054, so the maximum of 160 is owed there
        (duty("mfn", ad_valorem="0.12", most_specific=120), "8928.57"),  # 1,071.43 is below 1,200
        (duty("mfn", ad_valorem="0.12", least_specific=120), "8800.00"),  # 1,056 is below 1,200
        (duty("mfn", ad_valorem="0.12", least_specific=100), "8928.57"),
    ],
)
def test_the_rent_exposed_looks_through_the_limits(measure: Measure, invoice: str) -> None:
    found, _ = owed([measure, FLOOR], "5000")
    assert str(found.rent_exposed + found.customs_value) == invoice
    there, _ = owed([measure, FLOOR], invoice)
    assert there.floor_duty <= Decimal("0.01")


def test_where_two_limited_duties_count_the_readable_law_searches() -> None:
    counts = Measure(
        measure_id="floor", role="floor", method="top_up", floor=1000, counts=["ordinary", "additional"], **EVERY
    )
    schedule = Schedule.from_measures(
        [BETWEEN, duty("extra", "additional", ad_valorem="0.1", most_specific=50), counts], currency="EUR"
    )
    found, _ = assess_line(line("5000"), schedule, {})
    assert isinstance(found, Liability)
    assert str(found.rent_exposed + found.customs_value) == "9340.00"  # and 160 and 500 are 10,000
    session = Session.open([line("5000")], schedule, {})
    assert session.prepared.left_over == 1
    assert session.liabilities().to_pylist()[0]["rent_exposed"] == found.rent_exposed


def test_the_largest_mass_minds_the_limits() -> None:
    """A limit that no duty reaches must still fit the digits that a line is given."""
    large = duty("mfn", ad_valorem="0.1", least_specific=1, most_specific=999_999_999)
    schedule = Schedule.from_measures([large], currency="EUR")
    heavy = line("1", mass=10**10)
    (problem,) = assess_line(heavy, schedule, {})
    assert getattr(problem, "code", None) == "amount_too_large"
    assert [one["code"] for one in Session.open([heavy], schedule, {}).problem_table().to_pylist()] == [
        "amount_too_large"
    ]


@pytest.mark.parametrize("options", [{}, {"least_ad_valorem": "3.9", "least_specific": 200, "most_ad_valorem": "3.95", "most_specific": 300},
                                     {"rounding_unit": 100_000_000, "rounding_mode": "up"}])  # fmt: skip
@pytest.mark.parametrize("amount", [2_499_999, 10**9 - 1, 10**12 - 1])
def test_a_line_at_the_edge_of_a_lane_fits_it(options: dict[str, Any], amount: int) -> None:
    """A rate of many digits and near the largest leaves the narrow lane little room: one line too large would end the file."""
    steep = duty("mfn", ad_valorem="3.99999999", specific=100, **options)
    schedule = Schedule.from_measures([steep, FLOOR], currency="EUR")
    large = line(amount, mass=amount)
    found, _ = assess_line(large, schedule, {})
    assert isinstance(found, Liability)
    (row,) = Session.open([large], schedule, {}).liabilities().to_pylist()
    assert (row["ordinary_duty"], row["total_duty"]) == (found.ordinary_duty, found.total_duty)
