"""Days covered, overlapping and between, against calendars written out day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from footwall.rulebook.dates import Span, check_succession, uncovered
from footwall.rulebook.draft import Placed
from footwall.rulebook.records import Header, OriginGroup

START, DAYS = date(2024, 1, 1), 30
HEADER = Header(
    name="z",
    version="1",
    status="example",
    notice="n",
    currency="USD",
    valid_from=START,
    valid_to=START + timedelta(days=DAYS - 1),
    legal_basis="l",
    source="s",
)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(st.integers(0, DAYS - 1))
    last = draw(st.one_of(st.none(), st.integers(first, DAYS - 1)))
    return Span(START + timedelta(days=first), None if last is None else START + timedelta(days=last))


def calendar(span: Span) -> set[date]:
    """Each day of a span, within a horizon a little beyond all closed ones."""
    days = (START + timedelta(days=number) for number in range(DAYS + 5))
    return {day for day in days if span.first <= day and (span.last is None or day <= span.last)}


@given(span=spans(), others=st.lists(spans(), max_size=5))
def test_the_first_uncovered_day_is_the_first_that_a_calendar_shows(span: Span, others: list[Span]) -> None:
    left = calendar(span).difference(*map(calendar, others))
    assert uncovered(span, others) == (min(left) if left else None)


@given(one=spans(), other=spans())
def test_spans_overlap_exactly_when_they_share_a_day(one: Span, other: Span) -> None:
    assert one.overlaps(other) == other.overlaps(one) == bool(calendar(one) & calendar(other))


@given(chosen=st.lists(spans(), min_size=1, max_size=5))
def test_succession_is_clean_exactly_when_each_day_between_has_one_rule(chosen: list[Span]) -> None:
    rules = [
        Placed(
            ("origin_group", position),
            OriginGroup(group="g", origins=("CN",), valid_from=span.first, valid_to=span.last, source="s"),
        )
        for position, span in enumerate(chosen)
    ]
    faults = list(check_succession(rules, HEADER, lambda rule: (rule.group,), "the group"))
    last = START + timedelta(days=DAYS - 1)
    ruled = [{day for day in calendar(span) if day <= last} for span in chosen]
    counts = {day: sum(day in days for days in ruled) for day in set().union(*ruled)}
    first, end = min(counts), max(counts)
    between = [first + timedelta(days=number) for number in range((end - first).days + 1)]
    assert ({fault.code for fault in faults} >= {"rules_overlap"}) == any(count > 1 for count in counts.values())
    assert ({fault.code for fault in faults} >= {"rules_gap"}) == any(day not in counts for day in between)
