"""Floors and import parity become measures, and measures a schedule."""

from footwall.tariffs.adjust import adjust, tolerated_shortfall
from footwall.tariffs.candidate import candidate_problems, standing
from footwall.tariffs.measures.conditions import (
    LINE_DAYS,
    Conditions,
    DayRule,
    LineDay,
    OriginRule,
    earliest_in_transit,
)
from footwall.tariffs.measures.fields import conditions_json, measures_sha256, schedule_sha256
from footwall.tariffs.measures.inside import MembersByDate
from footwall.tariffs.measures.measure import NON_MEMBERS, Band, Element, Measure, Rate, Role, Slice
from footwall.tariffs.measures.reading import MeasureFile, read_measures
from footwall.tariffs.measures.writing import measures_csv, measures_document, write_measures
from footwall.tariffs.ordinary import OrdinaryFacts, OrdinaryRate, ordinary_rate
from footwall.tariffs.origins import OrdinaryLaw, OrdinarySpan, ordinary_spans
from footwall.tariffs.parity import duty_paid_parity, import_parity, outside_value
from footwall.tariffs.printed import COLUMNS as TARIFF_COLUMNS
from footwall.tariffs.printed import PrintedTariff, TariffAuthority, measures_from_tariff
from footwall.tariffs.publish import World, measures
from footwall.tariffs.records import NO_CARRIAGE, Parity, PassedOver, Tariff, TariffReason, Whose
from footwall.tariffs.ruled import conditions_of
from footwall.tariffs.schedule import Applicable, Schedule
from footwall.tariffs.schedule_diff import ScheduleChange, schedule_diff

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
    "MeasureFile",
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
    "ScheduleChange",
    "Slice",
    "Tariff",
    "TariffAuthority",
    "TariffReason",
    "Whose",
    "World",
    "adjust",
    "candidate_problems",
    "conditions_json",
    "conditions_of",
    "duty_paid_parity",
    "earliest_in_transit",
    "import_parity",
    "measures",
    "measures_csv",
    "measures_document",
    "measures_from_tariff",
    "measures_sha256",
    "ordinary_rate",
    "ordinary_spans",
    "outside_value",
    "read_measures",
    "schedule_diff",
    "schedule_sha256",
    "standing",
    "tolerated_shortfall",
    "write_measures",
]
