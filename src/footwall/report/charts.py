"""Charts of prices: every form through the months, all forms against their floors, and what the prices rest on."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from footwall.quantity import Unknown
from footwall.report.look import (
    INK,
    PALE,
    QUIET,
    RESTS_SHADE,
    RESTS_WORD,
    STANDING_COLOUR,
    ChartImage,
    Rows,
    draw,
    named,
)
from footwall.report.series import RESTS, Footing, FormSeries, Month, Rests, price_unit, standing

if TYPE_CHECKING:
    import altair

PRICE_SOURCE: Final = "Reference prices, floors, import parity and tariffs of the example zone, from the journal's days."

_WIDTH, _HEIGHT = 262, 150
_UPRIGHT: Final = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": -30, "titleY": -8}
"""The title of a vertical axis, lying above it."""

_LOG_FROM = 8
"""A logarithmic axis from this ratio of the highest to the lowest price on."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """A vertical axis of known limits: which height a price stands at, and back."""

    low: float
    high: float
    log: bool

    @classmethod
    def over(cls, prices: Sequence[float]) -> "_Scale":
        low, high = min(prices), max(prices)
        if low > 0 and high / low > _LOG_FROM:
            return cls(low / 1.15, high * 1.15, log=True)
        return cls(min(0.0, low * 1.05), high * 1.08 or 1.0, log=False)

    def height(self, price: float) -> float:
        if self.log:
            return math.log(price / self.low) / math.log(self.high / self.low) * _HEIGHT
        return (price - self.low) / (self.high - self.low) * _HEIGHT

    def price(self, height: float) -> float:
        if self.log:
            return self.low * math.exp(height / _HEIGHT * math.log(self.high / self.low))
        return self.low + height / _HEIGHT * (self.high - self.low)


def price_chart(series: FormSeries) -> ChartImage | None:
    """Reference price, floor, market and landed price of one form by month; None where no price of it is known.

    Unknown months are gaps. The market line takes its colour from where it stands against the floor of its month.
    """
    import altair as alt

    form, unit = series.form, price_unit(series.form)
    rows = [row for month in series.months for row in _rows(month)]
    known = [row["price"] for row in rows if isinstance(row["price"], float)]
    if not known:
        return None
    scale = _Scale.over(known)
    first, last = series.months[0].on.year, series.months[-1].on
    x = alt.X("year:Q").title(None).scale(domain=[first, _year(last)], nice=False, zero=False)
    x = x.axis(values=list(range(first, last.year + 1)), format="d")
    title = f"{unit}, log scale" if scale.log else unit
    y = alt.Y("price:Q").scale(type="log" if scale.log else "linear", domain=[scale.low, scale.high], nice=False)
    y = y.axis(tickCount=4, format=",~r", labelOverlap=True, title=title, **_UPRIGHT)
    chart = alt.layer(*_layers(x, y), _label_layer()).properties(width=_WIDTH, height=_HEIGHT)
    lines = {name: [row for row in rows if row["series"] == name] for name in ("reference", "floor", "market", "landed")}
    return draw(
        chart,
        {**lines, "runs": _runs(lines["market"]), "labels": _labels(series, scale)},
        name=f"price-{form.form}",
        title=f"{form.name}",
        alt=_price_alt(series, unit),
        source=PRICE_SOURCE,
    )


def _rows(month: Month) -> Iterable[dict[str, object]]:
    floor = month.floor
    colour = standing(month.market, floor, Decimal(0))
    for name, price in (
        ("reference", month.reference),
        ("floor", floor),
        ("market", month.market),
        ("landed", month.landed),
    ):
        shown = None if price is None or isinstance(price, Unknown) else float(price)
        row: dict[str, object] = {"year": _year(month.on), "on": month.on.isoformat(), "series": name, "price": shown}
        if name == "market":
            row["stands"] = colour
            row["floor"] = float(floor) if isinstance(floor, Decimal) and colour == "under" else None
        if name == "landed":
            row["stands"] = standing(month.landed, floor, _landed_unit(month))
        yield row


def _landed_unit(month: Month) -> Decimal:
    """One unit in the last place of the landed price: what its tariff was rounded to, or finer."""
    return Decimal(1).scaleb(int(month.landed.as_tuple().exponent)) if isinstance(month.landed, Decimal) else Decimal(0)


def _layers(x: "altair.X", y: "altair.Y") -> list["altair.Chart"]:
    import altair as alt

    colour = alt.Color("stands:N").legend(None)
    colour = colour.scale(domain=list(STANDING_COLOUR), range=list(STANDING_COLOUR.values()))
    gap = named("market").mark_area(opacity=0.16, color=STANDING_COLOUR["under"], line=False).encode(x, y, y2="floor:Q")
    return [
        gap.transform_filter("datum.floor != null && datum.price != null"),
        named("reference").mark_line(color=PALE, strokeWidth=4, strokeCap="round").encode(x, y),
        named("runs").mark_line(strokeWidth=1.4).encode(x, y, colour, detail="run:N"),
        named("floor").mark_line(interpolate="step-before", color=INK, strokeWidth=1.7).encode(x, y),
        named("landed").mark_point(size=9, filled=True, opacity=1).encode(x, y, colour),
    ]


def _label_layer() -> "altair.Chart":
    import altair as alt

    text = named("labels").mark_text(align="left", dx=6, baseline="middle", clip=False)
    return text.encode(x="year:Q", y="price:Q", text="words:N", color=alt.Color("colour:N").scale(None))


def _runs(rows: Rows) -> list[dict[str, object]]:
    """The market line cut where its colour changes or a month is missing; each run begins where the last one ended."""
    runs: list[dict[str, object]] = []
    run = 0
    before: Mapping[str, object] | None = None
    for row in rows:
        if row["price"] is None:
            before = None
            continue
        if before is None or before["stands"] != row["stands"]:
            run += 1
            if before is not None:
                runs.append({**before, "run": run, "stands": row["stands"]})
        runs.append({**row, "run": run})
        before = row
    return runs


def _labels(series: FormSeries, scale: _Scale) -> list[dict[str, object]]:
    """The names of the lines beside their ends, moved apart where they would cover each other."""
    last = series.months[-1]
    ends = {
        "floor": (last.floor, INK),
        "market": (last.market, STANDING_COLOUR[standing(last.market, last.floor, Decimal(0))]),
        "landed": (last.landed, STANDING_COLOUR[standing(last.landed, last.floor, _landed_unit(last))]),
        "reference": (last.reference, QUIET),
    }
    named_ends: list[tuple[float, str, str]] = []
    for name, (price, colour) in ends.items():
        if not isinstance(price, Decimal):
            continue
        same = [index for index, (value, _, _) in enumerate(named_ends) if _near(value, float(price))]
        if same:
            value, words, shade = named_ends[same[0]]
            named_ends[same[0]] = (value, f"{words} = {name}", shade)
        else:
            named_ends.append((float(price), name, colour))
    heights = spread([scale.height(price) for price, _, _ in named_ends], apart=11, low=2, high=_HEIGHT - 2)
    return [
        {"year": _year(last.on), "price": scale.price(height), "words": words, "colour": colour}
        for height, (_, words, colour) in zip(heights, named_ends, strict=True)
    ]


def spread(heights: Sequence[float], *, apart: float, low: float, high: float) -> list[float]:
    """The heights, in their order, moved as little as a simple pass can so that none is nearer than `apart` to another."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    moved = [min(max(height, low), high) for height in heights]
    for below, above in zip(order, order[1:], strict=False):
        moved[above] = max(moved[above], moved[below] + apart)
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - apart
    return moved


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0.004)


def _year(on: date) -> float:
    """A month's end as a point in its year."""
    return round(on.year + on.month / 12, 4)


def _price_alt(series: FormSeries, unit: str) -> str:
    first, last = series.months[0].on, series.months[-1]

    def told(name: str, price: Decimal | Unknown | None) -> str:
        return f"{name} {price:,f}" if isinstance(price, Decimal) else f"{name} not known"

    figures = [told("reference price", last.reference)]
    figures += [told("floor", last.floor)] if last.floor is not None else ["no floor"]
    figures += [told("market", last.market), told("landed price", last.landed)] if last.floor is not None else []
    return f"{series.form.name}, {unit}, by month from {first:%B %Y}. On {last.on}: {', '.join(figures)}."


@dataclass(frozen=True, slots=True)
class Stand:
    """One form on one day against its floor, as shares of the floor: 0.7 is 30 % under it."""

    name: str
    market: float
    landed: float
    market_stands: str
    landed_stands: str


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
    low = min([80.0, *(row["market"] for row in rows)]) / 1.15  # type: ignore[type-var]
    high = max([125.0, *(row["market"] for row in rows)]) * 1.2  # type: ignore[type-var]
    x = alt.X("market:Q").scale(type="log", domain=[low, high], nice=False)
    x = x.axis(values=[25, 33, 50, 75, 100, 150, 200, 300, 400], format="d", title="per cent of the floor, log scale")
    y = alt.Y("form:N").sort(order).title(None).axis(labelLimit=190, labelColor=INK, labelPadding=8)
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
    words = base.mark_text(align="right", dx=-9, color=QUIET).encode(x, y, text="words:N")
    chart = alt.layer(lift, floor, landed, market, words).properties(width=560, height=17 * max(1, len(rows)))
    under = sum(one.market_stands == "under" for one in stands)
    return draw(
        chart,
        {"stands": rows, "floor": [{"at": 100}]},
        name="standing",
        title=f"The market against the floors, {on:%d %B %Y}".replace(" 0", " "),
        alt=(
            f"{len(stands)} forms with a known market price and a floor on {on}: the market is under the floor for "
            f"{under} of them. " + "; ".join(f"{one.name} {one.market * 100:.0f} % of its floor" for one in stands) + "."
        ),
        source=PRICE_SOURCE,
    )


def _shape(field: str) -> "altair.Shape":
    import altair as alt

    marks = {"under": "triangle-down", "at": "circle", "above": "triangle-up", "unknown": "square"}
    return alt.Shape(f"{field}:N").scale(domain=list(marks), range=list(marks.values())).legend(None)


def footing_chart(footings: Sequence[Footing]) -> ChartImage:
    """How many per cent of all forms rest on observed, carried or assumed prices, or on none, by month."""
    import altair as alt

    rows = [
        {
            "from": _year(footing.on) - 1 / 12,
            "year": _year(footing.on),
            "rests": rests,
            "below": sum(_share(footing, lower) for lower in RESTS[:index]),
            "share": sum(_share(footing, lower) for lower in RESTS[: index + 1]),
        }
        for footing in footings
        for index, rests in enumerate(RESTS)
    ]
    first, last = footings[0].on.year, footings[-1]
    x = alt.X("from:Q").scale(domain=[first, _year(last.on)], nice=False, zero=False)
    x = x.axis(values=list(range(first, last.on.year + 1)), format="d", title=None)
    y = alt.Y("share:Q").scale(domain=[0, 100])
    y = y.axis(values=[0, 25, 50, 75, 100], title="per cent of forms", **_UPRIGHT)
    colour = alt.Color("rests:N").scale(domain=list(RESTS), range=[RESTS_SHADE[rests] for rests in RESTS]).legend(None)
    bars = named("shares").mark_rect(strokeWidth=0).encode(x, y, colour, x2="year:Q", y2="below:Q")
    text = named("labels").mark_text(align="left", dx=7, baseline="middle", color=INK)
    text = text.encode(x="year:Q", y="share:Q", text="words:N")
    chart = alt.layer(bars, text).properties(width=560, height=190)
    words = ", ".join(f"{RESTS_WORD[rests]} {getattr(last, rests)}" for rests in RESTS)
    return draw(
        chart,
        {"shares": rows, "labels": _footing_labels(last)},
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
        {"year": _year(last.on), "share": place, "words": f"{RESTS_WORD[rests]} ({getattr(last, rests)})"}
        for rests, place in zip(RESTS, places, strict=True)
    ]
