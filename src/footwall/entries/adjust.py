"""What an entry owed until now against what it owes as is known now: the bill, the refund or the release that follows, with interest.

A part of a line is compared with what was *charged* for it, so that a second correction issues the difference to the first and the same
one again issues nothing. Differences too small to collect are recorded, and counted again with what comes later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from footwall.entries.book import EntryState
from footwall.entries.interest import interest_on, rests_on_assumed
from footwall.entries.records import (
    DUTIES,
    PARTS,
    ZERO,
    Adjustment,
    Amounts,
    Change,
    Component,
    Posting,
    Untouched,
    known_total,
)
from footwall.errors import Problem
from footwall.quantity import Unknown, exact_arithmetic
from footwall.rulebook import InterestRule


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules of one importer on the day of issue, in the assessment currency."""

    small_amount: Decimal
    bill_days: int
    coin: Decimal
    bill_interest: InterestRule | None
    refund_interest: InterestRule | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison of one entry finds: an adjustment where anything is otherwise, and what must be left alone."""

    adjustment: Adjustment | None
    untouched: tuple[Untouched, ...]


def compare(entry: EntryState, owed: Mapping[str, Amounts], on: date, terms: Terms) -> Compared | Problem:
    """What `owed` (by line) changes in an entry on the day of issue. A line that is not in it stays as it is.

    A problem where interest is ruled and a day has no rate.
    """
    changes = tuple(_changes(entry, owed))
    known = [one for one in changes if not isinstance(one.now, Unknown)]
    untouched = tuple(_unknown(entry, one) for one in changes if isinstance(one.now, Unknown))
    if not any(one.change for one in known if isinstance(one.change, Decimal)):
        # What was unknown and is known to be nothing says nothing new to anybody.
        return Compared(None, untouched)
    duty = known_total(one.issued for one in known if one.part in DUTIES)
    small = abs(duty) < terms.small_amount
    final = [_unissued(one) if small and one.part in DUTIES else one for one in known]
    issued = ZERO if small else duty
    interest = ZERO if small else _interest(entry, duty, on, terms)
    if isinstance(interest, Unknown):
        return _no_rate(entry, on)
    security = known_total(one.issued for one in final if one.part == "security")
    return Compared(_adjustment(entry, final, (issued, interest, security), on, terms), untouched)


def lines_left_alone(entry: EntryState, owed: Mapping[str, Amounts], reason: str) -> tuple[Untouched, ...]:
    """The lines that owe otherwise as is known now and for which nothing is issued, for `reason`."""
    found: dict[str, list[Decimal | Unknown]] = {}
    for one in _changes(entry, owed):
        if isinstance(one.change, Unknown) or one.change:
            found.setdefault(one.line, []).append(one.change)
    return tuple(Untouched(entry.filed.entry, line, reason, _sum(parts)) for line, parts in found.items())


def _sum(parts: Sequence[Decimal | Unknown]) -> Decimal | Unknown:
    unknown = [one for one in parts if isinstance(one, Unknown)]
    return unknown[0] if unknown else known_total(one for one in parts if isinstance(one, Decimal))


def _changes(entry: EntryState, owed: Mapping[str, Amounts]) -> Iterator[Change]:
    """Every part of a line that is not what it was; of a line with such a part, also what was left uncollected before."""
    for name, amounts in owed.items():
        held = entry.lines[name]
        for part in PARTS:
            was, now, charged = held.owed.part(part), amounts.part(part), held.charged[part]
            if isinstance(now, Unknown):
                if not isinstance(was, Unknown):
                    yield Change(name, part, was, now, now, ZERO)
                continue
            with exact_arithmetic():
                change = now - (charged if isinstance(was, Unknown) else was)
                issued = now - charged
            if change or issued or isinstance(was, Unknown):
                yield Change(name, part, was, now, change, issued)


def _unissued(change: Change) -> Change:
    return Change(change.line, change.part, change.was, change.now, change.change, ZERO)


def _unknown(entry: EntryState, change: Change) -> Untouched:
    why = change.now.reason if isinstance(change.now, Unknown) else ""
    return Untouched(entry.filed.entry, change.line, f"{change.part} is unknown now: {why}", change.change)


def _adjustment(
    entry: EntryState, changes: Sequence[Change], sums: tuple[Decimal, Decimal, Decimal], on: date, terms: Terms
) -> Adjustment:
    duty, interest, security = sums
    kind: Literal["bill", "refund", "recorded"] = "bill" if duty > 0 else "refund" if duty < 0 else "recorded"
    due = on + timedelta(days=terms.bill_days) if kind == "bill" else None
    name = entry.filed.entry
    parts: dict[str, Component] = {
        "ordinary": "ordinary",
        "additional": "additional",
        "floor": "floor",
        "security": "security",
    }
    postings = [
        Posting(name, one.line, parts[one.part], one.issued, on, None if one.part == "security" else due, kind)
        for one in changes
        if one.issued
    ]
    if interest:
        rule = terms.bill_interest if duty > 0 else terms.refund_interest
        assumed = rule is not None and rests_on_assumed(rule, entry.filed.on, on)
        note = f"{kind}, at a rate that is assumed" if assumed else kind
        postings.append(Posting(name, "", "interest", interest, on, due, note))
    return Adjustment(name, kind, tuple(changes), duty, interest, security, tuple(postings))


def _interest(entry: EntryState, duty: Decimal, on: date, terms: Terms) -> Decimal | Unknown:
    """What a bill or a refund bears, each part of it from its own day, each rounded once."""
    rule = terms.bill_interest if duty > 0 else terms.refund_interest
    if rule is None or not duty:
        return ZERO
    found = ZERO
    for begins, part in _layers(entry, duty, rule):
        bears = interest_on(part, rule, begins, on, terms.coin)
        if isinstance(bears, Unknown):
            return bears
        with exact_arithmetic():
            found += bears
    return found


def _layers(entry: EntryState, duty: Decimal, rule: InterestRule) -> Iterator[tuple[date, Decimal]]:
    """The parts of a bill or refund, each with the day from which it bears interest.

    A refund gives back what was paid last first, from the day on which it was paid; what was never paid bears nothing. A bill takes back
    refunds first, the last one before the others, from their days; the rest bears interest from the day that the rule names.
    """
    paid, given_back = _stacks(entry)
    left = abs(duty)
    for day, amount in reversed(paid if duty < 0 else given_back):
        part = min(left, amount)
        if part:
            yield entry.filed.on if duty < 0 and rule.begins == "entry" else day, part.copy_sign(duty)
        with exact_arithmetic():
            left -= part
    if duty > 0 and left:
        yield (entry.filed.on if rule.begins == "entry" else entry.filed.deposit_on), left


_Layers = list[tuple[date, Decimal]]


def _stacks(entry: EntryState) -> tuple[_Layers, _Layers]:
    """What was paid and not refunded since, and what was refunded and not billed since: each amount with its day, the first first."""
    paid: _Layers = []
    given_back: _Layers = []
    moves = [(one.on, 0, -one.amount) for one in entry.postings if one.component == "payment" and one.amount < 0]
    moves += [(day, 1, one.duty) for day, one in entry.adjustments if one.duty]
    for day, adjusts, amount in sorted(moves, key=lambda move: move[:2]):
        if not adjusts:
            paid.append((day, amount))
        elif amount < 0:
            _take(paid, -amount)
            given_back.append((day, -amount))
        else:
            _take(given_back, amount)
    return paid, given_back


def _take(layers: _Layers, amount: Decimal) -> None:
    """Take an amount from the last layers, as far as there are any."""
    while layers and amount:
        day, held = layers.pop()
        with exact_arithmetic():
            if held > amount:
                layers.append((day, held - amount))
            amount -= min(held, amount)


def _no_rate(entry: EntryState, on: date) -> Problem:
    return Problem(
        "interest_rate_missing",
        f"no rate for a day between {entry.filed.on} and {on}",
        "a rate of interest for each of these days",
        "Add it to the rule of interest that is in force on the day of issue.",
        field=entry.filed.entry,
    )
