"""The timeline of schedules says of each day what the schedule published for that day said."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from footwall.desk import State
from footwall.desk.timeline import timeline
from footwall.tariffs import Measure

START = date(2024, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def measure(name: str, rate: int, first: int, last: int | None) -> Measure:
    return Measure(
        measure_id=name,
        role="floor",
        method="notified",
        form="ndpr-oxide",
        importers=("US",),
        origins=("CN",),
        valid_from=day(first),
        valid_to=None if last is None else day(last),
        currency="USD",
        specific=Decimal(rate),
    )


measures = st.builds(
    measure, st.sampled_from("ab"), st.integers(0, 2), st.integers(-5, 25), st.none() | st.integers(0, 25)
)
publications = st.dictionaries(
    st.integers(0, 20), st.lists(measures, max_size=3, unique_by=lambda m: m.measure_id), max_size=5
)


def states(published: dict[int, list[Measure]]) -> list[State]:
    return [
        State(measures={m.measure_id: m for m in listed}, published_on=day(number), last_day=day(number))
        for number, listed in sorted(published.items())
    ]


def in_force(listed: Iterable[Measure], on: date) -> list[tuple[str, Decimal | None]]:
    held = (m for m in listed if m.valid_from <= on and (m.valid_to is None or on <= m.valid_to))
    return sorted((m.measure_id.partition("@")[0], m.specific) for m in held)


@given(publications, st.integers(-3, 40))
def test_each_day_has_what_its_last_publication_has_in_force(published: dict[int, list[Measure]], number: int) -> None:
    before = [made for made in published if made <= number]
    expected = in_force(published[max(before)], day(number)) if before else []
    assert in_force(timeline(states(published)), day(number)) == expected


@given(publications)
def test_every_span_has_a_name_of_its_own_and_no_two_neighbours_say_the_same(
    published: dict[int, list[Measure]],
) -> None:
    spans = timeline(states(published))
    assert len({span.measure_id for span in spans}) == len(spans)
    for first, second in itertools.pairwise(spans):
        same_line = first.measure_id.partition("@")[0] == second.measure_id.partition("@")[0]
        if same_line and first.valid_to is not None and first.valid_to + timedelta(days=1) == second.valid_from:
            assert replace(first, measure_id="", valid_from=START, valid_to=None) != replace(
                second, measure_id="", valid_from=START, valid_to=None
            )


def test_what_says_the_same_in_many_schedules_is_one_measure_under_its_own_name() -> None:
    same = measure("a", 1, -5, None)
    (span,) = timeline(states({0: [same], 5: [same], 9: [same]}))
    assert (span.measure_id, span.valid_from, span.valid_to) == ("a", START, None)


def test_a_raise_under_notice_takes_over_on_its_own_day() -> None:
    announced = [measure("a", 1, 0, 14), measure("a-from-15", 2, 15, None)]
    arrived = [measure("a", 2, 15, None)]
    spans = [
        (s.measure_id, s.specific, s.valid_from, s.valid_to) for s in timeline(states({0: announced, 20: arrived}))
    ]
    assert spans == [
        ("a@2024-01-01", Decimal(1), day(0), day(14)),
        ("a@2024-01-21", Decimal(2), day(20), None),
        ("a-from-15", Decimal(2), day(15), day(19)),
    ]


def test_nothing_published_is_no_measure() -> None:
    assert timeline([State()]) == ()
