"""Each kind of wrong schedule, its message to the letter, and the nearest right one that is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from footwall.errors import ScheduleError
from footwall.facts import Facts, shipped_facts
from footwall.tariffs import Measure, Schedule

FIRST = date(2025, 1, 1)
FLOOR: Mapping[str, Any] = {"measure_id": "m", "role": "floor", "form": "ndpr-oxide", "importers": ["US"], "origins": ["CN"],
                            "method": "top_up", "floor": "110", "currency": "USD", "valid_from": FIRST}  # fmt: skip
RATE: Mapping[str, Any] = {"measure_id": "o", "role": "ordinary", "form": "ndpr-oxide", "importers": ["US"],
                           "origins": ["CN"], "method": "ad_valorem", "ad_valorem": "0.037", "valid_from": FIRST}  # fmt: skip
EXTRA = {**RATE, "measure_id": "x", "role": "additional", "ad_valorem": "0.25", "legal_basis": "Section 301"}
NOTIFIED = {**FLOOR, "method": "notified", "specific": "40"}
BANDED = {**FLOOR, "method": "banded", "floor": None, "bands": [(60, 0), (50, 5), (0, 20)]}
GRADUATED = {**FLOOR, "method": "graduated"}
MINIMUM = {**FLOOR, "method": "minimum_price", "otherwise_ad_valorem": "0.2"}
EMBEDDED = {"measure_id": "e", "role": "embedded", "form": "ndfeb-magnet", "importers": ["US"], "origins": ["CN"],
            "method": "embedded", "elements": [("Nd", 12, "0.9", "0.3")], "currency": "USD", "valid_from": FIRST}  # fmt: skip
CODES = {**FLOOR, "form": None, "hs_codes": ["284690"]}


@dataclass(frozen=True)
class Kind:
    """One kind: a wrong list of measures, the whole message, and a right list that differs in one thing."""

    code: str
    wrong: tuple[Mapping[str, Any], ...]
    message: str
    right: tuple[Mapping[str, Any], ...]
    more: Mapping[str, Any]
    more_right: Mapping[str, Any]


def kind(code: str, wrong: Any, message: str, right: Any, *, more: Mapping[str, Any] | None = None,
         more_right: Mapping[str, Any] | None = None) -> Any:  # fmt: skip
    listed = (wrong,) if isinstance(wrong, Mapping) else tuple(wrong)
    good = (right,) if isinstance(right, Mapping) else tuple(right)
    first = more if more is not None else {"currency": "USD"}
    return pytest.param(Kind(code, listed, message, good, first, first if more_right is None else more_right), id=code)


KINDS: list[Any] = [
    kind("schedule_empty", (),
         'schedule: found no measures; expected at least one measure. Give the measures in force. [schedule_empty]',
         FLOOR),
    kind("measure_repeated", (FLOOR, {**FLOOR, "origins": ["RU"]}),
         'measure m, measure_id: found 2 measures named m; expected an id of its own for each. Rename all but one. [measure_repeated]',
         (FLOOR, {**FLOOR, "measure_id": "n", "origins": ["RU"]})),
    kind("measure_ids_alike", (FLOOR, {**FLOOR, "measure_id": "M", "origins": ["RU"]}),
         'measure M, measure_id: found M beside m; expected names that differ in more than capitals. Rename one of the two. [measure_ids_alike]',
         (FLOOR, {**FLOOR, "measure_id": "M2", "origins": ["RU"]})),
    kind("measure_stated_twice", (EXTRA, {**EXTRA, "measure_id": "y"}),
         'measure y, measure_id: found the same duty as x; expected each additional duty once. Leave one out: a line would owe both. [measure_stated_twice]',
         (EXTRA, {**EXTRA, "measure_id": "y", "legal_basis": "Section 232"})),
    kind("measure_id_missing", {**FLOOR, "measure_id": " "},
         "measure ' ', measure_id: found no id; expected an id. Name the measure. [measure_id_missing]",
         {**FLOOR, "measure_id": "-"}),
    kind("measure_id_malformed", {**FLOOR, "measure_id": "floor oxide"},
         "measure floor oxide, measure_id: found 'floor oxide'; expected one word of printable letters. Write hyphens for blanks: lists of measures are parted by blanks. [measure_id_malformed]",
         {**FLOOR, "measure_id": "floor-oxide"}),
    kind("measure_id_too_long", {**FLOOR, "measure_id": "m" * 201},
         "measure 'mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm', measure_id: found 201 characters; expected at most 200. Give it a shorter name. [measure_id_too_long]",
         {**FLOOR, "measure_id": "m" * 200}),
    kind("text_malformed", {**FLOOR, "legal_basis": "Article 1\x1b[2J"},
         "measure m, legal_basis: found 'Article 1\\x1b[2J'; expected printable characters on one line. Remove line breaks and control characters. [text_malformed]",
         {**FLOOR, "legal_basis": "Article 1 [2J"}),
    kind("text_too_long", {**FLOOR, "legal_basis": "a" * 1001},
         'measure m, legal_basis: found 1,001 characters; expected at most 1,000. Shorten it: an article is named, not quoted. [text_too_long]',
         {**FLOOR, "legal_basis": "a" * 1000}),
    kind("role_unknown", {**FLOOR, "role": "levy"},
         "measure m, role: found 'levy'; expected one of ordinary, additional, floor, embedded. Use one of these words. [role_unknown]",
         {**FLOOR, "role": "floor"}),
    kind("method_unknown", {**FLOOR, "method": "topup"},
         "measure m, method: found 'topup'; expected one of ad_valorem, specific, top_up, notified, banded, graduated, minimum_price, embedded. Use one of these words. [method_unknown]",
         {**FLOOR, "method": "top_up"}),
    kind("method_for_other_role", {**FLOOR, "role": "additional"},
         'measure m, method: found top_up with role additional; expected a floor method for a floor, embedded for what goods contain, ad_valorem or specific for any other duty. Change the role or the method. [method_for_other_role]',
         {**EXTRA, "role": "additional"}),
    kind("option_of_other_method", {**FLOOR, "shipment": "max"},
         "measure m, shipment: found shipment with method top_up; expected only the method's own options. Remove it, or change the method. [option_of_other_method]",
         {**NOTIFIED, "shipment": "max"}),
    kind("cap_unknown", {**FLOOR, "cap": "bound"},
         "measure m, cap: found 'bound'; expected one of none, mfn_bound, preferential_bound. Use one of these words. [cap_unknown]",
         {**FLOOR, "cap": "mfn_bound"}),
    kind("shipment_unknown", {**NOTIFIED, "shipment": "least"},
         "measure m, shipment: found 'least'; expected one of none, max, lesser. Use one of these words. [shipment_unknown]",
         {**NOTIFIED, "shipment": "lesser"}),
    kind("rounding_mode_unknown", {**FLOOR, "rounding_mode": "nearest"},
         "measure m, rounding_mode: found 'nearest'; expected one of half_up, half_even, down, up. Use one of these words. [rounding_mode_unknown]",
         {**FLOOR, "rounding_mode": "half_even"}),
    kind("counts_unknown", {**FLOOR, "counts": ["freight"]},
         'measure m, counts: found freight; expected ordinary, additional. Use these words. [counts_unknown]',
         {**FLOOR, "counts": ["additional"]}),
    kind("listed_twice", {**FLOOR, "origins": ["CN", "RU", "CN"]},
         'measure m, origins: found CN; expected each once. Leave the second out, or name what was meant. [listed_twice]',
         {**FLOOR, "origins": ["CN", "RU"]}),
    kind("currency_missing", {**FLOOR, "currency": ""},
         'measure m, currency: found amounts without a currency; expected an ISO 4217 currency. Say in which currency the amounts are. [currency_missing]',
         {**RATE, "currency": ""}),
    kind("currency_unknown", {**FLOOR, "currency": "XXZ"},
         "measure m, currency: found 'XXZ'; expected an ISO 4217 currency. Correct the code, or add it to the facts. [currency_unknown]",
         {**FLOOR, "currency": "CLP"}),
    kind("assessment_currency_missing", (FLOOR, {**FLOOR, "measure_id": "n", "origins": ["RU"], "currency": "EUR"}),
         "schedule: found measures in EUR, USD; expected one assessment currency. Say in which currency duties are assessed: from_measures(…, currency='USD'). [assessment_currency_missing]",
         (FLOOR, {**FLOOR, "measure_id": "n", "origins": ["RU"], "currency": "EUR"}), more={}, more_right={"currency": "EUR"}),
    kind("target_unclear", {**FLOOR, "hs_codes": ["284690"]},
         'measure m, form: found both a form and codes; expected either a form or HS codes. Name one of the two. [target_unclear]',
         CODES),
    kind("form_unknown", {**FLOOR, "form": "ndpr-oxid"},
         "measure m, form: found 'ndpr-oxid'; expected a form of the catalogue. Correct the code, or add it to the facts. [form_unknown]",
         {**FLOOR, "form": "ndpr-oxide"}),
    kind("hs_code_malformed", {**CODES, "hs_codes": ["2846.90"]},
         "measure m, hs_codes: found '2846.90'; expected 2 to 10 digits as text. Write the code without dots and with its leading zeros. [hs_code_malformed]",
         CODES),
    kind("hs_code_unknown", {**CODES, "hs_codes": ["284699"]},
         "measure m, hs_codes: found '284699'; expected a code of the Harmonized System of 2022, or the beginning of one. Look the goods up again. [hs_code_unknown]",
         {**CODES, "hs_codes": ["28469099"]}),
    kind("importers_missing", {**FLOOR, "importers": []},
         'measure m, importers: found an empty list; expected at least one country. Name the countries. [importers_missing]',
         {**FLOOR, "importers": ["JP"]}),
    kind("origins_missing", {**FLOOR, "origins": []},
         'measure m, origins: found an empty list; expected at least one country. Name the countries. [origins_missing]',
         {**FLOOR, "origins": ["RU"]}),
    kind("country_unknown", {**FLOOR, "origins": ["CHN"]},
         "measure m, origins: found 'CHN'; expected an ISO 3166 alpha-2 code. Correct the code. [country_unknown]",
         {**FLOOR, "origins": ["CN"]}),
    kind("origins_mixed", {**FLOOR, "origins": ["non-members", "CN"]},
         'measure m, origins: found non-members, CN; expected either countries or `non-members`. Split the measure in two. [origins_mixed]',
         {**FLOOR, "origins": ["non-members"]}, more={"members": ["US"]}),
    kind("members_missing", {**FLOOR, "origins": ["non-members"]},
         'measure m, origins: found non-members; expected to know who is a member. Pass members= (ISO codes, rows with dates, or a zone). [members_missing]',
         {**FLOOR, "origins": ["non-members"]}, more_right={"members": ["US"]}),
    kind("levied_on_itself", {**FLOOR, "importers": ["EU"], "origins": ["DE"]},
         'measure m, origins: found EU as importer and as origin; expected goods of another customs territory. Name the origins that the floor is held against. [levied_on_itself]',
         {**FLOOR, "importers": ["EU"], "origins": ["DE", "CN"]}),
    kind("contained_not_in_form", {**FLOOR, "form": "apt", "contained": "Nd+Pr oxide"},
         'measure m, contained: found Nd+Pr oxide in apt; expected WO3 or W. Name what the form contains, or add the factor to the facts. [contained_not_in_form]',
         {**FLOOR, "form": "apt", "contained": "W"}),
    kind("contained_unknown", {**CODES, "contained": "Wolfram"},
         "measure m, contained: found 'Wolfram'; expected an element or oxide that some form contains, or that tariffs name. Correct the code, or add it to the facts. [contained_unknown]",
         {**CODES, "contained": "W"}),
    kind("contained_without_amount", {**RATE, "contained": "Nd+Pr oxide"},
         'measure o, contained: found Nd+Pr oxide; expected an amount per kilogram of it beside it. Leave it out: a rate on the value knows no content. [contained_without_amount]',
         {**RATE, "contained": "Nd+Pr oxide", "specific": "1", "currency": "USD"}),
    kind("date_malformed", {**FLOOR, "valid_from": "2025-01-01"},
         "measure m, valid_from: found '2025-01-01'; expected a date. Give a datetime.date. [date_malformed]",
         {**FLOOR, "valid_from": date(2025, 1, 1)}),
    kind("dates_reversed", {**FLOOR, "valid_to": date(2024, 12, 31)},
         'measure m, valid_to: found 2024-12-31; expected a day from 2025-01-01 on. valid_to is the last day in force. [dates_reversed]',
         {**FLOOR, "valid_to": date(2025, 1, 1)}),
    kind("number_too_long", {**FLOOR, "floor": "0.123456789"},
         'measure m, floor: found 0.123456789; expected at most 9 digits before and 8 after the point. Round it as its authority publishes it. [number_too_long]',
         {**FLOOR, "floor": "0.12345678"}),
    kind("rate_out_of_range", {**RATE, "ad_valorem": "4.01"},
         'measure o, ad_valorem: found 4.01; expected a fraction from 0 to 4.00. Rates are fractions: 3.7 % is 0.037. [rate_out_of_range]',
         {**RATE, "ad_valorem": "4"}),
    kind("rate_missing", {**RATE, "ad_valorem": None},
         'measure o, ad_valorem: found neither ad_valorem nor specific; expected at least one of the two. A duty of nothing is ad_valorem 0. [rate_missing]',
         {**RATE, "ad_valorem": 0}),
    kind("rate_contradicts_method", {**RATE, "method": "specific"},
         'measure o, method: found specific with ad_valorem alone; expected a rate specific. Call the method ad_valorem: a compound duty may go by either name. [rate_contradicts_method]',
         {**RATE, "method": "specific", "specific": "1", "currency": "USD"}),
    kind("amount_negative", {**NOTIFIED, "specific": "-0.01"},
         'measure m, specific: found -0.01; expected zero or more. A duty never pays the importer. [amount_negative]',
         {**NOTIFIED, "specific": "0"}),
    kind("amount_not_positive", {**FLOOR, "floor": "0"},
         'measure m, floor: found 0; expected more than zero. Leave it out where there is none. [amount_not_positive]',
         {**FLOOR, "floor": "0.01"}),
    kind("floor_missing", {**FLOOR, "floor": None, "ceiling": "220"},
         'measure m, floor: found no floor; expected the floor that top_up holds. State it per `per_kg`. [floor_missing]',
         {**FLOOR, "ceiling": "220"}),
    kind("ceiling_below_floor", {**FLOOR, "ceiling": "110"},
         'measure m, ceiling: found 110; expected more than the floor of 110. The ceiling is where protection stops. [ceiling_below_floor]',
         {**FLOOR, "ceiling": "110.01"}),
    kind("per_kg_unknown", {**FLOOR, "per_kg": 10},
         'measure m, per_kg: found 10; expected one of 1, 100, 1000. State amounts per 1, 100 or 1000 kg. [per_kg_unknown]',
         {**FLOOR, "per_kg": 100}),
    kind("rounding_unit_unusable", {**FLOOR, "rounding_unit": "0.03"},
         'measure m, rounding_unit: found 0.03; expected a unit that divides a power of ten (0.01, 0.05, 1, 5 …). Choose a coin that exists. [rounding_unit_unusable]',
         {**FLOOR, "rounding_unit": "0.05"}),
    kind("rounding_unit_too_fine", {**FLOOR, "rounding_unit": "0.1"},
         'measure m, rounding_unit: found 0.1; expected a whole multiple of 1 JPY, the smallest coin of the assessment currency. Nobody can pay less than a coin. [rounding_unit_too_fine]',
         {**FLOOR, "rounding_unit": "1"}, more={"currency": "JPY"}),
    kind("notified_rate_unclear", {**NOTIFIED, "ad_valorem": "0.1"},
         'measure m, specific: found both specific and ad_valorem; expected exactly one of the two. A notified tariff is one rate. [notified_rate_unclear]',
         {**NOTIFIED, "specific": None, "ad_valorem": "0.1"}),
    kind("security_without_max", {**NOTIFIED, "standard_value": 90, "tolerance": "0.1"},
         'measure m, standard_value: found a standard value; expected shipment = max beside it. Security of a notified tariff needs shipment = max. [security_without_max]',
         {**NOTIFIED, "standard_value": 90, "tolerance": "0.1", "shipment": "max"}),
    kind("security_incomplete", {**BANDED, "standard_value": 90},
         'measure m, tolerance: found one of standard_value and tolerance; expected both or neither. Security needs both. [security_incomplete]',
         {**BANDED, "standard_value": 90, "tolerance": "0.08"}),
    kind("bands_missing", {**BANDED, "bands": []},
         'measure m, bands: found no bands; expected bands from the highest price down. State (at_least, specific). [bands_missing]',
         {**BANDED, "bands": [(0, 20)]}),
    kind("bands_unsorted", {**BANDED, "bands": [(60, 0), (60, 5)]},
         'measure m, bands: found 60, 60; expected prices in strictly descending order. Sort the bands from the highest price down. [bands_unsorted]',
         {**BANDED, "bands": [(60, 0), ("59.99", 5)]}),
    kind("bands_fall", {**BANDED, "bands": [(60, 5), (50, 4)]},
         'measure m, bands: found 5, 4; expected a duty that never falls as the price falls. A lower price may not owe less. [bands_fall]',
         {**BANDED, "bands": [(60, 5), (50, 5)]}),
    kind("slices_missing", {**GRADUATED, "slices": []},
         "measure m, slices: found an empty list; expected slices of the gap. Leave it out for the rulebook's slices. [slices_missing]",
         {**GRADUATED, "slices": None}),
    kind("slices_unsorted", {**GRADUATED, "slices": [("0.5", "0.3"), ("0.5", "0.5"), (1, 1)]},
         'measure m, slices: found 0.5, 0.5, 1; expected shares of the floor in strictly ascending order, above 0. Sort the slices from the smallest gap up. [slices_unsorted]',
         {**GRADUATED, "slices": [("0.5", "0.3"), ("0.6", "0.5"), (1, 1)]}),
    kind("slices_not_whole", {**GRADUATED, "slices": [("0.5", "0.3"), ("1.1", "0.5")]},
         'measure m, slices: found 1.1 as the last share; expected 1: the whole floor. Let the last slice end at 1. [slices_not_whole]',
         {**GRADUATED, "slices": [("0.5", "0.3"), ("1", "0.5")]}),
    kind("slice_rate_out_of_range", {**GRADUATED, "slices": [(1, "1.01")]},
         'measure m, slices: found 1.01; expected rates from 0 to 1. No slice of the gap pays more than itself. [slice_rate_out_of_range]',
         {**GRADUATED, "slices": [(1, 1)]}),
    kind("otherwise_missing", {**MINIMUM, "otherwise_ad_valorem": None},
         'measure m, otherwise_ad_valorem: found no rate for indirect invoices; expected otherwise_ad_valorem. State what an indirect or related invoice owes. [otherwise_missing]',
         {**MINIMUM, "otherwise_ad_valorem": 0}),
    kind("elements_missing", EMBEDDED | {"elements": []},
         'measure e, elements: found no elements; expected what the goods contain, each with its rate. State (element, specific, recovered, undeclared). [elements_missing]',
         EMBEDDED),
    kind("elements_repeated", EMBEDDED | {"elements": [("Nd", 12, "0.9"), ("Nd", 9, "0.9")]},
         'measure e, elements: found Nd, Nd; expected each element once, by its name. Name each once. [elements_repeated]',
         EMBEDDED | {"elements": [("Nd", 12, "0.9"), ("Dy", 9, "0.9")]}),
    kind("recovered_out_of_range", EMBEDDED | {"elements": [("Nd", 12, 0)]},
         'measure e, elements: found Nd: 0; expected a share above 0 and up to 1. Write 90 % as 0.90. [recovered_out_of_range]',
         EMBEDDED | {"elements": [("Nd", 12, 1)]}),
    kind("undeclared_out_of_range", EMBEDDED | {"elements": [("Nd", 12, 1, "0.6"), ("Dy", 12, 1, "0.41")]},
         'measure e, elements: found shares that sum to 1.01; expected at most 1. Goods hold no more than themselves. [undeclared_out_of_range]',
         EMBEDDED | {"elements": [("Nd", 12, 1, "0.6"), ("Dy", 12, 1, "0.4")]}),
    kind("measures_overlap", (FLOOR, {**FLOOR, "measure_id": "n", "valid_from": date(2026, 1, 1)}),
         'schedule, n: found m and n, both floor measures on ndpr-oxide for the same importer and origin; expected at most one floor measure for a line on any day. End m before 2026-01-01, or narrow its importers or origins. [measures_overlap]',
         ({**FLOOR, "valid_to": date(2025, 12, 31)}, {**FLOOR, "measure_id": "n", "valid_from": date(2026, 1, 1)})),
    kind("ordinary_duty_twice", ({**BANDED, "ad_valorem": "0.1"}, RATE),
         'schedule, o: found o beside m, whose ad valorem rate is the ordinary duty; expected one ordinary duty for a line on any day. Leave o out for these goods, or the rate of m. [ordinary_duty_twice]',
         ({**BANDED, "ad_valorem": "0.1"}, {**RATE, "origins": ["RU"]})),
]  # fmt: skip


def made(measures: tuple[Mapping[str, Any], ...], more: Mapping[str, Any]) -> Schedule:
    return Schedule.from_measures([Measure(**measure) for measure in measures], **more)


@pytest.mark.parametrize("one", KINDS)
def test_a_wrong_schedule_is_refused_with_its_message_and_nothing_else(one: Kind) -> None:
    with pytest.raises(ScheduleError) as refused:
        made(one.wrong, one.more)
    assert [str(problem) for problem in refused.value.problems] == [one.message]
    assert one.message.endswith(f"[{one.code}]")


@pytest.mark.parametrize("one", KINDS)
def test_the_nearest_right_schedule_is_taken(one: Kind) -> None:
    assert len(made(one.right, one.more_right).measures) == len(one.right)


def test_there_are_more_than_forty_kinds() -> None:
    assert len({one.values[0].code for one in KINDS}) == len(KINDS) > 40


def test_a_name_that_cannot_be_printed_is_told_once() -> None:
    with pytest.raises(ScheduleError) as refused:
        made(({**FLOOR, "measure_id": "floor\n1"},), {})
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("measure_id", "measure_id_malformed")
    ]


def test_a_fault_of_the_whole_schedule_is_no_measures() -> None:
    with pytest.raises(ScheduleError) as refused:
        Schedule.from_measures([Measure(**{**RATE, "form": None, "hs_codes": ["284690"]})], "XXQ")
    assert [(problem.source, problem.code) for problem in refused.value.problems] == [("schedule", "currency_unknown")]


def test_a_hostile_name_is_shown_and_obeyed_by_no_terminal() -> None:
    with pytest.raises(ScheduleError) as refused:
        made(({**FLOOR, "measure_id": "m\x1b[2J", "form": "x" * 5000},), {})
    told = str(refused.value)
    assert "\x1b" not in told
    assert len(told) < 1000


def test_a_measure_found_sound_is_looked_at_again_beside_other_facts_and_when_it_says_something_else(
    tmp_path: Path,
) -> None:
    measure = Measure(measure_id="one", role="ordinary", method="ad_valorem", ad_valorem="0.05", hs_codes=("284690",),
                      importers=("US",), origins=("CN",), valid_from=date(2024, 1, 1))  # fmt: skip
    for _ in range(2):
        Schedule.from_measures([measure], "USD")
    copytree(shipped_facts().folder, tmp_path / "facts")
    codes = tmp_path / "facts" / "hs6_codes.csv"
    codes.write_text("".join(row for row in codes.read_text().splitlines(keepends=True) if "284690" not in row))
    with pytest.raises(ScheduleError) as refused:
        Schedule.from_measures([measure], "USD", facts=Facts(tmp_path / "facts"))
    assert [problem.code for problem in refused.value.problems] == ["hs_code_unknown"]
    for _ in range(2):
        with pytest.raises(ScheduleError):
            Schedule.from_measures([replace(measure, origins=("ZZ",))], "USD")
    with pytest.raises(ScheduleError):
        Schedule.from_measures([measure, measure], "USD")


def test_a_measure_without_amounts_is_assessed_in_each_schedule_s_own_currency() -> None:
    measure = Measure(measure_id="one", role="ordinary", method="ad_valorem", ad_valorem="0.05", hs_codes=("284690",),
                      importers=("US",), origins=("CN",), valid_from=date(2024, 1, 1))  # fmt: skip
    for currency in ("USD", "EUR", "USD"):
        (found,) = Schedule.from_measures([measure], currency).measures
        assert (found.currency, measure.currency) == (currency, "")
        assert replace(found, currency="") == measure
