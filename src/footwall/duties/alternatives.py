"""What would change what a line owes: another origin, claim, value, form, day, or way of entering; one thing at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from footwall.duties.asked import columns_asked
from footwall.duties.law import owe
from footwall.duties.rates import Rates
from footwall.duties.read import read_line
from footwall.duties.records import DUTIABLE_ENTRIES, Liability, Line
from footwall.duties.resolve import resolve
from footwall.quantity import Unknown
from footwall.tariffs import Measure, Schedule

Kind = Literal["origin", "certificate", "value", "form", "entry_date", "entry_type", "invoice", "contents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One thing changed: `to` is what the line would state instead, and `others` what more states would do the same.

    `floor_duty` and `total_duty` are what it would then owe, in the schedule's currency; `more` is by how much the total
    would rise (below zero: fall), unknown where either total is. `reason` is as in a liability.
    """

    kind: Kind
    to: str
    others: tuple[str, ...]
    floor_duty: Decimal
    total_duty: Decimal | Unknown
    more: Decimal | Unknown
    reason: str


def alternatives(line: Line | Mapping[str, object], schedule: Schedule, rates: Rates) -> tuple[Alternative, ...]:
    """What would change what `line` owes, each thing by itself; what could not be assessed then is left out.

    Origins that would owe the same are one alternative, in the order of what they would owe. A value is told where no
    floor duty is left at it; a day where the law changes next, and where it changed last. The rate of exchange stays that of the
    line's day. `line` may be a raw record, as for `assess_line`; what cannot be assessed has no alternatives.
    """
    read = line if isinstance(line, Line) else read_line(line, asked=columns_asked(schedule))
    now = _owed(read, schedule, rates) if isinstance(read, Line) else None
    if now is None or not isinstance(read, Line):
        return ()
    found: list[Alternative] = []
    of_day = {(source, target): rate for (source, target, on), rate in rates.items() if on == read.entry_date}
    for changes in (_origins, _certificates, _values, _forms, _days, _entries, _invoices):
        told = []
        for kind, to, other in changes(read, now, schedule):
            held = {(*pair, other.entry_date): rate for pair, rate in of_day.items()}
            told.append((kind, to, _owed(other, schedule, held)))
        found += _told(now, told)
    return tuple(found)


_Change = tuple[Kind, str, Line]


def _owed(line: Line, schedule: Schedule, rates: Rates) -> Liability | None:
    """What a line owes without its credits, at the rates of exchange given; None where it cannot be assessed."""
    resolved = resolve(replace(line, credit_refs=()), schedule, rates)
    return None if isinstance(resolved, tuple) else owe(resolved)[0]


def _told(now: Liability, changed: list[tuple[Kind, str, Liability | None]]) -> Iterator[Alternative]:
    """The changes that change something, those with one outcome together."""
    groups: dict[tuple[Any, ...], list[tuple[Kind, str, Liability]]] = {}
    for kind, to, then in changed:
        if then is None or _outcome(then) == _outcome(now):
            continue
        groups.setdefault((kind, *_outcome(then)), []).append((kind, to, then))
    for alike in sorted(groups.values(), key=lambda one: (_total(one[0][2]), one[0][1])):
        kind, to, then = alike[0]
        yield Alternative(
            kind=kind,
            to=to,
            others=tuple(other for _, other, _ in alike[1:]),
            floor_duty=then.floor_duty,
            total_duty=then.total_duty,
            more=_difference(now.total_duty, then.total_duty),
            reason=then.reason,
        )


def _outcome(liability: Liability) -> tuple[Any, ...]:
    return liability.total_duty, liability.floor_duty, liability.security, liability.reason


def _total(liability: Liability) -> Decimal:
    """What orders alternatives: the total, or what is known of it."""
    total = liability.total_duty
    return liability.additional_duty + liability.floor_duty if isinstance(total, Unknown) else total


def _difference(now: Decimal | Unknown, then: Decimal | Unknown) -> Decimal | Unknown:
    if isinstance(now, Unknown):
        return now
    return then if isinstance(then, Unknown) else then - now


def _origins(line: Line, now: Liability, schedule: Schedule) -> Iterator[_Change]:  # noqa: ARG001
    """Goods of every other country; a stage or certificate that the line states for its own origin is taken for the other's, too."""
    unions = {country.union for country in schedule.facts.countries.values()}
    for country in sorted(schedule.facts.countries):
        stages = {stage: country for stage, where in (line.stage_origins or {}).items() if where == line.origin}
        moved = {**(line.stage_origins or {}), **stages} or None
        if country != line.origin and country not in unions:
            yield "origin", country, replace(line, origin=country, stage_origins=moved)


def _certificates(line: Line, now: Liability, schedule: Schedule) -> Iterator[_Change]:  # noqa: ARG001
    """Each programme that the schedule knows, claimed or no longer claimed."""
    for programme in sorted(schedule.programmes):
        claims = line.claims - {programme} if programme in line.claims else line.claims | {programme}
        word = f"without {programme}" if programme in line.claims else programme
        yield "certificate", word, replace(line, preference_certificate=" ".join(sorted(claims)) or None)


def _values(line: Line, now: Liability, schedule: Schedule) -> Iterator[_Change]:
    """The invoice at which no floor duty is left, where one ends it, and where the currency is that of the assessment."""
    if now.rent_exposed and line.currency == schedule.currency:
        value = line.customs_value + now.rent_exposed
        yield "value", f"{value:f}", replace(line, customs_value=value)


def _forms(line: Line, now: Liability, schedule: Schedule) -> Iterator[_Change]:
    """Other forms that the line's code may hold."""
    code = (line.hs_code or "")[:6]
    for form in schedule.facts.forms_by_hs6.get(code, ()):
        if form != now.form:
            yield "form", form, replace(line, form=form)


def _days(line: Line, now: Liability, schedule: Schedule) -> Iterator[_Change]:
    """The next day on which something changes for the line, and the last day before what holds now."""
    later = [day for day in schedule.breakpoints if day > line.entry_date]
    earlier = [day - timedelta(days=1) for day in reversed(schedule.breakpoints) if day <= line.entry_date]
    for days in (later, earlier):
        moved = (_on(line, day) for day in days)
        other = next((one for one in moved if one is not None and _meets_otherwise(line, one, schedule, now)), None)
        if other is not None:
            yield "entry_date", str(other.entry_date), other


def _on(line: Line, day: date) -> Line | None:
    """The line entered on another day; None where another of its days would then lie after its entry."""
    stated = (line.export_date, line.lading_date, line.contract_date)
    return None if any(one is not None and one > day for one in stated) else replace(line, entry_date=day)


def _meets_otherwise(line: Line, moved: Line, schedule: Schedule, now: Liability) -> bool:
    found = schedule.applicable(moved.importer, moved.origin, moved.hs_code, now.form, moved.entry_date)
    before = schedule.applicable(line.importer, line.origin, line.hs_code, now.form, line.entry_date)
    return _names(found.measures) != _names(before.measures)


def _names(measures: tuple[Measure, ...]) -> list[str]:
    return [measure.measure_id for measure in measures]


def _entries(line: Line, now: Liability, schedule: Schedule) -> Iterator[_Change]:  # noqa: ARG001
    """Into a warehouse or for a time, where the goods enter for good; for good, where they do not."""
    others: tuple[Any, ...] = ("warehouse", "temporary") if line.entry_type in DUTIABLE_ENTRIES else ("consumption",)
    for other in others:
        yield "entry_type", str(other), replace(line, entry_type=other)


def _invoices(line: Line, now: Liability, schedule: Schedule) -> Iterator[_Change]:  # noqa: ARG001
    """Invoiced directly to an unrelated importer, or not."""
    direct = line.direct_invoice is True and line.related_parties is not True
    word = "not direct, or related" if direct else "direct, to an unrelated importer"
    yield (
        "invoice",
        word,
        replace(line, direct_invoice=not direct, related_parties=False if not direct else line.related_parties),
    )
