"""One raw record of a file, a request or a call becomes a `Line`, or the problems that keep it from being one.

`footwall.duties.shape` says the same in SQL, as one yes or no; what it turns away comes here to be told why.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from numbers import Real

from footwall.duties.records import Line
from footwall.errors import Problem
from footwall.quantity import exact_decimal

VALUE_DIGITS_MAX = 15
"""Whole digits of an amount or a mass: beyond them the wide lane's 38 digits could overflow."""
PLACES_MAX = 6
TEXT_LENGTH_MAX = 1000

REQUIRED = ("line_id", "entry_date", "importer", "origin", "hs_code", "net_mass_kg", "customs_value", "currency")
OPTIONAL = (
    "form",
    "content",
    "freight_insurance",
    "valuation_basis",
    "related_parties",
    "direct_invoice",
    "entry_type",
)
BY_RULE = (
    "preference_certificate",
    "export_date",
    "lading_date",
    "contract_date",
    "contents",
    "stage_origins",
    "credit_refs",
)
"""Columns that are read where a rule of the schedule asks for them (`footwall.duties.asked`)."""
NOT_READ = ("incoterm",)
"""Columns of the contract that no rule reads."""

CODE = re.compile(r"[0-9]{6,10}")
NUMBER = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?")
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})
_CHOICES = {
    "valuation_basis": ("fob", "cif"),
    "entry_type": ("consumption", "withdrawal", "warehouse", "temporary", "return"),
}

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""


class Unusable(Exception):  # noqa: N818 - one field cannot be read; caught where the record is read
    """One field cannot be read."""

    def __init__(self, code: str, found: str, expected: str, remedy: str) -> None:
        super().__init__(code)
        self.told = (code, found, expected, remedy)


def read_line(
    record: Mapping[str, object],
    row: int | None = None,
    source: str | None = None,
    asked: AbstractSet[str] = frozenset(BY_RULE),
) -> Line | tuple[Problem, ...]:
    """A `Line`, or every problem of the record, each with its row (1-based data record) and field.

    Of the columns BY_RULE only those in `asked` are read: what no rule asks for keeps no line from being assessed.
    """
    values, faults = read_values(record, asked)
    if faults:
        return tuple(
            Problem(code, found, expected, remedy, source=source, row=row, field=name)
            for name, code, found, expected, remedy in faults
        )
    return Line(**values)  # type: ignore[arg-type]


def read_values(
    record: Mapping[str, object], asked: AbstractSet[str], unread: AbstractSet[str] = frozenset()
) -> tuple[dict[str, object], tuple[Fault, ...]]:
    """The values of a record's fields, and every fault of the others; of those in `unread` nothing is known but that they cannot be read."""
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for name, read in _READERS.items():
        if name in unread or (name in BY_RULE and name not in asked):
            continue
        try:
            values[name] = read(name, record.get(name))
        except Unusable as fault:
            faults.append((name, *fault.told))
    return values, (*faults, *_contradictions(values))


def _contradictions(values: Mapping[str, object]) -> Iterator[Fault]:
    if values.get("hs_code", "") is None and values.get("form", "") is None:
        yield ("hs_code", "field_missing", "no code and no form", "an HS code of 6 to 10 digits",
               "State what the goods are.")  # fmt: skip
    entry = values.get("entry_date")
    for name in ("export_date", "lading_date", "contract_date"):
        day = values.get(name)
        if isinstance(day, date) and isinstance(entry, date) and day > entry:
            yield (name, "date_after_entry", str(day), f"a day up to that of entry, {entry}", "Correct one of the two.")
    contents = values.get("contents")
    if isinstance(contents, Mapping) and sum(contents.values(), Decimal(0)) > 1:
        yield ("contents", "contents_out_of_range", f"shares that sum to {sum(contents.values(), Decimal(0))}",
               "shares of the net mass that sum to at most 1", "Correct the shares.")  # fmt: skip


def shown(value: object) -> str:
    """A value as a person should see it in a message: quoted, and cut where it is long."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return repr(text) if len(text) <= 60 else f"{text[:57]!r}… ({len(text):,} characters)"


def _text(name: str, value: object) -> str:
    text = _optional_text(name, value)
    if text is None:
        raise Unusable("field_missing", "nothing", "a value", f"Fill in {name}.")
    return text


def _identifier(name: str, value: object) -> str:
    _text(name, value)
    return str(value)


def _optional_text(name: str, value: object) -> str | None:
    if value is None:
        return None
    text = str(value).strip()
    if len(text) > TEXT_LENGTH_MAX:
        expected = f"at most {TEXT_LENGTH_MAX} characters"
        raise Unusable("field_too_long", shown(text), expected, f"Shorten {name}; is a quotation mark missing?")
    return text or None


def _date(name: str, value: object) -> date:
    if isinstance(value, datetime):
        if value.time().replace(microsecond=0) != datetime.min.time() or value.microsecond:
            raise Unusable("date_malformed", shown(value), "a day without a time", "Write YYYY-MM-DD.")
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(name, value)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Unusable("date_malformed", shown(text), "a day as YYYY-MM-DD", f"Correct {name}.")


def _code(name: str, value: object) -> str | None:
    text = _optional_text(name, value)
    if text is None or CODE.fullmatch(text):
        return text
    remedy = "Write the code as text, without dots."
    if text.isascii() and text.isdigit() and len(text) < 6:
        remedy = "Leading zeros may have been lost: write the code as text."
    raise Unusable("hs_code_malformed", shown(text), "6 to 10 digits", remedy)


def _number(name: str, value: object) -> Decimal | None:
    if isinstance(value, str):
        value = _optional_text(name, value)
    if value is None:
        return None
    kind = name.replace("net_", "").removesuffix("_kg")
    if not isinstance(value, Decimal | Real | str) or (isinstance(value, str) and not NUMBER.fullmatch(value)):
        raise Unusable(f"{kind}_malformed", shown(value), "a number like 1250.5", "Write digits with a decimal point.")
    try:
        number = exact_decimal(value)
    except ValueError:
        raise Unusable(
            f"{kind}_malformed", shown(value), "a number like 1250.5", "Write digits with a decimal point."
        ) from None
    if number.adjusted() >= VALUE_DIGITS_MAX:
        expected = f"at most {VALUE_DIGITS_MAX} digits before the decimal point"
        raise Unusable(f"{kind}_out_of_range", shown(value), expected, "Check the unit, or split the line.")
    if -int(number.normalize().as_tuple().exponent) > PLACES_MAX:
        expected = f"at most {PLACES_MAX} digits after the decimal point"
        raise Unusable(
            f"{kind}_out_of_range", shown(value), expected, "Round it: nothing here rounds what was declared."
        )
    return number


def _amount(name: str, value: object) -> Decimal | None:
    number = _number(name, value)
    if number is not None and number < 0:
        raise Unusable(f"{name}_negative", shown(value), "zero or more", "State corrections as entries of their own.")
    return number


def _required_amount(name: str, value: object) -> Decimal:
    number = _amount(name, value)
    if number is None:
        raise Unusable("field_missing", "nothing", "a value", f"Fill in {name}; zero is a statement, nothing is not.")
    return number


def _mass(name: str, value: object) -> Decimal:
    number = _number(name, value)
    if number is None:
        raise Unusable("field_missing", "nothing", "a value", f"Fill in {name} in kilograms.")
    if number <= 0:
        raise Unusable("mass_not_positive", shown(value), "more than 0 kg", "State the net mass in kilograms.")
    return number


def _share(name: str, value: object) -> Decimal | None:
    number = _number(name, value)
    if number is not None and not 0 < number <= 1:
        raise Unusable(f"{name}_out_of_range", shown(value), "a fraction above 0 and up to 1", "Write 65 % as 0.65.")
    return number


def _flag(name: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if not text:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise Unusable(f"{name}_malformed", shown(value), "true or false", "Write true or false, or leave it out.")


def _choice(name: str, value: object) -> str | None:
    text = _optional_text(name, value)
    if text is None:
        return "consumption" if name == "entry_type" else None
    if text not in _CHOICES[name]:
        expected = f"one of {', '.join(_CHOICES[name])}"
        raise Unusable(f"{name}_unknown", shown(text), expected, "Use one of these words, or leave it out.")
    return text


def _optional_date(name: str, value: object) -> date | None:
    return None if value is None or (isinstance(value, str) and not value.strip()) else _date(name, value)


def _pairs(name: str, value: object) -> dict[str, object] | None:
    """A mapping, or one told as JSON; pairs as DuckDB tells a map's."""
    if isinstance(value, str):
        text = _optional_text(name, value)
        try:
            value = None if text is None else json.loads(text, object_pairs_hook=_once, parse_float=Decimal)
        except (ValueError, RecursionError):
            value = text
    if value is None:
        return None
    if isinstance(value, Mapping):
        told = {key: item for key, item in value.items() if item is not None}
        found = {_name(name, key): item for key, item in told.items()}
        if all(found) and len(found) == len(told):
            return found or None
    example = _EXAMPLES[name]
    raise Unusable(f"{name}_malformed", shown(value), f"an object like {example}", "Write it as JSON, each name once.")


def _name(column: str, key: object) -> str:
    """A name as it counts: a stage in small letters, an element as its symbol is written."""
    return str(key).strip().lower() if column == "stage_origins" else str(key).strip()


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


_EXAMPLES = {"contents": '{"Nd": "0.22", "Dy": "0.03"}', "stage_origins": '{"separated": "AU"}'}


def _contents(name: str, value: object) -> dict[str, Decimal] | None:
    found: dict[str, Decimal] = {}
    for element, share in (_pairs(name, value) or {}).items():
        number = _share(name, share)
        if number is not None:
            found[element] = number
    return found or None


def _stage_origins(name: str, value: object) -> dict[str, str] | None:
    found = {stage: str(country).strip() for stage, country in (_pairs(name, value) or {}).items()}
    return found or None


def _references(name: str, value: object) -> tuple[str, ...]:
    """Names of credits: a list, one told as JSON, or words parted by blanks, commas or semicolons."""
    if isinstance(value, str):
        text = _optional_text(name, value)
        try:
            value = json.loads(text) if text is not None and text.startswith("[") else re.split(r"[\s,;]+", text or "")
        except (ValueError, RecursionError):
            raise Unusable(
                f"{name}_malformed", shown(text), "names parted by blanks, or a JSON list", "Correct it."
            ) from None
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or any(not isinstance(one, str) for one in value):
        raise Unusable(f"{name}_malformed", shown(value), "names parted by blanks, or a JSON list", "Correct it.")
    named = [one.strip() for one in value if one.strip()]
    if len(set(named)) < len(named):
        raise Unusable(f"{name}_repeated", shown(value), "each credit once", "Name a credit once: it is used once.")
    return tuple(named)


_READERS: dict[str, Callable[[str, object], object]] = {
    "line_id": _identifier,
    "entry_date": _date,
    "importer": _text,
    "origin": _text,
    "hs_code": _code,
    "form": _optional_text,
    "net_mass_kg": _mass,
    "customs_value": _required_amount,
    "currency": _text,
    "content": _share,
    "freight_insurance": _amount,
    "valuation_basis": _choice,
    "related_parties": _flag,
    "direct_invoice": _flag,
    "entry_type": _choice,
    "preference_certificate": _optional_text,
    "export_date": _optional_date,
    "lading_date": _optional_date,
    "contract_date": _optional_date,
    "contents": _contents,
    "stage_origins": _stage_origins,
    "credit_refs": _references,
}


def read_contents(text: str) -> Mapping[str, Decimal] | None:
    """The shares that the column tells; None where it tells none, they cannot be read, or sum to more than the goods."""
    try:
        found = _contents("contents", text)
    except Unusable:
        return None
    return None if found is None or sum(found.values(), Decimal(0)) > 1 else found


def read_stages(text: str) -> Mapping[str, str] | None:
    """Where each stage was done, as the column tells it; None where it cannot be read."""
    try:
        return _stage_origins("stage_origins", text) or {}
    except Unusable:
        return None


read_text, read_day, read_amount = _text, _date, _required_amount
"""One field of a record, by its name; each raises Unusable for what cannot be read."""
