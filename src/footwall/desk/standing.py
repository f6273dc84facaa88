"""Who stands for a price: the questions of governance that are asked of the zone's whole state.

Ask the state as it is now (`zone.state`): what is signed, declared or judged comes between the days.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from footwall.desk.events import event_of
from footwall.desk.governance import (
    Approval,
    JudgementMade,
    PersonEnrolled,
    PricedDay,
    PricesSigned,
    approval_of,
    holds,
    judgements_on,
    signatures_over,
    statement_of,
)
from footwall.desk.state import State
from footwall.errors import JournalError, Problem
from footwall.journal import Entry


def priced_day(state: State, on: date) -> PricedDay | None:
    """The document and the forms of a day's prices as they stand now; None where none were published for it."""
    document = state.certificates.get(on)
    if document is None:
        return None
    forms = (form for form, prices in state.references.items() if any(price.on == on for price in prices))
    return PricedDay(on, document, frozenset(forms))


def last_published(state: State, on: date) -> date | None:
    """The last day up to `on` for which prices were published; None before the first."""
    return max((day for day in state.certificates if day <= on), default=None)


def signatures_on(state: State, on: date, form: str) -> tuple[PricesSigned, ...]:
    """The signatures that stand for the price of a form that was published for a day; none of a document that was restated since."""
    priced = priced_day(state, on)
    if priced is None or form not in priced.forms:
        return ()
    return signatures_over(state.governance, on, priced.document, form)


def approval(state: State, on: date, form: str, signatures_min: int) -> Approval:
    """Whether the price of a form on a day has the `signatures_min` signatures that a rule asks for.

    They are of different people; where more than one is asked for, an assessor's and a reviewer's are among them.
    """
    return approval_of(signatures_on(state, on, form), signatures_min)


def judgements_for(state: State, on: date) -> Mapping[str, tuple[JudgementMade, ...]]:
    """The expert judgements for a day, by form, each form's in the order in which they were made."""
    return judgements_on(state.governance, on)


def signature_problems(entries: Sequence[Entry]) -> tuple[Problem, ...]:
    """Every signature in a record that is not its signer's, or was made for another zone. Raises nothing for bad entries."""
    keys: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in entries:
        if entry.kind not in {"person_enrolled", "prices_signed"}:
            continue
        try:
            event = event_of(entry)
        except JournalError as error:
            problems.append(_problem(entry, str(error)))
            continue
        if isinstance(event, PersonEnrolled):
            keys.setdefault(event.person, event.public_key)
        elif isinstance(event, PricesSigned):
            key = keys.get(event.person)
            if event.zone != entries[0].hash:
                problems.append(_problem(entry, f"a signature for the zone {event.zone[:12]}…"))
            elif key is None or not holds(key, statement_of(event).message, event.signature):
                problems.append(_problem(entry, f"a signature that is not {event.person}'s over what it says"))
    return tuple(problems)


def _problem(entry: Entry, found: str) -> Problem:
    return Problem(
        code="signature_forged",
        found=found,
        expected="a signature by the key that its signer was enrolled with, over this zone's prices",
        remedy="It counts for nothing. Find out who wrote the entry, and let the day be signed again.",
        source="journal",
        row=entry.sequence,
    )
