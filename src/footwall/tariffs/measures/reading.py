"""Measures from a file, JSON or CSV, read strictly: each fault with its record and field, and what is right beside them."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from footwall.errors import Problem, UsageError
from footwall.tariffs.measures.condition_reading import Fault, Member, read_conditions, read_members
from footwall.tariffs.measures.conditions import DayRule, OriginRule
from footwall.tariffs.measures.fields import measure_fields
from footwall.tariffs.measures.measure import Measure
from footwall.tariffs.measures.values import (
    Cells,
    JSONObject,
    MisreadError,
    NumberText,
    from_cell,
    from_json,
    is_text,
    short,
    told_value,
)

FORMAT: Final = "footwall/schedule/1"
"""What a file of measures calls itself, where it says."""
BYTES_MAX: Final = 64 * 1024 * 1024
MEASURES_MAX: Final = 100_000
_DESCRIBES: Final = frozenset(
    {"format", "notice", "on", "version", "currency", "ends_without_successor", "measures", "members", "conditions"}
)
_ONE_MEASURE: Final = ("one measure with its fields", "Correct the record.")
NAMES_SHOWN: Final = 10
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}


@dataclass(frozen=True, slots=True)
class MeasureFile:
    """What a file of measures holds: those that could be read, each with the number of its record, and every problem.

    `ends_without_successor` names measures whose end the file declares, so that it is no gap. `members` are as for
    `Schedule.from_measures`, None where the file says nothing of them.
    """

    source: str
    measures: tuple[Measure, ...]
    rows: tuple[int, ...]
    currency: str | None
    ends_without_successor: tuple[str, ...]
    problems: tuple[Problem, ...]
    members: tuple[Member, ...] | None = None
    conditions: tuple[DayRule | OriginRule, ...] = ()

    def placed(self, problem: Problem) -> Problem:
        """`problem` of a schedule, with the file and, where one measure is meant, the number of its record."""
        rows = [
            row
            for row, one in zip(self.rows, self.measures, strict=True)
            if problem.source == f"measure {one.measure_id}"
        ]
        source = f"{self.source}, {problem.source}" if problem.source else self.source
        return replace(problem, source=source, row=rows[0] if len(rows) == 1 else problem.row)


def read_measures(path: Path | str) -> MeasureFile:
    """The measures of a file that ends in .json or .csv, and everything wrong with it.

    Numbers may be text or numbers; they are read as they are written, with every digit. Raises nothing for a bad file.
    """
    where = Path(path)
    reader = _READERS.get(where.suffix.lower())
    source = str(where)
    if reader is None:
        return _refused(
            source,
            ("format_unknown", where.name, "a file that ends in .json or .csv", "Name the file by what it holds."),
        )
    if not where.is_file():
        return _refused(
            source,
            ("file_missing", "a folder" if where.is_dir() else "no such file", "a file of measures", "Check the path."),
        )
    if (size := where.stat().st_size) > BYTES_MAX:
        return _refused(
            source, ("file_too_large", f"{size:,} bytes", f"at most {BYTES_MAX:,}", "Leave out what has long ended.")
        )
    return parse_measures(where.read_bytes(), source, reader)


def parse_measures(data: bytes, source: str, reader: "Reader") -> MeasureFile:
    """The measures in the bytes of a file, by `read_json` or `read_csv`."""
    if not data.strip():
        return _refused(source, ("file_empty", "an empty file", "measures", "Export it again."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        return _refused(
            source, ("encoding_unknown", f"byte {fault.start:,} is not UTF-8", "text in UTF-8", "Save it as UTF-8.")
        )
    return reader(text, source)


def read_json(text: str, source: str) -> MeasureFile:
    """A JSON list of measures, or an object with the list `measures` and what describes it."""
    try:
        document = json.loads(
            text, object_pairs_hook=JSONObject, parse_float=NumberText, parse_int=NumberText, parse_constant=NumberText
        )
    except json.JSONDecodeError as fault:
        return _refused(source, ("file_damaged", fault.msg, "JSON", "Export it again."), line=fault.lineno)
    except RecursionError:
        return _refused(source, ("file_damaged", "lists within lists without end", "JSON", "Export it again."))
    head = document if isinstance(document, JSONObject) else JSONObject([("measures", document)])
    listed, currency, ends = head.get("measures"), head.get("currency"), head.get("ends_without_successor", [])
    faults = [*_head_faults(head)]
    members = read_members(head.get("members"), faults)
    conditions = read_conditions(head.get("conditions", []), faults)
    problems = [_problem(source, None, fault) for fault in faults]
    found = _gathered(
        source,
        enumerate(listed if isinstance(listed, list) else (), start=1),
        problems,
        currency=currency if is_text(currency) else None,
        ends=tuple(one for one in ends if is_text(one)) if isinstance(ends, list) else (),
    )
    return replace(found, members=members, conditions=conditions)


def _head_faults(head: JSONObject) -> Iterator[Fault]:
    """What is wrong with everything of a document but its measures."""
    yield from _name_faults(head, _DESCRIBES)
    if "format" in head and head["format"] != FORMAT:
        yield "format", "format_unknown", told_value(head["format"]), FORMAT, "Use the version that wrote it."
    if not isinstance(listed := head.get("measures"), list):
        yield "measures", "document_malformed", told_value(listed), "a list of measures", "See docs/schedules.md."
    if (currency := head.get("currency")) is not None and not is_text(currency):
        yield "currency", "text_malformed", told_value(currency), "text", "Write it in quotation marks."
    ends = head.get("ends_without_successor", [])
    if not isinstance(ends, list) or not all(map(is_text, ends)):
        yield ("ends_without_successor", "list_malformed", told_value(ends), "a list of texts",
               "Write each of them in quotation marks.")  # fmt: skip


def _name_faults(row: JSONObject, known: Collection[str]) -> Iterator[Fault]:
    """The names in a JSON object that stand there twice, and those that nobody knows."""
    for name in row.repeated:
        yield short(name), "field_repeated", short(name), "each field once", "Remove one."
    for name in row:
        if name not in known:
            near = ", ".join(sorted(known)) if len(known) < NAMES_SHOWN else "the fields of a measure"
            yield short(name), "field_unknown", short(name), near, "Remove it, or correct its name."


def read_csv(text: str, source: str) -> MeasureFile:
    """CSV with a header of a measure's fields, in any order; a field left out everywhere needs no column."""
    try:
        header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as fault:
        return _refused(source, ("file_damaged", str(fault), "CSV with commas and quotation marks", "Export it again."))
    names = [name.strip() for name in header]
    if len(names) == 1:
        for separator, word in _SEPARATORS.items():
            if separator in names[0]:
                return _refused(source, ("separator_unknown", f"columns parted by {word}", "columns parted by commas", "Export it with commas, and with decimal points."))  # fmt: skip
    if faults := list(_header_faults(names)):
        return MeasureFile(source, (), (), None, (), tuple(_problem(source, None, fault) for fault in faults))
    return _gathered(source, ((number, _csv_row(names, row)) for number, row in enumerate(rows, start=1)), [])


def _header_faults(names: Sequence[str]) -> Iterator[Fault]:
    known = [one.name for one in measure_fields()]
    for name, count in Counter(names).items():
        if name not in known:
            yield (short(name), "field_unknown", short(name) or "a column without a name", "the fields of a measure",
                   "Remove the column, or correct its name.")  # fmt: skip
        elif count > 1:
            yield name, "field_repeated", f"{count} columns {name}", "each column once", "Remove one."


Reader = Callable[[str, str], MeasureFile]
_READERS: Final[Mapping[str, Reader]] = {".json": read_json, ".csv": read_csv}


class _Ragged(str):
    """What a row of CSV is that has other than one cell for each column."""

    __slots__ = ()


def _csv_row(names: Sequence[str], row: Sequence[str]) -> Cells | _Ragged:
    if len(row) != len(names):
        return _Ragged(f"{len(row)} cells under {len(names)} columns")
    return Cells((name, cell) for name, cell in zip(names, row, strict=True) if cell.strip())


def _gathered(
    source: str,
    rows: Iterable[tuple[int, object]],
    problems: list[Problem],
    *,
    currency: str | None = None,
    ends: tuple[str, ...] = (),
) -> MeasureFile:
    measures: list[Measure] = []
    numbers: list[int] = []
    for number, row in rows:
        if number > MEASURES_MAX:
            problems.append(_problem(source, number, (None, "measures_too_many", f"more than {MEASURES_MAX:,} measures", f"at most {MEASURES_MAX:,}", "Leave out what has long ended.")))  # fmt: skip
            break
        found = _measure(source, number, row)
        if isinstance(found, Measure):
            measures.append(found)
            numbers.append(number)
        else:
            problems += found
    return MeasureFile(source, tuple(measures), tuple(numbers), currency, ends, tuple(problems))


def _measure(source: str, number: int, row: object) -> Measure | list[Problem]:
    if not isinstance(row, JSONObject | Cells):
        found = str(row) if isinstance(row, _Ragged) else told_value(row)
        return [_problem(source, number, (None, "record_malformed", found, *_ONE_MEASURE))]
    known = {one.name: one for one in measure_fields()}
    faults: list[Fault] = list(_name_faults(row, known)) if isinstance(row, JSONObject) else []
    values: dict[str, Any] = {}
    for name, one in known.items():
        given = row.get(name)
        if given is None:
            faults += [(name, "field_missing", "nothing", "a value", "Fill it in.")] if one.required else []
            continue
        try:
            values[name] = from_cell(one, given) if isinstance(row, Cells) else from_json(one, given)
        except MisreadError as fault:
            faults.append((name, fault.code, told_value(given), fault.expected, fault.remedy))
    if faults:
        return [_problem(source, number, fault) for fault in faults]
    try:
        return Measure(**values)
    except UsageError as refused:
        return [_problem(source, number, (None, "record_malformed", short(str(refused)), *_ONE_MEASURE))]


def _problem(source: str, row: int | None, fault: Fault) -> Problem:
    field, code, found, expected, remedy = fault
    return Problem(code, found, expected, remedy, source=source, row=row, field=field)


def _refused(source: str, fault: tuple[str, str, str, str], line: int | None = None) -> MeasureFile:
    return MeasureFile(source, (), (), None, (), (Problem(*fault, source=source, line=line),))
