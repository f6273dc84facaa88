"""Lines of entries assessed under a schedule that is named, so that it can be done again; and the rules of their importer."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from footwall.desk.events import json_of
from footwall.desk.known_schedules import KnownSchedule
from footwall.desk.zone import Zone
from footwall.duties import Liability, Line, assess_line
from footwall.entries import (
    Amounts,
    AssessedLine,
    Basis,
    EntryFiled,
    HeldRuling,
    LateTerms,
    Reassessed,
    Terms,
    applied,
    refusal,
)
from footwall.errors import Problem
from footwall.journal import Document
from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.rulebook import EntriesRule, InterestRule, in_force, rule_of_importer


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
            from_file=self.known.from_file,
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


def late_terms_on(zone: Zone, filed: EntryFiled, on: date) -> LateTerms | Problem:
    """The terms on which what is paid late on a day bears interest."""
    rule = rule_of_entries(zone, filed.importer, filed.on)
    if isinstance(rule, Problem):
        return rule
    held = [one for one in in_force(zone.rulebooks.on(on).interest, on) if one.on == "late"]
    interest = rule_of_importer(held, filed.importer, _union(zone, filed.importer), "interest")
    return LateTerms(
        interest, Decimal(1).scaleb(-zone.facts.currencies[zone.settings.currency].minor_units), rule.bill_days
    )


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
