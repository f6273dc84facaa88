"""A fault of a rulebook before it has a place in a file: its key path, what was found, what was expected, what to do."""

from dataclasses import dataclass

from footwall.errors import Problem

KeyPath = tuple[str | int, ...]
"""A key of a TOML document: names, and positions in lists counted from 0."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one key of one rulebook."""

    path: KeyPath
    code: str
    found: str
    expected: str
    remedy: str

    def problem(self, source: str, line: int | None) -> Problem:
        """The fault with its place: file and line."""
        return Problem(
            self.code, self.found, self.expected, self.remedy, source, None, line, key_text(self.path) or None
        )


def key_text(path: KeyPath) -> str:
    """`("floor", 3, "factor")` as a reader writes it: `floor[3].factor`, positions counted from 0."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def empty_list(path: KeyPath, what: str) -> Fault:
    """The fault of a list that holds nothing; `what` says what an entry is."""
    return Fault(
        path, "list_empty", "an empty list", f"at least one entry, {what}", "Add an entry, or take the rule out."
    )
