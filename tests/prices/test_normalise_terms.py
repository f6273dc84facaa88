"""Terms of payment, contents, grades, lots, ways by sea and cells: each is brought to the standard one, exactly and told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import (
    BY_SEA,
    PORTS,
    WAYS,
    border,
    cell,
    evidence,
    form,
    form_rules,
    lots,
    patient,
    premium,
    seen,
    terms,
    tier_rule,
)

from footwall.facts import DailyRate, Form, Observation
from footwall.prices import Book, Datum, normalise, rework, voices_of, with_weights
from footwall.quantity import Unknown

FACTS = evidence(ports=PORTS, sea_distances=WAYS)
HALF = form(standard_content=Decimal("0.5"))
HALF_CONTAINED = form(basis="contained", standard_content=Decimal("0.5"))
FREE = border("0", "0")


def datum(observation: Observation, of: Form | None = None, **rules: Any) -> Datum:
    """The datum, whose every step has been worked again."""
    found = normalise(observation, of or form(), form_rules(**{"at": FREE} | rules), FACTS)
    assert tuple(step.result for step in found.steps) == rework(found.steps)
    return found


def told(found: Datum) -> str:
    return " · ".join(step.what for step in found.steps)


@pytest.mark.parametrize(
    ("days", "rule", "expected"),
    [
        pytest.param(90, {}, "99.009900990099", id="100 ÷ (1 + 0.06 × 60 ÷ 360) = 100 ÷ 1.01"),
        pytest.param(0, {}, "100.502512562814", id="paid on delivery: 100 ÷ (1 − 0.06 × 30 ÷ 360) = 100 ÷ 0.995"),
        pytest.param(30, {}, "100", id="the standard days"),
        pytest.param(None, {}, "100", id="nothing stated"),
        pytest.param(103, {"year_days": 365}, "98.814229249012", id="100 ÷ (1 + 0.06 × 73 ÷ 365) = 100 ÷ 1.012"),
        pytest.param(90, {"interest_share": Decimal(0)}, "100", id="no interest"),
    ],
)
def test_a_price_paid_later_is_worth_less_by_simple_interest(
    days: int | None, rule: dict[str, Any], expected: str
) -> None:
    assert datum(seen(payment_days=days), terms=terms(**rule)).price == Decimal(expected)


def test_days_of_payment_without_a_rule_that_prices_them_are_not_guessed() -> None:
    found = datum(seen(payment_days=30))
    assert found.exclusion == "payment_rule_missing"
    assert found.price == Unknown("paid after 30 days, and no rule says what that is worth")


def test_a_price_paid_so_early_that_it_would_be_worth_nothing_is_excluded() -> None:
    rule = terms(interest_share=Decimal(1), payment_days=360)
    assert datum(seen(payment_days=0), terms=rule).exclusion == "not_positive"
    assert datum(seen(payment_days=1), terms=rule).price == 36000


@pytest.mark.parametrize(
    ("of", "per", "content", "rule", "expected"),
    [
        pytest.param(HALF, "form", "0.4", "pro_rata", "125", id="poorer goods: 100 × 0.5 ÷ 0.4"),
        pytest.param(HALF, "form", "0.5", "pro_rata", "100", id="the standard goods"),
        pytest.param(HALF, "form", None, "pro_rata", "100", id="nothing declared"),
        pytest.param(HALF, "form", "0.4", "none", "100", id="left as it is"),
        pytest.param(HALF, "contained", "0.4", "none", "40", id="goods of that content"),
        pytest.param(
            HALF, "contained", "0.4", "pro_rata", "50", id="the standard goods, of whatever the content was told"
        ),
        pytest.param(HALF, "contained", None, "pro_rata", "50", id="a content's price at the standard one"),
        pytest.param(HALF_CONTAINED, "form", "0.4", "pro_rata", "250", id="per kg of content, the declared one"),
        pytest.param(HALF_CONTAINED, "form", "0.4", "none", "250", id="the same without pro rata"),
        pytest.param(HALF_CONTAINED, "form", None, "pro_rata", "200", id="the standard one where none is declared"),
        pytest.param(HALF_CONTAINED, "contained", "0.4", "pro_rata", "100", id="a content's price is one already"),
    ],
)
def test_a_declared_content_goes_before_the_standard_one(
    of: Form, per: str, content: str | None, rule: str, expected: str
) -> None:
    observation = seen(per=per, content=None if content is None else Decimal(content))
    assert datum(observation, of, terms=terms(content=rule)).price == Decimal(expected)


@pytest.mark.parametrize("per", ["form", "contained"])
def test_pro_rata_needs_a_standard_to_compare_with(per: str) -> None:
    found = datum(seen(per=per, content=Decimal("0.4")), terms=terms(content="pro_rata"))
    assert found.exclusion == "content_unknown"


@pytest.mark.parametrize("per", ["form", "contained"])
def test_one_deal_is_worth_the_same_however_it_is_told(per: str) -> None:
    # 40 USD for a kilogram that holds 0.4: 100 USD for a kilogram of content
    observation = seen(low="40" if per == "form" else "100", per=per, content=Decimal("0.4"))
    assert datum(observation, HALF, terms=terms(content="pro_rata")).price == 50
    assert datum(observation, HALF_CONTAINED, terms=terms(content="pro_rata")).price == 100


@pytest.mark.parametrize(("content", "assumed"), [(None, True), (Decimal("0.4"), False)])
def test_a_declared_content_is_not_assumed_though_the_standard_one_is(content: Decimal | None, assumed: bool) -> None:
    of = replace(HALF_CONTAINED, assumed=True)
    assert datum(seen(content=content), of).assumed is assumed
    assert datum(seen(content=content, per="contained", incoterm="fob"), of, at=border("50", "0")).assumed is assumed


def test_freight_of_a_contained_price_is_for_the_mass_that_the_declared_content_comes_in() -> None:
    observation = seen(per="contained", incoterm="fob", content=Decimal("0.4"))
    assert datum(observation, HALF_CONTAINED, at=border("50", "0")).price == Decimal("100.125")  # 50 ÷ (1000 × 0.4)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (premium("second", "0.9"), "90"),
        (premium("second", amount="2.5"), "102.5"),
        (premium("second", amount="-2.5"), "97.5"),
        (premium("second", "0.9", "5"), "95"),  # first the factor, then the amount
        (premium("second"), "100"),
    ],
)
def test_a_grade_is_brought_to_the_standard_one(rule: Any, expected: str) -> None:
    assert datum(seen(grade="second"), premiums={"second": rule}).price == Decimal(expected)


@pytest.mark.parametrize("premiums", [None, {"second": premium("second", "0.9")}])
def test_a_grade_without_a_rule_is_not_used(premiums: Any) -> None:
    found = datum(seen(grade="nobody's"), premiums=premiums)
    assert (found.exclusion, found.price) == ("grade_unknown", Unknown("no rule says what grade nobody's is worth"))


def test_a_grade_that_takes_all_the_price_off_is_excluded_and_not_zero() -> None:
    rule = {"second": premium("second", amount="-100")}
    assert datum(seen(grade="second"), premiums=rule).exclusion == "not_positive"
    assert datum(seen(low="100.01", grade="second"), premiums=rule).price == Decimal("0.01")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"mass_kg": Decimal(1000)}, "100", id="reached"),
        pytest.param({"mass_kg": Decimal("999.9")}, "98", id="just not reached"),
        pytest.param({"mass_kg": Decimal(10)}, "98", id="the last but one"),
        pytest.param({"mass_kg": Decimal("9.99")}, "100", id="none is reached"),
        pytest.param(
            {"mass_kg": Decimal(5000), "lot_kg": Decimal(20)}, "98", id="the stated lot, not all that was dealt"
        ),
        pytest.param({"lot_kg": Decimal(20)}, "98", id="a lot without a mass"),
        pytest.param({}, "100", id="no lot is known"),
        pytest.param(
            {"mass_kg": Decimal(50), "count": 2, "value": Decimal(5000)}, "100", id="two deals are no one lot"
        ),
    ],
)
def test_the_first_lot_that_is_reached_counts(changes: dict[str, Any], expected: str) -> None:
    rule = terms(lots=lots(kg1000="1", kg10="0.98"))
    assert datum(seen(**changes), terms=rule).price == Decimal(expected)


@pytest.mark.parametrize(
    ("changes", "kilometres"),
    [
        pytest.param({"country": "CN"}, 19000, id="the main port of the country"),
        pytest.param({"country": "CN", "place": "CNTAO"}, 20000, id="the place that the term names"),
        pytest.param({"country": "AU", "place": "CNTAO"}, 20000, id="the place, not the country"),
        pytest.param({"country": "NL"}, 0, id="the base port itself"),
        pytest.param({"country": "CN", "incoterm": "cif"}, 0, id="what is already landed"),
    ],
)
def test_freight_is_by_the_kilometres_from_the_place(changes: dict[str, Any], kilometres: int) -> None:
    found = datum(seen(**{"incoterm": "fob"} | changes), at=BY_SEA)
    assert found.price == 100 + Decimal(kilometres) * Decimal("0.000002")
    assert not found.assumed


UNKNOWN_PLACES = [
    pytest.param(
        {"country": "CN", "place": "CNBJS"}, "CNBJS", id="a place that is no port: the country's does not stand in"
    ),
    pytest.param({"country": "CN", "place": "CNDLC"}, "CNDLC", id="a way that nobody has measured"),
    pytest.param({"country": "ZM"}, "ZM", id="a country without a main port"),
    pytest.param({"country": ""}, "an unnamed place", id="nothing named"),
]


@pytest.mark.parametrize(("changes", "where"), UNKNOWN_PLACES)
def test_a_price_from_an_unknown_distance_is_not_used(changes: dict[str, str], where: str) -> None:
    found = datum(seen(incoterm="exw", **changes), at=BY_SEA)
    assert found.exclusion == "distance_unknown"
    assert found.price == Unknown(f"no distance by sea from {where} to Rotterdam")


@pytest.mark.parametrize(("changes", "where"), UNKNOWN_PLACES)
def test_a_distance_that_the_rule_assumes_is_taken_and_told(changes: dict[str, str], where: str) -> None:
    rule = border("0", "0", base_port_code="NLRTM", freight_per_t_km=Decimal("0.002"), distance_unknown_km=15000)
    found = datum(seen(incoterm="exw", **changes), at=rule)
    assert (found.price, found.assumed) == (Decimal("100.03"), True)
    assert "15000 km by sea to Rotterdam (assumed)" in told(found)
    assert not datum(seen(incoterm="exw", country="CN"), at=rule).assumed


def test_freight_stands_whole_and_by_the_kilometre_then_insurance_on_all() -> None:
    rule = border("50", "0.01", base_port_code="NLRTM", freight_per_t_km=Decimal("0.002"))
    assert datum(seen(incoterm="fob", country="CN"), at=rule).price == Decimal(
        "101.08888"
    )  # (100 + 0.05 + 0.038) × 1.01


def test_all_adjustments_stand_in_their_order() -> None:
    observation = seen(
        low="100000", unit="t", incoterm="fob", country="CN", payment_days=90, content=Decimal("0.4"),
        grade="second", mass_kg=Decimal(10),
    )  # fmt: skip
    found = datum(
        observation,
        HALF,
        at=border("50", "0.01"),
        terms=terms(content="pro_rata", lots=lots(kg0="0.98")),
        premiums={"second": premium("second", "0.9", "1")},
    )
    exact = (Fraction(100) / Fraction("1.01") * Fraction("1.25") * Fraction("0.9") + 1) * Fraction("0.98")
    exact = (exact + Fraction(50, 1000)) * Fraction("1.01")
    assert isinstance(found.price, Decimal)
    assert abs(Fraction(found.price) - exact) < Fraction(2, 10**12)
    order = [
        "quoted",
        "t to kg",
        "paid after",
        "of X",
        "grade second",
        "grade second",
        "in lots",
        "freight",
        "insurance",
    ]
    assert len(found.steps) == len(order)
    assert all(word in step.what for word, step in zip(order, found.steps, strict=True))


@pytest.mark.parametrize(("mass", "by"), [(Decimal(200), "mass"), (None, "number")])
def test_a_cell_starts_from_the_mean_and_says_so(mass: Decimal | None, by: str) -> None:
    one, two = (seen(name, price, mass_kg=mass) for name, price in (("a", "100"), ("b", "103")))
    found = datum(cell(one, two))
    assert found.price == Decimal("101.5")
    assert found.steps[0].what == f"mean of 2 as quoted, by {by}, USD/kg"
    assert found.count == 2


@patient
@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 500), st.integers(1, 10**6)), min_size=1, max_size=6),
    st.booleans(),
    st.sampled_from([{}, {"currency": "CNY", "payment_days": 90, "content": Decimal("0.4"), "incoterm": "fob"}]),
)
def test_a_cell_says_what_its_members_say_one_by_one(
    members: list[tuple[int, int, int]], weighed: bool, alike: dict[str, Any]
) -> None:
    each = [
        seen(
            f"m{n}", str(Decimal(low).scaleb(-2)), high=str(Decimal(low + span).scaleb(-2)), submitter="A",
            mass_kg=Decimal(mass) if weighed else None, lot_kg=Decimal(500), tier="transactions", **alike,
        )
        for n, (low, span, mass) in enumerate(members)
    ]  # fmt: skip
    rules: dict[str, Any] = {"terms": terms(content="pro_rata", lots=lots(kg0="0.98"))}

    def voice(*told: Observation) -> Any:
        data = with_weights([datum(one, HALF, **rules) for one in told], tier_rule())
        assert not isinstance(data, Unknown)
        return voices_of(data)[0]

    single, whole = [datum(one, HALF, **rules) for one in each], datum(cell(*each), HALF, **rules)
    assert (whole.low or whole.price) == min(one.low or one.price for one in single)
    assert (whole.high or whole.price) == max(one.high or one.price for one in single)
    apart, together = voice(*each), voice(cell(*each))
    assert (apart.count, apart.mass_kg) == (together.count, together.mass_kg)
    # told plainly, a price is rounded once here and once there; each adjustment that divides adds half of 1E-12, grown by 1.25
    assert abs(apart.price - together.price) <= Decimal("1E-12") * (4 if alike else 1)


DAILY = tuple(
    DailyRate("CNY", "USD", date(2025, 6, day), Decimal(rate), assumed=False, source="synthetic")
    for day, rate in ((12, "0.138"), (13, "0.139"))
)


@pytest.mark.parametrize(
    ("day", "back", "step"),
    [
        (13, 0, "CNY to USD, 2025-06-13"),
        (15, 2, "CNY to USD, 2025-06-13"),
        (15, 1, "CNY to USD, 2025-06"),
        (11, 9, "CNY to USD, 2025-06"),
    ],
)
def test_what_was_seen_on_a_day_is_converted_at_its_rate_or_the_last_before_it(day: int, back: int, step: str) -> None:
    quoted = seen(day=date(2025, 6, day), currency="CNY")
    rules = form_rules(border("0", "0", rate_days_back_max=back))
    found = normalise(quoted, form(), rules, evidence(daily_rates=DAILY))
    assert [one.what for one in found.steps][1:] == [step]
    assert found.price == {"2025-06-13": Decimal("13.9"), "2025-06": Decimal(14)}[step.rpartition(" ")[2]]


def test_what_describes_a_period_is_converted_at_the_mean_of_its_months() -> None:
    quoted = seen(day=date(2025, 6, 13), observed_from=date(2025, 6, 12), currency="CNY")
    rules = form_rules(border("0", "0", rate_days_back_max=9))
    assert normalise(quoted, form(), rules, evidence(daily_rates=DAILY)).price == 14


@pytest.mark.parametrize(("rates", "heard"), [(DAILY, True), ((), False)])
def test_a_rate_of_a_day_is_known_on_it_and_the_mean_of_a_month_only_when_it_is_over(
    rates: tuple[DailyRate, ...], heard: bool
) -> None:
    quoted = seen(day=date(2025, 6, 13), currency="CNY")
    book = Book(form(), [quoted], form_rules(FREE), evidence(daily_rates=rates))
    assert bool(book.heard(date(2025, 6, 13))) == heard
    assert book.heard(date(2025, 6, 30))
