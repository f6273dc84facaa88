"""Corrections: nothing is erased, prices are restated as the right evidence makes them, and what rests on them is told."""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from desk_support import MadeOnce, rules
from observed import REASON, deal, deals, staff, written

from footwall.desk import (
    Correction,
    Zone,
    approval,
    correct,
    declare_conflict,
    dependents_of,
    file_complaint,
    init_zone,
    observe,
    open_zone,
    recomputed,
    remove_person,
    run,
    sign_prices,
    signatures_on,
    state_from,
    verify_zone,
)
from footwall.errors import InputError
from footwall.prices import canonical
from footwall.quantity import Unknown

FORM = "cobalt-metal"
WRONG = "usgs-cobalt-metal-lme-2023"
KNOWN = date(2024, 1, 31)
MARCH = date(2024, 3, 31)
PUBLISHED = date(2024, 3, 28)
"""The day of the price that stands at the end of March."""
APRIL = date(2024, 4, 30)
ASKED = Correction((WRONG,), (), REASON, "wei", "okafor")


@pytest.fixture(scope="session")
def staffed_template(walked_template: Path, made_once: MadeOnce) -> Path:
    """The short zone, walked to its end, with people in it."""
    return made_once("correcting-staffed", lambda folder: staffed_copy(walked_template, folder))


@pytest.fixture(scope="session")
def staffed_in_march(to_march_template: Path, made_once: MadeOnce) -> Path:
    """The short zone, walked to March, with people in it."""
    return made_once("correcting-march", lambda folder: staffed_copy(to_march_template, folder))


def staffed_copy(zone: Path, folder: Path) -> None:
    shutil.copytree(zone, folder / "zone")
    staff(open_zone(folder / "zone"), folder / "keys")


@pytest.fixture
def zone(staffed_template: Path, tmp_path: Path) -> Zone:
    """A copy of it."""
    shutil.copytree(staffed_template / "keys", tmp_path / "keys")
    return open_zone(Path(shutil.copytree(staffed_template / "zone", tmp_path / "zone")))


@pytest.fixture(scope="session")
def corrected_template(staffed_template: Path, made_once: MadeOnce) -> Path:
    """The same, with one average withdrawn."""

    def fill(folder: Path) -> None:
        shutil.copytree(staffed_template, folder)
        correct(open_zone(folder / "zone"), ASKED)

    return made_once("correcting-corrected", fill)


@pytest.fixture
def corrected(corrected_template: Path, tmp_path: Path) -> Zone:
    """A copy of it."""
    return open_zone(Path(shutil.copytree(corrected_template / "zone", tmp_path / "corrected")))


def made_of_facts(folder: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Zone:
    """A zone of the same rules, whose table of observations said the right thing from the beginning."""
    facts = Path(shutil.copytree(open_zone_facts(), folder / "facts"))
    table = facts / "observations.csv"
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        header, rows = list(reader.fieldnames or ()), list(reader)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))
    made = rules(folder / "rules", first="2023-11-30", through="2024-04-30")
    found = open_zone(init_zone(folder / "oracle", facts=facts, rulebook=made))
    run(found)
    return found


@pytest.fixture(scope="session")
def without_wrong(made_once: MadeOnce) -> Zone:
    """A zone whose table of observations never held the wrong one, walked. For reading only."""
    without = made_once(
        "correcting-judge",
        lambda folder: made_of_facts(folder, lambda rows: [row for row in rows if row["observation"] != WRONG]),
    )
    return open_zone(without / "oracle")


def open_zone_facts() -> Path:
    from footwall.facts import shipped_facts

    return shipped_facts().folder


def prices_of(zone: Zone) -> dict[tuple[str, date], tuple[object, ...]]:
    return {
        (form, one.on): (one.price, one.status, one.tier, one.rests_on, one.confidence, one.assumed, one.under_floor)
        for form, prices in zone.state.references.items()
        for one in prices
    }


def told(zone: Zone, form: str, day: date) -> str:
    return json.dumps(canonical(zone.reference(form, day).certified), sort_keys=True)


def test_the_restatement_is_what_a_zone_of_the_right_facts_would_have_priced(
    corrected: Zone, walked_template: Path, without_wrong: Zone
) -> None:
    """The judge walks other facts from the first day and knows nothing of corrections."""
    judge = without_wrong
    assert prices_of(corrected) == prices_of(judge)
    before = prices_of(open_zone(walked_template))
    changed = {key for key, price in prices_of(judge).items() if before[key] != price}
    assert changed
    assert {one.what for one in dependents_of(corrected, 1) if one.kind == "price"} == {form for form, _ in changed}
    for form, day in sorted(changed):
        assert told(corrected, form, day) == told(judge, form, day)


def test_a_replacement_is_what_a_zone_of_the_right_facts_would_have_priced(zone: Zone, tmp_path: Path) -> None:
    """The right figure takes the wrong one's place on every walked day since it was known."""

    def right(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [
            row | {"observation": "lme-2023-right", "low": "17.5", "high": "17.5"}
            if row["observation"] == WRONG
            else row
            for row in rows
        ]

    judge = made_of_facts(tmp_path, right)
    (row,) = [one for one in judge.facts.observations if one.observation == "lme-2023-right"]
    said = {
        "observation": "lme-2023-right",
        "form": row.form,
        "kind": row.kind,
        "market": row.market,
        "incoterm": row.incoterm,
        "observed_from": str(row.observed_from),
        "observed_to": str(row.observed_to),
        "published_at": str(row.published_at),
        "publication_assumed": "true",
        "low": "17.5",
        "currency": row.currency,
        "unit": row.unit,
        "submitter": row.submitter,
        "source": row.source,
    }
    done = correct(zone, replace(ASKED, replace=(written(tmp_path / "right.csv", [said], tuple(said)),)))
    assert done.event.submission == 1
    assert done.event.prices > 0
    assert prices_of(zone) == prices_of(judge)
    assert prices_of(open_zone(zone.folder)) == prices_of(judge)
    assert verify_zone(zone.folder) == ()


def test_the_old_price_stays_in_the_record_and_is_known_as_of_before(zone: Zone) -> None:
    old = {day: zone.price(FORM, day) for day in zone.days}
    entries = zone.journal.entries()
    before = zone.recorded_at
    correct(zone, ASKED)
    then, now = open_zone(zone.folder, as_known_at=before), open_zone(zone.folder)
    assert {day: then.price(FORM, day) for day in then.days} == old
    assert then.reference(FORM, APRIL).price == old[APRIL]
    assert {day for day in now.days if now.price(FORM, day) != old[day]} == {day for day in now.days if day >= KNOWN}
    assert now.journal.entries()[: len(entries)] == entries
    assert now.state == zone.state == state_from(now.journal.entries())


def test_floors_tariffs_and_measures_stand_as_decided(corrected: Zone, walked_template: Path) -> None:
    before = open_zone(walked_template)
    for day in before.days:
        held, now = before.state_on(day), corrected.state_on(day)
        assert now.floors == held.floors
        assert now.tariffs == held.tariffs
        assert now.measures == held.measures
        assert now.parities == held.parities


def test_dependents_are_listed_with_old_and_would_be_in_spans_without_gaps(
    corrected: Zone, walked_template: Path
) -> None:
    before, days = open_zone(walked_template), corrected.days
    listed = dependents_of(corrected, 1)
    (event,) = corrected.state.corrections.values()
    counts = [sum(one.kind == kind for one in listed) for kind in ("floor", "tariff", "measure")]
    assert counts == [event.floors, event.tariffs, event.measures]
    covered: dict[tuple[str, str, str], set[date]] = {}
    for one in listed:
        span = [day for day in days if one.first <= day <= one.last]
        assert (span[0], span[-1]) == (one.first, one.last)
        assert one.old != one.new
        key = one.kind, one.what, one.whose
        assert covered.setdefault(key, set()).isdisjoint(span)
        covered[key] |= set(span)
        if one.kind == "price":
            assert {before.price(one.what, day) for day in span} == {one.old}
            assert {corrected.price(one.what, day) for day in span} == {one.new}
    assert covered["price", FORM, ""] == {day for day in days if day >= KNOWN}
    spans = [(one.first, one.last, one.old, one.new) for one in listed if (one.kind, one.what) == ("price", FORM)]
    assert all(earlier[2:] != later[2:] for earlier, later in pairwise(spans))


def test_the_tariffs_that_are_listed_are_those_of_a_zone_of_the_right_facts(
    corrected: Zone, walked_template: Path, without_wrong: Zone
) -> None:
    judge = without_wrong
    before = open_zone(walked_template)
    wanted: set[tuple[date, str, str, object, object]] = set()
    for day in before.days:
        was, now = before.state_on(day).tariffs, judge.state_on(day).tariffs
        for form, importers, group in was.keys() | now.keys():
            rates = [None if (one := held.get((form, importers, group))) is None else one.rate for held in (was, now)]
            if rates[0] != rates[1]:
                wanted.add((day, form, f"{importers}, {group}", rates[0], rates[1]))
    found = {
        (day, one.what, one.whose, one.old, one.new)
        for one in dependents_of(corrected, 1)
        if one.kind == "tariff"
        for day in before.days
        if one.first <= day <= one.last
    }
    assert wanted
    assert found == wanted


def test_a_second_correction_lists_only_what_it_changes_itself(corrected: Zone, walked_template: Path) -> None:
    other = next(
        one.observation
        for one in open_zone(walked_template).facts.observations
        if one.form == "tin-metal" and one.published_at.isoformat().startswith("2024-02")
    )
    done = correct(corrected, replace(ASKED, withdraw=(other,)))
    assert done.event.correction == 2
    assert {one.what for one in done.dependents if one.kind in {"price", "tariff", "floor"}} == {"tin-metal"}
    assert not [one for one in done.dependents if "cobalt" in one.what]
    assert dependents_of(open_zone(corrected.folder), 2) == done.dependents


def test_two_corrections_price_as_a_zone_without_either(corrected: Zone, tmp_path: Path) -> None:
    other = "usgs-cobalt-metal-us-spot-2023"
    correct(corrected, replace(ASKED, withdraw=(other,)))
    judge = made_of_facts(tmp_path, lambda rows: [row for row in rows if row["observation"] not in {WRONG, other}])
    assert prices_of(corrected) == prices_of(judge)


def test_trying_records_nothing_and_tells_the_same(zone: Zone, corrected: Zone) -> None:
    journal = {path.name: path.read_bytes() for path in zone.folder.glob("journal.*")}
    tried = correct(zone, ASKED, try_only=True)
    assert not tried.recorded
    assert zone.state.corrections == {}
    assert {path.name: path.read_bytes() for path in zone.folder.glob("journal.*")} == journal
    assert tried.event == corrected.state.corrections[1]
    assert tried.dependents == dependents_of(corrected, 1)
    assert verify_zone(zone.folder) == ()


@pytest.mark.parametrize("good", [True, False])
def test_trying_or_a_refusal_writes_no_file_and_the_same_zone_then_corrects(
    zone: Zone, tmp_path: Path, good: bool
) -> None:
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in zone.folder.rglob("*") if path.is_file()}

    before = files()
    tried = (written(tmp_path / "tried.csv", deals("2024-02", 50000)),)
    asked = replace(ASKED, replace=tried, author="wei" if good else "nobody")
    if good:
        assert correct(zone, asked, try_only=True).event.submission == 1
    else:
        with pytest.raises(InputError):
            correct(zone, asked)
    assert files() == before
    right = (written(tmp_path / "right.csv", deals("2024-02", 60000, first=2)),)
    done = correct(zone, replace(ASKED, replace=right))
    again = open_zone(zone.folder)
    assert dependents_of(again, 1) == done.dependents
    assert verify_zone(zone.folder) == ()
    day = zone.days[-1]
    assert json.dumps(recomputed(again, FORM, day), sort_keys=True) == told(again, FORM, day)


def test_a_withdrawn_deal_counts_nowhere_and_its_replacement_counts_for_walked_days(
    folder: Path, tmp_path: Path
) -> None:
    rows = deals("2024-03", 50000)
    rows[0]["low"] = "505000"
    zone = open_zone(folder)
    observe(zone, [written(tmp_path / "a.csv", rows)])
    run(zone, MARCH)
    staff(zone, tmp_path / "keys")
    assert "2024-03-1" in told(zone, FORM, MARCH)
    right = deal("right-1", "2024-03-11", "50010", submitter="Trader 1", counterparty="Works 1")
    files = (written(tmp_path / "right.csv", [right]),)
    done = correct(zone, Correction(("2024-03-1",), files, REASON, "wei", "okafor"))
    assert done.event.withdrawn == ("2024-03-1",)
    for day in [day for day in zone.state.certificates if day.month == 3]:
        now = told(zone, FORM, day)
        assert '"2024-03-1"' not in now
        assert '"right-1"' in now
        assert json.dumps(recomputed(zone, FORM, day), sort_keys=True) == now
    run(zone)
    assert '"2024-03-1"' not in told(zone, FORM, APRIL)
    assert '"right-1"' in told(zone, FORM, APRIL)
    again = observe(zone, [written(tmp_path / "again.csv", rows)])
    assert again.event is None


def test_a_walk_after_a_correction_goes_on_from_the_restated_price(
    staffed_in_march: Path, corrected: Zone, tmp_path: Path
) -> None:
    zone = open_zone(Path(shutil.copytree(staffed_in_march / "zone", tmp_path / "march")))
    correct(zone, ASKED)
    run(zone)
    assert prices_of(zone) == prices_of(corrected)
    assert open_zone(zone.folder).state == zone.state
    assert json.dumps(recomputed(zone, FORM, APRIL), sort_keys=True) == told(zone, FORM, APRIL)


def test_every_certificate_of_every_day_recomputes_after_a_correction(corrected: Zone) -> None:
    """Of forms that are restated, and of one that is not."""
    for form in (FORM, "cobalt-sulphate", "tin-metal"):
        for day in corrected.state.certificates:
            assert json.dumps(recomputed(corrected, form, day), sort_keys=True) == told(corrected, form, day)


def test_where_only_a_certificate_changes_it_is_recorded_anew(folder: Path, tmp_path: Path) -> None:
    """A price of deals names the averages that it did not use: withdrawing one changes what it says, not what it is."""
    zone = open_zone(folder)
    observe(zone, [written(tmp_path / "a.csv", deals("2024-03", 50000))])
    run(zone, MARCH)
    staff(zone, tmp_path / "keys")
    price = zone.price(FORM, MARCH)
    assert WRONG in told(zone, FORM, MARCH)
    correct(zone, ASKED)
    assert zone.price(FORM, MARCH) == price
    assert WRONG not in told(zone, FORM, MARCH)
    assert json.dumps(recomputed(zone, FORM, PUBLISHED), sort_keys=True) == told(zone, FORM, MARCH)
    assert open_zone(folder).state == zone.state


def test_signatures_lapse_for_restated_days_and_stand_for_others(zone: Zone, tmp_path: Path) -> None:
    earlier = date(2023, 12, 29)
    for day in (earlier, APRIL):
        for person in ("wei", "okafor"):
            sign_prices(zone, day, person, tmp_path / "keys" / f"{person}.pem")
    assert approval(zone.state, APRIL, FORM, 2).approved
    correct(zone, ASKED)
    assert not approval(zone.state, APRIL, FORM, 2).approved
    assert signatures_on(zone.state, APRIL, FORM) == ()
    assert approval(zone.state, earlier, FORM, 2).approved
    for person in ("wei", "okafor"):
        sign_prices(zone, APRIL, person, tmp_path / "keys" / f"{person}.pem")
    assert approval(zone.state, APRIL, FORM, 2).approved
    assert verify_zone(zone.folder) == ()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"withdraw": ("nothing-of-this-name",)}, {"observation_unknown"}),
        ({"withdraw": (WRONG, "nothing-of-this-name")}, {"observation_unknown"}),
        ({"approver": "wei"}, {"approver_is_author"}),
        ({"author": "stranger"}, {"person_unknown"}),
        ({"approver": "stranger"}, {"person_unknown"}),
        ({"reason": "x" * 19}, {"text_malformed"}),
        ({"withdraw": ()}, {"correction_empty"}),
        ({"complaint": 1}, {"complaint_unknown"}),
        (
            {"withdraw": (), "author": "stranger", "reason": ""},
            {"correction_empty", "person_unknown", "text_malformed"},
        ),
    ],
)
def test_a_correction_is_refused_with_every_reason_and_nothing_is_recorded(
    zone: Zone, change: dict[str, object], codes: set[str]
) -> None:
    head = zone.head
    with pytest.raises(InputError) as refused:
        correct(zone, replace(ASKED, **change))  # type: ignore[arg-type]
    assert {one.code for one in refused.value.problems} == codes
    assert zone.head == head == open_zone(zone.folder).head


def test_a_reason_of_twenty_characters_and_a_known_complaint_are_taken(zone: Zone) -> None:
    file_complaint(zone, FORM, APRIL, "Acme", "This average is of another year")
    done = correct(zone, replace(ASKED, reason="x" * 20, complaint=1))
    assert done.event.complaint == 1


def test_who_has_left_corrects_nothing(zone: Zone) -> None:
    remove_person(zone, "okafor")
    with pytest.raises(InputError, match="person_left"):
        correct(zone, ASKED)


def test_what_is_withdrawn_is_not_withdrawn_again(corrected: Zone) -> None:
    with pytest.raises(InputError) as refused:
        correct(corrected, ASKED)
    (problem,) = refused.value.problems
    assert problem.code == "observation_withdrawn"
    assert problem.found == f"{WRONG}, withdrawn by correction 1"


@pytest.mark.parametrize("good", [0, 1])
def test_a_replacement_with_a_fault_refuses_the_whole_correction(zone: Zone, tmp_path: Path, good: int) -> None:
    """Else the wrong one would be withdrawn and nothing would stand in its place."""
    rows = [deal("bad", "2024-02-10", "nothing"), *deals("2024-02", 50000)[:good]]
    head = zone.head
    with pytest.raises(InputError) as refused:
        correct(zone, replace(ASKED, replace=(written(tmp_path / "bad.csv", rows),)))
    assert {one.row for one in refused.value.problems} == {1}
    assert open_zone(zone.folder).head == head


def test_a_replacement_that_says_only_what_was_said_refuses_the_whole_correction(zone: Zone, tmp_path: Path) -> None:
    rows = deals("2024-02", 50000)[:1]
    observe(zone, [written(tmp_path / "a.csv", rows)])
    head = zone.head
    with pytest.raises(InputError, match="replacement_repeated"):
        correct(zone, replace(ASKED, replace=(written(tmp_path / "again.csv", rows),)))
    assert open_zone(zone.folder).head == head


def test_a_correction_before_any_walk_restates_nothing(folder: Path, walked_template: Path, tmp_path: Path) -> None:
    zone = open_zone(init_zone(tmp_path / "new", rulebook=folder / "rulebook"))
    staff(zone, tmp_path / "keys")
    done = correct(zone, ASKED)
    assert (done.event.first, done.event.prices, done.dependents) == (None, 0, ())
    run(zone, KNOWN)
    assert zone.price(FORM, KNOWN) != open_zone(walked_template).price(FORM, KNOWN)
    assert WRONG not in told(zone, FORM, KNOWN)


def test_one_can_ask_between_two_corrections(corrected: Zone) -> None:
    between = corrected.recorded_at
    assert between is not None
    price = corrected.price(FORM, APRIL)
    correct(corrected, replace(ASKED, withdraw=("usgs-cobalt-metal-us-spot-2023",)))
    assert corrected.recorded_at == between + timedelta(seconds=1)
    assert open_zone(corrected.folder, as_known_at=between).price(FORM, APRIL) == price
    assert corrected.price(FORM, APRIL) != price
    assert isinstance(price, Decimal | Unknown)


@pytest.mark.parametrize("person", ["wei", "okafor"])
def test_who_has_a_conflict_in_what_is_corrected_neither_asks_for_it_nor_approves(zone: Zone, person: str) -> None:
    declare_conflict(zone, person, ("tin-metal",), "Works for a smelter", valid_from=KNOWN)
    correct(zone, ASKED, try_only=True)
    declare_conflict(zone, person, (FORM,), "Holds shares of a trader", valid_from=KNOWN)
    head = zone.head
    with pytest.raises(InputError) as refused:
        correct(zone, ASKED)
    (problem,) = refused.value.problems
    assert (problem.code, problem.found) == ("conflict", f"{person}, who has a conflict in {FORM}")
    assert zone.head == head
