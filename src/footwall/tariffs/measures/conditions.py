"""What decides, beside its codes, which measures a line meets: the day that counts, and what shows where goods are from.

Ordinary and additional duties follow the declared origin and the day of entry. Floor measures follow what stands here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias, TypeVar

from footwall.errors import Problem, UsageError
from footwall.facts import Facts
from footwall.rulebook import method_defaults
from footwall.tariffs.measures.faults_rates import PROGRAMME

LineDay = Literal["entry", "export", "lading", "contract"]
"""A day that a line states: of entry, of export, of the bill of lading, of the contract."""
LINE_DAYS: tuple[LineDay, ...] = ("entry", "export", "lading", "contract")

Missing = tuple[str, str]
"""What a line lacks for its origin to be known: the code of the problem, and what is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRule:
    """By which day of a line its floor measures are found, for entries to `importers` from `valid_from` to `valid_to`.

    `counts` is that day. With `transit_days`, goods that were under way (by their `transit_counts` day) when a measure
    changed meet what was in force before, where they enter within so many days of the change; a line that does not state
    the day is assessed by its entry.
    """

    rule_id: str
    importers: Sequence[str]
    valid_from: date
    valid_to: date | None = None
    counts: LineDay = "entry"
    transit_days: int = 0
    transit_counts: LineDay = "lading"
    legal_basis: str = ""

    def __post_init__(self) -> None:
        """Bring lists to tuples. Raises UsageError for what is no list of codes, or no day."""
        object.__setattr__(self, "importers", _words(self.rule_id, "importers", self.importers))
        _require_days(self)

    def day(self, entry: date, stated: Mapping[str, date | None]) -> date | None:
        """The day by which floor measures are found; None where the line does not state the day that counts."""
        if self.counts != "entry":
            return stated.get(self.counts)
        under_way = stated.get(self.transit_counts)
        if not self.transit_days or under_way is None:
            return entry
        return max(under_way, earliest_in_transit(entry, self.transit_days))


def earliest_in_transit(entry: date, transit_days: int) -> date:
    """The first day whose measures may still hold for goods under way since: a change on any later day is within the grace."""
    return entry - timedelta(days=min(transit_days + 1, (entry - date.min).days))


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginRule:
    """What goods must show to count as a member's, for entries to `importers` from `valid_from` to `valid_to`.

    Of `forms` (all where empty). `stages` are what must have been done in the country of origin (`separated`, `melted`,
    `sintered` …), or with `cumulation` in any members; where one was not, goods are from the country where it was done:
    from the first outside, wherever the other stages were done, and only where there is none from another member.
    `certificate` is the programme that the line must claim; goods without it are of unproven origin, and count as
    those of `unproven_as` (a country), or are a problem where the rule names none.
    """

    rule_id: str
    importers: Sequence[str]
    valid_from: date
    valid_to: date | None = None
    forms: Sequence[str] = ()
    stages: Sequence[str] = ()
    cumulation: bool = False
    certificate: str = ""
    unproven_as: str = ""
    legal_basis: str = ""

    def __post_init__(self) -> None:
        """Bring lists to tuples, and stages to the small letters of lines. Raises UsageError for what is no list of texts, or no day."""
        for name in ("importers", "forms", "stages"):
            object.__setattr__(self, name, _words(self.rule_id, name, getattr(self, name)))
        object.__setattr__(self, "stages", tuple(stage.strip().lower() for stage in self.stages))
        _require_days(self)
        object.__setattr__(self, "certificate", str(self.certificate).strip().upper())

    def origin(
        self, declared: str, done_in: Mapping[str, str], claims: Collection[str], members: Collection[str]
    ) -> str | Missing:
        """The origin by which floor measures are found, or what the line lacks."""
        inside = declared in members
        if inside and (missing := next((stage for stage in self.stages if stage not in done_in), None)):
            return "stage_origin_missing", missing
        elsewhere = [done_in[stage] for stage in self.stages if done_in.get(stage, declared) != declared]
        outside = next((country for country in elsewhere if country not in members), None)
        if outside is not None:
            return outside
        shown = elsewhere[0] if inside and elsewhere and not self.cumulation else declared
        if shown in members and self.certificate and self.certificate not in claims:
            # Goods that do not prove to be a member's cannot count as those of another one.
            unproven = self.unproven_as not in members and self.unproven_as
            return unproven or ("certificate_missing", self.certificate)
        return shown


@dataclass(frozen=True, slots=True)
class Conditions:
    """The rules of days and of origin of a schedule; at most one of each for an importer, form and day of entry."""

    days: tuple[DayRule, ...] = ()
    origins: tuple[OriginRule, ...] = ()

    @classmethod
    def of(cls, rules: "Iterable[DayRule | OriginRule] | Conditions") -> "Conditions":
        """Of rules of both kinds. Raises UsageError for anything else."""
        if isinstance(rules, Conditions):
            return rules
        listed = tuple(rules)
        other = [rule for rule in listed if not isinstance(rule, DayRule | OriginRule)]
        if other:
            raise UsageError(f"a condition is a DayRule or an OriginRule, not {other[0]!r}")
        return cls(
            tuple(rule for rule in listed if isinstance(rule, DayRule)),
            tuple(rule for rule in listed if isinstance(rule, OriginRule)),
        )

    def with_states(self, unions: Mapping[str, frozenset[str]]) -> "Conditions":
        """The same rules, each union among their importers with its states."""

        def widened(rule: "RuleT") -> "RuleT":
            states = [unions.get(importer, frozenset()) for importer in rule.importers]
            return replace(rule, importers=tuple(sorted({*rule.importers}.union(*states))))

        return Conditions(tuple(map(widened, self.days)), tuple(map(widened, self.origins)))

    def day_rule(self, importer: str, entry: date) -> DayRule | None:
        """The rule of days for an entry; None where the day of entry counts."""
        return next((rule for rule in self.days if _holds(rule, importer, entry)), None)

    def origin_rule(self, importer: str, form: str | None, entry: date) -> OriginRule | None:
        """The rule of origin for an entry; None where the declared origin counts."""
        rules = (rule for rule in self.origins if _holds(rule, importer, entry))
        return next((rule for rule in rules if not rule.forms or form in rule.forms), None)

    @property
    def breakpoints(self) -> frozenset[date]:
        """The days on which a rule begins."""
        return frozenset(rule.valid_from for rule in self._rules)

    @property
    def last_days(self) -> frozenset[date]:
        """The last days of rules that end."""
        return frozenset(rule.valid_to for rule in self._rules if rule.valid_to is not None)

    @property
    def _rules(self) -> "tuple[Rule, ...]":
        return (*self.days, *self.origins)

    @property
    def days_read(self) -> frozenset[LineDay]:
        """The days of a line, beside its entry, that some rule reads."""
        counted = {rule.counts for rule in self.days}
        return frozenset((counted | {rule.transit_counts for rule in self.days if rule.transit_days}) - {"entry"})

    @property
    def reads_stages(self) -> bool:
        """Whether some rule asks where a stage was done."""
        return any(rule.stages for rule in self.origins)

    @property
    def certificates(self) -> frozenset[str]:
        """The programmes that some rule of origin asks a line to claim."""
        return frozenset(rule.certificate for rule in self.origins if rule.certificate)


Rule: TypeAlias = DayRule | OriginRule
RuleT = TypeVar("RuleT", DayRule, OriginRule)


def condition_faults(conditions: Conditions, facts: Facts) -> Iterator[Problem]:
    """Every fault of the rules: unknown words, days reversed, two rules for one entry, a grace beside another day.

    `conditions` have the states of unions among their importers (`with_states`): a union and its state are one importer.
    """
    rules: tuple[Rule, ...] = (*conditions.days, *conditions.origins)
    for rule in rules:
        for name, words, known in (
            ("importers", rule.importers, facts.countries),
            ("forms", rule.forms if isinstance(rule, OriginRule) else (), facts.forms),
        ):
            for word in words:
                if word not in known:
                    yield _fault(rule, name, "condition_word_unknown", repr(word), f"{name} of the catalogue")
        if not rule.importers:
            yield _fault(rule, "importers", "condition_incomplete", "none", "at least one importer")
        if rule.valid_to is not None and rule.valid_to < rule.valid_from:
            yield _fault(rule, "valid_to", "dates_reversed", str(rule.valid_to), f"a day from {rule.valid_from} on")
        yield from _day_faults(rule) if isinstance(rule, DayRule) else _origin_faults(rule, facts)
    yield from _twice(conditions.days)
    yield from _twice(conditions.origins)


def _day_faults(rule: DayRule) -> Iterator[Problem]:
    for name, word in (("counts", rule.counts), ("transit_counts", rule.transit_counts)):
        if word not in LINE_DAYS:
            yield _fault(rule, name, "condition_word_unknown", repr(word), f"one of {', '.join(LINE_DAYS)}")
    most = method_defaults().limits.days_max
    if type(rule.transit_days) is not int or not 0 <= rule.transit_days <= most:
        yield _fault(
            rule,
            "transit_days",
            "transit_malformed",
            repr(rule.transit_days),
            f"a whole number of days from 0 to {most}",
        )
    elif rule.transit_days and (rule.counts != "entry" or rule.transit_counts == "entry"):
        yield _fault(rule, "transit_days", "transit_malformed", f"a grace beside the day of {rule.counts}",
                     "a grace only where the day of entry counts, told by another day")  # fmt: skip


def _origin_faults(rule: OriginRule, facts: Facts) -> Iterator[Problem]:
    if rule.unproven_as and rule.unproven_as not in facts.countries:
        yield _fault(rule, "unproven_as", "condition_word_unknown", repr(rule.unproven_as), "an ISO 3166 alpha-2 code")
    if rule.certificate and not PROGRAMME.fullmatch(rule.certificate):
        yield _fault(rule, "certificate", "programme_malformed", repr(rule.certificate), "one symbol, such as KR or A+")
    if rule.unproven_as and not rule.certificate:
        yield _fault(
            rule, "unproven_as", "condition_incomplete", "no certificate", "the programme that a line must claim"
        )
    if rule.cumulation and not rule.stages:
        yield _fault(rule, "cumulation", "condition_incomplete", "no stages", "the stages that members may share")
    if not (rule.stages or rule.certificate):
        yield _fault(rule, "stages", "condition_incomplete", "neither stages nor certificate", "what goods must show")


def _twice(rules: Sequence[Rule]) -> Iterator[Problem]:
    for place, one in enumerate(rules):
        for other in rules[place + 1 :]:
            days = one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)
            forms = [set(rule.forms) if isinstance(rule, OriginRule) else set() for rule in (one, other)]
            if days and set(one.importers) & set(other.importers) and (not all(forms) or forms[0] & forms[1]):
                yield _fault(other, "rule_id", "conditions_overlap", f"{one.rule_id} and {other.rule_id}",
                             "one rule for an importer, form and day of entry")  # fmt: skip


def _fault(rule: Rule, field: str, code: str, found: str, expected: str) -> Problem:
    return Problem(code, found, f"{rule.rule_id}: {expected}", "Correct the rule.", source="schedule", field=field)


def _holds(rule: Rule, importer: str, entry: date) -> bool:
    return importer in rule.importers and rule.valid_from <= entry and (rule.valid_to is None or entry <= rule.valid_to)


def _require_days(rule: Rule) -> None:
    # An instant is a date to Python, and no day: the two cannot be compared.
    if type(rule.valid_from) is not date or (rule.valid_to is not None and type(rule.valid_to) is not date):
        raise UsageError(f"condition {rule.rule_id}: valid_from and valid_to must be dates")


def _words(rule_id: str, name: str, value: object) -> tuple[str, ...]:
    words = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (None,)
    if any(not isinstance(word, str) for word in words):
        raise UsageError(f"condition {rule_id}: {name} must be a list of texts, not {value!r}")
    return tuple(str(word) for word in words)
