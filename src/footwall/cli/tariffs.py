"""The tariffs of a form on the screen: what is in force, what is needed, what is on its way, and why it stands there."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from footwall.cli.screen import Cell, Column, day, heading, paragraph, say, table
from footwall.cli.words import TARIFF_REASONS
from footwall.quantity import Unknown, decimal_places

if TYPE_CHECKING:
    from footwall.tariffs import Tariff


def name_of(tariff: "Tariff") -> str:
    """Whose goods owe it on entry to whom: `dominant to US`."""
    importers = tariff.importers[0] if len(tariff.importers) == 1 else f"{len(tariff.importers)} other members"
    return f"{tariff.group} to {importers}"


def method_of(tariff: "Tariff") -> str:
    """The method in words: `notified`, `top-up`."""
    return tariff.method.replace("_", "-")


def rate_of(tariff: "Tariff") -> Decimal | str:
    """The rate in force; where each line's own duty is found, what a line at parity would lack: `by line` if nobody knows it."""
    if tariff.method == "notified":
        return tariff.rate
    return "by line" if isinstance(tariff.needed, Unknown) else tariff.needed


def print_tariffs(tariffs: Sequence["Tariff"]) -> None:
    """Where each tariff stands, and why; nothing where there is none."""
    if not tariffs:
        return
    heading("Where each tariff stands, USD/kg")
    places = max(decimal_places(tariff.rate) for tariff in tariffs)
    columns = [Column("tariff"), *(Column(name, "number", places_min=places) for name in ("in force", "needed"))]
    columns += [Column("pending", "number", places_min=places), Column("from")]
    columns += [Column("tolerated\nshortfall", "number", places=places)]
    columns += [Column("exporters'\nshare φ", "number"), Column("why it stands there")]
    table(columns, [_row(tariff) for tariff in tariffs])
    say()
    for sentence in (*_meanings(tariffs), *_notes(tariffs)):
        paragraph(sentence)


def _row(tariff: "Tariff") -> tuple[Cell, ...]:
    estimated = tariff.exporter_share if isinstance(tariff.exporter_share, Decimal) else None
    why = TARIFF_REASONS[tariff.reason]
    if tariff.frozen and tariff.reason != "frozen":
        why += "; frozen before, and still so"
    shortfall = tariff.tolerated_shortfall if tariff.method == "notified" else None
    return (
        name_of(tariff),
        rate_of(tariff),
        tariff.needed,
        tariff.pending,
        day(tariff.pending_from),
        shortfall,
        estimated,
        why,
    )


def _meanings(tariffs: Sequence["Tariff"]) -> list[str]:
    """What the figures mean."""
    told = ["Needed: floor − import parity − the ordinary duty that counts, and never below nothing."]
    if any(tariff.method == "notified" for tariff in tariffs):
        told.append(
            "Tolerated shortfall: how far below the floor goods may land before a raise is in force: the deadband, and one "
            "step for each cadence that a notice runs."
        )
    if any(isinstance(tariff.exporter_share, Decimal) for tariff in tariffs):
        told.append(
            "φ: by how much the price outside fell for each dollar that the tariff rose, as estimated; "
            "outside 0 to 1 the market moved by itself."
        )
    return told


def _notes(tariffs: Sequence["Tariff"]) -> list[str]:
    """What is not in the figures and why, once for all tariffs of which it is so."""
    named: dict[str, list[str]] = {}
    for tariff in tariffs:
        if isinstance(tariff.needed, Unknown):
            named.setdefault(f"needed is unknown: {tariff.needed.reason}", []).append(name_of(tariff))
        if isinstance(tariff.ordinary, Unknown) and tariff.ordinary != tariff.parity:
            named.setdefault(tariff.ordinary.reason, []).append(name_of(tariff))
    return [f"{', '.join(names)}: {reason}." for reason, names in named.items()]
