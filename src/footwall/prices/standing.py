"""From which day to which an observation stands: known, its period over, fit to be heard, not too old, not replaced.

All of this depends on the observation, the rules and the other words of its series, and not on the day that is priced: so
it is worked out once for each form and stretch of rules, and a day only asks who stands on it.

A series is what one submitter says in one market, of one kind, grade and term of delivery (and of one other form, where it
is a share), inside or outside the floor; its newest word counts: of two whose days end together that of the shorter period,
for a year's mean does not replace that of its last month. Each transaction stands for itself; one that both its
sides report under one name stands once, as it was known first, and not at all from the day on which they contradict each
other. A newer word that cannot be normalised replaces nothing: the last that can be told still stands.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import itemgetter
from typing import Final

from footwall.facts import Form, Observation
from footwall.memory import maker
from footwall.months import month_end
from footwall.prices.calendar import closed_on
from footwall.prices.eligible import unfit
from footwall.prices.evidence import Evidence
from footwall.prices.normalise import rate_of_its_day, set_aside
from footwall.prices.records import Datum, LeftBehind
from footwall.prices.rules import FormRules
from footwall.prices.tiers import Earlier
from footwall.prices.ways import Ways
from footwall.quantity import EXACT, kilograms_per

IMPLIED: Final = frozenset({"payable", "conversion_charge"})
"""Kinds of observation that become prices only with the day's prices of other forms (`implied`)."""

_OF_THE_DEAL: Final = frozenset({"related_parties", "origin_excluded"})
"""Exclusions that hold of a deal whichever of its sides has declared what they rest on."""
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """One observation, its datum, and its days: told of from `told` to `last`, heard from `first` on; then it is `gone`.

    An excluded datum is told and never heard.
    """

    seen: Observation
    datum: Datum
    told: date
    first: date
    last: date
    gone: str = "too_old"


_standing: Final = maker(Standing)


class Present:
    """Who may be heard on a day: found from those of the day asked for last, where that was no later."""

    def __init__(self, every: Iterable[Standing]) -> None:
        """Of `every` standing, those that are ever heard."""
        ever = [(max(one.first, one.told), one) for one in every if one.datum.exclusion is None]
        ever = sorted((pair for pair in ever if pair[0] <= pair[1].last), key=itemgetter(0))
        self._come, self._days = [one for _, one in ever], [day for day, _ in ever]
        self._asked, self._passed = date.min, 0
        self._here: list[Standing] = []

    def on(self, day: date) -> list[Standing]:
        """Who is here on `day`, those who came first before the others."""
        if day < self._asked:
            self._here, self._passed = [], 0
        reached = bisect_right(self._days, day, self._passed)
        come = self._come[self._passed : reached]
        self._here = [one for one in (*self._here, *come) if one.last >= day]
        self._asked, self._passed = day, reached
        return self._here


class Book:
    """The observations of one form under one stretch of rules, ready to be asked by day."""

    def __init__(
        self,
        form: Form,
        observations: Iterable[Observation],
        rules: FormRules,
        evidence: Evidence,
        silenced: AbstractSet[str] = frozenset(),
    ) -> None:
        """Work out what each observation says, and on which days it stands. `implied`: some are shares or charges.

        `silenced` are observations that an expert judgement leaves out: what they replaced may be heard again.
        """
        observations = tuple(observations)
        self.silenced = silenced
        self.form, self.rules, self.evidence = form, rules, evidence
        self._ways = Ways(form, rules, evidence)
        self._ages = {tier.tier: tier.age_days_max for tier in rules.reference.tiers}
        self._oldest = max(self._ages.values(), default=0)
        found = [self._standing(seen) for seen in sorted(observations, key=lambda seen: seen.observation)]
        self._tiers: dict[str, list[Standing]] = defaultdict(list)
        for one in _succeeded(_once_each(found, rules)):
            self._tiers[one.seen.tier].append(one)
        self._told: dict[str, list[date]] = {}
        self._longest: dict[str, timedelta] = {}
        for tier, standing in self._tiers.items():
            standing.sort(key=lambda one: one.told)
            self._told[tier] = [one.told for one in standing]
            self._longest[tier] = max(one.last - one.told for one in standing)
        self.implied = any(seen.kind in IMPLIED for seen in observations)
        every = [one for standing in self._tiers.values() for one in standing]
        self._present = Present(every)
        self.earlier: Mapping[str, Earlier] = {tier: Earlier() for tier in self._ages}
        changes = {day for one in every for day in (one.told, one.first, one.seen.observed_to)}
        self._changes = sorted(changes | {_days_after(one.last, 1) for one in every})

    def stretch(self, day: date) -> int:
        """The same number for days between which nothing changes in what is heard, apart or why."""
        return bisect_right(self._changes, day)

    def heard(self, day: date) -> list[Standing]:
        """Who may be heard on `day`."""
        return self._present.on(day)

    def apart(self, day: date) -> list[Datum]:
        """Data that are told on `day` and not heard, each with its reason (see `left_behind` for the rest)."""
        return [
            one.datum if one.datum.exclusion is not None else set_aside(one.seen, *_early(one.seen, day, self.rules))
            for one in self._near(day)
            if one.datum.exclusion is not None or one.first > day
        ]

    def left_behind(self, day: date) -> tuple[LeftBehind, ...]:
        """What was told before `day` and stands no more, counted by series and reason."""
        groups: dict[tuple[str, str, str, str, str], list[Observation]] = defaultdict(list)
        for standing in self._tiers.values():
            for one in standing:
                if one.told <= day and one.last < day:
                    seen = one.seen
                    groups[one.gone, seen.tier, seen.market, seen.submitter, seen.kind].append(seen)
        return tuple(
            LeftBehind(
                *key,
                count=sum(seen.count for seen in group),
                first=min(seen.observed_to for seen in group),
                last=max(seen.observed_to for seen in group),
            )
            for key, group in sorted(groups.items())
        )

    def _near(self, day: date) -> Iterator[Standing]:
        """What is told of on `day`."""
        for tier, standing in self._tiers.items():
            told = self._told[tier]
            low, high = bisect_left(told, day - self._longest[tier]), bisect_right(told, day)
            yield from (one for one in standing[low:high] if one.last >= day)

    def _standing(self, seen: Observation) -> Standing:
        age_days_max = self._ages.get(seen.tier, self._oldest)
        reason = unfit(seen, self.form, self.rules, self._ages.keys())
        if reason is not None:
            datum = set_aside(seen, *reason)
        elif seen.kind in IMPLIED:
            datum = replace(set_aside(seen, "", "not told yet"), exclusion=None)
        else:
            datum = self._ways.datum(seen)
        if datum.exclusion is None and seen.observation in self.silenced:
            datum = replace(datum, exclusion="judgement")
        last = _days_after(seen.observed_to, age_days_max)
        first = max(
            seen.published_at,
            seen.observed_to,
            _rate_known(seen, self.rules, self.evidence),
            _heard_from(seen, self.rules),
        )
        return _standing(seen, datum, seen.published_at, first, max(last, seen.published_at - _ONE_DAY))


def _days_after(day: date, days: int) -> date:
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max


def _rate_known(seen: Observation, rules: FormRules, evidence: Evidence) -> date:
    """The mean rate of a month is not known before that month is over; that of a day is known on it."""
    if seen.kind == "payable" or seen.currency == rules.currency or rate_of_its_day(seen, rules, evidence) is not None:
        return date.min
    return month_end(seen.observed_to)


def _heard_from(seen: Observation, rules: FormRules) -> date:
    """What is seen after a day's price is published counts for the next day."""
    if seen.seen_at is None or rules.cadence is None:
        return date.min
    return closed_on(rules.cadence, seen.seen_at)


def _early(seen: Observation, day: date, rules: FormRules) -> tuple[str, str]:
    """Why an observation that is known on `day` is not heard yet."""
    if day < seen.observed_to:
        return "period_not_over", f"describes days up to {seen.observed_to}"
    if day < _heard_from(seen, rules):
        return "after_the_close", f"seen on {seen.seen_at:%Y-%m-%d at %H:%M} UTC, after that day's price was published"
    return "rate_not_yet_known", f"the mean rate of {seen.observed_to:%Y-%m} is not known before that month is over"


def _series(seen: Observation) -> tuple[str, ...]:
    inside = "inside" if seen.under_floor else "outside"
    return seen.tier, seen.submitter, seen.market, seen.kind, seen.grade, seen.incoterm, seen.of_form, inside


def known_from(seen: Observation, rules: FormRules) -> date:
    """The first day on which an observation is known: published, and seen before that day's price was."""
    return max(seen.published_at, _heard_from(seen, rules))


def deal_of(seen: Observation) -> tuple[str, frozenset[str]] | None:
    """The deal that an observation reports, by its lot and its two sides; None where it names none.

    Nobody can push a deal of others aside by using its name.
    """
    if not seen.lot or seen.kind != "transaction":
        return None
    return seen.lot, frozenset((seen.submitter, seen.counterparty))


def _once_each(found: Iterable[Standing], rules: FormRules) -> Iterator[Standing]:
    """Each as it is; of a deal that is reported more than once, what counts of its reports."""
    deals: dict[tuple[str, frozenset[str]], list[tuple[date, Standing]]] = defaultdict(list)
    for one in found:
        deal = deal_of(one.seen)
        if deal is None:
            yield one
        else:
            deals[deal].append((known_from(one.seen, rules), one))
    for reports in deals.values():
        yield from _one_deal(sorted(reports, key=lambda report: (report[0], report[1].seen.observation)))


def _one_deal(reports: Sequence[tuple[date, Standing]]) -> Iterator[Standing]:
    """The report that was known first counts, until another one says what keeps the deal from counting, or contradicts it.

    Each report comes with the first day on which it is known, the first of them first.
    """
    fit = [(known, one) for known, one in reports if one.datum.exclusion is None]
    yield from (one for _, one in reports if one.datum.exclusion is not None)
    if not fit:
        return
    (_, first), *again = fit
    doubts = [(known, one.datum.exclusion, one) for known, one in reports if one.datum.exclusion in _OF_THE_DEAL]
    doubts += [(known, "sides_differ", one) for known, one in again if _contradict(first.seen, one.seen)]
    yield _until(first, *min(doubts, key=itemgetter(0))) if doubts else first
    for _, one in again:
        code = "sides_differ" if _contradict(first.seen, one.seen) else "same_deal"
        yield replace(one, datum=set_aside(one.seen, code, f"the deal that {first.seen.observation} reports"))


def _until(first: Standing, since: date, code: str | None, other: Standing) -> Standing:
    """`first`, which counts no more since `other` was known, and why; one that was too old by then stays too old."""
    if since <= first.told:
        words = f"{other.seen.observation} reports the deal otherwise"
        return replace(first, datum=set_aside(first.seen, str(code), words))
    last = since - _ONE_DAY
    return replace(first, last=last, gone=str(code)) if last < first.last else first


def _contradict(one: Observation, other: Observation) -> bool:
    """Whether two reports of a deal cannot both be true: on the same terms another price, or made under a floor or not."""
    if one.under_floor != other.under_floor:
        return True
    return _terms(one) == _terms(other) and any(
        EXACT.multiply(mine, kilograms_per(other.unit)) != EXACT.multiply(theirs, kilograms_per(one.unit))
        for mine, theirs in ((one.low, other.low), (one.high, other.high))
    )


def _terms(seen: Observation) -> tuple[object, ...]:
    """What must be alike for two figures to speak of one price; a place that is not named is the main port of its country."""
    taxed_in = seen.country if seen.vat_included else None
    return seen.currency, seen.per, seen.incoterm, seen.place or seen.country, taxed_in, seen.payment_days


def _succeeded(found: Iterable[Standing]) -> Iterator[Standing]:
    """Each as it is, but heard no more from the day on which a newer word of its series is."""
    series: Mapping[tuple[str, ...], list[Standing]] = defaultdict(list)
    for one in found:
        seen = one.seen
        if seen.kind == "transaction" or one.datum.exclusion is not None:
            yield one
        else:
            series[_series(seen)].append(one)
    for words in series.values():
        yield from _in_turn(sorted(words, key=_said, reverse=True))


def _in_turn(words: list[Standing]) -> Iterator[Standing]:
    """The words of a series, newest first. Those said at the same time stand together."""
    replaced_on: date | None = None
    since: date | None = None
    said: tuple[date, date, date] | None = None
    for one in words:
        if _said(one) != said:
            said = _said(one)
            if since is not None:
                replaced_on = since if replaced_on is None else min(replaced_on, since)
            since = one.first
        since = one.first if since is None else min(since, one.first)
        if replaced_on is not None and replaced_on <= one.last:
            yield Standing(one.seen, one.datum, one.told, one.first, replaced_on - _ONE_DAY, "superseded")
        else:
            yield one


def _said(one: Standing) -> tuple[date, date, date]:
    """How new a word is: by the days that it describes, and then by the day on which it was published."""
    return one.seen.observed_to, one.seen.observed_from, one.seen.published_at
