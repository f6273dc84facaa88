"""The flat namespace: what it promises, what it costs, and what it says of what is not there."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import footwall

SECONDS_MAX = 0.3
BUSY = 3
"""How many times longer a thing may take here than on a machine that does nothing else."""
HEAVY = {
    "altair",
    "cryptography",
    "duckdb",
    "holidays",
    "jinja2",
    "lark",
    "numpy",
    "pandas",
    "pint",
    "polars",
    "pyarrow",
    "pydantic",
    "rich",
    "sqlalchemy",
    "tuf",
    "vl_convert",
    "xlsxwriter",
}


def stated_in_stub() -> set[str]:
    tree = ast.parse(Path(footwall.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }


def test_the_stub_names_what_the_package_offers() -> None:
    assert stated_in_stub() == set(footwall.__all__)


@pytest.mark.parametrize("name", sorted(footwall.__all__))
def test_every_promised_name_is_there(name: str) -> None:
    assert getattr(footwall, name) is not None
    assert name in dir(footwall)


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'markets'; it has .*assess, .*open_zone"):
        _ = footwall.markets  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["market", "finance", "risk"])
def test_rooms_that_are_not_built_are_absent_and_no_stubs(name: str) -> None:
    assert not hasattr(footwall, name)


def test_importing_the_package_loads_none_of_its_rooms() -> None:
    code = "import sys, footwall; print(*sorted(name for name in sys.modules if name.startswith('footwall.')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_what_a_zone_decided_is_read_without_libraries_for_tables() -> None:
    code = "import sys, footwall; footwall.open_zone; print(*sorted(name for name in sys.modules if '.' not in name))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"cryptography", "duckdb", "numpy", "pandas", "pyarrow"} & set(loaded) == set()


def test_the_desk_offers_every_name_and_no_module_of_it_is_called_as_one() -> None:
    """A module that is loaded becomes an attribute of its package, and would stand in the place of a name."""
    from footwall import desk

    modules = {path.stem for path in Path(desk.__file__).parent.iterdir()}
    assert set(desk._MODULES) == set(desk.__all__)
    assert modules.isdisjoint(desk.__all__)
    assert all(getattr(desk, name) is not None for name in desk.__all__)


def seconds_of_processor(*command: str) -> float:
    """The least of three runs: what it costs, not what else the machine is doing."""
    measured = (
        "import resource, subprocess, sys; "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)"
    )
    runs = (
        subprocess.run([sys.executable, "-c", measured, *command], capture_output=True, text=True, check=True).stdout
        for _ in range(3)
    )
    return min(float(run) for run in runs)


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from footwall.cli import main; sys.argv[1:] = ['--help']\n"
        "try: main()\nexcept SystemExit: print(*sorted(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()


def test_importing_and_asking_for_help_cost_less_than_a_blink() -> None:
    help_of_ours = "from footwall.cli import main; main()"
    assert seconds_of_processor(sys.executable, "-c", "import footwall") < SECONDS_MAX
    assert seconds_of_processor(sys.executable, "-c", help_of_ours, "--help") < SECONDS_MAX * BUSY
