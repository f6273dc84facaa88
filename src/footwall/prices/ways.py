"""Observations on the same terms come to the border by the same way: it is found once, and each of them walks it.

Between what was quoted and the border's price, every step (see `normalise`) is the same for all observations of one
currency, unit, place, month and so on: only the number that it is applied to differs. A property holds the datum that
comes of it equal to that of `normalise`.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from operator import attrgetter
from typing import Final

from footwall.facts import Form, Observation
from footwall.memory import maker
from footwall.prices.evidence import Evidence
from footwall.prices.normalise import ABOVE_ZERO, BY_ITS_TERMS, QUOTED, Case, Gap, arrived, lot_of
from footwall.prices.records import Datum
from footwall.prices.rules import FormRules
from footwall.prices.working import Operation, Working

_ONE: Final = Decimal(1)
_case: Final = maker(Case)
_named: Final = attrgetter(
    "currency", "unit", "per", "incoterm", "country", "place", "payment_days", "content", "grade", "deflator"
)


@dataclass(frozen=True, slots=True)
class Way:
    """What is done to a quoted price on its way, and its end: whether a figure was assumed, or why it goes no further.

    What the operations `after_mark` add is told apart (`Working.mark`); None where nothing is.
    """

    before_mark: tuple[Operation, ...]
    end: bool | Gap
    after_mark: tuple[Operation, ...] | None = None


class Ways:
    """The ways of one form's observations under one stretch of rules, each found when it is first walked."""

    def __init__(self, form: Form, rules: FormRules, evidence: Evidence) -> None:
        """No way yet."""
        self.form, self.rules, self.evidence = form, rules, evidence
        self._found: dict[tuple[object, ...], Way] = {}
        self._by_day = bool(evidence.daily_rates)
        self._by_lot = rules.terms is not None and bool(rules.terms.lots)

    def datum(self, seen: Observation) -> Datum:
        """`seen` as `normalise` tells it."""
        case, working = _case(seen, self.form, self.rules, self.evidence), Working()
        quoted = QUOTED(case, working)
        if isinstance(quoted, Gap):
            return arrived(case, working, quoted)
        terms = self._terms(seen)
        way = self._found.get(terms)
        if way is None:
            way = self._found[terms] = _way(case)
        working.follow(way.before_mark)
        if way.after_mark is not None:
            working.mark()
            working.follow(way.after_mark)
        end = way.end
        if not isinstance(end, Gap):
            above = ABOVE_ZERO(case, working)
            end = replace(above, assumed=end) if isinstance(above, Gap) else end
        return arrived(case, working, end)

    def _terms(self, seen: Observation) -> tuple[object, ...]:
        """All that the steps of `BY_ITS_TERMS` look at."""
        first, last = seen.observed_from, seen.observed_to
        return (
            _named(seen),
            last if seen.vat_included else None,
            (first, last) if self._by_day else (first.year, first.month, last.year, last.month),
            lot_of(seen) if self._by_lot else None,
        )


def _way(case: Case) -> Way:
    """Found by walking it with a price of one."""
    working = Working()
    working.apply(Operation("", "=", (_ONE,)))
    assumed = False
    for stage in BY_ITS_TERMS:
        outcome = stage(case, working)
        if isinstance(outcome, Gap):
            return Way(working.operations[1:], replace(outcome, assumed=assumed))
        assumed = assumed or outcome
    if working.marked is None:
        return Way(working.operations[1:], assumed)
    return Way(working.operations[1 : working.marked], assumed, working.operations[working.marked :])
