"""The public holidays behind the calendars that a rulebook names, as the library `holidays` knows them.

A calendar is a country by its ISO 3166-1 code (`CN`), or a part of one by its ISO 3166-2 code (`GB-ENG`). A country's own
calendar has the days that are holidays everywhere in it: of `GB` Easter Monday is none, of `GB-ENG` it is. Days in lieu
count. Of years to come the library knows what the law fixes; what is proclaimed year by year it learns with its releases.
"""

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from footwall.errors import UsageError

if TYPE_CHECKING:
    from holidays import HolidayBase


def is_calendar(name: str) -> bool:
    """Whether the public holidays of a country, or of a part of one, are known."""
    return _calendar(name) is not None


@cache
def public_holidays(name: str, year: int) -> frozenset[date]:
    """The public holidays of one year in the calendar `name`.

    Raises UsageError for a calendar that nobody knows, and for a year that it does not reach.
    """
    calendar = _calendar(name)
    if calendar is None:
        raise UsageError(
            f'no public holidays of {name!r} are known: name a country, such as "CN", or a part of one, such as "GB-ENG"'
        )
    if not calendar.start_year <= year <= calendar.end_year:
        raise UsageError(
            f"the public holidays of {name} are known from {calendar.start_year} to {calendar.end_year}, not for {year}"
        )
    from holidays import country_holidays

    country, _, part = name.partition("-")
    return frozenset(country_holidays(country, subdiv=part or None, years=year))


@cache
def _calendar(name: str) -> "HolidayBase | None":
    from holidays import country_holidays

    country, _, part = name.partition("-")
    try:
        calendar = country_holidays(country)
    except NotImplementedError:
        return None
    return calendar if not part or part in calendar.subdivisions else None
