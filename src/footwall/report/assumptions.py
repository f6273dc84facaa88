"""What the report assumes where neither a fact nor a rule says: `assumptions.toml`, read once, and printed with the figures."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class AnnualTrade:
    """The day of its year on which an annual cell of trade is taken to enter, and why that one."""

    entry_month: int
    entry_day: int
    source: str

    def entry_date(self, year: int) -> date:
        """The day in `year`."""
        return date(year, self.entry_month, self.entry_day)


@cache
def annual_trade() -> AnnualTrade:
    """What is assumed of a year of trade."""
    text = files("footwall.report").joinpath("assumptions.toml").read_text(encoding="utf-8")
    return AnnualTrade(**tomllib.loads(text)["annual_trade"])
