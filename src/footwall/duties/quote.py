"""One line at a time, by the readable law: for quotations, explanations and rehearsals."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from footwall.duties.asked import columns_asked
from footwall.duties.credits import CreditBook, drawn
from footwall.duties.law import owe
from footwall.duties.method import ZERO
from footwall.duties.rates import Rates
from footwall.duties.read import read_line, read_values
from footwall.duties.records import DutyStep, Liability, Line
from footwall.duties.resolve import faults_beside, problems_of, resolve
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
            return problems_of_record(line, schedule, rates, row, source, book=book)
        line = read
    resolved = resolve(line, schedule, rates, book)
    if isinstance(resolved, tuple):
        return problems_of(resolved, row, source)
    liability, steps = owe(resolved)
    if book is not None:
        book.use(drawn(resolved.credits, liability.credit), line.line_id)
    return liability, steps


def problems_of_record(
    record: Mapping[str, object],
    schedule: Schedule,
    rates: Rates,
    row: int | None = None,
    source: str | None = None,
    *,
    unread: AbstractSet[str] = frozenset(),
    book: CreditBook | None = None,
) -> tuple[Problem, ...]:
    """Every problem of a record that cannot be read as a whole, so that its owner mends it once; none of its fields `unread`.

    What hangs on a field that cannot be read is not told: nobody knows it.
    """
    values, faults = read_values(record, columns_asked(schedule), unread)
    lost = unread | {fault[0] for fault in faults}
    line = Line(**{**_NOTHING_SAID, **{name: value for name, value in values.items() if name not in lost}})  # type: ignore[arg-type]
    if "customs_value" in lost:
        line = replace(line, customs_value=line.freight_insurance or ZERO)
    beside = faults_beside(line, lost, schedule, rates, book or CreditBook())
    return problems_of((*faults, *beside), row, source)


_NOTHING_SAID: Final[Mapping[str, object]] = MappingProxyType(
    {
        "line_id": "",
        "entry_date": date.min,
        "importer": "",
        "origin": "",
        "hs_code": None,
        "form": None,
        "net_mass_kg": Decimal(1),
        "customs_value": ZERO,
        "currency": "",
        "entry_type": "warehouse",
    }
)
"""What stands in a line for fields that cannot be read; no fault follows from it."""
