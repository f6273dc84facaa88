"""The prices of many days, one after the other, without their certificates: the daily history that a price desk would have had.

The law is that of `Market.settle`; each day starts from the prices of the one before. Forms that no recipe, payable,
conversion charge or cessation joins say nothing of each other, so that each group of joined forms can be walked by a
process of its own: the prices are the same for any number of them.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from multiprocessing import get_context
from types import MappingProxyType
from typing import Final

from footwall.errors import UsageError
from footwall.memory import maker, no_search_for_circles
from footwall.prices.records import Confidence, ReferencePrices, Status
from footwall.prices.reference import Market
from footwall.prices.settled import Settled
from footwall.quantity import Unknown

_NO_PRICES: Final[ReferencePrices] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PricedOn:
    """The price of a form on a day as a row: USD per kg of its basis, and what it stands on; see `ReferencePrice`, `Terms`."""

    on: date
    form: str
    price: Decimal | Unknown
    status: Status
    tier: str | None
    confidence: Confidence | None
    rests_on: date | None
    market: Decimal | Unknown
    cost_build: Decimal | Unknown
    market_weight: Decimal | None
    assumed: bool
    under_floor: bool


_priced_on: Final = maker(PricedOn)

Markets = Sequence[tuple[date, Market]]
"""The market under each version of the rules, with the first day on which that version holds, in their order."""


def history(
    markets: Markets,
    days: Sequence[date],
    forms: Collection[str] | None = None,
    *,
    previous: ReferencePrices = _NO_PRICES,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> tuple[PricedOn, ...]:
    """The price of each of `forms` (of all that a rule names, where it is None) on each of `days`, by form and day.

    Each day starts from the day before, the first from `previous`. Nobody's judgement is heard, and nothing is recorded.
    Neither the order of observations nor the number of `workers`, which are processes, changes a row. `progress` is told
    after each group of joined forms how many hundredths of the groups are done: a single group is told at its end. Raises UsageError for days that do not follow each other or that no
    market holds on: the caller's fault.
    """
    if any(later <= day for day, later in pairwise(days)) or (days and (not markets or days[0] < markets[0][0])):
        raise UsageError("days of a history follow each other, from the first day of its rules on")
    groups = [group for group in joined(markets, days) if forms is None or not group.isdisjoint(forms)]
    tasks = [
        _Task(markets, days, group, group if forms is None else group & set(forms), dict(previous)) for group in groups
    ]
    found: list[PricedOn] = []
    for done, rows in enumerate(_done(tasks, workers), start=1):
        found += rows
        if progress is not None:
            progress(done * 100 // len(tasks))
    return tuple(sorted(found, key=lambda row: (row.form, row.on)))


def joined(markets: Markets, days: Sequence[date]) -> tuple[frozenset[str], ...]:
    """The forms that any rule names on these days, in groups whose prices cannot hang on those of another group."""
    groups: dict[str, set[str]] = {}
    for on, market in _stretches(markets, days):
        for form in market.rules_on(on):
            groups.setdefault(form, {form})
        for pair in market.links(on):
            whole = groups.setdefault(pair[0], {pair[0]}) | groups.setdefault(pair[1], {pair[1]})
            groups |= dict.fromkeys(whole, whole)
    return tuple(frozenset(groups[first]) for first in sorted({min(group) for group in groups.values()}))


def _stretches(markets: Markets, days: Sequence[date]) -> Iterator[tuple[date, Market]]:
    """The days on which the rules can differ from those of the day before, each with its market."""
    last: object = None
    for on in days:
        market = _market_on(markets, on)
        rules = market.rules_on(on)
        if rules != last:
            yield on, market
        last = rules


def _market_on(markets: Markets, on: date) -> Market:
    return markets[bisect_right(markets, on, key=lambda pair: pair[0]) - 1][1]


@dataclass(frozen=True, slots=True)
class _Task:
    """A group of joined forms to be walked; of `told` rows are wanted."""

    markets: Markets
    days: Sequence[date]
    group: frozenset[str]
    told: frozenset[str]
    previous: ReferencePrices


def _done(tasks: Sequence[_Task], workers: int) -> Iterator[list[PricedOn]]:
    """The rows of each task. Processes are started afresh: a fork of a process with threads, as queries have, may hang."""
    alone = [replace(task, markets=[(day, market.part(task.group)) for day, market in task.markets]) for task in tasks]
    if workers <= 1 or len(tasks) <= 1:
        yield from map(_walked, alone)
        return
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(_walked, alone)


def _walked(task: _Task) -> list[PricedOn]:
    """One group, day by day. No circle is made here, so none is looked for."""
    before = dict(task.previous)
    rows: list[PricedOn] = []
    with no_search_for_circles():
        for on in task.days:
            settled = _market_on(task.markets, on).settle(on, before)
            before |= {form: one.price for form, one in settled.items()}
            rows += [_row(one) for form, one in settled.items() if form in task.told]
    return rows


def _row(settled: Settled) -> PricedOn:
    price, case = settled.price, settled.case
    return _priced_on(
        on=price.on,
        form=price.form,
        price=price.price,
        status=price.status,
        tier=price.tier,
        confidence=price.confidence,
        rests_on=price.rests_on,
        market=case.market.price,
        cost_build=case.built.price,
        market_weight=settled.terms.market_weight,
        assumed=price.assumed,
        under_floor=price.under_floor,
    )
