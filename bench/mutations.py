"""The small faults that `mutants.py` puts into a module: one change in its tree each.

Boundaries of comparisons, signs, and/or, not, conditions turned round, numbers one more, truths turned round, results and
statements dropped, least and greatest, modes of rounding, words that are compared, and the same inside SQL. Types, docstrings,
decorators and the words of messages are left as they are.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
MODES = {"half_up": "half_even", "half_even": "half_up", "up": "down", "down": "up",
         "ROUND_HALF_UP": "ROUND_DOWN", "ROUND_HALF_EVEN": "ROUND_HALF_UP", "ROUND_DOWN": "ROUND_UP", "ROUND_UP": "ROUND_DOWN"}  # fmt: skip
IN_SQL = re.compile(r"\b(SELECT|CASE|WHEN|THEN|ELSE|AND|OR|NOT|IS|CAST|FROM|WHERE|JOIN|NULL|DECIMAL)\b")
SQL = ((" AND ", " OR "), (" OR ", " AND "), (">= ", "> "), ("<= ", "< "), (" > ", " >= "), (" < ", " <= "), (" = ", " <> "), (" <> ", " = "),
       ("IS NULL", "IS NOT NULL"), ("IS NOT NULL", "IS NULL"), (" + ", " - "), (" - ", " + "), (" * ", " + "), ("NOT ", ""),
       ("THEN 0", "THEN 1"), ("ELSE 0", "ELSE 1"), ("min(", "max("), ("max(", "min("), ("LEFT JOIN", "JOIN"))  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: the `index`th of its module."""

    room: str
    path: str
    index: int
    line: int
    end: int
    column: int
    function: str
    change: str

    @property
    def record(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("room", "path", "line", "column", "function", "change")}


@dataclass(frozen=True)
class _Place:
    """A node, what takes its place, and the function it stands in."""

    node: Any
    instead: ast.AST
    function: str


def mutants_of(file: Path, root: Path) -> list[Mutant]:
    """Every fault that fits into the functions of a module."""
    path, found, alike = file.relative_to(root), [], Counter[tuple[str, str]]()
    for index, one in enumerate(_places(ast.parse(file.read_text(encoding="utf-8")), "", inside=False)):
        last = one.node.test if isinstance(one.node, ast.If | ast.While) else one.node
        change = " → ".join(ast.unparse(node).splitlines()[0] for node in (one.node, one.instead))
        alike[one.function, change] += 1
        change += f" (no. {alike[one.function, change]})" if alike[one.function, change] > 1 else ""
        where = (one.node.lineno, last.end_lineno, one.node.col_offset)
        found.append(Mutant(path.parts[2], str(path), index, *where, one.function, change))
    return found


def mutated(file: Path, index: int) -> ast.Module:
    """The module with its `index`th fault."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    place = list(_places(tree, "", inside=False))[index]
    ast.copy_location(place.instead, place.node)
    return ast.fix_missing_locations(_Swap(place).visit(tree))


class _Swap(ast.NodeTransformer):
    def __init__(self, place: _Place) -> None:
        self.place = place

    def visit(self, node: ast.AST) -> Any:
        return self.place.instead if node is self.place.node else self.generic_visit(node)


def _places(node: ast.AST, function: str, *, inside: bool) -> Iterator[_Place]:
    """In the order of the text."""
    for child in _children(node):
        name, within = function, inside or (isinstance(node, ast.FunctionDef) and child is not node.args)
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = f"{function}.{child.name}".lstrip(".")
        if within:
            yield from (_Place(child, instead, name) for instead in _faults(child, node))
        yield from _places(child, name, inside=within)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    skipped: list[Any] = [getattr(node, name, None) for name in ("annotation", "returns")] + list(
        getattr(node, "decorator_list", [])
    )
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in {"Literal", "Final"}:
        return
    for child in ast.iter_child_nodes(node):
        docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        strict = isinstance(child, ast.keyword) and child.arg == "strict"
        imported = isinstance(child, ast.Import | ast.ImportFrom)
        if not (any(child is one for one in skipped) or docstring or strict or imported):
            yield child


def _faults(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.If() | ast.While() | ast.IfExp() if not _turned_elsewhere(node.test):
            changed = deepcopy(node)
            changed.test = ast.UnaryOp(ast.Not(), changed.test)
            yield changed
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Constant():
            yield from _constants(node, parent)
        case ast.expr():
            yield from _operators(node, parent)


def _operators(node: ast.expr, parent: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                changed = deepcopy(node)
                changed.ops[place] = SWAPS[type(operator)]()
                yield changed
        case ast.BinOp(op=ast.BitOr()) if isinstance(parent, ast.Call | ast.BinOp):
            return  # types
        case ast.BinOp() | ast.BoolOp() if type(node.op) in SWAPS:
            swapped = deepcopy(node)
            swapped.op = SWAPS[type(node.op)]()
            yield swapped
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.Name(id=name) if name in NAMES | MODES:
            yield ast.Name((NAMES | MODES)[name], node.ctx)


def _turned_elsewhere(test: ast.expr) -> bool:
    """Whether the fault in the condition's own node is that it is turned round; and what types alone read is left."""
    match test:
        case ast.UnaryOp(op=ast.Not()) | ast.Name(id="TYPE_CHECKING"):
            return True
        case ast.Compare(ops=[one]):
            return not isinstance(one, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
        case _:
            return False


def _constants(node: ast.Constant, parent: ast.AST) -> Iterator[ast.AST]:
    match node.value:
        case bool() as truth:
            yield ast.Constant(not truth)
        case int() as number:
            yield ast.Constant(number + 1)
        case str() as text:
            if isinstance(parent, ast.Call) and ast.unparse(parent.func) == "Decimal":
                yield ast.Constant(f"{text}1")
            elif text in MODES:
                yield ast.Constant(MODES[text])
            elif isinstance(parent, ast.Compare | ast.MatchValue):
                yield ast.Constant(f"{text}?")
            elif IN_SQL.search(text):
                yield from (ast.Constant(text.replace(before, after, 1)) for before, after in SQL if before in text)
        case _:
            return
