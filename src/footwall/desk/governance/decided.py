"""What a decision of governance gives, and the faults that several decisions look for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from footwall.desk.governance.book import Governance
from footwall.desk.governance.events import GovernanceEvent
from footwall.errors import Problem
from footwall.quantity import counted

NAME_CHARACTERS_MAX: Final = 200
TEXT_CHARACTERS_MAX: Final = 10_000
REASON_CHARACTERS_MIN: Final = 20
"""Limits of what a person may write: a reason shorter than this gives none."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be recorded. `already` says, where that is nothing, under what the very same stands in the record."""

    events: tuple[GovernanceEvent, ...] = ()
    already: str = ""


@dataclass(frozen=True, slots=True)
class PricedDay:
    """A walked day: the digest of its certificates' document, and the forms that have a certificate in it."""

    on: date
    document: str
    forms: frozenset[str]


Outcomes = Decided | tuple[Problem, ...]
"""What is to be recorded, or every reason why it cannot be."""


def active(book: Governance, person: str, field: str) -> Iterator[Problem]:
    """Whether somebody is enrolled and has not left."""
    if person not in book.people:
        known = ", ".join(sorted(book.people.keys() - book.left.keys())) or "nobody yet"
        yield refusal(
            "person_unknown",
            repr(person),
            f"the id of an enrolled person: {known}",
            "Enrol them: footwall people add.",
            field,
        )
    elif person in book.left:
        yield refusal(
            "person_left",
            f"{person}, who left on {book.left[person]}",
            "a person who has not left",
            "Whoever comes back is enrolled under a new id.",
            field,
        )


def line_of_text(text: str, field: str) -> Iterator[Problem]:
    """Whether a name is one line with something on it."""
    if not text.strip() or len(text) > NAME_CHARACTERS_MAX or not text.isprintable():
        yield refusal(
            "text_malformed",
            repr(text[:40]),
            f"one line of 1 to {NAME_CHARACTERS_MAX} characters",
            "Write it on one line, without control characters.",
            field,
        )


def prose(text: str, field: str, characters_min: int = 1) -> Iterator[Problem]:
    """Whether a text says something, at some length."""
    said = " ".join(text.split())
    if len(said) < characters_min or len(text) > TEXT_CHARACTERS_MAX or not said.isprintable():
        yield refusal(
            "text_malformed",
            counted(len(said), "character") if said.isprintable() else "control characters",
            f"{characters_min} to {TEXT_CHARACTERS_MAX:,} characters that can be read",
            "Say it in words that a stranger understands.",
            field,
        )


def refusal(code: str, found: str, expected: str, remedy: str, field: str) -> Problem:
    """One reason why something is not recorded."""
    return Problem(code, found, expected, remedy, field=field)


def two_apart(  # noqa: PLR0917 - two people, and what they decide about
    book: Governance, author: str, approver: str, forms: Iterable[str], one_day: date, other_day: date
) -> Iterator[Problem]:
    """The faults of two people who stand for something: enrolled, not one and the same, without a conflict in `forms`."""
    forms = tuple(forms)
    for person, field in ((author, "author"), (approver, "approver")):
        yield from active(book, person, field)
        if conflicted := book.conflicted(person, forms, one_day, other_day):
            found = f"{person}, who has a conflict in {', '.join(conflicted)}"
            yield refusal(
                "conflict", found, "a person without an interest in it", "Let somebody else judge, or approve.", field
            )
    if author == approver:
        found = f"{approver} as author and approver"
        yield refusal("approver_is_author", found, "two people", "Let another person approve.", "approver")
