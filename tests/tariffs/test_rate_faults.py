"""Limits of a duty that contradict it or each other are refused; so is a programme where none may be claimed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from footwall.errors import ScheduleError
from footwall.tariffs import Measure, Rate, Schedule

DUTY: Mapping[str, Any] = {
    "measure_id": "m", "role": "ordinary", "form": "ndpr-oxide", "importers": ["DE"], "origins": ["CN"],
    "method": "ad_valorem", "ad_valorem": "0.12", "currency": "EUR", "per_kg": 100, "valid_from": date(2025, 1, 1),
}  # fmt: skip
FLOOR = {**DUTY, "role": "floor", "method": "top_up", "ad_valorem": None, "floor": 110}
BETWEEN = "a limit on another base than the duty, which decides for some goods and not for others"

REFUSED: list[tuple[Mapping[str, Any], str, str, str, str, str]] = [
    ({"least_specific": 16, "most_specific": 2}, "least_specific", "least_not_below_most",
     "at least 16 by mass, at most 2 by mass", "a minimum that may be below the maximum",
     "Correct one of the two, or leave it out."),
    ({"least_specific": 2, "most_specific": 2}, "least_specific", "least_not_below_most",
     "at least 2 by mass, at most 2 by mass", "a minimum that may be below the maximum",
     "Correct one of the two, or leave it out."),
    ({"least_ad_valorem": "0.1", "least_specific": 5, "most_ad_valorem": "0.1", "most_specific": 4}, "least_specific",
     "least_not_below_most", "at least 0.1 of the value + 5 by mass, at most 0.1 of the value + 4 by mass",
     "a minimum that may be below the maximum", "Correct one of the two, or leave it out."),
    ({"least_ad_valorem": "0.05"}, "least_ad_valorem", "limit_without_effect",
     "0.12 of the value, at least 0.05 of the value: the duty alone decides", BETWEEN, "Leave the limit out."),
    ({"least_ad_valorem": "0.15"}, "least_ad_valorem", "limit_without_effect",
     "0.12 of the value, at least 0.15 of the value: the limit alone decides", BETWEEN, "State the one rate that decides."),
    ({"most_ad_valorem": "0.1"}, "most_ad_valorem", "limit_without_effect",
     "0.12 of the value, at most 0.1 of the value: the limit alone decides", BETWEEN, "State the one rate that decides."),
    ({"most_ad_valorem": "0.2"}, "most_ad_valorem", "limit_without_effect",
     "0.12 of the value, at most 0.2 of the value: the duty alone decides", BETWEEN, "Leave the limit out."),
    ({"least_specific": 0}, "least_specific", "limit_without_effect",
     "0.12 of the value, at least 0 by mass: the duty alone decides", BETWEEN, "Leave the limit out."),
    ({"least_specific": -1}, "least_specific", "amount_negative", "-1", "zero or more", "A duty never pays the importer."),
    ({"most_specific": "-0.5"}, "most_specific", "amount_negative", "-0.5", "zero or more", "A duty never pays the importer."),
    ({"ad_valorem": None, "specific": 2, "most_ad_valorem": 5}, "most_ad_valorem", "rate_out_of_range", "5",
     "a fraction from 0 to 4.00", "Rates are fractions: 3.7 % is 0.037."),
    ({"least_specific": "0.123456789"}, "least_specific", "number_too_long", "0.123456789",
     "at most 9 digits before and 8 after the point", "Round it as its authority publishes it."),
    ({"currency": "", "least_specific": 2}, "currency", "currency_missing", "amounts without a currency",
     "an ISO 4217 currency", "Say in which currency the amounts are."),
    ({"ad_valorem": None, "least_specific": 2}, "ad_valorem", "rate_missing", "neither ad_valorem nor specific",
     "at least one of the two", "A duty of nothing is ad_valorem 0."),
    ({**FLOOR, "most_specific": 2}, "most_specific", "option_of_other_method", "most_specific with method top_up",
     "only the method's own options", "Remove it, or change the method."),
    ({"programme": "KR AU"}, "programme", "programme_malformed", "'KR AU'", "one symbol, such as KR or A+",
     "Write the symbol of one programme; each has a measure of its own."),
    ({"programme": "KR", "role": "additional"}, "programme", "programme_not_ordinary", "KR with role additional",
     "a programme on an ordinary duty", "A preference is an ordinary rate that is claimed."),
]  # fmt: skip


def made(change: Mapping[str, Any]) -> Schedule:
    return Schedule.from_measures([Measure(**{**DUTY, **change})], currency="EUR")


@pytest.mark.parametrize(("change", "field", "code", "found", "expected", "remedy"), REFUSED)
def test_a_rate_that_makes_no_sense_is_refused(
    change: Mapping[str, Any], field: str, code: str, found: str, expected: str, remedy: str
) -> None:
    with pytest.raises(ScheduleError) as refused:
        made(change)
    told = [(p.field, p.code, p.found, p.expected, p.remedy) for p in refused.value.problems]
    assert (field, code, found, expected, remedy) in told


@pytest.mark.parametrize(
    "change",
    [
        {"least_specific": 2},
        {"least_specific": 2, "most_specific": "2.01"},
        {"most_specific": 16, "role": "additional"},
        {"ad_valorem": None, "method": "specific", "specific": 3, "least_ad_valorem": "0.1", "most_ad_valorem": "0.2"},
        {"specific": 2, "least_ad_valorem": "0.13"},
        {"least_ad_valorem": "0.1", "least_specific": "0.01", "most_ad_valorem": "0.1", "most_specific": "0.02"},
        {"programme": "A+"},
        {"programme": ""},
        {"programme": "KR", "least_specific": 2},
    ],
)  # fmt: skip
def test_a_rate_that_makes_sense_is_taken(change: Mapping[str, Any]) -> None:
    (taken,) = made(change).measures
    assert taken.least == (None if taken.least_ad_valorem is None is taken.least_specific
                           else Rate(taken.least_ad_valorem, taken.least_specific))  # fmt: skip
    assert all(getattr(taken, name) is not None for name in change if name.startswith(("least", "most")))
