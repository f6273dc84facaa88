"""A year of real imports becomes lines for an assessment; what cannot be assessed is set aside under a named reason.

One line stands for one annual cell of trade: a year of one code between two countries. It is not a consignment: it is
valued at the year's mean and meets the duties of one day of it (`annual_trade().entry_date`). Nothing is dropped: every cell is a line
or stands in `set_aside`.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, Self

from footwall.errors import UsageError
from footwall.facts import Facts, OrdinaryDuty, TradeFlow, TradeMargin
from footwall.quantity import exact_arithmetic, kilograms_per, round_to_unit
from footwall.report.assumptions import annual_trade
from footwall.rulebook import Border, Rulebook, border_on
from footwall.tariffs import ordinary_spans
from footwall.zone import Members

OUTSIDE: Final = "importer_outside"
WITHIN_UNION: Final = "within_union"
SHARED_CODE: Final = "shared_code"
NO_FORM: Final = "no_form"
FREIGHT_UNKNOWN: Final = "freight_unknown"
TONNES_UNKNOWN: Final = "tonnes_unknown"
NO_SPLIT: Final = "no_split"
OTHER_GOODS: Final = "other_goods"

REASONS: Final[Mapping[str, str]] = {
    OUTSIDE: "imported by a country outside the zone",
    WITHIN_UNION: "moved within a customs union: no import",
    SHARED_CODE: "code shared by several forms or with other goods",
    NO_FORM: "code of no catalogued form",
    FREIGHT_UNKNOWN: "freight unknown: the border rule takes no distance for a place that is not stated",
    TONNES_UNKNOWN: "tonnes unknown",
    NO_SPLIT: "shared code without an estimated split",
    OTHER_GOODS: "other goods under the code, by the estimated split",
}
"""Why a cell, or a part of it, is not assessed, in words; a line that could not be read has its problem's own code."""

VALUE_CURRENCY: Final = "USD"
"""The currency of `TradeFlow.value_usd`, as BACI states all trade."""
VALUE_BASIS: Final = "fob"
"""What that value includes: BACI takes freight and insurance out of what importers report."""
CENT: Final = Decimal("0.01")
KG_PER_T: Final = kilograms_per("t")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A cell of trade, or the part of one, that is not assessed, and why. `tonnes` None is unknown, not zero."""

    hs6: str
    exporter: str
    importer: str
    reason: str
    value_usd: Decimal
    tonnes: Decimal | None


@dataclass(frozen=True, slots=True)
class TradeLine:
    """One line: a cell of trade, or the part of one that a form is estimated to make up. `mass_kg` is of the form as traded.

    `hs_code` is the importer's own tariff line where goods of this origin owe the same ordinary duty under all its lines
    of `hs6`, else `hs6`.
    """

    line_id: str
    hs6: str
    hs_code: str
    form: str
    exporter: str
    importer: str
    value_usd: Decimal
    mass_kg: Decimal
    freight_insurance_usd: Decimal
    content: Decimal | None


@dataclass(frozen=True, slots=True)
class TradeLines:
    """A year of the members' imports, ready to be assessed on `entry_date`.

    `lines` and `set_aside` hold every cell of the year once. `margins` are the members' imports of codes whose flows
    nobody holds. `kind` is `estimated` where the lines are parts of shared codes, split by shares that are estimates.
    """

    year: int
    entry_date: date
    kind: Literal["counted", "estimated"]
    lines: tuple[TradeLine, ...]
    set_aside: tuple[SetAside, ...]
    margins: tuple[TradeMargin, ...]

    def records(self) -> list[dict[str, object]]:
        """The lines in the columns that `footwall.batch.assess` reads."""
        return [
            {
                "line_id": line.line_id,
                "entry_date": self.entry_date,
                "importer": line.importer,
                "origin": line.exporter,
                "hs_code": line.hs_code,
                "form": line.form,
                "net_mass_kg": line.mass_kg,
                "content": line.content,
                "customs_value": line.value_usd,
                "currency": VALUE_CURRENCY,
                "freight_insurance": line.freight_insurance_usd,
                "valuation_basis": VALUE_BASIS,
            }
            for line in self.lines
        ]


@dataclass(frozen=True, slots=True)
class TradeYear:
    """The cells of one year, and all that tells what becomes of each. `zone` are the members on `entry_date`."""

    year: int
    entry_date: date
    facts: Facts
    cells: tuple[TradeFlow, ...]
    zone: AbstractSet[str]
    border: Border

    @classmethod
    def of(cls, year: int | None, facts: Facts, members: Members, rulebook: Rulebook) -> Self:
        """A year as the zone met it on its assumed day of entry; without `year`, the last of which the facts hold trade.

        Raises UsageError where they hold none.
        """
        year = last_year(facts) if year is None else year
        cells = tuple(flow for flow in facts.trade if flow.year == year)
        if not cells:
            held = sorted({flow.year for flow in facts.trade})
            raise UsageError(f"the facts hold no trade of {year}, only of {', '.join(map(str, held)) or 'no year'}")
        entry_date = annual_trade().entry_date(year)
        return cls(year, entry_date, facts, cells, members.members_on(entry_date), border_on(rulebook, entry_date))

    def not_imported(self, flow: TradeFlow) -> str | None:
        """Why the cell is no import into the zone, or cannot be valued at its border; None where it can."""
        if flow.importer not in self.zone:
            return OUTSIDE
        exporter, importer = (self.facts.countries.get(code) for code in (flow.exporter, flow.importer))
        same = exporter is not None and importer is not None and importer.union and exporter.union == importer.union
        if same:
            return WITHIN_UNION
        return FREIGHT_UNKNOWN if self.border.freight_of_unknown_place is None else None

    def not_told(self, flow: TradeFlow) -> str | None:
        """Why the code does not tell which form was traded, if it does not."""
        if flow.hs6 in self.facts.shared_codes:
            return SHARED_CODE
        return None if flow.hs6 in self.facts.forms_by_hs6 else NO_FORM

    def line(self, flow: TradeFlow, form: str, value: Decimal, mass_kg: Decimal, *, name: str, code: str) -> TradeLine:
        """One line of a cell. Freight is the border rule's from a place that nobody states, which no statistic does; to the cent, with insurance."""
        with exact_arithmetic():
            units = mass_kg / kilograms_per(self.border.freight_unit.partition("/")[2])
            freight = (self.border.freight_of_unknown_place or 0) * units
            freight += self.border.insurance_share * (value + freight)
        return TradeLine(
            line_id=name,
            hs6=flow.hs6,
            hs_code=code,
            form=form,
            exporter=flow.exporter,
            importer=flow.importer,
            value_usd=value,
            mass_kg=mass_kg,
            freight_insurance_usd=round_to_unit(freight, CENT, "half_up"),
            content=self.facts.forms[form].standard_content,
        )


def last_year(facts: Facts) -> int:
    """The last year of which the facts hold trade. Raises UsageError where they hold none."""
    years = {flow.year for flow in facts.trade}
    if not years:
        raise UsageError("the facts hold no trade of any year")
    return max(years)


def trade_lines(facts: Facts, members: Members, rulebook: Rulebook, year: int | None = None) -> TradeLines:
    """The members' imports of `year` under codes that tell the form, as lines; every other cell set aside with its reason.

    Without `year`, of the last year that the facts hold. `rulebook` is the version of the assumed day of entry, whose border
    rule gives freight and insurance. Raises UsageError for a year of which the facts hold no trade: the caller's fault.
    """
    of_year = TradeYear.of(year, facts, members, rulebook)
    codes = national_codes(facts, of_year.entry_date)
    lines: list[TradeLine] = []
    aside: list[SetAside] = []
    for flow in of_year.cells:
        reason = of_year.not_imported(flow) or of_year.not_told(flow)
        if reason is not None or flow.tonnes is None:
            aside.append(whole_cell(flow, reason or TONNES_UNKNOWN))
            continue
        form = facts.forms_by_hs6[flow.hs6][0]
        code = codes.get((flow.importer, flow.hs6, flow.exporter), flow.hs6)
        mass_kg = kilograms(flow.tonnes)
        lines.append(of_year.line(flow, form, flow.value_usd, mass_kg, name=cell_name(flow), code=code))
    return TradeLines(
        year=of_year.year,
        entry_date=of_year.entry_date,
        kind="counted",
        lines=tuple(lines),
        set_aside=tuple(aside),
        margins=_margins(facts, of_year.zone, of_year.year),
    )


def national_codes(facts: Facts, on: date) -> Mapping[tuple[str, str, str], str]:
    """The tariff line of an importer that stands for a six-digit code, by (importer, code, origin).

    Trade is known by six digits, ordinary duties stand on eight. Where goods of an origin owe the same under all lines
    of the six, the general rate or that of column 2, the first of them says what is owed. Where the lines differ, a rate
    is not known or a preference may be claimed, nothing does, and the ordinary duty stays unknown.
    """
    found: dict[tuple[str, str, str], str] = {}
    for importer in sorted({duty.importer for duty in facts.ordinary_duties}):
        lines: dict[str, set[str]] = {}
        owed: dict[tuple[str, str], list[OrdinaryDuty]] = {}
        for span in ordinary_spans(facts.ordinary_duties, facts.tariff_treatments, importer, facts.countries):
            if span.holds_on(on):
                for origin in span.origins:
                    owed.setdefault((span.duty.hs_code[:6], origin), []).append(span.duty)
        for duty in facts.ordinary_duties:
            if duty.importer == importer and duty.valid_from <= on <= (duty.valid_to or date.max):
                lines.setdefault(duty.hs_code[:6], set()).add(duty.hs_code)
        for (hs6, origin), duties in owed.items():
            rates = {(duty.ad_valorem, duty.specific, duty.currency, duty.contained) for duty in duties}
            known = all(duty.ad_valorem is not None or duty.specific is not None for duty in duties)
            if len(rates) == 1 and known and {duty.hs_code for duty in duties} == lines[hs6]:
                found[importer, hs6, origin] = min(lines[hs6])
    return found


def whole_cell(flow: TradeFlow, reason: str) -> SetAside:
    """A cell set aside as a whole."""
    return SetAside(flow.hs6, flow.exporter, flow.importer, reason, flow.value_usd, flow.tonnes)


def cell_name(flow: TradeFlow) -> str:
    """The id of a cell's line: `2024-810411-CN-US`."""
    return f"{flow.year}-{flow.hs6}-{flow.exporter}-{flow.importer}"


def kilograms(tonnes: Decimal) -> Decimal:
    """Tonnes in kilograms, exactly."""
    with exact_arithmetic():
        return tonnes * KG_PER_T


def _margins(facts: Facts, zone: AbstractSet[str], year: int) -> tuple[TradeMargin, ...]:
    """What members import of codes of which no flow is held."""
    with_flows = {flow.hs6 for flow in facts.trade if flow.year == year}
    return tuple(
        margin
        for margin in facts.trade_margins
        if margin.year == year and margin.side == "importer" and margin.country in zone and margin.hs6 not in with_flows
    )
