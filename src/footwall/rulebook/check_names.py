"""Names that a rulebook states, held against those that the facts know."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from footwall.rulebook.draft import Placed
from footwall.rulebook.faults import Fault, KeyPath, empty_list
from footwall.rulebook.parts import Rule
from footwall.rulebook.shape import written


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may stand in a list, the code of the fault of any other, and what they are."""

    known: Collection[str]
    code: str
    what: str


def check_list(placed: Placed[Rule], key: str, stated: Sequence[str], names: Names) -> Iterator[Fault]:
    """Entries that are unknown or stand there twice, and a list without any."""
    if not stated:
        yield empty_list(placed.at(key), names.what)
    for position, name in enumerate(stated):
        path = placed.at(key, position)
        if name not in names.known:
            yield unknown(path, name, names)
        if name in stated[:position]:
            yield Fault(path, "entry_repeated", f"{written(name)} twice", "each entry once", "Take out one of the two.")


def unknown(path: KeyPath, name: str, names: Names) -> Fault:
    """The fault of a name that nobody knows, with the nearest that is known."""
    near = get_close_matches(name, sorted(names.known), n=1)
    remedy = f"Did you mean {written(near[0])}?" if near else "Correct it, or add it there first."
    return Fault(path, names.code, written(name), names.what, remedy)
