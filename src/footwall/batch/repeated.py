"""Names of lines that stand several times: whose liabilities they are cannot be told by name, and one may be owed twice."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from footwall.batch.connect import connect

FIRST_SHOWN: Final = 5
IDS_AT_ONCE: Final = 20_000_000
"""So many names are held at once, as numbers of eight bytes; of more lines the names are looked at in turns."""
_MEMORY: Final = "3GiB"


@dataclass(frozen=True, slots=True)
class Repeated:
    """How many names stand several times, on how many lines together, and the first of them: each with its number of lines."""

    ids: int = 0
    lines: int = 0
    first: tuple[tuple[str, int], ...] = ()


def repeated_in_file(path: Path, lines: int) -> Repeated:
    """The names that stand several times in liabilities that were written: a CSV or Parquet file, or a folder of parts, of so many `lines`."""
    name = str(path / "*.parquet" if path.is_dir() else path).replace("'", "''")
    query = f"read_csv('{name}', all_varchar=true)" if path.suffix.lower() == ".csv" else f"read_parquet('{name}')"
    with (
        TemporaryDirectory(prefix="footwall-names-") as folder,
        connect(memory_limit=_MEMORY, temp_directory=folder, preserve_insertion_order="false") as connection,
    ):
        return find_repeated(connection, query, lines)


def find_repeated(
    connection: duckdb.DuckDBPyConnection, source: str, lines: int, at_once: int = IDS_AT_ONCE
) -> Repeated:
    """The names that stand several times in the column `line_id` of `source`, which has so many `lines`.

    Names are compared as they stand, to the letter. Their digests go first, so that only those are compared which may be alike.
    """
    turns = -(-max(lines, 1) // at_once)
    ids, of_them, first = 0, 0, list[tuple[str, int]]()
    for turn in range(turns):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE names_alike AS "
            f"SELECT hash(line_id) AS digest FROM {source} WHERE hash(line_id) % {turns} = {turn} "
            "GROUP BY digest HAVING count(*) > 1"
        )
        if connection.execute("SELECT 1 FROM names_alike LIMIT 1").fetchone() is None:
            continue
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE names_repeated AS SELECT line_id, count(*) AS times "
            f"FROM {source} WHERE hash(line_id) IN (SELECT digest FROM names_alike) GROUP BY line_id HAVING count(*) > 1"
        )
        counted = connection.execute("SELECT count(*), coalesce(sum(times), 0) FROM names_repeated").fetchall()[0]
        ids, of_them = ids + int(counted[0]), of_them + int(counted[1])
        first += connection.execute(
            f"SELECT line_id, times FROM names_repeated ORDER BY times DESC, line_id LIMIT {FIRST_SHOWN}"
        ).fetchall()
    first.sort(key=lambda item: (-item[1], item[0]))
    return Repeated(ids, of_them, tuple(first[:FIRST_SHOWN]))
