"""The record of everything the zone decided or received: append-only, hash-chained, with its evidence beside it."""

from footwall.journal.canonical import canonical_text, entry_hash, instant_of, instant_text, object_text
from footwall.journal.evidence import Document, Evidence
from footwall.journal.journal import Journal
from footwall.journal.read_tables import ReadTable
from footwall.journal.records import (
    EMPTY,
    Clock,
    Entry,
    Head,
    JsonValue,
    NewEntry,
    Payload,
    SimulatedClock,
    system_clock,
)

__all__ = [
    "EMPTY",
    "Clock",
    "Document",
    "Entry",
    "Evidence",
    "Head",
    "Journal",
    "JsonValue",
    "NewEntry",
    "Payload",
    "ReadTable",
    "SimulatedClock",
    "canonical_text",
    "entry_hash",
    "instant_of",
    "instant_text",
    "object_text",
    "system_clock",
]
