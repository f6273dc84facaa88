"""A candidate schedule tried on real lines before it is published: the same lines under both schedules, and what differs.

Both are taken as they stand on one day, the first of the candidate, as if they always had: lines of the last months are
assessed as if they came in on that day. Rates of exchange stay those of the lines' own days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from footwall.batch.assess import Session
from footwall.batch.lines import RAW
from footwall.errors import Problem, UsageError
from footwall.tariffs import Schedule, standing

LARGEST_KEPT: Final = 20
"""So many of the largest changes, and of the new problems, are told one by one."""
_COLUMNS: Final = "source_row, line_id, form, ordinary_duty, additional_duty, floor_duty, total_duty, security, measure_ids, method, reason"


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What changes for the lines of one form, origin and importer whose floor duty is found by one method before and after.

    Duties are in the assessment currency. `total_before` and `total_after` are of the lines whose total is known under both.
    """

    form: str | None
    origin: str
    importer: str
    method_before: str | None
    method_after: str | None
    lines: int
    changed: int
    floor_duty_before: Decimal
    floor_duty_after: Decimal
    total_before: Decimal
    total_after: Decimal
    unknown: int


@dataclass(frozen=True, slots=True)
class LineChange:
    """What changes for one line; `row` is the number of its record."""

    row: int
    line_id: str
    form: str | None
    origin: str
    importer: str
    floor_duty_before: Decimal | None
    floor_duty_after: Decimal | None
    total_before: Decimal | None
    total_after: Decimal | None
    reason_before: str
    reason_after: str


@dataclass(frozen=True, slots=True)
class CandidateReplay:
    """What a candidate would change for lines as they came in.

    `lines` were assessed under both schedules, `changed` of them owe something else. `unmet` met a measure and meet none any more;
    `floor_lost` and `floor_gained` met a floor measure under one of the two only. `new_problems` are of the lines that could be assessed before and
    cannot under the candidate (the first of them), `problems_before` and `problems_after` count lines.
    """

    on: date
    currency: str
    lines: int
    changed: int
    floor_duty_before: Decimal
    floor_duty_after: Decimal
    total_before: Decimal
    total_after: Decimal
    unknown: int
    unmet: int
    floor_lost: int
    floor_gained: int
    problems_before: int
    problems_after: int
    newly_problems: int
    groups: tuple[GroupChange, ...]
    largest: tuple[LineChange, ...]
    new_problems: tuple[Problem, ...]


def replay_candidate(
    lines: object, current: Schedule, candidate: Schedule, on: date, rates: object = None
) -> CandidateReplay:
    """What `candidate` would change for `lines` (as `assess` takes them), both schedules as they stand on `on`.

    Raises UsageError where one of them has no measure in force on that day or the two are assessed in different currencies,
    LinesError where the lines cannot be read at all.
    """
    if current.currency != candidate.currency:
        raise UsageError(
            f"the schedule in force is assessed in {current.currency}, the candidate in {candidate.currency}"
        )
    with TemporaryDirectory(prefix="footwall-candidate-") as folder:
        before, after = Path(folder) / "before.parquet", Path(folder) / "after.parquet"
        bad_before = _bad(_assessed(lines, standing(current, on), rates, before))
        problems = _assessed(lines, standing(candidate, on), rates, after)
        bad_after = _bad(problems)
        with duckdb.connect() as connection:
            _join(connection, before, after)
            new = tuple(one for one in problems if one.row in bad_after - bad_before)
            return CandidateReplay(
                on=on,
                currency=current.currency,
                **_totals(connection),
                problems_before=len(bad_before),
                problems_after=len(bad_after),
                newly_problems=len(bad_after - bad_before),
                groups=tuple(_records(connection, GroupChange, _GROUPS)),
                largest=tuple(_records(connection, LineChange, _LARGEST)),
                new_problems=new[:LARGEST_KEPT],
            )


def _assessed(lines: object, schedule: Schedule, rates: object, path: Path) -> list[Problem]:
    """Assess the lines into a file, each with its record's number, importer and origin; returns the problems."""
    session = Session.open(lines, schedule, rates)
    with session.connection:
        session.write_query(
            f"SELECT {_COLUMNS}, trim(CAST(importer AS VARCHAR)) AS importer, trim(CAST(origin AS VARCHAR)) AS origin "
            f"FROM ({session.prepared.query}) JOIN (SELECT source_row, importer, origin FROM {RAW}) USING (source_row)",
            path,
        )
        return [problem for problem, _ in session.problems]


def _bad(problems: list[Problem]) -> set[int]:
    return {problem.row for problem in problems if problem.row is not None}


_CHANGED: Final = (
    "(b.floor_duty IS DISTINCT FROM a.floor_duty OR b.ordinary_duty IS DISTINCT FROM a.ordinary_duty "
    "OR b.additional_duty IS DISTINCT FROM a.additional_duty OR b.total_duty IS DISTINCT FROM a.total_duty "
    "OR b.security IS DISTINCT FROM a.security)"
)
_KNOWN: Final = "b.total_duty IS NOT NULL AND a.total_duty IS NOT NULL"
_SUMS: Final = (
    f"count(*), count(*) FILTER ({_CHANGED}), {{floors}}, "
    f"sum(b.total_duty) FILTER ({_KNOWN}), sum(a.total_duty) FILTER ({_KNOWN}), count(*) FILTER (NOT ({_KNOWN}))"
).format(floors="sum(b.floor_duty), sum(a.floor_duty)")
_GROUPS: Final = (
    f"SELECT a.form, a.origin, a.importer, b.method, a.method, {_SUMS} FROM b JOIN a USING (source_row) "
    "GROUP BY a.form, a.origin, a.importer, b.method, a.method ORDER BY abs(sum(a.floor_duty) - sum(b.floor_duty)) DESC, 1, 2, 3, 4, 5"
)
_LARGEST: Final = (
    "SELECT source_row, a.line_id, a.form, a.origin, a.importer, b.floor_duty, a.floor_duty, b.total_duty, a.total_duty, b.reason, "
    f"a.reason FROM b JOIN a USING (source_row) WHERE {_CHANGED} "
    "ORDER BY abs(a.floor_duty + a.additional_duty - b.floor_duty - b.additional_duty) DESC, source_row "
    f"LIMIT {LARGEST_KEPT}"
)
_TOTALS: Final = (
    "lines", "changed", "floor_duty_before", "floor_duty_after", "total_before", "total_after", "unknown", "unmet", "floor_lost",
    "floor_gained",
)  # fmt: skip
_OTHERS: Final = (
    "count(*) FILTER (len(b.measure_ids) > 0 AND len(a.measure_ids) = 0), "
    "count(*) FILTER (b.method IS NOT NULL AND a.method IS NULL), count(*) FILTER (b.method IS NULL AND a.method IS NOT NULL)"
)


def _join(connection: duckdb.DuckDBPyConnection, before: Path, after: Path) -> None:
    for name, path in (("b", before), ("a", after)):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")


def _totals(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    found = connection.execute(f"SELECT {_SUMS}, {_OTHERS} FROM b JOIN a USING (source_row)").fetchone() or ()
    return {name: Decimal(0) if value is None else value for name, value in zip(_TOTALS, found, strict=True)}


def _records(connection: duckdb.DuckDBPyConnection, record: Any, query: str) -> Iterator[Any]:  # noqa: ANN401 - one of two records
    money = {one.name for one in fields(record) if one.type in {Decimal, "Decimal"}}
    for row in connection.execute(query).fetchall():
        pairs = zip(fields(record), row, strict=True)
        yield record(*(Decimal(0) if value is None and one.name in money else value for one, value in pairs))
