"""A floor is a reviewed decision: it never chases the market, and never feeds on itself."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from floor_samples import OXIDE, floor, form, months, reference, rule
from hypothesis import given
from hypothesis import strategies as st

from footwall.errors import UsageError
from footwall.floors import Floor, floor_on, floors_on, review, review_due, trailing_mean
from footwall.quantity import Unknown

DAY = date(2024, 1, 31)
NO_COST = Unknown("no plant")
CENTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(5000), places=2)


def decided(prices: list[str], cost: str | None = None, previous: Floor | None = None, **changes: object) -> Floor:
    history = [reference(day, price) for day, price in zip(months(len(prices)), prices, strict=True)]
    cost_build = NO_COST if cost is None else Decimal(cost)
    return review(DAY, form(), rule(**changes), history, cost_build, previous=previous, rulebook_version="v1")


@given(st.lists(CENTS, min_size=1, max_size=12), st.none() | CENTS, st.none() | CENTS)
def test_floor_is_the_higher_basis_within_one_step(
    prices: list[Decimal], cost: Decimal | None, before: Decimal | None
) -> None:
    found = decided(
        [str(p) for p in prices], None if cost is None else str(cost), None if before is None else floor(str(before))
    )
    mean = Fraction(sum(map(Fraction, prices)), len(prices))
    higher = max(mean, Fraction(cost)) if cost is not None else mean
    assert abs(Fraction(found.trailing_mean) - mean) < Fraction(1, 10**12)  # type: ignore[arg-type]
    if before is None:
        assert Fraction(found.price) == Fraction(int(higher * 100 + Fraction(1, 2)), 100)  # type: ignore[arg-type]
    else:
        lowest, highest = Fraction(before) * Fraction(95, 100), Fraction(before) * Fraction(110, 100)
        assert lowest <= Fraction(found.price) <= highest  # type: ignore[arg-type]
        # One unit of rounding from the clamped figure, never more.
        assert abs(Fraction(found.price) - min(max(higher, lowest), highest)) < Fraction(1, 100)  # type: ignore[arg-type]
    assert found.ceiling == found.price * Decimal("1.5")  # type: ignore[operator]


@given(st.lists(CENTS, min_size=1, max_size=24), st.lists(st.booleans(), min_size=24, max_size=24))
def test_months_under_the_floor_never_count(prices: list[Decimal], made_under: list[bool]) -> None:
    days = months(len(prices))
    whole = [reference(d, p, under_floor=u) for d, p, u in zip(days, prices, made_under, strict=False)]
    doubled = [
        reference(d, p * 2 if u else p, under_floor=u) for d, p, u in zip(days, prices, made_under, strict=False)
    ]
    assert trailing_mean(DAY, rule(), whole) == trailing_mean(DAY, rule(), doubled)
    if all(made_under[: len(prices)][-12:]):
        assert isinstance(trailing_mean(DAY, rule(), whole), Unknown)


def test_halving_all_outside_prices_moves_no_floor_before_its_review() -> None:
    ruled = rule()
    days = [day for day in months(60, date(2026, 12, 31)) if day >= DAY]
    floors: list[Floor] = []
    history = [reference(day, "100") for day in months(24, date(2023, 12, 31))]
    walked: date | None = date(2023, 12, 31)
    path: dict[date, Decimal | Unknown] = {}
    for day in days:
        history.append(reference(day, "100" if day < date(2024, 6, 30) else "50"))
        if review_due(ruled, walked, day):
            floors.append(
                review(day, form(), ruled, history, NO_COST, previous=floor_on(floors, day), rulebook_version="v1")
            )
        walked = day
        in_force = floor_on(floors, day)
        assert in_force is not None
        path[day] = in_force.price
    before_review = [price for day, price in path.items() if day < date(2025, 1, 31)]
    after_review = [price for day, price in path.items() if day >= date(2025, 1, 31)]
    assert set(before_review) == {Decimal("100.00")}
    assert set(after_review) == {Decimal("95.00")}  # one step down, and no further before the next review


def test_with_costs_falling_for_five_years_under_a_binding_floor_the_floor_falls() -> None:
    ruled = rule(review_days=tuple(date(year, 1, 1) for year in range(2024, 2030)))
    current = floor("100", date(2023, 12, 31))
    prices = [current.price]
    for year, cost in enumerate(("90", "82", "75", "70", "66"), start=2024):
        day = date(year, 1, 31)
        inside = [reference(d, str(current.price), under_floor=True) for d in months(12, day)]
        current = review(day, form(), ruled, inside, Decimal(cost), previous=current, rulebook_version="v1")
        assert current.basis == "cost_build"
        prices.append(current.price)
    assert prices == sorted(prices, reverse=True)  # type: ignore[type-var]
    assert len(set(prices)) == 6
    # Five steps of at most 5 %, one after the other, each kept on the inner side of its limit.
    assert prices == [Decimal(p) for p in ("100", "95.00", "90.25", "85.74", "81.46", "77.39")]


def test_a_floor_that_fed_on_itself_would_not_fall() -> None:
    """The oracle of the test above: the same history without its mark holds the floor where it is."""
    inside = [reference(day, "100") for day in months(12)]
    stuck = review(DAY, form(), rule(), inside, Decimal(66), previous=floor("100"), rulebook_version="v1")
    assert stuck.price == Decimal("100.00")


@pytest.mark.parametrize(
    ("cost", "previous", "expected"),
    [
        ("110", "100", "110.00"),  # exactly the step up
        ("110.01", "100", "110.00"),  # a cent beyond it
        ("109.99", "100", "109.99"),
        ("95", "100", "95.00"),  # exactly the step down
        ("94.99", "100", "95.00"),
        ("95.01", "100", "95.01"),
        ("200", "105.55", "116.10"),  # 116.105 would round half up past the step: it stays inside
        ("1", "105.55", "100.28"),  # 100.2725 rounds up, not down out of the step
        ("200", None, "200.00"),  # no floor before, no step
    ],
)
def test_steps_are_limited_on_the_boundary(cost: str, previous: str | None, expected: str) -> None:
    before = None if previous is None else floor(previous)
    assert decided([], cost, before).price == Decimal(expected)


def test_the_higher_of_cost_build_and_mean_is_taken_times_the_factor() -> None:
    by_mean = decided(["100", "110", "105.03"], "104", factor=Decimal("1.05"))
    assert (by_mean.basis, by_mean.trailing_mean) == ("trailing_mean", Decimal("105.01"))
    assert by_mean.price == Decimal("110.26")
    assert decided(["105"], "105").basis == "cost_build"  # of two that are equal, what a plant costs is the reason
    by_cost = decided(["100", "110", "105"], "105.01", factor=Decimal("1.05"))
    assert (by_cost.basis, by_cost.unstepped) == ("cost_build", Decimal("110.2605"))
    assert by_cost.price == Decimal("110.26")


def test_the_mean_is_not_rounded_before_the_factor() -> None:
    found = decided(["11", "12"], factor=Decimal("0.8"), rounding_unit=Decimal(1))
    assert (found.trailing_mean, found.price) == (Decimal("11.5"), Decimal(9))  # 12 × 0.8 would have made 10


@pytest.mark.parametrize(
    ("cost", "mode", "price"),
    [("104.95", "half_up", "105.0"), ("104.949", "half_up", "104.9"), ("104.85", "half_even", "104.8")],
)
def test_the_price_is_rounded_once_as_ruled(cost: str, mode: str, price: str) -> None:
    assert decided([], cost, rounding_unit=Decimal("0.1"), rounding_mode=mode).price == Decimal(price)


def test_months_outside_the_window_and_suspended_months_are_left_out() -> None:
    days = months(13)
    history = [reference(days[0], "9000"), *(reference(day, "100") for day in days[1:-1])]
    history.append(reference(days[-1], Unknown("suspended")))
    assert trailing_mean(DAY, rule(), history) == Decimal("100.00")


def test_a_review_without_any_basis_is_unknown_and_says_why() -> None:
    found = decided([], None, floor("100"))
    assert found.basis == "none"
    assert isinstance(found.price, Unknown)
    assert found.price.reason == (
        "no basis for a floor: no plant; "
        "no usable reference in the last 12 months: 0 known, 0 of them under the floor, 0 suspended"
    )
    assert found.ceiling == found.price


def test_a_review_that_decides_nothing_repeals_nothing() -> None:
    first = floor("100", date(2024, 1, 31))
    undecided = floor(Unknown("no basis"), date(2025, 1, 31))
    assert floor_on([first, undecided], date(2025, 6, 30)) == first
    assert floor_on([undecided], date(2025, 6, 30)) == undecided


def test_a_floor_that_rounds_to_nothing_is_unknown_and_not_zero() -> None:
    found = decided([], "0.004")
    assert isinstance(found.price, Unknown)
    assert "rounds to nothing" in found.price.reason


def test_the_sunset_is_the_last_day() -> None:
    ended = floor("100", sunset=date(2024, 12, 31))
    assert floor_on([ended], date(2024, 12, 31)) == ended
    assert floor_on([ended], date(2025, 1, 1)) is None
    assert floor_on([ended], ended.reviewed_on - timedelta(days=1)) is None
    assert decided([], "100", valid_to=date(2024, 12, 31)).sunset == date(2024, 12, 31)


def test_the_floors_of_a_day_are_those_in_force_by_form() -> None:
    old, new = floor("100", date(2024, 1, 31)), floor("105", date(2025, 1, 31))
    ended = floor("7", of="apt", sunset=date(2024, 6, 30))
    assert floors_on([new, ended, old], date(2024, 6, 30)) == {OXIDE: old, "apt": ended}
    assert floors_on([new, ended, old], date(2025, 1, 31)) == {OXIDE: new}
    assert floors_on([new, ended, old], date(2023, 1, 31)) == {}


def test_floors_of_several_forms_are_not_one_floor() -> None:
    with pytest.raises(UsageError, match="floors of a, b are given"):
        floor_on([floor("1", of="a"), floor("2", of="b")], DAY)


def test_a_mean_without_end_does_not_turn_a_tie_into_a_round_down() -> None:
    """Three quarters of 20.74/3 are 5.185 to the digit, although 20.74/3 has no end; half up makes it 5.19."""
    found = decided(["6.91", "6.91", "6.92"], factor=Decimal("0.75"))
    assert (found.unstepped, found.price) == (Decimal("5.185"), Decimal("5.19"))


@pytest.mark.parametrize(
    ("walked", "on", "due"),
    [
        (date(2023, 12, 31), date(2024, 1, 31), True),
        (date(2023, 12, 31), date(2024, 1, 1), True),  # on the day itself
        (date(2024, 1, 1), date(2024, 1, 31), False),  # already walked on the day
        (None, date(2024, 1, 31), True),
        (None, date(2023, 12, 31), False),
        (date(2024, 1, 31), date(2024, 12, 31), False),
        (date(2024, 12, 31), date(2025, 1, 31), True),
    ],
)
def test_a_review_is_due_once(walked: date | None, on: date, *, due: bool) -> None:
    assert review_due(rule(), walked, on) is due


def test_no_review_falls_due_outside_the_rules_dates() -> None:
    ruled = rule(valid_from=date(2024, 6, 1), valid_to=date(2025, 1, 15))
    assert not review_due(ruled, date(2023, 12, 31), date(2024, 1, 31))
    assert not review_due(ruled, date(2024, 12, 31), date(2025, 1, 31))
    assert review_due(ruled, date(2024, 12, 31), date(2025, 1, 15))


def test_a_review_on_the_first_day_of_its_rule_is_due() -> None:
    assert review_due(rule(valid_from=date(2025, 1, 1)), date(2024, 12, 31), date(2025, 1, 31))
    assert not review_due(rule(valid_from=date(2025, 1, 2)), date(2024, 12, 31), date(2025, 1, 31))


@pytest.mark.parametrize(
    ("prices", "mean"),
    [
        (["1.000000000000", "1.000000000001"], "1.000000000000"),  # half of the last place: to the even one below
        (["1.000000000001", "1.000000000002"], "1.000000000002"),  # and to the even one above
    ],
)
def test_a_mean_between_two_last_places_goes_to_the_even_one(prices: list[str], mean: str) -> None:
    found = decided(prices)
    assert (found.trailing_mean, found.unstepped) == (Decimal(mean), Decimal(mean))


def test_a_rule_of_another_form_or_unit_or_a_look_ahead_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot review apt"):
        review(DAY, form("apt"), rule(), [], NO_COST, previous=None, rulebook_version="v1")
    with pytest.raises(UsageError, match="ruled in USD/kg, but its prices are per kg of contained"):
        review(DAY, form(basis="contained"), rule(), [], NO_COST, previous=None, rulebook_version="v1")
    tomorrow = [reference(DAY + timedelta(days=1), "100")]
    with pytest.raises(UsageError, match=f"cannot use the reference of {OXIDE} on 2024-02-01"):
        review(DAY, form(), rule(), tomorrow, NO_COST, previous=None, rulebook_version="v1")
