"""The readable law, and now and then its SQL, against the third one where conditions, contents, programmes and credits decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from oracle import Owed, rounded
from oracle_conditions import ConditionOracle, Refused
from random_conditions import conditional_lines, conditional_schedule, random_credits
from random_law import random_rates, seeded

from footwall.batch import assess
from footwall.batch.assess import liability_row
from footwall.duties import Credit, DutyStep, Liability, Line, assess_line, read_credits, read_line, read_rates
from footwall.quantity import Unknown
from footwall.tariffs import Schedule

LINES = 60_000
LINES_A_SEED = 75
RENT_COINS = 2
DECIDED = {"embedded_duty_owed", "floor_duty_credited", "member_origin", "in_transit", "no_floor_measure"}
OF_THE_LINE = {
    "rate_missing",
    "content_missing",
    "amount_too_large",
    "freight_missing",
    "freight_above_value",
    "form_ambiguous",
}
"""What keeps a line from being assessed whatever the conditions are; the third law does not look for it."""
BESIDE = {"contents_missing", "credit_unknown", "credit_used", "credit_lapsed", "credit_of_another", "credit_currency"}


@dataclass(frozen=True)
class Case:
    """A random schedule with lines of its own."""

    schedule: Schedule
    rates: Any
    lines: Sequence[dict[str, Any]]
    credits: Sequence[Credit]

    @classmethod
    def of(cls, seed: int, count: int) -> "Case":
        rng = seeded(seed)
        schedule = conditional_schedule(rng)
        rates, lines = random_rates(rng), conditional_lines(rng, schedule, count)
        return cls(schedule, rates, lines, random_credits(rng, schedule.currency))


def vars_of(found: Liability) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__slots__}


def amounts(found: Liability, owed: Owed, coin: Fraction) -> list[str]:
    """Every amount that is another than the third law's."""
    row = {name: None if isinstance(value, Unknown) else value for name, value in vars_of(found).items()}
    wanted = {
        "customs_value": owed.customs_value, "floor_value": owed.floor_value, "ordinary_duty": owed.ordinary,
        "additional_duty": owed.additional, "floor_duty": owed.floor_duty, "security": owed.security,
        "total_duty": owed.total, "landed_value": owed.landed, "credit": owed.credit,
        "cap": None if owed.cap is None else rounded(owed.cap, coin),
    }  # fmt: skip
    wrong = [f"{name} {row[name]} ≠ {value}" for name, value in wanted.items() if row[name] != value]
    for name, value in (("rent_exposed", owed.rent_exposed), ("rent_taken", owed.rent_taken)):
        told = row[name]
        if (told is None) != (value is None) or (
            value is not None and abs(Fraction(told) - value) >= RENT_COINS * coin
        ):
            wrong.append(f"{name} {told} ≉ {value}")
    return wrong


def of_steps(found: Liability, steps: Sequence[DutyStep]) -> list[str]:
    """Every column of duties that the steps do not come to."""
    wrong = []
    for column, roles in (("ordinary_duty", {"ordinary"}), ("additional_duty", {"additional"}),
                          ("floor_duty", {"floor", "embedded", "credit"})):  # fmt: skip
        told, total = getattr(found, column), sum(step.amount for step in steps if step.role in roles)
        if not isinstance(told, Unknown) and total != told:
            wrong.append(f"{column}: steps of {total}")
    return wrong


def fault(raw: Mapping[str, Any], result: tuple[Any, ...], oracle: ConditionOracle) -> str | None:
    """Where the readable law and the third one disagree on a line."""
    codes = set[str]() if isinstance(result[0], Liability) else {problem.code for problem in result}
    try:
        owed, reason = oracle.assess()
    except Refused as refused:
        return None if refused.codes <= codes <= refused.codes | BESIDE else f"{codes} ≠ {set(refused.codes)}"
    if codes:
        return f"{codes}, where nothing is wrong"
    found, steps = result
    wrong = [*amounts(found, owed, oracle.coin), *of_steps(found, steps)]
    if {reason, found.reason} & DECIDED and reason != found.reason:
        wrong.append(f"{found.reason} ≠ {reason}")
    if found.measure_ids != owed.measures:
        wrong.append(f"{found.measure_ids} ≠ {owed.measures}")
    return f"{'; '.join(wrong)} in {raw}" if wrong else None


def compare(seed: int) -> tuple[int, set[str], list[str]]:
    """How many lines of a random schedule were assessed, for which reasons, and where the two laws disagree."""
    case = Case.of(seed, LINES_A_SEED)
    known, book, used = read_rates(case.rates), read_credits(list(case.credits)), dict[str, tuple[str, Fraction]]()
    reasons, wrong, assessed = set[str](), list[str](), 0
    for row, raw in enumerate(case.lines, start=1):
        line, result = read_line(raw), assess_line(raw, case.schedule, known, row, book=book)
        if isinstance(result[0], Liability):
            assessed, reasons = assessed + 1, reasons | {result[0].reason}
        elif not isinstance(line, Line) or {problem.code for problem in result} & OF_THE_LINE:  # type: ignore[union-attr]
            continue
        assert isinstance(line, Line)
        faulty = fault(raw, result, ConditionOracle(raw, line, case.schedule, case.rates, case.credits, used))
        wrong += [f"{seed} {raw['line_id']}: {faulty}"] if faulty else []
    told = {name: (use.line_id, Fraction(use.amount)) for name, use in book.used.items()}
    if told != used:
        wrong.append(f"{seed}: credits used {told} ≠ {used}")
    return assessed, reasons, wrong


@pytest.mark.parametrize("part", range(4))
def test_the_law_says_what_the_documents_say(part: int, counted: Callable[[int], int], first_seed: int) -> None:
    seeds = max(8, counted(LINES) // LINES_A_SEED)
    reasons, wrong, assessed = set[str](), list[str](), 0
    for seed in range(first_seed + part, first_seed + seeds, 4):
        number, met, faults = compare(seed)
        assessed, reasons, wrong = assessed + number, reasons | met, wrong + faults
    assert wrong == []
    assert assessed > seeds * LINES_A_SEED // 16
    assert len(reasons & DECIDED) > 2


def test_a_file_says_the_same(counted: Callable[[int], int], first_seed: int) -> None:
    for seed in range(first_seed, first_seed + max(1, counted(20))):
        case = Case.of(seed, max(300, counted(1_000)))
        found = assess(case.lines, case.schedule, case.rates, list(case.credits))
        known, book = read_rates(case.rates), read_credits(list(case.credits))
        wanted: list[dict[str, object]] = []
        for row, raw in enumerate(case.lines, start=1):
            result = assess_line(raw, case.schedule, known, row, book=book)
            if isinstance(result[0], Liability):
                wanted.append(liability_row(result[0], found._session.prepared.terms))
        assert found.liabilities.to_pylist() == wanted
        assert found._session.prepared.left_over < len(case.lines) - len(wanted) / 2
