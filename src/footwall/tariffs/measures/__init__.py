"""Measures: what one is, what decides which a line meets, how a file states them, and every fault they can have."""
