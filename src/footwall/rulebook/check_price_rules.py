"""Faults of the rules by which prices are made eligible, normalised, weighed, published and governed."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import available_timezones

from footwall.quantity import plain
from footwall.rulebook.check_names import Names, check_list, unknown
from footwall.rulebook.check_prices import TIERS, over_limit
from footwall.rulebook.dates import check_alone, span_of
from footwall.rulebook.defaults import method_defaults
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.faults import Fault, KeyPath, empty_list
from footwall.rulebook.holiday_calendars import is_calendar
from footwall.rulebook.known import Known
from footwall.rulebook.price_rules import (
    LEVELS,
    Border,
    CadenceRule,
    CessationRule,
    ConfidenceLevel,
    ConfidenceRule,
    EligibilityRule,
    GovernanceRule,
    LiquidityBand,
    LiquidityRule,
    PremiumRule,
    ReferenceRule,
    TermsRule,
    TierRule,
)
from footwall.rulebook.records import Header, ParityRule
from footwall.rulebook.shape import written

_OfForms: TypeAlias = EligibilityRule | TermsRule | LiquidityRule | ConfidenceRule | CadenceRule


_KINDS_OF_FORMS: Final[Mapping[type[_OfForms], str]] = MappingProxyType(
    {
        EligibilityRule: "what counts for",
        TermsRule: "the terms of",
        LiquidityRule: "the liquidity of",
        ConfidenceRule: "the confidence in",
        CadenceRule: "the publication of",
    }
)
"""Rules of prices that are for forms, and what each of them rules."""


def check_price_rules(draft: Draft, known: Known) -> Iterator[Fault]:
    """The faults of each of these rules taken by itself, names included."""
    limits = method_defaults().limits
    yield from _check_forms(draft, known)
    for border in draft.of(Border):
        if border.rule.freight_per_t_km and not border.rule.base_port_code:
            yield Fault(
                border.at("freight_per_t_km"),
                "base_port_code_missing",
                "freight by the kilometre to a port without a code",
                "base_port_code, by which the facts know distances",
                'Add base_port_code, such as "NLRTM".',
            )
    for reference in draft.of(ReferenceRule):
        yield from _check_bounds(reference.at("tiers"), reference.rule.tiers)
    for parity in draft.of(ParityRule):
        yield from _check_bounds(parity.at("least"), parity.rule.least)
    for terms in draft.of(TermsRule):
        yield from over_limit(terms.at("payment_days"), terms.rule.payment_days, limits.days_max)
        yield from _check_lots(terms)
    for liquidity in draft.of(LiquidityRule):
        yield from _check_liquidity(liquidity)
    for confidence in draft.of(ConfidenceRule):
        yield from _check_levels(confidence)
    for cadence in draft.of(CadenceRule):
        yield from _check_cadence(cadence, known)
    for governance in draft.of(GovernanceRule):
        days = governance.rule.consultation_days_min
        yield from over_limit(governance.at("consultation_days_min"), days, limits.days_max)


def check_dates_of_price_rules(draft: Draft, header: Header) -> Iterator[Fault]:
    """Of rules that a zone may do without, each is alone on its days; it may begin and end when it likes."""
    for kind, what in _KINDS_OF_FORMS.items():
        yield from check_alone(draft.of(kind), header, lambda rule: _forms(rule.forms), what)
    yield from check_alone(
        draft.of(PremiumRule), header, lambda rule: [f"{rule.form} of {rule.grade}"], "the premium on"
    )
    yield from check_alone(draft.of(CessationRule), header, lambda rule: (rule.form,), "the end of")
    yield from check_alone(draft.of(GovernanceRule), header, lambda _: (None,), "governance")
    yield from _check_successors(draft, header)


def _forms(forms: tuple[str, ...] | str) -> tuple[str, ...]:
    return (forms,) if isinstance(forms, str) else forms


def _check_forms(draft: Draft, known: Known) -> Iterator[Fault]:
    forms = Names(known.forms.keys(), "form_unknown", "a form of the facts")
    countries = Names(known.countries, "country_unknown", "a country of the facts, by its ISO 3166 alpha-2 code")
    for kind in _KINDS_OF_FORMS:
        for rule in draft.of(kind):
            if not isinstance(rule.rule.forms, str):
                yield from check_list(rule, "forms", rule.rule.forms, forms)
    for eligibility in draft.of(EligibilityRule):
        if eligibility.rule.origins_excluded:
            yield from check_list(eligibility, "origins_excluded", eligibility.rule.origins_excluded, countries)
    for premium in draft.of(PremiumRule):
        if premium.rule.form not in known.forms:
            yield unknown(premium.at("form"), premium.rule.form, forms)
    for cessation in draft.of(CessationRule):
        yield from _check_cessation(cessation, forms)


def _check_cessation(placed: Placed[CessationRule], forms: Names) -> Iterator[Fault]:
    rule = placed.rule
    for key, name in (("form", rule.form), ("successor", rule.successor)):
        if name and name not in forms.known:
            yield unknown(placed.at(key), name, forms)
    if rule.successor == rule.form:
        found, expected = f"{written(rule.form)} after itself", "another form, or none"
        yield Fault(placed.at("successor"), "successor_is_itself", found, expected, "Name its successor.")


def _check_bounds(path: KeyPath, tiers: Sequence[TierRule]) -> Iterator[Fault]:
    """A tier may not promise a tighter bound than its outlier rule proves: the spread to one power more."""
    for position, tier in enumerate(tiers):
        if tier.bound_power is not None and tier.bound_power <= tier.spread_power:
            yield Fault(
                (*path, position, "bound_power"),
                "bound_not_proven",
                str(tier.bound_power),
                f"at least {tier.spread_power + 1}, one more than spread_power",
                "Publish no tighter bound than the outlier rule proves.",
            )


def _check_successors(draft: Draft, header: Header) -> Iterator[Fault]:
    """A successor must have a price of its own: chains could end nowhere, or where they began."""
    ended = draft.of(CessationRule)
    for placed in ended:
        days = span_of(placed.rule, header)
        for other in ended:
            if other.rule.form == placed.rule.successor != placed.rule.form and days.overlaps(
                span_of(other.rule, header)
            ):
                yield Fault(
                    placed.at("successor"),
                    "successor_ended",
                    f"{written(placed.rule.successor)}, which has ended too in {span_of(other.rule, header)}",
                    "a form that has a price of its own on each day of this rule",
                    "Name the form whose price goes on.",
                )
                break


def _check_lots(placed: Placed[TermsRule]) -> Iterator[Fault]:
    lots = [lot.lot_kg_min for lot in placed.rule.lots]
    for position, (before, here) in enumerate(pairwise(lots), start=1):
        if here >= before:
            yield Fault(
                placed.at("lots", position, "lot_kg_min"),
                "bands_unordered",
                f"{plain(here)} kg after {plain(before)} kg",
                "the largest first, each smaller than the one before it",
                "Put the lots in order: the first that is reached counts.",
            )


def _check_liquidity(placed: Placed[LiquidityRule]) -> Iterator[Fault]:
    bands = placed.rule.bands
    if not bands:
        yield empty_list(placed.at("bands"), "a band")
    elif bands[-1].parties_min > 1 or bands[-1].mass_kg_min > 0:
        last = bands[-1]
        yield Fault(
            placed.at("bands", len(bands) - 1),
            "bands_incomplete",
            f"a last band from {_asked(last)} on",
            "a last band that any market reaches, from 1 party and 0 kg on",
            "Add one, with the share of the market's weight that the thinnest market keeps.",
        )
    shares = [band.share for band in bands]
    for position, (before, here) in enumerate(pairwise(shares), start=1):
        if not here < before:
            yield Fault(
                placed.at("bands", position, "share"),
                "weight_not_falling",
                f"{plain(here)} after {plain(before)}",
                "less than the share of the band before it",
                "Let the market's weight fall with its liquidity.",
            )
    for position, (before_band, here_band) in enumerate(pairwise(bands), start=1):
        if not _asks_less(here_band, before_band):
            yield Fault(
                placed.at("bands", position),
                "bands_unordered",
                f"{_asked(here_band)} after {_asked(before_band)}",
                "the most liquid first, each asking for less than the one before it",
                "Put the bands in order: the first that is reached counts.",
            )


def _asked(band: LiquidityBand) -> str:
    return f"{band.parties_min} {'party' if band.parties_min == 1 else 'parties'} and {plain(band.mass_kg_min)} kg"


def _asks_less(here: LiquidityBand, before: LiquidityBand) -> bool:
    """Whether something reaches this band and not the one before it, and nothing the one before and not this."""
    if here.parties_min > before.parties_min or here.mass_kg_min > before.mass_kg_min:
        return False
    return here.parties_min < before.parties_min or here.mass_kg_min < before.mass_kg_min


def _check_levels(placed: Placed[ConfidenceRule]) -> Iterator[Fault]:
    levels = placed.rule.levels
    if not levels:
        yield empty_list(placed.at("levels"), "a level")
    tiers = Names(TIERS, "value_not_allowed", "a tier")
    for position, level in enumerate(levels):
        path = placed.at("levels", position)
        yield from check_list(Placed(path, level), "tiers", level.tiers, tiers)
        yield from over_limit((*path, "age_days_max"), level.age_days_max, method_defaults().limits.days_max)
    for position, (before, here) in enumerate(pairwise(levels), start=1):
        if LEVELS.index(here.level) <= LEVELS.index(before.level):
            yield Fault(
                placed.at("levels", position, "level"),
                "levels_unordered",
                f"{written(here.level)} after {written(before.level)}",
                f"each once, in the order {', '.join(LEVELS[:-1])}",
                "Put the levels in order: the first whose conditions hold counts.",
            )
        else:
            for key in _stricter(here, before):
                yield Fault(
                    placed.at("levels", position, key),
                    "levels_crossed",
                    f"{_told(here, key)} for {here.level} and {_told(before, key)} for {before.level}",
                    f"no condition of {before.level} that is easier than that of {here.level}",
                    f"Loosen {key} here, or tighten it there.",
                )


def _stricter(lower: ConfidenceLevel, higher: ConfidenceLevel) -> Iterator[str]:
    """The conditions of the lower level that are stricter than those of the higher one."""
    if not set(higher.tiers) <= set(lower.tiers):
        yield "tiers"
    if lower.parties_min > higher.parties_min:
        yield "parties_min"
    if lower.spread_max < higher.spread_max:
        yield "spread_max"
    if lower.age_days_max < higher.age_days_max:
        yield "age_days_max"
    if higher.assumed and not lower.assumed:
        yield "assumed"


def _told(level: ConfidenceLevel, key: str) -> str:
    return f"{key} {written(getattr(level, key))}"


def _check_cadence(placed: Placed[CadenceRule], known: Known) -> Iterator[Fault]:
    rule = placed.rule
    if rule.calendars:
        yield from _check_calendars(placed, known)
    names = available_timezones()
    if rule.timezone not in names:
        zones = Names(names, "timezone_unknown", 'a time zone of the IANA database, such as "Europe/London"')
        yield unknown(placed.at("timezone"), rule.timezone, zones)
    for key in ("embargo_minutes", "late_minutes"):
        yield from over_limit(placed.at(key), getattr(rule, key), method_defaults().limits.minutes_max)


def _check_calendars(placed: Placed[CadenceRule], known: Known) -> Iterator[Fault]:
    stated = placed.rule.calendars
    of_countries = {name for name in stated if name.partition("-")[0] in known.countries}
    what = "a country of the facts, by its ISO 3166 alpha-2 code, or a part of one, by its ISO 3166-2 code"
    yield from check_list(placed, "calendars", stated, Names(known.countries | of_countries, "country_unknown", what))
    for position, name in enumerate(stated):
        if name in of_countries and not is_calendar(name):
            yield Fault(
                placed.at("calendars", position),
                "calendar_unknown",
                written(name),
                'a country, or a part of one, whose public holidays are known, such as "GB-ENG"',
                "Name another calendar.",
            )


def check_consultation(header: Header) -> Iterator[Fault]:
    """Days of consultation that are half stated, reversed, or not over when the version begins."""
    first, last = header.consulted_from, header.consulted_to
    if consultation_days(header) is None:
        yield Fault(
            ("rulebook", "consulted_to" if last else "consulted_from"),
            "consultation_days",
            f"open to comment from {first or 'no day'} to {last or 'no day'}",
            f"a first and a last day, in order, before {header.valid_from}",
            "Correct consulted_from and consulted_to, or leave both out.",
        )


def consultation_days(header: Header) -> int | None:
    """For how many days the draft of a version was open to comment, both ends counted; None where the dates cannot be."""
    first, last = header.consulted_from, header.consulted_to
    if first is None and last is None:
        return 0
    if first is None or last is None or not first <= last < header.valid_from:
        return None
    return (last - first).days + 1
