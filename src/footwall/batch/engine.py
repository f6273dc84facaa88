"""Runs the law's SQL in DuckDB: finds what the lines meet, splits them into lanes, and assesses each where it belongs.

Lane 1 holds lines whose amounts fit 18 digits, lane 2 those that need 38. Lane 0 is everything that the query does not
take at a glance: those records are read one by one by the readable law, which assesses them or says what is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

import duckdb
import pyarrow as pa

from footwall.batch.lines import RAW, Raw
from footwall.batch.schema import numbered_schema
from footwall.duties import (
    CODE,
    NARROW,
    QUERY_AMOUNT_MAX,
    WIDE,
    Compiled,
    Key,
    Meeting,
    Rates,
    Shape,
    Terms,
    compile_lane,
    compile_terms,
    law_query,
    meet,
    shape_query,
    steps_query,
)
from footwall.errors import UsageError
from footwall.tariffs import Schedule

RATE_PLACES_MAX: Final = 12
CALENDAR_DAYS_MAX: Final = 40_000
SHAPED: Final = "shaped_lines"
MET: Final = "met_lines"
EXTRA: Final = "extra_liabilities"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The query that assesses the whole relation, with `source_row` beside each liability, and what was left over."""

    query: str
    steps: str
    lines: int
    left_over: int
    terms: Terms


def prepare(connection: duckdb.DuckDBPyConnection, raw: Raw, schedule: Schedule, rates: Rates) -> Prepared:
    """Compile what the lines of RAW meet under `schedule`, and write the query that assesses them."""
    shape = shape_query(RAW, raw.columns)
    connection.execute(f"CREATE OR REPLACE VIEW {SHAPED} AS {shape.query}")
    places = _load_rates(connection, rates, schedule.currency)
    _load_calendar(connection, schedule)
    meetings, keys = _meetings(connection, schedule)
    terms = compile_terms(meetings, schedule)
    return _query(connection, keys, terms, shape, schedule, rate_places=places)


def left_over(connection: duckdb.DuckDBPyConnection, raw: Raw) -> Iterator[dict[str, object]]:
    """The raw records that the query does not take, each with its `source_row`, in order."""
    zoned = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name, kind in raw.columns.items() if "ZONE" in kind)
    rows = connection.execute(
        f"SELECT * {f'REPLACE ({zoned}) ' if zoned else ''}FROM {RAW} "
        f"WHERE source_row IN (SELECT source_row FROM {MET} WHERE lane = 0) ORDER BY source_row"
    )
    names = [column[0] for column in rows.description or ()]
    while batch := rows.fetchmany(10_000):
        for row in batch:
            yield dict(zip(names, row, strict=True))


def _load_rates(connection: duckdb.DuckDBPyConnection, rates: Rates, currency: str) -> int:
    used = [(source, on, rate) for (source, target, on), rate in rates.items() if target == currency]
    places = max((max(0, -int(rate.normalize().as_tuple().exponent)) for *_, rate in used), default=0)
    if places > RATE_PLACES_MAX:
        raise UsageError(
            f"a rate of exchange has {places} decimals; give rates as published, with at most {RATE_PLACES_MAX}"
        )
    used = [row for row in used if row[0] != currency]
    table = pa.table(
        {
            "rate_currency": pa.array([row[0] for row in used], pa.string()),
            "rate_on": pa.array([row[1] for row in used], pa.date32()),
            "rate": pa.array([row[2] for row in used], pa.decimal128(18, places)),
        }
    )
    connection.register("rates_given", table)
    connection.execute("CREATE OR REPLACE TEMP TABLE rates AS SELECT * FROM rates_given")
    return max(places, 1) if used else 0


def _load_calendar(connection: duckdb.DuckDBPyConnection, schedule: Schedule) -> None:
    """The schedule's period on each day between its first change and the last near one; a join asks it fastest."""
    points = schedule.breakpoints[: _near(schedule)]
    ends = [*points[1:], points[-1]]
    spans = [(period, day, (end - day).days) for period, (day, end) in enumerate(zip(points, ends, strict=True))]
    days = [(day + timedelta(days=offset), period) for period, day, length in spans for offset in range(length)]
    columns = {
        "calendar_day": pa.array([day for day, _ in days], pa.date32()),
        "period": pa.array([period for _, period in days], pa.int32()),
    }
    connection.register("calendar_given", pa.table(columns))
    connection.execute("CREATE OR REPLACE TEMP TABLE calendar AS SELECT * FROM calendar_given")


def _near(schedule: Schedule) -> int:
    """How many of the schedule's changes the calendar reaches; an end in the year 9998 is not worth its days."""
    points = schedule.breakpoints
    return sum((day - points[0]).days <= CALENDAR_DAYS_MAX for day in points)


def _period(schedule: Schedule) -> str:
    """The number of the period that a day falls into, NULL before the first: far changes one by one, near ones by calendar."""
    points = schedule.breakpoints
    later = [(number, points[number]) for number in range(len(points) - 1, _near(schedule) - 2, -1)]
    whens = " ".join(f"WHEN entry_date >= DATE '{day}' THEN {number}" for number, day in later)
    return f"(CASE {whens} ELSE calendar.period END)"


def _meetings(
    connection: duckdb.DuckDBPyConnection, schedule: Schedule
) -> tuple[list[tuple[Meeting, str, str]], list[dict[str, object]]]:
    rows = connection.execute(
        f"SELECT DISTINCT importer, origin, hs_code, form_stated, entry_type, {_period(schedule)} AS period "
        f"FROM {SHAPED} LEFT JOIN calendar ON calendar_day = entry_date WHERE usable ORDER BY ALL"
    ).fetchall()
    cells: dict[tuple[object, ...], int] = {}
    meetings: list[tuple[Meeting, str, str]] = []
    seen: dict[Key, Meeting | None] = {}
    keys: list[dict[str, object]] = []
    for importer, origin, hs_code, form, entry_type, period in rows:
        if period is None or (hs_code and not CODE.fullmatch(hs_code)):
            continue
        key = Key(importer, origin, hs_code or None, form or None, schedule.breakpoints[period])
        if key not in seen:
            found = meet(key, schedule)
            seen[key] = found if isinstance(found, Meeting) else None
        meeting = seen[key]
        if meeting is None or (key.hs_code is None and key.form is None):
            continue
        valuation = schedule.facts.countries[importer].valuation
        cell = cells.setdefault((*meeting.identity, entry_type, valuation), len(cells))
        if cell == len(meetings):
            meetings.append((meeting, entry_type, valuation))
        keys.append(
            {"importer": importer, "origin": origin, "hs_code": hs_code, "form_stated": form,
             "entry_type": entry_type, "period": period, "cell": cell}
        )  # fmt: skip
    return meetings, keys


_KEY_TYPES: Final[Mapping[str, pa.DataType]] = {
    "importer": pa.string(),
    "origin": pa.string(),
    "hs_code": pa.string(),
    "form_stated": pa.string(),
    "entry_type": pa.string(),
    "period": pa.int32(),
    "cell": pa.int32(),
}


def _query(
    connection: duckdb.DuckDBPyConnection,
    keys: list[dict[str, object]],
    terms: Terms,
    shape: Shape,
    schedule: Schedule,
    *,
    rate_places: int,
) -> Prepared:
    lanes = {wide: compile_lane(terms, shape, rate_places, wide=wide) for wide in (False, True)}
    for wide, compiled in lanes.items():
        connection.register("terms_given", compiled.table)
        name = "terms_wide" if wide else "terms_narrow"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM terms_given")
    rows = [key | _limits(key, lanes, terms) for key in keys]
    types = {**_KEY_TYPES, "narrow_kg": pa.decimal128(18, 0), "wide_kg": pa.decimal128(18, 0)}
    types |= {name: pa.bool_() if name == "needs_content" else pa.string() for name in _key_extras(terms)}
    connection.register(
        "keys_given", pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()})
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE keys AS SELECT * FROM keys_given")
    connection.execute(f"CREATE OR REPLACE VIEW {MET} AS {_met(terms, lanes, schedule, converts=rate_places > 0)}")
    counts = dict(connection.execute(f"SELECT lane, count(*) FROM {MET} GROUP BY lane").fetchall())
    parts, steps = [], []
    for number, wide, lane in ((1, False, NARROW), (2, True, WIDE)):
        if counts.get(number):
            name = "terms_wide" if wide else "terms_narrow"
            source = f"(SELECT m.*, t.* EXCLUDE (cell) FROM {MET} m JOIN {name} t ON m.cell = t.cell)"
            where = f"lane = {number}"
            parts.append(law_query(terms, lanes[wide].scales, lane, source, where, wide=wide))
            steps.append(steps_query(terms, lanes[wide].scales, lane, source, where, wide=wide))
    connection.register("no_liabilities", numbered_schema(terms).empty_table())
    connection.execute(f"CREATE OR REPLACE VIEW {EXTRA} AS SELECT * FROM no_liabilities")
    parts.append(f"SELECT * FROM {EXTRA}")
    lines = int(sum(counts.values()))
    return Prepared(" UNION ALL ".join(parts), " UNION ALL ".join(steps), lines, int(counts.get(0, 0)), terms)


def _key_extras(terms: Terms) -> list[str]:
    return [
        "needs_content",
        "standard_content_known",
        "valuation",
        *(f"{slot}_currency" for slot in sorted(terms.foreign)),
    ]


def _limits(key: Mapping[str, object], lanes: Mapping[bool, Compiled], terms: Terms) -> dict[str, object]:
    number = key["cell"]
    if not isinstance(number, int):
        raise TypeError("a cell is numbered")
    cell = terms.cells[number]
    most = Decimal(10) ** 17
    narrow = lanes[False].mass_limits.get(number)
    extras: dict[str, object] = {
        "needs_content": cell["needs_content"],
        "standard_content_known": "yes" if cell["standard_content"] is not None else None,
        "valuation": cell["valuation"],
    }
    extras |= {f"{slot}_currency": cell.get(f"{slot}_currency") for slot in terms.foreign}
    return {
        "narrow_kg": Decimal(-1) if narrow is None else min(most, Decimal(int(narrow))),
        "wide_kg": min(most, Decimal(int(lanes[True].mass_limits[number])), _decimal(cell["mass_max"])),
        **extras,
    }


def _decimal(value: object) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError("a limit is a decimal")
    return value


def _met(terms: Terms, lanes: Mapping[bool, Compiled], schedule: Schedule, *, converts: bool) -> str:
    own = schedule.currency
    rate = f"(CASE WHEN line_currency = '{own}' THEN 1 ELSE line_rates.rate END)" if converts else "1"
    joins, rates, ready = [], [f"{rate} AS line_rate"], []
    if converts:
        joins.append(
            "LEFT JOIN rates line_rates ON line_rates.rate_currency = line_currency AND line_rates.rate_on = entry_date"
        )
        ready.append("line_rate IS NOT NULL")
    else:
        ready.append(f"line_currency = '{own}'")
    for slot in sorted(terms.foreign):
        name = f"rates_{slot}"
        joins.append(
            f"LEFT JOIN rates {name} ON {name}.rate_currency = {slot}_currency AND {name}.rate_on = entry_date"
        )
        rates.append(
            f"(CASE WHEN {slot}_currency IS NULL OR {slot}_currency = '{own}' THEN 1 ELSE {name}.rate END) AS {slot}_rate"
        )
        ready.append(f"{slot}_rate IS NOT NULL AND {_times('net_mass_kg', f'{slot}_rate', 'wide_kg')}")
    freight = "freight_insurance IS NOT NULL AND (valuation = 'cif' OR freight_insurance <= customs_value_declared)"
    ready += [
        "usable",
        "cell IS NOT NULL",
        "(NOT needs_content OR content IS NOT NULL OR standard_content_known IS NOT NULL)",
        f"(valuation_basis IS NULL OR valuation_basis = valuation OR ({freight}))",
    ]
    fits, fits_wide = (_fit(lanes[wide], converts=converts) for wide in (False, True))
    foreign = "".join(f" AND {_times('net_mass_kg', f'{slot}_rate', 'narrow_kg')}" for slot in sorted(terms.foreign))
    lane = (
        f"CASE WHEN ({' AND '.join(ready)}) IS NOT TRUE THEN 0 WHEN net_mass_kg <= narrow_kg{foreign} AND {fits} THEN 1 "
        f"WHEN net_mass_kg <= wide_kg AND {fits_wide} THEN 2 ELSE 0 END"
    )
    key = " AND ".join(
        f"s.{name} = k.{name}" for name in ("importer", "origin", "hs_code", "form_stated", "entry_type")
    )
    extras = ", ".join(["k.cell", "k.narrow_kg", "k.wide_kg", *(f"k.{name}" for name in _key_extras(terms))])
    dated = f"SELECT *, {_period(schedule)} AS period_met FROM {SHAPED} LEFT JOIN calendar ON calendar_day = entry_date"
    met = f"SELECT s.*, {extras} FROM ({dated}) s LEFT JOIN keys k ON {key} AND s.period_met = k.period"
    kept = "source_row, line_id, entry_date, net_mass_kg, customs_value_declared, content, freight_insurance, "
    kept += "related_parties, direct_invoice, valuation_basis, usable, line_currency, cell, narrow_kg, wide_kg, "
    kept += ", ".join(_key_extras(terms))
    rated = f"SELECT {kept}, {', '.join(rates)} FROM ({met}) {' '.join(joins)}"
    return f"SELECT * EXCLUDE (valuation, {', '.join(f'{slot}_currency' for slot in sorted(terms.foreign)) or 'usable'}), {lane} AS lane FROM ({rated})"


def _fit(lane: Compiled, *, converts: bool) -> str:
    """Whether the value and the freight stay within the lane, as declared and at the day's rate."""
    limit = str(min(int(lane.value_limit), int(QUERY_AMOUNT_MAX)))
    names = ["customs_value_declared"]
    if lane.scales.has_freight:
        names.append("(CASE WHEN freight_insurance IS NULL THEN 0 ELSE freight_insurance END)")
    rated = [_times(name, "line_rate", limit) for name in names] if converts else []
    return " AND ".join([*(f"{name} < {limit}" for name in names), *rated])


def _times(number: str, rate: str, limit: str) -> str:
    """Whether a product stays within a limit; it is taken only where the number does, so that no digit overflows."""
    return f"(CASE WHEN {number} <= {limit} THEN {number} * {rate} <= {limit} ELSE FALSE END)"
