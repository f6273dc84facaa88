"""A schedule and its rates on the way to another process, and the digest by which both sides know them again."""

import hashlib
import json
import pickle
import tempfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from footwall.duties import Rates
from footwall.facts import Facts, shipped_facts
from footwall.tariffs import Schedule
from footwall.tariffs.measures.inside import MembersByDate, MembersTable

_APART: Final = frozenset({"facts", "members"})
"""Fields of a schedule that are not sent as they are."""


def schedule_digest(schedule: Schedule) -> str:
    """SHA-256 of all that a schedule says of any line: its measures, its members by day, its currency, its facts."""
    said = {
        field.name: getattr(schedule, field.name)
        for field in fields(schedule)
        if not field.name.startswith("_") and field.name not in {*_APART, "measures"}
    }
    said["measures"] = sorted(schedule.measures, key=lambda measure: measure.measure_id)
    said["members"] = _member_rows(schedule)
    said["facts"] = schedule.facts.digest()
    return _digest(said)


def rates_digest(rates: Rates) -> str:
    """SHA-256 of all rates of exchange."""
    return _digest(sorted((*key, value) for key, value in rates.items()))


def pack(schedule: Schedule, rates: Rates) -> bytes:
    """A schedule and its rates as bytes; `unpack` makes them again, on another machine too."""
    kept = {field.name: getattr(schedule, field.name) for field in fields(schedule) if field.name not in _APART}
    facts = schedule.facts
    tables: dict[str, bytes] | None = None
    if facts.digest() != shipped_facts().digest():
        tables = {path.name: path.read_bytes() for path in facts.folder.iterdir() if path.suffix in {".csv", ".toml"}}
    return pickle.dumps((kept, _member_rows(schedule), tables, dict(rates)))


def unpack(packed: bytes) -> tuple[Schedule, Rates]:
    """The schedule and the rates that `pack` was given. Only bytes that `pack` made may be read: they are pickled."""
    kept, rows, tables, rates = pickle.loads(packed)  # noqa: S301 - our own bytes, from our own process
    members = None if rows is None else MembersTable(tuple(rows), {})
    return Schedule(**kept, members=members, facts=_facts(tables)), rates


def _facts(tables: Mapping[str, bytes] | None) -> Facts:
    if tables is None:
        return shipped_facts()
    folder = Path(tempfile.mkdtemp(prefix="footwall-facts-"))
    for name, content in tables.items():
        (folder / name).write_bytes(content)
    return Facts(folder)


def _member_rows(schedule: Schedule) -> list[tuple[str, date, date | None]] | None:
    """Who is a member between one change of the schedule and the next, states of unions one by one; None if it knows no members."""
    if schedule.members is None:
        return None
    points = schedule.breakpoints
    ends = [*(day - timedelta(days=1) for day in points[1:]), None]
    members: MembersByDate = schedule.members
    return [
        (party, start, end)
        for start, end in zip(points, ends, strict=True)
        for party in sorted(members.members_on(start))
    ]


def _digest(said: object) -> str:
    text = json.dumps(_plain(said), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """The value in words of JSON, two values that say the same in the same words: a decimal without idle zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return sorted([_plain(key), _plain(item)] for key, item in value.items())
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"a schedule holds no {type(value).__name__}")
