"""What makes a rate nonsense: a minimum above its maximum, a limit without effect, a programme where none may be claimed."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from footwall.tariffs.measures.measure import Measure, Rate

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""

LIMITS: Final = ("least_ad_valorem", "least_specific", "most_ad_valorem", "most_specific")
"""The fields of a measure that keep its duty from being less, or more."""

PROGRAMME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9+*#._-]{0,39}")


def limit_faults(measure: Measure) -> Iterator[Fault]:
    """Whether the least and the most of a duty leave it a meaning: neither decides alone, whatever goods are worth."""
    least, most, duty = measure.least, measure.most, Rate(measure.ad_valorem, measure.specific)
    if least is not None and most is not None and _at_least(least, most):
        yield (_field(measure, "least"), "least_not_below_most", f"at least {_told(least)}, at most {_told(most)}",
               "a minimum that may be below the maximum", "Correct one of the two, or leave it out.")  # fmt: skip
    if measure.ad_valorem is None and measure.specific is None:
        return
    for name, limit in (("least", least), ("most", most)):
        if limit is None:
            continue
        above, below = _at_least(limit, duty), _at_least(duty, limit)
        if above or below:
            always = above if name == "least" else below
            yield (_field(measure, name), "limit_without_effect",
                   f"{_told(duty)}, at {name} {_told(limit)}: {'the limit' if always else 'the duty'} alone decides",
                   "a limit on another base than the duty, which decides for some goods and not for others",
                   "State the one rate that decides." if always else "Leave the limit out.")  # fmt: skip


def programme_faults(measure: Measure) -> Iterator[Fault]:
    """Whether a preference programme is one word, and stands on a duty for which a preference may be claimed."""
    if measure.programme and not PROGRAMME.fullmatch(measure.programme):
        yield ("programme", "programme_malformed", repr(measure.programme), "one symbol, such as KR or A+",
               "Write the symbol of one programme; each has a measure of its own.")  # fmt: skip
    if measure.programme and measure.role != "ordinary":
        yield ("programme", "programme_not_ordinary", f"{measure.programme} with role {measure.role}",
               "a programme on an ordinary duty", "A preference is an ordinary rate that is claimed.")  # fmt: skip


def _at_least(one: Rate, other: Rate) -> bool:
    """Whether the one is never less than the other, whatever a kilogram of the goods is worth."""
    none = Decimal(0)
    return (one.ad_valorem or none) >= (other.ad_valorem or none) and (one.specific or none) >= (other.specific or none)


def _field(measure: Measure, name: str) -> str:
    by_mass = f"{name}_specific"
    return by_mass if getattr(measure, by_mass) is not None else f"{name}_ad_valorem"


def _told(rate: Rate) -> str:
    parts = [] if rate.ad_valorem is None else [f"{rate.ad_valorem} of the value"]
    return " + ".join([*parts, *([] if rate.specific is None else [f"{rate.specific} by mass"])])
