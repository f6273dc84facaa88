"""What `prices` takes and gives: normalised observations, reference prices and their certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from footwall.quantity import RoundingMode, Unknown
from footwall.rulebook import Tier, TierRule

Status = Literal["observed", "cost_build", "carried", "suspended"]
"""How a reference price stands: on data of a tier, on the recipe below, on its own last value, or on nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation, told: what was done, with which figure, and what came out.

    `figure` is arithmetic that a person or `working.rework` can do again: `÷ 1.13`, `+ 1.2 × 48.3`, `round half_up 0.01`.
    """

    what: str
    figure: str
    result: Decimal


@dataclass(frozen=True, slots=True)
class Datum:
    """One observation, normalised to USD per kg of the form's basis at the zone border, with every step; or excluded, with its reason.

    `weight` is the datum's weight among its submitter's own data (their mass, or 1 where one of them states none), None
    where it was never weighed. `exclusion` is a stable code; an excluded datum that was never normalised has no steps
    and an unknown price. `assumed`: a figure used on the way (publication day, rate, freight, content) is an assumption.
    """

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
    mass_kg: Decimal | None = None
    under_floor: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """All that one submitter says in a tier, as one price: many small lots are one voice.

    `price` is the mean of its data by mass, or their plain mean where one of them states no mass. `weight` is what the
    voice counts in the tier after the cap (only ratios of weights mean anything); None where it was thrown out as an outlier.
    """

    submitter: str
    price: Decimal
    mass_kg: Decimal | None
    count: int
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TierNote:
    """Why a tier did not set the price: a sentence for the certificate."""

    tier: Tier
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of the rule, and the previous price, with which market and cost-build became the result.

    `previous` is the price that smoothing, step cap and carrying start from; None where there is none to start from.
    """

    market_weight: Decimal | None
    smoothing_share: Decimal
    step_share_max: Decimal
    rounding_unit: Decimal
    rounding_mode: RoundingMode
    previous: Decimal | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything a stranger needs to recompute one reference price by hand; `replay` does it by machine.

    `method` is one of: market and cost-build, market alone, cost-build, carried, suspended.
    """

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
    voices: tuple[Voice, ...] = ()
    tier_notes: tuple[TierNote, ...] = ()
    tier_rule: TierRule | None = None
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """The fair market value of `form` on a day, USD per kg of its basis. `rests_on` is the last day that its newest datum describes.

    A cost-build rests on the day of its stalest input (on its own day where its recipe buys none).
    `assumed`: some part of it (conversion cost, publication day, freight, content) is an assumption of ours.
    `under_floor`: it rests, itself or through the recipe below, on prices made inside the zone or duty paid, because
    nothing else stood; the trailing mean of a floor must leave it out.
    """

    form: str
    on: date
    price: Decimal | Unknown
    status: Status
    tier: str | None
    rests_on: date | None
    assumed: bool
    certificate: Certificate
    under_floor: bool = False

    @property
    def on_data(self) -> bool:
        """Whether it stands on data of its own tier, today or carried, and not on a recipe alone."""
        return self.status in {"observed", "carried"} and self.tier is not None


ReferencePrices = Mapping[str, ReferencePrice]
