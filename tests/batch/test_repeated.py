"""Names of lines that stand several times are counted to the letter, however the lines come and go."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from batch_samples import assessed, csv_text, record, sample_schedule, write

from footwall.batch import Repeated, assess_file
from footwall.batch.repeated import find_repeated

NAMES = ["a", "b", "a", "A", "a ", "c", "b", "a"]
FOUND = Repeated(2, 5, (("a", 3), ("b", 2)))


def lines(names: list[str]) -> str:
    return csv_text([record(line_id=name) for name in names])


def test_each_name_once_is_nothing_to_tell(tmp_path: Path) -> None:
    assert assessed(write(tmp_path, lines(["a", "A", "a ", "ab"]))).repeated == Repeated()


@pytest.mark.parametrize("out", ["owed.csv", "owed.parquet", "owed"])
def test_names_are_counted_over_all_files_and_ways_of_writing(tmp_path: Path, out: str) -> None:
    first = write(tmp_path, lines(NAMES[:3]), "1.csv")
    second = write(tmp_path, lines(NAMES[3:]), "2.csv")
    for _ in range(2):  # a folder that is finished says the same again
        assert assess_file([first, second], tmp_path / out, sample_schedule()).repeated == FOUND
    assert assessed(write(tmp_path, lines(NAMES))).repeated == FOUND


def test_a_line_with_a_problem_repeats_no_name(tmp_path: Path) -> None:
    text = csv_text([record(line_id="a"), record(line_id="a", origin="XX"), record(line_id="b")])
    assert assessed(write(tmp_path, text)).repeated == Repeated()


@pytest.mark.parametrize("at_once", [1, 2, 3, 8, 100])
def test_turns_change_nothing(at_once: int) -> None:
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"line_id": [*NAMES, *map(str, range(50)), *map(str, range(47, 60))]}))
        found = find_repeated(connection, "given", 71, at_once)
    assert found == Repeated(5, 11, (("a", 3), ("47", 2), ("48", 2), ("49", 2), ("b", 2)))


def test_more_names_than_are_shown_are_counted() -> None:
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"line_id": [str(n % 30) for n in range(75)]}))
        found = find_repeated(connection, "given", 75, 10)
    assert (found.ids, found.lines, len(found.first)) == (30, 75, 5)
    assert found.first[0] == ("0", 3)
