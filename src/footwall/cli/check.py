"""`footwall check`: whether a zone's facts, record and rules hold together."""

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from footwall.cli.options import ZoneFolder, examples
from footwall.cli.screen import Column, say, table
from footwall.cli.status import PROBLEMS
from footwall.errors import FootwallError, InputError, Problem
from footwall.quantity import counted

EXAMPLES = examples("footwall check", "footwall check --zone zone")

SOUND = "holds together"


def check(zone: ZoneFolder = Path()) -> None:
    """Check the facts, the record and the rules of a zone.

    Check everything that a zone rests on, and tell every fault: facts, record, what was adopted, rules.
    """
    from footwall.cli.failure import problems
    from footwall.desk import verify_zone

    verify_zone(zone)  # a folder that is no zone is no finding but a usage error
    found: list[Problem] = []
    results: list[tuple[str, str]] = []
    for part, look in (("facts", _facts), ("record", verify_zone), ("adopted", _adopted), ("rules", _rules)):
        result, faults = _looked(look, zone)
        results.append((part, result))
        found += [fault for fault in faults if fault not in found]
    table([Column("part"), Column("result")], results)
    problems(found)
    if any(result != SOUND for _, result in results):
        raise typer.Exit(PROBLEMS)
    say()
    say(f"The zone in {zone} holds together.")


def _looked(look: Callable[[Path], Sequence[Problem]], zone: Path) -> tuple[str, Sequence[Problem]]:
    try:
        found = look(zone)
    except InputError as error:
        return error.summary, error.problems
    except FootwallError as error:
        return str(error).partition("\n")[0], ()
    return (counted(len(found), "problem") if found else SOUND), found


def _facts(zone: Path) -> Sequence[Problem]:
    from footwall.facts import Facts, check_facts

    return check_facts(Facts(zone / "facts"))


def _adopted(zone: Path) -> Sequence[Problem]:
    """Whether the files are those that the zone adopted: opening it asks that."""
    from footwall.desk import open_zone

    open_zone(zone)
    return ()


def _rules(zone: Path) -> Sequence[Problem]:
    from footwall.desk import open_zone
    from footwall.errors import ZoneError

    try:
        held = open_zone(zone)
    except FootwallError:
        raise ZoneError("not looked at: the zone cannot be opened") from None
    _ = held.rulebooks.versions
    return ()
