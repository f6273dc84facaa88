"""Rulebooks from TOML files: read, checked, and refused with all their faults at once, each with file, line and key."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, cast

from footwall.errors import Problem, RulebookError
from footwall.rulebook.check import check_draft
from footwall.rulebook.draft import Draft, draft_of
from footwall.rulebook.faults import Fault
from footwall.rulebook.known import Known
from footwall.rulebook.parts import frozen
from footwall.rulebook.records import Rulebook
from footwall.rulebook.shape import UnreadableNumber
from footwall.rulebook.versions import Rulebooks, check_versions

BYTES_MAX: Final = 8 * 1024 * 1024
DIGITS_MAX: Final = 18
"""On either side of the decimal point. No rule needs more, and a vast exponent would fill the memory."""


def load_rulebook(path: Path, known: Known) -> Rulebook:
    """The one rulebook version in the TOML file `path`.

    Raises RulebookError with every fault found: the fault of whoever wrote the file.
    """
    file = _read(path, known)
    problems = _located(file, file.faults)
    if problems or file.rulebook is None:
        raise _refusal(problems)
    return file.rulebook


def load_rulebooks(folder: Path, known: Known) -> Rulebooks:
    """The versions in the TOML files of `folder`, in the order of their dates.

    Raises RulebookError with every fault of every file, and of the versions among each other: the fault of whoever
    wrote them.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise _refusal([_cannot_read(folder, error, "a folder of rulebooks")]) from None
    if not paths:
        raise _refusal([_empty(folder)])
    files = [_read(path, known) for path in paths]
    across = check_versions({file.source: file.draft for file in files})
    problems = [problem for file in files for problem in _located(file, (*file.faults, *across.get(file.source, ())))]
    if problems:
        raise _refusal(problems)
    rulebooks = [file.rulebook for file in files if file.rulebook is not None]
    return Rulebooks(tuple(sorted(rulebooks, key=lambda version: version.rulebook.valid_from)))


@dataclass(frozen=True, slots=True)
class _File:
    """One file: its text and what it holds; `unreadable` where it is no TOML at all."""

    source: str
    text: str
    draft: Draft | None
    rulebook: Rulebook | None
    faults: tuple[Fault, ...]
    unreadable: Problem | None


def _read(path: Path, known: Known) -> _File:
    source = str(path)
    text = _text(path)
    if isinstance(text, Problem):
        return _File(source, "", None, None, (), text)
    raw = _tables(text, source)
    if isinstance(raw, Problem):
        return _File(source, text, None, None, (), raw)
    draft, rulebook, faults = draft_of(raw, known)
    return _File(source, text, draft, rulebook, (*faults, *check_draft(draft, known)), None)


def _text(path: Path) -> str | Problem:
    try:
        if path.stat().st_size > BYTES_MAX:
            found, expected = f"{path.stat().st_size} bytes", f"at most {BYTES_MAX} bytes"
            return Problem("file_too_large", found, expected, "Name a rulebook; this is none.", str(path))
        data = path.read_bytes()
    except OSError as error:
        return _cannot_read(path, error, "a rulebook in TOML")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(
            "not_utf8",
            f"bytes that are not UTF-8 text, first at byte {error.start}",
            "a text file in UTF-8",
            "Save it as UTF-8.",
            str(path),
            line=data.count(b"\n", 0, error.start) + 1,
        )


def _tables(text: str, source: str) -> Mapping[str, object] | Problem:
    try:
        return cast("Mapping[str, object]", frozen(tomllib.loads(text, parse_float=_number)))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = re.search(r" ?\(at (?:line (\d+), column \d+|end of document)\)$", message)
        line = int(place[1]) if place and place[1] else max(len(text.splitlines()), 1)
        found = message[: place.start()] if place else message
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        found, line = "values nested too deep" if deep else "a whole number of thousands of digits", None
    found = f"text that is no TOML: {found[:1].lower()}{found[1:]}"
    return Problem("toml_syntax", found, "a rulebook in TOML", "Correct the line.", source, line=line)


def _number(text: str) -> object:
    """A decimal as it was written; one that no rule can have meant stays text, and fits nowhere."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return UnreadableNumber(text)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and not (exponent >= -DIGITS_MAX and number.adjusted() < DIGITS_MAX):
        return UnreadableNumber(text)
    return number


def _located(file: _File, faults: Sequence[Fault]) -> list[Problem]:
    """The faults at their places, from the first line of the file to its last."""
    if file.unreadable or not faults:
        return [file.unreadable] if file.unreadable else []
    from footwall.rulebook.lines import line_numbers, line_of

    lines = line_numbers(file.text)
    problems = [fault.problem(file.source, line_of(fault.path, lines)) for fault in faults]
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.field or "", problem.code))


def _cannot_read(path: Path, error: OSError, expected: str) -> Problem:
    missing = isinstance(error, FileNotFoundError)
    found = "nothing there" if missing else (error.strerror or str(error)).lower()
    return Problem("file_missing" if missing else "file_unreadable", found, expected, "Name another path.", str(path))


def _empty(folder: Path) -> Problem:
    return Problem(
        "folder_empty",
        "no file whose name ends in .toml",
        "one TOML file for each version of the rulebook",
        "Put a rulebook there, or name another folder.",
        str(folder),
    )


def _refusal(problems: Sequence[Problem]) -> RulebookError:
    count = "1 fault" if len(problems) == 1 else f"{len(problems)} faults"
    return RulebookError(f"the rulebook is refused, with {count}; nothing of it has been used", problems)
