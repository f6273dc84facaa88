"""A schedule and lines become liabilities: the readable law for one line, and the same law in SQL for files.

What needs a library for tables is loaded when it is first asked for: one line is assessed without.
"""

from typing import TYPE_CHECKING

from footwall.duties.alternatives import Alternative, alternatives
from footwall.duties.asked import columns_asked
from footwall.duties.contents import misnamed, names_of
from footwall.duties.credits import Credit, CreditBook, CreditUse, read_credits
from footwall.duties.equalisation import LevyReturned, equalisation_returns
from footwall.duties.exact_sql import NARROW, WIDE
from footwall.duties.quote import assess_line, problems_of_record
from footwall.duties.rates import Rates, read_rates
from footwall.duties.read import (
    BY_RULE,
    CODE,
    NOT_READ,
    OPTIONAL,
    REQUIRED,
    read_contents,
    read_line,
    read_stages,
)
from footwall.duties.records import DutyStep, Liability, Line, claims_of
from footwall.duties.resolve import QUERY_AMOUNT_MAX, Key, Meeting, meet
from footwall.duties.shape import Shape, shape_query
from footwall.duties.sql import LIABILITY_COLUMNS, PRICE_PLACES_SHOWN, STEP_COLUMNS, STEP_PLACES, law_query, steps_query
from footwall.duties.terms import Terms, compile_terms

if TYPE_CHECKING:
    from footwall.duties.compiled import Compiled, compile_lane


def __getattr__(name: str) -> object:
    """`Compiled` and `compile_lane`, loaded now. Raises AttributeError for any other name."""
    if name not in {"Compiled", "compile_lane"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from footwall.duties import compiled

    found: object = getattr(compiled, name)
    return found


__all__ = [
    "BY_RULE",
    "CODE",
    "LIABILITY_COLUMNS",
    "NARROW",
    "NOT_READ",
    "OPTIONAL",
    "PRICE_PLACES_SHOWN",
    "QUERY_AMOUNT_MAX",
    "REQUIRED",
    "STEP_COLUMNS",
    "STEP_PLACES",
    "WIDE",
    "Alternative",
    "Compiled",
    "Credit",
    "CreditBook",
    "CreditUse",
    "DutyStep",
    "Key",
    "LevyReturned",
    "Liability",
    "Line",
    "Meeting",
    "Rates",
    "Shape",
    "Terms",
    "alternatives",
    "assess_line",
    "claims_of",
    "columns_asked",
    "compile_lane",
    "compile_terms",
    "equalisation_returns",
    "law_query",
    "meet",
    "misnamed",
    "names_of",
    "problems_of_record",
    "read_contents",
    "read_credits",
    "read_line",
    "read_rates",
    "read_stages",
    "shape_query",
    "steps_query",
]
