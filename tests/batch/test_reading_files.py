"""Files as they come from other people's programs: what can be read is read, record by record; the rest is told."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_samples import COLUMNS, GOOD, assessed, csv_text, owed, record, sample_schedule, told, write

from footwall.batch import assess_file
from footwall.batch.records import read_records
from footwall.errors import LinesError

OWED = Decimal("55000.00")
HEADER = ",".join(COLUMNS)
ROW = ",".join(record())


def places(found: Any) -> list[tuple[int, str | None, str, str]]:
    return [(row["row"], row["field"], row["code"], row["found"]) for row in told(found)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(csv_text([record()]), id="plain"),
        pytest.param("\ufeff" + csv_text([record()]), id="byte-order mark"),
        pytest.param(csv_text([record()], end="\r\n"), id="CRLF"),
        pytest.param(csv_text([record()]).rstrip("\n"), id="no last line end"),
        pytest.param(csv_text([record()]) + "\n\n", id="blank lines at the end"),
        pytest.param(HEADER + "\n" + ",".join(f'"{value}"' for value in record()) + "\n", id="all quoted"),
        pytest.param(HEADER.replace(",", ", ") + "\n" + ROW + "\n", id="blanks in the header"),
        pytest.param(HEADER + ",source_row,usable,lane,cell\n" + ROW + ",9,8,7,6\n", id="columns with our own words"),
        pytest.param(HEADER + ',"x""y; DROP TABLE"\n' + ROW + ",1\n", id="a column with quotation marks"),
    ],
)
def test_a_file_of_one_good_line_owes_what_it_owes(tmp_path: Path, text: str) -> None:
    found = assessed(write(tmp_path, text, "it's lines.csv"))
    assert told(found) == []
    assert owed(found) == [("good", OWED)]


def test_a_quoted_line_end_does_not_part_a_record(tmp_path: Path) -> None:
    text = csv_text([['"two\nlines"', *record()[1:]], record(), record(origin="XX")])
    found = assessed(write(tmp_path, text))
    assert owed(found) == [("two\nlines", OWED), ("good", OWED)]
    assert places(found) == [(3, "origin", "country_unknown", "'XX'")]


def test_ragged_records_are_told_and_the_numbers_stay_right(tmp_path: Path) -> None:
    text = "\n".join([HEADER, ROW, ROW + ",more", "short,1", "", ROW, ROW.replace("CN", "XX"), ROW])
    found = assessed(write(tmp_path, text))
    assert owed(found) == [("good", OWED)] * 3
    assert places(found) == [
        (2, None, "record_unreadable", "10 fields"),
        (3, None, "record_unreadable", "2 fields"),
        (5, "origin", "country_unknown", "'XX'"),
    ]
    assert told(found)[0]["expected"] == "9 fields in UTF-8, as in the header"
    assert told(found)[0]["remedy"] == "Is a quotation mark or a comma missing?"


@pytest.mark.parametrize("blank", ["   ", "\t", " ,", ",,,,,,,,", " , ,\t,,,,,, ", '" "', '""'])
def test_a_record_of_nothing_but_blanks_is_one_problem_that_says_so(tmp_path: Path, blank: str) -> None:
    path = write(tmp_path, "\n".join([HEADER, ROW, blank, ROW.replace("CN", "XX"), ROW, ""]))
    found = assessed(path)
    assert owed(found) == [("good", OWED)] * 2
    assert places(found) == [
        (2, None, "record_empty", "nothing in any field"),
        (3, "origin", "country_unknown", "'XX'"),
    ]
    problem = told(found)[0]
    assert (problem["source"], problem["line_id"]) == (str(path), None)
    assert (problem["expected"], problem["remedy"]) == ("a goods line", "Remove the record, or fill it in.")


def test_a_record_with_one_word_in_it_is_not_empty(tmp_path: Path) -> None:
    found = assessed(write(tmp_path, f"{HEADER}\n,,,CN,,,,,\nx\n{ROW}"))
    assert owed(found) == [("good", OWED)]
    assert {(row["row"], row["code"]) for row in told(found)} == {(1, "field_missing"), (2, "record_unreadable")}


def test_bytes_that_are_not_utf_8_spoil_their_own_record_only(tmp_path: Path) -> None:
    bad = ROW.replace("good", "Müller").encode("latin-1")
    data = (
        HEADER.encode()
        + b"\n"
        + ROW.encode()
        + b"\n"
        + bad
        + b"\n"
        + ROW.replace("good", "Müller\ufffd").encode()
        + b"\n"
    )
    found = assessed(write(tmp_path, data))
    assert [name for name, _ in owed(found)] == ["good", "Müller\ufffd"]
    assert places(found) == [(2, "line_id", "record_unreadable", "bytes that are not UTF-8")]


def test_a_field_that_is_not_utf_8_hides_no_other_fault_of_its_record(tmp_path: Path) -> None:
    bad = record(line_id="Müller", origin="XX", customs_value="x", hs_code="999999", form="", currency="Ü")
    data = csv_text([record(), bad]).encode("latin-1")
    expected = [
        ("line_id", "record_unreadable"), ("currency", "record_unreadable"), ("origin", "country_unknown"),
        ("hs_code", "hs_code_unknown"), ("customs_value", "customs_value_malformed"),
    ]  # fmt: skip
    path = write(tmp_path, data)
    found = assessed(path)
    assert owed(found) == [("good", OWED)]
    assert sorted((field, code) for _, field, code, _ in places(found)) == sorted(expected)
    assert {row["line_id"] for row in told(found)} == {None}
    outcome = assess_file([path], tmp_path / "owed", sample_schedule())
    in_parts = pq.read_table(outcome.problems_path).select(["row", "field", "code"]).to_pylist()
    assert in_parts == [{name: row[name] for name in ("row", "field", "code")} for row in told(found)]
    with pytest.raises(LinesError) as refused:
        read_records(path)
    assert [(one.row, one.field) for one in refused.value.problems] == [(2, "currency"), (2, "line_id")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"customs_value": "x", "entry_date": "1990-01-01"}, ["customs_value_malformed", "date_outside_schedule"]),
        ({"net_mass_kg": "x", "form": "cobalt-metal"}, ["form_contradicts_code", "mass_malformed"]),
        ({"net_mass_kg": "x", "currency": "CHF"}, ["mass_malformed", "rate_missing"]),
        ({"entry_date": "x", "hs_code": "999999", "form": ""}, ["date_malformed", "hs_code_unknown"]),
        ({"hs_code": "28", "origin": "XX"}, ["country_unknown", "hs_code_malformed"]),
        ({"entry_date": "x", "currency": "CHF"}, ["date_malformed"]),
        ({"hs_code": "28", "form": ""}, ["hs_code_malformed"]),
    ],
)
def test_what_hangs_on_no_unreadable_field_is_told_at_once(
    tmp_path: Path, changes: dict[str, str], expected: list[str]
) -> None:
    found = assessed(write(tmp_path, csv_text([record(**changes), record()])))
    assert owed(found) == [("good", OWED)]
    assert sorted(row["code"] for row in told(found)) == expected


def test_a_quotation_mark_never_closed_is_told_where_it_opens(tmp_path: Path) -> None:
    found = assessed(write(tmp_path, "\n".join([HEADER, ROW, '"' + ROW, ROW])))
    assert owed(found) == [("good", OWED)]
    assert places(found) == [(2, None, "record_unreadable", "1 field")]


def test_a_cell_of_ten_megabytes_is_told_and_its_neighbours_assessed(tmp_path: Path) -> None:
    found = assessed(write(tmp_path, csv_text([record(), record(customs_value="x" * 10_000_000), record()])))
    assert owed(found) == [("good", OWED)] * 2
    (problem,) = told(found)
    assert (problem["row"], problem["code"]) == (2, "field_too_long")
    assert len(problem["found"]) < 100


def test_a_ragged_file_leaves_the_csv_module_of_the_process_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    found = assessed(write(tmp_path, csv_text([record(), record(customs_value="x" * 1_000_000)]) + "one,field\n"))
    assert [problem["code"] for problem in told(found)] == ["field_too_long", "record_unreadable"]
    assert csv.field_size_limit() == before


def test_nul_bytes_are_kept_where_they_do_no_harm_and_told_where_they_do(tmp_path: Path) -> None:
    text = csv_text([record(line_id="a\0b"), record(origin="C\0N"), record(net_mass_kg="1\0"), record()])
    found = assessed(write(tmp_path, text))
    assert owed(found) == [("a\0b", OWED), ("good", OWED)]
    assert [place[:3] for place in places(found)] == [
        (2, "origin", "country_unknown"),
        (3, "net_mass_kg", "mass_malformed"),
    ]


REFUSED = [
    ("empty.csv", b"", "file_empty", "an empty file", "a header and at least one record", "Export it again."),
    ("utf16.csv", csv_text([record()]).encode("utf-16"), "encoding_unknown", "UTF-16", "CSV in UTF-8, or Parquet",
     "Save it as CSV UTF-8."),
    ("utf16-no-mark.csv", csv_text([record()]).encode("utf-16-be"), "encoding_unknown", "binary",
     "CSV in UTF-8, or Parquet", "Save it as CSV UTF-8."),
    ("book.xlsx", b"PK\x03\x04....", "encoding_unknown", "a spreadsheet or an archive", "CSV in UTF-8, or Parquet",
     "Save it as CSV UTF-8."),
    ("latin.csv", (HEADER + ",Größe\n" + ROW + ",1").encode("latin-1"), "encoding_unknown", "bytes that are not UTF-8",
     "CSV in UTF-8", "Save it as CSV UTF-8."),
    ("semicolons.csv", csv_text([record()]).replace(",", ";").encode(), "separator_unknown",
     "columns parted by semicolons", "columns parted by commas", "Export it with commas, and with decimal points."),
    ("tabs.csv", csv_text([record()]).replace(",", "\t").encode(), "separator_unknown", "columns parted by tabs",
     "columns parted by commas", "Export it with commas, and with decimal points."),
    ("twice.csv", f"{HEADER},form\n{ROW},x\n".encode(), "column_repeated", "form", "each column once",
     "Rename or remove one."),
    ("cased.csv", f"{HEADER},Form\n{ROW},x\n".encode(), "column_repeated", "Form, form", "each column once",
     "Rename or remove one."),
    ("text.parquet", f"{HEADER}\n{ROW}\n".encode(), "file_damaged", "not a Parquet file",
     "a Parquet file, as its name says", "Write it as Parquet, or name it .csv if it is CSV."),
    ("short.parquet", b"PAR1", "file_damaged", None, "a whole Parquet file", "Write it again."),
    ("damaged.parquet", b"PAR1" + b"\0" * 100 + b"PAR1", "file_damaged", None, "a whole Parquet file", "Write it again."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "code", "found", "expected", "remedy"), REFUSED)
def test_a_file_that_is_no_table_of_lines_is_refused_whole(
    tmp_path: Path, name: str, data: bytes, code: str, found: str | None, expected: str, remedy: str
) -> None:
    path = write(tmp_path, data, name)
    with pytest.raises(LinesError) as refused:
        assessed(path)
    (problem,) = refused.value.problems
    assert (problem.code, problem.expected, problem.remedy, problem.source) == (code, expected, remedy, str(path))
    assert found is None or problem.found == found
    assert "\n" not in problem.found
    assert refused.value.summary == f"{path} cannot be assessed."


def test_every_missing_column_is_named_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "line_id,origin,Currency\nx,CN,USD\n")
    with pytest.raises(LinesError) as refused:
        assessed(path)
    missing = [problem.field for problem in refused.value.problems]
    assert missing == ["entry_date", "importer", "hs_code", "net_mass_kg", "customs_value", "currency"]
    assert {problem.code for problem in refused.value.problems} == {"column_missing"}
    first, *_, last = map(str, refused.value.problems)
    assert first.endswith("found no such column; expected the column entry_date. Add entry_date. [column_missing]")
    assert last.endswith("expected the column currency. Write currency, not Currency. [column_missing]")
    assert refused.value.summary.endswith(
        "Required are line_id, entry_date, importer, origin, hs_code, net_mass_kg, customs_value, currency; "
        "found are line_id, origin, Currency."
    )


@pytest.mark.parametrize("write_name", [str.upper, str.title, lambda name: name.replace("_", " ")])
def test_a_header_in_another_writing_is_told_how_each_column_is_written(
    tmp_path: Path, write_name: Callable[[str], str]
) -> None:
    path = write(tmp_path, f"{','.join(map(write_name, COLUMNS))}\n{ROW}\n")
    with pytest.raises(LinesError) as refused:
        assessed(path)
    for problem in refused.value.problems:
        assert problem.remedy == f"Write {problem.field}, not {write_name(str(problem.field))}."


@pytest.mark.parametrize("path", ["nowhere.csv", "."])
def test_a_path_that_is_no_file_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(LinesError) as refused:
        assessed(tmp_path / path)
    assert refused.value.problems[0].code == "file_missing"


def test_a_header_alone_owes_nothing(tmp_path: Path) -> None:
    found = assessed(write(tmp_path, HEADER + "\n"))
    assert (owed(found), told(found)) == ([], [])


COLUMN_TYPES = {
    "as text": dict.fromkeys(COLUMNS, pa.string()),
    "as numbers": {"hs_code": pa.int64(), "net_mass_kg": pa.int32(), "customs_value": pa.float64(), "entry_date": pa.date32()},
    "as decimals": {"net_mass_kg": pa.decimal128(11, 3), "customs_value": pa.decimal128(38, 2), "entry_date": pa.date64()},
    "as dictionaries": {"importer": pa.dictionary(pa.int8(), pa.string()), "form": pa.dictionary(pa.int32(), pa.string())},
    "as large text": {"line_id": pa.large_string(), "customs_value": pa.float32()},
    "as days with a time": {"entry_date": pa.timestamp("us"), "net_mass_kg": pa.uint64()},
    "as days with nanoseconds": {"entry_date": pa.timestamp("ns"), "customs_value": pa.decimal256(40, 10)},
}  # fmt: skip


def typed(kinds: dict[str, pa.DataType]) -> pa.Table:
    values: dict[str, Any] = {**GOOD, "entry_date": date(2025, 3, 31), "net_mass_kg": 1000, "customs_value": 55000}
    columns = {}
    for name, value in values.items():
        kind = kinds.get(name, pa.string())
        text = value if not pa.types.is_string(kind) or isinstance(value, str) else str(value)
        if pa.types.is_timestamp(kind):
            text = datetime(2025, 3, 31)  # noqa: DTZ001 - customs days have no zone
        columns[name] = pa.array([int(text) if pa.types.is_integer(kind) else text], kind)
    return pa.table(columns)


@pytest.mark.parametrize("kinds", COLUMN_TYPES.values(), ids=COLUMN_TYPES.keys())
@pytest.mark.parametrize("as_file", [True, False])
def test_the_type_of_a_column_changes_nothing(tmp_path: Path, kinds: dict[str, pa.DataType], as_file: bool) -> None:
    table = typed(kinds)
    if as_file and not any(pa.types.is_decimal256(kind) for kind in kinds.values()):
        pq.write_table(table, tmp_path / "lines.parquet")
        found = assessed(tmp_path / "lines.parquet")
    else:
        found = assessed(table)
    assert told(found) == []
    assert owed(found) == [("good", OWED)]


def test_a_time_of_day_is_no_day() -> None:
    table = typed({}).set_column(1, "entry_date", pa.array([datetime(2025, 3, 31, 7, tzinfo=UTC)], pa.timestamp("us")))
    assert places(assessed(table)) == [(1, "entry_date", "date_malformed", "'2025-03-31T07:00:00'")]


def test_a_float_that_is_no_number_is_told_and_none_is_nothing() -> None:
    numbers = pa.array([float("nan"), float("inf"), None, 1000.0], pa.float64())
    table = pa.concat_tables([typed({})] * 4).set_column(6, "net_mass_kg", numbers)
    found = assessed(table)
    assert owed(found) == [("good", OWED)]
    assert places(found) == [
        (1, "net_mass_kg", "mass_malformed", "'nan'"),
        (2, "net_mass_kg", "mass_malformed", "'inf'"),
        (3, "net_mass_kg", "field_missing", "nothing"),
    ]


def test_columns_that_no_rule_reads_are_named() -> None:
    table = typed({}).append_column("incoterm", pa.array(["FCA"])).append_column("colour", pa.array(["red"]))
    assert assessed(table).columns_not_read == ("incoterm", "colour")


@pytest.mark.parametrize("name", ["source_row", "SOURCE_ROW"])
@pytest.mark.parametrize("value", ["1", None, "x"])
def test_a_users_column_named_as_our_own_number_of_records_changes_nothing(name: str, value: str | None) -> None:
    lines = [GOOD | {name: value}, GOOD | {name: value, "net_mass_kg": " 1000"}, GOOD | {name: value, "origin": "??"}]
    for given in (lines, pa.Table.from_pylist(lines)):
        found = assessed(given)
        assert owed(found) == [("good", OWED)] * 2
        assert [place[0] for place in places(found)] == [3]


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\x85", " ", "\t"])
def test_an_id_of_nothing_but_blanks_is_told_in_whatever_writing(blank: str) -> None:
    found = assessed([GOOD | {"line_id": blank}, GOOD | {"line_id": "Ü-1"}, GOOD | {"line_id": "\u3000x"}])
    assert [row["line_id"] for row in found.liabilities.to_pylist()] == ["Ü-1", "\u3000x"]
    assert [(row, code) for row, _, code, _ in places(found)] == [(1, "field_missing")]
