"""The facts of a folder: each table read once, when first asked for."""

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from footwall.errors import FactsError, Problem
from footwall.facts.recipes import read_recipes
from footwall.facts.records import (
    CodeSplit,
    CodeTotal,
    ContentFactor,
    Country,
    Currency,
    DailyRate,
    ExchangeRate,
    Form,
    FormLine,
    HarmonizedCode,
    Membership,
    Mineral,
    Observation,
    OrdinaryDuty,
    Port,
    PriceIndex,
    Production,
    Recipe,
    SeaDistance,
    TariffTreatment,
    TradeFlow,
    TradeMargin,
    ValueAddedTax,
)
from footwall.facts.tables import Key, read_table

Record = TypeVar("Record")

STAGES: Final = ("mining", "refining", "processing", "manufacturing")
"""The stages in the order of a chain."""


def stage_order(stage: str) -> int:
    """0 for mining … 3 for manufacturing. Raises ValueError for any other word: the caller's fault."""
    return STAGES.index(stage)


class Facts:
    """The fact tables of one folder. Each attribute is read and checked when first used, and then kept.

    A table that does not hold together raises FactsError, naming every bad row. `check_facts` tells whether the tables
    agree with each other.
    """

    def __init__(self, folder: Path) -> None:
        """Facts from `folder`, which holds one CSV file per table and recipes.toml. Nothing is read yet."""
        self.folder = folder

    def __repr__(self) -> str:
        """The folder."""
        return f"Facts({str(self.folder)!r})"

    @cached_property
    def minerals(self) -> Mapping[str, Mineral]:
        """Minerals by id."""
        return self._by_id("minerals.csv", Mineral, "mineral", lambda mineral: mineral.mineral)

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """Forms by id."""
        return self._by_id("forms.csv", Form, "form", lambda form: form.form)

    @cached_property
    def recipes(self) -> tuple[Recipe, ...]:
        """All recipes, in the file's order."""
        return read_recipes(self.folder / "recipes.toml")

    @cached_property
    def hs6_names(self) -> Mapping[str, str]:
        """Every six-digit code of the Harmonized System 2022, with its description shortened."""
        codes = self._rows("hs6_codes.csv", HarmonizedCode, "hs6")
        return MappingProxyType({code.hs6: code.description for code in codes})

    @cached_property
    def hs6_codes(self) -> frozenset[str]:
        """Every six-digit code of the Harmonized System 2022."""
        return frozenset(self.hs6_names)

    @cached_property
    def code_splits(self) -> tuple[CodeSplit, ...]:
        """What share of a shared code's value each form makes up: estimates."""
        return self._rows("code_splits.csv", CodeSplit, "hs6", "form")

    @cached_property
    def countries(self) -> Mapping[str, Country]:
        """Countries by ISO 3166 alpha-2 code, and the European Union as `EU`."""
        return self._by_id("countries.csv", Country, "iso2", lambda country: country.iso2)

    @cached_property
    def currencies(self) -> Mapping[str, Currency]:
        """Currencies by ISO 4217 code."""
        return self._by_id("currencies.csv", Currency, "currency", lambda currency: currency.currency)

    @cached_property
    def value_added_tax(self) -> tuple[ValueAddedTax, ...]:
        """Rates of value-added tax that quotations include."""
        return self._rows("value_added_tax.csv", ValueAddedTax, "country", "valid_from")

    @cached_property
    def exchange_rates(self) -> tuple[ExchangeRate, ...]:
        """Monthly mean rates of exchange."""
        return self._rows("exchange_rates.csv", ExchangeRate, "from_currency", "to_currency", "month")

    @cached_property
    def daily_rates(self) -> tuple[DailyRate, ...]:
        """Rates of exchange of single days; none where the folder has no such table."""
        if not (self.folder / "daily_exchange_rates.csv").is_file():
            return ()
        return self._rows("daily_exchange_rates.csv", DailyRate, "from_currency", "to_currency", "day")

    @cached_property
    def price_index(self) -> tuple[PriceIndex, ...]:
        """Price levels by year."""
        return self._rows("price_index.csv", PriceIndex, "index", "year")

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """What was seen in markets."""
        return self._rows("observations.csv", Observation, "observation")

    @cached_property
    def trade(self) -> tuple[TradeFlow, ...]:
        """Bilateral trade by year and six-digit code."""
        return self._rows("trade.csv", TradeFlow, "year", "hs6", "exporter", "importer")

    @cached_property
    def trade_margins(self) -> tuple[TradeMargin, ...]:
        """A country's exports or imports of a code in all, where flows are not known."""
        return self._rows("trade_margins.csv", TradeMargin, "year", "hs6", "side", "country")

    @cached_property
    def trade_totals(self) -> tuple[CodeTotal, ...]:
        """The world's trade of each code."""
        return self._rows("trade_totals.csv", CodeTotal, "year", "hs6")

    @cached_property
    def production(self) -> tuple[Production, ...]:
        """Production by country, form and year."""
        return self._rows("production.csv", Production, "mineral", "stage", "form", "country", "year")

    @cached_property
    def ordinary_duties(self) -> tuple[OrdinaryDuty, ...]:
        """Ordinary duties of those importers whose tariff the facts hold."""
        return self._rows("ordinary_duties.csv", OrdinaryDuty, "importer", "hs_code", "treatment", "valid_from")

    @cached_property
    def form_lines(self) -> tuple[FormLine, ...]:
        """The tariff lines under which forms are entered, where not every line of their codes is meant."""
        return self._rows("form_lines.csv", FormLine, "form", "importer", "hs_code")

    @cached_property
    def tariff_treatments(self) -> tuple[TariffTreatment, ...]:
        """The countries whose goods those importers do not simply treat as all others."""
        return self._rows("tariff_treatments.csv", TariffTreatment, "importer", "treatment", "country", "valid_from")

    @cached_property
    def memberships(self) -> tuple[Membership, ...]:
        """The example table of members."""
        return self._rows("members.csv", Membership, "party", "valid_from")

    @cached_property
    def ports(self) -> Mapping[str, Port]:
        """Seaports by UN/LOCODE."""
        return self._by_id("ports.csv", Port, "port", lambda port: port.port)

    @cached_property
    def sea_distances(self) -> tuple[SeaDistance, ...]:
        """How far ports are from each other by sea; a pair stands once, in either order."""
        return self._rows("sea_distances.csv", SeaDistance, "from_port", "to_port")

    @cached_property
    def forms_by_hs6(self) -> Mapping[str, tuple[str, ...]]:
        """The forms of each six-digit code that the catalogue uses, in the order of forms.csv; more than one shares it."""
        found: dict[str, list[str]] = {}
        for form in self.forms.values():
            for code in form.hs6:
                found.setdefault(code, []).append(form.form)
        return MappingProxyType({code: tuple(forms) for code, forms in sorted(found.items())})

    @cached_property
    def shared_codes(self) -> frozenset[str]:
        """The catalogue's codes that do not tell the form: more than one form uses them, or goods outside the catalogue do.

        For the latter code_splits.csv has a row (8505.11 also holds magnets without neodymium).
        """
        shared = {code for code, forms in self.forms_by_hs6.items() if len(forms) > 1}
        return frozenset(shared | {split.hs6 for split in self.code_splits})

    @cached_property
    def content_factors(self) -> Mapping[tuple[str, str], Decimal]:
        """Kilograms of the second thing in one kilogram of the first: {("WO3", "W"): 0.7930}."""
        rows = self._rows("content_factors.csv", ContentFactor, "content", "contained")
        return MappingProxyType({(row.content, row.contained): row.factor for row in rows})

    def union_members(self, union: str) -> tuple[str, ...]:
        """The states of a customs union (`EU`), sorted; empty for a code that is no union."""
        return tuple(sorted(iso2 for iso2, country in self.countries.items() if country.union == union))

    def digest(self) -> str:
        """SHA-256 over the folder's tables (name and content, in the order of their names), in hexadecimal."""
        whole = hashlib.sha256()
        for path in sorted(self.folder.iterdir(), key=lambda path: path.name):
            if path.suffix in {".csv", ".toml"}:
                whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return whole.hexdigest()

    def _rows(self, file: str, record: type[Record], *key: str) -> tuple[Record, ...]:
        return read_table(self.folder / file, record, Key(key))

    def _by_id(self, file: str, record: type[Record], key: str, id_of: Callable[[Record], str]) -> Mapping[str, Record]:
        return MappingProxyType({id_of(row): row for row in self._rows(file, record, key)})


TABLES: Final = (
    "minerals",
    "forms",
    "recipes",
    "hs6_names",
    "code_splits",
    "countries",
    "currencies",
    "value_added_tax",
    "exchange_rates",
    "price_index",
    "observations",
    "trade",
    "trade_margins",
    "trade_totals",
    "production",
    "ordinary_duties",
    "form_lines",
    "tariff_treatments",
    "memberships",
    "ports",
    "sea_distances",
    "content_factors",
)
"""The attributes of `Facts` that are tables."""


def unreadable_tables(facts: Facts) -> tuple[Problem, ...]:
    """Every problem that keeps a table from being read; empty where all of them can be."""
    problems: list[Problem] = []
    for table in TABLES:
        try:
            getattr(facts, table)
        except FactsError as error:
            problems += error.problems
    return tuple(problems)


@cache
def shipped_facts() -> Facts:
    """The facts that come with the package; the same object on every call."""
    return Facts(Path(__file__).parent / "data")
