"""Goods worth just what a band, a ceiling or a security asks reach it, in whatever currency they are told."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from footwall.batch import assess
from footwall.duties import Liability, assess_line
from footwall.tariffs import Measure, Schedule

DAY = date(2026, 3, 2)
BANDED: dict[str, Any] = {"method": "banded", "bands": [("6000", "0"), ("5000", "120"), ("0", "900")], "per_kg": 100}
CEILED: dict[str, Any] = {"method": "top_up", "floor": "5900", "ceiling": "6000", "per_kg": 100}
SECURED: dict[str, Any] = {
    **BANDED,
    "bands": [("9000", "0"), ("0", "900")],
    "standard_value": "5000",
    "tolerance": "0.2",
}


def owed(value: str, rate: str, **method: Any) -> Liability:
    """What 1,000 kg at `value` EUR owe in USD, by the readable law and by the query alike."""
    measure = Measure(measure_id="m", role="floor", form="ndpr-oxide", importers=["DE"], origins=["CN"], currency="EUR",
                      valid_from=DAY, **method)  # fmt: skip
    schedule = Schedule.from_measures([measure], "USD")
    line = {"line_id": "x", "entry_date": DAY, "importer": "DE", "origin": "CN", "form": "ndpr-oxide", "net_mass_kg": "1000",
            "customs_value": value, "currency": "EUR"}  # fmt: skip
    rates = {("EUR", "USD", DAY): Decimal(rate)}
    liability = assess_line(line, schedule, rates)[0]
    assert isinstance(liability, Liability)
    row = assess([line], schedule, rates).liabilities.to_pylist()[0]
    assert (row["floor_duty"], row["security"], row["reason"]) == (
        liability.floor_duty,
        liability.security,
        liability.reason,
    )
    return liability


@pytest.mark.parametrize("rate", ["1.1823947", "1.1823943", "1", "0.0061234"])
def test_goods_worth_just_the_entry_price_reach_it_in_any_currency(rate: str) -> None:
    at, below = owed("60000", rate, **BANDED), owed("59000", rate, **BANDED)
    assert (at.floor_duty, at.rent_exposed) == (0, 0)
    assert below.floor_duty == (Decimal(1200) * Decimal(rate)).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@pytest.mark.parametrize("rate", ["1.1823947", "1.1823943", "1"])
def test_goods_worth_just_the_ceiling_are_at_it_and_those_worth_just_the_tolerated_value_need_no_security(
    rate: str,
) -> None:
    assert owed("60000", rate, **CEILED).reason == "above_ceiling"
    assert owed("59999.90", rate, **CEILED).reason == "no_floor_duty_due"
    assert owed("60000", rate, **SECURED).security == 0
    assert owed("80000", rate, **{**SECURED, "bands": [("9000", "0"), ("6000", "10"), ("0", "900")]}).security > 0


@pytest.mark.parametrize(
    ("direct", "told"),
    [(True, ("V + F + C", "minimum_price to 6000 EUR/100 kg")), (False, ("V", "50 % of value: not invoiced directly"))],
)
def test_a_step_of_a_minimum_price_says_what_was_owed(direct: bool, told: tuple[str, str]) -> None:
    measure = Measure(measure_id="m", role="floor", form="ndpr-oxide", importers=["DE"], origins=["CN"], currency="EUR", valid_from=DAY,
                      method="minimum_price", floor="6000", per_kg=100, otherwise_ad_valorem="0.5")  # fmt: skip
    schedule = Schedule.from_measures([measure], "EUR")
    line = {"line_id": "x", "entry_date": DAY, "importer": "DE", "origin": "CN", "form": "ndpr-oxide", "net_mass_kg": "1000",
            "customs_value": "50000", "currency": "EUR", "direct_invoice": direct}  # fmt: skip
    (step,) = assess_line(line, schedule, {})[1]  # type: ignore[misc]
    (row,) = assess([line], schedule).steps.to_pylist()
    assert (step.base, step.rate) == (row["base"], row["rate"]) == told  # type: ignore[union-attr]
    assert row["base_amount"] == 50000


def test_two_duties_of_a_line_are_rounded_each_as_its_measure_says() -> None:
    floor = Measure(measure_id="m", role="floor", form="ndpr-oxide", importers=["US"], origins=["CN"], currency="USD", valid_from=DAY,
                    method="top_up", floor="110", counts=(), rounding_unit=1, rounding_mode="half_up")  # fmt: skip
    ordinary = Measure(measure_id="o", role="ordinary", form="ndpr-oxide", importers=["US"], origins=["CN"], currency="USD",
                       valid_from=DAY, method="ad_valorem", ad_valorem="0.037")  # fmt: skip
    line = {"line_id": "x", "entry_date": DAY, "importer": "US", "origin": "CN", "form": "ndpr-oxide", "net_mass_kg": "1000",
            "customs_value": "55010.50", "currency": "USD"}  # fmt: skip
    (row,) = assess([line], Schedule.from_measures([floor, ordinary], "USD"), {}).liabilities.to_pylist()
    # 3.7 % of 55,010.50 is 2,035.3885; to the floor of 110,000 there lack 54,989.50.
    assert (row["ordinary_duty"], row["floor_duty"]) == (Decimal("2035.39"), Decimal(54990))
