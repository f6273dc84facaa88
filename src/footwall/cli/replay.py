"""`footwall replay`: a published price, recomputed by whoever has the file."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from footwall.cli.options import examples
from footwall.cli.screen import PROBLEMS_SHOWN, Column, paragraph, say, table
from footwall.cli.status import PROBLEMS
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.errors import Problem

EXAMPLES = examples("footwall replay cobalt.json", "footwall replay cobalt.json --zone zone")

_HASH: Final = re.compile(r"\b[0-9a-f]{64}\b")


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="CERTIFICATE",
            help="A file of `price --certificate` or `price --format json`, or a bare certificate.",
            show_default=False,
        ),
    ],
    zone: Annotated[
        Path | None,
        typer.Option("--zone", metavar="DIR", help="Compare with this zone's record and evidence.", show_default=False),
    ] = None,
) -> None:
    """Recompute a price from its certificate.

    Recompute a published price from its certificate alone, check its hash and its signatures, and say that all is equal or
    where it differs. With a zone: whether the zone has recorded the same, and comes to it again from its own observations
    and rules.
    """
    from footwall.cli.certificate_checks import check_against_zone, check_contents, check_hash, check_signatures
    from footwall.cli.certificate_file import read_certificate_file

    found = read_certificate_file(file)
    checked = [check_contents(found), check_hash(found), check_signatures(found)]
    if zone is not None:
        from footwall.cli.opened import opened

        checked += check_against_zone(found, opened(zone))
    certificate = found.certificate
    say(f"Certificate of {_word(certificate.get('form'))} on {_word(certificate.get('on'))}: {_result(certificate)}")
    if isinstance(notice := found.around.get("notice"), str) and notice:
        paragraph(notice)
    say()
    table([Column("checked"), Column("result")], [(one.what, one.result) for one in checked])
    faults = [fault for one in checked for fault in one.problems]
    if faults:
        _print_faults(faults)
        raise typer.Exit(PROBLEMS)
    say()
    say("Equal.")
    paragraph("It does not show whether the data were true, whether some were left out, or whose the keys are.")


def _print_faults(faults: Sequence["Problem"]) -> None:
    """Where the certificate differs, and then, once each, what to do."""
    say()
    say(f"It differs: {counted(len(faults), 'problem')}.")
    say()
    columns = [Column(name) for name in ("where", "found", "expected", "code")]
    shown = faults[:PROBLEMS_SHOWN]
    table(columns, [(one.field, _brief(one.found), _brief(one.expected), one.code) for one in shown])
    if rest := len(faults) - len(shown):
        say(f"… and {rest:,} more")
    say()
    for remedy in dict.fromkeys(one.remedy for one in faults):
        paragraph(remedy)


def _brief(text: str) -> str:
    """A text with its hashes cut to what tells them apart."""
    return _HASH.sub(lambda found: f"{found[0][:16]}…", text)


def _result(certificate: object) -> str:
    from collections.abc import Mapping

    result = certificate.get("result") if isinstance(certificate, Mapping) else None
    if isinstance(result, Mapping):
        return f"no price ({_word(result.get('unknown'))})"
    return f"{_word(result)} USD/kg of its basis"


def _word(value: object) -> str:
    """A value of the file as one short line."""
    from footwall.cli.certificate_beside import short

    return short(" ".join(value.split()) if isinstance(value, str) else value)
