"""What a form costs to make: the recipe below it, at the prices of what it buys (mechanism §1, "cost-build").

Per kg of output as traded: Σ inputs × price + conversion × (1 + return) − Σ by-products × price; then per kg of the
form's basis. The return stands on conversion alone. Only market-economy recipes count, and of those that can be
computed the *dearest* is taken: it is the marginal plant, the last one that the zone needs and the one that stops first.
Nothing unknown is taken as zero: a recipe with an unknown price or cost is unknown, and so is a form with no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from footwall.facts import Amount, Recipe
from footwall.prices.evidence import Evidence
from footwall.prices.records import ReferencePrice, Step
from footwall.prices.working import Working
from footwall.quantity import Unknown, plain

Prices = Mapping[str, Decimal | Unknown]
"""Prices by form, USD per kg of each form's basis; a form that is not there has no known price."""

_SIGNS: Final = {"input": "+", "by-product": "−"}
_NO_PRICE: Final = Unknown("it has no price")


@dataclass(frozen=True, slots=True)
class CostBuild:
    """The cost-build of a form, USD per kg of its basis, with the recipe of the marginal plant and every step."""

    price: Decimal | Unknown
    working: Working
    recipe: Recipe | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """How the price was built."""
        return self.working.steps


def cost_build_of(form: str, prices_below: Prices, evidence: Evidence) -> tuple[Decimal | Unknown, tuple[Step, ...]]:
    """The cost-build of the marginal market-economy plant that makes `form`, USD per kg of its basis, and its steps.

    `prices_below` are the prices to build on: references for a reference (`prices_on_data`), floors for a ladder. Unknown,
    with a reason, where no recipe can be computed. Raises KeyError for a form that the evidence lacks: the caller's fault.
    """
    built = marginal_plant(form, prices_below, evidence)
    return built.price, built.steps


def marginal_plant(form: str, prices_below: Prices, evidence: Evidence) -> CostBuild:
    """As `cost_build_of`, with the recipe that was dearest; of two that cost the same, the first by name."""
    _ = evidence.forms[form]
    built = [_built(recipe, prices_below, evidence) for recipe in evidence.chains.recipes.get(form, ())]
    known = [(one.price, one) for one in built if isinstance(one.price, Decimal)]
    if known:
        return max(known, key=lambda pair: pair[0])[1]
    reasons = [one.price.reason for one in built if isinstance(one.price, Unknown)]
    refused = evidence.chains.refused.get(form, ())
    reasons += [f"{recipe.recipe} would make {form} from itself" for recipe in refused]
    return CostBuild(Unknown("; ".join(reasons) or "no market-economy recipe makes it"), Working(), None)


def prices_on_data(references: Mapping[str, ReferencePrice]) -> Prices:
    """The prices that a cost-build may rest on: those that stand on data of their own form, today or carried.

    A price that is itself only a cost-build is unknown here: a chain of recipes is not evidence.
    """
    return {form: price_on_data(reference) for form, reference in references.items()}


def price_on_data(reference: ReferencePrice) -> Decimal | Unknown:
    """The price, where it stands on data of its own form; else unknown, with the reason.

    Why a suspended price is unknown stands in its own certificate: said again in each form above, it would grow with the chain.
    """
    if isinstance(reference.price, Unknown):
        return _NO_PRICE
    return reference.price if reference.on_data else Unknown("its price is itself built from costs")


def _built(recipe: Recipe, prices_below: Prices, evidence: Evidence) -> CostBuild:
    if recipe.conversion_cost is None:
        return _unknown(recipe, "has no known conversion cost")
    form = evidence.forms[recipe.output]
    working = Working()
    working.step(f"{recipe.recipe}, per kg of {form.form} as traded", "=", Decimal(0))
    for role, amounts in (("input", recipe.inputs), ("by-product", recipe.by_products)):
        for amount in amounts:
            terms = _value(amount, prices_below, evidence)
            if isinstance(terms, Unknown):
                return _unknown(recipe, terms.reason)
            working.step(f"{role} {amount.form}", _SIGNS[role], *terms)
    assumed = " (assumed)" if recipe.assumed else ""
    year = f" of {recipe.cost_year}" if recipe.cost_year is not None else ""
    working.step(f"conversion{year} with its return{assumed}", "+", recipe.conversion_cost, 1 + recipe.return_share)
    if working.total <= 0:
        return _unknown(recipe, f"has by-products worth {plain(-working.total)} more than all its costs")
    if form.basis == "contained":
        if form.standard_content is None:
            return _unknown(recipe, f"makes {form.form}, which has no standard content of {form.content}")
        working.step(f"per kg of {form.content}", "÷", form.standard_content)
    return CostBuild(working.total, working, recipe)


def _value(amount: Amount, prices_below: Prices, evidence: Evidence) -> tuple[Decimal, ...] | Unknown:
    """Kilograms as traded × price per kg of basis (× content where the price is per contained kg)."""
    form = evidence.forms[amount.form]
    price = prices_below.get(amount.form, _NO_PRICE)
    if isinstance(price, Unknown):
        return Unknown(f"needs {amount.form}: {price.reason}")
    if form.basis == "form":
        return amount.kg, price
    if form.standard_content is None:
        return Unknown(f"needs {form.form}: it has no standard content of {form.content}")
    return amount.kg, price, form.standard_content


def _unknown(recipe: Recipe, reason: str) -> CostBuild:
    return CostBuild(Unknown(f"{recipe.recipe} {reason}"), Working(), None)
