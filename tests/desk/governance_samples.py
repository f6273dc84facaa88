"""People with keys, a priced day, and a book of governance that commands have filled."""

import base64
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from footwall.desk.governance import (
    Command,
    Decided,
    DeclareConflict,
    EnrolPerson,
    Forms,
    Governance,
    PricedDay,
    Role,
    SigningRequest,
    SignPrices,
    Statement,
    apply,
    decide,
    to_sign,
)
from footwall.errors import Problem

DAY = date(2024, 1, 31)
TODAY = date(2024, 2, 29)
ZONE = "a" * 64
DOCUMENT = "d" * 64
FORMS = frozenset({"apt", "cobalt-metal", "ndpr-oxide"})
PRICED = PricedDay(DAY, DOCUMENT, FORMS)


@dataclass(frozen=True)
class Key:
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        return base64.b64encode(self.private.public_key().public_bytes_raw()).decode()

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self.private.sign(message)).decode()


def key(number: int) -> Key:
    return Key(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


KEYS = {person: key(number) for number, person in enumerate(("wei", "okafor", "ana", "both", "none"), start=1)}


def codes(outcome: object) -> set[str]:
    """The codes of a refusal."""
    assert isinstance(outcome, tuple), outcome
    assert all(isinstance(one, Problem) for one in outcome)
    return {one.code for one in outcome}


def done(book: Governance, *commands: Command) -> Governance:
    """The book after commands, each of which is taken."""
    for command in commands:
        outcome = decide(book, command)
        assert isinstance(outcome, Decided), outcome
        assert outcome.events, outcome.already
        for event in outcome.events:
            book = apply(book, event)
    return book


def enrolment(person: str, *roles: Role, today: date = DAY) -> EnrolPerson:
    return EnrolPerson(person, person.title(), KEYS[person].public, roles, today)


def staffed() -> Governance:
    """wei assesses, okafor reviews, both does either, ana and none have no role."""
    return done(
        Governance(),
        enrolment("wei", "assessor"),
        enrolment("okafor", "reviewer"),
        enrolment("both", "assessor", "reviewer"),
        enrolment("ana"),
        enrolment("none"),
    )


def conflict(
    person: str, forms: Forms = ("apt",), first: date = date(2024, 1, 1), last: date | None = None
) -> DeclareConflict:
    return DeclareConflict(person, forms, "Holds shares of a smelter", first, last, FORMS)


def request(person: str, role: Role | None = None, *, on: date = DAY, document: str | None = None) -> SigningRequest:
    return SigningRequest(on, person, role, document, PRICED if on == DAY else None, ZONE, TODAY)


def signing(book: Governance, person: str, role: Role | None = None) -> SignPrices:
    """What a person would send in to sign the priced day."""
    said = to_sign(book, request(person, role))
    assert isinstance(said, Statement), said
    signature = KEYS[person].sign(said.message)
    return SignPrices(said, signature, KEYS[person].public, PRICED, ZONE, TODAY)
