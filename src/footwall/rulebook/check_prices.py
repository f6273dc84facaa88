"""Contradictions in the rules of prices and floors: tiers, weights, parity, reviews, units, limits."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Final, get_args

from footwall.quantity import counted, exact_arithmetic, plain
from footwall.rulebook.dates import span_of
from footwall.rulebook.defaults import method_defaults
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.faults import Fault, KeyPath, empty_list
from footwall.rulebook.known import Known
from footwall.rulebook.price_rules import Border, ExchangeRule, ReferenceRule, Tier, TierRule
from footwall.rulebook.records import FloorRule, Header, ParityRule, Walk
from footwall.rulebook.shape import BASIS_WORDS, unit_of, written

TIERS: Final[tuple[str, ...]] = get_args(Tier)


def check_prices(draft: Draft, known: Known) -> Iterator[Fault]:
    """The faults of each border, exchange, reference, parity and floor rule taken by itself."""
    limits = method_defaults().limits
    for border in draft.of(Border):
        path = border.at("insurance_share")
        yield from over_limit(path, border.rule.insurance_share, limits.insurance_share_max)
    for exchange in draft.of(ExchangeRule):
        yield from over_limit(exchange.at("months_before"), exchange.rule.months_before, limits.months_max)
    for reference in draft.of(ReferenceRule):
        yield from _check_reference(reference)
    for parity in draft.of(ParityRule):
        yield from _check_parity(parity)
        for key in ("age_days_max", "carry_days_max"):
            yield from over_limit(parity.at(key), getattr(parity.rule, key), limits.days_max)
    for floor in draft.of(FloorRule):
        yield from _check_floor(floor, draft.header, draft.walk, known)


def over_limit(path: KeyPath, value: Decimal | int, limit: Decimal | int) -> Iterator[Fault]:
    """A number beyond the limit of its kind: a slip of the pen, or a rate of 500 %."""
    if value > limit:
        share = isinstance(limit, Decimal)
        found, most = (_percent(value), _percent(limit)) if share else (str(value), str(limit))
        remedy = "Write it as a fraction (0.05 is 5 %)" if share else "Correct it"
        yield Fault(path, "over_limit", found, f"at most {most}", f"{remedy}; the limits are in method_defaults.toml.")


def _percent(value: Decimal | int) -> str:
    with exact_arithmetic():
        return f"{plain(Decimal(value))} ({plain(Decimal(value) * 100)} %)"


def _check_reference(placed: Placed[ReferenceRule]) -> Iterator[Fault]:
    rule, limits = placed.rule, method_defaults().limits
    yield from over_limit(placed.at("step_share_max"), rule.step_share_max, limits.step_share_max)
    yield from over_limit(placed.at("carry_days_max"), rule.carry_days_max, limits.days_max)
    yield from _check_tiers(placed.path, "tiers", [tier.tier for tier in rule.tiers])
    yield from _check_least_data(placed.at("tiers"), rule.tiers)
    yield from _check_weights(placed)


def _check_least_data(path: KeyPath, tiers: Sequence[TierRule]) -> Iterator[Fault]:
    for position, tier in enumerate(tiers):
        days_max = method_defaults().limits.days_max
        yield from over_limit((*path, position, "age_days_max"), tier.age_days_max, days_max)
        yield from _check_parties((*path, position), tier)


def _check_parity(placed: Placed[ParityRule]) -> Iterator[Fault]:
    """Its tiers, and the least data that it states of some of them."""
    rule = placed.rule
    yield from _check_tiers(placed.path, "tiers", rule.tiers)
    if rule.least:
        yield from _check_tiers(placed.path, "least", [tier.tier for tier in rule.least])
        yield from _check_least_data(placed.at("least"), rule.least)
    for position, tier in enumerate(rule.least):
        if tier.tier not in rule.tiers:
            expected = f"one of the tiers listed: {', '.join(rule.tiers) or 'none'}"
            remedy = "Take it out, or list its tier."
            yield Fault(
                (*placed.at("least", position), "tier"), "least_without_tier", written(tier.tier), expected, remedy
            )


def _check_tiers(path: KeyPath, key: str, tiers: Sequence[str]) -> Iterator[Fault]:
    """Tiers stand once each, best evidence first."""
    if not tiers:
        yield empty_list((*path, key), "a tier")
    for position in range(1, len(tiers)):
        here, before = tiers[position], tiers[position - 1]
        if here in tiers[:position]:
            remedy = "Take out one of the two."
            yield Fault((*path, key, position), "tier_repeated", f"{written(here)} twice", "each tier once", remedy)
        elif TIERS.index(here) < TIERS.index(before):
            found = f"{written(here)} after {written(before)}"
            remedy = f"Put {written(here)} first."
            yield Fault((*path, key, position), "tiers_unordered", found, f"the order {', '.join(TIERS)}", remedy)


def _check_parties(path: KeyPath, tier: TierRule) -> Iterator[Fault]:
    with exact_arithmetic():
        fills = tier.parties_min * tier.party_weight_cap
        needed = int((1 / tier.party_weight_cap).to_integral_value(rounding=ROUND_CEILING))
    if fills < 1:
        yield Fault(
            (*path, "parties_min"),
            "tier_parties_too_few",
            f"{counted(tier.parties_min, 'party', 'parties')} with a weight of at most {plain(tier.party_weight_cap)} each",
            f"at least {counted(needed, 'party', 'parties')}, so that their weights can add up to 1",
            "Raise parties_min or party_weight_cap.",
        )
    if tier.count_min < tier.parties_min:
        yield Fault(
            (*path, "count_min"),
            "count_below_parties",
            f"{counted(tier.count_min, 'observation')} of {counted(tier.parties_min, 'party', 'parties')}",
            "at least one observation of each party",
            "Raise count_min or lower parties_min.",
        )


def _check_weights(placed: Placed[ReferenceRule]) -> Iterator[Fault]:
    """Each tier has a market weight, and it falls from the best evidence to the poorest."""
    listed = [tier.tier for tier in placed.rule.tiers]
    weights = placed.rule.market_weights
    for tier in dict.fromkeys(listed):
        if tier not in [weight.tier for weight in weights]:
            found, remedy = f"no weight for {written(tier)}", f"Add {{ tier = {written(tier)}, weight = … }}."
            yield Fault(placed.at("market_weights"), "weight_missing", found, "a weight for each tier listed", remedy)
    for position, weight in enumerate(weights):
        path = placed.at("market_weights", position)
        if weight.tier not in listed:
            expected = f"one of the tiers listed: {', '.join(listed) or 'none'}"
            remedy = "Take the weight out, or list its tier."
            yield Fault((*path, "tier"), "weight_without_tier", written(weight.tier), expected, remedy)
        for better in weights[:position]:
            if better.tier == weight.tier:
                remedy = "Take out one of the two."
                yield Fault((*path, "tier"), "tier_repeated", f"{written(weight.tier)} twice", "each tier once", remedy)
    ranked = sorted(enumerate(weights), key=lambda item: TIERS.index(item[1].tier))
    for (_, better), (position, poorer) in pairwise(ranked):
        if better.tier != poorer.tier and poorer.weight >= better.weight:
            yield Fault(
                placed.at("market_weights", position, "weight"),
                "weight_not_falling",
                f"{plain(poorer.weight)} for {poorer.tier}",
                f"less than the {plain(better.weight)} of {better.tier}, which rests on more trade",
                "Let the market's weight fall from the best evidence to the poorest.",
            )


def _check_floor(placed: Placed[FloorRule], header: Header | None, walk: Walk | None, known: Known) -> Iterator[Fault]:
    rule, limits = placed.rule, method_defaults().limits
    yield from over_limit(placed.at("factor"), rule.factor, limits.floor_factor_max)
    yield from over_limit(placed.at("ceiling_factor"), rule.ceiling_factor, limits.ceiling_factor_max)
    yield from over_limit(placed.at("trailing_months"), rule.trailing_months, limits.months_max)
    basis = known.forms.get(rule.form)
    if basis and rule.unit != unit_of(basis):
        yield Fault(
            placed.at("unit"),
            "unit_mismatch",
            written(rule.unit),
            f'"{unit_of(basis)}", for the price basis of {rule.form} is {BASIS_WORDS[basis]}',
            f'Write unit = "{unit_of(basis)}", and state the floor on that basis.',
        )
    if not rule.review_days:
        yield empty_list(placed.at("review_days"), "a day on which the floor is set")
    for position in range(1, len(rule.review_days)):
        yield from _check_order(placed.at("review_days", position), rule.review_days, position)
    if header:
        yield from _check_reviews(placed, header, walk)


def _check_order(path: KeyPath, days: Sequence[date], position: int) -> Iterator[Fault]:
    day, before = days[position], days[position - 1]
    if day in days[:position]:
        yield Fault(path, "review_repeated", f"{day} twice", "each review day once", "Take out one of the two.")
    elif day < before:
        yield Fault(
            path, "reviews_unordered", f"{day} after {before}", "review days in order", "Put the days in order."
        )


def _check_reviews(placed: Placed[FloorRule], header: Header, walk: Walk | None) -> Iterator[Fault]:
    rule = placed.rule
    span = span_of(rule, header)
    first, last = span.first, span.last
    if last and last < first:
        return
    if rule.review_days and rule.valid_to and rule.valid_to < min(rule.review_days):
        yield Fault(
            placed.at("valid_to"),
            "sunset_before_review",
            f"a floor that ends on {rule.valid_to} and is first set on {min(rule.review_days)}",
            "a review before the sunset",
            "Correct review_days or valid_to.",
        )
        return
    for position, day in enumerate(rule.review_days):
        path = placed.at("review_days", position)
        # What a version schedules beyond its own end is not held, or is the next version's to repeat; beyond the rule's own, a fault.
        if day < first or (rule.valid_to and day > rule.valid_to):
            days = f"a day from {first} to {last}" if last else f"a day from {first} on"
            remedy = "Leave it to the version that holds on that day."
            yield Fault(path, "review_outside_rule", str(day), f"{days}, while the rule holds", remedy)
        elif walk and day < walk.floors_from:
            expected = f"no review before floors apply, from {walk.floors_from}"
            yield Fault(path, "review_before_floors", str(day), expected, "Take it out, or move walk.floors_from.")
