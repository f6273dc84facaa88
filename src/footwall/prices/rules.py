"""Which rule of a rulebook governs the reference price of a form on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from footwall.errors import Problem, RulebookError
from footwall.prices.evidence import Evidence
from footwall.rulebook import Border, DatedRule, ReferenceRule, Rulebook, Tier

Dated = TypeVar("Dated", bound=DatedRule)


def reference_rules(rulebook: Rulebook, evidence: Evidence, on: date) -> Mapping[str, ReferenceRule]:
    """The reference rule of every form that has one on the day, by form; a rule that names a form beats `all`.

    Raises RulebookError where a rule names a form that the evidence lacks, or two rules govern one form on the day: the
    fault of the rulebook's author.
    """
    governing = _in_force(rulebook.reference, on)
    general = _only("reference", "all", [rule for rule in governing if rule.forms == "all"])
    rules = {} if general is None else dict.fromkeys(evidence.forms, general)
    named = sorted({form for rule in governing if rule.forms != "all" for form in rule.forms})
    for form in named:
        if form not in evidence.forms:
            problem = Problem("rulebook_form_unknown", form, "a form of the facts", "Correct the id.", field="forms")
            raise RulebookError("a reference rule names an unknown form", [problem])
        rule = _only("reference", form, [rule for rule in governing if rule.forms != "all" and form in rule.forms])
        if rule is not None:
            rules[form] = rule
    return rules


def border_on(rulebook: Rulebook, on: date) -> Border:
    """The border rule of the day. Raises RulebookError where there is none, or more than one: its author's fault."""
    border = _only("border", "the border", _in_force(rulebook.border, on))
    if border is None:
        problem = Problem("rulebook_gap", "no rule", f"a border rule for {on}", "Add one.", field="border")
        raise RulebookError(f"no border rule is in force on {on}", [problem])
    return border


def market_weight(rule: ReferenceRule, tier: Tier) -> Decimal:
    """The market's weight against the cost-build where the price rests on `tier`.

    Raises RulebookError where the rule states none: its author's fault.
    """
    for weight in rule.market_weights:
        if weight.tier == tier:
            return weight.weight
    problem = Problem("rulebook_gap", "no weight", f"a market weight for {tier}", "Add one.", field="market_weights")
    raise RulebookError(f"a reference rule uses the tier {tier} and gives it no market weight", [problem])


def _in_force(rules: Sequence[Dated], on: date) -> list[Dated]:
    return [
        rule
        for rule in rules
        if (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_to is None or on <= rule.valid_to)
    ]


def _only(kind: str, what: str, rules: Sequence[Dated]) -> Dated | None:
    if len(rules) > 1:
        problem = Problem(
            "rulebook_overlap", f"{len(rules)} rules", f"one {kind} rule for {what}", "End one of them.", field=kind
        )
        raise RulebookError(f"several {kind} rules govern {what} on one day", [problem])
    return rules[0] if rules else None
