"""What a bulletin says of a published schedule: its measures, and the floors and prices that they rest on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from footwall.bulletin.tables import (
    FORMAT,
    JSON,
    SCHEDULE_FILE,
    TABLES,
    WORKBOOK_FILE,
    canonical,
    csv_bytes,
    tables_of,
)
from footwall.bulletin.workbook import workbook_bytes
from footwall.floors import Floor
from footwall.prices import ReferencePrice
from footwall.quantity import Unknown
from footwall.tariffs import Conditions, DayRule, Measure, OriginRule, Schedule, conditions_json

if TYPE_CHECKING:
    from footwall.facts import Facts

_FLOOR: Final = ("form", "price", "ceiling", "mode", "reviewed_on", "sunset", "rulebook")
_PRICE: Final = ("form", "on", "price", "status", "tier", "confidence", "assumed", "rests_on", "under_floor")

_PAIRS: Final[Mapping[str, tuple[str, ...]]] = {
    "bands": ("at_least", "specific"),
    "slices": ("up_to", "rate"),
    "elements": ("element", "specific", "recovered", "undeclared"),
}
_NONE: Final = Conditions()


@dataclass(frozen=True, slots=True)
class Published:
    """A schedule as it was published, and where: `identity` is what signatures name the zone by.

    `prices` come with the digest of the document that their certificates stand in.
    """

    zone: str
    identity: str
    notice: str
    on: date
    published_on: date
    rules: str
    currency: str
    measures: Sequence[Measure]
    floors: Sequence[Floor] = ()
    prices: Sequence[tuple[ReferencePrice, str]] = ()
    conditions: Conditions = _NONE


def bulletin_files(published: Published) -> dict[str, bytes]:
    """The files of a bulletin, by name: the same bytes for the same schedule, everywhere and at any time."""
    return files_of(bulletin_contents(published), published.on)


def files_of(contents: Mapping[str, JSON], on: date) -> dict[str, bytes]:
    """The files that say what `contents` say. Raises ValueError where these are no contents of a bulletin."""
    tables = tables_of(contents)
    csvs = {f"{name}.csv": csv_bytes(tables[name]) for name in TABLES}
    return {SCHEDULE_FILE: canonical(contents)} | csvs | {WORKBOOK_FILE: workbook_bytes(tables, on)}


def bulletin_contents(published: Published) -> dict[str, JSON]:
    """The JSON object of a bulletin: decimals and days as text, null for what does not apply, an unknown with its reason."""
    measures = [field.name for field in fields(Measure)]
    ruled = published.conditions
    return {
        **({"conditions": dict(conditions_json(ruled))} if ruled.days or ruled.origins else {}),
        "format": FORMAT,
        "notice": published.notice,
        "zone": {"name": published.zone, "identity": published.identity},
        "on": published.on.isoformat(),
        "published_on": published.published_on.isoformat(),
        "rules": published.rules,
        "currency": published.currency,
        "columns": {
            "measures": measures,
            "floors": [*_FLOOR, "unit"],
            "prices": [*_PRICE, "unit", "certificates"],
        },
        "measures": [_record(one, measures) for one in sorted(published.measures, key=lambda one: one.measure_id)],
        "floors": [
            _record(one, _FLOOR) | {"unit": "USD/kg"} for one in sorted(published.floors, key=lambda one: one.form)
        ],
        "prices": [
            _record(price, _PRICE) | {"unit": "USD/kg", "certificates": document}
            for price, document in sorted(published.prices, key=lambda one: one[0].form)
        ],
    }


def schedule_of(contents: Mapping[str, JSON], members: object = None, facts: "Facts | None" = None) -> Schedule:
    """The schedule that a bulletin states, for `fw.quote` and `fw.assess`: verify the bulletin first.

    A field that an older Footwall did not know is as `Measure` has it where it is left out; one that this one does not know is
    refused. `members` and `facts` as in `Schedule.from_measures`. Raises ValueError for contents of another shape, UsageError and
    ScheduleError for measures that make no schedule.
    """
    listed = contents.get("measures")
    if contents.get("format") != FORMAT or not isinstance(listed, list):
        raise ValueError(f"no contents of {FORMAT}")
    measures, conditions = [_measure(record) for record in listed], _conditions(contents.get("conditions"))
    return Schedule.from_measures(measures, str(contents.get("currency")), members, facts, conditions)


def told(value: object) -> JSON:
    """A value of a record as JSON. Raises TypeError for one that has no form there, a float above all: our own fault."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Unknown():
            return {"unknown": value.reason}
        case tuple() | list():
            return [told(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: told(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _record(record: object, names: Iterable[str]) -> dict[str, JSON]:
    return {name: told(getattr(record, name)) for name in names}


def _conditions(told: JSON) -> Conditions:
    """The rules of the day and of the origin that count; a bulletin without any leaves them out."""
    if told is None:
        return _NONE
    if not isinstance(told, Mapping) or told.keys() != {"days", "origins"}:
        raise ValueError("conditions of a shape that this version of Footwall does not know")
    return Conditions(
        tuple(DayRule(**_rule(one, DayRule)) for one in _listed(told["days"])),
        tuple(OriginRule(**_rule(one, OriginRule)) for one in _listed(told["origins"])),
    )


def _listed(told: JSON) -> Sequence[JSON]:
    if not isinstance(told, Sequence) or isinstance(told, str):
        raise ValueError("conditions that are no list")  # noqa: TRY004 - contents of another shape
    return told


def _rule(told: JSON, kind: type[DayRule] | type[OriginRule]) -> dict[str, Any]:
    known = {field.name for field in fields(kind)}
    if not isinstance(told, Mapping) or told.keys() != known:
        raise ValueError("a condition of fields that this version of Footwall does not know")
    return {name: _value(name, value) for name, value in told.items()}


def _measure(record: JSON) -> Measure:
    known = {field.name: field for field in fields(Measure)}
    if not isinstance(record, Mapping) or not record.keys() <= known.keys():
        raise ValueError("a measure of fields that this version of Footwall does not know")
    missing = [name for name, one in known.items() if one.default is MISSING and name not in record]
    if missing:
        raise ValueError(f"a measure without {', '.join(missing)}")
    return Measure(**{name: _value(name, value) for name, value in record.items()})  # type: ignore[arg-type]


def _value(name: str, value: JSON) -> object:
    """A value of a measure: days are text in a bulletin, and pairs are objects."""
    if name in {"valid_from", "valid_to"} and value is not None:
        return date.fromisoformat(str(value))
    if name in _PAIRS and isinstance(value, list):
        return tuple(tuple(pair.get(part) for part in _PAIRS[name]) for pair in value if isinstance(pair, Mapping))
    return value
