"""The versions of the schedule: none changes, and what is published later never changes what was known earlier."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk_support import rules
from hypothesis import given
from hypothesis import strategies as st

import footwall as fw
from footwall.desk import ScheduleVersion, init_zone, run
from footwall.desk.editions import known_versions, version_on
from footwall.duties import Liability, assess_line
from footwall.errors import UsageError
from footwall.tariffs import measures_sha256

START, DAY = datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)
drawn = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=8)


def versions(listed: list[tuple[int, int]]) -> list[ScheduleVersion]:
    """First day and the hours since the last recording."""
    found, hours = [], 0
    for number, (day, more) in enumerate(listed, start=1):
        hours += more
        recorded_at = START + timedelta(hours=hours)
        found.append(ScheduleVersion(number, DAY + timedelta(days=day), recorded_at, number, f"{number:064}", ()))
    return found


@given(drawn, drawn, st.integers(0, 6), st.integers(0, 30))
def test_what_is_published_later_never_changes_what_was_known_earlier(
    first: list[tuple[int, int]], more: list[tuple[int, int]], day: int, hours: int
) -> None:
    known, on = START + timedelta(hours=hours), DAY + timedelta(days=day)
    every = versions([*first, *more])
    later = [one for one in every if one.recorded_at > known]
    assert version_on(every, on, known) == version_on([one for one in every if one not in later], on, known)
    assert version_on(every, on, known) == version_on(known_versions(every, known), on)


@given(drawn, st.integers(0, 6))
def test_the_version_that_holds_is_the_last_recorded_of_the_last_first_day(
    listed: list[tuple[int, int]], day: int
) -> None:
    on, every = DAY + timedelta(days=day), versions(listed)
    found = version_on(every, on)
    begun = sorted((one.first_day, one.number) for one in every if one.first_day <= on)
    assert (None if found is None else (found.first_day, found.number)) == (begun[-1] if begun else None)


def test_a_correction_is_a_new_version_and_the_old_one_is_still_known() -> None:
    every = versions([(0, 0), (3, 1), (0, 1)])
    assert [version_on(every, DAY + timedelta(days=day)) for day in (2, 3)] == [every[2], every[1]]
    assert version_on(every, DAY, every[1].recorded_at) == every[0]


def test_an_instant_needs_its_time_zone() -> None:
    with pytest.raises(UsageError, match="needs its time zone"):
        known_versions([], datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


def test_the_zone_knows_every_version_it_has_published(example_folder: Path) -> None:
    zone = fw.open_zone(example_folder)
    every = zone.schedule_versions()
    assert [one.number for one in every] == list(range(1, len(every) + 1))
    assert len(every) > 30
    for on in (zone.days[-1], every[3].first_day):
        version = zone.schedule_version(on)
        assert version.measures == zone.schedule(on).measures
        assert version.sha256 == measures_sha256(zone.schedule(on).measures)
    entries = {entry.sequence: entry for entry in zone.journal.entries(kind="schedule_published")}
    assert {(one.sequence, one.entry, one.recorded_at) for one in every} == {
        (entry.sequence, entry.hash, entry.recorded_at) for entry in entries.values()
    }


def test_a_zone_asked_as_of_an_instant_says_what_it_said_then(example_folder: Path) -> None:
    zone = fw.open_zone(example_folder)
    every = zone.schedule_versions()
    instant, on = every[10].recorded_at, every[10].first_day
    then = fw.open_zone(example_folder, as_known_at=instant)
    assert then.schedule_versions() == zone.schedule_versions(as_known_at=instant) == every[:11]
    assert zone.schedule(on, as_known_at=instant).measures == every[10].measures
    assert zone.schedule(zone.last_day, as_known_at=instant).measures == every[10].measures
    just_before = instant - timedelta(microseconds=1)
    assert zone.schedule(on, as_known_at=just_before).measures == every[9].measures
    with pytest.raises(UsageError, match="no schedule had been published for"):
        zone.schedule(on, as_known_at=datetime(2000, 1, 1, tzinfo=UTC))
    with pytest.raises(UsageError, match="there is no version 0 of the schedule"):
        zone.schedule_version(number=0)
    assert zone.schedule_version(number=len(every)) == every[-1]


@pytest.fixture(scope="module")
def by_lading(tmp_path_factory: pytest.TempPathFactory) -> fw.Zone:
    """A short zone, walked, in which the day of the bill of lading counts for the United States."""
    folder = tmp_path_factory.mktemp("by-lading")
    written = rules(folder / "rules", first="2023-11-30", through="2024-04-30")
    first = written / "2021-01-example-1.toml"
    rule = '[[day]]\nimporters = ["US"]\ncounts = "lading"\nlegal_basis = "made up"\nsource = "made up"\n'
    first.write_text(f"{first.read_text(encoding='utf-8')}\n{rule}", encoding="utf-8")
    zone = fw.open_zone(init_zone(folder / "zone", rulebook=written))
    run(zone)
    return zone


@pytest.mark.parametrize("laden", [date(2024, 1, 31), date(2024, 2, 28), date(2024, 2, 29), date(2024, 4, 30)])
def test_a_version_holds_what_a_line_may_meet_by_an_earlier_day(by_lading: fw.Zone, laden: date) -> None:
    zone, on = by_lading, by_lading.days[-1]
    line = {"line_id": "1", "entry_date": on, "lading_date": laden, "importer": "US", "origin": "CN", "hs_code": "8105203000",
            "form": "cobalt-metal", "net_mass_kg": "1000", "customs_value": "20000", "currency": "USD"}  # fmt: skip
    at_once = {**line, "entry_date": laden}
    owed = assess_line(at_once, zone.schedule(), zone.rates)[0]
    assert isinstance(owed, Liability)
    assert zone.recorded_at is not None
    for schedule in (
        zone.schedule(),
        zone.schedule(on),
        zone.schedule(on, as_known_at=zone.recorded_at),
        zone.schedule_of(zone.schedule_version(on)),
        fw.open_zone(zone.folder, as_known_at=zone.recorded_at).schedule(on),
    ):
        found = assess_line(line, schedule, zone.rates)[0]
        assert isinstance(found, Liability), found
        assert (found.floor_duty, found.reason) == (owed.floor_duty, owed.reason)
    assert zone.schedule_of(zone.schedule_version(on)).measures == zone.schedule(on).measures


def test_goods_laden_before_the_first_version_meet_none(by_lading: fw.Zone) -> None:
    on = by_lading.days[-1]
    line = {"line_id": "1", "entry_date": on, "lading_date": date(2023, 11, 1), "importer": "US", "origin": "CN", "hs_code": "8105203000",
            "form": "cobalt-metal", "net_mass_kg": "1000", "customs_value": "20000", "currency": "USD"}  # fmt: skip
    found = assess_line(line, by_lading.schedule_of(by_lading.schedule_version(on)), by_lading.rates)[0]
    assert isinstance(found, Liability)
    assert (found.floor_duty, found.reason) == (0, "in_transit")
