"""Files out: whole or not at all, every digit as it is, and everything beside everything else."""

import csv
import hashlib
import json
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_samples import COLUMNS, assessed, csv_text, line, record, sample_schedule, write

from footwall.batch import assess_file
from footwall.duties import LIABILITY_COLUMNS, STEP_COLUMNS
from footwall.errors import LinesError, UsageError

LINES = [line(), line(line_id="bad", origin="XX"), line(line_id="of a member", origin="JP"),
         line(line_id="no rate", origin="RU", net_mass_kg=" 12345.678 ")]  # fmt: skip


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_holds_every_digit_lists_as_words_and_nothing_for_what_is_unknown(tmp_path: Path) -> None:
    outcome = assess_file(LINES, tmp_path / "owed.csv", sample_schedule(), steps=True)
    assert (outcome.lines, outcome.problems, outcome.currency) == (3, 1, "USD")
    assert names(tmp_path) == ["owed.csv", "owed.problems.csv", "owed.steps.csv"]
    found = rows(tmp_path / "owed.csv")
    assert list(found[0]) == list(LIABILITY_COLUMNS)
    assert [row["line_id"] for row in found] == ["good", "of a member", "no rate"]
    first, member, unknown = found
    assert (first["ordinary_duty"], first["floor_duty"], first["total_duty"]) == ("2035.00", "52965.00", "55000.00")
    assert (first["floor_price"], first["measure_ids"], first["cap"], first["parity"]) == (
        "110.000000",
        "mfn-1 floor-1",
        "",
        "",
    )
    assert (member["floor_duty"], member["floor_value"], member["reason"]) == ("0.00", "", "member_origin")
    assert (unknown["ordinary_duty"], unknown["ordinary_duty_unknown"]) == ("", "ordinary_rate_unknown")
    assert unknown["floor_duty"] == "1303024.58"
    assert list(rows(tmp_path / "owed.steps.csv")[0]) == list(STEP_COLUMNS)
    assert [row["line_id"] for row in rows(tmp_path / "owed.steps.csv")] == ["good", "good", "of a member", "no rate"]
    assert [(row["row"], row["code"]) for row in rows(tmp_path / "owed.problems.csv")] == [("2", "country_unknown")]


@pytest.mark.parametrize("lines", [LINES[:1], LINES])
def test_parquet_holds_what_the_library_gives(tmp_path: Path, lines: list[dict[str, object]]) -> None:
    assess_file(lines, tmp_path / "owed.parquet", sample_schedule(), steps=True)
    given = assessed(lines)
    for name, table in (("owed", given.liabilities), ("owed.problems", given.problems), ("owed.steps", given.steps)):
        assert pq.read_table(tmp_path / f"{name}.parquet").to_pylist() == table.to_pylist()
    money = pq.read_schema(tmp_path / "owed.parquet").field("floor_duty").type
    assert money == pa.decimal128(18, 2)


def test_a_folder_holds_parts_and_a_manifest_of_their_digests(tmp_path: Path) -> None:
    path = write(tmp_path, csv_text([record(), record(origin="XX")]))
    assess_file(path, tmp_path / "out" / "march", sample_schedule(), steps=True)
    folder = tmp_path / "out" / "march"
    parts = [f"{name}/part-00001.parquet" for name in ("liabilities", "problems", "steps")]
    assert names(folder) == sorted([*parts, "manifest.json"])
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["lines"], manifest["problems"]) == (1, 1)
    sha256, size = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size
    assert manifest["input"] == [{"file": str(path), "bytes": size, "sha256": sha256}]
    (part,) = manifest["parts"]
    assert (part["first_record"], part["last_record"], part["lines"], part["problems"]) == (1, 2, 1, 1)
    for written in part["files"].values():
        assert written["sha256"] == hashlib.sha256((folder / written["file"]).read_bytes()).hexdigest()
    assert sorted(written["file"] for written in part["files"].values()) == sorted(parts)


def test_without_steps_none_are_written(tmp_path: Path) -> None:
    outcome = assess_file(LINES, tmp_path / "owed.csv", sample_schedule())
    assert outcome.steps_path is None
    assert names(tmp_path) == ["owed.csv", "owed.problems.csv"]


@pytest.mark.parametrize("out", ["owed.csv", "owed.parquet", "owed"])
def test_lines_that_cannot_be_read_leave_nothing_behind(tmp_path: Path, out: str) -> None:
    path = write(tmp_path, b"")
    with pytest.raises(LinesError):
        assess_file(path, tmp_path / out, sample_schedule())
    assert names(tmp_path) == ["lines.csv"]
    assert not (tmp_path / "owed").exists()


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("missing/owed.csv", "is not a folder: make it first, or write elsewhere"),
        ("lines.csv", "holds the lines: write the liabilities to another file"),
        ("./lines.csv/", "holds the lines: write the liabilities to another file"),
        ("lines.csv/below", "cannot be written: "),
        ("text", "is a file: name one that ends in .csv or .parquet, or a folder"),
        ("folder.csv", "cannot be written: "),
        (
            "owed.txt",
            "^owed.txt ends in .txt: name a file that ends in .csv or .parquet, or a folder without an ending",
        ),
        ("owed.csv.gz", "^owed.csv.gz ends in .gz: "),
    ],
)
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, out: str, message: str) -> None:
    path = write(tmp_path, csv_text([record()]))
    (tmp_path / "text").write_text("mine")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UsageError, match=message):
        assess_file(path, tmp_path / out, sample_schedule())
    assert path.read_text(encoding="utf-8") == csv_text([record()])
    assert (tmp_path / "text").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"lines.csv", "text", "folder.csv"}
    assert not [name for name in names(tmp_path) if "unfinished" in name]


PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from batch_samples import sample_schedule
from footwall.batch import assess_file
assess_file(sys.argv[1], Path(sys.argv[2]), sample_schedule(), steps=True)
"""


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_kill_in_the_middle_leaves_the_old_file_or_the_new_one_and_never_a_half(tmp_path: Path, suffix: str) -> None:
    source, out = tmp_path / "lines.parquet", tmp_path / f"owed.{suffix}"
    count = 400_000
    columns = {name: pa.array([record()[COLUMNS.index(name)]] * count) for name in COLUMNS}
    pq.write_table(pa.table(columns), source)
    assess_file([line()], out, sample_schedule(), steps=True)
    old = out.read_bytes()
    rooms = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "src")]
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(source), str(out), *rooms])
    unfinished = tmp_path / f".{out.name}.unfinished"
    while child.poll() is None and not unfinished.exists():
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()
    if out.read_bytes() != old:
        written = len(rows(out)) if suffix == "csv" else pq.read_metadata(out).num_rows
        assert written == count
    assess_file([line(customs_value=Decimal(1))], out, sample_schedule())
    assert not unfinished.exists()
