"""What can happen to an entry, as the record has it. Each event holds all that follows from it: nothing is decided again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.entries.records import (
    Adjustment,
    AssessedLine,
    Basis,
    BondKind,
    EntryKind,
    Posting,
    Ruling,
    Untouched,
)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last days of an entry's stages: to liquidate it, to protest and to correct once it is liquidated, to keep goods under it."""

    liquidate_by: date | None
    protest_by: date | None
    correct_by: date | None
    keep_to: date | None = None


@dataclass(frozen=True, slots=True)
class EntryFiled:
    """Goods were entered. `deadlines` are those that hold where nobody liquidates the entry; `extend_to` is as far as it may be extended.

    `parent` names the warehouse or temporary entry out of which they come, `taken` the kilograms of each of its lines. `evidence` names the
    measures that the lines met.
    """

    entry: str
    account: str
    importer: str
    kind: EntryKind
    on: date
    filed_on: date
    currency: str
    lines: tuple[AssessedLine, ...]
    basis: Basis
    deadlines: Deadlines
    extend_to: date | None
    deposit_on: date
    postings: tuple[Posting, ...]
    bond: str | None
    parent: str | None
    taken: tuple[tuple[str, Decimal], ...]
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GoodsLeft:
    """Goods left a warehouse or temporary admission and went out again: kilograms of each line; security that is released for them.

    `reference` is the document's own name.
    """

    entry: str
    on: date
    reference: str
    taken: tuple[tuple[str, Decimal], ...]
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class EntryExtended:
    """The time to liquidate an entry was extended."""

    entry: str
    on: date
    liquidate_by: date
    deadlines: Deadlines
    reason: str


@dataclass(frozen=True, slots=True)
class EntryLiquidated:
    """What an entry owes was determined; `adjustment` is what that changes, None for nothing."""

    entry: str
    on: date
    protest_by: date
    correct_by: date
    adjustment: Adjustment | None
    untouched: tuple[Untouched, ...]
    basis: Basis
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryProtested:
    """The account objects to what was liquidated."""

    entry: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ProtestDecided:
    """A protest was approved, with what that changes, or denied."""

    entry: str
    on: date
    outcome: Literal["approved", "denied"]
    reason: str
    appeal_by: date
    adjustment: Adjustment | None
    untouched: tuple[Untouched, ...]
    basis: Basis
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryCancelled:
    """An entry was taken back before it was liquidated: what it owed is credited, its security released."""

    entry: str
    on: date
    reason: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class EntryClosed:
    """Nothing can change and nothing is owed: what is left of the security is released."""

    entry: str
    on: date
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class EntriesCorrected:
    """Past entries were assessed again by what is known now: the new entries that this issues, and the lines that are left alone."""

    correction: int
    on: date
    reason: str
    adjustments: tuple[Adjustment, ...]
    untouched: tuple[Untouched, ...]
    basis: Basis
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AmountPaid:
    """Money came in for an entry, or a refund went out (`refund`). `reference` is the payment's own name."""

    entry: str
    on: date
    reference: str
    refund: bool
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class BondLodged:
    """A surety stands for an account up to an amount: for one entry, or for all of the bond's days."""

    bond: str
    account: str
    kind: BondKind
    amount: Decimal
    valid_from: date
    valid_to: date | None
    on: date


@dataclass(frozen=True, slots=True)
class BondCalled:
    """The surety was asked to pay what an account did not."""

    bond: str
    entry: str
    on: date
    amount: Decimal
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class RulingIssued:
    """An advance ruling binds from its first day on."""

    ruling: Ruling
    on: date


@dataclass(frozen=True, slots=True)
class RulingRevoked:
    """A ruling was revoked and binds no longer than `binds_to`, the end of its grace."""

    ruling: str
    on: date
    binds_to: date
    reason: str


EntryEvent = (
    EntryFiled
    | GoodsLeft
    | EntryExtended
    | EntryLiquidated
    | EntryProtested
    | ProtestDecided
    | EntryCancelled
    | EntryClosed
    | EntriesCorrected
    | AmountPaid
    | BondLodged
    | BondCalled
    | RulingIssued
    | RulingRevoked
)
