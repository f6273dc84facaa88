"""A small valid rulebook, what it may name, and ways to spoil it."""

from pathlib import Path

from footwall.errors import Problem, RulebookError
from footwall.rulebook import Known, load_rulebook

KNOWN = Known(
    forms={"oxide": "form", "metal": "form", "concentrate": "contained", "scrap": "form"},
    countries=frozenset({"CN", "KZ", "US", "JP"}),
    currencies=frozenset({"USD", "EUR", "JPY"}),
    members=frozenset({"US", "JP"}),
)

SMALL = """\
[rulebook]
name = "Small zone"
version = "small-1"
status = "example"
notice = "made up"
currency = "USD"
valid_from = 2024-01-01
valid_to = 2025-12-31
legal_basis = "an agreement"
source = "test"

[walk]
cadence = "month_end"
first = 2024-01-31
through = 2025-12-31
floors_from = 2024-01-31

[[border]]
base_port = "Rotterdam"
freight_per_t = 60
freight_unit = "USD/t"
insurance_share = 0.003
source = "test"

[[origin_group]]
group = "dominant"
origins = ["CN"]
source = "test"

[[origin_group]]
group = "others"
origins = "non-members"
source = "test"

[[reference]]
forms = "all"
tiers = [
  { tier = "assessments", age_days_max = 120, count_min = 2, parties_min = 2, party_weight_cap = 0.50, spread_min = 1.1, spread_power = 3 },
  { tier = "averages", age_days_max = 400, count_min = 1, parties_min = 1, party_weight_cap = 1, spread_min = 1.1, spread_power = 3 },
]
market_weights = [
  { tier = "assessments", weight = 0.70 },
  { tier = "averages", weight = 0.60 },
]
carry_days_max = 730
smoothing_share = 1
step_share_max = 0.50
price_rounding_unit = 0.01
source = "test"

[[floor]]
form = "oxide"
unit = "USD/kg"
factor = 1.00
review_days = [2024-02-01, 2025-02-01]
trailing_months = 36
step_up_share_max = 0.15
step_down_share_max = 0.10
ceiling_factor = 2
mode = "external"
rounding_unit = 0.01
source = "test"

[[floor]]
form = "concentrate"
unit = "USD/kg contained"
factor = 0.95
review_days = [2024-02-01, 2025-02-01]
trailing_months = 24
step_up_share_max = 0.15
step_down_share_max = 0.10
ceiling_factor = 1.5
mode = "external"
rounding_unit = 0.01
source = "test"

[[parity]]
forms = "all"
tiers = ["assessments", "averages"]
quotes = "own_then_any"
age_days_max = 120
carry_days_max = 700
source = "test"
[[tariff]]
forms = ["oxide", "concentrate"]
group = "dominant"
method = "notified"
counts = ["ordinary"]
cap = "none"
deadband_share = 0.02
step_share_max = 0.25
notice_days = 30
rounding_unit = 0.001
guard = { raised_share = 0.5, closed_share_min = 0.25, cadences = 6 }
legal_basis = "an agreement"
source = "test"

[[tariff]]
forms = ["oxide", "concentrate"]
group = "others"
method = "top_up"
counts = ["ordinary"]
cap = "none"
deadband_share = 0
step_share_max = 0
notice_days = 10
rounding_unit = 0.01
legal_basis = "an agreement"
source = "test"

[[ordinary]]
importers = ["US"]
rounding_unit = 0.01
source = "test"

[[exchange]]
months_before = 1
source = "test"
"""

PRICE_RULES = """\

[[eligibility]]
forms = "all"
arms_length = "not_related"
lot_kg_min = 100
content_tolerance_share = 0.10
origins_excluded = ["KZ"]
source = "eligibility"

[[terms]]
forms = ["oxide", "metal"]
payment_days = 30
interest_share = 0.06
year_days = 360
content = "pro_rata"
lots = [
  { lot_kg_min = 1000, factor = 1 },
  { lot_kg_min = 100, factor = 0.98 },
]
source = "terms"

[[premium]]
form = "oxide"
grade = "99.9"
factor = 0.985
source = "premium"

[[liquidity]]
forms = "all"
bands = [
  { parties_min = 5, mass_kg_min = 1000, share = 1 },
  { parties_min = 1, mass_kg_min = 0, share = 0.5 },
]
no_cost_build = "previous"
source = "liquidity"

[[confidence]]
forms = "all"
levels = [
  { level = "high", tiers = ["transactions"], parties_min = 5, spread_max = 1.05, age_days_max = 31, assumed = false },
  { level = "medium", tiers = ["transactions", "assessments"], parties_min = 1, spread_max = 1.20, age_days_max = 62, assumed = true },
]
source = "confidence"

[[cadence]]
forms = "all"
every = "weekly"
weekday = "friday"
calendars = ["US", "CN"]
publish_at = 16:30:00
timezone = "Europe/London"
embargo_minutes = 30
late_minutes = 60
source = "cadence"

[[cessation]]
form = "scrap"
successor = "metal"
factor = 0.8
valid_from = 2025-07-01
source = "cessation"

[[governance]]
signatures_min = 2
consultation_days_min = 30
source = "governance"
"""
"""The sections that a rulebook may do without, to stand behind SMALL."""

WITH_PRICE_RULES = SMALL + PRICE_RULES


def edited(*edits: tuple[str, str], text: str = SMALL) -> str:
    """The text with each `old` replaced once by its `new`; an old that is not there is a mistake of the test."""
    for old, new in edits:
        if old not in text:
            raise ValueError(f"{old!r} is not in the text")
        text = text.replace(old, new, 1)
    return text


def saved(folder: Path, text: str, name: str = "small.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_in(folder: Path, text: str) -> tuple[Problem, ...]:
    """The problems for which `text` is refused; none where it is accepted."""
    try:
        load_rulebook(saved(folder, text), KNOWN)
    except RulebookError as refusal:
        return refusal.problems
    return ()
