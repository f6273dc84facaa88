"""A price that follows from the observed price of another form: by a share that is paid, or by a charge; never in a circle."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from price_samples import (
    ALL_TIERS,
    DAY,
    border,
    evidence,
    form,
    recipe,
    reference_rule,
    rulebook,
    seen,
    terms,
    tier_rule,
)

from footwall.facts import Form, Observation
from footwall.prices import (
    Certificate,
    Evidence,
    ReferencePrice,
    ReferencePrices,
    canonical,
    reference_prices,
    replay,
)
from footwall.quantity import Unknown
from footwall.rulebook import ReferenceRule

HALF = Decimal("0.5")


def days(number: int) -> date:
    return DAY + timedelta(days=number)


def all_tiers(weight: str = "0.6", **changes: Any) -> ReferenceRule:
    weights = tuple({"tier": tier, "weight": Decimal(weight)} for tier in ALL_TIERS)
    return reference_rule(tiers=tuple(tier_rule(tier, **changes) for tier in ALL_TIERS), market_weights=weights)


def metal(**changes: Any) -> Form:
    return form("metal", **{"standard_content": Decimal("0.99")} | changes)


def feed(**changes: Any) -> Form:
    return form("feed", **{"basis": "contained", "standard_content": HALF} | changes)


PAID = seen("metal", "29.7", form="metal")


def share(low: str = "0.84", high: str | None = None, **changes: Any) -> Observation:
    """A contract that pays a share of the metal's price for the content of the feed."""
    values = {
        "form": "feed",
        "tier": "implied",
        "kind": "payable",
        "unit": "share",
        "currency": "",
        "per": "contained",
        "of_form": "metal",
        "high": high or low,
    }
    return seen(**{"name": "share", "low": low} | values | changes)


def charge(low: str = "5", **changes: Any) -> Observation:
    """What a plant is paid for a kilogram of metal from the feed."""
    values = {"form": "metal", "tier": "implied", "kind": "conversion_charge", "of_form": "feed"}
    return seen(**{"name": "charge", "low": low} | values | changes)


def prices(
    told: Sequence[Observation],
    facts: Evidence,
    on: date = DAY,
    previous: ReferencePrices | None = None,
    rule: ReferenceRule | None = None,
    **sections: Any,
) -> ReferencePrices:
    found = reference_prices(on, told, rulebook(rule or all_tiers(), **sections), facts, previous or {})
    assert [problem for price in found.values() for problem in replay(canonical(price.certified))] == []
    return found


def of_feed(told: Sequence[Observation], *forms: Form, **sections: Any) -> ReferencePrice:
    return prices(told, evidence(*(forms or (metal(), feed()))), **sections)["feed"]


def why(price: ReferencePrice) -> dict[str, str | None]:
    return {datum.observation: datum.exclusion for datum in price.certified.excluded}


@pytest.mark.parametrize(
    ("of_metal", "of_the_feed", "changes", "expected"),
    [
        pytest.param(metal(basis="contained"), feed(), {}, "25.2", id="both by content: 30 × 0.84"),
        pytest.param(metal(), feed(), {}, "25.2", id="the metal by its mass: 29.7 ÷ 0.99 × 0.84"),
        pytest.param(metal(), feed(basis="form"), {}, "12.6", id="the feed by its mass, at the standard content"),
        pytest.param(metal(), feed(basis="form"), {"content": Decimal("0.4")}, "10.08", id="at the declared content"),
        pytest.param(metal(), feed(basis="form"), {"per": "form"}, "24.948", id="a share of the price of the goods"),
        pytest.param(
            metal(basis="contained"),
            feed(basis="form"),
            {"per": "form"},
            "24.948",
            id="of goods of 0.99: 30 × 0.84 × 0.99",
        ),
        pytest.param(metal(), feed(), {"low": "0.80", "high": "0.88"}, "25.2", id="a range counts with its middle"),
        pytest.param(
            metal(), feed(), {"count": 2, "value": Decimal(252), "mass_kg": Decimal(300)}, "25.2", id="a cell by mass"
        ),
        pytest.param(metal(), feed(), {"count": 2, "value": Decimal("1.68")}, "25.2", id="a cell by number"),
    ],
)
def test_a_share_of_an_observed_price_is_a_price(
    of_metal: Form, of_the_feed: Form, changes: dict[str, Any], expected: str
) -> None:
    found = of_feed([PAID, share(**changes)], of_metal, of_the_feed)
    assert found.certified.market == Decimal(expected)
    assert (found.status, found.tier, found.roots) == ("implied", "implied", ("metal",))
    assert [datum.observation for datum in found.certified.used] == ["share"]


def test_freight_and_terms_of_payment_count_for_a_share_too() -> None:
    landed = of_feed([PAID, share(incoterm="fob")], borders=(border("50", "0"),))
    assert landed.certified.market == Decimal("25.3")  # 50 ÷ (1000 × 0.5)
    late = of_feed([PAID, share(payment_days=90)], terms=(terms(),))
    assert late.certified.market == Decimal("24.950495049505")  # 25.2 ÷ 1.01
    assert why(of_feed([PAID, share(payment_days=90)])) == {"share": "payment_rule_missing"}


@pytest.mark.parametrize(
    ("told", "code", "words"),
    [
        pytest.param([share()], "implied_by_unobserved", "metal has no observed price today", id="nobody saw it"),
        pytest.param([PAID, share(of_form="gold")], "implied_by_unobserved", "gold has no observed", id="no such form"),
        pytest.param([PAID, share("0")], "not_positive", "a share of 0 to 0", id="nothing is paid"),
        pytest.param([PAID, share("0.9", "0.8")], "not_positive", "a share of 0.9 to 0.8", id="reversed"),
    ],
)
def test_what_follows_from_nothing_observed_is_refused(told: list[Observation], code: str, words: str) -> None:
    found = of_feed(told)
    assert found.status == "suspended"
    (datum,) = found.certified.excluded
    assert (datum.observation, datum.exclusion) == ("share", code)
    assert isinstance(datum.price, Unknown)
    assert words in datum.price.reason


def test_a_price_that_is_itself_implied_implies_nothing_further() -> None:
    facts = evidence(metal(), feed(), form("slag", basis="contained"))
    of_slag = share(name="of-slag", form="slag", of_form="feed")
    found = prices([PAID, share(), of_slag], facts)
    assert found["feed"].status == "implied"
    assert why(found["slag"]) == {"of-slag": "implied_by_unobserved"}


def test_a_price_that_is_only_carried_implies_nothing() -> None:
    facts = evidence(metal(), feed())
    first = prices([PAID], facts)
    later = prices([PAID, share(day=days(70))], facts, on=days(70), previous=first)
    assert later["metal"].status == "carried"
    assert why(later["feed"]) == {"share": "implied_by_unobserved"}


@pytest.mark.parametrize(
    ("of_metal", "words"),
    [
        (metal(content="Y"), "metal is told by Y, feed by X"),
        (metal(standard_content=None), "metal has no standard content of X"),
    ],
)
def test_contents_that_cannot_be_compared_are_refused(of_metal: Form, words: str) -> None:
    (datum,) = of_feed([PAID, share()], of_metal, feed()).certified.excluded
    assert (datum.exclusion, datum.price) == ("content_unknown", Unknown(words))


@pytest.mark.parametrize(
    ("beside", "status", "tier"),
    [
        ("averages", "observed", "averages"),
        ("assessments", "observed", "assessments"),
        ("unit_values", "implied", "implied"),
    ],
)
def test_what_is_implied_stands_below_averages_and_above_unit_values(beside: str, status: str, tier: str) -> None:
    found = of_feed([PAID, share(), seen("beside", "20", form="feed", per="contained", tier=beside)])
    assert (found.status, found.tier) == (status, tier)
    assert why(found) == ({"beside": "better_tier"} if status == "implied" else {"share": "better_tier"})


def test_a_rule_without_the_tier_uses_nothing_implied() -> None:
    found = of_feed([PAID, share()], rule=reference_rule())
    assert (found.status, why(found)) == ("suspended", {"share": "tier_not_used"})


@pytest.mark.parametrize(
    ("changes", "assumed", "under_floor"),
    [({}, False, False), ({"publication_assumed": True}, True, False), ({"under_floor": True}, False, True)],
)
def test_what_an_observed_price_rests_on_the_implied_one_rests_on_too(
    changes: dict[str, Any], assumed: bool, under_floor: bool
) -> None:
    found = of_feed([seen("metal", "29.7", form="metal", **changes), share()])
    assert (found.assumed, found.under_floor) == (assumed, under_floor)
    (datum,) = found.certified.used
    assert (datum.assumed, datum.under_floor) == (assumed, under_floor)


MADE = evidence(
    metal(),
    feed(),
    form("acid"),
    form("slag"),
    recipes=(recipe("metal", {"feed": "2", "acid": "3"}, "7", by_products={"slag": "0.5"}),),
)
BOUGHT = (
    seen("feed", "10", form="feed", per="contained"),
    seen("acid", "1", form="acid"),
    seen("slag", "4", form="slag"),
)


def test_a_charge_stands_on_the_observed_prices_of_all_that_the_recipe_takes_in() -> None:
    found = prices([*BOUGHT, charge()], MADE)["metal"]
    assert found.certified.market == 5 + 2 * 10 * HALF + 3 * 1 - HALF * 4
    assert found.certified.cost_build == Decimal(7) * Decimal("1.1") + 10 + 3 - 2
    assert (found.status, found.roots) == ("implied", ("acid", "feed", "slag"))


def test_a_charge_for_the_content_is_brought_to_the_goods_before_the_inputs_are_added() -> None:
    found = prices([*BOUGHT, charge(per="contained")], MADE)["metal"]
    assert found.certified.market == 5 * Decimal("0.99") + 11


def test_a_charge_for_a_form_that_is_priced_by_content_ends_there() -> None:
    facts = evidence(metal(basis="contained", standard_content=HALF), feed(), recipes=(recipe("metal", {"feed": "2"}),))
    bought = seen("feed", "10", form="feed", per="contained")
    by_mass = prices([bought, charge()], facts)["metal"].certified.market
    by_content = prices([bought, charge("10", per="contained")], facts)["metal"].certified.market
    assert by_mass == by_content == (5 + 10) / HALF


@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param((*BOUGHT[:2], charge()), "implied_by_unobserved", id="a by-product without a price"),
        pytest.param((*BOUGHT[1:], charge()), "implied_by_unobserved", id="an input without a price"),
        pytest.param((*BOUGHT, charge(of_form="slag")), "recipe_missing", id="made from something else"),
        pytest.param((*BOUGHT, charge("0")), "not_positive", id="nothing is charged"),
        pytest.param((*BOUGHT, charge(currency="EUR")), "rate_missing", id="in an unknown currency"),
    ],
)
def test_a_charge_that_cannot_be_completed_is_refused(told: tuple[Observation, ...], code: str) -> None:
    assert why(prices(told, MADE)["metal"]) == {"charge": code}


def circle(*more: Form, recipes: tuple[Any, ...] = ()) -> Evidence:
    return evidence(metal(), feed(), *more, recipes=(*recipes, recipe("metal", {"feed": "2"})))


def refused(certificate: Certificate) -> str:
    assert isinstance(certificate.cost_build, Unknown)
    return certificate.cost_build.reason


def test_a_metal_is_not_built_from_a_feed_whose_price_follows_from_it() -> None:
    found = prices([PAID, share()], circle())
    assert found["feed"].roots == ("metal",)
    assert refused(found["metal"].certified) == "make-metal needs feed: its price follows from that of metal"
    assert (found["metal"].certified.method, found["metal"].price) == ("market alone", Decimal("29.7"))


def test_a_feed_with_a_market_of_its_own_builds_the_metal_though_a_share_is_known() -> None:
    found = prices([PAID, share(), seen("own", "10", form="feed", per="contained")], circle())
    assert found["feed"].roots == ()
    assert found["metal"].certified.cost_build == 2 * 10 * HALF + 11


def test_a_feed_whose_price_follows_from_another_metal_builds_this_one() -> None:
    facts = evidence(metal(), feed(), form("other"), recipes=(recipe("other", {"feed": "2"}),))
    found = prices([PAID, share(), seen("other", "50", form="other")], facts)
    assert found["other"].certified.cost_build == Decimal("25.2") + 11
    assert found["other"].roots == ("metal",)


@pytest.mark.parametrize(("weight", "roots"), [("0.6", ("metal",)), ("1", ())])
def test_a_circle_over_two_recipes_is_refused_where_its_price_has_weight(weight: str, roots: tuple[str, ...]) -> None:
    between = (recipe("salt", {"feed": "1"}), recipe("metal", {"salt": "1"}))
    facts = evidence(metal(), feed(), form("salt"), recipes=between)
    found = prices([PAID, share(), seen("salt", "20", form="salt")], facts, rule=all_tiers(weight))
    assert found["salt"].certified.cost_build == Decimal("12.6") + 11
    assert found["salt"].roots == roots
    certificate = found["metal"].certified
    if roots:
        assert refused(certificate) == "make-metal needs salt: its price follows from that of metal"
    else:
        assert certificate.cost_build == 20 + 11


def test_a_carried_price_still_follows_from_what_it_once_followed_from() -> None:
    facts = circle()
    first = prices([PAID, share()], facts)
    told = [share(), seen("metal-2", "31", form="metal", day=days(70))]
    later = prices(told, facts, on=days(70), previous=first)
    assert (later["feed"].status, later["feed"].roots) == ("carried", ("metal",))
    assert refused(later["metal"].certified) == "make-metal needs feed: its price follows from that of metal"
