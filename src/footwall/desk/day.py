"""The zone's day: from what markets showed to what the border asks, each step a call of the room that owns it.

`decide` is pure. It looks at the state, the rules of the day and the grounds, and returns what the day records; it
writes nothing. What it returns for a day depends on nothing that was published after that day.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, cast

from footwall.desk.events import (
    ConditionsPublished,
    DayClosed,
    Event,
    FailedPublication,
    FloorsReviewed,
    LaddersChecked,
    ParitySet,
    PriceSet,
    PublicationsFailed,
    ReferencePricesSet,
    SchedulePublished,
    TariffMissing,
    TariffsAdjusted,
    TariffSet,
    json_of,
)
from footwall.desk.governance import judgements_on
from footwall.desk.grounds import MEMBERS, Grounds, importer_groups, measured_forms
from footwall.desk.state import State, apply
from footwall.errors import Problem, ScheduleError
from footwall.floors import Floor, floor_on, floors_on, ladder, review, review_due
from footwall.journal import Document, Payload, object_text
from footwall.prices import (
    FormRules,
    Judgement,
    Judgements,
    ReferencePrice,
    ReferencePrices,
    certificate_json,
    publications,
    standing,
)
from footwall.quantity import Unknown
from footwall.rulebook import MEMBERS_GROUP, FloorRule, Rulebook, TariffRule, in_force, tariff_rules
from footwall.tariffs import (
    NON_MEMBERS,
    OrdinaryFacts,
    OrdinaryRate,
    Parity,
    Schedule,
    Tariff,
    World,
    adjust,
    conditions_of,
    duty_paid_parity,
    import_parity,
    measures,
    ordinary_rate,
    outside_value,
)

_NO_ONE_DUTY = Unknown("the ladder is the zone's, and its members' ordinary duties differ")
"""Why the parities of a ladder stand before ordinary duty."""


@dataclass(frozen=True, slots=True)
class WalkDay:
    """The command to decide a day, under the version of the rules that holds on it.

    `instant` is when it is decided: of a day that is decided once more, nothing is published late. Of a day that is not
    `whole` only prices are set: floors, tariffs and the schedule have days of their own. `priced` are the forms whose price
    is set on it, where it is decided once more; else their rules of publication say.
    """

    on: date
    rulebook: Rulebook
    grounds: Grounds
    instant: datetime | None = None
    whole: bool = True
    priced: AbstractSet[str] | None = None

    @property
    def version(self) -> str:
        """The version by its full name."""
        return f"{self.rulebook.rulebook.name} {self.rulebook.rulebook.version}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a day records: its events, in order, and the documents that they name as evidence."""

    events: tuple[Event, ...]
    documents: tuple[Document, ...]


def decide(state: State, command: WalkDay) -> Decision | tuple[Problem, ...]:
    """What the zone decides on a day, or every reason why it cannot be published. `state` is that of the day before."""
    day = _Day(state, command)
    try:
        day.price()
        day.check_publication()
        if command.whole:
            if command.on >= command.rulebook.walk.floors_from:
                day.review_floors()
                day.adjust_tariffs()
                day.check_ladders()
            day.publish()
    except ScheduleError as error:
        return error.problems
    day.record(DayClosed(command.on, command.version))
    return Decision(tuple(day.events), tuple(day.documents))


class _Day:
    """One day on its way: each step sees what the steps before it have recorded."""

    def __init__(self, state: State, command: WalkDay) -> None:
        self.before = state
        self.state = state
        self.on = command.on
        self.instant = command.instant
        self.priced = command.priced
        self.rulebook = command.rulebook
        self.version = command.version
        self.grounds = command.grounds
        self.facts = command.grounds.facts
        self.shown = command.grounds.shown(command.rulebook)
        self.prices: ReferencePrices = {}
        self.events: list[Event] = []
        self.documents: list[Document] = []
        self._ordinary: dict[str, OrdinaryFacts] = {}

    def record(self, event: Event) -> None:
        self.events.append(event)
        self.state = apply(self.state, event)

    def price(self) -> None:
        market, latest = self.shown.market, self.before.latest
        stands = self._stands(market.rules_on(self.on))
        published = market.prices(self.on, latest, self._judgements(), stands)
        self.prices = dict(sorted({**stands, **published}.items()))
        if not published:
            return
        document = _certificates(self.on, published)
        self.documents.append(document)
        self.record(
            ReferencePricesSet(
                on=self.on,
                rulebook=self.version,
                prices=tuple(_set(price) for price in published.values()),
                evidence={"certificates": document.digest},
            )
        )

    def _stands(self, rules: Mapping[str, FormRules]) -> ReferencePrices:
        """The prices that are not set today, of forms that a rule of today names."""
        latest = self.before.latest
        if self.priced is None:
            return standing(self.on, rules, latest)
        return {form: latest[form] for form in rules if form in latest and form not in self.priced}

    def check_publication(self) -> None:
        """Record each price of the day that is published too late, or so late that the next one is due."""
        if self.instant is None:
            return
        rules = self.shown.market.rules.on(self.on)
        cadences = {form: rule.cadence for form, rule in rules.items() if rule.cadence is not None}
        recorded = {form: {self.on: self.instant} for form in cadences}
        failed: dict[tuple[datetime, Literal["late", "missed"]], list[str]] = {}
        for one in publications(cadences, recorded, self.on, self.on):
            if one.status != "on_time":
                failed.setdefault((one.due_at, one.status), []).append(one.form)
        if failed:
            told = (
                FailedPublication(self.on, due_at.isoformat(), status, tuple(forms))
                for (due_at, status), forms in sorted(failed.items())
            )
            self.record(PublicationsFailed(self.on, tuple(told)))

    def review_floors(self) -> None:
        due = [
            rule for rule in in_force(self.rulebook.floor, self.on) if review_due(rule, self.before.last_day, self.on)
        ]
        if due:
            self.record(FloorsReviewed(self.on, tuple(self._reviewed(rule) for rule in due)))

    def adjust_tariffs(self) -> None:
        parities = {(parity.form, parity.group): parity for parity in self._parities()}
        floors = self._floors()
        adjusted: list[TariffSet] = []
        missing: list[TariffMissing] = []
        for rule, form in tariff_rules(self.rulebook, self.on, self.grounds.stages):
            floor, among_members = floors.get(form), rule.group == MEMBERS_GROUP
            if among_members and floor is not None and floor.mode != "internal":
                continue  # the rule for a stage: of its forms, members owe for those alone whose floor is internal
            for name, importers in importer_groups(self.rulebook, self.grounds.members, self.on).items():
                parity = _among_members(form, self.on) if among_members else parities.get((form, rule.group))
                tariff = (
                    Unknown("no rule of today measures its parity")
                    if parity is None
                    else self._adjusted(rule, parity, floor, name, importers)
                )
                if isinstance(tariff, Tariff):
                    adjusted.append(TariffSet(name, tariff))
                else:
                    missing.append(TariffMissing(form, name, rule.group, tariff.reason))
        document = self._file(
            {"on": self.on.isoformat(), "parities": [json_of(parity) for parity in parities.values()]}
        )
        self.record(
            TariffsAdjusted(
                on=self.on,
                parities=tuple(map(_without_data, parities.values())),
                tariffs=tuple(adjusted),
                missing=tuple(missing),
                evidence={"parities": document.digest},
            )
        )

    def check_ladders(self) -> None:
        by_form: dict[str, list[Parity]] = {}
        for parity in self.state.parities.values():
            by_form.setdefault(parity.form, []).append(parity)
        paid = {form: duty_paid_parity(found, _NO_ONE_DUTY, Decimal(0)) for form, found in by_form.items()}
        floors = self._floors()
        checked = (
            ladder(mineral, self.on, floors, paid, self.prices, evidence=self.grounds.evidence)
            for mineral in self.grounds.tracked()
        )
        self.record(LaddersChecked(self.on, tuple(one for one in checked if one.rungs)))

    def publish(self) -> None:
        """Publish what changed. A list of measures that contradict each other raises ScheduleError, and nothing is published."""
        world = World(frozenset(self.facts.countries), self.grounds.members.members_on(self.on))
        stated = measures(
            self.on,
            self.state.tariffs.values(),
            self._floors(),
            self.rulebook,
            forms=self.facts.forms,
            ordinary=self.grounds.ordinary,
            world=world,
        )
        held = self.before.measures
        changed = tuple(measure for measure in stated if held.get(measure.measure_id) != measure)
        withdrawn = tuple(sorted(held.keys() - {measure.measure_id for measure in stated}))
        conditions = conditions_of(self.on, self.rulebook, world.members)
        if stated and (changed or withdrawn or conditions != self.before.conditions):
            currency = self.rulebook.rulebook.currency
            Schedule.from_measures(stated, currency, self.grounds.members, self.facts, conditions)
        if conditions != self.before.conditions:
            self.record(ConditionsPublished(self.on, conditions.days, conditions.origins))
        if changed or withdrawn:
            self.record(SchedulePublished(self.on, changed, withdrawn))

    def _judgements(self) -> Judgements:
        """What experts decided for this day before it was walked, by form."""
        made = judgements_on(self.before.governance, self.on)
        return {
            form: tuple(
                Judgement(one.action, one.observations, one.price, one.reason, one.basis, one.author, one.approver)
                for one in judged
            )
            for form, judged in made.items()
        }

    def _file(self, content: Mapping[str, object]) -> Document:
        document = Document.of(cast("Payload", content))
        self.documents.append(document)
        return document

    def _reviewed(self, rule: FloorRule) -> Floor:
        form = self.facts.forms[rule.form]
        return review(
            self.on,
            form,
            rule,
            self.state.references[rule.form],
            self.prices[rule.form].cost_build,
            previous=floor_on(self.before.floors.get(rule.form, ()), self.on),
            rulebook_version=self.version,
        )

    def _floors(self) -> dict[str, Floor]:
        """The floors in force, of forms that a rule of today still names."""
        ruled = {rule.form for rule in in_force(self.rulebook.floor, self.on)}
        every = (floor for form in sorted(ruled) for floor in self.state.floors.get(form, ()))
        return floors_on(every, self.on)

    def _parities(self) -> Iterator[Parity]:
        members = self.grounds.members.members_on(self.on)
        for form in measured_forms(self.rulebook, self.grounds, self.on):
            for group in in_force(self.rulebook.origin_group, self.on):
                yield import_parity(
                    self.on,
                    self.facts.forms[form],
                    group,
                    self.shown.seen.get(form, ()),
                    self.rulebook,
                    evidence=self.grounds.evidence,
                    members=members,
                    previous=self.before.parities.get((form, group.group)),
                )

    def _adjusted(
        self, rule: TariffRule, parity: Parity, floor: Floor | None, name: str, importers: tuple[str, ...]
    ) -> Tariff | Unknown:
        ordinary: OrdinaryRate | Unknown = Unknown("the ordinary duties of these members are not in the facts")
        outside: Decimal | Unknown = Decimal(0)
        if name != MEMBERS:
            form = self.facts.forms[parity.form]
            ordinary = ordinary_rate(
                form,
                name,
                self.on,
                self._ordinary_facts(name),
                currency=self.rulebook.rulebook.currency,
                rounding_unit=rule.rounding_unit,
                origins=self._named_origins(rule.group),
            )
            outside = outside_value(parity, self.facts.countries[name], rule.rounding_unit)
        return adjust(
            self.on,
            rule,
            self._standing(parity.form, name, rule.group, importers),
            floor,
            parity,
            importers=importers,
            ordinary=ordinary,
            outside_value=outside,
        )

    def _ordinary_facts(self, importer: str) -> OrdinaryFacts:
        """What the facts hold of the ordinary duties of one importer; the same for each of its tariffs of the day."""
        if importer not in self._ordinary:
            facts = self.facts
            duties = tuple(duty for duty in facts.ordinary_duties if duty.importer == importer)
            self._ordinary[importer] = OrdinaryFacts(
                duties, facts.content_factors, facts.tariff_treatments, facts.form_lines
            )
        return self._ordinary[importer]

    def _standing(self, form: str, name: str, group: str, importers: tuple[str, ...]) -> Tariff | None:
        """The tariff of the day before: the importers' own, or that of the group which they were in until then."""
        held = self.before.tariffs
        own = held.get((form, name, group))
        if own is not None:
            return own
        theirs = [held[key] for key in sorted(held) if key[0] == form and key[2] == group]
        return next((one for one in theirs if set(importers) <= set(one.importers)), None)

    def _named_origins(self, group: str) -> tuple[str, ...]:
        """The countries that an origin group names; none where it is all of those that no other group names."""
        return next(
            (
                tuple(one.origins)
                for one in in_force(self.rulebook.origin_group, self.on)
                if one.group == group and one.origins != NON_MEMBERS
            ),
            (),
        )


def _certificates(on: date, published: ReferencePrices) -> Document:
    """What is filed of a day's prices: the certificate of each by form, every one as the text that its hash is of."""
    told = {form: certificate_json(price.certified).decode() for form, price in published.items()}
    return Document.written(object_text({"certificates": object_text(told), "on": f'"{on.isoformat()}"'}))


def _set(price: ReferencePrice) -> PriceSet:
    return PriceSet(
        form=price.form,
        price=price.price,
        status=price.status,
        tier=price.tier,
        rests_on=price.rests_on,
        assumed=price.assumed,
        cost_build=price.cost_build,
        under_floor=price.under_floor,
        confidence=price.confidence,
        roots=price.roots,
    )


def _among_members(form: str, on: date) -> Parity:
    """Of members' goods: their prices are made under the floor, so that none of them measures a parity."""
    reason = Unknown("no parity is measured inside the zone")
    return Parity(form, MEMBERS_GROUP, on, reason, "suspended", None, None, ())


def _without_data(parity: Parity) -> ParitySet:
    return ParitySet(
        form=parity.form,
        group=parity.group,
        price=parity.price,
        status=parity.status,
        tier=parity.tier,
        rests_on=parity.rests_on,
        carriage=parity.carriage,
        carriage_estimated=parity.carriage_estimated,
    )
