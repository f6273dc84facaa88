"""Observations become reference prices, each with a certificate that lets a stranger recompute it."""

from footwall.prices.records import Certificate, Datum, ReferencePrice, ReferencePrices, Status, Step

__all__ = ["Certificate", "Datum", "ReferencePrice", "ReferencePrices", "Status", "Step"]
