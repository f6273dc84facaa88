"""The market's word on one form on one day: which observations count, which tier sets the price, and why the rest do not.

Exclusions, beside those of `normalise`: `cost_survey` (a cost is not a price), `tier_not_used` (the rule names no such
tier), `period_not_over` and `rate_not_yet_known` (nothing looks ahead), `too_old`, `superseded` (a later word of the
same submitter in the same market), `under_floor`, `better_tier` (a better one stood), `tier_failed`, `outlier`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from footwall.facts import Form, Observation
from footwall.months import month_end
from footwall.prices.evidence import Evidence
from footwall.prices.normalise import border_currency, months_described, normalise, set_aside
from footwall.prices.records import Datum, TierNote, Voice
from footwall.prices.tiers import Weighed, voices_of, weigh, with_weights
from footwall.quantity import Unknown
from footwall.rulebook import Border, ReferenceRule, Tier, TierRule


@dataclass(frozen=True, slots=True)
class MarketPrice:
    """What the market says of a form: the price, USD per kg of its basis, to twelve decimals; its tier, data and voices.

    Every observation known on the day is in `used` or, with its reason, in `excluded`; both are sorted by observation.
    """

    price: Decimal | Unknown
    tier_rule: TierRule | None
    used: tuple[Datum, ...]
    excluded: tuple[Datum, ...]
    voices: tuple[Voice, ...]
    tier_notes: tuple[TierNote, ...]


def market_price(
    on: date,
    form: Form,
    observations: Iterable[Observation],
    *,
    rule: ReferenceRule,
    border: Border,
    evidence: Evidence,
) -> MarketPrice:
    """The market price of `form` on a day from observations published by then (later ones are not even told).

    Tiers in the rule's order; the first that stands sets the price. Prices made under a floor are left out; only where
    no tier stands without them are they heard beside the others, and the data say so (`Datum.under_floor`).
    """
    known = sorted((seen for seen in observations if seen.published_at <= on), key=lambda seen: seen.observation)
    fit, unfit = _screened(known, on, rule, border)
    heard, superseded = _newest(fit, form, border, evidence)
    outside = [datum for datum in heard if not datum.under_floor]
    choice = _choose(outside, rule)
    if isinstance(choice.price, Unknown) and len(outside) < len(heard):
        choice = _choose(heard, rule)
    else:
        inside = [replace(datum, exclusion="under_floor") for datum in heard if datum.under_floor]
        choice = replace(choice, excluded=(*choice.excluded, *inside))
    excluded = sorted((*unfit, *superseded, *choice.excluded), key=lambda datum: datum.observation)
    return replace(choice, excluded=tuple(excluded))


def _screened(
    known: Sequence[Observation], on: date, rule: ReferenceRule, border: Border
) -> tuple[list[Observation], list[Datum]]:
    ages = {tier.tier: tier.age_days_max for tier in rule.tiers}
    fit: list[Observation] = []
    unfit: list[Datum] = []
    for seen in known:
        reason = _unfit(seen, on, ages, border_currency(border))
        if reason is None:
            fit.append(seen)
        else:
            unfit.append(set_aside(seen, *reason))
    return fit, unfit


def _unfit(seen: Observation, on: date, ages: Mapping[Tier, int], currency: str) -> tuple[str, str] | None:
    if seen.kind == "cost_survey":
        return "cost_survey", "a cost is not a price"
    if seen.tier not in ages:
        return "tier_not_used", f"the rule does not use the tier {seen.tier}"
    if seen.observed_to > on:
        return "period_not_over", f"describes days up to {seen.observed_to}"
    age_days = (on - seen.observed_to).days
    if age_days > ages[seen.tier]:
        return "too_old", f"{age_days} days old, at most {ages[seen.tier]}"
    if seen.currency != currency and on < month_end(months_described(seen)[-1]):
        return "rate_not_yet_known", f"the mean rate of {seen.observed_to:%Y-%m} is not known before that month is over"
    return None


def _newest(
    fit: Sequence[Observation], form: Form, border: Border, evidence: Evidence
) -> tuple[list[Datum], list[Datum]]:
    """The newest word of each series, normalised, and what it replaces.

    A series is what one submitter says in one market, of one kind, inside or outside the floor. Each transaction stands
    for itself. A newer word that cannot be normalised replaces nothing: the last that can be told still stands.
    """
    heard: list[Datum] = []
    set_apart: list[Datum] = []
    series: dict[tuple[str, ...], list[Observation]] = defaultdict(list)
    for seen in fit:
        alone = seen.observation if seen.kind == "transaction" else ""
        series[seen.tier, seen.submitter, seen.market, seen.kind, str(seen.under_floor), alone].append(seen)
    for words in series.values():
        newest: tuple[date, date] | None = None
        for seen in sorted(words, key=lambda seen: (seen.observed_to, seen.published_at), reverse=True):
            said = (seen.observed_to, seen.published_at)
            if newest is not None and said != newest:
                set_apart.append(set_aside(seen, "superseded", f"{seen.submitter} has said more since"))
                continue
            datum = normalise(seen, form, border, evidence)
            if datum.exclusion is None:
                newest = said
            (heard if datum.exclusion is None else set_apart).append(datum)
    return heard, set_apart


def _choose(heard: Sequence[Datum], rule: ReferenceRule) -> MarketPrice:
    """The first tier that stands among data that are all normalised and eligible."""
    notes: list[TierNote] = []
    excluded: list[Datum] = []
    chosen: tuple[TierRule, Weighed, tuple[Datum, ...]] | None = None
    for tier in rule.tiers:
        data = with_weights(datum for datum in heard if datum.tier == tier.tier)
        if chosen is not None:
            excluded += [replace(datum, weight=None, exclusion="better_tier") for datum in data]
            continue
        weighed = weigh(voices_of(data), tier)
        if isinstance(weighed.mean, Unknown):
            notes.append(TierNote(tier.tier, weighed.mean.reason))
            excluded += [replace(datum, weight=None, exclusion="tier_failed") for datum in data]
        else:
            chosen = (tier, weighed, data)
    if chosen is None:
        return MarketPrice(Unknown("no usable price is known"), None, (), tuple(excluded), (), tuple(notes))
    tier, weighed, data = chosen
    out = weighed.outlying
    excluded += [replace(datum, exclusion="outlier") for datum in data if datum.submitter in out]
    used = sorted((datum for datum in data if datum.submitter not in out), key=lambda datum: datum.observation)
    return MarketPrice(weighed.mean, tier, tuple(used), tuple(excluded), weighed.voices, tuple(notes))
