"""A table that every data-frame library can take."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


class Table:
    """Rows in columns. Hand it to Arrow, pandas, Polars or DuckDB; nothing is computed again.

    It speaks the Arrow C stream protocol, so `polars.DataFrame(table)` and `duckdb.from_arrow(table)` take it as it is.
    """

    def __init__(self, data: pa.Table) -> None:
        """Wrap an Arrow table."""
        self._data = data

    def __len__(self) -> int:
        """How many rows."""
        return int(self._data.num_rows)

    def __repr__(self) -> str:
        """Rows and columns."""
        return f"Table({len(self):,} rows: {', '.join(self.columns)})"

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The Arrow C stream."""
        return self._data.__arrow_c_stream__(requested_schema)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._data.column_names)

    def to_arrow(self) -> pa.Table:
        """As an Arrow table."""
        return self._data

    def to_pandas(self) -> "pd.DataFrame":
        """As a pandas data frame; decimals stay `Decimal`."""
        frame: pd.DataFrame = self._data.to_pandas()
        return frame

    def to_polars(self) -> "pl.DataFrame":
        """As a Polars data frame. Needs polars."""
        import polars as pl

        frame = pl.from_arrow(self._data)
        if not isinstance(frame, pl.DataFrame):
            raise TypeError("a table becomes a data frame")
        return frame

    def to_pylist(self) -> list[dict[str, Any]]:
        """As a list of dicts, one for each row."""
        return list(self._data.to_pylist())

    def write(self, path: Path) -> None:
        """Write to `path`: CSV where it ends in .csv, else Parquet. Lists become words parted by spaces in CSV."""
        if path.suffix.lower() == ".csv":
            pyarrow.csv.write_csv(_flat(self._data), path)
        else:
            pyarrow.parquet.write_table(self._data, path)


def _flat(data: pa.Table) -> pa.Table:
    columns = {}
    for name in data.column_names:
        column = data[name]
        if pa.types.is_list(column.type):
            column = pa.array([None if row is None else " ".join(row) for row in column.to_pylist()], pa.string())
        columns[name] = column
    return pa.table(columns)
