"""Computes sea_distances.csv from ports.csv: `python docs/sources/sea_distances.py 2026-11-22` (the day it is run).

Needs the extra `sources` (`pip install footwall[sources]`); Footwall itself only reads the table. A distance is that of the
shortest way along searoute's network of shipping lanes, with a straight line from each port to its nearest point of the network.
The Suez and Panama canals are open, the Northwest Passage is closed, which is what searoute takes where nothing else is said.
"""

import csv
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from searoute import searoute

DATA = Path(__file__).parents[2] / "src" / "footwall" / "facts" / "data"
TO = ("NLRTM", "USHOU", "JPYOK")
"""The base ports: each is measured from every port. A pair stands once, whichever way it is asked for."""


def main(day: date) -> None:
    """Write the table anew: one row for each pair, in the order of ports.csv."""
    with (DATA / "ports.csv").open(encoding="utf-8", newline="") as file:
        places = {row["port"]: [float(row["longitude"]), float(row["latitude"])] for row in csv.DictReader(file)}
    source = f"searoute {version('searoute')}, computed {day}"
    with (DATA / "sea_distances.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["from_port", "to_port", "kilometres", "source"])
        for start, place in places.items():
            for end in TO:
                if start != end and (start not in TO or start < end):
                    table.writerow([start, end, kilometres(place, places[end]), source])


def kilometres(start: list[float], end: list[float]) -> int:
    """The whole kilometres by sea between two points, each given as longitude and latitude in degrees."""
    route = searoute(start, end, append_orig_dest=True)
    return round(route.properties["length"])


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))
