"""`footwall observe`: observations come in, are checked, kept and recorded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OutputFormat, ZoneFolder, examples
from footwall.cli.screen import Column, heading, say, table, working
from footwall.cli.status import PROBLEMS, UNUSABLE
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.desk import Received

EXAMPLES = examples(
    "footwall observe deals.csv",
    "footwall observe monday.csv tuesday.parquet quotes.jsonl",
    "footwall observe deals.csv --format json",
)


def observe(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="CSV, Parquet, JSON or JSON lines; docs/observations.md has the columns.",
            show_default=False,
        ),
    ],
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Take in what was seen in markets.

    Several files are one submission. Good records are kept and recorded in the journal; what was said before is
    recognised; each bad record is a problem, and nothing of it is used. Exit status 1 where there are problems.
    """
    from footwall.cli.opened import opened
    from footwall.desk import observe as take_in

    held = opened(zone)
    with working(f"reading and checking {counted(len(files), 'file')}"):
        told = take_in(held, files)
    if output is OutputFormat.JSON:
        _print_json(told)
    else:
        _print(told)
    if told.intake.problems:
        nothing_good = told.event is None and not told.intake.duplicates.num_rows
        raise typer.Exit(UNUSABLE if nothing_good else PROBLEMS)


def _print(told: "Received") -> None:
    event, intake = told.event, told.intake
    if event is None:
        say(f"Nothing is recorded: {told.already}.")
    else:
        say(
            f"Submission {event.submission} is recorded: {counted(event.count, 'observation')} of {counted(len(event.forms), 'form')},"
        )
        say(f"  which describe {event.first} to {event.last}")
        say(f"  what they say  {event.digest}")
        say(f"  kept as        {event.evidence['observations']}.parquet")
        if event.late and event.after is not None:
            say(
                f"  late           {event.late} published by {event.after}, to which the zone is walked: they count for later days"
            )
    if intake.columns_not_read:
        say(f"  not read       columns that mean nothing here: {', '.join(intake.columns_not_read)}")
    if intake.duplicates.num_rows:
        heading(f"Said before: {intake.duplicates.num_rows}")
        rows = [
            (f"{row['source']}, row {row['row']}", row["observation"], row["repeats"])
            for row in intake.duplicates.slice(0, _SHOWN).to_pylist()
        ]
        table([Column("where"), Column("observation"), Column("says what was said as")], rows)
    if told.notices:
        heading(f"To look at, and taken all the same: {len(told.notices)}")
        columns = [Column(name) for name in ("where", "found", "expected", "what to do", "code")]
        seen = [(one.field or "", one.found, one.expected, one.remedy, one.code) for one in told.notices[:_SHOWN]]
        table(columns, seen)
        if len(told.notices) > _SHOWN:
            say(f"… and {len(told.notices) - _SHOWN:,} more: --format json")
    if intake.problems:
        from footwall.cli.failure import problems

        problems(intake.problems)


_SHOWN = 20
"""Duplicates and notices that the screen lists; --format json tells all."""


def _print_json(told: "Received") -> None:
    from footwall.cli.json_text import json_text

    say(
        json_text(
            {
                "recorded": told.event,
                "already": told.already,
                "duplicates": told.intake.duplicates.to_pylist(),
                "columns_not_read": list(told.intake.columns_not_read),
                "notices": list(told.notices),
                "problems": list(told.intake.problems),
            }
        )
    )
