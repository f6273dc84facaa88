"""`footwall price`: what a form is worth, what the zone defends, and why."""

from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OnDay, OutputFormat, Why, ZoneFolder, examples
from footwall.cli.screen import Cell, Column, day, heading, say, table
from footwall.cli.tariffs import method_of, name_of, print_tariffs, rate_of
from footwall.quantity import Unknown, decimal_places

if TYPE_CHECKING:
    from footwall.desk import Zone
    from footwall.prices import ReferencePrice
    from footwall.tariffs import Parity

EXAMPLES = examples(
    "footwall price ndpr-oxide",
    "footwall price ndpr-oxide --on 2024-12-31 --why",
    "footwall price tungsten-concentrate --format json",
)

PARTS = {
    "price": "The price",
    "evidence": "Evidence: each observation, brought to the border step by step",
    "voices": "Who was heard",
    "tiers": "Better tiers that set no price",
    "cost_build": "What it costs to make from the form below",
    "combination": "From market and cost to the price",
    "excluded": "Seen and not used",
}


def price(
    form: Annotated[str, typer.Argument(metavar="FORM", help="The form, such as ndpr-oxide.", show_default=False)],
    on: OnDay = None,
    why: Why = False,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """What a form is worth, its floor, and its market.

    The reference price of a form, its floor, and what it costs outside the zone.
    """
    from footwall.cli.opened import day_of, head, opened

    held = opened(zone)
    reference = held.reference(form, on)
    if output is OutputFormat.JSON:
        _print_json(held, form, on, reference)
        return
    entry = held.facts.forms[form]
    head(held, f"{entry.name} ({form}, {entry.stage}) on {day_of(held, on)}")
    say()
    unit = "USD/kg" if entry.basis == "form" else f"USD/kg {entry.content}"
    rows = _figures(held, form, on, reference)
    places = decimal_places(reference.price) if isinstance(reference.price, Decimal) else 0
    figures = Column(unit, "number", places_min=places)
    table([Column("figure"), figures, Column("rests on")], rows)
    if why:
        _print_why(held, form, on, reference)
    else:
        say()
        say(f"Every step: footwall price {form} --on {day_of(held, on)} --why")


def _figures(held: "Zone", form: str, on: date | None, reference: "ReferencePrice") -> list[tuple[str, Cell, str]]:
    rows: list[tuple[str, Cell, str]] = [("reference price", reference.price, _footing(reference))]
    floor = held.floor(form, on)
    if floor is None:
        rows.append(("floor", None, "no floor is in force"))
    else:
        reviewed = f"review of {floor.reviewed_on}, on its {floor.basis.replace('_', ' ')}"
        rows.append(("floor", floor.price, floor.price.reason if isinstance(floor.price, Unknown) else reviewed))
        rows.append(("ceiling", floor.ceiling, "floor duty ends here"))
    for parity in held.parities(form, on):
        rests = f"{parity.status}, {parity.tier or 'no data'} to {day(parity.rests_on)}"
        if isinstance(parity.price, Unknown):
            rests = parity.price.reason
        rows.append((f"import parity, {parity.group}", parity.price, rests))
    rows += [
        (f"tariff, {name_of(tariff)}", rate_of(tariff), f"{method_of(tariff)}, since {tariff.changed_on}")
        for tariff in held.tariffs(on)
        if tariff.form == form
    ]
    return rows


def _footing(reference: "ReferencePrice") -> str:
    if isinstance(reference.price, Unknown):
        return reference.price.reason
    parts = [reference.certified.method]
    parts += [reference.tier.replace("_", " ")] if reference.tier else []
    parts += [f"to {reference.rests_on}"] if reference.rests_on else []
    parts += ["with assumptions"] if reference.assumed else []
    parts += ["made under the floor"] if reference.under_floor else []
    return ", ".join(parts)


def _print_why(held: "Zone", form: str, on: date | None, reference: "ReferencePrice") -> None:
    from footwall.prices import certificate_hash, explain

    print_tariffs([tariff for tariff in held.tariffs(on) if tariff.form == form])
    for part, lines in groupby(explain(reference), key=lambda line: line.part):
        heading(PARTS[part])
        rows = [(line.what, line.figure, line.result) for line in lines]
        table([Column("what"), Column("how"), Column("result", "number")], rows)
    say()
    say(
        f"Certificate {certificate_hash(reference.certified)}: footwall price {reference.form} --on {reference.on} --format json"
    )


def _print_json(held: "Zone", form: str, on: date | None, reference: "ReferencePrice") -> None:
    from footwall.cli.json_text import json_text
    from footwall.cli.opened import day_of
    from footwall.prices import canonical, certificate_hash

    content = {
        "notice": held.settings.notice,
        "form": form,
        "on": day_of(held, on),
        "unit": "USD/kg",
        "basis": held.facts.forms[form].basis,
        "price": reference.price,
        "status": reference.status,
        "tier": reference.tier,
        "rests_on": reference.rests_on,
        "assumed": reference.assumed,
        "under_floor": reference.under_floor,
        "certificate": canonical(reference.certified),
        "certificate_sha256": certificate_hash(reference.certified),
        "floor": held.floor(form, on),
        "parities": [_parity(parity) for parity in held.parities(form, on)],
        "tariffs": [tariff for tariff in held.tariffs(on) if tariff.form == form],
    }
    say(json_text(content))


def _parity(parity: "Parity") -> dict[str, object]:
    rests = [datum.observation for datum in parity.used]
    return {
        "group": parity.group,
        "price": parity.price,
        "status": parity.status,
        "tier": parity.tier,
        "rests_on": rests,
    }
