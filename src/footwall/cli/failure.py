"""What goes wrong, told in words: what it is, where, what was expected, what to do."""

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from footwall.cli.screen import PROBLEMS_SHOWN, Column, say, table
from footwall.cli.status import UNUSABLE
from footwall.errors import FootwallError, InputError, Problem

REPORT_TO = "the project's issue tracker"


def tell(error: FootwallError) -> int:
    """Tell an error that Footwall raised on purpose; returns the exit status."""
    if isinstance(error, InputError):
        say(f"footwall: {error.summary}", error=True)
        problems(_unsaid(error))
    else:
        say(f"footwall: {error}", error=True)
    return UNUSABLE


def _unsaid(error: InputError) -> Sequence[Problem]:
    """The problems without the file they are in, where the summary has named it and each is placed without it too.

    A long path repeated on every row leaves no width for the words.
    """
    sources = {one.source for one in error.problems}
    bare = [replace(one, source=None) for one in error.problems]
    (source, *others) = sources or {None}
    named = source is not None and not others and source in error.summary
    return bare if named and all(map(place, bare)) else error.problems


def problems(found: Sequence[Problem], *, error: bool = True) -> None:
    """The first problems as a table, and how many more there are of each code."""
    columns = [Column(name) for name in ("where", "found", "expected", "what to do", "code")]
    rows = [(place(one), one.found, one.expected, one.remedy, one.code) for one in found[:PROBLEMS_SHOWN]]
    if rows:
        say(error=error)
    table(columns, rows, error=error)
    if rest := found[PROBLEMS_SHOWN:]:
        counts = ", ".join(f"{code} ({count:,})" for code, count in Counter(one.code for one in rest).most_common())
        say(f"… and {len(rest):,} more: {counts}", error=error)


def place(problem: Problem) -> str:
    """Where a problem is, in words."""
    parts = [problem.source] if problem.source else []
    parts += [f"row {problem.row:,}"] if problem.row is not None else []
    parts += [f"line {problem.line:,}"] if problem.line is not None else []
    parts += [problem.field] if problem.field else []
    return ", ".join(parts)


def tell_bug(error: Exception) -> None:
    """Tell a fault of our own: what it was, and what to send us."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{last.filename.rpartition('/')[2]}, line {last.lineno}"
    say(f"footwall: this is a fault of ours, not of yours: {type(error).__name__}: {error} (in {at}).", error=True)
    say(
        f"Nothing more was done. Run the command again with --debug and report what it prints to {REPORT_TO}.",
        error=True,
    )
