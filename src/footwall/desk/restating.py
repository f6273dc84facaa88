"""A schedule that was published in error: what holds instead for the entries of some days, said by two people, and what entries then owe.

What was published stays in the record as it was, and is what was known then. The restatement is one more entry of the record beside it:
entries of its days are assessed by it from then on, and what filed ones owe otherwise is billed and refunded in the same transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from footwall.desk.entering import Entered, correct_entries, draft
from footwall.desk.events import ScheduleRestated, entry_of
from footwall.desk.governance.decided import REASON_CHARACTERS_MIN, prose, refusal, two_apart
from footwall.desk.governing import today
from footwall.desk.known_schedules import KnownSchedule, stated_in
from footwall.desk.recording import check_up_to_date, record
from footwall.desk.zone import Zone
from footwall.errors import InputError, Problem
from footwall.tariffs import Schedule


@dataclass(frozen=True, slots=True)
class Restating:
    """A restatement as it is asked for: a file of the schedule that holds, its entry days, who says so and why."""

    schedule: Path
    first: date
    last: date
    reason: str
    author: str
    approver: str


@dataclass(frozen=True, slots=True)
class RestatedSchedule:
    """What a restatement has done: the event, the schedule, and what it issued for filed entries."""

    event: ScheduleRestated
    known: KnownSchedule
    entries: Entered
    recorded: bool


def restate_schedule(zone: Zone, asked: Restating, on: date, *, try_only: bool = False) -> RestatedSchedule:
    """Put a schedule in place of what was published for entries of some days, and correct the filed ones, in one transaction.

    With `try_only` nothing is recorded. Raises InputError with every reason why it is refused, UsageError for a file that is no
    schedule, ScheduleError with every fault of its measures.
    """
    check_up_to_date(zone)
    known = stated_in(zone, asked.schedule)
    if faults := tuple(_faults(zone, asked, known)):
        raise InputError("the restatement is refused, and nothing is recorded", faults)
    issued = correct_entries(zone, asked.reason, on, asked.schedule, days=(asked.first, asked.last), try_only=True)
    event = ScheduleRestated(
        restatement=len(zone.state.restatements) + 1,
        reason=asked.reason,
        author=asked.author,
        approver=asked.approver,
        first=asked.first,
        last=asked.last,
        file=asked.schedule.name,
        known_until="" if zone.recorded_at is None else zone.recorded_at.isoformat(),
        evidence=known.evidence,
    )
    if not try_only:
        zone.evidence.keep(known.document)
        drafts = [entry_of(event, asked.first, str(event.restatement))]
        if issued.event is not None:
            drafts.append(draft(issued.event, str(zone.state.entries.corrections + 1)))
        record(zone, drafts, zone.last_day)
        issued = Entered(issued.event, issued.already)
    return RestatedSchedule(event, known, issued, recorded=not try_only)


def _faults(zone: Zone, asked: Restating, known: KnownSchedule) -> Iterator[Problem]:
    yield from prose(asked.reason, "reason", REASON_CHARACTERS_MIN)
    days, last_day = zone.days, zone.last_day
    if asked.last < asked.first:
        yield refusal(
            "dates_reversed", f"{asked.last} as the last day", f"a day from {asked.first} on", "Correct the days.", "to"
        )
    elif last_day is None or asked.first < days[0] or asked.last > last_day:
        expected = "days that were walked" if last_day is None else f"days from {days[0]} to {last_day}"
        yield refusal(
            "day_not_walked", f"{asked.first} to {asked.last}", expected, "Restate what was published, no more.", "from"
        )
    else:
        forms = _forms_changed(known.schedule, zone.schedule(asked.last))
        yield from two_apart(zone.state.governance, asked.author, asked.approver, forms, asked.first, today(zone))


def _forms_changed(restated: Schedule, published: Schedule) -> set[str]:
    """The forms of the measures in which two schedules differ."""
    differ = set(restated.measures) ^ set(published.measures)
    return {one.form for one in differ if one.form is not None}
