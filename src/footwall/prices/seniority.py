"""A price does not fall back to a worse and older word while its own, better and newer one may still be carried.

Without this rule a quotation of August, too old in December, would be replaced by an annual average of the year before,
which knew less, and the price would run backwards through time until the next quotation.
"""

from dataclasses import replace
from datetime import date

from footwall.prices.market import MarketPrice
from footwall.prices.records import ReferencePrice, TierNote
from footwall.quantity import Unknown
from footwall.rulebook import ReferenceRule


def looks_back(market: MarketPrice, earlier: ReferencePrice | None, rule: ReferenceRule, on: date) -> bool:
    """Whether `market` rests on a worse tier than `earlier`, and on older data, while `earlier` may still be carried.

    False where the rule no longer uses the earlier price's tier, and where the earlier price was made under a floor and
    this one was not: neither may hold its place.
    """
    if market.tier_rule is None or earlier is None or earlier.tier is None or earlier.rests_on is None:
        return False
    rank = {tier.tier: place for place, tier in enumerate(rule.tiers)}
    cleaner = earlier.under_floor and not any(datum.under_floor for datum in market.used)
    return (
        not isinstance(earlier.price, Unknown)
        and not cleaner
        and any(tier == earlier.tier and place < rank[market.tier_rule.tier] for tier, place in rank.items())
        and max(datum.observed_to for datum in market.used) < earlier.rests_on
        and (on - earlier.rests_on).days <= rule.carry_days_max
    )


def set_back(market: MarketPrice) -> MarketPrice:
    """`market` with its tier set aside: all its data are excluded as `looks_back`."""
    reason = "its data are older than those the price already rests on"
    notes = () if market.tier_rule is None else (TierNote(market.tier_rule.tier, reason),)
    used = [replace(datum, weight=None, exclusion="looks_back") for datum in market.used]
    rest = [replace(datum, weight=None) for datum in market.excluded]
    excluded = tuple(sorted((*used, *rest), key=lambda datum: datum.observation))
    return MarketPrice(
        Unknown(f"the standing tier looks back: {reason}"), None, (), excluded, (), (*market.tier_notes, *notes)
    )
