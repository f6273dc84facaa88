"""Recompute a certificate from its own contents alone, and say where it differs.

Anyone can do this with the JSON in hand: no facts, no rulebook, no journal. Each datum's steps are reworked; the data
become voices again; the voices are weighed under the tier's rule; the cost-build's steps are reworked; market and
cost-build are combined under the terms. What it cannot tell is whether the data were true, or whether some were left out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

from footwall.errors import Problem
from footwall.memory import no_search_for_circles
from footwall.prices.certificate import JSON, canonical, certificate_json
from footwall.prices.combine import carry, combine, judge, method_of, succeed
from footwall.prices.confidence import level_reached
from footwall.prices.market import liquidity_of
from footwall.prices.records import Certificate, Datum, Liquidity, Step, Terms, Voice
from footwall.prices.rules import liquidity_share
from footwall.prices.shown import ON_MARKET, shown_by
from footwall.prices.tiers import Weighed, voices_of, weigh, with_weights
from footwall.prices.working import rework
from footwall.quantity import Unknown, counted, exact_arithmetic, plain
from footwall.rulebook import DECIMALS_AS_TEXT, in_force

if TYPE_CHECKING:
    from pydantic import TypeAdapter


_ON_LITTLE: Final = frozenset({"suspended", "carried", "judgement"})
_WITHOUT_EITHER: Final = frozenset({"suspended", "judgement"})
"""Methods of a price that has neither market nor cost-build; one that is carried may have a cost-build that knew less."""
_SHOWN: Final = 80
"""Characters that a problem shows of a value that is none."""
_UNWEIGHED: Final = ("market_weight", "tier_weight", "liquidity_share")
"""What the terms do not state where no tier stands."""


def replay(document: Certificate | Mapping[str, JSON] | bytes) -> tuple[Problem, ...]:
    """Every place where a certificate, or one told as JSON (see `canonical`), does not follow from its own contents.

    Of bytes, only the canonical ones are a certificate. Empty where the result can be recomputed to the last digit. Nothing is raised: a bad certificate is bad data.
    """
    with no_search_for_circles():
        certificate = read_certificate(canonical(document) if isinstance(document, Certificate) else document)
        if isinstance(certificate, Problem):
            return (certificate,)
        return tuple(_differences(certificate))


def _differences(certificate: Certificate) -> Iterator[Problem]:
    weighed = [datum for datum in certificate.excluded if datum.exclusion == "outlier"]
    for datum in (*certificate.used, *certificate.excluded):
        yield from _worked(f"datum {datum.observation}", datum.steps, datum.price)
        yield from _carriage(datum)
        yield from _ends(datum)
    yield from _market(certificate, (*certificate.used, *weighed))
    yield from _confidence(certificate)
    yield from _worked("cost_build", certificate.cost_build_steps, certificate.cost_build)
    yield from _method(certificate)
    yield from _combined(certificate)


def _method(certificate: Certificate) -> Iterator[Problem]:
    """A price may do without a market, or be another form's, only where the certificate shows that it has none, or has ceased."""
    method, ceased = certificate.method, certificate.cessation_rule
    if ceased is not None and not (ceased.form == certificate.form and in_force((ceased,), certificate.on)):
        expected = f"a rule of {certificate.form} that is in force on {certificate.on}"
        yield _differs("cessation_rule", f"a rule of {ceased.form}", expected)
    if method == "successor" and (ceased is None or not ceased.successor):
        yield _differs("method", method, "a rule that says which form took its place")
    elif ceased is not None and method not in {"successor", "suspended"}:
        yield _differs("method", method, "the price of the form that took its place: a rule has ended its own")
    elif ceased is None and _passed_over(certificate):
        known = [one for one in (certificate.market, certificate.cost_build) if isinstance(one, Decimal)]
        yield _differs("method", method, f"a price that rests on {' and '.join(map(plain, known))}")
    assumed = shown_by(certificate).assumed
    if not isinstance(assumed, Unknown):
        yield from _same("assumed", certificate.assumed, assumed)


def _passed_over(certificate: Certificate) -> bool:
    """Whether it does without a market, or a cost-build, that is known and comes to more than nothing."""
    by_market = certificate.method in _ON_LITTLE and isinstance(certificate.market, Decimal)
    by_costs = certificate.method in _WITHOUT_EITHER and isinstance(certificate.cost_build, Decimal)
    return (by_market or by_costs) and not (certificate.method == "suspended" and _rounds_to_nothing(certificate))


def _rounds_to_nothing(certificate: Certificate) -> bool:
    terms = certificate.terms
    try:
        return terms is not None and combine(certificate.market, certificate.cost_build, terms).total <= 0
    except (ValueError, ArithmeticError):
        return False


def _worked(field: str, steps: Sequence[Step], stated: Decimal | Unknown) -> Iterator[Problem]:
    """Each step from the one before it, and the last one against the stated price."""
    try:
        results = rework(steps)
    except (ValueError, ArithmeticError) as error:
        yield _differs(field, _why(error), "steps of plain arithmetic")
        return
    for step, result in zip(steps, results, strict=True):
        if step.result != result:
            yield _differs(f"{field}: {step.what}", plain(step.result), plain(result))
    if isinstance(stated, Decimal) and (not steps or steps[-1].result != stated):
        yield _differs(field, plain(stated), plain(steps[-1].result) if steps else "steps that lead to it")


def _carriage(datum: Datum) -> Iterator[Problem]:
    """What was put in for freight and insurance is what the last steps of the datum put in."""
    if datum.carriage is None or not isinstance(datum.price, Decimal):
        return
    with exact_arithmetic():
        before = datum.price - datum.carriage
    if before not in [step.result for step in datum.steps]:  # a hash of each would take longer
        yield _differs(f"datum {datum.observation}: carriage", plain(datum.carriage), "what its last steps put in")


def _ends(datum: Datum) -> Iterator[Problem]:
    """A price lies between the ends of what it stands for."""
    if isinstance(datum.price, Unknown):
        return
    if datum.low is not None and datum.low > datum.price:
        yield _differs(f"datum {datum.observation}: low", plain(datum.low), f"at most {plain(datum.price)}")
    if datum.high is not None and datum.high < datum.price:
        yield _differs(f"datum {datum.observation}: high", plain(datum.high), f"at least {plain(datum.price)}")


def _market(certificate: Certificate, data: Sequence[Datum]) -> Iterator[Problem]:
    if certificate.tier_rule is None:
        if isinstance(certificate.market, Decimal) or data:
            yield _differs("market", _told(certificate.market), "the rule of the tier that set it")
        yield from _same("liquidity", certificate.liquidity, None)
        for name in _UNWEIGHED if certificate.terms is not None else ():
            yield from _same(name, getattr(certificate.terms, name), None)
        return
    try:
        told = with_weights(data, certificate.tier_rule)
        if isinstance(told, Unknown):
            yield _differs("market", _told(certificate.market), told.reason)
            return
        weighted = {datum.observation: datum.weight for datum in told}
        again = weigh(voices_of(data), certificate.tier_rule)
    except (ValueError, ArithmeticError) as error:
        yield _differs("market", _why(error), "data with a price and a weight each")
        return
    for datum in data:
        if datum.weight != weighted[datum.observation]:
            yield from _same(f"weight of {datum.observation}", datum.weight, weighted[datum.observation])
    yield from _voices(certificate.voices, again.voices)
    out = frozenset(datum.submitter for datum in data if datum.exclusion == "outlier")
    yield from _same("outliers", sorted(out), sorted(again.outlying))
    yield from _same("market", certificate.market, again.mean)
    yield from _published(certificate, again)


def _voices(stated: Sequence[Voice], again: Sequence[Voice]) -> Iterator[Problem]:
    """Who was heard, and then what each of them says."""
    if [voice.submitter for voice in stated] != [voice.submitter for voice in again]:
        yield from _same("voices", stated, again)
        return
    for voice, computed in zip(stated, again, strict=True):
        yield from _same(f"voice of {voice.submitter}", voice, computed)


def _published(certificate: Certificate, again: Weighed) -> Iterator[Problem]:
    """Liquidity, and the weight that it leaves the market."""
    tier, terms = certificate.tier_rule, certificate.terms
    liquidity = liquidity_of(certificate.used, again.voices, again.spread)
    yield from _same("liquidity", certificate.liquidity, liquidity)
    if certificate.method in ON_MARKET:
        yield from _same("tier", certificate.tier, None if tier is None else tier.tier)
    for datum in certificate.used:
        yield from _same(f"tier of {datum.observation}", datum.tier, None if tier is None else tier.tier)
    if liquidity is None or terms is None:
        return
    share = liquidity_share(certificate.liquidity_rule, liquidity.parties, liquidity.mass_kg)
    yield from _same("liquidity_share", terms.liquidity_share, share)
    with exact_arithmetic():
        weight = None if terms.tier_weight is None else terms.tier_weight * share
    yield from _same("market_weight", terms.market_weight, weight)
    rule = certificate.liquidity_rule
    yield from _same("no_cost_build", terms.no_cost_build, "alone" if rule is None else rule.no_cost_build)


def _confidence(certificate: Certificate) -> Iterator[Problem]:
    """The level that a price on a market reaches, and low for any other; a successor's is that of its own certificate."""
    rule, tier, liquidity = certificate.confidence_rule, certificate.tier_rule, certificate.liquidity
    if certificate.method == "successor":
        return
    expected: str | None = None if rule is None else "low"
    if (
        rule is not None
        and certificate.method in ON_MARKET
        and tier is not None
        and liquidity is not None
        and certificate.used
    ):
        age_days = (certificate.on - max(datum.observed_to for datum in certificate.used)).days
        expected = level_reached(rule, tier.tier, liquidity, age_days, assumed=certificate.assumed)
    yield from _same("confidence", certificate.confidence, expected)


def _same(field: str, stated: object, recomputed: object) -> Iterator[Problem]:
    """Nothing where both are the same; of two records of one kind, each field that is not."""
    if stated == recomputed:
        return
    if is_dataclass(stated) and type(stated) is type(recomputed):
        for one in fields(stated):
            yield from _same(f"{field}.{one.name}", getattr(stated, one.name), getattr(recomputed, one.name))
    else:
        yield _differs(field, in_words(stated), in_words(recomputed))


def in_words(value: object) -> str:
    """A value of a certificate as a reader would write it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case Voice():
            return value.submitter
        case tuple() | list() | frozenset():
            return ", ".join(map(in_words, value)) or "nobody"
        case Liquidity():
            return f"{counted(value.count, 'observation')} of {counted(value.parties, 'party', 'parties')}"
    return str(value)


def _why(error: Exception) -> str:
    """What a fault says, in words; of arithmetic that cannot be done the words are the machine's."""
    if isinstance(error, ZeroDivisionError):
        return "a division by zero"
    return "arithmetic that cannot be done" if isinstance(error, ArithmeticError) else str(error)


def _combined(certificate: Certificate) -> Iterator[Problem]:
    terms, stated = certificate.terms, certificate.combination_steps
    if terms is None:
        yield _differs("terms", "nothing", "the terms of the combination")
        return
    yield from _same("market_weight", certificate.market_weight, terms.market_weight)
    if certificate.method not in {*_ON_LITTLE, "successor"}:
        method = method_of(certificate.market, certificate.cost_build, terms)
        yield from _same("method", certificate.method, method)
    try:
        steps = _steps_again(certificate, terms)
    except (ValueError, ArithmeticError, IndexError, StopIteration) as error:
        yield _differs("terms", _why(error) or "no judgement states a price", "terms that lead to a price")
        return
    for told, step in zip(stated, steps, strict=False):
        if told != step:
            yield _differs(
                f"combination: {told.what}",
                f"{told.figure} → {plain(told.result)}",
                f"{step.figure} → {plain(step.result)}",
            )
    if len(stated) != len(steps):
        yield _differs("combination_steps", counted(len(stated), "step"), counted(len(steps), "step"))
    result = steps[-1].result if steps else None
    known = certificate.result if isinstance(certificate.result, Decimal) else None
    if known != result:
        yield _differs("result", _told(certificate.result), "unknown" if result is None else plain(result))


def _steps_again(certificate: Certificate, terms: Terms) -> tuple[Step, ...]:
    if certificate.method == "suspended":
        return ()
    if certificate.method == "carried":
        return carry(terms).steps
    if certificate.method == "successor" and certificate.cessation_rule is not None:
        return succeed(certificate.combination_steps[0].result, certificate.cessation_rule, terms).steps
    if certificate.method == "judgement":
        return judge(next(one for one in certificate.judgements if one.action == "price"), terms).steps
    return combine(certificate.market, certificate.cost_build, terms).steps


def read_certificate(document: Mapping[str, JSON] | bytes) -> Certificate | Problem:
    """The certificate that `canonical` told, or what keeps `document` from being one."""
    from pydantic import ValidationError
    from pydantic_core import to_json

    try:
        text = document if isinstance(document, bytes) else to_json(document)
        # no text holds this: it would escape the marks
        readable = text.replace(b'{"unknown":', b'{"reason":')
        certificate = _reader().validate_json(readable, context=DECIMALS_AS_TEXT)
        again = certificate_json(certificate)
        told_alike = again == text or again == _sorted(document)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        return Problem(
            "certificate_malformed",
            _given(first["input"]),
            first["msg"],
            "Ask for the certificate again from whoever published it.",
            field=field,
        )
    except (TypeError, ValueError, ArithmeticError, KeyError) as error:
        found = _why(error)[:80] if isinstance(error, ValueError | ArithmeticError) else "a value that is no JSON"
        return Problem("certificate_malformed", found, "JSON values", "Ask for the certificate again.")
    if not told_alike:
        return Problem(
            "certificate_malformed",
            "a value that is not in canonical form, or a key that no certificate has",
            "the canonical form: plain decimals as text, ISO dates, the certificate's own keys",
            "Ask for the certificate again from whoever published it.",
        )
    return certificate


def _sorted(document: Mapping[str, JSON] | bytes) -> bytes:
    """The document with its keys in order: nothing else is changed, so that 1.0 stays no 1, and 1 no true."""
    if isinstance(document, bytes):
        return document
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _given(value: object) -> str:
    """A value of the file, at most a line of it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=in_words)
    return f"{text[:79]}…" if len(text) > _SHOWN else text


@cache
def _reader() -> "TypeAdapter[Certificate]":
    from pydantic import TypeAdapter

    return TypeAdapter(Certificate)


def _told(price: Decimal | Unknown) -> str:
    return in_words(price)


def _differs(field: str, found: str, expected: str) -> Problem:
    return Problem(
        "certificate_differs",
        found,
        expected,
        "The certificate has been changed or was computed wrongly: do not rely on its result.",
        field=field,
    )
