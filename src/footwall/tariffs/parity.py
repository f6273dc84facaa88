"""Import parity P̂: what a form costs landed in the zone before any floor duty, by origin group (MECHANISM §4).

Only prices made outside the zone may speak. The zone's own unit values are invoices: if they set parity, a dominant
group would invoice at the floor for one period and its duty would fall to nil. They are left out here whatever they say,
so that a rise of theirs alone lowers no duty; and unit values of third countries stay out where they already make the
form's reference price.

Prices of the group's own origins go before those of any other outside the zone, which speak only where the rule lets
them; better tiers go before worse, the newest month before older ones. Each submitter is one voice, and the voices' median is P̂: one odd invoice moves it little.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.errors import UsageError
from footwall.facts import Country, Form, Observation
from footwall.months import month_end
from footwall.prices import Datum, Evidence, FormRules, form_rules, normalise, rate_of_its_day
from footwall.quantity import Unknown, exact_arithmetic, kilograms_per, round_to_unit
from footwall.rulebook import (
    Border,
    OriginGroup,
    ParityRule,
    ReferenceRule,
    Rulebook,
    in_force,
    rule_of_form,
)
from footwall.tariffs.ordinary import OrdinaryRate
from footwall.tariffs.records import NO_CARRIAGE, Parity

_NO_PRICES: Final = frozenset({"cost_survey", "payable", "conversion_charge"})
_EXPORT_TERMS: Final = frozenset({"fob", "exw", "exchange"})


def import_parity(
    on: date,
    form: Form,
    group: OriginGroup,
    observations: Iterable[Observation],
    rulebook: Rulebook,
    *,
    evidence: Evidence,
    members: AbstractSet[str],
    previous: Parity | None,
) -> Parity:
    """P̂ of `form` from `group` on `on`: USD per kg of the form's basis, cif at the zone border, rounded as its reference is.

    `observations` may be of any form and day: those of this form count that were published, and whose period was over,
    by `on`. `members` are the ISO codes of that day. `previous` is the last parity of the same form and group: it is
    carried while what it rests on is young enough for the rule; after that parity is suspended, which is Unknown.
    Raises UsageError where the rulebook has no parity or reference rule for the form, RulebookError where it has no border.
    """
    rules = _rules(on, form, rulebook)
    usable = [seen for seen in observations if seen.form == form.form and _usable(seen, on, rules, members, evidence)]
    groups = in_force(rulebook.origin_group, on)
    own = [seen for seen in usable if _exported_by(seen, group, groups)]
    for preferred in (own,) if rules.parity.quotes == "own" else (own, usable):
        for tier in rules.tiers:
            told = (normalise(seen, form, rules.prices, evidence) for seen in preferred if seen.tier == tier)
            data = _newest([datum for datum in told if isinstance(datum.price, Decimal)])
            if data:
                return _observed(tier, data, on=on, form=form, group=group, rules=rules)
    return _carried(on, form, group, rules.parity, previous)


def duty_paid_parity(
    parities: Sequence[Parity], ordinary: OrdinaryRate | Unknown, outside_value: Decimal | Unknown
) -> Decimal | Unknown:
    """What a form costs inside the zone without its floor: the lowest parity of its origin groups, with ordinary duty.

    For the ladder. An importer buys from the cheapest group; one whose parity is suspended offers nothing that could be
    compared. Before ordinary duty where its rate or `outside_value` is Unknown. Unknown where every parity is.
    """
    known = [parity.price for parity in parities if isinstance(parity.price, Decimal)]
    if not known:
        return Unknown(_why_none(parities))
    lowest = min(known)
    if isinstance(ordinary, Unknown) or isinstance(outside_value, Unknown):
        return lowest
    with exact_arithmetic():
        return lowest + ordinary.at(lowest, outside_value)


def _why_none(parities: Sequence[Parity]) -> str:
    """Why no group has a price: once, where all say the same."""
    reasons = {parity.group: parity.price.reason for parity in parities if isinstance(parity.price, Unknown)}
    if len(set(reasons.values())) > 1:
        return "; ".join(f"{group}: {reason}" for group, reason in reasons.items())
    return next(iter(reasons.values()), "no parity was measured")


def outside_value(parity: Parity, country: Country, rounding_unit: Decimal) -> Decimal | Unknown:
    """The part of a parity that the customs value of `country` leaves out: USD per kg of the form's basis.

    Nothing for a `cif` country. For a `fob` country the freight and insurance that are in the price (`Parity.carriage`),
    rounded to `rounding_unit`. Unknown where the price or its carriage is.
    """
    if country.valuation == "cif":
        return Decimal(0)
    if isinstance(parity.price, Unknown):
        return parity.price
    if isinstance(parity.carriage, Unknown):
        return parity.carriage
    return round_to_unit(parity.carriage, rounding_unit, "half_up")


@dataclass(frozen=True, slots=True)
class _Rules:
    prices: FormRules
    parity: ParityRule

    @property
    def reference(self) -> ReferenceRule:
        """How the form's reference price is set."""
        return self.prices.reference

    @property
    def tiers(self) -> tuple[str, ...]:
        """The rule's tiers, without unit values where the form's reference may rest on them."""
        in_reference = {tier.tier for tier in self.reference.tiers}
        return tuple(tier for tier in self.parity.tiers if tier != "unit_values" or tier not in in_reference)


def _rules(on: date, form: Form, rulebook: Rulebook) -> _Rules:
    parity = rule_of_form(in_force(rulebook.parity, on), form.form, "parity")
    prices = form_rules(rulebook, form.form, on)
    if parity is None or prices is None:
        missing = {"parity": parity, "reference": prices}
        names = ", ".join(name for name, rule in missing.items() if rule is None)
        raise UsageError(f"rulebook {rulebook.rulebook.version} has no {names} rule for {form.form} on {on}")
    return _Rules(prices, parity)


def _usable(seen: Observation, on: date, rules: _Rules, members: AbstractSet[str], evidence: Evidence) -> bool:
    """Outside the zone, before duty, known, and young enough."""
    foreign = seen.currency != rules.prices.currency
    # The mean rate of a month is not known before the month is over: such a price cannot be told in dollars yet.
    waits = foreign and rate_of_its_day(seen, rules.prices, evidence) is None
    known_from = max(seen.published_at, month_end(seen.observed_to) if waits else seen.observed_to)
    return (
        seen.kind not in _NO_PRICES
        and seen.relation != "related"
        and seen.incoterm != "ddp"
        and not seen.under_floor
        and seen.country not in members
        and known_from <= on
        and (on - seen.observed_to).days <= rules.parity.age_days_max
    )


def _exported_by(seen: Observation, group: OriginGroup, groups: Sequence[OriginGroup]) -> bool:
    """Whether this is an export quote of the group's own; a cif price tells what goods of anywhere cost at its port."""
    if seen.incoterm not in _EXPORT_TERMS or not seen.country:
        return False
    if group.origins != "non-members":
        return seen.country in group.origins
    return not any(other.origins != "non-members" and seen.country in other.origins for other in groups)


def _newest(data: Sequence[Datum]) -> tuple[Datum, ...]:
    """The data of the newest month, by observation."""
    if not data:
        return ()
    last = max(datum.observed_to for datum in data)
    current = (datum for datum in data if datum.observed_to.replace(day=1) == last.replace(day=1))
    return tuple(sorted(current, key=lambda datum: datum.observation))


def _observed(tier: str, data: tuple[Datum, ...], *, on: date, form: Form, group: OriginGroup, rules: _Rules) -> Parity:
    """The median voice, and the carriage that is in it."""
    prices: dict[str, Decimal] = {}
    carriages: dict[str, Decimal | Unknown] = {}
    for submitter, said in _by_submitter(data).items():
        told = [datum.price for datum in said if isinstance(datum.price, Decimal)]
        prices[submitter] = _mean(told)
        carriages[submitter] = _mean_known([_carriage(datum, form, rules.prices.border) for datum in said])
    in_order = sorted(prices, key=lambda submitter: (prices[submitter], submitter))
    middle = in_order[(len(in_order) - 1) // 2 : len(in_order) // 2 + 1]
    unit, mode = rules.reference.price_rounding_unit, rules.reference.price_rounding_mode
    carriage = _mean_known([carriages[submitter] for submitter in middle])
    return Parity(
        form=form.form,
        group=group.group,
        on=on,
        price=round_to_unit(_mean([prices[submitter] for submitter in middle]), unit, mode),
        status="observed",
        tier=tier,
        rests_on=max(datum.observed_to for datum in data),
        used=data,
        carriage=carriage if isinstance(carriage, Unknown) else round_to_unit(carriage, unit, mode),
        carriage_estimated=any(datum.carriage is None for datum in data if datum.submitter in middle),
    )


def _carriage(datum: Datum, form: Form, border: Border) -> Decimal | Unknown:
    """What of the datum's price is freight and insurance: what was put in, else an estimate by the same rule.

    Nobody says from where goods came whose price was told landed, or made at an exchange: they are taken to have come as
    far as the rule takes an unknown place to be, and where it takes none their carriage is unknown.
    """
    if datum.carriage is not None or not isinstance(datum.price, Decimal):
        return NO_CARRIAGE if datum.carriage is None else datum.carriage
    if border.freight_per_t_km and border.distance_unknown_km is None:
        return Unknown("how far goods have come whose price was told landed")
    mass_kg = kilograms_per(border.freight_unit.partition("/")[2])
    with exact_arithmetic():
        if form.basis == "contained":
            if form.standard_content is None:
                return Unknown(f"freight per kg of {form.content} needs the standard content of {form.form}")
            mass_kg *= form.standard_content
        freight = border.freight_per_t + border.freight_per_t_km * (border.distance_unknown_km or 0)
        return datum.price - datum.price / (1 + border.insurance_share) + freight / mass_kg


def _by_submitter(data: Iterable[Datum]) -> Mapping[str, Sequence[Datum]]:
    voices: defaultdict[str, list[Datum]] = defaultdict(list)
    for datum in data:
        voices[datum.submitter].append(datum)
    return voices


def _mean(values: Sequence[Decimal]) -> Decimal:
    with exact_arithmetic():
        return sum(values, Decimal(0)) / len(values)


def _mean_known(values: Sequence[Decimal | Unknown]) -> Decimal | Unknown:
    known = [value for value in values if isinstance(value, Decimal)]
    if len(known) < len(values):
        return next(value for value in values if isinstance(value, Unknown))
    return _mean(known)


def _carried(on: date, form: Form, group: OriginGroup, rule: ParityRule, previous: Parity | None) -> Parity:
    if previous is not None and isinstance(previous.price, Decimal) and previous.rests_on is not None:
        age_days = (on - previous.rests_on).days
        if age_days <= rule.carry_days_max:
            return replace(previous, on=on, status="carried")
        reason = (
            f"its last price outside the zone is {age_days} days old, and at most {rule.carry_days_max} are allowed"
        )
    else:
        reason = "no price outside the zone is known"
    return Parity(form.form, group.group, on, Unknown(reason), "suspended", None, None, ())
