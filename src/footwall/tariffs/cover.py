"""Where a candidate leaves goods without a duty that the schedule in force holds for them, or leaves a hole between two versions.

Cover is counted by role, form or code, importer, origin and day. What ends on a day that the schedule in force already states
is no gap, and neither is an end that the candidate declares.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from footwall.errors import Problem
from footwall.tariffs.measures.measure import Measure
from footwall.tariffs.schedule import Schedule

_ONE_DAY: Final = timedelta(days=1)
SHOWN: Final = 8
"""So many countries of a long list are named in a message."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Goods that `measure_id` covered and nothing covers any more: from `first` to `last` (None: without end).

    `between`: a later version of the candidate covers them again; else they are left for good.
    """

    measure_id: str
    role: str
    goods: str
    importers: tuple[str, ...]
    origins: tuple[str, ...]
    first: date
    last: date | None
    between: bool


def cover_gaps(old: Schedule, new: Schedule, on: date) -> Iterator[Gap]:
    """Every gap that `new`, in force from `on`, opens beside `old`, and every hole between two versions of `new` itself."""
    candidates = _by_goods(new)
    ending = (one for one in new.measures if one.valid_to is not None and one.valid_to + _ONE_DAY >= on)
    holes = [gap for measure in ending for gap in _holes(measure, new, candidates)]
    told = {replace(gap, measure_id="", between=False) for gap in holes}
    for measure in old.measures:
        for goods in _goods(measure):
            days = (max(on, measure.valid_from), measure.valid_to)
            found = _uncovered(measure, goods, days, (old, new, candidates))
            yield from (gap for gap in found if replace(gap, measure_id="") not in told)
    yield from holes


def gap_problems(old: Schedule, new: Schedule, on: date, declared: Collection[str]) -> Iterator[Problem]:
    """Every gap as a problem, but for measures that `declared` names as ending; and every name that ends nothing."""
    ended: set[str] = set()
    told: set[Gap] = set()
    for gap in cover_gaps(old, new, on):
        if gap in told:
            continue
        told.add(gap)
        if gap.measure_id in declared:
            ended.add(gap.measure_id)
        else:
            yield _problem(gap)
    for name in sorted(set(declared) - ended):
        yield Problem("end_declared_in_vain", name, "the name of a measure that leaves goods uncovered",
                      "Correct the name, or declare nothing.", "schedule", field="ends_without_successor")  # fmt: skip


def _problem(gap: Gap) -> Problem:
    days = (
        f"on {gap.first}"
        if gap.last == gap.first
        else f"from {gap.first} " + ("on" if gap.last is None else f"to {gap.last}")
    )
    who = f"{_some(gap.importers)} from {_some(gap.origins)}"
    found = f"no {gap.role} measure on {gap.goods} for {who} {days}"
    if gap.between:
        return Problem("versions_apart", found, f"a successor of {gap.measure_id} from its next day on",
                       f"Begin it on {gap.first}, or declare that {gap.measure_id} ends without one (ends_without_successor).",
                       f"measure {gap.measure_id}", field="valid_to")  # fmt: skip
    return Problem("cover_ends", found, f"what {gap.measure_id} covers in the schedule in force",
                   f"Cover it, or declare that {gap.measure_id} ends without a successor (ends_without_successor).",
                   f"measure {gap.measure_id}", field="valid_to")  # fmt: skip


def _some(codes: Sequence[str]) -> str:
    return " ".join(codes) if len(codes) <= SHOWN else f"{' '.join(codes[:SHOWN])} and {len(codes) - SHOWN} others"


Days = tuple[date, date | None]
Goods = tuple[str, str]
"""`form` or `code`, and which."""


def _goods(measure: Measure) -> list[Goods]:
    return [("form", measure.form)] if measure.form else [("code", code) for code in measure.hs_codes]


def _owed_as(measure: Measure) -> str:
    """Its role, and the programme under which it is owed: a preference is no cover for those who do not claim it."""
    return f"{measure.role} {measure.programme}".strip()


def _by_goods(schedule: Schedule) -> Mapping[tuple[str, Goods], list[Measure]]:
    found: dict[tuple[str, Goods], list[Measure]] = {}
    for measure in schedule.measures:
        for goods in _goods(measure):
            found.setdefault((_owed_as(measure), goods), []).append(measure)
    return found


def _covering(
    role: str, goods: Goods, new: Schedule, candidates: Mapping[tuple[str, Goods], list[Measure]]
) -> list[Measure]:
    """The measures that goods of one form or code meet: on themselves, on a shorter code, or on every code of the form."""
    kind, name = goods
    found = list(candidates.get((role, goods), ()))
    codes = [name] if kind == "code" else list(new.facts.forms[name].hs6 if name in new.facts.forms else ())
    shared: list[set[int]] = []
    by_place: dict[int, Measure] = {}
    for code in codes:
        met = [one for length in range(2, len(code) + 1) for one in candidates.get((role, ("code", code[:length])), ())]
        by_place |= {id(one): one for one in met}
        shared.append({id(one) for one in met})
    if shared:
        found += [by_place[place] for place in set.intersection(*shared) if by_place[place] not in found]
    return found


def _uncovered(
    measure: Measure,
    goods: Goods,
    days: Days,
    beside: tuple[Schedule, Schedule, Mapping[tuple[str, Goods], list[Measure]]],
) -> Iterator[Gap]:
    """The days and countries within `days` on which `measure` of `old` covers goods and nothing of `new` does."""
    old, new, candidates = beside
    start, end = days
    if end is not None and end < start:
        return
    found = _covering(_owed_as(measure), goods, new, candidates)
    if any(_same_cover(measure, one, start) for one in found):
        return
    stretches = list(_stretches(start, end, found, old))
    open_: dict[tuple[frozenset[str], frozenset[str]], date] = {}
    for first, last in stretches:
        left = set(_left(measure, [one for one in found if _holds(one, first)], (old, new), first))
        yield from _closed(
            {one: day for one, day in open_.items() if one not in left}, measure, goods, first - _ONE_DAY
        )
        open_ = {one: open_.get(one, first) for one in left}
        if last == end:
            yield from _closed(open_, measure, goods, end)


def _closed(
    cells: Mapping[tuple[frozenset[str], frozenset[str]], date], measure: Measure, goods: Goods, last: date | None
) -> Iterator[Gap]:
    for (importers, origins), first in sorted(
        cells.items(), key=lambda one: (one[1], sorted(one[0][0]), sorted(one[0][1]))
    ):
        yield Gap(measure.measure_id, measure.role, goods[1], tuple(sorted(importers)), tuple(sorted(origins)), first, last,
                  between=False)  # fmt: skip


def _same_cover(measure: Measure, one: Measure, start: date) -> bool:
    """Whether `one` covers, at a glance, all that `measure` does: most measures do not change in this."""
    lasts = one.valid_to is None or (measure.valid_to is not None and one.valid_to >= measure.valid_to)
    same = set(measure.importers) <= set(one.importers) and set(measure.origins) <= set(one.origins)
    return same and lasts and one.valid_from <= start


def _stretches(start: date, end: date | None, found: Iterable[Measure], old: Schedule) -> Iterator[Days]:
    """`start` to `end`, cut where a measure begins or ends and where members join or leave."""
    cuts = {one.valid_from for one in found} | {
        one.valid_to + _ONE_DAY for one in found if one.valid_to not in {None, date.max}
    }
    cuts |= {day for day in old.member_days if day != date.min}
    days = [start, *sorted(day for day in cuts if day > start and (end is None or day <= end))]
    for number, first in enumerate(days):
        yield first, days[number + 1] - _ONE_DAY if number + 1 < len(days) else end


def _left(
    measure: Measure, found: Sequence[Measure], schedules: tuple[Schedule, Schedule], day: date
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """What is left of the importers and origins of `measure` on a day, importers with the same rest together."""
    old, new = schedules
    wanted = old.origins_on(measure, day)
    rests: dict[frozenset[str], set[str]] = {}
    covers = [(new.importers_of(one), new.origins_on(one, day)) for one in found]
    for importer in old.importers_of(measure):
        rest = wanted.difference(*(origins for importers, origins in covers if importer in importers))
        if rest:
            rests.setdefault(rest, set()).add(importer)
    for rest, importers in rests.items():
        yield old.folded(importers), old.folded(rest)


def _holds(measure: Measure, day: date) -> bool:
    return measure.valid_from <= day and (measure.valid_to is None or day <= measure.valid_to)


def _holes(measure: Measure, new: Schedule, candidates: Mapping[tuple[str, Goods], list[Measure]]) -> Iterator[Gap]:
    """Days between the end of `measure` and the first later version on the same goods and countries, which nothing covers."""
    end = measure.valid_to
    for goods in _goods(measure):
        later = [
            one
            for one in candidates.get((_owed_as(measure), goods), ())
            if end is not None
            and one.valid_from > end + _ONE_DAY
            and new.importers_of(one) & new.importers_of(measure)
            and {*one.origins} == {*measure.origins}
        ]
        if end is not None and later:
            until = min(one.valid_from for one in later) - _ONE_DAY
            hole = _for_days(measure, end + _ONE_DAY, until)
            for gap in _uncovered(hole, goods, (end + _ONE_DAY, until), (new, new, candidates)):
                yield Gap(
                    gap.measure_id, gap.role, gap.goods, gap.importers, gap.origins, gap.first, gap.last, between=True
                )


def _for_days(measure: Measure, first: date, last: date) -> Measure:
    """The same measure for other days."""
    return replace(measure, valid_from=first, valid_to=last)
