"""recipes.toml becomes recipes: exact decimals, no unknown key, every bad recipe told."""

import tomllib
from dataclasses import MISSING, fields
from decimal import Decimal
from pathlib import Path
from typing import Final

from footwall.errors import FactsError, Problem
from footwall.facts.records import Recipe
from footwall.facts.tables import Key, duplicates, text_of, validated
from footwall.quantity import counted

_MAY_BE_LEFT_OUT: Final[dict[str, object]] = {
    "inputs": (),
    "by_products": (),
    "conversion_cost": None,
    "cost_year": None,
    "reverse_of": None,
}


def read_recipes(path: Path) -> tuple[Recipe, ...]:
    """Every `[[recipe]]` of the file, in its order.

    Raises FactsError with a Problem for each bad recipe: the fault of whoever wrote the file.
    """
    try:
        document = tomllib.loads(text_of(path), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        problem = Problem("facts_toml", str(error), "TOML", "Mend the text at that place.", path.name)
        raise FactsError(f"{path.name} cannot be read", [problem]) from None
    tables = document.get("recipe", [])
    known = {field.name for field in fields(Recipe) if field.default is MISSING}
    problems = [
        Problem(
            "facts_key",
            key,
            "one of " + ", ".join(sorted(known)),
            "Remove or rename the key.",
            path.name,
            row,
            None,
            key,
        )
        for row, table in enumerate(tables, start=1)
        for key in table
        if key not in known
    ]
    recipes, bad = validated(Recipe, ({**_MAY_BE_LEFT_OUT, **table} for table in tables), path.name)
    problems += bad + duplicates(path.name, recipes, Key(("recipe",)))
    if problems:
        raise FactsError(f"{path.name} does not hold together: {counted(len(problems), 'problem')}", problems)
    return recipes
