"""Lines of entries assessed under a schedule that is named, so that it can be done again: as published, restated, or from a file."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast
from weakref import WeakKeyDictionary

from footwall.desk.correcting import walked_again
from footwall.desk.events import json_of, restored
from footwall.desk.timeline import timeline
from footwall.desk.zone import Zone
from footwall.duties import Liability, Line, assess_line
from footwall.entries import (
    Amounts,
    AssessedLine,
    Basis,
    HeldRuling,
    Reassessed,
    Terms,
    applied,
    refusal,
)
from footwall.errors import JournalError, Problem, UsageError
from footwall.journal import Document, JsonValue, Payload
from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.rulebook import EntriesRule, InterestRule, in_force, rule_of_importer
from footwall.tariffs import Measure, Schedule


@dataclass(frozen=True, slots=True)
class KnownSchedule:
    """A schedule, its name, and the document of its measures, which is its version; `kept`: that it must stand in the evidence."""

    schedule: Schedule
    name: str
    document: Document
    kept: bool

    @property
    def evidence(self) -> dict[str, str]:
        """What an event names of it."""
        return {"schedule": self.document.digest} if self.kept else {}


def published_on(zone: Zone, day: date) -> KnownSchedule:
    """The schedule as it was published on a day. Raises UsageError where nothing was decided for it."""
    state = zone.state_on(day)
    documents = _DOCUMENTS.setdefault(zone, {})
    if state.published_on not in documents:
        documents[state.published_on] = _document(state.measures.values())
    return KnownSchedule(
        zone.schedule(day), f"published {state.published_on}", documents[state.published_on], kept=False
    )


_DOCUMENTS: "WeakKeyDictionary[Zone, dict[date | None, Document]]" = WeakKeyDictionary()
"""What was published on a day never changes: its document is made once."""


def published_ever(zone: Zone) -> KnownSchedule:
    """All that was ever published, each measure on its days."""
    schedule = zone.schedule()
    return KnownSchedule(schedule, f"published to {zone.last_day}", _document(schedule.measures), kept=True)


def restated(zone: Zone) -> KnownSchedule:
    """What would have been published had all been known that corrections have restated since: the walked days decided once more.

    Without a correction that restates a price it is what was published.
    """
    firsts = [one.first for one in zone.state.corrections.values() if one.first is not None]
    if not firsts:
        return published_ever(zone)
    key = (len(zone.state.corrections), zone.last_day)
    held = _RESTATED.get(zone)
    if held is None or held[0] != key:
        held = _RESTATED[zone] = (key, _decided_once_more(zone, min(firsts)))
    return held[1]


_RESTATED: "WeakKeyDictionary[Zone, tuple[tuple[int, date | None], KnownSchedule]]" = WeakKeyDictionary()
"""To decide years of days once more takes seconds: a zone that is asked twice is decided once for each state of its corrections."""


def _decided_once_more(zone: Zone, first: date) -> KnownSchedule:
    days = [day for day in zone.days if day >= first]
    again = walked_again(zone, days, zone.state)
    states = [again.states.get(day) or zone.state_on(day) for day in zone.days]
    measures = timeline(states, zone.last_day)
    schedule = Schedule.from_measures(measures, zone.settings.currency, zone.members, zone.facts)
    name = f"restated by correction {max(zone.state.corrections)}"
    return KnownSchedule(schedule, name, _document(measures), kept=True)


def stated_in(zone: Zone, path: Path) -> KnownSchedule:
    """A restated schedule from a file, as `footwall schedule --format json` writes it; with `members` where membership is restated, too.

    Raises UsageError for what is none.

    Raises ScheduleError with every fault of its measures.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no schedule in JSON: {error}") from None
    listed = found.get("measures") if isinstance(found, dict) else found
    if not isinstance(listed, list) or not listed:
        raise UsageError(f"{path} holds no list of measures: write one with footwall schedule --format json")
    try:
        measures = tuple(restored(Measure, cast("Payload", one), str(path)) for one in listed)
    except JournalError as error:
        raise UsageError(f"{path} is no schedule: {error}") from None
    members = found.get("members") if isinstance(found, dict) else None
    document = _document(measures, members)
    schedule = _schedule_of(zone, measures, members, str(path))
    return KnownSchedule(schedule, f"restated in {path.name}", document, kept=True)


def kept_schedule(zone: Zone, digest: str) -> Schedule:
    """The schedule of a document in the evidence. Raises JournalError where it is missing or changed."""
    document, place = zone.evidence.get_json(digest), f"the schedule {digest[:16]}"
    measures = [restored(Measure, cast("Payload", one), place) for one in cast("list[JsonValue]", document["measures"])]
    return _schedule_of(zone, measures, document.get("members"), place)


def _schedule_of(zone: Zone, measures: Iterable[Measure], members: object, place: str) -> Schedule:
    """A schedule with the members that it states, else with the zone's. Raises UsageError for members that are none."""
    if members is None:
        return Schedule.from_measures(measures, zone.settings.currency, zone.members, zone.facts)
    try:
        rows = [
            {name: date.fromisoformat(day) if name != "party" and day else day for name, day in row.items()}
            for row in cast("list[dict[str, str]]", members)
        ]
    except (AttributeError, TypeError, ValueError):
        raise UsageError(f"{place}: members are a list of party, valid_from and valid_to") from None
    return Schedule.from_measures(measures, zone.settings.currency, rows, zone.facts)


def _document(measures: Iterable[Measure], members: JsonValue = None) -> Document:
    ordered = sorted(measures, key=lambda measure: measure.measure_id)
    stated = {} if members is None else {"members": members}
    return Document.of({"measures": [json_of(measure) for measure in ordered], **stated})


@dataclass(frozen=True, slots=True)
class Assessing:
    """What lines are assessed under: the zone, a schedule, and the rule of their importer."""

    zone: Zone
    known: KnownSchedule
    rulings: tuple[HeldRuling, ...]

    def lines(
        self, lines: Sequence[Line], holder: str, rule: EntriesRule
    ) -> tuple[AssessedLine, ...] | tuple[Problem, ...]:
        """Every line assessed, or every problem of any."""
        found = [self.line(line, holder, rule) for line in lines]
        problems = tuple(problem for one in found if isinstance(one, tuple) for problem in one)
        return problems or tuple(one for one in found if isinstance(one, AssessedLine))

    def line(self, line: Line, holder: str, rule: EntriesRule) -> AssessedLine | tuple[Problem, ...]:
        """One line as a ruling of its holder has it, assessed."""
        ruled = applied(line, holder, self.rulings)
        if isinstance(ruled, Problem):
            return (ruled,)
        entered, ruling = ruled
        temporary = entered.entry_type == "temporary"
        found = assess_line(
            replace(entered, entry_type="consumption") if temporary else entered, self.known.schedule, self.zone.rates
        )
        liability = found[0]
        if not isinstance(liability, Liability):
            return tuple(replace(one, source=line.line_id) for one in found if isinstance(one, Problem))
        amounts = _secured(liability, rule, self.coin) if temporary else Amounts.of(liability)
        return AssessedLine(line, digest_of(line), amounts, liability.customs_value, liability.measure_ids, ruling)

    @property
    def coin(self) -> Decimal:
        """The smallest coin of the assessment currency."""
        return Decimal(1).scaleb(-self.zone.facts.currencies[self.known.schedule.currency].minor_units)

    def basis(self, lines: Iterable[AssessedLine]) -> Basis:
        """What the assessment of these lines rests on."""
        zone, currency = self.zone, self.known.schedule.currency
        measures = {one.measure_id: one for one in self.known.schedule.measures}
        rates: dict[str, Decimal] = {}
        for one in lines:
            day = one.line.entry_date
            for name in {one.line.currency, *(measures[met].currency for met in one.measure_ids if met in measures)}:
                if name != currency and (name, currency, day) in zone.rates:
                    rates[f"{name}/{currency} {day}"] = zone.rates[name, currency, day]
        return Basis(
            schedule=self.known.name,
            digest=self.known.document.digest,
            rulebook=zone.rulebooks.on(
                min((one.line.entry_date for one in lines), default=zone.rulebooks.first_day)
            ).rulebook.version,
            as_known_at="" if zone.recorded_at is None else zone.recorded_at.isoformat(),
            rates=dict(sorted(rates.items())),
        )


def _secured(liability: Liability, rule: EntriesRule, coin: Decimal) -> Amounts:
    """Nothing is owed for goods on temporary admission; their security is the ruled share of what they would owe."""
    duty = Amounts.of(liability).duty
    nothing = Decimal(0) * coin
    if isinstance(duty, Unknown):
        return Amounts(nothing, nothing, nothing, duty)
    with exact_arithmetic():
        return Amounts(nothing, nothing, nothing, round_to_unit(duty * rule.temporary_security_share, coin, "half_up"))


def digest_of(line: Line) -> str:
    """What stands for everything that a line says."""
    return hashlib.sha256(Document.of(json_of(line)).data).hexdigest()


def rule_of_entries(zone: Zone, importer: str, on: date) -> EntriesRule | Problem:
    """The rule of an importer's entries on a day, or that there is none."""
    rule = rule_of_importer(in_force(zone.rulebooks.on(on).entries, on), importer, _union(zone, importer), "entries")
    return rule or refusal(
        "entries_not_ruled",
        f"{importer} on {on}",
        "an importer whose entries a rule of the rulebook is for",
        "Add a section [[entries]] for it in a new version of the rules.",
        "importer",
    )


def terms_on(zone: Zone, importer: str, on: date) -> Terms | Problem:
    """The terms on which a difference of an importer is issued on a day, in the assessment currency."""
    rule = rule_of_entries(zone, importer, on)
    if isinstance(rule, Problem):
        return rule
    small = in_assessment_currency(zone, rule.small_amount, rule.currency, on)
    if isinstance(small, Problem):
        return small
    interest = in_force(zone.rulebooks.on(on).interest, on)
    union = _union(zone, importer)

    def of(what: str) -> InterestRule | None:
        return rule_of_importer([one for one in interest if one.on == what], importer, union, "interest")

    coin = Decimal(1).scaleb(-zone.facts.currencies[zone.settings.currency].minor_units)
    return Terms(small, rule.bill_days, coin, of("bill"), of("refund"))


def in_assessment_currency(zone: Zone, amount: Decimal, currency: str, on: date) -> Decimal | Problem:
    """An amount of a rule at the day's rate, to the last digit."""
    own = zone.settings.currency
    if currency == own or not amount:
        return amount
    rate = zone.rates.get((currency, own, on))
    if rate is None:
        return refusal("rate_missing", f"no rate {currency} → {own} on {on}", "the day's rate of exchange",
                       "Take a day that the rules walk.", "on")  # fmt: skip
    with exact_arithmetic():
        return amount * rate


def _union(zone: Zone, importer: str) -> str:
    country = zone.facts.countries.get(importer)
    return country.union if country is not None else ""


def reassessed(
    zone: Zone, name: str, known: KnownSchedule, on: date, rulings: Mapping[str, HeldRuling]
) -> Reassessed | tuple[Problem, ...]:
    """What the lines of an entry owe under a schedule, by the rulings that are known now."""
    filed = zone.state.entries.entries[name].filed
    terms = terms_on(zone, filed.importer, on)
    rule = rule_of_entries(zone, filed.importer, filed.on)
    if isinstance(terms, Problem) or isinstance(rule, Problem):
        return tuple(one for one in (terms, rule) if isinstance(one, Problem))
    assessing = Assessing(zone, known, tuple(rulings.values()))
    found = assessing.lines([one.line for one in filed.lines], filed.account, rule)
    listed = [one for one in found if isinstance(one, AssessedLine)]
    if len(listed) != len(filed.lines):
        return tuple(one for one in found if isinstance(one, Problem))
    owed = {one.line.line_id: one.amounts for one in listed}
    return Reassessed(owed, assessing.basis(listed), terms, known.evidence)
