"""Arithmetic that tells itself: each operation leaves a `Step` which pencil and paper, or `rework`, can do again.

A figure is an operator and a product of plain numbers, perhaps over a divisor::

    = 744000      + 1.2 × 48.3      + 45 ÷ 420      − 0.1 × 7      × 0.14      × 108.2 ÷ 100      ÷ 1.13
    at least 60   at most 90        round half_up 0.01

Sums and products are exact. A quotient is rounded at once to `GUARD` (12 decimals, ties to even), far below any unit of
a rule; the rule's own rounding comes once, at the end, as the step `round`.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from math import prod
from typing import Final

from footwall.prices.records import Step
from footwall.quantity import ROUNDING_MODES, RoundingMode, exact_arithmetic, plain, round_to_unit

GUARD: Final = Decimal("1E-12")
"""The place to which every quotient on the way is carried: precision of arithmetic, not a rule."""

_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_FIGURE: Final = re.compile(
    rf"(?P<operator>=|\+|−|×|÷|at least|at most|round (?:{'|'.join(ROUNDING_MODES)})) "
    rf"(?P<terms>{_NUMBER}(?: × {_NUMBER})*)(?: ÷ (?P<divisor>{_NUMBER}))?"
)


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """`dividend` ÷ `divisor`, to twelve decimals. Raises ZeroDivisionError for a divisor of zero: the caller's fault."""
    with exact_arithmetic():
        return round_to_unit(dividend / divisor, GUARD, "half_even")


class Working:
    """A running total and the steps that led to it."""

    def __init__(self) -> None:
        """Nothing yet: the first step must be `=`."""
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done so far, in order."""
        return tuple(self._steps)

    @property
    def total(self) -> Decimal:
        """What came out of the last step."""
        return self._steps[-1].result

    def step(self, what: str, operator: str, *terms: Decimal, over: Decimal | None = None) -> None:
        """Apply `operator` with the product of `terms` (÷ `over`) to the total, and keep the step under the words `what`."""
        figure = (
            f"{operator} {' × '.join(plain(term) for term in terms)}{f' ÷ {plain(over)}' if over is not None else ''}"
        )
        before = self._steps[-1].result if self._steps else Decimal(0)
        self._steps.append(Step(what, figure, _operate(before, operator, terms, over)))

    def rounded(self, what: str, unit: Decimal, mode: RoundingMode) -> None:
        """Round the total to whole multiples of `unit`."""
        self.step(what, f"round {mode}", unit)


def rework(steps: Sequence[Step]) -> tuple[Decimal, ...]:
    """What each step's figure gives, done again from the first; compare with the results that the steps state.

    Each step starts from the *stated* result before it, so that one wrong step shows as one difference.
    Raises ValueError for a figure that is not arithmetic, ZeroDivisionError for a division by zero: the fault of whoever
    wrote the steps.
    """
    before = Decimal(0)
    results: list[Decimal] = []
    for step in steps:
        parts = _FIGURE.fullmatch(step.figure)
        if parts is None:
            raise ValueError(f"{step.figure[:80]!r} is not a figure of a step")
        terms = tuple(Decimal(term) for term in parts["terms"].split(" × "))
        divisor = None if parts["divisor"] is None else Decimal(parts["divisor"])
        if not results and parts["operator"] != "=":
            raise ValueError(f"a working starts with '=', not with {step.figure[:80]!r}")
        results.append(_operate(before, parts["operator"], terms, divisor))
        before = step.result
    return tuple(results)


def _operate(before: Decimal, operator: str, terms: Sequence[Decimal], over: Decimal | None) -> Decimal:
    with exact_arithmetic():
        figure = prod(terms, start=Decimal(1))
        if operator == "÷":
            return quotient(before, figure if over is None else figure * over)
        if operator == "×":
            return before * figure if over is None else quotient(before * figure, over)
        figure = figure if over is None else quotient(figure, over)
        if operator.startswith("round "):
            return next(round_to_unit(before, figure, mode) for mode in ROUNDING_MODES if operator == f"round {mode}")
        return {
            "=": figure,
            "+": before + figure,
            "−": before - figure,
            "at least": max(before, figure),
            "at most": min(before, figure),
        }[operator]
