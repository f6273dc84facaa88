"""A certificate as canonical JSON: every decimal a string in plain notation, the same bytes for the same price anywhere."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import rfc8785
from pydantic import BaseModel

from footwall.prices.records import Certificate
from footwall.quantity import Unknown, plain

JSON: TypeAlias = Mapping[str, "JSON"] | list["JSON"] | str | int | bool | None


def canonical(certificate: Certificate) -> dict[str, JSON]:
    """The certificate as plain JSON values: decimals and dates are strings, an unknown is {"unknown": reason}."""
    return {field.name: _plain_value(getattr(certificate, field.name)) for field in fields(certificate)}


def certificate_json(certificate: Certificate) -> bytes:
    """The certificate's canonical bytes (RFC 8785: sorted keys, no spaces, UTF-8)."""
    return rfc8785.dumps(canonical(certificate))


def certificate_hash(certificate: Certificate) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(certificate_json(certificate)).hexdigest()


def _plain_value(value: object) -> JSON:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, BaseModel):
        return {name: _plain_value(getattr(value, name)) for name in type(value).model_fields}
    if is_dataclass(value):
        return {field.name: _plain_value(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place in a certificate")
