"""Where a price stands against its floor, and what a count of footings counts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.facts import shipped_facts
from footwall.prices import Status
from footwall.quantity import Unknown
from footwall.report.series import (
    FormSeries,
    Month,
    Rests,
    footings,
    landed_price,
    price_unit,
    rests_on,
    standing,
    tariff_row,
)
from footwall.tariffs import Tariff

FORMS = shipped_facts().forms
NOBODY = Unknown("nobody knows")
PRICE = st.decimals("0", "1000", places=4)


@given(PRICE, PRICE, st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(1)]))
def test_a_price_stands_under_at_or_above(price: Decimal, floor: Decimal, unit: Decimal) -> None:
    stands = standing(price, floor, unit)
    assert (stands == "under") == (price < floor - unit)
    assert (stands == "above") == (price > floor + unit)
    assert stands in {"under", "at", "above"}


@pytest.mark.parametrize(("price", "floor"), [(NOBODY, Decimal(1)), (Decimal(1), NOBODY), (Decimal(1), None)])
def test_nothing_stands_where_something_is_unknown(price: Decimal | Unknown, floor: Decimal | Unknown | None) -> None:
    assert standing(price, floor, Decimal(0)) == "unknown"


def tariff(**changed: object) -> Tariff:
    stated: dict[str, object] = {
        "form": "ndpr-oxide",
        "importers": ("US",),
        "group": "dominant",
        "method": "notified",
        "rate": Decimal("30.00"),
        "changed_on": date(2024, 1, 31),
        "pending": None,
        "pending_from": None,
        "needed": Decimal("30.00"),
        "floor": Decimal("110.0"),
        "parity": Decimal("78.00"),
        "ordinary": Decimal("2.00"),
        "frozen": False,
        "exporter_share": NOBODY,
        "tolerated_shortfall": Decimal(0),
        "reason": "unchanged",
        "history": (),
    }
    return Tariff(**{**stated, **changed})  # type: ignore[arg-type]


def test_a_landed_price_is_market_and_ordinary_duty_and_tariff() -> None:
    assert landed_price(tariff()) == Decimal("110.00")
    assert landed_price(tariff(ordinary=NOBODY)) == Decimal("108.00")
    assert landed_price(tariff(parity=NOBODY)) == NOBODY


def test_a_tariff_that_has_not_caught_up_lands_under_the_floor() -> None:
    assert tariff_row("US", tariff(), Decimal("0.01")).standing == "at"
    assert tariff_row("US", tariff(rate=Decimal("29.98")), Decimal("0.01")).standing == "under"
    assert tariff_row("US", tariff(rate=Decimal("29.99")), Decimal("0.01")).standing == "at"
    assert tariff_row("US", tariff(parity=Decimal(120), rate=Decimal(0)), Decimal("0.01")).standing == "above"


def test_a_top_up_without_a_market_price_shows_no_rate_of_zero() -> None:
    unmeasured = tariff(method="top_up", parity=NOBODY, needed=NOBODY, rate=Decimal(0), ordinary=NOBODY)
    row = tariff_row("US", unmeasured, Decimal("0.01"))
    assert isinstance(row.rate, Unknown)
    assert row.standing == "unknown"
    kept = tariff(parity=NOBODY, needed=NOBODY, ordinary=NOBODY)
    assert tariff_row("US", kept, Decimal("0.01")).rate == Decimal("30.00")  # a notified rate stands, whatever is known


def test_prices_are_in_the_unit_of_their_basis() -> None:
    assert price_unit(FORMS["ndpr-oxide"]) == "USD/kg"
    assert price_unit(FORMS["apt"]) == "USD/kg WO3"


def month(rests: Rests, on: date, *, assumed: bool = False) -> Month:
    return Month(on, NOBODY, rests, None, assumed, None, NOBODY, NOBODY)


@given(
    st.lists(st.tuples(st.sampled_from(["observed", "carried", "cost_build", "unpriced"]), st.booleans()), min_size=1)
)
def test_a_footing_counts_each_form_once(forms: list[tuple[Rests, bool]]) -> None:
    days = (date(2024, 1, 31), date(2024, 2, 29))
    series = [
        FormSeries(FORMS["apt"], (month(rests, days[0], assumed=assumed), month("carried", days[1])))
        for rests, assumed in forms
    ]
    first, second = footings(series)
    assert (first.on, second.on) == days
    assert first.forms == second.forms == second.carried == len(forms)
    assert first.observed == sum(rests == "observed" for rests, _ in forms)
    assert first.unpriced == sum(rests == "unpriced" for rests, _ in forms)
    assert first.observed_assumed == sum(rests == "observed" and assumed for rests, assumed in forms)


@pytest.mark.parametrize(
    ("status", "tier", "rests"),
    [
        ("observed", "averages", "observed"),
        ("carried", "averages", "carried"),
        ("carried", None, "cost_build"),
        ("cost_build", None, "cost_build"),
        ("suspended", None, "unpriced"),
    ],
)
def test_a_carried_cost_build_stays_assumed_and_a_suspended_price_is_none(
    status: Status, tier: str | None, rests: Rests
) -> None:
    assert rests_on(status, tier) == rests
