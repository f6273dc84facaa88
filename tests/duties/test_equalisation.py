"""The levy of an internal floor goes back to the member whose goods owed it; goods moving on owe the rest of the duty."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import footwall as fw
from footwall.errors import UsageError

EVERY: dict[str, Any] = {"form": "ndpr-oxide", "importers": ["JP", "EU"], "method": "top_up", "floor": 100, "counts": (),
                         "currency": "USD", "valid_from": date(2026, 1, 1)}  # fmt: skip
LEVY = fw.Measure(measure_id="levy", role="floor", origins=["JP", "EU"], equalisation=True, **EVERY)
DUTY = fw.Measure(measure_id="duty", role="floor", origins=["CN"], **EVERY)
SCHEDULE = fw.Schedule.from_measures([LEVY, DUTY], currency="USD", members=["JP", "EU"])


def line(name: str, importer: str, origin: str, value: int, **more: Any) -> dict[str, Any]:
    return {"line_id": name, "entry_date": date(2026, 3, 2), "importer": importer, "origin": origin, "form": "ndpr-oxide",
            "net_mass_kg": 10, "customs_value": value, "currency": "USD"} | more  # fmt: skip


def test_each_member_gets_back_what_its_goods_owed() -> None:
    lines = [line("1", "DE", "JP", 900), line("2", "DE", "JP", 950), line("3", "JP", "FR", 700), line("4", "JP", "CN", 500),
             line("5", "DE", "JP", 1000)]  # fmt: skip
    result = fw.assess(lines, SCHEDULE, {})
    returned = fw.equalisation_returns(lines, result.liabilities, SCHEDULE)
    assert [(one.member, one.importer, one.lines, one.amount) for one in returned] == [
        ("FR", "JP", 1, Decimal(300)),
        ("JP", "DE", 2, Decimal(150)),
    ]
    levied = sum(one.amount for one in returned)
    owed = sum(row["floor_duty"] for row in result.liabilities.to_pylist())
    assert owed - levied == 500  # the floor duty on goods from outside is what the collector keeps


def test_goods_from_outside_that_move_on_owe_the_difference() -> None:
    credit = fw.Credit(credit_ref="c", import_line="first entry", paid=Decimal(300), amount=Decimal(300), currency="USD",
                       valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), importer="JP")  # fmt: skip
    moved = [line("1", "JP", "CN", 600, credit_refs="c")]
    (row,) = fw.assess(moved, SCHEDULE, {}, credits=[credit]).liabilities.to_pylist()
    assert (row["credit"], row["floor_duty"], row["reason"]) == (300, 100, "floor_duty_owed")
    assert fw.equalisation_returns(moved, [row], SCHEDULE) == ()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "0 lines are named 1"),
        ([line("1", "DE", "JP", 900), line("1", "DE", "JP", 900)], "2 lines are named 1"),
        ([line("1", "DE", "US", 900)], "declares the origin US"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(lines: list[dict[str, Any]], why: str) -> None:
    liabilities = fw.assess([line("1", "DE", "JP", 900)], SCHEDULE, {}).liabilities
    with pytest.raises(UsageError, match=why):
        fw.equalisation_returns(lines, liabilities, SCHEDULE)
