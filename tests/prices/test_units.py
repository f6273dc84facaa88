"""The units that quotations use are told from their definitions, and are those of the table of all units."""

from decimal import Decimal

import pytest

from footwall.quantity import _KILOGRAMS, _units, kilograms_per


@pytest.mark.parametrize("unit", sorted(_KILOGRAMS))
def test_a_unit_in_common_use_holds_what_the_table_of_all_units_says(unit: str) -> None:
    assert kilograms_per(unit) == Decimal(_units().Quantity(Decimal(1), unit).to("kilogram").magnitude)


def test_a_unit_that_is_not_in_common_use_is_still_found() -> None:
    assert kilograms_per("ounce") == Decimal("0.028349523125")
