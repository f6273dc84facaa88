"""Interest: the rate of each day, days of a year, compounding, which end day counts, one rounding; against fractions."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from entry_samples import CENT, INTEREST
from hypothesis import given
from hypothesis import strategies as st

from footwall.entries import interest_days, interest_on, rests_on_assumed
from footwall.quantity import Unknown
from footwall.rulebook import InterestRate, InterestRule


def ruled(**more: object) -> InterestRule:
    return INTEREST.model_copy(update=more)


def day_by_day(amount: Decimal, rule: InterestRule, begins: date, ends: date) -> Decimal:
    """The same in fractions, one day after another, rounded half up at the end."""
    days = interest_days(rule, begins, ends)
    held, base = Fraction(amount), Fraction(amount)
    if days is None:
        return Decimal("0.00")
    day, last = days
    while day <= last:
        asked = begins.replace(day=1) if rule.rate_of == "first_month" else day
        rate = Fraction([one.rate for one in rule.rates if one.since <= asked][-1])
        leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
        year = (366 if leap else 365) if rule.year_days == "actual" else int(rule.year_days)
        held += (held if rule.method == "daily" else base) * rate / year
        day += timedelta(days=1)
    bears = (held - base) * 100
    cents = (abs(bears) * 2 + 1) // 2
    return Decimal(int(cents if bears > 0 else -cents)) / 100


@given(
    amount=st.decimals("-9999999.99", "9999999.99", places=2),
    begins=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    days=st.integers(0, 1200),
    method=st.sampled_from(["simple", "daily"]),
    year_days=st.sampled_from(["360", "365", "actual"]),
    rate_of=st.sampled_from(["each_day", "first_month"]),
    counts=st.sampled_from(["first", "last", "both"]),
)
def test_interest_is_that_of_every_day_one_after_another(
    amount: Decimal, begins: date, days: int, method: str, year_days: str, rate_of: str, counts: str
) -> None:
    rule = ruled(method=method, year_days=year_days, rate_of=rate_of, counts=counts)
    ends = begins + timedelta(days=days)
    assert interest_on(amount, rule, begins, ends, CENT) == day_by_day(amount, rule, begins, ends)


def test_seven_per_cent_on_ten_thousand_for_a_year_compounded_daily() -> None:
    rule = ruled(rates=(InterestRate(since=date(2025, 1, 1), rate=Decimal("0.07"), source="test"),))
    assert interest_on(Decimal(10000), rule, date(2025, 1, 1), date(2026, 1, 1), CENT) == Decimal("725.01")
    simple = ruled(rates=rule.rates, method="simple")
    assert interest_on(Decimal(10000), simple, date(2025, 1, 1), date(2026, 1, 1), CENT) == Decimal("700.00")


def test_a_rate_holds_from_its_first_day() -> None:
    simple = ruled(method="simple", year_days="365")
    before = interest_on(Decimal(36500), simple, date(2025, 6, 29), date(2025, 6, 30), CENT)
    on_it = interest_on(Decimal(36500), simple, date(2025, 7, 1), date(2025, 7, 2), CENT)
    assert (before, on_it) == (Decimal("7.00"), Decimal("8.00"))


def test_a_rate_that_begins_on_the_last_day_holds_for_it() -> None:
    simple = ruled(method="simple", year_days="365")
    assert interest_on(Decimal(36500), simple, date(2025, 6, 30), date(2025, 7, 2), CENT) == Decimal("15.00")


def test_the_rate_of_the_first_month_holds_throughout() -> None:
    rule = ruled(method="simple", year_days="365", rate_of="first_month")
    assert interest_on(Decimal(36500), rule, date(2025, 6, 30), date(2025, 7, 10), CENT) == Decimal("70.00")


def test_a_day_before_the_first_rate_is_unknown_and_not_nothing() -> None:
    found = interest_on(Decimal(100), INTEREST, date(2024, 12, 31), date(2025, 1, 2), CENT)
    assert found == Unknown("interest_rate_unknown")
    assert interest_on(Decimal(100), INTEREST, date(2025, 1, 1), date(2025, 1, 2), CENT) == Decimal("0.02")


@pytest.mark.parametrize(("counts", "days"), [("first", 1), ("last", 1), ("both", 2)])
def test_which_end_day_counts(counts: str, days: int) -> None:
    rule = ruled(method="simple", year_days="365", counts=counts)
    assert interest_on(Decimal(36500), rule, date(2025, 3, 1), date(2025, 3, 2), CENT) == 7 * days


def test_no_day_bears_nothing() -> None:
    assert interest_on(Decimal(100), INTEREST, date(2025, 3, 2), date(2025, 3, 2), CENT) == 0
    assert interest_on(Decimal(100), INTEREST, date(2025, 3, 3), date(2025, 3, 2), CENT) == 0
    assert interest_on(Decimal(0), INTEREST, date(2025, 3, 1), date(2025, 3, 2), CENT) == 0


def test_half_a_cent_is_rounded_once_as_ruled() -> None:
    rates = (InterestRate(since=date(2025, 1, 1), rate=Decimal("0.365"), source="test"),)
    half = ruled(method="simple", year_days="365", rates=rates)
    up = interest_on(Decimal(5), half, date(2025, 1, 1), date(2025, 1, 2), CENT)
    even = interest_on(Decimal(25), half.model_copy(update={"rounding_mode": "half_even"}), date(2025, 1, 1), date(2025, 1, 2), CENT)  # fmt: skip
    assert (up, even) == (Decimal("0.01"), Decimal("0.02"))


def test_a_rate_that_is_assumed_is_said_for_its_own_days_alone() -> None:
    rates = (INTEREST.rates[0], InterestRate(since=date(2025, 7, 1), rate=Decimal("0.07"), assumed=True, source="test"))
    rule = ruled(rates=rates)
    assert not rests_on_assumed(rule, date(2025, 3, 1), date(2025, 7, 1))
    assert rests_on_assumed(rule, date(2025, 3, 1), date(2025, 7, 2))
    assert not rests_on_assumed(ruled(rates=rates, rate_of="first_month"), date(2025, 6, 30), date(2025, 9, 1))
    assert rests_on_assumed(ruled(rates=rates, rate_of="first_month"), date(2025, 7, 31), date(2025, 9, 1))
    assert not rests_on_assumed(rule, date(2025, 8, 1), date(2025, 8, 1))
