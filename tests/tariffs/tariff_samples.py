"""Small records from which the tests of parity, tariffs and measures are made: only what a test names matters."""

from datetime import date
from decimal import Decimal

from footwall.facts import Form, Observation, OrdinaryDuty, TariffTreatment
from footwall.floors import Floor
from footwall.prices import Evidence
from footwall.quantity import Unknown
from footwall.rulebook import Rulebook, TariffRule
from footwall.tariffs.records import Parity

OXIDE = "ndpr-oxide"
DAY = date(2025, 1, 31)
VERSION = {
    "name": "Test zone",
    "version": "test-1",
    "status": "example",
    "notice": "made up",
    "currency": "USD",
    "valid_from": date(2021, 1, 1),
    "legal_basis": "made up",
    "source": "made up",
}


def tariff_rule(**changes: object) -> TariffRule:
    values: dict[str, object] = {
        "forms": (OXIDE,),
        "group": "dominant",
        "method": "notified",
        "counts": ("ordinary",),
        "cap": "none",
        "opening": "at_once",
        "deadband_share": Decimal("0.02"),
        "step_share_max": Decimal("0.10"),
        "notice_days": 30,
        "rounding_unit": Decimal("0.01"),
        "legal_basis": "security exception",
        "source": "made up",
    }
    return TariffRule.model_validate(values | changes)


def rulebook(**changes: object) -> Rulebook:
    tiers = ("transactions", "assessments", "averages", "unit_values")
    one_voice = {"age_days_max": 400, "count_min": 1, "parties_min": 1, "party_weight_cap": Decimal(1)}
    spread = {"spread_min": Decimal("1.1"), "spread_power": 3}
    reference = {
        "forms": "all",
        "tiers": tuple({"tier": tier} | one_voice | spread for tier in tiers[:3]),
        "market_weights": tuple({"tier": tier, "weight": Decimal(1)} for tier in tiers[:3]),
        "carry_days_max": 730,
        "smoothing_share": Decimal(1),
        "step_share_max": Decimal("0.5"),
        "price_rounding_unit": Decimal("0.01"),
        "source": "made up",
    }
    values: dict[str, object] = {
        "rulebook": VERSION,
        "walk": {
            "cadence": "month_end",
            "first": date(2021, 1, 31),
            "through": date(2026, 5, 31),
            "floors_from": date(2024, 1, 1),
        },
        "border": (
            {
                "base_port": "Rotterdam",
                "freight_per_t": Decimal(1000),
                "freight_unit": "USD/t",
                "insurance_share": Decimal("0.01"),
                "source": "made up",
            },
        ),
        "exchange": ({"months_before": 1, "source": "made up"},),
        "origin_group": (
            {"group": "dominant", "origins": ("CN",), "source": "made up"},
            {"group": "others", "origins": "non-members", "source": "made up"},
        ),
        "reference": (reference,),
        "floor": (),
        "parity": (
            {
                "forms": "all",
                "tiers": tiers,
                "least": ({"tier": "unit_values"} | one_voice | spread,),
                "quotes": "own_then_any",
                "age_days_max": 90,
                "carry_days_max": 200,
                "source": "made up",
            },
        ),
        "tariff": (tariff_rule(), tariff_rule(group="others")),
        "ordinary": ({"importers": ("US",), "rounding_unit": Decimal("0.01"), "source": "made up"},),
    }
    return Rulebook.model_validate(values | changes)


def form(name: str = OXIDE, *, basis: str = "form", content: str = "oxide", share: str | None = "0.99") -> Form:
    fraction = None if share is None else Decimal(share)
    return Form(name, "ndpr", "refining", name, "", basis, content, fraction, ("284690",), "made up", assumed=True)  # type: ignore[arg-type]


def floor(
    price: str | Decimal | Unknown = "110", *, of: str = OXIDE, sunset: date | None = None, mode: str = "external"
) -> Floor:
    value = price if isinstance(price, Unknown) else Decimal(price)
    ceiling = value if isinstance(value, Unknown) else value * 2
    unknown = Unknown("not asked")
    return Floor(of, date(2024, 1, 31), value, ceiling, unknown, unknown, value, None, "none", mode, sunset, "test-1")  # type: ignore[arg-type]


def parity(price: str | Decimal | Unknown, on: date = DAY, *, group: str = "dominant", of: str = OXIDE) -> Parity:
    value = price if isinstance(price, Unknown) else Decimal(price)
    if isinstance(value, Unknown):
        return Parity(of, group, on, value, "suspended", None, None, ())
    return Parity(of, group, on, value, "observed", "assessments", on, ())


def observation(name: str, price: str, **changes: object) -> Observation:
    values: dict[str, object] = {
        "observation": name,
        "form": OXIDE,
        "kind": "assessment",
        "tier": "assessments",
        "market": "somewhere",
        "country": "CN",
        "incoterm": "cif",
        "observed_from": date(2025, 1, 15),
        "observed_to": date(2025, 1, 15),
        "published_at": date(2025, 1, 16),
        "publication_assumed": False,
        "low": Decimal(price),
        "high": Decimal(price),
        "currency": "USD",
        "unit": "kg",
        "per": "form",
        "vat_included": False,
        "submitter": "agency",
        "mass_kg": None,
        "under_floor": False,
        "estimated": False,
        "deflator": "",
        "source": "made up",
    }
    return Observation(**(values | changes))  # type: ignore[arg-type]


def evidence(*forms: Form) -> Evidence:
    return Evidence({of.form: of for of in (forms or (form(),))})


def duty(hs_code: str = "28469080", ad_valorem: str | None = "0.037", **changes: object) -> OrdinaryDuty:
    values: dict[str, object] = {
        "importer": "US",
        "hs_code": hs_code,
        "treatment": "general",
        "description": "rare-earth compounds",
        "ad_valorem": None if ad_valorem is None else Decimal(ad_valorem),
        "specific": None,
        "currency": "USD",
        "contained": "",
        "rate_text": "",
        "special_programs": (),
        "valid_from": date(2022, 1, 1),
        "valid_to": None,
        "source": "tariff schedule",
    }
    return OrdinaryDuty(**(values | changes))  # type: ignore[arg-type]


def treated(
    country: str, treatment: str = "column_2", valid_from: date = date(2021, 1, 1), valid_to: date | None = None
) -> TariffTreatment:
    return TariffTreatment("US", treatment, country, valid_from, valid_to, assumed=False, source="made up")
