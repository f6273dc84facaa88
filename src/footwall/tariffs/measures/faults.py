"""What makes a measure nonsense: every fault of a list of measures, found before any of them is used."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import get_args

from footwall.errors import Problem
from footwall.facts import Facts
from footwall.quantity import ROUNDING_MODES
from footwall.rulebook import CapKind, Counted, DutyMethod, ShipmentRule, method_defaults
from footwall.tariffs.measures.faults_embedded import embedded_faults
from footwall.tariffs.measures.faults_floor import FLOOR_OPTIONS, floor_faults
from footwall.tariffs.measures.faults_goods import (
    Fault,
    alike_faults,
    country_faults,
    goods_faults,
    name_faults,
    shown_name,
    text_faults,
    unknown_word,
)
from footwall.tariffs.measures.faults_rates import LIMITS, limit_faults, programme_faults
from footwall.tariffs.measures.measure import NON_MEMBERS, Measure, Role

DIGITS_MAX = 9
PLACES_MAX = 8
"""How long a measure's numbers may be: longer ones could not be multiplied exactly in 38 digits."""

_FLOOR_METHODS = ("top_up", "notified", "banded", "graduated", "minimum_price")
_OF_FLOORS = {
    "floor",
    "ceiling",
    "parity",
    "counts",
    "contained",
    "cap",
    "bound_ad_valorem",
    "bound_specific",
    *FLOOR_OPTIONS,
}
_OPTIONS = {
    "ad_valorem": {"ad_valorem", "specific", "contained", *LIMITS},
    "specific": {"ad_valorem", "specific", "contained", *LIMITS},
    "top_up": _OF_FLOORS,
    "notified": _OF_FLOORS | {"ad_valorem", "specific", "shipment", "standard_value", "tolerance"},
    "banded": _OF_FLOORS | {"bands", "ad_valorem", "standard_value", "tolerance"},
    "graduated": _OF_FLOORS | {"slices"},
    "minimum_price": _OF_FLOORS | {"otherwise_ad_valorem"},
    "embedded": {"elements"},
}
_OPTIONAL = (
    "ad_valorem",
    "specific",
    "floor",
    "ceiling",
    "bands",
    "standard_value",
    "tolerance",
    "slices",
    "otherwise_ad_valorem",
    "shipment",
    "parity",
    "contained",
    "counts",
    "elements",
    *LIMITS,
    "cap",
    "bound_ad_valorem",
    "bound_specific",
    "rebate_share",
)


def schedule_faults(
    measures: Sequence[Measure], facts: Facts, *, members_known: bool, currency: str | None
) -> Iterator[Problem]:
    """Every fault of `measures`, one problem each; overlaps are for the schedule to find once all measures make sense.

    A measure that has no fault of its own is looked at by itself once: the walk states most measures on every day.
    """
    if not measures:
        yield Problem(
            "schedule_empty", "no measures", "at least one measure", "Give the measures in force.", "schedule"
        )
    for name, count in Counter(measure.measure_id for measure in measures).items():
        if count > 1:
            yield _problem(name, ("measure_id", "measure_repeated", f"{count} measures named {shown_name(name)}",
                                  "an id of its own for each", "Rename all but one."))  # fmt: skip
    for name, fault in alike_faults(measures):
        yield _problem(name, fault)
    yield from _assessment_currency(measures, facts, currency)
    for measure in measures:
        if not measure.is_sound_with(facts):
            found = [fault for check in _CHECKS for fault in check(measure, facts)]
            yield from (_problem(measure.measure_id, fault) for fault in found)
            if not found:
                measure.keep_sound_with(facts)
        if NON_MEMBERS in measure.origins and not members_known:
            yield _problem(measure.measure_id, ("origins", "members_missing", NON_MEMBERS, "to know who is a member",
                           "Pass members= (ISO codes, rows with dates, or a zone)."))  # fmt: skip


def _assessment_currency(measures: Sequence[Measure], facts: Facts, currency: str | None) -> Iterator[Problem]:
    used = {measure.currency for measure in measures if measure.currency}
    if currency is None and measures and len(used) != 1:
        found = f"measures in {', '.join(sorted(used))}" if used else "no measure with a currency"
        yield Problem("assessment_currency_missing", found, "one assessment currency",
                      "Say in which currency duties are assessed: from_measures(…, currency='USD').", "schedule")  # fmt: skip
    if currency is not None and currency not in facts.currencies:
        yield _problem("schedule", unknown_word("currency", currency, "an ISO 4217 currency"))
    own = currency or next(iter(sorted(used)), "")
    for measure in measures if own in facts.currencies else ():
        if fault := _finer_than_coin(measure, own, facts):
            yield _problem(measure.measure_id, fault)


def _problem(name: str, fault: Fault) -> Problem:
    where, code, found, expected, remedy = fault
    source = name if name == "schedule" else f"measure {shown_name(name)}"
    return Problem(code, found, expected, remedy, source=source, field=where)


def _identity(measure: Measure, facts: Facts) -> Iterator[Fault]:
    for where, value, allowed in (
        ("role", measure.role, get_args(Role)),
        ("method", measure.method, get_args(DutyMethod)),
        ("cap", measure.cap, get_args(CapKind)),
        ("shipment", measure.shipment, get_args(ShipmentRule)),
        ("rounding_mode", measure.rounding_mode, (None, *ROUNDING_MODES)),
    ):
        if value not in allowed:
            choices = ", ".join(str(item) for item in allowed if item)
            yield where, f"{where}_unknown", repr(value), f"one of {choices}", "Use one of these words."
    if not measure.currency and measure.has_amounts:
        yield ("currency", "currency_missing", "amounts without a currency", "an ISO 4217 currency",
               "Say in which currency the amounts are.")  # fmt: skip
    if measure.currency and measure.currency not in facts.currencies:
        yield unknown_word("currency", measure.currency, "an ISO 4217 currency")
    yield from name_faults(measure)


def _dates(measure: Measure, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - all checks have one signature
    for where, value in (("valid_from", measure.valid_from), ("valid_to", measure.valid_to)):
        if value is not None and type(value) is not date:
            yield where, "date_malformed", repr(value), "a date", "Give a datetime.date."
            return
    if measure.valid_to is not None and measure.valid_to < measure.valid_from:
        yield ("valid_to", "dates_reversed", str(measure.valid_to), f"a day from {measure.valid_from} on",
               "valid_to is the last day in force.")  # fmt: skip


def _sizes(measure: Measure, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001
    named = [(name, getattr(measure, name)) for name in ("specific", "floor", "ceiling", "parity", "standard_value",
             "bound_specific", "rounding_unit", "ad_valorem", "otherwise_ad_valorem", "tolerance", "bound_ad_valorem",
             "rebate_share", *LIMITS)]  # fmt: skip
    named += [("bands", number) for band in measure.bands for number in (band.at_least, band.specific)]
    named += [("slices", number) for step in measure.slices or () for number in (step.up_to, step.rate)]
    for name, number in named:
        if number is None or not number:
            continue
        places = -int(number.normalize().as_tuple().exponent)
        if number.adjusted() >= DIGITS_MAX or places > PLACES_MAX:
            yield (name, "number_too_long", str(number), f"at most {DIGITS_MAX} digits before and {PLACES_MAX} after the point",
                   "Round it as its authority publishes it.")  # fmt: skip


def _numbers(measure: Measure, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001
    limits = method_defaults()
    for name in (
        "ad_valorem",
        "otherwise_ad_valorem",
        "bound_ad_valorem",
        "tolerance",
        "least_ad_valorem",
        "most_ad_valorem",
    ):
        rate = getattr(measure, name)
        if rate is not None and not 0 <= rate <= limits.ad_valorem_max:
            yield (name, "rate_out_of_range", str(rate), f"a fraction from 0 to {limits.ad_valorem_max}",
                   "Rates are fractions: 3.7 % is 0.037.")  # fmt: skip
    for name in ("specific", "standard_value", "bound_specific", "parity", "least_specific", "most_specific"):
        amount = getattr(measure, name)
        if amount is not None and amount < 0:
            yield name, "amount_negative", str(amount), "zero or more", "A duty never pays the importer."
    for name in ("floor", "ceiling", "rounding_unit"):
        amount = getattr(measure, name)
        if amount is not None and amount <= 0:
            yield name, "amount_not_positive", str(amount), "more than zero", "Leave it out where there is none."
    if measure.floor is not None and measure.ceiling is not None and measure.ceiling <= measure.floor:
        yield ("ceiling", "ceiling_below_floor", str(measure.ceiling), f"more than the floor of {measure.floor}",
               "The ceiling is where protection stops.")  # fmt: skip
    if measure.per_kg not in limits.per_kg_allowed:
        yield ("per_kg", "per_kg_unknown", str(measure.per_kg),
               f"one of {', '.join(map(str, limits.per_kg_allowed))}", "State amounts per 1, 100 or 1000 kg.")  # fmt: skip
    if measure.rounding_unit is not None and measure.rounding_unit > 0 and not _terminates(measure.rounding_unit):
        yield ("rounding_unit", "rounding_unit_unusable", str(measure.rounding_unit),
               "a unit that divides a power of ten (0.01, 0.05, 1, 5 …)", "Choose a coin that exists.")  # fmt: skip


def _finer_than_coin(measure: Measure, currency: str, facts: Facts) -> Fault | None:
    coin = Decimal(1).scaleb(-facts.currencies[currency].minor_units)
    if measure.rounding_unit is None or measure.rounding_unit <= 0 or measure.rounding_unit % coin == 0:
        return None
    return ("rounding_unit", "rounding_unit_too_fine", str(measure.rounding_unit),
            f"a whole multiple of {coin} {currency}, the smallest coin of the assessment currency",
            "Nobody can pay less than a coin.")  # fmt: skip


def _terminates(unit: Decimal) -> bool:
    whole = int(unit.scaleb(-min(0, int(unit.as_tuple().exponent))))
    for factor in (2, 5):
        while whole % factor == 0:
            whole //= factor
    return whole == 1


def _method(measure: Measure, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001
    if measure.method not in _OPTIONS:
        return
    floors, embeds = measure.method in _FLOOR_METHODS, measure.method == "embedded"
    if measure.role in get_args(Role) and (
        (measure.role == "floor") != floors or (measure.role == "embedded") != embeds
    ):
        yield ("method", "method_for_other_role", f"{measure.method} with role {measure.role}",
               "a floor method for a floor, embedded for what goods contain, ad_valorem or specific for any other duty",
               "Change the role or the method.")  # fmt: skip
    for name in _OPTIONAL:
        if name not in _OPTIONS[measure.method] and getattr(measure, name) not in (None, (), "none"):
            yield (name, "option_of_other_method", f"{name} with method {measure.method}", "only the method's own options",
                   "Remove it, or change the method.")  # fmt: skip
    yield from _METHOD_NEEDS[measure.method](measure)
    yield from limit_faults(measure) if measure.role != "floor" else ()
    yield from floor_faults(measure)
    yield from programme_faults(measure)
    if measure.counts is not None and set(measure.counts) - set(get_args(Counted)):
        yield ("counts", "counts_unknown", ", ".join(measure.counts), "ordinary, additional", "Use these words.")  # fmt: skip


def _needs_rate(measure: Measure) -> Iterator[Fault]:
    if measure.ad_valorem is None and measure.specific is None:
        yield ("ad_valorem", "rate_missing", "neither ad_valorem nor specific", "at least one of the two",
               "A duty of nothing is ad_valorem 0.")  # fmt: skip
    elif getattr(measure, measure.method) is None:
        other = "specific" if measure.method == "ad_valorem" else "ad_valorem"
        yield ("method", "rate_contradicts_method", f"{measure.method} with {other} alone", f"a rate {measure.method}",
               f"Call the method {other}: a compound duty may go by either name.")  # fmt: skip


def _needs_floor(measure: Measure) -> Iterator[Fault]:
    if measure.floor is None:
        yield "floor", "floor_missing", "no floor", f"the floor that {measure.method} holds", "State it per `per_kg`."


def _needs_notified(measure: Measure) -> Iterator[Fault]:
    yield from _needs_floor(measure)
    if (measure.ad_valorem is None) == (measure.specific is None):
        found = "neither specific nor ad_valorem" if measure.specific is None else "both specific and ad_valorem"
        yield "specific", "notified_rate_unclear", found, "exactly one of the two", "A notified tariff is one rate."
    if measure.shipment != "max" and measure.standard_value is not None:
        yield ("standard_value", "security_without_max", "a standard value", "shipment = max beside it",
               "Security of a notified tariff needs shipment = max.")  # fmt: skip
    yield from _needs_tolerance(measure)


def _needs_tolerance(measure: Measure) -> Iterator[Fault]:
    if (measure.standard_value is None) != (measure.tolerance is None):
        yield ("tolerance", "security_incomplete", "one of standard_value and tolerance", "both or neither",
               "Security needs both.")  # fmt: skip


def _needs_bands(measure: Measure) -> Iterator[Fault]:
    if not measure.bands:
        yield "bands", "bands_missing", "no bands", "bands from the highest price down", "State (at_least, specific)."
    prices = [band.at_least for band in measure.bands]
    if any(after >= before for before, after in pairwise(prices)):
        yield ("bands", "bands_unsorted", ", ".join(map(str, prices)), "prices in strictly descending order",
               "Sort the bands from the highest price down.")  # fmt: skip
    if any(band.at_least < 0 or band.specific < 0 for band in measure.bands):
        yield "bands", "amount_negative", "a negative price or duty", "zero or more", "A duty never pays the importer."
    duties = [band.specific for band in measure.bands]
    if any(after < before for before, after in pairwise(duties)):
        yield ("bands", "bands_fall", ", ".join(map(str, duties)), "a duty that never falls as the price falls",
               "A lower price may not owe less.")  # fmt: skip
    yield from _needs_tolerance(measure)


def _needs_slices(measure: Measure) -> Iterator[Fault]:
    yield from _needs_floor(measure)
    steps = measure.slices
    if steps is None:
        return
    ends = [step.up_to for step in steps]
    shown = ", ".join(map(str, ends))
    if not steps:
        yield (
            "slices",
            "slices_missing",
            "an empty list",
            "slices of the gap",
            "Leave it out for the rulebook's slices.",
        )
        return
    if any(after <= before for before, after in pairwise((Decimal(0), *ends))):
        yield ("slices", "slices_unsorted", shown, "shares of the floor in strictly ascending order, above 0",
               "Sort the slices from the smallest gap up.")  # fmt: skip
    if max(ends) != 1:
        yield ("slices", "slices_not_whole", f"{max(ends)} as the last share", "1: the whole floor",
               "Let the last slice end at 1.")  # fmt: skip
    if not all(0 <= step.rate <= 1 for step in steps):
        yield ("slices", "slice_rate_out_of_range", ", ".join(str(step.rate) for step in steps), "rates from 0 to 1",
               "No slice of the gap pays more than itself.")  # fmt: skip


def _needs_otherwise(measure: Measure) -> Iterator[Fault]:
    yield from _needs_floor(measure)
    if measure.otherwise_ad_valorem is None:
        yield ("otherwise_ad_valorem", "otherwise_missing", "no rate for indirect invoices", "otherwise_ad_valorem",
               "State what an indirect or related invoice owes.")  # fmt: skip


_METHOD_NEEDS: dict[str, Callable[[Measure], Iterable[Fault]]] = {
    "ad_valorem": _needs_rate,
    "specific": _needs_rate,
    "top_up": _needs_floor,
    "notified": _needs_notified,
    "banded": _needs_bands,
    "graduated": _needs_slices,
    "minimum_price": _needs_otherwise,
    "embedded": embedded_faults,
}


_CHECKS: tuple[Callable[[Measure, Facts], Iterable[Fault]], ...] = (
    _identity,
    text_faults,
    goods_faults,
    country_faults,
    _dates,
    _sizes,
    _numbers,
    _method,
)
