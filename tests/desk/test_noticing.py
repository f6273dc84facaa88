"""What no single record shows to be wrong: two sides that contradict each other."""

from pathlib import Path

import pytest
from observed import HEADER, deal, written

from footwall.desk import observe, open_zone

COLUMNS = (*HEADER, "lot")


def seller(**more: str) -> dict[str, str]:
    return deal("sold", "2024-04-11", "50000", lot="L-1") | more


def buyer(**more: str) -> dict[str, str]:
    return (
        deal("bought", "2024-04-11", "50000", lot="L-1", submitter="Example Alloys", counterparty="Example Trading")
        | more
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, 0),
        ({"low": "50", "unit": "kg"}, 0),
        ({"low": "49999.999999"}, 1),
        ({"mass_kg": "9999.999"}, 1),
        ({"mass_kg": ""}, 0),
        ({"low": "46000", "currency": "EUR"}, 0),
        ({"low": "46000", "currency": "EUR", "mass_kg": "1"}, 1),
        ({"low": "1", "lot": "L-2"}, 0),
        ({"low": "1", "counterparty": "Somebody else"}, 0),
        ({"low": "1", "form": "tin-metal"}, 0),
    ],
)
def test_two_sides_that_contradict_each_other_are_told_and_taken(
    folder: Path, tmp_path: Path, changes: dict[str, str], told: int
) -> None:
    path = written(tmp_path / "rows.csv", [seller(), buyer(**changes)], COLUMNS)
    found = observe(open_zone(folder), [path])
    assert found.event is not None
    assert (found.event.count, found.intake.problems) == (2, ())
    assert [one.code for one in found.notices] == ["sides_differ"] * told


def test_the_other_side_may_come_later_and_what_was_published_first_counts(folder: Path, tmp_path: Path) -> None:
    late = written(tmp_path / "a.csv", [seller(published_at="2024-04-12")], COLUMNS)
    first = written(tmp_path / "b.csv", [buyer(low="40000")], COLUMNS)
    assert observe(open_zone(folder), [late]).notices == ()
    (notice,) = observe(open_zone(folder), [first]).notices
    assert notice.found == (
        "sold of Example Trading: 50000 USD/t, 10000 kg; bought of Example Alloys: 40000 USD/t, 10000 kg"
    )
    assert "bought counts: it was published first" in notice.remedy
    assert notice.field == "lot L-1 of cobalt-metal"
    assert observe(open_zone(folder), [first]).notices == ()
