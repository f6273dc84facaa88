"""`footwall quote`: the readable law at the counter. It says what a file would say, to the cent."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from cli_support import footwall, notified_on_a_tonne
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import footwall as fw
from footwall.quantity import plain

GOODS = ("--importer", "US", "--origin", "CN", "--form", "ndpr-oxide", "--hs-code", "28469080")
MONEY = ("--mass-kg", "1000", "--value", "55000", "--currency", "USD")


@pytest.fixture(scope="module")
def zone(example_folder: Path) -> fw.Zone:
    return fw.open_zone(example_folder)


def exactly(text: object) -> object:
    return Decimal(text) if isinstance(text, str) and re.fullmatch(r"-?[0-9.]+", text) else text


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(["ndpr-oxide", "antimony-metal", "ndfeb-magnet", "tungsten-concentrate", "magnesium-metal"]),
    importer=st.sampled_from(["US", "DE", "JP"]),
    origin=st.sampled_from(["CN", "VN", "AU"]),
    mass=st.decimals(min_value="0.5", max_value="90000", places=3),
    value=st.decimals(min_value="0", max_value="900000", places=2),
    day=st.sampled_from(["2024-07-01", "2025-03-31", "2025-08-14", "2026-05-31"]),
)
def test_a_quotation_is_what_the_same_line_owes_in_a_file(
    zone: fw.Zone, form: str, importer: str, origin: str, mass: Decimal, value: Decimal, day: str
) -> None:
    line = {
        "line_id": "quotation", "entry_date": day, "importer": importer, "origin": origin, "form": form,
        "net_mass_kg": mass, "customs_value": value, "currency": "USD",
    }  # fmt: skip
    words = ("--importer", importer, "--origin", origin, "--form", form, "--mass-kg", mass, "--value", value)
    said = footwall("quote", *words, "--currency", "USD", "--on", day, "--format", "json", "--zone", zone.folder)
    assert said.status == 0, said.error
    quoted = json.loads(said.out)["liability"]
    assessed = fw.assess([line], zone.schedule(), zone.rates).liabilities.to_pylist()[0]
    for name in (
        "customs_value",
        "ordinary_duty",
        "additional_duty",
        "floor_duty",
        "total_duty",
        "landed_value",
        "reason",
    ):
        found = quoted[name]
        expected = {"unknown": assessed[f"{name}_unknown"]} if assessed[name] is None else assessed[name]
        assert exactly(found) == expected, name


def test_goods_under_the_floor_owe_what_the_steps_add_up_to(example_folder: Path) -> None:
    said = footwall("quote", *GOODS, *MONEY, "--on", "2025-03-31", "--why", "--zone", example_folder)
    assert said.status == 0
    owed = {name: Decimal(said.row(name)[1].replace(",", "")) for name in ("ordinary duty", "floor duty", "total duty")}
    assert owed["ordinary duty"] == Decimal("2035.00")  # 3.7 % of 55,000
    assert owed["floor duty"] == notified_on_a_tonne(example_folder)
    assert owed["total duty"] == owed["ordinary duty"] + owed["floor duty"]
    assert "3.7 % of value" in said.out
    assert f"{plain(owed['floor duty'] / 1000)} USD/kg" in said.out
    assert "Rents, which no treasury receives" in said.out


def test_goods_of_a_member_owe_no_floor_duty(example_folder: Path) -> None:
    words = ("--importer", "US", "--origin", "JP", "--form", "ndpr-oxide", "--hs-code", "28469080")
    said = footwall("quote", *words, *MONEY, "--on", "2025-03-31", "--zone", example_folder)
    assert said.row("floor duty") == ["floor duty", "0.00", "goods of a member owe no floor duty"]


def test_an_unknown_ordinary_duty_leaves_the_total_unknown_and_the_floor_duty_known(example_folder: Path) -> None:
    words = ("--importer", "DE", "--origin", "CN", "--form", "ndpr-oxide")
    said = footwall("quote", *words, *MONEY, "--on", "2025-03-31", "--zone", example_folder)
    assert said.row("ordinary duty")[1] == "unknown"
    assert said.row("total duty")[1] == "unknown"
    assert Decimal(said.row("floor duty")[1].replace(",", "")) > 0
    assert said.out.count("no --hs-code was stated, and ordinary rates stand under codes") == 2
    assert said.out.count("the floor duty is assessed before it") == 2


def test_an_ordinary_duty_that_is_unknown_under_a_stated_code_is_not_laid_to_the_code(example_folder: Path) -> None:
    words = ("--importer", "DE", "--origin", "CN", "--form", "ndpr-oxide", "--hs-code", "284690")
    said = footwall("quote", *words, *MONEY, "--on", "2025-03-31", "--zone", example_folder)
    assert said.row("ordinary duty")[1] == "unknown"
    assert "no rate is known for this importer, origin and code, or a preference may be claimed" in said.out
    assert "--hs-code" not in said.out


def test_goods_on_which_an_importer_holds_no_floor_are_told_so_of_that_importer(example_folder: Path) -> None:
    words = ("--importer", "CN", "--origin", "VN", "--form", "ndpr-oxide")
    said = footwall("quote", *words, *MONEY, "--on", "2025-03-31", "--zone", example_folder)
    assert said.row("floor duty") == ["floor duty", "0.00", "no floor is held for these goods by this importer"]


@pytest.mark.parametrize(
    ("words", "field", "told"),
    [
        (("--importer", "XX", "--origin", "CN", "--form", "ndpr-oxide", *MONEY), "importer", "country_unknown"),
        (("--importer", "US", "--origin", "CN", "--form", "unobtainium", *MONEY), "form", "form_unknown"),
        (("--importer", "US", "--origin", "CN", "--hs-code", "284690", *MONEY), "form", "form_ambiguous"),
        (("--importer", "US", "--origin", "CN", "--hs-code", "999998", *MONEY), "hs_code", "hs_code_unknown"),
        (("--importer", "US", "--origin", "CN", *MONEY), "hs_code", "field_missing"),
        ((*GOODS, "--mass-kg", "0", "--value", "1", "--currency", "USD"), "net_mass_kg", "mass_not_positive"),
        ((*GOODS, "--mass-kg", "1", "--value", "-1", "--currency", "USD"), "customs_value", "customs_value_negative"),
        ((*GOODS, "--mass-kg", "1", "--value", "1", "--currency", "XXQ"), "currency", "currency_unknown"),
        ((*GOODS, *MONEY, "--content", "1.5"), "content", "content_out_of_range"),
        ((*GOODS, *MONEY, "--on", "1999-01-01"), "entry_date", "date_outside_schedule"),
        ((*GOODS, *MONEY, "--basis", "cif"), "freight_insurance", "freight_missing"),
    ],
)
def test_a_consignment_that_cannot_be_assessed_is_told_field_by_field(
    example_folder: Path, words: tuple[str, ...], field: str, told: str
) -> None:
    said = footwall("quote", *words, "--zone", example_folder)
    assert said.status == 2
    assert "this consignment cannot be assessed" in said.error
    assert [line for line in said.error.splitlines() if line.startswith(field) and line.rstrip().endswith(told)], (
        said.error
    )


def test_the_smallest_mass_that_is_one_is_assessed(example_folder: Path) -> None:
    said = footwall(
        "quote", *GOODS, "--mass-kg", "0.000001", "--value", "0", "--currency", "USD", "--zone", example_folder
    )
    assert said.status == 0


def test_goods_in_a_warehouse_owe_nothing_yet(example_folder: Path) -> None:
    said = footwall(
        "quote", *GOODS, *MONEY, "--entry-type", "warehouse", "--on", "2025-03-31", "--zone", example_folder
    )
    assert said.row("floor duty") == ["floor duty", "0.00", "goods in a warehouse owe duty when they are withdrawn"]


def test_goods_that_land_below_their_floor_are_told_by_how_much(example_folder: Path) -> None:
    words = ("--mass-kg", "1000", "--value", "45000", "--currency", "USD", "--on", "2025-03-31")
    said = footwall("quote", *GOODS, *words, "--zone", example_folder)
    landed, floor = (Decimal(said.row(name)[1].replace(",", "")) for name in ("landed value", "floor value"))
    assert "lands below the floor" in said.row("floor duty")[2]
    held = fw.open_zone(example_folder).floor("ndpr-oxide", date(2025, 3, 31))
    assert held is not None
    assert said.row("floor value")[2] == f"{held.price:.2f} USD/kg; the goods land {floor - landed:,.2f} below it"
    at_the_floor = footwall("quote", *GOODS, *MONEY, "--on", "2025-03-31", "--zone", example_folder)
    assert at_the_floor.row("floor value")[2] == f"{held.price:.2f} USD/kg"


def test_the_steps_show_money_at_the_coins_places(example_folder: Path) -> None:
    said = footwall("quote", *GOODS, *MONEY, "--on", "2025-03-31", "--why", "--zone", example_folder)
    (step,) = [
        line for line in said.out.splitlines() if line.startswith("floor ") and "USD/kg" in line and " m " in line
    ]
    owed = notified_on_a_tonne(example_folder)
    assert re.search(rf" m +1,000 +{owed / 1000:.2f} USD/kg +{owed:,.2f} +{owed:,.2f} ", step)


def test_options_that_no_rule_reads_are_named_and_those_that_one_reads_are_not(example_folder: Path) -> None:
    words = (*GOODS, *MONEY, "--on", "2025-03-31", "--zone", example_folder)
    unread = ("--certificate", "KORUS", "--lading-date", "2025-03-01", "--stage", "separated=AU")
    said = footwall("quote", *words, *unread, "--holds", "Nd=0.6")
    assert "Options that no rule in force reads: --certificate, --lading-date, --stage." in said.out
    assert "no rule in force reads" not in footwall("quote", *words, "--holds", "Nd=0.6").out
    told = json.loads(footwall("quote", *words, *unread, "--format", "json").out)
    assert told["not_read"] == ["--certificate", "--lading-date", "--stage"]
