"""What a certificate shows of how its price stands: what is told beside it (status, last day of its data, floor) is held against this.

A carried price, and a successor's, take these from a price of another day or form, and a cost-build from the prices of
what it buys: none of them is in the certificate, and nothing is guessed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from footwall.prices.records import Certificate, Status
from footwall.prices.standing import IMPLIED
from footwall.quantity import Unknown

ON_MARKET: Final = frozenset({"market and cost-build", "market and previous price", "market alone"})
"""The methods by which a price stands on its market."""

_FROM_ANOTHER_DAY: Final = Unknown("it is that of the price that is carried, which is of another day")
_FROM_ANOTHER_FORM: Final = Unknown("it is that of the form that took its place")
_FROM_BELOW: Final = Unknown("it follows from the prices of what the recipe buys too")
_NO_METHOD: Final = Unknown("its method is none that is known")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a price stands, as far as its certificate shows it: unknown, with the reason, where it does not."""

    status: Status | Unknown
    rests_on: date | Unknown | None
    under_floor: bool | Unknown
    assumed: bool | Unknown


def shown_by(certificate: Certificate) -> Shown:
    """Status, last day of the data, whether it was made under a floor, and whether it rests on an assumption; compare `footing_of` and `settle`."""
    match certificate.method:
        case "carried":
            return Shown("carried", _FROM_ANOTHER_DAY, _FROM_ANOTHER_DAY, _FROM_ANOTHER_DAY)
        case "successor":
            return Shown("successor", _FROM_ANOTHER_FORM, _FROM_ANOTHER_FORM, _FROM_ANOTHER_FORM)
        case "judgement":
            return Shown("judgement", certificate.on, under_floor=False, assumed=True)
        case "suspended":
            return Shown("suspended", None, under_floor=False, assumed=False)
        case "cost-build":
            return Shown("cost_build", _FROM_BELOW, _FROM_BELOW, _FROM_BELOW)
        case method if method in ON_MARKET and certificate.used:
            return _on_market(certificate)
    return Shown(_NO_METHOD, _NO_METHOD, _NO_METHOD, _NO_METHOD)


def _on_market(certificate: Certificate) -> Shown:
    used = certificate.used
    under_floor, assumed = any(datum.under_floor for datum in used), any(datum.assumed for datum in used)
    from_below = _built_from_costs(certificate)
    return Shown(
        status="implied" if any(datum.kind in IMPLIED for datum in used) else "observed",
        rests_on=max(datum.observed_to for datum in used),
        under_floor=_FROM_BELOW if from_below and not under_floor else under_floor,
        assumed=_FROM_BELOW if from_below and not assumed else assumed,
    )


def _built_from_costs(certificate: Certificate) -> bool:
    """Whether a cost-build has weight in a price that stands on its market."""
    return certificate.method == "market and cost-build" and certificate.market_weight != 1
