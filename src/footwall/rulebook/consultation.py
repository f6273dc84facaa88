"""How long the draft of a version was open to comment, and how long it had to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from footwall.rulebook.check_price_rules import consultation_days
from footwall.rulebook.dates import ONE_DAY, span_of
from footwall.rulebook.diff import compare_section
from footwall.rulebook.parts import DatedRule
from footwall.rulebook.price_rules import GovernanceRule
from footwall.rulebook.records import PRICE_SECTIONS, Header, Rulebook


@dataclass(frozen=True, slots=True)
class Consultation:
    """The days on which a version was open to comment, both ends counted, and what the version before it asks for.

    `days` is None where the dates stated cannot be, 0 where none are stated. `sections` are those of the rules of prices in
    which something changes; where there are any, `days_min` days must have been.
    """

    first: date | None
    last: date | None
    days: int | None
    days_min: int
    sections: tuple[str, ...]

    @property
    def too_short(self) -> bool:
        """Whether a rule of prices changes after fewer days than were asked for."""
        return self.days is not None and bool(self.sections) and self.days < self.days_min


def consultation(old: Rulebook, new: Rulebook) -> Consultation:
    """How long `new`, which follows `old`, was open to comment, and how long it had to be."""
    rules = [{section: getattr(version, section) for section in PRICE_SECTIONS} for version in (old, new)]
    return consultation_on(old.rulebook, rules[0], new.rulebook, rules[1])


def consultation_on(
    old: Header,
    before: Mapping[str, Sequence[DatedRule]],
    new: Header,
    after: Mapping[str, Sequence[DatedRule]],
) -> Consultation:
    """The same of versions by their headers and their rules of prices by section, sound or not.

    The rule of the older version's last day asks; what `compare` tells counts as a change: not the order of rules, their
    sources, or dates that come to the same.
    """
    last_day = min(old.valid_to or date.max, new.valid_from - ONE_DAY)
    asked = [
        rule.consultation_days_min
        for rule in before["governance"]
        if isinstance(rule, GovernanceRule) and last_day in span_of(rule, old)
    ]
    changed = [
        section for section in PRICE_SECTIONS if compare_section(section, before[section], after[section], (old, new))
    ]
    return Consultation(
        new.consulted_from, new.consulted_to, consultation_days(new), max(asked, default=0), tuple(changed)
    )
