"""A scheduled price is on time, late or missed, to the minute; a holiday is no miss."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import cadence

from footwall.errors import UsageError
from footwall.prices import Publication, publication_days, publications, told_instant

THURSDAY, TUESDAY = date(2025, 4, 17), date(2025, 4, 22)
"""Around Easter 2025: Good Friday is 18 April, Easter Monday the 21st."""
DUE = datetime(2025, 4, 17, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def status(recorded_at: datetime | None, **changes: Any) -> str:
    """What becomes of Thursday's price where it is recorded at that instant."""
    recorded = {} if recorded_at is None else {"oxide": {THURSDAY: recorded_at}}
    (found,) = publications({"oxide": cadence(**changes)}, recorded, THURSDAY, THURSDAY)
    assert (found.form, found.on, found.due_at, found.recorded_at) == ("oxide", THURSDAY, DUE, recorded_at)
    return found.status


NEXT_DUE = datetime(2025, 4, 22, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("recorded_at", "found"),
    [
        (DUE - timedelta(minutes=45), "on_time"),
        (DUE, "on_time"),
        (DUE + timedelta(minutes=60), "on_time"),
        (DUE + timedelta(minutes=60) + SECOND, "late"),
        (NEXT_DUE - SECOND, "late"),
        (NEXT_DUE, "missed"),
        (NEXT_DUE + timedelta(days=300), "missed"),
        (None, "missed"),
    ],
    ids=["before", "due", "last_minute", "late", "just_before_the_next", "with_the_next", "long_after", "never"],
)
def test_a_price_is_on_time_within_its_minutes_late_until_the_next_is_due_and_then_missed(
    recorded_at: datetime | None, found: str
) -> None:
    assert status(recorded_at) == found


def test_a_rule_that_allows_no_delay_has_its_boundary_where_the_price_may_be_told() -> None:
    assert status(DUE, late_minutes=0) == "on_time"
    assert status(DUE + SECOND, late_minutes=0) == "late"


def test_a_delay_that_a_rule_allows_beyond_the_next_one_is_no_miss() -> None:
    assert status(NEXT_DUE + SECOND, late_minutes=10080) == "on_time"
    assert status(DUE + timedelta(days=7) + SECOND, late_minutes=10080) == "missed"


def test_a_holiday_is_no_miss() -> None:
    rule = cadence()
    recorded = {"oxide": {day: told_instant(rule, day) for day in (THURSDAY, TUESDAY)}}
    found = publications({"oxide": rule}, recorded, THURSDAY, TUESDAY)
    assert [(one.on, one.status) for one in found] == [(THURSDAY, "on_time"), (TUESDAY, "on_time")]


def test_a_price_of_another_day_or_form_stands_for_none() -> None:
    good_friday = date(2025, 4, 18)
    recorded = {"oxide": {good_friday: DUE}, "metal": {THURSDAY: DUE}}
    (found,) = publications({"oxide": cadence()}, recorded, THURSDAY, good_friday)
    assert found == Publication("oxide", THURSDAY, DUE, None, "missed")


def test_forms_of_several_cadences_are_told_in_the_order_in_which_they_are_due() -> None:
    rules = {"oxide": cadence(), "metal": cadence(every="weekly", weekday="friday"), "scrap": cadence(every="monthly")}
    found = publications(rules, {}, THURSDAY, date(2025, 4, 30))
    assert [(one.form, one.on.day) for one in found if one.form != "oxide"] == [
        ("metal", 17),
        ("metal", 25),
        ("scrap", 30),
    ]
    assert [(one.form, one.on.day) for one in found[:2]] == [("metal", 17), ("oxide", 17)]
    assert {one.status for one in found} == {"missed"}
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)


def test_without_a_publication_day_nothing_is_scheduled() -> None:
    assert publications({"oxide": cadence()}, {}, date(2025, 4, 18), date(2025, 4, 21)) == ()
    assert publications({"oxide": cadence()}, {}, TUESDAY, THURSDAY) == ()
    assert publications({}, {"oxide": {THURSDAY: DUE}}, THURSDAY, THURSDAY) == ()


def test_days_that_a_calendar_does_not_reach_are_refused() -> None:
    with pytest.raises(UsageError, match="the public holidays of GB-ENG are known from 1872 to 2100, not for 2101"):
        publications({"oxide": cadence()}, {}, date(2101, 1, 3), date(2101, 1, 3))


@given(
    every=st.sampled_from(["daily", "weekly", "monthly"]),
    first=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 90),
    cut=st.integers(0, 90),
    delay=st.integers(0, 60 * 24 * 40),
    late_minutes=st.integers(0, 10080),
)
def test_a_span_is_judged_as_its_parts_and_longer_delays_are_never_better(
    every: str, first: date, length: int, cut: int, delay: int, late_minutes: int
) -> None:
    rule, last, middle = (
        cadence(every=every, late_minutes=late_minutes),
        first + timedelta(days=length),
        first + timedelta(days=min(cut, length)),
    )
    days = publication_days(rule, first, last)
    better = {day: told_instant(rule, day) + timedelta(minutes=delay // 2) for day in days}
    worse = {day: told_instant(rule, day) + timedelta(minutes=delay) for day in days}
    found = publications({"oxide": rule}, {"oxide": worse}, first, last)
    assert tuple(one.on for one in found) == days
    parts = (
        publications({"oxide": rule}, {"oxide": worse}, *span)
        for span in ((first, middle), (middle + timedelta(days=1), last))
    )
    assert found == tuple(one for part in parts for one in part)
    order = ("on_time", "late", "missed")
    for earlier, later in zip(publications({"oxide": rule}, {"oxide": better}, first, last), found, strict=True):
        assert order.index(earlier.status) <= order.index(later.status)
