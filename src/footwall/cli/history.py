"""`footwall history`: the daily prices that a price desk would have had."""

import csv
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TextIO

import typer

from footwall.cli.options import ZoneFolder, examples, read_day
from footwall.cli.screen import paragraph, working
from footwall.months import month_end
from footwall.quantity import counted, decimal_places

if TYPE_CHECKING:
    import pyarrow as pa

    from footwall.desk import Zone
    from footwall.prices import Markets, PricedOn, ReferencePrice

EXAMPLES = examples(
    "footwall history ndpr-oxide --from 2025-01-01 --to 2025-12-31",
    "footwall history ndpr-oxide --from 2021-01-31 --to 2026-05-31 --every month --out prices.parquet",
    "footwall history ndpr-oxide ndpr-metal --from 2021-01-31 --to 2026-05-31 --workers 2 --out prices.csv",
)

COLUMNS = (
    "form", "on", "price", "price_unknown", "status", "tier", "confidence", "rests_on", "market", "cost_build",
    "market_weight", "assumed", "under_floor",
)  # fmt: skip
FIGURES = frozenset({"price", "market", "cost_build", "market_weight"})
SUFFIXES = (".csv", ".parquet", ".json")


class Every(StrEnum):
    """How often prices are set."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def history(
    forms: Annotated[list[str], typer.Argument(metavar="FORM…", help="Forms, such as ndpr-oxide.", show_default=False)],
    first: Annotated[
        date, typer.Option("--from", metavar="DAY", parser=read_day, help="The first day.", show_default=False)
    ],
    last: Annotated[
        date, typer.Option("--to", metavar="DAY", parser=read_day, help="The last day.", show_default=False)
    ],
    every: Annotated[
        Every, typer.Option("--every", help="Price each day, each Friday, or each last day of a month.")
    ] = Every.DAY,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="A .csv, .parquet or .json file.", show_default="the screen, as CSV"
        ),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="So many processes.")] = 1,
    zone: ZoneFolder = Path(),
) -> None:
    """Daily, weekly or monthly prices, worked out now.

    The prices that a price desk would have had, worked out now from the zone's observations and rules.
    """
    from footwall.cli.opened import opened_early
    from footwall.errors import UsageError
    from footwall.prices import history as found_by

    held = opened_early(zone)
    for form in forms:
        held.check_form(form)
    if last < first:
        raise UsageError(f"the last day, {last}, is before the first, {first}")
    held.rulebooks.on(first)
    held.rulebooks.on(last)
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{out} names no kind of file that is written here: end it in {', '.join(SUFFIXES)}")
    days = _days(first, last, every)
    if not days:
        raise UsageError(f"no {every.value} ends between {first} and {last}: name a longer time, or --every day")
    with working(f"pricing {counted(len(days), 'day')}") as tell:
        rows = found_by(
            _markets(held),
            days,
            set(forms),
            previous=_before(held, first),
            workers=workers,
            progress=lambda share: tell(f"{share} %"),
        )
    _tell(rows, out)
    where = "" if out is None else f" in {out}"
    paragraph(f"{counted(len(rows), 'price')}{where}, {first} to {last}.", error=True)
    paragraph(
        "Worked out now, from the observations and rules as they stand, each day from the one before it, the first from the last "
        "price recorded before it, if there is one: not what was recorded "
        "on those days, without anybody's judgement, and not written to the zone's record.",
        error=True,
    )


def _markets(held: "Zone") -> "Markets":
    """The market under each version of the zone's rules."""
    versions = held.rulebooks.versions
    return [(version.rulebook.valid_from, held.grounds.shown(version).market) for version in versions]


def _before(held: "Zone", first: date) -> "dict[str, ReferencePrice]":
    """The zone's recorded prices of the last walked day before `first`: what smoothing and step caps start from."""
    walked = [day for day in held.days if day < first]
    return dict(held.state_on(walked[-1]).latest) if walked else {}


def _days(first: date, last: date, every: Every) -> list[date]:
    """The days that are priced: each, or those on which a week of trade or a month ends."""
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    match every:
        case Every.DAY:
            return days
        case Every.WEEK:
            return [day for day in days if day.weekday() == _FRIDAY]
    return [day for day in days if day == month_end(day)]


def _tell(rows: "Sequence[PricedOn]", out: Path | None) -> None:
    """To the screen, or to a file of the kind that its name says."""
    from footwall.errors import UsageError

    if out is None:
        _write(rows, sys.stdout)
        return
    try:
        if out.suffix.lower() == ".parquet":
            _write_parquet(rows, out)
        else:
            with out.open("w", encoding="utf-8", newline="") as file:
                (_write if out.suffix.lower() == ".csv" else _write_json)(rows, file)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None


def _write_json(rows: "Sequence[PricedOn]", file: TextIO) -> None:
    """As JSON: decimals as text, an unknown with its reason."""
    from footwall.cli.json_text import json_text

    file.write(f"{json_text({'prices': list(rows)})}\n")


def _write_parquet(rows: "Sequence[PricedOn]", path: Path) -> None:
    """As Parquet: decimals with every digit, an unknown null, with its reason beside the price."""
    import pyarrow as pa
    import pyarrow.parquet

    table = {name: pa.array([_value(row, name) for row in rows], _type(rows, name)) for name in COLUMNS}
    pyarrow.parquet.write_table(pa.table(table), path, compression="zstd")


def _type(rows: "Sequence[PricedOn]", name: str) -> "pa.DataType":
    """Text, a day or a truth; of figures a decimal of as many places as the longest needs."""
    import pyarrow as pa

    if name in {"on", "rests_on"}:
        return pa.date32()
    if name in {"assumed", "under_floor"}:
        return pa.bool_()
    if name not in FIGURES:
        return pa.string()
    found = [value for row in rows if isinstance(value := _value(row, name), Decimal)]
    places = max([2, *map(decimal_places, found)])
    digits = max([1, *(value.adjusted() + 1 for value in found)]) + places
    return pa.decimal128(38, places) if digits <= _DIGITS_128 else pa.decimal256(76, places)


def _value(row: "PricedOn", name: str) -> object:
    from footwall.quantity import Unknown

    if name == "price_unknown":
        return row.price.reason if isinstance(row.price, Unknown) else None
    value = getattr(row, name)
    return None if isinstance(value, Unknown) else value


def _write(rows: "Sequence[PricedOn]", file: TextIO) -> None:
    """As CSV: decimals in full, an unknown empty, with its reason beside the price."""
    from footwall.prices import PricedOn
    from footwall.quantity import Unknown

    told = {field.name for field in fields(PricedOn)}
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        reason = row.price.reason if isinstance(row.price, Unknown) else ""
        writer.writerow([_cell(getattr(row, name)) if name in told else reason for name in COLUMNS])


_FRIDAY: Final = 4
_DIGITS_128: Final = 38


def _cell(value: object) -> str:
    from footwall.quantity import Unknown, plain

    match value:
        case None | Unknown():
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return plain(value)
    return str(value)
