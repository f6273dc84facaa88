"""What a price rests on: the day of its data, whether a figure was assumed, whether it was made under a floor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from footwall.memory import maker
from footwall.prices.chains import priced_by
from footwall.prices.cost_build import CostBuild
from footwall.prices.evidence import Evidence
from footwall.prices.market import MarketPrice
from footwall.prices.records import ReferencePrice, ReferencePrices
from footwall.rulebook import Tier


@dataclass(frozen=True, slots=True)
class Footing:
    """What a price rests on. `tier` is None where it is a cost-build alone."""

    tier: Tier | None
    rests_on: date
    assumed: bool
    under_floor: bool
    roots: tuple[str, ...] = ()


_footing: Final = maker(Footing)


def footing_of(
    on: date, market: MarketPrice, built: CostBuild, below: ReferencePrices, evidence: Evidence
) -> Footing | None:
    """The footing of market and cost-build together, or None where neither is known.

    A market price rests on its newest datum. A cost-build alone rests on the stalest price that it buys or sells at, or on
    the day itself where it buys and sells nothing. `below` holds the reference prices of all that the recipe buys.
    """
    used, recipe = market.used, built.recipe
    if not used and recipe is None:
        return None
    bought: Sequence[ReferencePrice] = () if recipe is None else [below[form] for form in priced_by(recipe)]
    assumed = any(datum.assumed for datum in used) or any(price.assumed for price in bought)
    if recipe is not None:
        forms = [evidence.forms[form] for form in (recipe.output, *priced_by(recipe))]
        assumed = assumed or recipe.assumed or any(form.assumed for form in forms if form.basis == "contained")
    roots = {*market.roots, *(root for price in bought for root in price.roots)}
    stalest = min((price.rests_on for price in bought if price.rests_on is not None), default=on)
    return _footing(
        tier=None if market.tier_rule is None else market.tier_rule.tier,
        rests_on=max((datum.observed_to for datum in used), default=stalest),
        assumed=assumed,
        under_floor=any(datum.under_floor for datum in used) or any(price.under_floor for price in bought),
        roots=tuple(sorted(roots)),
    )
