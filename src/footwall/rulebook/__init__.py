"""What was agreed: the zone's dated rules, as data."""

from footwall.rulebook.defaults import Limits, MethodDefaults, method_defaults
from footwall.rulebook.diff import Change, compare
from footwall.rulebook.governing import border_on, in_force, only, rule_of_form
from footwall.rulebook.known import Known
from footwall.rulebook.load import load_rulebook, load_rulebooks
from footwall.rulebook.records import (
    Border,
    CapKind,
    Counted,
    DatedRule,
    DutyMethod,
    EscalationGuard,
    FloorMethod,
    FloorMode,
    FloorRule,
    Header,
    MarketWeight,
    OrdinaryRule,
    OriginGroup,
    ParityRule,
    ReferenceRule,
    Rulebook,
    ShipmentRule,
    TariffRule,
    Tier,
    TierRule,
    Walk,
)
from footwall.rulebook.versions import Rulebooks

__all__ = [
    "Border",
    "CapKind",
    "Change",
    "Counted",
    "DatedRule",
    "DutyMethod",
    "EscalationGuard",
    "FloorMethod",
    "FloorMode",
    "FloorRule",
    "Header",
    "Known",
    "Limits",
    "MarketWeight",
    "MethodDefaults",
    "OrdinaryRule",
    "OriginGroup",
    "ParityRule",
    "ReferenceRule",
    "Rulebook",
    "Rulebooks",
    "ShipmentRule",
    "TariffRule",
    "Tier",
    "TierRule",
    "Walk",
    "border_on",
    "compare",
    "in_force",
    "load_rulebook",
    "load_rulebooks",
    "method_defaults",
    "only",
    "rule_of_form",
]
