"""A few lines as raw records, for whoever assesses them one by one."""

import duckdb

from footwall.batch.lines import RAW, open_lines
from footwall.errors import LinesError


def read_records(lines: object) -> list[dict[str, object]]:
    """The records of a file or table of lines, as they stand, in their order.

    Raises LinesError where it cannot be read, or a record of it is not whole.
    """
    with duckdb.connect() as connection:
        raw = open_lines(connection, lines)
        if raw.problems:
            raise LinesError(f"{raw.source or 'the table'} has records that cannot be read", raw.problems)
        found = connection.execute(f"SELECT * EXCLUDE (source_row) FROM {RAW} ORDER BY source_row")
        names = [str(column[0]) for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
