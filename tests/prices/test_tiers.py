"""A tier speaks with one voice per submitter: many small lots, a hidden mass or one loud party do not move it far."""

from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import DAY, evidence, form, form_rules, patient, seen, tier_rule

from footwall.facts import Observation
from footwall.prices import Datum, Step, Voice, Weighed, normalise, voices_of, weigh, with_weights
from footwall.quantity import Unknown
from footwall.rulebook import TierRule

RULE = tier_rule("transactions", count_min=3, parties_min=3, party_weight_cap=Decimal("0.4"))


def weighted_of(data: list[Datum]) -> tuple[Datum, ...]:
    weighted = with_weights(data, tier_rule())
    assert not isinstance(weighted, Unknown)
    return weighted


def weighed(observations: list[Observation], rule: TierRule = RULE) -> Weighed:
    data = [normalise(one, form(), form_rules(), evidence()) for one in observations]
    weighted = with_weights(data, rule)
    assert not isinstance(weighted, Unknown)
    return weigh(voices_of(weighted), rule)


def deal(name: str, price: str, mass: str | None, by: str) -> Observation:
    return seen(name, price, tier="transactions", submitter=by, mass_kg=None if mass is None else Decimal(mass))


def voice(name: str, price: str, mass: str | None = None, count: int = 1) -> Voice:
    return Voice(name, Decimal(price), None if mass is None else Decimal(mass), count)


@pytest.mark.parametrize("robbers", [1, 2, 3, 5])
def test_robbers_with_many_small_lots_cannot_throw_out_the_honest_trade(robbers: int) -> None:
    # 100 honest deals at 98 to 102 hold 80 % of the weight; 150 small lots at 60 hold 20 %
    honest = [deal(f"h{n}", str(98 + n % 5), "800", f"honest-{n % 4}") for n in range(100)]
    robbery = [deal(f"r{n}", "60", str(Decimal(20_000) / 150), f"robber-{n % robbers}") for n in range(150)]
    result = weighed(honest + robbery)
    assert isinstance(result.mean, Decimal)
    assert abs(result.mean - 100) < Decimal("0.1")
    assert result.outlying == {f"robber-{n}" for n in range(robbers)}


PRICES = st.integers(100, 40_000).map(lambda n: Decimal(n).scaleb(-2))
MASSES = st.integers(1, 10**6).map(Decimal)


@patient
@given(
    st.lists(MASSES, min_size=2, max_size=6), st.lists(st.tuples(PRICES, MASSES), max_size=5), PRICES, st.integers(1, 4)
)
def test_a_minority_of_the_weight_moves_the_price_no_further_than_the_bound(
    honest: list[Decimal], robbers: list[tuple[Decimal, Decimal]], price: Decimal, power: int
) -> None:
    rule = tier_rule("transactions", spread_power=power)
    said = [Voice(f"h{n}", price, mass, 1) for n, mass in enumerate(honest)]
    said += [Voice(f"r{n}", lie, mass, 1) for n, (lie, mass) in enumerate(robbers)]
    if 2 * sum(mass for _, mass in robbers) >= sum(honest) + sum(mass for _, mass in robbers):
        return
    result = weigh(said, rule)
    bound = Fraction(rule.spread_min) ** power
    assert isinstance(result.mean, Decimal)
    slack = Fraction(1, 10**12)
    assert Fraction(price) / bound - slack <= Fraction(result.mean) <= Fraction(price) * bound + slack


def test_a_datum_with_a_weight_is_the_same_in_all_else() -> None:
    datum = Datum(
        "a", "tier", "spot", DAY, DAY + timedelta(days=1), "A", Decimal(3), None, (Step("as quoted", "= 3", Decimal(3)),),
        "outlier", "source", Decimal(7), True, True, "transaction", "B", 2, Decimal("0.2"), Decimal(2), Decimal(4),
    )  # fmt: skip
    assert all(getattr(datum, one.name) != one.default for one in fields(Datum)), "a field left out would not be seen"
    assert datum.weighing(Decimal(5)) == replace(datum, weight=Decimal(5))


def test_lots_of_one_submitter_are_one_voice_at_their_mean_by_mass() -> None:
    data = [
        normalise(deal(name, price, mass, "A"), form(), form_rules(), evidence())
        for name, price, mass in (("a", "100", "300"), ("b", "60", "100"))
    ]
    (only,) = voices_of(weighted_of(data))
    assert (only.submitter, only.price, only.mass_kg, only.count) == ("A", 90, 400, 2)


def test_lots_of_which_one_states_no_mass_count_the_same() -> None:
    data = [
        normalise(deal(name, price, mass, "A"), form(), form_rules(), evidence())
        for name, price, mass in (("a", "100", "300"), ("b", "60", None))
    ]
    (only,) = voices_of(weighted_of(data))
    assert (only.price, only.mass_kg) == (80, None)


def test_voices_weigh_by_mass_where_all_state_one() -> None:
    result = weigh([voice("A", "100", "300"), voice("B", "104", "100")], tier_rule())
    assert result.mean == 101


def test_voices_weigh_the_same_where_none_states_a_mass() -> None:
    assert weigh([voice("A", "100"), voice("B", "104")], tier_rule()).mean == 102


def test_hiding_a_mass_never_pays() -> None:
    said = [voice("A", "100", "300"), voice("B", "104", "100"), voice("C", "98")]
    # C weighs as B, the least that states a mass: (300 · 100 + 100 · 104 + 100 · 98) ÷ 500
    assert weigh(said, tier_rule()).mean == Decimal("100.4")


def test_a_loud_voice_is_capped() -> None:
    said = [voice("A", "110", "9000"), voice("B", "100", "500"), voice("C", "100", "500")]
    assert weigh(said, RULE).mean == 104  # 40 % at 110, 60 % at 100


def test_the_cap_holds_again_once_outliers_are_out() -> None:
    said = [voice("A", "110", "600"), voice("B", "100", "300"), voice("C", "100", "100"), voice("D", "10", "500")]
    result = weigh(said, tier_rule("transactions", party_weight_cap=Decimal("0.4")))
    assert result.outlying == {"D"}
    assert result.mean == 104


def test_two_voices_far_apart_are_both_heard() -> None:
    assert weigh([voice("A", "80"), voice("B", "120")], tier_rule()).mean == 100


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ([], "no eligible observation"),
        ([voice("A", "1"), voice("B", "1")], "2 of at least 3 observations"),
        ([voice("A", "1", count=2), voice("B", "1", count=2)], "2 of at least 3 submitters"),
    ],
)
def test_a_tier_with_too_little_sets_no_price_and_says_what_it_lacks(said: list[Voice], reason: str) -> None:
    result = weigh(said, RULE)
    assert result.mean == Unknown(reason)
    assert all(one.weight is None for one in result.voices)


def test_exactly_enough_is_enough() -> None:
    assert weigh([voice("A", "1"), voice("B", "1"), voice("C", "1")], RULE).mean == 1


def test_a_tier_that_lacks_voices_once_outliers_are_out_sets_no_price() -> None:
    result = weigh([voice("A", "100"), voice("B", "100"), voice("C", "10")], RULE)
    assert result.mean == Unknown("2 of at least 3 observations once outliers are out")


def test_fewer_submitters_than_the_cap_needs_set_no_price() -> None:
    rule = tier_rule("transactions", party_weight_cap=Decimal("0.3"))
    result = weigh([voice(name, "100") for name in "ABC"], rule)
    assert result.mean == Unknown("3 submitters cannot each stay under a share of 0.3")
    assert weigh([voice(name, "100") for name in "ABCD"], rule).mean == 100


@patient
@given(
    st.lists(st.tuples(PRICES, st.none() | MASSES, st.integers(1, 3)), min_size=1, max_size=7),
    st.sampled_from(["0.2", "0.3", "0.5", "1"]),
    st.integers(1, 3),
)
def test_the_mean_of_a_tier_agrees_with_slow_fractions(
    said: list[tuple[Decimal, Decimal | None, int]], cap: str, power: int
) -> None:
    rule = tier_rule("transactions", party_weight_cap=Decimal(cap), spread_power=power)
    voices = [Voice(f"v{n}", price, mass, count) for n, (price, mass, count) in enumerate(said)]
    result = weigh(voices, rule)
    expected = _slowly(voices, Fraction(cap), power)
    if expected is None:
        assert isinstance(result.mean, Unknown)
    else:
        assert isinstance(result.mean, Decimal)
        assert abs(Fraction(result.mean) - expected) <= Fraction(1, 2 * 10**12)


def _slowly(voices: list[Voice], cap: Fraction, power: int) -> Fraction | None:
    """The rule in words: weigh, cap by lowering the level until it fits, throw out, weigh again."""
    least = min((Fraction(one.mass_kg) for one in voices if one.mass_kg is not None), default=Fraction(1))
    loud = [least if one.mass_kg is None else Fraction(one.mass_kg) for one in voices]
    shares = _shares(loud, cap)
    if shares is None:
        return None
    prices = [Fraction(one.price) for one in voices]
    middle = sum(_halves(prices, shares), Fraction(0)) / 2
    ratios = [max(price / middle, middle / price) for price in prices]
    spread = max(_halves(ratios, shares)[1], Fraction("1.05"))
    kept = [place for place, ratio in enumerate(ratios) if ratio <= spread**power]
    shares = _shares([loud[place] for place in kept], cap)
    if shares is None:
        return None
    return sum((prices[place] * share for place, share in zip(kept, shares, strict=True)), Fraction(0))


def _shares(loud: list[Fraction], cap: Fraction) -> list[Fraction] | None:
    if len(loud) * cap < 1:
        return None
    shares = [weight / sum(loud) for weight in loud]
    while max(shares) > cap:
        at_cap = [share >= cap for share in shares]
        rest = sum((weight for weight, full in zip(loud, at_cap, strict=True) if not full), Fraction(0))
        free = 1 - cap * sum(at_cap)
        shares = [cap if full else weight / rest * free for weight, full in zip(loud, at_cap, strict=True)]
    return shares


def _halves(values: list[Fraction], shares: list[Fraction]) -> tuple[Fraction, Fraction]:
    ordered = sorted(zip(values, shares, strict=True))
    below = [sum((share for _, share in ordered[: place + 1]), Fraction(0)) for place in range(len(ordered))]
    lower = next(value for (value, _), reached in zip(ordered, below, strict=True) if reached >= Fraction(1, 2))
    upper = next(value for (value, _), reached in zip(ordered, below, strict=True) if reached > Fraction(1, 2))
    return lower, upper


def datum(name: str, mass: str | None, by: str, to: str = "") -> Datum:
    told = seen(
        name, "100", tier="transactions", submitter=by, counterparty=to, mass_kg=None if mass is None else Decimal(mass)
    )
    return normalise(told, form(), form_rules(), evidence())


def test_naming_the_first_counterparty_of_a_tier_does_not_make_it_fail() -> None:
    honest = [datum(name, None, name) for name in "ABC"]
    rule = tier_rule("transactions", parties_min=3, count_min=3, party_weight_cap=Decimal("0.4"))
    told = with_weights([*honest, datum("m", "1", "M", to="X")], rule)
    assert not isinstance(told, Unknown)
    assert weigh(voices_of(told), rule).mean == 100


def test_masses_of_too_few_counterparties_for_the_cap_count_the_same_beside_voices_without_a_mass() -> None:
    rule = tier_rule("transactions", party_weight_cap=Decimal("0.3"))
    told = with_weights(
        [datum("a", None, "A"), datum("b", None, "B"), datum("c", "500", "C"), datum("d", "20", "D", to="X")], rule
    )
    assert not isinstance(told, Unknown)
    assert [one.loudness for one in voices_of(told)] == [None, None, 20, 20]


def test_too_few_counterparties_for_the_cap_set_no_price() -> None:
    rule = tier_rule("transactions", party_weight_cap=Decimal("0.4"))
    assert with_weights([datum(name, "5", name, to="X") for name in "ABC"], rule) == Unknown(
        "1 counterparty cannot stay under a share of 0.4"
    )
    assert isinstance(with_weights([datum(name, "5", name, to=to) for name, to in ("AX", "BY", "CZ")], rule), tuple)
    named_without_mass = [datum("a", None, "A", to="X"), datum("b", None, "B", to="X"), datum("c", "5", "C", to="X")]
    assert isinstance(with_weights(named_without_mass, rule), Unknown)
    assert isinstance(with_weights(named_without_mass[:2], rule), Unknown)


def test_a_voice_needs_a_price_and_a_weight() -> None:
    unpriced = normalise(deal("a", "0", None, "A"), form(), form_rules(), evidence())
    with pytest.raises(ValueError, match="no price or no weight"):
        voices_of([unpriced])
