"""One rounding: the readable one against fractions, and its SQL twin against it, on ties, negatives and every unit."""

from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oracle import rounded

from footwall.duties import NARROW, WIDE
from footwall.duties.exact_sql import Exact, Lane, rounded_by
from footwall.quantity import ROUNDING_MODES, RoundingMode, round_to_unit

UNITS = [
    Decimal(unit) for unit in ("0.001", "0.01", "0.05", "0.1", "0.25", "0.5", "1", "2", "5", "10", "20", "50", "100")
]
amounts = st.integers(-(10**12), 10**12).map(lambda number: Decimal(number).scaleb(-5))


@given(st.decimals(allow_nan=False, allow_infinity=False), st.sampled_from(UNITS), st.sampled_from(ROUNDING_MODES))
@example(Decimal("-2.5"), Decimal(1), "half_even")
@example(Decimal("0.125"), Decimal("0.05"), "half_up")
def test_rounding_is_what_fractions_say(amount: Decimal, unit: Decimal, mode: RoundingMode) -> None:
    found = round_to_unit(amount, unit, mode)
    if abs(amount) < Decimal(10) ** 150:
        assert Fraction(found) == rounded(Fraction(amount), Fraction(unit), mode)


@given(amounts, st.sampled_from(UNITS), st.sampled_from(ROUNDING_MODES))
def test_rounding_moves_less_than_a_unit_and_twice_is_once(amount: Decimal, unit: Decimal, mode: RoundingMode) -> None:
    once = round_to_unit(amount, unit, mode)
    assert abs(once - amount) < unit
    assert round_to_unit(once, unit, mode) == once
    assert round_to_unit(-amount, unit, mode) == -once


@pytest.mark.parametrize("unit", [Decimal(0), Decimal("-0.01")])
def test_a_unit_of_nothing_is_refused(unit: Decimal) -> None:
    with pytest.raises(ValueError, match="a rounding unit must be above zero"):
        round_to_unit(Decimal(1), unit, "half_up")


def around(unit: Decimal) -> list[Decimal]:
    """Whole units, ties, and what lies a hundred-thousandth beside them, on both sides of zero."""
    step, values = Decimal("0.00001"), []
    for halves in range(-9, 10):
        at = unit / 2 * halves
        values += [at - step, at, at + step]
    return [*values, Decimal(0), Decimal("-0.00001"), Decimal("1234567.895"), Decimal("-1234567.885")]


@pytest.mark.parametrize("lane", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("mode", ROUNDING_MODES)
@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_the_sql_twin_rounds_alike(lane: Lane, unit: Decimal, mode: RoundingMode) -> None:
    values = [value.quantize(Decimal("0.00001")) for value in around(unit)]
    listed = ", ".join(f"({value})" for value in values)
    rounded_sql = lane.rounded(Exact(f"CAST(v AS DECIMAL({lane.digits},5))", 5), unit, mode).sql
    found = duckdb.execute(f"SELECT v, {rounded_sql} FROM (VALUES {listed}) t(v)").fetchall()
    for value, twin in found:
        assert Decimal(str(twin)) == round_to_unit(Decimal(str(value)), unit, mode), (value, unit, mode)


@pytest.mark.parametrize("lane", [NARROW, WIDE], ids=["narrow", "wide"])
def test_each_row_is_rounded_by_its_own_rounding(lane: Lane) -> None:
    roundings: list[tuple[Decimal, RoundingMode]] = [
        (Decimal("0.01"), "half_up"), (Decimal(5), "down"), (Decimal("0.25"), "half_even"), (Decimal(100), "up")
    ]  # fmt: skip
    sql = rounded_by(lane, Exact(f"CAST(v AS DECIMAL({lane.digits},3))", 3), "n", roundings).sql
    listed = ", ".join(f"({value}, {number})" for value in ("-152.375", "152.375", "0.005") for number in range(4))
    for value, number, twin in duckdb.execute(f"SELECT v, n, {sql} FROM (VALUES {listed}) t(v, n)").fetchall():
        assert Decimal(str(twin)) == round_to_unit(Decimal(str(value)), *roundings[number])
