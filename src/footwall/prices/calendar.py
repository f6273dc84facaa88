"""When prices are published: the days and instants of a rule `[[cadence]]`.

Days are of the rule's time zone, instants are UTC. Where its clocks are changed, the offset in force before the change
counts: a time that they skip is as late as if they had not been changed, and of a time that occurs twice it is the first.

A rule is taken as it stands; on which days it is in force is its rulebook's to say. Every function raises UsageError for
days that a calendar of the rule does not reach, or that no calendar has: the caller's fault.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final, get_args
from zoneinfo import ZoneInfo

from footwall.errors import UsageError
from footwall.months import month_end
from footwall.rulebook import CadenceRule, Weekday, public_holidays

WEEKDAYS: Final[tuple[str, ...]] = get_args(Weekday)
"""Monday to Friday, in the order of `date.weekday()`: the days on which people work where none is a holiday."""

_WEEK: Final = 7
_ONE_DAY: Final = timedelta(days=1)


def publication_days(rule: CadenceRule, first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` on which prices are published, in order; none where `last` is before `first`.

    Daily: each working day, which is none of Saturday, Sunday and the public holidays of the rule's calendars. Weekly: the
    rule's weekday, or the working day before it; in a week whose days up to it, since the same weekday a week earlier, are
    all off there is no publication, and never two on one day. Monthly: the last working day of each month.
    """
    return tuple(_scheduled(rule, first, last))


def published_instant(rule: CadenceRule, day: date) -> datetime:
    """The instant at which a price of `day` is published, and up to which what is seen counts for it."""
    try:
        return datetime.combine(day, rule.publish_at, ZoneInfo(rule.timezone)).astimezone(UTC)
    except OverflowError:
        raise _no_instant(day) from None


def told_instant(rule: CadenceRule, day: date) -> datetime:
    """The instant from which a price of `day` may be told: the embargo after it is published."""
    try:
        return published_instant(rule, day) + timedelta(minutes=rule.embargo_minutes)
    except OverflowError:
        raise _no_instant(day) from None


def counts_first_on(rule: CadenceRule, seen_at: datetime) -> date:
    """The first publication day for which something seen at `seen_at` counts: published then, or later, and not before."""
    for day in _scheduled(rule, _day_before(rule, seen_at), date.max):
        if published_instant(rule, day) >= seen_at:
            return day
    raise _no_instant(date.max)


def closed_on(rule: CadenceRule, seen_at: datetime) -> date:
    """The first day, of publication or not, whose instant of publication is not before `seen_at`."""
    day = _day_before(rule, seen_at)
    while published_instant(rule, day) < seen_at:
        day += _ONE_DAY
    return day


def due(rule: CadenceRule, after: datetime, now: datetime) -> tuple[date, ...]:
    """The publication days whose price may first be told after `after`, and by `now`."""
    first = _day_before(rule, after, timedelta(minutes=rule.embargo_minutes))
    last = _day_before(rule, now) + _ONE_DAY
    return tuple(day for day in _scheduled(rule, first, last) if after < told_instant(rule, day) <= now)


def _scheduled(rule: CadenceRule, first: date, last: date) -> Iterator[date]:
    """As `publication_days`, one after another: no year is asked for before its days are."""
    match rule.every:
        case "daily":
            days = _daily(rule, first, last)
        case "weekly":
            days = _weekly(rule, first, last)
        case "monthly":
            days = _monthly(rule, first, last)
    return (day for day in days if first <= day <= last)


def _daily(rule: CadenceRule, first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield from _last_working_day(rule, ordinal, ordinal)


def _weekly(rule: CadenceRule, first: date, last: date) -> Iterator[date]:
    """The publication of each week whose weekday lies at most six days after `last`."""
    weekday = first.toordinal() + (WEEKDAYS.index(rule.weekday) - first.weekday()) % _WEEK
    for ordinal in range(weekday, min(last.toordinal() + _WEEK, date.max.toordinal() + 1), _WEEK):
        yield from _last_working_day(rule, max(ordinal - _WEEK + 1, 1), ordinal)


def _monthly(rule: CadenceRule, first: date, last: date) -> Iterator[date]:
    for months in range(12 * first.year + first.month - 1, 12 * last.year + last.month):
        begins = date(months // 12, months % 12 + 1, 1)
        yield from _last_working_day(rule, begins.toordinal(), month_end(begins).toordinal())


def _last_working_day(rule: CadenceRule, first: int, last: int) -> Iterator[date]:
    """The last working day between two ordinals, if there is one."""
    for ordinal in range(last, first - 1, -1):
        day = date.fromordinal(ordinal)
        if _is_working_day(rule, day):
            yield day
            return


def _is_working_day(rule: CadenceRule, day: date) -> bool:
    return day.weekday() < len(WEEKDAYS) and day not in _closed(rule.calendars, day.year)


@cache
def _closed(calendars: tuple[str, ...], year: int) -> frozenset[date]:
    return frozenset[date]().union(*(public_holidays(name, year) for name in calendars))


def _day_before(rule: CadenceRule, instant: datetime, earlier: timedelta = timedelta(0)) -> date:
    """The day before that of an instant in the rule's time zone: what is published from the instant on is not of a day before it."""
    if instant.tzinfo is None:
        raise UsageError(f"{instant} is no instant: state its offset from UTC")
    try:
        return (instant.astimezone(UTC) - earlier).astimezone(ZoneInfo(rule.timezone)).date() - _ONE_DAY
    except OverflowError:
        raise _no_instant(instant.date()) from None


def _no_instant(day: date) -> UsageError:
    return UsageError(f"no calendar has an instant of publication for {day}")
