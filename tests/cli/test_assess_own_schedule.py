"""`footwall assess` under a schedule, rates and credits of the user's own, without a zone."""

import csv
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from footwall.cli import app
from footwall.tariffs import Measure, OriginRule, Schedule

RUN = CliRunner()
LINES = """line_id,entry_date,importer,origin,hs_code,form,net_mass_kg,customs_value,currency,preference_certificate,credit_refs
a,2026-03-02,US,CN,284690,ndpr-oxide,1000,80000,USD,,C-1
b,2026-03-02,US,AU,284690,ndpr-oxide,1000,80000,USD,ZONE:7,
c,2026-03-02,US,AU,284690,ndpr-oxide,1000,74000,EUR,,
d,2026-03-02,US,CN,284690,ndpr-oxide,1000,80000,USD,,C-1
"""
RATES = "from,to,date,rate\nEUR,USD,2026-03-02,1.08\n"
CREDITS = (
    "credit_ref,import_line,paid,amount,currency,valid_from,valid_to\nC-1,I-1,500,400.10,USD,2026-01-01,2026-12-31\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    floor = Measure(measure_id="floor", role="floor", method="top_up", form="ndpr-oxide", importers=["US"], origins=["non-members"],
                    valid_from=date(2026, 1, 1), currency="USD", floor="110")  # fmt: skip
    proof = OriginRule(
        rule_id="proof", importers=["US"], valid_from=date(2026, 1, 1), certificate="ZONE", unproven_as="CN"
    )
    Schedule.from_measures([floor], "USD", ["US", "AU"], conditions=[proof]).to_file(tmp_path / "mine.json")
    for name, text in (("lines.csv", LINES), ("rates.csv", RATES), ("credits.csv", CREDITS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def asked(folder: Path, *more: str, out: str = "owed.csv") -> tuple[int, str]:
    told = RUN.invoke(app, ["assess", str(folder / "lines.csv"), "--out", str(folder / out), "--schedule", str(folder / "mine.json"),
                            "--rates", str(folder / "rates.csv"), *more])  # fmt: skip
    return told.exit_code, told.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_lines_are_assessed_under_a_schedule_rates_and_credits_of_ones_own(folder: Path) -> None:
    status, output = asked(folder, "--credits", str(folder / "credits.csv"))
    assert status == 1, output
    owed = {row["line_id"]: (row["floor_duty"], row["credit"], row["reason"]) for row in rows(folder / "owed.csv")}
    assert owed == {
        "a": ("29599.90", "400.10", "floor_duty_owed"),
        "b": ("0.00", "0.00", "member_origin"),
        "c": ("30080.00", "0.00", "floor_duty_owed"),
    }
    assert [(row["line_id"], row["code"]) for row in rows(folder / "owed.problems.csv")] == [("d", "credit_used")]
    assert rows(folder / "owed.credits.csv") == [{"credit_ref": "C-1", "line_id": "a", "amount": "400.10"}]


def test_credits_need_one_file_written_in_order(folder: Path) -> None:
    status, output = asked(folder, "--credits", str(folder / "credits.csv"), out="parts")
    assert status == 2
    assert "in the order of the lines" in " ".join(output.split())


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("mine.json", "{", "file_damaged"),
        ("rates.csv", "from,to\nEUR,USD\n", "missing: date, rate"),
        ("credits.csv", CREDITS.replace("400.10", "500.01"), "on which 500 of floor duty was paid"),
    ],
)
def test_what_cannot_be_read_is_told_without_a_traceback(folder: Path, name: str, text: str, words: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    status, output = asked(folder, "--credits", str(folder / "credits.csv"))
    assert status == 2
    assert words in " ".join(output.split())
