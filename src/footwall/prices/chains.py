"""Which recipes may build a cost, and in which order forms are priced so that what stands below is known first.

A form's cost-build rests on market-economy recipes only. A recipe that undoes another (`reverse_of`) serves the ladder,
not a price. A recipe whose inputs or by-products are themselves made, over any number of steps, from its own output
would let a price feed itself: it is refused, alone, and the certificate says so.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from footwall.facts import Recipe


@dataclass(frozen=True, slots=True)
class Chains:
    """The recipes that may build a cost, by output; those refused for a circle, by output; and an order of pricing."""

    recipes: Mapping[str, tuple[Recipe, ...]]
    refused: Mapping[str, tuple[Recipe, ...]]
    order: tuple[str, ...]


def chains(recipes: Sequence[Recipe]) -> Chains:
    """The chains that `recipes` make. `order` names every form of a usable recipe, each after all that it is made from."""
    candidates = sorted(
        (recipe for recipe in recipes if recipe.plant == "market_economy" and recipe.reverse_of is None),
        key=lambda recipe: recipe.recipe,
    )
    below = _below(candidates)
    usable: dict[str, list[Recipe]] = defaultdict(list)
    refused: dict[str, list[Recipe]] = defaultdict(list)
    for recipe in candidates:
        circular = any(recipe.output == form or recipe.output in below[form] for form in priced_by(recipe))
        (refused if circular else usable)[recipe.output].append(recipe)
    needs = {output: {form for recipe in made for form in priced_by(recipe)} for output, made in usable.items()}
    sorter = TopologicalSorter({output: sorted(forms) for output, forms in sorted(needs.items())})
    return Chains(
        {output: tuple(made) for output, made in usable.items()},
        {output: tuple(made) for output, made in refused.items()},
        tuple(sorter.static_order()),
    )


def priced_by(recipe: Recipe) -> tuple[str, ...]:
    """The forms whose prices a recipe's cost needs: its inputs, then its by-products."""
    return tuple(amount.form for amount in (*recipe.inputs, *recipe.by_products))


def _below(recipes: Sequence[Recipe]) -> Mapping[str, frozenset[str]]:
    """For each form, all forms that its price could rest on over any number of recipes."""
    direct: dict[str, set[str]] = defaultdict(set)
    for recipe in recipes:
        direct[recipe.output].update(priced_by(recipe))
    reached: dict[str, frozenset[str]] = defaultdict(frozenset)
    for form in list(direct):
        seen: set[str] = set()
        waiting = list(direct[form])
        while waiting:
            lower = waiting.pop()
            if lower not in seen:
                seen.add(lower)
                waiting.extend(direct.get(lower, ()))
        reached[form] = frozenset(seen)
    return reached
