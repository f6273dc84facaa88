"""Whether an observation may count at all, whatever the day: by its kind, its sides, its lot, its content, its origin (mechanism §1)."""

from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Final

from footwall.facts import Form, Observation
from footwall.prices.normalise import lot_of
from footwall.prices.rules import FormRules
from footwall.quantity import exact_arithmetic, plain
from footwall.rulebook import EligibilityRule

_BETWEEN_SIDES: Final = frozenset({"transaction", "bid", "offer"})
_EXPORT_TERMS: Final = frozenset({"fob", "exw", "exchange"})


def unfit(seen: Observation, form: Form, rules: FormRules, tiers: AbstractSet[str]) -> tuple[str, str] | None:
    """Why `seen` never counts: a stable code, and the words; None where it may. `tiers` are those that the rule uses.

    Codes, in the order in which they are looked for: `cost_survey` (a cost is not a price), `tier_not_used`,
    `related_parties`, `relation_not_declared`, `origin_excluded`, `lot_too_small`, `content_out_of_tolerance`.
    """
    if seen.kind == "cost_survey":
        return "cost_survey", "a cost is not a price"
    if seen.tier not in tiers:
        return "tier_not_used", f"the rule does not use the tier {seen.tier}"
    rule = rules.eligibility
    if rule is None:
        return None
    return _of_sides(seen, rule) or _of_origin(seen, rule) or _of_lot(seen, rule) or _of_content(seen, form, rule)


def _of_sides(seen: Observation, rule: EligibilityRule) -> tuple[str, str] | None:
    """A deal among relatives is no market. Of a quotation nobody is asked who would take it."""
    if seen.kind not in _BETWEEN_SIDES or rule.arms_length == "any":
        return None
    if seen.relation == "related":
        return "related_parties", f"{seen.submitter} and {seen.counterparty or 'the other side'} are related"
    if seen.relation == "" and rule.arms_length == "declared":
        return "relation_not_declared", "nobody has declared that its sides are unrelated"
    return None


def _of_origin(seen: Observation, rule: EligibilityRule) -> tuple[str, str] | None:
    origin = seen.origin or (seen.country if seen.incoterm in _EXPORT_TERMS else "")
    if origin in rule.origins_excluded:
        return "origin_excluded", f"goods of {origin}, where the rule sees no market price"
    return None


def _of_lot(seen: Observation, rule: EligibilityRule) -> tuple[str, str] | None:
    if seen.kind not in _BETWEEN_SIDES or not rule.lot_kg_min:
        return None
    lot_kg = lot_of(seen)
    if lot_kg is None:
        return "lot_too_small", f"of a mass that it does not state; at least {plain(rule.lot_kg_min)} kg"
    if lot_kg < rule.lot_kg_min:
        return "lot_too_small", f"{plain(lot_kg)} kg, at least {plain(rule.lot_kg_min)}"
    return None


def _of_content(seen: Observation, form: Form, rule: EligibilityRule) -> tuple[str, str] | None:
    tolerance, standard = rule.content_tolerance_share, form.standard_content
    if tolerance is None or seen.content is None or standard is None:
        return None
    with exact_arithmetic():
        away = abs(seen.content - standard)
        if away <= tolerance * standard:
            return None
        lowest, highest = standard * (1 - tolerance), standard * (1 + tolerance)
    return (
        "content_out_of_tolerance",
        f"{plain(seen.content)} of {form.content}, at least {plain(lowest)} and at most {plain(min(highest, Decimal(1)))}",
    )
