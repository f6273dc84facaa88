"""A year of real imports becomes lines for an assessment; what cannot be assessed is set aside under a named reason.

One line stands for one annual cell of trade: a year of one code between two countries. It is not a consignment: it is
valued at the year's mean and meets the duties of one day, the first of July. Nothing is dropped: every cell is a line
or stands in `set_aside`.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.errors import UsageError
from footwall.facts import CodeSplit, Facts, Form, TradeFlow, TradeMargin
from footwall.prices import border_on
from footwall.quantity import Unknown, exact_arithmetic, kilograms_per, round_to_unit
from footwall.rulebook import Border, Rulebook
from footwall.zone import Members

OUTSIDE: Final = "importer_outside"
WITHIN_UNION: Final = "within_union"
SHARED_CODE: Final = "shared_code"
NO_FORM: Final = "no_form"
TONNES_UNKNOWN: Final = "tonnes_unknown"
NO_SPLIT: Final = "no_split"
OTHER_GOODS: Final = "other_goods"

REASONS: Final[Mapping[str, str]] = {
    OUTSIDE: "imported by a country outside the zone",
    WITHIN_UNION: "moved within a customs union: no import",
    SHARED_CODE: "code shared by several forms or with other goods",
    NO_FORM: "code of no catalogued form",
    TONNES_UNKNOWN: "tonnes unknown",
    NO_SPLIT: "shared code without an estimated split",
    OTHER_GOODS: "other goods under the code, by the estimated split",
}
"""Why a cell, or a part of it, is not assessed, in words; a line that could not be read has its problem's own code."""

_CENT: Final = Decimal("0.01")
_GRAM: Final = Decimal("0.001")
_KG_PER_T: Final = kilograms_per("t")


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
    """One line: a cell of trade, or the part of one that a form is estimated to make up. `mass_kg` is of the form as traded."""

    line_id: str
    hs6: str
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
    nobody holds. `estimated`: the lines are parts of shared codes, split by shares that are estimates.
    """

    year: int
    entry_date: date
    estimated: bool
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
                "hs_code": line.hs6,
                "form": line.form,
                "net_mass_kg": line.mass_kg,
                "content": line.content,
                "customs_value": line.value_usd,
                "currency": "USD",
                "freight_insurance": line.freight_insurance_usd,
                "valuation_basis": "fob",
            }
            for line in self.lines
        ]


def trade_lines(facts: Facts, members: Members, rulebook: Rulebook, year: int = 2024) -> TradeLines:
    """The members' imports of `year` under codes that tell the form, as lines; every other cell set aside with its reason.

    `rulebook` is the version of the first of July, whose border rule gives freight and insurance.
    Raises UsageError for a year of which the facts hold no trade: the caller's fault.
    """
    entry_date, cells = _cells(facts, year)
    zone = members.members_on(entry_date)
    border = border_on(rulebook, entry_date)
    lines: list[TradeLine] = []
    aside: list[SetAside] = []
    for flow in cells:
        reason = _not_imported(flow, facts, zone) or _not_told(flow, facts)
        if reason is not None or flow.tonnes is None:
            aside.append(_aside(flow, reason or TONNES_UNKNOWN))
            continue
        form = facts.forms[facts.forms_by_hs6[flow.hs6][0]]
        lines.append(_line(flow, form, border, flow.value_usd, _kilograms(flow.tonnes), _name(flow)))
    return TradeLines(year, entry_date, False, tuple(lines), tuple(aside), _margins(facts, zone, year))


def estimated_lines(
    facts: Facts,
    members: Members,
    rulebook: Rulebook,
    prices: Mapping[str, Decimal | Unknown],
    year: int = 2024,
) -> TradeLines:
    """The members' imports of `year` under shared codes, each cell split among forms by `facts.code_splits`.

    The table splits value. No source splits tonnes, so that is an assumption of ours: within a cell, forms whose
    reference price is known (`prices` of the first of July, USD per kg of the form's basis) stand to each other as these
    prices do, and all else costs the cell's mean. What the shares leave over is set aside as other goods.
    Nothing of this belongs in a total. Raises UsageError as `trade_lines` does.
    """
    entry_date, cells = _cells(facts, year)
    zone = members.members_on(entry_date)
    border = border_on(rulebook, entry_date)
    splits: dict[str, list[CodeSplit]] = {}
    for split in facts.code_splits:
        splits.setdefault(split.hs6, []).append(split)
    masses = {hs6: mass_shares(found, facts.forms, prices) for hs6, found in splits.items()}
    lines: list[TradeLine] = []
    aside: list[SetAside] = []
    for flow in cells:
        if _not_imported(flow, facts, zone) is not None or _not_told(flow, facts) != SHARED_CODE:
            continue
        if flow.tonnes is None or flow.hs6 not in splits:
            aside.append(_aside(flow, NO_SPLIT if flow.hs6 not in splits else TONNES_UNKNOWN))
            continue
        parts = list(_parts(flow, flow.tonnes, splits[flow.hs6], masses[flow.hs6], facts, border))
        lines += parts
        aside += _left_over(flow, flow.tonnes, parts)
    return TradeLines(year, entry_date, True, tuple(lines), tuple(aside), ())


def _cells(facts: Facts, year: int) -> tuple[date, tuple[TradeFlow, ...]]:
    cells = tuple(flow for flow in facts.trade if flow.year == year)
    if not cells:
        held = sorted({flow.year for flow in facts.trade})
        raise UsageError(f"the facts hold no trade of {year}, only of {', '.join(map(str, held)) or 'no year'}")
    return date(year, 7, 1), cells


def _not_imported(flow: TradeFlow, facts: Facts, zone: AbstractSet[str]) -> str | None:
    """Why the cell is no import into the zone, if it is none."""
    if flow.importer not in zone:
        return OUTSIDE
    exporter, importer = facts.countries.get(flow.exporter), facts.countries.get(flow.importer)
    same = exporter is not None and importer is not None and importer.union and exporter.union == importer.union
    return WITHIN_UNION if same else None


def _not_told(flow: TradeFlow, facts: Facts) -> str | None:
    """Why the code does not tell which form was traded, if it does not."""
    if flow.hs6 in facts.shared_codes:
        return SHARED_CODE
    return None if flow.hs6 in facts.forms_by_hs6 else NO_FORM


def _aside(flow: TradeFlow, reason: str) -> SetAside:
    return SetAside(flow.hs6, flow.exporter, flow.importer, reason, flow.value_usd, flow.tonnes)


def _name(flow: TradeFlow) -> str:
    return f"{flow.year}-{flow.hs6}-{flow.exporter}-{flow.importer}"


def _kilograms(tonnes: Decimal) -> Decimal:
    with exact_arithmetic():
        return tonnes * _KG_PER_T


def _line(flow: TradeFlow, form: Form, border: Border, value: Decimal, mass_kg: Decimal, name: str) -> TradeLine:
    """Freight and insurance are the border rule's, rounded to the cent: an estimate needs no more."""
    with exact_arithmetic():
        units = mass_kg / kilograms_per(border.freight_unit.partition("/")[2])
        freight = border.freight_per_t * units + border.insurance_share * value
    freight = round_to_unit(freight, _CENT, "half_up")
    return TradeLine(
        name, flow.hs6, form.form, flow.exporter, flow.importer, value, mass_kg, freight, form.standard_content
    )


def mass_shares(
    splits: Sequence[CodeSplit], forms: Mapping[str, Form], prices: Mapping[str, Decimal | Unknown]
) -> Mapping[str, Decimal]:
    """The share of a cell's mass that each form of `splits` is taken to make up: see `estimated_lines`.

    The forms with a known price make up the same share of the mass as of the value, split among them by value ÷ price;
    any other form has its share of the value. `prices` are USD per kg of the form's basis.
    """
    with exact_arithmetic():
        pieces: dict[str, Decimal] = {}
        for split in splits:
            price = _as_traded(forms[split.form], prices.get(split.form))
            if price is not None:
                pieces[split.form] = split.value_share / price
        priced = sum((split.value_share for split in splits if split.form in pieces), Decimal(0))
        total = sum(pieces.values(), Decimal(0))
        return {
            split.form: pieces[split.form] * priced / total if split.form in pieces else split.value_share
            for split in splits
        }


def _as_traded(form: Form, price: Decimal | Unknown | None) -> Decimal | None:
    """USD per kg of the form as it is traded; None where that is not known, or nothing."""
    if price is None or isinstance(price, Unknown) or price <= 0:
        return None
    if form.basis == "form":
        return price
    return None if form.standard_content is None else price * form.standard_content


def _parts(
    flow: TradeFlow,
    tonnes: Decimal,
    splits: Sequence[CodeSplit],
    masses: Mapping[str, Decimal],
    facts: Facts,
    border: Border,
) -> Iterator[TradeLine]:
    for split in splits:
        with exact_arithmetic():
            value = round_to_unit(flow.value_usd * split.value_share, _CENT, "down")
            mass_kg = round_to_unit(_kilograms(tonnes) * masses[split.form], _GRAM, "down")
        yield _line(flow, facts.forms[split.form], border, value, mass_kg, f"{_name(flow)}-{split.form}")


def _left_over(flow: TradeFlow, tonnes: Decimal, parts: list[TradeLine]) -> Iterator[SetAside]:
    """What the shares leave of a cell, so that the parts and the rest make up the whole exactly."""
    with exact_arithmetic():
        value = flow.value_usd - sum((part.value_usd for part in parts), Decimal(0))
        mass_kg = _kilograms(tonnes) - sum((part.mass_kg for part in parts), Decimal(0))
        if value or mass_kg:
            yield SetAside(flow.hs6, flow.exporter, flow.importer, OTHER_GOODS, value, mass_kg / _KG_PER_T)


def _margins(facts: Facts, zone: AbstractSet[str], year: int) -> tuple[TradeMargin, ...]:
    """What members import of codes of which no flow is held."""
    with_flows = {flow.hs6 for flow in facts.trade if flow.year == year}
    return tuple(
        margin
        for margin in facts.trade_margins
        if margin.year == year and margin.side == "importer" and margin.country in zone and margin.hs6 not in with_flows
    )
