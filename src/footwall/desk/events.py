"""What the desk records: one record for each kind of entry, and the way to and from a journal's payload.

Every figure travels as text at its own scale, and comes back as the same decimal: what is decided after a restart is
decided on the very same numbers.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast

from footwall.desk.governance import (
    ComplaintAnswered,
    ComplaintFiled,
    ConflictDeclared,
    ConflictEnded,
    GovernanceEvent,
    JudgementMade,
    PersonEnrolled,
    PersonLeft,
    PricesSigned,
)
from footwall.desk.telling import told
from footwall.entries import (
    AmountPaid,
    BondCalled,
    BondLodged,
    EntriesCorrected,
    EntryCancelled,
    EntryClosed,
    EntryEvent,
    EntryExtended,
    EntryFiled,
    EntryLiquidated,
    EntryProtested,
    GoodsLeft,
    ProtestDecided,
    RulingIssued,
    RulingRevoked,
)
from footwall.errors import JournalError
from footwall.floors import Floor, Ladder
from footwall.journal import Entry, JsonValue, NewEntry, Payload
from footwall.prices import Confidence, Status
from footwall.quantity import Unknown
from footwall.tariffs import NO_CARRIAGE, DayRule, Measure, OriginRule, Tariff

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class FactsAdopted:
    """The fact tables on which the zone decides: each file's digest, and one over all of them."""

    digest: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RulebookAdopted:
    """One version of the rules, by the digest of its file; `evidence` names the document that holds its text."""

    file: str
    version: str
    digest: str
    valid_from: date
    valid_to: date | None
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PriceSet:
    """A reference price without its certificate, which stands in the evidence of its day."""

    form: str
    price: Decimal | Unknown
    status: Status
    tier: str | None
    rests_on: date | None
    assumed: bool
    cost_build: Decimal | Unknown
    under_floor: bool
    confidence: Confidence | None = None
    roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferencePricesSet:
    """The reference prices of a day; `evidence` names the document of their certificates, by form."""

    on: date
    rulebook: str
    prices: tuple[PriceSet, ...]
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FloorsReviewed:
    """What the reviews that fell due have decided."""

    on: date
    floors: tuple[Floor, ...]


@dataclass(frozen=True, slots=True)
class LaddersChecked:
    """The ladders of the tracked minerals at the floors in force."""

    on: date
    ladders: tuple[Ladder, ...]


@dataclass(frozen=True, slots=True)
class ParitySet:
    """Import parity of a form and origin group, without the data it rests on, which stand in the evidence of its day."""

    form: str
    group: str
    price: Decimal | Unknown
    status: Literal["observed", "carried", "suspended"]
    tier: str | None
    rests_on: date | None
    carriage: Decimal | Unknown = NO_CARRIAGE
    carriage_estimated: bool = False


@dataclass(frozen=True, slots=True)
class TariffSet:
    """A tariff, and the name of the importers that share it: an importer's code, or `members` for all others."""

    importer_group: str
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class TariffMissing:
    """Why a form that a rule names has no tariff."""

    form: str
    importer_group: str
    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class TariffsAdjusted:
    """Parities and tariffs of a day, all of them; `evidence` names the document of what the parities rest on."""

    on: date
    parities: tuple[ParitySet, ...]
    tariffs: tuple[TariffSet, ...]
    missing: tuple[TariffMissing, ...]
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SchedulePublished:
    """How the published measures change: those that are new or say something else, and the ids of those withdrawn."""

    on: date
    stated: tuple[Measure, ...]
    withdrawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConditionsPublished:
    """Which day and which origin count beside the published measures, all rules in force and to come, as they change."""

    on: date
    days: tuple[DayRule, ...]
    origins: tuple[OriginRule, ...]


@dataclass(frozen=True, slots=True)
class DayClosed:
    """A day has been walked, under this version of the rules."""

    on: date
    rulebook: str


@dataclass(frozen=True, slots=True)
class ObservationsReceived:
    """A submission of observations: `evidence` names the file of those accepted, and that of what each of them says.

    `after` is the last day walked when it came: no earlier day was decided on it. `late` of them were published by then.
    `correction` is the number of the correction that it is part of; such a one counts for the days that it restates, too.
    """

    submission: int
    digest: str
    count: int
    duplicates: int
    refused: int
    late: int
    forms: tuple[str, ...]
    first: date
    last: date
    after: date | None
    evidence: Mapping[str, str]
    correction: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectionMade:
    """What was wrong in the evidence, who says so, and how much depends on it; `evidence` names the list of all of it.

    `withdrawn` are ids of observations that count no more, for any day. `first` and `last` are the walked days whose prices
    are restated (None where none is). `known_until` is the instant up to which the old prices were what was known (UTC, ISO
    8601; empty where nothing was). Floors, tariffs and measures stand as they were decided: no duty changes after the fact.
    """

    correction: int
    reason: str
    author: str
    approver: str
    complaint: int | None
    withdrawn: tuple[str, ...]
    submission: int | None
    first: date | None
    last: date | None
    known_until: str
    prices: int
    floors: int
    tariffs: int
    measures: int
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScheduleRestated:
    """A schedule that was published in error, or membership that was: what holds instead for entries of the days from `first` to `last`.

    `evidence` names what it says. What was published on these days stays what was published then; `known_until` is the instant up to
    which that was all that was known (UTC, ISO 8601).
    """

    restatement: int
    reason: str
    author: str
    approver: str
    first: date
    last: date
    file: str
    known_until: str
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PricesRestated:
    """The reference prices of a walked day that a correction changes; `evidence` names all certificates of the day, anew.

    None of them, where the correction changes only what a certificate says of how its price came about.
    """

    correction: int
    on: date
    rulebook: str
    prices: tuple[PriceSet, ...]
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublicationsFailed:
    """Publications that a cadence asks for and that came late, or not at all, up to the day: each with its due instant."""

    on: date
    failed: tuple["FailedPublication", ...]


@dataclass(frozen=True, slots=True)
class FailedPublication:
    """A price that was due on a day at an instant (UTC, ISO 8601), for these forms."""

    on: date
    due_at: str
    status: Literal["late", "missed"]
    forms: tuple[str, ...]


Event = (
    FactsAdopted
    | RulebookAdopted
    | ReferencePricesSet
    | FloorsReviewed
    | LaddersChecked
    | TariffsAdjusted
    | SchedulePublished
    | ConditionsPublished
    | DayClosed
    | ObservationsReceived
    | CorrectionMade
    | PricesRestated
    | ScheduleRestated
    | PublicationsFailed
    | GovernanceEvent
    | EntryEvent
)

Record = TypeVar("Record")

KINDS: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {
        "facts_adopted": FactsAdopted,
        "rulebook_adopted": RulebookAdopted,
        "reference_prices_set": ReferencePricesSet,
        "floors_reviewed": FloorsReviewed,
        "ladders_checked": LaddersChecked,
        "tariffs_adjusted": TariffsAdjusted,
        "schedule_published": SchedulePublished,
        "conditions_published": ConditionsPublished,
        "day_closed": DayClosed,
        "observations_received": ObservationsReceived,
        "correction_made": CorrectionMade,
        "prices_restated": PricesRestated,
        "schedule_restated": ScheduleRestated,
        "publications_failed": PublicationsFailed,
        "person_enrolled": PersonEnrolled,
        "person_left": PersonLeft,
        "conflict_declared": ConflictDeclared,
        "conflict_ended": ConflictEnded,
        "prices_signed": PricesSigned,
        "judgement_made": JudgementMade,
        "complaint_filed": ComplaintFiled,
        "complaint_answered": ComplaintAnswered,
        "entry_filed": EntryFiled,
        "goods_left": GoodsLeft,
        "entry_extended": EntryExtended,
        "entry_liquidated": EntryLiquidated,
        "entry_protested": EntryProtested,
        "protest_decided": ProtestDecided,
        "entry_cancelled": EntryCancelled,
        "entry_closed": EntryClosed,
        "entries_corrected": EntriesCorrected,
        "amount_paid": AmountPaid,
        "bond_lodged": BondLodged,
        "bond_called": BondCalled,
        "ruling_issued": RulingIssued,
        "ruling_revoked": RulingRevoked,
    }
)
"""The kinds of entries, and what each holds."""

_NAMES: Final = {kind: name for name, kind in KINDS.items()}


def entry_of(event: Event, effective_on: date, key: str) -> NewEntry:
    """An event as an entry for the journal; `key` names it within its kind (a day, a file)."""
    kind = _NAMES[type(event)]
    return NewEntry(kind, effective_on, f"{kind}/{key}", json_of(event))


def event_of(entry: Entry) -> Event:
    """The event that an entry holds. Raises JournalError for a kind or a content that this version does not know."""
    kind = KINDS.get(entry.kind)
    if kind is None:
        raise JournalError(
            f"entry {entry.sequence} is of the kind {entry.kind!r}, which this version of Footwall does not know: use a newer one"
        )
    return restored(kind, entry.payload, f"entry {entry.sequence} ({entry.kind})")


def restored(kind: type[Record], payload: Payload, place: str) -> Record:
    """The record that `json_of` wrote. Raises JournalError, naming `place`, where it cannot be one."""
    from pydantic import ValidationError

    try:
        return cast("Record", _reader(cast("Hashable", kind)).validate_python(_with_reasons(dict(payload))))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise JournalError(f"{place}: {field}: {first['msg']}") from None


def json_of(record: "DataclassInstance") -> dict[str, JsonValue]:
    """A record as a journal's payload: values as `told` has them, and what stands at its default left out."""
    return {name: told(value, _stated) for name, value in _stated(record).items()}


def _stated(record: "DataclassInstance") -> dict[str, object]:
    values = ((field.name, field.default, getattr(record, field.name)) for field in fields(record))
    return {name: value for name, default, value in values if value != default}


def _with_reasons(value: JsonValue) -> JsonValue:
    """{"unknown": reason} as the record of an unknown has it."""
    if isinstance(value, dict):
        if value.keys() == {"unknown"}:
            return {"reason": value["unknown"]}
        return {name: _with_reasons(inner) for name, inner in value.items()}
    return [_with_reasons(inner) for inner in value] if isinstance(value, list) else value


@cache
def _reader(kind: Hashable) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(cast("type[object]", kind))
