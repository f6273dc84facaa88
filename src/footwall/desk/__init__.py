"""The zone's day: it walks the line from observations to schedules, and keeps the record."""

from footwall.desk.day import Decision, WalkDay, decide
from footwall.desk.folder import Settings, init_zone
from footwall.desk.grounds import Grounds, importer_groups
from footwall.desk.opening import accept_head, open_zone, verify_zone
from footwall.desk.state import State, apply, state_from
from footwall.desk.told import told
from footwall.desk.walk import Progress, RunResult, run, walk_days
from footwall.desk.zone import HistoryPoint, Zone

__all__ = [
    "Decision",
    "Grounds",
    "HistoryPoint",
    "Progress",
    "RunResult",
    "Settings",
    "State",
    "WalkDay",
    "Zone",
    "accept_head",
    "apply",
    "decide",
    "importer_groups",
    "init_zone",
    "open_zone",
    "run",
    "state_from",
    "told",
    "verify_zone",
    "walk_days",
]
