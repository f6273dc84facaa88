"""A candidate tried on lines: what is reported is what two assessments differ by, line by line."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from footwall.batch import assess, replay_candidate
from footwall.errors import UsageError
from footwall.tariffs import Measure, Schedule, standing

FIRST, ON = date(2026, 1, 1), date(2026, 6, 1)
FLOOR = Measure(measure_id="floor", role="floor", form="ndpr-oxide", importers=["US"], origins=["CN"], method="notified",
                floor=Decimal(110), specific=Decimal(20), currency="USD", valid_from=FIRST, legal_basis="Article 1")  # fmt: skip
RATE = Measure(measure_id="rate", role="ordinary", form="ndpr-oxide", importers=["US"], origins=["CN", "RU"],
               method="ad_valorem", ad_valorem=Decimal("0.05"), valid_from=FIRST, legal_basis="HTS")  # fmt: skip
APT = replace(FLOOR, measure_id="apt", form="apt", floor=Decimal(40), specific=Decimal(3))


def line(number: int, **changes: Any) -> dict[str, Any]:
    return {"line_id": f"L{number}", "entry_date": "2025-11-03", "importer": "US", "origin": "CN", "form": "ndpr-oxide",
            "net_mass_kg": "1000", "customs_value": "80000", "currency": "USD"} | changes  # fmt: skip


LINES = [
    line(1),
    line(2, origin=" RU"),
    line(3, form="apt", net_mass_kg="10"),
    line(4, net_mass_kg="x"),
    line(5, net_mass_kg="500"),
]


def made(*measures: Measure) -> Schedule:
    return Schedule.from_measures(measures, currency="USD", members=["US"])


CURRENT = made(FLOOR, RATE, APT)


def test_a_candidate_that_changes_nothing_reports_nothing() -> None:
    found = replay_candidate(LINES, CURRENT, CURRENT, ON)
    assert (found.lines, found.changed, found.problems_before, found.problems_after) == (4, 0, 1, 1)
    assert found.floor_duty_before == found.floor_duty_after == Decimal("30030.00")
    assert found.largest == ()
    assert found.new_problems == ()


def test_what_is_reported_is_what_two_assessments_differ_by() -> None:
    candidate = made(replace(FLOOR, specific=Decimal(25), valid_from=ON), replace(RATE, origins=["CN"]))
    found = replay_candidate(LINES, CURRENT, candidate, ON)
    before, after = (
        {row["line_id"]: row for row in assess(LINES, standing(one, ON)).liabilities.to_pylist()}
        for one in (CURRENT, candidate)
    )
    assert found.lines == len(before.keys() & after.keys()) == 4
    assert found.floor_duty_after - found.floor_duty_before == sum(
        after[name]["floor_duty"] - before[name]["floor_duty"] for name in before
    )
    assert found.floor_duty_after == Decimal("37500.00")
    assert {one.line_id for one in found.largest} == {
        name for name in before if any(before[name][duty] != after[name][duty] for duty in ("floor_duty", "total_duty", "ordinary_duty"))
    }  # fmt: skip
    assert [(one.line_id, one.floor_duty_before, one.floor_duty_after) for one in found.largest[:2]] == [
        ("L1", Decimal("20000.00"), Decimal("25000.00")),
        ("L5", Decimal("10000.00"), Decimal("12500.00")),
    ]
    assert (found.unmet, found.floor_lost, found.floor_gained) == (2, 1, 0)
    assert found.unknown == 2
    assert {(one.form, one.origin, one.lines, one.changed) for one in found.groups} == {
        ("ndpr-oxide", "CN", 2, 2), ("ndpr-oxide", "RU", 1, 1), ("apt", "CN", 1, 1),
    }  # fmt: skip


def test_lines_that_only_the_candidate_cannot_assess_are_told() -> None:
    candidate = made(
        replace(FLOOR, contained="Nd+Pr oxide"),
        RATE,
        replace(APT, form=None, hs_codes=["284180"], contained="Nd+Pr oxide"),
    )
    lines = [*LINES, line(6, form="apt", hs_code="284180")]
    found = replay_candidate(lines, CURRENT, candidate, ON)
    assert (found.problems_before, found.problems_after, found.newly_problems) == (1, 2, 1)
    assert [(one.row, one.code) for one in found.new_problems] == [(6, "content_unknown")]


def test_the_lines_are_taken_as_if_they_came_in_on_the_day() -> None:
    announced = replace(FLOOR, measure_id="next", specific=Decimal(30), valid_from=date(2026, 7, 1))
    current = made(replace(FLOOR, valid_to=date(2026, 6, 30)), announced, RATE)
    before = replay_candidate(LINES[:1], current, current, date(2026, 6, 30))
    after = replay_candidate(LINES[:1], current, current, date(2026, 7, 1))
    assert (before.floor_duty_before, after.floor_duty_before) == (Decimal("20000.00"), Decimal("30000.00"))


def test_schedules_that_cannot_be_compared_are_refused() -> None:
    euro = Schedule.from_measures([FLOOR, RATE], currency="EUR")
    with pytest.raises(UsageError, match="assessed in USD, the candidate in EUR"):
        replay_candidate(LINES, CURRENT, euro, ON)
    with pytest.raises(UsageError, match="no measure of the schedule is in force on 2025-12-31"):
        replay_candidate(LINES, CURRENT, CURRENT, date(2025, 12, 31))
