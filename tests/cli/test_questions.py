"""`footwall price`, `ladder`, `schedule`, `member`: what the zone answers, in words, in CSV and in exact JSON."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from cli_support import footwall

import footwall as fw
from footwall.cli.words import TARIFF_REASONS
from footwall.tariffs import TariffReason


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
    assert "too old" in said.out
    assert "Certificate " in said.out


def test_evidence_that_set_no_parity_is_told_with_its_reason(zone: fw.Zone) -> None:
    """Nobody says of how much the contract was whose price the press told in November 2025."""
    said = footwall("price", "apt", "--on", "2025-11-30", "--why", "--zone", zone.folder)
    assert "Evidence that set no import parity" in said.out
    reason = "no eligible observation; 1 left out: its lot is too small, or not stated"
    assert reason in " ".join(said.out.split())
    told = json.loads(footwall("price", "apt", "--on", "2025-11-30", "--format", "json", "--zone", zone.folder).out)
    own, *_ = told["parities"][0]["passed_over"]
    assert own == {"whose": "own", "tier": "transactions", "reason": reason}
    silent = footwall("price", "ndpr-oxide", "--on", "2025-03-31", "--why", "--zone", zone.folder)
    assert "Evidence that set no import parity" not in silent.out


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
        (("schedule", "--importer", "us"), "'us' is not a country the facts know. Did you mean US?"),
        (("schedule", "--importer", "Germany", "--format", "csv"), "Did you mean DE?"),
        (("schedule", "--form", "ndpr-oxyde"), "'ndpr-oxyde' is not a form. Did you mean ndpr-oxide"),
        (("schedule", "--form", "nope", "--format", "json"), "'nope' is not a form. The catalogue lists them"),
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


def test_the_measures_of_a_union_are_asked_by_its_own_code(zone: fw.Zone) -> None:
    told = json.loads(footwall("schedule", "--importer", "EU", "--format", "json", "--zone", zone.folder).out)
    every = zone.schedule(zone.last_day).measures
    assert 0 < len(told["measures"]) == sum("EU" in one.importers for one in every)


def test_an_importer_outside_the_zone_is_told_to_levy_nothing(zone: fw.Zone) -> None:
    said = footwall("schedule", "--importer", "CN", "--zone", zone.folder)
    assert said.status == 0
    assert "CN is not a member on 2026-05-31: no instrument names it. Only members levy measures." in said.out


def test_a_form_without_measures_is_told_to_have_none(zone: fw.Zone) -> None:
    form = "ndfeb-scrap"
    assert all(one.form != form for one in zone.schedule(zone.last_day).measures)
    told = f"No measure in this schedule names {form}. Ordinary duties stand under tariff codes, not under forms."
    assert told in footwall("schedule", "--form", form, "--zone", zone.folder).out
    for output in ("csv", "json"):
        said = footwall("schedule", "--form", form, "--format", output, "--zone", zone.folder)
        assert (said.status, told in said.error, told in said.out) == (0, True, False)
    of_one = footwall("schedule", "--form", form, "--importer", "JP", "--zone", zone.folder)
    assert f"No measure levied by JP in this schedule names {form}." in of_one.out


def test_a_schedule_without_measures_in_csv_still_has_its_header(zone: fw.Zone) -> None:
    words = ("schedule", "--format", "csv", "--zone", zone.folder)
    full, none = footwall(*words), footwall(*words, "--importer", "CN")
    assert none.out.splitlines() == full.out.splitlines()[:1]


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


DECISIONS = date(2025, 1, 31)


def test_why_shows_of_each_tariff_what_is_needed_pending_and_tolerated_and_why_it_stands_there(zone: fw.Zone) -> None:
    said = footwall("price", "ndpr-oxide", "--on", DECISIONS, "--why", "--zone", zone.folder)
    tariffs = [one for one in zone.tariffs(DECISIONS) if one.form == "ndpr-oxide"]
    assert {one.reason for one in tariffs} == {"raise_pending"}
    part = said.out.partition("Where each tariff stands")[2].partition("The price")[0]
    for tariff in tariffs:
        name = f"{tariff.group} to {'US' if tariff.importers == ('US',) else '19 other members'}"
        (row,) = [line for line in part.splitlines() if line.startswith(f"{name}  ")]
        figures = (tariff.rate, tariff.needed, tariff.pending, tariff.tolerated_shortfall)
        assert all(f"{figure:.2f}" in row for figure in figures), row
        assert str(tariff.pending_from) in row
    assert "its notice is running" in " ".join(part.split())
    assert (
        "the tariff is set before ordinary duty: the ordinary duties of these members are not in the facts"
        in " ".join(part.split())
    )


def test_a_tariff_in_json_holds_the_shortfall_that_is_tolerated_and_what_is_on_its_way(zone: fw.Zone) -> None:
    words = ("price", "ndpr-oxide", "--on", DECISIONS, "--format", "json", "--zone", zone.folder)
    told = json.loads(footwall(*words).out)["tariffs"][0]
    tariff = next(one for one in zone.tariffs(DECISIONS) if one.form == "ndpr-oxide")
    assert told["tolerated_shortfall"] == f"{tariff.tolerated_shortfall:f}"
    assert (told["needed"], told["pending"]) == (f"{tariff.needed:f}", f"{tariff.pending:f}")
    assert (told["pending_from"], told["reason"]) == (str(tariff.pending_from), "raise_pending")
    assert told["frozen"] is False


def test_every_reason_of_a_tariff_has_words() -> None:
    assert set(TARIFF_REASONS) == set(get_args(TariffReason))


def test_a_levy_by_line_without_a_known_parity_is_told_as_one_and_is_not_zero(zone: fw.Zone) -> None:
    said = footwall("price", "tungsten-powder", "--why", "--zone", zone.folder)
    assert said.row("tariff, dominant to US")[1] == "by line"
    decided = [line.split()[3:5] for line in said.out.splitlines() if line.startswith("dominant to US  ")]
    assert decided == [["by", "line"]]
    told = json.loads(footwall("price", "tungsten-powder", "--format", "json", "--zone", zone.folder).out)
    assert all("unknown" in tariff["needed"] for tariff in told["tariffs"])


def test_the_prices_of_one_form_have_the_decimals_of_its_rule(zone: fw.Zone) -> None:
    said = footwall("price", "ndpr-oxide", "--zone", zone.folder)
    figures = [said.row(name)[1] for name in ("reference price", "floor", "ceiling", "import parity, dominant")]
    assert {len(figure.partition(".")[2]) for figure in figures} == {2}


def test_a_ladder_shows_parity_and_level_and_which_of_them_the_level_is(zone: fw.Zone) -> None:
    said = footwall("ladder", "neodymium-praseodymium", "--zone", zone.folder)
    found = {level.form: level for level in zone.ladder("neodymium-praseodymium").levels}
    assert {level.set_by for level in found.values()} == {"floor", "parity", "reference", None}
    for form, level in found.items():
        (row,) = [line.split() for line in said.out.splitlines() if f" {form} " in line]
        parity, floor, counts = row[-4:-1] if level.set_by else row[-5:-2]
        for text, figure in ((parity, level.parity), (floor, level.floor), (counts, level.level)):
            if isinstance(figure, Decimal):
                assert Decimal(text.replace(",", "")) == figure
            else:
                assert text == ("–" if figure is None else "unknown")
        assert row[-1] == (level.set_by or "knows")
    assert "before ordinary duty" in said.out


def test_a_schedule_as_a_table_cuts_no_list_and_no_basis(zone: fw.Zone) -> None:
    said = footwall("schedule", "--form", "ndpr-oxide", "--zone", zone.folder)
    words = set(said.out.split())
    measures = [one for one in zone.schedule(zone.last_day).measures if one.form == "ndpr-oxide"]
    for one in measures:
        assert {*one.importers, *one.origins, one.measure_id} <= words
        assert " ".join(one.legal_basis.split()) in " ".join(said.out.split())
    assert "…" not in said.out
