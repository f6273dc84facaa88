"""Rents: what an exporter gains, or could gain, by what he writes on the invoice. Told beside the revenue, never in it."""

from decimal import ROUND_HALF_EVEN, Decimal

from footwall.duties.method import ZERO, Base, untaxed_price
from footwall.duties.owed import Assessment, Duties, counted, is_ordinary_itself
from footwall.duties.records import PARITY_UNKNOWN, is_direct
from footwall.quantity import Unknown
from footwall.tariffs import Measure

RECIPROCAL_BITS = 60
"""Bits of 1/(1+t), the one quotient behind the rents: taken once per measure, so that no line divides, only shifts."""


def reciprocal(ad_valorem: Decimal) -> int:
    """1/(1+t) in units of 2^-RECIPROCAL_BITS, half even: the quotient that a schedule is compiled with."""
    return int((2**RECIPROCAL_BITS / (1 + ad_valorem)).to_integral_value(ROUND_HALF_EVEN))


def rents(
    assessment: Assessment, measure: Measure, base: Base, duties: Duties, duty: Decimal
) -> tuple[Decimal, Decimal | Unknown]:
    """(rent exposed, rent taken), in whole coins.

    Exposed: the invoice at which no floor duty is left, less the declared value, where the line owes floor duty and an
    invoice can end it. Taken: what the landed price stands above parity, up to that invoice; unknown without parity.
    """
    nil_price = untaxed_price(measure)
    price = nil_price if nil_price is not None else measure.floor
    landed, exposed = base.value + base.freight, ZERO
    if price is not None:
        missing = base.amount(measure, price) - landed - base.counted
        invoice = _invoice_without_duty(assessment, measure, base, duties, price)
        if missing <= 0:
            landed = min(landed, invoice + base.freight)
        indirect = measure.method == "minimum_price" and not is_direct(assessment.line)
        if nil_price is not None and duty and not indirect:
            exposed = max(ZERO, assessment.to_coin(invoice - base.value))
    if measure.parity is None:
        return exposed, Unknown(PARITY_UNKNOWN)
    return exposed, max(ZERO, assessment.to_coin(landed - base.amount(measure, measure.parity)))


def _invoice_without_duty(
    assessment: Assessment, measure: Measure, base: Base, duties: Duties, price: Decimal
) -> Decimal:
    """[R·m − F − specific duties that count]⁺ / (1 + ad valorem rates that count)."""
    others = [duty.measure for duty in duties.counting(measure) if duty.measure is not measure]
    ad_valorem = sum((other.ad_valorem or ZERO for other in others), ZERO)
    if is_ordinary_itself(measure) and "ordinary" in counted(measure):
        ad_valorem += measure.ad_valorem or ZERO
    specific = ZERO
    for other in others:
        amount = other.per_kilogram(other.specific or ZERO) * assessment.mass_of(other)
        specific += amount * assessment.rate_from(other.currency)
    open_to_invoice = max(ZERO, base.amount(measure, price) - base.freight - specific)
    coins = int(assessment.to_coin(open_to_invoice) / assessment.coin)
    half: int = 2 ** (RECIPROCAL_BITS - 1)
    return ((coins * reciprocal(ad_valorem) + half) >> RECIPROCAL_BITS) * assessment.coin
