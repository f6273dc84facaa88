"""What an entry is made of: assessed lines, what they rest on, postings, bonds and rulings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from footwall.duties import Liability, Line
from footwall.quantity import Unknown, exact_arithmetic

EntryKind = Literal["consumption", "warehouse", "temporary"]
Component = Literal["ordinary", "additional", "floor", "interest", "late", "security", "called", "payment"]
"""What a posting is of. `late` is interest on what was paid late. `security` has a balance of its own; `called` is security that was taken; all others are duty, interest and payments."""

DUTIES: Final = ("ordinary", "additional", "floor")
PARTS: Final = (*DUTIES, "security")
KINDS: Final = get_args(EntryKind)
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a line owes, in its parts. A part that nobody knows is unknown, and so is every sum with it."""

    ordinary: Decimal | Unknown
    additional: Decimal | Unknown
    floor: Decimal | Unknown
    security: Decimal | Unknown

    @classmethod
    def of(cls, liability: Liability) -> "Amounts":
        """The parts of a liability."""
        return cls(liability.ordinary_duty, liability.additional_duty, liability.floor_duty, liability.security)

    def part(self, name: str) -> Decimal | Unknown:
        """One part by name."""
        found: Decimal | Unknown = getattr(self, name)
        return found

    @property
    def duty(self) -> Decimal | Unknown:
        """All but the security."""
        return total(self.part(name) for name in DUTIES)


NOTHING: Final = Amounts(ZERO, ZERO, ZERO, ZERO)


def total(amounts: Iterable[Decimal | Unknown]) -> Decimal | Unknown:
    """Their sum, or why the first of them that is unknown is so."""
    found = ZERO
    with exact_arithmetic():
        for amount in amounts:
            if isinstance(amount, Unknown):
                return amount
            found += amount
    return found


def known_total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts that are all known, to the last digit."""
    with exact_arithmetic():
        return sum(amounts, ZERO)


@dataclass(frozen=True, slots=True)
class Basis:
    """What an assessment rests on, so that it can be done again.

    `schedule` names the version: the day of its publication, or `restated` and why; `from_file` that somebody stated it in a file. `digest` is that of its measures. `rates` are those of
    the entry's day that were taken (`EUR/USD 2025-03-31`). `as_known_at` is the instant of the record's last entry before (UTC, ISO 8601).
    """

    schedule: str
    digest: str
    rulebook: str
    as_known_at: str
    rates: Mapping[str, Decimal]
    from_file: bool = False


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """A goods line as it was declared (`digest` is that of what it says), the ruling that binds it, and what it owes."""

    line: Line
    digest: str
    amounts: Amounts
    customs_value: Decimal
    measure_ids: tuple[str, ...]
    ruling: str | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount of an account, on a day. What is owed is above zero, what is paid, credited or released below.

    `due` is the day by which it is to be paid; None for what is no charge.
    """

    entry: str
    line: str
    component: Component
    amount: Decimal
    on: date
    due: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one part of a line owed until now, what it owes as is known now, and how much of that is issued."""

    line: str
    part: str
    was: Decimal | Unknown
    now: Decimal | Unknown
    change: Decimal | Unknown
    issued: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A new entry beside an old one: a bill, a refund, or a difference that is recorded only; with what happens to the security.

    `duty` is what is issued of duty, `interest` what it bears, `security` what more is to be lodged (released, where below zero).
    """

    entry: str
    kind: Literal["bill", "refund", "recorded"]
    changes: tuple[Change, ...]
    duty: Decimal
    interest: Decimal
    security: Decimal
    postings: tuple[Posting, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Untouched:
    """A line that owes otherwise as is known now, and why nothing is issued for it."""

    entry: str
    line: str
    reason: str
    change: Decimal | Unknown


BondKind = Literal["single", "continuous"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """An advance ruling: for its holder's goods that are declared so (`of_…`), it fixes how they are entered.

    It binds from its first to its last day; a revoked one until the end of its grace.
    """

    ruling: str
    holder: str
    importer: str
    valid_from: date
    valid_to: date
    of_hs_code: str | None = None
    of_form: str | None = None
    of_origin: str | None = None
    hs_code: str | None = None
    form: str | None = None
    origin: str | None = None
    content: Decimal | None = None
    valuation_basis: Literal["fob", "cif"] | None = None
    legal_basis: str = ""


def stated(record: object, names: Iterable[str]) -> dict[str, object]:
    """Those of the named fields that say something."""
    held = {field.name for field in fields(record)}  # type: ignore[arg-type]
    found = {name: getattr(record, name) for name in names if name in held}
    return {name: value for name, value in found.items() if value is not None}
