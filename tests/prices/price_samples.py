"""Synthetic records from which the tests of prices are made: round figures, and only what a test names matters."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from footwall.facts import (
    Amount,
    ExchangeRate,
    Form,
    Observation,
    Port,
    PriceIndex,
    Recipe,
    SeaDistance,
    ValueAddedTax,
)
from footwall.prices import Evidence, FormRules, ReferencePrice, reference_prices
from footwall.rulebook import (
    Border,
    CadenceRule,
    CessationRule,
    ConfidenceRule,
    EligibilityRule,
    LiquidityRule,
    PremiumRule,
    ReferenceRule,
    Rulebook,
    TermsRule,
    TierRule,
)

DAY = date(2025, 6, 30)
OXIDE = "oxide"
patient = settings(deadline=None)  # the first unit of mass loads a table of units, and the machine may be busy
ORE = "ore"
TIERS = ("transactions", "bids_offers", "assessments", "averages", "unit_values")
ALL_TIERS = ("transactions", "bids_offers", "assessments", "averages", "implied", "unit_values")
KIND_OF = {
    "transactions": "transaction",
    "bids_offers": "bid",
    "assessments": "assessment",
    "averages": "average",
    "implied": "payable",
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


def eligibility(**changes: Any) -> EligibilityRule:
    """A rule that lets everything through, but for what a test changes."""
    values = {"forms": "all", "arms_length": "any", "lot_kg_min": Decimal(0), "source": "synthetic"}
    return EligibilityRule.model_validate(values | changes)


def terms(**changes: Any) -> TermsRule:
    """Thirty days, 6 % a year of 360 days, contents left as they are, no lots: but for what a test changes."""
    values = {
        "forms": "all",
        "payment_days": 30,
        "interest_share": Decimal("0.06"),
        "year_days": 360,
        "content": "none",
        "source": "synthetic",
    }
    return TermsRule.model_validate(values | changes)


def lots(**factors: str) -> tuple[dict[str, Decimal], ...]:
    """Lot factors, the largest lot first: `lots(kg1000="1", kg0="0.98")`."""
    return tuple({"lot_kg_min": Decimal(name[2:]), "factor": Decimal(factor)} for name, factor in factors.items())


def premium(grade: str, factor: str = "1", amount: str = "0", of: str = OXIDE) -> PremiumRule:
    values = {"form": of, "grade": grade, "factor": Decimal(factor), "amount": Decimal(amount), "source": "synthetic"}
    return PremiumRule.model_validate(values)


def liquidity(*bands: tuple[int, str, str], no_cost_build: str = "alone", **changes: Any) -> LiquidityRule:
    """Bands of parties, kilograms and the share that they leave, the most liquid first."""
    told = tuple(
        {"parties_min": parties, "mass_kg_min": Decimal(mass), "share": Decimal(share)}
        for parties, mass, share in bands
    )
    values = {"forms": "all", "bands": told, "no_cost_build": no_cost_build, "source": "synthetic"}
    return LiquidityRule.model_validate(values | changes)


def confidence(*levels: dict[str, Any], **changes: Any) -> ConfidenceRule:
    return ConfidenceRule.model_validate({"forms": "all", "levels": levels, "source": "synthetic"} | changes)


def level(name: str = "high", **changes: Any) -> dict[str, Any]:
    """A level that two parties on assessments reach, 10 % apart at most and ten days old, on nothing assumed."""
    values: dict[str, Any] = {
        "level": name,
        "tiers": ("assessments",),
        "parties_min": 2,
        "spread_max": Decimal("1.1"),
        "age_days_max": 10,
        "assumed": False,
    }
    return values | changes


def cessation(of: str = OXIDE, successor: str = "", factor: str = "1", **changes: Any) -> CessationRule:
    values = {"form": of, "successor": successor, "factor": Decimal(factor), "source": "synthetic"}
    return CessationRule.model_validate(values | changes)


def rulebook(*rules: ReferenceRule, borders: tuple[Border, ...] | None = None, **sections: Any) -> Rulebook:
    """A rulebook of which prices read only the header, the border, the reference rules, and the sections that a test adds."""
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
        **sections,
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


def port(code: str, *serves: str) -> Port:
    return Port(code, code, code[:2], serves, Decimal(0), Decimal(0), assumed=True, source="synthetic")


PORTS = {one.port: one for one in (port("CNSHA", "CN"), port("CNTAO"), port("CNDLC"), port("NLRTM", "NL"))}
WAYS = (SeaDistance("CNSHA", "NLRTM", 19000, "synthetic"), SeaDistance("CNTAO", "NLRTM", 20000, "synthetic"))
BY_SEA = border("0", "0", base_port_code="NLRTM", freight_per_t_km=Decimal("0.002"))
"""A border to which only the kilometres by sea cost anything: 0.002 USD per tonne and kilometre."""


def cell(*told: Observation, name: str = "cell") -> Observation:
    """Observations alike in all that a rule looks at, told as one."""
    masses = [one.mass_kg for one in told]
    known = [mass for mass in masses if mass is not None]
    weights = known if len(known) == len(told) else [Decimal(1)] * len(told)
    return replace(
        told[0],
        observation=name,
        low=min(one.low for one in told),
        high=max(one.high for one in told),
        mass_kg=sum(known, Decimal(0)) if len(known) == len(told) else None,
        count=len(told),
        value=sum(((one.low + one.high) / 2 * weight for one, weight in zip(told, weights, strict=True)), Decimal(0)),
    )


def _maybe(draw: st.DrawFn, *values: Any, usual: Any) -> Any:
    """The usual value more often than any other."""
    return draw(st.sampled_from((usual, usual, usual, *values)))


@st.composite
def some_observations(draw: st.DrawFn, *, of: str = OXIDE, plain: bool = False) -> list[Observation]:
    """Up to a dozen observations of a form: any tier, a year of days, published on the day or later.

    Unless `plain`, they state terms, lots, grades, counterparties and places, and some are shares of the price of the ore.
    """
    found = []
    for number in range(draw(st.integers(0, 12))):
        day = DAY - timedelta(days=draw(st.integers(-10, 120)))
        low = draw(st.integers(1, 40_000))
        values: dict[str, Any] = {
            "form": of,
            "low": str(Decimal(low).scaleb(-2)),
            "high": str(Decimal(low + draw(st.integers(0, 500))).scaleb(-2)),
            "day": day,
            "tier": draw(st.sampled_from(TIERS)),
            "submitter": draw(st.sampled_from("ABCDE")),
            "market": draw(st.sampled_from(("Rotterdam", "China"))),
            "published_at": day + timedelta(days=draw(st.integers(0, 40))),
            "currency": draw(st.sampled_from(("USD", "USD", "CNY"))),
            "mass_kg": draw(st.none() | st.integers(1, 10**6).map(Decimal)),
            "under_floor": draw(st.sampled_from((False, False, True))),
        }
        if not plain:
            values |= _told_beside(draw, values["mass_kg"], low)
        found.append(seen(f"{of}-{number}", **values))
    return found


def _told_beside(draw: st.DrawFn, mass_kg: Decimal | None, low: int) -> dict[str, Any]:
    """What an observation may state beside its price."""
    values = {
        "counterparty": _maybe(draw, "X", "Y", "Z", usual=""),
        "relation": _maybe(draw, "related", "unrelated", usual=""),
        "content": _maybe(draw, Decimal("0.45"), Decimal("0.9"), usual=None),
        "grade": _maybe(draw, "second", "nobody's", usual=""),
        "origin": _maybe(draw, "CN", "AU", usual=""),
        "payment_days": _maybe(draw, 0, 30, 90, usual=None),
        "lot_kg": _maybe(draw, Decimal(5), Decimal(500), usual=None),
        "incoterm": _maybe(draw, "fob", "exw", usual="cif"),
        "place": _maybe(draw, "CNTAO", "CNBJS", usual=""),
        "publication_assumed": _maybe(draw, True, usual=False),
    }
    count = _maybe(draw, 2, 3, usual=1)
    if count > 1:
        values |= {"count": count, "value": Decimal(low).scaleb(-2) * (count if mass_kg is None else mass_kg)}
    if draw(st.sampled_from((False, False, True))):
        share = {"kind": "payable", "of_form": ORE, "unit": "share", "currency": "", "low": "0.8", "high": "0.9"}
        values |= share | {"tier": "implied", "count": 1, "value": None}
    return values


STRICT = reference_rule(
    tiers=tuple(
        tier_rule(tier, count_min=2, parties_min=2, party_weight_cap=Decimal("0.6"), spread_power=2) for tier in TIERS
    )
)
"""A rule under which tiers fail, caps bite and outliers are thrown out."""

MADE_OF_ORE = evidence(
    form(standard_content=Decimal("0.5")),
    form(ORE),
    recipes=(recipe(OXIDE, {ORE: "0.5"}),),
    ports=PORTS,
    sea_distances=WAYS,
)
"""An oxide that is made of an ore, with ports."""


def full_rulebook(**changes: Any) -> Rulebook:
    """A rulebook that uses every section of the rules of prices."""
    tiers = tuple(
        tier_rule(tier, party_weight_cap=Decimal("0.6"), parties_min=2, count_min=2, spread_power=2, spread_max=4)
        for tier in ALL_TIERS[:3]
    )
    weights = ("0.9", "0.8", "0.7", "0.6", "0.5", "0.4")
    sections: dict[str, Any] = {
        "eligibility": (
            eligibility(
                arms_length="not_related",
                lot_kg_min=Decimal(10),
                content_tolerance_share=Decimal("0.3"),
                origins_excluded=("AU",),
            ),
        ),
        "terms": (terms(content="pro_rata", lots=lots(kg1000="1", kg0="0.98")),),
        "premium": (premium("second", "0.9", "-0.001"),),
        "liquidity": (liquidity((3, "1000", "1"), (1, "0", "0.4"), no_cost_build="previous"),),
        "confidence": (
            confidence(
                level(tiers=ALL_TIERS[:3], age_days_max=20),
                level("medium", tiers=ALL_TIERS, parties_min=1, spread_max=Decimal(2), age_days_max=60, assumed=True),
            ),
        ),
        "borders": (border("10", "0.01", base_port_code="NLRTM", freight_per_t_km=Decimal("0.002")),),
    }
    rule = reference_rule(
        tiers=(*tiers, *(tier_rule(tier) for tier in ALL_TIERS[3:])),
        market_weights=tuple(
            {"tier": tier, "weight": Decimal(weight)} for tier, weight in zip(ALL_TIERS, weights, strict=True)
        ),
        smoothing_share=Decimal("0.7"),
        step_share_max=Decimal("0.5"),
    )
    return rulebook(rule, **(sections | changes))


def cadence(**changes: Any) -> CadenceRule:
    values: dict[str, Any] = {
        "forms": "all",
        "every": "daily",
        "calendars": ("GB-ENG",),
        "publish_at": time(16, 30),
        "timezone": "Europe/London",
        "embargo_minutes": 30,
        "late_minutes": 60,
        "source": "synthetic",
    }
    return CadenceRule(**values | changes)
