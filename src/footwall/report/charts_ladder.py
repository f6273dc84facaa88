"""The ladder of a mineral as a picture: does what each process makes pay, at the floors, for what goes into it?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from footwall.facts import Form, Recipe, stage_order
from footwall.floors import Ladder, Rung
from footwall.quantity import Unknown
from footwall.report.figures import significant
from footwall.report.look import INK, STANDING_COLOUR, ChartImage, draw, named

LADDER_SOURCE: Final = (
    "Floors of the example zone and import parity before ordinary duty, or the reference price where that is not known; "
    "recipes of the facts, whose costs are mostly assumed. USD per kg of the output as traded."
)

_ROW: Final = 26
_INPUTS: Final = "#8a8a86"
_CONVERSION: Final = "#cfcfca"


def ladder_chart(
    ladder: Ladder, name: str, recipes: Mapping[str, Recipe], forms: Mapping[str, Form]
) -> ChartImage | None:
    """Each process whose levels are known: inputs and conversion as a bar, what it makes as a mark; None where none is.

    An undercut, a mark that falls short of its bar, has the colour of a price under the floor, and says by how much.
    """
    import altair as alt

    rungs = [rung for rung in ladder.rungs if isinstance(rung.margin, Decimal)]
    if not rungs:
        return None
    rungs.sort(key=lambda rung: (stage_order(forms[rung.output].stage), rung.output, rung.recipe))
    rows = [_row(rung, recipes[rung.recipe], forms) for rung in rungs]
    order = [str(row["process"]) for row in rows]
    y = alt.Y("process:N").sort(order).title(None)
    y = y.axis(labelLimit=230, labelColor=INK, labelExpr="split(datum.label, ' ‹ ')", labelLineHeight=12, domain=False)
    ends = [value for row in rows for value in (row["cost"], row["made"]) if isinstance(value, float)]
    domain = [min([0.0, *(float(str(row["inputs"])) for row in rows)]), max(ends) * 1.04]
    x = alt.X("start:Q").scale(domain=domain, nice=False)
    x = x.axis(title="USD per kg of output", tickCount=5, format=",~r", grid=True)
    shade = alt.Color("part:N").scale(domain=["inputs", "conversion"], range=[_INPUTS, _CONVERSION]).legend(None)
    bars = named("parts").mark_bar(height=9).encode(x, y, shade, x2="end:Q")
    colour = alt.Color("colour:N").scale(None)
    marks = named("rungs").mark_tick(thickness=2.6, size=18, opacity=1).encode(alt.X("made:Q"), y, colour)
    words = named("rungs").mark_text(align="left", dx=7, baseline="middle")
    words = words.encode(alt.X("furthest:Q"), y, colour, text="words:N")
    chart = alt.layer(bars, marks, words).properties(width=240, height=_ROW * len(rows))
    return draw(
        chart,
        {"parts": [part for row in rows for part in _parts(row)], "rungs": rows},
        (232, 6, 70, 38),
        name=f"ladder-{ladder.mineral}",
        title=name,
        alt=_alt(ladder, name, rungs),
        source=LADDER_SOURCE,
    )


def process_name(rung: Rung, recipe: Recipe, forms: Mapping[str, Form]) -> str:
    """What a process makes, and from what: its main input, or the way that the recipe names where nothing is bought."""
    output = forms[rung.output].name
    if recipe.inputs:
        return f"{output}{_kind(recipe)} ‹ from {forms[recipe.inputs[0].form].name.lower()}"
    return f"{output} ‹ {recipe.recipe.removeprefix(f'{rung.output}-').replace('-', ' ')}"


def _row(rung: Rung, recipe: Recipe, forms: Mapping[str, Form]) -> dict[str, object]:
    made = _number(rung.output_level) + _number(rung.by_products_level)
    margin = _number(rung.margin)
    inputs, cost = _number(rung.inputs_level), made - margin
    return {
        "process": process_name(rung, recipe, forms),
        "recipe": rung.recipe,
        "inputs": inputs,
        "cost": cost,
        "made": made,
        "margin": margin,
        "furthest": max(made, cost),
        "undercut": rung.undercut,
        "colour": STANDING_COLOUR["under"] if rung.undercut else INK,
        "words": f"−{significant(-rung.margin)}" if rung.undercut and isinstance(rung.margin, Decimal) else "",
    }


def _kind(recipe: Recipe) -> str:
    """What tells a recipe from others with the same output and main input: the end of its name, where that is no input."""
    last = recipe.recipe.removeprefix(f"{recipe.output}-")
    return "" if last.startswith("from-") else f", {last.replace('-', ' ')}"


def _parts(row: Mapping[str, object]) -> list[dict[str, object]]:
    inputs, cost = row["inputs"], row["cost"]
    return [
        {"process": row["process"], "part": "inputs", "start": 0.0, "end": inputs},
        {"process": row["process"], "part": "conversion", "start": inputs, "end": cost},
    ]


def _number(amount: Decimal | Unknown) -> float:
    if isinstance(amount, Unknown):
        raise TypeError(f"only a rung whose margin is known is drawn: {amount}")
    return float(amount)


def _alt(ladder: Ladder, name: str, rungs: list[Rung]) -> str:
    under = [rung for rung in rungs if rung.undercut]
    told = "; ".join(f"{rung.recipe} lacks {-_number(rung.margin):,.4g} USD per kg" for rung in under)
    return (
        f"Ladder of {name} on {ladder.on}: {len(rungs)} of {len(ladder.rungs)} processes have known levels, "
        f"{len(under)} are undercut{': ' + told if told else ''}."
    )
