"""XML declarations as they stream by: one row for each goods item, one for each shipment and declaration around them.

No tree of the file is built, and nothing of it is trusted: a document type is refused, so that there are no entities to expand and
no files to fetch; depth, length of a token, and the size of one declaration's part are bounded; every value stays text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path as FilePath
from typing import IO, Final, NoReturn
from xml.parsers import expat

import pyarrow as pa
import pyarrow.parquet as pq

from footwall.batch.columns.mapping import Elements, Mapping
from footwall.batch.columns.paths import Element, Path, parse_path
from footwall.errors import LinesError, Problem

DEPTH_MAX: Final = 100
TOKEN_BYTES_MAX: Final = 1024 * 1024
"""The longest start of an element, comment or instruction."""
ELEMENTS_MAX: Final = 100_000
"""So many elements that a mapping asks for may stand in one goods item, or around the items of one shipment."""
TEXT_MAX: Final = 4_000
"""Longer texts are cut here: the law refuses any of more than a thousand characters, and says so."""
SEVERAL: Final = "\x1f"
"""Stands between the texts of elements that are there several times. No XML text can hold it."""
DECLARATION_ID: Final = "declaration id"
_READ_AT_ONCE: Final = 256 * 1024
_ROWS_AT_ONCE: Final = 20_000
_ENCODINGS: Final = "XML in UTF-8, UTF-16, ISO-8859-1 or windows-1252"
_SCOPES: Final = ("declaration", "shipment", "item")


@dataclass(frozen=True, slots=True)
class Flattened:
    """The Parquet files of a read file, by scope, and which column of each holds which path."""

    files: dict[str, FilePath]
    columns: dict[str, tuple[str, str]]
    problems: tuple[Problem, ...]


def flatten(path: FilePath, mapping: Mapping, folder: FilePath) -> Flattened:
    """Read the declarations in `path` into Parquet files in `folder`.

    Raises LinesError for a file that is not whole, is no XML, has a document type, or holds no declaration.
    """
    if mapping.elements is None:
        told = (
            "xml_not_mapped",
            "XML declarations",
            "a mapping with a section [xml]",
            "Name one, or none: the shipped one.",
        )
        raise refused(path, told)
    reader = _Reader(path, mapping.elements, mapping.asked(), folder)
    with path.open("rb") as file:
        return reader.read(file)


def refused(path: FilePath, told: tuple[str, str, str, str], line: int | None = None) -> LinesError:
    """The error of a file that cannot be read at all: code, what was found, what was expected, what to do."""
    return LinesError(f"{path} cannot be assessed.", [Problem(*told, str(path), line=line)])


@dataclass(slots=True)
class _Scope:
    """What is asked of each element of one scope, and the rows found so far."""

    name: str
    steps: tuple[str, ...]
    writer: "_Writer"
    paths: list[Path] = field(default_factory=list)

    def row(self, element: Element) -> list[str | None]:
        found = (path.values(element, len(self.steps)) for path in self.paths)
        return [SEVERAL.join(values) if values else None for values in found]


class _Writer:
    """Rows of one scope on their way to a Parquet file."""

    def __init__(self, target: FilePath) -> None:
        self.target = target
        self.rows: list[list[object]] = []
        self.file: pq.ParquetWriter | None = None
        self.schema = pa.schema([])

    def begin(self, numbers: Sequence[str], texts: Sequence[str]) -> None:
        kinds = [*((name, pa.int64()) for name in numbers), *((name, pa.string()) for name in texts)]
        self.schema = pa.schema(kinds)
        self.file = pq.ParquetWriter(self.target, self.schema)

    def add(self, row: list[object]) -> None:
        self.rows.append(row)
        if len(self.rows) >= _ROWS_AT_ONCE:
            self.put()

    def put(self) -> None:
        if self.file is None or not self.rows:
            return
        columns = zip(*self.rows, strict=True)
        arrays = [pa.array(column, kind) for column, kind in zip(columns, self.schema.types, strict=True)]
        self.file.write_table(pa.table(arrays, schema=self.schema))
        self.rows = []

    def close(self) -> None:
        self.put()
        if self.file is not None:
            self.file.close()


class _Wanted:
    """An element that some path asks for, and what it asks of those below."""

    __slots__ = ("below", "scope", "told")

    def __init__(self) -> None:
        self.below: dict[str, _Wanted] = {}
        self.scope: _Scope | None = None
        self.told = False


class _Reader:
    """Follows the parser through one file."""

    def __init__(self, path: FilePath, elements: Elements, asked: Sequence[str], folder: FilePath) -> None:
        self.path, self.elements, self.folder = path, elements, folder
        ways = (elements.declaration, elements.shipment, elements.item)
        steps = ((), *(tuple(way.split("/")) for way in ways[1:]))
        self.scopes = {
            name: _Scope(name, way, _Writer(folder / f"{name}.parquet"))
            for name, way in zip(_SCOPES, steps, strict=True)
        }
        self.columns: dict[str, tuple[str, str]] = {}
        self.ids = [parse_path(text) for text in elements.ids]
        for text in dict.fromkeys([*asked, elements.number]):
            if text != DECLARATION_ID:
                self._ask(text)
        self.root = self._wanted()
        self.depth = 0
        self.begun = False
        self.below = 0  # how deep in elements that nobody asks for
        self.stack: list[tuple[_Wanted, Element]] = []
        self.kept = 0
        self.kept_before: list[int] = []
        self.numbers = dict.fromkeys(_SCOPES, 0)
        self.other_namespaces: set[str] = set()
        self.counts: dict[str, bool] = {}
        self.problems: list[Problem] = []
        self.items_before = 0
        self.parser = expat.ParserCreate(namespace_separator=" ", intern={})

    def _ask(self, text: str) -> None:
        path = parse_path(text)
        names = tuple(step.name for step in path.steps)
        scope = next(
            self.scopes[name]
            for name in reversed(_SCOPES)
            if names[: len(self.scopes[name].steps)] == self.scopes[name].steps
        )
        self.columns[text] = (scope.name, f"{scope.name[0]}{len(scope.paths)}")
        scope.paths.append(path)

    def _wanted(self) -> _Wanted:
        root = _Wanted()
        ways: Iterator[tuple[str, ...]] = (
            way for scope in self.scopes.values() for path in scope.paths for way in path.names()
        )
        scopes = [(scope.steps, scope) for scope in self.scopes.values()]
        for way in (*ways, *(way for path in self.ids for way in path.names())):
            place = root
            for name in way:
                place = place.below.setdefault(name, _Wanted())
            place.told = True  # at least by some path; that others only pass through does no harm
        for steps, scope in scopes:
            place = root
            for name in steps:
                place = place.below.setdefault(name, _Wanted())
            place.scope = scope
        return root

    def read(self, file: IO[bytes]) -> Flattened:
        self._begin()
        try:
            self._parse(file)
        except expat.ExpatError as error:
            self._refuse_unreadable(error)
        except (LookupError, ValueError) as error:  # a codec's, for the declared encoding, before any element
            if self.begun:
                raise
            self._refuse("encoding_unknown", str(error), _ENCODINGS, "Write it in UTF-8.")
        finally:
            for scope in self.scopes.values():
                scope.writer.close()
        if not self.numbers["declaration"]:
            self._refuse_without_declaration()
        files = {name: scope.writer.target for name, scope in self.scopes.items()}
        return Flattened(files, self.columns, tuple(self.problems))

    def _begin(self) -> None:
        places = {"declaration": ("declaration_number",), "shipment": ("shipment_number",),
                  "item": ("source_row", "declaration_number", "shipment_number", "item_place")}  # fmt: skip
        for name, scope in self.scopes.items():
            columns = [f"{name[0]}{number}" for number, _ in enumerate(scope.paths)]
            scope.writer.begin(places[name], [*columns, *(["declaration_id"] if name == "declaration" else [])])
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _parse(self, file: IO[bytes]) -> None:
        fed = 0
        for _ in count():
            data = file.read(_READ_AT_ONCE)
            fed += len(data)
            self.parser.Parse(data, not data)
            if not data:
                return
            if fed - self.parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                self._refuse("file_damaged", f"a token of more than {TOKEN_BYTES_MAX:,} bytes",
                             "elements, comments and attributes of a declaration", "Is a mark missing that ends it?")  # fmt: skip

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.begun = True
        if self.depth > DEPTH_MAX:
            self._refuse("file_damaged", f"elements nested deeper than {DEPTH_MAX}", "a declaration", "Write it again.")
        if self.below:
            self.below += 1
            return
        namespace, _, local = name.rpartition(" ")
        if not self.stack:
            self._start_outside(namespace, local, attributes)
            return
        wanted = self.stack[-1][0].below.get(local)
        if wanted is None or not (self.counts.get(namespace) or self._counts(namespace)):
            if wanted is not None and wanted.scope is not None:
                self._tell(local, "namespace_unknown", f"{local} in {namespace or 'no namespace'}",
                           f"{local} in {', '.join(self.elements.namespaces)}")  # fmt: skip
            self.below = 1
            return
        self.kept += 1
        if self.kept > ELEMENTS_MAX:
            self._refuse("file_damaged", f"more than {ELEMENTS_MAX:,} elements in one part of a declaration",
                         "a declaration", "Write it again.")  # fmt: skip
        if wanted.scope is not None:
            self._enter(wanted.scope.name)
        element = Element(
            {key.rpartition(" ")[2]: text[:TEXT_MAX] for key, text in attributes.items()} if attributes else {}
        )
        self.stack[-1][1].children.setdefault(local, []).append(element)
        self.stack.append((wanted, element))

    def _start_outside(self, namespace: str, local: str, attributes: dict[str, str]) -> None:
        if local != self.elements.declaration:
            return
        if not self._counts(namespace):
            if len(self.other_namespaces) < 10:
                self.other_namespaces.add(namespace)
            return
        self._enter("declaration")
        self.stack.append((self.root, Element(dict(attributes))))

    def _enter(self, scope: str) -> None:
        self.numbers[scope] += 1
        self.kept_before.append(self.kept)
        self.kept = 0
        if scope == "declaration":
            self.items_before = self.numbers["item"]

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.below:
            self.below -= 1
            return
        if not self.stack:
            return
        wanted, element = self.stack.pop()
        if wanted.scope is not None:
            self._leave(wanted.scope, element, name.rpartition(" ")[2])

    def _leave(self, scope: _Scope, element: Element, local: str) -> None:
        found: list[object] = list(scope.row(element))
        declaration, shipment = self.numbers["declaration"], self.numbers["shipment"]
        if scope.name == "item":
            scope.writer.add(
                [self.numbers["item"], declaration, shipment, self.numbers["item"] - self.items_before, *found]
            )
        elif scope.name == "shipment":
            scope.writer.add([shipment, *found])
        else:
            stated = (values[0] for path in self.ids if len(values := path.values(element, 0)) == 1)
            scope.writer.add([declaration, *found, next(stated, None)])
            if self.numbers["item"] == self.items_before:
                self._tell(self.elements.item, "items_missing", "no goods item", f"at least one {self.elements.item}")
        if self.stack:  # what was told is let go
            self.stack[-1][1].children[local].pop()
        self.kept = self.kept_before.pop()

    def _text(self, text: str) -> None:
        if self.below or not self.stack:
            return
        wanted, element = self.stack[-1]
        if wanted.told and (not element.texts or sum(map(len, element.texts)) < TEXT_MAX):
            element.texts.append(text[:TEXT_MAX])

    def _counts(self, namespace: str) -> bool:
        known = self.counts.get(namespace)
        if known is None:
            known = any(
                namespace.startswith(one[:-1]) if one.endswith("*") else namespace == one
                for one in self.elements.namespaces
            )
            if len(self.counts) < 1000:
                self.counts[namespace] = known
        return known

    def _tell(self, element: str, code: str, found: str, expected: str) -> None:
        place = f"{self.elements.declaration}[{self.numbers['declaration']}]/{element}"
        remedy = "Correct the declaration, or the mapping's [xml]."
        line = self.parser.CurrentLineNumber
        self.problems.append(Problem(code, found, expected, remedy, str(self.path), line=line, field=place))

    def _refuse_doctype(self, *_: object) -> NoReturn:
        self._refuse("doctype_refused", "a document type (<!DOCTYPE …>)", "a declaration without one",
                     "Take it out: a declaration needs no entities, and none are expanded.")  # fmt: skip

    def _refuse_unreadable(self, error: expat.ExpatError) -> NoReturn:
        told = expat.ErrorString(error.code) or str(error)
        if "encoding" in told:
            raise refused(
                self.path, ("encoding_unknown", told, _ENCODINGS, "Write it in UTF-8."), error.lineno
            ) from None
        found = f"{told}, at column {error.offset}"
        remedy = "Nothing of it was assessed: write it again."
        raise refused(self.path, ("file_damaged", found, "a whole XML file", remedy), error.lineno) from None

    def _refuse_without_declaration(self) -> NoReturn:
        name, known = self.elements.declaration, ", ".join(self.elements.namespaces)
        if self.other_namespaces:
            found = ", ".join(sorted(other or "no namespace" for other in self.other_namespaces))
            remedy = "Name a mapping whose [xml] has this namespace."
            raise refused(self.path, ("namespace_unknown", f"{name} in {found}", f"{name} in {known}", remedy))
        told = ("declaration_missing", f"no element {name}", f"{name} in {known}", "Is this a declaration?")
        raise refused(self.path, told)

    def _refuse(self, code: str, found: str, expected: str, remedy: str) -> NoReturn:
        raise refused(self.path, (code, found, expected, remedy), self.parser.CurrentLineNumber)
