"""The arguments that several verbs share, and how a day or a number is read from the command line."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer


class OutputFormat(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"


class ScheduleFormat(StrEnum):
    """How a schedule, or what it changes in another, is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    WORDS = "words"


def read_day(text: str) -> date:
    """A day as YYYY-MM-DD. Raises a usage error for anything else."""
    try:
        if len(text) == len("YYYY-MM-DD"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not a day: write YYYY-MM-DD, such as 2026-05-31")


def read_instant(text: str) -> datetime:
    """An instant with its time zone; a bare day is its end in UTC. Raises a usage error for anything else."""
    try:
        if len(text) == len("YYYY-MM-DD"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise typer.BadParameter(
        f"{text!r} is not an instant: write YYYY-MM-DDTHH:MM:SSZ, or with an offset such as +08:00; "
        "a day, YYYY-MM-DD, is its end in UTC"
    )


def instant_in_words(instant: datetime) -> str:
    """An instant as a screen says it; the last moment of a day as its end."""
    utc = instant.astimezone(UTC)
    if utc.time() == time.max:
        return f"the end of {utc.date()} (UTC)"
    return f"{utc.isoformat(timespec='seconds').removesuffix('+00:00')}Z"


def instant_as_option(instant: datetime) -> str:
    """An instant as `--as-known-at` takes it; the last moment of a day as that day."""
    utc = instant.astimezone(UTC)
    return str(utc.date()) if utc.time() == time.max else utc.isoformat()


def read_number(text: str) -> Decimal:
    """An exact number. Raises a usage error for anything else."""
    from footwall.quantity import exact_decimal

    try:
        return exact_decimal(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a number: write digits with a decimal point, such as 1250.5"
        ) from None


RoleName = Literal["assessor", "reviewer"]
OutcomeName = Literal["upheld", "dismissed", "withdrawn"]

ZoneFolder = Annotated[
    Path, typer.Option("--zone", metavar="DIR", help="The zone's folder.", show_default="the current folder")
]
OnDay = Annotated[
    date | None,
    typer.Option(
        "--on",
        metavar="DAY",
        parser=read_day,
        help="The day, as YYYY-MM-DD.",
        show_default="the zone's last walked day",
    ),
]
PricedOn = Annotated[
    date,
    typer.Option(
        "--on", metavar="DAY", parser=read_day, help="The day of the prices, as YYYY-MM-DD.", show_default=False
    ),
]
KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--as-known-at",
        metavar="INSTANT",
        parser=read_instant,
        help="As the record stood at this instant, such as 2026-06-01T12:00:00Z; a bare day is its end in UTC.",
        show_default="all that is recorded",
    ),
]
Format = Annotated[OutputFormat, typer.Option("--format", help="A table to read, or JSON with exact numbers as text.")]
Why = Annotated[bool, typer.Option("--why", help="Show every step that led there.")]


def examples(*commands: str) -> str:
    """The foot of a verb's help: commands to try, one a line."""
    return "\n".join(["\b", "Examples:", *(f"  {command}" for command in commands)])
