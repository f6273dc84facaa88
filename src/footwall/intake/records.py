"""Records that are objects (JSON, JSON lines, dicts) become columns of text, as a file of commas would hold them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from footwall.errors import ObservationsError, Problem, UsageError

_DEEP: Final = "nested too deep"


@dataclass(frozen=True, slots=True)
class Texts:
    """Columns of text. `row_numbers` are those of the data records, None where every record is here; `names` all that was found.

    `partly` are records with fields that could not be read, which are not in the table: the rest of each is still looked at.
    """

    table: pa.Table
    names: tuple[str, ...]
    row_numbers: tuple[int, ...] | None
    problems: tuple[Problem, ...]
    partly: tuple["Partly", ...] = ()


@dataclass(frozen=True, slots=True)
class Partly:
    """The record `row` with fields that could not be read: which they are, and what the others say."""

    row: int
    record: Mapping[str, str | None]
    unread: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Bad:
    """A record that is none, and why."""

    code: str
    found: str
    expected: str
    remedy: str


def from_json(path: Path, asked: frozenset[str]) -> Texts:
    """A file that is one array of objects. Raises ObservationsError for any other."""
    text = _text_of(path)
    try:
        found = json.loads(text, **_AS_WRITTEN)
    except (ValueError, RecursionError) as error:
        told = _DEEP if isinstance(error, RecursionError) else str(error)
        raise _unreadable(path, "file_damaged", told, "JSON that is whole",
                          "Write it again; name it .jsonl if each line is an object.") from None  # fmt: skip
    if not isinstance(found, list):
        raise _unreadable(path, "file_damaged", _kind_of(found), "an array of objects",
                          "Put the observations between [ and ].")  # fmt: skip
    return _texts(found, asked, str(path))


def from_json_lines(path: Path, asked: frozenset[str]) -> Texts:
    """A file with an object on each line; a line that is none is a problem of its own."""
    return _texts(list(_lines(path)), asked, str(path))


def as_records(records: Sequence[object], asked: frozenset[str]) -> Texts:
    """Dicts as a program hands them over. Raises UsageError for anything else among them."""
    for record in records:
        if not isinstance(record, Mapping):
            raise UsageError(f"each observation must be a dict, not {type(record).__name__}")
    return _texts([{str(name): value for name, value in dict(record).items()} for record in records], asked, None)  # type: ignore[call-overload]


def texts_of_rows(
    rows: Sequence[Mapping[str, object]],
    numbers: Sequence[int],
    names: Sequence[str],
    source: str | None,
    problems: Sequence[Problem],
) -> Texts:
    """Rows as columns of text; what stands in a row and is no text of a field is a problem, and keeps the row out of the table."""
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    faults: dict[int, list[Problem]] = {}
    for name, values in columns.items():
        for place, row in enumerate(rows):
            value = row.get(name)
            text = value if isinstance(value, _Bad) and value is NOT_UTF_8 else _as_text(value)
            if isinstance(text, _Bad) or (text is not None and not text.isascii() and not _is_unicode(text)):
                bad = text if isinstance(text, _Bad) else _NO_TEXT
                faults.setdefault(place, []).append(_problem(bad, source, numbers[place], name))
                text = None
            values.append(text or None)
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    of_fields = [problem for found in faults.values() for problem in found]
    told = sorted([*problems, *of_fields], key=lambda problem: problem.row or 0)
    partly = [
        Partly(
            numbers[place],
            {name: values[place] for name, values in columns.items()},
            frozenset(problem.field for problem in found if problem.field is not None),
        )
        for place, found in sorted(faults.items())
    ]
    if faults:
        keep = [place for place in range(len(rows)) if place not in faults]
        table, numbers = table.take(pa.array(keep, pa.int64())), [numbers[place] for place in keep]
    whole = list(numbers) == list(range(1, len(numbers) + 1))
    return Texts(table, tuple(names), None if whole else tuple(numbers), tuple(told), tuple(partly))


def _texts(found: Sequence[object], asked: frozenset[str], source: str | None) -> Texts:
    rows: list[Mapping[str, object]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    names: dict[str, None] = {}
    for number, record in enumerate(found, start=1):
        if isinstance(record, Mapping) and record:
            rows.append(record)
            numbers.append(number)
            if not names.keys() >= record.keys():
                names |= dict.fromkeys(record)
            continue
        bad = record if isinstance(record, _Bad) else _EMPTY
        if not isinstance(record, _Bad | Mapping):
            bad = _Bad("record_unreadable", _kind_of(record), "an object", "Write one object for each observation.")
        problems.append(_problem(bad, source, number, None))
    texts = texts_of_rows(rows, numbers, [name for name in names if name in asked], source, problems)
    return replace(texts, names=tuple(names))


def _lines(path: Path) -> Iterator[object]:
    with path.open("rb") as file:
        for number, line in enumerate(file):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
            if not text.strip():
                continue
            try:
                yield json.loads(text.decode("utf-8"), **_AS_WRITTEN)
            except UnicodeDecodeError:
                yield _Bad("record_unreadable", "bytes that are not UTF-8", "JSON in UTF-8", "Save it as UTF-8.")
            except (ValueError, RecursionError) as error:
                told = _DEEP if isinstance(error, RecursionError) else str(error)
                yield _Bad("record_unreadable", told, "an object on one line", "Write this line again.")


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is not UTF-8"
        raise _unreadable(path, "encoding_unknown", found, "JSON in UTF-8", "Save it as UTF-8.") from None


def _object(pairs: list[tuple[str, object]]) -> object:
    """An object of JSON; one that names a column twice says nothing for sure."""
    record = dict(pairs)
    if len(record) == len(pairs):
        return record
    names = [name for name, _ in pairs]
    repeated = ", ".join(sorted({name for name in names if names.count(name) > 1}))
    return _Bad("column_repeated", repeated[:60], "each column once", "Say which of the two holds.")


def _same(text: str) -> str:
    return text


_AS_WRITTEN: Final[dict[str, Any]] = {
    "parse_int": _same,
    "parse_float": _same,
    "parse_constant": _same,
    "object_pairs_hook": _object,
}
"""Numbers stay the text that was written: no digit of them passes through a float."""
_EMPTY: Final = _Bad("record_empty", "nothing in any field", "an observation", "Remove the record, or fill it in.")
_NO_TEXT: Final = _Bad("record_unreadable", "half of a letter", "text in Unicode", "Write the text anew.")
NOT_UTF_8: Final = _Bad("record_unreadable", "bytes that are not UTF-8", "text in UTF-8", "Save the file as CSV UTF-8.")
"""What stands in a field of a CSV file whose bytes are no text."""
_NESTED: Final = "an object or a list"


def _as_text(value: object) -> str | _Bad | None:
    """A value as a file would hold it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat()
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple | set | frozenset | bytes | _Bad):
        return _Bad("field_nested", _NESTED, "a single value", "Write one value in each field.")
    if isinstance(value, float):
        return float.__repr__(value)
    try:
        return str(value)
    except ValueError:  # a whole number of more digits than Python writes
        return _Bad("record_unreadable", "a number of thousands of digits", "a number like 1250.5", "Correct it.")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _kind_of(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a single value", bool: "a single value", type(None): "null"}
    return kinds.get(type(value), "something else")


def _problem(bad: _Bad, source: str | None, row: int, field: str | None) -> Problem:
    return Problem(bad.code, bad.found, bad.expected, bad.remedy, source, row, None, field)


def _unreadable(path: Path, code: str, found: str, expected: str, remedy: str) -> ObservationsError:
    return ObservationsError(f"{path} cannot be read.", [Problem(code, found, expected, remedy, source=str(path))])
