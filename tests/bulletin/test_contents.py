"""What a bulletin says: three forms of one schedule, the same bytes for the same schedule everywhere."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bulletin_samples import measure, published
from hypothesis import given
from hypothesis import strategies as st

import footwall
from footwall.bulletin import FILES, Published, bulletin_contents, bulletin_files, schedule_of
from footwall.bulletin.contents import files_of, told
from footwall.bulletin.tables import canonical, cell, csv_bytes, csv_rows, read_canonical, tables_of
from footwall.bulletin.workbook import workbook_bytes, workbook_tables
from footwall.errors import UsageError
from footwall.quantity import Unknown
from footwall.tariffs import Conditions, DayRule, Measure, OriginRule, Schedule

CONTENTS: dict[str, Any] = {
    "format": "footwall/bulletin/1",
    "zone": {"name": "Zone", "identity": "00"},
    "on": "2026-05-31",
    "columns": {"measures": ["measure_id", "rate", "bands"], "floors": ["form"], "prices": ["form"]},
    "measures": [
        {"measure_id": 'a, "b"', "rate": "0.10", "bands": [{"at_least": "20", "specific": "0"}]},
        {"measure_id": "é\r\n=1", "rate": None, "bands": []},
    ],
    "floors": [],
    "prices": [{"form": {"unknown": "why"}}],
}
DIGESTS = {
    "schedule.json": "f3dfb47f3f42487f44343bcca6d4985eaf1aade8b731cfbce84b657734da7acc",
    "measures.csv": "0c6b6c3c86ff8f965490ac229b5cec6861728818f045df063dfcbb6585ebe2d3",
    "floors.csv": "65b50b6de4cfe504f2d3900f9dd3804d4de8e08edf3ac2ed14e92902d73d8287",
    "prices.csv": "d188aa2f92fc3453e8c671467a8c8e1c7d7bbe3f0afc3d894291eded18160375",
    "bulletin.xlsx": "ef242944b0c8aed53cd3d22313790ed009fc544ff3c2dfda3b419eb5d6950cd6",
}
"""Of these contents, written down once. The spreadsheet's follows the version of XlsxWriter in the lock."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
XML_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12)


def test_the_same_contents_give_the_bytes_that_they_gave_when_they_were_written_down() -> None:
    made = files_of(CONTENTS, date(2026, 5, 31))
    assert {name: sha256(data).hexdigest() for name, data in made.items()} == DIGESTS


def test_the_same_schedule_gives_the_same_bytes_in_another_process_zone_and_order() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from bulletin_samples import published; from footwall.bulletin import bulletin_files\n"
        "from dataclasses import replace; from hashlib import sha256; one = published()\n"
        "print(*(sha256(data).hexdigest() for data in bulletin_files(replace(one, measures=one.measures[::-1])).values()))"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(footwall.__file__).parents[1]),
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [sha256(data).hexdigest() for data in bulletin_files(published()).values()]


def test_numbers_are_text_and_unknowns_have_their_reason() -> None:
    contents = json.loads(bulletin_files(published())["schedule.json"])
    by_id = {one["measure_id"]: one for one in contents["measures"]}
    assert by_id["floor-cobalt"]["specific"] == "3.50"
    assert by_id["banded"]["bands"] == [{"at_least": "20", "specific": "0"}, {"at_least": "0", "specific": "9.1"}]
    assert contents["floors"][0]["ceiling"] == {"unknown": "no rule states it"}
    assert contents["prices"][0]["price"] == {"unknown": "nothing stood"}
    with pytest.raises(TypeError, match="float has no form"):
        told(0.1)


def test_csv_and_spreadsheet_hold_every_field_in_its_own_column() -> None:
    files = bulletin_files(published())
    rows = list(csv.DictReader(io.StringIO(files["measures.csv"].decode())))
    assert list(rows[0])[:3] == ["measure_id", "role", "method"]
    assert rows[0]["bands"] == "20:0 0:9.1"
    assert [row["specific"] for row in rows] == ["", "3.50", ""]
    sheets = workbook_tables(files["bulletin.xlsx"])
    assert list(sheets) == ["about", "measures", "floors", "prices"]
    assert ("zone.name", "Small zone") in sheets["about"]
    assert sheets["measures"] == csv_rows(files["measures.csv"])


def test_the_spreadsheet_holds_text_and_no_formula_even_where_a_text_looks_like_one() -> None:
    one = published(
        measures=[measure(legal_basis="=HYPERLINK(1)"), measure("zinc", form="zinc-metal", legal_basis="'+1 -1 @x")]
    )
    book = bulletin_files(one)["bulletin.xlsx"]
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
        assert {part.compress_type for part in parts.infolist()} == {zipfile.ZIP_STORED}
    assert "=HYPERLINK(1)" in {text for row in workbook_tables(book)["measures"] for text in row}


@given(st.lists(st.tuples(XML_TEXTS, XML_TEXTS), max_size=5))
def test_every_text_comes_back_from_the_spreadsheet(rows: list[tuple[str, str]]) -> None:
    table = (("one", "other"), *((f"row {place}", other) for place, (_, other) in enumerate(rows)))
    assert workbook_tables(workbook_bytes({"about": table}, date(2026, 1, 1))) == {"about": table}


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_every_text_comes_back_from_csv(rows: list[tuple[str, str]]) -> None:
    table = (("one", "other"), *rows)
    assert csv_rows(csv_bytes(table)) == table


def test_a_cell_longer_than_a_spreadsheet_takes_is_refused_and_not_cut() -> None:
    assert workbook_bytes({"about": (("x" * 32767,),)}, date(2026, 1, 1))
    with pytest.raises(UsageError, match="row 1 of about does not fit into a spreadsheet"):
        workbook_bytes({"about": (("x" * 32768,),)}, date(2026, 1, 1))


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"[1]", b"{}", zipfile.ZipFile.__doc__.encode() if zipfile.ZipFile.__doc__ else b"x"]
)
def test_what_is_no_workbook_is_told_as_such(data: bytes) -> None:
    with pytest.raises(ValueError, match="no workbook"):
        workbook_tables(data)


def changed_part(name: str, old: bytes, new: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(bulletin_files(published())["bulletin.xlsx"])) as found,
        zipfile.ZipFile(stream, "w") as made,
    ):
        for part in found.namelist():
            data = found.read(part)
            assert part != name or old in data
            made.writestr(part, data.replace(old, new, 1) if part == name else data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "old", "new", "told_of"),
    [
        ("xl/sharedStrings.xml", b"<sst", b"<!DOCTYPE sst [<!ENTITY a 'aaaa'>]><sst", "declares entities"),
        ("xl/worksheets/sheet2.xml", b'<c r="A2" t="s">', b'<c r="A2"><f>1+1</f>', "a formula"),
        ("xl/worksheets/sheet2.xml", b'<c r="A2" t="s">', b'<c r="A2">', "which is no text"),
        ("xl/worksheets/sheet2.xml", b'r="A2"', b'r="A1048576"', "an empty row"),
        ("xl/worksheets/sheet2.xml", b'r="B2"', b'r="XFD2"', "a column that has no name"),
        ("xl/workbook.xml", b"<sheets>", b"<sheets><", "no workbook"),
    ],
)
def test_a_workbook_that_says_more_than_text_is_refused(name: str, old: bytes, new: bytes, told_of: str) -> None:
    with pytest.raises(ValueError, match=told_of):
        workbook_tables(changed_part(name, old, new))


def test_a_bulletins_schedule_is_the_one_that_was_published() -> None:
    one = published(
        measures=[
            measure(),
            measure("ordinary", role="ordinary", method="ad_valorem", specific=None, floor=None, ad_valorem="0.037"),
        ]
    )
    contents = read_canonical(bulletin_files(one)["schedule.json"])
    original = Schedule.from_measures(one.measures, "USD")
    assert sorted(schedule_of(contents).measures, key=lambda m: m.measure_id) == sorted(
        original.measures, key=lambda m: m.measure_id
    )
    spoilt: dict[str, Any] = dict(contents) | {"format": "footwall/bulletin/2"}
    with pytest.raises(ValueError, match="no contents of footwall/bulletin/1"):
        schedule_of(spoilt)
    spoilt = json.loads(canonical(contents))
    spoilt["measures"][0]["more"] = "1"
    with pytest.raises(ValueError, match="fields that this version of Footwall does not know"):
        schedule_of(spoilt)
    spoilt = json.loads(canonical(contents))
    for measure_of_an_older in spoilt["measures"]:
        del measure_of_an_older["rounding_unit"]
    assert len(schedule_of(spoilt).measures) == 2
    del spoilt["measures"][0]["role"]
    with pytest.raises(ValueError, match="a measure without role"):
        schedule_of(spoilt)


@pytest.mark.parametrize(
    ("data", "told_of"),
    [
        (b'{"a":1.5}', "decimals of a bulletin are text"),
        (b'{"a":NaN}', "decimals of a bulletin are text"),
        (b'{"a":1,"a":1}', "canonical"),
        (b'{ "a":1}', "canonical"),
        (b'{"b":1,"a":1}', "canonical"),
        (b"[]", "no JSON object"),
        (b'{"a":' + b"[" * 200_000, "nests too deep|Expecting"),
        (b'{"a":9007199254740993}', "9007199254740993|domain"),
        (b"\xff", "utf-8"),
    ],
)
def test_what_is_not_canonical_is_not_read(data: bytes, told_of: str) -> None:
    with pytest.raises(ValueError, match=told_of):
        read_canonical(data)


def test_lists_that_are_no_tables_are_told() -> None:
    contents: dict[str, Any] = dict(bulletin_contents(published()))
    for change, told_of in (
        ({"measures": "all"}, "no list of objects"),
        ({"floors": [{"form": "x"}]}, "other fields"),
        ({"columns": {}}, "without columns"),
        ({"columns": None}, "no columns"),
    ):
        with pytest.raises(ValueError, match=told_of):
            tables_of(contents | change)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (7, "7"), ("", ""), ({"unknown": "why"}, "unknown: why"), (["a", "b"], "a b"),
     ([{"b": "2", "a": "1"}], "1:2")],
)  # fmt: skip
def test_a_value_is_told_in_a_cell(value: Any, text: str) -> None:
    assert cell(value) == text


def test_every_file_is_made() -> None:
    assert tuple(bulletin_files(published())) == FILES
    assert told((Decimal("1.50"), Unknown("why"), date(2026, 1, 1))) == ["1.50", {"unknown": "why"}, "2026-01-01"]


def test_conditions_and_contents_of_goods_come_back_as_they_were_published() -> None:
    taxed = Measure(measure_id="in", role="embedded", method="embedded", hs_codes=["850511"], importers=["US"], origins=["CN"], currency="USD",
                    valid_from=date(2026, 1, 1), elements=[("Nd", "40", "0.95", "0.30"), ("Dy", "300", "0.90", None)])  # fmt: skip
    ruled = Conditions(
        (DayRule(rule_id="day-1", importers=["US"], valid_from=date(2026, 1, 1), transit_days=30),),
        (OriginRule(rule_id="origin-1", importers=["US"], valid_from=date(2026, 1, 1), stages=["separated"]),),
    )
    stated = Published("z", "0" * 64, "n", date(2026, 1, 31), date(2026, 1, 31), "r", "USD", [taxed], conditions=ruled)
    contents = bulletin_contents(stated)
    found = schedule_of(json.loads(canonical(contents)))
    assert (found.measures, found.conditions) == ((taxed,), ruled)
    assert "conditions" not in bulletin_contents(replace(stated, conditions=Conditions()))
    files_of(contents, stated.on)
    rules = dict(contents["conditions"])  # type: ignore[arg-type]
    for wrong in ({}, {"days": [], "origins": [{}]}, rules | {"more": []}):
        with pytest.raises(ValueError, match="does not know"):
            schedule_of(json.loads(canonical({**contents, "conditions": wrong})))
