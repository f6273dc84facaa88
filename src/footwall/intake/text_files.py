"""CSV files of observations: all text first, every good record kept, every bad one told with its number."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from footwall.delimited import fields_up_to, records_below_header
from footwall.errors import ObservationsError, Problem
from footwall.intake.records import NOT_UTF_8, Texts, texts_of_rows

RECORD_BYTES_MAX: Final = 64 * 1024 * 1024
"""The longest record of a CSV file that is still read; a longer one is a problem of the file."""
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_OPTIONS: Final = (
    "header=true, delim=',', quote='\"', escape='\"', null_padding=false, nullstr='', auto_detect=false, "
    f"compression='none', max_line_size={RECORD_BYTES_MAX}"
)


def unreadable(path: Path, code: str, found: str, expected: str, remedy: str) -> ObservationsError:
    """The error of a file that cannot be read at all."""
    return ObservationsError(f"{path} cannot be read.", [Problem(code, found, expected, remedy, source=str(path))])


def csv_header(path: Path) -> list[str]:
    """The names of the columns. Raises ObservationsError where the first record is no header of this kind of file."""
    try:
        with (
            fields_up_to(RECORD_BYTES_MAX),
            path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file,
        ):
            names = [name.strip() for name in next(csv.reader(file), [])]
    except csv.Error as error:
        raise unreadable(path, "file_damaged", str(error), "a header of column names", "Export it again.") from None
    if not all(map(_is_utf8, names)):
        raise unreadable(path, "encoding_unknown", "bytes that are not UTF-8", "CSV in UTF-8", "Save it as CSV UTF-8.")
    for separator, word in _SEPARATORS.items():
        if len(names) == 1 and separator in names[0]:
            raise unreadable(path, "separator_unknown", f"columns parted by {word}", "columns parted by commas",
                             "Export it with commas, and with decimal points.")  # fmt: skip
    return names


def csv_relation(path: Path, names: Sequence[str], asked: frozenset[str]) -> str | None:
    """The SQL of the file as a relation of text; None for a path that DuckDB would take for a pattern."""
    if set("*?[]{}") & set(str(path)):
        return None
    called = [name if name in asked else f"not_read_{number}" for number, name in enumerate(names)]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in called)
    escaped = str(path).replace("'", "''")
    return f"read_csv('{escaped}', columns={{{columns}}}, {_OPTIONS})"


def ragged_csv(path: Path, names: Sequence[str], asked: frozenset[str]) -> Texts:
    """Record by record, so that every good one is kept and every bad one is told with its number."""
    rows: list[dict[str, object]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    for number, record in enumerate(records_below_header(path, RECORD_BYTES_MAX), start=1):
        if isinstance(record, csv.Error):
            problems.append(_bad_record(path, number, str(record), None))
        elif not any(map(str.strip, record)):
            problems.append(empty_record(str(path), number))
        elif len(record) != len(names):
            problems.append(_bad_record(path, number, _fields(len(record)), len(names)))
        elif not all(_is_utf8(value) for name, value in zip(names, record, strict=True) if name not in asked):
            problems.append(_bad_record(path, number, "bytes that are not UTF-8", len(names)))
        else:
            told = zip(names, record, strict=True)
            rows.append({name: _field(value) for name, value in told if name in asked})
            numbers.append(number)
    return texts_of_rows(rows, numbers, [name for name in names if name in asked], str(path), problems)


def empty_record(source: str | None, row: int) -> Problem:
    """The problem of a record in which nothing is stated: blanks, or fields that are all empty."""
    remedy = "Remove the record, or fill it in."
    return Problem("record_empty", "nothing in any field", "an observation", remedy, source, row)


def _field(text: str) -> object:
    return (text or None) if _is_utf8(text) else NOT_UTF_8


def _is_utf8(text: str) -> bool:
    """Whether what was read with its undecodable bytes kept aside has none."""
    return not any("\udc80" <= character <= "\udcff" for character in text)


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _bad_record(path: Path, row: int, found: str, fields: int | None) -> Problem:
    expected = f"{_fields(fields)} in UTF-8, as in the header" if fields else "a record of CSV"
    return Problem("record_unreadable", found, expected, "Is a quotation mark or a comma missing?", str(path), row)
