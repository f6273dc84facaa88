"""What makes a duty on what goods contain nonsense."""

from collections.abc import Iterator
from decimal import Decimal

from footwall.tariffs.measures.measure import Measure

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""


def embedded_faults(measure: Measure) -> Iterator[Fault]:
    """Every fault of the elements of a measure of the role `embedded`."""
    if not measure.elements:
        yield ("elements", "elements_missing", "no elements", "what the goods contain, each with its rate",
               "State (element, specific, recovered, undeclared).")  # fmt: skip
    names = [one.element for one in measure.elements]
    if len(set(names)) < len(names) or not all(names):
        yield ("elements", "elements_repeated", ", ".join(names), "each element once, by its name", "Name each once.")
    for one in measure.elements:
        if one.specific < 0:
            yield (
                "elements",
                "amount_negative",
                f"{one.element}: {one.specific}",
                "zero or more",
                "A duty never pays the importer.",
            )
        if not 0 < one.recovered <= 1:
            yield ("elements", "recovered_out_of_range", f"{one.element}: {one.recovered}", "a share above 0 and up to 1",
                   "Write 90 % as 0.90.")  # fmt: skip
        if one.undeclared is not None and not 0 <= one.undeclared <= 1:
            yield ("elements", "undeclared_out_of_range", f"{one.element}: {one.undeclared}", "a share from 0 to 1",
                   "Write 30 % as 0.30, or leave it out.")  # fmt: skip
    taken = sum((one.undeclared or Decimal(0) for one in measure.elements), Decimal(0))
    if taken > 1:
        yield (
            "elements",
            "undeclared_out_of_range",
            f"shares that sum to {taken}",
            "at most 1",
            "Goods hold no more than themselves.",
        )
