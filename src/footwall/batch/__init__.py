"""Files and tables of lines in, liabilities out: read, check the shape, run, write."""

from typing import TYPE_CHECKING

from footwall.batch.assess import Assessed, Session, assess
from footwall.batch.candidate import CandidateReplay, GroupChange, LineChange, replay_candidate
from footwall.batch.files import Outcome, assess_file
from footwall.batch.parts.folder import clear_folder
from footwall.batch.records import check_columns, read_records
from footwall.batch.repeated import Repeated
from footwall.batch.table import Table

if TYPE_CHECKING:
    from footwall.batch.columns.proposal import propose

__all__ = [
    "Assessed",
    "CandidateReplay",
    "GroupChange",
    "LineChange",
    "Outcome",
    "Repeated",
    "Session",
    "Table",
    "assess",
    "assess_file",
    "check_columns",
    "clear_folder",
    "propose",
    "read_records",
    "replay_candidate",
]


def __getattr__(name: str) -> object:
    """What is asked for seldom is loaded when it is asked for."""
    if name == "propose":
        from footwall.batch.columns.proposal import propose

        return propose
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
