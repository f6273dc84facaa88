"""Whatever is wrong with a line is told with its row, field, what was found, what was expected and what to do."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from batch_samples import assessed, line, owed, sample_schedule, told

from footwall.batch import assess
from footwall.quantity import round_to_unit
from footwall.tariffs import Schedule

OWED = Decimal("55000.00")
NUMBER = ("a number like 1250.5", "Write digits with a decimal point.")
DIGITS = ("at most 15 digits before the decimal point", "Check the unit, or split the line.")
PLACES = ("at most 6 digits after the decimal point", "Round it: nothing here rounds what was declared.")
NOTHING = "nothing"

BAD: list[tuple[dict[str, object], str, str, str, str, str]] = [
    ({"line_id": ""}, "line_id", "field_missing", NOTHING, "a value", "Fill in line_id."),
    ({"line_id": " \t"}, "line_id", "field_missing", NOTHING, "a value", "Fill in line_id."),
    ({"line_id": "x" * 1001}, "line_id", "field_too_long", f"'{'x' * 57}'… (1,001 characters)",
     "at most 1000 characters", "Shorten line_id; is a quotation mark missing?"),
    ({"entry_date": None}, "entry_date", "field_missing", NOTHING, "a value", "Fill in entry_date."),
    ({"entry_date": "31.3.2025"}, "entry_date", "date_malformed", "'31.3.2025'", "a day as YYYY-MM-DD",
     "Correct entry_date."),
    ({"entry_date": "2025-02-29"}, "entry_date", "date_malformed", "'2025-02-29'", "a day as YYYY-MM-DD",
     "Correct entry_date."),
    ({"entry_date": datetime(2025, 3, 31, 5)}, "entry_date", "date_malformed",  # noqa: DTZ001 - customs days have no zone
     "'2025-03-31T05:00:00'", "a day as YYYY-MM-DD", "Correct entry_date."),
    ({"entry_date": "2023-12-31"}, "entry_date", "date_outside_schedule", "2023-12-31", "a day from 2024-01-01 on",
     "Use the schedule of that day."),
    ({"importer": "XX"}, "importer", "country_unknown", "'XX'", "an ISO 3166 alpha-2 code like US or CN",
     "Correct the code; Taiwan is TW, Namibia is NA."),
    ({"origin": "China"}, "origin", "country_unknown", "'China'", "an ISO 3166 alpha-2 code like US or CN",
     "Correct the code; Taiwan is TW, Namibia is NA."),
    ({"origin": ""}, "origin", "field_missing", NOTHING, "a value", "Fill in origin."),
    ({"hs_code": "28.46.90", "form": None}, "hs_code", "hs_code_malformed", "'28.46.90'", "6 to 10 digits",
     "Write the code as text, without dots."),
    ({"hs_code": "28469080.0"}, "hs_code", "hs_code_malformed", "'28469080.0'", "6 to 10 digits",
     "Write the code as text, without dots."),
    ({"hs_code": "70200"}, "hs_code", "hs_code_malformed", "'70200'", "6 to 10 digits",
     "Leading zeros may have been lost: write the code as text."),
    ({"hs_code": "998877", "form": None}, "hs_code", "hs_code_unknown", "'998877'",
     "a code of the Harmonized System of 2022", "Correct the code."),
    ({"hs_code": None, "form": None}, "hs_code", "field_missing", "no code and no form", "an HS code of 6 to 10 digits",
     "State what the goods are."),
    ({"form": "nope"}, "form", "form_unknown", "'nope'", "a form of the catalogue",
     "Correct it, or leave it out where one form alone uses the code."),
    ({"form": "cobalt-metal"}, "form", "form_contradicts_code", "cobalt-metal under 28469080", "one of 810520 for cobalt-metal",
     "Correct the code or the form."),
    ({"net_mass_kg": None}, "net_mass_kg", "field_missing", NOTHING, "a value", "Fill in net_mass_kg in kilograms."),
    ({"net_mass_kg": "-1"}, "net_mass_kg", "mass_not_positive", "'-1'", "more than 0 kg",
     "State the net mass in kilograms."),
    ({"net_mass_kg": "0.000"}, "net_mass_kg", "mass_not_positive", "'0.000'", "more than 0 kg",
     "State the net mass in kilograms."),
    ({"net_mass_kg": "one ton"}, "net_mass_kg", "mass_malformed", "'one ton'", *NUMBER),
    ({"net_mass_kg": "1,5"}, "net_mass_kg", "mass_malformed", "'1,5'", *NUMBER),
    ({"net_mass_kg": "1_000"}, "net_mass_kg", "mass_malformed", "'1_000'", *NUMBER),
    ({"net_mass_kg": "NaN"}, "net_mass_kg", "mass_malformed", "'NaN'", *NUMBER),
    ({"net_mass_kg": float("inf")}, "net_mass_kg", "mass_malformed", "'inf'", *NUMBER),
    ({"net_mass_kg": float("nan")}, "net_mass_kg", "field_missing", NOTHING, "a value",
     "Fill in net_mass_kg in kilograms."),
    ({"net_mass_kg": True}, "net_mass_kg", "mass_malformed", "'true'", *NUMBER),
    ({"net_mass_kg": "1e400"}, "net_mass_kg", "mass_out_of_range", "'1e400'", *DIGITS),
    ({"net_mass_kg": "9" * 40}, "net_mass_kg", "mass_out_of_range", f"'{'9' * 40}'", *DIGITS),
    ({"net_mass_kg": "0." + "1" * 40}, "net_mass_kg", "mass_out_of_range", f"'0.{'1' * 40}'", *PLACES),
    ({"net_mass_kg": "999999999999999"}, "net_mass_kg", "amount_too_large", "999999999999999 kg", "at most 9090909090909 kg",
     "Check the unit, or split the line."),
    ({"customs_value": "-0.01"}, "customs_value", "customs_value_negative", "'-0.01'", "zero or more",
     "State corrections as entries of their own."),
    ({"customs_value": ""}, "customs_value", "field_missing", NOTHING, "a value",
     "Fill in customs_value; zero is a statement, nothing is not."),
    ({"customs_value": "x" * 10_000_000}, "customs_value", "field_too_long", f"'{'x' * 57}'… (10,000,000 characters)",
     "at most 1000 characters", "Shorten customs_value; is a quotation mark missing?"),
    ({"currency": "ZZZ"}, "currency", "currency_unknown", "'ZZZ'", "an ISO 4217 code like USD", "Correct the code."),
    ({"currency": "EUR"}, "currency", "rate_missing", "no rate EUR → USD on 2025-03-31", "the day's rate of exchange",
     "Add it to the rates; they are never inverted or crossed."),
    ({"content": "65 %"}, "content", "content_malformed", "'65 %'", *NUMBER),
    ({"content": "65"}, "content", "content_out_of_range", "'65'", "a fraction above 0 and up to 1", "Write 65 % as 0.65."),
    ({"content": "0"}, "content", "content_out_of_range", "'0'", "a fraction above 0 and up to 1", "Write 65 % as 0.65."),
    ({"hs_code": None, "form": "nickel-scrap"}, "content", "content_missing", NOTHING,
     "the share of its valuable content by mass", "Fill in content: nickel-scrap has no standard one."),
    ({"freight_insurance": "-1"}, "freight_insurance", "freight_insurance_negative", "'-1'", "zero or more",
     "State corrections as entries of their own."),
    ({"valuation_basis": "cif"}, "freight_insurance", "freight_missing", NOTHING,
     "freight and insurance, to bring cif to fob", "Fill in freight_insurance."),
    ({"valuation_basis": "cif", "freight_insurance": "55000.01"}, "freight_insurance", "freight_above_value", "55000.01",
     "at most the cif value of 55000", "Correct one of the two."),
    ({"valuation_basis": "FOB"}, "valuation_basis", "valuation_basis_unknown", "'FOB'", "one of fob, cif",
     "Use one of these words, or leave it out."),
    ({"entry_type": "sale"}, "entry_type", "entry_type_unknown", "'sale'",
     "one of consumption, withdrawal, warehouse, temporary, return", "Use one of these words, or leave it out."),
    ({"direct_invoice": "maybe"}, "direct_invoice", "direct_invoice_malformed", "'maybe'", "true or false",
     "Write true or false, or leave it out."),
    ({"credit_refs": "entry-7"}, "credit_refs", "credit_unknown", "'entry-7'", "a credit that was given",
     "Name a credit of the register, or take it out."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field", "code", "found", "expected", "remedy"), BAD)
def test_a_bad_line_is_told_and_the_good_ones_beside_it_are_assessed(
    changes: dict[str, object], field: str, code: str, found: str, expected: str, remedy: str
) -> None:
    result = assessed([line(), line(line_id="bad") | changes, line(line_id="last")])
    name = changes.get("line_id", "bad")
    shown = str(name)[:80]
    assert told(result) == [
        {"source": None, "row": 2, "line_id": shown, "field": field, "code": code, "found": found, "expected": expected,
         "remedy": remedy}
    ]  # fmt: skip
    assert owed(result) == [("good", OWED), ("last", OWED)]


@pytest.mark.parametrize("code", ["284690", "28469080", "811292", "253090"])
def test_a_code_that_forms_share_is_a_problem_and_never_a_guess(code: str) -> None:
    result = assessed([line(), line(line_id="bad", hs_code=code, form=None)])
    (problem,) = told(result)
    assert (problem["row"], problem["field"], problem["code"]) == (2, "form", "form_ambiguous")
    assert problem["found"] == f"{code} without a form"
    assert problem["expected"].startswith("one of ")
    assert problem["remedy"] == "Fill in form: several share this code."
    assert owed(result) == [("good", OWED)]


def test_a_line_that_states_nothing_is_one_problem() -> None:
    blank = dict.fromkeys(line(), None)
    found = assessed([line(), blank, blank | {"form": "  "}, line(line_id="last")])
    assert [(problem["row"], problem["field"], problem["code"]) for problem in told(found)] == [
        (2, None, "record_empty"),
        (3, None, "record_empty"),
    ]
    assert owed(found) == [("good", OWED), ("last", OWED)]


def test_every_fault_of_a_line_is_told_at_once() -> None:
    bad = line(entry_date="31.3.2025", importer="XX", net_mass_kg="a ton", currency="ZZZ", form="nope", content="2")
    assert [(problem["row"], problem["field"], problem["code"]) for problem in told(assessed([bad]))] == [
        (1, "entry_date", "date_malformed"),
        (1, "net_mass_kg", "mass_malformed"),
        (1, "content", "content_out_of_range"),
        (1, "importer", "country_unknown"),
        (1, "form", "form_unknown"),
        (1, "currency", "currency_unknown"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"importer": " US "},
        {"hs_code": ""},
        {"hs_code": 28469080},
        {"entry_date": date(2025, 3, 31)},
        {"entry_date": datetime(2025, 3, 31)},  # noqa: DTZ001 - customs days have no zone
        {"net_mass_kg": 1000, "customs_value": 55000.0},
        {"net_mass_kg": "1e3", "customs_value": "+55000.000000"},
        {"net_mass_kg": "1000.", "customs_value": Decimal("5.5E+4")},
        {"content": float("nan"), "form": "ndpr-oxide"},
        {"valuation_basis": "fob", "entry_type": "", "related_parties": "No", "direct_invoice": "1"},
        {"contents": {"Nd": "0.75"}, "incoterm": "FCA", "credit_refs": []},
    ],
)
def test_what_can_be_read_without_a_guess_is_read(changes: dict[str, object]) -> None:
    result = assessed([line(**changes)])
    assert told(result) == []
    assert owed(result) == [("good", OWED)]


def test_nothing_is_lost_among_many_bad_lines() -> None:
    short = [changes for changes, *_ in BAD[3:] if len(str(changes)) < 200]
    changes = [{}, *short]
    lines = [line(line_id=f"L{number}", **changes[number % 40]) for number in range(400)]
    result = assessed(lines)
    rows = {problem["row"] for problem in told(result)}
    good = {int(row["line_id"][1:]) + 1 for row in result.liabilities.to_pylist()}
    assert rows.isdisjoint(good)
    assert rows | good == set(range(1, 401))


@pytest.mark.parametrize("lines", [5, None, {"line_id": "x"}, [5], ["text"], "no-such-file.csv"])
def test_what_is_no_table_is_refused(lines: object) -> None:
    from footwall.errors import LinesError, UsageError

    with pytest.raises((UsageError, LinesError)) as refused:
        assessed(lines)
    assert str(refused.value).startswith(("lines must be", "each line must be", "no-such-file.csv cannot be assessed"))


def test_no_lines_owe_nothing() -> None:
    result = assessed([])
    assert (len(result.liabilities), len(result.problems), len(result.steps)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("changes", "field", "found"),
    [
        ({"customs_value": "999999999999999.99", "currency": "EUR"}, "customs_value", "amounts around 1.650E+19 IDR"),
        ({"customs_value": "1", "net_mass_kg": "9000000000000"}, "net_mass_kg", "amounts around 3.267E+19 IDR"),
        ({"customs_value": "1", "freight_insurance": "99999999999999", "currency": "EUR"}, "customs_value",
         "amounts around 1.650E+18 IDR"),
    ],
)  # fmt: skip
def test_amounts_that_no_column_holds_are_told_before_they_spoil_a_file(
    changes: dict[str, object], field: str, found: str
) -> None:
    rates = {("EUR", "IDR", date(2025, 3, 31)): "16500", ("USD", "IDR", date(2025, 3, 31)): "16500"}
    schedule = Schedule.from_measures(sample_schedule().measures, currency="IDR", members=["US"])
    result = assess([line(), line(line_id="bad") | changes, line(line_id="last")], schedule, rates)
    (problem,) = told(result)
    assert (problem["row"], problem["field"], problem["code"], problem["found"]) == (
        2,
        field,
        "amount_too_large",
        found,
    )
    assert problem["expected"] == "sums below 1E+16 IDR"
    assert [row["line_id"] for row in result.liabilities.to_pylist()] == ["good", "last"]


@pytest.mark.parametrize("value", ["999999999999.99", "1000000000000", "1000000000000.01", "99999999999999.99"])
def test_large_lines_owe_what_small_ones_owe_in_proportion(value: str) -> None:
    found = assessed([line(customs_value=value)])
    assert found.liabilities.to_pylist()[0]["ordinary_duty"] == round_to_unit(
        Decimal(value) * Decimal("0.037"), Decimal("0.01"), "half_up"
    )
