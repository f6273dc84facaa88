"""What `footwall run` shows of a zone: where each floor stands, and on what the prices rest."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from footwall.cli.screen import NOT_APPLICABLE, Column, heading, number, say, table
from footwall.facts import stage_order
from footwall.quantity import Unknown

if TYPE_CHECKING:
    from footwall.desk import Zone
    from footwall.facts import Form
    from footwall.prices import ReferencePrice

FOOTINGS = {
    "observed": "observed prices of the form itself",
    "cost_build": "the cost of making it from the form below",
    "carried": "its own last price, carried",
    "suspended": "nothing: no price",
}


def print_forms(zone: "Zone") -> None:
    """One row for each form with a floor: stage, reference price, method, floor, market, tariff now, last change."""
    floors, references = zone.floors(), zone.state.latest
    forms = sorted(
        (zone.facts.forms[form] for form in floors), key=lambda form: (form.mineral, stage_order(form.stage), form.form)
    )
    parities = zone.state.parities
    rows = []
    for form in forms:
        tariffs = [tariff for tariff in zone.tariffs() if tariff.form == form.form]
        markets = [parity.price for (name, _), parity in parities.items() if name == form.form]
        changed = max((tariff.changed_on for tariff in tariffs), default=None)
        rows.append(
            (form.mineral, form.stage, form.form, _unit(form), number(references[form.form].price),
             _footing(references[form.form]), number(floors[form.form].price), _range(markets),
             _range([tariff.rate for tariff in tariffs]), NOT_APPLICABLE if changed is None else changed.isoformat())
        )  # fmt: skip
    heading("Floors and the tariffs that hold them, USD per kg of what the unit names")
    texts = [Column(name) for name in ("mineral", "stage", "form", "unit")]
    numbers = [Column("floor", "number"), Column("market", "number"), Column("tariff now", "number")]
    table([*texts, Column("reference", "number"), Column("method"), *numbers, Column("last changed")], rows)
    say(
        "market: import parity, landed before floor duty, lowest–highest of origin groups; tariff: of importers and origins."
    )


def print_footings(zone: "Zone") -> None:
    """On what the prices of the last day rest: how many forms, and which share of them."""
    prices = list(zone.state.latest.values())
    counts = Counter(price.status for price in prices)
    assumed = sum(price.assumed for price in prices if not isinstance(price.price, Unknown))
    heading("What the prices rest on")
    rows = [
        (words, number(counts[status]), f"{Decimal(counts[status] * 100) / len(prices):.0f}")  # type: ignore[index]
        for status, words in FOOTINGS.items()
    ]
    table([Column("forms whose price rests on"), Column("forms", "number"), Column("% of forms", "number")], rows)
    say(
        f"{assumed:,} of the {len(prices) - counts['suspended']:,} prices use an assumption on the way (freight, cost, date)."
    )


def _unit(form: "Form") -> str:
    return "kg" if form.basis == "form" else f"kg {form.content}"


def _footing(price: "ReferencePrice") -> str:
    return " ".join([price.status.replace("_", "-"), *([price.tier.replace("_", " ")] if price.tier else [])])


def _range(values: "Sequence[Decimal | Unknown]") -> str:
    known = sorted(value for value in values if not isinstance(value, Unknown))
    if not values:
        return NOT_APPLICABLE
    if not known:
        return "unknown"
    return number(known[0]) if known[0] == known[-1] else f"{number(known[0])}–{number(known[-1])}"
