"""Files of observations, synthetic, and people who may correct them."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from footwall.desk import Zone, add_person, make_key

HEADER = (
    "observation",
    "form",
    "kind",
    "market",
    "country",
    "incoterm",
    "observed_to",
    "published_at",
    "low",
    "currency",
    "unit",
    "submitter",
    "mass_kg",
    "seen_at",
    "counterparty",
    "relation",
    "source",
)
REASON = "Its price was typed ten times too high."


def deal(name: str, day: str, price: str, **more: str) -> dict[str, str]:
    """A deal of ten tonnes of cobalt in Shanghai: outside the zone, so that it is not made under its floors."""
    return {
        "observation": name,
        "form": "cobalt-metal",
        "kind": "transaction",
        "market": "Shanghai",
        "country": "CN",
        "incoterm": "fob",
        "observed_to": day,
        "low": price,
        "currency": "USD",
        "unit": "t",
        "submitter": "Example Trading",
        "mass_kg": "10000",
        "counterparty": "Example Alloys",
        "relation": "unrelated",
        "source": "synthetic",
    } | more


def written(path: Path, rows: Sequence[Mapping[str, str]], header: Sequence[str] = HEADER) -> Path:
    """Rows as a CSV file; what a row does not say is left empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def deals(month: str, price: int, first: int = 1) -> list[dict[str, str]]:
    """Six deals of one month among six traders, from which a price can be made: none of them repeats another."""
    return [
        deal(
            f"{month}-{number}",
            f"{month}-{10 + number:02}",
            str(price + 10 * number),
            submitter=f"Trader {number}",
            counterparty=f"Works {number}",
        )
        for number in range(first, first + 6)
    ]


def staff(zone: Zone, keys: Path) -> None:
    """wei assesses, okafor reviews, ana has left."""
    keys.mkdir(exist_ok=True)
    for person, roles in (("wei", ("assessor",)), ("okafor", ("reviewer",))):
        made = make_key(keys / f"{person}.pem")
        add_person(zone, person, person.title(), made.public_key, roles)  # type: ignore[arg-type]
