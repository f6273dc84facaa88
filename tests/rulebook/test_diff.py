"""What one version changes in the other, in words."""

from datetime import date
from pathlib import Path

import pytest
from rulebook_samples import KNOWN, SMALL, edited, saved

from footwall.errors import UsageError
from footwall.rulebook import Change, Rulebook, compare, load_rulebook

NEXT = (
    ('version = "small-1"', 'version = "small-2"'),
    ("valid_from = 2024-01-01\nvalid_to = 2025-12-31", "valid_from = 2026-01-01"),
    ("[2024-02-01, 2025-02-01]", "[2026-02-01]"),
    ("[2024-02-01, 2025-02-01]", "[2026-02-01]"),
)
ALWAYS = (
    "rulebook from 2026-01-01: version small-1 → small-2",
    "floor of oxide and concentrate from 2026-01-01: review_days 2024-02-01, 2025-02-01 → 2026-02-01",
)


def changes(folder: Path, *edits: tuple[str, str]) -> tuple[str, ...]:
    """What the edits change in words, beside what every next version changes."""
    told = tuple(str(change) for change in changes_of(folder, *NEXT, *edits))
    assert set(ALWAYS) <= set(told)
    return tuple(change for change in told if change not in ALWAYS)


def changes_of(folder: Path, *edits: tuple[str, str]) -> tuple[Change, ...]:
    return compare(before(folder), load_rulebook(saved(folder, edited(*edits), "2.toml"), KNOWN))


def before(folder: Path) -> Rulebook:
    return load_rulebook(saved(folder, SMALL, "1.toml"), KNOWN)


def test_rules_that_only_go_on_change_nothing(tmp_path: Path) -> None:
    assert changes(tmp_path) == ()


def test_the_same_figure_written_otherwise_is_no_change(tmp_path: Path) -> None:
    assert changes(tmp_path, ("factor = 1.00", "factor = 1"), ("deadband_share = 0.02", "deadband_share = 2e-2")) == ()


def test_a_factor_is_told_with_its_form_and_day(tmp_path: Path) -> None:
    told = changes(tmp_path, ("factor = 1.00", "factor = 1.05"))
    assert told == ("floor of oxide from 2026-01-01: factor 1.00 → 1.05",)


def test_a_change_to_many_forms_is_told_once(tmp_path: Path) -> None:
    told = changes(tmp_path, ("deadband_share = 0.02", "deadband_share = 0.03"))
    assert told == ("tariff on oxide and concentrate from dominant from 2026-01-01: deadband_share 0.02 → 0.03",)


def test_a_part_of_a_rule_is_told_by_its_tier(tmp_path: Path) -> None:
    told = changes(tmp_path, ("age_days_max = 400", "age_days_max = 365"), ("weight = 0.60", "weight = 0.50"))
    assert told == (
        "reference price of all from 2026-01-01: tiers averages age_days_max 400 → 365",
        "reference price of all from 2026-01-01: market_weights averages weight 0.60 → 0.50",
    )


def test_what_is_said_no_more_and_what_is_said_anew(tmp_path: Path) -> None:
    told = changes(
        tmp_path,
        ("guard = { raised_share = 0.5, closed_share_min = 0.25, cadences = 6 }\n", ""),
        ('base_port = "Rotterdam"', 'base_port = "Busan"\nassumed = true'),
    )
    assert told == (
        "border from 2026-01-01: base_port Rotterdam → Busan",
        "border from 2026-01-01: assumed no → yes",
        "tariff on oxide and concentrate from dominant from 2026-01-01: guard raised_share 0.5 → none",
        "tariff on oxide and concentrate from dominant from 2026-01-01: guard closed_share_min 0.25 → none",
        "tariff on oxide and concentrate from dominant from 2026-01-01: guard cadences 6 → none",
    )


def test_a_rule_added_and_a_rule_ended(tmp_path: Path) -> None:
    told = changes_of(
        tmp_path,
        *NEXT,
        ('form = "concentrate"\nunit = "USD/kg contained"', 'form = "metal"\nunit = "USD/kg"'),
        ('forms = ["oxide", "concentrate"]', 'forms = ["oxide", "metal"]'),
        ('forms = ["oxide", "concentrate"]', 'forms = ["oxide", "metal"]'),
    )
    assert [change for change in told if change.key == "rule"] == [
        Change("floor of concentrate", date(2026, 1, 1), "rule", "in force", None),
        Change("floor of metal", date(2026, 1, 1), "rule", None, "in force"),
        Change(
            "tariff on concentrate from dominant; concentrate from others", date(2026, 1, 1), "rule", "in force", None
        ),
        Change("tariff on metal from dominant; metal from others", date(2026, 1, 1), "rule", None, "in force"),
    ]
    assert str(told[1]) == "floor of oxide from 2026-01-01: review_days 2024-02-01, 2025-02-01 → 2026-02-01"
    assert str(told[2]) == "floor of concentrate from 2026-01-01: ended"
    assert str(told[3]) == "floor of metal from 2026-01-01: added"


def test_a_change_inside_a_version_is_told_for_its_own_day(tmp_path: Path) -> None:
    later = 'valid_from = 2026-07-01\nimporters = ["US"]\nrounding_unit = 1\nsource = "test"\n'
    told = changes(tmp_path, ("[[ordinary]]\n", f"[[ordinary]]\n{later}\n[[ordinary]]\nvalid_to = 2026-06-30\n"))
    assert told == (
        "ordinary duties of US from 2026-01-01: valid_to none → 2026-06-30",
        "ordinary duties of US from 2026-07-01: valid_to 2026-06-30 → none",
        "ordinary duties of US from 2026-07-01: rounding_unit 0.01 → 1",
    )


def test_a_version_cannot_follow_itself_or_a_later_one(tmp_path: Path) -> None:
    first = before(tmp_path)
    with pytest.raises(UsageError, match="version small-1 does not follow small-1: it begins on 2024-01-01, not after"):
        compare(first, first)
