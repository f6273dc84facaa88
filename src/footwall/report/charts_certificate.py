"""The charts of one price's page: how it came about, and the data that it rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from footwall.prices import Certificate, Datum, explain_parts
from footwall.quantity import Unknown
from footwall.report.figures import significant
from footwall.report.look import INK, PALE, QUIET, STANDING_COLOUR, ChartImage, draw, named

USED_COLOUR: Final = STANDING_COLOUR["at"]
LEFT_COLOUR: Final = STANDING_COLOUR["under"]
CERTIFICATE_SOURCE: Final = "the certificate on this page."

_WIDTH: Final = 236
_ROW: Final = 24
_SUBMITTERS_SHOWN: Final = 20
_DATA_DRAWN: Final = 2000
_CORRECTIONS: Final = (("smoothing", "smoothing"), ("step cap", "step cap"), ("rounded", "rounding"))


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar on the way to the price: from where to where it reaches, and its figure in words."""

    name: str
    start: Decimal
    end: Decimal
    words: str
    kind: str


def bars_of(certificate: Certificate) -> tuple[Bar, ...]:
    """What market, cost-build or another footing brings, what smoothing, step cap and rounding change, and the price.

    None for a price that is unknown.
    """
    if isinstance(certificate.result, Unknown) or not certificate.combination_steps:
        return ()
    return (*_built(certificate), Bar("price", Decimal(0), certificate.result, f"{certificate.result:f}", "price"))


def _built(certificate: Certificate) -> Iterator[Bar]:
    steps = certificate.combination_steps
    first = [step for step in steps if _correction(step.what) is None]
    reached = first[-1].result if first else Decimal(0)
    parts = explain_parts(certificate) or ((certificate.method, reached),)
    at = Decimal(0)
    for name, amount in parts:
        yield Bar(name, at, at + amount, significant(amount, 5), "part")
        at += amount
    for name in dict.fromkeys(found for step in steps if (found := _correction(step.what)) is not None):
        result = [step.result for step in steps if _correction(step.what) == name][-1]
        change = result - reached
        yield Bar(name, reached, result, _signed(change), "change")
        reached = result


def _correction(what: str) -> str | None:
    return next((name for begins, name in _CORRECTIONS if what.startswith(begins)), None)


def _signed(change: Decimal) -> str:
    if change == 0:
        return "changes nothing"
    return f"+{significant(change)}" if change > 0 else significant(change)


def came_about_chart(certificate: Certificate, unit: str) -> ChartImage | None:
    """The price as a sum: each bar begins where the one above it ends. None for a price that is unknown."""
    import altair as alt

    bars = bars_of(certificate)
    if not bars:
        return None
    rows = [
        {
            "name": bar.name,
            "start": float(bar.start),
            "end": float(bar.end),
            "furthest": float(max(bar.start, bar.end)),
            "words": bar.words,
            "colour": {"price": INK, "part": USED_COLOUR, "change": LEFT_COLOUR}[bar.kind],
        }
        for bar in bars
    ]
    y = alt.Y("name:N").sort([bar.name for bar in bars]).title(None)
    y = y.axis(labelLimit=96, labelColor=INK, domain=False, labelFontSize=11.5)
    most = max(float(str(row["furthest"])) for row in rows)
    x = alt.X("start:Q").scale(domain=[0, most * 1.02], nice=False)
    x = x.axis(title=unit, tickCount=4, format=",~r", grid=True)
    colour = alt.Color("colour:N").scale(None)
    drawn = named("bars").mark_bar(height=11).encode(x, y, colour, x2="end:Q")
    ends = named("bars").mark_tick(thickness=1.5, size=15).encode(alt.X("end:Q"), y, colour)
    words = named("bars").mark_text(align="left", dx=6, color=INK, fontSize=11.5)
    words = words.encode(alt.X("furthest:Q"), y, text="words:N")
    told = "; ".join(f"{bar.name} {bar.words}" for bar in bars)
    return draw(
        alt.layer(drawn, ends, words).properties(width=_WIDTH - 20, height=_ROW * len(bars)),
        {"bars": rows},
        (102, 4, 92, 36),
        name="came-about",
        title=f"From its parts to the price, {unit}",
        alt=f"The price of {certificate.form} on {certificate.on} as a sum, {unit}: {told}.",
        source=CERTIFICATE_SOURCE,
    )


def data_chart(certificate: Certificate, unit: str) -> ChartImage | None:
    """Every datum that has a price, at it: a disc for one that was used, a ring for one that was not, larger by mass.

    None where no datum has a price. The most heard submitters have a row each; all others share one.
    """
    import altair as alt

    data = _drawn(certificate)
    if not data:
        return None
    submitters = _rows_of(data)
    rows = [
        {
            "submitter": datum.submitter if datum.submitter in submitters else _OTHERS,
            "price": float(price),
            "size": 40 + 260 * _size(datum, data),
            "fill": USED_COLOUR if used else "transparent",
            "stroke": USED_COLOUR if used else LEFT_COLOUR,
        }
        for datum, price, used in data
    ]
    order = [*submitters, *([_OTHERS] if any(row["submitter"] == _OTHERS for row in rows) else [])]
    y = alt.Y("submitter:N").sort(order).title(None)
    y = y.axis(labelLimit=110, labelColor=INK, domain=False, grid=True, labelFontSize=11.5)
    x = alt.X("price:Q").scale(domain=_domain(data, certificate), nice=True, zero=False)
    x = x.axis(title=unit, tickCount=4, format=",~r", grid=False)
    dots = named("data").mark_point(strokeWidth=1.6, opacity=0.85)
    dots = dots.encode(
        x,
        y,
        size=alt.Size("size:Q").scale(None),
        fill=alt.Fill("fill:N").scale(None),
        stroke=alt.Stroke("stroke:N").scale(None),
    )
    lines = [{"price": float(certificate.result)}] if isinstance(certificate.result, Decimal) else []
    rule = named("lines").mark_rule(color=INK, strokeWidth=1.2, strokeDash=[4, 3]).encode(alt.X("price:Q"))
    used = sum(one[2] for one in data)
    return draw(
        alt.layer(rule, dots).properties(width=_WIDTH, height=max(2, len(order)) * _ROW),
        {"data": rows, "lines": lines},
        (120, 6, 30, 36),
        name="data",
        title=f"The data, {unit}",
        alt=f"Prices of {len(data)} data of {certificate.form}, {unit}: {used} were used, {len(data) - used} were not; "
        f"the line is the price, {certificate.result}.",
        source=CERTIFICATE_SOURCE,
    )


_OTHERS: Final = "all others"
_Drawn = tuple[Datum, Decimal, bool]


def _drawn(certificate: Certificate) -> list[_Drawn]:
    """Data that have a price, those that were used first, as many as a chart can show."""
    every = [(datum, True) for datum in certificate.used] + [(datum, False) for datum in certificate.excluded]
    return [(datum, datum.price, used) for datum, used in every if isinstance(datum.price, Decimal)][:_DATA_DRAWN]


def _rows_of(data: Sequence[_Drawn]) -> list[str]:
    """The submitters that get a row: those that were heard first, then by name."""
    heard = {datum.submitter for datum, _, used in data if used}
    every = sorted({datum.submitter for datum, _, _ in data}, key=lambda name: (name not in heard, name))
    return every if len(every) <= _SUBMITTERS_SHOWN else every[: _SUBMITTERS_SHOWN - 1]


def _size(datum: Datum, data: Sequence[_Drawn]) -> float:
    """The datum's mass as a share of the largest; small where none is stated."""
    largest = max((one.mass_kg for one, _, _ in data if one.mass_kg is not None), default=None)
    return 0.1 if datum.mass_kg is None or not largest else float(datum.mass_kg / largest)


def _domain(data: Sequence[_Drawn], certificate: Certificate) -> list[float]:
    prices = [float(price) for _, price, _ in data]
    prices += [float(certificate.result)] if isinstance(certificate.result, Decimal) else []
    low, high = min(prices), max(prices)
    beside = max((high - low) * 0.08, high * 0.02)
    return [low - beside, high + beside]


def colours() -> dict[str, str]:
    """The colours of the charts, by what they say, for the page around them."""
    return {"used": USED_COLOUR, "left": LEFT_COLOUR, "quiet": QUIET, "pale": PALE}
