"""What a bulletin says, in its three forms: canonical JSON, CSV, and a spreadsheet. The same contents give the same bytes.

The JSON is the authority. Its lists of objects (`TABLES`) are the tables: a CSV file and a sheet each, a row for each object, the
text of each value in a cell, in the order of `columns`. So whoever reads one reads the others.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NoReturn

FORMAT: Final = "footwall/bulletin/1"
TABLES: Final = ("measures", "floors", "prices")
ABOUT: Final = "about"
"""The sheet that holds everything of a bulletin that is no table."""

SCHEDULE_FILE: Final = "schedule.json"
WORKBOOK_FILE: Final = "bulletin.xlsx"
CSV_FILES: Final = tuple(f"{name}.csv" for name in TABLES)
FILES: Final = (SCHEDULE_FILE, *CSV_FILES, WORKBOOK_FILE)
"""The files of a bulletin."""

JSON = None | bool | int | str | Sequence["JSON"] | Mapping[str, "JSON"]
Rows = tuple[tuple[str, ...], ...]
"""A table as texts; the first row holds the names of the columns."""


def canonical(value: JSON) -> bytes:
    """The canonical JSON (RFC 8785) of a value."""
    import rfc8785

    return rfc8785.dumps(value)


def read_canonical(data: bytes) -> Mapping[str, JSON]:
    """The object that canonical bytes hold. Raises ValueError for bytes that are no JSON object, or are not canonical."""
    try:
        found = json.loads(data, parse_float=_no_fraction, parse_constant=_no_fraction)
        same = isinstance(found, dict) and canonical(found) == data
    except RecursionError:
        raise ValueError("JSON that nests too deep") from None
    if not isinstance(found, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - one kind of fault for the caller
    if not same:
        raise ValueError("JSON that is not in canonical form (RFC 8785)")
    return found


def tables_of(contents: Mapping[str, JSON]) -> dict[str, Rows]:
    """The tables of a bulletin, `about` first. Raises ValueError where its lists are no tables."""
    rest = {name: value for name, value in contents.items() if name not in {*TABLES, "columns"}}
    about = tuple((name, cell(value)) for name, value in sorted(_flat(rest)))
    columns = contents.get("columns")
    if not isinstance(columns, Mapping):
        raise ValueError("no columns")  # noqa: TRY004 - one kind of fault for the caller
    tables = {name: _rows(name, contents.get(name), columns.get(name)) for name in TABLES}
    return {ABOUT: (("what", "value"), *about)} | tables


def csv_bytes(rows: Rows) -> bytes:
    """A table as CSV (RFC 4180, UTF-8, lines ended by a line feed). Written here, for libraries differ in what they quote."""
    return "".join(f"{','.join(_quoted(text, alone=len(row) == 1) for text in row)}\n" for row in rows).encode()


def csv_rows(data: bytes) -> Rows:
    """The table in a CSV file. Raises ValueError for bytes that are none."""
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(f"no CSV: {error}") from None


def cell(value: JSON) -> str:
    """The text of a value in a cell: lists with blanks between, objects of a list with colons, nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | str():
            return str(value)
        case Mapping() if value.keys() == {"unknown"}:
            return f"unknown: {cell(value['unknown'])}"
        case Mapping():
            return ":".join(cell(inner) for _, inner in sorted(value.items()))
    return " ".join(cell(inner) for inner in value)


def _quoted(text: str, *, alone: bool) -> str:
    wanted = any(letter in text for letter in ',"\r\n') or (alone and not text)
    return '"' + text.replace('"', '""') + '"' if wanted else text


def _rows(name: str, records: JSON, columns: JSON) -> Rows:
    if not isinstance(columns, list) or not columns or not all(isinstance(column, str) for column in columns):
        raise ValueError(f"{name} without columns")
    if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
        raise ValueError(f"{name} that are no list of objects")
    if any(sorted(record) != sorted(columns) for record in records):
        raise ValueError(f"{name} of which some have other fields than its columns")
    return (tuple(columns), *(tuple(cell(record[column]) for column in columns) for record in records))


def _flat(value: Mapping[str, JSON], before: str = "") -> Iterable[tuple[str, JSON]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and inner.keys() != {"unknown"}:
            yield from _flat(inner, f"{before}{name}.")
        else:
            yield f"{before}{name}", inner


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"the number {text[:40]}: decimals of a bulletin are text")
