"""A rulebook as far as it can be read: every part of the right shape, each at its key path, and the faults of the rest.

One misspelt key must not hide the other faults of a file, nor make up new ones: `broken` names the sections of which
some part was left out, so that a check for what is missing there says nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar, cast

from pydantic import ValidationError

from footwall.rulebook.faults import Fault, KeyPath
from footwall.rulebook.known import Known
from footwall.rulebook.parts import DatedRule, Rule
from footwall.rulebook.records import SECTIONS, Header, Rulebook, Walk
from footwall.rulebook.shape import faults_of_shape

R_co = TypeVar("R_co", bound=Rule, covariant=True)
P = TypeVar("P", bound=DatedRule)


@dataclass(frozen=True, slots=True)
class Placed(Generic[R_co]):
    """A rule and the key path at which it stands."""

    path: KeyPath
    rule: R_co

    def at(self, *keys: str | int) -> KeyPath:
        """The path of a key inside the rule; of the rule itself where it does not state that key."""
        stated = keys and isinstance(keys[0], str) and getattr(self.rule, keys[0]) is not None
        return (*self.path, *keys) if stated else self.path


@dataclass(frozen=True, slots=True)
class Draft:
    """What of a rulebook has the right shape. `header` and `walk` are None where they have not; `sections` are by name."""

    header: Header | None
    walk: Walk | None
    sections: Mapping[str, tuple[Placed[DatedRule], ...]]
    broken: frozenset[str]

    def whole(self, *sections: str) -> bool:
        """Whether nothing was left out of `sections`."""
        return self.broken.isdisjoint(sections)

    def of(self, kind: type[P]) -> tuple[Placed[P], ...]:
        """The rules of one kind, in the order of the file."""
        section = next(name for name, record in SECTIONS.items() if record is kind)
        return cast("tuple[Placed[P], ...]", self.sections[section])

    def begun(self) -> "Draft":
        """Without rules that their version ends before: they say nothing of any day, and a later version may repeat them."""
        last = self.header.valid_to if self.header else None
        if last is None:
            return self
        return replace(self, sections={name: _begun(rules, last) for name, rules in self.sections.items()})

    @property
    def dated(self) -> tuple[Placed[DatedRule], ...]:
        """The dated rules of all sections."""
        return tuple(placed for rules in self.sections.values() for placed in rules)


def draft_of(raw: Mapping[str, object], known: Known) -> tuple[Draft, Rulebook | None, list[Fault]]:
    """What `raw` (tables and lists of a TOML text, lists as tuples) holds: its draft, the rulebook where its shape is right, its faults."""
    try:
        rulebook = Rulebook.model_validate(raw)
    except ValidationError as error:
        faults = faults_of_shape(error, raw, known)
        return _draft(raw, {fault.path[:2] for fault in faults}), None, faults
    return _draft(raw, set()), rulebook, []


def _draft(raw: Mapping[str, object], faulty: set[KeyPath]) -> Draft:
    broken = {str(path[0]) for path in faulty if path}
    return Draft(
        header=None if "rulebook" in broken else Header.model_validate(raw["rulebook"]),
        walk=None if "walk" in broken else Walk.model_validate(raw["walk"]),
        sections={name: tuple(_placed(raw, name, kind, faulty)) for name, kind in SECTIONS.items()},
        broken=frozenset(broken),
    )


def _begun(rules: tuple[Placed[P], ...], last: date) -> tuple[Placed[P], ...]:
    return tuple(placed for placed in rules if placed.rule.valid_from is None or placed.rule.valid_from <= last)


def _placed(raw: Mapping[str, object], section: str, kind: type[P], faulty: set[KeyPath]) -> Iterator[Placed[P]]:
    items = raw.get(section)
    if (section,) in faulty or not isinstance(items, tuple):
        return
    for position, item in enumerate(items):
        if (section, position) not in faulty:
            yield Placed((section, position), kind.model_validate(item))
