"""How a value is written as JSON, in the journal and on the screen: one form, so that a figure reads the same in both.

A decimal keeps its own scale (1.50 is not 1.5), because the journal must give back the very same decimal. A certificate
has another form, `prices.certificate`, and on purpose: there equal prices must give equal bytes, so that zeros at the
end are cut off.
"""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from footwall.journal import JsonValue
from footwall.quantity import Unknown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def told(value: object, fields_of: "Callable[[DataclassInstance], Mapping[str, object]]") -> JsonValue:
    """`value` as JSON: decimals as text with all their digits, days as YYYY-MM-DD, an unknown as {"unknown": reason}.

    `fields_of` says which fields of a record are told. Raises TypeError for a value of any other type, a float above
    all: our own fault.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Unknown():
            return {"unknown": value.reason}
        case tuple() | list():
            return [told(inner, fields_of) for inner in value]
        case Mapping():
            return {str(name): told(inner, fields_of) for name, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return told(fields_of(value), fields_of)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
