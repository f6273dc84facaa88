"""What the journal's tests share: a clock that ticks one second per reading, and entries in one line."""

from datetime import UTC, date, datetime, timedelta

from footwall.journal import NewEntry

DAY = date(2024, 1, 31)


class TickingClock:
    def __init__(self, start: datetime = datetime(2024, 1, 31, 18, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def note(key: str, text: str = "", kind: str = "note") -> NewEntry:
    return NewEntry(kind, DAY, key, {"text": text or key})
