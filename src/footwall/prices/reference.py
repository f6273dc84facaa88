"""The reference prices of a day: every form that a rule names, from the bottom of each chain to its top (mechanism §1).

For each form: market by tiers (unless it looks back: see `seniority`), else cost-build, else its own last price up to an
age, else suspended, which is unknown and never zero. No observation published after the day is looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from footwall.errors import UsageError
from footwall.facts import Observation
from footwall.prices.chains import priced_by
from footwall.prices.combine import carry, combine, method_of
from footwall.prices.cost_build import CostBuild, marginal_plant, price_on_data
from footwall.prices.evidence import Evidence
from footwall.prices.market import MarketPrice, market_price
from footwall.prices.records import Certificate, ReferencePrice, ReferencePrices, Status, Step, Terms
from footwall.prices.rules import border_on, market_weight, reference_rules
from footwall.prices.seniority import looks_back, set_back
from footwall.quantity import Unknown, plain
from footwall.rulebook import ReferenceRule, Rulebook


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
        held = looks_back(market, previous.get(form), rules[form], on)
        market = set_back(market) if held else market
        case = _Case(form, on, version, rules[form], market, built, previous.get(form), held)
        prices[form] = _settled(case, prices, evidence)
        on_data[form] = price_on_data(prices[form])
    return dict(sorted(prices.items()))


@dataclass(frozen=True, slots=True)
class _Case:
    """All that decides one price. `held`: the market looked back, and the earlier price keeps its place."""

    form: str
    on: date
    rulebook: str
    rule: ReferenceRule
    market: MarketPrice
    built: CostBuild
    previous: ReferencePrice | None
    held: bool


@dataclass(frozen=True, slots=True)
class _Footing:
    """What a price rests on."""

    rests_on: date | None
    assumed: bool
    under_floor: bool


def _bottom_up(rules: Mapping[str, ReferenceRule], evidence: Evidence) -> tuple[str, ...]:
    chained = [form for form in evidence.chains.order if form in rules]
    return (*chained, *sorted(rules.keys() - set(chained)))


def _settled(case: _Case, below: ReferencePrices, evidence: Evidence) -> ReferencePrice:
    market, built = case.market.price, case.built.price
    if isinstance(market, Decimal) or (isinstance(built, Decimal) and not case.held):
        footing = _footing(case, below, evidence)
        terms = _terms(case, footing)
        steps = combine(market, built, terms)
        price = steps[-1].result
        if price > 0:
            status: Status = "observed" if isinstance(market, Decimal) else "cost_build"
            return _priced(case, status, footing, terms, steps)
        return _suspended(case, f"rounds to nothing at {plain(case.rule.price_rounding_unit)}")
    earlier = case.previous
    if earlier is None or isinstance(earlier.price, Unknown) or earlier.rests_on is None:
        return _suspended(case, f"market {market}, cost-build {built}, nothing to carry")
    age_days = (case.on - earlier.rests_on).days
    if age_days > case.rule.carry_days_max:
        return _suspended(
            case, f"last rested on data of {earlier.rests_on}, {age_days} days ago; at most {case.rule.carry_days_max}"
        )
    footing = _Footing(earlier.rests_on, earlier.assumed, earlier.under_floor)
    terms = _terms(case, footing)
    return _priced(case, "carried", footing, terms, carry(terms))


def _terms(case: _Case, footing: _Footing) -> Terms:
    """The rule's figures. A price made outside the floor does not start from one made under it: that would lock it in."""
    rule, earlier, tier = case.rule, case.previous, case.market.tier_rule
    start = None if earlier is None or (earlier.under_floor and not footing.under_floor) else earlier.price
    return Terms(
        market_weight=None if tier is None else market_weight(rule, tier.tier),
        smoothing_share=rule.smoothing_share,
        step_share_max=rule.step_share_max,
        rounding_unit=rule.price_rounding_unit,
        rounding_mode=rule.price_rounding_mode,
        previous=start if isinstance(start, Decimal) else None,
    )


def _footing(case: _Case, below: ReferencePrices, evidence: Evidence) -> _Footing:
    """What market and cost-build rest on, so far as each of them counts in the price."""
    used, recipe, tier = case.market.used, case.built.recipe, case.market.tier_rule
    alone = tier is not None and market_weight(case.rule, tier.tier) == 1
    bought: Sequence[ReferencePrice] = () if recipe is None or alone else [below[form] for form in priced_by(recipe)]
    contents = () if recipe is None or alone else (recipe.output, *priced_by(recipe))
    assumed = (
        any(datum.assumed for datum in used)
        or any(price.assumed for price in bought)
        or any(evidence.forms[form].assumed for form in contents if evidence.forms[form].basis == "contained")
        or (recipe is not None and recipe.assumed and not alone)
    )
    under_floor = any(datum.under_floor for datum in used) or any(price.under_floor for price in bought)
    if used:
        return _Footing(max(datum.observed_to for datum in used), assumed, under_floor)
    stalest = min((price.rests_on for price in bought if price.rests_on is not None), default=case.on)
    return _Footing(stalest, assumed, under_floor)


def _priced(case: _Case, status: Status, footing: _Footing, terms: Terms, steps: tuple[Step, ...]) -> ReferencePrice:
    price = steps[-1].result
    tier: str | None = case.market.tier_rule.tier if case.market.tier_rule is not None else None
    if status == "carried" and case.previous is not None:
        tier = case.previous.tier
    method = "carried" if status == "carried" else method_of(case.market.price, case.built.price)
    certificate = replace(_certificate(case, terms), method=method, tier=tier, combination_steps=steps, result=price)
    return ReferencePrice(
        form=case.form,
        on=case.on,
        price=price,
        status=status,
        tier=tier,
        rests_on=footing.rests_on,
        assumed=footing.assumed,
        certificate=certificate,
        under_floor=footing.under_floor,
    )


def _suspended(case: _Case, reason: str) -> ReferencePrice:
    nothing = Unknown(reason)
    terms = _terms(case, _Footing(None, assumed=False, under_floor=False))
    certificate = replace(_certificate(case, terms), result=nothing)
    return ReferencePrice(case.form, case.on, nothing, "suspended", None, None, assumed=False, certificate=certificate)


def _certificate(case: _Case, terms: Terms) -> Certificate:
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
        combination_steps=(),
        result=Unknown("suspended"),
        voices=market.voices,
        tier_notes=market.tier_notes,
        tier_rule=market.tier_rule,
        terms=terms,
    )
