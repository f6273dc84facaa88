"""What no single record shows to be wrong: two sides that contradict each other, and names that look alike."""

from pathlib import Path

import pytest
from observed import HEADER, deal, written

from footwall.desk import observe, open_zone
from footwall.desk.noticing import looks_like

COLUMNS = (*HEADER, "lot", "under_floor")


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
        ({"under_floor": "true"}, 1),
        ({"submitter": "Example Trading", "counterparty": "Example Alloys", "mass_kg": ""}, 0),
        ({"submitter": "Example Trading", "counterparty": "Example Alloys", "low": "1"}, 1),
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
    assert "neither counts where prices on the same terms differ" in notice.remedy
    assert "bought counts, which was published first" in notice.remedy
    assert notice.field == "lot L-1 of cobalt-metal"
    assert observe(open_zone(folder), [first]).notices == ()


@pytest.mark.parametrize(
    "name",
    [
        "EXAMPLE TRADING",
        "Example  Trading.",
        "Ex\u0430mple Trading",  # a Cyrillic letter
        "Ex\N{GREEK SMALL LETTER ALPHA}mple Trading",
        "\uff25xample Trading",  # a wide letter
        "Exampl\u00e9 Trading",
        "Example-Trading",
    ],
)
def test_a_name_that_looks_like_another_is_told_and_stays_a_voice_of_its_own(
    folder: Path, tmp_path: Path, name: str
) -> None:
    rows = [deal("a", "2024-04-11", "50000"), deal("b", "2024-04-12", "50001", submitter=name)]
    found = observe(open_zone(folder), [written(tmp_path / "rows.csv", rows)])
    assert [(one.code, one.found) for one in found.notices] == [
        (
            "submitter_alike",
            " which looks like ".join(sorted([name, "Example Trading"], reverse=True)).replace(" which", ", which", 1),
        )
    ]
    assert found.event is not None
    assert found.event.count == 2
    assert set(found.intake.table["submitter"].to_pylist()) == {name, "Example Trading"}


def test_a_new_name_is_held_against_those_that_spoke_before_and_told_once(folder: Path, tmp_path: Path) -> None:
    first = written(tmp_path / "a.csv", [deal("a", "2024-04-11", "50000")])
    assert observe(open_zone(folder), [first]).notices == ()
    second = written(tmp_path / "b.csv", [deal("b", "2024-04-12", "50000", counterparty="EXAMPLE ALLOYS")])
    assert [one.found for one in observe(open_zone(folder), [second]).notices] == [
        "EXAMPLE ALLOYS, which looks like Example Alloys"
    ]
    third = written(tmp_path / "c.csv", [deal("c", "2024-04-13", "50000", counterparty="EXAMPLE ALLOYS")])
    assert observe(open_zone(folder), [third]).notices == ()


@pytest.mark.parametrize(
    "name", ["Example Trading Ltd", "Example Tradings", "Exemple Trading", "\u793a\u4f8b\u8d38\u6613"]
)
def test_another_name_is_another_party(name: str) -> None:
    assert looks_like(name) != looks_like("Example Trading")


def test_a_name_of_marks_alone_looks_like_itself() -> None:
    assert looks_like("!!") != looks_like("??")
