"""What `floors` decides: floors, and the ladder that they make over a chain."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.quantity import Unknown


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor of a form from a review on: USD per kg of the form's basis, with the two figures it was chosen from.

    `unstepped` is factor × the higher of cost-build and trailing mean, before the limits on steps between reviews.
    """

    form: str
    reviewed_on: date
    price: Decimal | Unknown
    ceiling: Decimal | Unknown
    cost_build: Decimal | Unknown
    trailing_mean: Decimal | Unknown
    unstepped: Decimal | Unknown
    previous: Decimal | None
    basis: Literal["cost_build", "trailing_mean", "none"]
    mode: Literal["external", "internal"]
    sunset: date | None
    rulebook: str


@dataclass(frozen=True, slots=True)
class Level:
    """What one form counts at on a ladder, USD per kg of the form's basis: the higher of its floor and its market price.

    `parity` is the duty-paid parity that the ladder was given; where it is unknown the reference price stands in, unless
    that was made under a floor. `set_by` says which of the three `level` is; None where nobody knows it.
    `floor` is None where none is in force.
    """

    form: str
    parity: Decimal | Unknown
    floor: Decimal | Unknown | None
    level: Decimal | Unknown
    set_by: Literal["floor", "parity", "reference"] | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One process of a ladder: does the output's level pay for the inputs', the conversion and its return?

    All figures are USD per kg of the output as traded. `margin` = output + by-products − inputs − conversion × (1 + return);
    below zero, importers will jump this stage: an *undercut*. Unknown where a level is unknown.
    `protection` is the effective rate of protection, Unknown where value added at parity is not above zero.
    """

    recipe: str
    output: str
    output_level: Decimal | Unknown
    inputs_level: Decimal | Unknown
    by_products_level: Decimal | Unknown
    conversion: Decimal | Unknown
    margin: Decimal | Unknown
    undercut: bool
    protection: Decimal | Unknown


@dataclass(frozen=True, slots=True)
class Ladder:
    """A chain's floors on a day: what every form of it counts at, and every process checked."""

    mineral: str
    on: date
    levels: tuple[Level, ...]
    rungs: tuple[Rung, ...]

    @property
    def undercuts(self) -> tuple[Rung, ...]:
        """The processes that the floors leave without their margin."""
        return tuple(rung for rung in self.rungs if rung.undercut)
