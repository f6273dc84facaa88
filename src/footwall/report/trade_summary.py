"""A year of real imports, assessed, is summed up: by form, importer and origin, with everything that is left out beside it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from footwall.batch import Assessed
from footwall.facts import Facts
from footwall.quantity import exact_arithmetic
from footwall.report.trade import KG_PER_T, VALUE_CURRENCY, TradeLine, TradeLines
from footwall.report.trade_totals import AMOUNTS, AsideTotal, CodeCoverage, Coverage, Totals, TradeSummary, summed
from footwall.zone import Members

PROBLEM: Final = "problem:"
"""Before the code of the problem that kept a line from being assessed."""

_ZERO: Final = Decimal(0)
Pair = tuple[TradeLine, Mapping[str, Any]]
"""A line of trade and the row of its liability."""


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
            currency=next((row["currency"] for _, row in pairs), VALUE_CURRENCY),
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


@dataclass(slots=True)
class _Sums:
    """Sums that grow line by line; `Totals` is what comes of them."""

    cells: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, **amounts: Decimal) -> None:
        self.cells += 1
        for name, amount in amounts.items():
            self.amounts[name] = self.amounts.get(name, _ZERO) + amount


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
    return Totals(key, name, sums.cells, **{field: sums.amounts.get(field, _ZERO) for field in AMOUNTS})


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
            summed(value for value, _ in found),
            summed(tonnes for _, tonnes in found if tonnes is not None),
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
            assessed.get(hs6, _ZERO) + summed(aside.get(hs6, {}).values()),
            assessed.get(hs6, _ZERO),
            aside.get(hs6, {}),
            margins.get(hs6, _ZERO),
        )
        for hs6 in codes
    )
    silent = () if lines.kind == "estimated" else tuple(sorted(set(facts.forms_by_hs6) - set(codes)))
    return Coverage(rows, silent)
