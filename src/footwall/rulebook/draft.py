"""A rulebook as far as it can be read: every part of the right shape, each at its key path, and the faults of the rest.

One misspelt key must not hide the other faults of a file, nor make up new ones: `broken` names the sections of which
some part was left out, so that a check for what is missing there says nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from pydantic import ValidationError

from footwall.rulebook.faults import Fault, KeyPath
from footwall.rulebook.known import Known
from footwall.rulebook.records import (
    Border,
    DatedRule,
    ExchangeRule,
    FloorRule,
    Header,
    OrdinaryRule,
    OriginGroup,
    ParityRule,
    ReferenceRule,
    Rule,
    Rulebook,
    TariffRule,
    Walk,
)
from footwall.rulebook.shape import faults_of_shape

R_co = TypeVar("R_co", bound=Rule, covariant=True)


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
    """What of a rulebook has the right shape. `header` and `walk` are None where they have not."""

    header: Header | None
    walk: Walk | None
    border: tuple[Placed[Border], ...]
    exchange: tuple[Placed[ExchangeRule], ...]
    origin_group: tuple[Placed[OriginGroup], ...]
    reference: tuple[Placed[ReferenceRule], ...]
    floor: tuple[Placed[FloorRule], ...]
    parity: tuple[Placed[ParityRule], ...]
    tariff: tuple[Placed[TariffRule], ...]
    ordinary: tuple[Placed[OrdinaryRule], ...]
    broken: frozenset[str]

    def whole(self, *sections: str) -> bool:
        """Whether nothing was left out of `sections`."""
        return self.broken.isdisjoint(sections)

    def begun(self) -> "Draft":
        """Without rules that their version ends before: they say nothing of any day, and a later version may repeat them."""
        last = self.header.valid_to if self.header else None
        if last is None:
            return self
        return replace(
            self,
            border=_begun(self.border, last),
            exchange=_begun(self.exchange, last),
            origin_group=_begun(self.origin_group, last),
            reference=_begun(self.reference, last),
            floor=_begun(self.floor, last),
            parity=_begun(self.parity, last),
            tariff=_begun(self.tariff, last),
            ordinary=_begun(self.ordinary, last),
        )

    @property
    def dated(self) -> tuple[Placed[DatedRule], ...]:
        """The dated rules of all sections."""
        rules: tuple[Placed[DatedRule], ...] = self.border + self.exchange + self.origin_group + self.reference
        return rules + self.floor + self.parity + self.tariff + self.ordinary


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
        border=tuple(_placed(raw, "border", Border, faulty)),
        exchange=tuple(_placed(raw, "exchange", ExchangeRule, faulty)),
        origin_group=tuple(_placed(raw, "origin_group", OriginGroup, faulty)),
        reference=tuple(_placed(raw, "reference", ReferenceRule, faulty)),
        floor=tuple(_placed(raw, "floor", FloorRule, faulty)),
        parity=tuple(_placed(raw, "parity", ParityRule, faulty)),
        tariff=tuple(_placed(raw, "tariff", TariffRule, faulty)),
        ordinary=tuple(_placed(raw, "ordinary", OrdinaryRule, faulty)),
        broken=frozenset(broken),
    )


P = TypeVar("P", bound=DatedRule)


def _begun(rules: tuple[Placed[P], ...], last: date) -> tuple[Placed[P], ...]:
    return tuple(placed for placed in rules if placed.rule.valid_from is None or placed.rule.valid_from <= last)


def _placed(raw: Mapping[str, object], section: str, kind: type[P], faulty: set[KeyPath]) -> Iterator[Placed[P]]:
    items = raw.get(section)
    if (section,) in faulty or not isinstance(items, tuple):
        return
    for position, item in enumerate(items):
        if (section, position) not in faulty:
            yield Placed((section, position), kind.model_validate(item))
