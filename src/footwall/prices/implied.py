"""Prices that follow from an observed price of another form: payable shares and conversion charges (mechanism §1).

Only forms whose own market stands on that day can imply one, and what is itself implied implies nothing further: so no
circle can arise among them. Exclusions: `implied_by_unobserved` (the other form has no observed price today),
`recipe_missing` (no recipe makes the form from it), `content_unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from footwall.facts import Form, Observation, Recipe
from footwall.prices.market import MarketPrice
from footwall.prices.normalise import (
    AT_STANDARD_PAYMENT,
    QUOTED,
    TO_THE_BORDER,
    TO_THE_KILOGRAM,
    Case,
    Gap,
    walked,
)
from footwall.prices.records import Datum
from footwall.prices.standing import IMPLIED, Book, Standing
from footwall.prices.working import Working
from footwall.quantity import EXACT, Unknown, plain

Observed = Mapping[str, MarketPrice]
"""The market prices of a day by form, of the tiers that are not implied."""


def implied_data(standings: list[Standing], book: Book, observed: Observed) -> Mapping[str, Datum]:
    """The data of those of `standings` that are shares or charges, by observation: at the day's observed prices."""
    return {one.seen.observation: _implied(one.seen, book, observed) for one in standings if one.seen.kind in IMPLIED}


def roots_of(data: tuple[Datum, ...], book: Book, standings: list[Standing]) -> tuple[str, ...]:
    """The forms whose observed prices the implied ones among `data` rest on, sorted."""
    used = {datum.observation for datum in data}
    seen = [one.seen for one in standings if one.seen.kind in IMPLIED and one.seen.observation in used]
    found = {form for one in seen for form in _rests_on(one, book)}
    return tuple(sorted(found))


def _rests_on(seen: Observation, book: Book) -> tuple[str, ...]:
    recipe = _recipe(seen, book)
    if seen.kind == "payable" or recipe is None:
        return (seen.of_form,)
    return tuple(amount.form for amount in (*recipe.inputs, *recipe.by_products))


def _implied(seen: Observation, book: Book, observed: Observed) -> Datum:
    """The datum; assumed, or made under a floor, where an observed price that it rests on is."""
    if seen.kind == "payable":
        case = Case(seen, book.form, book.rules, book.evidence)
        datum = walked(case, (_Payable(observed), AT_STANDARD_PAYMENT, *TO_THE_BORDER))
    else:
        case = Case(replace(seen, per="form"), book.form, book.rules, book.evidence)  # as `_Converted` leaves it
        datum = walked(case, (QUOTED, *TO_THE_KILOGRAM, _Converted(observed, book, seen.per), *TO_THE_BORDER))
    if datum.exclusion is not None:
        return datum
    below = [used for form in _rests_on(seen, book) for used in observed[form].used]
    return replace(
        datum,
        assumed=datum.assumed or any(used.assumed for used in below),
        under_floor=datum.under_floor or any(used.under_floor for used in below),
    )


@dataclass(frozen=True, slots=True)
class _Payable:
    """So much of the other form's price is paid, for the same content, or for the goods where both are priced so."""

    observed: Observed

    def __call__(self, case: Case, working: Working) -> bool | Gap:
        seen = case.observation
        if seen.low <= 0 or seen.high < seen.low:
            return Gap("not_positive", f"a share of {plain(seen.low)} to {plain(seen.high)}")
        price = _price_of(seen.of_form, self.observed)
        if isinstance(price, Gap):
            return price
        working.step(f"observed price of {seen.of_form}", "=", price)
        if seen.value is not None:
            over = Decimal(seen.count) if seen.mass_kg is None else seen.mass_kg
            working.step(f"mean share that is paid, of {seen.count}", "×", seen.value, over=over)
        elif seen.low == seen.high:
            working.step("share that is paid", "×", seen.low)
        else:
            working.step("share that is paid, mean of low and high", "×", seen.low + seen.high, over=Decimal(2))
        if seen.low < seen.high:
            working.between(EXACT.multiply(price, seen.low), EXACT.multiply(price, seen.high))
        return _same_content(seen, case, working)


def _same_content(seen: Observation, case: Case, working: Working) -> bool | Gap:
    """From the basis of the other form to the one in which the share is told (`per`)."""
    other = case.evidence.forms[seen.of_form]
    if seen.per == other.basis:
        return False
    if other.content != case.form.content:
        return Gap(
            "content_unknown", f"{other.form} is told by {other.content}, {case.form.form} by {case.form.content}"
        )
    if other.standard_content is None:
        return Gap("content_unknown", f"{other.form} has no standard content of {other.content}")
    operator = "÷" if seen.per == "contained" else "×"
    working.step(
        f"per kg of {other.content}" if seen.per == "contained" else "per kg", operator, other.standard_content
    )
    return other.assumed


@dataclass(frozen=True, slots=True)
class _Converted:
    """The charge per kg as traded, and the observed prices of all that the recipe takes in, less what falls off."""

    observed: Observed
    book: Book
    per: str

    def __call__(self, case: Case, working: Working) -> bool | Gap:
        assumed = False
        if self.per == "contained":
            declared = case.observation.content
            held = _standard_content(case.form) if declared is None else declared
            if isinstance(held, Gap):
                return held
            working.step(f"charge per kg of {case.form.form} as traded", "×", held)
            assumed = case.form.assumed and declared is None
        return self._with_inputs(case, working, assumed=assumed)

    def _with_inputs(self, case: Case, working: Working, *, assumed: bool) -> bool | Gap:
        recipe = _recipe(case.observation, self.book)
        if recipe is None:
            return Gap(
                "recipe_missing", f"no recipe makes {case.form.form} from {case.observation.of_form or 'a form named'}"
            )
        assumed = assumed or recipe.assumed
        for role, operator, amounts in (("input", "+", recipe.inputs), ("by-product", "−", recipe.by_products)):
            for amount in amounts:
                form = case.evidence.forms[amount.form]
                price = _price_of(amount.form, self.observed)
                if isinstance(price, Gap):
                    return price
                content = _as_traded(form)
                if isinstance(content, Gap):
                    return content
                working.step(f"{role} {amount.form}", operator, amount.kg, price, content)
                assumed = assumed or form.assumed
        return assumed


def _as_traded(form: Form) -> Decimal | Gap:
    """What a price per kg of the form's basis is multiplied with to be one per kg as traded."""
    return Decimal(1) if form.basis == "form" else _standard_content(form)


def _standard_content(form: Form) -> Decimal | Gap:
    if form.standard_content is None:
        return Gap("content_unknown", f"{form.form} has no standard content of {form.content}")
    return form.standard_content


def _recipe(seen: Observation, book: Book) -> Recipe | None:
    """The market-economy recipe of the form that takes in what the charge is upon; the first by name of several."""
    made = book.evidence.chains.recipes.get(book.form.form, ())
    return next((recipe for recipe in made if seen.of_form in {amount.form for amount in recipe.inputs}), None)


def _price_of(form: str, observed: Observed) -> Decimal | Gap:
    market = observed.get(form)
    if market is None or isinstance(market.price, Unknown):
        return Gap("implied_by_unobserved", f"{form} has no observed price today")
    return market.price
