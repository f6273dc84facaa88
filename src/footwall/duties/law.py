"""What one line owes, in decimals that never round but where a rule says so.

This is the law as one reads it; `footwall.duties.sql` is the same law for files, and a property holds the two equal to
the cent on every line. Order: value → ordinary → additional → floor duty → cap → one rounding each → security → rents →
what is embedded, where that is more → credits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from footwall.duties import method as by_method
from footwall.duties.credits import Credit, drawn
from footwall.duties.method import ZERO, Base
from footwall.duties.owed import (
    Assessment,
    Duties,
    Owed,
    Valued,
    counted,
    duties_at,
    embedded_duty,
    told,
    value_line,
)
from footwall.duties.records import (
    BOUND_RATE_UNKNOWN,
    DUTIABLE_ENTRIES,
    ORDINARY_RATE_UNKNOWN,
    PARITY_UNKNOWN,
    DutyStep,
    Liability,
    Line,
    is_direct,
)
from footwall.duties.rents import rents
from footwall.quantity import Unknown, exact_arithmetic
from footwall.tariffs import Applicable, Measure


def owe(assessment: Assessment) -> tuple[Liability, tuple[DutyStep, ...]]:
    """What the line owes, with one step for each duty. Every check of the line has been made before."""
    with exact_arithmetic():
        valued = value_line(assessment)
        if assessment.line.entry_type not in DUTIABLE_ENTRIES:
            none = Duties(valued, Unknown(ORDINARY_RATE_UNKNOWN), ())
            reason = f"entry_{assessment.line.entry_type}"
            return replace(_before_floor(assessment, none, reason), ordinary_duty=ZERO, total_duty=ZERO), ()
        duties, applicable = duties_at(assessment, valued), assessment.applicable
        embedded = None if applicable.embedded is None else embedded_duty(assessment, applicable.embedded)
        if applicable.floor is None:
            liability = _before_floor(assessment, duties, without_floor(applicable))
            steps = [_step(assessment, duty) for duty in duties.known]
        else:
            inside = ZERO if embedded is None else embedded.amount
            liability, steps = _with_floor(assessment, applicable.floor, duties, inside)
        if embedded is not None:
            liability, steps = _with_embedded(assessment, embedded, liability, steps)
        return _credited(assessment, liability, steps)


def without_floor(applicable: Applicable) -> str:
    """Why a line meets no floor measure, nor one on what it contains."""
    if applicable.member_origin:
        return "member_origin"
    return "in_transit" if applicable.in_transit else "no_floor_measure"


def _before_floor(assessment: Assessment, duties: Duties, reason: str) -> Liability:
    """The liability of a line that meets no floor measure."""
    ordinary = duties.ordinary_duty
    valued = duties.valued
    return Liability(
        line_id=assessment.line.line_id,
        form=assessment.form,
        currency=assessment.currency,
        customs_value=valued.value,
        floor_price=None,
        floor_value=None,
        ordinary_duty=ordinary,
        additional_duty=duties.additional_duty,
        floor_duty=ZERO,
        security=ZERO,
        total_duty=ordinary if isinstance(ordinary, Unknown) else ordinary + duties.additional_duty,
        landed_value=valued.value + valued.freight,
        parity=None,
        credit=ZERO,
        cap=None,
        rent_exposed=ZERO,
        rent_taken=Unknown(PARITY_UNKNOWN),
        method=None,
        measure_ids=tuple(duty.measure.measure_id for duty in duties.known),
        reason=reason,
    )


def _with_embedded(
    assessment: Assessment, embedded: Owed, liability: Liability, steps: list[DutyStep]
) -> tuple[Liability, list[DutyStep]]:
    """The larger of the form's own floor duty and what is embedded is owed; the step of the other one shows an amount of 0."""
    more = embedded.amount - liability.floor_duty
    step = _step(assessment, embedded)
    liability = replace(liability, measure_ids=(*liability.measure_ids, embedded.measure.measure_id))
    if more <= 0:
        reason = "no_floor_duty_due" if assessment.applicable.floor is None else liability.reason
        return replace(liability, reason=reason), [*steps, replace(step, amount=ZERO)]
    total = liability.total_duty
    owed = replace(
        liability,
        floor_duty=embedded.amount,
        total_duty=total if isinstance(total, Unknown) else total + more,
        landed_value=liability.landed_value + more,
        method=embedded.measure.method,
        reason="embedded_duty_owed",
    )
    return owed, [*(replace(one, amount=ZERO) if one.role == "floor" else one for one in steps), step]


def _credited(
    assessment: Assessment, liability: Liability, steps: list[DutyStep]
) -> tuple[Liability, tuple[DutyStep, ...]]:
    """Less the credits that the line draws on, never more than its floor duty."""
    gross = liability.floor_duty
    credit = min(gross, sum((one.amount for one in assessment.credits), ZERO))
    if not credit:
        return liability, tuple(steps)
    total = liability.total_duty
    owed = replace(
        liability,
        credit=credit,
        floor_duty=gross - credit,
        total_duty=total if isinstance(total, Unknown) else total - credit,
        landed_value=liability.landed_value - credit,
        reason="floor_duty_credited" if credit == gross else liability.reason,
    )
    of_duty = next(step for step in steps if step.role in {"floor", "embedded"} and step.amount)
    return owed, (*steps, *_credit_steps(of_duty, drawn(assessment.credits, credit)))


def _with_floor(
    assessment: Assessment, measure: Measure, duties: Duties, embedded: Decimal
) -> tuple[Liability, list[DutyStep]]:
    base = duties.base(assessment, measure)
    uncapped, cap = _by_method(assessment.line, measure, base), _cap(measure, base, duties)
    at_least = uncapped > _own(assessment.line, measure, base)
    exact = _held(measure, uncapped, cap)
    amount = assessment.rounded(measure, exact)
    before = _before_floor(assessment, duties, "")
    exposed, taken = rents(assessment, measure, base, duties, amount)
    liability = replace(
        before,
        floor_price=None if measure.floor is None else measure.per_kilogram(measure.floor) * base.rate,
        floor_value=None if measure.floor is None else assessment.to_coin(base.amount(measure, measure.floor)),
        floor_duty=amount,
        security=_security(assessment, measure, base, duties, owed=max(amount, embedded), embedded=embedded),
        total_duty=before.total_duty if isinstance(before.total_duty, Unknown) else before.total_duty + amount,
        landed_value=before.landed_value + base.counted + amount,
        parity=None if measure.parity is None else measure.per_kilogram(measure.parity) * base.rate,
        cap=assessment.to_coin(cap) if isinstance(cap, Decimal) else cap,
        # Where something is owed for what the goods contain, no invoice is without floor duty.
        rent_exposed=ZERO if embedded else exposed,
        rent_taken=taken,
        method=measure.method,
        measure_ids=tuple(dict.fromkeys([*before.measure_ids, measure.measure_id])),
        reason=_reason(
            measure,
            base,
            amount,
            capped=exact < uncapped,
            below=exact < by_method.gap(measure, base),
            before_ordinary=isinstance(duties.ordinary, Unknown) and "ordinary" in counted(measure),
            at_least=at_least,
            rebated=measure.rebate_share is not None and not isinstance(duties.ordinary, Unknown),
        ),
    )
    indirect = measure.method == "minimum_price" and not is_direct(assessment.line)
    taken_on, rate = told(measure, "least" if at_least else "otherwise" if indirect else "")
    floor_duty = Owed(measure, taken_on, _amount_of(base, taken_on), rate, exact, amount)
    return liability, [_step(assessment, duty, is_floor=duty is floor_duty) for duty in (*duties.known, floor_duty)]


def _credit_steps(floor_duty: DutyStep, borne: Iterable[tuple[Credit, Decimal]]) -> Iterator[DutyStep]:
    """What each credit takes off the floor duty."""
    for credit, amount in borne:
        yield replace(
            floor_duty,
            role="credit",
            base="floor duty",
            base_amount=floor_duty.amount,
            rate=f"credit {credit.credit_ref} for import line {credit.import_line}",
            amount_before_rounding=-amount,
            amount=-amount,
        )


def _by_method(line: Line, measure: Measure, base: Base) -> Decimal:
    """What the measure asks for, before cap and rounding: nothing while suspended, nor from its ceiling on."""
    if measure.suspended or by_method.above_ceiling(measure, base):
        return ZERO
    return max(_own(line, measure, base), by_method.least(measure, base))


def _own(line: Line, measure: Measure, base: Base) -> Decimal:
    """What the measure's method alone asks for, without its minimum; nothing from the ceiling on."""
    if by_method.above_ceiling(measure, base):
        return ZERO
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
            return by_method.minimum_price(measure, base, direct=is_direct(line))


def _held(measure: Measure, duty: Decimal, cap: Decimal | Unknown | None) -> Decimal:
    """The duty, held to its cap: where it has one, and what the bound rate leaves is known."""
    return min(duty, cap) if measure.cap != "none" and isinstance(cap, Decimal) else duty


def _cap(measure: Measure, base: Base, duties: Duties) -> Decimal | Unknown | None:
    """What the bound rate leaves for a floor duty beside the ordinary one, told also where it does not cap.

    A bound rate we do not have is unknown.
    """
    if measure.bound_ad_valorem is None and measure.bound_specific is None:
        return None if measure.cap == "none" else Unknown(BOUND_RATE_UNKNOWN)
    ordinary = duties.ordinary_duty
    if isinstance(ordinary, Unknown):
        return ordinary
    bound = base.value * (measure.bound_ad_valorem or ZERO) + base.amount(measure, measure.bound_specific or ZERO)
    return max(ZERO, bound - ordinary)


def _security(
    assessment: Assessment, measure: Measure, base: Base, duties: Duties, *, owed: Decimal, embedded: Decimal
) -> Decimal:
    """What is owed at the standard value less what is owed at the declared value, each duty capped and rounded first.

    The standard value is a landed one, as the floor is: less the goods' own freight it is the value that rates are of.
    """
    if measure.standard_value is None or measure.tolerance is None or measure.suspended:
        return ZERO
    declared = base.value + base.freight
    if declared <= base.edge(measure, measure.standard_value * (1 + measure.tolerance)):
        return ZERO
    standard = assessment.to_coin(base.amount(measure, measure.standard_value))
    then = duties_at(assessment, Valued(max(ZERO, standard - base.freight), base.freight))
    moved = then.base(assessment, measure)
    exact, cap = _by_method(assessment.line, measure, moved), _cap(measure, moved, then)
    exact = _held(measure, exact, cap)
    more = max(assessment.rounded(measure, exact), embedded) - owed + then.additional_duty - duties.additional_duty
    if not isinstance(then.ordinary_duty, Unknown) and not isinstance(duties.ordinary_duty, Unknown):
        more += then.ordinary_duty - duties.ordinary_duty
    return max(ZERO, more)


def _reason(
    measure: Measure,
    base: Base,
    duty: Decimal,
    *,
    capped: bool,
    below: bool,
    before_ordinary: bool,
    at_least: bool,
    rebated: bool,
) -> str:
    """`below`: before any rounding the duty is less than what is missing to the floor, so the method lets it be.

    `at_least`: the minimum component decides. `rebated`: from the ceiling on, the ordinary duty is less by rule.
    """
    if measure.suspended:
        return "suspended"
    if capped:
        return "floor_duty_capped"
    if below and before_ordinary:
        return "below_floor_before_ordinary"
    if below:
        return f"{measure.method}_below_floor"
    if duty and measure.equalisation:
        return "equalisation_levy"
    if duty:
        return "floor_minimum_owed" if at_least else "floor_duty_owed"
    if by_method.above_ceiling(measure, base):
        return "ordinary_duty_rebated" if rebated else "above_ceiling"
    return "no_floor_duty_due"


def _amount_of(base: Base, name: str) -> Decimal:
    amounts = {
        "V": base.value,
        "m": base.mass_kg,
        "V + F": base.value + base.freight,
        "V + F + C": base.value + base.freight + base.counted,
    }
    return amounts[name]


def _step(assessment: Assessment, duty: Owed, *, is_floor: bool = False) -> DutyStep:
    role = "floor" if is_floor else ("ordinary" if duty.measure.role == "floor" else duty.measure.role)
    return DutyStep(
        line_id=assessment.line.line_id,
        measure_id=duty.measure.measure_id,
        role=role,
        base=duty.base,
        base_amount=duty.base_amount,
        rate=duty.rate,
        amount_before_rounding=duty.exact,
        amount=duty.amount,
        article=duty.measure.legal_basis,
    )
