"""A notified tariff closes the gap: down at once, up by notice and steps, never zero for want of data."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tariff_samples import DAY, OXIDE, floor, parity, tariff_rule

from footwall.errors import UsageError
from footwall.floors import Floor
from footwall.quantity import Unknown
from footwall.rulebook import TariffRule
from footwall.tariffs.adjust import adjust, tolerated_shortfall
from footwall.tariffs.ordinary import OrdinaryRate
from footwall.tariffs.records import NO_VALUE, Parity, Tariff

FREE = OrdinaryRate(Decimal(0), Decimal(0))
SUSPENDED = Unknown("no price outside the zone")
PRICES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(500), places=2)
SHARES = st.decimals(min_value=Decimal(0), max_value=Decimal(1), places=2)
RULES = st.builds(
    lambda deadband, step, notice: tariff_rule(deadband_share=deadband, step_share_max=step, notice_days=notice),
    SHARES,
    SHARES,
    st.sampled_from([0, 30]),
)


def decide(
    on: date,
    rule: TariffRule,
    current: Tariff | None,
    under: Floor | None,
    landed: Parity,
    *,
    ordinary: OrdinaryRate | Unknown = FREE,
    outside_value: str | Unknown = "0",
) -> Tariff | Unknown:
    outside = outside_value if isinstance(outside_value, Unknown) else Decimal(outside_value)
    return adjust(on, rule, current, under, landed, importers=("US",), ordinary=ordinary, outside_value=outside)


def step(
    rule: TariffRule,
    current: Tariff | None,
    under: Floor | None,
    landed: str | Decimal | Unknown,
    on: date = DAY,
    **more: object,
) -> Tariff:
    found = decide(on, rule, current, under, parity(landed, on), **more)  # type: ignore[arg-type]
    assert isinstance(found, Tariff)
    return found


def opened(rate: str = "50", under: str = "110", **rule: object) -> Tariff:
    """A tariff that stands at `rate` since the first of the month."""
    found = step(tariff_rule(**rule), None, floor(under), Decimal(under) - Decimal(rate), date(2025, 1, 1))
    assert found.rate == Decimal(rate)
    return found


@given(RULES, PRICES, st.lists(st.tuples(PRICES, st.none() | PRICES), max_size=12), PRICES)
def test_a_tariff_is_never_negative_and_never_above_the_need_once_it_has_fallen(
    rule: TariffRule, under: Decimal, cadences: list[tuple[Decimal, Decimal | None]], first: Decimal
) -> None:
    current = step(rule, None, floor(under), first)
    for number, (price, moved_floor) in enumerate(cadences, start=1):
        under = moved_floor or under
        before = current
        current = step(rule, before, floor(under), price, DAY + timedelta(days=31 * number))
        need = max(Decimal(0), under - price)
        assert current.needed == need
        assert 0 <= current.rate <= need
        arrived = before.pending if before.pending is not None else before.rate
        if need < arrived:
            assert (current.rate, current.pending) == (need, None)
        else:
            assert arrived <= current.rate <= min(need, max(arrived, arrived + rule.step_share_max * under))
        if current.pending is not None:
            assert current.rate < current.pending <= min(need, current.rate + rule.step_share_max * under)
            assert current.pending_from == DAY + timedelta(days=31 * number + rule.notice_days)


@given(RULES, PRICES, PRICES, st.none() | PRICES)
def test_doubling_a_floor_never_lowers_the_tariff(
    rule: TariffRule, under: Decimal, price: Decimal, standing: Decimal | None
) -> None:
    current = None if standing is None else opened(str(standing), "500.01")
    low = step(rule, current, floor(under), price)
    high = step(rule, current, floor(under * 2), price)
    assert high.rate >= low.rate
    assert (high.pending or high.rate) >= (low.pending or low.rate)


@given(RULES, PRICES, PRICES, PRICES, PRICES)
def test_a_higher_parity_never_raises_the_tariff(
    rule: TariffRule, under: Decimal, price: Decimal, more: Decimal, standing: Decimal
) -> None:
    current = opened(str(standing), "500.01")
    cheap, dear = (step(rule, current, floor(under), landed) for landed in (price, price + more))
    assert dear.rate <= cheap.rate


def test_the_first_tariff_opens_at_the_whole_need_at_once() -> None:
    found = step(tariff_rule(), None, floor("110"), "55")
    assert (found.rate, found.changed_on, found.pending, found.reason) == (Decimal(55), DAY, None, "opened")


def test_a_first_tariff_may_open_by_steps_like_any_other_increase() -> None:
    first = step(tariff_rule(opening="by_steps"), None, floor("110"), "55")
    assert (first.rate, first.pending, first.reason) == (Decimal(0), Decimal(11), "raise_pending")
    assert first.pending_from == DAY + timedelta(days=30)
    assert first.needed == Decimal(55)
    later = step(tariff_rule(opening="by_steps"), first, floor("110"), "55", DAY + timedelta(days=31))
    assert (later.rate, later.changed_on, later.pending) == (Decimal(11), first.pending_from, Decimal(22))
    at_floor = step(tariff_rule(opening="by_steps"), None, floor("110"), "110")
    assert (at_floor.rate, at_floor.pending, at_floor.reason) == (Decimal(0), None, "unchanged")
    unnoticed = step(tariff_rule(opening="by_steps", notice_days=0), None, floor("110"), "55")
    assert (unnoticed.rate, unnoticed.changed_on, unnoticed.reason) == (Decimal(11), DAY, "raised")


def test_a_decrease_and_zero_take_effect_at_once_whatever_deadband_and_step_cap_say() -> None:
    slightly = step(tariff_rule(), opened("50"), floor(), "60.01")
    assert (slightly.rate, slightly.changed_on, slightly.reason) == (Decimal("49.99"), DAY, "lowered")
    to_nothing = step(tariff_rule(), opened("50"), floor(), "110")
    assert (to_nothing.rate, to_nothing.changed_on) == (Decimal(0), DAY)


def test_above_the_ceiling_the_tariff_is_zero() -> None:
    under = floor("110")
    assert step(tariff_rule(), opened("50"), under, under.ceiling).rate == 0


def test_a_raise_waits_for_its_notice_and_comes_on_its_own_day() -> None:
    published = step(tariff_rule(), opened("50"), floor(), "55")
    assert (published.rate, published.pending, published.pending_from) == (Decimal(50), Decimal(55), date(2025, 3, 2))
    assert published.reason == "raise_pending"
    waiting = step(tariff_rule(), published, floor(), "55", date(2025, 2, 28))
    assert (waiting.rate, waiting.pending, waiting.pending_from) == (Decimal(50), Decimal(55), date(2025, 3, 2))
    on_the_day = step(tariff_rule(), waiting, floor(), "55", date(2025, 3, 2))
    assert (on_the_day.rate, on_the_day.changed_on, on_the_day.pending) == (Decimal(55), date(2025, 3, 2), None)
    later = step(tariff_rule(), waiting, floor(), "55", date(2025, 3, 31))
    assert (later.rate, later.changed_on, later.reason) == (Decimal(55), date(2025, 3, 2), "unchanged")


def test_without_notice_a_raise_is_in_force_at_once() -> None:
    found = step(tariff_rule(notice_days=0), opened("50"), floor(), "55")
    assert (found.rate, found.changed_on, found.pending, found.reason) == (Decimal(55), DAY, None, "raised")


def test_a_published_raise_shrinks_with_the_need_but_grows_only_by_a_notice_of_its_own() -> None:
    published = step(tariff_rule(), opened("50"), floor(), "55")
    later = date(2025, 2, 28)
    smaller = step(tariff_rule(), published, floor(), "56", later)
    assert (smaller.pending, smaller.pending_from) == (Decimal(54), published.pending_from)
    larger = step(tariff_rule(), published, floor(), "40", later)
    assert (larger.pending, larger.pending_from) == (Decimal(55), published.pending_from)
    withdrawn = step(tariff_rule(), published, floor(), "60", later)
    assert (withdrawn.rate, withdrawn.pending, withdrawn.reason) == (Decimal(50), None, "unchanged")
    fallen = step(tariff_rule(), published, floor(), "70", later)
    assert (fallen.rate, fallen.pending, fallen.reason) == (Decimal(40), None, "lowered")


@pytest.mark.parametrize(
    ("landed", "pending", "reason"),
    [
        ("57.80", None, "within_deadband"),  # lacks 2.20, exactly 2 % of 110
        ("57.79", "52.21", "raise_pending"),  # a cent more
        ("60", None, "unchanged"),
    ],
)
def test_a_raise_needs_more_than_the_deadband(landed: str, pending: str | None, reason: str) -> None:
    found = step(tariff_rule(), opened("50"), floor(), landed)
    assert (found.rate, found.reason) == (Decimal(50), reason)
    assert found.pending == (None if pending is None else Decimal(pending))


@pytest.mark.parametrize(
    ("landed", "pending"),
    [("49", "61"), ("48.99", "61"), ("0", "61"), ("49.01", "60.99")],  # one step is 10 % of 110
)
def test_a_raise_moves_at_most_one_step(landed: str, pending: str) -> None:
    assert step(tariff_rule(), opened("50"), floor(), landed).pending == Decimal(pending)


def test_rounding_carries_no_raise_past_its_step() -> None:
    ruled = tariff_rule(rounding_unit=Decimal(1), step_share_max=Decimal("0.055"))  # 6.05 of 110
    current = step(ruled, None, floor(), "60")
    assert step(ruled, current, floor(), "10").pending == Decimal(56)
    half_up_would_be_57 = tariff_rule(rounding_unit=Decimal(1), step_share_max=Decimal("0.06"))  # 6.60
    assert step(half_up_would_be_57, current, floor(), "10").pending == Decimal(56)
    tiny = tariff_rule(rounding_unit=Decimal(1), deadband_share=Decimal(0), step_share_max=Decimal("0.005"))
    stuck = step(tiny, current, floor(), "10")
    assert (stuck.pending, stuck.rate, stuck.reason) == (None, Decimal(50), "step_below_unit")


def test_suspended_parity_leaves_the_tariff_as_it_is() -> None:
    found = step(tariff_rule(), opened("50"), floor("120"), SUSPENDED)
    assert (found.rate, found.changed_on, found.reason) == (Decimal(50), date(2025, 1, 1), "parity_suspended")
    assert found.parity == SUSPENDED
    assert isinstance(found.needed, Unknown)
    published = step(tariff_rule(), opened("50"), floor(), "55")
    assert step(tariff_rule(), published, floor(), SUSPENDED).pending == published.pending
    arrived = step(tariff_rule(), published, floor(), SUSPENDED, date(2025, 3, 31))
    assert (arrived.rate, arrived.changed_on) == (Decimal(55), date(2025, 3, 2))


def test_nothing_opens_on_a_parity_nobody_knows() -> None:
    found = decide(DAY, tariff_rule(), None, floor(), parity(SUSPENDED))
    assert found == Unknown(f"no tariff can open on {OXIDE}: no price outside the zone")


def test_when_the_floor_is_gone_the_tariff_is_zero() -> None:
    published = step(tariff_rule(), opened("50"), floor(), "40")
    found = step(tariff_rule(), published, None, "40")
    assert (found.rate, found.changed_on, found.pending, found.reason) == (Decimal(0), DAY, None, "sunset")
    still = step(tariff_rule(), found, None, "40", date(2025, 2, 28))
    assert (still.rate, still.changed_on, still.reason) == (Decimal(0), DAY, "sunset")
    anew = step(tariff_rule(), still, floor(), "40", date(2025, 3, 31))
    assert (anew.rate, anew.reason) == (Decimal(70), "opened")


def test_without_floor_or_tariff_there_is_nothing_to_adjust() -> None:
    assert decide(DAY, tariff_rule(), None, None, parity("40")) == Unknown(f"{OXIDE} has no floor on 2025-01-31")
    undecided = floor(Unknown("no basis"))
    assert isinstance(decide(DAY, tariff_rule(), None, undecided, parity("40")), Unknown)
    kept = step(tariff_rule(), opened("50"), undecided, "40")
    assert (kept.rate, kept.reason) == (Decimal(50), "floor_undecided")


def test_the_ordinary_duty_at_parity_is_part_of_what_lands() -> None:
    rate = OrdinaryRate(Decimal("0.05"), Decimal("0.5"))
    found = step(tariff_rule(), None, floor(), "60", ordinary=rate, outside_value="2")
    assert found.ordinary == Decimal("3.40")  # 5 % of the 58 that a fob importer values, and 0.5
    assert found.rate == Decimal("46.60")


def test_an_unknown_ordinary_duty_is_labelled_and_never_taken_for_zero_silently() -> None:
    found = step(tariff_rule(), None, floor(), "60", ordinary=Unknown("no tariff of CA in the facts"))
    assert found.rate == Decimal(50)
    assert found.ordinary == Unknown("the tariff is set before ordinary duty: no tariff of CA in the facts")


def test_a_customs_value_nobody_knows_leaves_the_ordinary_duty_out_and_says_so() -> None:
    rate, outside = OrdinaryRate(Decimal("0.05"), Decimal(0)), Unknown("no standard content")
    found = step(tariff_rule(), None, floor(), "60", ordinary=rate, outside_value=outside)
    assert (found.rate, found.ordinary) == (
        Decimal(50),
        Unknown("the tariff is set before ordinary duty: no standard content"),
    )
    suspended = step(tariff_rule(), found, floor(), SUSPENDED, ordinary=rate, outside_value=outside)
    assert suspended.ordinary == SUSPENDED


def test_an_ordinary_duty_that_does_not_count_is_left_out() -> None:
    rate = OrdinaryRate(Decimal("0.05"), Decimal(0))
    found = step(tariff_rule(counts=()), None, floor(), "60", ordinary=rate)
    assert (found.rate, found.ordinary) == (Decimal(50), Decimal(0))


def exporters_bear(share: str, rule: TariffRule, cadences: int) -> list[Tariff]:
    """Parity falls by `share` of the tariff in force: P̂ = 55 − φτ, under a floor of 110."""
    path: list[Tariff] = []
    for number in range(cadences):
        rate = path[-1].rate if path else Decimal(0)
        landed = Decimal(55) - Decimal(share) * rate
        path.append(step(rule, path[-1] if path else None, floor("110"), landed, DAY + timedelta(days=31 * number)))
    return path


FREELY = {"deadband_share": Decimal(0), "step_share_max": Decimal(1), "notice_days": 0}


def test_where_exporters_bear_a_share_the_loop_converges_to_gap_over_one_minus_the_share() -> None:
    path = exporters_bear("0.6", tariff_rule(**FREELY), 40)
    assert path[0].rate == Decimal(55)
    assert abs(path[-1].rate - Decimal("137.5")) <= Decimal("0.02")
    assert abs(Decimal(str(path[-1].parity)) + Decimal("27.5")) <= Decimal("0.02")
    assert [t.rate for t in path] == sorted(t.rate for t in path)
    assert not any(t.frozen for t in path)


def test_the_guard_freezes_a_loop_that_closes_too_little_and_publishes_the_share() -> None:
    guard = {"raised_share": Decimal("0.5"), "closed_share_min": Decimal("0.5"), "cadences": 1}
    path = exporters_bear("0.6", tariff_rule(guard=guard, **FREELY), 6)
    # The first 55 are half the floor, and close 22 of a gap of 55: two fifths, less than the half that is ruled.
    assert [t.rate for t in path] == [Decimal(55)] * 6
    assert (path[0].frozen, path[0].reason) == (False, "opened")
    assert all((t.frozen, t.reason) == (True, "frozen") for t in path[1:])
    assert all(t.exporter_share == Decimal("0.6000") for t in path[1:])


@pytest.mark.parametrize(("closed_share_min", "frozen"), [("0.4", False), ("0.41", True)])
def test_the_guard_acts_below_its_share_and_not_at_it(closed_share_min: str, *, frozen: bool) -> None:
    guard = {"raised_share": Decimal("0.5"), "closed_share_min": Decimal(closed_share_min), "cadences": 1}
    assert exporters_bear("0.6", tariff_rule(guard=guard, **FREELY), 2)[1].frozen is frozen


@pytest.mark.parametrize(("raised_share", "frozen"), [("0.5", True), ("0.51", False)])
def test_the_guard_needs_its_share_of_raises(raised_share: str, *, frozen: bool) -> None:
    guard = {"raised_share": Decimal(raised_share), "closed_share_min": Decimal("0.5"), "cadences": 1}
    assert exporters_bear("0.6", tariff_rule(guard=guard, **FREELY), 2)[1].frozen is frozen


def test_a_frozen_tariff_still_falls_at_once_and_thaws_when_the_gap_is_closed() -> None:
    guard = {"raised_share": Decimal("0.5"), "closed_share_min": Decimal("0.5"), "cadences": 1}
    ruled = tariff_rule(guard=guard, **FREELY)
    frozen = exporters_bear("0.6", ruled, 4)[-1]
    still = step(ruled, frozen, floor("110"), "30", date(2025, 8, 31))
    assert (still.rate, still.frozen) == (Decimal(55), True)
    fallen = step(ruled, frozen, floor("110"), "65", date(2025, 8, 31))
    assert (fallen.rate, fallen.frozen) == (Decimal(45), False)


def test_history_reaches_as_far_back_as_the_guard_looks() -> None:
    guard = {"raised_share": Decimal(4), "closed_share_min": Decimal("0.1"), "cadences": 3}
    path = exporters_bear("0.6", tariff_rule(guard=guard, **FREELY), 6)
    assert [len(t.history) for t in path] == [1, 2, 3, 4, 4, 4]
    assert path[2].history[1] == (DAY + timedelta(days=31), Decimal(55), Decimal("22.0"))
    assert exporters_bear("0.6", tariff_rule(**FREELY), 3)[-1].history == ()


@pytest.mark.parametrize(
    ("notice_days", "shortfall"), [(0, "2.20"), (28, "13.20"), (29, "24.20"), (30, "24.20"), (56, "24.20")]
)
def test_the_tolerated_shortfall_is_deadband_and_one_step_for_each_cadence_of_lag(
    notice_days: int, shortfall: str
) -> None:
    assert tolerated_shortfall(tariff_rule(notice_days=notice_days), floor("110")) == Decimal(shortfall)
    assert tolerated_shortfall(tariff_rule(method="top_up"), floor("110")) == 0
    unknown = Unknown("no basis")
    assert tolerated_shortfall(tariff_rule(), floor(unknown)) == unknown


def test_every_tariff_states_the_shortfall_that_its_rule_tolerates_at_todays_floor() -> None:
    ruled = tariff_rule(notice_days=30)
    first = step(ruled, None, floor("110"), "60")
    assert first.tolerated_shortfall == Decimal("24.20")
    suspended = step(ruled, first, floor("100"), SUSPENDED, date(2025, 2, 28))
    assert suspended.tolerated_shortfall == Decimal("22.00")
    undecided = step(ruled, first, floor(Unknown("no basis")), "60", date(2025, 2, 28))
    assert undecided.tolerated_shortfall == Unknown("no basis")
    assert step(ruled, first, None, "60", date(2025, 2, 28)).tolerated_shortfall == 0
    assert step(tariff_rule(method="top_up"), None, floor("110"), "60").tolerated_shortfall == 0


def test_a_levy_found_line_by_line_is_not_adjusted() -> None:
    ruled = tariff_rule(method="top_up")
    first = step(ruled, None, floor("110"), SUSPENDED)
    assert (first.reason, first.changed_on, first.needed) == ("levied_per_line", DAY, SUSPENDED)
    same = step(ruled, first, floor("110"), "60", date(2025, 2, 28))
    assert (same.rate, same.changed_on) == (Decimal(50), DAY)
    moved = step(ruled, same, floor("115"), "60", date(2025, 3, 31))
    assert (moved.rate, moved.changed_on) == (Decimal(55), date(2025, 3, 31))


def test_a_change_of_method_opens_anew() -> None:
    levied = step(tariff_rule(method="top_up"), None, floor("110"), "60")
    notified = step(tariff_rule(), levied, floor("110"), "40", date(2025, 2, 28))
    assert (notified.rate, notified.reason) == (Decimal(70), "opened")


def test_a_rule_of_another_form_or_group_is_refused() -> None:
    for landed, under in (
        (parity("60", group="others"), floor()),
        (parity("60", of="apt"), floor(of="apt")),
        (parity("60"), floor(of="apt")),
    ):
        with pytest.raises(UsageError, match="the tariff rule of dominant does not adjust"):
            decide(DAY, tariff_rule(), None, under, landed)


def test_importers_of_the_day_are_those_of_the_tariff() -> None:
    current = replace(opened("50"), importers=("US", "CA"))
    assert step(tariff_rule(), current, floor(), "60").importers == ("US",)
    assert step(tariff_rule(), current, floor(), SUSPENDED).importers == ("US",)


AD_VALOREM = {"rate_as": "ad_valorem", "ad_valorem_unit": Decimal("0.001"), "deadband_share": Decimal(0), "step_share_max": Decimal(1)}  # fmt: skip


def test_a_rate_ad_valorem_keeps_the_customs_value_of_the_day_on_which_it_was_set() -> None:
    rule = tariff_rule(**AD_VALOREM)
    first = step(rule, None, floor(), "60", outside_value="2")
    assert (first.rate, first.value, first.pending_value) == (50, 58, NO_VALUE)
    same = step(rule, first, floor(), "60", DAY + timedelta(days=28), outside_value="3")
    assert (same.rate, same.value) == (50, 58)
    raised = step(rule, same, floor(), "55", DAY + timedelta(days=59), outside_value="2")
    assert (raised.rate, raised.value, raised.pending, raised.pending_value) == (50, 58, 55, 53)
    arrived = step(rule, raised, floor(), "55", DAY + timedelta(days=89), outside_value="2")
    assert (arrived.rate, arrived.value, arrived.pending_value) == (55, 53, NO_VALUE)
    lowered = step(rule, arrived, floor("100"), "50", DAY + timedelta(days=120), outside_value="2")
    assert (lowered.rate, lowered.value) == (50, 53)  # by today's value the share would rise without notice


def test_a_rate_ad_valorem_needs_a_customs_value() -> None:
    rule = tariff_rule(**AD_VALOREM)
    unknown = decide(DAY, rule, None, floor(), parity("60"), outside_value=Unknown("nobody knows the carriage"))
    assert isinstance(unknown, Unknown)
    assert "nobody knows the carriage" in unknown.reason
    nothing = decide(DAY, rule, None, floor(), parity("2"), outside_value="2")
    assert isinstance(nothing, Unknown)
    held = step(rule, None, floor(), "60", outside_value="2")
    kept = step(rule, held, floor(), "50", DAY + timedelta(days=28), outside_value=Unknown("x"))
    assert (kept.rate, kept.value, kept.reason) == (50, 58, "parity_suspended")


def test_a_rule_that_turns_to_shares_of_the_value_takes_that_of_its_first_day() -> None:
    by_mass = step(tariff_rule(), None, floor(), "60")
    assert by_mass.value is NO_VALUE
    turned = step(tariff_rule(**AD_VALOREM), by_mass, floor(), "60", outside_value="2")
    assert (turned.rate, turned.value) == (50, 58)
    back = step(tariff_rule(), turned, floor(), "60", outside_value="2")
    assert back.value == NO_VALUE
