"""Files in, files out: liabilities, problems and steps are written beside each other, whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from footwall.batch.assess import PARQUET, Session, with_words
from footwall.batch.connect import connect
from footwall.batch.lines import unread_columns
from footwall.batch.parts.folder import Told, assess_folder
from footwall.batch.parts.inputs import SUFFIXES, is_parquet, named_files
from footwall.batch.parts.manifest import KINDS, Manifest, put, whole
from footwall.batch.parts.pool import Engine
from footwall.batch.repeated import Repeated, repeated_in_file
from footwall.duties import STEP_COLUMNS, read_rates
from footwall.errors import UsageError
from footwall.tariffs import Schedule

LINES_AT_ONCE: Final = 1_000_000
"""A Parquet file of more lines is assessed by parts, so that it need not fit memory."""
BYTES_AT_ONCE: Final = 100_000_000
"""The same of any other file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file became: how many lines were assessed, how many problems they had, and where everything was written.

    The paths are files, or the folders of the parts. `repeated` are names of lines that stand on several of them.
    """

    lines: int
    problems: int
    liabilities_path: Path
    problems_path: Path
    steps_path: Path | None
    columns_not_read: tuple[str, ...]
    currency: str
    repeated: Repeated


def assess_file(
    lines: object,
    out: Path,
    schedule: Schedule,
    rates: object = None,
    *,
    steps: bool = False,
    restart: bool = False,
    engine: Engine | None = None,
    credits: object = None,  # noqa: A002 - the user's word
    told: Told = lambda _: None,
    columns: object = None,
) -> Outcome:
    """Assess `lines` (as `assess` takes them; also a folder, a pattern or a list of files) into `out`, in their order.

    `out` ending in .csv or .parquet: that file, with siblings `OUT.problems` and (on request) `OUT.steps` of the same
    format; each is written under another name and renamed when whole. An `out` without an ending is a folder:
    `liabilities/part-*.parquet`, `problems/`, `steps/` and a manifest; the same call again goes on with what was
    finished, `restart` begins anew. `engine` assesses the parts (left out: this machine's cores); `told` hears how far it is. `credits` (as `assess` takes them) are used in the order of
    the lines, so they need one file that fits memory and an `out` that is a file; `OUT.credits` says which line used which. Raises
    UsageError where `out` has another ending, cannot be written, holds the lines themselves, or was begun with other lines or another
    schedule; LinesError where the lines cannot be read at all.
    """
    paths = _paths(lines, out, steps=steps)
    if credits is not None and (out.suffix.lower() not in SUFFIXES or engine is not None or _is_large(lines)):
        raise UsageError("credits are used in the order of the lines: assess one file into one file, on this machine")
    try:
        if out.suffix.lower() not in SUFFIXES:
            manifest = assess_folder(
                lines,
                out,
                schedule,
                read_rates(rates),
                steps=steps,
                restart=restart,
                engine=engine,
                told=told,
                columns=columns,
            )
            return _outcome(manifest, schedule, {name: out / name for name in paths})
        if engine is not None or _is_large(lines):
            return _by_parts(lines, out, schedule, rates, paths, engine=engine, told=told, columns=columns)
        session = Session.open(_only(lines), schedule, rates, credits, columns)
        if credits is not None:
            paths["credits"] = out.with_name(f"{out.stem}.credits{out.suffix.lower()}")
        return _write(session, paths)
    except (OSError, duckdb.IOException) as error:
        raise UsageError(f"{out} cannot be written: {str(error).splitlines()[0]}") from error


def _write(session: Session, paths: Mapping[str, Path]) -> Outcome:
    count = session.write_query(session.query(ordered=True), paths["liabilities"])
    problems = session.problem_table()
    whole(paths["problems"], problems.write)
    if "steps" in paths:
        _write_steps(session, paths["steps"])
    if "credits" in paths:
        whole(paths["credits"], session.credit_table().write)
    return Outcome(
        count,
        len(problems),
        paths["liabilities"],
        paths["problems"],
        paths.get("steps"),
        unread_columns(session.raw, session.schedule),
        session.schedule.currency,
        repeated_in_file(paths["liabilities"], count),
    )


def _by_parts(
    lines: object,
    out: Path,
    schedule: Schedule,
    rates: object,
    paths: Mapping[str, Path],
    *,
    engine: Engine | None,
    told: Told,
    columns: object,
) -> Outcome:
    """Assess into a folder of parts beside `out`, then put the parts of each kind together in their order."""
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
        beside = Path(folder)
        manifest = assess_folder(
            lines,
            beside,
            schedule,
            read_rates(rates),
            steps="steps" in paths,
            engine=engine,
            told=told,
            columns=columns,
        )
        with connect(temp_directory=folder) as connection:
            for kind, path in paths.items():
                told(f"writing {path}")
                _together(connection, sorted((beside / kind).glob("*.parquet")), path)
    return _outcome(manifest, schedule, paths)


def _together(connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], path: Path) -> None:
    names = ", ".join(f"'{_quoted(part)}'" for part in parts)
    query, form = f"SELECT * FROM read_parquet([{names}])", PARQUET
    if path.suffix.lower() == ".csv":
        query, form = with_words(connection, query), "FORMAT csv, HEADER true"
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        connection.execute(f"COPY ({query}) TO '{_quoted(unfinished)}' ({form})")
        put(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _outcome(manifest: Manifest, schedule: Schedule, paths: Mapping[str, Path]) -> Outcome:
    unread = dict.fromkeys(name for part in manifest.parts.values() for name in part["columns_not_read"])
    return Outcome(
        manifest.lines,
        manifest.problems,
        paths["liabilities"],
        paths["problems"],
        paths.get("steps"),
        tuple(unread),
        schedule.currency,
        repeated_in_file(paths["liabilities"], manifest.lines),
    )


def _is_large(lines: object) -> bool:
    """Whether the lines are assessed by parts: several files, or one that need not fit memory."""
    files = named_files(lines)
    if files is None or len(files) > 1:
        return files is not None
    if is_parquet(files[0]):
        try:
            return bool(pq.read_metadata(files[0]).num_rows > LINES_AT_ONCE)
        except pa.ArrowInvalid:  # whoever opens it says what is wrong with it
            return False
    return files[0].is_file() and files[0].stat().st_size > BYTES_AT_ONCE


def _only(lines: object) -> object:
    """The one file that is named, or the table itself."""
    files = named_files(lines)
    return lines if files is None else files[0]


def _paths(lines: object, out: Path, *, steps: bool) -> dict[str, Path]:
    suffix = out.suffix.lower()
    wanted = KINDS if steps else KINDS[:2]
    if suffix in SUFFIXES:
        if not out.parent.is_dir():
            raise UsageError(f"{out.parent} is not a folder: make it first, or write elsewhere")
        siblings = {name: out.with_name(f"{out.stem}.{name}{suffix}") for name in wanted} | {"liabilities": out}
        written = {path.resolve() for path in siblings.values()}
        for path in named_files(lines) or ():
            if path.resolve() in written:
                raise UsageError(f"{path} holds the lines: write the liabilities to another file")
        return siblings
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: name one that ends in .csv or .parquet, or a folder")
    if suffix:
        raise UsageError(
            f"{out.name} ends in {out.suffix}: name a file that ends in .csv or .parquet, or a folder without an ending"
        )
    return {name: out / name for name in wanted}


def _write_steps(session: Session, path: Path) -> None:
    if session.extra_steps or not session.prepared.steps:
        whole(path, session.steps().write)
        return
    session.write_query(
        f"SELECT {', '.join(STEP_COLUMNS)} FROM ({session.prepared.steps}) ORDER BY source_row, step", path
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
