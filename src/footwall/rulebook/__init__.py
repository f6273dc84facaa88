"""What was agreed: the zone's dated rules, as data."""

from footwall.rulebook.records import CapKind, Counted, DutyMethod, ShipmentRule

__all__ = ["CapKind", "Counted", "DutyMethod", "ShipmentRule"]
