"""What a reader of the code should never meet: things put off, and the names of machines it was written on."""

import re
from pathlib import Path

import footwall

ROOT = Path(footwall.__file__).parents[2]
PUT_OFF = re.compile(r"\b(TODO|FIXME|XXX|HACK|for now|not implemented|NotImplemented)\b")
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
