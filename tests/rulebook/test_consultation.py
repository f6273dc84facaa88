"""A version that changes a rule of prices has been open to comment for as long as the version before it asks."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from rulebook_samples import KNOWN, WITH_PRICE_RULES, edited, saved

from footwall.errors import Problem, RulebookError
from footwall.rulebook import load_rulebooks

Edits = tuple[tuple[str, str], ...]

NEXT: Edits = (
    ('version = "small-1"', 'version = "small-2"'),
    ("valid_from = 2024-01-01\nvalid_to = 2025-12-31", "valid_from = 2026-01-01"),
    ("through = 2025-12-31", "through = 2026-06-30"),
    ("[2024-02-01, 2025-02-01]", "[2026-02-01]"),
    ("[2024-02-01, 2025-02-01]", "[2026-02-01]"),
    ("valid_from = 2025-07-01\n", ""),
)
A_LOT_OF_MORE: Edits = (("lot_kg_min = 100\n", "lot_kg_min = 101\n"),)


def consulted(days: int, last: date = date(2025, 12, 31)) -> tuple[str, str]:
    """So many days of consultation, both ends counted."""
    first = last - timedelta(days=days - 1)
    return ("legal_basis", f"consulted_from = {first}\nconsulted_to = {last}\nlegal_basis")


def problems(folder: Path, *edits: tuple[str, str], before: Edits = ()) -> tuple[Problem, ...]:
    """Those for which the edited next version is refused behind the sample, which asks for 30 days."""
    saved(folder, edited(*before, text=WITH_PRICE_RULES), "1.toml")
    saved(folder, edited(*NEXT, *edits, text=WITH_PRICE_RULES), "2.toml")
    try:
        load_rulebooks(folder, KNOWN)
    except RulebookError as refusal:
        return refusal.problems
    return ()


def codes(folder: Path, *edits: tuple[str, str], before: Edits = ()) -> list[str]:
    return [problem.code for problem in problems(folder, *edits, before=before)]


@pytest.mark.parametrize(
    ("edits", "found", "line"),
    [
        (A_LOT_OF_MORE, "0 days of consultation on a version that changes eligibility", 1),
        ((*A_LOT_OF_MORE, consulted(1)), "1 day of consultation on a version that changes eligibility", 8),
        (
            (("spread_min = 1.1", "spread_min = 1.2"), ("signatures_min = 2", "signatures_min = 3"), consulted(29)),
            "29 days of consultation on a version that changes reference, governance",
            8,
        ),
    ],
    ids=["none", "one", "one_short"],
)
def test_a_consultation_that_is_too_short_is_refused(edits: Edits, found: str, line: int, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, *edits)
    assert str(problem) == (
        f"{tmp_path / '2.toml'}, line {line}, rulebook.consulted_from: found {found}; "
        f"expected at least 30 days, as small-1 in {tmp_path / '1.toml'} asks. Open the draft to comment, and state "
        "consulted_from and consulted_to; or leave the rules of prices as they were. [consultation_too_short]"
    )


def test_a_consultation_of_exactly_the_days_asked_for_is_enough(tmp_path: Path) -> None:
    assert codes(tmp_path, *A_LOT_OF_MORE, consulted(30)) == []
    assert codes(tmp_path, *A_LOT_OF_MORE, consulted(31, date(2025, 6, 30))) == []


@pytest.mark.parametrize(
    "edits",
    [
        (),
        (('source = "eligibility"', 'source = "the same, told better"'),),
        (("content_tolerance_share = 0.10", "content_tolerance_share = 0.1"),),
        (("factor = 1.00", "factor = 1.05"), ("deadband_share = 0.02", "deadband_share = 0.03")),
        (("[[eligibility]]\n", "[[eligibility]]\nvalid_from = 2026-01-01\n"),),
    ],
    ids=[
        "nothing",
        "a_source",
        "how_a_number_is_written",
        "rules_that_are_none_of_prices",
        "a_date_that_comes_to_the_same",
    ],
)
def test_a_version_that_leaves_the_rules_of_prices_as_they_were_needs_no_consultation(
    edits: Edits, tmp_path: Path
) -> None:
    assert codes(tmp_path, *edits) == []


def test_the_order_of_rules_is_no_change(tmp_path: Path) -> None:
    other = '[[premium]]\nform = "oxide"\ngrade = "99.5"\nsource = "premium"\n\n'
    behind, ahead = ("[[liquidity]]", f"{other}[[liquidity]]"), ("[[premium]]", f"{other}[[premium]]")
    assert codes(tmp_path, ahead, before=(behind,)) == []


@pytest.mark.parametrize(
    ("edit", "section"),
    [
        (("[[premium]]\n", "[[premium]]\nvalid_to = 2026-06-30\n"), "premium"),
        (("[[premium]]\n", "[[premium]]\nvalid_from = 2026-02-01\n"), "premium"),
        (("months_before = 1", "months_before = 2"), "exchange"),
        (("freight_per_t = 60", "freight_per_t = 61"), "border"),
        (('grade = "99.9"', 'grade = "99.5"'), "premium"),
        (("share = 1 }", "share = 0.9 }"), "liquidity"),
        (("spread_max = 1.05", "spread_max = 1.06"), "confidence"),
        (('every = "weekly"', 'every = "daily"'), "cadence"),
        (("factor = 0.8", "factor = 0.7"), "cessation"),
        (("year_days = 360", "year_days = 365"), "terms"),
    ],
)
def test_each_section_of_the_rules_of_prices_is_held_to_it(edit: tuple[str, str], section: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, edit)
    assert problem.found.endswith(f"that changes {section}")


def test_the_rule_that_holds_on_the_last_day_of_the_version_before_asks(tmp_path: Path) -> None:
    two = (
        '[[governance]]\nvalid_to = 2024-12-31\nsignatures_min = 2\nconsultation_days_min = 60\nsource = "g"\n\n'
        "[[governance]]\nvalid_from = 2025-01-01\n"
    )
    before: Edits = (("[[governance]]\n", two),)
    assert codes(tmp_path, *A_LOT_OF_MORE, consulted(30), before=before) == []
    assert codes(tmp_path, *A_LOT_OF_MORE, consulted(29), before=before) == ["consultation_too_short"]
    ended: Edits = (("[[governance]]\n", "[[governance]]\nvalid_to = 2025-12-30\n"),)
    assert codes(tmp_path, *A_LOT_OF_MORE, before=ended) == []


def test_what_the_next_version_asks_binds_the_one_after_it(tmp_path: Path) -> None:
    assert codes(tmp_path, ("days_min = 30", "days_min = 0"), consulted(29)) == ["consultation_too_short"]
    stricter = ("days_min = 30", "days_min = 365")
    assert codes(tmp_path, stricter, consulted(30)) == []


def test_faulty_days_of_consultation_are_told_once(tmp_path: Path) -> None:
    reversed_days = ("legal_basis", "consulted_from = 2025-12-02\nconsulted_to = 2025-12-01\nlegal_basis")
    assert codes(tmp_path, *A_LOT_OF_MORE, reversed_days) == ["consultation_days"]


def test_a_first_version_needs_no_consultation(tmp_path: Path) -> None:
    saved(tmp_path, WITH_PRICE_RULES)
    assert len(load_rulebooks(tmp_path, KNOWN).versions) == 1
