"""A mapped file as one of the inputs of a folder: its lines in Parquet for whoever assesses the parts, its own words kept here."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from footwall.batch.columns.mapped import Mapped, open_mapped
from footwall.batch.columns.mapping_file import load_mapping
from footwall.batch.lines import RAW
from footwall.batch.parts.inputs import Input
from footwall.batch.parts.manifest import Json, digest, sync
from footwall.batch.schema import PROBLEM_SCHEMA, problem_rows
from footwall.duties import Rates
from footwall.errors import Problem
from footwall.tariffs import Schedule

_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class MappedInput:
    """One such input. `told` is a Parquet file with the problems of the rows that could not be mapped, in the file's own words."""

    input: Input
    mapped: Mapped
    told: Path

    def tell(self, connection: duckdb.DuckDBPyConnection, done: Json) -> None:
        """Bring the problems of a finished part into the file's own words, with those of its rows that could not be mapped."""
        written = done["files"]["problems"]
        path = Path(written["unfinished"])
        found = self.mapped.renamed(connection, list(_problems(path)))
        own = [*found, *_problems(self.told, done["first_record"], done["last_record"])]
        own.sort(key=lambda item: item[0].row or 0)
        pq.write_table(problem_rows(own), path)
        sync(path)
        written["sha256"] = digest(path)
        done["problems"] = len(own)
        done["columns_not_read"] = [*done["columns_not_read"], *self.mapped.unused]


def mapped_input(
    connection: duckdb.DuckDBPyConnection,
    lines: object,
    columns: object,
    target: Path,
    *,
    schedule: Schedule,
    rates: Rates,
) -> MappedInput:
    """Lines with columns of their own as Parquet in `target`, in their order. Raises as `open_mapped` does."""
    raw = open_mapped(connection, lines, columns)
    if raw.mapped is None:
        raise TypeError("what was mapped keeps its mapping")
    connection.execute(f"COPY (SELECT * FROM {RAW} ORDER BY source_row) TO '{_quoted(target)}' (FORMAT parquet)")
    told = target.with_suffix(".told.parquet")
    last = max((problem.row or 0 for problem in raw.problems), default=0)
    problems = iter([(problem, None) for problem in raw.problems])
    with pq.ParquetWriter(told, PROBLEM_SCHEMA) as writer:
        for every in (problems, raw.mapped.of_faults(connection, schedule, rates)):
            while batch := list(islice(every, _AT_ONCE)):
                writer.write_table(problem_rows(batch))
    found = connection.execute(f"SELECT max(source_row) FROM read_parquet('{_quoted(raw.mapped.path)}')").fetchone()
    records = max(last, int(found[0]) if found and found[0] is not None else 0)
    return MappedInput(Input(target, raw.source, records, numbered=True), raw.mapped, told)


def mapping_digest(columns: object) -> str | None:
    """What a mapping says, in one word; None where there is none."""
    if columns is None:
        return None
    mapping = load_mapping(columns)
    stated = (mapping.layout, mapping.columns, mapping.values, mapping.ignore, mapping.elements)
    return sha256(repr(stated).encode()).hexdigest()


def _problems(path: Path, first: int = 1, last: int | None = None) -> Iterator[tuple[Problem, str | None]]:
    """The problems in a file, of the records from `first` to `last`; those of no record are with the first."""
    within = None
    if last is not None:
        row = pc.field("row")
        within = (row >= first) & (row <= last)
        within = within | row.is_null() if first == 1 else within
    for batch in pq.read_table(path, filters=within).to_batches(max_chunksize=_AT_ONCE):
        for found in batch.to_pylist():
            line_id = found.pop("line_id")
            yield Problem(**found), line_id


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
