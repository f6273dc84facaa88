"""A price does not fall back to a worse and older word while its own, better and newer one may still be carried.

Without this rule a quotation of August, too old in December, would be replaced by an annual average of the year before,
or by a recipe on such averages, which knew less, and the price would run backwards through time until the next quotation.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from footwall.prices.footing import Footing
from footwall.prices.market import MarketPrice
from footwall.prices.records import ReferencePrice, TierNote
from footwall.quantity import Unknown
from footwall.rulebook import ReferenceRule

_REASON: Final = "its data are older than those the price already rests on"


def looks_back(footing: Footing, earlier: ReferencePrice | None, rule: ReferenceRule, on: date) -> bool:
    """Whether `footing` is a worse tier (or none) than that of `earlier`, and older, while `earlier` may still be carried.

    False where the rule no longer uses the earlier price's tier, and where the earlier price was made under a floor and
    this one was not: neither may hold its place.
    """
    if earlier is None or isinstance(earlier.price, Unknown) or earlier.rests_on is None:
        return False
    ranks = {tier.tier: place for place, tier in enumerate(rule.tiers)}
    own = len(ranks) if footing.tier is None else ranks[footing.tier]
    return (
        any(tier == earlier.tier and place < own for tier, place in ranks.items())
        and footing.rests_on < earlier.rests_on
        and not (earlier.under_floor and not footing.under_floor)
        and (on - earlier.rests_on).days <= rule.carry_days_max
    )


def set_back(market: MarketPrice) -> MarketPrice:
    """`market` with its tier set aside: all its data are excluded as `looks_back`."""
    notes = () if market.tier_rule is None else (TierNote(market.tier_rule.tier, _REASON),)
    used = [datum.weighing(None) for datum in market.used]
    rest = [(reason, [datum.weighing(None) for datum in data]) for reason, data in market.left_out]
    return replace(
        market,
        price=Unknown(_REASON),
        tier_rule=None,
        used=(),
        left_out=(("looks_back", used), *rest),
        voices=(),
        liquidity=None,
        tier_notes=(*market.tier_notes, *notes),
    )
