"""Bonds: enough for what they stand for, of the account, in force; called when a bill stays unpaid."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from entry_samples import ENTERED, NOT_LATE, RULE, amounts, assessed, done, filed, filing, line, paid, refused

from footwall.entries import BondLodged, Decided, EntryBook, call_bond, file_entry, lodge_bond, needed_continuous

ONE_DAY = timedelta(days=1)
DUE = ENTERED + timedelta(days=14)


def bond(amount: str = "31100", book: EntryBook | None = None, **more: Any) -> EntryBook:
    said: dict[str, Any] = {"bond": "B-1", "account": "acme", "kind": "single", "valid_from": ENTERED, "valid_to": None, "on": ENTERED}  # fmt: skip
    held = book or EntryBook()
    return done(held, lodge_bond(held, BondLodged(amount=Decimal(amount), **(said | more))))


def test_a_bond_for_one_entry_holds_its_value_and_duty_to_the_cent() -> None:
    assert filed(bond="B-1", book=bond("31100")).bonds["B-1"].entries == ("E-1",)
    assert refused(file_entry(bond("31099.99"), filing(bond="B-1"))) == ["bond_insufficient"]
    duty_only = RULE.model_copy(update={"single_bond_of": "duty"})
    assert isinstance(file_entry(bond("1100"), filing(bond="B-1", rule=duty_only)), Decided)
    secured = assessed(owed=amounts(security="5"))
    assert refused(file_entry(bond("31104.99"), filing(secured, bond="B-1"))) == ["bond_insufficient"]
    assert isinstance(file_entry(bond("31105"), filing(secured, bond="B-1")), Decided)


def test_a_bond_stands_for_its_own_account_on_its_days_and_for_one_entry() -> None:
    assert refused(file_entry(EntryBook(), filing(bond="B-9"))) == ["bond_unknown"]
    assert refused(file_entry(bond(account="zenith"), filing(bond="B-1"))) == ["bond_of_another"]
    assert refused(file_entry(bond(valid_from=ENTERED + ONE_DAY), filing(bond="B-1"))) == ["bond_not_in_force"]
    ended = bond(valid_from=ENTERED - 2 * ONE_DAY, valid_to=ENTERED - ONE_DAY)
    assert refused(file_entry(ended, filing(bond="B-1"))) == ["bond_not_in_force"]
    assert isinstance(file_entry(bond(valid_to=ENTERED), filing(bond="B-1")), Decided)
    taken = filed(bond="B-1", book=bond("90000"))
    assert refused(file_entry(taken, filing(entry="E-2", bond="B-1"))) == ["bond_taken"]


def test_what_is_unknown_measures_no_bond() -> None:
    unknown = assessed(owed=amounts(ordinary=None))
    assert refused(file_entry(bond("90000"), filing(unknown, bond="B-1"))) == ["bond_base_unknown"]


def test_a_continuous_bond_holds_a_share_of_a_years_duty_and_no_less_than_the_least() -> None:
    book = bond("50000", kind="continuous")
    book = filed(bond="B-1", book=book)
    book = filed(entry="E-2", bond="B-1", book=book)
    assert book.bonds["B-1"].entries == ("E-1", "E-2")
    assert refused(file_entry(bond("49999.99", kind="continuous"), filing(bond="B-1"))) == ["bond_insufficient"]
    large = assessed(line("L1", "9", "9"), amounts(ordinary="0", floor="600000"))
    book = filed(large, entry="E-3", bond="B-1", book=book)
    last = date(2026, 3, 30)
    assert needed_continuous(book, "acme", last, RULE, Decimal(50000)).amount == Decimal(60220)
    assert needed_continuous(book, "acme", last + ONE_DAY, RULE, Decimal(50000)).amount == Decimal(50000)
    assert refused(file_entry(book, filing(entry="E-4", bond="B-1"))) == ["bond_insufficient"]


def test_a_bond_is_called_for_what_is_unpaid_after_the_days_of_grace() -> None:
    book = paid(filed(bond="B-1", book=bond()), "600", ENTERED)
    last_of_grace = DUE + timedelta(days=30)
    assert refused(call_bond(book, "E-1", last_of_grace, 30, NOT_LATE)) == ["nothing_overdue"]
    called = done(book, call_bond(book, "E-1", last_of_grace + ONE_DAY, 30, NOT_LATE))
    assert (called.entries["E-1"].balance, called.bonds["B-1"].left) == (0, Decimal(30600))
    assert refused(call_bond(called, "E-1", last_of_grace + ONE_DAY, 30, NOT_LATE)) == ["nothing_overdue"]
    settled = paid(filed(bond="B-1", book=bond()), "1100", ENTERED)
    assert refused(call_bond(settled, "E-1", last_of_grace + ONE_DAY, 30, NOT_LATE)) == ["nothing_overdue"]
    assert refused(call_bond(filed(), "E-1", last_of_grace + ONE_DAY, 30, NOT_LATE)) == ["bond_unknown"]


def test_no_more_is_called_than_the_bond_holds() -> None:
    rule = RULE.model_copy(update={"single_bond_of": "duty", "single_bond_share": Decimal("0.5")})
    book = filed(bond="B-1", book=bond("550"), rule=rule)
    late = DUE + timedelta(days=31)
    book = done(book, call_bond(book, "E-1", late, 30, NOT_LATE))
    assert (book.bonds["B-1"].left, book.entries["E-1"].balance) == (0, Decimal(550))
    assert refused(call_bond(book, "E-1", late, 30, NOT_LATE)) == ["bond_spent"]


def test_a_bond_is_lodged_once_as_it_is() -> None:
    book = bond()
    same = BondLodged("B-1", "acme", "single", Decimal(31100), ENTERED, None, ENTERED + ONE_DAY)
    outcome = lodge_bond(book, same)
    assert isinstance(outcome, Decided)
    assert not outcome.events
    other = BondLodged("B-1", "acme", "single", Decimal(1), ENTERED, None, ENTERED)
    assert refused(lodge_bond(book, other)) == ["bond_lodged"]
    wrong = BondLodged("B-2", "", "single", Decimal(0), ENTERED, ENTERED - ONE_DAY, ENTERED)
    assert refused(lodge_bond(book, wrong)) == ["text_malformed", "amount_not_positive", "dates_reversed"]


def test_what_is_paid_within_the_grace_is_not_called() -> None:
    book = paid(filed(bond="B-1", book=bond()), "1100", DUE + timedelta(days=20))
    assert refused(call_bond(book, "E-1", DUE + timedelta(days=31), 30, NOT_LATE)) == ["nothing_overdue"]


def test_a_bond_of_goods_for_a_time_holds_their_security_and_says_so() -> None:
    kept = assessed(owed=amounts(ordinary="0", floor="0", security="2200"))
    none = file_entry(EntryBook(), filing(kept, kind="temporary"))
    assert refused(none) == ["bond_needed"]
    assert "at least 2200 USD, the security of goods on temporary admission" in none[0].expected  # type: ignore[index]
    less = file_entry(bond("2199.99"), filing(kept, kind="temporary", bond="B-1"))
    assert refused(less) == ["bond_insufficient"]
    assert less[0].expected == "at least 2200: the security of goods that are kept, on which no duty is owed yet"  # type: ignore[index]
    assert isinstance(file_entry(bond("2200"), filing(kept, kind="temporary", bond="B-1")), Decided)
