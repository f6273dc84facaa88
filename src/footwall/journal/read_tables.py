"""Tables made of entries, for quick questions. They can be thrown away and made again; the record is the entries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, insert, inspect, select

from footwall.errors import Problem
from footwall.journal.records import Entry
from footwall.quantity import counted


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table, and the rows that one entry adds to it (none, for most kinds). `rows` is pure."""

    table: Table
    rows: Callable[[Entry], Iterable[Mapping[str, object]]]

    def add(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write what `entries` add, in the transaction of `connection`."""
        rows = [dict(row) for entry in entries for row in self.rows(entry)]
        if rows:
            connection.execute(insert(self.table), rows)

    def exists(self, connection: Connection) -> bool:
        """Whether the database has the table."""
        return inspect(connection).has_table(self.table.name)

    def rebuild(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Throw the table away and make it again from all entries."""
        self.table.drop(connection, checkfirst=True)
        self.table.create(connection)
        self.add(connection, entries)

    def problem(self, connection: Connection, entries: Sequence[Entry]) -> Problem | None:
        """What is wrong with the table, compared with the entries it is made of."""
        if not self.exists(connection):
            found = "no such table"
        else:
            names = [column.name for column in self.table.columns]
            held = sorted(map(repr, (tuple(row) for row in connection.execute(select(self.table)))))
            rows = (row for entry in entries for row in self.rows(entry))
            told = sorted(repr(tuple(row.get(name) for name in names)) for row in rows)
            if held == told:
                return None
            found = f"{counted(len(set(held) - set(told)), 'row')} no entry tells of, {counted(len(set(told) - set(held)), 'row')} missing"
        return Problem(
            code="journal_read_table",
            found=found,
            expected="the rows that the entries tell",
            remedy="Rebuild the read tables; the entries are the record and are not touched.",
            source=self.table.name,
        )
