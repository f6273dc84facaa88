"""The names that a line declares its contents under, held to what can count: a name that is none would count as nothing, unseen."""

from collections.abc import Iterable, Iterator

from footwall.duties.read import shown
from footwall.facts import SYMBOLS, Facts, symbols_by_name
from footwall.tariffs import Schedule

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""


def names_of(schedule: Schedule) -> frozenset[str]:
    """What the measures of `schedule` go by: the elements that they tax, and what their amounts by mass are taken on, like WO3."""
    contained = {measure.contained for measure in schedule.measures if measure.contained is not None}
    return frozenset(schedule.elements) | contained


def misnamed(names: Iterable[str], of_schedule: frozenset[str]) -> list[str]:
    """Those `names` that are no symbol of an element and that no measure goes by, or that differ from a measure's in capitals alone."""
    alike = {one.casefold() for one in of_schedule}
    return sorted(
        name for name in names if name not in of_schedule and (name not in SYMBOLS or name.casefold() in alike)
    )


def name_faults(names: Iterable[str], schedule: Schedule) -> Iterator[Fault]:
    """Every fault of the names that a line declares, each with what to write instead where that can be told."""
    of_schedule = names_of(schedule)
    for name in misnamed(names, of_schedule):
        meant = _in_capitals(name, of_schedule)
        if meant is not None:
            yield ("contents", "contents_malformed", shown(name), "symbols in the capitals of chemistry, like Nd",
                   f"Write {meant}.")  # fmt: skip
            continue
        others = ", ".join(sorted(of_schedule - SYMBOLS))
        expected = "the symbol of an element, like Nd" + (f", or what the schedule goes by: {others}" if others else "")
        yield ("contents", "element_unknown", shown(name), expected, _remedy(name, schedule.facts))


def _in_capitals(name: str, of_schedule: frozenset[str]) -> str | None:
    """What differs from `name` in its capitals alone; the schedule's own names before those of chemistry."""
    for known in (of_schedule, SYMBOLS):
        found = next((one for one in sorted(known) if one.casefold() == name.casefold()), None)
        if found is not None:
            return found
    return None


def _remedy(name: str, facts: Facts) -> str:
    symbol = symbols_by_name(facts).get(name.casefold())
    if symbol is not None:
        return f"Write {symbol}."
    return "Correct it, or declare the elements in its place: what no measure goes by would count as nothing."
