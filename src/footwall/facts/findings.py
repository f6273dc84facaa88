"""Where a check found something wrong, and the problems that several checks tell in the same words."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from footwall.errors import Problem


@dataclass(frozen=True, slots=True)
class At:
    """The place in a table that a problem is about: a row (from 1), or None for the whole table."""

    source: str
    row: int | None

    def unresolved(self, field: str, found: str, among: Collection[str], table: str) -> Iterator[Problem]:
        """A problem where `found` is not `among` the ids of `table`."""
        if found not in among:
            yield self.problem(
                "facts_unresolved", field, repr(found), f"an id of {table}", f"Correct it, or add it to {table}."
            )

    def outside(self, field: str, found: Decimal | None, low: str, high: str) -> Iterator[Problem]:
        """A problem where a known `found` is below `low` or above `high`."""
        if found is not None and not Decimal(low) <= found <= Decimal(high):
            yield self.problem(
                "facts_range", field, str(found), f"a number from {low} to {high}", "Correct the figure or its unit."
            )

    def reversed(self, field: str, first: date, last: date | None) -> Iterator[Problem]:
        """A problem where the `last` day is before the `first`."""
        if last is not None and last < first:
            yield self.problem(
                "facts_dates", field, str(last), f"a day not before {first}", "Correct one of the two dates."
            )

    def problem(self, code: str, field: str, found: str, expected: str, remedy: str) -> Problem:
        """A problem at this row."""
        return Problem(code, found, expected, remedy, self.source, self.row, None, field)
