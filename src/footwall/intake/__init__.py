"""Observation files in, checked and in one form; and their collapse to the cells that the law reads."""

from footwall.intake.canonical import parquet_bytes, read_parquet
from footwall.intake.collapse import Cells, cells
from footwall.intake.columns import COLUMNS, DIGESTS, HELD, TIER_OF, Known
from footwall.intake.duplicates import DUPLICATES
from footwall.intake.reading import Intake, read_observations

__all__ = [
    "COLUMNS",
    "DIGESTS",
    "DUPLICATES",
    "HELD",
    "TIER_OF",
    "Cells",
    "Intake",
    "Known",
    "cells",
    "parquet_bytes",
    "read_observations",
    "read_parquet",
]
