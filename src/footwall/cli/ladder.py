"""`footwall ladder`: a chain's floors over its stages, and whether every stage can live between them."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OnDay, OutputFormat, ZoneFolder, examples
from footwall.cli.screen import Cell, Column, heading, number, paragraph, say, table
from footwall.quantity import Unknown, decimal_places, places_that_show

if TYPE_CHECKING:
    from datetime import date

    from footwall.desk import Zone
    from footwall.floors import Ladder, Rung

EXAMPLES = examples(
    "footwall ladder neodymium-praseodymium",
    "footwall ladder tungsten --on 2025-06-30 --format json",
)

SHOWN_PLACES = 2
"""Decimals of the figures of a process, unless a margin needs more to be seen: they are sums of products of many digits."""

MEANING = (
    "Level: the higher of floor and parity; what each form counts at below. A floor that is not higher does not bind.",
    (
        "Parity: what the form costs landed in the zone, the lowest of its origin groups, before ordinary duty (members' "
        "ordinary duties differ) and before floor duty. Where it is unknown, the reference price stands in, unless that was "
        "made under a floor."
    ),
)


def ladder(
    mineral: Annotated[
        str, typer.Argument(metavar="MINERAL", help="The mineral, such as tungsten.", show_default=False)
    ],
    on: OnDay = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """A chain's floors, checked stage by stage.

    The floors of a chain from mine to magnet, and every stage that they leave without its margin. Each form counts at its
    level: the higher of its floor and its parity. Parity is taken before ordinary duty, because members' ordinary duties
    differ; where none is known, the reference price stands in, unless it was made under a floor.
    """
    from footwall.cli.opened import day_of, head, opened

    held = opened(zone)
    found = held.ladder(mineral, on)
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(
            json_text(
                {"notice": held.settings.notice, "on": day_of(held, on), "ladder": found, "floors": held.floors(on)}
            )
        )
        return
    head(held, f"The ladder of {held.facts.minerals[mineral].name} on {day_of(held, on)}")
    say()
    _print_levels(held, found, on)
    heading("Each process at these levels, USD per kg of its output as traded")
    _print_rungs(found)


def _print_levels(held: "Zone", found: "Ladder", on: "date | None") -> None:
    from footwall.facts import stage_order

    references = held.state_on(on).latest
    forms = held.facts.forms
    listed = sorted(found.levels, key=lambda level: (stage_order(forms[level.form].stage), level.form))
    rows: list[tuple[Cell, ...]] = []
    for level in listed:
        form = forms[level.form]
        reference = references[level.form].price if level.form in references else None
        basis = "form" if form.basis == "form" else form.content
        prices = (reference, level.parity, level.floor, level.level)
        # The units that its rules round a form's prices to: cheap forms have more decimals than dear ones.
        places = max((decimal_places(price) for price in prices if isinstance(price, Decimal)), default=0)
        told = (number(price, places) for price in prices)
        rows.append((form.stage, level.form, basis, *told, level.set_by or "nobody knows"))
    columns = [Column("stage"), Column("form"), Column("USD per kg of")]
    columns += [Column(name, "number") for name in ("reference", "parity", "floor", "level")]
    table([*columns, Column("level is its")], rows)
    say()
    for sentence in MEANING:
        paragraph(sentence)


def _print_rungs(found: "Ladder") -> None:
    heads = ("output", "inputs", "by-products", "conversion", "margin")
    margins = [rung.margin for rung in found.rungs if isinstance(rung.margin, Decimal)]
    places = places_that_show(margins, SHOWN_PLACES)
    columns = [Column("process"), *(Column(name, "number", places=places) for name in heads), Column("verdict")]
    rows: list[tuple[Cell, ...]] = [
        (
            rung.recipe,
            rung.output_level,
            rung.inputs_level,
            rung.by_products_level,
            rung.conversion,
            rung.margin,
            _verdict(rung),
        )
        for rung in found.rungs
    ]
    table(columns, rows)
    say()
    paragraph(
        "margin = output + by-products − inputs − conversion with its return; below zero, importers jump this stage. "
        "Rounded for showing; --format json has every digit."
    )
    unknown = [(rung.recipe, rung.margin.reason) for rung in found.rungs if isinstance(rung.margin, Unknown)]
    if unknown:
        heading("Unknown, and why")
        table([Column("process"), Column("reason")], unknown)
        say()
        paragraph(
            "Where nobody knows a parity, nobody knows whether it lies above the floor: the level is unknown too."
        )


def _verdict(rung: "Rung") -> str:
    if isinstance(rung.margin, Unknown):
        return "unknown"
    return "undercut" if rung.undercut else "holds"
