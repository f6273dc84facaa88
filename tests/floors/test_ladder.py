"""A ladder shows every stage that importers would jump, and never drops one that it cannot judge."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from floor_samples import floor, form, recipe, reference
from hypothesis import given
from hypothesis import strategies as st

from footwall.facts import Form, Recipe
from footwall.floors import Ladder, Level, Rung, ladder
from footwall.prices import Evidence, ReferencePrice
from footwall.quantity import Unknown

DAY = date(2025, 1, 31)
PRICES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(2000), places=2)


def read(
    recipes: Sequence[Recipe],
    floors: dict[str, str],
    parities: dict[str, str],
    *,
    forms: Sequence[Form] | None = None,
    references: dict[str, ReferencePrice] | None = None,
) -> Ladder:
    names = {r.output for r in recipes} | {a.form for r in recipes for a in (*r.inputs, *r.by_products)}
    known = {f.form: f for f in forms} if forms else {name: form(name) for name in names}
    return ladder(
        "ndpr",
        DAY,
        {of: floor(price, of=of) for of, price in floors.items()},
        {of: Decimal(price) for of, price in parities.items()},
        references or {},
        evidence=Evidence(known, tuple(recipes)),
    )


def rung(*args: object, **kwargs: object) -> Rung:
    (found,) = read(*args, **kwargs).rungs  # type: ignore[arg-type]
    return found


METAL = recipe("metal", {"oxide": "1.2"}, "10", return_share="0.1")


def test_an_undercut_is_found_by_hand_example() -> None:
    # Oxide is held at 110: metal needs 1.2 × 110 + 10 × 1.1 = 143, and its own floor of 140 leaves it 3 short.
    found = rung([METAL], {"oxide": "110", "metal": "140"}, {"oxide": "60", "metal": "85"})
    assert (found.output_level, found.inputs_level, found.conversion) == (Decimal(140), Decimal(132), Decimal(10))
    assert found.margin == Decimal(-3)
    assert found.undercut
    assert read([METAL], {"oxide": "110", "metal": "140"}, {"oxide": "60", "metal": "85"}).undercuts == (found,)


@pytest.mark.parametrize(("metal", "undercut"), [("143", False), ("142.99", True), ("143.01", False)])
def test_a_process_that_earns_exactly_its_cost_is_no_undercut(metal: str, *, undercut: bool) -> None:
    assert rung([METAL], {"oxide": "110", "metal": metal}, {"oxide": "60", "metal": "85"}).undercut is undercut


def test_the_return_stands_on_conversion_alone() -> None:
    # 10 % of 10 is 1; 10 % of inputs and conversion would be 14.2.
    found = rung([METAL], {"oxide": "110", "metal": "143"}, {"oxide": "60", "metal": "85"})
    assert found.margin == 0


def test_forms_without_a_floor_count_at_their_parity() -> None:
    found = rung([METAL], {"oxide": "110"}, {"oxide": "60", "metal": "85"})
    assert (found.output_level, found.margin, found.undercut) == (Decimal(85), Decimal(-58), True)


def test_the_level_is_the_higher_of_floor_and_parity() -> None:
    found = rung([METAL], {"oxide": "50", "metal": "80"}, {"oxide": "60", "metal": "85"})
    assert (found.output_level, found.inputs_level) == (Decimal(85), Decimal(72))


@pytest.mark.parametrize(("cerium_floor", "level"), [("5", "1"), ("0.4", "0.2"), (None, "1")])
def test_a_by_product_counts_at_the_lower_of_its_floor_and_its_parity(cerium_floor: str | None, level: str) -> None:
    separation = recipe("oxide", {"carbonate": "4"}, "5", by_products={"cerium": "0.5"})
    floors = {"oxide": "110"} | ({} if cerium_floor is None else {"cerium": cerium_floor})
    found = rung([separation], floors, {"oxide": "60", "carbonate": "10", "cerium": "2"})
    assert found.by_products_level == Decimal(level)
    assert found.margin == Decimal(110) + Decimal(level) - 40 - 5


def test_both_directions_of_a_reversible_step_are_checked() -> None:
    there = recipe("hydroxide", {"carbonate": "0.9"}, "2", name="there")
    back = recipe("carbonate", {"hydroxide": "1.1"}, "1", name="back", reverse_of="there")
    found = read([there, back], {"hydroxide": "20", "carbonate": "10"}, {"hydroxide": "9", "carbonate": "9"})
    assert [(r.recipe, r.margin, r.undercut) for r in found.rungs] == [
        ("there", Decimal("9.0"), False),
        ("back", Decimal("-13.0"), True),
    ]


def test_prices_of_content_become_prices_as_traded() -> None:
    concentrate = form("concentrate", basis="contained", content="0.65")
    apt = form("apt", basis="contained", content="0.885")
    step = recipe("apt", {"concentrate": "1.5"}, "3")
    found = rung([step], {"apt": "40"}, {"apt": "30", "concentrate": "20"}, forms=[concentrate, apt])
    assert found.output_level == Decimal(40) * Decimal("0.885")
    assert found.inputs_level == Decimal("1.5") * 20 * Decimal("0.65")


def test_a_price_of_the_form_stands_as_it_is_whatever_the_form_contains() -> None:
    oxide = form("oxide", content="0.7")
    found = rung(
        [METAL], {"oxide": "110", "metal": "140"}, {"oxide": "60", "metal": "85"}, forms=[oxide, form("metal")]
    )
    assert (found.inputs_level, found.margin) == (Decimal(132), Decimal(-3))


def test_a_form_without_standard_content_makes_its_rung_unknown_and_keeps_it() -> None:
    forms = [form("concentrate", basis="contained", content=None), form("metal")]
    found = rung([recipe("metal", {"concentrate": "2"}, "3")], {}, {"metal": "30", "concentrate": "20"}, forms=forms)
    assert isinstance(found.margin, Unknown)
    assert found.margin.reason == "concentrate is priced per kg of oxide and has no standard content"
    assert not found.undercut


def test_a_recipe_without_a_cost_is_unknown_and_kept() -> None:
    found = rung([recipe("metal", {"oxide": "1"}, None)], {}, {"metal": "30", "oxide": "20"})
    assert isinstance(found.conversion, Unknown)
    assert found.margin == found.conversion


def test_without_parity_the_reference_stands_in_unless_it_was_made_under_a_floor() -> None:
    outside = {"metal": reference(DAY, "90", of="metal")}
    assert rung([METAL], {"metal": "80"}, {"oxide": "60"}, references=outside).output_level == Decimal(90)
    inside = {"metal": reference(DAY, "90", of="metal", under_floor=True)}
    found = rung([METAL], {"metal": "80"}, {"oxide": "60"}, references=inside).output_level
    assert isinstance(found, Unknown)
    assert found.reason == "metal: no parity was measured, and its reference price was made under a floor"


def test_a_floor_beside_a_parity_nobody_knows_is_unknown() -> None:
    found = rung([METAL], {"metal": "80", "oxide": "50"}, {"oxide": "60"})
    assert isinstance(found.output_level, Unknown)
    assert found.output_level.reason == "metal: no parity was measured, and it has no reference price"


def test_an_unknown_by_product_makes_the_rung_unknown_and_not_its_worth_zero() -> None:
    separation = recipe("oxide", {"carbonate": "4"}, "5", by_products={"cerium": "0.5"})
    found = rung([separation], {"oxide": "110"}, {"oxide": "60", "carbonate": "10"})
    reason = "cerium: no parity was measured, and it has no reference price"
    assert found.by_products_level == found.margin == found.protection == Unknown(reason)
    assert not found.undercut


def test_an_input_outside_the_catalogue_is_named() -> None:
    stray = rung([METAL], {}, {"oxide": "60", "metal": "85"}, forms=[form("metal")])
    assert stray.margin == stray.inputs_level == Unknown("oxide is not in the catalogue")


def test_a_floor_that_no_review_could_decide_counts_as_none() -> None:
    undecided = ladder(
        "ndpr",
        DAY,
        {"metal": floor(Unknown("no basis"), of="metal")},
        {"metal": Decimal(85), "oxide": Decimal(60)},
        {},
        evidence=Evidence({"metal": form("metal"), "oxide": form("oxide")}, (METAL,)),
    )
    assert undecided.rungs == read([METAL], {}, {"metal": "85", "oxide": "60"}).rungs


def test_a_suspended_reference_replaces_no_parity() -> None:
    suspended = {"oxide": reference(DAY, Unknown("suspended"), of="oxide")}
    found = rung([METAL], {}, {"metal": "85"}, references=suspended)
    reason = "oxide: no parity was measured; reference price: suspended"
    assert found.inputs_level == found.protection == Unknown(reason)


def levels(*args: object, **kwargs: object) -> dict[str, Level]:
    return {one.form: one for one in read(*args, **kwargs).levels}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("floor_of_metal", "level", "set_by"), [("85.01", "85.01", "floor"), ("85", "85", "parity"), ("84", "85", "parity")]
)
def test_a_level_says_whether_the_floor_or_the_parity_sets_it(floor_of_metal: str, level: str, set_by: str) -> None:
    found = levels([METAL], {"metal": floor_of_metal}, {"oxide": "60", "metal": "85"})["metal"]
    assert (found.parity, found.floor, found.level, found.set_by) == (
        Decimal(85),
        Decimal(floor_of_metal),
        Decimal(level),
        set_by,
    )


def test_a_level_says_that_the_reference_stands_in_for_a_parity_nobody_measured() -> None:
    found = levels([METAL], {"metal": "80"}, {}, references={"metal": reference(DAY, "90", of="metal")})["metal"]
    assert (found.parity, found.level, found.set_by) == (Unknown("no parity was measured"), Decimal(90), "reference")


def test_a_floor_above_a_reference_that_stands_in_sets_the_level() -> None:
    found = levels([METAL], {"metal": "95"}, {}, references={"metal": reference(DAY, "90", of="metal")})["metal"]
    assert (found.level, found.set_by) == (Decimal(95), "floor")


def test_a_level_nobody_knows_is_set_by_nothing() -> None:
    found = levels([METAL], {"metal": "80"}, {"oxide": "60"})["metal"]
    assert (found.floor, found.set_by) == (Decimal(80), None)
    assert isinstance(found.level, Unknown)


def test_a_level_is_per_kg_of_the_basis_that_its_floor_stands_in() -> None:
    forms = [form("apt", basis="contained", content="0.885"), form("metal")]
    found = levels([recipe("metal", {"apt": "1.2"}, "3")], {"apt": "33"}, {"apt": "30", "metal": "90"}, forms=forms)
    assert found["apt"].level == Decimal(33)


def test_every_form_of_the_chain_has_a_level_also_one_that_no_recipe_names() -> None:
    forms = [form("oxide"), form("metal"), form("magnet"), form("steel", mineral="iron"), form("acid", mineral="other")]
    found = levels([recipe("metal", {"oxide": "1", "acid": "2"}, "3")], {}, {"magnet": "100"}, forms=forms)
    assert set(found) == {"oxide", "metal", "magnet", "acid"}


def test_only_recipes_of_the_mineral_are_read() -> None:
    assert ladder("cobalt", DAY, {}, {}, {}, evidence=Evidence({}, (METAL,))).rungs == ()


def test_protection_is_the_gain_in_value_added_over_parity() -> None:
    # At parity 85 − 1.2 × 60 = 13; at the floors 143 − 1.2 × 110 = 11.
    found = rung([METAL], {"oxide": "110", "metal": "143"}, {"oxide": "60", "metal": "85"})
    assert found.protection == Decimal("-0.153846")


@pytest.mark.parametrize(("floor_of_carbonate", "protection"), [("2000.001", "0"), ("2000.003", "0.000002")])
def test_protection_between_two_last_places_goes_to_the_even_one(floor_of_carbonate: str, protection: str) -> None:
    # Over 2000 these are 0.0000005 and 0.0000015.
    found = rung([recipe("carbonate", {}, "6")], {"carbonate": floor_of_carbonate}, {"carbonate": "2000"})
    assert found.protection == Decimal(protection)


@pytest.mark.parametrize(("metal", "undefined"), [("72", True), ("71", True), ("72.01", False)])
def test_protection_is_undefined_without_value_added_at_parity(metal: str, *, undefined: bool) -> None:
    found = rung([METAL], {"oxide": "110", "metal": "143"}, {"oxide": "60", "metal": metal})
    assert isinstance(found.protection, Unknown) is undefined
    if isinstance(found.protection, Unknown):
        assert found.protection.reason.startswith("undefined: value added at parity is ")
    assert isinstance(found.margin, Decimal)


def test_a_recipe_without_bought_inputs_owes_only_its_conversion() -> None:
    found = rung([recipe("carbonate", {}, "6", return_share="0.5")], {"carbonate": "10"}, {"carbonate": "8"})
    assert (found.inputs_level, found.margin) == (Decimal(0), Decimal("1.0"))


@given(PRICES, PRICES, PRICES, PRICES, st.none() | PRICES)
def test_raising_the_outputs_floor_never_makes_an_undercut(
    oxide: Decimal, metal: Decimal, oxide_floor: Decimal, metal_floor: Decimal, more: Decimal | None
) -> None:
    parities = {"oxide": str(oxide), "metal": str(metal)}
    low = rung([METAL], {"oxide": str(oxide_floor), "metal": str(metal_floor)}, parities)
    high = rung([METAL], {"oxide": str(oxide_floor), "metal": str(metal_floor + (more or 0))}, parities)
    assert not (high.undercut and not low.undercut)
    slow = (
        max(Fraction(metal), Fraction(metal_floor)) - Fraction(6, 5) * max(Fraction(oxide), Fraction(oxide_floor)) - 11
    )
    assert Fraction(low.margin) == slow  # type: ignore[arg-type]
    assert low.undercut == (slow < 0)
