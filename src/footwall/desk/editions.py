"""The versions of the schedule, as they were published: from which day each holds, when it was recorded, and its hash.

A version never changes. What is published later, for the same day or another, is a version of its own: so what was known at an
instant stays what was known then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from footwall.errors import UsageError
from footwall.tariffs import Conditions, Measure, schedule_sha256

NO_CONDITIONS: Final = Conditions()


@dataclass(frozen=True, slots=True)
class ScheduleVersion:
    """One published version: `number` counts from 1 in the order of the record.

    It holds from `first_day` until the day before the first day of the next. `sequence` and `entry` are the number and the hash of
    the entry of the journal that published it, `recorded_at` is when.
    """

    number: int
    first_day: date
    recorded_at: datetime
    sequence: int
    entry: str
    measures: tuple[Measure, ...]
    conditions: Conditions = NO_CONDITIONS

    @property
    def sha256(self) -> str:
        """The hash of what it says: that of its measures, or of this and its conditions where it has any."""
        return schedule_sha256(self.measures, self.conditions)


def known_versions(versions: Iterable[ScheduleVersion], as_known_at: datetime | None) -> tuple[ScheduleVersion, ...]:
    """The versions that had been recorded at an instant (None: all of them). Raises UsageError for an instant without time zone."""
    if as_known_at is None:
        return tuple(versions)
    if as_known_at.tzinfo is None:
        raise UsageError(f"an instant needs its time zone, such as 2026-06-01T12:00:00+00:00, not {as_known_at}")
    return tuple(one for one in versions if one.recorded_at <= as_known_at)


def version_on(
    versions: Sequence[ScheduleVersion], on: date, as_known_at: datetime | None = None
) -> ScheduleVersion | None:
    """The version that holds on a day, by what had been recorded at an instant; None where there was none.

    Of several with one first day the one that was recorded last holds: a correction is a new version.
    """
    known = [one for one in known_versions(versions, as_known_at) if one.first_day <= on]
    return max(known, key=lambda one: (one.first_day, one.number), default=None)
