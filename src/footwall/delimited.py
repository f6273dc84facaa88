"""Delimited text, read by Python's csv module: fields as long as the caller allows, and a broken record that does not end the file."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def fields_up_to(characters: int) -> Iterator[None]:
    """Let the csv module take fields of so many characters, and afterwards what it took before: its limit is the process's."""
    before = csv.field_size_limit(characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def records_below_header(path: Path, characters: int, separator: str = ",") -> Iterator[list[str] | csv.Error]:
    """Every record of a file below its header, or what is wrong with it; blank lines are none.

    Bytes that are not UTF-8 stay in the text as surrogates, for the caller to find. Raises OSError where the file cannot be read.
    """
    with fields_up_to(characters), path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file:
        records = csv.reader(file, delimiter=separator)
        next(records, None)
        while True:
            try:
                record = next(records, None)
            except csv.Error as error:
                yield error
                continue
            if record is None:
                return
            if record:
                yield record
