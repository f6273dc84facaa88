"""Tariff rules of every method, and the rules beside them: what is accepted, what is refused, and the border between."""

from dataclasses import replace
from pathlib import Path

import pytest
from rulebook_samples import KNOWN, SMALL, edited, saved

from footwall.errors import RulebookError
from footwall.rulebook import compare, load_rulebook, tariff_rules

STAGES = {"oxide": "separation", "metal": "processing", "concentrate": "mining", "scrap": "mining"}
WITH_STAGES = replace(KNOWN, stages=STAGES)
TOP_UP = 'method = "top_up"'


def codes(folder: Path, text: str) -> list[str]:
    """The codes for which `text` is refused; none where it is accepted."""
    try:
        load_rulebook(saved(folder, text), WITH_STAGES)
    except RulebookError as refusal:
        return [problem.code for problem in refusal.problems]
    return []


def with_method(lines: str, method: str) -> str:
    return edited((TOP_UP, f'method = "{method}"\n{lines}'))


@pytest.mark.parametrize(
    ("method", "lines", "expected"),
    [
        ("top_up", "", []),
        ("banded", "bands = [{ at_least_share = 1, duty_share = 0 }, { at_least_share = 0, duty_share = 0.5 }]", []),
        ("banded", "bands = [{ at_least_share = 1, duty_share = 0 }]\nstandard_value = \"parity\"\ntolerance = 0", []),
        ("banded", "bands = [{ at_least_share = 1, duty_share = 0 }]\nstandard_value = \"parity\"", ["security_incomplete"]),
        ("banded", "bands = [{ at_least_share = 1, duty_share = 0 }]\ntolerance = 0.1", ["security_incomplete"]),
        ("banded", "bands = [{ at_least_share = 0.9, duty_share = 0.1 }, { at_least_share = 0.9, duty_share = 0.2 }]", ["bands_unordered"]),
        ("banded", "bands = [{ at_least_share = 1, duty_share = 0.2 }, { at_least_share = 0.9, duty_share = 0.1 }]", ["bands_unordered"]),
        ("banded", "bands = [{ at_least_share = 1, duty_share = 0 }]\nad_valorem = 4", []),
        ("banded", "bands = [{ at_least_share = 1, duty_share = 0 }]\nad_valorem = 4.01", ["over_limit"]),
        ("banded", "bands = []", ["method_incomplete"]),
        ("graduated", "", []),
        ("graduated", "slices = [{ up_to = 0.5, rate = 0 }, { up_to = 1, rate = 1 }]", []),
        ("graduated", "slices = [{ up_to = 0.5, rate = 0 }, { up_to = 0.99, rate = 1 }]", ["slices_unordered"]),
        ("graduated", "slices = [{ up_to = 1, rate = 0 }, { up_to = 0.5, rate = 1 }]", ["slices_unordered"]),
        ("minimum_price", "otherwise_ad_valorem = 0.5", []),
        ("minimum_price", "", ["method_incomplete"]),
        ("minimum_price", "otherwise_ad_valorem = -0.5", ["number_out_of_range"]),
        ("top_up", "otherwise_ad_valorem = 0.5", ["option_of_other_method"]),
        ("top_up", "slices = [{ up_to = 1, rate = 1 }]", ["option_of_other_method"]),
        ("top_up", "least_specific = 1\nleast_ad_valorem = 4\nrebate_share = 1", []),
        ("top_up", "least_ad_valorem = 4.01", ["over_limit"]),
        ("top_up", "least_specific = 0", ["number_out_of_range"]),
        ("top_up", "rebate_share = 0", ["number_out_of_range"]),
        ("top_up", "rebate_share = 1.01", ["number_out_of_range"]),
        ("top_up", 'rate_as = "ad_valorem"', ["option_of_other_method", "rate_unit_unclear"]),
    ],
)  # fmt: skip
def test_each_method_has_its_own_keys(tmp_path: Path, method: str, lines: str, expected: list[str]) -> None:
    assert sorted(codes(tmp_path, with_method(lines, method))) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('rate_as = "ad_valorem"\nad_valorem_unit = 0.001', []),
        ('rate_as = "ad_valorem"', ["rate_unit_unclear"]),
        ("ad_valorem_unit = 0.001", ["rate_unit_unclear"]),
        ('shipment = "max"\nstandard_value = "floor"\ntolerance = 0.1', []),
        ('shipment = "lesser"\nstandard_value = "floor"\ntolerance = 0.1', ["security_without_max"]),
    ],
)
def test_a_notified_rate_has_a_form_and_a_security(tmp_path: Path, lines: str, expected: list[str]) -> None:
    assert codes(tmp_path, edited(('method = "notified"', f'method = "notified"\n{lines}'))) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('forms = ["oxide", "concentrate"]\ngroup = "others"', 'stages = ["separation", "mining"]\ngroup = "others"', []),
        ('forms = ["oxide", "concentrate"]\ngroup = "others"', 'stages = ["separating"]\ngroup = "others"', ["floor_without_tariff", "floor_without_tariff", "stage_unknown", "tariff_without_floor"]),
        ('forms = ["oxide", "concentrate"]\ngroup = "others"', 'stages = ["separation", "mining", "processing"]\ngroup = "others"', ["tariff_without_floor"]),
        ('forms = ["oxide", "concentrate"]\ngroup = "others"', 'forms = ["oxide"]\nstages = ["mining"]\ngroup = "others"', ["goods_unclear"]),
        ('forms = ["oxide", "concentrate"]\ngroup = "others"', 'forms = []\ngroup = "others"', ["floor_without_tariff", "floor_without_tariff", "list_empty"]),
        ('group = "dominant"\norigins', 'group = "members"\norigins', ["group_reserved", "group_unknown"]),
    ],
)  # fmt: skip
def test_a_rule_is_for_forms_or_for_stages(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert sorted(set(codes(tmp_path, edited((old, new))))) == sorted(set(expected))


def test_a_rule_for_a_form_goes_before_that_for_its_stage(tmp_path: Path) -> None:
    rule = SMALL[
        SMALL.index('[[tariff]]\nforms = ["oxide", "concentrate"]\ngroup = "others"') : SMALL.index("[[ordinary]]")
    ]
    staged = rule.replace('forms = ["oxide", "concentrate"]', 'stages = ["separation", "mining"]').replace(
        TOP_UP, 'method = "graduated"'
    )
    text = edited(('forms = ["oxide", "concentrate"]\ngroup = "others"', 'forms = ["oxide"]\ngroup = "others"'))
    book = load_rulebook(saved(tmp_path, text + "\n" + staged), WITH_STAGES)
    on = book.rulebook.valid_from
    others = {form: one.method for one, form in tariff_rules(book, on, STAGES) if one.group == "others"}
    assert others == {"oxide": "top_up", "concentrate": "graduated"}  # scrap is mined, too, and has no floor


LEVY = """
[[tariff]]
forms = ["oxide"]
group = "members"
method = "top_up"
counts = []
cap = "none"
deadband_share = 0
step_share_max = 0
notice_days = 0
rounding_unit = 0.01
legal_basis = "an agreement"
source = "test"
"""
INTERNAL = (('mode = "external"', 'mode = "internal"'),)


def test_an_internal_floor_has_a_levy_among_members(tmp_path: Path) -> None:
    assert codes(tmp_path, edited(*INTERNAL) + LEVY) == []
    assert codes(tmp_path, edited(*INTERNAL)) == ["floor_without_tariff"]
    assert codes(tmp_path, SMALL + LEVY) == ["levy_without_internal_floor"]
    notified = LEVY.replace(TOP_UP, 'method = "notified"').replace("step_share_max = 0", "step_share_max = 0.1")
    assert codes(tmp_path, edited(*INTERNAL) + notified) == ["levy_needs_line"]
    at_parity = LEVY.replace(TOP_UP, 'method = "banded"\nbands = [{ at_least_share = 1, duty_share = 0 }]\nstandard_value = "parity"\ntolerance = 0.1')  # fmt: skip
    assert codes(tmp_path, edited(*INTERNAL) + at_parity) == ["levy_needs_line"]


def section(name: str, *lines: str) -> str:
    return "\n".join(["", f"[[{name}]]", *lines, 'legal_basis = "an agreement"', 'source = "test"', ""])


def bound(*lines: str) -> str:
    text = section("bound", 'forms = ["oxide"]', 'importers = ["US"]', *lines)
    return text.replace('legal_basis = "an agreement"\n', "")


ELEMENT = '{ element = "Nd", form = "oxide", form_kg = 1.17, recovered = 0.9'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (section("suspension", 'forms = ["oxide"]', "valid_from = 2024-03-01", "valid_to = 2024-03-01"), []),
        (section("suspension", 'forms = ["oxide"]', 'importers = ["JP"]', "valid_from = 2024-03-01"), []),
        (section("suspension", 'forms = ["oxide"]'), ["key_missing"]),
        (section("suspension", 'forms = ["metal"]', "valid_from = 2024-03-01"), ["suspension_without_floor"]),
        (section("suspension", 'forms = ["gold"]', "valid_from = 2024-03-01"), ["form_unknown"]),
        (section("suspension", "forms = []", "valid_from = 2024-03-01"), ["list_empty"]),
        (section("suspension", 'forms = ["oxide"]', 'importers = ["CN"]', "valid_from = 2024-03-01"), ["importer_not_member"]),
        (section("suspension", 'forms = ["oxide"]', "valid_from = 2024-03-01", "valid_to = 2024-02-01"), ["dates_reversed"]),
        (section("suspension", 'forms = ["oxide"]', "valid_from = 2024-03-01", "valid_to = 2024-03-31")
         + section("suspension", 'forms = ["oxide"]', "valid_from = 2024-04-01"), []),
        (section("suspension", 'forms = ["oxide"]', "valid_from = 2024-03-01", "valid_to = 2024-04-01")
         + section("suspension", 'forms = ["oxide"]', "valid_from = 2024-04-01"), ["rules_overlap"]),
        (section("day", "transit_days = 45"), []),
        (section("day", 'counts = "lading"'), []),
        (section("day", 'counts = "lading"', "transit_days = 1"), ["transit_malformed"]),
        (section("day", "transit_days = 1", 'transit_counts = "entry"'), ["transit_malformed"]),
        (section("day", "transit_days = 3661"), ["over_limit"]),
        (section("day", "transit_days = -1"), ["number_out_of_range"]),
        (section("day", 'counts = "arrival"'), ["value_not_allowed"]),
        (section("day", "transit_days = 1") + section("day", 'importers = ["US"]', "transit_days = 2"), ["conditions_overlap"]),
        (section("day", 'importers = ["JP"]', "transit_days = 1") + section("day", 'importers = ["US"]', "transit_days = 2"), []),
        (section("origin", 'stages = ["separated"]', "cumulation = true"), []),
        (section("origin", 'certificate = "ZONE"', 'unproven_as = "CN"'), []),
        (section("origin"), ["condition_incomplete"]),
        (section("origin", 'certificate = "ZONE"', "cumulation = true"), ["condition_incomplete"]),
        (section("origin", 'stages = ["separated"]', 'unproven_as = "CN"'), ["condition_incomplete"]),
        (section("origin", 'certificate = "ZONE"', 'unproven_as = "XX"'), ["country_unknown"]),
        (section("origin", 'stages = ["a"]') + section("origin", 'forms = ["oxide"]', 'stages = ["b"]'), ["conditions_overlap"]),
        (section("origin", 'forms = ["metal"]', 'stages = ["a"]') + section("origin", 'forms = ["oxide"]', 'stages = ["b"]'), []),
        (bound('basis = "mfn_bound"', "ad_valorem = 4"), []),
        (bound('basis = "mfn_bound"', "ad_valorem = 4.01"), ["over_limit"]),
        (bound('basis = "mfn_bound"'), ["bound_without_rate"]),
        (bound('basis = "mfn_bound"', "specific = 1") + bound('basis = "preferential_bound"', "specific = 0"), []),
        (bound('basis = "mfn_bound"', "specific = 1") + bound('basis = "mfn_bound"', "specific = 0"), ["rules_overlap"]),
        (section("embedded", 'forms = ["metal"]', 'group = "dominant"', f"elements = [{ELEMENT} }}]"), []),
        (section("embedded", 'hs_codes = ["850511"]', 'group = "dominant"', f"elements = [{ELEMENT}, undeclared = 1 }}]"), []),
        (section("embedded", 'group = "dominant"', f"elements = [{ELEMENT} }}]"), ["goods_unclear"]),
        (section("embedded", 'forms = ["metal"]', 'hs_codes = ["85"]', 'group = "dominant"', f"elements = [{ELEMENT} }}]"), ["goods_unclear"]),
        (section("embedded", 'forms = ["metal"]', 'group = "others"', f"elements = [{ELEMENT} }}]"), ["embedded_needs_notified"]),
        (section("embedded", 'forms = ["metal"]', 'group = "nobody"', f"elements = [{ELEMENT} }}]"), ["embedded_needs_notified", "group_unknown"]),
        (section("embedded", 'forms = ["metal"]', 'group = "dominant"', "elements = []"), ["list_empty"]),
        (section("embedded", 'forms = ["metal"]', 'group = "dominant"', f"elements = [{ELEMENT} }}, {ELEMENT} }}]"), ["entry_repeated"]),
        (section("embedded", 'forms = ["metal"]', 'group = "dominant"', f"elements = [{ELEMENT}, undeclared = 0.6 }}, "
                 '{ element = "Pr", form = "oxide", form_kg = 1.17, recovered = 1, undeclared = 0.41 }]'), ["shares_above_whole"]),
        (section("embedded", 'forms = ["metal"]', 'group = "dominant"', 'elements = [{ element = "Nd", form = "oxide", form_kg = 1.17, recovered = 0 }]'), ["number_out_of_range"]),
    ],
)  # fmt: skip
def test_the_rules_beside_the_tariffs(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert sorted(codes(tmp_path, SMALL + text)) == expected


def test_what_a_later_version_says_of_the_border_is_told_rule_by_rule(tmp_path: Path) -> None:
    old = load_rulebook(saved(tmp_path, SMALL), WITH_STAGES)
    later = edited(('version = "small-1"', 'version = "small-2"'), ("valid_from = 2024-01-01", "valid_from = 2025-01-01"),
                   ("review_days = [2024-02-01, 2025-02-01]", "review_days = [2025-02-01]"),
                   ("review_days = [2024-02-01, 2025-02-01]", "review_days = [2025-02-01]"),
                   (TOP_UP, f"{TOP_UP}\nleast_specific = 3"))  # fmt: skip
    later += section("suspension", 'forms = ["oxide"]', "valid_from = 2025-03-01", "valid_to = 2025-03-31")
    later += section("day", "transit_days = 45") + section("origin", 'stages = ["separated"]')
    later += bound('basis = "mfn_bound"', "ad_valorem = 0.055")
    later += section("embedded", 'forms = ["metal"]', 'group = "dominant"', f"elements = [{ELEMENT} }}]")
    new = load_rulebook(saved(tmp_path, later), WITH_STAGES)
    assert {str(change) for change in compare(old, new)} >= {
        "tariff on oxide and concentrate from others from 2025-01-01: least_specific none → 3",
        "suspension of oxide from 2025-03-01: added",
        "day that counts for all from 2025-01-01: added",
        "what shows origin for all from 2025-01-01: added",
        "bound rates of oxide from 2025-01-01: added",
        "duty on what is contained in metal from dominant from 2025-01-01: added",
    }
