"""The zone's day: it walks the line from observations to schedules, and keeps the record.

What reads and corrects observations needs libraries for tables: it is loaded when it is first asked for.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from footwall.desk.adoption import known_of
from footwall.desk.day import Decision, WalkDay, decide
from footwall.desk.folder import Settings, init_zone
from footwall.desk.govern import (
    Recorded,
    add_person,
    answer_complaint,
    declare_conflict,
    end_conflict,
    file_complaint,
    govern,
    make_judgement,
    remove_person,
    sign_prices,
    today,
)
from footwall.desk.grounds import Grounds, importer_groups
from footwall.desk.keyfile import SigningKey, make_key, read_key
from footwall.desk.opening import accept_head, open_zone, verify_zone
from footwall.desk.published import approval_on, publication, recomputed, signatures_min_on
from footwall.desk.standing import approval, judgements_for, last_published, priced_day, signatures_on
from footwall.desk.state import State, apply, state_from
from footwall.desk.told import told
from footwall.desk.walk import Progress, RunResult, run, walk_days
from footwall.desk.zone import HistoryPoint, Zone

if TYPE_CHECKING:
    from footwall.desk.correcting import Corrected, Correction, correct, dependents_of
    from footwall.desk.dependents import Dependent
    from footwall.desk.liabilities import liabilities_of
    from footwall.desk.observing import Received, observe

_LATER = MappingProxyType(
    {
        "Corrected": "correcting",
        "Correction": "correcting",
        "Dependent": "dependents",
        "Received": "observing",
        "correct": "correcting",
        "dependents_of": "correcting",
        "liabilities_of": "liabilities",
        "observe": "observing",
    }
)
"""Where the names live that are loaded when they are first asked for."""


def __getattr__(name: str) -> object:
    """The name, loaded now. Raises AttributeError for any that is not of this room."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"footwall.desk.{_LATER[name]}"), name)
    globals()[name] = found
    return found


__all__ = [
    "Corrected",
    "Correction",
    "Decision",
    "Dependent",
    "Grounds",
    "HistoryPoint",
    "Progress",
    "Received",
    "Recorded",
    "RunResult",
    "Settings",
    "SigningKey",
    "State",
    "WalkDay",
    "Zone",
    "accept_head",
    "add_person",
    "answer_complaint",
    "apply",
    "approval",
    "approval_on",
    "correct",
    "decide",
    "declare_conflict",
    "dependents_of",
    "end_conflict",
    "file_complaint",
    "govern",
    "importer_groups",
    "init_zone",
    "judgements_for",
    "known_of",
    "last_published",
    "liabilities_of",
    "make_judgement",
    "make_key",
    "observe",
    "open_zone",
    "priced_day",
    "publication",
    "read_key",
    "recomputed",
    "remove_person",
    "run",
    "sign_prices",
    "signatures_min_on",
    "signatures_on",
    "state_from",
    "today",
    "told",
    "verify_zone",
    "walk_days",
]
