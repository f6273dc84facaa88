"""Exact numbers with units: what is unknown, how an amount is rounded, how many kilograms a unit holds.

The only rounding of the law is here. Its SQL twin is `footwall.duties.exact_sql.Lane.rounded`; a property holds the two equal.
"""

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import (
    MAX_PREC,
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    localcontext,
)
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING, Final, Literal, NoReturn, get_args

if TYPE_CHECKING:
    import pint

RoundingMode = Literal["half_up", "half_even", "down", "up"]
"""`half_up` goes away from zero on a tie, `down` towards zero, `up` away from zero."""

ROUNDING_MODES: Final = get_args(RoundingMode)
_DECIMAL_ROUNDING: Final = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}
_NUMBER: Final = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,9})?")
EXPONENT_MAX: Final = 1000
"""Numbers of more than this many digits, before or after the point, are no quantities: they are refused unread."""
EXACT: Final = Context(prec=200, Emax=MAX_PREC, Emin=-MAX_PREC)
"""A context whose operations keep every digit of sums and products (200 of them); see also `exact_arithmetic`."""
_KILOGRAMS: Final = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "t": Decimal(1000),
    "lb": Decimal("0.45359237"),
    "troy_oz": Decimal("0.0311034768"),
    "short_ton": Decimal("907.18474"),
    "mtu": Decimal(10),
    "dmtu": Decimal(10),
}
"""What is quoted by, as it is defined: few programs need another unit, and the table of all units takes long to read."""
_EXACT: Final = Context(prec=200, Emax=MAX_PREC, Emin=-MAX_PREC, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody knows, and why. It is not zero, and it is neither true nor false."""

    reason: str

    def __bool__(self) -> NoReturn:
        """Refuse: `if price` would make a zero and an unknown look alike."""
        raise TypeError("an unknown is neither true nor false: ask isinstance(value, Unknown)")

    def __str__(self) -> str:
        """The reason in words."""
        return f"unknown ({self.reason})"


def round_to_unit(amount: Decimal, unit: Decimal, mode: RoundingMode) -> Decimal:
    """`amount` as a whole multiple of `unit` (0.01, 1, 0.05 …), rounded once by `mode`.

    Raises ValueError for a unit that is not above zero: the fault of the rule's author.
    """
    if unit <= 0:
        raise ValueError(f"a rounding unit must be above zero, not {unit}")
    if unit.as_tuple().digits == (1,):
        return amount.quantize(unit, rounding=_DECIMAL_ROUNDING[mode], context=EXACT)
    steps = EXACT.divide(amount, unit).to_integral_value(rounding=_DECIMAL_ROUNDING[mode])
    return EXACT.multiply(steps, unit)


def exact_decimal(value: Decimal | float | Real | str) -> Decimal:
    """A user's number as it was written; a float, also one of an array library, is read through its shortest text.

    Text is digits with a decimal point, and perhaps an exponent. Raises ValueError for anything that is not a finite
    number of at most EXPONENT_MAX digits: the fault of whoever wrote it.
    """
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a number")  # noqa: TRY004 - one kind of fault for the caller
    if isinstance(value, Decimal):
        number = value
        if not number.is_finite():
            raise ValueError(f"{value} is not a finite number")
    else:
        text = _digits(value) if isinstance(value, int) else _text(value)
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{text[:80]!r} is not a number")
        number = Decimal(text)
    if number and abs(number.adjusted()) > EXPONENT_MAX:
        raise ValueError(f"{str(value)[:80]!r} is beyond every quantity of trade")
    return number


def _text(value: float | Real | str) -> str:
    return float.__repr__(value) if isinstance(value, float) else str(value).strip()


def _digits(number: int) -> str:
    if abs(number) >= 10**EXPONENT_MAX:
        raise ValueError("a whole number of more than a thousand digits is beyond every quantity of trade")
    return str(number)


def plain(number: Decimal, places: int | None = None) -> str:
    """`number` without an exponent, at `places` decimals, or at its own shortest scale.

    Raises ValueError for a number that is beyond every quantity of trade, and would fill the memory with its zeros.
    """
    if places is not None:
        return f"{number.quantize(Decimal(1).scaleb(-places), context=EXACT):f}"
    text = str(number)
    if "E" in text:
        if abs(number.adjusted()) > EXPONENT_MAX:
            raise ValueError(f"{text[:80]!r} is beyond every quantity of trade")
        text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def decimal_places(number: Decimal) -> int:
    """How many digits stand behind the point of `number` as it was decided: 2 for 38.00, none for 1E+3."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def places_that_show(numbers: Iterable[Decimal], least: int) -> int:
    """So many decimals, and at least `least`, that no number of these that is not zero is shown as zero."""
    return max([least, *(-number.adjusted() for number in numbers if number)])


def counted(count: int, one: str, many: str = "") -> str:
    """So many of something, in words: `1 line`, `2 lines`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def exact_arithmetic() -> AbstractContextManager[Context]:
    """A `with` block in which sums and products of decimals keep every digit (200 of them)."""
    return localcontext(EXACT)


@cache
def kilograms_per(unit: str) -> Decimal:
    """How many kilograms one `unit` of mass holds, exactly: kg, g, t, lb, troy_oz, short_ton, mtu, dmtu.

    One metric ton unit (mtu, dmtu) is 10 kg of the oxide or element that a quotation names.
    Raises ValueError for a unit that is not a mass.
    """
    if unit in _KILOGRAMS:
        return _KILOGRAMS[unit]
    import pint

    registry = _units()
    try:
        quantity = registry.Quantity(Decimal(1), unit).to("kilogram")
    except (pint.UndefinedUnitError, pint.DimensionalityError, AttributeError, AssertionError):
        raise ValueError(f"{unit!r} is not a unit of mass: use kg, g, t, lb, troy_oz, short_ton, mtu or dmtu") from None
    return _EXACT.plus(Decimal(quantity.magnitude))


@cache
def _units() -> "pint.UnitRegistry[Decimal]":
    import pint

    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(non_int_type=Decimal)
    registry.define("metric_ton_unit = 10 * kilogram = mtu")
    registry.define("dry_metric_ton_unit = 10 * kilogram = dmtu")
    registry.define("@alias troy_ounce = troy_oz")
    return registry
