"""Each observation becomes USD per kg of the form's basis at the border, or is excluded and says why."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import border, evidence, form, form_rules, patient, seen

from footwall.facts import ExchangeRate
from footwall.prices import Datum, normalise, rework
from footwall.quantity import Unknown

CONTAINED = form(basis="contained", standard_content=Decimal("0.4"))


def datum(observation: Any, of: Any = None, **changes: Any) -> Datum:
    return normalise(observation, of or form(), form_rules(changes.get("at")), changes.get("facts", evidence()))


def test_a_price_at_the_border_stays_as_it_is() -> None:
    result = datum(seen(low="100"))
    assert result.price == 100
    assert result.exclusion is None
    assert [step.figure for step in result.steps] == ["= 100"]


def test_a_range_counts_with_its_middle() -> None:
    assert datum(seen(low="100", high="110")).price == 105


def test_a_chinese_quotation_loses_its_tax_and_its_tonnes() -> None:
    quoted = seen(low="744000", currency="CNY", unit="t", vat_included=True, country="CN")
    rate = ExchangeRate("CNY", "USD", date(2025, 6, 1), 1 / Decimal(7), assumed=False, source="7.0 CNY/USD")
    price = datum(quoted, facts=evidence(exchange_rates=(rate,))).price
    assert isinstance(price, Decimal)
    assert abs(price - Decimal("94.06")) < Decimal("0.01")  # 744,000 ÷ 7.0 ÷ 1.13 ÷ 1000


@patient
@given(
    low=st.integers(1, 10**7),
    span=st.integers(0, 10**5),
    unit=st.sampled_from(["kg", "t", "lb", "mtu"]),
    per=st.sampled_from(["form", "contained"]),
    basis=st.sampled_from(["form", "contained"]),
    incoterm=st.sampled_from(["fob", "exw", "cif", "ddp", "exchange"]),
    taxed=st.booleans(),
)
def test_normalising_is_one_fraction_worked_out(
    *, low: int, span: int, unit: str, per: str, basis: str, incoterm: str, taxed: bool
) -> None:
    quoted = seen(
        low=str(low),
        high=str(low + span),
        unit=unit,
        per=per,
        incoterm=incoterm,
        currency="CNY",
        country="CN",
        vat_included=taxed,
    )
    result = datum(quoted, form(basis=basis, standard_content=Decimal("0.4")))
    kilograms = {"kg": "1", "t": "1000", "lb": "0.45359237", "mtu": "10"}[unit]
    content = Fraction(2, 5)
    exact = (Fraction(low) + Fraction(span, 2)) * Fraction("0.14") / Fraction(kilograms)
    exact = exact / Fraction("1.13") if taxed else exact
    if (per, basis) == ("form", "contained"):
        exact /= content
    if (per, basis) == ("contained", "form"):
        exact *= content
    if incoterm in {"fob", "exw"}:
        freight = Fraction(50, 1000) / (content if basis == "contained" else 1)
        exact = (exact + freight) * Fraction("1.01")
    assert isinstance(result.price, Decimal)
    # four quotients, each within half of 1E-12, grow at most by 1 ÷ 0.4 and 1 ÷ 0.45 on the way
    assert abs(Fraction(result.price) - exact) < Fraction(1, 10**11)
    assert tuple(step.result for step in result.steps) == rework(result.steps)


def test_freight_of_a_contained_price_is_for_all_the_mass_that_is_shipped() -> None:
    result = datum(seen(low="100", per="contained", incoterm="fob"), CONTAINED)
    assert result.price == (100 + Decimal(50) / 400) * Decimal("1.01")


def test_free_carriage_leaves_no_step() -> None:
    assert len(datum(seen(incoterm="fob"), at=border("0", "0")).steps) == 1


def test_a_real_series_is_reflated_to_the_year_it_describes_and_not_to_the_year_of_use() -> None:
    day = date(2024, 12, 31)
    assert datum(seen(low="100", day=day, deflator="level-2020")).price == 120


def test_an_annual_average_is_exchanged_at_the_mean_of_its_months_and_not_at_the_last() -> None:
    spring = seen(
        low="100", currency="CNY", observed_from=date(2025, 5, 1), observed_to=date(2025, 6, 30), tier="averages"
    )
    assert datum(spring).price == Decimal("14.5")


@pytest.mark.parametrize(
    ("changes", "of", "code", "words"),
    [
        ({"currency": "CNY", "day": date(2025, 4, 30)}, form(), "rate_missing", "from CNY to USD for 2025-04"),
        ({"currency": "EUR"}, form(), "rate_missing", "from EUR to USD"),  # USD→EUR is there: never inverted
        ({"currency": "GBP"}, form(), "rate_missing", "from GBP to USD"),  # EUR→GBP is there: never crossed
        ({"vat_included": True, "country": "DE"}, form(), "value_added_tax_missing", "for DE on 2025-06-30"),
        ({"unit": "bushel"}, form(), "unit_unknown", "'bushel' is not a unit of mass"),
        ({"per": "contained"}, form(), "content_unknown", "no standard content of X"),
        ({}, form(basis="contained"), "content_unknown", "no standard content of X"),
        (
            {"per": "contained", "incoterm": "fob"},
            form(basis="contained"),
            "content_unknown",
            "freight per kg of X needs",
        ),
        ({"deflator": "level-2020", "day": date(2023, 6, 1)}, form(), "price_index_missing", "no level for 2023"),
        ({"deflator": "no-base"}, form(), "price_index_missing", "does not show its base year"),
        ({"low": "0"}, form(), "not_positive", "quoted at 0 to 0"),
        ({"low": "-1"}, form(), "not_positive", "quoted at -1"),
        ({"low": "10", "high": "9"}, form(), "not_positive", "quoted at 10 to 9"),
        ({"low": "0.0000000001", "unit": "t"}, form(), "not_positive", "less than can be told"),
        ({"mass_kg": Decimal(0)}, form(), "mass_not_positive", "a mass of 0 kg"),
    ],
)
def test_what_cannot_be_told_is_excluded_with_its_reason_and_is_never_zero(
    changes: dict[str, Any], of: Any, code: str, words: str
) -> None:
    result = datum(seen(**changes), of)
    assert result.exclusion == code
    assert isinstance(result.price, Unknown)
    assert words in result.price.reason
    assert result.weight is None


def test_tax_is_that_of_the_day_it_was_quoted() -> None:
    result = datum(seen(low="113", vat_included=True, country="CN", day=date(2019, 3, 31)))
    assert result.exclusion == "value_added_tax_missing"
    assert datum(seen(low="113", vat_included=True, country="CN", day=date(2019, 4, 1))).price == 100


@pytest.mark.parametrize(
    ("changes", "of", "at"),
    [
        ({"publication_assumed": True}, form(), border()),
        ({"incoterm": "fob"}, form(), border(assumed=True)),
        ({"per": "contained"}, form(standard_content=Decimal("0.4"), assumed=True), border()),
    ],
)
def test_an_assumption_on_the_way_is_told(changes: dict[str, Any], of: Any, at: Any) -> None:
    assert datum(seen(**changes), of, at=at).assumed


def test_an_assumption_that_was_not_needed_is_not_told() -> None:
    assert not datum(seen(), form(standard_content=Decimal("0.4"), assumed=True), at=border(assumed=True)).assumed


def test_what_was_put_in_for_carriage_is_told_and_of_a_price_that_came_landed_nothing_is() -> None:
    fob = datum(seen(low="50", incoterm="fob"), at=border("1000", "0.01"))
    assert (fob.price, fob.carriage) == (Decimal("51.51"), Decimal("1.51"))
    assert datum(seen(incoterm="exw"), at=border("0", "0")).carriage == 0
    for landed in ("cif", "ddp", "exchange"):
        assert datum(seen(incoterm=landed), at=border("1000", "0.01")).carriage is None
