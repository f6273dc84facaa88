"""Files and tables of lines in, liabilities out: read, check the shape, run, write."""

from footwall.batch.assess import Assessed, Session, assess
from footwall.batch.candidate import CandidateReplay, GroupChange, LineChange, replay_candidate
from footwall.batch.files import Outcome, assess_file
from footwall.batch.folder import clear_folder
from footwall.batch.records import read_records
from footwall.batch.table import Table

__all__ = [
    "Assessed",
    "CandidateReplay",
    "GroupChange",
    "LineChange",
    "Outcome",
    "Session",
    "Table",
    "assess",
    "assess_file",
    "clear_folder",
    "read_records",
    "replay_candidate",
]
