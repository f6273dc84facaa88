"""What rests on prices that come out otherwise: each price, floor, tariff and measure, with its days, and its figure then and now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from footwall.desk.events import PriceSet
from footwall.desk.state import State
from footwall.prices import ReferencePrice, ReferencePrices
from footwall.quantity import Unknown
from footwall.tariffs import Tariff

Figure: TypeAlias = Decimal | Unknown | None
Kind = Literal["price", "floor", "tariff", "measure"]

_KINDS: tuple[Kind, ...] = ("price", "floor", "tariff", "measure")


@dataclass(frozen=True, slots=True)
class Dependent:
    """One thing that would have come out otherwise: what it is, on which walked days, and its figure then and now.

    `what` is the form of a price, floor or tariff, or the id of a measure; `whose` the importers and origin group of a tariff.
    """

    kind: Kind
    what: str
    whose: str
    first: date
    last: date
    old: Figure
    new: Figure


@dataclass(frozen=True, slots=True)
class DayTwice:
    """A walked day as it was decided (`old`) and as it is decided on other evidence (`new`); `held` are its prices as known now."""

    on: date
    held: ReferencePrices
    old: State
    new: State


def depending(days: Iterable[DayTwice]) -> tuple[Dependent, ...]:
    """All that comes out otherwise on these days, which follow each other: by kind and name, and in order of its days."""
    spans: dict[_Change, list[tuple[date, date]]] = {}
    before = date.min
    for day in days:
        for change in _changes(day):
            _extend(spans.setdefault(change, []), before, day.on)
        before = day.on
    found = (
        Dependent(kind, what, whose, first, last, was, now)
        for (kind, what, whose, was, now), told in spans.items()
        for first, last in told
    )
    return tuple(sorted(found, key=_in_order))


def comes_out_otherwise(held: ReferencePrice | None, price: PriceSet | ReferencePrice) -> bool:
    """Whether a price comes out otherwise than it is held, in anything that is recorded of it."""
    return _differs(held, price, (*_TOLD, "cost_build"))


_TOLD = ("price", "status", "tier", "rests_on", "assumed", "under_floor", "confidence", "roots")
"""What is published beside the figure of a price."""

_Change: TypeAlias = tuple[Kind, str, str, Figure, Figure]
"""Kind, what and whose of a dependent, and its figure then and now."""


def _differs(held: ReferencePrice | None, price: PriceSet | ReferencePrice, names: tuple[str, ...]) -> bool:
    return held is None or any(getattr(held, name) != getattr(price, name) for name in names)


def _in_order(one: Dependent) -> tuple[int, str, str, date]:
    return _KINDS.index(one.kind), one.what, one.whose, one.first


def _extend(spans: list[tuple[date, date]], before: date, day: date) -> None:
    """A change that was so on the walked day before goes on; else it begins."""
    if spans and spans[-1][1] == before:
        spans[-1] = (spans[-1][0], day)
    else:
        spans.append((day, day))


def _changes(day: DayTwice) -> Iterator[_Change]:
    yield from _prices(day.held, day.new.latest)
    yield from _floors(day.on, day.old, day.new)
    yield from _tariffs(day.old, day.new)
    yield from _measures(day.old, day.new)


def _prices(old: ReferencePrices, new: ReferencePrices) -> Iterator[_Change]:
    """Prices that were published for the day, or stood on it."""
    for form, price in sorted(new.items()):
        held = old.get(form)
        if _differs(held, price, _TOLD):
            yield "price", form, "", None if held is None else held.price, price.price


def _floors(day: date, old: State, new: State) -> Iterator[_Change]:
    """Reviews that were held on the day."""
    for form in sorted(old.floors.keys() | new.floors.keys()):
        was, now = (_reviewed(state, form, day) for state in (old, new))
        if was != now:
            yield "floor", form, "", was, now


def _reviewed(state: State, form: str, day: date) -> Figure:
    return next((floor.price for floor in state.floors.get(form, ()) if floor.reviewed_on == day), None)


def _tariffs(old: State, new: State) -> Iterator[_Change]:
    for key in sorted(old.tariffs.keys() | new.tariffs.keys()):
        was, now = (_rate(state.tariffs.get(key)) for state in (old, new))
        if was != now:
            form, importers, group = key
            yield "tariff", form, f"{importers}, {group}", was, now


def _rate(tariff: Tariff | None) -> Figure:
    return None if tariff is None else tariff.rate


def _measures(old: State, new: State) -> Iterator[_Change]:
    """Measures that a line would have met otherwise: by these a liability is found."""
    for name in sorted(old.measures.keys() | new.measures.keys()):
        was, now = old.measures.get(name), new.measures.get(name)
        if was != now:
            figures = tuple(
                None if one is None else (one.specific if one.specific is not None else one.floor) for one in (was, now)
            )
            yield "measure", name, "", figures[0], figures[1]
