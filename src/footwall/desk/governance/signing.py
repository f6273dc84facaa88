"""Signing the prices of a day, and what the signatures on a price come to.

A signature covers every form of its day but those in which its signer has a conflict, and names these. A conflict
touches a signature if it holds on any day from the priced day to the day of signing; one that is declared later and
reaches back to these days takes its forms out of the signature from then on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from footwall.desk.governance.book import Governance
from footwall.desk.governance.decided import Decided, Outcomes, PricedDay, active, refusal
from footwall.desk.governance.events import PricesSigned, Role
from footwall.desk.governance.message import Statement, holds, statement_of
from footwall.errors import Problem

_COUNTS = ("nobody", "one", "two", "three", "four", "five")


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What a person wants to sign. `document` is the digest that they have looked at; None: that of the day as it stands.

    `role` may be left out by whoever has one only. `priced` is None where no prices were published for `on`.
    """

    on: date
    person: str
    role: Role | None
    document: str | None
    priced: PricedDay | None
    zone: str
    today: date


@dataclass(frozen=True, slots=True)
class SignPrices:
    """A statement with its signature, and the public key of whoever made it. `priced`, `zone` are what stands here."""

    statement: Statement
    signature: str
    public_key: str
    priced: PricedDay | None
    zone: str
    today: date


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether enough people have signed a price. `wanting` says what is missing, in words; empty where nothing is."""

    signatures: tuple[PricesSigned, ...]
    signatures_min: int
    wanting: str

    @property
    def approved(self) -> bool:
        """Whether nothing is missing."""
        return not self.wanting

    @property
    def status(self) -> str:
        """`signed by two`, or what there is and what is missing."""
        count = len(self.signatures)
        told = f"signed by {_COUNTS[count] if count < len(_COUNTS) else count}"
        return f"{told}; {self.wanting}" if self.wanting else told


def to_sign(book: Governance, request: SigningRequest) -> Statement | tuple[Problem, ...]:
    """What a person is to sign, forms in which they have a conflict excepted; or every reason why they cannot."""
    if request.priced is None:
        return (*active(book, request.person, "person"), _not_published(request.on))
    person = book.people.get(request.person)
    roles = () if person is None else person.roles
    role = request.role or (roles[0] if len(roles) == 1 else None)
    if role is None:
        return tuple(active(book, request.person, "person")) or (_role_not_stated(request.person, roles),)
    excepted = book.conflicted(request.person, request.priced.forms, request.on, request.today)
    document = request.document or request.priced.document
    statement = Statement(request.zone, request.on, document, request.person, role, excepted)
    problems = tuple(_faults(book, statement, request.priced, request.zone, request.today))
    return problems or statement


def sign(book: Governance, command: SignPrices) -> Outcomes:
    """Take a signature in. Each fault is told; the signature itself is looked at once what it says may be said."""
    statement = command.statement
    for held in book.signatures.get(statement.on, ()):
        if (statement_of(held), held.signature) == (statement, command.signature):
            return Decided(already=f"{held.person} signed it as {held.role} on {held.signed_on}")
    if command.priced is None:
        return (_not_published(statement.on),)
    problems = tuple(_faults(book, statement, command.priced, command.zone, command.today))
    problems = problems or tuple(_forgeries(book, command))
    if problems:
        return problems
    earlier = [one for one in book.signatures.get(statement.on, ()) if _same_signer(one, statement)]
    if earlier:
        return Decided(already=f"{statement.person} signed this document as {statement.role}, {earlier[0].signed_on}")
    event = PricesSigned(
        on=statement.on,
        person=statement.person,
        role=statement.role,
        document=statement.document,
        excepted=statement.excepted,
        zone=statement.zone,
        signed_on=command.today,
        signature=command.signature,
    )
    return Decided((event,))


def signatures_over(book: Governance, on: date, document: str, form: str) -> tuple[PricesSigned, ...]:
    """The signatures that stand for the price of a form in a document: one a person, each verified again."""
    return tuple(
        one
        for one in book.signatures.get(on, ())
        if one.document == document
        and form not in one.excepted
        and not book.conflicted(one.person, (form,), on, one.signed_on)
        and holds(book.people[one.person].public_key, statement_of(one).message, one.signature)
    )


def approval_of(signatures: Iterable[PricesSigned], signatures_min: int) -> Approval:
    """Whether signatures are enough: so many different people and, where more than one is asked for, both roles."""
    given = tuple({one.person: one for one in signatures}.values())
    roles = {one.role for one in given}
    missing = signatures_min - len(given)
    wanting = []
    if missing > 0:
        wanting.append(f"{missing} more needed")
    if signatures_min > 1 and given:
        wanting += [f"no {role} among them" for role in ("assessor", "reviewer") if role not in roles]
    return Approval(given, signatures_min, ", ".join(wanting))


def _faults(book: Governance, statement: Statement, priced: PricedDay, zone: str, today: date) -> Iterator[Problem]:
    yield from active(book, statement.person, "person")
    yield from _role_faults(book, statement)
    if statement.zone != zone:
        yield refusal(
            "signature_other_zone",
            f"zone {statement.zone[:12]}…",
            f"this zone, {zone[:12]}…",
            "A signature holds in one zone: sign here.",
            "zone",
        )
    if statement.on != priced.on:
        yield refusal("signature_other_day", str(statement.on), str(priced.on), "Sign each day by itself.", "on")
    elif statement.document != priced.document:
        yield refusal(
            "document_restated",
            f"document {statement.document[:12]}…",
            f"{priced.document[:12]}…, as the prices of {priced.on} stand",
            "The prices were restated, or it is another day's document: look at what stands now and sign that.",
            "document",
        )
    yield from _conflict_faults(book, statement, priced, today)


def _role_faults(book: Governance, statement: Statement) -> Iterator[Problem]:
    person = book.people.get(statement.person)
    if person is not None and statement.role not in person.roles:
        yield refusal(
            "role_lacked",
            f"{statement.role}",
            f"a role of {person.person}: {' or '.join(person.roles) or 'none, who signs nothing'}",
            "Let somebody sign who has this role.",
            "role",
        )
    for held in book.signatures.get(statement.on, ()):
        if (held.person, held.document) == (statement.person, statement.document) and held.role != statement.role:
            yield refusal(
                "signed_in_other_role",
                f"{held.person}, who signed this document as {held.role}",
                f"another person as {statement.role}",
                "Two signatures are of two people.",
                "person",
            )


def _conflict_faults(book: Governance, statement: Statement, priced: PricedDay, today: date) -> Iterator[Problem]:
    conflicted = book.conflicted(statement.person, priced.forms, statement.on, today)
    if priced.forms and set(conflicted) == priced.forms:
        yield refusal(
            "conflict",
            f"a conflict of {statement.person} in every form priced that day",
            "a form in which the signer has none",
            "Let somebody sign who has no interest in these prices.",
            "person",
        )
    elif statement.excepted != conflicted and not any(
        _same_signer(held, statement) for held in book.signatures.get(statement.on, ())
    ):
        yield refusal(
            "conflict",
            f"a signature that excepts {', '.join(statement.excepted) or 'no form'}",
            f"one that excepts the forms of the signer's conflicts: {', '.join(conflicted) or 'none'}",
            "Sign again: conflicts were declared or ended since.",
            "except",
        )


def _forgeries(book: Governance, command: SignPrices) -> Iterator[Problem]:
    statement = command.statement
    enrolled = book.people[statement.person].public_key
    if command.public_key != enrolled:
        yield refusal(
            "key_not_theirs",
            f"a signature by the key {command.public_key}",
            f"the key that {statement.person} is enrolled with, {enrolled}",
            "Sign with the key whose public half was enrolled. A lost key: leave, and be enrolled under a new id.",
            "key",
        )
    elif not holds(enrolled, statement.message, command.signature):
        yield refusal(
            "signature_forged",
            "a signature that does not fit what it is to say",
            f"the signature of {statement.person} over this day, document, role and zone",
            "It was made for something else, or changed: sign again.",
            "signature",
        )


def _same_signer(held: PricesSigned, statement: Statement) -> bool:
    return (held.person, held.role, held.document) == (statement.person, statement.role, statement.document)


def _not_published(on: date) -> Problem:
    return refusal(
        "day_not_published",
        f"{on}, for which no prices were published",
        "a day of publication that the zone has walked",
        f"footwall price FORM --on {on} tells of which day the price that stands is.",
        "on",
    )


def _role_not_stated(person: str, roles: tuple[Role, ...]) -> Problem:
    if not roles:
        return refusal(
            "role_lacked", f"{person}, who has no role", "an assessor or a reviewer", "Let one of them sign.", "role"
        )
    return refusal("role_not_stated", "no role", " or ".join(roles), f"{person} has both: say in which one.", "role")
