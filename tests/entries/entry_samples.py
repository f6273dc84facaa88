"""A rule, lines and entries to try the life of an entry on; a book is made by what was decided, as the desk makes it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from footwall.duties import Line
from footwall.entries import (
    AmountPaid,
    Amounts,
    AssessedLine,
    Basis,
    Decided,
    EntryBook,
    FileEntry,
    LateTerms,
    Outcome,
    Reassessed,
    Terms,
    apply,
    file_entry,
    liquidate,
    pay,
)
from footwall.errors import Problem
from footwall.quantity import Unknown
from footwall.rulebook import EntriesRule, InterestRate, InterestRule, Period

ENTERED = date(2025, 3, 31)
CENT = Decimal("0.01")
BASIS = Basis("published 2025-03-31", "d" * 64, "test-1", "", {})
RULE = EntriesRule(
    source="test",
    importers=("US",),
    deposit_days=14,
    bill_days=30,
    grace_days=30,
    liquidation=Period(years=1),
    extension=Period(years=4),
    protest=Period(days=180),
    appeal=Period(days=60),
    correction=Period(days=90),
    correction_from="liquidation",
    warehouse=Period(years=5),
    temporary=Period(years=1),
    temporary_security_share=Decimal(2),
    single_bond_of="value_and_duty",
    single_bond_share=Decimal(1),
    continuous_bond_share=Decimal("0.10"),
    continuous_bond_min=Decimal(50000),
    ruling_grace_days_max=90,
    small_amount=Decimal(20),
    currency="USD",
    legal_basis="test",
)
INTEREST = InterestRule(
    source="test",
    importers=("US",),
    on="bill",
    begins="deposit",
    counts="first",
    method="daily",
    year_days="actual",
    rate_of="each_day",
    rates=(
        InterestRate(since=date(2025, 1, 1), rate=Decimal("0.07"), source="test"),
        InterestRate(since=date(2025, 7, 1), rate=Decimal("0.08"), source="test"),
    ),
    legal_basis="test",
)
REFUNDS = INTEREST.model_copy(update={"on": "refund"})
TERMS = Terms(Decimal(20), 30, CENT, INTEREST, REFUNDS)
NO_INTEREST = replace(TERMS, bill_interest=None, refund_interest=None)
NOT_LATE = LateTerms(None, CENT, 30)


def line(name: str = "L1", mass: str = "1000", value: str = "30000", on: date = ENTERED, **more: Any) -> Line:
    said: dict[str, Any] = {"hs_code": "8105203000", "form": "cobalt-metal", "origin": "CN", "currency": "USD"}
    return Line(line_id=name, entry_date=on, importer="US", net_mass_kg=Decimal(mass), customs_value=Decimal(value),
                **(said | more))  # fmt: skip


def amounts(ordinary: str | None = "100", additional: str = "0", floor: str = "1000", security: str = "0") -> Amounts:
    known = Unknown("ordinary_rate_unknown") if ordinary is None else Decimal(ordinary)
    return Amounts(known, Decimal(additional), Decimal(floor), Decimal(security))


def assessed(one: Line | None = None, owed: Amounts | None = None) -> AssessedLine:
    one = one or line()
    return AssessedLine(one, f"digest of {one}", owed or amounts(), one.customs_value, ("floor-x",))


def filing(*lines: AssessedLine, entry: str = "E-1", **more: Any) -> FileEntry:
    said: dict[str, Any] = {"account": "acme", "kind": "consumption", "basis": BASIS, "rule": RULE,
                            "bond_min": RULE.continuous_bond_min, "currency": "USD", "filed_on": ENTERED}  # fmt: skip
    return FileEntry(entry=entry, lines=lines or (assessed(),), **(said | more))


def done(book: EntryBook, outcome: Outcome) -> EntryBook:
    """The book after what was decided; it must have been decided."""
    assert isinstance(outcome, Decided), outcome
    assert outcome.events, outcome.already
    for event in outcome.events:
        book = apply(book, event)
    return book


def refused(outcome: Outcome) -> list[str]:
    """The codes for which it is refused, each with a remedy."""
    assert not isinstance(outcome, Decided), outcome
    assert all(isinstance(one, Problem) and one.remedy and one.found and one.expected for one in outcome)
    return [one.code for one in outcome]


def filed(*lines: AssessedLine, book: EntryBook | None = None, **more: Any) -> EntryBook:
    held = book or EntryBook()
    return done(held, file_entry(held, filing(*lines, **more)))


def again(owed: dict[str, Amounts] | None = None, terms: Terms = TERMS) -> Reassessed:
    return Reassessed({"L1": amounts()} if owed is None else owed, BASIS, terms, {})


def liquidated(book: EntryBook | None = None, on: date = date(2025, 12, 1)) -> EntryBook:
    held = book or filed()
    return done(held, liquidate(held, "E-1", on, RULE, again()))


def paid(
    book: EntryBook,
    amount: str,
    on: date,
    reference: str = "wire-1",
    late: LateTerms = NOT_LATE,
    *,
    refund: bool = False,
) -> EntryBook:
    outcome = pay(book, "E-1", Decimal(amount), on, reference, refund=refund, late=late)
    assert isinstance(outcome, Decided)
    assert isinstance(outcome.events[0], AmountPaid)
    return done(book, outcome)
