"""What stands beside a certificate: held against what the certificate shows, and what it does not show against a zone's own word.

A certificate alone shows nothing of the zone's name and notice, of how many signatures its rules ask for, and of what was
known when; nor, of a carried price, a successor's and one with a cost-build, on which day its data end and whether they
were made under a floor. docs/publishing.md lists these.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from footwall.cli.certificate_file import CertificateFile
from footwall.errors import Problem
from footwall.prices import JSON, read_certificate
from footwall.prices.shown import shown_by
from footwall.quantity import Unknown

if TYPE_CHECKING:
    from footwall.desk import Zone

BESIDE: Final = ", beside the certificate"
"""Where a figure stands that is told beside a certificate, and not in it."""

ASK: Final = "Do not rely on it: ask for the certificate again from whoever published it."
ZONES: Final = "The file is not what this zone has recorded: ask whoever gave it to you where it is from."

_SHOWN: Final = 80
_OWN: Final = {
    "price": "result",
    "tier": "tier",
    "confidence": "confidence",
    "assumed": "assumed",
}
"""What is told beside a certificate, and the certificate's own field that says it."""


class Absent:
    """What is not there at all."""


ABSENT: Final = Absent()


def beside(file: CertificateFile) -> Iterator[Problem]:
    """Figures told beside the certificate that do not follow from it."""
    told, certificate = _told(file), file.certificate
    for name, own in _OWN.items():
        if name in told and not _equal(told[name], certificate.get(own)):
            yield _differs(own, told[name], certificate.get(own))
    for name, follows in _follows(file).items():
        if name in told and not _equal(told[name], follows):
            yield _differs(name, told[name], follows)
    form, on = _form(file), file.around.get("on")
    if form is not None and form != certificate.get("form"):
        yield _differs("form", form, certificate.get("form"))
    if "on" in file.around and not _of_its_day(file, on):
        yield _differs("on", on, certificate.get("on"))


def beside_in_zone(file: CertificateFile, held: "Zone") -> Iterator[Problem]:
    """What stands around the certificate and is not the zone's: its name, its notice, its rules, its record."""
    zone = _object(file.around.get("zone"))
    approval = _object(file.around.get("approval"))
    needed = file.around if "signatures_min" in file.around else approval
    yield from _as_the_zone("zone.name", zone, held.settings.name)
    yield from _as_the_zone("notice", file.around, held.settings.notice)
    on = _day(file.certificate.get("on"))
    if on is not None and on in held.days:
        from footwall.desk import signatures_min_on

        yield from _as_the_zone("signatures_min", needed, signatures_min_on(held, on))
    yield from _record(file, held)


def price_in_zone(file: CertificateFile, held: "Zone", form: str, on: date) -> Iterator[Problem]:
    """How the price stands by the zone's own word, also where the certificate does not show it."""
    reference, told = held.reference(form, on), _told(file)
    rests_on = None if reference.rests_on is None else reference.rests_on.isoformat()
    for name, own in (
        ("status", reference.status),
        ("rests_on", rests_on),
        ("under_floor", reference.under_floor),
    ):
        yield from _as_the_zone(name, told, own)
    entry, stated = held.facts.forms[form], _object(file.around.get("form"))
    of = entry.form if entry.basis == "form" else entry.content
    for name, own in (("name", entry.name), ("stage", entry.stage), ("unit", "USD/kg"), ("of", of)):
        yield from _as_the_zone(f"form.{name}", stated, own)


def short(value: object) -> str:
    """A value of the file as a reader would write it, at most a line of it."""
    match value:
        case Absent():
            text = "it is not there"
        case None:
            text = "nothing"
        case str():
            text = value
        case {"unknown": str(reason)}:
            text = f"unknown ({reason})"
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _told(file: CertificateFile) -> Mapping[str, JSON]:
    """What is told of the price: an object of its own in what is published, else beside the certificate itself."""
    price = file.around.get("price")
    if isinstance(price, Mapping) and "status" in price:
        return {name: price.get(name) for name in (*_OWN, "status", "rests_on", "under_floor")}
    return file.around


def _follows(file: CertificateFile) -> Mapping[str, JSON]:
    """What the certificate shows of how its price stands; nothing for what it does not show."""
    certificate = read_certificate(file.certificate)
    if isinstance(certificate, Problem):
        return {}
    shown = shown_by(certificate)
    found: dict[str, JSON] = {}
    if not isinstance(shown.status, Unknown):
        found["status"] = shown.status
    if not isinstance(shown.rests_on, Unknown):
        found["rests_on"] = None if shown.rests_on is None else shown.rests_on.isoformat()
    if not isinstance(shown.under_floor, Unknown):
        found["under_floor"] = shown.under_floor
    return found


def _equal(told: JSON, own: JSON) -> bool:
    """Two numbers that are one price agree, however many zeros stand at their end."""
    if isinstance(told, str) and isinstance(own, str):
        return told == own or (_number(told) is not None and _number(told) == _number(own))
    return told == own and isinstance(told, bool) == isinstance(own, bool)


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _form(file: CertificateFile) -> JSON:
    stated = file.around.get("form")
    return stated.get("form") if isinstance(stated, Mapping) else stated


def _of_its_day(file: CertificateFile, on: JSON) -> bool:
    """What is published is of the certificate's day; JSON of a price may be asked for later, when that price still stood."""
    own = file.certificate.get("on")
    if "format" in file.around:
        return on == own
    asked, priced = _day(on), _day(own)
    return asked is not None and (priced is None or asked >= priced)


def _record(file: CertificateFile, held: "Zone") -> Iterator[Problem]:
    """The entry up to which the record was read: it is the zone's, and the last one at the instant that was asked for."""
    record = _object(file.around.get("record"))
    sequence, digest, asked = record.get("sequence"), record.get("hash"), file.around.get("as_known_at")
    if not isinstance(sequence, int) or sequence < 1:
        return
    entries = held.journal.entries(after=sequence - 1)
    if not entries or entries[0].hash != digest:
        found = entries[0].hash if entries else ABSENT
        yield Problem("certificate_not_of_zone", short(digest), short(found), ZONES, field="record.hash")
    elif asked is not None:
        instant = _instant(asked)
        later = entries[1].recorded_at if len(entries) > 1 else None
        if instant is None or instant < entries[0].recorded_at or (later is not None and later <= instant):
            known = f"from {entries[0].recorded_at.isoformat()}" + (f", before {later.isoformat()}" if later else "")
            yield Problem("certificate_differs", short(asked), known, ZONES, field=f"as_known_at{BESIDE}")


def _instant(value: JSON) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if found is None or found.tzinfo is None else found


def _day(value: JSON) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _as_the_zone(path: str, stated: Mapping[str, JSON], own: JSON) -> Iterator[Problem]:
    """A figure that is told, against the zone's own; nothing where it is not told."""
    name = path.rpartition(".")[2]
    if name in stated and not _equal(stated[name], own):
        yield Problem("certificate_differs", short(stated[name]), short(own), ZONES, field=f"{path}{BESIDE}")


def _differs(name: str, found: object, own: object) -> Problem:
    return Problem("certificate_differs", short(found), short(own), ASK, field=f"{name}{BESIDE}")


def _object(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, Mapping) else {}
