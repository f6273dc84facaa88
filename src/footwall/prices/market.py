"""The market's word on one form on one day: which observations count, which tier sets the price, and why the rest do not.

Exclusions, beside those of `eligible` and `normalise`: `period_not_over`, `rate_not_yet_known` and `after_the_close`
(nothing looks ahead), `judgement` (experts left it out, with their reason), `same_deal` (its other side, or its submitter
before, has reported it), `sides_differ` (two reports of it contradict each other), `under_floor`, `better_tier` (a better one stood), `tier_failed`,
`outlier`, and those of `implied`. What is too old, or replaced by a newer word, is counted by series (`LeftBehind`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.memory import maker
from footwall.prices.records import Datum, Liquidity, TierNote, Voice, make_liquidity
from footwall.prices.standing import IMPLIED, Book
from footwall.prices.tiers import Heard
from footwall.quantity import Unknown, exact_arithmetic
from footwall.rulebook import TierRule

NO_PRICE: Final = Unknown("no usable price is known")

LeftOut = tuple[str | None, Sequence[Datum]]
"""Data that do not count, and why; None where each has its own reason."""


@dataclass(frozen=True, slots=True)
class MarketPrice:
    """What the market says of a form: the price, USD per kg of its basis, to twelve decimals; its tier, data and voices.

    `used` and `excluded` are sorted by observation. `liquidity` is how much market it rests on; None where no tier stands.
    `roots` are the forms whose observed prices it is implied by; `apart` the book and the day that tell of what is not heard.
    """

    price: Decimal | Unknown
    tier_rule: TierRule | None
    used: tuple[Datum, ...]
    left_out: tuple[LeftOut, ...] = field(compare=False)
    voices: tuple[Voice, ...]
    tier_notes: tuple[TierNote, ...]
    liquidity: Liquidity | None = None
    roots: tuple[str, ...] = ()
    apart: tuple[Book, date] | None = field(default=None, compare=False)

    @property
    def excluded(self) -> tuple[Datum, ...]:
        """The data that do not count, each with its reason: told only where somebody asks, which most days nobody does."""
        told = [] if self.apart is None else self.apart[0].apart(self.apart[1])
        told += [
            datum if reason is None else replace(datum, exclusion=reason)
            for reason, data in self.left_out
            for datum in data
        ]
        return tuple(sorted(told, key=lambda datum: datum.observation))


_market_price: Final = maker(MarketPrice)


def liquidity_of(used: Sequence[Datum], voices: Sequence[Voice], spread: Decimal) -> Liquidity | None:
    """How much market the data and voices of a tier are; None where nothing was heard."""
    heard = [voice for voice in voices if voice.weight is not None]
    lows = [datum.price if datum.low is None else datum.low for datum in used]
    highs = [datum.price if datum.high is None else datum.high for datum in used]
    low = min((one for one in lows if isinstance(one, Decimal)), default=None)
    high = max((one for one in highs if isinstance(one, Decimal)), default=None)
    if not heard or low is None or high is None:
        return None
    with exact_arithmetic():
        mass_kg = sum((voice.mass_kg for voice in heard if voice.mass_kg is not None), Decimal(0))
    count = sum(voice.count for voice in heard)
    return make_liquidity(count, len(heard), mass_kg, low, high, spread)


def market_price(
    on: date,
    book: Book,
    *,
    implied: Mapping[str, Datum] | None = None,
) -> MarketPrice:
    """The market price of the form of `book` on a day from observations published by then (later ones are not even told).

    Tiers in the rule's order; the first that stands sets the price. Prices made under a floor are left out; only where
    no tier stands without them are they heard beside the others, and the data say so (`Datum.under_floor`). `implied` are
    the day's data of observations that are shares of, or charges upon, other forms' prices; without it they are not used.
    """
    heard: list[Datum] = []
    apart: list[Datum] = []
    for standing in book.heard(on):
        datum = standing.datum
        if standing.seen.kind in IMPLIED:
            if implied is None:
                continue
            datum = implied[datum.observation]
        (heard if datum.exclusion is None else apart).append(datum)
    outside = [datum for datum in heard if not datum.under_floor]
    inside: LeftOut = ("under_floor", [datum for datum in heard if datum.under_floor])
    choice = _choose(outside, book)
    if isinstance(choice.price, Unknown) and len(outside) < len(heard):
        choice, inside = _choose(heard, book), (None, ())
    return replace(choice, left_out=((None, apart), inside, *choice.left_out), apart=(book, on))


def _choose(heard: Sequence[Datum], book: Book) -> MarketPrice:
    """The first tier that stands among data that are all normalised and eligible."""
    notes: list[TierNote] = []
    left_out: list[LeftOut] = []
    chosen: tuple[TierRule, Heard] | None = None
    by_tier: Mapping[str, list[Datum]] = defaultdict(list)
    for datum in heard:
        by_tier[datum.tier].append(datum)
    for tier in book.rules.reference.tiers:
        data = by_tier[tier.tier]
        if chosen is not None:
            left_out.append(("better_tier", data))
            continue
        weighed = book.earlier[tier.tier].heard(data, tier)
        if isinstance(weighed, Unknown):
            notes.append(TierNote(tier.tier, weighed.reason))
            left_out.append(("tier_failed", data))
        else:
            chosen = (tier, weighed)
    if chosen is None:
        return MarketPrice(NO_PRICE, None, (), tuple(left_out), (), tuple(notes))
    tier, (result, weights) = chosen
    out = result.outlying
    left_out.append(("outlier", [datum for datum in weights if datum.submitter in out]))
    used = sorted((datum for datum in weights if datum.submitter not in out), key=lambda datum: datum.observation)
    liquidity = liquidity_of(used, result.voices, result.spread)
    return _market_price(result.mean, tier, tuple(used), tuple(left_out), result.voices, tuple(notes), liquidity)
