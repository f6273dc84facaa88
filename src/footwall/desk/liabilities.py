"""Assessed lines that met a measure which a correction shows to have rested on a wrong price."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

import duckdb

from footwall.desk.correcting import Dependent
from footwall.errors import UsageError


class Met(TypedDict):
    """One assessed line: its id, the measures that it met, and the floor duty that it owed."""

    line_id: str
    measure_ids: str
    floor_duty: Decimal | None


def liabilities_of(path: Path, dependents: Iterable[Dependent]) -> list[Met]:
    """The lines of a file that `footwall assess` wrote (CSV or Parquet) that met one of the measures among `dependents`.

    A schedule of many days calls a measure by its id and the day on which it begins; both names are looked for. Raises
    UsageError for a file that cannot be read or is no such file: the caller's fault.
    """
    names = sorted({one.what for one in dependents if one.kind == "measure"})
    readers = {".parquet": "read_parquet(?)", ".csv": "read_csv(?, all_varchar = true)"}
    reader = readers.get(path.suffix.lower())
    if reader is None or not path.is_file():
        raise UsageError(f"{path} is no file of liabilities: name the .csv or .parquet that footwall assess wrote")
    with duckdb.connect() as connection:
        try:
            rows = connection.execute(
                "SELECT line_id::VARCHAR, measure_ids::VARCHAR, floor_duty::VARCHAR "
                f"FROM {reader} WHERE measure_ids IS NOT NULL",
                [str(path)],
            ).fetchall()
        except duckdb.Error as error:
            told = str(error).splitlines()[0]
            raise UsageError(f"{path} is no file of liabilities: {told}") from None
    wanted = set(names)
    return [
        Met(line_id=line, measure_ids=measures, floor_duty=None if duty is None else Decimal(duty))
        for line, measures, duty in rows
        if wanted & {name.partition("@")[0] for name in _ids(measures)}
    ]


def _ids(text: str) -> list[str]:
    """The ids in a cell: a list of Parquet as DuckDB writes it, or the words of a CSV."""
    return text.strip("[]").replace(",", " ").split()
