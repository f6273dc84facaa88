"""The wording of a tariff becomes a rate: `Free`, `5.5%`, `$1.25/t`, `2.1¢/kg + 3.8%`, `37.5¢/kg on tungsten content`.

A wording that says anything else (two elements, a value of content, a reference to another line) is not guessed at.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from footwall.quantity import kilograms_per, plain

_SYMBOLS: Final = {
    "copper": "Cu",
    "lead": "Pb",
    "magnesium": "Mg",
    "manganese": "Mn",
    "molybdenum": "Mo",
    "nickel": "Ni",
    "silicon": "Si",
    "tungsten": "W",
    "vanadium": "V",
    "zinc": "Zn",
}
_AD_VALOREM: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_SPECIFIC: Final = re.compile(
    r"(?:\$(?P<dollars>\d+(?:\.\d+)?)|(?P<cents>\d+(?:\.\d+)?)¢)/(?P<unit>kg|t)(?: on (?P<element>[a-z]+) content)?"
)


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
    if text.strip().casefold() == "free":
        return OrdinaryRate(Decimal(0), None, "")
    ad_valorem: Decimal | None = None
    specific: Decimal | None = None
    contained = ""
    for part in (part.strip() for part in text.split("+")):
        share = _AD_VALOREM.fullmatch(part)
        amount = _SPECIFIC.fullmatch(part)
        if share and ad_valorem is None:
            ad_valorem = Decimal(share[1]).scaleb(-2)
        elif amount and specific is None:
            element = amount["element"] or ""
            if element and element not in _SYMBOLS:
                return None
            dollars = Decimal(amount["dollars"]) if amount["dollars"] else Decimal(amount["cents"]).scaleb(-2)
            kilograms = kilograms_per(amount["unit"])
            specific = dollars if kilograms == 1 else dollars / kilograms
            contained = _SYMBOLS.get(element, "")
        else:
            return None
    return OrdinaryRate(ad_valorem, specific, contained)
