"""What a duty method takes where a rule does not say, and how far any rule may go: `method_defaults.toml`, read once."""

import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from footwall.errors import UsageError
from footwall.quantity import RoundingMode
from footwall.rulebook.parts import Number, Positive, Rule, Share, Text, frozen
from footwall.rulebook.records import Counted, FloorMethod


class _Counts(Rule):
    source: Text
    top_up: tuple[Counted, ...]
    notified: tuple[Counted, ...]
    banded: tuple[Counted, ...]
    graduated: tuple[Counted, ...]
    minimum_price: tuple[Counted, ...]
    ad_valorem: tuple[Counted, ...]
    specific: tuple[Counted, ...]
    embedded: tuple[Counted, ...]


class _Slice(Rule):
    up_to: Annotated[Number, Field(gt=0, le=1)]
    rate: Share


class _Graduated(Rule):
    source: Text
    slices: Annotated[tuple[_Slice, ...], Field(min_length=1)]


class _Rounding(Rule):
    source: Text
    unit: Literal["minor_unit"]
    mode: RoundingMode


class _Methods(Rule):
    source: Text
    among_members: tuple[FloorMethod, ...]


class Limits(Rule):
    """How far any rule may go. Shares and rates are fractions (4.00 is 400 %); beyond a limit a rulebook is refused."""

    source: Text
    ad_valorem_max: Positive
    step_share_max: Positive
    floor_factor_max: Positive
    ceiling_factor_max: Positive
    insurance_share_max: Positive
    days_max: Annotated[int, Field(gt=0)]
    months_max: Annotated[int, Field(gt=0)]
    minutes_max: Annotated[int, Field(gt=0)]
    per_kg_allowed: tuple[Annotated[int, Field(gt=0)], ...]


class _Tables(Rule):
    counts: _Counts
    graduated: _Graduated
    rounding: _Rounding
    methods: _Methods
    limits: Limits


class MethodDefaults:
    """The defaults of each duty method, and the limits of every rule. Made by `method_defaults()`; never changes."""

    __slots__ = ("_tables",)

    def __init__(self, tables: _Tables) -> None:
        """From checked tables."""
        self._tables = tables

    def counts(self, method: str) -> tuple[Counted, ...]:
        """What stands beside value, freight and insurance when `method` compares a line with the floor.

        Raises UsageError for a method that is none of the seven: the caller's fault.
        """
        if method == "source" or method not in _Counts.model_fields:
            known = ", ".join(name for name in _Counts.model_fields if name != "source")
            raise UsageError(f"{method!r} is not a duty method: use one of {known}")
        counted: tuple[Counted, ...] = getattr(self._tables.counts, method)
        return counted

    @property
    def slices(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """The graduated duty: (`up_to`, `rate`) of each slice of the gap, ascending; both shares, `up_to` of the floor."""
        return tuple((part.up_to, part.rate) for part in self._tables.graduated.slices)

    @property
    def rounding_unit(self) -> Literal["minor_unit"]:
        """A duty is rounded to the smallest coin of the currency in which it is assessed."""
        return self._tables.rounding.unit

    @property
    def rounding_mode(self) -> RoundingMode:
        """How a duty is rounded."""
        return self._tables.rounding.mode

    @property
    def member_methods(self) -> tuple[FloorMethod, ...]:
        """The methods by which an internal floor can be levied on members' goods."""
        return self._tables.methods.among_members

    @property
    def limits(self) -> Limits:
        """How far any rule may go."""
        return self._tables.limits

    @property
    def ad_valorem_max(self) -> Decimal:
        """The highest ad valorem rate that may be stated, as a fraction."""
        return self._tables.limits.ad_valorem_max

    @property
    def per_kg_allowed(self) -> tuple[int, ...]:
        """The masses, in kilograms, that an amount of a measure may refer to."""
        return self._tables.limits.per_kg_allowed


@cache
def method_defaults() -> MethodDefaults:
    """The shipped defaults, read and checked once."""
    text = files("footwall.rulebook").joinpath("method_defaults.toml").read_text(encoding="utf-8")
    return MethodDefaults(_Tables.model_validate(frozen(tomllib.loads(text, parse_float=Decimal))))
