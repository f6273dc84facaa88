"""What would change a duty: each alternative is what the changed line would owe, and nothing that changes nothing is told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from footwall.duties import Liability, Line, alternatives, assess_line, read_line
from footwall.quantity import Unknown
from footwall.tariffs import Measure, OriginRule, Schedule

START, RISE = date(2026, 1, 1), date(2026, 4, 1)
OXIDE: dict[str, Any] = {"importers": ["US"], "currency": "USD", "form": "ndpr-oxide"}
FLOOR: dict[str, Any] = {"role": "floor", "method": "top_up", "origins": ["non-members"], **OXIDE}
GENERAL: dict[str, Any] = {"role": "ordinary", "method": "ad_valorem", "valid_from": START, "importers": ["US"], "currency": "USD",
                           "hs_codes": ["284690"]}  # fmt: skip
SCHEDULE = Schedule.from_measures(
    [
        Measure(measure_id="floor-1", floor="90", valid_from=START, valid_to=RISE - timedelta(days=1), **FLOOR),
        Measure(measure_id="floor-2", floor="110", valid_from=RISE, **FLOOR),
        Measure(measure_id="general", ad_valorem="0.037", origins=["CN", "AU", "KR"], **GENERAL),
        Measure(measure_id="column-2", ad_valorem="0.25", origins=["RU", "BY"], **GENERAL),
        Measure(measure_id="korus", ad_valorem="0", origins=["KR"], programme="KORUS", **GENERAL),
    ],
    "USD",
    ["US", "AU"],
    conditions=[OriginRule(rule_id="proof", importers=["US"], valid_from=START, certificate="ZONE", unproven_as="CN")],
)
LINE: dict[str, Any] = {"line_id": "L", "importer": "US", "origin": "CN", "hs_code": "28469080", "form": "ndpr-oxide",
                        "net_mass_kg": "1000", "customs_value": "55000", "currency": "USD", "entry_date": "2026-02-10"}  # fmt: skip


def told(**changes: Any) -> dict[tuple[str, str], Any]:
    return {(one.kind, one.to): one for one in alternatives({**LINE, **changes}, SCHEDULE, {})}


def owed(**changes: Any) -> Liability:
    liability = assess_line({**LINE, **changes}, SCHEDULE, {})[0]
    assert isinstance(liability, Liability)
    return liability


@pytest.mark.parametrize(
    ("kind", "to", "changes"),
    [
        ("origin", "BY", {"origin": "BY"}),
        ("entry_date", "2026-04-01", {"entry_date": "2026-04-01"}),
        ("entry_type", "temporary", {"entry_type": "temporary"}),
        ("form", "dysprosium-oxide", {"form": "dysprosium-oxide"}),
        ("value", "86788.81", {"customs_value": "86788.81"}),
    ],
)
def test_an_alternative_is_what_the_changed_line_would_owe(kind: str, to: str, changes: dict[str, Any]) -> None:
    now, then = owed(), owed(**changes)
    found = told()
    one = next(one for (what, _), one in found.items() if what == kind and to in (one.to, *one.others))
    assert (one.floor_duty, one.total_duty, one.reason) == (then.floor_duty, then.total_duty, then.reason)
    assert isinstance(now.total_duty, Decimal)
    assert one.more == then.total_duty - now.total_duty  # type: ignore[operator]


def test_origins_that_would_owe_the_same_are_told_together_and_each_country_once() -> None:
    origins = [one for one in alternatives(LINE, SCHEDULE, {}) if one.kind == "origin"]
    named = [country for one in origins for country in (one.to, *one.others)]
    assert len(set(named)) == len(named)
    assert {"RU", "BY"} in [{one.to, *one.others} for one in origins]
    assert "CN" not in named
    assert "EU" not in named
    assert "KR" not in named, "what changes nothing is not told"
    # without a certificate the goods of a member count as those of CN
    assert "AU" not in named


def test_a_claim_is_told_where_it_would_be_granted_and_its_loss_where_it_is_made() -> None:
    assert ("certificate", "KORUS") not in told()
    assert told(origin="KR")["certificate", "KORUS"].more == Decimal("0.00")
    member = told(origin="AU")["certificate", "ZONE"]
    assert (member.floor_duty, member.reason) == (Decimal(0), "member_origin")
    lost = told(origin="AU", preference_certificate="ZONE:7")["certificate", "without ZONE"]
    assert lost.floor_duty == owed().floor_duty


def test_the_day_told_is_the_next_and_the_last_on_which_the_law_differs() -> None:
    assert [to for kind, to in told() if kind == "entry_date"] == ["2026-04-01"]
    assert [to for kind, to in told(entry_date="2026-05-01") if kind == "entry_date"] == ["2026-03-31"]


@pytest.mark.parametrize(("lading", "told"), [("2026-03-31", ["2026-03-31"]), ("2026-04-01", [])])
def test_a_line_may_be_entered_on_the_day_of_its_lading_and_not_before(lading: str, told: list[str]) -> None:
    line = read_line({**LINE, "entry_date": "2026-05-01", "lading_date": lading})
    assert isinstance(line, Line)
    assert [one.to for one in alternatives(line, SCHEDULE, {}) if one.kind == "entry_date"] == told


def test_an_unknown_total_stays_unknown_and_a_bad_line_has_no_alternatives() -> None:
    vietnam = told(origin="VN")
    assert all(isinstance(one.more, Unknown) for (kind, _), one in vietnam.items() if kind == "entry_date")
    assert alternatives({**LINE, "origin": "XX"}, SCHEDULE, {}) == ()
    assert alternatives({**LINE, "net_mass_kg": "much"}, SCHEDULE, {}) == ()


def test_the_rate_of_exchange_stays_that_of_the_day() -> None:
    euros = {**LINE, "currency": "EUR"}
    rates = {("EUR", "USD", date(2026, 2, 10)): Decimal("1.08")}
    found = {one.kind: one for one in alternatives(euros, SCHEDULE, rates)}
    assert found["entry_date"].to == "2026-04-01"
    assert found["entry_date"].floor_duty > 0
