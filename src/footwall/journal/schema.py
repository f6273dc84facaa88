"""The journal's two tables, and the triggers that keep the first of them append-only.

`entry` is the record. `head` holds one row, the last entry's sequence and hash: a record cut short at its end no longer
agrees with it. The triggers stop mistakes, not an owner of the file; `verify` finds what an owner of the file has done.
"""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, Table, Text

REVISION: Final = "0001"
"""The migration that this code expects a journal to stand at."""

METADATA: Final = MetaData()

ENTRY: Final = Table(
    "entry",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False, index=True),
    Column("effective_on", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("payload", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
)

HEAD: Final = Table(
    "head",
    METADATA,
    Column("only", Integer, CheckConstraint("only = 1"), primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)

TRIGGERS: Final = {
    "entry_is_never_updated": (
        "CREATE TRIGGER entry_is_never_updated BEFORE UPDATE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'an entry of the journal is never changed: write a new one'); END"
    ),
    "entry_is_never_deleted": (
        "CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'an entry of the journal is never deleted'); END"
    ),
    # INSERT OR REPLACE would delete a row without asking the trigger above.
    "entry_follows_the_last": (
        "CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry "
        "WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM entry) "
        "BEGIN SELECT RAISE(ABORT, 'an entry of the journal follows the last one'); END"
    ),
}
"""The guards of `entry` on SQLite, by name."""
