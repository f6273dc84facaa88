"""The ladder of floors over a chain: does every process earn its cost at the floors, or will importers jump a stage?

MECHANISM §2. Per process: Σ outputs·L ≥ Σ inputs·L + conversion × (1 + return), with L the higher of floor and
duty-paid parity, and by-products at the lower of the two. The return stands on conversion alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from footwall.facts import Amount, Form, Recipe
from footwall.floors.records import Floor, Ladder, Level, Rung
from footwall.prices import Evidence, ReferencePrice
from footwall.quantity import Unknown, exact_arithmetic, round_to_unit

_SHARE_UNIT: Final = Decimal("0.000001")  # the scale at which a rate of protection is shown; no rule rests on it


def ladder(
    mineral: str,
    on: date,
    floors: Mapping[str, Floor],
    parities: Mapping[str, Decimal | Unknown],
    references: Mapping[str, ReferencePrice],
    *,
    evidence: Evidence,
) -> Ladder:
    """Every recipe of `mineral` checked at the floors in force on `on`, both directions of a reversible step among them.

    `floors` are those in force, by form. `parities` are duty-paid: what the form costs inside the zone without its
    floor, USD per kg of its basis; whether ordinary duty is in them is the caller's to know and to say. Where a parity is
    unknown or not given, the form's reference price stands in, unless it was itself made under a floor. A form without a
    floor counts at its parity. `levels` of the result holds every form of the mineral and every other that its recipes
    buy or make. A level that cannot be known makes its rung Unknown; no recipe is dropped.
    """
    levels = _Levels(floors, parities, references, evidence.forms)
    recipes = [recipe for recipe in evidence.recipes if recipe.mineral == mineral]
    own = {form.form for form in evidence.forms.values() if form.mineral == mineral}
    used = {amount.form for recipe in recipes for amount in (*recipe.inputs, *recipe.by_products)}
    forms = sorted(own | used | {recipe.output for recipe in recipes})
    return Ladder(
        mineral=mineral,
        on=on,
        levels=tuple(levels.level(form) for form in forms),
        rungs=tuple(_rung(recipe, levels) for recipe in recipes),
    )


@dataclass(frozen=True, slots=True)
class _Levels:
    """Prices of forms, USD per kg as traded: at the market (duty-paid parity) and under the floors."""

    floors: Mapping[str, Floor]
    parities: Mapping[str, Decimal | Unknown]
    references: Mapping[str, ReferencePrice]
    forms: Mapping[str, Form]

    def level(self, form: str) -> Level:
        """L per kg of the form's basis, with what it was taken from."""
        market, found = self._market(form), self._with_floor(form, max)
        floor = self._floor(form)
        set_by: Literal["floor", "parity", "reference"] | None = None
        if isinstance(found, Decimal):
            set_by = "parity" if isinstance(self._parity(form), Decimal) else "reference"
            set_by = set_by if found == market else "floor"
        return Level(form, self._parity(form), floor, found, set_by)

    def market(self, form: str) -> Decimal | Unknown:
        """Duty-paid parity, or the reference in its place."""
        return self._as_traded(form, self._market(form))

    def held(self, form: str) -> Decimal | Unknown:
        """L: the higher of floor and parity."""
        return self._as_traded(form, self._with_floor(form, max))

    def by_product(self, form: str) -> Decimal | Unknown:
        """A by-product is worth no more than its parity: nobody is obliged to buy it at its floor."""
        return self._as_traded(form, self._with_floor(form, min))

    def _parity(self, form: str) -> Decimal | Unknown:
        return self.parities.get(form, Unknown("no parity was measured"))

    def _floor(self, form: str) -> Decimal | Unknown | None:
        floor = self.floors.get(form)
        return None if floor is None else floor.price

    def _market(self, form: str) -> Decimal | Unknown:
        parity = self._parity(form)
        if isinstance(parity, Decimal):
            return parity
        reference = self.references.get(form)
        if reference is None:
            return Unknown(f"{form}: {parity.reason}, and it has no reference price")
        if isinstance(reference.price, Unknown):
            return Unknown(f"{form}: {parity.reason}; reference price: {reference.price.reason}")
        if reference.under_floor:
            return Unknown(f"{form}: {parity.reason}, and its reference price was made under a floor")
        return reference.price

    def _with_floor(self, form: str, choose: Callable[[Decimal, Decimal], Decimal]) -> Decimal | Unknown:
        market, floor = self._market(form), self._floor(form)
        if floor is None or isinstance(floor, Unknown):
            # A floor that no review could decide holds nothing: the form counts as one without a floor.
            return market
        # The higher, or lower, of a known floor and a parity nobody knows is not known either.
        return market if isinstance(market, Unknown) else choose(floor, market)

    def _as_traded(self, form: str, price: Decimal | Unknown) -> Decimal | Unknown:
        if isinstance(price, Unknown):
            return price
        fact = self.forms.get(form)
        if fact is None:
            return Unknown(f"{form} is not in the catalogue")
        if fact.basis == "form":
            return price
        if fact.standard_content is None:
            return Unknown(f"{form} is priced per kg of {fact.content} and has no standard content")
        return price * fact.standard_content


def _rung(recipe: Recipe, levels: _Levels) -> Rung:
    output = (Amount(recipe.output, Decimal(1)),)
    with exact_arithmetic():
        output_level = levels.held(recipe.output)
        inputs_level = _sum(recipe.inputs, levels.held)
        by_products_level = _sum(recipe.by_products, levels.by_product)
        conversion: Decimal | Unknown = (
            Unknown(f"{recipe.recipe}: no conversion cost is known")
            if recipe.conversion_cost is None
            else recipe.conversion_cost
        )
        held = _value_added(output_level, by_products_level, inputs_level)
        market = _value_added(
            _sum(output, levels.market),
            _sum(recipe.by_products, levels.market),
            _sum(recipe.inputs, levels.market),
        )
        margin = _margin(held, conversion, recipe.return_share)
        protection = _protection(held, market)
    return Rung(
        recipe=recipe.recipe,
        output=recipe.output,
        output_level=output_level,
        inputs_level=inputs_level,
        by_products_level=by_products_level,
        conversion=conversion,
        margin=margin,
        undercut=isinstance(margin, Decimal) and margin < 0,
        protection=protection,
    )


def _sum(amounts: Sequence[Amount], level: Callable[[str], Decimal | Unknown]) -> Decimal | Unknown:
    total = Decimal(0)
    for amount in amounts:
        price = level(amount.form)
        if isinstance(price, Unknown):
            return price
        total += amount.kg * price
    return total


def _value_added(
    output: Decimal | Unknown, by_products: Decimal | Unknown, inputs: Decimal | Unknown
) -> Decimal | Unknown:
    if isinstance(output, Unknown):
        return output
    if isinstance(by_products, Unknown):
        return by_products
    return inputs if isinstance(inputs, Unknown) else output + by_products - inputs


def _margin(value_added: Decimal | Unknown, conversion: Decimal | Unknown, return_share: Decimal) -> Decimal | Unknown:
    if isinstance(value_added, Unknown):
        return value_added
    return conversion if isinstance(conversion, Unknown) else value_added - conversion * (1 + return_share)


def _protection(held: Decimal | Unknown, market: Decimal | Unknown) -> Decimal | Unknown:
    if isinstance(held, Unknown) or isinstance(market, Unknown):
        return held if isinstance(held, Unknown) else market
    if market <= 0:
        return Unknown(f"undefined: value added at parity is {market}, not above zero")
    return round_to_unit((held - market) / market, _SHARE_UNIT, "half_even")
