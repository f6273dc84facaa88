"""Every fault of the rules that a zone's prices may have beyond a reference rule: one edit of a valid rulebook each."""

from pathlib import Path
from typing import NamedTuple

import pytest
from rulebook_samples import SMALL, WITH_PRICE_RULES, edited, problems_in

Edits = tuple[tuple[str, str], ...]


class Case(NamedTuple):
    """Edits, and the one problem for which the rulebook is then refused; `on_line` is text that stands on its line alone."""

    name: str
    edits: Edits
    code: str
    on_line: str
    field: str
    message: str


HIGH = 'tiers = ["transactions"], parties_min = 5, spread_max = 1.05, age_days_max = 31, assumed = false'
MEDIUM = (
    'tiers = ["transactions", "assessments"], parties_min = 1, spread_max = 1.20, age_days_max = 62, assumed = true'
)
IN_ORDER = "Put the bands in order: the first that is reached counts."
OVERLAP = "End the earlier rule on the day before the later one begins."


def again(section: str, text: str) -> tuple[str, str]:
    """The section once more, from 2025 on, with `text` in it, behind the first one."""
    return (
        f"[[{section}]]\n",
        f'[[{section}]]\nvalid_from = 2025-01-01\n{text}\nsource = "again"\n\n[[{section}]]\n',
    )


ELIGIBILITY = 'arms_length = "any"\nlot_kg_min = 0'
TERMS = 'payment_days = 0\ninterest_share = 0\nyear_days = 365\ncontent = "none"'
BANDS = 'bands = [{ parties_min = 1, mass_kg_min = 0, share = 1 }]\nno_cost_build = "alone"'
LEVELS = 'levels = [{ level = "high", tiers = ["implied"], parties_min = 1, spread_max = 9, age_days_max = 9, assumed = true }]'
CADENCE = (
    'every = "daily"\ncalendars = []\npublish_at = 12:00:00\ntimezone = "UTC"\nembargo_minutes = 0\nlate_minutes = 0'
)
FROM_2025 = "2025-01-01 to 2025-12-31"
ALWAYS = "2024-01-01 to 2025-12-31"


def overlap(section: str, text: str, what: str) -> Case:
    return Case(
        f"two_of_{section}",
        (again(section, text),),
        "rules_overlap",
        "valid_from = 2025-01-01",
        f"{section}[0].valid_from",
        f"found two rules for {what}: {ALWAYS} and {FROM_2025}; expected one rule for each day. {OVERLAP}",
    )


def unknown_form(section: str, was: str, field: str) -> Case:
    return Case(
        f"form_unknown_{section}",
        ((f"[[{section}]]\n{was}", f"[[{section}]]\n{was.replace('oxide', 'oxid').replace('scrap', 'scrape')}"),),
        "form_unknown",
        was.replace("oxide", "oxid").replace("scrap", "scrape"),
        field,
        f'found "{"scrape" if "scrap" in was else "oxid"}"; expected a form of the facts. '
        f'Did you mean "{"scrap" if "scrap" in was else "oxide"}"?',
    )


CASES = (
    overlap("eligibility", f'forms = "all"\n{ELIGIBILITY}', "what counts for all"),
    overlap("terms", f'forms = ["metal"]\n{TERMS}', "the terms of metal"),
    overlap("premium", 'form = "oxide"\ngrade = "99.9"', "the premium on oxide of 99.9"),
    overlap("liquidity", f'forms = "all"\n{BANDS}', "the liquidity of all"),
    overlap("confidence", f'forms = "all"\n{LEVELS}', "the confidence in all"),
    overlap("cadence", f'forms = "all"\n{CADENCE}', "the publication of all"),
    overlap("governance", "signatures_min = 1\nconsultation_days_min = 0", "governance"),
    Case(
        "two_of_cessation",
        (again("cessation", 'form = "scrap"'),),
        "rules_overlap",
        "valid_from = 2025-07-01",
        "cessation[1].valid_from",
        f"found two rules for the end of scrap: {FROM_2025} and 2025-07-01 to 2025-12-31; "
        f"expected one rule for each day. {OVERLAP}",
    ),
    Case(
        "two_of_two_forms_are_told_once",
        (again("terms", f'forms = ["metal", "oxide"]\n{TERMS}'),),
        "rules_overlap",
        "valid_from = 2025-01-01",
        "terms[0].valid_from",
        f"found two rules for the terms of metal: {ALWAYS} and {FROM_2025}; expected one rule for each day. {OVERLAP}",
    ),
    unknown_form("terms", 'forms = ["oxide", "metal"]', "terms[0].forms[0]"),
    unknown_form("premium", 'form = "oxide"', "premium[0].form"),
    unknown_form("cessation", 'form = "scrap"', "cessation[0].form"),
    Case(
        "successor_unknown",
        (('successor = "metal"', 'successor = "metl"'),),
        "form_unknown",
        "metl",
        "cessation[0].successor",
        'found "metl"; expected a form of the facts. Did you mean "metal"?',
    ),
    Case(
        "successor_is_itself",
        (('successor = "metal"', 'successor = "scrap"'),),
        "successor_is_itself",
        'successor = "scrap"',
        "cessation[0].successor",
        'found "scrap" after itself; expected another form, or none. Name its successor.',
    ),
    Case(
        "successor_ended",
        (again("cessation", 'form = "metal"\nvalid_to = 2025-07-01'),),
        "successor_ended",
        'successor = "metal"',
        "cessation[1].successor",
        'found "metal", which has ended too in 2025-01-01 to 2025-07-01; '
        "expected a form that has a price of its own on each day of this rule. Name the form whose price goes on.",
    ),
    Case(
        "origin_unknown",
        (('origins_excluded = ["KZ"]', 'origins_excluded = ["KZ", "XX"]'),),
        "country_unknown",
        "origins_excluded",
        "eligibility[0].origins_excluded[1]",
        'found "XX"; expected a country of the facts, by its ISO 3166 alpha-2 code. Correct it, or add it there first.',
    ),
    Case(
        "origin_twice",
        (('origins_excluded = ["KZ"]', 'origins_excluded = ["KZ", "KZ"]'),),
        "entry_repeated",
        "origins_excluded",
        "eligibility[0].origins_excluded[1]",
        'found "KZ" twice; expected each entry once. Take out one of the two.',
    ),
    Case(
        "forms_none",
        (('forms = ["oxide", "metal"]', "forms = []"),),
        "list_empty",
        "forms = []",
        "terms[0].forms",
        "found an empty list; expected at least one entry, a form of the facts. Add an entry, or take the rule out.",
    ),
    Case(
        "arms_length_unknown",
        (('arms_length = "not_related"', 'arms_length = "sworn"'),),
        "value_not_allowed",
        "arms_length",
        "eligibility[0].arms_length",
        'found "sworn"; expected one of "declared", "not_related", "any". Correct arms_length.',
    ),
    Case(
        "year_of_366_days",
        (("year_days = 360", "year_days = 366"),),
        "value_not_allowed",
        "year_days",
        "terms[0].year_days",
        "found 366; expected one of 360, 365. Correct year_days.",
    ),
    Case(
        "payment_over_limit",
        (("payment_days = 30", "payment_days = 3661"),),
        "over_limit",
        "payment_days",
        "terms[0].payment_days",
        "found 3661; expected at most 3660. Correct it; the limits are in method_defaults.toml.",
    ),
    Case(
        "lots_level",
        (("lot_kg_min = 100, factor", "lot_kg_min = 1000, factor"),),
        "bands_unordered",
        "factor = 0.98 }",
        "terms[0].lots[1].lot_kg_min",
        "found 1000 kg after 1000 kg; expected the largest first, each smaller than the one before it. "
        "Put the lots in order: the first that is reached counts.",
    ),
    Case(
        "premium_of_nothing",
        (("factor = 0.985", "factor = 0.00"),),
        "number_out_of_range",
        "factor = 0.00",
        "premium[0].factor",
        "found 0; expected a number above 0. Correct factor.",
    ),
    Case(
        "bands_rising",
        (("share = 1 },\n", "share = 1 },\n  { parties_min = 4, mass_kg_min = 1000.1, share = 0.7 },\n"),),
        "bands_unordered",
        "share = 0.7 }",
        "liquidity[0].bands[1]",
        "found 4 parties and 1000.1 kg after 5 parties and 1000 kg; expected the most liquid first, each asking for less than "
        f"the one before it. {IN_ORDER}",
    ),
    Case(
        "bands_level",
        (("parties_min = 5, mass_kg_min = 1000", "parties_min = 1, mass_kg_min = 0"),),
        "bands_unordered",
        "share = 0.5 }",
        "liquidity[0].bands[1]",
        "found 1 party and 0 kg after 1 party and 0 kg; expected the most liquid first, each asking for less than the one "
        f"before it. {IN_ORDER}",
    ),
    *(
        Case(
            f"bands_that_no_market_of_{name}_reaches",
            (("parties_min = 1, mass_kg_min = 0,", f"{least},"),),
            "bands_incomplete",
            "share = 0.5 }",
            "liquidity[0].bands[1]",
            f"found a last band from {found} on; expected a last band that any market reaches, from 1 party and 0 kg on. "
            "Add one, with the share of the market's weight that the thinnest market keeps.",
        )
        for name, least, found in (
            ("one_party", "parties_min = 2, mass_kg_min = 0", "2 parties and 0 kg"),
            ("unknown_mass", "parties_min = 1, mass_kg_min = 0.1", "1 party and 0.1 kg"),
        )
    ),
    Case(
        "band_without_weight",
        (("share = 0.5 }", "share = 0 }"),),
        "number_out_of_range",
        "share = 0 }",
        "liquidity[0].bands[1].share",
        "found 0; expected a number above 0 and at most 1. Write a share as a fraction: 0.05 is 5 %.",
    ),
    Case(
        "nothing_said_of_no_cost_build",
        (('no_cost_build = "previous"\n', ""),),
        "key_missing",
        "[[liquidity]]",
        "liquidity[0].no_cost_build",
        'found no key no_cost_build; expected one of "previous", "alone". Write no_cost_build = "…" with one of "previous", "alone".',
    ),
    Case(
        "band_weight_level",
        (("share = 0.5 }", "share = 1.0 }"),),
        "weight_not_falling",
        "share = 1.0 }",
        "liquidity[0].bands[1].share",
        "found 1 after 1; expected less than the share of the band before it. Let the market's weight fall with its liquidity.",
    ),
    Case(
        "bands_none",
        ((WITH_PRICE_RULES.partition("bands = ")[2].partition("\nno_cost")[0], "[]"),),
        "list_empty",
        "bands = []",
        "liquidity[0].bands",
        "found an empty list; expected at least one entry, a band. Add an entry, or take the rule out.",
    ),
    Case(
        "levels_none",
        ((WITH_PRICE_RULES.partition("levels = ")[2].partition("\nsource")[0], "[]"),),
        "list_empty",
        "levels = []",
        "confidence[0].levels",
        "found an empty list; expected at least one entry, a level. Add an entry, or take the rule out.",
    ),
    Case(
        "level_twice",
        (('level = "medium"', 'level = "high"'),),
        "levels_unordered",
        MEDIUM,
        "confidence[0].levels[1].level",
        'found "high" after "high"; expected each once, in the order high, medium. '
        "Put the levels in order: the first whose conditions hold counts.",
    ),
    Case(
        "low_is_no_level_to_state",
        (('level = "medium"', 'level = "low"'),),
        "value_not_allowed",
        'level = "low"',
        "confidence[0].levels[1].level",
        'found "low"; expected one of "high", "medium". Correct level.',
    ),
    Case(
        "level_of_no_tier",
        (('tiers = ["transactions"], parties_min = 5', "tiers = [], parties_min = 5"),),
        "list_empty",
        "tiers = [],",
        "confidence[0].levels[0].tiers",
        "found an empty list; expected at least one entry, a tier. Add an entry, or take the rule out.",
    ),
    Case(
        "level_of_a_tier_twice",
        (('tiers = ["transactions", "assessments"]', 'tiers = ["transactions", "transactions"]'),),
        "entry_repeated",
        '"transactions", "transactions"',
        "confidence[0].levels[1].tiers[1]",
        'found "transactions" twice; expected each entry once. Take out one of the two.',
    ),
    Case(
        "level_of_old_data",
        (("age_days_max = 62", "age_days_max = 3661"),),
        "over_limit",
        "3661",
        "confidence[0].levels[1].age_days_max",
        "found 3661; expected at most 3660. Correct it; the limits are in method_defaults.toml.",
    ),
    *(
        Case(
            f"medium_asks_more_{key}",
            ((MEDIUM, MEDIUM.replace(was, now)),),
            "levels_crossed",
            'level = "medium"',
            f"confidence[0].levels[1].{key}",
            f"found {found}; expected no condition of high that is easier than that of medium. "
            f"Loosen {key} here, or tighten it there.",
        )
        for key, was, now, found in (
            (
                "tiers",
                '"transactions", ',
                "",
                'tiers ["assessments"] for medium and tiers ["transactions"] for high',
            ),
            ("parties_min", "= 1,", "= 6,", "parties_min 6 for medium and parties_min 5 for high"),
            ("spread_max", "1.20", "1.04", "spread_max 1.04 for medium and spread_max 1.05 for high"),
            ("age_days_max", "62", "30", "age_days_max 30 for medium and age_days_max 31 for high"),
        )
    ),
    Case(
        "medium_allows_no_assumption_that_high_allows",
        ((HIGH, HIGH.replace("false", "true")), (MEDIUM, MEDIUM.replace("true", "false"))),
        "levels_crossed",
        'level = "medium"',
        "confidence[0].levels[1].assumed",
        "found assumed false for medium and assumed true for high; expected no condition of high that is easier than that of "
        "medium. Loosen assumed here, or tighten it there.",
    ),
    Case(
        "calendar_unknown",
        (('calendars = ["US", "CN"]', 'calendars = ["US", "UK"]'),),
        "country_unknown",
        "calendars",
        "cadence[0].calendars[1]",
        'found "UK"; expected a country of the facts, by its ISO 3166 alpha-2 code, or a part of one, by its ISO 3166-2 code. Correct it, or add it there first.',
    ),
    Case(
        "calendar_of_no_such_part",
        (('calendars = ["US", "CN"]', 'calendars = ["US-NY", "US-XY"]'),),
        "calendar_unknown",
        "calendars",
        "cadence[0].calendars[1]",
        'found "US-XY"; expected a country, or a part of one, whose public holidays are known, such as "GB-ENG". '
        "Name another calendar.",
    ),
    Case(
        "calendar_twice",
        (('calendars = ["US", "CN"]', 'calendars = ["US", "US"]'),),
        "entry_repeated",
        "calendars",
        "cadence[0].calendars[1]",
        'found "US" twice; expected each entry once. Take out one of the two.',
    ),
    Case(
        "timezone_unknown",
        (('timezone = "Europe/London"', 'timezone = "Europe/Londn"'),),
        "timezone_unknown",
        "timezone",
        "cadence[0].timezone",
        'found "Europe/Londn"; expected a time zone of the IANA database, such as "Europe/London". '
        'Did you mean "Europe/London"?',
    ),
    Case(
        "weekday_of_no_work",
        (('weekday = "friday"', 'weekday = "saturday"'),),
        "value_not_allowed",
        "weekday",
        "cadence[0].weekday",
        'found "saturday"; expected one of "monday", "tuesday", "wednesday", "thursday", "friday". Correct weekday.',
    ),
    Case(
        "time_quoted",
        (("publish_at = 16:30:00", 'publish_at = "16:30:00"'),),
        "value_type",
        "publish_at",
        "cadence[0].publish_at",
        'found "16:30:00"; expected a time of day without quotation marks, such as 16:30:00. '
        "Write it without quotation marks.",
    ),
    *(
        Case(
            f"{key}_over_limit",
            ((f"{key} = {was}", f"{key} = 10081"),),
            "over_limit",
            f"{key} = 10081",
            f"cadence[0].{key}",
            "found 10081; expected at most 10080. Correct it; the limits are in method_defaults.toml.",
        )
        for key, was in (("embargo_minutes", 30), ("late_minutes", 60))
    ),
    Case(
        "consultation_over_limit",
        (("consultation_days_min = 30", "consultation_days_min = 3661"),),
        "over_limit",
        "consultation_days_min",
        "governance[0].consultation_days_min",
        "found 3661; expected at most 3660. Correct it; the limits are in method_defaults.toml.",
    ),
    Case(
        "freight_by_the_kilometre_to_nowhere",
        (("freight_per_t = 60", "freight_per_t = 60\nfreight_per_t_km = 0.002"),),
        "base_port_code_missing",
        "freight_per_t_km",
        "border[0].freight_per_t_km",
        "found freight by the kilometre to a port without a code; expected base_port_code, by which the facts know distances. "
        'Add base_port_code, such as "NLRTM".',
    ),
    Case(
        "port_code_of_another_shape",
        (('base_port = "Rotterdam"', 'base_port = "Rotterdam"\nbase_port_code = "NL RTM"'),),
        "value_not_allowed",
        "base_port_code",
        "border[0].base_port_code",
        'found "NL RTM"; expected the UN/LOCODE of a port, such as "NLRTM". Correct base_port_code.',
    ),
    Case(
        "distance_below_nothing",
        (('base_port = "Rotterdam"', 'base_port = "Rotterdam"\ndistance_unknown_km = -1'),),
        "number_out_of_range",
        "distance_unknown_km",
        "border[0].distance_unknown_km",
        "found -1; expected a whole number of at least 0. Correct distance_unknown_km.",
    ),
    Case(
        "mass_below_nothing",
        (("spread_power = 3 },", "spread_power = 3, mass_kg_min = -1 },"),),
        "number_out_of_range",
        "mass_kg_min = -1",
        "reference[0].tiers[0].mass_kg_min",
        "found -1; expected a number of at least 0. Correct mass_kg_min.",
    ),
    Case(
        "bound_tighter_than_proven",
        (("spread_power = 3 },", "spread_power = 3, bound_power = 3 },"),),
        "bound_not_proven",
        "bound_power",
        "reference[0].tiers[0].bound_power",
        "found 3; expected at least 4, one more than spread_power. Publish no tighter bound than the outlier rule proves.",
    ),
    *(
        Case(
            f"consultation_{name}",
            (("valid_to = 2025-12-31", f"valid_to = 2025-12-31\n{text}"),),
            "consultation_days",
            line,
            f"rulebook.{line}",
            f"found open to comment from {found}; expected a first and a last day, in order, before 2024-01-01. "
            "Correct consulted_from and consulted_to, or leave both out.",
        )
        for name, text, line, found in (
            ("without_end", "consulted_from = 2023-11-01", "consulted_from", "2023-11-01 to no day"),
            ("without_beginning", "consulted_to = 2023-12-01", "consulted_to", "no day to 2023-12-01"),
            (
                "reversed",
                "consulted_from = 2023-12-02\nconsulted_to = 2023-12-01",
                "consulted_to",
                "2023-12-02 to 2023-12-01",
            ),
            (
                "not_over",
                "consulted_from = 2023-12-01\nconsulted_to = 2024-01-01",
                "consulted_to",
                "2023-12-01 to 2024-01-01",
            ),
        )
    ),
)


def test_the_rulebook_that_the_cases_spoil_is_accepted(tmp_path: Path) -> None:
    assert problems_in(tmp_path, WITH_PRICE_RULES) == ()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_fault_is_told_once_with_its_line_key_and_remedy(case: Case, tmp_path: Path) -> None:
    text = edited(*case.edits, text=WITH_PRICE_RULES)
    (problem,) = problems_in(tmp_path, text)
    assert (problem.code, problem.field) == (case.code, case.field)
    assert [n for n, line in enumerate(text.splitlines(), start=1) if case.on_line in line] == [problem.line]
    where = f"{tmp_path / 'small.toml'}, line {problem.line}, {case.field}"
    assert str(problem) == f"{where}: {case.message} [{case.code}]"


ACCEPTED: tuple[tuple[str, Edits], ...] = (
    (
        "days_without_a_rule_between_two",
        (
            again("eligibility", f'forms = "all"\n{ELIGIBILITY}'),
            ('\n\n[[eligibility]]\nforms = "all"', '\n\n[[eligibility]]\nvalid_to = 2024-06-30\nforms = "all"'),
        ),
    ),
    ("a_rule_that_begins_after_its_version", (("[[terms]]\n", "[[terms]]\nvalid_from = 2024-03-01\n"),)),
    ("a_rule_that_names_a_form_beside_one_for_all", (again("liquidity", f'forms = ["oxide"]\n{BANDS}'),)),
    ("another_grade_of_one_form", (again("premium", 'form = "oxide"\ngrade = "99.5"'),)),
    (
        "rules_that_meet",
        (
            again("governance", "signatures_min = 1\nconsultation_days_min = 0"),
            ("\n\n[[governance]]\nsignatures", "\n\n[[governance]]\nvalid_to = 2024-12-31\nsignatures"),
        ),
    ),
    ("a_form_without_successor", (('successor = "metal"\n', ""),)),
    ("a_successor_that_ends_before_it_is_needed", (again("cessation", 'form = "metal"\nvalid_to = 2025-06-30'),)),
    ("no_origin_excluded", (('origins_excluded = ["KZ"]', "origins_excluded = []"),)),
    ("no_calendar", (('calendars = ["US", "CN"]', "calendars = []"),)),
    ("no_lots", ((WITH_PRICE_RULES.partition("lots = ")[2].partition("\nsource")[0], "[]"),)),
    ("fewer_parties_at_the_same_mass", (("share = 1 },\n", "share = 1 },\n  { parties_min = 4, mass_kg_min = 1000, share = 0.7 },\n"),)),
    ("a_band_just_below_the_one_before", (("share = 0.5 }", "share = 0.9999 }"),)),
    ("medium_as_strict_as_high", ((MEDIUM, HIGH),)),
    ("medium_alone", ((WITH_PRICE_RULES[WITH_PRICE_RULES.index('  { level = "high"') : WITH_PRICE_RULES.index('  { level = "medium"')], ""),)),
    ("embargo_at_the_limit", (("embargo_minutes = 30", "embargo_minutes = 10080"),)),
    ("a_bound_one_power_above_the_outlier_rule", (("spread_power = 3 },", "spread_power = 3, bound_power = 4 },"),)),
    (
        "freight_by_the_kilometre",
        (
            (
                "freight_per_t = 60",
                'freight_per_t = 0\nfreight_per_t_km = 0.002\nbase_port_code = "NLRTM"\ndistance_unknown_km = 0',
            ),
        ),
    ),
    (
        "one_day_of_consultation_before_the_first_day",
        (("valid_to = 2025-12-31", "valid_to = 2025-12-31\nconsulted_from = 2023-12-31\nconsulted_to = 2023-12-31"),),
    ),
)  # fmt: skip


@pytest.mark.parametrize("edits", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_what_stands_on_the_boundary_is_accepted(edits: Edits, tmp_path: Path) -> None:
    assert problems_in(tmp_path, edited(*edits, text=WITH_PRICE_RULES)) == ()


def test_a_zone_may_do_without_each_of_these_sections(tmp_path: Path) -> None:
    blocks = WITH_PRICE_RULES.removeprefix(SMALL).strip().split("\n\n")
    assert len(blocks) == 8
    for left_out in blocks:
        assert problems_in(tmp_path, WITH_PRICE_RULES.replace(left_out, "")) == (), left_out
