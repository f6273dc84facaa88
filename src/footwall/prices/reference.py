"""The reference prices of a day: every form that a rule names, from the bottom of each chain to its top (mechanism §1).

First the market of every form by itself; then what the observed ones imply of others; then, upwards along the chains,
market and cost-build together. For each form: market by tiers (unless it looks back: see `seniority`), else cost-build, else its
own last price up to an age, else expert judgement, else suspended, which is unknown and never zero. No observation
published after the day is looked at.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from footwall.errors import UsageError
from footwall.facts import Observation
from footwall.memory import no_search_for_circles
from footwall.prices.certify import certified
from footwall.prices.chains import priced_by
from footwall.prices.cost_build import CostBuild, marginal_plant, price_on_data
from footwall.prices.evidence import Evidence
from footwall.prices.footing import footing_of
from footwall.prices.implied import implied_data, roots_of
from footwall.prices.market import MarketPrice, market_price
from footwall.prices.records import Judgement, ReferencePrice, ReferencePrices
from footwall.prices.rules import FormRules, PriceRules
from footwall.prices.settle import settle, settle_successor
from footwall.prices.settled import Settled, make_case
from footwall.prices.standing import IMPLIED, Book
from footwall.prices.working import Working
from footwall.quantity import Unknown
from footwall.rulebook import Rulebook

Judgements = Mapping[str, tuple[Judgement, ...]]
"""What experts decided for a day, by form."""

_NO_JUDGEMENTS: Final[Judgements] = MappingProxyType({})
_NO_PRICES: Final[ReferencePrices] = MappingProxyType({})


def reference_prices(  # noqa: PLR0917 - a day is decided on all of these
    on: date,
    observations: Iterable[Observation],
    rulebook: Rulebook,
    evidence: Evidence,
    previous: ReferencePrices,
    judgements: Judgements = _NO_JUDGEMENTS,
) -> ReferencePrices:
    """The reference price of every form that a rule of `rulebook` names on the day, by form, sorted.

    `observations` may hold any form, day and order; only what was published by `on` counts. `previous` are the prices of
    the last day walked (smoothing, step cap, carrying); a form that is not there starts afresh. Forms are priced from the
    bottom of each chain, because a cost-build rests on the reference prices below it. For many days use a `Market`.
    Raises UsageError for a previous price that is not earlier, RulebookError for rules that overlap or leave a gap.
    """
    return Market(observations, PriceRules(rulebook, evidence.forms), evidence).prices(on, previous, judgements)


class Market:
    """All observations of all forms, under one version of the rules: asked day by day, it works out each thing once."""

    def __init__(
        self,
        observations: Iterable[Observation],
        rules: PriceRules,
        evidence: Evidence,
        forms: Collection[str] | None = None,
    ) -> None:
        """The market that `observations` show, of any form and day, in any order; of `forms` alone, where they are given."""
        self.rules, self.evidence = rules, evidence
        self._forms = None if forms is None else frozenset(forms)
        self._by_form: dict[str, list[Observation]] = defaultdict(list)
        for seen in observations:
            self._by_form[seen.form].append(seen)
        self._books: dict[str, Book] = {}
        self._observed: dict[str, tuple[tuple[Book, int], MarketPrice]] = {}

    def part(self, forms: Collection[str]) -> "Market":
        """The market of `forms` alone. Their prices are the same where nothing of `links` joins them to any other form."""
        return Market(
            (seen for form in forms for seen in self._by_form.get(form, ())), self.rules, self.evidence, forms
        )

    def links(self, on: date) -> Iterator[tuple[str, str]]:
        """Pairs of forms of which the price of the first may hang on that of the second, on a day."""
        for output, recipes in self.evidence.chains.recipes.items():
            yield from ((output, form) for recipe in recipes for form in priced_by(recipe))
        for form, found in self._by_form.items():
            yield from ((form, of_form) for of_form in sorted({seen.of_form for seen in found} - {""}))
        for form, rules in self.rules_on(on).items():
            if rules.cessation is not None and rules.cessation.successor:
                yield form, rules.cessation.successor

    def rules_on(self, day: date) -> Mapping[str, FormRules]:
        """The rules of each form of this market on a day."""
        every = self.rules.on(day)
        if self._forms is None:
            return every
        return {form: rules for form, rules in every.items() if form in self._forms}

    def prices(
        self,
        on: date,
        previous: ReferencePrices,
        judgements: Judgements = _NO_JUDGEMENTS,
        stands: ReferencePrices = _NO_PRICES,
    ) -> ReferencePrices:
        """The reference prices of a day with their certificates; see `reference_prices`, and `settle` of what `stands`."""
        settled = self.settle(on, previous, judgements, stands)
        return {form: certified(one, self.rules.version) for form, one in sorted(settled.items())}

    def settle(
        self,
        on: date,
        previous: ReferencePrices,
        judgements: Judgements = _NO_JUDGEMENTS,
        stands: ReferencePrices = _NO_PRICES,
    ) -> Mapping[str, Settled]:
        """The prices of a day without their certificates, which take longer to write than the prices to find.

        What `stands` was published before, and is not set anew: others are built from it as it is (see `standing`).
        """
        for earlier in previous.values():
            if earlier.on >= on:
                raise UsageError(f"the previous price of {earlier.form} is of {earlier.on}, which is not before {on}")
        day = _Day(on, self.rules_on(on), self, previous, judgements, prices=dict(stands))
        with no_search_for_circles():
            day.observe()
            for form in day.order():
                if form not in stands:
                    day.settle(form)
        return day.settled

    def book(self, form: str, rules: FormRules, judged: tuple[Judgement, ...] = ()) -> Book:
        """The book of a form under `rules`, made once for each stretch of days with the same rules and judgements."""
        silenced = frozenset(name for one in judged if one.action == "exclude" for name in one.observations)
        held = self._books.get(form)
        if held is None or held.rules is not rules or held.silenced != silenced:
            held = Book(self.evidence.forms[form], self._by_form.get(form, ()), rules, self.evidence, silenced)
            self._books[form] = held
        return held

    def observed(self, book: Book, on: date) -> MarketPrice:
        """A form's own market on a day, before anything is implied; worked out anew only where something changed."""
        asked = (book, book.stretch(on))
        held = self._observed.get(book.form.form)
        if held is None or held[0] != asked:
            held = self._observed[book.form.form] = (asked, market_price(on, book))
        return replace(held[1], apart=(book, on))  # what is heard is the same, but not why the rest is not heard yet


@dataclass(slots=True)
class _Day:
    """One day on its way up the chains."""

    on: date
    rules: Mapping[str, FormRules]
    market: Market
    previous: ReferencePrices
    judgements: Judgements
    observed: dict[str, MarketPrice] = field(default_factory=dict)
    settled: dict[str, Settled] = field(default_factory=dict)
    prices: dict[str, ReferencePrice] = field(default_factory=dict)

    def order(self) -> tuple[str, ...]:
        """Bottom up along the chains; a form that another has succeeded comes after all others, and after its successor."""
        chained = [form for form in self.market.evidence.chains.order if form in self.rules]
        every = (*chained, *sorted(self.rules.keys() - set(chained)))
        successors = {form: rules.cessation.successor for form, rules in self.rules.items() if rules.cessation}
        ceased = sorted((form for form in every if form in successors), key=lambda form: _handed_on(form, successors))
        return (*(form for form in every if form not in successors), *ceased)

    def observe(self) -> None:
        """Each form's own market, before anything is implied."""
        for form, rules in self.rules.items():
            self.observed[form] = self.market.observed(self._book(form, rules), self.on)

    def _book(self, form: str, rules: FormRules) -> Book:
        return self.market.book(form, rules, self.judgements.get(form, ()))

    def settle(self, form: str) -> None:
        """Price `form`; all below it is priced."""
        rules = self.rules[form]
        book, judged = self._book(form, rules), self.judgements.get(form, ())
        market = self._with_implied(form, book)
        case = make_case(form, self.on, rules, market, self._built(form), self.previous.get(form), book, judged)
        if rules.cessation is not None:
            done = settle_successor(case, self.prices.get(rules.cessation.successor))
        else:
            counting = CostBuild(Unknown("without weight"), Working(), None) if case.weight == 1 else case.built
            done = settle(case, footing_of(self.on, market, counting, self.prices, self.market.evidence))
        self.settled[form] = done
        self.prices[form] = done.price

    def _with_implied(self, form: str, book: Book) -> MarketPrice:
        standings = [one for one in book.heard(self.on) if one.seen.kind in IMPLIED] if book.implied else []
        if not standings:
            return self.observed[form]
        data = implied_data(standings, book, self.observed)
        found = market_price(self.on, book, implied=data)
        return replace(found, roots=roots_of(found.used, book, standings))

    def _built(self, form: str) -> CostBuild:
        """The cost-build on the prices below that stand on data, none of which may follow from that of `form` itself."""
        evidence = self.market.evidence
        bought = {name for recipe in evidence.chains.recipes.get(form, ()) for name in priced_by(recipe)}
        below = {
            name: Unknown(f"its price follows from that of {form}") if form in price.roots else price_on_data(price)
            for name, price in self.prices.items()
            if name in bought
        }
        return marginal_plant(form, below, evidence)


def _handed_on(form: str, successors: Mapping[str, str]) -> int:
    """How many times a price is handed on until it reaches `form`; a circle, in which nobody has one, ends somewhere."""
    passed: set[str] = set()
    while form in successors and form not in passed:
        passed.add(form)
        form = successors[form]
    return len(passed)
