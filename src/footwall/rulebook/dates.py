"""The days on which a rule holds, and what is wrong with them: out of their version, overlapping, with a gap between."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from footwall.rulebook.draft import Placed
from footwall.rulebook.faults import Fault
from footwall.rulebook.parts import DatedRule
from footwall.rulebook.records import Header

D = TypeVar("D", bound=DatedRule)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to `last`, both included; without end where `last` is None."""

    first: date
    last: date | None

    def __contains__(self, day: date) -> bool:
        """Whether `day` is one of them."""
        return self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        """In words."""
        return f"{self.first} to {self.last}" if self.last else f"{self.first} on"

    def overlaps(self, other: "Span") -> bool:
        """Whether they share a day."""
        return self.first in other or other.first in self

    def day_after(self) -> date | None:
        """The first day after it, if there is one."""
        return self.last + ONE_DAY if self.last and self.last < date.max else None


def span_of(rule: DatedRule, header: Header) -> Span:
    """The days on which `rule` holds: its own dates, else those of its version, with which it ends in any case."""
    ends = [last for last in (rule.valid_to, header.valid_to) if last is not None]
    return Span(rule.valid_from or header.valid_from, min(ends, default=None))


def uncovered(span: Span, others: Iterable[Span]) -> date | None:
    """The first day of `span` that none of `others` holds; None where they hold all of it."""
    day: date | None = span.first
    for other in sorted(others, key=lambda other: other.first):
        if day is None or day not in span:
            return None
        if day in other:
            day = other.day_after()
    return day if day is not None and day in span else None


def check_dates(rules: Sequence[Placed[DatedRule]], header: Header) -> Iterator[Fault]:
    """Rules that end before they begin, or begin outside their version. One may outlast it on paper: it ends with it."""
    version = span_of_header(header)
    for placed in rules:
        first, last = placed.rule.valid_from or version.first, placed.rule.valid_to
        if last and last < first:
            yield Fault(
                placed.at("valid_to"),
                "dates_reversed",
                f"{last} as the last day",
                f"a day not before the first, {first}",
                "Correct valid_from or valid_to.",
            )
        elif first not in version:
            yield Fault(
                placed.at("valid_from"),
                "rule_outside_version",
                f"a rule from {first} on",
                f"a first day within the version's own, {version}",
                "Change valid_from, or leave it out: then the version's own date holds.",
            )


def span_of_header(header: Header) -> Span:
    """The days of a version."""
    return Span(header.valid_from, header.valid_to)


def check_succession(
    rules: Sequence[Placed[D]], header: Header, keys: Callable[[D], Iterable[Hashable]], what: str
) -> Iterator[Fault]:
    """Rules for the same key that hold on one day, or leave days between them; `what` names the key in the message."""
    return _check_pairs(rules, header, keys, what, gaps=True)


def check_alone(
    rules: Sequence[Placed[D]], header: Header, keys: Callable[[D], Iterable[Hashable]], what: str
) -> Iterator[Fault]:
    """Rules for the same key that hold on one day; days without one between them are no fault."""
    return _check_pairs(rules, header, keys, what, gaps=False)


def _check_pairs(
    rules: Sequence[Placed[D]], header: Header, keys: Callable[[D], Iterable[Hashable]], what: str, *, gaps: bool
) -> Iterator[Fault]:
    by_key: dict[Hashable, list[Placed[D]]] = {}
    for placed in rules:
        for key in dict.fromkeys(keys(placed.rule)):
            by_key.setdefault(key, []).append(placed)
    told: set[tuple[object, ...]] = set()
    for key, group in by_key.items():
        furthest, *rest = sorted(group, key=lambda placed: span_of(placed.rule, header).first)
        for later in rest:
            fault = _between(furthest, later, header, f"{what} {key}" if key else what)
            if fault and (gaps or fault.code == "rules_overlap") and (fault.code, later.path) not in told:
                told.add((fault.code, later.path))
                yield fault
            furthest = max(furthest, later, key=lambda placed: span_of(placed.rule, header).last or date.max)


def _between(earlier: Placed[D], later: Placed[D], header: Header, key: str) -> Fault | None:
    before, after = span_of(earlier.rule, header), span_of(later.rule, header)
    where = later.at("valid_from")
    if before.overlaps(after):
        return Fault(
            where,
            "rules_overlap",
            f"two rules for {key}: {before} and {after}",
            "one rule for each day",
            "End the earlier rule on the day before the later one begins.",
        )
    if before.day_after() != after.first:
        return Fault(
            where,
            "rules_gap",
            f"no rule for {key} between {before.last} and {after.first}",
            "each rule to begin on the day after the one before it ends",
            "Move valid_from or valid_to until they meet.",
        )
    return None
