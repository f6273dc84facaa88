"""What the report knows of one form: where its price, floor, market and tariff stand, month by month and on the last day.

The *market* price is import parity P̂: what the form costs landed in the zone before any floor duty. The *landed* price
adds the duties that count and the floor duty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from footwall.facts import Form
from footwall.prices import Status
from footwall.quantity import Unknown, exact_arithmetic
from footwall.tariffs import Tariff

Standing = Literal["under", "at", "above", "unknown"]
"""Where a price stands against the floor; within one rounding unit of it is `at`."""

Rests = Literal["observed", "carried", "cost_build", "unpriced"]
"""What a form's price rests on: data of the day, its own last price on data, a recipe with assumed costs, or nothing."""

RESTS: tuple[Rests, ...] = ("observed", "carried", "cost_build", "unpriced")


@dataclass(frozen=True, slots=True)
class Month:
    """One form on one walked day, USD per kg of its basis. `floor` None: none in force; unknowns are gaps, never zero.

    `landed_stands` tells where the landed price stands, within what its tariff is rounded to.
    """

    on: date
    reference: Decimal | Unknown
    rests: Rests
    tier: str | None
    assumed: bool
    floor: Decimal | Unknown | None
    market: Decimal | Unknown
    landed: Decimal | Unknown
    landed_stands: Standing = "unknown"

    @property
    def market_stands(self) -> Standing:
        """Where the market stands against the floor; `at` is equality."""
        return standing(self.market, self.floor, Decimal(0))


@dataclass(frozen=True, slots=True)
class FormSeries:
    """A form through all walked days."""

    form: Form
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class TariffRow:
    """A form's tariff for one group of importers and one of origins: USD per kg of the form's basis.

    For a method that finds each line's own duty, `rate` is what a line at the market price would lack, and no shortfall
    is tolerated: `tolerated_shortfall` is None.
    """

    importer_group: str
    origin_group: str
    method: str
    rate: Decimal | Unknown
    market: Decimal | Unknown
    landed: Decimal | Unknown
    standing: Standing
    changed_on: date
    pending: Decimal | None
    pending_from: date | None
    tolerated_shortfall: Decimal | Unknown | None
    reason: str


_RESTS: Final[Mapping[Status, Rests]] = {
    "observed": "observed",
    "implied": "observed",
    "successor": "carried",
    "carried": "carried",
    "judgement": "cost_build",
    "cost_build": "cost_build",
    "suspended": "unpriced",
}
"""What is implied follows from an observed price of another form; a judgement is as much assumed as a recipe."""


def rests_on(status: Status, tier: str | None) -> Rests:
    """What a reference price of this status and tier rests on. A cost-build that is carried has no tier: it stays one."""
    if status == "carried" and tier is None:
        return "cost_build"
    return _RESTS[status]


def price_unit(form: Form) -> str:
    """What the form's prices are in: `USD/kg`, or `USD/kg WO3` where they are per kg of content."""
    return "USD/kg" if form.basis == "form" else f"USD/kg {form.content}"


def landed_price(tariff: Tariff) -> Decimal | Unknown:
    """What goods at the market price cost once the tariff has been paid; before ordinary duty where that is unknown."""
    if isinstance(tariff.parity, Unknown):
        return tariff.parity
    counted = Decimal(0) if isinstance(tariff.ordinary, Unknown) else tariff.ordinary
    with exact_arithmetic():
        return tariff.parity + counted + tariff.rate


def standing(price: Decimal | Unknown, floor: Decimal | Unknown | None, unit: Decimal) -> Standing:
    """Whether `price` is under the floor, at it (within `unit`, what the tariff is rounded to), or above."""
    if isinstance(price, Unknown) or floor is None or isinstance(floor, Unknown):
        return "unknown"
    with exact_arithmetic():
        gap = price - floor
    if abs(gap) <= unit:
        return "at"
    return "under" if gap < 0 else "above"


def tariff_row(importer_group: str, tariff: Tariff, unit: Decimal) -> TariffRow:
    """One tariff as the report shows it. `unit` is what its rule rounds to."""
    landed = landed_price(tariff)
    unmeasured = tariff.method != "notified" and isinstance(tariff.needed, Unknown)
    return TariffRow(
        importer_group=importer_group,
        origin_group=tariff.group,
        method=tariff.method,
        rate=Unknown("found line by line; no market price to tell it from") if unmeasured else tariff.rate,
        market=tariff.parity,
        landed=landed,
        standing=standing(landed, tariff.floor, unit),
        changed_on=tariff.changed_on,
        pending=tariff.pending,
        pending_from=tariff.pending_from,
        tolerated_shortfall=tariff.tolerated_shortfall if tariff.method == "notified" else None,
        reason=tariff.reason,
    )


@dataclass(frozen=True, slots=True)
class Footing:
    """How many forms rest on what, on a day. `observed_assumed`: of those observed, how many use an assumption on the way."""

    on: date
    observed: int
    carried: int
    cost_build: int
    unpriced: int
    observed_assumed: int

    @property
    def forms(self) -> int:
        """All forms that were counted."""
        return self.observed + self.carried + self.cost_build + self.unpriced


def footing(on: date, months: Iterable[Month]) -> Footing:
    """The footing of one day, from each form's month of that day."""
    counted = dict.fromkeys(RESTS, 0)
    assumed = 0
    for month in months:
        counted[month.rests] += 1
        assumed += month.rests == "observed" and month.assumed
    return Footing(on, **counted, observed_assumed=assumed)


def footings(series: Sequence[FormSeries]) -> tuple[Footing, ...]:
    """The footing of every walked day."""
    by_day: dict[date, list[Month]] = {}
    for one in series:
        for month in one.months:
            by_day.setdefault(month.on, []).append(month)
    return tuple(footing(on, months) for on, months in sorted(by_day.items()))
