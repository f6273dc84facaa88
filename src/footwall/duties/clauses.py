"""The clauses of the law as SQL expressions, named stage by stage: value, duties, what counts, floor duty by method.

Each clause stands in the same words as its twin in `footwall.duties.owed` and `footwall.duties.method`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from footwall.duties.exact_sql import ONE, ZERO, Exact, Lane, rounded_by
from footwall.duties.terms import METHOD_NUMBERS, Terms

FACTOR_PLACES = 10
"""Places of a content factor (the share of an element in what a form's content is counted as)."""


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
    share: int
    slice_rate: int
    kept: int
    has_freight: bool
    has_basis: bool
    has_invoice: bool
    converts: bool


@dataclass(slots=True)
class Stages:
    """Named columns in stages, each of which may use the names of the stages before it."""

    source: str
    stages: list[dict[str, str]] = field(default_factory=list)

    def add(self, **columns: Exact) -> None:
        """A stage of its own for `columns`."""
        self.stages.append({name: column.sql for name, column in columns.items()})

    def text(self, selected: Mapping[str, str], where: str) -> str:
        """The query that selects `selected` from the last stage, for the rows of the source for which `where` holds."""
        query = f"SELECT * FROM {self.source} WHERE {where}"
        for columns in self.stages:
            named = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
            query = f"SELECT *, {named} FROM ({query})"
        return f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in selected.items())} FROM ({query})"


@dataclass(slots=True)
class Clauses:
    """The clauses, each an expression over columns named so far."""

    lane: Lane
    terms: Terms
    scales: Scales
    wide: bool
    stages: Stages

    @property
    def coin_places(self) -> int:
        """Decimal places of the smallest coin."""
        return max(0, -int(self.terms.coin.as_tuple().exponent))

    @property
    def taxes_contents(self) -> bool:
        """Whether lines of this lane may owe for what they contain."""
        return self.wide and bool(self.terms.elements)

    @property
    def name_of_value(self) -> str:
        """The column that holds V."""
        return "base_v" if self.scales.has_freight else "v"

    def to_coin(self, value: Exact) -> Exact:
        """To the smallest coin, half up."""
        return self.lane.rounded(value, self.terms.coin, "half_up")

    def known(self, name: str, value: Exact) -> Exact:
        """`value` under its name, computed once in a stage of its own."""
        self.stages.add(**{name: value})
        return Exact(name, value.scale)

    def rate_of(self, slot: str) -> Exact:
        """The day's rate from the currency of a measure; one where every such measure is in the assessment currency."""
        if slot not in self.terms.foreign:
            return ONE
        return self.lane.column(f"{slot}_rate", self.scales.measure_rate)

    def price(self, name: str) -> Exact:
        """A price of the terms, per kilogram."""
        return self.lane.column(name, self.scales.price)

    def mass(self, slot: str) -> Exact:
        """The mass that a measure's amounts refer to: of the goods or, in the wide lane, of what they contain."""
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
        return self.lane.times(self.price(price), Exact(f"mass_{slot}", self.mass_scale), self.rate_of(slot))

    def edge(self, price: str) -> Exact:
        """What V + F must reach, in whole coins as they are."""
        return self.to_coin(self.amount(price))

    @property
    def mass_scale(self) -> int:
        """Decimal places of the mass that amounts refer to."""
        return self.scales.mass + (self.scales.content if self.wide else 0)

    def share(self, name: str, value: Exact) -> Exact:
        """An ad valorem rate of the terms times `value`."""
        return self.lane.times(value, self.lane.column(name, self.scales.rate))

    def plain_duty(self, name: str, slot: str, value: Exact) -> Exact:
        """t·V + s·m, but not less than the measure's minimum, and then not more than its maximum.

        Which of them was owed stands in `{name}_least_owed` and `{name}_most_owed`, where the slot has such limits.
        """
        duty = self.compound(slot, slot, value)
        if slot in self.terms.least:
            own, limit = (
                self.known(f"{name}_own", duty),
                self.known(f"{name}_least", self.compound(slot, f"{slot}_least", value)),
            )
            above = f"{slot}_has_least AND NOT {self.lane.at_least(own, limit)}"
            self.stages.add(**{f"{name}_least_owed": Exact(f"(({above}) IS TRUE)", 0)})
            duty = self.lane.choose([(f"{name}_least_owed", limit)], own)
        if slot in self.terms.most:
            own, limit = (
                self.known(f"{name}_more", duty),
                self.known(f"{name}_most", self.compound(slot, f"{slot}_most", value)),
            )
            below = f"{slot}_has_most AND NOT {self.lane.at_least(limit, own)}"
            self.stages.add(**{f"{name}_most_owed": Exact(f"(({below}) IS TRUE)", 0)})
            duty = self.lane.choose([(f"{name}_most_owed", limit)], own)
        return duty

    def compound(self, slot: str, rate: str, value: Exact) -> Exact:
        """A share of V and an amount by mass; a duty that is wholly one of the two keeps to the narrower number."""
        by_value, by_mass = self.share(f"{rate}_av", value), self.amount(f"{rate}_sp", slot)
        return self.lane.choose(
            [(f"{rate}_sp = 0", by_value), (f"{rate}_av = 0", by_mass)], self.lane.plus(by_value, by_mass)
        )

    def contained(self, slot: int) -> Exact:
        """The mass of one element: of the share that the line declares or, where it declares nothing, the measure's."""
        declared = self.lane.column(f"c{slot}_share", self.scales.share)
        taken = self.lane.column(f"m{slot}_share", self.scales.share)
        share = self.lane.choose(
            [(f"NOT m{slot}_taxed", ZERO), ("contents_told = ''", taken), (f"c{slot}_share IS NOT NULL", declared)],
            ZERO,
        )
        return self.lane.times(self.lane.column("net_mass_kg", self.scales.mass), share)

    def embedded(self) -> tuple[Exact, Exact]:
        """Σ m·c over the elements, and Σ m·c·u·τ: what the goods contain, and what they owe for it."""
        masses = [self.known(f"e{slot}_mass", self.contained(slot)) for slot, _ in enumerate(self.terms.elements)]
        duties = [
            self.lane.times(mass, self.price(f"m{slot}_sp"), self.rate_of("e")) for slot, mass in enumerate(masses)
        ]
        return self.known("e_mass", self.lane.plus(*masses)), self.known("e_exact", self.lane.plus(*duties))

    def rounded(self, slot: str, value: Exact) -> Exact:
        """One rounding, as the measure of the slot rounds."""
        return rounded_by(self.lane, value, f"{slot}_round", self.terms.roundings)

    def value_and_freight(self) -> tuple[Exact, Exact]:
        """V on the importer's own basis, and F from there to the border (clause 1)."""
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

    def ordinary(self, name: str, value: Exact, landed: Exact) -> Exact:
        """The ordinary duty on `value`, rounded once; NULL where its rate is unknown (clause 2)."""
        exact = self.known(f"{name}_exact", self.rebated(name, self.plain_duty(name, "o", value), landed))
        rounded = self.rounded("o", exact)
        return self.known(name, self.lane.choose([("o_known", rounded)], None))

    @property
    def rebates(self) -> bool:
        """Whether lines of this lane may have their ordinary duty rebated. Where the product has no room, no line is in the lane."""
        fits = self.mass_scale + self.scales.price + self.scales.measure_rate + self.scales.kept < self.lane.digits - 1
        return self.wide and self.terms.rebates and fits

    def rebated(self, name: str, duty: Exact, landed: Exact) -> Exact:
        """The ordinary duty less its rebate, where goods land at or above the ceiling of a floor that has one."""
        if not self.rebates:
            return duty
        full = self.known(f"{name}_full", duty)
        above = f"f_kept IS NOT NULL AND {self.lane.at_least(landed, self.edge('f_ceiling'))}"
        self.stages.add(**{f"{name}_rebated": Exact(f"(({above}) IS TRUE)", 0)})
        return self.lane.choose(
            [(f"{name}_rebated", self.lane.times(full, self.lane.column("f_kept", self.scales.kept)))], full
        )

    def additional(self, name: str, value: Exact) -> Exact:
        """The sum of the additional duties on `value`, each rounded once (clause 2)."""
        total = ZERO
        for slot in range(self.terms.additional_slots):
            exact = self.known(f"{name}{slot}_exact", self.plain_duty(f"{name}{slot}", f"a{slot}", value))
            amount = self.known(f"{name}{slot}", self.rounded(f"a{slot}", exact))
            total = amount if total is ZERO else self.lane.plus(total, amount)
        return self.known(name, total)

    def counted(self, name: str, ordinary: Exact, additional: Exact) -> Exact:
        """C, the sum of what the floor measure counts (clause 3)."""
        first = self.lane.choose([("f_counts_ordinary AND o_known", ordinary)], ZERO)
        if not self.terms.additional_slots:
            return self.known(name, first)
        second = self.lane.choose([("f_counts_additional", additional)], ZERO)
        return self.known(name, self.lane.plus(first, second))

    def gap(self, name: str, value: Exact, freight: Exact, counts: Exact) -> Exact:
        """[R·m − V − F − C]⁺: what is missing to the floor; unknown where the measure states none."""
        missing = self.known(f"{name}_missing", self.lane.minus(Exact("r", self.r_scale), value, freight, counts))
        return self.known(f"{name}_gap", self.lane.positive(missing))

    def floor_duty(self, name: str, value: Exact, freight: Exact, gap: Exact) -> Exact:
        """The floor duty by method, before ceiling, cap and rounding (clause 4)."""
        lane, numbers = self.lane, METHOD_NUMBERS
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
        return self.no_less(name, self.known(f"{name}_by_method", lane.choose(cases, ZERO)), value)

    def no_less(self, name: str, duty: Exact, value: Exact) -> Exact:
        """The floor duty, and no less than its fixed component (clause 4)."""
        if "f" not in self.terms.least:
            return duty
        least = self.known(f"{name}_least", self.compound("f", "f_least", value))
        above = f"f_has_least AND NOT f_suspended AND NOT {self.lane.at_least(duty, least)}"
        self.stages.add(**{f"{name}_least_decides": Exact(f"(({above}) IS TRUE)", 0)})
        return self.known(f"{name}_no_less", self.lane.choose([(f"{name}_least_decides", least)], duty))

    @property
    def r_scale(self) -> int:
        """Decimal places of R·m."""
        return self.amount("f_floor").scale

    def direct(self) -> str:
        """Whether the line was invoiced directly to an importer who is not declared to be related."""
        if not self.scales.has_invoice:
            return "FALSE"
        return "(direct_invoice IS TRUE AND related_parties IS NOT TRUE)"

    def banded(self, name: str, value: Exact, freight: Exact) -> Exact:
        """The specific duty of the highest band that V + F reaches."""
        lane = self.lane
        reached = self.known(f"{name}_reached", lane.plus(value, freight))
        cases = []
        for slot in range(self.terms.band_slots):
            condition = f"b{slot}_at IS NOT NULL AND {lane.at_least(reached, self.edge(f'b{slot}_at'))}"
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
        return lane.plus(parts[0], *parts[1:]) if parts else ZERO
