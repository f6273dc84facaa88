"""A line and its credits are read at the edges of what a field may say."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from footwall.duties import Line, read_line, read_rates
from footwall.duties.credits import read_credits
from footwall.errors import UsageError

DAY = date(2026, 2, 10)
LINE: dict[str, Any] = {"line_id": "L", "importer": "US", "origin": "CN", "form": "ndpr-oxide", "net_mass_kg": "1000",
                        "customs_value": "55000", "currency": "USD", "entry_date": DAY}  # fmt: skip


def read(**more: Any) -> Line | list[tuple[str, str]]:
    found = read_line({**LINE, **more})
    return found if isinstance(found, Line) else [(problem.field, problem.code) for problem in found]


@pytest.mark.parametrize(("length", "taken"), [(1000, True), (1001, False)])
def test_a_text_may_be_just_so_long(length: int, *, taken: bool) -> None:
    found = read(preference_certificate="Z" * length)
    assert isinstance(found, Line) if taken else found == [("preference_certificate", "field_too_long")]


@pytest.mark.parametrize("told", [["c-1", "c-2"], '["c-1", "c-2"]', "c-1; c-2", "c-1 c-2"])
def test_credits_are_named_in_a_list_or_in_words(told: object) -> None:
    found = read(credit_refs=told)
    assert isinstance(found, Line)
    assert found.credit_refs == ("c-1", "c-2")


@pytest.mark.parametrize("told", [["c-1", 7], [7], 7, "[7]", '["c-1"'])
def test_a_name_of_a_credit_that_is_no_text_is_told(told: object) -> None:
    assert read(credit_refs=told) == [("credit_refs", "credit_refs_malformed")]


def test_no_credits_are_no_fault() -> None:
    for told in ([], "", None):
        found = read(credit_refs=told)
        assert isinstance(found, Line)
        assert found.credit_refs == ()


@pytest.mark.parametrize(("told", "held"), [("no", False), ("Yes", True), ("", None), (False, False)])
def test_a_declared_no_is_no_silence(told: object, held: bool | None) -> None:
    found = read(related_parties=told)
    assert isinstance(found, Line)
    assert found.related_parties is held


@pytest.mark.parametrize(("dysprosium", "taken"), [("0.1", True), ("0.100001", False)])
def test_goods_may_consist_of_what_they_contain_and_of_no_more(dysprosium: str, *, taken: bool) -> None:
    found = read_line({**LINE, "contents": {"Nd": "0.9", "Dy": dysprosium}})
    assert isinstance(found, Line) if taken else [one.code for one in found] == ["contents_out_of_range"]  # type: ignore[union-attr]


@pytest.mark.parametrize("key", [(1, "USD", DAY), ("EUR", 1, DAY), ("EUR", "USD", 20260210), ("EUR", "USD")])
def test_a_rate_is_keyed_by_two_currencies_and_a_day(key: object) -> None:
    with pytest.raises(UsageError, match="keyed by"):
        read_rates({key: 1})  # type: ignore[dict-item]


def test_credits_come_as_records_or_as_any_table() -> None:
    rows: list[dict[str, Any]] = [
        {"credit_ref": name, "import_line": name, "paid": "300", "amount": "300", "currency": "USD",
         "valid_from": "2026-01-01", "valid_to": "2026-12-31"} for name in ("c-1", "c-2")
    ]  # fmt: skip
    listed = read_credits(rows)
    assert list(listed.credits) == ["c-1", "c-2"]
    assert read_credits(pa.Table.from_pylist(rows)) == listed
