"""Which rule of a rulebook governs the reference price of a form on a day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from footwall.errors import Problem, RulebookError
from footwall.prices.evidence import Evidence
from footwall.rulebook import ReferenceRule, Rulebook, Tier, in_force, rule_of_form


def reference_rules(rulebook: Rulebook, evidence: Evidence, on: date) -> Mapping[str, ReferenceRule]:
    """The reference rule of every form that has one on the day, by form; a rule that names a form beats `all`.

    Raises RulebookError where a rule names a form that the evidence lacks, or two rules govern one form on the day: the
    fault of the rulebook's author.
    """
    governing = in_force(rulebook.reference, on)
    for form in sorted({form for rule in governing if rule.forms != "all" for form in rule.forms}):
        if form not in evidence.forms:
            problem = Problem("rulebook_form_unknown", form, "a form of the facts", "Correct the id.", field="forms")
            raise RulebookError("a reference rule names an unknown form", [problem])
    found = ((form, rule_of_form(governing, form, "reference")) for form in evidence.forms)
    return {form: rule for form, rule in found if rule is not None}


def market_weight(rule: ReferenceRule, tier: Tier) -> Decimal:
    """The market's weight against the cost-build where the price rests on `tier`.

    Raises RulebookError where the rule states none: its author's fault.
    """
    for weight in rule.market_weights:
        if weight.tier == tier:
            return weight.weight
    problem = Problem("rulebook_gap", "no weight", f"a market weight for {tier}", "Add one.", field="market_weights")
    raise RulebookError(f"a reference rule uses the tier {tier} and gives it no market weight", [problem])
