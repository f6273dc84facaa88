"""What was acknowledged stays: through kill -9, a full disk, a lost head file and a lock held by another."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from journal_support import TickingClock, note

from footwall.errors import JournalError
from footwall.journal import EMPTY, Head, Journal

WRITER = """
import os, resource, sys
from datetime import date
from pathlib import Path
from footwall.errors import JournalError
from footwall.journal import Journal, NewEntry
place, limit = Path(sys.argv[1]), int(sys.argv[2])
journal = Journal.open(place)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
while True:
    head = journal.head()
    batch = [NewEntry("note", date(2024, 1, 31), f"{os.getpid()}/{head.sequence}/{n}", {"text": "x" * 400}) for n in range(3)]
    try:
        head = journal.append(batch, head)
    except JournalError as error:
        if "another writer was faster" in str(error):
            continue
        print("refused", error, flush=True)
        sys.exit(3)
    print(head.sequence, head.hash, flush=True)
"""


def start_writer(place: Path, limit: int = 0) -> "subprocess.Popen[str]":
    source = str(Path(sys.modules["footwall"].__path__[0]).parent)
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place), str(limit)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )


def acknowledged(output: str) -> list[Head]:
    lines = [line.split() for line in output.splitlines() if line and line[0].isdigit() and line.count(" ") == 1]
    return [Head(int(sequence), text) for sequence, text in lines if len(text) == 64]


@pytest.mark.parametrize("seed", range(4))
def test_no_acknowledged_entry_is_lost_when_the_writer_is_killed(place: Path, journal: Journal, seed: int) -> None:
    writer = start_writer(place)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(random.Random(seed).uniform(0, 0.4))  # noqa: S311 - a place to be killed, not a secret
    writer.send_signal(signal.SIGKILL)
    told = acknowledged(first + writer.stdout.read())
    writer.stdout.close()
    writer.wait()
    assert told, first
    after = Journal.open(place)
    hashes = {entry.sequence: entry.hash for entry in after.entries()}
    assert all(hashes[head.sequence] == head.hash for head in told)
    assert len(hashes) % 3 == 0, "a batch is recorded whole or not at all"
    assert after.verify(told[-1]) == ()


def test_a_full_disk_refuses_in_words_and_loses_nothing(place: Path, journal: Journal) -> None:
    writer = start_writer(place, limit=150_000)
    output, _ = writer.communicate(timeout=120)
    assert writer.returncode == 3, output
    assert "refused nothing was recorded: " in output
    told = acknowledged(output)
    after = Journal.open(place)
    assert len(told) > 5
    assert after.head() == told[-1]
    assert after.verify() == ()
    assert after.append([note("room again")], after.head()).sequence == told[-1].sequence + 1


def test_a_head_file_left_behind_by_a_crash_is_brought_forward_and_reported(filled: Journal, place: Path) -> None:
    fourth = filled.entries()[3]
    kept = place.with_name("journal.head")
    kept.write_text(json.dumps({"sequence": 4, "hash": fourth.hash}))
    after = Journal.open(place)
    assert after.notices == (
        (
            "journal.head stood at entry 4 while the record had reached 6: a process ended between the two writes. "
            "The entries verify; the file has been brought forward."
        ),
    )
    assert json.loads(kept.read_text()) == {"sequence": 6, "hash": filled.head().hash}
    assert after.verify() == ()
    assert Journal.open(place).notices == ()


def test_a_head_file_is_not_brought_forward_over_a_forged_tail(filled: Journal, place: Path, tamper: object) -> None:
    place.with_name("journal.head").write_text(json.dumps({"sequence": 4, "hash": filled.entries()[3].hash}))
    assert callable(tamper)
    tamper("UPDATE entry SET kind = 'forged' WHERE sequence = 5")
    after = Journal.open(place)
    assert after.notices == ()
    assert [problem.code for problem in after.verify()] == ["journal_edited"]
    assert json.loads(place.with_name("journal.head").read_text())["sequence"] == 4


def test_a_head_file_that_cannot_be_written_says_that_the_entries_are_recorded(place: Path) -> None:
    kept = place.with_name("journal.head")
    ticking = TickingClock()
    journal = Journal.create(place, clock=ticking)
    first = journal.append([note("a")], EMPTY)

    def block_the_head_file() -> object:
        kept.unlink()
        kept.mkdir()
        return ticking()

    blocked = Journal.open(place, clock=block_the_head_file)  # type: ignore[arg-type]
    with pytest.raises(JournalError, match=r"recorded up to 2, but journal\.head could not be written"):
        blocked.append([note("b")], first)
    kept.rmdir()
    kept.write_text(json.dumps({"sequence": first.sequence, "hash": first.hash}))
    mended = Journal.open(place, clock=ticking)
    assert mended.verify() == ()
    assert mended.append([note("b")], first) == journal.head(), "sending it again is harmless"
    assert journal.head().sequence == 2


def test_a_head_file_that_names_no_entry_is_no_witness_of_a_record(filled: Journal, place: Path) -> None:
    """A forger of entries could not name them in the file; naming none must not do either."""
    place.with_name("journal.head").write_text(json.dumps({"sequence": 0, "hash": EMPTY.hash}))
    opened = Journal.open(place)
    assert opened.notices == ()
    assert [problem.code for problem in opened.verify()] == ["journal_head_file"]
    assert opened.accept_head() == filled.head()
    assert opened.verify() == ()


def test_accepting_a_head_writes_nothing_where_the_record_was_cut(filled: Journal, place: Path) -> None:
    noted = filled.head()
    with closing(sqlite3.connect(place)) as other:
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {name}")
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name in {"entry", "head"}:
                other.execute(f"DELETE FROM {name}")
        other.commit()
    kept = place.with_name("journal.head")
    kept.unlink()
    found = Journal.open(place, mend=False).accept_head(noted)
    assert isinstance(found, tuple)
    assert "journal_cut" in {problem.code for problem in found}
    assert not kept.exists()
    Journal.open(place)
    assert not kept.exists(), "opening makes no witness either"


def test_a_reader_sees_the_record_while_a_writer_prepares(filled: Journal, place: Path) -> None:
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert filled.verify() == ()
        other.execute("ROLLBACK")


def test_two_processes_write_one_chain(place: Path, journal: Journal) -> None:
    writers = [start_writer(place) for _ in range(2)]
    pipes = [writer.stdout for writer in writers if writer.stdout is not None]
    first = [pipe.readline() for pipe in pipes]
    time.sleep(1)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    outputs = [line + pipe.read() for line, pipe in zip(first, pipes, strict=True)]
    for writer, pipe in zip(writers, pipes, strict=True):
        pipe.close()
        writer.wait()
    told = [head for output in outputs for head in acknowledged(output)]
    after = Journal.open(place)
    hashes = {entry.sequence: entry.hash for entry in after.entries()}
    assert after.verify() == ()
    assert all(acknowledged(output) for output in outputs), "both have written"
    assert all(hashes[head.sequence] == head.hash for head in told)
    assert len({head.sequence for head in told}) == len(told), "no two writers were told the same place"
