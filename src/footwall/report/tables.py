"""The tables of what the zone decided, as plain records, for the terminal and the page alike: headings with units, cells as text.

A cell that stands for a price against its floor says so (`standing`), so that whoever renders it may colour it; the
text says the same without the colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from footwall.quantity import Unknown, decimal_places
from footwall.report.figures import NONE, count, day, percent, price
from footwall.report.look import RESTS_WORD, STANDING_MARK
from footwall.report.series import RESTS, Standing, TariffRow
from footwall.report.summary import FormSummary, ZoneSummary
from footwall.report.trade_totals import share

METHODS: Final[Mapping[str, str]] = {
    "notified": "notified",
    "top_up": "top-up",
    "banded": "bands",
    "graduated": "graduated",
    "minimum_price": "minimum price",
}
TIERS: Final[Mapping[str, str]] = {
    "transactions": "transactions",
    "bids_offers": "bids and offers",
    "assessments": "assessments",
    "averages": "averages",
    "unit_values": "unit values",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `detail`: a narrow screen may leave it out. `whole`: its cells are never broken over lines."""

    heading: str
    unit: str = ""
    numeric: bool = True
    detail: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `note` is a smaller second line."""

    text: str
    standing: Standing | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `rest` sums up what is not shown. `group` heads the rows that follow, `remark` adds a sentence to them."""

    cells: tuple[Cell, ...]
    kind: Literal["body", "rest", "total", "group", "remark"] = "body"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with a title, headings, rows and notes. A `group` or `remark` row has one cell, over all columns.

    `detail_notes` explain columns of detail, and are left out wherever those are.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    detail_notes: tuple[str, ...] = ()


def summary_rows(summary: ZoneSummary) -> ReportTable:
    """Per tracked mineral and form: stage, reference price and what it rests on, floor, market, tariff now, last change."""
    columns = (
        Column("Form", numeric=False),
        Column("Stage", numeric=False),
        Column("Per kg of", numeric=False),
        Column("Reference price", "USD/kg"),
        Column("Rests on", numeric=False),
        Column("Floor", "USD/kg"),
        Column("Market", "USD/kg"),
        Column("Of its floor", "%"),
        Column("Tariff now", "USD/kg"),
        Column("Tolerated shortfall", "USD/kg", detail=True),
        Column("Method", numeric=False, detail=True),
        Column("Landed", "USD/kg"),
        Column("Landed is", numeric=False, whole=True),
        Column("Tariff last changed", numeric=False),
    )
    rows: list[Row] = []
    for mineral in summary.minerals:
        rows.append(Row((Cell(mineral.mineral.name),), "group"))
        rows += [_form_row(form) for form in mineral.forms if not _silent(form)]
        if silent := [form.form.name for form in mineral.forms if _silent(form)]:
            rows.append(Row((Cell(f"No price and no floor: {', '.join(silent)}."),), "remark"))
    return ReportTable("minerals", "Prices, floors and tariffs", columns, tuple(rows), _MINERAL_NOTES, _MINERAL_DETAILS)


_MINERAL_NOTES: Final = (
    "Prices, floors and tariffs in US dollars per kg: of the form as it is traded, or of the content named.",
    (
        "Market: import parity, what the form costs landed in the zone before any floor duty, measured outside the zone. "
        "Landed: market price with the ordinary duty that counts, where known, and the tariff."
    ),
    (
        "Tariff now: what goods at the market price owe; “by line” where each line pays what its own price lacks and no "
        "market price is known. Why each tariff stands where it does: footwall price FORM --why."
    ),
    "… not known · – none · ▼ under the floor · ● at it · ▲ above it · ○ not known.",
)
_MINERAL_DETAILS: Final = (
    ("Notified: one rate per kg for all goods of an origin group. Top-up: each line pays what its own price lacks."),
    (
        "Tolerated shortfall: how far below the floor goods may land before a raise of a notified rate is in force: its "
        "deadband, and one step for each month that its notice runs."
    ),
)


def _silent(one: FormSummary) -> bool:
    return one.floor is None and isinstance(one.reference.price, Unknown)


def _form_row(one: FormSummary) -> Row:
    lead, places = _lead(one.tariffs), _places(one)
    floor = None if one.floor is None else one.floor.price
    reviewed = None if one.floor is None else f"since {one.floor.reviewed_on}"
    market = one.market
    ratio: Decimal | Unknown | None = None
    if isinstance(market, Decimal) and isinstance(floor, Decimal):
        ratio = share(market, floor)
    stands: Standing = "unknown" if lead is None else lead.standing
    return Row(
        (
            Cell(one.form.name, note=one.form.form),
            Cell(one.form.stage),
            Cell(one.form.content if one.form.basis == "contained" else "form"),
            Cell(price(one.reference.price, places)),
            Cell(footing_words(one), note=f"to {one.reference.rests_on}" if one.reference.rests_on else ""),
            Cell(price(floor, places), note=reviewed or ""),
            Cell(price(market, places)),
            Cell(NONE if ratio is None else percent(ratio), None if ratio is None else one.market_stands),
            Cell(_rate(lead, places), note=_other_rates(one.tariffs, lead, places)),
            Cell(NONE if lead is None else price(lead.tolerated_shortfall, places)),
            Cell(NONE if lead is None else METHODS[lead.method]),
            Cell(NONE if lead is None else price(lead.landed, places)),
            Cell(
                NONE if lead is None else f"{STANDING_MARK[stands]} {_SHORT[stands]}", None if lead is None else stands
            ),
            Cell(day(one.changed_on), note=_pending(one.tariffs, places)),
        )
    )


def _places(one: FormSummary) -> int:
    """The decimals at which all prices of a form are shown: those of the units that its rules round them to."""
    floor = None if one.floor is None else one.floor.price
    decided = (one.reference.price, floor, one.market, *(row.rate for row in one.tariffs))
    return max((decimal_places(amount) for amount in decided if isinstance(amount, Decimal)), default=0)


def _rate(lead: TariffRow | None, places: int) -> str:
    if lead is None:
        return NONE
    return "by line" if isinstance(lead.rate, Unknown) and lead.method != "notified" else price(lead.rate, places)


_SHORT: Final[Mapping[Standing, str]] = {"under": "under", "at": "at floor", "above": "above", "unknown": "not known"}


def footing_words(one: FormSummary) -> str:
    """What a form's price rests on, in two or three words: its tier, or how it stands without one."""
    status, tier = one.reference.status, one.reference.tier
    if status == "observed":
        return TIERS.get(tier or "", "observed")
    if status == "carried":
        return f"carried: {TIERS.get(tier or '', 'cost-build')}"
    return "cost-build" if status == "cost_build" else "no price"


def _lead(rows: Sequence[TariffRow]) -> TariffRow | None:
    """The row that the table shows: the lowest market, for the group of most importers (the one without a code of its own)."""
    known = [row for row in rows if isinstance(row.market, Decimal)] or list(rows)
    if not known:
        return None
    return min(
        known,
        key=lambda row: (row.market if isinstance(row.market, Decimal) else Decimal(0), len(row.importer_group) == 2),
    )


def _other_rates(rows: Sequence[TariffRow], lead: TariffRow | None, places: int) -> str:
    """Rates that differ from the one shown, by importers and, where that matters, origins."""
    if lead is None:
        return ""
    others = {
        (row.importer_group, "" if row.origin_group == lead.origin_group else f" from {row.origin_group}"): row.rate
        for row in rows
        if row.rate != lead.rate
    }
    by_importer = {name: rate for (name, origin), rate in others.items() if not origin}
    told = [f"{name} {price(rate, places)}" for name, rate in by_importer.items()]
    told += [
        f"{name}{origin} {price(rate, places)}"
        for (name, origin), rate in others.items()
        if origin and by_importer.get(name) != rate
    ]
    return ", ".join(told)


def _pending(rows: Sequence[TariffRow], places: int) -> str:
    waiting = [(row.pending, row.pending_from) for row in rows if row.pending is not None]
    return f"{price(waiting[0][0], places)} from {day(waiting[0][1])}" if waiting else ""


def footing_rows(summary: ZoneSummary) -> ReportTable:
    """How many forms stand on real, carried or assumed prices, of the tracked chains and of the whole catalogue."""
    columns = (
        Column("Price rests on", numeric=False),
        Column("Tracked forms"),
        Column("Of them", "%"),
        Column("All forms"),
        Column("Of them", "%"),
    )
    tracked, every = summary.tracked_footing, summary.footing
    rows = [
        Row(
            (
                Cell(RESTS_WORD[rests]),
                Cell(count(getattr(tracked, rests))),
                Cell(percent(share(Decimal(getattr(tracked, rests)), Decimal(tracked.forms)))),
                Cell(count(getattr(every, rests))),
                Cell(percent(share(Decimal(getattr(every, rests)), Decimal(every.forms)))),
            )
        )
        for rests in RESTS
    ]
    rows.append(
        Row(
            (Cell("Total"), Cell(count(tracked.forms)), Cell("100.0"), Cell(count(every.forms)), Cell("100.0")), "total"
        )
    )
    notes = (
        (
            "Real: somebody observed it. It may still use a rate, a freight or a day of publication that is assumed: of the "
            f"observed prices of all forms, {every.observed_assumed} of {every.observed} do, most often the day on which an "
            "annual figure became known."
        ),
        "A cost-build that is carried is assumed still: only what was observed counts as carried.",
    )
    return ReportTable("footing", "What the prices rest on", columns, tuple(rows), notes)
