"""One look for every chart: ink and greys for what is, three colours for where it stands against the floor, and how a chart becomes SVG.

The three colours are those of Okabe and Ito that stay apart in all common kinds of colour-blindness; shape and words
always say the same thing beside them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from footwall.report.series import Rests, Standing

if TYPE_CHECKING:
    import altair as alt

INK: Final = "#1a1a1a"
QUIET: Final = "#6b6b6b"
FAINT: Final = "#d9d9d6"
PALE: Final = "#b9b9b4"

STANDING_COLOUR: Final[Mapping[Standing, str]] = {
    "under": "#D55E00",
    "at": "#0072B2",
    "above": "#009E73",
    "unknown": QUIET,
}
STANDING_MARK: Final[Mapping[Standing, str]] = {"under": "▼", "at": "●", "above": "▲", "unknown": "○"}
STANDING_WORD: Final[Mapping[Standing, str]] = {
    "under": "under the floor",
    "at": "at the floor",
    "above": "above the floor",
    "unknown": "not known",
}
RESTS_SHADE: Final[Mapping[Rests, str]] = {
    "observed": "#333333",
    "carried": "#8a8a86",
    "cost_build": "#c6c6c1",
    "unpriced": "#f1f1ee",
}
RESTS_WORD: Final[Mapping[Rests, str]] = {
    "observed": "real: observed",
    "carried": "carried: last observed price",
    "cost_build": "assumed: built from costs",
    "unpriced": "no price",
}
FONT: Final = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"


UPRIGHT: Final[Mapping[str, Any]] = {
    "titleAngle": 0,
    "titleAlign": "left",
    "titleAnchor": "end",
    "titleX": -30,
    "titleY": -8,
}
"""The title of a vertical axis, lying above it."""

PRICE_SOURCE: Final = (
    "Decisions of the example zone, on prices of USGS, the World Bank and named publishers; see Sources."
)


@dataclass(frozen=True, slots=True)
class ChartImage:
    """A drawn chart: SVG text that stands by itself, what it shows in words, where its data come from, and its Vega-Lite."""

    name: str
    title: str
    svg: str
    alt: str
    source: str
    spec: Mapping[str, Any]


Rows = Sequence[Mapping[str, object]]


def draw(
    chart: "alt.TopLevelMixin | dict[str, Any]",
    data: Mapping[str, Rows],
    margins: tuple[int, int, int, int],
    *,
    name: str,
    title: str,
    alt: str,
    source: str,
) -> ChartImage:
    """The chart (Altair's, or its Vega-Lite) as SVG in the house look, with `data`, the rows of each name that `named` stands for in it.

    It is not checked against Vega-Lite's schema, which takes as long as to draw it: what we draw is checked by a test.
    `margins` are left, top, right and bottom, in pixels: fixed, so that charts beside each other have one size and one
    scale of type whatever their labels say. `name` must be unique on a page: it keeps the SVG's inner ids apart.
    """
    import vl_convert

    spec = chart if isinstance(chart, dict) else chart.to_dict(validate=False)
    spec["config"] = {**spec.get("config", {}), **_THEME}
    spec["autosize"] = {"type": "none"}
    spec["padding"] = dict(zip(("left", "top", "right", "bottom"), margins, strict=True))
    spec["datasets"] = {name: [dict(row) for row in rows] for name, rows in data.items()}
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return ChartImage(name, title, _own_ids(svg, name), alt, source, spec)


def _own_ids(svg: str, name: str) -> str:
    """The SVG with every id, and every reference to one, under `name`: a page holds many, and ids are the page's."""
    for found in sorted(set(re.findall(r'\bid="([^"]+)"', svg)), key=len, reverse=True):
        own = f"{name}-{found}"
        svg = svg.replace(f'id="{found}"', f'id="{own}"').replace(f"#{found})", f"#{own})")
        svg = svg.replace(f'href="#{found}"', f'href="#{own}"')
    return svg


def on_white(image: ChartImage) -> str:
    """The chart before a white ground, with what it shows in words for whoever cannot see it."""
    head, end, body = image.svg.partition(">")
    alt = image.alt.replace("&", "&amp;").replace("<", "&lt;")
    return f'{head}{end}<title>{alt}</title><rect width="100%" height="100%" fill="#ffffff"/>{body}\n'


def named(data: str) -> "alt.Chart":
    """A chart on the rows that `draw` is given under this name; apart from the chart, they need not be checked as one."""
    import altair as alt

    return alt.Chart(alt.NamedData(name=data))


def spread(heights: Sequence[float], *, apart: float, low: float, high: float) -> list[float]:
    """The heights, in their order, moved as little as a simple pass can so that none is nearer than `apart` to another."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    moved = [min(max(height, low), high) for height in heights]
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + apart)
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - apart
    return moved


def year_of(on: date) -> float:
    """A month's end as a point in its year."""
    return round(on.year + on.month / 12, 4)


_AXIS: Final = {
    "labelFont": FONT,
    "titleFont": FONT,
    "labelFontSize": 10.5,
    "titleFontSize": 10.5,
    "titleFontWeight": "normal",
    "labelColor": QUIET,
    "titleColor": QUIET,
    "gridColor": "#ececea",
    "gridWidth": 0.7,
    "domainColor": PALE,
    "tickColor": PALE,
    "tickSize": 3,
    "labelPadding": 4,
}
_THEME: Final[Mapping[str, object]] = {
    "background": None,
    "font": FONT,
    "aria": False,
    "view": {"stroke": None},
    "axis": _AXIS,
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False},
    "title": {"font": FONT, "fontSize": 12, "fontWeight": 600, "color": INK, "anchor": "start", "offset": 6},
    "text": {"font": FONT, "fontSize": 10.5},
}
