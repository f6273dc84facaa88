"""The ordinary duty that a notified tariff may count on is the part that every line of the form owes."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tariff_samples import DAY, duty, form, treated

from footwall.facts import Form, FormLine, OrdinaryDuty, shipped_facts
from footwall.quantity import Unknown
from footwall.tariffs.ordinary import OrdinaryFacts, OrdinaryRate, ordinary_rate

FACTORS = {("WO3", "W"): Decimal("0.793")}


def rate(of: Form, duties: Sequence[OrdinaryDuty], on: date = DAY) -> OrdinaryRate | Unknown:
    facts = OrdinaryFacts(duties, FACTORS)
    return ordinary_rate(of, "US", on, facts, currency="USD", rounding_unit=Decimal("0.0001"))


def test_the_lowest_of_the_forms_lines_counts() -> None:
    found = rate(form(), [duty(ad_valorem="0.055"), duty("28469020", "0.02"), duty("99999999", "0")])
    assert found == OrdinaryRate(Decimal("0.02"), Decimal(0))


def entered(*codes: str, of: str = "ndpr-oxide", importer: str = "US") -> list[FormLine]:
    return [FormLine(of, importer, code, assumed=True, source="made up") for code in codes]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (entered("28469080"), "0.055"),
        (entered("28469080", "28469040"), "0.04"),
        (entered("28469040", "28469020"), "0"),
        (entered("28469080", of="re-carbonate"), "0"),  # another form's
        (entered("28469080", importer="CA"), "0"),  # another importer's
        ([], "0"),
    ],
)
def test_a_form_counts_the_lowest_of_the_lines_it_is_entered_under(lines: list[FormLine], expected: str) -> None:
    duties = [duty(ad_valorem="0.055"), duty("28469020", "0"), duty("28469040", "0.04")]
    facts = OrdinaryFacts(duties, FACTORS, form_lines=lines)
    found = ordinary_rate(form(), "US", DAY, facts, currency="USD", rounding_unit=Decimal("0.0001"))
    assert found == OrdinaryRate(Decimal(expected), Decimal(0))


def test_a_line_of_other_goods_that_nobody_knows_does_not_make_the_forms_unknown() -> None:
    facts = OrdinaryFacts([duty(), duty("28469020", None)], FACTORS, form_lines=entered("28469080"))
    found = ordinary_rate(form(), "US", DAY, facts, currency="USD", rounding_unit=Decimal("0.0001"))
    assert found == OrdinaryRate(Decimal("0.037"), Decimal(0))


def test_a_form_one_of_whose_named_lines_is_not_in_force_is_unknown() -> None:
    for lines in (("28469020",), ("28469020", "28469080")):
        facts = OrdinaryFacts([duty()], FACTORS, form_lines=[row for line in lines for row in entered(line)])
        found = ordinary_rate(form(), "US", DAY, facts, currency="USD", rounding_unit=Decimal("0.0001"))
        assert found == Unknown("the facts hold no rate of US 28469020 on 2025-01-31"), "it may be the lower one"


@pytest.mark.parametrize(
    ("name", "ad_valorem", "specific"),
    [
        ("re-carbonate", "0.037", "0"),
        ("ndpr-oxide", "0", "0"),
        ("dysprosium-oxide", "0.037", "0"),
        ("terbium-oxide", "0.037", "0"),
        ("cobalt-sulphate", "0.014", "0"),
        ("manganese-metal", "0.14", "0"),
        ("gallium-metal", "0.03", "0"),
        ("germanium-metal", "0.026", "0"),
        ("tungsten-carbide", "0.055", "0"),
        ("tungsten-concentrate", "0", "0.2973"),  # 37.5 cents per kg of tungsten, 0.7930 of the trioxide
        ("germanium-concentrate", "0", "0"),
        ("cobalt-metal", "0", "0"),
    ],
)
def test_shipped_forms_owe_what_the_tariff_asks_of_such_goods(name: str, ad_valorem: str, specific: str) -> None:
    facts = shipped_facts()
    held = OrdinaryFacts(facts.ordinary_duties, facts.content_factors, facts.tariff_treatments, facts.form_lines)
    unit = Decimal("0.0001")
    found = ordinary_rate(facts.forms[name], "US", DAY, held, currency="USD", rounding_unit=unit)
    assert found == OrdinaryRate(Decimal(ad_valorem), Decimal(specific))


def test_a_line_without_duty_is_zero_and_a_form_without_a_line_is_unknown() -> None:
    assert rate(form(), [duty(ad_valorem="0")]) == OrdinaryRate(Decimal(0), Decimal(0))
    assert rate(form(), []) == Unknown("the facts hold no ordinary duty of US on ndpr-oxide")
    assert isinstance(rate(form(), [duty(importer="CA")]), Unknown)


def test_one_rate_nobody_knows_makes_the_lowest_unknown() -> None:
    found = rate(form(), [duty(ad_valorem="0.05"), duty("28469020", None, rate_text="see note")])
    assert found == Unknown("the rate of US 28469020 (see note) is not known as a figure")


def test_only_lines_in_force_on_the_day_count() -> None:
    ended = duty("28469020", "0", valid_to=date(2025, 1, 30))
    assert rate(form(), [duty(), ended]) == OrdinaryRate(Decimal("0.037"), Decimal(0))
    assert rate(form(), [duty(), ended], date(2025, 1, 30)) == OrdinaryRate(Decimal(0), Decimal(0))


def test_a_rate_is_in_force_on_its_first_day() -> None:
    assert rate(form(), [duty()], duty().valid_from) == OrdinaryRate(Decimal("0.037"), Decimal(0))
    assert isinstance(rate(form(), [duty()], duty().valid_from - timedelta(days=1)), Unknown)


@pytest.mark.parametrize(
    ("basis", "share", "contained", "expected"),
    [
        ("form", "0.5", "", "0.375"),
        ("contained", "0.5", "WO3", "0.375"),
        ("contained", "0.5", "", "0.75"),  # per kg of goods, of which half is content
        ("form", "0.5", "WO3", "0.1875"),
        ("contained", "0.5", "W", "0.2973"),  # 0.375 × 0.793, rounded down
        ("form", "0.5", "W", "0.1486"),
        ("contained", None, "W", "0.2973"),  # content by content needs no share of the goods
    ],
)
def test_a_specific_rate_is_told_per_kg_of_what_the_form_is_priced_by(
    basis: str, share: str | None, contained: str, expected: str
) -> None:
    found = rate(
        form(basis=basis, content="WO3", share=share),
        [duty(ad_valorem=None, specific=Decimal("0.375"), contained=contained)],
    )
    assert found == OrdinaryRate(Decimal(0), Decimal(expected))


@pytest.mark.parametrize(
    ("share", "contained", "currency", "reason"),
    [
        (None, "", "USD", "US 28469080: ndpr-oxide has no standard content to convert its rate by"),
        ("0.5", "Mo", "USD", "US 28469080: the share of Mo in the WO3 of ndpr-oxide is not known"),
        ("0.5", "WO3", "EUR", "the rate of US 28469080 is in EUR, not USD"),
    ],
)
def test_a_specific_rate_that_cannot_be_told_is_unknown(
    share: str | None, contained: str, currency: str, reason: str
) -> None:
    of = form(basis="contained", content="WO3", share=share)
    found = rate(of, [duty(ad_valorem="0.03", specific=Decimal("0.375"), contained=contained, currency=currency)])
    assert found == Unknown(reason)


def test_the_duty_at_a_price_stands_on_the_customs_value_and_never_below_zero() -> None:
    both = OrdinaryRate(Decimal("0.1"), Decimal(2))
    assert both.at(Decimal(50), Decimal(10)) == Decimal("6.0")
    assert both.at(Decimal(5), Decimal(10)) == Decimal("2.0")
    assert both.at(Decimal(-5), Decimal(0)) == Decimal("2.0")


def test_column_2_counts_only_where_every_origin_of_a_group_owes_it() -> None:
    duties = [duty(special_programs=("IL",)), duty(ad_valorem="0.25", treatment="column_2")]
    treatments = [treated("RU"), treated("CU", valid_from=DAY), treated("IL", "IL")]
    facts = OrdinaryFacts(duties, FACTORS, treatments)

    def counted(*origins: str, on: date = DAY) -> object:
        unit = Decimal("0.0001")
        found = ordinary_rate(form(), "US", on, facts, currency="USD", rounding_unit=unit, origins=origins)
        return found.ad_valorem if isinstance(found, OrdinaryRate) else found

    assert counted("RU") == counted("CU", "RU") == Decimal("0.25")
    assert counted() == counted("CN") == counted("CN", "RU") == Decimal("0.037")
    assert counted("CU", "RU", on=DAY - timedelta(days=1)) == Decimal("0.037")
    assert counted("IL") == Decimal("0.037")  # a preference is not counted on


def test_a_column_2_rate_that_nobody_has_entered_is_unknown() -> None:
    facts = OrdinaryFacts([duty()], FACTORS, [treated("RU")])
    found = ordinary_rate(form(), "US", DAY, facts, currency="USD", rounding_unit=Decimal("0.01"), origins=("RU",))
    assert found == Unknown("the facts hold no ordinary duty of US on ndpr-oxide")
