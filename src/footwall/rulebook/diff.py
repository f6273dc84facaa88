"""What changes from one version of a rulebook to the next, rule by rule, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from footwall.errors import UsageError
from footwall.quantity import plain
from footwall.rulebook.border_rules import ElementShare, EmbeddedRule, OriginProofRule
from footwall.rulebook.dates import ONE_DAY, span_of
from footwall.rulebook.entry_rules import InterestRule
from footwall.rulebook.parts import DatedRule, Rule
from footwall.rulebook.price_rules import ConfidenceLevel, LotFactor, MarketWeight, PremiumRule, TierRule
from footwall.rulebook.records import Header, Rulebook, TariffRule

_UNSAID: Final = frozenset({"source", "valid_from", "forms", "stages", "hs_codes", "form", "group", "importers"})
"""A rule's own key and dates say which rule it is; its source says why, not what."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of `key` (`factor`, `tiers assessments age_days_max`) in the rule `what` of a section, effective from a day.

    `old` is None where nothing was said before, `new` where nothing is any more. A rule that is added or ends as a whole
    has the key `rule`.
    """

    section: str
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
    for section in _SECTIONS:
        changes += compare_section(section, getattr(old, section), getattr(new, section), (old.rulebook, new.rulebook))
    return tuple(changes)


def compare_section(
    section: str, before: Sequence[DatedRule], after: Sequence[DatedRule], headers: tuple[Header, Header]
) -> tuple[Change, ...]:
    """What changes in one section, of which the older version has the rules `before` and the newer one `after`."""
    old, new = headers
    grouped: dict[_Difference, list[_Key]] = {}
    rules, rules_after = _by_key(before, old), _by_key(after, new)
    for key in dict.fromkeys((*rules, *rules_after)):
        for change in _of_rules(rules.get(key, []), rules_after.get(key, []), old, new):
            grouped.setdefault(change, []).append(key)
    return tuple(
        Change(section, f"{_SECTIONS[section]}{_names(keys, _JOINED_BY.get(section, 'from'))}", day, name, was, now)
        for (day, name, was, now), keys in grouped.items()
    )


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
    "entries": "entries of ",
    "interest": "interest of ",
    "bound": "bound rates of ",
    "suspension": "suspension of ",
    "day": "day that counts for ",
    "origin": "what shows origin for ",
    "embedded": "duty on what is contained in ",
}
_JOINED_BY: Final = {"premium": "of grade", "interest": "on each"}
"""What stands between a form and the second part of a rule's key; elsewhere that is an origin group: `from`."""


def _of_header(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    day = new.rulebook.valid_from
    for what, was, now in (("rulebook", old.rulebook, new.rulebook), ("walk", old.walk, new.walk)):
        for key, before, after in _differences(was, now):
            if key != "valid_to":
                yield Change(what, what, day, key, before, after)


_Difference = tuple[date, str, str | None, str | None]
_Key = tuple[str, str]
"""What a rule is about, and the origin group or the grade that it is about it for ("" for all)."""


def _of_rules(
    before: Sequence[DatedRule], after: Sequence[DatedRule], old: Header, new: Header
) -> Iterator[_Difference]:
    """What changes where rules about one thing follow each other: what was in force on the day before, then each of `after`."""
    ends: date | None = new.valid_from
    last_day = min(new.valid_from - ONE_DAY, old.valid_to or date.max)
    current = next((rule for rule in before if last_day in span_of(rule, old)), None)
    for rule in after:
        days = span_of(rule, new)
        if current is not None and ends is not None and days.first > ends:
            yield ends, "rule", "in force", None
            current = None
        if current is None:
            yield days.first, "rule", None, "in force"
        else:
            for key, was, now in _differences(current, rule):
                yield days.first, key, was, now
        current, ends = rule, days.day_after()
    if current is not None and not after:
        yield new.valid_from, "rule", "in force", None


def _by_key(rules: Sequence[DatedRule], header: Header) -> dict[_Key, list[DatedRule]]:
    """The rules of a section by what they are about, in the order of their dates, without those that their version ends before."""
    keyed: dict[_Key, list[DatedRule]] = {}
    begun = [rule for rule in rules if header.valid_to is None or span_of(rule, header).first <= header.valid_to]
    for rule in sorted(begun, key=lambda rule: span_of(rule, header).first):
        for key in _keys(rule):
            keyed.setdefault(key, []).append(rule)
    return keyed


def _keys(rule: DatedRule) -> tuple[_Key, ...]:
    group = _second_key(rule)
    if isinstance(rule, OriginProofRule):
        return tuple((form, "") for form in rule.forms or ("all",))
    for name in ("form", "forms", "stages", "hs_codes", "importers", "group"):
        stated = getattr(rule, name, None)
        if stated:
            return tuple((key, group) for key in ((stated,) if isinstance(stated, str) else stated))
    return (("", group),)


def _second_key(rule: DatedRule) -> str:
    match rule:
        case TariffRule() | EmbeddedRule():
            return rule.group
        case PremiumRule():
            return rule.grade
        case InterestRule():
            return rule.on
    return ""


def _differences(old: Rule, new: Rule) -> Iterator[tuple[str, str | None, str | None]]:
    before, after = dict(_flat(old, "")), dict(_flat(new, ""))
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key) and key not in _UNSAID:
            yield key, _word(before.get(key)), _word(after.get(key))


def _flat(rule: Rule, prefix: str) -> Iterator[tuple[str, object]]:
    """Each key of a rule and its value; a list of tables by what each is about."""
    for name in type(rule).model_fields:
        value = getattr(rule, name)
        if isinstance(value, Rule):
            yield from _flat(value, f"{prefix}{name} ")
        elif isinstance(value, tuple) and value and isinstance(value[0], Rule):
            for position, item in enumerate(value, start=1):
                yield from _flat(item, f"{prefix}{name} {_named(item, position)} ")
        elif value is not None:
            yield f"{prefix}{name}", value


def _named(item: Rule, position: int) -> str:
    """How one table of a list is told from the others: by its tier, its level, its lot, else by its place from 1."""
    match item:
        case TierRule() | MarketWeight():
            return item.tier
        case ConfidenceLevel():
            return item.level
        case ElementShare():
            return item.element
        case LotFactor():
            return f"from {plain(item.lot_kg_min)} kg"
    return str(position)


def _word(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _names(keys: Sequence[_Key], joined_by: str) -> str:
    """`a, b and c from dominant`: the names of rules, those of one origin group or grade together."""
    by_group: dict[str, list[str]] = {}
    for name, group in keys:
        by_group.setdefault(group, []).append(name)
    parts = []
    for group, names in by_group.items():
        joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        parts.append(f"{joined} {joined_by} {group}" if group else joined)
    return "; ".join(parts)
