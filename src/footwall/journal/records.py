"""What the journal holds: entries, each bound to the one before it, and the head that names the last of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, TypeAlias

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
"""What a payload may hold. No floats: a decimal is written as text, at its own scale."""

Payload: TypeAlias = Mapping[str, JsonValue]

Clock: TypeAlias = Callable[[], datetime]
"""Tells the instant at which something is recorded, with its time zone."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a journal: its sequence, and the hash that stands for everything up to it."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        """`12:3f9a…`, in full, as people note it down."""
        return f"{self.sequence}:{self.hash}"


EMPTY: Final = Head(0, "0" * 64)
"""The head of a journal without entries."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something to record: `kind`, the day from which it has effect, a key that makes a retry harmless, and what it says."""

    kind: str
    effective_on: date
    idempotency_key: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Entry:
    """Something recorded. `recorded_at` is UTC; `hash` covers every other field, the hash before it included."""

    sequence: int
    kind: str
    effective_on: date
    recorded_at: datetime
    idempotency_key: str
    payload: Payload
    previous_hash: str
    hash: str


class SimulatedClock:
    """A clock that stands where it is put, so that an example writes the same journal on every machine."""

    def __init__(self, instant: datetime) -> None:
        """Stand at `instant` (with its time zone)."""
        self.instant = instant

    def __call__(self) -> datetime:
        """The instant it stands at."""
        return self.instant


def system_clock() -> datetime:
    """This machine's time, in UTC."""
    return datetime.now(UTC)
