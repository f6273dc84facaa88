"""The days and instants of publication, held against a slow calendar that looks at every day, and against known years."""

import time as clock
from datetime import UTC, date, datetime, time, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st
from price_samples import cadence

from footwall.errors import UsageError
from footwall.prices.calendar import counts_first_on, due, publication_days, published_instant, told_instant
from footwall.rulebook import CadenceRule

DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
CALENDARS = st.lists(st.sampled_from(["GB-ENG", "CN", "JP", "US"]), unique=True, max_size=3).map(tuple)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
INSTANTS = st.datetimes(
    datetime.fromisoformat("2005-01-01"), datetime.fromisoformat("2035-01-01"), timezones=st.just(UTC)
)
LONGEST_GAP = timedelta(days=75)


@st.composite
def cadences(draw: st.DrawFn) -> CadenceRule:
    return cadence(
        every=draw(st.sampled_from(["daily", "weekly", "monthly"])),
        weekday=draw(st.sampled_from(WEEKDAYS)),
        calendars=draw(CALENDARS),
        publish_at=time(draw(st.integers(0, 23)), draw(st.integers(0, 59))),
        timezone=draw(st.sampled_from(["Europe/London", "Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC"])),
        embargo_minutes=draw(st.sampled_from([0, 30, 1440, 10080])),
    )


def works(rule: CadenceRule, day: date) -> bool:
    """Whether people work on a day, asked of the library for that day alone."""
    if day.strftime("%A").lower() not in WEEKDAYS:
        return False
    for name in rule.calendars:
        country, _, part = name.partition("-")
        if day in country_holidays(country, subdiv=part or None):
            return False
    return True


def is_published(rule: CadenceRule, day: date) -> bool:
    """The same rule as seen from one day: it works, and the days from it to the day it stands for do not."""
    if not works(rule, day):
        return False
    if rule.every == "daily":
        return True
    after = day
    while True:
        if rule.every == "weekly" and after.strftime("%A").lower() == rule.weekday:
            return True
        after += DAY
        if rule.every == "monthly" and after.month != day.month:
            return True
        if works(rule, after):
            return False


@given(rule=cadences(), first=DAYS, length=st.integers(-2, 60))
def test_the_days_are_those_of_a_calendar_that_looks_at_each_day(rule: CadenceRule, first: date, length: int) -> None:
    last = first + length * DAY
    slow = tuple(day for day in (first + n * DAY for n in range(length + 1)) if is_published(rule, day))
    assert publication_days(rule, first, last) == slow


@given(rule=cadences(), first=DAYS, cut=st.integers(0, 60))
def test_the_days_of_a_span_are_those_of_its_parts(rule: CadenceRule, first: date, cut: int) -> None:
    last = first + 60 * DAY
    middle = first + cut * DAY
    parts = publication_days(rule, first, middle) + publication_days(rule, middle + DAY, last)
    assert publication_days(rule, first, last) == parts


@given(rule=cadences(), seen_at=INSTANTS)
def test_what_is_seen_counts_for_the_first_day_that_is_not_published_before_it(
    rule: CadenceRule, seen_at: datetime
) -> None:
    around = publication_days(rule, seen_at.date() - 3 * DAY, seen_at.date() + LONGEST_GAP)
    found = counts_first_on(rule, seen_at)
    assert published_instant(rule, found) >= seen_at
    assert next(day for day in around if published_instant(rule, day) >= seen_at) == found


@given(
    rule=cadences(),
    after=INSTANTS,
    hours=st.integers(0, 2000),
    cut=st.integers(0, 2000),
)
def test_each_publication_is_due_once_however_often_one_looks(
    rule: CadenceRule, after: datetime, hours: int, cut: int
) -> None:
    now = after + timedelta(hours=hours)
    between = min(now, after + timedelta(hours=cut))
    found = due(rule, after, now)
    assert due(rule, after, between) + due(rule, between, now) == found
    around = publication_days(rule, after.date() - 12 * DAY, now.date() + 2 * DAY)
    assert found == tuple(day for day in around if after < told_instant(rule, day) <= now)


def test_the_bank_holidays_of_england_in_2025() -> None:
    """gov.uk/bank-holidays: eight in England and Wales."""
    days = publication_days(cadence(), date(2025, 1, 1), date(2025, 12, 31))
    off = {date(2025, 1, 1) + n * DAY for n in range(365)} - set(days)
    assert sorted(day for day in off if day.isoweekday() <= 5) == [
        date(2025, 1, 1),
        date(2025, 4, 18),
        date(2025, 4, 21),
        date(2025, 5, 5),
        date(2025, 5, 26),
        date(2025, 8, 25),
        date(2025, 12, 25),
        date(2025, 12, 26),
    ]
    whole = publication_days(cadence(calendars=("GB",)), date(2025, 1, 1), date(2025, 12, 31))
    assert set(whole) - set(days) == {date(2025, 4, 21), date(2025, 8, 25)}


def test_the_spring_festival_of_2026_takes_a_whole_week() -> None:
    """State Council notice of 4 November 2025: off from 15 to 23 February 2026; work again on Tuesday 24."""
    china = cadence(calendars=("CN",), timezone="Asia/Shanghai")
    assert publication_days(china, date(2026, 2, 13), date(2026, 2, 25)) == (
        date(2026, 2, 13),
        date(2026, 2, 24),
        date(2026, 2, 25),
    )


def test_a_week_without_a_working_day_has_no_publication() -> None:
    """Not a second one on the Friday before it, which has its own."""
    fridays = cadence(calendars=("CN",), every="weekly", weekday="friday")
    assert publication_days(fridays, date(2026, 2, 9), date(2026, 2, 28)) == (date(2026, 2, 13), date(2026, 2, 27))
    mondays = cadence(calendars=("CN",), every="weekly", weekday="monday")
    assert publication_days(mondays, date(2026, 2, 9), date(2026, 3, 2)) == (
        date(2026, 2, 9),
        date(2026, 2, 13),
        date(2026, 3, 2),
    )


def test_golden_week_moves_a_weekly_day_back() -> None:
    """1 to 8 October 2025 off: Friday 3 October is published on Tuesday 30 September, Wednesday 8 on none but that."""
    fridays = cadence(calendars=("CN",), every="weekly", weekday="friday")
    assert publication_days(fridays, date(2025, 9, 22), date(2025, 10, 12)) == (
        date(2025, 9, 26),
        date(2025, 9, 30),
        date(2025, 10, 10),
    )
    wednesdays = cadence(calendars=("CN",), every="weekly", weekday="wednesday")
    assert publication_days(wednesdays, date(2025, 9, 22), date(2025, 10, 15)) == (
        date(2025, 9, 24),
        date(2025, 9, 30),
        date(2025, 10, 15),
    )


def test_a_monthly_price_is_of_the_last_working_day() -> None:
    monthly = cadence(every="monthly")
    assert publication_days(monthly, date(2025, 5, 1), date(2025, 8, 31)) == (
        date(2025, 5, 30),
        date(2025, 6, 30),
        date(2025, 7, 31),
        date(2025, 8, 29),
    )
    assert publication_days(monthly, date(2025, 5, 31), date(2025, 6, 29)) == ()


def test_an_observation_at_the_instant_of_publication_counts_and_one_after_it_does_not() -> None:
    rule = cadence()
    at = datetime(2025, 4, 17, 15, 30, tzinfo=UTC)
    assert published_instant(rule, date(2025, 4, 17)) == at
    assert counts_first_on(rule, at) == date(2025, 4, 17)
    assert counts_first_on(rule, at + timedelta(microseconds=1)) == date(2025, 4, 22)


def test_an_instant_is_the_same_in_whichever_zone_it_is_told() -> None:
    rule = cadence()
    shanghai = datetime.fromisoformat("2025-04-17T23:30:00+08:00")
    assert counts_first_on(rule, shanghai) == date(2025, 4, 17)
    assert counts_first_on(rule, shanghai + timedelta(seconds=1)) == date(2025, 4, 22)


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        (date(2025, 3, 28), time(16, 30), "2025-03-28T16:30:00+00:00"),
        (date(2025, 3, 31), time(16, 30), "2025-03-31T15:30:00+00:00"),
        (date(2025, 3, 30), time(0, 59), "2025-03-30T00:59:00+00:00"),
        (date(2025, 3, 30), time(1, 30), "2025-03-30T01:30:00+00:00"),
        (date(2025, 3, 30), time(2, 0), "2025-03-30T01:00:00+00:00"),
        (date(2025, 10, 26), time(0, 59), "2025-10-25T23:59:00+00:00"),
        (date(2025, 10, 26), time(1, 30), "2025-10-26T00:30:00+00:00"),
        (date(2025, 10, 26), time(2, 0), "2025-10-26T02:00:00+00:00"),
    ],
)
def test_where_clocks_are_changed_the_offset_before_the_change_counts(day: date, at: time, instant: str) -> None:
    """In London at 01:00 UTC on 30 March and 26 October 2025: 01:30 does not occur on the first and twice on the second."""
    assert published_instant(cadence(publish_at=at), day) == datetime.fromisoformat(instant)


def test_a_price_is_told_after_the_embargo_of_elapsed_minutes() -> None:
    rule = cadence(publish_at=time(0, 30), embargo_minutes=120)
    assert told_instant(rule, date(2025, 10, 26)) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert told_instant(cadence(embargo_minutes=0), date(2025, 1, 2)) == datetime(2025, 1, 2, 16, 30, tzinfo=UTC)


def test_what_is_due_is_what_may_be_told_by_now() -> None:
    rule, told = cadence(), datetime(2025, 1, 2, 17, 0, tzinfo=UTC)
    assert due(rule, told - timedelta(seconds=1), told) == (date(2025, 1, 2),)
    assert due(rule, told, told + DAY) == (date(2025, 1, 3),)
    assert due(rule, told - DAY, told - timedelta(seconds=1)) == ()
    assert due(rule, told + DAY, told) == ()


OUT_OF_RANGE = (
    (("CN",), date(2101, 1, 3), "the public holidays of CN are known from 1950 to 2100, not for 2101"),
    (("US", "CN"), date(1949, 12, 30), "the public holidays of CN are known from 1950 to 2100, not for 1949"),
    (("EU",), date(2025, 1, 3), "no public holidays of 'EU' are known: name a country"),
    (("GB-ENGLAND",), date(2025, 1, 3), "no public holidays of 'GB-ENGLAND' are known: name a country"),
)


@pytest.mark.parametrize(("calendars", "day", "told"), OUT_OF_RANGE)
def test_a_day_that_no_calendar_reaches_is_refused(calendars: tuple[str, ...], day: date, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        publication_days(cadence(calendars=calendars), day, day)


def test_the_last_year_of_a_calendar_is_reached() -> None:
    rule = cadence(calendars=("CN",), timezone="UTC")
    assert publication_days(rule, date(2100, 12, 31), date(2100, 12, 31)) == (date(2100, 12, 31),)
    assert counts_first_on(rule, datetime(2100, 12, 31, 16, 30, tzinfo=UTC)) == date(2100, 12, 31)
    with pytest.raises(UsageError, match="known from 1950 to 2100, not for 2101"):
        counts_first_on(rule, datetime(2100, 12, 31, 16, 31, tzinfo=UTC))


def test_without_calendars_the_days_go_to_the_end_of_all_dates() -> None:
    rule = cadence(calendars=(), every="weekly", timezone="UTC")
    assert publication_days(rule, date(1, 1, 1), date(1, 1, 8)) == (date(1, 1, 5),)
    assert publication_days(rule, date(9999, 12, 20), date.max) == (date(9999, 12, 24), date(9999, 12, 31))
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    with pytest.raises(UsageError, match="no calendar has an instant of publication for 9999-12-31"):
        counts_first_on(rule, last)
    with pytest.raises(UsageError, match="no calendar has an instant of publication for 9999-12-31"):
        told_instant(cadence(publish_at=time(23, 59), timezone="UTC"), date.max)
    with pytest.raises(UsageError, match="no calendar has an instant of publication for 0001-01-01"):
        due(rule, datetime(1, 1, 1, tzinfo=UTC), last)


def test_a_time_without_an_offset_is_no_instant() -> None:
    with pytest.raises(UsageError, match="2025-01-02 12:00:00 is no instant: state its offset from UTC"):
        counts_first_on(cadence(), datetime.fromisoformat("2025-01-02T12:00:00"))


def test_ten_years_of_days_are_found_at_once() -> None:
    rule = cadence(calendars=("GB-ENG", "CN", "JP"))
    publication_days(rule, date(2016, 1, 1), date(2025, 12, 31))
    took = []
    for _ in range(5):
        began = clock.perf_counter()
        publication_days(rule, date(2016, 1, 1), date(2025, 12, 31))
        took.append(clock.perf_counter() - began)
    assert min(took) < 0.05
