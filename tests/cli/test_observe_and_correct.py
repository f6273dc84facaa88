"""Observations in, corrections, and what rests on them, on the command line."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from cli_support import Said, footwall

import footwall as fw

WRONG = "usgs-cobalt-metal-lme-2023"
REASON = "Its price was typed ten times too high."
HEADER = "observation,form,kind,market,country,incoterm,observed_to,low,currency,unit,submitter,source"
GOOD = "ask-1,cobalt-metal,assessment,Shanghai,CN,fob,2024-02-20,36000,USD,t,Example Reporter,synthetic"
LINES = "line_id,entry_date,importer,origin,hs_code,form,net_mass_kg,customs_value,currency"


def file_of(folder: Path, *rows: str, name: str = "seen.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def correction(zone: Path, *more: object) -> Said:
    return footwall(
        "correct",
        "--withdraw",
        WRONG,
        "--author",
        "wei",
        "--approver",
        "okafor",
        "--reason",
        REASON,
        *more,
        "--zone",
        zone,
    )


def test_observations_are_taken_in_once(walked: Path, tmp_path: Path) -> None:
    path = file_of(tmp_path, GOOD)
    first = footwall("observe", path, "--zone", walked)
    assert first.status == 0, first.error
    assert first.out.splitlines()[0] == "Submission 1 is recorded: 1 observation of 1 form,"
    head = fw.open_zone(walked).head
    again = footwall("observe", path, "--zone", walked)
    assert again.status == 0
    assert "Nothing is recorded: nothing in it is new." in again.out
    assert "Said before: 1" in again.out
    assert fw.open_zone(walked).head == head
    assert footwall("journal", "verify", "--zone", walked).status == 0


def test_late_ones_are_told(walked: Path, tmp_path: Path) -> None:
    said = footwall("observe", file_of(tmp_path, GOOD.replace("2024-02-20", "2024-02-29")), "--zone", walked)
    assert "1 published by 2024-02-29, to which the zone is walked: they count for later days" in said.out


def test_a_day_after_the_last_that_the_rules_walk_is_refused(walked: Path, tmp_path: Path) -> None:
    said = footwall(
        "observe",
        file_of(tmp_path, GOOD, GOOD.replace("ask-1,", "ask-2,").replace("2024-02-20", "2024-03-01")),
        "--zone",
        walked,
    )
    assert said.status == 1
    assert said.out.startswith("Submission 1 is recorded: 1 observation of 1 form,")
    assert "day_to_come" in said.error


def test_the_status_says_whether_all_some_or_nothing_was_good(walked: Path, tmp_path: Path) -> None:
    bad = GOOD.replace("ask-1", "ask-2").replace("36000", "-1")
    some = footwall("observe", file_of(tmp_path, GOOD, bad), "--zone", walked)
    assert some.status == 1
    assert fw.open_zone(walked).state.received[0].count == 1
    none = footwall("observe", file_of(tmp_path, bad), "--zone", walked)
    assert none.status == 2
    missing = footwall("observe", tmp_path / "none.csv", "--zone", walked)
    assert missing.status == 2
    assert len(fw.open_zone(walked).state.received) == 1


def test_json_tells_what_is_recorded_and_what_is_wrong(walked: Path, tmp_path: Path) -> None:
    bad = GOOD.replace("ask-1", "ask-2").replace("36000", "-1")
    said = json.loads(footwall("observe", file_of(tmp_path, GOOD, bad), "--format", "json", "--zone", walked).out)
    assert (said["recorded"]["count"], said["recorded"]["refused"], said["already"]) == (1, 1, "")
    assert [one["row"] for one in said["problems"]] == [2]


def test_a_correction_is_tried_made_listed_and_replayed(staffed: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    assert footwall("price", "cobalt-metal", "--certificate", old, "--zone", staffed).status == 0
    head = fw.open_zone(staffed).head
    tried = correction(staffed, "--try")
    assert tried.status == 0, tried.error
    assert tried.out.startswith("Correction 1 was tried, and nothing is recorded.")
    assert fw.open_zone(staffed).head == head
    assert footwall("corrections", "--zone", staffed).out == "No correction is recorded.\n"
    made = correction(staffed)
    assert made.out.startswith("Correction 1 is recorded.")
    assert "Tariffs that would have been otherwise; they stand as they were" in made.out
    assert "wei" in footwall("corrections", "--zone", staffed).row("1")
    assert footwall("corrections", "1", "--zone", staffed).out == made.out
    new = tmp_path / "new"
    assert footwall("price", "cobalt-metal", "--certificate", new, "--zone", staffed).status == 0
    assert footwall("replay", f"{new}.json", "--zone", staffed).status == 0
    stale = footwall("replay", f"{old}.json", "--zone", staffed)
    assert stale.status == 1
    assert stale.row("the zone's record")[1] == "restated since"
    assert "certificate_restated" in stale.out
    assert "as it was known before correction 1" in stale.out
    assert "footwall price cobalt-metal --on 2024-02-29 --certificate FILE" in stale.out
    assert "ask whoever gave it" not in stale.out
    assert footwall("replay", f"{old}.json").status == 0


def test_a_price_that_stands_in_a_day_that_was_restated_is_told_so(staffed: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    assert footwall("price", "ndpr-oxide", "--certificate", old, "--zone", staffed).status == 0
    assert correction(staffed).status == 0
    said = footwall("replay", f"{old}.json", "--zone", staffed)
    assert said.status == 1
    assert said.row("the zone's record")[1] == "differs in 1 place"
    assert "document_restated" in said.out
    assert "This price stands. Others of the day were restated by correction 1" in said.out
    told = json.loads(Path(f"{old}.json").read_text(encoding="utf-8"))
    (tmp_path / "other.json").write_text(json.dumps(told | {"document": "0" * 64}), encoding="utf-8")
    other = footwall("replay", tmp_path / "other.json", "--zone", staffed)
    assert "document_differs" in other.out


def test_a_correction_that_nobody_made_is_told(walked: Path) -> None:
    said = footwall("corrections", "1", "--zone", walked)
    assert said.status == 2
    assert "there is no correction 1: the zone has recorded 0 corrections" in said.error


def test_a_refused_correction_changes_nothing(staffed: Path) -> None:
    head = fw.open_zone(staffed).head
    said = footwall(
        "correct", "--withdraw", "x", "--author", "wei", "--approver", "wei", "--reason", "no", "--zone", staffed
    )
    assert said.status == 2
    for code in ("observation_unknown", "approver_is_author", "text_malformed"):
        assert code in said.error + said.out
    assert fw.open_zone(staffed).head == head


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_lines_whose_measures_depend_on_it_are_found(staffed: Path, tmp_path: Path, suffix: str) -> None:
    lines = file_of(
        tmp_path,
        "cobalt,2024-02-15,US,CN,81052060,cobalt-metal,1000,30000,USD",
        "oxide,2024-02-15,US,CN,28469080,ndpr-oxide,1000,55000,USD",
        name="lines.csv",
        header=LINES,
    )
    owed = tmp_path / f"owed.{suffix}"
    assessed = footwall("assess", lines, "--out", owed, "--zone", staffed)
    assert assessed.status == 0, assessed.out + assessed.error
    assert correction(staffed).status == 0
    said = json.loads(footwall("corrections", "1", "--liabilities", owed, "--format", "json", "--zone", staffed).out)
    assert [one["line_id"] for one in said["liabilities"]] == ["cobalt"]
    assert said["liabilities"][0]["entry_date"] is None
    dated = footwall("corrections", "1", "--liabilities", owed, "--lines", lines, "--zone", staffed)
    row, again = [line.split() for line in dated.out.splitlines() if line.startswith("cobalt ")]
    assert row[1] == again[1] == "2024-02-15"
    was, now, difference = (Decimal(cell.replace(",", "").replace("−", "-")) for cell in again[2:5])
    assert (now - was, difference != 0) == (difference, True)
    assert "floor-cobalt-metal-us-dominant" in said["liabilities"][0]["measure_ids"]
    other = footwall("corrections", "1", "--liabilities", lines, "--lines", lines, "--zone", staffed)
    assert other.status == 2
    assert "is no file of liabilities" in other.error


def test_a_schedule_published_in_error_is_restated_by_two_people_and_listed(staffed: Path, tmp_path: Path) -> None:
    right = tmp_path / "right.json"
    told = json.loads(footwall("schedule", "--on", "2024-01-31", "--format", "json", "--zone", staffed).out)
    for one in told["measures"]:
        if one["form"] == "cobalt-metal" and one.get("specific"):
            one["specific"] = str(Decimal(one["specific"]) + 1)
    right.write_text(json.dumps(told), encoding="utf-8")
    lines, owed = tmp_path / "lines.csv", tmp_path / "owed.csv"
    lines.write_text(
        "line_id,entry_date,importer,origin,hs_code,form,net_mass_kg,customs_value,currency\n"
        "L1,2024-01-31,US,CN,8105203000,cobalt-metal,1000,20000,USD\nL2,2024-02-29,US,CN,8105203000,cobalt-metal,1000,20000,USD\n",
        encoding="utf-8",
    )
    assert footwall("assess", lines, "--out", owed, "--zone", staffed).status == 0
    words = ("correct-schedule", right, "--from", "2024-01-31", "--to", "2024-02-15", "--author", "wei", "--reason",
             "The rate on cobalt was published a dollar too low.", "--liabilities", owed, "--lines", lines, "--zone", staffed)  # fmt: skip
    alone = footwall(*words, "--approver", "wei")
    assert (alone.status != 0, "approver_is_author" in alone.error) == (True, True)
    tried = footwall(*words, "--approver", "okafor", "--try")
    assert tried.out.startswith("Restatement 1 was tried, and nothing is recorded.")
    assert "Assessed lines that owe otherwise: 1" in tried.out
    assert tried.row("L1")[-3:] == ["1,000.00", "0.00", "0.00"]
    assert footwall("corrections", "--zone", staffed).out == "No correction is recorded.\n"
    done = json.loads(footwall(*words, "--approver", "okafor", "--format", "json").out)
    assert (done["recorded"], [one["line_id"] for one in done["liabilities"]]) == (True, ["L1"])
    listed = footwall("corrections", "--zone", staffed).out
    assert "Schedule 1 restated for entries from 2024-01-31 to 2024-02-15 (right.json), by wei and okafor" in listed
    lone = footwall(*words[:-6], "--lines", lines, "--approver", "okafor", "--zone", staffed)
    assert "--liabilities and --lines go together" in lone.error
