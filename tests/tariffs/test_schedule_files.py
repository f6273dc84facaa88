"""A schedule in a file: read strictly, all its faults at once, and written so that it reads back as the same measures."""

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footwall.errors import ScheduleError, UsageError
from footwall.tariffs import DayRule, Measure, OriginRule, Schedule
from footwall.tariffs.measures import reading
from footwall.tariffs.measures.fields import MeasureField, measure_fields, measure_json, measures_sha256, pair_kinds
from footwall.tariffs.measures.reading import parse_measures, read_csv, read_json
from footwall.tariffs.measures.writing import measures_csv, measures_document

FIRST = date(2025, 1, 1)
NAMED = Measure(measure_id="m", role="floor", form="ndpr-oxide", importers=["US"], origins=["CN"], method="top_up",
                floor=Decimal("110.00"), currency="USD", valid_from=FIRST)  # fmt: skip
ROW = {"measure_id": "m", "role": "floor", "form": "ndpr-oxide", "importers": ["US"], "origins": ["CN"],
       "method": "top_up", "floor": "110.00", "currency": "USD", "valid_from": "2025-01-01"}  # fmt: skip
HEAD = "measure_id,role,form,importers,origins,method,floor,currency,valid_from"
LINE = "m,floor,ndpr-oxide,US,CN,top_up,110.00,USD,2025-01-01"


# whatever a measure can hold comes back

texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=6).filter(str.strip)
words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6).filter(lambda word: word != "nothing")
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**6), max_value=10**6)


def records(record: type) -> Any:
    parts = {name: (numbers if kind == "number" else words) for name, (kind, _) in pair_kinds(record).items()}
    return st.builds(
        record,
        **{name: parts[name] | st.none() if may else parts[name] for name, (_, may) in pair_kinds(record).items()},
    )


def other(one: MeasureField) -> Any:
    if one.pair is None:
        return "OTHER" if one.name == "programme" else OTHER[one.kind]
    return (
        one.pair(*("Nd+Pr oxide" if kind == "text" else Decimal("0.5") for kind, _ in pair_kinds(one.pair).values())),
    )


def values(one: MeasureField) -> Any:
    """Anything that a field can hold, by its kind: a field that is added later is drawn too."""
    if one.name == "per_kg":
        return st.integers(0, 10**9 - 1)
    if one.name == "programme":
        return st.sampled_from(["", "KORUS"])
    drawn: Any = {
        "text": texts,
        "day": st.dates(),
        "number": numbers,
        "whole": st.integers(0, 999),
        "truth": st.booleans(),
        "words": st.lists(words, min_size=int(one.required), max_size=4).map(tuple),
        "pairs": st.lists(records(one.pair), max_size=2).map(tuple) if one.pair else None,
    }[one.kind]
    return st.none() | drawn if one.optional else drawn


measures = st.builds(Measure, **{one.name: values(one) for one in measure_fields()})


@given(st.lists(measures, max_size=2))
def test_measures_come_back_from_json_and_from_csv_as_they_were(listed: list[Measure]) -> None:
    for text, reader in ((measures_document(listed, "USD"), read_json), (measures_csv(listed), read_csv)):
        found = parse_measures(text.encode(), "file", reader)
        assert found.problems == ()
        assert list(found.measures) == listed
        assert measures_sha256(found.measures) == measures_sha256(listed)


OTHER: dict[str, Any] = {"text": "other", "day": date(2031, 5, 6), "number": Decimal("7.25"), "whole": 100, "truth": True,
                         "words": ("other", "words")}  # fmt: skip


@pytest.mark.parametrize("name", [one.name for one in fields(Measure)])
def test_no_field_is_left_out_of_a_file_or_of_the_hash(name: str) -> None:
    (one,) = [field for field in measure_fields() if field.name == name]
    changed = replace(NAMED, **{name: other(one)})
    assert changed != NAMED
    assert read_json(measures_document([changed], "USD"), "file").measures == (changed,)
    assert read_csv(measures_csv([changed]), "file").measures == (changed,)
    assert measures_sha256([changed]) != measures_sha256([NAMED])


def test_the_hash_is_of_what_is_said_and_not_of_its_order() -> None:
    second = replace(NAMED, measure_id="n", origins=["RU"])
    assert measures_sha256([NAMED, second]) == measures_sha256([second, NAMED])
    assert len(measures_sha256([NAMED])) == 64


@pytest.mark.parametrize("name", ["a.json", "a.csv", "A.CSV"])
def test_a_schedule_comes_back_from_its_file(tmp_path: Path, name: str) -> None:
    made = Schedule.from_measures([NAMED, replace(NAMED, measure_id="n", origins=["RU"], counts=())])
    made.to_file(tmp_path / name)
    assert Schedule.from_file(tmp_path / name).measures == made.measures
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_schedule_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    made = Schedule.from_measures([NAMED])
    with pytest.raises(UsageError, match=r"a.xlsx is neither JSON nor CSV"):
        made.to_file(tmp_path / "a.xlsx")
    with pytest.raises(UsageError, match="cannot be written"):
        made.to_file(tmp_path / "none" / "a.json")


def test_numbers_are_read_as_they_are_written() -> None:
    for written in ("0.1", "1e-1", '"0.1"', '" 0.1 "'):
        (measure,) = read_json(json.dumps([ROW]).replace('"110.00"', written), "file").measures
        assert measure.floor == Decimal("0.1")
    (measure,) = read_json(json.dumps([ROW | {"floor": 0.1 + 0.2}]), "file").measures
    assert measure.floor == Decimal("0.30000000000000004")


def test_pairs_may_be_lists_or_objects() -> None:
    for bands in ([["60", 0], [0, 20]], [{"at_least": 60, "specific": 0}, {"specific": 20, "at_least": 0}]):
        (measure,) = read_json(json.dumps([ROW | {"bands": bands}]), "file").measures
        assert [(band.at_least, band.specific) for band in measure.bands] == [(60, 0), (0, 20)]


def test_the_currency_of_the_file_is_the_one_of_assessment(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"currency": "EUR", "measures": [ROW]}), encoding="utf-8")
    assert Schedule.from_file(path).currency == "EUR"
    assert Schedule.from_file(path, currency="EUR").currency == "EUR"
    with pytest.raises(UsageError, match="assessed in EUR, and USD was asked for"):
        Schedule.from_file(path, currency="USD")


# what is wrong with a file

JSON_KINDS = [
    ("file_empty", " ", "f.json: found an empty file; expected measures. Export it again. [file_empty]"),
    ("file_damaged", "[\n{", "f.json, line 2: found Expecting property name enclosed in double quotes; expected JSON. Export it again. [file_damaged]"),
    ("file_damaged", "[" * 200_000, "f.json: found lists within lists without end; expected JSON. Export it again. [file_damaged]"),
    ("document_malformed", "7", "f.json, measures: found 7; expected a list of measures. See docs/schedules.md. [document_malformed]"),
    ("document_malformed", "{}", "f.json, measures: found nothing; expected a list of measures. See docs/schedules.md. [document_malformed]"),
    ("format_unknown", '{"format": "footwall/schedule/9", "measures": []}',
     "f.json, format: found 'footwall/schedule/9'; expected footwall/schedule/1. Use the version that wrote it. [format_unknown]"),
    ("field_unknown", '{"measurs": [], "measures": []}',
     "f.json, measurs: found measurs; expected conditions, currency, ends_without_successor, format, measures, members, notice, on, version. Remove it, or correct its name. [field_unknown]"),
    ("field_repeated", '{"measures": [], "measures": []}', "f.json, measures: found measures; expected each field once. Remove one. [field_repeated]"),
    ("text_malformed", '{"currency": 5, "measures": []}', "f.json, currency: found 5; expected text. Write it in quotation marks. [text_malformed]"),
    ("list_malformed", '{"ends_without_successor": "m", "measures": []}',
     "f.json, ends_without_successor: found 'm'; expected a list of texts. Write each of them in quotation marks. [list_malformed]"),
    ("record_malformed", "[5]", "f.json, row 1: found 5; expected one measure with its fields. Correct the record. [record_malformed]"),
]  # fmt: skip
ROW_KINDS: list[tuple[dict[str, Any], str]] = [
    ({"floor": "1,250"}, "f.json, row 2, floor: found '1,250'; expected a number with a decimal point. Write digits, such as 1250.5. [number_malformed]"),
    ({"floor": float("nan")}, "f.json, row 2, floor: found NaN; expected a number with a decimal point. Write digits, such as 1250.5. [number_malformed]"),
    ({"floor": True}, "f.json, row 2, floor: found true; expected a number with a decimal point. Write digits, such as 1250.5. [number_malformed]"),
    ({"floor": 10**4000}, f"f.json, row 2, floor: found 1{'0' * 79}; expected a number with a decimal point. Write digits, such as 1250.5. [number_malformed]"),
    ({"per_kg": 1.5}, "f.json, row 2, per_kg: found 1.5; expected a whole number. Write digits alone. [number_malformed]"),
    ({"valid_from": "2025-02-30"}, "f.json, row 2, valid_from: found '2025-02-30'; expected a day as YYYY-MM-DD. Write it as 2026-05-31. [date_malformed]"),
    ({"valid_from": "20250101"}, "f.json, row 2, valid_from: found '20250101'; expected a day as YYYY-MM-DD. Write it as 2026-05-31. [date_malformed]"),
    ({"origins": "CN"}, "f.json, row 2, origins: found 'CN'; expected a list. Write it between [ and ]. [list_malformed]"),
    ({"origins": [7]}, "f.json, row 2, origins: found a list; expected a list of texts. Write each of them in quotation marks. [list_malformed]"),
    ({"bands": [[60]]}, "f.json, row 2, bands: found a list; expected records of at_least and specific. Write each of them whole. [list_malformed]"),
    ({"form": 7}, "f.json, row 2, form: found 7; expected text. Write it in quotation marks. [text_malformed]"),
    ({"role": None}, "f.json, row 2, role: found nothing; expected a value. Fill it in. [field_missing]"),
    ({"flor": "1"}, "f.json, row 2, flor: found flor; expected the fields of a measure. Remove it, or correct its name. [field_unknown]"),
    ({"\x1b[2J": "1"}, "f.json, row 2, '\\x1b[2J': found '\\x1b[2J'; expected the fields of a measure. Remove it, or correct its name. [field_unknown]"),
]  # fmt: skip
CSV_KINDS = [
    ("separator_unknown", HEAD.replace(",", ";"), "f.csv: found columns parted by semicolons; expected columns parted by commas. Export it with commas, and with decimal points. [separator_unknown]"),
    ("field_unknown", f"{HEAD},flor\n{LINE},", "f.csv, flor: found flor; expected the fields of a measure. Remove the column, or correct its name. [field_unknown]"),
    ("field_repeated", f"{HEAD},floor\n{LINE},110", "f.csv, floor: found 2 columns floor; expected each column once. Remove one. [field_repeated]"),
    ("record_malformed", f"{HEAD}\n{LINE},7", "f.csv, row 1: found 10 cells under 9 columns; expected one measure with its fields. Correct the record. [record_malformed]"),
    ("file_damaged", f'{HEAD}\n"{LINE}', "f.csv: found unexpected end of data; expected CSV with commas and quotation marks. Export it again. [file_damaged]"),
    ("field_missing", f"{HEAD}\n{LINE.replace('floor,ndpr', ',ndpr')}", "f.csv, row 1, role: found nothing; expected a value. Fill it in. [field_missing]"),
    ("number_malformed", f"{HEAD}\n{LINE.replace('110.00', '110 USD')}",
     "f.csv, row 1, floor: found '110 USD'; expected a number with a decimal point. Write digits, such as 1250.5. [number_malformed]"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "message"), JSON_KINDS)
def test_a_wrong_json_file_is_told(code: str, text: str, message: str) -> None:
    found = parse_measures(text.encode(), "f.json", read_json)
    assert [str(problem) for problem in found.problems] == [message]
    assert message.endswith(f"[{code}]")


@pytest.mark.parametrize(("change", "message"), ROW_KINDS)
def test_a_wrong_record_is_told_and_the_others_are_read(change: dict[str, Any], message: str) -> None:
    text = json.dumps([ROW, {**ROW, "measure_id": "n", **change}, {**ROW, "measure_id": "o"}])
    found = read_json(text, "f.json")
    assert [str(problem) for problem in found.problems] == [message]
    assert [(row, one.measure_id) for row, one in zip(found.rows, found.measures, strict=True)] == [(1, "m"), (3, "o")]


def test_a_key_that_stands_twice_in_a_record_is_told() -> None:
    found = read_json(json.dumps([ROW]).replace('"floor": ', '"floor": 90, "floor": '), "f.json")
    assert [(one.code, one.row, one.field) for one in found.problems] == [("field_repeated", 1, "floor")]


@pytest.mark.parametrize(("code", "text", "message"), CSV_KINDS)
def test_a_wrong_csv_file_is_told(code: str, text: str, message: str) -> None:
    found = parse_measures(text.encode(), "f.csv", read_csv)
    assert [str(problem) for problem in found.problems] == [message]
    assert message.endswith(f"[{code}]")


def test_a_right_csv_file_is_taken_with_blank_lines_and_a_mark_of_its_encoding() -> None:
    found = parse_measures(f"\ufeff{HEAD}\n\n{LINE}\n\n".encode(), "f.csv", read_csv)
    assert (found.measures, found.problems) == ((NAMED,), ())


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.xlsx", b"PK", "format_unknown"), ("a.json", None, "file_missing"), ("a.csv", b"\xff\xfea", "encoding_unknown"),
    ("a.csv", b"", "file_empty"), ("a.csv", b"m" * 101, "file_too_large"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_at_all_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes | None, code: str
) -> None:
    monkeypatch.setattr(reading, "BYTES_MAX", 100)
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ScheduleError, match="is refused: 1 fault") as refused:
        Schedule.from_file(path)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_more_measures_than_any_schedule_has_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MEASURES_MAX", 2)
    found = read_json(json.dumps([{**ROW, "measure_id": str(number)} for number in range(4)]), "f.json")
    assert [(one.code, one.row) for one in found.problems] == [("measures_too_many", 3)]
    assert len(found.measures) == 2


def test_faults_of_the_file_and_of_its_measures_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    rows = [{**ROW, "form": "nope"}, {**ROW, "measure_id": "n", "floor": "x"}, {**ROW, "measure_id": "o", "floor": "0"}]
    path.write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(ScheduleError) as refused:
        Schedule.from_file(path)
    assert [(one.code, one.row) for one in refused.value.problems] == [
        ("number_malformed", 2), ("form_unknown", 1), ("amount_not_positive", 3)
    ]  # fmt: skip
    assert str(refused.value.problems[1].source) == f"{path}, measure m"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_however_broken_raises_anything_but_problems(data: bytes) -> None:
    for reader in (read_json, read_csv):
        found = parse_measures(data, "file", reader)
        assert found.problems or not found.measures or all(isinstance(one, Measure) for one in found.measures)


def test_what_is_published_as_json_holds_every_field() -> None:
    assert list(measure_json(NAMED)) == [one.name for one in fields(Measure)]


RULES = [
    DayRule(rule_id="transit", importers=["US"], valid_from=date(2026, 1, 1), transit_days=30),
    DayRule(rule_id="contract", importers=["EU"], valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30), counts="contract"),
    OriginRule(rule_id="origin", importers=["US"], valid_from=date(2026, 1, 1), stages=["mined", "separated"], cumulation=True,
               certificate="ZONE", unproven_as="CN", forms=["ndpr-oxide"]),
]  # fmt: skip


def ruled(**changes: Any) -> Schedule:
    floor = Measure(measure_id="f", role="floor", method="top_up", form="ndpr-oxide", importers=["US"], origins=["non-members"],
                    valid_from=date(2026, 1, 1), currency="USD", floor="110")  # fmt: skip
    members = [{"party": "AU", "valid_from": date(2026, 2, 1), "valid_to": None}, "JP"]
    return Schedule.from_measures([floor], "USD", **{"members": members, "conditions": RULES} | changes)


def test_members_and_conditions_read_back_from_json(tmp_path: Path) -> None:
    made = ruled()
    made.to_file(tmp_path / "schedule.json")
    assert Schedule.from_file(tmp_path / "schedule.json") == made
    other = Schedule.from_file(tmp_path / "schedule.json", members=["AU"], conditions=RULES[:1])
    assert (other.members, len(other.conditions.origins)) != (made.members, 1)
    assert other.conditions.origins == ()


def test_a_registry_of_members_is_written_by_its_days(tmp_path: Path) -> None:
    class Registry:
        breakpoints = (date(2026, 3, 1),)

        def members_on(self, on: date) -> frozenset[str]:
            return frozenset({"AU"}) if on >= date(2026, 3, 1) else frozenset({"JP"})

    ruled(members=Registry()).to_file(tmp_path / "schedule.json")
    again = Schedule.from_file(tmp_path / "schedule.json")
    assert again.members is not None
    days = [date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert [again.members.members_on(day) for day in days] == [{"JP"}, {"JP"}, {"AU"}]


def test_csv_that_could_not_hold_the_conditions_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CSV does not hold"):
        ruled().to_file(tmp_path / "schedule.csv")
    ruled(conditions=()).to_file(tmp_path / "schedule.csv")


@pytest.mark.parametrize(
    ("key", "value", "field", "code"),
    [
        ("conditions", {}, "conditions", "list_malformed"),
        ("conditions", [3], "conditions[1]", "condition_malformed"),
        ("conditions", [{"kind": "week"}], "conditions[1]", "condition_malformed"),
        ("conditions", [{"kind": "day", "rule_id": "r", "importers": ["US"]}], "conditions[1].valid_from", "field_missing"),
        ("conditions", [{"kind": "day", "rule_id": "r", "importers": ["US"], "valid_from": "soon"}], "conditions[1].valid_from", "value_malformed"),
        ("conditions", [{"kind": "origin", "rule_id": "r", "importers": ["US"], "valid_from": "2026-01-01", "days": 3}], "conditions[1].days", "field_unknown"),
        ("members", "AU", "members", "list_malformed"),
        ("members", [{"party": "AU", "valid_from": "1 May"}], "members[1]", "member_malformed"),
        ("members", [7], "members[1]", "member_malformed"),
        ("members", [{"party": "AU", "since": "2026-01-01"}], "members[1]", "member_malformed"),
    ],
)  # fmt: skip
def test_members_and_conditions_that_cannot_be_read_are_told(
    tmp_path: Path, key: str, value: Any, field: str, code: str
) -> None:
    path = tmp_path / "schedule.json"
    ruled().to_file(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(ScheduleError) as refused:
        Schedule.from_file(path)
    assert (field, code) in [(fault.field, fault.code) for fault in refused.value.problems]
