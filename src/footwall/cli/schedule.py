"""`footwall schedule`: all measures in force on a day, as published."""

import csv
import sys
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import OnDay, ScheduleFormat, ZoneFolder, examples
from footwall.cli.screen import Column, day, number, say, table
from footwall.quantity import plain

if TYPE_CHECKING:
    from footwall.tariffs import Measure

EXAMPLES = examples(
    "footwall schedule --importer US",
    "footwall schedule --on 2025-06-30 --form ndfeb-magnet",
    "footwall schedule --format csv > schedule.csv",
)

NAMES_SHOWN = 4


def schedule(
    on: OnDay = None,
    importer: Annotated[
        str | None, typer.Option("--importer", metavar="COUNTRY", help="Only what this importer levies, such as US.")
    ] = None,
    form: Annotated[str | None, typer.Option("--form", metavar="FORM", help="Only measures on this form.")] = None,
    output: Annotated[
        ScheduleFormat, typer.Option("--format", help="A table to read; CSV or JSON with every field.")
    ] = ScheduleFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """The measures in force on a day.

    The measures in force on a day: floor duties and ordinary duties.
    """
    from footwall.cli.opened import day_of, head, opened

    held = opened(zone)
    asked = day_of(held, on)
    published = held.schedule(asked)
    inside = _with_union(held.facts.countries, importer)
    chosen = [
        measure
        for measure in published.measures
        if (not inside or inside & set(measure.importers)) and form in {None, measure.form}
    ]
    title = f"The schedule published for {asked}: {len(chosen):,} of {len(published.measures):,} measures"
    match output:
        case ScheduleFormat.JSON:
            from footwall.cli.json_text import json_text

            say(
                json_text(
                    {"notice": held.settings.notice, "on": asked, "currency": published.currency, "measures": chosen}
                )
            )
        case ScheduleFormat.CSV:
            head(held, title, error=True)
            _print_csv(chosen)
        case ScheduleFormat.TABLE:
            head(held, title)
            say()
            _print_table(chosen)


def _with_union(countries: object, importer: str | None) -> set[str]:
    from footwall.errors import UsageError

    if importer is None:
        return set()
    known = countries if isinstance(countries, dict) else dict(countries)  # type: ignore[call-overload]
    if importer not in known:
        raise UsageError(f"{importer!r} is not a country the facts know: write ISO 3166, such as US or DE")
    union = known[importer].union
    return {importer, union} if union else {importer}


def _print_table(measures: "list[Measure]") -> None:
    names = ("measure", "role", "form or code", "importers", "origins", "method")
    columns = [
        *(Column(name) for name in names),
        Column("rate"),
        Column("floor USD/kg", "number"),
        Column("from"),
        Column("to"),
    ]
    rows = [
        (one.measure_id, one.role, one.form or _names(one.hs_codes), _names(one.importers), _names(one.origins), one.method,
         rate(one), number(None if one.floor is None else one.per_kilogram(one.floor)), day(one.valid_from), day(one.valid_to))
        for one in measures
    ]  # fmt: skip
    table(columns, rows)


def rate(measure: "Measure") -> str:
    """A measure's rate in words."""
    parts = [] if measure.ad_valorem is None else [f"{plain(measure.ad_valorem * 100)} %"]
    if measure.specific is not None:
        per = "kg" if measure.per_kg == 1 else f"{measure.per_kg} kg"
        parts.append(
            f"{plain(measure.specific)} {measure.currency}/{per}{f' {measure.contained}' if measure.contained else ''}"
        )
    return " + ".join(parts) or "what is missing to the floor"


def _names(codes: "tuple[str, ...] | object") -> str:
    listed = tuple(str(code) for code in codes) if isinstance(codes, tuple | list) else ()
    return " ".join(listed) if len(listed) <= NAMES_SHOWN else f"{' '.join(listed[:2])} … {len(listed)} in all"


def _print_csv(measures: "list[Measure]") -> None:
    if not measures:
        return
    names = [field.name for field in fields(measures[0])]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for measure in measures:
        writer.writerow([_cell(getattr(measure, name)) for name in names])


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case tuple():
            return " ".join(_cell(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return ":".join(_cell(getattr(value, field.name)) for field in fields(value))  # type: ignore[arg-type]
    return str(value)
