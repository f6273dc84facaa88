"""Writing to a zone's journal: whole or not at all, after what the zone knows and nothing else."""

from datetime import date

from footwall.desk.folder import closing_instant, opening_instant
from footwall.desk.zone import Zone
from footwall.errors import JournalError
from footwall.journal import NewEntry, SimulatedClock


def check_up_to_date(zone: Zone) -> None:
    """Raise JournalError where the journal holds more than the zone knows, so that nothing is decided on an old state."""
    if zone.journal.head() != zone.head:
        raise JournalError(f"the journal has gone on since the zone in {zone.folder} was opened: open it again")


def record(zone: Zone, entries: list[NewEntry], day: date | None) -> None:
    """Record entries in one transaction, and let the zone know them.

    A simulated clock stands at the end of `day`; before any day, where the rules begin. Raises JournalError where the
    record cannot be written or another writer was faster.
    """
    if isinstance(zone.clock, SimulatedClock):
        zone.clock.instant = opening_instant(zone.rulebooks.first_day) if day is None else closing_instant(day)
    expected = zone.head
    zone.journal.append(entries, expected)
    zone.take(zone.journal.entries(after=expected.sequence))
