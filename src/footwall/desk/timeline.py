"""All schedules that were ever published, as one list of measures that can assess lines of any walked date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from footwall.desk.editions import ScheduleVersion
from footwall.desk.state import State
from footwall.tariffs import Conditions, DayRule, Measure, OriginRule

Dated = TypeVar("Dated", Measure, DayRule, OriginRule)
_ONE_DAY = timedelta(days=1)


def timeline(states: Iterable[State], last_day: date | None = None) -> tuple[Measure, ...]:
    """Each measure for the days on which it was both in force and published, in the order of their ids and days.

    A schedule holds from the day of its publication until the day before the next; the last one up to `last_day`. A measure
    that says the same in several schedules running is one measure; one that changes is several, told apart by the day on
    which each begins (`floor-ndpr-oxide-us-dominant@2024-06-30`).
    """
    return tuple(_timeline(((day, state.measures) for day, state in _published(states)), last_day))


def timeline_of_versions(versions: Iterable[ScheduleVersion]) -> tuple[Measure, ...]:
    """The measures of versions in the order of the record, each for the days of its version, as `timeline` has them.

    Of several versions with one first day the one that was recorded last holds.
    """
    by_day = {one.first_day: one for one in versions}
    listed = ((day, {one.measure_id: one for one in by_day[day].measures}) for day in sorted(by_day))
    return tuple(_timeline(listed, None))


def conditions_timeline(states: Iterable[State], last_day: date | None = None) -> Conditions:
    """Each rule of the day and of the origin that count, for the entries of the days on which it held and was published."""
    published = _published(states)
    days = ((day, {rule.rule_id: rule for rule in state.conditions.days}) for day, state in published)
    origins = ((day, {rule.rule_id: rule for rule in state.conditions.origins}) for day, state in published)
    return Conditions(tuple(_timeline(days, last_day)), tuple(_timeline(origins, last_day)))


def _published(states: Iterable[State]) -> list[tuple[date, State]]:
    return sorted(
        {state.published_on: state for state in states if state.published_on is not None}.items(),
        key=lambda one: one[0],
    )


def _timeline(published: Iterable[tuple[date, Mapping[str, Dated]]], last_day: date | None) -> Iterator[Dated]:
    statements: dict[str, list[tuple[date, Dated | None]]] = {}
    held: dict[str, Dated] = {}
    for day, listed in published:
        # A measure that did not change is the same object from state to state: most are, and cost nothing here.
        for name, measure in listed.items():
            if held.get(name) is not measure and (isinstance(measure, Measure) or held.get(name) != measure):
                statements.setdefault(name, []).append((day, measure))
        for name in held.keys() - listed.keys():
            statements[name].append((day, None))
        held = dict(listed)
    for name in sorted(statements):
        yield from _named(_spans(statements[name], last_day))


def _spans(statements: Sequence[tuple[date, Dated | None]], last_day: date | None) -> list[Dated]:
    """What one measure said, from each publication to the next; spans that say the same and touch are one."""
    spans: list[Dated] = []
    for number, (day, measure) in enumerate(statements):
        until = statements[number + 1][0] - _ONE_DAY if number + 1 < len(statements) else last_day
        clipped = None if measure is None else _clipped(measure, day, until)
        if clipped is None:
            continue
        if spans and _continues(spans[-1], clipped):
            spans[-1] = replace(spans[-1], valid_to=clipped.valid_to)
        else:
            spans.append(clipped)
    return spans


def _clipped(measure: Dated, first: date, last: date | None) -> Dated | None:
    start = max(measure.valid_from, first)
    ends = [end for end in (measure.valid_to, last) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end < start else replace(measure, valid_from=start, valid_to=end)


def _continues(before: Dated, measure: Dated) -> bool:
    same = replace(measure, valid_from=before.valid_from, valid_to=before.valid_to) == before
    return same and before.valid_to is not None and before.valid_to + _ONE_DAY == measure.valid_from


def _named(spans: Sequence[Dated]) -> Iterator[Dated]:
    if len(spans) == 1:
        yield from spans
        return
    for span in spans:
        if isinstance(span, Measure):
            yield replace(span, measure_id=f"{span.measure_id}@{span.valid_from}")
        else:
            yield replace(span, rule_id=f"{span.rule_id}@{span.valid_from}")
