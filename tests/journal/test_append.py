"""What may be recorded, what is refused, and what a retry does."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from journal_support import DAY, TickingClock, note

from footwall.errors import JournalError
from footwall.journal import (
    EMPTY,
    Head,
    Journal,
    NewEntry,
    SimulatedClock,
    canonical_text,
    entry_hash,
    instant_of,
    instant_text,
)

FIRST, LAST = datetime(1900, 1, 1), datetime(2900, 1, 1)  # noqa: DTZ001 - hypothesis adds the time zone

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"\\~,', max_size=4), inner, max_size=3),
    max_leaves=8,
)
payloads = st.dictionaries(st.text("abc", max_size=3), values, max_size=3)


@given(payloads, st.text('k"\\,:{}', max_size=8), st.integers(1, 10**6))
def test_a_hash_is_what_any_canonical_json_library_gives(payload: dict[str, object], key: str, sequence: int) -> None:
    fields = {
        "sequence": sequence,
        "kind": "note",
        "effective_on": "2024-01-31",
        "recorded_at": "2024-01-31T18:00:00.000000Z",
        "idempotency_key": key,
        "payload": payload,
        "previous_hash": "0" * 64,
    }
    row = {**fields, "payload": canonical_text(payload), "hash": "not looked at"}  # type: ignore[arg-type]
    assert canonical_text(payload).encode() == rfc8785.dumps(payload)  # type: ignore[arg-type]
    assert entry_hash(row) == hashlib.sha256(rfc8785.dumps(fields)).hexdigest()  # type: ignore[arg-type]


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.timezones()))
def test_an_instant_keeps_its_place_in_time_whatever_its_zone(instant: datetime) -> None:
    assert instant_of(instant_text(instant)) == instant.astimezone(UTC)


def test_entries_come_back_as_they_were_recorded(journal: Journal) -> None:
    head = journal.append([note("a"), NewEntry("price", DAY, "b", {"price": "1.50", "none": None})], EMPTY)
    first, second = journal.entries()
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.payload == {"price": "1.50", "none": None}
    assert (first.previous_hash, second.previous_hash) == (EMPTY.hash, first.hash)
    assert head == journal.head() == Head(2, second.hash)
    assert first.recorded_at == second.recorded_at == datetime(2024, 1, 31, 18, 0, 1, tzinfo=UTC)
    assert first.effective_on == DAY
    assert journal.entries(kind="price") == (second,)
    assert journal.verify() == ()


def test_the_same_clock_and_entries_give_the_same_head_anywhere(tmp_path: Path) -> None:
    heads = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        journal = Journal.create(tmp_path / name / "j.sqlite", clock=SimulatedClock(datetime(2024, 1, 31, tzinfo=UTC)))
        heads.add(journal.append([note("a"), note("b")], EMPTY))
    assert len(heads) == 1


def test_what_was_known_at_an_instant_includes_that_instant(filled: Journal) -> None:
    third = filled.entries()[2]
    assert [entry.sequence for entry in filled.entries(as_known_at=third.recorded_at)] == [1, 2, 3]
    assert filled.entries(as_known_at=datetime(2020, 1, 1, tzinfo=UTC)) == ()
    with pytest.raises(JournalError, match="needs a time zone"):
        filled.entries(as_known_at=datetime(2024, 1, 31))  # noqa: DTZ001 - the fault under test


def test_a_retry_with_the_same_content_records_nothing_more(filled: Journal) -> None:
    before = filled.head()
    stale = EMPTY
    assert filled.append([note("key-2"), note("key-3")], stale) == before
    assert filled.head() == before


def test_a_key_holds_one_content(filled: Journal) -> None:
    with pytest.raises(JournalError, match=r"'key-2' is taken: entry 2 holds it with other content"):
        filled.append([note("key-2", "something else")], filled.head())
    with pytest.raises(JournalError, match="is taken"):
        filled.append([note("key-2", kind="other")], filled.head())


def test_half_a_repetition_is_refused_whole(filled: Journal) -> None:
    before = filled.head()
    with pytest.raises(JournalError, match=r"part of this batch is recorded already \('key-6'\)"):
        filled.append([note("key-6"), note("key-7")], before)
    assert filled.head() == before


def test_two_entries_of_a_batch_need_two_keys(journal: Journal) -> None:
    with pytest.raises(JournalError, match="same idempotency key"):
        journal.append([note("a"), note("a")], EMPTY)
    assert journal.head() == EMPTY


def test_the_slower_of_two_writers_is_told_so(place: Path, journal: Journal) -> None:
    other = Journal.open(place, clock=TickingClock())
    seen = other.head()
    journal.append([note("first")], seen)
    with pytest.raises(JournalError, match="another writer was faster: expected entry 0 to be the last, found 1"):
        other.append([note("second")], seen)
    assert other.append([note("second")], other.head()).sequence == 2
    assert journal.verify() == ()


def test_nothing_to_record_changes_nothing(filled: Journal) -> None:
    assert filled.append([], filled.head()) == filled.head()


@pytest.mark.parametrize("value", [1.5, Decimal("1.50"), DAY, b"x", {1: "x"}, {"é": "x"}, ("a",), 2**53, "\ud800"])
def test_a_payload_without_one_exact_text_is_refused(journal: Journal, value: object) -> None:
    with pytest.raises(JournalError, match="payload"):
        journal.append([NewEntry("note", DAY, "a", {"value": [value]})], EMPTY)  # type: ignore[list-item]
    assert journal.entries() == ()


def test_a_clock_that_goes_back_is_refused(place: Path) -> None:
    clock = SimulatedClock(datetime(2024, 1, 31, tzinfo=UTC))
    journal = Journal.create(place, clock=clock)
    head = journal.append([note("a")], EMPTY)
    assert journal.append([note("b")], head).sequence == 2
    clock.instant = datetime(2024, 1, 30, tzinfo=UTC)
    with pytest.raises(
        JournalError, match=r"the clock says 2024-01-30T00:00:00\.000000Z, but the last entry was recorded"
    ):
        journal.append([note("c")], journal.head())
    clock.instant = datetime(2024, 2, 1)  # noqa: DTZ001 - the fault under test
    with pytest.raises(JournalError, match="needs a time zone"):
        journal.append([note("c")], journal.head())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET kind = 'other' WHERE sequence = 2",
        "DELETE FROM entry WHERE sequence = 6",
        "INSERT OR REPLACE INTO entry SELECT 3, 'x', 'x', 'x', 'x', 'x', 'x', 'x'",
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(filled: Journal, place: Path, statement: str) -> None:
    with closing(sqlite3.connect(place)) as connection, pytest.raises(sqlite3.IntegrityError, match="an entry of the"):
        connection.execute(statement)
    assert filled.verify() == ()


def test_there_is_one_journal_in_a_place(place: Path, journal: Journal) -> None:
    with pytest.raises(JournalError, match="there is a journal at"):
        Journal.create(place)
    with pytest.raises(JournalError, match="there is no journal at"):
        Journal.open(place.with_name("absent.sqlite"))


def test_a_database_without_a_journal_is_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    with pytest.raises(JournalError, match="holds no journal"):
        Journal.open(empty)
    text = tmp_path / "text.sqlite"
    text.write_text("not a database, though long enough to be taken for one " * 20)
    with pytest.raises(JournalError, match="cannot be read: file is not a database"):
        Journal.open(text)


def test_an_address_in_words_works_as_a_path_does(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'j.sqlite'}"
    journal = Journal.create(address)
    assert journal.append([note("a")], EMPTY) == Journal.open(tmp_path / "j.sqlite").head()
    for bad in ("no address", "nosuchdatabase://x"):
        with pytest.raises(JournalError):
            Journal.open(bad, sidecar=tmp_path / "head")
    with pytest.raises(JournalError, match="needs `sidecar`"):
        Journal.create("sqlite://")


def test_a_journal_of_a_later_version_is_refused(place: Path, journal: Journal) -> None:
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(JournalError, match="made by another version of Footwall"):
        Journal.open(place)


def test_effective_dates_may_lie_before_or_after_the_recording(journal: Journal) -> None:
    journal.append(
        [NewEntry("note", date(2030, 1, 1), "late", {}), NewEntry("note", date(1999, 1, 1), "early", {})], EMPTY
    )
    assert [entry.effective_on.year for entry in journal.entries()] == [2030, 1999]
