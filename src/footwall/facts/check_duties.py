"""Do the ordinary duties hold together: figures with their wording, programs with the countries they stand for?"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from footwall.errors import Problem
from footwall.facts.catalogue import Facts
from footwall.facts.findings import At
from footwall.facts.rates import OrdinaryRate, parse_rate
from footwall.facts.records import OrdinaryDuty, TariffTreatment

_DUTIES = "ordinary_duties.csv"
_FORM_LINES = "form_lines.csv"
_TREATMENTS = "tariff_treatments.csv"


def duty_problems(facts: Facts) -> Iterator[Problem]:
    """What is wrong with the ordinary duties, row by row."""
    symbols = {(row.importer, row.treatment) for row in facts.tariff_treatments}
    for row, duty in enumerate(facts.ordinary_duties, start=1):
        at = At(_DUTIES, row)
        yield from at.unresolved("importer", duty.importer, facts.countries, "countries.csv")
        yield from at.unresolved("hs_code", duty.hs_code[:6], facts.hs6_codes, "hs6_codes.csv")
        yield from at.unresolved("currency", duty.currency, facts.currencies, "currencies.csv")
        yield from at.outside("ad_valorem", duty.ad_valorem, "0", "5")
        yield from at.outside("specific", duty.specific, "0", "1E+15")
        yield from _wording(at, duty)
        own = {symbol for importer, symbol in symbols if importer == duty.importer}
        for symbol in duty.special_programs:
            yield from at.unresolved("special_programs", symbol, own, _TREATMENTS)
        yield from _no_use(at, duty)
        yield from at.reversed("valid_to", duty.valid_from, duty.valid_to)


def form_line_problems(facts: Facts) -> Iterator[Problem]:
    """What is wrong with the lines of forms: each is a line of the importer's tariff, under a code of the form."""
    lines = {(duty.importer, duty.hs_code) for duty in facts.ordinary_duties}
    for row, entered in enumerate(facts.form_lines, start=1):
        at = At(_FORM_LINES, row)
        yield from at.unresolved("form", entered.form, facts.forms, "forms.csv")
        yield from at.unresolved("importer", entered.importer, facts.countries, "countries.csv")
        if (entered.importer, entered.hs_code) not in lines:
            yield at.problem(
                "facts_unresolved",
                "hs_code",
                repr(entered.hs_code),
                f"a line of {entered.importer} in {_DUTIES}",
                f"Correct it, or add it to {_DUTIES}.",
            )
        if entered.form in facts.forms and entered.hs_code[:6] not in facts.forms[entered.form].hs6:
            yield at.problem(
                "facts_form_line",
                "hs_code",
                entered.hs_code,
                f"a line under a code of {entered.form}",
                "Add the code to the form, or drop the row.",
            )


def treatment_problems(facts: Facts) -> Iterator[Problem]:
    """What is wrong with the countries of the treatments, row by row."""
    last: dict[tuple[str, str, str], date] = {}
    by_start = sorted(enumerate(facts.tariff_treatments, start=1), key=lambda item: item[1].valid_from)
    for row, treatment in by_start:
        at = At(_TREATMENTS, row)
        yield from at.unresolved("importer", treatment.importer, facts.countries, "countries.csv")
        yield from at.unresolved("country", treatment.country, {"", *facts.countries}, "countries.csv")
        yield from at.reversed("valid_to", treatment.valid_from, treatment.valid_to)
        if treatment.treatment in {"", "general"}:
            yield at.problem(
                "facts_treatment",
                "treatment",
                repr(treatment.treatment),
                "column_2, or the symbol of a program",
                "Drop the row: whoever is not named is treated as all others.",
            )
        key = (treatment.importer, treatment.treatment, treatment.country)
        if key in last and treatment.valid_from <= last[key]:
            yield at.problem(
                "facts_dates",
                "valid_from",
                str(treatment.valid_from),
                f"a day after {last[key]}, when its earlier treatment ends",
                "Let the two rows not overlap.",
            )
        last[key] = max(last.get(key, date.min), treatment.valid_to or date.max)
    yield from _parts_of_unions(facts)


def _wording(at: At, duty: OrdinaryDuty) -> Iterator[Problem]:
    """The figures of a duty are what its wording says, or unknown where the wording is of a kind that nobody reads here."""
    if len(duty.hs_code) != 8 or not duty.hs_code.isdecimal():
        yield at.problem(
            "facts_code", "hs_code", repr(duty.hs_code), "eight digits", "Write the tariff line without points."
        )
    stated = parse_rate(duty.rate_text) or OrdinaryRate(None, None, "")
    found = OrdinaryRate(duty.ad_valorem, duty.specific, duty.contained)
    if found != stated:
        yield at.problem(
            "facts_rate",
            "rate_text",
            str(found),
            f"{stated}, as {duty.rate_text!r} says",
            "Correct the figures, or the wording.",
        )


def _no_use(at: At, duty: OrdinaryDuty) -> Iterator[Problem]:
    """Programs stand on a general rate: column 2 knows none."""
    if duty.special_programs and duty.treatment != "general":
        yield at.problem(
            "facts_treatment",
            "special_programs",
            " ".join(duty.special_programs),
            f"no program on a rate of {duty.treatment}",
            "Name the programs on the general row of the line.",
        )


def _parts_of_unions(facts: Facts) -> Iterator[Problem]:
    """A customs union is treated as one: it is listed with all its states, on the same days, or not at all."""
    union_of = {code: country.union for code, country in facts.countries.items() if country.union}
    wholes = {union: {union, *facts.union_members(union)} for union in union_of.values()}
    listed: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    for treatment in facts.tariff_treatments:
        listed[_period(treatment)].add(treatment.country)
    for row, treatment in enumerate(facts.tariff_treatments, start=1):
        union = union_of.get(treatment.country, treatment.country)
        missing = wholes.get(union, set()) - listed[_period(treatment)]
        if missing:
            yield At(_TREATMENTS, row).problem(
                "facts_union",
                "country",
                treatment.country,
                f"{union} and all its states, on the same days",
                f"Add a row for {', '.join(sorted(missing))}.",
            )


def _period(treatment: TariffTreatment) -> tuple[object, ...]:
    return treatment.importer, treatment.treatment, treatment.valid_from, treatment.valid_to
