"""Measures into a file, JSON or CSV: every field, so that the file reads back as the same measures."""

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from footwall.errors import UsageError
from footwall.tariffs.measures.fields import measure_cells, measure_fields, measure_json
from footwall.tariffs.measures.measure import Measure
from footwall.tariffs.measures.reading import FORMAT


def measures_csv(measures: Iterable[Measure]) -> str:
    """Measures as CSV, with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([one.name for one in measure_fields()])
    writer.writerows(measure_cells(measure) for measure in measures)
    return text.getvalue()


def measures_document(measures: Iterable[Measure], currency: str, beside: Mapping[str, object] | None = None) -> str:
    """Measures as a JSON document with the currency that duties are assessed in, and what else stands `beside` them."""
    document = {
        "format": FORMAT,
        "currency": currency,
        **(beside or {}),
        "measures": [measure_json(one) for one in measures],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write_measures(
    path: Path | str, measures: Iterable[Measure], currency: str, beside: Mapping[str, object] | None = None
) -> None:
    """Write a file that ends in .json or .csv, whole or not at all; CSV holds measures alone.

    Raises UsageError for another ending, or where it cannot.
    """
    where = Path(path)
    if where.suffix.lower() not in {".json", ".csv"}:
        raise UsageError(f"{where.name} is neither JSON nor CSV: name a file that ends in .json or .csv")
    text = measures_csv(measures) if where.suffix.lower() == ".csv" else measures_document(measures, currency, beside)
    unfinished = where.with_name(f".{where.name}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        os.replace(unfinished, where)  # noqa: PTH105 - the same on Windows, where rename refuses an existing name
    except OSError as fault:
        raise UsageError(f"{where} cannot be written: {fault.strerror}") from fault
    finally:
        unfinished.unlink(missing_ok=True)
