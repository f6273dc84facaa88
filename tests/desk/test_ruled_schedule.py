"""What a rulebook can say is what a day publishes: methods, stages, suspensions, a levy among members, contents, conditions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from test_day import FEBRUARY, JANUARY, NOVEMBER, after

from footwall.desk import Decision, State, WalkDay, Zone, apply, decide, open_zone
from footwall.desk.events import ConditionsPublished, SchedulePublished, entry_of, json_of, restored
from footwall.desk.timeline import conditions_timeline, timeline
from footwall.rulebook import Rulebook, TariffRule
from footwall.tariffs import Conditions, Measure, Schedule

OXIDE = "ndpr-oxide"
BASIS = {"legal_basis": "Article 1", "source": "made up"}


@pytest.fixture(scope="module")
def zone(template: Path) -> Zone:
    """Not walked; for reading only."""
    return open_zone(template)


@pytest.fixture(scope="module")
def before(zone: Zone) -> State:
    return after(zone, NOVEMBER, date(2023, 12, 31), JANUARY)


def rule(zone: Zone, group: str = "dominant", **changes: Any) -> TariffRule:
    """The example's rule for the oxide from a group, made into one for each line's own price, and what a test wants of it."""
    held = next(one for one in zone.rulebooks.on(FEBRUARY).tariff if one.group == group and OXIDE in one.forms)
    plain = {"forms": (OXIDE,), "method": "top_up", "shipment": "none", "opening": "by_steps", "guard": None,
             "deadband_share": Decimal(0), "step_share_max": Decimal(0)}  # fmt: skip
    notified = {"forms": (OXIDE,)} if changes.get("method") == "notified" else plain
    return TariffRule.model_validate(held.model_dump(exclude_none=True) | notified | changes)


def with_rules(zone: Zone, *rules: TariffRule, **sections: Any) -> Rulebook:
    """The rules of February, with these in place of the example's tariffs on the oxide."""
    held = zone.rulebooks.on(FEBRUARY)
    instead = {one.group for one in rules}
    kept = tuple(
        one.model_copy(update={"forms": tuple(form for form in one.forms if form != OXIDE)})
        if one.group in instead
        else one
        for one in held.tariff
    )
    book = held.model_dump() | {"tariff": tuple(one.model_dump() for one in (*kept, *rules))} | sections
    return Rulebook.model_validate(book)


def published(zone: Zone, state: State, book: Rulebook, on: date = FEBRUARY) -> tuple[State, Mapping[str, Measure]]:
    decision = decide(state, WalkDay(on, book, zone.grounds))
    assert isinstance(decision, Decision), decision
    for event in decision.events:
        state = apply(state, event)
    return state, {name: one for name, one in state.measures.items() if one.role in {"floor", "embedded"}}


def of_oxide(measures: Mapping[str, Measure], group: str = "dominant") -> Measure:
    return next(one for name, one in measures.items() if name == f"floor-{OXIDE}-us-{group}")


def test_bands_are_shares_of_the_floor_with_security_at_parity(zone: Zone, before: State) -> None:
    bands = [{"at_least_share": Decimal(share), "duty_share": Decimal(duty)} for share, duty in ((1, 0), ("0.9", "0.1"), (0, "0.4"))]  # fmt: skip
    banded = rule(
        zone, method="banded", counts=(), bands=tuple(bands), standard_value="parity", tolerance=Decimal("0.08")
    )
    found = of_oxide(published(zone, before, with_rules(zone, banded))[1])
    assert found.floor is not None
    assert [(one.at_least, one.specific) for one in found.bands] == [
        (found.floor, 0), ((found.floor * Decimal("0.9")).quantize(Decimal("0.01")), (found.floor / 10).quantize(Decimal("0.01"))),
        (0, (found.floor * Decimal("0.4")).quantize(Decimal("0.01"))),
    ]  # fmt: skip
    assert (found.method, found.standard_value, found.tolerance) == ("banded", found.parity, Decimal("0.08"))


@pytest.mark.parametrize(
    ("method", "more", "stated"),
    [
        ("minimum_price", {"otherwise_ad_valorem": Decimal("0.5")}, {"otherwise_ad_valorem": Decimal("0.5")}),
        ("top_up", {"least_specific": Decimal(1), "rebate_share": Decimal("0.5")}, {"least_specific": 1, "rebate_share": Decimal("0.5")}),
        ("top_up", {"cap": "mfn_bound"}, {"cap": "mfn_bound", "bound_ad_valorem": None}),
        ("notified", {"shipment": "max", "standard_value": "floor", "tolerance": Decimal(0)}, {"shipment": "max", "tolerance": 0}),
    ],
)  # fmt: skip
def test_every_option_of_a_rule_is_published(
    zone: Zone, before: State, method: str, more: dict[str, Any], stated: dict[str, Any]
) -> None:
    found = of_oxide(published(zone, before, with_rules(zone, rule(zone, method=method, **more)))[1])
    assert {name: getattr(found, name) for name in ("method", *stated)} == {"method": method, **stated}


def test_slices_of_a_rule_are_published_in_place_of_the_default(zone: Zone, before: State) -> None:
    slices = tuple({"up_to": Decimal(end), "rate": Decimal(share)} for end, share in (("0.2", 0), (1, "0.8")))
    found = of_oxide(
        published(zone, before, with_rules(zone, rule(zone, method="graduated", counts=(), slices=slices)))[1]
    )
    assert [(one.up_to, one.rate) for one in found.slices or ()] == [(Decimal("0.2"), 0), (1, Decimal("0.8"))]


def test_a_notified_rate_ad_valorem_is_a_share_of_the_customs_value_at_parity(zone: Zone, before: State) -> None:
    ruled = rule(zone, method="notified", rate_as="ad_valorem", ad_valorem_unit=Decimal("0.001"))
    state, found = published(zone, before, with_rules(zone, ruled))
    measure, tariff = of_oxide(found), state.tariffs[OXIDE, "US", "dominant"]
    assert isinstance(tariff.value, Decimal)
    assert isinstance(tariff.parity, Decimal)
    assert tariff.value < tariff.parity  # the United States value goods free on board
    assert (measure.specific, measure.ad_valorem) == (None, round(tariff.rate / tariff.value, 3))


def test_a_turn_to_a_share_of_the_value_while_parity_is_suspended_keeps_the_rate_by_mass(
    zone: Zone, before: State
) -> None:
    ruled = rule(zone, method="notified", rate_as="ad_valorem", ad_valorem_unit=Decimal("0.001"))
    by_mass = before.tariffs[OXIDE, "US", "dominant"]
    nothing_seen = replace(zone.grounds, observations={**zone.grounds.observations, OXIDE: ()})
    decision = decide(replace(before, parities={}), WalkDay(FEBRUARY, with_rules(zone, ruled), nothing_seen))
    assert isinstance(decision, Decision), decision
    state = before
    for event in decision.events:
        state = apply(state, event)
    tariff = state.tariffs[OXIDE, "US", "dominant"]
    assert (tariff.reason, tariff.rate, tariff.changed_on) == ("parity_suspended", by_mass.rate, by_mass.changed_on)
    measure = of_oxide(state.measures)
    assert (measure.specific, measure.ad_valorem, by_mass.rate > 0) == (by_mass.rate, None, True)
    known = decide(state, WalkDay(date(2024, 3, 31), with_rules(zone, ruled), zone.grounds))
    assert isinstance(known, Decision), known
    for event in known.events:
        state = apply(state, event)
    assert (of_oxide(state.measures).specific, of_oxide(state.measures).ad_valorem is None) == (None, False)


def test_a_rule_for_a_stage_holds_for_its_forms_but_not_for_one_that_another_names(zone: Zone, before: State) -> None:
    stage, held = zone.facts.forms[OXIDE].stage, zone.rulebooks.on(FEBRUARY)
    floored = [one.form for one in held.floor if zone.facts.forms[one.form].stage == stage]
    others = [one for one in held.tariff if one.group != "dominant"]
    graduated = rule(zone, forms=(), stages=(stage,), method="graduated", counts=())
    book = held.model_copy(update={"tariff": (*others, graduated, rule(zone))})
    _, found = published(zone, before, book)
    methods = {one.form: one.method for one in found.values() if one.measure_id.endswith("-us-dominant")}
    assert methods == {form: "top_up" if form == OXIDE else "graduated" for form in floored if form in methods}
    assert len(methods) > 1


def test_a_suspension_parts_the_measure_and_floor_duty_resumes(zone: Zone, before: State) -> None:
    declared = {
        "forms": (OXIDE,),
        "importers": "all",
        "valid_from": date(2024, 4, 1),
        "valid_to": date(2024, 4, 30),
        **BASIS,
    }
    state, found = published(zone, before, with_rules(zone, rule(zone), suspension=(declared,)))
    parts = [one for name, one in found.items() if name.startswith(f"floor-{OXIDE}-us-dominant")]
    assert [
        (one.measure_id.removeprefix(f"floor-{OXIDE}-us-dominant"), one.valid_to, one.suspended) for one in parts
    ] == [
        ("", date(2024, 3, 31), False),
        ("-from-2024-05-01", None, False),
        ("-suspended-from-2024-04-01", date(2024, 4, 30), True),
    ]
    schedule = Schedule.from_measures(found.values(), "USD", zone.members, zone.facts)
    met = [schedule.applicable("US", "CN", None, OXIDE, day).floor for day in (date(2024, 3, 31), date(2024, 4, 1), date(2024, 4, 30), date(2024, 5, 1))]  # fmt: skip
    assert [one.suspended for one in met if one is not None] == [False, True, True, False]
    # Once the days are over, what ended is withdrawn and the rest stands.
    _, later = published(zone, state, with_rules(zone, rule(zone), suspension=(declared,)), date(2024, 5, 31))
    assert [one for one in later if one.startswith(f"floor-{OXIDE}-us-dominant")] == [f"floor-{OXIDE}-us-dominant-from-2024-05-01"]  # fmt: skip


def test_a_suspension_for_some_importers_leaves_the_others_as_they_are(zone: Zone, before: State) -> None:
    declared = {"forms": (OXIDE,), "importers": ("JP",), "valid_from": date(2024, 4, 1), **BASIS}
    _, found = published(zone, before, with_rules(zone, rule(zone), suspension=(declared,)))
    parts = {name: one for name, one in found.items() if name.startswith(f"floor-{OXIDE}-") and "-dominant" in name}
    suspended = [one for one in parts.values() if one.suspended]
    assert [tuple(one.importers) for one in suspended] == [("JP",)]
    assert [one for one in parts.values() if "JP" not in one.importers and one.valid_to is None]


def test_an_internal_floor_is_levied_among_members_and_an_external_one_is_not(zone: Zone, before: State) -> None:
    held = with_rules(
        zone,
        rule(zone, group="others"),
        rule(zone, group="others", forms=(OXIDE,)).model_copy(update={"group": "members"}),
    )
    assert not [one for one in published(zone, before, held)[1].values() if one.equalisation]
    reviewed = {
        form: tuple(one if form != OXIDE else _internal(one) for one in floors)
        for form, floors in before.floors.items()
    }
    internal = tuple(one.model_copy(update={"mode": "internal"}) if one.form == OXIDE else one for one in held.floor)
    state, found = published(zone, _with_floors(before, reviewed), held.model_copy(update={"floor": internal}))
    levied = [one for one in found.values() if one.equalisation]
    assert {one.form for one in levied} == {OXIDE}
    assert all("CN" not in one.origins and {"US", "JP"} <= set(one.origins) for one in levied)
    schedule = Schedule.from_measures(state.measures.values(), "USD", zone.members, zone.facts)
    for origin, equalises in (("JP", True), ("CN", False)):
        met = schedule.applicable("US", origin, None, OXIDE, FEBRUARY).floor
        assert met is not None
        assert met.equalisation is equalises


def _internal(floor: Any) -> Any:
    from dataclasses import replace

    return replace(floor, mode="internal")


def _with_floors(state: State, floors: Any) -> State:
    from dataclasses import replace

    return replace(state, floors=floors)


def test_a_duty_on_contents_is_renewed_at_the_notified_rate(zone: Zone, before: State) -> None:
    embedded = {"forms": ("ndfeb-magnet",) if "ndfeb-magnet" in zone.facts.forms else (), "hs_codes": () if "ndfeb-magnet" in zone.facts.forms else ("850511",),
                "group": "dominant", "elements": ({"element": "Nd", "form": OXIDE, "form_kg": Decimal("1.17"), "recovered": Decimal("0.9"),
                                                   "undeclared": Decimal("0.3")},), **BASIS}  # fmt: skip
    ruled = rule(zone, method="notified")
    state, found = published(zone, before, with_rules(zone, ruled, embedded=(embedded,)))
    tariff = state.tariffs[OXIDE, "US", "dominant"]
    duties = [one for one in found.values() if one.role == "embedded" and one.importers == ("US",)]
    assert duties[0].elements[0].specific == tariff.rate * Decimal("1.17")
    assert (duties[0].origins, duties[0].valid_from) == (("CN",), tariff.changed_on)
    declared = {"forms": (OXIDE,), "valid_from": FEBRUARY, "valid_to": FEBRUARY, **BASIS}
    _, parted = published(zone, before, with_rules(zone, ruled, embedded=(embedded,), suspension=(declared,)))
    rates = {
        one.valid_from: one.elements[0].specific
        for one in parted.values()
        if one.role == "embedded" and one.importers == ("US",)
    }
    assert rates[FEBRUARY] == 0
    assert rates[date(2024, 3, 1)] == tariff.rate * Decimal("1.17")


def test_conditions_are_recorded_published_and_held_over_time(zone: Zone, before: State) -> None:
    day = {"importers": ("US",), "transit_days": 45, **BASIS}
    origin = {"importers": "all", "forms": (OXIDE,), "stages": ("separated",), "cumulation": True, **BASIS}
    book = with_rules(zone, rule(zone), day=(day,), origin=(origin,))
    decision = decide(before, WalkDay(FEBRUARY, book, zone.grounds))
    assert isinstance(decision, Decision)
    (told,) = (one for one in decision.events if isinstance(one, ConditionsPublished))
    entry = entry_of(told, FEBRUARY, "x")
    assert told.days[0].transit_days == 45
    assert set(told.origins[0].importers) == set(zone.members.members_on(FEBRUARY))
    state, _ = published(zone, before, book)
    assert state.conditions == Conditions(told.days, told.origins)
    assert state.published_on == FEBRUARY
    again = decide(state, WalkDay(date(2024, 3, 31), book, zone.grounds))
    assert isinstance(again, Decision)
    assert not [one for one in again.events if isinstance(one, ConditionsPublished)]
    over_time = conditions_timeline([before, state], date(2024, 3, 31))
    assert [(one.valid_from, one.valid_to) for one in over_time.days] == [(FEBRUARY, date(2024, 3, 31))]
    Schedule.from_measures(timeline([before, state]), "USD", zone.members, zone.facts, over_time)
    assert entry.payload["days"]
    assert restored(ConditionsPublished, json_of(told), "x") == told


def test_nothing_is_recorded_of_conditions_where_none_are_ruled(zone: Zone, before: State) -> None:
    decision = decide(before, WalkDay(FEBRUARY, zone.rulebooks.on(FEBRUARY), zone.grounds))
    assert isinstance(decision, Decision)
    assert [one for one in decision.events if isinstance(one, SchedulePublished)]
    assert not [one for one in decision.events if isinstance(one, ConditionsPublished)]


def test_a_bound_rate_is_published_for_its_importers_alone(zone: Zone, before: State) -> None:
    bound = {
        "forms": (OXIDE,),
        "importers": ("US",),
        "basis": "mfn_bound",
        "ad_valorem": Decimal("0.055"),
        "source": "made up",
    }
    ruled = (rule(zone, cap="mfn_bound"), rule(zone, "others", cap="preferential_bound"))
    _, found = published(zone, before, with_rules(zone, *ruled, bound=(bound,)))
    rates = {one.measure_id: one.bound_ad_valorem for one in found.values() if one.form == OXIDE}
    assert rates[f"floor-{OXIDE}-us-dominant"] == Decimal("0.055")
    assert rates[f"floor-{OXIDE}-us-others"] is None
    assert rates[f"floor-{OXIDE}-members-dominant"] is None
