"""`footwall correct` and `footwall corrections`: evidence that was wrong, the prices that are restated, and what rests on them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OutputFormat, ZoneFolder, examples
from footwall.cli.screen import Column, day, heading, paragraph, say, table, working
from footwall.quantity import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footwall.desk import Dependent, Otherwise, Zone
    from footwall.desk.events import CorrectionMade
    from footwall.desk.liabilities import Met

EXAMPLES = examples(
    'footwall correct --withdraw deal-77 --author ana --approver ben --reason "Its price was typed ten times too high."',
    "footwall correct --withdraw deal-77 --replace deal-77-right.csv --author ana --approver ben --reason …",
    "footwall correct --withdraw deal-77 --author ana --approver ben --reason … --try",
)
LIST_EXAMPLES = examples(
    "footwall corrections",
    "footwall corrections 1",
    "footwall corrections 1 --liabilities year.parquet",
    "footwall corrections 1 --liabilities year.parquet --lines lines.csv",
)

_SHOWN = 40
"""Dependents of a kind that the screen lists; --format json tells all."""


def correct(
    author: Annotated[str, typer.Option("--author", help="Who says so, by id.", show_default=False)],
    approver: Annotated[str, typer.Option("--approver", help="Another person, who agrees.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="What was wrong, in a sentence.", show_default=False)],
    withdraw: Annotated[
        list[str] | None,
        typer.Option(
            "--withdraw", metavar="ID", help="An observation that counts no more; may be repeated.", show_default=False
        ),
    ] = None,
    replace: Annotated[
        list[Path] | None,
        typer.Option(
            "--replace", metavar="FILE", help="Observations that take its place; may be repeated.", show_default=False
        ),
    ] = None,
    complaint: Annotated[
        int | None, typer.Option("--complaint", help="The complaint that led to it.", show_default=False)
    ] = None,
    try_only: Annotated[bool, typer.Option("--try", help="Only show what it would do; record nothing.")] = False,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Correct evidence and restate the prices that rest on it.

    Nothing is erased: the old prices stay in the record, and `footwall price --as-known-at` tells them. Walked days are
    decided once more; floors, tariffs and measures stand as they were, and those that would have come out otherwise are listed.
    """
    from footwall.cli.opened import opened
    from footwall.desk import Correction
    from footwall.desk import correct as make

    held = opened(zone)
    asked = Correction(tuple(withdraw or ()), tuple(replace or ()), reason, author, approver, complaint)
    with working("deciding the walked days once more"):
        done = make(held, asked, try_only=try_only)
    if output is OutputFormat.JSON:
        _print_json(done.event, done.dependents, recorded=done.recorded)
        return
    _print(done.event, done.dependents, recorded=done.recorded)


def corrections(
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", help="Tell one of them whole.", show_default=False)
    ] = None,
    liabilities: Annotated[
        Path | None,
        typer.Option(
            "--liabilities",
            help="Assessed lines: tell which of them met a measure that depends on it.",
            show_default=False,
        ),
    ] = None,
    lines: Annotated[
        Path | None,
        typer.Option(
            "--lines", help="With --liabilities: the lines that were assessed, for their days.", show_default=False
        ),
    ] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """List corrections, or tell one with all that depends on it."""
    from footwall.cli.opened import opened
    from footwall.desk import dependents_of
    from footwall.errors import UsageError

    held = opened(zone)
    made = held.state.corrections
    if number is None:
        _print_list(held, output)
        return
    if number not in made:
        raise UsageError(f"there is no correction {number}: the zone has recorded {counted(len(made), 'correction')}")
    dependents = dependents_of(held, number)
    changed = None
    if liabilities is not None and lines is not None:
        from footwall.desk import owed_otherwise, restated

        with working("assessing again"):
            changed = owed_otherwise(held, liabilities, lines, restated(held).schedule)
    met = None if liabilities is None else _lines_of(held, liabilities, dependents, lines)
    if output is OutputFormat.JSON:
        _print_json(made[number], dependents, recorded=True, lines=met, otherwise=changed)
        return
    _print(made[number], dependents, recorded=True)
    if met is not None:
        _print_met(met, by_day=lines is not None)
    if changed is not None:
        from footwall.cli.correct_schedule import print_otherwise

        print_otherwise(changed, held.facts.currencies[held.settings.currency].minor_units)


def _lines_of(held: "Zone", liabilities: Path, dependents: "Sequence[Dependent]", lines: Path | None) -> "list[Met]":
    from footwall.desk import liabilities_of

    return liabilities_of(held, liabilities, dependents, lines)


def _print_met(met: "list[Met]", *, by_day: bool) -> None:
    heading(f"Assessed lines that met one of its measures: {len(met)}")
    rows = [(one["line_id"], day(one["entry_date"]), one["measure_ids"], one["floor_duty"]) for one in met[:_SHOWN]]
    table([Column("line"), Column("day", "whole"), Column("measures"), Column("floor duty", "number")], rows)
    if len(met) > _SHOWN:
        say(f"… and {len(met) - _SHOWN} more: --format json")
    if met and not by_day:
        paragraph(
            "By the days for which their measures stood. Give --lines FILE, the lines that were assessed, for the day of each."
        )


def _print_list(held: "Zone", output: OutputFormat) -> None:
    made = [held.state.corrections[number] for number in sorted(held.state.corrections)]
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(json_text({"corrections": made, "restatements": list(held.state.restatements.values())}))
        return
    for one in held.state.restatements.values():
        say(
            f"Schedule {one.restatement} restated for entries from {one.first} to {one.last} ({one.file}), by {one.author} and {one.approver}: {one.reason}"
        )
    if not made:
        say("No correction is recorded.")
        return
    rows = [
        (
            str(one.correction),
            one.author,
            str(one.first or ""),
            one.prices,
            one.floors,
            one.tariffs,
            one.measures,
            one.reason,
        )
        for one in made
    ]
    names = ("prices", "floors", "tariffs", "measures")
    columns = [
        Column("no."),
        Column("author"),
        Column("from"),
        *(Column(name, "number") for name in names),
        Column("reason"),
    ]
    table(columns, rows)


def _print(event: "CorrectionMade", dependents: "Sequence[Dependent]", *, recorded: bool) -> None:
    say(f"Correction {event.correction} {'is recorded' if recorded else 'was tried, and nothing is recorded'}.")
    paragraph(event.reason, indent="  ")
    say(f"  {event.author}, approved by {event.approver}")
    if event.withdrawn:
        say(f"  withdrawn: {', '.join(event.withdrawn)}")
    if event.submission is not None:
        say(f"  in its place: submission {event.submission}")
    if event.first is None:
        say("No price of a walked day comes out otherwise.")
    else:
        days = f"{event.first}" if event.first == event.last else f"{event.first} to {event.last}"
        say(f"Prices are restated on {days}; they need signatures anew.")
        say(f"As they were known before: footwall price FORM --on DAY --as-known-at {event.known_until}")
    titles = {
        "price": "Prices restated",
        "floor": "Floors whose review would have come out otherwise; they stand until the next",
        "tariff": "Tariffs that would have been otherwise; they stand as they were",
        "measure": "Measures that lines met in these days",
    }
    for kind, title in titles.items():
        found = [one for one in dependents if one.kind == kind]
        if not found:
            continue
        heading(f"{title}: {len(found)}")
        rows = [
            (f"{one.what}{f' ({one.whose})' if one.whose else ''}", str(one.first), str(one.last), one.old, one.new)
            for one in found[:_SHOWN]
        ]
        table(
            [
                Column("what"),
                Column("from"),
                Column("to"),
                Column("was", "number"),
                Column("would be" if kind != "price" else "is", "number"),
            ],
            rows,
        )
        if len(found) > _SHOWN:
            say(f"… and {len(found) - _SHOWN} more: --format json")


def _print_json(
    event: "CorrectionMade",
    dependents: "Sequence[Dependent]",
    *,
    recorded: bool,
    lines: "list[Met] | None" = None,
    otherwise: "list[Otherwise] | None" = None,
) -> None:
    from footwall.cli.json_text import json_text

    say(
        json_text(
            {
                "recorded": recorded,
                "correction": event,
                "dependents": list(dependents),
                "liabilities": lines if lines is None else [dict(one) for one in lines],
                "otherwise": otherwise,
            }
        )
    )
