"""What the lines of a batch meet: each distinct combination once, with the terms that hold for it and how large its lines may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import duckdb
import pyarrow as pa

from footwall.batch.days import in_periods, period_starts
from footwall.duties import CODE, Compiled, Key, Meeting, Terms, claims_of, meet, read_stages
from footwall.tariffs import Schedule

KEYS: Final = "keys"
_KEY: Final = ("importer", "origin", "hs_code", "form_stated", "entry_type")
_MASS_MAX: Final = Decimal(10) ** 17


@dataclass(frozen=True, slots=True)
class Met:
    """Every meeting, numbered as a cell by its place, with the entry type and the basis of value; and the keys that lead to it."""

    meetings: tuple[tuple[Meeting, str, str], ...]
    keys: tuple[dict[str, object], ...]


def key_columns(schedule: Schedule) -> tuple[str, ...]:
    """The columns by which a line finds what it meets under `schedule`."""
    conditions = schedule.conditions
    return (
        *_KEY,
        "period",
        *(["floor_period"] if conditions.days else []),
        *(["claims"] if schedule.programmes else []),
        *(["stages"] if conditions.reads_stages else []),
    )


def meetings(connection: duckdb.DuckDBPyConnection, shaped: str, schedule: Schedule) -> Met:
    """What the usable rows of `shaped` meet. A combination that cannot be resolved has no key: its lines are left over."""
    columns = key_columns(schedule)
    rows = connection.execute(
        f"SELECT DISTINCT {', '.join(columns)} FROM ({in_periods(shaped, schedule)}) WHERE usable ORDER BY ALL"
    ).fetchall()
    cells: dict[tuple[object, ...], int] = {}
    found: list[tuple[Meeting, str, str]] = []
    seen: dict[Key, Meeting | None] = {}
    keys: list[dict[str, object]] = []
    starts = period_starts(schedule)
    for row in rows:
        stated = dict(zip(columns, row, strict=True))
        key = _key(stated, starts)
        if key is None:
            continue
        if key not in seen:
            resolved = meet(key, schedule)
            seen[key] = resolved if isinstance(resolved, Meeting) and not resolved.by_contents else None
        meeting = seen[key]
        if meeting is None:
            continue
        entry_type, valuation = stated["entry_type"], schedule.facts.countries[key.importer].valuation
        cell = cells.setdefault((*meeting.identity, entry_type, valuation), len(cells))
        if cell == len(found):
            found.append((meeting, entry_type, valuation))
        keys.append({**stated, "cell": cell})
    return Met(tuple(found), tuple(keys))


def _key(stated: Mapping[str, Any], starts: Mapping[int, date]) -> Key | None:
    """What decides which measures these lines meet; None where a part of it cannot be read, so that they are left over."""
    period, floor_period, hs_code = stated["period"], stated.get("floor_period", stated["period"]), stated["hs_code"]
    if period is None or floor_period is None or (hs_code and not CODE.fullmatch(hs_code)):
        return None
    if not (hs_code or stated["form_stated"]):
        return None
    stages = read_stages(stated.get("stages", ""))
    if stages is None:
        return None
    on, floor_on = starts[period], starts[floor_period]
    return Key(
        stated["importer"],
        stated["origin"],
        hs_code or None,
        stated["form_stated"] or None,
        on,
        None if floor_on == on else floor_on,
        claims_of(stated.get("claims")),
        tuple(sorted(stages.items())),
    )


def load_keys(
    connection: duckdb.DuckDBPyConnection,
    keys: Sequence[dict[str, object]],
    lanes: Mapping[bool, Compiled],
    terms: Terms,
    columns: Sequence[str],
) -> None:
    """Fill KEYS: each key with its cell, the largest mass of either lane, and what decides whether a line is complete."""
    types = {name: pa.int32() if name.endswith("period") else pa.string() for name in columns} | {"cell": pa.int32()}
    types |= {"narrow_kg": pa.decimal128(18, 0), "wide_kg": pa.decimal128(18, 0)}
    types |= {
        name: pa.bool_() if name in {"needs_content", "needs_contents"} else pa.string()
        for name in said_of_cells(terms)
    }
    rows = [key | _limits(int(str(key["cell"])), lanes, terms) for key in keys]
    table = pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()})
    connection.register("keys_given", table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {KEYS} AS SELECT * FROM keys_given")


def said_of_cells(terms: Terms) -> list[str]:
    """The columns of KEYS that say something of the cell beside its limits."""
    currencies = (f"{slot}_currency" for slot in sorted(terms.foreign))
    contents = ["needs_contents"] if terms.elements else []
    return ["needs_content", *contents, "standard_content_known", "valuation", *currencies]


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
        "needs_contents": cell.get("needs_contents"),
        "standard_content_known": "yes" if cell["standard_content"] is not None else None,
        "valuation": cell["valuation"],
        **{f"{slot}_currency": cell.get(f"{slot}_currency") for slot in terms.foreign},
    }
