"""A journal against the plainest model of one: a list."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from journal_support import DAY

from footwall.errors import JournalError
from footwall.journal import EMPTY, Head, Journal, NewEntry, SimulatedClock

keys = st.lists(st.integers(0, 12).map(str), min_size=0, max_size=3, unique=True)
texts = st.sampled_from(["one", "two"])


class JournalMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = SimulatedClock(datetime(2024, 1, 1, tzinfo=UTC))
        self.journal = Journal.create(self.folder / "j.sqlite", clock=self.clock)
        self.model: list[tuple[str, str, datetime]] = []
        self.heads: list[Head] = [EMPTY]

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(keys=keys, text=texts, back=st.integers(0, 2))
    def append(self, keys: list[str], text: str, back: int) -> None:
        expected = self.heads[max(0, len(self.heads) - 1 - back)]
        held = {key: content for key, content, _ in self.model}
        known = [key for key in keys if key in held]
        conflict = any(held[key] != text for key in known)
        partial = bool(known) and len(known) < len(keys)
        stale = not known and expected != self.heads[-1]
        entries = [NewEntry("note", DAY, key, {"text": text}) for key in keys]
        if conflict or partial or stale:
            with pytest.raises(JournalError):
                self.journal.append(entries, expected)
            return
        head = self.journal.append(entries, expected)
        if not known and keys:
            self.model += [(key, text, self.clock.instant) for key in keys]
            self.heads.append(head)
        assert head == self.heads[-1]

    @rule(seconds=st.integers(0, 5))
    def pass_time(self, seconds: int) -> None:
        self.clock.instant += timedelta(seconds=seconds)

    @rule()
    def open_again(self) -> None:
        self.journal = Journal.open(self.folder / "j.sqlite", clock=self.clock)
        assert self.journal.notices == ()

    @precondition(lambda self: len(self.heads) > 2)
    @rule(data=st.data())
    def crash_before_the_head_file(self, data: st.DataObject) -> None:
        # Not the empty head: a file that names no entry beside a record is what a forger would leave, and is told.
        behind = data.draw(st.sampled_from(self.heads[1:-1]))
        (self.folder / "journal.head").write_text(f'{{"sequence": {behind.sequence}, "hash": "{behind.hash}"}}')
        self.journal = Journal.open(self.folder / "j.sqlite", clock=self.clock)
        assert len(self.journal.notices) == 1

    @rule(seconds=st.integers(0, 20))
    def ask_what_was_known(self, seconds: int) -> None:
        instant = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        known = [entry.idempotency_key for entry in self.journal.entries(as_known_at=instant)]
        assert known == [key for key, _, recorded_at in self.model if recorded_at <= instant]

    @invariant()
    def it_holds_what_it_was_told_and_verifies(self) -> None:
        told = [(key, {"text": text}, recorded_at) for key, text, recorded_at in self.model]
        held = self.journal.entries()
        assert [(entry.idempotency_key, entry.payload, entry.recorded_at) for entry in held] == told
        assert self.journal.head() == self.heads[-1]
        for head in self.heads:
            assert self.journal.verify(head) == ()


JournalMachine.TestCase.settings = settings(stateful_step_count=12)
TestJournalMachine = JournalMachine.TestCase
