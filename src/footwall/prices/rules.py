"""Which rules of a rulebook govern the price of a form on a day, gathered once for each stretch of days without a change."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from footwall.errors import Problem, RulebookError
from footwall.facts import Form
from footwall.quantity import exact_arithmetic
from footwall.rulebook import (
    Border,
    CadenceRule,
    CessationRule,
    ConfidenceRule,
    EligibilityRule,
    LiquidityRule,
    PremiumRule,
    ReferenceRule,
    Rulebook,
    TermsRule,
    Tier,
    border_on,
    in_force,
    rule_of_form,
)

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FormRules:
    """All rules of one form's price on a day; None (or empty) where the rulebook has none of the kind."""

    border: Border
    reference: ReferenceRule
    eligibility: EligibilityRule | None = None
    terms: TermsRule | None = None
    premiums: Mapping[str, PremiumRule] | None = None
    liquidity: LiquidityRule | None = None
    confidence: ConfidenceRule | None = None
    cadence: CadenceRule | None = None
    cessation: CessationRule | None = None

    @property
    def currency(self) -> str:
        """The currency in which prices stand at the border: that of its freight."""
        return self.border.freight_unit.partition("/")[0]

    def premium(self, grade: str) -> PremiumRule | None:
        """What brings a grade to the standard one; None where no rule knows it."""
        return None if self.premiums is None else self.premiums.get(grade)


class PriceRules:
    """The rules of prices of one rulebook version, asked by day. Days between two changes get the very same records."""

    def __init__(self, rulebook: Rulebook, forms: Mapping[str, Form]) -> None:
        """The rules of `rulebook` for `forms`; nothing is looked at before a day is asked for."""
        self._rulebook = rulebook
        self._forms = forms
        self._changes = sorted(_changes(rulebook))
        self._held: dict[int, Mapping[str, FormRules]] = {}

    @property
    def version(self) -> str:
        """The version by its full name, as certificates state it."""
        header = self._rulebook.rulebook
        return f"{header.name} {header.version}"

    def on(self, day: date) -> Mapping[str, FormRules]:
        """The rules of every form that has a reference rule on the day, by form; one that names a form beats `all`.

        Raises RulebookError where a rule names a form that the facts lack, two rules govern one form, or the border has
        none: the fault of the rulebook's author.
        """
        stretch = bisect_right(self._changes, day)
        if stretch not in self._held:
            self._held[stretch] = _rules_on(self._rulebook, self._forms, day)
        return self._held[stretch]


def market_weight(rule: ReferenceRule, tier: Tier) -> Decimal:
    """The market's weight against the cost-build where the price rests on `tier`, in a liquid market.

    Raises RulebookError where the rule states none: its author's fault.
    """
    for weight in rule.market_weights:
        if weight.tier == tier:
            return weight.weight
    problem = Problem("rulebook_gap", "no weight", f"a market weight for {tier}", "Add one.", field="market_weights")
    raise RulebookError(f"a reference rule uses the tier {tier} and gives it no market weight", [problem])


def liquidity_share(rule: LiquidityRule | None, parties: int, mass_kg: Decimal) -> Decimal:
    """The share of the market's weight that counts: that of the first band that parties and mass reach; 1 without a rule."""
    if rule is None:
        return Decimal(1)
    with exact_arithmetic():
        reached = (band.share for band in rule.bands if parties >= band.parties_min and mass_kg >= band.mass_kg_min)
        return next(reached, Decimal(0))


def _changes(rulebook: Rulebook) -> set[date]:
    """The days from which on the rules of prices can differ from those of the day before."""
    sections = (
        rulebook.border,
        rulebook.reference,
        rulebook.eligibility,
        rulebook.terms,
        rulebook.premium,
        rulebook.liquidity,
        rulebook.confidence,
        rulebook.cadence,
        rulebook.cessation,
    )
    rules = [rule for section in sections for rule in section]
    begun = {rule.valid_from for rule in rules if rule.valid_from is not None}
    return begun | {
        rule.valid_to + _ONE_DAY for rule in rules if rule.valid_to is not None and rule.valid_to < date.max
    }


def _rules_on(rulebook: Rulebook, forms: Mapping[str, Form], day: date) -> Mapping[str, FormRules]:
    governing = in_force(rulebook.reference, day)
    for form in sorted({form for rule in governing if rule.forms != "all" for form in rule.forms}):
        if form not in forms:
            problem = Problem("rulebook_form_unknown", form, "a form of the facts", "Correct the id.", field="forms")
            raise RulebookError("a reference rule names an unknown form", [problem])
    found = ((form, form_rules(rulebook, form, day)) for form in forms)
    return {form: rules for form, rules in found if rules is not None}


def form_rules(rulebook: Rulebook, form: str, day: date) -> FormRules | None:
    """The rules of one form on a day; None where it has no reference rule.

    Raises RulebookError where two rules govern it, or the border has none: the fault of the rulebook's author.
    """
    reference = rule_of_form(in_force(rulebook.reference, day), form, "reference")
    if reference is None:
        return None
    premiums = {rule.grade: rule for rule in in_force(rulebook.premium, day) if rule.form == form}
    ceased = [rule for rule in in_force(rulebook.cessation, day) if rule.form == form]
    return FormRules(
        border=border_on(rulebook, day),
        reference=reference,
        eligibility=rule_of_form(in_force(rulebook.eligibility, day), form, "eligibility"),
        terms=rule_of_form(in_force(rulebook.terms, day), form, "terms"),
        premiums=premiums or None,
        liquidity=rule_of_form(in_force(rulebook.liquidity, day), form, "liquidity"),
        confidence=rule_of_form(in_force(rulebook.confidence, day), form, "confidence"),
        cadence=rule_of_form(in_force(rulebook.cadence, day), form, "cadence"),
        cessation=ceased[0] if ceased else None,
    )
