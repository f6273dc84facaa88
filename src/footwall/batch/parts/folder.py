"""Liabilities as a folder of parts: larger than memory, on several processes, and gone on with after a kill."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from footwall.batch.connect import connect, cores
from footwall.batch.kinds import is_xml
from footwall.batch.lines import check_kind
from footwall.batch.parts.inputs import (
    Input,
    convert,
    every,
    input_facts,
    is_parquet,
    keep_table,
    named_files,
    parquet_input,
)
from footwall.batch.parts.manifest import (
    FORMAT,
    KINDS,
    MANIFEST,
    Json,
    Manifest,
    digest,
    is_whole,
    only_writer,
    put,
    read_manifest,
)
from footwall.batch.parts.packed import rates_digest, schedule_digest
from footwall.batch.parts.part import Part
from footwall.batch.parts.pool import MEMORY_BYTES, Engine, Processes
from footwall.duties import Rates
from footwall.errors import LinesError, UsageError
from footwall.tariffs import Schedule

if TYPE_CHECKING:
    from footwall.batch.parts.mapped_input import MappedInput

PART_RECORDS: Final = 1_000_000
WORK: Final = ".unfinished"
"""The folder within the folder where everything stands that is not whole yet; it goes when all is."""

Told = Callable[[str], None]


def assess_folder(
    lines: object,
    out: Path,
    schedule: Schedule,
    rates: Rates,
    *,
    steps: bool,
    restart: bool = False,
    engine: Engine | None = None,
    part_records: int = PART_RECORDS,
    told: Told = lambda _: None,
    columns: object = None,
) -> Manifest:
    """Assess `lines` into the folder `out`, going on with what a run before has finished; the manifest of all of it.

    Raises UsageError where `out` was begun with something else or holds what is not ours, LinesError where the lines
    cannot be read, OSError where nothing can be written. What was finished by then is kept.
    """
    files = named_files(lines)
    for path in files or ():
        check_kind(path, any_encoding=columns is not None or is_xml(path))
        if out.resolve() in path.resolve().parents:
            raise UsageError(f"{path} lies in {out}, which the liabilities are to be written to: take another folder")
    with _made(out), only_writer(out):
        if restart:
            clear_folder(out)
        run = _Run(
            out, schedule, rates, lines, files, steps=steps, part_records=part_records, told=told, columns=columns
        )
        manifest = run.begin()
        if manifest.finished and not run.damaged(manifest):
            return manifest
        manifest.finished = False
        run.go_on(manifest, engine or Processes(cores()))
        return manifest


@contextmanager
def _made(out: Path) -> Iterator[None]:
    """Make the folder; where nothing at all was begun in it, take it away again."""
    missing = [path for path in (out, *out.parents) if not path.exists()]
    out.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if not (out / MANIFEST).exists():
            shutil.rmtree(out / WORK, ignore_errors=True)
            for path in missing:
                if not any(path.iterdir()):
                    path.rmdir()


@dataclass
class _Run:
    """One call of `assess_folder`."""

    out: Path
    schedule: Schedule
    rates: Rates
    lines: object
    files: Sequence[Path] | None
    steps: bool
    part_records: int
    told: Told
    columns: object = None
    mapped: "dict[str | None, MappedInput]" = field(default_factory=dict)
    kept: list[Input] | None = None
    looks: dict[Path, tuple[int, int]] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        """Where everything stands that is not whole yet."""
        return self.out / WORK

    def begin(self) -> Manifest:
        """The manifest to go on with: the one that is there, or a new one."""
        import footwall

        fresh = not (self.out / MANIFEST).exists()
        if fresh:
            _refuse_strangers(self.out)
            clear_folder(self.out)
        self.work.mkdir(exist_ok=True)
        connection = _connection(self.work)
        if self.files is None:
            self.told("keeping the lines")
            self.kept = [self._keep(connection)]
            facts: list[Json] = [{"file": None, "sha256": digest(self.work / "lines.parquet")}]
        else:
            self.looks = {path: _look(path) for path in self.files}
            self.told("taking the digest of the lines")
            facts = input_facts(self.files)
        asked: Json = {
            "format": FORMAT,
            "footwall": footwall.__version__,
            "input": facts,
            "schedule_sha256": schedule_digest(self.schedule),
            "rates_sha256": rates_digest(self.rates),
            "mapping_sha256": self._mapping_digest(),
            "steps": self.steps,
        }
        found = read_manifest(self.out, asked)
        return found or Manifest(asked, self.part_records)

    def _mapping_digest(self) -> str | None:
        if self.columns is None:
            return None
        from footwall.batch.parts.mapped_input import mapping_digest

        return mapping_digest(self.columns)

    def _keep(self, connection: duckdb.DuckDBPyConnection) -> Input:
        target = self.work / "lines.parquet"
        return (
            keep_table(connection, self.lines, target)
            if self.columns is None
            else self._map(connection, self.lines, target)
        )

    def _map(self, connection: duckdb.DuckDBPyConnection, lines: object, target: Path) -> Input:
        """Lines with columns of their own, which the parts have in ours; their own words are kept for the problems."""
        from footwall.batch.parts.mapped_input import mapped_input

        columns = "wco" if self.columns is None else self.columns
        found = mapped_input(connection, lines, columns, target, schedule=self.schedule, rates=self.rates)
        self.mapped[found.input.source] = found
        return found.input

    def damaged(self, manifest: Manifest) -> list[int]:
        """Forget the finished parts that are no longer whole; their numbers."""
        self.told("looking at the parts that are finished")
        lost = [
            number
            for number, part in manifest.parts.items()
            if not all(is_whole(self.out, written) for written in part["files"].values())
        ]
        for number in lost:
            del manifest.parts[number]
        return lost

    def go_on(self, manifest: Manifest, engine: Engine) -> None:
        """Assess every part that is not finished."""
        self.damaged(manifest)
        inputs = self._inputs(manifest)
        manifest.write(self.out)
        for kind in KINDS[: 3 if self.steps else 2]:
            (self.out / kind).mkdir(exist_ok=True)
        parts = _parts(inputs, manifest.part_records)
        left = [part for part in parts if part.number not in manifest.parts]
        self._tell(manifest, len(parts))
        for done in engine.run(left, self.schedule, self.rates, self.work, steps=self.steps):
            self._commit(manifest, done)
            self._tell(manifest, len(parts))
        self._refuse_changed()
        manifest.finished = True
        manifest.write(self.out)
        shutil.rmtree(self.work, ignore_errors=True)

    def _inputs(self, manifest: Manifest) -> list[Input]:
        """Every file of lines as Parquet; what was converted before is taken again if it is still whole."""
        if self.kept is not None:
            return self.kept
        connection = _connection(self.work)
        before = {found["source"]: found for found in manifest.converted}
        manifest.converted = []

        def opened(number: int, path: Path) -> Input:
            if self.columns is not None or is_xml(path):
                self.told(f"mapping {path}")
                return self._map(connection, path, self.work / f"lines-{number:05}.parquet")
            if is_parquet(path):
                return parquet_input(connection, path)
            self.told(f"converting {path}")
            found = _still_whole(before.get(str(path))) or convert(
                connection, path, self.work / f"lines-{number:05}.parquet"
            )
            manifest.converted.append(_converted(found))
            manifest.write(self.out)
            return found

        try:
            return every(self.files or (), opened)
        except LinesError:
            if not manifest.parts:
                (self.out / MANIFEST).unlink(missing_ok=True)
            raise

    def _commit(self, manifest: Manifest, done: Json) -> None:
        """Give a part's files their names, then name the part in the manifest."""
        if done["source"] in self.mapped:
            self.mapped[done["source"]].tell(_connection(self.work), done)
        for kind, written in done["files"].items():
            put(Path(written.pop("unfinished")), self.out / kind / Path(written["file"]).name)
        manifest.parts[int(done["part"])] = done
        manifest.write(self.out)

    def _refuse_changed(self) -> None:
        """Raise UsageError if a file of lines is not what it was when its digest was taken."""
        for path, look in self.looks.items():
            if not path.is_file() or _look(path) != look:
                raise UsageError(f"{path} was changed while it was assessed. Begin anew: --restart")

    def _tell(self, manifest: Manifest, parts: int) -> None:
        self.told(f"{len(manifest.parts):,} of {parts:,} parts, {manifest.lines:,} lines")


def _parts(inputs: Sequence[Input], part_records: int) -> list[Part]:
    """The parts of all inputs, in order; no part has records of two. An input without records is one part of none."""
    parts: list[Part] = []
    for found in inputs:
        for first in range(1, max(found.records, 1) + 1, part_records):
            last = min(first + part_records - 1, found.records)
            parts.append(
                Part(len(parts) + 1, str(found.path), found.source, first, last, found.numbered,
                     None if found.problems is None else str(found.problems))
            )  # fmt: skip
    return parts


def _converted(found: Input) -> Json:
    told = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(found).items()}
    digests = {"sha256": digest(found.path)}
    return told | digests | ({"problems_sha256": digest(found.problems)} if found.problems else {})


def _still_whole(before: Json | None) -> Input | None:
    if before is None:
        return None
    problems = Path(before["problems"]) if before["problems"] else None
    for path, known in ((Path(before["path"]), before["sha256"]), (problems, before.get("problems_sha256"))):
        if path is not None and (not path.is_file() or digest(path) != known):
            return None
    return Input(Path(before["path"]), before["source"], before["records"], before["numbered"], problems)


def _look(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _refuse_strangers(out: Path) -> None:
    """Raise UsageError where files stand among which ours would be taken for each other."""
    for kind in ("liabilities", "steps"):
        if any((out / kind).glob("*")):
            raise UsageError(
                f"{out / kind} holds files, and no {MANIFEST} beside them says what they are. "
                "Take another folder, or begin anew: --restart"
            )


def clear_folder(out: Path) -> None:
    """Remove what a run before has written: parts, the manifest, and what was unfinished."""
    (out / MANIFEST).unlink(missing_ok=True)
    for kind in KINDS:
        for path in (out / kind).glob("part-*.parquet"):
            path.unlink()
    shutil.rmtree(out / WORK, ignore_errors=True)


def _connection(work: Path) -> duckdb.DuckDBPyConnection:
    return connect(memory_limit=f"{MEMORY_BYTES // 2**20}MiB", temp_directory=str(work / "spilled"))
