"""Ô: the ordinary duty that a form owes at import parity, per kg of its basis (MECHANISM §3, §5).

The schedule states ordinary duties line by line of the importer's tariff; a notified floor tariff is one figure for a
form, set before anybody knows under which line the goods will be declared. So only that part of the ordinary duty
counts which every line of the form owes: a line that owes more then lands above the floor, never below it.
The lines of a form are those that the facts name for it, where they do: 2846.90 has a line for mixtures of oxides that
is free, and mixed carbonate is not entered under it. A form of which they name two (oxide of Nd and Pr separated
together) counts the lower. Where they name none, it is every line of its codes, those for other goods among them.

What counts is the general rate, or that of column 2 where all origins of the group owe it. Goods that claim a
preference owe less ordinary duty than is counted here, and under a notified tariff land below the floor by as much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from footwall.facts import Form, FormLine, OrdinaryDuty, TariffTreatment, Treatment
from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.tariffs.origins import column_2_countries


@dataclass(frozen=True, slots=True)
class OrdinaryRate:
    """An ordinary duty on a form: a fraction of the customs value, and USD per kg of the form's basis."""

    ad_valorem: Decimal
    specific: Decimal

    def at(self, price: Decimal, outside_value: Decimal) -> Decimal:
        """The duty on one kg that lands at `price`, of which `outside_value` (freight and insurance) is not dutiable.

        Both in USD per kg of the form's basis. A customs value is never below zero.
        """
        with exact_arithmetic():
            return self.ad_valorem * max(Decimal(0), price - outside_value) + self.specific


def ordinary_in_force(
    duties: Iterable[OrdinaryDuty], importer: str, on: date, treatment: Treatment = "general"
) -> tuple[OrdinaryDuty, ...]:
    """The rates of `importer` under `treatment` that are in force on `on`, in their own order."""
    return tuple(
        duty
        for duty in duties
        if duty.importer == importer
        and duty.treatment == treatment
        and duty.valid_from <= on
        and (duty.valid_to is None or on <= duty.valid_to)
    )


@dataclass(frozen=True, slots=True)
class OrdinaryFacts:
    """What the facts hold of ordinary duties: the rates, and the countries that are not simply treated as all others.

    `content_factors`: kilograms of one thing in a kilogram of another, by (content, contained); 0.793 for (WO3, W).
    `form_lines`: the lines under which forms are entered; a form without one is entered under any line of its codes.
    """

    duties: Iterable[OrdinaryDuty]
    content_factors: Mapping[tuple[str, str], Decimal]
    treatments: Iterable[TariffTreatment] = ()
    form_lines: Iterable[FormLine] = ()


def ordinary_rate(
    form: Form,
    importer: str,
    on: date,
    facts: OrdinaryFacts,
    *,
    currency: str,
    rounding_unit: Decimal,
    origins: Sequence[str] = (),
) -> OrdinaryRate | Unknown:
    """What every tariff line of `form` owes in `importer` on `on`: the lowest ad valorem and the lowest specific part.

    The lowest, because a notified tariff that counted on more would let goods of the cheapest line land below the floor
    by the difference; counting the lowest, goods of a dearer line land above it by as much.
    It is the general rate, whatever preference an origin may claim; the rate of column 2 where `origins` names
    countries and the importer holds every one of them under column 2 on `on`.

    Unknown, with the reason, where the facts hold no line of the form, or no rate on that day of one under which it is
    entered, or the rate of one is unknown, is in another
    currency, or stands on an element whose share in the form is not known. A specific rate that must be told per kg of
    another basis is rounded down to `rounding_unit`.
    """
    apart = column_2_countries(facts.treatments, importer, on)
    treatment: Treatment = "column_2" if origins and apart.issuperset(origins) else "general"
    entered = {line.hs_code for line in facts.form_lines if (line.form, line.importer) == (form.form, importer)}
    rates: list[OrdinaryRate] = []
    for duty in ordinary_in_force(facts.duties, importer, on, treatment):
        if duty.hs_code in entered if entered else duty.hs_code[:6] in form.hs6:
            rate = _rate_of_line(form, duty, facts, currency, rounding_unit)
            if isinstance(rate, Unknown):
                return rate
            rates.append(rate)
    missing = sorted(entered - {duty.hs_code for duty in ordinary_in_force(facts.duties, importer, on, treatment)})
    if missing:
        return Unknown(f"the facts hold no rate of {importer} {', '.join(missing)} on {on}")
    if not rates:
        return Unknown(f"the facts hold no ordinary duty of {importer} on {form.form}")
    return OrdinaryRate(min(rate.ad_valorem for rate in rates), min(rate.specific for rate in rates))


def _rate_of_line(
    form: Form, duty: OrdinaryDuty, facts: OrdinaryFacts, currency: str, unit: Decimal
) -> OrdinaryRate | Unknown:
    if duty.ad_valorem is None and duty.specific is None:
        return Unknown(f"the rate of {duty.importer} {duty.hs_code} ({duty.rate_text}) is not known as a figure")
    ad_valorem = duty.ad_valorem or Decimal(0)
    if duty.specific is None or duty.specific == 0:
        return OrdinaryRate(ad_valorem, Decimal(0))
    if duty.currency != currency:
        return Unknown(f"the rate of {duty.importer} {duty.hs_code} is in {duty.currency}, not {currency}")
    specific = _per_kg_of_basis(form, duty.specific, duty.contained, facts, unit)
    if isinstance(specific, Unknown):
        return Unknown(f"{duty.importer} {duty.hs_code}: {specific.reason}")
    return OrdinaryRate(ad_valorem, specific)


def _per_kg_of_basis(
    form: Form, specific: Decimal, contained: str, facts: OrdinaryFacts, unit: Decimal
) -> Decimal | Unknown:
    """A rate per kg of goods, or of something contained in them, per kg of what the form is priced by."""
    if bool(contained) == (form.basis == "contained") and contained in {"", form.content}:
        return specific
    factor = Decimal(1) if contained in {"", form.content} else facts.content_factors.get((form.content, contained))
    if factor is None:
        return Unknown(f"the share of {contained} in the {form.content} of {form.form} is not known")
    with exact_arithmetic():
        if contained and form.basis == "contained":
            return round_to_unit(specific * factor, unit, "down")
        if form.standard_content is None:
            return Unknown(f"{form.form} has no standard content to convert its rate by")
        content = form.standard_content
        return round_to_unit(specific * factor * content if contained else specific / content, unit, "down")
