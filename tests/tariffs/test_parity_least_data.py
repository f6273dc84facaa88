"""Parity rests on no single voice where the reference price would not: a tier has its least data or is passed over, with its reason."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st
from tariff_samples import DAY, evidence, floor, form, observation, rulebook, tariff_rule

from footwall.errors import RulebookError
from footwall.facts import ExchangeRate, Observation
from footwall.prices.weights import capped
from footwall.quantity import Unknown
from footwall.rulebook import Rulebook
from footwall.tariffs.adjust import adjust
from footwall.tariffs.ordinary import OrdinaryRate
from footwall.tariffs.parity import import_parity
from footwall.tariffs.records import Parity, PassedOver, Tariff

sys.path.append(str(Path(__file__).resolve().parents[1] / "prices"))

from attacks import Attack, attacks, outcome
from attacks import rules as strict_rules

MEMBERS = frozenset({"US", "NL", "EU"})
RATES = (ExchangeRate("CNY", "USD", date(2025, 6, 1), Decimal("0.14"), assumed=False, source="synthetic"),)
LEAST: dict[str, Any] = {
    "age_days_max": 60,
    "count_min": 3,
    "parties_min": 3,
    "party_weight_cap": Decimal("0.40"),
    "spread_min": Decimal("1.05"),
    "spread_power": 3,
}
ONE_VOICE = LEAST | {"age_days_max": 120, "count_min": 1, "parties_min": 1, "party_weight_cap": Decimal(1)}


def rules(*, least: Sequence[dict[str, Any]] = (), parity: dict[str, Any] | None = None, **changes: Any) -> Rulebook:
    """Deals speak for three parties; an assessment may speak alone."""
    plain = rulebook()
    reference = plain.reference[0].model_dump() | {
        "tiers": ({"tier": "transactions"} | LEAST, {"tier": "assessments"} | ONE_VOICE),
        "market_weights": ({"tier": "transactions", "weight": 1}, {"tier": "assessments", "weight": Decimal("0.9")}),
    }
    mine = {"tiers": ("transactions", "assessments"), "least": tuple(least)}
    of_parity = plain.parity[0].model_dump() | mine | (parity or {})
    return rulebook(reference=(reference,), parity=(of_parity,), **changes)


def deal(name: str, price: str | Decimal, **changes: Any) -> Observation:
    """15 t landed from Korea; each seller has a buyer of its own."""
    told = {"kind": "transaction", "tier": "transactions", "submitter": name, "relation": "unrelated", "country": "KR"}
    return observation(name, str(price), **(told | {"mass_kg": Decimal(15_000)} | changes))


def measured(
    *seen: Observation, book: Rulebook | None = None, on: date = DAY, group: int = 0, previous: Parity | None = None
) -> Parity:
    book = book or rules()
    return import_parity(
        on, form(), book.origin_group[group], seen, book, evidence=evidence(), members=MEMBERS, previous=previous
    )


def tariff(found: Parity, current: Tariff | None = None) -> Tariff:
    asked = adjust(
        DAY,
        tariff_rule(),
        current,
        floor("110"),
        found,
        importers=("US",),
        ordinary=OrdinaryRate(Decimal(0), Decimal(0)),
        outside_value=Decimal(0),
    )
    assert isinstance(asked, Tariff)
    return asked


QUOTE = observation("quote", "55", country="KR")


def test_a_single_deal_of_15_tonnes_switches_no_tariff_off() -> None:
    """The attack: one self-declared unrelated deal at the floor, newer than everything else, sent in by one submitter."""
    lie = deal("newcomer", "110", observed_to=DAY, published_at=DAY, country="CN", incoterm="fob")
    before, after = measured(QUOTE), measured(QUOTE, lie)
    assert (after.price, after.tier) == (before.price, "assessments") == (Decimal("55.00"), "assessments")
    assert tariff(after, tariff(before)).rate == tariff(before).rate == Decimal(55)
    assert after.passed_over == (
        PassedOver("own", "transactions", "1 of at least 3 observations"),
        PassedOver("any", "transactions", "1 of at least 3 observations"),
    )
    assert before.passed_over == ()


def test_deals_speak_from_the_least_number_of_parties_on() -> None:
    deals = [deal("a", "60"), deal("b", "61"), deal("c", "62")]
    assert (measured(QUOTE, *deals).price, measured(QUOTE, *deals).tier) == (Decimal("61.00"), "transactions")
    assert measured(QUOTE, *deals[:2]).tier == "assessments"
    of_two = [*deals[:2], deal("more", "62", submitter="b")]
    assert measured(QUOTE, *of_two).passed_over[-1].reason == "2 of at least 3 submitters"


def test_deals_with_too_few_counterparties_are_passed_over() -> None:
    to_one = [deal(name, "60", counterparty="buyer") for name in "abc"]
    found = measured(QUOTE, *to_one)
    assert found.passed_over[-1].reason == "1 counterparty cannot stay under a share of 0.40"
    to_three = [deal(name, "60", counterparty=f"buyer {name}") for name in "abc"]
    assert measured(QUOTE, *to_three).tier == "transactions"


def test_what_two_submitters_must_say_together_one_may_not() -> None:
    """The least data are those of each tier: where quotations must be two, one is passed over."""
    book = rules()
    two = {"count_min": 2, "parties_min": 2, "party_weight_cap": Decimal("0.5")}
    tiers = tuple(tier.model_copy(update=two) for tier in book.reference[0].tiers)
    book = book.model_copy(update={"reference": (book.reference[0].model_copy(update={"tiers": tiers}),)})
    assert measured(QUOTE, book=book).status == "suspended"
    assert measured(QUOTE, observation("other", "57", submitter="other"), book=book).price == Decimal("56.00")


def test_an_outlier_is_out_and_a_mass_counts_up_to_the_cap() -> None:
    deals = [deal("a", "60"), deal("b", "61"), deal("c", "62"), deal("d", "600")]
    assert [datum.submitter for datum in measured(*deals).used] == ["a", "b", "c"]
    heavy = [*deals[:2], deal("c", "62", mass_kg=Decimal(10**9))]
    assert measured(*heavy).price == Decimal("61.00")  # 0.3, 0.3 and 0.4 of the weight, and not the last alone
    light = [deal("a", "60", mass_kg=Decimal(10)), *deals[1:3], deal("e", "63")]
    assert measured(*light).price == Decimal("62.00")


def test_half_of_the_weight_on_either_side_is_the_middle_of_two_voices() -> None:
    deals = [deal("a", "60"), deal("b", "61"), deal("c", "62"), deal("d", "63")]
    assert measured(*deals).price == Decimal("61.50")


def test_the_carriage_of_a_voice_is_that_of_its_data_by_their_weight() -> None:
    """1,000 USD/t and 1 % on a price free on board; of a price that came landed the same is estimated."""
    near = {"incoterm": "fob", "country": "CN"}
    said = [
        deal("small", "40", submitter="a", mass_kg=Decimal(5_000), **near),
        deal("large", "60", submitter="a", mass_kg=Decimal(15_000), **near),
        deal("b", "55", **near),
        deal("c", "55", **near),
    ]
    found = measured(*said)  # a says 55 on board on average, as b and c do
    assert (found.price, found.carriage, found.carriage_estimated) == (Decimal("56.56"), Decimal("1.56"), False)


def test_newer_deals_silence_no_older_ones() -> None:
    """A tier speaks with all that stands, so that nobody makes it fail by being the first of a month."""
    older = [deal(name, "60", observed_to=date(2024, 12, 20)) for name in "abc"]
    newest = deal("newcomer", "69", observed_to=DAY, published_at=DAY)
    found = measured(QUOTE, *older, newest)
    assert (found.tier, found.price, len(found.used)) == ("transactions", Decimal("60.00"), 4)


@pytest.mark.parametrize(("days", "tier"), [(60, "transactions"), (61, "assessments")])
def test_a_tier_speaks_no_longer_than_its_own_age(days: int, tier: str) -> None:
    day = DAY - timedelta(days=days)
    deals = [deal(name, "60", observed_from=day, observed_to=day, published_at=day) for name in "abc"]
    assert measured(QUOTE, *deals).tier == tier


def test_a_better_tier_of_any_origin_does_not_go_before_a_worse_one_of_the_groups_own() -> None:
    deals = [deal(name, "60") for name in "abc"]
    own = observation("own", "50", incoterm="exchange", country="CN")
    assert measured(own, *deals).used[0].observation == "own"
    assert measured(own, *deals, group=1).tier == "transactions"


# ---- eligibility, as for reference prices ----


def eligible(**changes: Any) -> dict[str, Any]:
    rule = {"forms": "all", "arms_length": "declared", "lot_kg_min": 100, "source": "made up"}
    return {"book": rules(eligibility=(rule | changes,))}


def of_three(**changes: Any) -> list[Observation]:
    return [deal("a", "60"), deal("b", "61"), deal("c", "62", **changes)]


@pytest.mark.parametrize(
    ("fit", "unfit", "why"),
    [
        ({"mass_kg": Decimal(100)}, {"mass_kg": Decimal(99)}, "its lot is too small, or not stated"),
        ({"relation": "unrelated"}, {"relation": ""}, "nobody declared its sides unrelated"),
        (
            {"content": Decimal("0.891")},
            {"content": Decimal("0.890")},
            "its content is too far from the standard one",
        ),
    ],
    ids=["lot", "arm's length", "content"],
)
def test_a_deal_that_may_not_count_for_the_reference_counts_for_no_parity(
    fit: dict[str, Any], unfit: dict[str, Any], why: str
) -> None:
    rule = eligible(content_tolerance_share=Decimal("0.10"))
    assert measured(QUOTE, *of_three(**fit), **rule).tier == "transactions"
    found = measured(QUOTE, *of_three(**unfit), **rule)
    reason = f"2 of at least 3 observations; 1 left out: {why}"
    assert (found.tier, found.passed_over[-1].reason) == ("assessments", reason)


def test_an_origin_that_sets_no_reference_price_speaks_for_its_own_goods() -> None:
    """The reference leaves its prices out as no market's; the duty on its goods is measured on what they cost."""
    rule = eligible(origins_excluded=("CN",))
    exports = [deal(name, "60", country="CN", incoterm="fob") for name in ("a", "b", "c")]
    assert measured(QUOTE, *exports, **rule) == measured(QUOTE, *exports)
    assert measured(QUOTE, *exports, **rule).tier == "transactions"


def test_for_others_an_origin_that_sets_no_reference_price_tells_nothing() -> None:
    rule = eligible(origins_excluded=("CN",))
    exports = [deal(name, "60", country="CN", incoterm="fob") for name in ("a", "b", "c")]
    assert measured(*exports, group=1).status == "observed"
    found = measured(*exports, group=1, **rule)
    assert found.status == "suspended"
    assert "from an origin that the rule leaves out" in found.passed_over[-1].reason
    assert measured(QUOTE, *of_three(origin="CN"), **rule).tier == "assessments"


@pytest.mark.parametrize(
    ("changes", "tier"),
    [
        ({}, "transactions"),
        ({"relation": "related"}, "assessments"),
        ({"under_floor": True}, "assessments"),
        ({"relation": "related", "lot": "L-2"}, "transactions"),
        ({"relation": "related", "published_at": DAY + timedelta(days=1)}, "transactions"),
    ],
)
def test_a_deal_that_either_side_calls_related_or_under_a_floor_sets_no_parity(
    changes: dict[str, Any], tier: str
) -> None:
    deals = [deal(name, "60", counterparty=f"buyer {name}", lot="L-1") for name in "abc"]
    bought = deal("buyer c", "60", counterparty="c", **({"lot": "L-1"} | changes))
    assert measured(QUOTE, *deals, bought).tier == tier


def test_related_parties_never_speak_whatever_the_rule_asks() -> None:
    rule = eligible(arms_length="any")
    assert measured(QUOTE, *of_three(relation=""), **rule).tier == "transactions"
    assert measured(QUOTE, *of_three(relation="related"), **rule).tier == "assessments"


def test_a_deal_that_both_sides_report_counts_once() -> None:
    sold = deal("seller", "60", counterparty="buyer", lot="L1")
    bought = deal("bought", "60", submitter="buyer", counterparty="seller", lot="L1")
    others = [
        deal("third", "61", counterparty="x", submitter="third"),
        deal("more", "62", counterparty="y", submitter="third"),
    ]
    assert measured(QUOTE, sold, bought, *others).passed_over[-1].reason == (
        "2 of at least 3 submitters; 1 left out: a deal that was reported before"
    )
    of_another_lot = replace(bought, lot="L2")
    assert measured(QUOTE, sold, of_another_lot, *others).tier == "transactions"


def test_a_deal_that_was_reported_before_is_not_made_new_by_its_other_side() -> None:
    long_ago = DAY - timedelta(days=200)
    old = deal("old", "60", counterparty="buyer", lot="L1", observed_from=long_ago, observed_to=long_ago,
               published_at=long_ago, submitter="seller")  # fmt: skip
    again = deal("again", "60", submitter="buyer", counterparty="seller", lot="L1")
    others = [deal("b", "61", counterparty="x"), deal("c", "62", counterparty="y")]
    assert measured(QUOTE, again, *others).tier == "transactions"
    assert measured(QUOTE, old, again, *others).tier == "assessments"


@pytest.mark.parametrize(
    "silent", [{"country": "US"}, {"under_floor": True}, {"incoterm": "ddp"}], ids=["member", "under_floor", "ddp"]
)
def test_what_never_speaks_makes_no_tier_stand(silent: dict[str, Any]) -> None:
    assert measured(QUOTE, *of_three()).tier == "transactions"
    assert measured(QUOTE, *of_three(**silent)).tier == "assessments"


# ---- tiers that the reference rule does not use ----


def values(*submitters: str) -> list[Observation]:
    return [
        observation(name, "40", tier="unit_values", kind="unit_value", country="KR", submitter=name)
        for name in submitters
    ]


def test_a_tier_that_the_reference_does_not_use_has_the_least_data_that_the_parity_rule_states() -> None:
    two = LEAST | {"tier": "unit_values", "count_min": 2, "parties_min": 2, "party_weight_cap": Decimal("0.5")}
    book = rules(least=[two], parity={"tiers": ("unit_values",)})
    assert measured(*values("KR", "JP"), book=book).price == Decimal("40.00")
    found = measured(*values("KR"), book=book)
    assert found.price == Unknown("too little is known outside the zone (unit values: 1 of at least 2 observations)")


def test_a_tier_whose_least_data_nobody_states_is_refused() -> None:
    with pytest.raises(RulebookError, match="expected the least data of the tier unit_values"):
        measured(QUOTE, book=rules(parity={"tiers": ("transactions", "unit_values")}))


def test_the_least_data_of_the_reference_rule_go_before_those_of_the_parity_rule() -> None:
    book = rules(least=[ONE_VOICE | {"tier": "transactions"}])
    assert measured(deal("a", "60"), book=book).status == "suspended"


# ---- nothing stands ----


def test_where_every_tier_fails_parity_is_carried_with_the_reasons_and_then_suspended() -> None:
    first = measured(QUOTE)
    late = date(2025, 8, 3)  # 200 days after the quote: the last on which it is carried
    lie = deal("newcomer", "110", observed_to=date(2025, 7, 30), published_at=date(2025, 7, 31))
    carried = measured(lie, on=late, previous=first)
    reasons = (PassedOver("any", "transactions", "1 of at least 3 observations"),)
    assert (carried.status, carried.price, carried.passed_over) == ("carried", Decimal("55.00"), reasons)
    ended = measured(lie, on=late + timedelta(days=1), previous=carried)
    assert (ended.status, ended.passed_over) == ("suspended", reasons)
    assert ended.price == Unknown(
        "its last price outside the zone is 201 days old, and at most 200 are allowed "
        "(transactions: 1 of at least 3 observations)"
    )
    assert measured(QUOTE, on=date(2025, 2, 1), previous=carried).passed_over == ()


# ---- how far false data move it: docs/manipulation.md, E and F ----


def of_the_attack(attack: Attack, seen: Sequence[Observation]) -> Fraction:
    """Parity of the bench's market, under its own rule of prices."""
    by = strict_rules()
    assert by.eligibility is not None
    parity = rulebook().parity[0].model_dump() | {"tiers": ("transactions", "bids_offers"), "least": ()}
    book = rulebook(
        reference=(by.reference.model_dump(),),
        eligibility=(by.eligibility.model_dump(),),
        border=(by.border.model_dump(),),
        parity=(parity,),
    )
    there = replace(form(), form="oxide", content="X", standard_content=None)
    day = max(one.observed_to for one in attack.before)
    facts = replace(evidence(there), exchange_rates=RATES)
    found = import_parity(
        day, there, book.origin_group[1], seen, book, evidence=facts, members=frozenset(), previous=None
    )
    assert isinstance(found.price, Decimal)
    return Fraction(found.price)


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_no_attack_of_the_bench_below_half_of_the_weight_moves_parity_beyond_the_honest_prices(attack: Attack) -> None:
    before, after = of_the_attack(attack, attack.before), of_the_attack(attack, attack.after)
    if outcome(attack).share < Fraction(1, 2):
        assert 98 <= after <= 102
        assert max(after / before, before / after) <= Fraction(102, 98)
    else:
        assert after == 160  # whoever is the most is the price


ROUNDING = 1 + Fraction(1, 10**9)
"""Parity is rounded to the ninth decimal here."""
MASSES = st.none() | st.integers(1, 10**6).map(Decimal)


def weighed(least: dict[str, Any], deals: Sequence[tuple[Decimal, Decimal | None]]) -> tuple[Parity, list[Observation]]:
    """The parity of deals at prices and masses, each of a seller of its own, under one tier's least data."""
    plain = rulebook()
    reference = plain.reference[0].model_dump() | {
        "tiers": (least | {"tier": "transactions"},),
        "market_weights": ({"tier": "transactions", "weight": 1},),
        "price_rounding_unit": Decimal("1E-9"),
    }
    parity = plain.parity[0].model_dump() | {"tiers": ("transactions",), "least": ()}
    told = [deal(f"{number:02}", price, mass_kg=mass) for number, (price, mass) in enumerate(deals)]
    return measured(*told, book=rulebook(reference=(reference,), parity=(parity,))), told


def false_share(cap: Decimal, honest: Sequence[Decimal | None], lies: Sequence[Decimal | None]) -> Fraction:
    """Their part of the capped weights of all: a voice without a mass is as loud as the least that states one."""
    stated = [*honest, *lies]
    least = min((mass for mass in stated if mass is not None), default=Decimal(1))
    weights = [Fraction(weight) for weight in capped([mass or least for mass in stated], cap)]
    return sum(weights[len(honest) :], Fraction(0)) / sum(weights)


@settings(deadline=None)
@given(st.data())
def test_no_minority_moves_parity_beyond_its_bound(data: st.DataObject) -> None:
    """Theorems E and F: L and U are the honest prices furthest apart, s = U/L, and the false weight is below one half."""
    cap = data.draw(st.sampled_from([Decimal(cap) for cap in ("0.1", "0.2", "0.25", "0.4", "1")]))
    least = ONE_VOICE | {
        "party_weight_cap": cap,
        "parties_min": ceil(1 / cap),
        "count_min": ceil(1 / cap),
        "spread_min": Decimal(data.draw(st.integers(100, 150))).scaleb(-2),
        "spread_power": data.draw(st.integers(1, 4)),
    }
    apart = data.draw(st.sampled_from([0, 5, 20, 100, 500]))
    price = st.sampled_from([100, 100 + apart]) | st.integers(100, 100 + apart)
    honest = data.draw(st.lists(st.tuples(price.map(Decimal), MASSES), min_size=ceil(1 / cap), max_size=12))
    far = st.sampled_from([Decimal("0.001"), Decimal(10**6)]) | st.integers(20, 2000).map(Decimal)
    lies = data.draw(st.lists(st.tuples(far, MASSES), min_size=1, max_size=8))
    while lies and false_share(cap, [mass for _, mass in honest], [mass for _, mass in lies]) >= Fraction(1, 2):
        lies.pop()
    before, after = weighed(least, honest)[0].price, weighed(least, [*honest, *lies])[0].price
    prices = [Fraction(price) for price, _ in honest]
    spread, power = max(prices) / min(prices), least["spread_power"]
    calm = spread <= Fraction(least["spread_min"]) ** power
    if calm:
        assert isinstance(before, Decimal)
        assert isinstance(after, Decimal)
    if isinstance(before, Decimal) and isinstance(after, Decimal):
        move = max(Fraction(after) / Fraction(before), Fraction(before) / Fraction(after))
        bound = spread if calm else spread ** (power + 1)
        raised = move if calm else move**power  # the bound of a market that is not calm is s to the power of 1 + 1/k
        target(float(min(raised / bound, Fraction(2))), label="share of the bound")
        assert raised <= bound * ROUNDING**power


def test_a_minority_of_nearly_half_moves_parity_from_one_end_of_a_calm_market_to_the_other() -> None:
    least = ONE_VOICE | {"spread_min": Decimal("1.1")}
    honest: list[tuple[Decimal, Decimal | None]] = [(Decimal(100), Decimal(30)), (Decimal(120), Decimal(21))]
    lie = (Decimal(150), Decimal(49))
    assert weighed(least, honest)[0].price == 100
    assert weighed(least, [*honest, lie])[0].price == 120
    assert weighed(least, [*honest, (Decimal(150), Decimal(52))])[0].price == 150  # more than half is the price


@pytest.mark.parametrize("power", [1, 2, 3])
def test_in_a_wild_market_the_bound_of_parity_is_nearly_reached(power: int) -> None:
    """Liars of 45 of 100 a little above the high price throw the low one out, and then they are the most."""
    spread = 6
    honest: list[tuple[Decimal, Decimal | None]] = [(Decimal(100), Decimal(40)), (Decimal(600), Decimal(15))]
    edge = Decimal(600) * (Decimal(str(spread ** (1 / power))) * Decimal("0.999"))
    least = ONE_VOICE | {"spread_power": power, "spread_min": Decimal("1.05")}
    before, after = weighed(least, honest)[0].price, weighed(least, [*honest, (round(edge, 6), Decimal(45))])[0].price
    assert isinstance(before, Decimal)
    assert isinstance(after, Decimal)
    assert before == 100
    assert spread ** (1 + 1 / power) * 0.99 < after / before < spread ** (1 + 1 / power)
