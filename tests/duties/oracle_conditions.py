"""The third law under conditions: days that count, origins that are shown, programmes, contents and credits, in fractions.

Written from docs/measures.md and docs/lines.md alone. It reads what a record states by itself, scans every rule and every
measure, and says what the line owes or the codes of what keeps it from being assessed.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from oracle import Oracle, Owed, Rates

from footwall.duties import Credit, Line
from footwall.tariffs import DayRule, Measure, OriginRule, Schedule

FLOORS = ("floor", "embedded")


class Refused(Exception):  # noqa: N818 - an answer, and no error
    """The line cannot be assessed; the codes say why."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = frozenset(codes)


class ConditionOracle(Oracle):
    """One line of a schedule with conditions. `used` are the credits that earlier lines have used, and how much of each."""

    def __init__(
        self,
        raw: Mapping[str, Any],
        line: Line,
        schedule: Schedule,
        rates: Rates,
        credit_list: Iterable[Credit] = (),
        used: "dict[str, tuple[str, Fraction]] | None" = None,
    ) -> None:
        super().__init__(line, schedule, rates)
        self.raw, self.credits = raw, {one.credit_ref: one for one in credit_list}
        self.used = {} if used is None else used
        words = str(raw.get("preference_certificate") or "").upper().split()
        self.claims = {word.split(":")[0] for word in words}
        self.done_in = {k.lower(): v for k, v in json.loads(raw.get("stage_origins") or "{}").items()}
        contents = {k: Fraction(v) for k, v in json.loads(raw.get("contents") or "{}").items()}
        self.contents = contents or None
        self.floor_day, self.floor_origin = line.entry_date, line.origin

    # what decides

    def members(self, day: date) -> frozenset[str]:
        assert self.schedule.members is not None
        return self.schedule.members.members_on(day)

    def _rule(self, rules: Iterable[Any]) -> Any:
        """The rule that holds for this entry; there is at most one."""
        entry, found = self.line.entry_date, []
        for rule in rules:
            for_form = isinstance(rule, DayRule) or not rule.forms or self.form in rule.forms
            holds = rule.valid_from <= entry <= (rule.valid_to or date.max)
            if for_form and holds and any(self._is_in(self.line.importer, party) for party in rule.importers):
                found.append(rule)
        assert len(found) < 2
        return found[0] if found else None

    def _day(self, rule: DayRule | None) -> date:
        """The day that counts. A change of measures is not met by goods that were under way on the day before it."""
        entry = self.line.entry_date
        if rule is None:
            return entry
        if rule.counts != "entry":
            day = self.raw.get(f"{rule.counts}_date")
            if not day:
                raise Refused("field_missing")
            return date.fromisoformat(day)
        under_way = self.raw.get(f"{rule.transit_counts}_date")
        if not rule.transit_days or not under_way:
            return entry
        # Undone, one by one, is every change that came after the goods left and not too many days before they entered.
        day = entry
        while day > date.fromisoformat(under_way) and entry - day <= timedelta(days=rule.transit_days):
            day -= timedelta(days=1)
        return day

    def _origin(self, rule: OriginRule | None) -> str:
        """As whose goods these count: of an outsider where an outsider did a stage, else of the member that shows it."""
        declared = self.line.origin
        if rule is None:
            return declared
        inside = self.members(self.floor_day)
        if declared in inside:
            for stage in rule.stages:
                if stage not in self.done_in:
                    raise Refused("stage_origin_missing")
        elsewhere = [self.done_in[s] for s in rule.stages if self.done_in.get(s, declared) != declared]
        outside = [country for country in elsewhere if country not in inside]
        if outside:
            return outside[0]
        origin = elsewhere[0] if elsewhere and declared in inside and not rule.cumulation else declared
        if origin in inside and rule.certificate and rule.certificate not in self.claims:
            if not rule.unproven_as:
                raise Refused("certificate_missing")
            return rule.unproven_as
        return origin

    def _meets(self, measure: Measure) -> bool:
        if measure.programme and measure.programme not in self.claims:
            return False
        day, origin = self.line.entry_date, self.line.origin
        if measure.role in FLOORS:
            day, origin = self.floor_day, self.floor_origin
        return self._names(measure, day, origin)

    def _names(self, measure: Measure, day: date, origin: str | None) -> bool:
        """Whether the measure falls on goods of `origin` (of any, where it is None) on a day."""
        if not measure.valid_from <= day <= (measure.valid_to or date.max):
            return False
        if not any(self._is_in(self.line.importer, party) for party in measure.importers):
            return False
        if origin is None:
            return True
        if "non-members" in measure.origins:
            return origin not in self.members(day)
        return any(self._is_in(origin, party) for party in measure.origins)

    def _nearest(self, role: str) -> Measure | None:
        """A preference that is claimed goes before every other rate, then the form before codes, then the longest code."""
        found = [m for m in self.schedule.measures if m.role == role and self._meets(m) and self._length(m) >= 0]
        return max(found, key=lambda m: (bool(m.programme), self._length(m))) if found else None

    # the law

    def assess(self) -> tuple[Owed, str | None]:
        """What the line owes, and the reason where it is one of those that conditions decide. Raises Refused."""
        schedule, line = self.schedule, self.line
        known = {m.programme for m in schedule.measures if m.programme}
        asked = {rule.certificate for rule in schedule.conditions.origins if rule.certificate}
        self.floor_day = self._day(self._rule(schedule.conditions.days))
        if self.claims - known - asked:
            raise Refused("programme_unknown")
        self.floor_origin = self._origin(self._rule(schedule.conditions.origins))
        ordinary = self._nearest("ordinary")
        floor, embedded = self._nearest("floor"), self._nearest("embedded")
        if floor is not None and floor.method == "banded" and floor.ad_valorem is not None and ordinary is not None:
            raise Refused("measures_conflict")
        granted = {ordinary.programme} if ordinary is not None else set[str]()
        if self.claims - granted - asked:
            raise Refused("preference_not_granted")
        named = str(self.raw.get("credit_refs") or "").split()
        codes = {code for code in map(self._credit_fault, named) if code}
        dutiable = line.entry_type in ("consumption", "withdrawal")
        if dutiable and embedded is not None and self.contents is None:
            codes |= {"contents_missing" for one in embedded.elements if one.undeclared is None}
        if codes:
            raise Refused(*codes)
        if not dutiable:
            return self.owed(), f"entry_{line.entry_type}"
        self.inside = Fraction(0) if embedded is None else self.duty_rounded(embedded, self.embedded(embedded))
        owed = self.owed()
        reason = None if floor is not None else self.without_floor() if embedded is None else "no_floor_duty_due"
        if embedded is not None:
            owed.measures = (*owed.measures, embedded.measure_id)
        if self.inside > owed.floor_duty:
            owed.landed += self.inside - owed.floor_duty
            owed.floor_duty, reason = self.inside, "embedded_duty_owed"
        return owed, self.credited(owed, named) or reason

    def embedded(self, measure: Measure) -> Fraction:
        """Σ m·c·u·τ."""
        total = Fraction(0)
        for one in measure.elements:
            share = (
                Fraction(one.undeclared or 0) if self.contents is None else self.contents.get(one.element, Fraction(0))
            )
            total += (
                Fraction(self.line.net_mass_kg)
                * share
                * Fraction(one.recovered)
                * Fraction(one.specific)
                / measure.per_kg
            )
        return total * self.rate(measure.currency)

    def security(self, owed: Owed, ordinary: Measure | None, additional: list[Measure], floor: Measure) -> None:
        """Of the larger of the floor duty and of what is embedded, at both values."""
        own = owed.floor_duty
        owed.floor_duty = max(own, self.inside)
        before = self.duties
        try:
            self.duties = lambda *given: self._larger(before(*given))  # type: ignore[method-assign]
            super().security(owed, ordinary, additional, floor)
        finally:
            self.duties, owed.floor_duty = before, own  # type: ignore[method-assign]

    def _larger(self, owed: Owed) -> Owed:
        owed.floor_duty = max(owed.floor_duty, self.inside)
        return owed

    inside = Fraction(0)
    """What is owed for what the goods contain, rounded."""

    def rents(self, owed: Owed, *others: Any) -> None:
        """Where something is owed for contents, no invoice is without floor duty."""
        super().rents(owed, *others)
        if self.inside:
            owed.rent_exposed = Fraction(0)

    def without_floor(self) -> str:
        """Why no floor duty is held for these goods."""
        near = [m for m in self.schedule.measures if m.role in FLOORS and self._length(m) >= 0]
        if self.floor_origin in self.members(self.floor_day):
            met = any(self._names(m, self.floor_day, None) for m in near)
            return "member_origin" if met else "no_floor_measure"
        entry = self.line.entry_date
        later = [m for m in near if m.valid_from <= entry <= (m.valid_to or date.max)]
        of_outsiders = [m for m in later if "non-members" in m.origins and self._names(m, entry, None)]
        met = bool(of_outsiders) or any(
            self._names(m, entry, self.floor_origin) for m in later if "non-members" not in m.origins
        )
        return "in_transit" if met and self.floor_day != entry else "no_floor_measure"

    def _credit_fault(self, name: str) -> str | None:
        credit = self.credits.get(name)
        if credit is None:
            return "credit_unknown"
        if name in self.used:
            return "credit_used"
        if not credit.valid_from <= self.line.entry_date <= credit.valid_to:
            return "credit_lapsed"
        if credit.currency != self.schedule.currency:
            return "credit_currency"
        return "credit_of_another" if credit.importer not in ("", self.line.importer) else None

    def credited(self, owed: Owed, named: list[str]) -> str | None:
        """Each credit in its turn bears what is left of the floor duty; those that bear nothing stay unused."""
        gross = left = owed.floor_duty
        for name in named:
            borne = min(left, Fraction(self.credits[name].amount))
            if borne:
                self.used[name] = (self.line.line_id, borne)
            left -= borne
        owed.floor_duty, owed.credit = left, gross - left
        owed.landed -= owed.credit
        return "floor_duty_credited" if gross and not left and owed.credit else None
