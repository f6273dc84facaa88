"""What an explanation of a price tells, and that it leaves nothing out."""

import re
from decimal import Decimal
from pathlib import Path

from price_samples import OXIDE, evidence, form, priced, recipe, reference_rule, seen, tier_rule

from footwall import prices
from footwall.prices import EXCLUSIONS, explain, explain_parts


def test_what_was_not_used_is_told_by_reason_each_with_its_count_first() -> None:
    rule = reference_rule(tiers=(tier_rule("transactions", parties_min=9), tier_rule("assessments")))
    failed = priced(
        *(seen(f"deal-{n}", tier="transactions") for n in range(3)), seen("lost", currency="EUR"), rule=rule
    )
    lines = [line for line in explain(failed) if line.part == "excluded"]
    assert [line.what.split(" (")[0] for line in lines] == [
        "3 × tier_failed",
        *(f"  deal-{n}" for n in range(3)),
        "1 × rate_missing",
        "  lost",
    ]
    assert [line.figure for line in lines if line.what.startswith("3")] == ["its tier has too little to set a price"]


def test_the_parts_of_an_explanation_add_up_to_what_the_combination_starts_from() -> None:
    facts = evidence(form(), form("ore"), recipes=(recipe(OXIDE, {"ore": "2"}, "10"),))
    ore = seen("ore", "20", form="ore")
    for tier in ("transactions", "assessments"):
        built = priced(ore, seen(tier=tier, mass_kg=Decimal(5)), facts=facts)
        parts = explain_parts(built.certified)
        assert [name for name, _ in parts] == ["market", "cost-build"]
        assert sum(amount for _, amount in parts) == built.certified.combination_steps[2].result
    assert explain_parts(priced(seen()).certified) == ()


def test_an_explanation_says_how_much_market_a_price_rests_on_and_nothing_where_there_is_none() -> None:
    told = {
        line.what: line.result
        for line in explain(priced(seen("a", "100"), seen("b", "102")))
        if line.part == "liquidity"
    }
    assert (told["data"], told["parties"], told["lowest price"], told["highest price"]) == ("2", "2", "100", "102")
    assert [line for line in explain(priced()) if line.part == "liquidity"] == []


def test_every_exclusion_that_the_law_gives_is_told_in_words() -> None:
    room = Path(str(prices.__file__)).parent
    text = "".join(
        (room / name).read_text() for name in ("market.py", "normalise.py", "implied.py", "eligible.py", "standing.py")
    )
    docstrings = " ".join(re.findall(r'"""(.*?)"""', text, re.DOTALL))
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", docstrings)) & set(re.findall(r'"([a-z_]+)"', text))
    assert len(named) > 15
    assert named <= EXCLUSIONS.keys(), named - EXCLUSIONS.keys()
