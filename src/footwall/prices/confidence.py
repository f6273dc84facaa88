"""With which confidence a price is published: the first level of its form's rule whose conditions all hold, else low."""

from datetime import date

from footwall.prices.market import MarketPrice
from footwall.prices.records import Confidence, Liquidity
from footwall.quantity import exact_arithmetic
from footwall.rulebook import ConfidenceRule


def confidence_of(rule: ConfidenceRule | None, on: date, market: MarketPrice, *, assumed: bool) -> Confidence | None:
    """The confidence of a price that rests on `market`; low where no tier stands; None without a rule."""
    if rule is None:
        return None
    liquidity, tier = market.liquidity, market.tier_rule
    if liquidity is None or tier is None:
        return "low"
    age_days = (on - max(datum.observed_to for datum in market.used)).days
    return level_reached(rule, tier.tier, liquidity, age_days, assumed=assumed)


def level_reached(rule: ConfidenceRule, tier: str, liquidity: Liquidity, age_days: int, *, assumed: bool) -> Confidence:
    """The first level of `rule` that a price on `tier` reaches, with data of this liquidity and age."""
    with exact_arithmetic():
        reached = (
            level.level
            for level in rule.levels
            if tier in level.tiers
            and liquidity.parties >= level.parties_min
            and liquidity.spread <= level.spread_max
            and age_days <= level.age_days_max
            and (level.assumed or not assumed)
        )
        return next(reached, "low")
