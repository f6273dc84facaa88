"""Floors and import parity become measures, and measures a schedule."""

from footwall.tariffs.measure import NON_MEMBERS, Band, Measure, Role, Slice
from footwall.tariffs.records import Parity, Tariff
from footwall.tariffs.schedule import Applicable, MembersByDate, Schedule

__all__ = [
    "NON_MEMBERS",
    "Applicable",
    "Band",
    "Measure",
    "MembersByDate",
    "Parity",
    "Role",
    "Schedule",
    "Slice",
    "Tariff",
]
