"""`footwall price`, `ladder`, `schedule`, `member`: what the zone answers, in words, in CSV and in exact JSON."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from cli_support import footwall

import footwall as fw


@pytest.fixture(scope="module")
def zone(example_folder: Path) -> fw.Zone:
    return fw.open_zone(example_folder)


def test_a_price_is_shown_with_its_floor_market_and_tariff(zone: fw.Zone) -> None:
    said = footwall("price", "ndpr-oxide", "--on", "2025-03-31", "--zone", zone.folder)
    assert said.status == 0
    floor = zone.floor("ndpr-oxide", date(2025, 3, 31))
    assert floor is not None
    price = zone.price("ndpr-oxide", date(2025, 3, 31))
    assert Decimal(said.row("reference price")[1]) == price
    assert Decimal(said.row("floor")[1]) == floor.price
    (parity,) = [one for one in zone.parities("ndpr-oxide", date(2025, 3, 31)) if one.group == "dominant"]
    assert Decimal(said.row("import parity, dominant")[1]) == parity.price
    assert "footwall price ndpr-oxide --on 2025-03-31 --why" in said.out


def test_why_shows_every_step_from_the_observation_to_the_price(zone: fw.Zone) -> None:
    said = footwall("price", "ndpr-oxide", "--on", "2026-05-31", "--why", "--zone", zone.folder)
    assert "value-added tax of CN out" in said.out
    assert "÷ 1.13" in said.out
    assert "input re-carbonate" in said.out
    assert "too_old" in said.out
    assert "Certificate " in said.out


def test_a_price_in_json_holds_a_certificate_that_replays(zone: fw.Zone) -> None:
    told = json.loads(footwall("price", "ndpr-oxide", "--format", "json", "--zone", zone.folder).out)
    assert told["on"] == "2026-05-31"
    assert Decimal(told["price"]) == zone.price("ndpr-oxide")
    assert fw.replay(told["certificate"]) == ()
    assert fw.replay(told["certificate"] | {"result": "1.00"}) != ()
    assert told["notice"].startswith("An example.")


def test_a_form_without_a_price_says_why(zone: fw.Zone) -> None:
    said = footwall("price", "re-concentrate", "--zone", zone.folder)
    assert said.status == 0
    assert said.row("reference price")[1] == "unknown"
    assert "no usable price is known, and no market-economy recipe makes it" in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("price", "ndpr-oxyde"), "'ndpr-oxyde' is not a form. Did you mean ndpr-oxide"),
        (("ladder", "unobtainium"), "'unobtainium' is not a mineral with a full chain"),
        (("ladder", "tungsten", "--on", "2022-12-31"), "floors had not been reviewed"),
        (("schedule", "--importer", "XX"), "'XX' is not a country the facts know"),
        (("member", "XX"), "'XX' is not a country or union the facts know"),
        (("price", "apt", "--on", "2020-12-31"), "nothing has been decided for 2020-12-31"),
        (("price", "apt", "--on", "2026-06-30"), "nothing has been decided for 2026-06-30"),
    ],
)
def test_a_question_without_an_answer_is_told_why(zone: fw.Zone, words: tuple[str, ...], told: str) -> None:
    said = footwall(*words, "--zone", zone.folder)
    assert said.status == 2
    assert told in said.error
    assert said.out == ""


def test_a_ladder_shows_each_process_and_whether_it_holds(zone: fw.Zone) -> None:
    said = footwall("ladder", "neodymium-praseodymium", "--zone", zone.folder)
    verdicts = {rung.recipe: rung for rung in zone.ladder("neodymium-praseodymium").rungs}
    for recipe, rung in verdicts.items():
        expected = "unknown" if isinstance(rung.margin, fw.Unknown) else "undercut" if rung.undercut else "holds"
        rows = [line for line in said.out.splitlines() if line.startswith(recipe + " ")]
        assert rows[0].split()[-1] == expected, recipe
    assert "Unknown, and why" in said.out


def test_a_ladder_in_json_keeps_every_digit(zone: fw.Zone) -> None:
    told = json.loads(footwall("ladder", "tungsten", "--format", "json", "--zone", zone.folder).out)
    margins = [rung["margin"] for rung in told["ladder"]["rungs"]]
    expected = [rung.margin for rung in zone.ladder("tungsten").rungs]
    assert [{"unknown": one.reason} if isinstance(one, fw.Unknown) else str(one) for one in expected] == margins


def test_a_schedule_in_csv_and_in_json_makes_the_same_schedule(zone: fw.Zone) -> None:
    text = footwall("schedule", "--format", "csv", "--zone", zone.folder)
    told = json.loads(footwall("schedule", "--format", "json", "--zone", zone.folder).out)
    published = zone.schedule(zone.last_day).measures
    rows = list(csv.DictReader(io.StringIO(text.out)))
    assert [row["measure_id"] for row in rows] == [one.measure_id for one in published]
    assert [one["measure_id"] for one in told["measures"]] == [one.measure_id for one in published]
    for row, entry, measure in zip(rows, told["measures"], published, strict=True):
        assert row["origins"].split() == list(measure.origins) == entry["origins"]
        for name in ("ad_valorem", "specific", "floor", "ceiling"):
            value = getattr(measure, name)
            assert row[name] == ("" if value is None else f"{value:f}")
            assert entry[name] == (None if value is None else f"{value:f}")
    assert "An example." in text.error


def test_a_schedule_of_one_importer_holds_what_it_levies_and_nothing_else(zone: fw.Zone) -> None:
    told = json.loads(footwall("schedule", "--importer", "DE", "--format", "json", "--zone", zone.folder).out)
    assert told["measures"]
    assert all({"DE", "EU"} & set(one["importers"]) for one in told["measures"])
    every = zone.schedule(zone.last_day).measures
    assert len(told["measures"]) == sum(bool({"DE", "EU"} & set(one.importers)) for one in every)


def test_a_member_is_told_since_when_and_an_outsider_that_no_instrument_names_it(zone: fw.Zone) -> None:
    assert "JP is a member since 2024-01-01 under" in footwall("member", "JP", "--zone", zone.folder).out
    assert "as a state of EU" in footwall("member", "DE", "--zone", zone.folder).out
    assert (
        "CN is not a member on 2026-05-31: no instrument names it"
        in footwall("member", "CN", "--zone", zone.folder).out
    )


def test_membership_begins_on_its_day_and_not_the_day_before(zone: fw.Zone) -> None:
    assert "JP is a member" in footwall("member", "JP", "--on", "2024-01-01", "--zone", zone.folder).out
    assert (
        "membership starts on 2024-01-01" in footwall("member", "JP", "--on", "2023-12-31", "--zone", zone.folder).out
    )
