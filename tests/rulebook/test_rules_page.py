"""docs/rules.md and the records of a rulebook say the same: each key, what may stand there, each code of a refusal."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic.fields import FieldInfo

import footwall
from footwall.desk.adoption import known_of
from footwall.facts import shipped_facts
from footwall.rulebook import load_rulebook
from footwall.rulebook.faults import KeyPath
from footwall.rulebook.records import DatedRule, Rule, Rulebook
from footwall.rulebook.shape import describe
from footwall.zone import Members

SOURCE = Path(footwall.__file__).parent / "rulebook"
PAGE = (Path(footwall.__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
SHORT = (
    ("a date without quotation marks, such as 2024-01-31", "a date"),
    ("a time of day without quotation marks, such as 16:30:00", "a time of day"),
    ("a text in quotation marks", "a text"),
)


def records_of(record: type[Rule], path: KeyPath, section: str) -> Iterator[tuple[type[Rule], KeyPath, str]]:
    """Every record below a record, with a path to it and how a reader of TOML calls it."""
    for name, field in record.model_fields.items():
        for kind in _records_in(field.annotation):
            listed = "tuple" in str(field.annotation)
            below = (*path, name, 0) if listed else (*path, name)
            called = f"{name} of {section}" if section else f"[[{name}]]" if listed else f"[{name}]"
            yield kind, below, called
            yield from records_of(kind, below, called)


def _records_in(annotation: Any) -> list[type[Rule]]:
    if isinstance(annotation, type) and issubclass(annotation, Rule):
        return [annotation]
    return [kind for argument in get_args(annotation) for kind in _records_in(argument)]


def own_fields(record: type[Rule]) -> Mapping[str, FieldInfo]:
    inherited = DatedRule.model_fields if issubclass(record, DatedRule) and record is not DatedRule else {}
    return {name: field for name, field in record.model_fields.items() if name not in inherited}


def may_stand(path: KeyPath, field: FieldInfo) -> str:
    """The words of a refusal for what may stand at a key, and what holds where it is left out."""
    words = describe(path)
    for long, short in SHORT:
        words = words.replace(long, short)
    if field.is_required():
        return words
    if field.default is None:
        return f"{words}; may be left out"
    quoted = isinstance(field.default, str)
    default = f'"{field.default}"' if quoted else "none" if field.default == () else str(field.default).lower()
    return f"{words}; left out: {default}"


def table_of(record: type[Rule]) -> dict[str, list[str]]:
    """The page's rows for a record: the cells behind each key."""
    found = re.search(rf"^<!-- record {record.__name__} -->\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    rows = found[1].splitlines()[2:] if found else []
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    assert all(len(row) == 4 for row in cells), f"a row of {record.__name__} has not four cells"
    return {row[0].strip("` "): row[1:] for row in cells}


RECORDS = [(DatedRule, ("border", 0), "every dated rule"), *records_of(Rulebook, (), "")]


def test_the_page_is_held_to_the_records_of_every_section() -> None:
    kinds = [record.__name__ for record, _, _ in RECORDS]
    assert {"Header", "Walk", "TierRule", "EscalationGuard", "OrdinaryRule"} <= set(kinds)
    assert sorted(re.findall(r"<!-- record (\w+) -->", PAGE)) == sorted(set(kinds))  # one table, wherever it may stand
    assert len(Rulebook.model_fields) <= len(kinds)


@pytest.mark.parametrize(("record", "path", "called"), RECORDS, ids=[record.__name__ for record, _, _ in RECORDS])
def test_every_key_of_a_record_is_in_the_table_of_its_section_and_no_other(
    record: type[Rule], path: KeyPath, called: str
) -> None:
    shown = table_of(record)
    fields = own_fields(record)
    missing = [
        f"docs/rules.md, {called}: add the row | `{name}` | {may_stand((*path, name), fields[name])} | … | |"
        for name in fields
        if name not in shown
    ]
    unknown = [
        f"docs/rules.md, {called}: there is no key {name} in {record.__name__}" for name in shown if name not in fields
    ]
    assert not missing + unknown, "\n".join(missing + unknown)
    wrong = [
        f"docs/rules.md, {called}, {name}: write {may_stand((*path, name), fields[name])}"
        for name, (stands, _, _) in shown.items()
        if stands != may_stand((*path, name), fields[name])
    ]
    assert not wrong, "\n".join(wrong)
    silent = [
        f"docs/rules.md, {called}, {name}: say what it does" for name, (_, does, _) in shown.items() if len(does) < 8
    ]
    assert not silent, "\n".join(silent)


def codes() -> set[str]:
    """Every code for which a rulebook can be refused; where it names a section, with `*` in its place."""
    found: set[str] = set()
    for path in (
        *SOURCE.glob("check*.py"),
        *(SOURCE / f"{name}.py" for name in ["complete", "dates", "faults", "load", "versions"]),
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 2:
                position = {"Fault": 1, "Names": 1, "Problem": 0}.get(node.func.id)
                if position is not None:
                    found |= _texts(node.args[position])
    shape = ast.parse((SOURCE / "shape.py").read_text(encoding="utf-8"))
    tables = (node.value for node in ast.walk(shape) if isinstance(node, ast.AnnAssign) and node.target.id == "_CODES")  # type: ignore[union-attr]
    return found | {"value_type"} | {text for table in tables for value in table.values for text in _texts(value)}  # type: ignore[union-attr]


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.JoinedStr):
        return {"".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)}  # type: ignore[misc]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_every_code_for_which_a_rulebook_is_refused_is_on_the_page() -> None:
    explained = set(re.findall(r"`([a-z_0-9]+)`", PAGE))
    found = codes()
    assert {
        "tiers_unordered",
        "currency_unknown",
        "file_missing",
        "file_unreadable",
        "versions_gap",
        "key_unknown",
    } <= found
    assert len(found) > 50
    missing = [code for code in found if not any(re.fullmatch(code.replace("*", "[a-z_]+"), one) for one in explained)]
    assert not missing, f"docs/rules.md does not say what {sorted(missing)} mean"


def test_every_code_that_a_table_names_is_one() -> None:
    known = codes()
    for record, _, called in RECORDS:
        for name, (_, _, refused) in table_of(record).items():
            for code in re.findall(r"`([a-z_]+)`", refused):
                assert any(re.fullmatch(one.replace("*", "[a-z_]+"), code) for one in known), (called, name, code)


def test_the_examples_of_the_page_are_together_a_rulebook(tmp_path: Path) -> None:
    path = tmp_path / "page.toml"
    path.write_text("\n".join(re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)), encoding="utf-8")
    facts = shipped_facts()
    rulebook = load_rulebook(path, known_of(facts, Members.from_facts(facts.memberships, facts.countries)))
    assert rulebook.rulebook.version == "small-1"
    assert rulebook.floor[0].factor == Decimal("1.05")
    assert all(getattr(rulebook, section) for section in Rulebook.model_fields)


def test_every_figure_of_the_method_defaults_is_on_the_page_as_it_stands() -> None:
    text = (SOURCE / "method_defaults.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text, parse_float=Decimal)
    shown: dict[tuple[str, str], str] = {}
    for table, keys, value in re.findall(r"^\| `([a-z]+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE):
        shown |= {(table, key): value.strip() for key in re.findall(r"`([a-z_]+)`", keys)}
    stand = {
        (table, key): _told(value) for table, keys in tables.items() for key, value in keys.items() if key != "source"
    }
    assert {key: value for key, value in shown.items() if key[0] in tables} == stand


def _told(value: Any) -> str:
    if isinstance(value, list):
        return (
            ", ".join(f"{one['up_to']} at {one['rate']}" if isinstance(one, dict) else str(one) for one in value)
            or "nothing"
        )
    return str(value)
