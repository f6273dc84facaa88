"""`footwall judge` and `footwall judgements`: expert judgement, stated before the day it is for."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from footwall.cli.options import Format, OutputFormat, ZoneFolder, examples, read_day, read_number
from footwall.cli.screen import Cell, Column, day, number, say, table

EXAMPLES = examples(
    "footwall judge apt --on 2026-05-29 --exclude ferroalloynet-apt-fob-cn-2026-04 --author wei --approver ana \\",
    "    --reason 'The quote is of one lot that was never delivered' --basis 'Letter of the seller, 2026-04-20'",
    "footwall judge cobalt-metal --on 2026-05-29 --price 48.50 --author wei --approver ana \\",
    "    --reason 'No deal since the export ban; three bids seen' --basis 'Bids of 2026-05-12 to 2026-05-20'",
)
LIST_EXAMPLES = examples("footwall judgements", "footwall judgements --form apt --format json")


def judge(
    form: Annotated[str, typer.Argument(metavar="FORM", help="The form, such as apt.", show_default=False)],
    on: Annotated[
        date,
        typer.Option(
            "--on", metavar="DAY", parser=read_day, help="A day that is still to be walked.", show_default=False
        ),
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, in at least 20 characters.", show_default=False)
    ],
    basis: Annotated[str, typer.Option("--basis", metavar="TEXT", help="What it rests on.", show_default=False)],
    author: Annotated[str, typer.Option("--author", metavar="PERSON", help="Who judges.", show_default=False)],
    approver: Annotated[
        str, typer.Option("--approver", metavar="PERSON", help="Who approves: another person.", show_default=False)
    ],
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", metavar="ID", help="An observation to leave out; may be repeated.", show_default=False
        ),
    ] = None,
    price: Annotated[
        Decimal | None,
        typer.Option(
            "--price",
            metavar="NUMBER",
            parser=read_number,
            help="USD per kg of the form's basis, where the method yields no price.",
            show_default=False,
        ),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Judge a price of a day to come.

    Leave observations out of a day that is not walked yet, or state its price where the method yields none: a judgement
    of two people. What has been walked is changed by a correction only.
    """
    from footwall.cli.opened import opened_early
    from footwall.cli.recorded import tell
    from footwall.desk import make_judgement
    from footwall.errors import UsageError

    if bool(exclude) == (price is not None):
        raise UsageError("a judgement is one of two: --exclude ID, or --price NUMBER")
    held = opened_early(zone)
    done = make_judgement(
        held,
        form,
        on,
        "exclude" if exclude else "price",
        observations=tuple(exclude or ()),
        price=price,
        reason=reason,
        basis=basis,
        author=author,
        approver=approver,
    )
    said = f"{', '.join(exclude)} left out" if exclude else f"{number(price)} USD/kg where the method yields no price"
    tell(held, done, f"Recorded for {form} on {on}: {said}. {author} judged, {approver} approved.")


def judgements(
    form: Annotated[
        str | None, typer.Option("--form", metavar="FORM", help="Of this form only.", show_default="all forms")
    ] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Every expert judgement that was recorded."""
    from footwall.cli.json_text import json_text
    from footwall.cli.opened import opened_early

    held = opened_early(zone)
    every = (one for made in held.state.governance.judgements.values() for one in made)
    shown = sorted((one for one in every if form in {None, one.form}), key=lambda one: one.judgement)
    if output is OutputFormat.JSON:
        say(json_text({"notice": held.settings.notice, "judgements": shown}))
        return
    if not shown:
        say("No judgement is recorded.")
        return
    names = ("form", "for", "leaves out", "reason", "basis", "author", "approver")
    columns = [Column("judgement", "number"), *(Column(name) for name in names)]
    columns.insert(4, Column("price\nUSD/kg", "number"))
    rows: list[list[Cell]] = [
        [
            one.judgement,
            one.form,
            day(one.on),
            ", ".join(one.observations),
            one.price,
            one.reason,
            one.basis,
            one.author,
            one.approver,
        ]
        for one in shown
    ]
    table(columns, rows)
