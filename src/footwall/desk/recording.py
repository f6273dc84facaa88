"""Writing to a zone's journal: whole or not at all, after what the zone knows and nothing else."""

from datetime import date, datetime, timedelta

from footwall.desk.folder import closing_instant, opening_instant
from footwall.desk.zone import Zone
from footwall.errors import JournalError
from footwall.journal import NewEntry, SimulatedClock
from footwall.prices import published_instant
from footwall.rulebook import in_force

_ONE_SECOND = timedelta(seconds=1)


def check_up_to_date(zone: Zone) -> None:
    """Raise JournalError where the journal holds more than the zone knows, so that nothing is decided on an old state."""
    if zone.journal.head() != zone.head:
        raise JournalError(f"the journal has gone on since the zone in {zone.folder} was opened: open it again")


def instant_of(zone: Zone, day: date | None) -> datetime:
    """When something of `day` is recorded: now; by a simulated clock when the day's last price is published, else at its end.

    What a simulated zone records of a day that is closed already, or before any, comes a second after the entry before it,
    so that one can ask what was known until then.
    """
    if not isinstance(zone.clock, SimulatedClock):
        return zone.clock()
    instant = opening_instant(zone.rulebooks.first_day) if day is None else _end_of(zone, day)
    last = zone.recorded_at
    return instant if last is None or last < instant else last + _ONE_SECOND


def _end_of(zone: Zone, day: date) -> datetime:
    closes = [published_instant(rule, day) for rule in in_force(zone.rulebooks.on(day).cadence, day)]
    return max(closes, default=closing_instant(day))


def record(zone: Zone, entries: list[NewEntry], day: date | None) -> None:
    """Record entries in one transaction, and let the zone know them.

    A simulated clock stands where `instant_of` says. Raises JournalError where the record cannot be written or another
    writer was faster.
    """
    if isinstance(zone.clock, SimulatedClock):
        zone.clock.instant = instant_of(zone, day)
    expected = zone.head
    zone.journal.append(entries, expected)
    zone.take(zone.journal.entries(after=expected.sequence))
