"""The rooms of law hold no floats and no number of a rule, and their SQL makes no zeros of unknowns."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import footwall.duties

SOURCE = Path(footwall.duties.__file__).parents[1]
LAW = ("prices", "floors", "tariffs", "duties", "entries")
MODULES = sorted(path for room in LAW for path in (SOURCE / room).rglob("*.py"))
QUERIES = sorted(
    [
        *(SOURCE / "duties").glob("*.py"),
        *(SOURCE / "batch" / f"{name}.py" for name in ("days", "engine", "lanes", "meetings")),
    ]
)
BANNED_IN_SQL = re.compile(r"\b(GREATEST|LEAST|COALESCE|IFNULL|SUM|AVG)\s*\(", re.IGNORECASE)
MATHEMATICS = {"0", "1", "2", "10", "100"}


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every literal but docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)


def floats_in(tree: ast.AST) -> list[str]:
    found = [f"line {node.lineno}: {node.value!r}" for node in literals(tree) if isinstance(node.value, float)]
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return found + [f"line {call.lineno}: float()" for call in calls if call.func.id == "float"]  # type: ignore[attr-defined]


def rule_numbers_in(tree: ast.AST) -> list[str]:
    """Decimals written into code, but for whole numbers of mathematics and scales at which something is shown."""
    shown = {
        id(node)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target).endswith(("_SHOWN", "_UNIT", "GUARD"))
        for node in ast.walk(statement)
    }
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Decimal"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and str(node.args[0].value) not in MATHEMATICS
        and id(node) not in shown
    ]


def banned_in_sql(tree: ast.AST) -> list[str]:
    texts = [node for node in literals(tree) if isinstance(node.value, str)]
    return [f"line {node.lineno}: {match[0]}" for node in texts for match in BANNED_IN_SQL.finditer(str(node.value))]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_float_stands_in_a_room_of_law(path: Path) -> None:
    assert floats_in(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_number_of_a_rule_stands_in_a_room_of_law(path: Path) -> None:
    assert rule_numbers_in(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", QUERIES, ids=named)
def test_the_laws_sql_makes_no_zero_of_an_unknown(path: Path) -> None:
    assert banned_in_sql(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rate = 0.037", 1),
        ("rate = float(text)", 1),
        ('"""A rate of 0.037."""', 0),
        ("def rate(value: float) -> str: ...", 0),
    ],
)
def test_a_float_is_found_where_it_stands(text: str, found: int) -> None:
    assert len(floats_in(ast.parse(text))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('cap = Decimal("0.5")', 1),
        ("cap = Decimal(7)", 1),
        ("none = Decimal(0)", 0),
        ('_PRICE_SHOWN: Final = Decimal("0.0001")', 0),
    ],
)
def test_a_number_of_a_rule_is_found_where_it_stands(text: str, found: int) -> None:
    assert len(rule_numbers_in(ast.parse(text))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("query = 'SELECT coalesce(duty, 0)'", 1),
        ("query = f'SELECT greatest({a}, {b})'", 1),
        ("query = 'SELECT sum (duty)'", 1),
        ("query = 'SELECT assume(duty)'", 0),
        ("total = sum(duties)", 0),
    ],
)
def test_a_banned_function_is_found_in_sql_alone(text: str, found: int) -> None:
    assert len(banned_in_sql(ast.parse(text))) == found
