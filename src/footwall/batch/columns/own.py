"""A file with columns of its own, as one DuckDB relation: every column as it stands, under a name of ours, with the record's number."""

import codecs
import csv
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from footwall.batch.columns.declarations import DECLARATION_ID, flatten
from footwall.batch.columns.mapping import Layout, Mapping
from footwall.batch.kinds import is_xml
from footwall.batch.lines import LINE_BYTES_MAX, as_table, check_kind, empty_record
from footwall.delimited import fields_up_to, records_below_header
from footwall.errors import LinesError, Problem

OWN: Final = "own_lines"
_AS_IT_IS: Final = frozenset({"utf-8", "ascii"})
_ROWS_AT_ONCE: Final = 50_000
_CHARACTERS_AT_ONCE: Final = 4 * 1024 * 1024
_WORDS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes", ":": "colons", " ": "blanks"}


@dataclass(frozen=True, slots=True)
class Own:
    """The relation OWN: `columns` has, by the file's own names, the name and DuckDB type of each in the relation.

    `repeated` are names that stand more than once. `of_xml`: a row is a goods item, with the places of it and its declaration.
    """

    columns: Dict[str, tuple[str, str]]
    repeated: frozenset[str]
    source: str | None
    problems: tuple[Problem, ...] = ()
    of_xml: bool = False


def open_own(connection: duckdb.DuckDBPyConnection, lines: object, mapping: Mapping, folder: Path) -> Own:
    """Make OWN from a file or a table; what must be written on the way goes to `folder`.

    Raises LinesError for a file that cannot be read at all.
    """
    if not isinstance(lines, str | Path):
        return _open_table(connection, lines)
    path = Path(lines)
    if is_xml(path):
        return _open_xml(connection, path, mapping, folder)
    if check_kind(path, any_encoding=True) == "parquet":
        return _open_parquet(connection, path)
    return _open_csv(connection, path, mapping.layout, folder)


def header(path: Path, layout: Layout) -> list[str]:
    """The names of a CSV file's columns. Raises LinesError for bytes that are not in the encoding."""
    try:
        with (
            path.open(encoding=_with_mark(layout.encoding), newline="", errors="surrogateescape") as file,
            fields_up_to(LINE_BYTES_MAX),
        ):
            names = [name.strip() for name in next(csv.reader(file, delimiter=layout.separator), [])]
        "".join(names).encode("utf-8")  # what could not be decoded cannot be encoded either
    except (UnicodeError, csv.Error) as error:
        raise _damaged(path, layout, error) from None
    return names


def _open_table(connection: duckdb.DuckDBPyConnection, lines: object) -> Own:
    table = as_table(lines)
    names = table.column_names
    table = table.rename_columns([f"o{number}" for number, _ in enumerate(names)])
    numbers = pa.array(range(1, table.num_rows + 1), pa.int64())
    connection.register("own_given", table.append_column("source_row", numbers))
    connection.execute(f"CREATE OR REPLACE VIEW {OWN} AS SELECT * FROM own_given")
    return _described(connection, names, None)


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Own:
    scan = f"read_parquet('{_quoted(path)}', file_row_number=true)"
    try:
        names = list(pq.read_schema(path).names)
        chosen = ", ".join(f"{_name(name)} AS o{number}" for number, name in enumerate(names))
        connection.execute(
            f"CREATE OR REPLACE VIEW {OWN} AS SELECT file_row_number + 1 AS source_row, {chosen} FROM {scan}"
        )
    except (duckdb.Error, pa.ArrowInvalid, OSError) as error:
        told = str(error).splitlines()[0][:200]
        problem = Problem("file_damaged", told, "a whole Parquet file", "Write it again.", str(path))
        raise LinesError(f"{path} cannot be assessed.", [problem]) from None
    return _described(connection, names, str(path))


def _open_csv(connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout, folder: Path) -> Own:
    names = header(path, layout)
    _refuse_one_column(path, names, layout)
    source = path
    if codecs.lookup(layout.encoding).name not in _AS_IT_IS:
        source = folder / "in-utf-8.csv"
        _transcode(path, source, layout)
    columns = ", ".join(f"'o{number}': 'VARCHAR'" for number, _ in enumerate(names))
    options = (
        f"columns={{{columns}}}, header=true, delim='{_quoted(layout.separator)}', quote='\"', escape='\"', "
        f"null_padding=false, nullstr='', auto_detect=false, compression='none', max_line_size={LINE_BYTES_MAX}"
    )
    scan = f"read_csv('{_quoted(source)}', {options})"
    try:
        connection.execute(f"CREATE OR REPLACE VIEW {OWN} AS SELECT row_number() OVER () AS source_row, * FROM {scan}")
        connection.execute(f"SELECT count(*), max(length(COLUMNS(*)::VARCHAR)) FROM {OWN}").fetchall()
    except duckdb.Error:
        return _open_ragged(connection, (source, layout.separator), names, folder / "records.parquet", str(path))
    return _described(connection, names, str(path))


def _open_ragged(
    connection: duckdb.DuckDBPyConnection, read: tuple[Path, str], names: Sequence[str], target: Path, source: str
) -> Own:
    """Record by record into a Parquet file, so that every good record is kept and every bad one is told with its number."""
    schema = pa.schema([("source_row", pa.int64()), *((f"o{number}", pa.string()) for number, _ in enumerate(names))])
    problems: list[Problem] = []
    rows: list[list[object]] = []

    def put() -> None:
        columns = zip(*rows, strict=True) if rows else [() for _ in schema]
        arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
        writer.write_table(pa.table(arrays, schema=schema))
        rows.clear()

    file, separator = read
    with pq.ParquetWriter(target, schema) as writer:
        for number, record in enumerate(records_below_header(file, LINE_BYTES_MAX, separator), start=1):
            problem = _bad_record(record, names, number, source)
            if problem is not None:
                problems.append(problem)
            elif isinstance(record, list):
                rows.append([number, *(value or None for value in record)])
            if len(rows) >= _ROWS_AT_ONCE:
                put()
        put()
    connection.execute(f"CREATE OR REPLACE VIEW {OWN} AS SELECT * FROM read_parquet('{_quoted(target)}')")
    return _described(connection, names, source, tuple(problems))


def _bad_record(record: list[str] | csv.Error, names: Sequence[str], row: int, source: str) -> Problem | None:
    remedy = "Is a quotation mark or a separator missing?"
    if isinstance(record, csv.Error):
        return Problem("record_unreadable", str(record), "a record of CSV", remedy, source, row)
    if not any(map(str.strip, record)) and len(record) != len(names):
        return empty_record(source, row)
    expected = f"{len(names)} fields, as in the header"
    if len(record) != len(names):
        return Problem(
            "record_unreadable", f"{len(record)} field{'' if len(record) == 1 else 's'}", expected, remedy, source, row
        )
    if any("\udc80" <= letter <= "\udcff" for value in record for letter in value):
        remedy = "State the file's encoding in [file] of the mapping."
        return Problem("record_unreadable", "bytes that are not UTF-8", f"{expected}, in UTF-8", remedy, source, row)
    return None


def _open_xml(connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, folder: Path) -> Own:
    found = flatten(path, mapping, folder)
    joined = f"read_parquet('{_quoted(found.files['item'])}') items"
    for scope in ("shipment", "declaration"):
        joined += f" LEFT JOIN read_parquet('{_quoted(found.files[scope])}') {scope}s USING ({scope}_number)"
    columns = {name: (column, "VARCHAR") for name, (_, column) in found.columns.items()}
    columns[DECLARATION_ID] = ("declaration_id", "VARCHAR")
    chosen = ", ".join(column for column, _ in columns.values())
    query = f"SELECT source_row, declaration_number, item_place, {chosen} FROM {joined}"
    connection.execute(f"CREATE OR REPLACE VIEW {OWN} AS {query}")
    return Own(columns, frozenset(), str(path), found.problems, of_xml=True)


def _described(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], source: str | None, problems: tuple[Problem, ...] = ()
) -> Own:
    kinds = {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {OWN}").fetchall()}
    columns = {name: (f"o{number}", kinds[f"o{number}"]) for number, name in reversed(list(enumerate(names)))}
    return Own(columns, frozenset(name for name in names if list(names).count(name) > 1), source, problems)


def _refuse_one_column(path: Path, names: Sequence[str], layout: Layout) -> None:
    """Refuse a header that another separator would part: nobody maps a single column."""
    for separator, word in _WORDS.items():
        if len(names) == 1 and separator != layout.separator and separator in names[0] and separator not in ": ":
            stated = _WORDS.get(layout.separator, repr(layout.separator))
            problem = Problem("separator_unknown", f"columns parted by {word}", f"columns parted by {stated}",
                              f"Write separator = {separator!r} in [file] of the mapping.", str(path))  # fmt: skip
            raise LinesError(f"{path} cannot be assessed.", [problem])


def _transcode(path: Path, target: Path, layout: Layout) -> None:
    """Write a file again in UTF-8, some characters at a time."""
    try:
        with (
            path.open(encoding=_with_mark(layout.encoding), newline="") as read,
            target.open("w", encoding="utf-8", newline="") as write,
        ):
            while text := read.read(_CHARACTERS_AT_ONCE):
                write.write(text)
    except UnicodeError as error:
        raise _damaged(path, layout, error) from None


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _damaged(path: Path, layout: Layout, error: Exception) -> LinesError:
    expected = f"CSV in {layout.encoding}"
    found = f"bytes that are not {layout.encoding}" if isinstance(error, UnicodeError) else str(error)
    code = "encoding_unknown" if isinstance(error, UnicodeError) else "file_damaged"
    remedy = "State the file's encoding in [file] of the mapping."
    return LinesError(f"{path} cannot be assessed.", [Problem(code, found, expected, remedy, str(path))])


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
