"""Every cell of trade becomes a line or is set aside under its reason, to the last dollar."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_support import MIDDLE, example_rules, facts_with, flow, members, total

from footwall.errors import UsageError
from footwall.facts import CodeSplit, OrdinaryDuty, TariffTreatment, TradeFlow, TradeMargin, shipped_facts
from footwall.quantity import Unknown
from footwall.report import annual_trade, estimated_lines, trade_lines
from footwall.report.trade import (
    FREIGHT_UNKNOWN,
    NO_FORM,
    NO_SPLIT,
    OTHER_GOODS,
    OUTSIDE,
    SHARED_CODE,
    TONNES_UNKNOWN,
    WITHIN_UNION,
    national_codes,
)
from footwall.report.trade_estimate import mass_shares

RULES, MEMBERS, FACTS = example_rules(), members(), shipped_facts()

CODES = st.sampled_from(["740311", "750210", "810411", "811010", "811292", "850511", "282200", "270112", "010121"])
COUNTRIES = st.sampled_from(["US", "DE", "FR", "JP", "CN", "CL", "NO", "GB", "AU", "BR"])
FLOWS = st.lists(
    st.builds(
        TradeFlow,
        st.just(2024),
        CODES,
        COUNTRIES,
        COUNTRIES,
        st.integers(1, 10**10).map(Decimal),
        st.none() | st.decimals(0, 10**7, places=3),
        st.just("made up"),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda one: (one.hs6, one.exporter, one.importer),
)


@given(FLOWS)
def test_nothing_is_dropped_and_nothing_counted_twice(flows: list[TradeFlow]) -> None:
    lines = trade_lines(facts_with(trade=tuple(flows)), MEMBERS, RULES)
    for code in {one.hs6 for one in flows}:
        goes_in = total(one.value_usd for one in flows if one.hs6 == code)
        assessed = total(line.value_usd for line in lines.lines if line.hs6 == code)
        aside = total(one.value_usd for one in lines.set_aside if one.hs6 == code)
        assert assessed + aside == goes_in
    cells = Counter((one.hs6, one.exporter, one.importer) for one in (*lines.lines, *lines.set_aside))
    assert cells == Counter((one.hs6, one.exporter, one.importer) for one in flows)
    assert len({line.line_id for line in lines.lines}) == len(lines.lines)


@given(FLOWS)
def test_a_line_is_an_import_of_a_member_under_a_code_of_one_form_with_known_mass(flows: list[TradeFlow]) -> None:
    lines = trade_lines(facts_with(trade=tuple(flows)), MEMBERS, RULES)
    known = {(one.hs6, one.exporter, one.importer): one for one in flows}
    for line in lines.lines:
        cell = known[line.hs6, line.exporter, line.importer]
        assert line.importer in MEMBERS.members_on(MIDDLE)
        assert FACTS.forms_by_hs6[line.hs6] == (line.form,)
        assert line.hs6 not in FACTS.shared_codes
        assert cell.tonnes is not None
        assert line.mass_kg == cell.tonnes * 1000
        assert not {line.exporter, line.importer} <= set(FACTS.union_members("EU"))


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (flow("740311", "CL", "CN", 5, "1"), OUTSIDE),
        (flow("740311", "DE", "FR", 5, "1"), WITHIN_UNION),
        (flow("811292", "CN", "US", 5, "1"), SHARED_CODE),
        (flow("850511", "CN", "US", 5, "1"), SHARED_CODE),
        (flow("010121", "CN", "US", 5, "1"), NO_FORM),
        (flow("740311", "CL", "US", 5, None), TONNES_UNKNOWN),
        (flow("811292", "CN", "US", 5, None), SHARED_CODE),
    ],
)
def test_each_reason_is_named(cell: TradeFlow, reason: str) -> None:
    lines = trade_lines(facts_with(trade=(cell,)), MEMBERS, RULES)
    assert not lines.lines
    assert [(one.reason, one.value_usd, one.tonnes) for one in lines.set_aside] == [(reason, Decimal(5), cell.tonnes)]


@pytest.mark.parametrize(("exporter", "importer"), [("GB", "FR"), ("FR", "GB"), ("US", "JP"), ("CN", "FR")])
def test_goods_of_members_and_of_states_of_a_union_from_outside_it_are_lines(exporter: str, importer: str) -> None:
    lines = trade_lines(facts_with(trade=(flow("740311", exporter, importer, 5, "1"),)), MEMBERS, RULES)
    assert [(line.exporter, line.importer) for line in lines.lines] == [(exporter, importer)]


def test_unknown_tonnes_are_set_aside_and_never_zero() -> None:
    lines = trade_lines(facts_with(trade=(flow("740311", "CL", "US", 7, None),)), MEMBERS, RULES)
    assert [one.tonnes for one in lines.set_aside] == [None]


def test_freight_and_insurance_are_those_of_the_border() -> None:
    lines = trade_lines(facts_with(trade=(flow("740311", "CL", "US", 1_000_003, "12.5"),)), MEMBERS, RULES)
    rule = RULES.border[0]
    assert (rule.freight_per_t, rule.freight_per_t_km, rule.distance_unknown_km) == (25, Decimal("0.0018"), 20000)
    assert rule.insurance_share == Decimal("0.003")
    # 25 + 0.0018 × 20,000 = 61 a tonne; 762.50 + 0.003 × (1,000,003 + 762.50) = 3764.7965
    assert lines.lines[0].freight_insurance_usd == Decimal("3764.80")


def test_where_no_distance_is_taken_nothing_is_valued_and_nothing_lost() -> None:
    border = RULES.border[0].model_copy(update={"distance_unknown_km": None})
    facts = facts_with(trade=(flow("740311", "CL", "US", 1000, "12.5"),))
    found = trade_lines(facts, MEMBERS, RULES.model_copy(update={"border": (border,)}))
    assert found.lines == ()
    assert [(one.reason, one.value_usd) for one in found.set_aside] == [(FREIGHT_UNKNOWN, 1000)]
    flat = border.model_copy(update={"freight_per_t_km": Decimal(0)})
    assert len(trade_lines(facts, MEMBERS, RULES.model_copy(update={"border": (flat,)})).lines) == 1


def test_a_line_speaks_the_words_of_the_contract() -> None:
    record = trade_lines(facts_with(trade=(flow("740311", "CN", "US", 9000, "1"),)), MEMBERS, RULES).records()[0]
    assert record == {
        "line_id": "2024-740311-CN-US",
        "entry_date": date(2024, 7, 1),
        "importer": "US",
        "origin": "CN",
        "hs_code": "74031100",
        "form": "copper-cathode",
        "net_mass_kg": Decimal(1000),
        "content": FACTS.forms["copper-cathode"].standard_content,
        "customs_value": Decimal(9000),
        "currency": "USD",
        "freight_insurance": Decimal("88.18"),  # 61 + 0.003 × (9,000 + 61)
        "valuation_basis": "fob",
    }


def test_a_year_without_trade_is_refused() -> None:
    with pytest.raises(UsageError, match="the facts hold no trade of 1999, only of 2024"):
        trade_lines(FACTS, MEMBERS, RULES, 1999)


def test_without_a_year_the_last_of_which_trade_is_held_is_taken() -> None:
    earlier = replace(flow("740311", "CN", "US", 9000, "1"), year=2023)
    facts = facts_with(trade=(earlier, flow("740311", "CL", "US", 7000, "1")))
    lines = trade_lines(facts, MEMBERS, RULES)
    assert (lines.year, lines.entry_date) == (2024, annual_trade().entry_date(2024))
    assert [line.exporter for line in lines.lines] == ["CL"]
    with pytest.raises(UsageError, match="the facts hold no trade of any year"):
        trade_lines(facts_with(trade=()), MEMBERS, RULES)


def test_the_day_of_entry_of_an_annual_cell_is_an_assumption_that_says_so() -> None:
    assert annual_trade().entry_date(2023) == date(2023, 7, 1)
    assert annual_trade().source.startswith("assumed: ")


def test_margins_are_those_of_members_where_no_flow_is_held() -> None:
    margins = (
        TradeMargin(2024, "284690", "importer", "JP", Decimal(3), "made up"),
        TradeMargin(2024, "284690", "importer", "CN", Decimal(5), "made up"),
        TradeMargin(2024, "284690", "exporter", "JP", Decimal(7), "made up"),
        TradeMargin(2024, "740311", "importer", "JP", Decimal(11), "made up"),
    )
    facts = facts_with(trade=(flow("740311", "CL", "US", 5, "1"),), trade_margins=margins)
    assert [margin.value_usd for margin in trade_lines(facts, MEMBERS, RULES).margins] == [Decimal(3)]


def _duty(code: str, ad_valorem: str | None, start: date = date(2021, 1, 1)) -> OrdinaryDuty:
    rate = None if ad_valorem is None else Decimal(ad_valorem)
    return OrdinaryDuty("US", code, "general", "", rate, None, "USD", "", "", (), start, None, "made up")


@pytest.mark.parametrize(
    ("duties", "code"),
    [
        ([_duty("74031100", "0.01")], "74031100"),
        ([_duty("74031190", "0.01"), _duty("74031110", "0.01")], "74031110"),
        ([_duty("74031110", "0.01"), _duty("74031190", "0.02")], None),
        ([_duty("74031110", "0.01"), _duty("74031190", None)], None),
        ([_duty("74031100", None)], None),
        ([_duty("74031100", "0.01", date(2024, 7, 2))], None),
        ([_duty("74031100", "0.01", date(2024, 7, 1))], "74031100"),
    ],
)
def test_a_tariff_line_stands_for_its_code_only_where_all_lines_owe_the_same(
    duties: list[OrdinaryDuty], code: str | None
) -> None:
    assert national_codes(facts_with(ordinary_duties=tuple(duties)), MIDDLE).get(("US", "740311", "CN")) == code


@pytest.mark.parametrize(
    ("hs6", "origin", "code"),
    [
        ("740311", "CN", "74031100"),
        ("740311", "CL", None),  # may be claimed as free under the agreement with Chile
        ("740311", "RU", "74031100"),  # column 2
        ("750210", "CL", "75021000"),  # free for all, so nothing is left to claim
        ("811292", "CN", None),  # its lines differ
        ("710691", "RU", None),  # nobody has entered the rate of column 2
        ("790111", "CN", "79011100"),
        ("790111", "RU", None),
    ],
)
def test_the_tariff_line_depends_on_the_origin(hs6: str, origin: str, code: str | None) -> None:
    assert national_codes(FACTS, MIDDLE).get(("US", hs6, origin)) == code


def test_a_code_with_a_line_that_an_origin_may_owe_less_on_is_not_told() -> None:
    free, dutiable = _duty("74031110", "0"), replace(_duty("74031190", "0.01"), special_programs=("CL",))
    agreement = TariffTreatment("US", "CL", "CL", date(2021, 1, 1), None, assumed=False, source="made up")
    codes = national_codes(facts_with(ordinary_duties=(free, dutiable), tariff_treatments=(agreement,)), MIDDLE)
    assert codes == {}
    both_free = (free, replace(dutiable, ad_valorem=Decimal(0)))
    codes = national_codes(facts_with(ordinary_duties=both_free, tariff_treatments=(agreement,)), MIDDLE)
    assert codes["US", "740311", "CL"] == "74031110"


PRICES = st.dictionaries(
    st.sampled_from(["gallium-metal", "germanium-metal", "indium-metal", "niobium-metal", "cobalt-oxide"]),
    st.decimals("0.01", "5000", places=2),
)


@given(FLOWS, PRICES)
def test_parts_of_a_shared_cell_and_what_is_left_make_up_the_whole(
    flows: list[TradeFlow], prices: dict[str, Decimal]
) -> None:
    facts = facts_with(trade=tuple(flows))
    lines = estimated_lines(facts, MEMBERS, RULES, prices)
    shared = [one for one in trade_lines(facts, MEMBERS, RULES).set_aside if one.reason == SHARED_CODE]
    for cell in shared:
        key = (cell.hs6, cell.exporter, cell.importer)
        parts = [one for one in lines.lines if (one.hs6, one.exporter, one.importer) == key]
        left = [one for one in lines.set_aside if (one.hs6, one.exporter, one.importer) == key]
        assert total(one.value_usd for one in (*parts, *left)) == cell.value_usd
        if cell.tonnes is None:
            assert not parts
            assert [one.reason for one in left] == [TONNES_UNKNOWN]
        else:
            kilograms = total(one.mass_kg for one in parts) + total(one.tonnes for one in left) * 1000
            assert kilograms == cell.tonnes * 1000
            assert all(one.mass_kg >= 0 and one.value_usd >= 0 for one in parts)
    assert {(one.hs6, one.exporter, one.importer) for one in (*lines.lines, *lines.set_aside)} == {
        (one.hs6, one.exporter, one.importer) for one in shared
    }


def test_a_shared_code_without_a_split_is_named() -> None:
    facts = facts_with(trade=(flow("282200", "CN", "US", 5, "1"),), code_splits=())
    lines = estimated_lines(facts, MEMBERS, RULES, {})
    assert not lines.lines
    assert [one.reason for one in lines.set_aside] == [NO_SPLIT]


def test_what_the_shares_leave_over_is_other_goods() -> None:
    facts = facts_with(trade=(flow("850511", "CN", "US", 1000, "10"),))
    lines = estimated_lines(facts, MEMBERS, RULES, {})
    assert [(one.form, one.value_usd, one.mass_kg) for one in lines.lines] == [
        ("ndfeb-magnet", Decimal("850.00"), Decimal("8500.000")),
        ("ndfeb-blank", Decimal("50.00"), Decimal("500.000")),
    ]
    assert [(one.reason, one.value_usd, one.tonnes) for one in lines.set_aside] == [
        (OTHER_GOODS, Decimal("100.00"), Decimal("1.000"))
    ]


def _split(form: str, share: str) -> CodeSplit:
    return CodeSplit("811292", form, Decimal(share), True, "made up")


def test_forms_of_known_price_share_their_mass_by_value_over_price() -> None:
    splits = [_split("gallium-metal", "0.30"), _split("germanium-metal", "0.30"), _split("gallium-crude", "0.10")]
    prices = {"gallium-metal": Decimal(100), "germanium-metal": Decimal(300), "gallium-crude": Unknown("none")}
    shares = mass_shares(splits, FACTS.forms, prices)
    assert shares["gallium-metal"] == Decimal("0.45")  # three times the mass of what costs three times as much
    assert shares["germanium-metal"] == Decimal("0.15")
    assert shares["gallium-crude"] == Decimal("0.10")


def test_a_price_per_kg_of_content_counts_as_much_as_the_form_holds() -> None:
    half = replace(FACTS.forms["gallium-crude"], basis="contained", standard_content=Decimal("0.5"))
    forms = {**FACTS.forms, "gallium-crude": half}
    splits = [_split("gallium-crude", "0.40"), _split("gallium-metal", "0.40")]
    shares = mass_shares(splits, forms, {"gallium-crude": Decimal(200), "gallium-metal": Decimal(100)})
    assert shares == {"gallium-crude": Decimal("0.40"), "gallium-metal": Decimal("0.40")}
    unknown = {**forms, "gallium-crude": replace(half, standard_content=None)}
    shares = mass_shares(splits, unknown, {"gallium-crude": Decimal(200), "gallium-metal": Decimal(50)})
    assert shares == {"gallium-crude": Decimal("0.40"), "gallium-metal": Decimal("0.40")}


@given(PRICES)
def test_mass_shares_make_up_as_much_as_value_shares(prices: dict[str, Decimal]) -> None:
    splits = [split for split in FACTS.code_splits if split.hs6 == "811292"]
    shares = mass_shares(splits, FACTS.forms, prices)
    assert all(share > 0 for share in shares.values())
    difference = total(shares.values()) - total(split.value_share for split in splits)
    assert abs(difference) < Decimal("1e-20")
