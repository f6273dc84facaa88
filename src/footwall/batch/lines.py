"""Lines as they come (a file, a table, a list) become one DuckDB relation of raw columns with the number of each record."""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet

from footwall.batch.kinds import is_xml
from footwall.delimited import records_below_header
from footwall.duties import OPTIONAL, REQUIRED, columns_asked
from footwall.errors import LinesError, Problem, UsageError
from footwall.tariffs import Schedule

if TYPE_CHECKING:
    import pandas as pd

    from footwall.batch.columns.mapped import Mapped

RAW = "raw_lines"
UNREAD = "source_unread"
"""Which fields of a record could not be read, parted by line breaks; a column of files that are read record by record."""
LINE_BYTES_MAX = 64 * 1024 * 1024
"""The longest record of a CSV file that is still read; a longer one is a problem of the file."""

_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "a spreadsheet or an archive", b"\x00": "binary"}
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_CSV = "header=true, delim=',', quote='\"', escape='\"', null_padding=false, nullstr=''"


@dataclass(frozen=True, slots=True)
class Raw:
    """The relation RAW: its columns with their DuckDB types, where it came from, and records that cannot be read at all.

    `unread`: RAW also has the column UNREAD, which names fields of a record that could not be read.
    """

    columns: Mapping[str, str]
    source: str | None
    problems: tuple[Problem, ...] = ()
    mapped: "Mapped | None" = None
    unread: bool = False


def open_lines(connection: duckdb.DuckDBPyConnection, lines: object, columns: object = None) -> Raw:
    """Make RAW from a path, an Arrow-speaking table (Arrow, Polars, `fw.Table`), a pandas frame, or a list of dicts.

    `columns` is a mapping of the columns (`footwall.batch.columns.mapping_file.load_mapping`) where the lines have names of their own;
    XML declarations are read by the shipped one where none is given. Raises LinesError for a file that cannot be read at all,
    ColumnsError for a mapping that does not hold together, UsageError for anything that is no table.
    """
    if columns is not None or (isinstance(lines, str | Path) and is_xml(Path(lines))):
        from footwall.batch.columns.mapped import open_mapped

        return open_mapped(connection, lines, "wco" if columns is None else columns)
    if isinstance(lines, str | Path):
        return _open_file(connection, Path(lines))
    return _open_arrow(connection, as_table(lines))


def as_table(lines: object) -> pa.Table:
    """A table or a list of dicts as an Arrow table that DuckDB can read. Raises UsageError for anything else."""
    if hasattr(lines, "iloc") and hasattr(
        lines, "to_dict"
    ):  # pandas, whose own stream refuses columns of several kinds
        table = _from_pandas(cast("pd.DataFrame", lines))
    elif hasattr(lines, "collect") and hasattr(lines, "lazy"):  # a lazy frame of Polars
        table = pa.table(lines.collect())
    elif hasattr(lines, "__arrow_c_stream__"):
        table = pa.table(lines)
    elif isinstance(lines, Iterable) and not isinstance(lines, Mapping):
        table = _from_records(list(lines))
    else:
        raise UsageError(f"lines must be a path, a table or a list of dicts, not {type(lines).__name__}")
    if table.num_columns == 0:
        raise LinesError("There is nothing to assess: the table has no columns.")
    return _readable(table.rename_columns([str(name) for name in table.column_names]))


def open_range(
    connection: duckdb.DuckDBPyConnection, path: Path, first: int, last: int, *, numbered: bool, source: str | None
) -> Raw:
    """Make RAW of the records `first` to `last` of a Parquet file that has been looked at before.

    `numbered`: the file states the number of each record in `source_row`; else a record's number is its place.
    """
    scan = f"read_parquet('{_escaped(path)}'"
    own = [name for name in pyarrow.parquet.read_schema(path).names if name.lower() == "source_row"]
    if numbered:
        query = f"SELECT * FROM {scan}) WHERE source_row BETWEEN {first} AND {last}"
    else:
        left = ", ".join(["file_row_number", *(f'"{name}"' for name in own)])
        query = (
            f"SELECT file_row_number + 1 AS source_row, * EXCLUDE ({left}) FROM {scan}, file_row_number=true) "
            f"WHERE file_row_number BETWEEN {first - 1} AND {last - 1}"
        )
    connection.execute(f"CREATE OR REPLACE VIEW {RAW} AS {query}")
    return _described(connection, source, unread=numbered)


def _open_file(connection: duckdb.DuckDBPyConnection, path: Path) -> Raw:
    return _open_parquet(connection, path) if check_kind(path) == "parquet" else _open_csv(connection, path)


def check_kind(path: Path, *, any_encoding: bool = False) -> str:
    """Whether a file is `parquet` or `csv`. Raises LinesError where it is neither, or not there."""
    if not path.exists():
        raise _unreadable(path, "file_missing", "no such file", "a CSV or Parquet file", "Check the path.")
    if path.is_dir():
        raise _unreadable(path, "file_missing", "a folder", "a CSV or Parquet file", "Name the file itself.")
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise _unreadable(path, "file_empty", "an empty file", "a header and at least one record", "Export it again.")
    if head == b"PAR1":
        return "parquet"
    if path.suffix.lower() == ".parquet":
        raise _unreadable(path, "file_damaged", "not a Parquet file", "a Parquet file, as its name says",
                          "Write it as Parquet, or name it .csv if it is CSV.")  # fmt: skip
    for mark, encoding in _MARKS.items():
        if any_encoding and mark != b"PK\x03\x04":
            continue
        if mark in head[: max(2, len(mark))] and (head.startswith(mark) or mark == b"\x00"):
            raise _unreadable(path, "encoding_unknown", encoding, "CSV in UTF-8, or Parquet", "Save it as CSV UTF-8.")
    return "csv"


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Raw:
    try:
        connection.execute(
            f"CREATE OR REPLACE VIEW {RAW} AS SELECT file_row_number + 1 AS source_row, * EXCLUDE (file_row_number) "
            f"FROM read_parquet('{_escaped(path)}', file_row_number=true)"
        )
    except duckdb.Error as error:
        told = str(error).splitlines()[0][:200]
        raise _unreadable(path, "file_damaged", told, "a whole Parquet file", "Write it again.") from None
    _refuse_repeated(pyarrow.parquet.read_schema(path).names, str(path))
    return _described(connection, str(path))


def _open_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> Raw:
    names, query = read_csv_query(path)
    try:
        connection.execute(
            f"CREATE OR REPLACE VIEW {RAW} AS SELECT row_number() OVER () AS source_row, * FROM ({query})"
        )
        connection.execute(f"SELECT count(*), max(length(COLUMNS(*)::VARCHAR)) FROM {RAW}").fetchall()
    except duckdb.Error:
        return _open_ragged(connection, path, names)
    return _described(connection, str(path))


def read_csv_query(path: Path) -> tuple[list[str], str]:
    """The names of a CSV file's columns, and the query that reads its records in order, if all of them can be read.

    Raises LinesError for a file that is no CSV at all.
    """
    check_kind(path)
    names = _header(path)
    columns = ", ".join(f"'{_escaped(name)}': 'VARCHAR'" for name in names)
    options = f"columns={{{columns}}}, {_CSV}, auto_detect=false, max_line_size={LINE_BYTES_MAX}"
    kept = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in not_ours(names))
    return names, f"SELECT {kept} FROM read_csv('{_escaped(path)}', {options})"


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file:
            names = [name.strip() for name in next(csv.reader(file), [])]
    except csv.Error as error:
        raise _unreadable(path, "file_damaged", str(error), "a header of column names", "Export it again.") from None
    if not all(map(_is_utf8, names)):
        raise _unreadable(path, "encoding_unknown", "bytes that are not UTF-8", "CSV in UTF-8", "Save it as CSV UTF-8.")
    for separator, word in _SEPARATORS.items():
        if len(names) == 1 and separator in names[0]:
            raise _unreadable(path, "separator_unknown", f"columns parted by {word}", "columns parted by commas",
                              "Export it with commas, and with decimal points.")  # fmt: skip
    _refuse_repeated(names, str(path))
    return names


def _refuse_repeated(names: Sequence[str], source: str | None) -> None:
    """Names that differ in case alone count as one: DuckDB would not tell them apart."""
    lowered = [name.lower() for name in names]
    repeated = sorted({name for name in names if lowered.count(name.lower()) > 1})
    if repeated:
        raise LinesError(
            f"{source or 'The table'} cannot be assessed.",
            [Problem("column_repeated", ", ".join(repeated), "each column once", "Rename or remove one.", source)],
        )


def _is_utf8(text: str) -> bool:
    """Whether what was read with its undecodable bytes kept aside has none."""
    return text.isascii() or not any("\udc80" <= character <= "\udcff" for character in text)


def _open_ragged(connection: duckdb.DuckDBPyConnection, path: Path, names: list[str]) -> Raw:
    """Record by record, so that every good one is kept and every bad one is told with its number."""
    rows: dict[str, list[object]] = {name: [] for name in ("source_row", UNREAD, *not_ours(names))}
    problems: list[Problem] = []
    for found in ragged_records(path, names):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        for name, value in zip(rows, found, strict=True):
            rows[name].append(value)
    types = {name: pa.int64() if name == "source_row" else pa.string() for name in rows}
    connection.register("ragged_lines", pa.table({name: pa.array(rows[name], types[name]) for name in rows}))
    connection.execute(f"CREATE OR REPLACE VIEW {RAW} AS SELECT * FROM ragged_lines")
    return _described(connection, str(path), tuple(problems), unread=True)


def ragged_records(path: Path, names: Sequence[str]) -> Iterator[list[object] | Problem]:
    """Each record of a CSV file, its number and UNREAD before its fields, or the problem of one that cannot be read."""
    kept = [place for place, name in enumerate(names) if name in not_ours(names)]
    for number, record in enumerate(records_below_header(path, LINE_BYTES_MAX), start=1):
        if isinstance(record, csv.Error):
            yield _unreadable_record(path, number, str(record))
        elif len(record) != len(names) and not any(map(str.strip, record)):
            yield empty_record(str(path), number)
        elif len(record) != len(names):
            yield _unreadable_record(path, number, _fields(len(record)), len(names))
        else:
            unread = {place for place, value in enumerate(record) if not _is_utf8(value)}
            named = "\n".join(names[place] for place in sorted(unread))
            yield [number, named or None, *(None if place in unread else record[place] or None for place in kept)]


def not_ours(names: Iterable[str]) -> list[str]:
    """The names but those that are as our own: such a column is not read, as no other is that no rule names."""
    return [name for name in names if name.lower() not in {"source_row", UNREAD}]


def empty_record(source: str | None, row: int) -> Problem:
    """The problem of a record in which nothing is stated: blanks, or fields that are all empty."""
    return Problem(
        "record_empty", "nothing in any field", "a goods line", "Remove the record, or fill it in.", source, row
    )


def unread_fields(record: MutableMapping[str, object]) -> frozenset[str]:
    """Which fields of a record could not be read; what tells them is taken out of it."""
    told = record.pop(UNREAD, None)
    return frozenset() if told is None else frozenset(str(told).split("\n"))


def unread_problems(unread: Iterable[str], source: str | None, row: int) -> tuple[Problem, ...]:
    """The problems of fields that could not be read."""
    remedy = "Save the file as CSV UTF-8."
    return tuple(
        Problem("record_unreadable", "bytes that are not UTF-8", "text in UTF-8", remedy, source, row, field=name)
        for name in sorted(unread)
    )


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _unreadable_record(path: Path, row: int, found: str, fields: int | None = None) -> Problem:
    expected = f"{_fields(fields)} in UTF-8, as in the header" if fields else "a record of CSV"
    return Problem("record_unreadable", found, expected, "Is a quotation mark or a comma missing?", str(path), row)


def _open_arrow(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> Raw:
    _refuse_repeated(table.column_names, None)
    table = table.select(not_ours(table.column_names))
    numbers = pa.array(range(1, table.num_rows + 1), pa.int64())
    connection.register("given_lines", table.append_column("source_row", numbers))
    connection.execute(f"CREATE OR REPLACE VIEW {RAW} AS SELECT * FROM given_lines")
    return _described(connection, None)


def _readable(table: pa.Table) -> pa.Table:
    """The table with decimals of more than 38 digits as text, which DuckDB takes."""
    for index, column in enumerate(table.schema):
        if pa.types.is_decimal256(column.type):
            table = table.set_column(index, column.name, table.column(index).cast(pa.string()))
    return table


def _described(
    connection: duckdb.DuckDBPyConnection,
    source: str | None,
    problems: tuple[Problem, ...] = (),
    *,
    unread: bool = False,
) -> Raw:
    """RAW as it now stands. `unread`: its column UNREAD, if it has one, is ours and none of the file's."""
    columns = {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {RAW}").fetchall()}
    columns.pop("source_row", None)
    unread = unread and columns.pop(UNREAD, None) is not None
    missing = [name for name in REQUIRED if name not in columns and not (name == "hs_code" and "form" in columns)]
    if missing:
        raise LinesError(
            f"The lines cannot be assessed: required columns are missing. Required are {', '.join(REQUIRED)}; "
            f"found are {', '.join(columns) or 'none'}.",
            [missing_column(name, columns, source) for name in missing],
        )
    return Raw(columns, source, problems, unread=unread)


def missing_column(name: str, columns: Iterable[str], source: str | None) -> Problem:
    """The problem of a column that is not there; one that is written nearly so is what should be renamed."""
    for found in columns:
        if found.strip().lower().replace(" ", "_").replace("-", "_") == name:
            remedy = f"Write {name}, not {found}."
            return Problem("column_missing", f"the column {found}", f"the column {name}", remedy, source, field=name)
    return Problem("column_missing", "no such column", f"the column {name}", f"Add {name}.", source, field=name)


def unread_columns(raw: Raw, schedule: Schedule) -> tuple[str, ...]:
    """Columns of the input that no rule of `schedule` reads."""
    read = {*REQUIRED, *OPTIONAL, *columns_asked(schedule)}
    unused = raw.mapped.unused if raw.mapped else ()
    return (*(name for name in raw.columns if name not in read), *unused)


def _from_pandas(frame: "pd.DataFrame") -> pa.Table:
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column of values of several kinds
        return _from_records(frame.to_dict("records"))


def _from_records(records: Sequence[object]) -> pa.Table:
    names: dict[str, None] = {}
    for record in records:
        if not isinstance(record, Mapping):
            raise UsageError(f"each line must be a dict, not {type(record).__name__}")
        names |= dict.fromkeys(str(name) for name in record)
    columns = {
        name: pa.array([_as_text(record.get(name)) for record in records if isinstance(record, Mapping)], pa.string())
        for name in (names or dict.fromkeys(REQUIRED))
    }
    return pa.table(columns)


def _as_text(value: object) -> str | None:
    """A value of a dict as a file would hold it; a float that is no number is what data frames keep for nothing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else str(value)
    if isinstance(value, datetime) and value.time() == time.min and value.tzinfo is None:
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Mapping):
        return json.dumps({str(key): str(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return json.dumps([str(item) for item in value]) if value else None
    return float.__repr__(value) if isinstance(value, float) else str(value)


def _escaped(text: object) -> str:
    return str(text).replace("'", "''")


def _unreadable(path: Path, code: str, found: str, expected: str, remedy: str) -> LinesError:
    return LinesError(f"{path} cannot be assessed.", [Problem(code, found, expected, remedy, source=str(path))])
