"""A third law, slow and obvious, in fractions: written from the mechanism's text, sharing no arithmetic with the other two.

It takes a line that the readers have accepted and says what is owed, as fractions in the assessment currency. It scans
all measures one by one, divides where the mechanism divides, and rounds by its own hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

from footwall.duties import Line
from footwall.tariffs import Measure, Schedule

DEFAULT_COUNTS: dict[str, tuple[str, ...]] = {"top_up": ("ordinary",), "notified": ("ordinary",)}
AGREEMENT_ON_AGRICULTURE = ((10, 0), (40, 30), (60, 50), (75, 70), (100, 90))
"""Article 5.5: per cent of the trigger price, and per cent of the difference that lies in that part."""

Rates = dict[tuple[str, str, date], Decimal]


@dataclass
class Owed:
    """What the oracle says of one line. None stands for what nobody knows or what does not apply."""

    customs_value: Fraction
    freight: Fraction
    ordinary: Fraction | None
    additional: Fraction
    floor_duty: Fraction = Fraction(0)
    security: Fraction = Fraction(0)
    landed: Fraction = Fraction(0)
    floor_value: Fraction | None = None
    cap: Fraction | None = None
    cap_unknown: bool = False
    rent_exposed: Fraction = Fraction(0)
    rent_taken: Fraction | None = Fraction(0)
    credit: Fraction = Fraction(0)
    measures: tuple[str, ...] = ()

    @property
    def paid(self) -> Fraction:
        """What is known to be owed."""
        return (self.ordinary or Fraction(0)) + self.additional + self.floor_duty

    @property
    def total(self) -> Fraction | None:
        return None if self.ordinary is None else self.ordinary + self.additional + self.floor_duty


def rounded(amount: Fraction, unit: Fraction, mode: str = "half_up") -> Fraction:
    """To a multiple of `unit`, on the number line: the sign is put aside, so that half up and up go away from zero."""
    sign, size = (-1 if amount < 0 else 1), abs(amount)
    below = size // unit
    rest = size - below * unit
    half = unit / 2
    if mode == "up":
        more = rest > 0
    elif mode == "down":
        more = False
    elif mode == "half_up":
        more = rest >= half
    else:
        more = rest > half or (rest == half and below % 2 == 1)
    return sign * (below + (1 if more else 0)) * unit


class Oracle:
    """One line under one schedule at given rates."""

    def __init__(self, line: Line, schedule: Schedule, rates: Rates) -> None:
        self.line, self.schedule, self.rates, self.facts = line, schedule, rates, schedule.facts
        self.coin = Fraction(1, 10 ** self.facts.currencies[schedule.currency].minor_units)
        self.form = line.form or self._only_form()

    def _only_form(self) -> str | None:
        users = [f.form for f in self.facts.forms.values() if (self.line.hs_code or "")[:6] in f.hs6]
        return users[0] if len(users) == 1 else None

    # which measures

    def _meets(self, measure: Measure) -> bool:
        line = self.line
        last = measure.valid_to or date.max
        if not measure.valid_from <= line.entry_date <= last:
            return False
        if not any(self._is_in(line.importer, party) for party in measure.importers):
            return False
        if "non-members" in measure.origins:
            assert self.schedule.members is not None
            return line.origin not in self.schedule.members.members_on(line.entry_date)
        return any(self._is_in(line.origin, party) for party in measure.origins)

    def _is_in(self, country: str, party: str) -> bool:
        return country == party or self.facts.countries[country].union == party

    def _length(self, measure: Measure) -> int:
        """How near a measure is to the goods: their own form first, then the longest code."""
        if measure.form:
            return 100 if measure.form == self.form else -1
        return max((len(c) for c in measure.hs_codes if (self.line.hs_code or "").startswith(c)), default=-1)

    def _nearest(self, role: str) -> Measure | None:
        found = [m for m in self.schedule.measures if m.role == role and self._meets(m) and self._length(m) >= 0]
        return max(found, key=self._length) if found else None

    def _additional(self) -> list[Measure]:
        found = [
            m for m in self.schedule.measures if m.role == "additional" and self._meets(m) and self._length(m) >= 0
        ]
        return sorted(found, key=lambda m: m.measure_id)

    # amounts

    def rate(self, currency: str) -> Fraction:
        if currency == self.schedule.currency:
            return Fraction(1)
        return Fraction(self.rates[currency, self.schedule.currency, self.line.entry_date])

    def mass(self, measure: Measure) -> Fraction:
        mass = Fraction(self.line.net_mass_kg)
        if measure.contained is None:
            return mass
        assert self.form is not None
        form = self.facts.forms[self.form]
        share = self.line.content if self.line.content is not None else form.standard_content
        assert share is not None
        factor = Fraction(1)
        if measure.contained != form.content:
            factor = Fraction(self.facts.content_factors[form.content, measure.contained])
        return mass * Fraction(share) * factor

    def at(self, measure: Measure, price: Decimal | None) -> Fraction:
        """A price of the measure times the mass, in the assessment currency."""
        return Fraction(price or 0) / measure.per_kg * self.mass(measure) * self.rate(measure.currency)

    def edge(self, measure: Measure, price: Decimal | None) -> Fraction:
        """What goods must be worth to reach a price, in whole coins as their value is."""
        return rounded(self.at(measure, price), self.coin)

    def duty_rounded(self, measure: Measure, amount: Fraction) -> Fraction:
        unit = Fraction(measure.rounding_unit) if measure.rounding_unit is not None else self.coin
        return rounded(amount, unit, measure.rounding_mode or "half_up")

    def plain(self, measure: Measure, value: Fraction) -> Fraction:
        """A compound duty; first raised to its minimum, then lowered to its maximum."""
        duty = Fraction(measure.ad_valorem or 0) * value + self.at(measure, measure.specific)
        if measure.least_ad_valorem is not None or measure.least_specific is not None:
            least = Fraction(measure.least_ad_valorem or 0) * value + self.at(measure, measure.least_specific)
            duty = max(duty, least)
        if measure.most_ad_valorem is not None or measure.most_specific is not None:
            most = Fraction(measure.most_ad_valorem or 0) * value + self.at(measure, measure.most_specific)
            duty = min(duty, most)
        return duty

    def value_and_freight(self) -> tuple[Fraction, Fraction]:
        """V on the importer's own basis and F from there to the border; what was declared is rounded, then moved."""
        rate = self.rate(self.line.currency)
        value = rounded(Fraction(self.line.customs_value) * rate, self.coin)
        freight = rounded(Fraction(self.line.freight_insurance or 0) * rate, self.coin)
        own = self.facts.countries[self.line.importer].valuation
        stated = self.line.valuation_basis or own
        if own == "fob":
            return (value - freight if stated == "cif" else value), freight
        return (value + freight if stated == "fob" else value), Fraction(0)

    # the law

    def owed(self) -> Owed:
        value, freight = self.value_and_freight()
        if self.line.entry_type not in ("consumption", "withdrawal"):
            return Owed(value, freight, Fraction(0), Fraction(0), landed=value + freight, rent_taken=None)
        ordinary, additional, floor = self._nearest("ordinary"), self._additional(), self._nearest("floor")
        found = self.duties(value, freight, ordinary, additional, floor)
        first = floor if floor is not None and floor.method == "banded" and floor.ad_valorem is not None else ordinary
        found.measures = tuple(dict.fromkeys(m.measure_id for m in [first, *additional, floor] if m is not None))
        return found

    def duties(
        self,
        value: Fraction,
        freight: Fraction,
        ordinary: Measure | None,
        additional: list[Measure],
        floor: Measure | None,
    ) -> Owed:
        owed = Owed(value, freight, None, Fraction(0))
        left = self.left_of_ordinary(floor, value + freight)
        if ordinary is not None:
            owed.ordinary = self.duty_rounded(ordinary, self.plain(ordinary, value) * left)
        elif floor is not None and floor.method == "banded" and floor.ad_valorem is not None:
            owed.ordinary = self.duty_rounded(floor, Fraction(floor.ad_valorem) * value * left)
        owed.additional = sum((self.duty_rounded(m, self.plain(m, value)) for m in additional), Fraction(0))
        owed.landed = value + freight
        if floor is None:
            owed.rent_taken = None
            return owed
        counts = floor.counts if floor.counts is not None else DEFAULT_COUNTS.get(floor.method, ())
        counted = (owed.ordinary or Fraction(0)) * ("ordinary" in counts) + owed.additional * ("additional" in counts)
        before = self.floor_duty(floor, value, freight, counted)
        before = max(before, self.minimum(floor, value, freight))
        if floor.suspended:
            before = Fraction(0)
        bounded = floor.bound_ad_valorem is not None or floor.bound_specific is not None
        if floor.cap != "none" or bounded:
            if not bounded or owed.ordinary is None:
                owed.cap_unknown = True
            else:
                bound = Fraction(floor.bound_ad_valorem or 0) * value + self.at(floor, floor.bound_specific)
                owed.cap = max(Fraction(0), bound - owed.ordinary)
                before = min(before, owed.cap) if floor.cap != "none" else before
        owed.floor_duty = self.duty_rounded(floor, before)
        owed.landed += counted + owed.floor_duty
        owed.floor_value = rounded(self.at(floor, floor.floor), self.coin) if floor.floor is not None else None
        self.security(owed, ordinary, additional, floor)
        self.rents(owed, ordinary, additional, floor, counts)
        return owed

    def left_of_ordinary(self, floor: Measure | None, landed: Fraction) -> Fraction:
        """The share of the ordinary duty that is owed: less where goods land at the ceiling of a floor that rebates it."""
        if floor is None or floor.rebate_share is None or landed < self.edge(floor, floor.ceiling):
            return Fraction(1)
        return 1 - Fraction(floor.rebate_share)

    def minimum(self, floor: Measure, value: Fraction, freight: Fraction) -> Fraction:
        """The fixed component, owed whatever goods are worth below the ceiling."""
        if floor.ceiling is not None and value + freight >= self.edge(floor, floor.ceiling):
            return Fraction(0)
        return Fraction(floor.least_ad_valorem or 0) * value + self.at(floor, floor.least_specific)

    def floor_duty(self, measure: Measure, value: Fraction, freight: Fraction, counted: Fraction) -> Fraction:
        """The table of the mechanism."""
        landed = value + freight
        if measure.ceiling is not None and landed >= self.edge(measure, measure.ceiling):
            return Fraction(0)
        missing = max(Fraction(0), self.at(measure, measure.floor) - landed - counted)
        if measure.method == "top_up":
            return missing
        if measure.method == "notified":
            tau = (
                self.at(measure, measure.specific)
                if measure.specific is not None
                else Fraction(measure.ad_valorem or 0) * value
            )
            return {"none": tau, "max": max(tau, missing), "lesser": min(tau, missing)}[measure.shipment]
        if measure.method == "banded":
            reached = [band for band in measure.bands if landed >= self.edge(measure, band.at_least)]
            band = max(reached, key=lambda b: b.at_least) if reached else measure.bands[-1]
            return self.at(measure, band.specific)
        if measure.method == "graduated":
            return self.graduated(measure, missing)
        return missing if self.direct else Fraction(measure.otherwise_ad_valorem or 0) * value

    @property
    def direct(self) -> bool:
        """A direct invoice to an importer who is not known to be related."""
        return self.line.direct_invoice is True and self.line.related_parties is not True

    def graduated(self, measure: Measure, missing: Fraction) -> Fraction:
        whole = self.at(measure, measure.floor)
        slices = [(Fraction(s.up_to), Fraction(s.rate)) for s in measure.slices or ()]
        slices = slices or [(Fraction(end, 100), Fraction(rate, 100)) for end, rate in AGREEMENT_ON_AGRICULTURE]
        duty, start = Fraction(0), Fraction(0)
        for end, rate in slices:
            inside = min(missing, end * whole) - start * whole
            if inside > 0:
                duty += inside * rate
            start = end
        return duty

    def security(self, owed: Owed, ordinary: Measure | None, additional: list[Measure], floor: Measure) -> None:
        if floor.standard_value is None or floor.suspended:
            return
        standard = self.at(floor, floor.standard_value)
        if owed.customs_value + owed.freight <= rounded(standard * (1 + Fraction(floor.tolerance or 0)), self.coin):
            return
        value = max(Fraction(0), rounded(standard, self.coin) - owed.freight)
        unsecured = replace(floor, standard_value=None, tolerance=None)
        again = self.duties(value, owed.freight, ordinary, additional, unsecured)
        owed.security = max(Fraction(0), again.paid - owed.paid)

    def rents(
        self,
        owed: Owed,
        ordinary: Measure | None,
        additional: list[Measure],
        floor: Measure,
        counts: Sequence[str],
    ) -> None:
        """The invoice at which no floor duty is left is where invoice·(1 + t) + F + specific duties reach R·m."""
        counting = [m for m in [ordinary] if m is not None and "ordinary" in counts]
        counting += additional if "additional" in counts else []
        own = Fraction(floor.ad_valorem or 0) if floor.method == "banded" and "ordinary" in counts else Fraction(0)
        nil = self.nil_price(floor)
        price = nil if nil is not None else Fraction(floor.floor or 0)
        whole = price / floor.per_kg * self.mass(floor) * self.rate(floor.currency)
        invoice = self.invoice(whole - owed.freight, counting, own)
        escapable = nil is not None and (floor.method != "minimum_price" or self.direct)
        if escapable and owed.floor_duty > 0:
            owed.rent_exposed = max(Fraction(0), invoice - owed.customs_value)
        if floor.parity is None:
            owed.rent_taken = None
        else:
            reached = owed.customs_value + owed.freight
            counted = owed.landed - reached - owed.floor_duty
            if reached + counted >= whole:
                reached = min(reached, invoice + owed.freight)
            owed.rent_taken = max(Fraction(0), reached - self.at(floor, floor.parity))

    def invoice(self, room: Fraction, counting: list[Measure], own: Fraction) -> Fraction:
        """Where invoice and duties fill the room. Each duty follows one of its rates there: of all ways, the one that fits."""

        def excess(invoice: Fraction) -> Fraction:
            return invoice * (1 + own) + sum((self.plain(m, invoice) for m in counting), Fraction(0)) - room

        if excess(Fraction(0)) >= 0:
            return Fraction(0)
        rates = [
            [
                (Fraction(share or 0), self.at(m, amount))
                for share, amount in (
                    (m.ad_valorem, m.specific),
                    (m.least_ad_valorem, m.least_specific),
                    (m.most_ad_valorem, m.most_specific),
                )
                if share is not None or amount is not None
            ]
            for m in counting
        ]
        for way in product(*rates):
            tax, specific = own + sum(share for share, _ in way), sum(amount for _, amount in way)
            invoice = (room - specific) / (1 + tax)
            if excess(invoice) == 0:
                return invoice
        raise AssertionError("no way of the duties fills the room")

    def nil_price(self, floor: Measure) -> Fraction | None:
        """The price from which no floor duty is left, or None where no invoice brings it to nil."""
        if floor.method == "banded":
            return Fraction(floor.bands[0].at_least)
        if floor.method == "notified":
            return Fraction(floor.floor or 0) if floor.shipment == "lesser" else None
        if floor.method == "graduated":
            slices = [(Fraction(s.up_to), Fraction(s.rate)) for s in floor.slices or ()]
            slices = slices or [(Fraction(end, 100), Fraction(rate, 100)) for end, rate in AGREEMENT_ON_AGRICULTURE]
            free = Fraction(0)
            for end, rate in slices:
                if rate:
                    break
                free = end
            return Fraction(floor.floor or 0) * (1 - free)
        return Fraction(floor.floor or 0)
