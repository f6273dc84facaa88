"""A script of an outsider, which knows nothing of Footwall, recomputes each certificate to the same end as our own replay."""

import importlib.util
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from price_samples import (
    DAY,
    MADE_OF_ORE,
    ORE,
    OXIDE,
    STRICT,
    cessation,
    full_rulebook,
    liquidity,
    patient,
    reference_rule,
    rulebook,
    seen,
    some_observations,
)

from footwall.facts import Observation
from footwall.prices import Judgement, ReferencePrices, canonical, certificate_json, reference_prices, replay

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "replay_certificate.py"
SPEC = importlib.util.spec_from_file_location("replay_certificate", SCRIPT)
assert SPEC is not None
assert SPEC.loader is not None
STRANGER: Any = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(STRANGER)

THIN = full_rulebook(liquidity=(liquidity((3, "1000", "1"), (1, "0", "0.6"), no_cost_build="previous"),))
ENDING = full_rulebook(cessation=(cessation(OXIDE, ORE, "2.5", valid_from=DAY + timedelta(days=20)),))
HELD = Judgement("price", (), Decimal("2.345"), "nobody trades in a war", "a letter of the smelter", "wei", "okafor")


def walked(told: list[Observation], gaps: list[int], rules: Any, judged: Any) -> list[Any]:
    """The certificates of a walk as a stranger gets them."""
    previous: ReferencePrices = {}
    found = []
    for number in range(len(gaps)):
        day = DAY + timedelta(days=sum(gaps[: number + 1]))
        previous = reference_prices(day, told, rules, MADE_OF_ORE, previous, judged)
        found += [json.loads(certificate_json(price.certified)) for price in previous.values()]
    return found


@patient
@given(
    some_observations(),
    some_observations(of=ORE),
    st.lists(st.integers(1, 90), min_size=1, max_size=2),
    st.sampled_from([full_rulebook(), THIN, ENDING, rulebook(STRICT), rulebook(reference_rule())]),
    st.sampled_from([{}, {OXIDE: (HELD,)}]),
)
def test_a_stranger_recomputes_every_certificate(
    oxides: list[Observation], ores: list[Observation], gaps: list[int], rules: Any, judged: Any
) -> None:
    for document in walked([*oxides, *ores], gaps, rules, judged):
        assert list(STRANGER.differences(document)) == []


def crowded(**changes: Any) -> Any:
    """A price on a crowded market, with sides that are capped, an outlier and a cost-build."""
    told = [
        seen(f"d{n}", str(99 + n), tier="transactions", submitter="ABC"[n % 3], counterparty="XYZX"[n % 4],
             mass_kg=Decimal(100 + 300 * n), payment_days=90)
        for n in range(6)
    ]  # fmt: skip
    told += [seen("thief", "10", tier="transactions", submitter="T", counterparty="W", mass_kg=Decimal(50))]
    told += [seen("ore", "100", form=ORE, submitter="O"), seen("ore-2", "101", form=ORE, submitter="P")]
    before = reference_prices(DAY - timedelta(days=30), [
        seen(name, "85", day=DAY - timedelta(days=30), submitter=name) for name in "AB"
    ], full_rulebook(), MADE_OF_ORE, {})  # fmt: skip
    return canonical(reference_prices(DAY, told, full_rulebook(**changes), MADE_OF_ORE, before)[OXIDE].certified)


def numbers(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every result, price and weight of a document."""
    if isinstance(value, dict):
        return [path for key, item in value.items() for path in numbers(item, (*at, key))]
    if isinstance(value, list):
        return [path for place, item in enumerate(value) for path in numbers(item, (*at, place))]
    told = {"result", "price", "weight", "loudness", "market", "market_weight", "cost_build", "spread", "high", "low"}
    return [at] if at[-1] in told and isinstance(value, str) and value[0].isdigit() else []


def test_a_stranger_finds_each_figure_that_we_find() -> None:
    document = crowded()
    assert document["method"] == "market and cost-build"
    assert [one["observation"] for one in document["excluded"]] == ["thief"]
    assert list(STRANGER.differences(document)) == []
    tried = 0
    for path in numbers(document):
        changed = json.loads(json.dumps(document))
        here = changed
        for key in path[:-1]:
            here = here[key]
        here[path[-1]] = f"{Decimal(here[path[-1]]) + 1:f}"
        assert list(STRANGER.differences(changed)), path
        assert replay(changed), path
        tried += 1
    assert tried > 50


def test_the_script_says_what_follows_and_what_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, forged, other = (tmp_path / name for name in ("whole.json", "forged.json", "other.json"))
    document = crowded()
    whole.write_text(json.dumps({"certificate": document}), encoding="utf-8")
    forged.write_text(json.dumps(document | {"result": "1"}), encoding="utf-8")
    other.write_text("{}", encoding="utf-8")
    assert STRANGER.main([str(whole)]) == 0
    assert STRANGER.main([str(forged), str(other)]) == 1
    told = capsys.readouterr().out
    assert f"{whole}: every figure follows from the others\n" in told
    assert f"{forged}: result: stated 1, found " in told
    assert f"{other}: no certificate that can be recomputed: 'used'" in told


def test_the_script_uses_nothing_of_ours() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    imported = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported == {"json", "math", "re", "sys", "collections", "datetime", "fractions", "pathlib", "typing"}
