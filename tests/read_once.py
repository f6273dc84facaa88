"""Zones of the tests hold the same facts and the same rules: a process reads and checks them once, and knows them by their bytes.

What differs in a byte is read as ever, and so is everything that is wrong; what is shared is frozen.
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from footwall.desk import folder as folder_module
from footwall.desk import zone as zone_module
from footwall.errors import Problem
from footwall.facts import Facts, catalogue, check_facts, shipped_facts
from footwall.facts.tables import Key
from footwall.rulebook import Known, load


class ReadOnce:
    """What a process has read: tables of facts, versions of the rules, and what the shipped facts were found to be."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.shipped = shipped_facts()
        self.digest = self.shipped.digest()
        self.problems: tuple[Problem, ...] | None = None
        self.tables: dict[tuple[str, bytes, type, Key], tuple[Any, ...]] = {}
        self.versions: list[tuple[bytes, Known, Any]] = []
        self.read_table, self.read_version = catalogue.read_table, load._read
        patch.setattr(catalogue, "read_table", self.table)
        patch.setattr(load, "_read", self.version)
        patch.setattr(zone_module, "Facts", self.facts)
        patch.setattr(folder_module, "Facts", self.facts)
        patch.setattr(folder_module, "check_facts", self.checked)

    def facts(self, folder: Path) -> Facts:
        """The facts of a folder; those that come with the package where it holds the same."""
        found = Facts(folder)
        return self.shipped if folder.is_dir() and found.digest() == self.digest else found

    def checked(self, facts: Facts) -> tuple[Problem, ...]:
        if facts is not self.shipped:
            return check_facts(facts)
        if self.problems is None:
            self.problems = check_facts(facts)
        return self.problems

    def table(self, path: Path, record: type, key: Key) -> tuple[Any, ...]:
        if not path.is_file():
            return self.read_table(path, record, key)
        asked = (path.name, hashlib.sha256(path.read_bytes()).digest(), record, key)
        if asked not in self.tables:
            self.tables[asked] = self.read_table(path, record, key)
        return self.tables[asked]

    def version(self, path: Path, known: Known) -> Any:
        if not path.is_file():
            return self.read_version(path, known)
        data = path.read_bytes()
        for held, under, file in self.versions:
            if held == data and under == known:
                return replace(file, source=str(path))
        file = self.read_version(path, known)
        if file.rulebook is not None and not file.faults:
            self.versions.append((data, known, file))
        return file
