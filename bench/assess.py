"""Assess synthetic lines Parquet to Parquet, beside peers, in one run.

    python bench/assess.py [--lines 20000000] [--runs 3] [--steps] [--file] [--openfisca PYTHON]

The peers: a DuckDB copy that reads the same input and writes as many columns of the same types; the same law written
plainly with NumPy in floats (`assess_floats.py`); and, in an environment of its own, a vectorised rules engine,
OpenFisca-core. All run on the same cores, in turn; each figure is the median of its runs. Beside the seconds stand the processor's, which other work on the
machine disturbs less; the first `x copy` is of these, the second of the clock's. The last column counts the lines
whose total duty is not the exact one: Footwall's by asking the readable law about a sample and about lines on which the floats
differ, the others by Footwall's. The lines are synthetic: five methods, two currencies, importers on both bases
of value, prices on both sides of the floors.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
from assess_exact import checked, differing
from assess_floats import plain_terms, run_floats

from footwall.tariffs import Band, Measure, Schedule

FORMS = {
    "ndpr-oxide": ("28469080", 70),
    "lithium-carbonate": ("283691", 14),
    "antimony-metal": ("811010", 20),
    "magnesium-metal": ("810411", 3),
    "cobalt-metal": ("810520", 30),
}
IMPORTERS, ORIGINS = ("US", "CA", "AU", "DE", "FR", "IT", "JP", "KR", "GB", "MX"), ("CN", "RU", "VN", "KZ", "ID")
FIRST, DAYS = date(2025, 1, 1), 365


def schedule() -> Schedule:
    """Five forms, one method each; an ordinary duty on every one but the banded form, an additional duty on two."""
    measures = []
    everyone = {"importers": IMPORTERS, "valid_from": FIRST}
    for form, (code, price) in FORMS.items():
        floor = {"measure_id": f"floor-{form}", "role": "floor", "form": form, "origins": ORIGINS, "currency": "USD",
                 "parity": price, **everyone}  # fmt: skip
        over = Decimal(price) * 2
        match form:
            case "ndpr-oxide":
                measures.append(Measure(**floor, method="top_up", floor=over, ceiling=over * 3))
            case "lithium-carbonate":
                measures.append(Measure(**floor, method="notified", floor=over, specific=Decimal("8.25")))
            case "antimony-metal":
                bands = [Band(over, Decimal(0)), Band(over - 4, Decimal(3)), Band(over - 12, Decimal(9)),
                         Band(Decimal(1), Decimal(18))]  # fmt: skip
                measures.append(Measure(**floor, method="banded", bands=bands, ad_valorem="0.05"))
            case "magnesium-metal":
                measures.append(Measure(**floor, method="graduated", floor=over))
            case _:
                measures.append(Measure(**floor, method="minimum_price", floor=over, otherwise_ad_valorem="0.44"))
        if form != "antimony-metal":
            measures.append(Measure(measure_id=f"mfn-{form}", role="ordinary", hs_codes=[code], origins=ORIGINS,
                                    method="ad_valorem", ad_valorem="0.037", **everyone))  # fmt: skip
        if form in {"ndpr-oxide", "cobalt-metal"}:
            measures.append(Measure(measure_id=f"extra-{form}", role="additional", form=form, origins=["CN"],
                                    method="ad_valorem", ad_valorem="0.25", **everyone))  # fmt: skip
    return Schedule.from_measures(measures, currency="USD")


def rates() -> dict[tuple[str, str, date], Decimal]:
    """A synthetic rate for every day."""
    return {
        ("EUR", "USD", FIRST + timedelta(days=day)): Decimal(10500 + (day * 37) % 900).scaleb(-4) for day in range(DAYS)
    }


def make_lines(path: Path, count: int) -> None:
    """Synthetic lines, the same for every run of one count."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    forms = ", ".join(f"'{form}'" for form in FORMS)
    codes = ", ".join(f"'{code}'" for code, _ in FORMS.values())
    prices = ", ".join(str(price) for _, price in FORMS.values())
    importers, origins = (", ".join(f"'{code}'" for code in group) for group in (IMPORTERS, ORIGINS))
    duckdb.execute(f"""
        COPY (
            SELECT 'L' || i AS line_id, DATE '{FIRST}' + CAST(hash(i, 1) % {DAYS} AS INTEGER) AS entry_date,
                [{importers}][CAST(1 + hash(i, 2) % {len(IMPORTERS)} AS BIGINT)] AS importer,
                [{origins}][CAST(1 + hash(i, 3) % {len(ORIGINS)} AS BIGINT)] AS origin,
                [{codes}][CAST(1 + form AS BIGINT)] AS hs_code, [{forms}][CAST(1 + form AS BIGINT)] AS form,
                CAST(mass AS DECIMAL(11,3)) AS net_mass_kg, CAST(value AS DECIMAL(12,2)) AS customs_value,
                CASE WHEN hash(i, 6) % 3 = 0 THEN 'EUR' ELSE 'USD' END AS currency,
                CAST(value * 0.04 AS DECIMAL(12,2)) AS freight_insurance,
                hash(i, 7) % 2 = 0 AS direct_invoice, hash(i, 8) % 5 = 0 AS related_parties
            FROM (
                SELECT *, mass * [{prices}][CAST(1 + form AS BIGINT)] * (0.4 + (hash(i, 9) % 2000) / 1000.0) AS value
                FROM (SELECT i, hash(i, 4) % {len(FORMS)} AS form, 20 + (hash(i, 5) % 20000000) / 1000.0 AS mass
                      FROM range({count}) r(i))
            )
        ) TO '{path}' (FORMAT parquet, COMPRESSION snappy)
    """)


def run_assess(source: Path, out: Path, *, steps: bool) -> int:
    """Assess the whole file; returns how many lines it wrote."""
    from footwall.batch import assess_file

    shutil.rmtree(out, ignore_errors=True)
    outcome = assess_file(source, out, schedule(), rates(), steps=steps)
    assert outcome.problems == 0, "the synthetic lines are all good"
    return outcome.lines


def run_copy(source: Path, out: Path) -> int:
    """Read the same input, write as many columns of the same types, and compute nothing but what fills them."""
    money = ["customs_value", "freight_insurance", "customs_value + 1", "freight_insurance + 1", "customs_value + 2",
             "freight_insurance + 2", "customs_value + 3", "freight_insurance + 3", "customs_value + 4",
             "freight_insurance + 4", "customs_value + 5", "freight_insurance + 5"]  # fmt: skip
    columns = ["line_id", "form", "currency"]
    columns += [f"CAST({sql} AS DECIMAL(18,2)) AS money_{index}" for index, sql in enumerate(money)]
    columns += [f"CAST(net_mass_kg AS DECIMAL(18,6)) + {index} AS price_{index}" for index in range(2)]
    columns += ["CASE WHEN direct_invoice THEN 'a' END AS unknown_1", "CASE WHEN direct_invoice THEN 'b' END AS unknown_2",
                "CASE WHEN related_parties THEN 'c' END AS unknown_3", "CASE WHEN related_parties THEN 'd' END AS unknown_4",
                "importer AS method", "[origin, hs_code] AS measure_ids", "origin AS reason"]  # fmt: skip
    query = f"SELECT {', '.join(columns)} FROM read_parquet('{source}')"
    copied = duckdb.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION snappy)").fetchone()
    assert copied is not None
    return int(copied[0])


PEERS = {
    "copy": "DuckDB copy, same columns",
    "assess": "footwall, a folder of parts",
    "file": "footwall, one file",
    "steps": "footwall, with steps",
    "floats": "NumPy, in floats",
    "openfisca": "OpenFisca-core, in floats",
}


def target(kind: str, data: Path) -> Path:
    return data / (kind if kind in {"assess", "steps"} else f"{kind}.parquet")


def child(kind: str, source: Path, out: Path) -> None:
    started = time.perf_counter()
    match kind:
        case "copy":
            lines = run_copy(source, out)
        case "floats":
            lines = run_floats(source, out, schedule(), rates())
        case _:
            lines = run_assess(source, out, steps=kind == "steps")
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, others = (one.ru_maxrss for one in used)
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    cores = len(os.sched_getaffinity(0)) if others else 0
    peak = (own + others * cores) * 1024  # at most: every process as large as the largest
    print(json.dumps({"kind": kind, "seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak, "lines": lines}))


def not_exact(kind: str, source: Path, data: Path, lines: int) -> str:
    """In how many lines the total duty is another than the exact one; every line is matched by its name."""
    if kind == "copy":
        return "computes nothing"
    liabilities = str(data / "assess" / "liabilities" / "*.parquet")
    if kind == "assess":
        return checked(source, liabilities, target("floats", data), lines, schedule(), rates())
    found = target(kind, data)
    return differing(liabilities, found / "liabilities" / "*.parquet" if kind == "steps" else found, lines)


def run_once(kind: str, source: Path, data: Path, openfisca: Path | None) -> dict[str, float]:
    out = target(kind, data)
    command = [sys.executable, __file__, "--child", kind, str(source), str(out)]
    if kind == "openfisca":
        terms = data / "openfisca-terms.json"
        terms.write_text(json.dumps(plain_terms(schedule(), rates())))
        command = [
            str(openfisca),
            str(Path(__file__).with_name("assess_openfisca.py")),
            str(source),
            str(out),
            str(terms),
        ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--steps", action="store_true", help="time the steps as well")
    parser.add_argument("--file", action="store_true", help="time one file, put together from parts, as well")
    parser.add_argument(
        "--openfisca", type=Path, help="the Python of an environment with requirements/bench-openfisca.lock"
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).parent / "data")
    parser.add_argument("--child", nargs=3, metavar=("KIND", "SOURCE", "OUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        kind, source, out = arguments.child
        child(kind, Path(source), Path(out))
        return
    source = arguments.data / f"lines-{arguments.lines}.parquet"
    make_lines(source, arguments.lines)
    kinds = ["copy", "assess", *(["file"] if arguments.file else []), *(["steps"] if arguments.steps else []), "floats",
             *(["openfisca"] if arguments.openfisca else [])]  # fmt: skip
    figures: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(arguments.runs):
        for kind in kinds:
            figures[kind].append(run_once(kind, source, arguments.data, arguments.openfisca))
            print(f"  {kind:9} {figures[kind][-1]['seconds']:7.2f} s", file=sys.stderr)
    median = {kind: statistics.median(run["seconds"] for run in runs) for kind, runs in figures.items()}
    cpu = {kind: statistics.median(run["cpu_seconds"] for run in runs) for kind, runs in figures.items()}
    print(
        f"{'what':28} {'median s':>9} {'cpu s':>8} {'x copy':>7} {'lines/s':>12} {'peak GiB':>9} {'x copy':>7}  lines not exact"
    )
    for kind, runs in figures.items():
        peak = max(run["peak_bytes"] for run in runs) / 2**30
        wrong = not_exact(kind, source, arguments.data, arguments.lines)
        print(f"{PEERS[kind]:28} {median[kind]:9.2f} {cpu[kind]:8.2f} {cpu[kind] / cpu['copy']:7.2f} {arguments.lines / median[kind]:12,.0f} {peak:9.2f} "
              f"{median[kind] / median['copy']:7.2f}  {wrong}")  # fmt: skip


if __name__ == "__main__":
    main()
