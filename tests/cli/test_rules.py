"""`footwall rules diff`: what a version changes in the one before it, and how long it was open to comment."""

import json
import re
from pathlib import Path

import pytest
from cli_support import footwall

from footwall.desk import init_zone

GOVERNANCE = '\n[[governance]]\nsignatures_min = 1\nconsultation_days_min = 30\nsource = "agreed"\n'


@pytest.fixture
def files(short_rules: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The two versions of the example, the first of which asks for 30 days of consultation."""
    old, new = (tmp_path / path.name for path in sorted(short_rules.iterdir()))
    for path in (old, new):
        text = (short_rules / path.name).read_text(encoding="utf-8")
        own = re.compile(r"^consulted_.*\n|^\[\[governance\]\]\n(?:.+\n)+", re.MULTILINE)
        path.write_text(own.sub("", text) + GOVERNANCE, encoding="utf-8")
    return old, new


def edit(path: Path, was: str, now: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now, 1), encoding="utf-8")


def rows(out: str) -> list[list[str]]:
    lines = (line for line in out.splitlines() if "2025-07-01   " in line)
    return [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in lines]


def test_the_last_two_versions_of_a_zone_are_compared(walked: Path) -> None:
    said = footwall("rules", "diff", "--zone", walked)
    assert said.status == 0, said.error
    assert said.out.startswith("What example-2, from 2025-07-01, changes in example-1, from 2021-01-01: ")
    assert ["floor", "floor of ndpr-oxide", "2025-07-01", "factor", "1.00", "1.05"] in rows(said.out)
    count = int(said.out.splitlines()[0].rpartition(": ")[2].split()[0])
    assert count == len(rows(said.out))


def test_a_long_list_stands_below_the_table_whole(walked: Path) -> None:
    out = footwall("rules", "diff", "--zone", walked).out
    (row,) = [row for row in rows(out) if row[0] == "floor" and row[3] == "review_days"]
    assert row[1] == "list 1"
    below = " ".join(out.split()).partition(" list 1: ")[2].partition(" list 2: ")[0]
    assert below.startswith("floor of re-carbonate, ndpr-oxide, ")
    assert below.endswith(" and magnesium-alloy")


def test_two_files_are_compared_and_what_is_no_rule_of_prices_needs_no_consultation(files: tuple[Path, Path]) -> None:
    said = footwall("rules", "diff", *files)
    assert said.status == 0, said.error
    assert (
        said.out.splitlines()[1]
        == "It states no days on which it was open to comment. No rule of prices changes, so none are asked for."
    )


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (
            "2025-06-29",
            (
                "Open to comment from 2025-06-01 to 2025-06-29: 29 days. example-1 asks for 30 days where a rule of prices "
                "changes. That is too short: a zone refuses it."
            ),
        ),
        (
            "2025-06-30",
            "Open to comment from 2025-06-01 to 2025-06-30: 30 days. example-1 asks for 30 days where a rule of prices changes.",
        ),
        (
            "2025-06-01",
            (
                "Open to comment from 2025-06-01 to 2025-06-01: 1 day. example-1 asks for 30 days where a rule of prices "
                "changes. That is too short: a zone refuses it."
            ),
        ),
    ],
)
def test_the_days_of_consultation_are_told_and_held_against_those_asked_for(
    files: tuple[Path, Path], last: str, told: str
) -> None:
    _, new = files
    edit(new, "\nlegal_basis", f"\nconsulted_from = 2025-06-01\nconsulted_to = {last}\nlegal_basis")
    edit(new, "signatures_min = 1", "signatures_min = 2")
    said = footwall("rules", "diff", *files)
    assert said.status == 0, said.error
    consulted = " ".join(said.out.partition("\n")[2].partition("\n\n")[0].split())
    assert consulted == told
    assert ["governance", "governance", "2025-07-01", "signatures_min", "1", "2"] in rows(said.out)


def test_where_nobody_asks_for_consultation_that_is_said(files: tuple[Path, Path]) -> None:
    old, _ = files
    edit(old, GOVERNANCE, "")
    told = "It states no days on which it was open to comment. example-1 asks for none."
    assert told in footwall("rules", "diff", *files).out


def test_json_has_every_change_and_the_consultation(files: tuple[Path, Path]) -> None:
    _, new = files
    edit(new, "\nlegal_basis", "\nconsulted_from = 2025-06-01\nconsulted_to = 2025-06-30\nlegal_basis")
    edit(new, "signatures_min = 1", "signatures_min = 2")
    told = json.loads(footwall("rules", "diff", *files, "--format", "json").out)
    assert (told["old"]["version"], told["new"]["version"]) == ("example-1", "example-2")
    assert told["consultation"] == {
        "first": "2025-06-01",
        "last": "2025-06-30",
        "days": 30,
        "days_min": 30,
        "sections": ["governance"],
    }
    assert {
        "section": "governance",
        "what": "governance",
        "effective_on": "2025-07-01",
        "key": "signatures_min",
        "old": "1",
        "new": "2",
    } in told["changes"]


def test_one_file_alone_is_no_comparison(files: tuple[Path, Path]) -> None:
    said = footwall("rules", "diff", files[0])
    assert said.status == 2
    assert f"one version is named, {files[0]}: name the one that follows it too" in said.error


def test_a_zone_with_one_version_has_none_before_it(short_rules: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    first = min(short_rules.iterdir())
    (rules / first.name).write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    said = footwall("rules", "diff", "--zone", init_zone(tmp_path / "zone", rulebook=rules))
    assert said.status == 2
    assert "has one version of its rules, example-1: there is none before it" in said.error


def test_versions_in_the_wrong_order_are_refused(files: tuple[Path, Path]) -> None:
    said = footwall("rules", "diff", *reversed(files))
    assert said.status == 2
    assert "version example-1 does not follow example-2: it begins on 2021-01-01, not after 2025-07-01" in said.error


def test_a_file_with_faults_is_refused_with_all_of_them(files: tuple[Path, Path]) -> None:
    _, new = files
    edit(new, "signatures_min = 1", "signatures_min = -1")
    edit(new, "\nlegal_basis", "\nconsulted_from = 2025-06-01\nlegal_basis")
    said = footwall("rules", "diff", *files)
    assert said.status == 2
    assert "the rulebook is refused, with 2 faults" in said.error


def test_files_are_held_against_the_facts_of_the_zone_that_is_named(files: tuple[Path, Path], walked: Path) -> None:
    assert footwall("rules", "diff", *files, "--zone", walked).status == 0
    assert "is not a zone" in footwall("rules", "diff", *files, "--zone", files[0].parent).error
