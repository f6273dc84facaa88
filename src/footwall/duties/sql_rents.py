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
    if law.taxes_contents:
        exposable += " AND (e <> 0) IS NOT TRUE"
    number = METHOD_NUMBERS["minimum_price"]
    if number in law.terms.methods:
        exposable += f" AND NOT (f_method = {number} AND NOT {law.direct()})"
    beyond = f"(f_parity IS NOT NULL AND {missing.sql} <= 0)"
    law.stages.add(exposed=Exact(f"({exposable})", 0), beyond=Exact(beyond, 0))
    invoice = law.known("invoice", _between_limits(law, lane.minus(whole, freight)))
    gained = law.known("rent_gained", lane.minus(invoice, value))
    parity = law.known("parity_whole", law.amount("f_parity"))
    escaped = law.known("escaped", lane.plus(invoice, freight))
    reached = lane.choose([(f"beyond AND {lane.at_least(landed, escaped)}", escaped)], landed)
    above = law.known("above_parity", law.to_coin(law.known("above_parity_exact", lane.minus(reached, parity))))
    return lane.choose([("exposed", lane.positive(gained))], ZERO), lane.positive(above)


def _between_limits(law: Clauses, room: Exact) -> Exact:
    """The least of what a duty's own rate and its minimum ask, and no less than what its maximum asks."""
    invoice = law.known("invoice_own", _invoice(law, room, ""))
    if not law.terms.rents_limited:
        return invoice
    least, most = (law.known(f"invoice_{limit}", _invoice(law, room, f"_{limit}")) for limit in ("least", "most"))
    lesser = f"f_rent_least AND NOT {law.lane.at_least(least, invoice)}"
    invoice = law.known("invoice_under", law.lane.choose([(lesser, least)], invoice))
    greater = f"f_rent_most AND NOT {law.lane.at_least(invoice, most)}"
    return law.lane.choose([(greater, most)], invoice)


def _invoice(law: Clauses, room: Exact, limit: str) -> Exact:
    """The invoice that leaves no room beside the duties that count, by their own rates or by those of one kind of limit."""
    specific = law.known(f"rent_specific{limit}", _counted_specific(law, limit))
    room = law.known(f"rent_open{limit}", law.lane.minus(room, specific))
    coins = law.known(f"rent_open_coins{limit}", law.to_coin(law.lane.positive(room)))
    return _without_tax(law, coins, f"f_reciprocal{limit}", needed="exposed OR beyond")


def _without_tax(law: Clauses, coins: Exact, reciprocal: str, needed: str) -> Exact:
    """`coins`/(1+t): a product with the compiled reciprocal in whole coins, rounded by a shift of its bits."""
    places = law.coin_places
    count = f"CAST(CAST({coins.sql} AS DECIMAL({law.lane.digits - 1},{places})) * {10**places} AS HUGEINT)"
    half = 2 ** (RECIPROCAL_BITS - 1)
    whole = f"(({count} * CAST({reciprocal} AS HUGEINT) + CAST({half} AS HUGEINT)) >> {RECIPROCAL_BITS})"
    coin = Exact(f"CAST({whole} AS DECIMAL({law.lane.digits - places},0))", 0)
    return Exact(f"(CASE WHEN {needed} THEN {law.lane.times(coin, literal(law.terms.coin)).sql} END)", places)


def _counted_specific(law: Clauses, limit: str) -> Exact:
    lane = law.lane
    total = lane.choose([("f_counts_ordinary AND o_known", _specific(law, "o", limit))], ZERO)
    for slot in range(law.terms.additional_slots):
        total = lane.plus(total, lane.choose([("f_counts_additional", _specific(law, f"a{slot}", limit))], ZERO))
    return total


def _specific(law: Clauses, slot: str, limit: str) -> Exact:
    """What a duty takes by mass; by its limit where it has one of that kind and is asked for it."""
    own = law.amount(f"{slot}_sp", slot)
    limited = {"_least": law.terms.least, "_most": law.terms.most}.get(limit, set())
    if slot not in limited:
        return own
    return law.lane.choose([(f"{slot}_has{limit}", law.amount(f"{slot}{limit}_sp", slot))], own)
