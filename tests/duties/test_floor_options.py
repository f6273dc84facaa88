"""What every method of a floor may have beside: a minimum, a rebate from the ceiling on, a suspension, a levy among members."""

from datetime import date
from typing import Any

import pytest

from footwall.batch import Session
from footwall.batch.assess import liability_row
from footwall.duties import DutyStep, Liability, assess_line
from footwall.errors import ScheduleError
from footwall.tariffs import Measure, Schedule

DAY = date(2026, 3, 2)
EVERY: dict[str, Any] = {"form": "ndpr-oxide", "importers": ["DE"], "origins": ["CN"], "valid_from": date(2026, 1, 1),
                         "currency": "EUR"}  # fmt: skip
ORDINARY = Measure(measure_id="mfn", role="ordinary", method="ad_valorem", ad_valorem="0.10", **EVERY)  # type: ignore[arg-type]


def floor(method: str = "top_up", **more: Any) -> Measure:
    return Measure(measure_id="floor", role="floor", method=method, floor=100, counts=(), **{**EVERY, **more})  # type: ignore[arg-type]


def owed(measures: list[Measure], value: Any, **more: Any) -> tuple[Liability, list[str]]:
    """The liability of 10 kg by both forms of the law, and the rates that their steps tell."""
    line = {"line_id": "x", "entry_date": DAY, "importer": "DE", "origin": "CN", "form": "ndpr-oxide", "hs_code": "",
            "net_mass_kg": 10, "customs_value": value, "currency": "EUR"} | more  # fmt: skip
    schedule = Schedule.from_measures(measures, currency="EUR")
    found, steps = assess_line(line, schedule, {})
    assert isinstance(found, Liability)
    session = Session.open([line], schedule, {})
    assert session.prepared.left_over == 0
    (row,) = session.liabilities().to_pylist()
    assert row == liability_row(found, session.prepared.terms)
    told = [step.rate for step in steps if isinstance(step, DutyStep)]
    assert [step["rate"] for step in session.steps().to_pylist()] == told
    return found, told


@pytest.mark.parametrize(
    ("value", "duty", "reason"),
    [
        ("900", "100.00", "floor_duty_owed"),
        ("960", "40.00", "floor_duty_owed"),
        ("970", "30.00", "floor_duty_owed"),
        ("970.01", "30.00", "floor_minimum_owed"),
        ("1000", "30.00", "floor_minimum_owed"),
        ("1999.99", "30.00", "floor_minimum_owed"),
        ("2000", "0.00", "above_ceiling"),
    ],
)
def test_a_minimum_is_owed_above_the_floor_too_and_not_from_the_ceiling_on(value: str, duty: str, reason: str) -> None:
    found, _ = owed([floor(ceiling=200, least_specific=3)], value)
    assert (str(found.floor_duty), found.reason) == (duty, reason)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("notified", {"specific": 1, "shipment": "lesser"}),
        ("graduated", {}),
        ("banded", {"bands": [(100, 0), (0, 1)]}),
        ("minimum_price", {"otherwise_ad_valorem": "0.01"}),
    ],
)
def test_every_method_may_have_a_minimum_of_value_and_mass(method: str, more: dict[str, Any]) -> None:
    found, told = owed([floor(method, least_ad_valorem="0.02", least_specific=2, **more)], "1100")
    assert (str(found.floor_duty), found.reason) == ("42.00", "floor_minimum_owed")
    assert told == ["at least 2 % of value + 2 EUR/kg: the minimum is owed"]


def test_a_minimum_stands_before_the_cap() -> None:
    found, _ = owed(
        [ORDINARY, floor(least_specific=3, cap="mfn_bound", bound_ad_valorem="0.12")],
        "1100",
    )
    assert (str(found.floor_duty), found.reason) == ("22.00", "floor_duty_capped")


@pytest.mark.parametrize(
    ("value", "freight", "ordinary", "reason"),
    [
        ("1999.99", None, "200.00", "no_floor_duty_due"),
        ("2000", None, "150.00", "ordinary_duty_rebated"),
        ("2100", None, "157.50", "ordinary_duty_rebated"),
    ],
)
def test_from_the_ceiling_on_the_ordinary_duty_is_rebated(
    value: str, freight: str | None, ordinary: str, reason: str
) -> None:
    found, told = owed([ORDINARY, floor(ceiling=200, rebate_share="0.25")], value, freight_insurance=freight)
    assert (str(found.ordinary_duty), found.reason) == (ordinary, reason)
    assert found.total_duty == found.ordinary_duty
    less = ", less 25 % of it from the ceiling on" if reason == "ordinary_duty_rebated" else ""
    assert told[0] == f"10 % of value{less}"


def test_what_nobody_knows_is_not_rebated() -> None:
    found, _ = owed([floor(ceiling=200, rebate_share=1)], "2000")
    assert found.reason == "above_ceiling"


@pytest.mark.parametrize("value", ["500", "1100", "2000"])
def test_a_suspended_floor_asks_nothing_and_lodges_no_security(value: str) -> None:
    stated = floor("banded", bands=[(100, 0), (0, 50)], standard_value=80, tolerance="0.1", least_specific=3,
                   ceiling=200, suspended=True)  # fmt: skip
    found, _ = owed([ORDINARY, stated], value)
    assert (found.floor_duty, found.security, found.reason) == (0, 0, "suspended")


def test_a_suspended_floor_still_rebates_above_its_ceiling() -> None:
    found, _ = owed([ORDINARY, floor(ceiling=200, rebate_share=1, suspended=True)], "2000")
    assert (str(found.ordinary_duty), found.reason) == ("0.00", "suspended")


@pytest.mark.parametrize(("value", "duty", "reason"), [("900", "100.00", "equalisation_levy"), ("1000", "0.00", "no_floor_duty_due")])  # fmt: skip
def test_a_levy_among_members_has_a_reason_of_its_own(value: str, duty: str, reason: str) -> None:
    found, _ = owed([floor(equalisation=True)], value)
    assert (str(found.floor_duty), found.reason) == (duty, reason)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"least_specific": 0}, "least_of_nothing"),
        ({"least_specific": -1}, "amount_negative"),
        ({"least_ad_valorem": 5}, "rate_out_of_range"),
        ({"rebate_share": "0.5"}, "rebate_without_ceiling"),
        ({"rebate_share": 0, "ceiling": 200}, "rebate_out_of_range"),
        ({"rebate_share": "1.01", "ceiling": 200}, "rebate_out_of_range"),
        ({"most_specific": 5}, "option_of_other_method"),
        ({"suspended": "yes"}, "flag_malformed"),
        ({"equalisation": True, "origins": ["non-members"]}, "equalisation_of_outsiders"),
    ],
)
def test_nonsense_is_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(ScheduleError) as refusal:
        Schedule.from_measures([floor(**more)], members=["DE"])
    assert code in {problem.code for problem in refusal.value.problems}


@pytest.mark.parametrize("more", [{"suspended": True}, {"equalisation": True}, {"rebate_share": "0.5"}])
def test_other_duties_have_no_options_of_a_floor(more: dict[str, Any]) -> None:
    with pytest.raises(ScheduleError) as refusal:
        Schedule.from_measures(
            [Measure(measure_id="a", role="additional", method="specific", specific=1, **EVERY, **more)]
        )  # type: ignore[arg-type]
    assert {problem.code for problem in refusal.value.problems} == {"option_of_other_method"}


def test_a_bound_rate_without_a_cap_tells_what_it_leaves_and_does_not_bite() -> None:
    bound = {"bound_ad_valorem": "0.12"}
    found, _ = owed([ORDINARY, floor(**bound)], "900")
    assert (str(found.floor_duty), str(found.cap), found.reason) == ("100.00", "18.00", "floor_duty_owed")
    capped, _ = owed([ORDINARY, floor(cap="mfn_bound", **bound)], "900")
    assert (str(capped.floor_duty), str(capped.cap), capped.reason) == ("18.00", "18.00", "floor_duty_capped")
    unknown, _ = owed([ORDINARY, floor(cap="mfn_bound")], "900")
    assert str(unknown.floor_duty) == "100.00"
