"""The chemical elements, by the symbols that every composition is written in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from footwall.facts.catalogue import Facts
from footwall.facts.rate_text import ELEMENTS

_SYMBOLS: Final = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh "
    "Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr "
    "Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
)
SYMBOLS: Final = frozenset(_SYMBOLS.split())
"""The 118 symbols of IUPAC's periodic table (4 May 2022); no two differ in their capitals alone."""


def symbols_by_name(facts: Facts) -> Mapping[str, str]:
    """The symbols of elements by their English names, in small letters."""
    minerals = {one.name.casefold(): one.symbol for one in facts.minerals.values() if one.symbol in SYMBOLS}
    return MappingProxyType({**minerals, **ELEMENTS})
