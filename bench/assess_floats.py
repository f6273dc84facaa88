"""The law of `bench/assess.py`'s schedule, plainly: arrays of floats, one rounding at each duty, and nothing checked.

It is what one writes in an afternoon: no problems, no steps, no dates of measures, no caps, no rents. `owed` is shared with the
rules engine's peer, so that the two differ in their machinery alone.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

COLUMNS = ("line_id", "entry_date", "importer", "origin", "form", "net_mass_kg", "customs_value", "currency",
           "freight_insurance", "direct_invoice", "related_parties")  # fmt: skip


def plain_terms(schedule: Any, rates: Mapping[tuple[str, str, date], Decimal]) -> dict[str, Any]:
    """What the schedule of the bench says, as plain numbers: by form, and one rate of exchange for each day."""
    from footwall.rulebook import method_defaults

    forms: dict[str, dict[str, Any]] = {}
    codes = {form: schedule.facts.forms[form].hs6 for form in schedule.named_forms()}
    for measure in schedule.measures:
        named = [measure.form] if measure.form else [
            form for form, hs6 in codes.items() if any(code.startswith(one) for code in measure.hs_codes for one in hs6)]  # fmt: skip
        for form in named:
            said = forms.setdefault(form, {"ordinary": 0.0, "additional": 0.0, "additional_origin": ""})
            if measure.role == "ordinary":
                said["ordinary"] = float(measure.ad_valorem)
            elif measure.role == "additional":
                said |= {"additional": float(measure.ad_valorem), "additional_origin": measure.origins[0]}
            else:
                said |= {"method": measure.method, "floor": float(measure.floor or 0)}
                said |= {name: float(getattr(measure, name) or 0) for name in ("ceiling", "specific", "ad_valorem",
                                                                              "otherwise_ad_valorem")}  # fmt: skip
                said["bands"] = [(float(band.at_least), float(band.specific)) for band in measure.bands]
    defaults = method_defaults()
    slices = [(float(up_to), float(rate)) for up_to, rate in defaults.slices]
    counts = {said["method"]: list(defaults.counts(said["method"])) for said in forms.values()}
    days = {key[2].isoformat(): float(rate) for key, rate in rates.items()}
    cif = sorted(code for code, country in schedule.facts.countries.items() if country.valuation == "cif")
    return {"forms": forms, "rates": days, "slices": slices, "counts": counts, "cif": cif}


def run_floats(source: Path, out: Path, schedule: Any, rates: Mapping[tuple[str, str, date], Decimal]) -> int:
    """Read all lines, find their duties, write them."""
    return assess(source, out, plain_terms(schedule, rates))


def assess(source: Path, out: Path, terms: dict[str, Any]) -> int:
    """Row group by row group, so that memory stays bounded."""
    file, lines, writer = pq.ParquetFile(source), 0, None
    for batch in file.iter_batches(batch_size=1_000_000, columns=list(COLUMNS)):
        table = pa.Table.from_batches([batch])
        columns = read(table, terms)
        found = {"line_id": table["line_id"], "form": table["form"]}
        owing = owed(columns, terms)
        found |= {
            name: pc.cast(pa.array(np.round(value, 2)), pa.decimal128(18, 2), safe=False)
            for name, value in owing.items()
        }
        result = pa.table(found)
        writer = writer or pq.ParquetWriter(out, result.schema)
        writer.write_table(result)
        lines += len(table)
    if writer is not None:
        writer.close()
    return lines


def read(table: pa.Table, terms: dict[str, Any]) -> dict[str, Any]:
    """The columns as arrays; amounts in the assessment currency."""
    day = pc.cast(table["entry_date"], pa.int32()).to_numpy()
    listed = {
        date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal(): rate
        for text, rate in terms["rates"].items()
    }
    by_day = np.zeros(max(listed) + 1)
    by_day[list(listed)] = list(listed.values())
    rate = np.where(_text(table, "currency") == "USD", 1.0, by_day[day])
    value, freight = (pc.cast(table[name], pa.float64()).to_numpy() for name in ("customs_value", "freight_insurance"))
    return {
        "form": _text(table, "form"), "origin": _text(table, "origin"),
        "mass": pc.cast(table["net_mass_kg"], pa.float64()).to_numpy(),
        "value": np.round(value * rate, 2), "freight": np.round(freight * rate, 2),
        "cif": np.isin(_text(table, "importer"), terms["cif"]),
        "direct": table["direct_invoice"].to_numpy() & ~table["related_parties"].to_numpy(),
    }  # fmt: skip


def _text(table: pa.Table, name: str) -> Any:
    coded = table[name].combine_chunks().dictionary_encode()
    return np.array(coded.dictionary.to_pylist())[coded.indices.to_numpy()]


def owed(line: dict[str, Any], terms: dict[str, Any]) -> dict[str, Any]:
    """Ordinary, additional, floor and total duty of every line."""
    landed = line["value"] + np.where(line["cif"], 0.0, line["freight"])
    ordinary, additional, floor = (np.zeros(len(landed)) for _ in range(3))
    for form, said in terms["forms"].items():
        here = line["form"] == form
        value, mass, land = line["value"][here], line["mass"][here], landed[here]
        own = np.round(value * (said["ad_valorem"] if said["method"] == "banded" else said["ordinary"]), 2)
        more = np.where(line["origin"][here] == said["additional_origin"], np.round(value * said["additional"], 2), 0.0)
        counts = terms["counts"][said["method"]]
        counted = ("ordinary" in counts) * own + ("additional" in counts) * more
        ordinary[here], additional[here] = own, more
        floor[here] = np.round(by_method(said, terms["slices"], mass, value, land, counted, line["direct"][here]), 2)
    return {"customs_value": line["value"], "ordinary_duty": ordinary, "additional_duty": additional, "floor_duty": floor,
            "total_duty": ordinary + additional + floor}  # fmt: skip


def by_method(
    said: dict[str, Any], slices: list[Any], mass: Any, value: Any, landed: Any, counted: Any, direct: Any
) -> Any:
    """The floor duty before its rounding."""
    gap = np.maximum(said["floor"] * mass - landed - counted, 0.0)
    match said["method"]:
        case "top_up":
            return np.where(said["ceiling"] and landed >= said["ceiling"] * mass, 0.0, gap)
        case "notified":
            return said["specific"] * mass
        case "banded":
            price, duty = landed / mass, np.full(len(mass), said["bands"][-1][1])
            for at_least, specific in reversed(said["bands"][:-1]):
                duty = np.where(price >= at_least, specific, duty)
            return duty * mass
        case "graduated":
            whole, below, duty = said["floor"] * mass, 0.0, np.zeros(len(mass))
            for up_to, rate in slices:
                duty += rate * (np.minimum(gap, up_to * whole) - np.minimum(gap, below * whole))
                below = up_to
            return duty
        case _:
            return np.where(direct, gap, said["otherwise_ad_valorem"] * value)
