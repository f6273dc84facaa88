"""`footwall init`: a new zone in a folder of its own."""

from pathlib import Path
from typing import Annotated

import typer

from footwall.cli.options import examples
from footwall.cli.screen import paragraph, say
from footwall.quantity import counted

EXAMPLES = examples(
    "footwall init zone",
    "footwall init mine --name 'My zone' --rulebook my-rules --facts my-facts",
)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is new or empty.", show_default=False)],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the zone is called.")] = "Example zone",
    rulebook: Annotated[
        Path | None,
        typer.Option("--rulebook", metavar="DIR", help="A folder of rules (TOML).", show_default="the example rules"),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", metavar="DIR", help="A folder of fact tables.", show_default="the shipped facts"),
    ] = None,
) -> None:
    """Make a zone in a new folder.

    Make a zone: its rules, its facts and an empty record, in a folder of its own.
    """
    from footwall.desk import init_zone, open_zone

    zone = open_zone(init_zone(folder, name=name, rulebook=rulebook, facts=facts))
    paragraph(f"Made {zone.settings.name!r} in {folder}. {zone.settings.notice}")
    say()
    versions = ", ".join(f"{one.rulebook.version} from {one.rulebook.valid_from}" for one in zone.rulebooks.versions)
    walk = zone.rulebooks.walk
    say(f"  rules    {versions}")
    say(f"  facts    {counted(len(zone.facts.minerals), 'mineral')}, {counted(len(zone.facts.forms), 'form')}")
    say(
        f"  days     month ends from {walk.first} to {walk.through} and days of change between, floors from {walk.floors_from}"
    )
    say()
    say(f"Next: footwall run {folder}")
