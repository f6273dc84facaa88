"""What `prices` takes and gives: normalised observations, reference prices and their certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from footwall.memory import maker
from footwall.quantity import RoundingMode, Unknown
from footwall.rulebook import CessationRule, ConfidenceRule, LiquidityRule, Tier, TierRule

Status = Literal["observed", "implied", "cost_build", "carried", "successor", "judgement", "suspended"]
"""How a reference price stands: on data of a tier, on an observed price of another form, on the recipe below, on its own
last value, on the price of the form that has taken its place, on expert judgement, or on nothing."""

Confidence = Literal["high", "medium", "low"]
"""How sure a price is, by the rule of its form."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation, told: what was done, with which figure, and what came out.

    `figure` is arithmetic that a person or `working.rework` can do again: `÷ 1.13`, `+ 1.2 × 48.3`, `round half_up 0.01`.
    """

    what: str
    figure: str
    result: Decimal


make_step: Final = maker(Step)


@dataclass(frozen=True, slots=True)
class Datum:
    """One observation, normalised to USD per kg of the form's basis at the zone border, with every step; or excluded, with its reason.

    `weight` is the datum's weight among its submitter's own data (their mass, or 1 where one of them states none), None
    where it was never weighed. `exclusion` is a stable code; an excluded datum that was never normalised has no steps
    and an unknown price. `assumed`: a figure used on the way (publication day, rate, freight, content) is an assumption.
    `carriage` is what of the price was put in for freight and insurance, USD per kg of basis; None where nothing was,
    because the price came landed or was made at an exchange. `low` and `high` are the ends of what is told as one price, a
    range or several deals alike, brought to the border as the price is; None where it is told by the price alone.
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
    kind: str = ""
    counterparty: str = ""
    count: int = 1
    carriage: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def weighing(self, weight: Decimal | None) -> "Datum":
        """The same datum with a weight: written out, because a day weighs all its data and `replace` takes far longer."""
        return make_datum(
            self.observation,
            self.tier,
            self.market,
            self.observed_to,
            self.published_at,
            self.submitter,
            self.price,
            weight,
            self.steps,
            self.exclusion,
            self.source,
            self.mass_kg,
            self.under_floor,
            self.assumed,
            self.kind,
            self.counterparty,
            self.count,
            self.carriage,
            self.low,
            self.high,
        )


make_datum: Final = maker(Datum)


@dataclass(frozen=True, slots=True)
class Voice:
    """All that one submitter says in a tier, as one price: many small lots are one voice.

    `price` is the mean of its data by weight. `mass_kg` is what they state together, None where one of them states none;
    `loudness` the same after the cap on counterparties. `weight` is what the voice counts in the tier after the cap on
    submitters (only ratios of weights mean anything); None where it was thrown out as an outlier.
    """

    submitter: str
    price: Decimal
    mass_kg: Decimal | None
    count: int
    weight: Decimal | None = None
    loudness: Decimal | None = None


make_voice: Final = maker(Voice)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Observations that a newer word has replaced, or that are too old, counted by series and not told one by one."""

    exclusion: str
    tier: str
    market: str
    submitter: str
    kind: str
    count: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Liquidity:
    """How much market a price rests on. `spread` is the weighted median of r = max(p/M, M/p), M the median price.

    `count`, `parties` and `mass_kg` are of the data that were heard; `low` and `high` are the lowest and the
    highest price among them, of several deals that are told as one each for itself.
    """

    count: int
    parties: int
    mass_kg: Decimal
    low: Decimal
    high: Decimal
    spread: Decimal


make_liquidity: Final = maker(Liquidity)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What experts decided for one form and day: to leave out `observations`, or (`price`) what stands where nothing else does."""

    action: Literal["exclude", "price"]
    observations: tuple[str, ...]
    price: Decimal | None
    reason: str
    basis: str
    author: str
    approver: str


@dataclass(frozen=True, slots=True)
class TierNote:
    """Why a tier did not set the price: a sentence for the certificate."""

    tier: Tier
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The figures of the rule, and the previous price, with which market and cost-build became the result.

    `previous` is the price that smoothing, step cap and carrying start from; None where there is none to start from.
    `market_weight` is `tier_weight` × `liquidity_share`.
    """

    market_weight: Decimal | None
    smoothing_share: Decimal
    step_share_max: Decimal
    rounding_unit: Decimal
    rounding_mode: RoundingMode
    previous: Decimal | None
    tier_weight: Decimal | None = None
    liquidity_share: Decimal | None = None
    no_cost_build: Literal["previous", "alone"] = "alone"


make_terms: Final = maker(Terms)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything a stranger needs to recompute one reference price by hand; `replay` does it by machine.

    `method` is one of: market and cost-build, market and previous price, market alone, cost-build, carried, successor,
    judgement, suspended. `publish_at` and `tell_at` are the instants (UTC, ISO 8601) at which the price is due and free to
    be told; empty where no rule has a cadence.
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
    left_behind: tuple[LeftBehind, ...] = ()
    liquidity: Liquidity | None = None
    confidence: Confidence | None = None
    liquidity_rule: LiquidityRule | None = None
    confidence_rule: ConfidenceRule | None = None
    cessation_rule: CessationRule | None = None
    assumed: bool = False
    judgements: tuple[Judgement, ...] = ()
    publish_at: str = ""
    tell_at: str = ""


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """The fair market value of `form` on a day, USD per kg of its basis. `rests_on` is the last day that its newest datum describes.

    `certificate` is None where only the price was asked for, or where it stands in the evidence of its day.
    A cost-build rests on the day of its stalest input (on its own day where its recipe buys none).
    `assumed`: some part of it (conversion cost, publication day, freight, content) is an assumption of ours.
    `cost_build` is what the form costs to make from the prices below, known or not, whatever the price stands on.
    `under_floor`: it rests, itself or through the recipe below, on prices made inside the zone or duty paid, because
    nothing else stood; the trailing mean of a floor must leave it out. `confidence` is None where no rule states it.
    `roots` are the forms from whose observed prices it is implied, itself or through the recipe below: none of them may be
    built from it.
    """

    form: str
    on: date
    price: Decimal | Unknown
    status: Status
    tier: str | None
    rests_on: date | None
    assumed: bool
    cost_build: Decimal | Unknown
    certificate: Certificate | None = None
    under_floor: bool = False
    confidence: Confidence | None = None
    roots: tuple[str, ...] = ()

    @property
    def certified(self) -> Certificate:
        """Its certificate. Raises ValueError for a price that was asked for without one: the caller's fault."""
        if self.certificate is None:
            raise ValueError(f"the price of {self.form} on {self.on} was asked for without its certificate")
        return self.certificate

    @property
    def on_data(self) -> bool:
        """Whether it stands on data of its own tier, today or carried, and not on a recipe alone."""
        return self.status in {"observed", "implied", "carried"} and self.tier is not None


make_price: Final = maker(ReferencePrice)

ReferencePrices = Mapping[str, ReferencePrice]
