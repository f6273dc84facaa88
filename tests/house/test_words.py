"""What a reader should never meet: things put off, the names of machines it was written on, an article that does not fit."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import footwall

ROOT = Path(footwall.__file__).parents[2]
PUT_OFF = re.compile(r"\b(TODO|FIXME|XXX|HACK|for now|not implemented|NotImplemented)\b")
FILLED_IN = "\0"  # stands for what an f-string fills in: which article it takes is not known when it is written
ARTICLE = re.compile(r"\b(an?) ['\"`(]?([A-Za-z0]+|\0)", re.IGNORECASE)
VOWEL = re.compile(r"(?!u(ni|s[aeiu]|ti)|eu|one\b|once\b)[aeiou]|hour|honest|HS\b|SQL|SHA\b|MFN\b|f\b", re.IGNORECASE)
TEXTS = ("*.py", "*.pyi", "*.toml", "*.md", "*.lock", "*.html")


def texts() -> list[Path]:
    folders = (ROOT / "src", ROOT / "docs", ROOT / "bench", ROOT / "cases", ROOT / "requirements")
    found = [path for folder in folders for pattern in TEXTS for path in folder.rglob(pattern)]
    return sorted({*found, *ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"})


def test_nothing_is_put_off() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in texts()
        for match in PUT_OFF.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_locks_name_packages_and_hashes_and_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        lines = lock.read_text(encoding="utf-8").splitlines()
        hosts = [line for line in lines if re.search(r"https?://|file:|index-url|find-links", line)]
        assert hosts == [], lock.name
        packages = [line for line in lines if re.match(r"[a-z0-9]", line)]
        assert packages, lock.name
        assert all("==" in line and line.endswith("\\") for line in packages), lock.name


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(v.value) if isinstance(v, ast.Constant) else FILLED_IN for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def misfits(text: str) -> list[str]:
    """Every article in `text` that does not fit the word after it, or stands before a word filled in later."""
    return [
        match[0]
        for match in ARTICLE.finditer(text)
        if match[2] == FILLED_IN or (match[1].lower() == "an") != bool(VOWEL.match(match[2]))
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a importer", ["a importer"]),
        ("an price, a 'ore'", ["an price", "a 'ore"]),
        ("a \0 rule", ["a \0"]),
        ("an importer, a union, a unit, an HS code, a one-off, an undercut, a price, A day, an SQL text", []),
    ],
)
def test_a_misfit_is_told_from_an_article_that_fits(text: str, found: list[str]) -> None:
    assert misfits(text) == found


def test_every_article_in_code_and_documents_fits_its_word() -> None:
    code = sorted((ROOT / "src").rglob("*.py"))
    found = [
        f"{path.relative_to(ROOT)}:{line}: {misfit}"
        for path in code
        for line, text in strings(ast.parse(path.read_text(encoding="utf-8")))
        for misfit in misfits(text)
    ]
    prose = [path for path in texts() if path.suffix in {".md", ".html"}]
    found += [f"{path.name}: {misfit}" for path in prose for misfit in misfits(path.read_text(encoding="utf-8"))]
    assert code
    assert found == []
