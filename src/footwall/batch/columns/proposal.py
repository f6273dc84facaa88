"""A mapping proposed from what a file's header and first records show. It is a draft for a person: what is not known is said."""

import csv
import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from footwall.batch.columns.conversion import number_pattern
from footwall.batch.columns.mapping import COLUMNS, DATES, NUMBERS, Layout
from footwall.batch.columns.mapping_file import day_pattern, shipped_text
from footwall.batch.columns.own import header
from footwall.batch.kinds import is_xml
from footwall.batch.lines import check_kind
from footwall.duties import REQUIRED
from footwall.errors import LinesError, Problem
from footwall.facts import shipped_facts

RECORDS_SEEN: Final = 1_000
_BYTES_SEEN: Final = 1024 * 1024
_SEPARATORS: Final = (",", ";", "\t", "|")
_FORMS: Final = ("YYYY-MM-DD", "DD.MM.YYYY", "MM.DD.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYYMMDD", "DDMMYYYY")  # fmt: skip
_MARKS: Final = (
    (".", None),
    (",", None),
    (",", "."),
    (".", ","),
    (",", " "),
    (".", " "),
    (".", "'"),
    (",", "\u00a0"),
    (",", "\u202f"),
)
_UNITS: Final = {"kg": "kg", "kgm": "kg", "t": "t", "mt": "t", "tne": "t", "tonnes": "t", "tonnen": "t", "tons": None, "lb": "lb", "lbs": "lb", "pounds": "lb", "g": "g"}  # fmt: skip
_TRUE: Final = frozenset({"j", "ja", "y", "o", "oui", "s", "si", "sí"})
_FALSE: Final = frozenset({"n", "nein", "non"})
_TABLE_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping in TOML, and how many things it leaves to be said."""

    text: str
    open: int


@dataclass
class _Seen:
    """What the beginning of a file shows: its columns, each with the texts that its first records state."""

    layout: dict[str, str]
    names: list[str]
    texts: dict[str, list[str]]
    notes: list[str]
    typed: bool = False


def propose(path: Path) -> Proposal:
    """A mapping for the file in `path`. Raises LinesError for a file that cannot be read at all."""
    if is_xml(path):
        return Proposal(shipped_text("wco"), 0)
    seen = _see_parquet(path) if check_kind(path, any_encoding=True) == "parquet" else _see_csv(path)
    return _Draft(path, seen).written()


def _see_parquet(path: Path) -> _Seen:
    try:
        file = pq.ParquetFile(path)
        batch = next(file.iter_batches(batch_size=RECORDS_SEEN), None)
    except (OSError, ValueError) as error:
        problem = Problem(
            "file_damaged", str(error).splitlines()[0][:200], "a whole Parquet file", "Write it again.", str(path)
        )
        raise LinesError(f"{path} cannot be read.", [problem]) from None
    names = list(file.schema_arrow.names)
    columns = batch.to_pydict() if batch is not None else {}
    texts = {name: [str(value) for value in columns.get(name, ()) if value is not None] for name in names}
    return _Seen({}, names, texts, [], typed=True)


def _see_csv(path: Path) -> _Seen:
    with path.open("rb") as file:
        head = file.read(_BYTES_SEEN)
    encoding, notes = _encoding(head)
    text = head.decode(encoding, errors="replace").removeprefix("\ufeff")
    separator = max(_SEPARATORS, key=lambda one: len(next(csv.reader([text.split("\n", 1)[0]], delimiter=one), [])))
    layout = {"separator": separator, "encoding": encoding}
    names = header(path, Layout(separator=separator, encoding=encoding))
    records = csv.reader(text.splitlines()[1 : RECORDS_SEEN + 1], delimiter=separator)
    texts: dict[str, list[str]] = {name: [] for name in names}
    for record in records:
        if len(record) == len(names):
            for name, value in zip(names, record, strict=True):
                if value.strip():
                    texts[name].append(value.strip())
    return _Seen(layout, names, texts, notes)


def _encoding(head: bytes) -> tuple[str, list[str]]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", []
    try:
        head[: len(head) - len(head) % 4 if len(head) == _BYTES_SEEN else None].decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) - error.start > 3:
            return "cp1252", ["The encoding is assumed: it is not UTF-8."]
    return "utf-8", []


class _Draft:
    """The proposal as it grows."""

    def __init__(self, path: Path, seen: _Seen) -> None:
        self.path, self.seen = path, seen
        self.found: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.twice: list[str] = []
        self.notes = list(seen.notes)
        self.open = 0
        self.tables: list[str] = []

    def written(self) -> Proposal:
        self._match()
        lines = [
            f"# A mapping proposed for {self.path.name}, from its header and its first records. Look through it before use."
        ]
        layout = self._layout()
        body = [self._column(ours) for ours in COLUMNS if ours in self.found]
        missing = [
            ours for ours in REQUIRED if ours not in self.found and not (ours == "hs_code" and "form" in self.found)
        ]
        unknown = [name for name in self.seen.names if name not in self.found.values()]
        self.open += len(missing)
        lines += [f"# {note}" for note in self.notes]
        lines += [f"# Not known: {', '.join(map(_text, unknown))}. Name them below, or in ignore."] if unknown else []
        lines += ["", "ignore = []", "", "[file]", *layout, "", "[columns]", *body]
        lines += [
            f'# {ours} = "…"    # nothing in the file is known as {ours}; a constant is {{ constant = "…" }}'
            for ours in missing
        ]
        return Proposal("\n".join([*lines, *self.tables, ""]), self.open)

    def _match(self) -> None:
        for name in self.seen.names:
            bare, unit = _bare(name)
            ours = _synonyms().get(bare)
            if ours is None:
                continue
            if ours in self.found:
                self.notes.append(f"{_text(name)} may be {ours}, too; {_text(self.found[ours])} is taken.")
                self.open += 1
                continue
            self.found[ours] = name
            if unit and ours == "net_mass_kg":
                self.units[ours] = unit

    def _layout(self) -> list[str]:
        lines = [f"{key} = {_text(value)}" for key, value in self.seen.layout.items()]
        if self.seen.typed:
            return lines
        numbers = [text for ours, name in self.found.items() if ours in NUMBERS for text in self.seen.texts[name]]
        fits = [marks for marks in _MARKS if all(_fits(text, marks) for text in numbers)]
        lines += self._one_of(
            "numbers",
            numbers,
            fits,
            lambda marks: [f"decimal = {_text(marks[0])}"] + ([f"thousands = {_text(marks[1])}"] if marks[1] else []),
        )
        days = [text for ours, name in self.found.items() if ours in DATES for text in self.seen.texts[name]]
        forms = [form for form in _FORMS if all(_fits(text, form) for text in days)]
        return lines + self._one_of("days", days, forms, lambda form: [f"date = {_text(form)}"])

    def _one_of(self, what: str, texts: Sequence[str], fits: Sequence, line: Callable) -> list[str]:  # type: ignore[type-arg]
        """The line for the one way that all texts are written; where there are several, or none, it is left to a person."""
        if not texts:
            return []
        told = {tuple(line(fit)): None for fit in fits if what == "days" or _differs(texts, fit, fits)}
        if len(told) == 1:
            return list(next(iter(told)))
        self.open += 1
        if not told:
            return self._nearly(what, texts, line)
        return [f"# {' or '.join(', '.join(one) for one in told)}: all fit the first records"]

    def _nearly(self, what: str, texts: Sequence[str], line: Callable) -> list[str]:  # type: ignore[type-arg]
        """The way that most texts are written, as a remark with one that is not."""
        ways: Sequence = _MARKS if what == "numbers" else _FORMS  # type: ignore[type-arg]
        misfits = {way: [text for text in texts if not _fits(text, way)] for way in ways}
        way = min(ways, key=lambda one: len(misfits[one]))
        fitting = len(texts) - len(misfits[way])
        return [f"# {', '.join(line(way))}: fits {fitting} of {len(texts)} {what}; not {_text(misfits[way][0])}"]

    def _column(self, ours: str) -> str:
        name = self.found[ours]
        keys = [f"column = {_text(name)}"]
        if ours in self.units:
            keys.append(f'unit = "{self.units[ours]}"')
        if ours == "hs_code" and any(set(text) & set(". ") for text in self.seen.texts[name]):
            keys.append('without = ". "')
        table = self._table(ours, sorted(set(self.seen.texts[name])))
        if table:
            keys.append(f'values = "{ours}"')
            self.tables += ["", f"[values.{ours}]", *table]
        return f"{ours} = {_text(name)}" if len(keys) == 1 else f"{ours} = {{ {', '.join(keys)} }}"

    def _table(self, ours: str, texts: Sequence[str]) -> list[str]:
        """A table of translation for the words that a column holds, where they are not ours."""
        translate = {"importer": _country, "origin": _country, "related_parties": _flag, "direct_invoice": _flag,
                     "entry_type": _entry_type}.get(ours)  # fmt: skip
        if translate is None or not texts or len(texts) > _TABLE_MAX or all(translate(text) == text for text in texts):
            return []
        lines = []
        for text in texts:
            word = translate(text)
            if word is None:
                self.open += 1
            lines.append(f"{_text(text)} = {_text(word)}" if word else f'# {_text(text)} = "…"    # not known')
        return lines


def _differs(texts: Sequence[str], fit: tuple[str, str | None], fits: Sequence[tuple[str, str | None]]) -> bool:
    """Whether these marks are needed, or at least one of the texts would be another number without them."""
    plain = (".", None)
    if fit == plain or plain not in fits:
        used = fit[1] is None or any(fit[1] in text for text in texts)
        return used and (fit[0] == "." or any("," in text for text in texts) or fit == plain)
    return any(mark and mark in text for mark in fit for text in texts) and any(
        _number(text, fit) != _number(text, plain) for text in texts
    )


def _number(text: str, marks: tuple[str, str | None]) -> Decimal:
    return Decimal(text.replace(marks[1] or "\0", "").replace(marks[0], "."))


def _fits(text: str, way: str | tuple[str, str | None]) -> bool:
    """Whether a text is a day in a form, or a number with these marks."""
    return _is_day(text, way) if isinstance(way, str) else bool(re.fullmatch(number_pattern(*way), text))


def _is_day(text: str, form: str) -> bool:
    if not re.fullmatch(day_pattern(form), text):
        return False
    places = {part: form.index(part) for part in ("MM", "DD")}
    month, day = (int(text[place : place + 2]) for place in places.values())
    return 1 <= month <= 12 and 1 <= day <= 31


def _country(text: str) -> str | None:
    return _countries().get(text.casefold())


def _flag(text: str) -> str | None:
    lowered = text.casefold()
    if lowered in {"true", "false"}:
        return text
    return "true" if lowered in _TRUE else "false" if lowered in _FALSE else None


def _entry_type(text: str) -> str | None:
    table = tomllib.loads(shipped_text("wco"))["values"]["procedures"]
    return text if text in table.values() else table.get(text[:4])


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, country in shipped_facts().countries.items():
        found |= {key.casefold(): code for key in (code, country.iso3, country.name)}
    return found


@cache
def _synonyms() -> dict[str, str]:
    raw = tomllib.loads((files("footwall.batch.columns") / "mappings" / "synonyms.toml").read_text(encoding="utf-8"))
    return {name: ours for ours, names in raw.items() for name in (ours.replace("_", ""), *names)}


def _bare(name: str) -> tuple[str, str | None]:
    """A column's name as synonyms are written, and the unit that it states."""
    words = [_letters(word) for word in re.split(r"[^\w]+|_", name) if _letters(word)]
    if len(words) > 1 and words[-1] in _UNITS and "".join(words) not in _synonyms():
        return "".join(words[:-1]), _UNITS[words[-1]]
    return "".join(words), None


def _letters(text: str) -> str:
    spelt = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    parts = unicodedata.normalize("NFKD", spelt)
    return "".join(letter for letter in parts if letter.isalnum() and letter.isascii())


def _text(text: str) -> str:
    """A TOML text."""
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 32 or c == "\x7f" else c for c in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'
