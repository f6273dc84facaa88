"""Arithmetic that tells itself: each operation leaves a `Step` which pencil and paper, or `rework`, can do again.

A figure is an operator and a product of plain numbers, perhaps over a divisor::

    = 744000      + 1.2 × 48.3      + 45 ÷ 420      − 0.1 × 7      × 0.14      × 108.2 ÷ 100      ÷ 1.13
    at least 60   at most 90        round half_up 0.01

Sums and products are exact. A quotient is rounded at once to `GUARD` (12 decimals, ties to even), far below any unit of
a rule; the rule's own rounding comes once, at the end, as the step `round`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache, partial, reduce
from typing import Final, TypeAlias

from footwall.prices.records import Step, make_step
from footwall.quantity import EXACT, ROUNDING_MODES, RoundingMode, plain, round_to_unit

GUARD: Final = Decimal("1E-12")
"""The place to which every quotient on the way is carried: precision of arithmetic, not a rule."""

Arithmetic: TypeAlias = Callable[[Decimal], Decimal]
"""What an operation makes of a total."""

_ZERO: Final = Decimal(0)
_ROUNDINGS: Final[Mapping[str, RoundingMode]] = {f"round {mode}": mode for mode in ROUNDING_MODES}
_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_FIGURE: Final = re.compile(
    rf"(?P<operator>=|\+|−|×|÷|at least|at most|round (?:{'|'.join(ROUNDING_MODES)})) "
    rf"(?P<terms>{_NUMBER}(?: × {_NUMBER})*)(?: ÷ (?P<divisor>{_NUMBER}))?"
)


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """`dividend` ÷ `divisor`, to twelve decimals. Raises ZeroDivisionError for a divisor of zero: the caller's fault."""
    return EXACT.divide(dividend, divisor).quantize(GUARD, ROUND_HALF_EVEN, EXACT)


class Operation:
    """What a step does to the total: the same step is taken from many totals, and told once, where somebody asks."""

    __slots__ = ("_figure", "of", "operator", "over", "terms", "what")

    def __init__(self, what: str, operator: str, terms: tuple[Decimal, ...], over: Decimal | None = None) -> None:
        """`operator` with the product of `terms` (÷ `over`), under the words `what`; `of` a total is what it makes of it."""
        self.what, self.operator, self.terms, self.over = what, operator, terms, over
        self.of = _arithmetic(operator, terms, over)
        self._figure: str | None = None

    @property
    def figure(self) -> str:
        """The operation as text."""
        if self._figure is None:
            over = "" if self.over is None else f" ÷ {plain(self.over)}"
            self._figure = f"{self.operator} {' × '.join(map(plain, self.terms))}{over}"
        return self._figure


class Working:
    """A running total and the steps that led to it, which are written down where somebody asks: most days nobody does."""

    def __init__(self) -> None:
        """Nothing yet: the first step must be `=`."""
        self._operations: list[Operation] = []
        self._results: list[Decimal] = []
        self._marked: int | None = None
        self._between: tuple[int, Decimal, Decimal] | None = None

    def mark(self) -> None:
        """From here on what is done to the total is told apart (`added`)."""
        self._marked = len(self._results)

    @property
    def marked(self) -> int | None:
        """The number of steps before the mark; None where there is none."""
        return self._marked

    @property
    def added(self) -> Decimal | None:
        """What the steps since the mark have added to the total; None without a mark."""
        if not self._marked:
            return None
        return EXACT.subtract(self.total, self._results[self._marked - 1])

    def between(self, low: Decimal, high: Decimal) -> None:
        """The total is, so far, one number for what lies from `low` to `high`: see `ends`."""
        self._between = len(self._results), low, high

    @property
    def ends(self) -> tuple[Decimal, Decimal] | tuple[None, None]:
        """What all steps since `between` make of its two numbers; nothing where the total never stood for several."""
        if self._between is None:
            return None, None
        since, low, high = self._between
        for operation in self._operations[since:]:
            low, high = operation.of(low), operation.of(high)
        return low, high

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What the steps did, in order."""
        return tuple(self._operations)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done so far, in order."""
        done = zip(self._operations, self._results, strict=True)
        return tuple([make_step(operation.what, operation.figure, result) for operation, result in done])

    @property
    def total(self) -> Decimal:
        """What came out of the last step."""
        return self._results[-1]

    def step(self, what: str, operator: str, *terms: Decimal, over: Decimal | None = None) -> None:
        """Apply `operator` with the product of `terms` (÷ `over`) to the total, and keep the step under the words `what`."""
        self.apply(Operation(what, operator, terms, over))

    def apply(self, operation: Operation) -> None:
        """Take the step that `operation` describes."""
        self.follow((operation,))

    def follow(self, operations: Sequence[Operation]) -> None:
        """Take one step after the other."""
        results = self._results
        total = results[-1] if results else _ZERO
        for operation in operations:
            total = operation.of(total)
            results.append(total)
        self._operations += operations

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
        operator, arithmetic = _parsed(step.figure)
        if not results and operator != "=":
            raise ValueError(f"a working starts with '=', not with {step.figure[:80]!r}")
        results.append(arithmetic(before))
        before = step.result
    return tuple(results)


@lru_cache(maxsize=4096)
def _parsed(figure: str) -> tuple[str, Arithmetic]:
    """The operator, and what it makes of a total: of many steps they are the same."""
    parts = _FIGURE.fullmatch(figure)
    if parts is None:
        raise ValueError(f"{figure[:80]!r} is not a figure of a step")
    terms = tuple(map(Decimal, parts["terms"].split(" × ")))
    over = None if parts["divisor"] is None else Decimal(parts["divisor"])
    return parts["operator"], _arithmetic(parts["operator"], terms, over)


def _arithmetic(operator: str, terms: Sequence[Decimal], over: Decimal | None) -> Arithmetic:
    """All of an operation that does not hang on the total is worked out here, once."""
    figure = terms[0] if len(terms) == 1 else reduce(EXACT.multiply, terms)
    if operator == "÷":
        divisor = figure if over is None else EXACT.multiply(figure, over)
        return lambda before: quotient(before, divisor)
    if operator == "×":
        if over is None:
            return partial(EXACT.multiply, figure)
        return lambda before: quotient(EXACT.multiply(before, figure), over)
    figure = figure if over is None else quotient(figure, over)
    match operator:
        case "=":
            return lambda _: figure
        case "+":
            return partial(EXACT.add, figure)
        case "−":
            return lambda before: EXACT.subtract(before, figure)
        case "at least":
            return lambda before: max(before, figure)
        case "at most":
            return lambda before: min(before, figure)
    return lambda before: round_to_unit(before, figure, _ROUNDINGS[operator])
