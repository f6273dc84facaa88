"""How much each property is tried, and what a run tells at its end.

Profiles: `quick` for every day, `default` when one runs pytest by hand, `full` to prove. A test that counts for itself
takes its count from `counted`.
"""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from footwall.desk import init_zone, open_zone, run
from read_once import ReadOnce

EXAMPLES = {"quick": 12, "default": 100, "full": 2000}
SHARES = {"quick": 1, "default": 4, "full": 100}
"""How many hundredths of its full count a test that counts for itself is run at."""

for _name, _examples in EXAMPLES.items():
    settings.register_profile(_name, max_examples=_examples, deadline=None, print_blob=True)
settings.load_profile("default")


def profile(config: pytest.Config) -> str:
    """The profile of this run."""
    return str(config.getoption("--hypothesis-profile") or "default")


@pytest.fixture(scope="session")
def counted(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """What part of a full count this run tries: all of it where it proves, a hundredth where it is quick."""
    share = SHARES[profile(request.config)]

    def part(full: int) -> int:
        return max(1, full * share // SHARES["full"])

    return part


Fill = Callable[[Path], object]
MadeOnce = Callable[[str, Fill], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Folders that one worker of a run makes and all of them have: `made_once(name, fill)`. For reading only: copy one to spoil it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base

    def made(name: str, fill: Fill) -> Path:
        folder, claim = shared / name, shared / f"{name}.claimed"
        try:
            claim.mkdir()
        except FileExistsError:
            while not (claim / "done").exists():
                assert not (claim / "failed").exists(), f"another worker could not make {name}"
                time.sleep(0.2)
            return folder
        try:
            fill(folder)
        except BaseException:
            (claim / "failed").touch()
            raise
        (claim / "done").touch()
        return folder

    return made


@pytest.fixture(scope="session")
def example_folder(made_once: MadeOnce) -> Path:
    """The whole example zone, walked once for all workers of a run. For reading only: copy it to spoil it."""
    return made_once("example-zone", lambda folder: run(open_zone(init_zone(folder))))


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        ReadOnce(patch)
        yield


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: no search for circles need look at it again, which saves a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let go of it at the end, as libraries want it."""
    gc.unfreeze()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how much was tried, and loudly what was not."""
    name = profile(config)
    seed = config.getoption("--hypothesis-seed")
    told = f"profile {name}: {EXAMPLES[name]:,} examples of each property, {SHARES[name]} % of each full count"
    terminalreporter.section("how much was tried")
    terminalreporter.write_line(told + (f", seed {seed}" if seed is not None else ""))
    skipped = terminalreporter.stats.get("skipped", [])
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.write_line(f"NOT TRIED: {report.nodeid}: {reason}", red=True)
    if not skipped:
        terminalreporter.write_line("Nothing was skipped.")
