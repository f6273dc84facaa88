"""What a rulebook leaves without a rule that it needs: floors, and what they are set and held by."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from footwall.rulebook.dates import Span, span_of, uncovered
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.faults import Fault
from footwall.rulebook.known import Known
from footwall.rulebook.parts import DatedRule
from footwall.rulebook.price_rules import Border, ExchangeRule, ReferenceRule
from footwall.rulebook.records import MEMBERS_GROUP, FloorRule, Header, OriginGroup, ParityRule, TariffRule
from footwall.rulebook.shape import written

_FORMS_NAMED_MAX: Final = 3


def check_complete(draft: Draft, header: Header, known: Known, troubled: Collection[str]) -> Iterator[Fault]:
    """Floors without a reference, parity, border or tariff; tariffs without a floor; tiers without least data or used twice.

    Says nothing of sections in `troubled` (their dates are at fault) or with parts left out: what seems missing there
    may only be misspelt.
    """

    def sound(*sections: str) -> bool:
        return draft.whole(*sections) and not set(sections) & set(troubled)

    for section, rules in _ruled_every_day(draft).items():
        if sound(section):
            yield from _check_every_day(section, rules, header)
    floors_from = draft.walk.floors_from if draft.walk else None
    for floor in draft.of(FloorRule):
        span = _days_of_floor(floor.rule, header, floors_from)
        if span is not None and floor.rule.form in known.forms:
            yield from _check_floor(floor, span, draft, header, sound=sound, known=known)
    for tariff in draft.of(TariffRule) if sound("floor") else ():
        yield from _check_floors_of(tariff, draft, header, known)
    if sound("reference", "parity"):
        yield from _check_unit_values(draft, header, known)
        yield from _check_least(draft, header, known)


def _check_floor(
    floor: Placed[FloorRule],
    span: Span,
    draft: Draft,
    header: Header,
    *,
    sound: Callable[..., bool],
    known: Known,
) -> Iterator[Fault]:
    if sound("reference"):
        yield from _check_section(floor, span, draft.of(ReferenceRule), header, "reference")
    if sound("parity"):
        yield from _check_section(floor, span, draft.of(ParityRule), header, "parity")
    if sound("tariff", "origin_group"):
        yield from _check_tariffs_of(floor, span, draft, header, known)


def _ruled_every_day(draft: Draft) -> Mapping[str, Sequence[Placed[DatedRule]]]:
    """The sections that must hold a rule on each day of the version, whatever else it rules."""
    return {"border": draft.of(Border), "exchange": draft.of(ExchangeRule)}


def _check_every_day(section: str, rules: Sequence[Placed[DatedRule]], header: Header) -> Iterator[Fault]:
    if uncovered(Span(header.valid_from, header.valid_to), _spans(rules, header)):
        found, expected = f"a day without a rule of [[{section}]]", "one for each day of the version"
        yield Fault((section,), f"{section}_missing", found, expected, f"Add a section [[{section}]].")


def _spans(rules: Iterable[Placed[DatedRule]], header: Header) -> list[Span]:
    return [span_of(placed.rule, header) for placed in rules]


def _days_of_floor(rule: FloorRule, header: Header, floors_from: date | None) -> Span | None:
    """The days on which the floor can apply; None where there is none."""
    span = span_of(rule, header)
    first = max(span.first, floors_from or span.first)
    return None if span.last and span.last < first else Span(first, span.last)


S = TypeVar("S", ReferenceRule, ParityRule)


def _check_section(
    floor: Placed[FloorRule], span: Span, rules: Sequence[Placed[S]], header: Header, section: str
) -> Iterator[Fault]:
    """A floor rests on a reference rule and is held against a parity rule on each of its days."""
    form = floor.rule.form
    mine = [placed for placed in rules if placed.rule.forms == "all" or form in placed.rule.forms]
    missing = uncovered(span, _spans(mine, header))
    if missing:
        yield Fault(
            floor.at("form"),
            f"floor_without_{section}",
            f"no {section} rule for {form} on {missing}",
            f"one {section} rule on each day of its floor",
            f'Name {form} in a section [[{section}]], or add one for "all".',
        )


def _check_tariffs_of(
    floor: Placed[FloorRule], span: Span, draft: Draft, header: Header, known: Known
) -> Iterator[Fault]:
    """A floor is held at the border against each origin group, as long as that group stands; an internal one among members."""
    form = floor.rule.form
    tariffs = [
        placed
        for placed in draft.of(TariffRule)
        if form in placed.rule.forms or known.stages.get(form) in placed.rule.stages
    ]
    if floor.rule.mode == "internal":
        among = _spans([placed for placed in tariffs if placed.rule.group == MEMBERS_GROUP], header)
        yield from _unheld(floor, MEMBERS_GROUP, uncovered(span, among))
    groups = {placed.rule.group for placed in draft.of(OriginGroup)}
    if any(placed.rule.group not in {*groups, MEMBERS_GROUP} for placed in tariffs):
        return
    for group in sorted(groups):
        held = _spans([placed for placed in tariffs if placed.rule.group == group], header)
        for placed in draft.of(OriginGroup):
            days = _common(span, span_of(placed.rule, header)) if placed.rule.group == group else None
            missing = uncovered(days, held) if days else None
            if missing:
                yield from _unheld(floor, group, missing)
                break


def _unheld(floor: Placed[FloorRule], group: str, missing: date | None) -> Iterator[Fault]:
    if missing:
        yield Fault(
            floor.at("form"),
            "floor_without_tariff",
            f"no tariff rule on {floor.rule.form} from {group} on {missing}",
            "a tariff rule for each origin group on each day of the floor",
            f"Name {floor.rule.form} in a section [[tariff]] for the group {group}.",
        )


def _common(one: Span, other: Span) -> Span | None:
    if not one.overlaps(other):
        return None
    lasts = [span.last for span in (one, other) if span.last]
    return Span(max(one.first, other.first), min(lasts) if lasts else None)


def _check_floors_of(tariff: Placed[TariffRule], draft: Draft, header: Header, known: Known) -> Iterator[Fault]:
    """A tariff holds a floor; where there is none it would mean nothing."""
    span = span_of(tariff.rule, header)
    for position, form in enumerate(tariff.rule.forms):
        floors = _spans([placed for placed in draft.of(FloorRule) if placed.rule.form == form], header)
        if form in known.forms and not any(span.overlaps(floor) for floor in floors):
            yield Fault(
                tariff.at("forms", position),
                "tariff_without_floor",
                f"a tariff on {form}, which has no floor in {span}",
                "a floor rule for each form of a tariff",
                f"Add a section [[floor]] for {form}, or take it out here.",
            )
    for position, stage in enumerate(tariff.rule.stages):
        floored = [placed for placed in draft.of(FloorRule) if known.stages.get(placed.rule.form) == stage]
        if not any(span.overlaps(floor) for floor in _spans(floored, header)):
            yield Fault(
                tariff.at("stages", position),
                "tariff_without_floor",
                f"a tariff on the stage {stage}, of which no form has a floor in {span}",
                "a floor rule for some form of the stage",
                "Add a section [[floor]], or take the stage out here.",
            )
    internal = [
        placed
        for placed in draft.of(FloorRule)
        if placed.rule.mode == "internal"
        and (placed.rule.form in tariff.rule.forms or known.stages.get(placed.rule.form) in tariff.rule.stages)
    ]
    if tariff.rule.group == MEMBERS_GROUP and not any(span.overlaps(one) for one in _spans(internal, header)):
        yield Fault(
            tariff.at("group"),
            "levy_without_internal_floor",
            "members' goods under external floors",
            "an internal floor among the forms of the rule",
            'Write mode = "internal" in the floor, or take the rule out.',
        )


def _check_unit_values(draft: Draft, header: Header, known: Known) -> Iterator[Fault]:
    """Customs unit values set the reference of a form, or its parity, but never both on one day."""
    for parity in draft.of(ParityRule):
        if "unit_values" not in parity.rule.tiers:
            continue
        twice = [
            form
            for form in sorted(known.forms)
            if any("unit_values" in _tiers(reference) for reference in _beside(form, parity, draft, header))
        ]
        if twice:
            yield Fault(
                parity.at("tiers", parity.rule.tiers.index("unit_values")),
                "unit_values_twice",
                f"unit values for reference and parity of {_some(twice)}",
                "unit values in one of the two",
                f"Take {written('unit_values')} out here or out of the reference rule.",
            )


def _check_least(draft: Draft, header: Header, known: Known) -> Iterator[Fault]:
    """The least data of each tier of a parity stand in the form's reference rule or, where that has no such tier, in its own."""
    for parity in draft.of(ParityRule):
        stated = {tier.tier for tier in parity.rule.least}
        for position, tier in enumerate(parity.rule.tiers):
            lacking = [
                form
                for form in sorted(known.forms)
                if tier not in stated
                and any(tier not in _tiers(reference) for reference in _beside(form, parity, draft, header))
            ]
            if lacking:
                yield Fault(
                    parity.at("tiers", position),
                    "tier_without_least",
                    f"{written(tier)} for the parity of {_some(lacking)}, without its least data",
                    "a tier of their reference rule, or its least data here",
                    f"Add least = [{{ tier = {written(tier)}, … }}], or take the tier out.",
                )


def _some(forms: Sequence[str]) -> str:
    """The first of them by name, and how many more there are."""
    more = f" and {len(forms) - _FORMS_NAMED_MAX} more" if len(forms) > _FORMS_NAMED_MAX else ""
    return f"{', '.join(forms[:_FORMS_NAMED_MAX])}{more}"


def _tiers(reference: ReferenceRule) -> frozenset[str]:
    return frozenset(tier.tier for tier in reference.tiers)


def _beside(form: str, parity: Placed[ParityRule], draft: Draft, header: Header) -> Iterator[ReferenceRule]:
    """The reference rules of `form` on the days on which `parity` governs it."""
    spans = _spans((*draft.of(ParityRule), *draft.of(ReferenceRule)), header)
    days = {span.first for span in spans} | {after for span in spans if (after := span.day_after())}
    for day in sorted(days):
        reference = _governing(form, day, draft.of(ReferenceRule), header)
        if reference and _governing(form, day, draft.of(ParityRule), header) is parity.rule:
            yield reference


def _governing(form: str, day: date, rules: Sequence[Placed[S]], header: Header) -> S | None:
    """The rule for `form` on `day`: one that names it, else the one for `all`."""
    on = [placed.rule for placed in rules if day in span_of(placed.rule, header)]
    named = [rule for rule in on if rule.forms != "all" and form in rule.forms]
    return next(iter(named or [rule for rule in on if rule.forms == "all"]), None)
