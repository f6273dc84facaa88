"""The page holds everything, fetches nothing, and lets no name become markup."""

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from report_support import Page, facts_with

from footwall.desk import Zone
from footwall.report import ReportTable, ZoneSummary, ZoneTrade, annual_trade, report_html, write_report
from footwall.report.figures import FIGURE_SPACE, PUNCTUATION_SPACE, millions, percent
from footwall.report.html import SECTIONS, headlines, stands
from footwall.report.tables import footing_rows, summary_rows
from footwall.report.tables_ladder import undercut_rows
from footwall.report.tables_trade import aside_rows, coverage_rows, estimated_rows, margin_rows, trade_rows

BLANKS = FIGURE_SPACE + PUNCTUATION_SPACE
FETCHING = {"src", "srcset", "href", "xlink:href", "data", "action", "poster", "background"}


def test_the_page_fetches_nothing(page: str) -> None:
    read = Page.of(page)
    for element in read.elements:
        for name in FETCHING & set(element.attributes):
            assert (element.attributes[name] or "").startswith("#"), element
        assert not [name for name in element.attributes if name.startswith("on")]
    assert not {"script", "link", "iframe", "img", "object", "embed", "base", "form", "image", "use"} & {
        element.tag for element in read.elements
    }
    assert "@import" not in page
    assert not re.findall(r"url\(\s*['\"]?(?!#)", page)
    outside = set(re.findall(r"https?://[^\s\"'<>)]+", page))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names of grammars, never fetched


def test_the_page_says_first_that_it_is_an_example(page: str) -> None:
    read = Page.of(page)
    body = page[page.index("<body") :]
    assert body.index("still being negotiated") < body.index("<h1")
    assert "An annual cell of trade is not a consignment" in " ".join(read.text)
    assert f"That day of entry is {annual_trade().source}" in " ".join(" ".join(read.text).split())


def test_every_chart_is_told_in_words_and_has_its_source(page: str, summary: ZoneSummary) -> None:
    read = Page.of(page)
    figures = read.all("figure")
    drawn = len(read.all("svg"))
    assert drawn == len(figures) > 45
    for figure in figures:
        assert figure.attributes.get("role") == "img"
        assert len(figure.attributes.get("aria-label") or "") > 30
    assert page.count("Source: ") >= len(summary.minerals) + 4


def test_no_id_is_given_twice_and_every_anchor_is_there(page: str) -> None:
    read = Page.of(page)
    ids = [element.attributes["id"] for element in read.elements if element.attributes.get("id")]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    anchors = {(element.attributes.get("href") or "")[1:] for element in read.all("a")}
    assert anchors == set(SECTIONS) <= set(ids)
    for name in re.findall(r"url\(#([^)]+)\)", page):
        assert name in ids


def all_tables(summary: ZoneSummary, trade: ZoneTrade, example: Zone) -> list[ReportTable]:
    return [
        summary_rows(summary),
        footing_rows(summary),
        undercut_rows(summary, example.facts),
        *trade_rows(trade),
        aside_rows(trade.total),
        coverage_rows(trade.total),
        margin_rows(trade.total),
        estimated_rows(trade.estimated, example.facts),
    ]


def test_every_table_is_on_the_page_whole(page: str, summary: ZoneSummary, trade: ZoneTrade, example: Zone) -> None:
    shown = unescape(page)
    for table in all_tables(summary, trade, example):
        assert table.rows, table.name
        text = shown[shown.index(f'id="table-{table.name}"') :]
        text = text[: text.index("</table>")]
        for row in table.rows:
            expected = 1 if row.kind in {"group", "remark"} else len(table.columns)
            assert len(row.cells) == expected, (table.name, row)
            for cell in row.cells:
                assert re.search(f">{re.escape(cell.text)}[{BLANKS}]*<", text), cell.text
        for column in table.columns:
            assert f">{column.heading}<" in text
        for note in (*table.notes, *table.detail_notes):
            assert f"<li>{note}</li>" in shown


def test_estimates_stand_apart_from_the_totals(page: str, trade: ZoneTrade) -> None:
    block = page[page.index('<section class="aside"') : page.index("</section>")]
    rest = page.replace(block, "")
    assert "ESTIMATED" in block
    assert 'id="table-estimated"' in block
    figure = f"{millions(trade.estimated.total.floor_duty)} million USD"
    assert figure in block
    assert figure not in rest
    both = millions(trade.total.total.floor_duty + trade.estimated.total.floor_duty)
    assert both not in page


def test_the_headlines_are_the_sums_they_name(summary: ZoneSummary, trade: ZoneTrade) -> None:
    figures = [line.figure for line in headlines(summary, trade)]
    measured = stands(summary)
    total = trade.total.total
    silent = sum(one.floor is not None and not isinstance(one.market, Decimal) for one in summary.forms)
    assert 0 < silent == sum(one.floor is not None for one in summary.forms) - len(measured)
    assert f"; {silent} more have a floor and no known market price" in headlines(summary, trade)[0].words
    assert figures[0] == f"{sum(one.market < 1 for one in measured)} of {len(measured)}"
    assert figures[1] == millions(total.floor_duty)
    assert figures[2] == percent(total.value_touched / total.value)
    assert figures[3] == percent(total.value / trade.total.imports)
    assert figures[4] == millions(total.rent_exposed)
    tracked = summary.tracked_footing
    assert figures[5] == f"{tracked.observed} · {tracked.carried} · {tracked.cost_build}"


def test_only_a_carried_price_that_was_observed_counts_as_carried(summary: ZoneSummary) -> None:
    prices = [one.reference for one in summary.forms]
    tracked = summary.tracked_footing
    assert any(one.status == "carried" and one.tier is None for one in prices)
    assert tracked.carried == sum(one.status == "carried" and one.tier is not None for one in prices)
    assert tracked.cost_build == sum(one.tier is None and isinstance(one.price, Decimal) for one in prices)
    assert tracked.observed == sum(one.status == "observed" for one in prices)


HOSTILE = "<script>alert('x')</script> & \"co\""


def test_no_name_becomes_markup(summary: ZoneSummary, trade: ZoneTrade, example: Zone) -> None:
    minerals = list(summary.minerals[:2])
    forms = tuple(
        replace(
            one,
            form=replace(one.form, name=HOSTILE),
            series=replace(one.series, form=replace(one.form, name=HOSTILE)),
        )
        for one in minerals[0].forms
    )
    minerals[0] = replace(minerals[0], mineral=replace(minerals[0].mineral, name=HOSTILE), forms=forms)
    spoiled = replace(summary, name=HOSTILE, notice=HOSTILE, minerals=tuple(minerals))
    total = trade.total
    origins = (replace(total.by_origin[0], name=HOSTILE), *total.by_origin[1:])
    spoiled_trade = replace(trade, total=replace(total, by_origin=origins))
    countries = {code: replace(country, name=HOSTILE) for code, country in example.facts.countries.items()}
    page = report_html(spoiled, spoiled_trade, facts_with(countries=countries))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not Page.of(page).all("script")
    assert not [one for one in Page.of(page).elements if [name for name in one.attributes if name.startswith("on")]]


def test_the_report_is_one_file_in_the_zones_folder(example: Zone, tmp_path: Path, page: str) -> None:
    told: list[str] = []
    target = write_report(example, tmp_path / "report.html", told.append)
    assert target == tmp_path / "report.html"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert target.read_text(encoding="utf-8") == page
    assert told[0] == "summing up the zone"
    assert len(told) == 5


def figure(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_the_points_of_a_column_stand_below_each_other(page: str, summary: ZoneSummary) -> None:
    table = summary_rows(summary)
    place = [column.heading for column in table.columns].index("Reference price") - 1
    text = page[page.index('id="table-minerals"') :]
    rows = re.findall(r"<tr class=\"body\">(.*?)</tr>", text[: text.index("</table>")], re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[place] for row in rows]
    behind = {len(re.split("[.\N{PUNCTUATION SPACE}]", cell)[1]) for cell in map(unescape, cells) if cell[0].isdigit()}
    assert len(cells) > 10
    assert len(behind) == 1


def test_a_table_shows_no_zero_for_what_nobody_knows(summary: ZoneSummary) -> None:
    table = summary_rows(summary)
    place = {column.heading: number for number, column in enumerate(table.columns)}
    shown = {row.cells[0].note: row.cells for row in table.rows if row.kind == "body"}
    for one in summary.forms:
        if one.form.form not in shown:
            assert one.floor is None
            assert not isinstance(one.reference.price, Decimal)
            continue
        cells = shown[one.form.form]
        for heading, price in (("Reference price", one.reference.price), ("Market", one.market)):
            text = cells[place[heading]].text
            assert figure(text) == price if isinstance(price, Decimal) else text == "…"
        floor = cells[place["Floor"]].text
        assert floor == "–" if one.floor is None else figure(floor) == one.floor.price
        if one.floor is None:
            assert cells[place["Tariff now"]].text == "–"


@pytest.mark.parametrize("name", ["by-form", "by-importer", "by-origin"])
def test_the_last_row_is_the_total_and_the_rest_is_summed(trade: ZoneTrade, name: str) -> None:
    table = next(one for one in trade_rows(trade) if one.name == name)
    kinds = [row.kind for row in table.rows]
    assert kinds[-1] == "total"
    assert kinds.count("rest") <= 1
    cells = [int(row.cells[1].text.replace(",", "").replace("–", "0")) for row in table.rows]
    assert sum(cells[:-1]) == cells[-1] == trade.total.total.cells
