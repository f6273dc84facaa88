"""A file with dirt in one line of twenty gives exactly its problems, and assesses the rest.

Whoever puts the dirt in says what must be told of it; nothing is asked of the program but what it says.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_samples import COLUMNS, GOOD, csv_text, sample_schedule
from test_folder import written

from footwall.batch.parts.folder import assess_folder
from footwall.batch.parts.pool import Processes

HEADER = (*COLUMNS, "content", "freight_insurance", "valuation_basis")
CLEAN = {**GOOD, "content": "", "freight_insurance": "", "valuation_basis": ""}

Dirt = tuple[dict[str, str], str, str]
DIRT: dict[str, Dirt] = {
    "no such country": ({"origin": "XX"}, "origin", "country_unknown"),
    "a form that the code does not hold": ({"hs_code": "810520"}, "form", "form_contradicts_code"),
    "a code of four digits": ({"hs_code": "2846"}, "hs_code", "hs_code_malformed"),
    "a day before every schedule": ({"entry_date": "1990-01-01"}, "entry_date", "date_outside_schedule"),
    "a day of no calendar": ({"entry_date": "2025-02-30"}, "entry_date", "date_malformed"),
    "a currency without a rate": ({"currency": "CHF"}, "currency", "rate_missing"),
    "more contained than there is": ({"content": "1.2"}, "content", "content_out_of_range"),
    "no mass": ({"net_mass_kg": "0"}, "net_mass_kg", "mass_not_positive"),
    "a mass of twenty digits": ({"net_mass_kg": "9" * 20}, "net_mass_kg", "mass_out_of_range"),
    "a mass that no price may meet": ({"net_mass_kg": "9" * 15}, "net_mass_kg", "amount_too_large"),
    "a value of twenty digits": ({"customs_value": "9" * 20}, "customs_value", "customs_value_out_of_range"),
    "a value without end": ({"customs_value": "1e999"}, "customs_value", "customs_value_out_of_range"),
    "a value below nothing": ({"customs_value": "-0.01"}, "customs_value", "customs_value_negative"),
    "no name": ({"line_id": ""}, "line_id", "field_missing"),
    "a cif value without its freight": ({"valuation_basis": "cif"}, "freight_insurance", "freight_missing"),
}


def dirty_file(folder: Path, count: int, seed: int, *, parquet: bool) -> tuple[Path, list[str], set[tuple[Any, ...]]]:
    """The file, the names of its good lines, and (record, field, code) of every problem that it must give."""
    rng = Random(seed)  # noqa: S311 - test data
    rows, good, expected = [], [], set()
    for number in range(1, count + 1):
        row = {**CLEAN, "line_id": f"L{number}", "customs_value": str(rng.randrange(10**7))}
        if rng.random() >= 0.05:
            good.append(row["line_id"])
        elif not parquet and rng.random() < 0.1:
            expected.add((number, None, "record_unreadable"))
            rows.append([*row.values()][: rng.randint(2, 9)])
            continue
        else:
            changes, field, code = DIRT[rng.choice(list(DIRT))]
            row |= changes
            expected.add((number, field, code))
        rows.append([row[name] for name in HEADER])
    if parquet:
        columns = [pa.array([value or None for value in column]) for column in zip(*rows, strict=True)]
        pq.write_table(pa.table(columns, names=list(HEADER)), folder / "lines.parquet")
        return folder / "lines.parquet", good, expected
    (folder / "lines.csv").write_text(csv_text(rows, HEADER), encoding="utf-8")
    return folder / "lines.csv", good, expected


def lines_named(out: Path) -> Iterator[str]:
    for path in sorted((out / "liabilities").glob("*.parquet")):
        yield from pq.read_table(path, columns=["line_id"])["line_id"].to_pylist()


@pytest.mark.parametrize("parquet", [True, False], ids=["parquet", "csv"])
def test_a_dirty_file_gives_exactly_its_problems_and_assesses_the_rest(
    tmp_path: Path, counted: Callable[[int], int], first_seed: int, parquet: bool
) -> None:
    path, good, expected = dirty_file(tmp_path, counted(1_000_000), first_seed, parquet=parquet)
    out = tmp_path / "out"
    assess_folder(path, out, sample_schedule(), {}, steps=False, engine=Processes(1), part_records=300_000)
    told = [(row["row"], row["field"], row["code"]) for row in written(out, "problems")]
    assert set(told) == expected
    assert len(told) == len(expected)
    assert list(lines_named(out)) == good


@pytest.mark.parametrize("what", DIRT)
def test_each_kind_of_dirt_is_told_by_itself(tmp_path: Path, what: str) -> None:
    from batch_samples import assessed, told

    changes, field, code = DIRT[what]
    found = assessed([{**CLEAN, **changes}])
    assert [(row["field"], row["code"]) for row in told(found)] == [(field, code)]
    assert len(found.liabilities) == 0
