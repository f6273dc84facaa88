"""The defaults of the duty methods, against the law that they cite."""

from decimal import Decimal
from typing import get_args

import pytest

from footwall.errors import UsageError
from footwall.quantity import ROUNDING_MODES
from footwall.rulebook import Counted, DutyMethod, method_defaults


@pytest.mark.parametrize(
    ("method", "counted"),
    [
        ("top_up", ("ordinary",)),
        ("notified", ("ordinary",)),
        ("banded", ()),
        ("graduated", ()),
        ("minimum_price", ()),
        ("ad_valorem", ()),
        ("specific", ()),
    ],
)
def test_each_method_counts_what_its_precedent_counts(method: str, counted: tuple[Counted, ...]) -> None:
    assert method_defaults().counts(method) == counted


def test_every_method_has_a_default_and_no_other_word_has() -> None:
    for method in get_args(DutyMethod):
        assert set(method_defaults().counts(method)) <= set(get_args(Counted))
    for word in ("source", "levy", ""):
        with pytest.raises(UsageError, match="is not a duty method: use one of top_up, notified, banded"):
            method_defaults().counts(word)


@pytest.mark.parametrize(
    ("price", "duty"), [(100, 0), (90, 0), (80, 3), (60, 9), (50, 14), (40, 19), (25, 29.5), (10, 43)]
)
def test_the_slices_give_the_duties_of_the_agreement_on_agriculture(price: int, duty: float) -> None:
    """WTO Agreement on Agriculture, Article 5.5, at a trigger price of 100; the sums of its paragraphs, by hand."""
    gap, below, owed = Decimal(100 - price) / 100, Decimal(0), Decimal(0)
    for up_to, rate in method_defaults().slices:
        owed += rate * max(min(gap, up_to) - below, Decimal(0))
        below = up_to
    assert owed * 100 == Decimal(str(duty))


def test_slices_ascend_to_the_whole_gap() -> None:
    ends = [up_to for up_to, _ in method_defaults().slices]
    assert ends == sorted(set(ends))
    assert ends[-1] == 1


def test_a_rate_of_500_percent_is_beyond_the_limit_and_a_cent_is_the_unit() -> None:
    defaults = method_defaults()
    assert defaults.ad_valorem_max < 5
    assert defaults.per_kg_allowed == (1, 100, 1000)
    assert defaults.rounding_unit == "minor_unit"
    assert defaults.rounding_mode in ROUNDING_MODES
    assert "notified" not in defaults.member_methods


def test_the_defaults_are_read_once() -> None:
    assert method_defaults() is method_defaults()
