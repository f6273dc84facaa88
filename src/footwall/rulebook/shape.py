"""Faults of shape: what pydantic refuses, told in the words of a TOML file."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from pydantic import ValidationError

from footwall.quantity import plain
from footwall.rulebook.faults import Fault, KeyPath
from footwall.rulebook.known import Known
from footwall.rulebook.records import Rulebook

_FOUND_LENGTH_MAX: Final = 80
_CODES: Final = {
    "missing": "key_missing",
    "extra_forbidden": "key_unknown",
    "literal_error": "value_not_allowed",
    "string_pattern_mismatch": "value_not_allowed",
    "string_too_short": "text_empty",
    "greater_than": "number_out_of_range",
    "greater_than_equal": "number_out_of_range",
    "less_than": "number_out_of_range",
    "less_than_equal": "number_out_of_range",
    "finite_number": "number_out_of_range",
}
"""Whatever pydantic calls otherwise is a value of the wrong type: `value_type`."""


class UnreadableNumber:
    """A number of a TOML text that no rule can have meant: too long, or with a vast exponent. Fits no type."""

    def __init__(self, text: str) -> None:
        """Keep it as it was written."""
        self.text = text


def faults_of_shape(error: ValidationError, raw: Mapping[str, object], known: Known) -> list[Fault]:
    """The faults behind one refusal by `Rulebook`, one for each key; `raw` is what was validated."""
    faults: dict[KeyPath, Fault] = {}
    for item in error.errors(include_url=False, include_context=False):
        path = _path_in(raw, item["loc"], missing=item["type"] == "missing")
        code = _CODES.get(item["type"], "value_type")
        if path in faults or (code == "value_not_allowed" and isinstance(_at(raw, path), tuple)):
            code = "value_type"
        faults[path] = _fault(path, code, raw, known)
    deep = [path for path in faults if any(other != path and other[: len(path)] == path for other in faults)]
    return [fault for path, fault in faults.items() if path not in deep]


def _fault(path: KeyPath, code: str, raw: Mapping[str, object], known: Known) -> Fault:
    name, expected = str(path[-1]) if path else "", describe(path)
    if code == "key_unknown":
        keys = _keys_at(path[:-1])
        near = get_close_matches(name, keys, n=1)
        remedy = f"Did you mean {near[0]}? Else take it out." if near else "Take it out."
        return Fault(path, code, f"an unknown key {written(name)}", f"one of {', '.join(keys)}", remedy)
    if code == "key_missing":
        return Fault(path, code, f"no key {name}", expected, _line_to_write(path, raw, known))
    value = _at(raw, path)
    return Fault(path, code, written(value), expected, _remedy(path, value))


def _remedy(path: KeyPath, value: object) -> str:
    node = _schema_at(path)
    if node.get("le") == 1:
        return "Write a share as a fraction: 0.05 is 5 %."
    if isinstance(value, str) and (
        "number" in _kinds(node) or {"integer", "date", "time"} & {node.get("type"), node.get("format")}
    ):
        return "Write it without quotation marks."
    names = [part for part in path if isinstance(part, str)]
    return f"Correct {names[-1] if names else 'the file'}."


def _line_to_write(path: KeyPath, raw: Mapping[str, object], known: Known) -> str:
    name = path[-1]
    if name == "unit" and path[0] == "floor":
        form = str(_at(raw, (*path[:-1], "form")))
        if form in known.forms:
            unit = unit_of(known.forms[form])
            return f'Write unit = "{unit}": the price basis of {form} is {BASIS_WORDS[known.forms[form]]}.'
    node = _schema_at(path)
    if len(path) == 1:
        return f"Write a section [{name}]." if node.get("type") == "object" else f"Write a section [[{name}]]."
    if "const" in node:
        return f'Write {name} = "{node["const"]}".'
    sample = _SAMPLES.get(str(node.get("format") or node.get("type")), "…")
    return f"Write {name} = {sample} with {_words(node)}."


_SAMPLES: Final = {"array": "[…]", "object": "{ … }", "string": '"…"'}


BASIS_WORDS: Final = {"form": "a kilogram of it as traded", "contained": "a kilogram of its valuable content"}
"""What a price per kilogram of each basis is per kilogram of."""


def unit_of(basis: str) -> str:
    """The unit in which the floor of a form with this price basis is stated."""
    return "USD/kg contained" if basis == "contained" else "USD/kg"


def written(value: object) -> str:
    """A value as it could stand in a TOML file, cut to a readable length."""
    if isinstance(value, UnreadableNumber):
        text = value.text
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, Decimal):
        text = plain(value) if value.is_finite() else str(value).lower()
    elif isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, tuple):
        text = f"[{', '.join(written(item) for item in value[:4])}{', …' if len(value) > 4 else ''}]"
    elif isinstance(value, dict):
        text = f"a table of {', '.join(list(value)[:4]) or 'nothing'}"
    else:
        text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= _FOUND_LENGTH_MAX else text[: _FOUND_LENGTH_MAX - 1] + "…"


def describe(path: KeyPath) -> str:
    """What may stand at a key of a rulebook, in words."""
    return _words(_schema_at(path)) if path else "a rulebook"


@cache
def _schema() -> dict[str, Any]:
    return Rulebook.model_json_schema()


def _schema_at(path: KeyPath) -> dict[str, Any]:
    node = _schema()
    for part in path:
        options = [_resolved(option) for option in node.get("anyOf", [node])]
        if isinstance(part, int):
            node = next((option["items"] for option in options if "items" in option), {})
        else:
            node = next((option["properties"].get(part, {}) for option in options if "properties" in option), {})
        node = _resolved(node)
    return node


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref")
    return _schema()["$defs"][reference.rsplit("/", 1)[-1]] if reference else node


def _keys_at(path: KeyPath) -> tuple[str, ...]:
    node = _schema_at(path)
    options = [_resolved(option) for option in node.get("anyOf", [node])]
    return tuple(next((option["properties"] for option in options if "properties" in option), {}))


def _words(node: dict[str, Any]) -> str:
    node = _resolved(node)
    if "enum" in node or "const" in node:
        allowed = [json.dumps(item) for item in node.get("enum", [node.get("const")])]
        return f"{'one of ' if len(allowed) > 1 else ''}{', '.join(allowed)}"
    if node.get("type") == "integer":
        return "a whole number" + _bounds(node)
    if "number" in _kinds(node):
        return "a number" + _bounds(node)
    if "anyOf" in node:
        return " or ".join(_words(option) for option in node["anyOf"] if option.get("type") != "null")
    if node.get("type") == "array":
        return f"a list, each {_words(node['items'])}"
    if node.get("type") == "object":
        return f"a table with {', '.join(node['properties'])}"
    if node.get("format") == "date":
        return "a date without quotation marks, such as 2024-01-31"
    if node.get("format") == "time":
        return "a time of day without quotation marks, such as 16:30:00"
    if node.get("type") == "boolean":
        return "true or false"
    return str(node.get("description", "a text in quotation marks"))


def _kinds(node: dict[str, Any]) -> set[object]:
    return {_resolved(option).get("type") for option in node.get("anyOf", [])}


def _bounds(node: dict[str, Any]) -> str:
    if "ge" in node and "le" in node:
        return f" from {node['ge']} to {node['le']}"
    words = {
        "ge": "of at least",
        "gt": "above",
        "exclusiveMinimum": "above",
        "minimum": "of at least",
        "le": "and at most",
    }
    stated = [f"{word} {node[key]}" for key, word in words.items() if key in node]
    return "".join(f" {words}" for words in stated)


def _path_in(raw: object, loc: tuple[int | str, ...], *, missing: bool) -> KeyPath:
    """`loc` without the names of pydantic's union branches: only keys and positions that the data has."""
    path: list[int | str] = []
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if isinstance(raw, dict) and (part in raw or (missing and last)):
            raw = raw.get(str(part))
            path.append(part)
        elif isinstance(raw, tuple) and isinstance(part, int):
            raw = raw[part]
            path.append(part)
    return tuple(path)


def _at(raw: object, path: KeyPath) -> object:
    for part in path:
        if isinstance(raw, dict):
            raw = raw.get(str(part))
        elif isinstance(raw, tuple) and isinstance(part, int):
            raw = raw[part]
        else:
            return None
    return raw
