"""What somebody with the file in their hands can do to a record, and how it shows."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journal_support import note

from footwall.errors import JournalError, Problem, UsageError
from footwall.journal import EMPTY, Head, Journal, canonical_text, entry_hash

Tamper = Callable[..., None]


def faults(journal: Journal) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in journal.verify()]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", """'{"text":"key-9"}'"""),
        ("payload", """'{"text": "key-3"}'"""),
        ("payload", "x'ff'"),
        ("kind", "'other'"),
        ("effective_on", "'2024-02-29'"),
        ("recorded_at", "'2024-01-31T18:00:03.500000Z'"),
        ("idempotency_key", "'key-x'"),
        ("hash", "'0'"),
    ],
)
def test_an_edited_entry_is_found_where_it_stands(filled: Journal, tamper: Tamper, column: str, value: str) -> None:
    tamper(f"UPDATE entry SET {column} = {value} WHERE sequence = 3")
    assert ("journal_edited", 3) in faults(filled)


def test_an_edit_is_told_in_words(filled: Journal, tamper: Tamper) -> None:
    tamper("""UPDATE entry SET payload = '{"text":"more"}' WHERE sequence = 3""")
    (problem,) = filled.verify()
    assert str(problem) == (
        "journal, row 3: found note of 2024-01-31, changed after it was recorded; expected the content that its hash "
        "stands for. Restore the record from a backup; nothing after this entry can be relied on. [journal_edited]"
    )


def test_an_edit_with_a_new_hash_breaks_the_next_link(filled: Journal, tamper: Tamper) -> None:
    forged = _row(filled, 3) | {"payload": canonical_text({"text": "forged"})}
    tamper(f"UPDATE entry SET payload = '{forged['payload']}', hash = '{entry_hash(forged)}' WHERE sequence = 3")
    assert faults(filled) == [("journal_link", 4)]


def test_a_whole_forged_chain_does_not_pass_through_the_kept_head(filled: Journal, tamper: Tamper, place: Path) -> None:
    noted = filled.head()
    statements, previous = [], filled.entries()[1].hash
    for sequence in range(3, 7):
        forged = _row(filled, sequence) | {"previous_hash": previous}
        if sequence == 3:
            forged |= {"payload": canonical_text({"text": "forged"})}
        previous = entry_hash(forged)
        statements.append(
            f"UPDATE entry SET payload = '{forged['payload']}', previous_hash = '{forged['previous_hash']}', "
            f"hash = '{previous}' WHERE sequence = {sequence}"
        )
    tamper(*statements, f"UPDATE head SET hash = '{previous}'")
    assert faults(filled) == [("journal_forged", 6)]
    with pytest.raises(JournalError, match=r"does not agree with journal\.head"):
        filled.append([note("more")], filled.head())
    place.with_name("journal.head").write_text(json.dumps({"sequence": 6, "hash": previous}))
    assert faults(filled) == []
    assert [problem.code for problem in filled.verify(noted)] == ["journal_forged"]
    assert filled.verify(filled.head()) == ()


def test_an_entry_recorded_before_the_one_it_follows_is_found(filled: Journal, tamper: Tamper, place: Path) -> None:
    forged = _row(filled, 6) | {"recorded_at": "2024-01-31T18:00:04.000000Z"}
    told = entry_hash(forged)
    tamper(
        f"UPDATE entry SET recorded_at = '{forged['recorded_at']}', hash = '{told}' WHERE sequence = 6",
        f"UPDATE head SET hash = '{told}'",
    )
    place.with_name("journal.head").write_text(json.dumps({"sequence": 6, "hash": told}))
    (problem,) = filled.verify()
    assert (problem.code, problem.row, problem.expected) == (
        "journal_time",
        6,
        "2024-01-31T18:00:05.000000Z or later",
    )


def test_a_deleted_entry_leaves_a_gap(filled: Journal, tamper: Tamper) -> None:
    tamper("DELETE FROM entry WHERE sequence IN (3, 4)")
    (problem,) = filled.verify()
    assert (problem.code, problem.row, problem.found) == ("journal_gap", 3, "entries 3 to 4 missing")


def test_a_gap_that_is_closed_up_is_found(filled: Journal, tamper: Tamper) -> None:
    tamper(
        "DELETE FROM entry WHERE sequence = 3",
        "UPDATE entry SET sequence = sequence - 1 WHERE sequence > 3",
        "UPDATE head SET sequence = 5",
    )
    assert ("journal_cut", 6) in faults(filled)
    assert ("journal_edited", 3) in faults(filled)


def test_reordered_entries_are_found_and_say_what_they_were(filled: Journal, tamper: Tamper) -> None:
    tamper(
        "UPDATE entry SET sequence = 99 WHERE sequence = 3",
        "UPDATE entry SET sequence = 3 WHERE sequence = 4",
        "UPDATE entry SET sequence = 4 WHERE sequence = 99",
    )
    problems = filled.verify()
    assert [(problem.code, problem.row) for problem in problems[:2]] == [
        ("journal_reordered", 3),
        ("journal_reordered", 4),
    ]
    assert problems[0].found == "the entry that was written as 4"


@pytest.mark.parametrize("left", [5, 1, 0])
def test_a_cut_tail_is_found(filled: Journal, tamper: Tamper, left: int) -> None:
    tamper(f"DELETE FROM entry WHERE sequence > {left}")
    assert ("journal_cut", left + 1) in faults(filled)


@pytest.mark.parametrize("left", [5, 1])
def test_a_cut_tail_is_found_although_the_head_was_put_back(filled: Journal, tamper: Tamper, left: int) -> None:
    kept = filled.entries()[left - 1]
    tamper(f"DELETE FROM entry WHERE sequence > {left}", f"UPDATE head SET sequence = {left}, hash = '{kept.hash}'")
    assert faults(filled) == [("journal_cut", left + 1)]
    with pytest.raises(JournalError, match=r"does not agree with journal\.head beside it: it says entry 6"):
        filled.append([note("over the cut")], filled.head())


def test_an_older_copy_of_the_whole_file_is_found(journal: Journal, place: Path) -> None:
    journal.append([note("a")], EMPTY)
    shutil.copy(place, place.with_suffix(".old"))
    journal.append([note("b")], journal.head())
    place.with_suffix(".old").replace(place)
    assert faults(Journal.open(place)) == [("journal_cut", 2)]


def test_guards_that_were_taken_off_are_missed(filled: Journal, place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("DROP TRIGGER entry_is_never_deleted")
    assert [problem.found for problem in filled.verify()] == ["the guard entry_is_never_deleted is missing"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"sequence": "6", "hash": "x"}',
        "\x00\xff",
        '{"sequence": 6}',
        '{"sequence": 6, "hash": "x"}',
        json.dumps({"sequence": -1, "hash": "0" * 64}),
        json.dumps({"sequence": 0, "hash": "1" * 64}),
    ],
)
def test_a_head_file_that_holds_something_else_is_told(filled: Journal, place: Path, text: str) -> None:
    place.with_name("journal.head").write_text(text)
    assert faults(Journal.open(place)) == [("journal_head_file", None)]
    with pytest.raises(JournalError, match="missing or unreadable"):
        filled.append([note("more")], filled.head())


def test_a_lost_head_file_is_accepted_anew_only_by_decision(filled: Journal, place: Path) -> None:
    head = filled.head()
    place.with_name("journal.head").unlink()
    again = Journal.open(place)
    assert faults(again) == [("journal_head_file", None)]
    assert again.accept_head() == head
    assert again.verify() == ()
    assert again.append([note("more")], head).sequence == 7


def test_the_head_of_a_damaged_record_is_never_accepted(filled: Journal, tamper: Tamper, place: Path) -> None:
    tamper("UPDATE entry SET kind = 'x' WHERE sequence IN (2, 4)")
    place.with_name("journal.head").unlink()
    assert [(problem.code, problem.row) for problem in problems_of(filled.accept_head())] == [
        ("journal_edited", 2),
        ("journal_edited", 4),
    ]
    assert not place.with_name("journal.head").exists()


def test_the_head_of_a_record_without_its_guards_is_not_accepted(filled: Journal, place: Path) -> None:
    place.with_name("journal.head").unlink()
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("DROP TRIGGER entry_is_never_deleted")
    assert [problem.code for problem in problems_of(filled.accept_head())] == ["journal_unguarded"]


def test_a_head_file_that_says_otherwise_is_never_written_over(filled: Journal, tamper: Tamper, place: Path) -> None:
    kept = place.with_name("journal.head").read_text()
    cut = filled.entries()[3]
    tamper("DELETE FROM entry WHERE sequence > 4", f"UPDATE head SET sequence = 4, hash = '{cut.hash}'")
    assert [problem.code for problem in problems_of(filled.accept_head())] == ["journal_cut"]
    assert place.with_name("journal.head").read_text() == kept


def test_a_cut_is_seen_without_the_head_file_only_against_a_head_noted_elsewhere(
    filled: Journal, tamper: Tamper, place: Path
) -> None:
    noted, cut = filled.head(), filled.entries()[3]
    tamper("DELETE FROM entry WHERE sequence > 4", f"UPDATE head SET sequence = 4, hash = '{cut.hash}'")
    place.with_name("journal.head").unlink()
    assert [problem.code for problem in problems_of(filled.accept_head(noted))] == ["journal_cut"]
    assert not place.with_name("journal.head").exists()
    assert filled.accept_head() == Head(4, cut.hash)


def test_where_the_head_file_agrees_there_is_nothing_to_accept(filled: Journal) -> None:
    with pytest.raises(UsageError, match=r"journal\.head names entry 6, and the record agrees with it"):
        filled.accept_head()


def test_a_head_file_that_cannot_be_written_is_told(filled: Journal, place: Path) -> None:
    kept = place.with_name("journal.head")
    kept.unlink()
    kept.mkdir()
    with pytest.raises(JournalError, match=r"journal\.head could not be written"):
        filled.accept_head()


def problems_of(found: Head | tuple[Problem, ...]) -> tuple[Problem, ...]:
    assert isinstance(found, tuple), f"{found} was accepted"
    return found


@pytest.mark.parametrize("head", ["DELETE FROM head", "UPDATE head SET sequence = 5", "UPDATE head SET sequence = 'x'"])
def test_a_head_that_is_not_the_last_entry_stops_everything(filled: Journal, tamper: Tamper, head: str) -> None:
    tamper(head)
    assert "journal_head" in {code for code, _ in faults(filled)}
    with pytest.raises(JournalError, match="damaged"):
        filled.append([note("more")], Head(6, filled.entries()[-1].hash))


def test_a_file_that_is_no_database_any_more_is_a_problem_and_no_traceback(filled: Journal, place: Path) -> None:
    place.write_bytes(b"x" * 8192)
    assert faults(filled) == [("journal_unreadable", None)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_of_the_file_changes_an_entry_unseen(filled: Journal, place: Path, data: st.DataObject) -> None:
    told = filled.entries()
    whole = place.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytes([whole[at] ^ data.draw(st.integers(1, 255))])
    place.write_bytes(whole[:at] + flipped + whole[at + 1 :])
    try:
        journal = Journal.open(place)
        assert journal.verify() != () or journal.entries() == told
    except JournalError:
        pass
    finally:
        place.write_bytes(whole)
    assert filled.verify() == ()


def _row(journal: Journal, sequence: int) -> dict[str, str | int]:
    from footwall.journal import instant_text

    entry = journal.entries()[sequence - 1]
    return {
        "sequence": entry.sequence,
        "kind": entry.kind,
        "effective_on": entry.effective_on.isoformat(),
        "recorded_at": instant_text(entry.recorded_at),
        "idempotency_key": entry.idempotency_key,
        "payload": canonical_text(entry.payload),
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }
