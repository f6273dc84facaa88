"""A fact table becomes records: UTF-8 text in, frozen records out, or every bad row as a `Problem`.

Traps met here on purpose: `NA` is Namibia and not a gap, so no cell is ever read as "not available"; empty text is the
only way to say unknown; a date is ISO 8601 text and nothing else (a library that reads 2021 as seconds since 1970 is
not asked).
"""

import csv
import io
import re
import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from footwall.errors import FactsError, Problem
from footwall.quantity import counted

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Record = TypeVar("Record")
"""One of the frozen dataclasses of `footwall.facts.records`."""

_SHOWN: Final = 80  # characters of a bad cell that a message shows
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRUTH: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Key:
    """The columns that together name a row; no two rows of a table may agree in all of them."""

    columns: tuple[str, ...]

    def of(self, record: object) -> tuple[object, ...]:
        """The record's values in the key's columns."""
        return tuple(getattr(record, column) for column in self.columns)


def read_table(path: Path, record: type[Record], key: Key) -> tuple[Record, ...]:
    """Every row of the CSV file at `path` as a `record`, in the file's order.

    Raises FactsError with a Problem for each bad row: the fault of whoever wrote the table.
    """
    header, rows = _rows_of(path)
    columns = _columns(record, header)
    if tuple(header) != columns:
        raise FactsError(
            f"{path.name} cannot be read",
            [
                Problem(
                    code="facts_columns",
                    found=",".join(header)[:400],
                    expected=",".join(columns),
                    remedy="Give the table exactly these columns, in this order.",
                    source=path.name,
                )
            ],
        )
    parse = _parser(record)
    records: list[Record] = []
    problems: list[Problem] = []
    for number, cells in enumerate(rows, start=1):
        if len(cells) != len(columns):
            problems.append(_bad_width(path.name, number, cells, columns))
            continue
        parsed, bad = parse(dict(zip(columns, cells, strict=True)), path.name, number)
        problems += bad
        records += [] if parsed is None else [parsed]
    problems += duplicates(path.name, records, key)
    if problems:
        raise FactsError(f"{path.name} does not hold together: {counted(len(problems), 'problem')}", problems)
    return tuple(records)


def _columns(record: type[Any], header: Sequence[str]) -> tuple[str, ...]:
    """The columns that a table must have, in their order: those without a default, and of the others those it has."""
    return tuple(field.name for field in fields(record) if field.default is MISSING or field.name in header)


def duplicates(source: str, records: Sequence[object], key: Key) -> list[Problem]:
    """A Problem for each record whose key an earlier one has taken (rows counted in `records`)."""
    first_row: dict[tuple[object, ...], int] = {}
    problems: list[Problem] = []
    for row, record in enumerate(records, start=1):
        value = key.of(record)
        if value in first_row:
            problems.append(
                Problem(
                    code="facts_duplicate",
                    found=" ".join(map(str, value)),
                    expected=f"a key that row {first_row[value]} has not taken",
                    remedy="Keep one of the two rows.",
                    source=source,
                    row=row,
                    field="+".join(key.columns),
                )
            )
        first_row.setdefault(value, row)
    return problems


def validated(
    record: type[Record], values: Iterable[dict[str, object]], source: str
) -> tuple[tuple[Record, ...], list[Problem]]:
    """The values as records, checked field by field; the second part tells what was wrong with the rest."""
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(record)
    records: list[Record] = []
    problems: list[Problem] = []
    for row, value in enumerate(values, start=1):
        try:
            records.append(adapter.validate_python(value))
        except ValidationError as error:
            problems += [_bad_field(detail, source, row) for detail in error.errors()]
    return tuple(records), problems


def text_of(path: Path) -> str:
    """The file's text. Raises FactsError where it is missing or is not UTF-8: the fault of whoever keeps the folder."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        problem = Problem(
            "facts_missing", error.strerror or "no file", "a fact table", "Put the table back.", path.name
        )
    except UnicodeDecodeError as error:
        problem = Problem(
            "facts_encoding", f"byte {error.start} is not UTF-8", "UTF-8 text", "Save the table as UTF-8.", path.name
        )
    raise FactsError(f"{path.name} cannot be read", [problem])


def _rows_of(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        rows = list(csv.reader(io.StringIO(text_of(path), newline=""), strict=True))
    except csv.Error as error:
        problem = Problem("facts_csv", str(error), "comma-separated text", "Mend the quoting.", path.name)
        raise FactsError(f"{path.name} cannot be read", [problem]) from None
    return (rows[0], rows[1:]) if rows else ([], [])


def _parser(
    record: type[Record],
) -> Callable[[dict[str, str], str, int], tuple[Record | None, list[Problem]]]:
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(record)
    readers = {name: _reader(hint) for name, hint in get_type_hints(record).items()}

    def parse(cells: dict[str, str], source: str, row: int) -> tuple[Record | None, list[Problem]]:
        values: dict[str, object] = {}
        problems: list[Problem] = []
        for name, text in cells.items():
            try:
                values[name] = readers[name](text)
            except ValueError as error:
                problems.append(_problem(source, row, name, text, str(error)))
        if problems:
            return None, problems
        try:
            return adapter.validate_python(values), []
        except ValidationError as error:
            return None, [_bad_field(detail, source, row) for detail in error.errors()]

    return parse


def _reader(hint: Any) -> Callable[[str], object]:  # noqa: ANN401 - a type hint has no narrower type
    """How the text of one column becomes what its type expects (its ValueError says what was expected)."""
    if get_origin(hint) in {Union, types.UnionType} and types.NoneType in get_args(hint):
        (inner,) = (part for part in get_args(hint) if part is not types.NoneType)
        read = _reader(inner)
        return lambda text: None if text == "" else read(text)
    if get_origin(hint) is tuple:
        return lambda text: tuple(text.split())
    return {bool: _truth, date: _iso_date, datetime: _instant, int: _whole}.get(hint, str)


def _truth(text: str) -> bool:
    if text not in _TRUTH:
        raise ValueError("true or false")
    return _TRUTH[text]


def _iso_date(text: str) -> date:
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("a date such as 2024-01-31")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("an instant with its time zone, such as 2024-01-31T16:30:00Z")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError("a whole number")
    return int(text)


def _bad_field(detail: "ErrorDetails", source: str, row: int) -> Problem:
    field = ".".join(str(part) for part in detail["loc"])
    expected = detail["msg"].removeprefix("Input should be ")
    return _problem(source, row, field, str(detail["input"]), expected)


def _problem(source: str, row: int, field: str, found: str, expected: str) -> Problem:
    return Problem(
        code="facts_field",
        found=repr(found[:_SHOWN]) if found else "nothing",
        expected=expected,
        remedy="Correct the cell, or leave it empty where the column may be unknown.",
        source=source,
        row=row,
        field=field,
    )


def _bad_width(source: str, row: int, cells: list[str], columns: tuple[str, ...]) -> Problem:
    return Problem(
        code="facts_width",
        found=f"{len(cells)} cells",
        expected=f"{len(columns)} cells",
        remedy="Quote text that holds a comma, and remove empty lines.",
        source=source,
        row=row,
    )
