"""Mapped files and declarations by parts: the same liabilities and problems as in one piece, in the files' own words."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from batch_samples import assessed, line, sample_schedule, told, write
from declaration_writer import written
from test_mapped_lines import HEADER, MAPPING, mapped, row

from footwall.batch import assess_file
from footwall.batch.parts.folder import assess_folder
from footwall.errors import UsageError


def rows(folder: Path, kind: str) -> list[dict[str, object]]:
    return [one for path in sorted((folder / kind).glob("*.parquet")) for one in pq.read_table(path).to_pylist()]


def own_lines(count: int) -> str:
    changes = [{}, {"Ursprung": "?"}, {"Währung": "USX"}, {"Masse": "0,0", "Datum": "?"}, {"Ursprung": "Japan"}]
    return "\n".join([HEADER, *(row(Nr=f"A-{number}", **changes[number % 5]) for number in range(count)), "short;1"])


def test_a_mapped_file_by_parts_is_what_it_is_in_one_piece(tmp_path: Path) -> None:
    whole = mapped(tmp_path, own_lines(23))
    out = tmp_path / "owed"
    manifest = assess_folder(
        tmp_path / "own.csv", out, sample_schedule(), {}, steps=False, part_records=7, columns=tmp_path / "mapping.toml"
    )
    assert len(manifest.parts) == 4
    assert rows(out, "liabilities") == whole.liabilities.to_pylist()
    assert rows(out, "problems") == told(whole)
    assert manifest.problems == len(told(whole)) > 15
    again = assess_file(tmp_path / "own.csv", out, sample_schedule(), columns=tmp_path / "mapping.toml")
    assert (again.lines, again.problems) == (manifest.lines, manifest.problems)


def test_another_mapping_does_not_go_on_with_a_folder(tmp_path: Path) -> None:
    mapped(tmp_path, own_lines(3))
    out = tmp_path / "owed"
    assess_file(tmp_path / "own.csv", out, sample_schedule(), columns=tmp_path / "mapping.toml")
    other = write(tmp_path, MAPPING.replace('China = "CN"', 'China = "JP"'), "other.toml")
    with pytest.raises(UsageError, match="the mapping of columns is another"):
        assess_file(tmp_path / "own.csv", out, sample_schedule(), columns=other)


def test_declarations_beside_other_files_are_assessed_together(tmp_path: Path) -> None:
    lines = [{name: str(value) for name, value in line(line_id=f"M/{number}").items()} for number in (1, 2)]
    text = written(lines).replace('unitCode="KGM"', 'unitCode="X"', 1)
    empty = "<Declaration xmlns='urn:wco:datamodel:WCO:DEC-DMS:2'><ID>E</ID></Declaration></md:MetaData>"
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", text.replace("</md:MetaData>", empty), "b.xml")
    write(tmp_path / "in", "\n".join([",".join(lines[0]), ",".join(lines[0].values()), ""]), "a.csv")
    outcome = assess_file(tmp_path / "in", tmp_path / "owed.csv", sample_schedule())
    assert (outcome.lines, outcome.problems) == (2, 2)
    outcome = assess_file(tmp_path / "in", tmp_path / "owed", sample_schedule())
    assert (outcome.lines, outcome.problems) == (2, 2)
    whole = told(assessed(tmp_path / "in" / "b.xml"))
    assert [(one["code"], one["field"]) for one in rows(tmp_path / "owed", "problems")] == [
        (one["code"], one["field"]) for one in whole
    ]
    assert {one["code"] for one in whole} == {"items_missing", "unit_unknown"}
