"""`footwall complain`, `footwall answer`, `footwall complaints`: what is held against a price, and what became of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OutcomeName, OutputFormat, PricedOn, ZoneFolder, examples
from footwall.cli.screen import Cell, Column, day, say, table

if TYPE_CHECKING:
    from footwall.desk.governance import Complaint

FILE_EXAMPLES = examples(
    "footwall complain apt --on 2026-05-29 --by 'Acme Metals' --text 'Our sale of 12 May is missing'",
)
ANSWER_EXAMPLES = examples(
    "footwall answer 1 --outcome dismissed --author ana --reason 'The sale was published after that day'",
    "footwall answer 2 --outcome upheld --author ana --reason 'A quote was counted twice' --correction 1",
)
EXAMPLES = examples("footwall complaints --open", "footwall complaints --format json")


def complain(
    form: Annotated[str, typer.Argument(metavar="FORM", help="The form, such as apt.", show_default=False)],
    on: PricedOn,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who complains.", show_default=False)],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What is wrong.", show_default=False)],
    zone: ZoneFolder = Path(),
) -> None:
    """Complain of a price.

    File a complaint about the reference price of a form on a walked day. Whoever it is need not be enrolled.
    """
    from footwall.cli.opened import opened
    from footwall.cli.recorded import tell
    from footwall.desk import file_complaint

    held = opened(zone)
    done = file_complaint(held, form, on, by, text)
    tell(held, done, f"Filed complaint {len(held.state.governance.complaints)} of {by}: {form} on {on}.")


def answer(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The complaint's number.", show_default=False)],
    outcome: Annotated[OutcomeName, typer.Option("--outcome", help="How it ends.", show_default=False)],
    author: Annotated[
        str,
        typer.Option(
            "--author", metavar="PERSON", help="Who answers: nobody who had a part in the price.", show_default=False
        ),
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, in at least 20 characters.", show_default=False)
    ],
    correction: Annotated[
        int | None,
        typer.Option("--correction", metavar="NUMBER", help="The correction that followed.", show_default="none"),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Answer a complaint, once.

    Answer a complaint, once and with a reason; by somebody who neither signed nor judged that price, nor has an interest in it.
    """
    from footwall.cli.opened import opened
    from footwall.cli.recorded import tell
    from footwall.desk import answer_complaint

    held = opened(zone)
    done = answer_complaint(held, number, outcome, reason=reason, author=author, correction=correction)
    tell(held, done, f"Complaint {number} is {outcome}, answered by {author}.")


def complaints(
    unanswered: Annotated[bool, typer.Option("--open", help="Those without an answer only.")] = False,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Complaints about prices, their age and their answers."""
    from footwall.cli.json_text import json_text
    from footwall.cli.opened import opened_early
    from footwall.desk import today
    from footwall.desk.governance import open_complaints

    held = opened_early(zone)
    book = held.state.governance
    shown = open_complaints(book) if unanswered else tuple(book.complaints.values())
    now = today(held)
    if output is OutputFormat.JSON:
        told = [{**_told(one), "age_days": one.age_days(now)} for one in shown]
        say(json_text({"notice": held.settings.notice, "complaints": told}))
        return
    if not shown:
        say("No complaint is open." if unanswered else "No complaint was filed.")
        return
    names = ("form", "price of", "by", "text", "filed")
    columns = [Column("complaint", "number"), *(Column(name) for name in names)]
    columns += [Column("age\ndays", "number"), Column("outcome"), Column("answered by"), Column("reason")]
    table(columns, [[*_row(one), one.age_days(now), *_answer(one)] for one in shown])


def _row(one: "Complaint") -> list[Cell]:
    filed = one.filed
    return [filed.complaint, filed.form, day(filed.on), filed.by, filed.text, day(filed.filed_on)]


def _answer(one: "Complaint") -> list[Cell]:
    held = one.answered
    return ["open", None, None] if held is None else [held.outcome, held.author, held.reason]


def _told(one: "Complaint") -> dict[str, object]:
    filed, held = one.filed, one.answered
    return {
        "complaint": filed.complaint,
        "form": filed.form,
        "on": filed.on,
        "by": filed.by,
        "text": filed.text,
        "filed_on": filed.filed_on,
        "outcome": "open" if held is None else held.outcome,
        "reason": None if held is None else held.reason,
        "author": None if held is None else held.author,
        "answered_on": None if held is None else held.answered_on,
        "correction": None if held is None else held.correction,
    }
