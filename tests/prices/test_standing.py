"""Who is heard on a day: found once for all days, and held to a slow oracle that goes through the days one by one."""

import random
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import (
    DAY,
    MADE_OF_ORE,
    ORE,
    OXIDE,
    TIERS,
    cell,
    eligibility,
    evidence,
    form,
    form_rules,
    full_rulebook,
    patient,
    reference_rule,
    rulebook,
    seen,
    some_observations,
    terms,
    tier_rule,
)

from footwall.facts import Observation
from footwall.prices import (
    Book,
    FormRules,
    Market,
    PriceRules,
    ReferencePrices,
    certificate_json,
    market_price,
    normalise,
    reference_prices,
)
from footwall.prices.eligible import unfit
from footwall.rulebook import CadenceRule

AGES = {"transactions": 30, "bids_offers": 10, "assessments": 60, "averages": 20}
RULES = form_rules(
    reference=reference_rule(tiers=tuple(tier_rule(tier, age_days_max=days) for tier, days in AGES.items())),
    eligibility=eligibility(arms_length="not_related"),
    terms=terms(),
)
FACTS = evidence()


def days(number: int) -> date:
    return DAY + timedelta(days=number)


def fit(one: Observation) -> bool:
    """Whether it can ever be heard: this part is not of the days, and tested elsewhere."""
    return unfit(one, form(), RULES, AGES.keys()) is None and normalise(one, form(), RULES, FACTS).exclusion is None


def ripe(one: Observation, day: date) -> bool:
    """Whether it may be heard on a day, as far as it goes: known, its period over, its rate known."""
    year, month = one.observed_to.year, one.observed_to.month
    rate_known = date(year, month, monthrange(year, month)[1]) if one.currency != "USD" else date.min
    return day >= max(one.published_at, one.observed_to, rate_known)


def newer(one: Observation, other: Observation) -> bool:
    """Whether `other` is a newer word of the same series."""
    series = ("tier", "submitter", "market", "kind", "grade", "incoterm", "of_form", "under_floor")
    return (
        one.kind != "transaction"
        and all(getattr(one, name) == getattr(other, name) for name in series)
        and (other.observed_to, other.observed_from, other.published_at)
        > (one.observed_to, one.observed_from, one.published_at)
    )


def day_by_day(observations: Sequence[Observation], first: date, last: date) -> dict[date, dict[str, str]]:
    """What becomes of each observation on each day; nothing of what nobody knows yet."""
    able = [one for one in observations if fit(one)]
    gone: dict[str, str] = {}
    told: dict[date, dict[str, str]] = {}
    day = first
    while day <= last:
        told[day] = {}
        for one in observations:
            if one.published_at > day:
                continue
            rivals = [other for other in able if one in able and newer(one, other)]
            yesterday = day - timedelta(days=1)
            age_days = (day - one.observed_to).days
            if one.observation not in gone:
                if any(ripe(other, yesterday) for other in rivals):
                    gone[one.observation] = "superseded"
                elif age_days > AGES.get(one.tier, max(AGES.values())):
                    gone[one.observation] = "too_old"
                elif any(ripe(other, day) for other in rivals):
                    gone[one.observation] = "superseded"
            standing = "excluded" if one not in able else "heard" if ripe(one, day) else "early"
            told[day][one.observation] = gone.get(one.observation, standing)
        day += timedelta(days=1)
    return told


@patient
@given(some_observations())
def test_who_is_heard_on_each_day_is_what_a_slow_look_at_each_day_finds(observations: list[Observation]) -> None:
    book = Book(form(), observations, RULES, FACTS)
    counts = {one.observation: one.count for one in observations}
    for day, expected in day_by_day(observations, days(-125), days(80)).items():
        heard = {one.seen.observation for one in book.heard(day)}
        apart = {datum.observation: datum.exclusion for datum in book.apart(day)}
        behind = book.left_behind(day)
        assert heard == {name for name, what in expected.items() if what == "heard"}
        assert apart.keys() == {name for name, what in expected.items() if what in {"early", "excluded"}}
        early = {name for name, code in apart.items() if code in {"period_not_over", "rate_not_yet_known"}}
        assert early == {name for name, what in expected.items() if what == "early"}
        for code in ("too_old", "superseded"):
            found = sum(one.count for one in behind if one.exclusion == code)
            assert found == sum(counts[name] for name, what in expected.items() if what == code)
        # each is told once: heard, apart or left behind
        known = sum(counts[name] for name in expected)
        assert sum(counts[name] for name in (*heard, *apart)) + sum(one.count for one in behind) == known


def heard(observations: Sequence[Observation], day: date = DAY) -> set[str]:
    return {one.seen.observation for one in Book(form(), observations, RULES, FACTS).heard(day)}


def test_a_revision_counts_from_the_day_on_which_it_is_known() -> None:
    first = seen("first", submitter="A", day=days(-9))
    revised = seen("revised", submitter="A", day=days(-9), published_at=days(-2))
    assert heard([first, revised], days(-3)) == {"first"}
    assert heard([first, revised], days(-2)) == {"revised"}


def test_words_of_one_submitter_of_the_same_day_stand_together() -> None:
    assert heard([seen("one", submitter="A"), seen("other", submitter="A")]) == {"one", "other"}


def test_a_mean_over_a_year_does_not_replace_that_of_its_last_month() -> None:
    year = seen("year", submitter="A", day=days(-9), observed_from=days(-373), published_at=days(-1))
    month = seen("month", submitter="A", day=days(-9), observed_from=days(-39), published_at=days(-7))
    assert heard([year, month]) == {"month"}
    assert heard([year]) == {"year"}
    ended_later = seen("ended later", submitter="A", day=days(-8), observed_from=days(-373), published_at=days(-1))
    assert heard([ended_later, month]) == {"ended later"}


def test_of_one_period_the_later_word_replaces_the_earlier() -> None:
    month = seen("month", submitter="A", day=days(-9), observed_from=days(-39), published_at=days(-7))
    revised = seen("revised", submitter="A", day=days(-9), observed_from=days(-39), published_at=days(-6))
    assert heard([month, revised]) == {"revised"}


def test_an_older_word_that_is_told_late_is_not_heard_over_a_newer_one() -> None:
    late = seen("late", submitter="A", day=days(-9), published_at=days(-1))
    told = [late, seen("new", submitter="A", day=days(-5))]
    assert heard(told) == {"new"}
    (behind,) = Book(form(), told, RULES, FACTS).left_behind(DAY)
    assert (behind.exclusion, behind.last) == ("superseded", days(-9))


def test_a_newer_word_replaces_only_once_it_may_be_heard() -> None:
    old = seen("old", submitter="A", day=days(-40))
    waits = seen("new", submitter="A", currency="CNY", day=date(2025, 6, 10))
    assert heard([old, waits], date(2025, 6, 29)) == {"old"}
    assert heard([old, waits], date(2025, 6, 30)) == {"new"}


@pytest.mark.parametrize(
    "other",
    [{"market": "China"}, {"submitter": "B"}, {"kind": "exchange"}, {"under_floor": True}, {"tier": "averages"}],
    ids=str,
)
def test_a_newer_word_of_another_series_replaces_nothing(other: dict[str, Any]) -> None:
    assert heard([seen("old", submitter="A", day=days(-1)), seen("new", **{"submitter": "A"} | other)]) == {
        "old",
        "new",
    }


def test_what_is_published_only_after_it_is_too_old_is_never_heard() -> None:
    stale = seen("stale", day=days(-100), published_at=days(-10))
    assert heard([stale], days(-10)) == set()
    (behind,) = Book(form(), [stale], RULES, FACTS).left_behind(days(-10))
    assert behind.exclusion == "too_old"
    assert Book(form(), [stale], RULES, FACTS).left_behind(days(-11)) == ()


LONDON = CadenceRule.model_validate({
    "forms": "all", "every": "daily", "calendars": ("GB",), "publish_at": time(16, 30), "timezone": "Europe/London",
    "embargo_minutes": 0, "late_minutes": 0, "source": "synthetic",
})  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "first"),
    [(0, 0), (1, 1)],
    ids=["at the instant of publication", "a second later"],
)
def test_what_is_seen_after_the_close_counts_for_the_next_day(seconds: int, first: int) -> None:
    instant = datetime(2025, 6, 30, 15, 30, seconds, tzinfo=UTC)  # half past four in London in summer
    book = Book(form(), [seen(seen_at=instant)], replace(RULES, cadence=LONDON), FACTS)
    heard_on = [number for number in range(3) if book.heard(days(number))]
    assert heard_on[0] == first
    assert [datum.exclusion for datum in book.apart(DAY)] == ["after_the_close"] * first
    assert heard([seen(seen_at=instant)]) == {"one"}  # without a rule only the day counts


def test_what_is_left_behind_is_counted_by_series_with_its_first_and_last_day() -> None:
    told = [seen(f"w{n}", submitter="A", day=days(-n)) for n in (0, 3, 5, 20)]
    gone = [seen(f"g{n}", submitter="B", day=days(-n)) for n in (61, 90)]
    many = cell(*(seen(f"d{n}", submitter="C", tier="transactions", day=days(-31)) for n in range(3)))
    found = Book(form(), [*told, *gone, many], RULES, FACTS).left_behind(DAY)
    assert [(one.exclusion, one.submitter, one.kind, one.count, one.first, one.last) for one in found] == [
        ("superseded", "A", "assessment", 3, days(-20), days(-3)),
        ("superseded", "B", "assessment", 1, days(-90), days(-90)),
        ("too_old", "B", "assessment", 1, days(-61), days(-61)),
        ("too_old", "C", "transaction", 3, days(-31), days(-31)),
    ]


def of_both(draw: st.DrawFn) -> list[Observation]:
    return [*draw(some_observations()), *draw(some_observations(of=ORE))]


BOTH = st.composite(of_both)()


def walked(observations: Sequence[Observation], on: Sequence[date], rules: Any) -> list[bytes]:
    """The certificates of both forms on each day, each day's prices made afresh on those of the day before."""
    previous: ReferencePrices = {}
    told = []
    for day in on:
        previous = reference_prices(day, observations, rules, MADE_OF_ORE, previous)
        told += [certificate_json(price.certified) for price in previous.values()]
    return told


@patient
@given(BOTH, st.randoms(use_true_random=False))
def test_the_order_of_observations_changes_no_byte_under_all_rules(
    observations: list[Observation], chance: random.Random
) -> None:
    shuffled = list(observations)
    chance.shuffle(shuffled)
    on = (DAY, days(31))
    assert walked(shuffled, on, full_rulebook()) == walked(observations, on, full_rulebook())


CHANGING = full_rulebook(
    eligibility=(
        eligibility(arms_length="any", valid_to=days(-1)),
        eligibility(arms_length="declared", valid_from=DAY, valid_to=days(20)),
    ),
    terms=(terms(valid_from=days(-10)),),
)


@patient
@given(BOTH, st.lists(st.integers(-60, 60), min_size=2, max_size=6))
def test_a_market_asked_for_days_in_any_order_says_what_is_found_afresh(
    observations: list[Observation], asked: list[int]
) -> None:
    market = Market(observations, PriceRules(CHANGING, MADE_OF_ORE.forms), MADE_OF_ORE)
    for number in asked:
        afresh = reference_prices(days(number), observations, CHANGING, MADE_OF_ORE, {})
        assert market.prices(days(number), {}) == afresh


@pytest.mark.parametrize(
    ("number", "expected"),
    [(-1, None), (0, "relation_not_declared"), (20, "relation_not_declared"), (21, None)],
)
def test_a_rule_of_eligibility_holds_from_its_first_day_to_its_last(number: int, expected: str | None) -> None:
    rules = rulebook(
        reference_rule(tiers=tuple(tier_rule(tier) for tier in TIERS)),
        eligibility=(eligibility(arms_length="declared", valid_from=DAY, valid_to=days(20)),),
    )
    deal = seen("deal", tier="transactions", day=days(-5))
    market = Market([deal], PriceRules(rules, evidence().forms), evidence())
    assert market.prices(days(1), {})[OXIDE].status == "suspended"
    price = market.prices(days(number), {})[OXIDE]
    assert [datum.exclusion for datum in price.certified.excluded] == ([] if expected is None else [expected])
    assert (price.status == "suspended") == (expected is not None)


def test_terms_that_begin_in_the_middle_adjust_from_their_first_day() -> None:
    late = seen("late", day=days(-5), payment_days=90)
    rules = rulebook(terms=(terms(valid_from=DAY),))
    market = Market([late], PriceRules(rules, evidence().forms), evidence())
    assert market.prices(days(-1), {})[OXIDE].certified.excluded[0].exclusion == "payment_rule_missing"
    assert market.prices(DAY, {})[OXIDE].price == Decimal("99.01")


def test_a_rule_that_names_the_form_goes_before_one_for_all() -> None:
    rules = rulebook(
        eligibility=(eligibility(arms_length="declared"), eligibility(forms=(OXIDE,))),
        terms=(terms(), terms(forms=(ORE,), interest_share=Decimal(0))),
    )
    found = PriceRules(rules, MADE_OF_ORE.forms).on(DAY)
    assert [found[OXIDE].eligibility, found[ORE].eligibility] == [rules.eligibility[1], rules.eligibility[0]]
    assert [found[OXIDE].terms, found[ORE].terms] == [rules.terms[0], rules.terms[1]]


def test_a_market_is_asked_of_one_book_for_all_days_between_two_changes() -> None:
    rules = PriceRules(CHANGING, MADE_OF_ORE.forms)
    assert rules.on(days(1))[OXIDE] is rules.on(days(20))[OXIDE]
    assert rules.on(days(20))[OXIDE] is not rules.on(days(21))[OXIDE]


def test_nobody_is_heard_where_no_rule_uses_a_tier() -> None:
    rules: FormRules = form_rules(reference=reference_rule(tiers=(tier_rule("averages"),)))
    found = market_price(DAY, Book(form(), [seen()], rules, FACTS))
    assert [datum.exclusion for datum in found.excluded] == ["tier_not_used"]


def both_sides(**changes: Any) -> tuple[Observation, Observation]:
    """A deal as its seller reports it, and a day later its buyer."""
    seller = seen("a-seller", "100", tier="transactions", submitter="A", counterparty="B", lot="L-1", day=days(-3))
    buyer = seen("b-buyer", "100", tier="transactions", submitter="B", counterparty="A", lot="L-1", day=days(-2))
    return seller, replace(buyer, **changes)


def excluded(*told: Observation, silenced: frozenset[str] = frozenset()) -> dict[str, str | None]:
    found = market_price(DAY, Book(form(), told, RULES, FACTS, silenced))
    return {datum.observation: datum.exclusion for datum in found.excluded}


def test_a_deal_that_both_sides_report_is_heard_once() -> None:
    assert excluded(*both_sides()) == {"b-buyer": "same_deal"}


@pytest.mark.parametrize("changes", [{"lot": "L-2"}, {"lot": ""}, {"counterparty": "C"}, {"counterparty": ""}])
def test_deals_of_other_lots_or_other_sides_are_other_deals(changes: dict[str, str]) -> None:
    assert excluded(*both_sides(**changes)) == {}


def test_a_report_that_cannot_be_heard_does_not_stand_for_the_other() -> None:
    seller, buyer = both_sides()
    small = form_rules(eligibility=eligibility(lot_kg_min=Decimal(1)))
    told = (replace(seller, mass_kg=Decimal("0.5")), replace(buyer, mass_kg=Decimal(1)))
    found = market_price(DAY, Book(form(), told, small, FACTS))
    assert [datum.observation for datum in found.used] == ["b-buyer"]


def test_a_deal_is_related_whichever_of_its_sides_says_so() -> None:
    seller, buyer = both_sides(low=Decimal(900), high=Decimal(900))
    assert excluded(replace(seller, relation="related"), buyer) == {
        "a-seller": "related_parties",
        "b-buyer": "related_parties",
    }
    late = replace(buyer, low=seller.low, high=seller.high, relation="related")
    book = Book(form(), (seller, late), RULES, FACTS)
    assert [datum.observation for datum in market_price(days(-3), book).used] == ["a-seller"]
    assert market_price(DAY, book).used == ()
    assert [(one.exclusion, one.submitter) for one in book.left_behind(DAY)] == [("related_parties", "A")]


@pytest.mark.parametrize(
    "changes", [{"low": Decimal(101), "high": Decimal(101)}, {"high": Decimal("100.01")}, {"under_floor": True}]
)
def test_sides_that_contradict_each_other_silence_the_deal_from_the_day_on_which_both_are_known(
    changes: dict[str, Any],
) -> None:
    seller, buyer = both_sides(**changes)
    book = Book(form(), (seller, buyer), RULES, FACTS)
    assert [datum.observation for datum in market_price(days(-3), book).used] == ["a-seller"]
    assert market_price(days(-2), book).used == ()
    assert excluded(seller, buyer) == {"b-buyer": "sides_differ"}
    assert [(one.exclusion, one.submitter) for one in book.left_behind(DAY)] == [("sides_differ", "A")]
    same_day = replace(buyer, observed_from=seller.observed_from, observed_to=seller.observed_to)
    same_day = replace(same_day, published_at=seller.published_at)
    assert excluded(seller, same_day) == {"a-seller": "sides_differ", "b-buyer": "sides_differ"}


@pytest.mark.parametrize("where", [{"place": "NLRTM"}, {"country": "KR"}])
def test_prices_on_other_terms_contradict_nothing(where: dict[str, str]) -> None:
    """A place that is not named is the main port of its country."""
    other = both_sides(low=Decimal(90), high=Decimal(120), **where)
    assert excluded(*other) == {"b-buyer": "same_deal"}


def test_a_place_that_both_name_is_one_whatever_country_they_state() -> None:
    seller, buyer = both_sides(low=Decimal(90), high=Decimal(120), place="NLRTM", country="KR")
    assert excluded(replace(seller, place="NLRTM"), buyer) == {"b-buyer": "sides_differ"}


CLOSE = datetime(2025, 6, 28, 15, 30, tzinfo=UTC)  # of the buyer's report, at half past four in London


@pytest.mark.parametrize("changes", [{"low": Decimal(90)}, {"relation": "related"}, {"under_floor": True}])
@pytest.mark.parametrize(("seconds", "counts_until"), [(0, -3), (1, -2)])
def test_what_contradicts_a_deal_after_the_close_silences_it_from_the_next_day(
    changes: dict[str, Any], seconds: int, counts_until: int
) -> None:
    seller, buyer = both_sides(seen_at=CLOSE + timedelta(seconds=seconds), **changes)
    book = Book(form(), (seller, buyer), replace(RULES, cadence=LONDON), FACTS)
    counts = [number for number in (-3, -2, -1) if market_price(days(number), book).used]
    assert counts[-1] == counts_until


def test_of_two_reports_of_a_day_that_counts_which_was_seen_before_the_close() -> None:
    late, early = both_sides(seen_at=CLOSE)
    late = replace(late, observed_to=early.observed_to, published_at=early.published_at)
    late = replace(late, seen_at=CLOSE + timedelta(seconds=1))
    book = Book(form(), (late, early), replace(RULES, cadence=LONDON), FACTS)
    for day in (days(-2), days(-1)):
        found = market_price(day, book)
        assert [datum.observation for datum in found.used] == ["b-buyer"]
        assert [datum.exclusion for datum in found.excluded] == ["same_deal"]


def test_both_seen_after_the_close_of_their_day_are_told_and_never_heard() -> None:
    seller, buyer = both_sides(low=Decimal(90), seen_at=CLOSE + timedelta(seconds=2))
    seller = replace(seller, published_at=buyer.published_at, seen_at=CLOSE + timedelta(seconds=1))
    book = Book(form(), (seller, buyer), replace(RULES, cadence=LONDON), FACTS)
    assert [market_price(days(number), book).used for number in (-2, -1, 0)] == [()] * 3
    assert {datum.exclusion for datum in book.apart(days(-2))} == {"sides_differ", "after_the_close"}


@pytest.mark.parametrize(("published", "gone"), [(27, "sides_differ"), (28, "too_old"), (40, "too_old")])
def test_a_deal_that_was_too_old_when_it_was_contradicted_is_told_as_too_old(published: int, gone: str) -> None:
    """Thirty days after its own it counts for the last time; no certificate tells of what comes later."""
    seller, buyer = both_sides(low=Decimal(90), published_at=days(published))
    book = Book(form(), (seller, buyer), RULES, FACTS)
    (behind,) = (one for one in book.left_behind(days(28)) if one.submitter == "A")
    assert behind.exclusion == gone


@pytest.mark.parametrize(
    ("price", "expected"),
    [("100000", {"b-buyer": "same_deal"}), ("100001", {"b-buyer": "sides_differ"})],
)
def test_one_price_in_two_units_is_one_price(price: str, expected: dict[str, str]) -> None:
    sides = both_sides(unit="t", low=Decimal(price), high=Decimal(price))
    assert excluded(*sides) == expected


@pytest.mark.parametrize("changes", [{"grade": "99.9"}, {"incoterm": "fob"}, {"market": "China"}, {"kind": "exchange"}])
def test_words_on_other_goods_or_other_terms_are_other_series(changes: dict[str, str]) -> None:
    old = replace(seen("old", "90", submitter="A", day=days(-9)), **changes)
    told = [old, seen("new", "100", submitter="A")]
    assert Book(form(), told, RULES, FACTS).left_behind(DAY) == ()


def test_what_a_judged_word_had_replaced_is_heard_again() -> None:
    told = [seen("old", "90", submitter="A", day=days(-9)), seen("new", "999", submitter="A")]
    assert market_price(DAY, Book(form(), told, RULES, FACTS)).price == 999
    judged = Book(form(), told, RULES, FACTS, frozenset({"new"}))
    assert market_price(DAY, judged).price == 90
    assert excluded(*told, silenced=frozenset({"new"})) == {"new": "judgement"}
