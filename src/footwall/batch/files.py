"""Files in, files out: liabilities, problems and steps are written beside each other, whole or not at all."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from footwall.batch.assess import Session
from footwall.batch.lines import unread_columns
from footwall.duties import STEP_COLUMNS
from footwall.errors import UsageError
from footwall.tariffs import Schedule

SUFFIXES = (".csv", ".parquet")
ORDERED_LINES_MAX = 1_000_000
"""Files of more lines are written lane by lane, each in its own order: sorting them would cost more than assessing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file became: how many lines were assessed, how many problems they had, and where everything was written."""

    lines: int
    problems: int
    liabilities_path: Path
    problems_path: Path
    steps_path: Path | None
    columns_not_read: tuple[str, ...]
    currency: str


def assess_file(lines: object, out: Path, schedule: Schedule, rates: object = None, *, steps: bool = False) -> Outcome:
    """Assess `lines` (as `assess` takes them) into `out`.

    `out` ending in .csv or .parquet: that file, with siblings `OUT.problems` and (on request) `OUT.steps` of the same
    format; each is written under another name and renamed when whole, liabilities in the order of the lines (of more than
    a million: as they come). An `out` without an ending is a folder: `liabilities/`, `problems/`, `steps/` and a manifest. Raises
    UsageError where `out` has another ending, cannot be written, or holds the lines themselves, LinesError where the lines cannot be read at
    all; then nothing is left behind.
    """
    paths = _paths(lines, out, steps=steps)
    session = Session.open(lines, schedule, rates)
    try:
        return _write(session, lines, out, paths)
    except (OSError, duckdb.IOException) as error:
        raise UsageError(f"{out} cannot be written: {str(error).splitlines()[0]}") from error


def _write(session: Session, lines: object, out: Path, paths: Mapping[str, Path]) -> Outcome:
    for path in paths.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    ordered = session.prepared.lines <= ORDERED_LINES_MAX
    count = session.write_query(session.query(ordered=ordered), paths["liabilities"])
    problems = session.problem_table()
    _whole(paths["problems"], problems.write)
    if "steps" in paths:
        _write_steps(session, paths["steps"])
    if out.suffix.lower() not in SUFFIXES:
        _manifest(lines, out, paths, count, len(problems))
    return Outcome(
        count,
        len(problems),
        paths["liabilities"],
        paths["problems"],
        paths.get("steps"),
        unread_columns(session.raw, session.schedule),
        session.schedule.currency,
    )


def _paths(lines: object, out: Path, *, steps: bool) -> dict[str, Path]:
    suffix = out.suffix.lower()
    wanted = ["liabilities", "problems", *(["steps"] if steps else [])]
    if suffix in SUFFIXES:
        if not out.parent.is_dir():
            raise UsageError(f"{out.parent} is not a folder: make it first, or write elsewhere")
        siblings = {name: out.with_name(f"{out.stem}.{name}{suffix}") for name in wanted} | {"liabilities": out}
        if isinstance(lines, str | Path) and Path(lines).resolve() in {path.resolve() for path in siblings.values()}:
            raise UsageError(f"{lines} holds the lines: write the liabilities to another file")
        return siblings
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: name one that ends in .csv or .parquet, or a folder")
    if suffix:
        raise UsageError(
            f"{out.name} ends in {out.suffix}: name a file that ends in .csv or .parquet, or a folder without an ending"
        )
    return {name: out / name / "part-00001.parquet" for name in wanted}


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name, then rename: a reader never sees half a file."""
    unfinished = path.with_name(f".{path.name}.unfinished{path.suffix}")
    try:
        write(unfinished)
        os.replace(unfinished, path)  # noqa: PTH105 - the same on Windows, where rename refuses an existing name
    finally:
        unfinished.unlink(missing_ok=True)


def _write_steps(session: Session, path: Path) -> None:
    if session.extra_steps or not session.prepared.steps:
        _whole(path, session.steps().write)
        return
    session.write_query(
        f"SELECT {', '.join(STEP_COLUMNS)} FROM ({session.prepared.steps}) ORDER BY source_row, step", path
    )


def _manifest(lines: object, out: Path, paths: Mapping[str, Path], count: int, problems: int) -> None:
    parts = {name: {"file": str(path.relative_to(out)), "sha256": _digest(path)} for name, path in paths.items()}
    source = {"file": str(lines), "sha256": _digest(Path(lines))} if isinstance(lines, str | Path) else None
    content = {"input": source, "lines": count, "problems": problems, "parts": parts}
    _whole(out / "manifest.json", lambda path: path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
