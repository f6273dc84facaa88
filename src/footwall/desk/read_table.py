"""The reference prices as a table in the journal's database, for whoever asks it with SQL alone."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Boolean, Column, MetaData, Table, Text

from footwall.journal import Entry, ReadTable


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
