"""Observation files in; out come one canonical table, what was said before, and a problem for every fault."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from footwall.errors import Problem
from footwall.intake.canonical import parquet_bytes
from footwall.intake.columns import COLUMNS, DIGESTS, HELD, Known, held_digests
from footwall.intake.duplicates import DUPLICATES, Repetition, find_repetitions
from footwall.intake.opening import Opened, column_type_unread, open_sources
from footwall.intake.read import problems_of_record, read_record
from footwall.intake.shape import KNOWN_SETS, digest_sql, literal, shape_query
from footwall.intake.text_files import empty_record
from footwall.intake.to_come import Until, find_to_come, problem_of

UNITS_AT_A_GLANCE = ("kg", "g", "t", "lb", "troy_oz", "short_ton", "mtu", "dmtu")
"""Units that the query knows; whether another one is of mass is asked record by record."""


@dataclass(frozen=True)
class Intake:
    """What a submission gave.

    `table` holds what is accepted, by id, in the columns of HELD; `digests` the digest of what each of them says.
    `duplicates` says again what stands already (columns of DUPLICATES). `problems` are in the order of sources and
    records. `columns_not_read` are the names of columns that mean nothing here.
    """

    table: pa.Table
    digests: pa.Table
    duplicates: pa.Table
    problems: tuple[Problem, ...]
    columns_not_read: tuple[str, ...]

    def __len__(self) -> int:
        """How many observations are accepted."""
        return int(self.table.num_rows)

    def parquet(self) -> bytes:
        """The canonical Parquet file of what is accepted: the same rows are the same bytes."""
        return parquet_bytes(self.table)

    def digest(self) -> str:
        """SHA-256 over every id and what it says, in the order of ids; whatever file held them, in whatever order."""
        found = hashlib.sha256()
        for batch in self.digests.to_batches(max_chunksize=65_536):
            ids, said = (column.to_pylist() for column in batch.columns)
            found.update("".join(f"{name}\x1f{digest}\n" for name, digest in zip(ids, said, strict=True)).encode())
        return found.hexdigest()


def read_observations(source: object, known: Known, *, called: str | None = None, until: Until | None = None) -> Intake:
    """Read and check one submission.

    `source`: the path of a CSV, Parquet, JSON or JSON lines file, a list of such paths, an Arrow, pandas or Polars table,
    or a list of dicts (columns: `docs/observations.md`). How a submission is split into files, and in which order its
    records stand, makes no difference. `called` is the `source` of records that name none; left out, the name of their file.
    `until` is when it is received: what tells of days to come is a problem; left out, nobody asks. Raises ObservationsError where a file cannot be read at all, and UsageError for a `source` that is none of these.
    """
    with duckdb.connect(config={"threads": _threads()}) as connection:
        _load(connection, known)
        shaped = [
            _shape(connection, opened, number, called) for number, opened in enumerate(open_sources(connection, source))
        ]
        problems = [_left_over(connection, opened, number, known, called) for number, opened in enumerate(shaped)]
        _join(connection, len(shaped))
        for one in () if until is None else find_to_come(connection, until):
            opened = shaped[one.file]
            problems[one.file].append(problem_of(one, until, opened.source, opened.row_number(one.position)))  # type: ignore[arg-type]
        repetitions = find_repetitions(connection)
        for number, found in enumerate(problems):
            found += [
                _changed(one, shaped[number]) for one in repetitions if one.file == number and one.repeats is None
            ]
            found.sort(key=lambda problem: problem.row or 0)
        table = connection.sql(_STANDING).to_arrow_table()
        return Intake(
            table=_held(table.select(list(COLUMNS))),
            digests=table.select(DIGESTS.names).cast(DIGESTS),
            duplicates=_duplicates(repetitions, shaped),
            problems=tuple(problem for found in problems for problem in found),
            columns_not_read=tuple(dict.fromkeys(name for opened in shaped for name in opened.columns_not_read)),
        )


_STANDING = (
    f"SELECT {', '.join(COLUMNS)}, digest FROM entries ANTI JOIN fallen USING (file, position) ORDER BY observation"
)
_TYPED_ALONE = HELD.set(HELD.get_field_index("seen_at"), pa.field("seen_at", pa.timestamp("us")))
"""As the query holds it: the instant in UTC, without saying so."""


def _load(connection: duckdb.DuckDBPyConnection, known: Known) -> None:
    words = (known.forms, known.countries, known.currencies, known.deflators, UNITS_AT_A_GLANCE)
    for name, members in zip(KNOWN_SETS, words, strict=True):
        listed = ", ".join(map(literal, sorted(members)))
        connection.execute(f"CREATE TEMP TABLE known_{name} AS SELECT unnest([{listed}]::VARCHAR[]) AS word")
    connection.execute("CREATE TEMP TABLE held (observation VARCHAR, digest VARCHAR)")
    held = held_digests(known)
    if held.num_rows:
        connection.register("given_held", held)
        connection.execute("INSERT INTO held SELECT observation, digest FROM given_held")


def _shape(connection: duckdb.DuckDBPyConnection, opened: Opened, number: int, called: str | None) -> Opened:
    """Make the table shaped_<number>; whatever cannot be read as a whole is opened again record by record."""
    query = shape_query(opened.relation, opened.columns, called or opened.called)
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE shaped_{number} AS {query}")
    except duckdb.Error as error:
        if opened.again is None:
            raise column_type_unread(opened.source, str(error)) from None
        return _shape(connection, opened.again(), number, called)
    return opened


def _left_over(
    connection: duckdb.DuckDBPyConnection, opened: Opened, number: int, known: Known, called: str | None
) -> list[Problem]:
    """Read one by one what the query did not take at a glance; good ones go to the table one_by_one_<number>."""
    problems = [*opened.problems, *_beside_unread(opened, known)]
    found: list[dict[str, object]] = []
    for position, record in _raw(connection, opened, number):
        row = opened.row_number(position)
        if not any(text and text.strip() for text in record.values()):
            problems.append(empty_record(opened.source, row))
            continue
        values = read_record(record, known, called or opened.called, opened.source, row)
        if isinstance(values, tuple):
            problems += values
            continue
        seen_at = values["seen_at"]
        if isinstance(seen_at, datetime):
            values["seen_at"] = seen_at.replace(tzinfo=None)
        found.append({"position": position, **values})
    if not found and opened.columns and not _has_records(connection, number) and not problems:
        remedy = "Export it again, or leave it out."
        problems.append(Problem("records_missing", "no record", "at least one observation", remedy, opened.source))
    connection.execute(
        f"CREATE TEMP TABLE read_alone_{number} AS SELECT rowid AS position, {', '.join(COLUMNS)} FROM shaped_{number} LIMIT 0"
    )
    if found:
        schema = _TYPED_ALONE.insert(0, pa.field("position", pa.int64()))
        connection.register(f"found_{number}", pa.Table.from_pylist(found, schema=schema))
        connection.execute(f"INSERT INTO read_alone_{number} SELECT * FROM found_{number}")
    return problems


def _beside_unread(opened: Opened, known: Known) -> Iterator[Problem]:
    """What else is wrong with records that have fields which could not be read."""
    for one in opened.partly:
        yield from problems_of_record(one.record, known, opened.source, one.row, unread=one.unread)


def _has_records(connection: duckdb.DuckDBPyConnection, number: int) -> bool:
    return bool(connection.execute(f"SELECT 1 FROM shaped_{number} LIMIT 1").fetchall())


def _raw(
    connection: duckdb.DuckDBPyConnection, opened: Opened, number: int
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The raw records that the query does not take, each with its position, in order."""
    left = f"SELECT rowid FROM shaped_{number} WHERE NOT usable"
    if not connection.execute(f"{left} LIMIT 1").fetchall():
        return
    names = ", ".join(f'"{name}"' for name in opened.columns)
    numbered = f"SELECT row_number() OVER () - 1 AS position, {names} FROM {opened.relation}"
    rows = connection.execute(f"SELECT * FROM ({numbered}) WHERE position IN ({left}) ORDER BY position")
    while batch := rows.fetchmany(10_000):
        for position, *texts in batch:
            yield int(position), dict(zip(opened.columns, texts, strict=True))


def _join(connection: duckdb.DuckDBPyConnection, sources: int) -> None:
    """Make the view `entries` of all that is good in itself."""
    columns = ", ".join(COLUMNS)
    parts = [
        f"SELECT {number}::INTEGER AS file, rowid AS position, {columns}, digest FROM shaped_{number} WHERE usable "
        f"UNION ALL SELECT {number}::INTEGER, position, {columns}, {digest_sql()} FROM read_alone_{number}"
        for number in range(sources)
    ]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW entries AS {' UNION ALL '.join(parts)}")


def _changed(one: Repetition, opened: Opened) -> Problem:
    found, expected = f"{one.observation}, which is held and says something else", "what was said before, or a new id"
    remedy = "A correction is an entry of its own: footwall correct."
    if not one.held:
        found, expected = f"{one.observation} in several records that differ", "one record for each id"
        remedy = "Keep the one that is right, or give each an id of its own."
    row = opened.row_number(one.position)
    return Problem("observation_changed", found, expected, remedy, opened.source, row, field="observation")


def _duplicates(repetitions: tuple[Repetition, ...], shaped: list[Opened]) -> pa.Table:
    fallen = [one for one in repetitions if one.repeats is not None]
    rows = [(one.file, one.position, one) for one in sorted(fallen, key=lambda one: (one.file, one.position))]
    columns = {
        "source": [shaped[file].source for file, _, _ in rows],
        "row": [shaped[file].row_number(position) for file, position, _ in rows],
        "observation": [one.observation for _, _, one in rows],
        "repeats": [one.repeats for _, _, one in rows],
        "held": [one.held for _, _, one in rows],
    }
    return pa.table(columns, schema=DUPLICATES)


def _held(table: pa.Table) -> pa.Table:
    return table.cast(_TYPED_ALONE).cast(HELD)


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
