"""`footwall sign` and `footwall signatures`: who stands for the prices of a day."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OnDay, OutputFormat, PricedOn, RoleName, ZoneFolder, examples
from footwall.cli.screen import Cell, Column, day, heading, paragraph, say, table, working
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.desk import Zone
    from footwall.desk.governance import PricedDay, PricesSigned

EXAMPLES = examples(
    "footwall sign --on 2026-05-29 --as wei --key wei.pem",
    "footwall sign --on 2026-05-29 --as okafor --key okafor.pem --role reviewer",
)
LIST_EXAMPLES = examples(
    "footwall signatures --on 2026-05-29",
    "footwall signatures --on 2026-05-29 --needed 2",
    "footwall signatures --on 2026-05-29 --format json",
)

FORMS_NAMED = 6
"""How many forms a line names before it only counts them."""


def sign(
    on: PricedOn,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Your id.", show_default=False)],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.", show_default=False)],
    role: Annotated[
        RoleName | None, typer.Option("--role", help="The role you sign in.", show_default="the only one you have")
    ] = None,
    document: Annotated[
        str | None,
        typer.Option(
            "--document",
            metavar="DIGEST",
            help="The document you have looked at; refused if it was restated since.",
            show_default="as the day stands",
        ),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """Sign the prices of a day.

    Sign all reference prices of a day of publication, but for forms in which you have declared a conflict.
    """
    from footwall.cli.opened import opened
    from footwall.cli.recorded import tell
    from footwall.desk import priced_day, sign_prices

    held = opened(zone)
    with working(f"signing the prices of {on}"):
        said, done = sign_prices(held, on, person, key, role=role, document=document)
    priced = priced_day(held.state, on)
    forms = len(priced.forms) - len(said.excepted) if priced else 0
    beyond = (
        f" It does not cover {', '.join(said.excepted)}, in which {person} has a conflict." if said.excepted else ""
    )
    tell(held, done, f"{person} has signed the prices of {on} as {said.role}: {counted(forms, 'form')}.{beyond}")


def signatures(
    on: OnDay = None,
    needed: Annotated[
        int | None,
        typer.Option("--needed", metavar="NUMBER", min=1, help="Tell which forms that many people have signed."),
    ] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Who has signed the prices of a day.

    Who has signed the prices of a day of publication, for which forms, and with --format json what a stranger needs to verify it.
    """
    from footwall.cli.opened import day_of, opened
    from footwall.desk import last_published, priced_day
    from footwall.errors import UsageError

    held = opened(zone)
    last = last_published(held.state, day_of(held, on))
    asked = last if on is None else on
    priced = None if asked is None else priced_day(held.state, asked)
    if asked is None or priced is None:
        before = "" if last is None else f"; the last before it are those of {last}"
        raise UsageError(f"no prices were published for {asked or 'any day yet'}{before}")
    if output is OutputFormat.JSON:
        _print_json(held, priced)
        return
    say(f"Signatures on the prices of {asked}")
    paragraph(f"Document {priced.document}, {counted(len(priced.forms), 'form')}. {held.settings.notice}")
    signed = held.state.governance.signatures.get(asked, ())
    if not signed:
        say()
        say(f"Nobody has signed them yet: footwall sign --on {asked} --as PERSON --key FILE")
    columns = [Column(name) for name in ("person", "name", "role", "signed on", "covers", "stands")]
    if signed:
        say()
    table(columns, [_row(held, priced, one) for one in signed])
    if needed is not None:
        _print_approval(held, priced, needed)


def _row(held: "Zone", priced: "PricedDay", one: "PricesSigned") -> list[Cell]:
    name = held.state.governance.people[one.person].name
    covers = f"all but {_named(one.excepted)}" if one.excepted else "all forms"
    return [one.person, name, one.role, day(one.signed_on), covers, _stands(held, priced, one)]


def _stands(held: "Zone", priced: "PricedDay", one: "PricesSigned") -> str:
    from footwall.desk.governance import holds, statement_of

    book = held.state.governance
    if not holds(book.people[one.person].public_key, statement_of(one).message, one.signature):
        return "no: it is not theirs"
    if one.document != priced.document:
        return "no: the prices were restated since"
    later = set(book.conflicted(one.person, priced.forms, one.on, one.signed_on)) - set(one.excepted)
    return f"but for {_named(tuple(sorted(later)))}: a conflict declared later" if later else "yes"


def _print_approval(held: "Zone", priced: "PricedDay", needed: int) -> None:
    from footwall.desk.governance import approval_of, signatures_over

    book = held.state.governance
    by_status: dict[str, list[str]] = {}
    for form in sorted(priced.forms):
        signed = signatures_over(book, priced.on, priced.document, form)
        by_status.setdefault(approval_of(signed, needed).status, []).append(form)
    heading("Approval")
    columns = [Column("status"), Column("forms", "number"), Column("which")]
    table(columns, [(status, len(forms), _named(tuple(forms))) for status, forms in by_status.items()])


def _named(forms: tuple[str, ...]) -> str:
    return ", ".join(forms) if len(forms) <= FORMS_NAMED else counted(len(forms), "form")


def _print_json(held: "Zone", priced: "PricedDay") -> None:
    from footwall.cli.json_text import json_text
    from footwall.desk.governance import signatures_over, statement_of

    book = held.state.governance
    told = [
        {
            "person": one.person,
            "name": book.people[one.person].name,
            "public_key": book.people[one.person].public_key,
            "role": one.role,
            "on": one.on,
            "document": one.document,
            "except": one.excepted,
            "zone": one.zone,
            "signed_on": one.signed_on,
            "message": statement_of(one).message.decode(),
            "signature": one.signature,
            "stands": _stands(held, priced, one),
        }
        for one in book.signatures.get(priced.on, ())
    ]
    forms = {
        form: [one.person for one in signatures_over(book, priced.on, priced.document, form)]
        for form in sorted(priced.forms)
    }
    content = {
        "notice": held.settings.notice,
        "zone": held.identity,
        "on": priced.on,
        "document": priced.document,
        "evidence": held.evidence.path(priced.document).relative_to(held.folder).as_posix(),
        "signatures": told,
        "forms": forms,
    }
    say(json_text(content))
