"""`footwall conflict`: the interests that people have in prices."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from footwall.cli.options import Format, OutputFormat, ZoneFolder, examples, read_day
from footwall.cli.screen import Cell, Column, day, say, table

DECLARE_EXAMPLES = examples(
    "footwall conflict declare wei --form apt --form tungsten-concentrate --nature 'Holds shares of a smelter'",
    "footwall conflict declare wei --all --nature 'Works for a trader' --from 2024-01-01 --to 2024-06-30",
)
END_EXAMPLES = examples("footwall conflict end 1", "footwall conflict end 1 --last 2026-12-31")
LIST_EXAMPLES = examples("footwall conflict list", "footwall conflict list --format json")

verbs = typer.Typer(
    name="conflict",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Interests that people have in prices, declared and ended.",
)


@verbs.command("declare", epilog=DECLARE_EXAMPLES)
def declare(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The person's id.", show_default=False)],
    nature: Annotated[str, typer.Option("--nature", metavar="TEXT", help="What the interest is.", show_default=False)],
    form: Annotated[
        list[str] | None,
        typer.Option("--form", metavar="FORM", help="A form it is in; may be repeated.", show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="It is in every form.")] = False,
    first: Annotated[
        date | None,
        typer.Option("--from", metavar="DAY", parser=read_day, help="Its first day.", show_default="today"),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option("--to", metavar="DAY", parser=read_day, help="Its last day.", show_default="until it is ended"),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Declare an interest of a person in the price of forms.

    Declare an interest of a person in the price of forms. They sign for none of these, and judge none. It is never erased.
    """
    from footwall.cli.opened import opened_early
    from footwall.cli.recorded import tell
    from footwall.desk import declare_conflict
    from footwall.errors import UsageError

    if every == bool(form):
        raise UsageError("say in which forms the interest is: --form FORM, or --all")
    held = opened_early(zone)
    forms = tuple(form or ())
    done = declare_conflict(held, person, "all" if every else forms, nature, valid_from=first, valid_to=last)
    number = len(held.state.governance.conflicts)
    tell(held, done, f"Declared conflict {number} of {person}, in {'every form' if every else ', '.join(forms)}.")


@verbs.command("end", epilog=END_EXAMPLES)
def end(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The conflict's number.", show_default=False)],
    last: Annotated[
        date | None,
        typer.Option("--last", metavar="DAY", parser=read_day, help="Its last day.", show_default="today"),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """End a conflict, today or on a later day; of past days it stays."""
    from footwall.cli.opened import opened_early
    from footwall.cli.recorded import tell
    from footwall.desk import end_conflict

    held = opened_early(zone)
    done = end_conflict(held, number, last)
    tell(held, done, f"Conflict {number} ends on {last or 'this day'}.")


@verbs.command("list", epilog=LIST_EXAMPLES)
def list_conflicts(output: Format = OutputFormat.TABLE, zone: ZoneFolder = Path()) -> None:
    """Every conflict that was declared."""
    from footwall.cli.json_text import json_text
    from footwall.cli.opened import opened_early

    held = opened_early(zone)
    conflicts = held.state.governance.conflicts
    if output is OutputFormat.JSON:
        told = [
            {
                "conflict": number,
                "person": one.declared.person,
                "forms": one.declared.forms,
                "nature": one.declared.nature,
                "valid_from": one.declared.valid_from,
                "valid_to": one.valid_to,
            }
            for number, one in conflicts.items()
        ]
        say(json_text({"notice": held.settings.notice, "conflicts": told}))
        return
    if not conflicts:
        say("No conflict is declared.")
        return
    columns = [Column("conflict", "number"), *(Column(name) for name in ("person", "forms", "nature", "from", "to"))]
    rows: list[list[Cell]] = []
    for number, one in conflicts.items():
        forms = "all" if one.declared.forms == "all" else ", ".join(one.declared.forms)
        spans = day(one.declared.valid_from), day(one.valid_to)
        rows.append([number, one.declared.person, forms, one.declared.nature, *spans])
    table(columns, rows)
