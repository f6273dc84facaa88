"""A candidate beside the schedule in force: what leaves goods uncovered is refused, unless it is declared."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.errors import UsageError
from footwall.tariffs import Measure, Schedule
from footwall.tariffs.candidate import candidate_problems, standing
from footwall.tariffs.cover import cover_gaps

FIRST, JULY = date(2025, 1, 1), date(2025, 7, 1)
JUNE_30, YEAR_END = date(2025, 6, 30), date(2025, 12, 31)
FLOOR = Measure(measure_id="m", role="floor", form="ndpr-oxide", importers=["US"], origins=["CN"], method="top_up",
                floor=Decimal(110), currency="USD", valid_from=FIRST, legal_basis="Article 1")  # fmt: skip
RATE = Measure(measure_id="o", role="ordinary", hs_codes=["284690"], importers=["US"], origins=["CN"], method="ad_valorem",
               ad_valorem=Decimal("0.037"), valid_from=FIRST, legal_basis="HTS")  # fmt: skip
UNTIL_JUNE = replace(FLOOR, valid_to=JUNE_30)
NEXT = replace(FLOOR, measure_id="n", floor=Decimal(120), valid_from=JULY)
MEMBERS = [{"party": "US", "valid_from": FIRST}, {"party": "NO", "valid_from": FIRST, "valid_to": YEAR_END}]


def made(*measures: Measure, currency: str = "USD") -> Schedule:
    return Schedule.from_measures(measures, currency=currency, members=MEMBERS)


def told(old: Schedule | None, new: Schedule, on: date = JULY, ends: tuple[str, ...] = ()) -> list[str]:
    return [str(problem) for problem in candidate_problems(old, new, on, ends)]


COVERED_BY_M = "expected what m covers in the schedule in force. Cover it, or declare that m ends without a successor (ends_without_successor). [cover_ends]"
REFUSED: list[Any] = [
    pytest.param(made(FLOOR, RATE), made(RATE), made(FLOOR, RATE),
                 f"measure m, valid_to: found no floor measure on ndpr-oxide for US from CN from 2025-07-01 on; {COVERED_BY_M}", id="left out"),
    pytest.param(made(FLOOR, RATE), made(RATE, UNTIL_JUNE), made(RATE, UNTIL_JUNE, NEXT),
                 f"measure m, valid_to: found no floor measure on ndpr-oxide for US from CN from 2025-07-01 on; {COVERED_BY_M}",
                 id="ends while its floor goes on"),
    pytest.param(made(FLOOR, RATE), made(UNTIL_JUNE, RATE, replace(NEXT, valid_from=date(2025, 7, 2))), made(UNTIL_JUNE, RATE, NEXT),
                 "measure m, valid_to: found no floor measure on ndpr-oxide for US from CN on 2025-07-01; expected a successor of m from its next day on. "
                 "Begin it on 2025-07-01, or declare that m ends without one (ends_without_successor). [versions_apart]", id="versions apart"),
    pytest.param(made(replace(FLOOR, origins=["CN", "RU"])), made(FLOOR), made(FLOOR, replace(NEXT, origins=["RU"])),
                 f"measure m, valid_to: found no floor measure on ndpr-oxide for US from RU from 2025-07-01 on; {COVERED_BY_M}", id="an origin lost"),
    pytest.param(made(replace(FLOOR, importers=["US", "EU"])), made(replace(FLOOR, importers=["US", "DE"])),
                 made(FLOOR, replace(NEXT, importers=["EU"])), None, id="states of a union lost"),
    pytest.param(made(FLOOR), made(replace(FLOOR, valid_to=YEAR_END)), made(replace(FLOOR, valid_to=None)),
                 f"measure m, valid_to: found no floor measure on ndpr-oxide for US from CN from 2026-01-01 on; {COVERED_BY_M}", id="a new end"),
    pytest.param(made(FLOOR, RATE), made(FLOOR, replace(RATE, hs_codes=["28469080"])), made(FLOOR, replace(RATE, hs_codes=["2846"])),
                 "measure o, valid_to: found no ordinary measure on 284690 for US from CN from 2025-07-01 on; expected what o covers in the schedule in force. "
                 "Cover it, or declare that o ends without a successor (ends_without_successor). [cover_ends]", id="a narrower code"),
    pytest.param(made(FLOOR, RATE), made(FLOOR, replace(RATE, legal_basis=" ")), made(FLOOR, RATE),
                 "measure o, legal_basis: found nothing; expected the article that the measure stands under. State it: a duty without a law cannot be levied. "
                 "[legal_basis_missing]", id="no law"),
    pytest.param(made(FLOOR), made(replace(FLOOR, origins=["CN", "NO"])), made(replace(FLOOR, origins=["CN", "RU"])),
                 "measure m, origins: found NO, inside the zone on 2025-07-01; expected origins outside the zone. Leave members out: their goods owe no floor duty. "
                 "[floor_on_member]", id="a member"),
    pytest.param(made(FLOOR), made(FLOOR, currency="EUR"), made(FLOOR),
                 "schedule, currency: found EUR; expected USD, in which duties are assessed now. Assess in the same currency: what is owed could not be compared. "
                 "[currency_changed]", id="another currency"),
    pytest.param(None, made(replace(FLOOR, valid_from=date(2025, 7, 2))), made(NEXT),
                 "schedule, valid_from: found no measure in force on 2025-07-01; expected measures in force on the first day. "
                 "Begin them on that day, or publish from a later one. [nothing_in_force]", id="nothing in force"),
]  # fmt: skip


IN_VAIN = (
    "schedule, ends_without_successor: found m; expected the name of a measure that leaves goods uncovered. "
    "Correct the name, or declare nothing. [end_declared_in_vain]"
)


@pytest.mark.parametrize(("old", "wrong", "right", "message"), REFUSED)
def test_a_candidate_is_refused_with_its_message_and_its_neighbour_is_taken(
    old: Schedule | None, wrong: Schedule, right: Schedule, message: str | None
) -> None:
    found = told(old, wrong)
    assert len(found) == 1
    assert message is None or found == [message]
    assert told(old, right) == []


def test_a_successor_for_some_importers_closes_no_gap_of_the_others() -> None:
    both = replace(UNTIL_JUNE, importers=["US", "JP"])
    late = replace(NEXT, measure_id="j", importers=["JP"], valid_from=date(2025, 8, 1))
    (gap,) = cover_gaps(made(both), made(both, NEXT, late), JULY)
    assert (gap.importers, gap.first, gap.last, gap.between) == (("JP",), JULY, date(2025, 7, 31), True)


def test_an_end_may_be_declared_and_not_in_vain() -> None:
    assert told(made(FLOOR, RATE), made(RATE), ends=("m",)) == []
    assert told(made(FLOOR, RATE), made(FLOOR, RATE), ends=("m",)) == [IN_VAIN]


def test_an_end_that_was_published_before_is_no_gap() -> None:
    assert told(made(UNTIL_JUNE, RATE), made(RATE)) == []
    assert len(told(made(UNTIL_JUNE, RATE), made(RATE), on=JUNE_30)) == 1


def test_goods_of_a_country_that_joins_leave_the_floor_without_a_gap() -> None:
    named = replace(FLOOR, origins=["non-members"])
    rest = sorted(set(made(FLOOR).facts.countries) - {"US", "NO"})
    assert told(made(named), made(replace(FLOOR, origins=rest))) == [
        "measure m, valid_to: found no floor measure on ndpr-oxide for US from NO from 2026-01-01 on; " + COVERED_BY_M
    ]


def test_what_holds_on_a_day_stands_for_every_day() -> None:
    stood = standing(made(UNTIL_JUNE, NEXT), JULY)
    assert [(one.measure_id, one.valid_to) for one in stood.measures] == [("n", None)]
    assert stood.applicable("US", "CN", None, "ndpr-oxide", date(1990, 1, 1)).floor == stood.measures[0]
    with pytest.raises(UsageError, match="no measure of the schedule is in force on 2024-12-31"):
        standing(made(FLOOR), date(2024, 12, 31))


days = st.integers(0, 5).map(lambda number: FIRST + timedelta(days=number))
drawn = st.lists(
    st.tuples(days, days, st.sampled_from([("US",), ("JP",), ("US", "JP")]), st.sampled_from([("CN",), ("RU",), ("CN", "RU")]),
              st.sampled_from(["284690", "2846"])),
    max_size=4,
)  # fmt: skip


def cells(measure: Measure) -> set[tuple[str, str, date]]:
    return {
        (importer, origin, FIRST + timedelta(days=number))
        for importer in measure.importers
        for origin in measure.origins
        for number in range(6)
        if measure.valid_from <= FIRST + timedelta(days=number) <= (measure.valid_to or FIRST)
    }


@given(drawn, drawn, days)
def test_gaps_are_the_days_and_countries_that_nothing_covers(before: list[Any], after: list[Any], on: date) -> None:
    def schedule(listed: list[Any]) -> Schedule:
        measures = [
            Measure(measure_id=f"x{number}", role="additional", hs_codes=[code], importers=importers, origins=origins,
                    method="ad_valorem", ad_valorem=number, valid_from=min(start, end), valid_to=max(start, end))
            for number, (start, end, importers, origins, code) in enumerate(listed)
        ]  # fmt: skip
        return Schedule.from_measures([*measures, replace(FLOOR)], currency="USD")

    old, new = schedule(before), schedule(after)
    lost: set[tuple[str, str, str, date]] = set()
    for one in old.measures:
        covering = [
            other
            for other in new.measures
            if other.hs_codes and one.hs_codes and one.hs_codes[0].startswith(other.hs_codes[0])
        ]
        left = cells(one).difference(*map(cells, covering)) if one.hs_codes else set()
        lost |= {(one.measure_id, *cell) for cell in left if cell[2] >= on}
    found = set()
    holes = {replace(gap, measure_id="", between=False) for gap in cover_gaps(old, new, on) if gap.between}
    for gap in cover_gaps(old, new, on):
        if not gap.between and replace(gap, measure_id="") not in holes and gap.last is not None:
            span = replace(FLOOR, valid_from=gap.first, valid_to=gap.last, importers=gap.importers, origins=gap.origins)
            found |= {(gap.measure_id, *cell) for cell in cells(span)}
    told_as_holes = {cell for gap in holes if gap.last for cell in cells(
        replace(FLOOR, valid_from=gap.first, valid_to=gap.last, importers=gap.importers, origins=gap.origins))}  # fmt: skip
    assert {cell for cell in lost if cell[1:] not in told_as_holes} <= found <= lost
