"""What a rulebook may say: one record for each kind of rule, checked by pydantic as it enters.

A rulebook *version* is one TOML file and holds for its own dates. Inside it each rule may carry narrower dates.
Shares are fractions (0.05 is 5 %); money is in the rulebook's currency; a price is per kilogram of the form's own
price basis (`facts.Form.basis`). Decimals come from TOML text exactly (`parse_float=Decimal`).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, Literal, get_args, get_origin

from pydantic import Field

from footwall.quantity import RoundingMode
from footwall.rulebook.border_rules import (
    BandShare,
    BoundRule,
    CountingDayRule,
    EmbeddedRule,
    OriginProofRule,
    SliceShare,
    StandardValue,
    SuspensionRule,
)
from footwall.rulebook.entry_rules import EntriesRule, InterestRule
from footwall.rulebook.parts import DatedRule, NotNegative, Number, Positive, Rule, Share, Text
from footwall.rulebook.price_rules import (
    Border,
    CadenceRule,
    CessationRule,
    ConfidenceRule,
    EligibilityRule,
    ExchangeRule,
    Forms,
    GovernanceRule,
    LiquidityRule,
    PremiumRule,
    ReferenceRule,
    TermsRule,
    Tier,
    TierRule,
)

UNIT_CURRENCY: Final = "USD"
"""The currency in which every unit of a rulebook is stated (`USD/kg`, `USD/t`)."""

DutyMethod = Literal["ad_valorem", "specific", "top_up", "notified", "banded", "graduated", "minimum_price", "embedded"]
FloorMethod = Literal["top_up", "notified", "banded", "graduated", "minimum_price"]
FloorMode = Literal["external", "internal"]
Counted = Literal["ordinary", "additional"]
CapKind = Literal["none", "mfn_bound", "preferential_bound"]
ShipmentRule = Literal["none", "max", "lesser"]
RateAs = Literal["specific", "ad_valorem"]

MEMBERS_GROUP: Final = "members"
"""The origin group of a tariff rule that is no `[[origin_group]]`: the members, under an internal floor."""


class Header(Rule):
    """Who made this version, for which dates (`valid_to` is the last day), in which currency.

    `consulted_from … consulted_to` are the days on which its draft was open to comment.
    """

    name: Text
    version: Text
    status: Literal["example", "draft", "in_force"]
    notice: Text
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description='three capital letters, such as "USD"')]
    valid_from: date
    valid_to: date | None = None
    consulted_from: date | None = None
    consulted_to: date | None = None
    legal_basis: Text
    source: Text


class Walk(Rule):
    """The days on which the zone decides: `cadence` month ends from `first` to `through`; floors apply from `floors_from`."""

    cadence: Literal["month_end"]
    first: date
    through: date
    floors_from: date


class OriginGroup(DatedRule):
    """Origins that share one parity and one tariff: ISO codes, or `non-members` for all others outside the zone."""

    group: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$", description='small letters and hyphens, such as "others"')]
    origins: tuple[Text, ...] | Literal["non-members"]


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

    `quotes` says whose prices measure an origin group: its `own` alone, or, where those are too little, those of any origin
    outside the zone. A tier speaks only with the least data that the form's reference rule asks of the same tier; `least`
    states it for tiers that the reference rule does not use.
    """

    forms: Forms
    tiers: tuple[Tier, ...]
    least: tuple[TierRule, ...] = ()
    quotes: Literal["own", "own_then_any"]
    age_days_max: Annotated[int, Field(gt=0)]
    carry_days_max: Annotated[int, Field(gt=0)]


class EscalationGuard(Rule):
    """Freeze when raises of `raised_share` of the floor have closed less than `closed_share_min` of the gap in `cadences`."""

    raised_share: Positive
    closed_share_min: Share
    cadences: Annotated[int, Field(gt=0)]


class TariffRule(DatedRule):
    """How the floor of `forms`, or of all forms of `stages`, is held at the border, for one origin group.

    A rule that names a form goes before one for its stage. The group `members` are the members themselves: what their goods
    owe under an internal floor.
    `opening` says how a notified tariff begins where none was before it: `at_once` and whole, with the floor it holds, or
    `by_steps`, with notice and step cap, like any other increase.
    """

    forms: tuple[Text, ...] = ()
    stages: tuple[Text, ...] = ()
    group: Text
    method: FloorMethod
    counts: tuple[Counted, ...]
    cap: CapKind
    shipment: ShipmentRule = "none"
    opening: Literal["at_once", "by_steps"] = "by_steps"
    rate_as: RateAs = "specific"
    ad_valorem_unit: Positive | None = None
    bands: tuple[BandShare, ...] = ()
    ad_valorem: NotNegative | None = None
    standard_value: StandardValue | None = None
    tolerance: NotNegative | None = None
    slices: tuple[SliceShare, ...] = ()
    otherwise_ad_valorem: NotNegative | None = None
    least_ad_valorem: Positive | None = None
    least_specific: Positive | None = None
    rebate_share: Annotated[Number, Field(gt=0, le=1)] | None = None
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
    eligibility: tuple[EligibilityRule, ...] = ()
    terms: tuple[TermsRule, ...] = ()
    premium: tuple[PremiumRule, ...] = ()
    liquidity: tuple[LiquidityRule, ...] = ()
    confidence: tuple[ConfidenceRule, ...] = ()
    cadence: tuple[CadenceRule, ...] = ()
    cessation: tuple[CessationRule, ...] = ()
    governance: tuple[GovernanceRule, ...] = ()
    entries: tuple[EntriesRule, ...] = ()
    interest: tuple[InterestRule, ...] = ()
    bound: tuple[BoundRule, ...] = ()
    suspension: tuple[SuspensionRule, ...] = ()
    day: tuple[CountingDayRule, ...] = ()
    origin: tuple[OriginProofRule, ...] = ()
    embedded: tuple[EmbeddedRule, ...] = ()

    def dated(self) -> tuple[DatedRule, ...]:
        """The dated rules of all sections, in the order of a rulebook."""
        return tuple(rule for section in SECTIONS for rule in getattr(self, section))


SECTIONS: Final[Mapping[str, type[DatedRule]]] = MappingProxyType(
    {
        name: get_args(field.annotation)[0]
        for name, field in Rulebook.model_fields.items()
        if get_origin(field.annotation) is tuple
    }
)
"""The sections of a rulebook that hold dated rules, and the record of each."""

PRICE_SECTIONS: Final = tuple(name for name, kind in SECTIONS.items() if kind.__module__ == ReferenceRule.__module__)
"""The sections that rule how prices are made: the methodology."""
