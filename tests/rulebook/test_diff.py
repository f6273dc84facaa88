"""What one version changes in the other, in words."""

from datetime import date
from pathlib import Path

import pytest
from rulebook_samples import KNOWN, SMALL, WITH_PRICE_RULES, edited, saved

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
        Change("floor", "floor of concentrate", date(2026, 1, 1), "rule", "in force", None),
        Change("floor", "floor of metal", date(2026, 1, 1), "rule", None, "in force"),
        Change(
            "tariff",
            "tariff on concentrate from dominant; concentrate from others",
            date(2026, 1, 1),
            "rule",
            "in force",
            None,
        ),
        Change(
            "tariff", "tariff on metal from dominant; metal from others", date(2026, 1, 1), "rule", None, "in force"
        ),
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


def price_changes(folder: Path, *edits: tuple[str, str], before: tuple[tuple[str, str], ...] = ()) -> tuple[str, ...]:
    """What edits of the rules of prices change in words, where those before them were edited by `before`."""
    old = load_rulebook(saved(folder, edited(*before, text=WITH_PRICE_RULES), "1.toml"), KNOWN)
    later = (*NEXT, ("valid_from = 2025-07-01\n", ""))
    new = load_rulebook(saved(folder, edited(*later, *edits, text=WITH_PRICE_RULES), "2.toml"), KNOWN)
    return tuple(str(change) for change in compare(old, new) if str(change) not in ALWAYS)


def test_rules_of_prices_that_only_go_on_change_nothing(tmp_path: Path) -> None:
    assert price_changes(tmp_path) == ()


PRICE_CHANGES = (
    (
        ("lot_kg_min = 100\n", "lot_kg_min = 250\n"),
        ("what counts for all from 2026-01-01: lot_kg_min 100 → 250",),
    ),
    (
        ('origins_excluded = ["KZ"]\n', ""),
        ("what counts for all from 2026-01-01: origins_excluded KZ → nothing",),
    ),
    (
        ("content_tolerance_share = 0.10\n", ""),
        ("what counts for all from 2026-01-01: content_tolerance_share 0.10 → none",),
    ),
    (
        ("lot_kg_min = 1000, factor = 1 }", "lot_kg_min = 1000, factor = 1.01 }"),
        ("terms of oxide and metal from 2026-01-01: lots from 1000 kg factor 1 → 1.01",),
    ),
    (
        ("lot_kg_min = 100, factor = 0.98 }", "lot_kg_min = 100, factor = 0.97 }"),
        ("terms of oxide and metal from 2026-01-01: lots from 100 kg factor 0.98 → 0.97",),
    ),
    (
        ('grade = "99.9"\nfactor = 0.985', 'grade = "99.9"\nfactor = 0.990\namount = -0.1'),
        (
            "premium on oxide of grade 99.9 from 2026-01-01: factor 0.985 → 0.990",
            "premium on oxide of grade 99.9 from 2026-01-01: amount 0 → -0.1",
        ),
    ),
    (
        ('grade = "99.9"', 'grade = "99.5"'),
        (
            "premium on oxide of grade 99.9 from 2026-01-01: ended",
            "premium on oxide of grade 99.5 from 2026-01-01: added",
        ),
    ),
    (
        ("parties_min = 5, mass_kg_min = 1000,", "parties_min = 6, mass_kg_min = 1000,"),
        ("liquidity of all from 2026-01-01: bands 1 parties_min 5 → 6",),
    ),
    (
        ('no_cost_build = "previous"', 'no_cost_build = "alone"'),
        ("liquidity of all from 2026-01-01: no_cost_build previous → alone",),
    ),
    (
        ("share = 0.5 }", "share = 0.4 }"),
        ("liquidity of all from 2026-01-01: bands 2 share 0.5 → 0.4",),
    ),
    (
        ("spread_max = 1.05", "spread_max = 1.04"),
        ("confidence in all from 2026-01-01: levels high spread_max 1.05 → 1.04",),
    ),
    (
        ("age_days_max = 62, assumed", "age_days_max = 60, assumed"),
        ("confidence in all from 2026-01-01: levels medium age_days_max 62 → 60",),
    ),
    (
        ("publish_at = 16:30:00", "publish_at = 11:00:00"),
        ("publication of all from 2026-01-01: publish_at 16:30:00 → 11:00:00",),
    ),
    (
        ('forms = "all"\nevery', 'forms = ["oxide"]\nevery'),
        ("publication of all from 2026-01-01: ended", "publication of oxide from 2026-01-01: added"),
    ),
    (
        ('successor = "metal"\n', ""),
        ("end of scrap from 2026-01-01: successor metal → none",),
    ),
    (
        ("signatures_min = 2", "signatures_min = 1"),
        ("governance from 2026-01-01: signatures_min 2 → 1",),
    ),
    (
        ("legal_basis", "consulted_from = 2025-11-01\nconsulted_to = 2025-11-30\nlegal_basis"),
        (
            "rulebook from 2026-01-01: consulted_from none → 2025-11-01",
            "rulebook from 2026-01-01: consulted_to none → 2025-11-30",
        ),
    ),
    (
        ('base_port = "Rotterdam"', 'base_port = "Rotterdam"\nbase_port_code = "NLRTM"\nfreight_per_t_km = 0.002'),
        (
            "border from 2026-01-01: base_port_code none → NLRTM",
            "border from 2026-01-01: freight_per_t_km 0 → 0.002",
        ),
    ),
    (
        ("spread_power = 3 },", "spread_power = 3, mass_kg_min = 500, bound_power = 4 },"),
        (
            "reference price of all from 2026-01-01: tiers assessments mass_kg_min 0 → 500",
            "reference price of all from 2026-01-01: tiers assessments bound_power none → 4",
        ),
    ),
)


@pytest.mark.parametrize(("edit", "told"), PRICE_CHANGES, ids=[row[0][1].partition("\n")[0] for row in PRICE_CHANGES])
def test_a_change_of_a_rule_of_prices_is_told_in_words(
    edit: tuple[str, str], told: tuple[str, ...], tmp_path: Path
) -> None:
    assert price_changes(tmp_path, edit) == told


def test_a_rule_that_pauses_ends_and_is_added_again(tmp_path: Path) -> None:
    again = '[[governance]]\nvalid_from = {}\nsignatures_min = 2\nconsultation_days_min = 30\nsource = "g"\n\n[[governance]]\nvalid_to = {}\n'
    later = ("[[governance]]\n", again.format("2026-09-01", "2026-06-30"))
    assert price_changes(tmp_path, later) == (
        "governance from 2026-01-01: valid_to none → 2026-06-30",
        "governance from 2026-07-01: ended",
        "governance from 2026-09-01: added",
    )
    assert price_changes(tmp_path, ("[[governance]]\n", "[[governance]]\nvalid_from = 2026-04-01\n")) == (
        "governance from 2026-01-01: ended",
        "governance from 2026-04-01: added",
    )


def test_of_the_older_version_the_rule_of_its_last_day_counts(tmp_path: Path) -> None:
    """Not one that ended before it, nor one that its version ends before."""
    governance = '[[governance]]\nvalid_{}\nsignatures_min = {}\nconsultation_days_min = 30\nsource = "g"\n\n'
    ended = ("[[governance]]\n", governance.format("to = 2024-12-31", 7) + "[[governance]]\nvalid_from = 2025-01-01\n")
    never = ("[[governance]]\n", governance.format("from = 2026-01-01", 7) + "[[governance]]\nvalid_to = 2025-12-31\n")
    assert price_changes(tmp_path, before=(ended,)) == ()
    assert price_changes(tmp_path, before=(never,)) == ("governance from 2026-01-01: valid_to 2025-12-31 → none",)


def test_a_version_without_a_last_day_ends_where_the_next_one_begins(tmp_path: Path) -> None:
    """A draft is compared before the version in force has been given its last day."""
    old = load_rulebook(saved(tmp_path, edited(("valid_to = 2025-12-31\n", "")), "1.toml"), KNOWN)
    new = load_rulebook(saved(tmp_path, edited(*NEXT), "2.toml"), KNOWN)
    assert tuple(map(str, compare(old, new))) == ALWAYS


def test_each_change_names_its_section(tmp_path: Path) -> None:
    told = changes_of(tmp_path, *NEXT, ("deadband_share = 0.02", "deadband_share = 0.03"))
    assert [change.section for change in told] == ["rulebook", "floor", "tariff"]


def test_a_version_cannot_follow_itself_or_a_later_one(tmp_path: Path) -> None:
    first = before(tmp_path)
    with pytest.raises(UsageError, match="version small-1 does not follow small-1: it begins on 2024-01-01, not after"):
        compare(first, first)
