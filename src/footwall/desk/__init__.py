"""The zone's day: it walks the line from observations to schedules, and keeps the record.

Each name is loaded when it is first asked for: whoever checks a signature needs no database, and whoever asks for a price
no libraries for tables. So no module here is called as a name that it offers.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footwall.desk.adoption import known_of
    from footwall.desk.bulletins import published_schedule
    from footwall.desk.correcting import Corrected, Correction, correct, dependents_of
    from footwall.desk.day import Decision, WalkDay, decide
    from footwall.desk.dependents import Dependent
    from footwall.desk.editions import ScheduleVersion
    from footwall.desk.entering import (
        Entered,
        Filing,
        Withdrawal,
        call_bond,
        cancel_entry,
        close_entry,
        correct_entries,
        decide_entry_protest,
        entries_on,
        extend_entry,
        file_entries,
        file_entry,
        goods_leave,
        issue_ruling,
        late_interest_on,
        liquidate_entry,
        lodge_bond,
        pay_entry,
        protest_entry,
        revoke_ruling,
        withdraw,
    )
    from footwall.desk.folder import Settings, init_zone
    from footwall.desk.governing import (
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
    from footwall.desk.known_schedules import restated
    from footwall.desk.liabilities import Otherwise, liabilities_of, owed_otherwise
    from footwall.desk.observing import Received, observe
    from footwall.desk.opening import accept_head, open_zone, verify_zone
    from footwall.desk.published import approval_on, publication, recomputed, signatures_min_on
    from footwall.desk.reproducing import entry_problems
    from footwall.desk.restating import RestatedSchedule, Restating, restate_schedule
    from footwall.desk.ruled import RuledLine, ruled_line
    from footwall.desk.standing import approval, judgements_for, last_published, priced_day, signatures_on
    from footwall.desk.state import State, apply, state_from
    from footwall.desk.telling import told
    from footwall.desk.walk import Progress, RunResult, run, walk_days
    from footwall.desk.zone import HistoryPoint, Zone

_HOMES = MappingProxyType(
    {
        "adoption": ("known_of",),
        "bulletins": ("published_schedule",),
        "correcting": (
            "Corrected",
            "Correction",
            "correct",
            "dependents_of",
        ),
        "day": (
            "Decision",
            "WalkDay",
            "decide",
        ),
        "dependents": ("Dependent",),
        "editions": ("ScheduleVersion",),
        "entering": (
            "Entered",
            "Filing",
            "Withdrawal",
            "call_bond",
            "cancel_entry",
            "close_entry",
            "correct_entries",
            "decide_entry_protest",
            "entries_on",
            "extend_entry",
            "file_entries",
            "file_entry",
            "goods_leave",
            "issue_ruling",
            "late_interest_on",
            "liquidate_entry",
            "lodge_bond",
            "pay_entry",
            "protest_entry",
            "revoke_ruling",
            "withdraw",
        ),
        "folder": (
            "Settings",
            "init_zone",
        ),
        "governing": (
            "Recorded",
            "add_person",
            "answer_complaint",
            "declare_conflict",
            "end_conflict",
            "file_complaint",
            "govern",
            "make_judgement",
            "remove_person",
            "sign_prices",
            "today",
        ),
        "grounds": (
            "Grounds",
            "importer_groups",
        ),
        "keyfile": (
            "SigningKey",
            "make_key",
            "read_key",
        ),
        "known_schedules": ("restated",),
        "liabilities": (
            "Otherwise",
            "liabilities_of",
            "owed_otherwise",
        ),
        "observing": (
            "Received",
            "observe",
        ),
        "opening": (
            "accept_head",
            "open_zone",
            "verify_zone",
        ),
        "published": (
            "approval_on",
            "publication",
            "recomputed",
            "signatures_min_on",
        ),
        "reproducing": ("entry_problems",),
        "restating": (
            "RestatedSchedule",
            "Restating",
            "restate_schedule",
        ),
        "ruled": (
            "RuledLine",
            "ruled_line",
        ),
        "standing": (
            "approval",
            "judgements_for",
            "last_published",
            "priced_day",
            "signatures_on",
        ),
        "state": (
            "State",
            "apply",
            "state_from",
        ),
        "telling": ("told",),
        "walk": (
            "Progress",
            "RunResult",
            "run",
            "walk_days",
        ),
        "zone": (
            "HistoryPoint",
            "Zone",
        ),
    }
)
"""Which module each name is from."""

_MODULES = MappingProxyType({name: module for module, names in _HOMES.items() for name in names})


def __getattr__(name: str) -> object:
    """The name, loaded now. Raises AttributeError for any that is not of this room."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"footwall.desk.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


__all__ = [
    "Corrected",
    "Correction",
    "Decision",
    "Dependent",
    "Entered",
    "Filing",
    "Grounds",
    "HistoryPoint",
    "Otherwise",
    "Progress",
    "Received",
    "Recorded",
    "RestatedSchedule",
    "Restating",
    "RuledLine",
    "RunResult",
    "ScheduleVersion",
    "Settings",
    "SigningKey",
    "State",
    "WalkDay",
    "Withdrawal",
    "Zone",
    "accept_head",
    "add_person",
    "answer_complaint",
    "apply",
    "approval",
    "approval_on",
    "call_bond",
    "cancel_entry",
    "close_entry",
    "correct",
    "correct_entries",
    "decide",
    "decide_entry_protest",
    "declare_conflict",
    "dependents_of",
    "end_conflict",
    "entries_on",
    "entry_problems",
    "extend_entry",
    "file_complaint",
    "file_entries",
    "file_entry",
    "goods_leave",
    "govern",
    "importer_groups",
    "init_zone",
    "issue_ruling",
    "judgements_for",
    "known_of",
    "last_published",
    "late_interest_on",
    "liabilities_of",
    "liquidate_entry",
    "lodge_bond",
    "make_judgement",
    "make_key",
    "observe",
    "open_zone",
    "owed_otherwise",
    "pay_entry",
    "priced_day",
    "protest_entry",
    "publication",
    "published_schedule",
    "read_key",
    "recomputed",
    "remove_person",
    "restate_schedule",
    "restated",
    "revoke_ruling",
    "ruled_line",
    "run",
    "sign_prices",
    "signatures_min_on",
    "signatures_on",
    "state_from",
    "today",
    "told",
    "verify_zone",
    "walk_days",
    "withdraw",
]
