"""What may be recorded of entries: each command becomes events, or every reason why it is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from footwall.entries.adjust import Compared, Terms, compare, lines_left_alone
from footwall.entries.bonds import bond_fault, needed_continuous, needed_single
from footwall.entries.book import EntryBook, EntryState
from footwall.entries.events import (
    AmountPaid,
    BondCalled,
    BondLodged,
    Deadlines,
    EntriesCorrected,
    EntryCancelled,
    EntryClosed,
    EntryEvent,
    EntryExtended,
    EntryFiled,
    EntryLiquidated,
    EntryProtested,
    GoodsLeft,
    ProtestDecided,
    RulingIssued,
    RulingRevoked,
)
from footwall.entries.goods import taking_faults
from footwall.entries.late import LateTerms, late_posting
from footwall.entries.life import beyond_correction, held, refusal, standing, step
from footwall.entries.records import (
    ZERO,
    Adjustment,
    Amounts,
    AssessedLine,
    Basis,
    Component,
    EntryKind,
    Posting,
    Ruling,
    Untouched,
    known_total,
)
from footwall.errors import Problem
from footwall.quantity import Unknown, counted, exact_arithmetic, plain
from footwall.rulebook import EntriesRule


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be recorded. `already` says, where that is nothing, why."""

    events: tuple[EntryEvent, ...] = ()
    already: str = ""


Outcome = Decided | tuple[Problem, ...]
"""What is to be recorded, or every reason why it cannot be."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Enter goods. `lines` are assessed; of goods that come out of `parent`, `taken` are the kilograms of each of its lines."""

    entry: str
    account: str
    kind: EntryKind
    lines: tuple[AssessedLine, ...]
    basis: Basis
    rule: EntriesRule
    bond_min: Decimal
    currency: str
    filed_on: date
    bond: str | None = None
    parent: str | None = None
    taken: Mapping[str, Decimal] | None = None
    evidence: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reassessed:
    """What lines owe as is known now, what that rests on, and the terms on which a difference is issued."""

    owed: Mapping[str, Amounts]
    basis: Basis
    terms: Terms
    evidence: Mapping[str, str]


def file_entry(book: EntryBook, command: FileEntry) -> Outcome:
    """Enter goods for consumption, into a warehouse, or for a time; or withdraw them from where they are kept."""
    event = _filing(command)
    filed = book.entries.get(command.entry)
    if filed is not None:
        return _filed_already(filed.filed, event)
    problems = tuple(_filing_faults(book, command))
    return problems or Decided((replace(event, postings=(*event.postings, *_released(book, command))),))


def _filed_already(before: EntryFiled, event: EntryFiled) -> Outcome:
    if (before.account, before.kind, before.parent) == (event.account, event.kind, event.parent) and [
        one.digest for one in before.lines
    ] == [one.digest for one in event.lines]:
        return Decided(already=f"{before.entry} was filed so on {before.filed_on}")
    return (
        refusal(
            "entry_filed",
            f"{before.entry}, filed on {before.filed_on} with other lines",
            "an id that no entry has",
            "Correct the entry that is there, or give this one an id of its own.",
            "entry",
        ),
    )


def _filing(command: FileEntry) -> EntryFiled:
    rule, first = command.rule, command.lines[0].line
    deposit_on = first.entry_date + timedelta(days=rule.deposit_days)
    postings = [posting for one in command.lines for posting in _charges(command, one, deposit_on)]
    return EntryFiled(
        entry=command.entry,
        account=command.account,
        importer=first.importer,
        kind=command.kind,
        on=first.entry_date,
        filed_on=command.filed_on,
        currency=command.currency,
        lines=command.lines,
        basis=command.basis,
        deadlines=deadlines(rule, command.kind, first.entry_date),
        extend_to=rule.extension.after(first.entry_date) if command.kind == "consumption" else None,
        deposit_on=deposit_on,
        postings=tuple(postings),
        bond=command.bond,
        parent=command.parent,
        taken=tuple((command.taken or {}).items()),
        evidence=dict(command.evidence or {}),
    )


def deadlines(rule: EntriesRule, kind: EntryKind, entered_on: date) -> Deadlines:
    """The last days of an entry that nobody liquidates, or of goods that are kept."""
    if kind != "consumption":
        period = rule.warehouse if kind == "warehouse" else rule.temporary
        return Deadlines(None, None, None, period.after(entered_on))
    return deemed(rule, entered_on, rule.liquidation.after(entered_on))


def deemed(rule: EntriesRule, entered_on: date, liquidate_by: date) -> Deadlines:
    """The last days of an entry that stands liquidated on `liquidate_by` where nobody liquidates it before."""
    counted_from = entered_on if rule.correction_from == "entry" else liquidate_by
    return Deadlines(liquidate_by, rule.protest.after(liquidate_by), rule.correction.after(counted_from))


def _charges(command: FileEntry, one: AssessedLine, due: date) -> Iterator[Posting]:
    """What is charged of a line: every part that is known and not nothing."""
    parts: tuple[Component, ...] = ("ordinary", "additional", "floor", "security")
    for part in parts:
        amount = one.amounts.part(part)
        if isinstance(amount, Decimal) and amount:
            pays_by = None if part == "security" else due
            yield Posting(
                command.entry, one.line.line_id, part, amount, one.line.entry_date, pays_by, "assessed on entry"
            )


def _filing_faults(book: EntryBook, command: FileEntry) -> Iterator[Problem]:
    first = command.lines[0].line
    yield from _names(command.entry, "entry")
    yield from _names(command.account, "account")
    if len({(one.line.importer, one.line.entry_date) for one in command.lines}) > 1:
        yield refusal("entry_mixed", "lines of several days or importers", "one day and one importer for an entry",
                      "File an entry for each.", "lines")  # fmt: skip
    ids = [one.line.line_id for one in command.lines]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield refusal("line_repeated", f"{name} twice", "each line once", "Give each line an id of its own.", "lines")
    if command.filed_on < first.entry_date:
        yield refusal("filed_before_entry", str(command.filed_on), f"a day from {first.entry_date} on",
                      "Correct the day of entry, or file it then.", "on")  # fmt: skip
    if command.parent is not None:
        yield from _parent_faults(book, command.parent, command)
    yield from _bond_faults(book, command)


def _parent_faults(book: EntryBook, name: str, command: FileEntry) -> Iterator[Problem]:
    parent = held(book, name)
    if isinstance(parent, Problem):
        yield parent
        return
    if fault := step(parent, "withdrawn from", command.lines[0].line.entry_date):
        yield fault
        return
    if parent.filed.account != command.account:
        yield refusal("account_of_another", command.account, f"{parent.filed.account}, whose goods these are",
                      "Name the account of the entry that keeps the goods.", "account")  # fmt: skip
    yield from taking_faults(parent, command.taken or {})


def _bond_faults(book: EntryBook, command: FileEntry) -> Iterator[Problem]:
    security = [one.amounts.security for one in command.lines]
    unknown = [amount for amount in security if isinstance(amount, Unknown)]
    if unknown:
        yield refusal("security_unknown", unknown[0].reason, "goods whose duty is known",
                      "State what makes the duty known: a security is measured by it.", "lines")  # fmt: skip
        return
    lodged = known_total(amount for amount in security if isinstance(amount, Decimal))
    if command.bond is None:
        if command.kind == "temporary" and lodged:
            yield refusal("bond_needed", "no bond",
                          f"a bond of at least {plain(lodged)} {command.currency}, the security of goods on temporary admission",
                          "Lodge one with footwall entry bond, and name it with --bond.", "bond")  # fmt: skip
        return
    bond = book.bonds.get(command.bond)
    on = command.lines[0].line.entry_date
    if bond is not None and bond.lodged.kind == "continuous":
        needed = needed_continuous(book, command.account, on, command.rule, command.bond_min)
    else:
        needed = needed_single(command.lines if command.kind == "consumption" else (), lodged, command.rule)
    if fault := bond_fault(bond, command.bond, command.account, on, needed):
        yield fault


def _released(book: EntryBook, command: FileEntry) -> tuple[Posting, ...]:
    """The security of lines of the parent of which nothing is left."""
    if command.parent is None:
        return ()
    return _security_of_gone(book.entries[command.parent], command.taken or {}, command.lines[0].line.entry_date)


def _security_of_gone(entry: EntryState, taken: Mapping[str, Decimal], on: date) -> tuple[Posting, ...]:
    return tuple(
        Posting(
            entry.filed.entry, name, "security", -line.charged["security"], on, None, "released: the goods are gone"
        )
        for name, line in entry.lines.items()
        if line.charged["security"] and line.left_kg and line.left_kg == taken.get(name)
    )


def _names(text: str, field: str) -> Iterator[Problem]:
    if not text.strip() or len(text) > _NAME_CHARACTERS_MAX or not text.isprintable():
        expected = f"one line of 1 to {_NAME_CHARACTERS_MAX} characters"
        yield refusal("text_malformed", repr(text[:40]), expected, "Correct it.", field)


_NAME_CHARACTERS_MAX = 200
_REASON_CHARACTERS_MIN = 10


def _reason(text: str) -> Iterator[Problem]:
    if len(" ".join(text.split())) < _REASON_CHARACTERS_MIN:
        expected = f"at least {_REASON_CHARACTERS_MIN} characters"
        yield refusal(
            "text_malformed", repr(text), expected, "Say why, in words that a stranger understands.", "reason"
        )


def goods_leave(book: EntryBook, name: str, taken: Mapping[str, Decimal], on: date, reference: str) -> Outcome:
    """Let goods that are kept go out again. The security of a line of which nothing is left is released."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if reference in entry.withdrawals:
        return Decided(already=f"{reference} of {name} is recorded")
    if fault := step(entry, "re-exported from", on):
        return (fault,)
    problems = (*_names(reference, "reference"), *taking_faults(entry, taken))
    released = _security_of_gone(entry, taken, on)
    return problems or Decided((GoodsLeft(name, on, reference, tuple(taken.items()), released),))


def extend(book: EntryBook, name: str, on: date, *, to: date, reason: str, rule: EntriesRule) -> Outcome:
    """Extend the time to liquidate, as far as the rule of the entry's day lets it go."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if fault := step(entry, "extended", on):
        return (fault,)
    problems = [*_reason(reason)]
    last, now = entry.filed.extend_to, entry.deadlines.liquidate_by
    if last is None or now is None or not now < to <= last:
        problems.append(refusal("extension_out_of_range", str(to), f"a day after {now} and up to {last}",
                                "Correct the day.", "to"))  # fmt: skip
    return tuple(problems) or Decided((EntryExtended(name, on, to, deemed(rule, entry.filed.on, to), reason),))


def liquidate(book: EntryBook, name: str, on: date, rule: EntriesRule, found: Reassessed) -> Outcome:
    """Determine what an entry owes: as it is known now, with the bill or the refund that follows."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if entry.stage == "liquidated" and entry.liquidated_on == on:
        return Decided(already=f"{name} was liquidated on {on}")
    if fault := step(entry, "liquidated", on):
        return (fault,)
    compared = compare(entry, found.owed, on, found.terms)
    if isinstance(compared, Problem):
        return (compared,)
    last = rule.correction.after(entry.filed.on if rule.correction_from == "entry" else on)
    return Decided(
        (
            EntryLiquidated(
                name,
                on,
                rule.protest.after(on),
                last,
                compared.adjustment,
                compared.untouched,
                found.basis,
                found.evidence,
            ),
        )
    )


def protest(book: EntryBook, name: str, on: date, reason: str) -> Outcome:
    """Object to a liquidation, within the days of the rule."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if fault := step(entry, "protested", on):
        return (fault,)
    return tuple(_reason(reason)) or Decided((EntryProtested(name, on, reason),))


def decide_protest(
    book: EntryBook,
    name: str,
    on: date,
    *,
    outcome: Literal["approved", "denied"],
    reason: str,
    rule: EntriesRule,
    found: Reassessed,
) -> Outcome:
    """Approve a protest, with what that changes, or deny it: then everything stays as it was liquidated."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if fault := step(entry, "decided", on):
        return (fault,)
    compared = compare(entry, found.owed, on, found.terms) if outcome == "approved" else Compared(None, ())
    if isinstance(compared, Problem):
        return (compared,)
    event = ProtestDecided(
        name,
        on,
        outcome,
        reason,
        rule.appeal.after(on),
        compared.adjustment,
        compared.untouched,
        found.basis,
        found.evidence,
    )
    return tuple(_reason(reason)) or Decided((event,))


def cancel(book: EntryBook, name: str, on: date, reason: str) -> Outcome:
    """Take an entry back before it is liquidated: what it was charged is credited, its security released."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if fault := step(entry, "cancelled", on):
        return (fault,)
    if entry.withdrawals:
        found = f"{name}, out of which {', '.join(entry.withdrawals)} came"
        return (refusal("entry_has_withdrawals", found, "an entry from which nothing was taken",
                        "Cancel the withdrawals first; goods that were sold stay entered.", "entry"),)  # fmt: skip
    if entry.filed.parent is not None:
        return (refusal("entry_is_withdrawal", f"{name}, out of {entry.filed.parent}", "an entry of goods that arrived",
                        "Goods that left a warehouse do not go back into it by a cancellation: correct the entry.", "entry"),)  # fmt: skip
    sums: dict[tuple[str, Component], Decimal] = {}
    with exact_arithmetic():
        for one in entry.postings:
            if one.component != "payment":
                sums[one.line, one.component] = sums.get((one.line, one.component), ZERO) + one.amount
    postings = tuple(
        Posting(name, line, component, -amount, on, None, "cancelled")
        for (line, component), amount in sums.items()
        if amount
    )
    return tuple(_reason(reason)) or Decided((EntryCancelled(name, on, reason, postings),))


def close(book: EntryBook, name: str, on: date) -> Outcome:
    """Release what is left of an entry's security, once nothing can change and nothing is owed."""
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if entry.stage == "closed":
        return Decided(already=f"{name} is closed")
    if fault := step(entry, "closed", on):
        return (fault,)
    problems = []
    if standing(entry, on) == "final" and beyond_correction(entry, on) is None:
        problems.append(refusal("entry_correctable", f"{name}, which can be corrected up to {entry.deadlines.correct_by}",
                                "an entry that nothing can change", "Wait until that day is over.", "entry"))  # fmt: skip
    if entry.balance:
        whose = "is owed" if entry.balance > 0 else "is to be refunded"
        problems.append(refusal("entry_unpaid", f"{plain(abs(entry.balance))} that {whose}", "a balance of nothing",
                                "Record the payment: footwall entry pay.", "entry"))  # fmt: skip
    released = _release(entry, on)
    return tuple(problems) or Decided((EntryClosed(name, on, released),))


def _release(entry: EntryState, on: date) -> tuple[Posting, ...]:
    left = entry.security
    return (Posting(entry.filed.entry, "", "security", -left, on, None, "released: final"),) if left else ()


def correct(book: EntryBook, on: date, reason: str, found: Mapping[str, Reassessed]) -> Outcome:
    """Compare past entries with what is known now and issue what follows, within the time to correct each.

    The same correction again issues nothing. What is beyond its time is listed and not touched.
    """
    adjustments: list[Adjustment] = []
    untouched: list[Untouched] = []
    problems = [*_reason(reason)]
    for name, again in found.items():
        entry = book.entries[name]
        why = beyond_correction(entry, on)
        if why is None and on < entry.last_on:
            problems.append(refusal("day_before_last", str(on), f"a day not before {entry.last_on}, the last of {name}",
                                    "Record things in the order in which they happened.", "on"))  # fmt: skip
        elif why is not None:
            untouched += lines_left_alone(entry, again.owed, why)
        elif isinstance(compared := compare(entry, again.owed, on, again.terms), Problem):
            problems.append(compared)
        else:
            adjustments += [] if compared.adjustment is None else [compared.adjustment]
            untouched += compared.untouched
    if problems:
        return tuple(problems)
    if not adjustments:
        return Decided(already=_nothing(found, untouched))
    used = [found[one.entry] for one in adjustments]
    rates = {key: rate for again in used for key, rate in again.basis.rates.items()}
    basis, number = replace(used[0].basis, rates=rates), book.corrections + 1
    return Decided(
        (EntriesCorrected(number, on, reason, tuple(adjustments), tuple(untouched), basis, used[0].evidence),)
    )


def _nothing(found: Mapping[str, Reassessed], untouched: Sequence[Untouched]) -> str:
    told = f"; {counted(len(untouched), 'line owes', 'lines owe')} otherwise and cannot be touched" if untouched else ""
    owe = "owes" if len(found) == 1 else "owe"
    return f"{counted(len(found), 'entry', 'entries')} {owe} what was assessed and corrected before{told}"


def pay(
    book: EntryBook, name: str, amount: Decimal, on: date, reference: str, *, refund: bool, late: LateTerms
) -> Outcome:
    """Record what came in for an entry, or a refund that went out, with the interest on what was paid late.

    The same reference is recorded once, and of one amount.
    """
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    note, moved = f"{'refund paid' if refund else 'paid'}, {reference}", amount if refund else -amount
    if (name, reference) in book.paid:
        return _paid_before(entry, reference, note, moved)
    problems = [*_names(reference, "reference")]
    if amount <= 0:
        problems.append(refusal("amount_not_positive", plain(amount), "more than nothing", "Correct it.", "amount"))
    if on < entry.filed.on:
        problems.append(refusal("day_before_last", str(on), f"a day from {entry.filed.on} on, when it was entered",
                                "Correct the day.", "on"))  # fmt: skip
    if refund and amount > max(ZERO, -entry.balance):
        problems.append(refusal("refund_too_large", plain(amount), f"at most {plain(max(ZERO, -entry.balance))}, what the account is owed",
                                "Correct the entry first, or pay back less.", "amount"))  # fmt: skip
    if problems:
        return tuple(problems)
    posting = Posting(name, "", "payment", moved, on, None, note)
    charged = late_posting(entry, late, on, [posting])
    if isinstance(charged, Unknown):
        return (_no_late_rate(entry, on),)
    return Decided((AmountPaid(name, on, reference, refund, (posting, *charged)),))


def _no_late_rate(entry: EntryState, on: date) -> Problem:
    return refusal("interest_rate_missing", f"no rate for a day between {entry.filed.on} and {on}", "a rate of interest for each of these days",
                   "Add it to the rule of interest on what is paid late.", entry.filed.entry)  # fmt: skip


def _paid_before(entry: EntryState, reference: str, note: str, moved: Decimal) -> Outcome:
    """The same payment again is none; another under its reference is refused."""
    name = entry.filed.entry
    for one in entry.postings:
        if (one.component, one.note, one.amount) == ("payment", note, moved):
            return Decided(already=f"payment {reference} of {name} was recorded so on {one.on}")
    return (refusal("payment_recorded", f"{reference} of {name}, recorded with another amount or the other way", "a reference of its own",
                    "A payment stays as it was recorded; give this one the name of its own document.", "reference"),)  # fmt: skip


def lodge_bond(book: EntryBook, event: BondLodged) -> Outcome:
    """Let a surety stand for an account."""
    before = book.bonds.get(event.bond)
    if before is not None:
        if replace(before.lodged, on=event.on) == event:
            return Decided(already=f"{event.bond} was lodged so on {before.lodged.on}")
        return (refusal("bond_lodged", f"{event.bond}, lodged on {before.lodged.on} with other terms", "an id of its own",
                        "A bond stays as it was lodged; lodge another.", "bond"),)  # fmt: skip
    problems = [*_names(event.bond, "bond"), *_names(event.account, "account")]
    if event.amount <= 0:
        problems.append(
            refusal("amount_not_positive", plain(event.amount), "more than nothing", "Correct it.", "amount")
        )
    if event.valid_to is not None and event.valid_to < event.valid_from:
        problems.append(refusal("dates_reversed", f"{event.valid_to} as the last day", f"a day from {event.valid_from} on",
                                "Correct the days.", "to"))  # fmt: skip
    return tuple(problems) or Decided((event,))


def call_bond(book: EntryBook, name: str, on: date, grace_days: int, late: LateTerms) -> Outcome:
    """Call on an entry's bond for what was due and is unpaid after the days of grace, or for goods that were kept too long.

    What the bond pays was paid late, and its interest is charged to the account.
    """
    entry = held(book, name)
    if isinstance(entry, Problem):
        return (entry,)
    if entry.filed.bond is None:
        return (refusal("bond_unknown", f"{name}, without a bond", "an entry with a bond",
                        "Demand the money from the account.", "bond"),)  # fmt: skip
    bond = book.bonds[entry.filed.bond]
    claimed: tuple[Posting, ...] = ()
    if entry.filed.kind == "consumption":
        amount = entry.unpaid(on, on - timedelta(days=grace_days))
        if not amount:
            return (refusal("nothing_overdue", f"nothing of {name} that was due before {on - timedelta(days=grace_days)}",
                            f"an amount unpaid {grace_days} days after it was due", "Wait, or correct the day.", "on"),)  # fmt: skip
    else:
        if fault := step(entry, "called for keeping", on):
            return (fault,)
        amount = entry.security
        if not amount:
            return (refusal("nothing_overdue", f"no security of {name}", "goods that were kept too long under a security",
                            "Nothing can be called.", "entry"),)  # fmt: skip
        claimed = (
            Posting(name, "", "security", -amount, on, None, "called: kept too long"),
            Posting(name, "", "called", amount, on, on, "called: kept too long"),
        )
    called = min(amount, bond.left)
    if not called:
        return (refusal("bond_spent", f"nothing left of {bond.lodged.bond}", "a bond that is not spent",
                        "Demand the money from the account.", "bond"),)  # fmt: skip
    paid = Posting(name, "", "payment", -called, on, None, f"paid by bond {bond.lodged.bond}")
    charged = late_posting(entry, late, on, (*claimed, paid))
    if isinstance(charged, Unknown):
        return (_no_late_rate(entry, on),)
    return Decided((BondCalled(bond.lodged.bond, name, on, called, (*claimed, paid, *charged)),))


def issue_ruling(book: EntryBook, ruling: Ruling, on: date) -> Outcome:
    """Issue an advance ruling."""
    before = book.rulings.get(ruling.ruling)
    if before is not None:
        if before.ruling == ruling:
            return Decided(already=f"{ruling.ruling} was issued so")
        return (refusal("ruling_issued", f"{ruling.ruling}, issued with another content", "an id of its own",
                        "A ruling stays as it was issued: revoke it, and issue another.", "ruling"),)  # fmt: skip
    problems = [*_names(ruling.ruling, "ruling"), *_names(ruling.holder, "holder")]
    if ruling.valid_to < ruling.valid_from:
        problems.append(refusal("dates_reversed", f"{ruling.valid_to} as the last day", f"a day from {ruling.valid_from} on",
                                "Correct the days.", "to"))  # fmt: skip
    if not (ruling.of_hs_code or ruling.of_form):
        problems.append(refusal("ruling_of_nothing", "goods without code and form", "a code or a form that the goods are declared under",
                                "Say which goods it is for.", "of"))  # fmt: skip
    if all(getattr(ruling, name) is None for name in ("hs_code", "form", "origin", "content", "valuation_basis")):
        problems.append(refusal("ruling_says_nothing", "nothing that it fixes", "a code, form, origin, content or valuation",
                                "Say what it rules.", "ruling"))  # fmt: skip
    return tuple(problems) or Decided((RulingIssued(ruling, on),))


def revoke_ruling(book: EntryBook, name: str, on: date, *, binds_to: date, reason: str, grace_days_max: int) -> Outcome:
    """Revoke a ruling; it binds to the end of its grace."""
    before = book.rulings.get(name)
    if before is None:
        known = ", ".join(book.rulings) or "none is issued yet"
        return (refusal("ruling_unknown", repr(name), f"the id of a ruling: {known}", "Correct it.", "ruling"),)
    if before.binds_to is not None:
        if before.binds_to == binds_to:
            return Decided(already=f"{name} was revoked and binds to {binds_to}")
        return (refusal("ruling_revoked", f"{name}, which binds to {before.binds_to}", "a ruling that is in force",
                        "A revocation stands.", "ruling"),)  # fmt: skip
    last = on + timedelta(days=grace_days_max)
    problems = [*_reason(reason)]
    if not on <= binds_to <= last:
        problems.append(
            refusal("grace_out_of_range", str(binds_to), f"a day from {on} to {last}", "Correct the day.", "to")
        )
    relied = max(_days_under(book, name), default=binds_to)
    if relied > binds_to:
        problems.append(refusal("ruling_relied_on", f"{binds_to}, before goods of {relied} that were entered under {name}",
                                f"a day from {relied} on", "A revocation takes nothing from what was entered under the ruling.", "to"))  # fmt: skip
    return tuple(problems) or Decided((RulingRevoked(name, on, binds_to, reason),))


def _days_under(book: EntryBook, ruling: str) -> Iterator[date]:
    """The days of the entries that a ruling bound."""
    return (entry.filed.on for entry in book.entries.values() if any(one.ruling == ruling for one in entry.filed.lines))
