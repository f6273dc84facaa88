"""What was agreed: the zone's dated rules, as data."""

from footwall.rulebook.dates import Span, span_of, span_of_header
from footwall.rulebook.defaults import Limits, MethodDefaults, method_defaults
from footwall.rulebook.diff import Change, compare
from footwall.rulebook.governing import border_on, exchange_on, in_force, rule_of_form
from footwall.rulebook.known import Known
from footwall.rulebook.load import load_rulebook, load_rulebooks
from footwall.rulebook.records import (
    Border,
    CapKind,
    Counted,
    DatedRule,
    DutyMethod,
    EscalationGuard,
    ExchangeRule,
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
    "ExchangeRule",
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
    "Span",
    "TariffRule",
    "Tier",
    "TierRule",
    "Walk",
    "border_on",
    "compare",
    "exchange_on",
    "in_force",
    "load_rulebook",
    "load_rulebooks",
    "method_defaults",
    "rule_of_form",
    "span_of",
    "span_of_header",
]
