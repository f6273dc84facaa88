"""Entries of a zone: assessed on their day, recorded once, corrected by what is known later, and done again from the record."""

import json
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk_support import MadeOnce
from observed import REASON, staff

from footwall.cli.json_text import json_text
from footwall.desk import (
    Correction,
    Filing,
    Withdrawal,
    Zone,
    call_bond,
    cancel_entry,
    close_entry,
    correct,
    correct_entries,
    decide_entry_protest,
    entry_problems,
    extend_entry,
    file_entries,
    file_entry,
    goods_leave,
    issue_ruling,
    liquidate_entry,
    lodge_bond,
    open_zone,
    pay_entry,
    protest_entry,
    revoke_ruling,
    state_from,
    withdraw,
)
from footwall.desk.read_table import ENTRY_POSTINGS
from footwall.duties import Liability, assess_line
from footwall.entries import (
    EntriesCorrected,
    EntryFiled,
    EntryLiquidated,
    ProtestDecided,
    Ruling,
    known_total,
    standing,
    statement,
    unknown_parts,
)
from footwall.errors import InputError, UsageError
from footwall.quantity import Unknown

ENTERED = date(2024, 3, 31)
ON = date(2024, 4, 30)
WRONG = "usgs-cobalt-metal-lme-2023"
WHY = "the price of cobalt was restated"


def record(name: str = "L1", on: date = ENTERED, **more: str) -> dict[str, str]:
    return {
        "line_id": name, "entry_date": str(on), "importer": "US", "origin": "CN", "hs_code": "8105203000",
        "form": "cobalt-metal", "net_mass_kg": "1000", "customs_value": "20000", "currency": "USD",
    } | more  # fmt: skip


@pytest.fixture(scope="session")
def entered_template(walked_template: Path, made_once: MadeOnce) -> Path:
    """The short zone, walked to its end, with people, an entry that is paid, and goods in a warehouse."""

    def fill(folder: Path) -> None:
        zone = open_zone(shutil.copytree(walked_template, folder / "zone"))
        staff(zone, folder / "keys")
        file_entry(zone, Filing("E-1", "acme"), [record(), record("L2", currency="EUR")])
        pay_entry(zone, "E-1", zone.state.entries.entries["E-1"].balance, date(2024, 4, 10), "wire-1")
        file_entry(zone, Filing("W-1", "acme"), [record("S1", entry_type="warehouse")])

    return made_once("entered", fill) / "zone"


@pytest.fixture
def zone(entered_template: Path, tmp_path: Path) -> Zone:
    """A copy of it."""
    return open_zone(Path(shutil.copytree(entered_template, tmp_path / "zone")))


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [one.code for one in error.value.problems]


def restated(zone: Zone, folder: Path, by: str) -> Path:
    """The schedule of the day with another floor rate for cobalt, as a file."""
    measures = [
        replace(one, specific=one.specific + Decimal(by)) if one.form == "cobalt-metal" and one.specific else one
        for one in zone.schedule(ENTERED).measures
    ]
    path = folder / "restated.json"
    path.write_text(json_text({"measures": measures}), encoding="utf-8")
    return path


def test_an_entry_owes_what_its_lines_are_assessed_at_and_says_what_that_rests_on(zone: Zone) -> None:
    filed = zone.state.entries.entries["E-1"].filed
    for one in filed.lines:
        liability = assess_line(one.line, zone.schedule(ENTERED), zone.rates)[0]
        assert isinstance(liability, Liability)
        assert one.amounts.duty == liability.total_duty
    assert filed.basis.schedule == "published 2024-03-31"
    assert filed.basis.rulebook == "example-1"
    assert list(filed.basis.rates) == ["EUR/USD 2024-03-31"]
    assert len(filed.basis.digest) == 64


def test_what_is_filed_again_is_recorded_once_and_otherwise_refused(zone: Zone) -> None:
    head = zone.head
    same = file_entry(zone, Filing("E-1", "acme"), [record(), record("L2", currency="EUR")])
    assert (same.event, zone.head) == (None, head)
    with pytest.raises(InputError) as error:
        file_entry(zone, Filing("E-1", "acme"), [record()])
    assert codes(error) == ["entry_filed"]


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([record(importer="JP")], "entries_not_ruled"),
        ([record(net_mass_kg="-1")], "mass_not_positive"),
        ([record(form="nothing")], "form_unknown"),
        ([record(), record("L2", entry_type="warehouse")], "entry_mixed"),
        ([record(entry_type="withdrawal")], "entry_mixed"),
        ([record(entry_type="temporary", form="ndpr-oxide", hs_code="2846")], "hs_code_malformed"),
        ([record(entry_type="temporary")], "bond_needed"),
    ],
)
def test_lines_that_make_no_entry_are_refused_and_nothing_is_recorded(
    zone: Zone, records: list[dict[str, str]], code: str
) -> None:
    head = zone.head
    with pytest.raises(InputError) as error:
        file_entry(zone, Filing("E-9", "acme"), records)
    assert code in codes(error)
    assert zone.head == head


def test_a_correction_of_the_zones_prices_corrects_its_entries_with_interest_once(zone: Zone) -> None:
    before = zone.state.entries.entries["E-1"]
    correct(zone, Correction((WRONG,), (), REASON, "wei", "okafor"))
    tried = correct_entries(zone, WHY, ON, try_only=True)
    assert not tried.recorded
    done = correct_entries(zone, WHY, ON)
    assert isinstance(done.event, EntriesCorrected)
    assert done.event.adjustments == tried.event.adjustments  # type: ignore[union-attr]
    assert done.event.basis.schedule == "restated by correction 1"
    after = zone.state.entries.entries["E-1"]
    (adjustment,) = done.event.adjustments
    for name, line in after.lines.items():
        moved = [one.change for one in adjustment.changes if one.line == name]
        assert line.owed.duty == known_total([before.lines[name].owed.duty, *moved])  # type: ignore[list-item]
    assert correct_entries(zone, WHY, ON).event is None
    assert entry_problems(zone) == ()


def test_a_schedule_from_a_file_is_for_the_days_that_are_named(zone: Zone, tmp_path: Path) -> None:
    path = restated(zone, tmp_path, "0.50")
    with pytest.raises(UsageError, match="name the first and the last entry day"):
        correct_entries(zone, WHY, ON, path)
    assert correct_entries(zone, WHY, ON, path, days=(date(2024, 3, 1), date(2024, 3, 30))).event is None
    done = correct_entries(zone, WHY, ON, path, days=(ENTERED, ENTERED))
    assert isinstance(done.event, EntriesCorrected)
    (made,) = done.event.adjustments
    assert (made.kind, made.duty) == ("bill", Decimal(1000))
    assert made.interest > 0
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no list of measures"):
        correct_entries(zone, WHY, ON, path, days=(ENTERED, ENTERED))


def test_an_entry_is_liquidated_protested_and_decided(zone: Zone, tmp_path: Path) -> None:
    path = restated(zone, tmp_path, "1")
    done = liquidate_entry(zone, "E-1", ON, path)
    assert isinstance(done.event, EntryLiquidated)
    assert done.event.adjustment is not None
    assert done.event.adjustment.duty == Decimal(2000)
    protest_entry(zone, "E-1", date(2024, 5, 31), "the restated rate was withdrawn")
    path = restated(zone, tmp_path, "0")
    back = decide_entry_protest(
        zone, "E-1", "approved", date(2024, 6, 30), reason="it was withdrawn indeed", schedule=path
    )
    assert isinstance(back.event, ProtestDecided)
    assert back.event.adjustment is not None
    assert back.event.adjustment.duty == Decimal(-2000)
    assert standing(zone.state.entries.entries["E-1"], date(2024, 7, 1)) == "decided"
    assert entry_problems(zone) == ()


def test_the_duty_of_the_day_is_still_known_after_it_was_corrected(zone: Zone, tmp_path: Path) -> None:
    then = zone.recorded_at
    correct_entries(zone, WHY, ON, restated(zone, tmp_path, "0.50"), days=(ENTERED, ENTERED))
    now = zone.state.entries.entries["E-1"]
    before = open_zone(zone.folder, as_known_at=then).state.entries.entries["E-1"]
    assert before.filed == now.filed
    assert not before.adjustments
    assert now.lines["L1"].owed.floor == before.lines["L1"].owed.floor + Decimal(500)  # type: ignore[operator]


def test_goods_are_withdrawn_at_the_rate_of_their_day(zone: Zone) -> None:
    day = date(2024, 4, 15)
    done = withdraw(zone, "E-2", Withdrawal("W-1", {"S1": Decimal(400)}, day))
    assert isinstance(done.event, EntryFiled)
    (one,) = done.event.lines
    liability = assess_line(replace(one.line, entry_type="consumption"), zone.schedule(day), zone.rates)[0]
    assert isinstance(liability, Liability)
    assert one.amounts.duty == liability.total_duty
    assert (one.line.customs_value, done.event.basis.schedule) == (Decimal(8000), "published 2024-03-31")
    assert withdraw(zone, "E-2", Withdrawal("W-1", {"S1": Decimal(400)}, day)).event is None
    with pytest.raises(InputError) as error:
        withdraw(zone, "E-3", Withdrawal("W-1", {"S1": Decimal("600.01")}, day))
    assert codes(error) == ["goods_not_there"]
    goods_leave(zone, "W-1", {"S1": Decimal(600)}, day, "bl-1")
    assert standing(zone.state.entries.entries["W-1"], day) == "gone"


def test_goods_for_a_time_are_secured_by_a_share_of_what_they_would_owe(zone: Zone) -> None:
    duty = zone.state.entries.entries["E-1"].lines["L1"].owed.duty
    assert isinstance(duty, Decimal)
    lodge_bond(zone, "B-1", "acme", kind="single", amount=Decimal(50000), days=(date(2024, 1, 1), None))
    file_entry(zone, Filing("T-1", "acme", "B-1"), [record(entry_type="temporary")])
    held = zone.state.entries.entries["T-1"]
    assert (held.security, held.balance) == (duty * 2, 0)
    call_bond(zone, "T-1", date(2025, 4, 1))
    assert zone.state.entries.bonds["B-1"].left == Decimal(50000) - duty * 2


def test_a_ruling_binds_its_holder_and_an_entry_says_so(zone: Zone) -> None:
    ruling = Ruling("R-1", "acme", "US", date(2024, 1, 1), date(2025, 12, 31), of_form="cobalt-metal", origin="AU")
    issue_ruling(zone, ruling)
    file_entry(zone, Filing("E-3", "acme"), [record()])
    file_entry(zone, Filing("E-4", "zenith"), [record()])
    ours, theirs = (zone.state.entries.entries[name].filed.lines[0] for name in ("E-3", "E-4"))
    assert (ours.ruling, theirs.ruling) == ("R-1", None)
    assert (ours.amounts.floor, ours.line.origin) == (0, "CN")
    assert theirs.amounts.floor != 0
    revoke_ruling(zone, "R-1", date(2024, 4, 1), date(2024, 4, 20), "the goods were changed")
    file_entry(zone, Filing("E-5", "acme"), [record(on=date(2024, 4, 20))])
    file_entry(zone, Filing("E-6", "acme"), [record(on=date(2024, 4, 21))])
    bound = [zone.state.entries.entries[name].filed.lines[0].ruling for name in ("E-5", "E-6")]
    assert bound == ["R-1", None]
    assert entry_problems(zone) == ()
    with pytest.raises(InputError) as error:
        issue_ruling(zone, replace(ruling, ruling="R-2", origin="XX", of_form="cobolt", of_hs_code="8105.20"))
    assert codes(error) == ["origin_unknown", "form_unknown", "hs_code_malformed"]


def test_the_record_holds_its_read_table_is_made_again_and_the_fold_is_the_state(zone: Zone) -> None:
    assert zone.verify() == ()
    rows = zone.journal.rows(ENTRY_POSTINGS)
    ledger = statement(zone.state.entries, "acme")
    assert known_total(Decimal(row["amount"]) for row in rows) == known_total(one.posting.amount for one in ledger)
    assert len(rows) == len(ledger) == 5
    zone.journal.rebuild_read_tables()
    assert zone.journal.rows(ENTRY_POSTINGS) == rows
    assert state_from(zone.journal.entries()).entries == zone.state.entries


def test_an_assessment_that_does_not_come_out_again_is_told(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    assert entry_problems(zone, "E-1") == ()
    rates = {key: rate * (2 if key[0] == "EUR" else 1) for key, rate in zone.rates.items()}
    monkeypatch.setitem(zone.__dict__, "rates", rates)
    found = entry_problems(zone, "E-1")
    assert {one.code for one in found} == {"entry_not_reproduced"}
    assert [one.found.partition(":")[0] for one in found] == ["what L2 owed", "the rate EUR/USD 2024-03-31"]


def test_what_an_entry_is_told_as_is_exact_json(zone: Zone) -> None:
    told: dict[str, Any] = json.loads(json_text(zone.state.entries.entries["E-1"]))
    assert told["filed"]["lines"][0]["amounts"]["floor"] == str(
        zone.state.entries.entries["E-1"].lines["L1"].owed.floor
    )


def test_a_file_of_many_entries_is_filed_whole_or_not_at_all(zone: Zone) -> None:
    many = [record(f"L{number}", entry=f"M-{number % 3}", account="acme") for number in range(6)]
    head = zone.head
    with pytest.raises(InputError) as error:
        file_entries(zone, [*many, record("L9", entry="M-9", account="")])
    assert codes(error) == ["text_malformed"]
    assert zone.head == head
    done = file_entries(zone, many)
    assert [one.event.entry for one in done if isinstance(one.event, EntryFiled)] == ["M-0", "M-1", "M-2"]
    assert [len(zone.state.entries.entries[f"M-{number}"].lines) for number in range(3)] == [2, 2, 2]
    more = file_entries(zone, [*many, record("L9", entry="M-9", account="acme")])
    assert [one.event is None for one in more] == [True, True, True, False]
    assert entry_problems(zone) == ()


def test_one_bond_for_one_entry_is_not_taken_twice_in_a_file(zone: Zone) -> None:
    lodge_bond(zone, "B-1", "acme", kind="single", amount=Decimal(90000), days=(date(2024, 1, 1), None))
    two = [record(f"L{number}", entry=f"M-{number}", account="acme", bond="B-1") for number in range(2)]
    with pytest.raises(InputError) as error:
        file_entries(zone, two)
    assert codes(error) == ["bond_taken"]


def test_a_restated_membership_frees_the_goods_of_a_new_member(zone: Zone, tmp_path: Path) -> None:
    measures = [
        replace(one, origins=("non-members",)) if one.form == "cobalt-metal" and one.role == "floor" else one
        for one in zone.schedule(ENTERED).measures
        if not (one.form == "cobalt-metal" and "others" in one.measure_id)
    ]
    members = [{"party": party, "valid_from": "2024-01-01", "valid_to": None} for party in ("US", "CN")]
    path = tmp_path / "restated.json"
    path.write_text(json_text({"measures": measures, "members": members}), encoding="utf-8")
    before = zone.state.entries.entries["E-1"].lines["L1"].owed.floor
    done = correct_entries(zone, "China was a member by then", ON, path, days=(ENTERED, ENTERED))
    assert isinstance(done.event, EntriesCorrected)
    assert isinstance(before, Decimal)
    (made,) = done.event.adjustments
    assert (made.kind, made.duty) == ("refund", -2 * before)
    assert made.interest < 0
    assert entry_problems(zone) == ()
    path.write_text(json_text({"measures": measures, "members": ["US"]}), encoding="utf-8")
    with pytest.raises(UsageError, match="members are a list of party"):
        correct_entries(zone, WHY, ON, path, days=(ENTERED, ENTERED))


def test_an_entry_into_the_union_keeps_what_is_unknown_and_takes_amounts_in_euros(zone: Zone, tmp_path: Path) -> None:
    file_entry(
        zone, Filing("D-1", "stahl", None), [record(importer="DE", freight_insurance="300", valuation_basis="cif")]
    )
    held = zone.state.entries.entries["D-1"]
    assert held.lines["L1"].owed.ordinary == Unknown("ordinary_rate_unknown")
    assert isinstance(held.lines["L1"].owed.duty, Unknown)
    assert unknown_parts(held) == (("L1", "ordinary", "ordinary_rate_unknown"),)
    pay_entry(zone, "D-1", held.balance, date(2024, 4, 10), "wire-1")
    days = (ENTERED, ENTERED)
    small = correct_entries(zone, WHY, ON, restated(zone, tmp_path, "0.0108"), days=days, only=["D-1"])
    assert isinstance(small.event, EntriesCorrected)
    assert (small.event.adjustments[0].kind, small.event.adjustments[0].changes[0].change) == (
        "recorded",
        Decimal("10.80"),
    )
    more = correct_entries(zone, WHY, ON, restated(zone, tmp_path, "0.0109"), days=days, only=["D-1"])
    assert isinstance(more.event, EntriesCorrected)
    assert more.event.adjustments[0].kind == "bill"
    back = correct_entries(zone, WHY, ON, restated(zone, tmp_path, "-1"), days=days, only=["D-1"])
    assert isinstance(back.event, EntriesCorrected)
    assert (back.event.adjustments[0].kind, back.event.adjustments[0].interest) == ("refund", 0)
    assert entry_problems(zone) == ()


def test_every_step_comes_back_from_the_record_as_it_was_taken(zone: Zone, tmp_path: Path) -> None:
    issue_ruling(
        zone, Ruling("R-1", "acme", "US", ENTERED, date(2025, 1, 1), of_form="cobalt-metal", content=Decimal("0.99"))
    )
    revoke_ruling(zone, "R-1", date(2024, 4, 1), date(2024, 4, 2), "the goods were changed")
    lodge_bond(zone, "B-1", "zenith", kind="continuous", amount=Decimal(50000), days=(date(2024, 1, 1), None))
    file_entry(zone, Filing("E-7", "zenith", "B-1"), [record()])
    file_entry(zone, Filing("E-8", "zenith"), [record()])
    cancel_entry(zone, "E-8", date(2024, 4, 20), "the goods never arrived")
    extend_entry(zone, "E-7", date(2026, 3, 31), "an inquiry is open", date(2024, 4, 20))
    call_bond(zone, "E-7", date(2024, 6, 30))
    goods_leave(zone, "W-1", {"S1": Decimal(1000)}, ON, "bl-1")
    close_entry(zone, "W-1", ON)
    correct_entries(zone, WHY, date(2024, 6, 30), restated(zone, tmp_path, "1"), days=(ENTERED, ENTERED))
    liquidate_entry(zone, "E-7", date(2024, 7, 31))
    protest_entry(zone, "E-7", date(2024, 8, 31), "the rate is another one")
    decide_entry_protest(zone, "E-7", "denied", date(2024, 9, 30), reason="the rate is right")
    assert state_from(zone.journal.entries()).entries == zone.state.entries
    again = open_zone(zone.folder)
    assert again.state.entries == zone.state.entries
    assert again.verify() == ()
    stands = {name: standing(one, date(2024, 9, 30)) for name, one in again.state.entries.entries.items()}
    assert stands == {"E-1": "provisional", "W-1": "closed", "E-7": "decided", "E-8": "cancelled"}


def test_an_entry_that_a_file_has_corrected_keeps_to_it(zone: Zone, tmp_path: Path) -> None:
    correct_entries(zone, WHY, ON, restated(zone, tmp_path, "1"), days=(ENTERED, ENTERED))
    assert correct_entries(zone, WHY, ON).event is None
    done = liquidate_entry(zone, "E-1", ON)
    assert isinstance(done.event, EntryLiquidated)
    assert (done.event.adjustment, done.event.basis.schedule) == (None, "restated in restated.json")
    back = correct_entries(zone, WHY, ON, restated(zone, tmp_path, "0"), days=(ENTERED, ENTERED))
    assert isinstance(back.event, EntriesCorrected)
    assert back.event.adjustments[0].duty == Decimal(-2000)
    assert entry_problems(zone) == ()


def test_a_payment_is_of_whole_coins(zone: Zone) -> None:
    on, before = date(2024, 4, 11), zone.head
    with pytest.raises(InputError) as error:
        pay_entry(zone, "E-1", Decimal("10.001"), on, "wire-2")
    assert (codes(error), zone.head) == (["amount_too_fine"], before)
    balance = zone.state.entries.entries["E-1"].balance
    pay_entry(zone, "E-1", Decimal("10.010"), on, "wire-2")
    assert zone.state.entries.entries["E-1"].balance == balance - Decimal("10.01")


def test_a_bond_is_of_whole_coins(zone: Zone) -> None:
    lodge_bond(zone, "B-1", "acme", kind="single", amount=Decimal("500.010"), days=(date(2024, 1, 1), None))
    with pytest.raises(InputError) as error:
        lodge_bond(zone, "B-2", "acme", kind="single", amount=Decimal("500.001"), days=(date(2024, 1, 1), None))
    assert codes(error) == ["amount_too_fine"]
    assert list(zone.state.entries.bonds) == ["B-1"]
