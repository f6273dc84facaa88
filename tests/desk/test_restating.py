"""A schedule published in error: two people restate it for some entry days; entries and assessed lines are told what they owe otherwise."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from test_entering import ENTERED, ON, codes, entered_template, record, restated  # noqa: F401 - a fixture

from footwall.batch import assess
from footwall.desk import (
    Filing,
    Restating,
    Zone,
    correct_entries,
    entry_problems,
    file_entry,
    liquidate_entry,
    open_zone,
    owed_otherwise,
    restate_schedule,
)
from footwall.entries import EntriesCorrected, EntryLiquidated
from footwall.errors import InputError, UsageError

ONE_DAY = timedelta(days=1)
WHY = "The rate on cobalt was published without its second step."


@pytest.fixture
def zone(request: pytest.FixtureRequest, tmp_path: Path) -> Zone:
    """A zone with people and an entry that is paid."""
    return open_zone(Path(shutil.copytree(request.getfixturevalue("entered_template"), tmp_path / "zone")))


def asked(path: Path, **more: Any) -> Restating:
    said = {"first": ENTERED, "last": ENTERED, "reason": WHY, "author": "wei", "approver": "okafor"}
    return Restating(path, **(said | more))


def test_a_restated_schedule_bills_the_entries_of_its_days_and_leaves_what_was_published(
    zone: Zone, tmp_path: Path
) -> None:
    path = restated(zone, tmp_path, "0.50")
    then, before = zone.recorded_at, zone.schedule(ENTERED).measures
    tried = restate_schedule(zone, asked(path), ON, try_only=True)
    assert (tried.recorded, len(zone.state.restatements)) == (False, 0)
    done = restate_schedule(zone, asked(path), ON)
    assert isinstance(done.entries.event, EntriesCorrected)
    (made,) = done.entries.event.adjustments
    assert (made.entry, made.kind, made.duty) == (
        "E-1",
        "bill",
        Decimal(1000),
    )  # two lines of 1,000 kg, 0.50 USD more on each
    assert made.interest > 0
    assert zone.schedule(ENTERED).measures == before
    again = open_zone(zone.folder)
    assert [(one.first, one.author, one.approver) for one in again.state.restatements.values()] == [
        (ENTERED, "wei", "okafor")
    ]
    assert open_zone(zone.folder, as_known_at=then).state.restatements == {}
    assert (entry_problems(again), again.verify()) == ((), ())
    assert correct_entries(again, WHY, ON).event is None


def test_entries_that_are_filed_or_liquidated_later_take_the_restated_schedule(zone: Zone, tmp_path: Path) -> None:
    file_entry(zone, Filing("E-7", "acme"), [record(on=ENTERED - ONE_DAY)])
    restate_schedule(zone, asked(restated(zone, tmp_path, "0.50")), ON)
    file_entry(zone, Filing("E-8", "acme"), [record()])
    file_entry(zone, Filing("E-9", "acme"), [record(on=ENTERED + ONE_DAY)])
    filed = {name: entry.filed for name, entry in zone.state.entries.entries.items()}
    assert (filed["E-8"].basis.schedule, filed["E-8"].basis.from_file) == ("restated in restated.json", True)
    assert not filed["E-7"].basis.from_file
    assert not filed["E-9"].basis.from_file
    billed = zone.state.entries.entries["E-1"].lines["L1"].owed
    assert filed["E-8"].lines[0].amounts == billed
    for name in ("E-1", "E-7", "E-8"):
        liquidated = liquidate_entry(zone, name, ON)
        assert isinstance(liquidated.event, EntryLiquidated)
        assert liquidated.event.adjustment is None
    assert entry_problems(zone) == ()


def test_a_second_restatement_takes_the_place_of_the_first(zone: Zone, tmp_path: Path) -> None:
    restate_schedule(zone, asked(restated(zone, tmp_path, "0.50")), ON)
    done = restate_schedule(zone, asked(restated(zone, tmp_path, "0.20")), ON)
    assert isinstance(done.entries.event, EntriesCorrected)
    assert [(one.kind, one.duty) for one in done.entries.event.adjustments] == [("refund", Decimal(-600))]
    assert list(zone.state.restatements) == [1, 2]
    assert entry_problems(zone) == ()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"approver": "wei"}, "approver_is_author"),
        ({"author": "nobody"}, "person_unknown"),
        ({"reason": "wrong"}, "text_malformed"),
        ({"last": ENTERED - ONE_DAY}, "dates_reversed"),
        ({"last": date(2024, 5, 1)}, "day_not_walked"),
        ({"first": date(2023, 11, 29)}, "day_not_walked"),
    ],
)
def test_what_two_people_may_not_restate_is_refused_and_nothing_is_recorded(
    zone: Zone,
    tmp_path: Path,
    more: dict[str, Any],
    code: str,
) -> None:
    head = zone.head
    with pytest.raises(InputError) as error:
        restate_schedule(zone, asked(restated(zone, tmp_path, "0.50"), **more), ON)
    assert codes(error) == [code]
    assert (zone.head, zone.state.restatements) == (head, {})


def test_assessed_lines_are_told_what_they_owe_otherwise(zone: Zone, tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    rows = [
        record("A"),
        record("B", form="cobalt-oxide", hs_code="2822000000"),
        record("C", on=ENTERED - ONE_DAY),
        record("D", origin="AU"),
    ]
    head = list(rows[0])
    lines.write_text(
        "\n".join([",".join(head), *(",".join(row[name] for name in head) for row in rows)]) + "\n", encoding="utf-8"
    )
    owed = tmp_path / "owed.parquet"
    pq.write_table(assess(str(lines), zone.schedule(), zone.rates).liabilities.to_arrow(), owed)
    known = restate_schedule(zone, asked(restated(zone, tmp_path, "0.50")), ON, try_only=True).known
    (one,) = owed_otherwise(zone, owed, lines, known.schedule, (ENTERED, ENTERED))
    assert (one["line_id"], one["entry_date"], one["difference"]) == ("A", ENTERED, Decimal(500))
    assert one["duty_is"] == one["duty_was"] + 500
    named = [one["line_id"] for one in owed_otherwise(zone, owed, lines, known.schedule)]
    assert "A" in named
    assert "D" not in named
    assert owed_otherwise(zone, owed, lines, zone.schedule()) == []
    with pytest.raises(UsageError, match="is no file of liabilities"):
        owed_otherwise(zone, lines, lines, known.schedule)
