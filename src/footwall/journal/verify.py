"""What can be wrong with a record, and where: entries edited, missing, reordered, cut off, or forged with a whole new chain."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, RowMapping, text

from footwall.errors import JournalError, Problem
from footwall.journal.canonical import entry_hash
from footwall.journal.records import EMPTY, Head
from footwall.journal.schema import TRIGGERS
from footwall.journal.sidecar import read_head

_RESTORE: Final = "Restore the record from a backup; nothing after this entry can be relied on."


def database_problems(connection: Connection) -> list[Problem]:
    """What SQLite finds wrong with its own file, and guards that somebody has taken off."""
    if connection.dialect.name != "sqlite":
        return []
    problems = [
        _problem("journal_database", str(found), "a sound database", "Restore the record from a backup.")
        for (found,) in connection.exec_driver_sql("PRAGMA integrity_check")
        if found != "ok"
    ]
    guards = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    held = {str(name): str(statement) for name, statement in guards}
    problems += [
        _problem(
            "journal_unguarded",
            f"the guard {name} is {'changed' if name in held else 'missing'}",
            "the guards that keep entries from being changed or deleted",
            "Find out who took it off. The entries are checked by their hashes all the same.",
        )
        for name, statement in TRIGGERS.items()
        if held.get(name) != statement
    ]
    return problems


def entry_problems(rows: Sequence[RowMapping], after: Head = EMPTY) -> list[Problem]:
    """Every fault of the entries that follow `after`: each field against its hash, each link against the one before."""
    places = _places(rows, after)
    problems: list[Problem] = []
    previous, recorded_at = after, ""
    for row in rows:
        if row["sequence"] != previous.sequence + 1:
            problems.append(_gap(previous.sequence + 1, row["sequence"] - 1))
        if not _holds(row, row["sequence"]):
            problems.append(_changed(row, places))
        elif row["previous_hash"] != previous.hash and row["sequence"] == previous.sequence + 1:
            problems.append(
                _problem(
                    "journal_link",
                    f"a link to {str(row['previous_hash'])[:12]}…",
                    f"a link to {previous.hash[:12]}…, the hash of the entry before it",
                    _RESTORE,
                    row["sequence"],
                )
            )
        if str(row["recorded_at"]) < recorded_at:
            problems.append(
                _problem("journal_time", str(row["recorded_at"]), f"{recorded_at} or later", _RESTORE, row["sequence"])
            )
        previous, recorded_at = Head(row["sequence"], str(row["hash"])), str(row["recorded_at"])
    return problems


def head_problems(rows: Sequence[RowMapping], head: Head, sidecar: Path | None, noted: Head | None) -> list[Problem]:
    """Whether the record ends where its head says, and passes through the heads kept beside it and noted elsewhere."""
    last = _last(rows)
    problems = []
    if last != head:
        problems.append(_ends_elsewhere(last, head, "the head in the database"))
    if sidecar is not None:
        problems += _agrees(rows, sidecar)
    if noted is not None:
        problems += _passes(rows, noted, "the head noted elsewhere")
    return problems


def unreadable(error: JournalError) -> Problem:
    """The problem of a database that cannot be read at all."""
    return _problem(
        "journal_unreadable", str(error), "a database that can be read", "Restore the record from a backup."
    )


def _agrees(rows: Sequence[RowMapping], sidecar: Path) -> list[Problem]:
    try:
        kept = read_head(sidecar)
    except ValueError:
        return [_no_witness(f"{sidecar.name} holds no head", "a sequence and a hash")]
    if kept is None:
        return [_no_witness(f"{sidecar.name} missing", "the head beside the database")]
    if kept == EMPTY and rows:
        # A forger of entries could not name them here, but could name none.
        return [_no_witness(f"{sidecar.name} names no entry of {len(rows)}", "the head beside the database")]
    return _passes(rows, kept, f"{sidecar.name} beside the database")


def _passes(rows: Sequence[RowMapping], kept: Head, witness: str) -> list[Problem]:
    if kept == EMPTY:
        return []
    last = _last(rows)
    if kept.sequence > last.sequence:
        return [_ends_elsewhere(last, kept, witness)]
    if any(row["sequence"] == kept.sequence and row["hash"] == kept.hash for row in rows):
        return []
    return [
        _problem(
            "journal_forged",
            "another hash",
            f"{kept.hash[:12]}…, as {witness} has it",
            "The record up to here was written anew. " + _RESTORE,
            kept.sequence,
        )
    ]


def _last(rows: Sequence[RowMapping]) -> Head:
    return Head(rows[-1]["sequence"], str(rows[-1]["hash"])) if rows else EMPTY


def _places(rows: Sequence[RowMapping], after: Head) -> dict[str, int]:
    """Where each entry stands by its links: its hash → the sequence it was written with."""
    following = {row["previous_hash"]: row["hash"] for row in rows}
    places: dict[str, int] = {}
    sequence, current = after.sequence, after.hash
    while (current := following.get(current, "")) and current not in places:
        sequence += 1
        places[current] = sequence
    return places


def _holds(row: RowMapping, sequence: int) -> bool:
    try:
        return entry_hash({**row, "sequence": sequence}) == str(row["hash"])
    except (ValueError, TypeError):  # a cell that holds no text: somebody wrote it
        return False


def _changed(row: RowMapping, places: dict[str, int]) -> Problem:
    written_as = places.get(row["hash"])
    if written_as is not None and written_as != row["sequence"] and _holds(row, written_as):
        return _problem(
            "journal_reordered", f"the entry that was written as {written_as}", "another", _RESTORE, row["sequence"]
        )
    return _problem(
        "journal_edited",
        f"{row['kind']} of {row['effective_on']}, changed after it was recorded",
        "the content that its hash stands for",
        _RESTORE,
        row["sequence"],
    )


def _gap(first: int, last: int) -> Problem:
    found = f"entries {first} to {last} missing" if last > first else f"entry {first} missing"
    return _problem("journal_gap", found, "every entry from the first to the last", _RESTORE, first)


def _ends_elsewhere(last: Head, kept: Head, witness: str) -> Problem:
    if kept.sequence > last.sequence:
        found = f"the record ends at entry {last.sequence}"
        return _problem(
            "journal_cut", found, f"entry {kept.sequence}, as {witness} has it", _RESTORE, last.sequence + 1
        )
    return _problem(
        "journal_head",
        f"the record ends at entry {last.sequence} ({last.hash[:12]}…)",
        f"entry {kept.sequence} ({kept.hash[:12]}…), as {witness} has it",
        _RESTORE,
        kept.sequence + 1,
    )


def _no_witness(found: str, expected: str) -> Problem:
    """The head file tells nothing: the entries may be whole, but whether the last of them are missing is not to be seen."""
    remedy = (
        "Put the file back from a backup. Where there is none: `footwall journal accept-head` checks the whole record and "
        "writes the file anew; give it a head that you noted down, for without one it takes the record's end on trust."
    )
    return _problem("journal_head_file", found, expected, remedy)


def _problem(code: str, found: str, expected: str, remedy: str, sequence: int | None = None) -> Problem:
    return Problem(code=code, found=found, expected=expected, remedy=remedy, source="journal", row=sequence)
