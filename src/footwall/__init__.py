"""Footwall runs a price-floor trade zone for critical minerals."""
