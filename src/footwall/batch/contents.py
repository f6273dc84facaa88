"""What lines declare of their contents, read once for each text that is told, as a table of shares beside them."""

from typing import Final

import duckdb
import pyarrow as pa

from footwall.duties import misnamed, names_of, read_contents
from footwall.tariffs import Schedule

CONTENTS: Final = "contents_read"
_SHARE: Final = pa.decimal128(18, 6)
_AT_ONCE: Final = 100_000


def load_contents(connection: duckdb.DuckDBPyConnection, shaped: str, schedule: Schedule) -> None:
    """Fill CONTENTS with every text of `shaped` that can be read at a glance, and the share of each element that the schedule taxes."""
    names = [f"c{slot}_share" for slot, _ in enumerate(schedule.elements)]
    columns = ", ".join(["contents_told VARCHAR", *(f"{name} DECIMAL(18,6)" for name in names)])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {CONTENTS} ({columns})")
    of_schedule = names_of(schedule)
    told = connection.sql(f"SELECT DISTINCT contents_told FROM {shaped} WHERE usable AND contents_told <> ''")
    schema = pa.schema([("contents_told", pa.string()), *((name, _SHARE) for name in names)])
    for batch in told.to_arrow_table().to_batches(_AT_ONCE):
        rows = []
        for text in batch.column(0).to_pylist():
            shares = read_contents(text)
            if shares is not None and not misnamed(shares, of_schedule):
                found = {name: shares.get(element) for name, element in zip(names, schedule.elements, strict=True)}
                rows.append({"contents_told": text, **found})
        connection.register("contents_given", pa.Table.from_pylist(rows, schema))
        connection.execute(f"INSERT INTO {CONTENTS} SELECT * FROM contents_given")
