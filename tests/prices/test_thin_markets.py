"""Dysprosium, terbium and yttrium oxide in 2025 and 2026: neither captured by asks in Europe nor handed to the dominant seller."""

from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FORMS = ("dysprosium-oxide", "terbium-oxide", "yttrium-oxide")
TRADED_FACTOR_MAX = Decimal("1.30")
STEP = Decimal("0.10")
STEPS = 4
"""Days of publication from 28 November 2025 to 27 February 2026."""


@pytest.fixture(scope="module")
def thin() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        yield import_module("thin_markets")


def change(thin: Any, words: str) -> Any:
    (found,) = (one for one in thin.CHANGES if one.words == words)
    return found


def window(thin: Any, form: str, under: Any = None) -> list[Decimal]:
    first, last = thin.WINDOW
    return [prices[form].price for day, prices in thin.walked(under).items() if first <= day <= last]


def quoted(thin: Any, form: str, whose: str) -> Decimal:
    (found,) = {thin.landed(seen) for seen in thin.shown() if seen.form == form and thin.whose(seen) == whose}
    price: Decimal = found
    return price


@pytest.mark.parametrize("form", ["dysprosium-oxide", "yttrium-oxide"])
def test_the_reference_stays_near_the_price_of_traded_volume_and_comes_nearer(thin: Any, form: str) -> None:
    traded, prices = quoted(thin, form, "traded volume"), window(thin, form)
    apart = [max(price / traded, traded / price) for price in prices]
    assert apart == sorted(apart, reverse=True)
    assert max(apart) < TRADED_FACTOR_MAX
    assert apart[-1] - 1 < (apart[0] - 1) / 2


@pytest.mark.parametrize("form", FORMS)
def test_the_reference_never_comes_within_half_of_the_ask(thin: Any, form: str) -> None:
    ask = quoted(thin, form, "ask in Europe")
    assert len(window(thin, form)) == STEPS
    assert all(price < ask / 2 for price in window(thin, form))


@pytest.mark.parametrize("form", FORMS)
def test_asks_move_nothing_whether_they_are_there_or_not(thin: Any, form: str) -> None:
    assert window(thin, form, change(thin, "no ask in Europe")) == window(thin, form)
    alone = change(thin, "asks alone: no traded volume, nothing from China")
    (carried,) = set(window(thin, form, alone))
    assert carried == thin.walked()[thin.SHOWN[1]][form].price


def test_a_lone_ask_is_refused_by_the_count_of_voices_and_seen_in_the_certificate(thin: Any) -> None:
    certificate = thin.walked()[thin.WINDOW[0]]["terbium-oxide"].certified
    assert {note.tier: note.reason for note in certificate.tier_notes}["assessments"] == "1 of at least 2 observations"
    (ask,) = (datum for datum in certificate.excluded if datum.market == "Europe")
    assert ask.exclusion == "tier_failed"


@pytest.mark.parametrize("form", FORMS)
def test_the_dominant_seller_moves_nothing_from_the_day_of_the_licences_on(thin: Any, form: str) -> None:
    halving = change(thin, "the dominant seller halves its prices from April 2025")
    assert any(
        thin.is_dominant(seen) and seen.form == form and thin.halved(seen, thin.LICENSED) != (seen,)
        for seen in thin.shown()
    )
    after = [day for day in thin.walked() if day >= thin.LICENSED]
    assert [thin.walked(halving)[day][form].price for day in after] == [thin.walked()[day][form].price for day in after]


@pytest.mark.parametrize("form", FORMS)
def test_before_the_licences_the_method_rested_on_the_dominant_sellers_prices(thin: Any, form: str) -> None:
    """What the page must not hide: the year's average of 2024 is his, and the reference of 2025 begins with it."""
    halving, day = change(thin, "it had halved them in 2024 as well"), thin.SHOWN[0]
    ratio = thin.walked(halving)[day][form].price / thin.walked()[day][form].price
    assert abs(ratio - Decimal("0.5")) < Decimal("0.01")


@pytest.mark.parametrize(
    "words", ["the same, and traded volume not seen", "one house tells traded volume, at ten times"]
)
@pytest.mark.parametrize("form", FORMS)
def test_colluding_or_false_voices_move_a_price_by_a_tenth_on_each_day_at_most(
    thin: Any, form: str, words: str
) -> None:
    prices = window(thin, form, change(thin, words))
    before = thin.walked()[thin.SHOWN[1]][form].price
    for earlier, later in zip((before, *prices), prices, strict=False):
        assert abs(later / earlier - 1) <= STEP + Decimal("0.001")  # of a price of six dollars a cent is rounded
    assert prices[-1] <= before * (1 + STEP) ** STEPS * Decimal("1.002")


@pytest.mark.parametrize("form", ["dysprosium-oxide", "yttrium-oxide"])
def test_one_voice_moves_a_price_by_a_quarter_of_the_way(thin: Any, form: str) -> None:
    traded = quoted(thin, form, "traded volume")
    before, after = window(thin, form)[1:3]
    assert abs(before + (traded - before) / 4 - after) <= Decimal("0.01")


def test_a_voice_that_contradicts_another_silences_both_and_the_price_is_carried(thin: Any) -> None:
    contradicted = change(thin, "a second house tells traded volume at ten times")
    for form in ("dysprosium-oxide", "yttrium-oxide"):
        (carried,) = set(window(thin, form, contradicted))
        assert carried == thin.walked()[thin.SHOWN[1]][form].price


def test_without_the_rules_for_thin_markets_the_asks_would_have_set_the_price(thin: Any) -> None:
    general = change(thin, "no rules for thin markets at all")
    assert max(window(thin, "terbium-oxide", general)) == quoted(thin, "terbium-oxide", "ask in Europe")
    before = thin.walked()[thin.SHOWN[1]]["yttrium-oxide"].price
    assert max(window(thin, "yttrium-oxide", general)) > 5 * before
