"""The exact core of a tier: weights under a cap, weighted medians, and who is an outlier. No logs, no floats.

A columnar front may sum a million observations to a few voices; what decides is here, on those few.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, Final, TypeVar

from footwall.quantity import EXACT, counted, decimal_places, exact_arithmetic, round_to_unit

Number = TypeVar("Number", int, Fraction)
Value = TypeVar("Value", bound=Any)
Ratio = tuple[int, int]
"""A dividend and a divisor above zero."""

SPREAD_UNIT: Final = Decimal("1E-12")
"""The place to which a spread is told: precision of arithmetic, not a rule."""


def capped(weights: Sequence[Decimal], share_max: Decimal) -> tuple[Decimal, ...]:
    """Weights in the same order, of which none is more than `share_max` of their sum, the others in proportion as before.

    Exact without a division: with k voices at the cap and `rest` the sum of the others, a capped voice gets
    share_max × rest and any other w × (1 − k × share_max). Ends after at most as many rounds as there are weights.
    Raises ValueError where even equal weights would break the cap (fewer than 1/share_max voices), or for a weight that
    is not above zero: the caller's fault.
    """
    if any(weight <= 0 for weight in weights):
        raise ValueError("a weight must be above zero")
    with exact_arithmetic():
        if len(weights) * share_max < 1:
            raise ValueError(f"{counted(len(weights), 'weight')} cannot each stay under a share of {share_max}")
        heaviest_first = sorted(weights, reverse=True)
        at_cap, rest = 0, sum(weights, Decimal(0))
        while at_cap < len(weights) and heaviest_first[at_cap] * (1 - at_cap * share_max) > share_max * rest:
            rest -= heaviest_first[at_cap]
            at_cap += 1
        level, free = share_max * rest, 1 - at_cap * share_max
        # a voice is over the cap exactly when its own scaled weight would be more than the level
        return tuple(min(weight * free, level) if at_cap else weight for weight in weights)


def weighted_medians(values: Sequence[Number], weights: Sequence[Decimal]) -> tuple[Number, Number]:
    """The lower and the upper weighted median; they differ only where exactly half of the weight lies below."""
    return _medians(sorted(zip(values, weights, strict=True)))


def _medians(in_order: Sequence[tuple[Value, Decimal]]) -> tuple[Value, Value]:
    with exact_arithmetic():
        half = sum((weight for _, weight in in_order), Decimal(0)) / 2
        reached, lower = Decimal(0), None
        for value, weight in in_order:
            reached += weight
            if lower is None and reached >= half:
                lower = value
            if lower is not None and reached > half:
                return lower, value
    raise ValueError("a median needs at least one value")


def outliers(
    prices: Sequence[Decimal], weights: Sequence[Decimal], spread_min: Decimal, power: int
) -> tuple[bool, ...]:
    """Which prices lie too far from the weighted median M: see `outliers_and_spread`."""
    return outliers_and_spread(prices, weights, spread_min, power)[0]


def outliers_and_spread(
    prices: Sequence[Decimal], weights: Sequence[Decimal], spread_min: Decimal, power: int
) -> tuple[tuple[bool, ...], Decimal]:
    """Which prices lie too far from the weighted median M: those with r > dᵏ (k = `power`); and the median of r itself.

    r = max(p/M, M/p); d = the upper weighted median of r, at least `spread_min`. Where exactly half of the weight lies
    below, M is the middle of the two medians. Since d is no less than the median of r, what is thrown out never weighs
    half: many small lots cannot throw out the trade, because the spread is taken by capped weight and not by count. The
    median of r is told rounded up to twelve decimals; the comparison uses it exactly: in whole numbers, prices as multiples
    of their last place, ratios as pairs that are compared crosswise. Raises ValueError for a price that is not above zero.
    """
    if any(price <= 0 for price in prices):
        raise ValueError("a price must be above zero")
    places = max(map(decimal_places, prices), default=0)
    twice = [2 * int(price.scaleb(places, EXACT)) for price in prices]
    lower, upper = weighted_medians(twice, weights)
    middle = (lower + upper) // 2
    ratios = [(price, middle) if price > middle else (middle, price) for price in twice]
    found = _medians(sorted(zip(ratios, weights, strict=True), key=cmp_to_key(_by_ratio)))[1]
    least = spread_min.as_integer_ratio()
    over, under = found if _crosswise(found, least) > 0 else least
    furthest = (over**power, under**power)
    with exact_arithmetic():
        told = round_to_unit(Decimal(found[0]) / Decimal(found[1]), SPREAD_UNIT, "up")
    return tuple(_crosswise(ratio, furthest) > 0 for ratio in ratios), told


def _crosswise(one: Ratio, other: Ratio) -> int:
    """Above zero where the first ratio is the greater, below where it is the lesser."""
    return one[0] * other[1] - other[0] * one[1]


def _by_ratio(one: tuple[Ratio, Decimal], other: tuple[Ratio, Decimal]) -> int:
    return _crosswise(one[0], other[0])


def weighted_mean_parts(prices: Sequence[Decimal], weights: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Σ weight × price, and Σ weight: the dividend and the divisor of the weighted mean, both exact."""
    with exact_arithmetic():
        total = sum((price * weight for price, weight in zip(prices, weights, strict=True)), Decimal(0))
        return total, sum(weights, Decimal(0))
