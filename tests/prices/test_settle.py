"""How a thin market, judgement and the end of a form settle its price, and how sure the price is."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from price_samples import (
    DAY,
    ORE,
    OXIDE,
    cessation,
    confidence,
    evidence,
    form,
    level,
    liquidity,
    recipe,
    reference_rule,
    rulebook,
    seen,
)

from footwall.facts import Observation
from footwall.prices import (
    Evidence,
    Judgement,
    ReferencePrice,
    ReferencePrices,
    canonical,
    reference_prices,
    replay,
)
from footwall.quantity import Unknown

BUILT = evidence(form(), form(ORE), recipes=(recipe(OXIDE, {ORE: "2"}, "10"),))
BELOW = seen("ore", "20", form=ORE)  # the oxide's cost-build is 2 × 20 + 11 = 51
BANDS = liquidity((3, "100", "1"), (2, "0", "0.5"), (1, "0", "0.2"))


def days(number: int) -> date:
    return DAY + timedelta(days=number)


def prices(
    told: Sequence[Observation],
    on: date = DAY,
    previous: ReferencePrices | None = None,
    facts: Evidence | None = None,
    judgements: Mapping[str, tuple[Judgement, ...]] | None = None,
    **sections: Any,
) -> ReferencePrices:
    rules = rulebook(*sections.pop("rules", ()), **sections)
    found = reference_prices(on, told, rules, facts or evidence(), previous or {}, judgements or {})
    for price in found.values():
        assert replay(canonical(price.certified)) == ()
    return found


def oxide(*told: Observation, **changes: Any) -> ReferencePrice:
    return prices(told, **changes)[OXIDE]


def crowd(parties: int, mass: str | None = "50", price: str = "100") -> list[Observation]:
    """So many quotations of different parties at one price."""
    return [seen(f"s{n}", price, mass_kg=None if mass is None else Decimal(mass)) for n in range(parties)]


@pytest.mark.parametrize(
    ("parties", "mass", "share"),
    [
        pytest.param(3, "50", "1", id="parties and mass"),
        pytest.param(2, "50", "0.5", id="just enough kilograms, a party short"),
        pytest.param(3, "33.3", "0.5", id="parties enough, just too little mass"),
        pytest.param(3, None, "0.5", id="no mass is told"),
        pytest.param(1, "5000", "0.2", id="one party, whatever its mass"),
    ],
)
def test_the_markets_weight_falls_by_the_first_band_that_is_reached(parties: int, mass: str | None, share: str) -> None:
    found = oxide(BELOW, *crowd(parties, mass), facts=BUILT, liquidity=(BANDS,))
    weight = Decimal("0.7") * Decimal(share)
    terms = found.certified.terms
    assert terms is not None
    assert (terms.tier_weight, terms.liquidity_share, terms.market_weight) == (Decimal("0.7"), Decimal(share), weight)
    assert found.price == 51 + weight * 49


def test_a_mass_just_at_the_band_reaches_it() -> None:
    told = [*crowd(3, "33.3"), seen("rest", "100", mass_kg=Decimal("0.1"), submitter="s0", market="China")]
    found = oxide(*told, liquidity=(BANDS,)).certified
    assert found.liquidity is not None
    assert (found.liquidity.count, found.liquidity.parties, found.liquidity.mass_kg) == (4, 3, 100)
    assert found.terms is not None
    assert found.terms.liquidity_share == 1


def test_an_outlier_is_no_party_to_the_liquidity_of_a_market() -> None:
    found = oxide(*crowd(2), seen("thief", "10", mass_kg=Decimal(1)), liquidity=(BANDS,)).certified
    assert found.liquidity is not None
    assert (found.liquidity.parties, found.liquidity.low, found.liquidity.high) == (2, 100, 100)


def before(price: str = "80", **changes: Any) -> ReferencePrices:
    return prices([seen("old", price, day=days(-30), **changes)], on=days(-30))


@pytest.mark.parametrize(
    ("left_to", "expected", "method"),
    [("previous", "90", "market and previous price"), ("alone", "100", "market alone")],
)
def test_without_a_cost_build_a_thin_market_moves_the_price_so_far(left_to: str, expected: str, method: str) -> None:
    rule = liquidity((3, "100", "1"), (1, "0", "0.5"), no_cost_build=left_to)
    found = oxide(*crowd(2), previous=before(), liquidity=(rule,))
    assert (found.price, found.certified.method) == (Decimal(expected), method)  # 0.5 × 100 + 0.5 × 80


PREVIOUS = liquidity((3, "100", "1"), (1, "0", "0.5"), no_cost_build="previous")


def test_on_the_first_day_a_thin_market_stands_alone() -> None:
    found = oxide(*crowd(1), liquidity=(PREVIOUS,))
    assert (found.price, found.certified.method) == (100, "market alone")


def test_a_liquid_market_owes_nothing_to_the_previous_price() -> None:
    found = oxide(*crowd(3), previous=before(), liquidity=(PREVIOUS,))
    assert (found.price, found.certified.method) == (100, "market alone")


def test_with_a_cost_build_the_rest_of_the_weight_is_its_and_not_the_previous_prices() -> None:
    found = oxide(BELOW, *crowd(1), previous=before(), facts=BUILT, liquidity=(PREVIOUS,))
    assert (found.price, found.certified.method) == (51 + Decimal("0.35") * 49, "market and cost-build")


def test_a_thin_market_outside_does_not_lean_on_a_price_made_under_the_floor() -> None:
    found = oxide(*crowd(1), previous=before(under_floor=True), liquidity=(PREVIOUS,))
    assert (found.price, found.certified.method) == (100, "market alone")


def test_what_a_thin_market_leaves_is_held_before_smoothing_and_step_cap() -> None:
    rule = reference_rule(smoothing_share=Decimal("0.5"), step_share_max=Decimal("0.05"))
    found = oxide(*crowd(1), previous=before(), rules=(rule,), liquidity=(PREVIOUS,))
    # 0.5 × 100 + 0.5 × 80 = 90; 0.5 × 90 + 0.5 × 80 = 85; at most 84
    assert found.price == 84
    assert [step.result for step in found.certified.combination_steps] == [100, 50, 90, 45, 85, 85, 84, 84]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param({}, "high", id="every condition just holds"),
        pytest.param({"parties": 1}, "low", id="a party short"),
        pytest.param({"age_days": 11}, "low", id="a day too old"),
        pytest.param({"other": "121.0001"}, "low", id="just too far apart"),
        pytest.param({"assumed": True}, "low", id="rests on an assumption"),
        pytest.param({"tier": "averages"}, "low", id="of another tier"),
    ],
)
def test_each_condition_of_a_level_holds_at_its_boundary(told: dict[str, Any], expected: str) -> None:
    # at 100 and 121 the middle is 110.5, and 121 ÷ 110.5 is less than 110.5 ÷ 100 = 1.105
    rule = level(spread_max=Decimal("1.105"))
    age = {"day": days(-told.get("age_days", 10)), "tier": told.get("tier", "assessments")}
    first = seen("a", "100", publication_assumed=told.get("assumed", False), **age)
    other = seen("b", told.get("other", "121"), **age)
    market = [first, other][: told.get("parties", 2)]
    found = oxide(*market, confidence=(confidence(rule),))
    assert found.confidence == found.certified.confidence == expected


@pytest.mark.parametrize(
    ("age_days", "expected"), [(0, "high"), (10, "high"), (11, "medium"), (20, "medium"), (21, "low")]
)
def test_the_first_level_that_holds_is_told(age_days: int, expected: str) -> None:
    levels = confidence(level(), level("medium", age_days_max=20, assumed=True))
    found = oxide(*[seen(name, day=days(-age_days)) for name in "ab"], confidence=(levels,))
    assert found.confidence == expected


def test_the_age_that_counts_is_that_of_the_newest_datum() -> None:
    found = oxide(seen("a", day=days(-10)), seen("b", day=days(-40)), confidence=(confidence(level()),))
    assert found.confidence == "high"


def test_a_level_that_allows_assumptions_is_reached_with_them_and_without() -> None:
    for assumed in (False, True):
        told = [seen(name, publication_assumed=assumed) for name in "ab"]
        assert oxide(*told, confidence=(confidence(level(assumed=True)),)).confidence == "high"


def test_without_a_rule_no_confidence_is_told() -> None:
    assert oxide(*crowd(2)).confidence is None
    assert oxide().confidence is None


ANYTHING = (
    confidence(level(parties_min=1, spread_max=Decimal(9), age_days_max=999, assumed=True, tiers=("assessments",))),
)


def test_a_price_without_a_market_carried_judged_or_suspended_is_low() -> None:
    assert oxide(BELOW, facts=BUILT, confidence=ANYTHING).confidence == "low"
    first = prices([seen()], confidence=ANYTHING)
    assert first[OXIDE].confidence == "high"
    carried = oxide(seen(), on=days(61), previous=first, confidence=ANYTHING)
    assert (carried.status, carried.confidence) == ("carried", "low")
    suspended = oxide(confidence=ANYTHING)
    assert (suspended.status, suspended.confidence) == ("suspended", "low")
    judged = oxide(confidence=ANYTHING, judgements={OXIDE: (judgement(price="70"),)})
    assert (judged.status, judged.confidence) == ("judgement", "low")


def judgement(*left_out: str, price: str | None = None) -> Judgement:
    action: Any = "exclude" if price is None else "price"
    figure = None if price is None else Decimal(price)
    return Judgement(action, left_out, figure, "the mill was on fire all week", "a letter of the mill", "wei", "okafor")


def test_experts_may_leave_out_an_observation_and_are_named() -> None:
    told = [seen("a", "100"), seen("b", "102"), seen("burnt", "103")]
    judged = judgement("burnt", "never seen")
    found = oxide(*told, judgements={OXIDE: (judged,)})
    assert found.price == 101
    assert [(datum.observation, datum.exclusion) for datum in found.certified.excluded] == [("burnt", "judgement")]
    assert found.certified.judgements == (judged,)
    assert found.status == "observed"


def test_a_judgement_on_one_form_touches_no_other() -> None:
    found = prices([BELOW, *crowd(2)], facts=BUILT, judgements={ORE: (judgement("s0"),)})
    assert found[OXIDE].certified.judgements == ()
    assert {datum.observation for datum in found[OXIDE].certified.used} == {"s0", "s1"}


def test_what_experts_left_out_of_a_market_implies_nothing_and_weighs_nowhere() -> None:
    found = prices([BELOW, *crowd(2)], facts=BUILT, judgements={ORE: (judgement("ore"),)})
    assert found[ORE].status == "suspended"
    assert found[OXIDE].certified.method == "market alone"


def test_a_judged_price_stands_where_nothing_else_does() -> None:
    judged = judgement(price="70.006")
    found = oxide(judgements={OXIDE: (judged,)})
    assert (found.price, found.status, found.certified.method) == (Decimal("70.01"), "judgement", "judgement")
    assert (found.assumed, found.tier, found.on_data) == (True, None, False)
    assert found.certified.judgements == (judged,)
    assert found.certified.combination_steps[0].what == "expert judgement: a letter of the mill"


@pytest.mark.parametrize("stands", ["market", "cost-build", "carried"])
def test_a_judged_price_is_not_used_where_the_method_yields_one(stands: str) -> None:
    judged = judgement(price="70")
    changes: dict[str, Any] = {"judgements": {OXIDE: (judged,)}}
    if stands == "market":
        found = oxide(seen(), **changes)
    elif stands == "cost-build":
        found = oxide(BELOW, facts=BUILT, **changes)
    else:
        found = oxide(previous=prices([seen(day=days(-90))], on=days(-80)), **changes)
    assert found.price != 70
    assert found.certified.method.startswith(stands)
    assert found.certified.judgements == (judged,)


def test_a_judged_price_stands_where_the_last_one_is_too_old_to_carry() -> None:
    first = prices([seen(day=days(-181))], on=days(-180))
    found = oxide(previous=first, judgements={OXIDE: (judgement(price="70"),)})
    assert (found.price, found.status) == (70, "judgement")


TWO = evidence(form(), form("metal"))
METAL = seen("m", "40", form="metal")


def test_a_form_that_has_ended_is_priced_by_its_successor() -> None:
    ends = (cessation(OXIDE, "metal", "1.205", valid_from=DAY),)
    told = [METAL, seen("own", "10")]
    assert prices(told, on=DAY, facts=TWO, cessation=ends)[OXIDE].price == Decimal("48.2")
    found = oxide(*told, facts=TWO, cessation=ends)
    assert (found.status, found.tier, found.rests_on) == ("successor", "assessments", DAY)
    assert [step.figure for step in found.certified.combination_steps] == ["= 40", "× 1.205", "round half_up 0.01"]
    earlier = [seen("m", "40", form="metal", day=days(-1)), seen("own", "10", day=days(-1))]
    assert oxide(*earlier, on=days(-1), facts=TWO, cessation=ends).price == 10


@pytest.mark.parametrize(("factor", "expected"), [("0.000124", None), ("0.000125", "0.01")])
def test_a_share_of_a_successors_price_that_rounds_to_nothing_is_no_price(factor: str, expected: str | None) -> None:
    found = oxide(METAL, facts=TWO, cessation=(cessation(OXIDE, "metal", factor),))
    if expected is None:
        assert (found.status, found.price) == ("suspended", Unknown("rounds to nothing at 0.01"))
    else:
        assert (found.status, found.price) == ("successor", Decimal(expected))


@pytest.mark.parametrize(("price", "status"), [("0.0049", "suspended"), ("0.005", "judgement")])
def test_a_judged_price_that_rounds_to_nothing_is_no_price(price: str, status: str) -> None:
    judged = Judgement("price", (), Decimal(price), "nothing else stands", "a letter", "wei", "okafor")
    found = oxide(judgements={OXIDE: (judged,)})
    assert found.status == status
    assert isinstance(found.price, Unknown) == (status == "suspended")


@pytest.mark.parametrize(
    ("successor", "reason"),
    [
        ("", "it is priced no more, and no form has taken its place"),
        ("metal", "it is priced no more, and metal, which took its place, has no price"),
    ],
)
def test_without_a_priced_successor_a_form_that_has_ended_has_no_price(successor: str, reason: str) -> None:
    found = oxide(seen("own", "10"), facts=TWO, cessation=(cessation(OXIDE, successor),), confidence=ANYTHING)
    assert (found.status, found.price) == ("suspended", Unknown(reason))
    assert found.confidence == "low"


def test_the_price_before_the_end_is_not_carried_beyond_it() -> None:
    first = prices([seen(day=days(-1))], on=days(-1))
    found = oxide(previous=first, cessation=(cessation(),))
    assert found.status == "suspended"


@pytest.mark.parametrize("names", [("a", "b", "c"), ("c", "b", "a"), ("b", "a", "c")])
def test_a_successor_that_has_ended_itself_hands_on_the_price_of_its_own(names: tuple[str, str, str]) -> None:
    first, second, third = names
    ends = (cessation(first, second, "2"), cessation(second, third, "3"))
    facts = evidence(*(form(name) for name in "abc"))
    found = prices([seen("last", "10", form=third)], facts=facts, cessation=ends)
    assert [found[name].price for name in names] == [60, 30, 10]


def test_forms_that_have_ended_in_favour_of_each_other_have_no_price() -> None:
    ends = (cessation(OXIDE, "metal"), cessation("metal", OXIDE))
    found = prices([METAL, seen("own", "10")], facts=TWO, cessation=ends)
    assert {price.status for price in found.values()} == {"suspended"}


def test_what_rests_on_a_successor_bears_its_assumptions_and_its_floor() -> None:
    told = seen("m", "40", form="metal", under_floor=True, publication_assumed=True)
    found = oxide(told, facts=TWO, cessation=(cessation(OXIDE, "metal"),))
    assert (found.assumed, found.under_floor) == (True, True)
