"""The whole tree of errors, and the record of one problem.

Bad data accumulates: a check returns its `Problem` records beside what was good.
Bad use raises::

    FootwallError
    ├── InputError          something the user wrote cannot be used; carries every problem found
    │   ├── FactsError      a fact table does not hold together
    │   ├── RulebookError   a rulebook is refused, with all its faults
    │   ├── ScheduleError   measures do not make a schedule
    │   ├── LinesError      a file of lines cannot be read at all
    │   └── ObservationsError   observations cannot be read at all
    ├── UsageError          a call or a command that cannot mean anything
    ├── ZoneError           a folder is not a zone, or is one that cannot be used
    └── JournalError        the record is damaged, or another writer was faster
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one datum, told so that its owner can mend it.

    `code` is stable and for programs; the rest is for people. `row` counts data records from 1
    (a header is not a record); `line` counts lines of text from 1; each is None where it has no meaning.
    """

    code: str
    found: str
    expected: str
    remedy: str
    source: str | None = None
    row: int | None = None
    line: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        """One sentence: where, what was found, what was expected, what to do, code."""
        place = [self.source] if self.source else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.field:
            place.append(self.field)
        where = ", ".join(place)
        return (
            f"{where + ': ' if where else ''}found {self.found}; expected {self.expected}. {self.remedy} [{self.code}]"
        )


class FootwallError(Exception):
    """Whatever Footwall raises on purpose."""


class InputError(FootwallError):
    """Something the user wrote cannot be used; `problems` holds every fault found, not only the first."""

    def __init__(self, summary: str, problems: Sequence[Problem] = ()) -> None:
        """Keep the summary and the problems; the message lists both."""
        self.summary = summary
        self.problems = tuple(problems)
        super().__init__("\n".join([summary, *(f"  {problem}" for problem in self.problems)]))


class FactsError(InputError):
    """A fact table does not hold together."""


class RulebookError(InputError):
    """A rulebook is refused; nothing of it has been used."""


class ScheduleError(InputError):
    """Measures do not make a schedule; nothing of it has been used."""


class LinesError(InputError):
    """A file of lines cannot be read at all; nothing of it has been assessed."""


class ColumnsError(InputError):
    """A mapping of columns does not hold together, or does not fit the file; nothing has been assessed."""


class ObservationsError(InputError):
    """A file of observations cannot be read at all; nothing of the submission has been taken in."""


class UsageError(FootwallError):
    """A call or a command that cannot mean anything."""


class ZoneError(FootwallError):
    """A folder is not a zone, or is one that cannot be used."""


class JournalError(FootwallError):
    """The record is damaged, or another writer was faster."""
