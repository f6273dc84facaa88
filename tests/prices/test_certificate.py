"""A certificate is canonical, and a stranger can recompute it: a changed digit is found wherever it stands."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from price_samples import (
    DAY,
    OXIDE,
    STRICT,
    evidence,
    form,
    patient,
    priced,
    recipe,
    reference_rule,
    seen,
    some_observations,
    tier_rule,
)

from footwall.facts import Observation
from footwall.prices import ReferencePrice, canonical, certificate_hash, certificate_json, explain, replay


def rich() -> ReferencePrice:
    """A price with everything in it: tax, exchange, freight, outlier, cap, failed tier, cost-build, smoothing, step cap."""
    facts = evidence(form(), form("ore"), recipes=(recipe(OXIDE, {"ore": "2"}, "10"),))
    rule = reference_rule(
        tiers=(
            tier_rule("transactions", parties_min=3),
            tier_rule("assessments", party_weight_cap=Decimal("0.5"), spread_power=2),
        ),
        smoothing_share=Decimal("0.5"),
        step_share_max=Decimal("0.01"),
    )
    before = priced(seen("old", "90", day=DAY - timedelta(days=30)), on=DAY - timedelta(days=30))
    observations = [
        seen("ore", "20", form="ore"),
        seen("ore-too", "20", form="ore"),
        seen("deal", "99", tier="transactions"),
        seen(
            "smm",
            "790000",
            high="800000",
            currency="CNY",
            unit="t",
            vat_included=True,
            country="CN",
            mass_kg=Decimal(7),
        ),
        seen("argus", "100", incoterm="fob", mass_kg=Decimal(1000)),
        seen("third", "101", mass_kg=Decimal(11)),
        seen("thief", "40", mass_kg=Decimal(3)),
        seen("lost", "40", currency="EUR"),
    ]
    return priced(*observations, previous=before, facts=facts, rule=rule)


def test_a_rich_certificate_has_everything_and_replays() -> None:
    certificate = rich().certificate
    assert {datum.exclusion for datum in certificate.excluded} == {"tier_failed", "outlier", "rate_missing"}
    assert replay(canonical(certificate)) == ()


@patient
@given(some_observations(), st.sampled_from([reference_rule(), STRICT]), st.integers(1, 200))
def test_every_certificate_replays_from_its_own_contents(
    observations: list[Observation], rule: Any, later: int
) -> None:
    first = priced(*observations, rule=rule)
    second = priced(*observations, rule=rule, on=DAY + timedelta(days=later), previous=first)
    for found in (first, second):
        text = certificate_json(found.certificate)
        assert replay(json.loads(text)) == ()


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every number in a certificate, and every figure of a step, with the keys that lead to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*at, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from paths(item, (*at, place))
    elif isinstance(value, str) and (at[-1] == "figure" or _is_number(value)):
        yield at, value


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    here = copy
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return copy


NOT_RECOMPUTED = {"age_days_max", "count_min", "parties_min", "spread_min", "mass_kg_min", "spread_max"}
"""Limits that leave room: the same price may follow from another limit. The hash covers them."""


def test_a_changed_digit_is_found_wherever_it_stands() -> None:
    document = json.loads(certificate_json(rich().certificate))
    tried = 0
    for path, text in paths(document):
        unused = (
            path[0] == "excluded" and document["excluded"][path[1]]["exclusion"] != "outlier" and path[-1] == "mass_kg"
        )
        if path[-1] in NOT_RECOMPUTED or path[-1] == "rulebook" or unused:
            continue
        for place, digit in enumerate(text):
            if digit.isdigit():
                forged = text[:place] + str((int(digit) + 1) % 10) + text[place + 1 :]
                assert replay(changed(document, path, forged)), f"{path}: {text} → {forged}"
                tried += 1
    assert tried > 300


def test_what_differs_is_named_with_what_was_found_and_what_was_expected() -> None:
    document = json.loads(certificate_json(rich().certificate))
    (problem,) = replay(changed(document, ("result",), "99.99"))
    assert (problem.code, problem.field, problem.found) == ("certificate_differs", "result", "99.99")
    assert problem.expected == document["result"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("combination_steps",), []),
        (("cost_build_steps",), []),
        (("used",), []),
        (("voices",), []),
        (("terms",), None),
        (("tier_rule",), None),
        (("market",), {"unknown": "gone"}),
        (("result",), {"unknown": "gone"}),
        (("method",), "carried"),
        (("method",), "suspended"),
        (("method",), "market alone"),
        (("method",), "cost-build"),
        (("terms", "previous"), None),
        (("terms", "market_weight"), None),
        (("used", 0, "steps", 0, "figure"), "× 100"),
        (("used", 0, "steps", 0, "figure"), "print me"),
        (("used", 0, "steps", 0, "figure"), "= 1 ÷ 0"),
        (("used", 0, "price"), {"unknown": "gone"}),
        (("used", 0, "weight"), None),
        (("used", 0, "submitter"), "someone else"),
    ],
)
def test_what_was_taken_out_or_put_in_is_found(path: tuple[Any, ...], value: Any) -> None:
    document = json.loads(certificate_json(rich().certificate))
    assert {problem.code for problem in replay(changed(document, path, value))} == {"certificate_differs"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("result",), "ninety"),
        (("result",), 99),
        (("on",), "yesterday"),
        (("used",), "nothing"),
        (("tier_rule",), "none"),
        (("tier_rule", "spread_min"), "wide"),
        (("tier_rule", "spread_most"), "1"),
        (("tier_rule", "spread_max"), "0.9"),
        (("terms", "rounding_mode"), "up or down"),
        (("terms", "rounding_unit"), "0.010"),
        (("extra",), "more"),
    ],
)
def test_what_is_no_certificate_is_told_and_not_raised(path: tuple[Any, ...], value: Any) -> None:
    document = json.loads(certificate_json(rich().certificate))
    (problem,) = replay(changed(document, path, value))
    assert problem.code == "certificate_malformed"


@pytest.mark.parametrize("document", [{}, {"form": "oxide"}, {"tier_rule": 3}])
def test_an_empty_document_is_no_certificate(document: Any) -> None:
    (problem,) = replay(document)
    assert problem.code == "certificate_malformed"


def test_canonical_bytes_have_every_decimal_as_plain_text() -> None:
    certificate = rich().certificate
    text = certificate_json(certificate)
    document = json.loads(text, parse_float=lambda number: pytest.fail(f"{number} is a float"))
    assert rfc8785.dumps(document) == text
    assert document["result"] == "89.1"
    assert certificate_hash(certificate) == sha256(text).hexdigest()


def test_an_unknown_is_written_with_its_reason() -> None:
    assert canonical(priced().certificate)["cost_build"] == {"unknown": "no market-economy recipe makes it"}


def test_an_explanation_tells_evidence_reasons_and_result() -> None:
    lines = explain(rich())
    told = {(line.part, line.what) for line in lines}
    assert ("voices", "argus") in told
    assert ("tiers", "transactions") in told
    assert ("cost_build", "input ore") in told
    assert ("excluded", f"lost (lost, Rotterdam, {DAY})") in told
    assert next(line.result for line in lines if line.part == "price") == "89.1"
    assert [line.figure for line in lines if line.what == "thief"] == ["outlier, not heard"]
    shares = [Decimal(line.figure.split()[0]) for line in lines if line.part == "voices" and line.what != "thief"]
    assert sum(shares) == 100
    assert max(shares) == 50


def test_an_explanation_of_a_suspended_price_says_why() -> None:
    lines = explain(priced())
    assert lines[0].result.startswith("unknown (no usable price is known, and ")


def test_an_explanation_says_what_is_assumed_and_what_was_made_under_a_floor() -> None:
    lines = explain(priced(seen(under_floor=True, publication_assumed=True)))
    assert {"assumed", "under floor"} <= {line.what for line in lines}


def test_a_certificate_replays_as_an_object_as_it_does_as_json() -> None:
    certificate = rich().certificate
    assert replay(certificate) == ()
    changed = replace(certificate, result=Decimal("1.00"))
    assert replay(changed) == replay(canonical(changed)) != ()
