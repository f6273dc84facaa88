"""The whole example, summed up once for all tests of the report."""

from pathlib import Path

import pytest

from footwall.desk import Zone, open_zone
from footwall.report import ZoneSummary, ZoneTrade, report_html, zone_summary, zone_trade


@pytest.fixture(scope="session")
def example(example_folder: Path) -> Zone:
    """The example zone, walked. For reading only."""
    return open_zone(example_folder)


@pytest.fixture(scope="session")
def summary(example: Zone) -> ZoneSummary:
    """What it decided."""
    return zone_summary(example)


@pytest.fixture(scope="session")
def trade(example: Zone) -> ZoneTrade:
    """What its duties on the imports of 2024 add up to."""
    return zone_trade(example)


@pytest.fixture(scope="session")
def page(example: Zone, summary: ZoneSummary, trade: ZoneTrade) -> str:
    """Its report."""
    return report_html(summary, trade, example.facts)
