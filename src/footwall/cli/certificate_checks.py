"""What can be checked of a certificate that somebody hands over: its contents, its hash, its signatures, and a zone's own word.

Nothing is raised for what the file says, whatever it says: what does not hold is a problem.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from footwall.cli.certificate_file import CertificateFile
from footwall.errors import Problem, UsageError
from footwall.prices import JSON
from footwall.prices.replay import replay

if TYPE_CHECKING:
    from footwall.desk import Zone

DIFFERENCES_MAX: Final = 200
"""So many places are told in which two certificates differ."""

_ASK: Final = "Do not rely on it: ask for the certificate again from whoever published it."
_ZONES: Final = "The file is not what this zone has recorded: ask whoever gave it to you where it is from."


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was checked: in words what came out, and every problem."""

    what: str
    result: str
    problems: tuple[Problem, ...] = ()


def check_contents(file: CertificateFile) -> Checked:
    """Whether the price follows from the certificate's own contents, and the figures told beside it are the same."""
    try:
        found = replay(file.certificate)
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        found = (_malformed(f"{type(error).__name__}: {error}"),)
    found = (*found, *_beside(file))
    return Checked("recomputed from its own contents", _verdict(found), found)


def check_hash(file: CertificateFile) -> Checked:
    """Whether the hash told beside the certificate is that of its canonical bytes."""
    digest = sha256_of(file.certificate)
    stated = file.around.get("certificate_sha256")
    if "certificate_sha256" not in file.around:
        return Checked("hash", f"{digest} (none is stated)")
    if stated == digest:
        return Checked("hash", digest)
    problem = Problem("certificate_hash", _short(stated), digest, _ASK, field="certificate_sha256")
    return Checked("hash", _verdict((problem,)), (problem,))


def check_signatures(file: CertificateFile) -> Checked:
    """Whether every signature is its key's, over the day's document, and that document holds this certificate."""
    stated = file.around.get("signatures")
    if not isinstance(stated, list) or not stated:
        faults = () if stated in (None, []) else (_malformed("signatures that are no list"),)
        return Checked("signatures", _verdict(faults) if faults else "none", faults)
    problems = [*_day_faults(file)]
    names = []
    for place, one in enumerate(stated):
        found = (
            list(_signature_faults(file, one)) if isinstance(one, Mapping) else [_malformed("a signature of no object")]
        )
        problems += [_at(fault, f"signatures[{place}]") for fault in found]
        names.append(f"{_text(one, 'name')} ({_text(one, 'role')})" if isinstance(one, Mapping) else "")
    people = [_text(one, "person") for one in stated if isinstance(one, Mapping)]
    if len(set(people)) < len(people):
        problems.append(Problem("signature_forged", "one person twice", "different people", _ASK, field="signatures"))
    needed = file.around.get("signatures_min")
    of = f" of {needed}" if isinstance(needed, int) else ""
    told = f"{len(stated)}{of}, each verified: {', '.join(names)}"
    return Checked("signatures", _verdict(problems) if problems else told, tuple(problems))


def check_against_zone(file: CertificateFile, held: "Zone") -> tuple[Checked, ...]:
    """Whether the zone has recorded the same certificate, and comes to it again from its own evidence and rules."""
    from footwall.desk import recomputed

    form = _text(file.certificate, "form")
    try:
        on, document, recorded = _recorded(held, form, _day(file.certificate))
        again = recomputed(held, form, on)
    except UsageError as error:
        problem = Problem("certificate_not_of_zone", str(error), f"a price of the zone {held.settings.name}", _ZONES)
        return (Checked("the zone's record", _verdict((problem,)), (problem,)),)
    in_record = (
        *differences(file.certificate, recorded, "certificate", _ZONES),
        *_zone_faults(file, held, document),
    )
    remedy = "The zone's facts, rules or program are not those that the price was made with: footwall check."
    from_evidence = tuple(differences(recorded, again, "record", remedy))
    return (
        Checked("the zone's record", _verdict(in_record), in_record),
        Checked("computed again from the zone's evidence and rules", _verdict(from_evidence), from_evidence),
    )


def differences(found: JSON, expected: JSON, field: str, remedy: str) -> Iterator[Problem]:
    """Every place in which two JSON values differ, up to `DIFFERENCES_MAX`, each with its path."""
    told = 0
    waiting: list[tuple[str, object, object]] = [(field, found, expected)]
    while waiting and told < DIFFERENCES_MAX:
        path, one, other = waiting.pop(0)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            names = sorted(one.keys() | other.keys())
            waiting[:0] = [(f"{path}.{name}", one.get(name, _ABSENT), other.get(name, _ABSENT)) for name in names]
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            waiting[:0] = [(f"{path}[{place}]", *pair) for place, pair in enumerate(zip(one, other, strict=True))]
        elif type(one) is not type(other) or one != other:
            told += 1
            yield Problem("certificate_differs", _short(one), _short(other), remedy, field=path)


def sha256_of(value: JSON) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of a value."""
    import rfc8785

    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT: Final = _Absent()


def _beside(file: CertificateFile) -> Iterator[Problem]:
    """Figures told beside the certificate that are not its own. Two numbers that are one price agree."""
    certificate, price = file.certificate, file.around.get("price")
    if isinstance(price, Mapping) and "status" in price:
        stated = {name: price.get(name) for name in ("price", "tier", "confidence", "assumed")}
        stated |= {"on": file.around.get("on"), "form": _text(file.around.get("form"), "form")}
        names = {"price": "result"}
        for name, value in stated.items():
            own = certificate.get(names.get(name, name))
            if value != own:
                yield Problem("certificate_differs", _short(value), _short(own), _ASK, field=name)
    elif "price" in file.around and _number(price) != _number(certificate.get("result")):
        yield Problem("certificate_differs", _short(price), _short(certificate.get("result")), _ASK, field="price")


def _number(value: JSON) -> Decimal | JSON:
    try:
        return Decimal(value) if isinstance(value, str) else value
    except ArithmeticError:
        return value


def _day_faults(file: CertificateFile) -> Iterator[Problem]:
    """The document that the signatures stand for must be here, have their hash, and hold this very certificate."""
    day, document = file.around.get("day"), file.around.get("document")
    if not isinstance(day, Mapping):
        yield Problem("document_missing", "no document of the day", "the document that was signed", _ASK, field="day")
        return
    digest = sha256_of(day)
    if digest != document:
        yield Problem("document_differs", digest, _short(document), _ASK, field="day")
    if day.get("on") != file.certificate.get("on"):
        yield Problem(
            "document_differs", _short(day.get("on")), _short(file.certificate.get("on")), _ASK, field="day.on"
        )
    held = _certificates(day).get(_text(file.certificate, "form"))
    yield from differences(file.certificate, held, "certificate", _ASK)


def _signature_faults(file: CertificateFile, one: Mapping[str, JSON]) -> Iterator[Problem]:
    from footwall.desk.governance import holds, key_fault

    excepted = one.get("except")
    said = {name: _text(one, name) for name in ("document", "on", "person", "role", "zone")}
    agree = {
        "document": file.around.get("document"),
        "on": file.certificate.get("on"),
        "zone": _object(file.around.get("zone")).get("identity"),
    }
    for name, value in agree.items():
        if said[name] != value:
            yield Problem("signature_other", said[name] or "nothing", _short(value), _ASK, field=name)
    if not isinstance(excepted, list) or file.certificate.get("form") in excepted:
        yield Problem("signature_excepts", _short(excepted), "a signature that covers this form", _ASK, field="except")
        return
    message = _message({**said, "except": excepted})
    key, signature = _text(one, "public_key"), _text(one, "signature")
    fault = key_fault(key)
    if fault is not None:
        yield Problem("key_malformed", fault, "an Ed25519 key in base64", _ASK, field="public_key")
    elif one.get("message") != message.decode() or not holds(key, message, signature):
        person = said["person"]
        yield Problem("signature_forged", "a signature that does not hold", f"one by the key of {person}", _ASK)


def _message(said: Mapping[str, JSON]) -> bytes:
    """The bytes that are signed, as docs/governance.md has them."""
    from footwall.desk.governance import DOMAIN

    return DOMAIN + json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _zone_faults(file: CertificateFile, held: "Zone", document: str) -> Iterator[Problem]:
    """What stands around the certificate and is not the zone's: its name, the day's document, the keys of its people."""
    zone = _object(file.around.get("zone"))
    if zone and zone.get("identity") != held.identity:
        yield Problem(
            "certificate_not_of_zone", _short(zone.get("identity")), held.identity, _ZONES, field="zone.identity"
        )
    stated = file.around.get("document")
    if isinstance(stated, str) and stated != document:
        yield Problem(
            "document_restated",
            stated,
            f"{document}, as the prices of the day stand now",
            "Prices of the day were restated since, or the file is another zone's: publish it again.",
            field="document",
        )
    people = held.state.governance.people
    signatures = file.around.get("signatures")
    for place, one in enumerate(signatures if isinstance(signatures, list) else []):
        person = people.get(_text(one, "person"))
        if person is None or person.public_key != _text(one, "public_key"):
            enrolled = "nobody of that id" if person is None else person.public_key
            field = f"signatures[{place}].public_key"
            yield Problem("key_not_theirs", _text(one, "public_key"), f"{enrolled} is enrolled", _ZONES, field=field)


def _recorded(held: "Zone", form: str, on: date | None) -> tuple[date, str, Mapping[str, JSON]]:
    """The day, its document and the certificate that the zone has recorded. Raises UsageError where there is none."""
    if on is None or on not in held.state.certificates:
        raise UsageError(f"the zone has published no prices for {on or 'the day that it names'}")
    document = held.state.certificates[on]
    found = _certificates(held.evidence.get_json(document)).get(form)
    if not isinstance(found, Mapping):
        raise UsageError(f"the zone has published no price of {form!r} for {on}")
    return on, document, found


def _certificates(day: Mapping[str, object]) -> Mapping[str, JSON]:
    found = day.get("certificates")
    return found if isinstance(found, Mapping) else {}


def _day(certificate: Mapping[str, JSON]) -> date | None:
    try:
        return date.fromisoformat(_text(certificate, "on"))
    except ValueError:
        return None


def _object(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, Mapping) else {}


def _text(value: JSON, name: str) -> str:
    found = _object(value).get(name)
    return found if isinstance(found, str) else ""


def _short(value: object) -> str:
    if isinstance(value, str):
        return value if len(value) <= 80 else f"{value[:79]}…"
    text = repr(value) if isinstance(value, _Absent) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _at(problem: Problem, place: str) -> Problem:
    from dataclasses import replace

    return replace(problem, field=f"{place}.{problem.field}" if problem.field else place)


def _malformed(found: str) -> Problem:
    return Problem("certificate_malformed", _short(found), "the JSON of a certificate", _ASK)


def _verdict(problems: Sequence[Problem]) -> str:
    if not problems:
        return "equal"
    return f"differs in {len(problems)} place{'' if len(problems) == 1 else 's'}"
