"""The ledger of an account: every posting of its days, the balance after each, and no other account's."""

from datetime import date, timedelta
from decimal import Decimal

from entry_samples import ENTERED, amounts, assessed, filed, paid

from footwall.entries import statement


def test_the_balance_runs_and_ends_at_what_is_owed() -> None:
    book = paid(filed(assessed(owed=amounts(security="70"))), "600", date(2025, 4, 10))
    book = filed(entry="E-2", account="zenith", book=book)
    rows = statement(book, "acme")
    assert [(one.posting.component, one.balance, one.security) for one in rows] == [
        ("ordinary", Decimal(100), 0),
        ("floor", Decimal(1100), 0),
        ("security", Decimal(1100), Decimal(70)),
        ("payment", Decimal(500), Decimal(70)),
    ]
    assert statement(book, "nobody") == ()


def test_a_part_of_it_counts_what_was_before() -> None:
    book = paid(filed(), "600", date(2025, 4, 10))
    later = statement(book, "acme", first=ENTERED + timedelta(days=1))
    assert [(one.posting.component, one.balance) for one in later] == [("payment", Decimal(500))]
    assert len(statement(book, "acme", last=ENTERED)) == 2
    assert len(statement(book, "acme", first=ENTERED)) == 3
    assert statement(book, "acme", last=ENTERED - timedelta(days=1)) == ()
