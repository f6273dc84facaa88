"""A certificate as canonical JSON: every decimal a string in plain notation, the same bytes for the same price anywhere.

Decimals lose the zeros at their end, for 1.50 and 1.5 are one price. The journal keeps them (`desk.telling`): it must give
back the decimal that it was given.
"""

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain, islice
from json.encoder import encode_basestring
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

    Written straight from the records: with keys in ASCII and no number but small whole ones, which is all that a
    certificate holds, that is much faster than a library (a test holds it equal to `canonical` and to a general one).
    """
    with no_search_for_circles():
        return _texts([certificate])[0].encode()


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
def _reader(*names: str) -> Callable[[object], tuple[object, ...]]:
    """What reads these fields of a record at once: a certificate of many data has many records."""
    if len(names) == 1:
        return lambda record: (getattr(record, names[0]),)
    return cast("Callable[[object], tuple[object, ...]]", attrgetter(*names))


def _record(record: object) -> dict[str, JSON]:
    """Field by field; of text and numbers nothing more is asked than their kind."""
    names = _names(cast("Hashable", type(record)))
    return {
        name: value if type(value) in _AS_THEY_ARE else _plain_value(value)  # type: ignore[misc]
        for name, value in zip(names, _reader(*names)(record), strict=True)
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


def _texts(values: Sequence[Any]) -> list[str]:
    """Each of `values` as canonical JSON: those of one type all at once, for a certificate of many data has few types."""
    kinds = set(map(type, values))
    if len(kinds) == 1:
        (kind,) = kinds
        return _TEXTS.get(kind, _texts_of_records)(values)
    found = {kind: iter(_texts([value for value in values if type(value) is kind])) for kind in kinds}
    return [next(found[type(value)]) for value in values]


def _texts_of_records(records: Sequence[Any]) -> list[str]:
    """Records of one type, field by field: the columns are written, and put together by row."""
    names = sorted(_names(cast("Hashable", type(records[0]))))
    columns = zip(*map(_reader(*names), records), strict=True)
    template = "{" + ",".join(f'"{name}":%s' for name in names) + "}"
    return list(map(template.__mod__, zip(*map(_texts, columns), strict=True)))


def _texts_of_tuples(tuples: Sequence[tuple[object, ...]]) -> list[str]:
    inner = iter(_texts(list(chain.from_iterable(tuples))))
    return [f"[{','.join(islice(inner, len(one)))}]" for one in tuples]


def _texts_of_days(days: Sequence[date]) -> list[str]:
    told = {day: f'"{day.isoformat()}"' for day in set(days)}
    return [told[day] for day in days]


_TEXTS: Final[Mapping[type, Callable[[Sequence[Any]], list[str]]]] = {
    type(None): lambda values: ["null"] * len(values),
    bool: lambda values: ["true" if value else "false" for value in values],
    int: lambda values: list(map(str, values)),
    str: lambda values: list(map(encode_basestring, values)),
    Decimal: lambda values: [f'"{plain(value)}"' for value in values],
    date: _texts_of_days,
    tuple: _texts_of_tuples,
    Unknown: lambda values: [f'{{"unknown":{encode_basestring(value.reason)}}}' for value in values],
}
