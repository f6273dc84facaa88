"""Faults of the rules by which prices are made eligible, normalised, weighed, published and governed."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import available_timezones

from footwall.quantity import plain
from footwall.rulebook.check_names import Names, check_list, unknown
from footwall.rulebook.dates import check_alone
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.faults import Fault, empty_list
from footwall.rulebook.known import Known
from footwall.rulebook.price_rules import (
    LEVELS,
    Border,
    CadenceRule,
    CessationRule,
    ConfidenceRule,
    EligibilityRule,
    GovernanceRule,
    LiquidityRule,
    PremiumRule,
    ReferenceRule,
    TermsRule,
)
from footwall.rulebook.records import Header
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
        yield from _check_bounds(reference)
    for terms in draft.of(TermsRule):
        yield from _check_falling(terms, "lots", [lot.lot_kg_min for lot in terms.rule.lots], "lot_kg_min")
    for liquidity in draft.of(LiquidityRule):
        yield from _check_liquidity(liquidity)
    for confidence in draft.of(ConfidenceRule):
        yield from _check_levels(confidence)
    for cadence in draft.of(CadenceRule):
        yield from _check_cadence(cadence, known)


def check_dates_of_price_rules(draft: Draft, header: Header) -> Iterator[Fault]:
    """Of rules that a zone may do without, each is alone on its days; it may begin and end when it likes."""
    for kind, what in _KINDS_OF_FORMS.items():
        yield from check_alone(draft.of(kind), header, lambda rule: _forms(rule.forms), what)
    yield from check_alone(
        draft.of(PremiumRule), header, lambda rule: [f"{rule.form} of {rule.grade}"], "the premium on"
    )
    yield from check_alone(draft.of(CessationRule), header, lambda rule: (rule.form,), "the end of")
    yield from check_alone(draft.of(GovernanceRule), header, lambda _: (None,), "governance")


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


def _check_bounds(placed: Placed[ReferenceRule]) -> Iterator[Fault]:
    """A tier may not promise a tighter bound than its outlier rule proves: the spread to one power more."""
    for position, tier in enumerate(placed.rule.tiers):
        if tier.bound_power is not None and tier.bound_power <= tier.spread_power:
            yield Fault(
                (*placed.at("tiers", position), "bound_power"),
                "bound_not_proven",
                str(tier.bound_power),
                f"at least {tier.spread_power + 1}, one more than spread_power",
                "Publish no tighter bound than the outlier rule proves.",
            )


def _check_falling(
    placed: Placed[TermsRule] | Placed[LiquidityRule], key: str, values: Sequence[object], name: str
) -> Iterator[Fault]:
    for position, (before, here) in enumerate(pairwise(values), start=1):
        if not here < before:  # type: ignore[operator]
            yield Fault(
                (*placed.at(key, position), name),
                "bands_unordered",
                f"{here} after {before}",
                "the highest first, each lower than the one before it",
                "Put the bands in order: the first that is reached counts.",
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
            f"a last band from {last.parties_min} parties and {plain(last.mass_kg_min)} kg on",
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
        if here_band.parties_min > before_band.parties_min or here_band.mass_kg_min > before_band.mass_kg_min:
            yield Fault(
                placed.at("bands", position),
                "bands_unordered",
                f"{here_band.parties_min} parties and {plain(here_band.mass_kg_min)} kg "
                f"after {before_band.parties_min} and {plain(before_band.mass_kg_min)} kg",
                "the most liquid first",
                "Put the bands in order: the first that is reached counts.",
            )


def _check_levels(placed: Placed[ConfidenceRule]) -> Iterator[Fault]:
    levels = [level.level for level in placed.rule.levels]
    if not levels:
        yield empty_list(placed.at("levels"), "a level")
    for position, (before, here) in enumerate(pairwise(levels), start=1):
        if LEVELS.index(here) <= LEVELS.index(before):
            yield Fault(
                placed.at("levels", position, "level"),
                "levels_unordered",
                f"{written(here)} after {written(before)}",
                f"each once, in the order {', '.join(LEVELS[:-1])}",
                "Put the levels in order: the first whose conditions hold counts.",
            )


def _check_cadence(placed: Placed[CadenceRule], known: Known) -> Iterator[Fault]:
    rule = placed.rule
    if rule.calendars:
        countries = Names(known.countries, "country_unknown", "a country of the facts, by its ISO 3166 alpha-2 code")
        yield from check_list(placed, "calendars", rule.calendars, countries)
    if rule.timezone not in available_timezones():
        zones = Names(
            available_timezones(), "timezone_unknown", 'a time zone of the IANA database, such as "Europe/London"'
        )
        yield unknown(placed.at("timezone"), rule.timezone, zones)


def check_consultation(header: Header) -> Iterator[Fault]:
    """Days of consultation that are half stated, reversed, or not over when the version begins."""
    first, last = header.consulted_from, header.consulted_to
    if first is None and last is None:
        return
    if first is None or last is None or last < first or last >= header.valid_from:
        yield Fault(
            ("rulebook", "consulted_to" if last else "consulted_from"),
            "consultation_days",
            f"open to comment from {first or 'no day'} to {last or 'no day'}",
            f"a first and a last day, in order, before {header.valid_from}",
            "Correct consulted_from and consulted_to, or leave both out.",
        )
