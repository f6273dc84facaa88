"""A settled price, written down with everything that a stranger needs to recompute it."""

from dataclasses import replace

from footwall.prices.records import Certificate, ReferencePrice
from footwall.prices.settled import Settled


def certified(settled: Settled, version: str) -> ReferencePrice:
    """The price of `settled` with its certificate; `version` names the rules."""
    case, price = settled.case, settled.price
    market = case.market
    certificate = Certificate(
        form=case.form,
        on=case.on,
        rulebook=version,
        method=settled.method,
        tier=price.tier,
        used=market.used,
        excluded=market.excluded,
        market=market.price,
        cost_build=case.built.price,
        cost_build_steps=case.built.steps,
        market_weight=settled.terms.market_weight,
        combination_steps=settled.steps,
        result=price.price,
        voices=market.voices,
        tier_notes=market.tier_notes,
        tier_rule=market.tier_rule,
        terms=settled.terms,
        left_behind=case.book.left_behind(case.on),
        liquidity=market.liquidity,
        confidence=price.confidence,
        liquidity_rule=case.rules.liquidity,
        confidence_rule=case.rules.confidence,
        assumed=price.assumed,
        judgements=case.judgements,
    )
    return replace(price, certificate=certificate)
