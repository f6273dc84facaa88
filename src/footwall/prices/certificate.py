"""A certificate as canonical JSON: every decimal a string in plain notation, the same bytes for the same price anywhere.

Decimals lose the zeros at their end, for 1.50 and 1.5 are one price. The journal keeps them (`desk.told`): it must give
back the decimal that it was given.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

import rfc8785
from pydantic import BaseModel

from footwall.prices.records import Certificate
from footwall.quantity import Unknown, plain

JSON: TypeAlias = Mapping[str, "JSON"] | list["JSON"] | str | int | bool | None


def canonical(certificate: Certificate) -> dict[str, JSON]:
    """The certificate as plain JSON values: decimals and dates are strings, an unknown is {"unknown": reason}."""
    return {name: _plain_value(getattr(certificate, name)) for name in _names(Certificate)}


def certificate_json(certificate: Certificate) -> bytes:
    """The certificate's canonical bytes (RFC 8785: sorted keys, no spaces, UTF-8)."""
    return rfc8785.dumps(canonical(certificate))


def certificate_hash(certificate: Certificate) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(certificate_json(certificate)).hexdigest()


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a record, in their order."""
    return tuple(kind.model_fields if issubclass(kind, BaseModel) else (field.name for field in fields(kind)))


def _plain_value(value: object) -> JSON:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    kind: type[Any] = type(value)
    if issubclass(kind, BaseModel) or is_dataclass(kind):
        return {name: _plain_value(getattr(value, name)) for name in _names(kind)}
    raise TypeError(f"{type(value).__name__} has no place in a certificate")
