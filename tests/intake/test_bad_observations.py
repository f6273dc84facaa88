"""Every fault of a record is told: where, what was found, what was expected, what to do; and the good ones are kept."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from intake_samples import KNOWN, Row, charge, deal, one, payable

from footwall.intake import Intake, read_observations

FAULTS: list[tuple[Row, str, str]] = [
    (deal(observation=""), "observation", "field_missing"),
    (deal(market=" "), "market", "field_missing"),
    (deal(submitter=""), "submitter", "field_missing"),
    (deal(form="kryptonite"), "form", "form_unknown"),
    (deal(form=""), "form", "field_missing"),
    (deal(kind="rumour"), "kind", "kind_unknown"),
    (deal(tier="averages"), "tier", "tier_contradicts_kind"),
    (deal(country="Namibia"), "country", "country_unknown"),
    (deal(origin="na"), "origin", "country_unknown"),
    (deal(incoterm="cfr"), "incoterm", "incoterm_unknown"),
    (deal(incoterm=""), "incoterm", "field_missing"),
    (deal(observed_to="05/01/2026"), "observed_to", "date_malformed"),
    (deal(observed_to="2026-02-30"), "observed_to", "date_malformed"),
    (deal(observed_to="0000-01-01"), "observed_to", "date_malformed"),
    (deal(observed_to=""), "observed_to", "field_missing"),
    (deal(observed_from="2026-01-06"), "observed_from", "dates_reversed"),
    (deal(published_at="2026-01-04"), "published_at", "published_too_early"),
    (deal(low="NaN"), "low", "price_malformed"),
    (deal(low="Infinity"), "low", "price_malformed"),
    (deal(low="36,000"), "low", "price_malformed"),
    (deal(low="٣٦"), "low", "price_malformed"),
    (deal(low="9" * 5000), "low", "price_malformed"),
    (deal(low="1E+999"), "low", "price_out_of_range"),
    (deal(low="0"), "low", "price_not_positive"),
    (deal(low="-1"), "low", "price_not_positive"),
    (deal(low="1000000000000"), "low", "price_out_of_range"),
    (deal(low="0.0000001"), "low", "price_out_of_range"),
    (deal(high="35999.999999"), "high", "high_below_low"),
    (deal(currency="GOLD"), "currency", "currency_unknown"),
    (deal(currency=""), "currency", "field_missing"),
    (deal(unit="barrel"), "unit", "unit_unknown"),
    (deal(unit="kg ** 9 ** 9"), "unit", "unit_unknown"),
    (deal(unit="share"), "unit", "unit_unknown"),
    (deal(per="element"), "per", "per_unknown"),
    (deal(vat_included="maybe"), "vat_included", "flag_malformed"),
    (deal(mass_kg="0"), "mass_kg", "mass_not_positive"),
    (deal(mass_kg="-5"), "mass_kg", "mass_not_positive"),
    (deal(mass_kg="100000000000"), "mass_kg", "mass_out_of_range"),
    (deal(mass_kg="0.0001"), "mass_kg", "mass_out_of_range"),
    (deal(lot_kg="many"), "lot_kg", "mass_malformed"),
    (deal(content="1.000001"), "content", "content_out_of_range"),
    (deal(content="0"), "content", "content_not_positive"),
    (deal(content="65"), "content", "content_out_of_range"),
    (deal(deflator="usd-1999"), "deflator", "deflator_unknown"),
    (deal(seen_at="2026-01-05T10:00:00"), "seen_at", "instant_malformed"),
    (deal(seen_at="2026-01-05"), "seen_at", "instant_malformed"),
    (deal(seen_at="2026-01-05T25:00:00Z"), "seen_at", "instant_malformed"),
    (deal(seen_at="2026-01-05T10:00:00.1234567Z"), "seen_at", "instant_malformed"),
    (deal(seen_at="2026-01-07T00:00:00Z"), "seen_at", "seen_on_another_day"),
    (deal(seen_at="2026-01-03T23:59:59Z"), "seen_at", "seen_on_another_day"),
    (deal(place="Rotterdam"), "place", "place_malformed"),
    (deal(relation="cousin"), "relation", "relation_unknown"),
    (deal(payment_days="-1"), "payment_days", "payment_days_malformed"),
    (deal(payment_days="10000"), "payment_days", "payment_days_malformed"),
    (deal(payment_days="30.5"), "payment_days", "payment_days_malformed"),
    (deal(market="x" * 201), "market", "field_too_long"),
    (deal(submitter="Al\x00pha"), "submitter", "text_unprintable"),
    (deal(submitter="Al\u200bpha"), "submitter", "text_unprintable"),
    (deal(lot="a\nb"), "lot", "text_unprintable"),
    (deal(of_form="apt"), "of_form", "of_form_unasked"),
    (deal(counterparty="Alpha"), "counterparty", "deal_with_itself"),
    (deal(counterparty=" Alpha "), "counterparty", "deal_with_itself"),
    (deal(lot_kg="20000.001"), "lot_kg", "lot_above_mass"),
    (deal(count="5"), "count", "cell_not_accepted"),
    (deal(value="5"), "value", "cell_not_accepted"),
    (payable(of_form=""), "of_form", "field_missing"),
    (payable(of_form="gold"), "of_form", "form_unknown"),
    (payable(of_form="cobalt-metal"), "of_form", "of_form_itself"),
    (charge(of_form=""), "of_form", "field_missing"),
    (charge(of_form="gold"), "of_form", "form_unknown"),
    (charge(of_form="cobalt-metal"), "of_form", "of_form_itself"),
    (charge(unit="share"), "unit", "unit_unknown"),
    (charge(currency=""), "currency", "field_missing"),
    (payable(low="0"), "low", "price_not_positive"),
    (payable(low="5.000001"), "low", "share_out_of_range"),
    (payable(currency="USD"), "currency", "share_with_currency"),
    (payable(unit="t"), "unit", "unit_unknown"),
]


@pytest.fixture(scope="module")
def told() -> Intake:
    """One good record, and every faulty one after it, in one submission."""
    return read_observations([deal(observation="good"), *(row for row, _, _ in FAULTS)], KNOWN)


def test_the_good_record_is_kept_beside_any_number_of_faulty_ones(told: Intake) -> None:
    assert told.table["observation"].to_pylist() == ["good"]
    assert {problem.row for problem in told.problems} == set(range(2, len(FAULTS) + 2))


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [pytest.param(row, field, code, id=f"{field}-{code}") for row, (_, field, code) in enumerate(FAULTS, start=2)],
)
def test_a_fault_is_told_with_its_record_and_field(told: Intake, row: int, field: str, code: str) -> None:
    problems = [problem for problem in told.problems if problem.row == row]
    assert (field, code) in {(problem.field, problem.code) for problem in problems}
    for problem in problems:
        assert problem.found
        assert problem.expected
        assert problem.remedy.endswith((".", "…", "?"))
        assert str(problem).isprintable()


@pytest.mark.parametrize(
    ("changes", "field", "held"),
    [
        ({"low": "999999999999.999999"}, "low", Decimal("999999999999.999999")),
        ({"low": "0.000001"}, "low", Decimal("0.000001")),
        ({"low": "3.6e4"}, "low", Decimal(36000)),
        ({"low": "36000.0000000000"}, "low", Decimal(36000)),
        ({"high": "36000"}, "high", Decimal(36000)),
        ({"high": "", "low": "1.5"}, "high", Decimal("1.5")),
        ({"mass_kg": "99999999999.999"}, "mass_kg", Decimal("99999999999.999")),
        ({"mass_kg": ""}, "mass_kg", None),
        ({"content": "1"}, "content", Decimal(1)),
        ({"counterparty": "alpha"}, "counterparty", "alpha"),
        ({"lot_kg": "20000"}, "lot_kg", Decimal(20000)),
        ({"content": "0.000001"}, "content", Decimal("0.000001")),
        ({"country": "NA"}, "country", "NA"),
        ({"country": ""}, "country", ""),
        ({"origin": "NA"}, "origin", "NA"),
        ({"market": "x" * 200}, "market", "x" * 200),
        ({"market": " São Paulo "}, "market", "São Paulo"),
        ({"market": "Sa\u0303o Paulo"}, "market", "São Paulo"),
        ({"observed_from": "2026-01-05"}, "observed_from", date(2026, 1, 5)),
        ({"published_at": "2026-01-05"}, "published_at", date(2026, 1, 5)),
        ({"published_at": ""}, "published_at", date(2026, 1, 5)),
        ({"seen_at": "2026-01-05T23:30:00-05:00"}, "published_at", date(2026, 1, 6)),
        ({"seen_at": "2026-01-05T02:00:00+08:00"}, "seen_at", datetime(2026, 1, 4, 18, tzinfo=UTC)),
        ({"seen_at": "2026-01-05T02:00:00+08:00"}, "published_at", date(2026, 1, 5)),
        ({"tier": "transactions"}, "tier", "transactions"),
        ({"kind": "exchange", "incoterm": ""}, "incoterm", "exchange"),
        ({"kind": "conversion_charge", "incoterm": "", "of_form": "apt"}, "tier", "implied"),
        ({"kind": "cost_survey"}, "tier", "averages"),
        ({"unit": "mtu"}, "unit", "mtu"),
        ({"unit": "troy_ounce"}, "unit", "troy_ounce"),
        ({"per": ""}, "per", "form"),
        ({"vat_included": "TRUE"}, "vat_included", True),
        ({"vat_included": "0"}, "vat_included", False),
        ({"payment_days": "0"}, "payment_days", 0),
        ({"payment_days": ""}, "payment_days", None),
        ({"source": ""}, "source", "table"),
        ({"count": "1"}, "observation", "deal-1"),
    ],
)
def test_what_stands_on_the_boundary_is_taken_exactly(changes: Row, field: str, held: Any) -> None:
    found = one(read_observations([deal(**changes)], KNOWN))[field]
    assert found == held
    assert type(found) is type(held)


def test_a_payable_is_a_share_without_currency_up_to_five_times() -> None:
    row = one(read_observations([payable(high="5")], KNOWN))
    assert (row["low"], row["high"], row["tier"]) == (Decimal("0.84"), Decimal(5), "implied")
    assert (row["currency"], row["incoterm"], row["of_form"]) == ("", "exchange", "apt")


def test_a_float_is_read_through_its_shortest_text() -> None:
    row = deal() | {"low": 0.1, "mass_kg": 20000.125, "vat_included": True, "observed_to": date(2026, 1, 5)}
    exact = one(read_observations([row], KNOWN))
    assert (exact["low"], exact["mass_kg"], exact["vat_included"]) == (Decimal("0.1"), Decimal("20000.125"), True)


def test_a_record_with_several_faults_tells_them_all() -> None:
    intake = read_observations([deal(form="x", low="-1", unit="?", market="")], KNOWN)
    assert [problem.field for problem in intake.problems] == ["form", "market", "low", "unit"]
    assert len(intake) == 0
