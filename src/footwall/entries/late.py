"""What was paid late, and the interest that it bears: charges with their last days, met by what was paid, the earliest due first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from footwall.entries.book import EntryState
from footwall.entries.interest import interest_on
from footwall.entries.records import DUTIES, ZERO, Posting, known_total
from footwall.quantity import Unknown, exact_arithmetic
from footwall.rulebook import InterestRule

LATE: Final = "late"


@dataclass(frozen=True, slots=True)
class LateTerms:
    """The rule of interest on what is paid late (None: there is none), the coin, and in how many days such interest is due."""

    rule: InterestRule | None
    coin: Decimal
    bill_days: int


@dataclass(frozen=True, slots=True)
class LatePart:
    """A part of a charge: due on a day, paid on another (None: not yet), and the day from which it would bear interest."""

    amount: Decimal
    due: date
    begins: date
    paid: date | None


@dataclass(frozen=True, slots=True)
class LateInterest:
    """What the late parts of an entry bear: those that are paid, and those that are open on a day."""

    paid: Decimal
    open: Decimal


@dataclass(slots=True)
class _Charge:
    due: date
    begins: date
    left: Decimal
    bears: bool


def late_interest(
    entry: EntryState, terms: LateTerms, on: date, more: Iterable[Posting] = ()
) -> LateInterest | Unknown:
    """The interest on what was paid after its last day, and on what is open and overdue on a day; unknown where a day has no rate.

    `more` are postings that are about to be recorded. Every part is rounded once.
    """
    if terms.rule is None:
        return LateInterest(ZERO, ZERO)
    sums = {True: ZERO, False: ZERO}
    for part in late_parts(entry, terms.rule, on, more):
        bears = _borne(part, terms.rule, part.paid or on, terms.coin)
        if isinstance(bears, Unknown):
            return bears
        with exact_arithmetic():
            sums[part.paid is not None] += bears
    return LateInterest(sums[True], sums[False])


def late_posting(
    entry: EntryState, terms: LateTerms, on: date, more: Iterable[Posting]
) -> tuple[Posting, ...] | Unknown:
    """What is to be charged beside a payment: the interest on all that was paid late, less what of it was charged before.

    A payment that becomes known after a later one was recorded may show that less was late: then some of it is taken back.
    """
    listed = tuple(more)
    last = max((one.on for one in (*entry.postings, *listed) if one.component == "payment"), default=on)
    found = late_interest(entry, terms, last, listed)
    if isinstance(found, Unknown):
        return found
    charged = known_total(one.amount for one in entry.postings if one.component == LATE)
    with exact_arithmetic():
        amount = found.paid - charged
    if not amount:
        return ()
    due = on + timedelta(days=terms.bill_days) if amount > 0 else None
    return (Posting(entry.filed.entry, "", LATE, amount, on, due, "interest on what was paid late"),)


def _borne(part: LatePart, rule: InterestRule, ends: date, coin: Decimal) -> Decimal | Unknown:
    if ends <= part.due:
        return Decimal(0) * coin
    if rule.period_days:
        # The period in which it is paid bears nothing, and its last day still belongs to it.
        periods = ((ends - part.begins).days - 1) // rule.period_days
        ends = part.begins + timedelta(days=periods * rule.period_days)
    return interest_on(part.amount, rule, part.begins, ends, coin)


def late_parts(entry: EntryState, rule: InterestRule, on: date, more: Iterable[Posting] = ()) -> Iterator[LatePart]:
    """The parts into which payments up to a day divide the charges that bear interest under a rule.

    What was charged and is given back for the same part of a line was never owed. Other money meets what was due first.
    """
    postings = [one for one in (*entry.postings, *more) if one.on <= on]
    charges, money = _charges(entry, rule, postings), _money(postings)
    open_charges: list[_Charge] = []
    pool: list[tuple[date, Decimal]] = []
    moves: list[tuple[date, int, _Charge | Decimal]] = [(day, 0, charge) for day, charge in charges]
    moves += [(day, 1, amount) for day, amount in money]
    for day, _, move in sorted(moves, key=lambda one: one[:2]):
        if isinstance(move, _Charge):
            open_charges = sorted([*open_charges, move], key=lambda one: one.due)
        elif move > 0:
            pool.append((day, move))
        else:
            _take_out(pool, open_charges, day, -move)
        yield from _met(open_charges, pool, day)
    yield from (LatePart(one.left, one.due, one.begins, None) for one in open_charges if one.left and one.bears)


def _charges(entry: EntryState, rule: InterestRule, postings: Iterable[Posting]) -> list[tuple[date, _Charge]]:
    """What is to be paid by a day, each with the day of its posting, less what was given back of it since, the last first."""
    estimated = frozenset(entry.filed.postings)
    found: list[tuple[date, tuple[str, str], _Charge]] = []
    for one in postings:
        if one.component in {"payment", "security"}:
            continue
        if one.amount > 0:
            bears = one.component in DUTIES or (one.component == "interest" and rule.of == "bill")
            due = one.due or one.on
            begins = one.on if rule.begins == "issue" and one not in estimated else due
            found.append((one.on, (one.line, one.component), _Charge(due, begins, one.amount, bears)))
        elif one.component != "interest":
            _give_back([charge for _, of, charge in found if of == (one.line, one.component)], -one.amount)
    return [(day, charge) for day, _, charge in found]


def _give_back(charges: list[_Charge], amount: Decimal) -> None:
    for charge in reversed(charges):
        with exact_arithmetic():
            part = min(charge.left, amount)
            charge.left -= part
            amount -= part


def _money(postings: Iterable[Posting]) -> Iterator[tuple[date, Decimal]]:
    """What came in (above zero) and went out, and the interest on refunds, which the account is owed."""
    for one in postings:
        if one.component == "payment" or (one.component == "interest" and one.amount < 0):
            yield one.on, -one.amount


def _take_out(pool: list[tuple[date, Decimal]], charges: list[_Charge], day: date, amount: Decimal) -> None:
    """Money that goes out is of what is left over; where nothing is, it is to be paid back and bears nothing."""
    while pool and amount:
        paid, held = pool.pop()
        with exact_arithmetic():
            if held > amount:
                pool.append((paid, held - amount))
            amount -= min(held, amount)
    if amount:
        charges.append(_Charge(day, day, amount, bears=False))


def _met(charges: list[_Charge], pool: list[tuple[date, Decimal]], day: date) -> Iterator[LatePart]:
    """What of the charges the money meets on a day, the earliest due first."""
    for charge in charges:
        while pool and charge.left:
            paid, held = pool.pop(0)
            with exact_arithmetic():
                part = min(charge.left, held)
                charge.left -= part
                if held > part:
                    pool.insert(0, (paid, held - part))
            if charge.bears:
                yield LatePart(part, charge.due, charge.begins, day)
    charges[:] = [one for one in charges if one.left]
