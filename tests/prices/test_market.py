"""Which observations count on a day, and why each of the others does not."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import (
    DAY,
    STRICT,
    TIERS,
    border,
    evidence,
    form,
    form_rules,
    patient,
    reference_rule,
    seen,
    some_observations,
    tier_rule,
)

from footwall.facts import Observation
from footwall.prices import Book, MarketPrice, market_price
from footwall.quantity import Unknown
from footwall.rulebook import ReferenceRule


def market(observations: Sequence[Observation], on: date = DAY, rule: ReferenceRule | None = None) -> MarketPrice:
    return market_price(on, book(observations, rule))


def book(observations: Sequence[Observation], rule: ReferenceRule | None = None) -> Book:
    rules = form_rules(border("0", "0"), reference=rule or reference_rule())
    return Book(form(), observations, rules, evidence())


def left_behind(observations: Sequence[Observation]) -> dict[str, str]:
    """Why something of a submitter stands no more."""
    return {one.submitter: one.exclusion for one in book(observations).left_behind(DAY)}


def reasons(found: MarketPrice) -> dict[str, str | None]:
    return {datum.observation: datum.exclusion for datum in found.excluded}


@patient
@given(some_observations(), st.sampled_from([reference_rule(), STRICT]))
def test_every_observation_known_on_the_day_is_used_or_excluded_with_its_reason(
    observations: list[Observation], rule: ReferenceRule
) -> None:
    found = market(observations, rule=rule)
    told = [datum.observation for datum in (*found.used, *found.excluded)]
    known = [one for one in observations if one.published_at <= DAY]
    behind = sum(one.count for one in book(observations, rule).left_behind(DAY))
    assert len(set(told)) == len(told)
    assert set(told) <= {one.observation for one in known}
    assert sum(datum.count for datum in (*found.used, *found.excluded)) + behind == sum(one.count for one in known)
    assert all(datum.exclusion is None for datum in found.used)
    assert all(datum.exclusion for datum in found.excluded)
    assert isinstance(found.price, Unknown) == (not found.used)


@patient
@given(some_observations(), some_observations(), st.sampled_from([reference_rule(), STRICT]))
def test_nothing_published_later_ever_changes_a_price(
    known: list[Observation], later: list[Observation], rule: ReferenceRule
) -> None:
    known = [one for one in known if one.published_at <= DAY]
    unseen = [
        seen(f"later-{one.observation}", str(one.low), day=one.observed_to, tier=one.tier, published_at=day)
        for one in later
        if (day := max(one.published_at, DAY + timedelta(days=1)))
    ]
    found, expected = market(known + unseen, rule=rule), market(known, rule=rule)
    assert (found, found.excluded) == (expected, expected.excluded)


@patient
@given(some_observations(), st.randoms(), st.sampled_from([reference_rule(), STRICT]))
def test_the_order_of_observations_changes_nothing(observations: list[Observation], chance: Any, rule: Any) -> None:
    shuffled = list(observations)
    chance.shuffle(shuffled)
    found, expected = market(shuffled, rule=rule), market(observations, rule=rule)
    assert (found, found.excluded) == (expected, expected.excluded)


@patient
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=5), st.integers(2, 1000))
def test_prices_times_k_give_the_result_times_k(prices: list[int], factor: int) -> None:
    def at(k: int) -> MarketPrice:
        return market([seen(f"seen-{n}", str(price * k), mass_kg=Decimal(2**n)) for n, price in enumerate(prices)])

    once, scaled = at(1), at(factor)
    assert [datum.observation for datum in scaled.used] == [datum.observation for datum in once.used]
    assert isinstance(once.price, Decimal)
    assert isinstance(scaled.price, Decimal)
    assert abs(scaled.price - factor * once.price) <= factor * Decimal("1E-12")


@pytest.mark.parametrize(("age_days", "reason"), [(60, None), (61, "too_old")])
def test_age_counts_from_the_last_day_that_an_observation_describes(age_days: int, reason: str | None) -> None:
    day = DAY - timedelta(days=age_days)
    told = [seen(day=day, observed_from=day - timedelta(days=365), observed_to=day, published_at=DAY)]
    found = market(told)
    assert left_behind(told).get("one") == reason
    assert isinstance(found.price, Unknown) == (reason is not None)


def test_an_average_counts_from_its_publication_and_not_from_its_period() -> None:
    average = seen(tier="averages", day=date(2025, 5, 31), published_at=date(2025, 6, 10))
    assert isinstance(market([average], date(2025, 6, 9)).price, Unknown)
    assert market([average], date(2025, 6, 10)).price == 100


def test_a_period_that_is_not_over_is_not_known_though_it_is_announced() -> None:
    early = seen(day=DAY + timedelta(days=1), published_at=DAY)
    assert reasons(market([early])) == {"one": "period_not_over"}


def test_a_foreign_quotation_waits_for_the_mean_rate_of_its_month() -> None:
    quoted = seen(currency="CNY", day=date(2025, 6, 10))
    assert reasons(market([quoted], date(2025, 6, 29))) == {"one": "rate_not_yet_known"}
    assert market([quoted], date(2025, 6, 30)).price == 14


def test_a_later_word_of_the_same_submitter_replaces_the_earlier() -> None:
    told = [seen("old", "90", submitter="A", day=DAY - timedelta(days=9)), seen("new", "100", submitter="A")]
    assert market(told).price == 100
    assert left_behind(told) == {"A": "superseded"}


def test_a_revision_published_later_replaces_what_it_revises() -> None:
    day = DAY - timedelta(days=9)
    first = seen("first", "90", submitter="A", day=day)
    revised = seen("revised", "100", submitter="A", day=day, published_at=DAY)
    assert market([first, revised]).price == 100
    assert market([first, revised], on=DAY - timedelta(days=1)).price == 90


def test_another_market_or_kind_is_another_series() -> None:
    found = market([
        seen("bid", "90", submitter="A", tier="bids_offers", day=DAY - timedelta(days=9)),
        seen("offer", "110", submitter="A", tier="bids_offers", kind="offer"),
        seen("china", "106", submitter="A", tier="bids_offers", kind="offer", market="China"),
    ])  # fmt: skip
    assert found.price == 102
    assert found.excluded == ()


def test_each_transaction_stands_for_itself() -> None:
    found = market([
        seen("old", "90", submitter="A", tier="transactions", day=DAY - timedelta(days=9)),
        seen("new", "100", submitter="A", tier="transactions"),
    ])  # fmt: skip
    assert found.price == 95


def test_a_newer_word_that_cannot_be_told_replaces_nothing() -> None:
    found = market([
        seen("old", "90", submitter="A", day=DAY - timedelta(days=9)),
        seen("new", "100", submitter="A", currency="EUR"),
    ])  # fmt: skip
    assert found.price == 90
    assert reasons(found) == {"new": "rate_missing"}


def test_the_best_tier_that_stands_sets_the_price() -> None:
    rule = reference_rule(
        tiers=(tier_rule("transactions", count_min=2), tier_rule("assessments"), tier_rule("averages"))
    )
    found = market([
        seen("deal", "90", tier="transactions"),
        seen("quote", "100"),
        seen("mean", "110", tier="averages"),
        seen("customs", "120", tier="unit_values"),
    ], rule=rule)  # fmt: skip
    assert found.price == 100
    assert reasons(found) == {"deal": "tier_failed", "mean": "better_tier", "customs": "tier_not_used"}
    assert [(note.tier, note.reason) for note in found.tier_notes] == [("transactions", "1 of at least 2 observations")]


def test_a_cost_is_not_a_price() -> None:
    assert reasons(market([seen(kind="cost_survey")])) == {"one": "cost_survey"}


def test_prices_made_under_a_floor_are_left_out_while_anything_else_stands() -> None:
    found = market([
        seen("outside", "60", tier="averages"),
        seen("inside", "110", under_floor=True),
    ])  # fmt: skip
    assert found.price == 60
    assert reasons(found) == {"inside": "under_floor"}


def test_prices_made_under_a_floor_are_heard_where_nothing_else_stands_and_say_so() -> None:
    found = market([seen("inside", "110", under_floor=True)])
    assert found.price == 110
    assert [datum.under_floor for datum in found.used] == [True]


def test_a_price_made_under_a_floor_does_not_replace_one_made_outside() -> None:
    found = market([
        seen("outside", "60", submitter="A", day=DAY - timedelta(days=9)),
        seen("inside", "110", submitter="A", under_floor=True),
    ])  # fmt: skip
    assert found.price == 60


@patient
@given(some_observations())
def test_whatever_happens_under_the_floor_moves_no_price_made_outside(observations: list[Observation]) -> None:
    outside = [one for one in observations if not one.under_floor]
    alone, together = market(outside), market(observations)
    if isinstance(alone.price, Decimal):
        assert (together.price, together.used, together.voices) == (alone.price, alone.used, alone.voices)


@pytest.mark.parametrize("tier", TIERS)
def test_outliers_keep_their_reason_their_price_and_their_weight(tier: str) -> None:
    found = market([seen(name, price, tier=tier) for name, price in (("a", "100"), ("b", "101"), ("c", "400"))])
    assert reasons(found) == {"c": "outlier"}
    assert found.excluded[0].price == 400
    assert found.excluded[0].weight == 1
    assert [voice.weight for voice in found.voices] == [1, 1, None]
