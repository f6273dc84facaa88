"""The readable law against a third one, in fractions, that was written from the mechanism's text alone."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from oracle import Oracle, Owed, rounded
from random_law import random_lines, random_rates, random_schedule, seeded

from footwall.duties import Liability, Line, assess_line, read_line
from footwall.quantity import Unknown
from footwall.tariffs import Schedule

Counted = Callable[[int], int]
LINES = 60_000
LINES_A_SEED = 75
RENT_COINS = 2
"""Rents rest on one compiled quotient and are rounded on the way to it: they are statistics, true to two coins."""


def fraction(value: Any) -> Fraction | None:
    return None if value is None or isinstance(value, Unknown) else Fraction(value)


def told(found: Liability, owed: Owed, coin: Fraction) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    """Every amount of the liability beside the oracle's."""
    return {
        "customs_value": (fraction(found.customs_value), owed.customs_value),
        "floor_value": (fraction(found.floor_value), owed.floor_value),
        "ordinary_duty": (fraction(found.ordinary_duty), owed.ordinary),
        "additional_duty": (fraction(found.additional_duty), owed.additional),
        "floor_duty": (fraction(found.floor_duty), owed.floor_duty),
        "security": (fraction(found.security), owed.security),
        "total_duty": (fraction(found.total_duty), owed.total),
        "landed_value": (fraction(found.landed_value), owed.landed),
        "cap": (fraction(found.cap), None if owed.cap is None else rounded(owed.cap, coin)),
    }


def close(one: Fraction | None, other: Fraction | None, most: Fraction) -> bool:
    return one == other if one is None or other is None else abs(one - other) < most


def compare(line: Line, found: Liability, schedule: Schedule, rates: Any) -> str | None:
    oracle = Oracle(line, schedule, rates)
    owed = oracle.owed()
    for name, (one, other) in told(found, owed, oracle.coin).items():
        if one != other:
            return f"{line.line_id} ({found.method}, {found.reason}): {name} {one} ≠ {other}: {line}"
    for name, (one, other) in {
        "rent_exposed": (fraction(found.rent_exposed), owed.rent_exposed),
        "rent_taken": (fraction(found.rent_taken), owed.rent_taken),
    }.items():
        if not close(one, other, RENT_COINS * oracle.coin):
            return f"{line.line_id} ({found.method}): {name} {one} is not near {other}: {line}"
    if tuple(found.measure_ids) != owed.measures:
        return f"{line.line_id}: {found.measure_ids} ≠ {owed.measures}"
    if isinstance(found.cap, Unknown) != owed.cap_unknown:
        return f"{line.line_id}: {found.cap}"
    return None


@pytest.mark.parametrize("part", range(4))
def test_the_law_says_what_the_mechanism_says(part: int, counted: Counted, first_seed: int) -> None:
    wrong, assessed = [], 0
    seeds = counted(LINES // LINES_A_SEED)
    for seed in range(first_seed + part, first_seed + seeds, 4):
        rng = seeded(seed)
        schedule, rates = random_schedule(rng), random_rates(rng)
        for row, raw in enumerate(random_lines(rng, schedule, LINES_A_SEED), start=1):
            found, line = assess_line(raw, schedule, rates, row)[0], read_line(raw)
            if isinstance(found, Liability) and isinstance(line, Line):
                assessed += 1
                wrong.append(compare(line, found, schedule, rates))
    assert [fault for fault in wrong if fault] == []
    assert assessed > seeds * LINES_A_SEED // 8
