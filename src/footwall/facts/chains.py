"""Do the chains close? Every form of a tracked mineral can be made, no recipe runs in a circle, none makes metal from air."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from footwall.errors import Problem
from footwall.facts.catalogue import Facts, stage_order
from footwall.facts.findings import At
from footwall.facts.records import Amount, Form

_RECIPES = "recipes.toml"


def is_raw(form: Form) -> bool:
    """Whether a chain may begin with `form`: what a mine makes, and scrap, which enters the chain where a concentrate does."""
    return form.stage == "mining"


def chain_problems(facts: Facts) -> Iterator[Problem]:
    """Every way in which the recipes of `facts` do not make chains: unknown forms, gaps, circles, impossible masses."""
    unknown = list(_unknown(facts))
    yield from unknown
    if unknown or any(form.mineral not in facts.minerals for form in facts.forms.values()):
        return  # the rest would ask about forms and minerals that are not there
    yield from _amounts(facts)
    yield from _reversals(facts)
    yield from _gaps(facts)
    yield from _stages(facts)
    yield from _circles(facts)
    yield from _masses(facts)


def _unknown(facts: Facts) -> Iterator[Problem]:
    for row, recipe in enumerate(facts.recipes, start=1):
        named = [("output", recipe.output)]
        named += [("inputs", amount.form) for amount in recipe.inputs]
        named += [("by_products", amount.form) for amount in recipe.by_products]
        for field, form in named:
            if form not in facts.forms:
                yield At(_RECIPES, row).problem(
                    "facts_unresolved",
                    field,
                    repr(form),
                    "an id of forms.csv",
                    "Correct it, or add it to forms.csv.",
                )
        if recipe.mineral not in facts.minerals:
            yield At(_RECIPES, row).problem(
                "facts_unresolved", "mineral", repr(recipe.mineral), "an id of minerals.csv", "Correct the id."
            )


def _amounts(facts: Facts) -> Iterator[Problem]:
    for row, recipe in enumerate(facts.recipes, start=1):
        figures = [("conversion_cost", recipe.conversion_cost), ("return_share", recipe.return_share)]
        for field, figure in figures:
            if figure is not None and figure < 0:
                yield At(_RECIPES, row).problem(
                    "facts_range", field, str(figure), "no less than 0", "Correct the figure."
                )
        for field, amounts in (("inputs", recipe.inputs), ("by_products", recipe.by_products)):
            for amount in amounts:
                if amount.kg <= 0:
                    yield At(_RECIPES, row).problem(
                        "facts_range",
                        field,
                        f"{amount.kg} kg of {amount.form}",
                        "more than 0",
                        "Correct the mass.",
                    )
        if facts.forms[recipe.output].mineral != recipe.mineral:
            yield At(_RECIPES, row).problem(
                "facts_mineral",
                "mineral",
                recipe.mineral,
                f"{facts.forms[recipe.output].mineral}, the mineral of {recipe.output}",
                "Name the mineral of the output.",
            )


def _reversals(facts: Facts) -> Iterator[Problem]:
    by_id = {recipe.recipe: recipe for recipe in facts.recipes}
    for row, recipe in enumerate(facts.recipes, start=1):
        if recipe.reverse_of is None:
            continue
        other = by_id.get(recipe.reverse_of)
        undone = other is not None and recipe.output in _forms(other.inputs) and other.output in _forms(recipe.inputs)
        if not undone:
            yield At(_RECIPES, row).problem(
                "facts_reverse",
                "reverse_of",
                recipe.reverse_of,
                f"a recipe that makes one of {' '.join(_forms(recipe.inputs)) or 'no inputs'} from {recipe.output}",
                "Name the recipe that this one undoes, or leave the key out.",
            )


def _gaps(facts: Facts) -> Iterator[Problem]:
    made = {recipe.output for recipe in facts.recipes}
    made |= {amount.form for recipe in facts.recipes for amount in recipe.by_products}
    for form in facts.forms.values():
        if facts.minerals[form.mineral].tracked and not is_raw(form) and form.form not in made:
            yield At(_RECIPES, None).problem(
                "facts_chain_open", "output", "no recipe", f"a recipe that makes {form.form}", "Add the recipe."
            )


def _stages(facts: Facts) -> Iterator[Problem]:
    """Within one mineral a recipe leads onwards; what comes from another mineral's chain (ferrosilicon) is not compared."""
    for row, recipe in enumerate(facts.recipes, start=1):
        output = facts.forms[recipe.output]
        for form in (facts.forms[amount.form] for amount in recipe.inputs):
            backwards = form.mineral == output.mineral and stage_order(form.stage) > stage_order(output.stage)
            if backwards and recipe.reverse_of is None:
                yield At(_RECIPES, row).problem(
                    "facts_stage",
                    "inputs",
                    f"{form.form} of {form.stage}",
                    f"an input no later in the chain than {output.form} of {output.stage}",
                    "Correct a stage, or declare which recipe this one undoes (reverse_of).",
                )


def _circles(facts: Facts) -> Iterator[Problem]:
    needs: dict[str, set[str]] = defaultdict(set)
    for recipe in facts.recipes:
        if recipe.reverse_of is None:
            needs[recipe.output] |= set(_forms(recipe.inputs))
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        yield At(_RECIPES, None).problem(
            "facts_circle", "inputs", circle, "chains without circles", "Declare the way back with reverse_of."
        )


def _masses(facts: Facts) -> Iterator[Problem]:
    """A recipe gives out no more of a content than its inputs hold, where these state it or something that contains it."""
    for row, recipe in enumerate(facts.recipes, start=1):
        products = (Amount(recipe.output, Decimal(1)), *recipe.by_products)
        for content in sorted({facts.forms[amount.form].content for amount in products}):
            taken = _contained(facts, products, content)
            held = _contained(facts, recipe.inputs, content)
            if taken is not None and held is not None and taken > held > 0:
                yield At(_RECIPES, row).problem(
                    "facts_balance",
                    "inputs",
                    f"{held} kg of {content} in, {taken} kg out",
                    "no more out than in",
                    f"Correct the masses of {recipe.recipe}, or a standard content.",
                )


def _contained(facts: Facts, amounts: Sequence[Amount], content: str) -> Decimal | None:
    """Kilograms of `content` in the amounts, by content_factors.csv; None where a form that holds it has no standard content."""
    total = Decimal(0)
    for amount in amounts:
        form = facts.forms[amount.form]
        factor = Decimal(1) if form.content == content else facts.content_factors.get((form.content, content))
        if factor is None:
            continue
        if form.standard_content is None:
            return None
        total += amount.kg * form.standard_content * factor
    return total


def _forms(amounts: Sequence[Amount]) -> tuple[str, ...]:
    return tuple(amount.form for amount in amounts)
