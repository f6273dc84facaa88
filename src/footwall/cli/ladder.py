"""`footwall ladder`: a chain's floors over its stages, and whether every stage can live between them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OnDay, OutputFormat, ZoneFolder, examples
from footwall.cli.screen import Column, heading, number, say, table
from footwall.quantity import Unknown

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from footwall.desk import Zone
    from footwall.floors import Ladder, Rung

EXAMPLES = examples(
    "footwall ladder neodymium-praseodymium",
    "footwall ladder tungsten --on 2025-06-30 --format json",
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

    The floors of a chain from mine to magnet, and every stage that they leave without its margin.
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
    _print_forms(held, mineral, on)
    heading("Each process at these levels, USD per kg of its output as traded")
    _print_rungs(found)


def _print_forms(held: "Zone", mineral: str, on: "date | None") -> None:
    from footwall.facts import stage_order

    floors, references = held.floors(on), held.state_on(on).latest
    forms = sorted(
        (form for form in held.facts.forms.values() if form.mineral == mineral),
        key=lambda form: stage_order(form.stage),
    )
    rows = []
    for form in forms:
        floor = floors.get(form.form)
        price = references[form.form].price if form.form in references else None
        basis = "form" if form.basis == "form" else form.content
        rows.append(
            (form.stage, form.form, basis, number(price), number(None if floor is None else floor.price),
             "" if floor is None else floor.reviewed_on.isoformat())
        )  # fmt: skip
    columns = [Column("stage"), Column("form"), Column("per kg of"), Column("reference USD", "number")]
    table([*columns, Column("floor USD", "number"), Column("reviewed")], rows)


def _print_rungs(found: "Ladder") -> None:
    heads = ("output", "inputs", "by-products", "conversion", "margin")
    columns = [Column("process"), *(Column(name, "number") for name in heads), Column("verdict")]
    rows = [(rung.recipe, *(number(level) for level in _levels(rung)), _verdict(rung)) for rung in found.rungs]
    table(columns, rows)
    say()
    say("margin = output + by-products − inputs − conversion with its return; below zero, importers jump this stage.")
    unknown = [(rung.recipe, rung.margin.reason) for rung in found.rungs if isinstance(rung.margin, Unknown)]
    if unknown:
        heading("Unknown, and why")
        table([Column("process"), Column("reason")], unknown)


def _levels(rung: "Rung") -> "tuple[Decimal | Unknown, ...]":
    return (rung.output_level, rung.inputs_level, rung.by_products_level, rung.conversion, rung.margin)


def _verdict(rung: "Rung") -> str:
    if isinstance(rung.margin, Unknown):
        return "unknown"
    return "undercut" if rung.undercut else "holds"
