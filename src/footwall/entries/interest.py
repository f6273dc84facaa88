"""Interest as a rule has it: exact to the end, then one rounding to the coin.

Every day's rate is a fraction, so what a sum bears over years is a fraction of whole numbers; nothing is rounded before the end.
"""

from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.rulebook import InterestRule

_ONE_DAY: Final = timedelta(days=1)
_GUARD_UNIT: Final = 40
"""Digits behind the coin to which a fraction is cut before it is rounded."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Days that share a rate and a year: `days` of them at `rate` of a year of `year` days."""

    days: int
    rate: Decimal
    year: int


def interest_days(rule: InterestRule, begins: date, ends: date) -> tuple[date, date] | None:
    """The first and the last day that bear interest; None where there is none between."""
    first = begins if rule.counts in {"first", "both"} else begins + _ONE_DAY
    last = ends if rule.counts in {"last", "both"} else ends - _ONE_DAY
    return (first, last) if first <= last and begins <= ends else None


def interest_on(amount: Decimal, rule: InterestRule, begins: date, ends: date, coin: Decimal) -> Decimal | Unknown:
    """What `amount` bears from `begins` to `ends`, rounded once to the coin; unknown where a day has no rate."""
    days = interest_days(rule, begins, ends)
    if days is None or not amount:
        return Decimal(0) * coin
    spans = tuple(_spans(rule, begins, *days))
    if None in spans:
        return Unknown("interest_rate_unknown")
    numerator, denominator = _factor(rule, [span for span in spans if span is not None])
    places = _GUARD_UNIT + max(0, -_exponent(coin))
    shift = max(0, -_exponent(amount))
    with exact_arithmetic():
        coins = abs(int(amount.scaleb(shift)))
        whole, rest = divmod(coins * numerator * 10**places, denominator * 10**shift)
        # What was cut off shows as one more digit, so that no cut looks like a tie.
        exact = Decimal(whole * 10 + bool(rest)).scaleb(-places - 1)
        return round_to_unit(exact.copy_sign(amount), coin, rule.rounding_mode)


def rests_on_assumed(rule: InterestRule, begins: date, ends: date) -> bool:
    """Whether a rate of these days was published by nobody."""
    days = interest_days(rule, begins, ends)
    if days is None:
        return False
    first, last = (begins.replace(day=1),) * 2 if rule.rate_of == "first_month" else days
    begun = [one for one in rule.rates if one.since <= last]
    before = [one for one in begun if one.since <= first][-1:]
    return any(one.assumed for one in (*before, *(one for one in begun if one.since > first)))


def rate_on(rule: InterestRule, day: date) -> Decimal | None:
    """The annual rate of a day: that of the last row that has begun; None before the first."""
    begun = [one.rate for one in rule.rates if one.since <= day]
    return begun[-1] if begun else None


def _spans(rule: InterestRule, begins: date, first: date, last: date) -> Iterator[_Span | None]:
    """The days from first to last, by rate and year. None where a day has no rate."""
    fixed = begins.replace(day=1) if rule.rate_of == "first_month" else None
    starts = [one.since for one in rule.rates if first < one.since <= last] if fixed is None else []
    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    cuts = sorted({first, *starts, *years, last + _ONE_DAY})
    for start, after in pairwise(cuts):
        rate = rate_on(rule, fixed or start)
        yield None if rate is None else _Span((after - start).days, rate, _year(rule, start))


def _year(rule: InterestRule, day: date) -> int:
    if rule.year_days == "actual":
        return 366 if isleap(day.year) else 365
    return int(rule.year_days)


def _factor(rule: InterestRule, spans: list[_Span]) -> tuple[int, int]:
    """What one unit bears, as numerator and denominator."""
    numerator, denominator = (1, 1) if rule.method == "daily" else (0, 1)
    for span in spans:
        places = max(0, -_exponent(span.rate))
        rate, year = int(span.rate.scaleb(places)), span.year * 10**places
        if rule.method == "daily":
            numerator, denominator = numerator * (year + rate) ** span.days, denominator * year**span.days
        else:
            numerator, denominator = numerator * year + span.days * rate * denominator, denominator * year
    return (numerator - denominator if rule.method == "daily" else numerator), denominator


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
