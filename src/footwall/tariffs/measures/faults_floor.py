"""What makes the options of a floor nonsense: a rebate without a ceiling, a levy among members that others owe, a minimum of nothing."""

from collections.abc import Iterator
from typing import Final

from footwall.tariffs.measures.measure import NON_MEMBERS, Measure

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""

FLOOR_OPTIONS: Final = ("least_ad_valorem", "least_specific", "rebate_share")
"""The fields of a floor measure that every method of a floor may have."""


def floor_faults(measure: Measure) -> Iterator[Fault]:
    """Every fault of the options that all methods of a floor share; of a measure that is no floor, that it has them."""
    for name in ("suspended", "equalisation"):
        value = getattr(measure, name)
        if not isinstance(value, bool):
            yield name, "flag_malformed", repr(value), "true or false", "State one of the two, or leave it out."
        elif value and measure.role != "floor":
            yield (name, "option_of_other_method", f"{name} with role {measure.role}", "only a floor is suspended or levied among members",
                   "Remove it, or change the role.")  # fmt: skip
    if measure.role != "floor":
        return
    if measure.least is not None and not (measure.least.ad_valorem or measure.least.specific):
        yield ("least_specific", "least_of_nothing", "a minimum component of 0", "a minimum above zero",
               "Leave it out where there is none.")  # fmt: skip
    if measure.rebate_share is not None:
        if not 0 < measure.rebate_share <= 1:
            yield ("rebate_share", "rebate_out_of_range", str(measure.rebate_share), "a share above 0 and up to 1",
                   "Write half of the duty as 0.50.")  # fmt: skip
        if measure.ceiling is None:
            yield ("rebate_share", "rebate_without_ceiling", "no ceiling", "the ceiling from which on the duty is rebated",
                   "State the ceiling, or take the rebate out.")  # fmt: skip
    if measure.equalisation and NON_MEMBERS in measure.origins:
        yield ("equalisation", "equalisation_of_outsiders", NON_MEMBERS, "the members whose goods owe the levy",
               "Name the members; outsiders owe a floor duty.")  # fmt: skip
