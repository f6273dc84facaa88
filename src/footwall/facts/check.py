"""Do the tables agree with each other? Every id resolves, every date is ordered, every share is one.

Whether the chains close and balance is asked in `footwall.facts.chains`, whether duties are what they say in
`footwall.facts.check_duties`, whether ports and the distances between them can be in `footwall.facts.check_ports`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from footwall.errors import Problem
from footwall.facts.catalogue import Facts, unreadable_tables
from footwall.facts.chains import chain_problems
from footwall.facts.check_duties import duty_problems, form_line_problems, treatment_problems
from footwall.facts.check_ports import port_problems, sea_distance_problems
from footwall.facts.findings import At
from footwall.quantity import exact_arithmetic, kilograms_per


def check_facts(facts: Facts) -> tuple[Problem, ...]:
    """Every way in which the tables of `facts` do not hold together; empty where they do.

    Where a table cannot be read at all, only that is told: the rest would be noise.
    """
    unreadable = unreadable_tables(facts)
    if unreadable:
        return unreadable
    with exact_arithmetic():
        return tuple(problem for check in _CHECKS for problem in check(facts))


_ANY = "1E+15"  # a figure above this is a slip of the unit, whatever it counts


def _forms(facts: Facts) -> Iterator[Problem]:
    for row, form in enumerate(facts.forms.values(), start=1):
        at = At("forms.csv", row)
        yield from at.unresolved("mineral", form.mineral, facts.minerals, "minerals.csv")
        for code in form.hs6:
            yield from at.unresolved("hs6", code, facts.hs6_codes, "hs6_codes.csv")
        if not form.hs6:
            yield at.problem(
                "facts_empty", "hs6", "no code", "at least one HS 2022 code", "Add the code it is traded by."
            )
        yield from at.outside("standard_content", form.standard_content, "0.000001", "1")
    with_form = {form.mineral for form in facts.forms.values()}
    for row, mineral in enumerate(facts.minerals, start=1):
        if mineral not in with_form:
            yield At("minerals.csv", row).problem(
                "facts_no_form", "mineral", mineral, "at least one form of it", "Add a row to forms.csv."
            )


def _splits(facts: Facts) -> Iterator[Problem]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row, split in enumerate(facts.code_splits, start=1):
        at = At("code_splits.csv", row)
        yield from at.unresolved("form", split.form, facts.forms, "forms.csv")
        yield from at.unresolved("hs6", split.hs6, facts.hs6_codes, "hs6_codes.csv")
        if split.form in facts.forms and split.hs6 not in facts.forms[split.form].hs6:
            yield at.problem(
                "facts_split_code",
                "hs6",
                split.hs6,
                f"a code of {split.form}",
                "Add the code to the form, or drop the row.",
            )
        yield from at.outside("value_share", split.value_share, "0", "1")
        sums[split.hs6] += split.value_share
        if sums[split.hs6] > 1:
            yield at.problem(
                "facts_split_sum",
                "value_share",
                f"{sums[split.hs6]} in all",
                "1 at most",
                "Lower a share of this code.",
            )


def _countries(facts: Facts) -> Iterator[Problem]:
    for row, country in enumerate(facts.countries.values(), start=1):
        at = At("countries.csv", row)
        if country.currency:
            yield from at.unresolved("currency", country.currency, facts.currencies, "currencies.csv")
        if country.union:
            yield from at.unresolved("union", country.union, facts.countries, "countries.csv")
    for row, tax in enumerate(facts.value_added_tax, start=1):
        at = At("value_added_tax.csv", row)
        yield from at.unresolved("country", tax.country, facts.countries, "countries.csv")
        yield from at.outside("rate", tax.rate, "0", "1")
        yield from at.reversed("valid_to", tax.valid_from, tax.valid_to)


def _money(facts: Facts) -> Iterator[Problem]:
    for row, rate in enumerate(facts.exchange_rates, start=1):
        at = At("exchange_rates.csv", row)
        yield from at.unresolved("from_currency", rate.from_currency, facts.currencies, "currencies.csv")
        yield from at.unresolved("to_currency", rate.to_currency, facts.currencies, "currencies.csv")
        yield from at.outside("rate", rate.rate, "1E-9", _ANY)
        if rate.month.day != 1:
            yield at.problem(
                "facts_dates", "month", str(rate.month), "the first of a month", "Write the month's first day."
            )
    for row, daily in enumerate(facts.daily_rates, start=1):
        at = At("daily_exchange_rates.csv", row)
        yield from at.unresolved("from_currency", daily.from_currency, facts.currencies, "currencies.csv")
        yield from at.unresolved("to_currency", daily.to_currency, facts.currencies, "currencies.csv")
        yield from at.outside("rate", daily.rate, "1E-9", _ANY)
    for row, index in enumerate(facts.price_index, start=1):
        yield from At("price_index.csv", row).outside("value", index.value, "1E-9", _ANY)


def _observations(facts: Facts) -> Iterator[Problem]:
    levels = {"", *(index.index for index in facts.price_index)}
    masses = {unit for unit in {observation.unit for observation in facts.observations} if _is_mass(unit)}
    for row, seen in enumerate(facts.observations, start=1):
        at = At("observations.csv", row)
        yield from at.unresolved("form", seen.form, facts.forms, "forms.csv")
        yield from at.unresolved("country", seen.country, {"", *facts.countries}, "countries.csv")
        yield from at.unresolved("currency", seen.currency, facts.currencies, "currencies.csv")
        yield from at.unresolved("deflator", seen.deflator, levels, "price_index.csv")
        yield from at.outside("low", seen.low, "1E-9", _ANY)
        yield from at.outside("high", seen.high, str(seen.low), _ANY)
        yield from at.outside("mass_kg", seen.mass_kg, "1E-9", _ANY)
        yield from at.reversed("observed_to", seen.observed_from, seen.observed_to)
        yield from at.reversed("published_at", seen.observed_to, seen.published_at)
        if seen.unit not in masses:
            yield at.problem("facts_unit", "unit", repr(seen.unit), "a unit of mass", "Write kg, t, lb, mtu, troy_oz …")


def _is_mass(unit: str) -> bool:
    try:
        return kilograms_per(unit) > 0
    except ValueError:
        return False


def _trade(facts: Facts) -> Iterator[Problem]:
    for row, flow in enumerate(facts.trade, start=1):
        at = At("trade.csv", row)
        yield from at.unresolved("hs6", flow.hs6, facts.hs6_codes, "hs6_codes.csv")
        yield from at.unresolved("exporter", flow.exporter, facts.countries, "countries.csv")
        yield from at.unresolved("importer", flow.importer, facts.countries, "countries.csv")
        yield from at.outside("value_usd", flow.value_usd, "0", _ANY)
        yield from at.outside("tonnes", flow.tonnes, "0", _ANY)
    for row, margin in enumerate(facts.trade_margins, start=1):
        at = At("trade_margins.csv", row)
        yield from at.unresolved("hs6", margin.hs6, facts.hs6_codes, "hs6_codes.csv")
        yield from at.unresolved("country", margin.country, facts.countries, "countries.csv")
        yield from at.outside("value_usd", margin.value_usd, "0", _ANY)
    for row, total in enumerate(facts.trade_totals, start=1):
        at = At("trade_totals.csv", row)
        yield from at.unresolved("hs6", total.hs6, facts.hs6_codes, "hs6_codes.csv")
        yield from at.outside("flows_value_usd", total.flows_value_usd, "0", str(total.world_value_usd))


def _production(facts: Facts) -> Iterator[Problem]:
    for row, made in enumerate(facts.production, start=1):
        at = At("production.csv", row)
        yield from at.unresolved("mineral", made.mineral, facts.minerals, "minerals.csv")
        yield from at.unresolved("form", made.form, facts.forms, "forms.csv")
        yield from at.unresolved("country", made.country, {"", *facts.countries}, "countries.csv")
        yield from at.outside("tonnes", made.tonnes, "0", _ANY)
        form = facts.forms.get(made.form)
        if form is not None and (made.mineral, made.stage) != (form.mineral, form.stage):
            yield at.problem(
                "facts_stage",
                "stage",
                f"{made.mineral}, {made.stage}",
                f"{form.mineral}, {form.stage}, as {form.form} has in forms.csv",
                "Let the two tables agree.",
            )


def _members(facts: Facts) -> Iterator[Problem]:
    last: dict[str, date] = {}
    by_start = sorted(enumerate(facts.memberships, start=1), key=lambda item: item[1].valid_from)
    for row, membership in by_start:
        at = At("members.csv", row)
        yield from at.unresolved("party", membership.party, facts.countries, "countries.csv")
        yield from at.reversed("valid_to", membership.valid_from, membership.valid_to)
        if membership.party in last and membership.valid_from <= last[membership.party]:
            yield at.problem(
                "facts_dates",
                "valid_from",
                str(membership.valid_from),
                f"a day after {last[membership.party]}, when its earlier membership ends",
                "Let the two rows not overlap.",
            )
        last[membership.party] = membership.valid_to or date.max


_CHECKS: tuple[Callable[[Facts], Iterator[Problem]], ...] = (
    _forms,
    _splits,
    _countries,
    _money,
    _observations,
    _trade,
    _production,
    duty_problems,
    form_line_problems,
    treatment_problems,
    _members,
    port_problems,
    sea_distance_problems,
    chain_problems,
)
