"""The law of `footwall.duties.law` as one SQL query over many lines. The same clauses, in the same order, exactly.

It reads two relations: typed lines (`footwall.duties.shape`) joined to their terms (`footwall.duties.terms`) and to the
day's rates. `law_query` writes the text for one lane. GREATEST, LEAST and COALESCE are not used: they make zeros of
unknowns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from footwall.duties.exact_sql import ONE, WIDE, ZERO, Exact, Lane, literal, rounded_by
from footwall.duties.law import RECIPROCAL_BITS
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


@dataclass(frozen=True, slots=True)
class Scales:
    """Decimal places of what the query reads: the lines' columns and the terms' numbers."""

    value: int
    mass: int
    content: int
    line_rate: int
    measure_rate: int
    rate: int
    price: int
    slice_rate: int
    has_freight: bool
    has_basis: bool
    has_invoice: bool
    converts: bool


@dataclass(slots=True)
class _Stages:
    """Named columns in stages, each of which may use the names of the stages before it."""

    source: str
    stages: list[dict[str, str]] = field(default_factory=list)

    def add(self, **columns: Exact) -> None:
        self.stages.append({name: column.sql for name, column in columns.items()})

    def text(self, selected: Mapping[str, str], where: str) -> str:
        query = f"SELECT * FROM {self.source} WHERE {where}"
        for columns in self.stages:
            named = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
            query = f"SELECT *, {named} FROM ({query})"
        return f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in selected.items())} FROM ({query})"


@dataclass(slots=True)
class _Law:
    """The clauses, each an expression over columns named so far."""

    lane: Lane
    terms: Terms
    scales: Scales
    wide: bool
    stages: _Stages
    scale_by_method: int = 0
    scale_of_cap: int = 0

    @property
    def coin_places(self) -> int:
        return max(0, -int(self.terms.coin.as_tuple().exponent))

    @property
    def name_of_value(self) -> str:
        return "base_v" if self.scales.has_freight else "v"

    def to_coin(self, value: Exact) -> Exact:
        return self.lane.rounded(value, self.terms.coin, "half_up")

    def known(self, name: str, value: Exact) -> Exact:
        """`value` under its name, computed once in a stage of its own."""
        self.stages.add(**{name: value})
        return Exact(name, value.scale)

    def rate_of(self, slot: str) -> Exact:
        if slot not in self.terms.foreign:
            return ONE
        return self.lane.column(f"{slot}_rate", self.scales.measure_rate)

    def price(self, name: str) -> Exact:
        return self.lane.column(name, self.scales.price)

    def mass(self, slot: str) -> Exact:
        net = self.lane.column("net_mass_kg", self.scales.mass)
        if not self.wide:
            return net
        content = self.lane.choose(
            [("content IS NOT NULL", self.lane.column("content", self.scales.content))],
            self.lane.column("standard_content", self.scales.content),
        )
        return self.lane.choose([(f"{slot}_contained", self.lane.times(net, content))], net)

    def amount(self, price: str, slot: str = "f") -> Exact:
        """A price of the terms times the mass, at the day's rate."""
        mass = Exact(f"mass_{slot}", self.scales.mass + (self.scales.content if self.wide else 0))
        return self.lane.times(self.price(price), mass, self.rate_of(slot))

    def share(self, name: str, value: Exact) -> Exact:
        return self.lane.times(value, self.lane.column(name, self.scales.rate))

    def plain_duty(self, slot: str, value: Exact) -> Exact:
        """t·V + s·m; a duty that is wholly one of the two keeps to the narrower number."""
        by_value, by_mass = self.share(f"{slot}_av", value), self.amount(f"{slot}_sp", slot)
        return self.lane.choose(
            [(f"{slot}_sp = 0", by_value), (f"{slot}_av = 0", by_mass)], self.lane.plus(by_value, by_mass)
        )

    def rounded(self, slot: str, value: Exact) -> Exact:
        return rounded_by(self.lane, value, f"{slot}_round", self.terms.roundings)

    # 1. V and F on the importer's own basis
    def value_and_freight(self) -> tuple[Exact, Exact]:
        lane, scales = self.lane, self.scales
        rate = lane.column("line_rate", scales.line_rate) if scales.converts else ONE
        value = self.known("v", self.to_coin(lane.times(lane.column("customs_value_declared", scales.value), rate)))
        if not scales.has_freight:
            return value, ZERO
        declared = lane.choose(
            [("freight_insurance IS NOT NULL", lane.column("freight_insurance", scales.value))], ZERO
        )
        freight = self.known("declared", self.to_coin(lane.times(declared, rate)))
        stated = "valuation_basis" if scales.has_basis else "NULL"
        cases_v, cases_f = [], [("valuation = 'cif'", ZERO)]
        if scales.has_basis:
            cases_v = [
                (f"valuation = 'fob' AND {stated} = 'cif'", lane.minus(value, freight)),
                (f"valuation = 'cif' AND {stated} = 'fob'", lane.plus(value, freight)),
            ]
        self.stages.add(base_v=lane.choose(cases_v, value), base_f=lane.choose(cases_f, freight))
        return Exact("base_v", value.scale), Exact("base_f", freight.scale)

    # 2. ordinary and additional duties, each rounded once
    def ordinary(self, name: str, value: Exact) -> Exact:
        exact = self.known(f"{name}_exact", self.plain_duty("o", value))
        rounded = self.rounded("o", exact)
        return self.known(name, self.lane.choose([("o_known", rounded)], None))

    def additional(self, name: str, value: Exact) -> Exact:
        total = ZERO
        for slot in range(self.terms.additional_slots):
            exact = self.known(f"{name}{slot}_exact", self.plain_duty(f"a{slot}", value))
            amount = self.known(f"{name}{slot}", self.rounded(f"a{slot}", exact))
            total = amount if total is ZERO else self.lane.plus(total, amount)
        return self.known(name, total)

    # 3. what counts
    def counted(self, name: str, ordinary: Exact, additional: Exact) -> Exact:
        first = self.lane.choose([("f_counts_ordinary AND o_known", ordinary)], ZERO)
        if not self.terms.additional_slots:
            return self.known(name, first)
        second = self.lane.choose([("f_counts_additional", additional)], ZERO)
        return self.known(name, self.lane.plus(first, second))

    # 4. the floor duty by method, before cap and rounding
    def floor_duty(self, name: str, value: Exact, freight: Exact, counts: Exact) -> Exact:
        lane, numbers = self.lane, METHOD_NUMBERS
        missing = lane.positive(
            self.known(f"{name}_missing", lane.minus(Exact("r", self.r_scale), value, freight, counts))
        )
        gap = self.known(f"{name}_gap", missing)
        cases: list[tuple[str, Exact]] = []
        if numbers["top_up"] in self.terms.methods:
            cases.append((f"f_method = {numbers['top_up']}", gap))
        if numbers["notified"] in self.terms.methods:
            tariff = lane.choose([("f_specific", self.amount("f_sp"))], self.share("f_av", value))
            tariff = self.known(f"{name}_tariff", lane.choose([(f"f_method = {numbers['notified']}", tariff)], None))
            cases += [
                (f"f_method = {numbers['notified']} AND f_shipment = 'max'", lane.greater(tariff, gap)),
                (f"f_method = {numbers['notified']} AND f_shipment = 'lesser'", lane.lesser(tariff, gap)),
                (f"f_method = {numbers['notified']}", tariff),
            ]
        if numbers["banded"] in self.terms.methods:
            cases.append((f"f_method = {numbers['banded']}", self.banded(name, value, freight)))
        if numbers["graduated"] in self.terms.methods:
            cases.append((f"f_method = {numbers['graduated']}", self.graduated(gap)))
        if numbers["minimum_price"] in self.terms.methods:
            number = numbers["minimum_price"]
            cases.append((f"f_method = {number} AND {self.direct()}", gap))
            cases.append((f"f_method = {number}", self.share("f_otherwise", value)))
        duty = self.known(f"{name}_by_method", lane.choose(cases, ZERO))
        if name == "d":
            self.scale_by_method = duty.scale
        return duty

    @property
    def r_scale(self) -> int:
        return self.amount("f_floor").scale

    def direct(self) -> str:
        if not self.scales.has_invoice:
            return "FALSE"
        return "(direct_invoice IS TRUE AND related_parties IS NOT TRUE)"

    def banded(self, name: str, value: Exact, freight: Exact) -> Exact:
        lane = self.lane
        reached = self.known(f"{name}_reached", lane.plus(value, freight))
        cases = []
        for slot in range(self.terms.band_slots):
            condition = f"b{slot}_at IS NOT NULL AND {lane.at_least(reached, self.amount(f'b{slot}_at'))}"
            cases.append((condition, self.amount(f"b{slot}_sp")))
        return lane.choose(cases, None)

    def graduated(self, gap: Exact) -> Exact:
        """Each rise of the rate, times that part of the gap which lies above where it starts: the slices, summed by rises."""
        lane, parts = self.lane, []
        for slot in range(self.terms.slice_slots):
            start = self.amount(f"g{slot}_from")
            above = lane.times(lane.minus(gap, start), lane.column(f"g{slot}_rate", self.scales.slice_rate))
            applies = f"g{slot}_from IS NOT NULL AND {gap.sql} > {start.sql}"
            parts.append(lane.choose([(applies, above)], ZERO))
        return lane.plus(parts[0], *parts[1:])


STEP_COLUMNS = ("line_id", "measure_id", "role", "base", "base_amount", "rate", "amount_before_rounding", "amount", "article")
STEP_PLACES = 12
"""Places that the steps show of what had more before its rounding."""


def law_query(terms: Terms, scales: Scales, lane: Lane, source: str, where: str, *, wide: bool) -> str:
    """The query that assesses the rows of `source` for which `where` holds; one liability for each."""
    law = _Law(lane, terms, scales, wide, _Stages(source))
    return law.stages.text(_assessed(law), where)


def steps_query(terms: Terms, scales: Scales, lane: Lane, source: str, where: str, *, wide: bool) -> str:
    """The query that explains the same rows: one row for each line and measure, ordered by record and then by stacking."""
    law = _Law(lane, terms, scales, wide, _Stages(source))
    _assessed(law)
    slots = [("o", "'ordinary'"), ("f", "'floor'")]
    slots[1:1] = [(f"a{slot}", "'additional'") for slot in range(terms.additional_slots)]
    return " UNION ALL ".join(_steps_of(law, slot, role, number, where) for number, (slot, role) in enumerate(slots))


def _steps_of(law: _Law, slot: str, role: str, number: int, where: str) -> str:
    floor = "d_exact" if law.terms.capped else "d_under_ceiling"
    exact, rounded = {"o": ("o_exact", "o"), "f": (floor, "floor_duty_due")}.get(slot, (f"{slot}_exact", slot))
    bases = {
        "m": f"mass_{slot}",
        "V + F": "landed_before",
        "V + F + C": "landed_before + c",
    }
    base = " ".join(f"WHEN {slot}_base = '{name}' THEN CAST({sql} AS DECIMAL(38,{STEP_PLACES}))" for name, sql in bases.items())
    selected = {
        "source_row": "source_row",
        "step": str(number),
        "line_id": "line_id",
        "measure_id": f"{slot}_id",
        "role": role,
        "base": f"{slot}_base",
        "base_amount": f"(CASE {base} ELSE CAST({law.name_of_value} AS DECIMAL(38,{STEP_PLACES})) END)",
        "rate": f"{slot}_text",
        "amount_before_rounding": f"CAST({exact} AS DECIMAL(38,{STEP_PLACES}))",
        "amount": f"CAST({rounded} AS DECIMAL(18,{law.coin_places}))",
        "article": f"{slot}_article",
    }
    return f"SELECT * FROM ({law.stages.text(selected, where)}) WHERE measure_id IS NOT NULL"


def _assessed(law: _Law) -> dict[str, str]:
    lane, wide = law.lane, law.wide
    law.stages.add(**_masses(law))
    value, freight = law.value_and_freight()
    ordinary = law.ordinary("o", value)
    additional = law.additional("a", value)
    law.known("r", law.amount("f_floor"))
    counts = law.counted("c", ordinary, additional)
    exact = law.floor_duty("d", value, freight, counts)
    landed = law.known("landed_before", lane.plus(value, freight))
    exact = _under_ceiling(law, exact, landed)
    exact = _capped(law, exact, value, ordinary)
    duty = law.known("floor_duty_due", law.rounded("f", exact))
    security = _security(law, freight, landed, ordinary, additional) if wide else ZERO
    exposed, taken = _rents(law, value, freight, counts, landed, duty)
    return _selected(law, landed, counts, duty, security, exposed, taken)


def _masses(law: _Law) -> dict[str, Exact]:
    slots = ["o", "f", *(f"a{slot}" for slot in range(law.terms.additional_slots))]
    return {f"mass_{slot}": law.mass(slot) for slot in slots}


def _under_ceiling(law: _Law, exact: Exact, landed: Exact) -> Exact:
    above = f"f_ceiling IS NOT NULL AND {law.lane.at_least(landed, law.amount('f_ceiling'))}"
    law.stages.add(above_ceiling=Exact(f"({above})", 0))
    return law.known("d_under_ceiling", law.lane.choose([("above_ceiling", ZERO)], exact))


def _capped(law: _Law, exact: Exact, value: Exact, ordinary: Exact) -> Exact:
    lane = law.lane
    if not law.terms.capped:
        law.stages.add(cap_exact=Exact("CAST(NULL AS DECIMAL(18,2))", 2), cap_bites=Exact("FALSE", 0))
        law.scale_of_cap = 2
        return exact
    bound = lane.plus(law.share("f_bound_av", value), law.amount("f_bound_sp"))
    room = law.known("bound_room", _if_capped(law, bound, ordinary))
    cap = law.known("cap_exact", lane.choose([("f_cap = 'known'", lane.positive(room))], None))
    law.scale_of_cap = cap.scale
    law.stages.add(cap_bites=Exact(f"(cap_exact IS NOT NULL AND NOT {lane.at_least(cap, exact)})", 0))
    return law.known("d_exact", lane.choose([("cap_bites", cap)], exact))


def _if_capped(law: _Law, bound: Exact, ordinary: Exact) -> Exact:
    return law.lane.choose([("f_cap = 'known'", law.lane.minus(bound, ordinary))], None)


def _security(
    law: _Law, freight: Exact, landed: Exact, ordinary: Exact, additional: Exact
) -> Exact:
    lane = law.lane
    trigger = law.known("s_trigger", law.amount("f_trigger"))
    standard = law.known("s_standard", law.to_coin(law.known("s_standard_exact", law.amount("f_standard"))))
    value = law.known("s_value", lane.minus(standard, freight))
    then = law.ordinary("so", value)
    others = law.additional("sa", value)
    counts = law.counted("sc", then, others)
    at_standard = law.floor_duty("sd", value, freight, counts)
    now = law.rounded("f", Exact("d_by_method", law.scale_by_method))
    more = lane.minus(law.known("sd_rounded", law.rounded("f", at_standard)), law.known("d_rounded", now))
    more = lane.minus(lane.plus(more, others), additional)
    more = lane.choose([("o_known", lane.minus(lane.plus(more, then), ordinary))], more)
    applies = f"f_standard IS NOT NULL AND NOT {lane.at_least(trigger, landed)}"
    return law.known("security_due", lane.choose([(applies, lane.positive(law.known("s_more", more)))], ZERO))


def _rents(
    law: _Law, value: Exact, freight: Exact, counts: Exact, landed: Exact, duty: Exact
) -> tuple[Exact, Exact]:
    lane = law.lane
    whole = law.known("rent_whole", law.amount("f_rent_price"))
    missing = law.known("rent_missing", lane.minus(whole, value, freight, counts))
    exposable = f"f_exposable AND {duty.sql} <> 0"
    number = METHOD_NUMBERS["minimum_price"]
    if number in law.terms.methods:
        exposable += f" AND NOT (f_method = {number} AND NOT {law.direct()})"
    law.stages.add(exposed=Exact(f"({exposable})", 0), beyond=Exact(f"(f_parity IS NOT NULL AND {missing.sql} <= 0)", 0))
    open_exact = law.known("rent_open", lane.minus(whole, freight, law.known("rent_specific", _counted_specific(law))))
    open_coins = law.known("rent_open_coins", law.to_coin(lane.positive(open_exact)))
    invoice = law.known("invoice", _without_tax(law, open_coins, needed="exposed OR beyond"))
    gained = law.known("rent_gained", lane.minus(invoice, value))
    parity = law.known("parity_whole", law.amount("f_parity"))
    reached = lane.choose([("beyond", lane.plus(invoice, freight))], landed)
    above = law.known("above_parity", law.to_coin(law.known("above_parity_exact", lane.minus(reached, parity))))
    return lane.choose([("exposed", lane.positive(gained))], ZERO), lane.positive(above)


def _without_tax(law: _Law, coins: Exact, needed: str) -> Exact:
    """`coins`/(1+t): a product with the compiled reciprocal in whole coins, rounded by a shift of its bits."""
    places = law.coin_places
    count = f"CAST(CAST({coins.sql} AS DECIMAL({law.lane.digits - 1},{places})) * {10**places} AS HUGEINT)"
    half = 2 ** (RECIPROCAL_BITS - 1)
    whole = f"(({count} * CAST(f_reciprocal AS HUGEINT) + CAST({half} AS HUGEINT)) >> {RECIPROCAL_BITS})"
    coin = Exact(f"CAST({whole} AS DECIMAL({law.lane.digits - places},0))", 0)
    return Exact(f"(CASE WHEN {needed} THEN {law.lane.times(coin, literal(law.terms.coin)).sql} END)", places)


def _counted_specific(law: _Law) -> Exact:
    lane = law.lane
    total = lane.choose([("f_counts_ordinary AND o_known", law.amount("o_sp", "o"))], ZERO)
    for slot in range(law.terms.additional_slots):
        total = lane.plus(total, lane.choose([("f_counts_additional", law.amount(f"a{slot}_sp", f"a{slot}"))], ZERO))
    return total


def _selected(
    law: _Law, landed: Exact, counts: Exact, duty: Exact, security: Exact, exposed: Exact, taken: Exact
) -> dict[str, str]:
    lane, places = law.lane, law.coin_places

    def money(value: Exact) -> str:
        return f"CAST({value.sql} AS DECIMAL(18,{places}))"

    def price(name: str) -> str:
        unit = WIDE.times(WIDE.column(name, law.scales.price), law.rate_of("f"))
        return f"CAST({unit.sql} AS DECIMAL(18,{PRICE_PLACES_SHOWN}))"

    o, a = Exact("o", places), Exact("a", places)
    total = lane.plus(o, a, duty) if law.terms.additional_slots else lane.plus(o, duty)
    unknown = "(CASE WHEN NOT o_known THEN 'ordinary_rate_unknown' END)"
    return {
        "line_id": "line_id",
        "form": "form",
        "currency": f"'{law.terms.currency}'",
        "customs_value": money(Exact(law.name_of_value, places)),
        "floor_price": price("f_floor"),
        "floor_value": money(law.to_coin(Exact("r", law.r_scale))),
        "ordinary_duty": money(o),
        "ordinary_duty_unknown": unknown,
        "additional_duty": money(a),
        "floor_duty": money(duty),
        "security": money(security),
        "total_duty": money(total),
        "total_duty_unknown": unknown,
        "landed_value": money(lane.plus(landed, counts, duty)),
        "parity": price("f_parity"),
        "credit": money(ZERO),
        "cap": money(law.to_coin(Exact("cap_exact", law.scale_of_cap))),
        "cap_unknown": "(CASE WHEN f_cap IN ('bound_rate_unknown', 'ordinary_rate_unknown') THEN f_cap END)",
        "rent_exposed": money(exposed),
        "rent_taken": money(taken),
        "rent_taken_unknown": "(CASE WHEN f_parity IS NULL THEN 'parity_unknown' END)",
        "method": "method",
        "measure_ids": "measure_ids",
        "reason": "(CASE WHEN reason IS NOT NULL THEN reason WHEN cap_bites THEN 'floor_duty_capped' "
        f"WHEN {duty.sql} <> 0 THEN 'floor_duty_owed' WHEN above_ceiling THEN 'above_ceiling' ELSE 'no_floor_duty_due' END)",
    }
