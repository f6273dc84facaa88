"""Atomic masses and formulas, as an oracle that knows nothing of the tables (IUPAC abridged standard atomic weights, 2021)."""

import re
from decimal import Decimal

MASSES = {
    symbol: Decimal(mass)
    for symbol, mass in {
        "H": "1.0080",
        "Li": "6.94",
        "B": "10.81",
        "C": "12.011",
        "N": "14.007",
        "O": "15.999",
        "F": "18.998",
        "Mg": "24.305",
        "Al": "26.982",
        "Si": "28.085",
        "P": "30.974",
        "S": "32.06",
        "K": "39.098",
        "Ca": "40.078",
        "Ti": "47.867",
        "V": "50.942",
        "Cr": "51.996",
        "Mn": "54.938",
        "Fe": "55.845",
        "Co": "58.933",
        "Ni": "58.693",
        "Cu": "63.546",
        "Ga": "69.723",
        "Ge": "72.630",
        "Rb": "85.468",
        "Nb": "92.906",
        "Sb": "121.76",
        "Cs": "132.91",
        "Pr": "140.91",
        "Nd": "144.24",
        "Tb": "158.93",
        "Dy": "162.50",
        "Ta": "180.95",
        "W": "183.84",
        "Re": "186.21",
    }.items()
}
_TOKEN = re.compile(r"([A-Z][a-z]?)(\d+(?:\.\d+)?)?")


def counts(formula: str) -> dict[str, Decimal]:
    """Atoms in a formula such as `NiSO4·6H2O`."""
    found: dict[str, Decimal] = {}
    for part in formula.split("·"):
        lead = re.match(r"\d+(?=[A-Z(])", part)
        times = Decimal(lead[0]) if lead else Decimal(1)
        for symbol, count in _TOKEN.findall(part[lead.end() if lead else 0 :]):
            found[symbol] = found.get(symbol, Decimal(0)) + times * Decimal(count or 1)
    return found


def mass(formula: str) -> Decimal:
    """Grams per mole."""
    return sum((MASSES[symbol] * count for symbol, count in counts(formula).items()), Decimal(0))


def share(element: str, formula: str) -> Decimal:
    """The share by mass of an element in a formula; 0 where it holds none."""
    return MASSES[element] * counts(formula).get(element, Decimal(0)) / mass(formula)


def ndpr_share() -> Decimal:
    """Metal in oxide of Nd2O3 and Pr6O11 at 75:25."""
    return Decimal("0.75") * share("Nd", "Nd2O3") + Decimal("0.25") * share("Pr", "Pr6O11")
