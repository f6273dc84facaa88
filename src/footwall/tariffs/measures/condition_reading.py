"""Who is a member, and the rules of days and origin, in a file of measures: read strictly, written so that they read back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from footwall.tariffs.measures.conditions import Conditions, DayRule, OriginRule
from footwall.tariffs.measures.inside import MembersByDate, MembersTable
from footwall.tariffs.measures.values import JSONObject, short, told_value

if TYPE_CHECKING:
    from pydantic import TypeAdapter

KINDS: Final[Mapping[str, type[DayRule] | type[OriginRule]]] = {"day": DayRule, "origin": OriginRule}
"""What the `kind` of a condition in a file says."""

Member = Mapping[str, object]
Fault = tuple[str | None, str, str, str, str]
"""field, code, found, expected, remedy."""


def read_conditions(listed: object, faults: list[Fault]) -> tuple[DayRule | OriginRule, ...]:
    """The conditions of a file, and every fault of them."""
    if not isinstance(listed, list):
        faults.append(
            ("conditions", "list_malformed", told_value(listed), "a list of conditions", "See docs/schedules.md.")
        )
        return ()
    found: list[DayRule | OriginRule] = []
    for number, one in enumerate(listed, start=1):
        kind = KINDS.get(str(one.get("kind"))) if isinstance(one, JSONObject) else None
        if kind is None or not isinstance(one, JSONObject):
            faults.append((f"conditions[{number}]", "condition_malformed", told_value(one), f"an object with the kind {' or '.join(KINDS)}",
                           "See docs/schedules.md."))  # fmt: skip
            continue
        stated = {name: value for name, value in one.items() if name != "kind"}
        wrong = [*_names(one, kind, number)]
        faults += wrong
        if not wrong:
            found += _rule(kind, stated, number, faults)
    return tuple(found)


def read_members(listed: object, faults: list[Fault]) -> tuple[Member, ...] | None:
    """The members of a file: codes, or rows with `party`, `valid_from` and `valid_to`; and every fault of them."""
    if listed is None:
        return None
    if not isinstance(listed, list):
        faults.append(("members", "list_malformed", told_value(listed), "a list of members", "See docs/schedules.md."))
        return None
    found: list[Member] = []
    for number, one in enumerate(listed, start=1):
        row = JSONObject([("party", one)]) if type(one) is str else one
        days = _days(row) if isinstance(row, JSONObject) else None
        if (
            days is None
            or row.repeated
            or row.keys() - {"party", "valid_from", "valid_to"}
            or type(row.get("party")) is not str
        ):
            faults.append((f"members[{number}]", "member_malformed", told_value(one), "a code, or party with valid_from and valid_to",
                           "Write days as YYYY-MM-DD."))  # fmt: skip
        else:
            found.append({"party": row["party"], "valid_from": days[0], "valid_to": days[1]})
    return tuple(found)


def conditions_json(conditions: Conditions) -> list[dict[str, object]]:
    """The conditions as a file tells them: what stands at its default is left out."""
    rules: tuple[DayRule | OriginRule, ...] = (*conditions.days, *conditions.origins)
    return [{"kind": "day" if isinstance(rule, DayRule) else "origin", **_stated(rule)} for rule in rules]


def members_json(members: MembersByDate | None, points: Sequence[date]) -> list[dict[str, object]] | None:
    """Who is a member as a file tells it; of a registry, who is from one of `points` to the next."""
    if members is None:
        return None
    if isinstance(members, MembersTable):
        rows: Iterable[tuple[str, date, date | None]] = members.rows
    else:
        ends = [*(day - timedelta(days=1) for day in points[1:]), None]
        spans = zip(points, ends, strict=True)
        rows = [(party, start, end) for start, end in spans for party in sorted(members.members_on(start))]
    return [
        {"party": party, "valid_from": start.isoformat(), "valid_to": None if end is None else end.isoformat()}
        for party, start, end in rows
    ]


def _days(row: JSONObject) -> tuple[date, date | None] | None:
    first, last = row.get("valid_from"), row.get("valid_to")
    try:
        return (date.min if first is None else date.fromisoformat(first)), (
            None if last is None else date.fromisoformat(last)
        )
    except (TypeError, ValueError):
        return None


def _names(one: JSONObject, kind: type[DayRule] | type[OriginRule], number: int) -> Iterator[Fault]:
    """Names that the condition has not, has twice, or lacks."""
    known = {field.name: field for field in fields(kind)}
    for name in sorted({*one.repeated, *(one.keys() - known.keys() - {"kind"})}):
        code, expected = (
            ("field_repeated", "each field once")
            if name in one.repeated
            else ("field_unknown", f"one of {', '.join(known)}")
        )
        yield f"conditions[{number}].{short(name)}", code, repr(short(name)), expected, "Correct the name."
    for name, field in known.items():
        if field.default is MISSING and one.get(name) is None:
            yield f"conditions[{number}].{name}", "field_missing", "nothing", "a value", "Fill it in."


def _rule(
    kind: type[DayRule] | type[OriginRule], stated: Mapping[str, Any], number: int, faults: list[Fault]
) -> Iterator[DayRule | OriginRule]:
    from pydantic import ValidationError

    try:
        yield _reader(kind.__name__).validate_python(
            {name: value for name, value in stated.items() if value is not None}
        )
    except ValidationError as refused:
        for error in refused.errors():
            name = ".".join(map(str, error["loc"]))
            faults.append((f"conditions[{number}].{name}", "value_malformed", told_value(error["input"]), short(error["msg"]),
                           "Correct it."))  # fmt: skip


@cache
def _reader(name: str) -> "TypeAdapter[DayRule | OriginRule]":
    from pydantic import TypeAdapter

    return TypeAdapter({kind.__name__: kind for kind in KINDS.values()}[name])


def _stated(rule: DayRule | OriginRule) -> dict[str, object]:
    found: dict[str, object] = {}
    for field in fields(rule):
        value = getattr(rule, field.name)
        if field.default is MISSING or value != field.default:
            found[field.name] = (
                value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            )
    return found
