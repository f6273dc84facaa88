"""Walking the zone's days: each is decided on what was known, and recorded whole or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from footwall.desk.adoption import adoption_entry, check_new_versions, known_of, rulebook_adopted, rulebooks_to_adopt
from footwall.desk.day import Decision, WalkDay, decide
from footwall.desk.events import entry_of
from footwall.desk.folder import Layout
from footwall.desk.recording import check_up_to_date, instant_of, record
from footwall.desk.zone import Zone
from footwall.errors import ScheduleError, UsageError
from footwall.journal import Head, NewEntry
from footwall.memory import no_search_for_circles
from footwall.months import month_end, next_month
from footwall.prices import publication_days
from footwall.rulebook import Rulebooks, Walk, in_force, rule_of_form, span_of, span_of_header
from footwall.zone import Members


@dataclass(frozen=True, slots=True)
class Progress:
    """A day that has been recorded: the `number`th of `count` that this run walks."""

    day: date
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run has done: the days it walked (none, where there was nothing left to walk) and the journal's head.

    `adopted` names the files of versions of the rules that it adopted. `changed` is False where the journal is as before.
    """

    changed: bool
    days: tuple[date, ...]
    adopted: tuple[str, ...]
    through: date | None
    head: Head
    notices: tuple[str, ...]


def run(zone: Zone, through: date | None = None, progress: Callable[[Progress], None] | None = None) -> RunResult:
    """Walk the zone's days from the one after its last up to `through` (else as far as its rules walk).

    Each day is recorded in one transaction before the next is decided; a run that is broken off goes on where it
    stopped, to the same end. Run again, it changes nothing. `zone` knows the new days afterwards.
    Raises UsageError for a day that cannot be walked to, ZoneError for rules that do not follow what was adopted,
    ScheduleError with every fault of measures that cannot be published (then nothing of that day is recorded),
    JournalError where the record cannot be written or another run was faster.
    """
    before = zone.head
    check_up_to_date(zone)
    adopted = _adopt(zone)
    days = days_to_walk(zone, through)
    whole = whole_days(zone)
    for number, day in enumerate(days, start=1):
        with no_search_for_circles():  # a day makes records by the hundred thousand, and no circles among them
            _record_day(zone, day, whole=day in whole)
        if progress is not None:
            progress(Progress(day, number, len(days)))
    return RunResult(zone.head != before, days, adopted, zone.last_day, zone.head, zone.notices)


def walk_days(walk: Walk, decided: Iterable[date] = ()) -> tuple[date, ...]:
    """The days of a walk: month ends from its first day to its last, and those `decided` days that fall between them.

    Decided are the days on which the rules, the floors or the members change: what the rules date holds from that day,
    not from the end of its month.
    """
    days = {day for day in decided if walk.first <= day <= walk.through}
    day = month_end(walk.first)
    while day <= walk.through:
        days.add(day)
        day = month_end(next_month(day))
    return tuple(sorted(days))


def decided_days(rulebooks: Rulebooks, members: Members) -> frozenset[date]:
    """The days on which a version, a rule or a membership begins or has ended, floors begin, or one of them is reviewed."""
    days = {rulebooks.walk.floors_from, *members.breakpoints}
    for version in rulebooks.versions:
        whole = span_of_header(version.rulebook)
        spans = [span for rule in version.dated() if (span := span_of(rule, version.rulebook)).first in whole]
        days |= {day for span in (whole, *spans) for day in (span.first, span.day_after()) if day is not None}
        for floor in version.floor:
            days |= {day for day in floor.review_days if day in span_of(floor, version.rulebook)}
    return frozenset(days)


def published_days(rulebooks: Rulebooks) -> frozenset[date]:
    """The days of the walk on which a rule of publication has prices published."""
    walk, found = rulebooks.walk, set[date]()
    for version in rulebooks.versions:
        for rule in version.cadence:
            span = span_of(rule, version.rulebook)
            first = max(span.first, version.rulebook.valid_from, walk.first)
            last = walk.through if span.last is None else min(span.last, walk.through)
            found.update(publication_days(rule, first, last))
    return frozenset(found)


def days_to_walk(zone: Zone, through: date | None = None) -> tuple[date, ...]:
    """The days after its last that a zone has still to walk, up to `through`, or as far as its rules walk.

    Raises UsageError for a day that cannot be walked to.
    """
    rulebooks = zone.rulebooks
    walk = rulebooks.walk
    if through is not None:
        if zone.last_day is not None and through < zone.last_day:
            raise UsageError(
                f"the zone has been walked to {zone.last_day} already, and what is recorded stays: "
                f"it cannot be walked to {through}"
            )
        if through < walk.first:
            raise UsageError(f"the rules begin to walk on {walk.first}: there is no day to walk up to {through}")
        if through > walk.through:
            raise UsageError(
                f"the rules walk up to {walk.through}, not {through}: to go on, give the last version a later `through` "
                "in its [walk], with facts that reach as far"
            )
    last = through or walk.through
    days = whole_days(zone) | published_days(rulebooks)
    return tuple(day for day in sorted(days) if day <= last and (zone.last_day is None or day > zone.last_day))


def days_to_price(zone: Zone, form: str) -> frozenset[date]:
    """Of the days that a zone has still to walk, those for which the price of a form will be set.

    All where no rule has it published on days of its own, and where it stands on nothing yet.
    """
    days = days_to_walk(zone)
    return frozenset(day for day in days if form not in zone.state.references or _published(zone.rulebooks, form, day))


def _published(rulebooks: Rulebooks, form: str, day: date) -> bool:
    rule = rule_of_form(in_force(rulebooks.on(day).cadence, day), form, "cadence")
    return rule is None or bool(publication_days(rule, day, day))


def whole_days(zone: Zone) -> frozenset[date]:
    """The days on which the zone decides floors, tariffs and the schedule; on other walked days it publishes prices only."""
    return frozenset(walk_days(zone.rulebooks.walk, decided_days(zone.rulebooks, zone.members)))


def _record_day(zone: Zone, day: date, *, whole: bool) -> None:
    command = WalkDay(
        day, zone.rulebooks.on(day), zone.grounds_under(day, zone.state), instant_of(zone, day), whole=whole
    )
    decision = decide(zone.state, command)
    if not isinstance(decision, Decision):
        raise ScheduleError(f"the measures of {day} cannot be published; nothing of that day is recorded", decision)
    for document in decision.documents:
        zone.evidence.keep(document)
    record(zone, [entry_of(event, day, day.isoformat()) for event in decision.events], day)


def _adopt(zone: Zone) -> tuple[str, ...]:
    folder = Layout(zone.folder).rulebook
    known = known_of(zone.facts, zone.members)
    paths = rulebooks_to_adopt(zone.state, folder, zone.evidence)
    check_new_versions(zone.rulebooks, zone.state)
    entries: list[NewEntry] = []
    for path in paths:
        event, document = rulebook_adopted(path, known)
        zone.evidence.keep(document)
        entries.append(adoption_entry(event, event.valid_from))
    if entries:
        record(zone, entries, zone.last_day)
    return tuple(path.name for path in paths)
