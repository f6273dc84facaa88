"""`footwall schedule`: all measures in force on a day, as published."""

import csv
import sys
from dataclasses import fields
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from footwall.cli.options import OnDay, ScheduleFormat, ZoneFolder, examples
from footwall.cli.screen import Cell, Column, number, paragraph, say, table
from footwall.quantity import counted, decimal_places, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footwall.desk import Zone
    from footwall.facts import Country
    from footwall.tariffs import Measure, Rate

EXAMPLES = examples(
    "footwall schedule --importer US",
    "footwall schedule --on 2025-06-30 --form ndfeb-magnet",
    "footwall schedule --format csv > schedule.csv",
)

CODES_SHOWN = 4
"""As many codes stand in the table itself; a longer list has a number there and stands below it, whole."""


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
    if form is not None:
        held.check_form(form)
    inside = _with_union(held.facts.countries, importer)
    published = held.schedule(asked)
    chosen = [
        measure
        for measure in published.measures
        if (not inside or inside & set(measure.importers)) and form in {None, measure.form}
    ]
    title = f"The schedule published for {asked}: {len(chosen):,} of {counted(len(published.measures), 'measure')}"
    why_none = "" if chosen else _why_none(held, asked, importer, form)
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
            write_csv(chosen, sys.stdout)
        case ScheduleFormat.TABLE:
            head(held, title)
            say()
            _print_table(chosen)
    if why_none:
        paragraph(why_none, error=output is not ScheduleFormat.TABLE)


def _with_union(countries: "Mapping[str, Country]", importer: str | None) -> set[str]:
    """The importer and its union, as measures name them; nothing where none is asked for. Raises UsageError for no country."""
    from footwall.errors import UsageError

    if importer is None:
        return set()
    if importer in countries:
        return {importer, countries[importer].union} - {""}
    if importer in {country.union for country in countries.values()} - {""}:
        return {importer}
    near = _near(countries, importer)
    told = f"Did you mean {' or '.join(near)}?" if near else "Write ISO 3166, such as US or DE."
    raise UsageError(f"{importer!r} is not a country the facts know. {told}")


def _near(countries: "Mapping[str, Country]", importer: str) -> list[str]:
    """The codes of countries that are written or called nearly so."""
    names = {name.casefold(): one.iso2 for one in countries.values() for name in (one.iso2, one.iso3, one.name)}
    asked = importer.casefold()
    near = [asked] if asked in names else get_close_matches(asked, names, n=3)
    return list(dict.fromkeys(names[name] for name in near))


def _why_none(held: "Zone", asked: date, importer: str | None, form: str | None) -> str:
    """Why nothing was found, in sentences."""
    if importer is not None:
        inside, reason = held.members.is_member(importer, asked)
        if not inside:
            return f"{reason}. Only members levy measures."
    levied = f" levied by {importer}" if importer is not None else ""
    if form is None:
        return f"No measure{levied} is in this schedule."
    return (
        f"No measure{levied} in this schedule names {form}. Ordinary duties stand under tariff codes, not under forms."
    )


def _print_table(measures: "list[Measure]") -> None:
    """The measures; long lists of codes and legal bases have a number in the table and stand below it, whole."""
    lists, articles = Named("list", shown_max=CODES_SHOWN), Named("note", shown_max=0)
    names = ("measure", "role", "form or code", "importers", "origins", "duty")
    columns = [
        *(Column(name) for name in names),
        Column("floor\nUSD/kg", "number"),
        Column("in force"),
        Column("under"),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            one.measure_id,
            one.role,
            one.form or lists.name(one.hs_codes),
            lists.name(one.importers),
            lists.name(one.origins),
            duty(one),
            _price(one),
            f"{one.valid_from} to {one.valid_to}" if one.valid_to else f"from {one.valid_from}",
            articles.name([one.legal_basis]) if one.legal_basis else "",
        )
        for one in measures
    ]
    table(columns, rows)
    for named in (lists, articles):
        named.print()


class Named:
    """Long lists, each with a short name (`list 2`); one of at most `shown_max` items stands where it is."""

    def __init__(self, kind: str, *, shown_max: int) -> None:
        """No list yet."""
        self._kind = kind
        self._shown_max = shown_max
        self._names: dict[tuple[str, ...], str] = {}

    def name(self, items: "Sequence[str]") -> str:
        """What stands in the table for `items`: themselves, or their short name, with how many they are."""
        listed = tuple(items)
        if len(listed) <= self._shown_max:
            return " ".join(listed)
        name = self._names.setdefault(listed, f"{self._kind} {len(self._names) + 1}")
        return name if len(listed) == 1 else f"{name} ({len(listed)})"

    def print(self) -> None:
        """Every list that has a short name, in full."""
        if self._names:
            say()
        for listed, name in self._names.items():
            paragraph(f"{name}: {' '.join(listed)}")


def _price(measure: "Measure") -> str:
    """The floor per kilogram, at the unit that it was decided at."""
    floor = None if measure.floor is None else measure.per_kilogram(measure.floor)
    return number(floor, None if floor is None else decimal_places(floor))


def duty(measure: "Measure") -> str:
    """How a measure's duty is found, in words: `3.7 %`, `notified 5.33 USD/kg`, `top-up to the floor`."""
    method = {"ad_valorem": "", "specific": "", "top_up": "top-up to the floor"}.get(measure.method, measure.method)
    return " ".join(filter(None, (method.replace("_", " "), rate(measure))))


def rate(measure: "Measure") -> str:
    """A measure's rate in words; nothing where its method needs none."""
    limits = [f"at least {_part(measure, measure.least)}"] if measure.least is not None else []
    limits += [f"at most {_part(measure, measure.most)}"] if measure.most is not None else []
    return ", ".join(filter(None, [_part(measure, measure), *limits]))


def _part(measure: "Measure", rate: "Measure | Rate") -> str:
    """A share of the value and an amount per mass, in words."""
    parts = [] if rate.ad_valorem is None else [f"{plain(rate.ad_valorem * 100)} %"]
    if rate.specific is not None:
        per = "kg" if measure.per_kg == 1 else f"{measure.per_kg} kg"
        amount = f"{number(rate.specific, decimal_places(rate.specific))} {measure.currency}/{per}"
        parts.append(f"{amount} {measure.contained}" if measure.contained else amount)
    return " + ".join(parts)


def write_csv(measures: "Sequence[Measure]", file: "TextIO") -> None:
    """Measures as CSV, every field in a column of its own."""
    from footwall.tariffs import Measure

    names = [field.name for field in fields(Measure)]
    writer = csv.writer(file, lineterminator="\n")
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
