"""Months of the calendar, which bound what can be known: a month's mean is not known before its last day."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache


@cache
def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_before(day: date) -> date:
    """The last day of the month before that of `day`. Raises OverflowError before the calendar's first month."""
    return day.replace(day=1) - timedelta(days=1)


def next_month(day: date) -> date:
    """The first day of the month after that of `day`. Raises OverflowError after the calendar's last month."""
    return month_end(day) + timedelta(days=1)
