"""What every part of a rulebook is made of: strict, frozen records, exact numbers, dates and a source."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

DECIMALS_AS_TEXT: Final = "decimals are text"
"""The context in which a rule is read from canonical JSON."""


def _decimal_of_whole(value: object, info: ValidationInfo) -> object:
    """A whole number is a number: `factor = 1` means 1.00. Everything else stays as it was written.

    In canonical JSON, where every decimal is text, the reader says so (`DECIMALS_AS_TEXT`).
    """
    if isinstance(value, str) and info.context == DECIMALS_AS_TEXT:
        return Decimal(value)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def frozen(value: object) -> object:
    """What `tomllib` read, with each list as a tuple: strict models take a tuple and nothing else."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list) else value


Number = Annotated[Decimal, BeforeValidator(_decimal_of_whole)]
Share = Annotated[Number, Field(ge=0, le=1)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]


class Rule(BaseModel):
    """What every part of a rulebook has in common: strict, frozen, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DatedRule(Rule):
    """A rule with dates and a source. `valid_to` is the last day; None means the version's own dates."""

    valid_from: date | None = None
    valid_to: date | None = None
    source: Text
