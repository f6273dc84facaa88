"""Problems in the words of the file that they are of: its own columns or elements, and its own texts."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from typing import Any, Final

from footwall.batch.columns.conversion import Converted
from footwall.batch.columns.declarations import DECLARATION_ID, SEVERAL
from footwall.batch.columns.mapping import NUMBERS, Mapping, Source
from footwall.batch.columns.own import Own
from footwall.errors import Problem

_SHOWN: Final = 60
_TABLE_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Told:
    """One row: what the file says, under its own names, and what was made of it."""

    mapping: Mapping
    own: Own
    converted: Converted
    row: Dict[str, Any]

    def source(self, ours: str) -> Source | None:
        """Where a column comes from; None for the name of a goods item that the mapping leaves to us."""
        return self.mapping.columns.get(ours)

    def named(self, ours: str) -> tuple[str, ...]:
        """The file's columns that a value came from: of several alternatives the one that states something."""
        source = self.source(ours)
        if source is None:
            elements = self.mapping.elements
            return (elements.ids[0], elements.number) if elements else ()
        if source.first is not None:
            return (next((name for name in source.first if self.text(name) is not None), source.first[0]),)
        return source.named

    def kept(self, ours: str) -> tuple[str, ...]:
        """The same columns, as their texts are kept: the identifier of a declaration is kept whichever of several it is."""
        named = self.named(ours)
        return (DECLARATION_ID, *named[1:]) if self.source(ours) is None else named

    def text(self, name: str) -> str | None:
        """What the row states in a column of the file, if it was kept."""
        column = self.converted.texts.get(name)
        return None if column is None else self.row[column]

    def place(self, name: str) -> str:
        """A column of the file as a person finds it; an element by its path from the declaration."""
        elements = self.mapping.elements
        if elements is None:
            return name
        declaration = f"{elements.declaration}[{self.row['declaration_number']}]"
        if name == elements.item or name.startswith(f"{elements.item}/"):
            name = f"{elements.item}[{self.row['item_place']}]{name.removeprefix(elements.item)}"
        return f"{declaration}/{name}"

    def field(self, ours: str) -> str:
        """The columns that a value came from, in words; ours for a constant."""
        return " + ".join(map(self.place, self.named(ours))) or ours

    def found(self, ours: str) -> str | None:
        """What the file states there; None where it was not kept, because it was taken as it stands."""
        kept = [
            text for name in self.kept(ours) if name in self.converted.texts and (text := self.text(name)) is not None
        ]
        return " + ".join(shown(part) for text in kept for part in text.split(SEVERAL)) or None

    def in_own_words(self, problem: Problem) -> Problem:
        """A problem of the law, which knows our columns only, in the words of the file."""
        ours = problem.field or ""
        if ours not in self.converted.ours:
            return problem
        field, stated = self.field(ours), self.found(ours)
        found = problem.found
        if stated is not None and stated != found and problem.code != "field_missing":
            found = f"{found}, from {stated}"
        remedy = problem.remedy.replace(ours, " + ".join(self.named(ours)) or ours)
        return replace(problem, field=field, found=found, remedy=remedy)


def problem_of_fault(told: Told, ours: str, code: str) -> Problem:
    """What is wrong with a row that could not be mapped, and what to do."""
    source = told.source(ours) or Source()
    found = told.found(ours) or "nothing"
    kind = ours.replace("net_", "").removesuffix("_kg") if ours in NUMBERS else ours
    field, mapping = told.field(ours), told.mapping.source

    def problem(code: str, expected: str, remedy: str, found: str = found, field: str = field) -> Problem:
        return Problem(code, found, expected, remedy, told.own.source, told.row["source_row"], field=field)

    if code == "malformed":
        return problem(f"{kind}_malformed", f"a number like {_sample(source, told.mapping)}",
                       "Correct it, or the marks that the mapping states.")  # fmt: skip
    if code == "out_of_range":
        return problem(f"{kind}_out_of_range", f"at most 15 digits before and 6 after the decimal point{_in_ours(ours)}",
                       f"Correct it, or state in {mapping} to how many places it is rounded.")  # fmt: skip
    if code == "date_malformed":
        forms = source.date_by.values.values() if source.date_by else source.date or told.mapping.layout.date
        return problem(
            code, f"a day as {' or '.join(dict.fromkeys(forms))}", "Correct it, or the form that the mapping states."
        )
    if code == "value_untranslated":
        table = told.mapping.table(source) or {}
        words = ", ".join(table) if len(table) <= _TABLE_SHOWN else f"one of {len(table)} words"
        name = f"[values.{source.values}]" if isinstance(source.values, str) else f"the values of {ours}"
        return problem(code, f"{words} ({name})", f"Correct it, or add it to {name} in {mapping}.")
    if code in {"unit_missing", "unit_unknown", "form_missing", "form_unknown"}:
        by = source.unit_by or source.date_by
        name, words = (by.column, ", ".join(by.values)) if by else ("", "")
        stated = told.text(name)
        what = "unit" if code.startswith("unit") else "date_form"
        return problem(f"{what}_{code.split('_')[1]}", words, f"State it, or add it to {mapping}.",
                       "nothing" if stated is None else shown(stated), told.place(name))  # fmt: skip
    if code == "currency_mixed":
        name = source.currency_column or ""
        stated = told.text(name)
        return problem(code, f"{told.row['currency']}, the currency of the line", "State all amounts of a line in one currency.",
                       "no currency" if stated is None else shown(stated), told.place(name))  # fmt: skip
    if code == "part_missing":
        missing = [
            name
            for name, kept in zip(told.named(ours), told.kept(ours), strict=True)
            if told.text(kept) is None and kept not in (source.may_lack or ())
        ]
        return problem(
            code, "every part, or none", "Fill it in.", "nothing", " + ".join(map(told.place, missing)) or field
        )
    if code == "element_repeated":
        return problem(code, "one element", "State it once, or say in the mapping which one is meant.")
    remedy = "Give each goods item a number of its own, and each declaration an identifier of its own."
    return problem(code, "each goods item once", remedy, shown(told.row["line_id"]))


def shown(text: object) -> str:
    """A text as a person should see it in a message: quoted, and cut where it is long."""
    text = str(text)
    return repr(text) if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]!r}… ({len(text):,} characters)"


def _sample(source: Source, mapping: Mapping) -> str:
    thousands = source.thousands or mapping.layout.thousands or ""
    return f"1{thousands}250{source.decimal or mapping.layout.decimal}5"


def _in_ours(ours: str) -> str:
    return {"net_mass_kg": ", in kilograms", "content": ", as a fraction"}.get(ours, "")
