"""The floor duty of one line by each method: MECHANISM's table, clause by clause, before cap and rounding.

Every function takes amounts in the assessment currency (already at the day's rate) and multiplies only: quotients are
taken when a schedule is compiled. The SQL twin of each clause stands in `footwall.duties.sql`; a property holds them equal.
"""

from dataclasses import dataclass
from decimal import Decimal

from footwall.quantity import round_to_unit
from footwall.rulebook import method_defaults
from footwall.tariffs import Measure, Slice

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Base:
    """What a floor duty is taken on: V, F, what counts (C), and m in the measure's own basis. `rate` is measure → assessment currency."""

    value: Decimal
    freight: Decimal
    counted: Decimal
    mass_kg: Decimal
    rate: Decimal
    coin: Decimal

    def amount(self, measure: Measure, price: Decimal) -> Decimal:
        """`price` of the measure (per `per_kg`) times the mass, in the assessment currency."""
        return measure.per_kilogram(price) * self.mass_kg * self.rate

    def edge(self, measure: Measure, price: Decimal) -> Decimal:
        """What V + F must be to reach `price`: in whole coins, to which V and F are rounded themselves.

        Otherwise goods worth just that in another currency would fall short of it by the part of a coin that they lost.
        """
        return round_to_unit(self.amount(measure, price), self.coin, "half_up")


def above_ceiling(measure: Measure, base: Base) -> bool:
    """Whether the goods land, before any duty, at or above the price where protection stops."""
    return measure.ceiling is not None and base.value + base.freight >= base.edge(measure, measure.ceiling)


def least(measure: Measure, base: Base) -> Decimal:
    """The fixed component below which the floor duty may not be, whatever the method asks for."""
    if measure.least is None:
        return ZERO
    return base.value * (measure.least.ad_valorem or ZERO) + base.amount(measure, measure.least.specific or ZERO)


def gap(measure: Measure, base: Base) -> Decimal:
    """[R·m − V − F − C]⁺: what is missing to the floor."""
    if measure.floor is None:
        return ZERO
    return max(ZERO, base.amount(measure, measure.floor) - base.value - base.freight - base.counted)


def notified(measure: Measure, base: Base) -> Decimal:
    """τ·m (or τ·V), combined with the line's own gap where `shipment` says so."""
    if measure.specific is not None:
        duty = base.amount(measure, measure.specific)
    else:
        duty = base.value * (measure.ad_valorem or ZERO)
    if measure.shipment == "max":
        return max(duty, gap(measure, base))
    return min(duty, gap(measure, base)) if measure.shipment == "lesser" else duty


def banded(measure: Measure, base: Base) -> Decimal:
    """The specific duty of the highest band that V + F reaches; below all of them, the last one's."""
    reached = base.value + base.freight
    for band in measure.bands:
        if reached >= base.edge(measure, band.at_least):
            return base.amount(measure, band.specific)
    return base.amount(measure, measure.bands[-1].specific)


def graduated(measure: Measure, base: Base) -> Decimal:
    """Each slice's rate of the part of the gap that lies in it; slices are shares of R·m."""
    whole = base.amount(measure, measure.floor or ZERO)
    missing, duty, below = gap(measure, base), ZERO, ZERO
    for step in slices_of(measure):
        top = step.up_to * whole
        duty += step.rate * max(ZERO, min(missing, top) - below)
        below = top
    return duty


def minimum_price(measure: Measure, base: Base, *, direct: bool) -> Decimal:
    """The gap for a direct invoice to an unrelated importer, otherwise an ad valorem duty on V."""
    return gap(measure, base) if direct else base.value * (measure.otherwise_ad_valorem or ZERO)


def slices_of(measure: Measure) -> tuple[Slice, ...]:
    """The measure's own slices, else the method's default."""
    if measure.slices is not None:
        return tuple(measure.slices)
    return tuple(Slice(up_to, rate) for up_to, rate in method_defaults().slices)


def untaxed_price(measure: Measure) -> Decimal | None:
    """The price from which this method's floor duty is nil (per `per_kg`), or None where no invoice brings it to nil."""
    if measure.method == "banded":
        return measure.bands[0].at_least
    if measure.floor is None or (measure.method == "notified" and measure.shipment != "lesser"):
        return None
    if measure.method == "graduated":
        free = ZERO
        for step in slices_of(measure):
            if step.rate:
                break
            free = step.up_to
        return measure.floor * (1 - free)
    return measure.floor
