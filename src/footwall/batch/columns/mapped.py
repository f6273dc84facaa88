"""Lines with columns of their own, told in ours: read by a mapping, assessed like all others, and every problem in the file's own words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Final
from weakref import finalize

import duckdb

from footwall.batch.columns.conversion import FAULTS, Converted, convert_query
from footwall.batch.columns.declarations import DECLARATION_ID
from footwall.batch.columns.mapping import Mapping
from footwall.batch.columns.mapping_file import load_mapping
from footwall.batch.columns.own import Own, open_own
from footwall.batch.columns.telling import Told, problem_of_fault
from footwall.batch.kinds import is_xml
from footwall.batch.lines import RAW, Raw
from footwall.duties import Rates, problems_of_record
from footwall.errors import ColumnsError, LinesError, Problem
from footwall.tariffs import Schedule

_AT_ONCE: Final = 10_000
_ID_SHOWN: Final = 80


class Folder:
    """A folder of its own that is there for as long as somebody holds this."""

    def __init__(self) -> None:
        """Make it."""
        self.path = Path(mkdtemp(prefix="footwall-mapped-"))
        finalize(self, rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a file: our columns in the Parquet file `path`, which stays as long as `folder` is held.

    `unused` are the file's columns that the mapping neither takes nor ignores.
    """

    mapping: Mapping
    own: Own
    converted: Converted
    path: Path
    folder: "Folder"
    unused: tuple[str, ...]

    def problems(
        self,
        connection: duckdb.DuckDBPyConnection,
        schedule: Schedule,
        rates: Rates,
        told: Sequence[tuple[Problem, str | None]],
    ) -> list[tuple[Problem, str | None]]:
        """The problems `told` of rows that could be mapped, in the file's own words, and those of all others."""
        return [*self.renamed(connection, told), *self.of_faults(connection, schedule, rates)]

    def faults(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
        """Every fault of the rows that could not be mapped."""
        for row in self._rows(connection, f"{FAULTS} <> ''"):
            words = self._words(row)
            yield from (problem_of_fault(words, *fault.split("=")) for fault in row[FAULTS].split(" "))

    def renamed(
        self, connection: duckdb.DuckDBPyConnection, told: Sequence[tuple[Problem, str | None]]
    ) -> Iterator[tuple[Problem, str | None]]:
        """The law's problems of rows that could be mapped, in the file's own words."""
        named = [item for item in told if item[0].row is not None and item[0].field in self.converted.ours]
        for start in range(0, len(named), _AT_ONCE):
            some = named[start : start + _AT_ONCE]
            numbers = ", ".join(
                str(row) for row in sorted({problem.row for problem, _ in some if problem.row is not None})
            )
            rows = {row["source_row"]: row for row in self._rows(connection, f"source_row IN ({numbers})")}
            for problem, line_id in some:
                yield self._words(rows[problem.row]).in_own_words(problem), line_id
        yield from (item for item in told if item[0].row is None or item[0].field not in self.converted.ours)

    def of_faults(
        self, connection: duckdb.DuckDBPyConnection, schedule: Schedule, rates: Rates
    ) -> Iterator[tuple[Problem, str | None]]:
        """Every fault of the rows that could not be mapped, and what the law finds wrong with the rest of each."""
        for row in self._rows(connection, f"{FAULTS} <> ''"):
            words, faults = self._words(row), dict(fault.split("=") for fault in row[FAULTS].split(" "))
            line_id = None if "line_id" in faults or row["line_id"] is None else str(row["line_id"])[:_ID_SHOWN]
            for ours, code in faults.items():
                yield problem_of_fault(words, ours, code), line_id
            record = {name: row[name] for name in self.converted.ours}
            unread = frozenset(faults)
            found = problems_of_record(record, schedule, rates, row["source_row"], self.own.source, unread=unread)
            yield from ((words.in_own_words(problem), line_id) for problem in found)

    def _rows(self, connection: duckdb.DuckDBPyConnection, condition: str) -> Iterator[dict[str, Any]]:
        query = f"SELECT * FROM read_parquet('{_quoted(self.path)}') WHERE {condition} ORDER BY source_row"
        cursor = connection.cursor().execute(query)
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(_AT_ONCE):
            for row in rows:
                yield dict(zip(names, row, strict=True))

    def _words(self, row: dict[str, Any]) -> Told:
        return Told(self.mapping, self.own, self.converted, row)


def open_mapped(connection: duckdb.DuckDBPyConnection, lines: object, columns: object) -> Raw:
    """Make RAW from lines with columns of their own: the rows that could be mapped, whole.

    Raises ColumnsError where the mapping does not hold together or does not fit the lines, LinesError where these cannot be
    read at all.
    """
    mapping = load_mapping(columns)
    source = str(lines) if isinstance(lines, str | Path) else None
    if (
        mapping.elements is not None
        and not (source and is_xml(Path(source)))
        and (source is None or Path(source).is_file())
    ):
        raise _no_xml(mapping, source)
    folder = Folder()
    own = open_own(connection, lines, mapping, folder.path)
    _check_fit(mapping, own)
    converted = convert_query(connection, mapping, own)
    path = folder.path / "lines.parquet"
    connection.execute(f"COPY ({converted.query}) TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION snappy)")
    chosen = ", ".join(("source_row", *converted.ours))
    connection.execute(
        f"CREATE OR REPLACE VIEW {RAW} AS SELECT {chosen} FROM read_parquet('{_quoted(path)}') WHERE {FAULTS} = ''"
    )
    kinds = {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {RAW}").fetchall()}
    kinds.pop("source_row")
    used = {*mapping.asked(), *mapping.ignore, DECLARATION_ID}
    unused = () if own.of_xml else tuple(name for name in reversed(tuple(own.columns)) if name not in used)
    return Raw(kinds, own.source, own.problems, Mapped(mapping, own, converted, path, folder, unused))


def _check_fit(mapping: Mapping, own: Own) -> None:
    """Refuse a mapping that names columns which the lines have not, or twice; every one at once."""
    problems = []
    for ours, name in mapping.uses():
        at = f"columns.{ours}"
        if name in own.repeated:
            problems.append(Problem("column_repeated", f"{name!r} more than once", "the column once",
                                    "Rename one of them in the file.", own.source, field=at))  # fmt: skip
        elif name not in own.columns:
            problems.append(_absent(name, own, at))
    if problems:
        raise ColumnsError(f"{mapping.source} does not fit {own.source or 'the table'}.", problems)


def _absent(name: str, own: Own, at: str) -> Problem:
    alike = [found for found in own.columns if _bare(found) == _bare(name)]
    near = alike or get_close_matches(name, own.columns, n=1)
    remedy = f"Write it as the file does: {near[0]!r}." if alike else "Name a column of the file."
    if near and not alike:
        remedy = f"Did you mean {near[0]!r}?"
    found = f"the column {alike[0]!r}" if alike else "no such column"
    return Problem("column_missing", found, f"the column {name!r}", remedy, own.source, field=at)


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()


def _no_xml(mapping: Mapping, source: str | None) -> LinesError:
    problem = Problem("xml_missing", "no XML", "XML declarations, because the mapping has a section [xml]",
                      "Name a mapping without [xml].", source)  # fmt: skip
    return LinesError(f"{source or 'The table'} cannot be read by {mapping.source}.", [problem])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
