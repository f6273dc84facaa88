"""Exact decimal expressions in SQL: every product, sum, comparison and rounding keeps its digits, in one of two widths.

DuckDB multiplies decimals of at most 18 digits as 64-bit integers, wider ones as 128-bit integers, and rounds the wide
ones many times slower. A `Lane` writes the same expression in either width; who calls it has made sure that it fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from footwall.quantity import RoundingMode, plain

NARROW_DIGITS = 18
WIDE_DIGITS = 38


@dataclass(frozen=True, slots=True)
class Exact:
    """An SQL expression of a decimal with `scale` places."""

    sql: str
    scale: int


ZERO = Exact("0", 0)
ONE = Exact("1", 0)


@dataclass(frozen=True, slots=True)
class Lane:
    """Expressions of `digits` digits: 18 for most lines, 38 for the large and the finely divided."""

    digits: int

    def column(self, name: str, scale: int) -> Exact:
        """A column, brought to this width."""
        return Exact(f"CAST({name} AS DECIMAL({self.digits},{scale}))", scale)

    def as_scale(self, value: Exact, scale: int) -> str:
        """`value` with one digit to spare, so that a sum of two still fits the width."""
        return f"CAST({value.sql} AS DECIMAL({self.digits - 1},{scale}))"

    def times(self, *factors: Exact) -> Exact:
        """The product; factors of one are left out."""
        real = [factor for factor in factors if factor is not ONE]
        if not real:
            return ONE
        product = real[0]
        for factor in real[1:]:
            scale = product.scale + factor.scale
            left = f"CAST({product.sql} AS DECIMAL({self.digits},{product.scale}))"
            right = f"CAST({factor.sql} AS DECIMAL({self.digits},{factor.scale}))"
            product = Exact(f"({left} * {right})", scale)
        return product

    def plus(self, first: Exact, *others: Exact) -> Exact:
        """The sum."""
        return self._chain("+", first, others)

    def minus(self, first: Exact, *others: Exact) -> Exact:
        """The difference."""
        return self._chain("-", first, others)

    def at_least(self, first: Exact, second: Exact) -> str:
        """Whether the first is no less than the second."""
        scale = max(first.scale, second.scale)
        return f"({self.as_scale(first, scale)} >= {self.as_scale(second, scale)})"

    def lesser(self, first: Exact, second: Exact) -> Exact:
        """The smaller of two known values."""
        return self.choose([(self.at_least(second, first), first)], second)

    def greater(self, first: Exact, second: Exact) -> Exact:
        """The larger of two known values."""
        return self.choose([(self.at_least(first, second), first)], second)

    def positive(self, value: Exact) -> Exact:
        """[value]⁺; unknown stays unknown."""
        return Exact(f"(CASE WHEN {value.sql} < 0 THEN 0 ELSE {value.sql} END)", value.scale)

    def choose(self, cases: Sequence[tuple[str, Exact]], otherwise: Exact | None) -> Exact:
        """The first case that holds, all at one scale; without `otherwise` the rest is NULL."""
        values = [value for _, value in cases] + ([otherwise] if otherwise is not None else [])
        scale = max(value.scale for value in values)
        if not cases:
            return otherwise if otherwise is not None else ZERO
        whens = " ".join(f"WHEN {condition} THEN {self.as_scale(value, scale)}" for condition, value in cases)
        rest = f" ELSE {self.as_scale(otherwise, scale)}" if otherwise is not None else ""
        return Exact(f"(CASE {whens}{rest} END)", scale)

    def rounded(self, value: Exact, unit: Decimal, mode: RoundingMode) -> Exact:
        """`value` as a whole multiple of `unit`, rounded once by `mode`: the twin of `quantity.round_to_unit`."""
        places = -int(unit.as_tuple().exponent)
        if unit.as_tuple().digits == (1,):
            return self._to_places(value, places, mode)
        counted = self.times(value, literal(_reciprocal(unit)))
        return self.times(self._to_places(counted, 0, mode), literal(unit))

    def _to_places(self, value: Exact, places: int, mode: RoundingMode) -> Exact:
        scale = max(places, 0)
        if value.scale <= places:
            return value
        half_up = Exact(f"ROUND({value.sql}, {places})", scale)
        if mode == "half_up":
            return half_up
        one = Exact(f"CAST({plain(Decimal(1).scaleb(-places))} AS DECIMAL({max(scale, -places) + 1},{scale}))", scale)
        towards = self.choose([(f"{value.sql} < 0", self.plus(half_up, one))], self.minus(half_up, one))
        away = self.choose([(f"{value.sql} < 0", self.minus(half_up, one))], self.plus(half_up, one))
        above = f"ABS({half_up.sql}) > ABS({value.sql})"
        if mode == "down":
            return self.choose([(above, towards)], half_up)
        if mode == "up":
            return self.choose([(f"ABS({half_up.sql}) < ABS({value.sql})", away)], half_up)
        odd = (
            f"(CAST({self.times(half_up, literal(Decimal(10) ** places if places > 0 else Decimal(1))).sql} AS HUGEINT)"
        )
        odd += f"{f' // {10**-places}' if places < 0 else ''}) % 2 <> 0"
        twice = self.minus(half_up, value)
        tie = f"ABS({self.plus(twice, twice).sql}) = {one.sql}"
        return self.choose([(f"{tie} AND {odd}", towards)], half_up)

    def _chain(self, sign: str, first: Exact, others: Sequence[Exact]) -> Exact:
        total = first
        for other in others:
            if other is ZERO:
                continue
            scale = max(total.scale, other.scale)
            total = Exact(f"({self.as_scale(total, scale)} {sign} {self.as_scale(other, scale)})", scale)
        return total


NARROW = Lane(NARROW_DIGITS)
WIDE = Lane(WIDE_DIGITS)


def literal(number: Decimal) -> Exact:
    """A number of the law's own arithmetic, exactly."""
    text = plain(number)
    scale = len(text.partition(".")[2])
    return Exact(f"CAST({text} AS DECIMAL({max(len(text.replace('.', '').lstrip('-')), scale + 1)},{scale}))", scale)


def rounded_by(lane: Lane, value: Exact, number: str, roundings: Sequence[tuple[Decimal, RoundingMode]]) -> Exact:
    """`value` rounded by the rounding whose number the column `number` holds."""
    if not roundings:
        return value
    results = [lane.rounded(value, unit, mode) for unit, mode in roundings]
    if len(results) == 1:
        return results[0]
    cases = [(f"{number} = {index}", result) for index, result in enumerate(results[1:], start=1)]
    return lane.choose(cases, results[0])


def _reciprocal(unit: Decimal) -> Decimal:
    return Decimal(1) / unit
