"""Contradictions in the rules of suspensions, days, origin and contained goods."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from footwall.rulebook.border_rules import BoundRule, CountingDayRule, EmbeddedRule, OriginProofRule, SuspensionRule
from footwall.rulebook.check_names import Names, check_list, unknown
from footwall.rulebook.check_prices import over_limit
from footwall.rulebook.dates import check_alone, span_of
from footwall.rulebook.defaults import method_defaults
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.faults import Fault
from footwall.rulebook.known import Known
from footwall.rulebook.records import FloorRule, Header, OriginGroup, TariffRule
from footwall.rulebook.shape import written


def check_border_rules(draft: Draft, known: Known) -> Iterator[Fault]:
    """The faults of each of these rules by itself and among each other."""
    yield from _check_importers(draft, known)
    forms = Names(known.forms.keys(), "form_unknown", "a form of the facts")
    for bound in draft.of(BoundRule):
        yield from check_list(bound, "forms", bound.rule.forms, forms)
        yield from _check_bound(bound)
    for suspension in draft.of(SuspensionRule):
        yield from check_list(suspension, "forms", suspension.rule.forms, forms)
        yield from _check_suspended(suspension, draft, known)
    for day in draft.of(CountingDayRule):
        yield from _check_day(day)
    for origin in draft.of(OriginProofRule):
        if origin.rule.forms:
            yield from check_list(origin, "forms", origin.rule.forms, forms)
        yield from _check_origin(origin, known)
    for embedded in draft.of(EmbeddedRule):
        yield from _check_embedded(embedded, draft, known, forms)


def check_dates_of_border_rules(draft: Draft, header: Header) -> Iterator[Fault]:
    """Two rules that would hold for the same goods, or the same importer, on one day."""
    yield from check_alone(draft.of(SuspensionRule), header, lambda rule: rule.forms, "the suspension of")
    yield from check_alone(
        draft.of(BoundRule),
        header,
        lambda rule: [f"{form} on entry to {one} ({rule.basis})" for form in rule.forms for one in rule.importers],
        "the bound rate of",
    )
    yield from check_alone(draft.of(CountingDayRule), header, lambda rule: _words(rule.importers), "the day that counts for")  # fmt: skip
    yield from check_alone(
        draft.of(OriginProofRule),
        header,
        lambda rule: [f"{form} on entry to {one}" for form in rule.forms or ("all",) for one in _words(rule.importers)],
        "what shows the origin of",
    )
    yield from check_alone(
        draft.of(EmbeddedRule),
        header,
        lambda rule: [f"{goods} from {rule.group}" for goods in (*rule.forms, *rule.hs_codes)],
        "what is embedded in",
    )
    yield from _check_all_beside(draft, header)


def _words(stated: tuple[str, ...] | str) -> tuple[str, ...]:
    return (stated,) if isinstance(stated, str) else stated


def _check_all_beside(draft: Draft, header: Header) -> Iterator[Fault]:
    """A rule for all importers, or all forms, beside one that names some: neither goes before the other."""
    yield from _beside_each_other(draft.of(CountingDayRule), header)
    yield from _beside_each_other(draft.of(OriginProofRule), header)


def _beside_each_other(
    rules: Sequence[Placed[CountingDayRule] | Placed[OriginProofRule]], header: Header
) -> Iterator[Fault]:
    for place, later in enumerate(rules):
        for earlier in rules[:place]:
            if not span_of(earlier.rule, header).overlaps(span_of(later.rule, header)):
                continue
            one, other = _scope(earlier.rule), _scope(later.rule)
            if one != other and all(not a or not b or set(a) & set(b) for a, b in zip(one, other, strict=True)):
                yield Fault(
                    later.path,
                    "conditions_overlap",
                    "two rules for one importer, form and day",
                    "one rule for each",
                    "Narrow one of them, or end it.",
                )


def _scope(rule: CountingDayRule | OriginProofRule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Its importers and forms; empty for all."""
    importers = () if isinstance(rule.importers, str) else rule.importers
    return importers, rule.forms if isinstance(rule, OriginProofRule) else ()


def _check_importers(draft: Draft, known: Known) -> Iterator[Fault]:
    members = Names(known.members, "importer_not_member", "a member of the zone")
    stated = [(placed, placed.rule.importers) for placed in draft.of(SuspensionRule)]
    days = [(placed, placed.rule.importers) for placed in draft.of(CountingDayRule)]
    origins = [(placed, placed.rule.importers) for placed in draft.of(OriginProofRule)]
    bounds = [(placed, placed.rule.importers) for placed in draft.of(BoundRule)]
    for placed, importers in (*stated, *days, *origins, *bounds):
        if not isinstance(importers, str):
            yield from check_list(placed, "importers", importers, members)


def _check_bound(placed: Placed[BoundRule]) -> Iterator[Fault]:
    rule = placed.rule
    yield from over_limit(
        placed.at("ad_valorem"), rule.ad_valorem or Decimal(0), method_defaults().limits.ad_valorem_max
    )
    if rule.ad_valorem is None and rule.specific is None:
        found, expected = "neither ad_valorem nor specific", "the rate that is bound"
        yield Fault(
            placed.path, "bound_without_rate", found, expected, "State it. A rate that nobody knows has no rule."
        )


def _check_suspended(placed: Placed[SuspensionRule], draft: Draft, known: Known) -> Iterator[Fault]:
    floored = {floor.rule.form for floor in draft.of(FloorRule)}
    for position, form in enumerate(placed.rule.forms if draft.whole("floor") else ()):
        if form in known.forms and form not in floored:
            yield Fault(
                placed.at("forms", position),
                "suspension_without_floor",
                f"{written(form)}, which has no floor",
                "a form that has a floor",
                "Take it out, or add its floor.",
            )


def _check_day(placed: Placed[CountingDayRule]) -> Iterator[Fault]:
    rule = placed.rule
    yield from over_limit(placed.at("transit_days"), rule.transit_days, method_defaults().limits.days_max)
    if rule.transit_days and (rule.counts != "entry" or rule.transit_counts == "entry"):
        yield Fault(
            placed.at("transit_days"),
            "transit_malformed",
            f"a grace beside the day of {rule.counts}, told by that of {rule.transit_counts}",
            "a grace only where the day of entry counts, told by another day",
            "Take the grace out, or correct the days.",
        )


def _check_origin(placed: Placed[OriginProofRule], known: Known) -> Iterator[Fault]:
    rule = placed.rule
    countries = Names(known.countries, "country_unknown", "a country of the facts, by its ISO 3166 alpha-2 code")
    if rule.unproven_as and rule.unproven_as not in known.countries:
        yield unknown(placed.at("unproven_as"), rule.unproven_as, countries)
    for key, missing, lacks in (
        ("unproven_as", bool(rule.unproven_as) and not rule.certificate, "certificate"),
        ("cumulation", rule.cumulation and not rule.stages, "stages"),
        ("legal_basis", not (rule.stages or rule.certificate), "stages or certificate"),
    ):
        if missing:
            yield Fault(
                placed.at(key),
                "condition_incomplete",
                f"no {lacks}",
                "what goods must show",
                f"State {lacks}, or take it out.",
            )


def _check_embedded(placed: Placed[EmbeddedRule], draft: Draft, known: Known, forms: Names) -> Iterator[Fault]:
    rule = placed.rule
    if bool(rule.forms) == bool(rule.hs_codes):
        found = "both forms and hs_codes" if rule.forms else "neither forms nor hs_codes"
        yield Fault(placed.path, "goods_unclear", found, "one of the two", "Name forms, or tariff codes.")
    if rule.forms:
        yield from check_list(placed, "forms", rule.forms, forms)
    groups = {group.rule.group for group in draft.of(OriginGroup)}
    if draft.whole("origin_group") and rule.group not in groups:
        yield unknown(
            placed.at("group"), rule.group, Names(groups, "group_unknown", "an origin group of this rulebook")
        )
    if not rule.elements:
        yield Fault(
            placed.at("elements"), "list_empty", "an empty list", "at least one entry", "Name what is contained."
        )
    for position, one in enumerate(rule.elements):
        if one.form not in known.forms:
            yield unknown(placed.at("elements", position, "form"), one.form, forms)
        elif draft.whole("tariff") and not _is_notified(one.form, rule.group, draft, known):
            yield Fault(
                placed.at("elements", position, "form"),
                "embedded_needs_notified",
                f"{written(one.form)}, on which no rate is notified for {rule.group}",
                "a form with a notified tariff for the group, stated as a specific rate",
                "Rule its tariff as notified, or take the element out.",
            )
        if one.element in [other.element for other in rule.elements[:position]]:
            found = f"{written(one.element)} twice"
            yield Fault(placed.at("elements", position), "entry_repeated", found, "each entry once", "Take out one.")
    taken = [one.undeclared for one in rule.elements if one.undeclared is not None]
    if taken and sum(taken) > 1:
        yield Fault(
            placed.at("elements"),
            "shares_above_whole",
            f"undeclared shares that sum to {sum(taken)}",
            "at most 1",
            "Goods hold no more than themselves.",
        )


def _is_notified(form: str, group: str, draft: Draft, known: Known) -> bool:
    """Whether some rule notifies a specific rate on the form, by its name or its stage."""
    return any(
        placed.rule.method == "notified"
        and placed.rule.rate_as == "specific"
        and placed.rule.group == group
        and (form in placed.rule.forms or known.stages.get(form) in placed.rule.stages)
        for placed in draft.of(TariffRule)
    )
