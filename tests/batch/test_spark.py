"""Spark's workers give what this machine gives, line by line and cent by cent."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_samples import assessed, sample_schedule
from test_folder import into, parquet, same_as_at_once, some_lines

from footwall.batch.parts.folder import assess_folder
from footwall.batch.parts.spark import Spark, assess_frame, spark_session
from footwall.errors import UsageError

MASTER = "local-cluster[2,1,1024]"
MISSING = [
    name
    for name, there in (
        ("Java (17 or newer) is not on the path", shutil.which("java")),
        ("pyspark is not installed: the extra spark", importlib.util.find_spec("pyspark")),
    )
    if not there
]
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(bool(MISSING), reason="; ".join(MISSING)),
    # Spark leaves sockets and the pipes of its gateway to the end of the process.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with spark_session(MASTER) as session:
        yield session


def test_two_workers_write_the_very_parts_that_this_machine_writes(tmp_path: Path, cluster: Any) -> None:
    lines = some_lines(500)
    path = parquet(tmp_path, lines)
    here = into(path, tmp_path / "here", part_records=170)
    there = assess_folder(
        path, tmp_path / "there", sample_schedule(), {}, steps=True, engine=Spark(MASTER), part_records=170
    )
    assert there == here
    same_as_at_once(tmp_path / "there", lines, [str(path)])
    for part in (tmp_path / "here").rglob("*.parquet"):
        assert (tmp_path / "there" / part.relative_to(tmp_path / "here")).read_bytes() == part.read_bytes()


def test_a_data_frame_of_lines_is_assessed_batch_by_batch_and_every_line_keeps_its_number(
    tmp_path: Path, cluster: Any
) -> None:
    lines: list[dict[str, Any]] = some_lines(300)
    table = pa.Table.from_pylist([{**line, "source_row": 7 * number} for number, line in enumerate(lines)])
    pq.write_table(table, tmp_path / "lines.parquet", row_group_size=50)
    frame = cluster.read.parquet(str(tmp_path / "lines.parquet")).repartition(2)
    liabilities, problems = assess_frame(frame, sample_schedule())
    owed = sorted((row.asDict() for row in liabilities.collect()), key=lambda row: row["source_row"])
    told = sorted((row.asDict() for row in problems.collect()), key=lambda row: row["row"])
    with pytest.raises(UsageError, match="needs the column source_row"):
        assess_frame(frame.drop("source_row"), sample_schedule())
    given = assessed(lines)
    bad = {row["row"] for row in given.problems.to_pylist()}
    numbers = [7 * number for number in range(300) if number + 1 not in bad]
    expected = [
        {"source_row": number, **row} for number, row in zip(numbers, given.liabilities.to_pylist(), strict=True)
    ]
    assert owed == expected
    assert [row["row"] for row in told] == [7 * (row["row"] - 1) for row in given.problems.to_pylist()]
