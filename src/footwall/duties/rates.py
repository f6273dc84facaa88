"""Rates of exchange by day: direct pairs only, never inverted, never crossed; the same currency needs none."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Protocol

from footwall.errors import UsageError
from footwall.quantity import exact_decimal

Rates = Mapping[tuple[str, str, date], Decimal]
"""One unit of the first currency is so many of the second, on that day."""

ONE = Decimal(1)
RATE_DIGITS_MAX = 6
"""Digits before the point of a rate of exchange: the weakest currencies stand near a hundred thousand to the strongest."""


class HasRows(Protocol):
    """A table whose rows can be read as dicts (Arrow, Polars, `fw.Table`)."""

    def to_pylist(self) -> list[dict[str, object]]:
        """The rows."""


def read_rates(rates: object) -> Rates:
    """Rates as {(from, to, date): Decimal}, from such a mapping or from a table with the columns `from`, `to`, `date`, `rate`.

    Raises UsageError for what is neither, for a rate that is not above zero, and for a pair stated twice on a day.
    """
    if rates is None:
        return {}
    if isinstance(rates, Mapping):
        rates = [dict(zip(("from", "to", "date"), _key(key), strict=True), rate=value) for key, value in rates.items()]
    found: dict[tuple[str, str, date], Decimal] = {}
    for row in table_rows(rates, "rates"):
        missing = {"from", "to", "date", "rate"} - set(row)
        if missing:
            raise UsageError(f"rates need the columns from, to, date and rate; missing: {', '.join(sorted(missing))}")
        key = _key((row["from"], row["to"], row["date"]))
        if key in found:
            raise UsageError(f"the rate {key[0]} → {key[1]} of {key[2]} is stated twice")
        found[key] = _rate(key, row["rate"])
    return found


def rate_on(rates: Rates, source: str, target: str, on: date) -> Decimal | None:
    """The rate of `on` from `source` to `target`; one for the same currency; None where none is stated."""
    return ONE if source == target else rates.get((source, target, on))


def _key(key: object) -> tuple[str, str, date]:
    if isinstance(key, tuple) and len(key) == 3:
        source, target, on = key
        if isinstance(on, datetime):
            on = on.date()
        elif isinstance(on, str):
            try:
                on = date.fromisoformat(on)
            except ValueError:
                raise UsageError(f"a rate's date must be YYYY-MM-DD, not {on!r}") from None
        if isinstance(source, str) and isinstance(target, str) and isinstance(on, date):
            return source, target, on
    raise UsageError(f"a rate is keyed by (from, to, date), not {key!r}")


def _rate(key: object, value: object) -> Decimal:
    if isinstance(value, Decimal | Real | str):
        try:
            number = exact_decimal(value)
        except ValueError as fault:
            raise UsageError(f"the rate of {key}: {fault}") from None
        if number > 0:
            if number.adjusted() >= RATE_DIGITS_MAX:
                raise UsageError(f"the rate of {key} has more than {RATE_DIGITS_MAX} digits before the point: {number}")
            return number
    raise UsageError(f"the rate of {key} must be a number above zero, not {value!r}")


def table_rows(table: object, name: str) -> Iterable[Mapping[str, object]]:
    """The rows of any table (Arrow, pandas, Polars, dicts). Raises UsageError for what is none, under the `name` given."""
    for method_name, arguments in (("to_pylist", ()), ("to_dicts", ()), ("to_dict", ("records",))):
        method: Callable[..., Iterable[Mapping[str, object]]] | None = getattr(table, method_name, None)
        if method is not None:
            return method(*arguments)
    if isinstance(table, Iterable) and not isinstance(table, str | bytes):
        return list(table)
    raise UsageError(f"{name} must be a mapping or a table, not {type(table).__name__}")
