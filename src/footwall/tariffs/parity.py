"""Import parity P̂: what a form costs landed in the zone before any floor duty, by origin group (MECHANISM §4).

Only prices made outside the zone may speak. The zone's own unit values are invoices: if they set parity, a dominant
group would invoice at the floor for one period and its duty would fall to nil. They are left out here whatever they say,
so that a rise of theirs alone lowers no duty; and unit values of third countries stay out where they already make the
form's reference price.

Prices of the group's own origins go before those of any other outside the zone, which speak only where the rule lets
them; better tiers go before worse. What a tier says is the law of reference prices, not another one: who is eligible, the
newest word of each series, a deal once, each submitter one voice, caps, outliers, and the least data without which it says
nothing. Only what is made of its voices differs: P̂ is their weighted median, which no minority moves beyond what the
others said (docs/manipulation.md).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import mul
from typing import Final

from footwall.errors import Problem, RulebookError, UsageError
from footwall.facts import Country, Form, Observation
from footwall.prices import (
    Book,
    Datum,
    Evidence,
    FormRules,
    MarketPrice,
    Voice,
    deal_of,
    exclusion_in_words,
    form_rules,
    known_from,
    market_price,
    weighted_medians,
)
from footwall.quantity import Unknown, exact_arithmetic, kilograms_per, round_to_unit
from footwall.rulebook import (
    Border,
    OriginGroup,
    ParityRule,
    ReferenceRule,
    Rulebook,
    TierRule,
    in_force,
    rule_of_form,
)
from footwall.tariffs.ordinary import OrdinaryRate
from footwall.tariffs.records import NO_CARRIAGE, Parity, PassedOver, Whose

_NO_PRICES: Final = frozenset({"cost_survey", "payable", "conversion_charge"})
_TOLD_BY_THE_TIER: Final = frozenset({"tier_failed", "outlier"})
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
    by `on`. `members` are the ISO codes of that day. A tier that has too little is passed over, and the reason is kept
    (`Parity.passed_over`). `previous` is the last parity of the same form and group: it is carried while what it rests on
    is young enough for the rule; after that parity is suspended, which is Unknown.
    Raises UsageError where the rulebook has no parity or reference rule for the form, RulebookError where it has no border
    or states no least data of a tier.
    """
    rules = _rules(on, form, rulebook)
    told = [seen for seen in observations if seen.form == form.form]
    barred = {deal_of(seen) for seen in told if _bars(seen) and known_from(seen, rules.prices) <= on} - {None}
    usable = [seen for seen in told if deal_of(seen) not in barred and _usable(seen, on, rules, members)]
    groups = in_force(rulebook.origin_group, on)
    own = [seen for seen in usable if _exported_by(seen, group, groups)]
    asked: tuple[tuple[Whose, list[Observation]], ...] = (("own", own), ("any", usable))
    passed_over: list[PassedOver] = []
    for whose, seen in asked[:1] if rules.parity.quotes == "own" else asked:
        if not seen:
            continue
        market = market_price(on, Book(form, seen, rules.prices_of(whose), evidence))
        passed_over += _passed_over(whose, seen, market)
        if market.used:
            return _observed(market, on=on, form=form, group=group, rules=rules, passed_over=tuple(passed_over))
    return _carried(on, form, group, rules.parity, previous=previous, passed_over=tuple(passed_over))


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
    """`prices` are the rules of the form's reference price, with the tiers of its parity in place of its own."""

    prices: FormRules
    parity: ParityRule

    def prices_of(self, whose: Whose) -> FormRules:
        """The rules for a group's own quotes: its goods come at its price, even where that is no market's, and the duty must meet it.

        Of others, whom nobody asked what these goods cost, an origin that sets no reference price tells nothing.
        """
        if whose != "own" or self.prices.eligibility is None:
            return self.prices
        return replace(self.prices, eligibility=self.prices.eligibility.model_copy(update={"origins_excluded": ()}))


def _rules(on: date, form: Form, rulebook: Rulebook) -> _Rules:
    parity = rule_of_form(in_force(rulebook.parity, on), form.form, "parity")
    prices = form_rules(rulebook, form.form, on)
    if parity is None or prices is None:
        missing = {"parity": parity, "reference": prices}
        names = ", ".join(name for name, rule in missing.items() if rule is None)
        raise UsageError(f"rulebook {rulebook.rulebook.version} has no {names} rule for {form.form} on {on}")
    reference = prices.reference.model_copy(update={"tiers": tuple(_tiers(parity, prices.reference, form))})
    return _Rules(replace(prices, reference=reference), parity)


def _tiers(parity: ParityRule, reference: ReferenceRule, form: Form) -> Iterator[TierRule]:
    """The tiers of parity with their least data: that of the form's reference rule, else that of the parity rule.

    Without unit values where the form's reference may rest on them. A tier speaks for no longer than both rules let it.
    """
    in_reference = {tier.tier: tier for tier in reference.tiers}
    stated = {tier.tier: tier for tier in parity.least}
    for name in parity.tiers:
        tier = in_reference.get(name) or stated.get(name)
        if tier is None:
            problem = Problem("rulebook_gap", name, f"the least data of the tier {name}", "State it.", field="least")
            raise RulebookError(
                f"a parity rule of {form.form} names a tier of which no rule states the least", [problem]
            )
        if name != "unit_values" or name not in in_reference:
            yield tier.model_copy(update={"age_days_max": min(tier.age_days_max, parity.age_days_max)})


def _bars(seen: Observation) -> bool:
    """Whether a report of a deal says what keeps the deal from speaking, whichever of its sides says so."""
    return seen.relation == "related" or seen.under_floor


def _usable(seen: Observation, on: date, rules: _Rules, members: AbstractSet[str]) -> bool:
    """A price made outside the zone at arm's length, before duty, published, and young enough to matter."""
    return (
        seen.kind not in _NO_PRICES
        and not _bars(seen)
        and seen.incoterm != "ddp"
        and seen.country not in members
        and seen.published_at <= on
        # A deal may have been reported before, by its other side: then it does not count again, however old that is.
        and (bool(seen.lot) or (on - seen.observed_to).days <= rules.parity.age_days_max)
    )


def _passed_over(whose: Whose, seen: Sequence[Observation], market: MarketPrice) -> Iterator[PassedOver]:
    """Each tier of which something was known and that did not stand: what it lacked, and what of it never counted."""
    known = {one.tier for one in seen}
    for note in market.tier_notes:
        if note.tier in known:
            codes = (datum.exclusion for datum in market.excluded if datum.tier == note.tier)
            left_out = Counter(code for code in codes if code not in _TOLD_BY_THE_TIER)
            told = (f"{count} left out: {exclusion_in_words(code)}" for code, count in sorted(left_out.items()))
            yield PassedOver(whose, note.tier, "; ".join((note.reason, *told)))


def _exported_by(seen: Observation, group: OriginGroup, groups: Sequence[OriginGroup]) -> bool:
    """Whether this is an export quote of the group's own; a cif price tells what goods of anywhere cost at its port."""
    if seen.incoterm not in _EXPORT_TERMS or not seen.country:
        return False
    if group.origins != "non-members":
        return seen.country in group.origins
    return not any(other.origins != "non-members" and seen.country in other.origins for other in groups)


def _observed(
    market: MarketPrice,
    *,
    on: date,
    form: Form,
    group: OriginGroup,
    rules: _Rules,
    passed_over: tuple[PassedOver, ...],
) -> Parity:
    """The weighted median of the voices, and the carriage that is in it."""
    middle = _middle(market.voices)
    theirs = [[datum for datum in market.used if datum.submitter == voice.submitter] for voice in middle]
    carriage = _mean_known([_carriage_of(said, form, rules.prices.border) for said in theirs])
    unit, mode = rules.prices.reference.price_rounding_unit, rules.prices.reference.price_rounding_mode
    return Parity(
        form=form.form,
        group=group.group,
        on=on,
        price=round_to_unit(_mean([voice.price for voice in middle]), unit, mode),
        status="observed",
        tier=None if market.tier_rule is None else market.tier_rule.tier,
        rests_on=max(datum.observed_to for datum in market.used),
        used=market.used,
        carriage=carriage if isinstance(carriage, Unknown) else round_to_unit(carriage, unit, mode),
        carriage_estimated=any(datum.carriage is None for said in theirs for datum in said),
        passed_over=passed_over,
    )


def _middle(voices: Iterable[Voice]) -> Sequence[Voice]:
    """The voice at which half of the weight is reached; the two between which it lies, where it lies between them."""
    weights = {voice: voice.weight for voice in voices if voice.weight is not None}
    in_order = sorted(weights, key=lambda voice: (voice.price, voice.submitter))
    found = weighted_medians(range(len(in_order)), [weights[voice] for voice in in_order])
    return [in_order[position] for position in sorted(set(found))]


def _carriage_of(said: Sequence[Datum], form: Form, border: Border) -> Decimal | Unknown:
    """What of a voice's price is carriage: the mean of its data by the weight that they have in it."""
    carriages = [_carriage(datum, form, border) for datum in said]
    known = [carriage for carriage in carriages if isinstance(carriage, Decimal)]
    if len(known) < len(carriages):
        return next(carriage for carriage in carriages if isinstance(carriage, Unknown))
    weights = [datum.weight or Decimal(0) for datum in said]
    with exact_arithmetic():
        return sum(map(mul, known, weights), Decimal(0)) / sum(weights, Decimal(0))


def _carriage(datum: Datum, form: Form, border: Border) -> Decimal | Unknown:
    """What of the datum's price is freight and insurance: what was put in, else an estimate by the same rule.

    Nobody says from where goods came whose price was told landed, or made at an exchange: they are taken to have come as
    far as the rule takes an unknown place to be, and where it takes none their carriage is unknown.
    """
    if datum.carriage is not None or not isinstance(datum.price, Decimal):
        return NO_CARRIAGE if datum.carriage is None else datum.carriage
    freight_per_t = border.freight_of_unknown_place
    if freight_per_t is None:
        return Unknown("how far goods have come whose price was told landed")
    mass_kg = kilograms_per(border.freight_unit.partition("/")[2])
    with exact_arithmetic():
        if form.basis == "contained":
            if form.standard_content is None:
                return Unknown(f"freight per kg of {form.content} needs the standard content of {form.form}")
            mass_kg *= form.standard_content
        return datum.price - datum.price / (1 + border.insurance_share) + freight_per_t / mass_kg


def _mean(values: Sequence[Decimal]) -> Decimal:
    with exact_arithmetic():
        return sum(values, Decimal(0)) / len(values)


def _mean_known(values: Sequence[Decimal | Unknown]) -> Decimal | Unknown:
    known = [value for value in values if isinstance(value, Decimal)]
    if len(known) < len(values):
        return next(value for value in values if isinstance(value, Unknown))
    return _mean(known)


def _carried(
    on: date,
    form: Form,
    group: OriginGroup,
    rule: ParityRule,
    *,
    previous: Parity | None,
    passed_over: tuple[PassedOver, ...],
) -> Parity:
    """The last parity, or none; and why no tier of today speaks: in the words of the last prices that were asked."""
    if previous is not None and isinstance(previous.price, Decimal) and previous.rests_on is not None:
        age_days = (on - previous.rests_on).days
        if age_days <= rule.carry_days_max:
            return replace(previous, on=on, status="carried", passed_over=passed_over)
        reason = (
            f"its last price outside the zone is {age_days} days old, and at most {rule.carry_days_max} are allowed"
        )
    else:
        reason = "too little is known outside the zone" if passed_over else "no price outside the zone is known"
    told = "; ".join(
        f"{one.tier.replace('_', ' ')}: {one.reason}" for one in passed_over if one.whose == passed_over[-1].whose
    )
    price = Unknown(f"{reason} ({told})" if told else reason)
    return Parity(form.form, group.group, on, price, "suspended", None, None, (), passed_over=passed_over)
