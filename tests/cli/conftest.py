"""A short zone that a test may spoil; the whole example is `example_folder`."""

import shutil
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from cli_support import ON, footwall

import footwall as fw
from footwall.cli import opened
from footwall.desk import init_zone, open_zone, run

MadeOnce = Callable[[str, Callable[[Path], object]], Path]


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
def short_walked(short_rules: Path, made_once: MadeOnce) -> Path:
    """A walked zone of three days."""
    return made_once("cli-walked", lambda folder: run(open_zone(init_zone(folder, rulebook=short_rules))))


@pytest.fixture(scope="session")
def staffed_template(short_walked: Path, made_once: MadeOnce) -> Path:
    """The same, with wei who assesses, okafor who reviews, and ana without a role; keys beside it."""

    def fill(folder: Path) -> None:
        zone = shutil.copytree(short_walked, folder / "zone")
        for person, role in (("wei", "assessor"), ("okafor", "reviewer"), ("ana", "")):
            key = footwall("people", "key", folder / f"{person}.pem").out.strip()
            words = ("--name", person.title(), "--public-key", key, *(("--role", role) if role else ()))
            said = footwall("people", "add", person, *words, "--zone", zone)
            assert said.status == 0, said.error

    return made_once("cli-staffed", fill)


@pytest.fixture(scope="session")
def signed_template(staffed_template: Path, made_once: MadeOnce) -> Path:
    """The same, and two people have signed its last day."""

    def fill(folder: Path) -> None:
        shutil.copytree(staffed_template, folder)
        for person in ("wei", "okafor"):
            key = folder / f"{person}.pem"
            said = footwall("sign", "--on", ON, "--as", person, "--key", key, "--zone", folder / "zone")
            assert said.status == 0, said.error

    return made_once("cli-signed", fill)


@pytest.fixture
def walked(short_walked: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(short_walked, tmp_path / "zone"))


@pytest.fixture
def staffed(staffed_template: Path, tmp_path: Path) -> Path:
    """A copy of the one with people, keys beside it."""
    shutil.copytree(staffed_template, tmp_path, dirs_exist_ok=True)
    return tmp_path / "zone"


@pytest.fixture
def signed(signed_template: Path, tmp_path: Path) -> Path:
    """A copy of the one whose last day is signed."""
    return Path(shutil.copytree(signed_template / "zone", tmp_path / "zone"))


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
