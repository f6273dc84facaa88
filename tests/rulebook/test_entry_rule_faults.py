"""Faults of the rules of an entry's life and of interest: one edit of a valid rulebook each."""

from pathlib import Path

import pytest
from rulebook_samples import KNOWN, SMALL, edited, problems_in, saved

from footwall.rulebook import in_force, load_rulebook, rule_of_importer

RULES = """
[[entries]]
importers = ["US"]
deposit_days = 14
bill_days = 30
grace_days = 30
liquidation = { years = 1 }
extension = { years = 4 }
protest = { days = 180 }
appeal = { days = 180 }
correction = { days = 90 }
correction_from = "liquidation"
warehouse = { years = 5 }
temporary = { months = 12 }
temporary_security_share = 2
single_bond_of = "value_and_duty"
single_bond_share = 1
continuous_bond_share = 0.10
continuous_bond_min = 50000
ruling_grace_days_max = 90
small_amount = 20
currency = "USD"
legal_basis = "test"
source = "test"

[[interest]]
importers = ["US"]
on = "bill"
begins = "deposit"
counts = "first"
method = "daily"
year_days = "actual"
rate_of = "each_day"
rates = [
  { since = 2024-01-01, rate = 0.08, source = "test" },
  { since = 2025-01-01, rate = 0.07, assumed = true, source = "test" },
]
legal_basis = "test"
source = "test"
"""
WITH_ENTRIES = SMALL + RULES
INTEREST_AGAIN = RULES[RULES.index("[[interest]]") :]


def test_rules_of_entries_are_read_as_they_are_written(tmp_path: Path) -> None:
    rulebook = load_rulebook(saved(tmp_path, WITH_ENTRIES), KNOWN)
    (entries,), (interest,) = rulebook.entries, rulebook.interest
    assert (str(entries.liquidation), str(entries.protest), entries.currency) == ("1 year", "180 days", "USD")
    assert [one.assumed for one in interest.rates] == [False, True]
    assert (rulebook.entries, rulebook.interest) != ((), ())


def test_a_rulebook_may_do_without_them(tmp_path: Path) -> None:
    rulebook = load_rulebook(saved(tmp_path, SMALL), KNOWN)
    assert rulebook.entries == rulebook.interest == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ('[[entries]]\nimporters = ["US"]', '[[entries]]\nimporters = ["KZ"]', "importer_not_member", "entries[0].importers[0]"),
        ('[[entries]]\nimporters = ["US"]', "[[entries]]\nimporters = []", "list_empty", "entries[0].importers"),
        ('small_amount = 20\ncurrency = "USD"', 'small_amount = 20\ncurrency = "XAU"', "currency_unknown", "entries[0].currency"),
        ("extension = { years = 4 }", "extension = { months = 11 }", "extension_shorter", "entries[0].extension"),
        ("protest = { days = 180 }", "protest = { days = 3661 }", "over_limit", "entries[0].protest.days"),
        ("protest = { days = 180 }", "protest = { weeks = 2 }", "key_unknown", "entries[0].protest.weeks"),
        ("grace_days = 30", "grace_days = -1", "number_out_of_range", "entries[0].grace_days"),
        ("rate = 0.07", "rate = 7", "over_limit", "interest[0].rates[1].rate"),
        ("since = 2025-01-01", "since = 2024-01-01", "rates_unordered", "interest[0].rates[1].since"),
        ('on = "bill"', 'on = "all"', "value_not_allowed", "interest[0].on"),
        ('on = "bill"', 'on = "late"', "interest_begins", "interest[0].begins"),
        ('begins = "deposit"', 'begins = "due"', "interest_begins", "interest[0].begins"),
        ('begins = "deposit"', 'begins = "deposit"\nof = "bill"', "interest_of_late", "interest[0].of"),
        ('begins = "deposit"', 'begins = "deposit"\nperiod_days = 30', "interest_of_late", "interest[0].period_days"),
    ],
)  # fmt: skip
def test_each_fault_is_told_at_its_key(tmp_path: Path, old: str, new: str, code: str, field: str) -> None:
    (problem,) = problems_in(tmp_path, edited((old, new), text=WITH_ENTRIES))
    assert (problem.code, problem.field) == (code, field)
    assert problem.remedy


@pytest.mark.parametrize(("old", "new"), [
    ("extension = { years = 4 }", "extension = { years = 1 }"),
    ("protest = { days = 180 }", "protest = { days = 3660 }"),
    ("rate = 0.07", "rate = 4"),
    ("since = 2025-01-01", "since = 2024-01-02"),
])  # fmt: skip
def test_the_boundary_is_accepted(tmp_path: Path, old: str, new: str) -> None:
    load_rulebook(saved(tmp_path, edited((old, new), text=WITH_ENTRIES)), KNOWN)


def test_two_rules_of_interest_for_one_importer_overlap_unless_one_is_of_refunds(tmp_path: Path) -> None:
    (problem,) = problems_in(tmp_path, WITH_ENTRIES + INTEREST_AGAIN)
    assert problem.code == "rules_overlap"
    refunds = INTEREST_AGAIN.replace('on = "bill"', 'on = "refund"')
    load_rulebook(saved(tmp_path, WITH_ENTRIES + refunds), KNOWN)


def test_the_rule_of_an_importer_goes_before_that_of_its_union(tmp_path: Path) -> None:
    rulebook = load_rulebook(saved(tmp_path, WITH_ENTRIES), KNOWN)
    (entries,) = rulebook.entries
    union = entries.model_copy(update={"importers": ("EU",)})
    germany = entries.model_copy(update={"importers": ("DE",)})
    assert rule_of_importer([union, germany], "DE", "EU", "entries") is germany
    assert rule_of_importer([union, germany], "FR", "EU", "entries") is union
    assert rule_of_importer([entries], "FR", "EU", "entries") is None
    assert in_force([entries], rulebook.rulebook.valid_from) == (entries,)


@pytest.mark.parametrize("begins", ["issue", "due"])
def test_interest_on_what_is_paid_late_has_a_rule_of_its_own(tmp_path: Path, begins: str) -> None:
    late = INTEREST_AGAIN.replace('on = "bill"', 'on = "late"\nof = "bill"\nperiod_days = 30').replace(
        "deposit", begins
    )
    rulebook = load_rulebook(saved(tmp_path, WITH_ENTRIES + late), KNOWN)
    assert [(one.on, one.begins, one.of, one.period_days) for one in rulebook.interest] == [
        ("bill", "deposit", "duty", 0),
        ("late", begins, "bill", 30),
    ]
