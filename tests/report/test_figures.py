"""Figures are printed as a yearbook prints them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.quantity import Unknown
from footwall.report import figures

NOBODY = Unknown("nobody knows")


@pytest.mark.parametrize("printed", [figures.price, figures.millions, figures.tonnes, figures.percent])
def test_what_nobody_knows_is_no_zero(printed: object) -> None:
    assert callable(printed)
    assert printed(NOBODY) == "…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (figures.price(Decimal("1013.10")), "1,013.10"),
        (figures.price(Decimal("-0.002")), "−0.002"),
        (figures.price(Decimal("0.00")), "0.00"),
        (figures.price(None), "–"),
        (figures.millions(Decimal(742300000)), "742.3"),
        (figures.millions(Decimal(49999)), "0.0"),
        (figures.millions(Decimal(50000)), "0.1"),
        (figures.millions(Decimal(0)), "–"),
        (figures.tonnes(Decimal("35293799.513")), "35,293,800"),
        (figures.tonnes(Decimal("0.4")), "0"),
        (figures.percent(Decimal("0.11582")), "11.6"),
        (figures.percent(Decimal("-0.00001")), "0.0"),
        (figures.percent(Decimal("-0.085")), "−8.5"),
        (figures.count(0), "–"),
        (figures.count(12345), "12,345"),
        (figures.day(date(2024, 7, 1)), "2024-07-01"),
        (figures.day(None), "–"),
        (figures.long_day(date(2024, 7, 1)), "1 July 2024"),
        (figures.significant(Decimal("0.000078"), 2), "0.000078"),
        (figures.significant(Decimal("-13.739")), "−13.7"),
        (figures.significant(Decimal("1732.28"), 4), "1,732"),
        (figures.significant(Decimal("12345.6")), "12,346"),
        (figures.significant(Decimal("4.400")), "4.4"),
        (figures.significant(Decimal(100)), "100"),
        (figures.significant(Decimal("0.000")), "0"),
    ],
)
def test_a_figure_is_printed(text: str, expected: str) -> None:
    assert text == expected


@given(st.decimals("-1e15", "1e15", places=6).filter(bool))
def test_a_figure_is_within_half_of_its_unit(amount: Decimal) -> None:
    def read(text: str) -> Decimal:
        return Decimal(text.replace(",", "").replace("−", "-"))

    assert abs(read(figures.millions(amount)) * 10**6 - amount) <= 50_000
    assert abs(read(figures.tonnes(amount)) - amount) <= Decimal("0.5")
    assert abs(read(figures.percent(amount)) / 100 - amount) <= Decimal("0.0005")
    assert read(figures.price(amount)) == amount
    assert abs(read(figures.significant(amount)) - amount) <= abs(amount) * Decimal("0.005")


def test_figures_of_a_column_get_blanks_of_a_digits_width_behind_them() -> None:
    digit, point = "\N{FIGURE SPACE}", "\N{PUNCTUATION SPACE}"
    column = ["0.6593", "27.91", "336", "…", "–", "by line"]
    assert figures.on_their_points(column) == [
        "0.6593",
        f"27.91{digit * 2}",
        f"336{point}{digit * 4}",
        "…",
        "–",
        "by line",
    ]
    assert figures.on_their_points(["7", "12,000"]) == ["7", "12,000"]
    assert figures.on_their_points([]) == []
