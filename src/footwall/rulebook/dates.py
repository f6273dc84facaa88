"""The days on which a rule holds, and what is wrong with them: out of their version, overlapping, with a gap between."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from footwall.rulebook.draft import Placed
from footwall.rulebook.faults import Fault
from footwall.rulebook.records import DatedRule, Header

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
    """The days on which `rule` holds: its own dates, else those of its version."""
    return Span(rule.valid_from or header.valid_from, rule.valid_to or header.valid_to)


def in_force(rule: DatedRule, on: date) -> bool:
    """Whether `rule` holds on a day on which its version does."""
    return (rule.valid_from or date.min) <= on <= (rule.valid_to or date.max)


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
    """Rules that end before they begin, or reach out of their version."""
    version = span_of_header(header)
    for placed in rules:
        span = span_of(placed.rule, header)
        if span.last and span.last < span.first:
            yield Fault(
                placed.at("valid_to"),
                "dates_reversed",
                f"{span.last} as the last day",
                f"a day not before the first, {span.first}",
                "Correct valid_from or valid_to.",
            )
        elif span.first < version.first or (version.last and (span.last is None or span.last > version.last)):
            key = "valid_from" if span.first < version.first else "valid_to"
            yield Fault(
                placed.at(key),
                "rule_outside_version",
                f"a rule for {span}",
                f"days within the version's own, {version}",
                f"Change {key}, or leave it out: then the version's own date holds.",
            )


def span_of_header(header: Header) -> Span:
    """The days of a version."""
    return Span(header.valid_from, header.valid_to)


def check_succession(
    rules: Sequence[Placed[D]], header: Header, keys: Callable[[D], Iterable[Hashable]], what: str
) -> Iterator[Fault]:
    """Rules for the same key that hold on one day, or leave days between them; `what` names the key in the message."""
    by_key: dict[Hashable, list[Placed[D]]] = {}
    for placed in rules:
        for key in dict.fromkeys(keys(placed.rule)):
            by_key.setdefault(key, []).append(placed)
    told: set[tuple[object, ...]] = set()
    for key, group in by_key.items():
        furthest, *rest = sorted(group, key=lambda placed: span_of(placed.rule, header).first)
        for later in rest:
            fault = _between(furthest, later, header, f"{what} {key}" if key else what)
            if fault and (fault.code, later.path) not in told:
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
