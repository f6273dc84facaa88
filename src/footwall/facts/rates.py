"""The wording of the US tariff becomes a rate with one part by value and one by mass, as the facts hold it.

A wording that says anything else (two elements, a value of content, a minimum, a reference to another line) is not
guessed at. The grammar of the wording stands in `footwall.facts.rate_text`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from footwall.facts.rate_text import PrintedRate, read_rate
from footwall.quantity import plain

_CURRENCY: Final = "USD"


@dataclass(frozen=True, slots=True)
class OrdinaryRate:
    """A rate in figures: `ad_valorem` a fraction, `specific` in dollars per kg of goods, or of the element `contained`.

    A part that the wording does not have is None; goods that are free have an ad valorem rate of 0.
    """

    ad_valorem: Decimal | None
    specific: Decimal | None
    contained: str

    def __str__(self) -> str:
        """The parts in words."""
        parts = []
        if self.ad_valorem is not None:
            parts.append(f"{plain(self.ad_valorem)} ad valorem")
        if self.specific is not None:
            parts.append(f"{plain(self.specific)} per kg" + (f" of {self.contained}" if self.contained else ""))
        return " and ".join(parts) or "no figure"


def parse_rate(text: str) -> OrdinaryRate | None:
    """The rate that `text` states in the wording of the US tariff, exactly; None where it states one of another kind."""
    printed = read_rate(text, _CURRENCY)
    if not isinstance(printed, PrintedRate) or printed.least or printed.most or len(printed.duty.specifics) > 1:
        return None
    if not printed.duty.specifics:
        return OrdinaryRate(printed.duty.ad_valorem, None, "")
    (by_mass,) = printed.duty.specifics
    if by_mass.currency != _CURRENCY:
        return None
    # Per kilogram, of 1, 100 or 1000: a shift of the point, so that no digit is lost.
    specific = by_mass.amount.scaleb(1 - len(str(by_mass.per_kg)))
    return OrdinaryRate(printed.duty.ad_valorem, specific, by_mass.contained)
