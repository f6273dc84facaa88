"""What the documents show is what a reader gets: their commands and their Python are run, and compared to the letter."""

import doctest
import re
from pathlib import Path

import pytest
from doc_support import DOCUMENTS, ROOT, Command, beside, commands, printed

COMMANDS = [command for document in DOCUMENTS for command in commands(document) if command.runs]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


@pytest.fixture(scope="module")
def folder(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beside(example_folder, tmp_path_factory.mktemp("reader"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.document.name}: {command.text[:60]}")
def test_a_command_prints_what_the_document_shows(command: Command, folder: Path) -> None:
    assert printed(command.text, folder) == command.printed


def test_the_readme_shows_commands_to_run() -> None:
    assert sum(command.document.name == "README.md" for command in COMMANDS) >= 5


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
