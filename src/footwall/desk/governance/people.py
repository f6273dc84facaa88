"""Who may act, and what interests they have declared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from footwall.desk.governance.book import Governance
from footwall.desk.governance.decided import Decided, Outcomes, active, line_of_text, prose, refusal
from footwall.desk.governance.events import (
    ConflictDeclared,
    ConflictEnded,
    Forms,
    PersonEnrolled,
    PersonLeft,
    Role,
)
from footwall.desk.governance.message import key_fault
from footwall.errors import Problem

_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ROLES: Final = get_args(Role)


@dataclass(frozen=True, slots=True)
class EnrolPerson:
    """Enrol a person under an id that nobody has had, with a key that nobody has had. Without roles they sign nothing."""

    person: str
    name: str
    public_key: str
    roles: tuple[Role, ...]
    today: date


@dataclass(frozen=True, slots=True)
class LetPersonLeave:
    """Record that a person has left."""

    person: str
    today: date


@dataclass(frozen=True, slots=True)
class DeclareConflict:
    """Declare an interest of a person. `known_forms` are those of the catalogue."""

    person: str
    forms: Forms
    nature: str
    valid_from: date
    valid_to: date | None
    known_forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class EndConflict:
    """Say on which day, today or later, a declared conflict ends."""

    conflict: int
    valid_to: date
    today: date


def enrol(book: Governance, command: EnrolPerson) -> Outcomes:
    """Enrol a person. Ids and keys are unique for ever: those of people who left are not given again."""
    roles = tuple(role for role in _ROLES if role in command.roles)
    event = PersonEnrolled(command.person, command.name, command.public_key, roles, command.today)
    held = book.people.get(command.person)
    if held is not None and command.person not in book.left:
        asked = (event.name, event.public_key, event.roles)
        if asked == (held.name, held.public_key, held.roles):
            return Decided(already=f"{command.person} was enrolled on {held.on}")
    problems = tuple(_enrol_faults(book, command))
    return problems or Decided((event,))


def leave(book: Governance, command: LetPersonLeave) -> Outcomes:
    """Let a person leave; once only."""
    if command.person in book.left:
        return Decided(already=f"{command.person} left on {book.left[command.person]}")
    return tuple(active(book, command.person, "person")) or Decided((PersonLeft(command.person, command.today),))


def declare(book: Governance, command: DeclareConflict) -> Outcomes:
    """Declare a conflict, past ones as well. The very same declaration is one conflict, even where it has ended."""
    forms: Forms = command.forms if command.forms == "all" else tuple(sorted(set(command.forms)))
    number = len(book.conflicts) + 1
    event = ConflictDeclared(number, command.person, forms, command.nature, command.valid_from, command.valid_to)
    for held, conflict in book.conflicts.items():
        one = conflict.declared
        if (one.person, one.forms, one.nature, one.valid_from, one.valid_to) == (
            event.person,
            event.forms,
            event.nature,
            event.valid_from,
            event.valid_to,
        ):
            until = f", which ended on {conflict.valid_to}" if conflict.valid_to else ""
            return Decided(already=f"it is conflict {held}{until}")
    problems = tuple(_declare_faults(book, command))
    return problems or Decided((event,))


def end(book: Governance, command: EndConflict) -> Outcomes:
    """End a conflict today or later. No end reaches back: what was declared of past days stays."""
    conflict = book.conflicts.get(command.conflict)
    if conflict is None:
        return (
            refusal(
                "conflict_unknown",
                str(command.conflict),
                f"a number from 1 to {len(book.conflicts)}" if book.conflicts else "a declared conflict: there is none",
                "footwall conflict list tells them.",
                "conflict",
            ),
        )
    if conflict.ended == command.valid_to:
        return Decided(already=f"conflict {command.conflict} ends on {conflict.ended}")
    first = max(command.today, conflict.declared.valid_from)
    last = conflict.valid_to
    if command.valid_to < first or (last is not None and command.valid_to >= last):
        return (
            refusal(
                "conflict_end",
                str(command.valid_to),
                f"a day from {first} on" + (f" and before {last}, when it ends anyhow" if last else ""),
                "A conflict is ended for days to come, and never made longer: declare another one for that.",
                "valid_to",
            ),
        )
    return Decided((ConflictEnded(command.conflict, command.valid_to),))


def _enrol_faults(book: Governance, command: EnrolPerson) -> Iterator[Problem]:
    if not _ID.fullmatch(command.person):
        yield refusal(
            "person_malformed",
            repr(command.person[:60]),
            "a small letter, then up to 39 small letters, digits and hyphens",
            "Choose a short id, such as wei or m-okafor.",
            "person",
        )
    elif command.person in book.people:
        yield refusal(
            "person_taken",
            f"{command.person}, the id of {book.people[command.person].name}",
            "an id that nobody has or had",
            "Choose another id. New roles or a new key need a new id too; the old one leaves: footwall people leave.",
            "person",
        )
    yield from line_of_text(command.name, "name")
    if fault := key_fault(command.public_key):
        yield refusal(
            "key_malformed",
            fault,
            "an Ed25519 public key: 32 bytes in base64, 44 characters",
            "footwall people key FILE makes a key and prints what belongs here.",
            "public_key",
        )
    for other in book.people.values():
        if other.public_key == command.public_key and other.person != command.person:
            yield refusal(
                "key_taken",
                f"the key of {other.person}",
                "a key that nobody else has or had",
                "One key is one person: make another one with footwall people key FILE.",
                "public_key",
            )
    for role in sorted(set(command.roles) - set(_ROLES)):
        yield refusal("role_unknown", repr(role), " or ".join(_ROLES), "Name one of these roles.", "roles")


def _declare_faults(book: Governance, command: DeclareConflict) -> Iterator[Problem]:
    yield from active(book, command.person, "person")
    if not command.forms:
        yield refusal("forms_missing", "no form", "forms, or all of them", "Name forms, or say all.", "forms")
    for form in () if command.forms == "all" else command.forms:
        if form not in command.known_forms:
            yield refusal(
                "form_unknown", repr(form), "a form of the catalogue", "The forms stand in facts/forms.csv.", "forms"
            )
    yield from prose(command.nature, "nature")
    if command.valid_to is not None and command.valid_to < command.valid_from:
        yield refusal(
            "conflict_days",
            f"a last day {command.valid_to} before the first, {command.valid_from}",
            "a last day on or after the first",
            "Correct the days.",
            "valid_to",
        )
