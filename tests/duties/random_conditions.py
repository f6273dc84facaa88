"""Random schedules with programmes, contents, rules of days and of origin, and credits; and lines that meet them: synthetic, from a seed."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from random_law import (
    CODES,
    FIRST,
    FORMS,
    IMPORTERS,
    LAST,
    MONEY,
    floor_measure,
    number,
    plain_measure,
    positive,
    random_lines,
    rounding,
)

from footwall.duties import Credit
from footwall.facts import shipped_facts
from footwall.tariffs import DayRule, Element, Measure, OriginRule, Schedule

ELEMENTS = ("Nd", "Dy", "Li's", "W")
"""One name with a quotation mark: names are data."""
STAGES = ("separated", "smelted")
PLACES_OF_WORK = ("CN", "VN", "AU", "MX", "CL", "DE")
ONE_DAY = timedelta(days=1)


def embedded_measure(rng: Random, name: str, form: str, importer: str, *, owed: str, **more: Any) -> Measure:
    goods = (
        {"form": form}
        if rng.random() < 0.5
        else {"hs_codes": [CODES.get(form, shipped_facts().forms[form].hs6[0])[:6]]}
    )
    elements = [
        Element(one, number(rng, 2, 3), Decimal(rng.randint(1, 100)) / 100,
                None if rng.random() < 0.15 else Decimal(rng.randint(0, 3000)) / 10000)
        for one in rng.sample(ELEMENTS, rng.randint(1, 3))
    ]  # fmt: skip
    return Measure(measure_id=name, role="embedded", method="embedded", importers=[importer], currency=rng.choice(MONEY),
                   per_kg=rng.choice((1, 1, 100)), elements=elements, **goods, **rounding(rng, owed), **more)  # fmt: skip


def halves(rng: Random) -> tuple[tuple[date, date], ...]:
    """The year in two parts."""
    middle = FIRST + timedelta(days=rng.randint(30, 330))
    return ((FIRST, middle - ONE_DAY), (middle, LAST))


def day_rules(rng: Random) -> list[DayRule]:
    rules = []
    for importer in IMPORTERS:
        for part, (start, end) in enumerate(halves(rng)):
            name = f"days-{importer}-{part}"
            kind = rng.choice(("none", "grace", "grace", "counts"))
            if kind == "grace":
                rules.append(DayRule(rule_id=name, importers=[importer], valid_from=start, valid_to=rng.choice((end, end, end - ONE_DAY)),
                                     transit_days=rng.randint(1, 90), transit_counts=rng.choice(("lading", "export"))))  # fmt: skip
            elif kind == "counts":
                rules.append(DayRule(rule_id=name, importers=[importer], valid_from=start, valid_to=end,
                                     counts=rng.choice(("entry", "export", "lading", "contract"))))  # fmt: skip
    return rules


def origin_rules(rng: Random, forms: list[str]) -> list[OriginRule]:
    rules = []
    for importer in IMPORTERS:
        for part, (start, end) in enumerate(halves(rng)):
            if rng.random() < 0.5:
                continue
            stages = rng.sample(STAGES, rng.randint(0, 2))
            certificate = "ZONE" if not stages or rng.random() < 0.5 else ""
            rules.append(OriginRule(
                rule_id=f"origin-{importer}-{part}", importers=[importer], valid_from=start, valid_to=end, stages=stages,
                forms=rng.choice(((), forms[:2])), cumulation=bool(stages) and rng.random() < 0.5, certificate=certificate,
                unproven_as=rng.choice(("", "CN", "RU")) if certificate else "",
            ))  # fmt: skip
    return rules


def conditional_schedule(rng: Random) -> Schedule:  # noqa: C901 - one branch for each kind of measure
    """Floors in two parts of the year, on countries or on non-members, with all that may decide beside them."""
    measures: list[Measure] = []
    owed = rng.choice(("USD", "JPY"))
    forms = rng.sample(FORMS, 3)
    for form in forms:
        for importer in rng.sample(IMPORTERS, 3):
            name, floors = f"{form}-{importer}", rng.choice((["CN", "RU"], ["CN", "RU", "AU"], ["non-members"]))
            goods: dict[str, Any] = {}
            inside = False
            for part, (start, end) in enumerate(halves(rng)):
                if part or rng.random() < 0.8:
                    made = floor_measure(rng, f"floor-{name}{part}", form, importer, owed=owed, origins=floors,
                                         valid_from=start, valid_to=end)  # fmt: skip
                    # A levy falls on named members: it has its own tests.
                    made = replace(made, equalisation=False)
                    inside = inside or (made.method == "banded" and made.ad_valorem is not None)
                    goods = goods or {"form": made.form, "hs_codes": made.hs_codes}
                    measures.append(made)
            if rng.random() < 0.5:
                for part, (start, end) in enumerate(halves(rng)):
                    measures.append(embedded_measure(rng, f"inside-{name}-{part}", form, importer, owed=owed, origins=floors,
                                                     valid_from=start, valid_to=end))  # fmt: skip
            if inside and floors == ["non-members"]:
                continue
            origins = ["VN", "CL"] if inside else ["CN", "VN", "CL", "AU"]
            for start, end in halves(rng):
                if rng.random() < 0.8:
                    measures.append(plain_measure(rng, f"mfn-{name}-{start}", "ordinary", form, importer, owed=owed,
                                                  origins=origins, valid_from=start, valid_to=end))  # fmt: skip
                if rng.random() < 0.6:
                    measures.append(plain_measure(rng, f"pref-{name}-{start}", "ordinary", form, importer, owed=owed, programme="A+",
                                                  origins=["VN", "CL"], valid_from=start, valid_to=end))  # fmt: skip
            measures += [
                plain_measure(rng, f"extra-{name}-{extra}", "additional", form, importer, owed=owed, origins=["CN", "VN"],
                              valid_from=FIRST, valid_to=LAST)
                for extra in range(rng.randint(0, 2))
            ]  # fmt: skip
    join, leave = FIRST + timedelta(days=rng.randint(-60, 300)), FIRST + timedelta(days=rng.randint(60, 360))
    members = [{"party": one, "valid_from": date(2020, 1, 1)} for one in ("US", "EU", "JP")]
    members += [
        {"party": "AU", "valid_from": join},
        {"party": "MX", "valid_from": FIRST - 10 * ONE_DAY, "valid_to": leave},
    ]
    return Schedule.from_measures(measures, owed, members, conditions=[*day_rules(rng), *origin_rules(rng, forms)])


def random_credits(rng: Random, currency: str) -> list[Credit]:
    """Credits small and large, some lapsed, of another importer or in another currency."""
    found = []
    for index in range(60):
        start = FIRST + timedelta(days=rng.randint(-200, 100))
        unit = Decimal(1) if currency == "JPY" else Decimal("0.01")
        amount = positive(rng, rng.choice((1, 3, 5, 7)), 2).quantize(unit) + unit
        found.append(Credit(credit_ref=f"C{index}", import_line=f"I{index}", paid=amount * 2, amount=amount,
                            currency=currency if rng.random() < 0.95 else "EUR", valid_from=start,
                            valid_to=start + timedelta(days=rng.randint(100, 600)),
                            importer=rng.choice(("", "", *IMPORTERS))))  # fmt: skip
    return found


def told_in(rng: Random, told: dict[str, str]) -> str:
    return json.dumps(told) if told else rng.choice(("", "{}"))


def conditional_lines(rng: Random, schedule: Schedule, count: int) -> list[dict[str, Any]]:
    """Lines of `random_lines` that state what conditions ask for, mostly."""
    lines = random_lines(rng, schedule, count)
    for line in lines:
        entry = line["entry_date"]
        days = {name: entry - timedelta(days=rng.randint(0, 120)) for name in ("export", "lading", "contract")}
        line |= {f"{name}_date": "" if rng.random() < 0.1 else str(day) for name, day in days.items()}
        line["origin"] = rng.choice(("CN", "CN", "RU", "VN", "CL", "AU", "AU", "MX"))
        line["preference_certificate"] = rng.choice(("", "ZONE:1", "zone") * 6 + ("ZONE A+:7", "ZONE a+", "NOPE:1"))
        if line["origin"] in ("VN", "CL") and rng.random() < 0.5:
            line["preference_certificate"] = "ZONE a+:12"
        done = {stage: rng.choice((line["origin"],) * 3 + PLACES_OF_WORK) for stage in STAGES if rng.random() < 0.9}
        line["stage_origins"] = told_in(rng, done)
        shares = {one: f"{rng.randint(1, 250_000):06d}" for one in rng.sample(ELEMENTS, rng.randint(0, 3))}
        line["contents"] = told_in(rng, {one: f"0.{digits}" for one, digits in shares.items()})
        line["credit_refs"] = (
            " ".join(f"C{n}" for n in rng.sample(range(61), rng.choice((1, 1, 2)))) if rng.random() < 0.15 else ""
        )
        if rng.random() < 0.8:
            line["entry_type"] = "consumption"
    return lines
