"""Whose goods owe which ordinary rate: an oracle that asks day by day, and the tariff of the United States as shipped."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tariff_samples import duty, rulebook, treated

from footwall.facts import OrdinaryDuty, TariffTreatment, shipped_facts
from footwall.rulebook import OrdinaryRule
from footwall.tariffs import OrdinaryLaw, Schedule, World, measures, ordinary_spans

START = date(2021, 1, 1)
COUNTRIES = ("CN", "IL", "KR", "RU")
SUSPENDED = date(2022, 4, 9)
FACTS = shipped_facts()


def day(number: int) -> date:
    return START + timedelta(days=number)


def last_day(first: int, length: int | None) -> date | None:
    return None if length is None else day(first + length)


treatments = st.builds(
    lambda country, symbol, first, length: treated(country, symbol, day(first), last_day(first, length)),
    st.sampled_from(COUNTRIES),
    st.sampled_from(["column_2", "IL", "KR"]),
    st.integers(0, 20),
    st.none() | st.integers(0, 10),
)
duties = st.builds(
    lambda treatment, rate, programs, first, length: duty(
        treatment=treatment,
        ad_valorem=rate,
        special_programs=tuple(sorted(programs)),
        valid_from=day(first),
        valid_to=last_day(first, length),
    ),
    st.sampled_from(["general", "column_2"]),
    st.sampled_from(["0", "0.05"]),
    st.sets(st.sampled_from(["IL", "KR", "A"])),
    st.integers(0, 10),
    st.none() | st.integers(0, 20),
)


def owed(rate: OrdinaryDuty, listed: list[TariffTreatment], origin: str, on: date) -> bool:
    """Whether goods of an origin owe a rate on a day: asked anew for each, by the words of the law."""
    if not rate.valid_from <= on <= (rate.valid_to or date.max):
        return False
    held = {t.treatment for t in listed if t.country == origin and t.valid_from <= on <= (t.valid_to or date.max)}
    if rate.treatment == "column_2":
        return "column_2" in held
    return "column_2" not in held and (rate.ad_valorem == 0 or held.isdisjoint(rate.special_programs))


@given(st.lists(duties, max_size=3), st.lists(treatments, max_size=6), st.integers(-2, 35))
def test_each_origin_owes_on_each_day_what_the_law_says_of_that_day(
    rates: list[OrdinaryDuty], listed: list[TariffTreatment], number: int
) -> None:
    spans = list(ordinary_spans(rates, listed, "US", COUNTRIES))
    assert list(ordinary_spans(rates, listed, "JP", COUNTRIES)) == []
    on = day(number)
    for origin in COUNTRIES:
        found = [span.duty for span in spans if origin in span.origins and span.holds_on(on)]
        assert found == [rate for rate in rates if owed(rate, listed, origin, on)]


@given(st.lists(treatments, max_size=6), st.sampled_from(["0", "0.05"]), st.integers(0, 35))
def test_no_origin_meets_two_ordinary_measures(listed: list[TariffTreatment], rate: str, number: int) -> None:
    lines = (duty(ad_valorem=rate, special_programs=("IL", "KR")), duty(ad_valorem="0.25", treatment="column_2"))
    stated = published(day(number), tuple(replace(line, valid_from=START) for line in lines), tuple(listed))
    assert len(stated.measures) == len({measure.measure_id for measure in stated.measures}) > 0


def published(
    on: date, rates: tuple[OrdinaryDuty, ...], listed: tuple[TariffTreatment, ...], countries: tuple[str, ...] = ()
) -> Schedule:
    world = World(frozenset(countries or (*COUNTRIES, "US")), frozenset({"US"}))
    stated = measures(
        on, (), {}, rulebook(tariff=()), forms={}, ordinary=OrdinaryLaw(rates, listed, world.countries), world=world
    )
    return Schedule.from_measures(stated, "USD", ["US"], FACTS)


def test_measures_of_a_line_say_in_their_names_whom_and_when_they_are_for() -> None:
    lines = (
        duty(special_programs=("IL",)),
        duty(ad_valorem="0.25", treatment="column_2"),
        duty(ad_valorem="0.02", valid_from=date(2026, 1, 1), hs_code="28461000"),
    )
    listed = (treated("RU", valid_from=SUSPENDED), treated("IL", "IL"), treated("KR", "IL", valid_to=SUSPENDED))
    named = {m.measure_id: m.origins for m in published(date(2022, 3, 31), lines, listed).measures}
    assert named == {
        "ordinary-us-28469080": ("CN", "US"),
        "ordinary-us-28469080-from-2022-04-10": ("KR",),
        "ordinary-us-28469080-until-2022-04-08": ("RU",),
        "ordinary-us-28469080-column-2-from-2022-04-09": ("RU",),
        "ordinary-us-28461000-from-2026-01-01": ("CN", "IL", "KR", "US"),
    }
    later = {m.measure_id for m in published(date(2026, 1, 31), lines, listed).measures}
    assert later == {*named, "ordinary-us-28461000"} - {
        "ordinary-us-28469080-until-2022-04-08",
        "ordinary-us-28461000-from-2026-01-01",
    }


@pytest.fixture(scope="module")
def shipped() -> Schedule:
    """The ordinary duties of the United States as stated at the end of January 2021."""
    every = tuple(FACTS.countries)
    return published(date(2021, 1, 31), FACTS.ordinary_duties, FACTS.tariff_treatments, every)


@pytest.mark.parametrize(
    ("origin", "hs_code", "on", "ad_valorem", "specific"),
    [
        pytest.param("CN", "81041100", "2024-07-01", "0.08", None, id="general"),
        pytest.param("RU", "81041100", "2022-04-08", "0.08", None, id="general until relations were suspended"),
        pytest.param("RU", "81041100", "2022-04-09", "1", None, id="column 2 from that day on"),
        pytest.param("RU", "75021000", "2022-04-08", "0", None, id="free until then"),
        pytest.param("RU", "75021000", "2022-04-09", None, "0.066", id="column 2 where the general rate is free"),
        pytest.param("BY", "75021000", "2024-07-01", None, "0.066", id="column 2 for Belarus"),
        pytest.param("CU", "75021000", "2021-02-01", None, "0.066", id="column 2 for Cuba all along"),
        pytest.param("IL", "75021000", "2024-07-01", "0", None, id="free for all, so for Israel"),
        pytest.param("IN", "81041100", "2024-07-01", "0.08", None, id="a program that has lapsed names nobody"),
        pytest.param("JP", "81041100", "2024-07-01", "0.08", None, id="a program that the line does not name"),
        pytest.param("ET", "81041100", "2022-01-01", "0.08", None, id="a beneficiary no more"),
        pytest.param("DE", "28469080", "2024-07-01", "0.037", None, id="a state of a union"),
    ],
)
def test_goods_owe_the_rate_of_their_origin(
    shipped: Schedule, origin: str, hs_code: str, on: str, ad_valorem: str | None, specific: str | None
) -> None:
    found = shipped.applicable("US", origin, hs_code, None, date.fromisoformat(on)).ordinary
    assert found is not None
    assert found.ad_valorem == (None if ad_valorem is None else Decimal(ad_valorem))
    assert found.specific == (None if specific is None else Decimal(specific))


@pytest.mark.parametrize(
    ("origin", "hs_code", "on"),
    [
        pytest.param("IL", "81041100", "2024-07-01", id="Israel may claim that magnesium is free"),
        pytest.param("CA", "81041100", "2024-07-01", id="Canada may"),
        pytest.param("JP", "85051100", "2024-07-01", id="Japan may for magnets"),
        pytest.param("ET", "81041100", "2021-12-31", id="Ethiopia might until it was taken off the list"),
        pytest.param("RU", "26030000", "2024-07-01", id="a column 2 wording that nobody reads here"),
        pytest.param("RU", "79011100", "2024-07-01", id="a column 2 rate that nobody has entered"),
        pytest.param("CN", "78011000", "2024-07-01", id="a general wording that nobody reads here"),
    ],
)
def test_an_ordinary_duty_that_nobody_can_tell_is_not_stated(
    shipped: Schedule, origin: str, hs_code: str, on: str
) -> None:
    assert shipped.applicable("US", origin, hs_code, None, date.fromisoformat(on)).ordinary is None


def test_a_rate_keeps_the_digits_of_its_own_facts_whatever_was_asked_before() -> None:
    """0.055 and 0.0550 are equal, and yet two records: the digits of one zone may not reach the journal of another."""
    on = date(2025, 1, 31)
    written = [published(on, (duty(ad_valorem=rate),), ()).measures[0].ad_valorem for rate in ("0.0550", "0.055")]
    assert [str(rate) for rate in written] == ["0.0550", "0.055"]


def test_a_rate_is_one_and_the_same_measure_on_every_day_and_another_under_another_rounding() -> None:
    law = OrdinaryLaw((duty(),), (), ("CN", "US"))
    rule = OrdinaryRule(importers=("US",), rounding_unit=Decimal("0.01"), source="an example")
    (one,), (same,) = (tuple(law.measures("US", day(number), rule)) for number in (0, 1))
    assert one is same
    (finer,) = law.measures("US", day(0), rule.model_copy(update={"rounding_unit": Decimal("0.010")}))
    (down,) = law.measures("US", day(0), rule.model_copy(update={"rounding_mode": "down"}))
    assert [str(found.rounding_unit) for found in (one, finer)] == ["0.01", "0.010"]
    assert [found.rounding_mode for found in (one, down)] == ["half_up", "down"]
