"""Who is a member on a date: a dated table of parties, and the unions that stand for their states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Self

from footwall.errors import InputError
from footwall.facts import Country, Membership
from footwall.zone.checks import membership_problems


@dataclass(frozen=True, slots=True)
class Members:
    """The zone's members through time.

    `memberships` are rows of members.csv, first day and last day included. `states` gives the states of each union; a
    union that is a member brings in its states and stands beside them under its own code. `countries` are all codes
    the facts know, so that an unknown country is told from one that stays outside.
    """

    memberships: tuple[Membership, ...]
    states: Mapping[str, frozenset[str]]
    countries: frozenset[str]

    @classmethod
    def from_facts(cls, memberships: Iterable[Membership], countries: Mapping[str, Country]) -> Self:
        """The members that a table states.

        Raises InputError with every row that names no country, runs backwards or overlaps another: the table's fault.
        """
        rows = tuple(memberships)
        states: dict[str, set[str]] = {}
        for country in countries.values():
            if country.union:
                states.setdefault(country.union, set()).add(country.iso2)
        unions = {union: frozenset(found) for union, found in sorted(states.items())}
        known = frozenset(countries) | frozenset(unions)
        if problems := membership_problems(rows, unions, known):
            raise InputError("the table of members does not hold together", problems)
        return cls(rows, MappingProxyType(unions), known)

    @property
    def breakpoints(self) -> tuple[date, ...]:
        """The days on which who is a member changes: first days, and the days after last days, in order."""
        starts = {row.valid_from for row in self.memberships}
        ends = {row.valid_to for row in self.memberships if row.valid_to is not None and row.valid_to < date.max}
        return tuple(sorted(starts | {end + timedelta(days=1) for end in ends}))

    def parties_on(self, on: date) -> tuple[str, ...]:
        """The codes of the parties that are members on a day, sorted: a union without its states."""
        return tuple(sorted(row.party for row in self.memberships if _holds(row, on)))

    def members_on(self, on: date) -> frozenset[str]:
        """ISO alpha-2 codes of all members on a day: each union beside its states."""
        found: set[str] = set()
        for row in self.memberships:
            if _holds(row, on):
                found |= {row.party} | self.states.get(row.party, frozenset())
        return frozenset(found)

    def is_member(self, country: str, on: date) -> tuple[bool, str]:
        """Whether `country` (or union) is a member on a day, and the reason in words."""
        if country not in self.countries:
            return False, f"{country!r} is not a country the facts know"
        for row in self.memberships:
            if _holds(row, on) and country in {row.party, *self.states.get(row.party, ())}:
                through = f", as a state of {row.party}," if country != row.party else ""
                return True, f"{country} is a member{through} since {row.valid_from} under {row.instrument}"
        return False, f"{country} is not a member on {on}: {self._nearest(country, on)}"

    def _nearest(self, country: str, on: date) -> str:
        rows = [row for row in self.memberships if country in {row.party, *self.states.get(row.party, ())}]
        ended = [row.valid_to for row in rows if row.valid_to is not None and row.valid_to < on]
        starts = [row.valid_from for row in rows if row.valid_from > on]
        parts = [f"membership ended on {max(ended)}"] if ended else []
        parts += [f"membership starts on {min(starts)}"] if starts else []
        return " and ".join(parts) or "no instrument names it"


def _holds(row: Membership, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)
