"""Read tables follow the entries, in the same transaction, and can always be made again."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from journal_support import DAY, TickingClock, note
from sqlalchemy import Column, MetaData, Table, Text

from footwall.errors import JournalError
from footwall.journal import EMPTY, Entry, Journal, NewEntry, ReadTable


def _rows(entry: Entry) -> Iterable[Mapping[str, object]]:
    if entry.kind == "note":
        yield {"key": entry.idempotency_key, "text": entry.payload["text"]}


NOTES = ReadTable(Table("notes", MetaData(), Column("key", Text, primary_key=True), Column("text", Text)), _rows)


@pytest.fixture
def kept(place: Path) -> Journal:
    journal = Journal.create(place, clock=TickingClock(), read_tables=[NOTES])
    journal.append([note("a"), NewEntry("other", DAY, "b", {}), note("c")], EMPTY)
    return journal


def test_a_read_table_holds_what_the_entries_tell(kept: Journal) -> None:
    assert [tuple(row.values()) for row in kept.rows(NOTES)] == [("a", "a"), ("c", "c")]
    assert [tuple(row.values()) for row in kept.rows(NOTES, key="c")] == [("c", "c")]
    assert kept.verify() == ()


@pytest.mark.parametrize("change", ["DELETE FROM notes", "UPDATE notes SET text = 'x'", "DROP TABLE notes"])
def test_a_changed_read_table_is_found_and_made_again(kept: Journal, place: Path, change: str) -> None:
    with closing(sqlite3.connect(place)) as connection:
        connection.execute(change)
        connection.commit()
    (problem,) = kept.verify()
    assert (problem.code, problem.source) == ("journal_read_table", "notes")
    kept.rebuild_read_tables()
    assert kept.verify() == ()


def test_a_read_table_that_refuses_leaves_no_entry(kept: Journal) -> None:
    before = kept.head()
    clash = [NewEntry("other", DAY, "x", {}), NewEntry("note", DAY, "y", {"text": "fine"})]

    def twice(entry: Entry) -> Iterable[Mapping[str, object]]:
        return [{"key": "a", "text": "again"}] if entry.idempotency_key == "y" else []

    broken = Journal(kept._engine, kept._sidecar, kept._clock, [ReadTable(NOTES.table, twice)])
    with pytest.raises(JournalError, match="nothing was recorded: UNIQUE constraint failed"):
        broken.append(clash, before)
    assert kept.head() == before
    assert kept.verify() == ()


def test_a_table_that_is_new_to_a_journal_is_made_from_its_first_entry_on(filled: Journal, place: Path) -> None:
    again = Journal.open(place, clock=TickingClock(), read_tables=[NOTES])
    assert len(again.rows(NOTES)) == 6
    assert again.verify() == ()
