"""Schedules by which past days are assessed, each with its name and its version: as published, restated, or from a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from footwall.desk.correcting import walked_again
from footwall.desk.events import json_of, restored
from footwall.desk.timeline import timeline
from footwall.desk.zone import Zone
from footwall.entries import Basis
from footwall.errors import JournalError, UsageError
from footwall.journal import Document, JsonValue, Payload
from footwall.tariffs import Conditions, DayRule, Measure, OriginRule, Schedule

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class KnownSchedule:
    """A schedule, its name, and the document of all that it says, which is its version; `kept`: that it must stand in the evidence."""

    schedule: Schedule
    name: str
    document: Document
    kept: bool
    from_file: bool = False

    @property
    def evidence(self) -> dict[str, str]:
        """What an event names of it."""
        return {"schedule": self.document.digest} if self.kept else {}


def published_on(zone: Zone, day: date) -> KnownSchedule:
    """The schedule as it was published on a day. Raises UsageError where nothing was decided for it."""
    published, schedule = zone.state_on(day).published_on, zone.schedule(day)
    documents = _DOCUMENTS.setdefault(zone, {})
    if published not in documents:
        documents[published] = _document(schedule)
    return KnownSchedule(schedule, f"published {published}", documents[published], kept=False)


_DOCUMENTS: "WeakKeyDictionary[Zone, dict[date | None, Document]]" = WeakKeyDictionary()
"""What was published on a day never changes: its document is made once."""


def published_ever(zone: Zone) -> KnownSchedule:
    """All that was ever published, each measure on its days."""
    schedule = zone.schedule()
    return KnownSchedule(schedule, f"published to {zone.last_day}", _document(schedule), kept=True)


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
    again = walked_again(zone, [day for day in zone.days if day >= first], zone.state)
    states = [again.states.get(day) or zone.state_on(day) for day in zone.days]
    schedule = Schedule.from_measures(
        timeline(states, zone.last_day), zone.settings.currency, zone.members, zone.facts, zone.schedule().conditions
    )
    return KnownSchedule(
        schedule, f"restated by correction {max(zone.state.corrections)}", _document(schedule), kept=True
    )


def stated_in(zone: Zone, path: Path) -> KnownSchedule:
    """A restated schedule from a file, as `footwall schedule --format json` writes it.

    Where it states `members`, membership is restated, too; where it states no `conditions` of days and origin, the zone's hold. Raises
    UsageError for what is no schedule, ScheduleError with every fault of its measures.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no schedule in JSON: {error}") from None
    said = found if isinstance(found, dict) else {"measures": found}
    if not isinstance(said.get("measures"), list) or not said["measures"]:
        raise UsageError(f"{path} holds no list of measures: write one with footwall schedule --format json")
    schedule = _schedule_of(zone, said, str(path))
    document = _document(schedule, said.get("members"))
    return KnownSchedule(schedule, f"restated in {path.name}", document, kept=True, from_file=True)


def kept_schedule(zone: Zone, digest: str) -> Schedule:
    """The schedule of a document in the evidence. Raises JournalError where it is missing or changed."""
    return _schedule_of(zone, zone.evidence.get_json(digest), f"the schedule {digest[:16]}")


def kept_for(zone: Zone, basis: Basis) -> KnownSchedule:
    """The schedule that an assessment of the record rests on, where it stands in the evidence. Raises as `kept_schedule` does."""
    document = Document.of(zone.evidence.get_json(basis.digest))
    return KnownSchedule(
        kept_schedule(zone, basis.digest), basis.schedule, document, kept=True, from_file=basis.from_file
    )


def restated_for(zone: Zone, day: date) -> KnownSchedule | None:
    """The schedule that the last restatement of a day put in place of what was published; None where there is none."""
    made = [one for one in zone.state.restatements.values() if one.first <= day <= one.last]
    if not made:
        return None
    one = made[-1]
    document = Document.of(zone.evidence.get_json(one.evidence["schedule"]))
    schedule = kept_schedule(zone, document.digest)
    return KnownSchedule(schedule, f"restated in {one.file}", document, kept=True, from_file=True)


def _document(schedule: Schedule, members: JsonValue = None) -> Document:
    ordered = sorted(schedule.measures, key=lambda measure: measure.measure_id)
    stated: dict[str, JsonValue] = {} if members is None else {"members": members}
    conditions: dict[str, JsonValue] = {
        "days": [json_of(rule) for rule in schedule.conditions.days],
        "origins": [json_of(rule) for rule in schedule.conditions.origins],
    }
    return Document.of({"measures": [json_of(measure) for measure in ordered], "conditions": conditions, **stated})


def _schedule_of(zone: Zone, said: Mapping[str, object], place: str) -> Schedule:
    """The schedule that a document states. Raises UsageError for what is none."""
    conditions = said.get("conditions")
    measures = _records(Measure, said.get("measures"), place)
    if isinstance(conditions, Mapping):
        ruled = Conditions(
            _records(DayRule, conditions.get("days"), place), _records(OriginRule, conditions.get("origins"), place)
        )
    else:
        ruled = zone.schedule().conditions
    members = zone.members if said.get("members") is None else _members(said["members"], place)
    return Schedule.from_measures(measures, zone.settings.currency, members, zone.facts, ruled)


def _records(kind: type[Record], listed: object, place: str) -> tuple[Record, ...]:
    try:
        found = listed if isinstance(listed, list) else []
        return tuple(restored(kind, cast("Payload", one), place) for one in found)
    except (JournalError, TypeError, ValueError) as error:
        raise UsageError(f"{place} is no schedule: {error}") from None


def _members(listed: object, place: str) -> list[dict[str, object]]:
    try:
        return [
            {name: date.fromisoformat(day) if name != "party" and day else day for name, day in row.items()}
            for row in cast("list[dict[str, str]]", listed)
        ]
    except (AttributeError, TypeError, ValueError):
        raise UsageError(f"{place}: members are a list of party, valid_from and valid_to") from None
