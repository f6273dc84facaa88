"""What an observation file may state: its columns, the words they know, their limits, and the types they are held in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Final, get_args

import pyarrow as pa

from footwall.errors import UsageError
from footwall.facts import Evidential, Facts, Kind, Observation, Relation

PRICE_DIGITS, PRICE_PLACES = 12, 6
"""Digits before and after the point of `low` and `high`: together the 18 that DuckDB adds as one machine word."""
MASS_DIGITS, MASS_PLACES = 11, 3
"""Digits before and after the point of a mass in kilograms: a gram is the least, the world's yearly ore fits."""
CONTENT_PLACES = 6
TEXT_LENGTH_MAX = 200
PAYMENT_DAYS_DIGITS = 4
SHARE_MAX = 5
"""A payable of more than five times another form's price is a slip: 84 written for 0.84."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
RELATIONS: Final = tuple(word for word in get_args(Relation) if word)
INCOTERMS: Final = ("fob", "cif", "exw", "ddp", "exchange")
BASES: Final = ("form", "contained")
SHARE_UNIT: Final = "share"
OF_ANOTHER: Final = {"payable": "whose price it is a share of", "conversion_charge": "that is converted"}
"""The kinds that speak of another form (`of_form`), and which form that is."""

TIER_OF: Final[Mapping[Kind, Evidential]] = MappingProxyType(
    {
        "transaction": "transactions",
        "bid": "bids_offers",
        "offer": "bids_offers",
        "assessment": "assessments",
        "exchange": "assessments",
        "average": "averages",
        "payable": "implied",
        "conversion_charge": "implied",
        "unit_value": "unit_values",
        "cost_survey": "averages",  # kept, and never a price
    }
)
"""The tier of evidence that each kind belongs to."""

WITHOUT_INCOTERM: Final = ("exchange", "payable", "conversion_charge")
"""Kinds that state no price of goods at a place; left empty, their `incoterm` is `exchange`: nothing is to be landed."""

REQUIRED: Final = (
    "observation",
    "form",
    "kind",
    "market",
    "observed_to",
    "low",
    "currency",
    "unit",
    "submitter",
)
"""Columns that a file must have; in each record they are filled (`currency` is empty for a payable alone)."""

NOT_ACCEPTED: Final = ("count", "value")
"""Of cells alone, which are made here and not sent in."""

_PRICE, _MASS = (
    pa.decimal128(PRICE_DIGITS + PRICE_PLACES, PRICE_PLACES),
    pa.decimal128(MASS_DIGITS + MASS_PLACES, MASS_PLACES),
)
_TYPES: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        **dict.fromkeys(("observed_from", "observed_to", "published_at"), pa.date32()),
        **dict.fromkeys(("publication_assumed", "vat_included", "under_floor", "estimated"), pa.bool_()),
        **dict.fromkeys(("low", "high"), _PRICE),
        **dict.fromkeys(("mass_kg", "lot_kg"), _MASS),
        "seen_at": pa.timestamp("us", tz="UTC"),
        "content": pa.decimal128(CONTENT_PLACES + 1, CONTENT_PLACES),
        "payment_days": pa.int32(),
    }
)
COLUMNS: Final = tuple(field.name for field in fields(Observation) if field.name not in NOT_ACCEPTED)
"""Every column that a file may have, in the order in which it is held."""

HELD: Final = pa.schema([(name, _TYPES.get(name, pa.string())) for name in COLUMNS])
"""The one schema of observations that are held: column by column as `facts.Observation`, without what cells have besides."""

DIGESTS: Final = pa.schema([("observation", pa.string()), ("digest", pa.string())])
"""Ids with the digest of what each says."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an observation may name, and the observations already held (see `held_digests`)."""

    forms: Collection[str]
    countries: Collection[str]
    currencies: Collection[str]
    deflators: Collection[str] = ()
    held: Mapping[str, str] | pa.Table = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts, held: Mapping[str, str] | pa.Table | None = None) -> "Known":
        """What a folder of facts knows. `held`: id → digest, as a mapping or as a table with the columns of DIGESTS."""
        levels = frozenset(level.index for level in facts.price_index)
        known = (frozenset(facts.forms), frozenset(facts.countries), frozenset(facts.currencies), levels)
        return cls(*known, {} if held is None else held)


def held_digests(known: Known) -> pa.Table:
    """What is held, as a table of DIGESTS. Raises UsageError for a table that is none."""
    if isinstance(known.held, Mapping):
        return pa.table([pa.array(list(known.held), pa.string()), pa.array(list(known.held.values()), pa.string())],
                        schema=DIGESTS)  # fmt: skip
    try:
        return known.held.select(DIGESTS.names).cast(DIGESTS)
    except (KeyError, pa.ArrowInvalid):
        raise UsageError(f"what is held must be a table of {' and '.join(DIGESTS.names)}") from None
