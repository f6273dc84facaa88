"""Whether a bond is enough for what it stands for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from footwall.entries.book import BondState, EntryBook
from footwall.entries.life import refusal
from footwall.entries.records import DUTIES, ZERO, AssessedLine, known_total, total
from footwall.errors import Problem
from footwall.quantity import Unknown, exact_arithmetic, plain
from footwall.rulebook import EntriesRule, Period

_YEAR = Period(years=1)


@dataclass(frozen=True, slots=True)
class Needed:
    """The least amount of a bond, and what it is made of, in words."""

    amount: Decimal | Unknown
    why: str


def needed_single(lines: tuple[AssessedLine, ...], security: Decimal, rule: EntriesRule) -> Needed:
    """What a bond for one entry must hold: the ruled share of its duty (and value), and its security.

    For goods that are kept, of which no duty is owed, there are no `lines`: the security is all.
    """
    if not lines:
        return Needed(security, "the security of goods that are kept, on which no duty is owed yet")
    duty = total(one.amounts.duty for one in lines)
    if isinstance(duty, Unknown):
        return Needed(duty, "its duty is unknown")
    value = known_total(one.customs_value for one in lines) if rule.single_bond_of == "value_and_duty" else ZERO
    with exact_arithmetic():
        amount = (duty + value) * rule.single_bond_share + security
    base = "value and duty" if rule.single_bond_of == "value_and_duty" else "duty"
    return Needed(amount, f"{plain(rule.single_bond_share * 100)} % of its {base}, and its security")


def needed_continuous(book: EntryBook, account: str, on: date, rule: EntriesRule, least: Decimal) -> Needed:
    """What a bond for all entries of an account must hold on a day: the ruled share of the duty of a year, and no less than the least."""
    duty = known_total(
        posting.amount
        for entry in book.of_account(account)
        for posting in entry.postings
        if posting.component in DUTIES and posting.on <= on < _YEAR.after(posting.on)
    )
    with exact_arithmetic():
        amount = max(least, duty * rule.continuous_bond_share)
    return Needed(amount, f"{plain(rule.continuous_bond_share * 100)} % of a year's duty, at least {plain(least)}")


def bond_fault(held: BondState | None, name: str, account: str, on: date, needed: Needed) -> Problem | None:
    """Why a bond cannot stand for an entry of an account on a day; None where it can."""
    if held is None:
        return refusal("bond_unknown", repr(name), "the id of a bond", "Lodge it: footwall entry bond.", "bond")
    lodged = held.lodged
    if lodged.account != account:
        found = f"{name}, which is of {lodged.account}"
        return refusal("bond_of_another", found, f"a bond of {account}", "Name a bond of this account.", "bond")
    if on < lodged.valid_from or (lodged.valid_to is not None and on > lodged.valid_to):
        days = f"from {lodged.valid_from}" + (f" to {lodged.valid_to}" if lodged.valid_to else " on")
        return refusal("bond_not_in_force", f"{name}, {days}", f"a bond in force on {on}", "Lodge a new one.", "bond")
    if lodged.kind == "single" and held.entries:
        found = f"{name}, which stands for {held.entries[0]}"
        return refusal("bond_taken", found, "a bond of its own, or a continuous one", "Lodge another bond.", "bond")
    if isinstance(needed.amount, Unknown):
        return refusal(
            "bond_base_unknown",
            needed.amount.reason,
            "goods whose duty is known, so that a bond can be measured",
            "State what makes the duty known, or take a continuous bond.",
            "bond",
        )
    if held.left < needed.amount:
        return refusal(
            "bond_insufficient",
            f"{plain(held.left)} left of {name}",
            f"at least {plain(needed.amount)}: {needed.why}",
            "Lodge a larger bond.",
            "bond",
        )
    return None
