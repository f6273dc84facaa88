"""The table of what the floors of a ladder leave without its margin, as plain records."""

from decimal import Decimal
from typing import Final

from footwall.facts import Facts
from footwall.quantity import Unknown, places_that_show
from footwall.report.charts_ladder import process_name
from footwall.report.figures import percent, price
from footwall.report.summary import ZoneSummary
from footwall.report.tables import Cell, Column, ReportTable, Row

_PLACES: Final = 2
"""Decimals of the figures of a process, unless a margin needs more to be seen."""

_PROTECTION: Final = (
    "Protection of value added: by how many per cent what a process adds, its output and by-products less its inputs, is "
    "worth more at these levels than at parity, or at the reference price in its place; … where it adds nothing there."
)


def undercut_rows(summary: ZoneSummary, facts: Facts) -> ReportTable:
    """Every process that the floors leave without its margin, and how many processes could be checked."""
    recipes = {recipe.recipe: recipe for recipe in facts.recipes}
    columns = (
        Column("Process", numeric=False),
        Column("Output and by-products", "USD/kg"),
        Column("Inputs", "USD/kg"),
        Column("Conversion and return", "USD/kg"),
        Column("Margin", "USD/kg"),
        Column("Protection of value added", "%", detail=True),
    )
    rows: list[Row] = []
    ladders = [mineral.ladder for mineral in summary.minerals if mineral.ladder is not None]
    margins = [rung.margin for found in ladders for rung in found.undercuts if isinstance(rung.margin, Decimal)]
    places = places_that_show(margins, _PLACES)
    checked = unknown = 0
    for mineral in summary.minerals:
        rungs = () if mineral.ladder is None else mineral.ladder.rungs
        checked += sum(isinstance(rung.margin, Decimal) for rung in rungs)
        unknown += sum(isinstance(rung.margin, Unknown) for rung in rungs)
        under = () if mineral.ladder is None else mineral.ladder.undercuts
        if under:
            rows.append(Row((Cell(mineral.mineral.name),), "group"))
        for rung in under:
            made = _added(rung.output_level, rung.by_products_level)
            spent = _added(made, _negative(rung.inputs_level), _negative(rung.margin))
            name = process_name(rung, recipes[rung.recipe], facts.forms).replace(" ‹ ", " ")
            figures = (made, rung.inputs_level, spent, rung.margin)
            cells = [Cell(price(one, places)) for one in figures]
            cells[-1] = Cell(cells[-1].text, "under")
            rows.append(Row((Cell(name, note=rung.recipe), *cells, Cell(percent(rung.protection)))))
    notes = (
        (
            f"{checked} processes could be checked, {unknown} could not because a price of theirs is not known. "
            "Per kg of output as traded, at the higher of floor and import parity before ordinary duty, because members’ "
            "ordinary duties differ; by-products at the lower. Where no parity is known, the reference price stands in, "
            "unless that was made under a floor."
        ),
        "Where the margin is below zero, importers will buy what the process makes and not what it needs.",
    )
    return ReportTable(
        "undercuts", "Stages that the floors leave without their margin", columns, tuple(rows), notes, (_PROTECTION,)
    )


def _added(*amounts: Decimal | Unknown) -> Decimal | Unknown:
    total = Decimal(0)
    for amount in amounts:
        if isinstance(amount, Unknown):
            return amount
        total += amount
    return total


def _negative(amount: Decimal | Unknown) -> Decimal | Unknown:
    return amount if isinstance(amount, Unknown) else -amount
