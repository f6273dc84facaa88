"""Tables that disagree with each other are found out, one refusing case for each rule."""

import shutil
from pathlib import Path

import pytest

from footwall.facts import Facts, check_facts, shipped_facts

SHIPPED = shipped_facts().folder


def edited(tmp_path: Path, file: str, old: str, new: str) -> list[str]:
    """What the check says of the shipped tables with one text replaced (once); an empty `old` appends a row."""
    folder = tmp_path / "facts"
    shutil.copytree(SHIPPED, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    (folder / file).write_text(text.replace(old, new, 1) if old else text + new + "\n", encoding="utf-8")
    return [str(problem) for problem in check_facts(Facts(folder))]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            "forms.csv",
            "apt,tungsten,",
            "apt,wolfram,",
            "mineral: found 'wolfram'; expected an id of minerals.csv. Correct it, or add it to minerals.csv. "
            "[facts_unresolved]",
            id="a form of an unknown mineral",
        ),
        pytest.param(
            "forms.csv",
            ",283691,",
            ",283690,",
            "hs6: found '283690'; expected an id of hs6_codes.csv. Correct it, or add it to hs6_codes.csv. "
            "[facts_unresolved]",
            id="a code that HS 2022 does not have",
        ),
        pytest.param(
            "forms.csv",
            "Cs,0.815,283699",
            "Cs,81.5,283699",
            "standard_content: found 81.5; expected a number from 0.000001 to 1. Correct the figure or its unit. "
            "[facts_range]",
            id="a content in per cent",
        ),
        pytest.param(
            "forms.csv",
            "Ti,0.996,810820",
            "Ti,0.996,",
            "hs6: found no code; expected at least one HS 2022 code. Add the code it is traded by. [facts_empty]",
            id="a form without a code",
        ),
        pytest.param(
            "minerals.csv",
            "",
            "unobtainium,Unobtainium,Un,false,false,test",
            "mineral: found unobtainium; expected at least one form of it. Add a row to forms.csv. [facts_no_form]",
            id="a mineral without a form",
        ),
        pytest.param(
            "code_splits.csv",
            "850511,ndfeb-blank,0.05",
            "850511,ndfeb-blank,1.20",
            "value_share: found 1.20; expected a number from 0 to 1. Correct the figure or its unit. [facts_range]\n"
            "value_share: found 2.05 in all; expected 1 at most. Lower a share of this code. [facts_split_sum]",
            id="a share above one",
        ),
        pytest.param(
            "code_splits.csv",
            "282200,cobalt-hydroxide,0.55",
            "282200,cobalt-hydroxide,0.65",
            "value_share: found 1.10 in all; expected 1 at most. Lower a share of this code. [facts_split_sum]",
            id="shares of a code above one in all",
        ),
        pytest.param(
            "code_splits.csv",
            "850511,ndfeb-magnet",
            "850519,ndfeb-magnet",
            "hs6: found 850519; expected a code of ndfeb-magnet. Add the code to the form, or drop the row. "
            "[facts_split_code]",
            id="a split of a code the form does not have",
        ),
        pytest.param(
            "countries.csv",
            "DEU,Germany,EUR,EU",
            "DEU,Germany,DEM,EU",
            "currency: found 'DEM'; expected an id of currencies.csv. Correct it, or add it to currencies.csv. "
            "[facts_unresolved]",
            id="a country with an unknown currency",
        ),
        pytest.param(
            "value_added_tax.csv",
            "CN,0.16,2018-05-01,2019-03-31",
            "CN,0.16,2018-05-01,2017-03-31",
            "valid_to: found 2017-03-31; expected a day not before 2018-05-01. Correct one of the two dates. "
            "[facts_dates]",
            id="a tax that ends before it begins",
        ),
        pytest.param(
            "exchange_rates.csv",
            "",
            "USD,CNY,1999-01-15,8.28,true,test",
            "month: found 1999-01-15; expected the first of a month. Write the month's first day. [facts_dates]",
            id="a month that does not begin on its first day",
        ),
        pytest.param(
            "observations.csv",
            "",
            "bad-1,apt,assessment,assessments,Europe,,cif,2024-01-02,2024-01-02,2024-01-01,false,10,9,USD,barrel,form,"
            "false,test,,false,false,,test",
            "high: found 9; expected a number from 10 to 1E+15. Correct the figure or its unit. [facts_range]\n"
            "published_at: found 2024-01-01; expected a day not before 2024-01-02. Correct one of the two dates. "
            "[facts_dates]\n"
            "unit: found 'barrel'; expected a unit of mass. Write kg, t, lb, mtu, troy_oz … [facts_unit]",
            id="an observation known before it was seen, with its ends swapped, in barrels",
        ),
        pytest.param(
            "trade.csv",
            "",
            "2024,283691,CL,XX,-1,,test",
            "importer: found 'XX'; expected an id of countries.csv. Correct it, or add it to countries.csv. "
            "[facts_unresolved]\n"
            "value_usd: found -1; expected a number from 0 to 1E+15. Correct the figure or its unit. [facts_range]",
            id="a flow to nowhere of a negative value",
        ),
        pytest.param(
            "trade_totals.csv",
            "",
            "1999,283691,10,,11,test",
            "flows_value_usd: found 11; expected a number from 0 to 10. Correct the figure or its unit. [facts_range]",
            id="flows above the world",
        ),
        pytest.param(
            "production.csv",
            "",
            "tungsten,mining,apt,CN,1999,1,t,false,test",
            "stage: found tungsten, mining; expected tungsten, refining, as apt has in forms.csv. "
            "Let the two tables agree. [facts_stage]",
            id="production at a stage that the form does not have",
        ),
        pytest.param(
            "ordinary_duties.csv",
            ",0.021,,USD,,2.10%",
            ",0.21,,USD,,2.10%",
            "rate_text: found 0.21 ad valorem; expected 0.021 ad valorem, as '2.10%' says. "
            "Correct the figures, or the wording. [facts_rate]",
            id="a duty that is not what its wording says",
        ),
        pytest.param(
            "ordinary_duties.csv",
            "US,85051100,",
            "US,850511,",
            "hs_code: found '850511'; expected eight digits. Write the tariff line without points. [facts_code]",
            id="a tariff line that lost its zeros",
        ),
        pytest.param(
            "ordinary_duties.csv",
            ",8%,A AU BH ",
            ",8%,A ZZ BH ",
            "special_programs: found 'ZZ'; expected an id of tariff_treatments.csv. Correct it, or add it to "
            "tariff_treatments.csv. [facts_unresolved]",
            id="a program of which nobody says whom it is for",
        ),
        pytest.param(
            "ordinary_duties.csv",
            ",100%,,",
            ",100%,IL,",
            "special_programs: found IL; expected no program on a rate of column_2. "
            "Name the programs on the general row of the line. [facts_treatment]",
            id="a preference for goods of column 2",
        ),
        pytest.param(
            "form_lines.csv",
            "",
            "apt,US,28469099,true,test",
            "hs_code: found '28469099'; expected a line of US in ordinary_duties.csv. Correct it, or add it to "
            "ordinary_duties.csv. [facts_unresolved]\n"
            "hs_code: found 28469099; expected a line under a code of apt. Add the code to the form, or drop the row. "
            "[facts_form_line]",
            id="a form under a line that the tariff does not have",
        ),
        pytest.param(
            "form_lines.csv",
            "re-carbonate,US,",
            "carbonate,XX,",
            "form: found 'carbonate'; expected an id of forms.csv. Correct it, or add it to forms.csv. "
            "[facts_unresolved]\n"
            "importer: found 'XX'; expected an id of countries.csv. Correct it, or add it to countries.csv. "
            "[facts_unresolved]\n"
            "hs_code: found '28469080'; expected a line of XX in ordinary_duties.csv. Correct it, or add it to "
            "ordinary_duties.csv. [facts_unresolved]",
            id="a line of nothing for nobody",
        ),
        pytest.param(
            "tariff_treatments.csv",
            "",
            "US,column_2,XX,2024-01-01,,false,test",
            "country: found 'XX'; expected an id of countries.csv. Correct it, or add it to countries.csv. "
            "[facts_unresolved]",
            id="column 2 for nowhere",
        ),
        pytest.param(
            "tariff_treatments.csv",
            "",
            "US,general,CN,2024-01-01,2023-12-31,false,test",
            "valid_to: found 2023-12-31; expected a day not before 2024-01-01. Correct one of the two dates. "
            "[facts_dates]\n"
            "treatment: found 'general'; expected column_2, or the symbol of a program. "
            "Drop the row: whoever is not named is treated as all others. [facts_treatment]",
            id="a treatment that is none and ends before it begins",
        ),
        pytest.param(
            "tariff_treatments.csv",
            "",
            "US,column_2,CU,2024-01-01,,false,test",
            "valid_from: found 2024-01-01; expected a day after 9999-12-31, when its earlier treatment ends. "
            "Let the two rows not overlap. [facts_dates]",
            id="a country under column 2 twice",
        ),
        pytest.param(
            "tariff_treatments.csv",
            "US,column_2,BY,",
            "US,column_2,DE,",
            "country: found DE; expected EU and all its states, on the same days. Add a row for AT, BE, BG, CY, CZ, DK, "
            "EE, ES, EU, FI, FR, GR, HR, HU, IE, IT, LT, LU, LV, MT, NL, PL, PT, RO, SE, SI, SK. [facts_union]",
            id="a part of a customs union",
        ),
        pytest.param(
            "members.csv",
            "",
            "JP,2025-01-01,,example agreement,true,test",
            "valid_from: found 2025-01-01; expected a day after 9999-12-31, when its earlier membership ends. "
            "Let the two rows not overlap. [facts_dates]",
            id="a party that is a member twice",
        ),
        pytest.param(
            "ports.csv",
            "",
            "XXABC,Nowhere,XX,ZZ,91,-181,true,test",
            "country: found 'XX'; expected an id of countries.csv. Correct it, or add it to countries.csv. "
            "[facts_unresolved]\n"
            "latitude: found 91; expected a number from -90 to 90. Correct the figure or its unit. [facts_range]\n"
            "longitude: found -181; expected a number from -180 to 180. Correct the figure or its unit. [facts_range]\n"
            "serves: found 'ZZ'; expected an id of countries.csv. Correct it, or add it to countries.csv. "
            "[facts_unresolved]",
            id="a port of nowhere, off the globe, that serves nobody",
        ),
        pytest.param(
            "ports.csv",
            "",
            "CNAAA,Another,CN,CN,31,121,true,test",
            "serves: found CN; expected a country that CNSHA does not serve. Keep one main port of the country. "
            "[facts_main_port]",
            id="a second main port of a country",
        ),
        pytest.param(
            "ports.csv",
            "",
            "CNAAA,Another,US,,31,-81,true,test",
            "port: found 'CNAAA'; expected five characters of which the first two are US. "
            "Write the UN/LOCODE, or correct the country. [facts_code]",
            id="a port under the code of another country",
        ),
        pytest.param(
            "sea_distances.csv",
            "",
            "XXABC,NLRTM,40076,test",
            "from_port: found 'XXABC'; expected an id of ports.csv. Correct it, or add it to ports.csv. "
            "[facts_unresolved]\n"
            "kilometres: found 40076; expected a number from 1 to 40075. Correct the figure or its unit. [facts_range]",
            id="a way from nowhere, more than once round the earth",
        ),
        pytest.param(
            "sea_distances.csv",
            "",
            "NLRTM,CNSHA,19625,test",
            "from_port+to_port: found NLRTM CNSHA; expected a pair that no row above has in the other order. "
            "Keep one of the two rows: it is as far back. [facts_way]",
            id="a way told in both orders",
        ),
        pytest.param(
            "sea_distances.csv",
            "",
            "NLRTM,NLRTM,5,test",
            "to_port: found NLRTM; expected another port. Drop the row: it is no way at all. [facts_way]",
            id="a way to where one is",
        ),
        pytest.param(
            "sea_distances.csv",
            "BEANR,NLRTM,197",
            "BEANR,NLRTM,72",
            "kilometres: found 72; expected 73 at least, as the great circle says. "
            "Correct the distance, or the position of a port. [facts_way]",
            id="a way that is shorter than the straight one",
        ),
        pytest.param(
            "sea_distances.csv",
            "BRSSZ,NLRTM,10185",
            "BRSSZ,NLRTM,19824",
            "kilometres: found 19824; expected 19823 at most, as by way of USHOU. "
            "Correct one of the three distances. [facts_way]",
            id="a way that is longer than one with a call on the way",
        ),
        pytest.param(
            "recipes.toml",
            'inputs = [{ form = "ndpr-oxide", kg = 1.20 }]',
            'inputs = [{ form = "ndpr-oxid", kg = 1.20 }]',
            "inputs: found 'ndpr-oxid'; expected an id of forms.csv. Correct it, or add it to forms.csv. "
            "[facts_unresolved]",
            id="a recipe of an unknown form",
        ),
        pytest.param(
            "recipes.toml",
            '{ form = "ndpr-oxide", kg = 1.20 }',
            '{ form = "ndpr-oxide", kg = -1.20 }',
            "inputs: found -1.20 kg of ndpr-oxide; expected more than 0. Correct the mass. [facts_range]",
            id="a negative mass",
        ),
        pytest.param(
            "recipes.toml",
            'inputs = [{ form = "apt", kg = 1.45 }]',
            'inputs = [{ form = "apt", kg = 1.45 }, { form = "tungsten-carbide", kg = 0.1 }]',
            "inputs: found tungsten-carbide of manufacturing; expected an input no later in the chain than "
            "tungsten-powder of processing. Correct a stage, or declare which recipe this one undoes (reverse_of). "
            "[facts_stage]\n"
            "inputs: found tungsten-powder → tungsten-carbide → tungsten-powder; expected chains without circles. "
            "Declare the way back with reverse_of. [facts_circle]",
            id="a chain that runs in a circle",
        ),
        pytest.param(
            "recipes.toml",
            '{ form = "antimony-metal", kg = 0.85 }',
            '{ form = "antimony-metal", kg = 0.80 }',
            "inputs: found 0.797200 kg of Sb in, 0.831 kg out; expected no more out than in. "
            "Correct the masses of antimony-trioxide-from-metal, or a standard content. [facts_balance]",
            id="metal from air",
        ),
        pytest.param(
            "recipes.toml",
            'reverse_of = "lithium-hydroxide-from-carbonate"',
            'reverse_of = "lithium-hydroxide-from-spodumene"',
            "reverse_of: found lithium-hydroxide-from-spodumene; expected a recipe that makes one of lithium-hydroxide "
            "from lithium-carbonate. Name the recipe that this one undoes, or leave the key out. [facts_reverse]",
            id="a way back from somewhere else",
        ),
        pytest.param(
            "recipes.toml",
            'mineral = "antimony"\noutput = "antimony-trioxide"',
            'mineral = "tin"\noutput = "antimony-trioxide"',
            "mineral: found tin; expected antimony, the mineral of antimony-trioxide. Name the mineral of the output. "
            "[facts_mineral]",
            id="a recipe under another mineral",
        ),
    ],
)
def test_the_check_says_what_does_not_fit(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    found = edited(tmp_path, file, old, new)
    for line in expected.splitlines():
        assert [message for message in found if message.endswith(line)], found
    assert all(message.startswith(file) for message in found), found
    assert len(found) == len(expected.splitlines()), found


def test_a_tracked_form_that_nothing_makes_leaves_the_chain_open(tmp_path: Path) -> None:
    row = "tungsten-wire,tungsten,manufacturing,Tungsten wire,drawn,form,W,0.999,810196,test,true"
    assert edited(tmp_path, "forms.csv", "", row) == [
        (
            "recipes.toml, output: found no recipe; expected a recipe that makes tungsten-wire. Add the recipe. "
            "[facts_chain_open]"
        )
    ]


def test_a_form_of_a_mineral_that_is_not_tracked_needs_no_recipe(tmp_path: Path) -> None:
    row = "tin-alloy,tin,processing,Tin alloy,solder,form,Sn,0.63,800120,test,true"
    assert edited(tmp_path, "forms.csv", "", row) == []


def test_a_table_that_cannot_be_read_is_all_that_is_told(tmp_path: Path) -> None:
    found = edited(tmp_path, "forms.csv", "apt,tungsten,refining", "apt,wolfram,smelting")
    assert len(found) == 1
    assert "found 'smelting'" in found[0]


def test_shares_of_a_code_may_add_up_to_one_exactly(tmp_path: Path) -> None:
    assert edited(tmp_path, "code_splits.csv", "850511,ndfeb-magnet,0.85", "850511,ndfeb-magnet,0.95") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("BEANR,NLRTM,197", "BEANR,NLRTM,73", id="as short as the great circle lets it be"),
        pytest.param("BRSSZ,NLRTM,10185", "BRSSZ,NLRTM,19823", id="as long as the way with a call"),
    ],
)
def test_a_way_by_sea_may_be_as_short_and_as_long_as_it_can_be(tmp_path: Path, old: str, new: str) -> None:
    assert edited(tmp_path, "sea_distances.csv", old, new) == []


def test_a_port_may_lie_at_the_end_of_the_globe_and_serve_nobody(tmp_path: Path) -> None:
    assert edited(tmp_path, "ports.csv", "", "AQAAA,Pole,AQ,,-90,180,true,test") == []


def test_a_customs_union_may_be_treated_apart_as_a_whole(tmp_path: Path) -> None:
    whole = ("EU", *shipped_facts().union_members("EU"))
    rows = "\n".join(f"US,EU,{country},2024-01-01,,false,test" for country in whole)
    assert edited(tmp_path, "tariff_treatments.csv", "", rows) == []


def test_a_country_may_come_back_to_column_2_on_the_day_after(tmp_path: Path) -> None:
    first, again = "US,column_2,CN,2021-01-01,2023-12-31,false,test", "US,column_2,CN,2024-01-01,,false,test"
    assert edited(tmp_path, "tariff_treatments.csv", "", f"{again}\n{first}") == []
