"""`footwall correct-schedule`: a schedule or membership that was published in error, and what entries and assessed lines owe otherwise."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OutputFormat, ZoneFolder, examples, read_day
from footwall.cli.screen import Column, day, heading, paragraph, say, table, working

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footwall.desk import Otherwise

EXAMPLES = examples(
    'footwall correct-schedule right.json --from 2025-03-01 --to 2025-03-31 --author ana --approver ben --reason "…" --try',
    'footwall correct-schedule right.json --from 2025-03-01 --to 2025-03-31 --author ana --approver ben --reason "…" '
    "--liabilities march.parquet --lines march.csv",
)
_SHOWN = 40


def correct_schedule(
    schedule: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="What holds, as footwall schedule --format json writes it.", show_default=False
        ),
    ],
    first: Annotated[
        date, typer.Option("--from", metavar="DAY", parser=read_day, help="The first entry day.", show_default=False)
    ],
    last: Annotated[
        date, typer.Option("--to", metavar="DAY", parser=read_day, help="The last entry day.", show_default=False)
    ],
    author: Annotated[str, typer.Option("--author", help="Who says so, by id.", show_default=False)],
    approver: Annotated[str, typer.Option("--approver", help="Another person, who agrees.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="What was wrong, in a sentence.", show_default=False)],
    on: Annotated[
        date | None,
        typer.Option("--on", metavar="DAY", parser=read_day, help="The day of issue.", show_default="the zone's today"),
    ] = None,
    liabilities: Annotated[
        Path | None,
        typer.Option("--liabilities", help="Assessed lines: tell which of them owe otherwise.", show_default=False),
    ] = None,
    lines: Annotated[
        Path | None,
        typer.Option("--lines", help="With --liabilities: the lines that were assessed.", show_default=False),
    ] = None,
    try_only: Annotated[bool, typer.Option("--try", help="Only show what it would do; record nothing.")] = False,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Correct a schedule that was published in error.

    Put a schedule, or membership, in place of what was published for entries of some days, and bill and refund what filed entries owe
    otherwise, with interest. What was published stays in the record as what was known then.
    """
    from footwall.cli.entry_screens import print_done
    from footwall.cli.opened import opened
    from footwall.desk import Restating, owed_otherwise, restate_schedule, today
    from footwall.errors import UsageError

    if (liabilities is None) != (lines is None):
        raise UsageError(
            "--liabilities and --lines go together: the file that was assessed says what is to be assessed again"
        )
    held = opened(zone)
    asked = Restating(schedule, first, last, reason, author, approver)
    with working("assessing again"):
        done = restate_schedule(held, asked, on or today(held), try_only=try_only)
        changed = None
        if liabilities is not None and lines is not None:
            changed = owed_otherwise(held, liabilities, lines, done.known.schedule, (first, last))
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        told = {
            "recorded": done.recorded,
            "restatement": done.event,
            "entries": done.entries.event,
            "already": done.entries.already,
        }
        say(json_text({**told, "liabilities": changed}))
        return
    say(
        f"Restatement {done.event.restatement} {'is recorded' if done.recorded else 'was tried, and nothing is recorded'}."
    )
    paragraph(reason, indent="  ")
    say(f"  {author}, approved by {approver}")
    say(f"{schedule.name} holds for entries from {first} to {last}.")
    say(f"What was published for them is what was known until {done.event.known_until}.")
    print_done(held, done.entries, output)
    if changed is not None:
        print_otherwise(changed, held.facts.currencies[held.settings.currency].minor_units)


def print_otherwise(changed: "Sequence[Otherwise]", places: int) -> None:
    """Each assessed line that owes otherwise under a restated schedule."""
    heading(f"Assessed lines that owe otherwise: {len(changed)}")
    rows = [
        (one["line_id"], day(one["entry_date"]), one["duty_was"], one["duty_is"], one["difference"], one["security_was"], one["security_is"])
        for one in changed[:_SHOWN]
    ]  # fmt: skip
    names = ("duty was", "duty is", "difference", "security was", "security is")
    table([Column("line"), Column("day", "whole"), *(Column(name, "number", places=places) for name in names)], rows)
    if len(changed) > _SHOWN:
        say(f"… and {len(changed) - _SHOWN} more: --format json")
