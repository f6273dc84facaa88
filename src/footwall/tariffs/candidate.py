"""What speaks against putting a candidate in the place of the schedule in force: beyond making sense, it must fit its place."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from footwall.errors import Problem, UsageError
from footwall.tariffs.cover import gap_problems
from footwall.tariffs.measures.conditions import DayRule, OriginRule
from footwall.tariffs.measures.measure import NON_MEMBERS, Measure
from footwall.tariffs.schedule import Schedule


def candidate_problems(
    current: Schedule | None, candidate: Schedule, on: date, ends_without_successor: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Everything that refuses `candidate` as the schedule from `on`; none where it may be published.

    `current` is the schedule in force (None before the first). `ends_without_successor` names measures, of either schedule,
    that end on purpose: their end is no gap.
    """
    return tuple(_problems(current, candidate, on, ends_without_successor))


def standing(schedule: Schedule, on: date) -> Schedule:
    """What holds on a day, as if it always had: its measures and conditions for every day, with its members.

    Lines of any date can be assessed under it. Raises UsageError where no measure is in force on the day.
    """
    listed = [replace(one, valid_from=date.min, valid_to=None) for one in schedule.measures if _holds(one, on)]
    if not listed:
        raise UsageError(f"no measure of the schedule is in force on {on}")
    members = None if schedule.members is None else sorted(schedule.members.members_on(on))
    days = [replace(one, valid_from=date.min, valid_to=None) for one in schedule.conditions.days if _holds(one, on)]
    shown = [replace(one, valid_from=date.min, valid_to=None) for one in schedule.conditions.origins if _holds(one, on)]
    return Schedule.from_measures(listed, schedule.currency, members, schedule.facts, (*days, *shown))


def _problems(current: Schedule | None, candidate: Schedule, on: date, ends: Collection[str]) -> Iterator[Problem]:
    if not any(_holds(one, on) for one in candidate.measures):
        yield Problem("nothing_in_force", f"no measure in force on {on}", "measures in force on the first day",
                      "Begin them on that day, or publish from a later one.", "schedule", field="valid_from")  # fmt: skip
    if current is not None and current.currency != candidate.currency:
        yield Problem("currency_changed", candidate.currency, f"{current.currency}, in which duties are assessed now",
                      "Assess in the same currency: what is owed could not be compared.", "schedule", field="currency")  # fmt: skip
    held = frozenset(current.measures) if current is not None else frozenset[Measure]()
    for measure in candidate.measures:
        if not measure.legal_basis.strip():
            yield Problem("legal_basis_missing", "nothing", "the article that the measure stands under",
                          "State it: a duty without a law cannot be levied.", f"measure {measure.measure_id}", field="legal_basis")  # fmt: skip
        if measure not in held:
            yield from _on_members(measure, candidate, on)
    if current is not None:
        yield from gap_problems(current, candidate, on, ends)


def _on_members(measure: Measure, candidate: Schedule, on: date) -> Iterator[Problem]:
    """A floor that names members as its origins: the floor is held against goods from outside the zone."""
    if measure.role != "floor" or candidate.members is None or NON_MEMBERS in measure.origins:
        return
    day = max(on, measure.valid_from)
    inside = sorted(set(measure.origins) & candidate.members.members_on(day))
    if inside:
        yield Problem("floor_on_member", f"{' '.join(inside)}, inside the zone on {day}", "origins outside the zone",
                      "Leave members out: their goods owe no floor duty.", f"measure {measure.measure_id}", field="origins")  # fmt: skip


def _holds(one: Measure | DayRule | OriginRule, on: date) -> bool:
    return one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)
