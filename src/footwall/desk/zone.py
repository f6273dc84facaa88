"""A zone as a library object: what it has decided, asked by day."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import cast

from footwall.desk.adoption import known_of
from footwall.desk.editions import ScheduleVersion, known_versions, version_on
from footwall.desk.events import (
    ConditionsPublished,
    DayClosed,
    PricesRestated,
    ReferencePricesSet,
    SchedulePublished,
    event_of,
    restored,
)
from footwall.desk.exchange import rates_by_day
from footwall.desk.folder import Layout, Settings
from footwall.desk.grounds import Grounds
from footwall.desk.seen import counted_for, judged_apart, with_received
from footwall.desk.standing import signature_problems
from footwall.desk.state import State, apply
from footwall.desk.timeline import conditions_timeline, timeline, timeline_of_versions
from footwall.errors import JournalError, Problem, UsageError
from footwall.facts import Facts
from footwall.floors import Floor, Ladder, floors_on
from footwall.journal import EMPTY, Clock, Entry, Evidence, Head, Journal, JsonValue
from footwall.prices import JSON, ReferencePrice, read_certificate
from footwall.quantity import Unknown
from footwall.rulebook import Rulebooks, in_force, load_rulebooks, rule_of_form
from footwall.tariffs import Conditions, Measure, Parity, Schedule, Tariff
from footwall.zone import Members

_SCHEDULES_KEPT = 8
"""A schedule takes half a second to make and megabytes to keep."""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One walked day of a form, USD per kg of its basis. `floor` is None where none was in force."""

    on: date
    reference: ReferencePrice
    floor: Floor | None
    parities: tuple[Parity, ...]
    tariffs: tuple[Tariff, ...]


class Zone:
    """What a zone has decided, and what it rests on. Get one from `open_zone`.

    Every question takes a day, `on`, and is answered as the zone stood at the end of its last walked day up to then, with
    prices as they have been corrected since (`open_zone(as_known_at=…)` asks before a correction); left
    out, it is the last walked day of all. A day after that raises UsageError: nothing has been decided for it yet.
    `notices` tell what opening has mended.
    """

    def __init__(
        self, folder: Path, settings: Settings, clock: Clock, journal: Journal, entries: Iterable[Entry]
    ) -> None:
        """Use `open_zone`."""
        self.folder = folder
        self.settings = settings
        self.clock = clock
        self.journal = journal
        self._head = EMPTY
        self._identity = EMPTY.hash
        self._recorded_at: datetime | None = None
        self.notices = journal.notices
        self._layout = Layout(folder)
        self.evidence = Evidence(self._layout.evidence)
        self._days: list[date] = []
        self._states: list[State] = []
        self._grounds: tuple[object, Grounds] | None = None
        self._versions: list[ScheduleVersion] = []
        self._schedules: dict[date | str | int, Schedule] = {}
        self.state = State()
        self.take(entries)

    def take(self, entries: Iterable[Entry]) -> None:
        """Let entries that the journal has recorded change the state. Raises JournalError for one that makes no sense."""
        self._schedules.clear()
        ruled: Entry | None = None
        for entry in entries:
            event = event_of(entry)
            self.state = apply(self.state, event)
            if isinstance(event, PricesRestated):
                self._states = [apply(state, event) for state in self._states]
            self._head = Head(entry.sequence, entry.hash)
            self._recorded_at = entry.recorded_at
            self._identity = entry.hash if entry.sequence == 1 else self._identity
            if isinstance(event, SchedulePublished):
                self._publish(entry, event.on)
                ruled = None
            if isinstance(event, ConditionsPublished):
                ruled = entry
            if isinstance(event, DayClosed):
                if ruled is not None:
                    self._publish(ruled, event.on)
                    ruled = None
                self._days.append(event.on)
                self._states.append(self.state)

    def _publish(self, entry: Entry, on: date) -> None:
        """A version of the schedule: an entry has changed its measures, or its conditions alone."""
        number, listed = len(self._versions) + 1, tuple(self.state.measures.values())
        self._versions.append(
            ScheduleVersion(number, on, entry.recorded_at, entry.sequence, entry.hash, listed, self.state.conditions)
        )

    def __repr__(self) -> str:
        """Folder, name and last day."""
        return f"<Zone {self.settings.name!r} in {self.folder}, walked to {self.last_day or 'no day yet'}>"

    @property
    def last_day(self) -> date | None:
        """The last day that was walked; None before the first."""
        return self.state.last_day

    @property
    def days(self) -> tuple[date, ...]:
        """The days that were walked, in order."""
        return tuple(self._days)

    @property
    def head(self) -> Head:
        """The last entry that this object knows, and the hash that stands for everything up to it."""
        return self._head

    @property
    def recorded_at(self) -> datetime | None:
        """When the last entry that this object knows was recorded; None before any."""
        return self._recorded_at

    @property
    def identity(self) -> str:
        """The hash of the journal's first entry: what signatures name their zone by."""
        return self._identity

    @cached_property
    def facts(self) -> Facts:
        """The fact tables that the zone adopted."""
        return Facts(self._layout.facts)

    @property
    def grounds(self) -> Grounds:
        """What the next day to walk is decided on: the facts, and all observations that were received."""
        return self.grounds_under(None, self.state)

    def grounds_under(self, day: date | None, state: State) -> Grounds:
        """What a walked day is decided on by the evidence of `state`; None is the day after all that were walked.

        Raises JournalError where the evidence of what was received is missing or changed.
        """
        counted, apart = counted_for(day, state), judged_apart(day, state)
        if not counted and not state.withdrawn:
            return self._own_grounds
        versions = self.rulebooks.versions if day is None else (self.rulebooks.on(day),)
        named = tuple(one.rulebook.version for one in versions)
        key = (tuple(one.evidence["observations"] for one in counted), frozenset(state.withdrawn), apart, named)
        if self._grounds is None or self._grounds[0] != key:
            found = with_received(self._own_grounds, counted, state, self.evidence, versions, apart=apart)
            self._grounds = (key, found)
        return self._grounds[1]

    @cached_property
    def _own_grounds(self) -> Grounds:
        return Grounds.of(self.facts)

    @cached_property
    def members(self) -> Members:
        """Who is a member, by date."""
        return Members.from_facts(self.facts.memberships, self.facts.countries)

    @cached_property
    def rulebooks(self) -> Rulebooks:
        """The versions of the rules in the zone's folder. Raises RulebookError with every fault of their files."""
        return load_rulebooks(self._layout.rulebook, known_of(self.facts, self.members))

    @cached_property
    def rates(self) -> Mapping[tuple[str, str, date], Decimal]:
        """Rates of exchange for assessing: {(from, to, day): rate}, on each day the mean of an earlier month.

        Which month's is the rules' to say; no line is assessed at a rate that nobody could have known. There is none for
        days that the rules do not walk.
        """
        return MappingProxyType(rates_by_day(self.facts.exchange_rates, self.rulebooks))

    def state_on(self, on: date | None = None) -> State:
        """The zone's state on a day. Raises UsageError for what is no date, and a day before the first or after the last walked."""
        if on is not None and (not isinstance(on, date) or isinstance(on, datetime)):
            raise UsageError(f"a day must be a datetime.date, such as datetime.date(2025, 3, 31), not {on!r}")
        if not self._days:
            raise UsageError(f"the zone in {self.folder} has not been walked yet: footwall run {self.folder}")
        day = on or self._days[-1]
        if not self._days[0] <= day <= self._days[-1]:
            raise UsageError(
                f"nothing has been decided for {day}: the zone was walked from {self._days[0]} to {self._days[-1]}"
            )
        return self._states[bisect_right(self._days, day) - 1]

    def price(self, form: str, on: date | None = None) -> Decimal | Unknown:
        """The reference price of a form: USD per kg of its basis. Raises UsageError for an unknown form."""
        return self._bare(form, on).price

    def reference(self, form: str, on: date | None = None) -> ReferencePrice:
        """The reference price of a form with its whole certificate.

        Raises UsageError for an unknown form, JournalError where the day's evidence is missing or changed.
        """
        price = self._bare(form, on)
        document = self.evidence.get_json(self.state.certificates[price.on])
        told = _object(_object(document.get("certificates")).get(form))
        certificate = read_certificate(cast("Mapping[str, JSON]", told))
        if isinstance(certificate, Problem):
            raise JournalError(f"the certificate of {form} on {price.on} cannot be read: {certificate}")
        return replace(price, certificate=certificate)

    def put_aside(self, on: date) -> tuple[tuple[str, PricesRestated], ...]:
        """The documents of a day's certificates that corrections have replaced, each with the restatement that did, in order."""
        kinds = ("reference_prices_set", "prices_restated")
        found = [event_of(one) for kind in kinds for one in self.journal.entries(kind=kind) if one.effective_on == on]
        made = [one for one in found if isinstance(one, ReferencePricesSet | PricesRestated)]
        documents = [one.evidence["certificates"] for one in made]
        return tuple(
            (old, new) for old, new in zip(documents, made[1:], strict=False) if isinstance(new, PricesRestated)
        )

    def floor(self, form: str, on: date | None = None) -> Floor | None:
        """The floor of a form that is in force; None where there is none. Raises UsageError for an unknown form."""
        self.check_form(form)
        return self.floors(on).get(form)

    def floors(self, on: date | None = None) -> Mapping[str, Floor]:
        """The floors in force, by form: those that were reviewed, have not passed their sunset, and are still ruled."""
        reviewed, day = self.state_on(on).floors, self._day(on)
        ruled = {rule.form for rule in in_force(self.rulebooks.on(day).floor, day)}
        return floors_on((floor for form in sorted(reviewed.keys() & ruled) for floor in reviewed[form]), day)

    def _floor_in_force(self, form: str, day: date, state: State) -> Floor | None:
        """As `floors` finds it, without looking at other forms."""
        ruled = any(rule.form == form for rule in in_force(self.rulebooks.on(day).floor, day))
        return floors_on(state.floors.get(form, ()), day).get(form) if ruled else None

    def ladder(self, mineral: str, on: date | None = None) -> Ladder:
        """The ladder of a tracked mineral as last checked: levels of its forms, and every process.

        Its parities are the lowest of the origin groups, and before ordinary duty, because members' ordinary duties differ:
        a level that parity sets is what goods cost where they owe none. Raises UsageError for any other mineral, and
        before floors applied.
        """
        tracked = self.grounds.tracked()
        if mineral not in tracked:
            raise UsageError(f"{mineral!r} is not a mineral with a full chain. {_did_you_mean(mineral, tracked)}")
        ladders = self.state_on(on).ladders
        if mineral not in ladders:
            raise UsageError(f"no ladder of {mineral} was checked up to {self._day(on)}: floors had not been reviewed")
        return ladders[mineral]

    def tariffs(self, on: date | None = None) -> tuple[Tariff, ...]:
        """All tariffs as last adjusted, by form, importers and origin group."""
        return tuple(tariff for _, tariff in sorted(self.state_on(on).tariffs.items()))

    def parities(self, form: str, on: date | None = None) -> tuple[Parity, ...]:
        """Import parity of a form by origin group, with the data it rests on; none before floors applied.

        Raises UsageError for an unknown form, JournalError where the day's evidence is missing or changed.
        """
        self.check_form(form)
        held = [parity for (name, _), parity in sorted(self.state_on(on).parities.items()) if name == form]
        return tuple(self._with_data(parity) for parity in held)

    def schedule(self, on: date | None = None, *, as_known_at: datetime | None = None) -> Schedule:
        """The schedule as published on a day, announced measures included; without a day, all that was ever published.

        The latter states each measure for the days on which it was in force and published, so that it can assess lines
        of any walked date; nothing is decided for days after the last walked one. `as_known_at`, an instant with its time zone
        beside a day, leaves out what was recorded after it. Raises UsageError where nothing was published.
        """
        if as_known_at is not None:
            return self.schedule_of(self.schedule_version(on, as_known_at=as_known_at))
        state = self.state_on(on)
        published = "ever" if on is None else state.published_on
        if published is None:
            raise UsageError(f"no measure stands in what was published up to {self._day(on)}")
        if published in self._schedules:
            return self._schedules[published]
        ruled = conditions_timeline(self._states, self.last_day) if on is None else state.conditions
        return self._made(published, self._published(on, state), ruled, on)

    def schedule_versions(self, *, as_known_at: datetime | None = None) -> tuple[ScheduleVersion, ...]:
        """Every version of the schedule that was published, in the order of the record; `as_known_at` leaves out what came later."""
        return known_versions(self._versions, as_known_at)

    def schedule_version(
        self, on: date | None = None, *, number: int | None = None, as_known_at: datetime | None = None
    ) -> ScheduleVersion:
        """The version that holds on a day (left out: the last walked one), or the one of a number. Raises UsageError for none."""
        known = self.schedule_versions(as_known_at=as_known_at)
        if number is not None:
            if not 1 <= number <= len(known):
                raise UsageError(f"there is no version {number} of the schedule: the last is {len(known)}")
            return known[number - 1]
        self.state_on(on)
        found = version_on(known, self._day(on), as_known_at)
        if found is None:
            when = f" at {as_known_at}" if as_known_at is not None else ""
            raise UsageError(f"no schedule had been published for {self._day(on)}{when}")
        return found

    def schedule_of(self, version: ScheduleVersion) -> Schedule:
        """The schedule of a version; with what versions before it said of earlier days, where goods may meet these by another day than that of entry.

        Raises UsageError where all measures were withdrawn.
        """
        listed = version.measures
        if version.conditions.days:
            before = (one for one in self._versions[: version.number] if one.first_day <= version.first_day)
            listed = timeline_of_versions(before)
        return self._made(version.number, listed, version.conditions, version.first_day)

    def _made(
        self, published: date | str | int, listed: tuple[Measure, ...], conditions: Conditions, on: date | None
    ) -> Schedule:
        if published not in self._schedules:
            if not listed:
                raise UsageError(f"no measure stands in what was published up to {self._day(on)}")
            if len(self._schedules) >= _SCHEDULES_KEPT:
                self._schedules.pop(next(iter(self._schedules)))
            self._schedules[published] = Schedule.from_measures(
                listed, self.settings.currency, self.members, self.facts, conditions
            )
        return self._schedules[published]

    def _published(self, on: date | None, state: State) -> tuple[Measure, ...]:
        """What was published on a day; with what was before, where goods may meet it by an earlier day than that of entry."""
        if on is None:
            return timeline(self._states, self.last_day)
        if not state.conditions.days:
            return tuple(state.measures.values())
        return timeline(one for one in self._states if one.last_day is not None and one.last_day <= self._day(on))

    def history(self, form: str) -> tuple[HistoryPoint, ...]:
        """A form's price, floor, parities and tariffs on every walked day on which a rule prices it, from its first price on.

        Between two days of publication the price of the earlier one stands. Raises UsageError for an unknown form.
        """
        self.check_form(form)
        points = []
        for day, state in zip(self._days, self._states, strict=True):
            if form in state.references and self._priced(form, day):
                parities = tuple(held for (name, _), held in sorted(state.parities.items()) if name == form)
                tariffs = tuple(held for (name, _, _), held in sorted(state.tariffs.items()) if name == form)
                floor = self._floor_in_force(form, day, state)
                points.append(HistoryPoint(day, state.references[form][-1], floor, parities, tariffs))
        return tuple(points)

    def verify(self, noted: Head | None = None) -> tuple[Problem, ...]:
        """Everything wrong with the zone's record and its evidence; `noted` is a head that somebody wrote down earlier."""
        return record_problems(self.journal, self.evidence, noted)

    def _day(self, on: date | None) -> date:
        return on or self._days[-1]

    def check_form(self, form: str) -> None:
        """Raise UsageError, with what is near, for a form that is not in the catalogue."""
        if form not in self.facts.forms:
            raise UsageError(f"{form!r} is not a form. {_did_you_mean(form, self.facts.forms)}")

    def priced_on(self, on: date) -> frozenset[str]:
        """The forms whose price was set on a walked day, by the record: a day that is decided once more sets the same."""
        references = self.state_on(on).references
        return frozenset(form for form, prices in references.items() if prices[-1].on == on)

    def _priced(self, form: str, on: date) -> bool:
        return rule_of_form(in_force(self.rulebooks.on(on).reference, on), form, "reference") is not None

    def _bare(self, form: str, on: date | None) -> ReferencePrice:
        self.check_form(form)
        prices = self.state_on(on).references.get(form)
        if prices is None:
            raise UsageError(f"no rule sets a reference price of {form} on {self._day(on)}")
        return prices[-1]

    def _with_data(self, parity: Parity) -> Parity:
        document = self.evidence.get_json(self.state.parity_evidence[parity.on])
        told = document.get("parities")
        for one in told if isinstance(told, list) else ():
            found = _object(one)
            if (found.get("form"), found.get("group")) == (parity.form, parity.group):
                return restored(Parity, found, f"the evidence of {parity.on}")
        raise JournalError(f"the evidence of {parity.on} does not hold the parity of {parity.form} of {parity.group}")


def record_problems(journal: Journal, evidence: Evidence, noted: Head | None) -> tuple[Problem, ...]:
    """Everything wrong with a record, its evidence and its signatures; `noted` is a head written down earlier."""
    problems = journal.verify(noted)
    try:
        entries = journal.entries()
        return problems + evidence.verify(entries) + signature_problems(entries)
    except JournalError:  # an entry that cannot be read: told already
        return problems


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=3)
    return (
        f"Did you mean {' or '.join(near)}?"
        if near
        else "The catalogue lists them: facts/forms.csv, facts/minerals.csv."
    )
