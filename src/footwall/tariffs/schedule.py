"""All measures in force, as published: which of them a line meets, and the refusal of measures that contradict each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Protocol

from footwall.errors import Problem, ScheduleError, UsageError
from footwall.facts import Facts, shipped_facts
from footwall.quantity import counted
from footwall.tariffs.measures.condition_reading import conditions_json, members_json
from footwall.tariffs.measures.conditions import Conditions, DayRule, OriginRule, condition_faults
from footwall.tariffs.measures.faults import schedule_faults
from footwall.tariffs.measures.inside import MembersByDate, MembersTable, members_by_date, members_faults
from footwall.tariffs.measures.measure import NON_MEMBERS, Measure
from footwall.tariffs.measures.reading import read_measures
from footwall.tariffs.measures.writing import write_measures

CODE_DIGITS_MIN = 2
CODE_DIGITS_MAX = 10


@dataclass(frozen=True, slots=True)
class Applicable:
    """The measures that one line meets: at most one ordinary, one floor and one embedded measure, any number additional.

    `conflicts` names measures that may not apply together; then the line cannot be assessed. `claims_used` are the
    programmes that the line claims and that some measure here grants.
    `member_origin`: whether goods of another origin would have met a floor measure here, and these do not because they
    come from a member. None where the schedule does not know who is a member. `in_transit`: goods entering that day would
    have met one, and these do not because they were under way, or contracted for, before.
    """

    ordinary: Measure | None
    additional: tuple[Measure, ...]
    floor: Measure | None
    member_origin: bool | None
    conflicts: tuple[Measure, ...] = ()
    in_transit: bool = False
    claims_used: frozenset[str] = frozenset()
    embedded: Measure | None = None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All of them, in the order of stacking."""
        every = (self.ordinary, *self.additional, self.floor, self.embedded)
        return tuple(measure for measure in every if measure is not None)


@dataclass(frozen=True)
class Schedule:
    """Measures that do not contradict each other, in one assessment currency. Make it with `from_measures`."""

    measures: tuple[Measure, ...]
    currency: str
    members: MembersByDate | None
    facts: Facts
    conditions: Conditions
    _by_form: Mapping[tuple[str, str], tuple[Measure, ...]] = field(repr=False)
    _by_code: Mapping[tuple[str, str], tuple[Measure, ...]] = field(repr=False)
    _importers: Mapping[str, frozenset[str]] = field(repr=False)
    _origins: Mapping[str, frozenset[str] | None] = field(repr=False)

    @classmethod
    def from_measures(
        cls,
        measures: Iterable[Measure],
        currency: str | None = None,
        members: object = None,
        facts: Facts | None = None,
        conditions: "Iterable[DayRule | OriginRule] | Conditions" = (),
    ) -> "Schedule":
        """A schedule of `measures`, assessed in `currency` (else the one that all measures share).

        `members` says who is inside the zone (needed for the origin `non-members`): ISO codes, rows with `party`,
        `valid_from` and `valid_to`, or an object with `members_on(date)`. `conditions` are the rules of the day that counts
        and of what shows origin (`DayRule`, `OriginRule`). Raises ScheduleError with every fault found, a
        member that is no country among them.
        """
        facts = facts or shipped_facts()
        listed = tuple(measures)
        unions = _unions(facts)
        registry = members_by_date(members, unions)
        faults = list(schedule_faults(listed, facts, members_known=registry is not None, currency=currency))
        faults += members_faults(registry, facts)
        ruled = Conditions.of(conditions).with_states(unions)
        faults += condition_faults(ruled, facts)
        if faults:
            raise ScheduleError(f"The schedule is refused: {counted(len(faults), 'fault')}.", faults)
        own = currency or next(measure.currency for measure in listed if measure.currency)
        listed = tuple(measure.assessed_in(own) for measure in listed)
        with_states = cache(partial(_with_states, unions=unions))
        schedule = cls(
            listed,
            own,
            registry,
            facts,
            ruled,
            _index(listed, lambda measure: [measure.form] if measure.form else []),
            _index(listed, lambda measure: measure.hs_codes),
            {measure.measure_id: with_states(measure.importers) for measure in listed},
            {
                measure.measure_id: None if NON_MEMBERS in measure.origins else with_states(measure.origins)
                for measure in listed
            },
        )
        overlaps = [*schedule._overlaps(), *schedule._two_ordinary_duties()]
        if overlaps:
            raise ScheduleError(f"The schedule is refused: {counted(len(overlaps), 'overlap')}.", overlaps)
        return schedule

    @classmethod
    def from_file(
        cls,
        path: Path | str,
        currency: str | None = None,
        members: object = None,
        facts: Facts | None = None,
        conditions: "Iterable[DayRule | OriginRule] | Conditions" = (),
    ) -> "Schedule":
        """The schedule in a file of measures, .json or .csv: `to_file` writes one, docs/schedules.md says what it holds.

        `currency`, left out, is the one that the file states, else the one that its measures share; `members` and `conditions`,
        left out, are those of the file (JSON alone holds them); `facts` as for `from_measures`. Raises ScheduleError with every fault of the file, each with its record and field.
        """
        found = read_measures(path)
        stated = [one for one in (currency, found.currency) if one is not None]
        if len(set(stated)) > 1:
            raise UsageError(
                f"{path} is assessed in {found.currency}, and {currency} was asked for: leave one of them out"
            )
        faults = list(found.problems)
        try:
            inside = found.members if members is None else members
            ruled = Conditions.of(conditions)
            ruled = ruled if ruled.days or ruled.origins else Conditions.of(found.conditions)
            schedule = cls.from_measures(found.measures, next(iter(stated), None), inside, facts, ruled)
        except ScheduleError as refused:
            # Of what was read badly only its own faults are told: what is missing may stand in a record that was not read.
            told = [one for one in refused.problems if not faults or (one.source or "").startswith("measure ")]
            faults += [found.placed(problem) for problem in told]
        if faults:
            raise ScheduleError(f"{path} is refused: {counted(len(faults), 'fault')}.", faults)
        return schedule

    def to_file(self, path: Path | str) -> None:
        """Write the schedule to a file, .json or .csv, whole or not at all; CSV holds neither the assessment currency nor members.

        Raises UsageError for another ending, where the file cannot be written, or a schedule with conditions is to be CSV.
        """
        ruled = conditions_json(self.conditions)
        if ruled and Path(path).suffix.lower() == ".csv":
            raise UsageError(f"{path}: this schedule has rules of days or origin, which CSV does not hold: write .json")
        members = members_json(self.members, self.breakpoints)
        beside = {"members": members} if members is not None else {}
        write_measures(path, self.measures, self.currency, {**beside, **({"conditions": ruled} if ruled else {})})

    @property
    def first_day(self) -> date:
        """The first day on which any measure is in force."""
        return min(measure.valid_from for measure in self.measures)

    @property
    def last_day(self) -> date | None:
        """The last day on which any measure is in force; None when one is open."""
        ends = [measure.valid_to for measure in self.measures]
        return None if None in ends else max(end for end in ends if end is not None)

    @property
    def breakpoints(self) -> tuple[date, ...]:
        """The days on which what applies to a line may change, in order; the first is the schedule's first day."""
        starts = {measure.valid_from for measure in self.measures}
        ends = {measure.valid_to for measure in self.measures}
        if isinstance(self.members, MembersTable):
            starts |= {start for _, start, _ in self.members.rows}
            ends |= {end for _, _, end in self.members.rows}
        elif self.members is not None:
            starts |= set(getattr(self.members, "breakpoints", ()))
        starts |= self.conditions.breakpoints
        ends |= self.conditions.last_days
        days = starts | {_next_day(end) for end in ends if end is not None and end < date.max}
        return tuple(sorted(day for day in days if day >= self.first_day))

    def on(self, day: date) -> "Schedule":
        """The same schedule with only the measures in force on `day`. Raises UsageError when there is none."""
        listed = [measure for measure in self.measures if _in_force(measure, day)]
        if not listed:
            raise UsageError(f"no measure of this schedule is in force on {day}: it runs from {self.first_day}")
        return Schedule.from_measures(listed, self.currency, self.members, self.facts, self.conditions)

    @property
    def member_days(self) -> tuple[date, ...]:
        """The days on which, by what the schedule knows of its members, one joins or is no member any more."""
        if isinstance(self.members, MembersTable):
            ends = (end for _, _, end in self.members.rows)
            days = {start for _, start, _ in self.members.rows} | {
                _next_day(end) for end in ends if end and end < date.max
            }
            return tuple(sorted(days))
        return tuple(sorted(getattr(self.members, "breakpoints", ())))

    def importers_of(self, measure: Measure) -> frozenset[str]:
        """The importers of one of its measures, the states of unions among them."""
        return self._importers[measure.measure_id]

    def origins_on(self, measure: Measure, day: date) -> frozenset[str]:
        """The origins of one of its measures on a day, the states of unions among them, and who is no member by name."""
        named = self._origins[measure.measure_id]
        if named is not None:
            return named
        inside = self.members.members_on(day) if self.members is not None else frozenset[str]()
        return frozenset(self.facts.countries) - inside

    def folded(self, codes: Iterable[str]) -> frozenset[str]:
        """`codes` without the states of a union that is among them."""
        named = frozenset(codes)
        return frozenset(
            code
            for code in named
            if self.facts.countries[code].union in {"", code} or self.facts.countries[code].union not in named
        )

    def origins_of(self, measure: Measure) -> frozenset[str]:
        """The countries that a measure of this schedule names, the states of a union among them; none for `non-members`."""
        return self._origins[measure.measure_id] or frozenset()

    def named_forms(self) -> frozenset[str]:
        """The forms that some measure names."""
        return frozenset(form for form, _ in self._by_form)

    def names_code(self, hs_code: str) -> bool:
        """Whether some measure names `hs_code`, or the beginning of it."""
        prefixes = {hs_code[:length] for length in range(CODE_DIGITS_MIN, len(hs_code) + 1)}
        return any(code in prefixes for code, _ in self._by_code)

    def applicable(
        self,
        importer: str,
        origin: str,
        hs_code: str | None,
        form: str | None,
        on: date,
        *,
        claims: AbstractSet[str] = frozenset(),
        floor_origin: str | None = None,
        floor_on: date | None = None,
    ) -> Applicable:
        """The measures that goods of `form` (or `hs_code`) from `origin` meet on entry to `importer` on `on`.

        A measure on the form goes before one on a code, a longer code before a shorter one; an ordinary measure of a programme
        in `claims` before one that needs none. Floor measures are those for `floor_origin` on `floor_on`, where these are
        not the origin and the day of entry (`conditions`).
        """
        goods = _Goods(importer, form, tuple(_prefixes(hs_code)))
        where = origin if floor_origin is None else floor_origin
        when = on if floor_on is None else floor_on
        inside = None if self.members is None else where in self.members.members_on(when)
        of_origin = _From(origin, on, member=self.members is not None and origin in self.members.members_on(on))
        preferred = self._nearest("ordinary", goods, of_origin, claims) if claims else []
        ordinary = preferred or self._nearest("ordinary", goods, of_origin, frozenset())
        of_floor = _From(where, when, member=bool(inside))
        floor, embedded = self._nearest("floor", goods, of_floor), self._nearest("embedded", goods, of_floor)
        additional = {m.measure_id: m for m in self._all("additional", goods, of_origin)}
        conflicts = [*(ordinary if len(ordinary) > 1 else ()), *(floor if len(floor) > 1 else ())]
        conflicts += embedded if len(embedded) > 1 else []
        if ordinary and floor and floor[0].method == "banded" and floor[0].ad_valorem is not None:
            conflicts += [ordinary[0], floor[0]]
        return Applicable(
            ordinary[0] if ordinary else None,
            tuple(additional[name] for name in sorted(additional)),
            floor[0] if floor else None,
            inside and not (floor or embedded) and self._floored(goods, when),
            tuple(conflicts),
            in_transit=not inside and not (floor or embedded) and when != on and self._floored_from(goods, where, on),
            embedded=embedded[0] if embedded else None,
            claims_used=frozenset(m.programme for m in ordinary if m.programme),
        )

    def _nearest(
        self, role: str, goods: "_Goods", source: "_From", claims: AbstractSet[str] | None = None
    ) -> list[Measure]:
        """The measures of a role on the form, else on the longest code.

        With `claims` those alone that need one of them, and with no claim among them those alone that need none.
        """
        for group in self._groups(role, goods):
            found = [m for m in group if self._meets(m, goods.importer, source)]
            if claims is not None:
                found = [m for m in found if (m.programme in claims if claims else not m.programme)]
            if found:
                return found
        return []

    def _all(self, role: str, goods: "_Goods", source: "_From") -> Iterator[Measure]:
        """The measures of a role on the form and on every code."""
        for group in self._groups(role, goods):
            yield from (m for m in group if self._meets(m, goods.importer, source))

    def _groups(self, role: str, goods: "_Goods") -> Iterator[tuple[Measure, ...]]:
        if goods.form is not None:
            yield self._by_form.get((goods.form, role), ())
        for code in goods.codes:
            yield self._by_code.get((code, role), ())

    def _floored_from(self, goods: "_Goods", origin: str, on: date) -> bool:
        """Whether a non-member's goods of `origin` meet a floor or embedded measure."""
        source = _From(origin, on, member=False)
        return any(self._nearest(role, goods, source) for role in ("floor", "embedded"))

    def _floored(self, goods: "_Goods", on: date) -> bool:
        """Whether goods of some origin meet a floor measure."""
        return any(
            _in_force(measure, on) and goods.importer in self._importers[measure.measure_id]
            for role in ("floor", "embedded")
            for group in self._groups(role, goods)
            for measure in group
        )

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements whose content some measure taxes, sorted."""
        return tuple(sorted({one.element for measure in self.measures for one in measure.elements}))

    @property
    def programmes(self) -> frozenset[str]:
        """The preference programmes that a line may claim: those of ordinary measures, and certificates of origin rules."""
        return frozenset(m.programme for m in self.measures if m.programme) | self.conditions.certificates

    def _meets(self, measure: Measure, importer: str, source: "_From") -> bool:
        if not _in_force(measure, source.on) or importer not in self._importers[measure.measure_id]:
            return False
        origins = self._origins[measure.measure_id]
        return not source.member if origins is None else source.origin in origins

    def _overlaps(self) -> Iterable[Problem]:
        for index in (self._by_form, self._by_code):
            for (key, role), group in index.items():
                if role == "additional":
                    continue
                for position, first in enumerate(group):
                    for second in group[position + 1 :]:
                        if second.valid_from > (first.valid_to or date.max):
                            break
                        if self._both_meet_a_line(first, second):
                            yield _overlap(key, role, first, second)

    def _two_ordinary_duties(self) -> Iterable[Problem]:
        """A banded measure's ad valorem rate is the ordinary duty itself: another one may not meet the same goods."""
        inside = [m for m in self.measures if m.method == "banded" and m.ad_valorem is not None]
        for banded in inside:
            for other in self.measures:
                if (
                    other.role == "ordinary"
                    and self._same_goods(banded, other)
                    and self._both_meet_a_line(banded, other)
                ):
                    yield Problem(
                        code="ordinary_duty_twice",
                        found=f"{other.measure_id} beside {banded.measure_id}, whose ad valorem rate is the ordinary duty",
                        expected="one ordinary duty for a line on any day",
                        remedy=f"Leave {other.measure_id} out for these goods, or the rate of {banded.measure_id}.",
                        source="schedule",
                        field=other.measure_id,
                    )

    def _same_goods(self, first: Measure, second: Measure) -> bool:
        """Whether goods may exist that both name: a form has its codes, a code begins longer ones."""
        if first.form and second.form:
            return first.form == second.form
        ones, others = (m.hs_codes or self.facts.forms[m.form or ""].hs6 for m in (first, second))
        return any(one.startswith(other) or other.startswith(one) for one in ones for other in others)

    def _both_meet_a_line(self, first: Measure, second: Measure) -> bool:
        start = max(first.valid_from, second.valid_from)
        end = min(first.valid_to or date.max, second.valid_to or date.max)
        if first.programme != second.programme:
            return False
        if start > end or self._importers[first.measure_id].isdisjoint(self._importers[second.measure_id]):
            return False
        one, other = self._origins[first.measure_id], self._origins[second.measure_id]
        if one is not None and other is not None:
            return not one.isdisjoint(other)
        named = one if one is not None else other
        if named is None:
            return True
        days = [start, *(day for day in self.breakpoints if start < day <= end)]
        return self.members is not None and any(named - self.members.members_on(day) for day in days)


@dataclass(frozen=True, slots=True)
class _Goods:
    """Goods as measures name them: who imports them, their form, and the beginnings of their code, longest first."""

    importer: str
    form: str | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _From:
    """Where goods are from, by which day that is asked, and whether that was a member's then."""

    origin: str
    on: date
    member: bool


def _prefixes(hs_code: str | None) -> list[str]:
    return [hs_code[:length] for length in range(len(hs_code), CODE_DIGITS_MIN - 1, -1)] if hs_code else []


def _in_force(measure: Measure, on: date) -> bool:
    return measure.valid_from <= on and (measure.valid_to is None or on <= measure.valid_to)


def _next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _index(measures: Sequence[Measure], keys: "KeysOf") -> dict[tuple[str, str], tuple[Measure, ...]]:
    found: defaultdict[tuple[str, str], list[Measure]] = defaultdict(list)
    for measure in sorted(measures, key=lambda m: (m.valid_from, m.measure_id)):
        for key in keys(measure):
            found[key, measure.role].append(measure)
    return {key: tuple(group) for key, group in found.items()}


class KeysOf(Protocol):
    """Which keys a measure is found under."""

    def __call__(self, measure: Measure, /) -> Iterable[str]:
        """The keys."""


def _unions(facts: Facts) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, country in facts.countries.items():
        if country.union:
            found[country.union].add(code)
    return {union: frozenset(states) for union, states in found.items()}


def _with_states(parties: Iterable[str], unions: Mapping[str, frozenset[str]]) -> frozenset[str]:
    codes = frozenset(parties)
    return codes.union(*(states for union, states in unions.items() if union in codes))


def _overlap(key: str, role: str, first: Measure, second: Measure) -> Problem:
    return Problem(
        code="measures_overlap",
        found=f"{first.measure_id} and {second.measure_id}, both {role} measures on {key} for the same importer and origin",
        expected=f"at most one {role} measure for a line on any day",
        remedy=f"End {first.measure_id} before {second.valid_from}, or narrow its importers or origins.",
        source="schedule",
        field=second.measure_id,
    )
