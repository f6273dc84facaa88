"""Import parity is measured outside the zone, whatever the zone's own invoices say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tariff_samples import DAY, OXIDE, evidence, floor, form, observation, parity, rulebook, tariff_rule

from footwall.errors import UsageError
from footwall.facts import Country, ExchangeRate, Observation, shipped_facts
from footwall.prices import Evidence
from footwall.quantity import Unknown
from footwall.tariffs.adjust import adjust
from footwall.tariffs.ordinary import OrdinaryRate
from footwall.tariffs.parity import duty_paid_parity, import_parity, outside_value
from footwall.tariffs.records import Parity, Tariff

MEMBERS = frozenset({"US", "NL", "EU"})
PRICES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(500), places=2)


@cache
def known() -> Evidence:
    facts = shipped_facts()
    return Evidence({OXIDE: form()}, ports=facts.ports, sea_distances=facts.sea_distances)


def measured(
    *seen: Observation, on: date = DAY, group: int = 0, previous: Parity | None = None, **rules: Any
) -> Parity:
    book = rulebook(**rules)
    return import_parity(
        on, form(), book.origin_group[group], seen, book, evidence=known(), members=MEMBERS, previous=previous
    )


@settings(deadline=None)  # the first price of all reads the table of units
@given(
    st.lists(st.tuples(PRICES, st.sampled_from(["US", "NL", "EU"]), st.sampled_from(["unit_values", "assessments"])))
)
def test_prices_of_the_zone_never_move_parity(inside: list[tuple[Decimal, str, str]]) -> None:
    outside = observation("out", "55", country="KR")
    zone = [
        observation(f"in-{number}", str(price), country=country, tier=tier, submitter=f"s{number}")
        for number, (price, country, tier) in enumerate(inside)
    ]
    assert measured(outside, *zone) == measured(outside)
    assert measured(*zone).status == "suspended"


def test_a_rise_of_the_zones_own_unit_values_lowers_no_duty() -> None:
    """The exporter who invoices at the floor for one period, to be rid of the tariff, is not heard."""
    current = adjust(
        DAY,
        tariff_rule(),
        None,
        floor(),
        measured(observation("quote", "55", country="KR")),
        importers=("US",),
        ordinary=OrdinaryRate(Decimal(0), Decimal(0)),
        outside_value=Decimal(0),
    )
    assert isinstance(current, Tariff)
    invoices = observation("imports", "110", country="US", kind="unit_value", tier="unit_values", incoterm="fob")
    after = adjust(
        DAY,
        tariff_rule(),
        current,
        floor(),
        measured(observation("quote", "55", country="KR"), invoices),
        importers=("US",),
        ordinary=OrdinaryRate(Decimal(0), Decimal(0)),
        outside_value=Decimal(0),
    )
    assert isinstance(after, Tariff)
    assert current.rate == after.rate == Decimal(55)


def test_prices_made_under_a_floor_or_duty_paid_and_costs_do_not_speak() -> None:
    for silent in (
        {"under_floor": True},
        {"incoterm": "ddp"},
        {"kind": "cost_survey"},
    ):
        assert measured(observation("no", "55", **silent)).status == "suspended"
    assert measured(observation("yes", "55")).status == "observed"


def test_an_export_quote_is_landed_without_tax_and_with_freight_and_insurance() -> None:
    # 50 fob + 1,000 USD/t, and 1 % insurance on both.
    found = measured(observation("fob", "50", incoterm="fob"))
    assert found.price == Decimal("51.51")
    assert (found.tier, found.rests_on, [d.observation for d in found.used]) == (
        "assessments",
        date(2025, 1, 15),
        ["fob"],
    )


def test_a_group_prefers_its_own_origins_and_else_takes_the_world() -> None:
    chinese = observation("cn", "50", incoterm="fob", country="CN")
    korean = observation("kr", "60", incoterm="fob", country="KR")
    world = observation("world", "70", country="")
    assert [d.observation for d in measured(chinese, korean, world).used] == ["cn"]
    assert [d.observation for d in measured(chinese, korean, world, group=1).used] == ["kr"]
    assert [d.observation for d in measured(world, group=0).used] == ["world"]
    assert [d.observation for d in measured(world, group=1).used] == ["world"]


def test_the_quotes_of_a_group_that_has_ended_are_those_of_the_others() -> None:
    dominant, others = rulebook().origin_group
    ended = dominant.model_copy(update={"valid_to": date(2024, 12, 31)})
    own = ({**rulebook().parity[0].model_dump(), "quotes": "own"},)
    chinese = observation("cn", "50", incoterm="fob", country="CN")
    book = rulebook(parity=own).model_copy(update={"origin_group": (ended, others)})
    found = import_parity(DAY, form(), others, [chinese], book, evidence=evidence(), members=MEMBERS, previous=None)
    assert [datum.observation for datum in found.used] == ["cn"]


def test_a_group_may_be_ruled_to_speak_for_itself_alone() -> None:
    chinese = observation("cn", "50", incoterm="fob", country="CN")
    world = observation("world", "70", country="")
    own = ({**rulebook().parity[0].model_dump(), "quotes": "own"},)
    assert [d.observation for d in measured(chinese, world, parity=own).used] == ["cn"]
    assert measured(chinese, world, group=1, parity=own).status == "suspended"


def test_a_cif_price_at_a_port_of_the_group_is_no_export_quote_of_the_group() -> None:
    bought_by_china = observation("cif-cn", "90", country="CN", incoterm="cif")
    sold_by_china = observation("fob-cn", "50", country="CN", incoterm="fob", tier="averages", kind="average")
    assert [d.observation for d in measured(bought_by_china, sold_by_china).used] == ["fob-cn"]
    assert [d.observation for d in measured(bought_by_china).used] == ["cif-cn"]


def test_tiers_go_in_the_rules_order() -> None:
    average = observation("average", "40", tier="averages", kind="average")
    assessment = observation("assessment", "50")
    deal = observation("deal", "60", tier="transactions", kind="transaction")
    assert measured(average, assessment, deal).price == Decimal("60.00")
    assert measured(average, assessment).price == Decimal("50.00")
    assert measured(average).price == Decimal("40.00")


def test_unit_values_never_serve_as_reference_and_parity_at_once() -> None:
    third_country = observation("kr", "40", tier="unit_values", kind="unit_value", country="KR")
    assert measured(third_country).price == Decimal("40.00")
    book = rulebook()
    tier = book.reference[0].tiers[0].model_copy(update={"tier": "unit_values"})
    in_reference = book.reference[0].model_copy(update={"tiers": (*book.reference[0].tiers, tier)})
    assert measured(third_country, reference=(in_reference,)).status == "suspended"


def test_nothing_counts_before_it_is_published_or_its_period_is_over() -> None:
    assert measured(observation("late", "55", published_at=date(2025, 2, 1))).status == "suspended"
    assert measured(observation("today", "55", published_at=DAY)).status == "observed"
    running = observation("running", "55", observed_to=date(2025, 2, 1), published_at=date(2025, 1, 2))
    assert measured(running).status == "suspended"


@pytest.mark.parametrize(("seen_on", "status"), [(date(2024, 11, 2), "observed"), (date(2024, 11, 1), "suspended")])
def test_an_observation_speaks_up_to_its_age_limit(seen_on: date, status: str) -> None:
    old = observation("old", "55", observed_from=seen_on, observed_to=seen_on, published_at=seen_on)
    assert measured(old).status == status


@pytest.mark.parametrize(
    ("on", "status"), [(date(2025, 8, 3), "carried"), (date(2025, 8, 4), "suspended")]
)  # 200 days after 15 January
def test_parity_is_carried_up_to_its_age_limit_and_then_suspended(on: date, status: str) -> None:
    first = measured(observation("quote", "55"))
    later = measured(on=on, previous=first)
    assert later.status == status
    if status == "carried":
        assert (later.price, later.rests_on, later.on) == (Decimal("55.00"), date(2025, 1, 15), on)
    else:
        assert later.price == Unknown("its last price outside the zone is 201 days old, and at most 200 are allowed")


def test_parity_without_any_price_is_unknown_and_says_so() -> None:
    assert measured().price == Unknown("no price outside the zone is known")
    assert measured(previous=parity(Unknown("before"))).status == "suspended"


def test_each_submitter_is_one_voice_and_the_median_speaks() -> None:
    loud = [observation(f"loud-{number}", "10", submitter="loud") for number in range(9)]
    honest = [observation(f"honest-{number}", "100", submitter=f"house-{number}") for number in range(2)]
    assert measured(*loud, *honest).price == Decimal("100.00")
    assert measured(*loud, honest[0]).price == Decimal("55.00")  # of two voices, the middle


def test_the_newest_word_of_each_submitter_speaks() -> None:
    december = observation("dec", "40", observed_to=date(2024, 12, 31), submitter="other")
    early = observation("early", "50", observed_to=date(2025, 1, 2))
    late = observation("late", "52", observed_to=date(2025, 1, 30), published_at=date(2025, 1, 30))
    found = measured(december, early, late)
    assert ([d.observation for d in found.used], found.price) == (["dec", "late"], Decimal("46.00"))
    assert found.rests_on == date(2025, 1, 30)


def test_a_rule_that_names_the_form_beats_the_general_one_while_it_holds() -> None:
    (general,) = rulebook().parity
    own = general.model_copy(update={"forms": (OXIDE,), "tiers": ("averages",), "valid_to": DAY})
    other = general.model_copy(update={"forms": ("apt",), "tiers": ("transactions",)})
    seen = observation("assessment", "50"), observation("average", "40", tier="averages", kind="average")
    rules = (other, general, own)
    assert measured(*seen, parity=rules).price == Decimal("40.00")
    assert measured(*seen, on=date(2025, 2, 1), parity=rules).price == Decimal("50.00")


def test_a_price_in_another_currency_waits_until_the_months_rate_is_known() -> None:
    rate = ExchangeRate("CNY", "USD", date(2025, 1, 1), Decimal("0.14"), assumed=False, source="made up")
    quote = observation("cny", "500", currency="CNY")
    book = rulebook()
    known = Evidence({OXIDE: form()}, exchange_rates=(rate,))

    def on(day: date) -> Parity:
        return import_parity(
            day, form(), book.origin_group[0], [quote], book, evidence=known, members=MEMBERS, previous=None
        )

    assert on(date(2025, 1, 30)).status == "suspended"
    assert on(date(2025, 1, 31)).price == Decimal("70.00")


def test_a_price_that_cannot_be_told_in_dollars_leaves_the_word_to_the_next_tier() -> None:
    no_rate = observation("cny", "500", currency="CNY")
    assert measured(no_rate, observation("average", "40", tier="averages", kind="average")).tier == "averages"


def test_another_form_is_not_heard() -> None:
    assert measured(replace(observation("apt", "55"), form="apt")).status == "suspended"


def test_a_rulebook_without_a_parity_rule_for_the_form_is_refused() -> None:
    rule = rulebook().parity[0].model_copy(update={"forms": ("apt",)})
    with pytest.raises(UsageError, match=f"has no parity rule for {OXIDE} on 2025-01-31"):
        measured(parity=(rule,))


def country(valuation: str) -> Country:
    return Country("US", "USA", "United States", "USD", "", valuation, valuation_assumed=False, source="made up")  # type: ignore[arg-type]


UNIT = Decimal("0.01")


def left_out(found: Parity, valuation: str = "fob") -> Decimal | Unknown:
    return outside_value(found, country(valuation), UNIT)


def at_rotterdam(distance_unknown_km: int | None = None) -> dict[str, Any]:
    """A border with freight of 0.01 USD for a tonne and kilometre to Rotterdam, and no insurance."""
    freight = {"freight_per_t": Decimal(0), "freight_per_t_km": Decimal("0.01"), "base_port_code": "NLRTM"}
    distance = {"insurance_share": Decimal(0), "distance_unknown_km": distance_unknown_km}
    return {"border": (rulebook().border[0].model_dump() | freight | distance,)}


def test_a_fob_customs_value_leaves_out_the_freight_and_insurance_that_parity_put_in() -> None:
    found = measured(observation("fob", "50", incoterm="fob"))
    assert (found.price, found.carriage, found.carriage_estimated) == (Decimal("51.51"), Decimal("1.51"), False)
    assert left_out(found) == Decimal("1.51")
    assert left_out(found, "cif") == 0
    assert left_out(parity(Unknown("suspended"))) == Unknown("suspended")


def test_half_a_unit_of_what_a_customs_value_leaves_out_is_rounded_up() -> None:
    between = replace(parity("50"), carriage=Decimal("0.125"))
    assert left_out(between) == Decimal("0.13")
    assert left_out(replace(between, carriage=Decimal("0.1249"))) == Decimal("0.12")


def test_freight_by_the_kilometre_is_taken_back_as_it_was_put_in() -> None:
    """19,625 km from Shanghai and 11,662 km from Jebel Ali, each at 0.01 USD for a tonne and kilometre."""
    far = measured(observation("far", "50", incoterm="fob", country="CN", place="CNSHA"), **at_rotterdam())
    near = measured(observation("near", "50", incoterm="fob", country="AE", place="AEJEA"), **at_rotterdam())
    assert (far.price, left_out(far)) == (Decimal("50.20"), Decimal("0.20"))
    assert (near.price, left_out(near)) == (Decimal("50.12"), Decimal("0.12"))


def test_the_carriage_is_that_of_the_voice_that_sets_the_price() -> None:
    near = observation("near", "40", submitter="a", incoterm="fob", country="CN", place="CNYTN")  # 18,220 km
    middle = observation("middle", "50", submitter="b", incoterm="fob", country="CN", place="CNSHA")  # 19,625 km
    far = observation("far", "60", submitter="c", incoterm="fob", country="CN", place="CNTXG")  # 20,650 km
    odd = measured(near, middle, far, **at_rotterdam())
    assert (odd.price, odd.carriage) == (Decimal("50.20"), Decimal("0.20"))
    even = measured(near, far, **at_rotterdam())
    assert (even.price, even.carriage) == (Decimal("50.19"), Decimal("0.19"))  # the middle of 0.1822 and 0.2065
    landed = observation("cif", "70", submitter="d", country="CN", market="elsewhere")
    assert measured(middle, far, landed, **at_rotterdam()).carriage_estimated is False


def test_the_carriage_of_a_price_that_came_landed_is_estimated_from_an_unknown_distance_or_unknown() -> None:
    landed = observation("cif", "50", incoterm="cif", country="KR")
    estimated = measured(landed, **at_rotterdam(20000))
    assert (estimated.price, estimated.carriage, estimated.carriage_estimated) == (50, Decimal("0.20"), True)
    assert left_out(estimated) == Decimal("0.20")
    unknown = measured(landed, **at_rotterdam())
    assert unknown.price == 50
    assert left_out(unknown) == Unknown("how far goods have come whose price was told landed")
    flat = measured(observation("cif", "51.51", incoterm="cif", country="KR"))
    assert (flat.carriage, flat.carriage_estimated) == (Decimal("1.51"), True)


def test_a_carried_parity_keeps_its_carriage() -> None:
    first = measured(observation("fob", "50", incoterm="fob"))
    later = measured(on=date(2025, 6, 30), previous=first)
    assert (later.status, left_out(later)) == ("carried", Decimal("1.51"))


def test_duty_paid_parity_is_the_cheapest_groups_with_its_ordinary_duty() -> None:
    groups = [parity("60"), parity("50", group="others"), parity(Unknown("nothing"), group="third")]
    rate = OrdinaryRate(Decimal("0.10"), Decimal(1))
    assert duty_paid_parity(groups, rate, Decimal(0)) == Decimal("56.00")
    assert duty_paid_parity(groups, Unknown("no tariff"), Decimal(0)) == Decimal(50)
    assert duty_paid_parity(groups[2:], rate, Decimal(0)) == Unknown("nothing")


def test_groups_that_have_no_price_for_one_reason_say_it_once_and_for_several_each() -> None:
    alike = [parity(Unknown("none is known"), group=name) for name in ("dominant", "others")]
    assert duty_paid_parity(alike, Unknown("no tariff"), Decimal(0)) == Unknown("none is known")
    differing = [alike[0], parity(Unknown("too old"), group="others")]
    found = duty_paid_parity(differing, Unknown("no tariff"), Decimal(0))
    assert found == Unknown("dominant: none is known; others: too old")
    assert duty_paid_parity([], Unknown("no tariff"), Decimal(0)) == Unknown("no parity was measured")
