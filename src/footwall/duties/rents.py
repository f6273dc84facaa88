"""Rents: what an exporter gains, or could gain, by what he writes on the invoice. Told beside the revenue, never in it."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from footwall.duties.method import ZERO, Base, untaxed_price
from footwall.duties.owed import (
    Assessment,
    Duties,
    amount_by_mass,
    counted,
    exact_duty,
    is_ordinary_itself,
    limited_among,
)
from footwall.duties.records import PARITY_UNKNOWN, is_direct
from footwall.quantity import Unknown
from footwall.tariffs import Measure, Rate

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
    """The invoice at which value, freight and the duties that count reach the price.

    A duty between limits rises with the invoice, and so does what is reached by each of its rates alone. So where one
    duty has limits, the invoice is the least of those that its own rate and its minimum ask, and no less than that
    of its maximum. Where several have, it is searched for, coin by coin.
    """
    room = base.amount(measure, price) - base.freight
    counting = [duty.measure for duty in duties.counting(measure) if duty.measure is not measure]
    limited = limited_among(counting)
    itself = measure.ad_valorem if is_ordinary_itself(measure) and "ordinary" in counted(measure) else None
    rates = [(other, Rate(other.ad_valorem, other.specific)) for other in counting if other not in limited[:1]]
    if len(limited) > 1:
        return _searched(assessment, counting, itself or ZERO, room)

    def reached_by(limit: Rate | None) -> Decimal:
        stated = [*rates, *((one, limit) for one in limited if limit is not None)]
        ad_valorem = sum((rate.ad_valorem or ZERO for _, rate in stated), itself or ZERO)
        specific = sum((amount_by_mass(assessment, rate, other) for other, rate in stated), ZERO)
        return _without_tax(assessment, room - specific, ad_valorem)

    if not limited:
        return reached_by(None)
    (one,) = limited
    invoice = reached_by(Rate(one.ad_valorem, one.specific))
    if one.least is not None:
        invoice = min(invoice, reached_by(one.least))
    return invoice if one.most is None else max(invoice, reached_by(one.most))


def _without_tax(assessment: Assessment, room: Decimal, ad_valorem: Decimal) -> Decimal:
    """[room]⁺ / (1 + ad valorem), in whole coins."""
    coins = int(assessment.to_coin(max(ZERO, room)) / assessment.coin)
    half: int = 2 ** (RECIPROCAL_BITS - 1)
    return ((coins * reciprocal(ad_valorem) + half) >> RECIPROCAL_BITS) * assessment.coin


def _searched(assessment: Assessment, counting: Iterable[Measure], itself: Decimal, room: Decimal) -> Decimal:
    """The first invoice in whole coins that leaves no room beside its duties: they never fall as it rises."""
    least, most = 0, int(assessment.to_coin(max(ZERO, room)) / assessment.coin) + 1
    while least < most:
        coins = (least + most) // 2
        invoice = coins * assessment.coin
        duty = sum((exact_duty(assessment, other, invoice)[0] for other in counting), itself * invoice)
        if invoice + duty >= room:
            most = coins
        else:
            least = coins + 1
    return least * assessment.coin
