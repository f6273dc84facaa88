"""Charts of the zone as a whole: every form's market against its floor, and what the prices rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from footwall.report.figures import long_day
from footwall.report.look import (
    INK,
    PALE,
    PRICE_SOURCE,
    QUIET,
    RESTS_SHADE,
    RESTS_WORD,
    STANDING_COLOUR,
    UPRIGHT,
    ChartImage,
    draw,
    named,
    spread,
    year_of,
)
from footwall.report.series import RESTS, Footing, Rests, Standing

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True)
class Stand:
    """One form on one day against its floor, as shares of the floor: 0.7 is 30 % under it."""

    name: str
    market: float
    landed: float
    market_stands: Standing
    landed_stands: Standing


def standing_chart(stands: Sequence[Stand], on: date) -> ChartImage:
    """Each form's market price, and what it lands at, in per cent of its floor; the floor is the line at 100."""
    import altair as alt

    rows = [
        {
            "form": one.name,
            "market": one.market * 100,
            "landed": one.landed * 100,
            "market_stands": one.market_stands,
            "landed_stands": one.landed_stands,
            "words": f"{one.market * 100:.0f}",
        }
        for one in stands
    ]
    order = [one.name for one in sorted(stands, key=lambda one: one.market)]
    low = min([80.0, *(one.market * 100 for one in stands)]) / 1.4
    high = max([125.0, *(one.market * 100 for one in stands)]) * 1.2
    x = alt.X("market:Q").scale(type="log", domain=[low, high], nice=False)
    x = x.axis(values=[25, 33, 50, 75, 100, 150, 200, 300, 400], format="d", title="per cent of the floor, log scale")
    y = alt.Y("form:N").sort(order).title(None).axis(labelLimit=165, labelColor=INK, labelPadding=8)
    colours = alt.Scale(domain=list(STANDING_COLOUR), range=list(STANDING_COLOUR.values()))
    base = named("stands")
    floor = named("floor").mark_rule(color=INK, strokeWidth=1.4).encode(x="at:Q")
    lift = base.mark_rule(strokeWidth=1.2, color=PALE).encode(x, y, x2="landed:Q")
    market = base.mark_point(size=52, filled=True, opacity=1).encode(
        x, y, alt.Color("market_stands:N").scale(colours).legend(None), shape=_shape("market_stands")
    )
    landed = base.mark_point(size=46, filled=False, strokeWidth=1.6, opacity=1).encode(
        alt.X("landed:Q"), y, alt.Color("landed_stands:N").scale(colours).legend(None)
    )
    left = base.transform_filter("datum.market < 100").mark_text(align="right", dx=-9, color=QUIET)
    right = base.transform_filter("datum.market >= 100").mark_text(align="left", dx=9, color=QUIET)
    words = [side.encode(x, y, text="words:N") for side in (left, right)]
    chart = alt.layer(lift, floor, landed, market, *words).properties(width=290, height=19 * max(1, len(rows)))
    under = sum(one.market_stands == "under" for one in stands)
    return draw(
        chart,
        {"stands": rows, "floor": [{"at": 100}]},
        (172, 8, 30, 40),
        name="standing",
        title=f"The market against the floors, {long_day(on)}",
        alt=(
            f"{len(stands)} forms with a known market price and a floor on {on}: the market is under the floor for "
            f"{under} of them. "
            + "; ".join(f"{one.name} {one.market * 100:.0f} % of its floor" for one in stands)
            + "."
        ),
        source=PRICE_SOURCE,
    )


def _shape(field: str) -> "alt.Shape":
    import altair as alt

    marks = {"under": "triangle-down", "at": "circle", "above": "triangle-up", "unknown": "square"}
    return alt.Shape(f"{field}:N").scale(domain=list(marks), range=list(marks.values())).legend(None)


def footing_chart(footings: Sequence[Footing]) -> ChartImage:
    """How many per cent of all forms rest on observed, carried or assumed prices, or on none, by month."""
    import altair as alt

    rows = [
        {
            "from": year_of(footing.on) - 1 / 12,
            "year": year_of(footing.on),
            "rests": rests,
            "below": sum(_share(footing, lower) for lower in RESTS[:index]),
            "share": sum(_share(footing, lower) for lower in RESTS[: index + 1]),
        }
        for footing in footings
        for index, rests in enumerate(RESTS)
    ]
    first, last = footings[0].on.year, footings[-1]
    x = alt.X("from:Q").scale(domain=[first, year_of(last.on)], nice=False, zero=False)
    x = x.axis(values=list(range(first, last.on.year + 1)), format="d", title=None)
    y = alt.Y("share:Q").scale(domain=[0, 100])
    y = y.axis(values=[0, 25, 50, 75, 100], title="per cent of forms", **UPRIGHT)
    colour = alt.Color("rests:N").scale(domain=list(RESTS), range=[RESTS_SHADE[rests] for rests in RESTS]).legend(None)
    bars = named("shares").mark_rect(strokeWidth=0).encode(x, y, colour, x2="year:Q", y2="below:Q")
    text = named("labels").mark_text(align="left", dx=7, baseline="middle", color=INK)
    text = text.encode(x="year:Q", y="share:Q", text="words:N")
    chart = alt.layer(bars, text).properties(width=270, height=190)
    words = ", ".join(f"{RESTS_WORD[rests]} {getattr(last, rests)}" for rests in RESTS)
    return draw(
        chart,
        {"shares": rows, "labels": _footing_labels(last)},
        (34, 22, 166, 22),
        name="footing",
        title="What the prices rest on",
        alt=f"Share of forms by what their price rests on, by month. On {last.on}, of {last.forms} forms: {words}.",
        source=PRICE_SOURCE,
    )


def _share(footing: Footing, rests: Rests) -> float:
    count: int = getattr(footing, rests)
    return count / footing.forms * 100


def _footing_labels(last: Footing) -> list[dict[str, object]]:
    below, middles = 0.0, []
    for rests in RESTS:
        part = _share(last, rests)
        middles.append(below + part / 2)
        below += part
    places = spread(middles, apart=7, low=3, high=97)
    return [
        {"year": year_of(last.on), "share": place, "words": f"{RESTS_WORD[rests]} ({getattr(last, rests)})"}
        for rests, place in zip(RESTS, places, strict=True)
    ]
