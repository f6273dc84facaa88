"""What a line meets: its form, its measures, its rates and contents, or the problems that keep it from being assessed."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from footwall.duties.asked import columns_asked
from footwall.duties.contents import name_faults
from footwall.duties.credits import CreditBook
from footwall.duties.method import ZERO
from footwall.duties.owed import Assessment
from footwall.duties.rates import Rates, rate_on
from footwall.duties.read import shown
from footwall.duties.records import DUTIABLE_ENTRIES, Line
from footwall.errors import Problem
from footwall.facts import Facts
from footwall.quantity import exact_arithmetic
from footwall.tariffs import Applicable, Measure, Schedule

Fault = tuple[str, str, str, str, str]
"""field, code, found, expected, remedy."""

AMOUNT_MAX = Decimal(10) ** 15
"""The largest amount of one duty that is assessed: beyond it 38 digits could not hold every product exactly."""
QUERY_AMOUNT_MAX = Decimal(10) ** 12
"""The largest amount that the query assesses: what may reach further is assessed one by one, and its sums are watched."""
DECIDING = frozenset(
    {"importer", "origin", "hs_code", "form", "entry_date", "export_date", "lading_date", "contract_date",
     "preference_certificate", "stage_origins"}
)  # fmt: skip
"""The fields by which a line finds its measures: where one of them cannot be read, nobody knows what else it owes to say."""
DIGITS_SHOWN = 18
"""Digits of every amount in the table of liabilities."""


@dataclass(frozen=True, slots=True)
class Key:
    """What decides which measures a line meets; many lines share one.

    `floor_on` is the day by which floor measures are found, where it is not the day of entry; `stages` are (stage, country).
    """

    importer: str
    origin: str
    hs_code: str | None
    form: str | None
    on: date
    floor_on: date | None = None
    claims: frozenset[str] = frozenset()
    stages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """The form of a key and the measures it meets. `content_factors`: share of each contained thing per share of the form's content.

    `by_contents` are those of which the form's content says nothing: only the contents that a line declares do.
    """

    form: str | None
    applicable: Applicable
    standard_content: Decimal | None
    content_factors: Mapping[str, Decimal]
    by_contents: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str | None, ...]:
        """What tells this meeting from another of the same schedule."""
        names = [
            None if measure is None else measure.measure_id
            for measure in (self.applicable.ordinary, self.applicable.floor, self.applicable.embedded)
        ]
        others = [measure.measure_id for measure in self.applicable.additional]
        without_floor = (str(self.applicable.member_origin), str(self.applicable.in_transit))
        return (self.form, *without_floor, *names, *others)


def meet(key: Key, schedule: Schedule) -> Meeting | tuple[Fault, ...]:
    """The measures that `key` meets under `schedule`, or every fault of the key."""
    words = {"importer": key.importer, "origin": key.origin} | ({"form": key.form} if key.form is not None else {})
    faults = [*unknown_words(words, schedule.facts), *_dates(key, schedule)]
    form = _form(key, schedule)
    if not isinstance(form, str | None):
        faults.append(form)
    found = form if isinstance(form, str) else None
    faults += _claim_words(key, schedule)
    if faults:
        return tuple(faults)
    origin = _floor_origin(key, found, schedule)
    if isinstance(origin, tuple):
        return (origin,)
    applicable = schedule.applicable(
        key.importer, key.origin, key.hs_code, found, key.on,
        claims=key.claims, floor_origin=origin, floor_on=key.floor_on,
    )  # fmt: skip
    refused = sorted(key.claims - applicable.claims_used - schedule.conditions.certificates)
    if refused and not applicable.conflicts:
        goods = f"{key.hs_code or found} from {key.origin}"
        return tuple(
            ("preference_certificate", "preference_not_granted", f"{claim} for {goods}", "a programme with a rate for these goods",
             "Take the claim out, or correct code or origin.")
            for claim in refused
        )  # fmt: skip
    if applicable.conflicts:
        names = ", ".join(measure.measure_id for measure in applicable.conflicts)
        return (("hs_code", "measures_conflict", names, "measures that may apply together",
                 "Mend the schedule: these may not meet one line."),)  # fmt: skip
    entry = schedule.facts.forms.get(found) if found else None
    content = entry.content if entry else None
    wanted = dict.fromkeys(measure.contained for measure in applicable.measures if measure.contained is not None)
    factors = {name: _content_factor(name, content, schedule.facts) for name in wanted}
    return Meeting(
        found,
        applicable,
        entry.standard_content if entry else None,
        {name: Decimal(1) if factor is None else factor for name, factor in factors.items()},
        tuple(name for name, factor in factors.items() if factor is None),
    )


def resolve(
    line: Line, schedule: Schedule, rates: Rates, book: CreditBook | None = None
) -> Assessment | tuple[Fault, ...]:
    """Everything that the law needs to assess `line`, or every fault that keeps it from being assessed.

    The credits that it names are those of `book`; who assesses the line enters their use there.
    """
    book = book or CreditBook()
    key = _key(line, schedule)
    if not isinstance(key, Key):
        return (key, *faults_beside(line, frozenset({key[0]}), schedule, rates, book))
    meeting = meet(key, schedule)
    if not isinstance(meeting, Meeting):
        # What is wrong beside it is told at once.
        importer = schedule.facts.countries.get(line.importer)
        beside = [
            *_line_rate(line, schedule, rates),
            *_credits(line, schedule, book),
            *_names(line, schedule),
        ]
        return (*meeting, *beside, *(_freight(line, importer.valuation) if importer is not None else ()))
    valuation = schedule.facts.countries[line.importer].valuation
    faults = [
        *_line_rate(line, schedule, rates),
        *_measure_rates(line, meeting.applicable, schedule.currency, rates),
        *_freight(line, valuation),
        *_credits(line, schedule, book),
        *_contents(line, meeting.applicable.embedded),
        *_names(line, schedule),
        *_undeclared(line, meeting),
    ]
    share = line.content if line.content is not None else meeting.standard_content
    if (
        share is None
        and len(meeting.content_factors) > len(meeting.by_contents)
        and line.entry_type in DUTIABLE_ENTRIES
    ):
        faults.append(("content", "content_missing", "nothing", "the share of its valuable content by mass",
                       f"Fill in content: {meeting.form} has no standard one."))  # fmt: skip
    limit_kg = mass_kg_max(largest_price(meeting.applicable.measures, meeting.content_factors))
    if line.entry_type in DUTIABLE_ENTRIES and line.net_mass_kg > limit_kg:
        faults.append(("net_mass_kg", "amount_too_large", f"{line.net_mass_kg} kg", f"at most {limit_kg} kg",
                       "Check the unit, or split the line."))  # fmt: skip
    if faults:
        return tuple(faults)
    with exact_arithmetic():
        shares = {name: factor * (share or ZERO) for name, factor in meeting.content_factors.items()}
    shares |= {name: (line.contents or {}).get(name, ZERO) for name in meeting.by_contents}
    assessment = Assessment(
        line=line,
        form=meeting.form,
        applicable=meeting.applicable,
        valuation=valuation,
        share=shares,
        currency=schedule.currency,
        coin=Decimal(1).scaleb(-schedule.facts.currencies[schedule.currency].minor_units),
        rates=rates,
        credits=tuple(book.credits[reference] for reference in line.credit_refs),
    )
    return tuple(_too_large(assessment, meeting)) or assessment


def faults_beside(
    line: Line, unread: AbstractSet[str], schedule: Schedule, rates: Rates, book: CreditBook
) -> tuple[Fault, ...]:
    """Every fault of a line that stands whatever is in its fields `unread`, which could not be read."""
    if not unread & DECIDING:
        found = resolve(line, schedule, rates, book)
        return tuple(fault for fault in found if fault[0] not in unread) if isinstance(found, tuple) else ()
    words = {"importer": line.importer, "origin": line.origin, "form": line.form, "currency": line.currency}
    stated = {name: word for name, word in words.items() if word is not None and name not in unread}
    faults = [*unknown_words(stated, schedule.facts)]
    key = _stated(line, line.entry_date, schedule)
    faults += [] if "entry_date" in unread else _dates(key, schedule)
    form = None if unread & {"hs_code", "form"} else _form(key, schedule)
    faults += [form] if isinstance(form, tuple) else []
    faults += _claim_words(key, schedule)
    if not unread & {"currency", "entry_date"} and line.currency in schedule.facts.currencies:
        faults += _line_rate(line, schedule, rates)
    if "importer" not in unread and line.importer in schedule.facts.countries:
        faults += _freight(line, schedule.facts.countries[line.importer].valuation)
    if not unread & {"importer", "entry_date"}:
        faults += _credits(line, schedule, book)
    return tuple(fault for fault in (*faults, *_names(line, schedule)) if fault[0] not in unread)


def _key(line: Line, schedule: Schedule) -> Key | Fault:
    """What decides which measures `line` meets, or the fault of the day that counts."""
    days = {"export": line.export_date, "lading": line.lading_date, "contract": line.contract_date}
    rule = schedule.conditions.day_rule(line.importer, line.entry_date)
    floor_on = line.entry_date if rule is None else rule.day(line.entry_date, days)
    if floor_on is None:
        name = "entry" if rule is None else rule.counts
        return (f"{name}_date", "field_missing", "nothing", f"the day of {name}, by which its floor duty is found",
                f"Fill in {name}_date as YYYY-MM-DD.")  # fmt: skip
    return _stated(line, floor_on, schedule)


def _stated(line: Line, floor_on: date, schedule: Schedule) -> Key:
    """What the line states of its key, whose floor measures are found by the day `floor_on`."""
    asked = columns_asked(schedule)
    return Key(
        line.importer,
        line.origin,
        line.hs_code,
        line.form,
        line.entry_date,
        None if floor_on == line.entry_date else floor_on,
        line.claims if "preference_certificate" in asked else frozenset(),
        tuple(sorted((line.stage_origins or {}).items())) if "stage_origins" in asked else (),
    )


def _credits(line: Line, schedule: Schedule, book: CreditBook) -> Iterator[Fault]:
    """Every credit that the line names and may not draw on."""
    country = schedule.facts.countries.get(line.importer)
    union = "" if country is None else country.union
    for reference in line.credit_refs:
        fault = book.fault(reference, line.line_id, line.importer, schedule.currency, line.entry_date, union=union)
        if fault is not None:
            yield fault


def _contents(line: Line, measure: Measure | None) -> Iterator[Fault]:
    """The contents that the line must declare, because the measure takes nothing for granted."""
    if measure is None or line.contents is not None or line.entry_type not in DUTIABLE_ENTRIES:
        return
    missing = [one.element for one in measure.elements if one.undeclared is None]
    if missing:
        yield ("contents", "contents_missing", "nothing", f"the shares of {', '.join(missing)} in the net mass",
               f'Fill in contents, like {{"{missing[0]}": "0.05"}}; what is not there is 0.')  # fmt: skip


def _names(line: Line, schedule: Schedule) -> Iterator[Fault]:
    """Every name of the line's contents that would count as nothing, where some measure goes by contents."""
    if line.contents and "contents" in columns_asked(schedule):
        yield from name_faults(line.contents, schedule)


def _undeclared(line: Line, meeting: Meeting) -> Iterator[Fault]:
    """What a measure goes by, the form's content does not tell, and the line does not declare."""
    if line.contents is None and line.entry_type in DUTIABLE_ENTRIES:
        for name in meeting.by_contents:
            yield ("contents", "content_unknown", f"{meeting.form or line.hs_code}, whose content is not {name}",
                   f"the share of {name} in the net mass", f'Fill in contents, like {{"{name}": "0.01"}}.')  # fmt: skip


def _claim_words(key: Key, schedule: Schedule) -> Iterator[Fault]:
    """Every programme that the schedule does not know, and every country of a stage that nobody knows."""
    for claim in sorted(key.claims - schedule.programmes):
        known = ", ".join(sorted(schedule.programmes))
        yield ("preference_certificate", "programme_unknown", shown(claim), f"one of {known}",
               "Write the programme, and after a colon the certificate's number.")  # fmt: skip
    for stage, country in key.stages:
        if country not in schedule.facts.countries:
            yield ("stage_origins", "country_unknown", shown(f"{stage}: {country}"), "an ISO 3166 alpha-2 code like US or CN",
                   "Correct the code.")  # fmt: skip


def _floor_origin(key: Key, form: str | None, schedule: Schedule) -> str | Fault:
    """The country by whose goods' floor measures these are met, or what the line lacks for it to be known."""
    rule = schedule.conditions.origin_rule(key.importer, form, key.on)
    if rule is None:
        return key.origin
    members = frozenset[str]() if schedule.members is None else schedule.members.members_on(key.floor_on or key.on)
    found = rule.origin(key.origin, dict(key.stages), key.claims, members)
    if isinstance(found, str):
        return found
    code, wanted = found
    if code == "stage_origin_missing":
        return ("stage_origins", code, f"nothing of where it was {wanted}", f"the country where the goods were {wanted}",
                f'Fill in stage_origins, like {{"{wanted}": "{key.origin}"}}.')  # fmt: skip
    return ("preference_certificate", code, "no claim", f"a certificate of {wanted}, by which goods count as a member's",
            f"Write {wanted}, and after a colon the certificate's number.")  # fmt: skip


def _too_large(assessment: Assessment, meeting: Meeting) -> Iterator[Fault]:
    """Whether any sum of amounts could need more digits than a liability shows, by a bound that is never too low."""
    line, dutiable = assessment.line, assessment.line.entry_type in DUTIABLE_ENTRIES
    with exact_arithmetic():
        value = (line.customs_value + (line.freight_insurance or ZERO)) * assessment.rate_from(line.currency)
        shares, amounts = Decimal(1), ZERO
        for measure in meeting.applicable.measures if dutiable else ():
            shares += (measure.ad_valorem or ZERO) + (measure.otherwise_ad_valorem or ZERO) + 1
            shares += (measure.least_ad_valorem or ZERO) + (measure.most_ad_valorem or ZERO)
            price = largest_price((measure,), meeting.content_factors)
            amounts += 2 * price * line.net_mass_kg * assessment.rate_from(measure.currency)
        limit = Decimal(10) ** DIGITS_SHOWN * assessment.coin
        if value * shares + amounts >= limit:
            name, amount = ("customs_value", value) if value * shares >= amounts else ("net_mass_kg", amounts)
            yield (name, "amount_too_large", f"amounts around {amount:.3E} {assessment.currency}",
                   f"sums below {limit:.0E} {assessment.currency}", "Check the unit, or split the line.")  # fmt: skip


def largest_price(measures: Iterable[Measure], factors: Mapping[str, Decimal]) -> Decimal:
    """The largest amount that `measures` name per kilogram of the form or of its content, each in its own currency."""
    largest = ZERO
    with exact_arithmetic():
        for measure in measures:
            factor = Decimal(1) if measure.contained is None else factors[measure.contained]
            bands = [price for band in measure.bands for price in (band.at_least, band.specific)]
            elements = [one.specific * one.recovered for one in measure.elements]
            named = [measure.specific, measure.floor, measure.ceiling, measure.parity, measure.bound_specific]
            named += [measure.least_specific, measure.most_specific]
            tolerated = measure.standard_value and measure.standard_value * (1 + (measure.tolerance or ZERO))
            known = [price for price in (*named, *bands, *elements, tolerated) if price is not None]
            largest = max([largest, *(measure.per_kilogram(price) * factor for price in known)])
    return largest


def mass_kg_max(price: Decimal, amount_max: Decimal = AMOUNT_MAX) -> Decimal:
    """The largest mass whose amount at `price` stays below `amount_max`, in whole kilograms."""
    with exact_arithmetic():
        return amount_max if price <= 1 else Decimal(int(amount_max / price))


def problems_of(faults: tuple[Fault, ...], row: int | None, source: str | None) -> tuple[Problem, ...]:
    """The faults of one line as problems of its row."""
    return tuple(
        Problem(code, found, expected, remedy, source=source, row=row, field=name)
        for name, code, found, expected, remedy in faults
    )


def unknown_words(words: Mapping[str, str], facts: Facts) -> tuple[Fault, ...]:
    """Every fault of a line's codes and names that stands whatever else the line says."""
    found: list[Fault] = [
        (name, "country_unknown", shown(words[name]), "an ISO 3166 alpha-2 code like US or CN",
         "Correct the code; Taiwan is TW, Namibia is NA.")
        for name in ("importer", "origin")
        if name in words and words[name] not in facts.countries
    ]  # fmt: skip
    if "form" in words and words["form"] not in facts.forms:
        found.append(("form", "form_unknown", shown(words["form"]), "a form of the catalogue",
                      "Correct it, or leave it out where one form alone uses the code."))  # fmt: skip
    if "currency" in words and words["currency"] not in facts.currencies:
        found.append(("currency", "currency_unknown", shown(words["currency"]), "an ISO 4217 code like USD",
                      "Correct the code."))  # fmt: skip
    return tuple(found)


def _dates(key: Key, schedule: Schedule) -> Iterator[Fault]:
    last = schedule.last_day
    if key.on < schedule.first_day or (last is not None and key.on > last):
        until = f"to {last}" if last else "on"
        yield ("entry_date", "date_outside_schedule", str(key.on), f"a day from {schedule.first_day} {until}",
               "Use the schedule of that day.")  # fmt: skip


def _form(key: Key, schedule: Schedule) -> str | Fault | None:
    facts = schedule.facts
    if key.form is not None:
        if key.form not in facts.forms:
            return None
        codes = facts.forms[key.form].hs6
        if key.hs_code is not None and codes and key.hs_code[:6] not in codes:
            return ("form", "form_contradicts_code", f"{key.form} under {key.hs_code}",
                    f"one of {', '.join(codes)} for {key.form}", "Correct the code or the form.")  # fmt: skip
        return key.form
    if key.hs_code is None:
        return None
    candidates = facts.forms_by_hs6.get(key.hs_code[:6], ())
    if not candidates and key.hs_code[:6] not in facts.hs6_codes and not schedule.names_code(key.hs_code):
        return ("hs_code", "hs_code_unknown", repr(key.hs_code), "a code of the Harmonized System of 2022",
                "Correct the code.")  # fmt: skip
    if len(candidates) == 1:
        return candidates[0]
    by_code_alone = schedule.names_code(key.hs_code) and schedule.named_forms().isdisjoint(candidates)
    if by_code_alone or not candidates:
        return None
    return ("form", "form_ambiguous", f"{key.hs_code} without a form", f"one of {', '.join(candidates)}",
            "Fill in form: several share this code.")  # fmt: skip


def _content_factor(wanted: str, content: str | None, facts: Facts) -> Decimal | None:
    if content is None:
        return None
    return Decimal(1) if wanted == content else facts.content_factors.get((content, wanted))


def _line_rate(line: Line, schedule: Schedule, rates: Rates) -> Iterator[Fault]:
    unknown = unknown_words({"currency": line.currency}, schedule.facts)
    yield from unknown
    if not unknown and rate_on(rates, line.currency, schedule.currency, line.entry_date) is None:
        yield _no_rate("currency", line.currency, schedule.currency, line.entry_date)


def _measure_rates(line: Line, applicable: Applicable, currency: str, rates: Rates) -> Iterator[Fault]:
    if line.entry_type not in DUTIABLE_ENTRIES:
        return
    for other in sorted({measure.currency for measure in applicable.measures}):
        if rate_on(rates, other, currency, line.entry_date) is None:
            yield _no_rate("entry_date", other, currency, line.entry_date)


def _no_rate(name: str, source: str, target: str, on: date) -> Fault:
    return (name, "rate_missing", f"no rate {source} → {target} on {on}", "the day's rate of exchange",
            "Add it to the rates; they are never inverted or crossed.")  # fmt: skip


def _freight(line: Line, valuation: str) -> Iterator[Fault]:
    stated = line.valuation_basis
    if stated is None or stated == valuation:
        return
    if line.freight_insurance is None:
        yield ("freight_insurance", "freight_missing", "nothing", f"freight and insurance, to bring {stated} to {valuation}",
               "Fill in freight_insurance.")  # fmt: skip
    elif valuation == "fob" and line.freight_insurance > line.customs_value:
        yield ("freight_insurance", "freight_above_value", str(line.freight_insurance),
               f"at most the cif value of {line.customs_value}", "Correct one of the two.")  # fmt: skip
