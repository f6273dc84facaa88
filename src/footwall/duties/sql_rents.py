"""The rents of `footwall.duties.rents` in SQL: the same invoice without duty, by the same shift."""

from footwall.duties.clauses import Clauses
from footwall.duties.exact_sql import ZERO, Exact, literal
from footwall.duties.rents import RECIPROCAL_BITS
from footwall.duties.terms import METHOD_NUMBERS


def rents(
    law: Clauses, value: Exact, freight: Exact, *, counts: Exact, landed: Exact, duty: Exact
) -> tuple[Exact, Exact]:
    """(rent exposed, rent taken), in whole coins; the invoice without duty is computed only where one of them needs it."""
    lane = law.lane
    whole = law.known("rent_whole", law.amount("f_rent_price"))
    missing = law.known("rent_missing", lane.minus(whole, value, freight, counts))
    exposable = f"f_exposable AND {duty.sql} <> 0"
    number = METHOD_NUMBERS["minimum_price"]
    if number in law.terms.methods:
        exposable += f" AND NOT (f_method = {number} AND NOT {law.direct()})"
    beyond = f"(f_parity IS NOT NULL AND {missing.sql} <= 0)"
    law.stages.add(exposed=Exact(f"({exposable})", 0), beyond=Exact(beyond, 0))
    open_exact = law.known("rent_open", lane.minus(whole, freight, law.known("rent_specific", _counted_specific(law))))
    open_coins = law.known("rent_open_coins", law.to_coin(lane.positive(open_exact)))
    invoice = law.known("invoice", _without_tax(law, open_coins, needed="exposed OR beyond"))
    gained = law.known("rent_gained", lane.minus(invoice, value))
    parity = law.known("parity_whole", law.amount("f_parity"))
    escaped = law.known("escaped", lane.plus(invoice, freight))
    reached = lane.choose([(f"beyond AND {lane.at_least(landed, escaped)}", escaped)], landed)
    above = law.known("above_parity", law.to_coin(law.known("above_parity_exact", lane.minus(reached, parity))))
    return lane.choose([("exposed", lane.positive(gained))], ZERO), lane.positive(above)


def _without_tax(law: Clauses, coins: Exact, needed: str) -> Exact:
    """`coins`/(1+t): a product with the compiled reciprocal in whole coins, rounded by a shift of its bits."""
    places = law.coin_places
    count = f"CAST(CAST({coins.sql} AS DECIMAL({law.lane.digits - 1},{places})) * {10**places} AS HUGEINT)"
    half = 2 ** (RECIPROCAL_BITS - 1)
    whole = f"(({count} * CAST(f_reciprocal AS HUGEINT) + CAST({half} AS HUGEINT)) >> {RECIPROCAL_BITS})"
    coin = Exact(f"CAST({whole} AS DECIMAL({law.lane.digits - places},0))", 0)
    return Exact(f"(CASE WHEN {needed} THEN {law.lane.times(coin, literal(law.terms.coin)).sql} END)", places)


def _counted_specific(law: Clauses) -> Exact:
    lane = law.lane
    total = lane.choose([("f_counts_ordinary AND o_known", law.amount("o_sp", "o"))], ZERO)
    for slot in range(law.terms.additional_slots):
        total = lane.plus(total, lane.choose([("f_counts_additional", law.amount(f"a{slot}_sp", f"a{slot}"))], ZERO))
    return total
