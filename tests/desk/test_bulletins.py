"""What a bulletin says of a zone's schedule is what the zone published."""

import json
from datetime import date
from pathlib import Path

import pytest

from footwall.bulletin import bulletin_files, schedule_of
from footwall.desk import open_zone, published_schedule
from footwall.errors import UsageError


def test_a_bulletin_states_the_published_schedule_with_the_floors_and_prices_that_it_rests_on(
    example_folder: Path,
) -> None:
    zone, day = open_zone(example_folder), date(2025, 3, 31)
    contents = json.loads(bulletin_files(published_schedule(zone, day))["schedule.json"])
    published = zone.schedule(day)
    stated = {one.measure_id: one for one in schedule_of(contents, zone.members, zone.facts).measures}
    assert stated == {one.measure_id: one for one in published.measures}
    assert contents["zone"]["identity"] == zone.identity
    assert contents["notice"] == zone.settings.notice
    floors = {one["form"]: one["price"] for one in contents["floors"]}
    assert floors["ndpr-oxide"] == f"{zone.floor('ndpr-oxide', day).price:f}"  # type: ignore[union-attr]
    (price,) = [one for one in contents["prices"] if one["form"] == "ndpr-oxide"]
    reference = zone.reference("ndpr-oxide", day)
    assert (price["price"], price["on"]) == (f"{reference.price:f}", str(reference.on))
    assert zone.evidence.get_json(price["certificates"])["on"] == price["on"]
    assert set(floors) <= published.named_forms()
    last = published_schedule(zone)
    assert last == published_schedule(zone, zone.last_day)
    assert last.on == zone.last_day


def test_a_day_on_which_nothing_was_published_has_no_bulletin(example_folder: Path) -> None:
    zone = open_zone(example_folder)
    with pytest.raises(UsageError, match="nothing has been decided for 2035-01-01"):
        published_schedule(zone, date(2035, 1, 1))
