"""Recomputes the certificate of a reference price with nothing but Python: docs/certificates.md says how, step by step.

    footwall price ndpr-oxide --format json > price.json
    python replay_certificate.py price.json

Says of each file whether every figure follows from the others, or which one does not. Whether the data are true, it cannot say.
"""

import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

Told = Any  # whatever JSON may hold
PLACES = 10**12  # every quotient on the way is carried to twelve decimals, ties to even
ON_MARKET = ("market and cost-build", "market and previous price", "market alone")
FIGURE = re.compile(r"(=|\+|−|×|÷|at least|at most|round \w+) ([-0-9. ×]+)(?: ÷ (-?[0-9.]+))?")


def differences(told: dict[str, Told]) -> Iterator[str]:
    """Each place where the certificate does not follow from its own contents."""
    for datum in told["used"] + told["excluded"]:
        yield from reworked(f"datum {datum['observation']}", datum["steps"], datum["price"])
    yield from reworked("cost-build", told["cost_build_steps"], told["cost_build"])
    yield from reworked("result", told["combination_steps"], told["result"])
    if told["tier_rule"] is not None:
        yield from market(told, told["tier_rule"])
    yield from combination(told, told["terms"])


def reworked(name: str, steps: list[dict[str, str]], price: Told) -> Iterator[str]:
    """Each step from the stated result of the one before it; the last one is the price."""
    before = Fraction(0)
    for step in steps:
        found = operated(before, step["figure"])
        before = Fraction(step["result"])
        if found != before:
            yield f"{name}: {step['figure']} is not {step['result']}"
    if isinstance(price, str) and (not steps or before != Fraction(price)):
        yield f"{name}: {price} is not what its steps lead to"


def operated(before: Fraction, figure: str) -> Fraction:
    """One step: an operator, and a product that may stand over a divisor."""
    found = FIGURE.fullmatch(figure)
    if found is None:
        raise ValueError(f"{figure} is not a step")
    operator, over = found[1], Fraction(found[3]) if found[3] else None
    product = math.prod((Fraction(term) for term in found[2].split(" × ")), start=Fraction(1))
    if operator == "÷":
        return quotient(before, product * (over or 1))
    if operator == "×":
        return before * product if over is None else quotient(before * product, over)
    product = product if over is None else quotient(product, over)
    if operator.startswith("round "):
        return rounded(before / product, operator[6:]) * product
    results = {"=": product, "+": before + product, "−": before - product}
    results |= {"at least": max(before, product), "at most": min(before, product)}
    return results[operator]


def quotient(dividend: Fraction, divisor: Fraction) -> Fraction:
    """To twelve decimals, ties to even, as Python's `round` has it."""
    return Fraction(round(dividend / divisor * PLACES), PLACES)


def rounded(number: Fraction, mode: str) -> int:
    """To a whole number."""
    size = abs(number)
    ways = {
        "half_even": round,
        "half_up": lambda x: math.floor(x + Fraction(1, 2)),
        "down": math.floor,
        "up": math.ceil,
    }
    return int(ways[mode](size)) * (1 if number >= 0 else -1)


def capped(weights: list[Fraction], cap: Fraction) -> list[Fraction]:
    """None more than its share of all: the heaviest are brought to one level, until all fit under it."""
    if len(weights) * cap < 1:
        raise ValueError("there are too few to stay under the cap")
    over, rest = 0, sum(weights)
    for weight in sorted(weights, reverse=True):
        if weight * (1 - over * cap) <= cap * rest:
            break
        over, rest = over + 1, rest - weight
    return [min(weight * (1 - over * cap), cap * rest) if over else weight for weight in weights]


def medians(pairs: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    """The lower and the upper median of values by weight; they differ where exactly half of the weight lies below."""
    half, reached = sum(weight for _, weight in pairs) / 2, Fraction(0)
    lower: Fraction | None = None
    for value, weight in sorted(pairs):
        reached += weight
        lower = value if lower is None and reached >= half else lower
        if reached > half:
            break
    return (value if lower is None else lower), value


def weights_of(data: list[dict[str, Told]], cap: Fraction) -> list[Fraction]:
    """What each datum weighs beside others of its submitter, once no counterparty weighs more than the cap."""
    silent = {datum["submitter"] for datum in data if datum["mass_kg"] is None}
    weights = [Fraction(one["count"] if one["submitter"] in silent else one["mass_kg"]) for one in data]
    massive = [place for place, datum in enumerate(data) if datum["submitter"] not in silent]
    if not any(data[place]["counterparty"] for place in massive):
        return weights
    sides: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    side_of = [(one["counterparty"], "" if one["counterparty"] else one["submitter"]) for one in data]
    for place in massive:
        sides[side_of[place]] += weights[place]
    allowed = dict(zip(sides, capped(list(sides.values()), cap), strict=True))
    for place in massive:
        side = side_of[place]
        weights[place] = max(quotient(weights[place] * allowed[side], sides[side]), Fraction(1, PLACES))
    return weights


def voices_of(data: list[dict[str, Told]], weights: list[Fraction]) -> Iterator[dict[str, Told]]:
    """One voice for each submitter: the mean of its data by weight."""
    for name in sorted({datum["submitter"] for datum in data}):
        own = [(datum, weight) for datum, weight in zip(data, weights, strict=True) if datum["submitter"] == name]
        known = all(datum["mass_kg"] is not None for datum, _ in own)
        total = sum(weight for _, weight in own)
        yield {
            "submitter": name,
            "price": quotient(sum(Fraction(datum["price"]) * weight for datum, weight in own), total),
            "count": sum(datum["count"] for datum, _ in own),
            "mass_kg": sum(Fraction(datum["mass_kg"]) for datum, _ in own) if known else None,
            "loudness": total if known else None,
        }


def shortfall(voices: list[dict[str, Told]], rule: dict[str, Told]) -> bool:
    """Whether the tier lacks observations, submitters or kilograms."""
    return (
        sum(voice["count"] for voice in voices) < rule["count_min"]
        or len(voices) < rule["parties_min"]
        or sum(voice["mass_kg"] or 0 for voice in voices) < Fraction(rule["mass_kg_min"])
    )


def shares(voices: list[dict[str, Told]], cap: Fraction) -> list[Fraction]:
    """What each voice weighs: its loudness, or that of the least loud where it states none, under the cap."""
    least = min((voice["loudness"] for voice in voices if voice["loudness"] is not None), default=Fraction(1))
    return capped([least if voice["loudness"] is None else voice["loudness"] for voice in voices], cap)


def market(told: dict[str, Told], rule: dict[str, Told]) -> Iterator[str]:
    """The tier that set the market's price: its voices, its outliers, its mean, its liquidity."""
    cap, data = (
        Fraction(rule["party_weight_cap"]),
        told["used"] + [one for one in told["excluded"] if one["exclusion"] == "outlier"],
    )
    weights = weights_of(data, cap)
    yield from differ("weights", [one["weight"] for one in data], weights)
    voices = list(voices_of(data, weights))
    prices, loud = [voice["price"] for voice in voices], shares(voices, cap)
    middle = sum(medians(list(zip(prices, loud, strict=True)))) / 2
    ratios = [max(price / middle, middle / price) for price in prices]
    spread = medians(list(zip(ratios, loud, strict=True)))[1]
    furthest = max(spread, Fraction(rule["spread_min"])) ** rule["spread_power"]
    kept = [voice for voice, ratio in zip(voices, ratios, strict=True) if ratio <= furthest]
    heard = dict(
        zip((voice["submitter"] for voice in kept), shares(kept, cap) if len(kept) < len(voices) else loud, strict=True)
    )
    if (
        shortfall(voices, rule)
        or shortfall(kept, rule)
        or (rule["spread_max"] and spread > Fraction(rule["spread_max"]))
    ):
        yield "the tier does not show enough to set a price"
    for voice, stated in zip(voices, told["voices"], strict=True):
        for key in ("price", "count", "mass_kg", "loudness"):
            yield from differ(f"{key} of {voice['submitter']}", stated[key], voice[key])
        yield from differ(f"weight of {voice['submitter']}", stated["weight"], heard.get(voice["submitter"]))
    yield from differ(
        "outliers",
        {one["submitter"] for one in data[len(told["used"]) :]},
        {voice["submitter"] for voice in voices} - heard.keys(),
    )
    total = sum(voice["price"] * heard[voice["submitter"]] for voice in kept)
    yield from differ("market", told["market"], quotient(total, sum(heard.values())))
    lows, highs = ([Fraction(one[end] or one["price"]) for one in told["used"]] for end in ("low", "high"))
    liquidity = {
        "count": sum(voice["count"] for voice in kept),
        "parties": len(kept),
        "mass_kg": sum(voice["mass_kg"] or 0 for voice in kept),
        "low": min(lows),
        "high": max(highs),
        "spread": Fraction(math.ceil(spread * PLACES), PLACES),
    }
    for key, figure in liquidity.items():
        yield from differ(f"liquidity: {key}", told["liquidity"][key], figure)


def combination(told: dict[str, Told], terms: dict[str, Told]) -> Iterator[str]:
    """From market and cost-build to the result, and how sure it is."""
    rule, size = told["liquidity_rule"], told["liquidity"]
    if size is not None:
        bands = rule["bands"] if rule else [{"parties_min": 0, "mass_kg_min": "0", "share": "1"}]
        share = next(
            Fraction(band["share"])
            for band in bands
            if size["parties"] >= band["parties_min"] and Fraction(size["mass_kg"]) >= Fraction(band["mass_kg_min"])
        )
        yield from differ("liquidity_share", terms["liquidity_share"], share)
        yield from differ("market_weight", told["market_weight"], share * Fraction(terms["tier_weight"]))
    if told["method"] != "successor":
        yield from differ("confidence", told["confidence"], confidence(told))
        price = new_price(told, terms)
        if price is not None and told["method"] in {*ON_MARKET, "cost-build"} and terms["previous"] is not None:
            before, step, part = (Fraction(terms[key]) for key in ("previous", "step_share_max", "smoothing_share"))
            price = min(max(price * part + before * (1 - part), before * (1 - step)), before * (1 + step))
        unit = Fraction(terms["rounding_unit"])
        if price is not None and told["method"] != "carried":
            price = rounded(price / unit, terms["rounding_mode"]) * unit
        yield from differ("result", told["result"], price)


def new_price(told: dict[str, Told], terms: dict[str, Told]) -> Fraction | None:
    """The price before smoothing, step cap and rounding."""
    method, before, built = told["method"], terms["previous"], told["cost_build"]
    if method == "suspended":
        return None
    if method == "carried":
        return Fraction(before)
    if method == "judgement":
        return Fraction(next(one["price"] for one in told["judgements"] if one["action"] == "price"))
    if method == "cost-build":
        return Fraction(built)
    price, rest = Fraction(told["market"]), None
    if isinstance(built, str):
        rest, weight = Fraction(built), Fraction(terms["market_weight"])
    elif terms["no_cost_build"] == "previous" and before is not None:
        rest, weight = Fraction(before), Fraction(terms["liquidity_share"])
    return price if rest is None else weight * price + (1 - weight) * rest


def confidence(told: dict[str, Told]) -> str | None:
    """The first level whose conditions all hold; low where the price rests on no market."""
    rule, size = told["confidence_rule"], told["liquidity"]
    if rule is None or told["method"] not in ON_MARKET:
        return None if rule is None else "low"
    age_days = (
        date.fromisoformat(told["on"]) - date.fromisoformat(max(one["observed_to"] for one in told["used"]))
    ).days
    for level in rule["levels"]:
        apart = Fraction(size["spread"]) > Fraction(level["spread_max"])
        few, old = size["parties"] < level["parties_min"], age_days > level["age_days_max"]
        if told["tier"] in level["tiers"] and not (apart or few or old or (told["assumed"] and not level["assumed"])):
            return str(level["level"])
    return "low"


def differ(name: str, stated: Told, found: Told) -> Iterator[str]:
    """A difference, where there is one; an unknown is told as {"unknown": reason}."""
    if isinstance(found, list):
        same = [Fraction(one) for one in stated] == found
    elif isinstance(found, Fraction | int) and isinstance(stated, str | int):
        same = Fraction(stated) == found
    else:
        same = (None if isinstance(stated, dict) else stated) == found
    if not same:
        yield f"{name}: stated {stated}, found {found}"


def main(names: list[str]) -> int:
    """One line for each file that follows, and one for each difference."""
    found = 0
    for name in names:
        told = json.loads(Path(name).read_text(encoding="utf-8"))
        try:
            wrong = list(differences(told.get("certificate", told)))
        except (ValueError, TypeError, KeyError, ArithmeticError, StopIteration) as error:
            wrong = [f"no certificate that can be recomputed: {error}"]
        for one in wrong or ["every figure follows from the others"]:
            sys.stdout.write(f"{name}: {one}\n")
        found += len(wrong)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
