"""`footwall journal`: the record of everything the zone decided."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from footwall.cli.options import ZoneFolder, examples
from footwall.cli.screen import paragraph, say
from footwall.cli.status import PROBLEMS
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.errors import Problem
    from footwall.journal import Head

EXAMPLES = examples(
    "footwall journal verify",
    "footwall journal verify --head 225:408a353a53985b29c4e5c08a239beebbdef22bbff00f02370eab6df46a902ea5",
)

verbs = typer.Typer(
    name="journal", no_args_is_help=True, rich_markup_mode=None, help="The record of what the zone decided."
)


ACCEPT_EXAMPLES = examples(
    "footwall journal accept-head --head 225:408a353a53985b29c4e5c08a239beebbdef22bbff00f02370eab6df46a902ea5",
    "footwall journal accept-head",
)

NotedHead = Annotated[
    str | None,
    typer.Option(
        "--head",
        metavar="SEQUENCE:HASH",
        help="A head that was written down earlier: proves that nothing before it was replaced.",
    ),
]


@verbs.command("verify", epilog=EXAMPLES)
def verify(noted: NotedHead = None, zone: ZoneFolder = Path()) -> None:
    """Check every entry against its hash and its place, and the evidence and the tables against the entries."""
    from footwall.desk import open_zone, verify_zone

    if found := verify_zone(zone, _head(noted)):
        _tell_damage(zone, found)
    held = open_zone(zone)
    for notice in held.notices:
        say(f"footwall: {notice}", error=True)
    say(
        f"The record in {zone} is whole: {counted(held.head.sequence, 'entry', 'entries')}, walked to {held.last_day or 'no day yet'}."
    )
    say(f"Its head, to note down elsewhere: {held.head}")
    paragraph(held.settings.notice)


@verbs.command("accept-head", epilog=ACCEPT_EXAMPLES)
def accept_head(noted: NotedHead = None, zone: ZoneFolder = Path()) -> None:
    """Check the whole record and write its lost journal.head anew.

    Check the whole record, and where it holds write its head into journal.head, a file that was lost or spoilt. That file
    was the witness that nothing was cut off the record's end; restore it from a backup if you can, or name a head that
    you noted down (--head).
    """
    from footwall.desk import accept_head as accept
    from footwall.journal import Head

    earlier = _head(noted)
    found = accept(zone, earlier)
    if not isinstance(found, Head):
        _tell_damage(zone, found)
    say(
        f"journal.head in {zone} is written anew. Every entry holds, from the first to the last: {counted(found.sequence, 'entry', 'entries')}."
    )
    say(f"Their head, to note down elsewhere: {found}")
    paragraph(_on_trust(found, earlier))


def _on_trust(found: "Head", noted: "Head | None") -> str:
    if noted is None:
        return (
            "Taken on trust: that this is the record that was kept here, and that nothing was cut off its end while "
            "journal.head was missing. Only a head that was noted elsewhere could show it: --head."
        )
    if noted == found:
        return "Nothing is taken on trust: the record ends at the head that you noted down."
    return (
        f"The record passes through the head that you noted down. Taken on trust: that nothing was cut off behind entry "
        f"{found.sequence:,}, and that the entries after {noted.sequence:,} are those that were kept here."
    )


def _tell_damage(zone: Path, found: "Sequence[Problem]") -> NoReturn:
    from footwall.cli.failure import problems

    say(f"footwall: the record in {zone} is damaged: {counted(len(found), 'problem')}.", error=True)
    problems(found)
    raise typer.Exit(PROBLEMS)


def _head(text: str | None) -> "Head | None":
    from footwall.journal import Head

    if text is None:
        return None
    sequence, colon, digest = text.partition(":")
    if not colon or not sequence.isdigit() or int(sequence) < 1 or len(digest) != 64:
        raise typer.BadParameter(
            f"{text!r} is not a head: write SEQUENCE:HASH as `footwall journal verify` prints it", param_hint="--head"
        )
    return Head(int(sequence), digest)
