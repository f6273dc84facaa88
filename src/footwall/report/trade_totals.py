"""What the duties on a year of imports add up to, as records: totals, what is left out of them, and how much is accounted for.

Every figure is an exact sum over lines. Rents stand apart from revenue: no treasury receives them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from footwall.quantity import Unknown, exact_arithmetic
from footwall.report.trade import OUTSIDE, WITHIN_UNION


@dataclass(frozen=True, slots=True)
class Totals:
    """What a group of lines adds up to: USD, tonnes as traded. `value` is fob, as the trade statistics have it.

    `value_touched` is the value of the lines that owe floor duty, `value_members` of those that come from members.
    `ordinary_duty` sums what is known, over `value_ordinary_known`; `rent_taken` sums what is known, over
    `value_rent_known`. `rent_exposed` and `rent_taken` are not revenue.
    """

    key: str
    name: str
    cells: int
    value: Decimal
    tonnes: Decimal
    value_touched: Decimal
    value_members: Decimal
    floor_duty: Decimal
    ordinary_duty: Decimal
    value_ordinary_known: Decimal
    rent_exposed: Decimal
    rent_taken: Decimal
    value_rent_known: Decimal

    @property
    def share_touched(self) -> Decimal | Unknown:
        """The share of the value that owes floor duty."""
        return share(self.value_touched, self.value)

    @property
    def share_ordinary_known(self) -> Decimal | Unknown:
        """The share of the value whose ordinary duty is known; the rest is assessed before it."""
        return share(self.value_ordinary_known, self.value)

    @property
    def duty_on_touched(self) -> Decimal | Unknown:
        """Floor duty as a share of the value that owes it."""
        return share(self.floor_duty, self.value_touched)


def combined(key: str, name: str, groups: Iterable[Totals]) -> Totals:
    """Several groups as one: what a table sums up in its last row."""
    rows = list(groups)
    sums = {field: summed(getattr(row, field) for row in rows) for field in AMOUNTS}
    return Totals(key, name, sum(row.cells for row in rows), **sums)


AMOUNTS: Final = tuple(name for name in Totals.__slots__ if name not in {"key", "name", "cells"})
"""The fields of `Totals` that are amounts, and add up."""


@dataclass(frozen=True, slots=True)
class AsideTotal:
    """All that is set aside for one reason. `tonnes` sums what is known, and `cells_tonnes_unknown` counts the rest."""

    reason: str
    cells: int
    value: Decimal
    tonnes: Decimal
    cells_tonnes_unknown: int


@dataclass(frozen=True, slots=True)
class CodeCoverage:
    """Where the trade of one code went: `flows` = `assessed` + everything in `aside`, exactly; `not_held` is the world's rest.

    `world` None: the facts hold no total. `margins` is what members import of a code whose flows nobody holds.
    """

    hs6: str
    description: str
    forms: tuple[str, ...]
    world: Decimal | None
    flows: Decimal
    assessed: Decimal
    aside: Mapping[str, Decimal]
    margins: Decimal

    @property
    def not_held(self) -> Decimal | None:
        """The world's trade that no flow tells."""
        return None if self.world is None else self.world - self.flows


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the year's trade is accounted for; `codes_without_figures` are used by forms and appear in no table of trade."""

    codes: tuple[CodeCoverage, ...]
    codes_without_figures: tuple[str, ...]

    @property
    def world(self) -> Decimal:
        """The world's trade of the codes whose flows are held."""
        return summed(code.world or code.flows for code in self.codes if code.flows)

    @property
    def assessed(self) -> Decimal:
        """The value that has a liability."""
        return summed(code.assessed for code in self.codes)

    @property
    def named(self) -> Decimal:
        """The value that has a named reason for having none."""
        return summed(value for code in self.codes for value in code.aside.values())

    @property
    def share(self) -> Decimal | Unknown:
        """The share of the world's trade in these codes that has a liability or a named reason."""
        return share(self.assessed + self.named, self.world)


@dataclass(frozen=True, slots=True)
class TradeSummary:
    """The duties of a year, and what they leave out. `outcomes` groups the same lines by the reason of their liability."""

    year: int
    entry_date: date
    kind: Literal["counted", "estimated"]
    currency: str
    total: Totals
    by_form: tuple[Totals, ...]
    by_importer: tuple[Totals, ...]
    by_origin: tuple[Totals, ...]
    outcomes: tuple[Totals, ...]
    lanes: tuple[Totals, ...]
    aside: tuple[AsideTotal, ...]
    coverage: Coverage
    liabilities: tuple[Mapping[str, Any], ...] = field(repr=False)

    @property
    def imports(self) -> Decimal:
        """The value that members imported, assessed or not."""
        inside = (aside.value for aside in self.aside if aside.reason not in {OUTSIDE, WITHIN_UNION})
        return self.total.value + summed(inside)


def share(part: Decimal, whole: Decimal) -> Decimal | Unknown:
    """`part` of `whole` to the context's digits, for showing; unknown where the whole is nothing."""
    return Unknown("nothing to take a share of") if whole == 0 else part / whole


def summed(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    with exact_arithmetic():
        return sum(values, Decimal(0))
