"""What changes from one version of a rulebook to the next, rule by rule, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from footwall.errors import UsageError
from footwall.rulebook.dates import span_of
from footwall.rulebook.parts import DatedRule, Rule
from footwall.rulebook.price_rules import PremiumRule
from footwall.rulebook.records import Header, Rulebook, TariffRule

_UNSAID: Final = frozenset({"source", "valid_from", "forms", "form", "group", "importers"})
"""A rule's own key and dates say which rule it is; its source says why, not what."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of `key` (`factor`, `tiers assessments age_days_max`) in the rule `what`, effective from a day.

    `old` is None where nothing was said before, `new` where nothing is any more. A rule that is added or ends as a whole
    has the key `rule`.
    """

    what: str
    effective_on: date
    key: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        """As a sentence: `floor of ndpr-oxide from 2025-07-01: factor 1.00 → 1.05`."""
        where = f"{self.what} from {self.effective_on}: "
        if self.key == "rule":
            return f"{where}{'added' if self.old is None else 'ended'}"
        return f"{where}{self.key} {self.old or 'none'} → {self.new or 'none'}"


def compare(old: Rulebook, new: Rulebook) -> tuple[Change, ...]:
    """What changes where `new` follows `old`, in the order of a rulebook's sections; changes of many forms told once.

    Each rule of `new` is compared with the one that holds before it: in `new`, else on the last day of `old`.
    Sources are not compared. Raises UsageError where `new` does not begin after `old`: the caller's fault.
    """
    if new.rulebook.valid_from <= old.rulebook.valid_from:
        raise UsageError(
            f"version {new.rulebook.version} does not follow {old.rulebook.version}: "
            f"it begins on {new.rulebook.valid_from}, not after {old.rulebook.valid_from}"
        )
    changes = [*_of_header(old, new)]
    for section, words in _SECTIONS.items():
        grouped: dict[tuple[date, str, str | None, str | None], list[_Key]] = {}
        before, after = _by_key(section, old), _by_key(section, new)
        for key in dict.fromkeys((*before, *after)):
            for change in _of_rules(before.get(key, []), after.get(key, []), old, new):
                grouped.setdefault(change, []).append(key)
        for (day, name, was, now), keys in grouped.items():
            changes.append(Change(f"{words}{_names(keys)}", day, name, was, now))
    return tuple(changes)


_SECTIONS: Final[Mapping[str, str]] = {
    "border": "border",
    "exchange": "rate of exchange",
    "origin_group": "origin group ",
    "reference": "reference price of ",
    "floor": "floor of ",
    "parity": "parity of ",
    "tariff": "tariff on ",
    "ordinary": "ordinary duties of ",
    "eligibility": "what counts for ",
    "terms": "terms of ",
    "premium": "premium on ",
    "liquidity": "liquidity of ",
    "confidence": "confidence in ",
    "cadence": "publication of ",
    "cessation": "end of ",
    "governance": "governance",
}


def _of_header(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    day = new.rulebook.valid_from
    for what, was, now in (("rulebook", old.rulebook, new.rulebook), ("walk", old.walk, new.walk)):
        for key, before, after in _differences(was, now):
            if key != "valid_to":
                yield Change(what, day, key, before, after)


D = TypeVar("D", bound=DatedRule)
_Difference = tuple[date, str, str | None, str | None]
_Key = tuple[str, str]
"""What a rule is about, and the origin group that it is about it for ("" for all)."""


def _of_rules(
    before: Sequence[DatedRule], after: Sequence[DatedRule], old: Rulebook, new: Rulebook
) -> Iterator[_Difference]:
    day = new.rulebook.valid_from
    current = before[-1] if before and _lasts(before[-1], old.rulebook, day) else None
    if current and not after:
        yield day, "rule", "in force", None
    for rule in after:
        begins = rule.valid_from or day
        if current is None:
            yield begins, "rule", None, "in force"
        else:
            for key, was, now in _differences(current, rule):
                yield begins, key, was, now
        current = rule


def _lasts(rule: DatedRule, header: Header, until: date) -> bool:
    """Whether the rule holds to the end of its version, or beyond the day on which the next one begins."""
    last = span_of(rule, header).last
    return last is None or last >= (header.valid_to or until) or last >= until


def _by_key(section: str, rulebook: Rulebook) -> dict[_Key, list[DatedRule]]:
    """The rules of a section by what they are about, each in the order of its dates."""
    rules: tuple[DatedRule, ...] = getattr(rulebook, section)
    keyed: dict[_Key, list[DatedRule]] = {}
    for rule in sorted(rules, key=lambda rule: span_of(rule, rulebook.rulebook).first):
        for key in _keys(rule):
            keyed.setdefault(key, []).append(rule)
    return keyed


def _keys(rule: DatedRule) -> tuple[_Key, ...]:
    group = rule.group if isinstance(rule, TariffRule) else rule.grade if isinstance(rule, PremiumRule) else ""
    for name in ("form", "forms", "importers", "group"):
        stated = getattr(rule, name, None)
        if stated is not None:
            return tuple((key, group) for key in ((stated,) if isinstance(stated, str) else stated))
    return (("", group),)


def _differences(old: Rule, new: Rule) -> Iterator[tuple[str, str | None, str | None]]:
    before, after = dict(_flat(old, "")), dict(_flat(new, ""))
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key) and key not in _UNSAID:
            yield key, _word(before.get(key)), _word(after.get(key))


def _flat(rule: Rule, prefix: str) -> Iterator[tuple[str, object]]:
    """Each key of a rule and its value; a list of tables by the tier that each is about."""
    for name in type(rule).model_fields:
        value = getattr(rule, name)
        if isinstance(value, Rule):
            yield from _flat(value, f"{prefix}{name} ")
        elif isinstance(value, tuple) and value and isinstance(value[0], Rule):
            for item in value:
                yield from _flat(item, f"{prefix}{name} {getattr(item, 'tier', '')} ")
        elif value is not None:
            yield f"{prefix}{name}", value


def _word(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _names(keys: Sequence[_Key]) -> str:
    """`a, b and c from dominant`: the names of rules, those of one origin group together."""
    by_group: dict[str, list[str]] = {}
    for name, group in keys:
        by_group.setdefault(group, []).append(name)
    parts = []
    for group, names in by_group.items():
        joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        parts.append(f"{joined} from {group}" if group else joined)
    return "; ".join(parts)
