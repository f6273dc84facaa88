"""Can ports be where they are said to be, and ways between them as long as they are said to be?

A way by sea is no shorter than the great circle between its ends, and no longer than one that calls at a third port.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import asin, cos, floor, radians, sin, sqrt
from typing import Final

from footwall.errors import Problem
from footwall.facts.catalogue import Facts
from footwall.facts.findings import At
from footwall.facts.records import Port, SeaDistance

_EARTH_RADIUS_KM: Final = 6371
_FLATTENING: Final = 0.01  # more than a sphere tells wrong of the earth
_MINUTE_KM: Final = 2  # by so much the position of a port may be off: each is told to a minute of arc
_ROUNDING_KM: Final = 1  # three whole figures of ways that add up exactly may miss by one
_ONCE_ROUND_KM: Final = "40075"


def port_problems(facts: Facts) -> Iterator[Problem]:
    """Ports of no known country, off the globe, or beside another main port of the same country."""
    main: dict[str, str] = {}
    for row, port in enumerate(facts.ports.values(), start=1):
        at = At("ports.csv", row)
        yield from at.unresolved("country", port.country, facts.countries, "countries.csv")
        yield from at.outside("latitude", port.latitude, "-90", "90")
        yield from at.outside("longitude", port.longitude, "-180", "180")
        if len(port.port) != 5 or port.port[:2] != port.country:
            yield at.problem(
                "facts_code",
                "port",
                repr(port.port),
                f"five characters of which the first two are {port.country}",
                "Write the UN/LOCODE, or correct the country.",
            )
        for country in port.serves:
            yield from at.unresolved("serves", country, facts.countries, "countries.csv")
            if country in main:
                yield at.problem(
                    "facts_main_port",
                    "serves",
                    country,
                    f"a country that {main[country]} does not serve",
                    "Keep one main port of the country.",
                )
            main.setdefault(country, port.port)


def sea_distance_problems(facts: Facts) -> Iterator[Problem]:
    """Ways between ports that are not known, told twice, or of a length that cannot be."""
    kilometres: dict[str, dict[str, int]] = {}
    for row, way in enumerate(facts.sea_distances, start=1):
        at = At("sea_distances.csv", row)
        yield from at.unresolved("from_port", way.from_port, facts.ports, "ports.csv")
        yield from at.unresolved("to_port", way.to_port, facts.ports, "ports.csv")
        yield from at.outside("kilometres", Decimal(way.kilometres), "1", _ONCE_ROUND_KM)
        if way.from_port == way.to_port:
            yield at.problem("facts_way", "to_port", way.to_port, "another port", "Drop the row: it is no way at all.")
        elif way.to_port in kilometres.get(way.from_port, {}):
            yield at.problem(
                "facts_way",
                "from_port+to_port",
                f"{way.from_port} {way.to_port}",
                "a pair that no row above has in the other order",
                "Keep one of the two rows: it is as far back.",
            )
        kilometres.setdefault(way.from_port, {})[way.to_port] = way.kilometres
        kilometres.setdefault(way.to_port, {})[way.from_port] = way.kilometres
    for row, way in enumerate(facts.sea_distances, start=1):
        yield from _too_short(At("sea_distances.csv", row), way, facts.ports)
        yield from _too_long(At("sea_distances.csv", row), way, kilometres)


def _too_short(at: At, way: SeaDistance, ports: Mapping[str, Port]) -> Iterator[Problem]:
    if way.from_port in ports and way.to_port in ports:
        least = floor(_great_circle_km(ports[way.from_port], ports[way.to_port]) * (1 - _FLATTENING)) - 2 * _MINUTE_KM
        if way.kilometres < least:
            yield at.problem(
                "facts_way",
                "kilometres",
                str(way.kilometres),
                f"{least} at least, as the great circle says",
                "Correct the distance, or the position of a port.",
            )


def _too_long(at: At, way: SeaDistance, kilometres: Mapping[str, Mapping[str, int]]) -> Iterator[Problem]:
    onward = kilometres[way.to_port]
    ways = [(km + onward[third], third) for third, km in sorted(kilometres[way.from_port].items()) if third in onward]
    if ways and way.kilometres > min(ways)[0] + _ROUNDING_KM:
        shorter, third = min(ways)
        yield at.problem(
            "facts_way",
            "kilometres",
            str(way.kilometres),
            f"{shorter + _ROUNDING_KM} at most, as by way of {third}",
            "Correct one of the three distances.",
        )


def _great_circle_km(one: Port, other: Port) -> float:
    """By the haversine formula, on a sphere."""
    north, east = radians(one.latitude), radians(one.longitude)
    to_north, to_east = radians(other.latitude), radians(other.longitude)
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1, sqrt(half)))
