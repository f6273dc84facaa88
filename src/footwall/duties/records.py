"""What `duties` takes and gives: a line, what it owes, and the steps to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.quantity import Unknown

EntryType = Literal["consumption", "withdrawal", "warehouse", "temporary", "return"]
ValuationBasis = Literal["fob", "cif"]

DUTIABLE_ENTRIES = ("consumption", "withdrawal")
"""Goods owe duty when they enter for consumption, or leave a warehouse; then at the rate of that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One goods line of a customs declaration, read and checked. Units are in the names; money is in `currency`.

    `freight_insurance` not declared is not counted. `content` None takes the form's standard content. `contents` are shares of
    the net mass by element; `stage_origins` says in which country a stage was done (`{"separated": "AU"}`); `credit_refs`
    name the credits that the line draws on.
    """

    line_id: str
    entry_date: date
    importer: str
    origin: str
    hs_code: str | None
    form: str | None
    net_mass_kg: Decimal
    customs_value: Decimal
    currency: str
    content: Decimal | None = None
    freight_insurance: Decimal | None = None
    valuation_basis: ValuationBasis | None = None
    related_parties: bool | None = None
    direct_invoice: bool | None = None
    entry_type: EntryType = "consumption"
    preference_certificate: str | None = None
    export_date: date | None = None
    lading_date: date | None = None
    contract_date: date | None = None
    contents: Mapping[str, Decimal] | None = None
    stage_origins: Mapping[str, str] | None = None
    credit_refs: tuple[str, ...] = ()

    @property
    def claims(self) -> frozenset[str]:
        """The programmes that its certificates claim."""
        return claims_of(self.preference_certificate)


def claims_of(certificates: str | None) -> frozenset[str]:
    """The programmes claimed by certificates told as `PROGRAMME` or `PROGRAMME:NUMBER`, several parted by blanks, commas or semicolons."""
    parts = re.split(r"[\s,;]+", certificates or "")
    return frozenset(part.partition(":")[0].upper() for part in parts if part.partition(":")[0])


def is_direct(line: Line) -> bool:
    """Whether the line was invoiced directly to an importer who is not declared to be related."""
    return line.direct_invoice is True and line.related_parties is not True


@dataclass(frozen=True, slots=True, kw_only=True)
class Liability:
    """What one line owes, in `currency`. None means *does not apply*; Unknown says why nobody knows.

    `customs_value` is V on the importer's own basis; `floor_price` is R per kg of the measure's basis, `floor_value`
    R times the mass. `ordinary_duty`, `additional_duty` and `floor_duty` are each rounded once; `total_duty` is their sum,
    without `security`. `landed_value` = V + freight and insurance + the duties that count + floor duty.
    `rent_exposed` is what the exporter would gain by invoicing until no floor duty is left, `rent_taken` what the
    invoice already takes above parity; neither is revenue.
    """

    line_id: str
    form: str | None
    currency: str
    customs_value: Decimal
    floor_price: Decimal | None
    floor_value: Decimal | None
    ordinary_duty: Decimal | Unknown
    additional_duty: Decimal
    floor_duty: Decimal
    security: Decimal
    total_duty: Decimal | Unknown
    landed_value: Decimal
    parity: Decimal | None
    credit: Decimal
    cap: Decimal | Unknown | None
    rent_exposed: Decimal
    rent_taken: Decimal | Unknown
    method: str | None
    measure_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStep:
    """One duty of one line: what it was taken on, at which rate, before and after its one rounding, and under which law."""

    line_id: str
    measure_id: str
    role: str
    base: str
    base_amount: Decimal
    rate: str
    amount_before_rounding: Decimal
    amount: Decimal
    article: str


ORDINARY_RATE_UNKNOWN = "ordinary_rate_unknown"
BOUND_RATE_UNKNOWN = "bound_rate_unknown"
PARITY_UNKNOWN = "parity_unknown"
