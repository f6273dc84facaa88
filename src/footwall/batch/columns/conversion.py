"""A mapping as SQL: OWN's columns become ours, and what cannot be told becomes a fault of its row, never a value.

Four steps, one inside the other: the texts that are asked for, the text of each of our columns (`k_…`), its value
(`v_…`), and from both the faults of the row. So no value is worked out twice. A fault is `column=code`; a row without faults has none of them.
"""

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Final

import duckdb
import pyarrow as pa

from footwall.batch.columns.declarations import DECLARATION_ID, SEVERAL
from footwall.batch.columns.mapping import DATES, NUMBERS, ByRow, Mapping, Source
from footwall.batch.columns.mapping_file import day_order, day_pattern, unit_factor
from footwall.batch.columns.own import OWN, Own

FAULTS: Final = "faults"
ISO: Final = "YYYY-MM-DD"
_SEVERAL: Final = f"chr({ord(SEVERAL)})"
_BLANKS: Final = "".join(letter for letter in map(chr, range(1, 0x3001)) if not letter.strip() and letter != SEVERAL)
_NUMBER: Final = "DECIMAL(21,6)"
"""What a converted number becomes: so many digits an amount or a mass may have."""
_PLACES: Final = 6
_WHOLE_MAX: Final = 15
_READ: Final = "DECIMAL(27,12)"
_PLACES_READ: Final = 12


@dataclass(frozen=True, slots=True)
class Converted:
    """The query that gives our columns, and which of the file's texts stand beside them, by the file's own names."""

    query: str
    ours: tuple[str, ...]
    texts: Dict[str, str]


def convert_query(connection: duckdb.DuckDBPyConnection, mapping: Mapping, own: Own) -> Converted:
    """The query over OWN that gives our columns; tables of translation are loaded into the connection."""
    return _Query(connection, mapping, own).whole()


@dataclass
class _Query:
    connection: duckdb.DuckDBPyConnection
    mapping: Mapping
    own: Own
    texts: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def whole(self) -> Converted:
        columns = dict(self.mapping.columns)
        if self.own.of_xml and self.mapping.elements and "line_id" not in columns:
            columns["line_id"] = Source(join=(DECLARATION_ID, self.mapping.elements.number), between="/")
        kept: list[str] = []
        for ours, source in columns.items():
            if self.passes(ours, source):
                kept.append(f"{self.own.columns[source.column or ''][0]} AS v_{ours}")
            else:
                self.convert(ours, source)
        faults = [*self.faults, *self.currencies(columns), *self.repeated()]
        places = ["source_row", *(["declaration_number", "item_place"] if self.own.of_xml else [])]
        texts = [f"{self.text(name)} AS {column}" for name, column in self.texts.items()]
        inner = f"SELECT {', '.join([*places, *texts, *kept])} FROM {OWN}"
        inner = f"SELECT {', '.join(['*', *self.keys])} FROM ({inner})"
        inner = f"SELECT {', '.join(['*', *self.values])} FROM ({inner}) {' '.join(self.joins)}"
        named = [f"v_{name} AS {name}" for name in columns]
        every = f"concat_ws(' ', {', '.join(faults)})" if faults else "''"
        query = f"SELECT {', '.join([*places, *self.texts.values(), *named])}, {every} AS {FAULTS} FROM ({inner})"
        return Converted(query, tuple(columns), dict(self.texts))

    def passes(self, ours: str, source: Source) -> bool:
        """Whether a column is taken as it stands, for the law to read."""
        layout = self.mapping.layout
        if not source.plain or self.own.of_xml or layout.blank:
            return False
        if self.own.columns[source.column or ""][1] != "VARCHAR":
            return True
        if ours in NUMBERS:
            return layout.decimal == "." and not layout.thousands
        return ours not in DATES or layout.date == (ISO,)

    def asked(self, name: str) -> str:
        """The name of the text of one of the file's columns, which is kept from now on."""
        return self.texts.setdefault(name, f"t{len(self.texts)}")

    def text(self, name: str) -> str:
        """What a column of the file states, without the blanks around it; NULL for nothing."""
        column, kind = self.own.columns[name]
        stated = f"CAST({column} AS VARCHAR)"
        if kind.startswith("TIMESTAMP"):
            stated = f"(CASE WHEN CAST({column} AS TIME) = TIME '00:00:00' THEN strftime({column}, '%Y-%m-%d') ELSE {stated} END)"
        # To look for every blank of Unicode takes ten times as long as to see that a text begins and ends with none.
        bare = " AND ".join(f"ord({end}) BETWEEN 33 AND 126" for end in (stated, f"right({stated}, 1)"))
        trimmed = f"(CASE WHEN {bare} THEN {stated} ELSE nullif(trim({stated}, {_quoted(_BLANKS)}), '') END)"
        if not self.mapping.layout.blank:
            return trimmed
        return f"(CASE WHEN {trimmed} NOT IN ({', '.join(map(_quoted, self.mapping.layout.blank))}) THEN {trimmed} END)"

    def convert(self, ours: str, source: Source) -> None:
        if source.constant is not None:
            self.values.append(f"{_quoted(source.constant)} AS v_{ours}")
            return
        named = [self.asked(name) for name in source.named]
        self.keys.append(f"{self.chosen(source, named)} AS k_{ours}")
        faults = self.faults_of_parts(source, named)
        key = f"k_{ours}"
        if ours in NUMBERS:
            value, more = self.number(ours, source, key, named)
        elif ours in DATES:
            value, more = self.day(ours, source, key)
        else:
            value, more = self.word(ours, source, key)
        faults += more
        if source.otherwise is not None:
            kind = _NUMBER if ours in NUMBERS and value != key else "DATE" if ours in DATES else "VARCHAR"
            otherwise = f"CAST({_quoted(source.otherwise)} AS {kind})"
            value = f"(CASE WHEN {key} IS NULL THEN {otherwise} ELSE {value} END)"
        self.values.append(f"{value} AS v_{ours}")
        if faults:
            whens = " ".join(f"WHEN {condition} THEN '{ours}={code}'" for condition, code in faults)
            self.faults.append(f"(CASE {whens} END)")

    def chosen(self, source: Source, named: list[str]) -> str:
        """The one text that the column's sources come to."""
        between = source.between or ""
        if source.join is not None:
            text = f"nullif(concat_ws({_quoted(between)}, {', '.join(named)}), '')"
        elif source.all is not None:
            parts = f"nullif(concat_ws({_SEVERAL}, {', '.join(named)}), '')"
            text = f"replace({parts}, {_SEVERAL}, {_quoted(' ' if source.between is None else between)})"
        else:
            text = f"coalesce({', '.join(named)})" if len(named) > 1 else named[0]
        if source.without:
            text = f"nullif(translate({text}, {_quoted(source.without)}, ''), '')"
        return f"left({text}, {source.keep})" if source.keep else text

    def faults_of_parts(self, source: Source, named: list[str]) -> list[tuple[str, str]]:
        faults = []
        if self.own.of_xml and source.all is None:
            looked_at = [*named, *map(self.asked, source.beside)]
            several = " OR ".join(f"contains({text}, {_SEVERAL})" for text in looked_at)
            faults.append((f"({several}) IS TRUE", "element_repeated"))
        if source.join or source.sum:
            parts = zip(source.named, named, strict=True)
            needed = [text for name, text in parts if name not in (source.may_lack or ())]
            lacking, stated = (word.join(f"{text} IS {no}NULL" for text in some)
                               for word, no, some in ((" OR ", "", needed), (" OR ", "NOT ", named)))  # fmt: skip
            if needed:
                faults.append((f"({lacking}) AND ({stated})", "part_missing"))
        return faults

    def word(self, ours: str, source: Source, key: str) -> tuple[str, list[tuple[str, str]]]:
        table = self.mapping.table(source)
        if table is None:
            return key, []
        name = f"words_{ours}"
        looked_up = key
        if ours == "preference_certificate":
            return self.certificates(table, key)
        columns = {
            f"from_{ours}": pa.array(table.keys(), pa.string()),
            f"to_{ours}": pa.array(table.values(), pa.string()),
        }
        self.connection.register(f"{name}_given", pa.table(columns))
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {name}_given")
        self.joins.append(f"LEFT JOIN {name} ON from_{ours} = {looked_up}")
        return f"to_{ours}", [(f"{key} IS NOT NULL AND to_{ours} IS NULL", "value_untranslated")]

    def certificates(self, table: Dict[str, str], key: str) -> tuple[str, list[tuple[str, str]]]:
        """Of a certificate the programme is translated, which stands before the colon."""
        words = f"MAP {{{', '.join(f'{_quoted(a)}: {_quoted(b)}' for a, b in table.items())}}}"
        parts = f"string_split({key}, ' ')"
        before = "split_part(c, ':', 1)"
        each = f"{words}[{before}] || substr(c, length({before}) + 1)"
        value = f"array_to_string(list_transform({parts}, lambda c: {each}), ' ')"
        unknown = f"len(list_filter({parts}, lambda c: {words}[{before}] IS NULL)) > 0"
        return f"(CASE WHEN {key} IS NULL OR {unknown} THEN NULL ELSE {value} END)", [(unknown, "value_untranslated")]

    def day(self, ours: str, source: Source, key: str) -> tuple[str, list[tuple[str, str]]]:
        typed = any(self.own.columns[name][1] != "VARCHAR" for name in source.named)
        faults: list[tuple[str, str]] = []
        if source.date_by is not None:
            forms = {word: _day(form, key) for word, form in source.date_by.values.items()}
            empty = _day(source.date_by.empty, key) if source.date_by.empty else None
            value, faults = self.by_row(key, source.date_by, forms, "form", empty=empty)
        else:
            stated = dict.fromkeys([*(source.date or self.mapping.layout.date), *([ISO] if typed else [])])
            value = f"coalesce({', '.join(_day(form, key) for form in stated)})"
        return value, [*faults, (f"{key} IS NOT NULL AND v_{ours} IS NULL", "date_malformed")]

    def number(self, ours: str, source: Source, key: str, named: list[str]) -> tuple[str, list[tuple[str, str]]]:
        layout = self.mapping.layout
        typed = any(self.own.columns[name][1] != "VARCHAR" for name in source.named)
        decimal = "." if typed else source.decimal or layout.decimal
        thousands = None if typed else source.thousands or layout.thousands
        if decimal == "." and not (
            thousands or source.sum or source.unit or source.unit_by or source.places is not None
        ):
            return key, []
        taken = partial(_taken, decimal=decimal, thousands=thousands, places=source.places)
        factor = partial(unit_factor, ours)
        base = {"net_mass_kg": "kg", "content": "fraction"}.get(ours, "one")
        faults: list[tuple[str, str]] = []
        whole = [named[0]] if source.sum is None else named
        looked_at = whole if source.sum else [key]
        if source.unit_by is not None:
            units = {word: taken(key, factor=factor(unit)) for word, unit in source.unit_by.values.items()}
            empty = taken(key, factor=factor(source.unit_by.empty)) if source.unit_by.empty else None
            value, faults = self.by_row(key, source.unit_by, units, "unit", empty=empty)
        else:
            parts = [taken(text, factor=factor(source.unit or base)) for text in looked_at]
            value = parts[0] if len(parts) == 1 else f"TRY_CAST({' + '.join(parts)} AS {_NUMBER})"
        pattern = _quoted(number_pattern(decimal, thousands))
        malformed = " OR ".join(f"NOT regexp_full_match({text}, {pattern})" for text in looked_at)
        faults = [
            (f"({malformed}) IS TRUE", "malformed"),
            *faults,
            (f"{key} IS NOT NULL AND v_{ours} IS NULL", "out_of_range"),
        ]
        return value, faults

    def by_row(
        self, key: str, by: ByRow, values: Dict[str, str], what: str, *, empty: str | None
    ) -> tuple[str, list[tuple[str, str]]]:
        """A value that is told in a way which another column of the row names."""
        word = self.asked(by.column)
        whens = " ".join(f"WHEN {word} = {_quoted(name)} THEN {value}" for name, value in values.items())
        lacking = f"WHEN {word} IS NULL THEN {empty}" if empty else ""
        known = ", ".join(map(_quoted, values))
        faults = [(f"{key} IS NOT NULL AND {word} NOT IN ({known})", f"{what}_unknown")]
        if not empty:
            faults.insert(0, (f"{key} IS NOT NULL AND {word} IS NULL", f"{what}_missing"))
        return f"(CASE {whens} {lacking} END)", faults

    def currencies(self, columns: Dict[str, Source]) -> list[str]:
        """Amounts that name a currency of their own must name the line's."""
        faults = []
        for ours, source in columns.items():
            if source.currency_column is not None:
                stated = self.asked(source.currency_column)
                condition = f"v_{ours} IS NOT NULL AND v_currency IS NOT NULL AND {stated} IS DISTINCT FROM v_currency"
                faults.append(f"(CASE WHEN {condition} THEN '{ours}=currency_mixed' END)")
        return faults

    def repeated(self) -> list[str]:
        """Of goods items every one whose name another has too: nobody knows which of them holds."""
        if not self.own.of_xml:
            return []
        return [
            "(CASE WHEN v_line_id IS NOT NULL AND count(*) OVER (PARTITION BY v_line_id) > 1 THEN 'line_id=item_repeated' END)"
        ]


def _taken(text: str, *, factor: Decimal, decimal: str, thousands: str | None, places: int | None) -> str:
    """A number of a text, times `factor`; NULL where it does not fit our digits to the last of them and `places` does not round it."""
    digits = f"replace({text}, {_quoted(thousands)}, '')" if thousands else text
    if decimal == ",":
        digits = f"replace({digits}, ',', '.')"
    if factor == 1 and places is None:
        # What stands beyond our digits must be zeros; then the cast rounds nothing.
        ours = _quoted(rf"[+-]?[0-9]+([.][0-9]{{0,{_PLACES}}}0{{0,{_PLACES_READ - _PLACES}}})?")
        return f"(CASE WHEN regexp_full_match({digits}, {ours}) THEN TRY_CAST({digits} AS {_NUMBER}) END)"
    most = _quoted(rf"[+-]?[0-9]+([.][0-9]{{0,{_PLACES_READ}}})?")
    read = f"(CASE WHEN regexp_full_match({digits}, {most}) THEN TRY_CAST({digits} AS {_READ}) END)"
    product = f"({read} * {_literal(factor)})"
    if places is not None:
        return f"TRY_CAST(TRY_CAST({product} AS DECIMAL({_WHOLE_MAX + places},{places})) AS {_NUMBER})"
    return f"(CASE WHEN TRY_CAST({product} AS {_NUMBER}) = {product} THEN TRY_CAST({product} AS {_NUMBER}) END)"


def _literal(factor: Decimal) -> str:
    number = factor.normalize()
    scale = max(0, -int(number.as_tuple().exponent))
    width = max(len(f"{number:f}".replace(".", "").lstrip("0")), scale, 1)
    return f"CAST('{number:f}' AS DECIMAL({width},{scale}))"


def number_pattern(decimal: str, thousands: str | None) -> str:
    """The texts that are numbers; groups of thousands have three digits each."""
    whole = "[0-9]+"
    if thousands:
        whole = rf"([0-9]+|[0-9]{{1,3}}([{_in_class(thousands)}][0-9]{{3}})+)"
    return rf"[+-]?{whole}([{decimal}][0-9]*)?"


def _in_class(character: str) -> str:
    return f"\\{character}" if character in "\\]^-[" else character


def _day(form: str, key: str) -> str:
    """The day of a text in `form`, as it is written there; NULL where it is in another, or on no calendar."""
    if form == ISO:
        return f"(CASE WHEN regexp_full_match({key}, '{day_pattern(form).replace(chr(92), '')}') THEN TRY_CAST({key} AS DATE) END)"
    order = day_order(form)
    pattern = day_pattern(form)
    places = {part: _place(form, part) for part in ("YYYY", "MM", "DD")}
    year, month, day = (f"substr({key}, {places[part] + 1}, {len(part)})" for part in ("YYYY", "MM", "DD"))
    conditions = [f"regexp_full_match({key}, {_quoted(pattern)})"]
    for part, most in (("hh", 24), ("mm", 59), ("ss", 60)):
        if part in order:
            conditions.append(f"substr({key}, {_place(form, part) + 1}, 2) <= '{most}'")
    return f"(CASE WHEN {' AND '.join(conditions)} THEN TRY_CAST({year} || '-' || {month} || '-' || {day} AS DATE) END)"


def _place(form: str, part: str) -> int:
    """Where a part begins. All parts but the zone have one length, and the zone is the last."""
    return form.index(part)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
