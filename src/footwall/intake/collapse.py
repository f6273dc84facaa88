"""Observations that agree in all that a rule looks at become one cell: a million deals are some thousand words of the law.

Two transactions, bids or offers agree where nothing parts them but id, price, mass, lot, instant and source, and where
both state a mass or neither does. What rules look at in steps parts them by steps (`Steps`): the size of a lot, and whether
they were seen before or after a day's price was published. Sums are exact: integers in the query, and `Decimal` where 38 digits would not do.
"""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from footwall.facts import Observation
from footwall.intake.canonical import read_parquet
from footwall.intake.columns import COLUMNS, HELD, MASS_DIGITS, MASS_PLACES, PRICE_PLACES
from footwall.intake.shape import literal
from footwall.memory import maker, no_search_for_circles
from footwall.quantity import exact_arithmetic, plain

_GROUPED: Final = ("transaction", "bid", "offer")
_OF_ITS_OWN: Final = frozenset({"observation", "low", "high", "mass_kg", "lot", "seen_at", "source"})
"""What observations of one cell may differ in."""
_SINGLE: Final = ("source", "lot")
"""Of these a file may tell that they hold one value throughout, though cells may differ in them."""
_KEY: Final = tuple(name for name in COLUMNS if name not in _OF_ITS_OWN)
_FIELDS: Final = tuple(one.name for one in fields(Observation))
_observation: Final = maker(Observation)
_DIGITS: Final = 38
"""What the query can hold."""

Columns = dict[str, Sequence[Any]]
"""Values by the name of their column, as many in each."""


@dataclass(frozen=True, slots=True)
class Cells:
    """`by_form`: the cells of each form, by id. `repeated`: ids that report a deal again, each with the id reported first.

    Both reports of such a deal stand alone, with their lot, so that the law can tell which of them counts.
    """

    by_form: Mapping[str, tuple[Observation, ...]]
    repeated: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """Where rules part observations: lots in kilograms, and by form the instants at which a day's price is published.

    `apart` are ids of observations that stand alone in any case.
    """

    lots_kg: tuple[Decimal, ...] = ()
    closes: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()


NO_STEPS: Final = Steps()


def cells(observations: pa.Table | str | Path, steps: Steps = NO_STEPS, *, threads: int | None = None) -> Cells:
    """The cells of `observations`: a table in the columns of HELD, or the path of a canonical Parquet file.

    A cell of several has the step that its lots reach as `lot_kg` (0 below all steps, None where no size is known), and of
    its instants the latest.

    A cell of one observation is that observation. Of several: the smallest id "+n", the lowest and the highest price, the
    sum of masses, the latest instant, and `value`, the sum of weight × (low + high) / 2 with the mass as weight, or 1 where
    no mass is stated. A deal that several transactions report under one `lot` counts once: the one published first, then
    the smallest id, stands. Neither the order of rows nor the number of threads changes anything.
    Raises ObservationsError for a file that is not in the canonical form.
    """
    with duckdb.connect(config={"threads": threads or _threads()}) as connection:
        constant = _open(connection, observations)
        _set_steps(connection, steps)
        repeated = _set_repeated_apart(connection)
        too_wide = _too_wide(connection)
        found = _in_one_query(connection, constant, too_wide)
        found += _in_decimals(connection, too_wide) if too_wide else []
    by_form: dict[str, list[Observation]] = defaultdict(list)
    for cell in sorted(found, key=lambda cell: cell.observation):
        by_form[cell.form].append(cell)
    return Cells({form: tuple(by_form[form]) for form in sorted(by_form)}, repeated)


def _open(connection: duckdb.DuckDBPyConnection, observations: pa.Table | str | Path) -> frozenset[str]:
    """Make the view `given`, its instants in UTC; the columns that are told to hold one value throughout."""
    constant: frozenset[str] = frozenset()
    if isinstance(observations, str | Path) and (told := _constant_columns(Path(observations))) is not None:
        escaped = str(observations).replace("'", "''")
        relation, constant = f"read_parquet('{escaped}')", told
    else:
        table = read_parquet(observations) if isinstance(observations, str | Path) else observations
        connection.register("given_table", table.select(HELD.names).cast(HELD))
        relation = "given_table"
    instant = "make_timestamp(epoch_us(seen_at)) AS seen_at"
    connection.execute(f"CREATE TEMP VIEW given AS SELECT * REPLACE ({instant}) FROM {relation}")
    return constant


_NEVER_SHORTENED: Final = 16
"""Characters: a format may state the beginning of a long text as its least and its greatest, and then two may look alike."""


def _constant_columns(path: Path) -> frozenset[str] | None:
    """By the statistics in the file: columns of the key with one value in all rows. None where DuckDB is not to read the path."""
    if set("*?[]{}") & set(str(path)):
        return None
    try:
        found = pyarrow.parquet.ParquetFile(path).metadata
        if found.schema.to_arrow_schema() != HELD:
            return None
    except (pa.ArrowException, OSError):
        return None
    groups = [found.row_group(group) for group in range(found.num_row_groups)]
    constant: set[str] = set()
    for index, name in enumerate(HELD.names):
        told = [group.column(index).statistics for group in groups]
        if (name in _KEY or name in _SINGLE) and all(
            one is not None and one.has_min_max and one.null_count == 0 for one in told
        ):
            values = {one.min for one in told} | {one.max for one in told}
            whole = all(len(str(value)) <= _NEVER_SHORTENED for value in values)
            constant |= {name} if len(values) == 1 and whole else set()
    return frozenset(constant)


def _set_repeated_apart(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[str, str], ...]:
    """Make the view `standing` of all but what reports a deal again; told are the ids of these, and what they repeat."""
    sides = "CASE WHEN submitter < counterparty THEN submitter || chr(31) || counterparty ELSE counterparty || chr(31) || submitter END"
    deals = "FROM given WHERE lot <> '' AND kind = 'transaction'"
    # Mostly each lot is reported once. That no two of their hashes are alike says so at a fifth of the cost.
    hashes = connection.sql(f"SELECT hash(form, lot, {sides}) AS hashed {deals}").to_arrow_table()["hashed"]
    if pyarrow.compute.count_distinct(hashes).as_py() == len(hashes):
        connection.execute("CREATE TEMP VIEW standing AS SELECT * FROM stepped")
        return ()
    first = f"first_value(observation) OVER (PARTITION BY form, lot, {sides} ORDER BY published_at, observation)"
    again = f"SELECT * FROM (SELECT observation, {first} AS repeats {deals}) WHERE observation <> repeats"
    connection.execute(f"CREATE TEMP TABLE repeated AS {again}")
    alone = "observation IN (SELECT observation FROM repeated UNION SELECT repeats FROM repeated)"
    apart = f"CASE WHEN {alone} THEN observation ELSE apart END AS apart"
    connection.execute(f"CREATE TEMP VIEW standing AS SELECT * REPLACE ({apart}) FROM stepped")
    found = connection.execute("SELECT observation, repeats FROM repeated ORDER BY observation").fetchall()
    return tuple((str(observation), str(repeats)) for observation, repeats in found)


def _set_steps(connection: duckdb.DuckDBPyConnection, steps: Steps) -> None:
    """Give each row the step that its lot reaches, and the number of closes of its form that lie before its instant."""
    lot, reached = "coalesce(lot_kg, mass_kg)", [Decimal(0), *sorted(steps.lots_kg)]
    cases = " ".join(f"WHEN {lot} >= {plain(step)} THEN {plain(step)}" for step in reversed(reached))
    step = f"CASE {cases} END::DECIMAL({MASS_DIGITS + MASS_PLACES}, {MASS_PLACES}) AS lot_step"
    named = ", ".join(map(literal, sorted(steps.apart)))
    step += f", CASE WHEN observation IN ({named}) THEN observation END AS apart" if named else ", NULL AS apart"
    pairs = [(form, close) for form, closes in sorted(steps.closes.items()) for close in closes]
    if not pairs:
        connection.execute(f"CREATE TEMP VIEW stepped AS SELECT *, {step}, NULL::TIMESTAMP AS close FROM given")
        return
    table = {
        "form": [form for form, _ in pairs],
        "close": [close.astimezone(UTC).replace(tzinfo=None) for _, close in pairs],
    }
    connection.register("given_closes", pa.table(table))
    connection.execute("CREATE TEMP TABLE closes AS SELECT form, close::TIMESTAMP AS close FROM given_closes")
    joined = "given ASOF LEFT JOIN closes ON given.form = closes.form AND given.seen_at > closes.close"
    connection.execute(f"CREATE TEMP VIEW stepped AS SELECT given.*, {step}, closes.close AS close FROM {joined}")


def _too_wide(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Forms whose sums might not fit the digits of the query, were all their observations one cell."""
    largest = connection.execute(
        "SELECT form, max(high), max(mass_kg), count(*) FROM standing GROUP BY form"
    ).fetchall()
    with exact_arithmetic():
        limit = Decimal(1).scaleb(_DIGITS - PRICE_PLACES - MASS_PLACES)
        return tuple(
            sorted(form for form, high, mass_kg, count in largest if 2 * high * max(mass_kg or 1, 1) * count >= limit)
        )


def _in_one_query(
    connection: duckdb.DuckDBPyConnection, constant: frozenset[str], too_wide: Sequence[str]
) -> list[Observation]:
    fixed, key = sorted(constant - {"lot_kg"}), [name for name in _KEY if name not in constant - {"lot_kg"}]
    left_out = f"WHERE NOT {_among(too_wide)}" if too_wide else ""
    first = connection.execute(f"SELECT {', '.join(fixed)} FROM standing LIMIT 1").fetchall() if fixed else []
    shared = {name: _tidied(value) for row in first for name, value in zip(fixed, row, strict=True)}
    shared |= {"last_source": shared["source"]} if "source" in shared else {}
    told = {name: sql for name, sql in _TOLD.items() if name not in shared}
    key.remove("lot_kg")
    parted = [*key, "lot_step", "close", "apart", "seen_at IS NULL", "mass_kg IS NULL"]
    if shared.get("kind") not in _GROUPED:
        parted.append(f"CASE WHEN kind NOT IN {_GROUPED} THEN observation END")
    asked = {name: name for name in key} | told
    asked |= {name: f"rtrim(rtrim(({sql})::VARCHAR, '0'), '.')" for name, sql in asked.items() if name in _DECIMALS}
    named = ", ".join(f"{sql} AS {name}" for name, sql in asked.items())
    rows = connection.execute(f"SELECT {named} FROM standing {left_out} GROUP BY {', '.join(parted)}").fetchall()
    columns: Columns = dict.fromkeys(asked, ())
    columns |= zip(asked, zip(*rows, strict=True), strict=bool(rows))
    columns |= {name: _numbers(columns[name]) for name in asked if name in _DECIMALS}
    columns |= {name: (value,) * len(rows) for name, value in shared.items()}
    if columns["source"] != columns["last_source"]:
        counted = (
            f"SELECT min(observation), count(DISTINCT source) FROM standing {left_out} GROUP BY {', '.join(parted)}"
        )
        sources = dict(connection.execute(f"{counted} HAVING min(source) <> max(source)").fetchall())
        columns["source"] = tuple(
            f"{sources[first]} sources" if first in sources else source
            for first, source in zip(columns["first_id"], columns["source"], strict=True)
        )
    return _cells_of(columns)


_TOLD: Final = {
    "first_id": "min(observation)",
    "count": "count(*)",
    "low": "min(low)",
    "high": "max(high)",
    "mass_kg": "sum(mass_kg)",
    "twice_value": "sum(mass_kg * (low + high))",
    "twice_sum": "sum(CASE WHEN mass_kg IS NULL THEN low + high END)",
    "seen_at": "max(seen_at)",
    "lot": "any_value(lot)",  # of one observation; several have none
    "lot_kg": "CASE WHEN count(*) = 1 THEN any_value(lot_kg) ELSE any_value(lot_step) END",
    "source": "min(source)",
    "last_source": "max(source)",
}
"""What a cell says of what its observations differ in."""

_DECIMALS: Final = frozenset({"low", "high", "mass_kg", "lot_kg", "content", "twice_value", "twice_sum"})
"""What the query tells as text at its own shortest scale, as a table of facts holds it: a decimal is made of it once."""


def _numbers(texts: Sequence[str | None]) -> list[Decimal | None]:
    return [None if text is None else Decimal(text) for text in texts]


def _cells_of(told: Columns) -> list[Observation]:
    """The cells, as the query or `_group` tells of them, column by column."""
    with exact_arithmetic(), no_search_for_circles():
        made: Columns = {**told, "value": _values(told)}
        made["seen_at"] = [None if seen_at is None else seen_at.replace(tzinfo=UTC) for seen_at in told["seen_at"]]
        ids, counts = told["first_id"], told["count"]
        made["observation"] = [
            first if count == 1 else f"{first} +{count - 1}" for first, count in zip(ids, counts, strict=True)
        ]
        made["lot"] = [lot if count == 1 else "" for lot, count in zip(told["lot"], counts, strict=True)]
        return list(map(_observation, *(made[name] for name in _FIELDS)))


def _values(told: Columns) -> list[Decimal | None]:
    """What the observations of each cell are worth together; None for one alone, which says so itself."""
    sums = zip(told["count"], told["twice_value"], told["twice_sum"], strict=True)
    return [
        None if count == 1 else _tidy((alike if by_mass is None else by_mass) / 2) for count, by_mass, alike in sums
    ]


def _tidy(number: Decimal) -> Decimal:
    """The number at its own shortest scale."""
    return Decimal(plain(number))


def _tidied(value: object) -> object:
    return _tidy(value) if isinstance(value, Decimal) else value


def _in_decimals(connection: duckdb.DuckDBPyConnection, forms: Sequence[str]) -> list[Observation]:
    """The same, one by one, for the forms whose sums are too wide for the query."""
    names = (*COLUMNS, "lot_step", "close", "apart")
    rows = connection.execute(f"SELECT {', '.join(names)} FROM standing WHERE {_among(forms)}").fetchall()
    groups: dict[tuple[object, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        said = dict(zip(names, row, strict=True))
        alone = None if said["kind"] in _GROUPED else said["observation"]
        parting = (
            said["lot_step"],
            said["close"],
            said["apart"],
            said["seen_at"] is None,
            said["mass_kg"] is None,
            alone,
        )
        groups[*(said[name] for name in _KEY if name != "lot_kg"), *parting].append(said)
    found = [_group(alike) for alike in groups.values()]
    columns: Columns = {name: [one[name] for one in found] for name in (*_KEY, *_TOLD)}
    return _cells_of(columns | {name: list(map(_tidied, columns[name])) for name in _DECIMALS})


def _group(alike: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    sources = {said["source"] for said in alike}
    masses = [said["mass_kg"] for said in alike if said["mass_kg"] is not None]
    instants = [said["seen_at"] for said in alike if said["seen_at"] is not None]
    with exact_arithmetic():
        by_mass = [said["mass_kg"] * (said["low"] + said["high"]) for said in alike if said["mass_kg"] is not None]
        return {
            **{name: alike[0][name] for name in _KEY},
            "first_id": min(said["observation"] for said in alike),
            "count": len(alike),
            "low": min(said["low"] for said in alike),
            "high": max(said["high"] for said in alike),
            "mass_kg": sum(masses, Decimal(0)) if masses else None,
            "twice_value": sum(by_mass, Decimal(0)) if masses else None,
            "twice_sum": sum((said["low"] + said["high"] for said in alike), Decimal(0)),
            "seen_at": max(instants) if instants else None,
            "lot": alike[0]["lot"],
            "lot_kg": alike[0]["lot_kg"] if len(alike) == 1 else alike[0]["lot_step"],
            "source": min(sources) if len(sources) == 1 else f"{len(sources)} sources",
            "last_source": None,
        }


def _among(forms: Sequence[str]) -> str:
    return f"form IN ({', '.join(map(literal, forms))})"


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
