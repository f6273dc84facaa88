"""The entries as they stand: a fold over what happened to them, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.entries.events import (
    AmountPaid,
    BondCalled,
    BondLodged,
    Deadlines,
    EntriesCorrected,
    EntryCancelled,
    EntryClosed,
    EntryEvent,
    EntryExtended,
    EntryFiled,
    EntryLiquidated,
    EntryProtested,
    GoodsLeft,
    ProtestDecided,
    RulingIssued,
    RulingRevoked,
)
from footwall.entries.records import PARTS, ZERO, Adjustment, Amounts, Basis, Posting, known_total
from footwall.entries.rulings import HeldRuling
from footwall.quantity import Unknown, exact_arithmetic

Stage = Literal["kept", "provisional", "liquidated", "protested", "decided", "cancelled", "closed"]
"""What was last recorded of an entry; `standing` says what a day makes of it."""


@dataclass(frozen=True, slots=True)
class LineState:
    """A line of an entry: what it owes as is known now, what of that was charged, and how much of its goods is still there."""

    owed: Amounts
    charged: Mapping[str, Decimal]
    left_kg: Decimal
    basis: Basis


@dataclass(frozen=True, slots=True)
class EntryState:
    """An entry: how it was filed, its stage, its last days, its lines, and its postings in the order of their recording."""

    filed: EntryFiled
    stage: Stage
    deadlines: Deadlines
    lines: Mapping[str, LineState]
    postings: tuple[Posting, ...]
    last_on: date
    liquidated_on: date | None = None
    decided_on: date | None = None
    appeal_by: date | None = None
    adjustments: tuple[tuple[date, Adjustment], ...] = ()
    withdrawals: tuple[str, ...] = ()

    @property
    def balance(self) -> Decimal:
        """What the account still owes for it; below zero, what it is owed. Security stands apart."""
        return known_total(one.amount for one in self.postings if one.component != "security")

    @property
    def security(self) -> Decimal:
        """The security that is required of it."""
        return known_total(one.amount for one in self.postings if one.component == "security")

    def unpaid(self, on: date, due_before: date) -> Decimal:
        """What was due before a day and is not paid on `on`: those charges, less all that was paid and credited by then."""
        due = [
            one.amount
            for one in self.postings
            if one.component != "security" and (one.due is None or one.due < due_before) and one.on <= on
        ]
        return max(ZERO, known_total(due))


@dataclass(frozen=True, slots=True)
class BondState:
    """A bond, the entries that it stands for, and what was called on it."""

    lodged: BondLodged
    entries: tuple[str, ...] = ()
    called: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What can still be called."""
        with exact_arithmetic():
            return self.lodged.amount - self.called


@dataclass(frozen=True, slots=True)
class EntryBook:
    """All entries, bonds and rulings, and how many corrections were made."""

    entries: Mapping[str, EntryState] = field(default_factory=dict)
    bonds: Mapping[str, BondState] = field(default_factory=dict)
    rulings: Mapping[str, HeldRuling] = field(default_factory=dict)
    corrections: int = 0
    paid: frozenset[tuple[str, str]] = frozenset()

    def of_account(self, account: str) -> tuple[EntryState, ...]:
        """The entries of an account, in the order of their filing."""
        return tuple(one for one in self.entries.values() if one.filed.account == account)


def apply(book: EntryBook, event: EntryEvent) -> EntryBook:
    """The book after `event`. Nothing is judged here: what was recorded has been decided."""
    match event:
        case EntryFiled():
            return _filed(book, event)
        case EntriesCorrected():
            corrected = replace(book, corrections=event.correction)
            for one in event.adjustments:
                held = corrected.entries[one.entry]
                corrected = _with(corrected, _adjusted(held, one, event.on, event.basis))
            return corrected
        case BondLodged():
            return replace(book, bonds={**book.bonds, event.bond: BondState(event)})
        case BondCalled():
            bond = book.bonds[event.bond]
            with exact_arithmetic():
                called = replace(bond, called=bond.called + event.amount)
            return _posted(replace(book, bonds={**book.bonds, event.bond: called}), event.postings, event.on)
        case RulingIssued():
            return replace(book, rulings={**book.rulings, event.ruling.ruling: HeldRuling(event.ruling)})
        case RulingRevoked():
            revoked = replace(book.rulings[event.ruling], binds_to=event.binds_to)
            return replace(book, rulings={**book.rulings, event.ruling: revoked})
        case AmountPaid():
            paid = replace(book, paid=book.paid | {(event.entry, event.reference)})
            return _posted(paid, event.postings, event.on)
        case _:
            return _staged(book, event)


StageEvent = (
    GoodsLeft | EntryExtended | EntryLiquidated | EntryProtested | ProtestDecided | EntryCancelled | EntryClosed
)


def _staged(book: EntryBook, event: StageEvent) -> EntryBook:
    """What moves one entry from a stage to the next."""
    held = book.entries[event.entry]
    match event:
        case GoodsLeft():
            left = _less(held, event.taken, event.on, event.reference)
            return _posted(_with(book, left), event.postings, event.on)
        case EntryExtended():
            moved = replace(held, deadlines=event.deadlines)
        case EntryLiquidated():
            deadlines = replace(held.deadlines, protest_by=event.protest_by, correct_by=event.correct_by)
            moved = replace(held, stage="liquidated", liquidated_on=event.on, deadlines=deadlines)
            moved = _adjusted(moved, event.adjustment, event.on, event.basis)
        case EntryProtested():
            moved = replace(held, stage="protested")
        case ProtestDecided():
            moved = replace(held, stage="decided", decided_on=event.on, appeal_by=event.appeal_by)
            moved = _adjusted(moved, event.adjustment, event.on, event.basis)
        case EntryCancelled():
            moved = replace(held, stage="cancelled", postings=(*held.postings, *event.postings))
        case EntryClosed():
            moved = replace(held, stage="closed", postings=(*held.postings, *event.postings))
    return _with(book, replace(moved, last_on=max(moved.last_on, event.on)))


def _filed(book: EntryBook, event: EntryFiled) -> EntryBook:
    kept = event.kind != "consumption"
    lines = {
        one.line.line_id: LineState(
            one.amounts,
            dict.fromkeys(PARTS, ZERO)
            | {
                posting.component: posting.amount
                for posting in event.postings
                if posting.line == one.line.line_id and posting.entry == event.entry
            },
            one.line.net_mass_kg,
            event.basis,
        )
        for one in event.lines
    }
    stage: Stage = "kept" if kept else "provisional"
    entry = EntryState(event, stage, event.deadlines, lines, (), event.filed_on)
    found = _with(book, entry)
    if event.parent is not None:
        found = _with(found, _less(found.entries[event.parent], event.taken, event.on, event.entry))
    if event.bond is not None:
        bond = found.bonds[event.bond]
        stands = replace(bond, entries=(*bond.entries, event.entry))
        found = replace(found, bonds={**found.bonds, event.bond: stands})
    return _posted(found, event.postings, event.filed_on)


def _less(entry: EntryState, taken: Iterable[tuple[str, Decimal]], on: date, by: str) -> EntryState:
    """What is left of kept goods after a withdrawal or a re-export called `by`."""
    masses = dict(taken)
    with exact_arithmetic():
        lines = {
            name: replace(line, left_kg=line.left_kg - masses.get(name, ZERO)) for name, line in entry.lines.items()
        }
    return replace(entry, lines=lines, last_on=max(entry.last_on, on), withdrawals=(*entry.withdrawals, by))


def _posted(book: EntryBook, postings: Iterable[Posting], on: date) -> EntryBook:
    """Each posting to its own entry."""
    by_entry: dict[str, list[Posting]] = {}
    for one in postings:
        by_entry.setdefault(one.entry, []).append(one)
    entries = dict(book.entries)
    for name, more in by_entry.items():
        held = entries[name]
        entries[name] = replace(held, postings=(*held.postings, *more), last_on=max(held.last_on, on))
    return replace(book, entries=entries)


def _adjusted(entry: EntryState, adjustment: Adjustment | None, on: date, basis: Basis) -> EntryState:
    """The entry after an adjustment: its lines owe what is known now, and what is issued is posted."""
    if adjustment is None:
        return entry
    lines = dict(entry.lines)
    for change in adjustment.changes:
        held = lines[change.line]
        with exact_arithmetic():
            charged = {**held.charged, change.part: held.charged[change.part] + change.issued}
        owed = replace(held.owed, **{change.part: change.now})
        lines[change.line] = LineState(owed, charged, held.left_kg, basis)
    return replace(
        entry,
        lines=lines,
        postings=(*entry.postings, *adjustment.postings),
        adjustments=(*entry.adjustments, (on, adjustment)),
        last_on=max(entry.last_on, on),
    )


def _with(book: EntryBook, entry: EntryState) -> EntryBook:
    return replace(book, entries={**book.entries, entry.filed.entry: entry})


def unknown_parts(entry: EntryState) -> tuple[tuple[str, str, str], ...]:
    """Line, part and reason of everything that the entry owes and nobody knows."""
    return tuple(
        (name, part, found.reason)
        for name, line in entry.lines.items()
        for part in PARTS
        if isinstance(found := line.owed.part(part), Unknown)
    )
