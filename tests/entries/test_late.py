"""Interest on what is paid late: from the ruled day to that of payment, part by part; figures worked out by hand beside each."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from entry_samples import CENT, INTEREST, NO_INTEREST, RULE, again, amounts, done, filed, paid, refused
from test_bonds import bond

from footwall.entries import EntryBook, LateInterest, LateTerms, call_bond, late_interest, liquidate, pay

ONE_DAY = timedelta(days=1)
DUE = date(2025, 4, 14)
MONTH_LATE = date(2025, 5, 14)
BILLED = date(2025, 12, 1)
BY_DAY = LateTerms(
    INTEREST.model_copy(
        update={"on": "late", "begins": "due", "counts": "last", "method": "simple", "year_days": "365"}
    ),
    CENT,
    30,
)
BY_PERIOD = LateTerms(
    INTEREST.model_copy(update={"on": "late", "begins": "issue", "of": "bill", "period_days": 30}), CENT, 30
)


def late(book: EntryBook) -> list[tuple[Decimal, date | None]]:
    return [(one.amount, one.due) for one in book.entries["E-1"].postings if one.component == "late"]


def billed(more_floor: str = "2000") -> EntryBook:
    """1,100 paid in time; then a bill of 1,000 for the floor duty, issued on 1 December and due on the 31st."""
    book = paid(filed(), "1100", DUE)
    return done(book, liquidate(book, "E-1", BILLED, RULE, again({"L1": amounts(floor=more_floor)}, NO_INTEREST)))


@pytest.mark.parametrize(
    ("on", "bears"),
    [
        (DUE, None),
        (DUE + ONE_DAY, "0.21"),  # 100 × 7 % ÷ 365 = 0.019, and 1,000 × 7 % ÷ 365 = 0.192: 0.02 + 0.19
        (MONTH_LATE, "6.33"),  # thirty days: 0.575 and 5.753: 0.58 + 5.75
    ],
)
def test_what_is_paid_after_its_last_day_bears_interest_from_it(on: date, bears: str | None) -> None:
    charged = late(paid(filed(), "1100", on, late=BY_DAY))
    assert charged == ([] if bears is None else [(Decimal(bears), on + timedelta(days=30))])


def test_without_a_rule_there_is_none() -> None:
    assert late(paid(filed(), "1100", MONTH_LATE)) == []


def test_a_part_that_is_paid_in_time_bears_none() -> None:
    book = paid(filed(), "600", DUE, late=BY_DAY)
    book = paid(book, "500", MONTH_LATE, "wire-2", BY_DAY)
    assert [amount for amount, _ in late(book)] == [Decimal("2.88")]  # 500 × 7 % × 30 ÷ 365 = 2.877


def test_a_rate_that_changes_holds_for_its_own_days() -> None:
    charged = late(paid(filed(), "1100", date(2025, 7, 2), late=BY_DAY))
    # 15 April to 30 June are 77 days at 7 %, 1 and 2 July 2 at 8 %: 100 × 5.55 ÷ 365 = 1.52, and 15.205
    assert [amount for amount, _ in charged] == [Decimal("16.73")]


@pytest.mark.parametrize(
    ("days", "bears"),
    [
        (30, None),  # the last day of payment
        (31, "6.60"),  # one whole period: 1,000 × ((1 + 8 % ÷ 365)^30 − 1) = 6.596
        (60, "6.60"),  # the second period is the one in which it is paid
        (61, "13.24"),  # two: 1,000 × ((1 + 8 % ÷ 365)^60 − 1) = 13.236
    ],
)
def test_a_bill_bears_it_by_whole_periods_from_its_issue(days: int, bears: str | None) -> None:
    book = paid(billed(), "1000", BILLED + timedelta(days=days), "wire-2", BY_PERIOD)
    assert [str(amount) for amount, _ in late(book)] == ([] if bears is None else [bears])


def test_a_bills_interest_bears_it_only_where_the_rule_says_so() -> None:
    book = paid(filed(), "1100", DUE)
    book = done(book, liquidate(book, "E-1", BILLED, RULE, again({"L1": amounts(floor="2000")})))
    interest = next(one.amount for one in book.entries["E-1"].postings if one.component == "interest")
    duty_alone = replace(BY_PERIOD, rule=BY_PERIOD.rule.model_copy(update={"of": "duty"}))  # type: ignore[union-attr]
    when, whole = BILLED + timedelta(days=31), str(1000 + interest)
    assert interest == Decimal("49.68")
    # 49.68 of interest bears 49.68 × 0.0065963 = 0.33
    assert [amount for amount, _ in late(paid(book, whole, when, "wire-2", BY_PERIOD))] == [Decimal("6.93")]
    assert [amount for amount, _ in late(paid(book, whole, when, "wire-2", duty_alone))] == [Decimal("6.60")]


def test_what_is_overdue_and_open_is_told_and_not_charged() -> None:
    book = filed()
    assert late_interest(book.entries["E-1"], BY_DAY, MONTH_LATE) == LateInterest(Decimal(0), Decimal("6.33"))
    assert late_interest(book.entries["E-1"], BY_DAY, DUE) == LateInterest(Decimal(0), Decimal(0))
    assert late(book) == []


def test_what_is_given_back_was_never_owed() -> None:
    book = filed()
    book = done(book, liquidate(book, "E-1", date(2025, 5, 1), RULE, again({"L1": amounts(floor="500")}, NO_INTEREST)))
    charged = late(paid(book, "600", MONTH_LATE, late=BY_DAY))
    assert [amount for amount, _ in charged] == [Decimal("3.46")]  # 100: 0.575; 500: 2.877


def test_late_interest_on_what_is_given_back_is_taken_back_with_the_refund() -> None:
    book = paid(filed(), "1100", MONTH_LATE, late=BY_DAY)
    book = done(book, liquidate(book, "E-1", date(2025, 6, 1), RULE, again({"L1": amounts(floor="500")}, NO_INTEREST)))
    book = paid(book, "400", date(2025, 6, 10), "back-1", BY_DAY, refund=True)
    assert [str(amount) for amount, _ in late(book)] == ["6.33", "-2.87"]


def test_a_payment_that_becomes_known_later_takes_its_place() -> None:
    book = paid(filed(), "1100", MONTH_LATE, late=BY_DAY)
    book = paid(book, "600", DUE, "wire-0", BY_DAY)
    assert [str(amount) for amount, _ in late(book)] == ["6.33", "-3.45"]
    assert late(book)[1][1] is None


def test_late_interest_bears_none_and_the_same_is_never_charged_twice() -> None:
    book = paid(filed(), "1100", MONTH_LATE, late=BY_DAY)
    book = paid(book, "6.33", date(2026, 5, 14), "wire-2", BY_DAY)
    assert [str(amount) for amount, _ in late(book)] == ["6.33"]
    assert book.entries["E-1"].balance == 0


def test_a_bond_that_is_called_pays_late() -> None:
    book = filed(bond="B-1", book=bond())
    book = done(book, call_bond(book, "E-1", MONTH_LATE + ONE_DAY, 30, BY_DAY))
    # 31 days: 100 × 7 % × 31 ÷ 365 = 0.5945, and 5.9452
    assert [str(amount) for amount, _ in late(book)] == ["6.54"]
    assert book.entries["E-1"].balance == Decimal("6.54")


def test_a_day_without_a_rate_refuses_the_payment() -> None:
    rule = BY_DAY.rule
    assert rule is not None
    later = replace(BY_DAY, rule=rule.model_copy(update={"rates": rule.rates[1:]}))
    book = filed()
    outcome = pay(book, "E-1", Decimal(1100), DUE + ONE_DAY, "wire-1", refund=False, late=later)
    assert refused(outcome) == ["interest_rate_missing"]
    assert late(paid(book, "1100", DUE, late=later)) == []
