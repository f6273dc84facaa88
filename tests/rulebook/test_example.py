"""The example zone's rules: accepted with the shipped facts, and true to what they say of themselves."""

from datetime import date
from pathlib import Path

import pytest

from footwall.facts import shipped_facts
from footwall.rulebook import Known, Rulebook, Rulebooks, load_rulebook, load_rulebooks

EXAMPLE = Path(__file__).parents[2] / "src/footwall/rulebook/example"


@pytest.fixture(scope="module")
def known() -> Known:
    facts = shipped_facts()
    parties = {membership.party for membership in facts.memberships}
    states = {state for party in parties for state in facts.union_members(party)}
    return Known(
        forms={form.form: form.basis for form in facts.forms.values()},
        countries=frozenset(facts.countries),
        currencies=frozenset(facts.currencies),
        members=frozenset(parties | states),
    )


@pytest.fixture(scope="module")
def versions(known: Known) -> Rulebooks:
    return load_rulebooks(EXAMPLE, known)


def test_each_version_is_accepted_by_itself(known: Known) -> None:
    names = [load_rulebook(path, known).rulebook.version for path in sorted(EXAMPLE.glob("*.toml"))]
    assert names == ["example-1", "example-2"]


def test_the_versions_hold_for_every_walked_day(versions: Rulebooks) -> None:
    assert (versions.first_day, versions.last_day) == (date(2021, 1, 1), None)
    assert (versions.walk.first, versions.walk.through) == (date(2021, 1, 31), date(2026, 5, 31))
    assert versions.on(date(2025, 6, 30)).rulebook.version == "example-1"
    assert versions.on(date(2025, 7, 1)).rulebook.version == "example-2"


def test_every_screen_can_say_that_it_is_an_example(versions: Rulebooks) -> None:
    for version in versions.versions:
        assert version.rulebook.status == "example"
        assert "still being negotiated" in version.rulebook.notice


def test_every_rule_says_that_it_is_assumed(versions: Rulebooks) -> None:
    for version in versions.versions:
        sections = [getattr(version, name) for name in Rulebook.model_fields]
        sources = [rule.source for section in sections if isinstance(section, tuple) for rule in section]
        assert len(sources) > 50
        assert [source for source in sources if "assumed" not in source or not source.startswith("example")] == []


def test_every_form_of_a_tracked_chain_that_can_be_priced_has_a_floor(versions: Rulebooks) -> None:
    facts = shipped_facts()
    floored = {floor.form for floor in versions.versions[-1].floor}
    tracked = {form.form for form in facts.forms.values() if facts.minerals[form.mineral].tracked}
    observed = {seen.form for seen in facts.observations} & tracked
    # Amorphous graphite feeds no stage of the battery chain; it has a reference price and no floor.
    assert observed - floored <= {"graphite-amorphous"}
    assert floored <= tracked


def test_unit_values_serve_the_reference_alone(versions: Rulebooks) -> None:
    for version in versions.versions:
        assert all("unit_values" not in rule.tiers for rule in version.parity)
        on_unit_values = {
            form for rule in version.reference if rule.tiers[0].tier == "unit_values" for form in rule.forms
        }
        assert on_unit_values == {"gallium-metal", "graphite-flake", "alumina"}
