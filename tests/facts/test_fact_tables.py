"""Bad tables are refused with every bad row named; good text is read as it stands."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.errors import FactsError, Problem
from footwall.facts import Country, ExchangeRate, Facts, Form, Recipe, TradeFlow
from footwall.facts.recipes import read_recipes
from footwall.facts.tables import Key, read_table

RATES = "from_currency,to_currency,month,rate,assumed,source"
FORMS = "form,mineral,stage,name,specification,basis,content,standard_content,hs6,source,assumed"
GOOD_FORM = "apt,tungsten,refining,APT,88.5 % min,contained,WO3,0.885,284180,USGS,false"
RECIPE = """
[[recipe]]
recipe = "apt-from-concentrate"
mineral = "tungsten"
output = "apt"
inputs = [{ form = "tungsten-concentrate", kg = 1.42 }]
conversion_cost = 3.00
return_share = 0.10
plant = "market_economy"
assumed = true
source = "by judgement"
"""


def rates(tmp_path: Path, *rows: str, header: str = RATES) -> tuple[ExchangeRate, ...]:
    path = tmp_path / "exchange_rates.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_table(path, ExchangeRate, Key(("from_currency", "to_currency", "month")))


def forms(tmp_path: Path, *rows: str) -> tuple[Form, ...]:
    path = tmp_path / "forms.csv"
    path.write_text("\n".join([FORMS, *rows]) + "\n", encoding="utf-8")
    return read_table(path, Form, Key(("form",)))


def recipes(tmp_path: Path, text: str) -> tuple[Recipe, ...]:
    path = tmp_path / "recipes.toml"
    path.write_text(text, encoding="utf-8")
    return read_recipes(path)


def problems(read: Callable[[], object]) -> list[Problem]:
    with pytest.raises(FactsError) as caught:
        read()
    return list(caught.value.problems)


def told(read: Callable[[], object]) -> list[str]:
    return [str(problem) for problem in problems(read)]


# What is read


def test_a_decimal_keeps_every_digit_it_was_written_with(tmp_path: Path) -> None:
    (rate,) = rates(tmp_path, "EUR,USD,2024-01-01,1.09050000000000000000000001,false,ECB")
    assert rate == ExchangeRate(
        "EUR", "USD", date(2024, 1, 1), Decimal("1.09050000000000000000000001"), assumed=False, source="ECB"
    )


@given(st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=9))
def test_any_decimal_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, number: Decimal) -> None:
    (rate,) = rates(tmp_path_factory.mktemp("facts"), f"EUR,USD,2024-01-01,{number:f},false,ECB")
    assert rate.rate.as_tuple() == Decimal(f"{number:f}").as_tuple()


def test_empty_text_is_unknown_and_never_zero(tmp_path: Path) -> None:
    (known, unknown) = forms(
        tmp_path, GOOD_FORM, "cobalt-scrap,cobalt,mining,Scrap,any,contained,Co,,810530,USGS,false"
    )
    assert (known.standard_content, unknown.standard_content) == (Decimal("0.885"), None)


def test_na_is_namibia(tmp_path: Path) -> None:
    path = tmp_path / "countries.csv"
    path.write_text(
        "iso2,iso3,name,currency,union,valuation,valuation_assumed,source\nNA,NAM,Namibia,NAD,,fob,false,ISO\n"
    )
    (country,) = read_table(path, Country, Key(("iso2",)))
    assert (country.iso2, country.union) == ("NA", "")


def test_codes_in_one_cell_become_a_tuple_and_keep_their_leading_zeros(tmp_path: Path) -> None:
    (form,) = forms(tmp_path, GOOD_FORM.replace("284180", "010121  284180"))
    assert form.hs6 == ("010121", "284180")


def test_text_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    row = "2024,283691,CL,CN,2028000000,,BACI"
    path.write_bytes(f"\ufeffyear,hs6,exporter,importer,value_usd,tonnes,source\r\n{row}\r\n".encode())
    (flow,) = read_table(path, TradeFlow, Key(("year",)))
    assert flow == TradeFlow(2024, "283691", "CL", "CN", Decimal(2028000000), None, "BACI")


# What is refused


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "EUR,USD,2024,1.09,false,ECB",
            "row 1, month: found '2024'; expected a date such as 2024-01-31.",
        ),
        (
            "EUR,USD,1704067200,1.09,false,ECB",
            "row 1, month: found '1704067200'; expected a date such as 2024-01-31.",
        ),
        (
            "EUR,USD,2023-02-29,1.09,false,ECB",
            "row 1, month: found '2023-02-29'; expected a date such as 2024-01-31.",
        ),
        (
            'EUR,USD,2024-01-01,"1,09",false,ECB',
            "row 1, rate: found '1,09'; expected a valid decimal.",
        ),
        ("EUR,USD,2024-01-01,NaN,false,ECB", "row 1, rate: found 'NaN'; expected a finite number."),
        ("EUR,USD,2024-01-01,,false,ECB", "row 1, rate: found nothing; expected a valid decimal."),
        ("EUR,USD,2024-01-01,1.09,no,ECB", "row 1, assumed: found 'no'; expected true or false."),
    ],
)
def test_a_cell_that_cannot_be_what_its_column_means_is_named(tmp_path: Path, row: str, message: str) -> None:
    remedy = "Correct the cell, or leave it empty where the column may be unknown."
    assert told(lambda: rates(tmp_path, row)) == [f"exchange_rates.csv, {message} {remedy} [facts_field]"]


def test_every_bad_cell_of_every_row_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        lambda: rates(
            tmp_path, "EUR,USD,soon,1.09,maybe,ECB", "EUR,USD,2024-01-01,1,true,ECB", "EUR,USD,2024-02-01,x,true,"
        )
    )
    assert [(problem.row, problem.field) for problem in found] == [(1, "month"), (1, "assumed"), (3, "rate")]


def test_a_stage_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (message,) = told(lambda: forms(tmp_path, GOOD_FORM.replace("refining", "smelting")))
    assert message.startswith(
        "forms.csv, row 1, stage: found 'smelting'; expected 'mining', 'refining', 'processing' or 'manufacturing'."
    )


def test_a_second_row_with_the_same_key_is_refused(tmp_path: Path) -> None:
    row = "EUR,USD,2024-01-01,1.09,false,ECB"
    assert told(lambda: rates(tmp_path, row, row.replace("1.09", "1.10"))) == [
        (
            "exchange_rates.csv, row 2, from_currency+to_currency+month: found EUR USD 2024-01-01; "
            "expected a key that row 1 has not taken. Keep one of the two rows. [facts_duplicate]"
        )
    ]


def test_a_row_with_a_stray_comma_is_refused(tmp_path: Path) -> None:
    assert told(lambda: rates(tmp_path, "EUR,USD,2024-01-01,1,09,false,ECB")) == [
        (
            "exchange_rates.csv, row 1: found 7 cells; expected 6 cells. "
            "Quote text that holds a comma, and remove empty lines. [facts_width]"
        )
    ]


def test_other_columns_than_the_record_has_are_refused(tmp_path: Path) -> None:
    (message,) = told(lambda: rates(tmp_path, header=RATES.replace("rate", "price")))
    assert message == (
        f"exchange_rates.csv: found {RATES.replace('rate', 'price')}; expected {RATES}. "
        "Give the table exactly these columns, in this order. [facts_columns]"
    )


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "exchange_rates.csv"
    path.write_bytes(b"")
    (problem,) = problems(lambda: read_table(path, ExchangeRate, Key(("month",))))
    assert (problem.code, problem.found) == ("facts_columns", "")


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    assert told(lambda: Facts(tmp_path).minerals) == [
        "minerals.csv: found No such file or directory; expected a fact table. Put the table back. [facts_missing]"
    ]


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "minerals.csv").write_bytes("mineral,name".encode("utf-16"))
    assert told(lambda: Facts(tmp_path).minerals) == [
        "minerals.csv: found byte 0 is not UTF-8; expected UTF-8 text. Save the table as UTF-8. [facts_encoding]"
    ]


@pytest.mark.parametrize("text", ['EUR,"USD,2024-01-01', '"EUR"x,USD,2024-01-01,1,false,ECB', "E" * 200_000])
def test_text_that_is_not_a_table_is_refused(tmp_path: Path, text: str) -> None:
    (problem,) = problems(lambda: rates(tmp_path, text))
    assert problem.code == "facts_csv"
    assert problem.source == "exchange_rates.csv"


# Recipes


def test_a_recipe_keeps_its_decimals_and_what_is_left_out_is_none(tmp_path: Path) -> None:
    (recipe,) = recipes(tmp_path, RECIPE)
    assert recipe.inputs[0].kg == Decimal("1.42")
    assert (recipe.by_products, recipe.cost_year, recipe.reverse_of) == ((), None, None)
    assert str(recipe.conversion_cost) == "3.00"


def test_a_key_that_no_recipe_has_is_refused(tmp_path: Path) -> None:
    (message,) = told(lambda: recipes(tmp_path, RECIPE + "margin = 0.2\n"))
    assert message == (
        "recipes.toml, row 1, margin: found margin; expected one of assumed, by_products, conversion_cost, cost_year, "
        "inputs, mineral, output, plant, recipe, return_share, reverse_of, source. Remove or rename the key. [facts_key]"
    )


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("kg = 1.42", 'kg = "much"', "inputs.0.kg"),
        ("conversion_cost = 3.00", "conversion_cost = true", "conversion_cost"),
        ('plant = "market_economy"', 'plant = "state"', "plant"),
        ('source = "by judgement"', "", "source"),
    ],
)
def test_a_recipe_with_a_bad_or_missing_value_is_refused(tmp_path: Path, old: str, new: str, field: str) -> None:
    (problem,) = problems(lambda: recipes(tmp_path, RECIPE.replace(old, new)))
    assert (problem.code, problem.source, problem.row, problem.field) == ("facts_field", "recipes.toml", 1, field)


def test_a_recipe_with_the_name_of_another_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(lambda: recipes(tmp_path, RECIPE + RECIPE))
    assert (problem.code, problem.row, problem.found) == ("facts_duplicate", 2, "apt-from-concentrate")


def test_text_that_is_not_toml_is_refused_with_its_place(tmp_path: Path) -> None:
    (problem,) = problems(lambda: recipes(tmp_path, RECIPE + "recipe =\n"))
    assert problem.code == "facts_toml"
    assert "line 12" in problem.found
