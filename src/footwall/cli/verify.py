"""`footwall verify`: whether a bulletin is what its signers published, offline, from the root that one trusts."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from footwall.cli.options import Format, OutputFormat, examples, instant_in_words, read_instant
from footwall.cli.screen import PROBLEMS_SHOWN, Column, paragraph, say, table, working
from footwall.cli.status import PROBLEMS

if TYPE_CHECKING:
    from footwall.bulletin import Verified

EXAMPLES = examples(
    "footwall verify bulletin.zip --root root.json",
    "footwall verify bulletin.zip --root root.json --state seen.json",
    "footwall verify public --root inside --as-of 2026-06-01T12:00:00Z",
)
INSIDE: Final = "inside"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def verify(
    file: Annotated[
        Path, typer.Argument(metavar="BULLETIN", help="A folder, a .zip, a .tar or a .tar.gz.", show_default=False)
    ],
    root: Annotated[
        str | None,
        typer.Option(
            "--root",
            metavar="ROOT",
            help="The root that you trust: a file, the SHA-256 of one that is inside, or `inside` to take that on trust.",
            show_default="the one in the state",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state", metavar="FILE", help="Remembers what you have seen, for the next time.", show_default=False
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            metavar="INSTANT",
            parser=read_instant,
            help="Whether it held at this instant.",
            show_default="now",
        ),
    ] = None,
    number: Annotated[
        int | None,
        typer.Option(
            "--number", metavar="NUMBER", min=1, help="An older bulletin.", show_default="the newest signed for"
        ),
    ] = None,
    output: Format = OutputFormat.TABLE,
) -> None:
    """Verify a bulletin, offline.

    Verify a bulletin with nothing but the public keys in a root that you trust: signatures and thresholds, versions and expiry, its place in
    the public log, and that its JSON, CSV and spreadsheet tell the same measures.
    """
    from footwall.bulletin import read_bulletin, read_seen, seen_bytes, write_whole
    from footwall.bulletin import verify as look

    seen = None if state is None else read_seen(state)
    with working(f"verifying {file}"):
        files = read_bulletin(file)
        trusted = _root(root, files, known=seen is not None)
        instant = as_of or datetime.now(UTC)
        found = look(files, trusted, instant, seen=seen, number=number)
    if state is not None and found.seen is not None:
        write_whole(state, seen_bytes(found.seen))
    if output is OutputFormat.JSON:
        _print_json(found, instant)
    else:
        _print(found, instant)
        if not found.problems:
            paragraph(_on_trust(root, state, first=seen is None))
    if found.problems:
        raise typer.Exit(PROBLEMS)


def _root(text: str | None, files: Mapping[str, bytes], *, known: bool) -> bytes | None:
    """The root that is trusted; None where the state holds it. Raises UsageError where nobody says which."""
    import hashlib

    from footwall.bulletin import root_name, root_versions
    from footwall.errors import UsageError

    inside = {
        hashlib.sha256(one).hexdigest(): one for one in (files[root_name(version)] for version in root_versions(files))
    }
    if text is None:
        if known:
            return None
        told = "; ".join(
            f"root {version} inside has {digest}" for version, digest in zip(root_versions(files), inside, strict=False)
        )
        raise UsageError(
            "name the root that you trust, for nothing inside a bulletin can prove it: --root FILE, or the SHA-256 that its "
            f"publisher has told you ({told or 'there is no root inside'}). --root {INSIDE} takes it on trust."
        )
    if text == INSIDE:
        if not inside:
            raise UsageError("there is no root inside")
        return next(iter(inside.values()))
    if _DIGEST.fullmatch(text):
        if text not in inside:
            raise UsageError(f"no root inside has the SHA-256 {text}. Inside: {', '.join(inside) or 'none'}")
        return inside[text]
    try:
        return Path(text).read_bytes()
    except OSError as error:
        raise UsageError(
            f"the root {text} cannot be read: {error.strerror}. Name a file, or the SHA-256 of one inside."
        ) from None


def _print(found: "Verified", instant: datetime) -> None:
    from footwall.cli.failure import problems

    contents = found.contents
    say(_title(found, instant))
    if contents is not None:
        paragraph(str(contents.get("notice", "")))
    say()
    table([Column("what"), Column("what came out")], [(one.what, one.result) for one in found.checks])
    if found.problems:
        problems(found.problems[:PROBLEMS_SHOWN], error=False)
        say()
        say("It does not hold: do not use it.")


def _title(found: "Verified", instant: datetime) -> str:
    contents, at = found.contents, instant_in_words(instant)
    if contents is None:
        return f"This bulletin does not hold, as of {at}"
    zone = contents.get("zone")
    name = zone.get("name") if isinstance(zone, Mapping) else ""
    newest = "the newest" if found.number == found.newest else f"an older one: the newest is {found.newest}"
    return f"Bulletin {found.number} of {name} holds as of {at}: the schedule on {contents.get('on')} ({newest})"


def _on_trust(root: str | None, state: Path | None, *, first: bool) -> str:
    """What nothing here could show."""
    told = []
    if root == INSIDE and first:
        told.append(
            "Taken on trust: the root. Whoever made this bulletin may have made its keys: compare the root's digest."
        )
    if first:
        told.append(
            "Seen for the first time: until the timestamp ends nobody can tell from one bulletin that a newer one is kept from you, nor "
            "that others are shown another log."
        )
    told.append(
        "What was seen is remembered: it cannot be taken back unnoticed."
        if state is not None
        else "Nothing is remembered: --state FILE finds it the next time if less, or something else, is shown."
    )
    return " ".join(told)


def _print_json(found: "Verified", instant: datetime) -> None:
    from footwall.cli.json_text import json_text

    contents = found.contents or {}
    told = {
        "holds": not found.problems,
        "as_of": instant.isoformat(),
        "number": found.number,
        "newest": found.newest,
        "on": contents.get("on"),
        "notice": contents.get("notice"),
        "head": None if found.head is None else str(found.head),
        "checks": [{"what": one.what, "result": one.result} for one in found.checks],
        "problems": found.problems,
    }
    say(json_text(told))
