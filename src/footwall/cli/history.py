"""`footwall history`: the daily prices that a price desk would have had."""

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from footwall.cli.options import ZoneFolder, examples, read_day
from footwall.cli.screen import paragraph, working
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.desk import Zone
    from footwall.prices import Markets, PricedOn, ReferencePrice

EXAMPLES = examples(
    "footwall history ndpr-oxide --from 2025-01-01 --to 2025-12-31",
    "footwall history ndpr-oxide ndpr-metal --from 2021-01-31 --to 2026-05-31 --workers 2 --out prices.csv",
)

COLUMNS = (
    "form", "on", "price", "price_unknown", "status", "tier", "confidence", "rests_on", "market", "cost_build",
    "market_weight", "assumed", "under_floor",
)  # fmt: skip


def history(
    forms: Annotated[list[str], typer.Argument(metavar="FORM…", help="Forms, such as ndpr-oxide.", show_default=False)],
    first: Annotated[
        date, typer.Option("--from", metavar="DAY", parser=read_day, help="The first day.", show_default=False)
    ],
    last: Annotated[
        date, typer.Option("--to", metavar="DAY", parser=read_day, help="The last day.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A .csv file.", show_default="the screen")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="So many processes.")] = 1,
    zone: ZoneFolder = Path(),
) -> None:
    """Daily prices, worked out now.

    The daily prices that a price desk would have had, worked out now from the zone's observations and rules.
    """
    from footwall.cli.opened import opened_early
    from footwall.errors import UsageError
    from footwall.prices import history as found_by

    held = opened_early(zone)
    for form in forms:
        held.check_form(form)
    if last < first:
        raise UsageError(f"the last day, {last}, is before the first, {first}")
    held.rulebooks.on(first)
    held.rulebooks.on(last)
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    with working(f"pricing {counted(len(days), 'day')}"):
        rows = found_by(_markets(held), days, set(forms), previous=_before(held, first), workers=workers)
    with _written(out) as file:
        _write(rows, file)
    where = "" if out is None else f" in {out}"
    paragraph(f"{counted(len(rows), 'price')}{where}, {first} to {last}.", error=True)
    paragraph(
        "Worked out now, from the observations and rules as they stand, each day from the day before, the first from the last "
        "price recorded before it, if there is one: not what was recorded "
        "on those days, without anybody's judgement, and not written to the zone's record.",
        error=True,
    )


def _markets(held: "Zone") -> "Markets":
    """The market under each version of the zone's rules."""
    versions = held.rulebooks.versions
    return [(version.rulebook.valid_from, held.grounds.shown(version).market) for version in versions]


def _before(held: "Zone", first: date) -> "dict[str, ReferencePrice]":
    """The zone's recorded prices of the last walked day before `first`: what smoothing and step caps start from."""
    walked = [day for day in held.days if day < first]
    return dict(held.state_on(walked[-1]).latest) if walked else {}


@contextmanager
def _written(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    from footwall.errors import UsageError

    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None


def _write(rows: "Sequence[PricedOn]", file: TextIO) -> None:
    """As CSV: decimals in full, an unknown empty, with its reason beside the price."""
    from footwall.prices import PricedOn
    from footwall.quantity import Unknown

    told = {field.name for field in fields(PricedOn)}
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        reason = row.price.reason if isinstance(row.price, Unknown) else ""
        writer.writerow([_cell(getattr(row, name)) if name in told else reason for name in COLUMNS])


def _cell(value: object) -> str:
    from footwall.quantity import Unknown, plain

    match value:
        case None | Unknown():
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return plain(value)
    return str(value)
