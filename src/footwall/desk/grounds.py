"""What a day is decided on besides the rules and the past: the facts, and who is a member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from footwall.facts import Facts, Observation
from footwall.prices import Evidence, Market, PriceRules
from footwall.rulebook import MEMBERS_GROUP, ParityRule, ReferenceRule, Rulebook, in_force, tariff_rules
from footwall.tariffs import OrdinaryLaw
from footwall.zone import Members

MEMBERS = "members"
"""The importers without a tariff of their own: all members whose ordinary duties the facts do not hold."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """The facts of a zone, with the look-ups that every day needs.

    `observations` are by form, as their table has them.
    """

    facts: Facts
    members: Members
    evidence: Evidence
    observations: Mapping[str, tuple[Observation, ...]]
    ordinary: OrdinaryLaw
    _shown: dict[str, "Shown"] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """The grounds that a folder of facts gives. Raises FactsError or InputError where the tables do not hold together."""
        members = Members.from_facts(facts.memberships, facts.countries)
        by_form: dict[str, list[Observation]] = {}
        for seen in facts.observations:
            by_form.setdefault(seen.form, []).append(seen)
        return cls(
            facts,
            members,
            Evidence.of(facts),
            {form: tuple(seen) for form, seen in by_form.items()},
            OrdinaryLaw(facts.ordinary_duties, facts.tariff_treatments, facts.countries),
        )

    def with_observations(self, observations: Mapping[str, tuple[Observation, ...]]) -> Self:
        """The same facts, with these observations by form in place of their table's."""
        return replace(self, observations=observations)

    def shown(self, rulebook: Rulebook) -> "Shown":
        """What the observations show under a version of the rules, worked out once for all its days.

        Of forms that the rules give a floor, those from inside the zone are marked.
        """
        version = rulebook.rulebook.version
        held = self._shown.get(version)
        if held is None or held.rulebook is not rulebook:
            ruled = {rule.form for rule in rulebook.floor}
            seen = {
                form: tuple(_marked(one, self.members) for one in found) if form in ruled else found
                for form, found in self.observations.items()
            }
            every = (one for found in seen.values() for one in found)
            market = Market(every, PriceRules(rulebook, self.evidence.forms), self.evidence)
            held = self._shown[version] = Shown(rulebook, seen, market)
        return held

    @property
    def stages(self) -> Mapping[str, str]:
        """Each form's stage."""
        return {name: form.stage for name, form in self.facts.forms.items()}

    def tracked(self) -> tuple[str, ...]:
        """The minerals with a full chain, in the order of their table."""
        return tuple(mineral.mineral for mineral in self.facts.minerals.values() if mineral.tracked)


@dataclass(frozen=True, slots=True)
class Shown:
    """The observations by form as a version of the rules sees them, and the market that they make."""

    rulebook: Rulebook
    seen: Mapping[str, tuple[Observation, ...]]
    market: Market


def _marked(seen: Observation, members: Members) -> Observation:
    """What was seen inside the zone was made under its floors, whoever wrote it down (MECHANISM §1)."""
    inside = seen.country in members.members_on(seen.observed_to)
    return replace(seen, under_floor=True) if inside and not seen.under_floor else seen


def importer_groups(rulebook: Rulebook, members: Members, on: date) -> Mapping[str, tuple[str, ...]]:
    """The importers that share a tariff: each ordinary importer that is a member by itself, all other parties together."""
    inside = members.members_on(on)
    named = {importer for rule in in_force(rulebook.ordinary, on) for importer in rule.importers}
    own = {importer: (importer,) for importer in sorted(named & inside)}
    others = tuple(party for party in members.parties_on(on) if party not in own)
    return {**own, MEMBERS: others} if others else own


def measured_forms(rulebook: Rulebook, grounds: Grounds, on: date) -> tuple[str, ...]:
    """The forms whose import parity is asked on a day, sorted: those with a tariff rule, and those of the tracked chains.

    Only forms that have a parity rule and a reference rule can be measured.
    """
    tracked = set(grounds.tracked())
    asked = {form for rule, form in tariff_rules(rulebook, on, grounds.stages) if rule.group != MEMBERS_GROUP}
    for recipe in grounds.facts.recipes:
        if recipe.mineral in tracked:
            asked |= {recipe.output, *(amount.form for amount in (*recipe.inputs, *recipe.by_products))}
    ruled = _ruled(in_force(rulebook.parity, on), asked) & _ruled(in_force(rulebook.reference, on), asked)
    return tuple(sorted(ruled))


def _ruled(rules: Sequence[ParityRule] | Sequence[ReferenceRule], asked: set[str]) -> set[str]:
    found: set[str] = set()
    for rule in rules:
        found |= asked if rule.forms == "all" else asked & set(rule.forms)
    return found
