"""The day that counts, goods under way, origin by stage and certificate, and programmes: accepted, refused, at the boundary."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.errors import ScheduleError, UsageError
from footwall.tariffs import Conditions, DayRule, Measure, OriginRule, Schedule
from footwall.tariffs.measures.condition_reading import conditions_json

CHANGE = date(2026, 3, 1)
FIRST = date(2025, 1, 1)
RULE: dict[str, Any] = {"rule_id": "r", "importers": ["US"], "valid_from": FIRST}


@given(
    st.integers(0, 60), st.integers(-30, 90), st.integers(0, 120)
)  # days of grace; entry, from the change on; voyage in days
def test_goods_under_way_when_a_measure_changes_meet_the_old_one_within_the_grace(
    grace: int, entered: int, voyage: int
) -> None:
    entry = CHANGE + timedelta(days=entered)
    lading = entry - timedelta(days=voyage)
    found = DayRule(**RULE, transit_days=grace).day(entry, {"lading": lading})
    assert found is not None
    in_transit = lading < CHANGE <= entry
    protected = grace > 0 and in_transit and (entry - CHANGE).days <= grace
    assert (found < CHANGE) == (entry < CHANGE or protected)
    assert lading <= found <= entry or not grace


def test_the_day_of_a_rule_counts_and_is_missed_where_it_is_not_stated() -> None:
    rule = DayRule(**RULE, counts="contract")
    assert rule.day(CHANGE, {"contract": FIRST}) == FIRST
    assert rule.day(CHANGE, {"lading": FIRST}) is None
    assert DayRule(**RULE, transit_days=9).day(CHANGE, {}) == CHANGE
    assert DayRule(**RULE).day(CHANGE, {"lading": FIRST}) == CHANGE


MEMBERS = frozenset({"AU", "JP", "US"})


@pytest.mark.parametrize(
    ("declared", "done_in", "cumulation", "origin"),
    [
        ("AU", {"mined": "AU", "separated": "AU"}, False, "AU"),
        ("AU", {"mined": "AU", "separated": "CN"}, False, "CN"),
        ("AU", {"mined": "MM", "separated": "CN"}, False, "MM"),
        ("AU", {"mined": "AU", "separated": "JP"}, False, "JP"),
        ("AU", {"mined": "AU", "separated": "JP"}, True, "AU"),
        ("AU", {"mined": "AU"}, True, ("stage_origin_missing", "separated")),
        ("AU", {"mined": "JP", "separated": "CN"}, False, "CN"),
        ("AU", {"mined": "JP"}, False, ("stage_origin_missing", "separated")),
        ("AU", {"mined": "CN"}, True, ("stage_origin_missing", "separated")),
        ("VN", {}, True, "VN"),
        ("VN", {"separated": "CN"}, True, "CN"),
        ("VN", {"separated": "JP"}, False, "VN"),
    ],
)
def test_goods_are_from_where_the_ruled_stages_were_done(
    declared: str, done_in: dict[str, str], cumulation: bool, origin: object
) -> None:
    rule = OriginRule(**RULE, stages=["mined", "separated"], cumulation=cumulation)
    assert rule.origin(declared, done_in, frozenset(), MEMBERS) == origin


def test_a_members_goods_without_the_certificate_are_of_unproven_origin() -> None:
    rule = OriginRule(**RULE, certificate="zone")
    assert rule.origin("AU", {}, {"ZONE"}, MEMBERS) == "AU"
    assert rule.origin("AU", {}, {"KORUS"}, MEMBERS) == ("certificate_missing", "ZONE")
    assert rule.origin("CN", {}, frozenset(), MEMBERS) == "CN"
    named = OriginRule(**RULE, certificate="zone", unproven_as="CN")
    assert named.origin("AU", {}, frozenset(), MEMBERS) == "CN"


FLOOR: dict[str, Any] = {"measure_id": "floor", "role": "floor", "method": "top_up", "form": "ndpr-oxide", "importers": ["US"],
                         "origins": ["non-members"], "valid_from": FIRST, "currency": "USD", "floor": "110"}  # fmt: skip
GENERAL: dict[str, Any] = {"measure_id": "general", "role": "ordinary", "method": "ad_valorem", "hs_codes": ["284690"],
                           "importers": ["US"], "origins": ["KR", "CN"], "valid_from": FIRST, "ad_valorem": "0.037"}  # fmt: skip
KORUS = {**GENERAL, "measure_id": "korus", "origins": ["KR"], "ad_valorem": "0", "programme": "korus"}


def schedule(
    *conditions: DayRule | OriginRule, measures: tuple[dict[str, Any], ...] = (FLOOR, GENERAL, KORUS)
) -> Schedule:
    return Schedule.from_measures([Measure(**one) for one in measures], "USD", sorted(MEMBERS), conditions=conditions)


def test_a_programme_is_met_by_those_alone_who_claim_it_from_its_origins() -> None:
    made = schedule()
    for origin, claims, met in (
        ("KR", frozenset[str](), "general"),
        ("KR", frozenset({"KORUS"}), "korus"),
        ("CN", frozenset({"KORUS"}), "general"),
    ):
        found = made.applicable("US", origin, "28469080", "ndpr-oxide", FIRST, claims=claims)
        assert found.ordinary is not None
        assert found.ordinary.measure_id == met
        assert found.claims_used == ({"KORUS"} if met == "korus" else set())
    assert made.programmes == {"KORUS"}


def test_a_general_rate_on_a_longer_code_gives_way_to_a_claimed_one_on_a_shorter() -> None:
    made = schedule(measures=({**GENERAL, "hs_codes": ["28469080"]}, KORUS))
    found = made.applicable("US", "KR", "28469080", None, FIRST, claims=frozenset({"KORUS"}))
    assert found.ordinary is not None
    assert found.ordinary.measure_id == "korus"


def test_two_measures_of_one_programme_for_the_same_goods_are_refused() -> None:
    with pytest.raises(ScheduleError) as refused:
        schedule(measures=(GENERAL, KORUS, {**KORUS, "measure_id": "korus-2"}))
    assert [fault.code for fault in refused.value.problems] == ["measures_overlap"]


def test_floor_measures_follow_their_own_origin_and_day() -> None:
    made = schedule()
    inside = made.applicable("US", "AU", "28469080", "ndpr-oxide", FIRST)
    assert (inside.floor, inside.member_origin) == (None, True)
    outside = made.applicable("US", "AU", "28469080", "ndpr-oxide", FIRST, floor_origin="CN")
    assert outside.floor is not None
    before = made.applicable("US", "CN", "28469080", "ndpr-oxide", FIRST, floor_on=FIRST - timedelta(days=1))
    assert (before.floor, before.in_transit) == (None, True)
    assert before.ordinary is not None


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ((DayRule(**{**RULE, "importers": ["XX"]}),), "condition_word_unknown"),
        ((DayRule(**{**RULE, "importers": []}),), "condition_incomplete"),
        ((DayRule(**RULE, valid_to=FIRST - timedelta(days=1)),), "dates_reversed"),
        ((DayRule(**{**RULE, "counts": "arrival"}),), "condition_word_unknown"),
        ((DayRule(**RULE, transit_days=-1),), "transit_malformed"),
        ((DayRule(**RULE, transit_days=5, counts="lading"),), "transit_malformed"),
        ((DayRule(**RULE, transit_days=5, transit_counts="entry"),), "transit_malformed"),
        ((DayRule(**RULE), DayRule(**RULE)), "conditions_overlap"),
        ((OriginRule(**RULE),), "condition_incomplete"),
        ((OriginRule(**RULE, cumulation=True, certificate="Z"),), "condition_incomplete"),
        ((OriginRule(**RULE, unproven_as="CN", stages=["melted"]),), "condition_incomplete"),
        ((OriginRule(**RULE, unproven_as="XX", certificate="Z"),), "condition_word_unknown"),
        ((OriginRule(**RULE, stages=["melted"], forms=["gold"]),), "condition_word_unknown"),
        ((OriginRule(**RULE, stages=["melted"]), OriginRule(**RULE, certificate="Z", forms=["apt"])), "conditions_overlap"),
    ],
)  # fmt: skip
def test_a_condition_that_says_nothing_or_contradicts_is_refused(rules: tuple[Any, ...], code: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        schedule(*rules)
    assert [fault.code for fault in refused.value.problems] == [code]


def test_rules_for_other_importers_forms_or_days_stand_side_by_side() -> None:
    rules = (
        OriginRule(**RULE, stages=["melted"], forms=["ndpr-metal"]),
        OriginRule(**RULE, certificate="Z", forms=["apt"]),
        DayRule(**{**RULE, "importers": ["EU"]}, transit_days=30, valid_to=CHANGE),
        DayRule(**{**RULE, "importers": ["EU"], "valid_from": CHANGE + timedelta(days=1)}),
    )
    made = schedule(*rules)
    assert made.conditions.day_rule("DE", FIRST) is not None
    assert made.conditions.day_rule("US", FIRST) is None
    assert {FIRST, CHANGE + timedelta(days=1)} <= set(made.breakpoints)
    with pytest.raises(UsageError, match="a condition is"):
        Conditions.of(["r"])  # type: ignore[list-item]
    assert Decimal("0.037") == made.measures[1].ad_valorem


def test_a_rule_holds_on_its_last_day_and_no_longer() -> None:
    first = DayRule(**{**RULE, "importers": ["EU"]}, transit_days=30, valid_to=CHANGE)
    second = DayRule(**{**RULE, "importers": ["EU"], "rule_id": "s", "valid_from": CHANGE + timedelta(days=1)})
    held = [schedule(first, second).conditions.day_rule("DE", CHANGE + timedelta(days=days)) for days in (0, 1)]
    assert [rule.rule_id for rule in held if rule is not None] == ["r", "s"]


def test_the_importers_of_a_rule_are_codes() -> None:
    assert DayRule(**RULE).importers == ("US",)
    assert DayRule(**RULE | {"importers": "US"}).importers == ("US",)
    with pytest.raises(UsageError, match=r"condition r: importers must be a list of texts, not \[1\]"):
        DayRule(**RULE | {"importers": [1]})


def test_a_certificate_is_asked_of_every_members_goods_and_an_unproven_origin_is_no_members() -> None:
    rule = OriginRule(**RULE, stages=["separated"], certificate="ZONE", unproven_as="CN")
    assert rule.origin("AU", {"separated": "JP"}, set(), MEMBERS) == "CN"
    assert rule.origin("AU", {"separated": "JP"}, {"ZONE"}, MEMBERS) == "JP"
    joined = MEMBERS | {"CN"}
    assert rule.origin("AU", {"separated": "AU"}, set(), joined) == ("certificate_missing", "ZONE")


def test_a_rule_writes_stages_as_lines_do() -> None:
    assert OriginRule(**RULE, stages=[" Separated"]).stages == ("separated",)


def test_a_union_and_its_state_are_one_importer() -> None:
    two = [
        DayRule(**RULE | {"rule_id": name, "importers": [party]}, counts="lading")
        for name, party in (("a", "EU"), ("b", "DE"))
    ]
    with pytest.raises(ScheduleError) as refused:
        schedule(*two)
    assert [one.code for one in refused.value.problems] == ["conditions_overlap"]
    schedule(two[0], DayRule(**RULE | {"rule_id": "c", "importers": ["JP"]}, counts="lading"))


def test_a_grace_reaches_no_further_than_the_calendar_nor_than_any_rule() -> None:
    rule = DayRule(**RULE, transit_days=3660)
    schedule(rule)
    assert rule.day(date(1, 1, 5), {"lading": date.min}) == date.min
    for change in ({"transit_days": 3661}, {"transit_days": 10**12}):
        with pytest.raises(ScheduleError, match="1 fault"):
            schedule(DayRule(**RULE, **change))


@pytest.mark.parametrize(
    "change",
    [{"valid_from": "2025-01-01"}, {"valid_from": datetime(2025, 1, 1, tzinfo=UTC)}, {"valid_to": "2025-01-01"}],
)
def test_the_days_of_a_rule_are_dates(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="must be dates"):
        DayRule(**RULE | change)
    with pytest.raises(UsageError, match="must be dates"):
        OriginRule(**RULE | change, certificate="ZONE")


def test_a_file_leaves_out_what_a_rule_does_not_say() -> None:
    rules = Conditions((DayRule(**RULE, transit_days=30),), (OriginRule(**RULE, certificate="ZONE"),))
    said = {"rule_id": "r", "importers": ["US"], "valid_from": "2025-01-01"}
    assert conditions_json(rules) == [
        {"kind": "day", **said, "transit_days": 30},
        {"kind": "origin", **said, "certificate": "ZONE"},
    ]
