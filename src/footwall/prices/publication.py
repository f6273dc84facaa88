"""Which prices stand between their publications, and whether each scheduled one was published: on time, late, or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from footwall.prices.calendar import counts_first_on, publication_days, published_instant, told_instant
from footwall.prices.records import ReferencePrices
from footwall.prices.rules import FormRules
from footwall.rulebook import CadenceRule

_ONE_DAY: Final = timedelta(days=1)

PublicationStatus = Literal["on_time", "late", "missed"]


@dataclass(frozen=True, slots=True)
class Publication:
    """The publication of the price of `form` for the day `on`: due from the instant at which it may be told.

    `recorded_at` is when a price for that day was recorded; None where none was. Instants are UTC.
    """

    form: str
    on: date
    due_at: datetime
    recorded_at: datetime | None
    status: PublicationStatus


def standing(on: date, rules: Mapping[str, FormRules], latest: ReferencePrices) -> ReferencePrices:
    """The prices that stand on a day as they were last published: by their rules no publication has been due since.

    `latest` are the last prices of the forms before the day. A form that has none yet stands on nothing, nor does one whose
    last publication was missed; one that no rule has published on days of its own is priced on each day. Raises UsageError
    for a day that a calendar does not reach.
    """
    return {
        form: latest[form]
        for form, rule in rules.items()
        if form in latest
        and rule.cadence is not None
        and not publication_days(rule.cadence, latest[form].on + _ONE_DAY, on)
    }


def publications(
    cadences: Mapping[str, CadenceRule],
    recorded: Mapping[str, Mapping[date, datetime]],
    first: date,
    last: date,
) -> tuple[Publication, ...]:
    """Each publication that is scheduled from `first` to `last`, in the order in which they are due, and what became of it.

    `cadences` gives the rule of each form that is published, `recorded` the days of each form for which a price was recorded
    and the first instant at which one was; days that are no publication days are not looked at. A publication is on time
    within its rule's `late_minutes` of being due, else late until the next one of its form is due, else missed: so judge no
    day before the next one is due. Raises UsageError for days that a calendar does not reach: the caller's fault.
    """
    found = [
        publication
        for form, rule in cadences.items()
        for publication in _of_form(form, rule, recorded.get(form, {}), publication_days(rule, first, last))
    ]
    return tuple(sorted(found, key=lambda one: (one.due_at, one.form)))


def _of_form(
    form: str, rule: CadenceRule, recorded: Mapping[date, datetime], days: tuple[date, ...]
) -> Iterator[Publication]:
    if not days:
        return
    after_the_last = counts_first_on(rule, published_instant(rule, days[-1]) + timedelta.resolution)
    for day, following in pairwise((*days, after_the_last)):
        due_at, recorded_at = told_instant(rule, day), recorded.get(day)
        late_from = due_at + timedelta(minutes=rule.late_minutes)
        yield Publication(
            form, day, due_at, recorded_at, _status(recorded_at, late_from, told_instant(rule, following))
        )


def _status(recorded_at: datetime | None, late_from: datetime, next_due_at: datetime) -> PublicationStatus:
    if recorded_at is None:
        return "missed"
    if recorded_at <= late_from:
        return "on_time"
    return "late" if recorded_at < next_due_at else "missed"
