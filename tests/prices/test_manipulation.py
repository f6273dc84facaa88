"""How far false data move a price: the bounds that docs/manipulation.md proves, tried by a searching adversary, and shown to be needed.

L and U are the lowest and the highest honest price, s = U/L, W = max(spread_min, s), k = spread_power; the adversary holds a
share of the capped weights of all voices. The letters of the tests are those of the theorems.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from attacks import ADVERSE_SHARE_MAX, CAP, Attack, attacks, deal, honest_deals, honest_quotes, market, outcome
from hypothesis import assume, given, settings, target
from hypothesis import strategies as st
from price_samples import DAY, tier_rule

from footwall.prices import Datum, Voice, voices_of, weigh, with_weights
from footwall.prices.weights import capped
from footwall.quantity import Unknown
from footwall.rulebook import TierRule

FIFTH = Fraction(1, 5)
JUST_UNDER_HALF = Fraction(499, 1000)
ROUNDING = 1 + Fraction(1, 10**10)
"""Prices of voices and the mean are told to twelve decimals."""


@dataclass(frozen=True)
class Assault:
    """Honest voices and liars under a rule."""

    rule: TierRule
    honest: tuple[Voice, ...]
    liars: tuple[Voice, ...]

    @property
    def lowest(self) -> Fraction:
        return min(Fraction(voice.price) for voice in self.honest)

    @property
    def highest(self) -> Fraction:
        return max(Fraction(voice.price) for voice in self.honest)

    @property
    def spread(self) -> Fraction:
        return self.highest / self.lowest

    @property
    def widest(self) -> Fraction:
        return max(Fraction(self.rule.spread_min), self.spread)

    @property
    def share(self) -> Fraction:
        return share(self.honest, self.liars, self.rule)

    def price(self) -> Fraction | None:
        return mean((*self.honest, *self.liars), self.rule)

    def price_without(self) -> Fraction | None:
        return mean(self.honest, self.rule)

    def move(self) -> Fraction | None:
        """How far the price went, as a ratio of at least 1; None where there is none to compare."""
        after, before = self.price(), self.price_without()
        return None if after is None or before is None else max(after / before, before / after)


def mean(voices: Sequence[Voice], rule: TierRule) -> Fraction | None:
    found = weigh(voices, rule).mean
    return None if isinstance(found, Unknown) else Fraction(found)


def share(honest: Sequence[Voice], liars: Sequence[Voice], rule: TierRule) -> Fraction:
    """The liars' part of the capped weights of all: a voice without a mass is as loud as the least that states one."""
    every = [*honest, *liars]
    stated = [voice.mass_kg if voice.loudness is None else voice.loudness for voice in every]
    least = min((loudness for loudness in stated if loudness is not None), default=Decimal(1))
    weights = [Fraction(w) for w in capped([least if one is None else one for one in stated], rule.party_weight_cap)]
    return sum(weights[len(honest) :], Fraction(0)) / sum(weights)


def as_loud_as(honest: Sequence[Voice], liars: Sequence[Voice], rule: TierRule, most: Fraction) -> tuple[Voice, ...]:
    """The liars, with the greatest masses (by one common factor) that keep their share at `most`; the last are dropped until they do."""
    liars = tuple(liars)
    while liars:
        low, high = 0, 1 << 10
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if share(honest, louder(liars, middle), rule) <= most else (low, middle)
        if low:
            return louder(liars, low)
        liars = liars[:-1]
    return ()


def louder(liars: Sequence[Voice], volume: int) -> tuple[Voice, ...]:
    """Their masses times a factor that doubles with every 16 steps of `volume`."""
    doublings, sixteenths = divmod(volume, 16)
    scale = Decimal((16 + sixteenths) * 2**doublings).scaleb(-8)
    return tuple(one if one.mass_kg is None else replace(one, mass_kg=one.mass_kg * scale) for one in liars)


def at_the_edge(assault: Assault, *, up: bool, decoys: int) -> Assault:
    """All liars but the first `decoys` at one price: the furthest up or down at which a search by halves still finds them heard."""
    bound = assault.liars[decoys:]
    reach = assault.widest**assault.rule.spread_power
    near, far = (assault.highest, assault.highest * reach) if up else (assault.lowest, assault.lowest / reach)
    best = assault
    for _ in range(9):
        middle = (near + far) / 2
        price = round(Decimal(middle.numerator) / Decimal(middle.denominator), 9)
        lies = (replace(one, price=price) for one in bound)
        tried = replace(assault, liars=(*assault.liars[:decoys], *lies))
        out = weigh((*tried.honest, *tried.liars), tried.rule).outlying
        if out.isdisjoint(one.submitter for one in bound):
            near, best = middle, tried
        else:
            far = middle
    return best


MASSES = st.none() | st.integers(1, 10**6).map(Decimal)
CAPS = st.sampled_from([Decimal(cap) for cap in ("0.1", "0.2", "0.25", "0.4", "0.5", "1")])


@st.composite
def assaults(draw: st.DrawFn, most: Fraction = FIFTH, *, masses: st.SearchStrategy[Decimal | None] = MASSES) -> Assault:
    """A random rule and honest market, and liars as loud as they may be: far off, among the honest, or at the edge."""
    rule = tier_rule(
        "transactions",
        party_weight_cap=draw(CAPS),
        spread_min=Decimal(draw(st.integers(100, 150))).scaleb(-2),
        spread_power=draw(st.integers(1, 5)),
    )
    spread = draw(st.just(0) | st.integers(0, 60) | st.integers(0, 600))
    parties = ceil(1 / rule.party_weight_cap)
    prices = st.sampled_from([0, spread]) | st.integers(0, spread)
    honest = [
        Voice(f"honest-{n:02}", Decimal(100 + draw(prices)), draw(masses), 1)
        for n in range(draw(st.integers(parties, parties + 4)))
    ]
    lies = st.sampled_from([Decimal("0.001"), Decimal(10**6)]) | st.integers(20, 2000).map(Decimal)
    liars = [Voice(f"liar-{n}", draw(lies), draw(masses), 1) for n in range(draw(st.integers(1, 5)))]
    assault = Assault(rule, tuple(honest), as_loud_as(honest, liars, rule, most))
    edge = draw(st.sampled_from(["up", "down", None]))
    return (
        assault
        if edge is None or not assault.liars
        else at_the_edge(assault, up=edge == "up", decoys=draw(st.integers(0, 1)))
    )


def within(move: Fraction | None, bound: Fraction, label: str) -> None:
    if move is not None:
        target(float(min(move / bound, Fraction(2))), label=label)
        assert move <= bound * ROUNDING


@settings(deadline=None)
@given(assaults(JUST_UNDER_HALF))
def test_a_no_minority_moves_the_price_beyond_the_published_bound(assault: Assault) -> None:
    assert assault.share < Fraction(1, 2)
    power, price = assault.rule.spread_power, assault.price()
    if price is not None:
        assert assault.lowest / assault.widest**power <= price * ROUNDING
        assert price <= assault.highest * assault.widest**power * ROUNDING
    within(assault.move(), assault.widest ** (power + 1), "share of the published bound")


@settings(deadline=None)
@given(assaults())
def test_b_a_fifth_of_the_weight_moves_the_price_by_the_sharper_bound_at_most(assault: Assault) -> None:
    assert assault.share <= FIFTH
    within(assault.move(), sharper(assault), "share of the sharper bound")


def sharper(assault: Assault) -> Fraction:
    d = assault.widest
    return d * max(d, 1 - FIFTH + FIFTH * d**assault.rule.spread_power)


@settings(deadline=None)
@given(assaults())
def test_c_where_no_honest_voice_can_be_an_outlier_the_tier_stands_and_moves_less(assault: Assault) -> None:
    power = assault.rule.spread_power
    assume(assault.spread <= Fraction(assault.rule.spread_min) ** power)
    assert assault.price() is not None
    bound = assault.spread * (1 - FIFTH + FIFTH * assault.widest**power)
    within(assault.move(), bound, "share of the bound of a calm market")


@settings(deadline=None)
@given(assaults(masses=st.integers(1, 10**6).map(Decimal)))
def test_d_where_honest_weights_are_their_own_the_share_itself_is_the_measure(assault: Assault) -> None:
    power = assault.rule.spread_power
    assume(assault.spread <= Fraction(assault.rule.spread_min) ** power)
    after, before, share = assault.price(), assault.price_without(), assault.share
    assert after is not None
    assert before is not None
    far = assault.widest**power
    target(float(after / before / (1 - share + share * assault.spread * far)), label="share of the bound upwards")
    assert after / before <= (1 - share + share * assault.spread * far) * ROUNDING
    assert after / before * ROUNDING >= (1 - share + share / far) / (1 - share + share * assault.spread)


@settings(deadline=None)
@given(assaults(), st.integers(100, 200))
def test_a_calm_honest_market_cannot_be_made_to_fail(assault: Assault, widest: int) -> None:
    spread_max = Decimal(widest).scaleb(-2)
    assume(assault.spread <= min(Fraction(assault.rule.spread_min) ** assault.rule.spread_power, Fraction(spread_max)))
    least = {"spread_max": spread_max, "parties_min": len(assault.honest), "count_min": len(assault.honest)}
    rule = assault.rule.model_copy(update=least)
    assert mean(assault.honest, rule) is not None
    assert mean((*assault.honest, *assault.liars), rule) is not None


# ---- the bounds are no wider than they must be ----


def split_market(power: int, apart: int, liars: int, lie: Fraction) -> Assault:
    """49 of 100 at 100, the liars at `lie`, and the rest of the honest `apart` times as high: so that the median is there."""
    rule = tier_rule("transactions", spread_power=power)
    low, high = Voice("low", Decimal(100), Decimal(49), 1), Voice("high", Decimal(100 * apart), Decimal(51 - liars), 1)
    liar = Voice("liar", Decimal(lie.numerator) / Decimal(lie.denominator), Decimal(liars), 1)
    return Assault(rule, (low, high), (liar,))


@pytest.mark.parametrize("power", [1, 2, 3, 4, 5])
def test_one_power_less_than_is_published_is_broken_by_a_fifth_of_the_weight(power: int) -> None:
    apart = 6
    assault = split_market(power, apart, 20, Fraction(100 * apart * apart**power))
    move = assault.move()
    assert assault.share == FIFTH
    assert move is not None
    assert apart**power < move <= sharper(assault) <= apart ** (power + 1)
    assert power == 1 or move > sharper(assault) * Fraction(9, 10)


def test_a_minority_of_nearly_half_comes_near_the_published_bound_itself() -> None:
    move = split_market(1, 3, 49, Fraction(100 * 3) * Fraction(299, 100)).move()
    assert move is not None
    assert Fraction(3) ** 2 * Fraction(95, 100) < move <= 9


@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_the_bound_of_equal_honest_prices_is_reached_to_the_last_digit(power: int) -> None:
    rule = tier_rule("transactions", spread_power=power, party_weight_cap=Decimal("0.25"))
    honest = tuple(Voice(f"honest-{n}", Decimal(100), Decimal(10), 1) for n in range(4))
    liar = Voice("liar", 100 * rule.spread_min**power, Decimal(10), 1)
    assault = Assault(rule, honest, (liar,))
    assert assault.move() == 1 - FIFTH + FIFTH * Fraction(rule.spread_min) ** power
    beyond = replace(assault, liars=(replace(liar, price=liar.price + Decimal("1E-9")),))
    assert beyond.move() == 1


def test_more_than_half_of_the_weight_is_the_price() -> None:
    rule = tier_rule("transactions", party_weight_cap=Decimal("0.2"))
    honest = [Voice(f"honest-{n}", Decimal(100), Decimal(10**6), 1) for n in range(5)]
    liars = [Voice(f"liar-{n}", Decimal(900), Decimal(1), 1) for n in range(6)]
    # honest masses are a million times as large: the cap makes parties count, and six shells are more than five sellers
    every = [*honest, *(replace(one, mass_kg=Decimal(10**6)) for one in liars)]
    assert weigh(every, rule).mean == 900
    assert weigh([*honest, *liars], rule).mean == 100


def test_a_decoy_that_is_thrown_out_makes_nobody_louder() -> None:
    # five liars hide their mass behind a sixth that states a gram at an absurd price: an outlier, and gone
    rule = tier_rule("transactions", party_weight_cap=Decimal("0.2"))
    honest = tuple(Voice(f"honest-{n}", Decimal(100), Decimal(1000), 1) for n in range(5))
    hidden = tuple(Voice(f"liar-{n}", 100 * rule.spread_min**3, None, 1) for n in range(5))
    decoy = Voice("decoy", Decimal(10**6), Decimal("0.001"), 1)
    assault = Assault(rule, honest, (*hidden, decoy))
    assert weigh((*honest, *hidden, decoy), rule).outlying == {"decoy"}
    assert assault.share < Fraction(1, 10**5)
    move = assault.move()
    assert move is not None
    assert move < 1 + Fraction(1, 10**5)


# ---- counterparties, and other tiers ----


def datum(number: int, by: str, to: str, price: int, mass_kg: Decimal | None) -> Datum:
    return Datum(
        f"datum-{number}", "transactions", "Rotterdam", DAY, DAY, by, Decimal(price), None, (), None, "synthetic",
        mass_kg=mass_kg, counterparty=to,
    )  # fmt: skip


BUYERS = st.sampled_from(["", "W", "X", "Y", "Z"])


@st.composite
def told(draw: st.DrawFn, who: str, prices: st.SearchStrategy[int], buyers: st.SearchStrategy[str]) -> list[Datum]:
    parties = draw(st.integers(3, 7) if who == "honest" else st.integers(1, 3))
    return [
        datum(n, f"{who}-{n % parties}", draw(buyers), draw(prices), draw(MASSES))
        for n in range(parties * draw(st.integers(1, 3)))
    ]


@settings(deadline=None)
@given(
    told("honest", st.sampled_from([100, 130]) | st.integers(100, 130), BUYERS),
    told("liar", st.sampled_from([1, 80, 140, 10**6]), BUYERS | st.sampled_from("abcdefgh")),
    st.sampled_from(["0.2", "0.25", "0.4", "1"]),
    st.integers(1, 4),
)
def test_naming_counterparties_falsely_moves_the_price_no_further(
    honest: list[Datum], lies: list[Datum], cap: str, power: int
) -> None:
    rule = tier_rule("transactions", party_weight_cap=Decimal(cap), spread_power=power)
    weighted, alone = with_weights((*honest, *lies), rule), with_weights(honest, rule)
    if isinstance(alone, tuple) and isinstance(weigh(voices_of(alone), rule).mean, Decimal):
        assert isinstance(weighted, tuple)  # where the honest stand, more data never make counterparties too few
    assume(isinstance(weighted, tuple) and isinstance(alone, tuple))
    assert isinstance(weighted, tuple)
    assert isinstance(alone, tuple)
    voices, before = voices_of(weighted), weigh(voices_of(alone), rule).mean
    true = [voice for voice in voices if voice.submitter.startswith("honest")]
    false = [voice for voice in voices if voice.submitter.startswith("liar")]
    assume(len(voices) * rule.party_weight_cap >= 1)
    after, weight = weigh(voices, rule).mean, share(true, false, rule)
    assume(weight < Fraction(1, 2) and isinstance(after, Decimal))
    assert isinstance(after, Decimal)
    d = max(Fraction(rule.spread_min), max(_prices(honest)) / min(_prices(honest)))
    assert min(_prices(honest)) / d**power <= Fraction(after) * ROUNDING
    assert Fraction(after) <= max(_prices(honest)) * d**power * ROUNDING
    if isinstance(before, Decimal) and weight <= FIFTH:
        move = max(Fraction(after) / Fraction(before), Fraction(before) / Fraction(after))
        within(move, d * max(d, 1 - FIFTH + FIFTH * d**power), "share of the sharper bound")


def _prices(data: Sequence[Datum]) -> list[Fraction]:
    return [Fraction(one.price) for one in data if isinstance(one.price, Decimal)]


@settings(deadline=None)
@given(st.lists(st.integers(9_600, 10_400), min_size=5, max_size=8), st.integers(1, 30_000), st.integers(0, 2))
def test_a_tier_that_an_adversary_makes_stand_sets_a_price_within_the_bound(
    deals: list[int], lie: int, short: int
) -> None:
    # fewer than five deals: the tier stands only with the liars' help, and takes the place of honest bids and offers
    honest = [deal(f"deal-{n}", Decimal(price).scaleb(-2), 20_000, f"seller-{n}") for n, price in enumerate(deals[:4])]
    false = [deal(f"lie-{n}", Decimal(lie).scaleb(-2), 20_000, f"liar-{n}") for n in range(1 + short)]
    before, after = market([*honest_quotes(), *honest]), market([*honest_quotes(), *honest, *false])
    assert before.tier_rule is not None
    assert after.tier_rule is not None
    assert before.tier_rule.tier == "bids_offers"
    assert isinstance(before.price, Decimal)
    assert isinstance(after.price, Decimal)
    prices = [*(one.low for one in honest), *(one.low for one in honest_quotes())]
    d = max(Fraction("1.05"), Fraction(max(prices)) / Fraction(min(prices)))
    move = Fraction(after.price) / Fraction(before.price)
    assert 1 / d**4 <= move <= d**4


# ---- the bench ----

ATTACKS = attacks()


def attack(name: str) -> Attack:
    return next(one for one in ATTACKS if one.name == name)


@pytest.mark.parametrize("one", ATTACKS, ids=lambda one: one.name)
def test_an_attack_of_the_bench_stays_within_its_bounds(one: Attack) -> None:
    found = outcome(one)
    assert (found.bound is None) == (found.share > ADVERSE_SHARE_MAX)
    if found.bound is not None and found.proven is not None:
        assert found.move <= found.proven <= found.bound


def test_shells_beyond_a_fifth_are_told_to_have_no_bound_and_take_the_price() -> None:
    found = outcome(attack("shells beyond a fifth"))
    assert found.bound is None
    assert found.after == 160


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("wash trades, declared", "related_parties"),
        ("wash trades, hidden", "outlier"),
        ("collusion beyond the edge", "outlier"),
        ("fat finger, small", "outlier"),
        ("fat finger, large", "outlier"),
        ("yuan told as dollars", "outlier"),
        ("dollars told as yuan", "outlier"),
        ("pounds told as kilograms", "outlier"),
        ("kilograms told as pounds", "outlier"),
        ("a stale quote, repeated", "outlier"),
    ],
)
def test_what_stops_an_attack_is_told_of_its_data(name: str, code: str) -> None:
    one = attack(name)
    told = {datum.exclusion for datum in market(one.after).excluded if datum.submitter in one.adversaries}
    assert told == {code}


def test_an_old_quote_is_left_behind_and_a_repeated_one_replaces_itself() -> None:
    old, again = market(attack("an old quote, kept alive").after), market(attack("a stale quote, repeated").after)
    assert all(datum.submitter != "dealer-stale" for datum in (*old.used, *old.excluded))
    assert sum(datum.submitter == "dealer-stale" for datum in (*again.used, *again.excluded)) == 1


def test_a_deal_told_as_a_thousand_lots_changes_nothing_at_all() -> None:
    one = attack("a deal in 1,000 lots")
    assert market(one.after).price == market(one.before).price
    assert len(market(one.after).used) == len(market(one.before).used) + 999


def test_deals_in_the_last_minutes_weigh_no_more_than_one_of_their_mass() -> None:
    many = attack("banging the close").after
    once = (*honest_deals(), *(deal(f"once-{n}", "112", 400 * 25, "newcomer", f"friend-{n}") for n in range(12)))
    assert market(many).price == market(once).price


def test_nobody_weighs_more_than_the_cap_whatever_mass_is_claimed() -> None:
    for one in ATTACKS:
        heard = [voice.weight for voice in market(one.after).voices if voice.weight is not None]
        assert max(heard) <= CAP * sum(heard)
