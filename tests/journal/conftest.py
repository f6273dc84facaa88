"""A journal in a new folder, and somebody who tampers with it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from journal_support import TickingClock, note

from footwall.journal import Journal
from footwall.journal.schema import TRIGGERS


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(place: Path) -> Journal:
    return Journal.create(place, clock=TickingClock())


@pytest.fixture
def filled(journal: Journal) -> Journal:
    """Six entries, each in a transaction of its own."""
    for number in range(1, 7):
        journal.append([note(f"key-{number}")], journal.head())
    return journal


@pytest.fixture
def tamper(place: Path) -> Callable[..., None]:
    """Runs SQL on the file behind the journal's back, with the guards taken off and put on again."""

    def run(*statements: str) -> None:
        with closing(sqlite3.connect(place, isolation_level=None)) as connection:
            for name in TRIGGERS:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
            for statement in TRIGGERS.values():
                connection.execute(statement)

    return run
