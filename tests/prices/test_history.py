"""A history is the prices of its days, one after the other, whatever processes it is parted among."""

import pickle
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import DAY, OXIDE, evidence, form, form_rules, patient, recipe, rulebook, seen, some_observations

from footwall.errors import UsageError
from footwall.facts import Observation
from footwall.prices import Evidence, Market, PricedOn, PriceRules, history, normalise
from footwall.prices.history import joined
from footwall.prices.ways import Ways
from footwall.rulebook import Rulebook

DAYS = [DAY + timedelta(days=day) for day in range(0, 70, 7)]


def chained() -> Evidence:
    """An oxide made of ore, a metal that nothing joins to them, and a salt that is paid by the metal."""
    forms = (form(), form("ore"), form("metal"), form("salt"))
    return evidence(*forms, recipes=(recipe(OXIDE, {"ore": "2"}),))


def market(observations: list[Observation], rules: Rulebook | None = None) -> Market:
    facts = chained()
    return Market(observations, PriceRules(rules or rulebook(), facts.forms), facts)


def many() -> list[Observation]:
    found = []
    for name in (OXIDE, "ore", "metal"):
        for number, day in enumerate(DAYS[::2]):
            found.append(seen(f"{name}-{number}", str(50 + 3 * number), form=name, day=day, submitter="A"))
    paid = seen("paid", "0.8", form="salt", currency="", unit="share", of_form="metal")
    return [*found, replace(paid, kind="payable", tier="implied")]


@patient
@given(some_observations())
def test_an_observation_is_the_same_in_another_process(observations: list[Observation]) -> None:
    assert pickle.loads(pickle.dumps(observations)) == observations  # noqa: S301 - our own


@patient
@given(some_observations(), st.randoms(use_true_random=False))
def test_a_history_is_the_walk_of_its_days_and_the_order_of_observations_is_nothing_to_it(
    observations: list[Observation], shuffled: random.Random
) -> None:
    whole, before, expected = market(observations), {}, {}
    for day in DAYS:
        prices = whole.prices(day, before)
        expected |= {(form, day): price for form, price in prices.items()}
        before = {**before, **prices}
    shuffled.shuffle(observations)
    rows = history([(DAYS[0], market(observations))], DAYS)
    assert [(row.form, row.on) for row in rows] == sorted(expected)
    for row in rows:
        price = expected[row.form, row.on]
        told = (row.price, row.status, row.tier, row.rests_on, row.assumed, row.under_floor, row.confidence)
        assert told == (
            price.price,
            price.status,
            price.tier,
            price.rests_on,
            price.assumed,
            price.under_floor,
            price.confidence,
        )
        assert (row.market, row.cost_build) == (price.certified.market, price.certified.cost_build)
        assert row.market_weight == price.certified.market_weight


def test_forms_are_joined_by_recipes_and_payables_and_by_nothing_else() -> None:
    assert joined([(DAYS[0], market(many()))], DAYS) == (frozenset({"metal", "salt"}), frozenset({"ore", OXIDE}))


def test_two_processes_find_what_one_finds() -> None:
    markets = [(DAYS[0], market(many()))]
    alone = history(markets, DAYS)
    assert len(alone) == 4 * len(DAYS)
    assert history(markets, DAYS, workers=2) == alone


def test_one_form_is_priced_with_all_that_it_hangs_on() -> None:
    markets = [(DAYS[0], market(many()))]
    every = history(markets, DAYS)
    assert history(markets, DAYS, {OXIDE}) == tuple(row for row in every if row.form == OXIDE)
    assert all(isinstance(row.cost_build, Decimal) for row in history(markets, DAYS, {OXIDE}))


def test_each_version_of_the_rules_prices_its_own_days() -> None:
    first, later = market(many()), market([one for one in many() if one.form != "metal"])
    change = DAYS[5]
    rows = history([(DAYS[0], first), (change, later)], DAYS, {"metal"})
    assert {row.on for row in rows if row.status == "observed"} == set(DAYS[:5])
    assert {row.on for row in rows if row.status == "carried"} == set(DAYS[5:])


def test_a_history_starts_from_the_prices_that_it_is_given() -> None:
    (first,) = history([(date.min, market(many()))], DAYS[:1], {"metal"})
    before = market(many()).prices(DAYS[0], {})
    (row,) = history([(date.min, market([]))], DAYS[1:2], {"metal"}, previous=before)
    assert (row.status, row.price) == ("carried", first.price)


@pytest.mark.parametrize("days", [[DAYS[1], DAYS[0]], [DAYS[0], DAYS[0]], [DAYS[0] - timedelta(days=1)]])
def test_days_out_of_order_or_before_the_first_rules_are_refused(days: list[date]) -> None:
    with pytest.raises(UsageError, match="days of a history follow each other"):
        history([(DAYS[0], market(many()))], days)


@patient
@given(some_observations())
def test_the_way_that_is_found_once_leads_where_each_would_go_by_itself(observations: list[Observation]) -> None:
    ways = Ways(form(), form_rules(), evidence())
    for one in (*observations, *observations):
        assert ways.datum(one) == normalise(one, form(), form_rules(), evidence())


@pytest.mark.parametrize(
    "changes",
    [
        {"vat_included": True, "country": "CN"},
        {"vat_included": True, "country": "XX"},
        {"currency": "CNY"},
        {"currency": "EUR"},
        {"currency": "CNY", "day": DAY - timedelta(days=40)},
        {"deflator": "level-2020"},
        {"unit": "lb"},
        {"unit": "t", "low": "0.0000000001"},
        {"incoterm": "fob"},
        {"per": "contained", "content": Decimal("0.5")},
        {"per": "contained"},
        {"grade": "unheard-of"},
        {"payment_days": 30},
        {"publication_assumed": True, "low": "0"},
    ],
)
def test_terms_that_differ_lead_by_ways_that_differ(changes: dict[str, object]) -> None:
    ways = Ways(form(), form_rules(), evidence())
    for one in (seen(), seen("other", **changes), seen("third", "7"), seen("fourth", **(changes | {"high": "9"}))):
        assert ways.datum(one) == normalise(one, form(), form_rules(), evidence())


def test_a_row_tells_an_unknown_price_with_its_reason() -> None:
    row = next(iter(history([(date.min, market([]))], DAYS[:1], {"metal"})))
    assert isinstance(row, PricedOn)
    assert row.status == "suspended"
    assert not isinstance(row.price, Decimal)
