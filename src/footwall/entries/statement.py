"""The ledger of an account: every posting in the order of its days, with the balance after it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from footwall.entries.book import EntryBook
from footwall.entries.records import ZERO, Posting
from footwall.quantity import exact_arithmetic


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One posting, and the two balances of the account after it: what it owes, and the security that is required of it."""

    posting: Posting
    balance: Decimal
    security: Decimal


def statement(
    book: EntryBook, account: str, first: date | None = None, last: date | None = None
) -> tuple[StatementRow, ...]:
    """The postings of an account, those of one day in the order of their recording; balances count those before `first`, too."""
    postings = [posting for entry in book.of_account(account) for posting in entry.postings]
    rows: list[StatementRow] = []
    balance = security = ZERO
    for one in sorted(postings, key=lambda posting: posting.on):
        if last is not None and one.on > last:
            break
        with exact_arithmetic():
            if one.component == "security":
                security += one.amount
            else:
                balance += one.amount
        if first is None or one.on >= first:
            rows.append(StatementRow(one, balance, security))
    return tuple(rows)
