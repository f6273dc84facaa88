"""docs/certificates.md and the records of a certificate say the same: each field, each reason, each method."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import footwall
from footwall.prices import Certificate, Datum, Judgement, LeftBehind, Liquidity, Step, Terms, TierNote, Voice

SOURCE = Path(footwall.__file__).parent / "prices"
PAGE = (Path(footwall.__file__).parents[2] / "docs" / "certificates.md").read_text(encoding="utf-8")
RECORDS = [Certificate, Datum, Step, Voice, Liquidity, Terms, Judgement, TierNote, LeftBehind]


def rows(table: str) -> list[tuple[str, str]]:
    """The first and the last cell of each row."""
    cells = [line.strip("|").split(" | ") for line in table.splitlines()[2:]]
    return [(row[0].strip(), row[-1].strip()) for row in cells]


def after(mark: str) -> list[tuple[str, str]]:
    found = re.search(rf"{mark}\n+((?:\|.*\n)+)", PAGE)
    assert found is not None, f"docs/certificates.md: there is no table after {mark}"
    return rows(found[1])


@pytest.mark.parametrize("record", RECORDS, ids=[record.__name__ for record in RECORDS])
def test_every_field_of_a_record_stands_on_the_page_in_its_order(record: type[Any]) -> None:
    told = after(f"<!-- fields {record.__name__} -->")
    assert [name.strip("`") for name, _ in told] == [field.name for field in fields(record)]
    assert all(len(does) > 5 for _, does in told)


def test_every_record_of_a_certificate_has_its_table() -> None:
    assert re.findall(r"<!-- fields (\w+) -->", PAGE) == [record.__name__ for record in RECORDS]
    named = {
        name for record in RECORDS for field in fields(record) for name in re.findall(r"\b[A-Z]\w+", str(field.type))
    }
    ours = {record.__name__ for record in RECORDS}
    of_rules = {"TierRule", "LiquidityRule", "ConfidenceRule", "CessationRule"}
    aliases = {"Decimal", "Unknown", "None", "Optional", "Literal", "Tier", "RoundingMode", "Confidence"}
    assert named <= ours | of_rules | aliases


def codes() -> set[str]:
    """Every reason for which a datum is set aside, as the modules state them."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.glob("*.py")))
    ways = (
        r'left_out\.append\(\("([a-z_]+)",',
        r'\("([a-z_]+)", \[',
        r'left_out=\(\("([a-z_]+)"',
        r'return \(\s*"([a-z_]+)",',
        r'Gap\(\s*"([a-z_]+)"',
        r'exclusion="([a-z_]+)"',
        r'return "([a-z_]+)", f?"',
        r'known, "([a-z_]+)", one\)',
        r'else "(same_deal)"',
    )
    return {code for way in ways for code in re.findall(way, text)}


def test_every_reason_of_an_exclusion_is_explained_and_no_other() -> None:
    told = {code for cell, _ in after("## Why a datum is not used") for code in re.findall(r"`(\w+)`", cell)}
    assert told == codes()
    assert len(told) > 25


def test_every_method_is_explained_and_no_other() -> None:
    described = Certificate.__doc__ or ""
    listed = re.search(r"`method` is one of: ([^.]+)\.", re.sub(r"\s+", " ", described))
    assert listed is not None
    told = [cell.strip("`") for cell, _ in after("### 7. The price")]
    assert told == listed[1].split(", ")
