"""What one schedule changes in another: every field, in words and rows, in one order, and successors known as such."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.tariffs import Measure
from footwall.tariffs.measures.fields import measure_fields, pair_kinds
from footwall.tariffs.schedule_diff import schedule_diff

FIRST, JULY = date(2025, 1, 1), date(2025, 7, 1)
NOTIFIED = Measure(measure_id="floor-1", role="floor", form="ndpr-oxide", importers=["US"], origins=["CN"], method="notified",
                   floor=Decimal(110), specific=Decimal("27.04"), currency="USD", valid_from=FIRST)  # fmt: skip
NAMED = "floor-1 (floor on ndpr-oxide, US from CN)"
OTHER: dict[str, Any] = {"text": "other", "day": date(2031, 5, 6), "number": Decimal("7.25"), "whole": 100, "truth": True,
                         "words": ("other", "words")}  # fmt: skip


def words(old: list[Measure], new: list[Measure], on: date | None = None) -> list[str]:
    return [str(change) for change in schedule_diff(old, new, on)]


def test_what_says_the_same_changes_nothing() -> None:
    second = replace(NOTIFIED, measure_id="floor-2", origins=["RU"])
    assert schedule_diff([NOTIFIED, second], [second, NOTIFIED]) == ()


@pytest.mark.parametrize("name", [one.name for one in fields(Measure)])
def test_a_change_of_any_field_is_told_once_under_its_name(name: str) -> None:
    (one,) = [field for field in measure_fields() if field.name == name]
    parts = pair_kinds(one.pair).values() if one.pair else ()
    other = tuple("Nd" if kind == "text" else Decimal("0.5") for kind, _ in parts)
    changed = OTHER[one.kind] if one.pair is None else (one.pair(*other),)
    (change,) = schedule_diff([NOTIFIED], [replace(NOTIFIED, **{name: changed})])
    assert change.field == name
    assert change.old != change.new


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"specific": Decimal("30.1")}, f"{NAMED}: specific rises from 27.04 USD/kg to 30.1 USD/kg."),
        ({"specific": Decimal("5.00")}, f"{NAMED}: specific falls from 27.04 USD/kg to 5 USD/kg."),
        ({"ceiling": Decimal(220)}, f"{NAMED}: ceiling changes from none to 220 USD/kg."),
        ({"bound_ad_valorem": Decimal("0.055")}, f"{NAMED}: bound ad valorem changes from none to 5.5 %."),
        ({"counts": ()}, f"{NAMED}: counts changes from none to nothing."),
        ({"valid_to": date(2025, 12, 31)}, f"{NAMED} holds until 2025-12-31 instead of without end."),
        ({"valid_from": JULY}, f"{NAMED} begins on 2025-07-01 instead of 2025-01-01."),
        ({"origins": ["CN", "RU"]}, "floor-1 (floor on ndpr-oxide, US from CN RU): origins gains RU."),
        ({"origins": ["RU"]}, "floor-1 (floor on ndpr-oxide, US from RU): origins gains RU and loses CN."),
        ({"measure_id": "floor-9"}, "floor-9 (floor on ndpr-oxide, US from CN) was called floor-1."),
    ],
)
def test_a_change_is_told_in_words(changes: dict[str, Any], told: str) -> None:
    assert words([NOTIFIED], [replace(NOTIFIED, **changes)]) == [told]


def test_measures_are_added_and_end() -> None:
    extra = replace(NOTIFIED, measure_id="floor-2", origins=["RU"], valid_from=JULY)
    assert words([NOTIFIED], [NOTIFIED, extra]) == [
        "floor-2 (floor on ndpr-oxide, US from RU) is added: notified 27.04 USD/kg to the floor of 110 USD/kg, from 2025-07-01 on."
    ]
    assert words([NOTIFIED, extra], [NOTIFIED], FIRST) == [
        "floor-2 (floor on ndpr-oxide, US from RU) is withdrawn before its first day, 2025-07-01."
    ]
    assert words([NOTIFIED], [], JULY) == [f"{NAMED} ends: it was to hold without end."]
    until = replace(NOTIFIED, valid_to=date(2025, 6, 30))
    assert words([until], [], JULY) == [f"{NAMED} has ended on 2025-06-30, its last day."]
    (change,) = schedule_diff([until], [], date(2025, 6, 30))
    assert (str(change), change.effective_on) == (f"{NAMED} ends: it was to hold until 2025-06-30.", date(2025, 6, 30))


def test_what_was_announced_under_another_name_is_known_again() -> None:
    now = replace(NOTIFIED, valid_to=date(2025, 6, 30))
    announced = replace(NOTIFIED, measure_id="floor-1-from-2025-07-01", specific=Decimal(31), valid_from=JULY)
    assert words([now, announced], [replace(announced, measure_id="floor-1")], JULY) == [
        f"{NAMED} has ended on 2025-06-30, its last day.",
        f"{NAMED} was called floor-1-from-2025-07-01.",
    ]


def test_a_successor_on_the_same_goods_and_countries_is_one_measure_that_changed() -> None:
    new = replace(NOTIFIED, measure_id="tariff-7", specific=Decimal(31))
    changes = schedule_diff([NOTIFIED], [new])
    assert [(one.kind, one.field, one.measure_id, one.previous_id) for one in changes] == [
        ("renamed", "measure_id", "tariff-7", "floor-1"),
        ("rate", "specific", "tariff-7", "floor-1"),
    ]
    other = replace(new, origins=["RU"])
    assert {one.kind for one in schedule_diff([NOTIFIED], [other])} == {"added", "ended"}


def test_a_change_is_felt_on_no_day_before_the_schedule_holds() -> None:
    dearer = replace(NOTIFIED, specific=Decimal(31))
    assert [one.effective_on for one in schedule_diff([NOTIFIED], [dearer], JULY)] == [JULY]
    later = replace(dearer, valid_from=date(2025, 9, 1))
    assert {one.effective_on for one in schedule_diff([NOTIFIED], [later], JULY)} == {date(2025, 9, 1)}


def test_a_new_last_day_is_felt_from_the_day_after_the_earlier_of_the_two() -> None:
    until, sooner = (replace(NOTIFIED, valid_to=day) for day in (date(2025, 12, 31), date(2025, 9, 30)))
    felt = [one.effective_on for old, new in ((NOTIFIED, until), (until, sooner), (sooner, until))
            for one in schedule_diff([old], [new], JULY)]  # fmt: skip
    assert felt == [date(2026, 1, 1), date(2025, 10, 1), date(2025, 10, 1)]


def test_what_is_added_is_told_as_new_and_what_ends_as_old() -> None:
    (added,), (ended,) = schedule_diff([], [NOTIFIED]), schedule_diff([NOTIFIED], [])
    told = "notified 27.04 USD/kg to the floor of 110 USD/kg, from 2025-01-01 on"
    assert (added.old, added.new) == (None, told)
    assert (ended.old, ended.new) == (told, None)


drawn = st.lists(
    st.builds(
        replace,
        st.just(NOTIFIED),
        measure_id=st.sampled_from("abcd"),
        origins=st.sampled_from([["CN"], ["RU"], ["CN", "RU"]]),
        specific=st.sampled_from([Decimal(1), Decimal(2)]),
        valid_from=st.sampled_from([FIRST, JULY]),
    ),
    max_size=4,
    unique_by=lambda one: one.measure_id,
)


@given(drawn, drawn, st.randoms())
def test_every_measure_that_differs_is_told_whatever_the_order(
    old: list[Measure], new: list[Measure], rng: Any
) -> None:
    changes = schedule_diff(old, new)
    assert (changes == ()) == (set(old) == set(new))
    told = {one.measure_id for one in changes} | {one.previous_id for one in changes}
    assert {one.measure_id for one in set(old) ^ set(new)} <= told
    for listed in (old, new):
        rng.shuffle(listed)
    assert schedule_diff(old, new) == changes
