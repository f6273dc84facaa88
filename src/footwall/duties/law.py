"""What one line owes, in decimals that never round but where a rule says so.

This is the law as one reads it; `footwall.duties.sql` is the same law for files, and a property holds the two equal to
the cent on every line. Order: value → ordinary → additional → floor duty → cap → one rounding each → security → rents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from footwall.duties import method as by_method
from footwall.duties.method import ZERO, Base
from footwall.duties.rates import Rates, rate_on
from footwall.duties.records import (
    BOUND_RATE_UNKNOWN,
    DUTIABLE_ENTRIES,
    ORDINARY_RATE_UNKNOWN,
    PARITY_UNKNOWN,
    DutyStep,
    Liability,
    Line,
    ValuationBasis,
)
from footwall.quantity import RoundingMode, Unknown, exact_arithmetic, plain, round_to_unit
from footwall.rulebook import Counted, method_defaults
from footwall.tariffs import Applicable, Measure

RECIPROCAL_BITS = 60
"""Bits of 1/(1+t), the one quotient behind the rents: taken once per measure, so that no line divides, only shifts."""


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


def rounding_mode(measure: Measure) -> RoundingMode:
    """The measure's own mode, else the default."""
    return measure.rounding_mode or method_defaults().rounding_mode


def counted(measure: Measure) -> tuple[Counted, ...]:
    """What counts beside V and F: the measure's own choice, else its method's default."""
    return tuple(measure.counts) if measure.counts is not None else method_defaults().counts(measure.method)


def owe(assessment: Assessment) -> tuple[Liability, tuple[DutyStep, ...]]:
    """What the line owes, with one step for each duty. Every check of the line has been made before."""
    with exact_arithmetic():
        valued = _valued(assessment)
        applicable = assessment.applicable
        if assessment.line.entry_type not in DUTIABLE_ENTRIES:
            return _without_duty(assessment, valued), ()
        ordinary = _ordinary(assessment, valued)
        additional = [_plain_duty(assessment, measure, valued) for measure in applicable.additional]
        if applicable.floor is None:
            return _without_floor(assessment, valued, ordinary, additional)
        return _with_floor(assessment, applicable.floor, valued, ordinary, additional)


def _valued(assessment: Assessment) -> Valued:
    line = assessment.line
    rate = assessment.rate_from(line.currency)
    value = assessment.to_coin(line.customs_value * rate)
    declared = assessment.to_coin((line.freight_insurance or ZERO) * rate)
    stated = line.valuation_basis or assessment.valuation
    if assessment.valuation == "fob":
        return Valued(value if stated == "fob" else value - declared, declared)
    return Valued(value if stated == "cif" else value + declared, ZERO)


def _plain_duty(assessment: Assessment, measure: Measure, valued: Valued) -> Owed:
    rate = assessment.rate_from(measure.currency)
    exact = valued.value * (measure.ad_valorem or ZERO)
    exact += measure.per_kilogram(measure.specific or ZERO) * assessment.mass_of(measure) * rate
    return Owed(measure, "V", valued.value, told(measure)[1], exact, assessment.rounded(measure, exact))


def _ordinary(assessment: Assessment, valued: Valued) -> Owed | Unknown:
    floor, ordinary = assessment.applicable.floor, assessment.applicable.ordinary
    if floor is not None and floor.method == "banded" and floor.ad_valorem is not None:
        exact = valued.value * floor.ad_valorem
        return Owed(floor, "V", valued.value, ad_valorem_text(floor), exact, assessment.rounded(floor, exact))
    return Unknown(ORDINARY_RATE_UNKNOWN) if ordinary is None else _plain_duty(assessment, ordinary, valued)


def _per_kilogram(measure: Measure, amount: Decimal) -> str:
    per = "kg" if measure.per_kg == 1 else f"{measure.per_kg} kg"
    return f"{plain(amount)} {measure.currency}/{per}{f' {measure.contained}' if measure.contained else ''}"


def _sum(duties: list[Owed]) -> Decimal:
    return sum((duty.amount for duty in duties), ZERO)


def _with_floor(
    assessment: Assessment, measure: Measure, valued: Valued, ordinary: Owed | Unknown, additional: list[Owed]
) -> tuple[Liability, tuple[DutyStep, ...]]:
    base = _base(assessment, measure, valued, ordinary, additional)
    exact = ZERO if by_method.above_ceiling(measure, base) else _floor_duty(assessment.line, measure, base)
    cap = _cap(measure, base, ordinary)
    bites = isinstance(cap, Decimal) and cap < exact
    if isinstance(cap, Decimal):
        exact = min(exact, cap)
    taken_on, rate_text = told(measure)
    duty = Owed(measure, taken_on, _base_amount(base, taken_on), rate_text, exact, assessment.rounded(measure, exact))
    known_ordinary = ordinary if isinstance(ordinary, Unknown) else ordinary.amount
    additional_duty = _sum(additional)
    total = known_ordinary if isinstance(known_ordinary, Unknown) else known_ordinary + additional_duty + duty.amount
    exposed, taken = _rents(assessment, measure, base, duty.amount, ordinary, additional)
    line = assessment.line
    duties = [*([] if isinstance(ordinary, Unknown) else [ordinary]), *additional, duty]
    liability = Liability(
        line_id=line.line_id,
        form=assessment.form,
        currency=assessment.currency,
        customs_value=valued.value,
        floor_price=None if measure.floor is None else measure.per_kilogram(measure.floor) * base.rate,
        floor_value=None if measure.floor is None else assessment.to_coin(base.amount(measure, measure.floor)),
        ordinary_duty=known_ordinary,
        additional_duty=additional_duty,
        floor_duty=duty.amount,
        security=_security(assessment, measure, base, ordinary, additional),
        total_duty=total,
        landed_value=valued.value + valued.freight + base.counted + duty.amount,
        parity=None if measure.parity is None else measure.per_kilogram(measure.parity) * base.rate,
        credit=ZERO,
        cap=assessment.to_coin(cap) if isinstance(cap, Decimal) else cap,
        rent_exposed=exposed,
        rent_taken=taken,
        method=measure.method,
        measure_ids=tuple(dict.fromkeys(item.measure.measure_id for item in duties)),
        reason=_reason(measure, base, duty.amount, bites=bites),
    )
    return liability, tuple(_step(line.line_id, item, item is duty) for item in duties)


def _base(
    assessment: Assessment, measure: Measure, valued: Valued, ordinary: Owed | Unknown, additional: list[Owed]
) -> Base:
    counts = counted(measure)
    total = ZERO
    if "ordinary" in counts and not isinstance(ordinary, Unknown):
        total += ordinary.amount
    if "additional" in counts:
        total += _sum(additional)
    return Base(valued.value, valued.freight, total, assessment.mass_of(measure), assessment.rate_from(measure.currency))


def _floor_duty(line: Line, measure: Measure, base: Base) -> Decimal:
    match measure.method:
        case "top_up":
            return by_method.gap(measure, base)
        case "notified":
            return by_method.notified(measure, base)
        case "banded":
            return by_method.banded(measure, base)
        case "graduated":
            return by_method.graduated(measure, base)
        case _:
            return by_method.minimum_price(measure, base, direct=_direct(line))


def _direct(line: Line) -> bool:
    return line.direct_invoice is True and line.related_parties is not True


def _cap(measure: Measure, base: Base, ordinary: Owed | Unknown) -> Decimal | Unknown | None:
    if measure.cap == "none":
        return None
    if measure.bound_ad_valorem is None and measure.bound_specific is None:
        return Unknown(BOUND_RATE_UNKNOWN)
    if isinstance(ordinary, Unknown):
        return Unknown(ORDINARY_RATE_UNKNOWN)
    bound = base.value * (measure.bound_ad_valorem or ZERO) + base.amount(measure, measure.bound_specific or ZERO)
    return max(ZERO, bound - ordinary.amount)


def ad_valorem_text(measure: Measure) -> str:
    """The ad valorem rate in words."""
    return f"{plain((measure.ad_valorem or ZERO) * 100)} % of value"


def told(measure: Measure) -> tuple[str, str]:
    """What a duty is taken on, and its rate, in words: for the steps that explain it."""
    ad_valorem = ad_valorem_text(measure)
    match measure.method:
        case "ad_valorem" | "specific":
            parts = [ad_valorem] if measure.ad_valorem is not None else []
            parts += [_per_kilogram(measure, measure.specific)] if measure.specific is not None else []
            return "V", " + ".join(parts)
        case "notified" if measure.specific is not None:
            return "m", _per_kilogram(measure, measure.specific)
        case "notified":
            return "V", ad_valorem
        case "banded":
            return "V + F", f"entry-price bands up to {_per_kilogram(measure, measure.bands[0].at_least)}"
        case _:
            return "V + F + C", f"{measure.method} to {_per_kilogram(measure, measure.floor or ZERO)}"


def _base_amount(base: Base, name: str) -> Decimal:
    amounts = {
        "V": base.value,
        "m": base.mass_kg,
        "V + F": base.value + base.freight,
        "V + F + C": base.value + base.freight + base.counted,
    }
    return amounts[name]


def _reason(measure: Measure, base: Base, duty: Decimal, *, bites: bool) -> str:
    if bites:
        return "floor_duty_capped"
    if duty:
        return "floor_duty_owed"
    return "above_ceiling" if by_method.above_ceiling(measure, base) else "no_floor_duty_due"


def _security(
    assessment: Assessment, measure: Measure, base: Base, ordinary: Owed | Unknown, additional: list[Owed]
) -> Decimal:
    """What is owed at the standard value less what is owed at the declared value, each duty rounded first."""
    if measure.standard_value is None or measure.tolerance is None:
        return ZERO
    declared = base.value + base.freight
    if declared <= base.amount(measure, measure.standard_value * (1 + measure.tolerance)):
        return ZERO
    standard = assessment.to_coin(base.amount(measure, measure.standard_value))
    at_standard = Valued(standard - base.freight, base.freight)
    then = _ordinary(assessment, at_standard)
    others = [_plain_duty(assessment, duty.measure, at_standard) for duty in additional]
    moved = _base(assessment, measure, at_standard, then, others)
    exact = _floor_duty(assessment.line, measure, moved)
    now = assessment.rounded(measure, _floor_duty(assessment.line, measure, base))
    more = assessment.rounded(measure, exact) - now + _sum(others) - _sum(additional)
    if not isinstance(then, Unknown) and not isinstance(ordinary, Unknown):
        more += then.amount - ordinary.amount
    return max(ZERO, more)


def reciprocal(ad_valorem: Decimal) -> int:
    """1/(1+t) in units of 2^-RECIPROCAL_BITS, half even: the quotient that a schedule is compiled with."""
    return int((2**RECIPROCAL_BITS / (1 + ad_valorem)).to_integral_value(ROUND_HALF_EVEN))


def _rents(
    assessment: Assessment,
    measure: Measure,
    base: Base,
    duty: Decimal,
    ordinary: Owed | Unknown,
    additional: list[Owed],
) -> tuple[Decimal, Decimal | Unknown]:
    """Rent exposed and rent taken: the invoice at which no floor duty is left is (R·m − F − specific duties)/(1+t)."""
    nil_price = by_method.untaxed_price(measure)
    price = nil_price if nil_price is not None else measure.floor
    landed, exposed = base.value + base.freight, ZERO
    if price is not None:
        missing = base.amount(measure, price) - landed - base.counted
        invoice = _invoice_without_duty(assessment, measure, base, price, ordinary, additional)
        if missing <= 0:
            landed = invoice + base.freight
        if nil_price is not None and duty and not (measure.method == "minimum_price" and not _direct(assessment.line)):
            exposed = max(ZERO, assessment.to_coin(invoice - base.value))
    if measure.parity is None:
        return exposed, Unknown(PARITY_UNKNOWN)
    return exposed, max(ZERO, assessment.to_coin(landed - base.amount(measure, measure.parity)))


def _invoice_without_duty(
    assessment: Assessment,
    measure: Measure,
    base: Base,
    price: Decimal,
    ordinary: Owed | Unknown,
    additional: list[Owed],
) -> Decimal:
    counts = counted(measure)
    duties = [] if isinstance(ordinary, Unknown) or "ordinary" not in counts else [ordinary.measure]
    duties += [duty.measure for duty in additional] if "additional" in counts else []
    duties = [other for other in duties if other is not measure]
    ad_valorem = (measure.ad_valorem or ZERO) if measure.method == "banded" and "ordinary" in counts else ZERO
    specific = ZERO
    for other in duties:
        ad_valorem += other.ad_valorem or ZERO
        if other.specific is not None:
            amount = other.per_kilogram(other.specific) * assessment.mass_of(other)
            specific += amount * assessment.rate_from(other.currency)
    open_to_invoice = max(ZERO, base.amount(measure, price) - base.freight - specific)
    coins = int(assessment.to_coin(open_to_invoice) / assessment.coin)
    half = 2 ** (RECIPROCAL_BITS - 1)
    return ((coins * reciprocal(ad_valorem) + half) >> RECIPROCAL_BITS) * assessment.coin


def _step(line_id: str, duty: Owed, is_floor: bool) -> DutyStep:  # noqa: FBT001
    return DutyStep(
        line_id=line_id,
        measure_id=duty.measure.measure_id,
        role="floor" if is_floor else ("ordinary" if duty.measure.role == "floor" else duty.measure.role),
        base=duty.base,
        base_amount=duty.base_amount,
        rate=duty.rate,
        amount_before_rounding=duty.exact,
        amount=duty.amount,
        article=duty.measure.legal_basis,
    )


def _without_floor(
    assessment: Assessment, valued: Valued, ordinary: Owed | Unknown, additional: list[Owed]
) -> tuple[Liability, tuple[DutyStep, ...]]:
    known = ordinary if isinstance(ordinary, Unknown) else ordinary.amount
    additional_duty = _sum(additional)
    total = known if isinstance(known, Unknown) else known + additional_duty
    duties = [*([] if isinstance(ordinary, Unknown) else [ordinary]), *additional]
    reason = "member_origin" if assessment.applicable.member_origin else "no_floor_measure"
    liability = _bare(assessment, valued, known, additional_duty, total, duties, reason)
    return liability, tuple(_step(assessment.line.line_id, duty, False) for duty in duties)  # noqa: FBT003


def _without_duty(assessment: Assessment, valued: Valued) -> Liability:
    reason = f"entry_{assessment.line.entry_type}"
    return _bare(assessment, valued, ZERO, ZERO, ZERO, [], reason)


def _bare(
    assessment: Assessment,
    valued: Valued,
    ordinary: Decimal | Unknown,
    additional_duty: Decimal,
    total: Decimal | Unknown,
    duties: list[Owed],
    reason: str,
) -> Liability:
    return Liability(
        line_id=assessment.line.line_id,
        form=assessment.form,
        currency=assessment.currency,
        customs_value=valued.value,
        floor_price=None,
        floor_value=None,
        ordinary_duty=ordinary,
        additional_duty=additional_duty,
        floor_duty=ZERO,
        security=ZERO,
        total_duty=total,
        landed_value=valued.value + valued.freight,
        parity=None,
        credit=ZERO,
        cap=None,
        rent_exposed=ZERO,
        rent_taken=Unknown(PARITY_UNKNOWN),
        method=None,
        measure_ids=tuple(duty.measure.measure_id for duty in duties),
        reason=reason,
    )
