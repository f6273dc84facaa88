"""Charts hold the data that they claim, draw no unknown, and say in words what they show."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError

from footwall.desk import Zone
from footwall.facts import shipped_facts
from footwall.quantity import Unknown
from footwall.report import FormSummary, ZoneSummary, ZoneTrade, trade_rows
from footwall.report.charts import price_chart
from footwall.report.charts_ladder import ladder_chart
from footwall.report.charts_trade import duty_chart, lanes_chart
from footwall.report.charts_zone import Stand, footing_chart, standing_chart
from footwall.report.look import RESTS_SHADE, STANDING_COLOUR, ChartImage, spread, year_of
from footwall.report.series import RESTS, Footing, FormSeries, Month, standing

FORMS = shipped_facts().forms
NOBODY = Unknown("nobody knows")
OKABE_ITO = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}


def rows(chart: ChartImage, name: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = chart.spec["datasets"][name]
    return found


def svg(chart: ChartImage) -> ET.Element:
    """The SVG, read: it is well-formed."""
    return ET.fromstring(chart.svg)  # noqa: S314 - our own drawing


def words(chart: ChartImage) -> list[str]:
    """Every text that the SVG draws;"""
    return ["".join(text.itertext()) for text in svg(chart).iter("{http://www.w3.org/2000/svg}text")]


def month(number: int, **known: object) -> Month:
    stated: dict[str, object] = {
        "on": date(2024, number, 28),
        "reference": NOBODY,
        "rests": "observed",
        "tier": None,
        "assumed": False,
        "floor": None,
        "market": NOBODY,
        "landed": NOBODY,
    }
    return Month(**{**stated, **known})  # type: ignore[arg-type]


def series(*months: Month, name: str = "NdPr oxide") -> FormSeries:
    return FormSeries(replace(FORMS["ndpr-oxide"], name=name), months)


def test_unknown_months_are_gaps_and_never_zero() -> None:
    chart = price_chart(series(month(1, reference=Decimal(10)), month(2), month(3, reference=Decimal(12))))
    assert chart is not None
    assert [row["price"] for row in rows(chart, "reference")] == [10.0, None, 12.0]
    assert [row["price"] for row in rows(chart, "floor")] == [None, None, None]
    path = [group.get("d") for group in svg(chart).iter("{http://www.w3.org/2000/svg}path")]
    strokes = [line for line in path if line and line.count("L") == 0 and line.startswith("M") and line.count("M") == 2]
    assert strokes  # the line is lifted between two points: two moves, no stroke across the gap


def test_a_form_without_any_price_has_no_chart() -> None:
    assert price_chart(series(month(1), month(2))) is None


def test_the_market_takes_its_colour_from_where_it_stands() -> None:
    chart = price_chart(
        series(
            month(1, market=Decimal(9)),
            month(2, market=Decimal(9), floor=Decimal(10), landed=Decimal(10), landed_stands="at"),
            month(3, market=Decimal(11), floor=Decimal(10), landed=Decimal(11), landed_stands="above"),
            month(4, floor=Decimal(10)),
            month(5, market=Decimal(8), floor=Decimal(10), landed=Decimal("9.5"), landed_stands="under"),
        )
    )
    assert chart is not None
    assert [row.get("stands") for row in rows(chart, "market")] == ["unknown", "under", "above", "unknown", "under"]
    assert [row.get("stands") for row in rows(chart, "landed")] == ["unknown", "at", "above", "unknown", "under"]
    assert [row["floor"] for row in rows(chart, "market")] == [None, 10.0, None, None, 10.0]
    runs = {row["run"]: [] for row in rows(chart, "runs")}  # type: dict[int, list[tuple[float, str]]]
    for row in rows(chart, "runs"):
        runs[row["run"]].append((row["price"], row["stands"]))
    assert list(runs.values()) == [
        [(9.0, "unknown")],
        [(9.0, "under"), (9.0, "under")],
        [(9.0, "above"), (11.0, "above")],
        [(8.0, "under")],
    ]


def test_the_fill_breaks_wherever_the_market_is_not_known_to_be_under_its_floor() -> None:
    floor = Decimal(10)
    under, above = {"market": Decimal(8), "floor": floor}, {"market": Decimal(11), "floor": floor}
    at, unpriced, without = {"market": floor, "floor": floor}, {"floor": floor}, {"market": Decimal(8)}
    months = (under, under, above, under, under, at, under, under, unpriced, under, under, without)
    chart = price_chart(series(*(month(number, **known) for number, known in enumerate(months, start=1))))
    assert chart is not None
    runs: dict[int, list[str]] = {}
    for row in rows(chart, "gaps"):
        runs.setdefault(row["gap"], []).append(row["on"][5:7])
    assert list(runs.values()) == [["01", "02"], ["04", "05"], ["07", "08"], ["10", "11"]]
    fills = [path for path in svg(chart).iter("{http://www.w3.org/2000/svg}path") if path.get("opacity") == "0.16"]
    assert len([path for path in fills if path.get("d")]) == len(runs)


def test_a_market_never_under_its_floor_has_no_fill() -> None:
    chart = price_chart(series(*(month(number, market=Decimal(10), floor=Decimal(10)) for number in (1, 2))))
    assert chart is not None
    assert not rows(chart, "gaps")


def test_an_axis_is_logarithmic_only_where_prices_differ_much() -> None:
    near = price_chart(series(month(1, reference=Decimal(10)), month(2, reference=Decimal(79))))
    far = price_chart(series(month(1, reference=Decimal(10)), month(2, reference=Decimal(81))))
    assert near is not None
    assert far is not None
    assert not [text for text in words(near) if "log" in text]
    assert "USD/kg, log scale" in words(far)
    scales = [chart.spec["layer"][1]["encoding"]["y"]["scale"] for chart in (near, far)]
    assert (scales[0]["type"], scales[0]["domain"][0]) == ("linear", 0.0)
    assert (scales[1]["type"], scales[1]["domain"][0] > 0) == ("log", True)


def test_lines_are_named_beside_their_ends_once_for_each_place() -> None:
    last = month(2, reference=Decimal(12), floor=Decimal(10), market=Decimal(12), landed=Decimal(12))
    chart = price_chart(series(month(1, reference=Decimal(11)), last))
    assert chart is not None
    assert sorted(row["words"] for row in rows(chart, "labels")) == ["floor", "market = reference"]
    assert {"floor", "market = reference", "USD/kg"} <= set(words(chart))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", "\"quoted\" 'name'", "x" * 300])
def test_a_hostile_name_is_only_text(name: str) -> None:
    chart = standing_chart([Stand(name, 0.5, 1.0, "under", "at")], date(2024, 1, 31))
    assert "<script" not in chart.svg
    shown = words(chart)
    assert any(text.rstrip("…") and name.startswith(text.rstrip("…")) for text in shown)


def test_every_form_of_the_example_is_drawn_as_it_was_decided(summary: ZoneSummary, example: Zone) -> None:
    drawn = [(one, price_chart(one.series)) for one in summary.forms]
    assert sum(chart is not None for _, chart in drawn) > 30
    for one, chart in drawn:
        known = any(isinstance(month.reference, Decimal) for month in one.series.months)
        assert known == (chart is not None) or any(isinstance(month.market, Decimal) for month in one.series.months)
        if chart is not None:
            check_prices(one, chart, example)


def check_prices(one: FormSummary, chart: ChartImage, example: Zone) -> None:
    shown = {name: rows(chart, name) for name in ("reference", "floor", "market", "landed")}
    for number, point in enumerate(example.history(one.form.form)):
        price = point.reference.price
        assert shown["reference"][number]["on"] == point.on.isoformat()
        assert shown["reference"][number]["price"] == (float(price) if isinstance(price, Decimal) else None)
        floor = None if point.floor is None else point.floor.price
        assert shown["floor"][number]["price"] == (float(floor) if isinstance(floor, Decimal) else None)
        known = [parity.price for parity in point.parities if isinstance(parity.price, Decimal)]
        assert shown["market"][number]["price"] == (float(min(known)) if known else None)
    assert one.form.name in chart.alt
    assert chart.source


def test_the_market_against_the_floors_shows_each_form_and_only_known_ones(summary: ZoneSummary) -> None:
    from footwall.report.html import stands

    found = stands(summary)
    chart = standing_chart(found, summary.on)
    assert {row["form"] for row in rows(chart, "stands")} == {one.name for one in found}
    for one in summary.forms:
        floor = None if one.floor is None else one.floor.price
        measured = isinstance(floor, Decimal) and isinstance(one.market, Decimal)
        assert measured == (one.form.name in {stand.name for stand in found})
    for one in found:
        assert (one.market < 1) == (one.market_stands == "under")
        assert one.landed >= one.market
        assert f"{one.name} {one.market * 100:.0f} % of its floor" in chart.alt


def test_footings_are_shares_of_all_forms_stacked_to_the_whole() -> None:
    days = [Footing(date(2024, 1, 31), 6, 1, 2, 1, 0), Footing(date(2024, 2, 29), 0, 0, 0, 7, 0)]
    chart = footing_chart(days)
    for footing in days:
        parts = [row for row in rows(chart, "shares") if row["year"] == year_of(footing.on)]
        assert [row["rests"] for row in parts] == list(RESTS)
        for row in parts:
            part = getattr(footing, row["rests"]) / footing.forms * 100
            assert row["share"] - row["below"] == pytest.approx(part)
        assert parts[-1]["share"] == pytest.approx(100)
    assert "no price (7)" in words(chart)


def test_a_ladder_shows_every_process_whose_margin_is_known(summary: ZoneSummary, example: Zone) -> None:
    recipes = {recipe.recipe: recipe for recipe in example.facts.recipes}
    undercuts = 0
    for mineral in summary.minerals:
        assert mineral.ladder is not None
        known = [rung for rung in mineral.ladder.rungs if isinstance(rung.margin, Decimal)]
        chart = ladder_chart(mineral.ladder, mineral.mineral.name, recipes, example.facts.forms)
        assert (chart is None) == (not known)
        if chart is None:
            continue
        shown = {row["recipe"]: row for row in rows(chart, "rungs")}
        assert set(shown) == {rung.recipe for rung in known}
        assert len({row["process"] for row in shown.values()}) == len(known)
        for rung in known:
            row = shown[rung.recipe]
            assert row["made"] - row["cost"] == pytest.approx(float(rung.margin))  # type: ignore[arg-type]
            assert (row["colour"] == STANDING_COLOUR["under"]) == rung.undercut == bool(row["words"])
            undercuts += rung.undercut
            assert (rung.recipe in chart.alt) == rung.undercut
    assert undercuts > 0


def test_duties_are_drawn_whole(trade: ZoneTrade) -> None:
    total = trade.total
    for groups in (total.by_importer, total.by_origin):
        chart = duty_chart(total, groups, name="duties", title="Duties")
        drawn = sum(row["duty"] for row in rows(chart, "rows"))
        assert drawn == pytest.approx(float(total.total.floor_duty) / 1e6)
        assert rows(chart, "rows")[0]["group"] == groups[0].name
    lanes = {(lane.key.split(" ")[0], lane.key.split(" ")[1]): lane for lane in total.lanes}
    names = {one.key: one.name for one in (*total.by_importer, *total.by_origin)}
    by_name = {(names[importer], names[origin]): lane for (importer, origin), lane in lanes.items()}
    for row in rows(lanes_chart(total), "lanes"):
        lane = by_name[row["importer"], row["origin"]]
        assert row["duty"] == pytest.approx(float(lane.floor_duty) / 1e6)
        assert row["duty"] > 0


def test_a_chart_counts_as_many_others_as_the_table_beside_it(trade: ZoneTrade) -> None:
    total = trade.total
    tables = {table.name: table for table in trade_rows(trade)}
    for name, groups in (("by-importer", total.by_importer), ("by-origin", total.by_origin)):
        (rest,) = [row.cells[0].text for row in tables[name].rows if row.kind == "rest"]
        chart = duty_chart(total, groups, name="duties", title="Duties")
        assert rows(chart, "rows")[-1]["group"] == rest == f"{len(groups) - 12} others"
        assert rest in words(chart)


def test_a_year_without_duty_is_drawn_too(trade: ZoneTrade) -> None:
    total = trade.total
    nothing = [replace(one, floor_duty=Decimal(0)) for one in total.by_importer]
    assert not rows(duty_chart(total, nothing, name="none", title="None"), "rows")
    empty = replace(total, by_importer=tuple(nothing), by_origin=(), lanes=())
    assert not rows(lanes_chart(empty), "lanes")


@given(st.lists(st.floats(0, 140), max_size=5))
def test_labels_keep_their_order_and_their_distance(heights: list[float]) -> None:
    moved = spread(heights, apart=11, low=2, high=138)
    ordered = [moved[index] for index in sorted(range(len(heights)), key=lambda index: heights[index])]
    assert all(above - below >= 11 - 1e-9 for below, above in pairwise(ordered))
    assert all(place <= 138 for place in moved)
    apart = sorted(heights)
    if all(above - below >= 11 for below, above in pairwise(apart)) and all(2 <= height <= 138 for height in heights):
        assert moved == pytest.approx(heights)


def test_colours_of_meaning_are_safe_for_the_colour_blind_and_greys_differ_in_lightness() -> None:
    assert {STANDING_COLOUR[one] for one in ("under", "at", "above")} <= OKABE_ITO
    assert len({STANDING_COLOUR[one] for one in ("under", "at", "above")}) == 3
    lightness = [int(shade[1:3], 16) for shade in RESTS_SHADE.values()]
    assert lightness == sorted(lightness)
    assert min(above - below for below, above in pairwise(lightness)) > 30


def test_an_svg_names_no_id_that_another_on_the_page_could_have() -> None:
    chart = standing_chart([Stand("one", 0.5, 1.0, "under", "at")], date(2024, 1, 31))
    ids = re.findall(r'\bid="([^"]+)"', chart.svg)
    assert all(found.startswith("standing-") for found in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", chart.svg)) <= set(ids)


def test_a_stand_agrees_with_its_price() -> None:
    assert standing(Decimal("9.999"), Decimal(10), Decimal(0)) == "under"
    assert standing(Decimal("10.0"), Decimal(10), Decimal(0)) == "at"


def test_what_is_drawn_unchecked_is_vega_lite(summary: ZoneSummary, trade: ZoneTrade, example: Zone) -> None:
    recipes = {recipe.recipe: recipe for recipe in example.facts.recipes}
    prices = [price_chart(one.series) for one in summary.forms]
    linear = [one for one in prices if one is not None and "log scale" not in str(one.spec["layer"])]
    logarithmic = [one for one in prices if one is not None and "log scale" in str(one.spec["layer"])]
    ladders = (
        ladder_chart(one.ladder, one.mineral.name, recipes, example.facts.forms)
        for one in summary.minerals
        if one.ladder
    )
    ladder = next(one for one in ladders if one is not None)
    total = trade.total
    charts = [
        linear[0],
        logarithmic[0],
        ladder,
        duty_chart(total, total.by_importer, name="duties", title="Duties"),
        lanes_chart(total),
        standing_chart([Stand("one", 0.5, 1.0, "under", "at")], summary.on),
        footing_chart(summary.footings),
    ]
    for chart in charts:
        alt.LayerChart.from_dict({**chart.spec, "config": {}})  # the house look is set beside it, as ever
    wrong = {**linear[0].spec, "config": {}, "layer": [{**linear[0].spec["layer"][0], "mark": {"type": "price"}}]}
    with pytest.raises(ValidationError):
        alt.LayerChart.from_dict(wrong)


def test_charts_share_their_layers_and_not_their_axes() -> None:
    charts = [
        price_chart(series(month(1, reference=Decimal(10)), month(2, reference=Decimal(high)))) for high in (20, 90)
    ]
    before, after = (chart.spec["layer"] for chart in charts if chart is not None)
    assert before[1]["encoding"]["y"]["scale"] != after[1]["encoding"]["y"]["scale"]
    assert before[-1] == after[-1]
