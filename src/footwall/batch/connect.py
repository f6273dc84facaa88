"""Connections to DuckDB, each a database of its own in memory that prints nothing."""

import os

import duckdb


def connect(**settings: str | int) -> duckdb.DuckDBPyConnection:
    """A new connection with `settings`; unless they say otherwise it uses every core that this process may use."""
    connection = duckdb.connect(config={"threads": cores(), **settings})
    connection.execute("SET enable_progress_bar = false")
    return connection


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
