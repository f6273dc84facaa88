"""A zone answers from its record, by day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from footwall.desk import Zone, open_zone
from footwall.errors import JournalError, UsageError
from footwall.journal import Document
from footwall.prices import canonical, replay
from footwall.quantity import Unknown

LAST = date(2026, 5, 31)
PUBLISHED = date(2026, 5, 29)
"""The last working day of the last month: no price is published on a Sunday."""


def test_every_price_of_the_example_comes_with_a_certificate_that_replays(example: Zone) -> None:
    for form in example.state.references:
        reference = example.reference(form)
        assert reference.price == example.price(form) == reference.certificate.result or isinstance(
            reference.price, Unknown
        )
        assert replay(canonical(reference.certificate)) == replay(reference.certificate) == ()
        assert (reference.form, reference.on) == (form, PUBLISHED)


def test_certificates_of_past_days_are_on_file(example: Zone) -> None:
    for day, published in (
        (date(2021, 1, 31), date(2021, 1, 31)),
        (date(2023, 7, 31), date(2023, 7, 31)),
        (date(2025, 8, 31), date(2025, 8, 29)),
    ):
        reference = example.reference("ndpr-oxide", day)
        assert reference.on == reference.certificate.on == published
        assert all(datum.published_at <= published for datum in reference.certificate.used)


def test_the_filed_certificates_are_canonical_json(example: Zone) -> None:
    for digest in list(example.state.certificates.values())[::9]:
        assert Document.of(example.evidence.get_json(digest)) == Document(digest, example.evidence.get(digest))


def test_a_day_between_walks_has_what_the_last_walk_set(example: Zone) -> None:
    assert example.price("ndpr-oxide", date(2026, 2, 15)) == example.price("ndpr-oxide", date(2026, 1, 31))
    assert example.reference("ndpr-oxide", date(2026, 2, 15)).on == date(2026, 1, 30)
    assert example.reference("ndpr-oxide", date(2026, 2, 26)).on == date(2026, 1, 30)
    assert example.reference("ndpr-oxide", date(2026, 2, 28)).on == date(2026, 2, 27)


def test_without_a_day_it_is_the_last_walked_one(example: Zone) -> None:
    assert example.last_day == LAST
    assert example.price("ndpr-oxide") == example.price("ndpr-oxide", LAST)
    assert example.tariffs() == example.tariffs(LAST)


@pytest.mark.parametrize("day", [date(2021, 1, 30), date(2026, 6, 1)])
def test_days_that_were_not_walked_are_told(example: Zone, day: date) -> None:
    with pytest.raises(UsageError, match="the zone was walked from 2021-01-31 to 2026-05-31"):
        example.price("ndpr-oxide", day)


@pytest.mark.parametrize("day", ["2025-03-31", "", "x", 20250331, datetime(2025, 3, 31, tzinfo=UTC)])
def test_what_is_no_date_is_refused_as_a_day(example: Zone, day: Any) -> None:
    asked = (example.price, example.reference, example.floor, example.parities)
    for ask in (*(partial(one, "ndpr-oxide") for one in asked), example.schedule, example.tariffs, example.floors):
        with pytest.raises(UsageError, match=r"a day must be a datetime\.date, such as"):
            ask(on=day)


def test_a_zone_that_was_not_walked_says_so(folder: Path) -> None:
    zone = open_zone(folder)
    for ask in (lambda: zone.price("ndpr-oxide"), zone.schedule, lambda: zone.ladder("cobalt"), zone.tariffs):
        with pytest.raises(UsageError, match="has not been walked yet: footwall run"):
            ask()


def test_names_that_mean_nothing_are_told_with_what_is_near(example: Zone) -> None:
    with pytest.raises(UsageError, match=r"'ndpr-oxid' is not a form\. Did you mean ndpr-oxide"):
        example.price("ndpr-oxid")
    with pytest.raises(UsageError, match=r"'cobolt' is not a mineral with a full chain\. Did you mean cobalt\?"):
        example.ladder("cobolt")
    for ask in (example.floor, example.history, example.parities, example.reference):
        with pytest.raises(UsageError, match=r"'qqq' is not a form\. The catalogue lists them"):
            ask("qqq")


def test_floors_hold_from_their_first_review_and_not_before(example: Zone) -> None:
    assert example.floor("ndpr-oxide", date(2023, 12, 31)) is None
    floor = example.floor("ndpr-oxide", date(2024, 1, 1))
    assert floor is not None
    assert floor.reviewed_on == date(2024, 1, 1)
    assert example.floors(date(2023, 12, 31)) == {}
    with pytest.raises(UsageError, match="no ladder of cobalt was checked up to 2023-12-31"):
        example.ladder("cobalt", date(2023, 12, 31))
    assert example.ladder("cobalt").on == LAST


def test_each_review_starts_from_the_floor_before_it(example: Zone) -> None:
    steps = 0
    for floors in example.state.floors.values():
        for before, later in pairwise(floors):
            if isinstance(before.price, Decimal):
                assert later.previous == before.price
                steps += 1
    assert steps > 30


def test_a_form_added_by_an_amendment_has_a_floor_from_then_on(example: Zone) -> None:
    assert example.floor("spodumene-sc6", date(2025, 6, 30)) is None
    assert example.floor("spodumene-sc6", date(2025, 7, 31)) is not None


def test_the_schedule_of_a_day_is_what_was_published_then(example: Zone) -> None:
    early = example.schedule(date(2023, 12, 31))
    assert {measure.role for measure in early.measures} == {"ordinary"}
    late = example.schedule(LAST)
    assert {measure.role for measure in late.measures} == {"ordinary", "floor"}
    assert late.currency == "USD"
    floors = {measure.form for measure in late.measures if measure.role == "floor"}
    assert floors == {tariff.form for tariff in example.tariffs() if tariff.form in example.floors()}


def test_the_whole_schedule_applies_to_each_day_what_was_published_for_it(example: Zone) -> None:
    whole = example.schedule()
    for day in (date(2023, 6, 1), date(2024, 1, 30), date(2024, 1, 31), date(2024, 8, 15), date(2025, 7, 1), LAST):
        published = example.schedule(day)
        for form in ("ndpr-oxide", "ndfeb-magnet", "lithium-carbonate"):
            for origin in ("CN", "BR", "JP"):
                then, now = (one.applicable("US", origin, None, form, day) for one in (published, whole))
                assert (then.floor is None) == (now.floor is None), (day, form, origin)
                if then.floor is not None and now.floor is not None:
                    assert then.floor.specific == now.floor.specific
                    assert then.floor.floor == now.floor.floor


def test_history_has_one_point_for_each_walked_day(example: Zone) -> None:
    points = example.history("ndpr-oxide")
    assert [point.on for point in points] == list(example.days)
    assert [point.floor is not None for point in points] == [day >= date(2024, 1, 1) for day in example.days]
    for point in points[-3:]:
        assert point.reference.price == example.price("ndpr-oxide", point.on)
        assert {tariff.group for tariff in point.tariffs} == {"dominant", "others"}
        assert {parity.group for parity in point.parities} == {"dominant", "others"}


def test_parities_come_with_the_data_they_rest_on(example: Zone) -> None:
    for parity in example.parities("ndpr-oxide"):
        assert parity.on == LAST
        assert parity.used
        assert all(datum.published_at <= LAST for datum in parity.used)
        assert max(datum.observed_to for datum in parity.used) == parity.rests_on
        recorded = example.state_on(LAST).parities[parity.form, parity.group]
        assert isinstance(parity.carriage, Decimal)
        assert (recorded.carriage, recorded.carriage_estimated) == (parity.carriage, parity.carriage_estimated)
    assert example.parities("ndpr-oxide", date(2023, 12, 31)) == ()


def test_each_day_has_the_mean_of_the_month_before_it_and_no_other(example: Zone) -> None:
    (rate,) = (
        rate.rate
        for rate in example.facts.exchange_rates
        if (rate.from_currency, rate.to_currency, rate.month) == ("EUR", "USD", date(2024, 2, 1))
    )
    for day in (date(2024, 3, 1), date(2024, 3, 31)):
        assert example.rates["EUR", "USD", day] == rate
    for day in (date(2024, 2, 29), date(2024, 4, 1)):
        assert example.rates["EUR", "USD", day] != rate
    months = {(day.year, day.month) for _, _, day in example.rates}
    assert months <= {(year, month) for year in range(2021, 2027) for month in range(1, 13)}
    assert len(example.rates) > 28 * len(months)
    assert all(isinstance(one, Decimal) for one in example.rates.values())


def test_the_example_stays_small(example: Zone) -> None:
    record = (example.folder / "journal.sqlite").stat().st_size
    evidence = sum(path.stat().st_size for path in (example.folder / "evidence").iterdir())
    assert record + evidence < 30_000_000


def test_reference_prices_can_be_asked_with_sql_alone(example: Zone) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(example.folder / "journal.sqlite")) as connection:
        query = "SELECT usd_per_kg, status FROM reference_price WHERE form = 'ndpr-oxide' AND day = '2026-05-29'"
        ((price, status),) = connection.execute(query).fetchall()
    assert (Decimal(price), status) == (example.price("ndpr-oxide"), example.reference("ndpr-oxide").status)


def test_evidence_that_tells_something_else_is_refused(walked: Path) -> None:
    zone = open_zone(walked)
    day = date(2024, 4, 30)
    for content, told in (({}, "cannot be read"), ({"certificates": {"ndpr-oxide": {"form": 7}}}, "cannot be read")):
        other = zone.evidence.keep(Document.of(content))  # type: ignore[arg-type]
        zone.state.certificates[day] = other  # type: ignore[index]
        with pytest.raises(JournalError, match=told):
            zone.reference("ndpr-oxide", day)
    zone.state.parity_evidence[day] = zone.evidence.keep(Document.of({"parities": []}))  # type: ignore[index]
    with pytest.raises(JournalError, match="does not hold the parity of ndpr-oxide"):
        zone.parities("ndpr-oxide")


def test_as_known_before_anything_was_recorded_there_is_no_zone_to_ask(walked: Path) -> None:
    from footwall.errors import ZoneError

    with pytest.raises(ZoneError, match="adopted no facts"):
        open_zone(walked, as_known_at=datetime(2000, 1, 1, tzinfo=UTC))


def test_a_day_before_any_publication_has_no_schedule_even_after_all_were_asked_for(example_folder: Path) -> None:
    zone = open_zone(example_folder)
    zone._states[0] = replace(zone._states[0], published_on=None, measures={})
    assert zone.schedule().measures
    with pytest.raises(UsageError, match="no measure stands"):
        zone.schedule(zone.days[0])
