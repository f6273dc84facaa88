"""Mapping files: read, checked as a whole, and refused with every fault at once."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from footwall.batch.columns.mapping import (
    AMOUNTS,
    COLUMNS,
    DATES,
    NUMBERS,
    PARTS_OF_DAYS,
    SOURCES,
    ByRow,
    Elements,
    Layout,
    Mapping,
    Source,
    Words,
)
from footwall.batch.columns.paths import path_fault
from footwall.duties import REQUIRED
from footwall.errors import ColumnsError, Problem
from footwall.quantity import kilograms_per

BYTES_MAX: Final = 8 * 1024 * 1024
SHIPPED: Final = {"wco": "wco.toml"}
"""The mappings that come with Footwall, by name."""
MASSES: Final = ("kg", "g", "t", "lb", "troy_oz", "short_ton", "long_ton")
SHARES: Final = {"fraction": "1", "percent": "0.01"}
AMOUNT_UNITS: Final = {"one": "1", "hundredth": "0.01", "thousand": "1000"}
_SECTIONS: Final = ("file", "columns", "values", "ignore", "xml")
_OF_NUMBERS: Final = ("decimal", "thousands", "unit", "unit_by", "places")
_OF_TEXTS: Final = ("values", "without", "keep", "join", "all")
_PARTS: Final = re.compile("|".join(sorted(PARTS_OF_DAYS, key=len, reverse=True)))


def load_mapping(given: object) -> Mapping:
    """The mapping that `given` names: a TOML file, the name of a shipped one (`wco`), or one that was loaded before.

    Raises ColumnsError with every fault found: the fault of whoever wrote the file.
    """
    if isinstance(given, Mapping):
        return given
    if isinstance(given, str) and given in SHIPPED:
        return read_mapping(shipped_text(given), f"the shipped mapping {given}")
    path = Path(str(given))
    return read_mapping(_text(path), str(path))


def shipped_text(name: str) -> str:
    """The TOML text of a mapping that comes with Footwall."""
    return (files("footwall.batch.columns") / "mappings" / SHIPPED[name]).read_text(encoding="utf-8")


def day_pattern(form: str) -> str:
    """The pattern of the texts that are written in `form`; of a time of day only its digits are looked at."""
    pieces, end = [], 0
    for part in _PARTS.finditer(form):
        pieces += [re.escape(form[end : part.start()]), PARTS_OF_DAYS[part[0]]]
        end = part.end()
    return "".join([*pieces, re.escape(form[end:])])


def day_order(form: str) -> tuple[str, ...]:
    """The parts of `form` in the order in which they stand."""
    return tuple(_PARTS.findall(form))


def unit_factor(column: str, unit: str) -> Decimal:
    """By how much a number in `unit` is multiplied to be one of `column`. Raises ValueError for a unit that is none of it."""
    if column == "net_mass_kg":
        if unit not in MASSES:
            raise ValueError(f"{unit!r} is none of {', '.join(MASSES)}")
        return kilograms_per(unit)
    units = SHARES if column == "content" else AMOUNT_UNITS
    if unit not in units:
        raise ValueError(f"{unit!r} is none of {', '.join(units)}")
    return Decimal(units[unit])


def read_mapping(text: str, source: str) -> Mapping:
    """The mapping that a TOML text states. Raises ColumnsError with every fault found."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Problem("not_toml", str(error), "TOML", "Correct the text; a key stands once.", source)
        raise _refusal(source, [problem]) from None
    reader = _Reader(source)
    mapping = reader.read(raw)
    if reader.problems:
        raise _refusal(source, reader.problems)
    return mapping


def _refusal(source: str, problems: Sequence[Problem]) -> ColumnsError:
    return ColumnsError(f"{source} cannot be used as a mapping of columns.", problems)


def _text(path: Path) -> str:
    expected = "a mapping file in TOML"
    try:
        if path.stat().st_size > BYTES_MAX:
            problem = Problem(
                "file_too_large", f"{path.stat().st_size:,} bytes", expected, "Name a mapping.", str(path)
            )
            raise _refusal(str(path), [problem])
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = Problem("not_utf8", "bytes that are not UTF-8", expected, "Save it as UTF-8.", str(path))
    except OSError as error:
        problem = Problem("file_missing", error.strerror or "no such file", expected, "Check the path.", str(path))
    raise _refusal(str(path), [problem])


class _Reader:
    """Reads one mapping and keeps every fault of it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def read(self, raw: Dict[str, Any]) -> Mapping:
        for name in raw:
            if name not in _SECTIONS:
                self.tell(
                    name, "key_unknown", f"the section {name}", f"one of {', '.join(_SECTIONS)}", _near(name, _SECTIONS)
                )
        layout = self.part(Layout, raw.get("file", {}), "file") or Layout()
        elements = self.part(Elements, raw["xml"], "xml") if "xml" in raw else None
        values = self.tables(raw.get("values", {}))
        columns = self.columns(raw.get("columns"), of_xml="xml" in raw)
        ignore = self.names(raw.get("ignore", []))
        mapping = Mapping(self.source, layout, columns, values, ignore, elements)
        self.check_layout(layout)
        for ours, source in columns.items():
            self.check_source(ours, source, mapping)
        if elements:
            self.check_paths(mapping)
        return mapping

    def tell(self, field: str, code: str, found: str, expected: str, remedy: str) -> None:
        self.problems.append(Problem(code, found, expected, remedy, self.source, field=field))

    def part(self, model: type[Any], raw: object, at: str) -> Any:  # noqa: ANN401 - one of several models
        """One part of the mapping as `model`; None, and its faults told, where it is not one."""
        if not isinstance(raw, dict):
            self.tell(at, "value_type", _shown(raw), "a table", "Write a table of keys.")
            return None
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_context=False):
                self.tell_shape(model, at, item)
        return None

    def tell_shape(self, model: type[BaseModel], at: str, item: Any) -> None:  # noqa: ANN401 - pydantic's own record
        place = [str(part) for part in item["loc"] if not str(part).startswith(("function-", "dict[", "constrained"))]
        field = ".".join([at, *place[:2]])
        known = tuple((ByRow if len(place) > 1 else model).model_fields)
        if item["type"] == "extra_forbidden":
            self.tell(
                field, "key_unknown", f"the key {place[-1]}", f"one of {', '.join(known)}", _near(place[-1], known)
            )
        elif item["type"] == "missing":
            self.tell(field, "key_missing", f"no key {place[-1]}", f"the key {place[-1]}", f"State {place[-1]}.")
        elif not any(problem.field == field for problem in self.problems):
            found = _shown(item["input"])
            self.tell(field, "value_type", found, item["msg"].replace("Input should be ", ""), f"Correct {field}.")

    def tables(self, raw: object) -> dict[str, dict[str, str]]:
        if not isinstance(raw, dict):
            self.tell("values", "value_type", _shown(raw), "tables of translation by name", "Write [values.NAME].")
            return {}
        found: dict[str, dict[str, str]] = {}
        for name, table in raw.items():
            read = self.part(_Table, {"words": table}, f"values.{name}")
            found[name] = read.words if read else {}
        return found

    def columns(self, raw: object, *, of_xml: bool) -> dict[str, Source]:
        if not isinstance(raw, dict) or not raw:
            self.tell(
                "columns", "key_missing", _shown(raw), "a section [columns]", "State where each column comes from."
            )
            return {}
        found: dict[str, Source] = {}
        for name, stated in raw.items():
            if name not in COLUMNS:
                self.tell(f"columns.{name}", "key_unknown", f"the column {name}", f"one of {', '.join(COLUMNS)}",
                          _near(name, COLUMNS))  # fmt: skip
                continue
            source = self.part(Source, {"column": stated} if isinstance(stated, str) else stated, f"columns.{name}")
            if source is not None:
                found[name] = source
        for name in REQUIRED:
            told = name in raw or (name == "hs_code" and "form" in raw) or (name == "line_id" and of_xml)
            if not told:
                self.tell(f"columns.{name}", "column_missing", "nothing", f"where {name} comes from",
                          f'Write {name} = "…", or {name} = {{ constant = "…" }} where it is always the same.')  # fmt: skip
        return found

    def names(self, raw: object) -> tuple[str, ...]:
        if isinstance(raw, list) and all(isinstance(name, str) for name in raw):
            return tuple(raw)
        self.tell(
            "ignore", "value_type", _shown(raw), "a list of column names", 'Write ignore = ["…"], above all sections.'
        )
        return ()

    def check_layout(self, layout: Layout) -> None:
        if not layout.separator.isascii() or layout.separator in '"\r\n\0':
            self.tell("file.separator", "value_not_allowed", _shown(layout.separator), "one character such as ; or a tab",
                      'Write separator = ";".')  # fmt: skip
        try:
            "".encode(layout.encoding)
        except LookupError:
            self.tell("file.encoding", "value_not_allowed", _shown(layout.encoding),
                      "the name of an encoding of text", "Write utf-8, utf-16, latin-1 or cp1252.")  # fmt: skip
        self.check_days("file.date", layout.date)
        self.check_marks("file", layout.decimal, layout.thousands)

    def check_marks(self, at: str, decimal: str, thousands: str | None) -> None:
        if thousands and (thousands == decimal or len(thousands) > 1 or thousands.isalnum() or thousands in "+-"):
            self.tell(f"{at}.thousands", "value_not_allowed", _shown(thousands),
                      "one character that is no digit and not the decimal mark", "Correct one of the two.")  # fmt: skip

    def check_source(self, ours: str, source: Source, mapping: Mapping) -> None:
        at = f"columns.{ours}"
        stated = [name for name in SOURCES if getattr(source, name) is not None]
        if len(stated) != 1:
            found = " and ".join(stated) or "none"
            self.tell(at, "source_repeated" if stated else "key_missing", found, f"one of {', '.join(SOURCES)}",
                      "State one place that the value comes from.")  # fmt: skip
            return
        for code, key, found, expected, remedy in (*_misplaced(ours, source), *_untold(ours, source, mapping)):
            self.tell(f"{at}.{key}", code, found, expected, remedy)
        if source.date:
            self.check_days(f"{at}.date", source.date)
        if source.date_by:
            for word, form in source.date_by.values.items():
                self.check_days(f"{at}.date_by.values.{word}", (form,))
        decimal = source.decimal or mapping.layout.decimal
        self.check_marks(at, decimal, source.thousands)

    def check_days(self, at: str, forms: Sequence[str]) -> None:
        for form in forms:
            parts, rest = _PARTS.findall(form), _PARTS.sub("", form)
            days = sorted(part for part in parts if part in {"YYYY", "MM", "DD"})
            if days != ["DD", "MM", "YYYY"] or len(set(parts)) < len(parts) or re.search("[A-SU-Za-z0-9]", rest):
                self.tell(at, "value_not_allowed", _shown(form), "a day of YYYY, MM and DD, each once, such as DD.MM.YYYY",
                          "Write a year of four digits; a time is hh, mm, ss and zzz.")  # fmt: skip
        alike: dict[str, str] = {}
        for form in forms:
            shape = day_pattern(form)
            if alike.setdefault(shape, form) != form:
                self.tell(at, "forms_ambiguous", f"{alike[shape]} and {form}", "forms that no day fits twice",
                          "State the one that the file is written in.")  # fmt: skip

    def check_paths(self, mapping: Mapping) -> None:
        elements = mapping.elements
        if elements is None:
            return
        named = [*((f"columns.{ours}", name) for ours, name in mapping.uses()),
                 *(("xml.ids", name) for name in elements.ids), ("xml.number", elements.number)]  # fmt: skip
        for at, path in named:
            fault = path_fault(path, (elements.shipment, elements.item))
            if fault:
                self.tell(at, "path_malformed", _shown(path), fault, "Correct the path.")


class _Table(BaseModel):
    words: Words


def _misplaced(ours: str, source: Source) -> Iterator[tuple[str, str, str, str, str]]:
    """Keys that mean nothing for this column or this kind of source."""
    places = (
        (ours in NUMBERS, _OF_NUMBERS, "columns of numbers"),
        (ours in DATES, ("date", "date_by"), "columns of days"),
        (ours not in NUMBERS and ours not in DATES, _OF_TEXTS, "columns of text"),
        (ours in AMOUNTS, ("currency_column", "sum"), "columns of amounts"),
        (source.join is not None, ("may_lack",), "a column that is joined"),
        (source.join is not None or source.all is not None, ("between",), "a column that is joined"),
    )
    for key, where in ((key, where) for fits, keys, where in places for key in keys if not fits):
        if getattr(source, key) is not None:
            yield "key_misplaced", key, f"{key} at {ours}", f"{key} at {where} only", "Take it out."
    if source.constant is not None and len(source.model_fields_set) > 1:
        others = ", ".join(sorted(source.model_fields_set - {"constant"}))
        yield "key_misplaced", "constant", others, "a constant alone", "Write the constant as ours is written."
    for one, other in (("unit", "unit_by"), ("sum", "unit_by"), ("date", "date_by")):
        if getattr(source, one) is not None and getattr(source, other) is not None:
            yield "source_repeated", other, f"{one} and {other}", "one of the two", "Take one out."


def _untold(ours: str, source: Source, mapping: Mapping) -> Iterator[tuple[str, str, str, str, str]]:
    """Tables, units and parts that are named and are not there."""
    if isinstance(source.values, str) and source.values not in mapping.values:
        near = _near(source.values, tuple(mapping.values))
        yield "table_unknown", "values", _shown(source.values), "a table of [values]", near
    for name in set(source.may_lack or ()) - set(source.join or source.may_lack or ()):
        yield "value_not_allowed", "may_lack", _shown(name), f"one of {', '.join(source.join or ())}", "Correct it."
    if source.all and mapping.elements is None:
        yield "key_misplaced", "all", "all", "all in mappings of XML only", "Use join."
    for key in ("constant", "otherwise"):
        value = getattr(source, key)
        if value is not None:
            yield from _unfit(ours, key, value)
    if ours in NUMBERS:
        for key, unit in _units(source):
            yield from _no_unit(ours, key, unit)


def _units(source: Source) -> Iterator[tuple[str, str]]:
    """Each unit that is named, with its key."""
    if source.unit:
        yield "unit", source.unit
    if source.unit_by:
        yield from ((f"unit_by.values.{word}", unit) for word, unit in source.unit_by.values.items())
        if source.unit_by.empty:
            yield "unit_by.empty", source.unit_by.empty


def _unfit(ours: str, key: str, value: str) -> Iterator[tuple[str, str, str, str, str]]:
    """A constant that is no number or day, where the column holds these."""
    if ours in NUMBERS and not re.fullmatch(r"[0-9]{1,15}([.][0-9]{1,6})?", value):
        yield "value_not_allowed", key, _shown(value), "a number like 1250.5, in quotation marks", f"Correct {key}."
    if ours in DATES:
        try:
            date.fromisoformat(value if len(value) == 10 else "")
        except ValueError:
            yield "value_not_allowed", key, _shown(value), "a day as YYYY-MM-DD", f"Correct {key}."


def _no_unit(ours: str, key: str, unit: str) -> Iterator[tuple[str, str, str, str, str]]:
    try:
        unit_factor(ours, unit)
    except ValueError:
        remedy = "Use one of these."
        if "gross" in unit.lower():
            remedy = "A gross mass does not tell the net mass: name the column of the net mass."
        elif unit.lower() in {"ton", "tons"}:
            remedy = "A ton may be each of t, short_ton and long_ton: say which."
        expected = {"net_mass_kg": f"one of {', '.join(MASSES)}", "content": " or ".join(SHARES)}
        yield "unit_unknown", key, _shown(unit), expected.get(ours, ", ".join(AMOUNT_UNITS)), remedy


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}? Else take it out." if near else "Take it out."


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
