"""Does a tier of evidence set the price? Its data become voices, weighed, capped, freed of outliers and counted (mechanism §1).

Submitters and counterparties come first, so that many small lots are one voice: a datum's weight inside its submitter's
voice is its mass, brought under the cap on its counterparty. Deals of one submitter whose other side is not declared
have one counterparty: nothing shows that it is more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from footwall.prices.records import Datum, Voice, make_voice
from footwall.prices.weights import capped, outliers_and_spread, weighted_mean_parts
from footwall.prices.working import GUARD, quotient
from footwall.quantity import Unknown, counted, exact_arithmetic, plain, round_to_unit
from footwall.rulebook import TierRule

_ONE = Decimal(1)
_SPREAD_SHOWN: Final = Decimal("0.01")  # what a reader sees; the comparison is exact


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a tier says: every voice (an outlier has no weight), and the weighted mean, or why the tier sets no price.

    `spread` is the weighted median ratio to the median price, at least 1; 1 where the tier was never weighed.
    """

    voices: tuple[Voice, ...]
    mean: Decimal | Unknown
    spread: Decimal = _ONE

    @property
    def outlying(self) -> frozenset[str]:
        """The submitters thrown out as outliers."""
        return frozenset(voice.submitter for voice in self.voices if voice.weight is None)


Heard = tuple[Weighed, tuple[Datum, ...]]
"""What a tier says, and its data with their weights."""


class Earlier:
    """What a tier, and each submitter in it, weighed and said when last heard: on most days most of it is the same.

    It is asked under one rule. Nothing is taken from here but for equal data, so that it changes no result.
    """

    def __init__(self) -> None:
        """Nothing heard yet."""
        self._weighed: dict[str, tuple[list[Datum], list[Datum]]] = {}
        self._voices: dict[str, tuple[list[Datum], Voice]] = {}
        self._tier: tuple[list[Datum], Heard | Unknown] | None = None

    def heard(self, data: list[Datum], rule: TierRule) -> Heard | Unknown:
        """What a tier says and its data with their weights; Unknown, with the reason, where it sets no price."""
        if self._tier is None or self._tier[0] != data:
            self._tier = (data, _heard(data, rule, self))
        return self._tier[1]

    def weighed(self, submitter: str, said: list[Datum], *, by_mass: bool) -> list[Datum]:
        """The data of one submitter with their mass, or their number, as weight."""
        held = self._weighed.get(submitter)
        if held is None or held[0] != said:
            told = [datum.weighing(datum.mass_kg if by_mass else Decimal(datum.count)) for datum in said]
            held = self._weighed[submitter] = (said, told)
        return held[1]

    def voice(self, submitter: str, said: list[Datum]) -> Voice:
        """What the data of one submitter say together."""
        held = self._voices.get(submitter)
        if held is None or held[0] != said:
            held = self._voices[submitter] = (said, _voice(submitter, said))
        return held[1]


def _heard(data: Sequence[Datum], rule: TierRule, earlier: Earlier) -> Heard | Unknown:
    weighted = with_weights(data, rule, earlier) if data else ()
    if isinstance(weighted, Unknown):
        return weighted
    result = weigh(voices_of(weighted, earlier), rule)
    return result.mean if isinstance(result.mean, Unknown) else (result, weighted)


def weigh(voices: Sequence[Voice], rule: TierRule) -> Weighed:
    """The voices of one tier under `rule`, each submitter once, in the order of their names.

    The cap is taken twice: before outliers are sought, so that no voice moves the median by its mass alone, and again on
    those that stay, as loud as they were before: who hides its mass gains nothing when the quietest goes. The tier fails with fewer than `count_min` observations, `parties_min` submitters, `mass_kg_min`
    kilograms or 1/cap submitters, before or after outliers are out.
    """
    voices = sorted(voices, key=lambda voice: voice.submitter)
    shortfall = _shortfall(voices, rule)
    if shortfall is not None:
        return Weighed(tuple(voices), shortfall)
    loudness = _loudness(voices)
    weights = capped(loudness, rule.party_weight_cap)
    thrown_out, spread = outliers_and_spread(
        [voice.price for voice in voices], weights, rule.spread_min, rule.spread_power
    )
    if rule.spread_max is not None and spread > rule.spread_max:
        told = plain(round_to_unit(spread, _SPREAD_SHOWN, "up"))
        return Weighed(tuple(voices), Unknown(f"prices lie apart by {told}, at most {plain(rule.spread_max)}"), spread)
    kept = [voice for voice, out in zip(voices, thrown_out, strict=True) if not out]
    if len(kept) < len(voices):
        shortfall = _shortfall(kept, rule)
        if shortfall is not None:
            return Weighed(tuple(voices), Unknown(f"{shortfall.reason} once outliers are out"), spread)
        still = [loud for loud, out in zip(loudness, thrown_out, strict=True) if not out]
        weights = capped(still, rule.party_weight_cap)
    total, weight = weighted_mean_parts([voice.price for voice in kept], weights)
    heard = {
        voice.submitter: make_voice(voice.submitter, voice.price, voice.mass_kg, voice.count, share, voice.loudness)
        for voice, share in zip(kept, weights, strict=True)
    }
    return Weighed(tuple(heard.get(voice.submitter, voice) for voice in voices), quotient(total, weight), spread)


def voices_of(data: Iterable[Datum], earlier: Earlier | None = None) -> tuple[Voice, ...]:
    """One voice per submitter, by name: its data's mean price by `Datum.weight` (see `with_weights`), to twelve decimals.

    `earlier` spares work where data are the same as before. Raises ValueError for a datum without price or weight: the
    caller's fault.
    """
    before = earlier or Earlier()
    return tuple([before.voice(submitter, said) for submitter, said in sorted(_by_submitter(data).items())])


def with_weights(data: Iterable[Datum], rule: TierRule, earlier: Earlier | None = None) -> tuple[Datum, ...] | Unknown:
    """The data with their weight inside their submitter's voice; Unknown where their counterparties are too few for the cap.

    The weight is the mass, or for a submitter of whom one datum states none the number of observations. Where the masses
    that went to one counterparty weigh more than the cap, they are scaled down to it, over all submitters. Submitters
    without a mass have counterparties too: where only they make up the number, the masses of all others count the same,
    so that nobody makes a tier fail by naming the first counterparty in it. `earlier` spares work where data are the same.
    """
    before = earlier or Earlier()
    weighted: list[Datum] = []
    massive: list[Datum] = []
    for submitter, said in _by_submitter(data).items():
        by_mass = None not in [datum.mass_kg for datum in said]
        (massive if by_mass else weighted).extend(before.weighed(submitter, said, by_mass=by_mass))
    every = (*weighted, *massive)
    if not any(datum.counterparty for datum in every):
        return every
    sides = len({_other_side(datum) for datum in every})
    with exact_arithmetic():
        if sides * rule.party_weight_cap < 1:
            return _too_few(counted(sides, "counterparty", "counterparties"), sides, rule)
    named = any(datum.counterparty for datum in massive)
    return (*weighted, *_under_cap(massive, rule.party_weight_cap)) if named else every


def _under_cap(data: Sequence[Datum], cap: Decimal) -> tuple[Datum, ...]:
    by_side: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with exact_arithmetic():
        for datum in data:
            by_side[_other_side(datum)] += datum.weight or 0
        sides = sorted(by_side)
        masses = [by_side[side] for side in sides]
        few = len(sides) * cap < 1
        fitting = tuple(min(masses) for _ in sides) if few else capped(masses, cap)
        allowed = dict(zip(sides, fitting, strict=True))
        return tuple(
            datum.weighing(max(quotient((datum.weight or 0) * allowed[side], by_side[side]), GUARD))
            for datum in data
            for side in (_other_side(datum),)
        )


def _other_side(datum: Datum) -> tuple[str, str]:
    """The counterparty; of a deal that names none, the unnamed one of its submitter."""
    return (datum.counterparty, "") if datum.counterparty else ("", datum.submitter)


def _by_submitter(data: Iterable[Datum]) -> Mapping[str, list[Datum]]:
    found: dict[str, list[Datum]] = defaultdict(list)
    for datum in data:
        found[datum.submitter].append(datum)
    return found


def _voice(submitter: str, said: Sequence[Datum]) -> Voice:
    prices = [datum.price for datum in said if isinstance(datum.price, Decimal)]
    weights = [datum.weight for datum in said if datum.weight is not None]
    if len(prices) < len(said) or len(weights) < len(said):
        raise ValueError(f"a datum of {submitter} has no price or no weight")
    masses = [datum.mass_kg for datum in said if datum.mass_kg is not None]
    known = len(masses) == len(said)
    with exact_arithmetic():
        mass_kg = sum(masses, Decimal(0)) if known else None
        loudness = sum(weights, Decimal(0)) if known else None
    price = quotient(*weighted_mean_parts(prices, weights))
    return make_voice(submitter, price, mass_kg, sum(datum.count for datum in said), loudness=loudness)


def _loudness(voices: Sequence[Voice]) -> tuple[Decimal, ...]:
    """Mass under the cap on counterparties; a voice that states none weighs as the least that does; equal if none does.

    So hiding a mass never pays.
    """
    stated = [voice.mass_kg if voice.loudness is None else voice.loudness for voice in voices]
    least = min((loudness for loudness in stated if loudness is not None), default=_ONE)
    return tuple(least if loudness is None else loudness for loudness in stated)


def _shortfall(voices: Sequence[Voice], rule: TierRule) -> Unknown | None:
    """What the tier lacks to set a price, or None."""
    count, parties = sum(voice.count for voice in voices), len(voices)
    if count == 0:
        return Unknown("no eligible observation")
    if count < rule.count_min:
        return Unknown(f"{count:,} of at least {counted(rule.count_min, 'observation')}")
    if parties < rule.parties_min:
        return Unknown(f"{parties:,} of at least {counted(rule.parties_min, 'submitter')}")
    with exact_arithmetic():
        if parties * rule.party_weight_cap < 1:
            return _too_few(counted(parties, "submitter"), parties, rule)
        mass_kg = sum((voice.mass_kg for voice in voices if voice.mass_kg is not None), Decimal(0))
    if mass_kg < rule.mass_kg_min:
        return Unknown(f"{mass_kg:f} of at least {rule.mass_kg_min:f} kg")
    return None


def _too_few(told: str, count: int, rule: TierRule) -> Unknown:
    """So few that their weights cannot add up to 1 under the cap; `told` is their number in words."""
    return Unknown(f"{told} cannot {'' if count == 1 else 'each '}stay under a share of {rule.party_weight_cap}")
