"""All schedules that were ever published, as one list of measures that can assess lines of any walked date."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from footwall.desk.state import State
from footwall.tariffs import Measure

_ONE_DAY = timedelta(days=1)


def timeline(states: Iterable[State], last_day: date | None = None) -> tuple[Measure, ...]:
    """Each measure for the days on which it was both in force and published, in the order of their ids and days.

    A schedule holds from the day of its publication until the day before the next; the last one up to `last_day`. A measure
    that says the same in several schedules running is one measure; one that changes is several, told apart by the day on
    which each begins (`floor-ndpr-oxide-us-dominant@2024-06-30`).
    """
    published: dict[date, State] = {state.published_on: state for state in states if state.published_on is not None}
    days = sorted(published)
    spans: dict[str, list[Measure]] = {}
    for number, day in enumerate(days):
        until = days[number + 1] - _ONE_DAY if number + 1 < len(days) else last_day
        for measure in published[day].measures.values():
            clipped = _clipped(measure, day, until)
            if clipped is not None:
                _extend(spans.setdefault(measure.measure_id, []), clipped)
    return tuple(measure for name in sorted(spans) for measure in _named(spans[name]))


def _clipped(measure: Measure, first: date, last: date | None) -> Measure | None:
    start = max(measure.valid_from, first)
    ends = [end for end in (measure.valid_to, last) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end < start else replace(measure, valid_from=start, valid_to=end)


def _extend(spans: list[Measure], measure: Measure) -> None:
    """Add a span, or lengthen the last one where it says the same and ends on the day before."""
    if spans:
        before = spans[-1]
        same = replace(measure, valid_from=before.valid_from, valid_to=before.valid_to) == before
        if same and before.valid_to is not None and before.valid_to + _ONE_DAY == measure.valid_from:
            spans[-1] = replace(before, valid_to=measure.valid_to)
            return
    spans.append(measure)


def _named(spans: Iterable[Measure]) -> tuple[Measure, ...]:
    found = tuple(spans)
    if len(found) == 1:
        return found
    return tuple(replace(span, measure_id=f"{span.measure_id}@{span.valid_from}") for span in found)
