"""`footwall quote`: what one consignment would owe, and why."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footwall.cli.options import Format, OnDay, OutputFormat, Why, ZoneFolder, examples, read_number
from footwall.cli.screen import Column, heading, number, say, table
from footwall.cli.status import UNUSABLE
from footwall.cli.words import REASONS, UNKNOWNS
from footwall.quantity import Unknown

if TYPE_CHECKING:
    from footwall.desk import Zone
    from footwall.duties import DutyStep, Liability

EXAMPLES = examples(
    "footwall quote --importer US --origin CN --form ndpr-oxide --mass-kg 1000 --value 55000 --currency USD --why",
    "footwall quote --importer DE --origin CN --hs-code 283691 --mass-kg 20000 --value 180000 --currency EUR",
)


class Basis(StrEnum):
    """What the declared value includes."""

    FOB = "fob"
    CIF = "cif"


class Entry(StrEnum):
    """How the goods enter."""

    CONSUMPTION = "consumption"
    WITHDRAWAL = "withdrawal"
    WAREHOUSE = "warehouse"
    TEMPORARY = "temporary"
    RETURN = "return"


Importer = Annotated[str, typer.Option("--importer", metavar="COUNTRY", help="Where the goods enter: ISO 3166, as US.")]
Origin = Annotated[str, typer.Option("--origin", metavar="COUNTRY", help="Where the goods come from, as CN.")]
MassKg = Annotated[Decimal, typer.Option("--mass-kg", metavar="KG", parser=read_number, help="Net mass in kilograms.")]
Value = Annotated[
    Decimal, typer.Option("--value", metavar="AMOUNT", parser=read_number, help="Customs value of all of it.")
]
Currency = Annotated[str, typer.Option("--currency", metavar="CODE", help="Currency of the value: ISO 4217, as USD.")]
Form = Annotated[
    str | None, typer.Option("--form", metavar="FORM", help="The form, as ndpr-oxide, unless its code tells it.")
]
Code = Annotated[str | None, typer.Option("--hs-code", metavar="CODE", help="Tariff code of 6 to 10 digits.")]
Content = Annotated[
    Decimal | None,
    typer.Option(
        "--content", metavar="SHARE", parser=read_number, help="Valuable content by mass, as 0.65, unless standard."
    ),
]
Freight = Annotated[
    Decimal | None,
    typer.Option("--freight", metavar="AMOUNT", parser=read_number, help="Freight and insurance to the border."),
]
ValueBasis = Annotated[Basis | None, typer.Option("--basis", help="What the value includes, unless as usual there.")]
EntryType = Annotated[Entry, typer.Option("--entry-type", help="How the goods enter.")]
Direct = Annotated[
    bool | None, typer.Option("--direct-invoice/--indirect-invoice", help="Whether the producer invoices the importer.")
]
Related = Annotated[bool | None, typer.Option("--related/--unrelated", help="Whether seller and importer are related.")]


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
    why: Why = False,
    output: Format = OutputFormat.TABLE,
    zone: ZoneFolder = Path(),
) -> None:
    """What one consignment would owe, to the cent.

    What a consignment would owe under the zone's schedule, to the cent.
    """
    from footwall.cli.opened import day_of, head, opened

    held = opened(zone)
    day = day_of(held, on)
    record: dict[str, object] = {
        "line_id": "quotation",
        "entry_date": day,
        "importer": importer,
        "origin": origin,
        "form": form,
        "hs_code": hs_code,
        "net_mass_kg": mass_kg,
        "customs_value": value,
        "currency": currency,
        "content": content,
        "freight_insurance": freight,
        "valuation_basis": None if basis is None else basis.value,
        "entry_type": entry_type.value,
        "direct_invoice": direct_invoice,
        "related_parties": related_parties,
    }
    liability, steps = _assessed(held, record)
    if output is OutputFormat.JSON:
        from footwall.cli.json_text import json_text

        say(json_text({"notice": held.settings.notice, "on": day, "liability": liability, "steps": steps}))
        return
    head(held, f"{number(mass_kg)} kg of {liability.form or hs_code} from {origin} to {importer} on {day}")
    say()
    _print(liability, held.facts.currencies[liability.currency].minor_units)
    if isinstance(liability.ordinary_duty, Unknown) and not hs_code:
        say()
        say("Ordinary rates stand under tariff codes: state --hs-code.")
    if why:
        _print_why(held, liability, steps)


def _assessed(held: "Zone", record: dict[str, object]) -> "tuple[Liability, tuple[DutyStep, ...]]":
    """The liability and its steps; a consignment that cannot be assessed is told why, and ends the program."""
    from footwall.cli.failure import problems
    from footwall.duties import Liability, assess_line
    from footwall.errors import Problem

    result = assess_line(record, held.schedule(), held.rates)
    if isinstance(result[0], Liability):
        liability, steps = result
        if isinstance(liability, Liability) and isinstance(steps, tuple):
            return liability, steps
    say("footwall: this consignment cannot be assessed.", error=True)
    problems([fault for fault in result if isinstance(fault, Problem)])
    raise typer.Exit(UNUSABLE)


def _print(liability: "Liability", places: int) -> None:
    def money(amount: Decimal | Unknown | None) -> str:
        return number(amount, places)

    held = "value, freight and insurance, the duties that count, floor duty"
    rows = [
        ("customs value", money(liability.customs_value), ""),
        ("ordinary duty", money(liability.ordinary_duty), _reason(liability.ordinary_duty)),
        ("additional duty", money(liability.additional_duty), ""),
        ("floor duty", money(liability.floor_duty), REASONS.get(liability.reason, liability.reason)),
        ("total duty", money(liability.total_duty), _reason(liability.total_duty)),
        ("landed value", money(liability.landed_value), held),
    ]
    if liability.floor_price is not None:
        price = f"{number(liability.floor_price)} {liability.currency}/kg"
        rows.append(("floor value", money(liability.floor_value), price))
    if liability.security:
        rows.append(("security", money(liability.security), "to be lodged beside the duty"))
    if liability.cap is not None:
        rows.append(("cap", money(liability.cap), _reason(liability.cap)))
    table([Column("amount"), Column(liability.currency, "number"), Column("note")], rows)


def _print_why(held: "Zone", liability: "Liability", steps: "Sequence[DutyStep]") -> None:
    heading("Each duty: what it is taken on, its rate, and its one rounding")
    names = [Column("duty"), Column("taken on"), Column(f"base ({liability.currency} or kg)", "number"), Column("rate")]
    names += [
        Column("before rounding", "number"),
        Column(f"owed {liability.currency}", "number"),
        Column("measure"),
        Column("under"),
    ]
    rows = [
        (step.role, step.base, number(step.base_amount), step.rate, number(step.amount_before_rounding),
         number(step.amount), step.measure_id, step.article)
        for step in steps
    ]  # fmt: skip
    table(names, rows)
    if not rows:
        say("No duty applies.")
    say()
    say("V value · F freight and insurance · C the duties that count towards the floor · m mass of the measure's basis")
    named = {measure.measure_id: measure for measure in held.schedule().measures}
    for measure in (named[name] for name in liability.measure_ids if name in named):
        if measure.role == "floor":
            until = f"to {measure.valid_to}" if measure.valid_to else "until changed"
            say(f"Floor measure {measure.measure_id}: {measure.method}, in force from {measure.valid_from} {until}.")
    rents = [("rent exposed", liability.rent_exposed, "what invoicing at the floor would leave with the exporter")]
    taken = _reason(liability.rent_taken) or "what the invoice already takes above the price outside"
    rows_of_rent = [(name, number(amount), note) for name, amount, note in rents]
    rows_of_rent.append(("rent taken", number(liability.rent_taken), taken))
    heading("Rents, which no treasury receives")
    table([Column("rent"), Column(liability.currency, "number"), Column("note")], rows_of_rent)
    if liability.form:
        say()
        say(f"Why this floor: footwall price {liability.form} --why")


def _reason(amount: Decimal | Unknown | None) -> str:
    return UNKNOWNS.get(amount.reason, amount.reason) if isinstance(amount, Unknown) else ""
