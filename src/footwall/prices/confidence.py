"""With which confidence a price is published: the first level of its form's rule whose conditions all hold, else low."""

from datetime import date

from footwall.prices.market import MarketPrice
from footwall.prices.records import Confidence
from footwall.quantity import exact_arithmetic
from footwall.rulebook import ConfidenceLevel, ConfidenceRule


def confidence_of(rule: ConfidenceRule | None, on: date, market: MarketPrice, *, assumed: bool) -> Confidence | None:
    """The confidence of a price that rests on `market`; low where no tier stands; None without a rule."""
    if rule is None:
        return None
    reached = (level.level for level in rule.levels if _reaches(level, on, market, assumed=assumed))
    return next(reached, "low")


def _reaches(level: ConfidenceLevel, on: date, market: MarketPrice, *, assumed: bool) -> bool:
    liquidity, tier = market.liquidity, market.tier_rule
    if liquidity is None or tier is None:
        return False
    newest = max(datum.observed_to for datum in market.used)
    with exact_arithmetic():
        return (
            tier.tier in level.tiers
            and liquidity.parties >= level.parties_min
            and liquidity.spread <= level.spread_max
            and (on - newest).days <= level.age_days_max
            and (level.assumed or not assumed)
        )
