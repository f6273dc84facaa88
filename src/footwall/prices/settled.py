"""What decides one price, and what came of it: market and cost-build under the rules of a form, before it is written down."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.memory import maker
from footwall.prices.cost_build import CostBuild
from footwall.prices.market import MarketPrice
from footwall.prices.records import Judgement, ReferencePrice, Step, Terms, make_terms
from footwall.prices.rules import FormRules, liquidity_share, market_weight
from footwall.prices.standing import Book
from footwall.prices.working import Working
from footwall.quantity import EXACT


@dataclass(frozen=True, slots=True)
class Case:
    """All that decides one price."""

    form: str
    on: date
    rules: FormRules
    market: MarketPrice
    built: CostBuild
    previous: ReferencePrice | None
    book: Book
    judgements: tuple[Judgement, ...] = ()

    @property
    def weights(self) -> tuple[Decimal, Decimal] | None:
        """The market's weight by its tier, and the share of it that its liquidity leaves; None where no tier stands."""
        tier, liquidity = self.market.tier_rule, self.market.liquidity
        if tier is None or liquidity is None:
            return None
        share = liquidity_share(self.rules.liquidity, liquidity.parties, liquidity.mass_kg)
        return market_weight(self.rules.reference, tier.tier), share

    @property
    def weight(self) -> Decimal | None:
        """The market's weight against the cost-build; None where no tier stands."""
        return _together(self.weights)

    def terms(self, *, under_floor: bool) -> Terms:
        """The rule's figures. A price made outside the floor does not start from one made under it: that would lock it in."""
        rule, earlier, weights = self.rules.reference, self.previous, self.weights
        start = None if earlier is None or (earlier.under_floor and not under_floor) else earlier.price
        return make_terms(
            market_weight=_together(weights),
            smoothing_share=rule.smoothing_share,
            step_share_max=rule.step_share_max,
            rounding_unit=rule.price_rounding_unit,
            rounding_mode=rule.price_rounding_mode,
            previous=start if isinstance(start, Decimal) else None,
            tier_weight=None if weights is None else weights[0],
            liquidity_share=None if weights is None else weights[1],
            no_cost_build="alone" if self.rules.liquidity is None else self.rules.liquidity.no_cost_build,
        )


def _together(weights: tuple[Decimal, Decimal] | None) -> Decimal | None:
    return None if weights is None else EXACT.multiply(*weights)


@dataclass(frozen=True, slots=True)
class Settled:
    """A price without its certificate, and what the certificate will tell: how it came about, step by step."""

    case: Case
    price: ReferencePrice
    method: str
    terms: Terms
    working: Working

    @property
    def steps(self) -> tuple[Step, ...]:
        """How market and cost-build became the price."""
        return self.working.steps


make_case: Final = maker(Case)
make_settled: Final = maker(Settled)
