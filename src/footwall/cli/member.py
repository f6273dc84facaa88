"""`footwall member`: whether a party is in the zone on a day, and by which instrument."""

from pathlib import Path
from typing import Annotated

import typer

from footwall.cli.options import OnDay, ZoneFolder, examples
from footwall.cli.screen import say

EXAMPLES = examples("footwall member JP", "footwall member DE --on 2024-06-30")


def member(
    party: Annotated[
        str, typer.Argument(metavar="PARTY", help="A country or union: ISO 3166, such as JP or EU.", show_default=False)
    ],
    on: OnDay = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Whether a party is in the zone on a day.

    Whether a country or union is a member, since when, and under which instrument.
    """
    from footwall.cli.opened import day_of, head, opened
    from footwall.errors import UsageError

    held = opened(zone)
    asked = day_of(held, on)
    if party not in held.members.countries:
        raise UsageError(f"{party!r} is not a country or union the facts know: write ISO 3166, such as JP or EU")
    head(held, f"{party} on {asked}")
    say()
    say(f"{held.members.is_member(party, asked)[1]}.")
