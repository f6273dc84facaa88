"""Observations that agree become one cell: exactly, and whatever the order of rows and the number of threads."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import KNOWN, Row, deal, deals

from footwall.errors import ObservationsError
from footwall.facts import Observation
from footwall.intake import COLUMNS, HELD, NO_STEPS, Cells, Steps, cells, collapse, read_observations

DIFFER = {"observation", "low", "high", "mass_kg", "lot", "lot_kg", "seen_at", "source"}
CLOSE = datetime(2026, 1, 5, 16, 30, tzinfo=UTC)
STEPS = Steps((Decimal(1000), Decimal("0.5")), {"cobalt-metal": (CLOSE - timedelta(days=1), CLOSE)})


def held(*rows: Row) -> Any:
    intake = read_observations(list(rows), KNOWN)
    assert intake.problems == ()
    return intake.table


def only(found: Cells) -> Observation:
    ((cell,),) = found.by_form.values()
    return cell


def expected(rows: Sequence[Mapping[str, Any]], steps: Steps) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    """The slow, obvious version: by pairs and fractions."""
    again = set()
    for row in rows:
        deals = [
            one
            for one in rows
            if (one["form"], one["lot"], one["kind"]) == (row["form"], row["lot"], "transaction")
            and {one["submitter"], one["counterparty"]} == {row["submitter"], row["counterparty"]}
        ]
        if row["kind"] == "transaction" and row["lot"]:
            first = min(deals, key=lambda one: (one["published_at"], one["observation"]))["observation"]
            if first != row["observation"]:
                again.add((row["observation"], first))
    groups = defaultdict(list)
    twice = {name for pair in again for name in pair}
    for row in rows:
        if row["observation"]:
            lot = row["lot_kg"] if row["lot_kg"] is not None else row["mass_kg"]
            step = None if lot is None else max(one for one in (Decimal(0), *steps.lots_kg) if one <= lot)
            closes = [one for one in steps.closes.get(row["form"], ()) if row["seen_at"] and one < row["seen_at"]]
            close = (row["seen_at"] is None, len(closes))
            alone = row["observation"] if row["kind"] not in {"transaction", "bid", "offer"} else ""
            alone = row["observation"] if row["observation"] in twice else alone
            key = (*(row[name] for name in COLUMNS if name not in DIFFER), step, close, row["mass_kg"] is None, alone)
            groups[key].append(row)
    told = {}
    for key, group in groups.items():
        first, weights = min(row["observation"] for row in group), [Fraction(row["mass_kg"] or 1) for row in group]
        means = [Fraction(row["low"] + row["high"]) / 2 for row in group]
        told[first + (f" +{len(group) - 1}" if len(group) > 1 else "")] = {
            "count": len(group),
            "low": min(row["low"] for row in group),
            "high": max(row["high"] for row in group),
            "mass_kg": None if group[0]["mass_kg"] is None else sum(row["mass_kg"] for row in group),
            "seen_at": max(row["seen_at"] for row in group) if group[0]["seen_at"] else None,
            "value": sum(w * m for w, m in zip(weights, means, strict=True)) if len(group) > 1 else None,
            "source": group[0]["source"] if len({row["source"] for row in group}) == 1 else "2 sources",
            "lot": group[0]["lot"] if len(group) == 1 else "",
            "lot_kg": group[0]["lot_kg"] if len(group) == 1 else key[-4],
        }
    return told, again


@given(
    rows=st.lists(deals(), min_size=1, max_size=14, unique_by=lambda row: row["observation"]),
    threads=st.integers(1, 3),
    steps=st.sampled_from([NO_STEPS, STEPS]),
)
def test_cells_are_what_the_obvious_version_says(rows: list[Row], threads: int, steps: Steps) -> None:
    table = held(*rows)
    found = cells(table, steps, threads=threads)
    told, again = expected(table.to_pylist(), steps)
    assert set(found.repeated) == again
    flat = {cell.observation: cell for of_form in found.by_form.values() for cell in of_form}
    assert flat.keys() == told.keys()
    for name, cell in flat.items():
        assert {field: getattr(cell, field) for field in told[name]} == told[name]
    for form, of_form in found.by_form.items():
        assert [cell.form for cell in of_form] == [form] * len(of_form)
        assert list(of_form) == sorted(of_form, key=lambda cell: cell.observation)


@given(
    rows=st.lists(deals(), min_size=1, max_size=14, unique_by=lambda row: row["observation"]),
    seed=st.integers(0, 999),
    steps=st.sampled_from([NO_STEPS, STEPS]),
)
def test_neither_order_nor_threads_nor_file_nor_digits_change_a_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], seed: int, steps: Steps
) -> None:
    intake = read_observations(rows, KNOWN)
    path = tmp_path_factory.mktemp("cells") / "held.parquet"
    path.write_bytes(intake.parquet())
    order = list(range(len(intake)))
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
    found = cells(intake.table, steps, threads=1)
    assert found == cells(intake.table.take(order), steps, threads=2) == cells(path, steps, threads=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("footwall.intake.collapse._DIGITS", 9)  # nothing fits: every form is grouped in decimals
        slow = cells(path, steps)
    assert slow == found
    assert repr(slow) == repr(found)


def test_a_cell_of_one_is_the_observation_itself() -> None:
    cell = only(cells(held(deal(lot="L-1", lot_kg="1000", content="0.5"))))
    assert (cell.observation, cell.count, cell.value, cell.lot) == ("deal-1", 1, None, "L-1")
    assert [str(number) for number in (cell.low, cell.mass_kg, cell.lot_kg, cell.content)] == [
        "36000",
        "20000",
        "1000",
        "0.5",
    ]


def test_deals_that_agree_are_told_by_mass_and_those_without_mass_by_number() -> None:
    rows = [deal(observation="b", low="10", high="12", mass_kg="3"), deal(observation="a", low="20", mass_kg="1.5")]
    cell = only(cells(held(*rows)))
    assert (cell.observation, cell.count, cell.low, cell.high) == ("a +1", 2, Decimal(10), Decimal(20))
    assert (cell.mass_kg, cell.value) == (Decimal("4.5"), Decimal(63))
    bare = only(cells(held(*(row | {"mass_kg": ""} for row in rows))))
    assert (bare.mass_kg, bare.value) == (None, Decimal(31))


@pytest.mark.parametrize(
    "change",
    [{"submitter": "Beta"}, {"mass_kg": ""}, {"kind": "bid"}, {"lot_kg": "1000", "mass_kg": ""}, {"published_at": "2026-01-06"},
     {"payment_days": "0"}, {"content": "0.5"}, {"under_floor": "true"}, {"country": "NA"}, {"seen_at": "2026-01-05T00:00:00Z"}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_what_a_rule_looks_at_parts_cells(change: Row) -> None:
    (found,) = cells(held(deal(), deal(observation="deal-2", low="1", **change))).by_form.values()
    assert [cell.count for cell in found] == [1, 1]


def test_instants_are_one_cell_up_to_the_close_and_the_latest_is_told() -> None:
    at = ("2026-01-05T09:00:00Z", "2026-01-05T16:30:00Z", "2026-01-05T16:30:00.000001Z")
    rows = [deal(observation=name, seen_at=instant) for name, instant in zip("abc", at, strict=True)]
    assert only(cells(held(*rows))).count == 3
    before, after = cells(held(*rows), STEPS).by_form["cobalt-metal"]
    assert (before.count, before.seen_at) == (2, CLOSE)
    assert (after.count, after.observation) == (1, "c")


@pytest.mark.parametrize(("other", "count"), [("1000", 1), ("999.999", 2), ("0.5", 2), ("0.499", 1)])
def test_lots_of_one_step_are_one_cell_of_that_step(other: str, count: int) -> None:
    rows = [deal(lot_kg="700"), deal(observation="deal-2", low="1", lot_kg=other)]
    found = cells(held(*rows), STEPS).by_form["cobalt-metal"]
    assert found[0].count == count
    assert found[0].lot_kg == (Decimal("0.5") if count == 2 else 700)


@pytest.mark.parametrize(
    "kind", ["assessment", "exchange", "average", "unit_value", "cost_survey", "conversion_charge"]
)
def test_only_deals_and_quotes_are_grouped(kind: str) -> None:
    changes = {"kind": kind} | ({"of_form": "apt"} if kind == "conversion_charge" else {})
    (found,) = cells(held(deal(**changes), deal(observation="deal-2", low="1", **changes))).by_form.values()
    assert [cell.count for cell in found] == [1, 1]


def test_a_deal_that_both_sides_report_is_told_once_by_who_published_first_and_both_stand_alone() -> None:
    buyer = deal(observation="a", lot="L-7", submitter="Beta", counterparty="Alpha", published_at="2026-01-07")
    seller = deal(observation="b", lot="L-7", counterparty="Beta")
    found = cells(held(buyer, seller, deal(observation="c", lot="L-8")))
    assert found.repeated == (("a", "b"),)
    assert [(cell.observation, cell.lot) for cell in found.by_form["cobalt-metal"]][:2] == [("a", "L-7"), ("b", "L-7")]
    same_day = cells(held(buyer, seller | {"published_at": "2026-01-07"}))
    assert same_day.repeated == (("b", "a"),)


def test_nobody_pushes_a_deal_of_others_aside_by_the_name_of_its_lot() -> None:
    rows = [
        deal(lot="L-7", counterparty="Beta"),
        deal(observation="b", lot="L-7", submitter="Gamma", counterparty="Beta"),
    ]
    assert cells(held(*rows)).repeated == ()


def test_a_lot_is_of_its_form_and_of_deals_alone() -> None:
    rows = [
        deal(lot="L-7"),
        deal(observation="b", lot="L-7", form="apt"),
        deal(observation="c", lot="L-7", kind="offer"),
    ]
    assert cells(held(*rows)).repeated == ()


def test_sums_too_wide_for_the_query_are_taken_in_decimals(
    counted: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The largest price times the largest mass, 600,000 times: 39 digits with the nine behind the point.

    With fewer than that the query is told that it holds as many digits fewer.
    """
    table = held(deal(low="999999999999.999999", mass_kg="99999999999.999"))
    count = counted(600_000)
    fewer = len("600000") - len(str(count))
    monkeypatch.setattr(collapse, "_DIGITS", collapse._DIGITS - fewer)
    wide = table.take([0] * count)
    ids = [f"deal-{number:06}" for number in range(count)]
    wide = wide.set_column(0, HELD.field("observation"), [ids])
    cell = only(cells(wide))
    assert cell.count == count
    assert cell.value is not None
    assert Fraction(cell.value) == Fraction("999999999999.999999") * Fraction("99999999999.999") * count


def test_no_rows_are_no_cells() -> None:
    assert cells(HELD.empty_table()) == Cells({}, ())


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(ObservationsError, match="cannot be read"):
        cells(tmp_path / "a.parquet")
