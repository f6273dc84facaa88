"""What governance stands at: a fold over its entries, and the questions that every decision asks of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from footwall.desk.governance.events import (
    ComplaintAnswered,
    ComplaintFiled,
    ConflictDeclared,
    ConflictEnded,
    GovernanceEvent,
    JudgementMade,
    PersonEnrolled,
    PersonLeft,
    PricesSigned,
)

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A declared conflict, and the last day that was set for it later, if any."""

    declared: ConflictDeclared
    ended: date | None = None

    @property
    def valid_to(self) -> date | None:
        """Its last day; None where none is known."""
        return self.declared.valid_to if self.ended is None else self.ended

    def touches(self, form: str, first: date, last: date) -> bool:
        """Whether it holds for `form` on any day from `first` to `last`."""
        named = self.declared.forms == "all" or form in self.declared.forms
        return named and self.declared.valid_from <= last and (self.valid_to is None or self.valid_to >= first)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint, and its answer where there is one."""

    filed: ComplaintFiled
    answered: ComplaintAnswered | None = None

    def age_days(self, today: date) -> int:
        """Days from its filing to its answer, or to `today`."""
        return ((today if self.answered is None else self.answered.answered_on) - self.filed.filed_on).days


@dataclass(frozen=True, slots=True)
class Governance:
    """People by id, the day each left, conflicts and complaints by number, signatures by day, judgements by form and day."""

    people: Mapping[str, PersonEnrolled] = field(default_factory=dict)
    left: Mapping[str, date] = field(default_factory=dict)
    conflicts: Mapping[int, Conflict] = field(default_factory=dict)
    signatures: Mapping[date, tuple[PricesSigned, ...]] = field(default_factory=dict)
    judgements: Mapping[tuple[str, date], tuple[JudgementMade, ...]] = field(default_factory=dict)
    complaints: Mapping[int, Complaint] = field(default_factory=dict)

    def conflicted(self, person: str, forms: Iterable[str], one_day: date, other_day: date) -> tuple[str, ...]:
        """Those of `forms`, sorted, in which a person has a conflict on any day from the one to the other, both included."""
        first, last = min(one_day, other_day), max(one_day, other_day)
        theirs = [conflict for conflict in self.conflicts.values() if conflict.declared.person == person]
        return tuple(sorted(form for form in forms if any(one.touches(form, first, last) for one in theirs)))


def apply(book: Governance, event: GovernanceEvent) -> Governance:
    """The book after `event`. Nothing is judged here: what was recorded has been decided."""
    match event:
        case PersonEnrolled():
            return replace(book, people=_with(book.people, event.person, event))
        case PersonLeft():
            return replace(book, left=_with(book.left, event.person, event.on))
        case ConflictDeclared():
            return replace(book, conflicts=_with(book.conflicts, event.conflict, Conflict(event)))
        case ConflictEnded():
            ended = replace(book.conflicts[event.conflict], ended=event.valid_to)
            return replace(book, conflicts=_with(book.conflicts, event.conflict, ended))
        case PricesSigned():
            return replace(book, signatures=_longer(book.signatures, event.on, event))
        case JudgementMade():
            return replace(book, judgements=_longer(book.judgements, (event.form, event.on), event))
        case ComplaintFiled():
            return replace(book, complaints=_with(book.complaints, event.complaint, Complaint(event)))
        case ComplaintAnswered():
            answered = replace(book.complaints[event.complaint], answered=event)
            return replace(book, complaints=_with(book.complaints, event.complaint, answered))


def _with(held: Mapping[Key, Value], key: Key, value: Value) -> Mapping[Key, Value]:
    return {**held, key: value}


def _longer(held: Mapping[Key, tuple[Value, ...]], key: Key, value: Value) -> Mapping[Key, tuple[Value, ...]]:
    return {**held, key: (*held.get(key, ()), value)}
