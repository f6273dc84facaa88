"""A cost-build is the recipe below at known prices; what is unknown stays unknown and a circle is refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import DAY, evidence, form, patient, recipe, reference_rule, rulebook, seen

from footwall.prices import Evidence, cost_build_of, marginal_plant, prices_on_data, reference_prices, rework
from footwall.quantity import Unknown

FORMS = (
    form("ore", basis="contained", standard_content=Decimal("0.5")),
    form("carbonate"),
    form("oxide", basis="contained", standard_content=Decimal("0.8")),
    form("metal"),
    form("cerium"),
)


def with_recipes(*recipes: object) -> Evidence:
    return evidence(*FORMS, recipes=recipes)


def known(**prices: str) -> dict[str, Decimal | Unknown]:
    return {name: Decimal(price) for name, price in prices.items()}


def test_a_cost_build_agrees_with_a_computation_by_hand() -> None:
    facts = with_recipes(recipe("oxide", {"ore": "4", "carbonate": "2"}, "10", by_products={"cerium": "3"}))
    price, steps = cost_build_of("oxide", known(ore="6", carbonate="5", cerium="1"), facts)
    # 4 kg ore at 6 per contained kg and half content: 12; carbonate 10; conversion 10 with 10 % return: 11; cerium -3:
    # 30 per kg as traded; 0.8 of it is content: 37.5
    assert price == Decimal("37.5")
    assert [step.figure for step in steps] == ["= 0", "+ 4 × 6 × 0.5", "+ 2 × 5", "− 3 × 1", "+ 10 × 1.1", "÷ 0.8"]
    assert tuple(step.result for step in steps) == rework(steps)


AMOUNTS = st.integers(1, 10**4).map(lambda n: Decimal(n).scaleb(-2))


@patient
@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_return_stands_on_conversion_alone(
    kg: Decimal, price: Decimal, cost: Decimal, by_kg: Decimal, by_price: Decimal
) -> None:
    facts = with_recipes(recipe("metal", {"carbonate": str(kg)}, str(cost), by_products={"cerium": str(by_kg)}))
    found, _ = cost_build_of("metal", {"carbonate": price, "cerium": by_price}, facts)
    exact = Fraction(kg) * Fraction(price) + Fraction(cost) * Fraction("1.1") - Fraction(by_kg) * Fraction(by_price)
    if exact > 0:
        assert isinstance(found, Decimal)
        assert Fraction(found) == exact
    else:
        assert isinstance(found, Unknown)
        assert "by-products worth" in found.reason


def test_a_dearer_input_never_makes_a_cheaper_output() -> None:
    facts = with_recipes(recipe("metal", {"carbonate": "2"}))
    low, _ = cost_build_of("metal", known(carbonate="5"), facts)
    high, _ = cost_build_of("metal", known(carbonate="5.01"), facts)
    assert isinstance(low, Decimal)
    assert isinstance(high, Decimal)
    assert high - low == Decimal("0.02")


@pytest.mark.parametrize(
    ("made", "prices", "words"),
    [
        (recipe("metal", {"carbonate": "2"}), {}, "needs carbonate: it has no price"),
        (
            recipe("metal", {"carbonate": "2"}, by_products={"cerium": "1"}),
            known(carbonate="5"),
            "needs cerium: it has no price",
        ),
        (recipe("metal", {"carbonate": "2"}, None), known(carbonate="5"), "has no known conversion cost"),
        (recipe("metal", {"carbonate": "2"}, plant="other"), known(carbonate="5"), "no market-economy recipe"),
        (recipe("metal", {"carbonate": "2"}, reverse_of="x"), known(carbonate="5"), "no market-economy recipe"),
    ],
)
def test_what_a_cost_needs_and_nobody_knows_leaves_it_unknown(made: object, prices: dict, words: str) -> None:  # type: ignore[type-arg]
    price, steps = cost_build_of("metal", prices, with_recipes(made))
    assert isinstance(price, Unknown)
    assert words in price.reason
    assert steps == ()


def test_an_input_without_a_standard_content_cannot_be_valued_by_content() -> None:
    facts = evidence(form("ore", basis="contained"), form("metal"), recipes=(recipe("metal", {"ore": "2"}),))
    price, _ = cost_build_of("metal", known(ore="5"), facts)
    assert price == Unknown("make-metal needs ore: it has no standard content of X")


def test_an_output_without_a_standard_content_has_no_cost_by_content() -> None:
    facts = evidence(form("ore"), form("metal", basis="contained"), recipes=(recipe("metal", {"ore": "2"}),))
    price, _ = cost_build_of("metal", known(ore="5"), facts)
    assert price == Unknown("make-metal makes metal, which has no standard content of X")


def test_the_dearest_market_economy_plant_is_the_marginal_one() -> None:
    facts = with_recipes(
        recipe("metal", {"carbonate": "2"}, "10", recipe="new-plant"),
        recipe("metal", {"carbonate": "2"}, "20", recipe="old-plant"),
        recipe("metal", {"carbonate": "2"}, "90", recipe="elsewhere", plant="other"),
        recipe("metal", {"cerium": "2"}, "99", recipe="unpriced"),
    )
    built = marginal_plant("metal", known(carbonate="5"), facts)
    assert built.recipe is not None
    assert (built.recipe.recipe, built.price) == ("old-plant", 32)


def test_a_recipe_that_buys_nothing_has_a_cost_all_the_same() -> None:
    price, _ = cost_build_of("carbonate", {}, with_recipes(recipe("carbonate", {}, "10")))
    assert price == 11


def test_a_recipe_that_makes_a_form_from_itself_is_refused_alone() -> None:
    facts = with_recipes(
        recipe("oxide", {"carbonate": "1"}, recipe="forth"),
        recipe("carbonate", {"oxide": "1"}, recipe="back"),
        recipe("carbonate", {"ore": "1"}, recipe="from-ore"),
    )
    prices = known(ore="2", carbonate="5", oxide="9")
    price, _ = cost_build_of("oxide", prices, facts)
    assert price == Unknown("forth would make oxide from itself")
    assert marginal_plant("carbonate", prices, facts).recipe == facts.recipes[2]


def test_a_way_back_that_says_so_does_not_stop_the_way_forth() -> None:
    facts = with_recipes(
        recipe("oxide", {"carbonate": "1"}, recipe="forth"),
        recipe("carbonate", {"oxide": "1"}, recipe="back", reverse_of="forth"),
    )
    assert marginal_plant("oxide", known(carbonate="5"), facts).recipe == facts.recipes[0]


def test_a_circle_over_by_products_is_refused() -> None:
    facts = with_recipes(
        recipe("oxide", {"ore": "1"}, by_products={"cerium": "1"}), recipe("cerium", {"oxide": "1"}, recipe="other-way")
    )
    assert set(facts.chains.refused) == {"oxide", "cerium"}


@patient
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef"), min_size=1, max_size=3)), max_size=8
    )
)
def test_every_form_is_priced_after_all_that_it_is_made_from(edges: list[tuple[str, set[str]]]) -> None:
    recipes = tuple(
        recipe(output, dict.fromkeys(sorted(inputs), "1"), recipe=f"r{n}") for n, (output, inputs) in enumerate(edges)
    )
    made = evidence(*(form(name) for name in "abcdef"), recipes=recipes).chains
    place = {name: n for n, name in enumerate(made.order)}
    for output, usable in made.recipes.items():
        assert all(place[amount.form] < place[output] for one in usable for amount in one.inputs)
    assert sum(map(len, made.recipes.values())) + sum(map(len, made.refused.values())) == len(recipes)


def test_a_cost_build_rests_on_references_that_stand_on_data_and_not_on_another_cost_build() -> None:
    facts = with_recipes(
        recipe("carbonate", {"ore": "1"}), recipe("oxide", {"carbonate": "1"}), recipe("metal", {"carbonate": "1"})
    )
    prices = reference_prices(DAY, [seen(form="ore", low="8")], rulebook(), facts, {})
    assert prices["carbonate"].status == "cost_build"
    assert prices["oxide"].status == "suspended"
    below = prices_on_data(prices)
    assert (below["ore"], below["carbonate"]) == (16, Unknown("its price is itself built from costs"))
    reason = prices["oxide"].certificate.cost_build
    assert reason == Unknown("make-oxide needs carbonate: its price is itself built from costs")
    # Why the input is suspended is told once, with the input: it would grow with every stage of the chain.
    assert below["oxide"] == Unknown("it has no price")


def test_forms_are_priced_on_the_reference_below_and_not_on_its_market_price() -> None:
    facts = with_recipes(recipe("carbonate", {"ore": "1"}, "10"), recipe("metal", {"carbonate": "1"}, "0"))
    observations = [seen("ore", "8", form="ore", per="contained"), seen("carbonate", "20", form="carbonate")]
    prices = reference_prices(DAY, observations, rulebook(reference_rule()), facts, {})
    assert prices["carbonate"].price == Decimal("18.50")  # 0.7 × 20 + 0.3 × (4 + 11)
    assert prices["metal"].certificate.cost_build == Decimal("18.50")


def test_a_form_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        cost_build_of("unobtainium", {}, with_recipes())
