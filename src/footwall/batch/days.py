"""The days of a batch as tables of DuckDB: the rate of exchange of each, and the schedule's period that it falls into."""

from datetime import date, timedelta
from typing import Final

import duckdb
import pyarrow as pa

from footwall.duties import Rates
from footwall.errors import UsageError
from footwall.tariffs import Schedule

RATE_PLACES_MAX: Final = 12
CALENDAR_DAYS_MAX: Final = 40_000
RATES: Final = "rates"
CALENDAR: Final = "calendar"


def load_rates(connection: duckdb.DuckDBPyConnection, rates: Rates, currency: str) -> int:
    """Fill RATES with the rates to `currency`, and return their decimal places; none where no line could need one.

    Raises UsageError for rates with more places than RATE_PLACES_MAX.
    """
    used = [(source, on, rate) for (source, target, on), rate in rates.items() if target == currency]
    places = max((max(0, -int(rate.normalize().as_tuple().exponent)) for *_, rate in used), default=0)
    if places > RATE_PLACES_MAX:
        raise UsageError(
            f"a rate of exchange has {places} decimals; give rates as published, with at most {RATE_PLACES_MAX}"
        )
    used = [row for row in used if row[0] != currency]
    table = pa.table(
        {
            "rate_currency": pa.array([row[0] for row in used], pa.string()),
            "rate_on": pa.array([row[1] for row in used], pa.date32()),
            "rate": pa.array([row[2] for row in used], pa.decimal128(18, places)),
        }
    )
    connection.register("rates_given", table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {RATES} AS SELECT * FROM rates_given")
    return max(places, 1) if used else 0


def load_calendar(connection: duckdb.DuckDBPyConnection, schedule: Schedule) -> None:
    """Fill CALENDAR with the schedule's period on each day between its first change and the last near one; a join asks it fastest."""
    points = schedule.breakpoints[: near_changes(schedule)]
    ends = [*points[1:], points[-1]]
    spans = [(period, day, (end - day).days) for period, (day, end) in enumerate(zip(points, ends, strict=True))]
    days = [(day + timedelta(days=offset), period) for period, day, length in spans for offset in range(length)]
    columns = {
        "calendar_day": pa.array([day for day, _ in days], pa.date32()),
        "period": pa.array([period for _, period in days], pa.int32()),
    }
    connection.register("calendar_given", pa.table(columns))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {CALENDAR} AS SELECT * FROM calendar_given")


def near_changes(schedule: Schedule) -> int:
    """How many of the schedule's changes the calendar reaches; an end in the year 9998 is not worth its days."""
    points = schedule.breakpoints
    return sum((day - points[0]).days <= CALENDAR_DAYS_MAX for day in points)


def in_periods(shaped: str, schedule: Schedule) -> str:
    """The rows of `shaped`, each with the `period` of its entry, NULL before the schedule's first day.

    Where some rule of days holds, also with `floor_period`, that of the day by which its floor measures are found: below zero
    before the first day (`period_starts`), NULL where the line does not state the day that counts.
    """
    period = f"{_period_of('entry_date', CALENDAR, schedule)} AS period"
    joined = f"LEFT JOIN {CALENDAR} ON {CALENDAR}.calendar_day = entry_date"
    if not schedule.conditions.days:
        return f"SELECT {shaped}.*, {period} FROM {shaped} {joined}"
    dated = f"(SELECT *, {_floor_day(schedule)} AS floor_day FROM {shaped}) dated"
    before = f"floor_day < DATE '{schedule.breakpoints[0]}'"
    early = [f"WHEN floor_day < DATE '{day}' THEN {-2 - number}" for number, day in enumerate(_earlier(schedule))]
    number = f"(CASE {' '.join(reversed(early))} ELSE -1 END)" if early else "-1"
    of_floor = f"(CASE WHEN {before} THEN {number} ELSE {_period_of('floor_day', 'floor_calendar', schedule)} END)"
    joined += f" LEFT JOIN {CALENDAR} floor_calendar ON floor_calendar.calendar_day = floor_day"
    return f"SELECT dated.*, {period}, {of_floor} AS floor_period FROM {dated} {joined}"


def period_starts(schedule: Schedule) -> dict[int, date]:
    """The first day of each period. Before the schedule's first day one begins where the members change: -1 is the last."""
    earlier = (*_earlier(schedule), date.min)
    return dict(enumerate(schedule.breakpoints)) | {-1 - number: day for number, day in enumerate(earlier)}


def _earlier(schedule: Schedule) -> tuple[date, ...]:
    """The days before the schedule's first on which its members change, latest first."""
    return tuple(sorted((day for day in schedule.member_days if date.min < day < schedule.first_day), reverse=True))


def _floor_day(schedule: Schedule) -> str:
    """The day by which floor measures are found, as `DayRule.day` has it."""
    cases = []
    for rule in schedule.conditions.days:
        holds = f"importer IN ({', '.join(map(literal, rule.importers))}) AND entry_date >= DATE '{rule.valid_from}'"
        holds += f" AND entry_date <= DATE '{rule.valid_to}'" if rule.valid_to is not None else ""
        if rule.counts != "entry":
            cases.append(f"WHEN {holds} THEN {rule.counts}_date")
        elif rule.transit_days:
            under_way, earliest = f"{rule.transit_counts}_date", f"entry_date - {rule.transit_days + 1}"
            cases += [
                f"WHEN {holds} AND {under_way} IS NOT NULL AND {under_way} > {earliest} THEN {under_way}",
                f"WHEN {holds} AND {under_way} IS NOT NULL THEN {earliest}",
            ]
    return f"(CASE {' '.join(cases)} ELSE entry_date END)" if cases else "entry_date"


def literal(word: str) -> str:
    """A text of SQL."""
    return "'" + word.replace("'", "''") + "'"


def _period_of(day: str, calendar: str, schedule: Schedule) -> str:
    """The number of the period that a day falls into, NULL before the first: far changes one by one, near ones by calendar."""
    points = schedule.breakpoints
    later = [(number, points[number]) for number in range(len(points) - 1, near_changes(schedule) - 2, -1)]
    whens = " ".join(f"WHEN {day} >= DATE '{start}' THEN {number}" for number, start in later)
    return f"(CASE {whens} ELSE {calendar}.period END)"
