"""Walking: whole days, in order, once, to the same end however often it is broken off."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk_support import MadeOnce, rules

from footwall.desk import Progress, Zone, init_zone, open_zone, run, state_from, verify_zone, walk_days
from footwall.desk.adoption import _as_walked
from footwall.errors import JournalError, UsageError, ZoneError
from footwall.journal import Head, Journal
from footwall.rulebook import Walk

WALKER = """
import sys
from datetime import date
from footwall.desk import open_zone, run
zone, through = open_zone(sys.argv[1]), [date.fromisoformat(day) for day in sys.argv[2:]]
run(zone, *through, progress=lambda step: print(step.day, flush=True))
print(zone.head)
"""
MARCH = date(2024, 3, 31)


def walker(folder: Path, *through: str, **environment: str) -> "subprocess.Popen[str]":
    source = str(Path(sys.modules["footwall"].__path__[0]).parent)
    return subprocess.Popen(
        [sys.executable, "-c", WALKER, str(folder), *through],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": source, **environment},
    )


def test_a_walk_records_each_month_end_and_each_day_of_change_once(walked: Path) -> None:
    zone = open_zone(walked)
    assert [day.isoformat() for day in zone.days] == [
        "2023-11-30",
        "2023-12-29",  # the last working day, on which the month's prices are published
        "2023-12-31",
        "2024-01-01",
        "2024-01-31",
        "2024-02-29",
        "2024-03-28",  # the day before Good Friday
        "2024-03-31",
        "2024-04-30",
    ]
    for entry in zone.journal.entries()[3:]:
        summer = entry.effective_on >= date(2024, 3, 31)
        assert entry.recorded_at == datetime.combine(
            entry.effective_on, datetime.min.time().replace(hour=15 if summer else 16, minute=30), UTC
        )
    assert zone.verify() == ()


def test_a_second_run_changes_nothing_and_says_so(walked: Path) -> None:
    before = (walked / "journal.sqlite").read_bytes(), (walked / "journal.head").read_bytes()
    zone = open_zone(walked)
    result = run(zone)
    assert (result.changed, result.days, result.adopted, result.through) == (False, (), (), date(2024, 4, 30))
    assert result.head == zone.head
    assert ((walked / "journal.sqlite").read_bytes(), (walked / "journal.head").read_bytes()) == before


def test_a_walk_in_steps_ends_as_one_in_one_go(folder: Path, walked_template: Path) -> None:
    zone = open_zone(folder)
    told: list[Progress] = []
    first = run(zone, date(2024, 1, 15), told.append)
    days = (date(2023, 11, 30), date(2023, 12, 29), date(2023, 12, 31), date(2024, 1, 1))
    assert (first.changed, first.days, first.through) == (True, days, zone.last_day)
    assert told == [Progress(day, number, 4) for number, day in enumerate(days, start=1)]
    again = run(zone, date(2024, 1, 15))
    assert (again.changed, again.days) == (False, ())
    run(open_zone(folder), date(2024, 2, 29))
    later = open_zone(folder)
    run(later)
    assert later.head == open_zone(walked_template).head


def test_the_state_is_what_the_journal_tells_and_nothing_else(folder: Path) -> None:
    live = open_zone(folder)
    run(live)
    replayed = state_from(live.journal.entries())
    assert replayed == live.state
    assert open_zone(folder).state == live.state


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_walk_goes_on_to_the_same_head(folder: Path, walked_template: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a place to be killed, not a secret
    process = walker(folder, PYTHONHASHSEED=str(seed), TZ="Asia/Tokyo")
    assert process.stdout is not None
    recorded = [process.stdout.readline().strip() for _ in range(dice.randint(1, 4))]
    time.sleep(dice.uniform(0, 0.15))
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()
    broken_off = open_zone(folder)
    assert [day.isoformat() for day in broken_off.days[: len(recorded)]] == recorded
    assert verify_zone(folder) == ()
    run(broken_off)
    assert broken_off.head == open_zone(walked_template).head
    assert verify_zone(folder) == ()


def test_a_run_behind_another_run_is_told(folder: Path) -> None:
    slow, fast = open_zone(folder), open_zone(folder)
    run(fast, date(2023, 11, 30))
    with pytest.raises(JournalError, match=r"has gone on since the zone .* was opened: open it again"):
        run(slow)
    assert open_zone(folder).head == fast.head


@pytest.mark.parametrize(
    ("through", "told"),
    [
        (
            date(2024, 3, 31),
            "walked to 2024-04-30 already, and what is recorded stays: it cannot be walked to 2024-03-31",
        ),
        (date(2024, 5, 31), "the rules walk up to 2024-04-30, not 2024-05-31"),
        (date(2030, 1, 1), "the rules walk up to 2024-04-30"),
    ],
)
def test_a_day_that_cannot_be_walked_to_is_told(walked: Path, through: date, told: str) -> None:
    zone = open_zone(walked)
    before = zone.head
    with pytest.raises(UsageError, match=told):
        run(zone, through)
    assert open_zone(walked).head == before


def test_a_day_before_the_first_is_told_and_the_first_itself_is_walked(folder: Path) -> None:
    zone = open_zone(folder)
    with pytest.raises(UsageError, match="the rules begin to walk on 2023-11-30"):
        run(zone, date(2023, 11, 29))
    assert run(zone, date(2023, 11, 30)).days == (date(2023, 11, 30),)


def test_month_ends_are_walked_from_the_first_to_the_last() -> None:
    walk = Walk(cadence="month_end", first=date(2023, 12, 31), through=date(2024, 3, 30), floors_from=date(2024, 1, 1))
    assert walk_days(walk) == (date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29))
    assert walk_days(walk.model_copy(update={"through": date(2024, 3, 31)}))[-1] == date(2024, 3, 31)
    assert walk_days(walk.model_copy(update={"through": date(2023, 12, 30)})) == ()


def test_a_day_on_which_something_changes_is_walked_where_it_falls_within_the_walk() -> None:
    walk = Walk(cadence="month_end", first=date(2023, 12, 31), through=date(2024, 1, 31), floors_from=date(2024, 1, 1))
    decided = {date(2023, 12, 30), date(2024, 1, 1), date(2024, 1, 31), date(2024, 2, 1)}
    assert walk_days(walk, decided) == (date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 31))


def test_changed_missing_and_added_facts_are_refused_by_name(walked: Path) -> None:
    table = walked / "facts" / "observations.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("2024", "2025", 1), encoding="utf-8")
    with pytest.raises(
        ZoneError, match=r"not those that the zone adopted: changed: observations\.csv\. .*Put the files"
    ):
        open_zone(walked)
    table.rename(walked / "facts" / "seen.csv")
    with pytest.raises(ZoneError, match=r"missing: observations\.csv; added: seen\.csv"):
        open_zone(walked)
    (walked / "facts" / "seen.csv").unlink()
    table.write_text(text, encoding="utf-8")
    assert run(open_zone(walked)).changed is False


def test_changed_and_missing_rules_are_refused_by_name(walked: Path) -> None:
    path = next((walked / "rulebook").glob("*example-1.toml"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("step_up_share_max = 0.15", "step_up_share_max = 0.16", 1), encoding="utf-8")
    with pytest.raises(ZoneError, match=r"is not the version of the rules that the zone adopted.*add a version"):
        open_zone(walked)
    path.write_text("not toml", encoding="utf-8")
    with pytest.raises(ZoneError, match="is not the version of the rules"):
        open_zone(walked)
    path.rename(path.with_suffix(".old"))
    with pytest.raises(ZoneError, match=r"is missing from .*: the zone adopted it. Put the file back"):
        open_zone(walked)


def test_facts_that_are_gone_are_told(walked: Path) -> None:
    (walked / "facts").rename(walked / "truth")
    with pytest.raises(ZoneError, match="facts cannot be read: No such file or directory"):
        open_zone(walked)


def test_a_zone_walks_further_when_its_rules_do(walked: Path) -> None:
    for path in (walked / "rulebook").glob("*.toml"):
        path.write_text(path.read_text(encoding="utf-8").replace("through = 2024-04-30", "through = 2024-05-31"))
    zone = open_zone(walked)
    before = zone.head.sequence
    result = run(zone)
    assert result.days == (date(2024, 5, 31),)
    assert len(result.adopted) == 2
    assert [entry.kind for entry in zone.journal.entries(after=before)][:2] == ["rulebook_adopted"] * 2
    assert run(open_zone(walked)).changed is False


@pytest.fixture(scope="session")
def across_template(made_once: MadeOnce) -> Path:
    """A zone walked over the day on which version 2 amends version 1, one day short of its end."""

    def fill(folder: Path) -> None:
        made = rules(folder / "rules", first="2025-05-31", through="2026-02-28", floors_from="2025-05-31")
        first = next(made.glob("*example-1.toml"))
        text = first.read_text(encoding="utf-8")
        reviews = "review_days = [2024-01-01, 2025-01-01]"
        assert reviews in text
        first.write_text(text.replace(reviews, "review_days = [2025-05-31]"), encoding="utf-8")
        run(open_zone(init_zone(folder / "zone", rulebook=made)), date(2026, 1, 31))

    return made_once("across", fill) / "zone"


@pytest.fixture
def across(across_template: Path, copy_of: Callable[[Path], Path]) -> Path:
    """A copy of it."""
    return copy_of(across_template)


def third_version(folder: Path, begins: date) -> None:
    """Add a version 3, and end version 2 on the day before; the reviews of later years are left to version 3."""
    second = next((folder / "rulebook").glob("*example-2.toml"))
    text = second.read_text(encoding="utf-8")
    third = text.replace('version = "example-2"', 'version = "example-3"')
    third = third.replace("valid_from = 2025-07-01\n", f"valid_from = {begins}\n", 1)
    third = third.replace("[2025-07-31, 2026-01-01, ", "[").replace("[2026-01-01, ", "[")
    (folder / "rulebook" / "2026-02-example-3.toml").write_text(third, encoding="utf-8")
    until = begins - timedelta(days=1)
    ended = text.replace("valid_from = 2025-07-01\n", f"valid_from = 2025-07-01\nvalid_to = {until}\n", 1)
    ended = ended.replace("valid_to = 2028-12-31\n", "").replace("2026-01-01, 2027-01-01, 2028-01-01]", "2026-01-01]")
    second.write_text(ended, encoding="utf-8")


@pytest.mark.parametrize(
    ("ends", "kept"), [(date(2024, 1, 30), True), (date(2024, 1, 31), False), (date(2024, 2, 1), False)]
)
def test_an_end_may_move_where_it_lies_on_or_after_the_last_walked_day(ends: date, kept: bool) -> None:
    told = _as_walked({"floor": [{"valid_to": ends, "form": "apt"}], "walk": {"through": ends}}, date(2024, 1, 31))
    end = {"valid_to": ends} if kept else {}
    assert told == {"floor": [{**end, "form": "apt"}], "walk": {"through": ends} if kept else {}}


def test_a_review_may_move_where_it_falls_after_the_last_walked_day() -> None:
    days = [date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)]
    assert _as_walked({"review_days": days}, date(2024, 1, 31)) == {"review_days": days[:2]}


def test_a_later_version_is_adopted_and_decides_from_its_first_day(across: Path) -> None:
    third_version(across, date(2026, 2, 1))
    zone = open_zone(across)
    result = run(zone)
    assert result.adopted == ("2025-07-example-2.toml", "2026-02-example-3.toml")
    assert result.days == (date(2026, 2, 1), date(2026, 2, 27), date(2026, 2, 28))
    closed = [entry.payload["rulebook"] for entry in zone.journal.entries(kind="day_closed")]
    assert closed[-4:] == ["Example zone example-2", *["Example zone example-3"] * 3]
    assert run(open_zone(across)).changed is False
    assert verify_zone(across) == ()


def test_a_later_version_may_not_reach_back_into_walked_days(across: Path) -> None:
    before = open_zone(across).head
    third_version(across, date(2026, 1, 31))
    with pytest.raises(ZoneError, match="is not the version of the rules that the zone adopted"):
        open_zone(across)
    assert Journal.open(across / "journal.sqlite").head() == before


def test_each_day_is_decided_under_the_version_of_that_day(across: Path) -> None:
    zone = open_zone(across)
    closed = {entry.effective_on: entry.payload["rulebook"] for entry in zone.journal.entries(kind="day_closed")}
    assert date(2025, 7, 1) in closed
    for day, version in closed.items():
        assert version == f"Example zone example-{1 if day < date(2025, 7, 1) else 2}"


def test_damage_to_the_record_is_told_with_its_place(walked: Path) -> None:
    with closing(sqlite3.connect(walked / "journal.sqlite")) as connection:
        connection.execute("DROP TRIGGER entry_is_never_updated")
        connection.execute("UPDATE entry SET payload = replace(payload, 'ndpr-oxide', 'ndpr-oxyd') WHERE sequence = 4")
        connection.commit()
    with pytest.raises(JournalError, match=r"damaged; nothing of it is used.*\n.*\n  journal, row 4: "):
        open_zone(walked)
    assert [problem.code for problem in verify_zone(walked)] == ["journal_unguarded", "journal_edited"]


def test_a_record_cut_to_an_earlier_day_is_told(folder: Path) -> None:
    zone = open_zone(folder)
    run(zone, date(2023, 11, 30))
    early = (folder / "journal.sqlite").read_bytes()
    run(zone, date(2023, 12, 31))
    (folder / "journal.sqlite").write_bytes(early)
    with pytest.raises(JournalError, match="journal_cut"):
        open_zone(folder)
    assert [problem.code for problem in verify_zone(folder)] == ["journal_cut"]


def test_missing_evidence_is_told_with_what_rested_on_it(walked: Path) -> None:
    zone = open_zone(walked)
    digest = zone.state.certificates[date(2024, 2, 29)]
    zone.evidence.path(digest).unlink()
    (problem,) = zone.verify()
    assert problem.code == "evidence"
    assert "certificates" in problem.expected
    assert zone.price("ndpr-oxide", date(2024, 2, 29)) == zone.state_on(date(2024, 2, 29)).latest["ndpr-oxide"].price
    with pytest.raises(JournalError, match="is missing"):
        zone.reference("ndpr-oxide", date(2024, 2, 29))


def test_a_noted_head_is_found_in_the_record(walked: Path) -> None:
    zone = open_zone(walked)
    assert zone.verify(zone.head) == ()
    assert [problem.code for problem in zone.verify(Head(zone.head.sequence, "f" * 64))] == ["journal_forged"]


def test_a_zone_can_be_asked_as_it_was_known(walked: Path) -> None:
    then = open_zone(walked, as_known_at=datetime(2024, 2, 15, tzinfo=UTC))
    now = open_zone(walked)
    assert then.last_day == date(2024, 1, 31)
    assert then.price("ndpr-oxide") == now.price("ndpr-oxide", date(2024, 1, 31))
    with pytest.raises(JournalError, match="open it again"):
        run(then)


def test_the_example_ends_on_one_head_in_one_and_two_processes(
    example: Zone, counted: Callable[[int], int], tmp_path: Path
) -> None:
    """Every day of it where this run proves; else up to a day on which floors, tariffs and measures have been decided for months.

    The README shows the head of the whole example, so every run compares that too with a walk of another process.
    """
    through = example.days[-1] if counted(100) == 100 else MARCH
    process = walker(init_zone(tmp_path / "zone"), str(through), PYTHONHASHSEED="7", TZ="America/Lima", LC_ALL="C")
    output, _ = process.communicate(timeout=300)
    *days, head = output.splitlines()
    assert days == [day.isoformat() for day in example.days if day <= through]
    sequence, _, found = head.partition(":")
    assert found == example.journal.entries()[int(sequence) - 1].hash
    assert (head == str(example.head)) == (through == example.days[-1])
