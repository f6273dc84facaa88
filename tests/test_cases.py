"""The worked examples of `cases/`, each through the readable law and through the query."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from footwall.batch import Session
from footwall.batch.assess import liability_row
from footwall.duties import Liability, assess_line
from footwall.tariffs import Measure, Schedule

FOLDER = Path(__file__).parents[1] / "cases"
FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
CASES = [pytest.param(name, index, id=f"{name}: {case['title']}")
         for name, file in FILES.items() for index, case in enumerate(file["case"])]  # fmt: skip
UNKNOWN = "unknown: "


def schedule_of(file: dict[str, Any]) -> Schedule:
    measures = [Measure(**measure) for measure in file["measure"]]
    return Schedule.from_measures(measures, file["currency"], file.get("members"))


def rates_of(file: dict[str, Any]) -> dict[tuple[str, str, date], Decimal]:
    return {(rate["from"], rate["to"], rate["on"]): Decimal(rate["rate"]) for rate in file.get("rate", ())}


def shown(row: dict[str, Any], name: str) -> str:
    reason = row.get(f"{name}_unknown")
    return f"{UNKNOWN}{reason}" if reason else str(row[name])


@pytest.mark.parametrize(("name", "index"), CASES)
def test_a_case_owes_what_it_says(name: str, index: int) -> None:
    file = FILES[name]
    case, schedule, rates = file["case"][index], schedule_of(file), rates_of(file)
    line = {"line_id": f"{name}-{index}", "hs_code": ""} | file["line"] | case["line"]
    session = Session.open([line], schedule, rates)
    readable = assess_line(line, schedule, rates)
    if "problem" in case:
        assert {problem["code"] for problem in session.problem_table().to_pylist()} == {case["problem"]}
        assert [getattr(problem, "code", None) for problem in readable] == [case["problem"]]
        return
    assert isinstance(readable[0], Liability), readable
    assert session.prepared.left_over == 0
    for row in (liability_row(readable[0], session.prepared.terms), session.liabilities().to_pylist()[0]):
        assert {key: shown(row, key) for key in case["owes"]} == case["owes"]


def test_every_file_says_what_it_shows_and_where_it_comes_from() -> None:
    assert len(FILES) >= 12
    for name, file in FILES.items():
        assert file["title"], name
        assert file["source"], name
        assert len({case["title"] for case in file["case"]}) == len(file["case"]), name
        assert all(("owes" in case) != ("problem" in case) for case in file["case"]), name
