"""What a rulebook may say: one record for each kind of rule, checked by pydantic as it enters.

A rulebook *version* is one TOML file and holds for its own dates. Inside it each rule may carry narrower dates.
Shares are fractions (0.05 is 5 %); money is in the rulebook's currency; a price is per kilogram of the form's own
price basis (`facts.Form.basis`). Decimals come from TOML text exactly (`parse_float=Decimal`).
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from footwall.quantity import RoundingMode

Tier = Literal["transactions", "bids_offers", "assessments", "averages", "implied", "unit_values"]
"""Tiers of evidence, best first. `averages` are official annual or monthly averages of assessments or settlements;
`implied` are prices that follow from an observed price of another form: payable shares, conversion charges;
`unit_values` are customs unit values, and never serve as reference and parity of one form at once."""

UNIT_CURRENCY: Final = "USD"
"""The currency in which every unit of a rulebook is stated (`USD/kg`, `USD/t`)."""

DutyMethod = Literal["ad_valorem", "specific", "top_up", "notified", "banded", "graduated", "minimum_price"]
FloorMethod = Literal["top_up", "notified", "banded", "graduated", "minimum_price"]
FloorMode = Literal["external", "internal"]
Counted = Literal["ordinary", "additional"]
CapKind = Literal["none", "mfn_bound", "preferential_bound"]
ShipmentRule = Literal["none", "max", "lesser"]


def _decimal_of_whole(value: object) -> object:
    """A whole number is a number: `factor = 1` means 1.00. Everything else stays as it was written."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def frozen(value: object) -> object:
    """What `tomllib` read, with each list as a tuple: strict models take a tuple and nothing else."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list) else value


Number = Annotated[Decimal, BeforeValidator(_decimal_of_whole)]
Share = Annotated[Number, Field(ge=0, le=1)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]


class Rule(BaseModel):
    """What every part of a rulebook has in common: strict, frozen, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DatedRule(Rule):
    """A rule with dates and a source. `valid_to` is the last day; None means the version's own dates."""

    valid_from: date | None = None
    valid_to: date | None = None
    source: Text


class Header(Rule):
    """Who made this version, for which dates (`valid_to` is the last day), in which currency."""

    name: Text
    version: Text
    status: Literal["example", "draft", "in_force"]
    notice: Text
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description='three capital letters, such as "USD"')]
    valid_from: date
    valid_to: date | None = None
    legal_basis: Text
    source: Text


class Walk(Rule):
    """The days on which the zone decides: `cadence` month ends from `first` to `through`; floors apply from `floors_from`."""

    cadence: Literal["month_end"]
    first: date
    through: date
    floors_from: date


class Border(DatedRule):
    """How a price outside becomes a price at the zone border (cif at the base port)."""

    base_port: Text
    freight_per_t: NotNegative
    freight_unit: Literal["USD/t"]
    insurance_share: Share
    assumed: bool = False


class ExchangeRule(DatedRule):
    """The rate at which amounts are converted on the day of entry: the mean of the month that lies `months_before` its own.

    At least one, because a month's mean is not known before the month is over.
    """

    months_before: Annotated[int, Field(ge=1)]


class OriginGroup(DatedRule):
    """Origins that share one parity and one tariff: ISO codes, or `non-members` for all others outside the zone."""

    group: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$", description='small letters and hyphens, such as "others"')]
    origins: tuple[Text, ...] | Literal["non-members"]


class TierRule(Rule):
    """The least that a tier must show before it may set a price; `age_days_max` counts from the day an observation ends."""

    tier: Tier
    age_days_max: Annotated[int, Field(gt=0)]
    count_min: Annotated[int, Field(gt=0)]
    parties_min: Annotated[int, Field(gt=0)]
    party_weight_cap: Annotated[Number, Field(gt=0, le=1)]
    spread_min: Annotated[Number, Field(ge=1)]
    spread_power: Annotated[int, Field(gt=0)]


class MarketWeight(Rule):
    """The market's weight in the combination with the cost-build where the price rests on `tier`; falls with liquidity."""

    tier: Tier
    weight: Share


class ReferenceRule(DatedRule):
    """How the reference price of `forms` is set (`all`, or ids; an id beats `all`)."""

    forms: tuple[Text, ...] | Literal["all"]
    tiers: tuple[TierRule, ...]
    market_weights: tuple[MarketWeight, ...]
    carry_days_max: Annotated[int, Field(gt=0)]
    smoothing_share: Annotated[Number, Field(gt=0, le=1)]
    step_share_max: Positive
    price_rounding_unit: Positive
    price_rounding_mode: RoundingMode = "half_up"


class FloorRule(DatedRule):
    """How the floor of one form is set. `valid_to` is its sunset. `unit` must name the form's price basis."""

    form: Text
    unit: Literal["USD/kg", "USD/kg contained"]
    factor: Positive
    review_days: tuple[date, ...]
    trailing_months: Annotated[int, Field(gt=0)]
    step_up_share_max: Share
    step_down_share_max: Share
    ceiling_factor: Annotated[Number, Field(gt=1)]
    mode: FloorMode
    rounding_unit: Positive
    rounding_mode: RoundingMode = "half_up"


class ParityRule(DatedRule):
    """Where import parity of `forms` comes from: tiers and markets outside the zone, best first.

    `quotes` says whose prices measure an origin group: its `own` alone, or, where it has none, those of any origin
    outside the zone.
    """

    forms: tuple[Text, ...] | Literal["all"]
    tiers: tuple[Tier, ...]
    quotes: Literal["own", "own_then_any"]
    age_days_max: Annotated[int, Field(gt=0)]
    carry_days_max: Annotated[int, Field(gt=0)]


class EscalationGuard(Rule):
    """Freeze when raises of `raised_share` of the floor have closed less than `closed_share_min` of the gap in `cadences`."""

    raised_share: Positive
    closed_share_min: Share
    cadences: Annotated[int, Field(gt=0)]


class TariffRule(DatedRule):
    """How the floor of `forms` is held at the border, for one origin group.

    `opening` says how a notified tariff begins where none was before it: `at_once` and whole, with the floor it holds, or
    `by_steps`, with notice and step cap, like any other increase.
    """

    forms: tuple[Text, ...]
    group: Text
    method: FloorMethod
    counts: tuple[Counted, ...]
    cap: CapKind
    shipment: ShipmentRule = "none"
    opening: Literal["at_once", "by_steps"] = "by_steps"
    deadband_share: Share
    step_share_max: Share
    notice_days: Annotated[int, Field(ge=0)]
    rounding_unit: Positive
    rounding_mode: RoundingMode = "half_up"
    guard: EscalationGuard | None = None
    legal_basis: Text


class OrdinaryRule(DatedRule):
    """Whose ordinary duties the schedule states from the facts; every other importer's ordinary duty is unknown."""

    importers: tuple[Text, ...]
    rounding_unit: Positive
    rounding_mode: RoundingMode = "half_up"


class Rulebook(Rule):
    """One version of the zone's rules, as one TOML file states them."""

    rulebook: Header
    walk: Walk
    border: tuple[Border, ...]
    exchange: tuple[ExchangeRule, ...]
    origin_group: tuple[OriginGroup, ...]
    reference: tuple[ReferenceRule, ...]
    floor: tuple[FloorRule, ...]
    parity: tuple[ParityRule, ...]
    tariff: tuple[TariffRule, ...]
    ordinary: tuple[OrdinaryRule, ...]
