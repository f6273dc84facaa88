"""`footwall journal`: the record of everything the zone decided."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import ZoneFolder, examples
from footwall.cli.screen import paragraph, say
from footwall.cli.status import PROBLEMS

if TYPE_CHECKING:
    from footwall.journal import Head

EXAMPLES = examples(
    "footwall journal verify",
    "footwall journal verify --head 225:408a353a53985b29c4e5c08a239beebbdef22bbff00f02370eab6df46a902ea5",
)

verbs = typer.Typer(
    name="journal", no_args_is_help=True, rich_markup_mode=None, help="The record of what the zone decided."
)


@verbs.command("verify", epilog=EXAMPLES)
def verify(
    noted: Annotated[
        str | None,
        typer.Option(
            "--head",
            metavar="SEQUENCE:HASH",
            help="A head that was written down earlier: proves that nothing before it was replaced.",
        ),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Check every entry against its hash and its place, and the evidence and the tables against the entries."""
    from footwall.cli.failure import problems
    from footwall.desk import open_zone, verify_zone

    found = verify_zone(zone, _head(noted))
    if found:
        say(f"footwall: the record in {zone} is damaged: {len(found)} problem(s).", error=True)
        problems(found)
        raise typer.Exit(PROBLEMS)
    held = open_zone(zone)
    say(f"The record in {zone} is whole: {held.head.sequence:,} entries, walked to {held.last_day or 'no day yet'}.")
    say(f"Its head, to note down elsewhere: {held.head}")
    paragraph(held.settings.notice)


def _head(text: str | None) -> "Head | None":
    from footwall.journal import Head

    if text is None:
        return None
    sequence, colon, digest = text.partition(":")
    if not colon or not sequence.isdigit() or len(digest) != 64:
        raise typer.BadParameter(
            f"{text!r} is not a head: write SEQUENCE:HASH as `footwall journal verify` prints it", param_hint="--head"
        )
    return Head(int(sequence), digest)
