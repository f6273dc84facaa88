"""Runs the law's SQL in DuckDB: finds what the lines meet, splits them into lanes, and assesses each where it belongs.

Lane 1 holds lines whose amounts fit 18 digits, lane 2 those that need 38. Lane 0 is everything that the query does not
take at a glance: those records are read one by one by the readable law, which assesses them or says what is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

from footwall.batch.contents import load_contents
from footwall.batch.days import load_calendar, load_rates
from footwall.batch.lanes import lanes_query
from footwall.batch.lines import RAW, Raw
from footwall.batch.meetings import Met, key_columns, load_keys, meetings
from footwall.batch.schema import numbered_schema
from footwall.duties import (
    NARROW,
    WIDE,
    Rates,
    Shape,
    Terms,
    columns_asked,
    compile_lane,
    compile_terms,
    law_query,
    shape_query,
    steps_query,
)
from footwall.tariffs import Schedule

SHAPED: Final = "shaped_lines"
IN_LANES: Final = "lines_in_lanes"
EXTRA: Final = "extra_liabilities"
_TERMS: Final = {False: "terms_narrow", True: "terms_wide"}


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
    shape = shape_query(RAW, raw.columns, columns_asked(schedule))
    connection.execute(f"CREATE OR REPLACE VIEW {SHAPED} AS {shape.query}")
    places = load_rates(connection, rates, schedule.currency)
    load_calendar(connection, schedule)
    if schedule.elements:
        load_contents(connection, SHAPED, schedule)
    met = meetings(connection, SHAPED, schedule)
    terms = compile_terms(met.meetings, schedule)
    return _query(connection, met, terms, shape, schedule, rate_places=places)


def left_over(connection: duckdb.DuckDBPyConnection, raw: Raw) -> Iterator[dict[str, object]]:
    """The raw records that the query does not take, each with its `source_row`, in order."""
    zoned = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name, kind in raw.columns.items() if "ZONE" in kind)
    rows = connection.execute(
        f"SELECT * {f'REPLACE ({zoned}) ' if zoned else ''}FROM {RAW} "
        f"WHERE source_row IN (SELECT source_row FROM {IN_LANES} WHERE lane = 0) ORDER BY source_row"
    )
    names = [column[0] for column in rows.description or ()]
    while batch := rows.fetchmany(10_000):
        for row in batch:
            yield dict(zip(names, row, strict=True))


def _query(
    connection: duckdb.DuckDBPyConnection, met: Met, terms: Terms, shape: Shape, schedule: Schedule, *, rate_places: int
) -> Prepared:
    lanes = {wide: compile_lane(terms, shape, rate_places, wide=wide) for wide in _TERMS}
    for wide, name in _TERMS.items():
        connection.register("terms_given", lanes[wide].table)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM terms_given")
    load_keys(connection, met.keys, lanes, terms, key_columns(schedule))
    in_lanes = lanes_query(SHAPED, terms, lanes, schedule, converts=rate_places > 0)
    connection.execute(f"CREATE OR REPLACE VIEW {IN_LANES} AS {in_lanes}")
    counts = dict(connection.execute(f"SELECT lane, count(*) FROM {IN_LANES} GROUP BY lane").fetchall())
    parts, steps = [], []
    for number, wide, lane in ((1, False, NARROW), (2, True, WIDE)):
        if counts.get(number):
            of_cell = f"(SELECT * FROM {IN_LANES} JOIN {_TERMS[wide]} USING (cell))"
            where = f"lane = {number}"
            parts.append(law_query(terms, lanes[wide].scales, lane, of_cell, where, wide=wide))
            steps.append(steps_query(terms, lanes[wide].scales, lane, of_cell, where, wide=wide))
    connection.register("no_liabilities", numbered_schema(terms).empty_table())
    connection.execute(f"CREATE OR REPLACE VIEW {EXTRA} AS SELECT * FROM no_liabilities")
    parts.append(f"SELECT * FROM {EXTRA}")
    lines = int(sum(counts.values()))
    return Prepared(" UNION ALL ".join(parts), " UNION ALL ".join(steps), lines, int(counts.get(0, 0)), terms)
