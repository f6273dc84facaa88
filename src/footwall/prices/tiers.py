"""Does a tier of evidence set the price? Its submitters' voices are weighed, capped, freed of outliers and counted (mechanism §1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from footwall.prices.records import Datum, Voice
from footwall.prices.weights import capped, outliers, weighted_mean_parts
from footwall.prices.working import quotient
from footwall.quantity import Unknown, exact_arithmetic
from footwall.rulebook import TierRule


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a tier says: every voice (an outlier has no weight), and the weighted mean, or why the tier sets no price."""

    voices: tuple[Voice, ...]
    mean: Decimal | Unknown

    @property
    def outlying(self) -> frozenset[str]:
        """The submitters thrown out as outliers."""
        return frozenset(voice.submitter for voice in self.voices if voice.weight is None)


def weigh(voices: Sequence[Voice], rule: TierRule) -> Weighed:
    """The voices of one tier under `rule`, each submitter once, in the order of their names.

    The cap is taken twice: before outliers are sought, so that no voice moves the median by its mass alone, and again on
    those that stay. The tier fails with fewer than `count_min` observations, `parties_min` submitters or 1/cap submitters,
    before or after outliers are out.
    """
    voices = sorted(voices, key=lambda voice: voice.submitter)
    shortfall = _shortfall(voices, rule)
    if shortfall is not None:
        return Weighed(tuple(voices), shortfall)
    weights = capped(_loudness(voices), rule.party_weight_cap)
    thrown_out = outliers([voice.price for voice in voices], weights, rule.spread_min, rule.spread_power)
    kept = [voice for voice, out in zip(voices, thrown_out, strict=True) if not out]
    shortfall = _shortfall(kept, rule)
    if shortfall is not None:
        return Weighed(tuple(voices), Unknown(f"{shortfall.reason} once outliers are out"))
    weights = capped(_loudness(kept), rule.party_weight_cap)
    total, weight = weighted_mean_parts([voice.price for voice in kept], weights)
    heard = {voice.submitter: replace(voice, weight=share) for voice, share in zip(kept, weights, strict=True)}
    return Weighed(tuple(heard.get(voice.submitter, voice) for voice in voices), quotient(total, weight))


def voices_of(data: Iterable[Datum]) -> tuple[Voice, ...]:
    """One voice per submitter, by name: its data's mean price by `Datum.weight` (see `with_weights`), to twelve decimals.

    Raises ValueError for a datum without price or weight: the caller's fault.
    """
    return tuple(_voice(submitter, said) for submitter, said in sorted(_by_submitter(data).items()))


def with_weights(data: Iterable[Datum]) -> tuple[Datum, ...]:
    """The data with their weight inside their submitter's voice: their mass, or 1 each where one of them states none."""
    weighted: list[Datum] = []
    for said in _by_submitter(data).values():
        by_mass = all(datum.mass_kg is not None for datum in said)
        weighted += [replace(datum, weight=datum.mass_kg if by_mass else Decimal(1)) for datum in said]
    return tuple(weighted)


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
    with exact_arithmetic():
        mass_kg = sum(masses, Decimal(0)) if len(masses) == len(said) else None
    return Voice(submitter, quotient(*weighted_mean_parts(prices, weights)), mass_kg, len(said))


def _loudness(voices: Sequence[Voice]) -> tuple[Decimal, ...]:
    """Mass; a voice that states none weighs as the least that does, so that hiding a mass never pays; equal if none does."""
    least = min((voice.mass_kg for voice in voices if voice.mass_kg is not None), default=Decimal(1))
    return tuple(least if voice.mass_kg is None else voice.mass_kg for voice in voices)


def _shortfall(voices: Sequence[Voice], rule: TierRule) -> Unknown | None:
    """What the tier lacks to set a price, or None."""
    count, parties = sum(voice.count for voice in voices), len(voices)
    if count == 0:
        return Unknown("no eligible observation")
    if count < rule.count_min:
        return Unknown(f"{count} of at least {rule.count_min} observations")
    if parties < rule.parties_min:
        return Unknown(f"{parties} of at least {rule.parties_min} submitters")
    with exact_arithmetic():
        if parties * rule.party_weight_cap < 1:
            return Unknown(f"{parties} submitters cannot each stay under a share of {rule.party_weight_cap}")
    return None
