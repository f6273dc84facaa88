"""Every assessment of an entry done again on what it rested on then: the schedule, rates, rules and rulings that it names."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from footwall.desk.assessing import Assessing, digest_of, rule_of_entries
from footwall.desk.events import event_of
from footwall.desk.known_schedules import KnownSchedule, kept_for, kept_schedule, published_on
from footwall.desk.zone import Zone
from footwall.entries import (
    AssessedLine,
    Basis,
    EntriesCorrected,
    EntryBook,
    EntryFiled,
    EntryLiquidated,
    HeldRuling,
    ProtestDecided,
    RulingIssued,
    RulingRevoked,
    apply,
)
from footwall.errors import JournalError, Problem, UsageError
from footwall.journal import Document


def entry_problems(zone: Zone, only: str | None = None) -> tuple[Problem, ...]:
    """Everything that an entry says it owed and that does not come out again; nothing for a record that holds.

    Lines are assessed anew as they were declared, under the schedule that the record names by its digest.
    """
    return tuple(problem for problem in _problems(zone) if only is None or problem.source == only)


def _problems(zone: Zone) -> Iterator[Problem]:
    book = EntryBook()
    for one in zone.journal.entries():
        event = event_of(one)
        if isinstance(event, EntryFiled):
            yield from _as_filed(zone, event, tuple(book.rulings.values()))
        elif isinstance(event, EntryLiquidated | ProtestDecided | EntriesCorrected):
            yield from _as_adjusted(zone, event, book)
        if isinstance(event, RulingIssued | RulingRevoked | EntryFiled):
            book = apply(book, event) if not isinstance(event, EntryFiled) else _known(book, event)


def _known(book: EntryBook, event: EntryFiled) -> EntryBook:
    """The book with what was filed, for its lines: nothing else of it is needed here."""
    from dataclasses import replace

    return apply(book, replace(event, parent=None, bond=None, postings=()))


def _as_filed(zone: Zone, event: EntryFiled, rulings: tuple[HeldRuling, ...]) -> Iterator[Problem]:
    known = kept_for(zone, event.basis) if event.basis.from_file else published_on(zone, event.on)
    if known.document.digest != event.basis.digest:
        yield _problem(event.entry, "the schedule of the day", known.document.digest, event.basis.digest)
        return
    again = _again(zone, event, known, rulings)
    for line in event.lines:
        if digest_of(line.line) != line.digest:
            yield _problem(event.entry, f"what {line.line.line_id} declares", digest_of(line.line), line.digest)
        found = again.get(line.line.line_id)
        if found is None or (found.amounts, found.ruling) != (line.amounts, line.ruling):
            yield _problem(
                event.entry, f"what {line.line.line_id} owed", str(found and found.amounts), str(line.amounts)
            )
    yield from _rates(zone, event.entry, event.basis)


def _as_adjusted(
    zone: Zone, event: EntryLiquidated | ProtestDecided | EntriesCorrected, book: EntryBook
) -> Iterator[Problem]:
    adjustments = event.adjustments if isinstance(event, EntriesCorrected) else (event.adjustment,)
    made = [one for one in adjustments if one is not None]
    if not made:
        return
    try:
        schedule = kept_schedule(zone, event.evidence["schedule"])
    except (JournalError, UsageError) as error:
        yield _problem(made[0].entry, "the schedule", str(error), event.basis.digest)
        return
    known = KnownSchedule(schedule, event.basis.schedule, Document.of({}), kept=True)
    for one in made:
        filed = book.entries[one.entry].filed
        again = _again(zone, filed, known, tuple(book.rulings.values()))
        for change in one.changes:
            found = again.get(change.line)
            owed = found.amounts.part(change.part) if found is not None else None
            if owed != change.now:
                yield _problem(one.entry, f"the {change.part} of {change.line}", str(owed), str(change.now))
    yield from _rates(zone, made[0].entry, event.basis)


def _again(
    zone: Zone, filed: EntryFiled, known: KnownSchedule, rulings: tuple[HeldRuling, ...]
) -> dict[str, AssessedLine]:
    rule = rule_of_entries(zone, filed.importer, filed.on)
    if isinstance(rule, Problem):
        return {}
    found = Assessing(zone, known, rulings).lines([one.line for one in filed.lines], filed.account, rule)
    return {one.line.line_id: one for one in found if isinstance(one, AssessedLine)}


def _rates(zone: Zone, entry: str, basis: Basis) -> Iterator[Problem]:
    """Every rate that was taken is still the zone's of that day."""
    for name, rate in basis.rates.items():
        pair, _, day = name.partition(" ")
        source, _, target = pair.partition("/")
        now: Decimal | None = zone.rates.get((source, target, date.fromisoformat(day)))
        if now != rate:
            yield _problem(entry, f"the rate {name}", str(now), str(rate))


def _problem(entry: str, what: str, found: str, recorded: str) -> Problem:
    return Problem(
        "entry_not_reproduced",
        f"{what}: {found}",
        recorded,
        "What the record rests on was changed, or this version assesses otherwise: restore it, or report it.",
        source=entry,
    )
