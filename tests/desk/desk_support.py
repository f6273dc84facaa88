"""The example's rules with other days to walk, and what a fixture that shares a folder is given."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

MadeOnce = Callable[[str, Callable[[Path], object]], Path]
"""`made_once(name, fill)`: the folder of a name, filled by one worker of a run for all of them."""


def rules(folder: Path, *, first: str, through: str, floors_from: str = "2024-01-01") -> Path:
    """The example's versions in `folder`, walking from `first` to `through`."""
    folder.mkdir(parents=True)
    for path in sorted((files("footwall.rulebook") / "example").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            text = path.read_text(encoding="utf-8")
            assert "first = 2021-01-31" in text
            text = text.replace("first = 2021-01-31", f"first = {first}")
            text = text.replace("through = 2026-05-31", f"through = {through}")
            text = text.replace("floors_from = 2024-01-01", f"floors_from = {floors_from}")
            (folder / path.name).write_text(text, encoding="utf-8")
    return folder
