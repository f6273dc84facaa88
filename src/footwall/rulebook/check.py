"""What a rulebook may not say although its shape is right: the faults of one version, all of them."""

from collections.abc import Iterator
from dataclasses import replace

from footwall.months import month_end
from footwall.rulebook.check_border import check_border_rules, check_dates_of_border_rules
from footwall.rulebook.check_entries import check_dates_of_entry_rules, check_entry_rules
from footwall.rulebook.check_names import Names, check_list, unknown
from footwall.rulebook.check_price_rules import check_consultation, check_dates_of_price_rules, check_price_rules
from footwall.rulebook.check_prices import check_prices
from footwall.rulebook.check_tariffs import check_tariffs
from footwall.rulebook.complete import check_complete
from footwall.rulebook.dates import Span, check_dates, check_succession
from footwall.rulebook.draft import Draft, Placed
from footwall.rulebook.faults import Fault
from footwall.rulebook.known import Known
from footwall.rulebook.price_rules import (
    Border,
    ExchangeRule,
    ReferenceRule,
)
from footwall.rulebook.records import (
    MEMBERS_GROUP,
    UNIT_CURRENCY,
    FloorRule,
    Header,
    OrdinaryRule,
    OriginGroup,
    ParityRule,
    TariffRule,
    Walk,
)
from footwall.rulebook.shape import written


def check_draft(draft: Draft, known: Known) -> list[Fault]:
    """Every fault of one version beyond its shape; of a draft with parts left out, every fault that it shows for certain."""
    faults = [*_check_header(draft.header, known)] if draft.header else []
    walk_faults = [*_check_walk(draft.walk)] if draft.walk else []
    sound = replace(
        draft,
        header=None if draft.header and _reversed(draft.header) else draft.header,
        walk=None if walk_faults else draft.walk,
    ).begun()
    faults += [
        *walk_faults,
        *_check_names(sound, known),
        *check_prices(sound, known),
        *check_price_rules(sound, known),
        *check_tariffs(sound),
        *check_entry_rules(sound, known),
        *check_border_rules(sound, known),
    ]
    if sound.header:
        dated = list(_check_all_dates(sound, sound.header))
        troubled = {str(fault.path[0]) for fault in dated}
        faults += [*dated, *check_complete(sound, sound.header, known, troubled)]
    return faults


def _reversed(header: Header) -> bool:
    return header.valid_to is not None and header.valid_to < header.valid_from


def _check_header(header: Header, known: Known) -> Iterator[Fault]:
    path = ("rulebook", "currency")
    if header.currency not in known.currencies:
        names = Names(known.currencies, "currency_unknown", "a currency of the facts")
        yield unknown(path, header.currency, names)
    elif header.currency != UNIT_CURRENCY:
        yield Fault(
            path,
            "currency_not_of_units",
            written(header.currency),
            f'"{UNIT_CURRENCY}", the currency of every unit in a rulebook',
            f'Write currency = "{UNIT_CURRENCY}".',
        )
    if _reversed(header):
        yield Fault(
            ("rulebook", "valid_to"),
            "dates_reversed",
            f"{header.valid_to} as the last day",
            f"a day not before the first, {header.valid_from}",
            "Correct valid_from or valid_to.",
        )
    yield from check_consultation(header)


def _check_walk(walk: Walk) -> Iterator[Fault]:
    for name, day in (("first", walk.first), ("through", walk.through)):
        if day != month_end(day):
            yield Fault(
                ("walk", name),
                "walk_not_month_end",
                str(day),
                "the last day of a month, as the cadence says",
                f"Write {name} = {month_end(day)}.",
            )
    if walk.through < walk.first:
        yield Fault(
            ("walk", "through"),
            "walk_reversed",
            f"{walk.through} as the last walked day",
            f"a day not before the first, {walk.first}",
            "Correct first or through.",
        )
    elif walk.floors_from not in Span(walk.first, walk.through):
        yield Fault(
            ("walk", "floors_from"),
            "floors_outside_walk",
            str(walk.floors_from),
            f"a day from {walk.first} to {walk.through}",
            "Correct floors_from, or walk the days on which floors apply.",
        )


def _check_all_dates(draft: Draft, header: Header) -> Iterator[Fault]:
    yield from check_dates(draft.dated, header)
    yield from check_succession(draft.of(Border), header, lambda _: (None,), "the border")
    yield from check_succession(draft.of(ExchangeRule), header, lambda _: (None,), "the rate of exchange")
    yield from check_succession(draft.of(OriginGroup), header, lambda rule: (rule.group,), "the origin group")
    yield from check_succession(
        draft.of(ReferenceRule), header, lambda rule: _forms(rule.forms), "the reference price of"
    )
    yield from check_succession(draft.of(FloorRule), header, lambda rule: (rule.form,), "the floor of")
    yield from check_succession(draft.of(ParityRule), header, lambda rule: _forms(rule.forms), "the parity of")
    yield from check_succession(draft.of(TariffRule), header, _goods, "the tariff on")
    yield from check_succession(draft.of(OrdinaryRule), header, lambda rule: rule.importers, "the ordinary duties of")
    yield from check_dates_of_price_rules(draft, header)
    yield from check_dates_of_entry_rules(draft, header)
    yield from check_dates_of_border_rules(draft, header)


def _goods(rule: TariffRule) -> list[str]:
    goods = (*rule.forms, *(f"the stage {stage}" for stage in rule.stages))
    return [f"{one} from {rule.group}" for one in goods]


def _forms(forms: tuple[str, ...] | str) -> tuple[str, ...]:
    return (forms,) if isinstance(forms, str) else forms


def _check_names(draft: Draft, known: Known) -> Iterator[Fault]:
    forms = Names(known.forms.keys(), "form_unknown", "a form of the facts")
    for floor in draft.of(FloorRule):
        if floor.rule.form not in known.forms:
            yield unknown(floor.at("form"), floor.rule.form, forms)
    for tariff in draft.of(TariffRule):
        yield from _check_goods(tariff, known, forms)
    for section in (draft.of(ReferenceRule), draft.of(ParityRule)):
        for placed in section:
            if not isinstance(placed.rule.forms, str):
                yield from check_list(placed, "forms", placed.rule.forms, forms)
    for ordinary in draft.of(OrdinaryRule):
        members = Names(known.members, "importer_not_member", "a member of the zone")
        yield from check_list(ordinary, "importers", ordinary.rule.importers, members)
    yield from _check_groups(draft, known)


def _check_goods(tariff: Placed[TariffRule], known: Known, forms: Names) -> Iterator[Fault]:
    """The forms of a tariff rule, or its stages."""
    if not tariff.rule.stages:
        yield from check_list(tariff, "forms", tariff.rule.forms, forms)
        return
    stages = Names(frozenset(known.stages.values()), "stage_unknown", "a stage of the forms of the facts")
    yield from check_list(tariff, "stages", tariff.rule.stages, stages)
    if tariff.rule.forms:
        found, expected = "both forms and stages", "one of the two: a rule for a form goes before that for its stage"
        yield Fault(tariff.at("stages"), "goods_unclear", found, expected, "Make two rules of it.")


def _check_groups(draft: Draft, known: Known) -> Iterator[Fault]:
    countries = Names(known.countries, "country_unknown", "a country of the facts, by its ISO 3166 alpha-2 code")
    for group in draft.of(OriginGroup):
        if group.rule.group == MEMBERS_GROUP:
            found, expected = written(MEMBERS_GROUP), "another name: the members themselves go by it"
            yield Fault(group.at("group"), "group_reserved", found, expected, "Rename the group.")
        if not isinstance(group.rule.origins, str):
            yield from check_list(group, "origins", group.rule.origins, countries)
    groups = {placed.rule.group for placed in draft.of(OriginGroup)}
    names = Names(groups, "group_unknown", "an origin group of this rulebook")
    for tariff in draft.of(TariffRule):
        if draft.whole("origin_group") and tariff.rule.group not in {*groups, MEMBERS_GROUP}:
            yield unknown(tariff.at("group"), tariff.rule.group, names)
