"""However lines are handed over, they owe the same: any table, any order, any split, any number of threads."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from batch_samples import GOOD, assessed, line, owed, sample_schedule
from hypothesis import given
from hypothesis import strategies as st

from footwall.batch import Session, Table, assess
from footwall.batch.assess import liability_row
from footwall.duties import Liability, assess_line

RATES = {("EUR", "USD", date(2025, 3, 31)): Decimal("1.0811")}


def some_lines(count: int = 60) -> list[dict[str, Any]]:
    """Good lines of both lanes and of the readable law alone, on both sides of the floor."""
    rng = Random(7)  # noqa: S311 - test data
    lines = []
    for number in range(count):
        changes: dict[str, Any] = {
            "line_id": f"L{number}",
            "origin": rng.choice(("CN", "JP", "RU")),
            "net_mass_kg": rng.choice(("0.5", "1000", "12345678.901", " 7 ", "1e3")),
            "customs_value": str(Decimal(rng.randrange(10 ** rng.randint(2, 9))) / 100),
            "currency": rng.choice(("USD", "EUR")),
        }
        if number % 5 == 0:
            changes |= {"form": "nickel-scrap", "hs_code": "750300"}
        lines.append({**GOOD, **changes, "content": rng.choice(("0.3", "0.75"))})
    return lines


def rows(lines: object) -> list[dict[str, Any]]:
    return assess(lines, sample_schedule(), RATES).liabilities.to_pylist()


def as_csv(table: pa.Table, folder: Path) -> Path:
    pyarrow.csv.write_csv(table, folder / "lines.csv")
    return folder / "lines.csv"


def as_parquet(table: pa.Table, folder: Path) -> Path:
    pq.write_table(table, folder / "lines.parquet", row_group_size=7)
    return folder / "lines.parquet"


FORMS: dict[str, Callable[[pa.Table, Path], object]] = {
    "list of dicts": lambda table, _: table.to_pylist(),
    "generator": lambda table, _: iter(table.to_pylist()),
    "arrow": lambda table, _: table,
    "record batch reader": lambda table, _: table.to_reader(),
    "fw.Table": lambda table, _: Table(table),
    "pandas": lambda table, _: table.to_pandas(),
    "pandas records": lambda table, _: table.to_pandas().to_dict("records"),
    "polars": lambda table, _: pl.from_arrow(table),
    "duckdb": lambda table, _: duckdb.from_arrow(table).to_arrow_table(),
    "csv": as_csv,
    "csv path as text": lambda table, folder: str(as_csv(table, folder)),
    "parquet": as_parquet,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_kind_of_table_owes_the_same(tmp_path: Path, form: Callable[[pa.Table, Path], object]) -> None:
    lines = some_lines()
    expected = rows(lines)
    assert [row["line_id"] for row in expected] == [line["line_id"] for line in lines]
    assert rows(form(pa.Table.from_pylist(lines), tmp_path)) == expected


@pytest.mark.parametrize("kind", [Decimal, float, int, str])
def test_a_number_owes_the_same_however_it_is_typed(kind: Callable[[str], object]) -> None:
    value = {int: "55000", float: "55000.1", Decimal: "55000.10", str: "55000.10"}[kind]  # type: ignore[index]
    found = assessed([line(customs_value=kind(value), net_mass_kg=kind("1000"))])
    assert owed(found) == [("good", Decimal(110000) - Decimal(value) if kind is int else Decimal("54999.90"))]


@pytest.mark.parametrize("number", [np.int64(55000), np.float64(55000), np.float32(55000), np.str_("55000")])
def test_numbers_of_array_libraries_are_numbers(number: object) -> None:
    assert owed(assessed([line(customs_value=number)])) == [("good", Decimal("55000.00"))]
    quoted = assess_line(line(customs_value=number), sample_schedule(), {})[0]
    assert isinstance(quoted, Liability)
    assert quoted.total_duty == Decimal("55000.00")


@pytest.mark.parametrize("cut", [1, 30, 59])
def test_order_and_split_change_no_liability(cut: int, first_seed: int) -> None:
    lines = some_lines()
    expected = {row["line_id"]: row for row in rows(lines)}
    mixed = Random(first_seed + cut).sample(lines, len(lines))  # noqa: S311 - test data
    found = rows(mixed[:cut]) + rows(mixed[cut:])
    assert [row["line_id"] for row in found] == [line["line_id"] for line in mixed]
    assert {row["line_id"]: row for row in found} == expected


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_changes_no_liability(tmp_path: Path, threads: int) -> None:
    lines = some_lines(5_000)
    path = as_parquet(pa.Table.from_pylist(lines), tmp_path)
    session = Session.open(path, sample_schedule(), RATES)
    session.connection.execute(f"SET threads = {threads}")
    assert session.liabilities().to_pylist() == rows(lines)


def test_quote_equals_assess_and_the_total_is_the_sum_of_its_duties() -> None:
    lines = some_lines(200)
    session = Session.open(lines, sample_schedule(), RATES)
    for raw, found in zip(lines, session.liabilities().to_pylist(), strict=True):
        quoted = assess_line(raw, sample_schedule(), RATES)[0]
        assert isinstance(quoted, Liability)
        assert liability_row(quoted, session.prepared.terms) == found
        if found["ordinary_duty"] is None:
            assert (found["total_duty"], found["total_duty_unknown"]) == (None, "ordinary_rate_unknown")
        else:
            assert found["total_duty"] == found["ordinary_duty"] + found["additional_duty"] + found["floor_duty"]


def test_the_steps_add_up_to_the_duties_they_explain() -> None:
    found = assess(some_lines(200), sample_schedule(), RATES)
    sums: dict[tuple[str, str], Decimal] = {}
    for step in found.steps.to_pylist():
        key = (step["line_id"], step["role"])
        sums[key] = sums.get(key, Decimal(0)) + step["amount"]
    for row in found.liabilities.to_pylist():
        for role, amount in (("ordinary", row["ordinary_duty"]), ("floor", row["floor_duty"])):
            assert sums.get((row["line_id"], role), Decimal(0)) == (amount or Decimal(0))


WORDS = {
    "line_id": ("x", "", " ", "\t", "Größe", "0"),
    "entry_date": ("2025-03-31", "2025-3-31", "2024-01-01", "2023-12-31", "", "2025-02-30", " 2025-03-31 ", "20250331"),
    "importer": ("US", "us", "DE", "XX", "", " US"),
    "origin": ("CN", "JP", "RU", "XK", "NA", ""),
    "hs_code": ("28469080", "284690", "2846908012", "811292", "750300", "7503", "", "abc", "998877", "28469080 "),
    "form": ("ndpr-oxide", "nickel-scrap", "", "nope", " ndpr-oxide", "apt"),
    "net_mass_kg": ("1", "0", "-1", "1e3", "+2.5", "1.", ".5", "", "x", "1.1234567", "1.123456", "1e400", "９", "007",
                    "999999999999999", "9090909090909", "9090909090910", "1000000000000000", "NaN", "1 000"),
    "customs_value": ("1", "0", "-0", "-0.0", "1e2", "55000.005", "", "999999999999999.999999", "1e15", "inf", "0x10"),
    "currency": ("USD", "EUR", "JPY", "usd", "", "ZZZ"),
    "content": ("", "0.5", "1", "1.0000001", "0", "50%", "5e-1"),
    "freight_insurance": ("", "0", "10", "-1", "1e300", "99999999"),
    "valuation_basis": ("", "fob", "cif", "CIF"),
    "related_parties": ("", "true", "NO", "maybe"),
    "direct_invoice": ("", "1", "False", "2"),
    "entry_type": ("", "consumption", "warehouse", "withdrawal", "return", "temporary", "sold"),
    "credit_refs": ("", "x"),
}  # fmt: skip


def odd_line(draw: st.DrawFn) -> dict[str, str]:
    changed = draw(st.sets(st.sampled_from(sorted(WORDS)), max_size=3))
    usual = {name: words[0] for name, words in WORDS.items()}
    return usual | {name: draw(st.sampled_from(WORDS[name])) for name in sorted(changed)}


@given(st.lists(st.composite(odd_line)(), min_size=20, max_size=60))
def test_the_readable_law_and_the_query_read_every_word_alike(lines: list[dict[str, str]]) -> None:
    session = Session.open(lines, sample_schedule(), RATES)
    liabilities = iter(session.liabilities().to_pylist())
    problems = session.problem_table().to_pylist()
    for row, raw in enumerate(lines, start=1):
        expected = assess_line(raw, sample_schedule(), RATES, row)
        if isinstance(expected[0], Liability):
            assert next(liabilities) == liability_row(expected[0], session.prepared.terms), raw
        else:
            told = [
                (problem["field"], problem["code"], problem["found"]) for problem in problems if problem["row"] == row
            ]
            assert told == [(problem.field, problem.code, problem.found) for problem in expected], raw  # type: ignore[union-attr]
    assert next(liabilities, None) is None
