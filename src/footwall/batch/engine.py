"""Runs the law's SQL in DuckDB: finds what the lines meet, splits them into lanes, and assesses each where it belongs.

Lane 1 holds lines whose amounts fit 18 digits, lane 2 those that need 38. Lane 0 is everything that the query does not
take at a glance: those records are read one by one by the readable law, which assesses them or says what is wrong.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import duckdb
import pyarrow as pa

from footwall.batch.contents import load_contents
from footwall.batch.days import load_calendar, load_rates
from footwall.batch.lanes import lanes_query
from footwall.batch.lines import RAW, UNREAD, Raw
from footwall.batch.meetings import Met, key_columns, load_keys, meetings
from footwall.batch.schema import numbered_schema
from footwall.duties import (
    NARROW,
    WIDE,
    Compiled,
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
_LANES: Final = ((1, False, NARROW), (2, True, WIDE))


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
    law = Law(connection, schedule, rates)
    law.read(raw)
    law.learn()
    counts = law.counts()
    query, steps = law.queries(counts)
    return Prepared(query, steps, int(sum(counts.values())), int(counts.get(0, 0)), law.terms)


@dataclass
class Law:
    """A schedule and its rates, compiled in one connection for the goods that it has met so far.

    One relation after the other can be read; what an earlier one met is not compiled again.
    """

    connection: duckdb.DuckDBPyConnection
    schedule: Schedule
    rates: Rates
    terms: Terms = field(init=False)
    _met: Met = field(default_factory=lambda: Met((), ()))
    _columns: Mapping[str, str] | None = None
    _shape: Shape = field(init=False)
    _lanes: dict[bool, Compiled] = field(default_factory=dict)
    _rate_places: int = field(init=False)

    def __post_init__(self) -> None:
        """Load the days, which hang on no line."""
        self._rate_places = load_rates(self.connection, self.rates, self.schedule.currency)
        load_calendar(self.connection, self.schedule)

    def read(self, raw: Raw) -> None:
        """Take in RAW as it now stands. Whether what its lines meet is known is for `learn` to find."""
        columns = {**raw.columns, **({UNREAD: "VARCHAR"} if raw.unread else {})}
        if columns != self._columns:
            unread = UNREAD if raw.unread else None
            self._shape = shape_query(RAW, raw.columns, columns_asked(self.schedule), unread)
            self.connection.execute(f"CREATE OR REPLACE VIEW {SHAPED} AS {self._shape.query}")
        if self._shape.has_contents:
            load_contents(self.connection, SHAPED, self.schedule)
        if columns != self._columns and self._columns is not None:
            self._compile()
        self._columns = columns

    def learn(self) -> None:
        """Find what the lines of RAW meet, and compile it unless all of it was met before."""
        together = joined(self._met, meetings(self.connection, SHAPED, self.schedule))
        if len(together.keys) > len(self._met.keys) or not self._lanes:
            self._met = together
            self._compile()

    def counts(self) -> dict[int, int]:
        """How many lines of RAW take each lane."""
        return dict(self.connection.execute(f"SELECT lane, count(*) FROM {IN_LANES} GROUP BY lane").fetchall())

    def queries(self, lanes: Collection[int], extra: pa.Table | None = None) -> tuple[str, str]:
        """The queries of liabilities and of steps, over those of `lanes` that are the query's own; `extra` joins the first."""
        parts, steps = [], []
        for number, wide, lane in _LANES:
            if number in lanes:
                of_cell = f"(SELECT * FROM {IN_LANES} JOIN {_TERMS[wide]} USING (cell))"
                where, scales = f"lane = {number}", self._lanes[wide].scales
                parts.append(law_query(self.terms, scales, lane, of_cell, where, wide=wide))
                steps.append(steps_query(self.terms, scales, lane, of_cell, where, wide=wide))
        given = numbered_schema(self.terms).empty_table() if extra is None else extra
        self.connection.register("liabilities_given", given)
        self.connection.execute(f"CREATE OR REPLACE VIEW {EXTRA} AS SELECT * FROM liabilities_given")
        parts.append(f"SELECT * FROM {EXTRA}")
        return " UNION ALL ".join(parts), " UNION ALL ".join(steps)

    def _compile(self) -> None:
        connection, terms = self.connection, compile_terms(self._met.meetings, self.schedule)
        lanes = {wide: compile_lane(terms, self._shape, self._rate_places, wide=wide) for wide in _TERMS}
        for wide, name in _TERMS.items():
            connection.register("terms_given", lanes[wide].table)
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM terms_given")
        load_keys(connection, self._met.keys, lanes, terms, key_columns(self.schedule))
        told = self._shape.has_contents
        in_lanes = lanes_query(SHAPED, terms, lanes, self.schedule, converts=self._rate_places > 0, told=told)
        connection.execute(f"CREATE OR REPLACE VIEW {IN_LANES} AS {in_lanes}")
        self.terms, self._lanes = terms, lanes


def joined(known: Met, found: Met) -> Met:
    """What was met before and what was met now, each once; cells that were numbered keep their numbers."""
    cells = {(meeting.identity, *rest): number for number, (meeting, *rest) in enumerate(known.meetings)}
    met, keys = list(known.meetings), {_without_cell(key): key for key in known.keys}
    for key in found.keys:
        entry = found.meetings[int(str(key["cell"]))]
        meeting, *rest = entry
        number = cells.setdefault((meeting.identity, *rest), len(cells))
        if number == len(met):
            met.append(entry)
        keys.setdefault(_without_cell(key), {**key, "cell": number})
    return Met(tuple(met), tuple(keys.values()))


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


def _without_cell(key: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(value for name, value in key.items() if name != "cell")
