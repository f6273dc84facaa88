"""Files and tables of lines in, liabilities out: read, check the shape, run, write."""

from footwall.batch.assess import Assessed, Session, assess
from footwall.batch.files import Outcome, assess_file
from footwall.batch.table import Table

__all__ = ["Assessed", "Outcome", "Session", "Table", "assess", "assess_file"]
