"""One part of the lines, assessed and written by one process: what the process pool here and Spark's workers both run."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from footwall.batch.assess import PARQUET, liability_row, step_table
from footwall.batch.connect import connect
from footwall.batch.engine import Law
from footwall.batch.lines import RAW, Raw, open_range, unread_columns
from footwall.batch.one_by_one import Read, read_one_by_one
from footwall.batch.parts.manifest import Json, digest, sync
from footwall.batch.schema import PROBLEM_SCHEMA, numbered_schema, problem_rows
from footwall.duties import LIABILITY_COLUMNS, STEP_COLUMNS, CreditBook, DutyStep, Rates
from footwall.errors import LinesError, Problem
from footwall.tariffs import Schedule

_READ_AT_ONCE: Final = 20_000
_FEW: Final = 100_000
"""Parts of fewer records are sorted: beside small tables nobody knows which side of a join comes in its order."""
_AS_WRITTEN: Final = "build_side_probe_side,join_order"
"""What the optimiser must leave alone, so that lines stay on the side of each join that keeps their order."""


@dataclass(frozen=True, slots=True)
class Part:
    """Records `first` to `last` of one Parquet file, and under which number they are written."""

    number: int
    path: str
    source: str | None
    first: int
    last: int
    numbered: bool
    problems: str | None

    def to_json(self) -> Json:
        """The part in words of JSON."""
        return asdict(self)


class Assessor:
    """A process's own connection to DuckDB, with the law compiled for what its parts have met so far."""

    def __init__(self, schedule: Schedule, rates: Rates, folder: Path, *, threads: int, memory_bytes: int) -> None:
        """Open the connection; whatever does not fit `memory_bytes` goes to `folder`, where the parts are written too."""
        self._folder = folder
        self._threads = threads
        self._connection = connect(
            threads=threads,
            memory_limit=f"{memory_bytes // 2**20}MiB",
            temp_directory=str(folder / f"spilled-{os.getpid()}"),
            disabled_optimizers=_AS_WRITTEN,
        )
        self._law = Law(self._connection, schedule, rates)
        self._clean_before = False

    def assess(self, part: Part, *, steps: bool) -> Json:
        """Assess a part and write it under names of its own; what the manifest is to say of it, and those names.

        Raises LinesError where its records cannot be read, OSError where it cannot be written.
        """
        raw = self._open(part)
        try:
            return self._assess(part, raw, steps=steps)
        except duckdb.Error as error:
            self._refuse_unreadable(part, error)
            if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
                raise OSError(_first_line(error)) from error
            raise

    def _open(self, part: Part) -> Raw:
        try:
            raw = open_range(self._connection, Path(part.path), part.first, part.last,
                             numbered=part.numbered, source=part.source)  # fmt: skip
        except (duckdb.Error, pa.ArrowInvalid, OSError) as error:
            raise _damaged(part, error) from error
        self._law.read(raw)
        return raw

    def _refuse_unreadable(self, part: Part, error: duckdb.Error) -> None:
        """Raise LinesError if it is the lines that cannot be read, and not the liabilities that cannot be written."""
        try:
            self._connection.execute(f"SELECT max(length(COLUMNS(*)::VARCHAR)) FROM {RAW}").fetchall()
        except duckdb.Error:
            raise _damaged(part, error) from error

    def _assess(self, part: Part, raw: Raw, *, steps: bool) -> Json:
        records = self._records(part)
        target = self._target(part, "liabilities")
        lanes = {1}
        clean = self._clean_before and self._write_clean(target, records, lanes) == records
        if not clean:
            self._law.learn()
            lanes = {number for number, count in self._law.counts().items() if count}
        reads = self._read_left_over(part, raw, told=0 in lanes)
        if not clean:
            clean = lanes <= {1}
            if clean:
                self._write_clean(target, records, lanes)
            else:
                query, _ = self._law.queries(lanes, pa.concat_tables(reads.liabilities) if reads.liabilities else None)
                self._copy(f"SELECT {', '.join(LIABILITY_COLUMNS)} FROM ({query}) ORDER BY source_row", target)
        self._clean_before = clean
        written = {"liabilities": target, "problems": reads.problems_path}
        if steps:
            written["steps"] = self._write_steps(part, reads, lanes)
        return self._told(part, raw, written, reads.told)

    def _records(self, part: Part) -> int:
        if not part.numbered:
            return part.last - part.first + 1
        return int(self._connection.execute(f"SELECT count(*) FROM {RAW}").fetchall()[0][0])

    def _write_clean(self, target: Path, records: int, lanes: set[int]) -> int:
        """Write the liabilities of lane 1 alone. One thread keeps the order of the lines; several, or few lines, are sorted."""
        query, _ = self._law.queries(lanes)
        order = " ORDER BY source_row" if self._threads > 1 or records < _FEW else ""
        return self._copy(f"SELECT {', '.join(LIABILITY_COLUMNS)} FROM ({query}){order}", target)

    def _copy(self, query: str, target: Path) -> int:
        path = str(target).replace("'", "''")
        return int(self._connection.execute(f"COPY ({query}) TO '{path}' ({PARQUET})").fetchall()[0][0])

    def _read_left_over(self, part: Part, raw: Raw, *, told: bool) -> "_LeftOver":
        """Read what the query leaves over, and write every problem of the part, in the order of its records."""
        found = _LeftOver([], [], 0, self._target(part, "problems"))
        reads = (
            read_one_by_one(self._connection, raw, self._law.schedule, self._law.rates, CreditBook())
            if told
            else iter(())
        )
        with pq.ParquetWriter(found.problems_path, PROBLEM_SCHEMA) as writer:
            problems = merge(found.take(reads, self._law), _unreadable(part), key=lambda item: item[0].row or 0)
            while batch := list(islice(problems, _READ_AT_ONCE)):
                writer.write_table(problem_rows(batch))
                found.told += len(batch)
        found.close(self._law)
        return found

    def _write_steps(self, part: Part, reads: "_LeftOver", lanes: set[int]) -> Path:
        _, query = self._law.queries(lanes)
        extra = step_table(reads.steps, self._law.terms)
        self._connection.register("steps_one_by_one", extra)
        parts = [f"SELECT * FROM ({query})"] if query else []
        both = " UNION ALL ".join([*parts, "SELECT * FROM steps_one_by_one"])
        target = self._target(part, "steps")
        self._copy(f"SELECT {', '.join(STEP_COLUMNS)} FROM ({both}) ORDER BY source_row, step", target)
        return target

    def _target(self, part: Part, kind: str) -> Path:
        return self._folder / f"{kind}-{part.number:05}.{os.getpid()}.unfinished"

    def _told(self, part: Part, raw: Raw, written: dict[str, Path], problems: int) -> Json:
        files: dict[str, Any] = {}
        for kind, path in written.items():
            sync(path)
            name = f"{kind}/part-{part.number:05}.parquet"
            files[kind] = {"file": name, "sha256": digest(path), "unfinished": str(path)}
        return {
            "part": part.number,
            "source": part.source,
            "first_record": part.first,
            "last_record": part.last,
            "lines": pq.read_metadata(written["liabilities"]).num_rows,
            "problems": problems,
            "columns_not_read": list(unread_columns(raw, self._law.schedule)),
            "files": files,
        }


@dataclass
class _LeftOver:
    """What was read one by one: liabilities as tables, steps with their records, and how many problems were told."""

    liabilities: list[pa.Table]
    steps: list[tuple[int, DutyStep]]
    told: int
    problems_path: Path
    _rows: list[dict[str, object]] | None = None

    def take(self, reads: Iterator[Read], law: Law) -> Iterator[tuple[Problem, str | None]]:
        """Keep the liabilities of `reads`, and give their problems."""
        for read in reads:
            if read.liability is None:
                yield from ((problem, read.line_id) for problem in read.problems)
                continue
            self._rows = self._rows or []
            self._rows.append({"source_row": read.row, **liability_row(read.liability, law.terms)})
            self.steps += [(read.row, step) for step in read.steps]
            if len(self._rows) >= _READ_AT_ONCE:
                self.close(law)

    def close(self, law: Law) -> None:
        """Bring the liabilities kept so far into a table."""
        if self._rows:
            self.liabilities.append(pa.Table.from_pylist(self._rows, schema=numbered_schema(law.terms)))
        self._rows = None


def _unreadable(part: Part) -> Iterator[tuple[Problem, str | None]]:
    """The problems of the part's records that could not be read as CSV, in order."""
    if part.problems is None:
        return
    within = [("row", ">=", part.first), ("row", "<=", part.last)]
    for batch in pq.read_table(part.problems, filters=within).to_batches(max_chunksize=_READ_AT_ONCE):
        for row in batch.to_pylist():
            line_id = row.pop("line_id")
            yield Problem(**row), line_id


def _damaged(part: Part, error: Exception) -> LinesError:
    path = part.source or part.path
    found = f"records {part.first:,} to {part.last:,} cannot be read: {_first_line(error)[:200]}"
    problem = Problem("file_damaged", found, "a whole Parquet file", "Write it again.", path)
    return LinesError(f"{path} cannot be assessed further.", [problem])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
