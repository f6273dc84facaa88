"""The world's facts that a price needs, with the look-ups that go with them."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.facts import DailyRate, ExchangeRate, Facts, Form, Port, PriceIndex, Recipe, SeaDistance, ValueAddedTax
from footwall.prices.chains import Chains, chains

INDEX_BASE: Final = Decimal(100)
"""The level of a price index in its base year; a real series that names the index is told in the money of that year."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Forms, recipes, value-added taxes, rates of exchange, price levels and ports: the facts that a price needs."""

    forms: Mapping[str, Form]
    recipes: tuple[Recipe, ...] = ()
    value_added_tax: tuple[ValueAddedTax, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    price_index: tuple[PriceIndex, ...] = ()
    ports: Mapping[str, Port] = field(default_factory=dict)
    sea_distances: tuple[SeaDistance, ...] = ()
    daily_rates: tuple[DailyRate, ...] = ()
    chains: Chains = field(init=False, repr=False, compare=False)
    _rates: Mapping[tuple[str, str, date], ExchangeRate] = field(init=False, repr=False, compare=False)
    _daily: Mapping[tuple[str, str], tuple[DailyRate, ...]] = field(init=False, repr=False, compare=False)
    _levels: Mapping[tuple[str, int], PriceIndex] = field(init=False, repr=False, compare=False)
    _main_ports: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _kilometres: Mapping[frozenset[str], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the tables once: a price asks them for every observation."""
        rates = {(rate.from_currency, rate.to_currency, rate.month): rate for rate in self.exchange_rates}
        object.__setattr__(self, "_rates", rates)
        daily: dict[tuple[str, str], list[DailyRate]] = {}
        for one in sorted(self.daily_rates, key=lambda one: one.day):
            daily.setdefault((one.from_currency, one.to_currency), []).append(one)
        object.__setattr__(self, "_daily", {pair: tuple(found) for pair, found in daily.items()})
        object.__setattr__(self, "_levels", {(level.index, level.year): level for level in self.price_index})
        main_ports = {country: port.port for port in self.ports.values() for country in port.serves}
        object.__setattr__(self, "_main_ports", main_ports)
        kilometres = {frozenset((way.from_port, way.to_port)): way.kilometres for way in self.sea_distances}
        object.__setattr__(self, "_kilometres", kilometres)
        object.__setattr__(self, "chains", chains(self.recipes))

    def __reduce__(self) -> tuple[object, ...]:
        """How it goes to another process: as its tables, which are indexed there anew."""
        tables = (self.recipes, self.value_added_tax, self.exchange_rates, self.price_index)
        return Evidence, (dict(self.forms), *tables, dict(self.ports), self.sea_distances, self.daily_rates)

    @classmethod
    def of(cls, facts: Facts) -> "Evidence":
        """The evidence that a folder of facts holds. Raises FactsError for a table that does not hold together."""
        return cls(
            facts.forms,
            facts.recipes,
            facts.value_added_tax,
            facts.exchange_rates,
            facts.price_index,
            facts.ports,
            facts.sea_distances,
            facts.daily_rates,
        )

    def rate(self, from_currency: str, to_currency: str, month: date) -> ExchangeRate | None:
        """The rate of exactly this pair in the month that starts on `month`; never inverted, never crossed."""
        return self._rates.get((from_currency, to_currency, month))

    def rate_of_day(self, from_currency: str, to_currency: str, day: date, days_back_max: int) -> DailyRate | None:
        """The rate of exactly this pair on `day`, else of the last day up to `days_back_max` before it; None where there is none."""
        held = self._daily.get((from_currency, to_currency))
        if held is None:
            return None
        place = bisect_right(held, day, key=lambda rate: rate.day)
        found = held[place - 1] if place else None
        return found if found is not None and (day - found.day).days <= days_back_max else None

    def tax(self, country: str, day: date) -> ValueAddedTax | None:
        """The value-added tax that a quotation in `country` includes on `day`."""
        for tax in self.value_added_tax:
            if tax.country == country and tax.valid_from <= day and (tax.valid_to is None or day <= tax.valid_to):
                return tax
        return None

    def level(self, index: str, year: int) -> PriceIndex | None:
        """The level of a price index in a year."""
        return self._levels.get((index, year))

    def has_base(self, index: str) -> bool:
        """Whether the index shows its base year: a year in which it stands at 100."""
        return any(level.index == index and level.value == INDEX_BASE for level in self.price_index)

    def sea_km(self, place: str, country: str, to_port: str) -> int | None:
        """Whole kilometres by sea to `to_port`, from `place` where one is named, else from the main port of `country`.

        Places are UN/LOCODEs. None is unknown, not zero: a place that is no port of the facts (its country's main port does
        not stand in for it), a country without a main port, a pair that nobody has measured. From a port to itself it is 0.
        A state of the European Union has a main port of its own; `EU` itself has the union's base port.
        """
        start = place or self._main_ports.get(country, "")
        if start not in self.ports or to_port not in self.ports:
            return None
        return 0 if start == to_port else self._kilometres.get(frozenset((start, to_port)))
