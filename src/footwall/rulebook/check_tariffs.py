"""Contradictions in the rules of origins and tariffs."""

from collections.abc import Iterator
from itertools import combinations

from footwall.quantity import plain
from footwall.rulebook.check_methods import check_method
from footwall.rulebook.check_prices import over_limit
from footwall.rulebook.dates import span_of
from footwall.rulebook.defaults import method_defaults
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.faults import Fault
from footwall.rulebook.records import Header, OriginGroup, TariffRule
from footwall.rulebook.shape import written


def check_tariffs(draft: Draft) -> Iterator[Fault]:
    """The faults of origin groups among each other, and of each tariff rule taken by itself."""
    if draft.header:
        yield from _check_origins(draft, draft.header)
    for tariff in draft.of(TariffRule):
        yield from check_method(tariff)
        yield from _check_counts(tariff)
        yield from _check_adjustment(tariff)


def _check_origins(draft: Draft, header: Header) -> Iterator[Fault]:
    for earlier, later in combinations(draft.of(OriginGroup), 2):
        same_days = span_of(earlier.rule, header).overlaps(span_of(later.rule, header))
        if same_days and earlier.rule.group != later.rule.group:
            yield from _check_pair(earlier.rule, later)


def _check_pair(earlier: OriginGroup, later: Placed[OriginGroup]) -> Iterator[Fault]:
    theirs, ours = earlier.origins, later.rule.origins
    if isinstance(theirs, str) and isinstance(ours, str):
        yield Fault(
            later.at("origins"),
            "non_members_repeated",
            f'"non-members" in {later.rule.group} and in {earlier.group}',
            "one group for all other origins",
            "Name the origins of one of the two.",
        )
        return
    if isinstance(theirs, str) or isinstance(ours, str):
        return
    for position, origin in enumerate(ours):
        if origin in theirs:
            yield Fault(
                later.at("origins", position),
                "origin_in_two_groups",
                f"{written(origin)} in {later.rule.group} and in {earlier.group}",
                "each origin in one group on a day",
                "Take it out of one of the two.",
            )


def _check_counts(placed: Placed[TariffRule]) -> Iterator[Fault]:
    rule = placed.rule
    for position, counted in enumerate(rule.counts):
        if counted in rule.counts[:position]:
            path = placed.at("counts", position)
            yield Fault(
                path, "entry_repeated", f"{written(counted)} twice", "each entry once", "Take out one of the two."
            )


def _check_adjustment(placed: Placed[TariffRule]) -> Iterator[Fault]:
    """What adjusts a notified rate means nothing for a duty that each line's own price decides."""
    rule, limits = placed.rule, method_defaults().limits
    yield from over_limit(placed.at("notice_days"), rule.notice_days, limits.days_max)
    if rule.guard:
        path = placed.at("guard", "raised_share")
        yield from over_limit(path, rule.guard.raised_share, limits.ad_valorem_max)
    if rule.method == "notified":
        if rule.deadband_share >= rule.step_share_max:
            yield Fault(
                placed.at("deadband_share"),
                "deadband_reaches_step",
                f"a deadband of {plain(rule.deadband_share)} and a step of at most {plain(rule.step_share_max)}",
                "a step larger than the deadband",
                "Lower deadband_share or raise step_share_max.",
            )
        return
    options = {"shipment": (rule.shipment != "none", '"none"'), "guard": (rule.guard is not None, "no guard")}
    options["opening"] = (rule.opening != "by_steps", "no opening")
    options["deadband_share"] = (rule.deadband_share != 0, "0")
    options["step_share_max"] = (rule.step_share_max != 0, "0")
    for key, (stated, expected) in options.items():
        if stated:
            value = getattr(rule, key)
            yield Fault(
                placed.at(key),
                "option_needs_notified",
                f"{key} {'as a table' if key == 'guard' else written(value)} with method {written(rule.method)}",
                f"{expected}, for each line's own price decides this duty",
                f"Take out {key}." if key in {"guard", "opening", "shipment"} else f"Write {key} = 0.",
            )
