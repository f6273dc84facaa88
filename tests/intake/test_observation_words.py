"""The document of observations names every column, every kind and every code; its example holds what it shows."""

import ast
import re
from pathlib import Path

import footwall.intake.columns
from footwall.facts import shipped_facts
from footwall.intake import COLUMNS, TIER_OF, Known, cells, read_observations

ROOM = Path(footwall.intake.columns.__file__).parent
ROOT = ROOM.parents[2]
EXPLAINED = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "observations.md").read_text(encoding="utf-8")))
CODE = re.compile(
    r"(field|text|form|country|currency|deflator|unit|tier|date|dates|instant|price|mass|content|flag|place|of_form|share|cell|record|"
    r"records|file|encoding|separator|column|observation|published|seen|high|deal|lot|payment_days)_[a-z_]+"
)
ENDINGS = ("missing", "unknown", "malformed", "range", "positive", "empty", "unreadable", "damaged", "repeated", "unread", "long",
           "unprintable", "nested", "kind", "reversed", "early", "day", "low", "payable", "itself", "currency", "accepted", "changed", "unasked", "mass")  # fmt: skip


def codes() -> set[str]:
    """Words of the code that have the look of a code of a problem."""
    found = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found |= {node.value} if node.value.endswith(ENDINGS) else set()
    return found


def test_every_code_column_and_kind_is_explained() -> None:
    assert len(codes()) > 30
    assert codes() - EXPLAINED == set()
    assert {*COLUMNS, *TIER_OF, *TIER_OF.values()} - EXPLAINED == set()


def test_the_example_is_taken_whole_and_is_called_synthetic() -> None:
    intake = read_observations(ROOT / "docs" / "examples" / "observations.csv", Known.of(shipped_facts()))
    assert intake.problems == ()
    assert set(intake.table["source"].to_pylist()) == {"synthetic example"}
    found = cells(intake.table)
    assert found.repeated == (("example-3", "example-1"),)
    told = [(cell.observation, cell.lot, str(cell.mass_kg)) for cell in found.by_form["cobalt-metal"]]
    assert told[:3] == [("example-1", "EX-7", "20000"), ("example-2", "EX-8", "5000"), ("example-3", "EX-7", "20000")]
