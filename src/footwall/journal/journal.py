"""The record: everything the zone decided or received, in order, each entry bound to the one before it.

Nothing is overwritten. A correction is a new entry. What `append` has returned from stays recorded, whatever happens to
the process afterwards; what it has raised for was not recorded, unless its message says so, and may be sent again as it
was: the idempotency keys make a repetition harmless.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, RowMapping, select

from footwall.errors import JournalError, Problem, UsageError
from footwall.journal.appending import (
    entry_of,
    head_of,
    refuse_damage,
    refuse_other_writer,
    repeats,
    write_entries,
)
from footwall.journal.canonical import canonical_text, instant_text
from footwall.journal.database import file_of, make_tables, open_engine, reading, revision_of, url_of, writing
from footwall.journal.read_tables import ReadTable
from footwall.journal.records import EMPTY, Clock, Entry, Head, NewEntry, system_clock
from footwall.journal.schema import ENTRY, REVISION
from footwall.journal.sidecar import read_head, write_head
from footwall.journal.verify import database_problems, entry_problems, head_problems, unreadable


class Journal:
    """A journal in a database, with its head kept in a file beside it.

    `notices` tell, in words, what opening it has mended: a head file that a dying process left behind.
    """

    def __init__(self, engine: Engine, sidecar: Path, clock: Clock, read_tables: Sequence[ReadTable]) -> None:
        """Use `Journal.create` or `Journal.open`."""
        self._engine = engine
        self._sidecar = sidecar
        self._clock = clock
        self._read_tables = tuple(read_tables)
        self.notices: tuple[str, ...] = ()

    @classmethod
    def create(
        cls,
        location: Path | str,
        *,
        clock: Clock = system_clock,
        read_tables: Sequence[ReadTable] = (),
        sidecar: Path | None = None,
    ) -> Self:
        """A new, empty journal at a file or database address.

        `sidecar` is the file that keeps the head; for SQLite it is `journal.head` in the database's folder.
        Raises JournalError where there is a journal already: the caller's fault.
        """
        url = url_of(location)
        kept = _sidecar_of(file_of(url), sidecar)
        engine = open_engine(url)
        if revision_of(engine) is not None or kept.exists():
            raise JournalError(f"there is a journal at {location} already; open it, or choose another place")
        make_tables(engine)
        journal = cls(engine, kept, clock, read_tables)
        journal._make_read_tables()
        journal._keep(EMPTY)
        return journal

    @classmethod
    def open(
        cls,
        location: Path | str,
        *,
        clock: Clock = system_clock,
        read_tables: Sequence[ReadTable] = (),
        sidecar: Path | None = None,
        mend: bool = True,
    ) -> Self:
        """The journal at a file or database address, brought to this version's tables.

        Mends a head file that a dying process left behind (`notices`), unless `mend` is False, to look at it as it is;
        any other damage is left for `verify` to tell, and `append` refuses. Raises JournalError where there is no
        journal, or one that cannot be read.
        """
        url = url_of(location)
        file = file_of(url)
        if file is not None and not file.is_file():
            raise JournalError(f"there is no journal at {location}. Restore the file from a backup.")
        engine = open_engine(url)
        revision = revision_of(engine)
        if revision is None:
            raise JournalError(f"{location} holds no journal")
        if revision != REVISION:
            make_tables(engine)
        journal = cls(engine, _sidecar_of(file, sidecar), clock, read_tables)
        journal._make_read_tables()
        if mend:
            journal._mend_head_file()
        return journal

    def head(self) -> Head:
        """The last entry's sequence and hash; `EMPTY` without entries."""
        with reading(self._engine) as connection:
            return head_of(connection)

    def entries(
        self, *, kind: str | None = None, as_known_at: datetime | None = None, after: int = 0
    ) -> tuple[Entry, ...]:
        """Entries in order: of one kind, or all; recorded until an instant (with its time zone); after a sequence.

        Raises JournalError where an entry cannot be read, or `as_known_at` has no time zone.
        """
        query = select(ENTRY).where(ENTRY.c.sequence > after).order_by(ENTRY.c.sequence)
        if kind is not None:
            query = query.where(ENTRY.c.kind == kind)
        if as_known_at is not None:
            query = query.where(ENTRY.c.recorded_at <= instant_text(as_known_at))
        with reading(self._engine) as connection:
            return tuple(entry_of(row) for row in connection.execute(query).mappings())

    def append(self, entries: Sequence[NewEntry], expected_head: Head) -> Head:
        """Record all `entries` or none, after `expected_head`; returns the new head once it is on the disk.

        Entries whose keys are recorded already, with the same content, are a repetition: nothing is written and the
        present head is returned. Raises JournalError where another writer was faster, where a key is taken by other
        content, where the record is damaged, or where the database refuses (a full disk).
        """
        drafts = [(entry, canonical_text(entry.payload)) for entry in entries]
        if len({entry.idempotency_key for entry in entries}) != len(entries):
            raise JournalError("two entries of one batch have the same idempotency key; give each its own")
        with writing(self._engine) as connection:
            head = head_of(connection)
            refuse_damage(connection, head, self._sidecar)
            if not repeats(connection, drafts):
                refuse_other_writer(head, expected_head)
                written = write_entries(connection, drafts, head, instant_text(self._clock()))
                for table in self._read_tables:
                    table.add(connection, written)
                head = head_of(connection)
        self._keep(head)
        return head

    def verify(self, noted: Head | None = None) -> tuple[Problem, ...]:
        """Everything wrong with the record: each hash recomputed, each link, the head, its copy, the read tables.

        `noted` is a head that somebody wrote down earlier: the record must still pass through it. Who owns both the
        database and the file beside it can forge both; a head noted elsewhere is what finds that out.
        """
        return self._problems(self._sidecar, noted)

    def rebuild_read_tables(self) -> None:
        """Make every read table again from the entries."""
        with writing(self._engine) as connection:
            entries = [entry_of(row) for row in _rows(connection)]
            for table in self._read_tables:
                table.rebuild(connection, entries)

    def accept_head(self, noted: Head | None = None) -> Head | tuple[Problem, ...]:
        """Write the database's head into the file beside it, where that file is lost or holds none; returns the head.

        For somebody who has judged that the record is whole: the lost file was the witness that nothing was cut off the
        record's end, and that is now taken on trust. Everything else is verified first, as `verify` does, `noted` with
        it; where there are problems they are returned and nothing is written. Raises UsageError where the file names a
        head and the record agrees with it, JournalError where the file cannot be written.
        """
        kept = self._kept()
        kept = None if kept == EMPTY and self.head() != EMPTY else kept
        if problems := self._problems(None if kept is None else self._sidecar, noted):
            return problems
        if kept is not None:
            raise UsageError(
                f"{self._sidecar.name} names entry {kept.sequence}, and the record agrees with it: there is nothing to accept"
            )
        head = self.head()
        try:
            write_head(self._sidecar, head)
        except OSError as error:
            raise JournalError(
                f"{self._sidecar.name} could not be written: {error}. Mend this and try again."
            ) from None
        return head

    def rows(self, table: ReadTable, **equal: str) -> tuple[RowMapping, ...]:
        """The rows of a read table whose columns have the given values."""
        query = select(table.table).where(*(table.table.c[name] == value for name, value in equal.items()))
        with reading(self._engine) as connection:
            return tuple(connection.execute(query).mappings())

    def _problems(self, sidecar: Path | None, noted: Head | None) -> tuple[Problem, ...]:
        try:
            with reading(self._engine) as connection:
                rows = _rows(connection)
                problems = [
                    *database_problems(connection),
                    *entry_problems(rows),
                    *head_problems(rows, head_of(connection), sidecar, noted),
                ]
                if not problems:
                    entries = [entry_of(row) for row in rows]
                    tables = (table.problem(connection, entries) for table in self._read_tables)
                    problems += [problem for problem in tables if problem is not None]
                return tuple(problems)
        except JournalError as error:
            return (unreadable(error),)

    def _kept(self) -> Head | None:
        """The head in the file beside the database; None where the file is lost, or holds none."""
        try:
            return read_head(self._sidecar)
        except ValueError:
            return None

    def _mend_head_file(self) -> None:
        """Bring the file beside the database forward where every entry after it verifies; else leave it for `verify`."""
        try:
            kept = read_head(self._sidecar)
        except ValueError:
            return
        with reading(self._engine) as connection:
            head = head_of(connection)
            # A lost file, or one that names no entry, is for people to judge: it is what a cut or a forgery would leave.
            if kept is None or kept == EMPTY or kept.sequence >= head.sequence:
                return
            rows = _rows(connection, after=kept.sequence)
        if entry_problems(rows, after=kept) or head_problems(rows, head, None, None):
            return
        write_head(self._sidecar, head)
        notice = (
            f"{self._sidecar.name} stood at entry {kept.sequence} while the record had reached {head.sequence}: "
            "a process ended between the two writes. The entries verify; the file has been brought forward."
        )
        self.notices += (notice,)

    def _make_read_tables(self) -> None:
        with reading(self._engine) as connection:
            missing = [table for table in self._read_tables if not table.exists(connection)]
        if missing:
            self.rebuild_read_tables()

    def _keep(self, head: Head) -> None:
        """Write the head file, unless it is there already or another writer has brought it further."""
        try:
            kept = read_head(self._sidecar)
            if kept is None or kept.sequence < head.sequence:
                write_head(self._sidecar, head)
        except (OSError, ValueError) as error:
            raise JournalError(
                f"the entries are recorded up to {head.sequence}, but {self._sidecar.name} could not be written "
                f"({error}). Open the journal again once this is mended: it brings the file forward."
            ) from error


def _rows(connection: Connection, after: int = 0) -> Sequence[RowMapping]:
    query = select(ENTRY).where(ENTRY.c.sequence > after).order_by(ENTRY.c.sequence)
    return connection.execute(query).mappings().all()


def _sidecar_of(file: Path | None, sidecar: Path | None) -> Path:
    if sidecar is not None:
        return sidecar
    if file is None:
        raise JournalError("a journal in a database server needs `sidecar`: a file that keeps its head")
    return file.with_name("journal.head")
