"""The one form in which observations are kept: a Parquet file whose bytes follow from its rows alone."""

from io import BytesIO
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet

from footwall.errors import ObservationsError, Problem
from footwall.intake.columns import HELD

ROWS_OF_A_GROUP: Final = 131_072
"""Rows are compressed in groups of so many, so that several processors can read one file."""


def parquet_bytes(table: pa.Table) -> bytes:
    """`table`, in the columns of HELD, by id, as Parquet: the same rows are the same bytes (of one release of pyarrow).

    Raises KeyError for a table that lacks one of these columns: the caller's fault.
    """
    held = table.select(HELD.names).cast(HELD).sort_by("observation").combine_chunks()
    written = BytesIO()
    pyarrow.parquet.write_table(
        held.replace_schema_metadata(None),
        written,
        row_group_size=ROWS_OF_A_GROUP,
        compression="zstd",
        version="2.6",
        data_page_version="1.0",
        store_schema=False,
    )
    return written.getvalue()


def read_parquet(source: bytes | str | Path) -> pa.Table:
    """What `parquet_bytes` wrote, from bytes or a path, in the columns of HELD.

    Raises ObservationsError for anything else.
    """
    called = None if isinstance(source, bytes) else str(source)
    try:
        file = pa.BufferReader(source) if isinstance(source, bytes) else str(source)
        return pyarrow.parquet.ParquetFile(file).read().select(HELD.names).cast(HELD).combine_chunks()
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        told = (str(error).splitlines() or ["nothing"])[0][:200]
        remedy = "Take the file that was kept when the observations came in."
        problem = Problem("file_damaged", told, "observations as they are kept", remedy, called)
        raise ObservationsError(f"{called or 'The evidence'} cannot be read.", [problem]) from None
