"""Results as JSON: every decimal as text with all its digits, every day as YYYY-MM-DD, an unknown with its reason."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal

from footwall.quantity import Unknown


def json_text(value: object) -> str:
    """`value` as JSON for people and programs."""
    return json.dumps(_told(value), ensure_ascii=False, indent=2)


def _told(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Unknown():
            return {"unknown": value.reason}
        case Mapping():
            return {str(name): _told(inner) for name, inner in value.items()}
        case Sequence() | set() | frozenset():
            return [_told(inner) for inner in value]
    if is_dataclass(value):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
