"""What must hold of a duty whatever the goods cost, said of the readable law (the query is held equal to it elsewhere)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from footwall.duties import DutyStep, Liability, assess_line
from footwall.quantity import Unknown
from footwall.tariffs import Measure, Schedule

DAY = date(2025, 6, 30)
COIN = Decimal("0.01")
prices = st.decimals(Decimal("0.01"), Decimal(500), places=2)
masses = st.decimals(Decimal("0.001"), Decimal(10**6), places=3)
values = st.decimals(0, Decimal(10**8), places=2)
rates = st.decimals(0, 1, places=4)
freights = st.one_of(st.none(), st.decimals(0, 10**5, places=2))
METHODS: Mapping[str, Mapping[str, Any]] = {
    "top_up": {},
    "notified": {"specific": "12.5"},
    "notified max": {"specific": "12.5", "shipment": "max"},
    "notified lesser": {"specific": "12.5", "shipment": "lesser"},
    "graduated": {},
    "minimum_price": {"otherwise_ad_valorem": "0.2"},
}


def schedule(method: str, floor: Decimal, ordinary: Decimal | None, **more: Any) -> Schedule:
    every: dict[str, Any] = {"form": "ndpr-oxide", "importers": ["US"], "valid_from": DAY}
    options = {**METHODS[method], **more}
    measures = [Measure(measure_id="floor", role="floor", method=method.split(maxsplit=1)[0], floor=floor, currency="USD",  # type: ignore[arg-type]
                        origins=["non-members"], **options, **every)]  # fmt: skip
    if ordinary is not None:
        measures.append(Measure(measure_id="ordinary", role="ordinary", method="ad_valorem", ad_valorem=ordinary,
                                origins=["CN", "JP"], **every))  # fmt: skip
    return Schedule.from_measures(measures, currency="USD", members=["US", "JP"])


def owed(law: Schedule, mass: Any, value: Any, **more: Any) -> tuple[Liability, tuple[DutyStep, ...]]:
    line = {"line_id": "x", "entry_date": DAY, "importer": "US", "origin": "CN", "form": "ndpr-oxide", "net_mass_kg": mass,
            "customs_value": value, "currency": "USD", "direct_invoice": True}  # fmt: skip
    found = assess_line(line | more, law, {})
    assert isinstance(found[0], Liability), found
    return found  # type: ignore[return-value]


def paid(found: Liability) -> Decimal:
    return (
        found.floor_duty
        + found.additional_duty
        + (ZERO if isinstance(found.ordinary_duty, Unknown) else found.ordinary_duty)
    )


ZERO = Decimal(0)
any_method = st.sampled_from(sorted(METHODS))


@given(prices, st.one_of(st.none(), rates), masses, values, freights)
def test_top_up_without_a_cap_never_lands_goods_below_the_floor(
    floor: Decimal, ordinary: Decimal | None, mass: Decimal, value: Decimal, freight: Decimal | None
) -> None:
    found, _ = owed(schedule("top_up", floor, ordinary), mass, value, freight_insurance=freight)
    assert found.landed_value >= floor * mass - COIN
    if found.floor_duty:
        assert abs(found.landed_value - floor * mass) <= COIN


@given(any_method, prices, prices, st.one_of(st.none(), rates), masses, values)
def test_what_is_paid_never_falls_when_the_floor_rises(
    method: str, floor: Decimal, more: Decimal, ordinary: Decimal | None, mass: Decimal, value: Decimal
) -> None:
    lower, _ = owed(schedule(method, floor, ordinary), mass, value)
    higher, _ = owed(schedule(method, floor + more, ordinary), mass, value)
    assert paid(higher) >= paid(lower)


@given(any_method, prices, st.one_of(st.none(), rates), masses, values)
def test_doubling_a_floor_never_lowers_a_liability(
    method: str, floor: Decimal, ordinary: Decimal | None, mass: Decimal, value: Decimal
) -> None:
    once, _ = owed(schedule(method, floor, ordinary), mass, value)
    twice, _ = owed(schedule(method, floor * 2, ordinary), mass, value)
    assert twice.floor_duty >= once.floor_duty
    assert twice.ordinary_duty == once.ordinary_duty


@given(st.sampled_from(["top_up", "notified max", "notified lesser", "graduated", "minimum_price"]), prices, rates, masses,
       values, values)  # fmt: skip
def test_a_higher_invoice_never_owes_more_floor_duty(
    method: str, floor: Decimal, ordinary: Decimal, mass: Decimal, value: Decimal, more: Decimal
) -> None:
    law = schedule(method, floor, ordinary)
    assert owed(law, mass, value + more)[0].floor_duty <= owed(law, mass, value)[0].floor_duty


@given(any_method, prices, rates, masses, values)
def test_a_members_own_goods_owe_no_floor_duty(
    method: str, floor: Decimal, ordinary: Decimal, mass: Decimal, value: Decimal
) -> None:
    found, steps = owed(schedule(method, floor, ordinary), mass, value, origin="JP")
    assert (found.floor_duty, found.security, found.reason, found.method) == (ZERO, ZERO, "member_origin", None)
    assert [step.role for step in steps] == ["ordinary"]


@given(any_method, prices, st.one_of(st.none(), rates), masses, values, freights)
def test_the_total_is_the_sum_of_the_duties_and_of_the_steps(
    method: str, floor: Decimal, ordinary: Decimal | None, mass: Decimal, value: Decimal, freight: Decimal | None
) -> None:
    found, steps = owed(schedule(method, floor, ordinary), mass, value, freight_insurance=freight)
    assert sum((step.amount for step in steps), ZERO) == paid(found)
    assert isinstance(found.total_duty, Unknown) == (ordinary is None)
    if not isinstance(found.total_duty, Unknown):
        assert found.total_duty == paid(found)
    assert all(abs(step.amount - step.amount_before_rounding) <= COIN / 2 for step in steps)
    counts = () if method in {"graduated", "minimum_price"} else (found.ordinary_duty,)
    counted = sum((duty for duty in counts if not isinstance(duty, Unknown)), ZERO)
    assert found.landed_value == value + (freight or ZERO) + counted + found.floor_duty


@given(any_method, prices, st.one_of(st.none(), rates), masses, values)
def test_goods_that_land_below_their_floor_are_told_so_and_why(
    method: str, floor: Decimal, ordinary: Decimal | None, mass: Decimal, value: Decimal
) -> None:
    found, steps = owed(schedule(method, floor, ordinary), mass, value)
    (unrounded,) = [step.amount_before_rounding for step in steps if step.role == "floor"]
    landed = found.landed_value - found.floor_duty + unrounded
    if found.reason.endswith("_below_floor"):
        assert landed < floor * mass
        assert found.reason == f"{found.method}_below_floor"
        assert method not in {"top_up", "notified max"}
    elif found.reason == "below_floor_before_ordinary":
        assert landed < floor * mass
        assert ordinary is None
    else:
        assert landed >= floor * mass, "a rounding alone lets no goods be told below their floor"


@given(prices, rates, rates, masses, values)
def test_a_cap_only_lowers_and_is_never_passed(
    floor: Decimal, ordinary: Decimal, bound: Decimal, mass: Decimal, value: Decimal
) -> None:
    free, _ = owed(schedule("top_up", floor, ordinary), mass, value)
    capped, _ = owed(schedule("top_up", floor, ordinary, cap="mfn_bound", bound_ad_valorem=bound), mass, value)
    assert capped.floor_duty <= free.floor_duty
    assert isinstance(capped.cap, Decimal)
    assert capped.floor_duty <= capped.cap
    if capped.floor_duty < free.floor_duty:
        assert capped.reason == "floor_duty_capped"
    unknown, _ = owed(schedule("top_up", floor, ordinary, cap="mfn_bound"), mass, value)
    assert (unknown.floor_duty, str(unknown.cap)) == (free.floor_duty, "unknown (bound_rate_unknown)")


@given(prices, rates, masses, values)
def test_rents_stand_beside_the_duties_and_are_never_negative(
    floor: Decimal, ordinary: Decimal, mass: Decimal, value: Decimal
) -> None:
    found, _ = owed(schedule("top_up", floor, ordinary, parity=floor / 2), mass, value)
    assert found.rent_exposed >= 0
    assert not isinstance(found.rent_taken, Unknown)
    assert found.rent_taken >= 0
    assert found.rent_exposed == 0 or found.floor_duty > 0
    if found.rent_exposed:
        raised, _ = owed(schedule("top_up", floor, ordinary), mass, value + found.rent_exposed)
        assert raised.floor_duty <= 2 * COIN


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_number_owes_the_same_as_text_integer_float_or_decimal(mass: int, value: int) -> None:
    law = schedule("top_up", Decimal(110), Decimal("0.037"))
    found = {owed(law, kind(mass), kind(value))[0] for kind in (int, float, str, Decimal)}
    assert len(found) == 1


@given(st.decimals(0, 10**9, places=6), st.decimals(Decimal("0.000001"), 10**6, places=6))
def test_a_float_is_read_through_its_shortest_text(value: Decimal, mass: Decimal) -> None:
    assume(Decimal(repr(float(value))) == value)
    assume(Decimal(repr(float(mass))) == mass)
    law = schedule("top_up", Decimal(110), None)
    assert owed(law, float(mass), float(value)) == owed(law, mass, value)


@pytest.mark.parametrize("entry", ["warehouse", "temporary", "return"])
@given(any_method, prices, masses, values)
def test_goods_that_do_not_enter_owe_nothing(
    entry: str, method: str, floor: Decimal, mass: Decimal, value: Decimal
) -> None:
    found, steps = owed(schedule(method, floor, Decimal("0.1")), mass, value, entry_type=entry)
    assert (paid(found), found.total_duty, found.security, steps) == (ZERO, ZERO, ZERO, ())
    assert found.reason == f"entry_{entry}"
