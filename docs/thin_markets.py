"""What the method makes of three thin markets, and of what might be done to it: `python docs/thin_markets.py quotes`.

Walks the example's rules over the shipped facts for dysprosium, terbium and yttrium oxide, as they are and with changed
evidence or rules, and prints what docs/thin-markets.md shows: `quotes`, `method` or `changes`.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from footwall import rulebook
from footwall.desk.adoption import known_of
from footwall.desk.walk import published_days
from footwall.facts import Observation, shipped_facts
from footwall.prices import Evidence, Market, PriceRules, ReferencePrice, form_rules, normalise
from footwall.quantity import Unknown
from footwall.rulebook import Rulebook, Rulebooks, load_rulebooks
from footwall.zone import Members

FORMS = ("dysprosium-oxide", "terbium-oxide", "yttrium-oxide")
FIRST = date(2024, 12, 31)
"""Walks begin here; by then the prices have forgotten how they began."""
LICENSED = date(2025, 4, 4)
SHOWN = (
    *(date(2025, month, day) for month, day in ((3, 31), (4, 30), (10, 31), (11, 28), (12, 31))),
    *(date(2026, month, day) for month, day in ((1, 30), (2, 27), (3, 31))),
)
"""Days of publication; the second is the first since the licences."""
WINDOW = (date(2025, 11, 28), date(2026, 2, 27))
"""The days on which asks and traded volume stand side by side."""

Prices = Mapping[date, Mapping[str, ReferencePrice]]


@dataclass(frozen=True, slots=True)
class Change:
    """Something else than what was: other evidence, or other rules."""

    words: str
    seen: Callable[[Observation], Sequence[Observation]] = lambda seen: (seen,)
    rules: Callable[[Rulebook], Rulebook] = lambda rules: rules


def is_ask(seen: Observation) -> bool:
    """The quotations in Europe."""
    return seen.form in FORMS and seen.tier == "assessments" and seen.country == "EU"


def is_traded(seen: Observation) -> bool:
    """The means over all traded volume."""
    return seen.form in FORMS and seen.tier == "transactions"


def is_dominant(seen: Observation) -> bool:
    """What the dominant seller's goods are quoted at, at home or for export."""
    return seen.form in FORMS and seen.country == "CN"


def halved(seen: Observation, since: date) -> tuple[Observation]:
    """Of the dominant seller's prices that describe days from `since` on, half."""
    if not is_dominant(seen) or seen.observed_to < since:
        return (seen,)
    return (replace(seen, low=seen.low / 2, high=seen.high / 2),)


def again(seen: Observation, times: str, **changes: str) -> tuple[Observation, ...]:
    """The observation, and another like it at `times` its price."""
    other = replace(seen, observation=f"{seen.observation}-again", submitter="another house", **changes)
    return seen, replace(other, low=seen.low * Decimal(times), high=seen.high * Decimal(times))


def without(section: str) -> Callable[[Rulebook], Rulebook]:
    """The rules without those of a section that name one of the forms."""
    return lambda rules: rules.model_copy(
        update={
            section: tuple(
                rule for rule in getattr(rules, section) if rule.forms == "all" or FORMS[0] not in rule.forms
            )
        }
    )


def without_all(rules: Rulebook) -> Rulebook:
    """The rules as for any other form."""
    for section in ("reference", "eligibility", "liquidity"):
        rules = without(section)(rules)
    return rules


def without_liquidity(rules: Rulebook) -> Rulebook:
    """The rules without any on liquidity: the market has the whole weight of its tier."""
    return rules.model_copy(update={"liquidity": ()})


CHANGES = (
    Change("no ask in Europe", lambda seen: () if is_ask(seen) else (seen,)),
    Change(
        "asks alone: no traded volume, nothing from China",
        lambda seen: () if is_traded(seen) or (is_dominant(seen) and seen.observed_to >= LICENSED) else (seen,),
    ),
    Change("a second house repeats each ask", lambda seen: again(seen, "1") if is_ask(seen) else (seen,)),
    Change(
        "the same, and traded volume not seen",
        lambda seen: again(seen, "1") if is_ask(seen) else (() if is_traded(seen) else (seen,)),
    ),
    Change("the dominant seller halves its prices from April 2025", lambda seen: halved(seen, LICENSED)),
    Change("it had halved them in 2024 as well", lambda seen: halved(seen, date(2024, 1, 1))),
    Change("traded volume not seen", lambda seen: () if is_traded(seen) else (seen,)),
    Change(
        "a second house tells traded volume at ten times",
        lambda seen: again(seen, "10") if is_traded(seen) else (seen,),
    ),
    Change(
        "one house tells traded volume, at ten times",
        lambda seen: again(seen, "10")[1:] if is_traded(seen) else (seen,),
    ),
    Change("no rule on liquidity", rules=without_liquidity),
    Change("China's prices count", rules=without("eligibility")),
    Change("no rules for thin markets at all", rules=without_all),
)


@cache
def agreed() -> Rulebooks:
    """The example's rules."""
    facts = shipped_facts()
    members = Members.from_facts(facts.memberships, facts.countries)
    return load_rulebooks(Path(rulebook.__file__).parent / "example", known_of(facts, members))


@cache
def evidence() -> Evidence:
    """What the facts say beside observations."""
    return Evidence.of(shipped_facts())


def named() -> set[str]:
    """The forms that rules of reference prices name."""
    rules = [rule for version in agreed().versions for rule in version.reference]
    return {form for rule in rules if not isinstance(rule.forms, str) for form in rule.forms}


def chained() -> set[str]:
    """The forms from which the three are made, and those that fall off with them."""
    recipes = [recipe for form in FORMS for recipe in evidence().chains.recipes.get(form, ())]
    return {amount.form for recipe in recipes for amount in (*recipe.inputs, *recipe.by_products)}


@cache
def walked(change: Change | None = None) -> Prices:
    """The prices of the three forms on every day of publication from FIRST on, under a change or as they are."""
    facts, changed = shipped_facts(), change or Change("as it is")
    observations = [other for seen in facts.observations if seen.form in FORMS for other in changed.seen(seen)]
    days = sorted(day for day in published_days(agreed()) if day >= FIRST)
    forms = {form: facts.forms[form] for form in (*FORMS, *named(), *chained())}  # all that there are would take longer
    markets = {
        rules.rulebook.version: Market(observations, PriceRules(changed.rules(rules), forms), evidence())
        for rules in agreed().versions
    }
    found: dict[date, Mapping[str, ReferencePrice]] = {}
    before: Mapping[str, ReferencePrice] = {}
    for day in days:
        before = markets[agreed().on(day).rulebook.version].prices(day, before)
        found[day] = {form: before[form] for form in FORMS}
    return found


def landed(seen: Observation) -> Decimal:
    """A quotation at the zone's border, USD per kg of oxide, whether it may count or not."""
    rules = form_rules(agreed().on(seen.observed_to), seen.form, seen.observed_to)
    if rules is None:
        raise SystemExit(f"no rule prices {seen.form}")
    price = normalise(seen, evidence().forms[seen.form], rules, evidence()).price
    if isinstance(price, Unknown):
        raise SystemExit(f"{seen.observation}: {price.reason}")
    return price


def shown() -> list[Observation]:
    """What was quoted from the last annual average before the licences on."""
    mine = (seen for seen in shipped_facts().observations if seen.form in FORMS and seen.observed_to >= FIRST)
    return sorted(mine, key=lambda seen: (FORMS.index(seen.form), seen.observed_to, seen.observation))


def whose(seen: Observation) -> str:
    """On which side of the market an observation stands."""
    return "ask in Europe" if is_ask(seen) else "dominant seller" if is_dominant(seen) else "traded volume"


def money(value: Decimal | Unknown | None) -> str:
    """A price to the cent; a dash where there is none."""
    return f"{value:,.2f}" if isinstance(value, Decimal) else "–"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of columns, the first row their heads; figures to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    right = [
        all(row[place][:1].isdigit() or row[place][:1] in "–+−" for row in rows[1:]) for place in range(len(widths))
    ]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if side else cell.ljust(width)
            for cell, width, side in zip(row, widths, right, strict=True)
        ]
        lines.append("   ".join(cells).rstrip())
    return [lines[0], "─" * max(map(len, lines)), *lines[1:]]


def quotes() -> list[str]:
    """Every quotation, landed."""
    rows = [("form", "days described", "whose", "USD/kg at the border", "source")]
    for seen in shown():
        span = f"{seen.observed_to}" if seen.observed_from == seen.observed_to else f"{seen.observed_to.year}"
        rows.append((seen.form, span, whose(seen), money(landed(seen)), seen.source))
    return table(rows)


def method() -> list[str]:
    """What the method says on the days shown, with both components."""
    rows = [
        ("form", "day", "market", "its weight", "cost-build", "price before", "reference", "stands on", "confidence")
    ]
    for form in FORMS:
        for day in SHOWN:
            price = walked()[day][form]
            certificate = price.certified
            terms = certificate.terms
            weight = "–" if terms is None or terms.liquidity_share is None else f"{terms.liquidity_share.normalize():f}"
            before = None if terms is None or terms.no_cost_build == "alone" else terms.previous
            stands = price.status if price.tier is None else f"{price.status}, {price.tier}"
            parts = (money(certificate.market), weight, money(certificate.cost_build), money(before))
            rows.append((form, str(day), *parts, money(price.price), stands, price.confidence or "–"))
    return table(rows)


def moved(change: Change, form: str) -> tuple[Decimal, Decimal]:
    """How far a change moves the price within WINDOW at most, as a share; and where the price ends."""
    first, last = WINDOW
    shares = []
    for day, prices in walked().items():
        mine, other = prices[form].price, walked(change)[day][form].price
        if first <= day <= last and isinstance(mine, Decimal) and isinstance(other, Decimal):
            shares.append(other / mine - 1)
    end = walked(change)[last][form].price
    if isinstance(end, Unknown) or not shares:
        raise SystemExit(f"{form} has no price under: {change.words}")
    return max(shares, key=abs), end


def changes() -> list[str]:
    """What each change moves the prices by."""
    rows = [("what is changed", *(f"{form.partition('-')[0]}, to" for form in FORMS))]
    ends = [walked()[WINDOW[1]][form].price for form in FORMS]
    rows.append(("nothing", *(f"– {money(end)}" for end in ends)))
    for change in CHANGES:
        cells = []
        for form in FORMS:
            share, end = moved(change, form)
            cells.append(f"{share:+.1%} {money(end)}".replace("-", "−"))
        rows.append((change.words, *cells))
    return table(rows)


def main(what: str) -> None:
    """Print one of the tables."""
    sys.stdout.write("\n".join({"quotes": quotes, "method": method, "changes": changes}[what]()) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
