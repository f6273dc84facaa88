"""Market and cost-build become one price: combination, smoothing, step cap, and the one rounding (mechanism §1).

R̂ = w · market + (1 − w) · cost-build, where w falls with the tier and with its liquidity; without a cost-build, where the
rule says so, l · market + (1 − l) · previous, with l the share that liquidity leaves; then share · R̂ + (1 − share) ·
previous; then no further from the previous price than the step cap; then rounded, once.
"""

from decimal import Decimal

from footwall.prices.records import Judgement, Terms
from footwall.prices.working import Working
from footwall.quantity import Unknown, exact_arithmetic
from footwall.rulebook import CessationRule


def combine(market: Decimal | Unknown, cost_build: Decimal | Unknown, terms: Terms) -> Working:
    """The working from market and cost-build to the reference price, which is its total.

    No step at all where both are unknown. Where only one is known it stands alone, and a step says so.
    Raises ValueError for a known market without a weight: the caller's fault.
    """
    working = Working()
    if isinstance(market, Decimal):
        _weighted(working, market, cost_build, terms)
    elif isinstance(cost_build, Decimal):
        working.step(f"cost-build alone: {market.reason}", "=", cost_build)
    else:
        return working
    if terms.previous is not None:
        _smoothed(working, terms, terms.previous)
    working.rounded("rounded", terms.rounding_unit, terms.rounding_mode)
    return working


def method_of(market: Decimal | Unknown, cost_build: Decimal | Unknown, terms: Terms) -> str:
    """How `combine` goes about it, in the words of the certificate."""
    if isinstance(market, Unknown):
        return "cost-build"
    if isinstance(cost_build, Decimal):
        return "market and cost-build"
    return "market alone" if _held(terms) is None else "market and previous price"


def _held(terms: Terms) -> tuple[Decimal, Decimal] | None:
    """The market's share and the previous price, where a thin market without a cost-build moves the price only so far."""
    share = terms.liquidity_share
    if terms.no_cost_build == "alone" or terms.previous is None or share is None or share == 1:
        return None
    return share, terms.previous


def carry(terms: Terms) -> Working:
    """The working, of one step, of a price that stands on its own last value. Raises ValueError without one: the caller's fault."""
    if terms.previous is None:
        raise ValueError("there is no price to carry")
    working = Working()
    working.step("carried from the day before it lost its data", "=", terms.previous)
    return working


def succeed(price: Decimal, rule: CessationRule, terms: Terms) -> Working:
    """The working of a price that is so many times that of the form which has taken its place."""
    working = Working()
    working.step(f"price of {rule.successor}, which took its place", "=", price)
    working.step("factor of the rule", "×", rule.factor)
    working.rounded("rounded", terms.rounding_unit, terms.rounding_mode)
    return working


def judge(judgement: Judgement, terms: Terms) -> Working:
    """The working of a price that experts state. Raises ValueError where they state none: the caller's fault."""
    if judgement.price is None:
        raise ValueError("the judgement states no price")
    working = Working()
    working.step(f"expert judgement: {judgement.basis}", "=", judgement.price)
    working.rounded("rounded", terms.rounding_unit, terms.rounding_mode)
    return working


def _weighted(working: Working, market: Decimal, cost_build: Decimal | Unknown, terms: Terms) -> None:
    weight = terms.market_weight
    if weight is None:
        raise ValueError("a market price needs its weight")
    if isinstance(cost_build, Unknown):
        held = _held(terms)
        if held is None:
            working.step(f"market alone: {cost_build.reason}", "=", market)
            return
        share, previous = held
        working.step(f"market, and no cost-build: {cost_build.reason}", "=", market)
        working.step("share that its liquidity leaves", "×", share)
        working.step("previous price at the remaining share", "+", 1 - share, previous)
        return
    working.step("market", "=", market)
    working.step("weight of the market", "×", weight)
    working.step("cost-build at the remaining weight", "+", 1 - weight, cost_build)


def _smoothed(working: Working, terms: Terms, previous: Decimal) -> None:
    share, step = terms.smoothing_share, terms.step_share_max
    with exact_arithmetic():
        lowest, highest = (1 - step) * previous, (1 + step) * previous
    if share != 1:
        working.step("smoothing: share of the new price", "×", share)
        working.step("smoothing: previous price at the remaining share", "+", 1 - share, previous)
    working.step("step cap: not below", "at least", lowest)
    working.step("step cap: not above", "at most", highest)
