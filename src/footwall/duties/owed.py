"""The parts that every duty of a line is made of: what applies, on which value and mass, and its one rounding."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from footwall.duties.credits import Credit
from footwall.duties.method import ZERO, Base
from footwall.duties.rates import Rates, rate_on
from footwall.duties.records import ORDINARY_RATE_UNKNOWN, Line, ValuationBasis
from footwall.quantity import RoundingMode, Unknown, plain, round_to_unit
from footwall.rulebook import Counted, method_defaults
from footwall.tariffs import Applicable, Element, Measure, Rate

Decided = Literal["", "least", "most", "otherwise"]
"""Which rate of a duty with limits is owed: its own, that of its minimum, or that of its maximum."""
_OWN: Final[Decided] = ""


@dataclass(frozen=True, slots=True)
class Valued:
    """A line's V and F on the importer's basis, in the assessment currency, each rounded once to its smallest coin."""

    value: Decimal
    freight: Decimal


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty before and after its rounding."""

    measure: Measure
    base: str
    base_amount: Decimal
    rate: str
    exact: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything about a line that the law needs and that is no rule: what applies, at which rates, in which coin."""

    line: Line
    form: str | None
    applicable: Applicable
    valuation: ValuationBasis
    share: Mapping[str, Decimal]
    currency: str
    coin: Decimal
    rates: Rates
    credits: tuple[Credit, ...] = ()

    def rate_from(self, currency: str) -> Decimal:
        """The day's rate to the assessment currency; that there is one was checked before."""
        rate = rate_on(self.rates, currency, self.currency, self.line.entry_date)
        if rate is None:
            raise LookupError(f"no rate {currency} → {self.currency} on {self.line.entry_date}")
        return rate

    def mass_of(self, measure: Measure) -> Decimal:
        """The mass that the measure's amounts refer to: of the goods, or of what they contain."""
        mass = self.line.net_mass_kg
        return mass if measure.contained is None else mass * self.share[measure.contained]

    def rounded(self, measure: Measure, amount: Decimal) -> Decimal:
        """One rounding, as the measure's authority rounds; by default half up to the smallest coin."""
        return round_to_unit(amount, measure.rounding_unit or self.coin, rounding_mode(measure))

    def to_coin(self, amount: Decimal) -> Decimal:
        """To the smallest coin, half up: for values and rents, which no measure rounds."""
        return round_to_unit(amount, self.coin, "half_up")


@dataclass(frozen=True, slots=True)
class Duties:
    """What a line owes before its floor duty, at one value."""

    valued: Valued
    ordinary: Owed | Unknown
    additional: tuple[Owed, ...]

    @property
    def ordinary_duty(self) -> Decimal | Unknown:
        """O, or why nobody knows it."""
        return self.ordinary if isinstance(self.ordinary, Unknown) else self.ordinary.amount

    @property
    def additional_duty(self) -> Decimal:
        """A, the sum of all additional duties."""
        return sum((duty.amount for duty in self.additional), ZERO)

    @property
    def known(self) -> tuple[Owed, ...]:
        """Every duty that is known, in the order of stacking."""
        return self.additional if isinstance(self.ordinary, Unknown) else (self.ordinary, *self.additional)

    def counting(self, measure: Measure) -> tuple[Owed, ...]:
        """Those duties that `measure` counts beside V and F."""
        counts = counted(measure)
        ordinary = () if isinstance(self.ordinary, Unknown) or "ordinary" not in counts else (self.ordinary,)
        return (*ordinary, *(self.additional if "additional" in counts else ()))

    def base(self, assessment: Assessment, measure: Measure) -> Base:
        """What the floor duty of `measure` is taken on."""
        total = sum((duty.amount for duty in self.counting(measure)), ZERO)
        mass_kg, rate = assessment.mass_of(measure), assessment.rate_from(measure.currency)
        return Base(self.valued.value, self.valued.freight, total, mass_kg, rate, assessment.coin)


def rounding_mode(measure: Measure) -> RoundingMode:
    """The measure's own mode, else the default."""
    return measure.rounding_mode or method_defaults().rounding_mode


def counted(measure: Measure) -> tuple[Counted, ...]:
    """What counts beside V and F: the measure's own choice, else its method's default."""
    return tuple(measure.counts) if measure.counts is not None else method_defaults().counts(measure.method)


def duties_counted(measure: Measure, ordinary: Measure | None, additional: Sequence[Measure]) -> tuple[Measure, ...]:
    """Those of the duties of a line that the floor measure `measure` counts, itself never among them."""
    counts = counted(measure)
    first = () if ordinary is None or ordinary is measure or "ordinary" not in counts else (ordinary,)
    return (*first, *(additional if "additional" in counts else ()))


def limited_among(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """The measures whose duty has a minimum or a maximum."""
    return tuple(measure for measure in measures if measure.least is not None or measure.most is not None)


def value_line(assessment: Assessment) -> Valued:
    """V on the importer's own basis, and F from there to the border; freight not declared is not counted."""
    line = assessment.line
    rate = assessment.rate_from(line.currency)
    value = assessment.to_coin(line.customs_value * rate)
    declared = assessment.to_coin((line.freight_insurance or ZERO) * rate)
    stated = line.valuation_basis or assessment.valuation
    if assessment.valuation == "fob":
        return Valued(value if stated == "fob" else value - declared, declared)
    return Valued(value if stated == "cif" else value + declared, ZERO)


def duties_at(assessment: Assessment, valued: Valued) -> Duties:
    """The ordinary and the additional duties on `valued`, each rounded once."""
    additional = tuple(_plain_duty(assessment, measure, valued) for measure in assessment.applicable.additional)
    return Duties(valued, _ordinary(assessment, valued), additional)


def is_ordinary_itself(measure: Measure | None) -> bool:
    """Whether a floor measure carries the ordinary duty: a banded one with an ad valorem rate."""
    return measure is not None and measure.method == "banded" and measure.ad_valorem is not None


def _ordinary(assessment: Assessment, valued: Valued) -> Owed | Unknown:
    floor, ordinary = assessment.applicable.floor, assessment.applicable.ordinary
    if floor is not None and is_ordinary_itself(floor):
        exact = valued.value * (floor.ad_valorem or ZERO)
        owed = Owed(floor, "V", valued.value, ad_valorem_text(floor), exact, assessment.rounded(floor, exact))
    elif ordinary is None:
        return Unknown(ORDINARY_RATE_UNKNOWN)
    else:
        owed = _plain_duty(assessment, ordinary, valued)
    return owed if floor is None else _rebated(assessment, floor, owed, valued)


def _rebated(assessment: Assessment, floor: Measure, owed: Owed, valued: Valued) -> Owed:
    """The ordinary duty less its rebate, where goods land at or above the ceiling of a floor that has one."""
    if floor.rebate_share is None or floor.ceiling is None:
        return owed
    mass_kg, rate = assessment.mass_of(floor), assessment.rate_from(floor.currency)
    base = Base(valued.value, valued.freight, ZERO, mass_kg, rate, assessment.coin)
    if valued.value + valued.freight < base.edge(floor, floor.ceiling):
        return owed
    exact = owed.exact * (1 - floor.rebate_share)
    amount = assessment.rounded(owed.measure, exact)
    return replace(owed, rate=owed.rate + rebate_text(floor), exact=exact, amount=amount)


def rebate_text(floor: Measure) -> str:
    """What is told of an ordinary duty that is rebated from the ceiling on; nothing where it is not."""
    return "" if floor.rebate_share is None else f", less {plain(floor.rebate_share * 100)} % of it from the ceiling on"


def _plain_duty(assessment: Assessment, measure: Measure, valued: Valued) -> Owed:
    """t·V + s·m, but not less than the measure's minimum, and then not more than its maximum, each a compound as well.

    A compound duty is taken on V and on m; its step shows V, and the mass stands in the line.
    """
    exact, decided = exact_duty(assessment, measure, valued.value)
    taken_on, rate_text = told(measure, decided)
    base_amount = assessment.mass_of(measure) if taken_on == "m" else valued.value
    return Owed(measure, taken_on, base_amount, rate_text, exact, assessment.rounded(measure, exact))


def embedded_duty(assessment: Assessment, measure: Measure) -> Owed:
    """Σ m·c·u·τ over the elements that `measure` names: mass × share × what is recovered × rate; undeclared, by its shares."""
    declared, mass_kg = assessment.line.contents, assessment.line.net_mass_kg
    contained_kg, exact = ZERO, ZERO
    for one in measure.elements:
        share = one.undeclared or ZERO if declared is None else declared.get(one.element, ZERO)
        contained_kg += mass_kg * share
        exact += mass_kg * share * one.recovered * measure.per_kilogram(one.specific)
    exact *= assessment.rate_from(measure.currency)
    taken_on, rate_text = told(measure)
    return Owed(measure, taken_on, contained_kg, rate_text, exact, assessment.rounded(measure, exact))


def exact_duty(assessment: Assessment, measure: Measure, value: Decimal) -> tuple[Decimal, Decided]:
    """An ordinary or additional duty on `value` before its rounding, and which of its rates decides."""
    decided = _OWN
    exact = _taken(assessment, Rate(measure.ad_valorem, measure.specific), measure, value)
    if measure.least is not None and (least := _taken(assessment, measure.least, measure, value)) > exact:
        exact, decided = least, "least"
    if measure.most is not None and (most := _taken(assessment, measure.most, measure, value)) < exact:
        exact, decided = most, "most"
    return exact, decided


def _taken(assessment: Assessment, rate: Rate, measure: Measure, value: Decimal) -> Decimal:
    """A share of V and an amount by mass, together, in the assessment currency."""
    return value * (rate.ad_valorem or ZERO) + amount_by_mass(assessment, rate, measure)


def amount_by_mass(assessment: Assessment, rate: Rate, measure: Measure) -> Decimal:
    """That part of a rate of `measure` which hangs on the mass alone, in the assessment currency."""
    amount = measure.per_kilogram(rate.specific or ZERO) * assessment.mass_of(measure)
    return amount * assessment.rate_from(measure.currency)


def told(measure: Measure, decided: Decided = "") -> tuple[str, str]:
    """What a duty is taken on, and its rate, in words: for the steps that explain it.

    `decided` says which rate of a duty with limits was owed: its own, that of its minimum or maximum, or what a minimum
    price asks of goods that were not invoiced directly.
    """
    if decided == "otherwise":
        return "V", f"{plain((measure.otherwise_ad_valorem or ZERO) * 100)} % of value: not invoiced directly"
    if measure.role == "floor" and decided == "least" and measure.least is not None:
        base = "m" if measure.least.ad_valorem is None else "V"
        return base, f"at least {_rate_text(measure, measure.least)}: the minimum is owed"
    match measure.method:
        case "ad_valorem" | "specific":
            return _told_plain(measure, decided)
        case "embedded":
            return "contents", " + ".join(_of_element(measure, one) for one in measure.elements)
        case "notified" if measure.specific is not None:
            return "m", _per_kilogram(measure, measure.specific)
        case "notified":
            return "V", ad_valorem_text(measure)
        case "banded":
            return "V + F", f"entry-price bands up to {_per_kilogram(measure, measure.bands[0].at_least)}"
        case _:
            return "V + F + C", f"{measure.method} to {_per_kilogram(measure, measure.floor or ZERO)}"


def _told_plain(measure: Measure, decided: Decided) -> tuple[str, str]:
    own, least, most = Rate(measure.ad_valorem, measure.specific), measure.least, measure.most
    limits = [f"at least {_rate_text(measure, least)}"] if least is not None else []
    limits += [f"at most {_rate_text(measure, most)}"] if most is not None else []
    text = ", ".join([_rate_text(measure, own), *limits])
    rate = {"least": least, "most": most}.get(decided) or own
    if decided:
        text += f": the {'minimum' if decided == 'least' else 'maximum'} is owed"
    return "m" if rate.ad_valorem is None else "V", text


def _rate_text(measure: Measure, rate: Rate) -> str:
    parts = [_share_text(rate.ad_valorem)] if rate.ad_valorem is not None else []
    return " + ".join([*parts, *([_per_kilogram(measure, rate.specific)] if rate.specific is not None else [])])


def ad_valorem_text(measure: Measure) -> str:
    """The ad valorem rate in words."""
    return _share_text(measure.ad_valorem or ZERO)


def _share_text(share: Decimal) -> str:
    return f"{plain(share * 100)} % of value"


def _of_element(measure: Measure, one: Element) -> str:
    recovered = "" if one.recovered == 1 else f", {plain(one.recovered * 100)} % of it"
    return f"{_per_kilogram(measure, one.specific)} {one.element}{recovered}"


def _per_kilogram(measure: Measure, amount: Decimal) -> str:
    per = "kg" if measure.per_kg == 1 else f"{measure.per_kg} kg"
    return f"{plain(amount)} {measure.currency}/{per}{f' {measure.contained}' if measure.contained else ''}"
