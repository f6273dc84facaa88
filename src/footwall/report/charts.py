"""The chart of one form: reference price, floor, market and landed price through the months."""

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from footwall.quantity import Unknown
from footwall.report.look import (
    INK,
    PALE,
    PRICE_SOURCE,
    QUIET,
    STANDING_COLOUR,
    UPRIGHT,
    ChartImage,
    Rows,
    draw,
    named,
    spread,
    year_of,
)
from footwall.report.series import FormSeries, Month, price_unit

if TYPE_CHECKING:
    import altair as alt

_WIDTH, _HEIGHT = 238, 140
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
    x = alt.X("year:Q").title(None).scale(domain=[first, year_of(last)], nice=False, zero=False)
    x = x.axis(values=list(range(first, last.year + 1)), format="d")
    title = f"{unit}, log scale" if scale.log else unit
    y = alt.Y("price:Q").scale(type="log" if scale.log else "linear", domain=[scale.low, scale.high], nice=False)
    y = y.axis(tickCount=4, format=",~r", labelOverlap=True, title=title, **UPRIGHT)
    lines = {
        name: [row for row in rows if row["series"] == name] for name in ("reference", "floor", "market", "landed")
    }
    return draw(
        _on_axes(x, y),
        {**lines, "runs": _runs(lines["market"]), "gaps": _gaps(lines["market"]), "labels": _labels(series, scale)},
        (40, 22, 108, 22),
        name=f"price-{form.form}",
        title=form.name,
        alt=_price_alt(series, unit),
        source=PRICE_SOURCE,
    )


def _rows(month: Month) -> Iterable[dict[str, object]]:
    floor = month.floor
    colour = month.market_stands
    for name, price in (
        ("reference", month.reference),
        ("floor", floor),
        ("market", month.market),
        ("landed", month.landed),
    ):
        shown = None if price is None or isinstance(price, Unknown) else float(price)
        row: dict[str, object] = {"year": year_of(month.on), "on": month.on.isoformat(), "series": name, "price": shown}
        if name == "market":
            row["stands"] = colour
            row["floor"] = float(floor) if isinstance(floor, Decimal) and colour == "under" else None
        if name == "landed":
            row["stands"] = month.landed_stands
        yield row


def _on_axes(x: "alt.X", y: "alt.Y") -> dict[str, Any]:
    """The layers on the axes of one chart: its labels take theirs from the lines."""
    spec = deepcopy(_layers())
    for layer in spec["layer"][:-1]:
        layer["encoding"] |= {"x": x.to_dict(), "y": y.to_dict()}
    return spec


@cache
def _layers() -> dict[str, Any]:
    """What all price charts share, as Vega-Lite: built and checked once, since a report has dozens of them. The labels are last."""
    import altair as alt

    x, y = alt.X("year:Q"), alt.Y("price:Q")
    colour = alt.Color("stands:N").legend(None)
    colour = colour.scale(domain=list(STANDING_COLOUR), range=list(STANDING_COLOUR.values()))
    gaps = named("gaps").mark_area(opacity=0.16, color=STANDING_COLOUR["under"], line=False)
    lines = (
        gaps.encode(x, y, y2="floor:Q", detail="gap:N"),
        named("reference").mark_line(color=PALE, strokeWidth=4, strokeCap="round").encode(x, y),
        named("runs").mark_line(strokeWidth=1.4).encode(x, y, colour, detail="run:N"),
        named("floor").mark_line(interpolate="step-before", color=INK, strokeWidth=1.7).encode(x, y),
        named("landed").mark_point(size=9, filled=True, opacity=1).encode(x, y, colour),
    )
    chart = alt.layer(*lines, _label_layer()).properties(width=_WIDTH, height=_HEIGHT)
    spec: dict[str, Any] = chart.to_dict()
    return spec


def _label_layer() -> "alt.Chart":
    import altair as alt

    text: alt.Chart = named("labels").mark_text(align="left", dx=6, baseline="middle", clip=False)
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


def _gaps(rows: Rows) -> list[dict[str, object]]:
    """The months whose market is under its floor, numbered by unbroken run: nothing is filled across any other month."""
    gaps: list[dict[str, object]] = []
    gap, filled = 0, False
    for row in rows:
        gap += row["floor"] is not None and not filled
        filled = row["floor"] is not None
        if filled:
            gaps.append({**row, "gap": gap})
    return gaps


def _labels(series: FormSeries, scale: _Scale) -> list[dict[str, object]]:
    """The names of the lines beside their ends, moved apart where they would cover each other."""
    last = series.months[-1]
    ends = {
        "floor": (last.floor, INK),
        "market": (last.market, STANDING_COLOUR[last.market_stands]),
        "landed": (last.landed, STANDING_COLOUR[last.landed_stands]),
        "reference": (last.reference, QUIET),
    }
    named_ends: list[tuple[float, str, str]] = []
    for name, (price, colour) in ends.items():
        if not isinstance(price, Decimal):
            continue
        same = [index for index, (value, _, _) in enumerate(named_ends) if _near(value, float(price))]
        if same and name == "landed":
            continue  # its points lie on a line that is named already
        if same:
            value, words, shade = named_ends[same[0]]
            named_ends[same[0]] = (value, f"{words} = {name}", shade)
        else:
            named_ends.append((float(price), name, colour))
    heights = spread([scale.height(price) for price, _, _ in named_ends], apart=11, low=2, high=_HEIGHT - 2)
    return [
        {"year": year_of(last.on), "price": scale.price(height), "words": words, "colour": colour}
        for height, (_, words, colour) in zip(heights, named_ends, strict=True)
    ]


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0.004)


def _price_alt(series: FormSeries, unit: str) -> str:
    first, last = series.months[0].on, series.months[-1]

    def told(name: str, price: Decimal | Unknown | None) -> str:
        return f"{name} {price:,f}" if isinstance(price, Decimal) else f"{name} not known"

    figures = [told("reference price", last.reference)]
    figures += [told("floor", last.floor)] if last.floor is not None else ["no floor"]
    figures += [told("market", last.market), told("landed price", last.landed)] if last.floor is not None else []
    return f"{series.form.name}, {unit}, by month from {first:%B %Y}. On {last.on}: {', '.join(figures)}."
