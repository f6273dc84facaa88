"""Files as they come: of every format, hostile ones among them. None raises anything but what says what is wrong."""

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import FORMATS, KNOWN, deal, one, write

from footwall.errors import ObservationsError, UsageError
from footwall.facts import shipped_facts
from footwall.intake import COLUMNS, HELD, Known, read_observations

HEADER = ",".join(deal())
RECORD = ",".join(deal().values())


def told(folder: Path, name: str, content: bytes) -> set[str]:
    """The codes with which a file is refused, or its records are."""
    path = folder / name
    path.write_bytes(content)
    try:
        return {problem.code for problem in read_observations(path, KNOWN).problems}
    except ObservationsError as error:
        return {problem.code if problem.source == str(path) and problem.remedy else "" for problem in error.problems}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.csv", HEADER.encode(), "records_missing"),
        ("a.csv", f"{HEADER}\n".encode(), "records_missing"),
        ("a.csv", f"{HEADER}\n{RECORD}\n".encode("utf-16"), "encoding_unknown"),
        ("a.csv", f"{HEADER}\n{RECORD.replace('Alpha', 'Gärung')}\n".encode("latin-1"), "record_unreadable"),
        ("a.csv", f"m\xe4rket,{HEADER}\n".encode("latin-1"), "encoding_unknown"),
        ("a.csv", f"{HEADER}\n{RECORD}\n".replace(",", ";").encode(), "separator_unknown"),
        ("a.csv", f"{HEADER},low\n{RECORD},1\n".encode(), "column_repeated"),
        ("a.csv", f"{HEADER},LOW\n{RECORD},1\n".encode(), "column_repeated"),
        ("a.csv", HEADER.replace("low", "Low").encode(), "column_missing"),
        ("a.csv", f"{HEADER}\n{RECORD},more\n".encode(), "record_unreadable"),
        ("a.csv", f"{HEADER}\nonly,two\n".encode(), "record_unreadable"),
        ("a.csv", f"{HEADER}\n{RECORD}\n{',' * HEADER.count(',')}\n".encode(), "record_empty"),
        ("a.csv", f'{HEADER}\n"{RECORD}\n'.encode(), "record_unreadable"),
        ("a.csv", f"{HEADER}\n{RECORD.replace('Alpha', 'Al' + chr(0) + 'pha')}\n".encode(), "text_unprintable"),
        ("a.csv", b"\x00\x01\x02\x03", "encoding_unknown"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00rest", "encoding_unknown"),
        ("a.xlsx", b"PK\x03\x04rest", "encoding_unknown"),
        ("a.parquet", b"not at all", "file_damaged"),
        ("a.parquet", b"PAR1 and then nothing", "file_damaged"),
        ("a.parquet", b"PAR1" + b"\xff" * 400 + b"PAR1", "file_damaged"),
        ("a.json", b'[{"observation": "a", ', "file_damaged"),
        ("a.json", b'{"observation": "a"}', "file_damaged"),
        ("a.json", b"[" * 100_000, "file_damaged"),
        ("a.json", b'[{"observation": "\xff"}]', "encoding_unknown"),
        ("a.json", b"[]", "records_missing"),
        ("a.json", b"[1, null, []]", "record_unreadable"),
        ("a.json", json.dumps([deal() | {"low": {"value": 1}}]).encode(), "field_nested"),
        ("a.json", json.dumps([deal() | {"low": [1]}]).encode(), "field_nested"),
        ("a.json", json.dumps([deal(market="\ud800")]).encode(), "record_unreadable"),
        ("a.json", json.dumps([deal(low="?")]).replace('"?"', "NaN").encode(), "price_malformed"),
        ("a.json", json.dumps([deal(low="?")]).replace('"?"', "9" * 1_000_000).encode(), "price_malformed"),
        ("a.json", json.dumps([deal()]).replace('"low"', '"low": 5, "low"').encode(), "column_repeated"),
        ("a.jsonl", (json.dumps(deal()) + "\n{broken\n").encode(), "record_unreadable"),
        ("a.jsonl", json.dumps(deal()).encode() + b"\n" + b"[" * 100_000, "record_unreadable"),
        ("a.jsonl", json.dumps(deal()).encode() + b'\n"\xff"\n', "record_unreadable"),
        ("a.ndjson", b"\n\n", "records_missing"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_told_by_its_code(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert code in told(tmp_path, name, content)


@given(content=st.binary(max_size=300), name=st.sampled_from([f"a.{ending}" for ending in FORMATS]))
def test_no_bytes_whatever_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    told(tmp_path_factory.mktemp("bytes"), name, content)


@given(cut=st.integers(0, 5000), at=st.integers(0, 5000), byte=st.integers(0, 255))
def test_no_damage_to_a_parquet_file_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    content = bytearray(write(folder / "good.parquet", [deal()]).read_bytes())
    content[at % len(content)] = byte
    told(
        folder,
        "bad.parquet",
        bytes(content[: max(4, len(content) - cut % len(content))]) if cut % 2 else bytes(content),
    )


def test_records_are_counted_from_one_and_blank_lines_are_none(tmp_path: Path) -> None:
    good, bad = RECORD.replace("deal-1", "deal-2"), RECORD.replace("36000", "-1")
    (tmp_path / "a.csv").write_text(f"{HEADER}\n\n{good}\n\n{bad}\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{HEADER}\n\n{good}\nx\n{bad}\n", encoding="utf-8")
    assert [problem.row for problem in read_observations(tmp_path / "a.csv", KNOWN).problems] == [2]
    assert [problem.row for problem in read_observations(tmp_path / "b.csv", KNOWN).problems] == [2, 3]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"low": "x", "observed_to": "x"}, {("low", "price_malformed"), ("observed_to", "date_malformed")}),
        ({"form": "none", "incoterm": ""}, {("form", "form_unknown"), ("incoterm", "field_missing")}),
        ({"low": "9", "high": "8"}, {("high", "high_below_low")}),
    ],
    ids=["nothing else", "fields", "a field and what its kind asks", "two fields together"],
)
@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_a_field_that_cannot_be_read_hides_no_other_fault_of_its_record(
    tmp_path: Path, changes: dict[str, str], expected: set[tuple[str, str]], ending: str
) -> None:
    path = tmp_path / f"a.{ending}"
    good, bad = deal(observation="good"), deal(**changes)
    unread = {"market": "record_unreadable"}
    if ending == "csv":
        rows = [good, bad | {"market": "Gärung"}]
        lines = [",".join({**dict.fromkeys(["high"], ""), **row}.values()) for row in rows]
        names = ",".join({**dict.fromkeys(["high"], ""), **bad})
        path.write_bytes("\n".join([names, *lines]).encode("latin-1"))
    else:
        unread = {"market": "field_nested", "unit": "field_nested"}
        objects = [good, bad | {"market": [1], "unit": {"a": 1}}]
        path.write_text(json.dumps(objects) if ending == "json" else "\n".join(map(json.dumps, objects)))
    found = read_observations(path, KNOWN)
    assert found.table["observation"].to_pylist() == ["good"]
    assert {(one.field, one.code) for one in found.problems} == expected | set(unread.items())
    assert {one.row for one in found.problems} == {2}


def test_all_unreadable_files_of_a_submission_are_told_at_once(tmp_path: Path) -> None:
    good = write(tmp_path / "good.csv", [deal()])
    with pytest.raises(ObservationsError) as refused:
        read_observations([good, tmp_path / "none.csv", tmp_path], KNOWN)
    assert [problem.code for problem in refused.value.problems] == ["file_missing", "file_missing"]


@pytest.mark.parametrize("nonsense", [5, None, {"observation": "a"}, b"PAR1", ["a.csv", 5], [deal(), "a.csv"]])
def test_what_is_no_table_at_all_is_the_callers_fault(nonsense: object) -> None:
    with pytest.raises(UsageError):
        read_observations(nonsense, KNOWN)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("typed", [False, True])
def test_every_format_says_the_same(tmp_path: Path, ending: str, typed: bool) -> None:
    path = write(tmp_path / f"a.{ending}", [deal(low="36000.1")], typed=typed and ending != "csv")
    assert one(read_observations(path, KNOWN)) == one(read_observations([deal(low="36000.1")], KNOWN))


def test_tables_of_every_library_say_the_same() -> None:
    rows = [deal(), deal(observation="deal-2", low="1.5", mass_kg="")]
    expected = read_observations(rows, KNOWN)
    arrow = pa.Table.from_pylist(rows)
    mixed = pd.DataFrame(rows).astype(object)
    mixed.loc[0, "low"] = 36000.0
    for table in (arrow, pl.DataFrame(rows), pd.DataFrame(rows), mixed):
        assert read_observations(table, KNOWN).table == expected.table


def test_typed_columns_are_read_as_they_stand() -> None:
    instant = pa.array([pd.Timestamp("2026-01-05 10:00", tz="Asia/Shanghai")], pa.timestamp("ns", tz="Asia/Shanghai"))
    table = pa.table(
        {name: [text] for name, text in deal().items() if name not in {"low", "observed_to"}}
        | {
            "low": pa.array(["36000.10"]).cast(pa.decimal128(38, 10)),
            "observed_to": pa.array([pd.Timestamp("2026-01-05")]),
            "seen_at": instant,
            "estimated": [True],
            "payment_days": pa.array([30], pa.int8()),
        }
    )
    row = one(read_observations(table, KNOWN))
    assert str(row["low"]) == "36000.100000"
    assert row["seen_at"].isoformat() == "2026-01-05T02:00:00+00:00"
    assert (row["estimated"], row["payment_days"]) == (True, 30)


def test_a_column_of_lists_is_refused_by_name() -> None:
    table = pa.table({name: [[text]] if name == "lot" else [text] for name, text in deal(lot="a").items()})
    with pytest.raises(ObservationsError, match=r"lot: found a column of VARCHAR\[\]; expected one value"):
        read_observations(table, KNOWN)


def test_columns_that_mean_nothing_here_are_told_once(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.csv", [deal(observation=name, lot=name, remark="x")]) for name in "ab"]
    intake = read_observations(paths, KNOWN)
    assert intake.columns_not_read == ("remark",)
    assert len(intake) == 2


def test_a_name_that_is_a_pattern_is_only_a_name(tmp_path: Path) -> None:
    write(tmp_path / "ab.csv", [deal(observation="other")])
    for name in ("a[b].csv", "a*.csv", "it's.csv", "a?.parquet"):
        assert one(read_observations(write(tmp_path / name, [deal()]), KNOWN))["observation"] == "deal-1"


def test_a_record_without_source_names_its_file_or_what_it_is_called(tmp_path: Path) -> None:
    path = write(tmp_path / "january.csv", [deal(source="")])
    assert one(read_observations(path, KNOWN))["source"] == "january.csv"
    assert one(read_observations(path, KNOWN, called="desk, January"))["source"] == "desk, January"


def test_the_schema_that_is_held_is_that_of_the_records_of_facts() -> None:
    assert HELD.names == list(COLUMNS)
    assert not {"count", "value"} & set(COLUMNS)


def test_the_observations_that_come_with_the_package_are_all_taken(tmp_path: Path) -> None:
    """The table of facts is such a file: whatever stands in it passes every check."""
    facts = shipped_facts()
    intake = read_observations(facts.folder / "observations.csv", Known.of(facts))
    assert intake.problems == ()
    assert len(intake) + intake.duplicates.num_rows == len(facts.observations)
