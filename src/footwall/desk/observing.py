"""Observations received: checked at the door, kept as evidence, recorded. `seen` says what of them each day may look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from footwall.desk.events import ObservationsReceived, entry_of
from footwall.desk.folder import closing_instant
from footwall.desk.noticing import notices_of
from footwall.desk.recording import check_up_to_date, record
from footwall.desk.zone import Zone
from footwall.errors import InputError, Problem
from footwall.facts import Facts, Observation
from footwall.intake import DIGESTS, Intake, Known, Until, read_observations, read_parquet
from footwall.journal import SimulatedClock

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Received:
    """What a submission has done: the event recorded, or None with the reason why nothing was; and what was read.

    `notices` are what somebody should look at, though nothing in it is refused for it.
    """

    event: ObservationsReceived | None
    already: str
    intake: Intake
    notices: tuple[Problem, ...] = ()


def observe(zone: Zone, sources: Sequence[Path | str], *, correction: int | None = None) -> Received:
    """Take files of observations in as one submission: what is good is kept and recorded, the rest comes back as problems.

    The same observations again record nothing. Raises ObservationsError for a file that cannot be read at all, JournalError
    where another writer was faster.
    """
    check_up_to_date(zone)
    intake = read_submission(zone, sources)
    if not len(intake):
        return Received(None, "nothing in it is new", intake)
    notices = notices_of(zone, intake)
    event = received(zone, intake, correction)
    zone.evidence.keep_held()
    record(zone, [entry_of(event, zone.last_day or event.last, event.digest)], zone.last_day)
    return Received(event, "", intake, notices)


def read_submission(zone: Zone, sources: Sequence[Path | str]) -> Intake:
    """Files of observations, read and held against all that the zone knows.

    How files are called and split changes nothing: a record without a source of its own is told as submitted.
    """
    known = Known.of(zone.facts, held_digests(zone))
    return read_observations([str(source) for source in sources], known, called="as submitted", until=until_of(zone))


def until_of(zone: Zone) -> Until:
    """When a submission is received: now; by a simulated clock as long as the rules still walk.

    A simulated clock stands at the last walked day until the next one is walked, and what comes in between is what that walk
    is to look at. So only days after the last that the rules walk are to come; in a zone that is not walked yet, too.
    """
    if not isinstance(zone.clock, SimulatedClock):
        return Until.now(zone.clock())
    last = zone.rulebooks.walk.through
    return Until(closing_instant(last), last, "this zone's clock is simulated, and its rules walk no further")


def received(zone: Zone, intake: Intake, correction: int | None) -> ObservationsReceived:
    """What was read as the event to record; its evidence is held, and to be kept before it is recorded (`keep_held`)."""
    kept = {"observations": zone.evidence.hold(intake.parquet()), "digests": zone.evidence.hold(_digest_bytes(intake))}
    table = intake.table
    after = zone.last_day
    late = 0 if after is None else pc.sum(pc.less_equal(table["published_at"], pa.scalar(after))).as_py()
    return ObservationsReceived(
        submission=len(zone.state.received) + 1,
        digest=intake.digest(),
        count=len(intake),
        duplicates=intake.duplicates.num_rows,
        refused=len({(one.source, one.row) for one in intake.problems}),
        late=late or 0,
        forms=tuple(sorted(table["form"].unique().to_pylist())),
        first=pc.min(table["observed_from"]).as_py(),
        last=pc.max(table["observed_to"]).as_py(),
        after=after,
        evidence=kept,
        correction=correction,
    )


def held_digests(zone: Zone) -> pa.Table:
    """What every observation says that the zone holds: those of its facts, and all that were received."""
    own = read_observations(facts_table(zone.facts), Known.of(zone.facts), called="facts")
    if own.problems:
        raise InputError("the observations of the facts do not hold together", own.problems)
    names = [one.evidence["digests"] for one in zone.state.received]
    tables = [pyarrow.parquet.read_table(BytesIO(zone.evidence.get(name))).cast(DIGESTS) for name in names]
    return pa.concat_tables([own.digests, *tables])


def ids_of(zone: Zone, form: str) -> frozenset[str]:
    """The ids of every observation of a form that the zone holds: of its facts, and received."""
    found = {seen.observation for seen in zone.facts.observations if seen.form == form}
    for one in zone.state.received:
        if form in one.forms:
            table = read_parquet(zone.evidence.get(one.evidence["observations"])).select(["observation", "form"])
            found |= set(table.filter(pc.equal(table["form"], form))["observation"].to_pylist())
    return frozenset(found)


def facts_table(facts: Facts) -> list[dict[str, object]]:
    """The observations of the facts as an intake reads them."""
    left_out = {"count", "value"}
    names = [name for name in Observation.__slots__ if name not in left_out]
    return [{name: getattr(seen, name) for name in names} for seen in facts.observations]


def _digest_bytes(intake: Intake) -> bytes:
    written = BytesIO()
    pyarrow.parquet.write_table(intake.digests, written, compression="zstd", store_schema=False)
    return written.getvalue()
