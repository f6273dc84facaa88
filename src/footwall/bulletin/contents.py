"""What a bulletin says of a published schedule: its measures, and the floors and prices that they rest on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

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
from footwall.tariffs import Measure, Schedule

if TYPE_CHECKING:
    from footwall.facts import Facts

_FLOOR: Final = ("form", "price", "ceiling", "mode", "reviewed_on", "sunset", "rulebook")
_PRICE: Final = ("form", "on", "price", "status", "tier", "confidence", "assumed", "rests_on", "under_floor")


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


def bulletin_files(published: Published) -> dict[str, bytes]:
    """The files of a bulletin, by name: the same bytes for the same schedule, everywhere and at any time."""
    contents = bulletin_contents(published)
    tables = tables_of(contents)
    csvs = {f"{name}.csv": csv_bytes(tables[name]) for name in TABLES}
    return {SCHEDULE_FILE: canonical(contents)} | csvs | {WORKBOOK_FILE: workbook_bytes(tables, published.on)}


def bulletin_contents(published: Published) -> dict[str, JSON]:
    """The JSON object of a bulletin: decimals and days as text, null for what does not apply, an unknown with its reason."""
    measures = [field.name for field in fields(Measure)]
    return {
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

    `members` and `facts` as in `Schedule.from_measures`. Raises ValueError for contents of another shape, UsageError and
    ScheduleError for measures that make no schedule.
    """
    known = {field.name for field in fields(Measure)}
    listed = contents.get("measures")
    if contents.get("format") != FORMAT or not isinstance(listed, list):
        raise ValueError(f"no contents of {FORMAT}")
    measures = []
    for record in listed:
        if not isinstance(record, Mapping) or record.keys() != known:
            raise ValueError("a measure of other fields than this version of Footwall knows")
        measures.append(_measure(record))
    return Schedule.from_measures(measures, str(contents.get("currency")), members, facts)


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


def _measure(record: Mapping[str, JSON]) -> Measure:
    values = dict(cast("Mapping[str, object]", record))
    for name in ("valid_from", "valid_to"):
        values[name] = None if values[name] is None else date.fromisoformat(str(values[name]))
    for name, inner in (("bands", ("at_least", "specific")), ("slices", ("up_to", "rate"))):
        pairs = values[name]
        if isinstance(pairs, list):
            values[name] = tuple(tuple(pair[part] for part in inner) for pair in pairs)
    return Measure(**values)  # type: ignore[arg-type]
