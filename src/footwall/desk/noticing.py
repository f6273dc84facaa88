"""What a submission says that is no fault of one record, and that somebody should look at: it is taken all the same.

`sides_differ`: two reports of one deal cannot both be true. By `prices.standing` neither price counts where they contradict each other.
`submitter_alike`: a name that looks like another one; they are two voices as long as their texts differ.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from footwall.desk.zone import Zone
from footwall.errors import Problem
from footwall.intake import Intake
from footwall.quantity import EXACT, kilograms_per, plain

_ASKED: Final = (
    "observation", "form", "kind", "lot", "submitter", "counterparty", "published_at", "low", "high", "currency", "unit",
    "per", "incoterm", "vat_included", "mass_kg", "under_floor",
)  # fmt: skip


def notices_of(zone: Zone, intake: Intake) -> tuple[Problem, ...]:
    """What should be looked at in a submission, beside all that the zone holds already and that was not withdrawn."""
    if not len(intake):
        return ()
    new, held = intake.table.select(_ASKED), _held(zone, _ASKED)
    return (*_sides(new, held), *_alike(_names(intake.table), _known(zone, held)))


def _held(zone: Zone, columns: Sequence[str]) -> pa.Table:
    """These columns of what was received before and still counts."""
    found = [
        pyarrow.parquet.read_table(BytesIO(zone.evidence.get(one.evidence["observations"])), columns=list(columns))
        for one in zone.state.received
    ]
    if not found:
        return None
    table = pa.concat_tables(found, promote_options="permissive")
    gone = pa.array(sorted(zone.state.withdrawn), pa.string())
    return table.filter(pa.compute.invert(pa.compute.is_in(table["observation"], value_set=gone)))


def _names(table: pa.Table | None) -> frozenset[str]:
    """Everybody who speaks or is named as the other side."""
    if table is None:
        return frozenset()
    found = (table[name].unique().to_pylist() for name in ("submitter", "counterparty"))
    return frozenset(name for names in found for name in names if name)


def _known(zone: Zone, held: pa.Table | None) -> frozenset[str]:
    """Who was named before: in the facts, and in what was received."""
    told = {name for seen in zone.facts.observations for name in (seen.submitter, seen.counterparty) if name}
    return _names(held) | told


def _alike(new: frozenset[str], known: frozenset[str]) -> Iterator[Problem]:
    """Each new name that looks like one that is known, or that comes with it."""
    looks: dict[str, list[str]] = {}
    for name in (*sorted(known), *sorted(new - known)):
        looks.setdefault(looks_like(name), []).append(name)
    for names in looks.values():
        first, *others = names
        for other in others:
            if other not in known:
                yield Problem(
                    "submitter_alike",
                    f"{other}, which looks like {first}",
                    "one text for one party",
                    "Find out who it is. If both are one, send it in again under one text, or withdraw it: footwall correct.",
                    field="submitter",
                )


def looks_like(name: str) -> str:
    """What a name looks like: letters and digits alone, small, without accents, letters of other alphabets as Latin ones."""
    told = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(letter for letter in told if letter.isalnum()).translate(_LATIN) or name


_LATIN: Final = str.maketrans("авекмнорстухіјѕԁαβεηικνορτυχ", "abekmhopctyxijsdabenikvoptux")
"""Small letters of Cyrillic and Greek that look like Latin ones, themselves or as capitals."""


def _sides(new: pa.Table, held: pa.Table | None) -> Iterator[Problem]:
    """Deals of which two reports tell otherwise, where one of them is new; one side may contradict itself."""
    with duckdb.connect() as connection:
        connection.register("given_new", new)
        connection.register("given_held", new.slice(0, 0) if held is None else held)
        rows = connection.execute(_OF_ONE_DEAL).fetchall()
    deals: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        one = dict(zip((*_ASKED, "is_new"), row, strict=True))
        deals.setdefault((one["form"], one["lot"], *sorted((one["submitter"], one["counterparty"]))), []).append(one)
    for said in deals.values():
        first = said[0]
        for other in said[1:]:
            if (first["is_new"] or other["is_new"]) and _differ(first, other):
                yield _sides_differ(first, other)


_OF_ONE_DEAL: Final = f"""
    WITH every AS (
        SELECT {", ".join(_ASKED)}, true AS is_new FROM given_new UNION ALL
        SELECT {", ".join(_ASKED)}, false FROM given_held),
    reports AS (SELECT * FROM every WHERE kind = 'transaction' AND lot <> ''),
    deals AS (SELECT form, lot, least(submitter, counterparty) AS one, greatest(submitter, counterparty) AS other
        FROM reports GROUP BY ALL HAVING count(*) > 1 AND bool_or(is_new))
    SELECT reports.* FROM reports JOIN deals ON reports.form = deals.form AND reports.lot = deals.lot
        AND least(submitter, counterparty) = one AND greatest(submitter, counterparty) = other
    ORDER BY published_at, observation
"""
"""The reports of deals that were reported more than once: that which was published first comes first."""


def _differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two reports cannot both be right: other masses, under a floor or not, or, told on the same terms, other prices."""
    if one["under_floor"] != other["under_floor"]:
        return True
    if None not in {one["mass_kg"], other["mass_kg"]} and one["mass_kg"] != other["mass_kg"]:
        return True
    terms = ("currency", "per", "incoterm", "vat_included")
    return all(one[name] == other[name] for name in terms) and any(
        _times(one[end], other["unit"]) != _times(other[end], one["unit"]) for end in ("low", "high")
    )


def _times(price: Decimal, unit: str) -> Decimal:
    """A price times the kilograms of the other's unit: two prices by mass are the same where these products are."""
    return EXACT.multiply(price, kilograms_per(unit))


def _sides_differ(first: dict[str, Any], other: dict[str, Any]) -> Problem:
    return Problem(
        "sides_differ",
        f"{_report(other)}; {_report(first)}",
        "one price and one mass in all reports of a deal, made under a floor or not",
        "Ask both sides, and withdraw what is wrong: footwall correct. Until then neither counts where prices on the same terms differ, "
        f"or one alone was made under a floor; where only masses or terms do, {first['observation']} counts, which was published first.",
        field=f"lot {other['lot']} of {other['form']}",
    )


def _report(one: dict[str, Any]) -> str:
    low, high = plain(one["low"]), plain(one["high"])
    price = low if low == high else f"{low} to {high}"
    mass = "" if one["mass_kg"] is None else f", {plain(one['mass_kg'])} kg"
    floor = ", under a floor" if one["under_floor"] else ""
    return f"{one['observation']} of {one['submitter']}: {price} {one['currency']}/{one['unit']}{mass}{floor}"
