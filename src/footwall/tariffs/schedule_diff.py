"""What one schedule changes in another, measure by measure: as rows, and in words.

A measure is the same as another that has its name; else as one that says the same under another name; else as one on the same
goods, in the same role, by the same importers, from the same origins: its successor.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from footwall.quantity import plain
from footwall.tariffs.measures.fields import NOTHING, measure_fields
from footwall.tariffs.measures.measure import Measure
from footwall.tariffs.schedule import Schedule

ChangeKind = Literal["added", "ended", "renamed", "rate", "dates", "importers", "origins", "goods", "terms"]
_KINDS: Final[dict[str, ChangeKind]] = {
    "measure_id": "renamed",
    "ad_valorem": "rate",
    "specific": "rate",
    "bands": "rate",
    "slices": "rate",
    "elements": "rate",
    "least_ad_valorem": "rate",
    "least_specific": "rate",
    "most_ad_valorem": "rate",
    "most_specific": "rate",
    "otherwise_ad_valorem": "rate",
    "valid_from": "dates",
    "valid_to": "dates",
    "importers": "importers",
    "origins": "origins",
    "form": "goods",
    "hs_codes": "goods",
}
_SHARES: Final = frozenset(
    {"ad_valorem", "otherwise_ad_valorem", "bound_ad_valorem", "tolerance", "least_ad_valorem", "most_ad_valorem"}
)
_PER_KG: Final = frozenset(
    {"specific", "floor", "ceiling", "parity", "standard_value", "bound_specific", "least_specific", "most_specific"}
)
_LISTED: Final = frozenset({"importers", "origins", "hs_codes"})
_ROLES: Final = ("floor", "embedded", "additional", "ordinary")
SHOWN_IN_WORDS: Final = 4
"""So many of a long list are named in a sentence; the row has all of them."""
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """One change: of `field` of a measure, from what `old` says to what `new` says; None where nothing is said.

    A measure that is added or ends as a whole has the field `measure`. `previous_id` is its name before, where that was
    another. `gained` and `lost` are what a list of countries or codes holds more and less. `effective_on` is the first day
    on which the change is felt.
    """

    kind: ChangeKind
    measure_id: str
    previous_id: str | None
    role: str
    goods: str
    importers: tuple[str, ...]
    origins: tuple[str, ...]
    field: str
    old: str | None
    new: str | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    effective_on: date
    words: str

    def __str__(self) -> str:
        """The change as a sentence."""
        return self.words


def schedule_diff(
    old: Schedule | Iterable[Measure], new: Schedule | Iterable[Measure], on: date | None = None
) -> tuple[ScheduleChange, ...]:
    """What `new` changes where it takes the place of `old`, in a stable order: by role, goods, name, and field.

    `on` is the first day on which `new` holds: nothing is felt before it, and what had ended by then is told as ended and not
    as withdrawn.
    """
    before, after = _measures(old), _measures(new)
    changes: list[ScheduleChange] = []
    for was, now in _pairs(before, after):
        changes += _of(was, now, on)
    return tuple(sorted(changes, key=_order))


def _measures(schedule: Schedule | Iterable[Measure]) -> list[Measure]:
    listed = schedule.measures if isinstance(schedule, Schedule) else tuple(schedule)
    return sorted(listed, key=lambda one: (one.valid_from, one.measure_id))


def _pairs(old: list[Measure], new: list[Measure]) -> Iterator[tuple[Measure | None, Measure | None]]:
    """Each measure of either side with what it is on the other: None where it is not there."""
    keys: tuple[Callable[[Measure], object], ...] = (
        lambda one: one,
        lambda one: replace(one, measure_id=""),
        lambda one: one.measure_id,
        lambda one: (one.role, one.programme, one.form, one.hs_codes, frozenset(one.importers), frozenset(one.origins)),
    )
    for key in keys:
        waiting: defaultdict[object, list[Measure]] = defaultdict(list)
        for one in new:
            waiting[key(one)].append(one)
        left = []
        for was in old:
            if found := waiting[key(was)]:
                yield was, found.pop(0)
            else:
                left.append(was)
        old, new = left, [one for group in waiting.values() for one in group]
        new.sort(key=lambda one: (one.valid_from, one.measure_id))
    yield from ((was, None) for was in old)
    yield from ((None, one) for one in new)


def _of(was: Measure | None, now: Measure | None, on: date | None) -> Iterator[ScheduleChange]:
    if was is None and now is not None:
        yield _whole(
            "added",
            now,
            max(filter(None, (now.valid_from, on))),
            f"{_named(now)} is added: {_rule(now)}, {_days(now)}.",
        )
    elif was is not None and now is None:
        yield _ended(was, on)
    elif was is not None and now is not None and was != now:
        yield from _fields(was, now, on)


def _ended(was: Measure, on: date | None) -> ScheduleChange:
    if on is not None and was.valid_to is not None and was.valid_to < on:
        return _whole(
            "ended", was, was.valid_to + _ONE_DAY, f"{_named(was)} has ended on {was.valid_to}, its last day."
        )
    begun = on is None or was.valid_from < on
    told = f"ends: it was to hold {_until(was)}" if begun else f"is withdrawn before its first day, {was.valid_from}"
    return _whole("ended", was, max(filter(None, (on, was.valid_from))), f"{_named(was)} {told}.")


def _whole(kind: ChangeKind, one: Measure, day: date, words: str) -> ScheduleChange:
    rule = f"{_rule(one)}, {_days(one)}"
    old, new = (None, rule) if kind == "added" else (rule, None)
    return _change(kind, one, "measure", (old, new), effective_on=day, words=words)


def _fields(was: Measure, now: Measure, on: date | None) -> Iterator[ScheduleChange]:
    day = max(filter(None, (now.valid_from, on)))
    renamed = was.measure_id if was.measure_id != now.measure_id else None
    for one in fields(Measure):
        before, after = getattr(was, one.name), getattr(now, one.name)
        if before == after:
            continue
        gained = tuple(item for item in after if item not in set(before)) if one.name in _LISTED else ()
        lost = tuple(item for item in before if item not in set(after)) if one.name in _LISTED else ()
        told = (_told(one.name, before, was), _told(one.name, after, now))
        felt = day
        if one.name == "valid_to":
            felt = max(filter(None, (on, min(filter(None, (was.valid_to, now.valid_to))) + _ONE_DAY)))
        kind = _KINDS.get(one.name, "terms")
        words = _sentence(one.name, (was, now), told, gained, lost)
        yield _change(
            kind, now, one.name, told, effective_on=felt, words=words, previous_id=renamed, gained=gained, lost=lost
        )


def _change(
    kind: ChangeKind,
    one: Measure,
    field: str,
    told: tuple[str | None, str | None],
    *,
    effective_on: date,
    words: str,
    previous_id: str | None = None,
    gained: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
) -> ScheduleChange:
    importers, origins = tuple(one.importers), tuple(one.origins)
    return ScheduleChange(kind, one.measure_id, previous_id, one.role, _goods(one), importers, origins,
                          field, *told, gained, lost, effective_on, words)  # fmt: skip


def _sentence(
    name: str,
    pair: tuple[Measure, Measure],
    told: tuple[str | None, str | None],
    gained: Sequence[str],
    lost: Sequence[str],
) -> str:
    was, now = pair
    named, word = _named(now), name.replace("_", " ")
    old, new = (text or "none" for text in told)
    if name == "measure_id":
        return f"{named} was called {was.measure_id}."
    if name == "valid_to":
        return f"{named} holds {_until(now)} instead of {_until(was)}."
    if name == "valid_from":
        return f"{named} begins on {now.valid_from} instead of {was.valid_from}."
    if name in _LISTED:
        parts = [f"gains {_some(gained)}"] if gained else []
        parts += [f"loses {_some(lost)}"] if lost else []
        return f"{named}: {word} {' and '.join(parts) or 'stand in another order'}."
    before, after = getattr(was, name), getattr(now, name)
    if isinstance(before, Decimal) and isinstance(after, Decimal):
        return f"{named}: {word} {'rises' if after > before else 'falls'} from {old} to {new}."
    return f"{named}: {word} changes from {old} to {new}."


def _told(name: str, value: object, measure: Measure) -> str | None:
    """A value as a table shows it: rates in per cent, amounts with their unit."""
    match value:
        case None:
            return None
        case Decimal() if name in _SHARES:
            return f"{plain(value * 100)} %"
        case Decimal() if name in _PER_KG:
            return f"{plain(value)} {_unit(measure)}"
        case Decimal():
            return plain(value)
        case tuple() if value and not isinstance(value[0], str):
            return ", ".join(":".join(_part(getattr(item, one.name)) for one in fields(item)) for item in value)
        case tuple():
            return " ".join(value) or NOTHING
        case bool():
            return "yes" if value else "no"
    return str(value) or None


def _part(value: object) -> str:
    return "" if value is None else plain(value) if isinstance(value, Decimal) else str(value)


def _unit(measure: Measure) -> str:
    per = "kg" if measure.per_kg == 1 else f"{measure.per_kg} kg"
    return f"{measure.currency}/{per}" + (f" {measure.contained}" if measure.contained else "")


def _rule(one: Measure) -> str:
    """How its duty is found: `notified 5.33 USD/kg`, `3.7 %`, `top up to 110 USD/kg`."""
    rates = [
        _told(name, getattr(one, name), one)
        for name in ("ad_valorem", "specific", "bands", "elements", "otherwise_ad_valorem")
    ]
    rate = " + ".join(text for text in rates if text and text != NOTHING)
    if one.role != "floor":
        return rate
    floor = f"to the floor of {_told('floor', one.floor, one)}" if one.floor is not None else ""
    return " ".join(filter(None, (one.method.replace("_", " "), rate, floor)))


def _named(one: Measure) -> str:
    return f"{one.measure_id} ({one.role} on {_goods(one)}, {_some(one.importers)} from {_some(one.origins)})"


def _goods(one: Measure) -> str:
    return one.form or " ".join(one.hs_codes)


def _some(listed: Sequence[str]) -> str:
    """A list of countries or codes: whole where it is short, else its beginning and how many there are."""
    shown = SHOWN_IN_WORDS
    return (
        " ".join(listed) if len(listed) <= shown + 1 else f"{' '.join(listed[:shown])} and {len(listed) - shown} others"
    )


def _days(one: Measure) -> str:
    return f"from {one.valid_from} on" if one.valid_to is None else f"from {one.valid_from} to {one.valid_to}"


def _until(one: Measure) -> str:
    return "without end" if one.valid_to is None else f"until {one.valid_to}"


_PLACES: Final = {"measure": -1} | {one.name: number for number, one in enumerate(measure_fields())}


def _order(change: ScheduleChange) -> tuple[object, ...]:
    role = _ROLES.index(change.role) if change.role in _ROLES else len(_ROLES)
    return role, change.goods, change.measure_id, change.effective_on, _PLACES[change.field], change.words
