"""No voice weighs more than the cap, and an outlier is judged by weight: exactly, against slow and obvious versions."""

from decimal import Decimal
from fractions import Fraction
from statistics import median, median_high

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import patient

from footwall.prices.weights import capped, outliers, weighted_medians

WEIGHTS = st.lists(st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-3)), min_size=1, max_size=12)
CAPS = st.sampled_from([Decimal(cap) for cap in ("0.1", "0.2", "0.25", "0.3", "0.34", "0.4", "0.5", "0.75", "1")])


@patient
@given(WEIGHTS, CAPS)
def test_capping_is_exact_and_keeps_proportions_below_the_cap(weights: list[Decimal], cap: Decimal) -> None:
    if len(weights) * cap < 1:
        with pytest.raises(ValueError, match="cannot each stay under a share"):
            capped(weights, cap)
        return
    result = [Fraction(weight) for weight in capped(weights, cap)]
    level = Fraction(cap) * sum(result)
    before = [Fraction(weight) for weight in weights]
    free = [index for index, weight in enumerate(result) if weight < level]
    assert all(0 < weight <= level for weight in result)
    # those under the cap stand to each other as they did; those at the cap would be over it if they did, too
    if free:
        scale = result[free[0]] / before[free[0]]
        assert all(result[index] == before[index] * scale for index in free)
        assert all(before[index] * scale >= level for index in range(len(result)) if index not in free)


@patient
@given(WEIGHTS, CAPS)
def test_capping_does_not_depend_on_the_order_of_the_voices(weights: list[Decimal], cap: Decimal) -> None:
    if len(weights) * cap >= 1:
        assert capped(weights[::-1], cap) == capped(weights, cap)[::-1]


def test_a_voice_exactly_at_the_cap_is_left_alone() -> None:
    assert capped([Decimal(2), Decimal(1), Decimal(1)], Decimal("0.5")) == (2, 1, 1)


def test_one_voice_over_the_cap_is_brought_to_it() -> None:
    weights = capped([Decimal(80), Decimal(10), Decimal(10)], Decimal("0.4"))
    assert [weight / sum(weights) for weight in weights] == [Decimal("0.4"), Decimal("0.3"), Decimal("0.3")]


def test_as_many_voices_as_the_cap_allows_weigh_the_same() -> None:
    weights = capped([Decimal(1000), Decimal(10), Decimal(1), Decimal(5)], Decimal("0.25"))
    assert len(set(weights)) == 1


def test_a_weight_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        capped([Decimal(1), Decimal(0)], Decimal(1))


HEARD = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 9)), min_size=1, max_size=10)


@patient
@given(HEARD)
def test_weighted_medians_are_those_of_as_many_copies(heard: list[tuple[int, int]]) -> None:
    copies = [Fraction(price) for price, weight in heard for _ in range(weight)]
    lower, upper = weighted_medians([Fraction(p) for p, _ in heard], [Decimal(w) for _, w in heard])
    assert (lower + upper) / 2 == median(copies)
    assert upper == median_high(copies)


@patient
@given(HEARD, st.integers(100, 130), st.integers(1, 6))
def test_outliers_are_those_of_as_many_copies(heard: list[tuple[int, int]], spread: int, power: int) -> None:
    copies = [Fraction(price) for price, weight in heard for _ in range(weight)]
    middle = median(copies)
    ratios = {price: max(Fraction(price) / middle, middle / Fraction(price)) for price, _ in heard}
    usual = max(median_high([ratios[price] for price, weight in heard for _ in range(weight)]), Fraction(spread, 100))
    bound = Fraction(1)
    for _ in range(power):
        bound *= usual
    expected = tuple(ratios[price] > bound for price, _ in heard)
    found = outliers(
        [Decimal(price) for price, _ in heard],
        [Decimal(weight) for _, weight in heard],
        Decimal(spread).scaleb(-2),
        power,
    )
    assert found == expected


@patient
@given(HEARD, st.integers(1, 5))
def test_what_is_thrown_out_never_weighs_half(heard: list[tuple[int, int]], power: int) -> None:
    weights = [Decimal(weight) for _, weight in heard]
    out = outliers([Decimal(price) for price, _ in heard], weights, Decimal(1), power)
    assert 2 * sum(weight for weight, thrown in zip(weights, out, strict=True) if thrown) < sum(weights)


def test_a_price_exactly_at_the_bound_is_kept_and_one_beyond_it_is_not() -> None:
    weights = [Decimal(3), Decimal(1)]
    # the median is 100 and the spread 1.1: with the power 2 the bound is 121
    assert outliers([Decimal(100), Decimal(121)], weights, Decimal("1.1"), 2) == (False, False)
    assert outliers([Decimal(100), Decimal("121.000000000001")], weights, Decimal("1.1"), 2) == (False, True)
    assert outliers([Decimal(121), Decimal(100)], weights, Decimal("1.1"), 2) == (False, False)


def test_a_median_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        weighted_medians([], [])
