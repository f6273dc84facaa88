"""What `tariffs` works with on its way to measures: import parity, and where a notified tariff stands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from footwall.prices import Datum
from footwall.quantity import Unknown
from footwall.rulebook import Tier

NO_CARRIAGE: Final = Unknown("what of the parity is freight and insurance is not known")

NO_VALUE: Final = Unknown("the rate is stated by mass")
"""Why a tariff has no customs value by which its rate is divided."""


Whose = Literal["own", "any"]
"""Whose prices were asked: those of the group's own origins alone, or those of any origin outside the zone."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A tier of which something was known, and why it set no parity: a sentence."""

    whose: Whose
    tier: Tier
    reason: str


@dataclass(frozen=True, slots=True)
class Parity:
    """What a form costs landed in the zone before the floor duty, by origin group: USD per kg of the form's basis.

    `carriage` is the part of `price` that is freight and insurance; `carriage_estimated`: prices that came landed are among
    those that it was taken from, and theirs was estimated.
    """

    form: str
    group: str
    on: date
    price: Decimal | Unknown
    status: Literal["observed", "carried", "suspended"]
    tier: str | None
    rests_on: date | None
    used: tuple[Datum, ...]
    carriage: Decimal | Unknown = NO_CARRIAGE
    carriage_estimated: bool = False
    passed_over: tuple[PassedOver, ...] = ()


TariffReason = Literal[
    "opened",
    "raised",
    "raise_pending",
    "lowered",
    "unchanged",
    "within_deadband",
    "step_below_unit",
    "frozen",
    "parity_suspended",
    "floor_undecided",
    "sunset",
    "levied_per_line",
]
"""Why a tariff stands where it is: what `adjust` last did with it, or what kept it from moving."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """A floor's tariff for one form, importer group and origin group: USD per kg of the form's basis.

    `rate` is in force from `changed_on`; `pending` waits for `pending_from` (published, notice running).
    `needed` is [R − P̂ − Ô]⁺ as last computed; `tolerated_shortfall` is how far below the floor a landed price may fall
    before the tariff has caught up. `value` and `pending_value` are the customs value at parity, of the day on which the rate
    and the announced one were set, where a rule states them ad valorem. `frozen`: the escalation guard has handed over to the reserve, with the share φ of the
    duty that exporters were estimated to bear.
    """

    form: str
    importers: tuple[str, ...]
    group: str
    method: str
    rate: Decimal
    changed_on: date
    pending: Decimal | None
    pending_from: date | None
    needed: Decimal | Unknown
    floor: Decimal
    parity: Decimal | Unknown
    ordinary: Decimal | Unknown
    frozen: bool
    exporter_share: Decimal | Unknown
    tolerated_shortfall: Decimal | Unknown
    reason: TariffReason
    history: tuple[tuple[date, Decimal, Decimal], ...]
    value: Decimal | Unknown = NO_VALUE
    pending_value: Decimal | Unknown = NO_VALUE
