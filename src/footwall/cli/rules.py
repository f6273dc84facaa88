"""`footwall rules`: what one version of the rules changes in the one before it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from footwall.cli.options import Format, OutputFormat, examples
from footwall.cli.screen import Column, paragraph, say, table
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.rulebook import Change, Consultation, Known, Rulebook

EXAMPLES = examples(
    "footwall rules diff",
    "footwall rules diff rulebook/2025-07-example-2.toml my-draft.toml --zone zone",
    "footwall rules diff old.toml new.toml --format json",
)

WHAT_LENGTH_MAX: Final = 60
"""Longer lists of what changes have a number in the table and stand below it, whole."""

verbs = typer.Typer(name="rules", no_args_is_help=True, rich_markup_mode=None, help="The rules and their versions.")


@verbs.callback()
def rules() -> None:
    """The rules and their versions."""


@verbs.command("diff", epilog=EXAMPLES)
def diff(
    old: Annotated[
        Path | None, typer.Argument(metavar="OLD", help="A version of the rules: a TOML file.", show_default=False)
    ] = None,
    new: Annotated[
        Path | None, typer.Argument(metavar="NEW", help="A version that follows it.", show_default=False)
    ] = None,
    zone: Annotated[
        Path | None,
        typer.Option(
            "--zone",
            metavar="DIR",
            help="The zone whose last two versions are compared. Beside two files: the zone whose facts they may name.",
            show_default="the current folder; beside two files the shipped facts",
        ),
    ] = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """What a version of the rules changes.

    What a version of the rules changes in the one before it, rule by rule, and how long it was open to comment: the last
    two versions of a zone, or two files.
    """
    from footwall.rulebook import compare, consultation

    before, after = _versions(old, new, zone)
    changes, held = compare(before, after), consultation(before, after)
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        versions = {name: _named(version) for name, version in (("old", before), ("new", after))}
        say(json_text({**versions, "consultation": held, "changes": changes}))
        return
    _print(before, after, changes, held)


def _versions(old: Path | None, new: Path | None, zone: Path | None) -> "tuple[Rulebook, Rulebook]":
    """The versions to compare. Raises UsageError where one file is named alone, or where a zone has only one version."""
    from footwall.desk import open_zone
    from footwall.errors import UsageError
    from footwall.rulebook import load_rulebook

    if old is not None and new is not None:
        known = _known(zone)
        return load_rulebook(old, known), load_rulebook(new, known)
    if old is not None:
        raise UsageError(
            f"one version is named, {old}: name the one that follows it too, or none for a zone's last two"
        )
    held = open_zone(zone or Path())
    versions = held.rulebooks.versions
    if len(versions) < 2:
        only = versions[0].rulebook.version
        raise UsageError(f"the zone in {held.folder} has one version of its rules, {only}: there is none before it")
    return versions[-2], versions[-1]


def _known(zone: Path | None) -> "Known":
    """What the files may name: what the zone's facts know, or the shipped ones."""
    from footwall.desk import known_of, open_zone
    from footwall.facts import shipped_facts
    from footwall.zone import Members

    if zone is not None:
        held = open_zone(zone)
        return known_of(held.facts, held.members)
    facts = shipped_facts()
    return known_of(facts, Members.from_facts(facts.memberships, facts.countries))


def _named(version: "Rulebook") -> dict[str, object]:
    header = version.rulebook
    return {"version": header.version, "valid_from": header.valid_from, "valid_to": header.valid_to}


def _print(before: "Rulebook", after: "Rulebook", changes: "tuple[Change, ...]", held: "Consultation") -> None:
    old, new = before.rulebook, after.rulebook
    say(
        f"What {new.version}, from {new.valid_from}, changes in {old.version}, from {old.valid_from}: "
        f"{counted(len(changes), 'change')}"
    )
    paragraph(_told(held, old.version))
    if changes:
        say()
    lists: dict[str, str] = {}
    table(
        [Column("section"), Column("what"), Column("from", "whole"), Column("key"), Column("old"), Column("new")],
        [
            (
                change.section,
                _short(change.what, lists),
                change.effective_on.isoformat(),
                change.key,
                change.old or "none",
                change.new or "none",
            )
            for change in changes
        ],
    )
    if lists:
        say()
    for what, name in lists.items():
        paragraph(f"{name}: {what}")


def _short(what: str, lists: dict[str, str]) -> str:
    """What changes, or the name of the list that tells it below the table."""
    return what if len(what) <= WHAT_LENGTH_MAX else lists.setdefault(what, f"list {len(lists) + 1}")


def _told(held: "Consultation", version: str) -> str:
    """The consultation in sentences: when, for how many days, and how many were asked for."""
    if held.days and held.first and held.last:
        told = f"Open to comment from {held.first} to {held.last}: {counted(held.days, 'day')}."
    else:
        told = "It states no days on which it was open to comment."
    if not held.sections:
        return f"{told} No rule of prices changes, so none are asked for."
    if not held.days_min:
        return f"{told} {version} asks for none."
    short = " That is too short: a zone refuses it." if held.too_short else ""
    return f"{told} {version} asks for {counted(held.days_min, 'day')} where a rule of prices changes.{short}"
