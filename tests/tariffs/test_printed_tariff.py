"""Lines of a printed tariff become measures with their origins and programmes; every rate that is none is told."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from footwall.duties import Liability, assess_line
from footwall.errors import UsageError
from footwall.facts import shipped_facts
from footwall.tariffs import Measure, PrintedTariff, Schedule, TariffAuthority, measures_from_tariff

US = TariffAuthority(importer="US", valid_from=date(2025, 4, 1), legal_basis="HTS 2025 (April)")
EU = TariffAuthority(importer="EU", valid_from=date(2026, 1, 1), rounding_unit=Decimal("0.01"), rounding_mode="down")
COLUMN_2 = {"BY", "CU", "KP", "RU"}

# Harmonized Tariff Schedule of the United States, HTS 2025 (April), in the columns of its own export.
HTS: Mapping[str, tuple[str, str, str]] = {
    "2611.00.60.00": (
        "37.5¢/kg on tungsten content",
        "Free (A*,AU,BH,CL,CO,D,E,IL,JO,KR,MA,OM,P,PA,PE,S,SG)",
        "$1.10/kg on tungsten content",
    ),
    "2607.00.00": (
        "1.1¢/kg on lead content",
        "Free (A,AU,BH,CL,CO,D,E,IL,JO,KR,MA,OM,P,PA,PE,S,SG)",
        "8.8¢/kg on copper content + 3.3¢/kg on lead content + 3.7¢/kg on zinc content",
    ),
    "8102.94.00.00": (
        "13.9¢/kg on molybdenum content + 1.9%",
        "Free (A+,AU,BH,CL,CO,D,E,IL,JO,KR,MA, OM,P,PA,PE,S,SG)",
        "$1.10/kg on molybdenum content + 15%",
    ),
    "7801.10.00.00": ("2.5% on the value of the lead content", "Free (A,AU,KR)", "10%"),
}


def row(code: str, general: str = "", special: str = "", column_2: str = "", **more: str) -> dict[str, str | None]:
    return {"HTS Number": code, "General Rate of Duty": general, "Special Rate of Duty": special,
            "Column 2 Rate of Duty": column_2, **more}  # fmt: skip


def hts(*codes: str) -> PrintedTariff:
    return measures_from_tariff([row(code, *HTS[code]) for code in codes], US)


def named(found: PrintedTariff) -> dict[str, Measure]:
    return {measure.measure_id: measure for measure in found.measures}


def told(found: PrintedTariff) -> list[tuple[Any, ...]]:
    return [(one.row, one.field, one.code) for one in found.problems]


def test_a_line_makes_its_general_rate_its_programmes_and_column_2() -> None:
    found = hts("2611.00.60.00")
    made = named(found)
    general, korea, apart = (made[f"ordinary-us-26110060{end}"] for end in ("", "-kr", "-column-2"))
    assert (general.method, general.specific, general.contained, general.currency) == (
        "specific",
        Decimal("0.375"),
        "W",
        "USD",
    )
    assert (general.programme, general.legal_basis, general.hs_codes) == ("", "HTS 2025 (April)", ("26110060",))
    assert {"CN", "KR", "VN"} < set(general.origins)
    assert COLUMN_2.isdisjoint(general.origins)
    assert (korea.programme, korea.origins, korea.ad_valorem) == ("KR", ("KR",), Decimal(0))
    assert (apart.specific, set(apart.origins)) == (Decimal("1.1"), COLUMN_2)
    assert not found.problems
    assert (found.lines, found.headings) == (1, 0)


def test_a_programme_that_has_lapsed_makes_no_measure_and_is_no_problem() -> None:
    assert "ordinary-us-26110060-a*" not in named(hts("2611.00.60.00"))


def test_countries_that_the_facts_only_assume_are_named() -> None:
    found = hts("2611.00.60.00")
    assert "D" in found.assumed
    assert "KR" not in found.assumed


def test_a_rate_that_no_measure_states_is_told_and_the_others_stand() -> None:
    found = hts("2607.00.00")
    assert told(found) == [(1, "column_2", "rate_not_statable")]
    assert named(found)["ordinary-us-26070000"].specific == Decimal("0.011")
    assert "ordinary-us-26070000-column-2" not in named(found)


def test_a_wording_that_is_not_read_is_told_with_its_words() -> None:
    found = hts("7801.10.00.00")
    (problem,) = found.problems
    assert str(problem) == (
        "row 1, general: found '2.5% on the value of the lead content' (it is taken on the value of a part of the goods, "
        "which no line states): 'on' at character 6; expected MIN, MAX, ad valorem, +, or, the end. State its measure by "
        "hand, if it can be stated. [rate_unread]"
    )
    assert set(named(found)) == {f"ordinary-us-78011000-{end}" for end in ("au", "kr", "column-2")}


def test_a_compound_rate_on_content_is_one_measure() -> None:
    general = named(hts("8102.94.00.00"))["ordinary-us-81029400"]
    assert (general.method, general.ad_valorem, general.specific, general.contained) == (
        "ad_valorem", Decimal("0.019"), Decimal("0.139"), "Mo")  # fmt: skip


def test_a_minimum_and_a_maximum_are_fields_of_the_measure() -> None:
    found = measures_from_tariff([{"hs_code": "24011035", "general": "11.2 % MIN 22 EUR/100 kg/net MAX 560 EUR/t"}], EU)
    (measure,) = found.measures
    assert (measure.ad_valorem, measure.least_specific, measure.most_specific) == (
        Decimal("0.112"), Decimal("0.22"), Decimal("0.56"))  # fmt: skip
    assert (measure.per_kg, measure.currency, measure.importers, measure.valid_to) == (1, "EUR", ("EU",), None)
    assert (measure.rounding_unit, measure.rounding_mode) == (Decimal("0.01"), "down")
    assert Schedule.from_measures(found.measures, currency="EUR").measures == found.measures


def test_amounts_of_one_mass_keep_it() -> None:
    found = measures_from_tariff([{"hs_code": "24011035", "general": "11.2 % MIN 22 EUR/100 kg MAX 56 EUR/100 kg"}], EU)
    (measure,) = found.measures
    assert (measure.per_kg, measure.least_specific) == (100, Decimal(22))


def test_origins_follow_the_dates_of_their_treatment() -> None:
    early = TariffAuthority(importer="US", valid_from=date(2022, 1, 1), valid_to=date(2022, 12, 31))
    made = named(measures_from_tariff([row("8101.94.00", "6.6%", "Free (AU)", "60%")], early))
    belarus = {name: (m.valid_from, m.valid_to) for name, m in made.items() if "BY" in m.origins}
    assert belarus == {
        "ordinary-us-81019400-until-2022-04-08": (date(2022, 1, 1), date(2022, 4, 8)),
        "ordinary-us-81019400-column-2-from-2022-04-09": (date(2022, 4, 9), date(2022, 12, 31)),
    }
    Schedule.from_measures(made.values(), currency="USD")
    assert "CN" in made["ordinary-us-81019400"].origins


def test_headings_and_statistical_parts_are_passed_over() -> None:
    rows = [row("26.03"), row("2603.00.00", "1.7¢/kg on lead content", "Free (KR)"),
            row("2603.00.00.10", "1.7¢/kg on lead content"), row("2603.00.00.20", "2%")]  # fmt: skip
    found = measures_from_tariff(rows, US)
    assert (found.lines, found.headings) == (2, 2)
    assert set(named(found)) == {"ordinary-us-26030000", "ordinary-us-26030000-kr", "ordinary-us-2603000020"}


@pytest.mark.parametrize("more", [{"special": "Free (KR)"}, {"column_2": "5%"}])
def test_a_longer_code_with_a_rate_of_its_own_beside_the_general_one_is_a_line(more: dict[str, str]) -> None:
    rows = [row("2603.00.00", "1.7¢/kg on lead content"), row("2603.00.00.10", "1.7¢/kg on lead content", **more)]
    found = measures_from_tariff(rows, US)
    assert (found.lines, found.headings) == (2, 0)
    assert "ordinary-us-2603000010" in named(found)


@pytest.mark.parametrize(
    ("rows", "problems", "measures"),
    [
        ([row("2611.00.6", "3%")], [(1, "hs_code", "hs_code_malformed")], []),
        ([row("", "3%")], [(1, "hs_code", "hs_code_malformed")], []),
        ([row("2611.00.60", "3%", "Free (AU,XX)")], [(1, "special", "programme_unknown")], ["", "-au"]),
        ([row("2611.00.60", "3%", "Free (AU) See 9823.01 (KR,CL)")], [(1, "special", "rate_unread")], ["", "-au"]),
        ([row("2611.00.60", "3%", "Free (AU) 1/")], [(1, "special", "rate_unread")], [""]),
        ([row("2611.00.60", "500%")], [(1, "general", "rate_out_of_range")], []),
        ([row("2611.00.60", "5 % MIN 3 %")], [(1, "general", "limit_without_effect")], []),
        ([row("2611.00.60", "5 XXQ/kg")], [(1, "general", "currency_unknown")], []),
        ([row("2611.00.60", "5 USD/kg MIN 3 EUR/kg")], [(1, "general", "rate_not_statable")], []),
        ([row("2611.00.60", "3%", **{"Additional Duties": "See 9903.88.03"})], [(1, "additional", "additional_not_read")], [""]),
        ([row("2611.00.60", "3%", "Free (AU)", **{"Quota Quantity": "500 t"})], [(1, "quota", "quota_not_read")], []),
        ([row("2611.00.60", "3%"), row("2611.00.60.00", "4%")], [(2, "general", "rate_repeated")], []),
        ([row("2611.00", "3%"), row("2611.00.60", "See 9903")],
         [(1, "general", "rate_covers_unread"), (2, "general", "rate_unread")], []),
    ],
)  # fmt: skip
def test_what_makes_no_measure_is_told(
    rows: list[dict[str, str | None]], problems: list[tuple[Any, ...]], measures: list[str]
) -> None:
    found = measures_from_tariff(rows, US)
    assert told(found) == problems
    assert list(named(found)) == [f"ordinary-us-26110060{end}" for end in measures]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"importer": "XX"}, "'XX' is not a country the facts know"),
        ({"currency": "US$"}, "'US\\$' is not a currency the facts know"),
        ({"valid_to": date(2025, 3, 31)}, "the tariff ends on 2025-03-31, before it begins on 2025-04-01"),
    ],
)
def test_an_authority_that_means_nothing_is_refused(change: dict[str, Any], message: str) -> None:
    values: dict[str, Any] = {"importer": "US", "valid_from": US.valid_from} | change
    with pytest.raises(UsageError, match=message):
        measures_from_tariff([], TariffAuthority(**values))
    assert (
        measures_from_tariff([], TariffAuthority(importer="US", valid_from=US.valid_from, valid_to=US.valid_from)).lines
        == 0
    )


@pytest.mark.parametrize(
    ("origin", "certificate", "duty"),
    [
        ("CN", "", "1932.94"),
        ("KR", "", "1932.94"),
        ("KR", "KR", "0.00"),
        ("KR", "KR:4711", "0.00"),
        ("RU", "", "5669.95"),
    ],
)
def test_a_line_owes_the_rate_of_its_origin_and_of_what_it_claims(origin: str, certificate: str, duty: str) -> None:
    schedule = Schedule.from_measures(hts("2611.00.60.00").measures, currency="USD", facts=shipped_facts())
    line = {"line_id": "1", "entry_date": "2025-06-30", "importer": "US", "origin": origin, "hs_code": "26110060",
            "form": "tungsten-concentrate", "net_mass_kg": 10_000, "customs_value": 120_000, "currency": "USD",
            "preference_certificate": certificate}  # fmt: skip
    found = assess_line(line, schedule, {})[0]
    assert isinstance(found, Liability), found
    assert str(found.ordinary_duty) == duty


def test_measures_say_what_the_facts_say_of_the_same_wording() -> None:
    """Two ways from a wording to a rate: the figures of the table of ordinary duties, and the measure of a printed line."""
    duties = [duty for duty in shipped_facts().ordinary_duties if duty.treatment == "general"]
    made = named(measures_from_tariff([row(duty.hs_code, duty.rate_text) for duty in duties], US))
    assert len(duties) > 150
    for duty in duties:
        measure = made.get(f"ordinary-us-{duty.hs_code}")
        if duty.ad_valorem is None and duty.specific is None:
            assert measure is None, duty
            continue
        assert measure is not None, duty
        specific = None if measure.specific is None else measure.per_kilogram(measure.specific)
        assert (measure.ad_valorem, specific, measure.contained or "") == (
            duty.ad_valorem,
            duty.specific,
            duty.contained,
        )
