"""What may follow a record, and how it is written: all in the one transaction that the connection holds."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from footwall.errors import JournalError
from footwall.journal.canonical import day_of, entry_hash, instant_of, payload_of
from footwall.journal.records import EMPTY, Entry, Head, NewEntry
from footwall.journal.schema import ENTRY, HEAD
from footwall.journal.sidecar import read_head

Draft = tuple[NewEntry, str]
"""An entry to be written, and its payload's canonical text."""

_CHECK: Final = "Run `footwall journal verify` to see where, and restore the record from a backup."
_KEYS_PER_QUERY: Final = 500  # SQLite limits how many values one query may name


def head_of(connection: Connection) -> Head:
    """The head that the database keeps; sequence −1 where somebody removed it or wrote something else."""
    row = connection.execute(select(HEAD.c.sequence, HEAD.c.hash)).first()
    match tuple(row or ()):
        case (int(sequence), str(text)):
            return Head(sequence, text)
    return Head(-1, "unreadable")


def entry_of(row: RowMapping | Mapping[str, object]) -> Entry:
    """A row as an entry. Raises JournalError where it cannot be one: somebody changed it."""
    fields = {name: row[name] for name in row}
    try:
        return Entry(
            sequence=int(str(fields["sequence"])),
            kind=str(fields["kind"]),
            effective_on=day_of(str(fields["effective_on"])),
            recorded_at=instant_of(str(fields["recorded_at"])),
            idempotency_key=str(fields["idempotency_key"]),
            payload=payload_of(str(fields["payload"])),
            previous_hash=str(fields["previous_hash"]),
            hash=str(fields["hash"]),
        )
    except ValueError as error:
        raise JournalError(f"entry {fields['sequence']} cannot be read: {error}. {_CHECK}") from None


def repeats(connection: Connection, drafts: Sequence[Draft]) -> bool:
    """Whether all drafts are recorded already. Raises JournalError where only some are, or with other content."""
    keys = [draft.idempotency_key for draft, _ in drafts]
    held: dict[str, RowMapping] = {}
    for start in range(0, len(keys), _KEYS_PER_QUERY):
        query = select(ENTRY).where(ENTRY.c.idempotency_key.in_(keys[start : start + _KEYS_PER_QUERY]))
        held |= {row["idempotency_key"]: row for row in connection.execute(query).mappings()}
    for draft, payload in drafts:
        row = held.get(draft.idempotency_key)
        told = (draft.kind, draft.effective_on.isoformat(), payload)
        if row is not None and (row["kind"], row["effective_on"], row["payload"]) != told:
            raise JournalError(
                f"the key {draft.idempotency_key!r} is taken: entry {row['sequence']} holds it with other content. "
                "A correction is a new entry with a key of its own."
            )
    if held and len(held) < len(drafts):
        raise JournalError(f"part of this batch is recorded already ({min(held)!r}): send the rest by itself")
    return bool(held)


def refuse_damage(connection: Connection, head: Head, sidecar: Path) -> None:
    """Raise JournalError where the record does not end at its heads: an entry after a cut would cover it up."""
    last = connection.execute(select(ENTRY.c.sequence, ENTRY.c.hash).order_by(ENTRY.c.sequence.desc())).first()
    if (Head(*last) if last else EMPTY) != head:
        raise JournalError(f"the record is damaged: its head says entry {head}. {_CHECK}")
    try:
        kept = read_head(sidecar)
    except ValueError:
        kept = None
    if kept is None or (kept.sequence and _hash_at(connection, kept.sequence) != kept.hash):
        found = "it is missing or unreadable" if kept is None else f"it says entry {kept}"
        raise JournalError(f"the record does not agree with {sidecar.name} beside it: {found}. {_CHECK}")


def refuse_other_writer(present: Head, expected: Head) -> None:
    """Raise JournalError where the record has moved on since the caller read it."""
    if present != expected:
        raise JournalError(
            f"another writer was faster: expected entry {expected.sequence} to be the last, found {present.sequence}. "
            "Read the journal again, decide again, and append."
        )


def write_entries(connection: Connection, drafts: Iterable[Draft], head: Head, recorded_at: str) -> list[Entry]:
    """Write the drafts after `head`, and the new head; returns them as entries."""
    latest = select(ENTRY.c.recorded_at).order_by(ENTRY.c.sequence.desc()).limit(1)
    before = connection.execute(latest).scalar()
    if before is not None and recorded_at < before:
        # `as_known_at` cuts the record at an instant; that is one place only while instants never go back.
        raise JournalError(
            f"the clock says {recorded_at}, but the last entry was recorded at {before}: set the clock right"
        )
    rows: list[dict[str, str | int]] = []
    for draft, payload in drafts:
        row: dict[str, str | int] = {
            "sequence": head.sequence + 1,
            "kind": draft.kind,
            "effective_on": draft.effective_on.isoformat(),
            "recorded_at": recorded_at,
            "idempotency_key": draft.idempotency_key,
            "payload": payload,
            "previous_hash": head.hash,
        }
        head = Head(head.sequence + 1, entry_hash(row))
        rows.append(row | {"hash": head.hash})
    if rows:
        connection.execute(insert(ENTRY), rows)
        connection.execute(update(HEAD).values(sequence=head.sequence, hash=head.hash))
    return [entry_of(row) for row in rows]


def _hash_at(connection: Connection, sequence: int) -> str | None:
    return connection.execute(select(ENTRY.c.hash).where(ENTRY.c.sequence == sequence)).scalar()
