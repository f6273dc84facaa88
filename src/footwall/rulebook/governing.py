"""Which rule of a section governs a day, or a form on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from footwall.errors import Problem, RulebookError
from footwall.rulebook.entry_rules import EntriesRule, InterestRule
from footwall.rulebook.parts import DatedRule
from footwall.rulebook.price_rules import (
    Border,
    CadenceRule,
    ConfidenceRule,
    EligibilityRule,
    ExchangeRule,
    LiquidityRule,
    ReferenceRule,
    TermsRule,
)
from footwall.rulebook.records import ParityRule, Rulebook, TariffRule

Dated = TypeVar("Dated", bound=DatedRule)
OfForms = TypeVar(
    "OfForms",
    ParityRule,
    ReferenceRule,
    TariffRule,
    EligibilityRule,
    TermsRule,
    LiquidityRule,
    ConfidenceRule,
    CadenceRule,
)


def tariff_rules(rulebook: Rulebook, on: date, stages: Mapping[str, str]) -> tuple[tuple[TariffRule, str], ...]:
    """The tariff rules that hold on `on`, each with each form that it rules, in the order of the rulebook.

    `stages` gives each form's stage. A rule for a stage rules those of its forms for which the rulebook has a floor, but none that
    another rule for the same group names.
    """
    rules = in_force(rulebook.tariff, on)
    named = {(form, rule.group) for rule in rules for form in rule.forms}
    floored = tuple(dict.fromkeys(floor.form for floor in rulebook.floor))
    return tuple(
        (rule, form)
        for rule in rules
        for form in (
            *rule.forms,
            *(one for one in floored if stages.get(one) in rule.stages and (one, rule.group) not in named),
        )
    )


def in_force(rules: Sequence[Dated], on: date) -> tuple[Dated, ...]:
    """The rules of one section that hold on a day on which their version does."""
    return tuple(rule for rule in rules if (rule.valid_from or date.min) <= on <= (rule.valid_to or date.max))


def only(rules: Sequence[Dated], section: str, what: str) -> Dated | None:
    """The one rule of `rules`; None where there is none.

    Raises RulebookError where there are several: the fault of the rulebook's author. A rulebook that was loaded has none such.
    """
    if len(rules) > 1:
        problem = Problem(
            "rulebook_overlap",
            f"{len(rules)} rules",
            f"one {section} rule for {what}",
            "End one of them.",
            field=section,
        )
        raise RulebookError(f"several {section} rules govern {what} on one day", [problem])
    return rules[0] if rules else None


def rule_of_form(rules: Sequence[OfForms], form: str, section: str) -> OfForms | None:
    """Of rules that are in force, the one that names `form`, else the one for `all`; None where neither is there.

    Raises RulebookError where several govern it: the fault of the rulebook's author.
    """
    named = only([rule for rule in rules if rule.forms != "all" and form in rule.forms], section, form)
    return named or only([rule for rule in rules if rule.forms == "all"], section, "all")


OfImporters = TypeVar("OfImporters", EntriesRule, InterestRule)


def rule_of_importer(rules: Sequence[OfImporters], importer: str, union: str, section: str) -> OfImporters | None:
    """Of rules that are in force, the one that names `importer`, else the one that names its `union`; None where neither is there.

    Raises RulebookError where several govern it: the fault of the rulebook's author.
    """
    named = only([rule for rule in rules if importer in rule.importers], section, importer)
    return named or only([rule for rule in rules if union in rule.importers], section, union)


def border_on(rulebook: Rulebook, on: date) -> Border:
    """The border rule of the day. Raises RulebookError where there is none, or more than one: its author's fault."""
    return _the_one(rulebook.border, on, "border", "the border")


def exchange_on(rulebook: Rulebook, on: date) -> ExchangeRule:
    """The rule for rates of exchange of the day. Raises RulebookError as `border_on` does."""
    return _the_one(rulebook.exchange, on, "exchange", "the rate of exchange")


def _the_one(rules: Sequence[Dated], on: date, section: str, what: str) -> Dated:
    rule = only(in_force(rules, on), section, what)
    if rule is None:
        problem = Problem("rulebook_gap", "no rule", f"a rule for {what} on {on}", "Add one.", field=section)
        raise RulebookError(f"no rule for {what} is in force on {on}", [problem])
    return rule
