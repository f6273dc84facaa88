"""What the lines of a batch meet: each distinct combination once, with the terms that hold for it and how large its lines may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import duckdb
import pyarrow as pa

from footwall.batch.days import CALENDAR, period_of_day
from footwall.duties import CODE, Compiled, Key, Meeting, Terms, meet
from footwall.tariffs import Schedule

KEYS: Final = "keys"
KEY: Final = ("importer", "origin", "hs_code", "form_stated", "entry_type")
"""The columns by which a line finds what it meets, beside its period."""
_MASS_MAX: Final = Decimal(10) ** 17


@dataclass(frozen=True, slots=True)
class Met:
    """Every meeting, numbered as a cell by its place, with the entry type and the basis of value; and the keys that lead to it."""

    meetings: tuple[tuple[Meeting, str, str], ...]
    keys: tuple[dict[str, object], ...]


def meetings(connection: duckdb.DuckDBPyConnection, shaped: str, schedule: Schedule) -> Met:
    """What the usable rows of `shaped` meet. A combination that cannot be resolved has no key: its lines are left over."""
    rows = connection.execute(
        f"SELECT DISTINCT {', '.join(KEY)}, {period_of_day(schedule)} AS period "
        f"FROM {shaped} LEFT JOIN {CALENDAR} ON calendar_day = entry_date WHERE usable ORDER BY ALL"
    ).fetchall()
    cells: dict[tuple[object, ...], int] = {}
    found: list[tuple[Meeting, str, str]] = []
    seen: dict[Key, Meeting | None] = {}
    keys: list[dict[str, object]] = []
    for *stated, period in rows:
        importer, origin, hs_code, form, entry_type = stated
        if period is None or (hs_code and not CODE.fullmatch(hs_code)) or not (hs_code or form):
            continue
        key = Key(importer, origin, hs_code or None, form or None, schedule.breakpoints[period])
        if key not in seen:
            resolved = meet(key, schedule)
            seen[key] = resolved if isinstance(resolved, Meeting) else None
        meeting = seen[key]
        if meeting is None:
            continue
        valuation = schedule.facts.countries[importer].valuation
        cell = cells.setdefault((*meeting.identity, entry_type, valuation), len(cells))
        if cell == len(found):
            found.append((meeting, entry_type, valuation))
        keys.append({**dict(zip(KEY, stated, strict=True)), "period": period, "cell": cell})
    return Met(tuple(found), tuple(keys))


def load_keys(
    connection: duckdb.DuckDBPyConnection,
    keys: Sequence[dict[str, object]],
    lanes: Mapping[bool, Compiled],
    terms: Terms,
) -> None:
    """Fill KEYS: each key with its cell, the largest mass of either lane, and what decides whether a line is complete."""
    types = {name: pa.string() for name in KEY}
    types |= {"period": pa.int32(), "cell": pa.int32()}
    types |= {"narrow_kg": pa.decimal128(18, 0), "wide_kg": pa.decimal128(18, 0)}
    types |= {name: pa.bool_() if name == "needs_content" else pa.string() for name in said_of_cells(terms)}
    rows = [key | _limits(int(str(key["cell"])), lanes, terms) for key in keys]
    columns = {name: pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()}
    connection.register("keys_given", pa.table(columns))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {KEYS} AS SELECT * FROM keys_given")


def said_of_cells(terms: Terms) -> list[str]:
    """The columns of KEYS that say something of the cell beside its limits."""
    currencies = (f"{slot}_currency" for slot in sorted(terms.foreign))
    return ["needs_content", "standard_content_known", "valuation", *currencies]


def _limits(number: int, lanes: Mapping[bool, Compiled], terms: Terms) -> dict[str, object]:
    cell = terms.cells[number]
    narrow = lanes[False].mass_limits.get(number)
    mass_max = cell["mass_max"]
    if not isinstance(mass_max, Decimal):
        raise TypeError("the largest mass of a cell is a decimal")
    return {
        "narrow_kg": Decimal(-1) if narrow is None else min(_MASS_MAX, Decimal(int(narrow))),
        "wide_kg": min(_MASS_MAX, Decimal(int(lanes[True].mass_limits[number])), mass_max),
        "needs_content": cell["needs_content"],
        "standard_content_known": "yes" if cell["standard_content"] is not None else None,
        "valuation": cell["valuation"],
        **{f"{slot}_currency": cell.get(f"{slot}_currency") for slot in terms.foreign},
    }
