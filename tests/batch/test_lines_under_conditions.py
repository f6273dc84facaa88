"""Lines under rules of days, origin and programmes, and lines with credits: the query and the readable law say the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from footwall.batch import assess
from footwall.batch.assess import liability_row
from footwall.duties import Credit, CreditBook, Liability, assess_line, read_credits
from footwall.errors import UsageError
from footwall.tariffs import DayRule, Measure, OriginRule, Schedule

START, CHANGE = date(2025, 1, 1), date(2026, 3, 1)
OXIDE: dict[str, Any] = {"form": "ndpr-oxide", "importers": ["US", "EU"], "currency": "USD"}


def floor(name: str, price: str, first: date, last: date | None, origins: list[str]) -> Measure:
    return Measure(measure_id=name, role="floor", method="top_up", floor=price, valid_from=first, valid_to=last,
                   origins=origins, **OXIDE)  # fmt: skip


def rate(name: str, origins: list[str], value: str, programme: str = "") -> Measure:
    return Measure(measure_id=name, role="ordinary", method="ad_valorem", ad_valorem=value, valid_from=START,
                   origins=origins, programme=programme, **OXIDE)  # fmt: skip


SCHEDULE = Schedule.from_measures(
    [
        floor("cn-low", "90", START, CHANGE - timedelta(days=1), ["CN"]),
        floor("cn-high", "110", CHANGE, None, ["CN"]),
        floor("vn", "100", CHANGE, None, ["VN"]),
        rate("general", ["CN", "VN", "KR", "AU", "JP"], "0.037"),
        rate("korus", ["KR"], "0", "KORUS"),
    ],
    "USD",
    ["US", "AU", "JP", "KR", "EU"],
    conditions=[
        DayRule(rule_id="transit", importers=["US"], valid_from=START, transit_days=30),
        DayRule(rule_id="contract", importers=["EU"], valid_from=START, counts="contract"),
        OriginRule(rule_id="origin", importers=["US"], valid_from=START, stages=["separated"], cumulation=True,
                   certificate="ZONE", unproven_as="CN"),
        OriginRule(rule_id="strict", importers=["EU"], valid_from=START, certificate="ZONE"),
    ],
)  # fmt: skip
LINE: dict[str, Any] = {
    "importer": "US", "origin": "CN", "hs_code": "284690", "form": "ndpr-oxide", "net_mass_kg": "1000",
    "customs_value": "80000", "currency": "USD", "entry_date": "2026-03-10",
}  # fmt: skip


STAGES = ('{"separated": "CN"}', '{"separated": "AU"}', '{"Separated":"MY"}')


def lines(count: int, seed: int) -> list[dict[str, Any]]:
    rng = Random(seed)  # noqa: S311 - test data

    def day(first: date, span: int) -> str:
        return "" if rng.random() < 0.2 else str(first + timedelta(days=rng.randrange(span)))

    found = []
    for number in range(count):
        entry = CHANGE + timedelta(days=rng.randrange(-40, 60))
        found.append({
            **LINE, "line_id": f"L{number}", "importer": rng.choice(("US", "DE")), "entry_date": str(entry),
            "origin": rng.choice(("CN", "VN", "KR", "AU", "JP")),
            "lading_date": day(entry - timedelta(days=60), 64),
            "contract_date": day(entry - timedelta(days=90), 92),
            "preference_certificate": rng.choice(("", "ZONE:1", "zone:22;zone", "zone korus:7", f"ZONE:{number}", *["ZONE"] * 8, "ACFTA")),
            "stage_origins": rng.choice(("", *STAGES * 4, "{", '{"separated":"X9"}')),
            "credit_refs": rng.choice((*[""] * 20, "C-1", "C-2 C-3", "C-9")),
        })  # fmt: skip
    return found


def some_credits() -> list[Credit]:
    return [
        Credit(credit_ref=f"C-{n}", import_line=f"I-{n}", paid=Decimal(9000), amount=Decimal(amount), currency="USD",
               valid_from=START, valid_to=CHANGE + timedelta(days=30))
        for n, amount in ((1, "5000"), (2, "1200.50"), (3, "9000"))
    ]  # fmt: skip


@pytest.mark.parametrize("dated", [False, True], ids=["text", "typed days"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_query_and_the_readable_law_agree_under_conditions(
    dated: bool, seed: int, counted: Callable[[int], int]
) -> None:
    given_lines = lines(counted(12_500), seed)
    table = pa.Table.from_pylist(given_lines)
    if dated:
        for name in ("lading_date", "contract_date"):
            days = [date.fromisoformat(one[name]) if one[name] else None for one in given_lines]
            table = table.set_column(table.column_names.index(name), name, pa.array(days, pa.date32()))
    found = assess(table, SCHEDULE, credits=some_credits())
    book = read_credits(some_credits())
    owed, bad = [], set()
    for row, line in enumerate(given_lines, start=1):
        result = assess_line(line, SCHEDULE, {}, row, book=book)
        if isinstance(result[0], Liability):
            owed.append(liability_row(result[0], found._session.prepared.terms))
        else:
            bad |= {(one.row, one.field, one.code) for one in result}  # type: ignore[union-attr]
    assert found.liabilities.to_pylist() == owed
    assert found._session.prepared.left_over < len(given_lines) - len(owed) / 2
    assert {(one["row"], one["field"], one["code"]) for one in found.problems.to_pylist()} == bad
    assert found.credits_used == book.used


def one(**changes: Any) -> tuple[Any, ...]:
    return assess_line({**LINE, "line_id": "L", **changes}, SCHEDULE, {}, book=read_credits(some_credits()))


def test_goods_laden_before_a_rise_owe_the_old_floor_within_the_grace() -> None:
    late = {"entry_date": "2026-03-31"}
    assert one(**late, lading_date="2026-02-28")[0].floor_price == 90
    assert one(**late, lading_date="2026-03-01")[0].floor_price == 110
    assert one(entry_date="2026-04-01", lading_date="2026-02-28")[0].floor_price == 110
    assert one(**late)[0].floor_price == 110
    assert one(**late, origin="VN", lading_date="2026-02-01")[0].reason == "in_transit"


def test_a_day_that_counts_must_be_stated_and_not_lie_after_entry() -> None:
    assert one(importer="DE", contract_date="2026-02-01")[0].floor_price == 90
    assert [(fault.field, fault.code) for fault in one(importer="DE")] == [("contract_date", "field_missing")]
    assert [fault.code for fault in one(importer="DE", contract_date="2026-03-11")] == ["date_after_entry"]


@pytest.mark.parametrize(
    ("changes", "measures"),
    [
        ({"origin": "AU", "preference_certificate": "ZONE:7", "stage_origins": {"separated": "JP"}}, ["general"]),
        (
            {"origin": "AU", "preference_certificate": "ZONE:7", "stage_origins": {"separated": "CN"}},
            ["general", "cn-high"],
        ),
        ({"origin": "AU", "stage_origins": {"separated": "AU"}}, ["general", "cn-high"]),
        ({"origin": "KR", "preference_certificate": "zone korus:9", "stage_origins": {"separated": "KR"}}, ["korus"]),
        ({"origin": "VN"}, ["general", "vn"]),
    ],
)
def test_what_shows_origin_decides_the_floor_and_a_claim_the_ordinary_rate(
    changes: dict[str, Any], measures: list[str]
) -> None:
    assert list(one(**changes)[0].measure_ids) == measures


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"origin": "AU", "preference_certificate": "ZONE"}, "stage_origins", "stage_origin_missing"),
        (
            {"origin": "AU", "importer": "DE", "contract_date": "2026-02-01"},
            "preference_certificate",
            "certificate_missing",
        ),
        ({"preference_certificate": "KORUS"}, "preference_certificate", "preference_not_granted"),
        ({"preference_certificate": "C-2026-1"}, "preference_certificate", "programme_unknown"),
        ({"stage_origins": "{"}, "stage_origins", "stage_origins_malformed"),
        ({"stage_origins": '{"separated":"AU","separated":"CN"}'}, "stage_origins", "stage_origins_malformed"),
        ({"stage_origins": {"separated": "ZZ"}}, "stage_origins", "country_unknown"),
        ({"lading_date": "soon"}, "lading_date", "date_malformed"),
        ({"credit_refs": "C-1 C-1"}, "credit_refs", "credit_refs_repeated"),
        ({"credit_refs": "[1]"}, "credit_refs", "credit_refs_malformed"),
        ({"credit_refs": "C-9"}, "credit_refs", "credit_unknown"),
        ({"credit_refs": "C-1", "entry_date": "2026-04-01"}, "credit_refs", "credit_lapsed"),
    ],
)
def test_what_a_line_lacks_or_claims_wrongly_is_told(changes: dict[str, Any], field: str, code: str) -> None:
    assert [(fault.field, fault.code) for fault in one(**changes)] == [(field, code)]


def test_a_credit_comes_off_the_floor_duty_once_and_never_more_than_is_owed() -> None:
    owing = {**LINE, "customs_value": "104000", "origin": "CN"}  # 110,000 − 104,000 − 3.7 %: 2,152 of floor duty
    found = assess(
        [owing | {"line_id": name, "credit_refs": refs} for name, refs in (("a", "C-2 C-1"), ("b", "C-3"), ("c", "C-3"), ("d", "C-1"))],
        SCHEDULE, credits=some_credits(),
    )  # fmt: skip
    rows = {row["line_id"]: row for row in found.liabilities.to_pylist()}
    assert [(rows[name]["credit"], rows[name]["floor_duty"]) for name in "ab"] == [
        (Decimal("2152.00"), Decimal("0.00"))
    ] * 2
    assert {row["reason"] for row in rows.values()} == {"floor_duty_credited"}
    assert all(row["total_duty"] == row["ordinary_duty"] for row in rows.values())
    assert [(fault["line_id"], fault["code"]) for fault in found.problems.to_pylist()] == [
        ("c", "credit_used"),
        ("d", "credit_used"),
    ]
    assert {name: (use.line_id, use.amount) for name, use in found.credits_used.items()} == {
        "C-2": ("a", Decimal("1200.50")), "C-1": ("a", Decimal("951.50")), "C-3": ("b", Decimal("2152.00")),
    }  # fmt: skip
    steps = [step for step in found.steps.to_pylist() if step["line_id"] == "a"]
    assert [(step["role"], step["amount"]) for step in steps] == [
        ("ordinary", Decimal("3848.00")), ("floor", Decimal("2152.00")), ("credit", Decimal("-1200.50")), ("credit", Decimal("-951.50")),
    ]  # fmt: skip


def test_a_credit_that_is_not_needed_is_not_used() -> None:
    found = assess(
        [{**LINE, "line_id": "a", "customs_value": "200000", "credit_refs": "C-1"}], SCHEDULE, credits=some_credits()
    )
    assert found.liabilities.to_pylist()[0]["credit"] == 0
    assert found.credits_used == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "9000.01"}, "on which 9000 of floor duty was paid"),
        ({"amount": "0"}, "an amount above zero"),
        ({"valid_to": "2024-01-01"}, "a last day not before its first"),
        ({"amount": "much"}, "amount: 'much'; expected a number"),
        ({"credit_ref": ""}, "credit_ref: nothing"),
        ({"amount": "8999.995"}, "finer than the coins of USD"),
    ],
)
def test_a_credit_that_cannot_be_is_refused(changes: dict[str, str], words: str) -> None:
    good = {"credit_ref": "C", "import_line": "I", "paid": "9000", "amount": "9000", "currency": "USD",
            "valid_from": "2025-01-01", "valid_to": "2026-01-01"}  # fmt: skip
    assert isinstance(read_credits([good]), CreditBook)
    with pytest.raises(UsageError, match=words):
        read_credits([good | changes])


def test_credits_of_one_import_line_never_exceed_its_floor_duty_together() -> None:
    two = [Credit(credit_ref=name, import_line="I", paid=Decimal(100), amount=Decimal(60), currency="USD",
                  valid_from=START, valid_to=CHANGE) for name in "ab"]  # fmt: skip
    with pytest.raises(UsageError, match="credits of 120"):
        read_credits(two)
    with pytest.raises(UsageError, match="given twice"):
        read_credits([two[0], two[0]])


def test_credits_of_one_import_line_agree_on_what_was_paid() -> None:
    one = Credit(credit_ref="a", import_line="I", paid=Decimal(100), amount=Decimal(40), currency="USD",
                 valid_from=START, valid_to=CHANGE)  # fmt: skip
    assert len(read_credits([one, replace(one, credit_ref="b")]).credits) == 2
    for other in (replace(one, credit_ref="b", paid=Decimal(90)), replace(one, credit_ref="b", currency="EUR")):
        for given in ([one, other], [other, one]):
            with pytest.raises(UsageError, match="tells otherwise what was paid"):
                read_credits(given)


@pytest.mark.parametrize(
    "change", [{"amount": Decimal("NaN")}, {"paid": Decimal("Infinity")}, {"amount": 1.5}, {"valid_to": "2026-01-01"}]
)
def test_a_credit_of_no_numbers_or_days_is_refused(change: dict[str, Any]) -> None:
    one = Credit(credit_ref="a", import_line="I", paid=Decimal(100), amount=Decimal(40), currency="USD",
                 valid_from=START, valid_to=CHANGE)  # fmt: skip
    with pytest.raises(UsageError, match="needs paid and amount"):
        read_credits([replace(one, **change)])


def test_who_was_a_member_before_the_first_measure_is_the_same_for_the_query() -> None:
    joins = START - timedelta(days=40)
    members = [{"party": "US", "valid_from": date(2020, 1, 1)}, {"party": "AU", "valid_from": joins}]
    outsiders = floor("outsiders", "90", START, None, ["non-members"])
    schedule = Schedule.from_measures(
        [outsiders], "USD", members,
        conditions=[DayRule(rule_id="lading", importers=["US"], valid_from=START, counts="lading"),
                    OriginRule(rule_id="origin", importers=["US"], valid_from=START, certificate="ZONE")],
    )  # fmt: skip
    given_lines = [
        {**LINE, "line_id": str(day), "origin": "AU", "entry_date": "2025-01-05", "lading_date": str(day)}
        for day in (date(2019, 1, 1), joins - timedelta(days=1), joins, START - timedelta(days=1), START)
    ]
    found = assess(given_lines, schedule)
    assert [row["reason"] for row in found.liabilities.to_pylist()] == ["in_transit", "in_transit"]
    assert [(one["row"], one["code"]) for one in found.problems.to_pylist()] == [
        (n, "certificate_missing") for n in (3, 4, 5)
    ]
    for row, line in enumerate(given_lines):
        quoted = assess_line(line, schedule, {})[0]
        assert getattr(quoted, "reason", None) == ("in_transit" if row < 2 else None)


@pytest.mark.parametrize(
    "certificate", ["ZONE:1\tKORUS:2", "ZONE:1\u00a0KORUS:2", "ZONE:1\nACFTA:2", "ZONE:" + "9" * 1000]
)
def test_certificates_are_parted_alike_in_a_file_and_a_call(certificate: str) -> None:
    line = {
        **LINE,
        "line_id": "L",
        "importer": "DE",
        "origin": "KR",
        "contract_date": "2026-03-10",
        "preference_certificate": certificate,
    }
    found, quoted = assess([line], SCHEDULE), assess_line(line, SCHEDULE, {})
    if isinstance(quoted[0], Liability):
        assert [row["measure_ids"] for row in found.liabilities.to_pylist()] == [list(quoted[0].measure_ids)]
    else:
        assert [one["code"] for one in found.problems.to_pylist()] == [one.code for one in quoted]  # type: ignore[union-attr]


def test_a_stage_told_twice_is_no_stage() -> None:
    told = '{"Separated": "CN", "separated": "AU"}'
    assert {problem.code for problem in one(stage_origins=told)} == {"stage_origins_malformed"}


def test_what_is_wrong_beside_the_origin_is_told_at_once() -> None:
    told = one(origin="AU", credit_refs="C-9", valuation_basis="cif")
    assert [problem.code for problem in told] == ["stage_origin_missing", "credit_unknown", "freight_missing"]
