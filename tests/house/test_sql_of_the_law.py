"""The text of the law's SQL, for a schedule with everything in it: exact, and no zeros made of unknowns."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from footwall.batch import Session
from footwall.tariffs import Measure, Schedule

FORMS = {"ndpr-oxide": "top_up", "lithium-carbonate": "notified", "antimony-metal": "banded", "cobalt-metal": "graduated",
         "magnesium-metal": "minimum_price"}  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {
    "top_up": {"floor": 110, "contained": "Nd+Pr oxide", "cap": "mfn_bound", "bound_ad_valorem": "0.1"},
    "notified": {"floor": 14, "specific": "3.5", "shipment": "max", "standard_value": 12, "tolerance": "0.1", "parity": 9},
    "banded": {"bands": [(20, 0), (15, 3), (0, 9)], "ad_valorem": "0.05", "standard_value": 18, "tolerance": "0.08"},
    "graduated": {"floor": 30, "ceiling": 90, "parity": 20, "counts": ["ordinary", "additional"]},
    "minimum_price": {"floor": 3, "otherwise_ad_valorem": "0.2", "rounding_unit": "0.05", "rounding_mode": "half_even"},
}  # fmt: skip


@pytest.fixture(scope="module")
def texts() -> tuple[str, str]:
    """The query of liabilities and the query of steps, over both lanes."""
    measures, lines = [], []
    for form, method in FORMS.items():
        every: dict[str, Any] = {"form": form, "importers": ["US"], "origins": ["CN"], "valid_from": date(2025, 1, 1)}
        measures.append(Measure(measure_id=f"floor-{form}", role="floor", method=method, currency="EUR",
                                **OPTIONS[method], **every))  # type: ignore[arg-type]  # fmt: skip
        if method != "banded":
            measures.append(Measure(measure_id=f"ordinary-{form}", role="ordinary", method="ad_valorem",
                                    ad_valorem="0.037", specific=1, currency="USD", **every))  # type: ignore[arg-type]  # fmt: skip
        measures.append(Measure(measure_id=f"additional-{form}", role="additional", method="ad_valorem",
                                ad_valorem="0.25", **every))  # type: ignore[arg-type]  # fmt: skip
        lines += [
            {"line_id": form, "entry_date": "2025-06-30", "importer": "US", "origin": "CN", "hs_code": "", "form": form,
             "net_mass_kg": mass, "customs_value": "1000", "currency": "JPY", "content": "0.5", "freight_insurance": "5",
             "valuation_basis": "cif", "direct_invoice": "1"}
            for mass in ("10.5", "100000000")
        ]  # fmt: skip
    rates = {(source, "USD", date(2025, 6, 30)): Decimal("1.17") for source in ("EUR", "JPY")}
    session = Session.open(lines, Schedule.from_measures(measures, currency="USD"), rates)
    assert len(session.liabilities()) == len(lines)
    return session.prepared.query, session.prepared.steps


@pytest.mark.parametrize("word", ["GREATEST", "LEAST", "COALESCE", "IFNULL", "SUM", "AVG", "DOUBLE", "FLOAT", "REAL", "FLOOR",
                                  "CEIL", "DATE_ADD", "INTERVAL", "POW", "SQRT", "TRUNC"])  # fmt: skip
def test_the_law_knows_no_word_that_hides_an_unknown_or_a_digit(texts: tuple[str, str], word: str) -> None:
    for text in texts:
        assert not re.search(rf"\b{word}\b(?!_)", without_names(text), re.IGNORECASE)


def test_the_law_never_divides(texts: tuple[str, str]) -> None:
    for text in texts:
        bare = without_names(text)
        assert "/" not in bare.replace("//", "")
        assert not re.search(r"\bdivide\b|\bfdiv\b", bare)
        for _, divisor in re.findall(r"(//)\s*([^ )]+)", bare):
            assert re.fullmatch(r"10+", divisor), "whole division by a power of ten finds odd coins, and nothing else"


def test_the_law_holds_no_number_with_an_exponent(texts: tuple[str, str]) -> None:
    for text in texts:
        assert not re.search(r"\b[0-9.]+[eE][+-]?[0-9]+\b", without_names(text))


def without_names(text: str) -> str:
    """The text without what stands in quotation marks."""
    return re.sub(r"'[^']*'", "''", re.sub(r'"[^"]*"', '""', text))
