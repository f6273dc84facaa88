"""The guard compares what raises cost with what they closed, over exactly its own cadences."""

from datetime import date
from decimal import Decimal

import pytest

from footwall.quantity import Unknown
from footwall.rulebook import EscalationGuard
from footwall.tariffs.escalation import escalates, exporter_share, extended

GUARD = EscalationGuard(raised_share=Decimal("0.5"), closed_share_min=Decimal("0.5"), cadences=2)
FLOOR = Decimal(100)
DAY = date(2025, 1, 31)


def path(*entries: tuple[int, int]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(rate), Decimal(gap)) for rate, gap in entries]


@pytest.mark.parametrize(
    ("entries", "freezes"),
    [
        (path((0, 60), (30, 55), (50, 31)), True),  # raised by half the floor, closed 29 of 60
        (path((0, 60), (30, 55), (50, 30)), False),  # closed exactly half
        (path((0, 60), (30, 55), (49, 31)), False),  # raised by less than half the floor
        (path((0, 60), (50, 31)), False),  # one cadence is not two
        (path((0, 90), (10, 60), (40, 55), (60, 31)), True),  # only the last two cadences count
        (path((0, 60), (50, 10), (10, 31)), True),  # a raise counts though a decrease followed
        (path((0, 0), (50, 10), (60, 5)), False),  # there was no gap to close
        (path((0, -5), (50, 10), (60, 5)), False),
        (path((50, 60), (0, 59), (0, 58)), False),  # decreases are no raises
    ],
)
def test_raises_that_close_too_little_freeze(entries: list[tuple[Decimal, Decimal]], *, freezes: bool) -> None:
    assert escalates(GUARD, FLOOR, entries) is freezes
    assert not escalates(None, FLOOR, entries)


def test_the_exporters_share_is_what_parity_fell_per_unit_of_net_raise() -> None:
    before, after = (DAY, Decimal(10), Decimal(55)), (DAY, Decimal(40), Decimal(37))
    assert exporter_share((before, after)) == Decimal("0.6000")
    rose = exporter_share((before, (DAY, Decimal(40), Decimal(58))))
    assert rose == Decimal("-0.1000")  # a market that moved by itself is shown, not hidden
    for no_raise in ((), (before,), (after, before), (before, before)):
        assert isinstance(exporter_share(no_raise), Unknown)


def test_the_memory_is_as_long_as_the_guard_looks() -> None:
    entries = [(DAY, Decimal(n), Decimal(n)) for n in range(5)]
    history: tuple[tuple[date, Decimal, Decimal], ...] = ()
    for entry in entries:
        history = extended(GUARD, history, entry)
    assert history == tuple(entries[-3:])
    assert extended(None, history, entries[0]) == ()
