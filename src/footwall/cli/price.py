"""`footwall price`: what a form is worth, what the zone defends, and why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from footwall.cli.options import (
    Format,
    KnownAt,
    OnDay,
    OutputFormat,
    Why,
    ZoneFolder,
    examples,
    instant_as_option,
    instant_in_words,
)
from footwall.cli.publish import publish
from footwall.cli.screen import Cell, Column, day, heading, paragraph, say, table, working
from footwall.cli.tariffs import method_of, name_of, print_tariffs, rate_of
from footwall.quantity import Unknown, counted, decimal_places

if TYPE_CHECKING:
    from footwall.desk import Zone
    from footwall.desk.governance import Approval
    from footwall.prices import ReferencePrice
    from footwall.tariffs import Parity, Whose

EXAMPLES = examples(
    "footwall price ndpr-oxide",
    "footwall price ndpr-oxide --on 2024-12-31 --why",
    "footwall price tungsten-concentrate --format json",
    "footwall price apt --on 2025-03-31 --as-known-at 2025-04-02T12:00:00Z",
    "footwall price cobalt-metal --on 2026-05-29 --certificate cobalt",
)

_WHOSE: Final["Mapping[Whose, str]"] = {"own": "its own origins", "any": "any origin outside the zone"}
"""Whose prices were asked for a parity, in words."""

PARTS = {
    "price": "The price",
    "liquidity": "How much market it rests on",
    "evidence": "Evidence: each observation, brought to the border step by step",
    "voices": "Who was heard",
    "tiers": "Better tiers that set no price",
    "cost_build": "What it costs to make from the form below",
    "parts": "What market and cost bring to it",
    "combination": "From market and cost to the price",
    "excluded": "Seen and not used",
    "left_behind": "Seen earlier, and left behind",
}


def price(
    form: Annotated[str, typer.Argument(metavar="FORM", help="The form, such as ndpr-oxide.", show_default=False)],
    on: OnDay = None,
    known_at: KnownAt = None,
    why: Why = False,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate",
            metavar="FILE",
            help="Write what is published of it: FILE.json, which anybody can replay, and FILE.html, a page to read.",
            show_default=False,
        ),
    ] = None,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """What a form is worth, its floor, and its market.

    The reference price of a form, its floor, and what it costs outside the zone.
    """
    from footwall.cli.opened import day_of, head, opened_as_known

    held = opened_as_known(zone, known_at)
    with working(f"reading what {form} rests on"):
        reference = held.reference(form, on)
        written = [] if certificate is None else publish(held, reference, known_at, certificate)
    if output is OutputFormat.JSON:
        _print_json(held, form, on, reference, known_at)
        return
    entry = held.facts.forms[form]
    head(held, f"{entry.name} ({form}, {entry.stage}) on {day_of(held, on)}", known=_known(held, known_at))
    say()
    unit = "USD/kg" if entry.basis == "form" else f"USD/kg {entry.content}"
    rows = _figures(held, form, on, reference)
    places = decimal_places(reference.price) if isinstance(reference.price, Decimal) else 0
    figures = Column(unit, "number", places_min=places)
    table([Column("figure"), figures, Column("rests on")], rows)
    say()
    table([Column("its standing"), Column("")], _standing(held, reference, day_of(held, on)))
    if why:
        _print_why(held, form, on, reference)
    else:
        say()
        as_asked = "" if known_at is None else f" --as-known-at {instant_as_option(known_at)}"
        say(f"Every step: footwall price {form} --on {day_of(held, on)}{as_asked} --why")
    for path in written:
        say(f"Written: {path}")


def _known(held: "Zone", known_at: datetime | None) -> str:
    """As of when the zone is asked."""
    instant = "now" if known_at is None else f"at {instant_in_words(known_at)}"
    return f"As known {instant}, to entry {held.head.sequence:,} of its record."


def _standing(held: "Zone", reference: "ReferencePrice", asked: date) -> list[tuple[str, str]]:
    """How far a price is to be relied on, and who stands for it."""
    from footwall.desk import approval_on, signatures_min_on

    liquidity = reference.certified.liquidity
    rows = [
        ("status", reference.status.replace("_", "-")),
        ("confidence", reference.confidence or "no rule states it"),
        ("set on", _set_on(held, reference, asked)),
    ]
    if liquidity is not None:
        data = counted(liquidity.count, "datum", "data")
        rows.append(("rests on", f"{data} of {counted(liquidity.parties, 'party', 'parties')}"))
    needed = signatures_min_on(held, reference.on)
    return [*rows, ("signatures", _signed(held, approval_on(held, reference), needed))]


def _set_on(held: "Zone", reference: "ReferencePrice", asked: date) -> str:
    """The day of the price, and why it is not the day that was asked for."""
    stands = any(day > reference.on for day in held.days if day <= asked)
    return f"{reference.on}, its last publication: until the next one it stands" if stands else f"{reference.on}"


def _signed(held: "Zone", approval: "Approval", needed: int | None) -> str:
    count = len(approval.signatures)
    told = f"{count}; no rule says how many" if needed is None else f"{count} of {counted(needed, 'signature')}"
    people = held.state.governance.people
    names = " and ".join(f"{people[one.person].name} ({one.role})" for one in approval.signatures)
    missing = approval.wanting if names and count >= approval.signatures_min else ""
    return "; ".join(part for part in (told, f"signed by {names}" if names else "", missing) if part)


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
    _print_passed_over(held.parities(form, on))
    for part, lines in groupby(explain(reference), key=lambda line: line.part):
        heading(PARTS[part])
        rows = [(line.what, line.figure, line.result) for line in lines]
        columns = [Column("what"), Column("how"), Column("result", "number")]
        told = 3 if any(result for _, _, result in rows) else 2
        table(columns[:told], [row[:told] for row in rows])
    say()
    say(f"Certificate {certificate_hash(reference.certified)}")
    paragraph(
        f"To publish it: footwall price {form} --on {reference.on} --certificate FILE. To recompute it: footwall replay FILE.json"
    )


def _print_passed_over(parities: "Sequence[Parity]") -> None:
    """The tiers that set no parity though something was known, and why; nothing where there is none."""
    passed = [(parity.group, one) for parity in parities for one in parity.passed_over]
    if not passed:
        return
    heading("Evidence that set no import parity")
    columns = [Column(name) for name in ("origin group", "prices of", "tier", "why it was passed over")]
    table(columns, [(group, _WHOSE[one.whose], one.tier.replace("_", " "), one.reason) for group, one in passed])


def _print_json(
    held: "Zone", form: str, on: date | None, reference: "ReferencePrice", known_at: datetime | None
) -> None:
    from footwall.cli.json_text import json_text
    from footwall.cli.opened import day_of
    from footwall.desk import approval_on, signatures_min_on
    from footwall.prices import canonical, certificate_hash

    approval, people = approval_on(held, reference), held.state.governance.people
    content: dict[str, object] = {
        "notice": held.settings.notice,
        "as_known_at": None if known_at is None else known_at.isoformat(),
        "record": {"sequence": held.head.sequence, "hash": held.head.hash},
        "form": form,
        "on": day_of(held, on),
        "unit": "USD/kg",
        "basis": held.facts.forms[form].basis,
        "set_on": reference.on,
        "price": reference.price,
        "status": reference.status,
        "tier": reference.tier,
        "rests_on": reference.rests_on,
        "assumed": reference.assumed,
        "under_floor": reference.under_floor,
        "confidence": reference.confidence,
        "approval": {
            "signatures_min": signatures_min_on(held, reference.on),
            "approved": approval.approved,
            "status": approval.status,
            "signatures": [
                {"person": one.person, "name": people[one.person].name, "role": one.role, "signed_on": one.signed_on}
                for one in approval.signatures
            ],
        },
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
        "passed_over": parity.passed_over,
    }
