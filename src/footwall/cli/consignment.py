"""One consignment as the command line states it: its options, and the record that the law reads."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from footwall.cli.options import read_number
from footwall.errors import UsageError


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
Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="Whose goods they are: an advance ruling binds its holder's goods."),
]
Certificate = Annotated[
    str | None,
    typer.Option(
        "--certificate", metavar="PROGRAMME[:NUMBER]", help="A certificate that claims a preference or origin."
    ),
]
Laden = Annotated[str | None, typer.Option("--lading-date", metavar="DAY", help="Day of the bill of lading.")]
Exported = Annotated[str | None, typer.Option("--export-date", metavar="DAY", help="Day of export.")]
Contracted = Annotated[str | None, typer.Option("--contract-date", metavar="DAY", help="Day of the contract.")]
Contents = Annotated[
    list[str] | None,
    typer.Option("--holds", metavar="ELEMENT=SHARE", help="What the goods contain, as Nd=0.22; repeat."),
]
Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", metavar="STAGE=COUNTRY", help="Where a stage was done, as separated=AU; repeat."),
]


def read_pairs(option: str, told: list[str] | None) -> dict[str, str] | None:
    """`NAME=VALUE` options as a mapping. Raises UsageError for one without a name or value, or a name given twice."""
    found: dict[str, str] = {}
    for one in told or []:
        name, _, value = (part.strip() for part in one.partition("="))
        if not name or not value or name in found:
            raise UsageError(f"{option} {one}: write NAME=VALUE, each name once.")
        found[name] = value
    return found or None


@dataclass(frozen=True, slots=True)
class Consignment:
    """What was declared. Left out is None, and stays for the law to read as it reads an empty field of a file."""

    importer: str
    origin: str
    mass_kg: Decimal
    value: Decimal
    currency: str
    form: str | None
    hs_code: str | None
    content: Decimal | None
    freight: Decimal | None
    basis: Basis | None
    entry_type: Entry
    direct_invoice: bool | None
    related_parties: bool | None
    certificate: str | None = None
    lading_date: str | None = None
    export_date: str | None = None
    contract_date: str | None = None
    contents: dict[str, str] | None = None
    stage_origins: dict[str, str] | None = None
    account: str | None = None

    def not_read(self, asked: AbstractSet[str]) -> tuple[str, ...]:
        """The options that were given and that no rule reads; `asked` are the columns that rules read."""
        given = {
            "preference_certificate": ("--certificate", self.certificate),
            "lading_date": ("--lading-date", self.lading_date),
            "export_date": ("--export-date", self.export_date),
            "contract_date": ("--contract-date", self.contract_date),
            "contents": ("--holds", self.contents),
            "stage_origins": ("--stage", self.stage_origins),
        }
        return tuple(option for column, (option, value) in given.items() if value is not None and column not in asked)

    def record(self, day: date) -> dict[str, object]:
        """The line that a file of one consignment, entered on `day`, would hold."""
        return {
            "line_id": "quotation",
            "entry_date": day,
            "importer": self.importer,
            "origin": self.origin,
            "form": self.form,
            "hs_code": self.hs_code,
            "net_mass_kg": self.mass_kg,
            "customs_value": self.value,
            "currency": self.currency,
            "content": self.content,
            "freight_insurance": self.freight,
            "valuation_basis": None if self.basis is None else self.basis.value,
            "entry_type": self.entry_type.value,
            "direct_invoice": self.direct_invoice,
            "related_parties": self.related_parties,
            "preference_certificate": self.certificate,
            "lading_date": self.lading_date,
            "export_date": self.export_date,
            "contract_date": self.contract_date,
            "contents": self.contents,
            "stage_origins": self.stage_origins,
        }
