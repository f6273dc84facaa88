"""`footwall history`: the prices that a desk would have had, on the screen and in files that say the same."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet
import pytest
from cli_support import footwall

import footwall as fw

FORMS = ("ndpr-oxide", "re-concentrate")
SPAN = ("--from", "2023-12-31", "--to", "2024-02-29")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("every", "count", "days"),
    [
        ("day", 61, {"2023-12-31", "2024-01-01", "2024-02-29"}),
        ("week", 8, {"2024-01-05", "2024-02-23"}),
        ("month", 3, {"2023-12-31", "2024-01-31", "2024-02-29"}),
    ],
)
def test_prices_are_told_for_each_day_week_or_month(walked: Path, every: str, count: int, days: set[str]) -> None:
    said = footwall("history", *FORMS, *SPAN, "--every", every, "--zone", walked)
    assert said.status == 0, said.error
    rows = rows_of(said.out)
    assert len(rows) == 2 * count
    assert {row["form"] for row in rows} == set(FORMS)
    assert days <= {row["on"] for row in rows}
    assert f"{2 * count} prices, 2023-12-31 to 2024-02-29." in said.error


def test_a_history_of_month_ends_begins_as_the_zone_began(walked: Path) -> None:
    zone = fw.open_zone(walked)
    assert zone.days[0] == date(2023, 12, 31)
    first, *_ = rows_of(footwall("history", FORMS[0], *SPAN, "--every", "month", "--zone", walked).out)
    assert (first["on"], Decimal(first["price"])) == ("2023-12-31", zone.price(FORMS[0], zone.days[0]))


def test_files_of_every_kind_hold_the_same_figures(walked: Path, tmp_path: Path) -> None:
    asked = ("history", *FORMS, *SPAN, "--every", "month", "--zone", walked)
    screen = rows_of(footwall(*asked).out)
    for kind in ("csv", "parquet", "json"):
        said = footwall(*asked, "--out", tmp_path / f"prices.{kind}")
        assert (said.status, said.out) == (0, "")
        assert f"in {tmp_path / 'prices'}.{kind}" in " ".join(said.error.split())
    assert rows_of((tmp_path / "prices.csv").read_text(encoding="utf-8")) == screen
    table = pyarrow.parquet.read_table(tmp_path / "prices.parquet").to_pylist()
    told = json.loads((tmp_path / "prices.json").read_text(encoding="utf-8"))["prices"]
    assert len(table) == len(told) == len(screen)
    for row, one, other in zip(screen, table, told, strict=True):
        assert (one["form"], one["on"].isoformat()) == (other["form"], other["on"]) == (row["form"], row["on"])
        for name in ("price", "market", "cost_build", "market_weight"):
            known = Decimal(row[name]) if row[name] else None
            assert one[name] == known
            assert (Decimal(other[name]) if isinstance(other[name], str) else None) == known
        assert (one["price_unknown"] or "") == row["price_unknown"]
        if row["price_unknown"]:
            assert other["price"] == {"unknown": row["price_unknown"]}
    assert any(row["price_unknown"] for row in screen)


def test_what_cannot_be_is_refused_and_writes_nothing(walked: Path, tmp_path: Path) -> None:
    for words, told in (
        (("--out", tmp_path / "prices.xlsx"), "end it in .csv, .parquet, .json"),
        (("--out", tmp_path / "none" / "prices.csv"), "cannot be written: No such file"),
        (("--every", "year"), "year"),
    ):
        said = footwall("history", FORMS[0], *SPAN, *words, "--zone", walked)
        assert said.status == 2
        assert told in said.error
    short = footwall(
        "history", FORMS[0], "--from", "2024-01-01", "--to", "2024-01-30", "--every", "month", "--zone", walked
    )
    assert "no month ends between 2024-01-01 and 2024-01-30" in short.error
    assert list(tmp_path.glob("prices*")) == []
