"""What `prices` takes and gives: normalised observations, reference prices and their certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.quantity import Unknown

Status = Literal["observed", "cost_build", "carried", "suspended"]
"""How a reference price stands: on data of a tier, on the recipe below, on its own last value, or on nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation, told: what was done, with which figure, and what came out."""

    what: str
    figure: str
    result: Decimal


@dataclass(frozen=True, slots=True)
class Datum:
    """One observation, normalised to USD per kg of the form's basis at the zone border, with every step; or excluded, with its reason."""

    observation: str
    tier: str
    market: str
    observed_to: date
    published_at: date
    submitter: str
    price: Decimal | Unknown
    weight: Decimal | None
    steps: tuple[Step, ...]
    exclusion: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything a stranger needs to recompute one reference price by hand."""

    form: str
    on: date
    rulebook: str
    method: str
    tier: str | None
    used: tuple[Datum, ...]
    excluded: tuple[Datum, ...]
    market: Decimal | Unknown
    cost_build: Decimal | Unknown
    cost_build_steps: tuple[Step, ...]
    market_weight: Decimal | None
    combination_steps: tuple[Step, ...]
    result: Decimal | Unknown


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """The fair market value of `form` on a day, USD per kg of its basis. `rests_on` is the last day that its newest datum describes.

    `assumed`: some part of it (conversion cost, publication day, VAT, freight) is an assumption of ours.
    """

    form: str
    on: date
    price: Decimal | Unknown
    status: Status
    tier: str | None
    rests_on: date | None
    assumed: bool
    certificate: Certificate


ReferencePrices = Mapping[str, ReferencePrice]
