"""What a rulebook says of duties beside the floors themselves: when they are suspended, which day and origin count, what is embedded."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from footwall.rulebook.parts import DatedRule, NotNegative, Number, Positive, Rule, Share, Text

StandardValue = Literal["parity", "floor"]
CountedDay = Literal["entry", "export", "lading", "contract"]
Importers = tuple[Text, ...] | Literal["all"]


class BandShare(Rule):
    """A band of entry prices: from `at_least_share` of the floor on, a duty of `duty_share` of the floor."""

    at_least_share: NotNegative
    duty_share: NotNegative


class SliceShare(Rule):
    """A slice of the gap that ends at `up_to`, a share of the floor, and the `rate` that it pays."""

    up_to: Annotated[Number, Field(gt=0, le=1)]
    rate: Share


class SuspensionRule(DatedRule):
    """A declared disruption: no floor duty on `forms` on its days, on entry to `importers`."""

    forms: tuple[Text, ...]
    importers: Importers = "all"
    valid_from: date
    legal_basis: Text


class CountingDayRule(DatedRule):
    """By which day of a line its floor measures are found, and the grace of goods that were under way at a change."""

    importers: Importers = "all"
    counts: CountedDay = "entry"
    transit_days: Annotated[int, Field(ge=0)] = 0
    transit_counts: CountedDay = "lading"
    legal_basis: Text


class OriginProofRule(DatedRule):
    """What goods must show to count as a member's: stages done there, or a certificate."""

    importers: Importers = "all"
    forms: tuple[Text, ...] = ()
    stages: tuple[Text, ...] = ()
    cumulation: bool = False
    certificate: str = ""
    unproven_as: str = ""
    legal_basis: Text


class BoundRule(DatedRule):
    """The bound rates of `forms` on entry to `importers`, by the legal basis that binds them; `specific` is USD per kg of the price basis."""

    forms: tuple[Text, ...]
    importers: tuple[Text, ...]
    basis: Literal["mfn_bound", "preferential_bound"]
    ad_valorem: NotNegative | None = None
    specific: NotNegative | None = None


class ElementShare(Rule):
    """An element of contained goods: the form whose notified tariff it owes, and how much of it counts.

    `form_kg` kilograms of the form hold a kilogram of the element, `recovered` of which could be had back. A line
    that declares nothing is taken to hold `undeclared` of it; left out, it must declare.
    """

    element: Text
    form: Text
    form_kg: Positive
    recovered: Annotated[Number, Field(gt=0, le=1)]
    undeclared: Share | None = None


class EmbeddedRule(DatedRule):
    """A duty on what `forms` (or goods of `hs_codes`) contain, for one origin group, at the notified tariffs of the day."""

    forms: tuple[Text, ...] = ()
    hs_codes: tuple[Text, ...] = ()
    group: Text
    elements: tuple[ElementShare, ...]
    legal_basis: Text
