"""When raising a tariff only feeds the exporters' discount: the guard of MECHANISM §5, and the share φ that it publishes.

Exporters bear a share φ of a marginal duty, so parity falls as the tariff rises, and closing every new gap converges to
gap ÷ (1 − φ). That is right, and can be large: from 55 to a floor of 110 with φ = 0.6 it is 137.5, and an exporter's
price of −27.5. Past a ruled point the zone stops raising and the reserve takes over.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from footwall.quantity import Unknown, exact_arithmetic, round_to_unit
from footwall.rulebook import EscalationGuard

History = tuple[tuple[date, Decimal, Decimal], ...]
"""Per cadence, oldest first: the day, the rate then in force, and the parity measured under it."""

NOT_ESTIMATED: Final = Unknown("not estimated: no raise is on record to estimate it from")
_ZERO: Final = Decimal(0)
_SHARE_UNIT: Final = Decimal("0.0001")  # the scale at which φ is published; no rule rests on it


def extended(guard: EscalationGuard | None, history: History, entry: tuple[date, Decimal, Decimal]) -> History:
    """`history` with one more cadence, as far back as the guard looks; nothing is kept where there is no guard."""
    return () if guard is None else (*history, entry)[-(guard.cadences + 1) :]


def escalates(guard: EscalationGuard | None, floor: Decimal, path: Sequence[tuple[Decimal, Decimal]]) -> bool:
    """Whether raises of the guard's share of the floor have closed less than its share of the gap, in its cadences.

    `path` has one (rate in force, gap left under the floor) for each cadence, oldest first, in USD per kg; too short a
    path says nothing yet.
    """
    if guard is None or len(path) <= guard.cadences:
        return False
    window = path[-(guard.cadences + 1) :]
    with exact_arithmetic():
        raised = sum((max(_ZERO, after - before) for (before, _), (after, _) in pairwise(window)), _ZERO)
        gap_before, gap_now = window[0][1], window[-1][1]
        closed_too_little = gap_before - gap_now < guard.closed_share_min * gap_before
        return raised >= guard.raised_share * floor and gap_before > 0 and closed_too_little


def exporter_share(history: History) -> Decimal | Unknown:
    """φ as the history shows it: by how much parity fell per unit of net raise; Unknown without a net raise.

    Not clipped to 0 … 1: a market that moved by itself shows as a share that no exporter could bear.
    """
    if not history or history[-1][1] <= history[0][1]:
        return NOT_ESTIMATED
    (_, rate_before, price_before), (_, rate_now, price_now) = history[0], history[-1]
    with exact_arithmetic():
        return round_to_unit((price_before - price_now) / (rate_now - rate_before), _SHARE_UNIT, "half_even")
