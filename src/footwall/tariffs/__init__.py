"""Floors and import parity become measures, and measures a schedule."""

from footwall.tariffs.adjust import adjust, tolerated_shortfall
from footwall.tariffs.conditions import LINE_DAYS, Conditions, DayRule, LineDay, OriginRule, earliest_in_transit
from footwall.tariffs.inside import MembersByDate
from footwall.tariffs.measure import NON_MEMBERS, Band, Element, Measure, Rate, Role, Slice
from footwall.tariffs.ordinary import OrdinaryFacts, OrdinaryRate, ordinary_rate
from footwall.tariffs.origins import OrdinaryLaw, OrdinarySpan, ordinary_spans
from footwall.tariffs.parity import duty_paid_parity, import_parity, outside_value
from footwall.tariffs.printed import COLUMNS as TARIFF_COLUMNS
from footwall.tariffs.printed import PrintedTariff, TariffAuthority, measures_from_tariff
from footwall.tariffs.publish import World, measures
from footwall.tariffs.records import NO_CARRIAGE, Parity, PassedOver, Tariff, TariffReason, Whose
from footwall.tariffs.schedule import Applicable, Schedule

__all__ = [
    "LINE_DAYS",
    "NON_MEMBERS",
    "NO_CARRIAGE",
    "TARIFF_COLUMNS",
    "Applicable",
    "Band",
    "Conditions",
    "DayRule",
    "Element",
    "LineDay",
    "Measure",
    "MembersByDate",
    "OrdinaryFacts",
    "OrdinaryLaw",
    "OrdinaryRate",
    "OrdinarySpan",
    "OriginRule",
    "Parity",
    "PassedOver",
    "PrintedTariff",
    "Rate",
    "Role",
    "Schedule",
    "Slice",
    "Tariff",
    "TariffAuthority",
    "TariffReason",
    "Whose",
    "World",
    "adjust",
    "duty_paid_parity",
    "earliest_in_transit",
    "import_parity",
    "measures",
    "measures_from_tariff",
    "ordinary_rate",
    "ordinary_spans",
    "outside_value",
    "tolerated_shortfall",
]
