"""Measures that contradict themselves or each other make no schedule; what a line meets is the nearest of those in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.errors import ScheduleError, UsageError
from footwall.tariffs import Band, Measure, Schedule, Slice

FIRST = date(2025, 1, 1)
FLOOR: Mapping[str, Any] = {"measure_id": "m", "role": "floor", "form": "ndpr-oxide", "importers": ["US"], "origins": ["CN"],
                            "method": "top_up", "floor": "110", "currency": "USD", "valid_from": FIRST}  # fmt: skip
RATE: Mapping[str, Any] = {"measure_id": "o", "role": "ordinary", "form": "ndpr-oxide", "importers": ["US"],
                           "origins": ["CN"], "method": "ad_valorem", "ad_valorem": "0.037", "valid_from": FIRST}  # fmt: skip
NOTIFIED = {**FLOOR, "method": "notified", "specific": "40"}
BANDED = {**FLOOR, "method": "banded", "floor": None, "bands": [(60, 0), (50, 5), (0, 20)]}
GRADUATED = {**FLOOR, "method": "graduated"}
MINIMUM = {**FLOOR, "method": "minimum_price", "otherwise_ad_valorem": "0.2"}


def made(*measures: Mapping[str, Any], **more: Any) -> Schedule:
    return Schedule.from_measures([Measure(**measure) for measure in measures], **({"currency": "USD"} | more))


def faults(*measures: Mapping[str, Any], **more: Any) -> list[tuple[str | None, str, str, str, str]]:
    with pytest.raises(ScheduleError) as refused:
        made(*measures, **more)
    return [(p.field, p.code, p.found, p.expected, p.remedy) for p in refused.value.problems]


LONG = ("at most 9 digits before and 8 after the point", "Round it as its authority publishes it.")
REFUSED: list[tuple[Mapping[str, Any], str, str, str, str, str]] = [
    ({**FLOOR, "role": "levy"}, "role", "role_unknown", "'levy'", "one of ordinary, additional, floor, embedded", "Use one of these words."),
    ({**FLOOR, "method": "topup"}, "method", "method_unknown", "'topup'",
     "one of ad_valorem, specific, top_up, notified, banded, graduated, minimum_price, embedded", "Use one of these words."),
    ({**FLOOR, "cap": "bound"}, "cap", "cap_unknown", "'bound'", "one of none, mfn_bound, preferential_bound",
     "Use one of these words."),
    ({**NOTIFIED, "shipment": "least"}, "shipment", "shipment_unknown", "'least'", "one of none, max, lesser",
     "Use one of these words."),
    ({**FLOOR, "rounding_mode": "up_down"}, "rounding_mode", "rounding_mode_unknown", "'up_down'",
     "one of half_up, half_even, down, up", "Use one of these words."),
    ({**FLOOR, "currency": ""}, "currency", "currency_missing", "amounts without a currency", "an ISO 4217 currency",
     "Say in which currency the amounts are."),
    ({**FLOOR, "currency": "XXZ"}, "currency", "currency_unknown", "'XXZ'", "an ISO 4217 currency",
     "Correct the code, or add it to the facts."),
    ({**FLOOR, "measure_id": " "}, "measure_id", "measure_id_missing", "no id", "an id", "Name the measure."),
    ({**FLOOR, "hs_codes": ["2846"]}, "form", "target_unclear", "both a form and codes", "either a form or HS codes",
     "Name one of the two."),
    ({**FLOOR, "form": None}, "form", "target_unclear", "neither form nor codes", "either a form or HS codes",
     "Name one of the two."),
    ({**FLOOR, "form": "nope"}, "form", "form_unknown", "'nope'", "a form of the catalogue",
     "Correct the code, or add it to the facts."),
    ({**FLOOR, "form": None, "hs_codes": ["2846.90"]}, "hs_codes", "hs_code_malformed", "'2846.90'",
     "2 to 10 digits as text", "Write the code without dots and with its leading zeros."),
    ({**FLOOR, "importers": []}, "importers", "importers_missing", "an empty list", "at least one country",
     "Name the countries."),
    ({**FLOOR, "origins": ["CHN"]}, "origins", "country_unknown", "'CHN'", "an ISO 3166 alpha-2 code", "Correct the code."),
    ({**FLOOR, "valid_from": "2025-01-01"}, "valid_from", "date_malformed", "'2025-01-01'", "a date",
     "Give a datetime.date."),
    ({**FLOOR, "valid_to": date(2024, 12, 31)}, "valid_to", "dates_reversed", "2024-12-31", "a day from 2025-01-01 on",
     "valid_to is the last day in force."),
    ({**RATE, "ad_valorem": "4.01"}, "ad_valorem", "rate_out_of_range", "4.01", "a fraction from 0 to 4.00",
     "Rates are fractions: 3.7 % is 0.037."),
    ({**RATE, "ad_valorem": "-0.01"}, "ad_valorem", "rate_out_of_range", "-0.01", "a fraction from 0 to 4.00",
     "Rates are fractions: 3.7 % is 0.037."),
    ({**NOTIFIED, "specific": "-1"}, "specific", "amount_negative", "-1", "zero or more", "A duty never pays the importer."),
    ({**FLOOR, "floor": "0"}, "floor", "amount_not_positive", "0", "more than zero", "Leave it out where there is none."),
    ({**FLOOR, "rounding_unit": "-0.01"}, "rounding_unit", "amount_not_positive", "-0.01", "more than zero",
     "Leave it out where there is none."),
    ({**FLOOR, "ceiling": "110"}, "ceiling", "ceiling_below_floor", "110", "more than the floor of 110",
     "The ceiling is where protection stops."),
    ({**FLOOR, "floor": "1000000000"}, "floor", "number_too_long", "1000000000", *LONG),
    ({**RATE, "ad_valorem": "0.000000001"}, "ad_valorem", "number_too_long", "1E-9", *LONG),
    ({**BANDED, "bands": [("0.123456789", 0)]}, "bands", "number_too_long", "0.123456789", *LONG),
    ({**FLOOR, "per_kg": 10}, "per_kg", "per_kg_unknown", "10", "one of 1, 100, 1000", "State amounts per 1, 100 or 1000 kg."),
    ({**FLOOR, "rounding_unit": "0.03"}, "rounding_unit", "rounding_unit_unusable", "0.03",
     "a unit that divides a power of ten (0.01, 0.05, 1, 5 …)", "Choose a coin that exists."),
    ({**FLOOR, "rounding_unit": "0.005"}, "rounding_unit", "rounding_unit_too_fine", "0.005",
     "a whole multiple of 0.01 USD, the smallest coin of the assessment currency", "Nobody can pay less than a coin."),
    ({**FLOOR, "role": "ordinary"}, "method", "method_for_other_role", "top_up with role ordinary",
     "a floor method for a floor, embedded for what goods contain, ad_valorem or specific for any other duty", "Change the role or the method."),
    ({**FLOOR, "ad_valorem": "0.1"}, "ad_valorem", "option_of_other_method", "ad_valorem with method top_up",
     "only the method's own options", "Remove it, or change the method."),
    ({**FLOOR, "counts": ["freight"]}, "counts", "counts_unknown", "freight", "ordinary, additional", "Use these words."),
    ({**RATE, "ad_valorem": None}, "ad_valorem", "rate_missing", "neither ad_valorem nor specific",
     "at least one of the two", "A duty of nothing is ad_valorem 0."),
    ({**FLOOR, "floor": None}, "floor", "floor_missing", "no floor", "the floor that top_up holds", "State it per `per_kg`."),
    ({**NOTIFIED, "ad_valorem": "0.1"}, "specific", "notified_rate_unclear", "both specific and ad_valorem",
     "exactly one of the two", "A notified tariff is one rate."),
    ({**NOTIFIED, "specific": None}, "specific", "notified_rate_unclear", "neither specific nor ad_valorem",
     "exactly one of the two", "A notified tariff is one rate."),
    ({**NOTIFIED, "standard_value": 90, "tolerance": "0.1"}, "standard_value", "security_without_max", "a standard value",
     "shipment = max beside it", "Security of a notified tariff needs shipment = max."),
    ({**BANDED, "standard_value": 90}, "tolerance", "security_incomplete", "one of standard_value and tolerance",
     "both or neither", "Security needs both."),
    ({**BANDED, "bands": []}, "bands", "bands_missing", "no bands", "bands from the highest price down",
     "State (at_least, specific)."),
    ({**BANDED, "bands": [(50, 5), (60, 10)]}, "bands", "bands_unsorted", "50, 60", "prices in strictly descending order",
     "Sort the bands from the highest price down."),
    ({**BANDED, "bands": [(50, -5)]}, "bands", "amount_negative", "a negative price or duty", "zero or more",
     "A duty never pays the importer."),
    ({**BANDED, "bands": [(60, 5), (50, 4)]}, "bands", "bands_fall", "5, 4",
     "a duty that never falls as the price falls", "A lower price may not owe less."),
    ({**GRADUATED, "slices": [("0.5", "0.3"), ("0.9", "0.5")]}, "slices", "slices_not_whole", "0.9 as the last share",
     "1: the whole floor", "Let the last slice end at 1."),
    ({**MINIMUM, "otherwise_ad_valorem": None}, "otherwise_ad_valorem", "otherwise_missing",
     "no rate for indirect invoices", "otherwise_ad_valorem", "State what an indirect or related invoice owes."),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "field", "code", "found", "expected", "remedy"), REFUSED)
def test_a_measure_that_makes_no_sense_is_refused(
    measure: Mapping[str, Any], field: str, code: str, found: str, expected: str, remedy: str
) -> None:
    assert (field, code, found, expected, remedy) in faults(measure)
    with pytest.raises(ScheduleError, match="The schedule is refused"):
        made(measure)


NEIGHBOURS: list[Mapping[str, Any]] = [
    FLOOR, NOTIFIED, BANDED, GRADUATED, MINIMUM, RATE,
    {**RATE, "ad_valorem": "4.00"}, {**RATE, "ad_valorem": "0"}, {**RATE, "specific": "1", "currency": "USD"},
    {**RATE, "method": "specific", "ad_valorem": None, "specific": 0, "currency": "EUR", "contained": "Nd+Pr oxide"},
    {**RATE, "role": "additional"}, {**RATE, "form": None, "hs_codes": ["28"]}, {**RATE, "form": None, "hs_codes": "2846908012"},
    {**FLOOR, "ceiling": "110.01", "parity": 0, "counts": [], "rounding_unit": "0.05", "rounding_mode": "up"},
    {**FLOOR, "valid_to": FIRST}, {**FLOOR, "importers": "EU", "origins": ["EU", "CN"]},
    {**NOTIFIED, "shipment": "max", "standard_value": 90, "tolerance": 0}, {**NOTIFIED, "specific": None, "ad_valorem": "0.3"},
    {**BANDED, "ad_valorem": "0.1", "standard_value": 90, "tolerance": "0.08", "bands": [Band(5, 0)]},  # type: ignore[arg-type]
    {**GRADUATED, "slices": [Slice(1, 1)]}, {**GRADUATED, "slices": [("0.5", "0"), ("1", "0")]},  # type: ignore[arg-type]
    {**FLOOR, "cap": "mfn_bound", "bound_ad_valorem": "0.1", "bound_specific": 0}, {**FLOOR, "per_kg": 1000, "floor": 110000.5},
    {**FLOOR, "floor": "999999999.12345678"}, {**RATE, "ad_valorem": "0.00000001"},
]  # fmt: skip


@pytest.mark.parametrize("measure", NEIGHBOURS)
def test_a_measure_that_makes_sense_is_taken(measure: Mapping[str, Any]) -> None:
    (taken,) = made(measure).measures
    assert taken.measure_id == measure["measure_id"]


def test_all_faults_are_told_at_once() -> None:
    found = faults(
        {**FLOOR, "floor": "-1", "form": "nope", "origins": ["XX"]}, {**RATE, "ad_valorem": "5", "measure_id": "m"}
    )
    assert {(code, field) for field, code, *_ in found} == {
        ("measure_repeated", "measure_id"),
        ("form_unknown", "form"),
        ("country_unknown", "origins"),
        ("amount_not_positive", "floor"),
        ("rate_out_of_range", "ad_valorem"),
    }


def test_a_schedule_has_measures_and_one_currency() -> None:
    assert faults(currency=None)[0][1] == "schedule_empty"
    two = ({**FLOOR}, {**FLOOR, "measure_id": "n", "origins": ["RU"], "currency": "EUR"})
    assert faults(*two, currency=None) == [
        (None, "assessment_currency_missing", "measures in EUR, USD", "one assessment currency",
         "Say in which currency duties are assessed: from_measures(…, currency='USD').")
    ]  # fmt: skip
    assert [code for _, code, *_ in faults(RATE, currency=None)] == ["assessment_currency_missing"]
    assert [code for _, code, *_ in faults(RATE, currency="ABC")] == ["currency_unknown"]
    assert made(*two, currency="EUR").currency == "EUR"
    assert made(FLOOR, currency=None).currency == "USD"


def test_a_yen_has_no_cents_to_round_to() -> None:
    assert faults({**FLOOR, "rounding_unit": "0.01"}, currency="JPY")[0][1] == "rounding_unit_too_fine"
    assert made({**FLOOR, "rounding_unit": "100"}, currency="JPY").currency == "JPY"


@pytest.mark.parametrize("number", ["12a", "NaN", float("inf"), True, [1]])
def test_what_is_no_number_is_refused_where_it_is_written(number: object) -> None:
    with pytest.raises(UsageError, match="measure m: floor: "):
        Measure(**{**FLOOR, "floor": number})


@pytest.mark.parametrize("bands", [[(1, 2, 3)], [(1,)]])
def test_bands_are_pairs(bands: list[Any]) -> None:
    with pytest.raises(UsageError, match="each of bands must be a pair"):
        Measure(**{**BANDED, "bands": bands})


# overlaps

OTHER = {**FLOOR, "measure_id": "n"}
OVERLAPS = [
    pytest.param(FLOOR, OTHER, id="the same twice"),
    pytest.param({**FLOOR, "valid_to": date(2025, 6, 30)}, {**OTHER, "valid_from": date(2025, 6, 30)}, id="one day"),
    pytest.param(FLOOR, {**OTHER, "valid_from": date(2099, 1, 1)}, id="open end"),
    pytest.param({**FLOOR, "importers": ["EU"]}, {**OTHER, "importers": ["DE"]}, id="a state of the union"),
    pytest.param({**FLOOR, "origins": ["EU"]}, {**OTHER, "origins": ["FR", "CN"]}, id="an origin of the union"),
    pytest.param({**FLOOR, "origins": ["non-members"]}, OTHER, id="a non-member"),
    pytest.param({**FLOOR, "origins": ["non-members"]}, {**OTHER, "origins": ["non-members"]}, id="non-members twice"),
    pytest.param({**FLOOR, "origins": ["non-members"]}, {**OTHER, "origins": ["NO"]}, id="a member that leaves"),
    pytest.param({**RATE, "form": None, "hs_codes": ["2846", "2805"]},
                 {**RATE, "measure_id": "n", "form": None, "hs_codes": ["2805", "7202"]}, id="a code in both lists"),
]  # fmt: skip
MEMBERS = [{"party": "US", "valid_from": FIRST, "valid_to": None},
           {"party": "NO", "valid_from": FIRST, "valid_to": date(2025, 12, 31)}]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), OVERLAPS)
def test_two_measures_may_not_meet_one_line(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    for pair in ((first, second), (second, first)):
        (fault,) = faults(*pair, members=MEMBERS)
        assert fault[1] == "measures_overlap"
        assert set(fault[2].split(", both ")[0].split(" and ")) == {first["measure_id"], second["measure_id"]}
        assert fault[3].startswith("at most one ")


APART = [
    pytest.param({**FLOOR, "valid_to": date(2025, 6, 30)}, {**OTHER, "valid_from": date(2025, 7, 1)}, id="the next day"),
    pytest.param({**FLOOR, "importers": ["EU"]}, {**OTHER, "importers": ["US", "GB"]}, id="other importers"),
    pytest.param({**FLOOR, "origins": ["EU"]}, {**OTHER, "origins": ["CN"]}, id="other origins"),
    pytest.param({**FLOOR, "origins": ["non-members"]}, {**OTHER, "importers": ["US", "JP"], "origins": ["US"]}, id="a member"),
    pytest.param({**FLOOR, "origins": ["non-members"]},
                 {**OTHER, "origins": ["NO"], "valid_to": date(2025, 12, 31)}, id="a member until it leaves"),
    pytest.param(FLOOR, RATE, id="other roles"),
    pytest.param({**RATE, "role": "additional"}, {**RATE, "role": "additional", "measure_id": "n", "legal_basis": "b"}, id="additional duties"),
    pytest.param({**RATE, "form": None, "hs_codes": ["2846"]},
                 {**RATE, "measure_id": "n", "form": None, "hs_codes": ["284690"]}, id="a longer code"),
    pytest.param(RATE, {**RATE, "measure_id": "n", "form": None, "hs_codes": ["284690"]}, id="a form and a code"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), APART)
def test_measures_that_no_line_meets_together_stand_beside_each_other(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> None:
    assert len(made(first, second, members=MEMBERS).measures) == 2


ENTRY_PRICE = {**BANDED, "ad_valorem": "0.1"}


@pytest.mark.parametrize(
    ("banded", "ordinary"),
    [
        (ENTRY_PRICE, RATE),
        (ENTRY_PRICE, {**RATE, "form": None, "hs_codes": ["2846"]}),
        (ENTRY_PRICE, {**RATE, "form": None, "hs_codes": ["28469080"]}),
        ({**ENTRY_PRICE, "form": None, "hs_codes": ["2846"]}, RATE),
        ({**ENTRY_PRICE, "form": None, "hs_codes": ["28469080"]}, {**RATE, "form": None, "hs_codes": ["28"]}),
    ],
)
def test_the_rate_of_an_entry_price_is_the_ordinary_duty_and_stands_alone(
    banded: Mapping[str, Any], ordinary: Mapping[str, Any]
) -> None:
    assert faults(banded, ordinary) == [
        ("o", "ordinary_duty_twice", "o beside m, whose ad valorem rate is the ordinary duty",
         "one ordinary duty for a line on any day", "Leave o out for these goods, or the rate of m.")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("banded", "ordinary"),
    [
        (BANDED, RATE),
        (ENTRY_PRICE, {**RATE, "origins": ["RU"]}),
        (ENTRY_PRICE, {**RATE, "form": "apt"}),
        (ENTRY_PRICE, {**RATE, "form": None, "hs_codes": ["2805"]}),
        ({**ENTRY_PRICE, "valid_to": date(2025, 6, 30)}, {**RATE, "valid_from": date(2025, 7, 1)}),
    ],
)
def test_an_ordinary_duty_on_other_goods_stands_beside_an_entry_price(
    banded: Mapping[str, Any], ordinary: Mapping[str, Any]
) -> None:
    assert len(made(banded, ordinary).measures) == 2


# what a line meets

CODES = [
    {**RATE, "measure_id": f"c{len(code)}", "form": None, "hs_codes": [code]}
    for code in ("28", "2846", "284690", "28469080")
]


@pytest.mark.parametrize(
    ("code", "form", "met"),
    [("2846908015", None, "c8"), ("28469080", None, "c8"), ("28469010", None, "c6"), ("284610", None, "c4"),
     ("280530", None, "c2"), ("720299", None, None), ("2846908015", "ndpr-oxide", "o"), (None, "ndpr-oxide", "o"),
     (None, None, None)],
)  # fmt: skip
def test_a_form_goes_before_a_code_and_a_longer_code_before_a_shorter(
    code: str | None, form: str | None, met: str | None
) -> None:
    found = made(RATE, *CODES).applicable("US", "CN", code, form, FIRST).ordinary
    assert (found.measure_id if found else None) == met


def test_every_additional_duty_on_the_form_and_on_its_code_is_met() -> None:
    added = [{**measure, "role": "additional"} for measure in (RATE, *CODES)]
    found = made(*added).applicable("US", "CN", "28469080", "ndpr-oxide", FIRST)
    assert [measure.measure_id for measure in found.additional] == ["c2", "c4", "c6", "c8", "o"]


@pytest.mark.parametrize(("day", "met"), [(date(2024, 12, 31), None), (FIRST, "m"), (date(2025, 6, 30), "m"),
                                          (date(2025, 7, 1), None), (date(2025, 8, 1), "n"), (date(9999, 12, 31), "n")])  # fmt: skip
def test_the_last_day_is_in_force_and_an_open_end_never_ends(day: date, met: str | None) -> None:
    schedule = made({**FLOOR, "valid_to": date(2025, 6, 30)}, {**OTHER, "valid_from": date(2025, 8, 1)})
    found = schedule.applicable("US", "CN", None, "ndpr-oxide", day).floor
    assert (found.measure_id if found else None) == met
    assert schedule.breakpoints == (FIRST, date(2025, 7, 1), date(2025, 8, 1))


@dataclass(frozen=True)
class Registry:
    """Anything that knows who is a member."""

    def members_on(self, on: date) -> frozenset[str]:
        return frozenset({"US", "DE"} if on >= date(2025, 7, 1) else {"US"})


@pytest.mark.parametrize(
    ("members", "before", "after"),
    [
        (["US", "DE"], True, True),
        (["US", "EU"], True, True),
        ([{"party": "DE", "valid_from": date(2025, 7, 1)}], False, True),
        ([{"party": "EU", "valid_from": FIRST, "valid_to": date(2025, 6, 30)}], True, False),
        (Registry(), False, True),
    ],
)
def test_members_may_be_codes_rows_or_a_registry(members: object, before: bool, after: bool) -> None:
    schedule = made({**FLOOR, "origins": ["non-members"]}, members=members)
    for day, member in ((date(2025, 6, 30), before), (date(2025, 7, 1), after)):
        found = schedule.applicable("US", "DE", None, "ndpr-oxide", day)
        assert found.member_origin is member
        assert (found.floor is None) is member


def test_non_members_need_members() -> None:
    (fault,) = faults({**FLOOR, "origins": ["non-members"]})
    assert fault == ("origins", "members_missing", "non-members", "to know who is a member",
                     "Pass members= (ISO codes, rows with dates, or a zone).")  # fmt: skip
    found = faults({**FLOOR, "origins": ["non-members", "CN"]}, members=["US"])
    assert (
        "origins",
        "origins_mixed",
        "non-members, CN",
        "either countries or `non-members`",
        "Split the measure in two.",
    ) in found


@pytest.mark.parametrize("code", ["ZZ", "us", "USA", "", "non-members"])
def test_a_member_that_is_no_country_is_refused(code: str) -> None:
    told = ("party", "country_unknown", repr(code), "an ISO 3166 alpha-2 code, or EU for its states",
            "Correct the code, or add the country to the facts.")  # fmt: skip
    assert faults(FLOOR, members=["US", code]) == [told]
    assert faults(FLOOR, members=[{"party": code, "valid_from": FIRST}]) == [told]
    with pytest.raises(ScheduleError, match="members, row 2, party"):
        made(FLOOR, members=["US", code])


def test_a_membership_may_last_one_day_and_not_less() -> None:
    day = {"party": "NO", "valid_from": FIRST, "valid_to": FIRST}
    assert made(FLOOR, members=[day]).members is not None
    assert faults(FLOOR, members=[{**day, "valid_to": date(2024, 12, 31)}]) == [
        (
            "valid_to",
            "dates_reversed",
            "2024-12-31",
            "a day from 2025-01-01 on",
            "valid_to is the last day of membership.",
        )
    ]


@pytest.mark.parametrize("members", ["US", 5, [{"party": "US"}], [7]])
def test_members_that_cannot_be_read_are_refused(members: object) -> None:
    with pytest.raises(UsageError, match="members"):
        made(FLOOR, members=members)


def test_a_schedule_of_one_day_holds_what_is_in_force() -> None:
    schedule = made({**FLOOR, "valid_to": date(2025, 6, 30)}, {**OTHER, "valid_from": date(2025, 8, 1)})
    assert [measure.measure_id for measure in schedule.on(FIRST).measures] == ["m"]
    with pytest.raises(
        UsageError, match="no measure of this schedule is in force on 2025-07-01: it runs from 2025-01-01"
    ):
        schedule.on(date(2025, 7, 1))


days = st.dates(date(2025, 1, 1), date(2025, 12, 31))
countries = st.lists(st.sampled_from(["US", "EU", "DE", "FR", "JP", "CN", "RU"]), min_size=1, max_size=3, unique=True)


@given(st.lists(st.tuples(days, days, countries, countries), min_size=2, max_size=5), days)
def test_whatever_is_accepted_meets_no_line_twice(
    drawn: list[tuple[date, date, list[str], list[str]]], day: date
) -> None:
    measures = [
        Measure(**{**FLOOR, "measure_id": f"m{number}", "valid_from": min(start, end), "valid_to": max(start, end),
                   "importers": importers, "origins": origins})
        for number, (start, end, importers, origins) in enumerate(drawn)
    ]  # fmt: skip

    def meets(measure: Measure, importer: str, origin: str) -> bool:
        def covers(parties: Any, country: str) -> bool:
            return country in parties or ("EU" in parties and country in {"DE", "FR"})

        in_force = measure.valid_from <= day <= (measure.valid_to or day)
        return in_force and covers(measure.importers, importer) and covers(measure.origins, origin)

    singles = ["US", "DE", "FR", "JP", "CN", "RU"]
    try:
        schedule = Schedule.from_measures(measures, currency="USD")
    except ScheduleError:
        return
    for importer in singles:
        for origin in singles:
            met = [measure for measure in measures if meets(measure, importer, origin)]
            assert len(met) <= 1
            found = schedule.applicable(importer, origin, None, "ndpr-oxide", day).floor
            assert found == (met[0] if met else None)


def test_members_from_an_instant_are_refused_as_no_day() -> None:
    rows = [{"party": "US", "valid_from": datetime(2026, 1, 1, tzinfo=UTC), "valid_to": None}]
    with pytest.raises(UsageError, match="needs party, valid_from and valid_to"):
        made(FLOOR, members=rows)
