"""The versions of a rulebook in the order of their dates, and what is wrong between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from footwall.errors import UsageError
from footwall.rulebook.check_price_rules import consultation_days
from footwall.rulebook.dates import ONE_DAY, Span, span_of, span_of_header
from footwall.rulebook.diff import compare_section
from footwall.rulebook.draft import Draft
from footwall.rulebook.faults import Fault
from footwall.rulebook.price_rules import GovernanceRule
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

    What `compare` tells counts as a change: not the order of rules, their sources, or dates that come to the same.
    Says nothing where the days of consultation are at fault themselves, or where parts of these rules were left out.
    """
    days = consultation_days(later.header)
    follows = later.header.valid_from > earlier.header.valid_from
    if days is None or not follows or not (earlier.draft.whole(*PRICE_SECTIONS) and later.draft.whole(*PRICE_SECTIONS)):
        return
    last_day = min(earlier.header.valid_to or date.max, later.header.valid_from - ONE_DAY)
    asked = [
        placed.rule.consultation_days_min
        for placed in earlier.draft.of(GovernanceRule)
        if last_day in span_of(placed.rule, earlier.header)
    ]
    days_min = max(asked, default=0)
    if days < days_min and (changed := _changed(earlier, later)):
        yield Fault(
            ("rulebook", "consulted_from"),
            "consultation_too_short",
            f"{_days(days)} of consultation on a version that changes {', '.join(changed)}",
            f"at least {_days(days_min)}, as {earlier.header.version} in {earlier.source} asks",
            "Open the draft to comment, and state consulted_from and consulted_to; or leave the rules of prices as they were.",
        )


def _changed(earlier: _Version, later: _Version) -> list[str]:
    """The sections of rules of prices in which something changes."""
    return [
        section
        for section in PRICE_SECTIONS
        if compare_section(
            section,
            [placed.rule for placed in earlier.draft.sections[section]],
            [placed.rule for placed in later.draft.sections[section]],
            (earlier.header, later.header),
        )
    ]


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


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
