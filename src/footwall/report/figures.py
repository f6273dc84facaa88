"""How a figure is printed: as a yearbook does, one rule for each kind, and never a zero for what nobody knows.

`…` is not known, `–` is none, and a zero stands for less than half of the unit shown.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.quantity import Unknown, exact_arithmetic, round_to_unit

NOT_KNOWN: Final = "…"
NONE: Final = "–"
MINUS: Final = "−"
FIGURE_SPACE: Final = "\N{FIGURE SPACE}"
PUNCTUATION_SPACE: Final = "\N{PUNCTUATION SPACE}"


def price(amount: Decimal | Unknown | None, places: int | None = None) -> str:
    """At `places` decimals, or at its own scale, as it was decided."""
    if amount is None:
        return NONE
    if isinstance(amount, Unknown):
        return NOT_KNOWN
    return _signed(f"{amount:,f}" if places is None else f"{amount:,.{places}f}")


def on_their_points(column: Sequence[str]) -> list[str]:
    """Figures that stand to the right, with blanks of a digit's width behind them, so that their points stand below each other."""
    longest = max((len(text.partition(".")[2]) for text in column if _is_figure(text)), default=0)
    return [text + _blanks(text, longest) if _is_figure(text) else text for text in column]


def _is_figure(text: str) -> bool:
    return text[-1:].isdigit()


def _blanks(text: str, longest: int) -> str:
    _, point, behind = text.partition(".")
    without_point = "" if point or not longest else PUNCTUATION_SPACE
    return without_point + FIGURE_SPACE * (longest - len(behind))


def millions(amount: Decimal | Unknown) -> str:
    """Dollars as millions with one decimal; `–` for exactly nothing."""
    return _scaled(amount, -6, Decimal("0.1"))


def tonnes(amount: Decimal | Unknown) -> str:
    """Whole tonnes; `–` for exactly nothing."""
    return _scaled(amount, 0, Decimal(1))


def percent(part: Decimal | Unknown) -> str:
    """A share in per cent with one decimal; `–` for exactly nothing."""
    return _scaled(part, 2, Decimal("0.1"))


def count(number: int) -> str:
    """A whole number; `–` for none."""
    return f"{number:,}" if number else NONE


def day(on: date | None) -> str:
    """An ISO day; `–` for none."""
    return NONE if on is None else on.isoformat()


def long_day(on: date) -> str:
    """A day in words: 31 May 2026."""
    return f"{on.day} {on:%B %Y}"


def significant(amount: Decimal, digits: int = 3) -> str:
    """With so many significant digits, and no more decimals than that takes."""
    if amount == 0:
        return "0"
    place = min(0, amount.adjusted() - digits + 1)
    return _signed(f"{round_to_unit(amount, Decimal(1).scaleb(place), 'half_up').normalize():,f}")


def _scaled(amount: Decimal | Unknown, power: int, unit: Decimal) -> str:
    if isinstance(amount, Unknown):
        return NOT_KNOWN
    if amount == 0:
        return NONE
    with exact_arithmetic():
        shown = round_to_unit(amount.scaleb(power), unit, "half_up")
    return _signed(f"{abs(shown) if shown == 0 else shown:,f}")


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
