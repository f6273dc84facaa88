"""A folder of parts: the same lines however it is cut, killed or gone on with; what does not belong together is refused."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from batch_samples import COLUMNS, FIRST, assessed, csv_text, line, record, sample_schedule, write

from footwall.batch import assess_file
from footwall.batch.parts.folder import WORK, assess_folder
from footwall.batch.parts.manifest import Manifest
from footwall.batch.parts.pool import Processes
from footwall.errors import LinesError, UsageError
from footwall.tariffs import Measure, Schedule

ROOMS = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "src")]


def some_lines(count: int, seed: int = 3) -> list[dict[str, Any]]:
    """Good lines of all lanes, and one in seven that is faulty."""
    rng = Random(seed)  # noqa: S311 - test data
    return [
        line(
            line_id=f"L{number}",
            origin=rng.choice(("CN", "JP", "RU", "XX" if number % 7 == 0 else "VN")),
            net_mass_kg=rng.choice(("0.5", "1000", "12345678.901", " 7 ", "1e3")),
            customs_value=str(Decimal(rng.randrange(10 ** rng.randint(2, 9))) / 100),
        )
        for number in range(count)
    ]


def parquet(folder: Path, lines: list[dict[str, Any]], name: str = "lines.parquet") -> Path:
    pq.write_table(pa.Table.from_pylist(lines), folder / name, row_group_size=64)
    return folder / name


def into(lines: object, out: Path, *, part_records: int = 100, cores: int = 1, **changes: Any) -> Manifest:
    """Assess by small parts in this process, or in several."""
    given: dict[str, Any] = {"schedule": sample_schedule(), "rates": {}, "steps": True, **changes}
    return assess_folder(lines, out, engine=Processes(cores), part_records=part_records, **given)


def written(out: Path, kind: str) -> list[dict[str, Any]]:
    """All rows of one kind, part by part."""
    return [row for path in sorted((out / kind).glob("part-*.parquet")) for row in pq.read_table(path).to_pylist()]


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def same_as_at_once(out: Path, lines: list[dict[str, Any]], sources: list[str | None]) -> None:
    given = assessed(lines)
    assert written(out, "liabilities") == given.liabilities.to_pylist()
    assert written(out, "steps") == given.steps.to_pylist()
    told = written(out, "problems")
    assert [{**row, "source": None} for row in told] == given.problems.to_pylist()
    assert {row["source"] for row in told} == (set(sources) if told else set())


@pytest.mark.parametrize(("part_records", "cores"), [(1, 1), (97, 1), (150, 2), (1_000_000, 1)])
def test_however_they_are_cut_the_lines_owe_the_same_in_the_same_order(
    tmp_path: Path, part_records: int, cores: int
) -> None:
    lines = some_lines(8 if part_records == 1 else 300)
    path = parquet(tmp_path, lines)
    manifest = into(path, tmp_path / "out", part_records=part_records, cores=cores)
    assert manifest.finished
    assert len(manifest.parts) == -(-len(lines) // part_records)
    same_as_at_once(tmp_path / "out", lines, [str(path)])
    assert not (tmp_path / "out" / WORK).exists()


def test_clean_parts_one_after_the_other_keep_their_order_unsorted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the second clean part on nothing is sorted; with few lines beside the tables they meet, too, where sorting is forbidden."""
    monkeypatch.setattr("footwall.batch.parts.part._FEW", 0)
    lines = [line(line_id=f"L{number}", customs_value=str(number)) for number in range(1_600)]
    lines[1_000] = line(line_id="L1000", origin="RU", customs_value="7")  # a part that meets what none before met
    into(parquet(tmp_path, lines), tmp_path / "out", part_records=400, steps=False)
    assert written(tmp_path / "out", "liabilities") == assessed(lines).liabilities.to_pylist()


def test_csv_is_read_in_one_pass_and_the_records_that_cannot_be_read_keep_their_numbers(tmp_path: Path) -> None:
    rows = [record(line_id=f"L{number}") for number in range(300)]
    rows[41] = rows[41][:-1]
    rows[250] = [" "] * 3
    rows[299] = [*rows[299], "one too many"]
    path = write(tmp_path, csv_text(rows))
    manifest = into(path, tmp_path / "out", part_records=50)
    assert (manifest.lines, manifest.problems, len(manifest.parts)) == (297, 3, 6)
    told = [(row["row"], row["code"], row["source"]) for row in written(tmp_path / "out", "problems")]
    assert told == [
        (42, "record_unreadable", str(path)), (251, "record_empty", str(path)), (300, "record_unreadable", str(path)),
    ]  # fmt: skip
    found = [row["line_id"] for row in written(tmp_path / "out", "liabilities")]
    assert found == [f"L{number}" for number in range(300) if number not in {41, 250, 299}]
    assert [manifest.parts[part]["problems"] for part in sorted(manifest.parts)] == [1, 0, 0, 0, 0, 2]


def many_files(folder: Path) -> list[dict[str, Any]]:
    folder.mkdir()
    lines = some_lines(90)
    parquet(folder, lines[:50], "a.parquet")
    pyarrow.csv.write_csv(pa.Table.from_pylist(lines[50:]), folder / "b.csv")
    (folder / "notes.txt").write_text("none of the lines")
    return lines


@pytest.mark.parametrize("named", ["a folder", "a pattern", "a list"])
def test_many_files_are_one_relation_and_each_problem_names_its_own(tmp_path: Path, named: str) -> None:
    lines = many_files(tmp_path / "in")
    both = [tmp_path / "in" / "a.parquet", tmp_path / "in" / "b.csv"]
    what: object = {"a folder": tmp_path / "in", "a pattern": tmp_path / "in" / "[ab].*", "a list": both}[named]
    into(what, tmp_path / "out", part_records=40)
    given = assessed(lines)
    assert written(tmp_path / "out", "liabilities") == given.liabilities.to_pylist()
    told = [(row["source"], row["row"]) for row in written(tmp_path / "out", "problems")]
    rows = [row["row"] for row in given.problems.to_pylist()]
    assert told == [(str(both[row > 50]), row - 50 * (row > 50)) for row in rows]


def test_many_files_become_one_file_too(tmp_path: Path) -> None:
    lines = many_files(tmp_path / "in")
    outcome = assess_file(tmp_path / "in", tmp_path / "owed.parquet", sample_schedule(), steps=True)
    given = assessed(lines)
    assert pq.read_table(tmp_path / "owed.parquet").to_pylist() == given.liabilities.to_pylist()
    assert pq.read_table(tmp_path / "owed.steps.parquet").to_pylist() == given.steps.to_pylist()
    assert (outcome.lines, outcome.problems) == (len(given.liabilities), len(given.problems))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "in", "owed.parquet", "owed.problems.parquet", "owed.steps.parquet",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("named", "told"),
    [("empty", "a folder without a .csv, .parquet or .xml file"), ("*.parquet", "no file of such a name")],
)
def test_what_names_no_file_is_told(tmp_path: Path, named: str, told: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LinesError) as refused:
        into(tmp_path / named, tmp_path / "out")
    assert [problem.found for problem in refused.value.problems] == [told]
    assert not (tmp_path / "out").exists()


def test_every_file_that_cannot_be_assessed_is_told_at_once_and_nothing_is_begun(tmp_path: Path) -> None:
    good, bad = parquet(tmp_path, some_lines(5)), write(tmp_path, "a,b\n1,2\n", "bad.csv")
    worse = parquet(tmp_path, [{"a": 1}], "worse.parquet")
    with pytest.raises(LinesError) as refused:
        into([good, bad, worse], tmp_path / "out")
    assert {problem.source for problem in refused.value.problems} == {str(bad), str(worse)}
    assert not (tmp_path / "out").exists()


STREAMS: dict[str, Callable[[pa.Table], object]] = {
    "a stream": lambda table: table.to_reader(max_chunksize=30),
    "a table": lambda table: table,
    "a list": lambda table: table.to_pylist(),
    "pandas": lambda table: table.to_pandas(),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_a_table_and_a_stream_of_batches_become_parts(tmp_path: Path, kind: str) -> None:
    lines = some_lines(200)
    into(STREAMS[kind](pa.Table.from_pylist(lines)), tmp_path / "out", part_records=120)
    same_as_at_once(tmp_path / "out", lines, [None])


PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[4:]
from test_folder import into
into(sys.argv[1], Path(sys.argv[2]), part_records=int(sys.argv[3]))
"""


def child(path: Path, out: Path, part_records: int, **how: Any) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", PROGRAM, str(path), str(out), str(part_records), *ROOMS]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **how)


def killed_after(parts: int, path: Path, out: Path, part_records: int, rng: Random) -> None:
    """Kill a run as soon as it has finished so many parts, and a random moment later."""
    process = child(path, out, part_records)
    last = out / "liabilities" / f"part-{parts:05}.parquet"
    while process.poll() is None and not last.exists():
        time.sleep(0.002)
    time.sleep(rng.random() * 0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_killed_run_goes_on_where_it_was_and_nothing_is_doubled_or_lost(tmp_path: Path, first_seed: int) -> None:
    lines, rng = some_lines(700), Random(first_seed)  # noqa: S311 - moments of a test
    path, out = parquet(tmp_path, lines), tmp_path / "out"
    for parts in (1, 3):
        killed_after(parts, path, out, 100, rng)
        held = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert held["state"] == "unfinished"
    finished = {part["part"]: (out / part["files"]["liabilities"]["file"]).stat().st_mtime_ns for part in held["parts"]}
    assert len(finished) >= 2
    manifest = into(path, out)
    assert len(manifest.parts) == 7
    for number, when in finished.items():
        assert (out / manifest.parts[number]["files"]["liabilities"]["file"]).stat().st_mtime_ns == when
    same_as_at_once(out, lines, [str(path)])


def test_a_finished_folder_is_left_as_it_is(tmp_path: Path) -> None:
    path, out = parquet(tmp_path, some_lines(200)), tmp_path / "out"
    into(path, out)
    before = {name: (out / name).stat().st_mtime_ns for name in files(out)}
    assert into(path, out).finished
    assert {name: (out / name).stat().st_mtime_ns for name in files(out)} == before


@pytest.mark.parametrize("spoiled", ["liabilities/part-00002.parquet", "problems/part-00003.parquet"])
@pytest.mark.parametrize("how", ["removed", "torn", "another"])
def test_a_part_that_is_no_longer_whole_is_assessed_again(tmp_path: Path, spoiled: str, how: str) -> None:
    path, out = parquet(tmp_path, some_lines(300)), tmp_path / "out"
    into(path, out)
    before = files(out)
    match how:
        case "removed":
            (out / spoiled).unlink()
        case "torn":
            os.truncate(out / spoiled, 100)
        case _:
            (out / spoiled).write_bytes(before[spoiled][:-9] + b"x" + before[spoiled][-8:])
    into(path, out)
    assert files(out) == before


def another_schedule() -> Schedule:
    every: dict[str, Any] = {"importers": ["US"], "valid_from": FIRST}
    floor = Measure(measure_id="floor-1", role="floor", form="ndpr-oxide", origins=["CN"], method="top_up",
                    floor=Decimal(111), currency="USD", **every)  # fmt: skip
    return Schedule.from_measures([floor])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": another_schedule()}, "the schedule is another than when it was begun"),
        ({"rates": {("EUR", "USD", FIRST): Decimal(2)}}, "the rates of exchange are others"),
        ({"steps": False}, "steps were asked for then and are not now"),
    ],
)
def test_what_was_begun_with_something_else_is_not_gone_on_with(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    path, out = parquet(tmp_path, some_lines(150)), tmp_path / "out"
    into(path, out)
    before = files(out)
    with pytest.raises(UsageError, match=message):
        into(path, out, **changes)
    assert files(out) == before
    assert into(path, out, restart=True, **changes).finished


def test_other_lines_are_refused_and_restart_leaves_nothing_of_the_old(tmp_path: Path) -> None:
    out = tmp_path / "out"
    into(parquet(tmp_path, some_lines(250)), out)
    path = parquet(tmp_path, some_lines(120, seed=4))
    with pytest.raises(UsageError, match=r"the lines are others than when it was begun.*--restart"):
        into(path, out)
    into(path, out, restart=True)
    same_as_at_once(out, some_lines(120, seed=4), [str(path)])


def test_lines_that_change_while_they_are_assessed_are_told(tmp_path: Path) -> None:
    path, out = parquet(tmp_path, some_lines(50)), tmp_path / "out"

    def told(words: str) -> None:
        if words.startswith("1 of 1"):
            os.utime(path, ns=(1, 1))

    with pytest.raises(UsageError, match="was changed while it was assessed"):
        into(path, out, told=told)
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["state"] == "unfinished"


@pytest.mark.parametrize("torn", ["", "{", '{"parts": []}', "[]", '{"parts": 3, "part_records": 1, "state": "x"}'])
def test_a_torn_manifest_is_told_and_nothing_is_overwritten(tmp_path: Path, torn: str) -> None:
    path, out = parquet(tmp_path, some_lines(20)), tmp_path / "out"
    into(path, out)
    (out / "manifest.json").write_text(torn)
    before = files(out)
    with pytest.raises(UsageError, match=r"manifest.json cannot be read .* begin anew: --restart"):
        into(path, out)
    assert files(out) == before


def test_parts_without_a_manifest_are_not_ours_to_mix_with(tmp_path: Path) -> None:
    path, out = parquet(tmp_path, some_lines(20)), tmp_path / "out"
    (out / "liabilities").mkdir(parents=True)
    (out / "liabilities" / "part-00009.parquet").write_text("mine")
    with pytest.raises(UsageError, match=r"holds files, and no manifest.json beside them"):
        into(path, out)
    assert list(files(out)) == ["liabilities/part-00009.parquet"]


def test_two_do_not_write_one_folder_at_once(tmp_path: Path) -> None:
    path, out = parquet(tmp_path, some_lines(20)), tmp_path / "out"

    def told(words: str) -> None:
        if words.startswith("0 of"):
            with pytest.raises(UsageError, match="another process is writing to"):
                into(path, out)

    assert into(path, out, told=told).finished


def test_lines_within_the_folder_are_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, some_lines(20))
    with pytest.raises(UsageError, match=r"lies in .*: take another folder"):
        into(path, tmp_path)


def test_a_full_disk_is_told_and_what_was_finished_is_kept(tmp_path: Path) -> None:
    lines = some_lines(3_000)
    path, out = parquet(tmp_path, lines), tmp_path / "out"
    into(parquet(tmp_path, lines[:1000], "few.parquet"), tmp_path / "few", part_records=1_000)
    least = max(path.stat().st_size for path in (tmp_path / "few").rglob("*.parquet"))
    sparse = [line(line_id=f"L{number}") for number in range(1_000)]
    path = parquet(tmp_path, [*sparse, *lines], "lines.parquet")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least // 2, least // 2))

    process = child(path, out, 1_000, preexec_fn=limit)
    _, told = process.communicate()
    assert process.returncode != 0
    assert "OSError" in told.decode() or "LinesError" in told.decode()
    held = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [part["part"] for part in held["parts"]] == [1]
    into(path, out, part_records=1_000)
    same_as_at_once(out, sparse + lines, [str(path)])


def test_a_damaged_page_is_told_with_its_records_and_what_was_finished_is_kept(tmp_path: Path) -> None:
    path, out = parquet(tmp_path, [line(line_id=f"L{number}") for number in range(400)]), tmp_path / "out"
    data = pq.read_metadata(path).row_group(4).column(0)
    with path.open("r+b") as file:
        file.seek(data.data_page_offset if data.dictionary_page_offset is None else data.dictionary_page_offset)
        file.write(b"\xff" * 24)
    with pytest.raises(LinesError) as refused:
        into(path, out)
    (problem,) = refused.value.problems
    assert (problem.code, problem.source) == ("file_damaged", str(path))
    assert problem.found.startswith("records 201 to 300 cannot be read: ")
    held = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [part["part"] for part in held["parts"]] == [1, 2]


def test_a_worker_that_is_gone_is_told_and_the_rest_can_be_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = some_lines(300)
    path, out = parquet(tmp_path, lines), tmp_path / "out"
    monkeypatch.setattr("footwall.batch.parts.pool.sys.executable", "/bin/false")
    with pytest.raises(OSError, match=r"the process that assessed part . is gone"):
        into(path, out, cores=2)
    monkeypatch.undo()
    into(path, out)
    same_as_at_once(out, lines, [str(path)])


def test_a_file_of_nothing_is_a_part_of_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, csv_text([]))
    manifest = into(path, tmp_path / "out")
    assert (manifest.finished, manifest.lines, len(manifest.parts)) == (True, 0, 1)
    assert set(pq.read_schema(tmp_path / "out" / "liabilities" / "part-00001.parquet").names) >= {"line_id", "reason"}


def test_the_columns_hold_the_same_types_as_at_once(tmp_path: Path) -> None:
    lines = some_lines(50)
    into(parquet(tmp_path, lines), tmp_path / "out")
    assess_file(lines, tmp_path / "owed.parquet", sample_schedule(), steps=True)
    for kind, name in (("liabilities", "owed"), ("problems", "owed.problems"), ("steps", "owed.steps")):
        part = pq.read_schema(tmp_path / "out" / kind / "part-00001.parquet")
        assert part.remove_metadata() == pq.read_schema(tmp_path / f"{name}.parquet").remove_metadata()
    assert set(COLUMNS) <= set(lines[0])
