"""One line at a time, by the readable law: for quotations, explanations and rehearsals."""

from collections.abc import Mapping

from footwall.duties.asked import columns_asked
from footwall.duties.credits import CreditBook, drawn
from footwall.duties.law import owe
from footwall.duties.rates import Rates
from footwall.duties.read import read_line, read_words
from footwall.duties.records import DutyStep, Liability, Line
from footwall.duties.resolve import problems_of, resolve, unknown_words
from footwall.errors import Problem
from footwall.tariffs import Schedule


def assess_line(
    line: Line | Mapping[str, object],
    schedule: Schedule,
    rates: Rates,
    row: int | None = None,
    source: str | None = None,
    *,
    book: CreditBook | None = None,
) -> tuple[Liability, tuple[DutyStep, ...]] | tuple[Problem, ...]:
    """What one line owes with its steps, or every problem that keeps it from being assessed (then all are `Problem`).

    `line` may be a raw record, read as a row of a file would be. `rates` as `footwall.duties.read_rates` gives them. The
    credits that it names are drawn from `book`, which then holds that they are used.
    """
    if not isinstance(line, Line):
        read = read_line(line, row, source, columns_asked(schedule))
        if not isinstance(read, Line):
            return (*read, *_other_faults(line, read, schedule, row, source))
        line = read
    resolved = resolve(line, schedule, rates, book)
    if isinstance(resolved, tuple):
        return problems_of(resolved, row, source)
    liability, steps = owe(resolved)
    if book is not None:
        book.use(drawn(resolved.credits, liability.credit), line.line_id)
    return liability, steps


def _other_faults(
    record: Mapping[str, object], told: tuple[Problem, ...], schedule: Schedule, row: int | None, source: str | None
) -> tuple[Problem, ...]:
    """What else is wrong with a record that could not be read, so that its owner mends it once."""
    unreadable = {problem.field for problem in told}
    words = {name: word for name, word in read_words(record).items() if name not in unreadable}
    return problems_of(unknown_words(words, schedule.facts), row, source)
