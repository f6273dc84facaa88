"""Lines in, liabilities out: what `fw.assess` and `footwall assess` run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from footwall.batch.connect import connect
from footwall.batch.engine import EXTRA, Prepared, prepare
from footwall.batch.lines import Raw, open_lines, unread_columns
from footwall.batch.one_by_one import read_one_by_one
from footwall.batch.repeated import Repeated, find_repeated
from footwall.batch.schema import numbered_schema, problem_rows, step_schema
from footwall.batch.table import Table
from footwall.duties import (
    LIABILITY_COLUMNS,
    PRICE_PLACES_SHOWN,
    STEP_PLACES,
    CreditBook,
    CreditUse,
    DutyStep,
    Liability,
    Rates,
    Terms,
    read_credits,
    read_rates,
)
from footwall.errors import Problem
from footwall.quantity import Unknown, round_to_unit
from footwall.tariffs import Schedule

PARQUET: Final = "FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1000"
"""How liabilities are written: a dictionary for words, none for amounts, of which hardly two are alike."""
_UNKNOWABLE: Final = ("ordinary_duty", "total_duty", "cap", "rent_taken")


@dataclass(frozen=True)
class Assessed:
    """What an assessment gave: liabilities, problems, and the steps to each duty, each a `Table`.

    `columns_not_read` names the input's columns that no rule in force reads.
    """

    liabilities: Table
    problems: Table
    columns_not_read: tuple[str, ...]
    _session: "Session" = field(repr=False)

    @property
    def credits_used(self) -> Mapping[str, CreditUse]:
        """The line that has used each credit, and how much of it, by the credit's name."""
        return dict(self._session.book.used)

    @cached_property
    def repeated(self) -> Repeated:
        """The names that stand on several of the lines that were assessed; they are looked for when this is first asked."""
        with connect() as connection:
            connection.register("assessed", self.liabilities.to_arrow())
            return find_repeated(connection, "assessed", len(self.liabilities))

    @cached_property
    def steps(self) -> Table:
        """One row per line and measure: base, rate, the amount before and after its rounding, article."""
        return self._session.steps()


@dataclass
class Session:
    """One relation of lines, opened and prepared, ready to be written out."""

    connection: duckdb.DuckDBPyConnection
    raw: Raw
    prepared: Prepared
    schedule: Schedule
    rates: Rates
    problems: list[tuple[Problem, str | None]] = field(default_factory=list)
    extra_steps: list[tuple[int, DutyStep]] = field(default_factory=list)
    book: CreditBook = field(default_factory=CreditBook)

    @classmethod
    def open(
        cls, lines: object, schedule: Schedule, rates: object, credits_given: object = None, columns: object = None
    ) -> "Session":
        """Open `lines`, by the mapping `columns` where they have names of their own, and compile what they meet.

        Raises LinesError, ColumnsError or UsageError where nothing can be assessed.
        """
        connection = connect()
        table = read_rates(rates)
        raw = open_lines(connection, lines, columns)
        session = cls(connection, raw, prepare(connection, raw, schedule, table), schedule, table)
        session.book = read_credits(credits_given)
        session.problems += [(problem, None) for problem in raw.problems]
        session._read_left_over()
        if raw.mapped is not None:
            session.problems = raw.mapped.problems(connection, schedule, table, session.problems)
        return session

    def liabilities(self) -> Table:
        """Every liability, in the order of the lines."""
        return Table(self.connection.sql(self.query(ordered=True)).to_arrow_table())

    def query(self, *, ordered: bool) -> str:
        """The query that gives every liability, in the order of the lines or as they come."""
        order = " ORDER BY source_row" if ordered else ""
        return f"SELECT {', '.join(LIABILITY_COLUMNS)} FROM ({self.prepared.query}){order}"

    def write_query(self, query: str, path: Path) -> int:
        """Write what `query` gives to `path` (CSV by its name, else Parquet), whole or not at all; returns the rows."""
        unfinished = path.with_name(f".{path.name}.unfinished")
        form = PARQUET
        if path.suffix.lower() == ".csv":
            form, query = "FORMAT csv, HEADER true", with_words(self.connection, query)
        target = str(unfinished).replace("'", "''")
        try:
            written = self.connection.execute(f"COPY ({query}) TO '{target}' ({form})").fetchone()
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return int(written[0]) if written else 0

    def problem_table(self) -> Table:
        """Every problem, in the order of the records."""
        return Table(problem_rows(sorted(self.problems, key=lambda item: item[0].row or 0)))

    def steps(self) -> Table:
        """Every step of every duty, in the order of the lines and of stacking."""
        schema, extra = step_schema(self.prepared.terms), step_table(self.extra_steps, self.prepared.terms)
        if not self.prepared.steps:
            return Table(extra.select(schema.names))
        found = self.connection.sql(f"SELECT * FROM ({self.prepared.steps})").to_arrow_table().cast(extra.schema)
        in_order = pa.concat_tables([found, extra]).sort_by([("source_row", "ascending"), ("step", "ascending")])
        return Table(in_order.select(schema.names))

    def credit_table(self) -> Table:
        """Every credit that was used, by which line, and how much of it."""
        coin = self.prepared.terms.coin
        places = pa.decimal128(18, max(0, -int(coin.as_tuple().exponent)))
        schema = pa.schema([("credit_ref", pa.string()), ("line_id", pa.string()), ("amount", places)])
        rows = [
            {"credit_ref": name, "line_id": use.line_id, "amount": round_to_unit(use.amount, coin, "half_up")}
            for name, use in self.book.used.items()
        ]
        return Table(pa.Table.from_pylist(rows, schema=schema))

    def _read_left_over(self) -> None:
        """What the query did not take at a glance, read one by one by the readable law."""
        if not self.prepared.left_over:
            return
        found: list[dict[str, object]] = []
        for read in read_one_by_one(self.connection, self.raw, self.schedule, self.rates, self.book):
            if read.liability is not None:
                found.append({"source_row": read.row, **liability_row(read.liability, self.prepared.terms)})
                self.extra_steps += [(read.row, step) for step in read.steps]
            self.problems += [(problem, read.line_id) for problem in read.problems]
        table = pa.Table.from_pylist(found, schema=numbered_schema(self.prepared.terms))
        self.connection.register("read_one_by_one", table)
        self.connection.execute(f"CREATE OR REPLACE VIEW {EXTRA} AS SELECT * FROM read_one_by_one")


def assess(
    lines: object,
    schedule: Schedule,
    rates: object = None,
    credits: object = None,  # noqa: A002 - the user's word
    columns: object = None,
) -> Assessed:
    """What every line owes under `schedule`.

    `lines`: an Arrow, pandas or Polars table, a list of dicts, or the path of a CSV or Parquet file (columns: see
    `docs/lines.md`). `rates`: {(from, to, date): Decimal} or a table with these columns and `rate`. `credits`: those that
    lines may draw on (`footwall.duties.read_credits`), used in the order of the lines. `columns`: a mapping file, where the
    lines have columns of their own, or are XML declarations of a dialect of their own (`docs/interchange.md`). Bad lines go to
    `.problems`, each with its record number; the good ones are assessed. Raises LinesError for a file that cannot be
    read at all and UsageError for arguments that are neither.
    """
    session = Session.open(lines, schedule, rates, credits, columns)
    return Assessed(session.liabilities(), session.problem_table(), unread_columns(session.raw, schedule), session)


def liability_row(liability: Liability, terms: Terms) -> dict[str, object]:
    """A liability of the readable law as a row of the table of liabilities."""
    row: dict[str, object] = {}
    shown = Decimal(1).scaleb(-PRICE_PLACES_SHOWN)
    for column in fields(liability):
        value: Any = getattr(liability, column.name)
        if column.name in _UNKNOWABLE:
            row[f"{column.name}_unknown"] = value.reason if isinstance(value, Unknown) else None
            value = None if isinstance(value, Unknown) else value
        if column.name in {"floor_price", "parity"} and value is not None:
            value = round_to_unit(value, shown, "half_up")
        if isinstance(value, Decimal) and column.name not in {"floor_price", "parity"}:
            value = round_to_unit(value, terms.coin, "half_up")
        row[column.name] = list(value) if isinstance(value, tuple) else value
    return row


def step_table(steps: Iterable[tuple[int, DutyStep]], terms: Terms) -> pa.Table:
    """Steps of the readable law, each with the number of its record and its place, at the places that steps show."""
    unit = Decimal(1).scaleb(-STEP_PLACES)
    rows = []
    for number, (source_row, step) in enumerate(steps):
        row = {column.name: getattr(step, column.name) for column in fields(step)}
        for name in ("base_amount", "amount_before_rounding"):
            row[name] = round_to_unit(row[name], unit, "half_up")
        rows.append({"source_row": source_row, "step": number, **row})
    schema = step_schema(terms).insert(0, pa.field("step", pa.int32())).insert(0, pa.field("source_row", pa.int64()))
    return pa.Table.from_pylist(rows, schema=schema)


def with_words(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Lists as words parted by spaces: CSV has no lists."""
    listed = [name for name, kind, *_ in connection.execute(f"DESCRIBE {query}").fetchall() if kind.endswith("[]")]
    words = ", ".join(f"array_to_string({name}, ' ') AS {name}" for name in listed)
    return f"SELECT * REPLACE ({words}) FROM ({query})" if words else query
