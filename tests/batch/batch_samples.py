"""One good line, the small schedule it meets, and short ways to what an assessment says."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from footwall.batch import Assessed, assess
from footwall.tariffs import Measure, Schedule

COLUMNS = ("line_id", "entry_date", "importer", "origin", "hs_code", "form", "net_mass_kg", "customs_value", "currency")
GOOD = dict(
    zip(COLUMNS, ("good", "2025-03-31", "US", "CN", "28469080", "ndpr-oxide", "1000", "55000", "USD"), strict=True)
)
FIRST = date(2024, 1, 1)


def sample_schedule() -> Schedule:
    """A floor of 110 USD/kg on oxide, 30 on the nickel in scrap, and an ordinary duty of 3.7 % on the first."""
    every: dict[str, Any] = {"importers": ["US"], "valid_from": FIRST}
    return Schedule.from_measures(
        [
            Measure(measure_id="floor-1", role="floor", form="ndpr-oxide", origins=["non-members"], method="top_up",
                    floor=Decimal(110), currency="USD", **every),
            Measure(measure_id="floor-2", role="floor", form="nickel-scrap", origins=["CN"], method="top_up",
                    floor=Decimal(30), contained="Ni", currency="USD", **every),
            Measure(measure_id="mfn-1", role="ordinary", form="ndpr-oxide", origins=["CN", "JP"], method="ad_valorem",
                    ad_valorem=Decimal("0.037"), **every),
        ],
        members=["US", "JP"],
    )  # fmt: skip


def line(**changes: object) -> dict[str, object]:
    """The good line with some fields changed."""
    return {**GOOD, **changes}


def csv_text(rows: Iterable[Sequence[str]], header: Sequence[str] = COLUMNS, end: str = "\n") -> str:
    return end.join([",".join(header), *(",".join(row) for row in rows), ""])


def record(**changes: str) -> list[str]:
    return [{**GOOD, **changes}[name] for name in COLUMNS]


def write(folder: Path, data: str | bytes, name: str = "lines.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


def assessed(lines: object, rates: object = None) -> Assessed:
    return assess(lines, sample_schedule(), rates)


def owed(found: Assessed) -> list[tuple[str, Decimal]]:
    return [(row["line_id"], row["total_duty"]) for row in found.liabilities.to_pylist()]


def told(found: Assessed) -> list[dict[str, Any]]:
    return found.problems.to_pylist()
