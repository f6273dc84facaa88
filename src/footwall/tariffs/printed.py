"""The lines of a printed tariff become ordinary measures: general, of preference programmes, and of column 2.

A line whose rate cannot be stated as a measure makes none and is told, so that its goods meet no ordinary rate and what
they owe is unknown; a shorter code that would have stood in for it makes none either.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from footwall.errors import Problem, UsageError
from footwall.facts import Facts, PrintedRate, SpecificRate, UnreadRate, read_rate, read_special, shipped_facts
from footwall.quantity import RoundingMode
from footwall.tariffs.measures.faults import schedule_faults
from footwall.tariffs.measures.measure import Measure
from footwall.tariffs.origins import COLUMN_2, Days, column_2_spans, general_spans, programme_spans

GENERAL: Final = "general"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "hs_code": ("hs_code", "HTS Number", "code"),
        "general": ("general", "General Rate of Duty"),
        "special": ("special", "Special Rate of Duty"),
        "column_2": ("column_2", "Column 2 Rate of Duty"),
        "quota": ("quota", "Quota Quantity"),
        "additional": ("additional", "Additional Duties"),
    }
)
"""The columns of a printed tariff, and the names by which each is found: ours, and those of the US schedule's own export."""

_CODE: Final = re.compile(r"[0-9]{4}([.]?[0-9]{2}){0,3}")
_STATISTICAL: Final = "00"
_WHOLE_LINE: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffAuthority:
    """Whose tariff it is, when it is in force, under which law, and how it is assessed.

    `currency` is what the signs of its rates stand for; `rounding_unit` and `rounding_mode` are those of its duties.
    """

    importer: str
    valid_from: date
    valid_to: date | None = None
    legal_basis: str = ""
    currency: str = ""
    rounding_unit: Decimal | None = None
    rounding_mode: RoundingMode | None = None


@dataclass(frozen=True, slots=True)
class PrintedTariff:
    """What a printed tariff says: its measures in the order of its lines, and every rate that is none.

    `lines` counts the rows that state rates, `headings` those that state none of their own. `assumed` are the programmes
    whose countries the facts hold only as assumed.
    """

    measures: tuple[Measure, ...]
    problems: tuple[Problem, ...]
    lines: int
    headings: int
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that states rates of its own."""

    row: int
    code: str
    texts: Mapping[str, str]

    def problem(self, field: str, code: str, found: str, expected: str, remedy: str) -> Problem:
        return Problem(code, found, expected, remedy, row=self.row, field=field)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A rate of a row for general goods, for those of column 2, or for those of a programme."""

    row: _Row
    treatment: str
    rate: PrintedRate | UnreadRate

    @property
    def field(self) -> str:
        return self.treatment if self.treatment in {GENERAL, COLUMN_2} else "special"


def measures_from_tariff(
    rows: Iterable[Mapping[str, str | None]], authority: TariffAuthority, facts: Facts | None = None
) -> PrintedTariff:
    """The ordinary measures that `rows` of a printed tariff state, and every rate that makes none, as a problem of its row.

    A row has `hs_code`, with or without dots, and the wording of its rates: `general`, and where there are such columns
    `special`, `column_2`, `quota`, `additional` (or the names of `COLUMNS`). A code of ten digits that ends in 00 is its line of eight. A row
    without a rate is a heading, and so is one of a longer code that repeats the general rate of its line and no other.

    The general measure is for all origins but those under column 2; a special rate makes one measure for each of its
    programmes, for the countries that the facts name for it, met by lines alone that claim it (`Measure.programme`).
    Raises UsageError for an importer or a currency that the facts do not know, or dates in the wrong order.
    """
    facts = facts or shipped_facts()
    authority = _checked(authority, facts)
    stated, problems, counts = _read(rows, authority)
    tariff = _Tariff(authority, facts, {}, dict.fromkeys(problems))
    for one in stated:
        tariff.add(one)
    tariff.drop_what_covers()
    used = {measure.programme for measure in tariff.measures.values() if measure.programme}
    assumed = {one.treatment for one in facts.tariff_treatments if one.importer == authority.importer and one.assumed}
    told = sorted(tariff.problems, key=lambda problem: problem.row or 0)
    return PrintedTariff(
        tuple(tariff.measures.values()), tuple(told), counts["lines"], counts["headings"], tuple(sorted(used & assumed))
    )


def _checked(authority: TariffAuthority, facts: Facts) -> TariffAuthority:
    country = facts.countries.get(authority.importer)
    if country is None:
        raise UsageError(f"{authority.importer!r} is not a country the facts know: write ISO 3166, such as US or EU")
    currency = authority.currency or country.currency
    if currency not in facts.currencies:
        raise UsageError(f"{currency!r} is not a currency the facts know: say in which one the tariff is, such as USD")
    if authority.valid_to is not None and authority.valid_to < authority.valid_from:
        raise UsageError(f"the tariff ends on {authority.valid_to}, before it begins on {authority.valid_from}")
    return replace(authority, currency=currency)


def _read(
    rows: Iterable[Mapping[str, str | None]], authority: TariffAuthority
) -> tuple[list[_Stated], list[Problem], Counter[str]]:
    """Every rate that is stated, what is wrong with codes and columns, and how many rows are of either kind."""
    stated: list[_Stated] = []
    problems: list[Problem] = []
    counts: Counter[str] = Counter()
    general: dict[str, str] = {}
    for number, record in enumerate(rows, start=1):
        texts = {name: _cell(record, names) for name, names in COLUMNS.items()}
        rates = {name: texts[name] for name in ("general", "special", "column_2")}
        code = texts["hs_code"].replace(".", "")
        row = _Row(number, code[:-2] if len(code) == _WHOLE_LINE and code.endswith(_STATISTICAL) else code, texts)
        if not any(rates.values()) or _repeats(row, general):
            counts["headings"] += 1
            continue
        counts["lines"] += 1
        if not _CODE.fullmatch(texts["hs_code"]):
            problems.append(row.problem("hs_code", "hs_code_malformed", repr(texts["hs_code"]),
                "4, 6, 8 or 10 digits, with dots or without", "A spreadsheet may have eaten zeros: read the column as text."))  # fmt: skip
            continue
        general[row.code] = texts["general"]
        problems += _beside(row)
        if not texts["quota"]:
            stated += _rates(row, authority.currency, problems)
    return stated, problems, counts


def _cell(record: Mapping[str, str | None], names: Iterable[str]) -> str:
    return next((str(record[name]).strip() for name in names if record.get(name)), "")


def _repeats(row: _Row, general: Mapping[str, str]) -> bool:
    """Whether a row is a statistical part of a line that was read: its general rate and no other, under a longer code."""
    if row.texts["special"] or row.texts["column_2"] or not row.texts["general"]:
        return False
    return any(general.get(row.code[:length]) == row.texts["general"] for length in range(4, len(row.code)))


def _beside(row: _Row) -> Iterator[Problem]:
    """What a row says beside its rates: a quota makes them uncertain, additional duties are measures of their own."""
    if row.texts["quota"]:
        yield row.problem("quota", "quota_not_read", repr(row.texts["quota"]), "a rate that holds without a quota",
                          "State the measure by hand: within a quota and beyond it goods owe different rates.")  # fmt: skip
    if row.texts["additional"]:
        yield row.problem("additional", "additional_not_read", repr(row.texts["additional"]),
                          "ordinary rates alone", "State it as an additional measure of its own.")  # fmt: skip


def _rates(row: _Row, currency: str, problems: list[Problem]) -> Iterator[_Stated]:
    """The rates of a row, read or not; a special column that does not hold together is a problem by itself."""
    for name in (GENERAL, COLUMN_2):
        if row.texts[name]:
            yield _Stated(row, name, read_rate(row.texts[name], currency))
    special = read_special(row.texts["special"], currency)
    if isinstance(special, UnreadRate):
        problems.append(_unread(row, "special", special))
        return
    for one in special:
        for programme in one.programmes:
            yield _Stated(row, programme, one.rate)


def _unread(row: _Row, field: str, rate: UnreadRate) -> Problem:
    why = f" ({rate.why})" if rate.why else ""
    return row.problem(field, "rate_unread", f"{rate.words!r}{why}: {rate.found} at character {rate.position}", rate.expected,
                       "State its measure by hand, if it can be stated.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tariff:
    """The measures by their names, and every problem once, of a tariff on its way; `missing` are the lines that made none."""

    authority: TariffAuthority
    facts: Facts
    measures: dict[str, Measure]
    problems: dict[Problem, None]
    rows: dict[str, _Stated] = field(default_factory=dict)
    spans: dict[str, Mapping[Days, tuple[str, ...]] | None] = field(default_factory=dict)
    missing: list[_Stated] = field(default_factory=list)

    def add(self, stated: _Stated) -> None:
        """The measures of one rate, or why it makes none."""
        if isinstance(stated.rate, UnreadRate):
            self._refuse(stated, _unread(stated.row, stated.field, stated.rate))
            return
        amounts = _amounts(stated.rate)
        if isinstance(amounts, str):
            self._refuse(stated, stated.row.problem(stated.field, "rate_not_statable", str(stated.rate), amounts,
                                                    "State it by hand, if one of its parts is known to be nothing."))  # fmt: skip
            return
        spans = self._spans_of(stated.treatment)
        if spans is None:
            self._refuse(stated, stated.row.problem("special", "programme_unknown", stated.treatment,
                "a programme that the facts know", "Add its countries to tariff_treatments.csv."))  # fmt: skip
            return
        for (first, last), origins in spans.items():
            self._state(stated, amounts, first, last, origins)

    def _refuse(self, stated: _Stated, problem: Problem) -> None:
        self.problems[problem] = None
        self.missing.append(stated)

    def _spans_of(self, treatment: str) -> Mapping[Days, tuple[str, ...]] | None:
        """The origins of a treatment by their days, found once; None for a programme that the facts do not know."""
        if treatment not in self.spans:
            self.spans[treatment] = self._found(treatment)
        return self.spans[treatment]

    def _found(self, treatment: str) -> Mapping[Days, tuple[str, ...]] | None:
        days = (self.authority.valid_from, self.authority.valid_to or date.max)
        treatments, importer = self.facts.tariff_treatments, self.authority.importer
        if treatment == GENERAL:
            return general_spans(days, treatments, importer, self.facts.countries)
        if treatment == COLUMN_2:
            return column_2_spans(days, treatments, importer)
        return programme_spans(days, treatments, importer, treatment)

    def _state(
        self, stated: _Stated, amounts: Mapping[str, object], first: date, last: date, origins: tuple[str, ...]
    ) -> None:
        authority, code, general = self.authority, stated.row.code, stated.treatment == GENERAL
        name = f"ordinary-{authority.importer.lower()}-{code}"
        name += "" if general else f"-{stated.treatment.lower().replace('_', '-')}"
        name += "" if first == authority.valid_from else f"-from-{first}"
        name += "" if last == (authority.valid_to or date.max) else f"-until-{last}"
        values: dict[str, object] = {"currency": authority.currency, **amounts}
        measure = Measure(
            measure_id=name,
            role="ordinary",
            importers=(authority.importer,),
            origins=origins,
            valid_from=first,
            valid_to=None if last == date.max else last,
            hs_codes=(code,),
            legal_basis=authority.legal_basis,
            programme="" if general or stated.treatment == COLUMN_2 else stated.treatment,
            rounding_unit=authority.rounding_unit,
            rounding_mode=authority.rounding_mode,
            **values,  # type: ignore[arg-type]
        )
        faults = [
            replace(fault, source=None, row=stated.row.row, field=stated.field)
            for fault in schedule_faults([measure], self.facts, members_known=False, currency=authority.currency)
        ]
        if name in self.rows:
            faults.append(stated.row.problem(stated.field, "rate_repeated", f"{code} a second time",
                                             "one rate for a line", "Keep the row that is in force."))  # fmt: skip
            self.measures.pop(name, None)
        for fault in faults:
            self._refuse(stated, fault)
        if not faults:
            self.measures[name] = measure
        self.rows[name] = stated

    def drop_what_covers(self) -> None:
        """Take out every measure under whose code stands a line that made none: it would have stood in for that line."""
        under: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for one in self.missing:
            for length in range(1, len(one.row.code)):
                under[one.row.code[:length], one.treatment].add(one.row.code)
        for name, measure in tuple(self.measures.items()):
            stated = self.rows[name]
            parts = under.get((measure.hs_codes[0], stated.treatment))
            if parts:
                del self.measures[name]
                self.problems[stated.row.problem(stated.field, "rate_covers_unread",
                    f"{stated.row.code} over {', '.join(sorted(parts))}", "a line all of whose parts could be read",
                    "State its parts by hand, each with its own code.")] = None  # fmt: skip


def _amounts(rate: PrintedRate) -> dict[str, object] | str:
    """The fields of a measure that state the rate; or what a measure would have to be, where none can."""
    parts = {"": rate.duty, "least_": rate.least, "most_": rate.most}
    named = {prefix: part for prefix, part in parts.items() if part is not None}
    every = [specific for part in named.values() for specific in part.specifics]
    if any(len(part.specifics) > 1 for part in named.values()) or len({(s.contained, s.currency) for s in every}) > 1:
        return "amounts on one mass and in one currency, as a measure states them"
    per_kg = every[0].per_kg if len({specific.per_kg for specific in every}) == 1 else 1
    found: dict[str, object] = {"method": "specific" if rate.duty.ad_valorem is None else "ad_valorem"}
    for prefix, part in named.items():
        found[f"{prefix}ad_valorem"] = part.ad_valorem
        found[f"{prefix}specific"] = _per(part.specifics[0], per_kg) if part.specifics else None
    if every:
        found |= {"currency": every[0].currency, "per_kg": per_kg, "contained": every[0].contained or None}
    return found


def _per(specific: SpecificRate, per_kg: int) -> Decimal:
    """The amount per `per_kg`: a shift of the point, since both are powers of ten."""
    return specific.amount.scaleb(len(str(per_kg)) - len(str(specific.per_kg)))
