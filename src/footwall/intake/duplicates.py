"""What was said before: the same again, the same under another id, or another thing under an id that is taken.

Nothing here depends on the order of files or rows: of records that say the same, the smallest id stands, then the
smallest source; where an id stands for different things, none of them stands.
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

DUPLICATES = pa.schema(
    [
        ("source", pa.string()),
        ("row", pa.int64()),
        ("observation", pa.string()),
        ("repeats", pa.string()),
        ("held", pa.bool_()),
    ]
)
"""Records that say again what another one says: harmless, told, and not taken. `repeats` is the id that stands (their own, or
another); `held` whether it stood before this submission."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """A record that does not stand: its position, and the id that it repeats, or None where its id is taken by another word."""

    file: int
    position: int
    observation: str
    repeats: str | None
    held: bool


def find_repetitions(connection: duckdb.DuckDBPyConnection) -> tuple[Repetition, ...]:
    """The records of `entries` (file, position, observation, digest, source) that do not stand beside each other and `held`.

    Afterwards the table `fallen` (file, position) names them, for a query to leave out.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE fallen (file INTEGER, position BIGINT)")
    taken = connection.execute(_BY_ID).fetchall()
    if taken:
        connection.execute(f"INSERT INTO fallen SELECT file, position FROM ({_BY_ID})")
    alike = connection.execute(_BY_CONTENT).fetchall()
    if alike:
        connection.execute(f"INSERT INTO fallen SELECT file, position FROM ({_BY_CONTENT})")
    return tuple(Repetition(*row) for row in (*taken, *alike))


_SAID_TWICE = """
    SELECT observation, min(digest) AS lowest, max(digest) AS highest FROM entries GROUP BY observation HAVING count(*) > 1
"""
_BY_ID = f"""
    SELECT file, position, observation,
           CASE WHEN held_digest IS NOT NULL THEN CASE WHEN held_digest = digest THEN observation END
                WHEN lowest = highest THEN observation END AS repeats,
           held_digest IS NOT NULL AS is_held
    FROM (
        SELECT entries.*, held.digest AS held_digest, lowest, highest,
               row_number() OVER (PARTITION BY observation ORDER BY source, file, position) AS place_in_line
        FROM entries LEFT JOIN held USING (observation) LEFT JOIN ({_SAID_TWICE}) USING (observation)
        WHERE held.digest IS NOT NULL OR lowest IS NOT NULL
    )
    WHERE held_digest IS NOT NULL OR lowest <> highest OR place_in_line > 1
"""
"""Ids that are held, or that stand in several records."""

_LEFT = "(SELECT * FROM entries ANTI JOIN fallen USING (file, position))"
_BY_CONTENT = f"""
    SELECT file, position, observation, coalesce(held_id, lowest_id) AS repeats, held_id IS NOT NULL AS is_held
    FROM {_LEFT}
    LEFT JOIN (SELECT digest, min(observation) AS held_id FROM held GROUP BY digest) USING (digest)
    LEFT JOIN (SELECT digest, min(observation) AS lowest_id FROM {_LEFT} GROUP BY digest HAVING count(*) > 1) USING (digest)
    WHERE held_id IS NOT NULL OR lowest_id <> observation
"""
"""Of what is left, records whose content stands under another id."""
