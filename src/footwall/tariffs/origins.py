"""Whose goods owe which ordinary rate: general or column 2, by origin and day; none where a preference may be claimed.

A preference is claimed for a consignment, with proof of its origin. Nobody states such a claim here, so goods of a
country that a line's programs name owe the general rate or less, and which of the two is not known.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from footwall.facts import OrdinaryDuty, TariffTreatment
from footwall.rulebook import OrdinaryRule
from footwall.tariffs.measures.measure import Measure

COLUMN_2: Final = "column_2"
_ONE_DAY: Final = timedelta(days=1)

Days = tuple[date, date]
"""The first and the last day of a span of time; the last is `date.max` where it has no end."""


@dataclass(frozen=True, slots=True)
class OrdinarySpan:
    """A rate, the origins whose goods owe it, and the days on which they do: codes, sorted; no last day is no end."""

    duty: OrdinaryDuty
    origins: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    def holds_on(self, on: date) -> bool:
        """Whether these origins owe the rate on `on`."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class OrdinaryLaw:
    """The rates that are known, each with its origins and days: law, and so the same on every day of a walk.

    What an importer's rates come to is found when it is first asked for, and kept.
    """

    def __init__(
        self, duties: Iterable[OrdinaryDuty], treatments: Iterable[TariffTreatment], countries: Collection[str]
    ) -> None:
        """`duties` and `treatments` of the facts; `countries` are the ISO codes of all there are."""
        self._known = tuple(duty for duty in duties if duty.ad_valorem is not None or duty.specific is not None)
        self._treatments = tuple(treatments)
        self._countries = frozenset(countries)
        self._found: dict[str, tuple[OrdinarySpan, ...]] = {}
        self._stated: dict[tuple[str, int, str, str, str], Measure] = {}

    def spans(self, importer: str) -> tuple[OrdinarySpan, ...]:
        """Every known rate of `importer` with the origins that owe it, as `ordinary_spans` finds them."""
        if importer not in self._found:
            self._found[importer] = tuple(ordinary_spans(self._known, self._treatments, importer, self._countries))
        return self._found[importer]

    def measures(self, importer: str, on: date, rule: OrdinaryRule) -> Iterator[Measure]:
        """The rates of `importer` that have not ended on `on` as measures, rounded as `rule` says: each made once, whatever the day."""
        for place, span in enumerate(self.spans(importer)):
            if span.valid_to is None or span.valid_to >= on:
                name = _measure_name(span, on)
                key = (importer, place, name, str(rule.rounding_unit), str(rule.rounding_mode))
                if key not in self._stated:
                    self._stated[key] = _measure(span, name, rule)
                yield self._stated[key]


def ordinary_spans(
    duties: Iterable[OrdinaryDuty], treatments: Iterable[TariffTreatment], importer: str, countries: Collection[str]
) -> Iterator[OrdinarySpan]:
    """Every rate of `importer` with the origins among `countries` that owe it, in the order of `duties`.

    The general rate is owed by goods of all origins but those of column 2 and, unless it is free, those of a country
    that one of the line's programs names: for the latter no rate is stated. An origin whose treatment changes stands
    in a span of its own for each of its times.
    """
    listed = _listed(treatments, importer)
    met: dict[tuple[Days, str, tuple[str, ...]], dict[Days, tuple[str, ...]]] = {}
    for duty in duties:
        if duty.importer != importer:
            continue
        free = duty.ad_valorem == 0 and not duty.specific
        programs = () if free else duty.special_programs
        days = (duty.valid_from, duty.valid_to or date.max)
        key = (days, duty.treatment, programs)
        if key not in met:
            met[key] = _by_days(days, listed, countries, column_2=duty.treatment == COLUMN_2, programs=programs)
        for (first, last), origins in met[key].items():
            yield OrdinarySpan(duty, origins, first, None if last == date.max else last)


def column_2_countries(treatments: Iterable[TariffTreatment], importer: str, on: date) -> frozenset[str]:
    """The countries whose goods owe the column 2 rates of `importer` on `on`."""
    return frozenset(
        row.country
        for row in treatments
        if row.importer == importer
        and row.treatment == COLUMN_2
        and row.valid_from <= on
        and (row.valid_to is None or on <= row.valid_to)
    )


def general_spans(
    days: Days, treatments: Iterable[TariffTreatment], importer: str, countries: Collection[str]
) -> Mapping[Days, tuple[str, ...]]:
    """The `countries` whose goods owe the general rate of `importer` where they claim no preference, by days within `days`."""
    return _by_days(days, _listed(treatments, importer), countries, column_2=False, programs=())


def column_2_spans(days: Days, treatments: Iterable[TariffTreatment], importer: str) -> Mapping[Days, tuple[str, ...]]:
    """The countries whose goods owe the rate of column 2, by days within `days`; none where the importer has no such column."""
    return programme_spans(days, treatments, importer, COLUMN_2) or {}


def programme_spans(
    days: Days, treatments: Iterable[TariffTreatment], importer: str, programme: str
) -> Mapping[Days, tuple[str, ...]] | None:
    """The countries that a programme stands for, by days within `days`; None for one that the facts do not know.

    A programme that is known to stand for no country (one that has lapsed) has no days.
    """
    listed = _listed(treatments, importer).get(programme)
    if listed is None:
        return None
    found: defaultdict[Days, list[str]] = defaultdict(list)
    for country, taken in sorted(listed.items()):
        for span in _without(days, _without(days, taken)) if country else ():
            found[span].append(country)
    return {span: tuple(found[span]) for span in sorted(found)}


def _listed(treatments: Iterable[TariffTreatment], importer: str) -> Mapping[str, Mapping[str, list[Days]]]:
    """The days of each country under each treatment of `importer`."""
    found: defaultdict[str, defaultdict[str, list[Days]]] = defaultdict(lambda: defaultdict(list))
    for row in treatments:
        if row.importer == importer:
            found[row.treatment][row.country].append((row.valid_from, row.valid_to or date.max))
    return found


def _by_days(
    days: Days,
    listed: Mapping[str, Mapping[str, list[Days]]],
    countries: Collection[str],
    *,
    column_2: bool,
    programs: Iterable[str],
) -> dict[Days, tuple[str, ...]]:
    """The countries that owe a rate, by the days within `days` on which they do."""
    apart = listed.get(COLUMN_2, {})
    found: defaultdict[Days, list[str]] = defaultdict(list)
    for country in sorted(countries):
        outside = _without(days, apart.get(country, ()))
        if column_2:
            spans = _without(days, outside)  # what is not outside column 2 is within it, overlapping rows or not
        else:
            preferred = [one for program in programs for one in listed.get(program, {}).get(country, ())]
            spans = [left for span in outside for left in _without(span, preferred)]
        for span in spans:
            found[span].append(country)
    return {span: tuple(found[span]) for span in sorted(found)}


def _without(days: Days, taken: Iterable[Days]) -> list[Days]:
    """What is left of `days` when those `taken` are out of it, in order."""
    first, last = days
    left: list[Days] = []
    for start, end in sorted(taken):
        if start > last:
            break
        if start > first:
            left.append((first, start - _ONE_DAY))
        if end >= last:
            return left
        first = max(first, end + _ONE_DAY)
    return [*left, (first, last)]


def _measure(span: OrdinarySpan, name: str, rule: OrdinaryRule) -> Measure:
    duty = span.duty
    return Measure(
        measure_id=name,
        role="ordinary",
        method="specific" if duty.ad_valorem is None else "ad_valorem",
        importers=(duty.importer,),
        origins=span.origins,
        valid_from=span.valid_from,
        valid_to=span.valid_to,
        currency=duty.currency,
        hs_codes=(duty.hs_code,),
        per_kg=1,
        contained=duty.contained or None,
        legal_basis=duty.source,
        ad_valorem=duty.ad_valorem,
        specific=duty.specific,
        rounding_unit=rule.rounding_unit,
        rounding_mode=rule.rounding_mode,
    )


def _measure_name(span: OrdinarySpan, on: date) -> str:
    """`ordinary-us-28469080`, and what sets it apart: column 2, days other than all of the rate's, a rate to come."""
    duty = span.duty
    name = f"ordinary-{duty.importer.lower()}-{duty.hs_code}"
    name += "-column-2" if duty.treatment == COLUMN_2 else ""
    name += "" if span.valid_from == duty.valid_from <= on else f"-from-{span.valid_from}"
    return name if span.valid_to == duty.valid_to else f"{name}-until-{span.valid_to}"
