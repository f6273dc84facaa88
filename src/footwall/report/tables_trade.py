"""The tables of the duties on a year's imports, and of all that they leave out, as plain records."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from footwall.facts import CodeSplit, Facts
from footwall.quantity import Unknown, counted
from footwall.report.figures import NONE, count, millions, percent, tonnes
from footwall.report.summary import ZoneTrade
from footwall.report.tables import Cell, Column, ReportTable, Row
from footwall.report.trade import OTHER_GOODS, OUTSIDE, REASONS, SHARED_CODE, WITHIN_UNION
from footwall.report.trade_summary import PROBLEM
from footwall.report.trade_totals import CodeCoverage, Totals, TradeSummary, combined, share

SHOWN: Final = 12
"""Rows of a long table; the rest is summed in one more."""

OUTCOMES: Final[Mapping[str, str]] = {
    "floor_duty_owed": "floor duty owed",
    "floor_duty_capped": "floor duty owed, up to the cap",
    "notified_below_floor": "lands below the floor: a notified rate is set on an average",
    "below_floor_before_ordinary": "below the floor before ordinary duty, which is unknown",
    "graduated_below_floor": "lands below the floor: a graduated duty closes part of the gap",
    "banded_below_floor": "lands below the floor: its band asks for no more",
    "minimum_price_below_floor": "lands below the floor: not invoiced directly",
    "no_floor_duty_due": "at or above the floor: nothing due",
    "floor_minimum_owed": "floor duty owed at its minimum",
    "equalisation_levy": "levy among members, returned to the exporting one",
    "suspended": "floor duty suspended",
    "ordinary_duty_rebated": "above the ceiling: nothing due, ordinary duty rebated",
    "above_ceiling": "above the ceiling: nothing due",
    "member_origin": "from a member: no floor duty",
    "no_floor_measure": "no floor on the form",
}


def trade_rows(trade: ZoneTrade) -> tuple[ReportTable, ...]:
    """The duties on a year's imports: by form, importer and origin, by outcome, and the rents apart from revenue."""
    total = trade.total
    return (
        duty_rows(total, total.by_form, "form", "Form"),
        duty_rows(total, total.by_importer, "importer", "Importer"),
        duty_rows(total, total.by_origin, "origin", "Origin"),
        outcome_rows(total),
        rent_rows(total),
    )


def duty_rows(summary: TradeSummary, groups: Sequence[Totals], name: str, heading: str) -> ReportTable:
    """One grouping of the year's lines, the largest first, the rest summed."""
    columns = (
        Column(heading, numeric=False),
        Column("Cells", detail=True),
        Column("Value", "million USD, fob"),
        Column("Mass", "t"),
        Column("From members", "% of value", detail=True),
        Column("Touched", "% of value"),
        Column("Floor duty", "million USD"),
        Column("On what is touched", "% of value"),
        Column("Ordinary duty, where known", "million USD", detail=True),
        Column("Known for", "% of value", detail=True),
    )
    body = [Row(_duty_cells(one)) for one in groups[:SHOWN]]
    rest = groups[SHOWN:]
    if rest:
        body.append(Row(_duty_cells(combined("rest", counted(len(rest), "other"), rest)), "rest"))
    body.append(Row(_duty_cells(summary.total), "total"))
    return ReportTable(f"by-{name}", f"By {name}", columns, tuple(body))


def _duty_cells(one: Totals) -> tuple[Cell, ...]:
    return (
        Cell(one.name),
        Cell(count(one.cells)),
        Cell(millions(one.value)),
        Cell(tonnes(one.tonnes)),
        Cell(percent(share(one.value_members, one.value))),
        Cell(percent(one.share_touched)),
        Cell(millions(one.floor_duty)),
        Cell(NONE if isinstance(one.duty_on_touched, Unknown) else percent(one.duty_on_touched)),
        Cell(millions(one.ordinary_duty) if one.value_ordinary_known else "…"),
        Cell(percent(one.share_ordinary_known)),
    )


def outcome_rows(summary: TradeSummary) -> ReportTable:
    """How the assessed lines ended."""
    columns = (
        Column("Outcome", numeric=False),
        Column("Cells"),
        Column("Value", "million USD, fob"),
        Column("Floor duty", "million USD"),
    )
    rows = [
        Row(
            (
                Cell(OUTCOMES.get(one.key, one.key)),
                Cell(count(one.cells)),
                Cell(millions(one.value)),
                Cell(millions(one.floor_duty)),
            )
        )
        for one in sorted(summary.outcomes, key=lambda one: -one.value)
    ]
    total = summary.total
    cells = (Cell("Total"), Cell(count(total.cells)), Cell(millions(total.value)), Cell(millions(total.floor_duty)))
    return ReportTable("outcomes", "How each cell was assessed", columns, (*rows, Row(cells, "total")))


def rent_rows(summary: TradeSummary) -> ReportTable:
    """Rents, which no treasury receives, by form."""
    columns = (
        Column("Form", numeric=False),
        Column("Rent exposed", "million USD"),
        Column("Rent taken, where known", "million USD"),
        Column("Known for", "% of value"),
    )
    with_rents = [one for one in summary.by_form if one.rent_exposed or one.rent_taken or one.floor_duty]
    cells = [
        (
            one.name,
            millions(one.rent_exposed),
            millions(one.rent_taken) if one.value_rent_known else "…",
            percent(share(one.value_rent_known, one.value)),
        )
        for one in (*with_rents, summary.total)
    ]
    rows = [Row(tuple(Cell(text) for text in texts), "body") for texts in cells[:-1]]
    rows.append(Row(tuple(Cell(text) for text in cells[-1]), "total"))
    notes = (
        (
            "Not revenue, and in no total of duties. Exposed: what exporters would gain by invoicing until no top-up is left. "
            "Taken: what the invoices of the year already stand above the market price, up to that point; "
            "a year’s mean invoice also holds better grades and older contracts."
        ),
    )
    return ReportTable("rents", "Rents, apart from revenue", columns, tuple(rows), notes)


def aside_rows(summary: TradeSummary) -> ReportTable:
    """What was not assessed, by reason."""
    columns = (
        Column("Not assessed because", numeric=False),
        Column("Cells"),
        Column("Value", "million USD, fob"),
        Column("Mass, where known", "t"),
        Column("Cells of unknown mass", detail=True),
    )
    rows = [
        Row(
            (
                Cell(reason_words(one.reason)),
                Cell(count(one.cells)),
                Cell(millions(one.value)),
                Cell(tonnes(one.tonnes) if one.cells > one.cells_tonnes_unknown else "…"),
                Cell(count(one.cells_tonnes_unknown)),
            )
        )
        for one in summary.aside
    ]
    return ReportTable("aside", "What the total leaves out", columns, tuple(rows))


def reason_words(reason: str) -> str:
    """A reason in words; a problem of a line keeps its code."""
    if reason.startswith(PROBLEM):
        return f"the line could not be assessed: {reason.removeprefix(PROBLEM)}"
    return REASONS.get(reason, reason)


def coverage_rows(summary: TradeSummary) -> ReportTable:
    """Where the year's world trade of each code went, pair by pair; every row adds up."""
    columns = (
        Column("Code", numeric=False),
        Column("Goods", numeric=False, detail=True),
        Column("World trade", "million USD"),
        Column("Assessed", "million USD"),
        Column("Shared code", "million USD"),
        Column("Outside the zone, or within a union", "million USD"),
        Column("Other reason", "million USD"),
        Column("Not held pair by pair", "million USD"),
    )
    codes = [code for code in summary.coverage.codes if code.flows]
    codes.sort(key=lambda code: (-(code.world or Decimal(0)), code.hs6))
    body = [Row(_coverage_cells(dotted(code.hs6), code.description, [code])) for code in codes]
    return ReportTable(
        "coverage",
        "Where each code’s trade went",
        columns,
        (*body, Row(_coverage_cells("All", "", codes), "total")),
        (
            (
                f"{percent(summary.coverage.share)} % of these codes’ world trade has a liability or a named reason for none; "
                "the rest are flows too small to be held pair by pair."
            ),
        ),
    )


def _coverage_cells(code: str, goods: str, rows: Iterable[CodeCoverage]) -> tuple[Cell, ...]:
    listed = list(rows)
    named = (SHARED_CODE, OUTSIDE, WITHIN_UNION)
    shared, outside, within = (sum((row.aside.get(key, Decimal(0)) for row in listed), Decimal(0)) for key in named)
    everything = sum((value for row in listed for value in row.aside.values()), Decimal(0))
    world = [row.world for row in listed]
    told: tuple[Decimal | Unknown, ...] = (
        sum((one or Decimal(0) for one in world), Decimal(0)) if None not in world else Unknown("no total is held"),
        sum((row.assessed for row in listed), Decimal(0)),
        shared,
        outside + within,
        everything - shared - outside - within,
        sum((row.not_held or Decimal(0) for row in listed), Decimal(0))
        if None not in world
        else Unknown("no total is held"),
    )
    return (Cell(code), Cell(goods), *(Cell(millions(amount)) for amount in told))


def margin_rows(summary: TradeSummary) -> ReportTable:
    """Codes whose flows nobody holds pair by pair: nothing of them could be assessed."""
    columns = (
        Column("Code", numeric=False),
        Column("Goods", numeric=False),
        Column("Forms"),
        Column("World trade", "million USD"),
        Column("Imports of members among the eight largest importers", "million USD"),
    )
    rows = [
        Row(
            (
                Cell(dotted(code.hs6)),
                Cell(code.description),
                Cell(count(len(code.forms))),
                Cell(millions(code.world if code.world is not None else Unknown("no total is held"))),
                Cell(millions(code.margins)),
            )
        )
        for code in sorted(summary.coverage.codes, key=lambda code: -code.margins)
        if not code.flows
    ]
    return ReportTable("margins", "Codes known only in total", columns, tuple(rows))


def estimated_rows(estimated: TradeSummary, facts: Facts) -> ReportTable:
    """What the forms in shared codes might owe, by an estimated split; no part of any total."""
    columns = (
        Column("Form", numeric=False),
        Column("Code", numeric=False),
        Column("Share of the code", "% of value"),
        Column("Value, estimated", "million USD, fob"),
        Column("Mass, estimated", "t"),
        Column("Touched", "% of value"),
        Column("Floor duty, estimated", "million USD"),
    )
    codes = {code.hs6 for code in estimated.coverage.codes}
    splits: dict[str, list[CodeSplit]] = {}
    for split in facts.code_splits:
        if split.hs6 in codes:
            splits.setdefault(split.form, []).append(split)
    rows = [
        Row(
            (
                Cell(one.name),
                Cell(", ".join(dotted(split.hs6) for split in splits[one.key])),
                Cell(", ".join(percent(split.value_share) for split in splits[one.key])),
                Cell(millions(one.value)),
                Cell(tonnes(one.tonnes)),
                Cell(percent(one.share_touched)),
                Cell(millions(one.floor_duty)),
            )
        )
        for one in estimated.by_form
    ]
    left = next((one for one in estimated.aside if one.reason == OTHER_GOODS), None)
    if left is not None:
        cells = (REASONS[left.reason], NONE, NONE, millions(left.value), tonnes(left.tonnes), NONE, NONE)
        rows.append(Row(tuple(Cell(text) for text in cells), "rest"))
    return ReportTable("estimated", "Shared codes: an estimate", columns, tuple(rows))


def dotted(hs6: str) -> str:
    """A six-digit code as people write it: 2846.90."""
    return f"{hs6[:4]}.{hs6[4:]}"
