"""`footwall init`, `run`, `check`, `journal verify`: a zone made, walked, and found whole or damaged."""

import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from cli_support import footwall, footwall_program

import footwall as fw


def test_a_zone_is_made_with_its_rules_and_facts(tmp_path: Path) -> None:
    said = footwall("init", tmp_path / "zone", "--name", "Test zone")
    assert said.status == 0
    assert "Made 'Test zone' in" in said.out
    assert "example-1 from 2021-01-01, example-2 from 2025-07-01" in said.out
    assert f"Next: footwall run {tmp_path / 'zone'}" in said.out
    assert fw.open_zone(tmp_path / "zone").last_day is None


def test_a_zone_is_not_made_over_another_or_over_files(walked: Path, tmp_path: Path) -> None:
    assert f"{walked} is a zone already" in footwall("init", walked).error
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    said = footwall("init", tmp_path / "full")
    assert said.status == 2
    assert "is not empty. Name a folder that is new or empty." in said.error


def test_of_two_programs_that_make_a_zone_at_once_one_makes_it_and_the_other_says_so(
    short_rules: Path, tmp_path: Path
) -> None:
    words = [("init", "zone", "--name", name, "--rulebook", short_rules) for name in ("One", "Two")]
    with ThreadPoolExecutor(2) as both:
        said = list(both.map(lambda word: footwall_program(*word, folder=tmp_path), words))
    made, refused = sorted(said, key=lambda one: one.status)
    assert (made.status, refused.status) == (0, 2), refused.error
    assert re.search(r"zone (is a zone already|has become a zone while this one was being made)", refused.error)
    assert "Errno" not in refused.error
    assert fw.open_zone(tmp_path / "zone").settings.name == ("One" if "'One'" in made.out else "Two")
    assert [path.name for path in tmp_path.iterdir()] == ["zone"]


def test_a_bad_rulebook_is_refused_with_every_fault(short_rules: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in short_rules.iterdir():
        text = (
            path.read_text(encoding="utf-8")
            .replace('unit = "USD/kg"\n', "", 1)
            .replace("factor = 1.00", "factor = 7", 1)
        )
        (rules / path.name).write_text(text, encoding="utf-8")
    said = footwall("init", tmp_path / "zone", "--rulebook", rules)
    assert said.status == 2
    assert re.search(r"line \d+", said.error)
    assert "unit" in said.error
    assert not (tmp_path / "zone").exists()


def test_a_zone_not_walked_yet_says_how_to_walk_it(short_rules: Path, tmp_path: Path) -> None:
    footwall("init", tmp_path / "zone", "--rulebook", short_rules)
    said = footwall("price", "apt", "--zone", tmp_path / "zone")
    assert said.status == 2
    assert f"has not walked a day yet. Walk it: footwall run {tmp_path / 'zone'}" in said.error


def test_a_walk_tells_its_days_and_the_second_one_that_nothing_changed(short_rules: Path, tmp_path: Path) -> None:
    folder = tmp_path / "zone"
    footwall("init", folder, "--rulebook", short_rules)
    first = footwall_program("run", "zone", folder=tmp_path)
    assert first.status == 0, first.error
    count = len(fw.open_zone(folder).days)
    assert f"Walked {count} days to 2024-02-29" in first.out
    assert f"walked 2024-02-29, {count} of {count} days" in first.error
    assert "Prices, floors and tariffs" in first.out
    assert first.out.count("\n  footwall ") == 3
    assert "--on 2025-03-31" not in first.out  # a day that this zone has not walked
    again = footwall_program("run", folder=folder)
    assert again.status == 0
    assert "Nothing changed: the zone in . is walked to 2024-02-29." in again.out
    head = str(fw.open_zone(folder).head)
    assert head in again.out


def test_a_walk_goes_as_far_as_it_is_told_and_not_back(short_rules: Path, tmp_path: Path) -> None:
    folder = tmp_path / "zone"
    footwall("init", folder, "--rulebook", short_rules)
    assert re.search(r"Walked \d+ days to 2024-01-31", footwall("run", folder, "--through", "2024-01-31").out)
    assert fw.open_zone(folder).last_day == date(2024, 1, 31)
    back = footwall("run", folder, "--through", "2023-12-31")
    assert back.status == 2
    assert "what is recorded stays: it cannot be walked to 2023-12-31" in back.error
    beyond = footwall("run", folder, "--through", "2031-01-31")
    assert beyond.status == 2
    assert "the rules walk up to 2024-02-29, not 2031-01-31" in beyond.error
    assert re.search(r"Walked 1 day to 2024-02-29", footwall("run", "--zone", folder).out)


def test_the_whole_example_ends_with_a_report_and_three_commands_that_work(
    example_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    folder = Path(shutil.copytree(example_folder, tmp_path / "zone"))
    monkeypatch.chdir(tmp_path)
    said = footwall("run", "zone")
    assert said.status == 0, said.error
    for title in (
        "Prices, floors and tariffs",
        "What the prices rest on",
        "By form",
        "By importer",
        "By origin",
        "Rents",
    ):
        assert title in said.out, title
    assert (folder / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    commands = re.findall(r"^  footwall (.+)$", said.out, re.MULTILINE)
    assert len(commands) == 3
    tried = [footwall(*command.split()) for command in commands]
    assert [one.status for one in tried] == [0, 0, 0]
    assert "--on 2025-03-31" in commands[2]
    assert Decimal(tried[2].row("floor duty ")[1].replace(",", "")) > 0
    report = (folder / "report.html").stat().st_mtime_ns
    again = footwall("run", "zone")
    assert "Nothing changed" in again.out
    assert (folder / "report.html").stat().st_mtime_ns == report


def test_a_whole_zone_is_checked_and_found_whole(walked: Path) -> None:
    said = footwall("check", "--zone", walked)
    assert said.status == 0
    assert [line.split("  ")[0] for line in said.out.splitlines() if line.endswith("holds together")] == [
        "facts", "record", "adopted", "rules",
    ]  # fmt: skip
    verified = footwall("journal", "verify", "--zone", walked)
    assert verified.status == 0
    assert f"Its head, to note down elsewhere: {fw.open_zone(walked).head}" in verified.out


def test_a_changed_fact_is_found(walked: Path) -> None:
    table = walked / "facts" / "countries.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Japan", "Nippon"), encoding="utf-8")
    said = footwall("check", "--zone", walked)
    assert said.status == 1
    assert "changed: countries.csv" in " ".join(said.out.split())


def test_a_changed_entry_is_found_by_its_number_and_refused_by_every_verb(walked: Path) -> None:
    with sqlite3.connect(walked / "journal.sqlite") as database:
        (trigger,) = database.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND sql LIKE '%UPDATE%'"
        ).fetchone()
        database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE entry SET payload = replace(payload, '1', '2') WHERE sequence = 5")
    said = footwall("journal", "verify", "--zone", walked)
    assert said.status == 1
    assert "the record in" in said.error
    assert re.search(r"row 5|entry 5", said.error)
    assert footwall("check", "--zone", walked).status == 1
    refused = footwall("price", "apt", "--zone", walked)
    assert refused.status == 2
    assert "is damaged; nothing of it is used" in refused.error


def test_a_lost_head_is_told_by_every_verb_with_what_to_do_and_accepted_by_decision(walked: Path) -> None:
    head = fw.open_zone(walked).head
    (walked / "journal.head").unlink()
    for words in (["price", "apt"], ["run"], ["journal", "verify"]):
        said = " ".join(footwall(*words, "--zone", walked).error.split())
        assert "journal.head missing" in said, words
        assert "Put the file back from a backup" in said
        assert "accept-head" in said
    assert not (walked / "journal.head").exists()
    accepted = footwall("journal", "accept-head", "--zone", walked)
    assert accepted.status == 0, accepted.error
    assert f"{head.sequence:,} entries" in accepted.out
    assert f"Their head, to note down elsewhere: {head}" in accepted.out
    assert "Taken on trust: that this is the record that was kept here" in " ".join(accepted.out.split())
    assert footwall("journal", "verify", "--head", head, "--zone", walked).status == 0
    assert footwall("price", "apt", "--zone", walked).status == 0


def test_a_head_is_accepted_against_one_that_was_noted_down(walked: Path) -> None:
    zone = fw.open_zone(walked)
    earlier = f"4:{zone.journal.entries()[3].hash}"
    for noted, told in (
        (zone.head, "Nothing is taken on trust: the record ends at the head that you noted down."),
        (
            earlier,
            f"that nothing was cut off behind entry {zone.head.sequence:,}, and that the entries after 4 are those",
        ),
    ):
        (walked / "journal.head").write_text("spoilt")
        said = footwall("journal", "accept-head", "--head", noted, "--zone", walked)
        assert said.status == 0, said.error
        assert told in " ".join(said.out.split())


@pytest.mark.parametrize(("noted", "code"), [(f"4:{'0' * 64}", "journal_forged"), (f"999:{'0' * 64}", "journal_cut")])
def test_no_head_is_accepted_of_a_record_that_misses_one_that_was_noted_down(
    walked: Path, noted: str, code: str
) -> None:
    (walked / "journal.head").unlink()
    said = footwall("journal", "accept-head", "--head", noted, "--zone", walked)
    assert said.status == 1
    assert code in said.error
    assert not (walked / "journal.head").exists()


def test_no_head_of_a_damaged_record_is_accepted(walked: Path) -> None:
    (walked / "journal.head").unlink()
    with sqlite3.connect(walked / "journal.sqlite") as database:
        database.execute("DROP TRIGGER entry_is_never_updated")
        database.execute("UPDATE entry SET kind = 'other' WHERE sequence = 5")
    said = footwall("journal", "accept-head", "--zone", walked)
    assert said.status == 1
    assert said.out == ""
    assert "journal_edited" in said.error
    assert not (walked / "journal.head").exists()


def test_where_no_head_is_lost_there_is_nothing_to_accept(walked: Path) -> None:
    head = fw.open_zone(walked).head
    said = footwall("journal", "accept-head", "--zone", walked)
    assert said.status == 2
    assert f"journal.head names entry {head.sequence}, and the record agrees with it" in " ".join(said.error.split())


def test_a_head_file_that_was_left_behind_is_brought_forward_and_the_reader_is_told(walked: Path) -> None:
    fourth = fw.open_zone(walked).journal.entries()[3]
    (walked / "journal.head").write_text(json.dumps({"sequence": 4, "hash": fourth.hash}))
    said = footwall("journal", "verify", "--zone", walked)
    assert said.status == 0
    assert "journal.head stood at entry 4" in said.error
    assert footwall("journal", "verify", "--zone", walked).error == ""


def test_a_head_that_was_noted_down_proves_the_past(walked: Path) -> None:
    head = fw.open_zone(walked).head
    assert footwall("journal", "verify", "--head", head, "--zone", walked).status == 0
    other = f"{head.sequence}:{'0' * 64}"
    assert footwall("journal", "verify", "--head", other, "--zone", walked).status == 1


@pytest.mark.parametrize("name", ["journal.sqlite", "zone.toml"])
def test_a_missing_part_of_a_zone_is_told(walked: Path, name: str) -> None:
    (walked / name).unlink()
    for words in (["check"], ["run"], ["price", "apt"]):
        said = footwall(*words, "--zone", walked)
        assert said.status == 2, words
        assert said.error.startswith("footwall: ")
