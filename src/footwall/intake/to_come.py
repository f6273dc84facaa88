"""Records that tell of days to come: nobody can have seen them yet, so none of them is taken.

The day that it is depends on where one stands: a day is to come where it has begun nowhere yet.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self

import duckdb

from footwall.errors import Problem

_EASTERNMOST: Final = timedelta(hours=14)
"""How far ahead of UTC a place can be: there a day begins first."""


@dataclass(frozen=True, slots=True)
class Until:
    """When a submission is received: no day after `day` has begun, and no instant after `instant` has passed. `told` says why."""

    instant: datetime
    day: date
    told: str

    @classmethod
    def now(cls, instant: datetime) -> Self:
        """What is received at an instant."""
        moment = instant.astimezone(UTC)
        return cls(moment, (moment + _EASTERNMOST).date(), f"it is received on {moment:%Y-%m-%d at %H:%M} UTC")


@dataclass(frozen=True, slots=True)
class ToCome:
    """A record that tells of days to come: its position, the column that says so, and what it says."""

    file: int
    position: int
    field: str
    found: str


def find_to_come(connection: duckdb.DuckDBPyConnection, until: Until) -> tuple[ToCome, ...]:
    """The records of `entries` that tell of days to come; afterwards `entries` holds them no more."""
    instant = until.instant.astimezone(UTC).replace(tzinfo=None)
    rows = connection.execute(
        "SELECT file, position, observed_to, published_at, seen_at FROM entries "
        "WHERE observed_to > $day OR published_at > $day OR seen_at > $instant ORDER BY file, position",
        {"day": until.day, "instant": instant},
    ).fetchall()
    for number in sorted({row[0] for row in rows}):
        places = [row[1] for row in rows if row[0] == number]
        connection.execute(f"UPDATE shaped_{number} SET usable = false WHERE rowid IN (SELECT unnest(?))", [places])
        connection.execute(f"DELETE FROM read_alone_{number} WHERE position IN (SELECT unnest(?))", [places])
    return tuple(
        ToCome(file, position, *_first(until, observed_to, published_at, seen_at))
        for file, position, observed_to, published_at, seen_at in rows
    )


def problem_of(one: ToCome, until: Until, source: str | None, row: int) -> Problem:
    """Why a record that tells of days to come is not taken."""
    last = f"{until.instant:%Y-%m-%dT%H:%M:%SZ}" if one.field == "seen_at" else until.day.isoformat()
    remedy = f"Correct {one.field}; what is still to come, or under embargo, send in when its day has come."
    return Problem("day_to_come", one.found, f"{last} or earlier: {until.told}", remedy, source, row, field=one.field)


def _first(until: Until, observed_to: date, published_at: date, seen_at: datetime | None) -> tuple[str, str]:
    """The first column that tells of a day to come: what is left out follows from it."""
    if observed_to > until.day:
        return "observed_to", observed_to.isoformat()
    if seen_at is not None and seen_at.replace(tzinfo=UTC) > until.instant:
        return "seen_at", f"{seen_at.isoformat()}Z"
    return "published_at", published_at.isoformat()
