"""The same again is harmless and told; another thing under a taken id is a problem; nothing of it hangs on an order."""

import random
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from intake_samples import KNOWN, Row, deal, deals, write

from footwall.errors import UsageError
from footwall.intake import Intake, Known, read_observations


def holding(intake: Intake) -> Known:
    return Known(KNOWN.forms, KNOWN.countries, KNOWN.currencies, KNOWN.deflators, held=intake.digests)


def again(intake: Intake) -> list[tuple[str, str, bool]]:
    return [(row["observation"], row["repeats"], row["held"]) for row in intake.duplicates.to_pylist()]


def test_the_same_record_twice_is_one_observation() -> None:
    intake = read_observations([deal(), deal(low="36000.00", source="broker")], KNOWN)
    assert intake.table["source"].to_pylist() == ["broker"]
    assert again(intake) == [("deal-1", "deal-1", False)]
    assert intake.problems == ()


def test_an_id_that_stands_for_two_things_stands_for_none() -> None:
    intake = read_observations([deal(), deal(low="36001"), deal(observation="deal-2", low="1")], KNOWN)
    assert intake.table["observation"].to_pylist() == ["deal-2"]
    assert [(problem.row, problem.code) for problem in intake.problems] == [
        (1, "observation_changed"),
        (2, "observation_changed"),
    ]


def test_the_same_said_under_another_id_repeats_the_smallest() -> None:
    intake = read_observations([deal(observation=name) for name in ("c", "a", "b")], KNOWN)
    assert intake.table["observation"].to_pylist() == ["a"]
    assert again(intake) == [("c", "a", False), ("b", "a", False)]


def test_what_is_held_is_not_taken_again_and_not_changed() -> None:
    held = holding(read_observations([deal()], KNOWN))
    rows = [deal(), deal(observation="other"), deal(low="36000.000001"), deal(observation="new", low="1")]
    intake = read_observations(rows, held)
    assert intake.table["observation"].to_pylist() == ["new"]
    assert again(intake) == [("deal-1", "deal-1", True), ("other", "deal-1", True)]
    (problem,) = intake.problems
    assert (problem.row, problem.field, problem.code) == (3, "observation", "observation_changed")
    assert "footwall correct" in problem.remedy


def test_what_is_held_may_be_a_mapping() -> None:
    digests = {row["observation"]: row["digest"] for row in read_observations([deal()], KNOWN).digests.to_pylist()}
    known = Known(KNOWN.forms, KNOWN.countries, KNOWN.currencies, held=digests)
    assert len(read_observations([deal()], known)) == 0


def test_what_is_held_must_tell_ids_and_digests() -> None:
    with pytest.raises(UsageError, match="a table of observation and digest"):
        read_observations([deal()], Known(KNOWN.forms, (), (), held=read_observations([deal()], KNOWN).table))


def test_one_deal_is_told_from_its_like_by_its_lot_or_its_instant() -> None:
    rows = [
        deal(observation="a"),
        deal(observation="b", lot="L-2"),
        deal(observation="c", seen_at="2026-01-05T09:00:00Z"),
    ]
    assert len(read_observations(rows, KNOWN)) == len(rows)


@given(
    rows=st.lists(deals(ids=st.sampled_from("abcd")), min_size=1, max_size=8),
    seed=st.integers(0, 99),
    split=st.integers(0, 8),
)
def test_neither_order_nor_files_decide_what_stands(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], seed: int, split: int
) -> None:
    folder = tmp_path_factory.mktemp("split")
    shuffled = random.Random(seed).sample(rows, len(rows))  # noqa: S311 - an order, no secret
    parts = [part for part in (shuffled[:split], shuffled[split:]) if part]
    paths: list[Path] = [write(folder / f"{number}.csv", part) for number, part in enumerate(parts)]
    one, other = read_observations(rows, KNOWN), read_observations(paths, KNOWN)
    assert one.parquet() == other.parquet()
    assert sorted(again(one)) == sorted(again(other))
    assert len(one.problems) == len(other.problems)
    assert len(one) + len(again(one)) + len(one.problems) == len(rows)


@given(rows=st.lists(deals(ids=st.sampled_from("abcd")), min_size=1, max_size=8))
def test_the_whole_submission_a_second_time_adds_nothing(rows: list[Row]) -> None:
    first = read_observations(rows, KNOWN)
    assume(len(first))  # of nothing, nothing can be said again
    second = read_observations(first.table, holding(first))
    assert (len(second), len(second.problems)) == (0, 0)
    assert again(second) == [(name, name, True) for name in first.table["observation"].to_pylist()]
