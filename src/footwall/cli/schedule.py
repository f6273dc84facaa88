"""`footwall schedule`: all measures in force on a day, as published."""

import sys
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from footwall.cli.options import (
    Format,
    KnownAt,
    OnDay,
    OutputFormat,
    ScheduleFormat,
    ZoneFolder,
    examples,
    read_day,
)
from footwall.cli.screen import Cell, Column, number, paragraph, say, table
from footwall.cli.status import PROBLEMS, UNUSABLE
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
    "footwall schedule --against 2026-04-30 --format words",
    "footwall schedule check candidate.json --lines lines.csv",
)

CODES_SHOWN = 4
"""As many codes stand in the table itself; a longer list has a number there and stands below it, whole."""

verbs = typer.Typer(
    name="schedule",
    invoke_without_command=True,
    rich_markup_mode=None,
    epilog=EXAMPLES,
    help="The measures in force on a day, what they change in others, and the check of a candidate.",
)


@verbs.callback()
def schedule(
    context: typer.Context,
    on: OnDay = None,
    importer: Annotated[
        str | None, typer.Option("--importer", metavar="COUNTRY", help="Only what this importer levies, such as US.")
    ] = None,
    form: Annotated[str | None, typer.Option("--form", metavar="FORM", help="Only measures on this form.")] = None,
    output: Annotated[
        ScheduleFormat,
        typer.Option("--format", help="A table to read; CSV or JSON with every field; changes in words."),
    ] = ScheduleFormat.TABLE,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="DAY|VERSION|FILE",
            help="What it changes in the schedule of a day, in a version by its number, or in that of a .json or .csv file.",
            show_default=False,
        ),
    ] = None,
    known_at: KnownAt = None,
    zone: ZoneFolder = Path(),
) -> None:
    """The measures in force on a day.

    The measures in force on a day: floor duties and ordinary duties; with --against what they change in others.
    """
    if context.invoked_subcommand is not None:
        return
    from footwall.cli.opened import day_of, head, opened

    held = opened(zone)
    asked = day_of(held, on)
    if form is not None:
        held.check_form(form)
    inside = _with_union(held.facts.countries, importer)
    published = held.schedule(asked, as_known_at=known_at)

    def wanted(measure: "Measure") -> bool:
        return (not inside or bool(inside & set(measure.importers))) and form in {None, measure.form}

    if against is not None:
        from footwall.cli.schedule_changes import print_changes

        print_changes(held, asked, published, against, output, wanted)
        return
    chosen = [measure for measure in published.measures if wanted(measure)]
    title = f"The schedule published for {asked}: {len(chosen):,} of {counted(len(published.measures), 'measure')}"
    why_none = "" if chosen else _why_none(held, asked, importer, form)
    match output:
        case ScheduleFormat.JSON:
            _print_json(held, asked, published.currency, chosen)
        case ScheduleFormat.CSV:
            from footwall.tariffs import measures_csv

            head(held, title, error=True)
            sys.stdout.write(measures_csv(chosen))
        case ScheduleFormat.TABLE:
            head(held, title)
            say()
            _print_table(chosen)
        case ScheduleFormat.WORDS:
            from footwall.errors import UsageError

            raise UsageError("words tell what changes: name what they are told --against, or another --format")
    if why_none:
        paragraph(why_none, error=output is not ScheduleFormat.TABLE)


@verbs.command(
    "check",
    epilog=examples(
        "footwall schedule check candidate.json --lines lines.csv",
        "footwall schedule check candidate.csv --on 2026-06-01 --ends floor-1 --format json",
    ),
)
def check(
    candidate: Annotated[
        Path,
        typer.Argument(
            metavar="CANDIDATE", help="A file of measures, .json or .csv: docs/schedules.md.", show_default=False
        ),
    ],
    lines: Annotated[
        Path | None,
        typer.Option(
            "--lines",
            metavar="LINES",
            help="Lines to assess under both, CSV or Parquet: docs/lines.md.",
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            metavar="DAY",
            parser=read_day,
            help="The first day on which the candidate is to hold.",
            show_default="the day after the zone's last walked day",
        ),
    ] = None,
    ends: Annotated[
        list[str] | None,
        typer.Option(
            "--ends",
            metavar="MEASURE",
            help="A measure that ends without a successor on purpose; may be given again.",
            show_default=False,
        ),
    ] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """Whether a candidate may be published, and what it would change.

    Read a candidate, hold it against the schedule in force, and try it on lines as they came in. Nothing is recorded.
    Exit status 2 where it is refused, 1 where lines that could be assessed no longer can.
    """
    from footwall.cli.schedule_check import checked, print_json, print_report

    found = checked(candidate, lines, on, tuple(ends or ()), zone)
    if output is OutputFormat.JSON:
        print_json(found)
    else:
        print_report(found)
    if found.refused:
        raise typer.Exit(UNUSABLE)
    if found.replay is not None and found.replay.newly_problems:
        raise typer.Exit(PROBLEMS)


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
    levy = "levy among members:" if measure.equalisation else ""
    words = " ".join(filter(None, (levy, method.replace("_", " "), rate(measure))))
    return f"suspended ({words})" if measure.suspended else words


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
    from footwall.tariffs import measures_csv

    file.write(measures_csv(measures))


def _print_json(held: "Zone", asked: date, currency: str, chosen: "list[Measure]") -> None:
    """A document that `Schedule.from_file` reads."""
    import json

    from footwall.tariffs import measures_document

    document = json.loads(measures_document(chosen, currency))
    said = {"format": document.pop("format"), "notice": held.settings.notice, "on": asked.isoformat()}
    say(json.dumps(said | document, ensure_ascii=False, indent=2))
