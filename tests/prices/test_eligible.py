"""Whether an observation may count at all: each reason on either side of its boundary, and which one is told of several."""

from decimal import Decimal
from typing import Any

import pytest
from price_samples import TIERS, eligibility, evidence, form, form_rules, seen

from footwall.facts import Observation
from footwall.prices import Book
from footwall.prices.eligible import unfit
from footwall.rulebook import EligibilityRule

HALF = form(standard_content=Decimal("0.5"))


def code(observation: Observation, rule: EligibilityRule | None, tiers: tuple[str, ...] = TIERS) -> str | None:
    found = unfit(observation, HALF, form_rules(eligibility=rule), frozenset(tiers))
    return None if found is None else found[0]


def deal(**changes: Any) -> Observation:
    return seen(**{"tier": "transactions", "mass_kg": Decimal(100)} | changes)


def test_without_a_rule_everything_of_a_tier_counts() -> None:
    worst = deal(relation="related", mass_kg=None, content=Decimal("0.01"), origin="CN")
    assert code(worst, None) is None
    assert code(worst, eligibility()) is None


@pytest.mark.parametrize(
    ("relation", "arms_length", "expected"),
    [
        ("unrelated", "declared", None),
        ("", "declared", "relation_not_declared"),
        ("related", "declared", "related_parties"),
        ("unrelated", "not_related", None),
        ("", "not_related", None),
        ("related", "not_related", "related_parties"),
        ("", "any", None),
        ("related", "any", None),
    ],
)
@pytest.mark.parametrize(
    ("kind", "tier"), [("transaction", "transactions"), ("bid", "bids_offers"), ("offer", "bids_offers")]
)
def test_sides_are_at_arms_length(relation: str, arms_length: str, expected: str | None, kind: str, tier: str) -> None:
    observation = deal(kind=kind, tier=tier, relation=relation)
    assert code(observation, eligibility(arms_length=arms_length)) == expected


@pytest.mark.parametrize(
    ("kind", "tier"),
    [
        ("assessment", "assessments"),
        ("exchange", "assessments"),
        ("average", "averages"),
        ("unit_value", "unit_values"),
    ],
)
def test_of_a_quotation_nobody_is_asked_who_would_take_it_nor_how_much(kind: str, tier: str) -> None:
    rule = eligibility(arms_length="declared", lot_kg_min=Decimal(100))
    assert code(seen(kind=kind, tier=tier, relation="related"), rule) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"mass_kg": Decimal(100)}, None, id="just enough"),
        pytest.param({"mass_kg": Decimal("99.99")}, "lot_too_small", id="just too small"),
        pytest.param({"mass_kg": None}, "lot_too_small", id="no mass is told"),
        pytest.param({"mass_kg": Decimal(5000), "lot_kg": Decimal(20)}, "lot_too_small", id="many small lots"),
        pytest.param({"mass_kg": Decimal(50), "lot_kg": Decimal(100)}, None, id="a part of a large lot"),
        pytest.param({"mass_kg": None, "lot_kg": Decimal(100)}, None, id="a lot without a mass"),
        pytest.param({"mass_kg": Decimal(500), "count": 2}, "lot_too_small", id="several deals of unknown lots"),
        pytest.param(
            {"mass_kg": Decimal(500), "count": 2, "lot_kg": Decimal(250)}, None, id="several deals of a stated lot"
        ),
    ],
)
def test_a_deal_is_no_smaller_than_the_least_lot(changes: dict[str, Any], expected: str | None) -> None:
    assert code(deal(**changes), eligibility(lot_kg_min=Decimal(100))) == expected


@pytest.mark.parametrize(
    ("content", "tolerance", "expected"),
    [
        ("0.55", "0.1", None),
        ("0.5501", "0.1", "content_out_of_tolerance"),
        ("0.45", "0.1", None),
        ("0.4499", "0.1", "content_out_of_tolerance"),
        ("0.5", "0", None),
        ("0.5001", "0", "content_out_of_tolerance"),
        (None, "0", None),
        ("0.01", None, None),
    ],
)
def test_a_declared_content_lies_near_the_standard_one(
    content: str | None, tolerance: str | None, expected: str | None
) -> None:
    rule = eligibility(content_tolerance_share=None if tolerance is None else Decimal(tolerance))
    assert code(seen(content=None if content is None else Decimal(content)), rule) == expected


def test_a_content_without_a_standard_to_compare_with_is_not_refused() -> None:
    rules = form_rules(eligibility=eligibility(content_tolerance_share=Decimal(0)))
    assert unfit(seen(content=Decimal("0.01")), form(), rules, frozenset(TIERS)) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"origin": "CN"}, "origin_excluded", id="declared"),
        pytest.param(
            {"origin": "CN", "country": "NL", "incoterm": "cif"}, "origin_excluded", id="declared, sold elsewhere"
        ),
        pytest.param({"country": "CN", "incoterm": "fob"}, "origin_excluded", id="an export quote"),
        pytest.param({"country": "CN", "incoterm": "exw"}, "origin_excluded", id="ex works"),
        pytest.param({"country": "CN", "incoterm": "cif"}, None, id="what is bought there came from somewhere else"),
        pytest.param(
            {"country": "CN", "incoterm": "fob", "origin": "AU"}, None, id="goods of another origin sold there"
        ),
        pytest.param({"country": "AU", "incoterm": "fob"}, None, id="another country"),
        pytest.param({"country": "", "incoterm": "fob"}, None, id="no country"),
    ],
)
def test_an_origin_without_a_market_makes_no_price(changes: dict[str, Any], expected: str | None) -> None:
    assert code(seen(**changes), eligibility(origins_excluded=("CN", "RU"))) == expected


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("cost_survey", {"kind": "cost_survey"}),
    ("tier_not_used", {"tier": "averages"}),
    ("related_parties", {"relation": "related"}),
    ("origin_excluded", {"origin": "CN"}),
    ("lot_too_small", {"mass_kg": Decimal(1)}),
    ("content_out_of_tolerance", {"content": Decimal("0.9")}),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_of_several_reasons_the_first_is_told(first: int) -> None:
    changes: dict[str, Any] = {"kind": "transaction"}
    for _, fault in FAULTS[first:]:
        changes |= fault
    rule = eligibility(
        arms_length="declared",
        origins_excluded=("CN",),
        lot_kg_min=Decimal(100),
        content_tolerance_share=Decimal("0.1"),
    )
    if first > FAULTS.index(FAULTS[2]):
        changes |= {"relation": "unrelated"}
    assert code(deal(**changes), rule, ("transactions",)) == FAULTS[first][0]


def test_what_is_unfit_is_told_and_not_heard_though_its_price_could_not_be_told_either() -> None:
    book = Book(
        form(),
        [deal(relation="related", currency="EUR")],
        form_rules(eligibility=eligibility(arms_length="not_related")),
        evidence(),
    )
    (datum,) = book.apart(deal().published_at)
    assert datum.exclusion == "related_parties"
    assert datum.steps == ()
