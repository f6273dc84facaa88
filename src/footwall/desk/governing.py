"""Governance recorded: what people command is decided on what the zone knows, and written to its journal or refused."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from footwall.desk.events import Event, entry_of, json_of
from footwall.desk.governance import (
    Action,
    AnswerComplaint,
    Command,
    ComplaintAnswered,
    ComplaintFiled,
    ConflictDeclared,
    ConflictEnded,
    Decided,
    DeclareConflict,
    EndConflict,
    EnrolPerson,
    FileComplaint,
    Forms,
    GovernanceEvent,
    JudgementMade,
    LetPersonLeave,
    MakeJudgement,
    Outcome,
    PersonEnrolled,
    PersonLeft,
    PricesSigned,
    Role,
    SigningRequest,
    SignPrices,
    Statement,
    decide,
    to_sign,
)
from footwall.desk.keyfile import read_key
from footwall.desk.recording import check_up_to_date, record
from footwall.desk.standing import priced_day
from footwall.desk.walk import days_to_price
from footwall.desk.zone import Zone
from footwall.errors import InputError
from footwall.journal import Document, NewEntry, SimulatedClock


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a command of governance has done: the event recorded, or None with the reason why there was nothing to record."""

    event: GovernanceEvent | None
    already: str


def govern(zone: Zone, command: Command) -> Recorded:
    """Decide a command and record its event in one transaction; the very same command again records nothing.

    Raises InputError with every reason why it is refused, JournalError where another writer was faster.
    """
    check_up_to_date(zone)
    outcome = decide(zone.state.governance, command)
    if not isinstance(outcome, Decided):
        raise InputError("refused, and nothing is recorded", outcome)
    if not outcome.events:
        return Recorded(None, outcome.already)
    record(zone, [_entry(event, today(zone)) for event in outcome.events], zone.last_day)
    return Recorded(outcome.events[-1], "")


def today(zone: Zone) -> date:
    """The day on which something is recorded now: by a simulated clock the last walked one, before it the rules' first."""
    if isinstance(zone.clock, SimulatedClock):
        return zone.last_day or zone.rulebooks.first_day
    return zone.clock().date()


def add_person(zone: Zone, person: str, name: str, public_key: str, roles: tuple[Role, ...]) -> Recorded:
    """Enrol a person. Raises as `govern` does."""
    return govern(zone, EnrolPerson(person, name, public_key, roles, today(zone)))


def remove_person(zone: Zone, person: str) -> Recorded:
    """Record that a person has left. Raises as `govern` does."""
    return govern(zone, LetPersonLeave(person, today(zone)))


def declare_conflict(
    zone: Zone, person: str, forms: Forms, nature: str, *, valid_from: date | None = None, valid_to: date | None = None
) -> Recorded:
    """Declare a conflict, from today on where no first day is named. Raises as `govern` does."""
    known = frozenset(zone.facts.forms)
    return govern(zone, DeclareConflict(person, forms, nature, valid_from or today(zone), valid_to, known))


def end_conflict(zone: Zone, conflict: int, valid_to: date | None = None) -> Recorded:
    """End a conflict, today where no last day is named. Raises as `govern` does."""
    return govern(zone, EndConflict(conflict, valid_to or today(zone), today(zone)))


def sign_prices(
    zone: Zone, on: date, person: str, key: Path, *, role: Role | None = None, document: str | None = None
) -> tuple[Statement, Recorded]:
    """Sign a day's prices with the key in a file; returns what was signed. Raises as `govern` does, UsageError for the file.

    `document` is the digest that the signer has looked at: the signature is refused where the prices were restated since.
    """
    signing_key = read_key(key)
    priced = priced_day(zone.state, on)
    request = SigningRequest(on, person, role, document, priced, zone.identity, today(zone))
    statement = to_sign(zone.state.governance, request)
    if not isinstance(statement, Statement):
        raise InputError("the signature is refused, and nothing is recorded", statement)
    signature = signing_key.sign(statement.message)
    command = SignPrices(statement, signature, signing_key.public_key, priced, zone.identity, today(zone))
    return statement, govern(zone, command)


def make_judgement(
    zone: Zone,
    form: str,
    on: date,
    action: Action,
    *,
    observations: tuple[str, ...] = (),
    price: Decimal | None = None,
    reason: str,
    basis: str,
    author: str,
    approver: str,
) -> Recorded:
    """Record an expert judgement for a day that is still to be walked. Raises as `govern` does."""
    from footwall.desk.observing import ids_of

    command = MakeJudgement(
        form=form,
        on=on,
        action=action,
        observations=observations,
        price=price,
        reason=reason,
        basis=basis,
        author=author,
        approver=approver,
        today=today(zone),
        last_day=zone.last_day,
        days=days_to_price(zone, form),
        known=ids_of(zone, form),
        known_forms=frozenset(zone.facts.forms),
    )
    return govern(zone, command)


def file_complaint(zone: Zone, form: str, on: date, by: str, text: str) -> Recorded:
    """File a complaint about the price of a form on a walked day. Raises as `govern` does."""
    return govern(zone, FileComplaint(form, on, by, text, today(zone), priced_day(zone.state, on)))


def answer_complaint(
    zone: Zone, complaint: int, outcome: Outcome, *, reason: str, author: str, correction: int | None = None
) -> Recorded:
    """Answer a complaint. Raises as `govern` does."""
    return govern(
        zone,
        AnswerComplaint(complaint, outcome, reason, author, correction, today(zone), frozenset(zone.state.corrections)),
    )


def _entry(event: GovernanceEvent, day: date) -> NewEntry:
    """The event as an entry. Its key names what it says and not when: a command that is sent twice is one entry."""
    match event:
        case PersonEnrolled() | PersonLeft():
            return entry_of(event, event.on, event.person)
        case ConflictDeclared():
            return entry_of(event, event.valid_from, _said(event, "conflict"))
        case ConflictEnded():
            return entry_of(event, event.valid_to, f"{event.conflict}/{event.valid_to}")
        case PricesSigned():
            return entry_of(event, event.on, f"{event.on}/{event.document}/{event.person}")
        case JudgementMade():
            return entry_of(event, event.on, _said(event, "judgement", "made_on"))
        case ComplaintFiled():
            return entry_of(event, day, _said(event, "complaint", "filed_on"))
        case ComplaintAnswered():
            return entry_of(event, day, str(event.complaint))


def _said(event: Event, *but: str) -> str:
    """A digest of what an event says, without its number and the day of its recording."""
    told = {name: value for name, value in json_of(event).items() if name not in but}
    return hashlib.sha256(Document.of(told).data).hexdigest()
