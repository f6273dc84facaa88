"""What a table of members must satisfy: known parties, dates that run forward, and nobody a member twice at once."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import combinations

from footwall.errors import Problem
from footwall.facts import Membership

_SOURCE = "members.csv"


def membership_problems(
    rows: Sequence[Membership], states: Mapping[str, AbstractSet[str]], known: AbstractSet[str]
) -> tuple[Problem, ...]:
    """Every fault of the table, rows counted from 1; empty where it holds together.

    A state that is listed beside its union on the same day is an overlap too: one of the two would end alone, and the
    country would stay in by the other without anybody having decided so.
    """
    problems = [
        fault
        for number, row in enumerate(rows, start=1)
        for fault in (_unknown(number, row, known), _backwards(number, row))
        if fault is not None
    ]
    for (earlier, first), (later, second) in combinations(enumerate(rows, start=1), 2):
        shared = _covered(first, states) & _covered(second, states)
        if shared and _meet(first, second):
            problems.append(_overlap(earlier, first, later, second, sorted(shared)))
    return tuple(problems)


def _covered(row: Membership, states: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    return frozenset({row.party} | states.get(row.party, frozenset()))


def _meet(first: Membership, second: Membership) -> bool:
    last = date.max
    return first.valid_from <= (second.valid_to or last) and second.valid_from <= (first.valid_to or last)


def _unknown(number: int, row: Membership, known: AbstractSet[str]) -> Problem | None:
    if row.party in known:
        return None
    return Problem(
        code="member_unknown",
        found=repr(row.party),
        expected="the code of a country or union in countries.csv",
        remedy="Correct the code, or add the country.",
        source=_SOURCE,
        row=number,
        field="party",
    )


def _backwards(number: int, row: Membership) -> Problem | None:
    if row.valid_to is None or row.valid_from <= row.valid_to:
        return None
    return Problem(
        code="member_dates",
        found=f"{row.valid_from} to {row.valid_to}",
        expected="a last day that is not before the first",
        remedy="Correct one of the two dates.",
        source=_SOURCE,
        row=number,
        field="valid_to",
    )


def _overlap(earlier: int, first: Membership, later: int, second: Membership, shared: Sequence[str]) -> Problem:
    return Problem(
        code="member_overlap",
        found=f"{second.party} from {second.valid_from} to {second.valid_to or 'no end'}",
        expected=f"dates outside row {earlier} ({first.party} from {first.valid_from} to {first.valid_to or 'no end'})",
        remedy=f"End one of the two rows before the other begins; both cover {', '.join(shared[:5])}.",
        source=_SOURCE,
        row=later,
        field="valid_from",
    )
