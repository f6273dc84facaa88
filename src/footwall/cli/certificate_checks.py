"""What can be checked of a certificate that somebody hands over: its contents, its hash, its signatures, and a zone's own word.

Nothing is raised for what the file says, whatever it says: what does not hold is a problem.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from footwall.cli.certificate_beside import ABSENT, ASK, BESIDE, ZONES, beside, beside_in_zone, price_in_zone, short
from footwall.cli.certificate_file import CertificateFile
from footwall.errors import Problem, UsageError
from footwall.prices import JSON
from footwall.prices.replay import replay

if TYPE_CHECKING:
    from footwall.desk import Zone

DIFFERENCES_MAX: Final = 200
"""So many places are told in which two certificates differ."""


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
        found = (_malformed(_why(error)),)
    refuted = {fault.field for fault in found}
    found = (*found, *(fault for fault in beside(file) if fault.field not in {f"{name}{BESIDE}" for name in refuted}))
    return Checked("recomputed from its own contents", _verdict(found), found)


def check_hash(file: CertificateFile) -> Checked:
    """Whether the hash told beside the certificate is that of its canonical bytes."""
    digest = sha256_of(file.certificate)
    stated = file.around.get("certificate_sha256")
    if "certificate_sha256" not in file.around:
        return Checked("hash", f"{digest} (none is stated)")
    if stated == digest:
        return Checked("hash", digest)
    problem = Problem("certificate_hash", short(stated), digest, ASK, field="certificate_sha256")
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
        problems.append(Problem("signature_forged", "one person twice", "different people", ASK, field="signatures"))
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
        problem = Problem("certificate_not_of_zone", str(error), f"a price of the zone {held.settings.name}", ZONES)
        return (Checked("the zone's record", _verdict((problem,)), (problem,)),)
    remedy = "The zone's facts, rules or program are not those that the price was made with: footwall check."
    from_evidence = tuple(differences(recorded, again, "record", remedy))
    return (
        _against_record(file, held, _Recorded(form, on, document, recorded)),
        Checked("computed again from the zone's evidence and rules", _verdict(from_evidence), from_evidence),
    )


@dataclass(frozen=True, slots=True)
class _Recorded:
    """The price of a form on a day as the zone's record has it now: the day's document, and the certificate in it."""

    form: str
    on: date
    document: str
    certificate: Mapping[str, JSON]


def _against_record(file: CertificateFile, held: "Zone", recorded: _Recorded) -> Checked:
    """Whether the file is what the zone has recorded; or was, until a correction, which is told so and not place by place."""
    what, around = "the zone's record", (*_zone_faults(file, held), *beside_in_zone(file, held))
    stale = _restated(file, held, recorded)
    if stale is not None:
        faults = (stale, *around)
        return Checked(what, "restated since" if len(faults) == 1 else _verdict(faults), faults)
    faults = (
        *differences(file.certificate, recorded.certificate, "certificate", ZONES),
        *_document(file, held, recorded),
        *around,
        *price_in_zone(file, held, recorded.form, recorded.on),
    )
    return Checked(what, _verdict(faults), faults)


def _restated(file: CertificateFile, held: "Zone", recorded: _Recorded) -> Problem | None:
    """That the file is what the zone had recorded until a correction; None where it never was, or is so still."""
    if file.certificate == recorded.certificate:
        return None
    for document, later in held.put_aside(recorded.on):
        if _certificates(held.evidence.get_json(document)).get(recorded.form) == file.certificate:
            return Problem(
                "certificate_restated",
                f"{short(file.certificate.get('result'))}, as it was known before correction {later.correction}",
                f"{short(recorded.certificate.get('result'))}, as it is known now",
                f"The file was right when it was published, and correction {later.correction} has restated this price since. "
                f"What was wrong: footwall corrections {later.correction}. To publish the price as it is known now: "
                f"footwall price {recorded.form} --on {recorded.on} --certificate FILE.",
                field="certificate",
            )
    return None


def _document(file: CertificateFile, held: "Zone", recorded: _Recorded) -> Iterator[Problem]:
    """The document of the day, for which the signatures stand, is the one that the zone has recorded."""
    stated = file.around.get("document")
    if not isinstance(stated, str) or stated == recorded.document:
        return
    now = f"{recorded.document}, as the prices of the day stand now"
    numbers = [later.correction for document, later in held.put_aside(recorded.on) if document == stated]
    if not numbers:
        yield Problem("document_differs", stated, now, ZONES, field="document")
        return
    yield Problem(
        "document_restated",
        stated,
        now,
        f"This price stands. Others of the day were restated by correction {numbers[0]}, so that signatures for the document "
        f"before count no more. To publish it anew: footwall price {recorded.form} --on {recorded.on} --certificate FILE.",
        field="document",
    )


def differences(found: JSON, expected: JSON, field: str, remedy: str) -> Iterator[Problem]:
    """Every place in which two JSON values differ, up to `DIFFERENCES_MAX`, each with its path."""
    told = 0
    waiting: list[tuple[str, object, object]] = [(field, found, expected)]
    while waiting and told < DIFFERENCES_MAX:
        path, one, other = waiting.pop(0)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            names = sorted(one.keys() | other.keys())
            waiting[:0] = [(f"{path}.{name}", one.get(name, ABSENT), other.get(name, ABSENT)) for name in names]
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            waiting[:0] = [(f"{path}[{place}]", *pair) for place, pair in enumerate(zip(one, other, strict=True))]
        elif type(one) is not type(other) or one != other:
            told += 1
            yield Problem("certificate_differs", short(one), short(other), remedy, field=path)


def sha256_of(value: JSON) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of a value."""
    import rfc8785

    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def _day_faults(file: CertificateFile) -> Iterator[Problem]:
    """The document that the signatures stand for must be here, have their hash, and hold this very certificate."""
    day, document = file.around.get("day"), file.around.get("document")
    if not isinstance(day, Mapping):
        yield Problem("document_missing", "no document of the day", "the document that was signed", ASK, field="day")
        return
    digest = sha256_of(day)
    if digest != document:
        yield Problem("document_differs", digest, short(document), ASK, field="day")
    if day.get("on") != file.certificate.get("on"):
        yield Problem("document_differs", short(day.get("on")), short(file.certificate.get("on")), ASK, field="day.on")
    held = _certificates(day).get(_text(file.certificate, "form"))
    yield from differences(file.certificate, held, "certificate", ASK)


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
            yield Problem("signature_other", said[name] or "nothing", short(value), ASK, field=name)
    if not isinstance(excepted, list) or file.certificate.get("form") in excepted:
        yield Problem("signature_excepts", short(excepted), "a signature that covers this form", ASK, field="except")
        return
    message = _message({**said, "except": excepted})
    key, signature = _text(one, "public_key"), _text(one, "signature")
    fault = key_fault(key)
    if fault is not None:
        yield Problem("key_malformed", fault, "an Ed25519 key in base64", ASK, field="public_key")
    elif one.get("message") != message.decode() or not holds(key, message, signature):
        person = said["person"]
        yield Problem("signature_forged", "a signature that does not hold", f"one by the key of {person}", ASK)


def _message(said: Mapping[str, JSON]) -> bytes:
    """The bytes that are signed, as docs/governance.md has them."""
    from footwall.desk.governance import DOMAIN

    return DOMAIN + json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _zone_faults(file: CertificateFile, held: "Zone") -> Iterator[Problem]:
    """Another zone's identity, and keys that are not those of its people."""
    zone = _object(file.around.get("zone"))
    if zone and zone.get("identity") != held.identity:
        yield Problem(
            "certificate_not_of_zone", short(zone.get("identity")), held.identity, ZONES, field="zone.identity"
        )
    people = held.state.governance.people
    signatures = file.around.get("signatures")
    for place, one in enumerate(signatures if isinstance(signatures, list) else []):
        person = people.get(_text(one, "person"))
        if person is None or person.public_key != _text(one, "public_key"):
            enrolled = "nobody of that id" if person is None else person.public_key
            field = f"signatures[{place}].public_key"
            yield Problem("key_not_theirs", _text(one, "public_key"), f"{enrolled} is enrolled", ZONES, field=field)


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


def _why(error: Exception) -> str:
    """What keeps a certificate from being worked through: what the fault says, where that is words."""
    return str(error) if type(error) is ValueError and str(error) else "values that no certificate has"


def _at(problem: Problem, place: str) -> Problem:
    from dataclasses import replace

    return replace(problem, field=f"{place}.{problem.field}" if problem.field else place)


def _malformed(found: str) -> Problem:
    return Problem("certificate_malformed", short(found), "the JSON of a certificate", ASK)


def _verdict(problems: Sequence[Problem]) -> str:
    if not problems:
        return "equal"
    return f"differs in {len(problems)} place{'' if len(problems) == 1 else 's'}"
