"""Files with columns of their own: each is assessed as the same lines in ours, and what cannot be told is a problem in its own words."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_samples import GOOD, assessed, owed, sample_schedule, told, write
from hypothesis import given, settings
from hypothesis import strategies as st

from footwall.batch import Assessed, assess, assess_file
from footwall.errors import ColumnsError, LinesError
from footwall.quantity import round_to_unit

OWED = Decimal("55000.00")
HEADER = "Nr;Datum;Ursprung;Code;Masse;Einheit;Wert;Währung;Verbunden;Notiz"
ROW = "A-1;31.03.2025;China;2846 90 80 001;1,0;TNE;55.000,00;USD;J;x"
MAPPING = """
ignore = ["Notiz"]

[file]
separator = ";"
decimal = ","
thousands = "."
date = "DD.MM.YYYY"
blank = ["-"]

[columns]
line_id = "Nr"
entry_date = "Datum"
importer = { constant = "US" }
origin = { column = "Ursprung", values = "countries" }
hs_code = { column = "Code", without = " ", keep = 10 }
form = { constant = "ndpr-oxide" }
net_mass_kg = { column = "Masse", unit_by = { column = "Einheit", values = { KGM = "kg", TNE = "t", LBR = "lb" } } }
customs_value = "Wert"
currency = "Währung"
related_parties = { column = "Verbunden", values = { J = true, N = false } }

[values.countries]
China = "CN"
"156" = "CN"
Japan = "JP"
"""


def mapped(tmp_path: Path, lines: str | bytes, mapping: str = MAPPING) -> Assessed:
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    return assess(write(tmp_path, lines, "own.csv"), sample_schedule(), columns=tmp_path / "mapping.toml")


def row(**changes: str) -> str:
    names = HEADER.split(";")
    return ";".join({**dict(zip(names, ROW.split(";"), strict=True)), **changes}[name] for name in names)


def places(found: Assessed) -> list[tuple[int, str | None, str, str]]:
    return [(one["row"], one["field"], one["code"], one["found"]) for one in told(found)]


def test_a_file_in_its_own_words_owes_what_the_same_line_owes(tmp_path: Path) -> None:
    found = mapped(tmp_path, f"{HEADER}\n{ROW}\n")
    assert told(found) == []
    ours = assessed([GOOD | {"line_id": "A-1", "hs_code": "2846908000", "related_parties": True}])
    assert found.liabilities.to_pylist() == ours.liabilities.to_pylist()
    assert found.columns_not_read == ()


FAULTS = [
    ({"Ursprung": "Chima"}, "Ursprung", "value_untranslated", "'Chima'"),
    ({"Ursprung": "CN"}, "Ursprung", "value_untranslated", "'CN'"),
    ({"Ursprung": "china"}, "Ursprung", "value_untranslated", "'china'"),
    ({"Ursprung": "-"}, "Ursprung", "field_missing", "nothing"),
    ({"Datum": "2025-03-31"}, "Datum", "date_malformed", "'2025-03-31'"),
    ({"Datum": "31.02.2025"}, "Datum", "date_malformed", "'31.02.2025'"),
    ({"Datum": "1.3.2025"}, "Datum", "date_malformed", "'1.3.2025'"),
    ({"Masse": "1.5"}, "Masse", "mass_malformed", "'1.5'"),
    ({"Masse": "1,5e3"}, "Masse", "mass_malformed", "'1,5e3'"),
    ({"Masse": "eine"}, "Masse", "mass_malformed", "'eine'"),
    ({"Masse": "0,0000000001"}, "Masse", "mass_out_of_range", "'0,0000000001'"),
    ({"Masse": "9999999999999999"}, "Masse", "mass_out_of_range", "'9999999999999999'"),
    ({"Masse": "0,0"}, "Masse", "mass_not_positive", "'0.000000', from '0,0'"),
    ({"Einheit": "ST"}, "Einheit", "unit_unknown", "'ST'"),
    ({"Einheit": ""}, "Einheit", "unit_missing", "nothing"),
    ({"Wert": "55,000.00"}, "Wert", "customs_value_malformed", "'55,000.00'"),
    ({"Wert": "5.50"}, "Wert", "customs_value_malformed", "'5.50'"),
    ({"Wert": "-1,00"}, "Wert", "customs_value_negative", "'-1.000000', from '-1,00'"),
    ({"Währung": "USX"}, "Währung", "currency_unknown", "'USX'"),
    ({"Code": "28 46"}, "Code", "hs_code_malformed", "'2846', from '28 46'"),
    ({"Verbunden": "X"}, "Verbunden", "value_untranslated", "'X'"),
]


@pytest.mark.parametrize(("changes", "field", "code", "shown"), FAULTS)
def test_what_cannot_be_told_is_a_problem_of_its_row_in_the_files_words(
    tmp_path: Path, changes: dict[str, str], field: str, code: str, shown: str
) -> None:
    found = mapped(tmp_path, "\n".join([HEADER, ROW, row(Nr="A-2", **changes), row(Nr="A-3")]))
    assert owed(found) == [("A-1", OWED), ("A-3", OWED)]
    assert places(found) == [(2, field, code, shown)]
    assert [(one["line_id"], one["source"]) for one in told(found)] == [("A-2", str(tmp_path / "own.csv"))]


def test_every_fault_of_a_row_is_told_at_once_whoever_finds_it(tmp_path: Path) -> None:
    found = mapped(tmp_path, f"{HEADER}\n{row(Ursprung='?', Datum='?', Währung='USX', Code='28')}\n")
    assert {(field, code) for _, field, code, _ in places(found)} == {
        ("Ursprung", "value_untranslated"),
        ("Datum", "date_malformed"),
        ("Währung", "currency_unknown"),
        ("Code", "hs_code_malformed"),
    }


def test_a_remedy_names_the_files_column(tmp_path: Path) -> None:
    (problem,) = told(mapped(tmp_path, f"{HEADER}\n{row(Währung='')}\n"))
    assert (problem["field"], problem["remedy"]) == ("Währung", "Fill in Währung.")


def test_a_mass_in_pounds_is_exact_and_rounded_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    lines = "\n".join([HEADER, row(Masse="2.204,62", Einheit="LBR"), row(Nr="A-2", Masse="100", Einheit="LBR")])
    found = mapped(tmp_path, lines)
    assert [name for name, _ in owed(found)] == ["A-2"]
    assert places(found) == [(1, "Masse", "mass_out_of_range", "'2.204,62'")]
    rounded = MAPPING.replace('"Masse", unit_by', '"Masse", places = 3, unit_by')
    found = mapped(tmp_path, lines, rounded)
    kilograms = round_to_unit(Decimal("2204.62") * Decimal("0.45359237"), Decimal("0.001"), "half_up")
    ours = assessed([GOOD | {"net_mass_kg": str(kilograms)}])
    assert owed(found)[0][1] == owed(ours)[0][1]


def conversion(unit: str, places: int | None, decimal: str, thousands: str) -> str:
    rounding = "" if places is None else f", places = {places}"
    return MAPPING.replace('unit_by = { column = "Einheit", values = { KGM = "kg", TNE = "t", LBR = "lb" } }', f'unit = "{unit}"{rounding}').replace(
        'decimal = ","\nthousands = "."', f'decimal = "{decimal}"\nthousands = "{thousands}"'
    )  # fmt: skip


UNITS = {"kg": "1", "g": "0.001", "t": "1000", "lb": "0.45359237", "troy_oz": "0.0311034768", "short_ton": "907.18474"}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_numbers_are_converted_to_the_last_digit(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sorted(UNITS)))
    places = data.draw(st.none() | st.integers(0, 6))
    decimal, thousands = data.draw(st.sampled_from([(",", "."), (".", ","), (",", " "), (".", "'")]))
    numbers = data.draw(
        st.lists(st.decimals(0, 10**9, allow_nan=False, places=data.draw(st.integers(0, 8))), min_size=1, max_size=8)
    )
    folder = tmp_path_factory.mktemp("numbers")
    texts = [f"{number:,f}".translate({ord(","): thousands, ord("."): decimal}) for number in numbers]
    (folder / "m.toml").write_text(conversion(unit, places, decimal, thousands), encoding="utf-8")
    (folder / "l.csv").write_text(
        "\n".join([HEADER, *(row(Nr=str(n), Masse=text, Wert="1") for n, text in enumerate(texts))]), encoding="utf-8"
    )
    from footwall.batch.assess import Session
    from footwall.batch.lines import RAW
    from footwall.duties import read_rates

    session = Session.open(folder / "l.csv", sample_schedule(), read_rates(None), columns=folder / "m.toml")
    found = dict(session.connection.execute(f"SELECT line_id, net_mass_kg FROM {RAW}").fetchall())
    for number, value in enumerate(numbers):
        exact = value * Decimal(UNITS[unit])
        expected = exact if places is None else round_to_unit(exact, Decimal(1).scaleb(-places), "half_up")
        fits = expected == round(expected, 6) and expected < 10**15
        assert found.get(str(number)) == (expected if fits else None), (value, unit, places)


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("DD/MM/YYYY", "31/03/2025", "2025-03-31"),
        ("MM/DD/YYYY", "03/31/2025", "2025-03-31"),
        ("YYYYMMDD", "20250331", "2025-03-31"),
        ("YYYY.MM.DD", "2025.03.31", "2025-03-31"),
        ("YYYY-MM-DDThh:mm:sszzz", "2025-03-31T23:59:59+02:00", "2025-03-31"),
        ("YYYYMMDDhhmmsszzz", "20250331010000+01", "2025-03-31"),
        ("YYYYMMDDhhmmsszzz", "20250331250000+01", None),
        ("YYYYMMDD", "20250229", None),
        ("YYYYMMDD", "2025033", None),
        ("DD.MM.YYYY", "31x03x2025", None),
    ],
)
def test_a_day_is_read_in_the_form_that_is_stated_and_in_no_other(
    tmp_path: Path, form: str, text: str, day: str | None
) -> None:
    found = mapped(tmp_path, f"{HEADER}\n{row(Datum=text)}", MAPPING.replace("DD.MM.YYYY", form))
    assert owed(found) == ([("A-1", OWED)] if day else [])
    assert [code for *_, code, _ in places(found)] == ([] if day else ["date_malformed"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252", "iso-8859-15"])
def test_the_encoding_that_the_mapping_states_is_read(tmp_path: Path, encoding: str) -> None:
    stated = "utf-8" if encoding == "utf-8-sig" else encoding
    mapping = MAPPING.replace('separator = ";"', f'separator = ";"\nencoding = "{stated}"')
    found = mapped(tmp_path, f"{HEADER}\n{row(Nr='Ü-1')}\n".encode(encoding), mapping)
    assert owed(found) == [("Ü-1", OWED)]


def test_bytes_in_another_encoding_are_refused_or_told(tmp_path: Path) -> None:
    with pytest.raises(LinesError) as refused:
        mapped(tmp_path, f"{HEADER}\n{ROW}\n".encode("latin-1"))
    assert refused.value.problems[0].code == "encoding_unknown"
    good = HEADER.replace("ä", "ae")
    mapping = MAPPING.replace('"Währung"', '"Waehrung"')
    found = mapped(tmp_path, f"{good}\n{ROW}\n{row(Nr='Ü')}\n".encode("latin-1"), mapping)
    assert owed(found) == [("A-1", OWED)]
    assert places(found) == [(2, None, "record_unreadable", "bytes that are not UTF-8")]


def test_ragged_records_are_told_with_their_numbers(tmp_path: Path) -> None:
    found = mapped(
        tmp_path, "\n".join([HEADER, ROW, ROW + ";more", "", ";;", row(Nr="A-4", Ursprung="?"), row(Nr="A-5")])
    )
    assert owed(found) == [("A-1", OWED), ("A-5", OWED)]
    assert [(number, code) for number, _, code, _ in places(found)] == [
        (2, "record_unreadable"),
        (3, "record_empty"),
        (4, "value_untranslated"),
    ]


@pytest.mark.parametrize(
    ("header", "code", "remedy"),
    [
        (HEADER.replace("Masse", "masse"), "column_missing", "Write it as the file does: 'masse'."),
        (HEADER.replace("Masse", "Ma sse"), "column_missing", "Write it as the file does: 'Ma sse'."),
        (HEADER.replace("Masse", "Massen"), "column_missing", "Did you mean 'Massen'?"),
        (HEADER.replace("Masse", "Gewicht"), "column_missing", "Name a column of the file."),
        (HEADER.replace("Notiz", "Masse"), "column_repeated", "Rename one of them in the file."),
    ],
)
def test_a_mapping_that_does_not_fit_the_header_is_refused(tmp_path: Path, header: str, code: str, remedy: str) -> None:
    with pytest.raises(ColumnsError) as refused:
        mapped(tmp_path, f"{header}\n{ROW}\n")
    (problem,) = refused.value.problems
    assert (problem.field, problem.code, problem.remedy) == ("columns.net_mass_kg", code, remedy)


def test_blanks_around_the_names_of_a_header_do_not_count_and_unasked_names_may_repeat(tmp_path: Path) -> None:
    found = mapped(tmp_path, f"{HEADER.replace(';', ' ; ')};Notiz;x\n{ROW};1;2\n")
    assert owed(found) == [("A-1", OWED)]
    assert found.columns_not_read == ("x",)


def test_another_separator_is_told(tmp_path: Path) -> None:
    with pytest.raises(LinesError) as refused:
        mapped(tmp_path, f"{HEADER}\n{ROW}\n".replace(";", "\t"))
    assert refused.value.problems[0].code == "separator_unknown"


def test_parts_are_joined_and_summed_only_where_all_are_there(tmp_path: Path) -> None:
    header = f"{HEADER};Pos;Fracht;Prämie"
    extra = 'freight_insurance = { sum = ["Fracht", "Prämie"] }'
    mapping = MAPPING.replace('line_id = "Nr"', f'line_id = {{ join = ["Nr", "Pos"], between = "/" }}\n{extra}')
    rows = [f"{ROW};1;1.000,50;99,50", f"{ROW};2;;", f"{ROW};3;5,0;", f"{ROW};;1,0;1,0"]
    found = mapped(tmp_path, "\n".join([header, *rows]), mapping)
    assert [name for name, _ in owed(found)] == ["A-1/1", "A-1/2"]
    assert places(found) == [(3, "Prämie", "part_missing", "nothing"), (4, "Pos", "part_missing", "nothing")]


def test_amounts_in_another_currency_than_the_lines_are_told(tmp_path: Path) -> None:
    mapping = (
        MAPPING + ""
        if False
        else MAPPING.replace(
            'customs_value = "Wert"',
            'customs_value = "Wert"\nfreight_insurance = { column = "Fracht", currency_column = "FW" }',
        )
    )
    rows = [f"{ROW};1,0;USD", f"{row(Nr='A-2')};1,0;EUR", f"{row(Nr='A-3')};1,0;", f"{row(Nr='A-4')};;EUR"]
    found = mapped(tmp_path, "\n".join([f"{HEADER};Fracht;FW", *rows]), mapping)
    assert [name for name, _ in owed(found)] == ["A-1", "A-4"]
    assert places(found) == [(2, "FW", "currency_mixed", "'EUR'"), (3, "FW", "currency_mixed", "no currency")]


def test_of_several_columns_the_first_that_states_something_counts_and_otherwise_fills_in(tmp_path: Path) -> None:
    mapping = MAPPING.replace('{ column = "Ursprung",', '{ first = ["Präferenz", "Ursprung"], otherwise = "CN",')
    rows = [f"{ROW};Japan", f"{row(Nr='A-2')};", f"{row(Nr='A-3', Ursprung='')};-", f"{row(Nr='A-4')};?"]
    found = mapped(tmp_path, "\n".join([f"{HEADER};Präferenz", *rows]), mapping)
    assert owed(found) == [("A-1", Decimal("2035.00")), ("A-2", OWED), ("A-3", OWED)]
    assert places(found) == [(4, "Präferenz", "value_untranslated", "'?'")]


def test_the_programme_of_a_certificate_is_translated(tmp_path: Path) -> None:
    mapping = MAPPING.replace(
        "[values.countries]",
        'preference_certificate = { column = "Nachweis", values = { U110 = "EPA" } }\n[values.countries]',
    )
    rows = [f"{ROW};U110:77", f"{row(Nr='A-2')};U999:1", f"{row(Nr='A-3')};"]
    found = mapped(tmp_path, "\n".join([f"{HEADER};Nachweis", *rows]), mapping)
    assert [name for name, _ in owed(found)] == ["A-1", "A-3"]
    assert places(found) == [(2, "Nachweis", "value_untranslated", "'U999:1'")]


TABLE = {
    "Nr": ["A-1", "A-2", None],
    "Datum": [date(2025, 3, 31), date(2025, 3, 31), date(2025, 3, 31)],
    "Ursprung": ["China", "?", "Japan"],
    "Code": ["2846908000"] * 3,
    "Masse": [1.0, 2.5, 1.0],
    "Einheit": ["TNE"] * 3,
    "Wert": [Decimal("55000.00")] * 3,
    "Währung": ["USD"] * 3,
    "Verbunden": [None] * 3,
}


@pytest.mark.parametrize("kind", ["parquet", "arrow", "dicts", "timestamps"])
def test_tables_and_parquet_files_are_mapped_too(tmp_path: Path, kind: str) -> None:
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    table = pa.table(TABLE)
    lines: Any = table
    if kind == "timestamps":
        lines = table.set_column(1, "Datum", pa.array([datetime(2025, 3, 31)] * 3, pa.timestamp("us")))  # noqa: DTZ001 - customs days have no zone
    if kind == "parquet":
        lines = tmp_path / "own.parquet"
        pq.write_table(table, lines)
    if kind == "dicts":
        lines = [{**one, "Datum": "31.03.2025", "Masse": "1,0", "Wert": "55.000,00"} for one in table.to_pylist()]
    found = assess(lines, sample_schedule(), columns=tmp_path / "m.toml")
    assert owed(found) == [("A-1", OWED)]
    assert [place[:3] for place in places(found)] == [(2, "Ursprung", "value_untranslated"), (3, "Nr", "field_missing")]


def test_a_mapped_file_is_written_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    lines = write(tmp_path, "\n".join([HEADER, ROW, row(Ursprung="?")]), "own.csv")
    for out in ("owed.csv", "owed"):
        outcome = assess_file(lines, tmp_path / out, sample_schedule(), columns=tmp_path / "m.toml")
        assert (outcome.lines, outcome.problems) == (1, 1)


def test_random_lines_in_their_own_words_owe_what_they_owe_in_ours(tmp_path: Path) -> None:
    """A thousand lines written both ways: the liabilities are the same to the cent, and in the same order."""
    import random

    numbers = random.Random(4)  # noqa: S311 - no secret
    ours, theirs = [], [HEADER]
    for number in range(1000):
        mass, value = numbers.randrange(1, 10**9), numbers.randrange(1, 10**10)
        origin = numbers.choice(["CN", "JP"])
        ours.append(
            GOOD | {"line_id": str(number), "origin": origin, "net_mass_kg": f"{Decimal(mass) / 1000:f}", "customs_value": f"{Decimal(value) / 100:f}", "hs_code": "2846908000"}
        )  # fmt: skip
        text = f"{Decimal(value) / 100:,.2f}".translate({ord(","): ".", ord("."): ","})
        weight = f"{Decimal(mass) / 1000000:f}".replace(".", ",")
        theirs.append(
            row(Nr=str(number), Ursprung={"CN": "156", "JP": "Japan"}[origin], Masse=weight, Wert=text, Verbunden="")
        )
    found = mapped(tmp_path, "\n".join(theirs))
    assert told(found) == []
    assert found.liabilities.to_pylist() == assessed(ours).liabilities.to_pylist()


def test_records_read_by_themselves_lose_no_row_that_could_not_be_mapped(tmp_path: Path) -> None:
    from footwall.batch import read_records

    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    good = read_records(write(tmp_path, f"{HEADER}\n{ROW}\n", "own.csv"), tmp_path / "m.toml")
    assert [(one["line_id"], one["origin"], one["net_mass_kg"]) for one in good] == [("A-1", "CN", Decimal(1000))]
    with pytest.raises(LinesError) as refused:
        read_records(
            write(tmp_path, f"{HEADER}\n{ROW}\n{row(Ursprung='?', Einheit='?')}\n", "own.csv"), tmp_path / "m.toml"
        )
    assert [(one.row, one.field) for one in refused.value.problems] == [(2, "Ursprung"), (2, "Einheit")]
