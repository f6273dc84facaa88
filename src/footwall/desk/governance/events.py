"""What governance records: who may act, who signed, who had an interest, what was judged, who complained.

None of these entries is ever taken back. A person leaves, a conflict ends, a complaint is answered: each is one more entry.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Role = Literal["assessor", "reviewer"]
"""An assessor answers for the prices of a day; a reviewer, another person, answers for having looked at them."""

Action = Literal["exclude", "price"]
"""What a judgement does: it leaves observations out, or states a price where the method yields none."""

Outcome = Literal["upheld", "dismissed", "withdrawn"]
"""How a complaint ends."""

Forms = tuple[str, ...] | Literal["all"]
"""Forms by name, or every form there is and will be."""


@dataclass(frozen=True, slots=True)
class PersonEnrolled:
    """A person who may act, with the roles in which they sign. `public_key` is Ed25519, its 32 bytes in base64."""

    person: str
    name: str
    public_key: str
    roles: tuple[Role, ...]
    on: date


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """A person acts no more; what they did stands."""

    person: str
    on: date


@dataclass(frozen=True, slots=True)
class ConflictDeclared:
    """An interest of a person in the price of forms, from a first to a last day (None: until it is ended)."""

    conflict: int
    person: str
    forms: Forms
    nature: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class ConflictEnded:
    """`valid_to` is the last day of a declared conflict."""

    conflict: int
    valid_to: date


@dataclass(frozen=True, slots=True)
class PricesSigned:
    """A person has signed a day's certificates, but for the forms `excepted`. `message.Statement` says over which bytes."""

    on: date
    person: str
    role: Role
    document: str
    excepted: tuple[str, ...]
    zone: str
    signed_on: date
    signature: str


@dataclass(frozen=True, slots=True)
class JudgementMade:
    """Before a day is walked: observations of a form left out of it, or its price where the method yields none.

    `price` is in USD per kg of the form's basis. `basis` says what the judgement rests on.
    """

    judgement: int
    form: str
    on: date
    action: Action
    reason: str
    basis: str
    author: str
    approver: str
    made_on: date
    observations: tuple[str, ...] = ()
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ComplaintFiled:
    """Somebody, enrolled or not, says that the price of a form on a day is wrong."""

    complaint: int
    form: str
    on: date
    by: str
    text: str
    filed_on: date


@dataclass(frozen=True, slots=True)
class ComplaintAnswered:
    """The answer to a complaint; `correction` is the number of the correction that followed from it."""

    complaint: int
    outcome: Outcome
    reason: str
    author: str
    answered_on: date
    correction: int | None = None


GovernanceEvent = (
    PersonEnrolled
    | PersonLeft
    | ConflictDeclared
    | ConflictEnded
    | PricesSigned
    | JudgementMade
    | ComplaintFiled
    | ComplaintAnswered
)
