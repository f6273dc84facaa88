"""One observation becomes a datum: USD per kg of the form's basis, cif at the zone border, every step told (mechanism §1).

The order: mean of low and high · reflation · currency · value-added tax · kilogram · terms of payment · basis and
content · grade · lot · freight and insurance. What cannot be told exactly is excluded with a reason and never guessed: a
missing rate is neither inverted nor crossed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from footwall.facts import DailyRate, Form, Observation
from footwall.prices.evidence import INDEX_BASE, Evidence
from footwall.prices.records import Datum, Step, make_datum
from footwall.prices.rules import FormRules
from footwall.prices.working import Working
from footwall.quantity import Unknown, counted, exact_arithmetic, kilograms_per, plain

_TO_BE_LANDED: Final = frozenset({"fob", "exw"})
_MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Gap:
    """Why an observation cannot be normalised: a stable code, and the words; and whether a figure was assumed until then."""

    code: str
    words: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One observation on its way, and what it is brought to the border by."""

    observation: Observation
    form: Form
    rules: FormRules
    evidence: Evidence


End: TypeAlias = bool | Gap
"""How a step, or the whole way, ends: whether a figure was assumed, or why it goes no further."""

Stage = Callable[[Case, Working], "bool | Gap"]
"""One step of the way: says whether it used an assumption, or why it cannot go on."""


def normalise(observation: Observation, form: Form, rules: FormRules, evidence: Evidence) -> Datum:
    """`observation` as a datum of `form`, in the border rule's currency per kg of the form's basis at the zone border.

    What cannot be normalised comes back with an unknown price, the steps that were possible, and one of the exclusions
    `not_positive`, `mass_not_positive`, `price_index_missing`, `rate_missing`, `value_added_tax_missing`,
    `unit_unknown`, `payment_rule_missing`, `content_unknown`, `grade_unknown`, `distance_unknown`. Nothing is raised: a bad
    observation is bad data.
    """
    return walked(Case(observation, form, rules, evidence), (QUOTED, *TO_THE_KILOGRAM, *TO_THE_BORDER))


def walked(case: Case, stages: tuple[Stage, ...]) -> Datum:
    """The datum at the end of `stages`, or excluded at the one that could not go on."""
    working, assumed = Working(), False
    for stage in stages:
        outcome = stage(case, working)
        if isinstance(outcome, Gap):
            return arrived(case, working, replace(outcome, assumed=assumed))
        assumed = assumed or outcome
    return arrived(case, working, assumed)


def arrived(case: Case, working: Working, end: End) -> Datum:
    """The datum of a price that came to the end of its way, with a figure assumed or not; excluded where there was a gap."""
    seen = case.observation
    if isinstance(end, Gap):
        assumed = seen.publication_assumed or end.assumed
        return _datum(seen, Unknown(end.words), working.steps, end.code, assumed=assumed)
    assumed = seen.publication_assumed or end
    return _datum(seen, working.total, working.steps, None, assumed=assumed, carriage=working.added, ends=working.ends)


def set_aside(observation: Observation, code: str, words: str) -> Datum:
    """`observation` as an excluded datum, with its reason: a stable code, and words for the unknown price."""
    return _datum(observation, Unknown(words), (), code, assumed=observation.publication_assumed)


def _datum(
    observation: Observation,
    price: Decimal | Unknown,
    steps: tuple[Step, ...],
    exclusion: str | None,
    *,
    assumed: bool,
    carriage: Decimal | None = None,
    ends: tuple[Decimal, Decimal] | tuple[None, None] = (None, None),
) -> Datum:
    low, high = ends
    return make_datum(
        observation=observation.observation,
        tier=observation.tier,
        market=observation.market,
        observed_to=observation.observed_to,
        published_at=observation.published_at,
        submitter=observation.submitter,
        price=price,
        weight=None,
        steps=steps,
        exclusion=exclusion,
        source=observation.source,
        mass_kg=observation.mass_kg,
        under_floor=observation.under_floor,
        assumed=assumed,
        kind=observation.kind,
        counterparty=observation.counterparty,
        count=observation.count,
        carriage=carriage,
        low=low,
        high=high,
    )


def months_described(observation: Observation) -> tuple[date, ...]:
    """The first days of the months that an observation describes, in order."""
    first, last = (
        day.year * _MONTHS_PER_YEAR + day.month - 1 for day in (observation.observed_from, observation.observed_to)
    )
    return tuple(date(month // _MONTHS_PER_YEAR, month % _MONTHS_PER_YEAR + 1, 1) for month in range(first, last + 1))


def _quoted(case: Case, working: Working) -> bool | Gap:
    """The mean of low and high; of several alike that are told as one, their mean by mass (or by number, without masses)."""
    seen = case.observation
    if seen.low <= 0 or seen.high < seen.low:
        return Gap("not_positive", f"quoted at {plain(seen.low)} to {plain(seen.high)} {seen.currency}/{seen.unit}")
    if seen.mass_kg is not None and seen.mass_kg <= 0:
        return Gap("mass_not_positive", f"a mass of {plain(seen.mass_kg)} kg")
    unit = f"{seen.currency}/{seen.unit}"
    if seen.value is not None:
        by = "number" if seen.mass_kg is None else "mass"
        over = Decimal(seen.count) if seen.mass_kg is None else seen.mass_kg
        working.step(f"mean of {seen.count} as quoted, by {by}, {unit}", "=", seen.value, over=over)
        if seen.low < seen.high:
            working.between(seen.low, seen.high)
        return False
    if seen.low == seen.high:
        working.step(f"as quoted, {unit}", "=", seen.low)
        return False
    working.step(f"low end as quoted, {unit}", "=", seen.low)
    working.step(f"high end as quoted, {unit}", "+", seen.high)
    working.step("mean of low and high", "÷", Decimal(2))
    working.between(seen.low, seen.high)
    return False


def _reflated(case: Case, working: Working) -> bool | Gap:
    """A real series is told in money of its index's base year; the price then paid is × the observed year's level ÷ 100.

    The observed year, not the year of use: every other observation, too, stands at what was paid when it was seen.
    """
    seen = case.observation
    if not seen.deflator:
        return False
    level = case.evidence.level(seen.deflator, seen.observed_to.year)
    if level is None:
        return Gap("price_index_missing", f"{seen.deflator} has no level for {seen.observed_to.year}")
    if not case.evidence.has_base(seen.deflator):
        return Gap("price_index_missing", f"{seen.deflator} does not show its base year (a level of {INDEX_BASE})")
    note = _assumed(assumed=level.assumed)
    working.step(f"reflated to {level.year} with {seen.deflator}{note}", "×", level.value, over=INDEX_BASE)
    return level.assumed


def _exchanged(case: Case, working: Working) -> bool | Gap:
    """What was seen on one day at that day's rate, where one is known; else at the mean of the months that it describes.

    An annual average is not December's.
    """
    seen, currency = case.observation, case.rules.currency
    if seen.currency == currency:
        return False
    daily = rate_of_its_day(seen, case.rules, case.evidence)
    if daily is not None:
        note = _assumed(assumed=daily.assumed)
        working.step(f"{seen.currency} to {currency}, {daily.day}{note}", "×", daily.rate)
        return daily.assumed
    months = months_described(seen)
    rates = [case.evidence.rate(seen.currency, currency, month) for month in months]
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(months):
        missing = ", ".join(f"{month:%Y-%m}" for month, rate in zip(months, rates, strict=True) if rate is None)
        return Gap("rate_missing", f"no rate of exchange from {seen.currency} to {currency} for {missing}")
    assumed = any(rate.assumed for rate in known)
    span = f"{months[0]:%Y-%m}" if len(months) == 1 else f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}, mean"
    with exact_arithmetic():
        total = sum((rate.rate for rate in known), Decimal(0))
    over = Decimal(len(months)) if len(months) > 1 else None
    working.step(f"{seen.currency} to {currency}, {span}{_assumed(assumed=assumed)}", "×", total, over=over)
    return assumed


def rate_of_its_day(seen: Observation, rules: FormRules, evidence: Evidence) -> DailyRate | None:
    """The daily rate at which an observation of one day is converted; None where it describes more, or none is known."""
    if seen.observed_from != seen.observed_to:
        return None
    return evidence.rate_of_day(seen.currency, rules.currency, seen.observed_to, rules.border.rate_days_back_max)


def _untaxed(case: Case, working: Working) -> bool | Gap:
    seen = case.observation
    if not seen.vat_included:
        return False
    tax = case.evidence.tax(seen.country, seen.observed_to)
    if tax is None:
        return Gap("value_added_tax_missing", f"no rate of value-added tax for {seen.country} on {seen.observed_to}")
    working.step(f"value-added tax of {seen.country} out", "÷", 1 + tax.rate)
    return False


def _per_kilogram(case: Case, working: Working) -> bool | Gap:
    unit = case.observation.unit
    try:
        mass_kg = kilograms_per(unit)
    except ValueError as error:
        return Gap("unit_unknown", str(error))
    if mass_kg != 1:
        working.step(f"{unit} to kg", "÷", mass_kg)
    return False


def _at_standard_payment(case: Case, working: Working) -> bool | Gap:
    """What is paid later is worth less: the price at the standard term is ÷ (1 + interest × (days − standard) ÷ year)."""
    days, terms = case.observation.payment_days, case.rules.terms
    if days is None:
        return False
    if terms is None:
        return Gap("payment_rule_missing", f"paid after {counted(days, 'day')}, and no rule says what that is worth")
    if days != terms.payment_days:
        year = Decimal(terms.year_days)
        with exact_arithmetic():
            divisor = year + terms.interest_share * (days - terms.payment_days)
        if divisor <= 0:
            return Gap(
                "not_positive",
                f"paid {counted(terms.payment_days - days, 'day')} early, at which it would be worth nothing",
            )
        working.step(f"paid after {counted(days, 'day')}, at {terms.payment_days}", "×", year, over=divisor)
    return False


def _per_basis(case: Case, working: Working) -> bool | Gap:
    """Per kg of goods or of their content. A declared content goes before the form's standard one.

    Pro rata a kilogram of goods is one of the standard goods, however the price was told.
    """
    form, seen = case.form, case.observation
    declared, standard, terms = seen.content, form.standard_content, case.rules.terms
    pro_rata = form.basis == "form" and terms is not None and terms.content == "pro_rata"
    if seen.per == form.basis:
        if pro_rata and declared is not None and declared != standard:
            if standard is None:
                return Gap("content_unknown", f"{form.form} has no standard content of {form.content} to compare with")
            note = _assumed(assumed=form.assumed)
            working.step(f"{plain(declared)} of {form.content}, at the standard{note}", "×", standard, over=declared)
            return form.assumed
        return False
    at_standard = declared is None or pro_rata
    content = standard if at_standard else declared
    if content is None:
        return Gap("content_unknown", f"{form.form} has no standard content of {form.content}")
    words = f"per kg of {form.content}" if form.basis == "contained" else f"per kg of {form.form} as traded"
    assumed = form.assumed and at_standard
    working.step(f"{words}{_assumed(assumed=assumed)}", "÷" if form.basis == "contained" else "×", content)
    return assumed


def _at_standard_grade(case: Case, working: Working) -> bool | Gap:
    grade = case.observation.grade
    if not grade:
        return False
    premium = case.rules.premium(grade)
    if premium is None:
        return Gap("grade_unknown", f"no rule says what grade {grade} is worth")
    if premium.factor != 1:
        working.step(f"grade {grade} at the standard one", "×", premium.factor)
    if premium.amount > 0:
        working.step(f"grade {grade} at the standard one", "+", premium.amount)
    if premium.amount < 0:
        working.step(f"grade {grade} at the standard one", "−", -premium.amount)
    return False


def _at_standard_lot(case: Case, working: Working) -> bool | Gap:
    seen, terms = case.observation, case.rules.terms
    lot_kg = lot_of(seen)
    if terms is None or lot_kg is None:
        return False
    reached = next((lot for lot in terms.lots if lot_kg >= lot.lot_kg_min), None)
    if reached is not None and reached.factor != 1:
        working.step(f"in lots of {plain(reached.lot_kg_min)} kg and more", "×", reached.factor)
    return False


def lot_of(seen: Observation) -> Decimal | None:
    """The size of one lot: the stated one, else all that was dealt in, where that is one deal."""
    return seen.lot_kg if seen.lot_kg is not None else seen.mass_kg if seen.count == 1 else None


def _above_zero(case: Case, working: Working) -> bool | Gap:
    """A price too small for twelve decimals is not a price of zero."""
    if working.total <= 0:
        return Gap("not_positive", f"less than can be told per kg of {case.form.form}")
    return False


def _landed(case: Case, working: Working) -> bool | Gap:
    """From fob or ex works to cif at the border; what is already cif, delivered, or an exchange's price stays."""
    form, border = case.form, case.rules.border
    if case.observation.incoterm not in _TO_BE_LANDED:
        return False
    working.mark()
    over = kilograms_per(border.freight_unit.partition("/")[2])
    assumed = border.assumed
    if form.basis == "contained":
        content = case.observation.content if case.observation.content is not None else form.standard_content
        if content is None:
            return Gap("content_unknown", f"freight per kg of {form.content} needs the standard content of {form.form}")
        with exact_arithmetic():
            over *= content
        assumed = assumed or (form.assumed and case.observation.content is None)
    if border.freight_per_t:
        working.step(f"freight to {border.base_port}{_assumed(assumed=assumed)}", "+", border.freight_per_t, over=over)
    if border.freight_per_t_km:
        by_sea = _carried_by_sea(case, working, over, assumed=assumed)
        if isinstance(by_sea, Gap):
            return by_sea
        assumed = assumed or by_sea
    if border.insurance_share:
        note = _assumed(assumed=border.assumed)
        working.step(f"insurance to {border.base_port}{note}", "×", 1 + border.insurance_share)
    return assumed


def _carried_by_sea(case: Case, working: Working, over: Decimal, *, assumed: bool) -> bool | Gap:
    """Freight by the kilometre. Says whether the distance itself had to be assumed."""
    seen, border = case.observation, case.rules.border
    kilometres = case.evidence.sea_km(seen.place, seen.country, border.base_port_code)
    if kilometres is None and border.distance_unknown_km is None:
        where = seen.place or seen.country or "an unnamed place"
        return Gap("distance_unknown", f"no distance by sea from {where} to {border.base_port}")
    distance = border.distance_unknown_km if kilometres is None else kilometres
    note = _assumed(assumed=assumed or kilometres is None)
    what = f"{distance} km by sea to {border.base_port}{note}"
    working.step(what, "+", Decimal(distance or 0), border.freight_per_t_km, over=over)
    return kilometres is None


def _assumed(*, assumed: bool) -> str:
    return " (assumed)" if assumed else ""


QUOTED: Final[Stage] = _quoted
AT_STANDARD_PAYMENT: Final[Stage] = _at_standard_payment
TO_THE_KILOGRAM: Final[tuple[Stage, ...]] = (_reflated, _exchanged, _untaxed, _per_kilogram, AT_STANDARD_PAYMENT)
"""From what was quoted to the border's currency per kg, in the order of the mechanism."""
_BY_BASIS: Final[tuple[Stage, ...]] = (_per_basis, _at_standard_grade, _at_standard_lot, _landed)
ABOVE_ZERO: Final[Stage] = _above_zero
TO_THE_BORDER: Final[tuple[Stage, ...]] = (*_BY_BASIS, ABOVE_ZERO)
"""From there to the form's basis at the border."""
BY_ITS_TERMS: Final[tuple[Stage, ...]] = (*TO_THE_KILOGRAM, *_BY_BASIS)
"""Every stage between the quotation and the border that does the same to any price quoted on the same terms."""
