"""Charts of a year's duties: who owes them, on whose goods, and between whom they fall."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from footwall.quantity import counted
from footwall.report.look import INK, QUIET, ChartImage, draw, named
from footwall.report.trade_totals import Totals, TradeSummary

TRADE_SOURCE: Final = (
    "Trade: CEPII BACI V202601 (Etalab 2.0), annual cells. Duties: assessed here under the example zone's schedule."
)
_MILLION: Final = 1_000_000
_SHOWN: Final = 12


def duty_chart(summary: TradeSummary, groups: Sequence[Totals], *, name: str, title: str) -> ChartImage:
    """Floor duty by group, in million dollars, largest first; the last bar is all others, counted as in the table."""
    import altair as alt

    rows = [{"group": one.name, "duty": float(one.floor_duty / _MILLION)} for one in owing(groups)[:_SHOWN]]
    rest = owing(groups)[_SHOWN:]
    if rest:
        total = sum((one.floor_duty for one in rest), Decimal(0))
        rows.append({"group": counted(len(groups) - _SHOWN, "other"), "duty": float(total / _MILLION)})
    most = max((float(str(row["duty"])) for row in rows), default=1.0)
    x = alt.X("duty:Q").scale(domain=[0, most * 1.12], nice=False)
    x = x.axis(title="floor duty, million USD", tickCount=5, format=",~r", grid=True)
    y = alt.Y("group:N").sort([str(row["group"]) for row in rows]).title(None)
    y = y.axis(labelLimit=120, labelColor=INK, labelPadding=6)
    bars = named("rows").mark_bar(height=10, color=QUIET).encode(x, y)
    words = named("rows").mark_text(align="left", dx=4, color=INK)
    words = words.encode(x, y, text=alt.Text("duty:Q").format(",.1f"))
    told = "; ".join(f"{row['group']} {row['duty']:,.1f}" for row in rows)
    return draw(
        alt.layer(bars, words).properties(width=226, height=18 * max(1, len(rows))),
        {"rows": rows},
        (128, 4, 14, 38),
        name=name,
        title=title,
        alt=f"{title}, {summary.year}, million USD: {told or 'no floor duty was owed'}.",
        source=TRADE_SOURCE,
    )


def lanes_chart(summary: TradeSummary) -> ChartImage:
    """Floor duty between the largest origins and importers, in million dollars; a field without a figure owes nothing."""
    import altair as alt

    importers = [one.key for one in owing(summary.by_importer)[:8]]
    origins = [one.key for one in owing(summary.by_origin)[:_SHOWN]]
    names = {one.key: one.name for one in (*summary.by_importer, *summary.by_origin)}
    rows = []
    for lane in owing(summary.lanes):
        importer, origin = lane.key.split(" ")
        if importer in importers and origin in origins:
            duty = float(lane.floor_duty / _MILLION)
            rows.append({"importer": names[importer], "origin": names[origin], "duty": duty, "words": _short(duty)})
    most = max((float(str(row["duty"])) for row in rows), default=1.0)
    x = alt.X("importer:N").sort([names[key] for key in importers])
    x = x.axis(
        orient="top", labelAngle=-35, labelAlign="left", labelLimit=120, labelColor=INK, title=None, domain=False
    )
    y = alt.Y("origin:N").sort([names[key] for key in origins]).axis(labelLimit=150, labelColor=INK, title=None)
    shade = alt.Color("duty:Q").scale(type="sqrt", domain=[0, most], range=["#f4f4f2", "#55554f"]).legend(None)
    fields = named("lanes").mark_rect(stroke="white", strokeWidth=1.5).encode(x, y, shade)
    ink = alt.condition(f"datum.duty > {most / 4}", alt.value("white"), alt.value(INK))
    words = named("lanes").mark_text().encode(x, y, text="words:N", color=ink)
    chart = alt.layer(fields, words).properties(width=33 * max(1, len(importers)), height=19 * max(1, len(origins)))
    told = "; ".join(f"{row['origin']} to {row['importer']} {row['duty']:,.1f}" for row in rows[:6])
    return draw(
        chart,
        {"lanes": rows},
        (78, 62, 34, 4),
        name="duty-lanes",
        title="Between whom, million USD",
        alt=f"Floor duty by origin and importer, {summary.year}, million USD. The largest: {told or 'none'}.",
        source=TRADE_SOURCE,
    )


def owing(groups: Sequence[Totals]) -> list[Totals]:
    """The groups that owe floor duty, largest first."""
    return [one for one in groups if one.floor_duty > 0]


def _short(millions: float) -> str:
    return f"{millions:,.0f}" if millions >= 10 else f"{millions:,.1f}" if millions >= 0.05 else "<0.1"
