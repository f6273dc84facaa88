"""The shipped ports: whom they serve, and whether ways by sea are as long as the globe and its straits make them."""

from decimal import Decimal
from itertools import pairwise
from math import acos, cos, radians, sin

import pytest

from footwall.facts import shipped_facts

FACTS = shipped_facts()
BASES = {"NLRTM", "USHOU", "JPYOK"}
KILOMETRES = {frozenset((way.from_port, way.to_port)): way.kilometres for way in FACTS.sea_distances}

# Points that a ship passes, read off a chart to about a tenth of a degree: latitude, longitude.
MAAS, DOVER, USHANT, BISHOP_ROCK = (52.0, 4.0), (51.0, 1.4), (48.8, -6.0), (49.5, -6.5)
FINISTERRE, SAINT_VINCENT, GIBRALTAR, CAP_BON = (43.2, -9.9), (36.9, -9.3), (35.95, -5.6), (37.4, 10.9)
PORT_SAID, SUEZ, GUBAL, PERIM, GUARDAFUI = (31.5, 32.35), (29.9, 32.55), (27.6, 34.0), (12.6, 43.3), (12.3, 51.5)
DONDRA, ACEH, ONE_FATHOM, SINGAPORE, HORSBURGH = (5.7, 80.6), (6.1, 95.0), (2.9, 101.0), (1.2, 103.85), (1.4, 104.5)
DAKAR, RECIFE, CABO_FRIO, GALVESTON, FLORIDA = (
    (14.8, -17.9),
    (-8.0, -34.3),
    (-23.3, -41.5),
    (29.3, -94.6),
    (24.3, -81.8),
)
BAHAMAS, COLON, BALBOA, MONA, PARINAS = (27.5, -79.6), (9.4, -79.9), (8.8, -79.5), (18.3, -67.9), (-4.6, -81.6)
MALA, CALIFORNIA, YUCATAN = (7.2, -80.0), (22.5, -110.3), (21.8, -85.4)

TO_FINISTERRE = (MAAS, DOVER, USHANT, FINISTERRE)
TO_SUEZ = (*TO_FINISTERRE, SAINT_VINCENT, GIBRALTAR, CAP_BON, PORT_SAID, SUEZ)
TO_ADEN = (*TO_SUEZ, GUBAL, PERIM, GUARDAFUI)
TO_SINGAPORE = (*TO_ADEN, DONDRA, ACEH, ONE_FATHOM, SINGAPORE)


def voyage_km(*points: tuple[float, float]) -> float:
    """Great circles from point to point, by the law of cosines."""
    return sum(leg_km(*map(radians, (*here, *there))) for here, there in pairwise(points))


def leg_km(north: float, east: float, to_north: float, to_east: float) -> float:
    return 6371 * acos(sin(north) * sin(to_north) + cos(north) * cos(to_north) * cos(to_east - east))


@pytest.mark.parametrize(
    ("port", "base", "points"),
    [
        pytest.param("CNSHA", "NLRTM", (*TO_SINGAPORE, HORSBURGH, (24.0, 118.8), (31.2, 122.4)), id="Shanghai by Suez"),
        pytest.param("JPYOK", "NLRTM", (*TO_SINGAPORE, HORSBURGH, (21.0, 121.3), (35.2, 139.7)), id="Yokohama by Suez"),
        pytest.param("SGSIN", "NLRTM", TO_SINGAPORE, id="Singapore by Suez"),
        pytest.param("INNSA", "NLRTM", (*TO_SUEZ, GUBAL, PERIM, (12.8, 45.5), (18.9, 72.8)), id="Mumbai by Suez"),
        pytest.param("AUFRE", "NLRTM", (*TO_ADEN, (-32.0, 115.7)), id="Fremantle by Suez"),
        pytest.param("BRSSZ", "NLRTM", (*TO_FINISTERRE, (16.0, -26.5), RECIFE, CABO_FRIO, (-24.0, -46.3)), id="Santos"),
        pytest.param("NAWVB", "NLRTM", (*TO_FINISTERRE, DAKAR, (4.0, -9.5), (-22.9, 14.4)), id="Walvis Bay"),
        pytest.param("USNYC", "NLRTM", (MAAS, DOVER, BISHOP_ROCK, (41.5, -50.0), (40.5, -73.8)), id="New York"),
        pytest.param("USHOU", "NLRTM", (MAAS, DOVER, BISHOP_ROCK, BAHAMAS, FLORIDA, GALVESTON), id="Houston"),
        pytest.param(
            "CLANF", "NLRTM", (MAAS, DOVER, BISHOP_ROCK, MONA, COLON, BALBOA, MALA, PARINAS, (-23.6, -70.5)), id="Chile"
        ),
        pytest.param(
            "USHOU", "JPYOK", (GALVESTON, YUCATAN, COLON, BALBOA, MALA, CALIFORNIA, (35.2, 139.7)), id="by Panama"
        ),
        pytest.param("PECLL", "JPYOK", ((-12.0, -77.2), (35.2, 139.7)), id="Callao over the open Pacific"),
        pytest.param("SGSIN", "JPYOK", (HORSBURGH, (21.0, 121.3), (35.2, 139.7)), id="Singapore to Yokohama"),
    ],
)
def test_a_way_is_as_long_as_the_straits_that_it_passes_make_it(
    port: str, base: str, points: tuple[tuple[float, float], ...]
) -> None:
    found, expected = KILOMETRES[frozenset((port, base))], voyage_km(*points)
    assert found == pytest.approx(expected, rel=0.05), f"{found} by the table, {expected:.0f} by the straits"


def test_shanghai_is_as_far_from_rotterdam_as_is_published() -> None:
    # "using the Suez Route covers about 10,600 nautical miles": Notteboom, Pallis and Rodrigue, Port Economics, Management
    # and Policy, porteconomicsmanagement.org, "Routing Options between Shanghai, Rotterdam and New York".
    assert KILOMETRES[frozenset(("CNSHA", "NLRTM"))] == pytest.approx(10_600 * 1.852, rel=0.02)


def test_every_country_that_a_price_or_production_names_has_a_main_port() -> None:
    served = {country for port in FACTS.ports.values() for country in port.serves}
    seen = {seen.country for seen in FACTS.observations} | {made.country for made in FACTS.production}
    assert seen - {""} - served == set()
    assert {*(row.party for row in FACTS.memberships), *FACTS.union_members("EU")} - served == set()


def test_so_has_every_exporter_of_note_of_the_tracked_minerals() -> None:
    tracked = {mineral.mineral for mineral in FACTS.minerals.values() if mineral.tracked}
    codes = {code for form in FACTS.forms.values() if form.mineral in tracked for code in form.hs6}
    served = {country for port in FACTS.ports.values() for country in port.serves}
    exports: dict[str, Decimal] = {}
    for flow in FACTS.trade:
        if flow.hs6 in codes:
            exports[flow.exporter] = exports.get(flow.exporter, Decimal()) + flow.value_usd
    assert {country for country, usd in exports.items() if usd >= 1_000_000} - served == set()


def test_every_port_is_measured_to_each_of_the_base_ports() -> None:
    for port in FACTS.ports:
        assert {base for base in BASES - {port} if frozenset((port, base)) not in KILOMETRES} == set(), port


def test_positions_are_whole_minutes_of_arc() -> None:
    for port in FACTS.ports.values():
        for degrees in (port.latitude, port.longitude):
            minutes = degrees * 60
            assert abs(minutes - round(minutes)) <= Decimal("0.003"), port  # four decimals of a degree


def test_each_source_says_whose_the_position_is_and_whose_the_choice() -> None:
    for port in FACTS.ports.values():
        assert port.source.startswith("position: ours" if port.assumed else "position: list of ports of searoute"), port
        assert ("serves: our choice" in port.source) == bool(port.serves), port
