"""docs/bulletins.md explains whatever a verification can tell."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from doc_support import ROOT

ROOMS = [ROOT / "src" / "footwall" / "bulletin" / f"{name}.py" for name in ("verifying", "log")]
TELLING = {"Problem", "_problem"}


def codes(path: Path) -> Iterator[str]:
    """The codes of the problems that a file makes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLING and node.args:
            parts = ast.walk(node.args[0])
            yield from (
                one.value for one in parts if isinstance(one, ast.Constant) and re.fullmatch("[a-z_]+", str(one.value))
            )


def test_every_code_of_a_verification_is_explained() -> None:
    found = {code for path in ROOMS for code in codes(path)}
    explained = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "bulletins.md").read_text(encoding="utf-8")))
    assert len(found) > 15
    assert found <= explained, found - explained
