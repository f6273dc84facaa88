"""A settled price, written down with everything that a stranger needs to recompute it."""

from dataclasses import replace

from footwall.prices.calendar import publication_days, published_instant, told_instant
from footwall.prices.records import Certificate, ReferencePrice
from footwall.prices.settled import Case, Settled


def certified(settled: Settled, version: str) -> ReferencePrice:
    """The price of `settled` with its certificate; `version` names the rules."""
    case, price = settled.case, settled.price
    market = case.market
    publish_at, tell_at = _instants(case)
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
        cessation_rule=case.rules.cessation,
        assumed=price.assumed,
        judgements=case.judgements,
        publish_at=publish_at,
        tell_at=tell_at,
    )
    return replace(price, certificate=certificate)


def _instants(case: Case) -> tuple[str, str]:
    """When the price is due and when it may be told, UTC; empty on a day on which none is published."""
    rule = case.rules.cadence
    if rule is None or not publication_days(rule, case.on, case.on):
        return "", ""
    return published_instant(rule, case.on).isoformat(), told_instant(rule, case.on).isoformat()
