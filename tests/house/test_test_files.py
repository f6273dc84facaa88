"""Files of tests have names of their own: two of one name hide each other, or stop the run."""

from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_no_two_files_of_tests_share_a_name() -> None:
    counts = Counter(path.name for path in TESTS.rglob("*.py") if path.name not in {"conftest.py", "__init__.py"})
    assert len(counts) > 100
    assert [name for name, count in counts.items() if count > 1] == []
