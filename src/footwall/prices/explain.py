"""A reference price told line by line, for `price --why` and for reports: no layout here, only what to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from footwall.prices.records import Certificate, Datum, LeftBehind, Liquidity, ReferencePrice, Step, Voice
from footwall.quantity import Unknown, exact_arithmetic, plain, round_to_unit

Part = Literal["price", "evidence", "voices", "tiers", "cost_build", "combination", "excluded"]

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

    Prices are USD per kg of the form's basis, shown to four decimals where they are not results of their own.
    """
    certificate = price.certified
    return (
        *_headline(price),
        *(line for datum in certificate.used for line in _datum(datum)),
        *_voices(certificate.voices),
        *(Line("tiers", note.tier, "sets no price", note.reason) for note in certificate.tier_notes),
        *_cost_build(certificate),
        *_steps("combination", certificate.combination_steps),
        *(
            Line("excluded", _name(datum), f"{datum.exclusion or ''}{_why(datum)}", _shown(datum.price))
            for datum in certificate.excluded
        ),
        *(_left_behind(one) for one in certificate.left_behind),
    )


def _why(datum: Datum) -> str:
    return f": {datum.price.reason}" if isinstance(datum.price, Unknown) else ""


def _left_behind(one: LeftBehind) -> Line:
    days = one.last.isoformat() if one.first == one.last else f"{one.first.isoformat()} to {one.last.isoformat()}"
    reason = "too old" if one.exclusion == "too_old" else "replaced by newer words"
    what = f"{one.count} × {one.submitter} ({one.market}, {one.kind.replace('_', ' ')})"
    return Line("excluded", what, f"{reason}: {days}", "")


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
    if certificate.liquidity is not None:
        yield from _liquidity(certificate.liquidity)
    for judged in certificate.judgements:
        names = f"{judged.author}, approved by {judged.approver}"
        yield Line("price", f"expert judgement ({judged.action})", f"{judged.reason}; {judged.basis}; {names}", "")
    if price.under_floor:
        yield Line("price", "under floor", "nothing else stood: it rests on prices made inside the zone", "")


def _liquidity(liquidity: Liquidity) -> Iterator[Line]:
    mass = f", {plain(liquidity.mass_kg)} kg" if liquidity.mass_kg else ", no mass stated"
    yield Line("price", "market", f"{liquidity.count} data of {liquidity.parties} parties{mass}", "")
    spread = plain(round_to_unit(liquidity.spread, _PRICE_SHOWN, "half_up"))
    yield Line("price", "range", f"{_shown(liquidity.low)} to {_shown(liquidity.high)}, spread {spread}", "")


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
        yield Line("cost_build", "cost-build", "", str(certificate.cost_build))
    yield from _steps("cost_build", certificate.cost_build_steps)


def _steps(part: Part, steps: tuple[Step, ...]) -> Iterator[Line]:
    return (Line(part, step.what, step.figure, _shown(step.result)) for step in steps)


def _name(datum: Datum) -> str:
    return f"{datum.observation} ({datum.submitter}, {datum.market}, {datum.observed_to.isoformat()})"


def _shown(price: Decimal | Unknown) -> str:
    return "unknown" if isinstance(price, Unknown) else plain(round_to_unit(price, _PRICE_SHOWN, "half_up"))
