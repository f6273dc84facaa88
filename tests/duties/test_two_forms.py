"""The law has two forms, the readable one and its SQL: they agree to the cent on every line, over all methods."""

from collections.abc import Callable
from typing import Any

import pytest
from random_law import random_lines, random_rates, random_schedule, seeded

from footwall.batch import Session
from footwall.batch.assess import liability_row
from footwall.duties import Liability, assess_line, read_rates
from footwall.errors import Problem

Counted = Callable[[int], int]
LINES = 1_000_000


def compare(seed: int, count: int) -> tuple[int, int]:
    """Assess `count` random lines both ways; returns how many the query took and how many problems there were."""
    rng = seeded(seed)
    schedule = random_schedule(rng)
    rates = random_rates(rng)
    lines = random_lines(rng, schedule, count)
    session = Session.open(lines, schedule, rates)
    found = {row["line_id"]: row for row in session.liabilities().to_pylist()}
    problems = {row["line_id"] for row in session.problem_table().to_pylist()}
    known = read_rates(rates)
    for row, line in enumerate(lines, start=1):
        expected = assess_line(line, schedule, known, row)
        name = line["line_id"]
        if isinstance(expected[0], Problem):
            assert name in problems
            assert name not in found
            continue
        assert isinstance(expected[0], Liability)
        wanted = liability_row(expected[0], session.prepared.terms)
        assert found[name] == wanted, difference(found[name], wanted, line)
    assert len(found) + len(problems) == count
    return count - session.prepared.left_over, len(problems)


def difference(found: dict[str, Any], wanted: dict[str, Any], line: dict[str, Any]) -> str:
    fields = [f"{name}: SQL {found[name]} ≠ {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    return f"{line} {wanted['method']} {wanted['measure_ids']}: {'; '.join(fields)}"


@pytest.mark.parametrize("part", range(4))
def test_the_readable_law_and_its_sql_agree_on_every_line(part: int, counted: Counted, first_seed: int) -> None:
    lines_a_seed = 500 if counted(LINES) < LINES else 5_000
    seeds = max(4, counted(LINES) // lines_a_seed)
    taken = problems = 0
    for seed in range(first_seed + part, first_seed + seeds, 4):
        found = compare(seed, lines_a_seed)
        taken, problems = taken + found[0], problems + found[1]
    assert taken > 2 * problems
