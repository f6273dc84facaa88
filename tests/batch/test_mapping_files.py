"""Mapping files: what may stand in one, and that every fault of one is told at once with what to do."""

from pathlib import Path

import pytest

from footwall.batch.columns.mapping import COLUMNS
from footwall.batch.columns.mapping_file import SHIPPED, load_mapping, read_mapping, shipped_text
from footwall.errors import ColumnsError

NEEDED = {
    "line_id": '"Nr"',
    "entry_date": '"Datum"',
    "importer": '{ constant = "US" }',
    "origin": '"Ursprung"',
    "hs_code": '"Code"',
    "net_mass_kg": '"Masse"',
    "customs_value": '"Wert"',
    "currency": '"Devise"',
}


def mapping_text(columns: dict[str, str | None] | None = None, before: str = "", after: str = "") -> str:
    every = {**NEEDED, **(columns or {})}
    lines = [f"{name} = {stated}" for name, stated in every.items() if stated is not None]
    return "\n".join([before, "[columns]", *lines, after, ""])


def faults(text: str) -> list[tuple[str | None, str]]:
    with pytest.raises(ColumnsError) as refused:
        read_mapping(text, "m.toml")
    assert all(problem.remedy and problem.expected and problem.source == "m.toml" for problem in refused.value.problems)
    return [(problem.field, problem.code) for problem in refused.value.problems]


def test_the_least_mapping_holds() -> None:
    mapping = read_mapping(mapping_text(), "m.toml")
    assert set(mapping.columns) == set(NEEDED)
    assert mapping.asked() == ("Nr", "Datum", "Ursprung", "Code", "Masse", "Wert", "Devise")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_holds_and_names_columns_of_ours(name: str) -> None:
    mapping = load_mapping(name)
    assert set(mapping.columns) <= set(COLUMNS)
    assert mapping.elements is not None
    assert read_mapping(shipped_text(name), "copy").columns == mapping.columns


FAULTS = [
    ("[columns]\nline_id = 1\n", ("columns.line_id", "value_type")),
    (mapping_text({"origin": None}), ("columns.origin", "column_missing")),
    (mapping_text({"orign": '"x"'}), ("columns.orign", "key_unknown")),
    (mapping_text(before="colums = 1"), ("colums", "key_unknown")),
    (mapping_text(before='[file]\nseperator = ";"'), ("file.seperator", "key_unknown")),
    (mapping_text(before='[file]\nseparator = ";;"'), ("file.separator", "value_type")),
    (mapping_text(before='[file]\nseparator = "\\""'), ("file.separator", "value_not_allowed")),
    (mapping_text(before='[file]\nencoding = "klingon"'), ("file.encoding", "value_not_allowed")),
    (mapping_text(before='[file]\ndecimal = ","\nthousands = ","'), ("file.thousands", "value_not_allowed")),
    (mapping_text(before='[file]\ndate = "DD.MM.YY"'), ("file.date", "value_not_allowed")),
    (mapping_text(before='[file]\ndate = "DD.MM.YYYY at hh"'), ("file.date", "value_not_allowed")),
    (mapping_text(before='[file]\ndate = ["DD.MM.YYYY", "MM.DD.YYYY"]'), ("file.date", "forms_ambiguous")),
    (mapping_text({"origin": '{ column = "a", constant = "CN" }'}), ("columns.origin", "source_repeated")),
    (mapping_text({"origin": '{ column = "a", first = ["b"] }'}), ("columns.origin", "source_repeated")),
    (mapping_text({"origin": '{ values = { a = "CN" } }'}), ("columns.origin", "key_missing")),
    (mapping_text({"origin": '{ column = "a", unit = "t" }'}), ("columns.origin.unit", "key_misplaced")),
    (mapping_text({"origin": '{ column = "a", values = "lands" }'}), ("columns.origin.values", "table_unknown")),
    (mapping_text({"origin": '{ column = "a", date = "DDMMYYYY" }'}), ("columns.origin.date", "key_misplaced")),
    (mapping_text({"origin": '{ all = "a" }'}), ("columns.origin.all", "key_misplaced")),
    (mapping_text({"origin": '{ constant = "CN", keep = 2 }'}), ("columns.origin.constant", "key_misplaced")),
    (mapping_text({"net_mass_kg": '{ column = "a", unit = "parsec" }'}), ("columns.net_mass_kg.unit", "unit_unknown")),
    (mapping_text({"net_mass_kg": '{ column = "a", unit = "kg gross" }'}), ("columns.net_mass_kg.unit", "unit_unknown")),
    (mapping_text({"net_mass_kg": '{ column = "a", unit = "t", unit_by = { column = "b", values = { T = "t" } } }'}),
     ("columns.net_mass_kg.unit_by", "source_repeated")),
    (mapping_text({"net_mass_kg": '{ column = "a", unit_by = { column = "b", values = { T = "ton" } } }'}),
     ("columns.net_mass_kg.unit_by.values.T", "unit_unknown")),
    (mapping_text({"net_mass_kg": '{ column = "a", unit_by = { column = "b" } }'}),
     ("columns.net_mass_kg.unit_by.values", "key_missing")),
    (mapping_text({"net_mass_kg": '{ constant = "1,5" }'}), ("columns.net_mass_kg.constant", "value_not_allowed")),
    (mapping_text({"net_mass_kg": "{ constant = 1.5 }"}), ("columns.net_mass_kg.constant", "value_type")),
    (mapping_text({"net_mass_kg": '{ column = "a", places = 7 }'}), ("columns.net_mass_kg.places", "value_type")),
    (mapping_text({"entry_date": '{ constant = "2025-02-30" }'}), ("columns.entry_date.constant", "value_not_allowed")),
    (mapping_text({"line_id": '{ join = ["a"], may_lack = ["b"] }'}), ("columns.line_id.may_lack", "value_not_allowed")),
    (mapping_text({"line_id": '{ column = "a", between = "/" }'}), ("columns.line_id.between", "key_misplaced")),
    (mapping_text(before="ignore = 1"), ("ignore", "value_type")),
    (mapping_text(after="[values.lands]"), ("values.lands.words", "value_type")),
    ("", ("columns", "key_missing")),
    ("[columns]\nline_id = 'a'\nline_id = 'b'\n", (None, "not_toml")),
    (mapping_text(after='[xml]\ndeclaration = "D"'), ("xml.namespaces", "key_missing")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"), FAULTS, ids=[f"{number}-{fault[1]}" for number, (_, fault) in enumerate(FAULTS)]
)
def test_a_fault_of_a_mapping_is_told_where_it_stands(text: str, fault: tuple[str | None, str]) -> None:
    assert fault in faults(text)


def test_every_fault_is_told_at_once() -> None:
    text = mapping_text(
        {"origin": None, "net_mass_kg": '{ column = "a", unit = "parsec" }', "orign": '"x"', "entry_date": "1"},
        before='[file]\nseperator = ";"',
    )
    assert set(faults(text)) == {
        ("columns.origin", "column_missing"),
        ("columns.net_mass_kg.unit", "unit_unknown"),
        ("columns.orign", "key_unknown"),
        ("columns.entry_date", "value_type"),
        ("file.seperator", "key_unknown"),
    }


def test_a_gross_mass_is_no_net_mass_and_the_remedy_says_so() -> None:
    with pytest.raises(ColumnsError, match="A gross mass does not tell the net mass"):
        read_mapping(mapping_text({"net_mass_kg": '{ column = "a", unit = "kg gross" }'}), "m.toml")


def test_a_mapping_that_is_no_file_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("# Größe".encode("latin-1"))
    for path, code in ((tmp_path / "none.toml", "file_missing"), (tmp_path / "latin.toml", "not_utf8")):
        with pytest.raises(ColumnsError) as refused:
            load_mapping(path)
        assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize("path", ["", "/ID", "ID/", "A//B", "A/@b/C", "A[", "A[B", "A[=x]", "A/{B", "A B", "A/[B]/C"])
def test_a_path_that_cannot_be_followed_is_a_fault(path: str) -> None:
    text = shipped_text("wco").replace('"GoodsShipment/Destination/CountryCode"', f'"{path}"')
    with pytest.raises(ColumnsError) as refused:
        read_mapping(text, "m.toml")
    assert {problem.field for problem in refused.value.problems} <= {"columns.importer", "columns.importer.column"}


def test_a_condition_on_the_way_to_a_goods_item_is_a_fault() -> None:
    text = shipped_text("wco").replace('"GoodsShipment/Destination/CountryCode"', '"GoodsShipment[A=1]/Destination"')
    assert ("columns.importer", "path_malformed") in faults(text)
