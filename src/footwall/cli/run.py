"""`footwall run`: walk the zone's days, and show what came of it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import ZoneFolder, examples, read_day
from footwall.cli.screen import say, working
from footwall.quantity import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from footwall.desk import Progress, RunResult, Zone

EXAMPLES = examples("footwall run zone", "footwall run zone --through 2024-06-30")

REPORT = "report.html"
SECONDS_BETWEEN_LINES = 2
EXAMPLE_ENTRY = date(2025, 3, 31)


def run(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The zone's folder.", show_default="the current folder")
    ] = None,
    through: Annotated[
        date | None,
        typer.Option(
            "--through",
            metavar="DAY",
            parser=read_day,
            help="The last day to walk, as YYYY-MM-DD.",
            show_default="as far as the rules walk",
        ),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Walk the zone's days and print what changed.

    Walk the zone's days from its last one on, and print what changed; run again, it changes nothing.
    """
    from footwall.cli.opened import head
    from footwall.desk import open_zone
    from footwall.desk import run as walk
    from footwall.errors import UsageError

    if folder is not None and zone != Path():
        raise UsageError(f"two folders are named, {folder} and --zone {zone}: name one")
    where = folder or zone
    held = open_zone(where)
    for notice in held.notices:
        say(f"footwall: {notice}", error=True)
    with _progress() as tell:
        result = walk(held, through, tell)
    if held.last_day is None:
        say("There is no day to walk.")
        return
    _print_changes(held, result)
    report = where / REPORT
    if not result.changed and report.exists():
        say(f"The report of that day stands in {report}.")
    else:
        head(held, f"The zone on {held.last_day}")
        _show(held, report)
    _print_next(held, where)


def _show(held: "Zone", report: Path) -> None:
    """The tables of the report on the screen, and the report itself in its file."""
    from footwall.cli.summary import print_trade, print_zone
    from footwall.errors import UsageError
    from footwall.report import estimated_rows, report_html, zone_summary, zone_trade

    summary = zone_summary(held)
    print_zone(summary)
    try:
        with working("assessing a year of imports"):
            trade = zone_trade(held)
    except UsageError as error:
        say()
        say(f"No year of imports can be assessed yet, and no report written: {error}.")
        return
    print_trade(trade, estimated_rows(trade.estimated, held.facts))
    with working(f"writing {report}"):
        report.write_text(report_html(summary, trade, held.facts), encoding="utf-8")
    say()
    say(f"The whole, with its charts and sources: {report}")


def _print_changes(held: "Zone", result: "RunResult") -> None:
    if not result.changed:
        say(f"Nothing changed: the zone in {held.folder} is walked to {held.last_day}. Its head: {held.head}")
        return
    days = set(result.days)
    for name in result.adopted:
        say(f"Adopted the rules in {name}.")
    reviewed = sum(floor.reviewed_on in days for floors in held.state.floors.values() for floor in floors)
    published = sum(held.state_on(day).published_on == day for day in result.days)
    say(
        f"Walked {counted(len(result.days), 'day')} to {held.last_day}: {counted(reviewed, 'floor')} reviewed, "
        f"{counted(published, 'schedule')} published. "
        f"Record: {counted(held.head.sequence, 'entry', 'entries')}, head {held.head.hash[:16]}…"
    )


def _print_next(held: "Zone", where: Path) -> None:
    """Commands to try; the consignment enters on a day that owes a floor duty in the example, if the zone has walked it."""
    option = "" if where == Path() else f" --zone {where}"
    last = held.last_day
    entry = f"--on {EXAMPLE_ENTRY} " if last and held.days[0] <= EXAMPLE_ENTRY <= last else ""
    say()
    say("Worth trying next:")
    say(f"  footwall price ndpr-oxide --why{option}")
    say(f"  footwall ladder neodymium-praseodymium{option}")
    say(
        "  footwall quote --importer US --origin CN --form ndpr-oxide --hs-code 28469080 --mass-kg 1000 --value 55000 "
        f"--currency USD {entry}--why{option}"
    )


@contextmanager
def _progress() -> "Iterator[Callable[[Progress], None]]":
    """A bar on a terminal; elsewhere a line every few seconds."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("walking {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("…", total=None)
        yield lambda done: bar.update(task, description=str(done.day), total=done.count, completed=done.number)


def _lines() -> "Callable[[Progress], None]":
    told = time.monotonic()

    def tell(done: "Progress") -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN_LINES or done.number == done.count:
            told = time.monotonic()
            say(f"walked {done.day}, {done.number} of {counted(done.count, 'day')}", error=True)

    return tell
