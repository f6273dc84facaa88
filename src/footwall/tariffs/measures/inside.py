"""Who is inside the zone, as the caller of a schedule says it: ISO codes, rows with dates, or a registry of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, cast

from footwall.errors import Problem, UsageError
from footwall.facts import Facts


class MembersByDate(Protocol):
    """Anything that says who is a member on a day: a zone's registry, or a `MembersTable`."""

    def members_on(self, on: date) -> frozenset[str]:
        """ISO 3166 alpha-2 codes of the members on `on`, the states of a union among them."""


@dataclass(frozen=True, slots=True)
class MembersTable:
    """Parties with their first and last days as members (no last day: without end), and the states of each union."""

    rows: tuple[tuple[str, date, date | None], ...]
    unions: Mapping[str, frozenset[str]]

    def members_on(self, on: date) -> frozenset[str]:
        """ISO 3166 alpha-2 codes of the members on `on`, the states of a union among them."""
        parties = {party for party, start, end in self.rows if start <= on and (end is None or on <= end)}
        return frozenset(parties.union(*(self.unions.get(party, frozenset()) for party in parties)))


def members_by_date(members: object, unions: Mapping[str, frozenset[str]]) -> MembersByDate | None:
    """What `members` says: None, ISO codes, rows with `party`, `valid_from` and `valid_to`, or an object with `members_on`.

    Raises UsageError for anything else. Whether the parties exist is asked by `members_faults`.
    """
    if members is None:
        return None
    if callable(getattr(members, "members_on", None)):
        return cast("MembersByDate", members)
    if not isinstance(members, Iterable) or isinstance(members, str | bytes):
        raise UsageError(f"members must be ISO codes, rows with party and dates, or a registry, not {members!r}")
    return MembersTable(tuple(_row(row) for row in members), unions)


def members_faults(members: MembersByDate | None, facts: Facts) -> Iterator[Problem]:
    """Every party of a table that no country or union of the facts is, and every row that ends before it begins.

    Without this a mistyped member would be nobody, and goods of the country that was meant would pay as an outsider's.
    A registry has checked its own.
    """
    for number, (party, start, end) in enumerate(members.rows if isinstance(members, MembersTable) else (), start=1):
        if party not in facts.countries:
            yield Problem("country_unknown", repr(party), "an ISO 3166 alpha-2 code, or EU for its states",
                          "Correct the code, or add the country to the facts.", "members", number, field="party")  # fmt: skip
        if end is not None and end < start:
            yield Problem("dates_reversed", str(end), f"a day from {start} on", "valid_to is the last day of membership.",
                          "members", number, field="valid_to")  # fmt: skip


def _row(row: object) -> tuple[str, date, date | None]:
    if isinstance(row, str):
        return row, date.min, None
    names = ("party", "valid_from", "valid_to")
    party, start, end = (row.get(name) if isinstance(row, Mapping) else getattr(row, name, None) for name in names)
    # An instant is a date to Python, and no day: the two cannot be compared.
    if not isinstance(party, str) or type(start) is not date or not (end is None or type(end) is date):
        raise UsageError(f"a row of members needs party, valid_from and valid_to (dates), not {row!r}")
    return party, start, end
