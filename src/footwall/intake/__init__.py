"""Observation files in, checked and in one form; and their collapse to the cells that the law reads."""

from footwall.intake.canonical import parquet_bytes, read_parquet
from footwall.intake.collapse import NO_STEPS, Cells, Steps, cells
from footwall.intake.columns import COLUMNS, DIGESTS, HELD, TIER_OF, Known
from footwall.intake.duplicates import DUPLICATES
from footwall.intake.reading import Intake, read_observations
from footwall.intake.to_come import Until

__all__ = [
    "COLUMNS",
    "DIGESTS",
    "DUPLICATES",
    "HELD",
    "NO_STEPS",
    "TIER_OF",
    "Cells",
    "Intake",
    "Known",
    "Steps",
    "Until",
    "cells",
    "parquet_bytes",
    "read_observations",
    "read_parquet",
]
