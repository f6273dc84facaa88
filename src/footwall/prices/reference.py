"""The reference prices of a day: every form that a rule names, from the bottom of each chain to its top (mechanism §1).

For each form: market by tiers (unless it looks back: see `seniority`), else cost-build, else its own last price up to an
age, else suspended, which is unknown and never zero. No observation published after the day is looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from footwall.errors import UsageError
from footwall.facts import Observation
from footwall.prices.combine import carry, combine, method_of
from footwall.prices.cost_build import CostBuild, marginal_plant, price_on_data
from footwall.prices.evidence import Evidence
from footwall.prices.footing import Footing, footing_of
from footwall.prices.market import MarketPrice, market_price
from footwall.prices.records import Certificate, ReferencePrice, ReferencePrices, Status, Step, Terms
from footwall.prices.rules import market_weight, reference_rules
from footwall.prices.seniority import looks_back, set_back
from footwall.quantity import Unknown, plain
from footwall.rulebook import ReferenceRule, Rulebook, border_on


def reference_prices(
    on: date,
    observations: Iterable[Observation],
    rulebook: Rulebook,
    evidence: Evidence,
    previous: ReferencePrices,
) -> ReferencePrices:
    """The reference price of every form that a rule of `rulebook` names on the day, by form, sorted.

    `observations` may hold any form, day and order; only what was published by `on` counts. `previous` are the prices of
    the last day walked (smoothing, step cap, carrying); a form that is not there starts afresh. Forms are priced from the
    bottom of each chain, because a cost-build rests on the reference prices below it.
    Raises UsageError for a previous price that is not earlier, RulebookError for rules that overlap or leave a gap.
    """
    for earlier in previous.values():
        if earlier.on >= on:
            raise UsageError(f"the previous price of {earlier.form} is of {earlier.on}, which is not before {on}")
    rules, border = reference_rules(rulebook, evidence, on), border_on(rulebook, on)
    by_form: dict[str, list[Observation]] = defaultdict(list)
    for seen in observations:
        by_form[seen.form].append(seen)
    version = f"{rulebook.rulebook.name} {rulebook.rulebook.version}"
    prices: dict[str, ReferencePrice] = {}
    on_data: dict[str, Decimal | Unknown] = {}
    for form in _bottom_up(rules, evidence):
        market = market_price(
            on, evidence.forms[form], by_form[form], rule=rules[form], border=border, evidence=evidence
        )
        built = marginal_plant(form, on_data, evidence)
        case = _Case(form, on, version, rules[form], market, built, previous.get(form))
        prices[form] = _settled(case, footing_of(on, market, _counting(case), prices, evidence))
        on_data[form] = price_on_data(prices[form])
    return dict(sorted(prices.items()))


@dataclass(frozen=True, slots=True)
class _Case:
    """All that decides one price."""

    form: str
    on: date
    rulebook: str
    rule: ReferenceRule
    market: MarketPrice
    built: CostBuild
    previous: ReferencePrice | None

    @property
    def weight(self) -> Decimal | None:
        """The market's weight against the cost-build; None where no tier stands."""
        tier = self.market.tier_rule
        return None if tier is None else market_weight(self.rule, tier.tier)


def _bottom_up(rules: Mapping[str, ReferenceRule], evidence: Evidence) -> tuple[str, ...]:
    chained = [form for form in evidence.chains.order if form in rules]
    return (*chained, *sorted(rules.keys() - set(chained)))


def _counting(case: _Case) -> CostBuild:
    """The cost-build, so far as it counts in the price: not where the market has all the weight."""
    return CostBuild(Unknown("without weight"), (), None) if case.weight == 1 else case.built


def _settled(case: _Case, footing: Footing | None) -> ReferencePrice:
    if footing is not None and looks_back(footing, case.previous, case.rule, case.on):
        return _carried(replace(case, market=set_back(case.market)))
    if footing is None:
        return _carried(case)
    market, built = case.market.price, case.built.price
    terms = _terms(case, under_floor=footing.under_floor)
    steps = combine(market, built, terms)
    if steps[-1].result <= 0:
        return _suspended(case, f"rounds to nothing at {plain(case.rule.price_rounding_unit)}")
    status: Status = "observed" if isinstance(market, Decimal) else "cost_build"
    certificate = replace(
        _certificate(case, terms, steps), method=method_of(market, built), tier=footing.tier, result=steps[-1].result
    )
    return ReferencePrice(
        form=case.form,
        on=case.on,
        price=steps[-1].result,
        status=status,
        tier=footing.tier,
        rests_on=footing.rests_on,
        assumed=footing.assumed,
        certificate=certificate,
        under_floor=footing.under_floor,
    )


def _carried(case: _Case) -> ReferencePrice:
    earlier = case.previous
    if earlier is None or isinstance(earlier.price, Unknown) or earlier.rests_on is None:
        return _suspended(case, _nothing_stands(case))
    age_days, most = (case.on - earlier.rests_on).days, case.rule.carry_days_max
    if age_days > most:
        return _suspended(case, f"last rested on data of {earlier.rests_on}, {age_days} days ago; at most {most}")
    terms = _terms(case, under_floor=earlier.under_floor)
    certificate = _certificate(case, terms, carry(terms))
    certificate = replace(certificate, method="carried", tier=earlier.tier, result=earlier.price)
    return replace(earlier, on=case.on, status="carried", certificate=certificate)


def _nothing_stands(case: _Case) -> str:
    """Why there is neither a market, nor a cost-build, nor a last price to carry."""
    return ", and ".join(one.reason for one in (case.market.price, case.built.price) if isinstance(one, Unknown))


def _suspended(case: _Case, reason: str) -> ReferencePrice:
    nothing = Unknown(reason)
    certificate = replace(_certificate(case, _terms(case, under_floor=False), ()), result=nothing)
    return ReferencePrice(case.form, case.on, nothing, "suspended", None, None, assumed=False, certificate=certificate)


def _terms(case: _Case, *, under_floor: bool) -> Terms:
    """The rule's figures. A price made outside the floor does not start from one made under it: that would lock it in."""
    rule, earlier = case.rule, case.previous
    start = None if earlier is None or (earlier.under_floor and not under_floor) else earlier.price
    return Terms(
        market_weight=case.weight,
        smoothing_share=rule.smoothing_share,
        step_share_max=rule.step_share_max,
        rounding_unit=rule.price_rounding_unit,
        rounding_mode=rule.price_rounding_mode,
        previous=start if isinstance(start, Decimal) else None,
    )


def _certificate(case: _Case, terms: Terms, steps: tuple[Step, ...]) -> Certificate:
    """What is the same however the price stands; as it is here, the price is suspended."""
    market, built = case.market, case.built
    return Certificate(
        form=case.form,
        on=case.on,
        rulebook=case.rulebook,
        method="suspended",
        tier=None,
        used=market.used,
        excluded=market.excluded,
        market=market.price,
        cost_build=built.price,
        cost_build_steps=built.steps,
        market_weight=terms.market_weight,
        combination_steps=steps,
        result=Unknown("suspended"),
        voices=market.voices,
        tier_notes=market.tier_notes,
        tier_rule=market.tier_rule,
        terms=terms,
    )
