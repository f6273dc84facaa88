"""Tables in the journal's database, for whoever asks it with SQL alone: reference prices, and the postings of entries."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text

from footwall.journal import Entry, JsonValue, ReadTable


def _rows(entry: Entry) -> Iterable[Mapping[str, object]]:
    prices = entry.payload.get("prices") if entry.kind == "reference_prices_set" else None
    for price in prices if isinstance(prices, list) else ():
        if isinstance(price, dict):
            known = price["price"]
            yield {
                "form": price["form"],
                "day": entry.payload["on"],
                "usd_per_kg": known if isinstance(known, str) else None,
                "status": price["status"],
                "tier": price["tier"],
                "rests_on": price["rests_on"],
                "assumed": price["assumed"],
            }


REFERENCE_PRICES = ReadTable(
    Table(
        "reference_price",
        MetaData(),
        Column("form", Text, primary_key=True),
        Column("day", Text, primary_key=True),
        Column("usd_per_kg", Text),
        Column("status", Text, nullable=False),
        Column("tier", Text),
        Column("rests_on", Text),
        Column("assumed", Boolean, nullable=False),
    ),
    _rows,
)
"""One row for each form and walked day; a price that is unknown is null, and no price is a float."""


def _postings(entry: Entry) -> Iterable[Mapping[str, object]]:
    """The postings of an entry of the journal: its own, and those of its adjustments."""
    told = entry.payload
    adjusted = [told.get("adjustment"), *_listed(told.get("adjustments"))]
    holders = [told, *(one for one in adjusted if isinstance(one, dict))]
    postings = (one for holder in holders for one in _listed(holder.get("postings")) if isinstance(one, dict))
    for number, one in enumerate(postings, start=1):
        yield {
            "sequence": entry.sequence,
            "number": number,
            "entry": one["entry"],
            "line": one["line"],
            "component": one["component"],
            "amount": one["amount"],
            "day": one["on"],
            "due": one.get("due"),
            "note": one.get("note", ""),
        }


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


ENTRY_POSTINGS = ReadTable(
    Table(
        "entry_posting",
        MetaData(),
        Column("sequence", Integer, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("entry", Text, nullable=False),
        Column("line", Text, nullable=False),
        Column("component", Text, nullable=False),
        Column("amount", Text, nullable=False),
        Column("day", Text, nullable=False),
        Column("due", Text),
        Column("note", Text, nullable=False),
    ),
    _postings,
)
"""One row for each posting of an entry, by the sequence of the journal's entry that holds it; no amount is a float."""

READ_TABLES = (REFERENCE_PRICES, ENTRY_POSTINGS)
