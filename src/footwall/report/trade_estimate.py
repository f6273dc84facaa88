"""The codes that several forms share: an estimate of what their trade would owe, kept apart from every total.

The table of splits gives shares of value, most of them assumed. No source splits tonnes at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from footwall.facts import CodeSplit, Facts, Form, TradeFlow
from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.report.trade import (
    CENT,
    KG_PER_T,
    NO_SPLIT,
    OTHER_GOODS,
    SHARED_CODE,
    TONNES_UNKNOWN,
    SetAside,
    TradeLine,
    TradeLines,
    TradeYear,
    cell_name,
    kilograms,
    whole_cell,
)
from footwall.rulebook import Rulebook
from footwall.zone import Members

_GRAM: Final = Decimal("0.001")


def estimated_lines(
    facts: Facts,
    members: Members,
    rulebook: Rulebook,
    prices: Mapping[str, Decimal | Unknown],
    year: int | None = None,
) -> TradeLines:
    """The members' imports of `year` under shared codes, each cell split among forms by `facts.code_splits`.

    The table splits value. No source splits tonnes, so that is an assumption of ours: within a cell, forms whose
    reference price is known (`prices` of the assumed day of entry, USD per kg of the form's basis) stand to each other as these
    prices do, and all else costs the cell's mean. What the shares leave over is set aside as other goods.
    Nothing of this belongs in a total. Raises UsageError for a year of which the facts hold no trade.
    """
    of_year = TradeYear.of(year, facts, members, rulebook)
    splits: dict[str, list[CodeSplit]] = {}
    for split in facts.code_splits:
        splits.setdefault(split.hs6, []).append(split)
    masses = {hs6: mass_shares(found, facts.forms, prices) for hs6, found in splits.items()}
    lines: list[TradeLine] = []
    aside: list[SetAside] = []
    for flow in of_year.cells:
        if of_year.not_imported(flow) is not None or of_year.not_told(flow) != SHARED_CODE:
            continue
        if flow.tonnes is None or flow.hs6 not in splits:
            aside.append(whole_cell(flow, TONNES_UNKNOWN if flow.hs6 in splits else NO_SPLIT))
            continue
        mass_kg = kilograms(flow.tonnes)
        parts = [_part(of_year, flow, split, mass_kg, masses[flow.hs6][split.form]) for split in splits[flow.hs6]]
        lines += parts
        aside += _left_over(flow, mass_kg, parts)
    return TradeLines(of_year.year, of_year.entry_date, "estimated", tuple(lines), tuple(aside), ())


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


def _part(of_year: TradeYear, flow: TradeFlow, split: CodeSplit, mass_kg: Decimal, mass_share: Decimal) -> TradeLine:
    """Rounded down, so that the parts never make up more than the cell."""
    with exact_arithmetic():
        value = round_to_unit(flow.value_usd * split.value_share, CENT, "down")
        mass_kg = round_to_unit(mass_kg * mass_share, _GRAM, "down")
    return of_year.line(flow, split.form, value, mass_kg, name=f"{cell_name(flow)}-{split.form}", code=flow.hs6)


def _left_over(flow: TradeFlow, mass_kg: Decimal, parts: Sequence[TradeLine]) -> Iterator[SetAside]:
    """What the shares leave of a cell, so that the parts and the rest make up the whole exactly."""
    with exact_arithmetic():
        value = flow.value_usd - sum((part.value_usd for part in parts), Decimal(0))
        left_kg = mass_kg - sum((part.mass_kg for part in parts), Decimal(0))
        if value or left_kg:
            yield SetAside(flow.hs6, flow.exporter, flow.importer, OTHER_GOODS, value, left_kg / KG_PER_T)
