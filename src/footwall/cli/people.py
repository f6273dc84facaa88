"""`footwall people`: who may sign, judge and answer for the zone."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OutputFormat, RoleName, ZoneFolder, examples
from footwall.cli.screen import Column, day, say, table

if TYPE_CHECKING:
    from footwall.desk import Zone

ADD_EXAMPLES = examples(
    "footwall people add wei --name 'Wei Chen' --public-key \"$(cat wei.pub)\" --role assessor",
    "footwall people add ana --name 'Ana Ruiz' --public-key \"$(cat ana.pub)\"",
)
KEY_EXAMPLES = examples("footwall people key wei.pem", "footwall people key wei.pem > wei.pub")
LIST_EXAMPLES = examples("footwall people list", "footwall people list --format json")
LEAVE_EXAMPLES = examples("footwall people leave wei")


class RoleChoice(StrEnum):
    """A role that may be given: a list of options takes an enumeration only."""

    ASSESSOR = "assessor"
    REVIEWER = "reviewer"


ROLES: dict[RoleChoice, RoleName] = {RoleChoice.ASSESSOR: "assessor", RoleChoice.REVIEWER: "reviewer"}

verbs = typer.Typer(
    name="people",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who may sign, judge and answer for prices.",
)

Person = Annotated[str, typer.Argument(metavar="PERSON", help="The person's id, such as wei.", show_default=False)]


@verbs.command("key", epilog=KEY_EXAMPLES)
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.", show_default=False)],
) -> None:
    """Make a private key, and print its public half.

    Make a private key in a new file that only you can read, and print its public half. The private key stays with its owner and is needed for every signature; what is printed is what the zone enrols.
    """
    from footwall.desk import make_key

    say(make_key(file).public_key)


@verbs.command("add", epilog=ADD_EXAMPLES)
def add(
    person: Person,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Who that is.", show_default=False)],
    public_key: Annotated[
        str,
        typer.Option("--public-key", metavar="BASE64", help="As `footwall people key` prints it.", show_default=False),
    ],
    role: Annotated[
        list[RoleChoice] | None,
        typer.Option("--role", help="A role to sign in; may be given twice.", show_default="none: signs nothing"),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Enrol a person.

    Enrol a person under an id and with a key that nobody has had. What they hold stays: new roles or a new key need a new id.
    """
    from footwall.cli.opened import opened_early
    from footwall.cli.recorded import tell
    from footwall.desk import add_person

    held = opened_early(zone)
    roles = tuple(ROLES[one] for one in role or ())
    done = add_person(held, person, name, public_key, roles)
    tell(held, done, f"Enrolled {person} ({name}): {' and '.join(sorted(set(roles))) or 'no role, signs nothing'}.")


@verbs.command("leave", epilog=LEAVE_EXAMPLES)
def leave(person: Person, zone: ZoneFolder = Path()) -> None:
    """Record that a person has left.

    Record that a person has left: they act no more, and what they did stands.
    """
    from footwall.cli.opened import opened_early
    from footwall.cli.recorded import tell
    from footwall.desk import remove_person

    held = opened_early(zone)
    tell(held, remove_person(held, person), f"{person} has left. What they signed stands.")


@verbs.command("list", epilog=LIST_EXAMPLES)
def list_people(output: Format = OutputFormat.TABLE, zone: ZoneFolder = Path()) -> None:
    """Everybody who is or was enrolled."""
    from footwall.cli.json_text import json_text
    from footwall.cli.opened import opened_early

    held = opened_early(zone)
    book = held.state.governance
    if output is OutputFormat.JSON:
        people = [_told(held, person) for person in book.people]
        say(json_text({"notice": held.settings.notice, "zone": held.identity, "people": people}))
        return
    if not book.people:
        say("Nobody is enrolled yet: footwall people add.")
        return
    columns = [Column(name) for name in ("person", "name", "roles", "enrolled", "left")]
    rows = [
        (one.person, one.name, ", ".join(one.roles) or "none", day(one.on), day(book.left.get(one.person)))
        for one in book.people.values()
    ]
    table([*columns, Column("public key", "whole")], [(*row, book.people[row[0]].public_key) for row in rows])


def _told(held: "Zone", person: str) -> dict[str, object]:
    book = held.state.governance
    one = book.people[person]
    return {
        "person": person,
        "name": one.name,
        "roles": one.roles,
        "public_key": one.public_key,
        "enrolled_on": one.on,
        "left_on": book.left.get(person),
    }
