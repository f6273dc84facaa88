"""How one price comes to stand: on market and cost-build, on its own last value, on its successor, on judgement, or on nothing."""

from dataclasses import replace
from decimal import Decimal

from footwall.prices.combine import carry, combine, judge, method_of, succeed
from footwall.prices.confidence import confidence_of
from footwall.prices.footing import Footing
from footwall.prices.records import Confidence, ReferencePrice, Status, Terms, make_price
from footwall.prices.seniority import looks_back, set_back
from footwall.prices.settled import Case, Settled, make_settled
from footwall.prices.working import Working
from footwall.quantity import Unknown, counted, plain


def settle(case: Case, footing: Footing | None) -> Settled:
    """The price of `case`; `footing` is what its market and cost-build rest on, None where neither is known."""
    if footing is not None and looks_back(footing, case.previous, case.rules.reference, case.on):
        return _carried(replace(case, market=set_back(case.market)))
    if footing is None:
        return _carried(case)
    market, built = case.market.price, case.built.price
    terms = case.terms(under_floor=footing.under_floor)
    working = combine(market, built, terms)
    if working.total <= 0:
        return _suspended(case, _nothing_left(case))
    price = make_price(
        form=case.form,
        on=case.on,
        price=working.total,
        status=_status(case),
        tier=footing.tier,
        rests_on=footing.rests_on,
        assumed=footing.assumed,
        cost_build=built,
        under_floor=footing.under_floor,
        confidence=confidence_of(case.rules.confidence, case.on, case.market, assumed=footing.assumed),
        roots=footing.roots,
    )
    return make_settled(case, price, method_of(market, built, terms), terms, working)


def settle_successor(case: Case, successor: ReferencePrice | None) -> Settled:
    """The price of a form that has none of its own any more: so many times that of the form which took its place."""
    rule = case.rules.cessation
    if rule is None or successor is None or isinstance(successor.price, Unknown):
        if rule is None or not rule.successor:
            return _suspended(case, "it is priced no more, and no form has taken its place")
        return _suspended(case, f"it is priced no more, and {rule.successor}, which took its place, has no price")
    terms = case.terms(under_floor=successor.under_floor)
    working = succeed(successor.price, rule, terms)
    if working.total <= 0:
        return _suspended(case, _nothing_left(case))
    price = replace(successor, form=case.form, price=working.total, status="successor", cost_build=case.built.price)
    return Settled(case, price, "successor", terms, working)


def _status(case: Case) -> Status:
    if not isinstance(case.market.price, Decimal):
        return "cost_build"
    return "implied" if case.market.roots else "observed"


def _carried(case: Case) -> Settled:
    earlier = case.previous
    if earlier is None or isinstance(earlier.price, Unknown) or earlier.rests_on is None:
        return _judged(case, _nothing_stands(case))
    age_days, most = (case.on - earlier.rests_on).days, case.rules.reference.carry_days_max
    if age_days > most:
        return _judged(
            case, f"last rested on data of {earlier.rests_on}, {counted(age_days, 'day')} ago; at most {most}"
        )
    terms = case.terms(under_floor=earlier.under_floor)
    price = replace(
        earlier,
        on=case.on,
        status="carried",
        cost_build=case.built.price,
        confidence=_low(case),
        certificate=None,
    )
    return Settled(case, price, "carried", terms, carry(terms))


def _judged(case: Case, reason: str) -> Settled:
    """Where the method yields nothing, and only there, experts may say what stands; the certificate names them and why."""
    judged = next((one for one in case.judgements if one.action == "price" and one.price is not None), None)
    if judged is None:
        return _suspended(case, reason)
    terms = case.terms(under_floor=False)
    working = judge(judged, terms)
    if working.total <= 0:
        return _suspended(case, f"{reason}; the price that was judged {_nothing_left(case)}")
    price = ReferencePrice(
        case.form,
        case.on,
        working.total,
        "judgement",
        tier=None,
        rests_on=case.on,
        assumed=True,
        cost_build=case.built.price,
        confidence=_low(case),
    )
    return Settled(case, price, "judgement", terms, working)


def _low(case: Case) -> Confidence | None:
    return None if case.rules.confidence is None else "low"


def _nothing_left(case: Case) -> str:
    return f"rounds to nothing at {plain(case.rules.reference.price_rounding_unit)}"


def _nothing_stands(case: Case) -> str:
    """Why there is neither a market, nor a cost-build, nor a last price to carry."""
    return ", and ".join(one.reason for one in (case.market.price, case.built.price) if isinstance(one, Unknown))


def _suspended(case: Case, reason: str) -> Settled:
    terms: Terms = case.terms(under_floor=False)
    price = ReferencePrice(
        case.form,
        case.on,
        Unknown(reason),
        "suspended",
        tier=None,
        rests_on=None,
        assumed=False,
        cost_build=case.built.price,
        confidence=_low(case),
    )
    return Settled(case, price, "suspended", terms, Working())
