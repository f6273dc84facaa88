"""One text for one value (RFC 8785), and the hash that binds an entry to all entries before it.

A stranger can recompute a hash with any RFC 8785 library: sha256 of the canonical JSON of
`{effective_on, idempotency_key, kind, payload, previous_hash, recorded_at, sequence}`, the dates as the table writes them.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final, cast

import rfc8785

from footwall.errors import JournalError
from footwall.journal.records import JsonValue, Payload

_WHOLE_MAX: Final = 2**53  # from here on a reader that keeps numbers as doubles would read another number
_EXACT: Final = frozenset({str, bool, type(None)})
_INSTANT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


def canonical_text(payload: Payload) -> str:
    """The payload's canonical JSON. Raises JournalError for a value that JSON cannot hold exactly: the caller's fault.

    With keys in ASCII and no floats, which is all that a payload may hold, the standard library's sorted and compact
    JSON is the canonical one, and much faster than a general RFC 8785 library (a test holds the two equal).
    """
    if not _is_exact(payload):
        _refuse_inexact(payload, "payload")
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeError as error:
        raise JournalError(f"the payload holds text that is no Unicode: {error}") from None
    return text


def object_text(values: Mapping[str, str]) -> str:
    """The canonical JSON of an object whose values are canonical JSON already. Raises JournalError for a key that is not ASCII."""
    if not _are_ascii(values):
        _refuse_inexact(dict(values), "payload")
    return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{values[key]}" for key in sorted(values)) + "}"


def entry_hash(row: Mapping[str, str | int]) -> str:
    """SHA-256, in hexadecimal, over the canonical JSON of an entry's fields as a row of the table holds them.

    The row's own `hash` is not looked at. The payload's text goes in as it stands: canonical JSON nests, so this is the
    canonical JSON of the whole wherever the payload is in canonical form, and any change of that text changes the hash.
    """
    before = rfc8785.dumps({name: row[name] for name in ("effective_on", "idempotency_key", "kind")})
    after = rfc8785.dumps({name: row[name] for name in ("previous_hash", "recorded_at", "sequence")})
    whole = before[:-1] + b',"payload":' + str(row["payload"]).encode() + b"," + after[1:]
    return hashlib.sha256(whole).hexdigest()


def instant_text(instant: datetime) -> str:
    """`2024-01-31T18:00:00.000000Z`: texts sort as instants do. Raises JournalError without a time zone: the caller's fault."""
    if instant.tzinfo is None:
        raise JournalError(f"an instant needs a time zone, and {instant} has none: pass datetime(..., tzinfo=UTC)")
    return instant.astimezone(UTC).strftime(_INSTANT)


def instant_of(text: str) -> datetime:
    """The instant that `instant_text` wrote. Raises ValueError for any other text."""
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


def _is_exact(value: object) -> bool:
    """Whether JSON holds the value exactly. `_refuse_inexact` says the same with the place of what it cannot hold."""
    kind = type(value)
    if kind is dict:
        found = cast("dict[object, object]", value)
        return _are_ascii(found) and _are_exact(found.values())
    if kind is list:
        return _are_exact(cast("list[object]", value))
    return kind in _EXACT or (kind is int and abs(cast("int", value)) < _WHOLE_MAX)


def _are_exact(values: Collection[object]) -> bool:
    """Most lists and objects hold texts alone, and are taken by the kinds of what they hold."""
    return _EXACT.issuperset(map(type, values)) or all(map(_is_exact, values))


def _are_ascii(keys: Iterable[object]) -> bool:
    return all(type(key) is str and key.isascii() for key in keys)


def _refuse_inexact(value: object, place: str) -> None:
    match value:
        case None | bool() | str():
            return
        case int() if abs(value) < _WHOLE_MAX:
            return
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise JournalError(f"{place} has the key {key!r}; keys of a payload are ASCII text")
                _refuse_inexact(inner, f"{place}.{key}")
        case list():
            for inner in value:
                _refuse_inexact(inner, f"{place}[]")
        case _:
            raise JournalError(
                f"{place} holds {str(value)[:40]} ({type(value).__name__}); a payload holds text, whole numbers, "
                "truth values, lists and objects: write a decimal, a date or a vast number as text"
            )


def payload_of(text: str) -> dict[str, JsonValue]:
    """The payload that a canonical text holds. Raises ValueError where the text is no JSON object."""
    payload = json.loads(text)
    if not isinstance(payload, dict):
        raise ValueError("the payload is not an object")  # noqa: TRY004 - one kind of fault for the caller
    return payload


def day_of(text: str) -> date:
    """The day that an entry's text names. Raises ValueError for text that is no ISO date."""
    return date.fromisoformat(text)
