"""Price synthetic observations: a form from a million deals, ten years of 60 forms day by day, a certificate done again.

    python bench/prices.py [--deals 1000000] [--years 10] [--forms 60] [--runs 3] [--workers 1 2] [--only million named replay]

Everything here is synthetic: nobody said any of it. Beside each, in the same run and on the same cores, stands what any
answer must at least do. `million`: a DuckDB sum by submitter over the same Parquet file, which knows no tax, rate,
freight, cap, outlier or certificate; nobody names the other side. `named`: the same deals, each with one of five
counterparties, so that many fewer of them agree and the certificate is many times longer. `backfill`: a DuckDB rolling mean of deals by mass over the same rows, which leaves
out all of that, every quotation, the cost-builds, and that nothing may be known before its day. `replay`: reading the
same bytes as JSON. Each figure is the median of its runs, each run a process of its own, its start and imports left out.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    from footwall.facts import Form, Recipe
    from footwall.prices import Evidence
    from footwall.rulebook import Rulebook

FORM, ON = "ndpr-oxide", date(2026, 3, 31)
SUBMITTERS, DAYS, SIDES = 200, 60, 5
TERMS = (
    ("CN", "CNY", "fob", "CNSHA", "7.0"),
    ("CN", "CNY", "fob", "CNNGB", "7.0"),
    ("CN", "USD", "cif", "", "1"),
    ("DE", "EUR", "cif", "", "0.9"),
    ("US", "USD", "fob", "USHOU", "1"),
    ("VN", "USD", "fob", "", "1"),
)
"""Country, currency, incoterm, place, and about how much of the currency is a dollar."""


def held(query: str) -> pa.Table:
    """Rows in the columns that are held, from a query that names the ones that differ."""
    from footwall.intake import HELD

    found = duckdb.sql(query).to_arrow_table()
    blank = {"seen_at": None, "lot_kg": None, "content": None, "payment_days": None}
    columns = [
        found[field.name] if field.name in found.column_names
        else pa.array([None if field.name in blank else ""] * found.num_rows, field.type)
        for field in HELD
    ]  # fmt: skip
    return pa.table([column.cast(field.type) for column, field in zip(columns, HELD, strict=True)], schema=HELD)


def make_deals(path: Path, count: int, sides: int) -> None:
    """Synthetic deals of one form, the same for every run of one count, each with one of `sides` counterparties, or with none.

    Each of 200 submitters deals on each of 60 days at terms of its own (one in four at a second place); one in five
    deals with relatives now and then, one in fifty reports prices that are far off; a mass of 50 kg to 20 t; prices within 6 %.
    """
    from footwall.intake import parquet_bytes

    country, currency, incoterm, place = (
        f"[{', '.join(repr(term[index]) for term in TERMS)}][terms]" for index in range(4)
    )
    worth = f"[{', '.join(term[4] for term in TERMS)}][terms]"
    counterparty = f"'works-' || hash(i || ' 5') % {sides}" if sides else "''"
    table = held(f"""
        WITH drawn AS (
            SELECT i, CAST(hash(i || ' 1') % {SUBMITTERS} AS INTEGER) AS who,
                DATE '{ON}' - CAST(hash(i || ' 2') % {DAYS} AS INTEGER) AS day,
                CAST(50 + (hash(i || ' 3') % 19950000) / 1000.0 AS DECIMAL(14, 3)) AS mass_kg,
                94 * (0.97 + (hash(i || ' 4') % 6000) / 100000.0) AS worth
            FROM range({count}) r(i)
        ), settled AS (
            SELECT *, 1 + (CASE WHEN who % 4 = 0 AND i % 2 = 0 THEN who + 1 ELSE who END) % {len(TERMS)} AS terms FROM drawn
        ), said AS (
            SELECT *, CAST(worth * {worth} * (CASE WHEN who % 50 = 7 THEN 1.9 ELSE 1 END) AS DECIMAL(18, 2)) AS low
            FROM settled
        )
        SELECT 'D' || lpad(CAST(i AS VARCHAR), 9, '0') AS observation, '{FORM}' AS form, 'transaction' AS kind,
            'transactions' AS tier, 'spot' AS market, {country} AS country, {incoterm} AS incoterm, {place} AS place,
            day AS observed_from, day AS observed_to, day AS published_at, low, low AS high, {currency} AS currency,
            'kg' AS unit, 'form' AS per, 'submitter-' || who AS submitter, mass_kg, false AS publication_assumed,
            false AS vat_included, false AS under_floor, false AS estimated, 'synthetic' AS source,
            CASE WHEN who % 5 = 0 AND hash(i || ' 6') % 4 = 0 THEN 'related' ELSE 'unrelated' END AS relation,
            {counterparty} AS counterparty
        FROM said
    """)
    path.write_bytes(parquet_bytes(table))


@cache
def example() -> tuple["Rulebook", "Evidence"]:
    """The shipped facts, and the example rules with one more: that deals among relatives do not count."""
    from footwall.facts import shipped_facts
    from footwall.prices import Evidence
    from footwall.rulebook import EligibilityRule, Known, load_rulebooks

    facts = shipped_facts()
    known = Known(
        {form.form: form.basis for form in facts.forms.values()},
        frozenset(facts.countries), frozenset(facts.currencies), frozenset(facts.countries) | {"EU"},
    )  # fmt: skip
    rules = load_rulebooks(Path(str(files("footwall.rulebook") / "example")), known).on(ON)
    apart = EligibilityRule(forms="all", arms_length="not_related", lot_kg_min=Decimal(0), source="synthetic")
    return rules.model_copy(update={"eligibility": (apart,)}), Evidence.of(facts)


def price_million(source: Path, out: Path) -> int:
    """From the file to the price with its certificate, as bytes; returns how many observations were read."""
    from footwall.intake import cells
    from footwall.prices import Market, PriceRules, certificate_json

    rulebook, evidence = example()
    found = cells(source).by_form[FORM]
    market = Market(found, PriceRules(rulebook, evidence.forms), evidence)
    price = market.prices(ON, {})[FORM]
    out.write_bytes(certificate_json(price.certified))
    assert isinstance(price.price, Decimal), price.price
    return sum(cell.count for cell in found)


def group_million(source: Path, out: Path) -> int:
    """The least that any price by submitters must do: read the columns that it rests on, and sum by submitter."""
    told = duckdb.execute(
        "SELECT submitter, relation, currency, incoterm, place, count(*), sum(mass_kg), sum(mass_kg * (low + high)) "
        f"FROM read_parquet('{source}') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    out.write_text(repr(told), encoding="utf-8")
    return sum(row[5] for row in told)


def replay_certificate(source: Path, _: Path) -> int:
    """A certificate done again from its bytes; returns their number."""
    from footwall.prices import replay

    data = source.read_bytes()
    assert replay(data) == (), "a certificate follows from its own contents"
    return len(data)


def load_certificate(source: Path, _: Path) -> int:
    """The same bytes as JSON values, and no more."""
    data = source.read_bytes()
    assert json.loads(data)
    return len(data)


def chained_forms(count: int) -> "tuple[dict[str, Form], tuple[Recipe, ...]]":
    """Synthetic forms in chains of three, each made from the one before it."""
    from footwall.facts import Amount, Form, Recipe

    names = [f"{stage}-{chain}" for chain in range(-(-count // 3)) for stage in ("ore", "oxide", "metal")][:count]
    forms = {
        name: Form(name, "synthetic", "refining", name, "", "form", "X", None, (), "synthetic", assumed=False)
        for name in names
    }
    recipes = []
    for below, name in pairwise(names):
        if not name.startswith("ore"):
            recipes.append(Recipe(f"make-{name}", "synthetic", name, (Amount(below, Decimal("1.4")),), (), Decimal(9),
                                  Decimal("0.1"), "market_economy", 2015, reverse_of=None, assumed=False,
                                  source="synthetic"))  # fmt: skip
    return forms, tuple(recipes)


def chained(count: int, years: int) -> "Evidence":
    """Synthetic forms, recipes and monthly rates."""
    from footwall.facts import ExchangeRate
    from footwall.prices import Evidence

    forms, recipes = chained_forms(count)
    months = [date(year, month, 1) for year in range(ON.year - years - 1, ON.year + 1) for month in range(1, 13)]
    rates = tuple(
        ExchangeRate(currency, "USD", month, Decimal(rate + index % 7).scaleb(-4), assumed=False, source="synthetic")
        for currency, rate in (("CNY", 1400), ("EUR", 11000)) for index, month in enumerate(months)
    )  # fmt: skip
    return Evidence(forms, recipes, exchange_rates=rates)


def make_years(path: Path, count: int, years: int) -> None:
    """Synthetic history: three assessments of each form on each working day, and three deals a week, in three currencies."""
    from footwall.intake import parquet_bytes

    forms, _ = chained_forms(count)
    names = "[" + ", ".join(map(repr, forms)) + "]"
    first = ON - timedelta(days=365 * years + 150)
    path.write_bytes(
        parquet_bytes(
            held(f"""
        WITH day AS (
            SELECT CAST(day AS DATE) AS day, row_number() OVER (ORDER BY day) AS number
            FROM generate_series(DATE '{first}', DATE '{ON}', INTERVAL 1 DAY) r(day) WHERE isodow(day) < 6
        ), form AS (SELECT unnest({names}) AS form, unnest(range({count})) AS place),
        said AS (
            SELECT *, 'assessment' AS kind, 'assessments' AS tier, 'house-' || voice AS submitter, NULL AS mass
            FROM day, form, range(3) r(voice)
            UNION ALL
            SELECT *, 'transaction', 'transactions', 'trader-' || hash(number || form) % 9, 40 + hash(form || number) % 9000
            FROM day, form, range(1) r(voice) WHERE hash(number || ' ' || form) % 5 < 3
        ), money AS (
            SELECT *, CASE WHEN (place + voice) % 3 = 0 THEN 'CNY' WHEN voice = 1 THEN 'EUR' ELSE 'USD' END AS currency,
                (20 + 15 * (place % 3)) * (1 + 0.3 * sin(number / 300.0 + place)) * (0.99 + (hash(number || ' ' || voice || form) % 200) / 10000.0) AS worth
            FROM said
        )
        SELECT left(kind, 1) || '-' || form || '-' || number || '-' || voice AS observation, form, kind, tier, 'spot' AS market,
            'CN' AS country, CASE WHEN kind = 'transaction' THEN 'fob' ELSE 'cif' END AS incoterm, day AS observed_from,
            day AS observed_to, day AS published_at, currency,
            CAST(worth * CASE currency WHEN 'CNY' THEN 7 WHEN 'EUR' THEN 0.9 ELSE 1 END AS DECIMAL(18, 2)) AS low,
            CAST(worth * 1.01 * CASE currency WHEN 'CNY' THEN 7 WHEN 'EUR' THEN 0.9 ELSE 1 END AS DECIMAL(18, 2)) AS high,
            'kg' AS unit, 'form' AS per, submitter, CAST(mass AS DECIMAL(14, 3)) AS mass_kg, false AS publication_assumed,
            false AS vat_included, false AS under_floor, false AS estimated, 'synthetic' AS source
        FROM money
    """)
        )
    )


def backfill(source: Path, out: Path, count: int, years: int, workers: int) -> int:
    """Every form on every day of the calendar; returns how many prices were found."""
    from footwall.intake import cells
    from footwall.prices import Market, PriceRules, history

    evidence = chained(count, years)
    observations = [cell for found in cells(source).by_form.values() for cell in found]
    rulebook, _ = example()
    for_all = tuple(rule for rule in rulebook.reference if rule.forms == "all")
    rules = PriceRules(rulebook.model_copy(update={"reference": for_all}), evidence.forms)
    days = [ON - timedelta(days=back) for back in range(365 * years, -1, -1)]
    rows = history([(date.min, Market(observations, rules, evidence))], days, workers=workers)
    out.write_text("".join(f"{row.form},{row.on},{row.price}\n" for row in rows), encoding="utf-8")
    known = sum(isinstance(row.price, Decimal) for row in rows)
    assert known == len(rows) == count * len(days), f"{known} of {len(rows)} prices known"
    return known


def rolling_years(source: Path, out: Path) -> int:
    """A mean by mass of the deals of sixty days, at one rate for ever, on each working day."""
    deals = f"SELECT form, observed_to AS day, mass_kg, low FROM read_parquet('{source}') WHERE kind = 'transaction'"
    window = "PARTITION BY form ORDER BY day RANGE BETWEEN INTERVAL 60 DAY PRECEDING AND CURRENT ROW"
    query = f"SELECT form, day, sum(mass_kg * low) OVER w / sum(mass_kg) OVER w FROM ({deals}) WINDOW w AS ({window})"
    copied = duckdb.execute(f"COPY ({query}) TO '{out}' (FORMAT csv)").fetchone()
    assert copied is not None
    return int(copied[0])


def child(kind: str, source: Path, out: Path, arguments: argparse.Namespace) -> None:
    """Run one kind once and print what it took; modules are imported, and the example's rules read, before the clock runs."""
    import footwall.intake
    import footwall.prices

    footwall.prices.replay({})  # builds the reader of certificates
    example()
    todo: dict[str, Callable[[Path, Path], int]] = {
        "price": price_million,
        "group": group_million,
        "replay": replay_certificate,
        "loads": load_certificate,
        "rolling": rolling_years,
    }
    started = time.perf_counter()
    if kind.startswith("backfill"):
        done = backfill(source, out, arguments.forms, arguments.years, int(kind.partition("-")[2]))
    else:
        done = todo[kind](source, out)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"kind": kind, "seconds": seconds, "peak_bytes": peak, "done": done}))


def made(arguments: argparse.Namespace) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """The source of each part, made where it is not there yet, and the kinds that are run on it: the peer first."""
    arguments.data.mkdir(parents=True, exist_ok=True)
    parts: dict[str, tuple[Path, tuple[str, ...]]] = {}
    deals = arguments.data / f"deals-{arguments.deals}.parquet"
    if not deals.exists():
        make_deals(deals, arguments.deals, 0)
    parts["million"] = (deals, ("group", "price"))
    named = arguments.data / f"deals-{arguments.deals}-named.parquet"
    if not named.exists() and "named" in arguments.only:
        make_deals(named, arguments.deals, SIDES)
    parts["named"] = (named, ("group", "price"))
    certificate = arguments.data / f"certificate-{arguments.deals}.json"
    if not certificate.exists() and "replay" in arguments.only:
        price_million(deals, certificate)
    parts["replay"] = (certificate, ("loads", "replay"))
    years = arguments.data / f"years-{arguments.forms}-{arguments.years}.parquet"
    if not years.exists() and "backfill" in arguments.only:
        make_years(years, arguments.forms, arguments.years)
    parts["backfill"] = (years, ("rolling", *(f"backfill-{workers}" for workers in arguments.workers)))
    return {name: part for name, part in parts.items() if name in arguments.only}


def run_part(name: str, source: Path, kinds: tuple[str, ...], arguments: argparse.Namespace) -> None:
    """Run the kinds of one part in turn, and print the medians."""
    figures: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(arguments.runs):
        for kind in kinds:
            out = arguments.data / f"{kind}.out"
            command = [sys.executable, __file__, "--child", kind, str(source), str(out),
                       "--forms", str(arguments.forms), "--years", str(arguments.years)]  # fmt: skip
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            figures[kind].append(json.loads(done.stdout))
            print(f"  {kind:12} {figures[kind][-1]['seconds']:7.3f} s", file=sys.stderr)
    peer = statistics.median(run["seconds"] for run in figures[kinds[0]])
    print(f"{name:14} {'median s':>9} {'s each':>24} {'done':>12} {'peak GiB':>9} {'× peer':>8}")
    for kind, runs in figures.items():
        seconds = [run["seconds"] for run in runs]
        told = " ".join(f"{each:.3f}" for each in seconds)
        peak = max(run["peak_bytes"] for run in runs) / 2**30
        median = statistics.median(seconds)
        print(f"  {kind:12} {median:9.3f} {told:>24} {runs[0]['done']:12,.0f} {peak:9.2f} {median / peer:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--forms", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="+", default=["million", "named", "replay", "backfill"])
    parser.add_argument("--data", type=Path, default=Path(__file__).parent / "data")
    parser.add_argument("--child", nargs=3, metavar=("KIND", "SOURCE", "OUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        kind, source, out = arguments.child
        child(kind, Path(source), Path(out), arguments)
        return
    for name, (source, kinds) in made(arguments).items():
        run_part(name, source, kinds, arguments)


if __name__ == "__main__":
    main()
