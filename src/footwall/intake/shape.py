"""The shape of an observation file, in SQL: typed columns, one yes or no whether a row is taken at a glance, its digest.

It is careful rather than clever: a row it does not recognise at a glance (`usable` false) is read again by
`footwall.intake.read`, which takes it or tells what is wrong with it. So there is one place that words problems.
"""

from collections.abc import Collection
from dataclasses import MISSING, fields
from typing import Final

from footwall.facts import Observation
from footwall.intake.columns import (
    BASES,
    COLUMNS,
    CONTENT_PLACES,
    INCOTERMS,
    MASS_DIGITS,
    MASS_PLACES,
    NOT_ACCEPTED,
    OF_ANOTHER,
    PAYMENT_DAYS_DIGITS,
    PRICE_DIGITS,
    PRICE_PLACES,
    RELATIONS,
    SHARE_MAX,
    SHARE_UNIT,
    TEXT_LENGTH_MAX,
    TIER_OF,
    WITHOUT_INCOTERM,
)

KNOWN_SETS: Final = ("forms", "countries", "currencies", "deflators", "units")
"""Tables `known_…` of one column `word`, which the connection must hold."""

_FREE_TEXTS: Final = ("observation", "market", "submitter", "source", "counterparty", "lot", "grade")
_FLAGS: Final = ("publication_assumed", "vat_included", "under_floor", "estimated")
_DATES: Final = ("observed_from", "observed_to", "published_at")
_NUMBERS: Final = {
    "low": (PRICE_DIGITS, PRICE_PLACES),
    "high": (PRICE_DIGITS, PRICE_PLACES),
    "mass_kg": (MASS_DIGITS, MASS_PLACES),
    "lot_kg": (MASS_DIGITS, MASS_PLACES),
    "content": (1, CONTENT_PLACES),
}
_PARSED: Final = (*_NUMBERS, *_DATES, *_FLAGS, "seen_at", "payment_days")
_ALWAYS: Final = tuple(
    column.name
    for column in fields(Observation)
    if column.default is MISSING and column.name not in {"observation", "source"}
)
"""What every observation says, but for its id and its source."""
_TEXTS: Final = r"[\x1f !-~\p{L}\p{M}\p{N}\p{P}\p{S}]*"
_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT: Final = (
    rf"{_DAY}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{{1,6}})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
)
_BETWEEN_FIELDS: Final = "chr(31)"  # a control character, which no text holds


def shape_query(relation: str, columns: Collection[str], called: str) -> str:
    """The rows of `relation`, in its order: `usable`, COLUMNS as they are held (`seen_at` in UTC), `digest`.

    `relation` has the text `columns`; all others are taken as empty. A row that is not usable has no digest, and
    nothing in its columns is to be relied on.
    """
    stated = [name for name in (*COLUMNS, *NOT_ACCEPTED) if name in columns]
    texts = [f'"{name}" AS {name}' for name in stated]
    texts += [f"NULL::VARCHAR AS {name}" for name in (*COLUMNS, *NOT_ACCEPTED) if name not in columns]
    parsed = ", ".join(f"{_parsed(name, stated)} AS {name}_parsed" for name in _PARSED)
    inner = f"SELECT *, {parsed} FROM (SELECT {', '.join(texts)} FROM {relation})"
    filled = ", ".join(f"{sql} AS {name}" for name, sql in _filled(called).items())
    typed = f"SELECT ({' AND '.join(_recognised(stated))}) IS TRUE AS usable, {filled} FROM ({inner})"
    return f"SELECT *, CASE WHEN usable THEN {digest_sql()} END AS digest FROM ({typed})"


def digest_sql() -> str:
    """The SHA-256, in hexadecimal, of what a held row says: all of it but its id and its source.

    Taken of the columns that every row has, in their order, then of `column=value` for each other column in which
    something stands, with U+001F between them all; numbers at the places of their column, instants in UTC with six digits
    of the second. So a column that may be left out can be added later, and no digest changes.
    """
    always = [_as_text(name) for name in _ALWAYS]
    stated = [_stated(name) for name in COLUMNS if name not in {"observation", "source", *_ALWAYS}]
    return f"sha256(concat_ws({_BETWEEN_FIELDS}, {', '.join([*always, *stated])}))"


def _as_text(name: str) -> str:
    return f"coalesce({name}::VARCHAR, '')" if name in _PARSED else name


def _stated(name: str) -> str:
    """`column=value`; null, which concat_ws leaves out, where nothing stands in the column."""
    if name == "seen_at":
        return f"'{name}=' || strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    if name in _PARSED:
        return f"'{name}=' || {name}::VARCHAR"
    return f"CASE WHEN {name} <> '' THEN '{name}=' || {name} END"


def _parsed(name: str, stated: Collection[str]) -> str:
    if name in _NUMBERS:
        digits, places = _NUMBERS[name]
        kind, pattern = f"DECIMAL({digits + places},{places})", f"[0-9]{{1,{digits}}}([.][0-9]{{0,{places}}})?"
    elif name in _DATES:
        kind, pattern = "DATE", _DAY
    elif name in _FLAGS:
        return (
            f"(CASE WHEN lower({name}) IN ('true', '1') THEN TRUE WHEN lower({name}) IN ('false', '0') THEN FALSE END)"
        )
    elif name == "payment_days":
        kind, pattern = "INTEGER", f"[0-9]{{1,{PAYMENT_DAYS_DIGITS}}}"
    else:
        kind, pattern = "TIMESTAMPTZ", _INSTANT
    if name not in stated:
        return f"NULL::{'TIMESTAMP' if kind == 'TIMESTAMPTZ' else kind}"
    cast = f"TRY_CAST({name} AS {kind})"
    if kind == "TIMESTAMPTZ":
        cast = f"make_timestamp(epoch_us({cast}))"
    return f"(CASE WHEN regexp_full_match({name}, '{pattern}') THEN {cast} END)"


def _filled(called: str) -> dict[str, str]:
    """Every column as it is held, defaults filled in."""
    tiers = " ".join(f"WHEN '{kind}' THEN '{tier}'" for kind, tier in TIER_OF.items())
    seen_on = "CAST(seen_at_parsed AS DATE)"
    published = f"CASE WHEN {seen_on} > observed_to_parsed THEN {seen_on} ELSE observed_to_parsed END"
    special = {
        "tier": f"CASE kind {tiers} END",
        "incoterm": "CASE WHEN incoterm IS NULL THEN 'exchange' ELSE incoterm END",
        "observed_from": "coalesce(observed_from_parsed, observed_to_parsed)",
        "published_at": f"coalesce(published_at_parsed, {published})",
        "high": "coalesce(high_parsed, low_parsed)",
        "per": "coalesce(per, 'form')",
        "source": f"coalesce(source, {literal(called)})",
        **{name: f"coalesce({name}_parsed, FALSE)" for name in _FLAGS},
    }
    special |= {name: f"{name}_parsed" for name in _PARSED if name not in special}
    return {name: special.get(name, f"coalesce({name}, '')") for name in COLUMNS}


def _recognised(stated: Collection[str]) -> list[str]:
    """The conditions under which a row is taken at a glance; sufficient ones, cheap for every row."""
    first_day, last_day = "DATE '0001-01-01'", "DATE '9999-12-31'"
    first = "coalesce(observed_from_parsed, observed_to_parsed)"
    seen_on = "CAST(seen_at_parsed AS DATE)"
    is_payable = "kind = 'payable'"
    return [
        *_readable_texts(stated),
        "form IN (SELECT word FROM known_forms)",
        f"kind IN {tuple(TIER_OF)}",
        f"(tier IS NULL OR tier = {_filled('')['tier']})",
        *(f"({name} IS NULL OR {name} IN (SELECT word FROM known_countries))" for name in ("country", "origin")),
        f"(CASE WHEN incoterm IS NULL THEN kind IN {WITHOUT_INCOTERM} ELSE incoterm IN {INCOTERMS} END)",
        f"(per IS NULL OR per IN {BASES})",
        f"(relation IS NULL OR relation IN {RELATIONS})",
        "(deflator IS NULL OR deflator IN (SELECT word FROM known_deflators))",
        "(place IS NULL OR regexp_full_match(place, '[A-Z]{2}[A-Z2-9]{3}'))" if "place" in stated else "TRUE",
        "observed_to_parsed IS NOT NULL",
        "low_parsed > 0",
        *(f"({name} IS NULL OR {name}_parsed IS NOT NULL)" for name in (*_FLAGS, "payment_days") if name in stated),
        *(f"({name} IS NULL OR {name}_parsed > 0)" for name in _NUMBERS if name in stated and name != "low"),
        *(f"({name} IS NULL OR {name}_parsed BETWEEN {first_day} AND {last_day})" for name in _DATES if name in stated),
        "(content IS NULL OR content_parsed <= 1)",
        "(high IS NULL OR high_parsed >= low_parsed)",
        f"{first} <= observed_to_parsed",
        "(published_at IS NULL OR published_at_parsed >= observed_to_parsed)",
        (
            f"(seen_at IS NULL OR ({seen_on} BETWEEN {first_day} AND {last_day} "
            f"AND {seen_on} - observed_to_parsed <= 1 AND {first} - {seen_on} <= 1))"
        ),
        (
            f"(CASE WHEN {is_payable} THEN currency IS NULL AND unit = '{SHARE_UNIT}' "
            f"AND coalesce(high_parsed, low_parsed) <= {SHARE_MAX} "
            "ELSE currency IN (SELECT word FROM known_currencies) AND unit IN (SELECT word FROM known_units) END)"
        ),
        (
            f"(CASE WHEN kind IN {tuple(OF_ANOTHER)} THEN of_form <> form AND of_form IN (SELECT word FROM known_forms) "
            "ELSE of_form IS NULL END)"
        ),
        "(counterparty IS NULL OR counterparty <> submitter)",
        "(lot_kg IS NULL OR mass_kg IS NULL OR lot_kg_parsed <= mass_kg_parsed)",
        "(count IS NULL OR count = '1')",
        "value IS NULL",
    ]


def _readable_texts(stated: Collection[str]) -> list[str]:
    """All free texts at once: visible letters, blanks inside alone, in the one normal form, not too long, required ones filled."""
    names = [name for name in _FREE_TEXTS if name in stated]
    filled = ", ".join(f"coalesce({name}, '')" for name in names)
    joined = f"concat_ws({_BETWEEN_FIELDS}, {filled})"
    return [
        *(f"{name} IS NOT NULL" for name in ("observation", "market", "submitter")),
        *(f"({name} IS NULL OR strlen({name}) <= {TEXT_LENGTH_MAX})" for name in names),
        f"regexp_full_match({joined}, '{_TEXTS}')",
        f"length({joined}) - length(replace({joined}, {_BETWEEN_FIELDS}, '')) = {len(names) - 1}",
        f"NOT contains({_BETWEEN_FIELDS} || {joined}, {_BETWEEN_FIELDS} || ' ')",
        f"NOT contains({joined} || {_BETWEEN_FIELDS}, ' ' || {_BETWEEN_FIELDS})",
        f"(strlen({joined}) = length({joined}) OR nfc_normalize({joined}) = {joined})",
    ]


def literal(text: str) -> str:
    """`text` as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
