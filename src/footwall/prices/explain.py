"""A reference price told line by line, for `price --why` and for reports: no layout here, only what to say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from footwall.prices.records import Certificate, Datum, LeftBehind, Liquidity, ReferencePrice, Step, Voice
from footwall.quantity import Unknown, exact_arithmetic, plain, round_to_unit

Part = Literal[
    "price", "liquidity", "evidence", "voices", "tiers", "cost_build", "parts", "combination", "excluded", "left_behind"
]

EXCLUSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "better_tier": "a better tier set the price",
        "tier_failed": "its tier has too little to set a price",
        "outlier": "too far from the others",
        "under_floor": "made under the floor, and prices from outside stood",
        "same_deal": "a deal that was reported before",
        "sides_differ": "a deal whose sides contradict each other",
        "judgement": "left out by expert judgement",
        "period_not_over": "the days it describes are not over",
        "after_the_close": "seen after that day's price was published",
        "rate_not_yet_known": "its rate of exchange is not known yet",
        "looks_back": "older and worse than the last price, which may still be carried",
        "cost_survey": "a cost is not a price",
        "tier_not_used": "the rule does not use its tier",
        "related_parties": "its two sides are related",
        "relation_not_declared": "nobody declared its sides unrelated",
        "origin_excluded": "from an origin that the rule leaves out",
        "lot_too_small": "its lot is too small, or not stated",
        "content_out_of_tolerance": "its content is too far from the standard one",
        "not_positive": "no positive price",
        "mass_not_positive": "no positive mass",
        "price_index_missing": "no price index reaches it",
        "rate_missing": "no rate of exchange is known",
        "value_added_tax_missing": "no rate of value-added tax is known",
        "unit_unknown": "its unit is no mass",
        "payment_rule_missing": "no rule says what its terms of payment are worth",
        "content_unknown": "its content is not known",
        "grade_unknown": "no rule knows its grade",
        "distance_unknown": "no distance to the border is known",
        "implied_by_unobserved": "the form that implies it has no observed price",
        "recipe_missing": "no recipe makes the form from it",
        "too_old": "too old",
        "superseded": "replaced by newer words",
    }
)
"""The codes of exclusions in words."""

_PERCENT_SHOWN: Final = Decimal("0.1")  # what a reader sees of a share; the certificate holds the exact weights
_PRICE_SHOWN: Final = Decimal("0.0001")  # what a reader sees of a price on the way; the certificate holds every digit


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation: which part it belongs to, what it is about, the figure, and what came out."""

    part: Part
    what: str
    figure: str
    result: str


def explain(price: ReferencePrice) -> tuple[Line, ...]:
    """The price and its reasons, in the order in which one would recompute it by hand.

    Prices are USD per kg of the form's basis, shown to four decimals where they are not results of their own. What was
    not used comes by reason, each reason with its count first.
    """
    certificate = price.certified
    return (
        *_headline(price),
        *_liquidity(certificate.liquidity),
        *(line for datum in certificate.used for line in _datum(datum)),
        *_voices(certificate.voices),
        *(Line("tiers", note.tier.replace("_", " "), note.reason, "") for note in certificate.tier_notes),
        *_cost_build(certificate),
        *_parts(certificate),
        *_steps("combination", certificate.combination_steps),
        *_excluded(certificate.excluded),
        *_left_behind(certificate.left_behind),
    )


def exclusion_in_words(code: str | None) -> str:
    """Why a datum was not used, in words; a code that is not known, as it stands."""
    return EXCLUSIONS.get(code or "", (code or "").replace("_", " "))


def _excluded(excluded: Iterable[Datum]) -> Iterator[Line]:
    """Each reason with how many it took, most first; then each datum that it took."""
    by_reason: dict[str, list[Datum]] = defaultdict(list)
    for datum in excluded:
        by_reason[datum.exclusion or ""].append(datum)
    for code, data in sorted(by_reason.items(), key=lambda found: (-_count(found[1]), found[0])):
        yield Line("excluded", f"{_count(data)} × {code}", exclusion_in_words(code), "")
        for datum in data:
            why = datum.price.reason if isinstance(datum.price, Unknown) else ""
            yield Line("excluded", f"  {_name(datum)}", why, _shown(datum.price))


def _left_behind(left: Iterable[LeftBehind]) -> Iterator[Line]:
    """The same of what stands no more, which is counted by series."""
    by_reason: dict[str, list[LeftBehind]] = defaultdict(list)
    for one in left:
        by_reason[one.exclusion].append(one)
    for code, series in by_reason.items():
        yield Line("left_behind", f"{_count(series)} × {code}", exclusion_in_words(code), "")
        for one in series:
            days = one.first.isoformat() if one.first == one.last else f"{one.first} to {one.last}"
            yield Line(
                "left_behind", f"  {one.count} × {one.submitter} ({one.market}, {one.kind.replace('_', ' ')})", days, ""
            )


def _count(told: Iterable[Datum | LeftBehind]) -> int:
    return sum(one.count for one in told)


def _headline(price: ReferencePrice) -> Iterator[Line]:
    certificate = price.certified
    result = str(price.price) if isinstance(price.price, Unknown) else plain(price.price)
    yield Line("price", f"{price.form} on {price.on.isoformat()}", certificate.method, result)
    yield Line("price", "rulebook", certificate.rulebook, "")
    if price.rests_on is not None:
        yield Line("price", "rests on", price.tier or "the recipe below", price.rests_on.isoformat())
    if price.assumed:
        yield Line("price", "assumed", "a figure it rests on is an assumption", "")
    if price.confidence is not None:
        yield Line("price", "confidence", price.confidence, "")
    for instant, what in ((certificate.publish_at, "due"), (certificate.tell_at, "free to be told")):
        if instant:
            yield Line("price", what, instant, "")
    for judged in certificate.judgements:
        names = f"{judged.author}, approved by {judged.approver}"
        yield Line("price", f"expert judgement ({judged.action})", f"{judged.reason}; {judged.basis}; {names}", "")
    if price.under_floor:
        yield Line("price", "under floor", "nothing else stood: it rests on prices made inside the zone", "")


def _liquidity(liquidity: Liquidity | None) -> Iterator[Line]:
    """How much market the price rests on; nothing where no market set it."""
    if liquidity is None:
        return
    yield Line("liquidity", "data", "", str(liquidity.count))
    yield Line("liquidity", "parties", "", str(liquidity.parties))
    mass = "kg, as far as stated" if liquidity.mass_kg else "no mass stated"
    yield Line("liquidity", "mass", mass, plain(liquidity.mass_kg) if liquidity.mass_kg else "")
    yield Line("liquidity", "lowest price", "", _shown(liquidity.low))
    yield Line("liquidity", "highest price", "", _shown(liquidity.high))
    yield Line("liquidity", "spread", "median distance from the median", _shown(liquidity.spread))


def _parts(certificate: Certificate) -> Iterator[Line]:
    """What market and cost-build, or market and previous price, bring to the price before smoothing and step cap."""
    terms, shares = certificate.terms, _shares(certificate)
    if terms is None or not shares:
        return
    if terms.tier_weight is not None and terms.liquidity_share is not None and "cost-build" in certificate.method:
        figure = f"{plain(terms.tier_weight)} of its tier × {plain(terms.liquidity_share)} of its liquidity"
        yield Line("parts", "weight of the market", figure, plain(shares[0][2]))
    for (what, price, weight), (_, amount) in zip(shares, explain_parts(certificate), strict=True):
        yield Line("parts", what, f"{_shown(price)} × {plain(weight)}", _shown(amount))


def explain_parts(certificate: Certificate) -> tuple[tuple[str, Decimal], ...]:
    """What a price is the sum of, before smoothing, step cap and rounding: each part's name and amount, exact.

    Empty where it stands on one thing alone.
    """
    with exact_arithmetic():
        return tuple((what, price * weight) for what, price, weight in _shares(certificate))


def _shares(certificate: Certificate) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Each part with its price and its weight."""
    terms, market = certificate.terms, certificate.market
    if terms is None or isinstance(market, Unknown):
        return ()
    if certificate.method == "market and cost-build":
        weight, name, other = certificate.market_weight, "cost-build", certificate.cost_build
    elif certificate.method == "market and previous price" and terms.previous is not None:
        weight, name, other = terms.liquidity_share, "previous price", terms.previous
    else:
        return ()
    if weight is None or isinstance(other, Unknown):
        return ()
    with exact_arithmetic():
        return (("market", market, weight), (name, other, 1 - weight))


def _datum(datum: Datum) -> Iterator[Line]:
    yield Line("evidence", _name(datum), datum.source, _shown(datum.price))
    yield from _steps("evidence", datum.steps)


def _voices(voices: tuple[Voice, ...]) -> Iterator[Line]:
    with exact_arithmetic():
        total = sum((voice.weight for voice in voices if voice.weight is not None), Decimal(0))
        for voice in voices:
            if voice.weight is None:
                yield Line("voices", voice.submitter, "outlier, not heard", _shown(voice.price))
            else:
                share = round_to_unit(voice.weight * 100 / total, _PERCENT_SHOWN, "half_up")
                yield Line("voices", voice.submitter, f"{plain(share)} % of the weight", _shown(voice.price))


def _cost_build(certificate: Certificate) -> Iterator[Line]:
    if isinstance(certificate.cost_build, Unknown):
        yield Line("cost_build", "cost-build", certificate.cost_build.reason, "unknown")
    yield from _steps("cost_build", certificate.cost_build_steps)


def _steps(part: Part, steps: tuple[Step, ...]) -> Iterator[Line]:
    return (Line(part, step.what, step.figure, _shown(step.result)) for step in steps)


def _name(datum: Datum) -> str:
    return f"{datum.observation} ({datum.submitter}, {datum.market}, {datum.observed_to.isoformat()})"


def _shown(price: Decimal | Unknown) -> str:
    return "unknown" if isinstance(price, Unknown) else plain(round_to_unit(price, _PRICE_SHOWN, "half_up"))
