"""Market and cost-build become one price; a price without data is carried to an age, then suspended, and is never zero."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import (
    DAY,
    OXIDE,
    STRICT,
    TIERS,
    border,
    evidence,
    form,
    patient,
    priced,
    recipe,
    reference_rule,
    rulebook,
    seen,
    some_observations,
    tier_rule,
)

from footwall.errors import RulebookError, UsageError
from footwall.facts import Observation
from footwall.prices import ReferencePrice, Terms, certificate_json, reference_prices
from footwall.prices.combine import carry, combine
from footwall.quantity import Unknown

BUILT = evidence(form(), form("ore"), recipes=(recipe(OXIDE, {"ore": "2"}, "10"),))
ORE = seen("ore", "20", form="ore")  # the oxide's cost-build is 2 × 20 + 11 = 51


def days(number: int) -> date:
    return DAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("transactions", "95.1"),
        ("bids_offers", "90.2"),
        ("assessments", "85.3"),
        ("averages", "80.4"),
        ("unit_values", "70.6"),
    ],
)
def test_the_market_counts_less_the_less_liquid_its_tier(tier: str, expected: str) -> None:
    found = priced(ORE, seen(low="100", tier=tier), facts=BUILT)
    assert found.price == Decimal(expected)
    certificate = found.certificate
    assert (certificate.market, certificate.cost_build, certificate.method) == (100, 51, "market and cost-build")


def test_the_weights_of_the_tiers_fall() -> None:
    weights = [priced(ORE, seen(low="100", tier=tier), facts=BUILT).certificate.market_weight for tier in TIERS]
    assert weights == sorted(weights, reverse=True)  # type: ignore[type-var]


def test_a_market_without_a_cost_build_stands_alone_and_says_so() -> None:
    found = priced(seen(low="100"))
    assert (found.price, found.certificate.method) == (100, "market alone")
    assert "market alone: no market-economy recipe makes it" in found.certificate.combination_steps[0].what


def test_a_form_that_nobody_trades_stands_on_its_cost_build() -> None:
    found = priced(ORE, facts=BUILT)
    assert (found.price, found.status, found.tier, found.rests_on) == (51, "cost_build", None, DAY)
    assert not found.on_data


def test_a_cost_build_rests_on_the_day_of_its_stalest_input() -> None:
    facts = evidence(form(), form("ore"), form("acid"), recipes=(recipe(OXIDE, {"ore": "2", "acid": "1"}),))
    acid = seen("acid", "1", form="acid", day=days(-30))
    assert priced(ORE, acid, facts=facts).rests_on == days(-30)


def test_a_form_without_data_or_recipe_is_suspended_and_not_zero() -> None:
    found = priced()
    assert isinstance(found.price, Unknown)
    assert (found.status, found.tier, found.rests_on, found.certificate.method) == (
        "suspended",
        None,
        None,
        "suspended",
    )
    assert found.certificate.result == found.price


@pytest.mark.parametrize(("later", "status"), [(61, "carried"), (180, "carried"), (181, "suspended")])
def test_a_price_is_carried_up_to_an_age_counted_from_its_newest_datum(later: int, status: str) -> None:
    before = priced(seen(low="100"))
    found = priced(seen(low="100"), on=days(later), previous=before)
    assert found.status == status
    if status == "carried":
        assert (found.price, found.tier, found.rests_on, found.on_data) == (100, "assessments", DAY, True)
    else:
        assert isinstance(found.price, Unknown)
        assert "181 days ago; at most 180" in found.price.reason


def test_a_price_carried_many_times_grows_old_all_the_same() -> None:
    found = priced(seen(low="100"))
    ages = []
    for later in range(30, 300, 30):
        found = priced(seen(low="100"), on=days(later), previous=found)
        ages.append((later, found.status))
    assert [later for later, status in ages if status == "observed"] == [30, 60]
    assert [later for later, status in ages if status == "carried"] == [90, 120, 150, 180]


def test_a_suspended_price_starts_afresh_with_new_data() -> None:
    gone = priced(on=days(-30))
    found = priced(seen(low="100"), previous=gone, rule=reference_rule(smoothing_share=Decimal("0.5")))
    assert (found.price, found.status) == (100, "observed")


def test_smoothing_takes_its_share_of_the_new_price() -> None:
    before = priced(seen("old", "100", day=days(-30)), on=days(-30))
    rule = reference_rule(smoothing_share=Decimal("0.25"))
    assert priced(seen(low="120"), previous=before, rule=rule).price == 105


@pytest.mark.parametrize(
    ("new", "expected"), [("125", "125"), ("125.01", "125"), ("300", "125"), ("75", "75"), ("10", "75")]
)
def test_a_price_moves_no_further_than_the_step_cap(new: str, expected: str) -> None:
    before = priced(seen("old", "100", day=days(-30)), on=days(-30))
    found = priced(seen(low=new), previous=before, rule=reference_rule(step_share_max=Decimal("0.25")))
    assert found.price == Decimal(expected)


def test_a_price_is_rounded_once_at_the_end_by_the_unit_of_its_rule() -> None:
    rule = reference_rule(price_rounding_unit=Decimal("0.5"), price_rounding_mode="down")
    assert priced(seen(low="100.99"), rule=rule).price == Decimal("100.5")


def test_a_price_that_its_unit_would_round_away_is_suspended() -> None:
    found = priced(seen(low="0.004"))
    assert found.status == "suspended"
    assert found.price == Unknown("rounds to nothing at 0.01")


def test_a_price_that_rests_on_prices_under_a_floor_says_so_and_so_does_all_above_it() -> None:
    ore = seen("ore", "20", form="ore", under_floor=True)
    rules = rulebook(reference_rule())
    prices = reference_prices(DAY, [ore], rules, BUILT, {})
    assert prices["ore"].under_floor
    assert prices[OXIDE].under_floor
    later = reference_prices(days(100), [], rules, BUILT, prices)
    assert later["ore"].status == "carried"
    assert later["ore"].under_floor


def test_a_price_made_outside_does_not_start_from_one_made_under_the_floor() -> None:
    inside = priced(seen("inside", "110", day=days(-30), under_floor=True), on=days(-30))
    rule = reference_rule(smoothing_share=Decimal("0.5"), step_share_max=Decimal("0.1"))
    found = priced(seen(low="60"), previous=inside, rule=rule)
    assert (found.price, found.under_floor) == (60, False)


def annual(name: str, price: str, year: int) -> Observation:
    return seen(
        name, price, tier="averages", observed_from=date(year, 1, 1), observed_to=date(year, 12, 31),
        published_at=date(year + 1, 1, 31), submitter="survey",
    )  # fmt: skip


SENIOR = reference_rule(tiers=(tier_rule("assessments"), tier_rule("averages", age_days_max=400)), carry_days_max=300)


def test_a_price_does_not_run_backwards_to_a_worse_and_older_word() -> None:
    evidence_at_hand = [annual("mean-2024", "55", 2024), seen("quote", "75", day=date(2025, 8, 28))]
    before = priced(*evidence_at_hand, on=date(2025, 11, 30), rule=SENIOR, previous=None)
    assert before.price == 55  # started late: it never knew the quotation in time
    before = priced(*evidence_at_hand, on=date(2025, 9, 30), rule=SENIOR)
    assert before.price == 75
    found = priced(*evidence_at_hand, on=date(2025, 12, 31), rule=SENIOR, previous=before)
    assert (found.price, found.status, found.rests_on) == (75, "carried", date(2025, 8, 28))
    assert [(datum.observation, datum.exclusion) for datum in found.certificate.excluded] == [
        ("mean-2024", "looks_back")
    ]
    (old,) = found.certificate.left_behind
    assert (old.exclusion, old.submitter, old.count, old.last) == ("too_old", "quote", 1, date(2025, 8, 28))
    # the next average knows more than the quotation did
    newer = priced(
        *evidence_at_hand, annual("mean-2025", "70", 2025), on=date(2026, 1, 31), rule=SENIOR, previous=found
    )
    assert (newer.price, newer.tier) == (70, "averages")


def test_a_better_and_newer_word_holds_its_place_only_while_it_may_be_carried() -> None:
    before = priced(seen("quote", "75", day=date(2024, 3, 1)), on=date(2024, 3, 31), rule=SENIOR)
    old = annual("mean-2023", "55", 2023)
    last = date(2024, 3, 1) + timedelta(days=300)
    assert priced(old, on=last, rule=SENIOR, previous=before).price == 75
    assert priced(old, on=last + timedelta(days=1), rule=SENIOR, previous=before).price == 55


@pytest.mark.parametrize(
    ("ore_day", "status", "price"), [(days(-1), "carried", 100), (DAY, "cost_build", 51), (days(1), "cost_build", 51)]
)
def test_a_cost_build_on_older_prices_does_not_unseat_a_price_on_data(ore_day: date, status: str, price: int) -> None:
    before = priced(seen(low="100"))
    rule = reference_rule(tiers=(tier_rule("assessments"), tier_rule("averages", age_days_max=400)))
    ore = seen("ore", "20", form="ore", tier="averages", day=ore_day)
    found = priced(ore, on=days(90), previous=before, facts=BUILT, rule=rule)
    assert (found.price, found.status) == (price, status)


def test_a_word_of_a_tier_that_the_rule_no_longer_uses_holds_no_place() -> None:
    before = priced(seen("quote", "75", day=date(2024, 3, 1)), on=date(2024, 3, 31), rule=SENIOR)
    amended = reference_rule(tiers=(tier_rule("averages", age_days_max=400),), carry_days_max=300)
    found = priced(annual("mean-2023", "55", 2023), on=date(2024, 6, 30), rule=amended, previous=before)
    assert (found.price, found.tier) == (55, "averages")


@pytest.mark.parametrize(
    ("observation", "facts", "rule", "assumed"),
    [
        (seen(), evidence(), reference_rule(), False),
        (seen(publication_assumed=True), evidence(), reference_rule(), True),
        (seen(), evidence(form(), recipes=(recipe(OXIDE, {}, assumed=True),)), reference_rule(), True),
    ],
)
def test_a_price_says_whether_it_rests_on_an_assumption(observation: Any, facts: Any, rule: Any, assumed: bool) -> None:
    assert priced(observation, facts=facts, rule=rule).assumed is assumed


def test_a_cost_build_without_weight_brings_no_assumption() -> None:
    rule = reference_rule(market_weights=({"tier": "assessments", "weight": Decimal(1)},))
    facts = evidence(form(), recipes=(recipe(OXIDE, {}, assumed=True),))
    found = priced(seen(), facts=facts, rule=rule)
    assert (found.price, found.assumed, found.certificate.cost_build) == (100, False, 11)


def walked(observations: list[Observation], **changes: Any) -> list[ReferencePrice]:
    found: list[ReferencePrice] = []
    for day in (days(-60), days(-30), DAY, days(30)):
        previous = {found[-1].form: found[-1]} if found else {}
        book = rulebook(changes.get("rule", reference_rule()))
        found.append(reference_prices(day, observations, book, evidence(), previous)[OXIDE])
    return found


@patient
@given(some_observations(), st.randoms(), st.sampled_from([reference_rule(), STRICT]))
def test_the_order_of_observations_changes_no_byte_of_a_certificate(
    observations: list[Observation], chance: Any, rule: Any
) -> None:
    shuffled = list(observations)
    chance.shuffle(shuffled)
    first = [certificate_json(one.certificate) for one in walked(observations, rule=rule)]
    assert [certificate_json(one.certificate) for one in walked(shuffled, rule=rule)] == first


@patient
@given(some_observations(), st.integers(0, 3))
def test_a_walk_to_a_day_knows_nothing_of_what_is_published_after_it(
    observations: list[Observation], place: int
) -> None:
    until = (days(-60), days(-30), DAY, days(30))[place]
    known = [one for one in observations if one.published_at <= until]
    assert walked(known)[: place + 1] == walked(observations)[: place + 1]


@patient
@given(some_observations())
def test_a_price_is_known_exactly_when_it_is_not_suspended_and_is_never_zero(observations: list[Observation]) -> None:
    for found in walked(observations):
        assert isinstance(found.price, Unknown) == (found.status == "suspended")
        assert isinstance(found.price, Unknown) or found.price > 0
        assert found.certificate.result == found.price


@patient
@given(some_observations(), st.sampled_from(["0.05", "0.5"]))
def test_no_step_is_longer_than_the_cap(observations: list[Observation], cap: str) -> None:
    rule = reference_rule(step_share_max=Decimal(cap))
    prices = walked(observations, rule=rule)
    for before, after in pairwise(prices):
        fresh = before.under_floor and not after.under_floor
        if isinstance(before.price, Decimal) and isinstance(after.price, Decimal) and not fresh:
            assert abs(after.price - before.price) <= Decimal(cap) * before.price + Decimal("0.005")


def test_a_rule_that_names_a_form_beats_the_one_for_all() -> None:
    own = reference_rule(forms=(OXIDE,), price_rounding_unit=Decimal(10))
    prices = reference_prices(DAY, [seen(low="104"), ORE], rulebook(reference_rule(), own), BUILT, {})
    assert (prices[OXIDE].price, prices["ore"].price) == (100 - 10, 20)  # 0.7 × 104 + 0.3 × 51 = 88.1


def test_only_forms_that_a_rule_names_are_priced_and_only_while_it_is_in_force() -> None:
    rule = reference_rule(forms=("ore",), valid_from=DAY, valid_to=days(1))
    assert list(reference_prices(DAY, [ORE], rulebook(rule), BUILT, {})) == ["ore"]
    assert list(reference_prices(days(1), [ORE], rulebook(rule), BUILT, {})) == ["ore"]
    assert list(reference_prices(days(2), [ORE], rulebook(rule), BUILT, {})) == []
    assert list(reference_prices(days(-1), [ORE], rulebook(rule), BUILT, {})) == []


def test_a_previous_price_must_be_earlier() -> None:
    with pytest.raises(UsageError, match="not before"):
        priced(seen(), previous=priced(seen()))


@pytest.mark.parametrize(
    ("book", "code"),
    [
        (rulebook(reference_rule(), reference_rule()), "rulebook_overlap"),
        (rulebook(reference_rule(forms=(OXIDE,)), reference_rule(forms=(OXIDE, "ore"))), "rulebook_overlap"),
        (rulebook(reference_rule(forms=("unobtainium",))), "rulebook_form_unknown"),
        (rulebook(borders=()), "rulebook_gap"),
        (rulebook(borders=(border(), border())), "rulebook_overlap"),
        (rulebook(reference_rule(market_weights=())), "rulebook_gap"),
    ],
)
def test_a_rulebook_that_does_not_say_which_rule_holds_is_refused(book: Any, code: str) -> None:
    with pytest.raises(RulebookError) as error:
        reference_prices(DAY, [seen()], book, BUILT, {})
    assert [problem.code for problem in error.value.problems] == [code]


def test_a_market_price_without_a_weight_and_a_carry_without_a_price_are_refused() -> None:
    terms = Terms(None, Decimal(1), Decimal(1), Decimal("0.01"), "half_up", None)
    with pytest.raises(ValueError, match="needs its weight"):
        combine(Decimal(100), Decimal(51), terms)
    with pytest.raises(ValueError, match="no price to carry"):
        carry(terms)
