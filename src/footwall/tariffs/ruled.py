"""What the rulebook says beside rates becomes part of a schedule: suspensions, duties on contents, the day and the origin that count."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from footwall.quantity import exact_arithmetic
from footwall.rulebook import (
    CountingDayRule,
    DatedRule,
    ElementShare,
    OriginProofRule,
    Rulebook,
    SuspensionRule,
)
from footwall.tariffs.measures.conditions import Conditions, DayRule, OriginRule
from footwall.tariffs.measures.measure import Element, Measure
from footwall.tariffs.records import Tariff

_ONE_DAY = timedelta(days=1)


def _classes(forms: Sequence[str], importers: Sequence[str], rulebook: Rulebook) -> "tuple[ImporterClass, ...]":
    """The importers of a measure, those apart for which other suspensions of `forms` are declared."""
    rules = tuple(rule for rule in rulebook.suspension if not set(forms).isdisjoint(rule.forms))
    met: dict[tuple[SuspensionRule, ...], list[str]] = {}
    for importer in importers:
        hit = tuple(rule for rule in rules if rule.importers == "all" or importer in rule.importers)
        met.setdefault(hit, []).append(importer)
    return tuple(
        ImporterClass("" if len(met) == 1 else f"-{'-'.join(codes).lower()}", tuple(codes), hit)
        for hit, codes in met.items()
    )


@dataclass(frozen=True, slots=True)
class ImporterClass:
    """Importers of one measure for which the same suspensions are declared, and what their measure's name ends with."""

    suffix: str
    importers: tuple[str, ...]
    suspensions: tuple[SuspensionRule, ...]


def with_suspensions(measure: Measure, rulebook: Rulebook, on: date) -> Iterator[Measure]:
    """A floor measure as published on `on`: parted at the first and after the last day of each suspension of its form.

    Parts that have ended are left out, but for a measure that no suspension parts.
    """
    for one in _classes((measure.form or "",), measure.importers, rulebook):
        name = f"{measure.measure_id}{one.suffix}"
        starts = _starts(measure.valid_from, measure.valid_to, one.suspensions)
        for first, last in _between(starts, measure.valid_to):
            if len(starts) > 1 and last is not None and last < on:
                continue
            suspended = any(_holds(rule, first) for rule in one.suspensions)
            words = "-suspended" if suspended else ""
            words += f"-from-{first}" if first != measure.valid_from else ""
            if len(starts) == 1 and name + words == measure.measure_id:
                yield measure  # nothing parts it
                continue
            yield replace(
                measure,
                measure_id=name + words,
                importers=one.importers,
                valid_from=first,
                valid_to=last,
                suspended=suspended,
            )


def _starts(first: date, last: date | None, rules: Iterable[DatedRule]) -> list[date]:
    """The first days of what lies between `first` and `last` where each of `rules` begins and ends something of its own."""
    days = {first}
    for rule in rules:
        days |= {day for day in (rule.valid_from, rule.valid_to and rule.valid_to + _ONE_DAY) if day is not None}
    return sorted(day for day in days if first <= day and (last is None or day <= last))


def _between(starts: Sequence[date], last: date | None) -> Iterator[tuple[date, date | None]]:
    for place, first in enumerate(starts):
        yield first, starts[place + 1] - _ONE_DAY if place + 1 < len(starts) else last


def _holds(rule: DatedRule, day: date) -> bool:
    return (rule.valid_from or date.min) <= day <= (rule.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Taxed:
    """An element of a duty on contents, the notified tariff that it rests on, and the last day on which that can hold."""

    share: ElementShare
    tariff: Tariff
    last: date | None

    def element_on(self, day: date, suspensions: Iterable[SuspensionRule]) -> Element | None:
        """What a kilogram of the element owes on a day; nothing to name where its tariff has ended."""
        if self.last is not None and day > self.last:
            return None
        tariff, share = self.tariff, self.share
        announced = tariff.pending is not None and tariff.pending_from is not None and day >= tariff.pending_from
        rate = tariff.pending if announced and tariff.pending is not None else tariff.rate
        if any(share.form in rule.forms and _holds(rule, day) for rule in suspensions):
            rate -= rate
        with exact_arithmetic():
            return Element(share.element, rate * share.form_kg, share.recovered, share.undeclared)


def embedded_measures(whole: Measure, taxed: Sequence[Taxed], rulebook: Rulebook, on: date) -> Iterator[Measure]:
    """The duty on contents at the rates in force and announced on `on`; `whole` is one such measure without its elements.

    An element owes nothing while its form is suspended, and is left out from the day after its tariff's last one.
    """
    forms = tuple(one.share.form for one in taxed)
    for group in _classes(forms, whole.importers, rulebook):
        name = f"{whole.measure_id}{group.suffix}"
        begun = max([whole.valid_from, *(one.tariff.changed_on for one in taxed)])
        days = set(_starts(begun, whole.valid_to, group.suspensions))
        days |= {one.tariff.pending_from for one in taxed if one.tariff.pending_from is not None}
        days |= {one.last + _ONE_DAY for one in taxed if one.last is not None}
        starts = sorted(day for day in days if begun <= day and (whole.valid_to is None or day <= whole.valid_to))
        for first, last in _between(starts, whole.valid_to):
            found = [one.element_on(first, group.suspensions) for one in taxed]
            elements = tuple(element for element in found if element is not None)
            if not elements or (last is not None and last < on):
                continue
            named = name if first == begun else f"{name}-from-{first}"
            yield replace(
                whole, measure_id=named, importers=group.importers, elements=elements, valid_from=first, valid_to=last
            )


def conditions_of(on: date, rulebook: Rulebook, members: Iterable[str]) -> Conditions:
    """The rules of the day and of the origin that count, in force or to come on `on`: law with days of its own."""
    everyone, version = tuple(sorted(members)), rulebook.rulebook.valid_from

    def stated(rule: DatedRule) -> bool:
        return rule.valid_to is None or on <= rule.valid_to

    days = ((number, rule) for number, rule in enumerate(rulebook.day, start=1) if stated(rule))
    origins = ((number, rule) for number, rule in enumerate(rulebook.origin, start=1) if stated(rule))
    return Conditions(
        tuple(_day(f"day-{number}", rule, everyone, version) for number, rule in days),
        tuple(_origin(f"origin-{number}", rule, everyone, version) for number, rule in origins),
    )


def _day(name: str, rule: CountingDayRule, everyone: tuple[str, ...], version: date) -> DayRule:
    return DayRule(
        rule_id=name,
        importers=everyone if rule.importers == "all" else rule.importers,
        valid_from=rule.valid_from or version,
        valid_to=rule.valid_to,
        counts=rule.counts,
        transit_days=rule.transit_days,
        transit_counts=rule.transit_counts,
        legal_basis=rule.legal_basis,
    )


def _origin(name: str, rule: OriginProofRule, everyone: tuple[str, ...], version: date) -> OriginRule:
    return OriginRule(
        rule_id=name,
        importers=everyone if rule.importers == "all" else rule.importers,
        valid_from=rule.valid_from or version,
        valid_to=rule.valid_to,
        forms=rule.forms,
        stages=rule.stages,
        cumulation=rule.cumulation,
        certificate=rule.certificate,
        unproven_as=rule.unproven_as,
        legal_basis=rule.legal_basis,
    )
