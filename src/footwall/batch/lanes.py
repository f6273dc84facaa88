"""Which lane each line takes: 1 where its amounts fit 18 digits, 2 where they fit 38, 0 where the readable law must look."""

from collections.abc import Mapping
from typing import Final

from footwall.batch.contents import CONTENTS
from footwall.batch.days import RATES, in_periods
from footwall.batch.meetings import KEYS, key_columns, said_of_cells
from footwall.duties import QUERY_AMOUNT_MAX, Compiled, Terms
from footwall.tariffs import Schedule

_KEPT: Final = (
    "source_row",
    "line_id",
    "entry_date",
    "net_mass_kg",
    "customs_value_declared",
    "content",
    "freight_insurance",
    "related_parties",
    "direct_invoice",
    "valuation_basis",
    "cell",
)
"""What the law needs of a line that has met its cell."""
_ASKED: Final = ("usable", "line_currency", "narrow_kg", "wide_kg")
"""What the choice of a lane asks besides."""


def lanes_query(
    shaped: str, terms: Terms, lanes: Mapping[bool, Compiled], schedule: Schedule, *, converts: bool, told: bool
) -> str:
    """The rows of `shaped`, each with the cell that it meets, its rates of exchange and its `lane`.

    `converts` says whether there are rates of exchange at all; without them every line is in the assessment currency
    or left over. `told` says whether the lines have contents that some measure goes by.
    """
    foreign, same = sorted(terms.foreign), ", ".join(key_columns(schedule))
    rates = [f"{_line_rate(schedule.currency) if converts else '1'} AS line_rate"]
    rates += [f"{_measure_rate(slot, schedule.currency)} AS {slot}_rate" for slot in foreign]
    kept, joins = [*_KEPT], _rate_joins(foreign, converts=converts)
    known: list[str] = []
    if schedule.elements:
        kept.append("contents_told")
        shares = [f"c{slot}_share" for slot, _ in enumerate(schedule.elements)]
        kept += shares if told else [f"NULL::DECIMAL(18,6) AS {share}" for share in shares]
    if told:
        joins.append(f"LEFT JOIN {CONTENTS} read_told USING (contents_told)")
        known = ["(contents_told = '' OR read_told.contents_told IS NOT NULL) AS contents_read"]
    rated = (
        f"SELECT {', '.join([*kept, *known, *_ASKED, *said_of_cells(terms), *rates])} "
        # A null equals nothing, so a line that lacks a part of its key keeps its row and meets no cell.
        f"FROM ({in_periods(shaped, schedule)}) LEFT JOIN {KEYS} USING ({same}) {' '.join(joins)}"
    )
    chosen = ", ".join([*kept, "line_rate", *(f"{slot}_rate" for slot in foreign)])
    return f"SELECT {chosen}, {_lane(lanes, foreign, schedule, converts=converts, told=told)} AS lane FROM ({rated})"


def _line_rate(own: str) -> str:
    return f"(CASE WHEN line_currency = '{own}' THEN 1 ELSE line_rates.rate END)"


def _measure_rate(slot: str, own: str) -> str:
    currency = f"{slot}_currency"
    return f"(CASE WHEN {currency} IS NULL OR {currency} = '{own}' THEN 1 ELSE rates_{slot}.rate END)"


def _rate_joins(foreign: list[str], *, converts: bool) -> list[str]:
    joined = [("line_rates", "line_currency")] if converts else []
    joined += [(f"rates_{slot}", f"{slot}_currency") for slot in foreign]
    return [
        f"LEFT JOIN {RATES} {name} ON {name}.rate_currency = {currency} AND {name}.rate_on = entry_date"
        for name, currency in joined
    ]


def _lane(lanes: Mapping[bool, Compiled], foreign: list[str], schedule: Schedule, *, converts: bool, told: bool) -> str:
    """The number of the lane: 0 unless the line is whole and the narrowest of the two that holds it is found."""
    rated = ["line_rate IS NOT NULL" if converts else f"line_currency = '{schedule.currency}'"]
    rated += [f"{slot}_rate IS NOT NULL" for slot in foreign]
    declared = "freight_insurance IS NOT NULL AND (valuation = 'cif' OR freight_insurance <= customs_value_declared)"
    whole = [
        "usable",
        "cell IS NOT NULL",
        *rated,
        "(NOT needs_content OR content IS NOT NULL OR standard_content_known IS NOT NULL)",
        f"(valuation_basis IS NULL OR valuation_basis = valuation OR ({declared}))",
        *(["contents_read"] if told else []),
        *(["(contents_told <> '' OR NOT needs_contents)"] if schedule.elements else []),
    ]
    narrow, wide = (_fits(lanes[is_wide], foreign, is_wide=is_wide, converts=converts) for is_wide in (False, True))
    return f"CASE WHEN ({' AND '.join(whole)}) IS NOT TRUE THEN 0 WHEN {narrow} THEN 1 WHEN {wide} THEN 2 ELSE 0 END"


def _fits(lane: Compiled, foreign: list[str], *, is_wide: bool, converts: bool) -> str:
    """Whether mass, value and freight stay within the lane, as declared and at the day's rates."""
    mass_limit = "wide_kg" if is_wide else "narrow_kg"
    limit = str(min(int(lane.value_limit), int(QUERY_AMOUNT_MAX)))
    amounts = ["customs_value_declared"]
    if lane.scales.has_freight:
        amounts.append("(CASE WHEN freight_insurance IS NULL THEN 0 ELSE freight_insurance END)")
    return " AND ".join(
        [
            f"net_mass_kg <= {mass_limit}",
            *(_product_within("net_mass_kg", f"{slot}_rate", mass_limit) for slot in foreign),
            *(f"{amount} < {limit}" for amount in amounts),
            *(_product_within(amount, "line_rate", limit) for amount in amounts if converts),
        ]
    )


def _product_within(number: str, rate: str, limit: str) -> str:
    """Whether a product stays within a limit; it is taken only where the number does, so that no digit overflows."""
    return f"(CASE WHEN {number} <= {limit} THEN {number} * {rate} <= {limit} ELSE FALSE END)"
