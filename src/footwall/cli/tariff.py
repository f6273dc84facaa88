"""`footwall tariff`: the lines of a printed tariff as measures, and every rate that is none."""

import csv
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from footwall.cli.options import examples, read_day
from footwall.cli.screen import PROBLEMS_SHOWN, Column, heading, number, paragraph, say, table, working
from footwall.cli.status import PROBLEMS, UNUSABLE
from footwall.delimited import fields_up_to
from footwall.quantity import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footwall.errors import Problem
    from footwall.tariffs import PrintedTariff

EXAMPLES = examples(
    "footwall tariff hts.csv --importer US --from 2025-04-01 --basis 'HTS 2025 (April)' --out measures.csv",
    "footwall tariff cn.csv --importer EU --from 2026-01-01 --to 2026-12-31 --out measures.json",
)
_FIELD_CHARACTERS_MAX: Final = 100_000
_ENDINGS: Final = (".csv", ".json")


def tariff(
    lines: Annotated[
        Path,
        typer.Argument(metavar="TARIFF", help="CSV of printed rates; columns: docs/rates.md.", show_default=False),
    ],
    importer: Annotated[
        str, typer.Option("--importer", metavar="COUNTRY", help="Whose tariff it is, such as US.", show_default=False)
    ],
    valid_from: Annotated[
        date,
        typer.Option("--from", metavar="DAY", parser=read_day, help="Its first day in force.", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="MEASURES", help="A .csv or .json file.", show_default=False)],
    valid_to: Annotated[
        date | None,
        typer.Option("--to", metavar="DAY", parser=read_day, help="Its last day.", show_default="until changed"),
    ] = None,
    basis: Annotated[
        str, typer.Option("--basis", metavar="TEXT", help="The law it stands under; printed in every step.")
    ] = "",
    currency: Annotated[
        str,
        typer.Option("--currency", metavar="CODE", help="What its signs stand for.", show_default="the importer's own"),
    ] = "",
) -> None:
    """The lines of a printed tariff as measures.

    Read printed rates (3.7%, 37.5¢/kg on tungsten content, 12 % MIN 2 EUR/100 kg) into ordinary measures.
    Every rate that cannot be stated as a measure is told and written beside them; nothing is guessed.
    """
    from footwall.errors import UsageError
    from footwall.tariffs import TariffAuthority, measures_from_tariff

    if out.suffix.lower() not in _ENDINGS:
        raise UsageError(f"{out} ends in neither .csv nor .json: say in which form measures are written")
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent} is not a folder: make it first, or write elsewhere")
    with working(f"reading {lines}"):
        rows = _read(lines)
        authority = TariffAuthority(
            importer=importer, valid_from=valid_from, valid_to=valid_to, legal_basis=basis, currency=currency
        )
        found = measures_from_tariff(rows, authority)
    problems = out.with_name(f"{out.stem}.problems.csv")
    _write_measures(out, found)
    _write_problems(problems, lines, found.problems)
    headings = f", {counted(found.headings, 'row')} without a rate of its own" if found.headings else ""
    say(f"{lines}: {counted(found.lines, 'line')} with rates{headings}")
    _print_problems(found.problems)
    say()
    if found.assumed:
        paragraph(f"The facts hold the countries of these programmes only as assumed: {', '.join(found.assumed)}.")
    say(f"{'measures':<12} {number(len(found.measures)):>7}  {out}")
    say(f"{'problems':<12} {number(len(found.problems)):>7}  {problems}")
    if not found.measures:
        raise typer.Exit(UNUSABLE)
    if found.problems:
        raise typer.Exit(PROBLEMS)


def _read(path: Path) -> "list[Mapping[str, str | None]]":
    """The rows of a CSV file. Raises InputError for a file that is none, or has no column of codes or of rates."""
    from footwall.errors import InputError, Problem
    from footwall.tariffs import TARIFF_COLUMNS

    def refused(code: str, found: str, expected: str, remedy: str) -> InputError:
        return InputError(f"{path} cannot be read.", [Problem(code, found, expected, remedy, source=str(path))])

    try:
        with fields_up_to(_FIELD_CHARACTERS_MAX), path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows: list[Mapping[str, str | None]] = [
                {name: cell for name, cell in row.items() if isinstance(name, str)} for row in reader
            ]
            names = set(reader.fieldnames or ())
    except FileNotFoundError:
        raise refused("file_missing", "no file", "a CSV file of printed rates", "Check the path.") from None
    except IsADirectoryError:
        raise refused("file_missing", "a folder", "a CSV file of printed rates", "Name the file.") from None
    except UnicodeDecodeError:
        raise refused("encoding_unknown", "bytes that are not UTF-8", "CSV in UTF-8", "Save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise refused("file_damaged", str(error), "records of a CSV file", "Export it again.") from None
    for wanted in ("hs_code", "general"):
        if not names & set(TARIFF_COLUMNS[wanted]):
            raise refused("column_missing", ", ".join(sorted(names)) or "no header", " or ".join(TARIFF_COLUMNS[wanted]),
                          "Name the column so.")  # fmt: skip
    return rows


def _write_measures(out: Path, found: "PrintedTariff") -> None:
    from footwall.cli.schedule import write_csv

    beside = out.with_name(f".{out.name}.part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        if out.suffix.lower() == ".csv":
            write_csv(found.measures, file)
        else:
            from footwall.cli.json_text import json_text

            file.write(json_text({"measures": found.measures}) + "\n")
    beside.replace(out)


def _write_problems(path: Path, lines: Path, problems: "Sequence[Problem]") -> None:
    from footwall.errors import Problem

    names = [field.name for field in fields(Problem)]
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for problem in problems:
            values = {name: getattr(problem, name) for name in names} | {"source": str(lines)}
            writer.writerow(["" if values[name] is None else values[name] for name in names])
    beside.replace(path)


def _print_problems(problems: "Sequence[Problem]") -> None:
    if not problems:
        return
    first = problems[:PROBLEMS_SHOWN]
    heading(
        f"The first {len(first):,} rates that make no measure"
        if len(problems) > len(first)
        else "Rates that make no measure"
    )
    columns = [Column("row", "number"), *(Column(name) for name in ("field", "found", "expected", "code"))]
    table(columns, [(number(one.row or 0), one.field or "", one.found, one.expected, one.code) for one in first])
