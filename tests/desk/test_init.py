"""A zone's folder is made whole or not at all, and only where nothing is."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from footwall.desk import folder as folder_of_a_zone
from footwall.desk import init_zone, open_zone, verify_zone
from footwall.errors import FactsError, JournalError, RulebookError, ZoneError
from footwall.facts import shipped_facts


def test_a_new_zone_holds_rules_facts_and_their_adoption(folder: Path) -> None:
    zone = open_zone(folder)
    assert {path.name for path in folder.iterdir()} == {
        "evidence",
        "facts",
        "journal.head",
        "journal.sqlite",
        "rulebook",
        "zone.toml",
    }
    kinds = [entry.kind for entry in zone.journal.entries()]
    assert kinds == ["facts_adopted", "rulebook_adopted", "rulebook_adopted"]
    assert zone.state.facts is not None
    assert zone.state.facts.digest == shipped_facts().digest()
    assert zone.last_day is None
    assert zone.settings.currency == "USD"
    assert zone.settings.simulated_clock is True
    assert "still being negotiated" in zone.settings.notice
    assert zone.verify() == ()
    assert "walked to no day yet" in repr(zone)


def test_the_law_that_was_adopted_is_kept_as_evidence(folder: Path) -> None:
    zone = open_zone(folder)
    for name, adopted in zone.state.rulebooks.items():
        kept = zone.evidence.get_json(adopted.evidence["rulebook"])
        assert kept == {"file": name, "text": (folder / "rulebook" / name).read_text(encoding="utf-8")}


def test_an_empty_folder_may_become_a_zone_in_its_place(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    init_zone(".", facts=template / "facts", rulebook=template / "rulebook", name='The "zone" of Ünits\\')
    assert (Path.cwd() / "zone.toml").is_file()
    assert open_zone(".").settings.name == 'The "zone" of Ünits\\'
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_zone_is_not_made_over_a_zone(folder: Path) -> None:
    before = (folder / "journal.head").read_text()
    with pytest.raises(ZoneError, match=r"is a zone already. Walk it with: footwall run"):
        init_zone(folder)
    assert (folder / "journal.head").read_text() == before


def test_a_zone_is_made_only_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").touch()
    with pytest.raises(ZoneError, match=r"is not empty. Name a folder that is new or empty"):
        init_zone(tmp_path / "full")
    with pytest.raises(ZoneError, match="is a file"):
        init_zone(tmp_path / "full" / "thesis.docx")
    with pytest.raises(ZoneError, match="no zone can be made"):
        init_zone(tmp_path / "full" / "thesis.docx" / "zone")
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "thesis.docx"]


def made_meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Lets something happen after a zone has been made whole and before it is put in its place."""
    adopt = folder_of_a_zone._adopt

    def adopt_and_wait(layout: folder_of_a_zone.Layout, settings: folder_of_a_zone.Settings) -> None:
        adopt(layout, settings)
        happens()

    monkeypatch.setattr(folder_of_a_zone, "_adopt", adopt_and_wait)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("empty_before", [False, True])
def test_of_two_zones_made_in_one_folder_the_later_is_told_and_the_first_is_untouched(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, empty_before: bool
) -> None:
    target = tmp_path / "zone"
    if empty_before:
        target.mkdir()
    made_meanwhile(monkeypatch, lambda: shutil.copytree(template, target, dirs_exist_ok=True))
    with pytest.raises(ZoneError, match=r"has become a zone while this one was being made: another `footwall init`"):
        init_zone(target, facts=template / "facts", rulebook=template / "rulebook", name="The later one")
    assert contents(target) == contents(template)
    assert [path.name for path in tmp_path.iterdir()] == ["zone"]


@pytest.mark.parametrize("name", ["thesis.docx", "facts/minerals.csv", "evidence/a"])
@pytest.mark.parametrize("empty_before", [False, True])
def test_a_folder_that_is_filled_while_its_zone_is_made_is_left_as_it_is(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, name: str, empty_before: bool
) -> None:
    target = tmp_path / "zone"
    if empty_before:
        target.mkdir()

    def fill() -> None:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(b"mine")

    made_meanwhile(monkeypatch, fill)
    with pytest.raises(ZoneError, match=r"was filled while its zone was being made") as raised:
        init_zone(target, facts=template / "facts", rulebook=template / "rulebook")
    assert "Errno" not in str(raised.value)
    assert contents(target) == {name: b"mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["zone"]


@pytest.mark.parametrize("taken", ["evidence", "rulebook"])
def test_a_zone_that_cannot_be_moved_whole_is_taken_back(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    making, target = tmp_path / "making", tmp_path / "zone"
    shutil.copytree(template, making)
    (target / taken).mkdir(parents=True)
    (target / taken / "a").write_bytes(b"mine")
    monkeypatch.setattr(folder_of_a_zone, "_refuse_filled", lambda target: None)
    with pytest.raises(OSError, match="not empty"):
        folder_of_a_zone._move(making, target)
    assert contents(making) == contents(template)
    assert contents(target) == {f"{taken}/a": b"mine"}


def test_rules_with_faults_are_refused_with_all_of_them_and_nothing_is_left(tmp_path: Path, template: Path) -> None:
    bad = tmp_path / "rules"
    bad.mkdir()
    for path in (template / "rulebook").iterdir():
        text = path.read_text(encoding="utf-8").replace('form = "ndpr-oxide"', 'form = "ndpr-oxyde"')
        (bad / path.name).write_text(text.replace("step_up_share_max = 0.15", "step_up_share_max = 5.00", 1))
    with pytest.raises(RulebookError) as raised:
        init_zone(tmp_path / "zone", rulebook=bad)
    assert len(raised.value.problems) >= 4
    assert {problem.source for problem in raised.value.problems} == {str(path) for path in bad.iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == ["rules"]


def test_facts_that_do_not_hold_together_are_refused_and_nothing_is_left(tmp_path: Path, template: Path) -> None:
    facts = tmp_path / "facts"
    facts.mkdir()
    for path in (template / "facts").iterdir():
        text = path.read_text(encoding="utf-8")
        (facts / path.name).write_text(text.replace("\nUS,USA,", "\nUQ,USA,") if path.name == "countries.csv" else text)
    with pytest.raises(FactsError) as raised:
        init_zone(tmp_path / "zone", facts=facts)
    assert any("US" in problem.found for problem in raised.value.problems)
    assert [path.name for path in tmp_path.iterdir()] == ["facts"]


@pytest.mark.parametrize("which", ["facts", "rulebook"])
def test_a_folder_without_tables_or_rules_is_told(tmp_path: Path, which: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ZoneError, match="holds no"):
        init_zone(tmp_path / "zone", **{which: tmp_path / "empty"})
    with pytest.raises(ZoneError, match="cannot be read"):
        init_zone(tmp_path / "zone", **{which: tmp_path / "absent"})
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("currency", "dollars")])
def test_settings_that_mean_nothing_are_refused(tmp_path: Path, field: str, value: str) -> None:
    with pytest.raises(ZoneError, match=rf"zone\.toml cannot be used: {field}"):
        init_zone(tmp_path / "zone", **{field: value})  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_zone_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ZoneError, match=r"there is no folder .*absent. Make a zone in it: footwall init"):
        open_zone(tmp_path / "absent")
    with pytest.raises(ZoneError, match=r"is not a zone: it has no zone\.toml"):
        open_zone(tmp_path)
    with pytest.raises(ZoneError, match="is not a zone"):
        verify_zone(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "cannot be read"),
        ("", "layout: Field required"),
        ("layout = 2", "currency: Field required"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_spoilt_zone_toml_is_told(folder: Path, text: str | bytes, told: str) -> None:
    (folder / "zone.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ZoneError, match=told):
        open_zone(folder)


def test_a_zone_of_a_later_layout_is_refused(folder: Path) -> None:
    path = folder / "zone.toml"
    path.write_text(path.read_text().replace("layout = 1", "layout = 2"))
    with pytest.raises(ZoneError, match="has layout 2, and this version of Footwall knows 1 only"):
        open_zone(folder)


def test_a_zone_without_its_journal_is_refused(folder: Path) -> None:
    (folder / "journal.sqlite").unlink()
    with pytest.raises(JournalError, match=r"there is no journal at .* Restore the file from a backup"):
        open_zone(folder)
    with pytest.raises(JournalError, match="there is no journal"):
        verify_zone(folder)


def test_a_zone_may_go_by_the_clock_of_its_machine(tmp_path: Path, template: Path) -> None:
    folder = init_zone(
        tmp_path / "zone", facts=template / "facts", rulebook=template / "rulebook", simulated_clock=False
    )
    entry = open_zone(folder).journal.entries()[0]
    assert entry.recorded_at.year > 2024
    assert json.loads((folder / "journal.head").read_text())["sequence"] == 3
