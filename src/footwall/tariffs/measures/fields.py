"""What each field of a measure holds, read from the record itself, and how a file writes it: one place for JSON and CSV.

A field that is added to `Measure` is read, written, compared and hashed without another line of code; one of a type that no
file can hold is refused by the tests.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Final, Literal, Union, get_args, get_origin, get_type_hints

from footwall.tariffs.measures.conditions import Conditions
from footwall.tariffs.measures.measure import Measure

FieldKind = Literal["text", "day", "number", "whole", "truth", "words", "pairs"]
JSONValue = None | bool | int | str | Sequence["JSONValue"] | Mapping[str, "JSONValue"]
NOTHING: Final = "nothing"
"""How CSV writes an empty list where a list left out would mean something else: `counts`, which has a default."""
_SCALARS: Final[tuple[tuple[type, FieldKind], ...]] = (
    (bool, "truth"),
    (int, "whole"),
    (date, "day"),
    (Decimal, "number"),
    (str, "text"),
)


@dataclass(frozen=True, slots=True)
class MeasureField:
    """One field: what it holds, whether it must be there, whether it may be None, and the record that its pairs are of."""

    name: str
    kind: FieldKind
    required: bool
    optional: bool
    pair: type | None


@cache
def measure_fields() -> tuple[MeasureField, ...]:
    """The fields of a measure in their order. Raises TypeError for one that no file can hold: our own fault."""
    hints = get_type_hints(Measure)
    return tuple(
        _field(one.name, hints[one.name], required=one.default is MISSING and one.default_factory is MISSING)
        for one in fields(Measure)
    )


def measure_json(measure: Measure) -> dict[str, JSONValue]:
    """A measure as a JSON object: every field, decimals as text with all their digits, days as YYYY-MM-DD."""
    return {one.name: _json(getattr(measure, one.name)) for one in measure_fields()}


def measure_cells(measure: Measure) -> list[str]:
    """A measure as a row of CSV: lists parted by blanks, pairs by colons; empty is left out."""
    return [_cell(getattr(measure, one.name), one) for one in measure_fields()]


def measures_sha256(measures: Iterable[Measure]) -> str:
    """The hash of what measures say, whatever their order: of their JSON by id, keys sorted, without blanks (RFC 8785)."""
    listed = sorted((measure_json(measure) for measure in measures), key=lambda row: str(row["measure_id"]))
    text = json.dumps(listed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def conditions_json(conditions: Conditions) -> dict[str, JSONValue]:
    """The rules of the day and of the origin that count as a JSON object, in the order of their ids."""
    return {
        name: [_json(rule) for rule in sorted(rules, key=lambda rule: rule.rule_id)]
        for name, rules in (("days", conditions.days), ("origins", conditions.origins))
    }


def schedule_sha256(measures: Iterable[Measure], conditions: Conditions) -> str:
    """The hash of what a schedule says: that of its measures, where it has no conditions; else of this hash and of them."""
    own = measures_sha256(measures)
    if not conditions.days and not conditions.origins:
        return own
    told = {"conditions": conditions_json(conditions), "measures": own}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _field(name: str, hint: object, *, required: bool) -> MeasureField:
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    kept = [part for part in parts if part is not NoneType]
    kind, pair = _kind(kept[0]) if len(kept) == 1 else (None, None)
    if kind is None:
        raise TypeError(f"the field {name} of a measure has a type that no file can hold: {hint}")
    return MeasureField(name, kind, required, len(kept) < len(parts), pair)


def _kind(hint: object) -> tuple[FieldKind | None, type | None]:
    if get_origin(hint) is Literal:
        return "text", None
    if get_origin(hint) is Sequence:
        (item,) = get_args(hint)
        if isinstance(item, type) and is_dataclass(item):
            return "pairs", item
        return ("words" if item is str or get_origin(item) is Literal else None), None
    return next((kind for type_, kind in _SCALARS if hint is type_), None), None


def _json(value: object) -> JSONValue:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_json(item) for item in value]
    if is_dataclass(value):
        return {one.name: _json(getattr(value, one.name)) for one in fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in a file of measures")


def pair_kinds(record: type) -> dict[str, tuple[FieldKind, bool]]:
    """What each part of a record of `pairs` holds, and whether it may be left out. Raises TypeError as `measure_fields` does."""
    hints = get_type_hints(record)
    found = {part.name: _field(part.name, hints[part.name], required=True) for part in fields(record)}
    if any(one.kind not in {"number", "text"} for one in found.values()):
        raise TypeError(f"{record.__name__} has a part that no file can hold")
    return {name: (one.kind, one.optional) for name, one in found.items()}


def separator_of(record: type) -> str:
    """What parts two records in a cell of CSV: a blank, or a semicolon where their texts may hold blanks."""
    return ";" if any(kind == "text" for kind, _ in pair_kinds(record).values()) else " "


def _part(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _cell(value: object, one: MeasureField) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case tuple() if not value and one.optional:
            return NOTHING
        case tuple() if one.pair is not None:
            parts = [":".join(_part(getattr(item, part.name)) for part in fields(one.pair)) for item in value]
            return separator_of(one.pair).join(parts)
        case tuple():
            return " ".join(value)
    return str(value)
