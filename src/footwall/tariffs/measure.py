"""One duty, as a schedule states it: whose goods owe what, by which method, from when to when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.quantity import RoundingMode
from footwall.rulebook import CapKind, Counted, DutyMethod, ShipmentRule

Role = Literal["ordinary", "additional", "floor"]
NON_MEMBERS = "non-members"


@dataclass(frozen=True, slots=True)
class Band:
    """One entry-price band: `specific` is owed where the import price reaches `at_least` (both per `per_kg`)."""

    at_least: Decimal
    specific: Decimal


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of a graduated duty: `rate` of the part of the gap between R − P that lies up to `up_to` (a share of R)."""

    up_to: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One duty on a form or on HS codes, for some importers and origins, from `valid_from` to `valid_to` (its last day).

    Amounts (`floor`, `specific`, `bands`, `standard_value`, `parity`) are in `currency` per `per_kg` kilograms of the
    goods, or of the element that `contained` names. Rates are fractions. `origins` are ISO 3166 alpha-2 codes or
    `non-members`. What is None takes the method's default from the rulebook's `method_defaults.toml`.
    `ceiling`: at or above this price nothing is owed. `parity`: P̂, where it is known. `bound_*`: the bound rate behind `cap`.
    """

    measure_id: str
    role: Role
    method: DutyMethod
    importers: tuple[str, ...]
    origins: tuple[str, ...]
    valid_from: date
    currency: str
    form: str | None = None
    hs_codes: tuple[str, ...] = ()
    valid_to: date | None = None
    per_kg: int = 1
    contained: str | None = None
    legal_basis: str = ""
    ad_valorem: Decimal | None = None
    specific: Decimal | None = None
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    parity: Decimal | None = None
    bands: tuple[Band, ...] = ()
    standard_value: Decimal | None = None
    tolerance: Decimal | None = None
    slices: tuple[Slice, ...] | None = None
    otherwise_ad_valorem: Decimal | None = None
    counts: tuple[Counted, ...] | None = None
    cap: CapKind = "none"
    bound_ad_valorem: Decimal | None = None
    bound_specific: Decimal | None = None
    shipment: ShipmentRule = "none"
    rounding_unit: Decimal | None = None
    rounding_mode: RoundingMode | None = None
