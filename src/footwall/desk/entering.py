"""Entries recorded: what is commanded is decided on what the zone knows, and written to its journal or refused with every reason."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from footwall import entries
from footwall.desk.assessing import Assessing, in_assessment_currency, late_terms_on, reassessed, rule_of_entries
from footwall.desk.events import KINDS, entry_of, event_of, json_of
from footwall.desk.governing import today
from footwall.desk.known_schedules import (
    KnownSchedule,
    kept_for,
    published_ever,
    published_on,
    restated,
    restated_for,
    stated_in,
)
from footwall.desk.recording import check_up_to_date, record
from footwall.desk.zone import Zone
from footwall.duties import CODE, Line, read_line
from footwall.entries import (
    AssessedLine,
    Basis,
    BondKind,
    BondLodged,
    Decided,
    EntryBook,
    EntryEvent,
    EntryKind,
    EntryState,
    FileEntry,
    LateInterest,
    LateTerms,
    Outcome,
    Reassessed,
    Ruling,
    RulingIssued,
    RulingRevoked,
    part_of,
    refusal,
    taking_faults,
)
from footwall.errors import InputError, Problem, UsageError
from footwall.journal import Document, NewEntry
from footwall.quantity import Unknown, plain, round_to_unit
from footwall.rulebook import EntriesRule


@dataclass(frozen=True, slots=True)
class Entered:
    """What a command has done: the event recorded, or None with the reason why there was nothing to record."""

    event: EntryEvent | None
    already: str
    recorded: bool = True


@dataclass(frozen=True, slots=True)
class Filing:
    """An entry as it is asked for: who owes for it, and the bond that stands for it."""

    entry: str
    account: str
    bond: str | None = None
    on: date | None = None


def file_entry(zone: Zone, asked: Filing, lines: object) -> Entered:
    """File an entry of the lines of a file or table, each assessed under the schedule of its day.

    Raises InputError with every problem of every line, or every reason why it is refused; LinesError for lines that cannot be read.
    """
    check_up_to_date(zone)
    records, source = _records(lines)
    outcome = _filed(zone, zone.state.entries, asked, records, source)
    return _enter(zone, outcome, asked.entry)


def file_entries(zone: Zone, lines: object) -> tuple[Entered, ...]:
    """File every entry of a file or table whose columns `entry` and `account` (and `bond`) say whose each line is: all or none.

    What was filed so before is passed over. Raises InputError with every problem of every entry.
    """
    check_up_to_date(zone)
    records, source = _records(lines)
    book, problems = zone.state.entries, list[Problem]()
    made: list[tuple[str, Decided]] = []
    for asked, group in _grouped(records):
        outcome = _filed(zone, book, asked, group, source)
        if isinstance(outcome, Decided):
            made.append((asked.entry, outcome))
            for event in outcome.events:
                book = entries.apply(book, event)
        else:
            problems += (replace(one, source=one.source or f"entry {asked.entry}") for one in outcome)
    if problems:
        raise _refused(problems)
    drafts = [draft(event, entry) for entry, outcome in made for event in outcome.events]
    if drafts:
        record(zone, drafts, zone.last_day)
    return tuple(Entered(outcome.events[-1] if outcome.events else None, outcome.already) for _, outcome in made)


_Rows = Sequence[tuple[int, Mapping[str, object]]]


def _grouped(records: _Rows) -> list[tuple[Filing, _Rows]]:
    """The records of each entry, the entries in the order of their days."""
    groups: dict[tuple[str, str, str], list[tuple[int, Mapping[str, object]]]] = {}
    for row, one in records:
        entry, account, bond = (str(one.get(name) or "").strip() for name in ("entry", "account", "bond"))
        groups.setdefault((entry, account, bond), []).append((row, one))
    by_day = sorted(groups.items(), key=lambda group: str(group[1][0][1].get("entry_date")))
    return [(Filing(entry, account, bond or None), group) for (entry, account, bond), group in by_day]


def _records(lines: object) -> tuple[_Rows, str | None]:
    """The records with their numbers, and the file that they are from."""
    from footwall.batch import read_records

    records = list(enumerate(read_records(lines), start=1))
    if not records:
        raise _refused([refusal("lines_none", "no line", "at least one goods line", "Name a file of lines.", "lines")])
    return records, str(lines) if isinstance(lines, str | Path) else None


def _filed(zone: Zone, book: EntryBook, asked: Filing, records: _Rows, source: str | None) -> Outcome:
    read = [read_line(one, row, source) for row, one in records]
    problems = [problem for one in read if isinstance(one, tuple) for problem in one]
    good = [one for one in read if isinstance(one, Line)]
    types = sorted({one.entry_type for one in good})
    if len(types) > 1 or not set(types) <= set(_KINDS):
        problems.append(refusal("entry_mixed", f"lines of the types {', '.join(types)}",
                                "consumption, warehouse or temporary, one for an entry",
                                "File an entry for each; goods leave a warehouse by footwall entry withdraw.", "lines"))  # fmt: skip
    if problems:
        return tuple(problems)
    return _file(zone, book, asked, good, _KINDS[types[0]])


_KINDS: Mapping[str, EntryKind] = {"consumption": "consumption", "warehouse": "warehouse", "temporary": "temporary"}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Goods that come out of a warehouse or of temporary admission for consumption, on a day: kilograms of each line."""

    parent: str
    taken: Mapping[str, Decimal]
    on: date


def withdraw(zone: Zone, entry: str, asked: Withdrawal, bond: str | None = None) -> Entered:
    """Enter kept goods for consumption as an entry of its own, assessed at the rate of that day. Raises as `file_entry` does."""
    check_up_to_date(zone)
    parent = entries.held(zone.state.entries, asked.parent)
    if isinstance(parent, Problem):
        raise _refused([parent])
    before = zone.state.entries.entries.get(entry)
    if before is not None and before.filed.parent == asked.parent and dict(before.filed.taken) == dict(asked.taken):
        return Entered(None, f"{entry} was filed so on {before.filed.filed_on}")
    if faults := tuple(taking_faults(parent, asked.taken)):
        raise _refused(faults)
    coins = {code: Decimal(1).scaleb(-one.minor_units) for code, one in zone.facts.currencies.items()}
    currency = {one.line.line_id: one.line.currency for one in parent.filed.lines}
    lines = [part_of(parent, name, mass, asked.on, coins[currency[name]]) for name, mass in asked.taken.items()]
    filing = Filing(entry, parent.filed.account, bond, asked.on)
    return _enter(zone, _file(zone, zone.state.entries, filing, lines, "consumption", withdrawal=asked), entry)


def _file(
    zone: Zone,
    book: EntryBook,
    asked: Filing,
    lines: Sequence[Line],
    kind: EntryKind,
    *,
    withdrawal: Withdrawal | None = None,
) -> Outcome:
    first = lines[0]
    rule = rule_of_entries(zone, first.importer, first.entry_date)
    if isinstance(rule, Problem):
        return (rule,)
    known = restated_for(zone, first.entry_date) or published_on(zone, first.entry_date)
    assessing = Assessing(zone, known, tuple(book.rulings.values()))
    found = assessing.lines(lines, asked.account, rule)
    assessed = tuple(one for one in found if isinstance(one, AssessedLine))
    least = in_assessment_currency(zone, rule.continuous_bond_min, rule.currency, first.entry_date)
    if len(assessed) != len(lines) or isinstance(least, Problem):
        return tuple(one for one in (*found, least) if isinstance(one, Problem))
    command = FileEntry(
        entry=asked.entry,
        account=asked.account,
        kind=kind,
        lines=assessed,
        basis=assessing.basis(assessed),
        rule=rule,
        bond_min=least,
        currency=known.schedule.currency,
        filed_on=asked.on or first.entry_date,
        bond=asked.bond,
        parent=None if withdrawal is None else withdrawal.parent,
        taken=None if withdrawal is None else withdrawal.taken,
        evidence=known.evidence,
    )
    return entries.file_entry(book, command)


def goods_leave(zone: Zone, entry: str, taken: Mapping[str, Decimal], on: date, reference: str) -> Entered:
    """Record that kept goods went out again."""
    return _enter(zone, entries.goods_leave(zone.state.entries, entry, taken, on, reference), entry)


def extend_entry(zone: Zone, entry: str, to: date, reason: str, on: date) -> Entered:
    """Extend the time to liquidate an entry."""
    rule = _rule_of(zone, entry)
    return _enter(zone, entries.extend(zone.state.entries, entry, on, to=to, reason=reason, rule=rule), entry)


def liquidate_entry(zone: Zone, entry: str, on: date, schedule: Path | None = None) -> Entered:
    """Determine what an entry owes, under the schedule that is known now."""
    rule, known = _rule_of(zone, entry), known_now(zone, schedule, entry)
    found = _again(zone, entry, known, on)
    return _enter(zone, entries.liquidate(zone.state.entries, entry, on, rule, found), entry, known)


def protest_entry(zone: Zone, entry: str, on: date, reason: str) -> Entered:
    """Object to a liquidation."""
    return _enter(zone, entries.protest(zone.state.entries, entry, on, reason), entry)


def decide_entry_protest(
    zone: Zone,
    entry: str,
    outcome: Literal["approved", "denied"],
    on: date,
    *,
    reason: str,
    schedule: Path | None = None,
) -> Entered:
    """Approve or deny a protest; approved, the entry owes what is known now."""
    rule, known = _rule_of(zone, entry), known_now(zone, schedule, entry)
    found = _again(zone, entry, known, on)
    decided = entries.decide_protest(
        zone.state.entries, entry, on, outcome=outcome, reason=reason, rule=rule, found=found
    )
    return _enter(zone, decided, entry, known)


def cancel_entry(zone: Zone, entry: str, on: date, reason: str) -> Entered:
    """Take an entry back before it is liquidated."""
    return _enter(zone, entries.cancel(zone.state.entries, entry, on, reason), entry)


def close_entry(zone: Zone, entry: str, on: date) -> Entered:
    """Release the security of an entry that nothing can change."""
    return _enter(zone, entries.close(zone.state.entries, entry, on), entry)


_OF_ENTRIES: Final = frozenset(name for name, kind in KINDS.items() if issubclass(kind, EntryEvent))
_OF_ALL_DAYS: Final = (BondLodged, RulingIssued, RulingRevoked)


def entries_on(zone: Zone, on: date) -> EntryBook:
    """The entries as they stood on a day: filed by then, with what was recorded of them for that day and those before.

    Bonds and rulings have days of their own and are all there: an entry may name one that was recorded for a later day.
    """
    book = EntryBook()
    for one in zone.journal.entries():
        if one.kind in _OF_ENTRIES and one.sequence <= zone.head.sequence:
            event = event_of(one)
            if isinstance(event, EntryEvent) and (one.effective_on <= on or isinstance(event, _OF_ALL_DAYS)):
                book = entries.apply(book, event)
    return book


def pay_entry(zone: Zone, entry: str, amount: Decimal, on: date, reference: str, *, refund: bool = False) -> Entered:
    """Record a payment for an entry, or a refund that went out; in whole coins of the assessment currency."""
    _check_coins(zone, amount)
    decided = entries.pay(
        zone.state.entries, entry, amount, on, reference, refund=refund, late=_late_terms(zone, entry, on)
    )
    return _enter(zone, decided, f"{entry}/{reference}")


def _check_coins(zone: Zone, amount: Decimal) -> None:
    """Raises InputError for an amount that no coins of the assessment currency pay."""
    currency = zone.facts.currencies[zone.settings.currency]
    if amount != round_to_unit(amount, Decimal(1).scaleb(-currency.minor_units), "half_up"):
        expected = f"at most {currency.minor_units} digits after the point, as {zone.settings.currency} has"
        raise _refused([refusal("amount_too_fine", plain(amount), expected, "Correct it.", "amount")])


def correct_entries(
    zone: Zone,
    reason: str,
    on: date,
    schedule: Path | None = None,
    *,
    days: tuple[date | None, date | None] = (None, None),
    only: Sequence[str] = (),
    try_only: bool = False,
) -> Entered:
    """Assess past entries again by what is known now, and issue bills, refunds and releases for what comes out otherwise.

    Without a file, the walked days are decided once more with all that corrections of the zone have restated. A file restates the schedule
    of `days`, from the first to the last entry day, which must be stated then; entries that a file has corrected keep to it until another one is given for their days. With `try_only` nothing is recorded. Raises InputError with every
    reason why it is refused.
    """
    if schedule is not None and None in days:
        raise UsageError("a restated schedule is of certain days: name the first and the last entry day that it is for")
    check_up_to_date(zone)
    book, known = zone.state.entries, known_now(zone, schedule)
    problems: list[Problem] = []
    found: dict[str, Reassessed] = {}
    for name in only or book.entries:
        entry = entries.held(book, name)
        if isinstance(entry, Problem):
            problems.append(entry)
        elif schedule is None and (_stated_basis(entry) is not None or restated_for(zone, entry.filed.on)):
            continue
        elif entry.stage not in {"kept", "cancelled", "closed"} and _among(entry.filed.on, days):
            again = reassessed(zone, name, known, on, book.rulings)
            if isinstance(again, Reassessed):
                found[name] = again
            else:
                problems += again
    if problems:
        raise _refused(problems)
    return _enter(zone, entries.correct(book, on, reason, found), str(book.corrections + 1), known, try_only=try_only)


def _among(day: date, days: tuple[date | None, date | None]) -> bool:
    return (days[0] or date.min) <= day <= (days[1] or date.max)


def lodge_bond(
    zone: Zone, bond: str, account: str, *, kind: BondKind, amount: Decimal, days: tuple[date, date | None]
) -> Entered:
    """Let a surety stand for an account, up to an amount in whole coins of the assessment currency."""
    _check_coins(zone, amount)
    lodged = BondLodged(bond, account, kind, amount, *days, today(zone))
    return _enter(zone, entries.lodge_bond(zone.state.entries, lodged), bond)


def call_bond(zone: Zone, entry: str, on: date) -> Entered:
    """Call on the bond of an entry for what is unpaid, or for goods that were kept too long."""
    grace, late = _rule_of(zone, entry).grace_days, _late_terms(zone, entry, on)
    return _enter(zone, entries.call_bond(zone.state.entries, entry, on, grace, late), entry)


def _late_terms(zone: Zone, entry: str, on: date) -> LateTerms:
    """The terms on which what is paid late bears interest. Raises InputError where there is no such entry, or no rule of its day."""
    held = entries.held(zone.state.entries, entry)
    terms = late_terms_on(zone, held.filed, max(on, held.filed.on)) if isinstance(held, EntryState) else held
    if isinstance(terms, Problem):
        raise _refused([terms])
    return terms


def late_interest_on(zone: Zone, entry: EntryState, on: date) -> LateInterest | Unknown:
    """What an entry's overdue charges bear, as they stand on a day: what was paid late, and what is open still."""
    terms = late_terms_on(zone, entry.filed, max(on, entry.filed.on))
    if isinstance(terms, Problem):
        return Unknown(terms.code)
    return entries.late_interest(entry, terms, on)


def issue_ruling(zone: Zone, ruling: Ruling) -> Entered:
    """Issue an advance ruling. Raises InputError for a name that no line could state: it would bind nothing."""
    if unknown := list(_unknown_of_ruling(zone, ruling)):
        raise _refused(unknown)
    return _enter(zone, entries.issue_ruling(zone.state.entries, ruling, today(zone)), ruling.ruling)


def _unknown_of_ruling(zone: Zone, ruling: Ruling) -> Iterator[Problem]:
    facts = zone.facts
    named = (
        ("importer", facts.countries), ("origin", facts.countries), ("of_origin", facts.countries),
        ("form", facts.forms), ("of_form", facts.forms),
    )  # fmt: skip
    for name, known in named:
        value = getattr(ruling, name)
        if value is not None and value not in known:
            yield refusal(f"{name.removeprefix('of_')}_unknown", repr(value), "a name that the facts know", "Correct it.", name)  # fmt: skip
    for name in ("hs_code", "of_hs_code"):
        value = getattr(ruling, name)
        if value is not None and not CODE.fullmatch(value):
            yield refusal("hs_code_malformed", repr(value), "6 to 10 digits", "Write the code without dots.", name)


def revoke_ruling(zone: Zone, ruling: str, on: date, binds_to: date, reason: str) -> Entered:
    """Revoke a ruling; it binds to the end of its grace."""
    held = zone.state.entries.rulings.get(ruling)
    grace = 0
    if held is not None:
        rule = rule_of_entries(zone, held.ruling.importer, on)
        if isinstance(rule, Problem):
            raise _refused([rule])
        grace = rule.ruling_grace_days_max
    decided = entries.revoke_ruling(
        zone.state.entries, ruling, on, binds_to=binds_to, reason=reason, grace_days_max=grace
    )
    return _enter(zone, decided, ruling)


def known_now(zone: Zone, schedule: Path | None, entry: str | None = None) -> KnownSchedule:
    """The schedule that is known now for past days: that of a file, else what corrections of the zone make of the walked days.

    An entry that was corrected by a file keeps to that file, and one of a day whose schedule was restated to that.
    """
    if schedule is not None:
        return stated_in(zone, schedule)
    basis = None if entry is None else _stated_basis(zone.state.entries.entries[entry])
    if basis is not None:
        return kept_for(zone, basis)
    of_day = None if entry is None else restated_for(zone, zone.state.entries.entries[entry].filed.on)
    if of_day is not None:
        return of_day
    return restated(zone) if zone.state.corrections else published_ever(zone)


def _stated_basis(entry: EntryState) -> Basis | None:
    """What an entry rests on where it was corrected by a file."""
    return next((line.basis for line in entry.lines.values() if line.basis.from_file), None)


def _again(zone: Zone, entry: str, known: KnownSchedule, on: date) -> Reassessed:
    found = reassessed(zone, entry, known, on, zone.state.entries.rulings)
    if not isinstance(found, Reassessed):
        raise _refused(found)
    return found


def _rule_of(zone: Zone, entry: str) -> EntriesRule:
    """The rule of the day on which an entry was made. Raises InputError where there is no such entry, or no rule."""
    held = entries.held(zone.state.entries, entry)
    rule = rule_of_entries(zone, held.filed.importer, held.filed.on) if isinstance(held, EntryState) else held
    if isinstance(rule, Problem):
        raise _refused([rule])
    return rule


def _enter(
    zone: Zone, outcome: Outcome, name: str, known: KnownSchedule | None = None, *, try_only: bool = False
) -> Entered:
    check_up_to_date(zone)
    if not isinstance(outcome, Decided):
        raise _refused(outcome)
    if not outcome.events:
        return Entered(None, outcome.already)
    event = outcome.events[-1]
    if try_only:
        return Entered(event, "", recorded=False)
    if known is not None and known.kept:
        zone.evidence.keep(known.document)
    record(zone, [draft(one, name) for one in outcome.events], zone.last_day)
    return Entered(event, "")


def draft(event: EntryEvent, name: str) -> NewEntry:
    """An event as an entry of the journal. Its key is a digest of all that it says: what is sent twice is one entry."""
    return entry_of(event, event.on, f"{name}/{_digest(event)}")


def _digest(event: EntryEvent) -> str:
    return hashlib.sha256(Document.of(json_of(event)).data).hexdigest()[:32]


def _refused(problems: Sequence[Problem]) -> InputError:
    return InputError("refused, and nothing is recorded", tuple(problems))
