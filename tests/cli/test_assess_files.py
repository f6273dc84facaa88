"""`footwall assess`: a file in, files out, whole or not at all, and a status that says how it went."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet
import pytest
from cli_support import footwall, footwall_program, notified_on_a_tonne

HEADER = "line_id,entry_date,importer,origin,hs_code,form,net_mass_kg,customs_value,currency"
GOOD = "good,2025-03-31,US,CN,28469080,ndpr-oxide,1000,55000,USD"
MEMBER = "member,2025-03-31,US,JP,28469080,ndpr-oxide,1000,55000,USD"
BAD = "bad,31.3.2025,US,CN,28469080,ndpr-oxide,a ton,55000,USD"


def lines_in(folder: Path, *records: str, header: str = HEADER) -> Path:
    path = folder / "lines.csv"
    path.write_text("\n".join([header, *records, ""]), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_good_lines_are_assessed_and_bad_ones_told(example_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "owed.csv"
    said = footwall("assess", lines_in(tmp_path, GOOD, BAD, MEMBER), "--out", out, "--steps", "--zone", example_folder)
    assert said.status == 1
    assert "2 lines assessed, 1 not (2 problems)" in said.out.splitlines()[0]
    owed = {row["line_id"]: row for row in rows_of(out)}
    assert set(owed) == {"good", "member"}
    expected = notified_on_a_tonne(example_folder)
    assert Decimal(owed["good"]["floor_duty"]) == expected
    assert owed["member"]["reason"] == "member_origin"
    problems = rows_of(tmp_path / "owed.problems.csv")
    assert [(row["row"], row["line_id"], row["field"], row["code"]) for row in problems] == [
        ("2", "bad", "entry_date", "date_malformed"),
        ("2", "bad", "net_mass_kg", "mass_malformed"),
    ]
    steps = rows_of(tmp_path / "owed.steps.csv")
    assert {(row["line_id"], row["role"]) for row in steps} == {
        ("good", "ordinary"),
        ("good", "floor"),
        ("member", "ordinary"),
    }
    assert said.row("all lines")[1:4] == ["2", "110,000.00", f"{expected:,}"]


def test_a_clean_file_ends_clean(example_folder: Path, tmp_path: Path) -> None:
    said = footwall("assess", lines_in(tmp_path, GOOD), "--out", tmp_path / "owed.parquet", "--zone", example_folder)
    assert said.status == 0
    assert ": 1 line assessed, no problem" in said.out
    table = pyarrow.parquet.read_table(tmp_path / "owed.parquet")
    assert table["floor_duty"].to_pylist() == [notified_on_a_tonne(example_folder)]
    assert not (tmp_path / "owed.steps.parquet").exists()


def test_a_folder_gets_parts_and_a_manifest_of_what_went_in_and_came_out(example_folder: Path, tmp_path: Path) -> None:
    import hashlib

    lines, out = lines_in(tmp_path, GOOD, MEMBER), tmp_path / "owed"
    assert footwall("assess", lines, "--out", out, "--steps", "--zone", example_folder).status == 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["input"][0]["sha256"] == hashlib.sha256(lines.read_bytes()).hexdigest()
    (part,) = manifest["parts"]
    assert set(part["files"]) == {"liabilities", "problems", "steps"}
    for written in part["files"].values():
        assert hashlib.sha256((out / written["file"]).read_bytes()).hexdigest() == written["sha256"]


def test_where_no_line_is_good_nothing_was_assessed(example_folder: Path, tmp_path: Path) -> None:
    said = footwall("assess", lines_in(tmp_path, BAD), "--out", tmp_path / "owed.csv", "--zone", example_folder)
    assert said.status == 2
    assert "0 lines assessed, 1 not" in said.out


@pytest.mark.parametrize("name", ["owed.csv", "owed.parquet", "owed"])
def test_on_error_fail_writes_the_problems_and_leaves_what_was_there(
    example_folder: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    assert footwall("assess", lines_in(tmp_path, GOOD), "--out", out, "--zone", example_folder).status == 0
    before = {
        path: path.read_bytes()
        for path in sorted(tmp_path.rglob("*"))
        if path.is_file() and "problems" not in str(path) and path.name != "lines.csv"
    }
    said = footwall(
        "assess", lines_in(tmp_path, GOOD, BAD), "--out", out, "--on-error", "fail", "--zone", example_folder
    )
    assert said.status == 2
    assert "Nothing was written but the problems, because --on-error is fail" in said.out
    assert {path: path.read_bytes() for path in before} == before
    assert not list(tmp_path.glob(".owed*"))


def test_on_error_fail_writes_everything_where_every_line_is_good(example_folder: Path, tmp_path: Path) -> None:
    words = ("--out", tmp_path / "owed", "--on-error", "fail", "--steps", "--zone", example_folder)
    assert footwall("assess", lines_in(tmp_path, GOOD), *words).status == 0
    for name in ("liabilities", "problems", "steps"):
        assert list((tmp_path / "owed" / name).glob("part-*.parquet")), name


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (f"{HEADER}\n{GOOD}\n".encode("utf-16"), "encoding_unknown"),
        (b"PAR1 is not all of it", "file_damaged"),
        (b"line_id,entry_date\n1,2025-03-31\n", "column_missing"),
        (b"\x00\x01\x02\x03", "encoding_unknown"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_nothing_is_left_behind(
    example_folder: Path, tmp_path: Path, content: bytes, code: str
) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_bytes(content)
    said = footwall("assess", lines, "--out", tmp_path / "owed.csv", "--zone", example_folder)
    assert said.status == 2
    assert code in said.error
    assert [path.name for path in tmp_path.iterdir()] == ["lines.csv"]


def test_a_file_that_is_not_there_is_told(example_folder: Path, tmp_path: Path) -> None:
    said = footwall("assess", tmp_path / "none.csv", "--out", tmp_path / "owed.csv", "--zone", example_folder)
    assert said.status == 2
    assert "file_missing" in said.error


@pytest.mark.parametrize("on_error", ["report", "fail"])
def test_a_place_that_is_not_there_is_told(example_folder: Path, tmp_path: Path, on_error: str) -> None:
    words = ("--out", tmp_path / "nowhere" / "owed.csv", "--on-error", on_error, "--zone", example_folder)
    said = footwall("assess", lines_in(tmp_path, GOOD), *words)
    assert said.status == 2
    assert "is not a folder: make it first, or write elsewhere" in said.error


def test_columns_that_no_rule_reads_are_named(example_folder: Path, tmp_path: Path) -> None:
    lines = lines_in(tmp_path, f"{GOOD},EXW,blue", header=f"{HEADER},incoterm,colour")
    said = footwall("assess", lines, "--out", tmp_path / "owed.csv", "--zone", example_folder)
    assert said.status == 0
    assert "Columns that no rule in force reads: incoterm, colour." in said.out


def test_the_program_itself_ends_with_the_same_status(short_walked: Path, tmp_path: Path) -> None:
    lines = lines_in(tmp_path, GOOD.replace("2025-03-31", "2024-02-29"), BAD)
    said = footwall_program("assess", lines, "--out", "owed.csv", "--zone", short_walked, folder=tmp_path)
    assert said.status == 1
    assert (tmp_path / "owed.csv").exists()
    assert "\x1b" not in said.out


def test_a_file_of_other_names_is_assessed_by_a_mapping_that_the_program_proposes(
    example_folder: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "export.csv"
    lines.write_text(
        "Pos;Datum;Bestimmungsland;Ursprung;Warennummer;Form;Nettomasse (t);Zollwert;Währung\n"
        "1;31.03.2025;USA;China;2846 90 80;ndpr-oxide;1,0;55.000,00;USD\n",
        encoding="utf-8",
    )
    said = footwall("columns", lines)
    assert (said.status, said.error) == (0, "")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(said.out, encoding="utf-8")
    out = tmp_path / "owed.csv"
    said = footwall("assess", lines, "--columns", mapping, "--out", out, "--zone", example_folder)
    assert said.status == 0
    assert Decimal(rows_of(out)[0]["floor_duty"]) == notified_on_a_tonne(example_folder)
    mapping.write_text(mapping.read_text(encoding="utf-8").replace('"Zollwert"', '"Zolwert"'), encoding="utf-8")
    said = footwall("assess", lines, "--columns", mapping, "--out", tmp_path / "none.csv", "--zone", example_folder)
    assert (said.status, said.out) == (2, "")
    assert "'Zolwert'" in said.error
    assert "Did you mean" in " ".join(said.error.split())
    assert not (tmp_path / "none.csv").exists()


def test_what_a_proposal_leaves_to_say_is_counted(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    said = footwall("columns", tmp_path / "x.csv")
    assert said.status == 1
    assert "8 things left to say" in said.error
    assert '# Not known: "a", "b".' in said.out


def test_declarations_are_assessed_all_or_none(example_folder: Path, tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "docs" / "examples" / "declarations.xml"
    out = tmp_path / "owed"
    said = footwall("assess", sample, "--out", out, "--zone", example_folder)
    assert (said.status, "3 lines assessed, 1 not (1 problem)" in said.out) == (1, True)
    none = tmp_path / "none.csv"
    said = footwall("assess", sample, "--out", none, "--on-error", "fail", "--zone", example_folder)
    assert said.status == 2
    assert not none.exists()


def test_a_name_on_several_lines_is_told_and_every_line_assessed(example_folder: Path, tmp_path: Path) -> None:
    lines = lines_in(tmp_path, GOOD, MEMBER, GOOD)
    said = footwall("assess", lines, "--out", tmp_path / "owed.csv", "--zone", example_folder)
    assert said.status == 0
    told = " ".join(said.out.split())
    assert "1 line_id stands more than once, on 2 lines: 'good' on 2. Each line was assessed" in told
    once = footwall(
        "assess", lines_in(tmp_path, GOOD, MEMBER), "--out", tmp_path / "owed.csv", "--zone", example_folder
    )
    assert "more than once" not in once.out
