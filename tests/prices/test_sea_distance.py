"""How far a place is by sea: by the place where one is named, by the country's main port where none is, else unknown."""

from decimal import Decimal

import pytest

from footwall.facts import Port, SeaDistance, shipped_facts
from footwall.prices.evidence import Evidence


def port(code: str, *serves: str) -> Port:
    return Port(code, code, code[:2], serves, Decimal(0), Decimal(0), assumed=True, source="test")


KNOWN = Evidence(
    {},
    ports={
        one.port: one for one in (port("CNSHA", "CN", "MN"), port("CNTAO"), port("CNDLC"), port("NLRTM", "NL", "EU"))
    },
    sea_distances=(SeaDistance("CNSHA", "NLRTM", 19625, "test"), SeaDistance("NLRTM", "CNTAO", 20112, "test")),
)


@pytest.mark.parametrize(
    ("place", "country", "to_port", "expected"),
    [
        pytest.param("", "CN", "NLRTM", 19625, id="the main port of the country"),
        pytest.param("CNTAO", "CN", "NLRTM", 20112, id="the place, where one is named"),
        pytest.param("CNTAO", "", "NLRTM", 20112, id="the place, where no country is named"),
        pytest.param("", "MN", "NLRTM", 19625, id="a country without a coast, by the port that serves it"),
        pytest.param("NLRTM", "NL", "CNSHA", 19625, id="as far back as forth"),
        pytest.param("", "EU", "CNSHA", 19625, id="the union, by its base port"),
        pytest.param("NLRTM", "NL", "NLRTM", 0, id="the port itself"),
        pytest.param("", "EU", "NLRTM", 0, id="the union at its base port"),
        pytest.param("", "", "NLRTM", None, id="neither place nor country"),
        pytest.param("", "ZM", "NLRTM", None, id="a country without a port"),
        pytest.param("CNDLC", "CN", "NLRTM", None, id="a pair that nobody has measured"),
        pytest.param("CNBJS", "CN", "NLRTM", None, id="a place that is no port, though its country has one"),
        pytest.param("CNBJS", "CN", "CNBJS", None, id="a place that is no port, to itself"),
        pytest.param("", "CN", "NLAMS", None, id="to a port that is not known"),
    ],
)
def test_a_distance_is_by_place_else_by_main_port_else_unknown(
    place: str, country: str, to_port: str, expected: int | None
) -> None:
    assert KNOWN.sea_km(place, country, to_port) == expected


def test_evidence_without_ports_knows_no_distance() -> None:
    assert Evidence({}).sea_km("", "NL", "NLRTM") is None


def test_evidence_of_a_folder_has_its_ports_and_distances() -> None:
    facts = shipped_facts()
    known = Evidence.of(facts)
    (row,) = [way for way in facts.sea_distances if (way.from_port, way.to_port) == ("CNTAO", "NLRTM")]
    assert known.sea_km("CNTAO", "CN", "NLRTM") == row.kilometres
    assert known.sea_km("", "ZM", "NLRTM") == known.sea_km("TZDAR", "TZ", "NLRTM")
