"""`footwall columns`: a mapping proposed for a file whose columns have names of their own."""

from pathlib import Path
from typing import Annotated

import typer

from footwall.cli.options import examples
from footwall.cli.status import PROBLEMS
from footwall.quantity import counted

EXAMPLES = examples(
    "footwall columns export.csv > mapping.toml",
    "footwall assess export.csv --columns mapping.toml --out liabilities.csv",
    "footwall columns declarations.xml > dialect.toml",
)


def columns(
    lines: Annotated[
        Path, typer.Argument(metavar="LINES", help="CSV, Parquet or XML declarations.", show_default=False)
    ],
) -> None:
    """Which column of a file is which of ours.

    Print a mapping for a file with columns of its own, from their names and the first records; what is not known is said in it.
    Of XML declarations it is the shipped mapping, to be changed for a dialect. The status is 1 where something is left to say.
    """
    from footwall.batch import propose

    found = propose(lines)
    typer.echo(found.text, nl=False)
    if found.open:
        typer.echo(f"footwall: {counted(found.open, 'thing')} left to say; each is remarked in the mapping.", err=True)
        raise typer.Exit(PROBLEMS)
