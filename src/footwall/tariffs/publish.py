"""Tariffs and ordinary duties become the measures of a schedule.

A schedule has at most one floor measure for a line, so origin groups may not overlap: `non-members` beside another group
becomes the list of all other countries outside the zone. Members' own goods meet no floor measure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from footwall.errors import UsageError
from footwall.facts import Form
from footwall.floors import Floor
from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.rulebook import (
    MEMBERS_GROUP,
    BoundRule,
    EmbeddedRule,
    FloorRule,
    OrdinaryRule,
    OriginGroup,
    Rulebook,
    TariffRule,
    in_force,
    tariff_rules,
)
from footwall.tariffs.measures.measure import NON_MEMBERS, Band, Measure, Slice
from footwall.tariffs.origins import OrdinaryLaw
from footwall.tariffs.records import Tariff
from footwall.tariffs.ruled import Taxed, embedded_measures, with_suspensions


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
    A tariff of the group `members` is the levy of an internal floor on members' goods. Where a form's floor duty is
    suspended for some days its measures are parted, and those of the days between are marked so.
    """
    stated = [*_ordinary_measures(on, rulebook, ordinary)]
    law = _Law(on, rulebook, forms, world)
    standing = [tariff for tariff in tariffs if tariff.reason != "sunset"]
    for tariff in standing:
        floor = floors.get(tariff.form)
        if floor is not None and isinstance(floor.price, Decimal):
            for measure in law.floor_measures(tariff, floor):
                stated += with_suspensions(measure, rulebook, on)
    stated += law.embedded_measures(standing, floors)
    return tuple(sorted(stated, key=lambda measure: measure.measure_id))


def group_origins(group: OriginGroup, others: Iterable[OriginGroup], world: World) -> tuple[str, ...]:
    """The origins of `group` outside the zone, beside the `others` that the same form distinguishes: codes, sorted.

    `non-members` stays that one word where no other group takes countries out of it.
    """
    if group.origins != NON_MEMBERS:
        return tuple(sorted(set(group.origins) - world.members))
    taken = {origin for other in others if other.origins != NON_MEMBERS for origin in other.origins}
    return tuple(sorted(world.countries - world.members - taken)) if taken else (NON_MEMBERS,)


@dataclass(frozen=True)
class _Law:
    """What holds on the day that measures are published; looked up once for all of them."""

    on: date
    rulebook: Rulebook
    forms: Mapping[str, Form]
    world: World

    def floor_measures(self, tariff: Tariff, floor: Floor) -> Iterator[Measure]:
        """The measures of one tariff: at its rate, and at the one that is announced."""
        rule, origins = self._rule(tariff), self._origins_of(tariff)
        if not origins or not tariff.importers or (tariff.group == MEMBERS_GROUP and floor.mode != "internal"):
            return
        name = f"floor-{tariff.form}-{_importer_name(tariff.importers)}-{tariff.group}"
        announced = tariff.pending_from if tariff.pending is not None else None
        last = self._last_day(tariff, floor, rule)
        until = last if announced is None else _earliest(last, announced - timedelta(days=1))
        authority = _authority(self.on, tariff.importers, self.rulebook)
        form = self.forms[tariff.form]
        bound = self._bound(tariff, rule)
        now = _Statement(tariff, floor, rule, self.rulebook.rulebook.currency, form, origins, authority, bound)
        yield now.measure(name, tariff.rate, tariff.value, tariff.changed_on, until)
        if announced is not None and tariff.pending is not None and (last is None or announced <= last):
            yield now.measure(f"{name}-from-{announced}", tariff.pending, tariff.pending_value, announced, last)

    def embedded_measures(self, tariffs: Sequence[Tariff], floors: Mapping[str, Floor]) -> Iterator[Measure]:
        """The duties on contents, for importers that share their tariffs: each element at the rate of its form."""
        for number, rule in enumerate(self.rulebook.embedded, start=1):
            if rule not in in_force(self.rulebook.embedded, self.on):
                continue
            shared = dict.fromkeys(tariff.importers for tariff in tariffs if tariff.group == rule.group)
            for importers in shared:
                found = {one.form: one for one in tariffs if (one.group, one.importers) == (rule.group, importers)}
                taxed = [
                    Taxed(share, tariff, self._last_day(tariff, floor, self._rule(tariff)))
                    for share in rule.elements
                    if (tariff := found.get(share.form)) is not None and (floor := floors.get(share.form)) is not None
                ]
                for whole in self._of_contents(number, rule, importers) if taxed else ():
                    yield from embedded_measures(whole, taxed, self.rulebook, self.on)

    def _bound(self, tariff: Tariff, rule: TariffRule) -> BoundRule | None:
        """The bound rate of every importer of the tariff: that of the rule's cap, else the most-favoured-nation one."""
        basis = "mfn_bound" if rule.cap == "none" else rule.cap
        ruled = (one for one in self._bounds if tariff.form in one.forms and one.basis == basis)
        return next((one for one in ruled if set(tariff.importers) <= set(one.importers)), None)

    def _of_contents(self, number: int, rule: EmbeddedRule, importers: tuple[str, ...]) -> Iterator[Measure]:
        """The measures of a rule for contained goods, without their elements: one for each form, or one for its codes."""
        groups = self._groups
        origins = group_origins(groups[rule.group], groups.values(), self.world) if rule.group in groups else ()
        authority = _authority(self.on, importers, self.rulebook)
        for form in (rule.forms or ("",)) if origins and importers else ():
            yield Measure(
                measure_id=f"embedded-{form or number}-{_importer_name(importers)}-{rule.group}",
                role="embedded",
                method="embedded",
                form=form or None,
                hs_codes=rule.hs_codes,
                importers=importers,
                origins=origins,
                valid_from=rule.valid_from or self.rulebook.rulebook.valid_from,
                valid_to=_earliest(rule.valid_to, groups[rule.group].valid_to),
                currency=self.rulebook.rulebook.currency,
                legal_basis=rule.legal_basis,
                rounding_unit=None if authority is None else authority.rounding_unit,
                rounding_mode=None if authority is None else authority.rounding_mode,
            )

    def _last_day(self, tariff: Tariff, floor: Floor, rule: TariffRule) -> date | None:
        """The day of the floor's sunset, or on which a rule that it rests on ends."""
        ruled = [one.valid_to for one in self._floor_rules if one.form == tariff.form]
        group = [one.valid_to for one in self._origin_groups if one.group == tariff.group]
        return _earliest(floor.sunset, *ruled, rule.valid_to, *group)

    def _origins_of(self, tariff: Tariff) -> tuple[str, ...]:
        if tariff.group == MEMBERS_GROUP:
            return tuple(sorted(self.world.members))
        groups = self._groups
        distinguished = [groups[rule.group] for rule in self._rules.get(tariff.form, ()) if rule.group in groups]
        return group_origins(groups[tariff.group], distinguished, self.world)

    def _rule(self, tariff: Tariff) -> TariffRule:
        for rule in self._rules.get(tariff.form, ()):
            if rule.group == tariff.group:
                return rule
        raise UsageError(
            f"rulebook {self.rulebook.rulebook.version} has no tariff rule for {tariff.form} of {tariff.group} on {self.on}"
        )

    @cached_property
    def _rules(self) -> Mapping[str, Sequence[TariffRule]]:
        """The tariff rules of the day by form, each in the order of the rulebook."""
        found: defaultdict[str, list[TariffRule]] = defaultdict(list)
        for rule, form in tariff_rules(self.rulebook, self.on, {name: form.stage for name, form in self.forms.items()}):
            found[form].append(rule)
        return found

    @cached_property
    def _groups(self) -> Mapping[str, OriginGroup]:
        """The origin groups of the day by name."""
        return {group.group: group for group in self._origin_groups}

    @cached_property
    def _origin_groups(self) -> Sequence[OriginGroup]:
        """The origin groups of the day."""
        return in_force(self.rulebook.origin_group, self.on)

    @cached_property
    def _floor_rules(self) -> Sequence[FloorRule]:
        """The floor rules of the day."""
        return in_force(self.rulebook.floor, self.on)

    @cached_property
    def _bounds(self) -> Sequence[BoundRule]:
        """The bound rates of the day."""
        return in_force(self.rulebook.bound, self.on)


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
    bound: BoundRule | None

    def measure(
        self, name: str, rate: Decimal, value: Decimal | Unknown, valid_from: date, valid_to: date | None
    ) -> Measure:
        """The measure, per kg of the goods, or of their content where that is what the form's prices are for.

        `value` is the customs value by which `rate` is divided where the rule states it ad valorem. Where nobody knows it, a rate that was
        stated by mass until then stays so.
        """
        rule, price, ceiling, parity = self.rule, self.floor.price, self.floor.ceiling, self.tariff.parity
        standard = {"parity": parity, "floor": price}.get(rule.standard_value or "")
        secured = isinstance(standard, Decimal) and standard > 0
        share = self._share(rate, value)
        return Measure(
            measure_id=name,
            role="floor",
            method=rule.method,
            form=self.form.form,
            importers=self.tariff.importers,
            origins=self.origins,
            valid_from=valid_from,
            valid_to=valid_to,
            currency=self.currency,
            per_kg=1,
            contained=self.form.content if self.form.basis == "contained" else None,
            legal_basis=rule.legal_basis,
            specific=rate if rule.method == "notified" and share is None else None,
            ad_valorem=rule.ad_valorem if rule.method == "banded" else share,
            floor=price if isinstance(price, Decimal) else None,
            ceiling=ceiling if isinstance(ceiling, Decimal) else None,
            # Import parity is a price like any other; below zero (an exporter who pays to sell) a measure states none.
            parity=parity if isinstance(parity, Decimal) and parity >= 0 else None,
            bands=tuple(Band(self._of_floor(one.at_least_share), self._of_floor(one.duty_share)) for one in rule.bands),
            standard_value=standard if secured and isinstance(standard, Decimal) else None,
            tolerance=rule.tolerance if secured else None,
            slices=tuple(Slice(one.up_to, one.rate) for one in rule.slices) or None,
            otherwise_ad_valorem=rule.otherwise_ad_valorem,
            counts=rule.counts,
            cap=rule.cap,
            bound_ad_valorem=None if self.bound is None else self.bound.ad_valorem,
            bound_specific=None if self.bound is None else self.bound.specific,
            least_ad_valorem=rule.least_ad_valorem,
            least_specific=rule.least_specific,
            rebate_share=rule.rebate_share,
            equalisation=self.tariff.group == MEMBERS_GROUP,
            shipment=rule.shipment,
            rounding_unit=None if self.authority is None else self.authority.rounding_unit,
            rounding_mode=None if self.authority is None else self.authority.rounding_mode,
        )

    def _share(self, rate: Decimal, value: Decimal | Unknown) -> Decimal | None:
        """The rate as a share of the customs value at parity, where the rule states it ad valorem and that value is known."""
        unit = self.rule.ad_valorem_unit
        if unit is None or isinstance(value, Unknown):
            return None
        with exact_arithmetic():
            return round_to_unit(rate / value, unit, self.rule.rounding_mode)

    def _of_floor(self, share: Decimal) -> Decimal:
        """A share of the floor as a price, rounded as the rule rounds its rates."""
        if not isinstance(self.floor.price, Decimal):
            raise TypeError("a measure is made of a floor that was decided")
        with exact_arithmetic():
            return round_to_unit(share * self.floor.price, self.rule.rounding_unit, self.rule.rounding_mode)


def _ordinary_measures(on: date, rulebook: Rulebook, ordinary: OrdinaryLaw) -> Iterator[Measure]:
    for rule in in_force(rulebook.ordinary, on):
        for importer in rule.importers:
            yield from ordinary.measures(importer, on, rule)


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
