"""What is recorded comes back as it was, digit by digit."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.desk.events import (
    KINDS,
    Event,
    FloorsReviewed,
    LaddersChecked,
    PriceSet,
    ReferencePricesSet,
    SchedulePublished,
    TariffsAdjusted,
    TariffSet,
    entry_of,
    event_of,
    json_of,
    restored,
)
from footwall.desk.governance import (
    ComplaintAnswered,
    ComplaintFiled,
    ConflictDeclared,
    ConflictEnded,
    JudgementMade,
    PersonEnrolled,
    PersonLeft,
    PricesSigned,
)
from footwall.errors import JournalError
from footwall.floors import Floor, Ladder, Level, Rung
from footwall.journal import Entry, JsonValue, NewEntry, canonical_text
from footwall.quantity import Unknown
from footwall.tariffs import Band, Measure, Slice, Tariff, TariffReason

DAY = date(2024, 1, 31)
texts = st.text(max_size=6)
days = st.dates()
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4) | st.sampled_from(
    [Decimal("1E+3"), Decimal("1E-9"), Decimal("0.000"), Decimal("-0.10"), Decimal("123456789012345678.90")]
)
numbers = st.integers(1, 9)
names = st.lists(texts, max_size=2).map(tuple)
values = decimals | st.builds(Unknown, texts)
levels = st.builds(
    Level, texts, values, st.none() | values, values, st.sampled_from([None, "floor", "parity", "reference"])
)
rungs = st.builds(Rung, texts, texts, values, values, values, values, values, st.booleans(), values)
tariffs = st.builds(
    Tariff,
    form=texts,
    importers=st.lists(texts, max_size=2).map(tuple),
    group=texts,
    method=st.just("notified"),
    rate=decimals,
    changed_on=days,
    pending=st.none() | decimals,
    pending_from=st.none() | days,
    needed=values,
    floor=decimals,
    parity=values,
    ordinary=values,
    frozen=st.booleans(),
    exporter_share=values,
    tolerated_shortfall=values,
    reason=st.sampled_from(get_args(TariffReason)),
    history=st.lists(st.tuples(days, decimals, decimals), max_size=2).map(tuple),
)
measures = st.builds(
    Measure,
    measure_id=texts,
    role=st.just("floor"),
    method=st.just("graduated"),
    importers=st.just(("US",)),
    origins=st.just(("CN", "KP")),
    valid_from=days,
    valid_to=st.none() | days,
    currency=st.just("USD"),
    floor=st.none() | decimals,
    bands=st.lists(st.builds(Band, decimals, decimals), max_size=2).map(tuple),
    slices=st.none() | st.lists(st.builds(Slice, decimals, decimals), max_size=2).map(tuple),
    counts=st.none() | st.just(()) | st.just(("ordinary",)),
    per_kg=st.sampled_from([1, 1000]),
)
floors = st.builds(
    Floor,
    form=texts,
    reviewed_on=days,
    price=values,
    ceiling=values,
    cost_build=values,
    trailing_mean=values,
    unstepped=values,
    previous=st.none() | decimals,
    basis=st.just("none"),
    mode=st.just("external"),
    sunset=st.none() | days,
    rulebook=texts,
)
prices = st.builds(
    PriceSet,
    texts,
    values,
    st.just("observed"),
    st.none() | texts,
    st.none() | days,
    st.booleans(),
    values,
    st.booleans(),
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(ReferencePricesSet, days, texts, st.lists(prices, max_size=2).map(tuple), st.just({"certificates": "0"})),
    st.builds(FloorsReviewed, days, st.lists(floors, max_size=2).map(tuple)),
    st.builds(
        LaddersChecked,
        days,
        st.builds(
            Ladder, texts, days, st.lists(levels, max_size=2).map(tuple), st.lists(rungs, max_size=2).map(tuple)
        ).map(lambda x: (x,)),
    ),
    st.builds(
        TariffsAdjusted,
        on=days,
        parities=st.just(()),
        tariffs=st.lists(st.builds(TariffSet, texts, tariffs), max_size=2).map(tuple),
        missing=st.just(()),
        evidence=st.just({"parities": "0"}),
    ),
    st.builds(
        SchedulePublished, days, st.lists(measures, max_size=2).map(tuple), st.lists(texts, max_size=2).map(tuple)
    ),
    st.builds(
        PersonEnrolled, texts, texts, texts, st.sampled_from([(), ("assessor",), ("assessor", "reviewer")]), days
    ),
    st.builds(PersonLeft, texts, days),
    st.builds(ConflictDeclared, numbers, texts, st.just("all") | names, texts, days, valid_to=st.none() | days),
    st.builds(ConflictEnded, numbers, days),
    st.builds(PricesSigned, days, texts, st.just("reviewer"), texts, names, texts, days, texts),
    st.builds(
        JudgementMade,
        judgement=numbers,
        form=texts,
        on=days,
        action=st.sampled_from(["exclude", "price"]),
        reason=texts,
        basis=texts,
        author=texts,
        approver=texts,
        made_on=days,
        observations=names,
        price=st.none() | decimals,
    ),
    st.builds(ComplaintFiled, numbers, texts, days, texts, texts, days),
    st.builds(ComplaintAnswered, numbers, st.just("upheld"), texts, texts, days, correction=st.none() | numbers),
)


def recorded(entry: NewEntry) -> Entry:
    now = datetime(2024, 1, 31, tzinfo=UTC)
    return Entry(7, entry.kind, entry.effective_on, now, entry.idempotency_key, entry.payload, "0" * 64, "1" * 64)


@given(events)
def test_an_event_comes_back_from_the_journal_as_it_went_in(event: Event) -> None:
    entry = entry_of(event, DAY, "key")
    again = event_of(recorded(entry))
    assert again == event
    assert canonical_text(json_of(again)) == canonical_text(entry.payload)


@given(decimals)
def test_a_figure_keeps_its_value_and_its_scale_as_text(number: Decimal) -> None:
    told = json_of(Band(number, number))
    assert told["at_least"] == f"{number:f}"
    assert restored(Band, told, "here") == Band(number, number)


def test_what_stands_at_its_default_is_left_out() -> None:
    measure = Measure(
        measure_id="m",
        role="floor",
        method="top_up",
        importers=("US",),
        origins=("CN",),
        valid_from=DAY,
        currency="USD",
        form="ndpr-oxide",
    )
    assert json_of(measure).keys() == {
        "measure_id",
        "role",
        "method",
        "importers",
        "origins",
        "valid_from",
        "currency",
        "form",
    }


def test_every_kind_has_a_key_of_its_kind_and_day() -> None:
    entry = entry_of(FloorsReviewed(DAY, ()), DAY, DAY.isoformat())
    assert (entry.kind, entry.idempotency_key) == ("floors_reviewed", "floors_reviewed/2024-01-31")
    assert len(KINDS) == len(set(KINDS.values())) == 36


def test_a_kind_from_a_later_version_is_refused() -> None:
    with pytest.raises(
        JournalError, match="entry 7 is of the kind 'vault_opened', which this version of Footwall does not know"
    ):
        event_of(recorded(NewEntry("vault_opened", DAY, "key", {})))


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({}, "on: Field required"),
        ({"on": "2024-01-31", "floors": [{"form": "x"}]}, r"floors\.0\.reviewed_on: Field required"),
        ({"on": "yesterday", "floors": []}, "on: Input should be a valid date"),
    ],
)
def test_a_payload_that_tells_no_event_is_refused_with_its_place(payload: dict[str, JsonValue], told: str) -> None:
    with pytest.raises(JournalError, match=rf"entry 7 \(floors_reviewed\): {told}"):
        event_of(recorded(NewEntry("floors_reviewed", DAY, "key", payload)))


def test_a_record_with_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="float has no form in JSON"):
        json_of(Band(1.5, Decimal(1)))  # type: ignore[arg-type]
