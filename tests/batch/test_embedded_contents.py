"""Duty on what goods contain: the query, the readable law and plain fractions say the same; the larger duty is owed."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from footwall.batch import assess
from footwall.batch.assess import liability_row
from footwall.duties import Liability, assess_line
from footwall.errors import Problem, ScheduleError
from footwall.quantity import round_to_unit
from footwall.tariffs import Measure, Schedule


def shown(amount: Decimal) -> Decimal:
    return round_to_unit(amount, Decimal("1E-12"), "half_up")


START = date(2026, 1, 1)
EVERY: dict[str, Any] = {"importers": ["US"], "origins": ["CN", "VN"], "valid_from": START, "currency": "USD"}
MAGNETS = {"Nd": ("12.5", "0.9", "0.30"), "Dy": ("301.75", "0.855", "0.02"), "Tb": ("900", "1", None)}
ALLOYS = {"Nd": ("12.5", "1", "0.25"), "W": ("33.3333", "0.7", "0.05")}


def embedded(name: str, code: str, of: dict[str, Any], **changes: Any) -> Measure:
    return Measure(measure_id=name, role="embedded", method="embedded", hs_codes=[code],
                   elements=[(element, *told) for element, told in of.items()], **EVERY | changes)  # fmt: skip


def schedule(*more: Measure) -> Schedule:
    return Schedule.from_measures([
        embedded("magnets", "850511", MAGNETS),
        embedded("alloys", "280530", ALLOYS, origins=["CN"], currency="EUR", rounding_mode="down"),
        Measure(measure_id="own", role="floor", method="top_up", hs_codes=["850511"], floor="60", **EVERY),
        Measure(measure_id="bands", role="floor", method="banded", hs_codes=["280530"], bands=[("90", "0"), ("50", "8"), ("0", "20")],
                standard_value="60", tolerance="0.08", **EVERY | {"origins": ["CN"]}),
        Measure(measure_id="general", role="ordinary", method="ad_valorem", ad_valorem="0.021", hs_codes=["850511"], **EVERY),
        *more,
    ], "USD")  # fmt: skip


RATES = {("EUR", "USD", date(2026, 5, 4)): Decimal("1.0877")}
LINE: dict[str, Any] = {"line_id": "L", "importer": "US", "origin": "CN", "hs_code": "850511", "form": "", "entry_date": "2026-05-04",
                        "net_mass_kg": "100", "customs_value": "5000", "currency": "USD"}  # fmt: skip


def lines(count: int, seed: int) -> list[dict[str, Any]]:
    rng = Random(seed)  # noqa: S311 - test data
    found = []
    for number in range(count):
        shares = {
            name: f"{rng.randrange(1, 300_000) / 10**6:.6f}"
            for name in rng.sample(["Nd", "Dy", "Tb", "W", "Fe"], rng.randrange(4))
        }
        contents = rng.choice([*[json.dumps(shares)] * 9, "", '{"Nd":"0.7","Fe":"0.4"}', '{"Nd":2}', "{}"])
        found.append({
            **LINE, "line_id": f"L{number}", "hs_code": rng.choice(("850511", "280530", "760110")), "origin": rng.choice(("CN", "VN")),
            "net_mass_kg": str(Decimal(rng.randrange(1, 10**9)).scaleb(-3)), "customs_value": str(rng.randrange(10**7)),
            "currency": rng.choice(("USD", "EUR")), "contents": contents,
            "entry_type": rng.choice((*["consumption"] * 9, "warehouse")),
        })  # fmt: skip
    return found


@pytest.mark.parametrize("nested", [False, True], ids=["JSON", "structure"])
def test_the_query_and_the_readable_law_agree_on_contents(nested: bool, counted: Callable[[int], int]) -> None:
    given = lines(counted(12_500), 3)
    table = pa.Table.from_pylist(given)
    if nested:
        readable = [json.loads(line["contents"] or "null") for line in given]
        pairs = [None if told is None else list({k: str(v) for k, v in told.items()}.items()) for told in readable]
        table = table.set_column(
            table.column_names.index("contents"), "contents", pa.array(pairs, pa.map_(pa.string(), pa.string()))
        )
    found = assess(table, schedule(), RATES)
    owed, bad = [], set()
    for row, line in enumerate(given, start=1):
        result = assess_line(line, MADE, RATES, row)
        if isinstance(result[0], Liability):
            owed.append((liability_row(result[0], found._session.prepared.terms), result[1]))
        else:
            bad |= {(one.row, one.field, one.code) for one in result}  # type: ignore[union-attr]
    assert found.liabilities.to_pylist() == [row for row, _ in owed]
    assert {(one["row"], one["field"], one["code"]) for one in found.problems.to_pylist()} == bad
    assert found._session.prepared.left_over < len(given) - len(owed) / 2
    told = [
        (
            step.line_id,
            step.measure_id,
            shown(step.base_amount),
            shown(step.amount_before_rounding),
            step.amount,
            step.rate,
        )
        for _, steps in owed
        for step in steps
    ]  # type: ignore[union-attr]
    asked = ("line_id", "measure_id", "base_amount", "amount_before_rounding", "amount", "rate")
    assert [tuple(step[name] for name in asked) for step in found.steps.to_pylist()] == told
    assert {row["method"] for row, _ in owed} == {"embedded", "top_up", "banded", None}


MADE = schedule()


def test_what_is_embedded_is_mass_times_share_times_what_is_recovered_times_rate() -> None:
    contents = {"Nd": "0.2951", "Dy": "0.0307", "Fe": "0.6"}
    liability, steps = assess_line(
        {**LINE, "net_mass_kg": "123.456", "customs_value": "9000", "contents": contents}, MADE, RATES
    )
    expected = sum(
        Fraction("123.456")
        * Fraction(contents[name])
        * Fraction(str(MAGNETS[name][0]))
        * Fraction(str(MAGNETS[name][1]))
        for name in ("Nd", "Dy")
    )
    assert isinstance(liability, Liability)
    assert liability.floor_duty == Decimal(round(expected * 100)) / 100
    assert (liability.method, liability.reason) == ("embedded", "embedded_duty_owed")
    assert liability.total_duty == Decimal("189.00") + liability.floor_duty
    assert [(step.role, step.amount) for step in steps] == [  # type: ignore[union-attr]
        ("ordinary", Decimal("189.00")), ("floor", Decimal(0)), ("embedded", liability.floor_duty),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "duty", "method", "reason"),
    [
        ({"contents": {"Dy": "0.01"}, "customs_value": "1000"}, "4979.00", "top_up", "floor_duty_owed"),
        ({"contents": {"Dy": "0.01"}, "customs_value": "7000"}, "258.00", "embedded", "embedded_duty_owed"),
        ({"contents": {"Fe": "0.6"}, "customs_value": "7000"}, "0.00", "top_up", "no_floor_duty_due"),
        ({"hs_code": "280530", "origin": "VN", "contents": {"Nd": "0.5"}}, "0", None, "no_floor_measure"),
    ],
)  # fmt: skip
def test_the_line_owes_the_larger_of_its_own_floor_duty_and_what_is_embedded(
    changes: dict[str, Any], duty: str, method: str | None, reason: str
) -> None:
    liability = assess_line({**LINE, **changes}, MADE, RATES)[0]
    assert isinstance(liability, Liability)
    assert (liability.floor_duty, liability.method, liability.reason) == (Decimal(duty), method, reason)


def test_undeclared_contents_take_the_measures_shares_and_where_it_has_none_are_a_problem() -> None:
    alloy = {**LINE, "hs_code": "280530", "customs_value": "9000"}
    liability = assess_line(alloy, MADE, RATES)[0]
    exact = Fraction(100) * (
        Fraction("0.25") * Fraction("12.5") + Fraction("0.05") * Fraction("0.7") * Fraction("33.3333")
    )
    assert isinstance(liability, Liability)
    assert liability.floor_duty == Decimal(int(exact * Fraction("1.0877") * 100)) / 100  # rounded down, as ruled
    (problem,) = assess_line(LINE, MADE, RATES)
    assert (problem.field, problem.code) == ("contents", "contents_missing")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("contents", "code"),
    [("{", "contents_malformed"), ('{"Nd": "a lot"}', "contents_malformed"), ('{"Nd": 1.2}', "contents_out_of_range"),
     ('{"Nd": 0}', "contents_out_of_range"), ('{"Nd": 0.6, "Dy": 0.400001}', "contents_out_of_range"),
     ('{"Nd": 0.1, "Nd": 0.2}', "contents_malformed"), ('{"Nd": 0.1234567}', "contents_out_of_range"), ("[1]", "contents_malformed")],
)  # fmt: skip
def test_contents_that_cannot_be_are_told(contents: str, code: str) -> None:
    assert [fault.code for fault in assess_line({**LINE, "contents": contents}, MADE, RATES)] == [code]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("of", "changes", "codes"),
    [
        ({}, {}, ["elements_missing"]),
        ({"Nd": ("-1", "1", None)}, {}, ["amount_negative"]),
        ({"Nd": ("1", "0", None)}, {}, ["recovered_out_of_range"]),
        ({"Nd": ("1", "1.01", None)}, {}, ["recovered_out_of_range"]),
        ({"Nd": ("1", "1", "0.6"), "Dy": ("1", "1", "0.41")}, {}, ["undeclared_out_of_range"]),
        ({"Nd": ("1", "1", "-0.1")}, {}, ["undeclared_out_of_range"]),
        ({"Nd": ("1", "1", None)}, {"role": "floor"}, ["method_for_other_role"]),
        ({"Nd": ("1", "1", None)}, {"floor": "3"}, ["option_of_other_method"]),
    ],
)
def test_elements_that_make_no_sense_are_refused(of: dict[str, Any], changes: dict[str, Any], codes: list[str]) -> None:
    told: dict[str, Any] = {"measure_id": "new", "role": "embedded", "method": "embedded", "hs_codes": ["810196"],
                            "elements": [(element, *values) for element, values in of.items()], **EVERY, **changes}  # fmt: skip
    with pytest.raises(ScheduleError) as refused:
        schedule(Measure(**told))
    assert [fault.code for fault in refused.value.problems] == codes


def test_two_duties_on_the_contents_of_one_line_are_refused() -> None:
    with pytest.raises(ScheduleError) as refused:
        schedule(embedded("again", "850511", MAGNETS))
    assert [fault.code for fault in refused.value.problems] == ["measures_overlap"]


def test_an_ordinary_duty_on_an_element_beside_the_forms_own_goes_by_what_the_line_declares() -> None:
    lead = Measure(measure_id="lead", role="ordinary", method="specific", specific="0.017", contained="Pb", hs_codes=["260300"],
                   **EVERY)  # fmt: skip
    made = Schedule.from_measures([lead], "USD")
    ore = {**LINE, "hs_code": "260300", "form": "copper-concentrate"}
    declared = [
        {**ore, "line_id": name, "contents": told} for name, told in (("a", '{"Pb": "0.08"}'), ("b", '{"Cu": "0.25"}'))
    ]
    found = assess([*declared, {**ore, "line_id": "c"}], made)
    assert [row["ordinary_duty"] for row in found.liabilities.to_pylist()] == [Decimal("0.14"), Decimal("0.00")]
    assert [(one["line_id"], one["field"], one["code"]) for one in found.problems.to_pylist()] == [
        ("c", "contents", "content_unknown")
    ]


@pytest.mark.parametrize("contents", ['{"nd": "0.2"}', '{"Nd": "0.2", "TB": "0.1"}', '{"Nd": "0.2", " Nd": "0.001"}'])
def test_an_element_in_other_capitals_or_told_twice_is_not_passed_over(contents: str) -> None:
    line = {**LINE, "contents": contents}
    assert [one.code for one in assess_line(line, schedule(), RATES)] == ["contents_malformed"]  # type: ignore[union-attr]
    assert [one["code"] for one in assess([line], MADE, RATES).problems.to_pylist()] == ["contents_malformed"]
    right = {**LINE, "contents": '{"Nd": "0.2", "Fe": "0.6"}'}
    assert isinstance(assess_line(right, schedule(), RATES)[0], Liability)


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ('{"Ndx": "0.2"}', ("element_unknown", "'Ndx'", "Correct it, or declare")),
        ('{"Nd": "0.2", "Neodymium": "0.1"}', ("element_unknown", "'Neodymium'", "Write Nd.")),
        ('{"Nd": "0.2", "aluminium": "0.1"}', ("element_unknown", "'aluminium'", "Write Al.")),
        ('{"Nd2O3": "0.2"}', ("element_unknown", "'Nd2O3'", "Correct it, or declare the elements")),
        ('{"WO3": "0.2"}', ("element_unknown", "'WO3'", "Correct it, or declare the elements")),
        ('{"Nd": "0.2", "FE": "0.6"}', ("contents_malformed", "'FE'", "Write Fe.")),
    ],
)
@pytest.mark.parametrize("code", ["850511", "760110"], ids=["taxed", "not taxed"])
def test_a_name_that_is_no_element_is_told_wherever_contents_are_read(
    contents: str, told: tuple[str, str, str], code: str
) -> None:
    line = {**LINE, "hs_code": code, "contents": contents}
    by_law = assess_line(line, MADE, RATES)
    (by_query,) = assess([line, {**LINE, "contents": '{"Fe": "0.6"}'}], MADE, RATES).problems.to_pylist()
    (one,) = (problem for problem in by_law if isinstance(problem, Problem))
    assert (one.field, one.code, one.found) == ("contents", told[0], told[1])
    assert (one.remedy or "").startswith(told[2])
    assert [by_query[name] for name in ("row", "code", "found", "expected", "remedy")] == [
        1, one.code, one.found, one.expected, one.remedy,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "contents", ['{"Nd": "0.2", "B": "0.01", "O": "0.001", "Og": "0.001", "Fe": "0.6"}', '{"Fe": "1"}', ""]
)
def test_every_element_may_be_declared_whether_or_not_it_is_taxed(contents: str) -> None:
    line = {**LINE, "hs_code": "280530", "contents": contents}
    found = assess([line], MADE, RATES)
    assert (len(found.liabilities), found._session.prepared.left_over) == (1, 0)


def test_what_a_measure_goes_by_may_be_declared_under_its_own_name_alone() -> None:
    concentrate = Measure(measure_id="oxide", role="ordinary", method="specific", specific="1", contained="WO3", hs_codes=["261100"],
                          **EVERY)  # fmt: skip
    made = Schedule.from_measures([concentrate], "USD")
    lines = [
        {**LINE, "hs_code": code, "form": form, "contents": f'{{"{name}": "0.6"}}'}
        for code, form in (("261100", "tungsten-concentrate"), ("760110", ""))
        for name in ("WO3", "wo3", "W", "WO2")
    ]
    found = assess(lines, made)
    told = [(one["row"], one["code"], one["found"]) for one in found.problems.to_pylist()]
    assert told == [
        (2, "contents_malformed", "'wo3'"), (4, "element_unknown", "'WO2'"),
        (6, "contents_malformed", "'wo3'"), (8, "element_unknown", "'WO2'"),
    ]  # fmt: skip
    assert [bool(isinstance(assess_line(line, made, {})[0], Liability)) for line in lines] == [True, False] * 4
    assert found.problems.to_pylist()[1]["expected"].endswith("what the schedule goes by: WO3")


def test_names_of_contents_are_told_beside_what_else_is_wrong() -> None:
    line = {**LINE, "importer": "XX", "contents": '{"Ndx": "0.2", "tb": "0.1"}'}
    codes = [(one.field, one.code) for one in assess_line(line, MADE, RATES) if isinstance(one, Problem)]
    assert codes == [
        ("importer", "country_unknown"),
        ("contents", "element_unknown"),
        ("contents", "contents_malformed"),
    ]


@pytest.mark.parametrize(
    ("contents", "exposed"), [('{"Fe": "0.6"}', True), ('{"Nd": "0.01"}', False), ('{"Nd": "0.9"}', False)]
)
def test_no_invoice_is_without_floor_duty_where_contents_owe_it(contents: str, exposed: bool) -> None:
    line = {**LINE, "contents": contents}
    found = assess([line], schedule(), RATES).liabilities.to_pylist()[0]
    quoted = assess_line(line, schedule(), RATES)[0]
    assert isinstance(quoted, Liability)
    assert found["rent_exposed"] == quoted.rent_exposed
    assert (quoted.rent_exposed > 0) == exposed
