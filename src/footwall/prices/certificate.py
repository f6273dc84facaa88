"""A certificate as canonical JSON: every decimal a string in plain notation, the same bytes for the same price anywhere.

Decimals lose the zeros at their end, for 1.50 and 1.5 are one price. The journal keeps them (`desk.told`): it must give
back the decimal that it was given.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeAlias, cast

from pydantic import BaseModel

from footwall.memory import no_search_for_circles
from footwall.prices.records import Certificate
from footwall.quantity import Unknown, plain

JSON: TypeAlias = Mapping[str, "JSON"] | list["JSON"] | str | int | bool | None


def canonical(certificate: Certificate) -> dict[str, JSON]:
    """The certificate as plain JSON values: decimals and dates are strings, an unknown is {"unknown": reason}."""
    return _record(certificate)


def certificate_json(certificate: Certificate) -> bytes:
    """The certificate's canonical bytes (RFC 8785: sorted keys, no spaces, UTF-8).

    With keys in ASCII and no number but small whole ones, which is all that a certificate holds, the standard library's
    sorted and compact JSON is the canonical one, and much faster than a general library (a test holds the two equal).
    """
    with no_search_for_circles():
        return json.dumps(canonical(certificate), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def certificate_hash(certificate: Certificate) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(certificate_json(certificate)).hexdigest()


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a record, in their order."""
    if not (issubclass(kind, BaseModel) or is_dataclass(kind)):
        raise TypeError(f"{kind.__name__} has no place in a certificate")
    return tuple(kind.model_fields if issubclass(kind, BaseModel) else (field.name for field in fields(kind)))


@cache
def _values(kind: Hashable) -> Callable[[object], tuple[object, ...]]:
    """What reads all fields of a record at once: a certificate of many data has many records."""
    names = _names(kind)
    if len(names) == 1:
        return lambda record: (getattr(record, names[0]),)
    return cast("Callable[[object], tuple[object, ...]]", attrgetter(*names))


def _record(record: object) -> dict[str, JSON]:
    """Field by field; of text and numbers nothing more is asked than their kind."""
    kind = cast("Hashable", type(record))
    return {
        name: value if type(value) in _AS_THEY_ARE else _plain_value(value)  # type: ignore[misc]
        for name, value in zip(_names(kind), _values(kind)(record), strict=True)
    }


def _plain_value(value: object) -> JSON:
    """By exact type, since a certificate of many data has as many values as a book has words."""
    kind = type(value)
    if kind is Decimal:
        return plain(cast("Decimal", value))
    if kind is date:
        return cast("date", value).isoformat()
    if kind is tuple:
        return [_plain_value(item) for item in cast("tuple[object, ...]", value)]
    if kind is Unknown:
        return {"unknown": cast("Unknown", value).reason}
    return cast("JSON", value) if kind in _AS_THEY_ARE else _record(value)


_AS_THEY_ARE: Final = frozenset({type(None), str, int, bool})
