"""`footwall quote`: what one consignment would owe, and why."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import typer

from footwall.cli.consignment import (
    Account,
    Certificate,
    Code,
    Consignment,
    Content,
    Contents,
    Contracted,
    Currency,
    Direct,
    Entry,
    EntryType,
    Exported,
    Form,
    Freight,
    Importer,
    Laden,
    MassKg,
    Origin,
    Related,
    Stages,
    Value,
    ValueBasis,
    read_pairs,
)
from footwall.cli.options import Format, OnDay, OutputFormat, Why, ZoneFolder, examples
from footwall.cli.screen import Cell, Column, heading, number, paragraph, say, table
from footwall.cli.status import UNUSABLE
from footwall.cli.words import NO_CODE, REASONS, UNKNOWNS
from footwall.quantity import Unknown, decimal_places

if TYPE_CHECKING:
    from datetime import date

    from footwall.desk import RuledLine, Zone
    from footwall.duties import Alternative, DutyStep, Liability

EXAMPLES = examples(
    "footwall quote --importer US --origin CN --form ndpr-oxide --mass-kg 1000 --value 55000 --currency USD --why",
    "footwall quote --importer DE --origin CN --hs-code 283691 --mass-kg 20000 --value 180000 --currency EUR",
    "footwall quote --importer US --origin CN --form cobalt-metal --mass-kg 1000 --value 30000 --currency USD --account acme",
)


def quote(
    importer: Importer,
    origin: Origin,
    mass_kg: MassKg,
    value: Value,
    currency: Currency,
    form: Form = None,
    hs_code: Code = None,
    on: OnDay = None,
    content: Content = None,
    freight: Freight = None,
    basis: ValueBasis = None,
    entry_type: EntryType = Entry.CONSUMPTION,
    direct_invoice: Direct = None,
    related_parties: Related = None,
    certificate: Certificate = None,
    lading_date: Laden = None,
    export_date: Exported = None,
    contract_date: Contracted = None,
    holds: Contents = None,
    stage: Stages = None,
    account: Account = None,
    why: Why = False,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """What one consignment would owe, to the cent.

    What a consignment would owe under the zone's schedule, to the cent. With --account, as an advance ruling of that account has its goods.
    """
    goods = Consignment(
        importer, origin, mass_kg, value, currency, form, hs_code, content, freight, basis, entry_type, direct_invoice, related_parties,
        certificate, lading_date, export_date, contract_date, read_pairs("--holds", holds), read_pairs("--stage", stage), account,
    )  # fmt: skip
    _quote(goods, on, zone, why=why, output=output)


def _quote(goods: Consignment, on: "date | None", zone: Path, *, why: bool, output: OutputFormat) -> None:
    from footwall.cli.opened import day_of, head, opened
    from footwall.duties import columns_asked

    held = opened(zone)
    day = day_of(held, on)
    ruled, liability, steps = _assessed(held, goods.record(day), goods.account)
    not_read = goods.not_read(columns_asked(held.schedule()))
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(json_text({"notice": held.settings.notice, "on": day, "liability": liability, "steps": steps, "not_read": not_read,
                       "ruling": _ruling_told(ruled), "rulings_of_others": _others_told(ruled),
                       "alternatives": _alternatives(held, ruled) if why else None}))  # fmt: skip
        return
    what = liability.form or goods.hs_code
    head(held, f"{number(goods.mass_kg)} kg of {what} from {goods.origin} to {goods.importer} on {day}")
    say()
    places = held.facts.currencies[liability.currency].minor_units
    words = UNKNOWNS if ruled.line.hs_code else {**UNKNOWNS, "ordinary_rate_unknown": NO_CODE}
    _print(liability, places, words)
    _print_ruling(ruled, goods.account, why=why)
    if not_read:
        paragraph(f"Options that no rule in force reads: {', '.join(not_read)}.")
    if why:
        _print_steps(held, liability, steps, places)
        _print_alternatives(_alternatives(held, ruled), liability, places)
        _print_rents(liability, places)
        if liability.form:
            say()
            say(f"Why this floor: footwall price {liability.form} --on {day} --why")


def _assessed(
    held: "Zone", record: dict[str, object], account: str | None
) -> "tuple[RuledLine, Liability, tuple[DutyStep, ...]]":
    """The line as it is ruled, its liability and its steps; a consignment that cannot be assessed is told why, and ends the program."""
    from footwall.cli.failure import problems
    from footwall.desk import RuledLine, ruled_line
    from footwall.duties import Liability, assess_line
    from footwall.errors import Problem

    ruled = ruled_line(held, record, account)
    result = assess_line(ruled.line, held.schedule(), held.rates) if isinstance(ruled, RuledLine) else ruled
    if isinstance(ruled, RuledLine) and isinstance(result[0], Liability):
        liability, steps = result
        if isinstance(liability, Liability) and isinstance(steps, tuple):
            return ruled, liability, steps
    say("footwall: this consignment cannot be assessed.", error=True)
    problems([fault for fault in result if isinstance(fault, Problem)])
    raise typer.Exit(UNUSABLE)


_FIELDS = MappingProxyType(
    {"hs_code": "tariff code", "form": "form", "origin": "origin", "content": "content", "valuation_basis": "valuation"}
)


def _ruling_told(ruled: "RuledLine") -> dict[str, object] | None:
    """The ruling that binds the line, as JSON has it; None where none does."""
    if ruled.ruling is None:
        return None
    fixed = [{"field": name, "declared": declared, "ruled": now} for name, declared, now in ruled.fixed]
    one = ruled.ruling.ruling
    return {"ruling": one.ruling, "holder": one.holder, "binds_from": one.valid_from, "binds_to": ruled.ruling.last,
            "revoked": ruled.ruling.binds_to is not None, "legal_basis": one.legal_basis, "fixed": fixed}  # fmt: skip


def _others_told(ruled: "RuledLine") -> list[dict[str, object]]:
    return [{"ruling": one.ruling.ruling, "holder": one.ruling.holder} for one in ruled.of_others]


def _print_ruling(ruled: "RuledLine", account: str | None, *, why: bool) -> None:
    """Which ruling binds the goods; with `why`, all that it fixes. Where none does, who has one for such goods."""
    if ruled.ruling is not None:
        one, last = ruled.ruling.ruling, ruled.ruling.last
        end = f"it is revoked, and its grace ends on {last}" if ruled.ruling.binds_to is not None else f"to {last}"
        paragraph(f"Advance ruling {one.ruling} of {one.holder} binds these goods, from {one.valid_from}: {end}.")
        if why:
            rows = [(_FIELDS[name], _said(declared), _said(now)) for name, declared, now in ruled.fixed]
            heading(f"What the ruling fixes{f', under {one.legal_basis}' if one.legal_basis else ''}")
            table([Column("field"), Column("as declared"), Column("as ruled")], rows)
            if not rows:
                say("Nothing that was declared otherwise.")
    elif account is not None:
        paragraph(f"No advance ruling of {account} is for these goods on that day: they are assessed as declared.")
    for other in ruled.of_others:
        paragraph(
            f"Advance ruling {other.ruling.ruling} binds such goods of {other.ruling.holder} alone: --account {other.ruling.holder}."
        )


def _said(value: object) -> str:
    return "not stated" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _print(liability: "Liability", places: int, words: "Mapping[str, str]") -> None:
    """Every amount with its note; `words` say why one is unknown."""

    def why(amount: Decimal | Unknown | None) -> str:
        return words.get(amount.reason, amount.reason) if isinstance(amount, Unknown) else ""

    held = "value, freight and insurance, the duties that count, floor duty"
    rows: list[tuple[str, Cell, str]] = [
        ("customs value", liability.customs_value, ""),
        ("ordinary duty", liability.ordinary_duty, why(liability.ordinary_duty)),
        ("additional duty", liability.additional_duty, ""),
        ("floor duty", liability.floor_duty, REASONS.get(liability.reason, liability.reason)),
        ("total duty", liability.total_duty, why(liability.total_duty)),
        ("landed value", liability.landed_value, held),
    ]
    if liability.floor_price is not None:
        rows.append(("floor value", liability.floor_value, _floor_note(liability, places)))
    if liability.security:
        rows.append(("security", liability.security, "to be lodged beside the duty"))
    if liability.cap is not None:
        rows.append(("cap", liability.cap, why(liability.cap)))
    table([Column("amount"), Column(liability.currency, "number", places=places), Column("note")], rows)


def _floor_note(liability: "Liability", places: int) -> str:
    """The floor per kilogram, and by how much the goods land below it, if they do."""
    price, value = liability.floor_price, liability.floor_value
    if price is None or value is None:
        return ""
    told = f"{number(price, max(places, decimal_places(price)))} {liability.currency}/kg"
    below = value - liability.landed_value
    return f"{told}; the goods land {number(below, places)} below it" if below > 0 else told


def _print_steps(held: "Zone", liability: "Liability", steps: "Sequence[DutyStep]", places: int) -> None:
    heading("Each duty: what it is taken on, its rate, and its one rounding")
    columns = [
        Column("duty"),
        Column("taken on"),
        Column(f"base ({liability.currency} or kg)", "number"),
        Column("rate"),
    ]
    columns += [
        Column("before rounding", "number", places_min=places),
        Column(f"owed {liability.currency}", "number", places=places),
        Column("measure"),
        Column("under"),
    ]
    rows = [
        (step.role, step.base, _base(step, places), step.rate, step.amount_before_rounding, step.amount, step.measure_id,
         step.article)
        for step in steps
    ]  # fmt: skip
    table(columns, rows)
    if not rows:
        say("No duty applies.")
    say()
    paragraph(
        "V value · F freight and insurance · C the duties that count towards the floor · m mass of the measure's basis"
    )
    named = {measure.measure_id: measure for measure in held.schedule().measures}
    for measure in (named[name] for name in liability.measure_ids if name in named):
        if measure.role == "floor":
            until = f"to {measure.valid_to}" if measure.valid_to else "until changed"
            paragraph(
                f"Floor measure {measure.measure_id}: {measure.method}, in force from {measure.valid_from} {until}."
            )


def _alternatives(held: "Zone", ruled: "RuledLine") -> "tuple[Alternative, ...]":
    from footwall.duties import alternatives

    return alternatives(ruled.line, held.schedule(), held.rates)


_CHANGED = MappingProxyType(
    {
        "origin": "from",
        "certificate": "certificate",
        "value": "value",
        "form": "form",
        "entry_date": "entered on",
        "entry_type": "entered for",
        "invoice": "invoiced",
    }
)
_ORIGINS_NAMED: Final = 6
"""So many countries are named; of more, how many they are."""


def _print_alternatives(found: "Sequence[Alternative]", liability: "Liability", places: int) -> None:
    heading("What would change it, one thing at a time")
    if not found:
        say("Nothing that was tried: origin, certificate, value, form, day, way of entering, invoice.")
        return
    rows: list[tuple[Cell, ...]] = [
        (
            f"{_CHANGED[one.kind]} {_named(one)}",
            one.floor_duty,
            one.total_duty,
            one.more,
            REASONS.get(one.reason, one.reason),
        )
        for one in found
    ]
    money = [
        Column(f"{word} {liability.currency}", "number", places=places) for word in ("floor duty", "total", "more")
    ]
    table([Column("if"), *money, Column("because")], rows)


def _named(one: "Alternative") -> str:
    listed = (one.to, *one.others)
    if len(listed) <= _ORIGINS_NAMED:
        return ", ".join(listed)
    return f"{', '.join(listed[:_ORIGINS_NAMED])} and {len(listed) - _ORIGINS_NAMED} others"


def _print_rents(liability: "Liability", places: int) -> None:
    unknown = liability.rent_taken.reason if isinstance(liability.rent_taken, Unknown) else ""
    taken = UNKNOWNS.get(unknown, unknown) or "what the invoice already takes above the price outside"
    rows: list[tuple[str, Cell, str]] = [
        ("rent exposed", liability.rent_exposed, "what invoicing at the floor would leave with the exporter"),
        ("rent taken", liability.rent_taken, taken),
    ]
    heading("Rents, which no treasury receives")
    table([Column("rent"), Column(liability.currency, "number", places=places), Column("note")], rows)


def _base(step: "DutyStep", places: int) -> str:
    """Money at the coin's places or more, kilograms as long as they are."""
    return number(step.base_amount) if step.base == "m" else number(step.base_amount, places)
