"""Draws docs/images/thin-markets.svg: what was quoted of three thin markets, and what the method made of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from thin_markets import FORMS, is_ask, is_dominant, landed, shown, walked

from footwall.facts import Observation, shipped_facts
from footwall.report.look import INK, QUIET, STANDING_COLOUR, UPRIGHT, ChartImage, draw, named, on_white

if TYPE_CHECKING:
    import altair as alt

IMAGES = Path(__file__).parent / "images"
DAYS_OF_YEAR = 365
SIDES = {
    "ask in Europe": (STANDING_COLOUR["under"], "triangle-up"),
    "traded volume": (STANDING_COLOUR["above"], "circle"),
    "dominant seller": (STANDING_COLOUR["at"], "square"),
}
WIDTH, HEIGHT = 228, 210
MARGINS = (46, 24, 18, 60)
PANEL_WIDTH, PANEL_HEIGHT = WIDTH + 64, HEIGHT + 84
ALT = (
    "Three panels with logarithmic price axes, dysprosium, terbium and yttrium oxide, from January 2024 to May 2026. Asks in "
    "Europe of November 2025 stand at four to twenty times all else; the reference price runs among the dominant seller's "
    "quotations and the price of traded volume, and moves in steps towards the latter. No cost-build is known of any."
)


def main(folder: Path = IMAGES) -> None:
    """Write the picture: the three panels beside each other, each an image of its own within it."""
    panels = [
        drawn(form).svg.replace("<svg ", f'<svg x="{place * PANEL_WIDTH}" overflow="visible" ', 1)
        for place, form in enumerate(FORMS)
    ]
    size = f'width="{len(FORMS) * PANEL_WIDTH}" height="{PANEL_HEIGHT}"'
    whole = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(panels)}</svg>'
    folder.mkdir(exist_ok=True)
    picture = ChartImage("thin-markets", "Three thin markets", whole, ALT, "", {})
    (folder / "thin-markets.svg").write_text(on_white(picture), encoding="utf-8")


def drawn(form: str) -> ChartImage:
    """One panel."""
    quotations = [quoted(seen) for seen in shown() if seen.form == form]
    data = {
        "quotes": [row for row in quotations if row["from"] == row["to"]],
        "years": [row for row in quotations if row["from"] != row["to"]],
        "line": line(form),
        "end": [{**line(form)[-1], "words": "reference"}],
    }
    return draw(panel(form), data, MARGINS, name=f"thin-{form}", title=form, alt="", source="")


def panel(form: str) -> "alt.LayerChart":
    """One form: quotations as points, annual means as bars, the market's word dashed, the reference as a line."""
    import altair as alt

    x = alt.X("from:Q").title(None).scale(domain=[2024, 2026.42], nice=False, zero=False)
    x = x.axis(values=[2024, 2025, 2026], labelExpr=MONTHS, grid=False)
    y = alt.Y("price:Q").scale(type="log", nice=True)
    title = f"{shipped_facts().forms[form].name}, USD/kg, log scale"
    y = y.axis(tickCount=5, format=",~r", title=title, labelOverlap=True, **UPRIGHT)
    sides = list(SIDES)
    scale = alt.Scale(domain=sides, range=[SIDES[side][0] for side in sides])
    shapes = alt.Scale(domain=sides, range=[SIDES[side][1] for side in sides])
    below = alt.Legend(
        title=None,
        orient="none",
        direction="horizontal",
        legendX=0,
        legendY=HEIGHT + 26,
        symbolSize=60,
        symbolOpacity=1,
    )
    legend = below if form == FORMS[0] else None
    colour = alt.Color("whose:N").scale(scale).legend(legend)
    shape = alt.Shape("whose:N").scale(shapes).legend(legend)
    return alt.layer(
        named("years").mark_rule(strokeWidth=2.4, opacity=0.55).encode(x, alt.X2("to:Q"), y, colour),
        named("line")
        .mark_line(color=QUIET, strokeDash=[3, 3], strokeWidth=1.2, interpolate="step-after")
        .encode(x, y="market:Q"),
        named("line").mark_line(color=INK, strokeWidth=1.8, interpolate="step-after").encode(x, y),
        named("end").mark_text(align="right", dy=12, color=INK, fontSize=10.5).encode(x, y, text="words:N"),
        named("quotes").mark_point(size=60, filled=True, opacity=1).encode(x, y, colour, shape),
    ).properties(width=WIDTH, height=HEIGHT)


MONTHS = "'Jan ' + format(datum.value, 'd')"


def quoted(seen: Observation) -> dict[str, object]:
    """One quotation as the chart has it."""
    whose = "ask in Europe" if is_ask(seen) else "dominant seller" if is_dominant(seen) else "traded volume"
    return {"from": at(seen.observed_from), "to": at(seen.observed_to), "price": float(landed(seen)), "whose": whose}


def line(form: str) -> list[Mapping[str, object]]:
    """The reference price by day, and the market's word where one stands."""
    rows = []
    for day, prices in walked().items():
        price = prices[form]
        market = price.certified.market
        shown = {"market": float(market) if isinstance(market, Decimal) else None}
        rows.append(
            {"from": at(day), "price": float(price.price) if isinstance(price.price, Decimal) else None} | shown
        )
    return rows


def at(day: date) -> float:
    """A day as a point in its year."""
    return day.year + (day.timetuple().tm_yday - 1) / DAYS_OF_YEAR


if __name__ == "__main__":
    main()
