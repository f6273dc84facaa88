"""Membership is a dated fact: who is in on a day, and nobody twice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.errors import InputError
from footwall.facts import Country, Membership
from footwall.zone import Members, membership_problems

START = date(2024, 1, 1)
STATES = {"EU": frozenset({"DE", "FR"})}
KNOWN = frozenset({"EU", "DE", "FR", "US", "JP", "CN"})


def country(iso2: str, union: str = "") -> Country:
    return Country(iso2, iso2 + "X", iso2, "EUR", union, "cif", valuation_assumed=False, source="test")


COUNTRIES = {code: country(code, "EU" if code in STATES["EU"] else "") for code in sorted(KNOWN)}


def row(party: str, first: date, last: date | None = None) -> Membership:
    return Membership(party, first, last, f"the agreement of {party}", assumed=True, source="test")


spans = st.builds(
    lambda party, start, length: row(
        party, START + timedelta(days=start), None if length is None else START + timedelta(days=start + length)
    ),
    st.sampled_from(sorted(KNOWN)),
    st.integers(0, 60),
    st.none() | st.integers(-1, 30),
)


@given(st.lists(spans, max_size=6))
def test_a_table_is_refused_exactly_when_a_day_has_a_member_twice_or_a_row_runs_backwards(
    rows: list[Membership],
) -> None:
    def covering(code: str, day: date) -> int:
        return sum(
            code in {item.party, *STATES.get(item.party, ())} and item.valid_from <= day <= (item.valid_to or date.max)
            for item in rows
        )

    days = [START + timedelta(days=number) for number in range(100)]
    twice = any(covering(code, day) > 1 for code in KNOWN for day in days)
    backwards = any(item.valid_to is not None and item.valid_to < item.valid_from for item in rows)
    assert bool(membership_problems(rows, STATES, KNOWN)) == (twice or backwards)


@given(st.lists(spans, max_size=4), st.integers(-1, 100))
def test_is_member_and_members_on_agree_for_every_country(rows: list[Membership], day: int) -> None:
    if membership_problems(rows, STATES, KNOWN):
        rows = rows[:1] if rows and not membership_problems(rows[:1], STATES, KNOWN) else []
    members = Members.from_facts(rows, COUNTRIES)
    on = START + timedelta(days=day)
    assert members.members_on(on) == {code for code in KNOWN if members.is_member(code, on)[0]}


@given(st.lists(spans, max_size=4), st.integers(0, 100))
def test_members_change_on_breakpoints_and_on_no_other_day(rows: list[Membership], day: int) -> None:
    rows = [item for item in rows if not membership_problems([item], STATES, KNOWN)][:1]
    members = Members.from_facts(rows, COUNTRIES)
    on = START + timedelta(days=day)
    changes = members.members_on(on) != members.members_on(on - timedelta(days=1))
    assert changes == (on in members.breakpoints)


def test_a_union_stands_for_its_states_and_itself() -> None:
    members = Members.from_facts([row("EU", START)], COUNTRIES)
    assert members.members_on(START) == {"EU", "DE", "FR"}
    assert members.parties_on(START) == ("EU",)
    assert members.is_member("DE", START) == (
        True,
        "DE is a member, as a state of EU, since 2024-01-01 under the agreement of EU",
    )


def test_the_first_and_the_last_day_count_and_no_other() -> None:
    members = Members.from_facts([row("US", START, date(2024, 6, 30))], COUNTRIES)
    assert "US" not in members.members_on(date(2023, 12, 31))
    assert "US" in members.members_on(START)
    assert "US" in members.members_on(date(2024, 6, 30))
    assert members.is_member("US", date(2024, 7, 1)) == (
        False,
        "US is not a member on 2024-07-01: membership ended on 2024-06-30",
    )


def test_a_refusal_says_why() -> None:
    members = Members.from_facts([row("US", START, START), row("US", date(2025, 1, 1))], COUNTRIES)
    assert members.is_member("XX", START) == (False, "'XX' is not a country the facts know")
    assert members.is_member("CN", START)[1] == "CN is not a member on 2024-01-01: no instrument names it"
    assert members.is_member("US", date(2024, 5, 1))[1] == (
        "US is not a member on 2024-05-01: membership ended on 2024-01-01 and membership starts on 2025-01-01"
    )


def test_all_faults_are_listed_at_once() -> None:
    rows = [row("EU", START), row("DE", date(2025, 1, 1)), row("ZZ", START), row("US", START, date(2023, 1, 1))]
    with pytest.raises(InputError) as raised:
        Members.from_facts(rows, COUNTRIES)
    assert {problem.code for problem in raised.value.problems} == {"member_unknown", "member_dates", "member_overlap"}
    assert "row 2, valid_from: found DE from 2025-01-01 to no end; expected dates outside row 1 (EU" in str(
        raised.value
    )


def test_a_state_may_join_on_the_day_after_its_union_left() -> None:
    members = Members.from_facts([row("EU", START, date(2024, 6, 30)), row("DE", date(2024, 7, 1))], COUNTRIES)
    assert members.members_on(date(2024, 7, 1)) == {"DE"}
