"""One day's decision: pure, blind to what came later, and each part on the days on which it is due."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from footwall.desk import Decision, Grounds, State, WalkDay, Zone, apply, decide, importer_groups, open_zone
from footwall.desk.events import FloorsReviewed, LaddersChecked, SchedulePublished, TariffsAdjusted, json_of
from footwall.desk.walk import decided_days
from footwall.errors import Problem
from footwall.facts import Facts, Membership, Observation
from footwall.quantity import Unknown
from footwall.rulebook import Rulebook, Rulebooks
from footwall.tariffs import OrdinaryLaw
from footwall.zone import Members

NOVEMBER, JANUARY, FEBRUARY = date(2023, 11, 30), date(2024, 1, 31), date(2024, 2, 29)


class OtherFacts(Facts):
    """Facts in which some tables say something else."""

    def __init__(self, folder: Path, tables: Mapping[str, object]) -> None:
        super().__init__(folder)
        self.__dict__.update(tables)


def decided(zone: Zone, on: date, grounds: Grounds | None = None, state: State | None = None) -> Decision:
    decision = decide(state or zone.state, WalkDay(on, zone.rulebooks.on(on), grounds or zone.grounds))
    assert isinstance(decision, Decision)
    return decision


def after(zone: Zone, *days: date) -> State:
    state = zone.state
    for day in days:
        for event in decided(zone, day, state=state).events:
            state = apply(state, event)
    return state


def seen_until(zone: Zone, last: date) -> Grounds:
    """The grounds without anything that was published after a day."""
    kept: dict[str, tuple[Observation, ...]] = {
        form: tuple(one for one in seen if one.published_at <= last) for form, seen in zone.grounds.observations.items()
    }
    return replace(zone.grounds, observations=kept)


def test_the_same_command_gives_the_same_decision_and_leaves_the_state_alone(folder: Path) -> None:
    zone = open_zone(folder)
    before = json_of(zone.state.facts) if zone.state.facts else None
    first, second = decided(zone, JANUARY), decided(zone, JANUARY)
    assert first == second
    assert zone.state.facts is not None
    assert json_of(zone.state.facts) == before
    assert zone.last_day is None


@pytest.mark.parametrize("on", [NOVEMBER, JANUARY, FEBRUARY])
def test_no_day_looks_ahead(folder: Path, on: date) -> None:
    zone = open_zone(folder)
    assert decided(zone, on, seen_until(zone, on)) == decided(zone, on)


def test_what_is_published_on_the_day_itself_counts(folder: Path) -> None:
    zone = open_zone(folder)
    days = {one.published_at for seen in zone.grounds.observations.values() for one in seen}
    on = max(day for day in days if day <= date(2026, 5, 31))
    the_day_before = seen_until(zone, date.fromordinal(on.toordinal() - 1))
    assert decided(zone, on, the_day_before).events[0] != decided(zone, on).events[0]


def test_before_floors_apply_only_prices_and_ordinary_duties_are_decided(folder: Path) -> None:
    decision = decided(open_zone(folder), NOVEMBER)
    assert [type(event).__name__ for event in decision.events] == [
        "ReferencePricesSet",
        "SchedulePublished",
        "DayClosed",
    ]
    (published,) = (event for event in decision.events if isinstance(event, SchedulePublished))
    assert {measure.role for measure in published.stated} == {"ordinary"}


def test_floors_apply_from_their_first_day_on_that_day_included(folder: Path) -> None:
    zone = open_zone(folder)
    rulebook = zone.rulebooks.on(FEBRUARY)
    for floors_from, applies in ((FEBRUARY, True), (date(2024, 3, 1), False)):
        walk = rulebook.walk.model_copy(update={"floors_from": floors_from})
        decision = decide(zone.state, WalkDay(FEBRUARY, rulebook.model_copy(update={"walk": walk}), zone.grounds))
        assert isinstance(decision, Decision)
        assert any(isinstance(event, TariffsAdjusted) for event in decision.events) is applies


def test_a_parity_without_new_data_is_carried_from_the_day_before(folder: Path) -> None:
    zone = open_zone(folder)
    state = after(zone, NOVEMBER, date(2023, 12, 31), JANUARY)
    silent = replace(zone.grounds, observations={**zone.grounds.observations, "ndpr-oxide": ()})
    (adjusted,) = (
        event for event in decided(zone, FEBRUARY, silent, state).events if isinstance(event, TariffsAdjusted)
    )
    carried = [parity for parity in adjusted.parities if parity.form == "ndpr-oxide"]
    assert [parity.status for parity in carried] == ["carried", "carried"]
    assert [parity.price for parity in carried] == [
        state.parities["ndpr-oxide", parity.group].price for parity in carried
    ]
    assert [parity.carriage for parity in carried] == [
        state.parities["ndpr-oxide", parity.group].carriage for parity in carried
    ]
    assert not any(isinstance(parity.carriage, Unknown) for parity in carried)


def test_floors_are_reviewed_on_the_first_day_after_they_fell_due_and_not_again(folder: Path) -> None:
    zone = open_zone(folder)
    state = after(zone, NOVEMBER, date(2023, 12, 31))
    january = decided(zone, JANUARY, state=state)
    (reviewed,) = (event for event in january.events if isinstance(event, FloorsReviewed))
    assert {floor.form for floor in reviewed.floors} == {
        rule.form for rule in zone.rulebooks.on(JANUARY).floor if date(2024, 1, 1) in rule.review_days
    }
    for event in january.events:
        state = apply(state, event)
    assert not any(isinstance(event, FloorsReviewed) for event in decided(zone, FEBRUARY, state=state).events)


def test_halving_every_price_moves_no_floor_before_its_review(folder: Path) -> None:
    zone = open_zone(folder)
    state = after(zone, NOVEMBER, date(2023, 12, 31), JANUARY)
    halved = {
        form: tuple(
            replace(one, low=one.low / 2, high=one.high / 2) if one.published_at > JANUARY else one for one in seen
        )
        for form, seen in zone.grounds.observations.items()
    }
    for event in decided(zone, FEBRUARY, replace(zone.grounds, observations=halved), state).events:
        state = apply(state, event)
    assert {form: [floor.reviewed_on for floor in floors] for form, floors in state.floors.items()} == {
        form: [JANUARY] for form in state.floors
    }


def test_nothing_is_published_where_nothing_changed(folder: Path) -> None:
    zone = open_zone(folder)
    state = after(zone, NOVEMBER)
    again = decided(zone, date(2023, 12, 31), state=state)
    assert not any(isinstance(event, SchedulePublished) for event in again.events)


def test_members_goods_meet_no_floor_measure_and_every_importer_is_a_member(folder: Path) -> None:
    zone = open_zone(folder)
    members = zone.members.members_on(JANUARY)
    (published,) = (event for event in decided(zone, JANUARY).events if isinstance(event, SchedulePublished))
    floors = [measure for measure in published.stated if measure.role == "floor"]
    assert floors
    for measure in floors:
        assert members.isdisjoint(measure.origins)
        assert members.issuperset(measure.importers)


def test_an_ordinary_importer_stands_alone_and_all_other_parties_together(folder: Path) -> None:
    zone = open_zone(folder)
    rulebook = zone.rulebooks.on(JANUARY)
    groups = importer_groups(rulebook, zone.members, JANUARY)
    assert set(groups) == {"US", "members"}
    assert groups["US"] == ("US",)
    assert set(groups["US"]) | set(groups["members"]) == set(zone.members.parties_on(JANUARY))
    assert "EU" in groups["members"]
    assert "DE" not in groups["members"]
    assert importer_groups(rulebook, zone.members, date(2023, 12, 31)) == {}


def test_an_ordinary_importer_that_is_no_member_has_no_tariff(folder: Path) -> None:
    zone = open_zone(folder)
    japan = Membership("JP", date(2024, 1, 1), None, "test", assumed=True, source="test")
    alone = Members.from_facts([japan], zone.facts.countries)
    assert importer_groups(zone.rulebooks.on(JANUARY), alone, JANUARY) == {"members": ("JP",)}


def test_tariffs_count_a_known_ordinary_duty_and_say_where_it_is_unknown(folder: Path) -> None:
    (adjusted,) = (event for event in decided(open_zone(folder), JANUARY).events if isinstance(event, TariffsAdjusted))
    own = [item.tariff for item in adjusted.tariffs if item.importer_group == "US"]
    others = [item.tariff for item in adjusted.tariffs if item.importer_group == "members"]
    assert len(own) == len(others) > 0
    assert any(isinstance(tariff.ordinary, Decimal) for tariff in own)
    for tariff in others:
        assert not isinstance(tariff.ordinary, Decimal)


def test_every_tracked_mineral_with_a_recipe_has_its_ladder_checked(folder: Path) -> None:
    zone = open_zone(folder)
    (checked,) = (event for event in decided(zone, JANUARY).events if isinstance(event, LaddersChecked))
    with_recipe = {recipe.mineral for recipe in zone.facts.recipes}
    assert [ladder.mineral for ladder in checked.ladders] == [
        mineral for mineral in zone.grounds.tracked() if mineral in with_recipe
    ]
    assert sum(len(ladder.rungs) for ladder in checked.ladders) == sum(
        recipe.mineral in zone.grounds.tracked() for recipe in zone.facts.recipes
    )


def test_measures_that_contradict_each_other_are_refused_with_every_fault_and_nothing_is_decided(folder: Path) -> None:
    zone = open_zone(folder)
    duties = zone.facts.ordinary_duties
    twice = [replace(duties[0], valid_from=date(2023, 1, 1)), replace(duties[1], valid_from=date(2023, 1, 1))]
    facts = OtherFacts(zone.facts.folder, {"ordinary_duties": (*duties, *twice)})
    grounds = replace(
        zone.grounds, facts=facts, ordinary=OrdinaryLaw(facts.ordinary_duties, facts.tariff_treatments, facts.countries)
    )
    problems = decide(zone.state, WalkDay(JANUARY, zone.rulebooks.on(JANUARY), grounds))
    assert isinstance(problems, tuple)
    assert len(problems) >= 2
    assert all(isinstance(problem, Problem) for problem in problems)


def test_a_form_whose_rule_is_gone_has_no_floor_and_no_tariff_any_more(folder: Path) -> None:
    zone = open_zone(folder)
    state = after(zone, NOVEMBER, date(2023, 12, 31), JANUARY)
    rulebook = without(zone.rulebooks.on(FEBRUARY), "ndpr-oxide")
    decision = decide(state, WalkDay(FEBRUARY, rulebook, zone.grounds))
    assert isinstance(decision, Decision)
    (published,) = (event for event in decision.events if isinstance(event, SchedulePublished))
    (adjusted,) = (event for event in decision.events if isinstance(event, TariffsAdjusted))
    assert {name for name in published.withdrawn if "ndpr-oxide" in name}
    assert not any(item.tariff.form == "ndpr-oxide" for item in adjusted.tariffs)


def without(rulebook: Rulebook, form: str) -> Rulebook:
    """The rules, with nothing on the floor of a form."""
    floor = tuple(rule for rule in rulebook.floor if rule.form != form)
    tariff = tuple(
        rule.model_copy(update={"forms": tuple(one for one in rule.forms if one != form)}) for rule in rulebook.tariff
    )
    return rulebook.model_copy(update={"floor": floor, "tariff": tariff})


def test_an_importer_that_gets_a_tariff_of_its_own_goes_on_from_the_one_it_paid(folder: Path) -> None:
    """A new group is no new tariff: it may not open at once past notice and step cap."""
    zone = open_zone(folder)
    state = after(zone, NOVEMBER, date(2023, 12, 31), JANUARY)
    rules = zone.rulebooks.on(FEBRUARY)
    apart = rules.ordinary[0].model_copy(update={"importers": ("US", "JP")})
    decision = decide(state, WalkDay(FEBRUARY, rules.model_copy(update={"ordinary": (apart,)}), zone.grounds))
    assert isinstance(decision, Decision)
    (adjusted,) = (event for event in decision.events if isinstance(event, TariffsAdjusted))
    notified = [
        one.tariff for one in adjusted.tariffs if one.importer_group == "JP" and one.tariff.method == "notified"
    ]
    assert len(notified) > 4
    for tariff in notified:
        before = state.tariffs[tariff.form, "members", tariff.group]
        assert "JP" in before.importers
        assert tariff.reason != "opened"
        assert tariff.rate <= before.rate


def test_what_an_ended_version_schedules_beyond_its_end_makes_no_day_of_decision(folder: Path) -> None:
    zone = open_zone(folder)
    first, *others = zone.rulebooks.versions
    later = first.floor[0].model_copy(update={"review_days": (date(2024, 1, 1), date(2025, 10, 15))})
    exchange = first.exchange[0].model_copy(update={"valid_to": date(2025, 11, 17)})
    amended = first.model_copy(update={"floor": (later, *first.floor[1:]), "exchange": (exchange,)})
    assert first.rulebook.valid_to == date(2025, 6, 30)
    assert decided_days(Rulebooks((amended, *others)), zone.members) == decided_days(zone.rulebooks, zone.members)
