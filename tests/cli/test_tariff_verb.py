"""`footwall tariff`: measures from printed rates, and every rate that is none, on the screen and in files."""

import csv
import json
from pathlib import Path

import pytest
from cli_support import Said, footwall

TARIFF = (
    "HTS Number,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty\n"
    "2611.00,,,\n"
    '2611.00.60.00,37.5¢/kg on tungsten content,"Free (AU,KR)",$1.10/kg on tungsten content\n'
)
UNREAD = "7801.10.00.00,2.5% on the value of the lead content,,10%\n"


def asked(folder: Path, text: str, *more: object, out: str = "measures.csv") -> Said:
    (folder / "hts.csv").write_text(text, encoding="utf-8")
    return footwall(
        "tariff", folder / "hts.csv", "--importer", "US", "--from", "2025-04-01", "--out", folder / out, *more
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_tariff_without_a_fault_becomes_measures(tmp_path: Path) -> None:
    said = asked(tmp_path, TARIFF, "--basis", "HTS 2025", "--to", "2025-12-31")
    assert said.status == 0, said.error
    assert "1 line with rates, 1 row without a rate of its own" in said.out
    general, *others = rows_of(tmp_path / "measures.csv")
    assert (general["specific"], general["contained"], general["legal_basis"]) == ("0.375", "W", "HTS 2025")
    assert (general["valid_from"], general["valid_to"]) == ("2025-04-01", "2025-12-31")
    assert [one["programme"] for one in others] == ["", "AU", "KR"]
    assert rows_of(tmp_path / "measures.problems.csv") == []


def test_a_rate_that_is_no_measure_is_told_and_written(tmp_path: Path) -> None:
    said = asked(tmp_path, TARIFF + UNREAD, out="measures.json")
    assert said.status == 1
    assert "Rates that make no measure" in said.out
    assert said.row("3")[1:2] == ["general"]
    (problem,) = rows_of(tmp_path / "measures.problems.csv")
    assert (problem["row"], problem["field"], problem["code"]) == ("3", "general", "rate_unread")
    assert problem["source"].endswith("hts.csv")
    stated = json.loads((tmp_path / "measures.json").read_text(encoding="utf-8"))["measures"]
    assert {one["measure_id"] for one in stated} == {f"ordinary-us-{name}" for name in (
        "26110060", "26110060-au", "26110060-kr", "26110060-column-2", "78011000-column-2")}  # fmt: skip


def test_where_no_rate_can_be_read_nothing_is_assessed(tmp_path: Path) -> None:
    said = asked(tmp_path, "hs_code,general\n78011000,See 9903\n")
    assert said.status == 2
    assert rows_of(tmp_path / "measures.csv") == []


@pytest.mark.parametrize(
    ("text", "out", "message"),
    [
        ("hs_code,rate\n1,2\n", "m.csv", "column_missing"),
        ("", "m.csv", "no header"),
        (TARIFF, "m.txt", "ends in neither .csv nor .json"),
        (TARIFF, "none/m.csv", "is not a folder: make it first"),
        ('hs_code,general\n"1', "m.csv", "file_damaged"),
        ("hs_code,general\n" + "1" * 100_001, "m.csv", "file_damaged"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, out: str, message: str) -> None:
    said = asked(tmp_path, text, out=out)
    assert said.status == 2
    assert message in " ".join(said.error.split())


def test_bytes_that_are_no_text_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("hs_code,general\n1,1¢/kg\n".encode("latin-1"))
    for name, code in (("latin.csv", "encoding_unknown"), ("none.csv", "file_missing"), (".", "file_missing")):
        said = footwall(
            "tariff", tmp_path / name, "--importer", "US", "--from", "2025-04-01", "--out", tmp_path / "m.csv"
        )
        assert said.status == 2
        assert code in said.error
    assert not (tmp_path / "m.csv").exists()
