"""report.html: one file that holds everything, charts and style included, and fetches nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from footwall.desk import Zone
from footwall.facts import Facts
from footwall.quantity import Unknown, counted
from footwall.report.assumptions import annual_trade
from footwall.report.charts import price_chart
from footwall.report.charts_ladder import ladder_chart
from footwall.report.charts_trade import duty_chart, lanes_chart
from footwall.report.charts_zone import Stand, footing_chart, standing_chart
from footwall.report.figures import count, long_day, millions, on_their_points, percent
from footwall.report.look import FONT, STANDING_COLOUR, STANDING_MARK, STANDING_WORD, ChartImage
from footwall.report.sources import sources_of
from footwall.report.summary import FormSummary, ZoneSummary, ZoneTrade, zone_summary, zone_trade
from footwall.report.tables import ReportTable, Row, footing_rows, summary_rows
from footwall.report.tables_ladder import undercut_rows
from footwall.report.tables_trade import aside_rows, coverage_rows, dotted, estimated_rows, margin_rows, trade_rows
from footwall.report.trade import SHARED_CODE
from footwall.report.trade_totals import share

if TYPE_CHECKING:
    from jinja2 import Environment

Progress = Callable[[str], None]
FILE: Final = "report.html"


SECTIONS: Final[Mapping[str, str]] = {
    "stand": "Where the market stands",
    "prices": "Prices, floors and tariffs",
    "footing": "What the prices rest on",
    "months": "Every form, month by month",
    "ladder": "The ladder of floors",
    "duties": "Duties on a year of imports",
    "left-out": "What the total leaves out",
    "method": "How the figures are made",
    "check": "How to check a figure",
    "sources": "Sources and licences",
}
"""The report's sections in their order: the name of the anchor, and the heading."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure at the head of the report."""

    figure: str
    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class MineralCharts:
    """The price charts of one mineral; forms without any known price are named instead."""

    name: str
    charts: tuple[ChartImage, ...]
    silent: tuple[str, ...]


def write_report(zone: Zone, path: Path | None = None, progress: Progress | None = None) -> Path:
    """Write the report of the zone's last walked day to `path`, else to report.html in its folder; returns where.

    `progress` is told what is being made. Raises UsageError for a zone that has not been walked.
    """
    tell = progress or (lambda _: None)
    tell("summing up the zone")
    summary = zone_summary(zone)
    tell("assessing a year of imports")
    trade = zone_trade(zone)
    target = path or zone.folder / FILE
    target.write_text(report_html(summary, trade, zone.facts, tell), encoding="utf-8")
    return target


def report_html(summary: ZoneSummary, trade: ZoneTrade, facts: Facts, tell: Progress = lambda _: None) -> str:
    """The report as the text of one HTML file."""
    tell("drawing prices")
    prices = tuple(_mineral_charts(mineral.mineral.name, mineral.forms) for mineral in summary.minerals)
    tell("drawing ladders")
    recipes = {recipe.recipe: recipe for recipe in facts.recipes}
    drawn = (
        ladder_chart(mineral.ladder, mineral.mineral.name, recipes, facts.forms)
        for mineral in summary.minerals
        if mineral.ladder is not None
    )
    ladders = tuple(chart for chart in drawn if chart is not None)
    tell("drawing duties")
    total = trade.total
    duties = (
        duty_chart(total, total.by_importer, name="duty-importer", title="By importer"),
        duty_chart(total, total.by_origin, name="duty-origin", title="By origin"),
        lanes_chart(total),
    )
    tables: Mapping[str, ReportTable] = {table.name: _on_points(table) for table in _tables(summary, trade, facts)}
    return _environment().get_template("report.html").render(
        summary=summary,
        trade=total,
        entry_is=annual_trade().source,
        estimated=trade.estimated,
        tables=tables,
        prices=prices,
        ladders=ladders,
        duties=duties,
        standing=standing_chart(stands(summary), summary.on) if stands(summary) else None,
        unmeasured=unmeasured(summary),
        footing=footing_chart(summary.footings),
        headlines=headlines(summary, trade),
        shared=[dotted(code.hs6) for code in total.coverage.codes if code.aside.get(SHARED_CODE)],
        members=[facts.countries[party].name for party in summary.parties],
        sources=sources_of(facts),
        marks=[(STANDING_MARK[one], STANDING_WORD[one], one) for one in STANDING_COLOUR],
    )  # fmt: skip


def headlines(summary: ZoneSummary, trade: ZoneTrade) -> tuple[Headline, ...]:
    """The handful of figures that say most."""
    total, on_day = trade.total, summary.on
    measured = stands(summary)
    under = sum(one.market_stands == "under" for one in measured)
    untold = len(unmeasured(summary))
    tracked = summary.tracked_footing
    year = total.year
    return (
        Headline(
            f"{under} of {len(measured)}",
            "forms",
            f"whose market price is known have it under their floor on {long_day(on_day)}; "
            f"{count(untold) if untold else 'no'} more have a floor and no known market price",
        ),
        Headline(millions(total.total.floor_duty), "million USD", f"floor duty on the members’ imports of {year}"),
        Headline(
            percent(total.total.share_touched),
            "%",
            f"of the {_billions(total.total.value)} billion USD assessed owe it",
        ),
        Headline(
            percent(share(total.total.value, total.imports)),
            "%",
            f"of the members’ {_billions(total.imports)} billion USD of imports could be assessed; the rest is named",
        ),
        Headline(millions(total.total.rent_exposed), "million USD", "rent exposed: not revenue, and in no total"),
        Headline(
            f"{tracked.observed} · {tracked.carried} · {tracked.cost_build}",
            f"of {counted(tracked.forms, 'form')}",
            f"stand on real, carried and assumed prices; {count(tracked.unpriced)} have none. Real: observed, though a rate, "
            "a freight or a day on the way may be assumed",
        ),
    )


def stands(summary: ZoneSummary) -> tuple[Stand, ...]:
    """Every tracked form whose floor and market are both known, against its floor."""
    found = []
    for one in summary.forms:
        last = one.series.months[-1]
        market, floor, landed = last.market, last.floor, last.landed
        if isinstance(market, Decimal) and isinstance(floor, Decimal) and isinstance(landed, Decimal):
            shares = float(market / floor), float(landed / floor)
            found.append(Stand(one.form.name, *shares, last.market_stands, last.landed_stands))
    return tuple(found)


def unmeasured(summary: ZoneSummary) -> tuple[str, ...]:
    """The name of every tracked form that has a floor, and no market price that is known."""
    return tuple(one.form.name for one in summary.forms if one.floor is not None and isinstance(one.market, Unknown))


def _tables(summary: ZoneSummary, trade: ZoneTrade, facts: Facts) -> Iterable[ReportTable]:
    yield summary_rows(summary)
    yield footing_rows(summary)
    yield undercut_rows(summary, facts)
    yield from trade_rows(trade)
    yield aside_rows(trade.total)
    yield coverage_rows(trade.total)
    yield margin_rows(trade.total)
    yield estimated_rows(trade.estimated, facts)


def _on_points(table: ReportTable) -> ReportTable:
    """The table with the figures of each column on their decimal points."""
    body = [row for row in table.rows if row.kind not in {"group", "remark"}]
    texts = [[cell.text for cell in cells] for cells in zip(*(row.cells for row in body), strict=True)]
    numeric = [column.numeric for column in table.columns]
    aligned = [on_their_points(column) if figures else column for figures, column in zip(numeric, texts, strict=False)]
    shown = iter(zip(*aligned, strict=True))
    rows = tuple(row if row.kind in {"group", "remark"} else _with_texts(row, next(shown)) for row in table.rows)
    return replace(table, rows=rows)


def _with_texts(row: Row, texts: Iterable[str]) -> Row:
    return replace(row, cells=tuple(replace(cell, text=text) for cell, text in zip(row.cells, texts, strict=True)))


def _mineral_charts(name: str, forms: Iterable[FormSummary]) -> MineralCharts:
    drawn = [(one, price_chart(one.series)) for one in forms]
    return MineralCharts(
        name,
        tuple(chart for _, chart in drawn if chart is not None),
        tuple(one.form.name for one, chart in drawn if chart is None),
    )


def _billions(amount: Decimal | Unknown) -> str:
    return "…" if isinstance(amount, Unknown) else f"{amount.scaleb(-9):,.1f}"


def _environment() -> "Environment":
    """Everything is escaped but what this package drew or wrote itself: the charts' SVG and the style sheet."""
    import jinja2
    from markupsafe import Markup

    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
    colours = "".join(f"--{name}: {colour}; " for name, colour in STANDING_COLOUR.items())
    environment.globals["style"] = Markup(f":root {{ {colours}--font: {FONT}; }}\n{style}")  # noqa: S704 - our own
    environment.globals["sections"] = SECTIONS
    environment.globals["number"] = lambda section: list(SECTIONS).index(section) + 1
    environment.filters["svg"] = lambda chart: Markup(chart.svg)  # noqa: S704 - drawn here, escaped by the drawing
    environment.filters["millions"] = millions
    environment.filters["percent"] = percent
    environment.filters["long_day"] = long_day
    return environment
