"""A mapping that is proposed for a file: known names are mapped, what is not known or fits two ways is left to say, nothing is guessed."""

import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_samples import owed, sample_schedule, write

from footwall.batch import assess, propose
from footwall.batch.columns.mapping_file import load_mapping, shipped_text

GERMAN = (
    "Pos.;Anmeldedatum;Bestimmungsland;Ursprungsland;Warennummer;Form;Eigenmasse (t);Zollwert;Währung;Verbunden\n"
    "1;31.03.2025;USA;China;2846 90 80;ndpr-oxide;1,5;82.500,00;USD;J\n"
    "2;01.04.2025;USA;Japan;2846 90 80;ndpr-oxide;1,0;55.000,00;USD;N\n"
)
AMERICAN = (
    "Line No,Entry Date,Country of Origin,HTS No.,Net Weight (lb),Entered Value,Currency,Importing Country,Remark\n"
    '1,03/31/2025,CN,2846.90.8090,"1,000","55,000.00",USD,US,x\n'
)


def proposed(tmp_path: Path, text: str | bytes) -> tuple[dict[str, Any], str, int]:
    found = propose(write(tmp_path, text, "own.csv"))
    return tomllib.loads(found.text), found.text, found.open


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_whose_names_are_all_known_is_mapped_whole(tmp_path: Path, encoding: str) -> None:
    raw, text, left = proposed(tmp_path, GERMAN.encode(encoding))
    assert left == 0, text
    assert raw["file"] == {
        "separator": ";",
        "encoding": encoding.removesuffix("-sig"),
        "decimal": ",",
        "thousands": ".",
        "date": "DD.MM.YYYY",
    }
    assert raw["columns"]["net_mass_kg"] == {"column": "Eigenmasse (t)", "unit": "t"}
    assert raw["values"]["origin"] == {"China": "CN", "Japan": "JP"}
    mapping = write(tmp_path, text, "own.toml")
    found = assess(tmp_path / "own.csv", sample_schedule(), columns=mapping)
    assert [name for name, _ in owed(found)] == ["1", "2"]
    assert found.columns_not_read == ()


def test_american_ways_are_known_and_what_is_not_is_named(tmp_path: Path) -> None:
    raw, text, left = proposed(tmp_path, AMERICAN)
    assert left == 0, text
    assert (raw["file"]["date"], raw["file"]["thousands"]) == ("MM/DD/YYYY", ",")
    assert raw["columns"]["hs_code"] == {"column": "HTS No.", "without": ". "}
    assert raw["columns"]["net_mass_kg"]["unit"] == "lb"
    assert '# Not known: "Remark".' in text


def test_days_that_may_be_read_two_ways_are_left_to_say(tmp_path: Path) -> None:
    raw, text, left = proposed(tmp_path, AMERICAN.replace("03/31", "03/04"))
    assert "date" not in raw["file"]
    assert left == 1
    assert '# date = "DD/MM/YYYY" or date = "MM/DD/YYYY": all fit the first records' in text


def test_numbers_that_may_be_read_two_ways_are_left_to_say(tmp_path: Path) -> None:
    raw, text, left = proposed(tmp_path, AMERICAN.replace("55,000.00", "55,000"))
    assert "decimal" not in raw["file"]
    assert left == 1
    assert 'decimal = ","' in text


def test_a_column_that_is_missing_and_one_that_is_there_twice_are_said(tmp_path: Path) -> None:
    raw, text, left = proposed(tmp_path, GERMAN.replace("Verbunden", "Nettomasse").replace("Währung", "Farbe"))
    assert raw["columns"]["net_mass_kg"] == {"column": "Eigenmasse (t)", "unit": "t"}
    assert '# "Nettomasse" may be net_mass_kg, too; "Eigenmasse (t)" is taken.' in text
    assert '# currency = "…"' in text
    assert left == 2


def test_a_country_that_nobody_knows_is_left_to_say(tmp_path: Path) -> None:
    raw, text, left = proposed(tmp_path, GERMAN.replace("China", "Chima"))
    assert raw["values"]["origin"] == {"Japan": "JP"}
    assert '# "Chima" = "…"    # not known' in text
    assert left == 1


def test_our_own_names_and_typed_columns_are_known(tmp_path: Path) -> None:
    table = pa.table({"line_id": ["1"], "net_mass_kg": [1.5], "entry_date": ["2025-03-31"], "x\ty": [None]})
    pq.write_table(table, tmp_path / "own.parquet")
    found = propose(tmp_path / "own.parquet")
    raw = tomllib.loads(found.text)
    assert set(raw["columns"]) == {"line_id", "net_mass_kg", "entry_date"}
    assert found.open == 5


def test_of_declarations_the_shipped_mapping_is_shown(tmp_path: Path) -> None:
    found = propose(write(tmp_path, "<Declaration/>", "d.xml"))
    assert (found.text, found.open) == (shipped_text("wco"), 0)
    assert load_mapping(write(tmp_path, found.text, "own.toml")).elements is not None


def test_what_most_records_show_is_remarked_with_one_that_does_not(tmp_path: Path) -> None:
    _, text, left = proposed(tmp_path, GERMAN.replace("01.04.2025", "1.4.2025"))
    assert '# date = "DD.MM.YYYY": fits 1 of 2 days; not "1.4.2025"' in text
    assert left == 1
