"""What the documents show is what a reader gets: their commands and their Python are run, and compared to the letter."""

import doctest
import re
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from doc_support import DOCUMENTS, ROOT, beside, commands, printed, serving

from footwall.desk import open_zone

SHOWING = [document for document in DOCUMENTS if any(command.runs for command in commands(document))]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


@pytest.fixture
def folder(example_folder: Path, tmp_path: Path) -> Path:
    return beside(example_folder, tmp_path)


@pytest.fixture(scope="module")
def served(example_folder: Path) -> Iterator[Path]:
    """The socket of a process that forks for our program; the path of a socket must be short."""
    with tempfile.TemporaryDirectory() as short, serving(example_folder, Path(short)) as place:
        yield place


@pytest.mark.parametrize("document", SHOWING, ids=lambda document: document.name)
def test_the_commands_of_a_document_print_what_it_shows(document: Path, folder: Path, served: Path) -> None:
    for command in commands(document):
        if command.runs:
            assert printed(command.text, folder, served) == command.printed, command.text


def test_a_command_that_is_served_ends_as_the_program_itself(folder: Path, served: Path) -> None:
    """Its words, its environment, its folder and its status are those of a process of its own."""
    for command in (
        "footwall member JP --zone zone; echo $?",
        "cd zone; echo 1,2 | COLUMNS=60 footwall replay /dev/stdin 2>&1; echo $?",
    ):
        assert printed(command, folder, served) == printed(command, folder), command


def test_the_readme_and_the_recipes_show_commands_to_run() -> None:
    assert {document.name for document in SHOWING} >= {"README.md", "CONTRIBUTING.md"}
    assert sum(command.runs for command in commands(ROOT / "README.md")) >= 5


def test_the_pictures_are_drawn_again_as_they_are(
    example_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = spec_from_file_location("pictures", ROOT / "docs" / "pictures.py")
    assert pictures is not None
    assert pictures.loader is not None
    module = module_from_spec(pictures)
    pictures.loader.exec_module(module)
    module.main(example_folder, tmp_path)
    monkeypatch.syspath_prepend(ROOT / "docs")
    import_module("thin_markets_picture").main(tmp_path)
    for image in sorted((ROOT / "docs" / "images").glob("*.svg")):
        assert (tmp_path / image.name).read_text(encoding="utf-8") == image.read_text(encoding="utf-8"), image.name


def test_what_is_shown_of_thin_markets_is_what_the_zone_has_recorded(
    example_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program walks only three forms and from late on; the zone walks all of them from the first day."""
    monkeypatch.syspath_prepend(ROOT / "docs")
    thin_markets = import_module("thin_markets")
    zone = open_zone(example_folder)
    for form in thin_markets.FORMS:
        recorded = {point.on: point.reference.price for point in zone.history(form)}
        for day, prices in thin_markets.walked().items():
            if day >= min(thin_markets.SHOWN):
                assert prices[form].price == recorded[day], (form, day)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_python_of_a_document_does_what_it_shows(
    document: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    found = doctest.testfile(str(document), module_relative=False, optionflags=doctest.ELLIPSIS, encoding="utf-8")
    assert found.failed == 0
    for block in re.findall(r"^```python\n(.*?)^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if ">>>" not in block:
            exec(compile(block, str(document), "exec"), {})  # noqa: S102 - our own documents


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    missing = [
        link for link in LINK.findall(document.read_text(encoding="utf-8")) if not (document.parent / link).exists()
    ]
    assert missing == []


def test_every_column_and_every_code_of_lines_is_explained() -> None:
    from footwall.cli.words import REASONS
    from footwall.duties import LIABILITY_COLUMNS, NOT_READ, OPTIONAL, REQUIRED, STEP_COLUMNS

    explained = set(re.findall(r"`([a-z_0-9]+)`", (ROOT / "docs" / "lines.md").read_text(encoding="utf-8")))
    columns = {name for name in LIABILITY_COLUMNS if not name.endswith("_unknown")}
    assert {*REQUIRED, *OPTIONAL, *NOT_READ, *columns, *STEP_COLUMNS, *REASONS} <= explained
    assert codes_of_problems() <= explained, codes_of_problems() - explained


def codes_of_problems() -> set[str]:
    """Every code that reading and resolving a line, or opening a file of them, can give."""
    import ast

    source = ROOT / "src" / "footwall"
    found: set[str] = set()
    for path in (source / "duties" / "read.py", source / "duties" / "resolve.py", source / "batch" / "lines.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if CODE.fullmatch(node.value) else set()
    return found


CODE = re.compile(
    r"[a-z_]+_(missing|malformed|unknown|too_long|out_of_range|negative|not_positive|not_assessed|too_large|ambiguous"
    r"|contradicts_code|above_value|outside_schedule|conflict|empty|damaged|repeated|unreadable)"
)


def test_every_field_of_a_measure_is_explained() -> None:
    from dataclasses import fields

    import footwall as fw

    explained = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")))
    assert {field.name for field in fields(fw.Measure)} <= explained


def test_every_code_that_refuses_a_schedule_is_explained() -> None:
    explained = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "schedules.md").read_text(encoding="utf-8")))
    codes = codes_of_schedules()
    assert len(codes) > 60
    assert codes <= explained, codes - explained


def codes_of_schedules() -> set[str]:
    """Every code with which a file of measures, a list of them or a candidate can be refused."""
    import ast
    from dataclasses import fields

    from footwall.tariffs import Measure

    room = ROOT / "src" / "footwall" / "tariffs"
    words = ("role", "method", "cap", "shipment", "rounding_mode", "form", "currency", "contained")
    found = {*(f"{word}_unknown" for word in words), "importers_missing", "origins_missing"}
    modules = [
        *room.joinpath("measures").glob("*.py"),
        *(room / f"{name}.py" for name in ("schedule", "cover", "candidate")),
    ]
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Tuple(
                    elts=[_, ast.Constant(value=str(code)), _, _, _] | [ast.Constant(value=str(code)), _, _, _]
                ):
                    found.add(code)
                case ast.Tuple(elts=[_, ast.Constant(value=str(code)), *_, ast.Starred()]):
                    found.add(code)
                case ast.Call(func=ast.Name(id="Problem" | "MisreadError"), args=[ast.Constant(value=str(code)), *_]):
                    found.add(code)
                case ast.Call(func=ast.Name(id="_fault"), args=[_, _, ast.Constant(value=str(code)), *_]):
                    found.add(code)
                case ast.keyword(arg="code", value=ast.Constant(value=str(code))):
                    found.add(code)
    found -= {field.name for field in fields(Measure)}  # a list of fields is no fault
    return {code for code in found if re.fullmatch(r"[a-z]+(_[a-z]+)+", code)}


def test_every_element_key_and_code_of_interchange_is_explained() -> None:
    from footwall.batch.columns.mapping import Elements, Layout, Source
    from footwall.batch.columns.mapping_file import load_mapping

    text = (ROOT / "docs" / "interchange.md").read_text(encoding="utf-8").replace("\\|", "|")
    explained = set(re.findall(r"`([^`\n]+)`", text))
    mapping = load_mapping("wco")
    assert mapping.elements is not None
    for ours, source in mapping.columns.items():
        assert ours in explained
        for name in source.named:
            short = name.replace(mapping.elements.item, "…")
            assert short in explained or short.endswith("/@currencyID"), name
    assert {*Source.model_fields, *Elements.model_fields, *Layout.model_fields} <= explained
    codes = set(
        re.findall(r'"([a-z_]+_(?:missing|unknown|mixed|repeated|untranslated|refused|mapped))"', interchange_code())
    )
    known = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "lines.md").read_text(encoding="utf-8")))
    assert codes - {"unit_missing", "unit_unknown"} <= explained | known | {"form_missing", "form_unknown"}


def interchange_code() -> str:
    room = ROOT / "src" / "footwall" / "batch" / "columns"
    names = ("conversion", "declarations", "mapped", "mapping_file", "own", "telling")
    return "".join((room / f"{name}.py").read_text(encoding="utf-8") for name in names)


def test_the_mapping_that_interchange_shows_is_the_one_that_is_run() -> None:
    shown = (ROOT / "docs" / "interchange.md").read_text(encoding="utf-8")
    assert (ROOT / "docs" / "examples" / "export.toml").read_text(encoding="utf-8") in shown
