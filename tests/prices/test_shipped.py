"""The shipped facts, priced: a Chinese quotation by hand, and a walk over a year in which nothing goes backwards or missing."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

import pytest
from price_samples import border, form_rules, reference_rule, rulebook, tier_rule

from footwall.facts import shipped_facts
from footwall.prices import Evidence, ReferencePrice, certificate_json, normalise, reference_prices, replay
from footwall.quantity import Unknown

RULE = reference_rule(
    tiers=(
        tier_rule("transactions", age_days_max=120),
        tier_rule("assessments", age_days_max=120),
        tier_rule("averages", age_days_max=400),
        tier_rule("unit_values", age_days_max=400),
    ),
    carry_days_max=730,
)
MONTH_ENDS = (*(date(2025, month, 30) for month in (4, 6, 9, 11)), date(2025, 12, 31), date(2026, 1, 31))


@cache
def shipped() -> Evidence:
    return Evidence.of(shipped_facts())


@cache
def walk() -> tuple[Mapping[str, ReferencePrice], ...]:
    found: list[Mapping[str, ReferencePrice]] = []
    for day in MONTH_ENDS:
        found.append(
            reference_prices(day, shipped_facts().observations, rulebook(RULE), shipped(), found[-1] if found else {})
        )
    return tuple(found)


def test_744000_yuan_a_tonne_with_tax_is_about_94_dollars_a_kilogram_without() -> None:
    (quoted,) = (
        one
        for one in shipped_facts().observations
        if one.form == "ndpr-oxide" and one.observed_to == date(2026, 1, 29) and one.tier == "assessments"
    )
    assert (quoted.low + quoted.high) / 2 == 744_000
    found = normalise(quoted, shipped().forms["ndpr-oxide"], form_rules(border("0", "0")), shipped())
    assert isinstance(found.price, Decimal)
    assert abs(found.price - 94) < Decimal("0.5")


def test_a_quotation_of_blanks_prices_blanks_and_no_magnet() -> None:
    quoted = [one.form for one in shipped_facts().observations if "blank" in one.source]
    assert quoted == ["ndfeb-blank"]


def test_each_stage_from_metal_to_magnet_costs_more_than_what_is_in_it() -> None:
    inputs = {recipe.recipe: recipe.inputs for recipe in shipped_facts().recipes}
    stages = {"ndfeb-blank-integrated": "ndfeb-blank", "ndfeb-magnet-from-blank": "ndfeb-magnet"}
    for prices in walk()[1:]:  # the metal, and the blank, were first quoted in May 2025
        for recipe, output in stages.items():
            (bought,) = inputs[recipe]
            before, after = prices[bought.form].price, prices[output].price
            assert isinstance(before, Decimal)
            assert isinstance(after, Decimal)
            assert bought.kg * before < after, (output, prices[output].on)


def test_every_shipped_certificate_replays() -> None:
    for prices in walk():
        for found in prices.values():
            assert replay(json.loads(certificate_json(found.certificate))) == (), found.form


def test_every_shipped_form_has_a_price_or_a_reason() -> None:
    for prices in walk():
        assert set(prices) == set(shipped().forms)
        for found in prices.values():
            assert found.price.reason if isinstance(found.price, Unknown) else found.price > 0


def test_no_shipped_price_on_data_runs_backwards_to_a_worse_and_older_word() -> None:
    rank = {tier.tier: place for place, tier in enumerate(RULE.tiers)}
    for before, after in pairwise(walk()):
        for form, found in after.items():
            earlier = before[form]
            if found.status == "observed" and earlier.tier is not None and not earlier.under_floor:
                assert earlier.rests_on is not None
                assert found.rests_on is not None
                assert found.tier is not None
                assert rank[found.tier] <= rank[earlier.tier] or found.rests_on >= earlier.rests_on, form


@pytest.mark.parametrize(
    "code", ["rate_missing", "value_added_tax_missing", "price_index_missing", "unit_unknown", "content_unknown"]
)
def test_no_shipped_observation_lacks_a_fact_that_its_price_needs(code: str) -> None:
    lacking = {
        datum.observation
        for prices in walk()
        for found in prices.values()
        for datum in found.certificate.excluded
        if datum.exclusion == code
    }
    assert lacking == set()


def test_no_shipped_recipe_is_refused_for_a_circle() -> None:
    assert dict(shipped().chains.refused) == {}
