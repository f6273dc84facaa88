"""The versions of a rulebook in the order of their dates, and what is wrong between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from footwall.errors import UsageError
from footwall.quantity import counted
from footwall.rulebook.consultation import consultation_on
from footwall.rulebook.dates import Span, span_of_header
from footwall.rulebook.draft import Draft
from footwall.rulebook.faults import Fault
from footwall.rulebook.parts import DatedRule
from footwall.rulebook.records import PRICE_SECTIONS, Header, Rulebook, Walk
from footwall.rulebook.shape import written


@dataclass(frozen=True, slots=True)
class Rulebooks:
    """All versions, without overlap and without gap; `load_rulebooks` makes and orders them."""

    versions: tuple[Rulebook, ...]

    def on(self, day: date) -> Rulebook:
        """The version that holds on `day`.

        Raises UsageError for a day that no version holds: the caller's fault.
        """
        for version in self.versions:
            if day in span_of_header(version.rulebook):
                return version
        until = f"to {self.last_day}" if self.last_day else "on"
        raise UsageError(f"no version of the rulebook holds on {day}: they hold from {self.first_day} {until}")

    @property
    def first_day(self) -> date:
        """The first day of the first version."""
        return self.versions[0].rulebook.valid_from

    @property
    def last_day(self) -> date | None:
        """The last day of the last version; None where it holds until amended."""
        return self.versions[-1].rulebook.valid_to

    @property
    def walk(self) -> Walk:
        """The days on which the zone decides, as the last version has them: versions agree, or the last one goes on."""
        return self.versions[-1].walk


@dataclass(frozen=True, slots=True)
class _Version:
    """One file that has a readable header."""

    source: str
    draft: Draft
    header: Header
    walk: Walk | None

    @property
    def span(self) -> Span:
        return span_of_header(self.header)


def check_versions(drafts: Mapping[str, Draft | None]) -> Mapping[str, list[Fault]]:
    """The faults of versions among each other, under the file at which to tell them; `drafts` are all files by name."""
    versions = [
        _Version(source, draft, draft.header, draft.walk)
        for source, draft in drafts.items()
        if draft and draft.header and not (draft.header.valid_to and draft.header.valid_to < draft.header.valid_from)
    ]
    versions.sort(key=lambda version: (version.header.valid_from, version.source))
    told: dict[str, list[Fault]] = {}
    every_file = len(versions) == len(drafts)
    for earlier, later in pairwise(versions):
        told.setdefault(later.source, []).extend(_between(earlier, later, every_file=every_file))
    for position, version in enumerate(versions):
        for other in versions[:position]:
            if other.header.version == version.header.version:
                found = f"{written(version.header.version)} here and in {other.source}"
                fault = Fault(
                    ("rulebook", "version"), "version_repeated", found, "a name of its own", "Rename one of the two."
                )
                told.setdefault(version.source, []).append(fault)
    if every_file and versions:
        for version, fault in _outside(versions[0], versions[-1]):
            told.setdefault(version.source, []).append(fault)
    return told


def _between(earlier: _Version, later: _Version, *, every_file: bool) -> Iterator[Fault]:
    where = ("rulebook", "valid_from")
    if earlier.span.overlaps(later.span):
        yield Fault(
            where,
            "versions_overlap",
            f"a version for {later.span}, and one for {earlier.span} in {earlier.source}",
            "one version for each day",
            "End the earlier version, with valid_to, on the day before the later one begins.",
        )
    elif every_file and earlier.span.day_after() != later.span.first:
        yield Fault(
            where,
            "versions_gap",
            f"no version between {earlier.span.last}, the last day of {earlier.source}, and {later.span.first}",
            "each version to begin on the day after the one before it ends",
            "Move valid_from or valid_to until they meet.",
        )
    if earlier.walk and later.walk:
        yield from _walks(earlier.walk, later.walk, earlier.source)
    yield from _consulted(earlier, later)


def _consulted(earlier: _Version, later: _Version) -> Iterator[Fault]:
    """A version that changes a rule of prices has been open to comment for as long as the version before it asks at its end.

    Says nothing where parts of these rules were left out, or where the days stated are at fault themselves.
    """
    whole = earlier.draft.whole(*PRICE_SECTIONS) and later.draft.whole(*PRICE_SECTIONS)
    if not whole or later.header.valid_from <= earlier.header.valid_from:
        return
    held = consultation_on(earlier.header, _rules(earlier), later.header, _rules(later))
    if held.too_short:
        yield Fault(
            ("rulebook", "consulted_from"),
            "consultation_too_short",
            f"{counted(held.days or 0, 'day')} of consultation on a version that changes {', '.join(held.sections)}",
            f"at least {counted(held.days_min, 'day')}, as {earlier.header.version} in {earlier.source} asks",
            "Open the draft to comment, and state consulted_from and consulted_to; or leave the rules of prices as they were.",
        )


def _rules(version: _Version) -> Mapping[str, Sequence[DatedRule]]:
    return {section: [placed.rule for placed in version.draft.sections[section]] for section in PRICE_SECTIONS}


def _walks(earlier: Walk, later: Walk, source: str) -> Iterator[Fault]:
    """What was walked stays as it was walked: only the end may move, and only on."""
    for key in ("first", "floors_from", "through"):
        before, now = getattr(earlier, key), getattr(later, key)
        if now < before or (now != before and key != "through"):
            yield Fault(
                ("walk", key),
                "walk_disagrees",
                f"{now}, and {before} in {source}",
                "the same in each version" if key != "through" else "the same, or a later day",
                f"Write {key} = {before}.",
            )


def _outside(first: _Version, last: _Version) -> Iterator[tuple[_Version, Fault]]:
    """Walked days that no version holds."""
    remedy = "Walk only days that a version holds."
    if first.walk and first.walk.first < first.span.first:
        found, expected = str(first.walk.first), f"a day from {first.span.first} on, when the first version begins"
        yield first, Fault(("walk", "first"), "walk_outside_versions", found, expected, remedy)
    if last.walk and last.span.last and last.walk.through > last.span.last:
        found, expected = str(last.walk.through), f"a day to {last.span.last}, when the last version ends"
        yield last, Fault(("walk", "through"), "walk_outside_versions", found, expected, remedy)
