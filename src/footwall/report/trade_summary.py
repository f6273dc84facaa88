"""What the duties on a year of real imports add up to: by form, importer and origin, with everything that is left out beside it.

Every figure is an exact sum over lines. Rents stand apart from revenue: no treasury receives them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from footwall.batch import Assessed
from footwall.facts import Facts
from footwall.quantity import Unknown, exact_arithmetic
from footwall.report.trade import KG_PER_T, OUTSIDE, WITHIN_UNION, TradeLine, TradeLines
from footwall.zone import Members

PROBLEM: Final = "problem:"
"""Before the code of the problem that kept a line from being assessed."""

_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class _Sums:
    """Sums that grow line by line; `Totals` is what comes of them."""

    cells: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, **amounts: Decimal) -> None:
        self.cells += 1
        for name, amount in amounts.items():
            self.amounts[name] = self.amounts.get(name, _ZERO) + amount


@dataclass(frozen=True, slots=True)
class Totals:
    """What a group of lines adds up to: USD, tonnes as traded. `value` is fob, as the trade statistics have it.

    `value_touched` is the value of the lines that owe floor duty, `value_members` of those that come from members.
    `ordinary_duty` sums what is known, over `value_ordinary_known`; `rent_taken` sums what is known, over
    `value_rent_known`. `rent_exposed` and `rent_taken` are not revenue.
    """

    key: str
    name: str
    cells: int
    value: Decimal
    tonnes: Decimal
    value_touched: Decimal
    value_members: Decimal
    floor_duty: Decimal
    ordinary_duty: Decimal
    value_ordinary_known: Decimal
    rent_exposed: Decimal
    rent_taken: Decimal
    value_rent_known: Decimal

    @property
    def share_touched(self) -> Decimal | Unknown:
        """The share of the value that owes floor duty."""
        return share(self.value_touched, self.value)

    @property
    def share_ordinary_known(self) -> Decimal | Unknown:
        """The share of the value whose ordinary duty is known; the rest is assessed before it."""
        return share(self.value_ordinary_known, self.value)

    @property
    def duty_on_touched(self) -> Decimal | Unknown:
        """Floor duty as a share of the value that owes it."""
        return share(self.floor_duty, self.value_touched)


def combined(key: str, name: str, groups: Iterable[Totals]) -> Totals:
    """Several groups as one: what a table sums up in its last row."""
    rows = list(groups)
    with exact_arithmetic():
        sums = {field: sum((getattr(row, field) for row in rows), _ZERO) for field in _AMOUNTS}
    return Totals(key, name, sum(row.cells for row in rows), **sums)


_AMOUNTS: Final = tuple(name for name in Totals.__slots__ if name not in {"key", "name", "cells"})


@dataclass(frozen=True, slots=True)
class AsideTotal:
    """All that is set aside for one reason. `tonnes` sums what is known, and `cells_tonnes_unknown` counts the rest."""

    reason: str
    cells: int
    value: Decimal
    tonnes: Decimal
    cells_tonnes_unknown: int


@dataclass(frozen=True, slots=True)
class CodeCoverage:
    """Where the trade of one code went: `flows` = `assessed` + everything in `aside`, exactly; `not_held` is the world's rest.

    `world` None: the facts hold no total. `margins` is what members import of a code whose flows nobody holds.
    """

    hs6: str
    description: str
    forms: tuple[str, ...]
    world: Decimal | None
    flows: Decimal
    assessed: Decimal
    aside: Mapping[str, Decimal]
    margins: Decimal

    @property
    def not_held(self) -> Decimal | None:
        """The world's trade that no flow tells."""
        return None if self.world is None else self.world - self.flows


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the year's trade is accounted for; `codes_without_figures` are used by forms and appear in no table of trade."""

    codes: tuple[CodeCoverage, ...]
    codes_without_figures: tuple[str, ...]

    @property
    def world(self) -> Decimal:
        """The world's trade of the codes whose flows are held."""
        return _sum(code.world or code.flows for code in self.codes if code.flows)

    @property
    def assessed(self) -> Decimal:
        """The value that has a liability."""
        return _sum(code.assessed for code in self.codes)

    @property
    def named(self) -> Decimal:
        """The value that has a named reason for having none."""
        return _sum(value for code in self.codes for value in code.aside.values())

    @property
    def share(self) -> Decimal | Unknown:
        """The share of the world's trade in these codes that has a liability or a named reason."""
        return share(self.assessed + self.named, self.world)


@dataclass(frozen=True, slots=True)
class TradeSummary:
    """The duties of a year, and what they leave out. `outcomes` groups the same lines by the reason of their liability."""

    year: int
    entry_date: date
    kind: Literal["counted", "estimated"]
    currency: str
    total: Totals
    by_form: tuple[Totals, ...]
    by_importer: tuple[Totals, ...]
    by_origin: tuple[Totals, ...]
    outcomes: tuple[Totals, ...]
    lanes: tuple[Totals, ...]
    aside: tuple[AsideTotal, ...]
    coverage: Coverage
    liabilities: tuple[Mapping[str, Any], ...] = field(repr=False)

    @property
    def imports(self) -> Decimal:
        """The value that members imported, assessed or not."""
        inside = (aside.value for aside in self.aside if aside.reason not in {OUTSIDE, WITHIN_UNION})
        return self.total.value + _sum(inside)


def share(part: Decimal, whole: Decimal) -> Decimal | Unknown:
    """`part` of `whole` to the context's digits, for showing; unknown where the whole is nothing."""
    return Unknown("nothing to take a share of") if whole == 0 else part / whole


def summarise_trade(lines: TradeLines, assessed: Assessed | None, facts: Facts, members: Members) -> TradeSummary:
    """What `assessed`, the assessment of `lines.records()`, adds up to; None where there was no line to assess.

    Importers are customs territories: the states of a union stand together. `lanes` groups by importer and origin, with
    the key `importer origin`. Rows stand by floor duty, then value, largest first.
    """
    liabilities = [] if assessed is None else assessed.liabilities.to_pylist()
    problems = [] if assessed is None else assessed.problems.to_pylist()
    owed = {row["line_id"]: row for row in liabilities}
    failed = {row["line_id"]: f"{PROBLEM}{row['code']}" for row in reversed(problems)}
    zone = members.members_on(lines.entry_date)
    pairs = [(line, owed[line.line_id]) for line in lines.lines if line.line_id in owed]
    failures = [(line, failed[line.line_id]) for line in lines.lines if line.line_id not in owed]

    def territory(line: TradeLine) -> str:
        country = facts.countries.get(line.importer)
        return country.union if country is not None and country.union else line.importer

    def country_name(code: str) -> str:
        return facts.countries[code].name if code in facts.countries else code

    def grouped(key: Callable[[TradeLine, Mapping[str, Any]], str], name: Callable[[str], str]) -> tuple[Totals, ...]:
        return _grouped(pairs, zone, key, name)

    with exact_arithmetic():
        return TradeSummary(
            year=lines.year,
            entry_date=lines.entry_date,
            kind=lines.kind,
            currency=next((row["currency"] for _, row in pairs), "USD"),
            total=_totals("total", "Total", pairs, zone),
            by_form=grouped(lambda line, _: line.form, lambda form: facts.forms[form].name),
            by_importer=grouped(lambda line, _: territory(line), country_name),
            by_origin=grouped(lambda line, _: line.exporter, country_name),
            outcomes=grouped(lambda _, row: str(row["reason"]), str),
            lanes=grouped(lambda line, _: f"{territory(line)} {line.exporter}", str),
            aside=_aside_totals(lines, failures),
            coverage=_coverage(lines, pairs, failures, facts),
            liabilities=tuple(owed.values()),
        )


Pair = tuple[TradeLine, Mapping[str, Any]]


def _grouped(
    pairs: Iterable[Pair],
    zone: frozenset[str],
    key: Callable[[TradeLine, Mapping[str, Any]], str],
    name: Callable[[str], str],
) -> tuple[Totals, ...]:
    groups: dict[str, list[Pair]] = {}
    for line, row in pairs:
        groups.setdefault(key(line, row), []).append((line, row))
    rows = [_totals(found, name(found), group, zone) for found, group in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-row.floor_duty, -row.value, row.key)))


def _totals(key: str, name: str, pairs: Iterable[Pair], zone: frozenset[str]) -> Totals:
    sums = _Sums()
    for line, row in pairs:
        value = line.value_usd
        sums.add(
            value=value,
            tonnes=line.mass_kg / KG_PER_T,
            value_touched=value if row["floor_duty"] > 0 else _ZERO,
            value_members=value if line.exporter in zone else _ZERO,
            floor_duty=row["floor_duty"],
            ordinary_duty=_known(row["ordinary_duty"]),
            value_ordinary_known=_ZERO if row["ordinary_duty"] is None else value,
            rent_exposed=row["rent_exposed"],
            rent_taken=_known(row["rent_taken"]),
            value_rent_known=_ZERO if row["rent_taken"] is None else value,
        )
    return Totals(key, name, sums.cells, **{field: sums.amounts.get(field, _ZERO) for field in _AMOUNTS})


def _known(amount: Decimal | None) -> Decimal:
    """An unknown adds nothing to a sum of what is known; the value it stands for is counted beside the sum."""
    return _ZERO if amount is None else amount


def _aside_totals(lines: TradeLines, failures: Iterable[tuple[TradeLine, str]]) -> tuple[AsideTotal, ...]:
    parts: dict[str, list[tuple[Decimal, Decimal | None]]] = {}
    for aside in lines.set_aside:
        parts.setdefault(aside.reason, []).append((aside.value_usd, aside.tonnes))
    for line, reason in failures:
        parts.setdefault(reason, []).append((line.value_usd, line.mass_kg / KG_PER_T))
    rows = [
        AsideTotal(
            reason,
            len(found),
            _sum(value for value, _ in found),
            _sum(tonnes for _, tonnes in found if tonnes is not None),
            sum(tonnes is None for _, tonnes in found),
        )
        for reason, found in parts.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.value, row.reason)))


def _coverage(
    lines: TradeLines, pairs: Iterable[Pair], failures: Iterable[tuple[TradeLine, str]], facts: Facts
) -> Coverage:
    assessed: dict[str, Decimal] = {}
    for line, _ in pairs:
        assessed[line.hs6] = assessed.get(line.hs6, _ZERO) + line.value_usd
    aside: dict[str, dict[str, Decimal]] = {}
    for hs6, reason, value in [
        *((item.hs6, item.reason, item.value_usd) for item in lines.set_aside),
        *((line.hs6, reason, line.value_usd) for line, reason in failures),
    ]:
        reasons = aside.setdefault(hs6, {})
        reasons[reason] = reasons.get(reason, _ZERO) + value
    margins: dict[str, Decimal] = {}
    for margin in lines.margins:
        margins[margin.hs6] = margins.get(margin.hs6, _ZERO) + margin.value_usd
    world = {total.hs6: total.world_value_usd for total in facts.trade_totals if total.year == lines.year}
    codes = sorted({*assessed, *aside, *margins, *(world if lines.kind == "counted" else ())})
    rows = tuple(
        CodeCoverage(
            hs6,
            facts.hs6_names.get(hs6, ""),
            facts.forms_by_hs6.get(hs6, ()),
            world.get(hs6),
            assessed.get(hs6, _ZERO) + _sum(aside.get(hs6, {}).values()),
            assessed.get(hs6, _ZERO),
            aside.get(hs6, {}),
            margins.get(hs6, _ZERO),
        )
        for hs6 in codes
    )
    silent = () if lines.kind == "estimated" else tuple(sorted(set(facts.forms_by_hs6) - set(codes)))
    return Coverage(rows, silent)


def _sum(values: Iterable[Decimal]) -> Decimal:
    with exact_arithmetic():
        return sum(values, _ZERO)
