"""The rules of an entry's life: how long each stage lasts, what is too small to collect, bonds, and interest by importer."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from footwall.quantity import RoundingMode
from footwall.rulebook.parts import DatedRule, NotNegative, Rule, Text

Months = Annotated[int, Field(ge=0)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description='three capital letters, such as "USD"')]


class Period(Rule):
    """How long something may take. Its last day is the same day of the month that many years and months on, and then the days."""

    years: Months = 0
    months: Months = 0
    days: Months = 0

    def after(self, day: date) -> date:
        """The last day of the period that begins on `day`; a month that is too short ends on its last day."""
        month = day.month - 1 + self.months
        year, month = day.year + self.years + month // 12, month % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1])) + timedelta(days=self.days)

    def __str__(self) -> str:
        """In words: `1 year`, `180 days`."""
        parts = [(self.years, "year"), (self.months, "month"), (self.days, "day")]
        told = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
        return ", ".join(told) or "no time"


class EntriesRule(DatedRule):
    """The life of the entries of `importers` (members, or the union that they belong to), for entries of its days.

    Estimated duty is due `deposit_days` after entry, a bill `bill_days` after it is issued; `grace_days` later the bond may be
    called. An entry that is not liquidated within `liquidation` stands liquidated as it was assessed; it may be extended up to
    `extension`. Corrections are made within `correction` of the day that `correction_from` names, unless a protest keeps an entry open. Differences of an
    entry below `small_amount` are recorded and neither billed nor refunded.
    """

    importers: tuple[Text, ...]
    deposit_days: Annotated[int, Field(ge=0)]
    bill_days: Annotated[int, Field(ge=0)]
    grace_days: Annotated[int, Field(ge=0)]
    liquidation: Period
    extension: Period
    protest: Period
    appeal: Period
    correction: Period
    correction_from: Literal["entry", "liquidation"]
    warehouse: Period
    temporary: Period
    temporary_security_share: NotNegative
    single_bond_of: Literal["duty", "value_and_duty"]
    single_bond_share: NotNegative
    continuous_bond_share: NotNegative
    continuous_bond_min: NotNegative
    ruling_grace_days_max: Annotated[int, Field(ge=0)]
    small_amount: NotNegative
    currency: Currency
    legal_basis: Text


class InterestRate(Rule):
    """The annual rate from a day on, until the next one: a fraction, 0.07 is 7 %. `assumed` where nobody published it."""

    since: date
    rate: NotNegative
    assumed: bool = False
    source: Text


class InterestRule(DatedRule):
    """Interest on bills, on refunds or on what is paid late, of `importers`, for those issued or paid on its days. Without a rule there is none.

    It runs from `begins` to the day of issue, or of payment; `counts` says which of the two days counts. `entry` is the day of entry,
    `deposit` the day on which estimated duty was due, for a refund the days on which it was paid. What is paid late bears it from the day by
    which it was `due`, or from that of the bill's `issue`; of a bill its duty, or all of it; by whole periods of `period_days`, where there are
    such, that in which it is paid left out. `daily` compounds each day, `simple` never. A year has `year_days`; `actual` is 366 in a leap
    year. `rate_of` takes each day's own rate, or the one of the first day of the month in which it begins.
    """

    importers: tuple[Text, ...]
    on: Literal["bill", "refund", "late"]
    begins: Literal["entry", "deposit", "issue", "due"]
    counts: Literal["first", "last", "both"]
    method: Literal["simple", "daily"]
    year_days: Literal["360", "365", "actual"]
    rate_of: Literal["each_day", "first_month"]
    rounding_mode: RoundingMode = "half_up"
    rates: tuple[InterestRate, ...]
    of: Literal["duty", "bill"] = "duty"
    period_days: Annotated[int, Field(ge=0)] = 0
    legal_basis: Text
