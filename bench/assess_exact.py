"""How many of the lines a run of `bench/assess.py` has written are not exact, and how that is known.

The exact duty of a line is the one that the readable law finds, in decimals that never round but where a rule says so. It is
a second hand beside the SQL that `assess` runs. It takes a third of a millisecond a line, so a run of millions is checked on
a sample: every n-th line, and every line on which a peer in floats says something else, up to a number of each.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from footwall.duties import Liability, Rates, assess_line, read_rates
from footwall.tariffs import Schedule

SAMPLE = 10_000
"""Lines of each kind that the readable law is asked about."""


def checked(source: Path, liabilities: str, floats: Path | None, lines: int, schedule: Schedule, rates: object) -> str:
    """What the readable law says of a sample of the lines that Footwall has assessed, in a few words."""
    chosen = f"CAST(substr(line_id, 2) AS BIGINT) % {max(1, lines // SAMPLE)} = 0"
    names = [
        name for (name,) in duckdb.execute(f"SELECT line_id FROM read_parquet('{source}') WHERE {chosen}").fetchall()
    ]
    if floats is not None and floats.exists():
        names += [name for (name,) in _differing(liabilities, floats, f"ORDER BY hash(line_id) LIMIT {SAMPLE}")]
    duckdb.execute("CREATE OR REPLACE TEMP TABLE asked AS SELECT unnest($1) AS line_id", [sorted(set(names))])
    listed = read_rates(rates)
    wrong = sum(_owed(record, schedule, listed) != found for record, found in _asked(source, liabilities))
    return f"{wrong:,} of {len(set(names)):,} asked of the readable law"


def differing(liabilities: str, found: Path, lines: int) -> str:
    """In how many lines a peer's total duty is another than Footwall's, and by how much at most."""
    matched = duckdb.execute(
        f"SELECT count(*) FROM read_parquet('{liabilities}') JOIN read_parquet('{found}') USING (line_id)"
    ).fetchone()
    assert matched == (lines,), "every line is found in both"
    many, most = duckdb.execute(
        f"SELECT count(*), max(abs(f.total_duty - e.total_duty)) FROM read_parquet('{liabilities}') e "
        f"JOIN read_parquet('{found}') f USING (line_id) WHERE f.total_duty <> e.total_duty"
    ).fetchall()[0]
    return f"{many:,}, by up to {most:,}" if many else "0"


def _differing(liabilities: str, found: Path, limit: str) -> list[tuple[str]]:
    return duckdb.execute(
        f"SELECT line_id FROM read_parquet('{liabilities}') e JOIN read_parquet('{found}') f USING (line_id) "
        f"WHERE f.total_duty <> e.total_duty {limit}"
    ).fetchall()


def _asked(source: Path, liabilities: str) -> Iterable[tuple[dict[str, Any], Decimal]]:
    """Each line that is asked about as it was declared, with the total duty that was written for it."""
    written = duckdb.execute(
        f"SELECT l.*, e.total_duty FROM read_parquet('{source}') l JOIN asked USING (line_id) "
        f"JOIN read_parquet('{liabilities}') e USING (line_id)"
    )
    columns = [column[0] for column in written.description or ()]
    while rows := written.fetchmany(1_000):
        for row in rows:
            yield dict(zip(columns[:-1], row[:-1], strict=True)), row[-1]


def _owed(record: Mapping[str, object], schedule: Schedule, rates: Rates) -> Decimal | None:
    owed = assess_line(record, schedule, rates)
    assert isinstance(owed[0], Liability), "the synthetic lines are all good"
    return owed[0].total_duty
