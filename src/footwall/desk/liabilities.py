"""Assessed lines that met a measure which a correction shows to have rested on a wrong price."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict

import duckdb

from footwall.desk.dependents import Dependent
from footwall.desk.zone import Zone
from footwall.errors import UsageError
from footwall.tariffs import Schedule

_ONE_DAY = timedelta(days=1)
_READERS = {".parquet": "read_parquet(?)", ".csv": "read_csv(?, all_varchar = true)"}


class Met(TypedDict):
    """One assessed line: its id, its day (None where no file of lines says it), the measures that it met, and its floor duty."""

    line_id: str
    entry_date: date | None
    measure_ids: str
    floor_duty: Decimal | None


@dataclass(frozen=True, slots=True)
class _Days:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def meets(self, other: "_Days") -> bool:
        return self.first <= other.last and other.first <= self.last


def liabilities_of(zone: Zone, path: Path, dependents: Iterable[Dependent], lines: Path | None = None) -> list[Met]:
    """The lines of a file that `footwall assess` wrote (CSV or Parquet) that met one of the measures among `dependents`.

    A line met it on a day on which that measure would have come out otherwise: from a walked day to the day before the next
    one. `lines` is the file that was assessed and says the day of each line. Without it, or where it says none, the line
    counts if the days for which its measure stands in the zone's schedules reach into those days. Raises UsageError for a
    file that cannot be read or is no such file: the caller's fault.
    """
    otherwise: dict[str, list[_Days]] = {}
    for one in dependents:
        if one.kind == "measure":
            otherwise.setdefault(one.what, []).append(_Days(one.first, _until_the_next(zone.days, one.last)))
    stands = {one.measure_id: _Days(one.valid_from, one.valid_to or date.max) for one in _measures(zone)}
    days = {} if lines is None else _days_of(lines)
    wanted = "line_id::VARCHAR, measure_ids::VARCHAR, floor_duty::VARCHAR"
    found = _rows(
        path, wanted, "measure_ids IS NOT NULL", "liabilities: name the .csv or .parquet that footwall assess wrote"
    )
    return [
        Met(
            line_id=line,
            entry_date=days.get(line),
            measure_ids=measures,
            floor_duty=None if duty is None else Decimal(duty),
        )
        for line, measures, duty in found
        if _met(_ids(measures), days.get(line), otherwise, stands)
    ]


class Otherwise(TypedDict):
    """One line that owes otherwise under a restated schedule: its day, its duty (ordinary, additional and floor) and security, then and now.

    Without an ordinary duty that anybody knows, the duty is what is known of it, then and now alike.
    """

    line_id: str
    entry_date: date
    duty_was: Decimal
    duty_is: Decimal
    difference: Decimal
    security_was: Decimal
    security_is: Decimal


_PARTS = "coalesce({0}.ordinary_duty::DECIMAL(38, 6), 0) + {0}.additional_duty::DECIMAL(38, 6) + {0}.floor_duty::DECIMAL(38, 6)"


def owed_otherwise(
    zone: Zone, path: Path, lines: Path, schedule: Schedule, days: tuple[date, date] = (date.min, date.max)
) -> list[Otherwise]:
    """Of the liabilities in a file that `footwall assess` wrote, those that come out otherwise under a restated schedule, in the order of their ids.

    `lines` is the file that was assessed; of its lines those of `days` are assessed again, also those that had met no measure. A line that
    owes what it owed is left out, and so is one that either assessment has as a problem: its file of problems says why. Raises UsageError for
    a file that cannot be read or is no such file.
    """
    from footwall.batch import assess

    assessed = assess(str(lines), schedule, zone.rates).liabilities.to_arrow()
    reader, wanted = _reader_of(path), "liabilities: name the .csv or .parquet that footwall assess wrote"
    day_of = _days_of(lines)
    query = f"""
        SELECT was.line_id::VARCHAR AS line_id, {_PARTS.format("was")} AS duty_was, {_PARTS.format("now")} AS duty_is,
            was.security::DECIMAL(38, 6) AS security_was, now.security::DECIMAL(38, 6) AS security_is
        FROM {reader} AS was JOIN assessed AS now ON now.line_id = was.line_id::VARCHAR
        WHERE duty_was <> duty_is OR security_was <> security_is
            OR (was.ordinary_duty IS NULL) <> (now.ordinary_duty IS NULL) ORDER BY line_id"""
    with duckdb.connect() as connection:
        connection.register("assessed", assessed)
        try:
            found = connection.execute(query, [str(path)]).fetchall()
        except duckdb.Error as error:
            raise UsageError(f"{path} is no file of {wanted.partition(':')[0]}: {str(error).splitlines()[0]}") from None
    coin = Decimal(1).scaleb(-zone.facts.currencies[schedule.currency].minor_units)
    return [
        Otherwise(
            line_id=line,
            entry_date=day_of[line],
            duty_was=was.quantize(coin),
            duty_is=now.quantize(coin),
            difference=(now - was).quantize(coin),
            security_was=before.quantize(coin),
            security_is=after.quantize(coin),
        )
        for line, was, now, before, after in found
        if days[0] <= day_of[line] <= days[1]
    ]


def _reader_of(path: Path) -> str:
    reader = _READERS.get(path.suffix.lower())
    if reader is None or not path.is_file():
        raise UsageError(f"{path} is no file of liabilities: name the .csv or .parquet that footwall assess wrote")
    return reader


def _met(
    ids: Sequence[str], day: date | None, otherwise: Mapping[str, Sequence[_Days]], stands: Mapping[str, _Days]
) -> bool:
    for name in ids:
        own = stands.get(name, _Days(date.min, date.max)) if day is None else _Days(day, day)
        if any(own.meets(span) for span in otherwise.get(name.partition("@")[0], ())):
            return True
    return False


def _until_the_next(walked: Sequence[date], last: date) -> date:
    """What was published on a walked day holds until the next one."""
    place = bisect_right(walked, last)
    return walked[place] - _ONE_DAY if place < len(walked) else date.max


def _measures(zone: Zone) -> Iterable[Any]:
    """All that was ever published, as it names its measures; a zone that has published nothing has none."""
    return zone.schedule().measures if any(zone.state_on(day).measures for day in zone.days) else ()


def _days_of(lines: Path) -> dict[str, date]:
    """The day of each line of the file that was assessed, where it says a day."""
    found = _rows(
        lines,
        "line_id::VARCHAR, TRY_CAST(trim(entry_date::VARCHAR) AS DATE)",
        "line_id IS NOT NULL",
        "lines: name the .csv or .parquet that footwall assess has read",
    )
    return {line: day for line, day in found if day is not None}


def _rows(path: Path, columns: str, where: str, wanted: str) -> list[tuple[Any, ...]]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None or not path.is_file():
        raise UsageError(f"{path} is no file of {wanted}")
    with duckdb.connect() as connection:
        try:
            return connection.execute(f"SELECT {columns} FROM {reader} WHERE {where}", [str(path)]).fetchall()
        except duckdb.Error as error:
            raise UsageError(f"{path} is no file of {wanted.partition(':')[0]}: {str(error).splitlines()[0]}") from None


def _ids(text: str) -> list[str]:
    """The ids in a cell: a list of Parquet as DuckDB writes it, or the words of a CSV."""
    return text.strip("[]").replace(",", " ").split()
