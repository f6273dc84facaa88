"""Paths of elements in a declaration: `GoodsShipment/Item/Classification[IdentificationTypeCode=TSP|HS]/ID`.

A path begins below the declaration. A step may ask what its element holds: `[Child]`, `[!Child]`, `[Child=one|other]`.
The last step may be an attribute (`@unitCode`), or a text made of the element's children (`{TypeCode}:{ID}`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]*"
_STEP: Final = re.compile(rf"({_NAME})((?:\[!?{_NAME}(?:=[^\[\]]+)?\])*)")
_CONDITION: Final = re.compile(rf"\[(!?)({_NAME})(?:=([^\[\]]+))?\]")
_ATTRIBUTE: Final = re.compile(rf"@({_NAME})")
_FILLED_IN: Final = re.compile(rf"\{{({_NAME})\}}")
_TEMPLATE: Final = re.compile(rf"(?:[^{{}}@]*\{{{_NAME}\}})+[^{{}}]*")


@dataclass(slots=True)
class Element:
    """An element that some path asks for, with what was found in it."""

    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    children: dict[str, list["Element"]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Its text without the blanks around it."""
        return "".join(self.texts).strip()


@dataclass(frozen=True, slots=True)
class Condition:
    """What a step asks of its element: a child, none, or one with one of some texts."""

    child: str
    absent: bool
    texts: frozenset[str]

    def holds(self, element: Element) -> bool:
        """Whether `element` is as asked."""
        if self.child not in element.children:
            return self.absent
        found = [child.text for child in element.children[self.child]]
        if self.absent:
            return not any(found)
        return any(text in self.texts for text in found) if self.texts else any(found)


@dataclass(frozen=True, slots=True)
class Step:
    """One element on the way."""

    name: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A path, ready to be followed. `leaf` is how the text is taken: the element's own, an attribute's, or a template's."""

    text: str
    steps: tuple[Step, ...]
    attribute: str | None
    template: str | None

    def names(self) -> Iterator[tuple[str, ...]]:
        """Every element that must be kept to follow the path, by the names on the way to it."""
        way: tuple[str, ...] = ()
        yield tuple(step.name for step in self.steps)
        for step in self.steps:
            way = (*way, step.name)
            yield from ((*way, condition.child) for condition in step.conditions)
        yield from ((*way, name) for name in _FILLED_IN.findall(self.template or ""))

    def values(self, element: Element, below: int) -> list[str]:
        """Every text found by following the path from `element`, which stands at step `below`, in order."""
        found: Sequence[Element] = (element,)
        for step in self.steps[below:]:
            name = step.name
            found = [child for one in found if name in one.children for child in one.children[name]]
            if step.conditions:
                found = [child for child in found if all(condition.holds(child) for condition in step.conditions)]
            if not found:
                return []
        return [text for text in map(self._taken(), found) if text]

    def _taken(self) -> Callable[[Element], str]:
        if self.attribute is not None:
            name = self.attribute
            return lambda element: element.attributes.get(name, "").strip()
        if self.template is not None:
            return self._filled
        return lambda element: element.text

    def _filled(self, element: Element) -> str:
        found = {
            name: [child.text for child in element.children.get(name, ())]
            for name in _FILLED_IN.findall(self.template or "")
        }
        if not any(any(texts) for texts in found.values()):
            return ""
        return _FILLED_IN.sub(lambda part: "".join(found[part[1]]), self.template or "")


def parse_path(text: str) -> Path:
    """The path that `text` writes. Raises ValueError, saying what is expected, where it writes none."""
    *ways, last = _split(text)
    attribute, template = _ATTRIBUTE.fullmatch(last), _TEMPLATE.fullmatch(last)
    if not attribute and not template:
        ways, last = [*ways, last], ""
    steps = tuple(map(_step, ways))
    return Path(text, steps, attribute[1] if attribute else None, last if template and not attribute else None)


def path_fault(text: str, scopes: Sequence[str]) -> str | None:
    """What was expected of a path that cannot be followed; None for one that can."""
    try:
        path = parse_path(text)
    except ValueError as error:
        return str(error)
    for scope in scopes:
        steps = scope.split("/")
        if [step.name for step in path.steps[: len(steps)]] == steps and any(
            step.conditions for step in path.steps[: len(steps)]
        ):
            return f"no condition on the way to {scope}"
    return None


def _split(text: str) -> list[str]:
    """The steps between the slashes; a slash within a condition parts nothing."""
    steps = re.findall(r"(?:[^/\[\]]|\[[^\[\]]*\])+", text)
    return steps if "/".join(steps) == text else [""]


def _step(text: str) -> Step:
    matched = _STEP.fullmatch(text)
    if not matched:
        raise ValueError(
            "names of elements parted by /, perhaps with [Child=text], ending in an element, @attribute or {Child}"
        )
    conditions = tuple(
        Condition(child, absent == "!", frozenset(texts.split("|")) if texts else frozenset())
        for absent, child, texts in _CONDITION.findall(matched[2])
    )
    return Step(matched[1], conditions)
