"""The same observations are the same bytes, however they are ordered, split, spelled and packed; and both readings agree."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import FORMATS, KNOWN, Row, charge, deal, deals, payable, respelled, write
from test_bad_observations import FAULTS

import footwall.intake.read
from footwall.errors import ObservationsError
from footwall.facts import Observation
from footwall.intake import COLUMNS, HELD, read_observations, read_parquet
from footwall.intake.read import read_record
from footwall.intake.reading import UNITS_AT_A_GLANCE


@given(
    rows=st.lists(deals(), min_size=1, max_size=8, unique_by=lambda row: row["observation"]),
    seed=st.integers(0, 2**32),
    endings=st.lists(st.sampled_from(FORMATS), min_size=1, max_size=3),
)
def test_the_same_rows_are_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], seed: int, endings: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("same")
    order = random.Random(seed)  # noqa: S311 - an order, no secret
    expected = read_observations(rows, KNOWN)
    assert expected.problems == ()
    shuffled = [respelled(row) if order.random() < 0.5 else row for row in order.sample(rows, len(rows))]
    parts: list[list[Row]] = [[] for _ in endings]
    for row in shuffled:
        parts[order.randrange(len(endings))].append(row)
    paths = [
        write(folder / f"{number}.{ending}", part)
        for number, (ending, part) in enumerate(zip(endings, parts, strict=True))
        if part
    ]
    found = read_observations(paths, KNOWN)
    assert found.problems == ()
    assert found.parquet() == expected.parquet()
    assert found.digest() == expected.digest()
    assert found.digests == expected.digests


@given(rows=st.lists(deals(), max_size=6, unique_by=lambda row: row["observation"]))
def test_what_is_written_is_read_again(rows: list[Row]) -> None:
    intake = read_observations(rows, KNOWN)
    again = read_parquet(intake.parquet())
    assert again.schema == HELD
    assert again.to_pylist() == intake.table.to_pylist()
    ids = again["observation"].to_pylist()
    assert ids == sorted(ids)
    assert len(ids) + intake.duplicates.num_rows == len(rows)


def test_no_table_of_another_shape_is_read_as_observations(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [deal()])
    for source in (path, str(path), b"PAR1", b"", tmp_path / "none.parquet"):
        with pytest.raises(ObservationsError, match="cannot be read"):
            read_parquet(source)


def test_a_kept_file_tells_nothing_of_the_library_that_read_it() -> None:
    kept = pa.parquet.read_schema(pa.BufferReader(read_observations([deal()], KNOWN).parquet()))
    assert not kept.metadata
    assert kept.equals(HELD)


def said(row: dict[str, object]) -> str:
    """What a row says, written from the document and not from the query."""
    always = [c.name for c in fields(Observation) if c.default is MISSING and c.name not in {"observation", "source"}]

    def text(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return f"{value:f}" if isinstance(value, Decimal) else "" if value is None else str(value)

    later = [name for name in COLUMNS if name not in {*always, "observation", "source"} and text(row[name])]
    parts = [text(row[name]) for name in always] + [f"{name}={text(row[name])}" for name in later]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@given(rows=st.lists(deals(), min_size=1, max_size=5, unique_by=lambda row: row["observation"]))
def test_a_digest_is_of_all_that_a_row_says_but_its_id_and_source(rows: list[Row]) -> None:
    intake = read_observations(rows, KNOWN)
    for row, told in zip(intake.table.to_pylist(), intake.digests.to_pylist(), strict=True):
        assert told == {"observation": row["observation"], "digest": said(row)}


ODD = st.sampled_from(
    ["", " ", "0", "1", "1.50", "1e2", "-1", "+3", ".5", "5.", "abc", "true", "kg", "share", "NA", "USD", "x" * 201, "\u00a0",
     "2026-01-05", "2026-01-05T10:00Z", "2026-01-05 10:00:00.5+14:00", "0001-01-01T00:00+05:00", "9999-12-31", "é", "e\u0301",
     "a\u200bb", "a\x1fb", "\x7f", "中国", "apt", "fob", "exchange", "bid", "payable", "averages", "0000-01-01", "🜨", "CNSHA"]
)  # fmt: skip


@given(
    base=st.sampled_from(
        [deal(), payable(), charge(), deal(seen_at="2026-01-05T10:00:00Z"), *(row for row, _, _ in FAULTS)]
    ),
    changes=st.dictionaries(st.sampled_from([*COLUMNS, "count", "value"]), ODD, max_size=3),
)
def test_the_query_and_the_readable_reading_agree(base: Row, changes: Row) -> None:
    """Whatever the query takes at a glance, the reading that words problems takes too, and to the same values."""
    row = base | changes
    intake = read_observations([row], KNOWN)
    told = read_record(row, KNOWN, "table", None, 1)
    if isinstance(told, tuple):
        assert len(intake) == 0
        assert intake.problems == told
    else:
        assert intake.problems == ()
        assert intake.table.to_pylist() == [dict(pa.Table.from_pylist([told], schema=HELD).to_pylist()[0])]


def test_what_is_right_is_taken_at_a_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no good row of a million is read one by one."""

    def never(*_: object) -> None:
        raise AssertionError("a good row was read one by one")

    monkeypatch.setattr("footwall.intake.reading.read_record", never)
    rows: Sequence[Row] = [
        deal(),
        payable(observation="share"),
        deal(observation="full", market="São Paulo", high="36000.5", seen_at="2026-01-05T17:00:00.25+08:00", place="NLRTM",
             counterparty="Beta & Co.", relation="unrelated", lot="L-1", lot_kg="1000", content="0.998", grade="A",
             origin="NA", payment_days="30", estimated="FALSE", vat_included="1", per="contained", deflator="usd-1998",
             observed_from="2026-01-01", published_at="2026-02-01", tier="transactions", count="1", source=""),
    ]  # fmt: skip
    assert len(read_observations(rows, KNOWN)) == len(rows)


@pytest.mark.parametrize("unit", UNITS_AT_A_GLANCE)
def test_the_units_that_the_query_knows_are_of_mass(unit: str) -> None:
    assert footwall.intake.read.is_mass_unit(unit)
