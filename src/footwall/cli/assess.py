"""`footwall assess`: what every line of a file owes."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footwall.cli.options import ZoneFolder, examples
from footwall.cli.screen import PROBLEMS_SHOWN, Column, heading, number, say, table, working
from footwall.cli.status import PROBLEMS, UNUSABLE
from footwall.cli.words import REASONS
from footwall.errors import UsageError
from footwall.quantity import counted

if TYPE_CHECKING:
    from footwall.batch import Outcome
    from footwall.batch.parts.spark import Spark

EXAMPLES = examples(
    "footwall assess lines.csv --out liabilities.csv",
    "footwall assess lines.parquet --out liabilities/ --steps",
    "footwall assess lines.csv --out liabilities.parquet --on-error fail",
    "footwall assess january.parquet february.csv --out liabilities/",
    "footwall assess lines.csv --out owed.csv --schedule my-schedule.json --rates rates.csv --credits credits.csv",
    "footwall assess lines/ --out liabilities/ --engine spark --master spark://host:7077",
    "footwall assess export.csv --columns mapping.toml --out liabilities.csv",
    "footwall assess declarations.xml --out liabilities.csv",
)


class OnError(StrEnum):
    """What a bad line does to the good ones."""

    REPORT = "report"
    FAIL = "fail"


class Engine(StrEnum):
    """Where the query runs."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def assess(
    lines: Annotated[
        list[Path],
        typer.Argument(
            metavar="LINES...",
            help="CSV, Parquet or XML declarations, or a folder of them; columns: docs/lines.md.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="LIABILITIES", help="A .csv or .parquet file, or a folder.", show_default=False),
    ],
    on_error: Annotated[
        OnError, typer.Option("--on-error", help="Report bad lines beside the good ones, or write nothing but them.")
    ] = OnError.REPORT,
    steps: Annotated[bool, typer.Option("--steps", help="Also write every step to every duty.")] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin a folder anew that was begun before, instead of going on with it.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option("--engine", help="Where the query runs: on this machine, or on Spark's workers.")
    ] = Engine.DUCKDB,
    master: Annotated[str, typer.Option("--master", metavar="URL", help="The master of Spark.")] = "local[*]",
    py_files: Annotated[
        list[str] | None,
        typer.Option(
            "--py-files", metavar="ARCHIVE", help="An archive with footwall for Spark's workers.", show_default=False
        ),
    ] = None,
    schedule_file: Annotated[
        Path | None,
        typer.Option(
            "--schedule", metavar="FILE", help="A schedule of your own, .json or .csv, instead of the zone's."
        ),
    ] = None,
    rates_file: Annotated[
        Path | None,
        typer.Option("--rates", metavar="CSV", help="Rates of exchange: from, to, date, rate; else the zone's."),
    ] = None,
    credits_file: Annotated[
        Path | None, typer.Option("--credits", metavar="CSV", help="Credits that lines may draw on: docs/measures.md.")
    ] = None,
    columns: Annotated[
        Path | None,
        typer.Option(
            "--columns",
            metavar="MAPPING",
            help="A mapping file for columns or elements with names of their own: docs/interchange.md.",
            show_default="our own names; of XML the shipped mapping",
        ),
    ] = None,
    zone: ZoneFolder = Path(),
) -> None:
    """What every line of a file owes.

    Assess a file of lines under the zone's schedule: a liability or a problem for each.
    """
    from footwall.batch import assess_file
    from footwall.cli.opened import head, opened
    from footwall.tariffs import Schedule

    if restart and (on_error is OnError.FAIL or out.suffix):
        raise UsageError(
            "--restart is for a folder that --on-error report goes on with: a file is written whole each time"
        )
    held = None if schedule_file is not None else opened(zone)
    schedule = held.schedule() if held is not None else Schedule.from_file(schedule_file or Path())
    rates = _records(rates_file) if rates_file is not None else None if held is None else held.rates
    named = str(lines[0]) if len(lines) == 1 else f"{len(lines)} files"
    with working(f"assessing {named} on {engine.value}") as told:
        on = _spark(master, py_files) if engine is Engine.SPARK else None
        run = partial(assess_file, schedule=schedule, rates=rates, steps=steps, engine=on, told=told, columns=columns)
        run = run if credits_file is None else partial(run, credits=_records(credits_file))
        what = lines[0] if len(lines) == 1 else lines
        if on_error is OnError.REPORT:
            outcome, written = run(what, out, restart=restart), True
        else:
            outcome, written = _all_or_none(what, out, run)
    title = f"{named}: {counted(outcome.lines, 'line')} assessed{_not_assessed(outcome)}"
    head(held, title) if held is not None else say(f"{title}, under {schedule_file}")
    say()
    if written:
        _print_totals(outcome, schedule.facts.currencies[outcome.currency].minor_units)
    _print_problems(outcome)
    _print_files(outcome, written=written)
    if not outcome.lines or not written:
        raise typer.Exit(UNUSABLE)
    if outcome.problems:
        raise typer.Exit(PROBLEMS)


def _records(path: Path) -> list[dict[str, str]]:
    """The records of a small CSV file. Raises UsageError where it cannot be read."""
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read as CSV in UTF-8: {error}") from None


def _spark(master: str, py_files: list[str] | None) -> "Spark":
    from footwall.batch.parts.spark import Spark

    return Spark(master, tuple(py_files or ()))


def _all_or_none(lines: object, out: Path, run: "Callable[[object, Path], Outcome]") -> "tuple[Outcome, bool]":
    """Assess beside `out`, and put the result there only if no line had a problem; the problems are put there always."""
    from footwall.batch import clear_folder

    if not out.parent.is_dir():
        raise UsageError(f"{out.parent} is not a folder: make it first, or write elsewhere")
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
        beside = Path(folder)
        found = run(lines, beside / out.name)
        within = found.problems_path if found.problems else beside
        if not found.problems and out.is_dir():
            clear_folder(out)
        for path in [within] if within.is_file() else [path for path in within.rglob("*") if path.is_file()]:
            target = out.parent / path.relative_to(beside)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)

        def moved(path: Path) -> Path:
            return out.parent / path.relative_to(beside)

        outcome = replace(
            found,
            liabilities_path=moved(found.liabilities_path),
            problems_path=moved(found.problems_path),
            steps_path=found.steps_path and moved(found.steps_path),
        )
    return outcome, not found.problems


def _not_assessed(outcome: "Outcome") -> str:
    if not outcome.problems:
        return ", no problem"
    (bad,) = _rows(outcome.problems_path, "SELECT count(*) FROM (SELECT DISTINCT source, row FROM written)")[0]
    return f", {bad:,} not ({counted(outcome.problems, 'problem')})"


def _print_totals(outcome: "Outcome", places: int) -> None:
    query = (
        "SELECT reason, count(*), sum(CAST(customs_value AS DECIMAL(38,4))), sum(CAST(floor_duty AS DECIMAL(38,4))), "
        "count(*) FILTER (total_duty IS NULL) FROM written GROUP BY reason ORDER BY 4 DESC, 3 DESC"
    )
    found = _rows(outcome.liabilities_path, query)
    rows = [
        (
            REASONS.get(str(reason), str(reason)),
            number(count),
            number(value, places),
            number(duty, places),
            number(unknown),
        )
        for reason, count, value, duty, unknown in found
    ]
    if len(rows) > 1:
        sums = [sum((row[position] for row in found), Decimal(0)) for position in (1, 2, 3, 4)]
        rows.append(("all lines", number(sums[0]), number(sums[1], places), number(sums[2], places), number(sums[3])))
    heads = ("lines", f"customs value {outcome.currency}", f"floor duty {outcome.currency}", "lines with unknown total")
    table([Column("outcome"), *(Column(name, "number") for name in heads)], rows)


def _print_problems(outcome: "Outcome") -> None:
    if not outcome.problems:
        return
    heading("Problems")
    counts = _rows(outcome.problems_path, "SELECT code, count(*) FROM written GROUP BY code ORDER BY 2 DESC, 1")
    table([Column("code"), Column("problems", "number")], [(str(code), number(count)) for code, count in counts])
    first = _rows(
        outcome.problems_path, f"SELECT row, field, found, expected, remedy FROM written LIMIT {PROBLEMS_SHOWN}"
    )
    heading(f"The first {len(first):,}" if outcome.problems > len(first) else "Each")
    columns = [Column("row", "number"), *(Column(name) for name in ("field", "found", "expected", "what to do"))]
    table(columns, [tuple("" if cell is None else str(cell) for cell in row) for row in first])


def _print_files(outcome: "Outcome", *, written: bool) -> None:
    say()
    if outcome.columns_not_read:
        say(f"Columns that no rule in force reads: {', '.join(outcome.columns_not_read)}.")
    _print_repeated(outcome)
    if not written:
        say("Nothing was written but the problems, because --on-error is fail.")
    paths = {"liabilities": outcome.liabilities_path, "problems": outcome.problems_path, "steps": outcome.steps_path}
    for name, path in paths.items():
        if path is not None and (written or name == "problems"):
            say(f"{name:<12} {path}")


def _print_repeated(outcome: "Outcome") -> None:
    """A notice of names that stand several times: the same goods may have been declared twice."""
    found = outcome.repeated
    if not found.ids:
        return
    shown = ", ".join(f"{name!r} on {times:,}" for name, times in found.first)
    more = "" if found.ids <= len(found.first) else ", …"
    say(
        f"{counted(found.ids, 'line_id')} {'stands' if found.ids == 1 else 'stand'} more than once, on {found.lines:,} lines: "
        f"{shown}{more}. Each line was assessed; are they the same goods?"
    )


def _rows(path: Path, query: str) -> "list[tuple[Any, ...]]":
    """What `query` finds in a table that was written; it calls the table `written`."""
    import duckdb

    read = "read_csv" if path.suffix.lower() == ".csv" else "read_parquet"
    name = str(path / "*.parquet" if path.is_dir() else path).replace("'", "''")
    source = f"{read}('{name}'{', all_varchar=true' if read == 'read_csv' else ''})"
    with duckdb.connect() as connection:
        return connection.execute(f"WITH written AS (SELECT * FROM {source}) {query}").fetchall()
