"""One value of a file of measures becomes what its field holds, or says why it cannot."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from footwall.quantity import exact_decimal
from footwall.tariffs.measures.fields import NOTHING, MeasureField, pair_kinds, separator_of

LENGTH_SHOWN: Final = 80
_WHOLE: Final = re.compile(r"[0-9]{1,9}")


class MisreadError(ValueError):
    """A value that its field cannot hold: code, expected, remedy."""

    def __init__(self, code: str, expected: str, remedy: str) -> None:
        """Keep what a problem needs."""
        super().__init__(code)
        self.code, self.expected, self.remedy = code, expected, remedy


class NumberText(str):
    """A number of a JSON file, as it is written there."""

    __slots__ = ()


class JSONObject(dict[str, Any]):
    """An object of a JSON file; `repeated` names the keys that it holds more than once."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs) if len(self) < len(pairs) else Counter()
        self.repeated = sorted(key for key, count in counts.items() if count > 1)


class Cells(dict[str, str]):
    """A row of CSV: only what is filled in."""


def from_cell(one: MeasureField, cell: str) -> object:
    """What a cell of CSV says. Raises MisreadError where its field cannot hold that."""
    text = cell.strip()
    if one.kind == "words":
        return () if one.optional and text == NOTHING else tuple(text.split())
    if one.kind == "pairs":
        listed = () if one.optional and text == NOTHING else text.split(_separator(one))
        return tuple(_pair(one, [cell or None for cell in part.split(":")]) for part in listed if part.strip())
    if one.kind == "truth":
        return _truth({"true": True, "false": False}.get(text))
    return _scalar(one, cell)


def from_json(one: MeasureField, value: object) -> object:
    """What a value of JSON says. Raises MisreadError where its field cannot hold that."""
    if one.kind in {"words", "pairs"}:
        if not isinstance(value, list):
            raise MisreadError("list_malformed", "a list", "Write it between [ and ].")
        if one.kind == "pairs":
            return tuple(_pair(one, item) for item in value)
        if not all(map(is_text, value)):
            raise MisreadError("list_malformed", "a list of texts", "Write each of them in quotation marks.")
        return tuple(value)
    if one.kind == "truth":
        return _truth(value)
    return _scalar(one, value)


def _scalar(one: MeasureField, value: object) -> object:
    match one.kind:
        case "day":
            return _day(value)
        case "number":
            return _number(value)
        case "whole":
            if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
                return int(value)
            raise MisreadError("number_malformed", "a whole number", "Write digits alone.")
    if not is_text(value):
        raise MisreadError("text_malformed", "text", "Write it in quotation marks.")
    return value


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise MisreadError("truth_malformed", "true or false", "Write one of the two.")


def _day(value: object) -> date:
    if is_text(value) and len(text := str(value).strip()) == len("YYYY-MM-DD"):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise MisreadError("date_malformed", "a day as YYYY-MM-DD", "Write it as 2026-05-31.")


def _number(value: object) -> Decimal:
    if isinstance(value, str):
        try:
            return exact_decimal(str(value))
        except ValueError:
            pass
    raise MisreadError("number_malformed", "a number with a decimal point", "Write digits, such as 1250.5.")


def _separator(one: MeasureField) -> str | None:
    """What parts two records in a cell; None: blanks, however many."""
    record: Any = one.pair
    return separator_of(record).strip() or None


def _pair(one: MeasureField, item: object) -> object:
    record: Any = one.pair
    kinds = pair_kinds(record)
    if isinstance(item, JSONObject) and not item.repeated and set(item) <= set(kinds):
        item = [item.get(name) for name in kinds]
    if not isinstance(item, list) or len(item) > len(kinds):
        raise MisreadError("list_malformed", _records(kinds), "Write each of them whole.")
    values = item + [None] * (len(kinds) - len(item))
    return record(*(_part(kind, value, kinds) for kind, value in zip(kinds.values(), values, strict=True)))


def _part(kind: tuple[str, bool], value: object, kinds: Mapping[str, object]) -> object:
    name, optional = kind
    if value is None:
        if optional:
            return None
        raise MisreadError("list_malformed", _records(kinds), "Write each of them whole.")
    if name == "number":
        return _number(value)
    if not is_text(value):
        raise MisreadError("text_malformed", "text", "Write it in quotation marks.")
    return value


def _records(kinds: Mapping[str, object]) -> str:
    *names, last = kinds
    return f"records of {', '.join(names)} and {last}"


def is_text(value: object) -> bool:
    """Whether a value of JSON is text, and not a number."""
    return isinstance(value, str) and not isinstance(value, NumberText)


def told_value(value: object) -> str:
    """What was found, in a few characters that a terminal can show."""
    if value is None:
        return "nothing"
    if isinstance(value, NumberText):
        return str(value)[:LENGTH_SHOWN]
    if isinstance(value, str):
        return ascii(value[:LENGTH_SHOWN]) if not value.isprintable() else repr(value[:LENGTH_SHOWN])
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a list" if isinstance(value, list) else "an object"


def short(name: str) -> str:
    """A name or a sentence of somebody else, as much of it as is shown, with nothing in it that a terminal obeys."""
    return name[:LENGTH_SHOWN] if name.isprintable() else ascii(name[:LENGTH_SHOWN])
