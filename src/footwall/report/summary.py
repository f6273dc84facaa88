"""What the zone did, for the terminal and the report: each tracked form with its price, floor, market and tariff on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.batch import assess
from footwall.desk import HistoryPoint, Zone
from footwall.errors import UsageError
from footwall.facts import Form, Mineral, stage_order
from footwall.floors import Floor, Ladder
from footwall.prices import ReferencePrice
from footwall.quantity import Unknown
from footwall.report.assumptions import annual_trade
from footwall.report.series import (
    Footing,
    FormSeries,
    Month,
    Standing,
    TariffRow,
    footings,
    rests_on,
    tariff_row,
)
from footwall.report.trade import last_year, trade_lines
from footwall.report.trade_estimate import estimated_lines
from footwall.report.trade_summary import summarise_trade
from footwall.report.trade_totals import TradeSummary
from footwall.rulebook import Rulebook, tariff_rules
from footwall.tariffs import Tariff

OTHER_MEMBERS: Final = "other members"
"""All importers that have no tariff of their own."""

NOT_MEASURED: Final = Unknown("no import parity was measured")


@dataclass(frozen=True, slots=True)
class FormSummary:
    """One form on a day. `tariffs` has a row for each group of importers and of origins; none where it has no floor."""

    form: Form
    reference: ReferencePrice
    floor: Floor | None
    tariffs: tuple[TariffRow, ...]
    series: FormSeries

    @property
    def market(self) -> Decimal | Unknown:
        """The lowest market price of its origin groups: the one that a floor has to be held against."""
        return self.series.months[-1].market

    @property
    def market_stands(self) -> Standing:
        """Where the market stands against the floor; `at` is equality."""
        return self.series.months[-1].market_stands

    @property
    def changed_on(self) -> date | None:
        """When a tariff of the form last changed; None where it has none."""
        return max((row.changed_on for row in self.tariffs), default=None)


@dataclass(frozen=True, slots=True)
class MineralSummary:
    """A tracked mineral with its forms, in the order of the stages, and its ladder (None before floors applied)."""

    mineral: Mineral
    forms: tuple[FormSummary, ...]
    ladder: Ladder | None


@dataclass(frozen=True, slots=True)
class ZoneSummary:
    """The zone on a day. `footings` count all catalogued forms that a rule prices, `tracked_footing` those listed here."""

    name: str
    notice: str
    rulebook: Rulebook
    on: date
    first_day: date
    days: int
    floors_from: date
    parties: tuple[str, ...]
    minerals: tuple[MineralSummary, ...]
    footings: tuple[Footing, ...]
    tracked_footing: Footing
    measures: int
    head: str

    @property
    def footing(self) -> Footing:
        """What all forms rest on, on the day."""
        return self.footings[-1]

    @property
    def forms(self) -> tuple[FormSummary, ...]:
        """The forms of all tracked minerals."""
        return tuple(form for mineral in self.minerals for form in mineral.forms)


def zone_summary(zone: Zone, on: date | None = None) -> ZoneSummary:
    """What the zone decided, as it stood at the end of its last walked day up to `on`; without `on`, of its last day.

    Raises UsageError for a day that was not reached.
    """
    state = zone.state_on(on)
    day = state.last_day
    if day is None:
        raise UsageError(f"the zone in {zone.folder} has not been walked yet: footwall run {zone.folder}")
    book = zone.rulebooks.on(day)
    minerals = tuple(_mineral(zone, mineral, day) for mineral in zone.facts.minerals.values() if mineral.tracked)
    every = [_priced(zone, form, day) for form in state.references]
    last = footings([form.series for mineral in minerals for form in mineral.forms])[-1]
    return ZoneSummary(
        name=zone.settings.name,
        notice=zone.settings.notice,
        rulebook=book,
        on=day,
        first_day=zone.days[0],
        days=sum(walked <= day for walked in zone.days),
        floors_from=book.walk.floors_from,
        parties=zone.members.parties_on(day),
        minerals=tuple(mineral for mineral in minerals if mineral.forms),
        footings=footings(every),
        tracked_footing=last,
        measures=len(state.measures),
        head=zone.head.hash,
    )


@dataclass(frozen=True, slots=True)
class ZoneTrade:
    """The duties on a year of the members' imports: the total, and beside it, never in it, what shared codes are estimated at."""

    total: TradeSummary
    estimated: TradeSummary


def zone_trade(zone: Zone, year: int | None = None) -> ZoneTrade:
    """The members' imports of `year`, assessed under the schedule that was in force on their assumed day of entry.

    Without `year`, of the last year that the facts hold. Raises UsageError where the facts hold no trade of the year, or the zone had published no schedule by then.
    """
    facts, members = zone.facts, zone.members
    year = last_year(facts) if year is None else year
    entered = annual_trade().entry_date(year)
    book = zone.rulebooks.on(entered)
    prices = {form: found[-1].price for form, found in zone.state_on(entered).references.items()}
    schedule = zone.schedule().on(entered)
    lines = trade_lines(facts, members, book, year)
    guesses = estimated_lines(facts, members, book, prices, year)
    return ZoneTrade(
        *(
            summarise_trade(
                found, assess(found.records(), schedule, zone.rates) if found.lines else None, facts, members
            )
            for found in (lines, guesses)
        )
    )


def _mineral(zone: Zone, mineral: Mineral, day: date) -> MineralSummary:
    forms = sorted(
        (form for form in zone.facts.forms.values() if form.mineral == mineral.mineral),
        key=lambda form: stage_order(form.stage),
    )
    found = (_form(zone, form, day) for form in forms)
    ladders: Mapping[str, Ladder] = zone.state_on(day).ladders
    return MineralSummary(mineral, tuple(one for one in found if one is not None), ladders.get(mineral.mineral))


def _form(zone: Zone, form: Form, day: date) -> FormSummary | None:
    """None for a form that no rule has ever priced."""
    points = [point for point in zone.history(form.form) if point.on <= day]
    if not points or points[-1].on != day:
        return None
    rules = _Units(zone)
    months = tuple(_month(point, rules) for point in points)
    last = points[-1]
    stated = () if last.floor is None else last.tariffs
    rows = tuple(tariff_row(_importers(one), one, rules.unit(one, day)) for one in stated)
    return FormSummary(form, last.reference, last.floor, rows, FormSeries(form, months))


@dataclass(frozen=True, slots=True)
class _Units:
    """What a tariff is rounded to, by the rule of its day."""

    zone: Zone

    def unit(self, tariff: Tariff, on: date) -> Decimal:
        book = self.zone.rulebooks.on(on)
        stages = self.zone.grounds.stages
        ruled = tariff_rules(book, on, stages)
        units = {rule.rounding_unit for rule, form in ruled if (form, rule.group) == (tariff.form, tariff.group)}
        return max(units, default=Decimal(0))


def _importers(tariff: Tariff) -> str:
    return tariff.importers[0] if len(tariff.importers) == 1 else OTHER_MEMBERS


def _month(point: HistoryPoint, rules: _Units) -> Month:
    """The month of a form; its market is that of the origin group with the lowest price, for the most importers."""
    price, floor = point.reference, point.floor
    parities = [parity.price for parity in point.parities if isinstance(parity.price, Decimal)]
    known = [one for one in point.tariffs if isinstance(one.parity, Decimal)]
    lowest = min(known, key=_lowest_first, default=None)
    held = None if lowest is None or floor is None else tariff_row("", lowest, rules.unit(lowest, point.on))
    return Month(
        on=point.on,
        reference=price.price,
        rests=rests_on(price.status, price.tier),
        tier=price.tier,
        assumed=price.assumed,
        floor=None if floor is None else floor.price,
        market=min(parities, default=NOT_MEASURED),
        landed=NOT_MEASURED if held is None else held.landed,
        landed_stands="unknown" if held is None else held.standing,
    )


def _lowest_first(tariff: Tariff) -> tuple[Decimal, int]:
    market = tariff.parity if isinstance(tariff.parity, Decimal) else Decimal("Infinity")
    return market, -len(tariff.importers)


def _priced(zone: Zone, form: str, day: date) -> FormSeries:
    """A form's prices alone: enough to count what they rest on, at a fraction of a history's cost."""
    prices = zone.state_on(day).references[form]
    months = (
        Month(
            one.on,
            one.price,
            rests_on(one.status, one.tier),
            one.tier,
            one.assumed,
            None,
            NOT_MEASURED,
            NOT_MEASURED,
        )
        for one in prices
    )
    return FormSeries(zone.facts.forms[form], tuple(months))
