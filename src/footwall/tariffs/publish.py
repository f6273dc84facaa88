"""Tariffs and ordinary duties become the measures of a schedule.

A schedule has at most one floor measure for a line, so origin groups may not overlap: `non-members` beside another group
becomes the list of all other countries outside the zone. Members' own goods meet no floor measure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from footwall.errors import UsageError
from footwall.facts import Form
from footwall.floors import Floor
from footwall.rulebook import OrdinaryRule, OriginGroup, Rulebook, TariffRule, in_force, method_defaults
from footwall.tariffs.measure import NON_MEMBERS, Measure
from footwall.tariffs.origins import COLUMN_2, OrdinaryLaw, OrdinarySpan
from footwall.tariffs.records import Tariff


@dataclass(frozen=True, slots=True)
class World:
    """Which countries there are, and which of them are members on the day: ISO 3166 alpha-2 codes."""

    countries: AbstractSet[str]
    members: AbstractSet[str]


def measures(
    on: date,
    tariffs: Iterable[Tariff],
    floors: Mapping[str, Floor],
    rulebook: Rulebook,
    *,
    forms: Mapping[str, Form],
    ordinary: OrdinaryLaw,
    world: World,
) -> tuple[Measure, ...]:
    """The measures in force or announced on `on`, in the order of their ids: what a schedule is made from.

    `floors` are those in force, by form; a tariff whose floor has gone makes no measure. A notified rate of zero makes
    one, so that a line can be told that it stands at or above the floor; a raise under notice makes a second one, from
    its own first day. A measure ends with the floor's sunset, its floor rule, its tariff rule or its origin group, whichever is first; the end
    of the rulebook's version is no end of its own, for another version follows it.

    `ordinary` is the law of ordinary duties: of the rulebook's ordinary importers what has not ended is stated, the general rate and that of column 2, each for goods of its origins on
    its days (`ordinary_spans`). They are law with days of its own, no decision of the zone, and so one to come is
    stated beforehand. Where a rate is unknown or a preference may be claimed there is no measure, so that the line's
    ordinary duty is unknown.
    Raises UsageError for a floor of mode `internal` or a method that a tariff rule cannot state: not published here.
    """
    stated = [*_ordinary_measures(on, rulebook, ordinary)]
    for tariff in tariffs:
        floor = floors.get(tariff.form)
        if floor is not None and isinstance(floor.price, Decimal) and tariff.reason != "sunset":
            stated += _floor_measures(on, tariff, floor, rulebook, form=forms[tariff.form], world=world)
    return tuple(sorted(stated, key=lambda measure: measure.measure_id))


def group_origins(group: OriginGroup, others: Iterable[OriginGroup], world: World) -> tuple[str, ...]:
    """The origins of `group` outside the zone, beside the `others` that the same form distinguishes: codes, sorted.

    `non-members` stays that one word where no other group takes countries out of it.
    """
    if group.origins != NON_MEMBERS:
        return tuple(sorted(set(group.origins) - world.members))
    taken = {origin for other in others if other.origins != NON_MEMBERS for origin in other.origins}
    return tuple(sorted(world.countries - world.members - taken)) if taken else (NON_MEMBERS,)


def _floor_measures(
    on: date, tariff: Tariff, floor: Floor, rulebook: Rulebook, *, form: Form, world: World
) -> Iterator[Measure]:
    if floor.mode != "external":
        raise UsageError(f"the floor of {form.form} is ruled {floor.mode}: only external floors can be published")
    rule = _tariff_rule(on, tariff, rulebook)
    groups = {group.group: group for group in in_force(rulebook.origin_group, on)}
    distinguished = [
        groups[other.group]
        for other in in_force(rulebook.tariff, on)
        if tariff.form in other.forms and other.group in groups
    ]
    origins = group_origins(groups[tariff.group], distinguished, world)
    if not origins or not tariff.importers:
        return
    name = f"floor-{tariff.form}-{_importer_name(tariff.importers)}-{tariff.group}"
    announced = tariff.pending_from if tariff.pending is not None else None
    ruled = [one.valid_to for one in in_force(rulebook.floor, on) if one.form == tariff.form]
    last = _earliest(floor.sunset, *ruled, rule.valid_to, groups[tariff.group].valid_to)
    until = last if announced is None else _earliest(last, announced - timedelta(days=1))
    authority = _authority(on, tariff.importers, rulebook)
    now = _Statement(tariff, floor, rule, rulebook.rulebook.currency, form, origins, authority)
    yield now.measure(name, tariff.rate, tariff.changed_on, until)
    if announced is not None and tariff.pending is not None and (last is None or announced <= last):
        yield now.measure(f"{name}-from-{announced}", tariff.pending, announced, last)


@dataclass(frozen=True, slots=True)
class _Statement:
    """All that a floor measure says, whatever its rate and dates."""

    tariff: Tariff
    floor: Floor
    rule: TariffRule
    currency: str
    form: Form
    origins: tuple[str, ...]
    authority: OrdinaryRule | None

    def measure(self, name: str, rate: Decimal, valid_from: date, valid_to: date | None) -> Measure:
        """The measure, per kg of the goods, or of their content where that is what the form's prices are for."""
        price, ceiling, parity = self.floor.price, self.floor.ceiling, self.tariff.parity
        return Measure(
            measure_id=name,
            role="floor",
            method=self.rule.method,
            form=self.form.form,
            importers=self.tariff.importers,
            origins=self.origins,
            valid_from=valid_from,
            valid_to=valid_to,
            currency=self.currency,
            per_kg=1,
            contained=self.form.content if self.form.basis == "contained" else None,
            legal_basis=self.rule.legal_basis,
            specific=rate if self.rule.method == "notified" else None,
            floor=price if isinstance(price, Decimal) else None,
            ceiling=ceiling if isinstance(ceiling, Decimal) else None,
            # Import parity is a price like any other; below zero (an exporter who pays to sell) a measure states none.
            parity=parity if isinstance(parity, Decimal) and parity >= 0 else None,
            counts=self.rule.counts,
            cap=self.rule.cap,
            shipment=self.rule.shipment,
            rounding_unit=None if self.authority is None else self.authority.rounding_unit,
            rounding_mode=None if self.authority is None else self.authority.rounding_mode,
        )


def _tariff_rule(on: date, tariff: Tariff, rulebook: Rulebook) -> TariffRule:
    for rule in in_force(rulebook.tariff, on):
        if rule.group == tariff.group and tariff.form in rule.forms:
            if rule.method not in method_defaults().tariff_methods:
                raise UsageError(
                    f"a tariff rule cannot state the method {rule.method}, which {tariff.form} is ruled by"
                )
            return rule
    raise UsageError(
        f"rulebook {rulebook.rulebook.version} has no tariff rule for {tariff.form} of {tariff.group} on {on}"
    )


def _ordinary_measures(on: date, rulebook: Rulebook, ordinary: OrdinaryLaw) -> Iterator[Measure]:
    for rule in in_force(rulebook.ordinary, on):
        for importer in rule.importers:
            for span in ordinary.spans(importer):
                if span.valid_to is None or span.valid_to >= on:
                    yield _ordinary_measure(rule, span, on)


def _ordinary_measure(rule: OrdinaryRule, span: OrdinarySpan, on: date) -> Measure:
    duty = span.duty
    return Measure(
        measure_id=_ordinary_name(span, on),
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


def _ordinary_name(span: OrdinarySpan, on: date) -> str:
    """`ordinary-us-28469080`, and what sets it apart: column 2, days other than all of the rate's, a rate to come."""
    duty = span.duty
    name = f"ordinary-{duty.importer.lower()}-{duty.hs_code}"
    name += "-column-2" if duty.treatment == COLUMN_2 else ""
    name += "" if span.valid_from == duty.valid_from <= on else f"-from-{span.valid_from}"
    return name if span.valid_to == duty.valid_to else f"{name}-until-{span.valid_to}"


def _authority(on: date, importers: Sequence[str], rulebook: Rulebook) -> OrdinaryRule | None:
    """How the one authority that collects the duty rounds it; several authorities take the method's default.

    The tariff rule's own rounding is that of the rate, and says nothing about the duty's coin.
    """
    ruled = (rule for rule in in_force(rulebook.ordinary, on) if set(importers) <= set(rule.importers))
    return next(ruled, None)


def _importer_name(importers: Sequence[str]) -> str:
    """An importer with a tariff of its own goes by its code; all others are `members`."""
    return importers[0].lower() if len(importers) == 1 else "members"


def _earliest(*ends: date | None) -> date | None:
    return min((end for end in ends if end is not None), default=None)
