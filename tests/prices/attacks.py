"""A synthetic market of one form and attacks upon it: what each does, what it holds of the eligible weight, what it moves.

Nothing here was observed. Ten honest sellers have 40 deals at 98 to 102 USD per kg; seven quote bids and offers. An attack is
the market before and after, and who its adversaries are. Whoever reads an `Outcome` need not know how it was made.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from footwall.facts import ExchangeRate, Form, Observation
from footwall.prices import Book, Evidence, FormRules, MarketPrice, market_price
from footwall.prices.weights import capped
from footwall.quantity import exact_arithmetic
from footwall.rulebook import Border, EligibilityRule, ReferenceRule, TierRule

DAY: Final = date(2025, 6, 30)
CAP: Final = Decimal("0.2")
POWER: Final = 3
SPREAD_MIN: Final = Decimal("1.05")
ADVERSE_SHARE_MAX: Final = Decimal("0.2")
_FORM: Final = Form("oxide", "synthetic", "refining", "oxide", "", "form", "X", None, ("284690",), "synthetic", assumed=False)  # fmt: skip
_TONNE: Final = Decimal(1000)


def rules() -> FormRules:
    """A strict rule: no seller above a fifth of the weight, deals declared at arm's length."""
    shared: dict[str, Any] = {
        "count_min": 5, "parties_min": 5, "party_weight_cap": CAP, "spread_min": SPREAD_MIN, "spread_power": POWER,
        "bound_power": POWER + 1,
    }  # fmt: skip
    tiers = (
        TierRule(tier="transactions", age_days_max=60, **shared),
        TierRule(tier="bids_offers", age_days_max=30, **shared),
    )
    reference: dict[str, Any] = {
        "forms": "all", "tiers": tiers, "carry_days_max": 180, "smoothing_share": 1, "step_share_max": 1,
        "market_weights": ({"tier": "transactions", "weight": Decimal("0.9")}, {"tier": "bids_offers", "weight": Decimal("0.8")}),
        "price_rounding_unit": Decimal("0.01"), "source": "synthetic",
    }  # fmt: skip
    border = {"base_port": "Rotterdam", "freight_per_t": 0, "freight_unit": "USD/t", "insurance_share": 0, "source": "synthetic"}  # fmt: skip
    eligible = {"forms": "all", "arms_length": "declared", "lot_kg_min": 10, "source": "synthetic"}
    return FormRules(
        border=Border.model_validate(border),
        reference=ReferenceRule.model_validate(reference),
        eligibility=EligibilityRule.model_validate(eligible),
    )


def deal(name: str, price: str | Decimal, kg: str | Decimal, by: str, to: str = "", **changes: Any) -> Observation:
    """A deal at arm's length, USD per kg at the border, of one day and known on it."""
    day = changes.pop("day", DAY)
    values: dict[str, Any] = {
        "observation": name, "form": "oxide", "kind": "transaction", "tier": "transactions", "market": "Rotterdam",
        "country": "NL", "incoterm": "cif", "observed_from": day, "observed_to": day, "published_at": day,
        "publication_assumed": False, "low": Decimal(price), "high": Decimal(price), "currency": "USD", "unit": "kg",
        "per": "form", "vat_included": False, "submitter": by, "mass_kg": Decimal(kg), "under_floor": False,
        "estimated": False, "deflator": "", "source": "synthetic", "counterparty": to, "relation": "unrelated",
    }  # fmt: skip
    return Observation(**(values | changes))


SELLERS: Final = tuple(f"seller-{letter}" for letter in "abcdefghij")
LARGEST: Final = SELLERS[0]
SMALLEST: Final = SELLERS[-1]


def honest_deals() -> tuple[Observation, ...]:
    """Four deals of each of ten sellers in June, to eight buyers; the largest has eight times the mass of the smallest."""
    return tuple(
        deal(
            f"{seller}-{turn}",
            str(98 + (number * 3 + turn * 2) % 5),
            (10 - number if number else 16) * 2 * _TONNE,
            seller,
            f"buyer-{(number * 4 + turn) % 8}",
            day=DAY - timedelta(days=5 * turn + number % 5),
        )
        for number, seller in enumerate(SELLERS)
        for turn in range(4)
    )


def honest_quotes() -> tuple[Observation, ...]:
    """A bid and an offer of each of seven dealers; nobody has traded."""
    return tuple(
        deal(f"dealer-{number}-{kind}", str(price + number % 3), 20 * _TONNE, f"dealer-{number}", tier="bids_offers",
             kind=kind, day=DAY - timedelta(days=number))
        for number in range(7)
        for kind, price in (("bid", 98), ("offer", 100))
    )  # fmt: skip


def market(observations: Iterable[Observation]) -> MarketPrice:
    """What the law says of them on the day."""
    rate = ExchangeRate("CNY", "USD", date(2025, 6, 1), Decimal("0.14"), assumed=False, source="synthetic")
    evidence = Evidence(forms={"oxide": _FORM}, exchange_rates=(rate,))
    return market_price(DAY, Book(_FORM, observations, rules(), evidence))


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: the market without and with it. `adversaries` are submitters; those who fell silent are of them."""

    name: str
    does: str
    stopped_by: str
    before: tuple[Observation, ...]
    after: tuple[Observation, ...]
    adversaries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attack. `move` is how far the price went, as a ratio of at least 1; `bound` the published one.

    `bound` holds while `share` of the eligible weight is at most 20 %; None above that: nothing is promised. `proven` is the
    sharper one of docs/manipulation.md: theorem C where no honest voice can be an outlier, else theorem B.
    """

    attack: Attack
    share: Decimal
    before: Decimal
    after: Decimal
    move: Decimal
    bound: Decimal | None
    proven: Decimal | None


def outcome(attack: Attack) -> Outcome:
    """Price both markets and measure the attack: its weight where it weighs most, the honest spread, the move."""
    without, with_it = market(attack.before), market(attack.after)
    before, after = without.price, with_it.price
    assert isinstance(before, Decimal)
    assert isinstance(after, Decimal)
    share = max(_share(with_it, attack.adversaries), _share(without, attack.adversaries & _silent(attack)))
    apart = _apart(attack)
    with exact_arithmetic():
        move, spread = max(after / before, before / after), max(SPREAD_MIN, apart)
        if share > ADVERSE_SHARE_MAX:
            return Outcome(attack, share, before, after, move, None, None)
        lifted = 1 - ADVERSE_SHARE_MAX + ADVERSE_SHARE_MAX * spread**POWER
        proven = apart * lifted if apart <= SPREAD_MIN**POWER else spread * max(spread, lifted)
        return Outcome(attack, share, before, after, move, spread ** (POWER + 1), proven)


def _silent(attack: Attack) -> frozenset[str]:
    return frozenset({one.submitter for one in attack.before} - {one.submitter for one in attack.after})


def _share(found: MarketPrice, adversaries: frozenset[str]) -> Decimal:
    """Their share of the capped weights of all voices, outliers too; every voice here states its mass."""
    loudness = [voice.loudness for voice in found.voices if voice.loudness is not None]
    assert len(loudness) == len(found.voices)
    weights = capped(loudness, CAP)
    with exact_arithmetic():
        theirs = (weight for voice, weight in zip(found.voices, weights, strict=True) if voice.submitter in adversaries)
        return sum(theirs, Decimal(0)) / sum(weights)


def _apart(attack: Attack) -> Decimal:
    """How far honest prices lie apart: the highest over the lowest, with or without the attack."""
    lying = attack.adversaries - _silent(attack)
    data = [*market(attack.before).used, *market(attack.after).used]
    prices = [datum.price for datum in data if datum.submitter not in lying and isinstance(datum.price, Decimal)]
    with exact_arithmetic():
        return max(prices) / min(prices)


def _with(name: str, does: str, stopped_by: str, lies: Sequence[Observation], base: Sequence[Observation]) -> Attack:
    """Newcomers beside the honest."""
    return Attack(name, does, stopped_by, tuple(base), (*base, *lies), frozenset(one.submitter for one in lies))


def _said_wrongly(
    name: str, does: str, stopped_by: str, by: str, change: Callable[[Observation], Observation]
) -> Attack:
    """One of the honest says something else instead of what it said."""
    base = honest_deals()
    after = tuple(change(one) if one.submitter == by else one for one in base)
    return Attack(name, does, stopped_by, base, after, frozenset({by}))


def _times(factor: str) -> Callable[[Observation], Observation]:
    with exact_arithmetic():
        return lambda one: replace(one, low=one.low * Decimal(factor), high=one.high * Decimal(factor))


def _colluders(price: Decimal) -> tuple[Observation, ...]:
    """Two newcomers who together weigh just under a fifth."""
    return tuple(
        deal(f"colluder-{side}-{turn}", price, Decimal("14.8") * _TONNE, f"colluder-{side}", f"friend-{side}{turn}")
        for side in "xy"
        for turn in range(4)
    )


def edge_price() -> Decimal:
    """The highest price, to the cent, at which the two colluders are still heard."""
    low, high = 10_000, 20_000
    while high - low > 1:
        middle = (low + high) // 2
        found = market((*honest_deals(), *_colluders(Decimal(middle).scaleb(-2))))
        heard = {voice.submitter for voice in found.voices if voice.weight is not None}
        low, high = (middle, high) if "colluder-x" in heard else (low, middle)
    return Decimal(low).scaleb(-2)


def _of_related_parties() -> list[Attack]:
    wash = [deal(f"wash-{n}", "160", 50 * _TONNE, f"shell-{n % 3}", f"shell-{(n + 1) % 3}") for n in range(200)]
    shells = [
        deal(f"sybil-{n}-{to}", "160", 20 * _TONNE, f"shell-{n:02}", f"front-{n:02}-{to}")
        for n in range(20)
        for to in range(2)
    ]
    return [
        _with(
            "wash trades, declared", "three related shells trade 10,000 t in 200 deals at 160", "not at arm's length",
            [replace(one, relation="related") for one in wash], honest_deals(),
        ),
        _with(
            "wash trades, hidden", "one newcomer claims 1,000,000 t at 160 to 40 made-up buyers", "cap, then outlier",
            [deal(f"lie-{n}", "160", 25_000 * _TONNE, "newcomer", f"nobody-{n}") for n in range(40)], honest_deals(),
        ),
        _with(
            "shells beyond a fifth", "20 shells that nobody knows to be one claim deals at 160",
            "nothing here: who may submit", shells, honest_deals(),
        ),
    ]  # fmt: skip


def _of_timing() -> list[Attack]:
    closing = [
        deal(f"close-{n:03}", "112", 400, "newcomer", f"friend-{n % 12}",
             seen_at=datetime(2025, 6, 30, 15, 55, n % 60, tzinfo=UTC))
        for n in range(300)
    ]  # fmt: skip
    repeated = [
        deal(f"again-{n:02}", "80", 20 * _TONNE, "dealer-stale", tier="bids_offers", kind="bid", day=DAY - timedelta(days=n))
        for n in range(30)
    ]  # fmt: skip
    old = [replace(one, observed_from=day, observed_to=day) for one in repeated if (day := DAY - timedelta(days=90))]
    return [
        _with("banging the close", "300 deals at 112 in the last five minutes", "one voice for 300 deals, and cap",
              closing, honest_deals()),
        _with("a stale quote, repeated", "a bid of 80, said again on 30 days as if new", "newest word alone, then outlier",
              repeated, honest_quotes()),
        _with("an old quote, kept alive", "a bid of 80, 90 days old, published 30 times", "too old", old, honest_quotes()),
    ]  # fmt: skip


def _of_collusion() -> list[Attack]:
    edge = edge_price()
    muting = [deal(f"mute-{to}", edge, 10_000 * _TONNE, "newcomer", f"buyer-{to}") for to in range(3)]
    return [
        _with("collusion at the edge", f"two newcomers, just under a fifth, at {edge}: the highest that is still heard",
              "outlier rule beyond it", _colluders(edge), honest_deals()),
        _with("collusion beyond the edge", "the same two, a cent higher", "outlier", _colluders(edge + Decimal("0.01")),
              honest_deals()),
        _with("another's customers", f"one newcomer claims 30,000 t at {edge} to three buyers of the honest",
              "cap; the honest sales to them weigh less", muting, honest_deals()),
    ]  # fmt: skip


def _of_lots() -> list[Attack]:
    base = honest_deals()
    split = next(one for one in base if one.submitter == SELLERS[4])
    lots = tuple(
        replace(split, observation=f"{split.observation}-{n:03}", mass_kg=(split.mass_kg or 0) / _TONNE)
        for n in range(1000)
    )
    twice = [
        replace(one, observation=f"{one.observation}-too", submitter=one.counterparty, counterparty=one.submitter)
        for one in base
        if one.counterparty == "buyer-4"
    ]
    rest = tuple(one for one in base if one is not split)
    return [
        Attack("a deal in 1,000 lots", "one deal is reported as 1,000 lots at its price", "one voice for 1,000 lots",
               base, rest + lots, frozenset({split.submitter})),
        _with("both sides report", "a buyer reports all that five sellers have reported", "cap; each price was paid",
              twice, base),
    ]  # fmt: skip


def _of_slips() -> list[Attack]:
    silent = tuple(one for one in honest_deals() if one.submitter not in {SELLERS[2], SMALLEST})
    return [
        _said_wrongly("fat finger, small", "the smallest seller types its prices times 1,000", "outlier", SMALLEST,
                      _times("1000")),
        _said_wrongly("fat finger, large", "the largest seller types its prices times 1,000", "outlier", LARGEST,
                      _times("1000")),
        _said_wrongly("mass times 1,000", "the largest seller states its kilograms times 1,000", "cap", LARGEST,
                      lambda one: replace(one, mass_kg=(one.mass_kg or 0) * 1000)),
        _said_wrongly("yuan told as dollars", "a seller states amounts in CNY and calls them USD", "outlier", SELLERS[1],
                      _times("7.142857")),
        _said_wrongly("dollars told as yuan", "a seller states amounts in USD and calls them CNY", "outlier", SELLERS[1],
                      lambda one: replace(one, currency="CNY")),
        _said_wrongly("pounds told as kilograms", "a seller states prices per lb and calls them per kg", "outlier", SELLERS[1],
                      _times("0.45359237")),
        _said_wrongly("kilograms told as pounds", "a seller states prices per kg and calls them per lb", "outlier", SELLERS[1],
                      lambda one: replace(one, unit="lb")),
        Attack("withholding", "two honest sellers fall silent", "the others are as honest", honest_deals(), silent,
               frozenset({SELLERS[2], SMALLEST})),
    ]  # fmt: skip


def attacks() -> list[Attack]:
    """Every attack of the bench, each with what it does and what stops it."""
    return [*_of_related_parties(), *_of_timing(), *_of_collusion(), *_of_lots(), *_of_slips()]
