"""A few lines as raw records, for whoever assesses them one by one."""

import duckdb

from footwall.batch.lines import RAW, UNREAD, open_lines, unread_problems
from footwall.errors import LinesError


def read_records(lines: object, columns: object = None) -> list[dict[str, object]]:
    """The records of a file or table of lines, as they stand, in their order; by the mapping `columns` where they have names of their own.

    Raises LinesError where it cannot be read, or a record of it is not whole.
    """
    with duckdb.connect() as connection:
        raw = open_lines(connection, lines, columns)
        unread = (
            connection.execute(f"SELECT source_row, {UNREAD} FROM {RAW} WHERE {UNREAD} IS NOT NULL")
            if raw.unread
            else None
        )
        fields = [
            unread_problems(str(named).split("\n"), raw.source, row)
            for row, named in (unread.fetchall() if unread else ())
        ]
        problems = [
            *raw.problems,
            *(problem for found in fields for problem in found),
            *(raw.mapped.faults(connection) if raw.mapped else ()),
        ]
        if problems:
            raise LinesError(f"{raw.source or 'the table'} has records that cannot be read", problems)
        left = f"source_row, {UNREAD}" if raw.unread else "source_row"
        found = connection.execute(f"SELECT * EXCLUDE ({left}) FROM {RAW} ORDER BY source_row")
        names = [str(column[0]) for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
