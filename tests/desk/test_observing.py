"""Observations received count for days to come, once, whatever the order they came in, and their evidence is kept."""

import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk_support import rules
from observed import HEADER, deal, deals, staff, written

from footwall.desk import init_zone, make_judgement, observe, open_zone, recomputed, run, verify_zone
from footwall.desk.zone import Zone
from footwall.errors import JournalError, ObservationsError
from footwall.prices import canonical

FORM = "cobalt-metal"
MARCH = date(2024, 3, 31)
PUBLISHED = date(2024, 3, 28)
"""The day of the price that stands at the end of March."""
APRIL = date(2024, 4, 30)


@pytest.fixture
def to_march(to_march_template: Path, copy_of: Callable[[Path], Path]) -> Path:
    """A copy of it."""
    return copy_of(to_march_template)


def certificate(zone: Zone, day: date) -> str:
    return json.dumps(canonical(zone.reference(FORM, day).certified), sort_keys=True)


def leave_out_of_april(zone: Zone, name: str) -> None:
    """By judgement of the people of `staff`."""
    make_judgement(
        zone,
        FORM,
        APRIL,
        "exclude",
        observations=(name,),
        reason="The goods were never delivered",
        basis="Letter of the seller",
        author="wei",
        approver="okafor",
    )


def names_in(zone: Zone, day: date) -> set[str]:
    """The ids of the data that the certificate of a day names, used or not."""
    told = certificate(zone, day)
    return {word for word in ("2024-04-11", "2024-03-11") if word in told}


def test_a_received_deal_counts_for_the_next_walked_day(to_march: Path, walked_template: Path, tmp_path: Path) -> None:
    zone = open_zone(to_march)
    told = observe(zone, [written(tmp_path / "april.csv", deals("2024-04", 50000))])
    assert told.event is not None
    assert (told.event.count, told.event.late, told.event.after, told.event.forms) == (6, 0, MARCH, (FORM,))
    assert told.intake.problems == ()
    run(zone)
    priced = zone.reference(FORM, APRIL)
    assert priced.tier == "transactions"
    assert 49 < float(str(priced.price)) < 52
    assert zone.price(FORM, APRIL) != open_zone(walked_template).price(FORM, APRIL)
    assert open_zone(to_march).state == zone.state
    assert verify_zone(to_march) == ()


def test_late_ones_are_counted_and_no_walked_day_changes(to_march: Path, tmp_path: Path) -> None:
    zone = open_zone(to_march)
    before = {day: (certificate(zone, day), zone.state.certificates.get(day)) for day in zone.days}
    rows = [*deals("2024-03", 50000), deal("in-april", "2024-04-02", "50000")]
    told = observe(zone, [written(tmp_path / "late.csv", rows)])
    assert told.event is not None
    assert (told.event.count, told.event.late) == (7, 6)
    run(zone)
    again = open_zone(to_march)
    assert {day: (certificate(again, day), again.state.certificates.get(day)) for day in before} == before
    assert json.dumps(recomputed(again, FORM, PUBLISHED), sort_keys=True) == before[MARCH][0]
    assert again.reference(FORM, APRIL).tier == "transactions"


def test_what_is_published_on_the_last_walked_day_is_late_and_a_day_later_is_not(
    to_march: Path, tmp_path: Path
) -> None:
    rows = [
        deal("on-the-day", "2024-03-30", "50000", published_at=str(MARCH)),
        deal("a-day-later", "2024-03-30", "50001", published_at=str(MARCH + timedelta(days=1))),
    ]
    told = observe(open_zone(to_march), [written(tmp_path / "rows.csv", rows)])
    assert told.event is not None
    assert told.event.late == 1


def test_before_the_first_walk_nothing_is_late(folder: Path, tmp_path: Path) -> None:
    zone = open_zone(folder)
    told = observe(zone, [written(tmp_path / "rows.csv", deals("2023-11", 50000))])
    assert told.event is not None
    assert (told.event.after, told.event.late) == (None, 0)
    run(zone, date(2023, 11, 30))
    assert zone.reference(FORM).tier == "transactions"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"observed_to": "2024-05-01"}, "observed_to"),
        ({"observed_to": "2024-04-30", "published_at": "2024-05-01"}, "published_at"),
        ({"observed_to": "2024-04-30", "seen_at": "2024-05-01T00:00:00Z"}, "seen_at"),
    ],
)
def test_days_after_the_last_that_the_rules_walk_are_to_come(
    template: Path, to_march: Path, tmp_path: Path, changes: dict[str, str], field: str
) -> None:
    last = deal("last", "2024-04-30", "50000", published_at="2024-04-30", seen_at="2024-04-30T23:59:59Z")
    path = written(tmp_path / "rows.csv", [deal("first", "2024-04-02", "50000") | changes, last])
    unwalked = Path(shutil.copytree(template, tmp_path / "unwalked"))
    for zone in (to_march, unwalked):
        told = observe(open_zone(zone), [path])
        assert [(one.code, one.row, one.field) for one in told.intake.problems] == [("day_to_come", 1, field)]
        assert told.event is not None
        assert (told.event.count, told.event.refused) == (1, 1)


def test_a_real_clock_takes_today_anywhere_on_earth_and_no_day_to_come(tmp_path: Path) -> None:
    zone = open_zone(init_zone(tmp_path / "real", simulated_clock=False))
    zone.clock = lambda: datetime(
        2026, 3, 10, 11, 0, tzinfo=UTC
    )  # at noon of that day the eleventh begins far in the east
    rows = [
        deal("east", "2026-03-11", "50000"),
        deal("now", "2026-03-10", "50001", seen_at="2026-03-10T11:00:00Z"),
        deal("soon", "2026-03-10", "50002", seen_at="2026-03-10T11:00:01Z"),
        deal("embargo", "2026-03-10", "50003", published_at="2026-03-12"),
        deal("later", "2026-03-12", "50004"),
    ]
    told = observe(zone, [written(tmp_path / "rows.csv", rows)])
    assert [(one.row, one.field) for one in told.intake.problems] == [
        (3, "seen_at"),
        (4, "published_at"),
        (5, "observed_to"),
    ]
    assert told.intake.table["observation"].to_pylist() == ["east", "now"]


def test_the_same_observations_again_record_nothing_under_any_name_or_order(to_march: Path, tmp_path: Path) -> None:
    rows = deals("2024-04", 50000)
    observe(open_zone(to_march), [written(tmp_path / "a.csv", rows)])
    head = open_zone(to_march).head
    renamed = [row | {"observation": f"other-{number}"} for number, row in enumerate(rows)]
    for again in (rows, rows[::-1], rows[:3], renamed):
        told = observe(open_zone(to_march), [written(tmp_path / "b.csv", again)])
        assert (told.event, told.already) == (None, "nothing in it is new")
        assert told.intake.duplicates.num_rows == len(again)
    assert open_zone(to_march).head == head


def test_what_is_new_beside_what_was_said_is_taken_in_alone(to_march: Path, tmp_path: Path) -> None:
    rows = deals("2024-04", 50000)
    zone = open_zone(to_march)
    observe(zone, [written(tmp_path / "a.csv", rows[:4])])
    told = observe(zone, [written(tmp_path / "b.csv", rows)])
    assert told.event is not None
    assert (told.event.submission, told.event.count, told.event.duplicates) == (2, 2, 4)


def test_what_the_facts_hold_is_no_news(to_march: Path, tmp_path: Path) -> None:
    seen = next(
        one for one in open_zone(to_march).facts.observations if one.observation == "usgs-cobalt-metal-lme-2023"
    )
    row = {
        "observation": "our-own-name",
        "form": seen.form,
        "kind": seen.kind,
        "market": seen.market,
        "incoterm": seen.incoterm,
        "observed_from": str(seen.observed_from),
        "observed_to": str(seen.observed_to),
        "published_at": str(seen.published_at),
        "publication_assumed": "true",
        "low": str(seen.low),
        "currency": seen.currency,
        "unit": seen.unit,
        "submitter": seen.submitter,
        "source": seen.source,
    }
    told = observe(open_zone(to_march), [written(tmp_path / "same.csv", [row], tuple(row))])
    assert told.event is None
    assert told.intake.duplicates["repeats"].to_pylist() == ["usgs-cobalt-metal-lme-2023"]


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_rows_and_split_files_come_to_the_same_record_and_prices(
    to_march_template: Path, tmp_path: Path, seed: int
) -> None:
    import shutil

    rows = [*deals("2024-04", 50000), *deals("2024-03", 50000)]
    dice = random.Random(seed)  # noqa: S311 - an order, not a secret
    shuffled = dice.sample(rows, len(rows))
    cut = dice.randint(1, len(rows) - 1)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for copy in (whole, parts):
        shutil.copytree(to_march_template, copy)
    one, several = open_zone(whole), open_zone(parts)
    first = observe(one, [written(tmp_path / "all.csv", rows)])
    files = [written(tmp_path / "p.csv", shuffled[:cut]), written(tmp_path / "q.csv", shuffled[cut:])]
    second = observe(several, files[:: dice.choice((1, -1))])
    assert first.event is not None
    assert first.event == second.event
    assert one.head == several.head
    run(one)
    run(several)
    assert one.head == several.head


def test_a_bad_row_is_a_problem_and_the_good_ones_are_kept(to_march: Path, tmp_path: Path) -> None:
    rows = deals("2024-04", 50000)
    rows[2]["low"] = "-5"
    rows[4]["form"] = "unobtainium"
    told = observe(open_zone(to_march), [written(tmp_path / "some.csv", rows)])
    assert told.event is not None
    assert (told.event.count, told.event.refused) == (4, 2)
    assert {problem.row for problem in told.intake.problems} == {3, 5}
    held = open_zone(to_march).state.received
    assert [one.count for one in held] == [4]


def test_where_every_row_is_bad_nothing_is_recorded(to_march: Path, tmp_path: Path) -> None:
    zone = open_zone(to_march)
    head = zone.head
    told = observe(zone, [written(tmp_path / "bad.csv", [deal("x", "2024-04-02", "nothing")])])
    assert told.event is None
    assert told.intake.problems
    assert open_zone(to_march).head == head


def test_an_unreadable_file_changes_nothing_not_even_what_was_good(to_march: Path, tmp_path: Path) -> None:
    good = written(tmp_path / "good.csv", deals("2024-04", 50000))
    (tmp_path / "bad.parquet").write_bytes(b"no parquet")
    before = {path: path.read_bytes() for path in sorted(to_march.rglob("*")) if path.is_file()}
    zone = open_zone(to_march)
    for bad in (tmp_path / "bad.parquet", tmp_path / "missing.csv"):
        with pytest.raises(ObservationsError):
            observe(zone, [good, bad])
    assert {path: path.read_bytes() for path in sorted(to_march.rglob("*")) if path.is_file()} == before


def test_who_is_behind_the_record_takes_nothing_in(to_march: Path, tmp_path: Path) -> None:
    slow, fast = open_zone(to_march), open_zone(to_march)
    observe(fast, [written(tmp_path / "a.csv", deals("2024-04", 50000))])
    with pytest.raises(JournalError, match="open it again"):
        observe(slow, [written(tmp_path / "b.csv", deals("2024-03", 50000))])
    assert len(open_zone(to_march).state.received) == 1


@pytest.mark.parametrize("name", ["observations", "digests"])
@pytest.mark.parametrize("damage", ["removed", "changed"])
def test_evidence_that_is_removed_or_changed_is_found(to_march: Path, tmp_path: Path, name: str, damage: str) -> None:
    zone = open_zone(to_march)
    told = observe(zone, [written(tmp_path / "a.csv", deals("2024-04", 50000))])
    assert told.event is not None
    assert verify_zone(to_march) == ()
    digest = told.event.evidence[name]
    (kept,) = [path for path in (to_march / "evidence").rglob("*") if path.is_file() and digest[-20:] in path.name]
    if damage == "removed":
        kept.unlink()
    else:
        kept.chmod(0o644)
        data = bytearray(kept.read_bytes())
        data[len(data) // 2] ^= 1
        kept.write_bytes(data)
    (problem,) = verify_zone(to_march)
    assert problem.code == "evidence"
    assert name in problem.expected
    if name == "observations":
        head = open_zone(to_march).head
        with pytest.raises(JournalError, match=digest[:8]):
            run(open_zone(to_march))
        assert open_zone(to_march).head == head


def test_the_zone_as_known_before_a_submission_does_not_hold_it(to_march: Path, tmp_path: Path) -> None:
    zone = open_zone(to_march)
    before = zone.recorded_at
    assert before is not None
    observe(zone, [written(tmp_path / "a.csv", deals("2024-04", 50000))])
    after = zone.recorded_at
    assert after == before + timedelta(seconds=1)
    assert open_zone(to_march, as_known_at=before).state.received == ()
    assert len(open_zone(to_march, as_known_at=after).state.received) == 1
    assert isinstance(after, datetime)


def test_a_judgement_leaves_one_row_of_what_would_be_a_cell_out_on_its_day_alone(
    to_march: Path, tmp_path: Path
) -> None:
    """Two deals of the same two parties on one day, of which one is judged not to count."""
    alike = [
        deal(f"twin-{number}", "2024-04-10", price) for number, price in ((1, "50000"), (2, "70000"), (3, "50300"))
    ]
    zone = open_zone(to_march)
    observe(zone, [written(tmp_path / "a.csv", [*alike, *deals("2024-04", 50000)])])
    staff(zone, tmp_path / "keys")
    together = {one.observation for one in zone.grounds_under(APRIL, zone.state).observations[FORM]}
    assert "twin-1 +2" in together
    leave_out_of_april(zone, "twin-2")
    apart = {one.observation for one in zone.grounds_under(APRIL, zone.state).observations[FORM]}
    assert {"twin-1 +1", "twin-2"} <= apart
    assert {one.observation for one in zone.grounds.observations[FORM]} == apart
    assert {one.observation for one in zone.grounds_under(MARCH, zone.state).observations[FORM]}.isdisjoint(
        apart - together
    )
    run(zone)
    certified = zone.reference(FORM, APRIL).certified
    left_out = [one for one in certified.excluded if "twin-2" in str(one)]
    assert left_out
    assert json.dumps(recomputed(zone, FORM, APRIL), sort_keys=True) == certificate(zone, APRIL)


def test_a_judgement_of_a_later_day_leaves_earlier_days_as_they_were(
    template: Path, copy_of: Callable[[Path], Path], tmp_path: Path
) -> None:
    """Deals that were one cell when a day was walked are one cell when that day is decided again."""
    zone = open_zone(copy_of(template))
    alike = [deal(f"twin-{number}", "2024-03-10", price) for number, price in ((1, "50000"), (2, "50200"))]
    observe(zone, [written(tmp_path / "a.csv", [*alike, *deals("2024-03", 50000)])])
    run(zone, MARCH)
    told = certificate(zone, MARCH)
    assert "twin-1 +1" in told
    staff(zone, tmp_path / "keys")
    leave_out_of_april(zone, "twin-2")
    assert json.dumps(recomputed(zone, FORM, PUBLISHED), sort_keys=True) == told
    run(zone)
    assert json.dumps(recomputed(zone, FORM, PUBLISHED), sort_keys=True) == told
    assert json.dumps(recomputed(zone, FORM, APRIL), sort_keys=True) == certificate(zone, APRIL)


def test_a_zone_that_has_received_nothing_is_as_it_ever_was(folder: Path, tmp_path: Path) -> None:
    other = init_zone(tmp_path / "other", rulebook=folder / "rulebook")
    assert open_zone(other).head == open_zone(folder).head
    assert HEADER[0] == "observation"


def test_a_version_that_comes_later_parts_nothing_of_the_days_before_it(
    tmp_path: Path,
) -> None:
    """Its hour of publication lies between two deals that were alike for the day that was walked under the first."""
    made = rules(tmp_path / "rules", first="2023-11-30", through="2024-04-30")
    later = made / "2025-07-example-2.toml"
    text = later.read_text(encoding="utf-8")
    assert "publish_at = 16:30:00" in text
    later.write_text(text.replace("publish_at = 16:30:00", "publish_at = 11:00:00"), encoding="utf-8")
    zone = open_zone(init_zone(tmp_path / "zone", rulebook=made))
    alike = [deal(f"twin-{hour}", "2024-03-10", "50000", seen_at=f"2024-03-10T{hour}:00:00Z") for hour in (10, 12)]
    observe(zone, [written(tmp_path / "a.csv", [*alike, *deals("2024-03", 50000)])])
    run(zone, MARCH)
    assert "twin-10 +1" in certificate(zone, MARCH)
    assert json.dumps(recomputed(zone, FORM, PUBLISHED), sort_keys=True) == certificate(zone, MARCH)
    under_both = {one.observation for one in zone.grounds.observations[FORM]}
    assert {"twin-10", "twin-12"} <= under_both
