"""What of the observations each day may look at: those of the facts, and those received before it was walked.

A submission counts for days that are walked after it has come. What was decided before stays as it was decided, even where
an observation was published in time and only came late: `ObservationsReceived.late` says of how many that is so. What a
correction has withdrawn is left out for every day; what it has put in its place counts for every day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from footwall.desk.events import ObservationsReceived
from footwall.desk.grounds import Grounds
from footwall.desk.state import State
from footwall.facts import Observation
from footwall.journal import Evidence
from footwall.prices import published_instant
from footwall.rulebook import CadenceRule, Rulebook

if TYPE_CHECKING:
    from footwall.intake import Steps

_ONE_DAY = timedelta(days=1)


def counted_for(day: date | None, state: State) -> tuple[ObservationsReceived, ...]:
    """The submissions that a day may look at; None is the day after all that were walked."""
    return tuple(
        one
        for one in state.received
        if day is None or one.correction is not None or one.after is None or one.after < day
    )


def judged_apart(day: date | None, state: State) -> frozenset[str]:
    """The observations that an expert judgement for a day names: they stand alone on it, so that they can be left out.

    None is the day after all that were walked: what is judged for any day to come stands alone. A judgement for another day
    parts nothing, so a walked day comes out as it did, whatever is judged after it.
    """
    return frozenset(
        name
        for (_, on), made in state.governance.judgements.items()
        if on == day or (day is None and (state.last_day is None or on > state.last_day))
        for one in made
        for name in one.observations
    )


def with_received(
    base: Grounds,
    counted: Sequence[ObservationsReceived],
    state: State,
    evidence: Evidence,
    versions: Sequence[Rulebook],
    *,
    apart: frozenset[str],
) -> Grounds:
    """The grounds of the facts with what was received, collapsed to cells, and without what was withdrawn.

    `versions` are those of the rules that part cells, `apart` the ids of observations that stand alone.

    Raises JournalError where the evidence of a submission is missing or changed.
    """
    found = {
        form: tuple(one for one in seen if one.observation not in state.withdrawn)
        for form, seen in base.observations.items()
    }
    for form, told in _received(counted, state, evidence, versions, apart).items():
        found[form] = (*found.get(form, ()), *told)
    return base.with_observations(found)


def _received(
    counted: Sequence[ObservationsReceived],
    state: State,
    evidence: Evidence,
    versions: Sequence[Rulebook],
    apart: frozenset[str],
) -> Mapping[str, tuple[Observation, ...]]:
    if not counted:
        return {}
    import pyarrow as pa
    import pyarrow.compute as pc

    from footwall.intake import cells, read_parquet

    table = pa.concat_tables([read_parquet(evidence.get(one.evidence["observations"])) for one in counted])
    if state.withdrawn:
        named = pa.array(sorted(state.withdrawn), pa.string())
        table = table.filter(pc.invert(pc.is_in(table["observation"], value_set=named)))
    first, last = min(one.first for one in counted), max(one.last for one in counted)
    forms = sorted({form for one in counted for form in one.forms})
    steps = replace(steps_of(versions, forms, first, last), apart=apart)
    return cells(table, steps).by_form


def steps_of(versions: Sequence[Rulebook], forms: Sequence[str], first: date, last: date) -> "Steps":
    """Where the rules of `versions` part the observations of some days: sizes of lots, and closes by form.

    A day looks at all observations by the rules of its own, so each rule of publication parts those of every day.
    """
    from footwall.intake import Steps

    lots: set[Decimal] = set()
    for version in versions:
        lots |= {rule.lot_kg_min for rule in version.eligibility}
        lots |= {lot.lot_kg_min for rule in version.terms for lot in rule.lots}
    lots.discard(Decimal(0))
    closes: dict[str, tuple[datetime, ...]] = {}
    found: dict[frozenset[CadenceRule], tuple[datetime, ...]] = {}
    for form in forms:
        rules = frozenset(
            rule for version in versions for rule in version.cadence if rule.forms == "all" or form in rule.forms
        )
        if rules not in found:
            found[rules] = _closes(rules, first, last)
        if rules:
            closes[form] = found[rules]
    return Steps(tuple(sorted(lots)), closes)


def _closes(rules: frozenset[CadenceRule], first: date, last: date) -> tuple[datetime, ...]:
    days = [first + number * _ONE_DAY for number in range(-1, (last - first).days + 3)]
    return tuple(sorted({published_instant(rule, day) for rule in rules for day in days}))
