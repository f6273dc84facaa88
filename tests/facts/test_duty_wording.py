"""The wording of the US tariff, read exactly or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.facts import OrdinaryRate, parse_rate, shipped_facts

FACTS = shipped_facts()


@pytest.mark.parametrize(
    ("wording", "ad_valorem", "specific", "contained"),
    [
        ("Free", "0", None, ""),
        ("5.5%", "0.055", None, ""),
        ("3.70%", "0.037", None, ""),
        ("37.5¢/kg on tungsten content", None, "0.375", "W"),
        ("1.7¢/kg on lead content", None, "0.017", "Pb"),
        ("2.1¢/kg + 3.8%", "0.038", "0.021", ""),
        ("17.6¢/kg on tungsten content + 3.8%", "0.038", "0.176", "W"),
        ("14.8¢/kg on magnesium content + 3.5%", "0.035", "0.148", "Mg"),
        ("9.1¢/kg on molybdenum content + 1.2%", "0.012", "0.091", "Mo"),
        ("14% + 6¢/kg", "0.14", "0.06", ""),
        ("$1.25/t", None, "0.00125", ""),
    ],
)
def test_a_rate_means_what_it_says(wording: str, ad_valorem: str | None, specific: str | None, contained: str) -> None:
    expected = OrdinaryRate(
        None if ad_valorem is None else Decimal(ad_valorem), None if specific is None else Decimal(specific), contained
    )
    assert parse_rate(wording) == expected


@pytest.mark.parametrize(
    "wording",
    [
        "",
        "See 9903.88.03",
        "The duty provided in the applicable subheading + 25%",
        "0.7¢/kg on copper content + 0.7¢/kg on lead content",
        "2.5% on the value of the lead content",
        "1.5¢/kg on unobtainium content",
        "3% + 2%",
        "5",
        "-5%",
        "5,5%",
        "1¢/lb",
    ],
)
def test_a_wording_of_another_kind_is_unknown_and_not_guessed_at(wording: str) -> None:
    assert parse_rate(wording) is None


@given(st.decimals(min_value=0, max_value=500, places=2), st.decimals(min_value=0, max_value=999, places=1))
def test_a_compound_rate_is_its_two_parts_in_either_order(share: Decimal, cents: Decimal) -> None:
    expected = OrdinaryRate(share / 100, cents / 100, "")
    assert parse_rate(f"{share}% + {cents}¢/kg") == expected
    assert parse_rate(f"{cents}¢/kg + {share}%") == expected


def test_every_catalogued_code_has_its_us_lines() -> None:
    with_duty = {duty.hs_code[:6] for duty in FACTS.ordinary_duties if duty.importer == "US"}
    assert with_duty == set(FACTS.forms_by_hs6)


def test_a_line_whose_wording_is_not_read_has_no_figure() -> None:
    unread = [duty for duty in FACTS.ordinary_duties if parse_rate(duty.rate_text) is None]
    assert "78011000" in {duty.hs_code for duty in unread}  # 2.5 % on the value of the lead content
    assert {(duty.ad_valorem, duty.specific) for duty in unread} == {(None, None)}


@pytest.mark.parametrize(
    ("hs_code", "ad_valorem", "specific", "contained"),
    [
        ("85051100", "0.021", None, ""),
        ("28053000", "0.05", None, ""),
        ("28469080", "0.037", None, ""),
        ("28369100", "0.037", None, ""),
        ("81129210", "0.03", None, ""),
        ("81110047", "0.14", None, ""),
        ("81041100", "0.08", None, ""),
        ("26110060", None, "0.375", "W"),
        ("74031100", "0.01", None, ""),
        ("75021000", "0", None, ""),
    ],
)
def test_the_us_lines_carry_their_published_rates(
    hs_code: str, ad_valorem: str | None, specific: str | None, contained: str
) -> None:
    (duty,) = [duty for duty in FACTS.ordinary_duties if (duty.hs_code, duty.treatment) == (hs_code, "general")]
    assert duty.ad_valorem == (None if ad_valorem is None else Decimal(ad_valorem))
    assert duty.specific == (None if specific is None else Decimal(specific))
    assert (duty.contained, duty.currency) == (contained, "USD")


@pytest.mark.parametrize(
    ("hs_code", "ad_valorem", "specific", "contained"),
    [
        ("81041100", "1", None, ""),
        ("75021000", None, "0.066", ""),
        ("26110060", None, "1.1", "W"),
        ("26209920", "0.4", "1.32", "W"),
        ("72044900", None, "0.00074", ""),
        ("26030000", None, None, ""),  # three elements: not read here
        ("26040000", "0", None, ""),
    ],
)
def test_the_us_lines_carry_their_rates_of_column_2(
    hs_code: str, ad_valorem: str | None, specific: str | None, contained: str
) -> None:
    (duty,) = [duty for duty in FACTS.ordinary_duties if (duty.hs_code, duty.treatment) == (hs_code, "column_2")]
    assert duty.ad_valorem == (None if ad_valorem is None else Decimal(ad_valorem))
    assert duty.specific == (None if specific is None else Decimal(specific))
    assert (duty.contained, duty.currency) == (contained, "USD")


def test_every_line_has_a_general_rate_and_dutiable_ones_name_their_programs() -> None:
    general = {duty.hs_code: duty for duty in FACTS.ordinary_duties if duty.treatment == "general"}
    assert set(general) == {duty.hs_code for duty in FACTS.ordinary_duties}
    for duty in general.values():
        assert bool(duty.special_programs) == (duty.rate_text != "Free"), duty.hs_code
        assert not duty.special_programs or {"IL", "KR", "S"} <= set(duty.special_programs)
