"""Who is in the zone on a date."""

from footwall.zone.checks import membership_problems
from footwall.zone.members import Members

__all__ = ["Members", "membership_problems"]
