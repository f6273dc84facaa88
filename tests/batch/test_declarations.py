"""XML declarations: lines written and read back are the same; what cannot be told is told by its path; hostile files are refused."""

import random
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from batch_samples import GOOD, assessed, line, owed, told, write
from declaration_writer import NAMESPACE, PROCEDURES, written

from footwall.batch.columns.declarations import DEPTH_MAX, TOKEN_BYTES_MAX
from footwall.batch.columns.mapping_file import shipped_text
from footwall.batch.kinds import looks_like_xml
from footwall.batch.lines import RAW, open_lines
from footwall.errors import LinesError

ITEM = "GoodsShipment/GovernmentAgencyGoodsItem"
OWED = Decimal("55000.00")


def first() -> dict[str, str]:
    return {name: str(value) for name, value in line(line_id="24GB1/1").items()}


def xml(*changes: tuple[str, str], lines: int = 2) -> str:
    text = written([{**first(), "line_id": f"24GB1/{number}"} for number in range(1, lines + 1)])
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def refusal(tmp_path: Path, data: str | bytes) -> tuple[str, str]:
    with pytest.raises(LinesError) as refused:
        assessed(write(tmp_path, data, "d.xml"))
    (problem,) = refused.value.problems
    assert problem.source == str(tmp_path / "d.xml")
    assert problem.remedy
    return problem.code, problem.found


def random_lines(count: int) -> list[dict[str, str]]:
    numbers = random.Random(11)  # noqa: S311 - no secret
    lines: list[dict[str, str]] = []
    for declaration in range(count // 4):
        shipment = {
            "importer": numbers.choice(["US", "JP"]),
            "entry_date": f"{numbers.choice([2024, 2025])}-0{numbers.randrange(1, 10)}-1{numbers.randrange(10)}",
            "valuation_basis": numbers.choice(["fob", "cif", ""]),
        }
        lines += [
            {
                **shipment,
                "line_id": f"MRN & <{declaration}>/{item}",
                "origin": numbers.choice(["CN", "JP", "MY"]),
                "hs_code": numbers.choice(["28469080", "2846908090", "284690"]),
                "form": numbers.choice(["ndpr-oxide", "", "öxide"]),
                "net_mass_kg": f"{Decimal(numbers.randrange(10**9)) / 10 ** numbers.randrange(6):f}",
                "customs_value": f"{Decimal(numbers.randrange(10**9)) / 100:f}",
                "currency": numbers.choice(["USD", "EUR"]),
                "freight_insurance": numbers.choice(["", "12.50"]),
                "entry_type": numbers.choice(sorted(PROCEDURES)),
            }
            for item in range(1, numbers.randrange(1, 8))
        ]
    return lines


def test_lines_that_are_written_as_declarations_are_read_back_as_they_were(tmp_path: Path) -> None:
    import duckdb

    lines = random_lines(400)
    connection = duckdb.connect()
    raw = open_lines(connection, write(tmp_path, written(lines), "d.xml"))
    names = [name for name in raw.columns if name in lines[0]]
    assert set(names) == set(lines[0])
    chosen = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in names)
    found = connection.execute(f"SELECT {chosen} FROM {RAW} ORDER BY source_row").fetchall()
    assert [dict(zip(names, row, strict=True)) for row in found] == [
        {**one, "net_mass_kg": f"{Decimal(one['net_mass_kg']):.6f}"} for one in lines
    ]


def test_declarations_owe_what_their_lines_owe(tmp_path: Path) -> None:
    lines = [one for one in random_lines(400) if one["currency"] == "USD" and one["form"] == "ndpr-oxide"]
    found, ours = assessed(write(tmp_path, written(lines), "d.xml")), assessed(lines)
    assert found.liabilities.to_pylist() == ours.liabilities.to_pylist()
    assert len(found.liabilities) > 20
    assert [(one["row"], one["code"]) for one in told(found)] == [(one["row"], one["code"]) for one in told(ours)]


BOTH_CODES = " + Declaration[1]/".join(
    f"{ITEM}[1]/Commodity/Classification[IdentificationTypeCode={kinds}]/ID" for kinds in ("TSP|HS", "TRC")
)
FAULTS: list[tuple[tuple[str, str], str, str, str]] = [
    (('unitCode="KGM"', 'unitCode="XXX"'), f"{ITEM}[1]/Commodity/GoodsMeasure/NetNetWeightMeasure/@unitCode", "unit_unknown", "'XXX'"),
    ((' unitCode="KGM"', ""), f"{ITEM}[1]/Commodity/GoodsMeasure/NetNetWeightMeasure/@unitCode", "unit_missing", "nothing"),
    ((">1000<", ">1.000,5<"), f"{ITEM}[1]/Commodity/GoodsMeasure/NetNetWeightMeasure", "mass_malformed", "'1.000,5'"),
    ((">55000<", ">-1<"), f"{ITEM}[1]/Commodity/InvoiceLine/ItemChargeAmount", "customs_value_negative", "'-1'"),
    ((' currencyID="USD"', ""), f"{ITEM}[1]/Commodity/InvoiceLine/ItemChargeAmount/@currencyID", "field_missing", "nothing"),
    (("<CountryCode>CN", "<CountryCode>ZZ"), f"{ITEM}[1]/Origin[!TypeCode]/CountryCode", "country_unknown", "'ZZ'"),
    (("<CountryCode>CN</CountryCode>", "<CountryCode>CN</CountryCode><CountryCode>JP</CountryCode>"),
     f"{ITEM}[1]/Origin[!TypeCode]/CountryCode", "element_repeated", "'CN' + 'JP'"),
    (("<SequenceNumeric>1</SequenceNumeric>", ""), f"{ITEM}[1]/SequenceNumeric", "part_missing", "nothing"),
    (("<CurrentCode>40", "<CurrentCode>99"),
     f"{ITEM}[1]/GovernmentProcedure[PreviousCode]/{{CurrentCode}}{{PreviousCode}}", "value_untranslated", "'9900'"),
    (("<ID>28469080<", "<ID>1<"),
     BOTH_CODES, "hs_code_malformed", "'1'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path", "code", "shown"), FAULTS)
def test_what_cannot_be_told_is_told_by_its_path(
    tmp_path: Path, change: tuple[str, str], path: str, code: str, shown: str
) -> None:
    found = assessed(write(tmp_path, xml(change), "d.xml"))
    assert owed(found) == [("24GB1/2", OWED)]
    assert [(one["row"], one["field"], one["code"], one["found"]) for one in told(found)] == [
        (1, f"Declaration[1]/{path}", code, shown)
    ]


def test_items_of_one_number_are_all_told_also_in_two_declarations_of_one_name(tmp_path: Path) -> None:
    found = assessed(write(tmp_path, xml(("<SequenceNumeric>2", "<SequenceNumeric>1"), lines=3), "d.xml"))
    assert owed(found) == [("24GB1/3", OWED)]
    assert [(one["row"], one["code"], one["found"]) for one in told(found)] == [
        (1, "item_repeated", "'24GB1/1'"),
        (2, "item_repeated", "'24GB1/1'"),
    ]
    twice = written([first()]).replace("</md:MetaData>", "") + written([first()]).split("DEC</md:WCOTypeName>\n")[1]
    assert [one["code"] for one in told(assessed(write(tmp_path, twice, "d.xml")))] == ["item_repeated"] * 2


def test_what_the_item_says_goes_before_what_the_shipment_says(tmp_path: Path) -> None:
    terms = "<TradeTerms><ConditionCode>{}</ConditionCode></TradeTerms>"
    shipment = (
        "    </GoodsShipment>",
        f"<Origin><CountryCode>JP</CountryCode></Origin>{terms.format('CIF')}</GoodsShipment>",
    )
    own = ("        <Origin>\n          <CountryCode>CN</CountryCode>\n        </Origin>\n", "")
    found = assessed(write(tmp_path, xml(shipment, own), "d.xml"))
    assert told(found)[0]["code"] == "freight_missing"  # the terms of the shipment, which stand after its items
    found = assessed(write(tmp_path, xml((shipment[0], shipment[1].replace("CIF", "FOB")), own), "d.xml"))
    assert owed(found) == [("24GB1/1", Decimal("2035.00")), ("24GB1/2", OWED)]


def test_the_non_preferential_origin_counts_where_several_are_stated(tmp_path: Path) -> None:
    kinds = "".join(
        f"<Origin><CountryCode>{c}</CountryCode><TypeCode>{t}</TypeCode></Origin>" for c, t in (("JP", 2), ("CN", 1))
    )
    own = "        <Origin>\n          <CountryCode>CN</CountryCode>\n        </Origin>\n"
    assert owed(assessed(write(tmp_path, xml((own, kinds), lines=1), "d.xml"))) == [("24GB1/1", OWED)]


def test_terms_that_do_not_tell_the_basis_are_a_problem_and_no_guess(tmp_path: Path) -> None:
    text = xml(("    </GoodsShipment>", "<TradeTerms><ConditionCode>DAP</ConditionCode></TradeTerms></GoodsShipment>"))
    found = assessed(write(tmp_path, text, "d.xml"))
    assert [(one["field"], one["code"]) for one in told(found)] == [
        ("Declaration[1]/GoodsShipment/TradeTerms/ConditionCode", "value_untranslated")
    ] * 2


def test_freight_in_another_currency_than_the_value_is_told(tmp_path: Path) -> None:
    amount = (
        "<CustomsValuation><ExitToEntryChargeAmount currencyID='EUR'>5</ExitToEntryChargeAmount></CustomsValuation>"
    )
    found = assessed(write(tmp_path, xml(("        <GovernmentProcedure>", f"{amount}<GovernmentProcedure>")), "d.xml"))
    assert owed(found) == [("24GB1/2", OWED)]
    assert [(one["code"], one["found"]) for one in told(found)] == [("currency_mixed", "'EUR'")]


def test_grams_tonnes_and_pounds_become_kilograms(tmp_path: Path) -> None:
    for unit, mass in (("GRM", "1000000"), ("TNE", "1.000"), ("LBR", "2204.62262184877580722972")):
        text = xml(('unitCode="KGM">1000', f'unitCode="{unit}">{mass}'), lines=1)
        found = assessed(write(tmp_path, text, "d.xml"))
        assert (owed(found), [one["code"] for one in told(found)]) == (
            ([("24GB1/1", OWED)], []) if unit != "LBR" else ([], ["mass_out_of_range"])
        )


@pytest.mark.parametrize("form", [("102", "20250331"), ("304", "20250331235959+01"), ("203", "202503310000")])
def test_the_day_of_acceptance_is_read_in_the_form_that_it_names(tmp_path: Path, form: tuple[str, str]) -> None:
    stated = f'formatCode="{form[0]}">{form[1]}'
    assert owed(assessed(write(tmp_path, xml(('formatCode="102">20250331', stated), lines=1), "d.xml"))) == [
        ("24GB1/1", OWED)
    ]
    wrong = stated.replace(form[0], "999", 1)
    found = assessed(write(tmp_path, xml(('formatCode="102">20250331', wrong), lines=1), "d.xml"))
    assert [(one["code"], one["found"]) for one in told(found)] == [("date_form_unknown", "'999'")]


def test_a_certificate_is_told_with_its_programme_by_a_dialect_of_ones_own(tmp_path: Path) -> None:
    document = (
        "<AdditionalDocument><CategoryCode>U</CategoryCode><TypeCode>110</TypeCode><ID>77</ID></AdditionalDocument>"
    )
    path = write(tmp_path, xml(("        <Commodity>", f"{document}{document}        <Commodity>"), lines=1), "d.xml")
    import duckdb

    connection = duckdb.connect()
    raw = open_lines(connection, path)
    assert raw.columns["preference_certificate"] == "VARCHAR"
    assert connection.execute(f"SELECT preference_certificate FROM {RAW}").fetchall() == [("U110:77 U110:77",)]
    own = shipped_text("wco").replace('{TypeCode}:{ID}"]', '{TypeCode}:{ID}"]\nvalues = { U110 = "EPA" }')
    raw = open_lines(connection, path, write(tmp_path, own, "own.toml"))
    assert connection.execute(f"SELECT preference_certificate FROM {RAW}").fetchall() == [("EPA:77 EPA:77",)]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("latin-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
    ],
)
def test_the_encoding_that_the_file_declares_is_read(tmp_path: Path, encoding: str, declared: str) -> None:
    text = xml(("<ID>24GB1", "<ID>Ü"), lines=1).replace('encoding="UTF-8"', f'encoding="{declared}"')
    assert owed(assessed(write(tmp_path, text.encode(encoding), "any name"))) == [("Ü/1", OWED)]


def test_a_file_is_known_as_xml_by_what_it_begins_with() -> None:
    for text in ("<?xml", "  <Declaration>", "<!-- x -->", "<_a"):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be"):
            assert looks_like_xml(text.encode(encoding)), (text, encoding)
    for data in (b"", b"line_id,origin", b"<", b"< 5", b"PAR1", b"\xff\xfe", b"\x00\x00"):
        assert not looks_like_xml(data)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": (f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l9;</x>', "doctype_refused"),
    "external entity": ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "doctype_refused"),
    "external document type": ('<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><x/>', "doctype_refused"),
    "an entity nobody declared": ("<x>&nobody;</x>", "file_damaged"),
    "deep": ("<x>" * (DEPTH_MAX + 1), "file_damaged"),
    "a long attribute": (f'<x a="{"y" * (TOKEN_BYTES_MAX + 600_000)}"/>', "file_damaged"),
    "a comment without an end": (f"<x><!--{'y' * (TOKEN_BYTES_MAX + 600_000)}", "file_damaged"),
    "no XML after all": ("<x", "file_damaged"),
    "two roots": ("<x/><y/>", "file_damaged"),
    "an encoding nobody knows": ('<?xml version="1.0" encoding="klingon"?><x/>', "encoding_unknown"),
    "no declaration": ("<x><y/></x>", "declaration_missing"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_whole(tmp_path: Path, name: str) -> None:
    text, code = HOSTILE[name]
    assert refusal(tmp_path, text)[0] == code


def test_a_hundred_megabytes_of_nesting_or_of_one_token_cost_neither_time_nor_memory(tmp_path: Path) -> None:
    path = tmp_path / "d.xml"
    for piece in (b"<Declaration>" * 80_000, b"<x " + b"y" * 1_000_000):
        with path.open("wb") as file:
            for _ in range(100):
                file.write(piece)
        tracemalloc.start()
        with pytest.raises(LinesError):
            assessed(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 60 * 1024 * 1024


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_truncated_file_is_refused_whole_with_its_line(tmp_path: Path, share: float) -> None:
    text = xml(lines=20)
    path = write(tmp_path, text[: int(len(text) * share)], "d.xml")
    with pytest.raises(LinesError) as refused:
        assessed(path)
    (problem,) = refused.value.problems
    assert problem.code == "file_damaged"
    assert problem.line == text[: int(len(text) * share)].count("\n") + 1


def test_bytes_that_are_not_as_declared_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, xml(("<ID>24GB1", "<ID>Ü")).encode("latin-1"))[0] == "file_damaged"


def test_another_namespace_is_told_and_none_is_another(tmp_path: Path) -> None:
    code, found = refusal(tmp_path, xml((NAMESPACE, "urn:example:other")))
    assert (code, found) == ("namespace_unknown", "Declaration in urn:example:other")
    code, found = refusal(tmp_path, xml((f' xmlns="{NAMESPACE}"', "")))
    assert (code, found) == ("namespace_unknown", "Declaration in no namespace")


def test_a_goods_item_in_another_namespace_and_a_declaration_without_items_are_told(tmp_path: Path) -> None:
    text = xml(("<GovernmentAgencyGoodsItem>", '<GovernmentAgencyGoodsItem xmlns="urn:x">'))
    found = assessed(write(tmp_path, text, "d.xml"))
    assert owed(found) == [("24GB1/2", OWED)]
    assert [(one["field"], one["code"]) for one in told(found)] == [
        ("Declaration[1]/GovernmentAgencyGoodsItem", "namespace_unknown")
    ]
    found = assessed(write(tmp_path, xml().replace("GovernmentAgencyGoodsItem", "Other"), "d.xml"))
    assert [(one["field"], one["code"]) for one in told(found)] == [(f"Declaration[1]/{ITEM}", "items_missing")]


def test_a_mapping_of_columns_reads_no_xml_and_one_of_xml_no_columns(tmp_path: Path) -> None:
    from test_mapping_files import mapping_text

    own = write(tmp_path, mapping_text(), "own.toml")
    declarations = write(tmp_path, xml(), "d.xml")
    for lines, columns, code in (
        (declarations, own, "xml_not_mapped"),
        (write(tmp_path, "a,b\n"), "wco", "xml_missing"),
        ([GOOD], "wco", "xml_missing"),
    ):
        with pytest.raises(LinesError) as refused:
            assess_with(lines, columns)
        assert refused.value.problems[0].code == code


def assess_with(lines: Any, columns: Any) -> Any:
    from batch_samples import sample_schedule

    from footwall.batch import assess

    return assess(lines, sample_schedule(), columns=columns)


def test_the_sample_of_the_documents_is_read(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "docs" / "examples" / "declarations.xml"
    assert "synthetic" in sample.read_text(encoding="utf-8")
    found = assessed(sample)
    assert len(found.liabilities) + len({one["row"] for one in told(found)}) == 4
