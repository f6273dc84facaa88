"""What is published is one schedule: nobody's line meets two floor measures, and members' goods meet none."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tariff_samples import DAY, OXIDE, duty, floor, form, parity, rulebook, tariff_rule

from footwall.errors import UsageError
from footwall.facts import shipped_facts
from footwall.floors import Floor
from footwall.quantity import Unknown
from footwall.rulebook import FloorRule, Rulebook
from footwall.tariffs import Measure, OrdinaryLaw, Schedule, Tariff
from footwall.tariffs.adjust import adjust
from footwall.tariffs.ordinary import OrdinaryRate
from footwall.tariffs.publish import World, measures

WORLD = World(frozenset({"US", "CA", "CN", "KR", "AU", "RU"}), frozenset({"US", "CA"}))
FREE = OrdinaryRate(Decimal(0), Decimal(0))


def tariff(price: str = "60", *, group: str = "dominant", importers: tuple[str, ...] = ("US",), **rule: Any) -> Tariff:
    ruled = tariff_rule(group=group, **rule)
    found = adjust(
        DAY,
        ruled,
        None,
        floor(),
        parity(price, group=group),
        importers=importers,
        ordinary=FREE,
        outside_value=Decimal(0),
    )
    assert isinstance(found, Tariff)
    return found


def published(*tariffs: Tariff, under: Floor | None = None, **more: Any) -> dict[str, Measure]:
    book = more.pop("book", rulebook())
    floors = {OXIDE: under or floor()} if more.pop("with_floor", True) else {}
    forms = {OXIDE: more.pop("of", form())}
    found = measures(
        more.pop("on", DAY),
        tariffs,
        floors,
        book,
        forms=forms,
        ordinary=OrdinaryLaw(more.pop("duties", ()), more.pop("treatments", ()), WORLD.countries),
        world=WORLD,
    )
    assert [m.measure_id for m in found] == sorted(m.measure_id for m in found)
    return {m.measure_id: m for m in found}


def test_a_notified_tariff_becomes_a_measure_with_its_rate() -> None:
    (found,) = published(tariff()).values()
    assert found == Measure(
        measure_id="floor-ndpr-oxide-us-dominant",
        role="floor",
        method="notified",
        form=OXIDE,
        importers=("US",),
        origins=("CN",),
        valid_from=DAY,
        currency="USD",
        legal_basis="security exception",
        specific=Decimal(50),
        floor=Decimal(110),
        ceiling=Decimal(220),
        parity=Decimal(60),
        counts=("ordinary",),
        rounding_unit=Decimal("0.01"),
        rounding_mode="half_up",
    )


def test_a_rate_of_zero_is_still_published() -> None:
    (found,) = published(tariff("150")).values()
    assert (found.specific, found.floor) == (Decimal(0), Decimal(110))


def test_non_members_beside_another_group_are_all_other_origins_outside_the_zone() -> None:
    found = published(
        tariff(), tariff(group="others"), tariff(importers=("CA",)), tariff(group="others", importers=("CA",))
    )
    assert found["floor-ndpr-oxide-us-dominant"].origins == ("CN",)
    assert found["floor-ndpr-oxide-us-others"].origins == ("AU", "KR", "RU")
    schedule = Schedule.from_measures(found.values(), members=["US", "CA"], facts=shipped_facts())
    for importer in ("US", "CA"):
        for origin in sorted(WORLD.countries):
            met = schedule.applicable(importer, origin, None, OXIDE, DAY)
            assert not met.conflicts
            assert (met.floor is None) == (origin in WORLD.members)


def test_non_members_alone_stay_one_word() -> None:
    alone = rulebook(tariff=(tariff_rule(group="others"),))
    (found,) = published(tariff(group="others"), book=alone).values()
    assert found.origins == ("non-members",)


def test_a_member_named_in_a_group_owes_no_floor_duty() -> None:
    groups = ({"group": "dominant", "origins": ("CN", "CA"), "source": "made up"},)
    book = rulebook(origin_group=groups, tariff=(tariff_rule(),))
    assert published(tariff(), book=book)["floor-ndpr-oxide-us-dominant"].origins == ("CN",)
    only_members = ({"group": "dominant", "origins": ("CA",), "source": "made up"},)
    assert published(tariff(), book=rulebook(origin_group=only_members, tariff=(tariff_rule(),))) == {}


def test_importers_without_a_tariff_of_their_own_share_one_measure() -> None:
    (found,) = published(tariff(importers=("CA", "KR"))).values()
    assert found.measure_id == "floor-ndpr-oxide-members-dominant"
    # Two authorities collect it: neither's own rounding is the measure's.
    assert (found.importers, found.rounding_unit) == (("CA", "KR"), None)


def test_an_announced_raise_is_published_from_its_own_day() -> None:
    starts = DAY + timedelta(days=30)
    found = published(replace(tariff(), pending=Decimal(55), pending_from=starts))
    now, then = found["floor-ndpr-oxide-us-dominant"], found["floor-ndpr-oxide-us-dominant-from-2025-03-02"]
    assert (now.specific, now.valid_to) == (Decimal(50), date(2025, 3, 1))
    assert (then.specific, then.valid_from, then.valid_to) == (Decimal(55), date(2025, 3, 2), None)
    schedule = Schedule.from_measures(found.values(), facts=shipped_facts())
    for day, rate in ((DAY, 50), (date(2025, 3, 1), 50), (date(2025, 3, 2), 55)):
        met = schedule.applicable("US", "CN", None, OXIDE, day).floor
        assert met is not None
        assert met.specific == rate


def test_a_sunset_ends_the_measure_and_takes_back_what_was_announced_beyond_it() -> None:
    sunset = date(2025, 2, 15)
    pending = replace(tariff(), pending=Decimal(55), pending_from=date(2025, 3, 2))
    (found,) = published(pending, under=floor(sunset=sunset)).values()
    assert found.valid_to == sunset
    on_its_last_day = published(pending, under=floor(sunset=date(2025, 3, 2)))
    assert on_its_last_day["floor-ndpr-oxide-us-dominant-from-2025-03-02"].valid_to == date(2025, 3, 2)
    assert published(replace(tariff(), reason="sunset")) == {}
    assert published(tariff(), with_floor=False) == {}
    assert published(tariff(), under=floor(Unknown("no basis"))) == {}


def test_a_top_up_states_its_floor_and_no_rate() -> None:
    book = rulebook(tariff=(tariff_rule(method="top_up"),))
    (found,) = published(tariff(method="top_up"), book=book).values()
    assert (found.method, found.floor, found.specific) == ("top_up", Decimal(110), None)
    assert Schedule.from_measures([found], facts=shipped_facts()).measures == (found,)


def test_prices_of_content_are_levied_on_content() -> None:
    contained = form(basis="contained", content="WO3", share="0.65")
    (found,) = published(tariff(), of=contained).values()
    assert found.contained == "WO3"


def test_a_parity_nobody_knows_or_below_zero_is_not_stated() -> None:
    for price in (Unknown("suspended"), Decimal("-27.5")):
        (found,) = published(replace(tariff(), parity=price)).values()
        assert found.parity is None


def test_general_rates_are_stated_for_goods_of_every_origin_that_is_not_treated_apart() -> None:
    book = rulebook(tariff=())
    both = duty("26110060", "0.01", specific=Decimal("0.375"), contained="W")
    specific = duty("26110030", None, specific=Decimal("0.375"), contained="W")
    unknown = duty("26110090", None)
    other = duty("28469080", importer="JP")
    found = published(book=book, duties=(duty(), both, specific, unknown, other))
    assert list(found) == ["ordinary-us-26110030", "ordinary-us-26110060", "ordinary-us-28469080"]
    assert found["ordinary-us-28469080"] == Measure(
        measure_id="ordinary-us-28469080",
        role="ordinary",
        method="ad_valorem",
        hs_codes=("28469080",),
        importers=("US",),
        origins=("AU", "CA", "CN", "KR", "RU", "US"),
        valid_from=date(2022, 1, 1),
        currency="USD",
        legal_basis="tariff schedule",
        ad_valorem=Decimal("0.037"),
        rounding_unit=Decimal("0.01"),
        rounding_mode="half_up",
    )
    assert (found["ordinary-us-26110060"].ad_valorem, found["ordinary-us-26110060"].contained) == (Decimal("0.01"), "W")
    assert found["ordinary-us-26110030"].method == "specific"
    schedule = Schedule.from_measures(found.values(), facts=shipped_facts())
    assert schedule.applicable("US", "CA", "28469080", None, DAY).ordinary is not None
    assert schedule.applicable("US", "CN", "26110090", None, DAY).ordinary is None


def test_ordinary_duties_end_with_their_rule() -> None:
    ended = {"importers": ("US",), "rounding_unit": Decimal("0.01"), "source": "x", "valid_to": date(2025, 1, 30)}
    assert published(book=rulebook(ordinary=(ended,)), duties=(duty(),)) == {}


def test_a_tariff_without_a_rule_is_refused() -> None:
    with pytest.raises(UsageError, match="has no tariff rule for ndpr-oxide of dominant on 2025-01-31"):
        published(tariff(), book=rulebook(tariff=()))


@pytest.mark.parametrize(("mode", "origins"), [("external", None), ("internal", ("CA", "US"))])
def test_members_owe_a_levy_under_an_internal_floor_alone(mode: str, origins: tuple[str, ...] | None) -> None:
    book = rulebook(tariff=(tariff_rule(method="top_up", group="members"),))
    found = published(tariff(method="top_up", group="members"), book=book, under=floor(mode=mode))
    assert [(one.origins, one.equalisation) for one in found.values()] == ([(origins, True)] if origins else [])


@pytest.mark.parametrize(("price", "secured"), [("0.01", True), ("0.5", True), ("0", False)])
def test_security_is_stated_at_any_parity_above_nothing(price: str, *, secured: bool) -> None:
    ruled = {"method": "top_up", "standard_value": "parity", "tolerance": Decimal("0.08")}
    book = rulebook(tariff=(tariff_rule(**ruled), tariff_rule(group="others")))
    (found,) = published(tariff(price, **ruled), book=book).values()
    told = (Decimal(price), Decimal("0.08")) if secured else (None, None)
    assert (found.standard_value, found.tolerance) == told


def test_duties_on_contents_follow_the_rules_that_hold_whatever_ended_before_them() -> None:
    share = {"element": "Nd", "form": OXIDE, "form_kg": Decimal("1.2"), "recovered": Decimal("0.9"), "undeclared": Decimal("0.3")}  # fmt: skip
    rule = {"hs_codes": ("850511",), "group": "dominant", "elements": (share,), "legal_basis": "x", "source": "x"}
    ended = rule | {"valid_to": date(2025, 1, 30)}
    found = published(tariff(), book=rulebook(embedded=(ended, rule)))
    (of_contents,) = (one for one in found.values() if one.role == "embedded")
    assert of_contents.measure_id == "embedded-2-us-dominant"
    assert of_contents.elements[0].specific == Decimal(60)  # 1.2 kg of oxide at 50 USD


def test_a_measure_ends_with_the_floor_rule_in_force_or_the_sunset_that_was_reviewed_whichever_is_first() -> None:
    def ruled(last: date | None) -> Rulebook:
        rule = FloorRule(form=OXIDE, unit="USD/kg", factor=Decimal(1), review_days=(date(2024, 1, 1),), trailing_months=12,
                         step_up_share_max=Decimal(0), step_down_share_max=Decimal(0), ceiling_factor=Decimal(2),
                         mode="external", rounding_unit=Decimal(1), valid_to=last, source="made up")  # fmt: skip
        return rulebook(floor=(rule,))

    early, late = date(2026, 6, 30), date(2028, 12, 31)
    for last, sunset, expected in (
        (early, None, early),
        (late, early, early),
        (early, late, early),
        (None, late, late),
    ):
        (found,) = published(tariff(), book=ruled(last), under=floor(sunset=sunset)).values()
        assert found.valid_to == expected
