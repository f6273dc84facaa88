"""The sums of a year's duties are the sums of its lines, and leave nothing out unnamed."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_support import MIDDLE, example_rules, facts_with, flow, members, schedule, total
from test_trade import FLOWS

from footwall.batch import assess
from footwall.facts import CodeSplit, CodeTotal, Facts, TradeFlow, shipped_facts
from footwall.quantity import Unknown
from footwall.report import Totals, TradeSummary, ZoneTrade, estimated_lines, summarise_trade, trade_lines
from footwall.report.trade import OUTSIDE, SHARED_CODE, WITHIN_UNION
from footwall.report.trade_totals import combined

RULES, MEMBERS, FACTS, SCHEDULE = example_rules(), members(), shipped_facts(), schedule()


def summed(facts: Facts) -> TradeSummary:
    lines = trade_lines(facts, MEMBERS, RULES)
    return summarise_trade(lines, assess(lines.records(), SCHEDULE) if lines.lines else None, facts, MEMBERS)


@cache
def real() -> TradeSummary:
    """The shipped trade under the test's schedule."""
    return summed(FACTS)


GROUPINGS: dict[str, Callable[[TradeSummary], tuple[Totals, ...]]] = {
    "form": lambda one: one.by_form,
    "importer": lambda one: one.by_importer,
    "origin": lambda one: one.by_origin,
    "outcome": lambda one: one.outcomes,
    "lane": lambda one: one.lanes,
}


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_every_grouping_adds_up_to_the_total(grouping: str) -> None:
    summary = real()
    groups = GROUPINGS[grouping](summary)
    assert combined("total", "Total", groups) == summary.total
    assert len(groups) > 1


def test_the_total_is_the_sum_of_the_liabilities() -> None:
    summary, rows = real(), real().liabilities
    assert summary.total.cells == len(rows)
    assert summary.total.floor_duty == total(row["floor_duty"] for row in rows) > 0
    assert summary.total.ordinary_duty == total(row["ordinary_duty"] for row in rows) > 0
    assert summary.total.rent_exposed == total(row["rent_exposed"] for row in rows) > 0
    assert summary.total.rent_taken == total(row["rent_taken"] for row in rows)
    values = {line.line_id: line.value_usd for line in trade_lines(FACTS, MEMBERS, RULES).lines}
    assert summary.total.value == total(values.values())
    owing = total(values[row["line_id"]] for row in rows if row["floor_duty"])
    assert summary.total.value_touched == owing
    known = total(values[row["line_id"]] for row in rows if row["ordinary_duty"] is not None)
    assert 0 < summary.total.value_ordinary_known == known < summary.total.value


def test_goods_of_members_owe_no_floor_duty() -> None:
    zone = MEMBERS.members_on(MIDDLE)
    inside = [origin for origin in real().by_origin if origin.key in zone]
    assert len(inside) > 10
    assert all(origin.floor_duty == 0 and origin.value_touched == 0 for origin in inside)
    assert all(origin.value_members == origin.value for origin in inside)
    assert real().total.value_members == total(origin.value for origin in inside)


def test_rents_are_in_no_duty() -> None:
    for row in real().liabilities:
        if row["ordinary_duty"] is not None:
            assert row["total_duty"] == row["ordinary_duty"] + row["additional_duty"] + row["floor_duty"]


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(FLOWS)
def test_what_goes_into_a_code_is_what_is_assessed_and_what_is_named(flows: list[TradeFlow]) -> None:
    totals = tuple(
        CodeTotal(
            2024, code, Decimal(10**13), None, total(one.value_usd for one in flows if one.hs6 == code), "made up"
        )
        for code in sorted({one.hs6 for one in flows})
    )
    summary = summed(facts_with(trade=tuple(flows), trade_totals=totals, trade_margins=()))
    for code in summary.coverage.codes:
        goes_in = total(one.value_usd for one in flows if one.hs6 == code.hs6)
        assert code.flows == goes_in == code.assessed + total(code.aside.values())
        assert code.not_held == Decimal(10**13) - goes_in
    assert summary.coverage.assessed + summary.coverage.named == total(one.value_usd for one in flows)
    assert summary.total.value + total(one.value for one in summary.aside) == total(one.value_usd for one in flows)
    assert summary.coverage.assessed == summary.total.value


def test_at_least_95_per_cent_of_the_codes_trade_has_a_liability_or_a_named_reason() -> None:
    coverage = real().coverage
    assert coverage.world == total(one.world_value_usd for one in FACTS.trade_totals if one.flows_value_usd)
    assert coverage.assessed + coverage.named == total(one.value_usd for one in FACTS.trade)
    assert not isinstance(coverage.share, Unknown)
    assert Decimal("0.95") <= coverage.share <= 1
    for code in coverage.codes:
        if code.flows:
            assert code.world is not None
            assert (code.assessed + total(code.aside.values())) / code.world >= Decimal("0.95")


def test_codes_in_no_table_of_trade_are_told() -> None:
    held = {one.hs6 for one in FACTS.trade_totals}
    assert set(real().coverage.codes_without_figures) == set(FACTS.forms_by_hs6) - held
    assert "253090" in real().coverage.codes_without_figures


def test_a_line_that_cannot_be_assessed_is_named_by_its_problem() -> None:
    flows = (flow("740311", "CL", "US", 90, "0"), flow("740311", "CL", "JP", 80, "0.01"))
    summary = summed(facts_with(trade=flows, trade_totals=(), trade_margins=()))
    assert [(one.reason, one.cells, one.value) for one in summary.aside] == [
        ("problem:mass_not_positive", 1, Decimal(90))
    ]
    assert summary.total.value == 80


def test_unknown_tonnes_are_counted_and_add_nothing() -> None:
    flows = (flow("740311", "CL", "CN", 90, None), flow("740311", "CL", "IN", 80, "3"))
    summary = summed(facts_with(trade=flows, trade_totals=(), trade_margins=()))
    aside = summary.aside[0]
    assert (aside.reason, aside.cells, aside.value, aside.tonnes, aside.cells_tonnes_unknown) == (
        OUTSIDE,
        2,
        Decimal(170),
        Decimal(3),
        1,
    )
    assert isinstance(summary.total.share_touched, Unknown)


def test_an_unknown_ordinary_duty_is_no_duty_of_zero() -> None:
    flows = (flow("740311", "CL", "US", 100_000, "10"), flow("740311", "CL", "JP", 300_000, "30"))
    summary = summed(facts_with(trade=flows, trade_totals=(), trade_margins=()))
    assert summary.total.ordinary_duty == Decimal("1000.00")  # 1 % of what the US imports; Japan's is not known
    assert summary.total.value_ordinary_known == 100_000
    assert summary.total.share_ordinary_known == Decimal("0.25")


def test_states_of_a_union_stand_together_and_its_inner_trade_apart() -> None:
    flows = (
        flow("740311", "CL", "DE", 100, "0.01"),
        flow("740311", "CL", "FR", 50, "0.01"),
        flow("740311", "DE", "FR", 7, "0.01"),
    )
    summary = summed(facts_with(trade=flows, trade_totals=(), trade_margins=()))
    assert [(one.key, one.name, one.value) for one in summary.by_importer] == [("EU", "European Union", Decimal(150))]
    assert [(one.reason, one.value) for one in summary.aside] == [(WITHIN_UNION, Decimal(7))]
    assert summary.imports == 150


def _doubled(split: CodeSplit, factor: Decimal) -> CodeSplit:
    return CodeSplit(split.hs6, split.form, split.value_share * factor, split.assumed, split.source)


@given(factor=st.decimals("0.1", "1", places=2))
@settings(max_examples=3)
def test_no_estimate_enters_the_total(factor: Decimal) -> None:
    changed = facts_with(code_splits=tuple(_doubled(split, factor) for split in FACTS.code_splits))
    assert summed(changed) == real()


def test_an_estimate_has_no_code_in_common_with_the_total() -> None:
    guesses = estimated_lines(FACTS, MEMBERS, RULES, {})
    estimated = summarise_trade(guesses, assess(guesses.records(), SCHEDULE), FACTS, MEMBERS)
    counted = {line.hs6 for line in trade_lines(FACTS, MEMBERS, RULES).lines}
    assert estimated.kind == "estimated"
    assert real().kind == "counted"
    assert not counted & {code.hs6 for code in estimated.coverage.codes}
    shared = next(one for one in real().aside if one.reason == SHARED_CODE)
    assert estimated.total.value + total(one.value for one in estimated.aside) == shared.value


def test_the_example_owes_floor_duty_and_says_how_much_of_its_trade_is_accounted_for(trade: ZoneTrade) -> None:
    coverage = trade.total.coverage.share
    assert not isinstance(coverage, Unknown)
    assert coverage >= Decimal("0.95")
    assert trade.total.total.floor_duty > 0
    assert trade.total.total.floor_duty == total(row["floor_duty"] for row in trade.total.liabilities)
    assert trade.total.imports == total(
        one.value_usd
        for one in FACTS.trade
        if one.importer in MEMBERS.members_on(MIDDLE)
        and not {one.importer, one.exporter} <= set(FACTS.union_members("EU"))
    )
