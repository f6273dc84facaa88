"""On which line of a TOML text a key stands. Used only to tell faults; `tomllib` says what the keys mean."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from footwall.rulebook.faults import KeyPath

if TYPE_CHECKING:
    from tree_sitter import Node


def line_numbers(text: str) -> Mapping[KeyPath, int]:
    """The line, from 1, of each table, key and list element of a valid TOML `text`; `()` is line 1."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    lines: dict[KeyPath, int] = {(): 1}
    lengths: dict[KeyPath, int] = {}
    for child in root.named_children:
        if child.type == "pair":
            _pair(child, (), lines)
        elif child.type in {"table", "table_array_element"}:
            _table(child, lines, lengths)
    return lines


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """The line of `path`, or, where that key is missing, of the nearest table that should hold it."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _table(node: "Node", lines: dict[KeyPath, int], lengths: dict[KeyPath, int]) -> None:
    key, *pairs = _without_comments(node)
    names = _names(key)
    path: KeyPath = ()
    for depth, name in enumerate(names, start=1):
        path = (*path, name)
        if depth == len(names) and node.type == "table_array_element":
            lines.setdefault(path, _line(key))
            lengths[path] = lengths.get(path, 0) + 1
        if path in lengths:
            path = (*path, lengths[path] - 1)
        lines.setdefault(path, _line(key))
    for pair in pairs:
        _pair(pair, path, lines)


def _pair(node: "Node", above: KeyPath, lines: dict[KeyPath, int]) -> None:
    parts = list(_without_comments(node))
    if len(parts) != 2:
        return
    key, value = parts
    path = above
    for name in _names(key):
        path = (*path, name)
        lines.setdefault(path, _line(key))
    _value(value, path, lines)


def _value(node: "Node", path: KeyPath, lines: dict[KeyPath, int]) -> None:
    if node.type == "inline_table":
        for pair in _without_comments(node):
            _pair(pair, path, lines)
    elif node.type == "array":
        for position, element in enumerate(_without_comments(node)):
            lines[*path, position] = _line(element)
            _value(element, (*path, position), lines)


def _names(key: "Node") -> tuple[str, ...]:
    """The names of a bare, quoted or dotted key, as `tomllib` reads them."""
    table: object = tomllib.loads(f"{(key.text or b'').decode()} = 0")
    names = []
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        names.append(name)
    return tuple(names)


def _without_comments(node: "Node") -> Iterator["Node"]:
    return (child for child in node.named_children if child.type != "comment")


def _line(node: "Node") -> int:
    return node.start_point.row + 1
