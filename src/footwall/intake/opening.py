"""What is handed in (a file, several, a table, a list) becomes relations of text columns that DuckDB can read."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet

from footwall.errors import ObservationsError, Problem, UsageError
from footwall.intake.columns import COLUMNS, NOT_ACCEPTED, REQUIRED, TEXT_LENGTH_MAX
from footwall.intake.records import Partly, Texts, as_records, from_json, from_json_lines
from footwall.intake.text_files import csv_header, csv_relation, ragged_csv, unreadable

if TYPE_CHECKING:
    import pandas as pd

CALLED_TABLE: Final = "table"
"""The `source` of a record that names none and came in no file."""
_ASKED: Final = frozenset({*COLUMNS, *NOT_ACCEPTED})
_MARKS: Final = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\x1f\x8b": "a compressed file",
    b"\x00": "binary",
}
_NO_FIELDS: Final = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT", "GEOMETRY", "INTERVAL")
_FORMATS: Final = "a CSV, Parquet, JSON or JSON lines file"


@dataclass(frozen=True, slots=True)
class Opened:
    """One source: the SQL of its relation, all text, in the source's order, and what is already wrong with it.

    `columns` are those that are asked of it, `columns_not_read` the others. `row_numbers` are the numbers of the data
    records where some were left out; None where row and record are the same. `again` opens the source record by
    record, where reading it as a whole fails; `partly` are then records with fields that could not be read.
    """

    relation: str
    columns: tuple[str, ...]
    columns_not_read: tuple[str, ...]
    source: str | None
    called: str
    row_numbers: tuple[int, ...] | None = None
    problems: tuple[Problem, ...] = ()
    partly: tuple[Partly, ...] = ()
    again: Callable[[], "Opened"] | None = field(default=None, repr=False)

    def row_number(self, position: int) -> int:
        """The number of the data record (from 1) at a position of the relation (from 0)."""
        return position + 1 if self.row_numbers is None else self.row_numbers[position]


def open_sources(connection: duckdb.DuckDBPyConnection, source: object) -> tuple[Opened, ...]:
    """Every source of one submission: a path or several, an Arrow, pandas or Polars table, or a list of dicts.

    Raises ObservationsError, with the problems of all files, where one cannot be read at all, and UsageError for
    anything that is no table.
    """
    if isinstance(source, str | Path):
        source = [source]
    if hasattr(source, "iloc") and hasattr(source, "to_dict"):
        # pandas, whose own stream refuses columns of several kinds
        return (_from_pandas(connection, cast("pd.DataFrame", source)),)
    if hasattr(source, "__arrow_c_stream__"):
        return (_open_arrow(connection, pa.table(source), None, CALLED_TABLE),)
    if not isinstance(source, Iterable) or isinstance(source, Mapping | bytes):
        raise UsageError(f"observations must be paths, a table or a list of dicts, not {type(source).__name__}")
    items = list(source)
    if items and all(isinstance(item, str | Path) for item in items):
        return _open_files(connection, [Path(item) for item in items])
    return (_open_texts(connection, as_records(items, _ASKED), None, CALLED_TABLE),)


def _open_files(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> tuple[Opened, ...]:
    opened: list[Opened] = []
    errors: list[ObservationsError] = []
    for path in paths:
        try:
            opened.append(_open_file(connection, path))
        except ObservationsError as error:
            errors.append(error)
    if errors:
        summary = errors[0].summary if len(errors) == 1 else f"{len(errors)} files cannot be read."
        raise ObservationsError(summary, [problem for error in errors for problem in error.problems])
    return tuple(opened)


def _open_file(connection: duckdb.DuckDBPyConnection, path: Path) -> Opened:
    ending = path.suffix.lower()
    head = _head(path)
    if head == b"PAR1":
        return _open_parquet(connection, path)
    if ending == ".parquet":
        raise unreadable(path, "file_damaged", "not a Parquet file", "a Parquet file, as its name says",
                         "Write it as Parquet, or name it by what it is.")  # fmt: skip
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            raise unreadable(path, "encoding_unknown", encoding, f"{_FORMATS}, text in UTF-8", "Save it as UTF-8.")
    if ending == ".json":
        return _open_texts(connection, from_json(path, _ASKED), str(path), _called(path))
    if ending in {".jsonl", ".ndjson"}:
        return _open_texts(connection, from_json_lines(path, _ASKED), str(path), _called(path))
    return _open_csv(connection, path)


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise unreadable(path, "file_missing", "a folder", _FORMATS, "Name the file itself.")
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except FileNotFoundError:
        raise unreadable(path, "file_missing", "no such file", _FORMATS, "Check the path.") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, "file_missing", str(error), _FORMATS, "Check the path and its rights.") from None
    if not head:
        raise unreadable(path, "file_empty", "an empty file", "at least one observation", "Export it again.")
    return head


def _open_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> Opened:
    names = csv_header(path)
    columns, others = _columns(names, str(path))

    def again() -> Opened:
        return _open_texts(connection, ragged_csv(path, names, _ASKED), str(path), _called(path), names)

    relation = csv_relation(path, names, _ASKED)
    return again() if relation is None else Opened(relation, columns, others, str(path), _called(path), again=again)


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Opened:
    try:
        names = pyarrow.parquet.read_schema(path).names
        columns, _ = _columns(names, str(path))
        table = pyarrow.parquet.read_table(path, columns=list(columns), partitioning=None)
    except (pa.ArrowException, OSError, ValueError) as error:
        told = str(error).splitlines()[0][:200] if str(error) else "a damaged file"
        raise unreadable(path, "file_damaged", told, "a whole Parquet file", "Write it again.") from None
    return _open_arrow(connection, table, str(path), _called(path), names)


def _open_texts(
    connection: duckdb.DuckDBPyConnection,
    texts: Texts,
    source: str | None,
    called: str,
    names: Sequence[str] | None = None,
) -> Opened:
    table = texts.table
    if not table.num_rows:  # nothing tells which columns were meant
        table = pa.table({name: pa.array([], pa.string()) for name in REQUIRED})
    columns, others = _columns(names or texts.names or REQUIRED, source)
    found = tuple(name for name in columns if name in table.column_names)
    relation = _registered(connection, table)
    return Opened(relation, found, others, source, called, texts.row_numbers, texts.problems, texts.partly)


def _open_arrow(
    connection: duckdb.DuckDBPyConnection,
    table: pa.Table,
    source: str | None,
    called: str,
    names: Sequence[str] | None = None,
) -> Opened:
    columns, others = _columns(names or [str(name) for name in table.column_names], source)
    try:
        table = _readable(table.rename_columns([str(name) for name in table.column_names]).select(list(columns)))
        relation = _registered(connection, table)
        kinds = {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {relation}").fetchall()}
    except (duckdb.Error, pa.ArrowException) as error:
        raise column_type_unread(source, str(error)) from None
    nested = [(name, kind) for name, kind in kinds.items() if kind.endswith("]") or kind.startswith(_NO_FIELDS)]
    if nested:
        name, kind = nested[0]
        raise column_type_unread(source, f"a column of {kind[:60]}", name)
    texts = ", ".join(f'{_text_of(name, kind)} AS "{name}"' for name, kind in kinds.items())
    return Opened(f"(SELECT {texts} FROM {relation})", columns, others, source, called)


def column_type_unread(source: str | None, found: str, name: str | None = None) -> ObservationsError:
    """The error of a table with a column that cannot be told as text."""
    remedy = "Write it as text, numbers, days or instants of at most microseconds."
    told = (found.splitlines() or [""])[0][:200]
    problem = Problem("column_type_unread", told, "one value in each field", remedy, source, field=name)
    return ObservationsError(f"{source or 'The table'} cannot be read.", [problem])


def _text_of(name: str, kind: str) -> str:
    """The SQL of a column of any kind as the text that a file would hold."""
    column = f'"{name}"'
    text = f"CAST({column} AS VARCHAR)"
    if kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        return f"rtrim(rtrim({text}, '0'), '.')"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime(make_timestamp(epoch_us({column})), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.startswith("TIMESTAMP"):  # a day, where no time of it is told; else a time that names no zone
        return f"(CASE WHEN CAST({column} AS TIME) = TIME '00:00:00' THEN CAST(CAST({column} AS DATE) AS VARCHAR) ELSE {text} END)"
    return f"nullif({text}, '')"


def _readable(table: pa.Table) -> pa.Table:
    """The table with decimals of more than 38 digits as text, and instants in microseconds, which DuckDB takes."""
    for index, column in enumerate(table.schema):
        if pa.types.is_decimal256(column.type):
            table = table.set_column(index, column.name, table.column(index).cast(pa.string()))
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            table = table.set_column(index, column.name, table.column(index).cast(pa.timestamp("us", tz="UTC")))
    return table


def _from_pandas(connection: duckdb.DuckDBPyConnection, frame: "pd.DataFrame") -> Opened:
    try:
        return _open_arrow(connection, pa.Table.from_pandas(frame, preserve_index=False), None, CALLED_TABLE)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column of values of several kinds
        bare = frame.astype(object).where(frame.notna(), None)
        records = [{str(name): value for name, value in row.items()} for row in bare.to_dict("records")]
        return _open_texts(connection, as_records(records, _ASKED), None, CALLED_TABLE)


def _registered(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> str:
    found = connection.execute("SELECT count(*) FROM duckdb_views() WHERE view_name LIKE 'handed_in_%'").fetchall()
    name = f"handed_in_{found[0][0]}"
    connection.register(name, table)
    return name


def _columns(names: Sequence[str], source: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which columns are asked and which are not. Raises ObservationsError for one that is missing, or there twice."""
    lowered = [name.lower() for name in names]
    repeated = sorted({name for name in names if name and lowered.count(name.lower()) > 1})
    problems = [_repeated(repeated, source)] if repeated else []
    problems += [_missing(name, names, source) for name in REQUIRED if name not in names]
    if problems:
        raise ObservationsError(f"{source or 'The table'} cannot be read.", problems)
    others = tuple(_shown(name) for name in names if name not in _ASKED)
    return tuple(name for name in names if name in _ASKED), others


def _repeated(names: Sequence[str], source: str | None) -> Problem:
    """Names that differ in case alone count as one: a reader would not tell them apart."""
    found = ", ".join(map(_shown, names))[:200]
    return Problem("column_repeated", found, "each column once", "Rename or remove one.", source)


def _missing(name: str, names: Iterable[str], source: str | None) -> Problem:
    """The problem of a column that is not there; one that is written nearly so is what should be renamed."""
    for found in names:
        if found.strip().lower().replace(" ", "_").replace("-", "_") == name:
            told, remedy = f"the column {found}", f"Write {name}, not {found}."
            return Problem("column_missing", told, f"the column {name}", remedy, source, field=name)
    return Problem("column_missing", "no such column", f"the column {name}", f"Add {name}.", source, field=name)


def _shown(name: str) -> str:
    """The name of a column that may be anything."""
    return name if name.isprintable() and len(name) <= 60 else ascii(name[:60])


def _called(path: Path) -> str:
    """The file's name as the `source` of records that name none; letters that no text may hold are told as such."""
    name = unicodedata.normalize("NFC", "".join(c if c.isprintable() else "?" for c in path.name)).strip()
    return name[:TEXT_LENGTH_MAX].strip() or "file"
