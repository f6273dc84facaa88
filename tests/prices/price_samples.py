"""Synthetic records from which the tests of prices are made: round figures, and only what a test names matters."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from footwall.facts import Amount, ExchangeRate, Form, Observation, PriceIndex, Recipe, ValueAddedTax
from footwall.prices import Evidence, FormRules, ReferencePrice, reference_prices
from footwall.rulebook import Border, ReferenceRule, Rulebook, TierRule

DAY = date(2025, 6, 30)
OXIDE = "oxide"
patient = settings(deadline=None)  # the first unit of mass loads a table of units, and the machine may be busy
TIERS = ("transactions", "bids_offers", "assessments", "averages", "unit_values")
KIND_OF = {
    "transactions": "transaction",
    "bids_offers": "bid",
    "assessments": "assessment",
    "averages": "average",
    "unit_values": "unit_value",
}


def form(name: str = OXIDE, **changes: Any) -> Form:
    values: dict[str, Any] = {
        "form": name,
        "mineral": "synthetic",
        "stage": "refining",
        "name": name,
        "specification": "",
        "basis": "form",
        "content": "X",
        "standard_content": None,
        "hs6": ("284690",),
        "source": "synthetic",
        "assumed": False,
    }
    return Form(**(values | changes))


def seen(name: str = "one", low: str = "100", **changes: Any) -> Observation:
    """A quotation at the border, USD per kg of the form, of one day, published on that day."""
    day = changes.pop("day", DAY)
    tier = changes.get("tier", "assessments")
    values: dict[str, Any] = {
        "observation": name,
        "form": OXIDE,
        "kind": KIND_OF[tier],
        "tier": tier,
        "market": "Rotterdam",
        "country": "NL",
        "incoterm": "cif",
        "observed_from": day,
        "observed_to": day,
        "published_at": day,
        "publication_assumed": False,
        "low": Decimal(low),
        "high": Decimal(changes.pop("high", low)),
        "currency": "USD",
        "unit": "kg",
        "per": "form",
        "vat_included": False,
        "submitter": name,
        "mass_kg": None,
        "under_floor": False,
        "estimated": False,
        "deflator": "",
        "source": "synthetic",
    }
    return Observation(**(values | changes))


def border(freight: str = "50", insurance: str = "0.01", **changes: Any) -> Border:
    values: dict[str, Any] = {
        "base_port": "Rotterdam",
        "freight_per_t": Decimal(freight),
        "freight_unit": "USD/t",
        "insurance_share": Decimal(insurance),
        "source": "synthetic",
    }
    return Border.model_validate(values | changes)


def tier_rule(tier: str = "assessments", **changes: Any) -> TierRule:
    values: dict[str, Any] = {
        "tier": tier,
        "age_days_max": 60,
        "count_min": 1,
        "parties_min": 1,
        "party_weight_cap": Decimal(1),
        "spread_min": Decimal("1.05"),
        "spread_power": 3,
    }
    return TierRule.model_validate(values | changes)


def reference_rule(**changes: Any) -> ReferenceRule:
    tiers = changes.pop("tiers", tuple(tier_rule(tier) for tier in TIERS))
    values: dict[str, Any] = {
        "forms": "all",
        "tiers": tiers,
        "market_weights": tuple(
            {"tier": tier, "weight": Decimal(weight)}
            for tier, weight in zip(TIERS, ("0.9", "0.8", "0.7", "0.6", "0.4"), strict=True)
        ),
        "carry_days_max": 180,
        "smoothing_share": Decimal(1),
        "step_share_max": Decimal(10),
        "price_rounding_unit": Decimal("0.01"),
        "source": "synthetic",
    }
    return ReferenceRule.model_validate(values | changes)


def form_rules(at: Border | None = None, **changes: Any) -> FormRules:
    """The rules of the oxide: a border, the usual reference rule, and what a test adds."""
    return FormRules(**({"border": at or border(), "reference": reference_rule()} | changes))


def rulebook(*rules: ReferenceRule, borders: tuple[Border, ...] | None = None) -> Rulebook:
    """A rulebook of which prices read only the header, the border and the reference rules."""
    header = {
        "name": "Synthetic",
        "version": "1",
        "status": "example",
        "notice": "synthetic",
        "currency": "USD",
        "valid_from": date(2021, 1, 1),
        "legal_basis": "none",
        "source": "synthetic",
    }
    return Rulebook.model_construct(
        rulebook=Rulebook.model_fields["rulebook"].annotation.model_validate(header),  # type: ignore[union-attr]
        border=(border("0", "0"),) if borders is None else borders,
        reference=rules or (reference_rule(),),
    )


def recipe(output: str, inputs: dict[str, str], cost: str | None = "10", **changes: Any) -> Recipe:
    by_products = changes.pop("by_products", {})
    values: dict[str, Any] = {
        "recipe": f"make-{output}",
        "mineral": "synthetic",
        "output": output,
        "inputs": tuple(Amount(name, Decimal(kg)) for name, kg in inputs.items()),
        "by_products": tuple(Amount(name, Decimal(kg)) for name, kg in by_products.items()),
        "conversion_cost": None if cost is None else Decimal(cost),
        "return_share": Decimal("0.1"),
        "plant": "market_economy",
        "cost_year": 2024,
        "assumed": False,
        "reverse_of": None,
        "source": "synthetic",
    }
    return Recipe(**(values | changes))


def evidence(*forms: Form, **changes: Any) -> Evidence:
    values: dict[str, Any] = {
        "value_added_tax": (ValueAddedTax("CN", Decimal("0.13"), date(2019, 4, 1), None, "synthetic"),),
        "exchange_rates": (
            ExchangeRate("CNY", "USD", date(2025, 6, 1), Decimal("0.14"), assumed=False, source="synthetic"),
            ExchangeRate("CNY", "USD", date(2025, 5, 1), Decimal("0.15"), assumed=False, source="synthetic"),
            ExchangeRate("USD", "EUR", date(2025, 6, 1), Decimal("0.9"), assumed=False, source="synthetic"),
            ExchangeRate("EUR", "GBP", date(2025, 6, 1), Decimal("0.8"), assumed=False, source="synthetic"),
        ),
        "price_index": (
            PriceIndex("level-2020", 2020, Decimal(100), assumed=False, source="synthetic"),
            PriceIndex("level-2020", 2024, Decimal(120), assumed=False, source="synthetic"),
            PriceIndex("level-2020", 2025, Decimal(130), assumed=False, source="synthetic"),
            PriceIndex("no-base", 2025, Decimal(130), assumed=False, source="synthetic"),
        ),
    }
    chosen = forms or (form(),)
    return Evidence(forms={one.form: one for one in chosen}, **(values | changes))


def priced(*observations: Observation, on: date = DAY, **changes: Any) -> ReferencePrice:
    """The reference price of the oxide alone."""
    rules = changes.pop("rule", reference_rule())
    before = changes.pop("previous", None)
    facts = changes.pop("facts", evidence())
    previous = {} if before is None else {before.form: before}
    return reference_prices(on, observations, rulebook(rules), facts, previous)[OXIDE]


@st.composite
def some_observations(draw: st.DrawFn) -> list[Observation]:
    """Up to a dozen observations of the oxide: any tier, a year of days, published on the day or later."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        day = DAY - timedelta(days=draw(st.integers(-10, 120)))
        low = draw(st.integers(1, 40_000))
        found.append(
            seen(
                f"seen-{number}",
                str(Decimal(low).scaleb(-2)),
                high=str(Decimal(low + draw(st.integers(0, 500))).scaleb(-2)),
                day=day,
                tier=draw(st.sampled_from(TIERS)),
                submitter=draw(st.sampled_from("ABCDE")),
                market=draw(st.sampled_from(("Rotterdam", "China"))),
                published_at=day + timedelta(days=draw(st.integers(0, 40))),
                currency=draw(st.sampled_from(("USD", "USD", "CNY"))),
                mass_kg=draw(st.none() | st.integers(1, 10**6).map(Decimal)),
                under_floor=draw(st.sampled_from((False, False, True))),
            )
        )
    return found


STRICT = reference_rule(
    tiers=tuple(
        tier_rule(tier, count_min=2, parties_min=2, party_weight_cap=Decimal("0.6"), spread_power=2) for tier in TIERS
    )
)
"""A rule under which tiers fail, caps bite and outliers are thrown out."""
