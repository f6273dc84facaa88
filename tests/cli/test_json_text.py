"""A figure on the screen's JSON is written as the journal writes it; only what a record leaves unsaid is said there too."""

import json
from datetime import date
from decimal import Decimal

import pytest

from footwall.cli.json_text import json_text
from footwall.desk.events import PriceSet, json_of
from footwall.quantity import Unknown
from footwall.tariffs import Band, Measure

MEASURE = Measure(
    measure_id="m",
    role="floor",
    method="banded",
    importers=("US",),
    origins=("CN",),
    valid_from=date(2024, 1, 31),
    currency="USD",
    form="ndpr-oxide",
    bands=(Band(Decimal("1E+3"), Decimal("0.00")), Band(Decimal("1.50"), Decimal("1E-9"))),
)


def test_json_of_the_screen_and_of_the_journal_agree_in_every_field_that_the_journal_states() -> None:
    shown = json.loads(json_text(MEASURE))
    assert {name: shown[name] for name in json_of(MEASURE)} == json_of(MEASURE)
    assert shown["bands"] == [
        {"at_least": "1000", "specific": "0.00"},
        {"at_least": "1.50", "specific": "0.000000001"},
    ]


def test_json_of_the_screen_states_what_stands_at_its_default() -> None:
    assert json.loads(json_text(MEASURE))["valid_to"] is None
    assert "valid_to" not in json_of(MEASURE)


def test_an_unknown_has_its_reason_and_no_number() -> None:
    price = PriceSet(
        "apt", Unknown("nobody published one"), "suspended", None, None, False, Unknown("not asked"), under_floor=False
    )
    assert json.loads(json_text({"set": [price]}))["set"][0]["price"] == {"unknown": "nobody published one"}


@pytest.mark.parametrize("value", [1.5, {"USD"}, b"1"])
def test_what_has_no_one_form_in_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no form in JSON"):
        json_text({"value": value})
