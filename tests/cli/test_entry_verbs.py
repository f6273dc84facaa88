"""`footwall entry` as a user types it: what it records, shows and refuses."""

import json
import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from cli_support import footwall

LINES = """\
line_id,entry_date,importer,origin,hs_code,form,net_mass_kg,customs_value,currency
L1,2024-01-31,US,CN,8105203000,cobalt-metal,1000,20000,USD
"""


@pytest.fixture(scope="session")
def entered_template(short_walked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("entered")
    zone = Path(shutil.copytree(short_walked, folder / "zone"))
    (folder / "lines.csv").write_text(LINES, encoding="utf-8")
    (folder / "stored.csv").write_text(LINES.replace("currency", "currency,entry_type").replace("USD", "USD,warehouse"), encoding="utf-8")  # fmt: skip
    assert (
        footwall("entry", "file", folder / "lines.csv", "--entry", "E-1", "--account", "acme", "--zone", zone).status
        == 0
    )
    return folder


@pytest.fixture
def folder(entered_template: Path, tmp_path: Path) -> Path:
    shutil.copytree(entered_template, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_an_entry_is_listed_shown_paid_and_its_ledger_sums_up(folder: Path) -> None:
    zone = folder / "zone"
    assert footwall("entry", "list", "--zone", zone).row("E-1")[4:6] == ["consumption", "provisional"]
    shown = footwall("entry", "show", "E-1", "--zone", zone)
    assert "Assessed under the schedule published 2024-01-31" in shown.out
    owed = json.loads(footwall("entry", "statement", "acme", "--format", "json", "--zone", zone).out)["rows"][-1][
        "balance"
    ]
    done = footwall("entry", "pay", "E-1", "--amount", owed, "--reference", "wire-1", "--zone", zone)
    assert (done.status, done.out.splitlines()[0]) == (0, "Payment wire-1 of E-1.")
    again = footwall("entry", "pay", "E-1", "--amount", owed, "--reference", "wire-1", "--zone", zone)
    assert again.out.startswith("Nothing changed: payment wire-1 of E-1 was recorded so on ")
    assert footwall("entry", "statement", "acme", "--zone", zone).out.splitlines()[-1].split()[-2:] == ["0.00", "0.00"]
    assert "everything comes out as it is recorded" in footwall("entry", "verify", "--zone", zone).out


def test_goods_go_into_a_warehouse_and_out_of_it(folder: Path) -> None:
    zone = folder / "zone"
    filed = footwall("entry", "file", folder / "stored.csv", "--entry", "W-1", "--account", "acme", "--zone", zone)
    assert "The goods may be kept up to 2029-01-31." in filed.out
    words = ("entry", "withdraw", "W-1", "--entry", "E-2", "--on", "2024-02-15", "--zone", zone)
    assert footwall(*words, "--take", "L1=400").status == 0
    refused = footwall(
        "entry", "export", "W-1", "--reference", "bl", "--take", "L1=601", "--on", "2024-02-20", "--zone", zone
    )
    assert (refused.status, "goods_not_there" in refused.error) == (2, True)
    assert "LINE=KG" in footwall(*words, "--take", "400").error


def test_an_entry_is_shown_and_listed_as_it_stood_on_a_day(folder: Path) -> None:
    zone = folder / "zone"
    footwall("entry", "file", folder / "stored.csv", "--entry", "W-1", "--account", "acme", "--zone", zone)
    taken = ("--take", "L1=1000", "--on", "2024-02-15", "--zone", zone)
    assert footwall("entry", "withdraw", "W-1", "--entry", "E-2", *taken).status == 0
    paid = ("--amount", "100", "--reference", "wire-1", "--on", "2024-02-20", "--zone", zone)
    assert footwall("entry", "pay", "E-2", *paid).status == 0

    def listed(on: str) -> dict[str, tuple[str, str]]:
        told = json.loads(footwall("entry", "list", "--on", on, "--format", "json", "--zone", zone).out)["entries"]
        return {one["entry"]: (one["standing"], one["balance"]) for one in told}

    assert (sorted(listed("2024-02-14")), listed("2024-02-14")["W-1"][0]) == (["E-1", "W-1"], "kept")
    assert (sorted(listed("2024-02-15")), listed("2024-02-15")["W-1"][0]) == (["E-1", "E-2", "W-1"], "gone")
    assert Decimal(listed("2024-02-19")["E-2"][1]) - Decimal(listed("2024-02-20")["E-2"][1]) == 100
    assert listed("2024-02-20")["E-2"] == listed("2024-02-29")["E-2"]
    assert "It is kept on 2024-02-14." in footwall("entry", "show", "W-1", "--on", "2024-02-14", "--zone", zone).out
    assert "entry_unknown" in footwall("entry", "show", "E-2", "--on", "2024-02-14", "--zone", zone).error
    assert (
        footwall("entry", "list", "--on", "2024-01-30", "--zone", zone).out
        == "No such entry was filed by 2024-01-30.\n"
    )


def test_what_is_not_there_is_told_with_what_is(folder: Path) -> None:
    zone = folder / "zone"
    assert "the id of an entry: E-1" in footwall("entry", "show", "E-9", "--zone", zone).error
    assert "Accounts: acme" in footwall("entry", "statement", "nobody", "--zone", zone).error
    assert "a first day, --from" in footwall("entry", "rule", "R-1", "--to", "2025-12-31", "--zone", zone).error


def test_a_correction_that_finds_nothing_says_so(folder: Path) -> None:
    said = footwall("entry", "correct", "--reason", "a price was restated", "--zone", folder / "zone")
    assert said.out == "Nothing changed: 1 entry owes what was assessed and corrected before.\n"


def test_a_file_names_its_own_entries(folder: Path) -> None:
    zone, many = folder / "zone", folder / "many.csv"
    rows = [f"{line},{entry},acme" for line, entry in zip(LINES.splitlines()[1:] * 2, ("M-1", "M-2"), strict=True)]
    many.write_text("\n".join([LINES.splitlines()[0] + ",entry,account", *rows]) + "\n", encoding="utf-8")
    said = footwall("entry", "file", many, "--zone", zone)
    assert (said.status, said.out.splitlines()[0]) == (0, "2 entries filed.")
    assert footwall("entry", "file", many, "--zone", zone).out.startswith("0 entries filed; 2 stand there already.")
    half = footwall("entry", "file", many, "--entry", "E-9", "--zone", zone)
    assert "an entry has an --entry and an --account" in half.error


@pytest.mark.parametrize("named", [(), ("--entry", "E-77", "--account", "acme")], ids=["by columns", "one entry"])
def test_every_column_that_a_file_of_lines_lacks_is_told_at_once(tmp_path: Path, named: tuple[str, ...]) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("line_id,Entry,origin,form,net_mass_kg\na,E-1,CN,cobalt-metal,1\n")
    said = footwall("entry", "file", path, *named, "--zone", tmp_path)
    told = " ".join(said.error.split())
    assert (said.status, told.count("column_missing")) == (2, 4 if named else 6)
    assert "docs/lines.md says what each column of a line holds, docs/entries.md" in told
    assert ("Write entry, not Entry." in told, "--entry ID --account WHO" in told) == (not named, not named)


QUOTED = ("quote", "--importer", "US", "--origin", "CN", "--hs-code", "8105203000", "--form", "cobalt-metal",
          "--mass-kg", "1000", "--value", "20000", "--currency", "USD")  # fmt: skip
RULED = ("entry", "rule", "R-7", "--holder", "acme", "--importer", "US", "--from", "2024-01-15", "--to", "2024-02-29",
         "--of-form", "cobalt-metal", "--origin", "AU", "--under", "19 CFR 177")  # fmt: skip


def test_a_quotation_is_bound_by_a_ruling_of_its_account_and_shows_it(folder: Path) -> None:
    zone = folder / "zone"
    declared = footwall(*QUOTED, "--on", "2024-01-31", "--zone", zone).row("floor duty")
    australian = footwall(*QUOTED, "--origin", "AU", "--on", "2024-01-31", "--zone", zone).row("floor duty")
    assert (declared[1] != "0.00", australian[1]) == (True, "0.00")
    assert footwall(*RULED, "--zone", zone).status == 0
    ours = footwall(*QUOTED, "--account", "acme", "--why", "--on", "2024-01-31", "--zone", zone)
    assert ours.row("floor duty") == australian
    assert "Advance ruling R-7 of acme binds these goods, from 2024-01-15: to 2024-02-29." in ours.out
    assert "What the ruling fixes, under 19 CFR 177" in ours.out
    assert ours.row("origin ") == ["origin", "CN", "AU"]
    for account in ((), ("--account", "zenith")):
        theirs = footwall(*QUOTED, *account, "--on", "2024-01-31", "--zone", zone)
        assert theirs.row("floor duty") == declared
        assert "Advance ruling R-7 binds such goods of acme alone: --account acme." in theirs.out
    told = json.loads(
        footwall(*QUOTED, "--account", "acme", "--format", "json", "--on", "2024-01-31", "--zone", zone).out
    )
    assert told["ruling"]["fixed"] == [{"field": "origin", "declared": "CN", "ruled": "AU"}]
    assert told["rulings_of_others"] == []


def test_a_quotation_follows_a_revoked_ruling_to_the_end_of_its_grace(folder: Path) -> None:
    zone = folder / "zone"
    assert footwall(*RULED, "--zone", zone).status == 0
    words = ("--revoke", "--to", "2024-02-15", "--on", "2024-02-01", "--reason", "The goods changed.")
    assert footwall("entry", "rule", "R-7", *words, "--zone", zone).status == 0
    last = footwall(*QUOTED, "--account", "acme", "--on", "2024-02-15", "--zone", zone)
    assert "binds these goods, from 2024-01-15: it is revoked, and its grace ends on 2024-02-15." in last.out
    assert last.row("floor duty")[1] == "0.00"
    after = footwall(*QUOTED, "--account", "acme", "--on", "2024-02-16", "--zone", zone)
    assert "No advance ruling of acme is for these goods on that day: they are assessed as declared." in after.out
    assert after.row("floor duty")[1] != "0.00"
    before = footwall(*QUOTED, "--account", "acme", "--on", "2024-01-14", "--zone", zone)
    assert "No advance ruling of acme" in before.out


def test_a_quotation_that_two_rulings_fix_otherwise_is_refused(folder: Path) -> None:
    zone = folder / "zone"
    assert footwall(*RULED, "--zone", zone).status == 0
    assert footwall("entry", "rule", "R-8", *RULED[3:-4], "--origin", "JP", "--zone", zone).status == 0
    said = footwall(*QUOTED, "--account", "acme", "--on", "2024-01-31", "--zone", zone)
    assert said.status != 0
    assert "rulings_conflict" in said.error


def test_what_is_overdue_is_shown_with_what_it_bears_and_charged_when_it_is_paid(folder: Path) -> None:
    zone = folder / "zone"
    charged = json.loads(footwall("entry", "show", "E-1", "--format", "json", "--zone", zone).out)["entry"]["postings"]
    # Due on 14 February 2024, at 8 % compounded each day of a leap year; a whole period of thirty days first.
    factor = (1 + Fraction(8, 36600)) ** 30 - 1
    cents = sum(round(Fraction(one["amount"]) * factor * 100) for one in charged)
    shown = {day: footwall("entry", "show", "E-1", "--on", day, "--zone", zone).out for day in
             ("2024-02-14", "2024-02-15", "2024-03-15", "2024-03-16")}  # fmt: skip
    assert "Overdue" not in shown["2024-02-14"]
    assert "to that day it bears 0.00 of interest" in shown["2024-02-15"]
    assert "to that day it bears 0.00 of interest" in shown["2024-03-15"]
    assert f"to that day it bears {cents / 100:.2f} of interest, charged when it is paid" in shown["2024-03-16"]
    owed = sum(Fraction(one["amount"]) for one in charged)
    words = ("--amount", f"{float(owed):.2f}", "--reference", "wire-9", "--on", "2024-03-16", "--zone", zone)
    assert footwall("entry", "pay", "E-1", *words).status == 0
    after = json.loads(footwall("entry", "show", "E-1", "--format", "json", "--zone", zone).out)["entry"]["postings"]
    assert [one["amount"] for one in after if one["component"] == "late"] == [f"{cents / 100:.2f}"]
