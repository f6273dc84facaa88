"""The same law on Spark's workers: Spark distributes, DuckDB computes. No SQL is translated, so no cent can differ.

`Spark` assesses the parts of a folder: every worker reads its own records from the file of lines and writes its own part.
`assess_frame` assesses a data frame of Spark, batch by batch. Both send the schedule and its rates once, as a broadcast.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from footwall.batch.assess import Session
from footwall.batch.parts.manifest import Json
from footwall.batch.parts.packed import pack, unpack
from footwall.batch.parts.part import Assessor, Part
from footwall.batch.parts.pool import MEMORY_BYTES, answered
from footwall.batch.parts.worker import assessed
from footwall.batch.schema import PROBLEM_SCHEMA, numbered_schema
from footwall.duties import LIABILITY_COLUMNS, Rates, Terms, read_rates
from footwall.errors import UsageError
from footwall.tariffs import Schedule

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROW: Final = "source_row"
_LINES_AT_ONCE: Final = 200_000
"""Batches are put together up to so many lines: the law is written anew for each."""
_PARTS_PER_CORE: Final = 4
"""So many parts of each core are out at once; what they made is committed when all of them are done."""


@dataclass(frozen=True, slots=True)
class Spark:
    """Spark's workers, by the URL of their master. The lines and the folder must lie where every worker reaches them.

    `py_files`: archives with footwall for workers that have it not installed.
    """

    master: str
    py_files: tuple[str, ...] = ()

    def run(
        self, parts: Sequence[Part], schedule: Schedule, rates: Rates, folder: Path, *, steps: bool
    ) -> Iterator[Json]:
        """What became of each part, as each is written into `folder`."""
        if not parts:
            return
        with spark_session(self.master, self.py_files) as session:
            context = session.sparkContext
            packed = context.broadcast(pack(schedule, rates))
            work = _assess_parts(packed, str(folder.resolve()), steps=steps)
            wave = context.defaultParallelism * _PARTS_PER_CORE
            for start in range(0, len(parts), wave):
                sent = [(json.dumps(_anywhere(part)),) for part in parts[start : start + wave]]
                frame = session.createDataFrame(sent, "part string").repartition(len(sent))
                for row in frame.mapInArrow(work, "told string").collect():
                    yield answered(json.loads(row["told"]))


def assess_frame(frame: "DataFrame", schedule: Schedule, rates: object = None) -> "tuple[DataFrame, DataFrame]":
    """The liabilities and the problems of a data frame of Spark, with `source_row` beside each liability.

    `frame` has the columns of lines and `source_row`, a whole number that is each line's own: it says which problem and which
    liability is whose, for a data frame has no order. Nothing is computed before the results are asked for.
    """
    if ROW not in frame.columns:
        raise UsageError(f"the data frame needs the column {ROW}: the number of each record")
    from pyspark.sql.pandas.types import from_arrow_schema

    packed = frame.sparkSession.sparkContext.broadcast(pack(schedule, read_rates(rates)))
    coin = Decimal(1).scaleb(-schedule.facts.currencies[schedule.currency].minor_units)
    liabilities = from_arrow_schema(numbered_schema(Terms(coin, schedule.currency)))
    return (
        frame.mapInArrow(_assess_lines(packed, problems=False), liabilities),
        frame.mapInArrow(_assess_lines(packed, problems=True), from_arrow_schema(PROBLEM_SCHEMA)),
    )


_Batches = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def _assess_parts(packed: Any, folder: str, *, steps: bool) -> _Batches:  # noqa: ANN401 - a broadcast of Spark
    """What a worker does with batches of parts."""

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schedule, rates = unpack(packed.value)
        assessor = Assessor(schedule, rates, Path(folder), threads=1, memory_bytes=MEMORY_BYTES // 4)
        for batch in batches:
            for part in batch.column(0).to_pylist():
                told = json.dumps(assessed(assessor, Part(**json.loads(part)), steps=steps))
                yield pa.RecordBatch.from_pydict({"told": [told]})

    return work


def _assess_lines(packed: Any, *, problems: bool) -> _Batches:  # noqa: ANN401 - a broadcast of Spark
    """What a worker does with batches of lines."""

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schedule, rates = unpack(packed.value)
        for table in _together(batches):
            session = Session.open(table.drop_columns([ROW]), schedule, rates)
            if problems:
                found = session.problem_table().to_arrow()
                found = found.set_column(1, "row", _given(table, found["row"]))
            else:
                query = f"SELECT {ROW}, {', '.join(LIABILITY_COLUMNS)} FROM ({session.prepared.query}) ORDER BY {ROW}"
                found = session.connection.sql(query).to_arrow_table()
                found = found.set_column(0, ROW, _given(table, found[ROW]))
            yield from found.to_batches()

    return work


def _given(table: pa.Table, places: pa.ChunkedArray) -> pa.ChunkedArray:
    """The numbers that the lines came with, instead of their places in one table."""
    return pc.take(table[ROW].cast(pa.int64()), pc.subtract(places, 1))


def _together(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(one.num_rows for one in held) >= _LINES_AT_ONCE:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _anywhere(part: Part) -> Json:
    """The part with whole paths: a worker stands in a folder of its own."""
    told = part.to_json()
    return told | {
        "path": str(Path(part.path).resolve()),
        "problems": part.problems and str(Path(part.problems).resolve()),
    }


@contextmanager
def spark_session(master: str, py_files: Sequence[str] = ()) -> "Iterator[SparkSession]":
    """The session of Spark that this process has, or one of our own, which ends with this. Raises UsageError without Spark."""
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise UsageError("Spark is not installed: pip install 'footwall[spark]'. It also needs Java 17") from None
    if (found := SparkSession.getActiveSession()) is not None:
        yield found
        return
    if not (shutil.which("java") or "JAVA_HOME" in os.environ):
        raise UsageError("Spark needs Java 17, and there is no java on the path")
    builder = SparkSession.builder.appName("footwall assess").master(master)
    builder = builder.config("spark.ui.enabled", "false").config("spark.submit.pyFiles", ",".join(py_files))
    if master.startswith("local"):
        # Workers on this machine run what runs here.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.config("spark.executorEnv.PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
