"""Zones for the desk's tests: short ones that are walked in a second, and the whole example, walked once."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from desk_support import MadeOnce, rules

from footwall.desk import Zone, init_zone, open_zone, run

MARCH = date(2024, 3, 31)


@pytest.fixture(scope="session")
def template(made_once: MadeOnce) -> Path:
    """A zone from November 2023 to April 2024: two months before its floors apply, four after. Not walked."""

    def fill(folder: Path) -> None:
        init_zone(folder / "zone", rulebook=rules(folder / "rules", first="2023-11-30", through="2024-04-30"))

    return made_once("desk-template", fill) / "zone"


@pytest.fixture(scope="session")
def walked_template(template: Path, made_once: MadeOnce) -> Path:
    """The same, walked."""
    return made_once("desk-walked", lambda folder: run(open_zone(shutil.copytree(template, folder))))


@pytest.fixture(scope="session")
def to_march_template(template: Path, made_once: MadeOnce) -> Path:
    """The same, walked to March 2024: April is still to come."""
    return made_once("desk-to-march", lambda folder: run(open_zone(shutil.copytree(template, folder)), MARCH))


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a zone's folder that a test may spoil."""

    def copy(folder: Path) -> Path:
        return Path(shutil.copytree(folder, tmp_path / "zone"))

    return copy


@pytest.fixture
def folder(template: Path, copy_of: Callable[[Path], Path]) -> Path:
    """A short zone, not walked."""
    return copy_of(template)


@pytest.fixture
def walked(walked_template: Path, copy_of: Callable[[Path], Path]) -> Path:
    """A short zone, walked."""
    return copy_of(walked_template)


@pytest.fixture(scope="session")
def example(example_folder: Path) -> Zone:
    """The whole example zone, walked. For reading only."""
    return open_zone(example_folder)
