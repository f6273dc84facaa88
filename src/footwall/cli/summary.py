"""What `footwall run` shows of a zone: the report's own tables, as far as a terminal can show them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal

from footwall.cli.screen import Cell, Column, heading, paragraph, say, table

if TYPE_CHECKING:
    from footwall.report import Column as ReportColumn
    from footwall.report import ReportTable, ZoneSummary, ZoneTrade

STYLES: Final = {"under": "yellow", "at": "", "above": "cyan"}
"""Colour says what the mark before the word says too; the two are told apart by every eye."""


def print_zone(summary: "ZoneSummary") -> None:
    """Each tracked form with its price, floor, market and tariff, and what the prices rest on."""
    from footwall.report import footing_rows, summary_rows

    print_table(summary_rows(summary))
    print_table(footing_rows(summary))


def print_trade(trade: "ZoneTrade", estimated: "ReportTable") -> None:
    """What a year of the members' imports would owe, what is left out of that, and what shared codes are estimated at."""
    from footwall.report import annual_trade, aside_rows, trade_rows

    total = trade.total
    say()
    say(f"The members' imports of {total.year}, assessed under the schedule of {total.entry_date}.")
    say(f"That day of entry is {annual_trade().source}.")
    say("One cell is a year of one code between two countries, valued at the year's mean: it is no consignment.")
    say(
        "Ordinary duty is the general rate or that of column 2, by origin; where a preference might be claimed, it is unknown."
    )
    for one in (*trade_rows(trade), aside_rows(total), estimated):
        print_table(one)


def print_table(shown: "ReportTable") -> None:
    """A table of the report without the columns that a narrow screen may leave out, and what explains them."""
    kept = [number for number, column in enumerate(shown.columns) if not column.detail]
    columns = [
        Column(f"{column.heading}\n{column.unit}".strip(), _kind(column))
        for column in (shown.columns[number] for number in kept)
    ]
    heading(shown.title)
    table(columns, _rows(shown, kept))
    for sentence in (*_remarks(shown), *shown.notes):
        paragraph(sentence)


def _kind(column: "ReportColumn") -> Literal["text", "number", "whole"]:
    if column.numeric:
        return "number"
    return "whole" if column.whole else "text"


def _rows(shown: "ReportTable", kept: "Iterable[int]") -> "Iterable[list[Cell]]":
    rest = list(kept)[1:]
    grouped = any(row.kind == "group" for row in shown.rows)
    for row in shown.rows:
        first = row.cells[0]
        if row.kind == "group":
            yield [first.text, *("" for _ in rest)]
        elif row.kind != "remark":
            name = first.note or first.text
            cells = (row.cells[number] for number in rest)
            yield [
                f"  {name}" if grouped else name,
                *((cell.text, STYLES.get(cell.standing or "", "")) for cell in cells),
            ]


def _remarks(shown: "ReportTable") -> "Iterable[str]":
    """What is remarked on a group stands below the table, with the group's name."""
    group = ""
    for row in shown.rows:
        if row.kind == "group":
            group = row.cells[0].text
        elif row.kind == "remark":
            yield f"{group}. {row.cells[0].text}" if group else row.cells[0].text
