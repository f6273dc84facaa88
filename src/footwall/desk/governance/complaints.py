"""Complaints about a price: filed by anybody, answered by somebody who had no part in the price."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from footwall.desk.governance.book import Complaint, Governance
from footwall.desk.governance.decided import (
    REASON_CHARACTERS_MIN,
    Decided,
    Outcomes,
    PricedDay,
    active,
    line_of_text,
    prose,
    refusal,
)
from footwall.desk.governance.events import ComplaintAnswered, ComplaintFiled, Outcome
from footwall.errors import Problem


@dataclass(frozen=True, slots=True)
class FileComplaint:
    """Complain of the price of a form on a day of publication. `priced` is None where no prices were published for `on`."""

    form: str
    on: date
    by: str
    text: str
    today: date
    priced: PricedDay | None


@dataclass(frozen=True, slots=True)
class AnswerComplaint:
    """Answer a complaint. `corrections` are the numbers of those recorded, of which `correction` must be one."""

    complaint: int
    outcome: Outcome
    reason: str
    author: str
    correction: int | None
    today: date
    corrections: frozenset[int] = frozenset()


def complain(book: Governance, command: FileComplaint) -> Outcomes:
    """Take a complaint in, and number it. The very same one is filed once."""
    for held in book.complaints.values():
        one = held.filed
        if (one.form, one.on, one.by, one.text) == (command.form, command.on, command.by, command.text):
            return Decided(already=f"it is complaint {one.complaint}, filed on {one.filed_on}")
    problems = tuple(_filing_faults(command))
    number = len(book.complaints) + 1
    return problems or Decided(
        (ComplaintFiled(number, command.form, command.on, command.by, command.text, command.today),)
    )


def answer(book: Governance, command: AnswerComplaint) -> Outcomes:
    """Answer a complaint, once."""
    complaint = book.complaints.get(command.complaint)
    if complaint is None:
        numbers = f"a number from 1 to {len(book.complaints)}" if book.complaints else "a complaint: there is none"
        found = str(command.complaint)
        return (refusal("complaint_unknown", found, numbers, "footwall complaints tells them.", "complaint"),)
    event = ComplaintAnswered(
        command.complaint, command.outcome, command.reason, command.author, command.today, command.correction
    )
    if complaint.answered is not None:
        return _answered(complaint.answered, event)
    problems = tuple(_answer_faults(book, complaint, command))
    return problems or Decided((event,))


def open_complaints(book: Governance) -> tuple[Complaint, ...]:
    """The complaints without an answer, the oldest first."""
    return tuple(one for _, one in sorted(book.complaints.items()) if one.answered is None)


def involved(book: Governance, form: str, on: date) -> dict[str, str]:
    """Who had a part in a price, in any of its documents: person → what they did."""
    parts = {
        one.person: f"who signed that price as {one.role}"
        for one in book.signatures.get(on, ())
        if form not in one.excepted
    }
    for judgement in book.judgements.get((form, on), ()):
        parts |= {
            judgement.author: f"who made judgement {judgement.judgement} for it",
            judgement.approver: f"who approved judgement {judgement.judgement} for it",
        }
    return parts


def _answered(held: ComplaintAnswered, event: ComplaintAnswered) -> Outcomes:
    said = (held.outcome, held.reason, held.author, held.correction)
    if said == (event.outcome, event.reason, event.author, event.correction):
        return Decided(already=f"complaint {held.complaint} was answered so on {held.answered_on}")
    return (
        refusal(
            "complaint_answered",
            f"complaint {held.complaint}, {held.outcome} on {held.answered_on}",
            "a complaint that is open",
            "An answer stands; whoever disagrees with it files another complaint.",
            "complaint",
        ),
    )


def _filing_faults(command: FileComplaint) -> Iterator[Problem]:
    if command.priced is None:
        yield refusal(
            "day_not_published",
            f"{command.on}, for which no prices were published",
            "a day of publication that the zone has walked",
            f"footwall price FORM --on {command.on} tells of which day the price that stands is.",
            "on",
        )
    elif command.form not in command.priced.forms:
        yield refusal(
            "form_not_priced",
            repr(command.form),
            f"a form that has a reference price on {command.on}",
            "footwall price FORM tells whether there is one.",
            "form",
        )
    yield from line_of_text(command.by, "by")
    yield from prose(command.text, "text")


def _answer_faults(book: Governance, complaint: Complaint, command: AnswerComplaint) -> Iterator[Problem]:
    filed = complaint.filed
    yield from active(book, command.author, "author")
    part = involved(book, filed.form, filed.on).get(command.author)
    person = book.people.get(command.author)
    if part is not None:
        yield _not_apart(command.author, part)
    elif book.conflicted(command.author, (filed.form,), filed.on, command.today):
        yield _not_apart(command.author, f"who has a conflict in {filed.form}")
    elif filed.by == command.author or (person is not None and filed.by == person.name):
        yield _not_apart(command.author, "who filed the complaint")
    if command.outcome not in get_args(Outcome):
        yield refusal("outcome_unknown", repr(command.outcome), " or ".join(get_args(Outcome)), "Name one.", "outcome")
    yield from prose(command.reason, "reason", REASON_CHARACTERS_MIN)
    if command.correction is not None and command.outcome != "upheld":
        yield refusal(
            "correction_not_upheld",
            f"correction {command.correction} of a complaint {command.outcome}",
            "a correction only where the complaint is upheld",
            "Leave the correction out, or uphold the complaint.",
            "correction",
        )
    elif command.correction is not None and command.correction not in command.corrections:
        yield refusal(
            "correction_unknown",
            str(command.correction),
            "the number of a correction that is recorded",
            "Record the correction first, or leave it out.",
            "correction",
        )


def _not_apart(author: str, part: str) -> Problem:
    return refusal(
        "answer_not_independent",
        f"{author}, {part}",
        "a person who had no part and has no interest in the price",
        "Let somebody else answer.",
        "author",
    )
