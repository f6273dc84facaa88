"""The law of `footwall.duties.law` as one SQL query over many lines. The same clauses, in the same order, exactly.

It reads two relations: typed lines (`footwall.duties.shape`) joined to their terms (`footwall.duties.terms`) and to the
day's rates. `law_query` writes the text for one lane. GREATEST, LEAST and COALESCE are not used: they make zeros of
unknowns.
"""

from dataclasses import dataclass

from footwall.duties.clauses import FACTOR_PLACES, Clauses, Scales, Stages
from footwall.duties.exact_sql import WIDE, ZERO, Exact, Lane
from footwall.duties.sql_rents import rents
from footwall.duties.terms import METHOD_NUMBERS, Terms

PRICE_PLACES_SHOWN = 6

LIABILITY_COLUMNS = (
    "line_id",
    "form",
    "currency",
    "customs_value",
    "floor_price",
    "floor_value",
    "ordinary_duty",
    "ordinary_duty_unknown",
    "additional_duty",
    "floor_duty",
    "security",
    "total_duty",
    "total_duty_unknown",
    "landed_value",
    "parity",
    "credit",
    "cap",
    "cap_unknown",
    "rent_exposed",
    "rent_taken",
    "rent_taken_unknown",
    "method",
    "measure_ids",
    "reason",
)
STEP_COLUMNS = (
    "line_id",
    "measure_id",
    "role",
    "base",
    "base_amount",
    "rate",
    "amount_before_rounding",
    "amount",
    "article",
)
STEP_PLACES = 12
"""Places that the steps show of what had more before its rounding."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """The named columns of a line that has been assessed."""

    value: Exact
    freight: Exact
    landed: Exact
    ordinary: Exact
    additional: Exact
    counts: Exact
    gap: Exact
    cap: Exact
    exact: Exact
    duty: Exact
    larger: Exact


def law_query(terms: Terms, scales: Scales, lane: Lane, source: str, where: str, *, wide: bool) -> str:
    """The query that assesses the rows of `source` for which `where` holds: `source_row` and one liability for each."""
    law = Clauses(lane, terms, scales, wide, Stages(source))
    assessed = _assess(law)
    security = _security(law, assessed) if wide else ZERO
    exposed, taken = rents(
        law, assessed.value, assessed.freight, counts=assessed.counts, landed=assessed.landed, duty=assessed.duty
    )
    return law.stages.text(_liability(law, assessed, security=security, exposed=exposed, taken=taken), where)


def steps_query(terms: Terms, scales: Scales, lane: Lane, source: str, where: str, *, wide: bool) -> str:
    """The query that explains the same rows: one row for each line and measure, ordered by record and then by stacking."""
    law = Clauses(lane, terms, scales, wide, Stages(source))
    assessed = _assess(law)
    slots = [("o", "ordinary"), *((f"a{slot}", "additional") for slot in range(terms.additional_slots)), ("f", "floor")]
    slots += [("e", "embedded")] if law.taxes_contents else []
    steps = [_steps_of(law, assessed, slot, role, number) for number, (slot, role) in enumerate(slots)]
    selected = [f"SELECT * FROM ({law.stages.text(step, where)}) WHERE measure_id IS NOT NULL" for step in steps]
    return " UNION ALL ".join(selected)


def _assess(law: Clauses) -> Assessed:
    lane = law.lane
    slots = ["o", "f", *(f"a{slot}" for slot in range(law.terms.additional_slots))]
    slots += ["e"] if law.taxes_contents else []
    law.stages.add(**{f"mass_{slot}": law.mass(slot) for slot in slots})
    value, freight = law.value_and_freight()
    landed = law.known("landed_before", lane.plus(value, freight))
    ordinary = law.ordinary("o", value, landed)
    additional = law.additional("a", value)
    law.known("r", law.amount("f_floor"))
    counts = law.counted("c", ordinary, additional)
    gap = law.gap("d", value, freight, counts)
    under = _under_ceiling(law, "d", law.floor_duty("d", value, freight, gap), landed)
    cap, exact = _capped(law, "d", under, value, ordinary)
    duty = law.known("floor_duty_due", law.rounded("f", exact))
    larger = duty
    if law.taxes_contents:
        _, embedded = law.embedded()
        due = law.known("e", law.rounded("e", embedded))
        law.stages.add(by_contents=Exact(f"(NOT {lane.at_least(duty, due)})", 0))
        larger = law.known("larger_due", lane.choose([("by_contents", due)], duty))
    return Assessed(value, freight, landed, ordinary, additional, counts, gap, cap, exact, duty, larger)


def _under_ceiling(law: Clauses, name: str, by_method: Exact, landed: Exact) -> Exact:
    """What the method asks for; nothing while suspended, nor from the ceiling on."""
    above = f"f_ceiling IS NOT NULL AND {law.lane.at_least(landed, law.edge('f_ceiling'))}"
    law.stages.add(**{f"{name}_above_ceiling": Exact(f"({above})", 0)})
    if "f" in law.terms.least:
        # Above the ceiling nothing is owed, so no minimum decides there.
        decides = f"({name}_least_decides AND NOT ({name}_above_ceiling IS TRUE))"
        law.stages.add(**{"f_least_owed" if name == "d" else f"{name}_least_owed": Exact(decides, 0)})
    none = f"{name}_above_ceiling OR f_suspended" if law.terms.suspends else f"{name}_above_ceiling"
    return law.known(f"{name}_under_ceiling", law.lane.choose([(none, ZERO)], by_method))


def _capped(law: Clauses, name: str, duty: Exact, value: Exact, ordinary: Exact) -> tuple[Exact, Exact]:
    """What the bound rate leaves for the floor duty, and the lesser of the two."""
    lane, cap_name, bites = law.lane, f"{name}_cap", f"{name}_cap_bites"
    if not law.terms.capped:
        law.stages.add(**{bites: Exact("FALSE", 0)})
        return law.known(cap_name, Exact(f"CAST(NULL AS DECIMAL(18,{law.coin_places}))", law.coin_places)), duty
    bound = lane.plus(law.share("f_bound_av", value), law.amount("f_bound_sp"))
    known = "f_cap = 'known'"
    room = law.known(f"{name}_room", lane.choose([(known, lane.minus(bound, ordinary))], None))
    cap = law.known(cap_name, lane.choose([(known, lane.positive(room))], None))
    law.stages.add(**{bites: Exact(f"(f_caps AND {cap_name} IS NOT NULL AND NOT {lane.at_least(cap, duty)})", 0)})
    return cap, law.known(f"{name}_exact", lane.choose([(bites, cap)], duty))


def _security(law: Clauses, assessed: Assessed) -> Exact:
    """What is owed at the standard value less what is owed at the declared value, each duty capped and rounded first."""
    lane, freight = law.lane, assessed.freight
    trigger = law.known("s_trigger", law.edge("f_trigger"))
    standard = law.known("s_standard", law.to_coin(law.known("s_standard_exact", law.amount("f_standard"))))
    value = law.known("s_value", lane.positive(law.known("s_open", lane.minus(standard, freight))))
    landed = law.known("s_landed", lane.plus(value, freight))
    then = law.ordinary("so", value, landed)
    others = law.additional("sa", value)
    by_method = law.floor_duty("sd", value, freight, law.gap("sd", value, freight, law.counted("sc", then, others)))
    under = _under_ceiling(law, "sd", by_method, landed)
    at_standard = _capped(law, "sd", under, value, then)[1]
    then_due = law.known("sd_rounded", law.rounded("f", at_standard))
    if law.taxes_contents:
        then_due = law.known("sd_larger", lane.greater(then_due, Exact("e", law.coin_places)))
    more = lane.minus(then_due, assessed.larger)
    more = lane.minus(lane.plus(more, others), assessed.additional)
    more = lane.choose([("o_known", lane.minus(lane.plus(more, then), assessed.ordinary))], more)
    applies = f"f_standard IS NOT NULL AND NOT {lane.at_least(trigger, assessed.landed)}"
    return law.known("security_due", lane.choose([(applies, lane.positive(law.known("s_more", more)))], ZERO))


def _liability(law: Clauses, assessed: Assessed, *, security: Exact, exposed: Exact, taken: Exact) -> dict[str, str]:
    lane, places = law.lane, law.coin_places

    def money(value: Exact) -> str:
        return f"CAST({value.sql} AS DECIMAL(18,{places}))"

    def price(name: str) -> str:
        unit = WIDE.times(WIDE.column(name, law.scales.price), law.rate_of("f"))
        return f"CAST({unit.sql} AS DECIMAL(18,{PRICE_PLACES_SHOWN}))"

    # Before any rounding; unknown, and so not so, where no floor is stated.
    below = f"NOT {lane.at_least(assessed.exact, assessed.gap)}"
    unknown = "(CASE WHEN NOT o_known THEN 'ordinary_rate_unknown' END)"
    reasons = [
        ("reason IS NOT NULL", "reason"),
        *([("by_contents", "'embedded_duty_owed'")] if law.taxes_contents else []),
        *([("f_suspended", "'suspended'")] if law.terms.suspends else []),
        ("d_cap_bites", "'floor_duty_capped'"),
        (f"{below} AND f_counts_ordinary AND NOT o_known", "'below_floor_before_ordinary'"),
        (below, "method || '_below_floor'"),
        *([(f"{assessed.duty.sql} <> 0 AND f_equalises", "'equalisation_levy'")] if law.terms.equalises else []),
        *([(f"{assessed.duty.sql} <> 0 AND f_least_owed", "'floor_minimum_owed'")] if "f" in law.terms.least else []),
        (f"{assessed.duty.sql} <> 0", "'floor_duty_owed'"),
        *([("d_above_ceiling AND f_kept IS NOT NULL AND o_known", "'ordinary_duty_rebated'")] if law.rebates else []),
        ("d_above_ceiling", "'above_ceiling'"),
    ]
    reason = " ".join(f"WHEN {condition} THEN {words}" for condition, words in reasons)
    return {
        "source_row": "source_row",
        "line_id": "line_id",
        "form": "form",
        "currency": f"'{law.terms.currency}'",
        "customs_value": money(assessed.value),
        "floor_price": price("f_floor"),
        "floor_value": money(law.to_coin(Exact("r", law.r_scale))),
        "ordinary_duty": money(assessed.ordinary),
        "ordinary_duty_unknown": unknown,
        "additional_duty": money(assessed.additional),
        "floor_duty": money(assessed.larger),
        "security": money(security),
        "total_duty": money(lane.plus(assessed.ordinary, assessed.additional, assessed.larger)),
        "total_duty_unknown": unknown,
        "landed_value": money(lane.plus(assessed.landed, assessed.counts, assessed.larger)),
        "parity": price("f_parity"),
        "credit": money(ZERO),
        "cap": money(law.to_coin(assessed.cap)),
        "cap_unknown": "(CASE WHEN f_cap IN ('bound_rate_unknown', 'ordinary_rate_unknown') THEN f_cap END)",
        "rent_exposed": money(exposed),
        "rent_taken": money(taken),
        "rent_taken_unknown": "(CASE WHEN f_parity IS NULL THEN 'parity_unknown' END)",
        "method": "(CASE WHEN by_contents THEN 'embedded' ELSE method END)" if law.taxes_contents else "method",
        "measure_ids": "measure_ids",
        "reason": f"(CASE {reason} ELSE 'no_floor_duty_due' END)",
    }


def _steps_of(law: Clauses, assessed: Assessed, slot: str, role: str, number: int) -> dict[str, str]:
    exact, rounded = f"{slot}_exact", slot
    if slot == "f":
        exact, rounded = assessed.exact.sql, assessed.duty.sql
    if slot in {"f", "e"} and law.taxes_contents:
        rounded = f"(CASE WHEN {'NOT ' if slot == 'f' else ''}by_contents THEN {rounded} ELSE 0 END)"

    def shown(sql: str) -> str:
        return f"CAST({sql} AS DECIMAL(38,{STEP_PLACES}))"

    mass = WIDE.times(Exact(f"mass_{slot}", law.mass_scale), WIDE.column(f"{slot}_factor", FACTOR_PLACES))
    bases = {"m": mass.sql, "V + F": "landed_before", "V + F + C": "landed_before + c"}
    bases |= {"contents": "e_mass"} if law.taxes_contents else {}
    told_base, told_text = _told(law, slot, "base"), _told(law, slot, "text")
    base = " ".join(f"WHEN {told_base} = '{name}' THEN {shown(sql)}" for name, sql in bases.items())
    return {
        "source_row": "source_row",
        "step": str(number),
        "line_id": "line_id",
        "measure_id": f"{slot}_id",
        "role": f"'{role}'",
        "base": told_base,
        "base_amount": f"(CASE {base} ELSE {shown(assessed.value.sql)} END)",
        "rate": told_text,
        "amount_before_rounding": shown(exact),
        "amount": f"CAST({rounded} AS DECIMAL(18,{law.coin_places}))",
        "article": f"{slot}_article",
    }


def _told(law: Clauses, slot: str, what: str) -> str:
    """What is told of a duty: of its maximum or its minimum where that is owed, of an indirect invoice, else of its own rate."""
    cases = [f"WHEN {slot}_most_owed THEN {slot}_most_{what}"] if slot in law.terms.most else []
    cases += [f"WHEN {slot}_least_owed THEN {slot}_least_{what}"] if slot in law.terms.least else []
    number = METHOD_NUMBERS["minimum_price"]
    if slot == "f" and number in law.terms.methods:
        cases.append(f"WHEN f_method = {number} AND NOT {law.direct()} THEN f_otherwise_{what}")
    told = f"(CASE {' '.join(cases)} ELSE {slot}_{what} END)" if cases else f"{slot}_{what}"
    if slot == "o" and what == "text" and law.rebates:
        return f"({told} || CASE WHEN o_rebated THEN f_rebate_text ELSE '' END)"
    return told
