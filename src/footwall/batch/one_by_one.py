"""What the query did not take at a glance, read record by record by the readable law."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from footwall.batch.engine import left_over
from footwall.batch.lines import Raw, empty_record, unread_fields, unread_problems
from footwall.duties import CreditBook, DutyStep, Liability, Rates, assess_line, problems_of_record
from footwall.errors import Problem
from footwall.tariffs import Schedule

_LINE_ID_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Read:
    """One record: its liability with the steps to it, or its problems with the name of the line."""

    row: int
    liability: Liability | None
    steps: tuple[DutyStep, ...] = ()
    problems: tuple[Problem, ...] = ()
    line_id: str | None = None


def read_one_by_one(
    connection: duckdb.DuckDBPyConnection, raw: Raw, schedule: Schedule, rates: Rates, book: CreditBook
) -> Iterator[Read]:
    """Every record that is left over, in order."""
    for record in left_over(connection, raw):
        row = int(str(record.pop("source_row")))
        unread = unread_fields(record) if raw.unread else frozenset()
        if not unread and not any(value is not None and str(value).strip() for value in record.values()):
            yield Read(row, None, problems=(empty_record(raw.source, row),))
            continue
        told: tuple[Problem, ...]
        if unread:
            beside = problems_of_record(record, schedule, rates, row, raw.source, unread=unread, book=book)
            told = (*unread_problems(unread, raw.source, row), *beside)
        else:
            result = assess_line(record, schedule, rates, row, raw.source, book=book)
            if isinstance(result[0], Liability):
                yield Read(row, result[0], tuple(step for step in result[1] if isinstance(step, DutyStep)))
                continue
            told = tuple(problem for problem in result if isinstance(problem, Problem))
        named = record.get("line_id")
        yield Read(row, None, (), told, None if named is None else str(named)[:_LINE_ID_SHOWN])
