"""Observations for the tests: one that is right, random ones, and files of every format that hold the same."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from hypothesis import strategies as st

from footwall.intake import COLUMNS, Known

FORMS = ("apt", "cobalt-metal")
KNOWN = Known(FORMS, {"NA", "CN", "NL"}, {"USD", "CNY"}, {"usd-1998"})
FORMATS = ("csv", "parquet", "json", "jsonl", "ndjson")

Row = dict[str, str]


def deal(**changes: str) -> Row:
    """A transaction that is right, with what is to be different; an empty text leaves the column empty."""
    row = {
        "observation": "deal-1",
        "form": "cobalt-metal",
        "kind": "transaction",
        "market": "Rotterdam",
        "country": "NL",
        "incoterm": "cif",
        "observed_to": "2026-01-05",
        "low": "36000",
        "currency": "USD",
        "unit": "t",
        "submitter": "Alpha",
        "mass_kg": "20000",
        "source": "own books",
    }
    return row | changes


def payable(**changes: str) -> Row:
    """A payable that is right."""
    of_share = {"kind": "payable", "currency": "", "unit": "share", "low": "0.84", "incoterm": "", "mass_kg": ""}
    return deal(**(of_share | {"of_form": "apt"} | changes))


def charge(**changes: str) -> Row:
    """A conversion charge that is right."""
    return deal(**({"kind": "conversion_charge", "incoterm": "", "of_form": "cobalt-hydroxide"} | changes))


def write(path: Path, rows: Sequence[Row], *, typed: bool = False) -> Path:
    """The rows as a file of the format that the path's ending names; `typed`: numbers as numbers where there are such."""
    names = [name for name in (*COLUMNS, "count", "value", "remark") if any(name in row for row in rows)]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".parquet":
        columns = {name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in names}
        if typed:
            columns |= {name: columns[name].cast(pa.float64()) for name in ("low", "mass_kg") if name in columns}
            columns["observed_to"] = columns["observed_to"].cast(pa.date32())
        pyarrow.parquet.write_table(pa.table(columns), path)
    else:
        numbers = {"low", "mass_kg"} if typed else set()
        records = [
            {name: float(row[name]) if name in numbers else row[name] for name in names if row.get(name)}
            for row in rows
        ]
        text = json.dumps(records) if path.suffix == ".json" else "\n".join(map(json.dumps, records)) + "\n"
        path.write_text(text, encoding="utf-8")
    return path


def prices(places: int = 2) -> st.SearchStrategy[str]:
    return st.decimals("0.01", "99999", places=places).map(str)


@st.composite
def deals(draw: st.DrawFn, ids: st.SearchStrategy[str] | None = None) -> Row:
    """Observations that are right, of few submitters and days, so that many of them agree."""
    low = draw(prices())
    day = draw(st.sampled_from(["2026-01-05", "2026-01-06"]))
    row = deal(
        observation=draw(st.uuids().map(str) if ids is None else ids),
        form=draw(st.sampled_from(FORMS)),
        kind=draw(st.sampled_from(["transaction", "transaction", "bid", "offer", "assessment", "average"])),
        observed_to=day,
        low=low,
        high=draw(st.sampled_from(["", low, "100000", "123456.5"])),
        mass_kg=draw(st.sampled_from(["", "1", "20000", "0.001"]) | prices(3)),
        submitter=draw(st.sampled_from(["Alpha", "Beta", "Gärung"])),
        source=draw(st.sampled_from(["own books", "broker"])),
        seen_at=draw(st.sampled_from(["", f"{day}T09:00:00Z", f"{day}T18:30:00+08:00", f"{day}T23:59:59.5-05:00"])),
        lot=draw(st.sampled_from(["", "", "L-1", "L-2"])),
    )
    return row | draw(st.fixed_dictionaries({}, optional={
        "content": st.sampled_from(["0.65", "1"]),
        "origin": st.sampled_from(["NA", "CN"]),
        "payment_days": st.sampled_from(["0", "30"]),
        "estimated": st.sampled_from(["true", "FALSE", "1"]),
        "place": st.just("NLRTM"),
        "lot_kg": st.just("0.001"),
    }))  # fmt: skip


def respelled(row: Row) -> Row:
    """The same said in other letters: numbers with zeros, truth as a digit, the instant at another zone."""
    spelled = dict(row)
    for name in ("low", "high", "mass_kg"):
        if spelled.get(name):
            spelled[name] = f"+{spelled[name]}" + ("00" if "." in spelled[name] else ".0")
    if spelled.get("estimated"):
        spelled["estimated"] = "1" if spelled["estimated"].lower() in {"true", "1"} else "false"
    if spelled.get("seen_at", "").endswith("T09:00:00Z"):
        spelled["seen_at"] = spelled["seen_at"].replace("T09:00:00Z", " 17:00+08:00")
    return spelled | {"tier": "", "high": spelled.get("high") or spelled["low"]}


def one(intake: Any) -> dict[str, Any]:
    """The only observation of an intake that has no problem."""
    assert intake.problems == ()
    (row,) = intake.table.to_pylist()
    found: dict[str, Any] = row
    return found
