"""What a row of each fact table means. One frozen record per table; field names are the tables' columns.

Empty text in a table means *unknown*, and becomes None. Decimals are exact. `assumed` marks a figure that nobody
published: it is ours, it says so, and `source` says what it rests on.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, Literal

from footwall.memory import maker

Stage = Literal["mining", "refining", "processing", "manufacturing"]
"""In this order: a chain runs from the left to the right."""

Basis = Literal["form", "contained"]
"""What one kilogram of a price means: a kilogram of the form as it is traded, or of its valuable content."""

Treatment = Literal["general", "column_2"]
"""Which rate of a tariff line: the one for goods of all origins, or the one for countries without normal trade relations."""


@dataclass(frozen=True, slots=True)
class Mineral:
    """minerals.csv: what is critical. `listed_2025`: on the US list of 60 of 2025; `tracked`: has a full chain here."""

    mineral: str
    name: str
    symbol: str
    listed_2025: bool
    tracked: bool
    source: str


@dataclass(frozen=True, slots=True)
class Form:
    """forms.csv: a mineral as it is traded at a stage.

    `content` names what the valuable content is (`Nd+Pr oxide`, `WO3`, `Co`); `standard_content` is its share by mass
    (None: no standard one, the line must say). `hs6` are HS 2022 codes of six digits; a code may belong to many forms.
    """

    form: str
    mineral: str
    stage: Stage
    name: str
    specification: str
    basis: Basis
    content: str
    standard_content: Decimal | None
    hs6: tuple[str, ...]
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """So many kilograms of a form (as traded, not contained) per kilogram of a recipe's main output."""

    form: str
    kg: Decimal


@dataclass(frozen=True, slots=True)
class Recipe:
    """recipes.toml: how forms become another. `conversion_cost` is USD per kg of `output` as traded.

    `return_share` stands on the conversion cost alone. `plant` says whose cost it is (a market-economy plant feeds a
    floor's cost-build; any other does not). `reverse_of` names the recipe that this one undoes, if any.
    """

    recipe: str
    mineral: str
    output: str
    inputs: tuple[Amount, ...]
    by_products: tuple[Amount, ...]
    conversion_cost: Decimal | None
    return_share: Decimal
    plant: Literal["market_economy", "other"]
    cost_year: int | None
    assumed: bool
    reverse_of: str | None
    source: str


Kind = Literal[
    "transaction",
    "bid",
    "offer",
    "assessment",
    "exchange",
    "average",
    "payable",
    "conversion_charge",
    "unit_value",
    "cost_survey",
]
"""What an observation is. `exchange` is a settlement; `payable` the share of another form's price that a contract pays;
`conversion_charge` what a plant is paid for making the form from what its recipe takes in."""

Evidential = Literal["transactions", "bids_offers", "assessments", "averages", "implied", "unit_values"]
"""The tier of evidence that an observation belongs to, best first."""

Relation = Literal["", "unrelated", "related"]
"""Of the two sides of a deal: empty where nobody has declared it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """observations.csv: one thing seen in a market; or several alike in all that a rule looks at, told as one (`count`).

    It describes `observed_from … observed_to` (equal for a day) and counts only from `published_at`.
    `low`/`high` are equal for a single figure; they are in `currency` per `unit` of mass, of the form as traded or of
    its contained `element` (`per`), with VAT where `vat_included`. `market` is a place or exchange;
    `incoterm` is what the price includes (`fob`, `cif`, `exw`, `ddp`, `exchange`). `under_floor`: made inside the zone or duty paid.
    `deflator` names the price level of a real series ("" when nominal): such rows are reflated before use.

    The columns from `seen_at` on may be left out of a table. `seen_at` is the instant of the deal or quote (None: only the
    day is known). `place` is the UN/LOCODE that the incoterm names ("": the main port of `country`). `lot` is what both
    sides call the deal, `lot_kg` the size of one lot (None: `mass_kg`). `content` is the declared share of the valuable
    content (None: the standard one), `grade` one that the rules put a premium on, `origin` where the goods were made.
    `payment_days` run from delivery. A `payable` states a share, in the unit `share`, of the price of `of_form`, which is another
    form; a `conversion_charge` needs `of_form` too: the input that is converted, by which its recipe is found.
    Where `count` is above one, `low` and `high` are the range, and `value` is Σ weight × mean of low and high as quoted,
    with `mass_kg` (or 1 each, where that is None) as weights.
    """

    observation: str
    form: str
    kind: Kind
    tier: Evidential
    market: str
    country: str
    incoterm: Literal["fob", "cif", "exw", "ddp", "exchange"]
    observed_from: date
    observed_to: date
    published_at: date
    publication_assumed: bool
    low: Decimal
    high: Decimal
    currency: str
    unit: str
    per: Literal["form", "contained"]
    vat_included: bool
    submitter: str
    mass_kg: Decimal | None
    under_floor: bool
    estimated: bool
    deflator: str
    source: str
    seen_at: datetime | None = None
    place: str = ""
    counterparty: str = ""
    relation: Relation = ""
    lot: str = ""
    lot_kg: Decimal | None = None
    content: Decimal | None = None
    grade: str = ""
    origin: str = ""
    payment_days: int | None = None
    of_form: str = ""
    count: int = 1
    value: Decimal | None = None

    def __reduce__(self) -> tuple[Callable[..., "Observation"], tuple[object, ...]]:
        """Hand it to another process by its values: a history sends many, and the way of `dataclass` takes nearly two times as long."""
        return _observation_of, (_VALUES_OF_OBSERVATION(self),)


_made: Final = maker(Observation)


def _observation_of(values: tuple[Any, ...]) -> Observation:
    return _made(*values)


_VALUES_OF_OBSERVATION: Final = attrgetter(*(field.name for field in fields(Observation)))


@dataclass(frozen=True, slots=True)
class PriceIndex:
    """price_index.csv: a price level by year, 100 in the base year of the real series that it reflates."""

    index: str
    year: int
    value: Decimal
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class ValueAddedTax:
    """value_added_tax.csv: the rate that a quotation "with VAT" in `country` includes, by date."""

    country: str
    rate: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """exchange_rates.csv: one unit of `from_currency` is `rate` of `to_currency`, the mean of the month that starts on `month`."""

    from_currency: str
    to_currency: str
    month: date
    rate: Decimal
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class DailyRate:
    """daily_exchange_rates.csv, which a folder may do without: one unit of `from_currency` is `rate` of `to_currency` on a day."""

    from_currency: str
    to_currency: str
    day: date
    rate: Decimal
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Country:
    """countries.csv. `valuation`: the basis of its customs value. `union`: the customs union it belongs to ("EU" or "")."""

    iso2: str
    iso3: str
    name: str
    currency: str
    union: str
    valuation: Literal["fob", "cif"]
    valuation_assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Currency:
    """currencies.csv: how many decimals its smallest coin has (2 for USD, 0 for JPY and KRW)."""

    currency: str
    name: str
    minor_units: int
    source: str


@dataclass(frozen=True, slots=True)
class TradeFlow:
    """trade.csv: one year's trade of one HS6 code from exporter to importer, fob. `tonnes` None is unknown, not zero."""

    year: int
    hs6: str
    exporter: str
    importer: str
    value_usd: Decimal
    tonnes: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class TradeMargin:
    """trade_margins.csv: what a country exports or imports of a code in all, where no bilateral flows are known."""

    year: int
    hs6: str
    side: Literal["exporter", "importer"]
    country: str
    value_usd: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class CodeTotal:
    """trade_totals.csv: the world's trade of a code, and the share of it that `trade.csv` holds flow by flow."""

    year: int
    hs6: str
    world_value_usd: Decimal
    world_tonnes: Decimal | None
    flows_value_usd: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class HarmonizedCode:
    """hs6_codes.csv: one six-digit code of the Harmonized System 2022, with its description shortened."""

    hs6: str
    description: str
    source: str


@dataclass(frozen=True, slots=True)
class CodeSplit:
    """code_splits.csv: the share of a shared code's value that one form makes up; an estimate, cited or assumed."""

    hs6: str
    form: str
    value_share: Decimal
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Production:
    """production.csv: tonnes a country made in a year, at a stage of a mineral. None is withheld or unknown, not zero.

    `country` is empty for what a source sums up as other countries or tells of the world alone: `unit_note` says which,
    and what is weighed (gross, or the content of an element).
    """

    mineral: str
    stage: Stage
    form: str
    country: str
    year: int
    tonnes: Decimal | None
    unit_note: str
    estimated: bool
    source: str


@dataclass(frozen=True, slots=True)
class ContentFactor:
    """content_factors.csv: kilograms of `contained` in one kilogram of `content`, from atomic masses (W in WO3: 0.7930)."""

    content: str
    contained: str
    factor: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class OrdinaryDuty:
    """ordinary_duties.csv: one ordinary rate of one importer, the general or that of column 2, for one line of 8 digits.

    `ad_valorem` is a fraction; `specific` is in `currency` per kg of goods, or of `contained` where that names an element.
    `rate_text` is the tariff's own wording. A line without duty has ad_valorem 0. `special_programs` are the symbols of
    the programs under which goods of some origins may claim less than the general rate; empty where there is none.
    """

    importer: str
    hs_code: str
    treatment: Treatment
    description: str
    ad_valorem: Decimal | None
    specific: Decimal | None
    currency: str
    contained: str
    rate_text: str
    special_programs: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class FormLine:
    """form_lines.csv: one line of 8 digits of an importer's tariff under which a form is entered.

    Where a form has no row of an importer, it may be entered there under any line of its six-digit codes.
    """

    form: str
    importer: str
    hs_code: str
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class TariffTreatment:
    """tariff_treatments.csv: a country whose goods an importer does not simply treat as all others, from when to when.

    `treatment` is `column_2`, or the symbol of a program under which less than the general rate may be claimed.
    `country` is empty for a symbol that stands for no country: a program that has lapsed, or one about other goods.
    """

    importer: str
    treatment: str
    country: str
    valid_from: date
    valid_to: date | None
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Membership:
    """members.csv: an example table of who is a member from when to when (last day); the union's states count with it."""

    party: str
    valid_from: date
    valid_to: date | None
    instrument: str
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Port:
    """ports.csv: a seaport, by its UN/LOCODE.

    `serves` are the countries (and `EU`) whose goods are taken to go through it where nobody names a place: its own, or
    one that has no coast. A country has one such port at most, and that choice is ours everywhere. `latitude` and
    `longitude` are in degrees, to a minute of arc, north and east positive; `assumed` is said of this position.
    """

    port: str
    name: str
    country: str
    serves: tuple[str, ...]
    latitude: Decimal
    longitude: Decimal
    assumed: bool
    source: str


@dataclass(frozen=True, slots=True)
class SeaDistance:
    """sea_distances.csv: whole kilometres by sea between two ports. It is as far back: a pair stands once, in either order."""

    from_port: str
    to_port: str
    kilometres: int
    source: str
