"""The recipes against chemistry: what a plant uses is what the formulas ask for, and a plausible loss."""

from decimal import Decimal

import pytest
from atoms import counts, mass, ndpr_share, share

from footwall.facts import Amount, Recipe, shipped_facts

FACTS = shipped_facts()
RECIPES = {recipe.recipe: recipe for recipe in FACTS.recipes}
ELEMENTS = ("Nd", "Dy", "Tb", "Li", "Co", "Ni", "C", "Al", "Ga", "Ge", "W", "Sb", "Mn", "Cu", "Mg")
FORMULAS = {
    "cobalt-sulphate": ("Co", "CoSO4·7H2O"),
    "cobalt-oxide": ("Co", "Co3O4"),
    "nickel-sulphate": ("Ni", "NiSO4·6H2O"),
    "manganese-sulphate": ("Mn", "MnSO4·1H2O"),
    "germanium-dioxide": ("Ge", "GeO2"),
    "antimony-trioxide": ("Sb", "Sb2O3"),
    "tungsten-carbide": ("W", "WC"),
    "nmc-cathode": ("Ni", "LiNi0.8Mn0.1Co0.1O2"),
    "lfp-cathode": ("Li", "LiFePO4"),
    "ammonium-perrhenate": ("Re", "NH4ReO4"),
    "cesium-carbonate": ("Cs", "Cs2CO3"),
    "rubidium-carbonate": ("Rb", "Rb2CO3"),
}


def only_input(recipe: str) -> Decimal:
    (amount,) = RECIPES[recipe].inputs
    return amount.kg


def in_content(element: str, content: str) -> Decimal:
    """Kilograms of an element in a kilogram of what a form's content names."""
    if content in {"Nd+Pr", "Nd+Pr oxide"}:
        return (Decimal(1) if content == "Nd+Pr" else ndpr_share()) if element == "Nd" else Decimal(0)
    if content in {"REO", "coal"}:
        return Decimal(0)
    return share(element, content) if element in counts(content) else Decimal(0)


def in_amount(element: str, amount: Amount) -> Decimal | None:
    form = FACTS.forms[amount.form]
    per_kg = in_content(element, form.content)
    if not per_kg:
        return Decimal(0)
    return None if form.standard_content is None else amount.kg * form.standard_content * per_kg


def yields(recipe: Recipe) -> list[tuple[str, Decimal]]:
    """For each element of the output that an input states too: mass out over mass in."""
    found = []
    for element in ELEMENTS:
        out = in_amount(element, Amount(recipe.output, Decimal(1)))
        given = [in_amount(element, amount) for amount in recipe.inputs]
        if out and None not in given and sum(given):  # type: ignore[arg-type]
            found.append((element, out / sum(given)))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    "recipe", [recipe for recipe in FACTS.recipes if recipe.inputs], ids=lambda recipe: recipe.recipe
)
def test_no_recipe_makes_more_of_an_element_than_it_is_given_nor_loses_most_of_it(recipe: Recipe) -> None:
    for element, recovered in yields(recipe):
        least = Decimal("0.45") if "graphite-flake" in {amount.form for amount in recipe.inputs} else Decimal("0.70")
        assert least <= recovered <= 1, (element, recovered)


def test_most_recipes_are_held_against_an_element() -> None:
    held = [recipe for recipe in FACTS.recipes if recipe.inputs and yields(recipe)]
    assert len(held) >= 45


@pytest.mark.parametrize("form", sorted(FORMULAS))
def test_a_standard_content_is_that_of_the_formula_less_little(form: str) -> None:
    element, formula = FORMULAS[form]
    standard = FACTS.forms[form].standard_content
    assert standard is not None
    assert Decimal("0.97") * share(element, formula) <= standard <= share(element, formula) + Decimal("0.001")


def test_plants_use_a_little_more_oxide_than_the_metal_asks_for() -> None:
    assert Decimal("1.19") <= only_input("ndpr-metal-from-oxide") <= Decimal("1.21")
    assert only_input("ndpr-metal-from-oxide") > 1 / ndpr_share()
    assert 1 / share("Dy", "Dy2O3") < only_input("dysprosium-metal-from-oxide") < Decimal("1.25")
    assert 1 / share("Tb", "Tb4O7") < only_input("terbium-metal-from-oxide") < Decimal("1.30")


def test_spodumene_for_carbonate_is_stoichiometry_at_eighty_five_per_cent() -> None:
    lithia_per_carbonate = mass("Li2O") / mass("Li2CO3")
    at_full_recovery = lithia_per_carbonate / Decimal("0.06")
    assert at_full_recovery.quantize(Decimal("0.01")) == Decimal("6.74")
    assert abs(only_input("lithium-carbonate-from-spodumene") - at_full_recovery / Decimal("0.85")) < Decimal("0.01")


def test_hydroxide_needs_the_spodumene_of_its_carbonate_equivalent() -> None:
    carbonate_equivalent = mass("Li2CO3") / (2 * mass("LiOH·1H2O"))
    assert carbonate_equivalent.quantize(Decimal("0.001")) == Decimal("0.880")
    expected = only_input("lithium-carbonate-from-spodumene") * carbonate_equivalent
    assert abs(only_input("lithium-hydroxide-from-spodumene") - expected) < Decimal("0.01")


def test_carbonate_and_hydroxide_turn_into_each_other_at_a_loss_both_ways() -> None:
    there, back = RECIPES["lithium-hydroxide-from-carbonate"], RECIPES["lithium-carbonate-from-hydroxide"]
    assert back.reverse_of == there.recipe
    assert there.inputs[0].kg * back.inputs[0].kg > 1


def test_flake_for_spherical_graphite_is_two_to_two_and_a_half() -> None:
    assert 2 <= only_input("graphite-spherical-from-flake") <= Decimal("2.5")


def test_a_metric_ton_unit_of_trioxide_holds_seven_point_nine_three_kilograms_of_tungsten() -> None:
    assert (10 * share("W", "WO3")).quantize(Decimal("0.01")) == Decimal("7.93")
    apt = FACTS.forms["apt"]
    assert apt.content == "WO3"
    assert apt.standard_content is not None
    recovered = Decimal("0.999") / (only_input("tungsten-powder-from-apt") * apt.standard_content * share("W", "WO3"))
    assert Decimal("0.97") < recovered < 1


def test_cathode_material_asks_for_the_sulphates_of_its_formula() -> None:
    formula = "LiNi0.8Mn0.1Co0.1O2"
    given = {amount.form: amount.kg for amount in RECIPES["nmc-cathode-811"].inputs}
    for form, element in (("nickel-sulphate", "Ni"), ("cobalt-sulphate", "Co"), ("manganese-sulphate", "Mn")):
        content = FACTS.forms[form].standard_content
        assert content is not None
        assert Decimal("1.00") <= given[form] * content / share(element, formula) <= Decimal("1.04"), form


def test_magnesium_by_silicon_needs_more_ferrosilicon_than_the_reaction() -> None:
    by_reaction = mass("Si") / (2 * mass("Mg")) / Decimal("0.75")
    assert by_reaction < only_input("magnesium-metal-pidgeon") < Decimal("1.5") * by_reaction


def test_an_integrated_plant_uses_what_its_two_steps_use() -> None:
    steps = {
        "graphite-anode-integrated": ("graphite-anode-from-spherical", "graphite-spherical-from-flake"),
        "tungsten-carbide-integrated": ("tungsten-carbide-from-powder", "tungsten-powder-from-apt"),
        "ndfeb-blank-integrated": ("ndfeb-blank-from-alloy", "ndfeb-alloy-standard"),
        "ndfeb-magnet-from-alloy": ("ndfeb-magnet-from-blank", "ndfeb-blank-from-alloy"),
        "ndfeb-magnet-integrated": ("ndfeb-magnet-from-alloy", "ndfeb-alloy-standard"),
    }
    for whole, (last, first) in steps.items():
        assert abs(only_input(whole) - only_input(last) * only_input(first)) < Decimal("0.01"), whole
        spent = RECIPES[last].conversion_cost + only_input(last) * RECIPES[first].conversion_cost  # type: ignore[operator]
        assert abs(RECIPES[whole].conversion_cost - spent) < Decimal("0.25"), whole  # type: ignore[operator]


def test_by_products_of_light_carbonate_stand_in_the_ratio_of_its_assay() -> None:
    recipe = RECIPES["ndpr-oxide-from-carbonate"]
    ratios = {amount.form: amount.kg for amount in recipe.by_products}
    assert abs(ratios["cerium-oxide"] - Decimal("50.0") / Decimal("24.7")) < Decimal("0.05")
    assert abs(ratios["lanthanum-oxide"] - Decimal("23.0") / Decimal("24.7")) < Decimal("0.01")


def test_the_copper_benchmark_is_the_sum_of_its_two_charges() -> None:
    treatment = only_input("copper-cathode-from-concentrate") * Decimal("0.080")
    refining = Decimal("0.080") / Decimal("0.45359237")
    cost = RECIPES["copper-cathode-from-concentrate"].conversion_cost
    assert cost is not None
    assert abs(cost - (treatment + refining)) < Decimal("0.005")


def test_every_content_factor_is_the_ratio_of_atomic_masses() -> None:
    for (content, contained), factor in FACTS.content_factors.items():
        if content == "Nd+Pr oxide":
            expected = ndpr_share()
        elif contained in counts(content):
            expected = share(contained, content)
        else:
            expected = 1 / share(content, contained)
        assert abs(factor - expected) < Decimal("0.0002"), (content, contained)
