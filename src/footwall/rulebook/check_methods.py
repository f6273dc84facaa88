"""Contradictions in what a tariff rule says of its method: options of another one, parts that are missing, bands out of order."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from footwall.quantity import plain
from footwall.rulebook.check_prices import over_limit
from footwall.rulebook.defaults import method_defaults
from footwall.rulebook.draft import Placed
from footwall.rulebook.faults import Fault
from footwall.rulebook.records import MEMBERS_GROUP, TariffRule
from footwall.rulebook.shape import written

_OF_METHOD: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "notified": frozenset({"rate_as", "ad_valorem_unit", "standard_value", "tolerance"}),
        "banded": frozenset({"bands", "ad_valorem", "standard_value", "tolerance"}),
        "graduated": frozenset({"slices"}),
        "minimum_price": frozenset({"otherwise_ad_valorem"}),
        "top_up": frozenset(),
    }
)
"""The keys of a tariff rule that belong to some methods only; those that adjust a notified rate are `check_tariffs`' own."""
_NEEDED: Final[Mapping[str, str]] = MappingProxyType({"banded": "bands", "minimum_price": "otherwise_ad_valorem"})


def check_method(placed: Placed[TariffRule]) -> Iterator[Fault]:
    """Every fault of one tariff rule's method and its options."""
    rule = placed.rule
    for key in sorted(frozenset[str]().union(*_OF_METHOD.values()) - _OF_METHOD[rule.method]):
        if getattr(rule, key) not in (None, (), "specific"):
            yield Fault(
                placed.at(key),
                "option_of_other_method",
                f"{key} with method {written(rule.method)}",
                "only the method's own keys",
                f"Take out {key}, or change the method.",
            )
    needed = _NEEDED.get(rule.method)
    if needed and getattr(rule, needed) in (None, ()):
        yield Fault(
            placed.at("method"),
            "method_incomplete",
            f"{written(rule.method)} without {needed}",
            f"{needed} beside it",
            f"Add {needed}, or change the method.",
        )
    yield from _check_bands(placed)
    yield from _check_slices(placed)
    yield from _check_security(placed)
    yield from _check_rates(placed)
    yield from _check_members(placed)


def _check_bands(placed: Placed[TariffRule]) -> Iterator[Fault]:
    for position, (above, below) in enumerate(pairwise(placed.rule.bands), start=1):
        if below.at_least_share >= above.at_least_share or below.duty_share < above.duty_share:
            yield Fault(
                placed.at("bands", position),
                "bands_unordered",
                f"{plain(below.duty_share)} from {plain(below.at_least_share)} of the floor on, after "
                f"{plain(above.duty_share)} from {plain(above.at_least_share)} on",
                "bands from the highest price down, whose duty never falls",
                "Put them in order.",
            )


def _check_slices(placed: Placed[TariffRule]) -> Iterator[Fault]:
    ends = [one.up_to for one in placed.rule.slices]
    if ends and (sorted(set(ends)) != ends or ends[-1] != 1):
        yield Fault(
            placed.at("slices"),
            "slices_unordered",
            ", ".join(map(plain, ends)),
            "ends of slices that rise to 1, the whole floor",
            "Put them in order, and end the last one at 1.",
        )


def _check_security(placed: Placed[TariffRule]) -> Iterator[Fault]:
    rule = placed.rule
    if (rule.standard_value is None) != (rule.tolerance is None):
        key = "standard_value" if rule.tolerance is None else "tolerance"
        found, expected = f"{key} alone", "standard_value and tolerance, or neither"
        yield Fault(placed.at(key), "security_incomplete", found, expected, "State both, or take it out.")
    if rule.standard_value is not None and rule.method == "notified" and rule.shipment != "max":
        yield Fault(
            placed.at("standard_value"),
            "security_without_max",
            f"a standard value with shipment {written(rule.shipment)}",
            'shipment = "max", by which a line may owe more at its standard value',
            'Write shipment = "max", or take standard_value and tolerance out.',
        )


def _check_rates(placed: Placed[TariffRule]) -> Iterator[Fault]:
    rule, most = placed.rule, method_defaults().limits.ad_valorem_max
    for key in ("ad_valorem", "otherwise_ad_valorem", "least_ad_valorem"):
        yield from over_limit(placed.at(key), getattr(rule, key) or Decimal(0), most)
    if (rule.rate_as == "ad_valorem") != (rule.ad_valorem_unit is not None):
        stated = rule.rate_as == "ad_valorem"
        yield Fault(
            placed.at("rate_as" if stated else "ad_valorem_unit"),
            "rate_unit_unclear",
            "an ad valorem rate without the unit of its rounding" if stated else "ad_valorem_unit with a specific rate",
            "ad_valorem_unit where, and only where, the rate is stated ad valorem",
            "Add ad_valorem_unit." if stated else "Take ad_valorem_unit out.",
        )


def _check_members(placed: Placed[TariffRule]) -> Iterator[Fault]:
    """Members' own prices are made under the floor: no parity is measured there, so nothing can be notified on one."""
    rule, allowed = placed.rule, method_defaults().member_methods
    if rule.group != MEMBERS_GROUP:
        return
    if rule.method not in allowed:
        yield Fault(
            placed.at("method"),
            "levy_needs_line",
            f"{written(rule.method)} for members' goods",
            f"one of {', '.join(allowed)}, which look at each line's own price",
            "No parity is measured inside the zone: choose another method.",
        )
    if rule.standard_value == "parity":
        found, expected = '"parity" for members\' goods', '"floor"'
        yield Fault(placed.at("standard_value"), "levy_needs_line", found, expected, 'Write standard_value = "floor".')
