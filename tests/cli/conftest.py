"""A short zone that a test may spoil; the whole example is `example_folder`."""

import shutil
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

import footwall as fw
from footwall.cli import opened
from footwall.desk import init_zone, open_zone, run


@pytest.fixture(scope="session")
def short_rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's rules, walking from December 2023 to February 2024 only."""
    folder = tmp_path_factory.mktemp("rules")
    for path in (files("footwall.rulebook") / "example").iterdir():
        if path.name.endswith(".toml"):
            text = path.read_text(encoding="utf-8")
            text = text.replace("first = 2021-01-31", "first = 2023-12-31").replace(
                "through = 2026-05-31", "through = 2024-02-29"
            )
            (folder / path.name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def short_walked(short_rules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A walked zone of three days."""
    folder = init_zone(tmp_path_factory.mktemp("short") / "zone", rulebook=short_rules)
    run(open_zone(folder))
    return folder


@pytest.fixture
def walked(short_walked: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(short_walked, tmp_path / "zone"))


@pytest.fixture(autouse=True)
def _opened_once(example_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the record of the whole example takes a second: programs of this process share what was read of it."""
    really = opened.opened

    def once(folder: Path) -> fw.Zone:
        return _zone_in(folder) if folder == example_folder else really(folder)

    monkeypatch.setattr(opened, "opened", once)


@cache
def _zone_in(folder: Path) -> fw.Zone:
    return fw.open_zone(folder)
