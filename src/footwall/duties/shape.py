"""The shape of a file of lines, in SQL: typed columns, and one yes or no whether the query may assess the row.

It is careful rather than clever: a row it does not recognise at a glance (`usable` false) is read again by
`footwall.duties.read`, which assesses it by the readable law or tells what is wrong with it. So nothing is lost here.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import get_args

from footwall.duties.read import PLACES_MAX, TEXT_LENGTH_MAX, VALUE_DIGITS_MAX
from footwall.duties.records import EntryType

_PLAIN_NUMBER = rf"[+]?[0-9]{{1,{VALUE_DIGITS_MAX}}}([.][0-9]{{0,{PLACES_MAX}}})?"
_TIMESTAMPS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}

_BLANKS_BEYOND_ASCII = ", ".join(
    f"'{letter}'" for letter in map(chr, range(0x7F, 0x3001)) if not letter.strip() or letter == "\u007f"
)
_DAYS = ("export_date", "lading_date", "contract_date")
_FLAGS = ("related_parties", "direct_invoice")
_OPTIONAL_NUMBERS = ("content", "freight_insurance")
_NUMBERS = ("customs_value", "net_mass_kg", *_OPTIONAL_NUMBERS)


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed column: its SQL and, where it is a number, its decimal places."""

    sql: str
    scale: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """The query that types the rows of `source`, and the places of its numbers."""

    query: str
    value_scale: int
    mass_scale: int
    content_scale: int
    has_freight: bool
    has_basis: bool
    has_invoice: bool
    has_contents: bool


def shape_query(
    source: str, columns: Mapping[str, str], asked: AbstractSet[str] = frozenset(), unread: str | None = None
) -> Shape:
    """The typed form of `source`, which has `source_row` and `columns` (name → DuckDB type); of BY_RULE what is `asked`.

    `unread` names a column that tells which fields of a record could not be read; where it tells any, the row is not taken.
    """
    asked = asked & columns.keys()
    numbers = {name: _number(name, columns) for name in _NUMBERS}
    typed = _typed(numbers, columns) | _typed_by_rule(columns, asked)
    named = ", ".join(f"{sql} AS {name}" for name, sql in typed.items())
    # What stands in these columns and cannot be read must not pass for a column left empty.
    raw = [f"{_quoted(name)} AS raw_{name}" for name in (*_OPTIONAL_NUMBERS, *_FLAGS) if name in columns]
    raw += [f"{_stated(name, columns)} AS raw_{name}" for name in sorted(asked)]
    raw += [] if unread is None else [unread]
    inner = f"SELECT {', '.join(['source_row', named, *raw])} FROM {source}"
    whole = [*_recognised(columns), *_recognised_by_rule(asked), *([] if unread is None else [f"{unread} IS NULL"])]
    return Shape(
        f"SELECT *, ({' AND '.join(whole)}) IS TRUE AS usable FROM ({inner})",
        value_scale=max(numbers["customs_value"].scale, numbers["freight_insurance"].scale),
        mass_scale=numbers["net_mass_kg"].scale,
        content_scale=max(numbers["content"].scale, 1),
        has_freight="freight_insurance" in columns,
        has_basis="valuation_basis" in columns,
        has_invoice="direct_invoice" in columns or "related_parties" in columns,
        has_contents="contents" in asked,
    )


def _typed(numbers: Mapping[str, Typed], columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that the query works with, and the SQL of each."""
    return {
        "line_id": _text("line_id", columns),
        "entry_date": _date("entry_date", columns),
        "importer": _text("importer", columns),
        "origin": _text("origin", columns),
        "hs_code": _key_text("hs_code", columns),
        "form_stated": _key_text("form", columns),
        "net_mass_kg": numbers["net_mass_kg"].sql,
        "customs_value_declared": numbers["customs_value"].sql,
        "line_currency": _text("currency", columns),
        "content": numbers["content"].sql,
        "freight_insurance": numbers["freight_insurance"].sql,
        **{name: _flag(name, columns) for name in _FLAGS},
        "valuation_basis": _key_text("valuation_basis", columns, empty="NULL"),
        "entry_type": _key_text("entry_type", columns, empty="'consumption'"),
    }


def _recognised(columns: Mapping[str, str]) -> list[str]:
    """The conditions under which a row is taken at a glance; sufficient ones, cheap for every row."""
    largest = 10**VALUE_DIGITS_MAX
    return [
        # What begins with a letter, a digit or a mark is not blank, and text has no more letters than bytes.
        f"line_id >= '!' AND (line_id < '\u007f' OR left(line_id, 1) NOT IN ({_BLANKS_BEYOND_ASCII}))",
        f"strlen(line_id) <= {TEXT_LENGTH_MAX}",
        "entry_date IS NOT NULL",
        f"net_mass_kg > 0 AND net_mass_kg < {largest}",
        f"customs_value_declared >= 0 AND customs_value_declared < {largest}",
        _readable("content", columns, "content > 0 AND content <= 1"),
        _readable("freight_insurance", columns, f"freight_insurance >= 0 AND freight_insurance < {largest}"),
        *(_readable(name, columns, f"{name} IS NOT NULL") for name in _FLAGS),
        *(["(valuation_basis IS NULL OR valuation_basis IN ('fob', 'cif'))"] if "valuation_basis" in columns else []),
        *([f"entry_type IN {get_args(EntryType)}"] if "entry_type" in columns else []),
    ]


def _stated(name: str, columns: Mapping[str, str]) -> str:
    """The column, where an empty text states nothing."""
    return f"nullif({_quoted(name)}, '')" if columns[name] == "VARCHAR" else _quoted(name)


def _typed_by_rule(columns: Mapping[str, str], asked: AbstractSet[str]) -> dict[str, str]:
    """The columns that rules ask for: days, and the texts by which a line finds its measures.

    Of a certificate only the programme counts, so that a number for each line does not make a meeting of each.
    """
    claimed = "preference_certificate" in asked
    certificate = _text("preference_certificate", columns)
    programme = f"upper(trim(regexp_replace({certificate}, ':[^ ,;]*', '', 'g')))"
    return {
        **{name: _date(name, columns) if name in asked else "NULL::DATE" for name in _DAYS},
        "claims": f"(CASE WHEN {certificate} IS NULL THEN '' ELSE {programme} END)" if claimed else "''",
        "stages": _object("stage_origins", columns) if "stage_origins" in asked else "''",
        "contents_told": _object("contents", columns) if "contents" in asked else "''",
    }


def _object(name: str, columns: Mapping[str, str]) -> str:
    """An object as text, as JSON where it came as a structure; empty where there is none."""
    text = _quoted(name) if columns[name] == "VARCHAR" else f"CAST(to_json({_quoted(name)}) AS VARCHAR)"
    return f"(CASE WHEN {_quoted(name)} IS NULL THEN '' ELSE {text} END)"


def _recognised_by_rule(asked: AbstractSet[str]) -> list[str]:
    """Of days that each is one, up to that of entry; of the rest that it is plain and not too long; a credit is for the readable law."""
    found = [f"(raw_{name} IS NULL OR ({name} <= entry_date) IS TRUE)" for name in _DAYS if name in asked]
    if "preference_certificate" in asked:
        # Numbers are dropped from what counts, and every blank parts certificates: only the plain ones are known here.
        told = "CAST(raw_preference_certificate AS VARCHAR)"
        plain = f"strlen({told}) <= {TEXT_LENGTH_MAX} AND regexp_full_match({told}, '[ -~]*')"
        found.append(f"(raw_preference_certificate IS NULL OR ({plain}))")
    texts = [f"strlen({name}) <= {TEXT_LENGTH_MAX}" for name in ("claims", "stages", "contents_told")]
    credit = ["raw_credit_refs IS NULL"] if "credit_refs" in asked else []
    return [*found, *(texts if asked & {"preference_certificate", "stage_origins", "contents"} else []), *credit]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _readable(name: str, columns: Mapping[str, str], condition: str) -> str:
    return f"(raw_{name} IS NULL OR ({condition}))" if name in columns else "TRUE"


def _text(name: str, columns: Mapping[str, str]) -> str:
    if name not in columns:
        return "NULL::VARCHAR"
    return _quoted(name) if columns[name] == "VARCHAR" else f"CAST({_quoted(name)} AS VARCHAR)"


def _key_text(name: str, columns: Mapping[str, str], empty: str = "''") -> str:
    text = _text(name, columns)
    return f"(CASE WHEN {text} IS NULL OR {text} = '' THEN {empty} ELSE {text} END)"


def _date(name: str, columns: Mapping[str, str]) -> str:
    kind, column = columns.get(name), _quoted(name)
    if kind == "DATE":
        return column
    if kind in _TIMESTAMPS:
        return f"(CASE WHEN CAST({column} AS TIME) = TIME '00:00:00' THEN CAST({column} AS DATE) END)"
    if kind != "VARCHAR":
        return "NULL::DATE"
    matched = f"regexp_full_match({column}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    return f"(CASE WHEN {matched} THEN TRY_CAST({column} AS DATE) END)"


def _number(name: str, columns: Mapping[str, str]) -> Typed:
    kind = columns.get(name)
    column = _quoted(name)
    if kind is None:
        return Typed("NULL::DECIMAL(18,0)", 0)
    if kind in _INTEGERS:
        return Typed(f"TRY_CAST({column} AS DECIMAL(18,0))", 0)
    if kind.startswith("DECIMAL"):
        digits, scale = (int(part) for part in kind[8:-1].split(","))
        if scale <= PLACES_MAX and digits - scale <= VALUE_DIGITS_MAX:
            return Typed(column, scale)
    text = column if kind == "VARCHAR" else f"CAST({column} AS VARCHAR)"
    matched = f"regexp_full_match({text}, '{_PLAIN_NUMBER}')"
    width = VALUE_DIGITS_MAX + PLACES_MAX
    return Typed(f"(CASE WHEN {matched} THEN TRY_CAST({text} AS DECIMAL({width},{PLACES_MAX})) END)", PLACES_MAX)


def _flag(name: str, columns: Mapping[str, str]) -> str:
    kind = columns.get(name)
    if kind is None:
        return "NULL::BOOLEAN"
    if kind == "BOOLEAN":
        return _quoted(name)
    text = f"lower(CAST({_quoted(name)} AS VARCHAR))"
    return f"(CASE WHEN {text} IN ('true', '1', 'yes') THEN TRUE WHEN {text} IN ('false', '0', 'no') THEN FALSE END)"
