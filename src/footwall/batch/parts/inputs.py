"""What was named as the lines: one file or many, a table or a stream; each becomes a Parquet file that can be read by parts."""

import glob
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from footwall.batch.lines import RAW, UNREAD, not_ours, open_lines, open_range, ragged_records, read_csv_query
from footwall.batch.parts.manifest import Json, digest, put
from footwall.batch.schema import PROBLEM_SCHEMA, problem_rows
from footwall.errors import LinesError, Problem, UsageError

SUFFIXES: Final = (".csv", ".parquet")
_IN_FOLDERS: Final = (*SUFFIXES, ".xml")
"""What is taken of a folder: other files beside the lines are none."""
_RECORDS_AT_ONCE: Final = 50_000


@dataclass(frozen=True, slots=True)
class Input:
    """One Parquet file of lines: how many records it stands for, under which name its problems are told.

    `numbered`: it states the number of each record in `source_row`, because records are missing that could not be read;
    those are told in `problems`, a Parquet file of problems.
    """

    path: Path
    source: str | None
    records: int
    numbered: bool = False
    problems: Path | None = None


def named_files(lines: object) -> tuple[Path, ...] | None:
    """The files that `lines` names: a file, a folder's CSV and Parquet files, a pattern, or a list of paths; None for a table.

    The files of a folder or a pattern come in the order of their names. Raises LinesError where there is none.
    """
    if isinstance(lines, str | Path):
        return _files_of(Path(lines))
    if isinstance(lines, Sequence) and lines and all(isinstance(item, str | Path) for item in lines):
        found = [path for item in lines for path in _files_of(Path(item))]
        repeated = sorted({str(path) for path in found if found.count(path) > 1})
        if repeated:
            raise UsageError(f"named twice: {', '.join(repeated)}. Its lines would be assessed twice")
        return tuple(found)
    return None


def input_facts(files: Sequence[Path]) -> list[Json]:
    """What the manifest says of the files of lines: name, size and digest of each."""
    return [{"file": str(path), "bytes": path.stat().st_size, "sha256": digest(path)} for path in files]


def parquet_input(connection: duckdb.DuckDBPyConnection, path: Path) -> Input:
    """A Parquet file of lines as it is. Raises LinesError where it cannot be assessed."""
    open_lines(connection, path)
    return Input(path, str(path), pq.read_metadata(path).num_rows)


def is_parquet(path: Path) -> bool:
    """Whether the file is Parquet by what it begins with."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def convert(connection: duckdb.DuckDBPyConnection, path: Path, target: Path) -> Input:
    """A CSV file of lines as Parquet in `target`, in one pass. Raises LinesError where it cannot be assessed."""
    names, query = read_csv_query(path)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        connection.execute(f"COPY ({query}) TO '{_quoted(unfinished)}' (FORMAT parquet, COMPRESSION snappy)")
    except duckdb.IOException as error:
        raise OSError(str(error).splitlines()[0]) from error
    except duckdb.Error:
        return _convert_ragged(connection, path, names, target)
    put(unfinished, target)
    found = Input(target, str(path), pq.read_metadata(target).num_rows)
    open_range(connection, target, 1, 1, numbered=False, source=str(path))
    return found


def _convert_ragged(connection: duckdb.DuckDBPyConnection, path: Path, names: Sequence[str], target: Path) -> Input:
    """Record by record, a bounded number at once: good records into `target`, problems beside it."""
    ours = [("source_row", pa.int64()), (UNREAD, pa.string())]
    schema = pa.schema([*ours, *((name, pa.string()) for name in not_ours(names))])
    problems, records = target.with_suffix(".problems.parquet"), 0
    with pq.ParquetWriter(target, schema) as good, pq.ParquetWriter(problems, PROBLEM_SCHEMA) as bad:
        found = ragged_records(path, list(names))
        while batch := list(islice(found, _RECORDS_AT_ONCE)):
            told = [(item, None) for item in batch if isinstance(item, Problem)]
            read = [item for item in batch if not isinstance(item, Problem)]
            columns = list(zip(*read, strict=True)) if read else [() for _ in schema]
            good.write_table(
                pa.table([pa.array(c, t) for c, t in zip(columns, schema.types, strict=True)], schema=schema)
            )
            bad.write_table(problem_rows(told))
            last = batch[-1]
            records = (last.row or records) if isinstance(last, Problem) else int(str(last[0]))
    open_range(connection, target, 1, 1, numbered=True, source=str(path))
    return Input(target, str(path), records, numbered=True, problems=problems)


def keep_table(connection: duckdb.DuckDBPyConnection, lines: object, target: Path) -> Input:
    """A table, or a stream of batches that need not fit memory, as Parquet in `target`."""
    if isinstance(lines, pa.RecordBatchReader) or (hasattr(lines, "__arrow_c_stream__") and not hasattr(lines, "iloc")):
        reader = pa.RecordBatchReader.from_stream(lines)
        with pq.ParquetWriter(target, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
    else:
        open_lines(connection, lines)
        table = connection.sql(f"SELECT * EXCLUDE (source_row) FROM {RAW} ORDER BY source_row").to_arrow_table()
        pq.write_table(table, target)
    open_range(connection, target, 1, 1, numbered=False, source=None)
    return Input(target, None, pq.read_metadata(target).num_rows)


def every(files: Sequence[Path], open_one: Callable[[int, Path], Input]) -> list[Input]:
    """Open each file; where some cannot be assessed, raise one LinesError that tells of them all."""
    opened: list[Input] = []
    refused: list[LinesError] = []
    for number, path in enumerate(files, start=1):
        try:
            opened.append(open_one(number, path))
        except LinesError as error:
            refused.append(error)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        told = [problem for error in refused for problem in error.problems]
        raise LinesError(f"{len(refused)} of {len(files)} files of lines cannot be assessed.", told)
    return opened


def _files_of(path: Path) -> tuple[Path, ...]:
    if path.is_dir():
        found = sorted(
            item for item in path.iterdir() if item.suffix.lower() in _IN_FOLDERS and not item.name.startswith(".")
        )
        if not found:
            raise _nothing_named(path, "a folder without a .csv, .parquet or .xml file")
        return tuple(found)
    if not path.exists() and glob.has_magic(str(path)):
        found = sorted(Path(name) for name in glob.glob(str(path)) if Path(name).is_file())  # noqa: PTH207 - any pattern
        if not found:
            raise _nothing_named(path, "no file of such a name")
        return tuple(found)
    return (path,)


def _nothing_named(path: Path, found: str) -> LinesError:
    problem = Problem("file_missing", found, "CSV or Parquet files", "Check the path.", str(path))
    return LinesError(f"{path} cannot be assessed.", [problem])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
