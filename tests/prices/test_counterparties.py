"""The other side of a deal weighs no more than the cap either; and a tier needs its kilograms, and prices of one market."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import DAY, border, evidence, form, form_rules, patient, reference_rule, seen, tier_rule

from footwall.facts import Observation
from footwall.prices import Book, Datum, MarketPrice, Weighed, market_price, normalise, voices_of, weigh, with_weights
from footwall.quantity import Unknown
from footwall.rulebook import TierRule

NEAR = Decimal("1E-11")


def deal(name: str, by: str, to: str = "", mass: str | None = "100", price: str = "100") -> Observation:
    return seen(
        name, price, tier="transactions", submitter=by, counterparty=to, mass_kg=None if mass is None else Decimal(mass)
    )


def rule(cap: str = "0.5", **changes: Any) -> TierRule:
    return tier_rule("transactions", party_weight_cap=Decimal(cap), **changes)


def data_of(observations: Sequence[Observation], of: TierRule) -> tuple[Datum, ...] | Unknown:
    return with_weights([normalise(one, form(), form_rules(), evidence()) for one in observations], of)


def weights(observations: Sequence[Observation], of: TierRule) -> dict[str, Decimal | None]:
    found = data_of(observations, of)
    assert not isinstance(found, Unknown), found
    return {datum.observation: datum.weight for datum in found}


def weighed(observations: Sequence[Observation], of: TierRule) -> Weighed | Unknown:
    found = data_of(observations, of)
    return found if isinstance(found, Unknown) else weigh(voices_of(found), of)


@st.composite
def deals(draw: st.DrawFn, sides: str = "XYZ") -> list[Observation]:
    """Up to ten deals near 100, each with a mass, among four submitters and a few counterparties, some unnamed."""
    return [
        deal(
            f"d{n}",
            draw(st.sampled_from("ABCD")),
            draw(st.sampled_from(("", *sides))),
            str(draw(st.integers(1, 10**6))),
            str(Decimal(draw(st.integers(9_000, 11_000))).scaleb(-2)),
        )
        for n in range(draw(st.integers(1, 10)))
    ]


CAPS = st.sampled_from(["0.3", "0.5", "0.7", "1"])


def by_side(observations: Sequence[Observation], found: Sequence[Datum]) -> dict[tuple[str, str], Decimal]:
    """What each other side weighs; deals of one submitter that name none have one."""
    of = {one.observation: one for one in observations}
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for datum in found:
        one = of[datum.observation]
        sums[("named", one.counterparty) if one.counterparty else ("unnamed", one.submitter)] += datum.weight or 0
    return sums


@patient
@given(deals(), CAPS)
def test_no_counterparty_weighs_more_than_the_cap(observations: list[Observation], cap: str) -> None:
    if not any(one.counterparty for one in observations):
        observations.append(deal("named", "A", "X"))
    found = data_of(observations, rule(cap))
    sides = {(one.counterparty, "" if one.counterparty else one.submitter) for one in observations}
    if len(sides) * Decimal(cap) < 1:
        few = "1 counterparty cannot" if len(sides) == 1 else f"{len(sides)} counterparties cannot each"
        assert found == Unknown(f"{few} stay under a share of {cap}")
        return
    assert not isinstance(found, Unknown)
    sums = by_side(observations, found)
    assert max(sums.values()) <= Decimal(cap) * sum(sums.values()) + NEAR
    assert all(datum.weight is not None and datum.weight > 0 for datum in found)


@patient
@given(deals(), CAPS)
def test_within_one_side_weights_stay_in_proportion_to_masses(observations: list[Observation], cap: str) -> None:
    found = data_of(observations, rule(cap))
    if isinstance(found, Unknown):
        return
    weight = {datum.observation: datum.weight or Decimal(0) for datum in found}
    for one in observations:
        for other in observations:
            if one.counterparty == other.counterparty != "":
                assert one.mass_kg is not None
                assert other.mass_kg is not None
                crosswise = weight[one.observation] * other.mass_kg - weight[other.observation] * one.mass_kg
                assert abs(crosswise) <= Decimal("1E-12") * (one.mass_kg + other.mass_kg)


@patient
@given(deals(), CAPS, st.data())
def test_a_deal_told_in_lots_changes_nothing(observations: list[Observation], cap: str, chance: st.DataObject) -> None:
    whole = chance.draw(st.sampled_from(observations))
    assert whole.mass_kg is not None
    part = Decimal(chance.draw(st.integers(1, 99))) / 100
    lots = [
        replace(whole, observation="lot-1", mass_kg=whole.mass_kg * part),
        replace(whole, observation="lot-2", mass_kg=whole.mass_kg * (1 - part)),
    ]
    split = [one for one in observations if one is not whole] + lots
    before, after = weighed(observations, rule(cap)), weighed(split, rule(cap))
    if isinstance(before, Unknown):
        assert after == before
        return
    assert isinstance(after, Weighed)
    if isinstance(before.mean, Unknown):
        assert after.mean == before.mean
        return
    assert isinstance(after.mean, Decimal)
    assert abs(after.mean - before.mean) <= NEAR
    assert [voice.submitter for voice in after.voices] == [voice.submitter for voice in before.voices]


@patient
@given(deals(sides=""), CAPS)
def test_where_nobody_names_a_side_masses_weigh_as_they_are(observations: list[Observation], cap: str) -> None:
    assert weights(observations, rule(cap)) == {one.observation: one.mass_kg for one in observations}


@patient
@given(deals(sides=""), CAPS)
def test_a_side_of_ones_own_is_capped_as_its_submitter_is(observations: list[Observation], cap: str) -> None:
    named = [replace(one, counterparty=f"side of {one.submitter}") for one in observations]
    silent, told = weighed(observations, rule(cap)), weighed(named, rule(cap))
    assert isinstance(silent, Weighed)
    if isinstance(silent.mean, Unknown):
        assert isinstance(told, Unknown) or isinstance(told.mean, Unknown)
        return
    assert isinstance(told, Weighed)
    assert isinstance(told.mean, Decimal)
    assert abs(told.mean - silent.mean) <= NEAR


def test_one_side_of_many_submitters_is_capped_over_all_of_them() -> None:
    told = [deal("a", "A", "X", "600"), deal("b", "B", "X", "300"), deal("c", "C", "Y"), deal("d", "D", "Z")]
    found = weights(told, rule())
    # X brought down from 900 of 1,100 kg to the half: as much as Y and Z together, A with two thirds of it
    assert found["c"] == found["d"]
    unit = found["c"] or Decimal(0)
    assert abs((found["a"] or 0) - unit * 4 / 3) <= NEAR * unit
    assert abs((found["b"] or 0) - unit * 2 / 3) <= NEAR * unit


def test_deals_that_name_no_side_have_one_for_each_submitter() -> None:
    told = [deal("a", "A", "", "900"), deal("b", "A", "X"), deal("c", "B", "", "100")]
    found = weights(told, rule())
    assert found["b"] == found["c"]
    assert found["a"] == 2 * (found["b"] or 0)


def test_data_without_a_mass_weigh_by_number_and_have_no_side() -> None:
    told = [deal("a", "A", "X", None), deal("b", "A", "X", "900"), deal("c", "B", "Y"), deal("d", "C", "Z")]
    found = weights(told, rule())
    assert (found["a"], found["b"]) == (1, 1)
    assert found["c"] == found["d"]


@pytest.mark.parametrize(("sides", "stands"), [("XXXX", False), ("XXYY", True), ("XXX", False), ("XX ", True)])
def test_fewer_counterparties_than_the_cap_needs_set_no_price(sides: str, stands: bool) -> None:
    told = [deal(f"d{n}", "ABCD"[n], side.strip()) for n, side in enumerate(sides)]
    found = market_of(told, rule())
    assert isinstance(found.price, Decimal) is stands
    if not stands:
        assert [note.reason for note in found.tier_notes] == ["1 counterparty cannot stay under a share of 0.5"]
        assert {datum.exclusion for datum in found.excluded} == {"tier_failed"}


def market_of(observations: Sequence[Observation], of: TierRule) -> MarketPrice:
    rules = form_rules(border("0", "0"), reference=reference_rule(tiers=(of,)))
    return market_price(DAY, Book(form(), observations, rules, evidence()))


def test_a_buyer_who_buys_from_everyone_moves_the_price_no_more_than_the_cap() -> None:
    told = [deal(f"x{n}", by, "X", "1000", "104") for n, by in enumerate("ABC")]
    told += [deal(f"y{n}", by, side, "10", "100") for n, (by, side) in enumerate((("A", "Y"), ("B", "Z"), ("C", "W")))]
    found = market_of(told, rule("0.5", parties_min=3))
    # without a cap on X: (3,000 × 104 + 30 × 100) ÷ 3,030 = 103.96; with it half at 104, half at 100
    assert isinstance(found.price, Decimal)
    assert abs(found.price - 102) <= NEAR


@pytest.mark.parametrize(
    ("least", "reason"),
    [("300", None), ("300.01", "300 of at least 300.01 kg"), ("0", None)],
)
def test_a_tier_needs_its_kilograms(least: str, reason: str | None) -> None:
    told = [deal("a", "A", mass="200"), deal("b", "B"), deal("c", "C", mass=None)]
    result = weighed(told, rule("1", mass_kg_min=Decimal(least)))
    assert isinstance(result, Weighed)
    assert result.mean == (100 if reason is None else Unknown(reason))


def test_an_outlier_brings_no_kilograms() -> None:
    told = [deal("a", "A"), deal("b", "B"), deal("thief", "C", price="10")]
    result = weighed(told, rule("1", mass_kg_min=Decimal("200.01")))
    assert isinstance(result, Weighed)
    assert result.mean == Unknown("200 of at least 200.01 kg once outliers are out")
    again = weighed(told, rule("1", mass_kg_min=Decimal(200)))
    assert isinstance(again, Weighed)
    assert again.mean == 100


@pytest.mark.parametrize(("most", "stands"), [("1.25", True), ("1.2499", False), ("1.3", True), (None, True)])
def test_prices_that_lie_too_far_apart_are_no_one_market(most: str | None, stands: bool) -> None:
    # M = 100, the ratios 1.25, 1, 1.25: their median is 1.25
    told = [deal("a", "A", price="80"), deal("b", "B", price="100"), deal("c", "C", price="125")]
    result = weighed(told, rule("1", spread_max=None if most is None else Decimal(most)))
    assert isinstance(result, Weighed)
    assert result.spread == Decimal("1.25")
    if stands:
        assert isinstance(result.mean, Decimal)
    else:
        assert result.mean == Unknown("prices lie apart by 1.25, at most 1.2499")


def test_one_far_price_among_many_near_ones_is_an_outlier_and_no_wide_market() -> None:
    told = [*(deal(f"d{n}", "ABCD"[n]) for n in range(4)), deal("thief", "E", price="10")]
    found = market_of(told, rule("1", spread_max=Decimal("1.01")))
    assert found.price == 100
    assert {datum.observation: datum.exclusion for datum in found.excluded} == {"thief": "outlier"}
