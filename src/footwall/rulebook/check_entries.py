"""Faults of the rules of an entry's life and of interest."""

from collections.abc import Iterator
from itertools import pairwise

from footwall.rulebook.check_names import Names, check_list, unknown
from footwall.rulebook.check_prices import over_limit
from footwall.rulebook.dates import check_alone
from footwall.rulebook.defaults import method_defaults
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.entry_rules import EntriesRule, InterestRule, Period
from footwall.rulebook.faults import Fault, empty_list
from footwall.rulebook.known import Known
from footwall.rulebook.records import Header

_PERIODS = ("liquidation", "extension", "protest", "appeal", "correction", "warehouse", "temporary")
_DAYS = ("deposit_days", "bill_days", "grace_days", "ruling_grace_days_max")

_BORNE_BY = {"bill": "bills", "refund": "refunds", "late": "late payments"}
_BEGINS = {"bill": ("entry", "deposit"), "refund": ("entry", "deposit"), "late": ("issue", "due")}


def check_entry_rules(draft: Draft, known: Known) -> Iterator[Fault]:
    """Names that are unknown, periods that make no sense, rates out of order."""
    members = Names(known.members, "importer_not_member", "a member of the zone")
    currencies = Names(known.currencies, "currency_unknown", "a currency of the facts")
    for entries in draft.of(EntriesRule):
        yield from check_list(entries, "importers", entries.rule.importers, members)
        if entries.rule.currency not in known.currencies:
            yield unknown(entries.at("currency"), entries.rule.currency, currencies)
        yield from _check_periods(entries)
    for interest in draft.of(InterestRule):
        yield from check_list(interest, "importers", interest.rule.importers, members)
        yield from _check_rates(interest)
        yield from _check_late(interest)


def check_dates_of_entry_rules(draft: Draft, header: Header) -> Iterator[Fault]:
    """One rule for an importer on a day; a zone may do without any."""
    yield from check_alone(draft.of(EntriesRule), header, lambda rule: rule.importers, "the entries of")
    yield from check_alone(
        draft.of(InterestRule),
        header,
        lambda rule: [f"{_BORNE_BY[rule.on]} of {importer}" for importer in rule.importers],
        "the interest on",
    )


def _check_periods(placed: Placed[EntriesRule]) -> Iterator[Fault]:
    rule, limits = placed.rule, method_defaults().limits
    for name in _DAYS:
        yield from over_limit(placed.at(name), getattr(rule, name), limits.days_max)
    for name in _PERIODS:
        period: Period = getattr(rule, name)
        for part, most in (("years", limits.months_max), ("months", limits.months_max), ("days", limits.days_max)):
            yield from over_limit((*placed.at(name), part), getattr(period, part), most)
    if _length(rule.extension) < _length(rule.liquidation):
        yield Fault(
            placed.at("extension"),
            "extension_shorter",
            f"{rule.extension} for an entry that is extended, {rule.liquidation} for one that is not",
            "at least as long as liquidation",
            "Write the whole time from entry, not what is added; the same as liquidation where nothing may be extended.",
        )


def _length(period: Period) -> tuple[int, int]:
    """For comparing: months come before days."""
    return period.years * 12 + period.months, period.days


def _check_rates(placed: Placed[InterestRule]) -> Iterator[Fault]:
    rates, limits = placed.rule.rates, method_defaults().limits
    if not rates:
        yield empty_list(placed.at("rates"), "a rate with its first day")
    for position, one in enumerate(rates):
        yield from over_limit((*placed.at("rates", position), "rate"), one.rate, limits.ad_valorem_max)
    for position, (earlier, later) in enumerate(pairwise(rates), start=1):
        if later.since <= earlier.since:
            yield Fault(
                (*placed.at("rates", position), "since"),
                "rates_unordered",
                f"{later.since} after {earlier.since}",
                "each rate to begin after the one before it",
                "Put them in the order of their days, one for each day.",
            )


def _check_late(placed: Placed[InterestRule]) -> Iterator[Fault]:
    """Days that are of bills and refunds, or of what is paid late, and never of the other."""
    rule = placed.rule
    may = _BEGINS[rule.on]
    if rule.begins not in may:
        remedy = "What is paid late bears interest from the bill or from its last day, all else from before the bill."
        yield Fault(
            placed.at("begins"), "interest_begins", f"{rule.begins} on {_BORNE_BY[rule.on]}", " or ".join(may), remedy
        )
    if rule.on != "late":
        for name, unused in (("of", rule.of == "duty"), ("period_days", not rule.period_days)):
            if not unused:
                remedy = "Take it out: a bill or a refund bears interest on its duty, for each day."
                yield Fault(placed.at(name), "interest_of_late", f"{name} on {_BORNE_BY[rule.on]}", "nothing", remedy)
    yield from over_limit(placed.at("period_days"), rule.period_days, method_defaults().limits.days_max)
