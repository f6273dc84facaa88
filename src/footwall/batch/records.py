"""A few lines as raw records, for whoever assesses them one by one."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from footwall.batch.lines import RAW, UNREAD, missing_column, open_lines, unread_problems
from footwall.errors import LinesError, Problem


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


def check_columns(lines: object, also: Mapping[str, str], told: str) -> None:
    """Raise LinesError, which says `told`, for every column that the lines lack: those of any line, and `also`, each with what to do."""
    with duckdb.connect() as connection:
        missing: list[Problem] = []
        try:
            open_lines(connection, lines)
        except LinesError as error:
            if any(problem.code != "column_missing" for problem in error.problems):
                raise
            missing += error.problems
        names = [str(row[0]) for row in connection.execute(f"DESCRIBE {RAW}").fetchall()]
    source = str(lines) if isinstance(lines, str | Path) else None
    absent = [missing_column(name, names, source) for name in also if name not in names]
    missing += [replace(one, remedy=f"{one.remedy} {also[str(one.field)]}".strip()) for one in absent]
    if missing:
        raise LinesError(told, missing)
