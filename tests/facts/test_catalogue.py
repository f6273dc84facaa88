"""The shipped catalogue holds together: every id resolves, every chain closes, and the lists are the published ones."""

import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from footwall.facts import TABLES, Facts, check_facts, is_raw, shipped_facts, stage_order

FACTS = shipped_facts()
LIST_OF_2025 = """
aluminum antimony arsenic barite beryllium bismuth boron cerium cesium chromium cobalt copper dysprosium erbium
europium fluorspar gadolinium gallium germanium graphite hafnium holmium indium iridium lanthanum lead lithium
lutetium magnesium manganese metallurgical-coal neodymium nickel niobium palladium phosphate platinum potash
praseodymium rhenium rhodium rubidium ruthenium samarium scandium silicon silver tantalum tellurium terbium thulium
tin titanium tungsten uranium vanadium ytterbium yttrium zinc zirconium
"""
TRACKED_FORMS = {
    "neodymium-praseodymium": (
        "re-concentrate re-carbonate ndpr-oxide ndpr-metal ndfeb-alloy ndfeb-blank ndfeb-magnet ndfeb-scrap"
    ),
    "dysprosium": "re-carbonate-heavy dysprosium-oxide dysprosium-metal",
    "terbium": "terbium-oxide terbium-metal",
    "lithium": "spodumene-sc6 lithium-carbonate lithium-hydroxide nmc-cathode lfp-cathode",
    "cobalt": "cobalt-hydroxide cobalt-metal cobalt-sulphate cobalt-scrap",
    "nickel": "nickel-ore nickel-mhp nickel-matte nickel-class1 nickel-sulphate ferronickel",
    "graphite": "graphite-flake graphite-spherical graphite-anode",
    "gallium": "gallium-crude gallium-metal",
    "germanium": "germanium-concentrate germanium-dioxide germanium-metal",
    "tungsten": "tungsten-concentrate apt tungsten-powder tungsten-carbide tungsten-scrap",
    "antimony": "antimony-concentrate antimony-metal antimony-trioxide",
    "manganese": "manganese-ore manganese-metal manganese-sulphate ferromanganese silicomanganese",
    "copper": "copper-concentrate copper-cathode copper-scrap",
    "magnesium": "magnesium-metal magnesium-alloy magnesium-scrap",
}


def test_every_id_resolves_and_every_chain_closes() -> None:
    assert [str(problem) for problem in check_facts(FACTS)] == []


def test_the_list_of_2025_has_its_sixty_minerals_and_no_other() -> None:
    listed = {mineral.mineral for mineral in FACTS.minerals.values() if mineral.listed_2025}
    assert len(LIST_OF_2025.split()) == 60
    assert listed == set(LIST_OF_2025.split())


def test_neodymium_praseodymium_is_traded_but_not_a_listed_mineral_of_its_own() -> None:
    assert not FACTS.minerals["neodymium-praseodymium"].listed_2025


def test_every_mineral_has_a_form_with_stage_code_and_source() -> None:
    assert {form.mineral for form in FACTS.forms.values()} == set(FACTS.minerals)
    assert all(form.hs6 and form.source and form.content for form in FACTS.forms.values())


@pytest.mark.parametrize("mineral", sorted(TRACKED_FORMS))
def test_a_tracked_chain_runs_from_something_raw_to_its_last_form(mineral: str) -> None:
    assert FACTS.minerals[mineral].tracked
    for form in TRACKED_FORMS[mineral].split():
        assert FACTS.forms[form].mineral == mineral
        assert is_raw(FACTS.forms[form]) or _reaches_ground(form), form


def _reaches_ground(form: str) -> bool:
    """Whether the form can be made over any number of recipes from raw forms, or from what is not traded."""
    known = {raw.form for raw in FACTS.forms.values() if is_raw(raw)}
    while form not in known:
        made = {
            output
            for recipe in FACTS.recipes
            if all(amount.form in known for amount in recipe.inputs)
            for output in (recipe.output, *(amount.form for amount in recipe.by_products))
        }
        if made <= known:
            return False
        known |= made
    return True


def test_a_cost_nobody_published_says_that_it_is_assumed() -> None:
    benchmark = next(recipe for recipe in FACTS.recipes if recipe.recipe == "copper-cathode-from-concentrate")
    assert not benchmark.assumed
    assert all("judgement" in recipe.source or "÷" in recipe.source for recipe in FACTS.recipes if recipe.assumed)


def test_the_union_has_twenty_seven_states_and_others_none() -> None:
    states = FACTS.union_members("EU")
    assert len(states) == 27
    assert {"DE", "FR", "HR", "CY"} <= set(states)
    assert not {"GB", "CH", "NO", "EU"} & set(states)
    assert FACTS.union_members("US") == ()


def test_namibia_is_a_country_and_not_a_gap() -> None:
    assert FACTS.countries["NA"].name == "Namibia"
    assert FACTS.countries["NA"].valuation == "fob"


def test_taiwan_and_kosovo_are_there() -> None:
    assert (FACTS.countries["TW"].iso3, FACTS.countries["XK"].name) == ("TWN", "Kosovo")


def test_only_the_named_importers_value_goods_fob() -> None:
    fob = {iso2 for iso2, country in FACTS.countries.items() if country.valuation == "fob"}
    assert fob == {"US", "CA", "AU", "NZ", "ZA", "BW", "LS", "SZ", "NA"}


def test_yen_and_won_have_no_cents() -> None:
    decimals = {code: FACTS.currencies[code].minor_units for code in ("USD", "EUR", "JPY", "KRW")}
    assert decimals == {"USD": 2, "EUR": 2, "JPY": 0, "KRW": 0}


def test_a_chinese_quotation_with_tax_holds_thirteen_per_cent_since_april_2019() -> None:
    now = [tax for tax in FACTS.value_added_tax if tax.country == "CN" and tax.valid_to is None]
    assert [(tax.rate, tax.valid_from.isoformat()) for tax in now] == [(Decimal("0.13"), "2019-04-01")]


def test_to_attend_is_not_to_be_a_member() -> None:
    parties = {membership.party for membership in FACTS.memberships}
    assert " ".join(sorted(parties)) == "AE AR AU CK EC EU GB GN JP KR MA MX PE PH PY SA TH UA US UZ"
    assert all(membership.assumed and "not membership" in membership.source for membership in FACTS.memberships)
    assert not {"IN", "BR", "CA", "CD"} & parties  # they attended


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("283691", ("lithium-carbonate",)),
        ("740311", ("copper-cathode",)),
        ("282200", ("cobalt-hydroxide", "cobalt-oxide")),
        ("810520", ("cobalt-hydroxide", "cobalt-metal")),
        ("850511", ("ndfeb-blank", "ndfeb-magnet")),  # the heading holds what is yet to be magnetised too
    ],
)
def test_a_code_names_its_forms_in_the_order_of_the_table(code: str, forms: tuple[str, ...]) -> None:
    assert FACTS.forms_by_hs6[code] == forms


@pytest.mark.parametrize("code", ["284690", "811292", "253090", "282200", "850511", "270112"])
def test_a_code_that_does_not_tell_the_form_is_shared(code: str) -> None:
    assert code in FACTS.shared_codes


@pytest.mark.parametrize("code", ["283691", "740311", "750210", "260200", "811010", "810411"])
def test_a_code_that_one_form_alone_uses_is_not_shared(code: str) -> None:
    assert code not in FACTS.shared_codes


def test_every_code_of_more_than_one_form_has_its_split() -> None:
    split = {share.hs6 for share in FACTS.code_splits}
    assert [code for code, forms in FACTS.forms_by_hs6.items() if len(forms) > 1 and code not in split] == []


def test_the_share_of_heavy_carbonate_is_what_its_two_exporters_sell() -> None:
    exports = {
        margin.country: margin.value_usd
        for margin in FACTS.trade_margins
        if (margin.hs6, margin.side) == ("284690", "exporter")
    }
    world = next(total.world_value_usd for total in FACTS.trade_totals if total.hs6 == "284690")
    (share,) = [split.value_share for split in FACTS.code_splits if split.form == "re-carbonate-heavy"]
    assert abs((exports["MM"] + exports["LA"]) / world - share) < Decimal("0.01")


def test_the_share_of_cobalt_hydroxide_is_what_southern_africa_sells() -> None:
    flows = [flow for flow in FACTS.trade if (flow.year, flow.hs6) == (2024, "282200")]
    african = sum((flow.value_usd for flow in flows if flow.exporter in {"CD", "NA", "ZM", "ZA"}), Decimal(0))
    (share,) = [
        split.value_share for split in FACTS.code_splits if (split.hs6, split.form) == ("282200", "cobalt-hydroxide")
    ]
    assert abs(african / sum((flow.value_usd for flow in flows), Decimal(0)) - share) < Decimal("0.02")


def test_the_stages_stand_in_their_order() -> None:
    assert [stage_order(stage) for stage in ("mining", "refining", "processing", "manufacturing")] == [0, 1, 2, 3]


def test_the_digest_changes_with_any_table_and_with_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    shutil.copytree(FACTS.folder, folder)
    assert Facts(folder).digest() == FACTS.digest()
    (folder / "notes.txt").write_text("not a table")
    assert Facts(folder).digest() == FACTS.digest()
    with (folder / "minerals.csv").open("a") as file:
        file.write("\n")
    assert Facts(folder).digest() != FACTS.digest()


def test_a_table_is_read_once() -> None:
    for table in TABLES:
        assert getattr(FACTS, table) is getattr(FACTS, table)
    assert shipped_facts() is FACTS


def test_importing_the_room_loads_no_validator() -> None:
    code = "import sys, footwall.facts; print(sorted({'pydantic', 'pint'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
