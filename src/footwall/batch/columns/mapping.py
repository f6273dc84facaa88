"""What a mapping file may say: which of a file's columns (or elements) is which of ours, and how each is told there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from footwall.duties import BY_RULE, NOT_READ, OPTIONAL, REQUIRED

COLUMNS: Final = (*REQUIRED, *OPTIONAL, *BY_RULE, *NOT_READ)
"""Every column of ours that a mapping may give."""
DATES: Final = frozenset({"entry_date", "export_date", "lading_date", "contract_date"})
AMOUNTS: Final = frozenset({"customs_value", "freight_insurance"})
NUMBERS: Final = frozenset({"net_mass_kg", "content", *AMOUNTS})
SOURCES: Final = ("column", "first", "join", "sum", "all", "constant")
"""Where a column's value comes from: exactly one of these."""
PARTS_OF_DAYS: Final = {
    "YYYY": "[0-9]{4}",
    "MM": "[0-9]{2}",
    "DD": "[0-9]{2}",
    "hh": "[0-9]{2}",
    "mm": "[0-9]{2}",
    "ss": "[0-9]{2}",
    "zzz": "(Z|[+-][0-9]{2}(:?[0-9]{2})?)",
}


def _tuple(value: object) -> object:
    """What TOML tells as a list, or a single text, as a tuple."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def _word(value: object) -> object:
    """A constant as a file would hold it. A float is none: it is written in quotation marks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or type(value) is date:
        return str(value)
    return value


Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1), BeforeValidator(_tuple)]
Word = Annotated[Text, BeforeValidator(_word)]
Words = Annotated[dict[str, Word], Field(min_length=1)]


class Part(BaseModel):
    """What every part of a mapping has in common: strict, frozen, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ByRow(Part):
    """A unit or a form of days that each row states for itself: in `column`, in words that `values` translates.

    `empty` holds where a row states none; without it such a row is a problem.
    """

    column: Text
    values: Words
    empty: Text | None = None


class Source(Part):
    """Where one of our columns comes from, and how it is told there; docs/interchange.md explains each key."""

    column: Text | None = None
    first: Texts | None = None
    join: Texts | None = None
    sum: Texts | None = None
    all: Texts | None = None
    constant: Word | None = None
    between: str | None = None
    may_lack: Texts | None = None
    values: Text | Words | None = None
    otherwise: Word | None = None
    without: Text | None = None
    keep: Annotated[int, Field(ge=1, le=1000)] | None = None
    date: Annotated[Texts | None, Field()] = None
    date_by: ByRow | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Text | None = None
    unit: Text | None = None
    unit_by: ByRow | None = None
    places: Annotated[int, Field(ge=0, le=6)] | None = None
    currency_column: Text | None = None

    @property
    def kind(self) -> str:
        """Which of SOURCES it states; only for one that was checked."""
        return next(name for name in SOURCES if getattr(self, name) is not None)

    @property
    def named(self) -> tuple[str, ...]:
        """The file's columns that the value comes from, in order; none for a constant."""
        if self.constant is not None:
            return ()
        if self.column is not None:
            return (self.column,)
        return self.first or self.join or self.sum or self.all or ()

    @property
    def beside(self) -> tuple[str, ...]:
        """The file's columns that say how the value is told: its unit, its form of days, its currency."""
        stated = (self.unit_by and self.unit_by.column, self.date_by and self.date_by.column, self.currency_column)
        return tuple(name for name in stated if name)

    @property
    def plain(self) -> bool:
        """Whether the value is taken as it stands in one column."""
        return self.model_fields_set <= {"column"}


class Layout(Part):
    """How the file as a whole is written. What a column states for itself goes before it."""

    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Text = "utf-8"
    decimal: Literal[".", ","] = "."
    thousands: Text | None = None
    date: Texts = ("YYYY-MM-DD",)
    blank: Annotated[tuple[str, ...], BeforeValidator(_tuple)] = ()


class Elements(Part):
    """Where declarations stand in XML: element names, and the namespaces that count (`*` at the end: any more)."""

    namespaces: Texts
    declaration: Text
    shipment: Text
    item: Text
    number: Text
    ids: Texts


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that holds together. `values` are the tables of translation by name; `source` is where it was read."""

    source: str
    layout: Layout
    columns: dict[str, Source]
    values: dict[str, dict[str, str]]
    ignore: tuple[str, ...]
    elements: Elements | None

    def asked(self) -> tuple[str, ...]:
        """Every column of the file that the mapping names, each once."""
        return tuple(dict.fromkeys(name for _, name in self.uses()))

    def uses(self) -> Iterator[tuple[str, str]]:
        """Each of our columns with each of the file's that it names."""
        for ours, source in self.columns.items():
            for name in (*source.named, *source.beside):
                yield ours, name

    def table(self, source: Source) -> dict[str, str] | None:
        """The table of translation of one source, if it has one."""
        if isinstance(source.values, str):
            return self.values[source.values]
        return source.values
