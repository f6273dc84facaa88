"""Random schedules and lines over every method, option, currency and rounding: synthetic, from a seed."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from footwall.facts import shipped_facts
from footwall.tariffs import Band, Measure, Schedule, Slice
from footwall.tariffs.measures.faults_rates import limit_faults

IMPORTERS = ("US", "DE", "JP", "AU")
ORIGINS = ("CN", "RU", "VN", "CL", "MX")
FORMS = ("ndpr-oxide", "tungsten-concentrate", "lithium-carbonate", "antimony-metal", "germanium-metal", "apt")
CODES = {"ndpr-oxide": "28469080", "lithium-carbonate": "283691", "antimony-metal": "8110100000"}
FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
MONEY = ("USD", "EUR", "JPY")
METHODS = ("top_up", "notified", "banded", "graduated", "minimum_price")


def seeded(seed: int) -> Random:
    """A generator whose lines anyone can draw again."""
    return Random(seed)  # noqa: S311 - test data, no secret


def number(rng: Random, whole: int, places: int) -> Decimal:
    """A decimal of up to `whole` digits before the point and up to `places` after it."""
    digits = rng.randint(0, whole)
    return Decimal(rng.randrange(10 ** (digits + places))).scaleb(-places)


def positive(rng: Random, whole: int, places: int) -> Decimal:
    return number(rng, whole, places) + Decimal(1).scaleb(-places)


def rate(rng: Random) -> Decimal:
    return Decimal(rng.randrange(0, 10 ** rng.randint(1, 5))).scaleb(-5)


def rounding(rng: Random, currency: str) -> dict[str, Any]:
    if rng.random() < 0.6:
        return {}
    units = ("1", "5", "100") if currency == "JPY" else ("0.01", "0.05", "1", "5", "0.1", "100", "0.25")
    return {
        "rounding_unit": Decimal(rng.choice(units)),
        "rounding_mode": rng.choice(("half_up", "half_even", "down", "up")),
    }


def content_of(form: str) -> str | None:
    entry = shipped_facts().forms[form]
    return entry.content or None


def goods(rng: Random, form: str) -> dict[str, Any]:
    """The form itself, or the beginning of its code: then the form is found from the line."""
    if rng.random() < 0.7:
        return {"form": form}
    code = CODES.get(form, shipped_facts().forms[form].hs6[0])
    return {"hs_codes": [code[: rng.choice((6, 8, 10))]]}


def limits(rng: Random, duty: Mapping[str, Any]) -> dict[str, Decimal]:
    """A minimum, a maximum or both, of one part or of two, near enough to the duty to be owed now and then; never nonsense."""
    per_kg = duty.get("per_kg", 1)
    if "specific" in duty and "ad_valorem" not in duty:
        least, most = {"least_ad_valorem": rate(rng) / 2}, {"most_ad_valorem": rate(rng) / 2 + 1}
    else:
        least, most = {"least_specific": number(rng, 1, 3) * per_kg}, {"most_specific": number(rng, 2, 3) * per_kg}
        if duty.get("ad_valorem") and rng.random() < 0.3:
            least["least_ad_valorem"] = duty["ad_valorem"] / 2
            most["most_ad_valorem"] = least["least_ad_valorem"]
            most["most_specific"] += least["least_specific"] + duty.get("specific", 0)
    chosen = rng.choice((least, most, {**least, **most}))
    stated = {"measure_id": "x", "role": "ordinary", "method": "ad_valorem", "importers": ["US"], "origins": ["CN"],
              "form": "apt", "currency": "USD", "valid_from": FIRST}  # fmt: skip
    return {} if [*limit_faults(Measure(**stated, **duty, **chosen))] else chosen  # type: ignore[arg-type]


def plain_measure(rng: Random, name: str, role: str, form: str, importer: str, *, owed: str, **more: Any) -> Measure:
    kind = rng.choice(("ad_valorem", "specific", "compound"))
    values: dict[str, Any] = {}
    if kind != "specific":
        values["ad_valorem"] = rate(rng)
    if kind != "ad_valorem":
        values["specific"] = number(rng, 2, 4)
        values["per_kg"] = rng.choice((1, 100, 1000))
        if rng.random() < 0.3:
            values["contained"] = content_of(form)
    if rng.random() < 0.4:
        values |= limits(rng, values)
    return Measure(
        measure_id=name, role=role, method="specific" if kind == "specific" else "ad_valorem", **goods(rng, form),
        importers=[importer], currency=rng.choice(MONEY), **values, **rounding(rng, owed), **more,
    )  # fmt: skip


def floor_measure(  # noqa: C901 - one branch for each method
    rng: Random, name: str, form: str, importer: str, *, owed: str, **more: Any
) -> Measure:
    method = rng.choice(METHODS)
    per_kg = rng.choice((1, 1, 100, 1000))
    floor = positive(rng, 3, 4) * per_kg
    values: dict[str, Any] = {"floor": floor}
    if rng.random() < 0.4:
        values["parity"] = number(rng, 3, 3) * per_kg
    if rng.random() < 0.3:
        values["ceiling"] = floor * 2
    if rng.random() < 0.4:
        values["counts"] = rng.choice(((), ("ordinary",), ("additional",), ("ordinary", "additional")))
    if rng.random() < 0.3:
        values |= {"cap": rng.choice(("mfn_bound", "preferential_bound", "none")),
                   "bound_ad_valorem": rng.choice((None, rate(rng))),
                   "bound_specific": rng.choice((None, None, number(rng, 2, 3) * per_kg))}  # fmt: skip
    if rng.random() < 0.3:
        values["contained"] = content_of(form)
    values |= floor_options(rng, values, per_kg)
    if method == "notified":
        values["shipment"] = rng.choice(("none", "max", "lesser"))
        values |= {"specific": number(rng, 2, 4)} if rng.random() < 0.7 else {"ad_valorem": rate(rng)}
        if values["shipment"] == "max" and rng.random() < 0.6:
            values |= {"standard_value": floor * Decimal("0.8"), "tolerance": Decimal("0.08")}
    elif method == "banded":
        prices = sorted({number(rng, 3, 2) * per_kg for _ in range(rng.randint(1, 5))}, reverse=True)
        duties = sorted(number(rng, 2, 3) for _ in prices)
        values["bands"] = [Band(p, d) for p, d in zip(prices, duties, strict=True)]
        if rng.random() < 0.5:
            values |= {"standard_value": floor, "tolerance": Decimal("0.05")}
        if rng.random() < 0.5:
            values["ad_valorem"] = rate(rng)
    elif method == "graduated" and rng.random() < 0.5:
        values["slices"] = rng.choice((
            [Slice(Decimal("0.2"), Decimal(0)), Slice(Decimal("0.55"), Decimal("0.35")), Slice(Decimal(1), Decimal("0.9"))],
            [Slice(Decimal("0.5"), Decimal("0.8")), Slice(Decimal(1), Decimal("0.1"))],
            [Slice(Decimal(1), Decimal(0))],
        ))  # fmt: skip
    elif method == "minimum_price":
        values["otherwise_ad_valorem"] = rate(rng)
    return Measure(measure_id=name, role="floor", method=method, **goods(rng, form), importers=[importer], per_kg=per_kg,
                   currency=rng.choice(MONEY), **values, **rounding(rng, owed), **more)  # fmt: skip


def floor_options(rng: Random, values: Mapping[str, Any], per_kg: int) -> dict[str, Any]:
    """What every method may have beside: a minimum, a rebate from the ceiling on, a suspension, a levy among members."""
    found: dict[str, Any] = {}
    if rng.random() < 0.3:
        found |= {"least_ad_valorem": rate(rng) / 5 + Decimal("0.00001")} if rng.random() < 0.6 else {}
        found |= {"least_specific": positive(rng, 1, 3) * per_kg} if not found or rng.random() < 0.5 else {}
    if "ceiling" in values and rng.random() < 0.6:
        found["rebate_share"] = rng.choice((Decimal(1), Decimal("0.5"), Decimal("0.125"), Decimal("0.333")))
    return found | {"suspended": rng.random() < 0.08, "equalisation": rng.random() < 0.1}


def random_schedule(rng: Random) -> Schedule:
    """A schedule of every role on several forms, importers and origins; CN goods always meet a floor."""
    measures: list[Measure] = []
    owed = rng.choice(("USD", "JPY"))
    for form in rng.sample(FORMS, 3):
        for importer in rng.sample(IMPORTERS, 2):
            name = f"{form}-{importer}"
            floor = floor_measure(rng, f"floor-{name}", form, importer, owed=owed, origins=["CN", "RU"], valid_from=FIRST,
                                  valid_to=LAST)  # fmt: skip
            measures.append(floor)
            inside = floor.method == "banded" and floor.ad_valorem is not None
            origins = ["VN", "CL"] if inside else ["CN", "VN", "CL"]
            middle = date(2024, rng.randint(2, 11), 1)
            if rng.random() < 0.8:
                for number_, start, end in ((1, FIRST, middle - timedelta(days=1)), (2, middle, LAST)):
                    measures.append(plain_measure(rng, f"mfn-{name}-{number_}", "ordinary", form, importer, owed=owed,
                                                  origins=origins, valid_from=start, valid_to=end))  # fmt: skip
            measures += [
                plain_measure(rng, f"extra-{name}-{extra}", "additional", form, importer, owed=owed, origins=["CN"],
                              valid_from=FIRST, valid_to=LAST, legal_basis=f"extra {extra}")
                for extra in range(rng.randint(0, 2))
            ]  # fmt: skip
    return Schedule.from_measures(measures, currency=owed, members=["US", "DE", "JP", "AU", "MX"])


def random_rates(rng: Random) -> dict[tuple[str, str, date], Decimal]:
    """Direct rates for nearly every day of the year."""
    rates = {}
    for source in MONEY:
        for target in ("USD", "JPY"):
            if source != target:
                for day in range(366):
                    if rng.random() < 0.98:
                        rates[source, target, FIRST + timedelta(days=day)] = positive(rng, 1, rng.choice((4, 5)))
    return rates


def random_lines(rng: Random, schedule: Schedule, count: int) -> list[dict[str, Any]]:
    """Lines that mostly meet a measure, at prices on both sides of its floor."""
    floors = [measure for measure in schedule.measures if measure.role == "floor"]
    lines: list[dict[str, Any]] = []
    for index in range(count):
        measure = rng.choice(floors)
        form = measure.measure_id.removeprefix("floor-").rpartition("-")[0]
        mass = positive(rng, rng.choice((1, 3, 5, 7, 10)), rng.choice((0, 3, 3, 6)))
        price = measure.per_kilogram(measure.floor or measure.bands[0].at_least or Decimal(1))
        value = (price * mass * Decimal(rng.randrange(0, 250)) / 100).quantize(
            Decimal(1).scaleb(-rng.choice((0, 2, 2, 4)))
        )
        line: dict[str, Any] = {
            "line_id": f"L{index}",
            "entry_date": FIRST + timedelta(days=rng.randrange(366)),
            "importer": measure.importers[0],
            "origin": rng.choice(ORIGINS + ("CN",) * 5),
            "hs_code": CODES.get(form, shipped_facts().forms[form].hs6[0]),
            "form": form,
            "net_mass_kg": mass,
            "customs_value": value,
            "currency": rng.choice(("USD", "USD", "EUR", "JPY")),
            "content": rng.choice((None, Decimal(rng.randint(1, 1000)) / 1000)),
            "freight_insurance": rng.choice((None, (value / 20).quantize(Decimal("0.01")))),
            "valuation_basis": rng.choice((None, None, "fob", "cif")),
            "related_parties": rng.choice((None, True, False)),
            "direct_invoice": rng.choice((None, True, False)),
            "entry_type": rng.choice(("consumption",) * 6 + ("withdrawal", "warehouse", "temporary", "return", None)),
        }
        lines.append(line)
    return lines
