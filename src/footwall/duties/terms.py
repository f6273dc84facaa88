"""A schedule compiled for many lines: one row of exact numbers for each distinct meeting of goods and measures.

Quotients and products of the schedule's own figures are taken here, once, in decimals; the law's SQL only multiplies.
All prices are per kilogram, of the form or of its content (then already times the content factor of what is contained).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from footwall.duties.law import without_floor
from footwall.duties.method import ZERO, slices_of, untaxed_price
from footwall.duties.owed import (
    Decided,
    ad_valorem_text,
    counted,
    duties_counted,
    is_ordinary_itself,
    limited_among,
    rebate_text,
    rounding_mode,
    told,
)
from footwall.duties.records import DUTIABLE_ENTRIES, ORDINARY_RATE_UNKNOWN
from footwall.duties.rents import reciprocal
from footwall.duties.resolve import QUERY_AMOUNT_MAX, Meeting, largest_price, mass_kg_max
from footwall.quantity import RoundingMode, exact_arithmetic
from footwall.tariffs import Measure, Rate, Schedule

METHOD_NUMBERS = {"top_up": 1, "notified": 2, "banded": 3, "graduated": 4, "minimum_price": 5}

Value = Decimal | int | str | bool | tuple[str, ...] | None

_NO_FLOOR: Mapping[str, Value] = MappingProxyType(
    {
        "f_method": 0,
        **dict.fromkeys(("method", "f_floor", "f_ceiling", "f_parity", "f_standard", "f_trigger", "f_rent_price")),
        **dict.fromkeys(
            ("f_shipment", "f_reciprocal", "f_cap", "f_kept", "f_rebate_text", "f_otherwise_base", "f_otherwise_text")
        ),
        **dict.fromkeys(("f_suspended", "f_equalises", "f_caps"), False),
        **dict.fromkeys(("f_otherwise", "f_bound_av", "f_bound_sp"), ZERO),
        **dict.fromkeys(("f_specific", "f_exposable", "f_counts_ordinary", "f_counts_additional"), False),
    }
)
"""What the query reads of a line that meets no floor measure; every column is there even where no line meets one."""

Rounding = tuple[Decimal, RoundingMode]


@dataclass(slots=True)
class Terms:
    """The compiled rows (`cells`), and what they need of the SQL: how many slots, which roundings, which currencies.

    `least` and `most` are the slots in which some cell's duty has a minimum or a maximum; `rents_limited` says whether some
    floor measure counts such a duty. `rebates`, `suspends` and `equalises`: whether some floor measure does.
    """

    coin: Decimal
    currency: str
    cells: list[dict[str, Value]] = field(default_factory=list)
    roundings: list[Rounding] = field(default_factory=list)
    additional_slots: int = 0
    band_slots: int = 0
    slice_slots: int = 0
    elements: tuple[str, ...] = ()
    capped: bool = False
    methods: set[int] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    least: set[str] = field(default_factory=set)
    most: set[str] = field(default_factory=set)
    rents_limited: bool = False
    rebates: bool = False
    suspends: bool = False
    equalises: bool = False

    def rounding_number(self, measure: Measure) -> int:
        """The number of the measure's rounding among all roundings in use."""
        rounding = (measure.rounding_unit or self.coin, rounding_mode(measure))
        if rounding not in self.roundings:
            self.roundings.append(rounding)
        return self.roundings.index(rounding)


def compile_terms(meetings: Iterable[tuple[Meeting, str, str]], schedule: Schedule) -> Terms:
    """Terms of all `meetings`, each with its entry type and the importer's valuation; cell n is the n-th meeting."""
    coin = Decimal(1).scaleb(-schedule.facts.currencies[schedule.currency].minor_units)
    terms = Terms(coin, schedule.currency, elements=schedule.elements)
    with exact_arithmetic():
        for number, (meeting, entry_type, valuation) in enumerate(meetings):
            terms.cells.append({"cell": number, **_cell(terms, meeting, entry_type), "valuation": valuation})
        for cell in terms.cells:
            for slot in range(terms.additional_slots):
                for name, nothing in _no_duty(terms, f"a{slot}").items():
                    cell.setdefault(name, nothing)
    return terms


def _cell(terms: Terms, meeting: Meeting, entry_type: str) -> dict[str, Value]:
    applicable = meeting.applicable
    free = entry_type not in DUTIABLE_ENTRIES
    ordinary = None if free else applicable.ordinary
    additional = () if free else applicable.additional
    floor = None if free else applicable.floor
    embedded = None if free else applicable.embedded
    cell: dict[str, Value] = {"form": meeting.form, "standard_content": meeting.standard_content}
    inside = is_ordinary_itself(floor)
    cell["o_known"] = free or inside or ordinary is not None
    if inside and floor is not None:
        cell |= _duty(terms, meeting, "o", floor) | {"o_sp": ZERO}
    else:
        cell |= _duty(terms, meeting, "o", ordinary)
    terms.additional_slots = max(terms.additional_slots, len(additional))
    for slot, measure in enumerate(additional):
        cell |= _duty(terms, meeting, f"a{slot}", measure)
    cell |= _floor(terms, meeting, floor, ordinary, additional, inside=inside)
    cell |= _embedded(terms, meeting, embedded) if terms.elements else {}
    used = [measure for measure in (None if inside else ordinary, *additional, floor, embedded) if measure is not None]
    cell["measure_ids"] = tuple(
        dict.fromkeys([*([floor.measure_id] if inside and floor else []), *(m.measure_id for m in used)])
    )
    cell["needs_content"] = any(measure.contained is not None for measure in used)
    largest = largest_price(used, meeting.content_factors)
    cell |= {"largest": largest, "mass_max": mass_kg_max(largest, QUERY_AMOUNT_MAX)}
    cell["plain"] = not (cell["needs_content"] or embedded or (floor and floor.standard_value is not None))
    cell["plain"] = cell["plain"] and not (floor and floor.rebate_share is not None)
    if floor is not None and len(limited_among(duties_counted(floor, ordinary, additional))) > 1:
        # The invoice without duty is searched for where two such duties count; the readable law does that.
        cell |= {"plain": False, "mass_max": ZERO}
    met = floor is not None or embedded is not None
    cell["reason"] = f"entry_{entry_type}" if free else None if met else without_floor(applicable)
    return cell


def _per_kilogram(meeting: Meeting, measure: Measure, amount: Decimal) -> Decimal:
    """Per kilogram of the form, or of the form's own content where the measure rests on something contained."""
    price = measure.per_kilogram(amount)
    return price if measure.contained is None else price * meeting.content_factors[measure.contained]


def _duty(terms: Terms, meeting: Meeting, slot: str, measure: Measure | None) -> dict[str, Value]:
    if measure is None:
        return _no_duty(terms, slot)
    taken_on, rate_text = told(measure)
    if slot == "o" and measure.role == "floor":
        taken_on, rate_text = "V", ad_valorem_text(measure)
    if measure.currency != terms.currency:
        terms.foreign.add(slot)
    return {
        f"{slot}_av": measure.ad_valorem or ZERO,
        f"{slot}_sp": _per_kilogram(meeting, measure, measure.specific or ZERO),
        f"{slot}_contained": measure.contained is not None,
        f"{slot}_currency": measure.currency,
        f"{slot}_round": terms.rounding_number(measure),
        f"{slot}_id": measure.measure_id,
        f"{slot}_factor": Decimal(1) if measure.contained is None else meeting.content_factors[measure.contained],
        f"{slot}_base": taken_on,
        f"{slot}_text": rate_text,
        f"{slot}_article": measure.legal_basis,
        **({} if slot == "o" and measure.role == "floor" else _limits(terms, meeting, slot, measure)),
    }


def _limits(terms: Terms, meeting: Meeting, slot: str, measure: Measure) -> dict[str, Value]:
    """The minimum and the maximum of a duty, and what is told where one of them is owed; nothing where it has none."""
    found: dict[str, Value] = {}
    stated: tuple[tuple[Decided, Rate | None, set[str]], ...] = (
        ("least", measure.least, terms.least),
        ("most", measure.most, terms.most),
    )
    for name, limit, slots in stated:
        if limit is None:
            continue
        slots.add(slot)
        taken_on, rate_text = told(measure, name)
        found |= {
            f"{slot}_has_{name}": True,
            f"{slot}_{name}_av": limit.ad_valorem or ZERO,
            f"{slot}_{name}_sp": _per_kilogram(meeting, measure, limit.specific or ZERO),
            f"{slot}_{name}_base": taken_on,
            f"{slot}_{name}_text": rate_text,
        }
    return found


def _no_duty(terms: Terms, slot: str) -> dict[str, Value]:
    return {
        f"{slot}_av": ZERO,
        f"{slot}_sp": ZERO,
        f"{slot}_contained": False,
        f"{slot}_factor": Decimal(1),
        f"{slot}_currency": terms.currency,
        f"{slot}_round": 0,
        **dict.fromkeys(f"{slot}_{name}" for name in ("id", "base", "text", "article")),
    }


def _floor(
    terms: Terms,
    meeting: Meeting,
    measure: Measure | None,
    ordinary: Measure | None,
    additional: tuple[Measure, ...],
    *,
    inside: bool,
) -> dict[str, Value]:
    cell = _duty(terms, meeting, "f", measure)
    if measure is None:
        return {**cell, **_NO_FLOOR}
    number = METHOD_NUMBERS[measure.method]
    terms.methods.add(number)
    bound = measure.bound_ad_valorem is not None or measure.bound_specific is not None
    terms.capped = terms.capped or bound or measure.cap != "none"
    terms.rebates = terms.rebates or measure.rebate_share is not None
    terms.suspends, terms.equalises = terms.suspends or measure.suspended, terms.equalises or measure.equalisation
    counts, nil_price = counted(measure), untaxed_price(measure)

    def price(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else _per_kilogram(meeting, measure, amount)

    return {
        **cell,
        "f_method": number,
        "method": measure.method,
        "f_floor": price(measure.floor),
        "f_ceiling": price(measure.ceiling),
        "f_parity": price(measure.parity),
        "f_suspended": measure.suspended,
        "f_equalises": measure.equalisation,
        "f_kept": None if measure.rebate_share is None else 1 - measure.rebate_share,
        "f_rebate_text": rebate_text(measure),
        "f_standard": None if measure.suspended else price(measure.standard_value),
        "f_trigger": price(measure.standard_value and measure.standard_value * (1 + (measure.tolerance or ZERO))),
        "f_otherwise": measure.otherwise_ad_valorem or ZERO,
        "f_otherwise_base": told(measure, "otherwise")[0] if measure.method == "minimum_price" else None,
        "f_otherwise_text": told(measure, "otherwise")[1] if measure.method == "minimum_price" else None,
        "f_specific": measure.specific is not None,
        "f_shipment": measure.shipment,
        "f_rent_price": price(nil_price if nil_price is not None else measure.floor),
        "f_exposable": nil_price is not None,
        **_reciprocals(terms, measure, duties_counted(measure, ordinary, additional), inside=inside),
        "f_counts_ordinary": "ordinary" in counts,
        "f_counts_additional": "additional" in counts,
        "f_bound_av": measure.bound_ad_valorem or ZERO,
        "f_bound_sp": price(measure.bound_specific or ZERO),
        "f_caps": measure.cap != "none",
        "f_cap": _cap_state(measure, known=inside or ordinary is not None),
        **(_bands(terms, measure, price) if measure.method == "banded" else {}),
        **(_rises(terms, measure, price) if measure.method == "graduated" else {}),
    }


def _embedded(terms: Terms, meeting: Meeting, measure: Measure | None) -> dict[str, Value]:
    """Of each element that some measure taxes: what a kilogram owes of what is there, and the share that is taken undeclared."""
    by_name = {} if measure is None else {one.element: one for one in measure.elements}
    found = _duty(terms, meeting, "e", measure)
    for slot, name in enumerate(terms.elements):
        one = by_name.get(name)
        price = ZERO if one is None or measure is None else measure.per_kilogram(one.specific) * one.recovered
        found |= {f"m{slot}_sp": price, f"m{slot}_taxed": one is not None}
        found[f"m{slot}_share"] = ZERO if one is None or one.undeclared is None else one.undeclared
    found["needs_contents"] = any(one.undeclared is None for one in by_name.values())
    return found


def _reciprocals(terms: Terms, measure: Measure, counting: Sequence[Measure], *, inside: bool) -> dict[str, Value]:
    """1/(1+t) with the ad valorem rates t of what `measure` counts; and again with those of a minimum and of a maximum."""
    own = (measure.ad_valorem or ZERO) if inside and "ordinary" in counted(measure) else ZERO

    def taxed(rate_of: Callable[[Measure], Rate | None]) -> int:
        rates = [rate_of(duty) or Rate(duty.ad_valorem, duty.specific) for duty in counting]
        return reciprocal(own + sum((rate.ad_valorem or ZERO for rate in rates), ZERO))

    found: dict[str, Value] = {"f_reciprocal": taxed(lambda _: None)}
    if limited_among(counting):
        terms.rents_limited = True
        found |= {
            "f_rent_least": any(duty.least is not None for duty in counting),
            "f_rent_most": any(duty.most is not None for duty in counting),
            "f_reciprocal_least": taxed(lambda duty: duty.least),
            "f_reciprocal_most": taxed(lambda duty: duty.most),
        }
    return found


_Price = Callable[[Decimal], Decimal | None]


def _bands(terms: Terms, measure: Measure, price: _Price) -> dict[str, Value]:
    """Each band's price and duty, in falling order; whatever reaches no other reaches the last."""
    terms.band_slots = max(terms.band_slots, len(measure.bands))
    lowest = len(measure.bands) - 1
    found: dict[str, Value] = {}
    for slot, band in enumerate(measure.bands):
        found[f"b{slot}_at"] = ZERO if slot == lowest else price(band.at_least)
        found[f"b{slot}_sp"] = price(band.specific)
    return found


def _rises(terms: Terms, measure: Measure, price: _Price) -> dict[str, Value]:
    """Where in the gap each slice begins, and by how much its rate is above the one before."""
    steps = slices_of(measure)
    starts = [ZERO, *(step.up_to for step in steps)]
    rates = [ZERO, *(step.rate for step in steps)]
    rises = [(start, after - before) for start, before, after in zip(starts, rates, rates[1:], strict=False)]
    rises = [(start, rise) for start, rise in rises if rise]
    terms.slice_slots = max(terms.slice_slots, len(rises))
    found: dict[str, Value] = {}
    for slot, (start, rise) in enumerate(rises):
        found[f"g{slot}_from"] = price(start * (measure.floor or ZERO))
        found[f"g{slot}_rate"] = rise
    return found


def _cap_state(measure: Measure, *, known: bool) -> str | None:
    if measure.bound_ad_valorem is None and measure.bound_specific is None:
        return None if measure.cap == "none" else "bound_rate_unknown"
    return "known" if known else ORDINARY_RATE_UNKNOWN
