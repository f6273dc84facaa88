"""The rules of reference prices: what counts, how it is brought to the border, weighed, combined, published and governed."""

from datetime import time
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import Field

from footwall.quantity import RoundingMode, exact_arithmetic
from footwall.rulebook.parts import DatedRule, NotNegative, Number, Positive, Rule, Share, Text

Tier = Literal["transactions", "bids_offers", "assessments", "averages", "implied", "unit_values"]
"""Tiers of evidence, best first. `averages` are official annual or monthly averages of assessments or settlements;
`implied` are prices that follow from an observed price of another form: payable shares, conversion charges;
`unit_values` are customs unit values, and never serve as reference and parity of one form at once."""


Forms = tuple[Text, ...] | Literal["all"]
"""The forms that a rule is for: ids, or `all`; a rule that names a form goes before the one for all."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]

LEVELS: Final = ("high", "medium", "low")


class Border(DatedRule):
    """How a price outside becomes a price at the zone border (cif at the base port).

    Freight is `freight_per_t`, and `freight_per_t_km` for each kilometre by sea to the base port, whose UN/LOCODE is
    `base_port_code`. Where no distance is known, `distance_unknown_km` is taken and the price says that it is assumed;
    without that key such a price is not used. What was seen on one day is converted at the rate of that day, else of the last
    day up to `rate_days_back_max` before it, where the facts hold one; else, as what describes a period, at the mean of its months.
    """

    base_port: Text
    base_port_code: Annotated[
        str, Field(pattern=r"^([A-Z]{2}[A-Z2-9]{3})?$", description='the UN/LOCODE of a port, such as "NLRTM"')
    ] = ""
    freight_per_t: NotNegative
    freight_per_t_km: NotNegative = Decimal(0)
    distance_unknown_km: Annotated[int, Field(ge=0)] | None = None
    rate_days_back_max: Annotated[int, Field(ge=0)] = 0
    freight_unit: Literal["USD/t"]
    insurance_share: Share
    assumed: bool = False

    @property
    def freight_of_unknown_place(self) -> Decimal | None:
        """Freight per `freight_unit`'s mass from a place that nobody states; None where the rule takes no distance for it."""
        if not self.freight_per_t_km:
            return self.freight_per_t
        if self.distance_unknown_km is None:
            return None
        with exact_arithmetic():
            return self.freight_per_t + self.freight_per_t_km * self.distance_unknown_km


class ExchangeRule(DatedRule):
    """The rate at which amounts are converted on the day of entry: the mean of the month that lies `months_before` its own.

    At least one, because a month's mean is not known before the month is over.
    """

    months_before: Annotated[int, Field(ge=1)]


class EligibilityRule(DatedRule):
    """Which observations of `forms` may count at all.

    `arms_length`: a deal must declare that its sides are unrelated (`declared`), or at least not say that they are related
    (`not_related`). `content_tolerance_share`: how far a declared content may lie from the form's standard one, as a share
    of it. `origins_excluded`: where prices are not made by a market; of an observation without `origin`, its country counts.
    """

    forms: Forms
    arms_length: Literal["declared", "not_related", "any"]
    lot_kg_min: NotNegative
    content_tolerance_share: Share | None = None
    origins_excluded: tuple[Text, ...] = ()


class LotFactor(Rule):
    """What a price in lots of at least `lot_kg_min` is multiplied with."""

    lot_kg_min: NotNegative
    factor: Positive


class TermsRule(DatedRule):
    """How the terms of a deal in `forms` are brought to the standard ones.

    A price paid after `days` is divided by 1 + interest_share × (days − payment_days) ÷ year_days. A price of goods with
    another than the standard content is multiplied with standard ÷ declared (`pro_rata`). Of `lots` the first that the
    deal's lot reaches counts.
    """

    forms: Forms
    payment_days: Annotated[int, Field(ge=0)]
    interest_share: Share
    year_days: Literal[360, 365]
    content: Literal["pro_rata", "none"]
    lots: tuple[LotFactor, ...] = ()


class PremiumRule(DatedRule):
    """What a price of another `grade` of `form` is brought to the standard one with: × `factor`, + `amount` (USD per kg of basis)."""

    form: Text
    grade: Text
    factor: Positive = Decimal(1)
    amount: Number = Decimal(0)


SPREAD_POWER_MAX: Final = 64
"""A power of the spread beyond which no price is an outlier any more, and working it out would take forever."""


class TierRule(Rule):
    """The least that a tier must show before it may set a price; `age_days_max` counts from the day an observation ends.

    Where its prices lie further apart than `spread_max`, they are no one market, and the tier sets no price. `bound_power` states how far the tier can be moved: while at most 20 % of its weight is false, by no more than the
    spread to this power (docs/manipulation.md has the proof and its conditions).
    """

    tier: Tier
    age_days_max: Annotated[int, Field(gt=0)]
    count_min: Annotated[int, Field(gt=0)]
    parties_min: Annotated[int, Field(gt=0)]
    party_weight_cap: Annotated[Number, Field(gt=0, le=1)]
    spread_min: Annotated[Number, Field(ge=1)]
    spread_power: Annotated[int, Field(gt=0, le=SPREAD_POWER_MAX)]
    mass_kg_min: NotNegative = Decimal(0)
    spread_max: Annotated[Number, Field(ge=1)] | None = None
    bound_power: Annotated[int, Field(gt=0)] | None = None


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


class LiquidityBand(Rule):
    """From this many independent parties and this much mass on, the market keeps `share` of its weight."""

    parties_min: Annotated[int, Field(gt=0)]
    mass_kg_min: NotNegative
    share: Annotated[Number, Field(gt=0, le=1)]


class LiquidityRule(DatedRule):
    """How the market's weight falls with the liquidity of its tier: the first band that is reached counts.

    The last band is one that any market reaches. Without a cost-build the rest of the weight goes to the price of the day before (`previous`), so that a thin market
    moves it only so far; or the market stands `alone`.
    """

    forms: Forms
    bands: tuple[LiquidityBand, ...]
    no_cost_build: Literal["previous", "alone"]


class ConfidenceLevel(Rule):
    """What a price must show to be published with this confidence."""

    level: Literal["high", "medium"]
    tiers: tuple[Tier, ...]
    parties_min: Annotated[int, Field(gt=0)]
    spread_max: Annotated[Number, Field(ge=1)]
    age_days_max: Annotated[int, Field(ge=0)]
    assumed: bool


class ConfidenceRule(DatedRule):
    """With which confidence prices of `forms` are published: the first level whose conditions all hold, else low."""

    forms: Forms
    levels: tuple[ConfidenceLevel, ...]


class CadenceRule(DatedRule):
    """On which days, and when on such a day, prices of `forms` are published.

    A day of publication is a day of the cadence that no calendar of `calendars` (ISO codes of countries, or of parts of them)
    has as a public holiday and that is no Saturday or Sunday; a week's or month's day that is none moves back to the one
    before it. What is seen after `publish_at` counts for the next day. A price is told after the embargo; its publication is late where it is recorded more than
    `late_minutes` after that, and missed where it is not recorded before the next one is told.
    """

    forms: Forms
    every: Literal["daily", "weekly", "monthly"]
    weekday: Weekday = "friday"
    calendars: tuple[Text, ...]
    publish_at: time
    timezone: Text
    embargo_minutes: Annotated[int, Field(ge=0)]
    late_minutes: Annotated[int, Field(ge=0)]


class CessationRule(DatedRule):
    """From `valid_from` on `form` is priced no more by itself: its price is `factor` × that of `successor`, or none."""

    form: Text
    successor: str = ""
    factor: Positive = Decimal(1)


class GovernanceRule(DatedRule):
    """How prices are signed, and how the rules of prices may change.

    `signatures_min` different people sign. A version that changes a rule of prices has been open to comment for at least
    `consultation_days_min` days before its first day.
    """

    signatures_min: Annotated[int, Field(ge=0)]
    consultation_days_min: Annotated[int, Field(ge=0)]
