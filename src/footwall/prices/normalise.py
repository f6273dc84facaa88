"""One observation becomes a datum: USD per kg of the form's basis, cif at the zone border, every step told (mechanism §1).

The order: mean of low and high · reflation · currency · value-added tax · kilogram · basis · freight and insurance.
What cannot be told exactly is excluded with a reason and never guessed: a missing rate is neither inverted nor crossed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.facts import Form, Observation
from footwall.prices.evidence import INDEX_BASE, Evidence
from footwall.prices.records import Datum
from footwall.prices.working import Working
from footwall.quantity import Unknown, exact_arithmetic, kilograms_per, plain
from footwall.rulebook import Border

_TO_BE_LANDED: Final = frozenset({"fob", "exw"})
_MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class _Gap:
    """Why an observation cannot be normalised: a stable code, and the words."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class _Case:
    observation: Observation
    form: Form
    border: Border
    evidence: Evidence


def normalise(observation: Observation, form: Form, border_rule: Border, evidence: Evidence) -> Datum:
    """`observation` as a datum of `form`, in the border rule's currency per kg of the form's basis at the zone border.

    What cannot be normalised comes back with an unknown price, the steps that were possible, and one of the exclusions
    `not_positive`, `mass_not_positive`, `price_index_missing`, `rate_missing`, `value_added_tax_missing`,
    `unit_unknown`, `content_unknown`. Nothing is raised: a bad observation is bad data.
    """
    case, working = _Case(observation, form, border_rule, evidence), Working()
    assumed = observation.publication_assumed
    for stage in _STAGES:
        outcome = stage(case, working)
        if isinstance(outcome, _Gap):
            datum = set_aside(observation, outcome.code, outcome.words)
            return replace(datum, steps=working.steps, assumed=assumed)
        assumed = assumed or outcome
    return replace(
        set_aside(observation, "", ""), price=working.total, steps=working.steps, exclusion=None, assumed=assumed
    )


def set_aside(observation: Observation, code: str, words: str) -> Datum:
    """`observation` as an excluded datum, with its reason: a stable code, and words for the unknown price."""
    return Datum(
        observation=observation.observation,
        tier=observation.tier,
        market=observation.market,
        observed_to=observation.observed_to,
        published_at=observation.published_at,
        submitter=observation.submitter,
        price=Unknown(words),
        weight=None,
        steps=(),
        exclusion=code,
        source=observation.source,
        mass_kg=observation.mass_kg,
        under_floor=observation.under_floor,
        assumed=observation.publication_assumed,
    )


def months_described(observation: Observation) -> tuple[date, ...]:
    """The first days of the months that an observation describes, in order."""
    first, last = (day.year * _MONTHS_PER_YEAR + day.month - 1 for day in _period(observation))
    return tuple(date(month // _MONTHS_PER_YEAR, month % _MONTHS_PER_YEAR + 1, 1) for month in range(first, last + 1))


def _period(observation: Observation) -> tuple[date, date]:
    return observation.observed_from, observation.observed_to


def _quoted(case: _Case, working: Working) -> bool | _Gap:
    seen = case.observation
    if seen.low <= 0 or seen.high < seen.low:
        return _Gap("not_positive", f"quoted at {plain(seen.low)} to {plain(seen.high)} {seen.currency}/{seen.unit}")
    if seen.mass_kg is not None and seen.mass_kg <= 0:
        return _Gap("mass_not_positive", f"a mass of {plain(seen.mass_kg)} kg")
    unit = f"{seen.currency}/{seen.unit}"
    if seen.low == seen.high:
        working.step(f"as quoted, {unit}", "=", seen.low)
        return False
    working.step(f"low end as quoted, {unit}", "=", seen.low)
    working.step(f"high end as quoted, {unit}", "+", seen.high)
    working.step("mean of low and high", "÷", Decimal(2))
    return False


def _reflated(case: _Case, working: Working) -> bool | _Gap:
    """A real series is told in money of its index's base year; the price then paid is × the observed year's level ÷ 100.

    The observed year, not the year of use: every other observation, too, stands at what was paid when it was seen.
    """
    seen = case.observation
    if not seen.deflator:
        return False
    level = case.evidence.level(seen.deflator, seen.observed_to.year)
    if level is None:
        return _Gap("price_index_missing", f"{seen.deflator} has no level for {seen.observed_to.year}")
    if not case.evidence.has_base(seen.deflator):
        return _Gap("price_index_missing", f"{seen.deflator} does not show its base year (a level of {INDEX_BASE})")
    note = _assumed(assumed=level.assumed)
    working.step(f"reflated to {level.year} with {seen.deflator}{note}", "×", level.value, over=INDEX_BASE)
    return level.assumed


def _exchanged(case: _Case, working: Working) -> bool | _Gap:
    """At the mean of the monthly rates over the months that the observation describes: an annual average is not December's."""
    seen, currency = case.observation, border_currency(case.border)
    if seen.currency == currency:
        return False
    months = months_described(seen)
    rates = [case.evidence.rate(seen.currency, currency, month) for month in months]
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(months):
        missing = ", ".join(f"{month:%Y-%m}" for month, rate in zip(months, rates, strict=True) if rate is None)
        return _Gap("rate_missing", f"no rate of exchange from {seen.currency} to {currency} for {missing}")
    assumed = any(rate.assumed for rate in known)
    span = f"{months[0]:%Y-%m}" if len(months) == 1 else f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}, mean"
    with exact_arithmetic():
        total = sum((rate.rate for rate in known), Decimal(0))
    over = Decimal(len(months)) if len(months) > 1 else None
    working.step(f"{seen.currency} to {currency}, {span}{_assumed(assumed=assumed)}", "×", total, over=over)
    return assumed


def _untaxed(case: _Case, working: Working) -> bool | _Gap:
    seen = case.observation
    if not seen.vat_included:
        return False
    tax = case.evidence.tax(seen.country, seen.observed_to)
    if tax is None:
        return _Gap("value_added_tax_missing", f"no rate of value-added tax for {seen.country} on {seen.observed_to}")
    working.step(f"value-added tax of {seen.country} out", "÷", 1 + tax.rate)
    return False


def _per_kilogram(case: _Case, working: Working) -> bool | _Gap:
    unit = case.observation.unit
    try:
        mass_kg = kilograms_per(unit)
    except ValueError as error:
        return _Gap("unit_unknown", str(error))
    if mass_kg != 1:
        working.step(f"{unit} to kg", "÷", mass_kg)
    return False


def _per_basis(case: _Case, working: Working) -> bool | _Gap:
    form, per = case.form, case.observation.per
    if per == form.basis:
        return False
    if form.standard_content is None:
        return _Gap("content_unknown", f"{form.form} has no standard content of {form.content}")
    words = f"per kg of {form.content}" if form.basis == "contained" else f"per kg of {form.form} as traded"
    working.step(
        f"{words}{_assumed(assumed=form.assumed)}", "÷" if form.basis == "contained" else "×", form.standard_content
    )
    return form.assumed


def _above_zero(case: _Case, working: Working) -> bool | _Gap:
    """A price too small for twelve decimals is not a price of zero."""
    if working.total <= 0:
        return _Gap("not_positive", f"less than can be told per kg of {case.form.form}")
    return False


def _landed(case: _Case, working: Working) -> bool | _Gap:
    """From fob or ex works to cif at the border; what is already cif, delivered, or an exchange's price stays."""
    form, border = case.form, case.border
    if case.observation.incoterm not in _TO_BE_LANDED:
        return False
    over = kilograms_per(border.freight_unit.partition("/")[2])
    assumed = border.assumed
    if form.basis == "contained":
        if form.standard_content is None:
            return _Gap(
                "content_unknown", f"freight per kg of {form.content} needs the standard content of {form.form}"
            )
        with exact_arithmetic():
            over *= form.standard_content
        assumed = assumed or form.assumed
    note = _assumed(assumed=assumed)
    if border.freight_per_t:
        working.step(f"freight to {border.base_port}{note}", "+", border.freight_per_t, over=over)
    if border.insurance_share:
        working.step(f"insurance to {border.base_port}{note}", "×", 1 + border.insurance_share)
    return assumed


def border_currency(border: Border) -> str:
    """The currency in which prices stand at the border: that of its freight."""
    return border.freight_unit.partition("/")[0]


def _assumed(*, assumed: bool) -> str:
    return " (assumed)" if assumed else ""


_STAGES: Final[tuple[Callable[[_Case, Working], bool | _Gap], ...]] = (
    _quoted,
    _reflated,
    _exchanged,
    _untaxed,
    _per_kilogram,
    _per_basis,
    _landed,
    _above_zero,
)
"""In the order of the mechanism. Each says whether it used an assumption, or why it cannot go on."""
