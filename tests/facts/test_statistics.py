"""The statistical tables, held against figures that their sources print and against each other."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.facts import Observation, shipped_facts
from footwall.quantity import kilograms_per

FACTS = shipped_facts()
OBSERVATIONS = {seen.observation: seen for seen in FACTS.observations}
FLOWS = {(flow.hs6, flow.exporter, flow.importer): flow for flow in FACTS.trade}
TOTALS = {total.hs6: total for total in FACTS.trade_totals}
RATES = {(rate.from_currency, rate.to_currency, rate.month): rate for rate in FACTS.exchange_rates}
TABLES_WITH_KEYS = {
    "observations.csv": ("observation",),
    "price_index.csv": ("index", "year"),
    "exchange_rates.csv": ("from_currency", "to_currency", "month"),
    "trade.csv": ("year", "hs6", "exporter", "importer"),
    "trade_margins.csv": ("year", "hs6", "side", "country"),
    "trade_totals.csv": ("year", "hs6"),
    "production.csv": ("mineral", "stage", "form", "country", "year"),
}
FLOORS_FROM = date(2024, 1, 1)


def usd_per_kg(low: Decimal, unit: str) -> Decimal:
    return low / kilograms_per(unit)


def known_on(day: date) -> list[Observation]:
    return [seen for seen in FACTS.observations if seen.published_at <= day]


# What was known, and when


@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)))
def test_no_day_looks_ahead(day: date) -> None:
    for seen in known_on(day):
        assert seen.observed_from <= seen.observed_to <= day


def test_no_observation_is_published_before_what_it_describes_has_ended() -> None:
    early = [seen.observation for seen in FACTS.observations if seen.published_at < seen.observed_to]
    assert early == []


def test_an_annual_average_counts_from_the_last_day_of_the_january_after_its_year() -> None:
    annual = [seen for seen in FACTS.observations if (seen.observed_to - seen.observed_from).days >= 364]
    assert {(seen.observed_from.month, seen.observed_to.month, seen.observed_to.day) for seen in annual} == {
        (1, 12, 31)
    }
    assert all(seen.published_at == date(seen.observed_to.year + 1, 1, 31) for seen in annual)
    assert all(seen.publication_assumed for seen in annual)


def test_the_average_of_2023_is_unknown_on_the_last_walk_day_before_it_appears() -> None:
    seen = OBSERVATIONS["usgs-ndpr-oxide-fob-2023"]
    assert seen not in known_on(date(2024, 1, 30))
    assert seen in known_on(date(2024, 1, 31))


def test_a_month_of_the_world_bank_counts_from_the_second_day_of_the_next() -> None:
    monthly = [seen for seen in FACTS.observations if 27 <= (seen.observed_to - seen.observed_from).days <= 30]
    assert monthly
    assert all(seen.published_at == seen.observed_to + timedelta(days=2) for seen in monthly)
    assert all(seen.published_at.day == 2 and seen.publication_assumed for seen in monthly)


def test_every_month_from_2020_to_may_2026_has_a_price_of_copper_and_nickel() -> None:
    for form in ("copper-cathode", "nickel-class1"):
        months = [seen.observed_from for seen in FACTS.observations if seen.observation.startswith(f"wb-{form}-")]
        assert months == [date(year, month, 1) for year in range(2020, 2027) for month in range(1, 13)][:77]


def test_a_month_without_a_price_stays_without_one() -> None:
    months = {seen.observed_from for seen in FACTS.observations if seen.observation.startswith("wb-phosphate-rock-")}
    assert date(2023, 11, 1) not in months
    assert {date(2023, 10, 1), date(2023, 12, 1)} <= months


def test_a_quote_that_stands_for_a_month_does_not_claim_to_know_its_day() -> None:
    vague = [
        seen for seen in FACTS.observations if seen.observed_from == seen.observed_to and seen.observed_to.day == 15
    ]
    assert vague
    assert all(seen.publication_assumed for seen in vague)
    assert not OBSERVATIONS["quote-ndpr-oxide-2026-01-29-smm"].publication_assumed


# Prices against their sources


@pytest.mark.parametrize(
    ("series", "prices", "unit"),
    [
        ("usgs-ndpr-oxide-fob", "92 124 75 55 69", "kg"),
        ("usgs-dysprosium-oxide-fob", "410 382 330 257 239", "kg"),
        ("usgs-terbium-oxide-fob", "1340 2050 1300 812 1010", "kg"),
        ("usgs-tungsten-concentrate-rotterdam", "225 275 258 252 380", "dmtu"),
        ("usgs-cobalt-metal-us-spot", "24.21 30.78 17.2 16.77 21", "lb"),
        ("usgs-cobalt-metal-lme", "23.17 28.83 15.48 11.84 15", "lb"),
        ("usgs-nickel-class1-lme", "18476 25815 21495 16812 15000", "t"),
        ("usgs-gallium-metal-us-imports", "277 432 365 439 580", "kg"),
        ("usgs-germanium-metal-europe", "1187 1294 1392 1991 4100", "kg"),
        ("usgs-antimony-metal-cif", "5.31 6.18 5.49 10.24 25", "lb"),
        ("usgs-manganese-ore-cif-china", "5.27 5.97 4.8 5.53 4.5", "mtu"),
        ("usgs-graphite-flake-us-imports", "1330 1200 1080 1050 1000", "t"),
        ("usgs-magnesium-metal-us-spot", "3.53 7.59 4.98 3.52 3.2", "lb"),
        ("usgs-lithium-carbonate-world", "11700 63700 39000 11800 9000", "t"),
        ("usgs-tantalum-concentrate-world", "158 196 170 167 180", "kg"),
        ("usgs-ferrochromium-world", "1.5 3.19 2.55 1.76 1.6", "lb"),
        ("usgs-palladium-sponge-us-engelhard", "2419.18 2133.81 1351.66 994.9 1100", "troy_oz"),
        ("usgs-tin-metal-new-york", "15.8 15.46 12.56 14.2 16", "lb"),
    ],
)
def test_annual_averages_are_what_the_mineral_commodity_summaries_print(series: str, prices: str, unit: str) -> None:
    rows = [OBSERVATIONS[f"{series}-{year}"] for year in range(2021, 2026)]
    assert [row.low for row in rows] == [Decimal(price) for price in prices.split()]
    assert all(row.low == row.high and row.unit == unit and row.currency == "USD" for row in rows)
    assert [row.estimated for row in rows][-1] is True


def test_cents_become_dollars_exactly() -> None:
    assert OBSERVATIONS["usgs-copper-cathode-lme-2021"].low == Decimal("4.225")
    assert OBSERVATIONS["usgs-copper-cathode-us-producer-2024"].low == Decimal("4.318")


def test_a_range_keeps_both_ends() -> None:
    seen = OBSERVATIONS["usgs-scandium-oxide-china-2021"]
    assert (seen.low, seen.high) == (Decimal(890), Decimal(1000))


def test_what_the_source_withholds_or_lacks_has_no_row() -> None:
    """Cesium carbonate is priced in 2025 only; the unit values of gallium are in every year."""
    years = {seen.observed_to.year for seen in FACTS.observations if seen.form == "cesium-carbonate"}
    assert years == {2025}


def test_a_unit_of_content_is_never_priced_as_a_unit_of_ore() -> None:
    per_unit = [seen for seen in FACTS.observations if seen.unit in {"mtu", "dmtu"}]
    assert {seen.form for seen in per_unit} >= {"tungsten-concentrate", "apt", "manganese-ore"}
    assert all(seen.per == "contained" for seen in per_unit)
    assert OBSERVATIONS["quote-apt-2025-06-15-smm"].per == "form"
    assert OBSERVATIONS["quote-nickel-mhp-2025-07-01-smm"].per == "contained"


def test_every_price_is_of_a_mass_and_above_zero() -> None:
    for seen in FACTS.observations:
        assert kilograms_per(seen.unit) > 0
        assert 0 < seen.low <= seen.high


@pytest.mark.parametrize(
    ("monthly", "annual"),
    [
        ("wb-copper-cathode", "usgs-copper-cathode-lme"),
        ("wb-nickel-class1", "usgs-nickel-class1-lme"),
        ("wb-tin-metal", "usgs-tin-metal-lme"),
        ("wb-zinc-metal", "usgs-zinc-metal-lme"),
    ],
)
@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024])
def test_two_offices_agree_on_the_same_exchange(monthly: str, annual: str, year: int) -> None:
    """The months of the one, averaged, and the year of the other: an error of unit or column would be far larger."""
    months = [OBSERVATIONS[f"{monthly}-{year}-{month:02}"] for month in range(1, 13)]
    mean = sum((usd_per_kg(seen.low, seen.unit) for seen in months), Decimal(0)) / 12
    other = OBSERVATIONS[f"{annual}-{year}"]
    assert abs(mean / usd_per_kg(other.low, other.unit) - 1) < Decimal("0.01")


def test_a_chinese_quote_is_with_tax_and_in_yuan_and_no_other_is() -> None:
    for seen in FACTS.observations:
        assert seen.vat_included == (seen.currency == "CNY")
        assert seen.vat_included <= (seen.country == "CN")


def test_the_january_2026_quote_of_ndpr_oxide_is_94_dollars_without_tax() -> None:
    seen = OBSERVATIONS["quote-ndpr-oxide-2026-01-29-smm"]
    assert (seen.low, seen.high) == (Decimal(740_000), Decimal(748_000))
    rate = RATES["CNY", "USD", date(2026, 1, 1)]
    middle = (seen.low + seen.high) / 2 / 1000 / Decimal("1.13") * rate.rate
    assert round(middle) == 94
    assert rate.assumed


def test_thin_european_quotes_stay_apart_from_traded_volume() -> None:
    europe = OBSERVATIONS["quote-dysprosium-oxide-2025-11-15-argus"]
    traded = OBSERVATIONS["quote-dysprosium-oxide-2025-11-15-adamas-intelligence"]
    assert (europe.low, europe.tier) == (Decimal(910), "assessments")
    assert (traded.low, traded.tier) == (Decimal(224), "transactions")


def test_customs_unit_values_are_a_tier_of_their_own() -> None:
    for seen in FACTS.observations:
        assert (seen.tier == "unit_values") == (seen.kind == "unit_value")
        if "unit value" in seen.source:
            assert seen.tier == "unit_values"


# Prices made under the floor


def test_only_prices_inside_the_zone_since_the_floors_began_stand_under_them() -> None:
    for seen in FACTS.observations:
        inside = seen.country == "US" and seen.observed_from >= FLOORS_FROM
        assert seen.under_floor == inside, seen.observation


# Real prices


def test_only_the_lithium_series_is_in_real_prices_and_its_index_covers_every_year() -> None:
    real = [seen for seen in FACTS.observations if seen.deflator]
    assert {seen.form for seen in real} == {"lithium-carbonate"}
    assert len(real) == 5
    years = {(index.index, index.year) for index in FACTS.price_index}
    assert {(seen.deflator, seen.observed_to.year) for seen in real} <= years
    assert all(index.assumed for index in FACTS.price_index)


@pytest.mark.parametrize(("year", "nominal"), [(2021, 12_600), (2024, 14_000)])
def test_the_assumed_base_year_gives_back_the_nominal_price_that_was_printed_earlier(year: int, nominal: int) -> None:
    """12,600 USD/t: MCS 2023, nominal price of 2021; 14,000 USD/t: MCS 2025, fixed contracts of 2024."""
    levels = {index.year: index.value for index in FACTS.price_index}
    real = OBSERVATIONS[f"usgs-lithium-carbonate-world-{year}"].low
    assert levels[2020] == 100
    assert abs(real * levels[year] / 100 / nominal - 1) < Decimal("0.03")
    assert abs(real * levels[year] / levels[2025] / nominal - 1) > Decimal("0.10"), "a base of 2025 would fit too"


# Rates of exchange


def test_every_direct_rate_has_every_month_of_the_walk() -> None:
    walk = [date(year, month, 1) for year in range(2021, 2027) for month in range(1, 13)][:65]
    for pair in [("EUR", "USD"), ("USD", "EUR"), ("GBP", "USD"), ("USD", "GBP"), ("EUR", "GBP"), ("CNY", "USD")]:
        assert [month for month in walk if (*pair, month) not in RATES] == []


def test_a_rate_and_its_inverse_undo_each_other() -> None:
    for (source, target, month), rate in RATES.items():
        back = RATES.get((target, source, month))
        if back:
            assert abs(rate.rate * back.rate - 1) < Decimal("0.000003")


def test_the_crossed_rate_is_the_quotient_of_the_two_that_the_bank_publishes() -> None:
    for (source, target, month), rate in RATES.items():
        if (source, target) == ("GBP", "USD"):
            crossed = RATES["EUR", "USD", month].rate / RATES["EUR", "GBP", month].rate
            assert abs(rate.rate - crossed) < Decimal("0.00001")
            assert "/" in rate.source


def test_published_rates_and_stand_ins_are_told_apart() -> None:
    assert RATES["EUR", "USD", date(2024, 5, 1)].rate == Decimal("1.081223")
    assert {rate.assumed for rate in FACTS.exchange_rates if rate.from_currency != "CNY"} == {False}
    yuan = [rate for rate in FACTS.exchange_rates if rate.from_currency == "CNY"]
    assert all(rate.assumed for rate in yuan)
    assert RATES["CNY", "USD", date(2024, 5, 1)].rate == Decimal("0.138972")  # 1 / 7.1957


# Trade


def test_the_flows_hold_at_least_98_per_cent_of_each_bilateral_code() -> None:
    held: dict[str, Decimal] = defaultdict(Decimal)
    for flow in FACTS.trade:
        held[flow.hs6] += flow.value_usd
    assert set(held) == {code for code, total in TOTALS.items() if total.flows_value_usd}
    for code, value in held.items():
        assert value == TOTALS[code].flows_value_usd
        assert Decimal("0.98") <= value / TOTALS[code].world_value_usd <= 1


def test_no_table_holds_a_row_twice() -> None:
    """Read without our reader: the same flow stands under several materials in some compilations of the source."""
    for name, key in TABLES_WITH_KEYS.items():
        with (FACTS.folder / name).open(encoding="utf-8", newline="") as file:
            counted = Counter(tuple(row[column] for column in key) for row in csv.DictReader(file))
        assert [row for row, count in counted.items() if count > 1] == [], name


def test_the_code_that_gallium_germanium_and_hafnium_share_is_counted_once() -> None:
    total = TOTALS["811292"].world_value_usd
    assert round(total / 1_000_000, 2) == Decimal("1105.87")
    assert sum(flow.value_usd for flow in FACTS.trade if flow.hs6 == "811292") <= total


def test_the_codes_of_2022_that_left_the_shared_code_have_no_flows_of_their_own() -> None:
    assert {"811231", "811241"} <= FACTS.hs6_codes
    assert not {"811231", "811241"} & set(TOTALS)


def test_namibia_is_a_country_and_not_a_gap() -> None:
    namibia = [flow for flow in FACTS.trade if "NA" in (flow.exporter, flow.importer)]
    assert namibia
    assert all(flow.exporter and flow.importer for flow in FACTS.trade)


def test_taiwan_has_its_own_code() -> None:
    assert any("TW" in (flow.exporter, flow.importer) for flow in FACTS.trade)
    codes = {code for flow in FACTS.trade for code in (flow.exporter, flow.importer)}
    assert {code for code in codes if not re.fullmatch(r"[A-Z]{2}", code)} == set()


def test_unknown_tonnes_are_unknown_and_never_zero() -> None:
    unknown = [flow for flow in FACTS.trade if flow.tonnes is None]
    assert unknown
    assert all(flow.tonnes is None or flow.tonnes > 0 for flow in FACTS.trade)
    assert all(flow.value_usd > 0 and flow.exporter != flow.importer for flow in FACTS.trade)


def test_values_are_whole_dollars_because_the_source_has_three_decimals_of_a_thousand() -> None:
    assert all(flow.value_usd == flow.value_usd.to_integral_value() for flow in FACTS.trade)


def test_world_values_are_those_the_source_prints() -> None:
    for code, value in {"850511": 4_962_889_102, "283691": 3_779_109_456, "280530": 516_506_243}.items():
        assert TOTALS[code].world_value_usd == value


def test_margins_stand_only_where_flows_are_unknown_and_never_exceed_the_world() -> None:
    held: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for margin in FACTS.trade_margins:
        held[margin.hs6, margin.side] += margin.value_usd
        assert TOTALS[margin.hs6].flows_value_usd == 0
    for (code, _), value in held.items():
        assert 0 < value <= TOTALS[code].world_value_usd
    shares = {
        margin.country: margin.value_usd
        for margin in FACTS.trade_margins
        if margin.hs6 == "280530" and margin.side == "exporter"
    }
    assert round(shares["VN"] / TOTALS["280530"].world_value_usd, 4) == Decimal("0.3785")


# Production


def world(form: str, year: int) -> tuple[Decimal, int]:
    rows = [row for row in FACTS.production if (row.form, row.year) == (form, year)]
    return sum((row.tonnes for row in rows if row.tonnes is not None), Decimal(0)), len(rows)


@pytest.mark.parametrize(
    ("form", "tonnes"),
    [
        ("gallium-crude", 848),
        ("antimony-concentrate", 119_000),
        ("copper-cathode", 27_600_000),
        ("copper-concentrate", 23_000_000),
        ("alumina", 142_000_000),
        ("graphite-flake", 1_550_000),
        ("cobalt-concentrate", 302_000),
        ("aluminum-metal", 72_800_000),
        ("chromite", 49_600_000),
    ],
)
def test_countries_add_up_to_the_world_total_of_2024_that_is_printed_beside_them(form: str, tonnes: int) -> None:
    total, count = world(form, 2024)
    assert count > 3
    assert abs(total / tonnes - 1) < Decimal("0.01")


def production(form: str, country: str, year: int) -> Decimal | None:
    (row,) = (row for row in FACTS.production if (row.form, row.country, row.year) == (form, country, year))
    return row.tonnes


def test_units_become_tonnes() -> None:
    assert production("gallium-crude", "CN", 2024) == 839  # 839,000 kilograms
    assert production("copper-cathode", "CN", 2024) == 12_400_000  # 12,400 thousand tonnes
    assert production("re-concentrate", "MM", 2025) == 22_000


def test_a_withheld_figure_is_unknown_and_a_dash_is_zero() -> None:
    assert production("spodumene-sc6", "US", 2024) is None
    assert production("antimony-concentrate", "US", 2024) == 0
    assert production("antimony-concentrate", "US", 2025) is None


def test_germanium_is_withheld_and_not_absent() -> None:
    rows = [row for row in FACTS.production if row.mineral == "germanium"]
    assert {row.year for row in rows} == {2024, 2025}
    assert all(row.tonnes is None and "withheld" in row.unit_note for row in rows)


def test_other_countries_are_named_and_world_totals_are_left_out() -> None:
    for row in FACTS.production:
        assert (row.country == "") == row.unit_note.startswith(("Other countries", "World: "))
        assert row.tonnes is None or not row.unit_note.startswith("World: ")


# Sources


def cited() -> Iterable[tuple[str, str]]:
    for name in TABLES_WITH_KEYS:
        with (FACTS.folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield name, row["source"]


def test_every_row_names_a_publication_and_none_a_path() -> None:
    publishers = (
        "USGS MCS 2026",
        "World Bank Pink Sheet",
        "CEPII BACI V202601",
        "ECB",
        "1 / ",
        "US GDP",
        "press report",
    )
    for name, source in cited():
        assert source.startswith(publishers) or "quoted 20" in source, (name, source)
        assert not re.search(r"\.(csv|parquet|json)|https?:|\.\./|~/", source), (name, source)
