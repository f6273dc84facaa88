"""The rates of exchange at which the zone's lines are assessed, day by day, as its rules say."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from footwall.facts import ExchangeRate
from footwall.months import month_before, month_end
from footwall.rulebook import Rulebooks, exchange_on

_ONE_DAY = timedelta(days=1)


def rates_by_day(monthly: Iterable[ExchangeRate], rulebooks: Rulebooks) -> dict[tuple[str, str, date], Decimal]:
    """{(from, to, day): rate} for every day that the rules walk, from the means of months.

    Each day takes the mean of the month that its rule names. Where that mean is not among `monthly` the day has no rate.
    """
    means: dict[date, list[ExchangeRate]] = {}
    for rate in monthly:
        means.setdefault(month_end(rate.month), []).append(rate)
    found: dict[tuple[str, str, date], Decimal] = {}
    day = rulebooks.first_day
    while day <= rulebooks.walk.through:
        month = day
        for _ in range(exchange_on(rulebooks.on(day), day).months_before):
            month = month_before(month)
        for rate in means.get(month, ()):
            found[rate.from_currency, rate.to_currency, day] = rate.rate
        day += _ONE_DAY
    return found
