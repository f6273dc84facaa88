"""Corrections: evidence that was wrong is withdrawn or replaced, the prices of walked days are restated, and all that rests on them is listed.

A correction erases nothing. It is one more entry: the old prices stay in the record and are what was known before it. The
walked days are decided once more with the corrected evidence by the very functions that decided them; where a price comes
out otherwise, it is restated. Floors, tariffs and measures stay as they were decided, because no duty changes after the
fact; those that would have come out otherwise are listed, with the days, so that whoever owes or paid by them can be told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pyarrow.compute as pc

from footwall.desk.day import Decision, WalkDay, decide
from footwall.desk.dependents import DayTwice, Dependent, comes_out_otherwise, depending
from footwall.desk.events import (
    CorrectionMade,
    Event,
    ObservationsReceived,
    PricesRestated,
    ReferencePricesSet,
    entry_of,
)
from footwall.desk.governance.decided import REASON_CHARACTERS_MIN, prose, refusal, two_apart
from footwall.desk.governing import today
from footwall.desk.observing import read_submission, received
from footwall.desk.recording import check_up_to_date, record
from footwall.desk.state import State, apply
from footwall.desk.telling import told
from footwall.desk.walk import whole_days
from footwall.desk.zone import Zone
from footwall.errors import InputError, Problem, ScheduleError
from footwall.intake import Intake, read_parquet
from footwall.journal import Document, Payload
from footwall.quantity import counted


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as it is asked for: ids to withdraw, files whose observations take their place, who says so and why."""

    withdraw: tuple[str, ...]
    replace: tuple[Path, ...]
    reason: str
    author: str
    approver: str
    complaint: int | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction has done: the event recorded (None where it was only tried), and all that depends on it."""

    event: CorrectionMade
    dependents: tuple[Dependent, ...]
    recorded: bool


def correct(zone: Zone, asked: Correction, *, try_only: bool = False) -> Corrected:
    """Correct the evidence, restate the prices of walked days, and list what depends on them, in one transaction.

    With `try_only` nothing is recorded and no file is written. Raises InputError with every reason why it is refused, ObservationsError for a file
    that cannot be read, JournalError where another writer was faster.
    """
    check_up_to_date(zone)
    try:
        return _correct(zone, asked, try_only=try_only)
    finally:
        zone.evidence.drop_held()


def _correct(zone: Zone, asked: Correction, *, try_only: bool) -> Corrected:
    intake = _replacements(zone, asked)
    if faults := (*_faults(zone, asked, intake), *(() if intake is None else intake.problems)):
        raise InputError("the correction is refused, and nothing is recorded", faults)
    number = len(zone.state.corrections) + 1
    submission = received(zone, intake, number) if intake else None
    days = _days_touched(zone, asked, intake)
    before = walked_again(zone, days, zone.state) if zone.state.corrections else None
    after = walked_again(zone, days, _amended(zone.state, asked.withdraw, submission, number))
    dependents, restated = _differences(zone, days, before, after, number)
    document = Document.of(cast("Payload", {"dependents": [_told(one) for one in dependents]}))
    counts = {kind: sum(one.kind == kind for one in dependents) for kind in ("price", "floor", "tariff", "measure")}
    event = CorrectionMade(
        correction=number,
        reason=asked.reason,
        author=asked.author,
        approver=asked.approver,
        complaint=asked.complaint,
        withdrawn=tuple(sorted(set(asked.withdraw))),
        submission=None if submission is None else submission.submission,
        first=min((one.on for one in restated), default=None),
        last=max((one.on for one in restated), default=None),
        known_until="" if zone.recorded_at is None else zone.recorded_at.isoformat(),
        prices=sum(len(one.prices) for one in restated),
        floors=counts["floor"],
        tariffs=counts["tariff"],
        measures=counts["measure"],
        evidence={"dependents": document.digest},
    )
    if not try_only:
        _record(zone, event, submission, restated, [document, *after.documents])
    return Corrected(event, dependents, recorded=not try_only)


def dependents_of(zone: Zone, correction: int) -> tuple[Dependent, ...]:
    """All that depends on a recorded correction. Raises KeyError for a number that none has: the caller's fault."""
    from footwall.desk.events import restored

    found = zone.evidence.get_json(zone.state.corrections[correction].evidence["dependents"])["dependents"]
    listed = found if isinstance(found, list) else []
    return tuple(restored(Dependent, cast("Payload", one), f"correction {correction}") for one in listed)


@dataclass(slots=True)
class _Again:
    """Days that were decided once more: the state at the end of each, the prices of each, and their documents."""

    states: dict[date, State]
    prices: dict[date, ReferencePricesSet]
    documents: list[Document]


def walked_again(zone: Zone, days: Sequence[date], state: State) -> _Again:
    """Decide `days` once more on the evidence of `state`, each on what had come before it."""
    again = _Again({}, {}, [])
    if not days:
        return again
    running, whole = _state_before(zone, days[0]), whole_days(zone)
    for day in days:
        grounds = zone.grounds_under(day, state)
        running = replace(running, governance=zone.state.governance)
        decision = decide(
            running, WalkDay(day, zone.rulebooks.on(day), grounds, whole=day in whole, priced=zone.priced_on(day))
        )
        if not isinstance(decision, Decision):
            raise ScheduleError(f"with this correction the measures of {day} could not have been published", decision)
        for event in decision.events:
            running = apply(running, event)
            if isinstance(event, ReferencePricesSet):
                again.prices[day] = event
                again.documents += [one for one in decision.documents if one.digest in event.evidence.values()]
        again.states[day] = running
    return again


def _state_before(zone: Zone, day: date) -> State:
    """The zone's state at the end of the walked day before `day`."""
    earlier = [walked for walked in zone.days if walked < day]
    return zone.state_on(earlier[-1]) if earlier else State(facts=zone.state.facts, rulebooks=zone.state.rulebooks)


def _amended(state: State, withdraw: Sequence[str], submission: ObservationsReceived | None, number: int) -> State:
    more = () if submission is None else (submission,)
    withdrawn = {**state.withdrawn, **dict.fromkeys(withdraw, number)}
    return replace(state, received=(*state.received, *more), withdrawn=withdrawn)


def _differences(
    zone: Zone, days: Sequence[date], before: _Again | None, after: _Again, number: int
) -> tuple[tuple[Dependent, ...], tuple[PricesRestated, ...]]:
    """What comes out otherwise: everything that rests on it, and the prices of each day that are restated."""
    twice = []
    found: list[PricesRestated] = []
    for day in days:
        walked, event = zone.state_on(day), after.prices.get(day)
        old = walked if before is None else before.states[day]
        twice.append(DayTwice(day, walked.latest, old, after.states[day]))
        if event is not None and event.evidence["certificates"] != zone.state.certificates.get(day):
            prices = (price for price in event.prices if comes_out_otherwise(walked.latest.get(price.form), price))
            other = tuple(sorted(prices, key=lambda price: price.form))
            found.append(PricesRestated(number, day, event.rulebook, other, event.evidence))
    return depending(twice), tuple(found)


def _days_touched(zone: Zone, asked: Correction, intake: Intake | None) -> tuple[date, ...]:
    """The walked days from the first on which anything that is withdrawn or put in its place was known."""
    touched = (*_named(zone, asked.withdraw).values(), *_replacing(intake))
    first = min((one.published_at for one in touched), default=date.max)
    return tuple(day for day in zone.days if day >= first)


@dataclass(frozen=True, slots=True)
class _Named:
    """What an observation tells of, and since when."""

    form: str
    published_at: date


_OF_NAMED = ("observation", "form", "published_at")


def _named(zone: Zone, ids: Sequence[str]) -> Mapping[str, _Named]:
    """Those of `ids` that the zone holds."""
    wanted = set(ids)
    held = (seen for seen in zone.facts.observations if seen.observation in wanted)
    found = {seen.observation: _Named(seen.form, seen.published_at) for seen in held}
    for one in zone.state.received:
        if wanted - found.keys():
            table = read_parquet(zone.evidence.get(one.evidence["observations"])).select(_OF_NAMED)
            for row in table.filter(pc.is_in(table["observation"], value_set=_texts(wanted))).to_pylist():
                found[row["observation"]] = _Named(row["form"], row["published_at"])
    return found


def _replacing(intake: Intake | None) -> list[_Named]:
    """Each form that a file tells of, and since when."""
    if intake is None or not len(intake):
        return []
    first = intake.table.group_by("form").aggregate([("published_at", "min")])
    return [_Named(row["form"], row["published_at_min"]) for row in first.to_pylist()]


def _texts(names: set[str]) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa

    return pa.array(sorted(names), pa.string())


def _replacements(zone: Zone, asked: Correction) -> Intake | None:
    if not asked.replace:
        return None
    intake = read_submission(zone, asked.replace)
    remedy = "Give what takes its place an id of its own: the old one stays with what was withdrawn."
    problems = tuple(
        replace(one, remedy=remedy) if one.code == "observation_changed" else one for one in intake.problems
    )
    return replace(intake, problems=problems)


def _faults(zone: Zone, asked: Correction, intake: Intake | None) -> Iterator[Problem]:
    book = zone.state.governance
    touched = [*_named(zone, asked.withdraw).values(), *_replacing(intake)]
    forms, now = {one.form for one in touched}, today(zone)
    first = min((one.published_at for one in touched), default=now)
    yield from two_apart(book, asked.author, asked.approver, forms, first, now)
    yield from prose(asked.reason, "reason", REASON_CHARACTERS_MIN)
    yield from _withdrawing_faults(zone, asked)
    yield from _replacing_faults(intake)
    if asked.complaint is not None and asked.complaint not in book.complaints:
        found, known = str(asked.complaint), "the number of a complaint"
        yield refusal("complaint_unknown", found, known, "footwall complaints tells them.", "complaint")


def _withdrawing_faults(zone: Zone, asked: Correction) -> Iterator[Problem]:
    if not asked.withdraw and not asked.replace:
        found, expected = "nothing to withdraw, and nothing new", "what is wrong, or what is right"
        yield refusal("correction_empty", found, expected, "Name ids to withdraw, or a file.", "withdraw")
    known = _named(zone, asked.withdraw)
    for name in asked.withdraw:
        if name not in known:
            expected = "the id of an observation that the zone holds"
            yield refusal("observation_unknown", name, expected, "Correct the id.", "withdraw")
        elif name in zone.state.withdrawn:
            found = f"{name}, withdrawn by correction {zone.state.withdrawn[name]}"
            yield refusal("observation_withdrawn", found, "one that still counts", "Leave it out.", "withdraw")


def _replacing_faults(intake: Intake | None) -> Iterator[Problem]:
    if intake is not None and not intake.problems and (repeated := intake.duplicates.num_rows):
        yield refusal(
            "replacement_repeated",
            f"{counted(repeated, 'observation')} said before",
            "observations that are new",
            "Leave them out: what the zone holds counts already, and what was withdrawn counts no more.",
            "replace",
        )


def _record(
    zone: Zone,
    event: CorrectionMade,
    submission: ObservationsReceived | None,
    restated: Sequence[PricesRestated],
    documents: Sequence[Document],
) -> None:
    zone.evidence.keep_held()
    for document in documents:
        zone.evidence.keep(document)
    day = zone.last_day or zone.rulebooks.first_day
    key = f"{event.correction}"
    events: list[tuple[Event, date, str]] = [] if submission is None else [(submission, day, submission.digest)]
    events.append((event, event.first or day, key))
    events += [(one, one.on, f"{key}/{one.on}") for one in restated]
    record(zone, [entry_of(one, effective, name) for one, effective, name in events], zone.last_day)


def _told(one: Dependent) -> object:
    from dataclasses import fields

    return told(one, lambda record: {field.name: getattr(record, field.name) for field in fields(record)})
