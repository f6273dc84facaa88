"""What the zone has decided so far: a fold over its journal, and nothing else.

`apply` is pure. Reading a journal from its first entry and walking the days one by one give the same state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from footwall import entries
from footwall.desk import governance
from footwall.desk.events import (
    ConditionsPublished,
    CorrectionMade,
    DayClosed,
    Event,
    FactsAdopted,
    FailedPublication,
    FloorsReviewed,
    LaddersChecked,
    ObservationsReceived,
    ParitySet,
    PriceSet,
    PricesRestated,
    PublicationsFailed,
    ReferencePricesSet,
    RulebookAdopted,
    SchedulePublished,
    ScheduleRestated,
    TariffMissing,
    TariffsAdjusted,
    event_of,
)
from footwall.desk.governance import Governance, GovernanceEvent
from footwall.entries import EntryBook, EntryEvent
from footwall.floors import Floor, Ladder
from footwall.journal import Entry
from footwall.prices import ReferencePrice
from footwall.tariffs import Conditions, Measure, Parity, Tariff

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class State:
    """The zone after its last closed day (or in the middle of a day that is being decided).

    `references` has each form's prices from the first day on, without the figures of their certificates, which
    `certificates` names by day. `floors` has every review. `tariffs` is keyed by form, importer group and origin group,
    `parities` by form and origin group; both are of the last day. `published_on` is the day of the schedule in force.
    `received` are the submissions of observations, `withdrawn` the ids that a correction has taken out, each with its number;
    `failed` the publications that came late or not at all. `governance` is what people have signed, declared, judged and complained of up to now, between the days too;
    `entries` the customs entries, with their bonds and rulings, up to now.
    """

    facts: FactsAdopted | None = None
    rulebooks: Mapping[str, RulebookAdopted] = field(default_factory=dict)
    last_day: date | None = None
    references: Mapping[str, tuple[ReferencePrice, ...]] = field(default_factory=dict)
    certificates: Mapping[date, str] = field(default_factory=dict)
    floors: Mapping[str, tuple[Floor, ...]] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    parities: Mapping[tuple[str, str], Parity] = field(default_factory=dict)
    parity_evidence: Mapping[date, str] = field(default_factory=dict)
    tariffs: Mapping[tuple[str, str, str], Tariff] = field(default_factory=dict)
    missing: tuple[TariffMissing, ...] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    published_on: date | None = None
    conditions: Conditions = field(default_factory=Conditions)
    received: tuple[ObservationsReceived, ...] = ()
    corrections: Mapping[int, CorrectionMade] = field(default_factory=dict)
    restatements: Mapping[int, ScheduleRestated] = field(default_factory=dict)
    withdrawn: Mapping[str, int] = field(default_factory=dict)
    failed: tuple[FailedPublication, ...] = ()
    governance: Governance = field(default_factory=Governance)
    entries: EntryBook = field(default_factory=EntryBook)

    @property
    def latest(self) -> Mapping[str, ReferencePrice]:
        """Each form's last reference price."""
        return MappingProxyType({form: prices[-1] for form, prices in self.references.items()})


def apply(state: State, event: Event) -> State:
    """The state after `event`. Nothing is judged here: what was recorded has been decided."""
    match event:
        case FactsAdopted():
            return replace(state, facts=event)
        case RulebookAdopted():
            return replace(state, rulebooks=_with(state.rulebooks, event.file, event))
        case ReferencePricesSet():
            return _priced(state, event)
        case FloorsReviewed():
            return replace(state, floors=_longer(state.floors, ((floor.form, floor) for floor in event.floors)))
        case LaddersChecked():
            return replace(state, ladders={ladder.mineral: ladder for ladder in event.ladders})
        case TariffsAdjusted():
            return _adjusted(state, event)
        case SchedulePublished():
            kept = {name: measure for name, measure in state.measures.items() if name not in event.withdrawn}
            stated = kept | {measure.measure_id: measure for measure in event.stated}
            return replace(state, measures=dict(sorted(stated.items())), published_on=event.on)
        case ConditionsPublished():
            return replace(state, conditions=Conditions(event.days, event.origins), published_on=event.on)
        case DayClosed():
            return replace(state, last_day=event.on)
        case _:
            return _between_days(state, event)


BetweenDays = (
    ObservationsReceived
    | CorrectionMade
    | PricesRestated
    | ScheduleRestated
    | PublicationsFailed
    | GovernanceEvent
    | EntryEvent
)


def _between_days(state: State, event: BetweenDays) -> State:
    """What people send in, correct and govern, and what the calendar finds wanting."""
    match event:
        case ObservationsReceived():
            return replace(state, received=(*state.received, event))
        case CorrectionMade():
            return _corrected(state, event)
        case PricesRestated():
            return _restated(state, event)
        case ScheduleRestated():
            return replace(state, restatements={**state.restatements, event.restatement: event})
        case PublicationsFailed():
            return replace(state, failed=(*state.failed, *event.failed))
        case _ if isinstance(event, EntryEvent):
            return replace(state, entries=entries.apply(state.entries, event))
        case _:
            return replace(state, governance=governance.apply(state.governance, event))


def state_from(entries: Iterable[Entry]) -> State:
    """The state that a journal's entries tell, first to last. Raises JournalError for one that cannot be understood."""
    state = State()
    for entry in entries:
        state = apply(state, event_of(entry))
    return state


def _priced(state: State, event: ReferencePricesSet) -> State:
    prices = ((price.form, _bare(price, event)) for price in event.prices)
    return replace(
        state,
        references=_longer(state.references, prices),
        certificates=_with(state.certificates, event.on, event.evidence["certificates"]),
    )


def _adjusted(state: State, event: TariffsAdjusted) -> State:
    tariffs = {
        (adjusted.tariff.form, adjusted.importer_group, adjusted.tariff.group): adjusted.tariff
        for adjusted in event.tariffs
    }
    return replace(
        state,
        parities={(parity.form, parity.group): _bare_parity(parity, event.on) for parity in event.parities},
        parity_evidence=_with(state.parity_evidence, event.on, event.evidence["parities"]),
        tariffs=tariffs,
        missing=event.missing,
    )


def _restated(state: State, event: PricesRestated) -> State:
    """The prices of one day, as they are known from now on; every other day stays as it is."""
    fresh = {price.form: _bare(price, event) for price in event.prices}
    references = {
        form: tuple(fresh[form] if form in fresh and held.on == event.on else held for held in prices)
        for form, prices in state.references.items()
    }
    certificates = _with(state.certificates, event.on, event.evidence["certificates"])
    return replace(state, references=references, certificates=certificates)


def _corrected(state: State, event: CorrectionMade) -> State:
    withdrawn = {**state.withdrawn, **dict.fromkeys(event.withdrawn, event.correction)}
    return replace(state, corrections=_with(state.corrections, event.correction, event), withdrawn=withdrawn)


def _bare(price: PriceSet, event: ReferencePricesSet | PricesRestated) -> ReferencePrice:
    """The price as later days need it. Its certificate is on file, not in the state."""
    return ReferencePrice(
        form=price.form,
        on=event.on,
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


def _bare_parity(parity: ParitySet, on: date) -> Parity:
    return Parity(
        form=parity.form,
        group=parity.group,
        on=on,
        price=parity.price,
        status=parity.status,
        tier=parity.tier,
        rests_on=parity.rests_on,
        used=(),
        carriage=parity.carriage,
        carriage_estimated=parity.carriage_estimated,
    )


def _with(held: Mapping[Key, Value], key: Key, value: Value) -> Mapping[Key, Value]:
    return {**held, key: value}


def _longer(
    held: Mapping[str, tuple[Value, ...]], more: Iterable[tuple[str, Value]]
) -> Mapping[str, tuple[Value, ...]]:
    longer = dict(held)
    for key, value in more:
        longer[key] = (*longer.get(key, ()), value)
    return longer
