"""Rates of exchange: direct pairs of a day, from a mapping or any table; never inverted, never crossed, never guessed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from footwall.duties import read_rates
from footwall.duties.rates import rate_on
from footwall.errors import UsageError

DAY = date(2025, 3, 31)
ROW = {"from": "EUR", "to": "USD", "date": DAY, "rate": Decimal("1.0811")}
KNOWN = {("EUR", "USD", DAY): Decimal("1.0811")}


@pytest.mark.parametrize(
    "rates",
    [
        KNOWN,
        {("EUR", "USD", "2025-03-31"): 1.0811},
        {("EUR", "USD", datetime(2025, 3, 31)): "1.0811"},  # noqa: DTZ001 - days of exchange have no zone
        {("EUR", "USD", DAY): np.float64(1.0811)},
        [ROW],
        iter([ROW | {"source": "a bank"}]),
        pa.Table.from_pylist([ROW]),
        pd.DataFrame([ROW | {"rate": 1.0811, "date": pd.Timestamp(DAY)}]),
        pl.DataFrame([ROW | {"rate": 1.0811}]),
    ],
    ids=["mapping", "text", "datetime", "numpy", "rows", "generator", "arrow", "pandas", "polars"],
)
def test_rates_are_read_from_a_mapping_or_any_table(rates: object) -> None:
    assert read_rates(rates) == KNOWN


def test_no_rates_are_no_rates() -> None:
    assert read_rates(None) == {}
    assert read_rates([]) == {}


def test_a_rate_is_of_its_day_and_direction_and_the_same_currency_needs_none() -> None:
    assert rate_on(KNOWN, "EUR", "USD", DAY) == Decimal("1.0811")
    assert rate_on(KNOWN, "USD", "EUR", DAY) is None
    assert rate_on(KNOWN, "EUR", "USD", date(2025, 4, 1)) is None
    assert rate_on({}, "JPY", "JPY", DAY) == 1


REFUSED: list[tuple[Any, str]] = [
    (5, "rates must be a mapping or a table, not int"),
    ("EURUSD", "rates must be a mapping or a table, not str"),
    ([{"from": "EUR", "to": "USD", "rate": 1}], "rates need the columns from, to, date and rate; missing: date"),
    ([ROW, ROW | {"rate": "1.09"}], "the rate EUR → USD of 2025-03-31 is stated twice"),
    ([ROW | {"date": "31.3.2025"}], "a rate's date must be YYYY-MM-DD, not '31.3.2025'"),
    ([ROW | {"rate": 0}], "must be a number above zero, not 0"),
    ([ROW | {"rate": "-1"}], "must be a number above zero, not '-1'"),
    ([ROW | {"rate": None}], "must be a number above zero, not None"),
    ([ROW | {"rate": float("nan")}], "'nan' is not a number"),
    ([ROW | {"rate": "1,08"}], "'1,08' is not a number"),
    ({("EUR", "USD"): 1}, r"a rate is keyed by \(from, to, date\), not \('EUR', 'USD'\)"),
    ({"EURUSD": 1}, r"a rate is keyed by \(from, to, date\), not 'EURUSD'"),
]


@pytest.mark.parametrize(("rates", "message"), REFUSED)
def test_rates_that_cannot_be_read_are_refused(rates: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_rates(rates)
