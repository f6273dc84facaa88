"""Codes of liabilities and of tariffs in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from footwall.tariffs import TariffReason

REASONS: Final = MappingProxyType(
    {
        "floor_duty_owed": "the floor duty is owed",
        "floor_duty_capped": "the floor duty is owed up to its cap",
        "floor_minimum_owed": "the floor duty is owed at its minimum, a fixed component",
        "equalisation_levy": "goods of a member, sold below an internal floor, owe a levy that is returned to that member",
        "suspended": "floor duty is suspended on that day by a declared disruption",
        "ordinary_duty_rebated": "the goods land at or above the ceiling: no floor duty, and less ordinary duty",
        "no_floor_duty_due": "nothing is missing to the floor",
        "notified_below_floor": "lands below the floor: a notified rate is set on its group's average and rises by steps",
        "below_floor_before_ordinary": "lands below the floor before its ordinary duty, which is not known",
        "graduated_below_floor": "lands below the floor: graduated duties close only a part of the gap",
        "banded_below_floor": "lands below the floor: the band of its price asks for no more",
        "minimum_price_below_floor": "lands below the floor: not invoiced directly to an unrelated importer, it owes a share of its value",
        "above_ceiling": "the goods land at or above the ceiling, where protection stops",
        "floor_duty_credited": "the floor duty is met by credits",
        "embedded_duty_owed": "what the goods contain owes more than their own floor duty",
        "in_transit": "the goods were under way, or contracted for, before the measure",
        "member_origin": "goods of a member owe no floor duty",
        "no_floor_measure": "no floor is held for these goods by this importer",
        "entry_warehouse": "goods in a warehouse owe duty when they are withdrawn",
        "entry_temporary": "goods on temporary entry owe no duty",
        "entry_return": "returned goods owe no duty",
    }
)
"""Why a line owes what it owes."""

TARIFF_REASONS: Final["Mapping[TariffReason, str]"] = MappingProxyType(
    {
        "opened": "opened at what was needed",
        "raised": "raised towards what is needed; the rule asks for no notice",
        "raise_pending": "more is needed: a raise is published and its notice is running",
        "lowered": "lowered at once, because less is needed",
        "unchanged": "stands at what is needed",
        "within_deadband": "what it lacks is within the deadband, so it is not moved",
        "step_below_unit": "the step that is allowed rounds to nothing, so it is not moved",
        "frozen": "frozen: its raises have closed too little of the gap, and the reserve takes over",
        "parity_suspended": "kept as it was: no price outside the zone tells what is needed",
        "floor_undecided": "kept as it was: the last review could decide no floor",
        "sunset": "ended with its floor",
        "levied_per_line": "found line by line; a figure is what a line at parity would lack",
    }
)
"""Why a tariff stands where it does."""

UNKNOWNS: Final = MappingProxyType(
    {
        "ordinary_rate_unknown": "no rate is known for this importer, origin and code, or a preference may be claimed; "
        "the floor duty is assessed before it",
        "bound_rate_unknown": "the bound rate behind the cap is not stated, so the cap does not bite",
        "parity_unknown": "no price outside the zone tells what the goods cost",
    }
)
"""Why a figure is unknown."""

NO_CODE: Final = "no --hs-code was stated, and ordinary rates stand under codes; the floor duty is assessed before it"
"""Why the ordinary duty of a consignment without a code is unknown, and with it the total."""
