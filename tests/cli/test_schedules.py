"""`footwall schedule --against` and `footwall schedule check`: what a tariff office asks before it publishes."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from cli_support import footwall

from footwall.cli import opened

LINES = Path(__file__).parents[2] / "docs" / "examples" / "lines.csv"
OXIDE = "floor-ndpr-oxide-us-dominant"


@pytest.fixture
def candidate(example_folder: Path, tmp_path: Path) -> dict[str, Any]:
    """The schedule in force as a document, to be changed."""
    said = footwall("schedule", "--format", "json", "--zone", example_folder)
    document: dict[str, Any] = json.loads(said.out)
    return document


def stated(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in document["measures"] if one["measure_id"] == name]
    return found[0]


def checked(document: object, folder: Path, zone: Path, *words: object) -> Any:
    path = folder / "candidate.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return footwall("schedule", "check", path, "--zone", zone, *words)


def test_the_schedule_in_force_may_be_published_again_from_either_kind_of_file(
    example_folder: Path, tmp_path: Path, candidate: dict[str, Any]
) -> None:
    said = checked(candidate, tmp_path, example_folder)
    assert (said.status, "may be published" in said.out, "It changes nothing" in said.out) == (0, True, True)
    path = tmp_path / "candidate.csv"
    path.write_text(footwall("schedule", "--format", "csv", "--zone", example_folder).out, encoding="utf-8")
    said = footwall("schedule", "check", path, "--zone", example_folder, "--format", "json")
    told = json.loads(said.out)
    assert (said.status, told["accepted"], told["changes"], told["replay"]) == (0, True, [], None)


def test_a_dearer_tariff_is_told_and_tried_on_lines(
    example_folder: Path, tmp_path: Path, candidate: dict[str, Any]
) -> None:
    stated(candidate, OXIDE)["specific"] = "12.50"
    said = checked(candidate, tmp_path, example_folder, "--lines", LINES, "--format", "json")
    told = json.loads(said.out)
    assert (said.status, told["accepted"]) == (0, True)
    assert [one["words"] for one in told["changes"]] == [
        f"{OXIDE} (floor on ndpr-oxide, US from CN): specific rises from 0 USD/kg to 12.5 USD/kg."
    ]
    assert (told["replay"]["changed"], told["replay"]["largest"][0]["floor_duty_after"]) == (1, "12500.00")


def test_a_list_of_a_few_measures_is_told_once_that_it_is_no_whole_schedule(
    example_folder: Path, tmp_path: Path, candidate: dict[str, Any]
) -> None:
    few = candidate | {"measures": candidate["measures"][:2]}
    said = checked(few, tmp_path, example_folder)
    told = " ".join(said.out.split())
    assert (said.status, told.count("cover_ends"), "a whole schedule" in told) == (2, 1, True)
    assert f"of {len(candidate['measures']):,} measures in force" in told
    each = json.loads(checked(few, tmp_path, example_folder, "--format", "json").out)["problems"]
    assert len([one for one in each if one["code"] == "cover_ends"]) > len(candidate["measures"]) / 2


def test_up_to_half_of_the_measures_are_told_one_by_one(
    example_folder: Path, tmp_path: Path, candidate: dict[str, Any]
) -> None:
    names = [one["measure_id"] for one in candidate["measures"] if one["role"] == "floor"][:4]
    candidate["measures"] = [one for one in candidate["measures"] if one["measure_id"] not in names]
    said = checked(candidate, tmp_path, example_folder)
    assert (said.status, said.out.count("cover_ends")) == (2, 4)


def test_a_candidate_that_leaves_goods_uncovered_is_refused_unless_it_says_so(
    example_folder: Path, tmp_path: Path, candidate: dict[str, Any]
) -> None:
    candidate["measures"].remove(stated(candidate, OXIDE))
    said = checked(candidate, tmp_path, example_folder)
    assert (said.status, "cover_ends" in said.out, "refused, 1 problem" in said.out) == (2, True, True)
    assert checked(candidate, tmp_path, example_folder, "--ends", OXIDE).status == 0
    assert checked(candidate | {"ends_without_successor": [OXIDE]}, tmp_path, example_folder).status == 0


def test_a_candidate_that_is_no_schedule_is_refused_with_every_fault(
    example_folder: Path, tmp_path: Path, candidate: dict[str, Any]
) -> None:
    stated(candidate, OXIDE)["specific"] = "12,50"
    candidate["measures"][0]["form"] = "nope"
    said = checked(candidate, tmp_path, example_folder, "--format", "json")
    told = json.loads(said.out)
    assert (said.status, [one["code"] for one in told["problems"]]) == (2, ["number_malformed", "form_unknown"])
    assert told["problems"][1]["row"] == 1


@pytest.mark.parametrize("against", ["2026-04-30", "35"])
def test_what_a_schedule_changes_is_told_in_four_ways(example_folder: Path, against: str) -> None:
    words = ("schedule", "--form", "nickel-class1", "--importer", "US", "--zone", example_folder, "--against", against)
    table, told = footwall(*words), json.loads(footwall(*words, "--format", "json").out)
    rows = list(csv.DictReader(footwall(*words, "--format", "csv").out.splitlines()))
    sentences = footwall(*words, "--format", "words")
    assert len(rows) == len(told["changes"]) == 6
    assert [row["words"] for row in rows] == [one["words"] for one in told["changes"]]
    assert "floor-nickel-class1-us-dominant (floor on nickel-class1, US from CN): specific falls" in sentences.out
    assert "6 changes" in table.out
    assert {one["effective_on"] for one in told["changes"]} == {"2026-05-31"}


def test_a_file_may_stand_on_the_other_side(example_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "before.csv"
    opened.opened(example_folder).schedule().to_file(path)
    said = footwall(
        "schedule", "--against", path, "--zone", example_folder, "--format", "csv", "--form", "nickel-class1"
    )
    assert said.status == 0
    assert "nickel-class1" in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--against", "yesterday"), "'yesterday' is no day (YYYY-MM-DD), no number of a version, and no .json or .csv file"),
        (("--against", "99"), "there is no version 99 of the schedule: the last is 36"),
        (("--format", "words"), "words tell what changes"),
        (("--as-known-at", "2000-01-01"), "no schedule had been published for 2026-05-31"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_in_words(example_folder: Path, words: tuple[str, ...], told: str) -> None:
    said = footwall("schedule", *words, "--zone", example_folder)
    assert (said.status, told in said.error) == (2, True)
