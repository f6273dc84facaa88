"""The columns of what an assessment gives, as Arrow types."""

from collections.abc import Iterable

import pyarrow as pa

from footwall.duties import LIABILITY_COLUMNS, PRICE_PLACES_SHOWN, STEP_COLUMNS, STEP_PLACES, Terms
from footwall.errors import Problem

_PRICES = ("floor_price", "parity")
_TEXTS = (
    "line_id",
    "form",
    "currency",
    "method",
    "reason",
    "ordinary_duty_unknown",
    "total_duty_unknown",
    "cap_unknown",
    "rent_taken_unknown",
)


def liability_schema(terms: Terms) -> pa.Schema:
    """The columns of liabilities: money at the smallest coin of the assessment currency."""
    coin = pa.decimal128(18, max(0, -int(terms.coin.as_tuple().exponent)))

    def kind(name: str) -> pa.DataType:
        if name == "measure_ids":
            return pa.list_(pa.string())
        if name in _TEXTS:
            return pa.string()
        return pa.decimal128(18, PRICE_PLACES_SHOWN) if name in _PRICES else coin

    return pa.schema([(name, kind(name)) for name in LIABILITY_COLUMNS])


def numbered_schema(terms: Terms) -> pa.Schema:
    """The columns of liabilities with the number of each one's record before them."""
    return liability_schema(terms).insert(0, pa.field("source_row", pa.int64()))


def step_schema(terms: Terms) -> pa.Schema:
    """The columns of steps."""
    coin = pa.decimal128(18, max(0, -int(terms.coin.as_tuple().exponent)))
    shown = pa.decimal128(38, STEP_PLACES)
    kinds = {"base_amount": shown, "amount_before_rounding": shown, "amount": coin}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in STEP_COLUMNS])


PROBLEM_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("row", pa.int64()),
        ("line_id", pa.string()),
        ("field", pa.string()),
        ("code", pa.string()),
        ("found", pa.string()),
        ("expected", pa.string()),
        ("remedy", pa.string()),
    ]
)


def problem_rows(problems: Iterable[tuple[Problem, str | None]]) -> pa.Table:
    """Problems, each with the name of its line, as a table."""
    columns: dict[str, list[object]] = {name: [] for name in PROBLEM_SCHEMA.names}
    for problem, line_id in problems:
        for name, values in columns.items():
            values.append(line_id if name == "line_id" else getattr(problem, name))
    return pa.table(columns, schema=PROBLEM_SCHEMA)
