"""Prices are set on each day of publication, all else on whole days; what is late is recorded, and nothing simulated is late."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from desk_support import MadeOnce, rules

from footwall.desk import Decision, WalkDay, decide, init_zone, open_zone, run
from footwall.desk.events import PublicationsFailed
from footwall.desk.walk import published_days, whole_days
from footwall.desk.zone import Zone

FRIDAY, MONDAY = date(2024, 1, 5), date(2024, 1, 8)


@pytest.fixture(scope="session")
def daily_template(made_once: MadeOnce) -> Path:
    """A zone that publishes on each working day in London, from the end of 2023 to the middle of January. Not walked."""

    def fill(folder: Path) -> None:
        made = rules(folder / "rules", first="2023-12-31", through="2024-01-31")
        for path in made.iterdir():
            text = path.read_text(encoding="utf-8")
            assert 'every = "monthly"' in text
            path.write_text(text.replace('every = "monthly"', 'every = "daily"'), encoding="utf-8")
        init_zone(folder / "zone", rulebook=made)

    return made_once("daily", fill) / "zone"


@pytest.fixture(scope="session")
def daily_walked(daily_template: Path, made_once: MadeOnce) -> Path:
    """The same, walked to Friday 5 January."""
    return made_once("daily-walked", lambda folder: run(open_zone(shutil.copytree(daily_template, folder)), FRIDAY))


@pytest.fixture
def daily(daily_walked: Path, copy_of: Callable[[Path], Path]) -> Zone:
    """A copy of it."""
    return open_zone(copy_of(daily_walked))


def kinds(zone: Zone) -> dict[date, list[str]]:
    found: dict[date, list[str]] = {}
    for entry in zone.journal.entries()[3:]:
        found.setdefault(entry.effective_on, []).append(entry.kind)
    return found


def test_prices_are_set_on_each_working_day_and_all_else_on_whole_days_only(daily: Zone) -> None:
    whole = [date(2023, 12, 31), date(2024, 1, 1)]
    working = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4), FRIDAY]
    assert list(daily.days) == whole + working
    recorded = kinds(daily)
    for day in working:
        assert recorded[day] == ["reference_prices_set", "day_closed"]
        assert daily.state_on(day).tariffs == daily.state_on(whole[-1]).tariffs
        assert daily.state_on(day).floors == daily.state_on(whole[-1]).floors
        assert daily.reference("cobalt-metal", day).on == day
    assert {"floors_reviewed", "tariffs_adjusted", "schedule_published"} <= set(recorded[whole[-1]])


def test_days_of_publication_are_working_days_of_the_walk(daily: Zone) -> None:
    days = published_days(daily.rulebooks)
    assert min(days) >= date(2023, 12, 31)
    assert max(days) == date(2024, 1, 31)
    assert len(days) == 22
    assert all(day.weekday() < 5 for day in days)
    assert date(2024, 1, 1) not in days
    assert date(2024, 1, 1) in whole_days(daily)


def test_nothing_is_late_in_a_simulated_zone(daily: Zone) -> None:
    assert daily.state.failed == ()
    assert "publications_failed" not in {entry.kind for entry in daily.journal.entries()}


def test_a_walk_that_is_broken_off_between_publications_ends_at_the_same_head(
    daily: Zone, daily_template: Path, tmp_path: Path
) -> None:
    other = open_zone(Path(shutil.copytree(daily_template, tmp_path / "other")))
    for day in (date(2024, 1, 1), date(2024, 1, 3), FRIDAY):
        run(open_zone(other.folder), day)
    assert open_zone(other.folder).head == daily.head


def test_what_is_recorded_between_days_comes_a_second_after(daily: Zone, tmp_path: Path) -> None:
    from observed import staff

    before = daily.recorded_at
    assert before is not None
    staff(daily, tmp_path / "keys")
    assert daily.recorded_at == before + timedelta(seconds=2)
    run(daily, MONDAY)
    assert daily.recorded_at is not None
    assert daily.recorded_at.date() == MONDAY
    assert daily.state.failed == ()


@pytest.mark.parametrize(
    ("minutes", "status"),
    [(0, None), (60, None), (61, "late"), (24 * 60 - 1, "late"), (24 * 60, "missed"), (10**6, "missed")],
)
def test_a_price_is_late_after_its_hour_and_missed_when_the_next_is_due(
    daily: Zone, minutes: int, status: str | None
) -> None:
    """Monday's price is due at 17:00 UTC: published at 16:30 in London, told half an hour later; the rule forgives an hour."""
    from datetime import UTC, datetime

    instant = datetime(2024, 1, 8, 17, tzinfo=UTC) + timedelta(minutes=minutes)
    rulebook = daily.rulebooks.on(MONDAY)
    decision = decide(daily.state, WalkDay(MONDAY, rulebook, daily.grounds, instant, whole=False))
    assert isinstance(decision, Decision)
    failed = [one for event in decision.events if isinstance(event, PublicationsFailed) for one in event.failed]
    assert {one.status for one in failed} == ({status} if status else set())
    if status:
        assert {(one.on, one.due_at) for one in failed} == {(MONDAY, "2024-01-08T17:00:00+00:00")}
        assert "cobalt-metal" in failed[0].forms


def test_a_zone_on_the_clock_of_the_machine_records_what_it_missed(daily_template: Path, tmp_path: Path) -> None:
    folder = init_zone(tmp_path / "real", rulebook=daily_template / "rulebook", simulated_clock=False)
    zone = open_zone(folder)
    run(zone, date(2024, 1, 2))
    assert {(one.on, one.status) for one in zone.state.failed} == {(date(2024, 1, 2), "missed")}
    assert open_zone(folder).state == zone.state


THURSDAY, SUNDAY = date(2024, 3, 28), date(2024, 3, 31)
"""Good Friday is the day between: the price of March is published on Thursday, floors and tariffs are decided on Sunday."""


def test_between_publications_the_price_stands_as_it_was_published(walked: Path) -> None:
    zone = open_zone(walked)
    assert {THURSDAY, SUNDAY} <= set(zone.days)
    recorded = kinds(zone)
    assert "reference_prices_set" in recorded[THURSDAY]
    assert "reference_prices_set" not in recorded[SUNDAY]
    assert "tariffs_adjusted" in recorded[SUNDAY]
    assert SUNDAY not in zone.state.certificates
    for form in zone.state.references:
        assert zone.reference(form, SUNDAY) == zone.reference(form, THURSDAY)
        assert zone.reference(form, SUNDAY).on == THURSDAY
        assert sum(one.on.month == 3 for one in zone.state.references[form]) == 1


def test_a_floor_is_reviewed_on_the_cost_build_of_the_price_that_stands(walked: Path) -> None:
    zone = open_zone(walked)
    reviewed = date(2024, 1, 1)
    assert reviewed not in zone.state.certificates
    for form, floor in zone.floors(reviewed).items():
        stands = zone.reference(form, reviewed)
        assert stands.on == date(2023, 12, 29)
        assert floor.reviewed_on == reviewed
        assert floor.cost_build == stands.cost_build == stands.certified.cost_build


def test_what_comes_between_two_publications_counts_for_the_later_one(
    template: Path, copy_of: Callable[[Path], Path], tmp_path: Path
) -> None:
    from observed import deals, written

    from footwall.desk import observe

    zone = open_zone(copy_of(template))
    run(zone, THURSDAY)
    rows = [row | {"observed_to": "2024-03-29", "published_at": "2024-03-29"} for row in deals("2024-03", 50000)]
    observe(zone, [written(tmp_path / "friday.csv", rows)])
    before = zone.reference("cobalt-metal")
    run(zone, SUNDAY)
    assert zone.reference("cobalt-metal", SUNDAY) == before
    run(zone)
    april = zone.reference("cobalt-metal")
    assert april.on == date(2024, 4, 30)
    assert april.tier == "transactions"


def test_a_form_stands_on_the_days_that_its_rule_leaves_out_and_no_other(daily: Zone) -> None:
    from footwall.prices import standing

    rules, latest = daily.grounds.shown(daily.rulebooks.on(FRIDAY)).market.rules_on, daily.state.latest
    saturday = FRIDAY + timedelta(days=1)
    assert standing(MONDAY, rules(MONDAY), latest) == {}
    assert standing(saturday, rules(saturday), latest) == {form: latest[form] for form in sorted(rules(saturday))}
    assert standing(saturday, rules(saturday), {}) == {}


def test_a_price_whose_next_publication_was_missed_stands_no_longer(daily: Zone) -> None:
    from dataclasses import replace as changed

    from footwall.prices import standing

    rules = daily.grounds.shown(daily.rulebooks.on(FRIDAY)).market.rules_on(FRIDAY)
    saturday = FRIDAY + timedelta(days=1)
    form, price = next(iter(daily.state.latest.items()))
    assert set(standing(saturday, rules, {form: price})) == {form}
    assert standing(saturday, rules, {form: changed(price, on=FRIDAY - timedelta(days=1))}) == {}


def test_a_day_that_is_decided_again_sets_the_prices_that_it_set(walked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the calendar in use today should have other holidays than the one by which it was walked."""
    import json

    from footwall.desk import day as deciding
    from footwall.desk import recomputed
    from footwall.prices import canonical

    zone = open_zone(walked)
    told = json.dumps(canonical(zone.reference("cobalt-metal", THURSDAY).certified), sort_keys=True)
    monkeypatch.setattr(deciding, "standing", lambda on, rules, latest: latest)
    assert json.dumps(recomputed(zone, "cobalt-metal", THURSDAY), sort_keys=True) == told
